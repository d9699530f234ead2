"""Programmes, saved plans and questions side by side on the same bases; announcements checked against themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from gigawatt import __version__
from gigawatt.answer import plain
from gigawatt.compare.announced import claim_json
from gigawatt.compare.audit import Audit
from gigawatt.compare.audit import audit as check
from gigawatt.compare.entries import Entry, Terms, entry
from gigawatt.compare.one_run import one_run
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts, load_facts

__all__ = ["Audit", "Comparison", "audit", "compare"]
FEWEST, MOST = 2, 6
PRICE_YEAR = 2025


@dataclass(frozen=True)
class Comparison:
    """Two to six things side by side."""

    entries: tuple[Entry, ...]
    terms: Terms
    facts_hash: str

    def json(self) -> dict[str, Any]:
        """The published JSON."""
        return {
            "programmes": [_entry_json(e, self.terms) for e in self.entries],
            "price_year": self.terms.price_year,
            "as_of": self.terms.as_of.isoformat(),
            "basis": BASIS,
            "provenance": {"version": __version__, "facts_hash": self.facts_hash},
        }

    def text_json(self) -> str:
        """The JSON as text."""
        return json.dumps(plain(self.json()), ensure_ascii=False, indent=1, allow_nan=False)


BASIS = (
    "money is USD of the price year; power is facility power at the meter at peak unless it says IT; accelerators are "
    "packages; where an announcement does not say its basis it is read so; an estimated figure is ours"
)


def compare(
    *names: str, as_of: str | date | None = None, price_year: int = PRICE_YEAR, facts: Facts | None = None
) -> Comparison:
    """Put two to six programmes, saved plans or questions on the same bases.

    Parameters
    ----------
    names : str
        Ids of programmes, paths of saved plans (.json), or questions in words
        (``"France --power '1 GW nuclear'"``). [-]
    as_of : str or date, optional
        Today's date for all of them. [-]
    price_year : int
        Year of all money. [year]
    facts : Facts, optional
        The facts; those that ship with the package where not given. [-]

    Returns
    -------
    Comparison

    Raises
    ------
    ScenarioError
        For fewer than two or more than six, and with every name that cannot be read.
    """
    if not FEWEST <= len(names) <= MOST:
        raise ScenarioError(
            f"{len(names)} to compare: expected {FEWEST} to {MOST}; "
            "write for example: gigawatt compare stargate-us fr-109bn"
        )
    known = facts or load_facts()
    terms = Terms(today(as_of), price_year)
    entries: list[Entry] = []
    problems: list[str] = []
    for name in names:
        try:
            entries.append(entry(known, name, terms))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return Comparison(tuple(entries), terms, known.hash)


def audit(
    text: str,
    *,
    place: str = "",
    as_of: str | date | None = None,
    price_year: int = PRICE_YEAR,
    facts: Facts | None = None,
) -> Audit:
    """Say whether the parts of an announcement fit each other.

    Parameters
    ----------
    text : str
        The announcement, such as ``"EUR 20 bn, 5 gigafactories, 100,000 GB300 each"``, or a programme's id. [-]
    place : str
        Where, if the text does not say. [-]
    as_of : str or date, optional
        Today's date. [-]
    price_year : int
        Year of the money. [year]
    facts : Facts, optional
        The facts; those that ship with the package where not given. [-]

    Returns
    -------
    Audit

    Raises
    ------
    ScenarioError
        With each part that cannot be read.
    """
    known = facts or load_facts()
    return check(known, text, Terms(today(as_of), price_year), place=place)


def today(as_of: str | date | None) -> date:
    """The date given, or today's."""
    if isinstance(as_of, date) or as_of is None:
        return as_of or date.today()
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise ScenarioError(f"--as-of: {as_of!r}: expected a date such as 2026-11-23") from None


def _entry_json(e: Entry, terms: Terms) -> dict[str, Any]:
    return {
        "id": e.id,
        "name": e.name,
        "figures": {name: f.json() for name, f in e.figures.items()},
        "same_basis": {name: f.json() for name, f in e.same.items()},
        "announced": announced_json(e, terms),
        "beside": [b.json() for b in e.beside],
        "sites": e.sites,
        "one_run": one_run(e.rebuilt),
        "sized_by": e.sized_by,
        "planned_with": e.planned_with,
        "verdict": {"answer": e.answer, "headline": e.headline},
        "question": dict(e.question),
    }


def announced_json(e: Entry, terms: Terms) -> dict[str, Any]:
    """What was announced on our bases; what was not is our estimate, marked ``estimated``."""
    a = e.announced
    scope = a.scope or "all_in"
    rows = {
        "money": (a.usd, "capex_usd", f"USD_{terms.price_year}", scope),
        "facility_mw": (a.facility_mw, "facility_peak_mw", "MW", a.power_basis),
        "it_mw": (a.it_mw, "it_load_mw", "MW", "it"),
        "accelerators": (a.accelerators, "accelerators", "accelerator", "packages"),
        "first_date": (a.first_date or None, "first_power_date", "date", ""),
        "full_date": (a.full_date or None, "full_power_date", "date", ""),
    }
    out: dict[str, Any] = {}
    for name, (stated, figure, unit, basis) in rows.items():
        ours = e.figures[figure].json() if figure in e.figures else {"value": None, "low": None, "high": None}
        value = (
            {"value": stated, "low": stated, "high": stated}
            if stated is not None
            else {k: ours[k] for k in ("value", "low", "high")}
        )
        claims = [claim_json(c) for c in a.claims if c.quantity in _CLAIMED[name]]
        out[name] = {**value, "unit": unit, "basis": basis, "estimated": stated is None, "claims": claims}
    return out | {"announced": a.announced or None, "accelerator": a.accelerator or None}


_CLAIMED = {
    "money": ("money", "first_money"),
    "facility_mw": ("mw", "first_mw"),
    "it_mw": ("it_mw", "mw"),
    "accelerators": ("accelerators", "first_accelerators"),
    "first_date": ("first_date",),
    "full_date": ("full_date",),
}
