"""A case file in TOML or JSON, with the user's hourly series beside it, into a problem of the power room.

An edge like `scenario`: the only place where such input is checked. All faults of a case are reported together.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gigawatt.errors import ScenarioError
from gigawatt.own_data.text import decoded
from gigawatt.power.account import weather_years
from gigawatt.power.check import bus_names, capacity_names, checked
from gigawatt.power.problem import CONNECTION, Problem

from .clock import Clock
from .keys import closest, keys
from .reading import part
from .sample import as_series, as_year, nearest_as_year
from .series import file_text
from .values import BAD, FILE_KEYS, Values

__all__ = ["Case", "as_year", "nearest_as_year", "read_case", "read_case_text"]

WHAT = "a TOML or JSON case"
RESERVED = (CONNECTION, "unserved", "import", "spill")  # names of the power room's own parts


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A case as read.

    Parameters
    ----------
    name : str
        Title, or name of the file. [text]
    problem : Problem
        What is to be solved; its yearly figures are those of the length of the series. [-]
    clock : Clock
        Rows, times and weather years behind the steps. [-]
    notes : tuple of str
        Liberties taken. [text]
    """

    name: str
    problem: Problem
    clock: Clock
    notes: tuple[str, ...]

    @property
    def year_share(self) -> float:
        """Length of the series over a year; `as_year` takes the answer back. [-]"""
        return self.clock.year_share


def read_case(path: str | Path, *, overrides: Sequence[str] = ()) -> Case:
    """Read a case file and its series.

    Parameters
    ----------
    path : str or Path
        TOML or JSON; names of series start from its folder. [-]
    overrides : sequence of str
        `KEY=VALUE` such as `sources.solar.max_mw=300`, over what the file says. [text]

    Returns
    -------
    Case

    Raises
    ------
    ScenarioError
        With every fault found.
    """
    path = Path(path)
    return read_case_text(file_text(path, WHAT), path, overrides=overrides)


def read_case_text(
    text: str | bytes, path: Path, *, overrides: Sequence[str] = (), only: Collection[str] | None = None
) -> Case:
    """Read a case from its text; `path` names it and its folder.

    Parameters
    ----------
    text : str or bytes
        TOML, or JSON where it starts with a brace or the name ends in .json. [text]
    path : Path
        Name for messages; its folder holds the series. [-]
    overrides : sequence of str
        As in `read_case`. [text]
    only : collection of str, optional
        Names of series that may be read; any where not given. [text]

    Returns
    -------
    Case

    Raises
    ------
    ScenarioError
        With every fault found.
    """
    text = decoded(text, path.name, WHAT) if isinstance(text, bytes) else text
    tables = _named(_tables(text, path))
    set_faults = [f for o in overrides if (f := _override(tables, o))]
    values = Values(path.name, path.parent, tables, only)
    problem = part(values, Problem, tables, "", more=FILE_KEYS)
    _check_names(values, problem)
    if set_faults or values.faults or values.clock is None:
        raise ScenarioError(list(dict.fromkeys([*set_faults, *values.faults])))
    try:
        checked(problem)
    except ValueError as error:
        raise ScenarioError([f"{path.name}: {f}" for f in str(error).split(": ", 1)[-1].split("; ")]) from None
    title = tables.get("title")
    share = values.clock.year_share
    return Case(
        name=title if isinstance(title, str) and title.strip() else path.stem,
        problem=as_series(problem, share),
        clock=values.clock,
        notes=(*_file_notes(values), *values.clock.notes, *_sample_notes(values.clock, problem)),
    )


def _tables(text: str, path: Path) -> dict[str, Any]:
    is_json = path.suffix.lower() == ".json" or text.lstrip().startswith("{")
    try:
        tables = json.loads(text) if is_json else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        kind = "JSON" if is_json else "TOML"
        raise ScenarioError(f"{path.name}: {error}; expected {kind}; correct it there") from None
    if not isinstance(tables, dict):
        raise ScenarioError(f"{path.name}: holds a {type(tables).__name__}; expected a table of keys; see the examples")
    return tables


def _named(tables: dict[str, Any]) -> dict[str, Any]:
    """Lists of parts as tables by name, so that `[[sources]]` says the same as `[sources.solar]`."""
    for key in keys(Problem).values():
        parts = tables.get(key.name)
        if key.kind == "parts" and isinstance(parts, list) and all(isinstance(p, dict) for p in parts):
            names = [str(p.get("name", i)) for i, p in enumerate(parts)]
            names = [n if names.index(n) == i else f"{n} ({i})" for i, n in enumerate(names)]
            tables[key.name] = dict(zip(names, parts, strict=True))
    return tables


def _override(tables: dict[str, Any], text: str) -> str | None:
    """Put `a.b.c=value` into the tables; the fault in words where there is no such table."""
    path, separator, value = text.partition("=")
    *inner, last = (step.strip() for step in path.split("."))
    if not separator or not last or not value.strip():
        return f"--set: {text!r}; expected KEY=VALUE; write for example sources.solar.max_mw=300"
    at: Any = tables
    for step in inner:
        if not isinstance(at.get(step), dict):
            return f"--set {path}: the case has no table {step!r}; {closest(step, [k for k in at if k != step])}"
        at = at[step]
    at[last] = _toml_value(value.strip())
    return None


def _toml_value(text: str) -> Any:
    """A TOML value; anything else is text, such as the name of a column."""
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return read["value"] if set(read) == {"value"} else text


def _check_names(values: Values, problem: Problem) -> None:
    """Names must differ; capacity limits and sources name what exists."""
    lists: list[Any] = [
        problem.sources,
        problem.stores,
        problem.flexible,
        problem.links,
        () if problem.grid is None else (problem.grid,),
    ]
    named = [p for parts in lists if parts is not BAD for p in parts]
    parts = [p for p in named if p is not BAD]
    names = [p.name for p in parts]
    for name in sorted({n for n in names if isinstance(n, str) and (names.count(n) > 1 or n in RESERVED)}):
        values.fault(f"the name {name!r} is used twice or is the power room's own; expected a new one; rename it")
    for p in parts:
        if getattr(p, "through_connection", False) is True and problem.grid is None:
            values.fault(f"sources.{p.name}.through_connection is true; expected a grid to come through; add [grid]")
    whole = BAD not in (*names, problem.sources, problem.stores, problem.links, problem.capacity_limits)
    if whole and len(parts) == len(named):
        _check_limits(values, problem)
    places: dict[str, Any] = {"sources": problem.sources, "stores": problem.stores, "flexible": problem.flexible}
    loads = problem.bus_load_mw
    if BAD not in (*lists, loads) and len(parts) == len(named) and BAD not in loads:
        placed = {f"{table}.{p.name}": p for table, rows in places.items() for p in rows}
        _check_buses(values, problem, placed | ({"grid": problem.grid} if problem.grid else {}))


def _check_buses(values: Values, problem: Problem, placed: dict[str, Any]) -> None:
    """Parts stand at buses that exist, each bus has one load, each link two ends."""
    ends = [(f"links.{k.name}", k.from_bus, k.to_bus) for k in problem.links]
    loads = [b.bus for b in problem.bus_load_mw]
    if any(
        bus is BAD for bus in (*loads, *(bus for _, *two in ends for bus in two), *(p.bus for p in placed.values()))
    ):
        return
    for bus in sorted({bus for bus in loads if not bus or loads.count(bus) > 1}):
        then = f"add up the loads of {bus!r}" if bus else "that of the main bus is load_mw at the top"
        values.fault(f"bus_load_mw: bus is {bus!r}; expected one load for each bus; {then}")
    for where, one, other in ends:
        if one == other:
            values.fault(f"{where}.to_bus is {other!r}, as is from_bus; expected another bus; correct one")
    known = bus_names(problem)
    for where, p in placed.items():
        if p.bus not in known:
            then = closest(p.bus, known[1:]) if known[1:] else "leave bus out, or write [links.NAME]"
            values.fault(f"{where}.bus is {p.bus!r}; expected a bus of bus_load_mw or links; {then}")
        elif problem.grid and getattr(p, "through_connection", False) is True and p.bus != problem.grid.bus:
            values.fault(
                f"{where}.bus is {p.bus!r}; expected {problem.grid.bus!r}, where its connection ends; move one"
            )


def _check_limits(values: Values, problem: Problem) -> None:
    known = capacity_names(problem)
    limits = [limit for limit in problem.capacity_limits if limit is not BAD]
    names = [limit.name for limit in limits]
    for name in sorted({n for n in names if names.count(n) > 1 and isinstance(n, str)}):
        values.fault(f"capacity_limits: the name {name!r} is used twice; expected different names; rename one")
    for limit in limits:
        for term, _ in limit.terms if isinstance(limit.terms, tuple) else ():
            if term not in known:
                values.fault(f"capacity_limits.{limit.name}.terms: no capacity {term!r}; {closest(term, known)}")


def _file_notes(values: Values) -> list[str]:
    """Liberties taken with files of ENTSO-E and EIA."""
    return [f"{table.name}: {note}" for table in values.tables or () for note in table.notes]


def _sample_notes(clock: Clock, problem: Problem) -> tuple[str, ...]:
    if clock.year_share == 1.0:
        return ()
    hours, times = clock.rows.shape[-1] * clock.step_hours, 1.0 / clock.year_share
    notes = [f"{hours:,.10g} h of series stand for a year: yearly figures are {times:.4g} times the series"]
    if most := problem.max_lost_load_hours:
        steps = int(most / times * weather_years(problem) / clock.step_hours + 1e-9)
        notes += [f"max_lost_load_hours of {most:g} a year allows {steps} of the steps of the series"]
    return tuple(notes)
