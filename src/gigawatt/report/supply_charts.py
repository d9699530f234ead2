"""The charts of supply: a fortnight of it against the load, hour by hour, and the price below."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report.chart import INK, Chart, axis, four_digits, layout_of, percent

# Colours that stay apart for colour-blind eyes (Okabe and Ito's set, darkened where lines need it); nuclear is neutral.
SUPPLY_COLOURS = {
    "nuclear": "#9aa5b1",
    "grid": "#56b4e9",
    "gas": "#d55e00",
    "solar": "#f0c419",
    "wind": "#009e73",
    "hydro": "#0072b2",
    "geothermal": "#a0704f",
    "battery": "#cc79a7",
    "backup": "#4a4a4a",
    "unserved": "#000000",
}
STACK = (
    "nuclear",
    "hydro",
    "geothermal",
    "wind",
    "solar",
    "grid",
    "gas",
    "battery",
    "backup",
    "unserved",
)  # from below
FORTNIGHT = 14 * 24


def _windows(values: np.ndarray) -> np.ndarray:
    """Mean of each fortnight that starts at midnight."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    starts = np.arange(0, len(values) - FORTNIGHT + 1, 24)
    return (total[starts + FORTNIGHT] - total[starts]) / FORTNIGHT


def typical_fortnight(series: dict[str, np.ndarray]) -> int | None:
    """First hour of the fortnight whose load, price and supplies are nearest the year's means."""
    names = [n for n in series if (n.endswith("_mw") and n != "unserved_mw") or n == "price_usd_per_mwh"]
    load = series.get("load_mw")
    if load is None or len(load) < FORTNIGHT:
        return None
    away = np.zeros(len(_windows(load)))
    for n in names:
        values = np.nan_to_num(np.asarray(series[n], float))
        scale = float(np.mean(load)) if n.endswith("_mw") else max(abs(float(np.mean(values))), 1e-9)
        away += ((_windows(values) - float(np.mean(values))) / scale) ** 2
    return int(np.argmin(away)) * 24


def hardest_fortnight(series: dict[str, np.ndarray]) -> int | None:
    """First hour of the fortnight with most load unserved, else the dearest."""
    load = series.get("load_mw")
    if load is None or len(load) < FORTNIGHT:
        return None
    unserved = series.get("unserved_mw")
    if unserved is not None and float(np.sum(unserved)) > 1e-6 * float(np.sum(load)):
        return int(np.argmax(_windows(unserved))) * 24
    price = series.get("price_usd_per_mwh")
    dear = np.nan_to_num(np.asarray(load if price is None else price * load, float))
    return int(np.argmax(_windows(dear))) * 24


def supply_name(key: str) -> str:
    """The plain name of a source of power."""
    known = {
        "nuclear_ppa": "nuclear, by contract",
        "nuclear": "nuclear, new",
        "backup": "backup engines",
        "ccgt": "gas, combined cycle",
        "ocgt": "gas, simple cycle",
    }
    return known.get(key, key.replace("_", " "))


def colour_of(key: str) -> str:
    return next((c for name, c in SUPPLY_COLOURS.items() if key.startswith(name)), "#b8a1d9")


def dispatch(plan: Plan, start: int | None, which: str) -> Chart | None:
    """Supply stacked against load, and the price below, for one fortnight."""
    s = {k: np.asarray(v, float) for k, v in plan.series.items() if np.ndim(v) == 1}
    if start is None or "load_mw" not in s:
        return None
    hours = slice(start, start + FORTNIGHT)
    first = datetime(2024 if len(s["load_mw"]) == 8784 else 2025, 1, 1) + timedelta(hours=start)
    x = [(first + timedelta(hours=h)).strftime("%Y-%m-%d %H:%M") for h in range(FORTNIGHT)]
    supplies = [k for k in s if k.endswith("_mw") and k != "load_mw" and not k.endswith("_charge_mw")]
    supplies = [k for k in supplies if float(np.max(s[k][hours])) > 1e-3 * float(np.max(s["load_mw"]))]
    supplies.sort(key=lambda k: next((i for i, name in enumerate(STACK) if k.startswith(name)), len(STACK) - 4))
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "stackgroup": "supply",
            "name": supply_name(k[:-3].removesuffix("_discharge")),
            "x": x,
            "y": four_digits(s[k][hours]),
            "line": {"width": 0, "color": colour_of(k), "shape": "hv"},
            "fillcolor": colour_of(k),
            "hovertemplate": "%{y:,.0f} MW",
        }
        for k in supplies
    ]
    for k in (k for k in s if k.endswith("_charge_mw") and float(np.max(s[k][hours])) > 0):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"charging {supply_name(k[:-10])}",
                "x": x,
                "y": four_digits(-s[k][hours]),
                "fill": "tozeroy",
                "line": {"width": 0.5, "color": "#8c5a7a"},
                "hovertemplate": "%{y:,.0f} MW",
            }
        )
    data.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "load of the campus",
            "x": x,
            "y": four_digits(s["load_mw"][hours]),
            "line": {"width": 1.8, "color": INK},
            "hovertemplate": "%{y:,.0f} MW",
        }
    )
    price = s.get("price_usd_per_mwh")
    if price is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "price",
                "x": x,
                "y": four_digits(price[hours]),
                "yaxis": "y2",
                "showlegend": False,
                "line": {"width": 1.2, "color": "#0b5394", "shape": "hv"},
                "hovertemplate": "%{y:,.0f} USD/MWh",
            }
        )
    layout = layout_of(
        390,
        hovermode="x unified",
        xaxis=axis(
            type="date",
            tickformat="%-d %b",
            hoverformat="%-d %b %H:%M",
            nticks=8,
            anchor="y2" if price is not None else "y",
        ),
        yaxis=axis("MW", domain=[0.36, 1] if price is not None else [0, 1], rangemode="tozero"),
    )
    if price is not None:
        layout["yaxis2"] = axis("USD/MWh", domain=[0, 0.24], anchor="x", nticks=4)
    last = first + timedelta(hours=FORTNIGHT - 1)
    mean = float(np.mean(s["load_mw"][hours]))
    dates = f"{first:%-d %B} to {last:%-d %B}"
    shares = (
        ", ".join(f"{supply_name(k[:-3])} {percent(float(np.mean(s[k][hours])) / mean)}" for k in supplies)
        if mean
        else ""
    )
    words = f"{dates}: mean load {show(mean, None, None, 'MW')}; supplied by {shares}"
    if price is not None:
        words += f"; mean price {show(float(np.mean(price[hours])), None, None, 'USD/MWh')}"
    return Chart(
        f"chart-{which}", f"Hour by hour, {which} fortnight: {dates}", words + ".", {"data": data, "layout": layout}
    )
