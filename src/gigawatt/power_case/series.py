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
from gigawatt.own_data import Text, is_market_file, market_steps
from gigawatt.own_data.text import chosen, decoded, delimiter_of, read_bytes

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
    notes : tuple of str
        Liberties taken. [text]
    """

    name: str
    cells: dict[str, Sequence[str]]
    lines: Sequence[int]
    notes: tuple[str, ...] = ()

    @property
    def time_header(self) -> str | None:
        """The column that tells the time by its usual names."""
        return next((h for h in self.cells if h.lower() in TIME_HEADERS), None)


def file_text(path: Path, what: str) -> str:
    """Text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one; gzip is unpacked.

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
    return decoded(read_bytes(path, what), path.name, what)


def read_table(path: Path) -> Table:
    """Read a CSV file: a line of column names, then one row per step.

    Files of ENTSO-E and EIA have the columns `time`, `price_eur_per_mwh` (by currency) and `load_mw`; ``FILE#NAME``
    chooses an area or a column of them. Of others, comma, semicolon, tab or bar may stand between columns; lines before
    the header that start with `#` and blank lines at the end are passed over.

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
    what = "a CSV file with a line of column names"
    path, choice = chosen(path)
    text = file_text(path, what)
    if is_market_file(source := Text(path.name, text, choice=choice)):
        return _market_table(source)
    if choice:
        then = f"write {path.name} and name the column where it is used"
        raise ScenarioError(f"{path.name}#{choice}: a choice in a plain CSV file; expected a file name; {then}")
    start = next((i for i, line in enumerate(text.splitlines()) if line.strip() and not line.startswith("#")), 0)
    lines = text.splitlines(keepends=True)[start:]
    try:
        reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter_of(lines[0]))
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


def _market_table(source: Text) -> Table:
    """Prices or loads of ENTSO-E or EIA as columns, their gaps filled and their times in UTC."""
    steps = market_steps(source)
    cells: dict[str, Sequence[str]] = {"time": steps.times}
    cells |= {name: [repr(float(x)) for x in values] for name, values in steps.columns.items()}
    return Table(source.name, cells, steps.lines, steps.origin.notes)


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
