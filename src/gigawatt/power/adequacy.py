"""Whether a set of units is enough: outage tables, hours and energy short, firm capacity, survival of an outage.

Units are independent and either up or down. A forced outage rate holds no planned work: take units under service off
the list. A load series has time as its last axis; leading axes are free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .prices import HOURS
from .problem import Array, Profile

SAME = 1e-9  # relative: capacities closer than this are one state, a load this little above a state is served
MOST_STATES = 4_000_000
BINS_PER_HOUR = 60  # a minute at full power
CELLS = 4_000_000  # size of the arrays in `backup_survival`


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OutageTable:
    """What independent units give together: every capacity that may be available, and how likely it is.

    Parameters
    ----------
    available_mw : array (state,)
        Capacity available, ascending. [MW]
    probability : array (state,)
        Probability of exactly that capacity. [-]
    """

    available_mw: Array
    probability: Array


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ByRule:
    """One figure by three rules of what is firm.

    Parameters
    ----------
    n_minus_k : int, float or array
        With the k largest units lost. [-]
    probable : int, float or array
        What is there with a stated probability. [-]
    served : int, float or array
        What a flat load may draw within a stated number of hours short a year. [-]
    """

    n_minus_k: Any
    probable: Any
    served: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Generators:
    """Equal backup generators, without repair during an outage and with fuel for all of it.

    Parameters
    ----------
    n : int
        Units. [-]
    unit_mw : float
        Output of one. [MW]
    operational_availability : float
        Chance that a unit is not under maintenance when the outage begins. [-]
    failure_to_start : float
        Chance that an available unit does not start. [-]
    mttf_h : float
        Mean running time to failure. [h]
    """

    n: int
    unit_mw: float
    operational_availability: float
    failure_to_start: float
    mttf_h: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Battery:
    """A battery that stands by for an outage.

    Parameters
    ----------
    energy_mwh, power_mw : float
        Size. [MWh, MW]
    start_soc : float or array (hour,)
        Content over size when an outage begins in that hour. [-]
    min_soc : float
        Content over size that is never drawn. [-]
    charge_efficiency, discharge_efficiency : float
        One way, at the bus. [-]
    bins : int or None
        Levels between `min_soc` and full, both counted; None: one for each minute at full power. [-]
    """

    energy_mwh: float
    power_mw: float
    start_soc: Profile
    min_soc: float
    charge_efficiency: float
    discharge_efficiency: float
    bins: int | None = None


def outage_table(*, unit_mw: Any, forced_outage_rate: Any, n: Any = 1, step_mw: float | None = None) -> OutageTable:
    """Capacity outage probability table of independent units, by exact convolution.

    A group of n equal units has binomial weights; groups are added one after the other, which is the recursion of [1]_
    for many units at once. Without a step every capacity is kept as it is and equal ones are merged; hundreds of
    different sizes need a step, to which each size is rounded down, so that shortages come out too large, never small.

    Parameters
    ----------
    unit_mw : float or array (group,)
        Size of one unit. [MW]
    forced_outage_rate : float or array (group,)
        Probability that a unit is down when it is wanted. [-]
    n : int or array (group,)
        Equal units in the group. [-]
    step_mw : float, optional
        Grid of the table; None for the exact sizes. [MW]

    Returns
    -------
    OutageTable
        States of positive probability; no units at all give 0 MW for certain. [-]

    References
    ----------
    .. [1] R. Billinton, R. N. Allan, "Reliability Evaluation of Power Systems", 2nd ed., Plenum Press 1996,
       chapter 2 (generating capacity, basic probability methods), recursive algorithm for capacity model building.

    Examples
    --------
    Two units of 3 MW and one of 5 MW, each down 2 % of the time: MW out and probability.

    >>> table = outage_table(unit_mw=[3.0, 5.0], n=[2, 1], forced_outage_rate=0.02)
    >>> [(float(mw), round(float(p), 6)) for mw, p in zip(11 - table.available_mw, table.probability)][::-1]
    [(0.0, 0.941192), (3.0, 0.038416), (5.0, 0.019208), (6.0, 0.000392), (8.0, 0.000784), (11.0, 8e-06)]
    """
    sizes, rates, counts = _groups(unit_mw, forced_outage_rate, n)
    if step_mw is None:
        available, probability = _on_exact_sizes(sizes, rates, counts)
    else:
        available, probability = _on_grid(sizes, rates, counts, step_mw)
    there = probability > 0
    return OutageTable(available_mw=available[there], probability=probability[there])


def _groups(unit_mw: Any, forced_outage_rate: Any, n: Any) -> tuple[Array, Array, Any]:
    """The three inputs as arrays of one length, or an error that names what is wrong."""
    parts = (np.atleast_1d(np.asarray(x, float)) for x in (unit_mw, forced_outage_rate, n))
    sizes, rates, counts = np.broadcast_arrays(*parts)
    if not (np.all(np.isfinite(sizes)) and np.all(sizes >= 0)):
        raise ValueError(f"units: unit_mw must be finite and >= 0 MW, got {sizes}")
    if not np.all((rates >= 0) & (rates <= 1)):
        raise ValueError(f"units: forced_outage_rate must lie in 0..1, got {rates}; 5 % is 0.05")
    if not np.all((counts >= 0) & (counts == np.floor(counts))):
        raise ValueError(f"units: n must be whole and >= 0, got {counts}")
    return sizes, rates, counts.astype(int)


def _on_exact_sizes(sizes: Array, rates: Array, counts: Any) -> tuple[Array, Array]:
    available: Array = np.zeros(1)
    probability: Array = np.ones(1)
    same = SAME * float(sizes @ counts)
    for size, rate, count in zip(sizes, rates, counts, strict=True):
        _enough_room(len(available) * (int(count) + 1), "give step_mw, a grid to round the sizes down to")
        total = (available[:, None] + size * np.arange(count + 1)).ravel()
        chance = (probability[:, None] * _units_up(int(count), rate)).ravel()
        order = np.argsort(total, kind="stable")
        total, chance = total[order], chance[order]
        first = np.flatnonzero(np.diff(total, prepend=-np.inf) > same)
        available, probability = total[first], np.add.reduceat(chance, first)
    return available, probability


def _on_grid(sizes: Array, rates: Array, counts: Any, step_mw: float) -> tuple[Array, Array]:
    if not step_mw > 0:
        raise ValueError(f"outage table: step_mw must be > 0 MW, got {step_mw}")
    steps = np.floor(sizes / step_mw + SAME).astype(int)
    _enough_room(1 + int(steps @ counts), f"step_mw = {step_mw:g} is too fine")
    probability: Array = np.ones(1)
    for step, rate, count in zip(steps, rates, counts, strict=True):
        grown = np.zeros(len(probability) + step * count)
        for up, chance in enumerate(_units_up(int(count), rate)):
            grown[up * step : up * step + len(probability)] += chance * probability
        probability = grown
    return step_mw * np.arange(len(probability), dtype=float), probability


def _enough_room(states: int, way_out: str) -> None:
    if states > MOST_STATES:
        raise ValueError(f"outage table: {states} states, at most {MOST_STATES}: {way_out}")


def _units_up(n: int, down: float) -> Array:
    """Binomial probabilities of 0..n units up; in logarithms, so that no n is too large."""
    if n == 0 or down <= 0 or down >= 1:
        certain = 0 if down >= 1 else n
        return (np.arange(n + 1) == certain).astype(float)
    k = np.arange(n)
    log = np.append(0.0, np.cumsum(np.log((n - k) / (k + 1)) + np.log1p(-down) - np.log(down)))
    weight = np.exp(log - log.max())
    return weight / weight.sum()


def loss_of_load_probability(*, table: OutageTable, load_mw: Any) -> Any:
    """Probability that less is available than the load.

    Parameters
    ----------
    table : OutageTable
        Units. [-]
    load_mw : float or array
        Load. [MW]

    Returns
    -------
    float or array
        LOLP; 0 for no load, 1 above all units. [-]
    """
    load = np.asarray(load_mw, float)
    short = np.searchsorted(table.available_mw, load - SAME * table.available_mw[-1], side="left")
    below = np.minimum(np.append(0.0, np.cumsum(table.probability)), 1.0)[short]
    return np.where(np.isnan(load), np.nan, np.where(load > 0, below, 0.0))[()]


def expected_shortfall(*, table: OutageTable, load_mw: Any) -> Any:
    """Mean of what is missing at a load: the loss-of-load probability summed up from no load to this one.

    Parameters
    ----------
    table : OutageTable
        Units. [-]
    load_mw : float or array
        Load. [MW]

    Returns
    -------
    float or array
        Expected power not served. [MW]
    """
    load = np.asarray(load_mw, float)
    below = np.cumsum(table.probability)
    missing = np.append(0.0, np.cumsum(below[:-1] * np.diff(table.available_mw)))
    i = np.searchsorted(table.available_mw, load, side="right") - 1
    over = missing[i] + below[i] * (load - table.available_mw[i])
    return np.where(np.isnan(load), np.nan, np.where(i >= 0, over, 0.0))[()]


def loss_of_load_hours(*, table: OutageTable, load_mw: Any, must_take_mw: Any = 0.0, step_hours: float = 1.0) -> Any:
    """Expected hours in which the units do not cover the load left by must-take supply.

    Known as LOLH, and as hourly LOLE; over a year of hours it is in hours a year.

    Parameters
    ----------
    table : OutageTable
        Units. [-]
    load_mw : array (..., hour)
        Load. [MW]
    must_take_mw : float or array (..., hour)
        Wind, sun or a contract that comes as it comes; more than the load counts as the load. [MW]
    step_hours : float
        Length of one step of the load. [h]

    Returns
    -------
    float or array (...)
        Hours short in the length of the series. [h]

    References
    ----------
    .. [1] Billinton and Allan 1996 (see `outage_table`), chapter 2, loss of load indices.
    """
    net = np.maximum(np.asarray(load_mw, float) - must_take_mw, 0.0)
    return loss_of_load_probability(table=table, load_mw=net).sum(axis=-1) * step_hours


def expected_unserved_mwh(*, table: OutageTable, load_mw: Any, must_take_mw: Any = 0.0, step_hours: float = 1.0) -> Any:
    """Expected unserved energy (EUE) of a load.

    Parameters
    ----------
    table : OutageTable
        Units. [-]
    load_mw : array (..., hour)
        Load. [MW]
    must_take_mw : float or array (..., hour)
        Wind, sun or a contract that comes as it comes. [MW]
    step_hours : float
        Length of one step of the load. [h]

    Returns
    -------
    float or array (...)
        Energy short in the length of the series. [MWh]

    References
    ----------
    .. [1] Billinton and Allan 1996 (see `outage_table`), chapter 2, loss of energy indices.
    """
    net = np.maximum(np.asarray(load_mw, float) - must_take_mw, 0.0)
    return expected_shortfall(table=table, load_mw=net).sum(axis=-1) * step_hours


def eue_identical_units(*, n: int, unit_mw: float, forced_availability: float, load_mw: Any) -> Any:
    """Expected unserved energy a year of a flat load on equal units, every number of units short counted.

    Parameters
    ----------
    n : int
        Units. [-]
    unit_mw : float
        Output of one. [MW]
    forced_availability : float
        Probability that a unit runs, forced outages alone. [-]
    load_mw : float or array
        Flat load. [MW]

    Returns
    -------
    float or array
        `8760 * sum over k of P(k units up) * max(0, load - k * unit)`. [MWh/year]
    """
    table = outage_table(unit_mw=unit_mw, n=n, forced_outage_rate=1.0 - forced_availability)
    return HOURS * expected_shortfall(table=table, load_mw=load_mw)


def n_minus_k_mw(*, unit_mw: Any, n: Any, k: int) -> float:
    """Capacity left when the k largest units are down; it asks nothing about how often that happens.

    Parameters
    ----------
    unit_mw : float or array (group,)
        Size of one unit. [MW]
    n : int or array (group,)
        Equal units in the group. [-]
    k : int
        Units lost together. [-]

    Returns
    -------
    float
        Firm capacity; 0 when there are no more than k units. [MW]
    """
    sizes, _, counts = _groups(unit_mw, 0.0, n)
    descending = np.sort(np.repeat(sizes, counts))[::-1]
    return float(descending[k:].sum())


def probable_mw(*, table: OutageTable, shortfall_probability: float) -> float:
    """Largest capacity that is available with probability `1 - shortfall_probability` or more.

    Parameters
    ----------
    table : OutageTable
        Units. [-]
    shortfall_probability : float
        Share of the time in which less may be there. [-]

    Returns
    -------
    float
        Firm capacity. [MW]
    """
    if not 0 <= shortfall_probability < 1:
        raise ValueError(f"shortfall_probability must lie in 0..1, below 1, got {shortfall_probability}")
    less = np.append(0.0, np.cumsum(table.probability)[:-1])
    fine = np.flatnonzero(less <= shortfall_probability * (1.0 + SAME))
    return float(table.available_mw[fine[-1]])


def served_mw(*, table: OutageTable, lolh_target: float) -> float:
    """Largest flat load with no more than the given hours short a year.

    A flat load is short in every hour with the same probability: this is `probable_mw` at `lolh_target / 8760`.

    Parameters
    ----------
    table : OutageTable
        Units. [-]
    lolh_target : float
        Hours short allowed. [h/year]

    Returns
    -------
    float
        Firm capacity. [MW]
    """
    return probable_mw(table=table, shortfall_probability=lolh_target / HOURS)


def firm_mw(
    *,
    unit_mw: Any,
    forced_outage_rate: Any,
    n: Any,
    k: int,
    shortfall_probability: float,
    lolh_target: float,
    step_mw: float | None = None,
) -> ByRule:
    """Firm capacity of a set of units by the three rules.

    Parameters
    ----------
    unit_mw : float or array (group,)
        Size of one unit. [MW]
    forced_outage_rate : float or array (group,)
        Probability that a unit is down when it is wanted. [-]
    n : int or array (group,)
        Equal units in the group. [-]
    k : int
        Units lost together in the first rule. [-]
    shortfall_probability : float
        Share of the time in which less may be there, in the second. [-]
    lolh_target : float
        Hours short allowed to a flat load, in the third. [h/year]
    step_mw : float, optional
        Grid of the table (`outage_table`). [MW]

    Returns
    -------
    ByRule
        Firm capacities. [MW]
    """
    table = outage_table(unit_mw=unit_mw, forced_outage_rate=forced_outage_rate, n=n, step_mw=step_mw)
    return ByRule(
        n_minus_k=n_minus_k_mw(unit_mw=unit_mw, n=n, k=k),
        probable=probable_mw(table=table, shortfall_probability=shortfall_probability),
        served=served_mw(table=table, lolh_target=lolh_target),
    )


def firm_credit(
    *, n: Any, forced_outage_rate: float, k: int, shortfall_probability: float, lolh_target: float
) -> ByRule:
    """Firm MW per MW of nameplate of a plant built as n equal units; the size of a unit does not matter.

    One unit that fails more often than allowed is firm for nothing; the credit grows with n, in saw teeth by the second
    and third rule.

    Parameters
    ----------
    n : int or array
        Units. [-]
    forced_outage_rate : float
        Probability that a unit is down when it is wanted. [-]
    k : int
        Units lost together in the first rule. [-]
    shortfall_probability : float
        Share of the time in which less may be there, in the second. [-]
    lolh_target : float
        Hours short allowed to a flat load, in the third. [h/year]

    Returns
    -------
    ByRule
        Credits, shaped like n; 0 for no units. [-]

    Examples
    --------
    >>> rules = {"k": 1, "shortfall_probability": 0.01, "lolh_target": 2.4}
    >>> found = firm_credit(n=np.array([1, 2, 10]), forced_outage_rate=0.05, **rules)
    >>> found.n_minus_k.round(3).tolist(), found.probable.tolist(), found.served.tolist()
    ([0.0, 0.5, 0.9], [0.0, 0.5, 0.7], [0.0, 0.0, 0.6])
    """
    count = np.asarray(n)
    rows = [
        firm_mw(
            unit_mw=1.0,
            forced_outage_rate=forced_outage_rate,
            n=x,
            k=k,
            shortfall_probability=shortfall_probability,
            lolh_target=lolh_target,
        )
        for x in count.ravel()
    ]
    size = np.maximum(count, 1)
    return ByRule(
        n_minus_k=(np.array([r.n_minus_k for r in rows]).reshape(count.shape) / size)[()],
        probable=(np.array([r.probable for r in rows]).reshape(count.shape) / size)[()],
        served=(np.array([r.served for r in rows]).reshape(count.shape) / size)[()],
    )


def units_needed(
    *,
    peak_mw: float,
    unit_mw: float,
    forced_outage_rate: float,
    k: int,
    shortfall_probability: float,
    lolh_target: float,
) -> ByRule:
    """Smallest number of equal units whose firm capacity reaches a peak; inverse of `firm_mw`.

    Parameters
    ----------
    peak_mw : float
        Load to be firm for. [MW]
    unit_mw : float
        Size of one unit. [MW]
    forced_outage_rate : float
        Probability that a unit is down when it is wanted. [-]
    k : int
        Units lost together in the first rule. [-]
    shortfall_probability : float
        Share of the time in which less may be there, in the second. [-]
    lolh_target : float
        Hours short allowed to a flat load of the peak, in the third. [h/year]

    Returns
    -------
    ByRule
        Numbers of units. [-]
    """
    if not unit_mw > 0 or not forced_outage_rate < 1:
        raise ValueError(f"units needed: unit_mw > 0 and rate < 1 expected, got {unit_mw} MW, {forced_outage_rate}")
    if min(shortfall_probability, lolh_target) <= 0 < forced_outage_rate:
        raise ValueError("units needed: no number of units that may fail is never short; allow a probability > 0")
    working = max(int(np.ceil(peak_mw / unit_mw - SAME)), 0)
    return ByRule(
        n_minus_k=working + k if working else 0,
        probable=_units_for(working, forced_outage_rate, shortfall_probability),
        served=_units_for(working, forced_outage_rate, lolh_target / HOURS),
    )


def _units_for(working: int, rate: float, shortfall_probability: float) -> int:
    """Fewest units of which `working` are up with the wanted probability: doubling, then halving the bracket."""

    def enough(n: int) -> bool:
        table = outage_table(unit_mw=1.0, n=n, forced_outage_rate=rate)
        return probable_mw(table=table, shortfall_probability=shortfall_probability) >= working

    low, high = working - 1, working
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def backup_survival(
    *,
    load_mw: Any,
    generators: Sequence[Generators],
    battery: Battery | None,
    max_outage_h: int,
    must_take_mw: Any = 0.0,
    starts: Any = None,
) -> Array:
    """Probability that backup carries the load through every hour of an outage so far.

    The state is the number of running units of each kind and the level of the battery. In each hour running units may
    fail first; then must-take supply and the units at full output meet the load, surplus charges the battery, a
    deficit discharges it, and an hour that is not met in full ends it. Levels move by whole bins, rounded to nearest.
    It is solved backwards, for all starting hours at once: surviving d hours from here is being served this hour and
    surviving d - 1 hours from the next.

    Parameters
    ----------
    load_mw : array (hour,)
        Critical load; an outage that runs past the end goes on at the beginning. [MW]
    generators : sequence of Generators
        Kinds of generator; may be empty. [-]
    battery : Battery or None
        The battery. [-]
    max_outage_h : int
        Longest outage looked at. [h]
    must_take_mw : float or array (hour,)
        PV and wind that run during the outage. [MW]
    starts : int or array (start,), optional
        Hours in which the outage begins; None for each hour of the load, also those it runs past the end from. [h]

    Returns
    -------
    array (start, max_outage_h)
        Survival of the first 1, 2, ... hours. [-]

    References
    ----------
    .. [1] J. Marqusee, S. Ericson, D. Jenket, "Impact of emergency diesel generator reliability on microgrids and
       building-tied systems", Applied Energy 285 (2021) 116437; as in NREL REopt, backup reliability.
    """
    net = np.asarray(load_mw, float) - must_take_mw
    start = np.arange(len(net)) if starts is None else np.atleast_1d(np.asarray(starts, int))
    output, running, failing = _generator_states(generators)
    level, gain = _battery_levels(battery)
    content = _start_levels(battery, len(net), len(level))
    block = max(CELLS // (len(output) * len(level)), max_outage_h)
    survival = np.empty((len(start), max_outage_h))
    for first in np.unique(start // block) * block:
        mine = (start >= first) & (start < first + block)
        reach = int(start[mine].max()) - first + max_outage_h
        ahead = net[(first + np.arange(reach)) % len(net)]
        spare = output - ahead[:, None]
        served = spare[..., None] + level >= -SAME * np.abs(net).max(initial=0.0)
        to = np.clip(np.arange(len(level)) + gain(spare)[..., None], 0, len(level) - 1)
        lives = np.ones((reach + 1, len(output), len(level)))
        here = start[mine] - first
        for d in range(max_outage_h):
            hours = reach - d
            after = np.take_along_axis(lives[1 : hours + 1], to[:hours], axis=-1) * served[:hours]
            lives = failing @ after
            survival[mine, d] = lives[here, :, content[start[mine] % len(net)]] @ running
    return survival


def _generator_states(generators: Sequence[Generators]) -> tuple[Array, Array, Array]:
    """Output of each state, its probability at the start, and the hourly transition (from, to)."""
    output: Array = np.zeros(1)
    running: Any = np.ones(1)
    failing: Any = np.ones((1, 1))
    for g in generators:
        loss = min(1.0 / g.mttf_h, 1.0)
        hourly = np.zeros((g.n + 1, g.n + 1))
        for up in range(g.n + 1):
            hourly[up, : up + 1] = _units_up(up, loss)
        starting = _units_up(g.n, 1.0 - g.operational_availability * (1.0 - g.failure_to_start))
        output = np.add.outer(output, g.unit_mw * np.arange(g.n + 1)).ravel()
        running, failing = np.kron(running, starting), np.kron(failing, hourly)
    return output, running, failing


def _battery_levels(battery: Battery | None) -> tuple[Array, Any]:
    """Power each level can give for an hour, and the bins that a surplus (or deficit) moves the level by."""
    if battery is None or battery.power_mw <= 0 or battery.energy_mwh * (1.0 - battery.min_soc) <= 0:
        return np.zeros(1), lambda spare: np.zeros(spare.shape, int)
    usable = battery.energy_mwh * (1.0 - battery.min_soc)
    bins = battery.bins
    if bins is None:
        bins = 1 + max(BINS_PER_HOUR, round(BINS_PER_HOUR * usable / battery.power_mw))
    if bins < 2:
        raise ValueError(f"battery: at least 2 bins, empty and full, expected, got {bins}")
    width = usable / (bins - 1)
    level = np.minimum(battery.power_mw, np.arange(bins) * width * battery.discharge_efficiency)

    def gain(spare: Array) -> Any:
        flow = np.clip(spare, -battery.power_mw, battery.power_mw)
        stored = np.where(flow > 0, flow * battery.charge_efficiency, flow / battery.discharge_efficiency)
        return _nearest(stored / width)

    return level, gain


def _start_levels(battery: Battery | None, hours: int, levels: int) -> Any:
    if battery is None or levels == 1:
        return np.zeros(hours, int)
    share = (np.asarray(battery.start_soc, float) - battery.min_soc) / (1.0 - battery.min_soc)
    return np.broadcast_to(np.clip(_nearest(share * (levels - 1)), 0, levels - 1), hours)


def _nearest(x: Array) -> Any:
    """Nearest whole number, halves to even; the ninth digit decides what is a half, not rounding noise."""
    return np.rint(np.round(x, 9)).astype(int)
