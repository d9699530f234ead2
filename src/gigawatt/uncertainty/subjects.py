"""What a fact is about, in words, and who could tell it better: for drivers and for what to find out first."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

from gigawatt.chapters.place import Site
from gigawatt.facts import Fact
from gigawatt.record import Steps

OTHER = "anything else"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject: the facts it covers by the starts of their ids, whom to ask, and for what.

    Parameters
    ----------
    name : str
        In a few words. [text]
    starts : tuple of str
        Starts of ids, in which * stands for any characters. [text]
    role : str
        Role of the authority of the place that is asked; '' where none is. [text]
    to, ask : str
        Whom to ask where there is no authority on record, and for what. [text]
    """

    name: str
    starts: tuple[str, ...]
    role: str
    to: str
    ask: str

    def said(self, fact: Fact) -> str:
        """A fact of this subject in words."""
        return f"{self.name} ({fact.id})"

    def asked(self, step: Steps, site: Site) -> str:
        """Whom to ask there."""
        known = [x for x in (site.authority(self.role) if self.role else []) if x in step.facts]
        return step.text(*known) if known else self.to


NOTHING = Subject(OTHER, (), "", "whoever holds the figure", "the figure with its source")


@cache
def subjects() -> tuple[Subject, ...]:
    """All subjects; an id belongs to the one with the longest start that fits."""
    table = resources.files("gigawatt") / "data" / "names" / "subjects.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple(Subject(r["subject"], tuple(r["starts"].split("|")), r["role"], r["to"], r["ask"]) for r in rows)


@cache
def subject_of(fact_id: str) -> Subject:
    """The subject of a fact.

    Examples
    --------
    >>> subject_of("lead.grid_stage_2.FRA").name, subject_of("wacc.shell.ig").name
    ('connection to the grid', 'loans and cost of capital')
    """
    fits = [(len(x), s) for s in subjects() for x in s.starts if fnmatchcase(fact_id, f"{x}*")]
    return max(fits, key=lambda x: x[0])[1] if fits else NOTHING
