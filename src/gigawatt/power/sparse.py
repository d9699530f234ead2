"""A sparse linear programme as it grows block by block, as it is handed to a solver, and what its blocks are called."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .problem import Array, Profile


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """`min cost x + offset, row_lower <= A x <= row_upper, lower <= x <= upper`, A by columns; where each block starts.

    Parameters
    ----------
    cost, lower, upper : array (column,)
        Objective and bounds. [-]
    row_lower, row_upper : array (row,)
        Row bounds. [-]
    start, index, value : array
        Compressed columns of A. [-]
    offset : float
        Constant cost. [-]
    columns, rows : dict of str to (int, int)
        First column or row of each named block and its length. [-]
    unit_mw : float
        Size unit: peak load. [MW]
    whole : array
        Columns that must be whole numbers: blocks, hours of lost load. [-]
    """

    cost: Array
    lower: Array
    upper: Array
    row_lower: Array
    row_upper: Array
    start: np.ndarray
    index: np.ndarray
    value: Array
    offset: float
    columns: dict[str, tuple[int, int]]
    rows: dict[str, tuple[int, int]]
    unit_mw: float
    whole: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def part(self, key: str, x: Array) -> Array | None:
        """The block of a column vector, or None where the programme has no such block."""
        if key not in self.columns:
            return None
        first, length = self.columns[key]
        return x[first : first + length]


@dataclass(slots=True)
class Draft:
    """Growing lists of blocks."""

    cost: list = field(default_factory=list)
    lower: list = field(default_factory=list)
    upper: list = field(default_factory=list)
    row_lower: list = field(default_factory=list)
    row_upper: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    columns: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    whole: list = field(default_factory=list)
    width: int = 0
    height: int = 0

    def column(self, key: str, length: int, cost: Profile, lower: Profile = 0.0, upper: Profile = np.inf) -> np.ndarray:
        for store, x in ((self.cost, cost), (self.lower, lower), (self.upper, upper)):
            store.append(np.broadcast_to(np.asarray(x, float).ravel(), (length,)))
        self.columns[key] = (self.width, length)
        self.width += length
        return np.arange(self.width - length, self.width)

    def whole_column(self, key: str, length: int, upper: float) -> np.ndarray:
        columns = self.column(key, length, 0.0, 0.0, upper)
        self.whole.append(columns)
        return columns

    def row(self, key: str, length: int, lower: Profile, upper: Profile) -> np.ndarray:
        for store, x in ((self.row_lower, lower), (self.row_upper, upper)):
            store.append(np.broadcast_to(np.asarray(x, float).ravel(), (length,)))
        self.rows[key] = (self.height, length)
        self.height += length
        return np.arange(self.height - length, self.height)

    def put(self, rows: np.ndarray, columns: np.ndarray, values: Profile) -> None:
        shape = np.broadcast_shapes(np.shape(rows), np.shape(columns))
        flat = np.broadcast_to(np.asarray(values, float).ravel(), shape) if np.size(values) > 1 else values
        self.entries.append(tuple(np.broadcast_to(x, shape).ravel() for x in (rows, columns, flat)))

    def model(self, offset: float, unit_mw: float) -> Model:
        rows, columns, values = (np.concatenate(x) for x in zip(*self.entries, strict=True))
        keep = values != 0.0
        rows, columns, values = rows[keep], columns[keep], values[keep].astype(float)
        place = columns * self.height + rows
        order = np.argsort(place, kind="stable")
        if (np.diff(place[order]) == 0).any():  # a year of one step is its own predecessor: add such entries up
            place, of = np.unique(place, return_inverse=True)
            values = np.bincount(of, weights=values).astype(float)
            columns, rows = np.divmod(place, self.height)
            order = np.arange(len(place))
        start = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=self.width))))
        return Model(
            cost=np.concatenate(self.cost),
            lower=np.concatenate(self.lower),
            upper=np.concatenate(self.upper),
            row_lower=np.concatenate(self.row_lower),
            row_upper=np.concatenate(self.row_upper),
            start=start.astype(np.int32),
            index=rows[order].astype(np.int32),
            value=values[order],
            offset=offset,
            columns=self.columns,
            rows=self.rows,
            unit_mw=unit_mw,
            whole=np.concatenate([np.zeros(0, np.int64), *self.whole]),
        )


def balance_row(bus: str) -> str:
    """Name of the block of rows that balances a bus.

    Parameters
    ----------
    bus : str
        Bus. [text]

    Returns
    -------
    str
        Key of `Model.rows`. [text]
    """
    return f"balance:{bus}" if bus else "balance"


def unserved_column(bus: str) -> str:
    """Name of the block of columns of load not served at a bus.

    Parameters
    ----------
    bus : str
        Bus. [text]

    Returns
    -------
    str
        Key of `Model.columns`. [text]
    """
    return f"unserved:{bus}" if bus else "unserved"


def served(bus: str) -> str:
    """Name of the relaxation of serving all load of a bus.

    Parameters
    ----------
    bus : str
        Bus. [text]

    Returns
    -------
    str
        Key of the slack. [text]
    """
    return f"served:{bus}" if bus else "served"
