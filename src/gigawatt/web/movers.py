"""Which facts move a figure most: found among the draws of its plan, then tried one by one at their ends.

The draws of a plan say which facts its figures rise and fall with; the few that stand out are set to their low and to
their high, all else central. Facts that only act together, and weather, are left to the full run of draws.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from gigawatt.chapters.report_parts import figure_values
from gigawatt.errors import GigawattError
from gigawatt.facts import Fact
from gigawatt.scenario import Scenario
from gigawatt.web import quick

plans = import_module("gigawatt.plan")  # the package's name ``plan`` is the function
TRIED = 8  # facts set to their ends
NOISE = 2.5  # standard errors of a rank correlation that a fact must stand out by
LEAST = 0.02  # of the largest swing: what moves the figure less stood out by chance
FEW = 50  # draws of a trial: its central value is all that is read


def movers(scenario: Scenario, figure: str) -> list[dict[str, Any]]:
    """The facts that move a figure most, the strongest first.

    Parameters
    ----------
    scenario : Scenario
        The question. [-]
    figure : str
        Figure id. [-]

    Returns
    -------
    list of dict
        ``fact``, ``low``, ``high``, ``unit`` of the fact, and the figure ``at_low`` and ``at_high`` of it; empty for a
        goal, a place that cannot be judged, or a figure that no fact moves.
    """
    known = plans.facts_for(scenario)
    if scenario.goal or not plans.judged(known, scenario):
        return []
    d = plans.decide(known, scenario, other_sizes=False)
    drawn = figure_values(d.step, d.shared.site, d.outcome, d.spread).get(figure, (None, None))[1]
    if drawn is None or not np.ndim(drawn):
        return []
    facts = [f for f in d.step.facts_read() if not f.is_exact and f.id not in scenario.facts]
    found = [_tried(scenario, f, figure) for f in standing_out(d.drawn.draws, facts, np.asarray(drawn, float))]
    moved = sorted((row for row in found if row is not None), key=lambda row: -_swing(row))
    return [row for row in moved if _swing(row) > LEAST * _swing(moved[0])]


def standing_out(draws: Any, facts: list[Fact], figure: np.ndarray) -> list[Fact]:
    """The facts whose draws a figure follows beyond chance, the closest first.

    Parameters
    ----------
    draws : Draws
        The draws of the facts. [-]
    facts : list of Fact
        Facts with a range. [-]
    figure : array (draw,)
        The figure's draws. [any]

    Returns
    -------
    list of Fact
    """
    kept = np.isfinite(figure)
    if kept.sum() < FEW or np.ptp(figure[kept]) == 0.0:
        return []
    ranks = _ranks(figure[kept])
    least = NOISE / np.sqrt(kept.sum())
    close = [(abs(float(np.mean(ranks * _ranks(np.asarray(draws.of(f), float)[kept])))), f) for f in facts]
    return [f for r, f in sorted(close, key=lambda pair: -pair[0]) if r > least][:TRIED]


def _ranks(x: np.ndarray) -> np.ndarray:
    """Ranks of numbers, centred and of unit variance."""
    ranks = np.argsort(np.argsort(x)).astype(float)
    deviation = ranks.std()
    return (ranks - ranks.mean()) / deviation if deviation else ranks * 0.0


def _tried(scenario: Scenario, fact: Fact, figure: str) -> dict[str, Any] | None:
    """The figure with a fact at its low and at its high; None where the plan cannot be made with it."""
    ends = []
    for end in (fact.low, fact.high):
        changed = {"facts": {**scenario.facts, fact.id: end}, "draws": FEW}
        try:
            answer = quick.answer(scenario.model_copy(update=changed))
        except GigawattError:
            return None
        if answer is None or answer.figures[figure].value is None:
            return None
        ends.append(answer.figures[figure].value)
    return {
        "fact": fact.id,
        "low": fact.low,
        "high": fact.high,
        "unit": fact.unit,
        "at_low": ends[0],
        "at_high": ends[1],
    }


def _swing(row: dict[str, Any]) -> float:
    return abs(_number(row["at_high"]) - _number(row["at_low"]))


def _number(value: float | str) -> float:
    """A value as a number to sort by; a date as its months."""
    return (
        float(value) if not isinstance(value, str) else int(value[:4]) * 12.0 + int(value[5:7]) + int(value[8:]) / 31.0
    )
