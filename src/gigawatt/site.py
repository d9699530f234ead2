"""Site: land, water and natural hazards of a place as hard limits and scores; distances on the globe.

Scores run from 0 (good) to 1 (bad) and rank places; the hard limits are what the gates use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gigawatt.units import EARTH_RADIUS_KM

FIBRE_KM_PER_MS = 204.19  # light in silica fibre: c / 1.4682, group index of ITU-T G.652 fibre at 1550 nm
INDEX_TOP = 10.0  # INFORM indices run from 0 to 10


@dataclass(frozen=True, slots=True)
class SiteScore:
    """Scores of a place, each 0 (good) to 1 (bad), and the worst of them."""

    land: float | NDArray[np.float64]
    water: float | NDArray[np.float64]
    hazard: float | NDArray[np.float64]
    worst: float | NDArray[np.float64]


def _scalar(x: NDArray[np.float64]) -> float | NDArray[np.float64]:
    return float(x) if np.ndim(x) == 0 else x


def _unit(x: ArrayLike) -> NDArray[np.float64]:
    """Cut to 0..1; missing stays missing."""
    return np.asarray(np.clip(np.asarray(x, dtype=float), 0.0, 1.0), dtype=float)


def land_km2(*, facility_peak_mw: ArrayLike, mw_per_km2: ArrayLike) -> float | NDArray[np.float64]:
    """Land of a campus, fence to fence.

    Parameters
    ----------
    facility_peak_mw : float or array (...)
        Peak power at the meter. [MW]
    mw_per_km2 : float or array (...)
        Density of campuses built. [MW/km2]

    Returns
    -------
    float or array (...)
        Land. [km2]
    """
    return _scalar(np.asarray(facility_peak_mw, dtype=float) / np.asarray(mw_per_km2, dtype=float))


def facility_peak_from_land(*, land_km2: ArrayLike, mw_per_km2: ArrayLike) -> float | NDArray[np.float64]:
    """Largest campus on a piece of land: the inverse of ``land_km2``.

    Parameters
    ----------
    land_km2 : float or array (...)
        Land. [km2]
    mw_per_km2 : float or array (...)
        Density of campuses built. [MW/km2]

    Returns
    -------
    float or array (...)
        Peak power at the meter. [MW]
    """
    return _scalar(np.asarray(land_km2, dtype=float) * np.asarray(mw_per_km2, dtype=float))


def score(
    *,
    land_share: ArrayLike,
    land_share_limit: ArrayLike,
    water_stress: ArrayLike,
    water_stress_limit: ArrayLike,
    hazard_index: ArrayLike,
) -> SiteScore:
    """Scores of a place for ranking, each against its own limit.

    Parameters
    ----------
    land_share : float or array (...)
        Campus land over the country's area. [-]
    land_share_limit : float
        Share at which land scores 1. [-]
    water_stress : float or array (...)
        Freshwater withdrawn over available (SDG 6.4.2); may exceed 1. [-]
    water_stress_limit : float
        Stress at which water scores 1. [-]
    hazard_index : float or array (...)
        INFORM natural hazard exposure, 0 to 10. [-]

    Returns
    -------
    SiteScore
        Scores from 0 to 1; NaN where an input is missing. [-]

    References
    ----------
    .. [1] European Commission JRC, INFORM Risk Index 2025.
    .. [2] FAO, SDG indicator 6.4.2, level of water stress.
    """
    land = _unit(np.asarray(land_share, dtype=float) / land_share_limit)
    water = _unit(np.asarray(water_stress, dtype=float) / water_stress_limit)
    hazard = _unit(np.asarray(hazard_index, dtype=float) / INDEX_TOP)
    worst = np.asarray(np.maximum(np.maximum(land, water), hazard), dtype=float)
    return SiteScore(_scalar(land), _scalar(water), _scalar(hazard), _scalar(worst))


def distance_km(
    *, latitude: ArrayLike, longitude: ArrayLike, to_latitude: ArrayLike, to_longitude: ArrayLike
) -> float | NDArray[np.float64]:
    """Great-circle distance on a sphere, by the haversine formula.

    Parameters
    ----------
    latitude, longitude : float or array (...)
        From. [deg]
    to_latitude, to_longitude : float or array (...)
        To. [deg]

    Returns
    -------
    float or array (...)
        Distance along the surface, within 0.6 % of the ellipsoid's. [km]

    References
    ----------
    .. [1] R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984) 158.

    Examples
    --------
    A quarter of a meridian is 10,007.6 km on this sphere:

    >>> round(distance_km(latitude=0, longitude=5, to_latitude=90, to_longitude=0), 1)
    10007.6
    """
    a, b, c, d = (np.radians(np.asarray(x, dtype=float)) for x in (latitude, longitude, to_latitude, to_longitude))
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return _scalar(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def nearest(
    *, latitude: ArrayLike, longitude: ArrayLike, latitudes: ArrayLike, longitudes: ArrayLike
) -> tuple[NDArray[np.intp], float | NDArray[np.float64]]:
    """Position and distance of the nearest of many places.

    Parameters
    ----------
    latitude, longitude : float or array (...)
        From. [deg]
    latitudes, longitudes : array (place,)
        The places; those with a missing coordinate are passed over. [deg]

    Returns
    -------
    (index, distance_km) : int or array (...), float or array (...)
        Position in the arrays [-] and distance. [km]

    Raises
    ------
    ValueError
        When no place has coordinates.
    """
    lat, lon = np.asarray(latitudes, dtype=float), np.asarray(longitudes, dtype=float)
    if not np.any(np.isfinite(lat) & np.isfinite(lon)):
        raise ValueError("nearest needs at least one place with coordinates; got none")
    away = np.asarray(
        distance_km(
            latitude=np.asarray(latitude, dtype=float)[..., None],
            longitude=np.asarray(longitude, dtype=float)[..., None],
            to_latitude=lat,
            to_longitude=lon,
        )
    )
    away = np.where(np.isfinite(away), away, np.inf)
    index = np.argmin(away, axis=-1)
    return index, _scalar(np.take_along_axis(away, np.asarray(index)[..., None], axis=-1)[..., 0])


def round_trip_ms(*, distance_km: ArrayLike, route_factor: ArrayLike) -> float | NDArray[np.float64]:
    """Round-trip time of light in fibre over a route longer than the great circle; no equipment delay.

    Parameters
    ----------
    distance_km : float or array (...)
        Great-circle distance. [km]
    route_factor : float or array (...)
        Length of the cable over the great circle, at least 1. [-]

    Returns
    -------
    float or array (...)
        Round trip: a lower bound of what users measure. [ms]

    Examples
    --------
    >>> round(round_trip_ms(distance_km=1000, route_factor=1.0), 1)
    9.8
    """
    path = 2 * np.asarray(distance_km, dtype=float) * np.asarray(route_factor, dtype=float)
    return _scalar(path / FIBRE_KM_PER_MS)
