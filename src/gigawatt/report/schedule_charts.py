"""The charts of when: sizes with their dates, tasks, power and accelerators on line, what a grid can take now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report.chart import (
    BLOCK_COLOURS,
    INK,
    Chart,
    axis,
    date_axis,
    days_between,
    four_digits,
    layout_of,
    percent,
    quarter_of,
)

ANSWERS = {"yes": "yes", "yes_if": "yes, if", "no": "no"}
ANSWER_COLOURS = {"yes": "#0b5394", "yes_if": "#d99a1c", "no": "#7a1f2b"}
ANSWER_MARKS = {"yes": "circle", "yes_if": "diamond", "no": "x"}
DAY_MS = 86_400_000
SMALLEST_STEP = 5e-4  # of the last MW: less is no step in words
_HATCH = {"shape": "/", "fillmode": "overlay", "fgcolor": "#ffffff", "fgopacity": 0.75, "size": 6, "solidity": 0.2}


def ladder(plan: Plan) -> Chart | None:
    """First and full power of each rung, coloured and shaped by its verdict."""
    rungs = [r for r in plan.ladder if r.get("first_power_date") and r.get("full_power_date")]
    if not rungs:
        return None
    data: list[dict[str, Any]] = []
    names = [rung_name(r) for r in rungs]
    for answer in ("yes", "yes_if", "no"):
        mine = [r for r in rungs if r["answer"] == answer]
        if not mine:
            continue
        x: list[str | None] = []
        y: list[str | None] = []
        for r in mine:
            x += [r["first_power_date"], r["full_power_date"], None]
            y += [rung_name(r), rung_name(r), None]
        colour = ANSWER_COLOURS[answer]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": ANSWERS[answer],
                "x": x,
                "y": y,
                "line": {"color": colour, "width": 4},
                "hovertemplate": "%{y}: %{x|%B %Y}<extra></extra>",
                "marker": {"symbol": ANSWER_MARKS[answer], "size": 12, "color": colour},
            }
        )
    spec = {
        "data": data,
        "layout": layout_of(
            90 + 40 * len(rungs),
            yaxis=axis(type="category", categoryorder="array", categoryarray=names[::-1], showgrid=False),
            xaxis=date_axis([r["first_power_date"] for r in rungs] + [r["full_power_date"] for r in rungs]),
            showlegend=True,
        ),
    }
    words = "Each line runs from first to full power of one size; its colour and mark give the verdict: " + "; ".join(
        f"{rung_name(r)} {ANSWERS[r['answer']]}, {r['first_power_date'][:7]} to {r['full_power_date'][:7]}"
        for r in rungs
    )
    return Chart("chart-ladder", "When each size would have power, and the verdict on it", words + ".", spec)


def rung_name(r: dict[str, Any]) -> str:
    """A rung with its megawatts where the name does not say them."""
    name, mw = str(r["rung"]), float(r["facility_peak_mw"] or 0)
    if not mw or name.rstrip().endswith("W"):
        return name
    return f"{name}, {mw / 1e3:.3g} GW" if mw >= 1e3 else f"{name}, {mw:,.3g} MW"


def gantt(plan: Plan) -> Chart | None:
    """Tasks as bars; critical ones dark and hatched, with a line to the P90 end; the class of evidence beside each."""
    ending = [t for t in plan.schedule if t["start"] and t["end"] and t["end_p90"]]
    tasks = [t for t in ending if t["end"] > t["start"] or t["critical"]]
    if not tasks:
        return None
    labels = [f"{t['label']} ({t['class']})" for t in tasks]
    data: list[dict[str, Any]] = []
    for critical, name, colour in ((True, "holds up full power", "#7a1f2b"), (False, "has slack", "#9bb7d4")):
        mine = [(lab, t) for lab, t in zip(labels, tasks, strict=True) if bool(t["critical"]) is critical]
        if mine:
            data.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "name": name,
                    "y": [lab for lab, _ in mine],
                    "base": [t["start"] for _, t in mine],
                    "x": [max(days_between(t["start"], t["end"]), 6) * DAY_MS for _, t in mine],
                    "marker": {"color": colour, **({"pattern": _HATCH} if critical else {})},
                    "hovertemplate": [
                        f"{lab}: {t['start'][:7]} to {t['end'][:7]}, P90 {t['end_p90'][:7]}<extra></extra>"
                        for lab, t in mine
                    ],
                }
            )
    x: list[str | None] = []
    y: list[str | None] = []
    for label, t in zip(labels, tasks, strict=True):
        x += [t["end"], t["end_p90"], None]
        y += [label, label, None]
    data.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "late end, 9 of 10 draws are earlier",
            "x": x,
            "y": y,
            "line": {"color": INK, "width": 1.2},
            "hoverinfo": "skip",
            "marker": {
                "symbol": ["line-ns-open", "line-ns-open", "line-ns-open"] * len(tasks),
                "size": 7,
                "color": INK,
                "line": {"width": 1.2},
            },
        }
    )
    spec = {
        "data": data,
        "layout": layout_of(
            100 + 25 * len(tasks),
            barmode="overlay",
            bargap=0.35,
            xaxis=date_axis([t["start"] for t in tasks] + [t["end_p90"] for t in tasks]),
            yaxis=axis(
                type="category",
                categoryorder="array",
                categoryarray=labels[::-1],
                showgrid=False,
                tickfont={"size": 12},
                dtick=1,
            ),
        ),
    }
    hold = ", ".join(t["label"] for t in tasks if t["critical"]) or "none"
    words = f"{len(tasks)} tasks from {min(t['start'] for t in tasks)[:7]} to {max(t['end'] for t in tasks)[:7]}. "
    words += f"Those that hold up full power: {hold}. "
    words += "The letter is the class of evidence: A measured, B stated, C analogy or assumption."
    header = ("task", "months (P10 to P90)", "start", "end", "P10", "P50", "P90", "slack", "holds up in", "class")
    rows = tuple(
        (
            t["label"],
            _span(t["duration_months"]),
            _month(t["start"]),
            _month(t["end"]),
            *(_month(t[k]) for k in ("p10", "p50", "p90")),
            "none" if t["critical"] else f"{t['float_months']:.0f} months",
            percent(t.get("criticality") or 0),
            t["class"],
        )
        for t in plan.schedule
    )
    return Chart("chart-gantt", "Who must do what, and when", words, spec, header, rows)


def _month(day: str | None) -> str:
    return day[:7] if day else "never"


def _span(months: dict[str, float]) -> str:
    """A duration with its range; a milestone has none."""
    if not months["value"] and not months["high"]:
        return ""
    shown = f"{months['value']:.3g}"
    return shown if months["low"] == months["high"] else f"{shown} ({months['low']:.2g} to {months['high']:.2g})"


def ramp(plan: Plan) -> Chart | None:
    """MW on line at the end of each quarter; half of the draws are above."""
    rows: Sequence[dict[str, Any]] = plan.tables.get("ramp") or []
    if not rows:
        return None
    spec = {
        "data": [
            {
                "type": "bar",
                "x": [quarter_of(r["quarter"]) for r in rows],
                "y": four_digits(np.array([r["mw"] for r in rows])),
                "marker": {"color": "#0072b2"},
                "hovertemplate": "%{x}: %{y:,.0f} MW<extra></extra>",
            }
        ],
        "layout": layout_of(
            250,
            xaxis=axis(type="category", nticks=10, tickangle=0, showgrid=False),
            yaxis=axis("MW", rangemode="tozero"),
        ),
    }
    least = SMALLEST_STEP * max(float(r["mw"]) for r in rows)
    steps = [
        r
        for before, r in zip([None, *rows], rows, strict=False)
        if before is None or abs(r["mw"] - before["mw"]) > least
    ]
    words = "Power on line at the end of a quarter: " + ", ".join(
        f"{quarter_of(r['quarter'])} {show(r['mw'], None, None, 'MW')}" for r in steps if r["mw"] > 0
    )
    table = tuple((quarter_of(r["quarter"]), show(r["mw"], None, None, "MW")) for r in steps)
    return Chart("chart-ramp", "Power on line, end of each quarter", words + ".", spec, ("quarter", "on line"), table)


def fleet(plan: Plan) -> Chart | None:
    """Accelerators on line at the end of each quarter, with P10 to P90, and what is bought."""
    found = plan.tables.get("fleet") or {}
    rows: Sequence[dict[str, Any]] = found.get("rows") or []
    if not rows:
        return None
    last = min(found["full"] + 3, len(rows))
    rows = rows[:last]
    x = [quarter_of(r["quarter"]) for r in rows]
    online, low, high = (four_digits(np.array([r[k] for r in rows])) for k in ("online", "online_low", "online_high"))
    band = {"type": "scatter", "mode": "lines", "x": x, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    kinds = list(dict.fromkeys(r["generation"] for r in rows if r["generation"]))
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": f"bought: {kind}",
            "x": x,
            "y": [round(r["bought"]) if r["generation"] == kind else None for r in rows],
            "marker": {"color": BLOCK_COLOURS[(i + 1) % len(BLOCK_COLOURS)]},
            "hovertemplate": "%{x}: %{y:,.0f} bought<extra></extra>",
        }
        for i, kind in enumerate(kinds)
    ]
    data += [
        band | {"y": low},
        band | {"y": high, "fill": "tonexty", "fillcolor": "rgba(0,114,178,0.15)", "name": "P10 to P90"},
        {
            "type": "scatter",
            "mode": "lines",
            "name": "on line",
            "x": x,
            "y": online,
            "line": {"color": "#0072b2", "width": 2, "shape": "hv"},
            "hovertemplate": "%{x}: %{y:,.0f} on line<extra></extra>",
        },
    ]
    spec = {
        "data": data,
        "layout": layout_of(
            300,
            xaxis=axis(type="category", nticks=10, tickangle=0, showgrid=False),
            yaxis=axis("accelerators", rangemode="tozero"),
        ),
    }
    table = tuple(
        (
            q,
            show(r["bought"], None, None, "") if r["bought"] else "0",
            r["generation"],
            show(r["online"], None, None, ""),
        )
        for q, r in zip(x, rows, strict=True)
        if r["bought"] or r["online"]
    )
    words = str(found["words"])
    return Chart(
        "chart-fleet", "Accelerators bought and on line", words, spec, ("quarter", "bought", "kind", "on line"), table
    )


def flexible(plan: Plan) -> Chart | None:
    """MW that a power system can take now, against the part of their energy that is curtailed."""
    t = plan.tables.get("flexible_connection") or {}
    rows = t.get("curve") or []
    if not rows:
        return None
    spec = {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [r["hours"] for r in rows],
                "y": four_digits(np.array([r["campus_mw"] for r in rows])),
                "line": {"color": "#0072b2"},
                "hovertemplate": "%{x:,.0f} hours a year: %{y:,.0f} MW<extra></extra>",
            }
        ],
        "layout": layout_of(
            250,
            xaxis=axis("hours a year in which the campus steps back", rangemode="tozero"),
            yaxis=axis("MW for one campus", rangemode="tozero"),
        ),
    }
    words = "MW for one campus: " + ", ".join(
        f"{show(r['campus_mw'], None, None, 'MW')} at {r['hours']:,.0f} hours a year" for r in rows
    )
    return Chart(
        "chart-flexible", "What one campus may draw today, if it steps back for so many hours", words + ".", spec
    )
