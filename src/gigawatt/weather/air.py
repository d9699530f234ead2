"""Humid air: saturation, dew point, wet bulb, pressure at a height."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def saturation_pressure_pa(temperature_c: ArrayLike) -> Array | np.float64:
    """Pressure of saturated water vapour over water.

    Parameters
    ----------
    temperature_c : float or array (..., hour)
        Temperature. [degC]

    Returns
    -------
    float or array (..., hour)
        Saturation pressure. [Pa]

    References
    ----------
    .. [1] A. L. Buck, "New equations for computing vapor pressure and enhancement factor", J. Appl. Meteorol. 20,
       1527-1532 (1981), with the coefficients of the Buck Research CR-1A manual (1996).

    Examples
    --------
    >>> round(float(saturation_pressure_pa(20.0)), 1)
    2338.3
    """
    t = np.asarray(temperature_c, dtype=np.float64)
    return 611.21 * np.exp((18.678 - t / 234.5) * t / (t + 257.14))


def dew_point_c(*, temperature_c: ArrayLike, relative_humidity: ArrayLike) -> Array | np.float64:
    """Temperature at which the air's vapour saturates; inverse of `relative_humidity_of`.

    Parameters
    ----------
    temperature_c : float or array (..., hour)
        Dry bulb. [degC]
    relative_humidity : float or array (..., hour)
        Relative humidity, above 0. [-]

    Returns
    -------
    float or array (..., hour)
        Dew point. [degC]

    Examples
    --------
    >>> round(float(dew_point_c(temperature_c=20.0, relative_humidity=1.0)), 6)
    20.0
    """
    ratio = np.asarray(saturation_pressure_pa(temperature_c)) * np.asarray(relative_humidity, dtype=np.float64) / 611.21
    b = 18.678 - np.log(ratio)  # (18.678 - T/234.5) T = ln(ratio) (T + 257.14), solved for T
    return 234.5 / 2.0 * (b - np.sqrt(b * b - 4.0 * 257.14 * (18.678 - b) / 234.5))


def relative_humidity_of(*, temperature_c: ArrayLike, dew_point_c: ArrayLike) -> Array | np.float64:
    """Relative humidity of air with a given dew point, at most 1; inverse of `dew_point_c`.

    Parameters
    ----------
    temperature_c, dew_point_c : float or array (..., hour)
        Dry bulb and dew point. [degC]

    Returns
    -------
    float or array (..., hour)
        Relative humidity. [-]

    Examples
    --------
    >>> round(float(relative_humidity_of(temperature_c=30.0, dew_point_c=15.0)), 3)
    0.402
    """
    ratio = np.asarray(saturation_pressure_pa(dew_point_c)) / np.asarray(saturation_pressure_pa(temperature_c))
    return np.minimum(ratio, 1.0)


def standard_pressure_pa(elevation_m: ArrayLike) -> Array | np.float64:
    """Mean air pressure at a height, standard atmosphere.

    Parameters
    ----------
    elevation_m : float or array (...)
        Height above the sea. [m]

    Returns
    -------
    float or array (...)
        Pressure. [Pa]

    References
    ----------
    .. [1] ISO 2533:1975, "Standard atmosphere".

    Examples
    --------
    >>> round(float(standard_pressure_pa(1000.0)), -1)
    89870.0
    """
    return 101325.0 * (1.0 - 2.25577e-5 * np.asarray(elevation_m, dtype=np.float64)) ** 5.25588


def wet_bulb_c(*, temperature_c: ArrayLike, relative_humidity: ArrayLike, pressure_pa: ArrayLike) -> Array | np.float64:
    """Wet-bulb temperature: saturated air of the same enthalpy.

    The enthalpy of the evaporated water is left out, as in the published cooling models this serves: against the full
    ASHRAE balance up to 0.25 K low in hot dry air and 0.1 K off otherwise; where that has ice on the bulb, 0.7 K high.

    Parameters
    ----------
    temperature_c : float or array (..., hour)
        Dry bulb. [degC]
    relative_humidity : float or array (..., hour)
        Relative humidity, 0 to 1. [-]
    pressure_pa : float or array (..., hour)
        Air pressure. [Pa]

    Returns
    -------
    float or array (..., hour)
        Wet-bulb temperature. [degC]

    References
    ----------
    .. [1] N. Lei and E. Masanet, "Statistical analysis for predicting location-specific data center PUE and its
       improvement potential", Energy 201, 117556 (2020): enthalpy 1.01 T + (2500 + 1.84 T) d.

    Examples
    --------
    >>> round(float(wet_bulb_c(temperature_c=30.0, relative_humidity=0.5, pressure_pa=101325.0)), 1)
    21.9
    """
    t, rh, p = (np.asarray(x, dtype=np.float64) for x in (temperature_c, relative_humidity, pressure_pa))
    vapour = saturation_pressure_pa(t) * rh
    d = 0.62198 * vapour / (p - vapour)
    enthalpy = 1.01 * t + (2500.0 + 1.84 * t) * d
    x = t + 0.0 * enthalpy
    for _ in range(7):  # enthalpy of saturated air is convex: Newton from the dry bulb falls to the root, never past
        e = saturation_pressure_pa(x) * (611.2 / 611.21)  # the rounded constant of the published model
        slope = e * ((18.678 - x / 117.25) * 257.14 - x * x / 234.5) / (x + 257.14) ** 2
        dx = 0.62198 * e / (p - e)
        f = 1.01 * x + (2500.0 + 1.84 * x) * dx - enthalpy
        x = x - f / (1.01 + 1.84 * dx + (2500.0 + 1.84 * x) * 0.62198 * p * slope / (p - e) ** 2)
    return x
