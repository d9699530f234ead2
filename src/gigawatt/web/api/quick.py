"""``/api/quick``: verdict and figures of a question, as a move of a control asks for them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from gigawatt.web import quick
from gigawatt.web.asking import of_query, scenario_of
from gigawatt.web.errors import WebError

router = APIRouter()


@router.get("/quick")
async def get_quick(request: Request) -> JSONResponse:
    """Verdict, gates, what binds and all figures of the question in the address: the same values as its plan's."""
    question: dict[str, Any] = of_query(request.query_params.multi_items())
    found = await run_in_threadpool(quick.answer, scenario_of(question, request.app.state.settings))
    if found is None:
        raise WebError(422, "goal", question.get("goal"), "a question without a goal", "ask /api/plan")
    return JSONResponse(found.json())
