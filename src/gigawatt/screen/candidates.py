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
        (_station_name(s.name), "station", s.latitude_deg, s.longitude_deg)
        for s in climates.all_stations()
        if s.iso3 == iso3
    ]
    kept = _spread(named, apart)[:count]
    if len(kept) < count:
        kept = _spread([*kept, *_filling(iso3, kept, count)], 0.0)[:count]
    return [Candidate(f"{iso3}/{k:05d}", *row) for k, row in enumerate(kept)]


Row = tuple[str, str, float, float]


def _spread(rows: list[Row], apart_km: float) -> list[Row]:
    """Rows that are not within a distance of an earlier one."""
    kept: list[Row] = []
    at = np.empty((len(rows), 2))
    for row in rows:
        known = at[: len(kept)]
        if apart_km > 0 and len(kept):
            km = climates.distances_km(row[2], row[3], known[:, 0], known[:, 1])
            if float(np.min(km)) < apart_km:
                continue
        at[len(kept)] = row[2], row[3]
        kept.append(row)
    return kept


def _filling(iso3: str, named: list[Row], count: int) -> list[Row]:
    """Points of a regular grid inside the outline, away from the named ones, wide enough apart to be few enough."""
    rings = load_outlines().rings(iso3)
    if not rings:
        return []
    points = np.vstack(rings)
    south, north = float(points[:, 1].min()), float(points[:, 1].max())
    west, east = float(points[:, 0].min()), float(points[:, 0].max())
    box_km2 = (north - south) * (east - west) * math.cos(math.radians((north + south) / 2)) * KM_PER_DEG**2
    step_km = math.sqrt(max(box_km2, 1.0) / count)
    at = np.array([(row[2], row[3]) for row in named]).reshape(-1, 2)
    while True:
        found = _grid(iso3, (south, north, west, east), step_km, at)
        if len(named) + len(found) >= count or step_km < FINEST_KM:
            return _thin(found, count - len(named))
        step_km *= FINER


def _grid(iso3: str, box: tuple[float, float, float, float], step_km: float, named: np.ndarray) -> list[Row]:
    south, north, west, east = box
    found: list[Row] = []
    outlines = load_outlines()
    for lat in np.arange(south + step_km / KM_PER_DEG / 2, north, step_km / KM_PER_DEG):
        width = step_km / KM_PER_DEG / max(math.cos(math.radians(lat)), 1e-3)
        for lon in np.arange(west + width / 2, east, width):
            latitude, longitude = round(float(lat), 3), round(float(lon), 3)
            if outlines.country(latitude, longitude) != iso3:
                continue
            if len(named) and climates.distances_km(latitude, longitude, named[:, 0], named[:, 1]).min() < step_km / 2:
                continue
            found.append((f"{latitude:g},{longitude:g}", "grid", latitude, longitude))
    return found


def _thin(rows: list[Row], count: int) -> list[Row]:
    """So many of the rows, evenly from first to last."""
    if len(rows) <= count:
        return rows
    return [rows[int(k)] for k in np.linspace(0, len(rows) - 1, count).round()]


def _station_name(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").title() if name.isupper() else name
