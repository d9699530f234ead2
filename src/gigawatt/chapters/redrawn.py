"""The power supply in draws: what each draw pays for the capacities of the optimum, and what a plan costs there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters import offers
from gigawatt.chapters.money import Rates
from gigawatt.chapters.place import Site, resource_yield
from gigawatt.chapters.supply import Optimum, Supply
from gigawatt.power.problem import CONNECTION, Decision, Problem
from gigawatt.power.redraw import DEMAND
from gigawatt.record import Steps
from gigawatt.scenario import Scenario

FUELLED = "gas"  # the source that runs or stands by its fuel's price beside the grid's


def fixed_costs(step: Steps, s: Scenario, site: Site, problem: Problem, rates: Rates) -> dict[str, Any]:
    """What one unit of every capacity of the problem costs a year on this pass, by the names of ``power.redraw``."""
    rate, inflation = rates.power, rates.inflation
    found: dict[str, Any] = {}
    for source in problem.sources:
        tech = "diesel" if source.name == "backup" else offers.TECH.get(source.name)
        if tech is not None:
            paid = offers.fixed_per_year(step, site, tech, rate, inflation)
            found[source.name] = paid / resource_yield(step, s, site, source.name)
    if problem.grid:
        found[CONNECTION] = offers.connection_per_year(step, site, rate, inflation)
        found[DEMAND] = step.fact("grid.demand_charge", unit="USD/MW/year")
    for store in problem.stores:
        found[f"{store.name}.power"] = offers.fixed_per_year(step, site, "battery_power", rate, inflation)
        found[f"{store.name}.energy"] = offers.fixed_per_year(step, site, "battery_energy", rate, inflation, "MWh")
    return found


def fuel_cost(step: Steps, site: Site, problem: Problem) -> Any:
    """Running cost of the source that competes with the grid hour by hour; None where there is none."""
    if problem.grid is None or all(x.name != FUELLED for x in problem.sources):
        return None
    return offers.running_cost(step, site, offers.TECH[FUELLED])


def with_fuel_cost(problem: Problem, usd_per_mwh: float) -> Problem:
    """The problem at another running cost of that source."""
    sources = [replace(x, variable_usd_per_mwh=usd_per_mwh) if x.name == FUELLED else x for x in problem.sources]
    return replace(problem, sources=tuple(sources))


def with_yields(problem: Problem, ratios: dict[str, float]) -> Problem:
    """The problem with more or less sun and wind than planned with."""
    sources = [
        replace(x, availability=np.minimum(np.asarray(x.availability) * ratios[x.name], 1.0)) if x.name in ratios else x
        for x in problem.sources
    ]
    return replace(problem, sources=tuple(sources))


def held(problem: Problem, design: Decision, connection_mw: float) -> Problem:
    """The problem with the capacities of a design: nothing is built, it is only run.

    Parameters
    ----------
    problem : Problem
        Of any weather year, with the sources of the design. [-]
    design : Decision
        Its capacities, per MW of campus. [MW]
    connection_mw : float
        Its grid connection. [MW]
    """
    sources = [replace(x, min_mw=mw, max_mw=mw) for x, mw in zip(problem.sources, design.source_mw, strict=True)]
    stores = [
        replace(x, min_power_mw=mw, max_power_mw=mw, min_energy_mwh=mwh, max_energy_mwh=mwh)
        for x, mw, mwh in zip(problem.stores, design.store_power_mw, design.store_energy_mwh, strict=True)
    ]
    grid = problem.grid and replace(problem.grid, limit_mw=connection_mw, connection_usd_per_mw_year=0.0)
    return replace(problem, sources=tuple(sources), stores=tuple(stores), grid=grid)


def without_limits(problem: Problem) -> Problem:
    """The problem without limits on carbon and clean energy: what a design does that misses them."""
    return replace(problem, max_carbon_kg_per_mwh=None, min_clean_share_annual=None, min_clean_share_hourly=None)


def cost_per_mw_year(step: Steps, supply: Supply, o: Optimum, rates: Rates) -> Any:
    """What the supply of one MW of campus costs a year as the plan pays it, lost load at its value."""
    real = finance.real_rate(nominal_per_year=rates.power, inflation_per_year=rates.inflation)
    repaid = finance.capital_recovery_factor(rate_per_year=real, years=step.fact("life.grid", unit="year"))
    lost = supply.unserved * supply.load_mwh * float(o.problem.voll_usd_per_mwh or 0.0)
    bought = supply.plant_usd_per_mw_year + supply.energy_usd_per_mw_year
    return supply.connection_usd_per_mw * repaid + bought + lost


def mixed(priced: Sequence[Supply], which: Any, n: int) -> Supply:
    """One supply in which every draw has that of its plan.

    Parameters
    ----------
    priced : sequence of Supply
        Of every plan, in all draws. [-]
    which : array (n,)
        Plan of each draw. [-]
    n : int
        Draws. [draw]
    """
    every, first = np.arange(n), priced[0]

    def chosen(values: list[Any]) -> Any:
        return np.stack([np.broadcast_to(np.asarray(x, float), (n,)) for x in values])[which, every]

    kinds = {"contract", "plants", "gating", "relief", "lines"}
    numbers = [f.name for f in fields(Supply) if f.name not in kinds]
    names = dict.fromkeys(name for p in priced for name in p.plants)
    return replace(
        first,
        plants={name: chosen([p.plants.get(name, 0.0) for p in priced]) for name in names},
        relief=(),
        lines={},
        **{name: chosen([getattr(p, name) for p in priced]) for name in numbers},
    )


def part_of(supply: Supply, which: Any) -> Supply:
    """Some draws of a mixed supply."""
    rows = {k: v[which] for k in (f.name for f in fields(Supply)) if isinstance(v := getattr(supply, k), np.ndarray)}
    return replace(supply, plants={k: v[which] for k, v in supply.plants.items()}, **rows)
