"""Values of a case file, read against its series and steps; every fault is noted, none stops the reading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gigawatt.errors import ScenarioError
from gigawatt.power.problem import Array

from .clock import LONGEST_YEAR_H, YEAR_H, Clock, made_clock
from .keys import Key, Span, closest, may_be_empty, span
from .series import Table, numbers, read_table

FILE_KEYS = ("title", "series", "time_column", "year_column", "years", "decimal", "wacc")
COLUMN_KEYS = ("column", "factor", "offset")
BAD: Any = object()  # stands for a value whose fault is noted; nothing is built from it
Read = Callable[[Any, str], Any]


class Values:
    """Reads values and collects faults.

    Parameters
    ----------
    file : str
        Name of the case file, for messages. [text]
    folder : Path
        Folder that the names of series start from. [-]
    case : mapping
        The tables of the file. [-]
    only : collection of str or None
        Names of series that may be read, where a case was sent by somebody else; any where not given. [text]
    """

    def __init__(self, file: str, folder: Path, case: Mapping[str, Any], only: Collection[str] | None = None) -> None:
        self.file, self.folder, self.case, self.only = file, folder, case, only
        self.faults: list[str] = []
        self.tables = self._tables()
        self.clock = self._clock() if self.tables is not None else None

    def fault(self, words: str) -> Any:
        """Note a fault of the case file."""
        self.faults.append(f"{self.file}: {words}")
        return BAD

    def given(self, table: Mapping[str, Any], name: str, place: str, read: Read) -> Any:
        """The value of a key, or None where it is left out."""
        return None if table.get(name) is None else read(table[name], f"{place}.{name}" if place else name)

    def unknown(self, table: Mapping[str, Any], known: list[str], place: str) -> None:
        """Refuse keys that nothing reads."""
        for key in table:
            if key not in known:
                where = f"{place}.{key}" if place else key
                self.fault(f"{where}: unknown key; {closest(key, known)}")

    # ---- series and steps

    def _tables(self) -> list[Table] | None:
        """The CSV files; None where one could not be read."""
        named = self.case.get("series", [])
        tables: list[Table] = []
        before = len(self.faults)
        for name in named if isinstance(named, list) else [named]:
            if not isinstance(name, str) or not name.strip():
                self.fault(f'series is {name!r}; expected the name of a CSV file; write series = "hours.csv"')
                continue
            if self.only is not None and name not in self.only:
                sent = ", ".join(sorted(self.only)) or "none"
                self.fault(f"series is {name!r}, which was not sent; expected one of those that were: {sent}")
                continue
            try:
                tables.append(read_table(self.folder / name))
            except ScenarioError as error:
                self.faults += error.problems
        for table in tables[1:]:
            if len(table.lines) != len(tables[0].lines):
                first = f"{tables[0].name} has {len(tables[0].lines):,}"
                found = f"{table.name} has {len(table.lines):,} rows and {first}"
                self.fault(f"series: {found}; expected as many; cut or fill one")
        return tables if len(self.faults) == before else None

    def _clock(self) -> Clock | None:
        step = self.given(self.case, "step_hours", "", self.number("step_hours"))
        years = self.given(self.case, "years", "", self.whole(1))
        mark = self.case.get("decimal")
        if mark is not None and mark not in (".", ","):
            self.fault(f'decimal is {mark!r}; expected "." or ","; write the mark before the decimals')
        if BAD in (step, years):
            return None
        step = 1.0 if step is None else step
        try:
            total = self._total(step)
            return made_clock(total, step_hours=step, years=years, **self._calendar(total * step > LONGEST_YEAR_H))
        except ValueError as error:
            self.fault(
                ": ".join([*(["series " + ", ".join(t.name for t in self.tables)] if self.tables else []), f"{error}"])
            )
            return None

    def _total(self, step: float) -> int:
        if self.tables:
            return len(self.tables[0].lines)
        if isinstance(load := self.case.get("load_mw"), list) and load:
            return len(load)
        total = round(YEAR_H / step)
        if total < 1 or abs(total * step - YEAR_H) > 1e-6:
            raise ValueError(f"step_hours is {step:g}; expected a part of 8,760 h where no series is given; correct it")
        return total

    def _calendar(self, several_years: bool) -> dict[str, Any]:
        """Times, year labels and lines, where a file has them."""
        out: dict[str, Any] = {"lines": self.tables[0].lines} if self.tables else {}
        usual = next((t.time_header for t in self.tables or () if t.time_header), None)
        year = "year" if several_years and "year" in self.columns() and self.case.get("years") is None else None
        for key, name in (("times", self._header("time_column", usual)), ("labels", self._header("year_column", year))):
            holders = [t for t in self.tables or () if name in t.cells]
            if name and not holders:
                raise ValueError(
                    f"no column {name!r} in the series, expected for times or years; {closest(name, self.columns())}"
                )
            if name:
                out |= {key: holders[0].cells[name], "lines": holders[0].lines}
        return out

    def _header(self, key: str, usual: str | None) -> str | None:
        """The column that the case names, or the one with a usual name; `""` says that there is none."""
        named = self.case.get(key)
        return usual if named is None else str(named) or None

    def columns(self) -> list[str]:
        """Names of all columns."""
        return [name for table in self.tables or () for name in table.cells]

    # ---- plain values

    def number(self, name: str, default: Any = None) -> Read:
        """A number in the span of the key; infinite only where that is the default."""
        limits = span(name)

        def read(value: Any, where: str) -> Any:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                then = "write it without quotes" if isinstance(value, str) else "correct it"
                return self.fault(f"{where} is {value!r}; expected a number; {then}")
            try:
                number = float(value)
            except OverflowError:
                number = np.nan
            if np.isinf(number) and number == default:
                return number
            if not (np.isfinite(number) and limits.holds(number)):
                return self.fault(f"{where} is {str(value)[:30]}; expected {limits.words}; {_hint(number, limits)}")
            return number

        return read

    def whole(self, least: int) -> Read:
        """A count from 0 or 1."""

        def read(value: Any, where: str) -> Any:
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                return self.fault(f"{where} is {value!r}; expected a whole number from {least}; correct it")
            return value

        return read

    def flag(self, value: Any, where: str) -> Any:
        """True or false."""
        if isinstance(value, bool):
            return value
        return self.fault(f"{where} is {value!r}; expected true or false; write one")

    def text(self, name: str) -> Read:
        """A name that cannot be mistaken for a path of keys; only the main bus has an empty one."""

        def read(value: Any, where: str) -> Any:
            if not isinstance(value, str) or not (value.strip() or may_be_empty(name)) or set(value) & set(".:\n"):
                return self.fault(f"{where} is {value!r}; expected a name without point or colon; rename it")
            return value.strip()

        return read

    def terms(self, value: Any, where: str) -> Any:
        """Capacities and their coefficients."""
        pairs = _flat(value) if isinstance(value, Mapping) else value
        read = self.number("factor")
        try:
            return tuple((str(name), read(x, f"{where}.{name}")) for name, x in pairs)
        except (TypeError, ValueError):
            then = 'write terms = { solar = 1.0, "battery.power" = 2.0 }'
            return self.fault(f"{where} is {value!r}; expected capacities and their coefficients; {then}")

    # ---- profiles

    def profile(self, key: Key) -> Read:
        """A number, a list, or a column of the series, as steps."""
        number, limits = self.number(key.name, key.default), span(key.name)

        def read(value: Any, where: str) -> Any:
            if isinstance(value, (int, float)):
                flat = number(value, where)
                if key.kind == "profile" or flat is BAD or self.clock is None:
                    return flat
                return np.full(self.clock.rows.shape, flat)
            if isinstance(value, list):
                return self._listed(value, where, limits)
            asked = {"column": value} if isinstance(value, str) else value
            if not isinstance(asked, Mapping) or not isinstance(asked.get("column"), str):
                then = 'write 85.0, "price" or { column = "price", factor = 1.08, offset = 12.0 }'
                return self.fault(f"{where} is {value!r}; expected a number or a column of the series; {then}")
            return self._column(asked, where, limits)

        return read

    def _column(self, asked: Mapping[str, Any], where: str, limits: Span) -> Any:
        self.unknown(asked, list(COLUMN_KEYS), where)
        name = asked["column"]
        factor, offset = (self.given(asked, k, where, self.number(k)) for k in COLUMN_KEYS[1:])
        if self.tables is None:
            return BAD  # its file has a fault already
        holders = [t for t in self.tables if name in t.cells]
        if len(holders) != 1:
            return self._no_column(name, where, holders)
        if BAD in (factor, offset) or self.clock is None:
            return BAD
        mark = self.case.get("decimal")
        try:
            values = numbers(holders[0], name, mark if mark in (".", ",") else None)
        except ScenarioError as error:
            self.faults += error.problems
            return BAD
        if np.isnan(values).any():
            return self._no_numbers(holders[0], name, values)
        values = values * (1.0 if factor is None else factor) + (offset or 0.0)
        return self._within(values, f"{where} (column {name} of {holders[0].name})", limits)

    def _no_column(self, name: str, where: str, holders: list[Table]) -> Any:
        if holders:
            files = ", ".join(t.name for t in holders)
            return self.fault(f"{where} is {name!r}, a column of {files}; expected one; rename the others")
        if not self.tables:
            then = 'write series = "FILE.csv" for columns'
            return self.fault(f"{where} is {name!r}; expected a number, as no series is given; {then}")
        known = self.columns()
        return self.fault(f"{where} is {name!r}; expected a column of the series; {closest(name, known)}")

    def _no_numbers(self, table: Table, name: str, values: Array) -> Any:
        assert self.clock is not None
        bad = np.flatnonzero(np.isnan(values))
        cell = table.cells[name][bad[0]].strip()
        found = repr(cell[:30]) if cell else "empty"
        more = f" (and {len(bad) - 1:,} cells more)" if len(bad) > 1 else ""
        where = f"{table.name}: column {name} is {found} in {self.clock.where(int(bad[0]))}{more}"
        self.faults.append(f"{where}; expected a finite number; fill the gap or correct the cell")
        return BAD

    def _listed(self, value: list[Any], where: str, limits: Span) -> Any:
        if self.clock is None:
            return BAD
        bad = [i for i, x in enumerate(value) if isinstance(x, bool) or not isinstance(x, (int, float)) or x - x != 0]
        if bad:
            return self.fault(f"{where} is {value[bad[0]]!r} in hour {bad[0]}; expected a finite number; correct it")
        total, year = self.clock.total, self.clock.rows.shape[-1]
        if len(value) not in (total, year):
            return self.fault(f"{where} has {len(value):,} values; expected {total:,}, one per step; cut or fill it")
        if len(value) < total:  # one year for all
            return np.broadcast_to(
                self._within(np.resize(np.array(value, float), total), where, limits), self.clock.rows.shape
            )
        return self._within(np.array(value, float), where, limits)

    def _within(self, values: Array, what: str, limits: Span) -> Any:
        """The rows as steps, once all lie in the span."""
        assert self.clock is not None
        shaped = values[self.clock.rows]
        off = np.flatnonzero(~limits.holds(shaped).ravel())
        if len(off):
            row = int(self.clock.rows.ravel()[off[0]])
            more = f" (and in {len(off) - 1:,} more)" if len(off) > 1 else ""
            words = f"{what} is {values[row]:.6g} in {self.clock.where(row)}{more}"
            return self.fault(f"{words}; expected {limits.words}; {_hint(float(values[row]), limits)}")
        return shaped


def _hint(value: float, limits: Span) -> str:
    if limits.high == 1.0 and 2.0 <= value <= 100.0:
        return f"per cent are written as a fraction: {value / 100:g}"
    return "check the unit and the sign"


def _flat(table: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """`battery.power = 1` in TOML is a table in a table: its names joined again."""
    pairs: list[tuple[str, Any]] = []
    for name, value in table.items():
        inner = isinstance(value, Mapping)
        pairs += _flat(value, f"{before}{name}.") if inner else [(f"{before}{name}", value)]
    return pairs
