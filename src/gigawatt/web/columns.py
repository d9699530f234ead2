"""A programme as a column of a comparison: its figures and what was announced, as plain data. Runs in a worker."""

from __future__ import annotations

from datetime import date
from typing import Any

from gigawatt.answer import plain

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
        ``name``, ``answer``, ``figures``, ``announced``, ``question`` (of one campus), ``sites``, ``one`` (the
        campus's figures), ``factors`` (what they are multiplied by for all sites).
    """
    from gigawatt import programmes
    from gigawatt.compare import announced_json
    from gigawatt.compare.entries import Terms, of_catalogue
    from gigawatt.facts import load_facts

    facts, terms = load_facts(), Terms(today, PRICE_YEAR)
    entry = of_catalogue(facts, programmes.programme(facts, name), terms)
    rebuilt = entry.rebuilt
    assert rebuilt is not None  # a programme of the catalogue is always planned
    found = {
        "name": entry.name,
        "answer": entry.answer,
        "figures": {k: f.json() for k, f in entry.figures.items()},
        "announced": announced_json(entry, terms),
        "question": {k: v for k, v in entry.question.items() if k != "as_of"},
        "sites": rebuilt.sites,
        "one": {k: f.json() for k, f in rebuilt.plan_figures.items()},
        "factors": {k: rebuilt.factor(k) for k in rebuilt.plan_figures},
    }
    return dict(plain(found))
