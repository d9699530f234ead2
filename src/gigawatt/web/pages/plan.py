"""``/plan?place=...``: the play page. A plan readable without scripts; with them, every move is answered at once.

The upper part (verdict, figures, gates, ladder) comes from the quick answer and is sent at once; the sections follow
on the same page when the whole plan is made. ``/plan/move`` is the upper part for another question, ``/plan/answer``
its sections: the page asks for both and puts them in the place of what it shows. A goal is searched for first.
"""

from __future__ import annotations

import gc
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response, StreamingResponse

from gigawatt.answer import Plan
from gigawatt.facts import load_facts
from gigawatt.report import supply_charts, year_charts
from gigawatt.report.chart import Chart
from gigawatt.report.page import SECTIONS, opening
from gigawatt.report.page.parts import chart
from gigawatt.report.page.parts import opens as opens_figure
from gigawatt.scenario import Scenario
from gigawatt.web import charts, controls, opens, quick, retell
from gigawatt.web.asking import of_query, query_of, scenario_of
from gigawatt.web.errors import WebError
from gigawatt.web.i18n import language_of
from gigawatt.web.language import Language, language
from gigawatt.web.pages import upper
from gigawatt.web.pages.asked import linker
from gigawatt.web.render import page, sent
from gigawatt.web.texts import N_

router = APIRouter()
RANGES = "How sure each figure is"
ABOVE = (opening.opening, opening.key_figures, opening.gates)  # shown in the upper part already
OPEN = ("What binds", "Other sizes", "The bill", "Cost of an accelerator-hour", "Power", "Build-out", RANGES)
RUNS = (
    (
        "draws",
        N_("How sure is it?"),
        N_("Whole plans drawn jointly: chances of date and budget, and what they hang on."),
    ),
    ("frontier", N_("Faster or cheaper?"), N_("The same campus by every strategy, from the fastest to the cheapest.")),
    ("screen", N_("Where in the country?"), N_("Its candidate sites by cost.")),
)
RUN_DRAWS = 1000
SECTIONS_HERE = b"<!-- sections -->"
HOURS = 24
FORTNIGHTS = 26
YOUNG = 1  # generation of the collector: what was made since it last looked


@router.get("/plan")
async def plan(request: Request) -> Response:
    """The plan of the question in the address."""
    question, scenario = _asked(request)
    lang = language(language_of(request))
    if scenario.goal:
        found = await request.app.state.planner.plan(scenario)
        top = await run_in_threadpool(lambda: upper.of_answer(quick.of_plan(found), question, lang))
        return _page(request, question, scenario, top | await _sections_of(request, found, question))
    top = await run_in_threadpool(upper.values, question, scenario, lang)
    whole = _page(request, question, scenario, {**top, "sections": None})
    head, tail = bytes(whole.body).split(SECTIONS_HERE)
    answer = StreamingResponse(_in_turn(request, question, scenario, head, tail), media_type="text/html")
    answer.raw_headers = [(k, v) for k, v in whole.raw_headers if k != b"content-length"]
    return answer


async def _in_turn(
    request: Request, question: dict[str, Any], scenario: Scenario, head: bytes, tail: bytes
) -> AsyncIterator[bytes]:
    """The page up to its sections, the sections when the plan is made, the rest."""
    yield head
    try:
        found = await request.app.state.planner.plan(scenario)
        yield bytes(page(request, "plan_below.html", **await _sections_of(request, found, question)).body)
    except WebError as error:  # too late for another status: said in their place
        yield bytes(page(request, "plan_problem.html", error=error).body)
    yield tail
    request.app.state.ahead.of(request)


async def _sections_of(request: Request, found: Plan, question: dict[str, Any]) -> dict[str, Any]:
    return await run_in_threadpool(_below, found, question, language(language_of(request)))


def _page(request: Request, question: dict[str, Any], scenario: Scenario, values: dict[str, Any]) -> HTMLResponse:
    lang, facts, iso3 = language(language_of(request)), load_facts(), scenario.place.iso3
    main = controls.main(question, lang, iso3, scenario.as_of.year)
    more = controls.more(question, lang, facts)
    kept = controls.hidden(question, [*main, *more])
    shown: dict[str, Any] = {
        "controls": main,
        "more": more,
        "kept": kept,
        "scenario": scenario,
        "runs": RUNS,
        "draws": RUN_DRAWS,
    }
    return page(request, "plan.html", **values, **shown)


@router.get("/plan/move")
async def move(request: Request) -> HTMLResponse:
    """The upper part of the page for a question."""
    began = time.perf_counter()
    found, busy, ahead = await run_in_threadpool(_move, request)
    took = (time.perf_counter() - began) * 1e3
    found.headers["Server-Timing"] = f"move;dur={took:.1f}, cpu;dur={busy * 1e3:.1f}, ahead;dur={ahead:d}"
    if not ahead:  # what it leaves is collected between moves, not in the midst of a later one
        found.background = BackgroundTask(gc.collect, YOUNG)
    return found


def _move(request: Request) -> tuple[HTMLResponse, float, bool]:
    """The upper part, the processor time it took, and whether it was made ahead of the question."""
    began = time.thread_time()
    ahead = request.app.state.ahead
    found = ahead.kept(request)
    if found is not None:
        return sent(request, found), time.thread_time() - began, True
    answer = upper.html(request, request.app.state.settings)
    ahead.keep(request, bytes(answer.body))
    return answer, time.thread_time() - began, False


@router.get("/plan/answer")
async def answer(request: Request) -> HTMLResponse:
    """The sections of the page for a question; the upper part too where a goal had to be searched for."""
    question, scenario = _asked(request)
    found = await request.app.state.planner.plan(scenario)
    lang, top = language(language_of(request)), {}
    if scenario.goal:
        top = await run_in_threadpool(lambda: upper.of_answer(quick.of_plan(found), question, lang))
    values = await _sections_of(request, found, question)
    request.app.state.ahead.of(request)
    return page(request, "plan_answer.html", with_top=bool(top), **top, **values)


@router.get("/plan/fortnight")
async def fortnight(request: Request) -> HTMLResponse:
    """The hours of a chosen fortnight."""
    question, scenario = _asked(request, "start")
    start = _start(request.query_params.get("start", "0"))
    found = await request.app.state.planner.plan(scenario)
    lang = language(language_of(request))
    made = retell.page(lang.code, chart(supply_charts.dispatch(found, start * 14 * HOURS, "chosen")))
    return HTMLResponse(charts.with_csv(made, query_of(question), lang.t("Data as CSV")))


@router.get("/plan/chart.csv")
async def chart_csv(request: Request) -> Response:
    """The data of one chart of the page."""
    _, scenario = _asked(request, "chart", "start")
    name = request.query_params.get("chart", "")
    found = await request.app.state.planner.plan(scenario)
    specs = await run_in_threadpool(lambda: charts.specs("".join(body for _, _, body in sections_of(found))))
    if name not in specs:
        raise WebError(404, "chart", name, f"one of {', '.join(specs)}", "take the link under a chart")
    shown = f"attachment; filename={scenario.place.iso3.lower()}-{name}.csv"
    return Response(charts.to_csv(specs[name]), media_type="text/csv", headers={"Content-Disposition": shown})


def _asked(request: Request, *own: str) -> tuple[dict[str, Any], Scenario]:
    """The question of the address, without the keys of the page itself."""
    question = of_query((k, v) for k, v in request.query_params.multi_items() if k not in own)
    return question, scenario_of(question, request.app.state.settings)


def _below(found: Plan, question: dict[str, Any], lang: Language) -> dict[str, Any]:
    """What the sections show."""
    text, query = lang.t("Data as CSV"), query_of(question)
    made = []
    link = linker(question, lang.code)
    for i, title, body in sections_of(found):
        told = opens.linked(retell.page(lang.code, opens.here(_untitled(title, body))), link)
        told += opens.behind(title, found.figures, lang, link)
        heading = retell.tell(lang.code, title) or title
        made.append((i, title, heading, Markup(charts.with_csv(told, query, text))))
    return {"sections": made, "open": OPEN, "fortnights": _fortnights(lang) if found.series else []}


def _untitled(title: str, body: str) -> str:
    """A section without its heading, which stands on what folds it."""
    return body.replace(f"<h2>{title}</h2>", "")


def sections_of(found: Plan) -> list[tuple[str, str, str]]:
    """Sections of the report with something in them, and charts of our own: id, title, HTML."""
    made = [(f"s{i}", title, make(found)) for i, (title, make) in enumerate(SECTIONS) if make not in ABOVE]
    last = 1 + max((k for k, (_, title, _) in enumerate(made) if title in OPEN), default=-1)
    made.insert(last, ("ranges", RANGES, chart(_opened(found, year_charts.ranges(found)))))
    own = {"Power": chart(year_charts.year(found))}
    return [(i, title, body + own.get(title, "")) for i, title, body in made if body]


def _opened(found: Plan, made: Chart | None) -> Chart | None:
    """A chart of figures whose rows open, as its first column names them."""
    if made is None:
        return None
    ids = {f.label: f.id for f in found.figures.values()}
    rows = tuple((label, *(opens_figure(ids[label], x) for x in cells), mark) for label, *cells, mark in made.rows)
    return replace(made, rows=rows)


def _fortnights(lang: Language) -> list[tuple[int, str]]:
    """Fortnights of a year to choose from, by their first day."""
    days = [date.fromordinal(date(2025, 1, 1).toordinal() + 14 * k) for k in range(FORTNIGHTS)]
    return [(k, lang.day(d.isoformat()).rpartition(" ")[0]) for k, d in enumerate(days)]


def _start(text: str) -> int:
    try:
        start = int(text)
    except ValueError:
        start = -1
    if not 0 <= start < FORTNIGHTS:
        raise WebError(422, "start", text, f"a fortnight from 0 to {FORTNIGHTS - 1}", "choose one from the list")
    return start
