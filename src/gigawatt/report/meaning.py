"""What the draws mean, in words, rows and charts: drivers, what to find out first, budget and date, robust choice.

The same for terminal, Markdown and page. Computes nothing.
"""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import FIGURES, show
from gigawatt.report.chart import BLOCK_COLOURS, INK, Chart, axis, date_axis, layout_of
from gigawatt.uncertainty.drivers import WORDS
from gigawatt.units import in_percent

DRIVER_HEADER = (
    "figure",
    "hangs on",
    "of its variance",
    "with all it acts through",
    "at the P10",
    "at the P90",
    "class",
)
FIND_HEADER = ("find out first", "ask", "for", "takes away", "wrong decisions spared")
ROBUST_HEADER = ("strategy", "USD/h, mean", "USD/h, P90", "worst regret, USD", "best in", "keeps the limits", "best by")
CLASS_HEADER = ("figure", "measured", "stated", "analogy", "our assumptions", "shared slips")
RULE_WORDS = {
    "expected": "average",
    "p90": "bad draws",
    "regret": "regret",
    "often": "number of draws",
    "limits": "limits kept",
}
FILL, EDGE = "rgba(0, 114, 178, 0.18)", "#0072b2"
WIDE_BARS = 8  # bars of a tornado
PERCENT = "\u00a0%"  # behind the numbers of an axis


def told(plan: Plan) -> dict[str, Any]:
    """The part of the plan's uncertainty that is shown here; empty where no draws were asked for."""
    u = getattr(plan, "uncertainty", None) or {}
    return u if u.get("fan") else {}


def sentences(plan: Plan) -> list[str]:
    """Budget and date together, what to find out first, what to choose, what is ours."""
    u = told(plan)
    if not u:
        return []
    said = [u["note"]] if u["note"] else []
    if u["joint"]:
        said.append(f"{u['joint']['words']}.")
    if u["find_out_first"]:
        said.append(f"To find out first: {u['find_out_first'][0]['words']}.")
    if u["robust"]:
        said += u["robust"]["words"]
    said.append(_ours(u))
    return said


def _ours(u: dict[str, Any]) -> str:
    """Share of each figure's variance that rests on ranges without a published basis."""

    def shares(rows: list[dict[str, Any]], name: str) -> str:
        return ", ".join(
            f"{in_percent(min(max(r['total'], 0.0), 1.0))} of that of the {WORDS[r['figure']]}"
            for r in rows
            if r["class"] == name
        )

    return (
        f"How much of the variance rests on our own assumptions: {shares(u['classes'], 'ours')}. On ranges that are "
        f"ours, whatever the source of the value: {shares(u['range_basis'], 'ours')}. On ranges of an AACE estimate "
        f"class: {shares(u['range_basis'], 'aace')}."
    )


def driver_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Drivers, figure by figure, with their ends."""
    return [
        (
            FIGURES[r["figure"]].label,
            r["driver"],
            _share(r["first"], r["first_error"]),
            _share(r["total"], r["total_error"]),
            _end(plan, r["figure"], r["low"]),
            _end(plan, r["figure"], r["high"]),
            r["class"],
        )
        for r in told(plan).get("drivers", [])
    ]


def _share(value: float, error: float) -> str:
    return f"{max(value, 0.0) * 100:.0f} ± {error * 100:.0f} %"


def _end(plan: Plan, figure: str, value: float | None) -> str:
    if value is None:
        return ""
    unit = FIGURES[figure].unit
    if unit == "date":
        return f"{value:.0f} months"
    f = plan.figures[figure]
    return show(value, f.low, f.high, unit.format(year=plan.question["price_year"]))


def find_rows(plan: Plan) -> list[tuple[str, ...]]:
    """What to find out first, the most useful first."""
    rows: list[tuple[str, ...]] = []
    for r in told(plan).get("find_out_first", []):
        most = max(r["variance_share"], key=lambda x: r["variance_share"][x])
        share = f"{in_percent(r['variance_share'][most])} of the variance of the {WORDS[most]}"
        spared = f"{r['wrong_decisions_spared'] * 100:.1f} in 100"
        rows.append((r["subject"], r["to"], r["ask"], share, spared))
    return rows


def class_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Share of the variance by class of the facts, total effects."""
    by_figure: dict[str, list[str]] = {}
    for r in told(plan).get("classes", []):
        by_figure.setdefault(r["figure"], []).append(_share(r["total"], r["total_error"]))
    return [(FIGURES[name].label, *shares) for name, shares in by_figure.items()]


def robust_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Strategies by what they cost on average."""
    found = told(plan).get("robust") or {"rows": []}
    usd = f"USD_{plan.question['price_year']}"
    return [
        (
            r["strategy"],
            f"{r['price_expected']:.2f}",
            f"{r['price_p90']:.2f}",
            "" if r["worst_regret_usd"] is None else show(r["worst_regret_usd"], None, None, usd, with_unit=False),
            f"{r['share_best'] * 100:.0f} %",
            f"{r['probability']['all'] * 100:.0f} %" if "all" in r["probability"] else "",
            ", ".join(RULE_WORDS[x] for x in r["best"]),
        )
        for r in sorted(found["rows"], key=lambda r: r["price_expected"])
    ]


def scenario_sentences(plan: Plan) -> list[str]:
    """Why each named scenario is looked at."""
    found = told(plan).get("robust") or {"scenarios": []}
    return [f"{x['name'][:1].upper()}{x['name'][1:]}: {x['reason']}." for x in found["scenarios"]]


def tables(plan: Plan) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """All tables that have rows, with their headers."""
    found = (
        (DRIVER_HEADER, driver_rows(plan)),
        (FIND_HEADER, find_rows(plan)),
        (CLASS_HEADER, class_rows(plan)),
        (ROBUST_HEADER, robust_rows(plan)),
    )
    return [(header, rows) for header, rows in found if rows]


# --- Charts -----------------------------------------------------------------------------------------------------------


def fan_chart(plan: Plan) -> Chart | None:
    """Power on line over time, P10 to P90."""
    rows = told(plan).get("fan")
    if not rows:
        return None
    dates = [r["date"] for r in rows]
    step = {"mode": "lines", "line": {"shape": "hv", "width": 0}, "x": dates, "hoverinfo": "skip", "showlegend": False}
    data = [
        {**step, "y": [r["low_mw"] for r in rows]},
        {**step, "y": [r["high_mw"] for r in rows], "fill": "tonexty", "fillcolor": FILL, "name": "P10 to P90"}
        | {"showlegend": True},
        {
            "mode": "lines",
            "line": {"shape": "hv", "width": 3, "color": EDGE},
            "x": dates,
            "y": [round(r["middle_mw"], 1) for r in rows],
            "name": "median",
            "hovertemplate": "%{x|%B %Y}: %{y:,.0f} MW<extra></extra>",
        },
    ]
    half = next((r for r in rows if r["whole"] >= 0.5), None)
    words = (
        f"Half of the draws have the whole campus on line by {half['date'][:7]}" if half else "Most draws never finish"
    )
    table = [
        (
            r["date"][:7],
            f"{r['low_mw']:,.0f}",
            f"{r['middle_mw']:,.0f}",
            f"{r['high_mw']:,.0f}",
            f"{r['whole'] * 100:.0f} %",
        )
        for r in rows[::2]
    ]
    return Chart(
        "chart-fan",
        "Power on line: median, and P10 to P90 of the draws",
        f"{words}; the band holds eight draws in ten.",
        {"data": data, "layout": layout_of(320, xaxis=date_axis(dates), yaxis=axis("MW on line", rangemode="tozero"))},
        ("date", "MW in P10", "MW in P50", "MW in P90", "whole in"),
        tuple(table),
    )


def exceedance_chart(plan: Plan, figure: str) -> Chart | None:
    """Chance that a figure is exceeded."""
    rows = (told(plan).get("exceedance") or {}).get(figure)
    if not rows:
        return None
    dated = FIGURES[figure].unit == "date"
    scale, unit = (1.0, "months from today") if dated else _scale(figure, plan)
    x = [r["value"] / scale for r in rows]
    y = [r["chance"] for r in rows]
    label = FIGURES[figure].label
    middle = next((v for v, c in zip(x, y, strict=True) if c <= 0.5), x[-1])
    table = [(f"{v:,.3g}", f"{c * 100:.0f} %") for v, c in zip(x[::6], y[::6], strict=True)]
    data = [
        {
            "mode": "lines",
            "x": x,
            "y": [100.0 * c for c in y],
            "line": {"color": EDGE, "width": 3},
            "hovertemplate": "more than %{x:,.3g}: %{y:.0f} %<extra></extra>",
            "showlegend": False,
        }
    ]
    return Chart(
        f"chart-exceed-{figure}",
        f"{label}: chance of more",
        f"In half of the draws it is more than {middle:,.3g} {unit}.",
        {
            "data": data,
            "layout": layout_of(
                280, xaxis=axis(unit), yaxis=axis("chance of more", ticksuffix=PERCENT, range=[0, 100])
            ),
        },
        (unit, "chance of more"),
        tuple(table),
    )


def _scale(figure: str, plan: Plan) -> tuple[float, str]:
    unit = FIGURES[figure].unit.format(year=plan.question["price_year"]).replace("_", " of ")
    value = plan.figures[figure].value
    big = isinstance(value, float) and abs(value) >= 1e9
    return (1e9, f"bn {unit}") if big else (1.0, unit)


def tornado_chart(plan: Plan, figure: str) -> Chart | None:
    """Ends of the drivers of a figure."""
    rows = [r for r in told(plan).get("drivers", []) if r["figure"] == figure and r["low"] is not None]
    if not rows:
        return None
    dated = FIGURES[figure].unit == "date"
    scale, unit = (1.0, "months from today") if dated else _scale(figure, plan)
    rows = sorted(rows, key=lambda r: abs(r["high"] - r["low"]))[-WIDE_BARS:]
    names = [r["driver"] for r in rows]
    low, high = ([r[k] / scale for r in rows] for k in ("low", "high"))
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "y": names,
            "base": low,
            "x": [b - a for a, b in zip(low, high, strict=True)],
            "marker": {"color": BLOCK_COLOURS[0]},
            "customdata": [[f"{a:,.3g}", f"{b:,.3g}"] for a, b in zip(low, high, strict=True)],
            "hovertemplate": "%{y}: %{customdata[0]} at its P10, %{customdata[1]} at its P90<extra></extra>",
            "showlegend": False,
        }
    ]
    widest = rows[-1]
    words = (
        f"Widest is {widest['driver']}: {widest['low'] / scale:,.3g} {unit} at its P10, {widest['high'] / scale:,.3g} "
        "at its P90, all else at its central value."
    )
    table = [
        (r["driver"], f"{a:,.3g}", f"{b:,.3g}", _share(r["total"], r["total_error"]))
        for r, a, b in zip(reversed(rows), reversed(low), reversed(high), strict=True)
    ]
    height = 90 + 34 * len(rows)
    return Chart(
        f"chart-tornado-{figure}",
        f"{FIGURES[figure].label}: what moves it",
        words,
        {"data": data, "layout": layout_of(height, xaxis=axis(unit), yaxis=axis(tickfont={"size": 12, "color": INK}))},
        ("driver", f"{unit}, at P10", "at P90", "share of variance"),
        tuple(table),
    )


def charts(plan: Plan) -> list[Chart]:
    """All charts that can be drawn, in order."""
    names = ("capex_usd", "lcoc_at_utilisation_usd_per_accelerator_hour", "full_power_date")
    made = [fan_chart(plan)]
    for name in names:
        made += [exceedance_chart(plan, name), tornado_chart(plan, name)]
    return [c for c in made if c is not None]
