"""What a reader of one format finds: rows in file order, numbers by quantity, before any of it is put on a clock."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .text import Row, Text, bad, cell

Array = NDArray[np.float64]
Minutes = NDArray[np.int64]
EMPTY = ("", "nan", "na", "n/a", "n/e", "-", "--", "null", "none")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
WITH_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.I)
MINUTES_PER_HOUR, MINUTES_PER_DAY = 60, 1440


@dataclass(frozen=True, slots=True)
class Pick:
    """A column that is read: where it stands and how it becomes a house unit.

    Attributes
    ----------
    column : int
        From 0. [-]
    header : str
        Name and unit as the file has them. [-]
    factor, offset : float
        House unit = number * factor + offset. [-]
    per_step : bool
        Whether the number is an amount per step, to be divided by the step's hours. [-]
    """

    column: int
    header: str
    factor: float = 1.0
    offset: float = 0.0
    per_step: bool = False


@dataclass(slots=True)
class Table:
    """Rows of a file in file order.

    Attributes
    ----------
    name, kind : str
        File name and format. [-]
    lines : array (row,)
        Line (or record) of each row. [-]
    minutes : array (row,) or None
        Minutes since 1970 at which the step starts, on the clock of `utc_offset_h`; None: the file has no times. [min]
    values : dict of str to array (row,)
        Numbers by quantity, in house units; NaN where missing. [-]
    picks : dict of str to Pick
        Where each quantity stands and how the file names it. [-]
    notes : list of str
        Liberties taken. [-]
    utc_offset_h : float or None
        Clock of the times; None: not said, taken as local standard time. [h]
    typical : bool
        Whether the months may come from different years. [-]
    latitude, longitude, elevation : float or None
        Place as the file states it. [deg], [deg], [m]
    wind_height : float
        Height of the wind. [m]
    currency : str
        Of the price, ISO 4217. [-]
    """

    name: str
    kind: str
    lines: NDArray[np.int64]
    minutes: Minutes | None
    values: dict[str, Array]
    picks: dict[str, Pick]
    notes: list[str] = field(default_factory=list)
    utc_offset_h: float | None = None
    typical: bool = False
    latitude: float | None = None
    longitude: float | None = None
    elevation: float | None = None
    wind_height: float = 10.0
    currency: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """How the file names each quantity."""
        return {q: p.header for q, p in self.picks.items()}


def number(name: str, line: int, what: str, text: Any, *, comma: bool = False) -> float:
    """A finite number, NaN for an empty cell.

    Parameters
    ----------
    name : str
        File. [-]
    line : int
        Line. [-]
    what : str
        Name of the column. [-]
    text : object
        The cell. [-]
    comma : bool
        Whether the comma is the decimal mark. [-]

    Returns
    -------
    float

    Raises
    ------
    ScenarioError
        For anything else.
    """
    spelled = "" if text is None else str(text).strip().replace("−", "-")
    if spelled.lower() in EMPTY:
        return math.nan
    plain = spelled.replace(".", "?").replace(",", ".") if comma else spelled
    try:
        value = math.inf if "_" in plain or isinstance(text, bool) else float(plain)
    except (ValueError, OverflowError):
        value = math.inf
    if not math.isfinite(value):
        raise bad(name, line, f"{what} is {spelled[:30]!r}", "a number", "correct or empty the cell")
    return value


def head_number(source: Text, line: int, what: str, text: Any, limit: float) -> float:
    """A number of a file's head within bounds.

    Parameters
    ----------
    source : Text
        File. [-]
    line : int
        Line. [-]
    what : str
        Its name. [-]
    text : object
        As written. [-]
    limit : float
        Largest absolute value. [-]

    Returns
    -------
    float

    Raises
    ------
    ScenarioError
        For anything else.
    """
    value = number(source.name, line, what, text)
    if not abs(value) <= limit:
        found = f"{what} is {str(text).strip()[:30]!r}"
        raise bad(source.name, line, found, f"within +-{limit:g}", "correct the header")
    return value


def columns(
    source: Text, rows: Sequence[Row], picks: Mapping[str, Pick], *, thousands: bool = False
) -> dict[str, Array]:
    """Numbers by quantity in house units, still per step where the pick says so.

    Parameters
    ----------
    source : Text
        File. [-]
    rows : sequence of (line, cells)
        Data rows. [-]
    picks : mapping of str to Pick
        Columns. [-]
    thousands : bool
        Whether commas part thousands, as US agencies write them. [-]

    Returns
    -------
    dict of str to array (row,)

    Raises
    ------
    ScenarioError
        For a cell that is no number, and a comma that could mean two things.
    """
    out: dict[str, Array] = {}
    for quantity, pick in picks.items():
        cells = [cell(row, pick.column) for _, row in rows]
        if thousands:
            cells = [c.replace(",", "") if GROUPED.fullmatch(c.split(".")[0]) else c for c in cells]
        out[quantity] = _numbers(source, rows, pick, cells) * pick.factor + pick.offset
    return out


def _numbers(source: Text, rows: Sequence[Row], pick: Pick, cells: Sequence[str]) -> Array:
    """A column as written: at once where all cells are plain numbers, else one by one."""
    try:
        found = np.array([float(c) for c in cells], dtype=np.float64)
        if np.isfinite(found).all() and not any("_" in c for c in cells):
            return found
    except ValueError:
        pass
    comma = _decimal_comma(source, rows, pick, cells)
    each = [number(source.name, line, pick.header, c, comma=comma) for (line, _), c in zip(rows, cells, strict=True)]
    return np.array(each, dtype=np.float64)


def _decimal_comma(source: Text, rows: Sequence[Row], pick: Pick, cells: Sequence[str]) -> bool:
    """Whether a column is written with decimal commas; a comma that may part thousands is refused."""
    with_comma = [(i, c) for i, c in enumerate(cells) if "," in c]
    if not with_comma:
        return False
    if all(GROUPED.fullmatch(c) for _, c in with_comma) and not any("." in c for c in cells):
        i, c = with_comma[0]
        found = (
            f"{pick.header} is {c!r}, where a comma is ambiguous ({c.replace(',', '.', 1)} or {c.replace(',', '')}?)"
        )
        raise bad(
            source.name, rows[i][0], found, "a number", "write it with a point, or without marks between thousands"
        )
    return any(WITH_COMMA.fullmatch(c) for _, c in with_comma)


def minutes_of(times: Sequence[datetime]) -> Minutes:
    """Minutes since 1970 of times without a zone.

    Parameters
    ----------
    times : sequence of datetime
        Naive. [-]

    Returns
    -------
    array (row,)
        Minutes. [min]
    """
    return np.array(times, dtype="datetime64[m]").astype(np.int64)


def parsed_times(
    source: Text, rows: Sequence[tuple[int, str]], read: Callable[[str], datetime], such_as: str
) -> list[datetime]:
    """Times of rows by a format's own spelling.

    Parameters
    ----------
    source : Text
        File. [-]
    rows : sequence of (line, text)
        Times as written. [-]
    read : callable
        Text to datetime; ValueError where it cannot. [-]
    such_as : str
        A time as it should be, for messages. [-]

    Returns
    -------
    list of datetime

    Raises
    ------
    ScenarioError
        With the line of the first that cannot be read.
    """
    out = []
    for line, text in rows:
        try:
            out.append(read(text))
        except (ValueError, OverflowError):
            raise bad(source.name, line, f"time {text[:40]!r}", f"such as {such_as}", "correct the row") from None
    return out


def parsed_json(source: Text, what: str) -> Any:
    """The content of a JSON file.

    Parameters
    ----------
    source : Text
        File. [-]
    what : str
        What it should be, for messages. [-]

    Returns
    -------
    object

    Raises
    ------
    ScenarioError
        With the line where it ends being JSON.
    """
    try:
        return json.loads(source.text)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        line = getattr(error, "lineno", 1)
        raise bad(source.name, line, "text that is not JSON or is cut off", what, "download it again") from None


def dig(node: Any, *keys: str) -> Any:
    """What lies under some keys of nested tables, or None.

    Parameters
    ----------
    node : object
        Parsed JSON. [-]
    *keys : str
        Path. [-]

    Returns
    -------
    object or None
    """
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node
