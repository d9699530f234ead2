"""Ranges as wide as the record says: what the ranges of a family missed is made good before anything is drawn.

Facts ``interval.<family>.factor`` hold by how much, ``interval.<family>.covers`` which facts; both come from
``tools/fit_intervals.py``, which judges the plan's own ranges on campuses whose outcome is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import numpy as np

from gigawatt.facts import USER, Fact, Facts, load_facts

PREFIX, FACTOR, COVERS = "interval.", ".factor", ".covers"
SAID = "range times "
NEAR = 1e-9


def of_question(facts: Facts | None, overrides: Mapping[str, Any]) -> Facts:
    """Facts with widened ranges: those that ship where none are given, with the factors that the asker overrides.

    Parameters
    ----------
    facts : Facts or None
        The facts. [-]
    overrides : mapping
        The asker's facts, of which only the factors are read here. [-]
    """
    factors = {k: v for k, v in overrides.items() if k.startswith(PREFIX)}
    if facts is None and not factors:
        return _shipped()
    return widened((load_facts() if facts is None else facts).with_overrides(factors))


@cache
def _shipped() -> Facts:
    return widened(load_facts())


def widened(facts: Facts) -> Facts:
    """The facts with the ranges of the judged families widened or narrowed about their values; once, never the user's.

    Parameters
    ----------
    facts : Facts
        Facts of a question. [-]
    """
    factors = {name: float(facts[f"{PREFIX}{name}{FACTOR}"].value) for name, _ in families(facts)}
    found = [
        stretched(facts[fact_id], factors[name], f"{PREFIX}{name}{FACTOR}")
        for name, patterns in families(facts)
        if abs(factors[name] - 1.0) > NEAR
        for fact_id in _fitting(facts, patterns)
        if not facts[fact_id].is_exact and facts[fact_id].source != USER and SAID not in facts[fact_id].note
    ]
    return facts.with_facts(found) if found else facts


def families(facts: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Families whose ranges were judged, and the patterns of the facts that each covers."""
    for fact in facts.under(PREFIX):
        if fact.id.endswith(COVERS):
            yield (
                fact.id.removeprefix(PREFIX).removesuffix(COVERS),
                tuple(p.strip() for p in str(fact.value).split(";")),
            )


def _fitting(facts: Facts, patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        subject = pattern.partition(".")[0]
        yield from (f.id for f in facts.under(subject) if fnmatchcase(f.id, pattern))


def stretched(fact: Fact, factor: float, behind: str) -> Fact:
    """A fact with its range stretched about its value: by ratios where low is positive, else by differences.

    Parameters
    ----------
    fact : Fact
        With a range. [-]
    factor : float
        Of the distance of low and high from the value; of their logarithms where all are positive. [1]
    behind : str
        Id of the factor, for the note. [-]
    """
    value, low, high = float(fact.value), float(fact.low), float(fact.high)
    if low > 0.0:
        low, high = value * (low / value) ** factor, value * (high / value) ** factor
    else:
        low, high = value - (value - low) * factor, value + (high - value) * factor
    if fact.unit == "1" and float(fact.low) >= 0.0 and float(fact.high) <= 1.0:
        low, high = np.clip([low, high], 0.0, 1.0).tolist()
    told = f"{SAID}{factor:.4g} ({behind})"
    return replace(fact, low=low, high=high, note=f"{fact.note}; {told}" if fact.note else told)
