"""Seeded synthetic years of hourly weather from twelve monthly numbers per quantity.

Hours are of local standard time: hour 0 is 00:00-01:00 on 1 January, 8,760 hours, no leap day. A synthetic year is
a draw, not a forecast: monthly sun, humidity and wind are forced to the climatology, temperature is free to vary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .air import dew_point_c, saturation_pressure_pa, standard_pressure_pa
from .months import (
    DAYS_OF_MONTH,
    HOURS_PER_YEAR,
    MONTH_OF_DAY,
    MONTH_OF_HOUR,
    MONTH_START,
    daily_from_monthly,
    monthly_mean,
    normal_cdf,
)

Array = NDArray[np.float64]
DARK_PAIRS = 73  # a fifth of the two-day means of a year
CANDIDATES = 64  # years of daily sun drawn, where the darkest fifth is known, to take the nearest of
FIRST_CANDIDATE = 8  # their streams of noise; those below are the year's own


@dataclass(frozen=True, slots=True, eq=False)
class WeatherYear:
    """One or more years of hourly weather at one place; equal only to itself.

    Attributes
    ----------
    temperature_c, relative_humidity, pressure_pa : array (..., hour)
        Dry bulb, humidity from 0 to 1, and air pressure. [degC], [-], [Pa]
    ghi_w_m2 : array (..., hour)
        Global horizontal irradiance. [W/m2]
    dni_w_m2, dhi_w_m2 : array (..., hour) or None
        Direct normal and diffuse horizontal irradiance; None where only the global is known. [W/m2]
    wind_m_per_s : array (..., hour)
        Wind speed at `wind_height_m`. [m/s]
    wind_height_m : float
        Height of the wind speed above ground. [m]
    """

    temperature_c: Array
    relative_humidity: Array
    pressure_pa: Array
    ghi_w_m2: Array
    dni_w_m2: Array | None
    dhi_w_m2: Array | None
    wind_m_per_s: Array
    wind_height_m: float


@dataclass(frozen=True, slots=True)
class Climate:
    """What a synthetic year is forced to: twelve values each, January first.

    Attributes
    ----------
    ghi_kwh_m2_day : array (..., 12)
        Mean global horizontal irradiation. [kWh/m2/day]
    clearness_sd : array (..., 12)
        Standard deviation of the daily clear-sky index within the month. [-]
    temperature_mean_c, temperature_day_range_k, temperature_sd_k : array (..., 12)
        Mean; mean of daily maximum minus minimum; standard deviation around the mean daily cycle. [degC], [K], [K]
    relative_humidity : array (..., 12)
        Mean relative humidity. [-]
    wind_m_per_s : array (..., 12)
        Mean wind speed at `wind_height_m`. [m/s]
    weibull_k : float or array (..., 12)
        Shape of the distribution of hourly wind speed within a month. [-]
    elevation_m, wind_height_m : float
        Height of the place above the sea, of the wind above ground. [m]
    darkest_ghi_kwh_m2_day : float or array (...), optional
        Mean of the darkest fifth of the year's two-day means of irradiation, where known. [kWh/m2/day]
    """

    ghi_kwh_m2_day: Array
    clearness_sd: Array
    temperature_mean_c: Array
    temperature_day_range_k: Array
    temperature_sd_k: Array
    relative_humidity: Array
    wind_m_per_s: Array
    weibull_k: ArrayLike
    elevation_m: ArrayLike
    wind_height_m: float
    darkest_ghi_kwh_m2_day: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Texture:
    """How weather moves from hour to hour and day to day; one set for all places.

    Attributes
    ----------
    clearness_max : float
        Upper end of the daily clear-sky index. [-]
    clearness_day_autocorrelation : float
        Of one day with the next. [-]
    clearness_hour_sd, clearness_hour_autocorrelation : float
        Relative noise within a half-cloudy day, and its memory. [-]
    temperature_hour_autocorrelation : float
        Of the departure from the mean daily cycle. [-]
    temperature_cycle_fraction : float
        Range of the mean daily cycle over the mean daily range. [-]
    temperature_range_per_clearness : float
        Relative change of the daily range per unit of the daily clear-sky index. [-]
    temperature_peak_lag_h : float
        Warmest hour after solar noon. [h]
    dew_point_hour_autocorrelation : float
        Of the part of the dew point that does not follow temperature. [-]
    humidity_dry, humidity_moist : float
        Monthly humidity below which the dew point ignores, and above which it fully follows, temperature. [-]
    dew_point_noise : float
        Standard deviation of that part over the standard deviation of temperature, in moist air. [-]
    dew_point_noise_dry : float
        Increase of that ratio per unit of humidity below `humidity_moist`. [-]
    dew_point_skew : float
        Shape of the lognormal tail of that part towards dry air, above 0. [-]
    dew_point_halving_k : float
        Mean dew point above freezing at which all its movement is halved: warm seas limit moist air. [K]
    wind_hour_autocorrelation : float
        Of the Gaussian score of wind. [-]
    wind_sun_correlation : float
        Weight of the day's sun in the Gaussian score of wind. [-]
    wind_day_amplitude : float
        Relative amplitude of the daily cycle of wind, afternoon peak positive. [-]
    """

    clearness_max: float
    clearness_day_autocorrelation: float
    clearness_hour_sd: float
    clearness_hour_autocorrelation: float
    temperature_hour_autocorrelation: float
    temperature_cycle_fraction: float
    temperature_range_per_clearness: float
    temperature_peak_lag_h: float
    dew_point_hour_autocorrelation: float
    humidity_dry: float
    humidity_moist: float
    dew_point_noise: float
    dew_point_noise_dry: float
    dew_point_skew: float
    dew_point_halving_k: float
    wind_hour_autocorrelation: float
    wind_sun_correlation: float
    wind_day_amplitude: float


def _column(value: ArrayLike) -> Array:
    """With an hour axis to broadcast along."""
    return np.asarray(value, dtype=np.float64)[..., None]


def _hourly(daily: Array) -> Array:
    return np.repeat(daily, 24, axis=-1)


def _autoregressive(noise: Array, rho: float) -> Array:
    """First-order autoregression around the year (December runs into January), variance 1.

    y[t] = sum over j of rho^j e[t - j], by doubling the window: only element-wise steps, so a year has the same bits
    whatever it is computed with.
    """
    y, window, power = noise, 1, float(rho)
    while abs(power) > 1e-16 and window < noise.shape[-1]:
        y = y + power * np.roll(y, window, axis=-1)
        window, power = 2 * window, power * power
    return y * np.sqrt(1.0 - rho * rho)


@lru_cache(maxsize=32)  # every site of a screen draws the same
def _noise(seed: int, years: tuple[int, ...], stream: int, size: int, rho: float) -> Array:
    """Autoregressive normal numbers (year, size); each year and stream has its own counter, so order is no matter."""
    rows = [
        np.random.Generator(np.random.Philox(key=[seed, year], counter=[0, 0, 0, stream])).standard_normal(size)
        for year in years
    ]
    made = _autoregressive(np.stack(rows), rho)
    made.flags.writeable = False
    return made


_X = np.sin((np.arange(400) + 0.5) / 400 * (np.pi / 2)) ** 2  # x = sin^2 tames the poles at both ends
_EDGES = np.sin(np.arange(401) / 400 * (np.pi / 2)) ** 2
_LOG_X, _LOG_REST = np.log(_X), np.log1p(-_X)


def _beta_quantile(u: Array, mean: Array, sd: Array) -> Array:
    """Quantiles of Beta distributions on 0..1 by tabulated distribution functions: u (row, 365), mean (..., 12)."""
    mean = np.clip(mean, 0.02, 0.98)
    spread = np.maximum(mean * (1.0 - mean) / np.maximum(sd, 1e-3) ** 2 - 1.0, 0.35)
    rows = max(u.shape[0], np.size(spread) // 12)
    u = np.broadcast_to(u, (rows, 365))
    a, b = (np.broadcast_to(x * spread, (rows, 12)) for x in (mean, 1.0 - mean))
    out = np.empty((rows, 365))
    for y in range(rows):
        log_pdf = (a[y, :, None] - 0.5) * _LOG_X + (b[y, :, None] - 0.5) * _LOG_REST
        pdf = np.exp(log_pdf - log_pdf.max(axis=-1, keepdims=True))
        for m in range(12):
            days = slice(MONTH_START[m], MONTH_START[m] + DAYS_OF_MONTH[m])
            cdf = np.concatenate([[0.0], np.cumsum(pdf[m])])
            out[y, days] = np.interp(u[y, days] * cdf[-1], cdf, _EDGES)
    return out


def _scale_to_month(hourly: Array, target: Array) -> Array:
    """Multiply each month so that its mean is the target (a month of zeros stays)."""
    mean = monthly_mean(hourly)
    factor = np.where(mean > 0.0, target / np.where(mean > 0.0, mean, 1.0), 0.0)
    return hourly * factor[..., MONTH_OF_HOUR]


def _solar_noon_h(clear_sky_ghi_w_m2: Array) -> Array:
    """Mean hour of solar noon, (..., 1), from the clear sky itself."""
    angle = 2.0 * np.pi * ((np.arange(HOURS_PER_YEAR) % 24) + 0.5) / 24.0
    return np.angle((clear_sky_ghi_w_m2 * np.exp(1j * angle)).sum(axis=-1, keepdims=True)) * 12.0 / np.pi % 24.0


def clearness_mean(*, ghi_kwh_m2_day: ArrayLike, clear_sky_ghi_w_m2: ArrayLike) -> Array:
    """Monthly clear-sky index: irradiation over that of a cloudless month.

    Parameters
    ----------
    ghi_kwh_m2_day : array (..., 12)
        Monthly mean irradiation. [kWh/m2/day]
    clear_sky_ghi_w_m2 : array (..., hour)
        Irradiance without clouds. [W/m2]

    Returns
    -------
    array (..., 12)
        Clear-sky index; 0 where the sun never rises. [-]
    """
    clear = monthly_mean(clear_sky_ghi_w_m2) * 24.0 / 1000.0
    ghi = np.asarray(ghi_kwh_m2_day, dtype=np.float64)
    return np.where(clear > 1e-3, ghi / np.maximum(clear, 1e-3), 0.0)


def darkest_ghi(daily_kwh_m2: ArrayLike) -> Array:
    """Mean of the darkest fifth of a year's two-day means of irradiation: what a battery of hours has to bridge.

    Climatologies for sizing batteries give the darkest run of days of each month [1]_. A plant that may miss a tenth
    of its load leaves that one run unserved; what it pays for are the many dark pairs of days. Day 1 follows day 365.

    Parameters
    ----------
    daily_kwh_m2 : array (..., 365)
        Irradiation of each day. [kWh/m2]

    Returns
    -------
    array (...)
        Mean of the 73 darkest of 365 two-day means. [kWh/m2/day]

    References
    ----------
    .. [1] NASA Langley Research Center, POWER project, climatology parameters INSOL_MIN_CONSEC_n, "Minimum available
       insolation over a consecutive n-day period", and EQVLNT_NO_SUN_BLACKDAYS_n (n = 1, 3, 7, 14, 21, month).

    Examples
    --------
    >>> round(float(darkest_ghi(np.tile([1.0, 1.0, 4.0, 4.0, 4.0], 73))), 3)
    1.0
    """
    daily = np.asarray(daily_kwh_m2, dtype=np.float64)
    pairs = np.sort(0.5 * (daily + np.roll(daily, 1, axis=-1)), axis=-1)
    return np.asarray(pairs[..., :DARK_PAIRS].mean(axis=-1))


def _score_as_dark(
    climate: Climate, texture: Texture, clear: Array, seed: int, years: tuple[int, ...], own: Array
) -> Array:
    """Of CANDIDATES daily scores per year, the one whose darkest fifth is nearest to the climate's. (row, 365)"""
    rho = texture.clearness_day_autocorrelation
    streams = range(FIRST_CANDIDATE, FIRST_CANDIDATE + CANDIDATES - 1)
    scores = [own, *(_noise(seed, years, i, 365, rho) for i in streams)]
    kc = clearness_mean(ghi_kwh_m2_day=climate.ghi_kwh_m2_day, clear_sky_ghi_w_m2=clear)
    top = np.maximum(texture.clearness_max, 1.03 * kc)
    cloudless = clear.reshape(*clear.shape[:-1], 365, 24).sum(axis=-1) / 1000.0
    target = np.asarray(climate.ghi_kwh_m2_day, dtype=np.float64)
    found = []
    for score in scores:
        index = _beta_quantile(normal_cdf(score), kc / top, np.asarray(climate.clearness_sd) / top)
        sun = index * top[..., MONTH_OF_DAY] * cloudless
        mean = np.add.reduceat(sun, MONTH_START, axis=-1) / DAYS_OF_MONTH
        factor = np.where(mean > 0.0, target / np.where(mean > 0.0, mean, 1.0), 0.0)
        found.append(darkest_ghi(sun * factor[..., MONTH_OF_DAY]))
    best = np.abs(np.stack(found) - np.asarray(climate.darkest_ghi_kwh_m2_day)).argmin(axis=0)
    every = np.broadcast_to(np.stack(scores), (CANDIDATES, len(best), 365))
    return every[best, np.arange(len(best))]


def _sun(climate: Climate, texture: Texture, clear: Array, score: Array, noise: Array) -> tuple[Array, Array]:
    """Hourly irradiance (year, hour) and daily clear-sky index relative to its month's mean (year, 365)."""
    kc = clearness_mean(ghi_kwh_m2_day=climate.ghi_kwh_m2_day, clear_sky_ghi_w_m2=clear)
    top = np.maximum(texture.clearness_max, 1.03 * kc)
    day = _beta_quantile(normal_cdf(score), kc / top, np.asarray(climate.clearness_sd) / top)
    cloudy = 4.0 * day * (1.0 - day)  # most broken at half cover, none at either end
    flicker = np.maximum(1.0 + texture.clearness_hour_sd * _hourly(cloudy) * noise, 0.1)
    shape = clear * flicker
    by_day = shape.reshape(*shape.shape[:-1], 365, 24).sum(axis=-1)
    clear_day = np.broadcast_to(clear, shape.shape).reshape(*shape.shape[:-1], 365, 24).sum(axis=-1)
    index = day * top[..., MONTH_OF_DAY]
    ghi = shape * _hourly(index * clear_day / np.where(by_day > 0.0, by_day, 1.0))
    target = np.asarray(climate.ghi_kwh_m2_day) * 1000.0 / 24.0
    return _scale_to_month(ghi, target), index - kc[..., MONTH_OF_DAY]


def _temperature(climate: Climate, texture: Texture, index_anomaly: Array, noise: Array, noon_h: Array) -> Array:
    hour = np.arange(HOURS_PER_YEAR) % 24 + 0.5
    half_range = 0.5 * texture.temperature_cycle_fraction * daily_from_monthly(climate.temperature_day_range_k)
    half_range = half_range * np.maximum(1.0 + texture.temperature_range_per_clearness * index_anomaly, 0.0)
    cycle = np.cos(2.0 * np.pi * (hour - noon_h - texture.temperature_peak_lag_h) / 24.0)
    mean, sd = (_hourly(daily_from_monthly(x)) for x in (climate.temperature_mean_c, climate.temperature_sd_k))
    return mean + _hourly(half_range) * cycle + np.maximum(sd, 0.0) * noise


def _humidity(climate: Climate, texture: Texture, temperature: Array, t_noise: Array, own_noise: Array) -> Array:
    """Relative humidity: a slow dew point that follows temperature in moist climates, monthly mean forced."""
    target = np.asarray(climate.relative_humidity, dtype=np.float64)
    sd = np.maximum(np.asarray(climate.temperature_sd_k, dtype=np.float64), 0.0)
    follow = np.clip((target - texture.humidity_dry) / (texture.humidity_moist - texture.humidity_dry), 0.0, 1.0)
    own = texture.dew_point_noise + texture.dew_point_noise_dry * np.maximum(texture.humidity_moist - target, 0.0)
    s = texture.dew_point_skew
    dry_tail = (np.exp(s * s / 2.0) - np.exp(-s * own_noise)) / np.sqrt((np.exp(s * s) - 1.0) * np.exp(s * s))
    base = np.asarray(dew_point_c(temperature_c=climate.temperature_mean_c, relative_humidity=target))
    sd = sd / (1.0 + np.maximum(base, 0.0) / texture.dew_point_halving_k)
    move = _hourly(daily_from_monthly(follow * sd)) * t_noise + _hourly(daily_from_monthly(own * sd)) * dry_tail
    dew = _hourly(daily_from_monthly(base)) + move
    saturation = np.asarray(saturation_pressure_pa(temperature))
    for _ in range(5):  # shift each month's dew point until its mean humidity is the target
        rh = np.minimum(saturation_pressure_pa(dew) / saturation, 1.0)
        shift = np.log(target / monthly_mean(rh)) / 0.065  # vapour pressure grows by about 6.5 % per kelvin
        dew = dew + np.clip(shift, -8.0, 8.0)[..., MONTH_OF_HOUR]
    return np.minimum(saturation_pressure_pa(dew) / saturation, 1.0)


def _wind(climate: Climate, texture: Texture, noise: Array, sun_score: Array, noon_h: Array) -> Array:
    c = texture.wind_sun_correlation
    score = c * _hourly(sun_score) + np.sqrt(1.0 - c * c) * noise
    exceedance = np.maximum(normal_cdf(-score), 1e-12)
    k = np.broadcast_to(np.asarray(climate.weibull_k, dtype=np.float64), np.shape(climate.wind_m_per_s))
    speed = (-np.log(exceedance)) ** (1.0 / k[..., MONTH_OF_HOUR])
    hour = np.arange(HOURS_PER_YEAR) % 24 + 0.5
    cycle = 1.0 + texture.wind_day_amplitude * np.cos(2.0 * np.pi * (hour - noon_h - 3.0) / 24.0)
    return _scale_to_month(speed * cycle, np.asarray(climate.wind_m_per_s, dtype=np.float64))


def synthetic_year(
    *, clear_sky_ghi_w_m2: ArrayLike, climate: Climate, texture: Texture, seed: int, years: Sequence[int]
) -> WeatherYear:
    """Hourly years drawn from a monthly climatology.

    The daily clear-sky index is Beta distributed with first-order memory and its monthly energy forced; temperature is
    the monthly mean, a daily cosine wider on clear days, and slow noise; the dew point follows temperature in moist
    air and wanders in dry air, monthly humidity forced; wind is Weibull on a Gaussian autoregression, mean forced.
    Where the climate knows its darkest fifth (`darkest_ghi`), the daily index is the one of 64 draws nearest to it.

    Parameters
    ----------
    clear_sky_ghi_w_m2 : array (hour) or (site, hour)
        Irradiance without clouds at the place, 8,760 hours. [W/m2]
    climate : Climate
        Monthly values; their leading axis, if any, has one entry per year, or per site where one year is drawn: the
        sites then share its noise, so that their difference is of climate and not of luck. [-]
    texture : Texture
        Memory and spread within months. [-]
    seed : int
        Key of the draw, 0 or more. [-]
    years : sequence of int
        Indices of the years to draw, 0 or more; each depends on (seed, index) alone. [-]

    Returns
    -------
    WeatherYear
        Arrays (year, hour), or (site, hour), without beam and diffuse parts: split them where the sun's place is known.

    References
    ----------
    .. [1] R. Aguiar and M. Collares-Pereira, "TAG: a time-dependent, autoregressive, Gaussian model for generating
       synthetic hourly radiation", Solar Energy 49 (3), 167-174 (1992): the approach for sun.
    .. [2] B. G. Brown, R. W. Katz and A. H. Murphy, "Time series models to simulate and forecast wind speed and wind
       power", J. Climate Appl. Meteorol. 23, 1184-1195 (1984): the approach for wind.
    """
    clear = np.asarray(clear_sky_ghi_w_m2, dtype=np.float64)
    if clear.shape[-1] != HOURS_PER_YEAR:
        raise ValueError(f"clear_sky_ghi_w_m2 has {clear.shape[-1]} hours, expected {HOURS_PER_YEAR}")
    noon_h = _solar_noon_h(clear)
    drawn = tuple(years)
    sun_score = _noise(seed, drawn, 0, 365, texture.clearness_day_autocorrelation)
    if climate.darkest_ghi_kwh_m2_day is not None:
        sun_score = _score_as_dark(climate, texture, clear, seed, drawn, sun_score)
    hour_rho = (
        texture.clearness_hour_autocorrelation,
        texture.temperature_hour_autocorrelation,
        texture.dew_point_hour_autocorrelation,
        texture.wind_hour_autocorrelation,
    )
    flicker, t_noise, dew_noise, wind_noise = (
        _noise(seed, drawn, i + 1, HOURS_PER_YEAR, rho) for i, rho in enumerate(hour_rho)
    )
    ghi, index_anomaly = _sun(climate, texture, clear, sun_score, flicker)
    temperature = _temperature(climate, texture, index_anomaly, t_noise, noon_h)
    return WeatherYear(
        temperature_c=temperature,
        relative_humidity=_humidity(climate, texture, temperature, t_noise, dew_noise),
        pressure_pa=np.broadcast_to(_column(standard_pressure_pa(climate.elevation_m)), temperature.shape).copy(),
        ghi_w_m2=ghi,
        dni_w_m2=None,
        dhi_w_m2=None,
        wind_m_per_s=_wind(climate, texture, wind_noise, sun_score, noon_h),
        wind_height_m=climate.wind_height_m,
    )
