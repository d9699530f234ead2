"""Price and check a dispatch in plain numpy, whoever made it: no solver's word is taken for cost or feasibility."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .check import bus_names
from .problem import (
    CONNECTION,
    Array,
    CapacityLimit,
    Decision,
    FlexibleLoad,
    Line,
    Problem,
    Profile,
    Source,
    Store,
    Violations,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Yearly figures of a decision, means over the weather years.

    Parameters
    ----------
    lines : tuple of Line
        One row per part. [-]
    objective_usd_per_year, supply_usd_per_year : float
        All costs; without unserved energy and paused work. [USD/year]
    load_mwh_per_year, served_mwh_per_year : float
        Load; load less paused and unserved. [MWh/year]
    unserved_fraction, clean_share_annual, clean_share_hourly : float
        As defined in `Problem`. [-]
    carbon_intensity_kg_per_mwh : float
        Emissions over load. [kg/MWh]
    lost_load_hours : float
        Hours in which more than a millionth of the peak goes unserved. [h/year]
    """

    lines: tuple[Line, ...]
    objective_usd_per_year: float
    supply_usd_per_year: float
    load_mwh_per_year: float
    served_mwh_per_year: float
    unserved_fraction: float
    clean_share_annual: float
    clean_share_hourly: float
    carbon_intensity_kg_per_mwh: float
    lost_load_hours: float


SHORT = 1e-6  # of the peak load: an hour with more than this unserved counts as one of lost load


def weather_years(problem: Problem) -> int:
    """Number of years the load describes: 1 for (hour,), the first axis for (year, hour).

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    int
        Years. [-]
    """
    return problem.load_mw.shape[0] if problem.load_mw.ndim == 2 else 1


def bus_loads(problem: Problem) -> dict[str, Array]:
    """Load of every bus; zero where a bus has none.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    dict of str to array (..., hour)
        By bus, the main one first. [MW]
    """
    loads = {b.bus: np.broadcast_to(np.asarray(b.load_mw, float), problem.load_mw.shape) for b in problem.bus_load_mw}
    loads[""] = problem.load_mw
    return {bus: loads.get(bus, np.zeros(problem.load_mw.shape)) for bus in bus_names(problem)}


def total_load(problem: Problem) -> Array:
    """Load of all buses together.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    array (..., hour)
        Load. [MW]
    """
    return sum((load for bus, load in bus_loads(problem).items() if bus), problem.load_mw)


def lost_load_hours(problem: Problem, unserved_mw: Array) -> float:
    """Hours of a mean year in which load goes unserved.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    unserved_mw : array (..., hour)
        Load not served, all buses together. [MW]

    Returns
    -------
    float
        Hours in which more than a millionth of the peak load goes unserved. [h/year]
    """
    short = unserved_mw > SHORT * float(total_load(problem).max())
    return float(np.sum(short)) * problem.step_hours / weather_years(problem)


def accounted(problem: Problem, decision: Decision) -> Account:
    """Costs, energies, emissions and shares of a decision.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        Capacities and dispatch. [-]

    Returns
    -------
    Account
        Yearly figures. [-]
    """
    weight = problem.step_hours / weather_years(problem)  # MWh per year of one MW in one step
    lines = [*_source_lines(problem, decision, weight), *_grid_line(problem, decision, weight)]
    lines += [*_store_lines(problem, decision, weight), *_link_lines(problem, decision, weight)]
    lines += _shed_lines(problem, decision, weight)
    load = float(total_load(problem).sum()) * weight
    paused, unserved = (sum(x.mwh_per_year for x in lines if x.kind == k) for k in ("flexible", "unserved"))
    lost = sum(x.usd_per_year for x in lines if x.kind in ("flexible", "unserved"))
    total = sum(x.usd_per_year for x in lines)
    clean, unclean = _clean_energy(problem, decision, weight)
    return Account(
        lines=tuple(lines),
        objective_usd_per_year=total,
        supply_usd_per_year=total - lost,
        load_mwh_per_year=load,
        served_mwh_per_year=load - paused - unserved,
        unserved_fraction=unserved / load,
        clean_share_annual=clean / load,
        clean_share_hourly=1.0 - unclean / load,
        carbon_intensity_kg_per_mwh=1000.0 * sum(x.emissions_t_per_year for x in lines) / load,
        lost_load_hours=lost_load_hours(problem, decision.unserved_mw),
    )


def _source_lines(problem: Problem, d: Decision, weight: float) -> list[Line]:
    lines = []
    for s, mw, out in zip(problem.sources, d.source_mw, d.output_mw, strict=True):
        could = np.broadcast_to(s.availability, out.shape) * mw
        dear = np.broadcast_to(np.greater(s.variable_usd_per_mwh, 0.0), out.shape)
        idle = could - out if s.take_or_pay or not dear.any() else np.where(dear, 0.0, could - out)
        lines.append(
            Line(
                name=s.name,
                kind="source",
                mw=float(mw),
                mwh=0.0,
                mwh_per_year=float(out.sum()) * weight,
                curtailed_mwh_per_year=float(np.maximum(idle, 0.0).sum()) * weight,
                fixed_usd_per_year=s.fixed_usd_per_mw_year * float(mw - s.existing_mw),
                variable_usd_per_year=_sum_of(could if s.take_or_pay else out, s.variable_usd_per_mwh) * weight,
                emissions_t_per_year=_sum_of(out, s.carbon_intensity_kg_per_mwh) * weight / 1000.0,
            )
        )
    return lines


def _sum_of(mw: Array, per_mwh: Profile) -> float:
    """Sum over the hours of a flow times a figure per MWh, one number or hourly."""
    figure = np.asarray(per_mwh, float)
    return float(mw.sum() * figure if figure.ndim == 0 else (mw * figure).sum())


def _grid_line(problem: Problem, d: Decision, weight: float) -> list[Line]:
    g = problem.grid
    if g is None:
        return []
    new_mw = max(d.connection_mw - g.existing_mw, 0.0)
    fixed = g.connection_usd_per_mw_year * new_mw + g.demand_charge_usd_per_mw_year * d.connection_mw
    return [
        Line(
            name=g.name,
            kind="grid",
            mw=float(d.connection_mw),
            mwh=0.0,
            mwh_per_year=float(d.import_mw.sum()) * weight,
            curtailed_mwh_per_year=0.0,
            fixed_usd_per_year=float(fixed),
            variable_usd_per_year=_sum_of(d.import_mw, g.price_usd_per_mwh) * weight,
            emissions_t_per_year=_sum_of(d.import_mw, g.carbon_intensity_kg_per_mwh) * weight / 1000.0,
        )
    ]


def _store_lines(problem: Problem, d: Decision, weight: float) -> list[Line]:
    lines = []
    for i, s in enumerate(problem.stores):
        power, energy = float(d.store_power_mw[i]), float(d.store_energy_mwh[i])
        fixed = s.power_usd_per_mw_year * (power - s.existing_power_mw)
        fixed += s.energy_usd_per_mwh_year * (energy - s.existing_energy_mwh)
        fixed += (s.charge_usd_per_mw_year or 0.0) * float(d.store_charge_mw[i])
        out = float(d.discharge_mw[i].sum()) * weight
        lines.append(
            Line(
                name=s.name,
                kind="store",
                mw=power,
                mwh=energy,
                mwh_per_year=out,
                curtailed_mwh_per_year=0.0,
                fixed_usd_per_year=fixed,
                variable_usd_per_year=s.variable_usd_per_mwh * out,
                emissions_t_per_year=0.0,
            )
        )
    return lines


def _link_lines(problem: Problem, d: Decision, weight: float) -> list[Line]:
    return [
        Line(
            name=k.name,
            kind="link",
            mw=float(mw),
            mwh=0.0,
            mwh_per_year=k.efficiency * float(np.abs(flow).sum()) * weight,
            curtailed_mwh_per_year=0.0,
            fixed_usd_per_year=k.usd_per_mw_year * float(mw - k.existing_mw),
            variable_usd_per_year=0.0,
            emissions_t_per_year=0.0,
        )
        for k, mw, flow in zip(problem.links, d.link_mw, d.flow_mw, strict=True)
    ]


def _shed_lines(problem: Problem, d: Decision, weight: float) -> list[Line]:
    parts = [(f.name, "flexible", f.usd_per_mwh, x) for f, x in zip(problem.flexible, d.paused_mw, strict=True)]
    parts += [("unserved", "unserved", problem.voll_usd_per_mwh or 0.0, d.unserved_mw)]
    return [
        Line(
            name=name,
            kind=kind,
            mw=float(x.max()),
            mwh=0.0,
            mwh_per_year=float(x.sum()) * weight,
            curtailed_mwh_per_year=0.0,
            fixed_usd_per_year=0.0,
            variable_usd_per_year=usd * float(x.sum()) * weight,
            emissions_t_per_year=0.0,
        )
        for name, kind, usd, x in parts
    ]


def _clean_energy(problem: Problem, d: Decision, weight: float) -> tuple[float, float]:
    """Clean energy produced (spilled included) and unclean energy drawn, MWh a year."""
    clean = unclean = 0.0
    for s, mw, out in zip(problem.sources, d.source_mw, d.output_mw, strict=True):
        share = np.asarray(s.clean_share, float)
        if share.ndim == 0:
            made = np.broadcast_to(s.availability, out.shape) * mw if share >= 1.0 else out
        else:
            made = np.where(share >= 1.0, np.broadcast_to(s.availability, out.shape) * mw, out)
        clean += _sum_of(made, share) * weight
        unclean += _sum_of(out, 1.0 - share) * weight
    if problem.grid:
        share = np.asarray(problem.grid.clean_share, float)
        clean += _sum_of(d.import_mw, share) * weight
        unclean += _sum_of(d.import_mw, 1.0 - share) * weight
    return clean, unclean


def firm_mw(problem: Problem, decision: Decision) -> float:
    """Capacity that counts towards the firm margin: credit x capacity, stores as far as their energy lasts.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        Capacities and dispatch. [-]

    Returns
    -------
    float
        Firm capacity. [MW]
    """
    firm = sum(s.firm_credit * mw for s, mw in zip(problem.sources, decision.source_mw, strict=True))
    if problem.grid:
        firm += problem.grid.firm_credit * decision.connection_mw
    for s, p, e in zip(problem.stores, decision.store_power_mw, decision.store_energy_mwh, strict=True):
        firm += s.firm_credit * min(p, e / s.firm_hours) if s.firm_credit > 0 else 0.0
    return float(firm)


def capacity_sum(problem: Problem, decision: Decision, limit: CapacityLimit) -> float:
    """Left-hand side of a capacity limit.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        Capacities and dispatch. [-]
    limit : CapacityLimit
        One of the problem's limits. [-]

    Returns
    -------
    float
        The sum. [-]
    """
    size = {s.name: mw for s, mw in zip(problem.sources, decision.source_mw, strict=True)}
    size[CONNECTION] = decision.connection_mw
    for i, s in enumerate(problem.stores):
        size[f"{s.name}.power"] = decision.store_power_mw[i]
        size[f"{s.name}.charge"] = decision.store_charge_mw[i]
        size[f"{s.name}.energy"] = decision.store_energy_mwh[i]
    size |= {k.name: mw for k, mw in zip(problem.links, decision.link_mw, strict=True)}
    return float(sum(coefficient * size[name] for name, coefficient in limit.terms))


def violations(problem: Problem, decision: Decision, account: Account | None = None) -> Violations:
    """Largest violation of each family of constraints, from the decision alone.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        Capacities and dispatch. [-]
    account : Account, optional
        Its account, if it is made already. [-]

    Returns
    -------
    Violations
        All >= 0; zero is feasible. [-]
    """
    d, shape = decision, problem.load_mw.shape
    over = [np.broadcast_to(s.availability, shape) * c for s, c in zip(problem.sources, d.source_mw, strict=True)]
    output_excess = [x - lid for x, lid in zip(d.output_mw, over, strict=True)]
    output_excess += [x - np.broadcast_to(f.mw, shape) for x, f in zip(d.paused_mw, problem.flexible, strict=True)]
    output_excess += [x for i in range(len(problem.sources)) for x in _running_excess(problem, d, i, over[i])]
    loads, unserved = bus_loads(problem), bus_unserved(problem, d)
    flow = d.import_mw + sum(
        (x for s, x in zip(problem.sources, d.output_mw, strict=True) if s.through_connection), np.zeros(shape)
    )
    roof = problem.grid.availability * d.connection_mw if problem.grid else 0.0
    burnt = np.minimum(d.charge_mw, d.discharge_mw).sum() * problem.step_hours / weather_years(problem)
    return Violations(
        balance_mw=_most(*(np.abs(_supply(problem, d, bus) - load) for bus, load in loads.items())),
        capacity_mw=_most(*output_excess, *(short - loads[bus] for bus, short in unserved.items())),
        connection_mw=_most(flow - roof, *(np.abs(x) - mw for x, mw in zip(d.flow_mw, d.link_mw, strict=True))),
        storage_mwh=_most(*(_store_excess(problem, d, i) for i in range(len(problem.stores)))),
        bounds_mw=_most(*_bound_excess(problem, d)),
        limits=max([0.0, *_limit_excess(problem, d, account or accounted(problem, d))]),
        simultaneous_mwh_per_year=float(burnt),
    )


def bus_unserved(problem: Problem, decision: Decision) -> dict[str, Array]:
    """Load not served at each bus that has a load.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        Capacities and dispatch. [-]

    Returns
    -------
    dict of str to array (..., hour)
        By bus, the main one first. [MW]
    """
    rows = {b.bus: x for b, x in zip(problem.bus_load_mw, decision.bus_unserved_mw, strict=True)}
    return {"": sum((-x for x in rows.values()), decision.unserved_mw), **rows}


def _supply(problem: Problem, d: Decision, bus: str) -> Array:
    """What arrives at a bus less what leaves it, load not served counted as arriving."""
    supply = np.zeros(problem.load_mw.shape) + bus_unserved(problem, d).get(bus, 0.0)
    for s, x in zip(problem.sources, d.output_mw, strict=True):
        supply += x if s.bus == bus else 0.0
    for store, into, out in zip(problem.stores, d.charge_mw, d.discharge_mw, strict=True):
        supply += out - into if store.bus == bus else 0.0
    for f, x in zip(problem.flexible, d.paused_mw, strict=True):
        supply += x if f.bus == bus else 0.0
    if problem.grid is None or problem.grid.bus == bus:
        supply += d.import_mw
    for k, flow in zip(problem.links, d.flow_mw, strict=True):
        there, back = np.maximum(flow, 0.0), np.maximum(-flow, 0.0)
        supply += k.efficiency * back - there if k.from_bus == bus else 0.0
        supply += k.efficiency * there - back if k.to_bus == bus else 0.0
    return supply


def _running_excess(problem: Problem, d: Decision, i: int, could: Array) -> list[Array]:
    """How far a source runs below its minimum load, and changes faster than it may."""
    s, out = problem.sources[i], d.output_mw[i]
    excess = [s.min_load * could - out] if s.min_load > 0 else []
    if np.isfinite(s.max_ramp_per_hour):
        may = s.max_ramp_per_hour * problem.step_hours * d.source_mw[i]
        excess.append(np.abs(out - np.roll(out, 1, axis=-1)) - may)
    return excess


def _most(*arrays: Array | float) -> float:
    return max([0.0, *(float(np.max(x)) for x in arrays if np.size(x))])


def stored(store: Store, charge_mw: Array, discharge_mw: Array, soc_mwh: Array, step_hours: float) -> Array:
    """Right-hand side of the store's balance: what the content should be at the end of each step, cyclic.

    Parameters
    ----------
    store : Store
        Efficiencies and self-discharge. [-]
    charge_mw, discharge_mw : array (..., hour)
        Flows at the bus. [MW]
    soc_mwh : array (..., hour)
        Content. [MWh]
    step_hours : float
        Length of a step. [h]

    Returns
    -------
    array (..., hour)
        Content that the flows leave. [MWh]
    """
    keep = (1.0 - store.self_discharge_per_hour) ** step_hours
    flow = store.charge_efficiency * charge_mw - discharge_mw / store.discharge_efficiency
    return keep * np.roll(soc_mwh, 1, axis=-1) + step_hours * flow


def _store_excess(problem: Problem, d: Decision, i: int) -> Array:
    s = problem.stores[i]
    drift = np.abs(d.soc_mwh[i] - stored(s, d.charge_mw[i], d.discharge_mw[i], d.soc_mwh[i], problem.step_hours))
    power = np.maximum(d.charge_mw[i] - d.store_charge_mw[i], d.discharge_mw[i] - d.store_power_mw[i])
    return np.maximum(np.maximum(drift, d.soc_mwh[i] - d.store_energy_mwh[i]), power)


def _bound_excess(problem: Problem, d: Decision) -> list[Array | float]:
    parts = ("output_mw", "import_mw", "charge_mw", "discharge_mw", "soc_mwh", "paused_mw", "unserved_mw")
    excess: list[Array | float] = [-float(x.min()) for name in parts if (x := getattr(d, name)).size]
    for s, mw in zip(problem.sources, d.source_mw, strict=True):
        excess += [max(s.min_mw, s.existing_mw) - mw, mw - s.max_mw]
        excess += [_beside_blocks(s, mw)] if s.unit_mw > 0 else []
    for k, mw, flow in zip(problem.links, d.link_mw, d.flow_mw, strict=True):
        excess += [max(k.min_mw, k.existing_mw) - mw, mw - k.max_mw, *([-flow] if k.one_way else [])]
    excess += [-x for x in bus_unserved(problem, d).values()]
    if problem.grid:
        excess += [d.connection_mw - problem.grid.limit_mw, -d.connection_mw]
    for i, store in enumerate(problem.stores):
        excess += [
            max(store.min_power_mw, store.existing_power_mw) - d.store_power_mw[i],
            d.store_power_mw[i] - store.max_power_mw,
        ]
        excess += [max(store.min_energy_mwh, store.existing_energy_mwh) - d.store_energy_mwh[i]]
        excess += [d.store_energy_mwh[i] - store.max_energy_mwh, d.store_charge_mw[i] - store.max_charge_mw]
    if problem.voll_usd_per_mwh is None:
        excess.append(d.unserved_mw)
    return excess


def _beside_blocks(s: Source, mw: float) -> float:
    """Distance from the nearest whole number of blocks. [MW]"""
    new = float(mw) - s.existing_mw
    return abs(new - s.unit_mw * max(round(new / s.unit_mw), 0))


def _limit_excess(problem: Problem, d: Decision, a: Account) -> list[float]:
    excess = []
    if (cap := problem.max_carbon_kg_per_mwh) is not None:
        excess.append(a.carbon_intensity_kg_per_mwh - cap)
    if (share := problem.min_clean_share_annual) is not None:
        excess.append(share - a.clean_share_annual)
    if (share := problem.min_clean_share_hourly) is not None:
        excess.append(share - a.clean_share_hourly)
    if (share := problem.max_unserved_fraction) is not None:
        excess.append(a.unserved_fraction - share)
    if (margin := problem.firm_margin) is not None:
        peak = float(total_load(problem).max())
        excess.append(1.0 + margin - firm_mw(problem, d) / peak)
    if (most := problem.max_lost_load_hours) is not None:
        excess.append((a.lost_load_hours - most) / max(most, 1.0))
    lines = {x.name: x for x in a.lines}
    parts: tuple[Source | FlexibleLoad, ...] = (*problem.sources, *problem.flexible)
    capped = [p for p in parts if np.isfinite(p.max_mwh_per_year)]
    excess += [(lines[p.name].mwh_per_year - p.max_mwh_per_year) / max(p.max_mwh_per_year, 1.0) for p in capped]
    for limit in problem.capacity_limits:
        x = capacity_sum(problem, d, limit)
        for bound, over in ((limit.upper, x - limit.upper), (limit.lower, limit.lower - x)):
            if np.isfinite(bound):  # where the bound is zero, against the size of the site
                excess.append(over / max(abs(bound), float(total_load(problem).max())))
    return excess
