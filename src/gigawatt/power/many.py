"""Many sites: one problem after the other through the same door, on several threads, in the order given.

Why threads: the compiled loops run without the interpreter's lock, and threads share weather and answers as they lie
in memory. Measured on benchmark years on two cores, two threads take 1.8 to 1.9 times less time than one; two forked
processes, which share the weather too but must send every dispatch back (0.8 MB a site), 1.6 to 1.8 times.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .answered import no_answer
from .problem import Answer, Problem, Source
from .solve import GAP, solve

FAULTY = "faulty"  # status of a site whose problem could not be read or solved
AHEAD = 2  # sites per worker that are read before their turn


def solve_many(problems: Iterable[Problem], *, gap: float = GAP, workers: int = 2) -> Iterator[Answer]:
    """The answers to many problems, one by one in the order given, the same bits for any number of workers.

    Problems are read when they are needed, a few ahead, and an answer is let go when it is handed over: memory does
    not grow with the number of sites. (An answer holds its dispatch, some 1 MB a year: keep of it what you need.)

    A site that fails does not end the run: its answer has the status `faulty`, figures that are NaN, and in `tried`
    the site's position (from 0) and the reason. What `problems` itself raises comes after the answers before it.

    Parameters
    ----------
    problems : iterable of Problem
        The sites; a generator will do. [-]
    gap : float
        Relative distance of upper and lower bound to reach. [-]
    workers : int
        Threads. [-]

    Returns
    -------
    iterator of Answer
        As from `solve`, or `faulty`. [-]
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, is {workers}")
    return _in_order(iter(problems), gap, workers)


def over_sites(problem: Problem, *, load_mw: NDArray[Any] | None = None, **profiles: NDArray[Any]) -> Iterator[Problem]:
    """Problems of many sites from one template and arrays whose first axis is the site; views, nothing is copied.

        over_sites(template, load_mw=load, solar=sun, **{"grid.price_usd_per_mwh": price, "wind.max_mw": land})

    Parameters
    ----------
    problem : Problem
        The template: what the arrays do not say is the same at every site. [-]
    load_mw : array (site, ..., hour), optional
        Load. [MW]
    **profiles : array (site, ..., hour) or (site,)
        Under the name of a source its availability; under `part.field` any figure of any part. [-]

    Returns
    -------
    iterator of Problem
        One per site. [-]
    """
    arrays = {name: np.asanyarray(x) for name, x in profiles.items()}
    places = {name: _place(problem, name) for name in arrays}
    if load_mw is not None:
        arrays["load_mw"] = np.asanyarray(load_mw)
    if flat := [name for name, x in arrays.items() if not x.ndim]:
        raise ValueError(f"over_sites: {', '.join(flat)} has no site axis")
    counts = {name: len(x) for name, x in arrays.items()}
    if len(set(counts.values())) != 1:
        raise ValueError(f"over_sites: every array needs the same number of sites, at least one array; got {counts}")
    count = next(iter(counts.values()))
    return (_at_site(problem, arrays, places, site) for site in range(count))


def _in_order(problems: Iterator[Problem], gap: float, workers: int) -> Iterator[Answer]:
    """Keep a short queue of sites under way; leave no thread behind, however the caller stops."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="power")
    under_way: deque[Future[Answer]] = deque()
    site, more = 0, True
    broken: Exception | None = None
    try:
        while more or under_way:
            while more and len(under_way) < AHEAD * workers:
                try:
                    problem = next(problems)
                except StopIteration:
                    more = False
                except Exception as error:  # the caller's own, raised when all before it is delivered
                    more, broken = False, error
                else:
                    under_way.append(pool.submit(_answer, site, problem, gap))
                    site += 1
            if under_way:
                yield under_way.popleft().result()
        if broken is not None:
            raise broken
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _answer(site: int, problem: Problem, gap: float) -> Answer:
    """The answer of one site, whatever happens there."""
    try:
        return solve(problem, gap=gap)
    except Exception as error:
        kind = "" if type(error) is ValueError else f"{type(error).__name__}: "
        load = getattr(problem, "load_mw", None)
        known = Problem(load_mw=load if isinstance(load, np.ndarray) else np.zeros(0), voll_usd_per_mwh=None)
        return replace(no_answer(known, FAULTY, path="none"), tried=(f"site {site}: {kind}{error}",))


def _parts(problem: Problem) -> dict[str, Any]:
    parts: list[Any] = [*problem.sources, *problem.stores, *problem.flexible, *problem.links]
    return {part.name: part for part in [*parts, *([problem.grid] if problem.grid else [])]}


def _place(problem: Problem, name: str) -> tuple[str, str]:
    """Part and field that a name means."""
    parts = _parts(problem)
    if isinstance(parts.get(name), Source):
        return name, "availability"
    part, _, field = name.rpartition(".")
    known = [f.name for f in fields(parts[part]) if f.name != "name"] if part in parts else []
    if field in known:
        return part, field
    if part in parts:
        raise ValueError(f"over_sites: {part} has no {field!r}; it has {', '.join(known)}")
    raise ValueError(f"over_sites: {name!r} is not a source or part.field; parts are {', '.join(parts)}")


def _at_site(
    problem: Problem, arrays: dict[str, NDArray[Any]], places: dict[str, tuple[str, str]], site: int
) -> Problem:
    """The template with the site's rows in it."""
    changes: dict[str, dict[str, Any]] = {}
    for name, (part, field) in places.items():
        row = arrays[name][site]
        changes.setdefault(part, {})[field] = row if row.ndim else row.item()

    def placed(part: Any) -> Any:
        return replace(part, **changes[part.name]) if part.name in changes else part

    return replace(
        problem,
        load_mw=arrays["load_mw"][site] if "load_mw" in arrays else problem.load_mw,
        sources=tuple(map(placed, problem.sources)),
        stores=tuple(map(placed, problem.stores)),
        flexible=tuple(map(placed, problem.flexible)),
        links=tuple(map(placed, problem.links)),
        grid=placed(problem.grid) if problem.grid else None,
    )
