"""Prediction against truth: tolerances, errors, and the statistics over rows.

The rules are those of the scoring contract; docs/validation.md states them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .families import Hook, Prediction, Tolerance

NOUGHT = 1e-9  # what passes for 0 where the truth is 0 and no floor is given
WORST = 5
RANK_LEAST = 3  # fewer points have no rank correlation worth printing


@dataclass(frozen=True, slots=True)
class Truth:
    """What was measured or published for a figure.

    Parameters
    ----------
    value : any
        A number, a list of numbers, or None where there is a band or nothing. [-]
    low, high : float or None
        A band. [-]
    """

    value: Any = None
    low: float | None = None
    high: float | None = None

    @property
    def there(self) -> bool:
        """Whether there is anything to compare with."""
        return self.value is not None or self.low is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case x one figure; the fields before `dims` are those of the JSON.

    Parameters
    ----------
    family, case_id, figure : str
        Which. [text]
    scored : bool
        Counts in the statistics. [-]
    reason : str
        Why there is no prediction, or why the row is not scored. [text]
    predicted, truth : any
        Numbers, or lists of them. [-]
    low_80, high_80, truth_low, truth_high : float or None
        Interval of the prediction, band of the truth. [-]
    abs_error, abs_rel_error : float or None
        Distance; over the truth. Of a list the largest. [-]
    tolerance : dict or None
        As in `Tolerance.json`. [-]
    within : bool or None
        Passed; None where nothing decides it. [-]
    dims : mapping of str to str
        What statistics may be split by. [-]
    group : str
        Group whose medians are reported. [-]
    excess : float
        Error over tolerance, for the list of the worst. [-]
    """

    family: str
    case_id: str
    figure: str
    scored: bool
    reason: str | None
    predicted: Any
    low_80: float | None
    high_80: float | None
    truth: Any
    truth_low: float | None
    truth_high: float | None
    abs_error: float | None
    abs_rel_error: float | None
    tolerance: dict[str, Any] | None
    within: bool | None
    dims: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    excess: float = 0.0

    @property
    def has_truth(self) -> bool:
        """Whether a truth was given."""
        return self.truth is not None or self.truth_low is not None

    def json(self) -> dict[str, Any]:
        """The published fields."""
        return {name: getattr(self, name) for name in JSON_FIELDS}


JSON_FIELDS = tuple(name for name in Row.__slots__ if name not in ("dims", "group", "excess"))


@dataclass(frozen=True, slots=True)
class Judged:
    """A prediction beside its truth: distance, distance over the truth, passed, and distance over what is allowed."""

    abs_error: float | None = None
    abs_rel_error: float | None = None
    within: bool | None = None
    excess: float = 0.0


def judge(prediction: Prediction | None, truth: Truth, tolerance: Tolerance | None) -> Judged:
    """Compare one prediction with its truth.

    Parameters
    ----------
    prediction : Prediction or None
        What we say; None is a miss. [-]
    truth : Truth
        What is true. [-]
    tolerance : Tolerance or None
        None: errors without a verdict. [-]

    Returns
    -------
    Judged

    Examples
    --------
    >>> judge(Prediction(102.0), Truth(100.0), Tolerance(rel=0.01)).within
    False
    >>> judge(Prediction(102.0), Truth(100.0), Tolerance(rel=0.01, floor=2.0)).within
    True
    """
    verdict = tolerance is not None and not tolerance.rank
    if prediction is None or not truth.there:
        return Judged(within=False if verdict and truth.there else None, excess=math.inf)
    if truth.low is not None and truth.high is not None:
        return _in_band(prediction.value, truth.low, truth.high, verdict)
    if isinstance(truth.value, list):
        return _elementwise(prediction.value, truth.value, tolerance)
    if not (_is_number(prediction.value) and _is_number(truth.value)):
        return Judged(within=False if verdict else None, excess=math.inf)
    p, t = float(prediction.value), float(truth.value)
    error = abs(p - t)
    relative = error / abs(t) if t else None
    if tolerance is None or tolerance.rank:
        return Judged(error, relative, None, error if relative is None else relative)
    excess = _excess(p, t, tolerance)
    return Judged(error, relative, excess <= 1.0, excess)


def _excess(p: float, t: float, tolerance: Tolerance) -> float:
    """Error over what is allowed; at most 1 passes."""
    error = abs(p - t)
    if tolerance.abs is not None:
        return error / tolerance.abs if tolerance.abs else (0.0 if error == 0.0 else math.inf)
    if t == 0.0:
        return error / (tolerance.floor or NOUGHT)
    if tolerance.factor is not None:
        return abs(math.log(p / t)) / math.log(tolerance.factor) if p / t > 0.0 else math.inf
    allowed = max((tolerance.rel or 0.0) * abs(t), tolerance.floor or 0.0)
    return error / allowed if allowed else (0.0 if error == 0.0 else math.inf)


def _in_band(value: Any, low: float, high: float, verdict: bool) -> Judged:
    if not _is_number(value):
        return Judged(within=False if verdict else None, excess=math.inf)
    distance = max(low - float(value), float(value) - high, 0.0)
    middle = abs(low + high) / 2.0
    width = (high - low) / 2.0
    excess = distance / width if width else (0.0 if distance == 0.0 else math.inf)
    relative = distance / middle if middle else None
    return Judged(distance, relative, distance == 0.0 if verdict else None, 1.0 + excess if distance else 0.0)


def _elementwise(value: Any, truth: list[Any], tolerance: Tolerance | None) -> Judged:
    verdict = tolerance is not None and not tolerance.rank
    same = isinstance(value, list) and len(value) == len(truth) and all(map(_is_number, [*value, *truth]))
    if not same or not truth:
        return Judged(within=False if verdict else None, excess=math.inf)
    parts = [judge(Prediction(p), Truth(t), tolerance) for p, t in zip(value, truth, strict=True)]
    errors = [part.abs_error for part in parts if part.abs_error is not None]
    relative = [part.abs_rel_error for part in parts if part.abs_rel_error is not None]
    passed = all(part.within for part in parts) if verdict else None
    return Judged(max(errors), max(relative, default=None), passed, max(part.excess for part in parts))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def finite(value: Any) -> bool:
    """Whether a value is a finite number, or a filled list or table of such."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return bool(value) and all(map(finite, value))
    return _is_number(value)


# --- Statistics -------------------------------------------------------------------------------------------------------


def statistics(rows: Sequence[Row], hook: Hook | None = None, grouped: bool = False) -> dict[str, Any]:
    """The statistics of the contract over rows; None where one is not defined.

    Parameters
    ----------
    rows : sequence of Row
        All rows, scored or not. [-]
    hook : callable, optional
        Statistics that the family adds or replaces. [-]
    grouped : bool
        Report the medians of the groups too. [-]

    Returns
    -------
    dict
        Without `worst` and `by`. [-]
    """
    scored = [r for r in rows if r.scored]
    relative = [r.abs_rel_error for r in scored if r.abs_rel_error is not None]
    absolute = [r.abs_error for r in scored if r.abs_error is not None]
    found: dict[str, Any] = {
        "cases": len({(r.family, r.case_id) for r in rows}),
        "rows": sum(r.has_truth for r in rows),
        "scored": len(scored),
        "within_tolerance": sum(r.within is True for r in scored),
        "median_abs_rel_error": _over(relative, np.median),
        "mape": _over(relative, np.mean),
        "p90_abs_rel_error": _over(relative, lambda x: np.percentile(x, 90.0)),
        "median_abs_error": _over(absolute, np.median),
        "in_band": _in_bands(scored),
        "spearman": _rank_statistic(scored),
        "coverage_80": coverage_80(scored),
        "baseline_median_abs_error": None,
        "groups": _groups(scored) if grouped else None,
    }
    return found | dict(hook(rows) if hook else {})


def spearman(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Rank correlation, ties at the mean of their ranks; None where it is not defined.

    Parameters
    ----------
    x, y : sequence of float
        Pairs. [-]

    Returns
    -------
    float or None
        From -1 to 1. [-]

    Examples
    --------
    >>> spearman([1.0, 2.0, 2.0, 4.0], [10.0, 20.0, 30.0, 40.0])
    0.9486832980505138
    """
    if len(x) < RANK_LEAST:
        return None
    a, b = (r - r.mean() for r in (ranks(x), ranks(y)))
    spread = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / spread if spread else None


def ranks(values: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Ranks from 1, ties at their mean.

    Examples
    --------
    >>> ranks([3.0, 1.0, 3.0]).tolist()
    [2.5, 1.0, 2.5]
    """
    _, where, count = np.unique(np.asarray(values, float), return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2.0)[where]


def best_constant_error(truths: Sequence[float]) -> float | None:
    """Least median absolute error that one constant for all rows can have: what a prediction must beat.

    The median distance from a constant turns only midway between two values about half the rows apart.

    Examples
    --------
    >>> round(best_constant_error([1.0, 1.1, 1.2, 2.0]), 9)
    0.1
    """
    values = np.sort(np.asarray(truths, float))
    half = len(values) // 2
    apart = [n for n in (half - 1, half, half + 1) if 0 <= n < len(values)]
    midway = [(values[: len(values) - n] + values[n:]) / 2.0 for n in apart]
    return min((float(np.median(np.abs(values - c))) for c in np.concatenate(midway)), default=None) if midway else None


def coverage_80(rows: Sequence[Row]) -> float | None:
    """Share of the rows with an 80 % interval whose truth lies in it."""
    held = [
        r.low_80 <= r.truth <= r.high_80
        for r in rows
        if r.low_80 is not None and r.high_80 is not None and _is_number(r.truth)
    ]
    return sum(held) / len(held) if held else None


def _over(values: Sequence[float], function: Callable[[Any], Any]) -> float | None:
    return float(function(values)) if values else None


def _in_bands(rows: Sequence[Row]) -> int | None:
    banded = [r for r in rows if r.truth_low is not None]
    return sum(r.within is True for r in banded) if banded else None


def _rank_statistic(rows: Sequence[Row]) -> float | None:
    """Over the rows whose tolerance is their rank."""
    ranked = [r for r in rows if r.tolerance and r.tolerance.get("rank") and _is_number(r.predicted)]
    return spearman([r.predicted for r in ranked], [r.truth for r in ranked])


def _groups(rows: Sequence[Row]) -> dict[str, Any]:
    """Median and mean over the medians of the groups."""
    members: dict[str, list[float]] = {}
    for r in rows:
        if r.abs_rel_error is not None:
            members.setdefault(r.group, []).append(r.abs_rel_error)
    medians = [float(np.median(m)) for m in members.values()]
    return {"n": len(medians), "median_abs_rel_error": _over(medians, np.median), "mape": _over(medians, np.mean)}


def worst(rows: Sequence[Row]) -> list[Row]:
    """The scored rows with the largest error over tolerance; those without a prediction first."""
    return sorted((r for r in rows if r.scored), key=lambda r: -r.excess)[:WORST]
