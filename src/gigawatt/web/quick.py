"""The answer to one move of a control: verdict, gates, what binds and every figure, without what is written up later.

The very values of the full plan, from the same draws: ``plan.decide`` without the other sizes, nearest plan, cash by
quarter and reports. What a place's weather, cooling and optimum cost is kept by the chapters, so a move does not pay.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any

from gigawatt.answer import Plan, fact_row, plain
from gigawatt.chapters import customers, long_wait, trained, training_job, words
from gigawatt.chapters import ladder as ladders
from gigawatt.chapters import machine as machines
from gigawatt.chapters import report_parts as parts
from gigawatt.chapters import schedule as schedules
from gigawatt.facts import Facts
from gigawatt.figures import Figure
from gigawatt.gates import fold, next_steps
from gigawatt.later import Later
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario, read

plans = import_module("gigawatt.plan")  # the package's name ``plan`` is the function
BETWEEN = (50_000, 20, 50)  # objects between two looks for garbage, more than a move makes; looks between thorough ones
WARM = ({"place": "France", "power": "1 GW nuclear"}, {"place": "Kenya", "power": "300 MW solar + 300 MW battery"})


@dataclass(frozen=True)
class Quick:
    """What a move shows: a part of the plan of the same question, equal to it but for the payer's last clause."""

    question: dict[str, Any]
    verdict: dict[str, Any]
    ladder: tuple[dict[str, Any], ...]  # empty where the question gives a size
    figures: Mapping[str, Figure]  # each made when it is asked for
    told: Mapping[str, Any] = field(repr=False)  # as a plan's JSON, for the sentences in the reader's language

    def json(self) -> dict[str, Any]:
        """As in the published JSON of a plan, with fewer keys."""
        kept = ("answer", "headline", "summary", "gates", "binding")
        verdict = {key: self.verdict[key] for key in kept}
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
    question = plain(_question(d, scenario))
    verdict = plain(_verdict(d, scenario))
    rent = ladders.rent_row(d.outcome, ladders.refused(d.verdict))
    ladder = tuple(plain(row) for row in (*map(ladders.row, d.rungs), rent)) if d.rungs else ()
    told: Later[Any] = Later(
        {
            "question": lambda: question,
            "verdict": lambda: verdict,
            "ladder": lambda: ladder,
            "figures": lambda: Later({name: partial(_figure, d.figures, name) for name in d.figures}),
            "schedule": lambda: plain(schedules.rows(scenario, d.outcome, d.spread)),
            "tables": lambda: {"customers": plain(_customers(d, scenario))},
            "trace": lambda: {"facts": Later({f.id: partial(fact_row, f, d.step.facts) for f in d.step.facts_read()})},
        }
    )
    return Quick(question, verdict, ladder, d.figures, told)


def _figure(figures: Mapping[str, Figure], name: str) -> dict[str, Any]:
    """One figure as in a plan's JSON."""
    return plain(figures[name].json())  # type: ignore[no-any-return]


def _verdict(d: Any, s: Scenario) -> dict[str, Any]:
    o, as_of = d.outcome, s.as_of.isoformat()
    reply = float(d.step.fact("lead.reply.world", unit="month"))
    letters = next_steps(d.found, as_of=as_of, by=o.calendar.letter_dates(as_of=as_of, reply_months=reply))
    return {
        "answer": d.answer,
        "headline": d.headline(s),
        "summary": words.summary(s, o, d.ask, d.figures, d.by_ladder, long_wait.words(d.step, s, d.shared.site, o)),
        "gates": [parts.gate(g) for g in fold(d.found)],
        "binding": words.binding(d.verdict, o, d.ask, d.shared.optimum),
        "relaxations": [],
        "nearest": None,
        "next_steps": [{"to": x.to, "ask": x.ask, "by": x.by, "unlocks": x.unlocks} for x in letters],
    }


def _customers(d: Any, s: Scenario) -> Any:
    return customers.tables(d.step, d.drawn, s, d.shared.site, d.outcome, d.spread, d.shared)


def _question(d: Any, s: Scenario) -> dict[str, Any]:
    """The parts of the normalised echo that figures and sentences are read with."""
    p, budget = s.place, s.budget
    usd = None if budget is None else central(d.ask.budget_usd)
    return {
        "place": {"iso3": p.iso3, "region": p.region, "name": p.name, "site": p.site, "note": p.note},
        "words": {**p.echo, **s.words()},
        "as_of": s.as_of.isoformat(),
        "price_year": s.price_year,
        "currency": budget.currency if budget else "USD",
        "usd_per_currency_unit": 1.0 if budget is None or usd is None else usd / budget.amount,
        "budget": None if budget is None else {"amount": budget.amount, "currency": budget.currency, "usd": usd},
        "power": [{"mw": x.mw, "source": x.source or "any"} for x in s.power],
        "accelerator": d.outcome.machine.name,
        "reading": words.reading(s, d.outcome, d.ask, d.by_ladder),
    }


def of_plan(plan: Plan) -> Quick:
    """The same part of a plan that is made already."""
    made = plain(plan.json())
    return Quick(made["question"], made["verdict"], tuple(made["ladder"]), plan.figures, made)


def warm() -> None:
    """Load facts and compiled code, so that the first visitor does not wait; what is loaded leaves the collector."""
    for question in WARM:
        answer(read(question))
    scenario = read(WARM[0])
    step = Steps(plans.facts_for(scenario), scenario.price_year)
    job = trained.job(step, scenario, machines.machine(step, scenario))
    sizes = (quarter * 2**power for power in range(8, 20) for quarter in range(4, 8))
    for size in sizes:  # of clusters on which training plans are searched
        training_job.lay(job, size)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*BETWEEN)
