"""Where the sun stands, what a clear sky gives, and what a PV plant makes of it.

Hours are of local standard time: hour 0 is 00:00-01:00 on 1 January of a 365-day year, and the sun is placed
at the middle of each hour. Directions are unit vectors (east, north, up), so an incidence angle is a dot product.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

HOURS_PER_YEAR = 8760
SOLAR_CONSTANT_W_M2 = 1361.0  # total solar irradiance: Kopp and Lean 2011, doi:10.1029/2010GL045777
_MIN_COS_ZENITH = 0.065  # below 3.7 degrees of elevation beam = (ghi - dhi) / cos(zenith) is noise


@dataclass(frozen=True, slots=True)
class Sun:
    """Direction of the sun as a unit vector, and the beam above the atmosphere.

    Attributes
    ----------
    east, north, up : array (..., hour)
        Components of the unit vector that points to the sun; `up` is the cosine of the zenith angle. [-]
    extraterrestrial_w_m2 : array (..., hour)
        Beam irradiance above the atmosphere. [W/m2]
    """

    east: NDArray[np.float64]
    north: NDArray[np.float64]
    up: NDArray[np.float64]
    extraterrestrial_w_m2: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PvSystem:
    """A PV plant, described by what decides its hourly output per kW of inverter.

    Attributes
    ----------
    tracking : bool
        True: one horizontal north-south axis with backtracking; tilt and azimuth are then not used.
    tilt_deg, azimuth_deg : float
        Slope and direction of fixed modules; azimuth 180 looks south, 0 north. [deg]
    dc_ac_ratio : float
        Module power at standard conditions over inverter power. [-]
    loss_fraction : float
        Soiling, shading, mismatch, wiring, availability: part of the DC energy lost. [-]
    inverter_efficiency : float
        Nominal efficiency of the inverter. [-]
    temperature_coefficient_per_k : float
        Change of module power per kelvin of cell temperature above 25, negative. [1/K]
    albedo : float
        Reflectance of the ground. [-]
    ground_coverage_ratio, rotation_limit_deg : float
        Module width over row distance, and the largest rotation, of trackers. [-], [deg]
    """

    tracking: bool
    tilt_deg: float
    azimuth_deg: float
    dc_ac_ratio: float
    loss_fraction: float
    inverter_efficiency: float
    temperature_coefficient_per_k: float
    albedo: float
    ground_coverage_ratio: float
    rotation_limit_deg: float


def _degrees(x: ArrayLike) -> NDArray[np.float64]:
    return np.deg2rad(np.asarray(x, dtype=np.float64))


def sun_position(
    *,
    latitude_deg: ArrayLike,
    longitude_deg: ArrayLike,
    utc_offset_h: ArrayLike,
    hour_of_year: ArrayLike | None = None,
) -> Sun:
    """Place of the sun through the year.

    Declination, equation of time and distance after Spencer, within 0.2 degrees of the NREL SPA
    algorithm in a common year. Refraction is left out.

    Parameters
    ----------
    latitude_deg, longitude_deg : float or array (...)
        North and east positive. [deg]
    utc_offset_h : float or array (...)
        Local standard time minus UTC. [h]
    hour_of_year : array (hour), optional
        Local standard time since 1 January 00:00; left out: the middle of each of 8,760 hours. [h]

    Returns
    -------
    Sun
        Unit vector and extraterrestrial beam, (..., hour).

    References
    ----------
    .. [1] J. W. Spencer, "Fourier series representation of the position of the sun", Search 2 (5), 172 (1971).

    Examples
    --------
    >>> noon = sun_position(latitude_deg=0.0, longitude_deg=0.0, utc_offset_h=0.0, hour_of_year=[80.0 * 24.0 + 12.1])
    >>> bool(noon.up[0] > 0.999)
    True
    """
    t = np.arange(HOURS_PER_YEAR) + 0.5 if hour_of_year is None else np.asarray(hour_of_year, dtype=np.float64)
    phi, lon, offset = (np.asarray(x, dtype=np.float64)[..., None] for x in (latitude_deg, longitude_deg, utc_offset_h))
    phi = np.deg2rad(phi)
    g = 2.0 * np.pi * ((t - offset) / 24.0 % 365.0) / 365.0
    c1, s1 = np.cos(g), np.sin(g)
    c2, s2 = c1 * c1 - s1 * s1, 2.0 * s1 * c1
    c3, s3 = c1 * c2 - s1 * s2, s1 * c2 + c1 * s2
    declination = (
        0.006918 - 0.399912 * c1 + 0.070257 * s1 - 0.006758 * c2 + 0.000907 * s2 - 0.002697 * c3 + 0.00148 * s3
    )
    equation_of_time_h = (24.0 / (2.0 * np.pi)) * (
        0.0000075 + 0.001868 * c1 - 0.032077 * s1 - 0.014615 * c2 - 0.040849 * s2
    )
    distance_factor = 1.00011 + 0.034221 * c1 + 0.00128 * s1 + 0.000719 * c2 + 0.000077 * s2
    hour_angle = _degrees(15.0 * ((t - offset + lon / 15.0 + equation_of_time_h) % 24.0 - 12.0))
    sin_d, cos_d = np.sin(declination), np.cos(declination)
    cos_w = np.cos(hour_angle)
    return Sun(
        east=-cos_d * np.sin(hour_angle),
        north=sin_d * np.cos(phi) - cos_d * cos_w * np.sin(phi),
        up=np.sin(phi) * sin_d + np.cos(phi) * cos_d * cos_w,
        extraterrestrial_w_m2=SOLAR_CONSTANT_W_M2 * distance_factor + 0.0 * hour_angle,
    )


def relative_air_mass(cos_zenith: ArrayLike) -> NDArray[np.float64] | np.float64:
    """Path of the beam through the atmosphere over the vertical path; NaN where the sun is down.

    Parameters
    ----------
    cos_zenith : float or array (..., hour)
        Cosine of the zenith angle. [-]

    Returns
    -------
    float or array (..., hour)
        Relative air mass at sea level. [-]

    References
    ----------
    .. [1] F. Kasten and A. T. Young, "Revised optical air mass tables and approximation formula",
       Applied Optics 28 (22), 4735-4738 (1989).

    Examples
    --------
    >>> round(float(relative_air_mass(0.5)), 3)  # 60 degrees from the zenith
    1.994
    """
    c = np.where(np.asarray(cos_zenith) > 0.0, cos_zenith, np.nan)
    zenith_deg = np.rad2deg(np.arccos(np.minimum(c, 1.0)))
    return 1.0 / (c + 0.50572 * (96.07995 - zenith_deg) ** -1.6364)


def clear_sky_ghi(*, sun: Sun, elevation_m: ArrayLike, linke_turbidity: ArrayLike) -> NDArray[np.float64]:
    """Global horizontal irradiance without clouds.

    Parameters
    ----------
    sun : Sun
        Place of the sun, (..., hour). [-]
    elevation_m : float or array (...)
        Height above the sea. [m]
    linke_turbidity : float or array (..., hour) or (..., 1)
        Number of clean dry atmospheres that would weaken the beam as much. [-]

    Returns
    -------
    array (..., hour)
        Clear-sky global horizontal irradiance. [W/m2]

    References
    ----------
    .. [1] P. Ineichen and R. Perez, "A new airmass independent formulation for the Linke turbidity coefficient",
       Solar Energy 73 (3), 151-157 (2002).
    """
    h = np.asarray(elevation_m, dtype=np.float64)[..., None]
    # pressure of the standard atmosphere over that at sea level (ISO 2533)
    pressure_ratio = (1.0 - 2.25577e-5 * h) ** 5.25588
    air_mass = relative_air_mass(sun.up) * pressure_ratio
    cg1, cg2 = 5.09e-5 * h + 0.868, 3.92e-5 * h + 0.0387
    fh1, fh2 = np.exp(-h / 8000.0), np.exp(-h / 1250.0)
    ghi = cg1 * sun.extraterrestrial_w_m2 * sun.up
    ghi = ghi * np.exp(-cg2 * air_mass * (fh1 + fh2 * (np.asarray(linke_turbidity, dtype=np.float64) - 1.0)))
    return np.nan_to_num(np.maximum(ghi, 0.0), nan=0.0)


def clear_year(*, latitude_deg: ArrayLike, linke_turbidity: ArrayLike) -> NDArray[np.float64] | np.float64:
    """Cloudless irradiation of a year at sea level.

    Its ratio between two latitudes carries the mean irradiation of a country to a place within it.

    Parameters
    ----------
    latitude_deg : float or array (...)
        Latitude. [deg]
    linke_turbidity : float
        Turbidity. [-]

    Returns
    -------
    float or array (...)
        Mean of a day. [kWh/m2/day]

    Examples
    --------
    >>> north, south = (clear_year(latitude_deg=x, linke_turbidity=3.0) for x in (46.4, 43.6))
    >>> round(float(south / north), 2)
    1.05
    """
    x = np.asarray(latitude_deg, dtype=np.float64)
    hours = (np.arange(2, 365, 5)[:, None] * 24.0 + np.arange(24) + 0.5).ravel()  # every fifth day
    sun = sun_position(latitude_deg=x, longitude_deg=0.0 * x, utc_offset_h=0.0 * x, hour_of_year=hours)
    return np.asarray(
        clear_sky_ghi(sun=sun, elevation_m=0.0 * x, linke_turbidity=linke_turbidity).mean(axis=-1) * 0.024
    )[()]


def beam_and_diffuse(*, sun: Sun, ghi_w_m2: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split global into beam and diffuse irradiance by the clearness index.

    Global = diffuse + beam x cos(zenith) holds in every hour; near the horizon all is taken as diffuse.

    Parameters
    ----------
    sun : Sun
        Place of the sun, (..., hour). [-]
    ghi_w_m2 : float or array (..., hour)
        Global horizontal irradiance. [W/m2]

    Returns
    -------
    dni, dhi : array (..., hour)
        Direct normal and diffuse horizontal irradiance. [W/m2]

    References
    ----------
    .. [1] D. G. Erbs, S. A. Klein and J. A. Duffie, "Estimation of the diffuse radiation fraction for hourly,
       daily and monthly-average global radiation", Solar Energy 28 (4), 293-302 (1982).
    """
    ghi = np.asarray(ghi_w_m2, dtype=np.float64)
    up = np.maximum(sun.up, _MIN_COS_ZENITH)
    kt = np.minimum(ghi / (sun.extraterrestrial_w_m2 * up), 1.0)
    middle = 0.9511 + kt * (-0.1604 + kt * (4.388 + kt * (-16.638 + kt * 12.336)))
    fraction = np.where(kt <= 0.22, 1.0 - 0.09 * kt, np.where(kt <= 0.8, middle, 0.165))
    dhi = np.where(sun.up > _MIN_COS_ZENITH, fraction * ghi, ghi)
    return (ghi - dhi) / up, dhi


def _panel_normal(sun: Sun, system: PvSystem) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Unit normal of the modules (east, north, up)."""
    if not system.tracking:
        tilt, azimuth = _degrees(system.tilt_deg), _degrees(system.azimuth_deg)
        return np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)
    rotation = tracker_rotation_rad(
        sun=sun,
        ground_coverage_ratio=system.ground_coverage_ratio,
        rotation_limit_rad=float(_degrees(system.rotation_limit_deg)),
    )
    return np.sin(rotation), np.zeros_like(rotation), np.cos(rotation)


def tracker_rotation_rad(
    *, sun: Sun, ground_coverage_ratio: ArrayLike, rotation_limit_rad: ArrayLike
) -> NDArray[np.float64]:
    """Rotation of a horizontal north-south tracker, east positive, that never shades its neighbour row.

    Parameters
    ----------
    sun : Sun
        Place of the sun, (..., hour). [-]
    ground_coverage_ratio : float
        Module width over row distance. [-]
    rotation_limit_rad : float
        Largest rotation either way. [rad]

    Returns
    -------
    array (..., hour)
        Rotation from horizontal, 0 at night. [rad]

    References
    ----------
    .. [1] E. Lorenzo, L. Narvarte and J. Munoz, "Tracking and back-tracking", Progress in Photovoltaics 19,
       747-753 (2011), doi:10.1002/pip.1085.
    """
    ideal = np.arctan2(sun.east, np.maximum(sun.up, 1e-9))
    shaded = np.minimum(np.cos(ideal) / np.asarray(ground_coverage_ratio, dtype=np.float64), 1.0)
    rotation = ideal - np.sign(ideal) * np.arccos(shaded)
    return np.where(sun.up > 0.0, np.clip(rotation, -np.asarray(rotation_limit_rad), rotation_limit_rad), 0.0)


def _incidence_modifier(cos_incidence: ArrayLike) -> NDArray[np.float64]:
    """Loss by reflection at the glass, ASHRAE form with b0 = 0.05 (Souka and Safwat 1966, Solar Energy 10, 170)."""
    c = np.maximum(np.asarray(cos_incidence, dtype=np.float64), 1e-6)
    return np.clip(1.0 - 0.05 * (1.0 / c - 1.0), 0.0, 1.0)


def plane_irradiance(
    *, sun: Sun, ghi_w_m2: ArrayLike, dni_w_m2: ArrayLike, dhi_w_m2: ArrayLike, system: PvSystem
) -> NDArray[np.float64]:
    """Irradiance that enters the modules: beam, circumsolar, sky and ground, less reflection at the glass.

    Parameters
    ----------
    sun : Sun
        Place of the sun, (..., hour). [-]
    ghi_w_m2, dni_w_m2, dhi_w_m2 : array (..., hour)
        Global horizontal, direct normal and diffuse horizontal irradiance. [W/m2]
    system : PvSystem
        Orientation or tracking, albedo. [-]

    Returns
    -------
    array (..., hour)
        Irradiance absorbed in the module plane. [W/m2]

    References
    ----------
    .. [1] J. E. Hay and J. A. Davies, "Calculations of the solar radiation incident on an inclined surface",
       Proc. First Canadian Solar Radiation Data Workshop, 59-72 (1980).
    """
    e, n, u = _panel_normal(sun, system)
    cos_incidence = np.maximum(sun.east * e + sun.north * n + sun.up * u, 0.0)
    dni, dhi = np.asarray(dni_w_m2, dtype=np.float64), np.asarray(dhi_w_m2, dtype=np.float64)
    anisotropy = np.clip(dni / sun.extraterrestrial_w_m2, 0.0, 1.0)
    circumsolar = dhi * anisotropy / np.maximum(sun.up, 0.01745)
    beam = (dni + circumsolar) * cos_incidence * _incidence_modifier(cos_incidence)
    sky = dhi * (1.0 - anisotropy) * (1.0 + u) / 2.0 * _incidence_modifier(0.5)  # diffuse arrives at about 60 degrees
    ground = np.asarray(ghi_w_m2, dtype=np.float64) * system.albedo * (1.0 - u) / 2.0 * _incidence_modifier(0.5)
    return beam + sky + ground


def cell_temperature_c(
    *, plane_w_m2: ArrayLike, temperature_c: ArrayLike, wind_m_per_s: ArrayLike
) -> NDArray[np.float64] | np.float64:
    """Cell temperature of open-rack modules.

    Parameters
    ----------
    plane_w_m2 : float or array (..., hour)
        Irradiance in the module plane. [W/m2]
    temperature_c : float or array (..., hour)
        Air temperature. [degC]
    wind_m_per_s : float or array (..., hour)
        Wind near the modules. [m/s]

    Returns
    -------
    float or array (..., hour)
        Cell temperature. [degC]

    References
    ----------
    .. [1] D. Faiman, "Assessing the outdoor operating temperature of photovoltaic modules", Progress in
       Photovoltaics 16, 307-315 (2008), doi:10.1002/pip.813; mean of seven modules: 25.0 and 6.84.

    Examples
    --------
    >>> round(float(cell_temperature_c(plane_w_m2=800.0, temperature_c=20.0, wind_m_per_s=1.0)), 1)
    45.1
    """
    heat_loss = 25.0 + 6.84 * np.asarray(wind_m_per_s, dtype=np.float64)
    return np.asarray(temperature_c, dtype=np.float64) + np.asarray(plane_w_m2, dtype=np.float64) / heat_loss


def inverter_output(*, dc_per_ac_rating: ArrayLike, inverter_efficiency: ArrayLike) -> NDArray[np.float64] | np.float64:
    """AC power per AC rating with the part-load curve of PVWatts, clipped at the rating.

    Parameters
    ----------
    dc_per_ac_rating : float or array (..., hour)
        DC power over the AC rating of the inverter. [-]
    inverter_efficiency : float
        Nominal efficiency. [-]

    Returns
    -------
    float or array (..., hour)
        AC power over AC rating, 0 to 1. [-]

    References
    ----------
    .. [1] A. P. Dobos, "PVWatts version 5 manual", NREL/TP-6A20-62641 (2014), section on the inverter.

    Examples
    --------
    >>> float(inverter_output(dc_per_ac_rating=1.4, inverter_efficiency=0.96))
    1.0
    """
    eta = np.asarray(inverter_efficiency, dtype=np.float64)
    dc = np.asarray(dc_per_ac_rating, dtype=np.float64)
    load = np.maximum(dc * eta, 1e-9)  # over the DC input that gives the rating
    efficiency = eta / 0.9637 * (-0.0162 * load - 0.0059 / load + 0.9858)
    return np.clip(efficiency * dc, 0.0, 1.0)


def pv_capacity_factor(
    *,
    sun: Sun,
    ghi_w_m2: ArrayLike,
    temperature_c: ArrayLike,
    wind_m_per_s: ArrayLike,
    system: PvSystem,
    dni_w_m2: ArrayLike | None = None,
    dhi_w_m2: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Hourly output of a PV plant per kW of AC rating; divide by `dc_ac_ratio` for the output per kW of modules.

    Parameters
    ----------
    sun : Sun
        Place of the sun, (..., hour). [-]
    ghi_w_m2 : array (..., hour)
        Global horizontal irradiance. [W/m2]
    temperature_c : float or array (..., hour)
        Air temperature. [degC]
    wind_m_per_s : float or array (..., hour)
        Wind near the modules. [m/s]
    system : PvSystem
        The plant. [-]
    dni_w_m2, dhi_w_m2 : array (..., hour), optional
        Direct normal and diffuse horizontal irradiance; without both they are split from the global. [W/m2]

    Returns
    -------
    array (..., hour)
        AC power over AC rating, 0 to 1. [-]

    References
    ----------
    .. [1] A. P. Dobos, "PVWatts version 5 manual", NREL/TP-6A20-62641 (2014).
    """
    ghi = np.asarray(ghi_w_m2, dtype=np.float64)
    if dni_w_m2 is None or dhi_w_m2 is None:
        dni_w_m2, dhi_w_m2 = beam_and_diffuse(sun=sun, ghi_w_m2=ghi)
    plane = plane_irradiance(sun=sun, ghi_w_m2=ghi, dni_w_m2=dni_w_m2, dhi_w_m2=dhi_w_m2, system=system)
    cell = cell_temperature_c(plane_w_m2=plane, temperature_c=temperature_c, wind_m_per_s=wind_m_per_s)
    heat = 1.0 + system.temperature_coefficient_per_k * (cell - 25.0)
    dc = system.dc_ac_ratio * (1.0 - system.loss_fraction) * plane / 1000.0 * heat
    return np.asarray(inverter_output(dc_per_ac_rating=dc, inverter_efficiency=system.inverter_efficiency))


def fixed_tilt_deg(latitude_deg: ArrayLike) -> NDArray[np.float64] | np.float64:
    """Tilt that gives fixed modules about the most energy in a year, facing the equator.

    Parameters
    ----------
    latitude_deg : float or array (...)
        Latitude; its sign is dropped. [deg]

    Returns
    -------
    float or array (...)
        Tilt. [deg]

    References
    ----------
    .. [1] M. Z. Jacobson and V. Jadhav, "World estimates of PV optimal tilt angles and ratios of sunlight incident upon
       tilted and tracked PV panels relative to horizontal panels", Solar Energy 169, 55-66 (2018); northern fit.

    Examples
    --------
    >>> round(float(fixed_tilt_deg(48.9)), 1)
    35.1
    """
    x = np.abs(np.asarray(latitude_deg, dtype=np.float64))
    return 1.3793 + x * (1.2011 + x * (-0.014404 + x * 0.000080509))
