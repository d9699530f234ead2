"""Wind at hub height to capacity factor, and the wind that gives a known capacity factor."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# Output over rated power at 0, 1, ... 25 m/s, air of 1.225 kg/m3. Classes: normalised curves of J. King, A. Clifton and
# B. Hodge, "Validation of Power Output for the WIND Toolkit", NREL/TP-5D00-61714 (2014), as tabulated in the NREL wind
# turbine power curve archive (WTK_Validation_*). Low specific power: reference turbine 5.5 MW, 175 m rotor, 229 W/m2,
# and offshore 15 MW, 240 m, of the NREL Annual Technology Baseline 2020, same archive.
POWER_CURVES: dict[str, tuple[float, ...]] = {
    "iec1": (0, 0, 0, 0.0043, 0.0323, 0.0771, 0.1426, 0.2329, 0.3528, 0.5024, 0.6732, 0.8287, 0.9264, 0.9774, 0.9946)
    + (0.999, 0.999)
    + (1.0,) * 9,
    "iec2": (0, 0, 0, 0.0052, 0.0423, 0.1031, 0.1909, 0.3127, 0.4731, 0.6693, 0.8554, 0.9641, 0.9942, 0.9994)
    + (1.0,) * 12,
    "iec3": (0, 0, 0, 0.0054, 0.053, 0.1351, 0.2508, 0.4033, 0.5952, 0.7849, 0.9178, 0.9796) + (1.0,) * 11 + (0.0,) * 3,
    "onshore_low_power": (0, 0, 0, 0, 305 / 5500, 671 / 5500, 1216 / 5500, 1977 / 5500, 2990 / 5500, 4291 / 5500)
    + (1.0,) * 16,
    "offshore_15mw": (0, 0, 0, 0, 720 / 15000, 1239 / 15000, 2271 / 15000, 3817 / 15000, 5876 / 15000, 8450 / 15000)
    + (11536 / 15000,)
    + (1.0,) * 15,
}
CUT_OUT_M_PER_S = 25.0
_REFERENCE_DENSITY = 1.225  # kg/m3, IEC 61400-12-1
_GAS_CONSTANT_DRY_AIR = 287.05  # J/(kg K)


def wind_at_height(
    *, wind_m_per_s: ArrayLike, from_m: ArrayLike, to_m: ArrayLike, shear_exponent: ArrayLike
) -> Array | np.float64:
    """Wind speed at another height by the power law.

    Parameters
    ----------
    wind_m_per_s : float or array (..., hour)
        Wind speed at `from_m`. [m/s]
    from_m, to_m : float
        Heights above ground. [m]
    shear_exponent : float
        Exponent of the power law. [-]

    Returns
    -------
    float or array (..., hour)
        Wind speed at `to_m`. [m/s]

    References
    ----------
    .. [1] IEC 61400-1:2019, normal wind profile model.

    Examples
    --------
    >>> round(float(wind_at_height(wind_m_per_s=5.0, from_m=10.0, to_m=100.0, shear_exponent=0.2)), 2)
    7.92
    """
    ratio = np.asarray(to_m, dtype=np.float64) / np.asarray(from_m, dtype=np.float64)
    return np.asarray(wind_m_per_s, dtype=np.float64) * ratio ** np.asarray(shear_exponent, dtype=np.float64)


def air_density(*, temperature_c: ArrayLike, pressure_pa: ArrayLike) -> Array | np.float64:
    """Density of dry air.

    Parameters
    ----------
    temperature_c : float or array (..., hour)
        Air temperature. [degC]
    pressure_pa : float or array (..., hour)
        Air pressure. [Pa]

    Returns
    -------
    float or array (..., hour)
        Density. [kg/m3]

    Examples
    --------
    >>> round(float(air_density(temperature_c=15.0, pressure_pa=101325.0)), 3)
    1.225
    """
    kelvin = np.asarray(temperature_c, dtype=np.float64) + 273.15
    return np.asarray(pressure_pa, dtype=np.float64) / (_GAS_CONSTANT_DRY_AIR * kelvin)


def wind_capacity_factor(
    *,
    wind_m_per_s: ArrayLike,
    turbine: str,
    loss_fraction: ArrayLike,
    air_density_kg_m3: ArrayLike = _REFERENCE_DENSITY,
) -> Array | np.float64:
    """Hourly output of a wind farm over its rated power.

    Parameters
    ----------
    wind_m_per_s : float or array (..., hour)
        Wind speed at hub height. [m/s]
    turbine : str
        A key of `POWER_CURVES`: iec1 windy, iec2 middling, iec3 calm sites, onshore_low_power, offshore_15mw. [-]
    loss_fraction : float
        Wakes, availability, electrical losses. [-]
    air_density_kg_m3 : float or array (..., hour), optional
        Density; wind is corrected to the curve's density by its cube root. [kg/m3]

    Returns
    -------
    float or array (..., hour)
        Output over rated power, 0 to 1. [-]

    References
    ----------
    .. [1] IEC 61400-12-1:2022 (correction for air density). Curves: see `POWER_CURVES`.

    Examples
    --------
    >>> round(float(wind_capacity_factor(wind_m_per_s=8.0, turbine="iec2", loss_fraction=0.0)), 4)
    0.4731
    """
    curve = np.asarray(POWER_CURVES[turbine])
    speed = np.asarray(wind_m_per_s, dtype=np.float64)
    speed = speed * np.cbrt(np.asarray(air_density_kg_m3, dtype=np.float64) / _REFERENCE_DENSITY)
    output = np.interp(speed, np.arange(len(curve)), curve, right=0.0)
    return output * (1.0 - np.asarray(loss_fraction, dtype=np.float64))


def wind_for_capacity_factor(
    *, wind_m_per_s: ArrayLike, turbine: str, loss_fraction: float, capacity_factor: ArrayLike
) -> Array:
    """Wind speeds scaled so that the mean output equals a capacity factor; inverse of the annual mean of
    `wind_capacity_factor`.

    One factor is applied to all hours and years together, so that windy years stay windy. Used where the fleet's
    capacity factor is known and the site's wind is not.

    Parameters
    ----------
    wind_m_per_s : array (..., hour)
        Wind speed at hub height, of any level. [m/s]
    turbine : str
        A key of `POWER_CURVES`. [-]
    loss_fraction : float
        Wakes, availability, electrical losses. [-]
    capacity_factor : float
        Mean output over rated power, all hours and years. [-]

    Returns
    -------
    array (..., hour)
        Scaled wind speed. [m/s]

    Raises
    ------
    ValueError
        When no scaling reaches the capacity factor.
    """
    wind = np.asarray(wind_m_per_s, dtype=np.float64)
    target = float(np.asarray(capacity_factor))

    def mean(scale: float) -> float:
        return float(
            np.mean(wind_capacity_factor(wind_m_per_s=wind * scale, turbine=turbine, loss_fraction=loss_fraction))
        )

    trial = np.linspace(0.05, 3.0, 60) * 7.0 / max(float(wind.mean()), 1e-9)
    sample = wind.ravel()[:: max(wind.size // 300, 1)]
    rough = np.asarray(
        wind_capacity_factor(wind_m_per_s=trial[:, None] * sample, turbine=turbine, loss_fraction=loss_fraction)
    ).mean(axis=1)
    best = int(rough.argmax())  # beyond it the turbines cut out
    top = mean(trial[best])
    if not 0.0 <= target <= top:
        raise ValueError(f"capacity_factor is {target:.3f}, expected 0 to {top:.3f} for {turbine} with this wind")
    low, high = 0.0, trial[best]
    scale = float(np.interp(target, np.maximum.accumulate(rough[: best + 1]), trial[: best + 1]))
    for _ in range(60):  # Newton where it stays between the bounds, else halving
        here = mean(scale)
        if abs(here - target) <= 1e-12:
            break
        low, high = (scale, high) if here < target else (low, scale)
        slope = (mean(scale * 1.001) - here) / (0.001 * scale) if scale > 0.0 else 0.0
        step = scale + (target - here) / slope if slope > 0.0 else low
        scale = step if low < step < high else 0.5 * (low + high)
        if high - low <= 1e-13 * trial[best]:
            break
    return wind * scale
