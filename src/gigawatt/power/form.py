"""The problem as flat arrays for the compiled solver: one stack of supply per hour, capacities in a vector.

Hours are rows, so that one hour lies together in memory; years follow one another. Sizes are per MW of peak load,
prices in USD/MWh, yearly cost in USD per MW of peak load. Nothing here depends on the capacities chosen, so the
arrays serve every evaluation, and could be laid out once for a device that evaluates many at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from .account import weather_years
from .problem import CONNECTION, Array, Problem, Profile
from .programme import flat, lost_load_steps, pooled

FORBIDDEN = 1e7  # value of lost load that stands for "never", USD/MWh; no plan that sheds is accepted


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """Arrays of a problem with at most one store.

    Parameters
    ----------
    names : tuple of str
        Capacities, as in capacity limits, then auxiliary ones. [-]
    cost, lower, upper : array (capacity,)
        Yearly cost and bounds. [-]
    offset : float
        Yearly cost of what exists or is contracted anyway. [USD/year/MW]
    years : int
        Weather years. [-]
    weight : float
        Energy per year of one unit in one step. [h]
    load : array (year * hour,)
        Load over its peak. [-]
    free : array (source, year * hour)
        Availability of the sources whose energy costs nothing more. [-]
    free_index : array (source,)
        Their capacities. [-]
    price : array (year * hour, slice)
        Price of the other supply. [USD/MWh]
    amount : array (year * hour, slice)
        Availability, or the power itself where `owner` points past the capacities. [-]
    owner : array (slice,)
        Capacity of each slice; the number of capacities for a constant one. [-]
    grouped : array (slice,)
        Whether the slice flows through the connection along with others. [-]
    connection : int
        Capacity of the connection if it is shared, else -1. [-]
    gate : array (year * hour,)
        Availability of a shared connection. [-]
    voll : float
        Value of lost load. [USD/MWh]
    lost : int
        Slice that stands for lost load where its price varies by the hour, else -1. [-]
    power, charger, energy : int
        Capacities of the store, -1 without. [-]
    charging, discharging, keep : float
        Efficiencies; part of the content kept from step to step. [-]
    wear : float
        Cost of a MWh discharged. [USD/MWh]
    step : float
        Length of a step. [h]
    rows, row_lower, row_upper : array (row, capacity), array (row,), array (row,)
        Linear limits on the capacities. [-]
    row_names : tuple of str
        Names of those. [-]
    unit_mw : float
        Peak load. [MW]
    """

    names: tuple[str, ...]
    cost: Array
    lower: Array
    upper: Array
    offset: float
    years: int
    weight: float
    load: Array
    free: Array
    free_index: np.ndarray
    price: Array
    amount: Array
    owner: np.ndarray
    grouped: np.ndarray
    connection: int
    gate: Array
    voll: float
    lost: int
    power: int
    charger: int
    energy: int
    charging: float
    discharging: float
    keep: float
    wear: float
    step: float
    rows: Array
    row_lower: Array
    row_upper: Array
    row_names: tuple[str, ...]
    unit_mw: float


def formed(problem: Problem) -> Form:
    """Lay a checked problem out as arrays.

    Parameters
    ----------
    problem : Problem
        At most one store. [-]

    Returns
    -------
    Form
        Arrays per MW of peak load. [-]
    """
    unit = float(problem.load_mw.max())
    years = weather_years(problem)
    weight = problem.step_hours / years
    sizes = _Sizes(unit)
    free, slices = [], []
    for s in problem.sources:
        due = float((flat(s.availability, problem) * flat(s.variable_usd_per_mwh, problem)).sum()) * weight
        cost = s.fixed_usd_per_mw_year + (due if s.take_or_pay else 0.0)
        size = sizes.add(s.name, cost, max(s.min_mw, s.existing_mw), s.max_mw)
        sizes.offset -= s.fixed_usd_per_mw_year * s.existing_mw / unit
        if pooled(s):
            free.append((size, s.availability))
        else:
            price = 0.0 if s.take_or_pay else s.variable_usd_per_mwh
            slices.append((size, s.availability, price, s.through_connection))
    shared = any(s.through_connection for s in problem.sources)
    connection, gate = -1, np.ones(1)
    if (g := problem.grid) is not None:
        build, demand = g.connection_usd_per_mw_year, g.demand_charge_usd_per_mw_year
        size = sizes.add(CONNECTION, demand + (0.0 if g.existing_mw else build), 0.0, g.limit_mw)
        slices.append((size, g.availability, g.price_usd_per_mwh, shared))
        if g.existing_mw:
            new = sizes.add("connection:new", build, 0.0, np.inf)
            sizes.limit("connection:new", {size: 1.0, new: -1.0}, -np.inf, g.existing_mw)
        if shared:
            connection, gate = size, flat(g.availability, problem).copy()  # a view may be read-only: another type
    for f in problem.flexible:
        slices.append((-1, np.asarray(f.mw, float) / unit, f.usd_per_mwh, False))
    store = _store(sizes, problem)
    _limits(sizes, problem)
    count, hours = len(sizes.names), problem.load_mw.size
    owner = np.array([count if i < 0 else i for i, *_ in slices], np.int16)
    rows = np.zeros((len(sizes.rows), count))
    for row, (_, terms, _, _) in zip(rows, sizes.rows, strict=True):
        for i, coefficient in terms.items():
            row[i] += coefficient
    voll = FORBIDDEN if forbids_shedding(problem) else float(problem.voll_usd_per_mwh or 0.0)
    return Form(
        names=tuple(sizes.names),
        cost=np.array(sizes.cost),
        lower=np.array(sizes.lower),
        upper=np.array(sizes.upper),
        offset=sizes.offset,
        years=years,
        weight=weight,
        load=problem.load_mw.ravel() / unit,
        free=_stacked([a for _, a in free], problem, hours),
        free_index=np.array([i for i, _ in free], np.int64),
        price=_stacked([p for _, _, p, _ in slices], problem, hours),
        amount=_stacked([a for _, a, _, _ in slices], problem, hours),
        owner=owner,
        grouped=np.array([through for *_, through in slices], np.bool_),
        connection=connection,
        gate=gate,
        voll=voll,
        lost=-1,
        **store,
        step=problem.step_hours,
        rows=rows,
        row_lower=np.array([low / unit for *_, low, _ in sizes.rows]),
        row_upper=np.array([high / unit for *_, high in sizes.rows]),
        row_names=tuple(name for name, *_ in sizes.rows),
        unit_mw=unit,
    )


def forbids_shedding(problem: Problem) -> bool:
    """Whether every MWh must be served.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    bool
        True without a value of lost load, or with a limit of zero on it. [-]
    """
    never = problem.max_unserved_fraction == 0.0 or lost_load_steps(problem) == 0
    return problem.voll_usd_per_mwh is None or never


def fingerprint(form: Form) -> tuple[float, ...]:
    """Numbers that change with anything in the hours of a form: what cuts hold for.

    Parameters
    ----------
    form : Form
        The form. [-]

    Returns
    -------
    tuple of float
        Equal for equal hours. [-]
    """
    parts = (form.load[None], form.free, form.price, form.amount, form.gate[None])
    mixed = [x for part in parts for x in (part @ _weights(part.shape[-1])).tolist()]
    indices = (*form.free_index, *form.owner, *form.grouped, form.connection, form.power, form.charger, form.energy)
    scalars = (form.voll, form.charging, form.discharging, form.keep, form.wear, form.step, form.years)
    return (*mixed, *map(float, indices), *map(float, scalars))


@cache
def _weights(steps: int) -> Array:
    """Fixed weights without a pattern, so that no two steps can be exchanged unnoticed."""
    return np.random.default_rng(0).uniform(1.0, 2.0, steps)


def with_lost_load(form: Form, may: Array) -> Form:
    """The form with lost load as a slice of its own, where it may be lost; elsewhere it never is.

    Parameters
    ----------
    form : Form
        The form. [-]
    may : array (step,)
        1 where load may be lost, else 0. [-]

    Returns
    -------
    Form
        With one slice more, the last. [-]
    """
    return replace(
        form,
        price=np.vstack([form.price, np.full(len(form.load), form.voll)]),
        amount=np.vstack([form.amount, form.load * may]),
        owner=np.append(form.owner, np.int16(len(form.names))),
        grouped=np.append(form.grouped, False),
        voll=FORBIDDEN,
        lost=len(form.owner),
    )


class _Sizes:
    """The capacities and their limits as they are met."""

    def __init__(self, unit: float) -> None:
        self.unit, self.offset = unit, 0.0
        self.names: list[str] = []
        self.cost: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.rows: list[tuple[str, dict[int, float], float, float]] = []

    def add(self, name: str, cost: float, lower: float, upper: float) -> int:
        self.names.append(name)
        self.cost.append(float(cost))
        self.lower.append(lower / self.unit)
        self.upper.append(upper / self.unit)
        return len(self.names) - 1

    def limit(self, name: str, terms: dict[int, float], lower: float, upper: float) -> None:
        self.rows.append((name, terms, lower, upper))


def _stacked(profiles: list[Profile], problem: Problem, hours: int) -> Array:
    return np.stack([flat(p, problem) for p in profiles]) if profiles else np.zeros((0, hours))


def _store(sizes: _Sizes, problem: Problem) -> dict[str, Any]:
    if not problem.stores:
        return {"power": -1, "charger": -1, "energy": -1, "charging": 1.0, "discharging": 1.0, "keep": 1.0, "wear": 0.0}
    (s,) = problem.stores
    least_p, least_e = max(s.min_power_mw, s.existing_power_mw), max(s.min_energy_mwh, s.existing_energy_mwh)
    power = sizes.add(f"{s.name}.power", s.power_usd_per_mw_year, least_p, s.max_power_mw)
    energy = sizes.add(f"{s.name}.energy", s.energy_usd_per_mwh_year, least_e, s.max_energy_mwh)
    sizes.offset -= s.power_usd_per_mw_year * s.existing_power_mw / sizes.unit
    sizes.offset -= s.energy_usd_per_mwh_year * s.existing_energy_mwh / sizes.unit
    charger = power
    if s.charge_usd_per_mw_year is not None:
        charger = sizes.add(f"{s.name}.charge", s.charge_usd_per_mw_year, 0.0, s.max_charge_mw)
    return {
        "power": power,
        "charger": charger,
        "energy": energy,
        "charging": s.charge_efficiency,
        "discharging": s.discharge_efficiency,
        "keep": (1.0 - s.self_discharge_per_hour) ** problem.step_hours,
        "wear": s.variable_usd_per_mwh,
    }


def _limits(sizes: _Sizes, problem: Problem) -> None:
    place = {name: i for i, name in enumerate(sizes.names)}
    if problem.firm_margin is not None:
        terms = {place[s.name]: s.firm_credit for s in problem.sources if s.firm_credit}
        if problem.grid and problem.grid.firm_credit:
            terms[place[CONNECTION]] = problem.grid.firm_credit
        for s in problem.stores:
            if s.firm_credit > 0:  # counts as far as both power and energy back it
                firm = sizes.add(f"{s.name}:firm", 0.0, 0.0, np.inf)
                terms[firm] = s.firm_credit
                for what, backing in (("power", 1.0), ("energy", 1.0 / s.firm_hours)):
                    row = {firm: 1.0, place[f"{s.name}.{what}"]: -backing}
                    sizes.limit(f"{s.name}:firm_{what}", row, -np.inf, 0.0)
        sizes.limit("firm", terms, (1.0 + problem.firm_margin) * sizes.unit, np.inf)
    for limit in problem.capacity_limits:
        terms = {}
        for name, coefficient in limit.terms:
            terms[place[name]] = terms.get(place[name], 0.0) + coefficient
        sizes.limit(f"limit:{limit.name}", terms, limit.lower, limit.upper)
