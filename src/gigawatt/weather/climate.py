"""Twelve monthly numbers from less: what to assume where a place has only yearly or design figures.

Each rule's coefficients arrive as arguments (facts, fitted on open hourly series by `tools/derive_climate.py`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .months import DAYS_OF_MONTH, MONTH_START, monthly_mean, normal_cdf
from .synthetic import Climate, Texture, clearness_mean

Array = NDArray[np.float64]
LEAST_SD_K, MOST_SD_K = 0.3, 12.0
DESIGN_SHARE = 0.01  # of the year beyond each design temperature, by their definition
MOST_SHARES = 60
SURE_K = 1e-11


@dataclass(frozen=True, slots=True)
class ClimateRules:
    """Coefficients of the rules that fill gaps; one set for all places.

    Attributes
    ----------
    coldest_day : float
        Day of the year of the coldest mean temperature north of the equator. [day]
    clearness_sd : tuple of 6 floats
        Constant, index, index squared, latitude/90, its square, per 10 K of the month's mean. [-]
    day_range_k : tuple of 4 floats
        Constant, per K of hot design temperature above the warmest month, per latitude/90, per K of seasonal range. [K]
    relative_humidity : tuple of 2 floats
        Constant, and change per K of daily temperature range. [-]
    wind_m_per_s, weibull_k : float
        Mean wind at 100 m and shape where no site value is known: to be scaled to a capacity factor. [m/s], [-]
    """

    coldest_day: float
    clearness_sd: tuple[float, float, float, float, float, float]
    day_range_k: tuple[float, float, float, float]
    relative_humidity: tuple[float, float]
    wind_m_per_s: float
    weibull_k: float


def monthly_temperature(
    *, annual_mean_c: ArrayLike, amplitude_k: ArrayLike, latitude_deg: ArrayLike, coldest_day: ArrayLike
) -> Array:
    """Monthly means of a sinusoid through the year.

    Parameters
    ----------
    annual_mean_c, amplitude_k : float or array (...)
        Annual mean, and half the difference of the warmest and coldest time of the year. [degC], [K]
    latitude_deg : float or array (...)
        Latitude; south of the equator the year is turned by half. [deg]
    coldest_day : float
        Day of the year of the minimum north of the equator. [day]

    Returns
    -------
    array (..., 12)
        Monthly means. [degC]
    """
    mean, amplitude, latitude, coldest = (
        np.asarray(x, dtype=np.float64)[..., None] for x in (annual_mean_c, amplitude_k, latitude_deg, coldest_day)
    )
    day = np.arange(365) + 0.5
    phase = 2.0 * np.pi * (day - coldest - np.where(latitude < 0.0, 182.5, 0.0)) / 365.0
    daily = mean - amplitude * np.cos(phase)
    return np.add.reduceat(daily, MONTH_START, axis=-1) / DAYS_OF_MONTH


def monthly_ghi(
    *, annual_ghi_kwh_m2_day: ArrayLike, clear_sky_ghi_w_m2: ArrayLike, clearness_shape: ArrayLike | None = None
) -> Array:
    """Monthly irradiation from the annual mean, for a given course of the clear-sky index.

    Parameters
    ----------
    annual_ghi_kwh_m2_day : float or array (...)
        Annual mean irradiation. [kWh/m2/day]
    clear_sky_ghi_w_m2 : array (..., hour)
        Irradiance without clouds. [W/m2]
    clearness_shape : array (..., 12), optional
        Relative clear-sky index of each month, any scale; left out: the same all year. [-]

    Returns
    -------
    array (..., 12)
        Monthly irradiation whose annual mean is the one given. [kWh/m2/day]
    """
    clear = monthly_mean(clear_sky_ghi_w_m2) * 0.024
    shaped = clear if clearness_shape is None else clear * np.asarray(clearness_shape, dtype=np.float64)
    annual = (shaped * DAYS_OF_MONTH).sum(axis=-1, keepdims=True) / 365.0
    return shaped * np.asarray(annual_ghi_kwh_m2_day, dtype=np.float64)[..., None] / annual


def clearness_sd(
    *, clearness_mean: ArrayLike, temperature_mean_c: ArrayLike, latitude_deg: ArrayLike, coefficients: ArrayLike
) -> Array:
    """Standard deviation of the daily clear-sky index: small where always clear or always grey, large in cold months.

    Parameters
    ----------
    clearness_mean : array (..., 12)
        Monthly clear-sky index. [-]
    temperature_mean_c : array (..., 12)
        Monthly means. [degC]
    latitude_deg : float or array (...)
        Latitude. [deg]
    coefficients : sequence of 6 floats
        Constant, index, index squared, latitude/90, its square, per 10 K of the month's mean. [-]

    Returns
    -------
    array (..., 12)
        Standard deviation, at least 0.02. [-]
    """
    c = np.asarray(coefficients, dtype=np.float64)
    k, t = np.asarray(clearness_mean, dtype=np.float64), np.asarray(temperature_mean_c, dtype=np.float64)
    x = np.abs(np.asarray(latitude_deg, dtype=np.float64))[..., None] / 90.0
    return np.maximum(c[0] + k * (c[1] + k * c[2]) + x * (c[3] + x * c[4]) + c[5] * t / 10.0, 0.02)


def day_range_k(
    *,
    temperature_mean_c: ArrayLike,
    cooling_db_1_c: ArrayLike,
    latitude_deg: ArrayLike,
    coefficients: ArrayLike,
) -> Array:
    """Mean daily temperature range where no station gives it: wide where hot hours stand far above the warm month.

    Parameters
    ----------
    temperature_mean_c : array (..., 12)
        Monthly means. [degC]
    cooling_db_1_c : float or array (...)
        Dry bulb exceeded in 1 % of the hours of the year. [degC]
    latitude_deg : float or array (...)
        Latitude. [deg]
    coefficients : sequence of 4 floats
        Constant, per K of excess, per latitude/90, per K of seasonal range. [K]

    Returns
    -------
    array (..., 12)
        Daily range, the same in all months, at least 2 K. [K]
    """
    t, c = np.asarray(temperature_mean_c, dtype=np.float64), np.asarray(coefficients, dtype=np.float64)
    excess = np.asarray(cooling_db_1_c, dtype=np.float64) - t.max(axis=-1)
    latitude = np.abs(np.asarray(latitude_deg, dtype=np.float64)) / 90.0
    value = c[0] + c[1] * excess + c[2] * latitude + c[3] * (t.max(axis=-1) - t.min(axis=-1))
    return np.maximum(value, 2.0)[..., None] + 0.0 * t


def humidity_from_range(*, temperature_day_range_k: ArrayLike, coefficients: ArrayLike) -> Array:
    """Monthly relative humidity where none is known: dry air has wide daily temperature ranges.

    Parameters
    ----------
    temperature_day_range_k : array (..., 12)
        Mean daily temperature range. [K]
    coefficients : sequence of 2 floats
        Constant, and change per K. [-]

    Returns
    -------
    array (..., 12)
        Relative humidity, 0.15 to 0.95. [-]
    """
    c = np.asarray(coefficients, dtype=np.float64)
    return np.clip(c[0] + c[1] * np.asarray(temperature_day_range_k, dtype=np.float64), 0.15, 0.95)


def temperature_sd_k(
    *,
    temperature_mean_c: ArrayLike,
    temperature_day_range_k: ArrayLike,
    heating_db_99_c: ArrayLike,
    cooling_db_1_c: ArrayLike,
    cycle_fraction: ArrayLike,
) -> Array:
    """Monthly standard deviation of temperature around its daily cycle that gives the two design temperatures.

    A cold-season and a warm-season value are blended by the monthly mean. Where the seasons differ by less than 3 K
    there is one value for all months and only the hot design temperature is met.

    Parameters
    ----------
    temperature_mean_c, temperature_day_range_k : array (..., 12)
        Monthly means and mean daily ranges. [degC], [K]
    heating_db_99_c, cooling_db_1_c : float or array (...)
        Dry bulb exceeded in 99 % and in 1 % of the hours of the year. [degC]
    cycle_fraction : float
        Range of the mean daily cycle over the mean daily range. [-]

    Returns
    -------
    array (..., 12)
        Standard deviation, 0.3 to 12. [K]
    """
    t = np.asarray(temperature_mean_c, dtype=np.float64)
    cold, hot = np.asarray(heating_db_99_c, dtype=np.float64), np.asarray(cooling_db_1_c, dtype=np.float64)
    half = 0.5 * np.asarray(cycle_fraction) * np.asarray(temperature_day_range_k, dtype=np.float64)
    mean = t[..., None] + half[..., None] * np.cos(2.0 * np.pi * (np.arange(12) + 0.5) / 24.0)  # evenings as mornings
    seasons = t.max(axis=-1) - t.min(axis=-1)
    flat = seasons < 3.0
    warm = (t - t.min(axis=-1)[..., None]) / np.where(flat, 1.0, seasons)[..., None]
    warm = np.where(flat[..., None], 1.0, warm)
    shape = np.broadcast_shapes(flat.shape, cold.shape, hot.shape)
    spread = np.empty((*shape, 12))
    means, warms = np.broadcast_to(mean, (*shape, 12, 12)), np.broadcast_to(warm, (*shape, 12))
    hot, cold = np.broadcast_to(hot, shape), np.broadcast_to(cold, shape)
    for at in np.ndindex(shape):
        spread[at] = _spread(means[at], warms[at], float(cold[at]), float(hot[at]))
    return spread


def _spread(mean: Array, warm: Array, cold: float, hot: float) -> Array:
    """Monthly standard deviations at one place: mean (12, hour), share of the warm season (12,)."""
    colder, warmer = mean - cold, hot - mean
    sd_cold, sd_warm = 4.0, 3.0

    def blend(in_cold: float, in_warm: float) -> Array:
        return in_cold * (1.0 - warm) + in_warm * warm

    for _ in range(3):  # each design temperature depends mostly on its own season
        other = sd_cold
        sd_warm = _sd_of(lambda x: _share_beyond(warmer, blend(other, x)), sd_warm)  # noqa: B023
        other = sd_warm
        sd_cold = _sd_of(lambda x: _share_beyond(colder, blend(x, other)), sd_cold)  # noqa: B023
    return blend(sd_cold, sd_warm)


def _share_beyond(away: Array, sd: Array) -> float:
    """Share of the year beyond a temperature that lies so far from the mean of each month and hour (12, hour)."""
    share = normal_cdf(away / -sd[:, None]).mean(axis=-1)
    return float((share * DAYS_OF_MONTH).sum() / 365.0)


def _sd_of(share_beyond: Callable[[float], float], near: float) -> float:
    """Standard deviation that leaves a hundredth of the year beyond a design temperature, sought from a first guess.

    The root of the logarithm of a normal tail is nearly straight in 1 / sd: secants there need a handful of shares.
    """
    wanted = math.sqrt(-math.log(DESIGN_SHARE))
    low, high = LEAST_SD_K - 1.0, MOST_SD_K + 1.0
    x, u_before, over_before = near, 0.0, math.sqrt(math.log(2.0)) - wanted  # sd without end: half lies beyond
    for _ in range(MOST_SHARES):
        over = math.sqrt(-math.log(min(max(share_beyond(x), 1e-300), 1.0))) - wanted  # above zero: too narrow
        low, high = (x, high) if over > 0.0 else (low, x)
        u = 1.0 / x
        rise = (over - over_before) / (u - u_before) if u != u_before else 0.0
        trial = 0.5 * (low + high)
        if rise > 0.0:
            step = min(max(1.0 / max(u - over / rise, 0.5 / MOST_SD_K), LEAST_SD_K), MOST_SD_K)
            if abs(step - x) < SURE_K:
                return _halved(step)
            trial = step if low < step < high else trial
        if high <= LEAST_SD_K or low >= MOST_SD_K or high - low < SURE_K:
            break
        x, u_before, over_before = trial, u, over
    return _halved(x)


def _halved(x: float) -> float:
    """A standard deviation rounded to what halving its range 22 times would find: the same from every first guess."""
    low, high = LEAST_SD_K, MOST_SD_K
    for _ in range(22):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle < x else (low, middle)
    return 0.5 * (low + high)


def complete_climate(
    *,
    latitude_deg: ArrayLike,
    elevation_m: ArrayLike,
    clear_sky_ghi_w_m2: ArrayLike,
    ghi_kwh_m2_day: ArrayLike,
    temperature_mean_c: ArrayLike,
    heating_db_99_c: ArrayLike,
    cooling_db_1_c: ArrayLike,
    rules: ClimateRules,
    texture: Texture,
    temperature_amplitude_k: ArrayLike | None = None,
    clearness_shape: ArrayLike | None = None,
    clearness_sd_known: ArrayLike | None = None,
    temperature_day_range_known_k: ArrayLike | None = None,
    relative_humidity_known: ArrayLike | None = None,
    wind_known_m_per_s: ArrayLike | None = None,
    weibull_k_known: ArrayLike | None = None,
    darkest_ghi_known_kwh_m2_day: ArrayLike | None = None,
) -> tuple[Climate, tuple[str, ...]]:
    """Everything a synthetic year needs, from what is known of a place, and a note on each gap filled.

    Parameters
    ----------
    latitude_deg, elevation_m : float or array (site)
        Place. [deg], [m]
    clear_sky_ghi_w_m2 : array (..., hour)
        Irradiance without clouds; its leading axis is that of the sites. [W/m2]
    ghi_kwh_m2_day : float or array (...) or (..., 12)
        Irradiation: annual mean (spread over the months by the clear sky) or monthly. [kWh/m2/day]
    temperature_mean_c : float or array (...) or (..., 12)
        Annual mean (then `temperature_amplitude_k` is needed) or monthly. [degC]
    heating_db_99_c, cooling_db_1_c : float or array (...)
        Dry bulb exceeded in 99 % and 1 % of the hours of the year. [degC]
    rules, texture : ClimateRules, Texture
        Coefficients. [-]
    temperature_amplitude_k : float or array (...), optional
        Half the seasonal range. [K]
    clearness_shape : array (12), optional
        Relative course of the clear-sky index, with an annual irradiation. [-]
    clearness_sd_known, temperature_day_range_known_k, relative_humidity_known : array (12), optional
        Where known. [-], [K], [-]
    wind_known_m_per_s, weibull_k_known : array (12) or float, optional
        Monthly mean wind at 100 m and its shape, where known. [m/s], [-]
    darkest_ghi_known_kwh_m2_day : float or array (...), optional
        Mean of the darkest fifth of the year's two-day means of irradiation, where known. [kWh/m2/day]

    Returns
    -------
    Climate
        Monthly values.
    tuple of str
        One sentence per rule that stood in for a missing figure.
    """
    notes: list[str] = []
    ghi, t = np.asarray(ghi_kwh_m2_day, dtype=np.float64), np.asarray(temperature_mean_c, dtype=np.float64)
    sites = np.ndim(clear_sky_ghi_w_m2) - 1
    if ghi.ndim == sites:
        notes.append(
            "monthly sun: annual mean spread by the clear sky" + (" and a shape" if clearness_shape is not None else "")
        )
        ghi = monthly_ghi(
            annual_ghi_kwh_m2_day=ghi, clear_sky_ghi_w_m2=clear_sky_ghi_w_m2, clearness_shape=clearness_shape
        )
    if t.ndim == sites:
        if temperature_amplitude_k is None:
            raise ValueError("temperature_mean_c is one annual number: give temperature_amplitude_k as well")
        notes.append("monthly temperature: sinusoid through the year")
        t = monthly_temperature(
            annual_mean_c=t,
            amplitude_k=temperature_amplitude_k,
            latitude_deg=latitude_deg,
            coldest_day=rules.coldest_day,
        )
    day_range = temperature_day_range_known_k
    if day_range is None:
        notes.append("daily temperature range: rule from the hot design temperature, error 1.5 K")
        day_range = day_range_k(
            temperature_mean_c=t,
            cooling_db_1_c=cooling_db_1_c,
            latitude_deg=latitude_deg,
            coefficients=rules.day_range_k,
        )
    humidity = relative_humidity_known
    if humidity is None:
        notes.append("humidity: rule from the daily temperature range, error 0.09, too moist by up to 0.3 in deserts")
        humidity = humidity_from_range(temperature_day_range_k=day_range, coefficients=rules.relative_humidity)
    kc_sd = clearness_sd_known
    if kc_sd is None:
        notes.append("day-to-day spread of sun: rule from its mean, temperature and latitude, error 0.05")
        kc = clearness_mean(ghi_kwh_m2_day=ghi, clear_sky_ghi_w_m2=clear_sky_ghi_w_m2)
        kc_sd = clearness_sd(
            clearness_mean=kc, temperature_mean_c=t, latitude_deg=latitude_deg, coefficients=rules.clearness_sd
        )
    if wind_known_m_per_s is None:
        notes.append("wind: no site value; scale its capacity factor to the fleet's")
    wind = rules.wind_m_per_s if wind_known_m_per_s is None else wind_known_m_per_s
    sd = temperature_sd_k(
        temperature_mean_c=t,
        temperature_day_range_k=day_range,
        heating_db_99_c=heating_db_99_c,
        cooling_db_1_c=cooling_db_1_c,
        cycle_fraction=texture.temperature_cycle_fraction,
    )
    climate = Climate(
        ghi_kwh_m2_day=ghi,
        clearness_sd=np.asarray(kc_sd, dtype=np.float64),
        temperature_mean_c=t,
        temperature_day_range_k=np.asarray(day_range, dtype=np.float64),
        temperature_sd_k=sd,
        relative_humidity=np.asarray(humidity, dtype=np.float64),
        wind_m_per_s=np.broadcast_to(np.asarray(wind, dtype=np.float64), (12,)),
        weibull_k=rules.weibull_k if weibull_k_known is None else weibull_k_known,
        elevation_m=elevation_m,
        wind_height_m=100.0,
        darkest_ghi_kwh_m2_day=darkest_ghi_known_kwh_m2_day,
    )
    return climate, tuple(notes)
