"""The whole year of supply, and how far each figure may be off: plotly figures in plain data, as in ``chart``."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.figures import Figure, show
from gigawatt.report.chart import INK, SOFT, Chart, axis, four_digits, layout_of, percent
from gigawatt.report.supply_charts import STACK, colour_of, supply_name

RANGED = (
    "capex_usd",
    "opex_usd_per_year",
    "lcoc_at_utilisation_usd_per_accelerator_hour",
    "market_price_usd_per_accelerator_hour",
    "lcoe_usd_per_mwh",
    "accelerators",
    "largest_run_100_days_flop",
    "tokens_per_s",
    "emissions_kg_per_mwh",
    "water_m3_per_year",
    "cost_of_delay_usd_per_month",
)
HOURS_A_DAY = 24


def year(plan: Plan) -> Chart | None:
    """Supply of every day stacked against the load, its numbers by month."""
    s = {k: np.asarray(v, float) for k, v in plan.series.items() if np.ndim(v) == 1 and k.endswith("_mw")}
    if "load_mw" not in s:
        return None
    days = len(s["load_mw"]) // HOURS_A_DAY
    daily = {k: v[: days * HOURS_A_DAY].reshape(days, HOURS_A_DAY).mean(axis=1) for k, v in s.items()}
    load = daily.pop("load_mw")
    supplies = [k for k, v in daily.items() if not k.endswith("_charge_mw") and v.max() > 1e-3 * load.max()]
    supplies.sort(key=lambda k: next((i for i, name in enumerate(STACK) if k.startswith(name)), len(STACK) - 4))
    first = date(2024 if days == 366 else 2025, 1, 1)
    when = [first + timedelta(days=d) for d in range(days)]
    x = [d.isoformat() for d in when]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "stackgroup": "supply",
            "name": supply_name(k[:-3].removesuffix("_discharge")),
            "x": x,
            "y": four_digits(daily[k]),
            "line": {"width": 0, "color": colour_of(k)},
            "fillcolor": colour_of(k),
            "hovertemplate": "%{y:,.0f} MW",
        }
        for k in supplies
    ]
    line = {"width": 1.8, "color": INK}
    data.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "load of the campus",
            "x": x,
            "y": four_digits(load),
            "line": line,
            "hovertemplate": "%{y:,.0f} MW",
        }
    )
    layout = layout_of(
        330,
        hovermode="x unified",
        xaxis=axis(type="date", tickformat="%b", hoverformat="%-d %b", dtick="M1"),
        yaxis=axis("MW, mean of the day", rangemode="tozero"),
    )
    whole = float(load.sum())
    shares = ", ".join(f"{supply_name(k[:-3])} {percent(float(daily[k].sum()) / whole)}" for k in supplies)
    month = np.array([d.month for d in when])
    header = ("month", "load, MW", *(f"{supply_name(k[:-3])}, MW" for k in supplies))
    rows = tuple(
        (
            f"{date(2025, m, 1):%B}",
            *(show(float(v[month == m].mean()), None, None, "") for v in (load, *(daily[k] for k in supplies))),
        )
        for m in range(1, 13)
    )
    words = f"Of the energy of the year: {shares}. Mean of every day; the table has the mean of every month."
    return Chart("chart-year", "The year, day by day", words, {"data": data, "layout": layout}, header, rows)


def ranges(plan: Plan) -> Chart | None:
    """How far the low and the high of each figure are from its value."""
    shown = [f for name in RANGED if (f := plan.figures.get(name)) is not None and _is_ranged(f)]
    if not shown:
        return None
    shown.sort(key=lambda f: float(f.high or 0) / float(f.value or 1) - float(f.low or 0) / float(f.value or 1))
    names = [f.label for f in shown]
    value = np.array([float(f.value or 1.0) for f in shown])
    low = np.array([float(f.low or 0.0) for f in shown]) / value
    high = np.array([float(f.high or 0.0) for f in shown]) / value
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "y": names,
            "base": four_digits(low * 100.0),
            "x": four_digits((high - low) * 100.0),
            "marker": {"color": "#7fb2dc"},
            "text": [f"{a * 100:.0f} to {b * 100:.0f} %" for a, b in zip(low, high, strict=True)],
            "textposition": "outside",
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "y": names,
            "x": [100.0] * len(names),
            "marker": {"symbol": "line-ns", "size": 14, "line": {"width": 3, "color": INK}},
            "hoverinfo": "skip",
            "showlegend": False,
        },
    ]
    layout = layout_of(
        60 + 34 * len(names),
        bargap=0.45,
        xaxis=axis("per cent of the value", rangemode="tozero", range=[0, float(high.max()) * 118.0]),
        yaxis=axis(),
        shapes=[
            {
                "type": "line",
                "x0": 100,
                "x1": 100,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": SOFT, "width": 1, "dash": "dot"},
            }
        ],
    )
    rows = tuple((f.label, f.text, *_ends(f), f.fact_class) for f in reversed(shown))
    widest = shown[-1]
    words = (
        "Eight of ten draws of all inputs together fall inside each bar; 100 % is the value shown above. "
        f"Least certain: {widest.label[:1].lower()}{widest.label[1:]}, {low[-1] * 100:.0f} to {high[-1] * 100:.0f} % "
        "of its value."
    )
    header = ("figure", "value", "low (P10)", "high (P90)", "class")
    return Chart(
        "chart-ranges", "How far each figure may be off", words, {"data": data, "layout": layout}, header, rows
    )


def _is_ranged(f: Figure) -> bool:
    return isinstance(f.value, float) and f.value > 0 and f.low != f.high and None not in (f.low, f.high)


def _ends(f: Figure) -> tuple[str, str]:
    low, high = (show(x, f.low, f.high, f.unit) for x in (f.low, f.high))
    return low, high
