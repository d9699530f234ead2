"""Words and the case for the gates: the headline, the summary, what binds. Sentences from figures; no arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gigawatt import buildout, gates
from gigawatt.chapters import offers
from gigawatt.chapters.contract import Contract
from gigawatt.chapters.place import Site
from gigawatt.chapters.sizing import LIMITS, WORDS, Ask
from gigawatt.chapters.verdict import Case
from gigawatt.figures import Figure, show
from gigawatt.power import explain as power_words
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import in_mw

ANSWERS = {"yes": "YES", "yes_if": "YES, IF", "no": "NO"}
SAME_SIZE = 0.999  # targets and limits this near are one: a rack more or less


def spread_of(value: Any) -> tuple[float, float]:
    """P10 and P90 of draws; the value itself where it is exact."""
    if not np.ndim(value):
        return float(value), float(value)
    low, high = buildout.quantiles(value, (0.1, 0.9))
    return float(low), float(high)


def case(step: Steps, s: Scenario, site: Site, o: Any, spread: Any, ask: Ask, by_deadline: float | None = None) -> Case:
    """The numbers that the gates need; the chance of the deadline is that of the draws where not given."""
    low, high = spread_of(spread.money.capex)
    value = central(o.money.capex)
    peak = central(o.size.facility_peak_mw)
    budget = None if ask.budget_usd is None else central(ask.budget_usd)
    sizes = np.cumsum([x.added_mw for x in o.calendar.stages if x.from_grid])
    queue = central(o.calendar.queue_months)
    months = [central(x.duration_months) + (0.0 if x.in_place else queue) for x in o.calendar.stages if x.from_grid]
    first = next((x for x in o.calendar.stages if x.from_grid), None)
    key = next(
        (i for i in (f"lead.grid_stage_1.{site.place.iso3}", *site.ids("lead.grid_connection.{}")) if i in step.facts),
        "",
    )
    deadline = _deadline(s, o, spread, by_deadline) if s.deadline else None
    holds = o.calendar.holdups if s.deadline else ()
    market, deal = o.money.market, o.money.contract
    return Case(
        place=site.place,
        accelerators=central(o.size.accelerators),
        accelerator=o.machine.name,
        accelerator_peak_flop_per_s=central(o.machine.peak_fp8_flop_per_s),
        accelerator_gb_per_s=central(o.machine.memory_gb_per_s),
        facility_peak_mw=peak,
        grid_mw=peak * central(o.supply.grid_mw),
        campus_twh=central(o.footprint.annual_mwh) / 1e6,
        own_twh=o.supply.own_mwh * peak / 1e6,
        land_km2=central(o.footprint.land_km2),
        water_m3_per_year=central(o.footprint.water_m3),
        capex_usd=(min(low, value), value, max(high, value)),
        budget_usd=budget,
        contract_accelerators=central(o.size.accelerators),
        take_or_pay_usd=central(deal.price),
        market_usd=None if market is None else central(market),
        market_class="C" if market is None else step.class_of(market),
        price_basis=price_basis(s.price_year, central(o.money.costs.granted)),
        tenor_years=float(deal.terms.years),
        utilisation=central(o.money.utilisation),
        payments_usd_per_year=central(deal.payments),
        guarantee_usd_per_year=_guarantee(spread.money.contract),
        full_months=(
            *spread_of(spread.calendar.full_months)[:1],
            central(spread.calendar.full_months),
            spread_of(spread.calendar.full_months)[1],
        ),
        unserved=o.supply.unserved,
        too_small=o.size.too_small,
        sized_by_budget=o.size.binding == "budget" and not o.size.too_small,
        out_of_reach=o.size.out_of_reach,
        over_power=_over_power(o, spread, ask),
        enough_as_it=ask.power_mw is not None and ask.power_mw * central(o.campus.pue_design_peak) >= peak,
        relief="; ".join(r.words(peak) for r in o.supply.relief),
        named={p.source: p.mw for p in s.power if p.source} if ask.power_mw == s.power_mw else {},
        deadline=deadline,
        deadline_months=buildout.months_between(s.as_of.isoformat(), s.deadline.isoformat()) if s.deadline else 0.0,
        holdup=holds[0] if holds else None,
        stage_mw=list(sizes),
        stage_months=months,
        regime=o.calendar.grid_regime,
        connection_since="an application that is still to be made" if queue else Case.connection_since,
        connection_class=first.fact_class if first else "C",
        connection_source=f"{step.facts.source_title(step.facts[key].source)}, {step.facts[key].where}" if key else "",
    )


def _over_power(o: Any, spread: Any, ask: Ask) -> str:
    """That the targets need more than the power that is named; empty where they do not."""
    wanted = central(o.size.accelerators)
    carried = central(o.size.by["power"]) if "power" in o.size.by else np.inf
    if ask.power_mw is None or o.size.binding in LIMITS or carried >= wanted * SAME_SIZE:
        return ""
    peak = central(o.size.facility_peak_mw)
    low, high = spread_of(spread.size.facility_peak_mw)
    texts = [show(x, min(low, peak), max(high, peak), "") for x in (peak, min(low, peak), max(high, peak))]
    return (
        f"{show(wanted, None, None, '')} {o.machine.name} need {texts[0]} MW at peak ({texts[1]} to {texts[2]}), "
        f"{plain_power(ask.power_mw)} is named: it carries {show(carried, None, None, '')}"
    )


def price_basis(year: int, granted: float) -> str:
    """Money and taxes of the price that the contract needs."""
    return f"of {year} before profit tax" + (", less the grant," if granted > 0.0 else "")


def beside(found: list[gates.Gate], cash: dict[str, Any]) -> list[gates.Gate]:
    """The payer's gate and letter with the price of the cash flow by quarter, which knows tax and timing."""
    real, flat = (cash[f"required_price_{k}usd_per_accelerator_hour"]["value"] for k in ("", "nominal_"))
    if real is None or flat is None:
        return found
    more = f"; after profit tax, quarter by quarter, the owners need {real:.2f} indexed or {flat:.2f} never rising"

    def said(g: gates.Gate) -> gates.Gate:
        letter = g.letter and replace(g.letter, ask=g.letter.ask + more)
        return replace(g, words=g.words + more, letter=letter)

    return [said(g) if g.gate == "payer" else g for g in found]


def _guarantee(drawn: Contract) -> tuple[float, float] | None:
    """The dearest year of a guarantee that stands in for a tenant: P50 and P90 of the draws."""
    if drawn.shortfall_by_year is None:
        return None
    short = np.atleast_2d(drawn.shortfall_by_year)
    middle, high = (short, short) if len(short) == 1 else np.quantile(short, [0.5, 0.9], axis=0)
    return float(np.max(middle)), float(np.max(high))


def _deadline(s: Scenario, o: Any, spread: Any, chance: float | None) -> buildout.Deadline:
    """The outcome against the deadline, with the words of the central run and the share of draws that meet it."""
    assert s.deadline is not None
    as_of, deadline = s.as_of.isoformat(), s.deadline.isoformat()
    allowed = buildout.months_between(as_of, deadline)
    found = buildout.deadline_check(
        as_of=as_of,
        deadline=deadline,
        full_months=spread.calendar.full_months,
        online_mw_at_deadline=buildout.online_mw(allowed, **spread.calendar.ramp),
        full_mw=spread.calendar.ramp["full_mw"],
    )
    if chance is not None:
        found = replace(found, probability=chance)
    late = central(o.calendar.full_months) - allowed
    by_then = float(np.median(buildout.online_mw(allowed, **o.calendar.ramp)))  # as the date, of central values
    full, there = plain_power(o.calendar.ramp["full_mw"]), plain_power(max(by_then, 0.0))
    words = f"Full power comes {_months(abs(late))} {'after' if late > 0 else 'before'} {deadline}"
    if chance is not None or np.ndim(spread.calendar.full_months):
        words += f"; {_of_draws(found.probability)} the date"
    if late > 0:
        words += f"; by then {there} of {full} are on line"
    possible = buildout.add_months(as_of, central(o.calendar.full_months))
    if late > 0 and possible and o.calendar.holdups:
        words += f"; possible is {possible[:7]}, held up by {o.calendar.holdups[0].label}"
    return replace(found, words=words)


def _months(months: float) -> str:
    return "1 month" if round(months) == 1 else f"{months:.0f} months"


def _of_draws(probability: float) -> str:
    if probability <= 0:
        return "none of the draws meets"
    if probability < 0.01:
        return "under 1 % of the draws meet"
    return f"{probability * 100:.2g} % of the draws meet"


def plain_power(mw: float) -> str:
    """Power in the unit people would say."""
    if mw <= 0:
        return "0 MW"
    scale, unit = next((x for x in ((1e6, "TW"), (1e3, "GW"), (1.0, "MW"), (1e-3, "kW")) if mw >= x[0]), (1e-3, "kW"))
    return f"{float(f'{mw / scale:.3g}'):,.10g} {unit}"


def reading(s: Scenario, o: Any, ask: Ask, asked_by_ladder: bool) -> str:
    """How the question was understood, in one line."""
    mw = central(o.size.facility_peak_mw)
    size = plain_power(mw)
    named = " + ".join(f"{in_mw(p.mw)} {'SMR' if p.source == 'smr' else p.source}".strip() for p in s.power)
    line = f"a {size} campus (peak, at the meter)"
    if asked_by_ladder:
        line += ", the headline rung of the ladder: nothing was given"
    elif named and any(p.source for p in s.power):
        line += f" on {named}"
        if o.supply.contract == "nuclear":
            sellers = "a reactor to be restarted" if offers.restarts(s) else "the existing fleet"
            line += f" by contract with {sellers}, balanced by the grid"
        elif o.supply.network_mwh > 0 and not any(p.source == "grid" for p in s.power):
            share = o.supply.network_mwh / (o.supply.network_mwh + o.supply.own_mwh)
            line += f", and {share * 100:.0f} % of the energy from the grid"
    if s.security_level >= 4:
        line += f"; SL{s.security_level} has no published cost, so the bill leaves its cost out"
    if s.budget:
        line += f"; budget {show(s.budget.amount, None, None, s.budget.currency)}"
        if s.budget.currency != "USD":
            line += f" ({show(central(ask.budget_usd), None, None, 'USD')} of {s.price_year})"
    if s.deadline:
        line += f"; full power by {s.deadline.isoformat()}"
    return line


def headline(
    s: Scenario,
    site: Site,
    o: Any,
    spread: Any,
    ask: Ask,
    verdict: gates.Verdict,
    figures: Mapping[str, Figure],
    rungs: list[Any],
    asked_by_ladder: bool,
) -> str:
    """The verdict and its condition in one sentence."""
    answer = verdict.answer
    if asked_by_ladder:
        from gigawatt.chapters.ladder import headline as top

        rung = top(rungs)
        if rung.answer == "no":
            return f"NO: not even {rung.name} works. {rung.words}."
        size = plain_power(rung.facility_peak_mw)
        name = "" if rung.name == size else f" ({rung.name})"
        return f"{ANSWERS[rung.answer]}: up to {size}{name}. {rung.words}."
    if answer == "no":
        parts = ". ".join(g.words for g in verdict.binding[:2])
        return f"NO: {parts}."
    if answer == "yes":
        return "YES: every gate is open on sourced facts."
    letters = [g for g in verdict.binding if g.letter]
    brief = {g.letter.to: f" ({g.brief})" for g in letters if g.letter and g.brief}
    names = [to + brief.get(to, "") for to in dict.fromkeys(g.letter.to for g in letters if g.letter)]
    to = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else "somebody"
    holds = o.calendar.holdups
    tail = f" The calendar hangs on {holds[0].label}." if holds else ""
    return f"YES, IF {to} confirm in writing.{tail}"


def summary(s: Scenario, o: Any, ask: Ask, figures: Mapping[str, Figure], asked_by_ladder: bool, wait: str = "") -> str:
    """What binds, what it needs, what is left; then ``wait``, where it takes too long."""
    return " ".join(x for x in (_sized(s, o, ask, figures, asked_by_ladder), wait) if x)


def _sized(s: Scenario, o: Any, ask: Ask, figures: Mapping[str, Figure], asked_by_ladder: bool) -> str:
    need = figures["capex_usd"].text_with_range
    if o.size.too_small:
        return f"The smallest campus is one server: {figures['facility_peak_mw'].text_with_range}, {need} all-in."
    if o.size.binding == "power" and ask.budget_usd is not None:
        left = figures["unspent_usd"].text_with_range
        whole = central(ask.budget_usd) / central(o.money.capex) * central(o.size.facility_peak_mw)
        return (
            f"The power binds, not the money: it needs {need}; {left} stay unspent. "
            f"The whole sum would build {whole / 1e3:.2g} GW."
        )
    if o.size.binding == "budget":
        peak = figures["facility_peak_mw"].text_with_range
        return f"The money binds: it builds {peak}, all-in {need}."
    if asked_by_ladder:
        return f"The headline rung needs {need}."
    return f"It is sized by {WORDS[o.size.binding]}: {figures['facility_peak_mw'].text_with_range}, {need} all-in."


def binding(verdict: gates.Verdict, o: Any, ask: Ask, optimum: Any) -> list[dict[str, Any]]:
    """Binding constraints with numbers: gates that decide, the limit that sizes, the supply's limits, the calendar."""
    rows: list[dict[str, Any]] = [
        {"constraint": g.gate, "value": g.value, "limit": g.limit, "unit": g.unit, "words": g.words}
        for g in verdict.binding
        if g.state == gates.NO
    ]
    limit = {
        "power": (ask.power_mw, "MW"),
        "budget": (None if ask.budget_usd is None else central(ask.budget_usd), "USD"),
    }
    if o.size.binding in limit:
        value, unit = limit[o.size.binding]
        rows.append(
            {
                "constraint": o.size.binding,
                "value": value,
                "limit": value,
                "unit": unit,
                "words": f"{WORDS[o.size.binding].capitalize()} sizes the campus",
            }
        )
    else:
        n = central(o.size.accelerators)
        rows.append(
            {
                "constraint": o.size.binding,
                "value": n,
                "limit": n,
                "unit": "accelerator",
                "words": f"{WORDS[o.size.binding].capitalize()} set the size",
            }
        )
    for name in ("power", "budget"):
        if name in o.size.by and o.size.binding not in ("power", "budget"):
            allowed, wanted = central(o.size.by[name]), central(o.size.accelerators)
            if allowed < wanted:
                rows.append(
                    {
                        "constraint": name,
                        "value": wanted,
                        "limit": allowed,
                        "unit": "accelerator",
                        "words": f"{WORDS[name].capitalize()} allows {show(allowed, None, None, '')} accelerators, "
                        f"{show(wanted, None, None, '')} are asked for",
                    }
                )

    def scale(r: Any) -> float:
        return central(o.size.facility_peak_mw) if r.unit in ("MW", "MWh") else 1.0

    rows += [
        {
            "constraint": f"supply: {r.name}",
            "value": r.needed * scale(r),
            "limit": r.limit * scale(r),
            "unit": r.unit,
            "words": r.words(central(o.size.facility_peak_mw)),
        }
        for r in optimum.relaxed
    ]
    for b in power_words.binding(optimum.answer):
        if not b.name.startswith("backup"):
            said = b.words.replace("nuclear_ppa", "nuclear contract").replace("Each", "At the margin each")
            rows.append(
                {
                    "constraint": f"supply: {b.name}",
                    "value": b.value * scale(b),
                    "limit": b.limit * scale(b),
                    "unit": b.unit,
                    "words": said.rstrip("."),
                }
            )
    holds = o.calendar.holdups
    if holds:
        h = holds[0]
        rows.append(
            {"constraint": "calendar", "value": h.gain_months, "limit": None, "unit": "month", "words": h.words}
        )
    return rows
