"""Many places: all countries on one page, or many sites within a country by optimised cost.

Read `work` first (one unit, a pure function), then `countries` and `sites` (what a row is), `store` (what is done stays
done), `engines` (where units run), `rank`, `outputs`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gigawatt import __version__, places
from gigawatt.chapters.machine import asked_for
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.scenario import ANY, read
from gigawatt.screen import countries, engines, rank, sites, work
from gigawatt.screen.store import Store, cache_folder, stored_request

__all__ = ["Screen", "screen"]

SCHEMA = 1
ANYWHERE = "France"  # any place would do
NOT_FOR_MANY = ("place", "at", "weather_file", "price_file")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Screen:
    """Ranked rows of many places, and what was asked."""

    request: dict[str, Any]
    sort: str
    rows: list[dict[str, Any]]
    version: str

    def json(self) -> dict[str, Any]:
        """The published form: ``rows`` with ``iso3``, ``verdict`` and ``figures`` as in a plan."""
        return {
            "schema": SCHEMA,
            "kind": self.request["kind"],
            "question": self.request["question"],
            "sorted_by": self.sort,
            "rows": self.rows,
            "provenance": {"version": __version__, "facts_hash": load_facts().hash, "code_and_facts": self.version},
        }

    def text_json(self) -> str:
        """The JSON as text; NaN and infinity cannot occur in it."""
        return json.dumps(self.json(), ensure_ascii=False, indent=1, allow_nan=False)


class Interrupted(KeyboardInterrupt):
    """Stopped by the user; says what is kept and how to go on."""


def screen(
    names: Sequence[str] = (),
    *,
    in_country: str = "",
    question: dict[str, Any] | None = None,
    sort: str = rank.HEADLINE,
    reverse: bool = False,
    territories: bool = False,
    count: int | None = None,
    workers: int | None = None,
    dask: str = "",
    store: str | Path = "",
    resume: str | Path = "",
    progress: Progress | None = None,
) -> Screen:
    """Answer one question for many places and rank them.

    Parameters
    ----------
    names : sequence of str
        Places; empty: all UN members. [-]
    in_country : str
        Instead: the candidate sites within this country. [-]
    question : dict
        The question as for a plan, without a place; empty: the ladder of each country. [-]
    sort : str
        ``headline``, the rule of the ladder, or a figure. [-]
    reverse, territories : bool
        Worst first; with territories that are no UN members. [-]
    count : int
        At most so many sites, the largest towns first. [-]
    workers : int
        Processes on this machine; the number of cores where not given. The rows do not depend on it. [-]
    dask : str
        Address of a Dask scheduler to run on instead. [-]
    store, resume : str or Path
        Folder that keeps finished rows; ``resume`` takes the question from there as well. [-]
    progress : callable
        Called with units done and all units. [-]

    Returns
    -------
    Screen

    Raises
    ------
    ScenarioError
        For a question, place, figure or folder that cannot be used, before any work begins.
    """
    if resume:
        request = stored_request(Path(resume))
    else:
        request = _request(names, in_country, dict(question or {}), territories, count, store)
        request = json.loads(json.dumps(request, sort_keys=True))  # as it comes back from a store
    sort = rank.checked(sort or rank.HEADLINE, request["kind"])
    folder = Path(resume or store) if resume or store else cache_folder(request, work.version(), "screen")
    kept = Store(folder, request, work.version())
    tasks = sites.tasks(request) if request["kind"] == "sites" else _country_tasks(request)
    try:
        for key, unit in missing(tasks, kept, workers, dask, progress):
            kept.add(key, unit)
        rows = rank.ranked(kept.rows(), sort, reverse=reverse)
    except KeyboardInterrupt:
        done = len(kept.done())
        kept.close()
        how = f"--resume {folder}" if resume or store else "the same command again, today"
        raise Interrupted(f"stopped; {done} of {len(tasks)} units are kept; go on with: {how}") from None
    if resume or store:
        kept.close()
    else:
        kept.remove()
    return Screen(request, sort, rows, work.version())


def missing(
    tasks: list[dict[str, Any]], kept: Store, workers: int | None, dask: str, progress: Progress | None
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The units that are not in the store, as they are done."""
    done = kept.done()
    todo = [task for task in tasks if task["key"] not in done]
    before = len(tasks) - len(todo)
    if progress:
        progress(before, len(tasks))
    if not todo:
        return
    crew = workers or os.cpu_count() or 1
    if dask:
        found = engines.dask(todo, dask)
    else:
        found = engines.processes(todo, crew) if crew > 1 and len(todo) > 1 else engines.here(todo)
    for count, (key, rows) in enumerate(found, start=before + 1):
        yield key, rows
        if progress:
            progress(count, len(tasks))


def _request(
    names: Sequence[str], country: str, question: dict[str, Any], territories: bool, count: int | None, store: Any
) -> dict[str, Any]:
    """What is asked as plain data: everything a row depends on and nothing else."""
    unused = [k for k in NOT_FOR_MANY if question.get(k)]
    if unused:
        raise ScenarioError(f"{', '.join(unused)}: names one place; expected places as PLACES, or none for all")
    if country and names:
        raise ScenarioError(f"--sites {country}: screens the sites of one country; leave out {', '.join(names)}")
    if "as_of" not in question:
        question["as_of"] = _as_of(store)
    asked = read({**question, "place": country or ANYWHERE})  # what is wrong with it is so everywhere: said once
    if asked.accelerator != ANY:
        asked_for(load_facts().with_overrides(asked.facts), asked)
    if country:
        return sites.request(country, question, count)
    chosen = _places(names) if names else {iso3: iso3 for iso3 in countries.all_places(territories=territories)}
    return {"kind": "countries", "question": question, "places": chosen}


def _places(names: Sequence[str]) -> dict[str, str]:
    """Row key to the words for each place.

    Raises
    ------
    ScenarioError
        For words that are no place and for a place named twice, all of them together.
    """
    found: dict[str, str] = {}
    problems = []
    for name in names:
        try:
            key = countries.key_of(places.resolve(name))
        except ValueError as error:
            problems.append(f"place: {name!r}: {error}")
            continue
        if key in found:
            problems.append(f"place: {name!r} is {key}, which {found[key]!r} names already; name each place once")
        found.setdefault(key, name)
    if problems:
        raise ScenarioError(problems)
    return found


def _as_of(store: Any) -> str:
    """Today; where a store goes on, the day it was begun."""
    if store:
        try:
            return str(stored_request(Path(store))["question"]["as_of"])
        except ScenarioError:
            pass
    return date.today().isoformat()


def _country_tasks(request: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"kind": "country", "key": key, "iso3": key[:3], "question": {**request["question"], "place": name}}
        for key, name in request["places"].items()
    ]
