"""From the words for a place to a country and coordinates. Internationally recognised borders."""

from __future__ import annotations

import csv
import difflib
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gigawatt.parse import place_words

EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius
FARTHEST_CITY_KM = 250.0  # coordinates farther from any known city are refused rather than guessed
US_REGIONS = {"Texas": "USA-TX"}
OTHER_SPELLINGS = {"kiev": "kyiv", "odessa": "odesa", "kharkov": "kharkiv", "lvov": "lviv"}


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory: ISO codes, names, currency, capital."""

    iso3: str
    iso2: str
    name: str
    currency: str
    un_member: bool
    capital: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the question is asked: country, region, a named point, and how it was understood."""

    iso3: str
    region: str  # "USA-TX", or "" where the country is one region
    name: str  # country or state as shown
    site: str  # city or coordinates
    admin1: str
    latitude: float
    longitude: float
    note: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys under which facts of this place are looked up, narrowest first."""
        return (self.region, self.iso3) if self.region else (self.iso3,)


@dataclass(frozen=True, slots=True)
class City:
    """A city of the gazetteer."""

    name: str
    admin1: str
    iso3: str
    latitude: float
    longitude: float
    population: int


def _table(name: str) -> list[dict[str, str]]:
    path = resources.files("gigawatt") / "data" / "names" / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@cache
def countries() -> dict[str, Country]:
    """All countries and territories by ISO-3."""
    return {
        r["iso3"]: Country(
            r["iso3"],
            r["iso2"],
            r["en"],
            r["currency"],
            r["un_member"] == "1",
            r["capital"],
            float(r["latitude"]) if r["latitude"] else None,
            float(r["longitude"]) if r["longitude"] else None,
        )
        for r in _table("countries.csv")
    }


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for r in _table("countries.csv"):
        for word in (r["en"], r["fr"], r["uk"], r["iso3"], *r["aliases"].split("|")):
            if word:
                names.setdefault(place_words(word), r["iso3"])
    return names


@cache
def cities() -> tuple[City, ...]:
    """Cities above 50,000 people and all capitals, largest first."""
    rows = [
        City(r["name"], r["admin1"], r["iso3"], float(r["latitude"]), float(r["longitude"]), int(r["population"]))
        for r in _table("cities.csv")
    ]
    return tuple(sorted(rows, key=lambda c: -c.population))


def resolve(text: str) -> Place:
    """Understand the words for a place: country, ISO code, US state, city, or ``city, state or country``.

    Raises
    ------
    ValueError
        When nothing matches; the message offers the nearest names.
    """
    raw = text.strip()
    for old, new in (("(", ","), (")", "")):
        raw = raw.replace(old, new)
    if raw.upper() in (by_iso2 := {c.iso2: c.iso3 for c in countries().values()}) and raw.isupper():
        return _country(by_iso2[raw])
    raw = OTHER_SPELLINGS.get(place_words(raw), raw)
    folded = place_words(raw)
    if folded in _names():
        return _country(_names()[folded])
    head, _, tail = (part.strip() for part in raw.partition(","))
    found = [c for c in cities() if place_words(c.name) == place_words(head)]
    if tail:
        within = place_words(tail)
        iso3 = _names().get(within, "")
        found = [c for c in found if place_words(c.admin1) == within or c.iso3 == iso3]
    if found:
        return _city(found[0], "" if len(found) == 1 or tail else f"largest of {len(found)} places of this name")
    for name in (head, tail):
        state = [c for c in cities() if c.iso3 == "USA" and name and place_words(c.admin1) == place_words(name)]
        if state:
            note = f"{head} is not in the gazetteer: " if tail and name == tail and not _is_name(head) else ""
            return _us_state(state[0].admin1, state, note)
    raise ValueError(f"no country, US state or city of this name; nearest: {_nearest(folded)}")


def at(latitude: float, longitude: float) -> Place:
    """The place at coordinates: country of the nearest known city.

    Raises
    ------
    ValueError
        When coordinates are out of range or no city lies within 250 km.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"{latitude},{longitude}: expected latitude -90 to 90, longitude -180 to 180")
    city = min(cities(), key=lambda c: distance_km(latitude, longitude, c.latitude, c.longitude))
    km = distance_km(latitude, longitude, city.latitude, city.longitude)
    if km > FARTHEST_CITY_KM:
        raise ValueError(f"{latitude},{longitude}: nearest city {city.name} is {km:.0f} km away; name a place on land")
    found = _city(city, "")
    site = f"{latitude:g},{longitude:g}"
    note = f"{km:.0f} km from {city.name}; country taken from that city"
    return Place(found.iso3, found.region, found.name, site, city.admin1, latitude, longitude, note)


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine) between two points given in degrees. [km]"""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    a = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, a)))


def _country(iso3: str) -> Place:
    c = countries()[iso3]
    if iso3 == "USA":  # one grid region has facts so far; the choice is said in the answer
        place = resolve("Abilene, Texas")
        note = "no state named: Texas (ERCOT), site Abilene"
        return Place(
            place.iso3, place.region, place.name, place.site, place.admin1, place.latitude, place.longitude, note
        )
    if c.latitude is None or c.longitude is None:
        raise ValueError(f"{c.name}: no coordinates known; give them with --at LAT,LON")
    return Place(iso3, "", c.name, c.capital, "", c.latitude, c.longitude, f"no site named: near {c.capital}")


def _us_state(state: str, found: list[City], note: str) -> Place:
    city = next((c for c in found if (c.name, state) == ("Abilene", "Texas")), found[0])
    return _city(city, f"{note or 'no site named: '}near {city.name}")


def _is_name(text: str) -> bool:
    return place_words(text) in _names()


def _city(c: City, note: str) -> Place:
    region = US_REGIONS.get(c.admin1, "") if c.iso3 == "USA" else ""
    name = f"{c.admin1}, United States" if c.iso3 == "USA" else countries()[c.iso3].name
    return Place(c.iso3, region, name, c.name, c.admin1, c.latitude, c.longitude, note)


def _nearest(folded: str) -> str:
    known = {**{n: countries()[i].name for n, i in _names().items()}, **{place_words(c.name): c.name for c in cities()}}
    close = difflib.get_close_matches(folded, list(known), n=3, cutoff=0.5)
    return (
        ", ".join(dict.fromkeys(known[n] for n in close))
        or "none; write a country or a city in English, French or Ukrainian"
    )
