"""What the draws of a question mean, as one plain table for JSON and report: drivers, what to ask, what to choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gigawatt.uncertainty import fan
from gigawatt.uncertainty.design import Bench
from gigawatt.uncertainty.drivers import MAIN, bench_of, by_basis, by_class, drivers, of_weather
from gigawatt.uncertainty.ensemble import Ensemble
from gigawatt.uncertainty.knowing import worth_knowing
from gigawatt.uncertainty.robust import choose

NOT_ONE = "Not one draw keeps every limit of the question: all chances are nought, and ranges are those of the design."


def meaning(
    ensemble: Ensemble, *, bench: Bench | None = None, robust: bool = True, scenarios: Sequence[str] | None = None
) -> dict[str, Any]:
    """Everything that is said about an ensemble beside its ranges.

    Parameters
    ----------
    ensemble : Ensemble
        Draws of a question. [-]
    bench : Bench, optional
        The question decided; decided again where not given. [-]
    robust : bool
        Whether all strategies are told on draws too, which takes some seconds. [-]
    scenarios : sequence of str, optional
        Ids of the named scenarios of the robust choice; all where not given. [-]

    Returns
    -------
    dict
        Plain data without anything that is not finite. [-]

    Raises
    ------
    ScenarioError
        For unknown names of scenarios.
    """
    held = bench or bench_of(ensemble)
    choice = choose(held, draws=ensemble.draws, scenarios=scenarios) if robust else None
    return {
        "drivers": drivers(ensemble, bench=held),
        "classes": by_class(ensemble, bench=held),
        "range_basis": by_basis(ensemble, bench=held),
        "weather": {x: of_weather(ensemble, x) for x in MAIN if x in ensemble.figures},
        "find_out_first": worth_knowing(ensemble, bench=held),
        "joint": fan.joint_statement(ensemble, choice),
        "robust": choice.json() if choice else None,
        "fan": fan.fan(ensemble),
        "exceedance": dict(fan.curves(ensemble, MAIN)),
        "note": "" if np.any(ensemble.fixed_feasible) else NOT_ONE,
    }
