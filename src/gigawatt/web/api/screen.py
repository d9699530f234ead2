"""``/api/screen``: one question for a few places at once; for many it is a job."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gigawatt.web import tasks
from gigawatt.web.api.models import Object, Screen
from gigawatt.web.api.replies import json_of
from gigawatt.web.asking import scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.settings import Settings

router = APIRouter(tags=["screen"])
AT_ONCE = 8  # places that are answered while one waits
ANYWHERE = "France"  # any place would do


@router.post("/screen", response_model=Object)
async def post_screen(request: Request, asked: Screen) -> Response:
    """One question for up to eight places, ranked."""
    settings: Settings = request.app.state.settings
    if asked.sites or not 1 <= len(asked.places) <= AT_ONCE:
        what = asked.sites or f"{len(asked.places)} places"
        raise WebError(
            409, "places", what, f"1 to {AT_ONCE} places here", 'for more POST {"kind": "screen"} to /api/jobs'
        )
    wanted = request_of(asked, settings)
    run = request.app.state.crew.run(tasks.screen, wanted, seconds=settings.plan_s)
    return json_of(await run)


def request_of(asked: Screen, settings: Settings) -> dict[str, Any]:
    """What the library takes; the question is checked before any work begins."""
    question = asked.question.words()
    scenario_of(question | {"place": ANYWHERE}, settings)
    if settings.today:
        question.setdefault("as_of", settings.today.isoformat())
    return {
        "places": list(asked.places),
        "in_country": asked.sites or "",
        "question": question,
        "sort": asked.sort or "",
        "reverse": asked.reverse,
        "territories": asked.territories,
        "count": asked.count,
    }
