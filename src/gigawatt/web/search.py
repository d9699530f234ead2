"""Suggestions for a place as one types: countries and cities by the start of any name, in any of our languages."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import cache

from gigawatt import gazetteer, places, towns
from gigawatt.parse import place_words
from gigawatt.web.language import Language

MOST = 8
NEARBY = 400  # names of one start that are looked at


@dataclass(frozen=True)
class Suggestion:
    """A place: words that the question understands, its name in the language, and the country it lies in."""

    words: str
    name: str
    within: str
    iso3: str


@dataclass(frozen=True)
class _Name:
    folded: str
    words: str
    shown: str  # '' for a country: its name is that of the language
    iso3: str
    weight: float


def suggest(text: str, lang: Language, most: int = MOST) -> list[Suggestion]:
    """Places with a name that starts like this, countries first, then the most populous.

    Parameters
    ----------
    text : str
        What has been typed. [-]
    lang : Language
        In which names are shown. [-]
    most : int
        How many at most. [-]

    Returns
    -------
    list of Suggestion
    """
    start = place_words(text)
    if not start:
        return []
    names, keys = _index()
    first = bisect.bisect_left(keys, start)
    last = bisect.bisect_left(keys, start + "\uffff")
    found = sorted(names[first : min(last, first + 20 * NEARBY)], key=lambda n: -n.weight)[:NEARBY]
    out: dict[str, Suggestion] = {}
    for n in found:
        if n.words not in out:
            country = lang.country(n.iso3)
            out[n.words] = Suggestion(n.words, n.shown or country, country if n.shown else "", n.iso3)
        if len(out) == most:
            break
    return list(out.values())


@cache
def _index() -> tuple[list[_Name], list[str]]:
    """All names, sorted by their folded form."""
    names = [
        _Name(folded, places.countries()[iso3].name, "", iso3, 1e12)
        for folded, iso3 in gazetteer.country_names().items()
    ]
    for folded, found in [*gazetteer.city_names().items(), *towns.sites().items()]:
        for city in found[:3]:
            words = f"{city.name}, {_scope(city)}"
            names.append(
                _Name(folded, words, city.name, city.iso3, float(city.population) * (10.0 if city.capital else 1.0))
            )
    names.sort(key=lambda n: n.folded)
    return names, [n.folded for n in names]


def _scope(city: places.City) -> str:
    country = places.countries()[city.iso3].name
    return f"{city.admin1}, {country}" if city.admin1 and city.admin1 != city.name else country
