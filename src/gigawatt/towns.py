"""Small places that the gazetteer of cities lacks: sites of campuses and power plants, towns with a climate station.

They are looked at only where no city and no division has the name, so that no place reads otherwise because of them.
``data/names/sites.csv`` is written by hand and derived by ``tools/derive_names.py``; stations are those of
``data/places/stations.csv``, whose names begin with that of a town. Ukrainian names in Cyrillic are read in Latin
letters.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

from gigawatt import gazetteer
from gigawatt.gazetteer import City
from gigawatt.parse import place_words

# Where a station's name ends being that of its town: airport, air base, international, its division's code
_REST = re.compile(r"\s+(?:AP|AB|AF|AFB|AFS|AWS|AAF|NAS|DWD|Intl|Muni|Rgnl|Mem|Meml|Co|Wea|[A-Z]{2,4}$).*$")
_SHORTEST = 4  # letters of a station's name: shorter ones are codes
# Ukrainian in Latin letters (Cabinet of Ministers, resolution 55 of 2010): within a word; at its start
_LETTERS = dict(
    zip("абвгґдежзиіїйклмнопрстуф", "a b v h g d e zh z y i i i k l m n o p r s t u f".split(), strict=True)
)
_LETTERS |= {"є": "ie", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia", "ь": ""}
_LETTERS |= dict.fromkeys("'’ʼ`", "")
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}


def towns_named(text: str) -> list[City]:
    """Small places of a name; their population is not known and stands as 0.

    Parameters
    ----------
    text : str
        A name in English, French or Ukrainian. [-]

    Returns
    -------
    list of City
    """
    words = [*gazetteer.spellings(text)]
    found = next((sites()[w] for w in words if w in sites()), [])
    if not found and (latin := romanised(text)):
        folded = place_words(latin)
        known = (*gazetteer.cities_named(latin), *sites().get(folded, ()), *_stations().get(folded, ()))
        found = [town for town in known if town.iso3 == "UKR"][:1]
    return found or next((_stations()[w] for w in words if w in _stations()), [])


def romanised(text: str) -> str:
    """A Ukrainian name in Latin letters, or '' where it has other ones.

    Examples
    --------
    >>> romanised("Згурівка"), romanised("Ямпіль"), romanised("Paris")
    ('Zghurivka', 'Yampil', '')
    """
    out = ""
    for before, letter in zip(" " + text, text, strict=False):
        lower = letter.casefold()
        if lower in "г" and before.casefold() == "з":
            latin = "gh"
        elif not before.isalpha() and before not in "'’ʼ`" and lower in _FIRST:
            latin = _FIRST[lower]
        elif lower in _LETTERS:
            latin = _LETTERS[lower]
        elif lower in " -":
            latin = letter
        else:
            return ""
        out += latin.capitalize() if letter.isupper() else latin
    return out


@cache
def sites() -> dict[str, list[City]]:
    """Sites of campuses and power plants, and small towns, by every folded name."""
    names: dict[str, list[City]] = {}
    path = resources.files("gigawatt") / "data" / "names" / "sites.csv"
    for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        town = City(r["name"], r["admin1"], r["iso3"], float(r["latitude"]), float(r["longitude"]), 0)
        for folded in {place_words(w) for w in (r["name"], *r["aliases"].split("|")) if w}:
            names.setdefault(folded, []).append(town)
    return names


@cache
def _stations() -> dict[str, list[City]]:
    """Climate stations by the town they are called after."""
    names: dict[str, list[City]] = {}
    path = resources.files("gigawatt") / "data" / "places" / "stations.csv"
    for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        name = _REST.sub("", r["name"])
        region = gazetteer.regions().get((r["iso3"], r["name"].split()[-1]))
        place = (r["iso3"], float(r["latitude_deg"]), float(r["longitude_deg"]))
        for word in {name, name.partition("-")[0].strip()}:
            if len(word) >= _SHORTEST:
                town = City(word, region.name if region else "", *place, 0)
                names.setdefault(place_words(word), []).append(town)
    return names
