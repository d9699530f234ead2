"""From the words for a place, or coordinates, to a country, region and site. Internationally recognised borders.

A name is read as the first of: ISO code, country, state of the United States, city or other first-order division. Of
several cities or divisions of one name the most populous is taken where it is ``place.dominance`` times as populous as
the next, or a national capital and the largest; the answer then says so. Otherwise the error lists the readings and
what to type. A name that is none of these is looked for among small places (``towns.py``). Words that stand for two
countries are in ``data/names/ambiguous.csv``.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np

from gigawatt import gazetteer
from gigawatt.facts import read_csv
from gigawatt.gazetteer import City, Country, Region, cities, countries
from gigawatt.outlines import load_outlines
from gigawatt.towns import sites, towns_named
from gigawatt.units import EARTH_RADIUS_KM

__all__ = ["City", "Country", "Place", "at", "cities", "countries", "distance_km", "resolve"]

SITE_OF_REGION = {("USA", "TX"): "Abilene"}  # where a campus of today stands; elsewhere the largest city
REGION_OF_COUNTRY = {"USA": "TX"}  # no state named: the grid whose facts are known best, and said
SMALL_TOWN = "a small town goes by its country, 'Town, Country', or by --at LAT,LON"
LISTED = 5  # readings of a name shown in an error


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
    level: str = "city"  # what was named: country, region, city or point
    asked: str = ""  # words that lead here again

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys under which facts of this place are looked up, narrowest first."""
        return (self.region, self.iso3) if self.region else (self.iso3,)

    @property
    def echo(self) -> dict[str, str]:
        """The key and words of a question that lead here again."""
        return {"at" if self.level == "point" else "place": self.asked}


@dataclass(frozen=True)
class _Reading:
    """One place a name can mean."""

    words: str  # what to type for it
    population: int
    capital: bool
    place: Callable[[str], Place]


def resolve(text: str) -> Place:
    """Understand the words for a place: country, ISO code, state, city, or ``city, state or country``.

    Parameters
    ----------
    text : str
        As people write it, in English, French or Ukrainian: ``France``, ``UA``, ``Côte d'Ivoire``, ``Austin, TX``. [-]

    Returns
    -------
    Place

    Raises
    ------
    ValueError
        When nothing matches, with the nearest names; when several places match, with the words for each.
    """
    raw = " ".join(text.replace("(", ", ").replace(")", " ").replace(" ,", ",").split())
    place = _one(text.strip()) or _one(raw)
    head, *tails = (part.strip() for part in raw.split(",") if part.strip()) if raw.strip(" ,") else ("",)
    if place is None and tails:
        whole = text.rpartition(",")[2].strip()
        if "(" in whole and gazetteer.country_named(whole):  # a country written with brackets: Cocos (Keeling) Islands
            head, tails = text.rpartition(",")[0].strip(), [gazetteer.country_named(whole)]
        if gazetteer.cities_named(name := ", ".join((head, *tails[:-1]))):  # a name with a comma: Washington, D.C., USA
            head, tails = name, tails[-1:]
        place = _within(head, tails)
    if place is None:
        raise ValueError(f"no country, state or city of this name; {_nearest(raw)}; {SMALL_TOWN}")
    return replace(place, asked=place.asked or text.strip())


def at(latitude: float, longitude: float) -> Place:
    """The place at coordinates: the country whose outline holds them.

    A point up to ``place.coast`` off an outline is taken as on its coast, one up to ``place.island`` from a place on
    an island without an outline as on that island; both are said.

    Parameters
    ----------
    latitude, longitude : float
        The point. [deg]

    Raises
    ------
    ValueError
        When coordinates are out of range, at sea, or in an area that no country is recognised to hold.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        swap = f"; swapped? latitude comes first: {longitude:g},{latitude:g}" if abs(longitude) <= 90 else ""
        raise ValueError(f"{latitude:g},{longitude:g}: expected latitude -90 to 90, longitude -180 to 180{swap}")
    iso3, note = _country_at(latitude, longitude)
    city, km = _nearest_city(latitude, longitude, iso3)
    region = gazetteer.region_of(iso3, city.admin1) if iso3 == "USA" else None
    found = _city(city, "")
    notes = [f"{km:.0f} km from {city.name}", note, f"{region.name} taken from that city" if region else ""]
    words = f"{latitude:.6g},{longitude:.6g}"
    return replace(
        found,
        site=f"{latitude:g},{longitude:g}",
        latitude=latitude,
        longitude=longitude,
        note="; ".join(n for n in notes if n),
        level="point",
        asked=words,
    )


def together(named: Place, there: Place) -> Place:
    """The place that a name and coordinates given with it mean: the point, in the state that is named.

    Parameters
    ----------
    named : Place
        The place by name. [-]
    there : Place
        The place by coordinates. [-]

    Raises
    ------
    ValueError
        When they are not one place: another country, a state that is not near, a city that is far.
    """
    where, point = countries()[named.iso3].name, f"{there.latitude:g},{there.longitude:g}"
    if named.iso3 != there.iso3:
        swapped = load_outlines().country(there.longitude, there.latitude) if abs(there.longitude) <= 90 else ""
        hint = "latitude comes first: are they swapped?" if swapped == named.iso3 else "leave one of them out"
        raise ValueError(f"{point} lies in {countries()[there.iso3].name}, but place says {where}; {hint}")
    km = distance_km(named.latitude, named.longitude, there.latitude, there.longitude)
    if named.level == "city" and km > _rule("place.apart"):
        raise ValueError(f"{point} lies {km:,.0f} km from {named.site}, the place named; leave one of them out")
    if named.level == "country" or named.region == there.region:
        return there
    members = [c for c in cities() if c.iso3 == named.iso3 and c.admin1 == named.admin1]
    nearest = min(distance_km(c.latitude, c.longitude, there.latitude, there.longitude) for c in members)
    if nearest > _nearest_city(there.latitude, there.longitude, there.iso3)[1] + _rule("place.state"):
        raise ValueError(
            f"{point} lies near a city of {there.name}, but place says {named.name}; leave one of them out"
        )
    note = f"{there.note.rpartition('; ')[0]}; {named.admin1} as named"  # near a border the name knows better
    return replace(there, region=named.region, name=named.name, admin1=named.admin1, note=note)


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine) between two points given in degrees. [km]"""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    a = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, a)))


def _one(text: str) -> Place | None:
    """A single name, without a country or state after it."""
    known = gazetteer.ambiguous(text)
    if known and not known.iso3:
        raise ValueError(f"{text!r} is ambiguous: {known.why}; write one of: {'; '.join(known.others)}")
    iso3 = gazetteer.country_code(text) or (known.iso3 if known else gazetteer.country_named(text))
    if iso3:
        name = countries()[iso3].name
        state = gazetteer.regions().get(("USA", text))
        if state:  # CA, IN, DE, ...: the code of a country and of a state
            return _country(iso3, f"{text} read as {name}; else write USA-{text} for {state.name}")
        read = "the country" if known and gazetteer.ambiguous(name) == known else name
        return _country(iso3, f"{text} read as {read}; else write {' or '.join(known.others)}" if known else "")
    region = gazetteer.region_named(text) or _region_code(text)
    if region and region.iso3 == "USA":
        return _region(region, "")
    return _pick(text, _readings(text, lambda c: True))


def _within(head: str, tails: list[str]) -> Place | None:
    """A name inside a country, state or division."""
    scopes = [_scope(t) for t in tails]
    for tail, scope in zip(tails, scopes, strict=True):
        if scope.empty:
            raise ValueError(f"{tail!r}: no country, state or region of this name; {_nearest(tail)}")

    def inside(city: City) -> bool:
        return all(scope.holds(city) for scope in scopes)

    known = gazetteer.ambiguous(head)
    if known and not known.iso3 and all(s.countries and not s.divisions for s in scopes):
        options = [o for o in known.others if resolve(o).iso3 in scopes[-1].countries]
        if len(options) > 1:
            raise ValueError(f"{head!r} is ambiguous: {known.why}; write one of: {'; '.join(options)}")
    found = _pick(head, _readings(head, inside), narrowed=True)
    if found or len(tails) > 1:
        return found
    outer = _scope(head)
    if not outer.empty:  # the wider name first: United States (Texas)
        swapped = _pick(tails[0], _readings(tails[0], outer.holds), narrowed=True)
        if swapped:
            return swapped
    return _unknown_town(head, tails[0], inside, outer)


def _unknown_town(head: str, tail: str, inside: Callable[[City], bool], outer: _Scope) -> Place:
    """A town the gazetteer lacks: its state or country, where the name is not that of a place elsewhere."""
    elsewhere = _readings(head, lambda c: True)
    if elsewhere or not outer.empty:
        words = "; ".join(r.words for r in elsewhere[:LISTED]) or head
        raise ValueError(
            f"no {head!r} in {tail} in the gazetteer; there is {words}; write one, or {tail} with --at LAT,LON"
        )
    folded = next(gazetteer.spellings(head))
    names = {next(gazetteer.spellings(c.name)): c.name for c in cities() if inside(c)}
    if close := difflib.get_close_matches(folded, list(names), n=3, cutoff=0.75):
        near = ", ".join(names[n] for n in close)
        raise ValueError(f"no {head!r} in {tail} in the gazetteer; nearest: {near}; write one, or --at LAT,LON")
    place = _one(tail) or _pick(tail, _readings(tail, inside))
    assert place is not None
    return replace(
        place,
        note=f"{head} is not in the gazetteer: near {place.site}; give --at LAT,LON for the site itself",
        level="region" if place.level == "region" else "country",
    )


@dataclass(frozen=True)
class _Scope:
    """What a name after a comma can stand for: countries, states with a code, divisions."""

    countries: frozenset[str]
    regions: frozenset[tuple[str, str]]
    divisions: frozenset[tuple[str, str]]

    @property
    def empty(self) -> bool:
        return not (self.countries or self.regions or self.divisions)

    def holds(self, city: City) -> bool:
        region = gazetteer.region_of(city.iso3, city.admin1)
        return (
            city.iso3 in self.countries
            or (city.iso3, city.admin1) in self.divisions
            or bool(region and (region.iso3, region.code) in self.regions)
        )


def _scope(text: str) -> _Scope:
    found = {gazetteer.country_code(text), gazetteer.country_named(text)} - {""}
    named = gazetteer.region_named(text)
    coded = [r for key, r in gazetteer.regions().items() if text.isupper() and key[1] == text]
    states = {(r.iso3, r.code) for r in (*coded, named) if r}
    return _Scope(frozenset(found), frozenset(states), frozenset(gazetteer.cities_in(text)))


def _readings(text: str, inside: Callable[[City], bool]) -> list[_Reading]:
    """Cities and divisions of a name, most populous first; one entry for a city that the gazetteer holds twice."""
    divisions = {key: members for key, members in _divisions(text).items() if inside(members[0])}
    named = [c for c in gazetteer.cities_named(text) if inside(c)]
    named = named or [c for c in towns_named(text) if inside(c) and not divisions]
    found: list[_Reading] = []
    kept: list[City] = []
    for city in named:
        words = _words(city)
        near = [k for k in kept if k.iso3 == city.iso3 and _apart(k, city) < _rule("place.same")]
        if not near and words not in [r.words for r in found]:  # what no words tell apart is the larger one
            kept.append(city)
            found.append(_Reading(words, city.population, city.capital, _city_maker(city)))
    for (iso3, admin1), members in divisions.items():
        words = f"{admin1}, {countries()[iso3].name}"
        if words not in [r.words for r in found] and not any((c.iso3, c.admin1) == (iso3, admin1) for c in named):
            found.append(_Reading(words, sum(c.population for c in members), False, _division_maker(members)))
    return sorted(found, key=lambda r: -r.population)


def _divisions(text: str) -> dict[tuple[str, str], list[City]]:
    """Divisions of a name or code, with their cities."""
    divisions = dict(gazetteer.cities_in(text))
    region = gazetteer.region_named(text) or _region_code(text)
    if region:
        for (iso3, admin1), members in gazetteer.cities_in(region.name).items():
            if iso3 == region.iso3:
                divisions[iso3, admin1] = members
    return divisions


def _pick(text: str, readings: list[_Reading], narrowed: bool = False) -> Place | None:
    """The dominant reading of a name, with a note on the others; an error where none dominates."""
    if not readings:
        return None
    first, *others = readings
    if not others:
        return first.place("")
    dominant = first.population >= _rule("place.dominance") * max(others[0].population, 1)
    listed = "; ".join(r.words for r in readings[:LISTED]) + ("; ..." if len(readings) > LISTED else "")
    if not (dominant or first.capital):
        raise ValueError(f"{text!r} is ambiguous, {len(readings)} places have the name; write one of: {listed}")
    also = " or ".join(r.words for r in others[:2])
    return first.place(f"largest of {len(readings)} places of this name; else write {also}")


def _words(city: City) -> str:
    """What to type for a city."""
    country = countries()[city.iso3].name
    namesakes = [c for c in gazetteer.cities_named(city.name) if c.iso3 == city.iso3]
    if city.iso3 == "USA":
        return city.name if city.name.endswith("D.C.") else f"{city.name}, {city.admin1}"
    if len(namesakes) > 1 and city.admin1:
        return f"{city.name}, {city.admin1}, {country}"
    return f"{city.name}, {country}"


def _apart(a: City, b: City) -> float:
    return distance_km(a.latitude, a.longitude, b.latitude, b.longitude)


def _city_maker(city: City) -> Callable[[str], Place]:
    return lambda note: _city(city, note)


def _division_maker(members: list[City]) -> Callable[[str], Place]:
    def place(note: str) -> Place:
        region = gazetteer.region_of(members[0].iso3, members[0].admin1)
        if region:
            return _region(region, note)
        found = _city(members[0], "")
        words = f"no site named in {members[0].admin1}: near {members[0].name}"
        return replace(found, note="; ".join(n for n in (words, note) if n), level="region")

    return place


def _country(iso3: str, note: str) -> Place:
    c = countries()[iso3]
    if iso3 in REGION_OF_COUNTRY:
        region = _region(gazetteer.regions()[iso3, REGION_OF_COUNTRY[iso3]], "")
        words = f"no state named: {region.admin1} (ERCOT), site {region.site}"
        return replace(region, note=words, level="country", asked=c.name)
    words = "; ".join(n for n in (f"no site named: near {c.capital}", note) if n)
    return Place(iso3, "", c.name, c.capital, "", c.latitude, c.longitude, words, "country", c.name)


def _region(region: Region, note: str) -> Place:
    members = [c for (iso3, _), found in gazetteer.cities_in(region.name).items() for c in found if iso3 == region.iso3]
    wanted = SITE_OF_REGION.get((region.iso3, region.code))
    city = next((c for c in members if c.name == wanted), members[0])
    words = f"no site named: near {city.name}"
    return replace(_city(city, "; ".join(n for n in (words, note) if n)), level="region")


def _region_code(text: str) -> Region | None:
    """A state by code alone: TX, US-TX or USA-TX."""
    code = text.removeprefix("USA-").removeprefix("US-")
    return gazetteer.regions().get(("USA", code))


def _city(c: City, note: str) -> Place:
    region = gazetteer.region_of(c.iso3, c.admin1) if c.iso3 == "USA" else None
    name = f"{c.admin1}, United States" if c.iso3 == "USA" else countries()[c.iso3].name
    key = f"{region.iso3}-{region.code}" if region else ""
    return Place(c.iso3, key, name, c.name, c.admin1, c.latitude, c.longitude, note)


def _country_at(latitude: float, longitude: float) -> tuple[str, str]:
    """ISO-3 of the country at coordinates and how it was found; an error at sea."""
    outlines = load_outlines()
    city, city_km = _nearest_city(latitude, longitude, "")
    if iso3 := outlines.country(latitude, longitude):
        if city.iso3 != iso3 and city_km <= _rule("place.border"):
            return city.iso3, f"on our outline's border with {countries()[iso3].name}: country taken from {city.name}"
        return iso3, ""
    land, km = outlines.nearest(latitude, longitude)
    on_island = outlines.country(city.latitude, city.longitude) != city.iso3 and city_km <= _rule("place.island")
    if km <= _rule("place.coast") and (land == city.iso3 or not on_island):
        return land, f"{km:.0f} km off our outline of {countries()[land].name}: taken as its coast"
    if on_island:
        return city.iso3, f"country taken from {city.name}: too small an island for our outlines"
    swap = ""
    if abs(longitude) <= 90 and (other := outlines.country(longitude, latitude)):
        swap = f"; swapped, {longitude:g},{latitude:g} is in {countries()[other].name}: latitude comes first"
    raise ValueError(
        f"{latitude:g},{longitude:g}: at sea, or in an area that no country is recognised to hold; "
        f"nearest land {countries()[land].name}, {km:,.0f} km, nearest city {city.name}, {city_km:,.0f} km; "
        f"name a place on land{swap}"
    )


def _nearest_city(latitude: float, longitude: float, iso3: str) -> tuple[City, float]:
    """The nearest city of a country ('' for any) and its distance. [km]"""
    vectors, owners = _globe()
    p, q = math.radians(latitude), math.radians(longitude)
    near = vectors @ np.array([math.cos(p) * math.cos(q), math.cos(p) * math.sin(q), math.sin(p)])
    if iso3 and (owners == iso3).any():
        near = np.where(owners == iso3, near, -2.0)
    city = cities()[int(np.argmax(near))]
    return city, distance_km(latitude, longitude, city.latitude, city.longitude)


@cache
def _globe() -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors of all cities and their countries."""
    p, q = np.radians([(c.latitude, c.longitude) for c in cities()]).T
    return np.column_stack([np.cos(p) * np.cos(q), np.cos(p) * np.sin(q), np.sin(p)]), np.array(
        [c.iso3 for c in cities()]
    )


@cache
def _rule(fact_id: str) -> float:
    """An assumption of ``data/assumptions/places.csv``; read alone, a question is read before the facts are."""
    path = resources.files("gigawatt") / "data" / "assumptions" / "places.csv"
    return next(float(f.value) for f in read_csv(path.read_text(encoding="utf-8"), path.name) if f.id == fact_id)


def _nearest(text: str) -> str:
    """Suggestions for a name that is not known."""
    if (upper := text.upper()) != text and (iso3 := gazetteer.country_code(upper)):
        return f"codes in capitals: {upper} is {countries()[iso3].name}"
    known = gazetteer.known_names() | {folded: towns[0].name for folded, towns in sites().items()}
    close = difflib.get_close_matches(next(gazetteer.spellings(text)), list(known), n=3, cutoff=0.5)
    names = ", ".join(dict.fromkeys(known[n] for n in close))
    return f"nearest: {names or 'none; write a country or a city in English, French or Ukrainian, or --at LAT,LON'}"
