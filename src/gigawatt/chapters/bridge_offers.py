"""What may bridge a campus: when halls stand and permanent power comes, what each source costs; as one problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import buildout, finance
from gigawatt.chapters import offers
from gigawatt.chapters.flexible import Connection
from gigawatt.chapters.place import Site
from gigawatt.power.phases import Battery, PhasedAnswer, PhasedProblem, Plant, capacities
from gigawatt.power.phases_price import stock
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import HOURS_PER_YEAR, MONTHS_PER_YEAR

SHORTEST = 3.0  # months: halls and bridging sources that come nearer to another change wait for it
EVERY = 13  # weeks: one in so many stands for all
WEEK = 168
TOGETHER = 0.5  # months: what comes within them comes at once
WITHIN = 50  # points of a phase over which its halls are averaged
GAS = ("gas_engines", "aeroderivatives", "fuel_cells", "rented_turbines")
FLEXIBLE, BATTERY, PERMANENT, BACKUP = "flexible_connection", "battery", "permanent", "backup"
WHOLE = 0.99  # of the peak and of the energy that the halls want: from here on power keeps up with them


@dataclass(frozen=True)
class Timeline:
    """When halls stand and permanent power arrives, in months from today; power over that of the campus."""

    first: float
    hall_share: Any  # of months, share of the campus whose halls stand
    permanent: tuple[tuple[float, float], ...]  # month, share added
    whole: float


def ends_of(o: Any) -> tuple[Any, Any]:
    """Months to the first hall, and to the whole campus on permanent power; numbers or draws."""
    ramp = o.calendar.ramp
    ready, full = np.asarray(ramp["commissioning_months"], float), float(ramp["full_mw"])
    first = ramp["first_hall_months"] + ready
    rate = np.asarray(ramp["added_mw_per_month"], float)
    more = np.maximum(full - np.asarray(ramp["first_hall_mw"], float), 0.0)
    done = first + np.divide(more, rate, out=np.zeros(np.broadcast(more, rate).shape), where=rate > 0.0)
    stages = np.asarray(ramp["stage_months"], float)
    last = np.max(np.maximum(stages + ready[..., None], np.asarray(o.calendar.first_months)[..., None]), axis=-1)
    return first, np.maximum(np.maximum(o.calendar.full_months, done), last)


def timeline(o: Any) -> Timeline:
    """When halls could run and when the permanent power is there, of the central calendar."""
    ramp, full = o.calendar.ramp, float(o.calendar.ramp["full_mw"])
    ready = central(ramp["commissioning_months"])
    first = central(ramp["first_hall_months"]) + ready
    hall, rate = central(ramp["first_hall_mw"]), central(ramp["added_mw_per_month"])

    def share(months: Any) -> Any:
        built = hall + rate * np.maximum(np.asarray(months, float) - first, 0.0)
        return np.minimum(built / full, 1.0)

    begins = central(o.calendar.first_months)
    months = np.atleast_1d(np.asarray(ramp["stage_months"], float))
    stages = sorted(
        (max(float(m) + ready, begins), float(mw) / full)
        for m, mw in zip(months.reshape(-1, len(ramp["stage_mw"])).mean(axis=0), ramp["stage_mw"], strict=True)
    )
    return Timeline(first, share, tuple(stages), float(ends_of(o)[1]))


def has_gas(step: Steps, site: Site) -> bool:
    """Whether gas is known to be burnt for power there."""
    known = site.known(step.facts, "gas.access.{}")
    return known is not None and central(step.fact(known, unit="1")) > 0.0


def _months(step: Steps, site: Site, *ids: str) -> float:
    return central(step.fact(*ids, unit="month"))


def leads_of(step: Steps, site: Site) -> dict[str, float]:
    """Months from the order to operation of every bridging source."""
    return {
        "gas_engines": _months(step, site, *site.ids("lead.gas_engines.{}")),
        "aeroderivatives": _months(step, site, "lead.turbine_aero.world"),
        "fuel_cells": _months(step, site, "bridge.fuel_cells.lead"),
        "rented_turbines": _months(step, site, "bridge.rented_turbines.lead"),
        BATTERY: _months(step, site, *site.ids("lead.battery.{}")),
        FLEXIBLE: _months(step, site, "bridge.flexible.lead"),
    }


def marks_of(time: Timeline, arrivals: Mapping[str, float]) -> np.ndarray:
    """Months at which phases begin, from the first hall to the whole campus on permanent power.

    What is permanent begins a phase of its own; halls and bridging sources do so unless another mark is near.
    """
    found = {time.first, time.whole}
    found |= {m for m, _ in time.permanent if time.first + TOGETHER < m < time.whole}
    levels = np.cumsum([mw for _, mw in time.permanent])
    outgrown = [_months_to(time, level) for level in levels if level < 1.0]  # halls outgrow what has come
    for mark in (*outgrown, _months_to(time, 1.0), *sorted(arrivals.values())):
        if time.first < mark < time.whole and min(abs(mark - x) for x in found) >= SHORTEST:
            found.add(float(mark))
    return np.array(sorted(found))


def _months_to(time: Timeline, share: float) -> float:
    """Month in which the halls reach a share of the campus."""
    months = np.arange(time.first, time.whole + 1.0, TOGETHER)
    done = months[time.hall_share(months) >= share - 1e-9]
    return float(done[0]) if len(done) else time.whole


def problem_of(
    step: Steps,
    s: Scenario,
    site: Site,
    o: Any,
    time: Timeline,
    connection: Connection | None,
    leads: Mapping[str, float],
) -> tuple[PhasedProblem, float]:
    """The phases of this campus and what may bridge them, per MW of campus; MWh of one MW in a month."""
    marks = marks_of(time, leads)
    horizon = central(step.fact("bridge.horizon", unit="year"))
    begin = marks
    years = np.append(np.diff(marks) / MONTHS_PER_YEAR, horizon)
    within = np.linspace(marks[:-1], marks[1:], WITHIN, endpoint=False) + 0.5 * np.diff(marks) / WITHIN
    load = np.asarray(o.campus.load_per_peak_mw, float)
    hours = _some_weeks(len(load))
    month = HOURS_PER_YEAR / MONTHS_PER_YEAR * float(load[hours].mean())
    load = load[hours]
    at_peak = round(central(step.fact("bridge.peak_spacing", unit="h")))
    load[::at_peak] = 1.0  # per MW of design peak: what is called full power carries it
    share = np.append(time.hall_share(within).mean(axis=0), 0.0)  # at the end all is on permanent power
    carried = np.array([sum(mw for m, mw in time.permanent if m <= x + TOGETHER) for x in begin])
    carried[-1] = max(carried[-1], 1.0)
    there = {name: begin >= months for name, months in leads.items()}
    backed = central(step.fact("facility.backed_share.training", unit="1"))
    room = None if connection is None else connection.room_share(hours)
    offered = _on_offer(step, site, o, Stands(np.maximum.accumulate(carried), there, connection, room))
    posed = PhasedProblem(
        names=tuple(_name(s, x) for x in begin),
        years=years,
        load_mw=share[:, None] * load,
        rate_per_year=offered.rate,
        plants=offered.plants,
        battery=offered.battery,
        voll_usd_per_mwh=np.full(len(years), central(step.fact("voll.default", unit="USD/MWh"))),
        reserve_mw=np.append(np.zeros(len(years) - 1), backed),
    )
    return posed, month


def normal_usd_per_mwh(problem: PhasedProblem) -> Any:
    """What a MWh from the network costs, with which every bridge is compared."""
    return next(p for p in problem.plants if p.name == PERMANENT).variable_usd_per_mwh


def carried_mw(problem: PhasedProblem, answer: PhasedAnswer) -> Any:
    """Power that stands in each phase: permanent, bridging sources, and a battery for the hours at the peak."""
    permanent = next(p for p in problem.plants if p.name == PERMANENT)
    pairs = zip(capacities(problem), stock(problem, answer.built), strict=True)
    return np.asarray(permanent.limit_mw, float) + sum(
        x for name, x in pairs if name.partition(".")[0] in (*GAS, FLEXIBLE, BATTERY) and not name.endswith(".energy")
    )


def served_share(answer: PhasedAnswer) -> Any:
    """Energy served over what the halls want, by phase."""
    return np.array([a.served_mwh_per_year / a.load_mwh_per_year if a else 1.0 for a in answer.accounts])


def keeps_up(problem: PhasedProblem, answer: PhasedAnswer) -> Any:
    """Whether power keeps up with the halls, by phase: it carries their peak, and serves what they want.

    A part of the power serves nearly all energy of a campus that seldom runs at its peak; full power is all of it.
    """
    halls = problem.load_mw.max(axis=1) / problem.load_mw.max()
    return (carried_mw(problem, answer) >= WHOLE * halls) & (served_share(answer) >= WHOLE)


def _some_weeks(hours: int) -> np.ndarray:
    """One week of every season: enough for what runs all the time."""
    starts_at = np.arange(0, hours - WEEK + 1, EVERY * WEEK)
    return (starts_at[:, None] + np.arange(WEEK)).ravel()


@dataclass(frozen=True)
class Stands:
    """What may stand in each phase."""

    permanent: Any  # share of the campus, by phase
    there: Mapping[str, Any]  # by source and phase, whether it has come by then
    connection: Connection | None
    room: Any  # of the curtailable connection, by hour

    @property
    def last(self) -> int:
        """The last phase before all is on permanent power."""
        return len(self.permanent) - 2

    def limit(self, name: str, most: float = np.inf) -> Any:
        """Most that may stand of a source. [MW per MW]"""
        return np.where(self.there[name], most, 0.0)


@dataclass(frozen=True)
class Offered:
    """What is on offer and what it costs: numbers, or draws."""

    plants: tuple[Plant, ...]
    battery: Battery
    rate: Any


def _on_offer(step: Steps, site: Site, o: Any, stands: Stands) -> Offered:
    """Permanent power, diesel sets and every bridging source of the place."""
    rate = _real(step, o)
    plants = [
        Plant(  # own plants are paid for whether or not a bridge comes first
            name=PERMANENT, limit_mw=stands.permanent, variable_usd_per_mwh=o.supply.grid_price_usd_per_mwh
        ),
        Plant(
            name=BACKUP,
            limit_mw=np.append(np.zeros(stands.last + 1), 1.0),
            availability=0.0,
            capex_usd_per_mw=offers.tech_fact(step, site, "diesel", "capex", "USD/MW"),
            firm_credit=1.0,
        ),
    ]
    if has_gas(step, site):
        plants += _gas_plants(step, site, stands, float(central(o.size.facility_peak_mw)))
    if stands.connection is not None:
        plants.append(_flexible(step, site, o, stands, stands.connection, rate))
    return Offered(tuple(plants), _battery(step, site, stands), rate)


def dearer(step: Steps, site: Site) -> dict[str, Any]:
    """What a MW or MWh of every capacity costs to buy over its central cost: draws, or 1."""
    if step.draws is None:
        return {}
    found = [_capital(x, site) for x in (step, step.aside())]
    return {name: usd / found[1][name] for name, usd in found[0].items() if found[1][name]}


def _capital(step: Steps, site: Site) -> dict[str, Any]:
    nothing = Stands(np.zeros(2), dict.fromkeys((*GAS, BATTERY), np.zeros(2)), None, 1.0)
    plants = _gas_plants(step, site, nothing, 1.0) if has_gas(step, site) else []
    battery = _battery(step, site, nothing)
    return {x.name: x.capex_usd_per_mw for x in plants} | {
        BACKUP: offers.tech_fact(step, site, "diesel", "capex", "USD/MW"),
        f"{BATTERY}.power": battery.power_usd_per_mw,
        f"{BATTERY}.energy": battery.energy_usd_per_mwh,
    }


def running_prices(step: Steps, site: Site, o: Any) -> dict[str, tuple[Any, Any]]:
    """What every source costs to run: per MWh, and per MW and year; of the central pass or of draws."""
    nothing = Stands(np.zeros(2), dict.fromkeys((*GAS, BATTERY), np.zeros(2)), None, 1.0)
    plants = _gas_plants(step, site, nothing, 1.0) if has_gas(step, site) else []
    grid = o.supply.grid_price_usd_per_mwh
    return {x.name: (x.variable_usd_per_mwh, x.fixed_usd_per_mw_year) for x in plants} | {
        PERMANENT: (grid, 0.0),
        FLEXIBLE: (grid, _earlier(step, o, _real(step, o))),
    }


def _real(step: Steps, o: Any) -> Any:
    """Real rate at which what is paid earlier bears interest."""
    return step(finance.real_rate, nominal_per_year=o.rates.power, inflation_per_year=o.rates.inflation)


def _earlier(step: Steps, o: Any, rate: Any) -> Any:
    """What a connection costs a year before it would have been paid. [USD/MW/year]"""
    return o.supply.connection_usd_per_mw * (rate + step.fact("grid.connection.fom", unit="1/year"))


def prices_on_draws(
    step: Steps, site: Site, o: Any, connection: Connection | None, problem: PhasedProblem, time: Timeline
) -> PhasedProblem:
    """A problem at the prices of draws, its phases as much longer as the halls wait longer for the permanent power.

    Parameters
    ----------
    step : Steps
        Of draws. [-]
    o : Outcome
        On draws, without a bridge. [-]
    problem : PhasedProblem
        On central values. [-]
    time : Timeline
        Of it. [month]

    Returns
    -------
    PhasedProblem
        For `phases_held.held`: prices, rate and years are arrays, (draw,) and (draw, phase). [-]
    """
    first, whole = ends_of(o)
    waits = np.where(np.isfinite(whole), np.maximum(whole - first, 0.0), time.whole - time.first)
    longer = np.atleast_1d(waits / (time.whole - time.first))
    years = np.tile(problem.years, (len(longer), 1))
    years[:, :-1] *= longer[:, None]
    nothing = np.zeros(len(problem.years))
    names = dict.fromkeys((*GAS, BATTERY, FLEXIBLE), nothing)
    offered = _on_offer(step, site, o, Stands(nothing, names, connection, 1.0))
    return replace(problem, years=years, plants=offered.plants, battery=offered.battery, rate_per_year=offered.rate)


def _gas_plants(step: Steps, site: Site, stands: Stands, campus_mw: float) -> list[Plant]:
    """Engines, aeroderivative turbines, fuel cells, and turbines for rent."""
    fuel = step.fact("fuel.gas.carbon", unit="kg/MWh")
    removal = step.fact("bridge.removal", unit="USD/MW")
    spare = step.fact("bridge.spare", unit="1")

    def n(fact: str, unit: str = "1") -> Any:
        return step.fact(fact, unit=unit)

    def tech(kind: str, item: str, unit: str = "1") -> Any:
        return offers.tech_fact(step, site, kind, item, unit)

    def plant(name: str, efficiency: Any, vom: Any, outage: Any, **more: Any) -> Plant:
        return Plant(
            name=name,
            limit_mw=stands.limit(name, more.pop("most", np.inf)),
            availability=(1.0 - outage) / (1.0 + spare),
            variable_usd_per_mwh=offers.gas_cost(step, site, efficiency, vom),
            carbon_intensity_kg_per_mwh=fuel / efficiency,
            leaves=(stands.last,),
            **more,
        )

    engine, aero, cell, rented = (f"{x}" for x in GAS)
    equipment = n(f"bridge.{cell}.equipment", "USD/MW")
    return [
        plant(
            engine,
            tech("gas_engine", "efficiency"),
            tech("gas_engine", "vom", "USD/MWh"),
            tech("gas_engine", "forced_outage") + tech("gas_engine", "planned_outage"),
            capex_usd_per_mw=tech("gas_engine", "capex", "USD/MW"),
            fixed_usd_per_mw_year=tech("gas_engine", "fom", "USD/MW/year"),
            resale_share=n(f"bridge.resale.{engine}"),
            life_years=tech("gas_engine", "lifetime", "year"),
            removal_usd_per_mw=removal,
            firm_credit=tech("gas_engine", "firm_credit"),
        ),
        plant(
            aero,
            n(f"bridge.{aero}.efficiency"),
            tech("ocgt", "vom", "USD/MWh"),
            tech("ocgt", "forced_outage") + tech("ocgt", "planned_outage"),
            capex_usd_per_mw=n(f"bridge.{aero}.capex", "USD/MW"),
            fixed_usd_per_mw_year=tech("ocgt", "fom", "USD/MW/year"),
            resale_share=n(f"bridge.resale.{aero}"),
            life_years=tech("ocgt", "lifetime", "year"),
            removal_usd_per_mw=removal,
            firm_credit=tech("ocgt", "firm_credit"),
        ),
        plant(
            cell,
            n(f"bridge.{cell}.efficiency"),
            n(f"bridge.{cell}.vom", "USD/MWh"),
            n(f"bridge.{cell}.outage"),
            capex_usd_per_mw=equipment * (1.0 + n(f"bridge.{cell}.installation")),
            fixed_usd_per_mw_year=n(f"bridge.{cell}.fom", "USD/MW/year"),
            resale_share=n(f"bridge.resale.{cell}"),
            life_years=n(f"bridge.{cell}.lifetime", "year"),
            removal_usd_per_mw=removal,
            firm_credit=n(f"bridge.{cell}.firm_credit"),
        ),
        plant(
            rented,
            n(f"bridge.{rented}.efficiency"),
            tech("ocgt", "vom", "USD/MWh"),
            tech("ocgt", "forced_outage") + tech("ocgt", "planned_outage"),
            fixed_usd_per_mw_year=n(f"bridge.{rented}.rent", "USD/MW/month") * MONTHS_PER_YEAR,
            most=central(n(f"bridge.{rented}.most", "MW")) / campus_mw,
        ),
    ]


def _flexible(step: Steps, site: Site, o: Any, stands: Stands, c: Connection, rate: Any) -> Plant:
    """The grid connection brought forward, curtailed in hard hours; it may be no larger than what one point carries."""
    campus_mw = central(o.size.facility_peak_mw)
    point = central(step.fact(*site.ids("lead.grid_stage_1_mw.{}"), unit="MW"))
    return Plant(
        name=FLEXIBLE,
        limit_mw=stands.limit(FLEXIBLE, min(c.most_mw(), point, campus_mw) / campus_mw),
        availability=stands.room,
        fixed_usd_per_mw_year=_earlier(step, o, rate),
        variable_usd_per_mwh=o.supply.grid_price_usd_per_mwh,
        carbon_intensity_kg_per_mwh=step.fact(*site.ids("country.{}.carbon.average"), unit="kg/MWh"),
    )


def _battery(step: Steps, site: Site, stands: Stands) -> Battery:
    one_way = np.sqrt(step.fact("tech.battery.round_trip_efficiency", unit="1"))
    return Battery(
        name=BATTERY,
        limit_mw=stands.limit(BATTERY),
        power_usd_per_mw=offers.tech_fact(step, site, "battery_power", "capex", "USD/MW"),
        energy_usd_per_mwh=offers.tech_fact(step, site, "battery_energy", "capex", "USD/MWh"),
        charge_efficiency=one_way,
        discharge_efficiency=one_way,
        self_discharge_per_hour=step.fact("tech.battery.self_discharge", unit="1/h"),
        resale_share=step.fact("bridge.resale.battery", unit="1"),
        life_years=offers.tech_fact(step, site, "battery_energy", "lifetime", "year"),
        leaves=(stands.last,),
    )


def _name(s: Scenario, months: float) -> str:
    return buildout.add_months(s.as_of.isoformat(), float(months)) or "never"
