"""Write a power problem as one sparse linear programme, vectorised: arrays in, no loop over hours.

Sizes are divided by the peak load and money by 1,000, so that the solver sees numbers near one whatever the site.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .account import weather_years
from .check import capacity_names
from .problem import CONNECTION, Array, Problem, Profile, Source, Store

MONEY = 1e-3  # solver's unit of money is 1,000 USD per MW of peak load


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """`min cost x + offset, row_lower <= A x <= row_upper, lower <= x <= upper`, A by columns; where each block starts.

    Parameters
    ----------
    cost, lower, upper : array (column,)
        Objective and bounds. [-]
    row_lower, row_upper : array (row,)
        Row bounds. [-]
    start, index, value : array
        Compressed columns of A. [-]
    offset : float
        Constant cost. [-]
    columns, rows : dict of str to (int, int)
        First column or row of each named block and its length. [-]
    unit_mw : float
        Size unit: peak load. [MW]
    """

    cost: Array
    lower: Array
    upper: Array
    row_lower: Array
    row_upper: Array
    start: np.ndarray
    index: np.ndarray
    value: Array
    offset: float
    columns: dict[str, tuple[int, int]]
    rows: dict[str, tuple[int, int]]
    unit_mw: float

    def part(self, key: str, x: Array) -> Array | None:
        """The block of a column vector, or None where the programme has no such block."""
        if key not in self.columns:
            return None
        first, length = self.columns[key]
        return x[first : first + length]


@dataclass(slots=True)
class _Draft:
    """Growing lists of blocks; private to this file."""

    cost: list = field(default_factory=list)
    lower: list = field(default_factory=list)
    upper: list = field(default_factory=list)
    row_lower: list = field(default_factory=list)
    row_upper: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    columns: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    width: int = 0
    height: int = 0

    def column(self, key: str, length: int, cost: Profile, lower: Profile = 0.0, upper: Profile = np.inf) -> np.ndarray:
        for store, x in ((self.cost, cost), (self.lower, lower), (self.upper, upper)):
            store.append(np.broadcast_to(np.asarray(x, float).ravel(), (length,)))
        self.columns[key] = (self.width, length)
        self.width += length
        return np.arange(self.width - length, self.width)

    def row(self, key: str, length: int, lower: Profile, upper: Profile) -> np.ndarray:
        for store, x in ((self.row_lower, lower), (self.row_upper, upper)):
            store.append(np.broadcast_to(np.asarray(x, float).ravel(), (length,)))
        self.rows[key] = (self.height, length)
        self.height += length
        return np.arange(self.height - length, self.height)

    def put(self, rows: np.ndarray, columns: np.ndarray, values: Profile) -> None:
        shape = np.broadcast_shapes(np.shape(rows), np.shape(columns))
        flat = np.broadcast_to(np.asarray(values, float).ravel(), shape) if np.size(values) > 1 else values
        self.entries.append(tuple(np.broadcast_to(x, shape).ravel() for x in (rows, columns, flat)))

    def model(self, offset: float, unit_mw: float) -> Model:
        rows, columns, values = (np.concatenate(x) for x in zip(*self.entries, strict=True))
        keep = values != 0.0
        rows, columns, values = rows[keep], columns[keep], values[keep].astype(float)
        place = columns * self.height + rows
        order = np.argsort(place, kind="stable")
        if (np.diff(place[order]) == 0).any():  # a year of one step is its own predecessor: add such entries up
            place, of = np.unique(place, return_inverse=True)
            values = np.bincount(of, weights=values).astype(float)
            columns, rows = np.divmod(place, self.height)
            order = np.arange(len(place))
        start = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=self.width))))
        return Model(
            cost=np.concatenate(self.cost),
            lower=np.concatenate(self.lower),
            upper=np.concatenate(self.upper),
            row_lower=np.concatenate(self.row_lower),
            row_upper=np.concatenate(self.row_upper),
            start=start.astype(np.int32),
            index=rows[order].astype(np.int32),
            value=values[order],
            offset=offset,
            columns=self.columns,
            rows=self.rows,
            unit_mw=unit_mw,
        )


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
    return bool(free and clean and not source.through_connection and not np.isfinite(source.max_mwh_per_year))


def written(problem: Problem, *, elastic: bool = False, one_way: dict[str, np.ndarray] | None = None) -> Model:
    """The linear programme of a problem.

    Parameters
    ----------
    problem : Problem
        A checked problem. [-]
    elastic : bool
        Give every limit a slack and minimise those instead of the cost: how far the limits are from agreeing. [-]
    one_way : dict of str to array (hour,), optional
        Per store, hours in which it may only charge (+1) or only discharge (-1). [-]

    Returns
    -------
    Model
        Arrays for the solver. [-]
    """
    draft = _Draft()
    unit = float(problem.load_mw.max())
    load = problem.load_mw.ravel() / unit
    hours = len(load)
    balance = draft.row("balance", hours, load, np.inf)
    offset = _sources(draft, problem, unit, balance)
    offset += _grid(draft, problem, unit, balance)
    for store in problem.stores:
        offset += _store(draft, problem, store, unit, balance, (one_way or {}).get(store.name))
    _shed(draft, problem, unit, balance)
    _spill(draft, problem, balance)
    _shares(draft, problem, load)
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


def _size(draft: _Draft, key: str, usd_per_year: float, years: int, *bounds: float, extra: float = 0.0) -> tuple:
    """A capacity column (bounds: at least, existing, at most, unit); returns it and the constant for what exists."""
    at_least, existing, at_most, unit = bounds
    cost = usd_per_year * years * MONEY
    column = draft.column(key, 1, cost + extra, max(at_least, existing) / unit, at_most / unit)
    return column, -cost * existing / unit


def _sources(draft: _Draft, problem: Problem, unit: float, balance: np.ndarray) -> float:
    years, hours, offset = weather_years(problem), len(balance), 0.0
    for s in problem.sources:
        can, price = flat(s.availability, problem), flat(s.variable_usd_per_mwh, problem) * problem.step_hours * MONEY
        due = float((can * price).sum()) if s.take_or_pay else 0.0
        bounds = (s.min_mw, s.existing_mw, s.max_mw, unit)
        size, constant = _size(draft, s.name, s.fixed_usd_per_mw_year, years, *bounds, extra=due)
        offset += constant
        if pooled(s):
            draft.put(balance, size, can)
            continue
        out = draft.column(f"{s.name}:output", hours, 0.0 if s.take_or_pay else price)
        lid = draft.row(f"{s.name}:lid", hours, -np.inf, 0.0)
        draft.put(lid, out, 1.0)
        draft.put(lid, size, -can)
        draft.put(balance, out, 1.0)
        if np.isfinite(s.max_mwh_per_year):
            cap = draft.row(f"{s.name}:energy", 1, -np.inf, s.max_mwh_per_year * years / problem.step_hours / unit)
            draft.put(cap, out, 1.0)
    return offset


def _grid(draft: _Draft, problem: Problem, unit: float, balance: np.ndarray) -> float:
    g = problem.grid
    if g is None:
        return 0.0
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
    draft: _Draft, problem: Problem, s: Store, unit: float, balance: np.ndarray, one_way: np.ndarray | None
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


def _shed(draft: _Draft, problem: Problem, unit: float, balance: np.ndarray) -> None:
    hours, years, step = len(balance), weather_years(problem), problem.step_hours
    for f in problem.flexible:
        column = draft.column(f"{f.name}:paused", hours, f.usd_per_mwh * step * MONEY, 0.0, flat(f.mw, problem) / unit)
        draft.put(balance, column, 1.0)
        if np.isfinite(f.max_mwh_per_year):
            cap = draft.row(f"{f.name}:energy", 1, -np.inf, f.max_mwh_per_year * years / step / unit)
            draft.put(cap, column, 1.0)
    if problem.voll_usd_per_mwh is not None:
        price, load = problem.voll_usd_per_mwh * step * MONEY, problem.load_mw.ravel() / unit
        draft.put(balance, draft.column("unserved", hours, price, 0.0, load), 1.0)


def _spill(draft: _Draft, problem: Problem, balance: np.ndarray) -> None:
    """Where energy is paid to be taken, or counts as clean when taken, only free sources may spill: nobody earns by
    dumping imports."""
    paid = [flat(s.variable_usd_per_mwh, problem) < 0 for s in problem.sources if not s.take_or_pay]
    paid += [flat(problem.grid.price_usd_per_mwh, problem) < 0] if problem.grid else []
    if problem.min_clean_share_annual is not None:
        partly = [flat(s.clean_share, problem) for s in problem.sources if not pooled(s)]
        partly += [flat(problem.grid.clean_share, problem)] if problem.grid else []
        paid += [(share > 0.0) & (share < 1.0) for share in partly]
        paid += [share > 0.0 for share in partly[len(partly) - 1 :] if problem.grid]
    hours = np.flatnonzero(np.any(paid, axis=0)) if paid else np.array([], int)
    if not len(hours):
        return
    upper = np.full(len(balance), np.inf)
    upper[hours] = draft.row_lower[0][hours]
    draft.row_upper[0] = upper
    free = [s for s in problem.sources if pooled(s)]
    if not free:
        return
    spilled = draft.column("spill", len(hours), 0.0)
    draft.put(balance[hours], spilled, -1.0)
    lid = draft.row("spill:lid", len(hours), -np.inf, 0.0)
    draft.put(lid, spilled, 1.0)
    for s in free:
        draft.put(lid, np.array([draft.columns[s.name][0]]), -flat(s.availability, problem)[hours])


def _weighted(draft: _Draft, problem: Problem, row: np.ndarray, source_weight, grid_weight: Profile) -> None:
    """Put `sum weight * energy` over the hourly columns into one row."""
    for s in problem.sources:
        if f"{s.name}:output" in draft.columns:
            first, length = draft.columns[f"{s.name}:output"]
            draft.put(row, np.arange(first, first + length), flat(source_weight(s), problem))
    if problem.grid:
        first, length = draft.columns["import"]
        draft.put(row, np.arange(first, first + length), flat(grid_weight, problem))


def _shares(draft: _Draft, problem: Problem, load: Array) -> None:
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
        first, length = draft.columns["unserved"]
        draft.put(draft.row("unserved", 1, -np.inf, share * total), np.arange(first, first + length), 1.0)


def _firm(draft: _Draft, problem: Problem) -> None:
    if problem.firm_margin is None:
        return
    row = draft.row("firm", 1, 1.0 + problem.firm_margin, np.inf)
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


def _capacity_limits(draft: _Draft, problem: Problem, unit: float) -> None:
    for limit in problem.capacity_limits:
        row = draft.row(f"limit:{limit.name}", 1, limit.lower / unit, limit.upper / unit)
        for name, coefficient in limit.terms:
            draft.put(row, np.array([draft.columns[name][0]]), coefficient)


UNSERVED_WEIGHT = 10.0  # elastic runs: one hour of peak unserved weighs as ten limits doubled, so it comes last
LEAST_CARBON_KG_PER_MWH = 10.0  # elastic runs: a cap of zero is relaxed in steps of this


def _slacks(draft: _Draft, problem: Problem) -> None:
    """Replace the cost by the size of the relaxation: each limit's fraction, clean shares as fractions of load."""
    draft.cost = [np.zeros_like(c) for c in draft.cost]
    total = float(problem.load_mw.sum() / problem.load_mw.max())
    carbon = max(problem.max_carbon_kg_per_mwh or 0.0, LEAST_CARBON_KG_PER_MWH) * MONEY * total
    scale = {
        "carbon": carbon,
        "clean_hourly": total,
        "clean_annual": total,
        "unserved": 1.0 / UNSERVED_WEIGHT,
        "firm": 1.0,
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
    if problem.voll_usd_per_mwh is None:
        first, hours = draft.rows["balance"]
        spare = draft.column(
            "slack:served", hours, UNSERVED_WEIGHT, 0.0, problem.load_mw.ravel() / problem.load_mw.max()
        )
        draft.put(np.arange(first, first + hours), spare, 1.0)
