"""Facts: sourced numbers from ``data/*.csv``, looked up in the unit and price year a formula needs.

A fact is a value with low and high (P10 and P90), unit, year, class of evidence, source and the place in that source.
Assumptions of ours are facts too, with source ``assumption``; they are counted and listed in every plan.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from typing import Any

from gigawatt import units
from gigawatt.errors import FactError

HEADER = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
CLASSES = ("A", "B", "C")
ASSUMPTION = "assumption"
USER = "user"
_TEXT_UNITS = ("text", "date")
DURATIONS = ("lead.", "lead_then.")  # ids of lead times and rates of building: none can be negative
TIME = units.parse("month")  # nor any other duration that is not so as it ships


@dataclass(frozen=True, slots=True)
class Fact:
    """One sourced number (or text): value, P10-P90 range, unit, year, class A/B/C, source key and place in it."""

    id: str
    value: float | str
    low: float | str
    high: float | str
    unit: str
    year: str
    fact_class: str
    source: str
    where: str
    note: str

    @property
    def is_assumption(self) -> bool:
        return self.source == ASSUMPTION

    @property
    def is_text(self) -> bool:
        return self.unit in _TEXT_UNITS

    @property
    def is_exact(self) -> bool:
        return self.is_text or self.low == self.high


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from: producer, title, address, dates, licence, and how much of it may ship."""

    key: str
    producer: str
    title: str
    url: str
    published: str
    accessed: str
    licence: str
    ships: str
    note: str = ""


class Facts(Mapping[str, Fact]):
    """All facts by id. Immutable; ``with_overrides`` returns a changed copy."""

    def __init__(self, facts: Mapping[str, Fact], sources: Mapping[str, Source]) -> None:
        self._facts = dict(facts)
        self._by_subject: dict[str, list[Fact]] = {}  # by the first part of the id
        for fact_id, fact in self._facts.items():
            self._by_subject.setdefault(fact_id.partition(".")[0], []).append(fact)
        self.sources = dict(sources)
        self._factors: dict[tuple[str, str], float] = {}

    def __getitem__(self, fact_id: str) -> Fact:
        try:
            return self._facts[fact_id]
        except KeyError:
            raise FactError(f"{fact_id}: no such fact; {_nearest(fact_id, self._facts)}") from None

    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def first(self, *fact_ids: str) -> Fact:
        """The first fact of a stated order of fallbacks.

        Raises
        ------
        FactError
            When none of them exists; the message names the first.
        """
        for fact_id in fact_ids:
            if fact_id in self._facts:
                return self._facts[fact_id]
        return self[fact_ids[0]]

    def under(self, prefix: str) -> list[Fact]:
        """All facts whose id starts with ``prefix``, a subject and a dot at least."""
        subject, _, rest = prefix.partition(".")
        found = self._by_subject.get(subject, [])
        return [f for f in found if f.id.startswith(prefix)] if rest else list(found)

    def search(self, *words: str) -> list[Fact]:
        """Facts whose id, note, source or place contains every word, without regard to case."""

        def text(f: Fact) -> str:
            return f"{f.id} {f.value} {f.note} {f.source} {f.where} {self.source_title(f.source)}".lower()

        return [f for f in self._facts.values() if all(w.lower() in text(f) for w in words)]

    def source_title(self, key: str) -> str:
        """Readable name of a source key."""
        if key == ASSUMPTION:
            return "our assumption"
        if key == USER:
            return "given by the user"
        source = self.sources.get(key)
        return f"{source.producer}, {source.title} ({source.published})" if source else key

    def with_overrides(self, overrides: Mapping[str, Any]) -> Facts:
        """A copy in which the user's values replace those of the facts named.

        Parameters
        ----------
        overrides : mapping
            Fact id to a number in the fact's own unit, a text such as ``"85 USD_2025/MWh"``, or a table with
            ``value``, ``low``, ``high``, ``unit``. [-]

        Raises
        ------
        FactError
            For an unknown id, a value that is no number, or a unit of another kind.
        """
        if not overrides:
            return self
        return self.with_facts([_override(self[fact_id], given) for fact_id, given in overrides.items()])

    def with_facts(self, more: Iterable[Fact]) -> Facts:
        """A copy with further facts, such as those of the climate station of one place.

        Subjects without a new fact are shared with the original: a screen makes such a copy for every site.
        """
        new = {f.id: f for f in more}
        copy = Facts({}, self.sources)
        copy._facts = {**self._facts, **new}
        touched = {fact_id.partition(".")[0] for fact_id in new}
        kept = {s: [f for f in self._by_subject.get(s, ()) if f.id not in new] for s in touched}
        added = {s: [f for f in new.values() if f.id.partition(".")[0] == s] for s in touched}
        copy._factors = {} if touched & {"deflator", "fx"} else self._factors
        copy._by_subject = self._by_subject | {s: kept[s] + added[s] for s in touched}
        return copy

    def money_factor(self, source: tuple[str, int], target: tuple[str, int]) -> float:
        """Factor from money of one currency and price year to another.

        Inflation is taken in the currency of the price (GDP deflator), then exchanged at the target year's
        average rate, never both ways mixed.
        """
        (currency, year), (to_currency, to_year) = source, target
        factor = 1.0
        if year != to_year:
            factor *= self._deflator(currency, to_year) / self._deflator(currency, year)
        if currency != to_currency:
            factor *= self._rate(currency, to_year) / self._rate(to_currency, to_year)
        return factor

    def _deflator(self, currency: str, year: int) -> float:
        fact_id = f"deflator.{currency}.{year}"
        if fact_id not in self._facts:
            raise FactError(f"{fact_id}: no deflator for {currency} in {year}; give the amount in another price year")
        return float(self._facts[fact_id].value)

    def _rate(self, currency: str, year: int) -> float:
        if currency == "USD":
            return 1.0
        for fact_id in (f"fx.{currency}.{year}", f"fx.{currency}.latest"):
            if fact_id in self._facts:
                return float(self._facts[fact_id].value)
        known = sorted({i.split(".")[1] for i in self._facts if i.startswith("fx.")})
        raise FactError(f"{currency}: no exchange rate; write the amount in one of USD, {', '.join(known)}")

    def factor(self, source_unit: str, target_unit: str) -> float:
        """Factor from one unit to another, currency and price year included."""
        known = self._factors.get((source_unit, target_unit))
        if known is not None:
            return known
        a, b = units.parse(source_unit), units.parse(target_unit)
        try:
            scale = units.ratio(a, b)
        except ValueError as error:
            raise FactError(str(error)) from None
        if a.money and b.money and a.money != b.money:
            scale *= self.money_factor(a.money[:2], b.money[:2]) ** a.money[2]
        self._factors[source_unit, target_unit] = scale
        return scale

    @cached_property
    def hash(self) -> str:
        """Fingerprint of all facts, for provenance: the same hash means the same numbers."""
        digest = hashlib.blake2b(digest_size=8)
        for fact_id in sorted(self._facts):
            f = self._facts[fact_id]
            digest.update(f"{f.id}|{f.value!r}|{f.low!r}|{f.high!r}|{f.unit}\n".encode())
        return digest.hexdigest()


@cache
def load_facts() -> Facts:
    """Load the facts that ship with the package.

    Raises
    ------
    FactError
        Naming file, line and column of the first malformed row.
    """
    facts: dict[str, Fact] = {}
    sources: dict[str, Source] = {}
    root = resources.files("gigawatt") / "data"
    for folder in (root, root / "assumptions"):
        for path in sorted(folder.iterdir(), key=lambda p: p.name):
            if path.name.endswith(".csv"):
                for fact in read_csv(path.read_text(encoding="utf-8"), path.name):
                    if fact.id in facts:
                        raise FactError(f"{path.name}: {fact.id} is already a fact")
                    facts[fact.id] = fact
    for path in sorted((root / "sources").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            for key, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
                if key in sources:
                    raise FactError(f"{path.name}: source {key} is already defined")
                sources[key] = Source(key=key, **row)
    return Facts(facts, sources)


def read_csv(text: str, name: str) -> list[Fact]:
    """Read facts from CSV text.

    Parameters
    ----------
    text : str
        CSV with the header of ``HEADER``. [-]
    name : str
        File name for error messages. [-]
    """
    reader = csv.reader(text.splitlines())
    header = next(reader, None)
    if header is None or tuple(header) != HEADER:
        raise FactError(f"{name}:1: header is {header}; expected {','.join(HEADER)}")
    rows = []
    for row in reader:
        if not row:
            continue
        where = f"{name}:{reader.line_num}"
        if len(row) != len(HEADER):
            raise FactError(f"{where}: {len(row)} columns; expected {len(HEADER)}")
        rows.append(_fact(row, where))
    return rows


def _fact(row: list[str], where: str) -> Fact:
    fact_id, text, low_text, high_text, unit, year, fact_class, source, place, note = row
    value: float | str = text
    low: float | str = text
    high: float | str = text
    if unit not in _TEXT_UNITS:
        try:
            value = float(text)
            low = float(low_text) if low_text else value
            high = float(high_text) if high_text else value
            _check_unit(unit)
        except ValueError as error:
            raise FactError(f"{where}: {fact_id}: {error}") from None
        if not low <= value <= high:
            raise FactError(f"{where}: {fact_id}: low {low} <= value {value} <= high {high} does not hold")
    if fact_class not in CLASSES:
        raise FactError(f"{where}: {fact_id}: class is {fact_class!r}; expected A, B or C")
    return Fact(fact_id, value, low, high, unit, year, fact_class, source, place, note)


@cache
def _check_unit(unit: str) -> None:
    """Refuse a unit that cannot be read; once per unit, there are thousands of facts."""
    units.parse(unit)


def _override(fact: Fact, given: Any) -> Fact:
    table = dict(given) if isinstance(given, Mapping) else {"value": given}
    unknown = set(table) - {"value", "low", "high", "unit", "note"}
    if unknown or "value" not in table:
        raise FactError(f"{fact.id}: override has {sorted(table)}; expected value and optionally low, high, unit, note")
    if fact.is_text:
        text = str(table["value"])
        return replace(fact, value=text, low=text, high=text, source=USER, where="scenario", note="override")
    unit = str(table.get("unit", fact.unit))
    value = table["value"]
    if isinstance(value, str):
        head, _, tail = value.strip().partition(" ")
        value, unit = head, tail.strip() or unit
    try:
        numbers = [float(x) for x in (value, table.get("low", value), table.get("high", value))]
        if units.parse(unit).money:
            money = units.parse(fact.unit).money
            if money is None:
                raise ValueError(f"unit {unit} has money in it, {fact.unit} has none")
        units.ratio(units.parse(unit), units.parse(fact.unit))
    except (TypeError, ValueError) as error:
        raise FactError(f"{fact.id}: override {given!r}: {error}; expected a number in {fact.unit}") from None
    if not all(abs(x) < float("inf") for x in numbers) or not numbers[1] <= numbers[0] <= numbers[2]:
        raise FactError(f"{fact.id}: override {given!r}: expected finite low <= value <= high in {unit}")
    lasting = fact.id.startswith(DURATIONS) or (units.parse(fact.unit).same_kind(TIME) and float(fact.low) >= 0)
    if lasting and numbers[1] < 0:
        raise FactError(f"{fact.id}: override {given!r}: a duration or rate of building is at least 0 {unit}")
    return replace(
        fact,
        value=numbers[0],
        low=numbers[1],
        high=numbers[2],
        unit=unit,
        source=USER,
        where="scenario",
        note=str(table.get("note", f"override; was {fact.value} {fact.unit} from {fact.source}")),
    )


def _nearest(fact_id: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(fact_id, list(known), n=3, cutoff=0.5)
    return f"nearest: {', '.join(close)}" if close else "list them with: gigawatt facts"
