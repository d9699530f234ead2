"""What an ensemble means in pictures and one sentence: power over time, chances of exceeding, budget and date together.

Plain data for the report and the web; nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.figures import show
from gigawatt.scenario import Scenario
from gigawatt.uncertainty.design import Array
from gigawatt.uncertainty.ensemble import SHARES, Ensemble
from gigawatt.uncertainty.odds import kept, percent
from gigawatt.uncertainty.robust import Choice, Option

LEVELS = tuple(round(0.02 * i, 2) for i in range(1, 50))  # chances at which a curve is read


def fan(ensemble: Ensemble) -> list[dict[str, Any]]:
    """Power on line over time: P10, P50, P90, and the chance that the whole campus is on line.

    Parameters
    ----------
    ensemble : Ensemble
        Draws of a question. [-]

    Returns
    -------
    list of dict
        ``date low_mw middle_mw high_mw whole`` by quarter, until nine in ten draws are whole or the grid ends. [MW]
    """
    mw, months = ensemble.online_mw, ensemble.online_months[0]
    whole = np.mean(ensemble.fixed["full_power_date"][:, None] <= months, axis=0)
    low, middle, high = np.quantile(mw, SHARES, axis=0)
    last = int(np.argmax(whole >= SHARES[2])) if np.any(whole >= SHARES[2]) else len(months) - 1
    as_of = ensemble.question.as_of.isoformat()
    return [
        {
            "date": buildout.add_months(as_of, float(months[i])),
            "low_mw": float(low[i]),
            "middle_mw": float(middle[i]),
            "high_mw": float(high[i]),
            "whole": float(whole[i]),
        }
        for i in range(min(last + 2, len(months)))
    ]


def exceedance(x: Array, feasible: NDArray[np.bool_] | None = None) -> list[dict[str, float | None]]:
    """Chance that a figure is exceeded, at even steps of the chance; draws that are never or infeasible exceed all.

    Parameters
    ----------
    x : array (draw,)
        Draws of a figure; infinite where never. [any unit]
    feasible : array (draw,), optional
        Whether the draw is a plan at all. [-]

    Returns
    -------
    list of dict
        ``value chance``, from small to large; without the steps that no finite value has. [unit of the figure], [1]
    """
    ranked = np.sort(np.where(feasible, x, np.inf) if feasible is not None else np.asarray(x, float))
    at = [(float(ranked[min(int(p * len(ranked)), len(ranked) - 1)]), 1.0 - p) for p in LEVELS]
    return [{"value": v, "chance": c} for v, c in at if np.isfinite(v)]


def goal_words(s: Scenario, accelerators: float) -> str:
    """What budget and date are held against: the campus in a few words."""
    size = f"{float(f'{accelerators:.2g}'):,.0f} accelerators"
    by = f" by {s.deadline.isoformat()[:7]}" if s.deadline else ""
    within = f" within {show(s.budget.amount, None, None, s.budget.currency)}" if s.budget else ""
    return f"{size}{by}{within}"


def joint_statement(ensemble: Ensemble, choice: Choice | None = None) -> dict[str, Any] | None:
    """Budget and date together: as asked, and with what raises the chance most.

    Parameters
    ----------
    ensemble : Ensemble
        Draws of the question. [-]
    choice : Choice, optional
        Strategies on draws; without them only the question as asked is told. [-]

    Returns
    -------
    dict or None
        ``goal asked with words``; ``with`` holds strategies and their chances. None where the question has neither
        budget nor date. [-]
    """
    limits = kept(ensemble).get("all")
    if limits is None:
        return None
    size = float(np.median(ensemble.fixed["accelerators"]))
    goal, asked = goal_words(ensemble.question, size), float(np.mean(limits))
    others = [(o, c) for o, c in _likeliest(choice) if c > asked] if choice else []
    return {
        "goal": goal,
        "asked": asked,
        "with": [{"strategy": o.words, "chance": c} for o, c in others],
        "words": "; ".join([f"{goal}: {percent(asked)}", *(f"{_with(o)}: {percent(c)}" for o, c in others)]),
    }


def _likeliest(choice: Choice) -> list[tuple[Option, float]]:
    """The bridged strategy and the one without a bridge that keep the limits most often."""
    chances = choice.within.get("all")
    if chances is None:
        return []
    ranked = sorted(zip(choice.options, chances.tolist(), strict=True), key=lambda x: -x[1])
    bridged = [x for x in ranked if x[0].weighed.bridge is not None][:1]
    return sorted(bridged + [x for x in ranked if x[0].weighed.bridge is None][:1], key=lambda x: x[1])


def _with(option: Option) -> str:
    bridge = option.weighed.bridge
    if bridge is None:
        return f"with {option.words}"
    return f"with {float(f'{bridge.mw:.2g}'):,.0f} MW of bridging ({option.words})"


def curves(ensemble: Ensemble, names: Sequence[str]) -> Mapping[str, list[dict[str, float | None]]]:
    """Exceedance curves of some figures of the held design.

    Parameters
    ----------
    ensemble : Ensemble
        Draws of a question. [-]
    names : sequence of str
        Ids of figures. [-]
    """
    return {x: exceedance(ensemble.fixed[x], ensemble.fixed_feasible) for x in names if x in ensemble.fixed}
