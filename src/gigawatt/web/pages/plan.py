"""``/plan?place=...``: a plan as a page, readable without JavaScript."""

from __future__ import annotations

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from gigawatt.answer import Plan
from gigawatt.report.page import SECTIONS
from gigawatt.web.asking import of_query, query_of, scenario_of
from gigawatt.web.render import page

router = APIRouter()


@router.get("/plan")
async def plan(request: Request) -> HTMLResponse:
    """The plan of the question in the address."""
    question = of_query(request.query_params.multi_items())
    scenario = scenario_of(question, request.app.state.settings)
    found = await request.app.state.planner.plan(scenario)
    sections = await run_in_threadpool(_sections, found)
    return page(request, "plan.html", plan=found, sections=sections, question=question, address=query_of(question))


def _sections(found: Plan) -> list[tuple[str, str, Markup]]:
    """Sections of the report with something in them: id, title, HTML."""
    made = [(title, make(found)) for title, make in SECTIONS]
    return [(f"s{i}", title, Markup(body)) for i, (title, body) in enumerate(made) if body]
