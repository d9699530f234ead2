"""``/api/plan``: the answer for one place."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gigawatt.web.asking import of_query, scenario_of

router = APIRouter()


@router.get("/plan")
async def get_plan(request: Request) -> Response:
    """The plan of the question in the address."""
    return await _answer(request, of_query(request.query_params.multi_items()))


@router.post("/plan")
async def post_plan(request: Request, question: dict[str, Any]) -> Response:
    """The plan of a question as JSON: the keys of ``read_scenario`` in Python."""
    return await _answer(request, question)


async def _answer(request: Request, question: dict[str, Any]) -> Response:
    found = await request.app.state.planner.plan(scenario_of(question, request.app.state.settings))
    return Response(found.text_json(), media_type="application/json")
