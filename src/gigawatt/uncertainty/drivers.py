"""What drives a plan: which facts its cost, its date and its emissions hang on, and how much of that is our guess.

The design chosen on central values is held. Facts that explain most alone, by regression on the ensemble's own draws,
are looked at one by one, the others as one group; a pick-and-freeze design then gives their first and total indices,
and their ends a tornado.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.chapters.durations import EVERYTHING
from gigawatt.facts import Fact
from gigawatt.plan import decide, facts_for
from gigawatt.uncertainty import design
from gigawatt.uncertainty.design import Array, Bench
from gigawatt.uncertainty.ensemble import Ensemble
from gigawatt.uncertainty.odds import few
from gigawatt.uncertainty.sample import FAMILY, LEAD
from gigawatt.uncertainty.subjects import subject_of
from gigawatt.uncertainty.variance import Index, explained, sobol
from gigawatt.units import in_percent

MAIN = ("lcoc_at_utilisation_usd_per_accelerator_hour", "capex_usd", "full_power_date", "emissions_t_per_year")
WORDS = {
    MAIN[0]: "cost of a sold accelerator-hour",
    MAIN[1]: "capital",
    MAIN[2]: "date of full power",
    MAIN[3]: "emissions",
}
SHOWN = 5  # facts looked at one by one, of each figure
ROWS = 256  # of each sample: standard errors of some per cent of the variance
LEAST = 0.005  # of the variance: what explains less is not named
FACTOR = "family "  # before the name of a family: the key of its factor
REST = "all other facts"
TOGETHER = "slips that lead times share"
OURS = "ours"
BASES = {"published": "published, measured or fitted", "aace": "an AACE estimate class", OURS: "ours"}
AACE = "AACE"
OUR_RANGE = re.compile(r"\b(ours|our split|our reading|default range|range: default)\b")  # in notes
CLASSES = {"A": "measured", "B": "stated by others", "C": "analogy", OURS: "our own assumption"}


@dataclass(frozen=True)
class Driver:
    """A fact, or a group of them, and what it does to one figure."""

    name: str
    facts: tuple[str, ...]
    figure: str
    index: Index
    ends: tuple[float, float] | None  # the figure with the facts at their P10 and P90, all else central
    fact_class: str

    def json(self) -> dict[str, Any]:
        """As in the published schema."""
        low, high = self.ends or (None, None)
        return {
            "driver": self.name,
            "facts": list(self.facts),
            "figure": self.figure,
            "first": self.index.first,
            "first_error": self.index.first_error,
            "total": self.index.total,
            "total_error": self.index.total_error,
            "low": low,
            "high": high,
            "class": self.fact_class,
            "words": self.words,
        }

    @property
    def words(self) -> str:
        """One line."""
        share = self.index.total
        said = "hardly moves" if share < LEAST else f"{in_percent(share)} of the variance of"
        return f"{self.name}: {said} the {WORDS.get(self.figure, self.figure)}"


def bench_of(ensemble: Ensemble) -> Bench:
    """The ensemble's question decided on central values."""
    s = ensemble.question
    return Bench(s, decide(facts_for(s), s, other_sizes=False))


def drivers(
    ensemble: Ensemble, *, bench: Bench | None = None, figures: Sequence[str] = MAIN, rows: int = ROWS
) -> list[dict[str, Any]]:
    """What the main figures hang on, the most important first, figure by figure.

    Parameters
    ----------
    ensemble : Ensemble
        Draws of the question. [-]
    bench : Bench, optional
        The question decided; decided again where not given. [-]
    figures : sequence of str
        Ids of figures. [-]
    rows : int
        Rows of each sample of the design. [draw]

    Returns
    -------
    list of dict
        ``driver facts figure first first_error total total_error low high class words``; ends in the figure's unit,
        dates in months from the as-of date. [-]
    """
    held = bench or bench_of(ensemble)
    units = singled_out(ensemble, held, figures)
    count = len(units) + 2
    groups = {x: i for i, unit in enumerate(units) for x in unit.keys} | _slips(held, len(units))
    found = design.pick_and_freeze(held, groups, count, rows, figures)
    late = sorted(x for x in ensemble.inputs if x.startswith(EVERYTHING))
    tornado = design.ends(held, [*(unit.facts for unit in units), late], figures)
    named = [*((u.name, u.facts) for u in units), (TOGETHER, tuple(late)), (REST, ())]
    out = []
    for figure in found:
        indices = sobol(*_samples(found[figure]))
        mine = [
            Driver(*named[i], figure, index, _ends(tornado[figure], i), _class(held, named[i][1]))
            for i, index in enumerate(indices)
        ]
        mine = [d for d in mine if d.index.total >= LEAST]
        out += [d.json() for d in sorted(mine, key=lambda d: (d.name == REST, -d.index.total))]
    return out


@dataclass(frozen=True)
class Unit:
    """What is moved by itself: one fact, or a family with the factor that its facts share."""

    name: str
    facts: tuple[str, ...]
    keys: tuple[str, ...]


def singled_out(ensemble: Ensemble, bench: Bench, figures: Sequence[str], most: int = SHOWN) -> list[Unit]:
    """Units that explain most of a figure by themselves, on the ensemble's own draws of the held design."""
    ensemble = few(ensemble)
    out: dict[Unit, None] = {}
    units = _units(ensemble, bench)
    for figure in figures:
        if figure not in ensemble.fixed:
            continue
        y = design.without_tails(design.row(ensemble.fixed[figure], ensemble.draws))
        shares: dict[Unit, float] = {}
        for fact_id, x in ensemble.inputs.items():
            unit = units[fact_id]
            shares[unit] = max(shares.get(unit, 0.0), explained(y, [x]))
        ranked = sorted(shares, key=lambda u: (-shares[u], u.name))[:most]
        out |= {u: None for u in ranked if shares[u] >= LEAST}
    return list(out)


def _units(ensemble: Ensemble, bench: Bench) -> dict[str, Unit]:
    """The unit of each fact that is drawn. Lead times stand alone: what they share is looked at apart."""
    members: dict[str, list[str]] = {}
    for fact_id in ensemble.inputs:
        family = bench.families.of(fact_id)
        name = "" if family is None else bench.families.names[family[0]]
        members.setdefault(fact_id if not name or name.startswith(LEAD) else FACTOR + name, []).append(fact_id)
    out: dict[str, Unit] = {}
    for key, ids in members.items():
        alone = not key.startswith(FACTOR)
        name = subject_of(key).said(bench.facts[key]) if alone else _family_words(bench, key.removeprefix(FACTOR))
        unit = Unit(name, tuple(ids), (key,) if alone else (*ids, key))
        out |= {fact_id: unit for fact_id in ids}
    return out


def _family_words(bench: Bench, name: str) -> str:
    """What a family is: the words of its fact."""
    return bench.facts[FAMILY + name].where.rpartition(": ")[2]


def _slips(bench: Bench, number: int) -> dict[str, int]:
    """The factors that lead times share, as one group."""
    return {FACTOR + name: number for name in bench.families.names if name.startswith(LEAD)}


def _samples(found: Array) -> tuple[Array, Array, Array]:
    """First sample, second, mixed; without the tails."""
    kept = design.without_tails(found)
    return kept[0], kept[1], kept[2:]


def _ends(tornado: Array, i: int) -> tuple[float, float] | None:
    """Figure at P10 and P90 of a group; None for what is not moved together."""
    at = 1 + 2 * i
    return (float(tornado[at]), float(tornado[at + 1])) if at + 1 < len(tornado) else None


def _class(bench: Bench, facts: Sequence[str]) -> str:
    classes = {kind(bench.facts[x]) for x in facts}
    return classes.pop() if len(classes) == 1 else "mixed"


def kind(fact: Fact) -> str:
    """Class of a fact; our own assumptions apart from other analogies."""
    return OURS if fact.is_assumption else fact.fact_class


def basis(fact: Fact) -> str:
    """What the range of a fact rests on: its note says where it is an AACE class, or ours.

    Examples
    --------
    >>> from gigawatt.facts import load_facts
    >>> [basis(load_facts()[x]) for x in ("shell.usd_per_w.FRA", "opex.it_support", "goodput.failure_rate")]
    ['aace', 'ours', 'published']
    """
    if AACE in fact.note:
        return "aace"
    return OURS if fact.is_assumption or OUR_RANGE.search(fact.note) else "published"


def by_class(
    ensemble: Ensemble, *, bench: Bench | None = None, figures: Sequence[str] = MAIN, rows: int = ROWS
) -> list[dict[str, Any]]:
    """Shares of the variance by quality of the facts: measured, stated, analogy, our own assumption.

    Parameters
    ----------
    ensemble, bench, figures, rows
        As for ``drivers``. [-]

    Returns
    -------
    list of dict
        ``class words figure first first_error total total_error``; slips in common apart. [-]
    """
    return _shares(ensemble, bench or bench_of(ensemble), CLASSES, kind, figures, rows)


def by_basis(
    ensemble: Ensemble, *, bench: Bench | None = None, figures: Sequence[str] = MAIN, rows: int = ROWS
) -> list[dict[str, Any]]:
    """Shares of the variance by what the ranges of the facts rest on.

    Parameters
    ----------
    ensemble, bench, figures, rows
        As for ``drivers``. [-]

    Returns
    -------
    list of dict
        As of ``by_class``, the class being the basis. [-]
    """
    return _shares(ensemble, bench or bench_of(ensemble), BASES, basis, figures, rows)


def _shares(
    ensemble: Ensemble,
    held: Bench,
    labels: Mapping[str, str],
    label: Callable[[Fact], str],
    figures: Sequence[str],
    rows: int,
) -> list[dict[str, Any]]:
    """Shares of the variance by a label of the facts."""
    order = [*labels, TOGETHER]
    groups = {x: order.index(label(held.facts[x])) for x in ensemble.inputs} | _slips(held, len(order) - 1)
    for unit in _units(ensemble, held).values():  # what a family shares counts with its weakest fact
        groups |= {key: max(groups[x] for x in unit.facts) for key in unit.keys if key.startswith(FACTOR)}
    found = design.pick_and_freeze(held, groups, len(order), rows, figures)
    return [
        {
            "class": name,
            "words": labels.get(name, name),
            "figure": figure,
            "first": index.first,
            "first_error": index.first_error,
            "total": index.total,
            "total_error": index.total_error,
        }
        for figure, x in found.items()
        for name, index in zip(order, sobol(*_samples(x)), strict=True)
    ]


def of_weather(ensemble: Ensemble, figure: str) -> float:
    """Share of a figure's variance that lies between weather years, freed of what chance alone explains. [1]"""
    y = design.without_tails(design.row(ensemble.figures[figure], ensemble.draws))
    years, where = np.unique(ensemble.weather_year, return_inverse=True)
    variance = float(np.var(y))
    spare = len(y) - len(years)
    if len(years) < 2 or spare < 1 or not variance > 0.0:
        return 0.0
    means = np.bincount(where, y) / np.bincount(where)
    left = float(np.sum((y - means[where]) ** 2)) / spare
    return float(np.clip(1.0 - left / (variance * len(y) / (len(y) - 1)), 0.0, 1.0))
