"""The campus on the page: power, build-out, compute, footprint, security."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report import schedule_charts, supply_charts
from gigawatt.report.chart import Chart
from gigawatt.report.page.orders import dates
from gigawatt.report.page.parts import (
    cap,
    chart,
    class_mark,
    dollars,
    figure,
    figures_table,
    months_text,
    num,
    opens,
    opens_fact,
    para,
    per_cent,
    share,
    split,
    stop,
    table,
)
from gigawatt.report.page.words import COMPUTE, COOLING, FOOTPRINT, LAWS
from gigawatt.units import HOURS_PER_YEAR

ROUNDING = 1e-6  # of the delivered cost: nothing more is in it


def power(plan: Plan) -> str:
    p = plan.power
    if not p.get("portfolio"):
        return ""
    usd, energy = dollars(plan), sum(r["mwh_per_year"] for r in p["portfolio"])
    rows = [
        (
            cap(supply_charts.supply_name(r["technology"])),
            num(r["mw"], "MW"),
            num(r["mwh"] or None, "MWh"),
            opens("facility_load_mw", num(r["mwh_per_year"] / 1e3, "GWh")),
            per_cent(r["mwh_per_year"], energy),
            opens("lcoe_usd_per_mwh", num(r["usd_per_year"], usd)),
        )
        for r in p["portfolio"]
    ]
    names = (
        "lcoe_usd_per_mwh",
        "facility_peak_mw",
        "facility_load_mw",
        "it_load_mw",
        "grid_connection_mw",
        "pue",
        "pue_design_peak",
    )
    cooling = plan.tables.get("cooling") or {}
    why = str(cooling.get("words", "")).partition(": ")[2]
    system = cooling.get("system", "")
    said = f"Cooling: {COOLING.get(system, system.replace('_', ' '))}{f' ({why})' if why else ''}." if system else ""
    fortnights = "".join(
        chart(supply_charts.dispatch(plan, start(plan.series), which))
        for start, which in ((supply_charts.typical_fortnight, "typical"), (supply_charts.hardest_fortnight, "hardest"))
    )
    hourly = "The tables of all hours come with --hours." if fortnights else "No hourly series came with this plan."
    return (
        figures_table(plan, names)
        + (para(said) if said else "")
        + table(
            ("source", "size", "storage", "a year", "of energy", "USD a year"),
            rows,
            numbers=(1, 2, 3, 4, 5),
            caption="Where the power comes from",
        )
        + para(_held(plan), "note")
        + "".join(para(stop(n), "note") for n in p.get("notes") or [])
        + _certificate(plan)
        + fortnights
        + para(f"{hourly} Weather is a generated year that matches the place's climate, not a forecast.", "note")
    )


def _held(plan: Plan) -> str:
    """What the yearly cost of the sources holds, and what the delivered cost of electricity holds beyond it."""
    said = "The year of a source holds its capital, upkeep, fuel or contract, and the charges of the network."
    lcoe, load = figure(plan, "lcoe_usd_per_mwh"), figure(plan, "facility_load_mw")
    if lcoe is None or load is None:
        return said
    delivered = float(lcoe.value or 0.0) * float(load.value or 0.0) * HOURS_PER_YEAR
    more = delivered - sum(r["usd_per_year"] for r in plan.power["portfolio"])
    if more <= ROUNDING * delivered:
        return said
    return (
        f"{said} The delivered cost holds {num(more, dollars(plan))} a year more: the campus' own connection, and "
        "contingency, owner's cost and interest while building."
    )


def _certificate(plan: Plan) -> str:
    p = plan.power
    if p.get("gap") is None:
        return ""
    gap = (
        "less than one part in a million"
        if p["gap"] < 1e-6
        else "less than one part in ten thousand"
        if p["gap"] < 1e-4
        else f"at most {show(p['gap'], None, None, '1')}"
    )
    broken = [v for k, v in (p.get("violations") or {}).items() if v is not None]
    worst = (
        f" Largest violation of any limit: {'a rounding error' if max(broken) < 1e-6 else f'{max(broken):.1e}'}."
        if broken
        else ""
    )
    unserved = p.get("unserved_fraction")
    short = f" Load not served: {_tiny(unserved)}." if unserved is not None else ""
    low, high = (num(p.get(f"{k}_bound_usd_per_mwh"), "USD/MWh") for k in ("lower", "upper"))
    bounds = f"at {low}" if low == high else f"between {low} and {high}"
    words = f"For these inputs no cheaper supply exists: proven to {gap} of its cost (the optimum is {bounds})."
    return f"<h3>Certificate</h3>{para(words + worst + short)}"


def _tiny(fraction: float) -> str:
    return (
        "none"
        if fraction < 1e-9
        else "under 0.001 % of the year's energy"
        if fraction < 1e-5
        else f"{share(fraction)} of the year's energy"
    )


def buildout(plan: Plan) -> str:
    if not plan.schedule and not plan.tables.get("ramp"):
        return ""
    said = (
        "Tasks that hold up full power are dark and hatched; the thin line runs to the end that nine of ten draws meet."
        " The letter behind a task is its class of evidence."
    )
    return dates(plan) + para(said) + chart(_opened(plan)) + chart(schedule_charts.ramp(plan))


def _opened(plan: Plan) -> Chart | None:
    """The chart of tasks whose rows open to the lead times behind them."""
    made, behind = schedule_charts.gantt(plan), (plan.tables.get("gantt") or {}).get("facts") or {}
    if made is None:
        return None
    ids = [behind.get(t["task"], []) for t in plan.schedule]
    rows = ((opens_fact(",".join(i), row[0]) if i else row[0], *row[1:]) for i, row in zip(ids, made.rows, strict=True))
    return replace(made, rows=tuple(rows))


def compute(plan: Plan) -> str:
    if figure(plan, "accelerators") is None:
        return ""
    t, usd = plan.tables, dollars(plan)
    basis = [
        "MFU is the share of peak compute that a training run uses; goodput the share of time in which it moves on.",
        f"Peak compute is dense, at {str(t['precision']).upper()}." if t.get("precision") else "",
        f"Serving is counted with {t['reference_model']}." if t.get("reference_model") else "",
        f"In all as much as {show(t['h100_equivalents'], None, None, '')} H100." if t.get("h100_equivalents") else "",
    ]
    run = [
        (cap(k.replace("_", " ")), v if isinstance(v, str) else num(v))
        for k, v in (t.get("run") or {}).items()
        if v is not None
    ]
    rows, marked = [], {}
    for k, g in enumerate(t.get("generations") or []):
        if g["accelerator"] == plan.question.get("accelerator"):
            marked[k] = "ours"
        rows.append(
            (
                g["accelerator"],
                num(g["accelerators"], "accelerator"),
                num(g["facility_peak_mw"], "MW"),
                num(g["capex_usd"], usd),
                num(g["lcoc_usd_per_accelerator_hour"], "USD/h"),
                num(g["peak_flop_per_s"], "FLOP/s"),
                num(g["usd_per_peak_pflop_hour"]),
            )
        )
    header = (
        "accelerator",
        "how many",
        "campus",
        "capital",
        "an hour, all sold",
        "peak compute",
        "USD per PFLOP/s and hour",
    )
    more = (
        "<h3>The same question with other accelerators</h3>" + table(header, rows, numbers=range(1, 7), marked=marked)
        if rows
        else ""
    )
    asked = "<h3>The run that was asked for</h3>" + table(("", ""), run) if run else ""
    return figures_table(plan, COMPUTE) + para(" ".join(b for b in basis if b), "note") + asked + more


def footprint(plan: Plan) -> str:
    t = plan.tables
    if figure(plan, "emissions_kg_per_mwh") is None and not any(figure(plan, n) for n in FOOTPRINT):
        return ""
    rows: list[Sequence[Any]] = []
    for name, words in (
        ("emissions_kg_per_mwh", "average mix of the place (location-based, average)"),
        ("emissions_marginal_kg_per_mwh", "plants that start up because of the campus (marginal)"),
    ):
        f = plan.figures.get(name)
        if f is not None:
            value, span = split(f)
            rows.append((cap(words), opens(name, value), span, class_mark(f.fact_class)))
    if t.get("emissions_market_based_kg_per_mwh") is not None:
        rows.append(
            ("By contract (market-based)", show(t["emissions_market_based_kg_per_mwh"], None, None, "kg/MWh"), "", "")
        )
    if t.get("emissions_embodied_t_per_year") is not None:
        rows.append(
            (
                "Making the hardware and the halls (embodied)",
                show(t["emissions_embodied_t_per_year"], None, None, "t/year"),
                "",
                "",
            )
        )
    people = t.get("water_people")
    said = (
        f"The water equals what {show(people, None, None, '')} inhabitants use at home." if people is not None else ""
    )
    return (
        table(("CO2, counted in each way", "value", "range (P10 to P90)", "class"), rows, numbers=(1,))
        + figures_table(plan, FOOTPRINT)
        + (para(said) if said else "")
    )


def security(plan: Plan) -> str:
    t = plan.tables
    s, thresholds = t.get("security") or {}, t.get("thresholds") or []
    if not s and not thresholds:
        return ""
    out = ""
    if s:
        cost = f" It costs {show(s['capex_usd'], None, None, dollars(plan))}" if s.get("capex_usd") else ""
        months = f" and takes {months_text(s['programme_months'])}" if cost and s.get("programme_months") else ""
        words = f"Level {s['level']} on RAND's scale from SL1 to SL5: {s['measures'].rstrip('.')}."
        out += para(words + (f"{cost}{months}." if cost else ""))
    if thresholds:
        run = figure(plan, "largest_run_100_days_flop")
        about = f" The largest run here in 100 days: {run.text}." if run else ""
        rows = [
            (
                LAWS.get(x["id"], x["id"]),
                show(x["flop"], None, None, "FLOP"),
                "yes" if x["crossed"] else "no",
                "yes" if x["applies"] else "no",
                _law_words(x["words"]),
            )
            for x in thresholds
        ]
        out += "<h3>Training runs large enough to fall under a law</h3>" + para(
            f"Laws count the operations (FLOP) of a training run.{about}"
        )
        out += table(("law", "from", "could be crossed", "applies here", "what follows"), rows, numbers=(1,))
    return out


def _law_words(words: str) -> str:
    return stop(re.sub(r"^(not )?crossed(, here)?[:,]?\s*", "", words))
