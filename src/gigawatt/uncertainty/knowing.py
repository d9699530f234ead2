"""What to find out first: which letter or measurement would narrow the verdict most, or spare a wrong decision.

Facts that one answer settles together are a subject (`subjects`). For each: the share of the variance of cost and date
that its answer takes away, the range that stays, and the expected value of the answer before one decides, in chances of
deciding wrongly. All by regression on the ensemble's own draws; nothing is told again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.chapters.durations import EVERYTHING
from gigawatt.record import Steps
from gigawatt.uncertainty import design
from gigawatt.uncertainty.design import Array, Bench
from gigawatt.uncertainty.drivers import MAIN, WORDS, bench_of
from gigawatt.uncertainty.ensemble import Ensemble
from gigawatt.uncertainty.odds import few, kept
from gigawatt.uncertainty.subjects import NOTHING, Subject, subject_of
from gigawatt.uncertainty.variance import explained, range_left, worth
from gigawatt.units import in_percent

VERDICT = (MAIN[0], MAIN[1], MAIN[2])  # figures that the verdict rests on
LIMITED = ("capex_usd", "full_power_date")  # figures that budget and date limit
STILL = 1e-6  # relative: a figure that moves by less does not move
ENOUGH = 0.02  # of the variance, or 0.2 % of the chances: what brings less is not worth a letter
ENOUGH_CHANCE = 0.002
MOST = 6  # facts of a subject that enter the regression: those that explain most
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """What the answer to one subject would bring.

    Parameters
    ----------
    subject : Subject
        What is asked. [-]
    to : str
        Whom. [text]
    facts : tuple of str
        Facts that the answer settles. [-]
    share : mapping of str to float
        Figure -> share of its variance that goes. [1]
    left : mapping of str to float
        Figure -> width of its range that stays, over today's. [1]
    spared : float
        Chance of a wrong decision that goes: to build what misses budget or date, or not to build what would keep
        them. [1]
    """

    subject: Subject
    to: str
    facts: tuple[str, ...]
    share: Mapping[str, float]
    left: Mapping[str, float]
    spared: float

    @property
    def most(self) -> str:
        """The figure that it narrows most."""
        return max(self.share, key=lambda x: self.share[x])

    @property
    def rank(self) -> float:
        """What it brings: chances first, then variance, on one scale of 0 to 1."""
        return self.spared + max(self.share.values(), default=0.0)

    @property
    def words(self) -> str:
        """One sentence."""
        name, narrower = WORDS[self.most], 1.0 - self.left[self.most]
        share = self.share[self.most]
        said = (
            f"takes away {in_percent(share)} of the variance of the {name}, whose range narrows by "
            f"{in_percent(narrower)}"
        )
        if self.spared >= ENOUGH_CHANCE:
            said += f", and spares a wrong decision in {self.spared * 100:.2g} of 100 cases"
        return f"{self.subject.name}: ask {self.to} for {self.subject.ask}; it {said}"

    def json(self) -> dict[str, Any]:
        """As in the published schema."""
        return {
            "subject": self.subject.name,
            "to": self.to,
            "ask": self.subject.ask,
            "facts": list(self.facts),
            "variance_share": dict(self.share),
            "range_left": dict(self.left),
            "wrong_decisions_spared": self.spared,
            "words": self.words,
        }


def worth_knowing(ensemble: Ensemble, *, bench: Bench | None = None) -> list[dict[str, Any]]:
    """What to find out first, the most useful first.

    Parameters
    ----------
    ensemble : Ensemble
        Draws of the question. [-]
    bench : Bench, optional
        The question decided; decided again where not given. [-]

    Returns
    -------
    list of dict
        ``subject to ask facts variance_share range_left wrong_decisions_spared words``. [-]
    """
    return [x.json() for x in findings(ensemble, bench or bench_of(ensemble))]


def findings(ensemble: Ensemble, bench: Bench) -> list[Finding]:
    """The findings that are worth a letter."""
    ensemble = few(ensemble)
    figures = {
        x: design.without_tails(design.row(ensemble.fixed[x], ensemble.draws)) for x in VERDICT if x in ensemble.fixed
    }
    figures = {x: y for x, y in figures.items() if np.ptp(y) > 0.0}
    if not figures:
        return []
    verdict = decisions(ensemble)
    by_subject: dict[Subject, list[str]] = {}
    for fact_id in ensemble.inputs:
        by_subject.setdefault(subject_of(fact_id), []).append(fact_id)
    by_subject.pop(NOTHING, None)
    step, site = Steps(bench.facts, ensemble.question.price_year), bench.decision.shared.site
    moved = movers(bench, list(ensemble.inputs), list(figures))
    found = [
        _finding(ensemble, subject, ids, figures, verdict, moved, subject.asked(step, site))
        for subject, ids in by_subject.items()
    ]
    useful = [f for f in found if max(f.share.values()) >= ENOUGH or f.spared >= ENOUGH_CHANCE]
    return sorted(useful, key=lambda f: (-f.rank, f.subject.name))[:SHOWN]


def movers(bench: Bench, fact_ids: Sequence[str], figures: Sequence[str]) -> dict[str, set[str]]:
    """Facts that move each figure themselves; lead times always: which of them binds differs from draw to draw.

    Without this a rent would seem to tell the price of the racks, only because the two are drawn together.
    """
    told = design.ends(bench, [[x] for x in fact_ids], figures)
    return {
        figure: {
            fact_id
            for i, fact_id in enumerate(fact_ids)
            if fact_id.startswith(EVERYTHING) or float(np.ptp(x[[0, 1 + 2 * i, 2 + 2 * i]])) > STILL * abs(float(x[0]))
        }
        for figure, x in told.items()
    }


def decisions(ensemble: Ensemble) -> Array | None:
    """Worth of building and of not building in each draw, 1 where it is right; None where nothing is to be kept."""
    limits = kept(ensemble).get("all")
    if limits is None:
        return None
    right = limits.astype(float)
    return np.column_stack([right, 1.0 - right])


def _finding(
    ensemble: Ensemble,
    subject: Subject,
    ids: Sequence[str],
    figures: Mapping[str, Array],
    verdict: Array | None,
    moved: Mapping[str, set[str]],
    to: str,
) -> Finding:
    """One subject: its facts that explain anything, known together."""

    def most(y: Array, able: set[str]) -> list[Array]:
        alone = {x: explained(y, [ensemble.inputs[x]]) for x in ids if x in able}
        ranked = sorted((x for x in alone if alone[x] > 0.0), key=lambda x: (-alone[x], x))
        return [ensemble.inputs[x] for x in ranked[:MOST]]

    known = {name: most(y, moved[name]) for name, y in figures.items()}
    limited = set().union(*(moved[x] for x in LIMITED if x in moved))
    telling = most(verdict[:, 0], limited) if verdict is not None else []
    return Finding(
        subject=subject,
        to=to,
        facts=tuple(ids),
        share={name: explained(y, known[name]) if known[name] else 0.0 for name, y in figures.items()},
        left={name: range_left(y, known[name]) if known[name] else 1.0 for name, y in figures.items()},
        spared=worth(verdict, telling) if verdict is not None and telling else 0.0,
    )


def lettered(steps: Sequence[Mapping[str, str]], found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The letters of a plan with what to find out first: in the letter to whom it is asked, else in one of its own.

    Parameters
    ----------
    steps : sequence of mapping
        Letters of the plan: ``to ask by unlocks``. [-]
    found : sequence of mapping
        From ``worth_knowing``. [-]
    """
    letters = [dict(x) for x in steps]
    if not found:
        return letters
    first = found[0]
    unlocks = f"what to find out first: it {first['words'].rpartition('; it ')[2]}"
    for letter in letters:
        if letter["to"] == first["to"]:
            letter["ask"] += f"; also {first['ask']}"
            letter["unlocks"] += f"; {unlocks}"
            return letters
    by = min((x["by"] for x in letters if x["by"]), default="")
    return [{"to": first["to"], "ask": first["ask"], "by": by, "unlocks": unlocks}, *letters]
