"""The charts of a plan as plotly figures in plain data: made once for the report, a notebook and the web.

Each chart is a ``Chart``: its plotly data and layout, a sentence that says what it shows, and the same numbers as a
table. Nothing is computed but what drawing needs. ``plotly.graph_objects.Figure(chart.spec)`` shows one in a notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.figures import show

INK, SOFT, LINE = "#1c2733", "#5a6774", "#d5dbe1"
ANSWERS = {"yes": "yes", "yes_if": "yes, if", "no": "no"}
ANSWER_COLOURS = {"yes": "#0b5394", "yes_if": "#d99a1c", "no": "#7a1f2b"}
ANSWER_MARKS = {"yes": "circle", "yes_if": "diamond", "no": "x"}
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
BLOCK_COLOURS = ("#0072b2", "#56b4e9", "#f0c419", "#9aa5b1", "#cc79a7", "#009e73", "#d55e00", "#4a4a4a")
FORTNIGHT = 14 * 24
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Chart:
    """A plotly figure in plain data, with its words and its numbers."""

    id: str
    title: str
    words: str
    spec: dict[str, Any]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def _layout(height: int, **more: Any) -> dict[str, Any]:
    font = {"family": "system-ui, Segoe UI, Liberation Sans, Arial, sans-serif", "size": 13, "color": INK}
    base = {
        "height": height,
        "font": font,
        "margin": {"l": 10, "r": 14, "t": 10, "b": 10},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "hovermode": "closest",
        "dragmode": False,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        "xaxis": _axis(),
        "yaxis": _axis(),
    }
    return base | more


def _axis(title: str = "", **more: Any) -> dict[str, Any]:
    named = {"title": {"text": title, "standoff": 8, "font": {"size": 13}}} if title else {}
    return {
        "automargin": True,
        "gridcolor": LINE,
        "zerolinecolor": SOFT,
        "linecolor": SOFT,
        "fixedrange": True,
        **named,
        **more,
    }


def _years(dates: Sequence[str]) -> dict[str, Any]:
    """A date axis with one tick a year, a quarter where the dates are close, two years where they are far."""
    days = _days(min(dates), max(dates))
    step, shown = ("M3", "%b %Y") if days < 800 else ("M12", "%Y") if days < 5500 else ("M24", "%Y")
    return _axis(type="date", tickformat=shown, dtick=step)


def _percent(share: float) -> str:
    return "under 1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"


def _money(usd: Any, year: int, low: Any = None, high: Any = None) -> str:
    return show(usd, low, high, f"USD_{year}")


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
        "layout": _layout(
            90 + 40 * len(rungs),
            yaxis=_axis(type="category", categoryorder="array", categoryarray=names[::-1], showgrid=False),
            xaxis=_years([r["first_power_date"] for r in rungs] + [r["full_power_date"] for r in rungs]),
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
            "text": [_percent(usd / total) if usd / total > 0.04 else ""],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "hovertemplate": f"{name}: {_money(usd, year)}<extra></extra>",
        }
        for i, (name, usd) in enumerate(parts)
    ]
    spec = {
        "data": data,
        "layout": _layout(
            230,
            barmode="stack",
            xaxis=_axis(f"bn USD of {year}"),
            yaxis=_axis(showticklabels=False, showgrid=False),
            legend={"orientation": "h", "x": 0, "y": 1.05, "yanchor": "bottom", "traceorder": "normal"},
        ),
    }
    words = "One bar, the whole bill: " + ", ".join(f"{n} {_percent(usd / total)}" for n, usd in parts) + "."
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
        "layout": _layout(
            110 + 44 * len(order),
            barmode="stack",
            bargap=0.35,
            xaxis=_axis(f"USD of {plan.question['price_year']} per accelerator-hour", rangemode="tozero"),
            yaxis=_axis(type="category", categoryorder="array", categoryarray=order[::-1], showgrid=False),
        ),
    }
    words = "Cost of an hour of one accelerator by block: " + ", ".join(
        f"{names.get(k, k)} {show(v, None, None, 'USD/h')}" for k, v in blocks.items()
    )
    words += "".join(f"; {label.lower()} {f.text_with_range}" for label, f in shown)
    return Chart("chart-cost", "Cost of an hour of one accelerator, and what others charge", words + ".", spec)


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


def _colour(key: str) -> str:
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
            "y": _round(s[k][hours]),
            "line": {"width": 0, "color": _colour(k), "shape": "hv"},
            "fillcolor": _colour(k),
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
                "y": _round(-s[k][hours]),
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
            "y": _round(s["load_mw"][hours]),
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
                "y": _round(price[hours]),
                "yaxis": "y2",
                "showlegend": False,
                "line": {"width": 1.2, "color": "#0b5394", "shape": "hv"},
                "hovertemplate": "%{y:,.0f} USD/MWh",
            }
        )
    layout = _layout(
        390,
        hovermode="x unified",
        xaxis=_axis(
            type="date",
            tickformat="%-d %b",
            hoverformat="%-d %b %H:%M",
            nticks=8,
            anchor="y2" if price is not None else "y",
        ),
        yaxis=_axis("MW", domain=[0.36, 1] if price is not None else [0, 1], rangemode="tozero"),
    )
    if price is not None:
        layout["yaxis2"] = _axis("USD/MWh", domain=[0, 0.24], anchor="x", nticks=4)
    last = first + timedelta(hours=FORTNIGHT - 1)
    mean = float(np.mean(s["load_mw"][hours]))
    dates = f"{first:%-d %B} to {last:%-d %B}"
    shares = (
        ", ".join(f"{supply_name(k[:-3])} {_percent(float(np.mean(s[k][hours])) / mean)}" for k in supplies)
        if mean
        else ""
    )
    words = f"{dates}: mean load {show(mean, None, None, 'MW')}; supplied by {shares}"
    if price is not None:
        words += f"; mean price {show(float(np.mean(price[hours])), None, None, 'USD/MWh')}"
    return Chart(
        f"chart-{which}", f"Hour by hour, {which} fortnight: {dates}", words + ".", {"data": data, "layout": layout}
    )


def _round(values: np.ndarray) -> list[float | None]:
    """Four digits: what a screen can show."""
    return [float(f"{v:.4g}") if np.isfinite(v) else None for v in np.asarray(values, float)]


_HATCH = {"shape": "/", "fillmode": "overlay", "fgcolor": "#ffffff", "fgopacity": 0.75, "size": 6, "solidity": 0.2}


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
                    "x": [max(_days(t["start"], t["end"]), 6) * DAY_MS for _, t in mine],
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
        "layout": _layout(
            100 + 25 * len(tasks),
            barmode="overlay",
            bargap=0.35,
            xaxis=_years([t["start"] for t in tasks] + [t["end_p90"] for t in tasks]),
            yaxis=_axis(
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
            _percent(t.get("criticality") or 0),
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


def exposure(plan: Plan) -> Chart | None:
    """Orders placed and cash at risk by quarter, with the gates that it comes before."""
    found = plan.tables.get("exposure") or {}
    rows: Sequence[dict[str, Any]] = found.get("quarters") or []
    if not rows:
        return None
    names = [_quarter(r["quarter"]) for r in rows]
    year = plan.question["price_year"]
    lines = (("ordered_usd", "ordered so far", "#9bb7d4", "tozeroy"), ("at_risk_usd", "paid or owed", "#7a1f2b", None))
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": names,
            "y": _round(np.array([r[key] for r in rows]) / 1e9),
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
            "x": [_quarter(g["date"]) for g in gates],
            "y": _round(np.array([g["at_risk_usd"] for g in gates]) / 1e9),
            "marker": {"symbol": "diamond", "size": 10, "color": INK},
            "text": [f"before {g['words']}" for g in gates],
            "hovertemplate": "%{text}: %{y:,.3g} bn USD<extra></extra>",
        }
    )
    layout = _layout(
        280,
        xaxis=_axis(type="category", categoryarray=names, categoryorder="array", nticks=10, showgrid=False),
        yaxis=_axis(f"bn USD of {year}", rangemode="tozero"),
    )
    shown = tuple(
        (n, _money(r["ordered_usd"], year), _money(r["at_risk_usd"], year)) for n, r in zip(names, rows, strict=True)
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


def _days(start: str, end: str) -> int:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).days


def ramp(plan: Plan) -> Chart | None:
    """MW on line at the end of each quarter; half of the draws are above."""
    rows: Sequence[dict[str, Any]] = plan.tables.get("ramp") or []
    if not rows:
        return None
    spec = {
        "data": [
            {
                "type": "bar",
                "x": [_quarter(r["quarter"]) for r in rows],
                "y": _round(np.array([r["mw"] for r in rows])),
                "marker": {"color": "#0072b2"},
                "hovertemplate": "%{x}: %{y:,.0f} MW<extra></extra>",
            }
        ],
        "layout": _layout(
            250,
            xaxis=_axis(type="category", nticks=10, tickangle=0, showgrid=False),
            yaxis=_axis("MW", rangemode="tozero"),
        ),
    }
    steps = [
        r for before, r in zip([None, *rows], rows, strict=False) if before is None or abs(r["mw"] - before["mw"]) > 0.5
    ]
    words = "Power on line at the end of a quarter: " + ", ".join(
        f"{_quarter(r['quarter'])} {show(r['mw'], None, None, 'MW')}" for r in steps if r["mw"] > 0
    )
    table = tuple((_quarter(r["quarter"]), show(r["mw"], None, None, "MW")) for r in steps)
    return Chart("chart-ramp", "Power on line, end of each quarter", words + ".", spec, ("quarter", "on line"), table)


def fleet(plan: Plan) -> Chart | None:
    """Accelerators on line at the end of each quarter, with P10 to P90, and what is bought."""
    found = plan.tables.get("fleet") or {}
    rows: Sequence[dict[str, Any]] = found.get("rows") or []
    if not rows:
        return None
    last = min(found["full"] + 3, len(rows))
    rows = rows[:last]
    x = [_quarter(r["quarter"]) for r in rows]
    online, low, high = (_round(np.array([r[k] for r in rows])) for k in ("online", "online_low", "online_high"))
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
        "layout": _layout(
            300,
            xaxis=_axis(type="category", nticks=10, tickangle=0, showgrid=False),
            yaxis=_axis("accelerators", rangemode="tozero"),
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
                "y": _round(np.array([r["campus_mw"] for r in rows])),
                "line": {"color": "#0072b2"},
                "hovertemplate": "%{x:,.0f} hours a year: %{y:,.0f} MW<extra></extra>",
            }
        ],
        "layout": _layout(
            250,
            xaxis=_axis("hours a year in which the campus steps back", rangemode="tozero"),
            yaxis=_axis("MW for one campus", rangemode="tozero"),
        ),
    }
    words = "MW for one campus: " + ", ".join(
        f"{show(r['campus_mw'], None, None, 'MW')} at {r['hours']:,.0f} hours a year" for r in rows
    )
    return Chart(
        "chart-flexible", "What one campus may draw today, if it steps back for so many hours", words + ".", spec
    )


def _quarter(day: str) -> str:
    return f"{day[:4]} Q{(int(day[5:7]) + 2) // 3}"


def _short(name: str, most: int = 30) -> str:
    return name if len(name) <= most else f"{name[:most].rsplit(' ', 1)[0]} …"


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
    layout = _layout(300, xaxis=_years(days), yaxis=_axis(f"billion USD of {year}", zerolinewidth=1.6))
    parts = []
    for k, y in sums.items():
        low = int(np.argmin(y))
        end = "ends" if y[-1] >= 0 else "still stands"
        deepest = f"{names[k]}: {y[low]:,.1f} billion USD at the deepest, in {_quarter(days[low])}"
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
    layout = _layout(
        100 + 24 * len(rows),
        xaxis=_axis("USD per W", rangemode="tozero"),
        yaxis=_axis(type="category", categoryorder="array", categoryarray=labels[::-1], tickfont={"size": 12}, dtick=1),
    )
    words = "Each published cost per W beside ours on the same basis; the number in brackets is the row of the table."
    return Chart(
        "chart-reconciliation", "Our cost per W beside published ones", words, {"data": data, "layout": layout}
    )
