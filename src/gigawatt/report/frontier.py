"""The frontier as rows of text and as a chart: the same in terminal, Markdown and HTML. Computes nothing."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report.chart import Chart, axis, date_axis, layout_of

HEADER = (
    "",
    "strategy",
    "first power",
    "full power",
    "capital, USD",
    "USD/h needed",
    "dearer by",
    "worth now, USD",
    "it needs",
)
SHORT = (0, 1, 2, 3, 5, 6, 7)  # columns for a terminal
SPEED, BEATEN = "#0072b2", "#9aa5b1"
MARKS = {True: "", False: "◆"}  # beaten, or on the frontier


def found(plan: Plan) -> dict[str, Any]:
    return plan.tables.get("frontier") or {}


def rows(plan: Plan) -> list[tuple[str, ...]]:
    """One row a strategy, the fastest first."""
    usd = f"USD_{plan.question['price_year']}"
    return [
        (
            MARKS[r["dominated"]],
            name(r),
            _month(r["first_power"]),
            _month(r["full_power"]),
            show(r["capex_usd"], None, None, usd, with_unit=False),
            f"{r['required_price_usd_per_accelerator_hour']:.2f}",
            _dearer(plan, r),
            show(r["npv_usd"], None, None, usd, with_unit=False),
            r["refused"] or "; ".join(r["needs"]) or "–",
        )
        for r in found(plan).get("rows", [])
    ]


def _dearer(plan: Plan, r: dict[str, Any]) -> str:
    least = min(x["required_price_usd_per_accelerator_hour"] for x in found(plan)["rows"])
    share = r["required_price_usd_per_accelerator_hour"] / least - 1.0
    return f"{share * 100:.1f} %" if share >= 5e-4 else "cheapest"


def name(r: dict[str, Any]) -> str:
    """A strategy with a word on whether it is the one asked for or chosen."""
    marks = [word for key, word in (("as_asked", "as asked"), ("chosen", "chosen")) if r[key]]
    return f"{r['strategy']} ({', '.join(marks)})" if marks else str(r["strategy"])


def sentences(plan: Plan) -> list[str]:
    """What the table says, what a month costs along it, what is out, and on what basis."""
    f = found(plan)
    said = [f["words"]]
    said += [
        f"From {w['faster']} to {w['slower']}: {w['months']:.0f} months for {w['usd_per_month'] / 1e6:,.2g} M USD each."
        for w in f["waiting"]
    ]
    said += [f"{x}." for x in f["ordering"]]
    if f["letters"]:
        said.append(f"Every strategy also needs: {', '.join(f['letters'])}.")
    said += [f"Not possible: {r['strategy']}: {r['words']}." for r in f["refused"]]
    return [*said, f["note"]]


def chart(plan: Plan) -> Chart | None:
    """Full power against the price that an accelerator-hour needs."""
    f = found(plan)
    if not f:
        return None
    data = []
    for beaten in (True, False):
        mine = [r for r in f["rows"] if r["dominated"] is beaten]
        data.append(
            {
                "type": "scatter",
                "mode": "markers" if beaten else "lines+markers",
                "name": "beaten in both" if beaten else "the frontier",
                "x": [r["full_power"] for r in mine],
                "y": [round(r["required_price_usd_per_accelerator_hour"], 3) for r in mine],
                "text": [name(r) for r in mine],
                "marker": {
                    "size": 9 if beaten else 13,
                    "color": BEATEN if beaten else SPEED,
                    "symbol": "circle" if beaten else "diamond",
                },
                "line": {"color": SPEED, "dash": "dot"},
                "hovertemplate": "%{text}<br>full power %{x|%B %Y}, %{y:.2f} USD/h<extra></extra>",
            }
        )
    dates = [r["full_power"] for r in f["rows"] if r["full_power"]]
    layout = layout_of(
        320,
        xaxis=date_axis(dates) | {"title": {"text": "full power", "font": {"size": 13}}},
        yaxis=axis("USD/h needed"),
    )
    table = tuple(
        (name(r), _month(r["full_power"]), cells[5], cells[7]) for r, cells in zip(f["rows"], rows(plan), strict=True)
    )
    header = ("strategy", "full power", "USD/h needed", "worth now, USD")
    return Chart(
        "chart-frontier",
        "Speed against cost: full power and the price that an accelerator-hour needs",
        f["words"],
        {"data": data, "layout": layout},
        header,
        table,
    )


def _month(day: str | None) -> str:
    return day[:7] if day else "never"
