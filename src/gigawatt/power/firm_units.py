"""How much of a set of units is firm, by three rules, and how many units a peak needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .adequacy import SAME, OutageTable, groups, outage_table
from .prices import HOURS


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
    sizes, _, counts = groups(unit_mw, 0.0, n)
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
