"""Running an ensemble: units of draws on the engines of a screen, kept in a store as they finish.

A unit is some draws of one weather year. What a unit gives depends on the question, the number of draws and the unit
alone, so the bits are the same in this process, in others, and on a cluster; a run that was stopped goes on.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt.errors import GigawattError
from gigawatt.facts import Facts
from gigawatt.scenario import Scenario
from gigawatt.screen import Interrupted, missing, work
from gigawatt.screen.store import Store, cache_folder
from gigawatt.uncertainty.case import Case, case_of, told

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
KIND = "draws"
MOST = 1024  # draws in a unit: what bounds the memory of a worker


def request_of(scenario: Scenario, draws: int) -> dict[str, Any]:
    """What is asked as plain data: everything a unit depends on and nothing else."""
    return {"kind": KIND, "question": scenario.model_dump(mode="json"), "draws": draws}


def units(case: Case) -> list[dict[str, Any]]:
    """Units of a case: weather year by weather year, in parts where a year has many draws."""
    found = []
    for year in range(case.years):
        parts = -(-int((case.weather_year == year).sum()) // MOST)
        found += [{"year": year, "part": part, "parts": parts} for part in range(parts)]
    return found


def columns(
    case: Case,
    scenario: Scenario,
    facts: Facts | None,
    *,
    workers: int,
    dask: str,
    store: str | Path,
    keep: bool,
    progress: Progress | None,
) -> tuple[dict[str, Array], dict[str, str]]:
    """All columns of all draws, and the facts read with the unit of each.

    Parameters
    ----------
    case : Case
        The question, decided. [-]
    scenario : Scenario
        As it was asked. [-]
    facts : Facts or None
        Facts of the caller's own: these are not sent to other processes. [-]
    workers : int
        Processes. [-]
    dask : str
        Address of a scheduler to run on instead, or ''. [-]
    store : str or Path
        Folder that keeps finished units, or ''. [-]
    keep : bool
        Whether a run without a folder that is interrupted leaves its units for the next one of the same question. [-]
    progress : callable or None
        Called with units done and all units. [-]

    Returns
    -------
    tuple of (dict, dict)
    """
    request = json.loads(json.dumps(request_of(scenario, case.sampler.n), sort_keys=True))
    tasks = [{**request, **unit, "key": f"{unit['year']:04d}-{unit['part']:04d}"} for unit in units(case)]
    if facts is not None:
        return _joined(case, [row for task in tasks for row in _row(case, task)])
    folder = Path(store) if store else cache_folder(request, work.version(), KIND) if keep else None
    kept = Store(folder, request, work.version())
    try:
        for key, rows_ in missing(tasks, kept, workers, dask, progress):
            kept.add(key, rows_)
        found = kept.rows()
    except KeyboardInterrupt:
        done = len(kept.done())
        kept.close()
        how = f"--resume {folder}" if store else "the same command again, today"
        left = f"{done} of {len(tasks)} units are kept; go on with: {how}" if folder else "nothing is kept"
        raise Interrupted(f"stopped; {left}") from None
    broken = [row["failed"] for row in found if "failed" in row]
    if broken:
        kept.close()
        raise GigawattError(f"--draws: {len(broken)} of {len(tasks)} units of draws failed: {broken[0]}")
    kept.close() if store else kept.remove()
    return _joined(case, found)


def rows(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns of a unit as plain data."""
    return _row(_case(json.dumps(task["question"], sort_keys=True), task["draws"]), task)


def failed(task: Mapping[str, Any], reason: str) -> list[dict[str, Any]]:
    """A unit that could not be done, with the reason."""
    return [{"key": task["key"], "failed": reason}]


@lru_cache(maxsize=1)
def _case(question: str, draws: int) -> Case:
    """The case of a question, decided once in each process."""
    return case_of(Scenario.model_validate_json(question), draws)


def _row(case: Case, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    mine = np.array_split(np.flatnonzero(case.weather_year == task["year"]), task["parts"])[task["part"]]
    found, read = told(case, task["year"], mine, task["part"])
    data = {name: _packed(column) for name, column in sorted(found.items())}
    return [{"key": task["key"], "rows": mine.tolist(), "read": read, "columns": data}]


def _packed(column: Array) -> str:
    """Bytes of a column as text, bit for bit."""
    return base64.b64encode(np.ascontiguousarray(column, "<f8").tobytes()).decode()


def _joined(case: Case, found: list[dict[str, Any]]) -> tuple[dict[str, Array], dict[str, str]]:
    """Columns of all units in the order of the draws."""
    whole: dict[str, Array] = {}
    read: dict[str, str] = {}
    for unit in found:
        at = np.array(unit["rows"])
        read |= {k: v for k, v in unit["read"].items() if k not in read}
        for name, text in unit["columns"].items():
            part = np.frombuffer(base64.b64decode(text), "<f8").reshape(len(at), -1)
            part = part if part.shape[1] > 1 else part[:, 0]
            whole.setdefault(name, np.full((case.sampler.n, *part.shape[1:]), np.nan))[at] = part
    return whole, dict(sorted(read.items()))
