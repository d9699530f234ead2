"""``/api/plan`` and ``/api/explain``: the answer for one place, and the tree behind a figure."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from gigawatt.answer import Plan, plain
from gigawatt.web.api.models import Explain, ExplainQuery, Object, PlanAnswer, PlanQuery, PlanQuestion
from gigawatt.web.api.replies import json_of
from gigawatt.web.asking import scenario_of
from gigawatt.web.errors import WebError

router = APIRouter(tags=["plan"])


@router.get("/plan", response_model=PlanAnswer)
async def get_plan(request: Request, asked: Annotated[PlanQuery, Query()]) -> Response:
    """The answer for one place: a buildable, costed, sourced plan, or a reasoned no."""
    return Response((await _plan(request, asked.question())).text_json(), media_type="application/json")


@router.post("/plan", response_model=PlanAnswer)
async def post_plan(request: Request, asked: PlanQuestion) -> Response:
    """The same, with the question as JSON: the keys of ``read_scenario`` in Python."""
    question = asked.words()
    frontier = bool(question.pop("frontier", False))
    return Response((await _plan(request, question, frontier)).text_json(), media_type="application/json")


@router.get("/explain", response_model=Object)
async def get_explain(request: Request, asked: Annotated[ExplainQuery, Query()]) -> Response:
    """The tree behind a figure of a plan: equation, inputs, facts, pages."""
    return _tree(await _plan(request, asked.question()), asked.figure)


@router.post("/explain", response_model=Object)
async def post_explain(request: Request, asked: Explain) -> Response:
    """The same, with the question as JSON."""
    return _tree(await _plan(request, asked.question.words()), asked.figure)


async def _plan(request: Request, question: dict[str, Any], frontier: bool = False) -> Plan:
    state = request.app.state
    found: Plan = await state.planner.plan(scenario_of(question, state.settings), with_frontier=frontier)
    return found


def _tree(plan: Plan, figure: str) -> Response:
    if figure not in plan.figures:
        raise WebError(404, "figure", figure, f"one of {', '.join(plan.figures)}", "name one of them")
    return json_of(plain(plan.explain(figure)))
