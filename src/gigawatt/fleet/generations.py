"""Generations of accelerators: what one costs when it is bought later, and which one is best to buy in a quarter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gigawatt.units import MONTHS_PER_YEAR, SECONDS_PER_HOUR


def price_at(
    *, price_usd: ArrayLike, decline_per_year: ArrayLike, volume_from_months: ArrayLike, months: ArrayLike
) -> NDArray[np.float64]:
    """Price of one generation when it is delivered later: it falls from the day its volume begins, or from today.

    Parameters
    ----------
    price_usd : float or array (...)
        Price today, or at the start of volume where that comes later. [USD]
    decline_per_year : float or array (...)
        Fall of the price of the same product. [1/year]
    volume_from_months : float or array (...)
        Start of volume for this buyer, from today; negative where it has begun. [month]
    months : array (time,)
        Deliveries, from today. [month]

    Returns
    -------
    array (..., time)
        Price; infinite before volume begins. [USD]

    Examples
    --------
    >>> price_at(price_usd=50e3, decline_per_year=0.1, volume_from_months=6, months=[3, 6, 18]).tolist()
    [inf, 50000.0, 45000.0]
    """
    begins = np.asarray(volume_from_months, float)[..., None]
    t = np.asarray(months, float)
    years = (t - np.maximum(begins, 0.0)) / MONTHS_PER_YEAR
    kept = (1.0 - np.asarray(decline_per_year, float)[..., None]) ** np.maximum(years, 0.0)
    return np.where(t >= begins, np.asarray(price_usd, float)[..., None] * kept, np.inf)


def compute_cost(
    *,
    price_usd: ArrayLike,
    it_kw: ArrayLike,
    useful_flop_per_s: ArrayLike,
    usd_per_hour_per_price: ArrayLike,
    usd_per_hour_per_kw: ArrayLike,
) -> Any:
    """Cost of useful compute over the life of the hardware, with the power and the hall it occupies.

    A generation that is dear but frugal wins where power is scarce: what it occupies is priced with it.

    Parameters
    ----------
    price_usd : float or array
        Price of one accelerator with its share of the rack. [USD]
    it_kw : float or array
        Its IT power. [kW]
    useful_flop_per_s : float or array
        Peak times MFU. [FLOP/s]
    usd_per_hour_per_price : float or array
        Hourly cost of hardware, network and duty included, per USD of price. [1/h]
    usd_per_hour_per_kw : float or array
        Hourly cost of hall, power and running, per kW of IT. [USD/kWh]

    Returns
    -------
    float or array
        Cost. [USD/FLOP]
    """
    hour = np.asarray(price_usd, float) * usd_per_hour_per_price + np.asarray(it_kw, float) * usd_per_hour_per_kw
    return hour / (np.asarray(useful_flop_per_s, float) * SECONDS_PER_HOUR)


def best_generation(cost_usd_per_flop: ArrayLike) -> NDArray[np.int64]:
    """Index of the generation with the cheapest compute in each quarter; -1 where none can be had.

    Parameters
    ----------
    cost_usd_per_flop : array (generation, quarter)
        `compute_cost` of each; infinite where it is not yet sold. [USD/FLOP]

    Returns
    -------
    array (quarter,)
        Index. [-]
    """
    cost = np.asarray(cost_usd_per_flop, float)
    return np.where(np.isfinite(cost).any(axis=0), np.argmin(cost, axis=0), -1).astype(np.int64)
