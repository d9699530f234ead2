"""Every limit of a plan with what its last unit is worth, and what would be built if it were cheaper."""

from __future__ import annotations

import numpy as np

from .account import Account, capacity_sum, firm_mw, total_load
from .problem import CONNECTION, Decision, FlexibleLoad, Limit, Problem, Source, Unbuilt

NEAR = 1e-6  # a capacity this near to its bound (relative) is at it
AT_NOTHING = 1e-4  # capacities below this part of the peak load count as not built


def limits(
    problem: Problem, decision: Decision, account: Account, prices: dict[str, float], reduced: dict[str, float]
) -> tuple[Limit, ...]:
    """The limits a problem sets, where the plan stands and the worth of one unit more.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        The plan. [-]
    account : Account
        Its account. [-]
    prices : dict of str to float
        Yearly saving per unit of each share or linear limit, by name; missing ones are slack. [USD/unit/year]
    reduced : dict of str to float
        Yearly cost of one more unit of each capacity less what it earns. [USD/MW/year]

    Returns
    -------
    tuple of Limit
        Shares and energies first, then linear limits, then bounds of capacities. [-]
    """
    return (
        *_shares(problem, decision, account, prices),
        *_rows(problem, decision, prices),
        *_bounds(problem, decision, reduced),
    )


def _shares(problem: Problem, decision: Decision, a: Account, prices: dict[str, float]) -> list[Limit]:
    rows = [
        ("carbon", a.carbon_intensity_kg_per_mwh, problem.max_carbon_kg_per_mwh, "kg/MWh"),
        ("clean_hourly", a.clean_share_hourly, problem.min_clean_share_hourly, "1"),
        ("clean_annual", a.clean_share_annual, problem.min_clean_share_annual, "1"),
        ("unserved", a.unserved_fraction, problem.max_unserved_fraction, "1"),
        ("lost_load_hours", a.lost_load_hours, problem.max_lost_load_hours, "h/year"),
    ]
    if problem.firm_margin is not None:
        need = (1.0 + problem.firm_margin) * float(total_load(problem).max())
        rows.append(("firm", firm_mw(problem, decision), need, "MW"))
    lines = {line.name: line for line in a.lines}
    parts: tuple[Source | FlexibleLoad, ...] = (*problem.sources, *problem.flexible)
    rows += [
        (f"{p.name}:energy", lines[p.name].mwh_per_year, p.max_mwh_per_year, "MWh/year")
        for p in parts
        if np.isfinite(p.max_mwh_per_year)
    ]
    return [
        Limit(name=name, value=value, limit=limit, unit=unit, usd_per_unit_year=prices.get(name, 0.0))
        for name, value, limit, unit in rows
        if limit is not None
    ]


def _rows(problem: Problem, decision: Decision, prices: dict[str, float]) -> list[Limit]:
    found = []
    for row in problem.capacity_limits:
        value = capacity_sum(problem, decision, row)
        for bound in (row.lower, row.upper):
            if np.isfinite(bound):
                near = abs(value - bound) <= NEAR * max(abs(bound), float(problem.load_mw.max()))
                worth = prices.get(f"limit:{row.name}", 0.0) if near else 0.0
                name = f"limit:{row.name}"
                found.append(Limit(name=name, value=value, limit=bound, unit="-", usd_per_unit_year=worth))
    return found


def _sizes(problem: Problem, d: Decision) -> dict[str, tuple[float, float, float, str]]:
    """Value, lower and upper bound, unit of every capacity."""
    size = {s.name: (mw, s.min_mw, s.max_mw, "MW") for s, mw in zip(problem.sources, d.source_mw, strict=True)}
    if problem.grid:
        size[CONNECTION] = (d.connection_mw, 0.0, problem.grid.limit_mw, "MW")
    for i, s in enumerate(problem.stores):
        size[f"{s.name}.power"] = (d.store_power_mw[i], s.min_power_mw, s.max_power_mw, "MW")
        size[f"{s.name}.energy"] = (d.store_energy_mwh[i], s.min_energy_mwh, s.max_energy_mwh, "MWh")
    size |= {k.name: (mw, k.min_mw, k.max_mw, "MW") for k, mw in zip(problem.links, d.link_mw, strict=True)}
    return size


def _bounds(problem: Problem, decision: Decision, reduced: dict[str, float]) -> list[Limit]:
    found = []
    unit_mw = float(problem.load_mw.max())
    for key, (value, least, most, unit) in _sizes(problem, decision).items():
        price = reduced.get(key, 0.0)
        bounds = [(":max", most, max(-price, 0.0))] if np.isfinite(most) else []
        bounds += [(":min", least, max(price, 0.0))] if least > 0 else []
        for side, bound, worth in bounds:
            near = abs(value - bound) <= NEAR * max(abs(bound), unit_mw)
            name = key if key == CONNECTION else f"{key}{side}"
            found.append(
                Limit(name=name, value=float(value), limit=bound, unit=unit, usd_per_unit_year=worth if near else 0.0)
            )
    return found


def unbuilt(problem: Problem, decision: Decision, reduced: dict[str, float]) -> tuple[Unbuilt, ...]:
    """Capacities that the plan leaves out, and how much cheaper they would have to be, nearest first.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        The plan. [-]
    reduced : dict of str to float
        Yearly cost of the first unit of each capacity less what it would earn. [USD/MW/year]

    Returns
    -------
    tuple of Unbuilt
        Those with a fixed cost that could have been built. [-]
    """
    cost = {s.name: s.fixed_usd_per_mw_year for s in problem.sources}
    if problem.grid:
        g = problem.grid
        cost[CONNECTION] = g.connection_usd_per_mw_year + g.demand_charge_usd_per_mw_year
    for s in problem.stores:
        cost[f"{s.name}.power"], cost[f"{s.name}.energy"] = s.power_usd_per_mw_year, s.energy_usd_per_mwh_year
    cost |= {k.name: k.usd_per_mw_year for k in problem.links}
    none = AT_NOTHING * float(problem.load_mw.max())
    rows = [
        Unbuilt(
            name=key, unit=unit, usd_per_unit_year=cost[key], cheaper_by=max(reduced.get(key, 0.0), 0.0) / cost[key]
        )
        for key, (value, least, most, unit) in _sizes(problem, decision).items()
        if value <= none and least <= 0.0 and most > none and cost[key] > 0.0
    ]
    return tuple(sorted(rows, key=lambda row: row.cheaper_by))
