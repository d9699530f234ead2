"""An ensemble: one question answered in many draws of everything that is uncertain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.chapters import ladder as ladders
from gigawatt.chapters import report_parts, sizing
from gigawatt.facts import Facts
from gigawatt.plan import Outcome, Shared, draws_of, facts_for, prepare, tell
from gigawatt.record import Steps
from gigawatt.scenario import Scenario

Array = NDArray[np.float64]
SHARES = (0.1, 0.5, 0.9)
FAN_MONTHS = tuple(float(m) for m in range(0, 241, 3))  # of the as-of date: quarters of twenty years


@dataclass(frozen=True, eq=False)
class Ensemble:
    """One question in many draws. The first axis of every array is the draw; dates are months from the as-of date.

    Attributes
    ----------
    question : Scenario
        What is asked. [-]
    seed : int
        Key of all draws. [-]
    inputs : dict of str to array (draw,)
        Facts with a range that the plan reads, in the unit in which it first reads them. [unit of the fact]
    weather_year : array (draw,)
        Which year of the site's bank of stochastic years. [-]
    figures : dict of str to array (draw,)
        Figures of the plan made anew in every draw: size and power mix are those that are best there. [unit of figure]
    fixed : dict of str to array (draw,)
        The same figures where the chosen design is held and only operated. [unit of figure]
    online_months, online_mw : array (draw, stage)
        Power on line, cumulative, from that month on, of the held design. [months], [MW]
    feasible : array (draw,)
        Whether the plan of the draw keeps every limit of the question. [-]
    error : dict of str to array (3,)
        Standard errors of the P10, P50 and P90 of ``figures``. [unit of figure]
    """

    question: Scenario
    seed: int
    inputs: dict[str, Array]
    weather_year: NDArray[np.int64]
    figures: dict[str, Array]
    fixed: dict[str, Array]
    online_months: Array
    online_mw: Array
    feasible: NDArray[np.bool_]
    error: dict[str, Array]

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.feasible)


def simulate(scenario: Scenario, *, draws: int | None = None, facts: Facts | None = None, workers: int = 1) -> Ensemble:
    """Answer a question in many draws.

    Parameters
    ----------
    scenario : Scenario
        The question. [-]
    draws : int, optional
        Number of draws; that of the question where not given. [draw]
    facts : Facts, optional
        The facts; those that ship with the package where not given. [-]
    workers : int
        Processes; the bits do not depend on it. [-]

    Returns
    -------
    Ensemble
    """
    del workers
    asked = scenario if draws is None else scenario.model_copy(update={"draws": draws})
    known = facts_for(asked, facts)
    step = Steps(known, asked.price_year)
    shared = prepare(step, asked)
    drawn = draws_of(known, asked)
    if asked.has_size:
        ask, drawn_ask = sizing.ask_of(step, asked), sizing.ask_of(drawn, asked)
    else:
        rungs = ladders.climb(step, asked, shared, tell)
        ask = drawn_ask = sizing.Ask(power_mw=ladders.headline(rungs).facility_peak_mw)
    outcome = tell(step, asked, shared, ask)
    spread = tell(drawn, asked, shared, drawn_ask)
    return _ensemble(asked, step, drawn, shared, outcome, spread)


def _ensemble(s: Scenario, step: Steps, drawn: Steps, shared: Shared, outcome: Outcome, spread: Outcome) -> Ensemble:
    pairs = report_parts.figure_values(step, shared.site, outcome, spread)
    figures = {name: _row(value, s.draws) for name, (_, value) in pairs.items() if value is not None}
    online = np.broadcast_to(buildout.online_mw(FAN_MONTHS, **spread.calendar.ramp), (s.draws, len(FAN_MONTHS)))
    feasible = np.isfinite(figures["full_power_date"]) & (not shared.optimum.relaxed)
    return Ensemble(
        question=s,
        seed=s.seed,
        inputs=_inputs(drawn, s.draws),
        weather_year=np.zeros(s.draws, np.int64),
        figures=figures,
        fixed=dict(figures),
        online_months=np.broadcast_to(np.array(FAN_MONTHS), online.shape),
        online_mw=online,
        feasible=feasible,
        error={name: standard_errors(x) for name, x in figures.items()},
    )


def _row(value: Any, draws: int) -> Array:
    """One number per draw."""
    return np.broadcast_to(np.asarray(value, float), (draws,)).copy()


def _inputs(drawn: Steps, draws: int) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for node in drawn.nodes:
        if node.fact is not None and np.ndim(node.value) == 1 and node.fact.id not in found:
            found[node.fact.id] = _row(node.value, draws)
    return found


def standard_errors(x: Array) -> Array:
    """Standard errors of P10, P50 and P90 of independent draws, from order statistics.

    Parameters
    ----------
    x : array (draw,)
        Draws. [-]

    Returns
    -------
    array (3,)
        Half the distance of the order statistics one standard deviation of the rank to either side. [-]

    References
    ----------
    .. [1] H. A. David and H. N. Nagaraja, Order Statistics, 3rd ed., Wiley (2003), section 7.1.
    """
    n, p = len(x), np.array(SHARES)
    shift = np.sqrt(p * (1.0 - p) / n)
    at = np.concatenate([np.maximum(p - shift, 0.0), np.minimum(p + shift, 1.0)])
    low, high = np.split(buildout.quantiles(x, tuple(at)), 2)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(np.isfinite(low) & np.isfinite(high), (high - low) / 2.0, np.inf))
