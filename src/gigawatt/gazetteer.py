"""Names of places: countries and territories, their regions, cities, and how each is written.

Tables in ``data/names``, derived by ``tools/derive_names.py`` from Unicode CLDR, Natural Earth and ISO 3166. Names are
English, French and Ukrainian; comparison ignores case, accents, apostrophes and articles.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gigawatt.parse import place_words

# ISO-3 codes that are words of English, French or a common name: taken as codes in capitals only
CODES_THAT_ARE_WORDS = frozenset(
    "and are arm ago bel ben bes bra can cod cog col com cub dom est fin gab guy gum hun lie mac mar mus nam nor pan "
    "per sen som sur ton tun vat".split()
)
_KIND = "state|province|region|oblast|région|область|провінція"  # words that say what kind of division is meant
_DIVISION = re.compile(rf"^(?:{_KIND}) (?:of |de )?(.+)$|^(.+) (?:{_KIND})$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:(?:the|la|le|les|el)\s+|l['’ʼ`]\s*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory: ISO codes, names, currency, capital or seat."""

    iso3: str
    iso2: str
    name: str
    currency: str
    un_member: bool
    capital: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province or territory with an ISO 3166-2 code."""

    iso3: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class City:
    """A city of the gazetteer."""

    name: str
    admin1: str
    iso3: str
    latitude: float
    longitude: float
    population: int
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A word with several readings: the country it is taken for, or '' for none, what else to type, and why."""

    iso3: str
    others: tuple[str, ...]
    why: str


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
            float(r["latitude"]),
            float(r["longitude"]),
        )
        for r in _table("countries.csv")
    }


@cache
def cities() -> tuple[City, ...]:
    """All cities of the gazetteer, largest first."""
    return tuple(city for city, _ in _cities())


@cache
def regions() -> dict[tuple[str, str], Region]:
    """States and provinces with a code, by ISO-3 and code."""
    return {(r["iso3"], r["code"]): Region(r["iso3"], r["code"], r["name"]) for r in _table("regions.csv")}


def country_code(text: str) -> str:
    """ISO-3 of an ISO-2 or ISO-3 code, or ''. Codes that are words count in capitals only, as all ISO-2 codes do."""
    if text.isupper() and text in _iso2():
        return _iso2()[text]
    iso3 = text.upper()
    return iso3 if iso3 in countries() and (text.isupper() or text.lower() not in CODES_THAT_ARE_WORDS) else ""


def country_named(text: str) -> str:
    """ISO-3 of a country's name or alias, or ''."""
    return next((country_names()[w] for w in spellings(text) if w in country_names()), "")


def region_named(text: str) -> Region | None:
    """A state or province by name or alias; ``state of`` and ``state`` may be added."""
    return next((_region_names()[w] for w in spellings(text) if w in _region_names()), None)


def region_of(iso3: str, admin1: str) -> Region | None:
    """The state or province with a code that a city's first-order division is."""
    found = _region_names().get(place_words(admin1))
    return found if found and found.iso3 == iso3 else None


def cities_named(text: str) -> list[City]:
    """Cities of a name, largest first."""
    return next((city_names()[w] for w in spellings(text) if w in city_names()), [])


def cities_in(text: str) -> dict[tuple[str, str], list[City]]:
    """Cities by country and first-order division, of divisions of this name, largest first."""
    kind = _DIVISION.match(text.strip())
    words = [*spellings(text), *(spellings(kind[1] or kind[2]) if kind else ())]
    return next((_divisions()[w] for w in words if w in _divisions()), {})


def ambiguous(text: str) -> Ambiguous | None:
    """What is known of a word that more than one place could be meant by."""
    return _ambiguous().get(place_words(text))


def known_names() -> dict[str, str]:
    """All names by their folded form, for suggestions."""
    named = {folded: city.name for folded, found in city_names().items() for city in found[:1]}
    named |= {folded: r.name for folded, r in _region_names().items()}
    return named | {folded: countries()[iso3].name for folded, iso3 in country_names().items()}


def spellings(text: str) -> Iterator[str]:
    """Folded forms to look a name up by: as it is, then without its article."""
    yield place_words(text)
    if (bare := _ARTICLE.sub("", text.strip())) != text.strip():
        yield place_words(bare)


@cache
def _iso2() -> dict[str, str]:
    return {c.iso2: c.iso3 for c in countries().values()}


@cache
def country_names() -> dict[str, str]:
    """ISO-3 by every folded name and alias of a country."""
    rows = _table("countries.csv")
    names: dict[str, str] = {}
    for columns in (("en", "fr", "uk"), ("aliases",)):  # a name of one country before an alias of another
        for r in rows:
            for word in "|".join(r[c] for c in columns).split("|"):
                if word:
                    names.setdefault(place_words(word), r["iso3"])
    return names


@cache
def _region_names() -> dict[str, Region]:
    names: dict[str, Region] = {}
    for r in sorted(_table("regions.csv"), key=lambda r: r["iso3"] != "USA"):
        region = regions()[r["iso3"], r["code"]]
        for word in (r["name"], *r["aliases"].split("|")):
            for form in (word, f"{word} state", f"state of {word}") if word else ():
                names.setdefault(place_words(form), region)
    return names


@cache
def _cities() -> tuple[tuple[City, str], ...]:
    rows = [
        (
            City(
                r["name"],
                r["admin1"],
                r["iso3"],
                float(r["latitude"]),
                float(r["longitude"]),
                int(r["population"]),
                r["capital"] == "1",
            ),
            r["aliases"],
        )
        for r in _table("cities.csv")
    ]
    return tuple(sorted(rows, key=lambda row: -row[0].population))


@cache
def city_names() -> dict[str, list[City]]:
    """Cities by every folded name and alias, largest first."""
    names: dict[str, list[City]] = {}
    for city, aliases in _cities():
        for folded in {place_words(w) for w in (city.name, *aliases.split("|")) if w}:
            names.setdefault(folded, []).append(city)
    return names


@cache
def _divisions() -> dict[str, dict[tuple[str, str], list[City]]]:
    found: dict[str, dict[tuple[str, str], list[City]]] = {}
    folded = {c.admin1: place_words(c.admin1) for c in cities() if c.admin1}
    for city in cities():
        if city.admin1:
            found.setdefault(folded[city.admin1], {}).setdefault((city.iso3, city.admin1), []).append(city)
    for r in _table("divisions.csv"):
        own = {(r["iso3"], r["admin1"]): found[folded[r["admin1"]]][r["iso3"], r["admin1"]]}
        for word in r["names"].split("|"):
            found.setdefault(place_words(word), {}).update(own)
    return found


@cache
def _ambiguous() -> dict[str, Ambiguous]:
    return {
        place_words(word): Ambiguous(r["iso3"], tuple(r["others"].split("|")), r["why"])
        for r in _table("ambiguous.csv")
        for word in r["words"].split("|")
    }
