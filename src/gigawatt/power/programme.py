"""Write a power problem as one sparse linear programme, vectorised: arrays in, no loop over hours.

Sizes are divided by the peak load and money by 1,000, so that the solver sees numbers near one whatever the site.
"""

from __future__ import annotations

import numpy as np

from .account import bus_loads, total_load, weather_years
from .check import capacity_names
from .problem import CONNECTION, Array, Link, Problem, Profile, Source, Store
from .sparse import Draft, Model, balance_row, served, unserved_column

Buses = dict[str, np.ndarray]  # rows of the balance of each bus
MONEY = 1e-3  # solver's unit of money is 1,000 USD per MW of peak load


def pooled(source: Source) -> bool:
    """Whether the source needs no hourly column: its energy costs nothing more, emits nothing and counts as clean.

    Parameters
    ----------
    source : Source
        A source. [-]

    Returns
    -------
    bool
        True for solar and wind without variable cost. [-]
    """
    free = source.take_or_pay or not np.any(source.variable_usd_per_mwh)
    clean = np.min(source.clean_share) >= 1.0 and not np.any(source.carbon_intensity_kg_per_mwh)
    as_it_likes = source.min_load <= 0 and not np.isfinite(source.max_ramp_per_hour)
    endless = not np.isfinite(source.max_mwh_per_year)
    return bool(free and clean and as_it_likes and endless and not source.through_connection)


def exact_balance(problem: Problem) -> bool:
    """Whether supply must meet load exactly at each bus: what must run, or a link brings, or was paid for, stays.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    bool
        False where supply above load stands for less supply. [-]
    """
    bound = any(s.min_load > 0 or np.isfinite(s.max_ramp_per_hour) for s in problem.sources)
    if bound or problem.links or problem.bus_load_mw:
        return True
    return bool(problem.stores) and len(_paid_hours(problem)) > 0  # a store carries what it was paid for elsewhere


def lost_load_steps(problem: Problem) -> int | None:
    """Most steps, of all years, that may go short; None without such a limit or where it cannot bind.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    int or None
        Whole steps. [-]
    """
    if problem.max_lost_load_hours is None:
        return None
    steps = int(problem.max_lost_load_hours * weather_years(problem) / problem.step_hours + 1e-9)
    return steps if steps < problem.load_mw.size else None


def written(problem: Problem, *, elastic: bool = False, one_way: dict[str, np.ndarray] | None = None) -> Model:
    """The linear programme of a problem.

    Parameters
    ----------
    problem : Problem
        A checked problem. [-]
    elastic : bool
        Give every limit a slack and minimise those instead of the cost: how far the limits are from agreeing. [-]
    one_way : dict of str to array (hour,), optional
        Per store, hours in which it may only charge (+1) or only discharge (-1); per link, hours in which it may only
        send from `from_bus` (+1) or only from `to_bus` (-1). [-]

    Returns
    -------
    Model
        Arrays for the solver. [-]
    """
    draft = Draft()
    unit = float(problem.load_mw.max())
    buses = _balances(draft, problem, unit)
    offset = _sources(draft, problem, unit, buses)
    offset += _grid(draft, problem, unit, buses)
    for store in problem.stores:
        offset += _store(draft, problem, store, unit, buses[store.bus], (one_way or {}).get(store.name))
    for link in problem.links:
        offset += _link(draft, problem, link, unit, buses, (one_way or {}).get(link.name))
    _shed(draft, problem, unit, buses)
    _spill(draft, problem, buses)
    _shares(draft, problem, total_load(problem).ravel() / unit)
    _lost_load(draft, problem, unit)
    _firm(draft, problem)
    _capacity_limits(draft, problem, unit)
    if elastic:
        _slacks(draft, problem)
    return draft.model(offset, unit)


def flat(profile: Profile, problem: Problem) -> Array:
    """A profile as one array over all steps.

    Parameters
    ----------
    profile : float or array (..., hour)
        Any profile of the problem. [-]
    problem : Problem
        The problem. [-]

    Returns
    -------
    array (step,)
        Flattened. [-]
    """
    return np.broadcast_to(np.asarray(profile, float), problem.load_mw.shape).ravel()


def _size(draft: Draft, key: str, usd_per_year: float, years: int, *bounds: float, extra: float = 0.0) -> tuple:
    """A capacity column (bounds: at least, existing, at most, unit); returns it and the constant for what exists."""
    at_least, existing, at_most, unit = bounds
    cost = usd_per_year * years * MONEY
    column = draft.column(key, 1, cost + extra, max(at_least, existing) / unit, at_most / unit)
    return column, -cost * existing / unit


def _balances(draft: Draft, problem: Problem, unit: float) -> Buses:
    loads = bus_loads(problem)
    return {bus: draft.row(balance_row(bus), load.size, load / unit, np.inf) for bus, load in loads.items()}


def _sources(draft: Draft, problem: Problem, unit: float, buses: Buses) -> float:
    years, hours, offset = weather_years(problem), problem.load_mw.size, 0.0
    for s in problem.sources:
        balance = buses[s.bus]
        can, price = flat(s.availability, problem), flat(s.variable_usd_per_mwh, problem) * problem.step_hours * MONEY
        due = float((can * price).sum()) if s.take_or_pay else 0.0
        bounds = (s.min_mw, s.existing_mw, s.max_mw, unit)
        size, constant = _size(draft, s.name, s.fixed_usd_per_mw_year, years, *bounds, extra=due)
        offset += constant
        _blocks(draft, s, unit, size)
        if pooled(s):
            draft.put(balance, size, can)
            continue
        out = draft.column(f"{s.name}:output", hours, 0.0 if s.take_or_pay else price)
        lid = draft.row(f"{s.name}:lid", hours, -np.inf, 0.0)
        draft.put(lid, out, 1.0)
        draft.put(lid, size, -can)
        draft.put(balance, out, 1.0)
        _running(draft, problem, s, out, size, can)
        if np.isfinite(s.max_mwh_per_year):
            cap = draft.row(f"{s.name}:energy", 1, -np.inf, s.max_mwh_per_year * years / problem.step_hours / unit)
            draft.put(cap, out, 1.0)
    return offset


def _blocks(draft: Draft, s: Source, unit: float, size: np.ndarray) -> None:
    """Capacity beyond what exists in whole blocks."""
    if s.unit_mw > 0:
        count = draft.whole_column(f"{s.name}:blocks", 1, np.inf)
        row = draft.row(f"{s.name}:blocks", 1, s.existing_mw / unit, s.existing_mw / unit)
        draft.put(row, size, 1.0)
        draft.put(row, count, -s.unit_mw / unit)


def _running(draft: Draft, problem: Problem, s: Source, out: np.ndarray, size: np.ndarray, can: Array) -> None:
    """Minimum load and ramps of a source; a ramp of a whole capacity per step holds by itself."""
    if s.min_load > 0:
        floor = draft.row(f"{s.name}:min_load", len(out), 0.0, np.inf)
        draft.put(floor, out, 1.0)
        draft.put(floor, size, -s.min_load * can)
    may = s.max_ramp_per_hour * problem.step_hours
    if may < 1.0:
        before = np.roll(out.reshape(-1, problem.load_mw.shape[-1]), 1, axis=-1).ravel()  # cyclic within each year
        for way, sign in (("up", 1.0), ("down", -1.0)):
            ramp = draft.row(f"{s.name}:{way}", len(out), -np.inf, 0.0)
            draft.put(ramp, out, sign)
            draft.put(ramp, before, -sign)
            draft.put(ramp, size, -may)


def _grid(draft: Draft, problem: Problem, unit: float, buses: Buses) -> float:
    g = problem.grid
    if g is None:
        return 0.0
    balance = buses[g.bus]
    years, hours = weather_years(problem), len(balance)
    demand, build = (x * years * MONEY for x in (g.demand_charge_usd_per_mw_year, g.connection_usd_per_mw_year))
    size = draft.column(CONNECTION, 1, demand + (0.0 if g.existing_mw else build), 0.0, g.limit_mw / unit)
    if g.existing_mw:  # new connection = what exceeds the existing one
        new = draft.column("connection:new", 1, build)
        excess = draft.row("connection:new", 1, -np.inf, g.existing_mw / unit)
        draft.put(excess, size, 1.0)
        draft.put(excess, new, -1.0)
    drawn = draft.column("import", hours, flat(g.price_usd_per_mwh, problem) * problem.step_hours * MONEY)
    draft.put(balance, drawn, 1.0)
    flow = draft.row("connection:flow", hours, -np.inf, 0.0)
    draft.put(flow, drawn, 1.0)
    draft.put(flow, size, -flat(g.availability, problem))
    for s in problem.sources:
        if s.through_connection:
            first, length = draft.columns[f"{s.name}:output"]
            draft.put(flow, np.arange(first, first + length), 1.0)
    return 0.0


def _store(
    draft: Draft, problem: Problem, s: Store, unit: float, balance: np.ndarray, one_way: np.ndarray | None
) -> float:
    years, hours, step = weather_years(problem), len(balance), problem.step_hours
    bounds = (s.min_power_mw, s.existing_power_mw, s.max_power_mw, unit)
    power, constant_p = _size(draft, f"{s.name}.power", s.power_usd_per_mw_year, years, *bounds)
    bounds = (s.min_energy_mwh, s.existing_energy_mwh, s.max_energy_mwh, unit)
    energy, constant_e = _size(draft, f"{s.name}.energy", s.energy_usd_per_mwh_year, years, *bounds)
    charger = power
    if s.charge_usd_per_mw_year is not None:
        charger, _ = _size(draft, f"{s.name}.charge", s.charge_usd_per_mw_year, years, 0.0, 0.0, s.max_charge_mw, unit)
    may = np.full(hours, np.inf)
    charge = draft.column(
        f"{s.name}:charge", hours, 0.0, 0.0, may if one_way is None else np.where(one_way < 0, 0.0, may)
    )
    wear = s.variable_usd_per_mwh * step * MONEY
    roof = may if one_way is None else np.where(one_way > 0, 0.0, may)
    discharge = draft.column(f"{s.name}:discharge", hours, wear, 0.0, roof)
    content = draft.column(f"{s.name}:content", hours, 0.0)
    year = problem.load_mw.shape[-1]
    before = np.roll(content.reshape(-1, year), 1, axis=-1).ravel()  # cyclic within each year
    flow = draft.row(f"{s.name}:balance", hours, 0.0, 0.0)
    draft.put(flow, content, 1.0)
    draft.put(flow, before, -((1.0 - s.self_discharge_per_hour) ** step))
    draft.put(flow, charge, -s.charge_efficiency * step)
    draft.put(flow, discharge, step / s.discharge_efficiency)
    lids: list[tuple[str, tuple[np.ndarray, ...], np.ndarray]] = [
        ("content", (content,), energy),
        ("discharge", (discharge,), power),
        ("charge", (charge,), charger),
    ]
    if s.charge_usd_per_mw_year is None:  # one converter: it charges or discharges, so both flows share its power
        lids = [lids[0], ("converter", (charge, discharge), power)]
    for what, flows, size in lids:
        lid = draft.row(f"{s.name}:{what}", hours, -np.inf, 0.0)
        draft.put(lid, size, -1.0)
        for column in flows:
            draft.put(lid, column, 1.0)
    draft.put(balance, charge, -1.0)
    draft.put(balance, discharge, 1.0)
    return constant_p + constant_e


def _link(draft: Draft, problem: Problem, k: Link, unit: float, buses: Buses, one_way: np.ndarray | None) -> float:
    years, hours = weather_years(problem), problem.load_mw.size
    bounds = (k.min_mw, k.existing_mw, k.max_mw, unit)
    size, constant = _size(draft, k.name, k.usd_per_mw_year, years, *bounds)
    lid = draft.row(f"{k.name}:lid", hours, -np.inf, 0.0)
    draft.put(lid, size, -1.0)
    ways = [("there", k.from_bus, k.to_bus, 1)] + ([] if k.one_way else [("back", k.to_bus, k.from_bus, -1)])
    for way, sends, receives, sign in ways:
        roof = np.full(hours, np.inf)
        if one_way is not None:
            roof[one_way == -sign] = 0.0
        flow = draft.column(f"{k.name}:{way}", hours, 0.0, 0.0, roof)
        draft.put(lid, flow, 1.0)
        draft.put(buses[sends], flow, -1.0)
        draft.put(buses[receives], flow, k.efficiency)
    return constant


def _shed(draft: Draft, problem: Problem, unit: float, buses: Buses) -> None:
    hours, years, step = problem.load_mw.size, weather_years(problem), problem.step_hours
    for f in problem.flexible:
        balance = buses[f.bus]
        column = draft.column(f"{f.name}:paused", hours, f.usd_per_mwh * step * MONEY, 0.0, flat(f.mw, problem) / unit)
        draft.put(balance, column, 1.0)
        if np.isfinite(f.max_mwh_per_year):
            cap = draft.row(f"{f.name}:energy", 1, -np.inf, f.max_mwh_per_year * years / step / unit)
            draft.put(cap, column, 1.0)
    if problem.voll_usd_per_mwh is not None and lost_load_steps(problem) != 0:
        price, loads = problem.voll_usd_per_mwh * step * MONEY, bus_loads(problem)
        for bus in _loaded(problem):
            column = draft.column(unserved_column(bus), hours, price, 0.0, loads[bus] / unit)
            draft.put(buses[bus], column, 1.0)


def _loaded(problem: Problem) -> list[str]:
    """Buses with a load."""
    return ["", *(b.bus for b in problem.bus_load_mw)]


def _lost_load(draft: Draft, problem: Problem, unit: float) -> None:
    """Load may go unserved only in hours that are counted, and those are limited."""
    steps = lost_load_steps(problem)
    if not steps or problem.voll_usd_per_mwh is None:
        return
    hours, loads = problem.load_mw.size, bus_loads(problem)
    short = draft.whole_column("lost_load", hours, 1.0)
    draft.put(draft.row("lost_load_hours", 1, -np.inf, float(steps)), short, 1.0)
    for bus in _loaded(problem):
        first, length = draft.columns[unserved_column(bus)]
        lid = draft.row(f"{unserved_column(bus)}:lid", hours, -np.inf, 0.0)
        draft.put(lid, np.arange(first, first + length), 1.0)
        draft.put(lid, short, -loads[bus].ravel() / unit)


def _spill(draft: Draft, problem: Problem, buses: Buses) -> None:
    """Where energy is paid to be taken, or counts as clean when taken, or must run, only free sources may spill:
    nobody earns by dumping imports."""
    hours = np.arange(problem.load_mw.size) if exact_balance(problem) else _paid_hours(problem)
    if not len(hours):
        return
    for block, (bus, balance) in enumerate(buses.items()):  # the balances are the first blocks of rows
        upper = np.full(len(balance), np.inf)
        upper[hours] = draft.row_lower[block][hours]
        draft.row_upper[block] = upper
        free = [s for s in problem.sources if pooled(s) and s.bus == bus]
        if free:
            key = f"spill:{bus}" if bus else "spill"
            spilled = draft.column(key, len(hours), 0.0)
            draft.put(balance[hours], spilled, -1.0)
            lid = draft.row(f"{key}:lid", len(hours), -np.inf, 0.0)
            draft.put(lid, spilled, 1.0)
            for s in free:
                draft.put(lid, np.array([draft.columns[s.name][0]]), -flat(s.availability, problem)[hours])


def _paid_hours(problem: Problem) -> np.ndarray:
    """Hours in which someone might earn by dumping energy."""
    paid = [flat(s.variable_usd_per_mwh, problem) < 0 for s in problem.sources if not s.take_or_pay]
    paid += [flat(problem.grid.price_usd_per_mwh, problem) < 0] if problem.grid else []
    if problem.min_clean_share_annual is not None:
        partly = [flat(s.clean_share, problem) for s in problem.sources if not pooled(s)]
        partly += [flat(problem.grid.clean_share, problem)] if problem.grid else []
        paid += [(share > 0.0) & (share < 1.0) for share in partly]
        paid += [share > 0.0 for share in partly[len(partly) - 1 :] if problem.grid]
    return np.flatnonzero(np.any(paid, axis=0)) if paid else np.array([], int)


def _weighted(draft: Draft, problem: Problem, row: np.ndarray, source_weight, grid_weight: Profile) -> None:
    """Put `sum weight * energy` over the hourly columns into one row."""
    for s in problem.sources:
        if f"{s.name}:output" in draft.columns:
            first, length = draft.columns[f"{s.name}:output"]
            draft.put(row, np.arange(first, first + length), flat(source_weight(s), problem))
    if problem.grid:
        first, length = draft.columns["import"]
        draft.put(row, np.arange(first, first + length), flat(grid_weight, problem))


def _shares(draft: Draft, problem: Problem, load: Array) -> None:
    total, g = float(load.sum()), problem.grid
    if (cap := problem.max_carbon_kg_per_mwh) is not None:
        row = draft.row("carbon", 1, -np.inf, cap * total * MONEY)
        emitted = np.asarray(g.carbon_intensity_kg_per_mwh) * MONEY if g else 0.0
        _weighted(draft, problem, row, lambda s: np.asarray(s.carbon_intensity_kg_per_mwh) * MONEY, emitted)
    if (share := problem.min_clean_share_hourly) is not None:
        row = draft.row("clean_hourly", 1, -np.inf, (1.0 - share) * total)
        _weighted(
            draft,
            problem,
            row,
            lambda s: 1.0 - np.asarray(s.clean_share),
            1.0 - np.asarray(g.clean_share) if g else 0.0,
        )
    if (share := problem.min_clean_share_annual) is not None:
        row = draft.row("clean_annual", 1, share * total, np.inf)
        # a wholly clean source counts what it could produce (capacity column), a partly clean one what it sends
        _weighted(
            draft,
            problem,
            row,
            lambda s: np.where(np.asarray(s.clean_share) >= 1.0, 0.0, s.clean_share),
            g.clean_share if g else 0.0,
        )
        for s in problem.sources:
            can = np.where(flat(s.clean_share, problem) >= 1.0, flat(s.availability, problem), 0.0)
            draft.put(row, np.array([draft.columns[s.name][0]]), float(can.sum()))
    if (share := problem.max_unserved_fraction) is not None and "unserved" in draft.columns:
        row = draft.row("unserved", 1, -np.inf, share * total)
        for bus in _loaded(problem):
            first, length = draft.columns[unserved_column(bus)]
            draft.put(row, np.arange(first, first + length), 1.0)


def _firm(draft: Draft, problem: Problem) -> None:
    if problem.firm_margin is None:
        return
    peak = float(total_load(problem).max()) / float(problem.load_mw.max())
    row = draft.row("firm", 1, (1.0 + problem.firm_margin) * peak, np.inf)
    for s in problem.sources:
        draft.put(row, np.array([draft.columns[s.name][0]]), s.firm_credit)
    if problem.grid:
        draft.put(row, np.array([draft.columns[CONNECTION][0]]), problem.grid.firm_credit)
    for store in problem.stores:
        if store.firm_credit > 0:  # counts as far as both power and energy back it
            firm = draft.column(f"{store.name}:firm", 1, 0.0)
            draft.put(row, firm, store.firm_credit)
            for what, backing in (("power", 1.0), ("energy", 1.0 / store.firm_hours)):
                lid = draft.row(f"{store.name}:firm_{what}", 1, -np.inf, 0.0)
                draft.put(lid, firm, 1.0)
                draft.put(lid, np.array([draft.columns[f"{store.name}.{what}"][0]]), -backing)


def _capacity_limits(draft: Draft, problem: Problem, unit: float) -> None:
    for limit in problem.capacity_limits:
        row = draft.row(f"limit:{limit.name}", 1, limit.lower / unit, limit.upper / unit)
        for name, coefficient in limit.terms:
            draft.put(row, np.array([draft.columns[name][0]]), coefficient)


UNSERVED_WEIGHT = 10.0  # elastic runs: one hour of peak unserved weighs as ten limits doubled, so it comes last
LEAST_CARBON_KG_PER_MWH = 10.0  # elastic runs: a cap of zero is relaxed in steps of this


def _slacks(draft: Draft, problem: Problem) -> None:
    """Replace the cost by the size of the relaxation: each limit's fraction, clean shares as fractions of load."""
    draft.cost = [np.zeros_like(c) for c in draft.cost]
    total = float(total_load(problem).sum() / problem.load_mw.max())
    carbon = max(problem.max_carbon_kg_per_mwh or 0.0, LEAST_CARBON_KG_PER_MWH) * MONEY * total
    scale = {
        "carbon": carbon,
        "clean_hourly": total,
        "clean_annual": total,
        "unserved": 1.0 / UNSERVED_WEIGHT,
        "firm": 1.0,
        "lost_load_hours": float(lost_load_steps(problem) or 1),
    }
    for key in [k for k in draft.rows if k in scale or k.startswith("limit:") or k.endswith(":energy")]:
        first, length = draft.rows[key]
        if length > 1:
            continue
        for side, bounds, sign in (("lower", draft.row_lower, 1.0), ("upper", draft.row_upper, -1.0)):
            bound = float(np.concatenate(bounds)[first])
            if np.isfinite(bound):
                worth = 1.0 / scale.get(key, max(abs(bound), 1e-3))
                draft.put(np.array([first]), draft.column(f"slack:{key}:{side}", 1, worth), sign)
    for key in capacity_names(problem):
        block = list(draft.columns).index(key)
        at_most = float(draft.upper[block][0])
        if np.isfinite(at_most):  # an upper bound becomes a row with a slack
            draft.upper[block] = np.array([np.inf])
            row = draft.row(f"bound:{key}", 1, -np.inf, at_most)
            draft.put(row, np.array([draft.columns[key][0]]), 1.0)
            draft.put(row, draft.column(f"slack:bound:{key}", 1, 1.0 / max(at_most, 1e-3)), -1.0)
    for s in problem.sources:  # a must-run plant may find no taker, whatever the other limits
        if f"{s.name}:min_load" in draft.rows:
            first, hours = draft.rows[f"{s.name}:min_load"]
            draft.put(np.arange(first, first + hours), draft.column(f"slack:{s.name}:min_load", hours, 1.0), 1.0)
    if "unserved" not in draft.columns:
        loads = bus_loads(problem)
        for bus in _loaded(problem):
            first, hours = draft.rows[balance_row(bus)]
            roof = loads[bus] / problem.load_mw.max()
            spare = draft.column(f"slack:{served(bus)}", hours, UNSERVED_WEIGHT, 0.0, roof)
            draft.put(np.arange(first, first + hours), spare, 1.0)
