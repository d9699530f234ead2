"""What drives a plan: which facts its cost, its date and its emissions hang on, and how much of that is our guess.

The design chosen on central values is held. Facts that explain most alone, by regression on the ensemble's own draws,
are looked at one by one, the others as one group; a pick-and-freeze design then gives their first and total indices,
and their ends a tornado.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.facts import Fact
from gigawatt.plan import decide, facts_for
from gigawatt.uncertainty import design
from gigawatt.uncertainty.design import Array, Bench
from gigawatt.uncertainty.ensemble import Ensemble
from gigawatt.uncertainty.odds import few
from gigawatt.uncertainty.subjects import subject_of
from gigawatt.uncertainty.variance import Index, explained, sobol

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
REST = "all other facts"
TOGETHER = "slips that lead times share"
OURS = "ours"
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
        said = "hardly moves" if share < LEAST else f"{share:.0%} of the variance of"
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
    alone = singled_out(ensemble, figures)
    groups = {fact_id: i for i, fact_id in enumerate(alone)} | _common(held, len(alone))
    count = len(alone) + 2
    found = design.pick_and_freeze(held, groups, count, rows, figures)
    moved = [[x] for x in alone] + [sorted(x for x in ensemble.inputs if x.startswith("lead."))]
    tornado = design.ends(held, moved, figures)
    names = [*(subject_of(x).said(held.facts[x]) for x in alone), TOGETHER, REST]
    facts: list[tuple[str, ...]] = [*((x,) for x in alone), tuple(moved[-1]), ()]
    out = []
    for figure in found:
        indices = sobol(found[figure][0], found[figure][1], found[figure][2:])
        mine = [
            Driver(names[i], facts[i], figure, index, _ends(tornado[figure], i), _class(held, facts[i]))
            for i, index in enumerate(indices)
        ]
        mine = [d for d in mine if d.index.total >= LEAST]
        out += [d.json() for d in sorted(mine, key=lambda d: (d.name == REST, -d.index.total))]
    return out


def singled_out(ensemble: Ensemble, figures: Sequence[str], most: int = SHOWN) -> list[str]:
    """Facts that explain most of a figure by themselves, on the ensemble's own draws; the held design's figures."""
    ensemble, out = few(ensemble), dict[str, None]()
    for figure in figures:
        if figure not in ensemble.fixed:
            continue
        y = design.row(ensemble.fixed[figure], ensemble.draws)
        shares = {fact_id: explained(y, [x]) for fact_id, x in ensemble.inputs.items()}
        ranked = sorted(shares, key=lambda x: (-shares[x], x))[:most]
        out |= {x: None for x in ranked if shares[x] >= LEAST}
    return list(out)


def _common(bench: Bench, number: int) -> dict[str, int]:
    """Keys of the factors that facts have in common, as one group."""
    return {f"group {start}": number for start in bench.draws(1).groups}


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
    held = bench or bench_of(ensemble)
    order = [*CLASSES, TOGETHER]
    groups = {x: order.index(kind(held.facts[x])) for x in ensemble.inputs} | _common(held, len(order) - 1)
    found = design.pick_and_freeze(held, groups, len(order), rows, figures)
    return [
        {
            "class": name,
            "words": CLASSES.get(name, name),
            "figure": figure,
            "first": index.first,
            "first_error": index.first_error,
            "total": index.total,
            "total_error": index.total_error,
        }
        for figure, x in found.items()
        for name, index in zip(order, sobol(x[0], x[1], x[2:]), strict=True)
    ]


def of_weather(ensemble: Ensemble, figure: str) -> float:
    """Share of a figure's variance that lies between weather years, freed of what chance alone explains. [1]"""
    y = design.row(ensemble.figures[figure], ensemble.draws)
    years, where = np.unique(ensemble.weather_year, return_inverse=True)
    variance = float(np.var(y))
    spare = len(y) - len(years)
    if len(years) < 2 or spare < 1 or not variance > 0.0:
        return 0.0
    means = np.bincount(where, y) / np.bincount(where)
    left = float(np.sum((y - means[where]) ** 2)) / spare
    return float(np.clip(1.0 - left / (variance * len(y) / (len(y) - 1)), 0.0, 1.0))
