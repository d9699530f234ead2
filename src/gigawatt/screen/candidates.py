"""Candidate sites of a country: its towns, its climate stations, then points of a grid that fills its outline."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gigawatt import climates, places
from gigawatt.facts import Facts
from gigawatt.outlines import load_outlines

KM_PER_DEG = 111.195  # a degree of latitude on a sphere of mean radius
FINER = 0.8  # the grid's spacing shrinks by this until there are points enough
FINEST_KM = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a campus might stand."""

    key: str
    name: str
    kind: str  # town, station or grid
    latitude: float
    longitude: float


def candidates(iso3: str, facts: Facts, count: int) -> list[Candidate]:
    """At most ``count`` candidates: towns by size, stations, then the grid; none close to an earlier one.

    Parameters
    ----------
    iso3 : str
        Country. [-]
    facts : Facts
        With how far candidates lie apart. [-]
    count : int
        Number wanted. [-]

    Returns
    -------
    list of Candidate
        Fewer where the country is too small for so many. Keys are the order, so that the first hundred are the same
        for any count.
    """
    apart = float(facts["screen.site.apart"].value)
    named = [(c.name, "town", c.latitude, c.longitude) for c in places.cities() if c.iso3 == iso3]
    named += [
        (s.name, "station", s.latitude_deg, s.longitude_deg)
        for s in climates.all_stations()
        if s.iso3 == iso3 and _within(iso3, s.latitude_deg, s.longitude_deg)
    ]
    kept = _spread(named, apart)[:count]
    if len(kept) < count:
        kept += _filling(iso3, kept, count)
    return [Candidate(f"{iso3}/{k:05d}", *row) for k, row in enumerate(kept)]


Row = tuple[str, str, float, float]
WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def _within(iso3: str, latitude: float, longitude: float) -> bool:
    """Whether a plan for these coordinates is one for this country: a station may stand across a border or at sea."""
    try:
        return places.at(latitude, longitude).iso3 == iso3
    except ValueError:
        return False


def _spread(rows: list[Row], apart_km: float) -> list[Row]:
    """Rows that are not within a distance of an earlier one."""
    kept: list[Row] = []
    at = np.empty((len(rows), 2))
    for row in rows:
        known = at[: len(kept)]
        if len(kept):
            km = climates.distances_km(row[2], row[3], known[:, 0], known[:, 1])
            if float(np.min(km)) < apart_km:
                continue
        at[len(kept)] = row[2], row[3]
        kept.append(row)
    return kept


def _filling(iso3: str, named: list[Row], count: int) -> list[Row]:
    """Points of a regular grid inside the outline, away from the named places, as many as are still wanted."""
    rings = load_outlines().rings(iso3)
    if not rings:
        return []
    points = np.vstack(rings)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    box_km2 = (north - south) * (east - west) * math.cos(math.radians((north + south) / 2)) * KM_PER_DEG**2
    step_km = math.sqrt(max(box_km2, 1.0) / count)
    while True:
        at = _grid(iso3, (south, north, west, east), step_km, named)
        if len(named) + len(at) >= count or step_km < FINEST_KM:
            chosen = np.linspace(0, len(at) - 1, min(count - len(named), len(at))).round().astype(int)
            return [(_words(lat, lon, named), "grid", lat, lon) for lat, lon in (at[k] for k in chosen)]
        step_km *= FINER


def _grid(
    iso3: str, box: tuple[float, float, float, float], step_km: float, named: list[Row]
) -> list[tuple[float, float]]:
    """Points so far apart inside the outline, none within half that of a named place."""
    south, north, west, east = box
    taken = np.array([row[2:] for row in named]).reshape(-1, 2)
    found: list[tuple[float, float]] = []
    for lat in np.arange(south + step_km / KM_PER_DEG / 2, north, step_km / KM_PER_DEG):
        width = step_km / KM_PER_DEG / max(math.cos(math.radians(lat)), 1e-3)
        for lon in np.arange(west + width / 2, east, width):
            latitude, longitude = round(float(lat), 3), round(float(lon), 3)
            if load_outlines().country(latitude, longitude) != iso3:
                continue
            km = climates.distances_km(latitude, longitude, taken[:, 0], taken[:, 1])
            if np.min(km, initial=np.inf) >= step_km / 2:
                found.append((latitude, longitude))
    return found


def _words(latitude: float, longitude: float, named: list[Row]) -> str:
    """Where a point lies from the nearest named place: 31 km SW of Nakuru."""
    if not named:
        return f"{latitude:g},{longitude:g}"
    at = np.array([row[2:] for row in named])
    km = climates.distances_km(latitude, longitude, at[:, 0], at[:, 1])
    k = int(km.argmin())
    east = (longitude - at[k, 1]) * math.cos(math.radians(latitude))
    wind = WINDS[round(math.degrees(math.atan2(east, latitude - at[k, 0])) / 45.0) % 8]
    return f"{km[k]:.0f} km {wind} of {named[k][0]}"
