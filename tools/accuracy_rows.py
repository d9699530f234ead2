"""The calibration file, and its facts on how wrong models are: in sample, groups left out, the noise of the truth.

Used by the scripts that fit: data/calibration.csv holds the constants of both beside these statistics.
`tools/make_compute_accuracy.py` prints the statistics as docs/compute_accuracy.md.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from fact_rows import DATA, Row, fact, write
from numpy.typing import NDArray

from gigawatt.uncertainty.calibration import Claim, reliability

Floats = NDArray[np.float64]
PREFIX = "accuracy."
NAME = "calibration.csv"
DIGITS = 3
MAD = 1.4826  # standard deviation of a normal over its median absolute deviation
Z = 1.2816  # standard deviations from the median to P10 and P90
LOW, HIGH = 0.1, 0.9  # ends of an 80 % interval


@dataclass(frozen=True)
class Errors:
    """Rows of one figure: log of measured over predicted, in sample and with the row's group left out.

    `kind` is what an interval is made for, `splits` what is told apart: dimension -> value of each row; `counts` how
    often each row stands in the table.
    """

    fitted: Floats
    held: Floats
    groups: Sequence[str]
    kind: Sequence[str]
    splits: Mapping[str, Sequence[str]]
    counts: Floats

    def some(self, chosen: NDArray[np.bool_]) -> Errors:
        def cut(values: Sequence[str]) -> list[str]:
            return [v for v, c in zip(values, chosen, strict=True) if c]

        splits = {name: cut(values) for name, values in self.splits.items()}
        return replace(
            self,
            fitted=self.fitted[chosen],
            held=self.held[chosen],
            groups=cut(self.groups),
            kind=cut(self.kind),
            splits=splits,
            counts=self.counts[chosen],
        )


def sizes(logs: Floats, counts: Floats) -> Floats:
    """|predicted / measured - 1| of every row of the table."""
    return np.repeat(np.abs(np.expm1(-logs)), counts.astype(int))


def interval(logs: Floats, counts: Floats) -> tuple[float, float]:
    """Factors on a prediction between which 80 % of these rows lie; a prediction is always inside."""
    all_of = np.repeat(logs, counts.astype(int))
    low, high = np.exp(np.quantile(all_of, (LOW, HIGH)))
    return min(float(low), 1.0), max(float(high), 1.0)


def ranges(e: Errors) -> Floats:
    """Logarithms of low and high of each row's interval, made from the other groups of its kind; nan where none are."""
    groups, kinds = np.array(e.groups), np.array(e.kind)
    ends = np.full((2, len(groups)), np.nan)
    for group, kind in dict.fromkeys(zip(e.groups, e.kind, strict=True)):
        here, others = (groups == group) & (kinds == kind), (groups != group) & (kinds == kind)
        if others.any():
            ends[:, here] = np.log(interval(e.held[others], e.counts[others]))[:, None]
    return ends


def covered(e: Errors) -> NDArray[np.bool_]:
    """Whether each measurement lies in an interval made from the other groups of its kind."""
    low, high = ranges(e)
    return (e.held >= low) & (e.held <= high)


def claims(e: Errors) -> list[Claim]:
    """Predictions and ranges of folds that have not seen the row's group, as shares of the prediction."""
    low, high = np.exp(ranges(e))
    return [
        Claim(1.0, float(low[i]), float(high[i]), float(np.exp(e.held[i])), e.groups[i])
        for i in range(len(low))
        if np.isfinite(low[i])
        for _ in range(int(e.counts[i]))
    ]


def judged(name: str, e: Errors, about: dict[str, object]) -> list[Row]:
    """Facts of how the ranges of left-out predictions fare: the fields of `Reliability`, fifths one by one."""
    found = reliability(claims(e))
    if found is None:
        return []
    fields = {k: v for k, v in found.json().items() if k != "pit"}
    fields |= {f"pit_{k + 1}": n for k, n in enumerate(found.pit)}
    note = "ranges of left-out predictions, see gigawatt.uncertainty.calibration"
    return [
        fact(f"{PREFIX}{name}.reliability.{k}", f"{v:.{DIGITS + 3}g}", "1", note=note, **about)
        for k, v in fields.items()
    ]


def accuracy(name: str, e: Errors, source: str, way: str) -> list[Row]:
    """Facts of one figure, `way` saying what was left out together."""
    inside = covered(e)
    about = {"year": 2026, "cls": "B", "source": source, "where": f"left out of the fit: {way}"}
    found = judged(name, e, about)
    for dimension, values in {"all": ["all"] * len(e.kind), **e.splits}.items():
        for value in sorted(set(values)):
            here = np.array([v == value for v in values])
            part, n = e.some(here), e.counts[here]
            outside, own = sizes(part.held, n), sizes(part.fitted, n)
            share = np.average(inside[here], weights=n)
            label = f"{PREFIX}{name}.{dimension}.{value}" if dimension != "all" else f"{PREFIX}{name}.all"
            for statistic, number, note in (
                ("rows", float(n.sum()), f"measurements, in {len(set(part.groups))} groups"),
                ("fitted_median", np.median(own), "error of the fit on its own rows"),
                ("fitted_mape", own.mean(), "error of the fit on its own rows"),
                ("median", np.median(outside), "error with the row's group left out of the fit"),
                ("mape", outside.mean(), "error with the row's group left out of the fit"),
                ("p90", np.quantile(outside, HIGH), "error with the row's group left out of the fit"),
                ("coverage", share, "measurements in the 80 % interval made from the other groups"),
            ):
                found.append(fact(f"{label}.{statistic}", shown(statistic, float(number)), "1", note=note, **about))
    return found


def noise(name: str, values: Floats, keys: Sequence[Hashable], source: str, same: str) -> list[Row]:
    """Facts of how far two measurements of the same thing lie apart: no model can be nearer than that to both.

    Equal values are one measurement listed twice.
    """
    members: dict[Hashable, list[float]] = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        members[key].append(float(value))
    apart = [abs(np.log(a / b)) for m in members.values() for a, b in combinations(m, 2) if a != b]
    if not apart:
        return []
    about = {"year": 2026, "cls": "A", "source": source, "where": f"pairs of rows alike in {same}"}
    off = np.expm1(np.array(apart))
    repeated = sum(len(set(m)) > 1 for m in members.values())
    facts = (
        ("pairs", float(len(apart)), f"pairs, of {repeated} settings measured more than once"),
        ("median", float(np.median(off)), "median difference of two measurements, larger over smaller less 1"),
        ("p90", float(np.quantile(off, HIGH)), "ninetieth percentile of that difference"),
    )
    return [fact(f"{PREFIX}noise.{name}.{s}", shown(s, v), "1", note=note, **about) for s, v, note in facts]


def shown(statistic: str, value: float) -> str:
    """Counts whole, shares to three digits."""
    return f"{value:.0f}" if statistic in ("rows", "pairs") else f"{value:.{DIGITS}g}"


def merge(rows: list[Row], own: tuple[str, ...]) -> None:
    """Write facts beside those of the other script that are in the file; `own`: how the ids of these begin."""
    path, kept = DATA / NAME, []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            kept = [tuple(r) for r in list(csv.reader(file))[1:] if not r[0].startswith(own)]
    write(path, sorted([*kept, *rows]))
    print(f"{NAME}: {len(rows)} facts of {len(kept) + len(rows)}")


def spread(slopes: Floats, logs: Floats, freedom: Floats) -> Floats:
    """Standard deviation of each constant's logarithm, from the curvature at the fit; at most its freedom.

    `slopes`: error of each row, and pull of each constant, by the logarithm of each constant; `logs`: the rows' errors.
    """
    curve = slopes.T @ slopes / (np.median(np.abs(logs)) * MAD) ** 2
    return np.minimum(np.sqrt(np.diag(np.linalg.inv(curve))), freedom)
