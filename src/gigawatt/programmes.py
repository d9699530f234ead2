"""Announced programmes and campuses: what was said, on which basis, by whom, when. Claims that disagree stand apart.

The catalogue is made of facts (``programme.<id>.money``, ``programme.<id>.money.2`` ...); browse it with
``gigawatt facts programme.fr-109bn``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gigawatt.errors import ScenarioError
from gigawatt.facts import Fact, Facts

SUBJECT = "programme."
ABOUT = ("name", "kind", "place", "accelerator", "build_type", "status", "announced")
UNION = "EU"  # the only place of the catalogue that is no country
_POWER_OF_TEN = re.compile(r"(\d+(?:\.\d+)?)e([69])\b")  # as the record writes amounts in words
_BASIS = re.compile(r"basis: (\w+)(?:; )?")


@dataclass(frozen=True, slots=True)
class Claim:
    """One number that was announced: quantity, value and range, unit, basis, class, source."""

    quantity: str
    fact: Fact
    basis: str
    words: str
    source: str

    @property
    def value(self) -> float | str:
        return self.fact.value

    @property
    def currency(self) -> str:
        return self.fact.unit.split("_")[0]

    @property
    def year(self) -> int:
        """Price year of an amount of money."""
        return int(self.fact.unit.split("_")[1])


@dataclass(frozen=True, slots=True)
class Programme:
    """An announced programme or campus."""

    id: str
    name: str
    kind: str
    place: str
    accelerator: str
    build_type: str
    status: str
    announced: str
    claims: tuple[Claim, ...]

    def all(self, quantity: str) -> tuple[Claim, ...]:
        """Every claim on a quantity (``money``, ``mw``, ``accelerators``, ``full_date`` ...), the first one first."""
        return tuple(c for c in self.claims if c.quantity == quantity)

    def first(self, quantity: str, *bases: str) -> Claim | None:
        """The first claim on a quantity, of one of some bases where given; None where nothing was said."""
        return next((c for c in self.all(quantity) if not bases or c.basis in bases), None)

    def number(self, quantity: str, *bases: str) -> float | None:
        """Value of the first claim."""
        claim = self.first(quantity, *bases)
        return None if claim is None else float(claim.value)


def ids(facts: Facts) -> list[str]:
    """Ids of all programmes and campuses."""
    return list(dict.fromkeys(f.id.split(".")[1] for f in facts.under(SUBJECT)))


def programme(facts: Facts, name: str) -> Programme:
    """A programme by its id.

    Parameters
    ----------
    facts : Facts
        The facts. [-]
    name : str
        Its id, such as ``fr-109bn``. [-]

    Returns
    -------
    Programme

    Raises
    ------
    ScenarioError
        For an unknown one; the message offers the nearest ids.
    """
    wanted = name.strip().lower()
    rows = facts.under(f"{SUBJECT}{wanted}.")
    if not wanted or not rows:
        raise ScenarioError(f"{name!r}: no programme of this name; {_nearest(facts, wanted)}")
    about = dict.fromkeys(ABOUT, "") | {
        key: readable(str(f.value)) for f in rows if (key := f.id.split(".")[2]) in ABOUT
    }
    return Programme(id=wanted, claims=tuple(_claims(facts, rows)), **about)


def catalogue(facts: Facts) -> dict[str, Programme]:
    """All programmes and campuses by id."""
    return {name: programme(facts, name) for name in ids(facts)}


def _claims(facts: Facts, rows: list[Fact]) -> Iterator[Claim]:
    for f in rows:
        quantity = f.id.split(".")[2]
        if quantity in ABOUT:
            continue
        found = _BASIS.match(f.note)
        words = readable(f.note[found.end() :] if found else f.note)
        yield Claim(quantity, f, found[1] if found else "", words, facts.source_title(f.source))


def readable(text: str) -> str:
    """Words of the record with amounts as people write them.

    Examples
    --------
    >>> readable("20e9 confirmed in May 2025")
    '20 bn confirmed in May 2025'
    """
    return _POWER_OF_TEN.sub(lambda found: f"{found[1]} {'bn' if found[2] == '9' else 'M'}", text)


def _nearest(facts: Facts, wanted: str) -> str:
    known = ids(facts)
    by_name = {str(f.value).lower(): f.id.split(".")[1] for f in facts.under(SUBJECT) if f.id.endswith(".name")}
    close = difflib.get_close_matches(wanted, known, n=3, cutoff=0.4)
    close += [by_name[n] for n in difflib.get_close_matches(wanted, by_name, n=2, cutoff=0.4)]
    close += [i for i in known if wanted and wanted in i]
    offer = ", ".join(dict.fromkeys(close)) or "stargate-us, fr-109bn, eu-aigf"
    return f"nearest: {offer}; all: gigawatt facts programme. .name"
