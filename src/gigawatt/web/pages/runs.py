"""``/plan/run/<job>``: what a longer run found, as a part of the play page. The run itself is a job (``/api/jobs``)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from gigawatt.figures import Figure
from gigawatt.report import screen_map, screen_page, screen_words
from gigawatt.report.chart import Chart, axis, layout_of
from gigawatt.report.page import frontier, meaning, sure
from gigawatt.report.page.parts import chart, para, stop
from gigawatt.screen import Screen, sites
from gigawatt.web import charts, retell
from gigawatt.web.errors import WebError
from gigawatt.web.i18n import language_of
from gigawatt.web.language import language

router = APIRouter()
BEST, LISTED = 15, 40  # sites in the chart, in the table; the map shows all
COST = "lcoc_usd_per_accelerator_hour"


@router.get("/plan/run/{job_id}")
async def run(request: Request, job_id: str) -> HTMLResponse:
    """The result of a job, in words, charts and tables."""
    lang = language(language_of(request))
    made = await run_in_threadpool(lambda: retell.page(lang.code, _shown(request.app.state.jobs, job_id)))
    return HTMLResponse(charts.with_csv(made, "", lang.t("Data as CSV"), f"/plan/run/{job_id}/chart.csv"))


@router.get("/plan/run/{job_id}/chart.csv")
async def chart_csv(
    request: Request, job_id: str, name: Annotated[str, Query(alias="chart", max_length=80)]
) -> Response:
    """The data of one chart of a run."""
    specs = charts.specs(await run_in_threadpool(_shown, request.app.state.jobs, job_id))
    if name not in specs:
        raise WebError(404, "chart", name, f"one of {', '.join(specs)}", "take the link under a chart")
    shown = {"Content-Disposition": f"attachment; filename={name}.csv"}
    return Response(charts.to_csv(specs[name]), media_type="text/csv", headers=shown)


def _shown(jobs: Any, job_id: str) -> str:
    job, found = jobs.get(job_id), jobs.result(job_id)
    if job.kind not in MAKERS:
        raise WebError(404, "job", job.kind, f"one of {', '.join(MAKERS)}", f"see /api/jobs/{job_id}/result")
    return MAKERS[job.kind](job.request, found)


def _frontier(request: dict[str, Any], found: dict[str, Any]) -> str:
    return frontier.frontier(_plan(found))


def _draws(request: dict[str, Any], found: dict[str, Any]) -> str:
    plan = _plan(found)
    return sure.sure(plan) + meaning.meaning(plan)


def _plan(found: dict[str, Any]) -> Any:
    """A plan's JSON with the attributes that the report reads."""
    figures = {
        name: Figure(
            id=name,
            value=f["value"],
            low=f["low"],
            high=f["high"],
            unit=f["unit"],
            fact_class=f["class"],
            label=f["label"],
            room=f["room"],
            reason=f.get("reason", ""),
        )
        for name, f in found["figures"].items()
    }
    return SimpleNamespace(**{**found, "figures": figures})


def _sites(request: dict[str, Any], found: dict[str, Any]) -> str:
    asked = sites.request(request["in_country"], request["question"], request.get("count"))
    screen = Screen(asked, found["sorted_by"], found["rows"], found["provenance"]["code_and_facts"])
    legend = "".join(
        f'<span><svg class="key" width="14" height="14" aria-hidden="true"><rect width="14" height="14" '
        f'fill="{colour}"/></svg> {text}</span>'
        for colour, text in screen_map.legend(screen)
    )
    return (
        para(stop(screen_words.counted(screen)))
        + f'<figure>{screen_map.country(screen)}<p class="legend small">{legend}</p></figure>'
        + chart(_by_cost(screen))
        + screen_page._table(replace(screen, rows=screen.rows[:LISTED]))
        + para(screen_words.rule(screen), "note")
    )


def _by_cost(screen: Screen) -> Chart | None:
    """The best sites by the cost of an accelerator-hour."""
    rows = [r for r in screen.rows if r.get("site_facts", {}).get(screen_words.COST) is not None][:BEST]
    if not rows:
        return None
    names = [str(r["site"]) for r in reversed(rows)]
    cost = [float(r["site_facts"][screen_words.COST]) for r in reversed(rows)]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [round(c, 4) for c in cost],
        "y": names,
        "text": [f"{c:.3f}" for c in cost],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": "#2f74b5"},
        "hoverinfo": "skip",
    }
    low, high = min(cost), max(cost)
    margin = max(0.2 * (high - low), 0.01 * high)
    across = axis(
        "USD/h, all sold, with line and fibre; the axis does not start at nought", range=[low - margin, high + margin]
    )
    words = f"The cheapest is {names[-1]} with {cost[-1]:.3f} USD/h; the last shown, {names[0]}, {cost[0]:.3f}."
    spec = {"data": [bars], "layout": layout_of(60 + 26 * len(rows), xaxis=across, yaxis=axis())}
    table = tuple((n, f"{c:.3f}") for n, c in zip(reversed(names), reversed(cost), strict=True))
    return Chart("chart-sites", "The best sites by cost", words, spec, ("site", "USD/h"), table)


MAKERS = {"frontier": _frontier, "screen": _sites, "draws": _draws}
