"""Charts about customers: the price of an hour as its chip ages, and the call on a guarantee by year."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.report.chart import Chart, axis, layout_of


def ageing(plan: Plan) -> Chart | None:
    """What the market pays for an hour year by year, beside the flat price a contract needs and the running cost."""
    c = plan.tables.get("customers") or {}
    rows: list[dict[str, Any]] = c.get("ageing") or []
    if not rows:
        return None
    x = [r["year"] for r in rows]
    flat, life = c["contract"]["price"]["value"], c["contract"]["years"]
    lines = (
        ("market price of the same hour", x, [r["price"] for r in rows], "#0072b2", "solid"),
        (f"price needed, contract of {life} years", [1, life], [flat, flat], "#d55e00", "dash"),
        ("running cost and electricity", x, [r["running_cost"] for r in rows], "#4a4a4a", "dot"),
    )
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": years,
            "y": [round(v, 3) for v in usd],
            "line": {"color": colour, "dash": dash},
            "hovertemplate": "year %{x}: %{y:.2f} USD/h<extra></extra>",
        }
        for name, years, usd, colour, dash in lines
    ]
    layout = layout_of(
        280,
        xaxis=axis("year of operation", dtick=1),
        yaxis=axis("USD per accelerator-hour", rangemode="tozero"),
    )
    last = rows[min(life, len(rows)) - 1]
    words = (
        f"A new hour sells for {rows[0]['price']:.2f} USD, the same hour in year {last['year']} for "
        f"{last['price']:.2f}; a contract of {life} years needs {flat:.2f} throughout, running it costs "
        f"{rows[0]['running_cost']:.2f}."
    )
    table = tuple((str(r["year"]), f"{r['price']:.2f}", f"{r['running_cost']:.2f}") for r in rows)
    title = "Why a contract: what an hour sells for as the chip ages"
    return Chart(
        "chart-ageing", title, words, {"data": data, "layout": layout}, ("year", "market price", "running cost"), table
    )


def guarantee(plan: Plan) -> Chart | None:
    """The call on a guarantee by year of operation, half of the draws and nine in ten below."""
    g = (plan.tables.get("customers") or {}).get("guarantee")
    if not g or g["peak_p90"] <= 0:
        return None
    rows = g["years"]
    data = [
        {
            "type": "bar",
            "name": name,
            "x": [r["year"] for r in rows],
            "y": [round(r[key] / 1e9, 4) for r in rows],
            "marker": {"color": colour},
            "hovertemplate": "year %{x}: %{y:.3g} bn USD<extra></extra>",
        }
        for key, name, colour in (
            ("p50", "half of the draws below", "#56b4e9"),
            ("p90", "nine in ten below", "#0072b2"),
        )
    ]
    layout = layout_of(
        240,
        barmode="group",
        xaxis=axis("year of operation", dtick=1, showgrid=False),
        yaxis=axis("bn USD a year", rangemode="tozero"),
    )
    words = (
        f"Without a tenant the call on a guarantee grows from {rows[0]['p50'] / 1e9:.3g} bn USD in year 1 to "
        f"{rows[-1]['p50'] / 1e9:.3g} bn in year {rows[-1]['year']} in half of the draws, and to "
        f"{rows[-1]['p90'] / 1e9:.3g} bn in one of ten."
    )
    table = tuple((str(r["year"]), *(f"{r[k] / 1e9:.3g}" for k in ("needed", "market", "p50", "p90"))) for r in rows)
    header = ("year", "lenders need, bn USD", "open market pays", "P50 call", "P90 call")
    return Chart(
        "chart-guarantee",
        "What the state would add if nobody signs",
        words,
        {"data": data, "layout": layout},
        header,
        table,
    )
