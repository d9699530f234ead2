"""Candidate sites of a country: its cities and climate stations, each place once.

What is known of a site is said and nothing else: coordinates, the station that gives its climate, the people of the
cities around it, and a height where a station stands near. Nothing here knows land, coast or rivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from gigawatt import places
from gigawatt.climates import Array, Station, all_stations, around, distances_km, nearest, positions

MERGE_KM = 20.0  # a station nearer than this to a site already listed is the same place
NEAR_KM = 100.0  # people of cities within this distance count as near
SUMMIT_M = 700.0  # stations this far above those around them are mountain tops, no building land
AROUND = 6  # stations around one


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a campus might stand.

    Attributes
    ----------
    id : str
        Country and running number of the city, or country and number of the station; the same in every run. [-]
    iso3, name, admin1 : str
        Country, name, first-order division where known. [-]
    latitude_deg, longitude_deg : float
        Where. [deg]
    elevation_m : float or None
        Height of the station where it stands within `MERGE_KM`; None: not known. [m]
    station : Station
        Gives the climate. [-]
    station_km : float
        Its distance. [km]
    people_near : int
        People of the listed cities, own and foreign, within `NEAR_KM`. [-]
    city_km : float
        Distance to the nearest listed city. [km]
    is_city : bool
        A city of the gazetteer; else the surroundings of a climate station. [-]
    """

    id: str
    iso3: str
    name: str
    admin1: str
    latitude_deg: float
    longitude_deg: float
    elevation_m: float | None
    station: Station
    station_km: float
    people_near: int
    city_km: float
    is_city: bool


def candidates(iso3: str, limit: int | None = None) -> list[Candidate]:
    """Candidate sites of a country, well spread whatever the limit.

    Cities come first, then stations within `NEAR_KM` of a city, then remote ones; among each the next is the place
    farthest from all before it, beginning with the largest city.

    Parameters
    ----------
    iso3 : str
        Country. [-]
    limit : int, optional
        Most sites; left out: all. [-]

    Returns
    -------
    list of Candidate
        In an order that never changes; empty where neither city nor station is known.
    """
    found = _all(iso3)
    return list(found if limit is None else found[:limit])


@cache
def _all(iso3: str) -> tuple[Candidate, ...]:
    cities = sorted((c for c in places.cities() if c.iso3 == iso3), key=lambda c: (-c.population, c.name, c.latitude))
    found = [_candidate(f"{iso3}-city-{k}", c.name, c.admin1, c.latitude, c.longitude) for k, c in enumerate(cities)]
    own = [s for s in all_stations() if s.iso3 == iso3]
    at = np.full((len(found) + len(own), 2), np.inf)
    at[: len(found)] = np.array([(c.latitude_deg, c.longitude_deg) for c in found]).reshape(-1, 2)
    for s in own:
        known = at[: len(found)]
        if (len(known) and _km(s.latitude_deg, s.longitude_deg, known).min() <= MERGE_KM) or _summit(s):
            continue
        at[len(found)] = s.latitude_deg, s.longitude_deg
        found.append(_candidate(f"{iso3}-{s.slug}", s.name, "", s.latitude_deg, s.longitude_deg, s))
    rank = [0 if c.is_city else 1 if c.city_km <= NEAR_KM else 2 for c in found]
    return tuple(found[k] for k in _spread(at[: len(found)], rank))


def _candidate(key: str, name: str, admin1: str, lat: float, lon: float, own: Station | None = None) -> Candidate:
    station, km = (own, 0.0) if own is not None else nearest(lat, lon)
    at, people = _people()
    to_cities = _km(lat, lon, at)
    return Candidate(
        id=key,
        iso3=key[:3],
        name=name,
        admin1=admin1,
        latitude_deg=lat,
        longitude_deg=lon,
        elevation_m=station.elevation_m if km <= MERGE_KM else None,
        station=station,
        station_km=km,
        people_near=int(people[to_cities <= NEAR_KM].sum()),
        city_km=float(to_cities.min()),
        is_city=own is None,
    )


@cache
def _people() -> tuple[Array, Array]:
    """Places and people of all listed cities."""
    every = places.cities()
    return np.array([(c.latitude, c.longitude) for c in every]), np.array([float(c.population) for c in every])


def _km(latitude_deg: float, longitude_deg: float, at: Array) -> Array:
    return distances_km(latitude_deg, longitude_deg, at[:, 0], at[:, 1])


def _spread(at: Array, rank: list[int]) -> list[int]:
    """Order of points: by rank, within a rank each the farthest from all before it, the first one first."""
    order: list[int] = []
    km = np.full(len(at), np.inf)
    ranks = np.array(rank)
    for _ in range(len(at)):
        left = ranks == (ranks.min() if ranks.size else 0)
        k = int(np.argmax(np.where(left, km, -1.0)))
        order.append(k)
        ranks[k] = max(rank) + 1
        km = np.minimum(km, _km(at[k, 0], at[k, 1], at))
    return order


def _summit(s: Station) -> bool:
    numbers, _ = around(s.latitude_deg, s.longitude_deg)
    return s.elevation_m > float(np.median(positions()[2][numbers[:AROUND]])) + SUMMIT_M
