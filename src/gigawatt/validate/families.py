"""What a family of published cases is: its inputs, its figures with their tolerance, and how we predict them.

A predictor is handed a `Case`: the inputs of one case and nothing else. The reader has taken out what was measured or
published, so a predictor could not look at it if it wanted to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .series import series_columns

if TYPE_CHECKING:
    from .scoring import Row


class CannotPredict(Exception):
    """Why a case has no prediction; its words are the row's reason."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A predicted figure, and its 80 % interval where one is claimed.

    Parameters
    ----------
    value : float or list
        The figure, in the unit of the truth; a list where the truth is one. [-]
    low, high : float or None
        Tenth and ninetieth percentile; None for a formula that is exact. [-]
    """

    value: Any
    low: float | None = None
    high: float | None = None


Predicted: TypeAlias = Mapping[str, Any] | str
"""Figure -> `Prediction`, a plain number or list, or in words why there is none; words alone where none has one."""


@dataclass(frozen=True)
class Case:
    """The inputs of one case, without truth, source, notes, published figures and identifier.

    Parameters
    ----------
    kind : str
        What the case is; empty in a CSV file. [text]
    given : mapping
        Its inputs by name: texts in a CSV file, JSON values in a JSON file. [-]
    shared : mapping
        What a JSON file says for all its cases: everything beside `cases`. [-]
    folder : Path
        Where the file lies; series are found from here. [-]
    """

    kind: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    shared: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    def has(self, name: str) -> bool:
        """Whether an input is there and filled."""
        return self.given.get(name) not in (None, "")

    def value(self, name: str) -> Any:
        """An input as it stands, or `CannotPredict` where it is missing."""
        if not self.has(name):
            raise CannotPredict(f"{name} is missing")
        return self.given[name]

    def text(self, name: str) -> str:
        """An input as text."""
        return str(self.value(name))

    def number(self, name: str) -> float:
        """An input as a finite number."""
        return number(self.value(name), name)

    def whole(self, name: str, most: int | None = None) -> int:
        """An input as a whole number, at most `most` where a mistaken one would fill the memory."""
        return whole(self.value(name), name, most)

    def table(self, name: str) -> Case:
        """An input that is itself a table of inputs."""
        value = self.value(name)
        if not isinstance(value, Mapping):
            raise CannotPredict(f"{name} is {value!r}: expected a table of inputs")
        return replace(self, given=value)

    def common(self, name: str) -> Case:
        """A table of inputs that the file gives for all its cases, such as `spec`."""
        return replace(self, given=self.shared).table(name)

    def without(self, *names: str) -> Case:
        """The same case with some inputs left out."""
        return replace(self, given={k: v for k, v in self.given.items() if k not in names})

    def only(self, *names: str) -> None:
        """Refuse inputs that nothing reads: ignored silently they would make a wrong number."""
        unknown = [k for k, v in self.given.items() if k not in names and v not in (None, "")]
        if unknown:
            raise CannotPredict(f"unknown input {', '.join(sorted(unknown))}; known are {', '.join(names)}")

    def series(self, name: str) -> Mapping[str, NDArray[np.float64]]:
        """Columns of the hourly file that the input `name` names, as arrays."""
        return self.file(self.text(name))

    def hours(self, name: str, column: str) -> NDArray[np.float64]:
        """One column of the hourly file that the input `name` names, or `CannotPredict` where it is not all numbers."""
        columns = self.series(name)
        if column not in columns:
            raise CannotPredict(f"{self.text(name)} has no numbers in a column {column}")
        return columns[column]

    def file(self, path: str) -> Mapping[str, NDArray[np.float64]]:
        """Columns of an hourly file, such as `series/climate/zone_1A.csv`; read once."""
        return series_columns(self.folder, path)


def number(value: Any, name: str) -> float:
    """A finite number, or `CannotPredict` with the name of the input."""
    try:
        found = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise CannotPredict(f"{name} is {value!r}: expected a number")
    return found


def whole(value: Any, name: str, most: int | None = None) -> int:
    """A whole number, or `CannotPredict` with the name of the input."""
    found = number(value, name)
    if found != int(found):
        raise CannotPredict(f"{name} is {value!r}: expected a whole number")
    if most is not None and found > most:
        raise CannotPredict(f"{name} is {value!r}: expected at most {most:,}")
    return int(found)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """When a prediction passes; one of the kinds of the contract.

    Parameters
    ----------
    rel, floor : float or None
        `|p - t| <= max(rel |t|, floor)`. [-]
    abs : float or None
        `|p - t| <= abs`. [-]
    factor : float or None
        `1 / factor <= p / t <= factor`. [-]
    band : bool
        The truth is a band and the prediction lies in it, ends included. [-]
    rank : bool
        Only the order over the file counts. [-]
    """

    rel: float | None = None
    floor: float | None = None
    abs: float | None = None
    factor: float | None = None
    band: bool = False
    rank: bool = False

    def json(self) -> dict[str, Any]:
        """The filled parts."""
        parts = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in parts.items() if value not in (None, False)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a CSV family.

    Parameters
    ----------
    name : str
        Name in the rows. [text]
    truth : str or tuple of str
        Its column, or the two columns of its band. [text]
    tolerance : Tolerance or None
        When a prediction passes; None: printed, never scored. [-]
    read : callable or None
        Whole row -> truth, where it is not a number in one column; None where it is not known. [-]
    """

    name: str
    truth: str | tuple[str, str]
    tolerance: Tolerance | None
    read: Callable[[Mapping[str, Any]], float | None] | None = None


Predictor: TypeAlias = Callable[[Case], Predicted]
Hook: TypeAlias = Callable[["Sequence[Row]"], Mapping[str, Any]]


def _always(given: Mapping[str, Any], figure: str) -> bool:
    return True


def _every(given: Mapping[str, Any]) -> Sequence[str] | None:
    return None


def _nothing(given: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Family:
    """One kind of file with published cases.

    Parameters
    ----------
    stem : str
        Name of its file without the ending. [text]
    by : tuple of str
        Dimensions that statistics are split by: `figure`, `kind`, `case_id`, or a column or key of the case. [text]
    figures : tuple of Figure
        Figures of a CSV file; in JSON they are the keys of `expected`. [-]
    predict : callable or None
        Case of a CSV file -> figures. [-]
    predict_all : callable or None
        All cases of a CSV file at once, where that is faster; one prediction or reason each. [-]
    kinds : mapping of str to callable
        `kind` of a JSON case -> its predictor. [-]
    inputs : tuple of str or None
        Columns a predictor may see; None: all that are not truth and not about the source. [text]
    truths : tuple of str
        Columns that are truth besides those of the figures and `expected_*`. [text]
    scored : callable
        (whole row, figure) -> whether the row is scored when its truth is there. [-]
    asked : callable
        Whole row -> its figures; None: all. [-]
    group : callable or None
        Whole row -> the group whose medians are reported. [-]
    more : callable
        Whole row -> further dimensions for `by`, such as the kind of its model. [-]
    statistics : callable or None
        Rows (of the family, or of one value of `by`) -> statistics of its own, over the common ones. A row knows the
        columns of its case: `row.dims["provider"]`. [-]
    about : str
        What it checks, for the page of the documentation. [text]
    note : str
        What a reader of its statistics should know. [text]
    """

    stem: str
    by: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    predict: Predictor | None = None
    predict_all: Callable[[Sequence[Case]], Sequence[Predicted]] | None = None
    kinds: Mapping[str, Predictor] = field(default_factory=dict)
    inputs: tuple[str, ...] | None = None
    truths: tuple[str, ...] = ()
    scored: Callable[[Mapping[str, Any], str], bool] = _always
    asked: Callable[[Mapping[str, Any]], Sequence[str] | None] = _every
    group: Callable[[Mapping[str, Any]], str] | None = None
    more: Callable[[Mapping[str, Any]], Mapping[str, str]] = _nothing
    statistics: Hook | None = None
    about: str = ""
    note: str = ""
