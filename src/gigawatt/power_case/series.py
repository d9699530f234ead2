"""The user's CSV files: cells as written, then columns of numbers, with the line of every fault.

Delimiter and decimal mark are told from the file; where a mark could mean two numbers the column is refused.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gigawatt.errors import ScenarioError

MAX_BYTES = 200_000_000
TIME_HEADERS = ("time", "timestamp", "datetime", "date", "utc", "time(utc)")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A CSV file as text.

    Parameters
    ----------
    name : str
        File name, for messages. [text]
    cells : dict of str to sequence of str
        Columns by header. [text]
    lines : sequence of int
        Line of the file of each row. [-]
    """

    name: str
    cells: dict[str, Sequence[str]]
    lines: Sequence[int]

    @property
    def time_header(self) -> str | None:
        """The column that tells the time by its usual names."""
        return next((h for h in self.cells if h.lower() in TIME_HEADERS), None)


def file_text(path: Path, what: str) -> str:
    """Text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one.

    Parameters
    ----------
    path : Path
        The file. [-]
    what : str
        What the file should be, for messages. [text]

    Returns
    -------
    str

    Raises
    ------
    ScenarioError
        For a file that is missing, a folder, empty, binary, too large or in another encoding.
    """
    try:
        if path.is_dir():
            raise ScenarioError(f"{path}: is a folder; expected {what}; name a file in it")
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError(f"{path}: has {path.stat().st_size / 1e6:.0f} MB; expected at most 200 MB; split it")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"{path}: cannot be read ({words}); expected {what}; check the path") from None
    return decoded(data, path.name, what)


def decoded(data: bytes, name: str, what: str) -> str:
    """Text of the bytes of a file; see `file_text`.

    Parameters
    ----------
    data : bytes
        Content. [-]
    name, what : str
        File name and what it should be, for messages. [text]

    Returns
    -------
    str
    """
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not wide and b"\0" in data:
        raise ScenarioError(f"{name}: is a binary file; expected {what}; export it as text")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{name}:{line}: is not UTF-8 text; expected {what}; save it as UTF-8") from None
    if not text.strip():
        raise ScenarioError(f"{name}: is empty; expected {what}; check the path")
    return text


def read_table(path: Path) -> Table:
    """Read a CSV file: a line of column names, then one row per step.

    Comma, semicolon, tab or bar between columns; lines before the header that start with `#` and blank lines at the
    end are passed over.

    Parameters
    ----------
    path : Path
        The file. [-]

    Returns
    -------
    Table

    Raises
    ------
    ScenarioError
        With every fault of the file's shape.
    """
    text = file_text(path, "a CSV file with a line of column names")
    start = next((i for i, line in enumerate(text.splitlines()) if line.strip() and not line.startswith("#")), 0)
    lines = text.splitlines(keepends=True)[start:]
    try:
        reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=_delimiter(lines[0]))
        rows = [(start + reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ScenarioError(f"{path.name}: {error}; expected CSV; save the table as CSV again") from None
    (_, header), *rows = rows
    while rows and not any(cell.strip() for cell in rows[-1][1]):
        rows.pop()
    names = [h.strip() for h in header]
    if faults := [f"{path.name}{f}" for f in _shape_faults(names, rows)]:
        raise ScenarioError(faults)
    columns: dict[str, Sequence[str]] = dict(zip(names, zip(*(row for _, row in rows), strict=True), strict=True))
    return Table(path.name, columns, [line for line, _ in rows])


def _delimiter(header: str) -> str:
    return max(",;\t|", key=lambda mark: len(next(csv.reader([header], delimiter=mark))))


def _shape_faults(names: list[str], rows: list[tuple[int, list[str]]]) -> list[str]:
    if not rows:
        return [": has no rows under its line of names; expected one row per step; check the export"]
    if all(math.isfinite(x) for x in _floats(names)):
        return [f": starts with numbers ({', '.join(names)[:40]}); expected names of columns; write them above"]
    faults = []
    if twice := sorted({n for n in names if names.count(n) > 1 and n}):
        faults.append(f": two columns are called {', '.join(twice)}; expected different names; rename one")
    if empty := [line for line, row in rows if not any(cell.strip() for cell in row)]:
        faults.append(f":{empty[0]}: is empty{_more(empty)}; expected a row per step; fill or delete it")
    wrong = [(line, row) for line, row in rows if any(c.strip() for c in row) and len(row) != len(names)]
    if wrong:
        line, row = wrong[0]
        then = "complete the row; a decimal comma needs ; between columns, or quotes"
        faults.append(f":{line}: has {len(row)} cells{_more(wrong)}; expected {len(names)}; {then}")
    return faults


def _more(found: Sequence[object]) -> str:
    return f" (and {len(found) - 1} rows more)" if len(found) > 1 else ""


def numbers(table: Table, column: str, decimal: str | None) -> NDArray[np.float64]:
    """A column as numbers; NaN where a cell is not a finite number.

    Parameters
    ----------
    table : Table
        The file. [-]
    column : str
        Header of the column. [text]
    decimal : str or None
        Decimal mark, `.` or `,`; None: told from the file. [text]

    Returns
    -------
    array (row,)

    Raises
    ------
    ScenarioError
        Where a comma may group thousands or start the decimals.
    """
    cells = [cell.strip().replace("−", "-") for cell in table.cells[column]]
    if decimal is None and any("," in cell for cell in cells) and not any("." in cell for cell in cells):
        decimal = ","
        grouped = next((cell for cell in cells if _GROUPED.fullmatch(cell)), None)
        if grouped and not any(map(_decimal_comma, chain(cells, *table.cells.values()))):
            a, b = grouped.replace(",", "."), grouped.replace(",", "")
            raise ScenarioError(
                f"{table.name}: column {column}: {grouped!r}: a comma is ambiguous here ({a} or {b}?); "
                'write decimal = "," in the case for the first, or export without marks between thousands'
            )
    if decimal == ",":  # a point is then no decimal mark, and must not become one
        cells = [cell.replace(".", "?").replace(",", ".") for cell in cells]
    values = _floats(cells)
    return np.where(np.isfinite(values), values, np.nan)


def _decimal_comma(cell: str) -> bool:
    """Whether the comma of a cell can only be a decimal mark."""
    return bool(_WITH_COMMA.fullmatch(cell.strip())) and not _GROUPED.fullmatch(cell.strip())


def _floats(cells: Sequence[str]) -> NDArray[np.float64]:
    try:
        if not any("_" in cell for cell in cells):
            return np.array([float(cell) for cell in cells])
    except ValueError:
        pass
    return np.array([_float(cell) for cell in cells])


def _float(cell: str) -> float:
    try:
        return math.nan if "_" in cell else float(cell)
    except ValueError:
        return math.nan
