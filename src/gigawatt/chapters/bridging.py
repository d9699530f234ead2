"""Bridging power: what can carry the halls until the permanent power is there, what it costs, and what becomes of it.

Phases follow from the calendar: they change where halls, a bridging source or a stage of the permanent power arrive.
In each phase the halls that stand want power; a MWh not served costs what waiting costs. One optimum over all phases
says what to build, when, and what to keep as backup or sell; the same optimum with less on offer prices each option.
All of it is per MW of campus, on central values; draws hold what is built and run, and price it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters import delay as delays
from gigawatt.chapters.bridge_offers import (
    BACKUP,
    BATTERY,
    FLEXIBLE,
    GAS,
    PERMANENT,
    WHOLE,
    Timeline,
    has_gas,
    keeps_up,
    leads_of,
    normal_usd_per_mwh,
    prices_on_draws,
    problem_of,
    served_share,
    timeline,
)
from gigawatt.chapters.flexible import Connection
from gigawatt.chapters.place import Site
from gigawatt.chapters.words import spread_of
from gigawatt.figures import show
from gigawatt.power.phases import PhasedAnswer, PhasedProblem, capacities, starts
from gigawatt.power.phases_held import held
from gigawatt.power.phases_price import stock
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import HOURS_PER_YEAR, KG_PER_T, MONTHS_PER_YEAR, in_mw, in_percent

GAP = 1e-3
BEST = "best_mix"
OPTIONS: dict[str, tuple[str, ...]] = {
    "none": (),
    **{name: (name,) for name in GAS},
    "mix_on_site": (*GAS, BATTERY),
    "battery_and_flexible_connection": (BATTERY, FLEXIBLE),
    BEST: (*GAS, BATTERY, FLEXIBLE),
}
NO_GAP = "no bridge pays."
SERVED = 0.05  # of what the halls want: from here on there is power
NEARLY = 0.97  # of the energy or of the halls: what is left is hardly more than the peak
NOTHING = 0.02  # of the campus, or of what waiting costs: less is no bridge
LEAST = 1e-3  # of the campus: less is not shown
RATIOS = ("usd_per_mwh", "pays_from_usd_per_mw_month")  # which do not grow with the campus
SHOWN = 1e-4  # of the energy of a phase: less is not shown


@dataclass(frozen=True)
class Waiting:
    """What a month of waiting costs per MW, what power from the network costs, and the energy of one MW in a month."""

    usd_per_mw_month: Any
    normal_usd_per_mwh: Any
    mwh_per_mw_month: float


def tables(
    step: Steps, drawn: Steps, s: Scenario, site: Site, o: Any, spread: Any, connection: Connection | None
) -> dict[str, Any]:
    """Table ``bridging``: what every option takes to serve the halls, from which price of waiting on it pays, and what
    the optimum does at the plan's own price. The outcomes, central and on draws, are those without a bridge."""
    time, gas, full = timeline(o), has_gas(step, site), central(o.size.facility_peak_mw)
    waiting, drawn_waiting = float(_waiting(step, s, site, o)), _waiting(drawn, s, site, spread)
    found: dict[str, Any] = {
        "words": no_gap(time),
        "price_of_waiting_usd_per_mw_month": waiting,
        "price_of_waiting_range": _range(waiting, drawn_waiting),
        "price_if_hardware_waits_usd_per_mw_month": central(o.delay.total_usd) / full,
        "gas_supply": gas,
        "options": [],
        "phases": [],
    }
    if found["words"]:
        return {"bridging": found}
    with step.collecting() as read:
        leads = leads_of(step, site)
        problem, month_mwh = problem_of(step, s, site, o, time, connection, leads)
    closed = {name: _closed(names, gas, connection) for name, names in OPTIONS.items()}
    offered = {n: (*OPTIONS[n], PERMANENT, BACKUP) for n in reversed(OPTIONS) if not closed[n] and n != BEST}
    answers = step(least_cost_bridges, problem=problem, on_offer=offered, facts=tuple(read))
    normal = normal_usd_per_mwh(problem)
    worth = max(waiting, 0.0) / month_mwh + normal  # of a MWh served: what waiting costs, and what power costs anyway
    asked = replace(problem, voll_usd_per_mwh=np.full(len(problem.years), worth))
    best = {BEST: (*OPTIONS[BEST], PERMANENT, BACKUP)}
    answers = answers | step(least_cost_bridges, problem=asked, on_offer=best, facts=tuple(read))
    price = Waiting(waiting, normal, month_mwh)
    priced = prices_on_draws(drawn, site, spread, connection, problem, time)
    draws = Waiting(drawn_waiting, normal_usd_per_mwh(priced), month_mwh)
    rows = [
        {"option": name, "possible": False, "words": closed[name], "lead_months": _lead(name, leads)}
        if closed[name]
        else {"option": name, "possible": True, "lead_months": _lead(name, leads)}
        | _dates(s, problem, answers[name], time)
        | _amounts(problem, answers[name], full)
        | _money(problem, priced, (answers[name], answers["none"]), full, (price, draws))
        for name in OPTIONS
    ]
    words = _words(rows, full, step.text(*site.authority("grid")), waiting)
    if not words.startswith("The permanent power"):
        words = " ".join(x for x in (words, _nearly(problem, answers["none"]), _compared(o, price)) if x)
    return {"bridging": found | {"words": words, "options": rows, "phases": _phases(problem, answers[BEST])}}


def _waiting(step: Steps, s: Scenario, site: Site, o: Any) -> Any:
    """Price of a month of foreseen waiting. [USD/MW/month]"""
    month = delays.foreseen(step, o.calendar, delays.terms(step, s, site, o.money, o.rates, o))
    return step(price_of_waiting, delay_usd_per_month=month.total_usd, facility_peak_mw=o.size.facility_peak_mw)


def money(problem: PhasedProblem, answer: PhasedAnswer, none: PhasedAnswer, price: Waiting) -> dict[str, Any]:
    """What a bridge costs, what is served earlier, and the price of waiting from which on it pays; per MW of campus.

    Parameters
    ----------
    problem : PhasedProblem
        Its prices and lengths of phases, numbers or draws. [-]
    answer, none : PhasedAnswer
        With the bridge and without one; what they build and run is held. [-]
    price : Waiting
        What a month costs there. [USD]

    Returns
    -------
    dict of str to array (draw,)
        Present values at the first hall; the price is infinite where nothing is served earlier. [USD]
    """
    mine, base = held(problem, answer), held(problem, none)
    lots = [n for n in mine.built_usd if n.partition(".")[0] in (*GAS, BATTERY, FLEXIBLE)]
    runs = [n for n in mine.bridging_usd if n in (*GAS, FLEXIBLE)]
    usd = sum((mine.built_usd[n] for n in lots), 0.0) + sum(mine.bridging_usd[n] for n in runs)
    mwh = sum((mine.bridging_mwh[n] for n in runs), np.zeros(1))
    more = mine.served_mwh - base.served_mwh
    earlier = more / price.mwh_per_mw_month
    extra = mine.supply_usd - base.supply_usd - price.normal_usd_per_mwh * more
    return {
        "usd": usd,
        "usd_per_mwh": _over(usd, mwh, 0.0),
        "backup_saved_usd": base.built_usd.get(BACKUP, 0.0) - mine.built_usd.get(BACKUP, 0.0),
        "resale_usd": sum((mine.resale_usd[n] for n in lots), 0.0),
        "earlier_mw_months": earlier,
        "extra_usd": extra,
        "net_usd": earlier * price.usd_per_mw_month - extra,
        "pays_from_usd_per_mw_month": _over(extra, earlier, NOTHING),
    }


def _over(x: Any, by: Any, least: float) -> Any:
    """A quotient, infinite where the divisor is next to nothing."""
    by = np.asarray(by, float)
    return np.where(by > least, x / np.where(by > least, by, 1.0), np.inf)


def _money(
    problem: PhasedProblem,
    priced: PhasedProblem,
    answers: tuple[PhasedAnswer, PhasedAnswer],
    full: float,
    prices: tuple[Waiting, Waiting],
) -> dict[str, Any]:
    """The money of a bridge of the whole campus, its P10 and P90, and the share of draws in which it pays."""
    mid, draws = (money(p, *answers, x) for p, x in zip((problem, priced), prices, strict=True))
    scales = {k: 1.0 if k in RATIOS else full for k in mid}
    value = {k: float(np.asarray(x).ravel()[0]) * scales[k] for k, x in mid.items()}
    ranges = {k: _range(x, draws[k] * scales[k]) for k, x in value.items() if np.isfinite(x)}
    pays = np.mean(np.isfinite(draws["pays_from_usd_per_mw_month"]) & (draws["net_usd"] > 0.0))
    return {k: x if np.isfinite(x) else None for k, x in value.items()} | {"ranges": ranges, "pays_in": float(pays)}


def _range(value: float, draws: Any) -> dict[str, float]:
    """P10 and P90 of the draws that have a value, widened to hold the central one."""
    low, high = spread_of(np.asarray(draws)[np.isfinite(draws)]) if np.any(np.isfinite(draws)) else (value, value)
    return {"low": min(low, value), "high": max(high, value)}


def relaxation(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The bridge that is worth most, as one thing that would change the plan; none where nothing is gained."""
    by = {r["option"]: r for r in found["options"] if r["possible"]}
    rows = [by[k] for k in ("mix_on_site", "battery_and_flexible_connection", BEST) if k in by]
    rows = [r for r in rows if r["pays_from_usd_per_mw_month"] is not None]
    if not rows:
        return []
    best, none = max(rows, key=lambda r: r["net_usd"]), by["none"]
    name = "a connection that may be curtailed" if FLEXIBLE in best["mw_by_source"] else "bridging power on site"
    late, soon = (r["first_power_months"] for r in (none, best))
    months = 0.0 if late is None or soon is None else late - soon
    served = best["served_share_while_bridging"]
    mw = sum(x for k, x in best["mw_by_source"].items() if not k.startswith(BATTERY))
    gain = (
        f"first power {months:.0f} months sooner"
        if months >= 1.0
        else f"{in_percent(served)} of the halls served meanwhile"
    )
    low, high = (best["ranges"]["net_usd"][k] for k in ("low", "high"))
    range_of = f"P10 to P90: {show(low, None, None, '')} to {show(high, None, None, 'USD')}"
    money = show(abs(best["net_usd"]), None, None, "USD")
    worth = f"{money} {'better' if best['net_usd'] > 0 else 'worse'} than a foreseen wait ({range_of})"
    return [
        {
            "change": f"{name}, {in_mw(mw)}",
            "gains": round(months, 1),
            "unit": "month",
            "usd": best["net_usd"],
            "low": low,
            "high": high,
            "words": f"with {name}, {in_mw(mw)}: {gain}, {worth}",
        }
    ]


def price_of_waiting(*, delay_usd_per_month: Any, facility_peak_mw: Any) -> Any:
    """What one MW of campus that stands without power costs a month.

    Parameters
    ----------
    delay_usd_per_month : float or array
        Cost of one month's delay of the whole campus. [USD/month]
    facility_peak_mw : float or array
        Its size. [MW]

    Returns
    -------
    float or array
        Price of waiting. [USD/MW/month]
    """
    return delay_usd_per_month / facility_peak_mw


def least_cost_bridges(
    *, problem: PhasedProblem, on_offer: Mapping[str, tuple[str, ...]], facts: Any
) -> dict[str, PhasedAnswer]:
    """Least-cost bridge, carry and resale over the phases of a campus, within a certified gap, per option.

    Parameters
    ----------
    problem : PhasedProblem
        Phases, load, what may be built, price of waiting, per MW of campus. [MW]
    on_offer : mapping of str to tuple of str
        What each option may build. [text]
    facts : tuple
        The facts behind the problem, for the record. [-]

    Returns
    -------
    dict of str to PhasedAnswer
    """
    del facts
    from gigawatt.power import phased  # compiled code: not before it is needed

    return phased.solve_each(problem, on_offer, gap=GAP)


def no_gap(time: Timeline) -> str:
    """Why there is nothing to bridge; empty where halls wait for power."""
    if not np.isfinite([time.first, time.whole]).all():
        return "The calendar gives no date for the halls or the permanent power: there is no gap to bridge."
    months = np.arange(time.first, max(time.whole, time.first) + 1.0)
    power = sum((np.where(months >= m, mw, 0.0) for m, mw in time.permanent), np.zeros(len(months)))
    idle = np.maximum(time.hall_share(months) - power, 0.0)
    if float(idle.sum()) <= NOTHING:
        return f"The permanent power is there before the halls are: {NO_GAP}"
    return ""


def _closed(names: tuple[str, ...], gas: bool, connection: Connection | None) -> str:
    """Why an option is not on offer; the mix is what remains."""
    if len(names) > 2 and (gas or FLEXIBLE in names):
        return ""
    if any(n in GAS for n in names) and not gas:
        return "no sourced gas supply in the country"
    if FLEXIBLE in names and connection is None:
        return "the peak of the power system is not known"
    return ""


def _lead(name: str, leads: Mapping[str, float]) -> float | None:
    """Months from the order to operation of an option's slowest part; a mix has none."""
    return max((leads[n] for n in OPTIONS[name]), default=None) if len(OPTIONS[name]) <= 2 else None


def _dates(s: Scenario, problem: PhasedProblem, answer: PhasedAnswer, time: Timeline) -> dict[str, Any]:
    """First power, and from when on power carries the peak of the halls and serves them."""
    begin = starts(problem) * MONTHS_PER_YEAR + time.first
    share = served_share(answer)
    some, whole = np.flatnonzero(share > SERVED), np.flatnonzero(~keeps_up(problem, answer))
    first = float(begin[some[0]]) if len(some) else None
    last = int(whole[-1]) + 1 if len(whole) else 0
    keeps = float(begin[last]) if last < len(begin) else None
    peak = problem.load_mw.max(axis=1)[:-1] / problem.load_mw.max()
    return {
        "first_power_months": first,
        "first_power": None if first is None else buildout.add_months(s.as_of.isoformat(), first),
        "keeps_up_months": keeps,
        "keeps_up": None if keeps is None else buildout.add_months(s.as_of.isoformat(), keeps),
        "served_share_while_bridging": float((share[:-1] * peak * problem.years[:-1]).sum())
        / max(float((peak * problem.years[:-1]).sum()), 1e-12),
    }


def _amounts(problem: PhasedProblem, answer: PhasedAnswer, full: float) -> dict[str, Any]:
    """Sizes, emissions and what becomes of the machines, for the whole campus."""
    last = len(problem.years) - 2
    per_year = HOURS_PER_YEAR / (problem.load_mw.shape[1] * problem.step_hours)
    mwh = tonnes = 0.0
    for p, a in enumerate(answer.accounts[:-1]):
        for line in a.lines if a else ():
            if line.name in (*GAS, FLEXIBLE):
                mwh += line.mwh_per_year * per_year * float(problem.years[p])
                tonnes += line.emissions_t_per_year * per_year * float(problem.years[p])
    lots = [b for b in answer.built if b.name.partition(".")[0] in (*GAS, BATTERY, FLEXIBLE)]
    power = tuple(b for b in lots if not b.name.endswith(".energy"))
    names = capacities(problem)
    there = {n: x for n, x in zip(names, stock(problem, tuple(lots)), strict=True) if n not in (PERMANENT, BACKUP)}
    kept = [b for b in power if b.last > last and b.name in GAS]
    return {
        "mw": float(sum(x for n, x in there.items() if not n.endswith(".energy"))[: last + 1].max()) * full,
        "mw_by_source": {n: float(x[: last + 1].max(initial=0.0)) * full for n, x in there.items() if x.max() > LEAST},
        "mwh": mwh * full,
        "emissions_t": tonnes * full,
        "kg_per_mwh": tonnes * KG_PER_T / mwh if mwh > 0.0 else None,
        "kept_as_backup_mw": sum(b.mw for b in kept) * full,
        "sold_mw": sum(b.mw for b in power if b.last <= last and b.resale_usd > 0.0) * full,
        "gap": answer.gap,
    }


def _phases(problem: PhasedProblem, best: PhasedAnswer) -> list[dict[str, Any]]:
    """What serves the halls in each phase of the best mix, as shares of what they want."""
    found = []
    for p, (name, a) in enumerate(zip(problem.names, best.accounts, strict=True)):
        if a is not None:
            found.append(
                {
                    "from": name,
                    "years": float(problem.years[p]),
                    "halls_share": float(problem.load_mw[p].max() / problem.load_mw.max()),
                    "shares": {
                        x.name: x.mwh_per_year / a.load_mwh_per_year
                        for x in a.lines
                        if x.mwh_per_year > SHOWN * a.load_mwh_per_year
                    },
                }
            )
    return found


def _words(rows: list[dict[str, Any]], full: float, operator: str, waiting: float) -> str:
    """What bridges, from when on, for how much; then what the grid operator may offer; then which of them pays."""
    by = {r["option"]: r for r in rows}
    own, asked, none = by["mix_on_site"], by["battery_and_flexible_connection"], by["none"]
    if none["served_share_while_bridging"] > 1.0 - NOTHING:
        return f"The permanent power keeps up with the halls: {NO_GAP}"
    said = [f"{_sentence(own, none, full)}." if own["possible"] else f"No bridge on site: {own['words']}."]
    if asked["possible"] and asked["pays_from_usd_per_mw_month"] is not None:
        said.append(f"To ask of {operator}: a connection that may be curtailed. {_sentence(asked, none, full)}.")
    pays = [name for row, name in ((own, "power on site"), (asked, "the curtailable connection")) if _pays(row)]
    worth = f"{show(waiting, None, None, '')} USD while nothing stands bought and idle"
    part = by[BEST]
    if pays:
        which = f"{' and '.join(pays)} would pay"
    elif _pays(part):
        price = show(max(part["pays_from_usd_per_mw_month"], 0.0), None, None, "")
        share = part["served_share_while_bridging"]
        which = f"only a part would pay, {_parts(part, full)}, serving {in_percent(share)}, from {price} USD on"
    else:
        which = "no bridge pays"
    said.append(f"Here a MW a month earlier is worth {worth}: {which}.")
    odds = [_odds(own, "power on site"), _odds(asked, "the curtailable connection")]
    odds += [] if pays or not _pays(part) else [_odds(part, "the part")]
    if any(odds):
        said.append(f"Over the draws {_listed([x for x in odds if x])}.")
    return " ".join(said)


def _listed(parts: list[str]) -> str:
    return " and ".join(x for x in (", ".join(parts[:-1]), parts[-1]) if x)


def _nearly(problem: PhasedProblem, none: PhasedAnswer) -> str:
    """What a part of the permanent power does already, where it is nearly all; empty elsewhere."""
    permanent = np.asarray(next(p for p in problem.plants if p.name == PERMANENT).limit_mw, float)
    halls = problem.load_mw.max(axis=1) / problem.load_mw.max()
    share = served_share(none)
    for p in range(len(share) - 1):
        if halls[p] > NEARLY and share[p] > NEARLY and permanent[p] < WHOLE * halls[p]:
            return (
                f"From {problem.names[p][:7]} on {in_percent(permanent[p])} of the permanent power serves "
                f"{in_percent(share[p])} of "
                f"the energy that the halls want: the rest carries their peak."
            )
    return ""


def _compared(o: Any, price: Waiting) -> str:
    """What a bridge is compared with, where own plants make the permanent power another price."""
    if not any(mw > 0 for mw in o.supply.plants.values()):
        return ""
    usd = show(float(price.normal_usd_per_mwh), None, None, "")
    return (
        f"Compared with power from the network, {usd} USD a MWh: own plants are paid for whether or not a bridge comes."
    )


def _pays(row: dict[str, Any]) -> bool:
    return bool(row["possible"] and row["pays_from_usd_per_mw_month"] is not None and row["net_usd"] > 0.0)


def _odds(row: dict[str, Any], name: str) -> str:
    """In how many draws a bridge of this size pays."""
    there = row["possible"] and row["pays_from_usd_per_mw_month"] is not None
    return f"{name} pays in {in_percent(row['pays_in'])}" if there else ""


def _usd(row: dict[str, Any], key: str) -> str:
    """An amount with its P10 and P90."""
    low, high = (row["ranges"][key][k] for k in ("low", "high"))
    return f"{show(row[key], low, high, '')} ({show(low, low, high, '')} to {show(high, low, high, '')}) USD"


def _sentence(row: dict[str, Any], none: dict[str, Any], full: float) -> str:
    """Size, gain in time, cost, and from which price of waiting on it pays."""
    new, old = (row["first_power"] or "never")[:7], (none["first_power"] or "never")[:7]
    part, before = row["served_share_while_bridging"], none["served_share_while_bridging"]
    more = (
        f"serve {in_percent(part)} instead of {in_percent(before)} of what the halls want until the permanent "
        "power is whole"
    )
    gain = f"bring first power in {new} instead of {old}" if new != old else more
    if row["pays_from_usd_per_mw_month"] is None:
        return "Nothing on offer bridges the gap"
    price = show(max(row["pays_from_usd_per_mw_month"], 0.0), None, None, "")
    return (
        f"{_parts(row, full)} {gain}, for {_usd(row, 'extra_usd')} more than power from the network: it pays where a "
        f"MW a month earlier is worth {price} USD"
    )


def _parts(row: dict[str, Any], full: float) -> str:
    found = sorted(((mw, k) for k, mw in row["mw_by_source"].items() if not k.endswith(".energy")), reverse=True)
    return " and ".join(
        f"{in_mw(mw)} of {k.partition('.')[0].replace('_', ' ')}" for mw, k in found if mw > NOTHING * full
    )
