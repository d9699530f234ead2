"""The press page: plain sentences."""

from __future__ import annotations

import re
from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import Figure, display_unit, show
from gigawatt.report.page.parts import class_counts, figure, own_currency, safe, split, stop
from gigawatt.report.page.words import FIXED, GATES, MONTHS


def press(plan: Plan) -> str:
    lines = [(head, words) for head, words in _press_lines(plan) if words]
    body = "".join(f"<p><strong>{safe(head)}.</strong> {safe(_spoken(words))}</p>" for head, words in lines)
    return f'<div class="press"><h2>For the press</h2>{body}</div>'


def _spoken(words: str) -> str:
    """Scales and rates as a reader says them."""
    for short, said in (("tn", "trillion"), ("bn", "billion"), ("M", "million")):
        words = re.sub(rf"(?<=\d) {short}\b", f" {said}", words)
    return words.replace("kg/MWh", "kg per MWh").replace("USD/h", "USD an hour")


def _press_lines(plan: Plan) -> list[tuple[str, str]]:
    q, v = plan.question, plan.verdict
    return [
        ("What", _what(plan)),
        (f"The answer on {_day(q['as_of'])}", stop(v["headline"])),
        ("What it costs", _press_cost(plan)),
        ("Public money", _press_public(plan)),
        ("When", _press_when(plan)),
        ("What holds it up", _press_holdup(plan)),
        ("Power", _press_power(plan)),
        ("Work", _press_jobs(plan)),
        ("Water", _press_water(plan)),
        ("CO2", _press_carbon(plan)),
        ("Who could buy it", _press_market(plan)),
        ("What is not known", _press_unknown(plan)),
    ]


def _month(day: Any) -> str:
    text = str(day)
    return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}" if re.match(r"\d{4}-\d\d", text) else text


def _day(day: str) -> str:
    return f"{int(day[8:10])} {_month(day)}" if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else day


def _said(f: Figure, unit: str = "") -> str:
    """A figure in a sentence, its range behind it, its unit in words."""
    if f.unit == "date":
        text = _month(f.value)
        return text if f.low == f.high else f"{text} ({_month(f.low)} to {_month(f.high)})"
    value, span = split(f)
    if unit:
        value = f"{value.removesuffix(display_unit(f.unit)).strip()} {unit}"
    return value if span in ("", FIXED) else f"{value} ({span})"


def _what(plan: Plan) -> str:
    peak, n, q = figure(plan, "facility_peak_mw"), figure(plan, "accelerators"), plan.question
    if not peak:
        return stop(q.get("reading") or "")
    verb = "was asked for" if plan.verdict["answer"] == "no" else "is the plan"
    with_chips = f" with {n.text} {q['accelerator']} accelerators" if n else ""
    near = f" near {q['place']['site']}" if q["place"].get("site") else ""
    return f"A campus for artificial intelligence of {peak.text} in {q['place']['name']}{near}{with_chips} {verb}."


def _press_cost(plan: Plan) -> str:
    capex, gdp = figure(plan, "capex_usd"), figure(plan, "capex_share_of_gdp")
    if not capex:
        return ""
    own = own_currency(plan, capex)
    words = f"{_said(capex)}" + (f", or {own}," if own else "") + " with everything included"
    return words + (f"; that is {gdp.text} of what the country produces in a year." if gdp else ".")


def _press_public(plan: Plan) -> str:
    f = figure(plan, "public_money_usd")
    return "" if not f else "None is counted." if f.value == 0 else f"{_said(f)}."


def _press_when(plan: Plan) -> str:
    first, full = figure(plan, "first_power_date"), figure(plan, "full_power_date")
    return f"First power in {_said(first)}, full power in {_said(full)}." if first and full else ""


def _press_holdup(plan: Plan) -> str:
    v = plan.verdict
    words = [
        b["words"].removeprefix("What holds it up: ")
        for b in v["binding"]
        if b["constraint"] not in ("power", "budget", "accelerators")
    ]
    waiting = ", ".join(dict.fromkeys(s["to"] for s in v["next_steps"]))
    return " ".join(stop(w) for w in words) + (f" Letters are to be answered by: {waiting}." if waiting else "")


def _press_power(plan: Plan) -> str:
    share, generation = figure(plan, "share_of_peak_demand"), figure(plan, "share_of_national_generation")
    if not share:
        return ""
    year = f", and over a year {generation.text} of the power generated" if generation else ""
    return f"At full load it draws as much as {share.text} of the highest demand{year}."


def _press_jobs(plan: Plan) -> str:
    build, stay = figure(plan, "jobs_construction_peak"), figure(plan, "jobs_permanent")
    return (
        f"Building it takes {_said(build, 'people')} at the busiest time; running it {_said(stay, 'people')}."
        if build and stay
        else ""
    )


def _press_water(plan: Plan) -> str:
    water, people = figure(plan, "water_m3_per_year"), plan.tables.get("water_people")
    if not water:
        return ""
    homes = f", as much as {show(people, None, None, '')} inhabitants use at home" if people is not None else ""
    return f"{_said(water, 'cubic metres a year')}{homes}."


def _press_carbon(plan: Plan) -> str:
    tonnes, marginal = figure(plan, "emissions_t_per_year"), figure(plan, "emissions_marginal_kg_per_mwh")
    if not tonnes:
        return ""
    words = f"{_said(tonnes, 'tonnes a year')} if the average mix of the grid is counted"
    if marginal:
        words += f"; the plants that start up because of it emit {_said(marginal)}"
    embodied = plan.tables.get("emissions_embodied_t_per_year")
    return words + (
        f"; making the hardware adds {show(embodied, None, None, '')} tonnes a year." if embodied is not None else "."
    )


def _press_market(plan: Plan) -> str:
    cost = figure(plan, "lcoc_at_utilisation_usd_per_accelerator_hour")
    market = figure(plan, "market_price_usd_per_accelerator_hour")
    if not cost:
        return ""
    pays = f"; the market pays {_said(market, 'USD')}" if market else "; what the market pays is not known"
    return f"An hour of one accelerator costs {_said(cost, 'USD')} to provide{pays}."


def _press_unknown(plan: Plan) -> str:
    unsettled = [GATES.get(g["gate"], g["gate"]).lower() for g in plan.verdict["gates"] if g["state"] == "yes_if"]
    counts = class_counts(plan)
    missing = sum(1 for f in plan.figures.values() if f.value is None)
    words = [f"Not settled: {', '.join(unsettled)}."] if unsettled else []
    if counts:
        words.append(f"Analogies or assumptions: {counts['C']} of the {sum(counts.values())} facts behind this page.")
    if missing > 1:
        words.append(f"{missing} of {len(plan.figures)} figures cannot be given.")
    return " ".join([*words, "This is a planning estimate, not an offer and not engineering design."])
