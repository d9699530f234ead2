"""Rows of campuses: numbers, dates, accelerators and places in them, and whether two rows speak of one campus."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from gigawatt.chapters import machine
from gigawatt.errors import ScenarioError
from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.gazetteer import countries
from gigawatt.places import distance_km
from gigawatt.units import MONTHS_PER_YEAR

from .families import CannotPredict

TABLE = Path(__file__).resolve().parent.parent / "data" / "published" / "campus_cases.csv"
SAME_KM, SAME_MONTHS = 10.0, 1.0  # two rows this near are one campus
DATE = re.compile(r"(\d{4})(?:-(Q|H)?(\d{1,2}))?")

Given: TypeAlias = Mapping[str, Any]  # cells of a row, as text


def names(text: str) -> list[str]:
    """Accelerators of a list such as `H100,GB200` or `GB200/B200 (B300 later)`."""
    plain = re.sub(r"\(.*?\)", " ", text)
    return [name.strip() for name in re.split(r"[,;/+&|]|\band\b", plain) if name.strip()]


def items(facts: Facts, text: str) -> list[str]:
    """Those of a list that the catalogue knows, or the few further ones that only campuses of record have."""
    found = [_item(facts, name) for name in names(text)]
    return [item for item in found if item]


def _item(facts: Facts, name: str) -> str:
    """The accelerator of a name, its maker and its board left away where need be; nothing where none is known."""
    words = name.split()
    for some in (words, words[1:], words[2:], words[:-1], words[1:-1]):
        folded = re.sub(r"[^a-z0-9]", "", "".join(some).lower())
        if folded in _further():
            return _further()[folded]
        try:
            if folded:
                return machine.find(facts, " ".join(some), "accelerator")
        except ScenarioError:
            continue
    return ""


@cache
def _further() -> dict[str, str]:
    """Folded names of accelerators that the plan's catalogue does not hold."""
    known = [f for f in load_facts().under("campus.package.") if f.id.endswith(".aliases")]
    return {re.sub(r"[^a-z0-9]", "", a.lower()): f.id.split(".")[2] for f in known for a in str(f.value).split(";")}


def of_package(facts: Facts, item: str, key: str) -> Fact | None:
    """A fact of an accelerator, of the catalogue or of those further ones; None where there is none."""
    ids = (f"accelerator.{item}.{key}", f"campus.package.{item}.{key}")
    return next((facts[i] for i in ids if i in facts), None)


def month_of(text: str) -> float:
    """Middle of a month, quarter, half or year, in months from the year 0; NaN for anything else."""
    match = DATE.match(text.strip())
    if not match:
        return math.nan
    year, part, number = int(match[1]), match[2], int(match[3] or 0)
    length = {"Q": 3, "H": 6, None: 1}[part] if number else MONTHS_PER_YEAR
    return year * MONTHS_PER_YEAR + (max(number, 1) - 0.5) * length


def release(facts: Facts, text: str) -> float:
    """First sale of the accelerators named, the earliest of several; NaN where none is known."""
    sold = [of_package(facts, i, "release") for i in items(facts, text)]
    months = [month_of(str(f.value)) for f in sold if f]
    return min((m for m in months if math.isfinite(m)), default=math.nan)


def iso3(country: str) -> str:
    """Country code of three letters from one of two or three."""
    code = country.strip().upper()
    return next((c.iso3 for c in countries().values() if code in (c.iso2, c.iso3)), code)


def number(given: Given, name: str) -> float:
    """A filled number, or NaN."""
    try:
        return float(given.get(name) or "nan")
    except ValueError:
        return math.nan


def amount(given: Given, name: str) -> float:
    """A size, money or time above 0, or NaN where the cell is blank.

    Raises
    ------
    CannotPredict
        For anything else.
    """
    text = str(given.get(name) or "").strip()
    found = number(given, name)
    if text and not 0.0 < found < math.inf:
        raise CannotPredict(f"{name} is {text!r}: expected a number above 0")
    return found


@cache
def table() -> tuple[dict[str, str], ...]:
    """The published campuses that come with the package."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def same_campus(a: Given, b: Given) -> bool:
    """Whether two rows speak of one campus: the same ground, works begun together. Names are not read."""
    places = [number(x, name) for x in (a, b) for name in ("lat", "lon")]
    starts = [month_of(str(x.get("start") or "")) for x in (a, b)]
    together = not all(map(math.isfinite, starts)) or abs(starts[0] - starts[1]) <= SAME_MONTHS
    if all(map(math.isfinite, places)):
        return together and float(distance_km(*places)) <= SAME_KM
    alike = all(str(a.get(n) or "") == str(b.get(n) or "") for n in ("country", "start", "accelerator_type"))
    return alike and all(map(math.isfinite, starts))
