"""A programme as a column of a comparison: its figures and what was announced, as plain data. Runs in a worker."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gigawatt.answer import plain

if TYPE_CHECKING:
    from gigawatt.compare.entries import Entry

PRICE_YEAR = 2025


def programme(name: str, today: date) -> dict[str, Any]:
    """A programme of the catalogue planned as announced.

    Parameters
    ----------
    name : str
        Its id. [-]
    today : date
        Today's date for the question. [-]

    Returns
    -------
    dict
        ``name``, ``answer``, ``figures``, ``announced``, ``question``.
    """
    from gigawatt import programmes
    from gigawatt.compare import announced_json
    from gigawatt.compare.entries import Terms, of_catalogue
    from gigawatt.facts import load_facts

    facts, terms = load_facts(), Terms(today, PRICE_YEAR)
    entry = of_catalogue(facts, programmes.programme(facts, name), terms)
    found = {
        "name": entry.name,
        "answer": entry.answer,
        "figures": {k: f.json() for k, f in entry.figures.items()},
        "announced": announced_json(entry, terms),
        "question": _place_of(entry) | {k: v for k, v in entry.question.items() if k != "as_of"},
    }
    return dict(plain(found))


def _place_of(entry: Entry) -> dict[str, str]:
    """Where the programme's campus stands, as a question says it."""
    if entry.rebuilt is None:
        return {}
    place = entry.rebuilt.scenario.place
    return {"at" if place.level == "point" else "place": place.asked}
