"""Whether a set of units is enough: outage tables, hours and energy short.

Units are independent and either up or down. A forced outage rate holds no planned work: take units under service off
the list. A load series has time as its last axis; leading axes are free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .prices import HOURS
from .problem import Array

SAME = 1e-9  # relative: capacities closer than this are one state, a load this little above a state is served
MOST_STATES = 4_000_000


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
    sizes, rates, counts = groups(unit_mw, forced_outage_rate, n)
    if step_mw is None:
        available, probability = _on_exact_sizes(sizes, rates, counts)
    else:
        available, probability = _on_grid(sizes, rates, counts, step_mw)
    there = probability > 0
    return OutageTable(available_mw=available[there], probability=probability[there])


def groups(unit_mw: Any, forced_outage_rate: Any, n: Any) -> tuple[Array, Array, Any]:
    """Size, outage rate and number of each group as arrays of one length.

    Parameters
    ----------
    unit_mw : float or array (group,)
        Size of one unit. [MW]
    forced_outage_rate : float or array (group,)
        Probability that a unit is down when it is wanted. [-]
    n : int or array (group,)
        Equal units in the group. [-]

    Returns
    -------
    tuple of array (group,)
        Sizes, rates, whole numbers. [MW, -, -]

    Raises
    ------
    ValueError
        Which of them is out of its range.
    """
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
        chance = (probability[:, None] * units_up(int(count), rate)).ravel()
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
        for up, chance in enumerate(units_up(int(count), rate)):
            grown[up * step : up * step + len(probability)] += chance * probability
        probability = grown
    return step_mw * np.arange(len(probability), dtype=float), probability


def _enough_room(states: int, way_out: str) -> None:
    if states > MOST_STATES:
        raise ValueError(f"outage table: {states} states, at most {MOST_STATES}: {way_out}")


def units_up(n: int, down: float) -> Array:
    """Binomial probabilities of 0..n units up; in logarithms, so that no n is too large.

    Parameters
    ----------
    n : int
        Units. [-]
    down : float
        Probability that one of them is down. [-]

    Returns
    -------
    array (n + 1,)
        Chance that exactly so many are up. [-]
    """
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
