"""An ensemble: one question answered in many draws of everything that is uncertain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.figures import FIGURES as FIGURES_OF_PLANS
from gigawatt.record import Steps
from gigawatt.scenario import Scenario
from gigawatt.uncertainty import runs
from gigawatt.uncertainty.case import (
    BUDGET,
    DEARER,
    FAN_MONTHS,
    FEASIBLE,
    FIGURES,
    FIXED,
    FLEXIBILITY,
    ONLINE,
    SHORT,
    Case,
    case_of,
)
from gigawatt.uncertainty.sample import Joint

Array = NDArray[np.float64]
SHARES = (0.1, 0.5, 0.9)
LEAST = 50  # draws


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
    fixed_feasible : array (draw,)
        Whether the held design keeps every limit of the question, and serves the campus at all. [-]
    flexibility_usd_per_year : array (draw,)
        What the held design's power costs more than the mix that is best in the draw; NaN where the design misses a
        limit that another mix keeps. [USD/year]
    budget_usd : array (draw,) or None
        The budget at the exchange rate of the draw; None where none is given. [USD]
    fixed_short : array (draw,) or None
        Whether the held design leaves more energy unserved than a supply may that carries the campus. [-]
    dearer : array (draw,) or None
        What the power mix made anew costs beyond an optimum made for the draw alone; NaN where none was made. [1]
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
    fixed_feasible: NDArray[np.bool_]
    flexibility_usd_per_year: Array
    budget_usd: Array | None
    fixed_short: NDArray[np.bool_] | None = None
    dearer: Array | None = None

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.feasible)

    @property
    def weather_years(self) -> int:
        """Number of weather years that the draws are dealt to."""
        return int(self.weather_year.max()) + 1


def simulate(
    scenario: Scenario,
    *,
    draws: int | None = None,
    facts: Facts | None = None,
    workers: int = 1,
    dask: str = "",
    store: str | Path = "",
    keep: bool = False,
    progress: runs.Progress | None = None,
) -> Ensemble:
    """Answer a question in many draws.

    Parameters
    ----------
    scenario : Scenario
        The question. [-]
    draws : int, optional
        Number of draws; that of the question where not given. [draw]
    facts : Facts, optional
        Facts of the caller's own, which are not sent to other processes; those that ship where not given. [-]
    workers : int
        Processes; the bits do not depend on it. [-]
    dask : str
        Address of a Dask scheduler to run on instead. [-]
    store : str or Path
        Folder that keeps finished draws; a run into it goes on where it was stopped. [-]
    keep : bool
        Whether a run without a folder that is stopped leaves its draws for the next one of the same question. [-]
    progress : callable, optional
        Called with units of draws done and all units. [-]

    Returns
    -------
    Ensemble

    Raises
    ------
    ScenarioError, FactError
        As a plan, and for too few draws, a place that is not judged, correlations that cannot hold together.
    """
    n = scenario.draws if draws is None else draws
    if n < LEAST:
        raise ScenarioError(f"draws: {n}: expected at least {LEAST}: fewer say nothing of a P10 or a P90")
    case = case_of(scenario, n, facts)
    columns, read = runs.columns(
        case, scenario, facts, workers=workers, dask=dask, store=store, keep=keep, progress=progress
    )
    figures = _under(FIGURES, columns)
    return Ensemble(
        question=case.scenario,
        seed=case.sampler.seed,
        inputs=_inputs(case, read),
        weather_year=case.weather_year,
        figures=figures,
        fixed=_under(FIXED, columns),
        online_months=np.broadcast_to(FAN_MONTHS, columns[ONLINE].shape),
        online_mw=columns[ONLINE],
        feasible=columns[FIGURES + FEASIBLE] > 0.0,
        error={name: standard_errors(x) for name, x in figures.items()},
        fixed_feasible=columns[FIXED + FEASIBLE] > 0.0,
        flexibility_usd_per_year=columns[FLEXIBILITY],
        budget_usd=columns.get(BUDGET),
        fixed_short=columns[SHORT] > 0.0,
        dearer=columns[DEARER],
    )


def _under(kind: str, columns: dict[str, Array]) -> dict[str, Array]:
    """Figures in the order in which plans show them."""
    return {name: columns[kind + name] for name in FIGURES_OF_PLANS if kind + name in columns}


def _inputs(case: Case, read: dict[str, str]) -> dict[str, Array]:
    """The facts that were read, in all draws."""
    n = case.sampler.n
    step = Steps(case.step.facts, case.scenario.price_year, Joint(case.sampler, np.arange(n)))
    return {fact_id: np.asarray(step.fact(fact_id, unit=unit)) for fact_id, unit in read.items()}


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
