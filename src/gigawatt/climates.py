"""The climate of any place on Earth: its nearest station, as facts.

A handful of places have monthly climates of their own (`data/climate.csv`). Everywhere else the nearest of some ten
thousand stations gives yearly and design temperatures; sun and wind come from the country. The table of stations is
read only when a plan needs one, and only the station chosen becomes facts, `climate.wmo-<number>.*`, so that it can
be explained and overridden like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.places import EARTH_RADIUS_KM, Place

FAR_KM = 100.0  # farther than this from the climate's station the answer says so
PREFIX = "wmo-"
WINDOW_DEG = 4.0  # of latitude, in which stations are sought first
KM_PER_DEG = np.pi / 180.0 * EARTH_RADIUS_KM
NEIGHBOURS = 6  # stations whose median height stands for that of a place nobody gave one for
SOURCE = "weather-onebuilding"
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Station:
    """One climate station.

    Attributes
    ----------
    wmo, iso3, name : str
        Number, country, name. [-]
    latitude_deg, longitude_deg, elevation_m, utc_offset_h : float
        Place; standard time minus UTC. [deg], [deg], [m], [h]
    heating_db_99_c, cooling_db_1_c : float
        Dry bulb exceeded in 99 % and in 1 % of the hours of the year. [degC]
    temperature_mean_c, temperature_amplitude_k : float
        Annual mean and half the seasonal range. [degC], [K]
    """

    wmo: str
    iso3: str
    latitude_deg: float
    longitude_deg: float
    elevation_m: float
    utc_offset_h: float
    heating_db_99_c: float
    cooling_db_1_c: float
    temperature_mean_c: float
    temperature_amplitude_k: float
    name: str

    @property
    def slug(self) -> str:
        """Second part of the ids of its facts."""
        return PREFIX + self.wmo


@cache
def _lines() -> list[str]:
    path = resources.files("gigawatt") / "data" / "places" / "stations.csv"
    return path.read_text(encoding="utf-8").splitlines()[1:]


@cache
def positions() -> Array:
    """Latitude, longitude, height of all stations, in the order of the table.

    Returns
    -------
    array (3, station)
        [deg], [deg], [m]
    """
    return np.loadtxt(_lines(), delimiter=",", usecols=(2, 3, 4), unpack=True)


def station(number: int) -> Station:
    """One row of the table."""
    wmo, iso3, *numbers, name = _lines()[number].split(",")
    latitude, longitude, elevation, offset, cold, hot, mean, amplitude = map(float, numbers)
    return Station(wmo, iso3, latitude, longitude, elevation, offset, cold, hot, mean, amplitude, name)


def all_stations() -> list[Station]:
    """Every station, by country and number."""
    return [station(k) for k in range(len(_lines()))]


def distances_km(latitude_deg: float, longitude_deg: float, latitudes: Array, longitudes: Array) -> Array:
    """Great-circle distances from one point to many. [km]"""
    p, q = np.deg2rad(latitude_deg), np.deg2rad(latitudes)
    a = np.sin((q - p) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.deg2rad(longitudes - longitude_deg) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0))))


def nearest(
    latitude_deg: float, longitude_deg: float, *, elevation_m: float | None = None, km_per_m: float | None = None
) -> tuple[Station, float]:
    """The station that stands for a place: near, and of like height.

    Parameters
    ----------
    latitude_deg, longitude_deg : float
        Place. [deg]
    elevation_m : float, optional
        Height of the place; left out: the median of the stations around it, so that a valley gets no summit. [m]
    km_per_m : float, optional
        Distance that weighs as much as a metre of height; left out: the fact `climate.station.km_per_m`. [km/m]

    Returns
    -------
    Station
    float
        Its distance. [km]
    """
    numbers, km = around(latitude_deg, longitude_deg)
    heights = positions()[2][numbers]
    if elevation_m is None:
        elevation_m = float(np.median(heights[:NEIGHBOURS]))
    if km_per_m is None:
        km_per_m = float(load_facts()["climate.station.km_per_m"].value)
    best = int(np.argmin(km + km_per_m * np.abs(heights - elevation_m)))
    return station(int(numbers[best])), float(km[best])


def around(latitude_deg: float, longitude_deg: float) -> tuple[NDArray[np.intp], Array]:
    """Stations around a point, nearest first, and their distances: within a few degrees of latitude where there are
    enough, else all.

    Returns
    -------
    array (n,), array (n,)
        Row in the table, distance. [-], [km]
    """
    latitudes, longitudes, _ = positions()
    numbers = np.flatnonzero(np.abs(latitudes - latitude_deg) < WINDOW_DEG)
    km = distances_km(latitude_deg, longitude_deg, latitudes[numbers], longitudes[numbers])
    if np.count_nonzero(km < WINDOW_DEG * KM_PER_DEG) < NEIGHBOURS:
        numbers = np.arange(len(latitudes))
        km = distances_km(latitude_deg, longitude_deg, latitudes, longitudes)
    order = np.argsort(km, kind="stable")
    return numbers[order], km[order]


def with_climate(facts: Facts, place: Place, *, elevation_m: float | None = None) -> Facts:
    """The facts, and those of the station of a place where no monthly climate of its country is near.

    Parameters
    ----------
    facts : Facts
        Those that ship with the package. [-]
    place : Place
        Where. [-]
    elevation_m : float, optional
        Height of the place: temperatures are moved there from the station by the lapse rate. [m]

    Returns
    -------
    Facts
    """
    if monthly_climate(facts, place) is not None:
        return facts
    km_per_m = float(facts["climate.station.km_per_m"].value)
    found, km = nearest(place.latitude, place.longitude, km_per_m=km_per_m, elevation_m=elevation_m)
    return facts.with_facts(station_facts(facts, place, found, km, elevation_m))


def monthly_climate(facts: Facts, place: Place) -> str | None:
    """Slug of the nearest monthly climate of the place's country within `FAR_KM`, if any."""
    slugs = [f.id.split(".")[1] for f in facts.under("climate.") if f.value == place.iso3 and f.id.endswith(".country")]
    slugs = [s for s in slugs if not s.startswith(PREFIX)]
    if not slugs:
        return None
    at = np.array([[float(facts[f"climate.{s}.{k}"].value) for k in ("latitude", "longitude")] for s in slugs])
    km = distances_km(place.latitude, place.longitude, at[:, 0], at[:, 1])
    return slugs[int(km.argmin())] if km.min() <= FAR_KM else None


def station_facts(facts: Facts, place: Place, at: Station, km: float, elevation_m: float | None = None) -> list[Fact]:
    """A station as facts, with ranges that grow with its distance from the place."""
    lapse = float(facts["weather.lapse_rate"].value)
    climb_m = 0.0 if elevation_m is None else elevation_m - at.elevation_m
    where = f"station {at.name}, WMO {at.wmo}, {at.iso3}"
    moved = f"; moved {-lapse * climb_m:+.1f} K to {elevation_m:.0f} m by the lapse rate" if climb_m else ""
    grade = "B" if km <= FAR_KM else "C"

    def exact(name: str, value: float | str, unit: str, note: str) -> Fact:
        number = value if unit == "text" else float(value)
        fact_id = f"climate.{at.slug}.{name}"
        return Fact(fact_id, number, number, number, unit, "2021", "A", SOURCE, where, note)

    def measured(name: str, value: float, unit: str, grade: str, note: str) -> Fact:
        own, per_km = (float(facts[f"climate.station.{k}.{name}"].value) for k in ("error", "error_per_km"))
        band = own + per_km * km
        low = max(value - band, 0.0) if unit == "K" else value - band
        note = (
            f"{note}, {km:.0f} km from the place{moved if unit == 'degC' else ''}; range: own fit of stations' errors"
        )
        return Fact(f"climate.{at.slug}.{name}", value, low, value + band, unit, "2021", grade, SOURCE, where, note)

    shift = -lapse * climb_m
    design, degree_days = "annual design dry bulb", "from heating and cooling degree days, less their mean bias"
    return [
        exact("latitude", at.latitude_deg, "deg", "of the climate station"),
        exact("longitude", at.longitude_deg, "deg", "of the climate station"),
        exact("elevation", at.elevation_m + climb_m, "m", "of the place" if climb_m else "of the climate station"),
        exact("utc_offset", at.utc_offset_h, "h", "of the climate station"),
        exact("country", place.iso3, "text", "whose country figures apply where the place has none"),
        measured("heating_db_99", at.heating_db_99_c + shift, "degC", grade, design),
        measured("cooling_db_1", at.cooling_db_1_c + shift, "degC", grade, design),
        measured("temperature_mean", at.temperature_mean_c + shift, "degC", "C", degree_days),
        measured("temperature_amplitude", at.temperature_amplitude_k, "K", "C", degree_days),
    ]
