"""The answer to one move of a control: verdict, gates, what binds and every figure, without what is written up later.

The very values of the full plan, from the same draws: ``plan.decide`` without the other sizes, nearest plan, cash by
quarter and reports. What a place's weather, cooling and optimum cost is kept by the chapters, so a move does not pay.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gigawatt.answer import plain
from gigawatt.chapters import ladder as ladders
from gigawatt.chapters import report_parts as parts
from gigawatt.chapters import words
from gigawatt.facts import Facts
from gigawatt.figures import Figure
from gigawatt.gates import fold
from gigawatt.record import central
from gigawatt.scenario import Scenario, read

plans = import_module("gigawatt.plan")  # the package's name ``plan`` is the function
WARM = ({"place": "France", "power": "1 GW nuclear"}, {"place": "Kenya", "power": "300 MW solar + 300 MW battery"})


@dataclass(frozen=True)
class Quick:
    """What a move shows; a part of the plan of the same question, equal to it but for the payer's last clause."""

    question: dict[str, Any]
    answer: str
    headline: str
    summary: str
    gates: tuple[dict[str, Any], ...]
    binding: tuple[dict[str, Any], ...]
    ladder: tuple[dict[str, Any], ...]  # empty where the question gives a size
    figures: dict[str, Figure]

    def json(self) -> dict[str, Any]:
        """As in the published JSON of a plan, with fewer keys."""
        verdict = {
            "answer": self.answer,
            "headline": self.headline,
            "summary": self.summary,
            "gates": list(self.gates),
            "binding": list(self.binding),
        }
        figures = {name: figure.json() for name, figure in self.figures.items()}
        out = {"question": self.question, "verdict": verdict, "ladder": list(self.ladder), "figures": figures}
        return plain(out)  # type: ignore[no-any-return]


def answer(scenario: Scenario, *, facts: Facts | None = None) -> Quick | None:
    """Verdict and figures of a question.

    Parameters
    ----------
    scenario : Scenario
        The question. [-]
    facts : Facts, optional
        The facts; those that ship with the package where not given. [-]

    Returns
    -------
    Quick or None
        None where a goal has to be searched for first: only the plan can say.

    Raises
    ------
    ScenarioError, FactError
        As ``plan`` does.
    """
    if scenario.goal:
        return None
    known = plans.facts_for(scenario, facts)
    if not plans.judged(known, scenario):
        return of_plan(plans.plan(scenario, facts=facts))
    d = plans.decide(known, scenario, other_sizes=False)
    s, o, ask = scenario, d.outcome, d.ask
    return Quick(
        question=_question(d, s),
        answer=d.answer,
        headline=d.headline(s),
        summary=words.summary(s, o, ask, d.figures, d.by_ladder),
        gates=tuple(parts.gate(g) for g in fold(d.found)),
        binding=tuple(words.binding(d.verdict, o, ask, d.shared.optimum)),
        ladder=tuple(ladders.row(r) for r in d.rungs),
        figures=d.figures,
    )


def _question(d: Any, s: Scenario) -> dict[str, Any]:
    """The parts of the normalised echo that the figures are read with."""
    p, budget = s.place, s.budget
    return {
        "place": {"iso3": p.iso3, "region": p.region, "name": p.name, "site": p.site, "note": p.note},
        "words": {**p.echo, **s.words()},
        "as_of": s.as_of.isoformat(),
        "price_year": s.price_year,
        "currency": budget.currency if budget else "USD",
        "usd_per_currency_unit": 1.0 if budget is None else central(d.ask.budget_usd) / budget.amount,
        "accelerator": d.outcome.machine.name,
        "reading": words.reading(s, d.outcome, d.ask, d.by_ladder),
    }


def of_plan(plan: Any) -> Quick:
    """The same part of a plan that is made already."""
    v = plan.verdict
    kept = ("place", "words", "as_of", "price_year", "currency", "usd_per_currency_unit", "accelerator", "reading")
    return Quick(
        question={key: plan.question[key] for key in kept if key in plan.question},
        answer=plan.answer,
        headline=v["headline"],
        summary=v["summary"],
        gates=tuple(v["gates"]),
        binding=tuple(v["binding"]),
        ladder=tuple(plan.ladder),
        figures=plan.figures,
    )


def warm() -> None:
    """Load facts and compiled code, so that the first visitor does not wait; what is loaded leaves the collector."""
    for question in WARM:
        answer(read(question))
    gc.collect()
    gc.freeze()
