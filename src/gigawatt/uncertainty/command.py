"""The verb ``plan`` behind its flags for draws: the answer, and where a number of draws is asked for its ensemble."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gigawatt.answer import Plan
from gigawatt.errors import ScenarioError
from gigawatt.plan import facts_for, judged, plan
from gigawatt.scenario import Scenario
from gigawatt.screen import Interrupted
from gigawatt.screen.command import progress_bar
from gigawatt.screen.store import stored_request
from gigawatt.uncertainty.ensemble import Ensemble, simulate
from gigawatt.uncertainty.runs import KIND
from gigawatt.uncertainty.summary import whole_of, with_ensemble
from gigawatt.uncertainty.what_if import named

ALONE = 1_000  # draws below which one process is quicker than the start of more


def answer(
    scenario: Scenario,
    *,
    with_frontier: bool = False,
    workers: int | None = None,
    dask: str = "",
    store: str = "",
    what_if: Sequence[str] = (),
) -> Plan:
    """The plan of a question; where it says how many draws, with the ensemble of whole plans.

    Parameters
    ----------
    scenario : Scenario
        The question. [-]
    with_frontier : bool
        As of ``plan``. [-]
    workers : int, optional
        Processes; one per core where not given, and one alone for few draws. [-]
    dask, store : str
        As of ``simulate``. [-]
    what_if : sequence of str
        Named scenarios of the robust choice; all where none is named. [-]

    Returns
    -------
    Plan
    """
    named(what_if)
    whole = "draws" in scenario.model_fields_set and judged(facts_for(scenario), scenario)
    if not whole:
        for flag, given in (("--workers", workers), ("--dask", dask), ("--store", store), ("--what-if", what_if)):
            if given and "draws" not in scenario.model_fields_set:
                raise ScenarioError(f"{flag}: is for draws of whole plans; say how many: --draws 10000")
        return plan(scenario, with_frontier=with_frontier)
    crew = workers or (1 if scenario.draws < ALONE else os.cpu_count() or 1)
    try:
        with progress_bar() as progress:
            ensemble = simulate(scenario, workers=crew, dask=dask, store=store, keep=True, progress=progress)
    except Interrupted as stopped:
        click.echo(f"gigawatt: {stopped}", err=True)
        raise SystemExit(130) from None
    return planned(scenario, ensemble, what_if=what_if, with_frontier=with_frontier)


def planned(
    scenario: Scenario, ensemble: Ensemble, *, what_if: Sequence[str] = (), with_frontier: bool = False
) -> Plan:
    """The plan of a question whose draws are made: every word and range of it rests on them.

    Parameters
    ----------
    scenario : Scenario
        As it was asked. [-]
    ensemble : Ensemble
        Its draws. [-]
    what_if : sequence of str
        Named scenarios of the robust choice; all where none is named. [-]
    with_frontier : bool
        As of ``plan``. [-]

    Returns
    -------
    Plan
    """
    few = {"draws": type(scenario).model_fields["draws"].default}  # of what else is weighed beside the plan
    made = plan(scenario.model_copy(update=few), with_frontier=with_frontier, whole=whole_of(ensemble))
    return with_ensemble(made, ensemble, what_if)


def resumed(folder: str, question: dict[str, Any]) -> Scenario:
    """The question of the draws that a folder holds."""
    if any(x not in (None, (), False) for x in question.values()):
        raise ScenarioError(f"--resume {folder}: the question is in the folder; leave the rest of it out")
    request = stored_request(Path(folder))
    if request.get("kind") != KIND:
        raise ScenarioError(
            f"{folder}: holds rows of {request.get('kind')}, not draws; go on with: gigawatt screen --resume"
        )
    return Scenario.model_validate({**request["question"], "draws": request["draws"]})
