"""``/questions``: ten questions you will be asked tomorrow, answered from the plan."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from gigawatt.web import say
from gigawatt.web.pages.asked import ask
from gigawatt.web.questions import answers
from gigawatt.web.render import page

router = APIRouter()


@router.get("/questions")
async def questions(request: Request) -> HTMLResponse:
    """The ten answers of the question in the address."""
    asked = await ask(request)
    x = asked.teller
    return page(
        request, "questions.html", asked=asked, answers=answers(x), reading=say.reading(x), headline=say.headline(x)
    )
