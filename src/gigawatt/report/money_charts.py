"""The charts of money: the bill, the cost of an hour, what is at risk, cash so far, published costs beside ours."""

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
    four_digits,
    layout_of,
    money,
    percent,
    quarter_of,
)


def bill(plan: Plan, names: dict[str, str]) -> Chart | None:
    """The bill as one stacked bar, largest lines first."""
    lines = sorted((b for b in plan.bill if b["usd"] > 0), key=lambda b: -b["usd"])
    if not lines:
        return None
    year = plan.question["price_year"]
    total = sum(b["usd"] for b in lines)
    big, small = lines[:7], lines[7:]
    parts = [(names.get(b["item"], b["item"].replace("_", " ")), b["usd"]) for b in big]
    if small:
        parts.append(("all else", sum(b["usd"] for b in small)))
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": [usd / 1e9],
            "y": [""],
            "marker": {"color": BLOCK_COLOURS[i % len(BLOCK_COLOURS)], "line": {"color": "#ffffff", "width": 1}},
            "text": [percent(usd / total) if usd / total > 0.04 else ""],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "hovertemplate": f"{name}: {money(usd, year)}<extra></extra>",
        }
        for i, (name, usd) in enumerate(parts)
    ]
    spec = {
        "data": data,
        "layout": layout_of(
            230,
            barmode="stack",
            xaxis=axis(f"bn USD of {year}"),
            yaxis=axis(showticklabels=False, showgrid=False),
            legend={"orientation": "h", "x": 0, "y": 1.05, "yanchor": "bottom", "traceorder": "normal"},
        ),
    }
    words = "One bar, the whole bill: " + ", ".join(f"{n} {percent(usd / total)}" for n, usd in parts) + "."
    return Chart("chart-bill", "Where the money goes", words, spec)


def cost(plan: Plan, names: dict[str, str]) -> Chart | None:
    """The cost of an accelerator-hour by block beside the market, what lenders need, and renting abroad."""
    blocks = plan.tables.get("lcoc_by_block") or {}
    if not blocks or any(v is None for v in blocks.values()):
        return None
    data: list[dict[str, Any]] = []
    ours = "Cost, all hours sold"
    for i, (key, usd) in enumerate(blocks.items()):
        name = names.get(key, key)
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "x": [usd],
                "y": [ours],
                "marker": {"color": BLOCK_COLOURS[i], "line": {"color": "#ffffff", "width": 1}},
                "hovertemplate": f"{name}: {show(usd, None, None, 'USD/h')}<extra></extra>",
            }
        )
    others = [
        ("Cost at the share sold", "lcoc_at_utilisation_usd_per_accelerator_hour"),
        ("Market, long contract", "market_price_usd_per_accelerator_hour"),
        ("Renting abroad", "rent_abroad_usd_per_accelerator_hour"),
    ]
    shown = [(label, plan.figures[k]) for label, k in others if k in plan.figures and plan.figures[k].value is not None]
    full = plan.figures.get("lcoc_usd_per_accelerator_hour")
    whiskers = [(ours, full), *shown] if full is not None and full.value is not None else shown
    for label, f in shown:
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "showlegend": False,
                "x": [f.value],
                "y": [label],
                "marker": {"color": "#c9d0d7"},
                "hovertemplate": f"{label}: {f.text_with_range}<extra></extra>",
            }
        )
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "range, P10 to P90",
            "x": [float(f.value or 0) for _, f in whiskers],
            "y": [label for label, _ in whiskers],
            "hoverinfo": "skip",
            "marker": {"color": INK, "size": 5},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "color": INK,
                "thickness": 1.2,
                "width": 5,
                "array": [float(f.high or 0) - float(f.value or 0) for _, f in whiskers],
                "arrayminus": [float(f.value or 0) - float(f.low or 0) for _, f in whiskers],
            },
        }
    )
    order = [ours, *(label for label, _ in shown)]
    spec = {
        "data": data,
        "layout": layout_of(
            110 + 44 * len(order),
            barmode="stack",
            bargap=0.35,
            xaxis=axis(f"USD of {plan.question['price_year']} per accelerator-hour", rangemode="tozero"),
            yaxis=axis(type="category", categoryorder="array", categoryarray=order[::-1], showgrid=False),
        ),
    }
    words = "Cost of an hour of one accelerator by block: " + ", ".join(
        f"{names.get(k, k)} {show(v, None, None, 'USD/h')}" for k, v in blocks.items()
    )
    words += "".join(f"; {label.lower()} {f.text_with_range}" for label, f in shown)
    return Chart("chart-cost", "Cost of an hour of one accelerator, and what others charge", words + ".", spec)


def exposure(plan: Plan) -> Chart | None:
    """Orders placed and cash at risk by quarter, with the gates that it comes before."""
    found = plan.tables.get("exposure") or {}
    rows: Sequence[dict[str, Any]] = found.get("quarters") or []
    if not rows:
        return None
    names = [quarter_of(r["quarter"]) for r in rows]
    year = plan.question["price_year"]
    lines = (("ordered_usd", "ordered so far", "#9bb7d4", "tozeroy"), ("at_risk_usd", "paid or owed", "#7a1f2b", None))
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": names,
            "y": four_digits(np.array([r[key] for r in rows]) / 1e9),
            "line": {"color": colour, "width": 2},
            "hovertemplate": f"%{{x}}, {name}: %{{y:,.3g}} bn USD<extra></extra>",
            **({"fill": fill} if fill else {}),
        }
        for key, name, colour, fill in lines
    ]
    gates = [g for g in found.get("gates") or [] if g["date"]]
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "at risk on the day of a gate",
            "x": [quarter_of(g["date"]) for g in gates],
            "y": four_digits(np.array([g["at_risk_usd"] for g in gates]) / 1e9),
            "marker": {"symbol": "diamond", "size": 10, "color": INK},
            "text": [f"before {g['words']}" for g in gates],
            "hovertemplate": "%{text}: %{y:,.3g} bn USD<extra></extra>",
        }
    )
    layout = layout_of(
        280,
        xaxis=axis(type="category", categoryarray=names, categoryorder="array", nticks=10, showgrid=False),
        yaxis=axis(f"bn USD of {year}", rangemode="tozero"),
    )
    shown = tuple(
        (n, money(r["ordered_usd"], year), money(r["at_risk_usd"], year)) for n, r in zip(names, rows, strict=True)
    )
    header = ("quarter", "ordered so far", "paid or owed if all is cancelled")
    return Chart(
        "chart-exposure",
        "Orders placed, and what cancelling them would cost",
        f"{found['words']}.",
        {"data": data, "layout": layout},
        header,
        shown,
    )


def cash(plan: Plan) -> Chart | None:
    """Cash so far, before financing and of the owners, by quarter: how deep it goes and when it comes back."""
    rows: Sequence[dict[str, Any]] = plan.tables.get("cash_by_quarter") or []
    if not rows:
        return None
    sums = {k: np.cumsum([r[k] for r in rows]) / 1e9 for k in ("before_financing_usd", "equity_usd")}
    names = {"before_financing_usd": "project, before loans", "equity_usd": "owners, after loans and tax"}
    colours = {"before_financing_usd": "#0072b2", "equity_usd": "#d55e00"}
    days = [r["quarter"] for r in rows]
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": names[k],
            "x": days,
            "y": [float(f"{x:.4g}") for x in y],
            "line": {"color": colours[k], "width": 2.4, "dash": "solid" if k == "before_financing_usd" else "dash"},
            "hovertemplate": "%{x|%b %Y}: %{y:,.3g} billion USD<extra></extra>",
        }
        for k, y in sums.items()
    ]
    year = plan.question["price_year"]
    layout = layout_of(300, xaxis=date_axis(days), yaxis=axis(f"billion USD of {year}", zerolinewidth=1.6))
    parts = []
    for k, y in sums.items():
        low = int(np.argmin(y))
        end = "ends" if y[-1] >= 0 else "still stands"
        deepest = f"{names[k]}: {y[low]:,.1f} billion USD at the deepest, in {quarter_of(days[low])}"
        parts.append(f"{deepest}; {end} at {y[-1]:+,.1f}")
    shown = [i for i, d in enumerate(days) if d[5:7] == "12"]
    table = tuple((days[i][:4], *(f"{y[i]:,.2f}" for y in sums.values())) for i in shown)
    return Chart(
        "chart-cash",
        "Cash so far, by quarter",
        "; ".join(parts).replace("-", "−") + ".",
        {"data": data, "layout": layout},
        ("end of", *names.values()),
        table,
    )


def reconciliation(plan: Plan, names: dict[str, str]) -> Chart | None:
    """Published USD per W and ours, each on its own basis."""
    rows = [r for r in plan.tables.get("reconciliation") or [] if r["published"] is not None]
    if not rows:
        return None
    labels = [f"{_short(r['source'].split(',')[0])} ({i})" for i, r in enumerate(rows, 1)]
    low = [r["published"] if r["published_low"] is None else r["published_low"] for r in rows]
    high = [r["published"] if r["published_high"] is None else r["published_high"] for r in rows]
    data = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "published, with its range",
            "y": labels,
            "x": [r["published"] for r in rows],
            "marker": {"color": "#0072b2", "size": 9},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "color": "#0072b2",
                "thickness": 1.4,
                "width": 4,
                "array": [h - r["published"] for h, r in zip(high, rows, strict=True)],
                "arrayminus": [r["published"] - v for v, r in zip(low, rows, strict=True)],
            },
            "hovertemplate": "%{y}: %{x:.3g} USD/W<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "ours on the same basis",
            "y": labels,
            "x": [float(f"{r['ours_usd_per_w']:.3g}") for r in rows],
            "marker": {"color": "#d55e00", "size": 10, "symbol": "diamond-open", "line": {"width": 2}},
            "hovertemplate": "ours: %{x:.3g} USD/W<extra></extra>",
        },
    ]
    layout = layout_of(
        100 + 24 * len(rows),
        xaxis=axis("USD per W", rangemode="tozero"),
        yaxis=axis(type="category", categoryorder="array", categoryarray=labels[::-1], tickfont={"size": 12}, dtick=1),
    )
    words = "Each published cost per W beside ours on the same basis; the number in brackets is the row of the table."
    return Chart(
        "chart-reconciliation", "Our cost per W beside published ones", words, {"data": data, "layout": layout}
    )


def _short(name: str, most: int = 30) -> str:
    return name if len(name) <= most else f"{name[:most].rsplit(' ', 1)[0]} …"
