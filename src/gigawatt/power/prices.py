"""Prices and profiles a power problem is made of: hourly grid prices, large-load price, plant costs, outages.

Profiles are hours of a 365-day year in UTC, the last axis; leading axes (draws, sites) are free.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from .problem import Array

HOURS = 8760
MONTH_OF_HOUR = np.repeat(np.arange(12), np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24)
HOUR_OF_DAY = np.arange(HOURS) % 24
ROUNDING = 1e-12  # of a fraction that may be one
SMALLEST_SHARE = 1e-12  # of a peak: what is divided by where there is no load


def price_profile(
    annual_mean_usd_per_mwh: Any, *, month_factors: Any, hour_factors: Any, spread: Any = 0.0, noise: Any = None
) -> Array:
    """Hourly price with the given mean: month factor x hour factor x lognormal noise, scaled to the mean exactly.

    It has the level, season and day of the market, not its spikes or its negative hours: give a real series for those.

    Parameters
    ----------
    annual_mean_usd_per_mwh : float or array (...)
        Mean of the year. [USD/MWh]
    month_factors : array (..., 12)
        Monthly mean over annual mean. [-]
    hour_factors : array (..., 24)
        Mean of each hour of the day (UTC) over annual mean. [-]
    spread : float or array (...)
        Standard deviation of the logarithm around the shape. [-]
    noise : array (..., 8760), optional
        Standard normal draws (`price_noise`); None for none. [-]

    Returns
    -------
    array (..., 8760)
        Price of each hour. [USD/MWh]

    Examples
    --------
    >>> price_profile(60.0, month_factors=np.ones(12), hour_factors=np.ones(24)).mean()
    np.float64(60.0)
    """
    shape = np.asarray(month_factors, float)[..., MONTH_OF_HOUR] * np.asarray(hour_factors, float)[..., HOUR_OF_DAY]
    if noise is not None:
        shape = shape * np.exp(np.asarray(spread, float)[..., None] * noise)
    return np.asarray(annual_mean_usd_per_mwh, float)[..., None] * shape / shape.mean(axis=-1, keepdims=True)


def price_noise(seed: int, *, persistence: float, hours: int = HOURS) -> Array:
    """Standard normal noise with first-order memory.

    Parameters
    ----------
    seed : int
        Seed of the generator. [-]
    persistence : float
        Correlation of one hour with the next. [-]
    hours : int
        Length. [h]

    Returns
    -------
    array (hour,)
        Draws of mean near 0 and variance near 1. [-]
    """
    return _noise(seed, persistence, hours).copy()


@lru_cache(maxsize=8)
def _noise(seed: int, persistence: float, hours: int) -> Array:
    """Drawn once: all sites of a market share it."""
    draws = np.random.default_rng(seed).standard_normal(hours)
    out = np.empty(hours)
    out[0], fresh = draws[0], np.sqrt(1.0 - persistence**2)
    for t in range(1, hours):
        out[t] = persistence * out[t - 1] + fresh * draws[t]
    return out


def price_shape(price_usd_per_mwh: Array) -> tuple[Array, Array, float, float]:
    """Month factors, hour factors, spread and persistence of a year of hourly prices; inverse of `price_profile`.

    Parameters
    ----------
    price_usd_per_mwh : array (8760,)
        One 365-day year from 1 January, 00:00 UTC. [USD/MWh]

    Returns
    -------
    tuple of (array (12,), array (24,), float, float)
        Factors; half the distance between the 16th and 84th percentile of the log ratio to the shape; its correlation
        from hour to hour. Prices of zero and below enter the factors, not the spread. [-]
    """
    price = np.asarray(price_usd_per_mwh, float)
    if price.shape != (HOURS,):
        raise ValueError(f"price: expected {HOURS} hours of a 365-day year, got shape {price.shape}")
    mean = price.mean()
    months = np.array([price[MONTH_OF_HOUR == m].mean() for m in range(12)]) / mean
    hours = np.array([price[HOUR_OF_DAY == h].mean() for h in range(24)]) / mean
    fitted = price_profile(mean, month_factors=months, hour_factors=hours)
    good = (price > 0) & (fitted > 0)
    log = np.log(np.where(good, price, 1.0) / np.where(good, fitted, 1.0))
    low, middle, high = np.quantile(log[good], [0.16, 0.5, 0.84])
    pairs = good[1:] & good[:-1]
    capped = np.clip(log, low - 2 * (middle - low), high + 2 * (high - middle))
    memory = np.corrcoef(capped[1:][pairs], capped[:-1][pairs])[0, 1] if high > low else 0.0
    return months, hours, float(high - low) / 2.0, float(memory)


def energy_price(
    *, wholesale_usd_per_mwh: Any, new_plant_usd_per_mwh: Any, share_of_peak: Any, new_plant_threshold: Any
) -> Any:
    """Mean energy price of a new load: the market for what its system can carry, the marginal new plant for the rest.

    Parameters
    ----------
    wholesale_usd_per_mwh : float or array
        Mean market or contract price. [USD/MWh]
    new_plant_usd_per_mwh : float or array
        Levelised cost of the plant that would be built for the load. [USD/MWh]
    share_of_peak : float or array
        Load over the system's peak. [-]
    new_plant_threshold : float or array
        Share that the system carries without plant for it. [-]

    Returns
    -------
    float or array
        The market up to the threshold, then rising towards the new plant; never below the market. [USD/MWh]

    Notes
    -----
    With load L, threshold T, market m and new plant n, all L at the same hours: P = (T m + (L - T) n) / L for L > T.
    The load pays for what it causes, as under a tariff that assigns new plant to the customer who needs it.

    Examples
    --------
    >>> shares = {"share_of_peak": 0.4, "new_plant_threshold": 0.05}
    >>> round(float(energy_price(wholesale_usd_per_mwh=70, new_plant_usd_per_mwh=95, **shares)), 3)
    91.875
    """
    dear = np.maximum(wholesale_usd_per_mwh, new_plant_usd_per_mwh)
    load = np.maximum(share_of_peak, SMALLEST_SHARE)
    beyond = np.maximum(1.0 - new_plant_threshold / load, 0.0)
    return (wholesale_usd_per_mwh + (dear - wholesale_usd_per_mwh) * beyond)[()]


def without_new_plant(*, threshold: Any, net_imports_twh: Any, peak_mw: Any) -> Any:
    """Share of a system's peak up to which a load needs no new plant: what is exported anyway serves it first.

    Parameters
    ----------
    threshold : float or array
        Share that any system carries. [-]
    net_imports_twh : float or array
        Of a year; exports negative. [TWh/year]
    peak_mw : float
        Peak of the system. [MW]

    Returns
    -------
    float or array
        The threshold, or the mean export over the peak where that is more. [-]

    Notes
    -----
    A campus is a nearly flat load L, of 8,760 L MWh a year. Plants that stand make E MWh a year more than the country
    uses; where exports end, they feed a flat load of E / 8,760 MW and what the system sells forgoes is the market
    price. Years balance, hours need not: the seasons of water are left to the neighbours, who buy and sell as before.
    The two are not added, since what a system can carry unasked may be the very plants that export.

    Examples
    --------
    >>> round(float(without_new_plant(threshold=0.05, net_imports_twh=-17.0, peak_mw=5081.0)), 3)
    0.382
    """
    return np.maximum(threshold, np.asarray(net_imports_twh) * (-1e6 / HOURS) / peak_mw)[()]


def large_load_price(*, energy_usd_per_mwh: Any, network_usd_per_mwh: Any, levies_usd_per_mwh: Any) -> Any:
    """Delivered price: energy, network energy charge, levies. Never a small-business tariff.

    Parameters
    ----------
    energy_usd_per_mwh : float or array (..., hour)
        `energy_price` or an hourly profile of it. [USD/MWh]
    network_usd_per_mwh : float or array
        Transmission, system services, supplier's margin. [USD/MWh]
    levies_usd_per_mwh : float or array
        Excise and levies that are not refunded. [USD/MWh]

    Returns
    -------
    float or array (..., hour)
        Price for `Import`. [USD/MWh]
    """
    return energy_usd_per_mwh + network_usd_per_mwh + levies_usd_per_mwh


def fixed_cost(*, capex_usd_per_mw: Any, capital_recovery_factor: Any, fom_usd_per_mw_year: Any) -> Any:
    """Yearly fixed cost of one MW (or MWh of storage).

    Parameters
    ----------
    capex_usd_per_mw : float or array
        Overnight cost with interest during construction if the caller wants it in. [USD/MW]
    capital_recovery_factor : float or array
        Annuity factor of the asset's life and cost of capital. [1/year]
    fom_usd_per_mw_year : float or array
        Fixed operation and maintenance. [USD/MW/year]

    Returns
    -------
    float or array
        For `Source.fixed_usd_per_mw_year` and its sisters. [USD/MW/year]
    """
    return capex_usd_per_mw * capital_recovery_factor + fom_usd_per_mw_year


def running_cost(
    *,
    fuel_usd_per_mwh_fuel: Any,
    efficiency: Any,
    vom_usd_per_mwh: Any,
    carbon_usd_per_t: Any,
    carbon_kg_per_mwh_fuel: Any,
) -> Any:
    """Cost of one MWh from a thermal plant.

    Parameters
    ----------
    fuel_usd_per_mwh_fuel : float or array
        Fuel delivered, per MWh of fuel in the efficiency's own heating value. [USD/MWh]
    efficiency : float or array
        Electricity over fuel. [-]
    vom_usd_per_mwh : float or array
        Variable operation and maintenance. [USD/MWh]
    carbon_usd_per_t : float or array
        Carbon price. [USD/t]
    carbon_kg_per_mwh_fuel : float or array
        Emission factor of the fuel. [kg/MWh]

    Returns
    -------
    float or array
        For `Source.variable_usd_per_mwh`. [USD/MWh]
    """
    return (fuel_usd_per_mwh_fuel + carbon_usd_per_t * carbon_kg_per_mwh_fuel / 1000.0) / efficiency + vom_usd_per_mwh


@lru_cache(maxsize=32)  # seeded: the same at every site of a screen
def _outages(
    seed: int, units: int, forced: float, planned: float, repair_h: float, begin_h: int, end_h: int, hours: int
) -> Array:
    rng = np.random.default_rng(seed)
    window = (end_h - begin_h) % hours
    up = np.ones((units, hours))
    for i in range(units):
        start = begin_h + int(window * (i + rng.random()) / units)
        _down(up[i], start, planned * hours)
        left = forced * hours
        while left > 1e-9:
            free = np.flatnonzero(up[i] >= 1.0)
            length = min(left, max(1.0, rng.exponential(repair_h)))
            left -= _down(up[i], int(rng.choice(free)), length)
    mean: Array = up.mean(axis=0)
    return mean


def outage_profile(
    seed: int,
    *,
    units: int,
    forced_outage: float,
    planned_outage: float,
    mean_repair_h: float,
    planned_from_hour: int,
    planned_to_hour: int,
    hours: int = HOURS,
) -> Array:
    """Availability of a plant of equal units: a planned outage a year each, staggered in a window, and failures.

    The mean is `1 - forced - planned` exactly, whatever the seed; only when it is down is random. A fleet contract is
    many units, hence nearly flat; a single unit is all or nothing.

    Parameters
    ----------
    seed : int
        Seed of the generator. [-]
    units : int
        Equal units. [-]
    forced_outage, planned_outage : float
        Fractions of the year lost to failures and to planned work. [-]
    mean_repair_h : float
        Mean length of a failure. [h]
    planned_from_hour, planned_to_hour : int
        Window in which planned outages start (it may wrap round the year's end). [h]
    hours : int
        Hours in the year. [h]

    Returns
    -------
    array (hour,)
        Available fraction of the plant. [-]
    """
    lost = forced_outage + planned_outage
    if not (units >= 1 and 0 <= forced_outage and 0 <= planned_outage and lost < 1 and mean_repair_h > 0):
        raise ValueError(f"outages: units >= 1, 0 <= forced + planned < 1, repair > 0 expected, got {units}, {lost:g}")
    return _outages(
        seed, units, forced_outage, planned_outage, mean_repair_h, planned_from_hour, planned_to_hour, hours
    ).copy()


def _down(up: Array, start: int, length: float) -> float:
    """Take a unit down from an hour on, wrapping, skipping hours already down; returns the hours taken."""
    taken = np.zeros(len(up))
    looked_at = int(length) + 2
    while True:  # most failures are short: the rest of the year is not looked at
        looked_at = min(looked_at, len(up))
        order = (start + np.arange(looked_at)) % len(up)
        room = up[order]
        before = np.concatenate(([0.0], np.cumsum(room)))
        if looked_at == len(up) or before[-1] >= length:
            break
        looked_at *= 2
    taken[:looked_at] = np.clip(length - before[:-1], 0.0, room)
    up[order] -= taken[:looked_at]
    return float(taken.sum())


def seasonal_profile(mean: float, *, amplitude: float, peak_hour: int, hours: int = HOURS) -> Array:
    """Availability of a fleet that is serviced in the slack season: a cosine over the year around its mean.

    Parameters
    ----------
    mean : float
        Yearly mean. [-]
    amplitude : float
        Peak over mean, less one. [-]
    peak_hour : int
        Hour of the year with the most output. [h]
    hours : int
        Hours in the year. [h]

    Returns
    -------
    array (hour,)
        Available fraction, its mean exactly `mean`. [-]
    """
    if not 0 <= mean * (1 + amplitude) <= 1 + ROUNDING or not 0 <= amplitude <= 1:
        raise ValueError(f"seasonal profile: mean x (1 + amplitude) must lie in 0..1, is {mean * (1 + amplitude):g}")
    return mean * (1.0 + amplitude * np.cos(2.0 * np.pi * (np.arange(hours) - peak_hour) / hours))
