"""Real campuses: accelerators, power, capital, months to build, each campus left out of what it is predicted with.

What an operator, a place or a campus is called is never read, nor which of its dates lie ahead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import median
from typing import Any

import numpy as np

from gigawatt.facts import load_facts
from gigawatt.record import Z_P90

from .campus_pace import around, months
from .campus_rows import Given, number, same_campus, table
from .campus_size import scope_of, sizes
from .families import CannotPredict, Case, Family, Figure, Predicted, Prediction, Tolerance
from .scoring import Row

MONTHS = ("months_to_first", "months_to_full")
SIZES = ("accelerators", "facility_mw", "capex_usd")
INPUTS = (
    *("country", "lat", "lon", "build_type", "cooling", "accelerator_type", "start", "predict"),
    *("it_mw", "facility_mw", "accelerators", "capex_usd", "capex_scope", *MONTHS),
)
TARGET = 0.8  # coverage that an 80 % interval claims
NOISE = {  # figure: fact with the tracker's own uncertainty, as a factor or in months
    "accelerators": "tracker.noise.compute",
    "facility_mw": "tracker.noise.it_power",
    **dict.fromkeys(MONTHS, "tracker.noise.dates"),
}

NOTE = (
    "each campus is predicted with a fit that has not seen it. The first hall waits for its building and for its "
    "accelerators; further halls follow within months that fell from year to year, in part because only campuses that"
    " were full by May 2026 count as realised. For campuses still being built the tracker's forecasts, printed and "
    "not scored, are mostly longer than ours: what is realised are the quick ones. Accelerators and capital come from"
    " the planner's own power, price and cost facts, nothing fitted; the form of the model and our assumptions on "
    "supercomputers were chosen with these cases in sight, so errors on further campuses may be larger. A constant is"
    " the median of the other campuses: months, accelerators per MW, USD per MW of the same scope. The truth's own "
    "noise is half the 80 % interval that the tracker claims for itself: a factor 1.4 of power, 1.5 of compute, 6 "
    "months. p is the exact binomial test of the intervals' claim; CRPS is that of logarithms, months too: small is "
    "sharp and right"
)


# --- Predictions ------------------------------------------------------------------------------------------------------


def listed(row: Given, column: str) -> tuple[str, ...]:
    """Names in a cell such as `accelerators;capex_usd`."""
    return tuple(name.strip() for name in str(row.get(column) or "").split(";") if name.strip())


def realised(row: Given, figure: str) -> bool:
    """Neither a constant of the source's model nor dated in the future."""
    return figure not in (*listed(row, "modelled"), *listed(row, "planned"))


def predict(case: Case) -> Predicted:
    """The figures asked of one campus, each with its 80 % interval."""
    asked = listed(case.given, "predict")
    given = case.without(*asked).given
    found: dict[str, Any] = {}
    for figure, value in sizes(given, [f for f in asked if f in SIZES]).items():
        found[figure] = value if isinstance(value, str) else _sized(given, figure, value)
    if set(MONTHS) & set(asked):
        found |= {figure: Prediction(*said) for figure, said in months(given).items()}
    return found


def _sized(given: Given, figure: str, value: float) -> Prediction:
    if figure == "facility_mw":
        peak = load_facts()["facility.design_peak_pue.published"]
        low, high = (float(end) / float(peak.value) for end in (peak.low, peak.high))
        return Prediction(value, value * low, value * high)
    return Prediction(*around(value, spread_for(given, figure)))


def spread_for(given: Given, figure: str) -> float:
    """Root mean square of log errors on the campuses of record but this one."""
    errors = [error for row, error in size_errors(figure) if not same_campus(row, given)]
    if len(errors) < len(size_errors(figure)):
        return spread_of(errors)
    return float(load_facts()[f"campus.spread.{figure}"].value)


def spread_of(errors: Sequence[float]) -> float:
    """Spread of so few errors that a normal interval would be too narrow: Student's quantile to first order."""
    few = 1.0 + (Z_P90**2 + 1.0) / (4.0 * max(len(errors) - 1, 1))
    return few * float(np.sqrt(np.mean(np.square(errors))))


@cache
def size_errors(figure: str) -> tuple[tuple[Given, float], ...]:
    """Log of realised over predicted for the campuses of record; nothing is fitted to them."""
    found = []
    for row in table():
        asked = listed(row, "predict")
        if figure in asked:
            given = {k: v for k, v in row.items() if v and k not in asked and k in INPUTS}
            value = sizes(given, [figure])[figure]
            if not isinstance(value, str):
                found.append((row, math.log(number(row, figure) / value)))
    return tuple(found)


# --- Statistics -------------------------------------------------------------------------------------------------------


def naive(row: Given, figure: str) -> float | None:
    """What a constant of the other campuses of record would say: months, accelerators or USD per MW."""
    others = [x for x in table() if not same_campus(x, row) and math.isfinite(number(x, figure))]
    others = [x for x in others if figure in listed(x, "predict")]
    if figure in MONTHS:
        return median(number(x, figure) for x in others) if others else None
    size = next((s for s in ("it_mw", "facility_mw") if _given(row, s)), None)
    if size is None:
        return None
    alike = [x for x in others if figure != "capex_usd" or scope_of(x) == scope_of(row)] or others
    ratios = [number(x, figure) / _power(x) for x in alike if math.isfinite(_power(x))]
    return median(ratios) * number(row, size) if ratios else None


def _given(row: Given, name: str) -> bool:
    return name not in listed(row, "predict") and math.isfinite(number(row, name))


def _power(row: Given) -> float:
    """Power of a campus on whatever basis it is stated: a constant makes no difference."""
    return next((number(row, s) for s in ("it_mw", "facility_mw") if _given(row, s)), math.nan)


def figures(rows: Sequence[Row]) -> Mapping[str, Any]:
    """Beside the contract's statistics: the truth's own noise, calibration, and what a constant would reach.

    Scores are of logarithms of realised over predicted.
    """
    scored = [r for r in rows if r.scored and r.predicted and r.truth]
    if len({r.figure for r in scored}) != 1:
        return {}
    figure = scored[0].figure
    constants = [(r, _naive(r)) for r in scored]
    off = [(abs(c - r.truth), abs(c - r.truth) / r.truth) for r, c in constants if c]
    misses = [abs(math.log(r.truth / c)) for r, c in constants if c]
    noise = [_in_noise(figure, r) for r in scored if figure in NOISE]
    held = [r.low_80 <= r.truth <= r.high_80 for r in scored if r.low_80 is not None and r.high_80 is not None]
    return {
        "baseline_median_abs_error": median(e for e, _ in off) if off and figure in MONTHS else None,
        "baseline_median_abs_rel_error": median(e for _, e in off) if off else None,
        "median_error_over_noise": median(noise) if noise else None,
        "coverage_p_value": binomial_p(sum(held), len(held), TARGET) if held else None,
        "crps_log": _mean(crps(math.log(r.truth / r.predicted), _sigma(r)) for r in scored if r.low_80),
        "baseline_crps_log": _mean(_left_out(misses)),
    }


def _naive(row: Row) -> float | None:
    try:
        return naive(row.dims, row.figure)
    except CannotPredict:
        return None


def _mean(values: Any) -> float | None:
    found = list(values)
    return float(np.mean(found)) if found else None


def _sigma(row: Row) -> float:
    assert row.low_80 is not None and row.high_80 is not None
    return math.log(row.high_80 / row.low_80) / (2.0 * Z_P90)


def _left_out(misses: Sequence[float]) -> list[float]:
    """CRPS of the constant, its spread from the other campuses."""
    return [crps(miss, spread_of([*misses[:i], *misses[i + 1 :]])) for i, miss in enumerate(misses) if len(misses) > 1]


def _in_noise(figure: str, row: Row) -> float:
    """Error over half the width of the truth's own 80 % interval."""
    noise = float(load_facts()[NOISE[figure]].value)
    if figure in MONTHS:
        return abs(float(row.predicted) - float(row.truth)) / noise
    return float(abs(math.log(row.predicted / row.truth)) / math.log(noise))


def crps(error: float, sigma: float) -> float:
    """Continuous ranked probability score of a normal forecast: small where it is sharp and right.

    Examples
    --------
    >>> round(crps(0.0, 1.0), 4), round(crps(2.0, 1.0), 4)
    (0.2337, 1.4528)
    """
    if sigma <= 0.0:
        return abs(error)
    z = error / sigma
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sigma * (z * math.erf(z / math.sqrt(2.0)) + 2.0 * density - 1.0 / math.sqrt(math.pi))


def binomial_p(held: int, n: int, share: float) -> float:
    """Chance of a count as unlikely as this one, were the share true: the exact two-sided binomial test.

    Examples
    --------
    >>> binomial_p(8, 10, 0.8), round(binomial_p(5, 10, 0.8), 4)
    (1.0, 0.0328)
    """
    chance = [math.comb(n, k) * share**k * (1.0 - share) ** (n - k) for k in range(n + 1)]
    tie = 1.0 + 1e-9
    return min(1.0, sum(c for c in chance if c <= chance[held] * tie))


FAMILIES = (
    Family(
        stem="campus_cases",
        by=("figure", "build_type"),
        figures=(
            Figure("accelerators", "accelerators", Tolerance(factor=1.3)),
            Figure("facility_mw", "facility_mw", Tolerance(factor=1.2)),
            Figure("capex_usd", "capex_usd", Tolerance(factor=1.4)),
            Figure("months_to_first", "months_to_first", Tolerance(abs=6.0)),
            Figure("months_to_full", "months_to_full", Tolerance(abs=6.0)),
        ),
        inputs=INPUTS,
        predict=predict,
        asked=lambda row: listed(row, "predict"),
        scored=realised,
        statistics=figures,
        about="real campuses: accelerators, power, cost, months to build",
        note=NOTE,
    ),
)
