"""Named scenarios: what changes in the facts, and why; read from ``data/what_if.toml``."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

from gigawatt.errors import ScenarioError
from gigawatt.facts import Fact, Facts


@dataclass(frozen=True, slots=True)
class Change:
    """A change of all facts whose ids fit: a factor, and what is added in a unit."""

    facts: str
    times: float = 1.0
    plus: float = 0.0
    unit: str = ""
    reason: str = ""

    def on(self, known: Facts, fact: Fact) -> Fact:
        """The fact changed, its range with it."""
        more = self.plus * known.factor(self.unit, fact.unit) if self.plus else 0.0
        value, low, high = (float(x) * self.times + more for x in (fact.value, fact.low, fact.high))
        return replace(fact, value=value, low=low, high=high)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A named scenario.

    Parameters
    ----------
    id, name, reason : str
        Which, in words, and why it is looked at. [text]
    changes : tuple of Change
        What it does to the facts. [-]
    refused : bool
        Whether the accelerators never come: what the halls cost is lost. [-]
    """

    id: str
    name: str
    reason: str
    changes: tuple[Change, ...]
    refused: bool = False

    def facts(self, known: Facts) -> Facts:
        """The facts in this scenario; all changes that fit a fact apply to it."""
        changed: dict[str, Fact] = {}
        for change in self.changes:
            for fact_id in known:
                if not known[fact_id].is_text and fnmatchcase(fact_id, change.facts):
                    changed[fact_id] = change.on(known, changed.get(fact_id, known[fact_id]))
        return known.with_facts(changed.values()) if changed else known


@cache
def what_ifs() -> Mapping[str, WhatIf]:
    """All named scenarios by id."""
    text = (resources.files("gigawatt") / "data" / "what_if.toml").read_text(encoding="utf-8")
    return {
        key: WhatIf(
            key, row["name"], row["reason"], tuple(Change(**c) for c in row["changes"]), row.get("refused", False)
        )
        for key, row in tomllib.loads(text).items()
    }


def named(names: Sequence[str] | None = None) -> list[WhatIf]:
    """Scenarios by id; all where none are given.

    Parameters
    ----------
    names : sequence of str, optional
        Ids, such as ``gas_x3``. [-]

    Raises
    ------
    ScenarioError
        For names that are unknown, with the nearest known ones.
    """
    known = what_ifs()
    wrong = [n for n in names or () if n not in known]
    if wrong:
        raise ScenarioError([f"scenario {n!r}: unknown; {_nearest(n, list(known))}" for n in wrong])
    return [known[n] for n in names] if names else list(known.values())


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name.lower().replace("-", "_").replace(" ", "_"), known, n=2, cutoff=0.4)
    return f"nearest: {', '.join(close)}" if close else f"expected one of {', '.join(known)}"
