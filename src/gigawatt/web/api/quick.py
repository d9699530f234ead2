"""``/api/quick``: verdict and figures of a question, as a move of a control asks for them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gigawatt.web import quick
from gigawatt.web.api.models import Object, PlanQuery
from gigawatt.web.api.replies import json_of
from gigawatt.web.asking import scenario_of
from gigawatt.web.errors import WebError

router = APIRouter(tags=["plan"])


@router.get("/quick", response_model=Object)
async def get_quick(request: Request, asked: Annotated[PlanQuery, Query()]) -> Response:
    """Verdict, gates, what binds and all figures of a question: the same values as its plan's, within 100 ms."""
    question = asked.question()
    found = await run_in_threadpool(quick.answer, scenario_of(question, request.app.state.settings))
    if found is None:
        raise WebError(409, "goal", question.get("goal"), "a question without a goal", "ask /api/plan")
    return json_of(found.json())
