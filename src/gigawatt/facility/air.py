"""Moist air outdoors: vapour pressure, moisture, enthalpy, wet bulb and density, vectorised over any shape.

The constants are those of the Lei & Masanet model, so that its published points are met to rounding. Its wet bulb
neglects the enthalpy of the water that evaporates: it lies below ASHRAE's by 0.03 K in moist air and 0.2 K at 45 degC
and 10 % humidity; below 0 degC it stays over water where ASHRAE changes to ice (up to 0.5 K).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

# Buck (1996) form with the constants of Lei & Masanet (2020); the wet bulb uses 611.2 in place of 611.21.
_P0, _P0_WET_BULB = 611.21, 611.2
_NEWTON_STEPS = 9  # at most; two where the pressure hardly varies
_NEARLY_K = 1e-7  # a step of Newton below which the next would be rounding

CP_AIR = 1.01  # kJ/kgK, dry air
CP_WATER = 4.2  # kJ/kgK
WATER_DENSITY = 1000.0  # kg/m3
LATENT_HEAT = 2430.0  # kJ/kg near 30 degC


def _magnus(temperature_c: Any) -> Any:
    t = temperature_c
    return np.exp((18.678 - t / 234.5) * t / (t + 257.14))


_NODES_C = np.arange(-100.0, 60.0, 0.25)  # wet bulbs where Newton starts
_NODES_MAGNUS = _magnus(_NODES_C)


@dataclass(frozen=True, slots=True, eq=False)
class OutdoorAir:
    """State of the outdoor air, computed once and shared by all cooling systems of a site; equal only to itself."""

    temperature_c: Any
    pressure_pa: Any
    moisture_g_per_kg: Any
    enthalpy_kj_per_kg: Any
    wet_bulb_c: Any


def saturation_pressure_pa(temperature_c: Any) -> Any:
    """Vapour pressure of saturated air over water.

    Parameters
    ----------
    temperature_c : float or array
        Dry bulb. [degC]

    Returns
    -------
    float or array
        Saturation pressure. [Pa]

    References
    ----------
    .. [1] N. Lei, E. Masanet, Energy 201 (2020) 117556.

    Examples
    --------
    >>> round(float(saturation_pressure_pa(20.0)), 0)
    2338.0
    """
    return _P0 * _magnus(np.asarray(temperature_c, float))


def moisture_g_per_kg(vapour_pressure_pa: Any, *, pressure_pa: Any, constant: float = 621.98) -> Any:
    """Mass of water per mass of dry air, from the vapour pressure.

    Parameters
    ----------
    vapour_pressure_pa : float or array
        Partial pressure of water vapour. [Pa]
    pressure_pa : float or array
        Atmospheric pressure. [Pa]
    constant : float
        Ratio of molar masses times 1000: 621.98, and 622 where the cited model says so. [g/kg]

    Returns
    -------
    float or array
        Moisture content. [g/kg]
    """
    return constant * vapour_pressure_pa / (pressure_pa - vapour_pressure_pa)


def enthalpy_kj_per_kg(temperature_c: Any, *, moisture_g_per_kg: Any) -> Any:
    """Enthalpy of moist air per kg of dry air, 0 at 0 degC and dry.

    Parameters
    ----------
    temperature_c : float or array
        Dry bulb. [degC]
    moisture_g_per_kg : float or array
        Moisture content. [g/kg]

    Returns
    -------
    float or array
        Enthalpy. [kJ/kg]
    """
    return CP_AIR * temperature_c + (2500.0 + 1.84 * temperature_c) * moisture_g_per_kg / 1000.0


def wet_bulb_c(temperature_c: Any, *, relative_humidity: Any, pressure_pa: Any) -> Any:
    """Wet-bulb temperature: saturated air of the same enthalpy.

    Parameters
    ----------
    temperature_c : float or array
        Dry bulb. [degC]
    relative_humidity : float or array
        Relative humidity over water, 0 to 1. [-]
    pressure_pa : float or array
        Atmospheric pressure. [Pa]

    Returns
    -------
    float or array
        Wet bulb. [degC]

    References
    ----------
    .. [1] N. Lei, E. Masanet, Energy 201 (2020) 117556: enthalpy balance.

    Examples
    --------
    ASHRAE's equations give 22.01 here.

    >>> round(float(wet_bulb_c(30.0, relative_humidity=0.5, pressure_pa=101325.0)), 2)
    21.93
    """
    t = np.asarray(temperature_c, float)
    vapour = np.asarray(relative_humidity, float) * _P0 * _magnus(t)
    target = enthalpy_kj_per_kg(t, moisture_g_per_kg=moisture_g_per_kg(vapour, pressure_pa=pressure_pa))
    return _saturated_temperature(target, pressure_pa=pressure_pa)


def _saturated_temperature(enthalpy: Any, *, pressure_pa: Any) -> Any:
    """Temperature of saturated air by its enthalpy: from a table at about the right pressure, then Newton."""
    enthalpy, pressure = np.broadcast_arrays(np.asarray(enthalpy, float), np.asarray(pressure_pa, float))
    typical = pressure.flat[0] if pressure.size else np.nan
    saturated = moisture_g_per_kg(_P0_WET_BULB * _NODES_MAGNUS, pressure_pa=typical)
    w = np.interp(enthalpy, enthalpy_kj_per_kg(_NODES_C, moisture_g_per_kg=saturated), _NODES_C)
    for _ in range(_NEWTON_STEPS):
        above = w + 257.14
        curve = 18.678 - w / 234.5
        e = _P0_WET_BULB * np.exp(curve * w / above)
        d = 0.62198 * e / (pressure - e)
        latent = 2500.0 + 1.84 * w
        log_slope = (curve * 257.14 - w * above / 234.5) / (above * above)
        slope = CP_AIR + d * (1.84 + latent * log_slope * pressure / (pressure - e))
        step = (CP_AIR * w + latent * d - enthalpy) / slope
        w = w - step
        if not np.fmax.reduce(np.abs(step), axis=None, initial=0.0) > _NEARLY_K:
            break
    return w


def relative_humidity_from_wet_bulb(temperature_c: Any, *, wet_bulb_c: Any, pressure_pa: Any) -> Any:
    """Relative humidity at which the air has the given wet bulb; the inverse of `wet_bulb_c`.

    Parameters
    ----------
    temperature_c : float or array
        Dry bulb. [degC]
    wet_bulb_c : float or array
        Wet bulb; one too low for any humidity gives 0. [degC]
    pressure_pa : float or array
        Atmospheric pressure. [Pa]

    Returns
    -------
    float or array
        Relative humidity, 0 to 1. [-]
    """
    saturated = moisture_g_per_kg(_P0_WET_BULB * _magnus(np.asarray(wet_bulb_c, float)), pressure_pa=pressure_pa)
    enthalpy = enthalpy_kj_per_kg(wet_bulb_c, moisture_g_per_kg=saturated)
    d = (enthalpy - CP_AIR * temperature_c) / (2500.0 + 1.84 * temperature_c)
    vapour = pressure_pa * d / (0.62198 + d)
    return np.clip(vapour / saturation_pressure_pa(temperature_c), 0.0, 1.0)


def air_density(temperature_c: Any, *, pressure_pa: Any) -> Any:
    """Density of dry air by temperature and pressure.

    Parameters
    ----------
    temperature_c : float or array
        Temperature. [degC]
    pressure_pa : float or array
        Pressure. [Pa]

    Returns
    -------
    float or array
        Density. [kg/m3]

    Examples
    --------
    >>> float(air_density(0.0, pressure_pa=101325.0))
    1.293
    """
    return 1.293 * (pressure_pa / 101325.0) * 273.15 / (273.15 + temperature_c)


def outdoor_air(temperature_c: Any, *, relative_humidity: Any, pressure_pa: Any, wet_bulb: Any = None) -> OutdoorAir:
    """Collect what the cooling systems need to know about the outdoor air.

    Parameters
    ----------
    temperature_c : float or array (..., hour)
        Dry bulb. [degC]
    relative_humidity : float or array (..., hour)
        Relative humidity, 0 to 1 (a percentage raises). [-]
    pressure_pa : float or array (..., hour)
        Atmospheric pressure at the site. [Pa]
    wet_bulb : float or array (..., hour), optional
        Wet bulb where the weather file has it; computed if None. [degC]

    Returns
    -------
    OutdoorAir
        The state, one value per hour.
    """
    rh = np.asarray(relative_humidity, float)
    if np.nanmax(rh, initial=0.0) > 1.5:
        raise ValueError(
            f"relative_humidity goes up to {np.nanmax(rh):g}: expected a fraction from 0 to 1, not percent"
        )
    t, p = np.asarray(temperature_c, float), np.asarray(pressure_pa, float)
    moisture = moisture_g_per_kg(rh * saturation_pressure_pa(t), pressure_pa=p, constant=622.0)
    if wet_bulb is None:
        wet_bulb = wet_bulb_c(t, relative_humidity=rh, pressure_pa=p)
    return OutdoorAir(
        temperature_c=t,
        pressure_pa=p,
        moisture_g_per_kg=moisture,
        enthalpy_kj_per_kg=enthalpy_kj_per_kg(t, moisture_g_per_kg=moisture),
        wet_bulb_c=np.asarray(wet_bulb, float),
    )


def first_hours(air: OutdoorAir, count: int) -> OutdoorAir:
    """The first of several years of outdoor air.

    Parameters
    ----------
    air : OutdoorAir
        Hours one after the other. [-]
    count : int
        Hours to keep. [h]

    Returns
    -------
    OutdoorAir
        Views of its arrays.
    """
    return OutdoorAir(**{f.name: getattr(air, f.name)[:count] for f in fields(OutdoorAir)})
