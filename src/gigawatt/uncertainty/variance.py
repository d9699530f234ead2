"""Statistics of draws: shares of variance, what a better knowledge of an input is worth, weighted scores. No planning.

Everything takes arrays whose first axis is the draw, and nothing draws random numbers: the caller's draws are all
there is, so the same draws give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DEGREE = 3  # of the polynomials of a regression: a bend and a turn
SHIFTS = 3  # orders of an input in which it says nothing, to see what chance alone explains
P10, P90 = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Index:
    """Shares of a figure's variance that an input or a group explains alone, and with all that it acts through.

    Parameters
    ----------
    first, total : float
        First-order and total index. [1]
    first_error, total_error : float
        Their standard errors. [1]
    """

    first: float
    total: float
    first_error: float
    total_error: float


def sobol(a: Array, b: Array, mixed: Array) -> list[Index]:
    """First and total indices of independent groups from a pick-and-freeze design.

    Parameters
    ----------
    a, b : array (row,)
        The figure on two independent samples. [-]
    mixed : array (group, row)
        The figure on the first sample with the group taken from the second. [-]

    Returns
    -------
    list of Index
        One per group; all nought where the figure does not vary. [-]

    References
    ----------
    .. [1] A. Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics Communications
       181 (2010) 259-270, doi:10.1016/j.cpc.2009.09.018, estimators (b) for the first and (f) for the total index.
    """
    centre = np.mean(np.concatenate([a, b]))
    one, two = a - centre, b - centre
    each = (one**2 + two**2) / 2.0
    variance = float(np.mean(each))
    if not variance > 0.0:
        return [Index(0.0, 0.0, 0.0, 0.0) for _ in mixed]
    out = []
    for m in mixed:
        first, total = two * (m - a), (a - m) ** 2 / 2.0
        values = [float(np.mean(x)) / variance for x in (first, total)]
        errors = [_ratio_error(x, each, v, variance) for x, v in zip((first, total), values, strict=True)]
        out.append(Index(values[0], values[1], errors[0], errors[1]))
    return out


def _ratio_error(terms: Array, each: Array, value: float, variance: float) -> float:
    """Standard error of a ratio of two means, by the delta method."""
    return float(np.std(terms - value * each) / (variance * np.sqrt(len(terms))))


def scores(x: Array) -> Array:
    """Normal scores: what a standard normal sample of this size would have in the order of these values.

    Examples
    --------
    >>> scores(np.array([30.0, 10.0, 20.0])).round(2).tolist()
    [0.97, -0.97, 0.0]
    """
    return _in_order(_sorted_scores(len(x)), x)


@cache
def _sorted_scores(n: int) -> Array:
    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.5) / n) for i in range(n)])


@cache
def _sorted_polynomials(n: int) -> Array:
    """Hermite polynomials of the scores, from the straight line up."""
    z = _sorted_scores(n)
    return np.column_stack([np.polynomial.hermite_e.hermeval(z, [0.0] * k + [1.0]) for k in range(1, DEGREE + 1)])


def _in_order(ranked: Array, x: Array) -> Array:
    """What belongs to each rank, in the order of the values."""
    out = np.empty_like(ranked)
    out[np.argsort(x, kind="stable")] = ranked
    return out


def fitted(y: Array, inputs: Sequence[Array]) -> Array:
    """What is to be expected of a figure once some inputs are known: an additive polynomial regression on the draws.

    Parameters
    ----------
    y : array (draw, ...)
        Figures. [-]
    inputs : sequence of array (draw,)
        Inputs; each enters by Hermite polynomials of its normal scores. [-]

    Returns
    -------
    array (draw, ...)
        Expected figures. [-]

    References
    ----------
    .. [1] M. Strong, J. E. Oakley and A. Brennan, "Estimating multiparameter partial expected value of perfect
       information from a probabilistic sensitivity analysis sample", Medical Decision Making 34 (2014) 311-326,
       doi:10.1177/0272989X13505910.
    """
    basis = _basis(inputs, len(y))
    weights = np.linalg.pinv(basis.T @ basis, hermitian=True) @ (basis.T @ y.reshape(len(y), -1))
    return np.asarray(basis @ weights).reshape(y.shape)


def _basis(inputs: Sequence[Array], n: int) -> Array:
    return np.column_stack([np.ones(n), *(_in_order(_sorted_polynomials(n), x) for x in inputs)])


def explained(y: Array, inputs: Sequence[Array]) -> float:
    """Share of a figure's variance that knowing the inputs would take away, freed of what chance alone explains.

    Parameters
    ----------
    y : array (draw,)
        The figure. [-]
    inputs : sequence of array (draw,)
        Inputs that become known together. [-]

    Returns
    -------
    float
        From 0 to 1. [1]

    Examples
    --------
    >>> x = np.linspace(-1.0, 1.0, 200)
    >>> explained(3.0 * x, [x]) > 0.99
    True
    """
    return _explained(y, fitted(y, inputs), len(inputs)) if inputs and np.ptp(y) > 0.0 else 0.0


def _explained(y: Array, found: Array, inputs: int) -> float:
    """Adjusted share of the variance; 0 where there are too few draws to tell."""
    spare = len(y) - 1 - DEGREE * inputs
    if spare < 1:
        return 0.0
    left = float(np.sum((y - found) ** 2)) / spare
    return float(np.clip(1.0 - left / (float(np.var(y)) * len(y) / (len(y) - 1)), 0.0, 1.0))


def range_left(y: Array, inputs: Sequence[Array]) -> float:
    """Width of the range of a figure once some inputs are known, over its width today.

    Parameters
    ----------
    y : array (draw,)
        The figure. [-]
    inputs : sequence of array (draw,)
        Inputs that become known together. [-]

    Returns
    -------
    float
        P10 to P90 of what is left over that of today; 1 where nothing is gained. [1]
    """
    today = float(np.ptp(np.quantile(y, [P10, P90])))
    if not today > 0.0 or not inputs:
        return 1.0
    found, variance = fitted(y, inputs), float(np.var(y))
    share = _explained(y, found, len(inputs))
    left = float(np.ptp(np.quantile(y - found, [P10, P90]))) / today
    chance = max(1.0 - float(np.var(y - found)) / variance - share, 0.0)  # of the fit that is mere chance
    return float(np.clip(left * np.sqrt((1.0 - share) / max(1.0 - share - chance, 1e-12)), 0.0, 1.0))


def worth(values: Array, inputs: Sequence[Array]) -> float:
    """Expected value of knowing some inputs before one chooses (EVPPI).

    Parameters
    ----------
    values : array (draw, option)
        Worth of each option in each draw. [any unit]
    inputs : sequence of array (draw,)
        Inputs that become known together. [-]

    Returns
    -------
    float
        Expected gain over choosing today, less what inputs that say nothing would seem to bring; at least 0. [same]

    Examples
    --------
    >>> x = scores(np.arange(400.0))
    >>> values = np.column_stack([np.zeros(400), x])
    >>> round(worth(values, [x]), 2)  # the mean of what is above nought of a standard normal, 0.40, less chance
    0.39
    """
    today = float(np.max(np.mean(values, axis=0)))

    def gain(known: Sequence[Array]) -> float:
        return float(np.mean(np.max(fitted(values, known), axis=1))) - today

    idle = [gain([np.take(x, order) for x in inputs]) for order in _other_orders(len(values))]
    return max(gain(inputs) - max(float(np.mean(idle)), 0.0), 0.0)


def _other_orders(n: int) -> list[NDArray[np.int64]]:
    """Orders that have nothing to do with that of the draws: strides near the golden section, begun anywhere."""
    stride = next(s for s in range(max(int(n * 0.618), 1), 2 * n + 2) if math.gcd(s, n) == 1)
    return [(np.arange(n) * stride + i * n // SHIFTS) % n for i in range(SHIFTS)]


def pinball(quantiles: Array, shares: Array, truth: float) -> float:
    """Continuous ranked probability score of a distribution given by its quantiles.

    Parameters
    ----------
    quantiles : array (share,)
        Quantiles at the middles of equal steps of probability. [unit of the truth]
    shares : array (share,)
        Those probabilities. [1]
    truth : float
        What came true. [unit of the truth]

    Returns
    -------
    float
        Score; small is sharp and right. [unit of the truth]

    References
    ----------
    .. [1] T. Gneiting and R. Ranjan, "Comparing density forecasts using threshold- and quantile-weighted scoring
       rules", Journal of Business & Economic Statistics 29 (2011) 411-422, doi:10.1198/jbes.2010.08110.
    """
    off = truth - quantiles
    return float(2.0 * np.mean(np.maximum(shares * off, (shares - 1.0) * off)))
