"""Whether ranges are as wide as they claim: 80 % of what comes true should lie between low and high.

A prediction with its range is read as the distribution that the plan draws: two pieces of a log-normal, or of a normal
where low is not positive. Its truth then has a score z, which should be standard normal. From the scores come the share
in the 80 % interval, the histogram of their ranks (PIT), the CRPS, and the factor by which ranges should be widened.

The factor: what the 80 % quantile of |z| is over that of a normal. It is known as well as its groups (an operator, a
publication) tell, so it is drawn to 1 by how uncertain it is, and a group is always judged with the factor of others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt.facts import load_facts
from gigawatt.record import Z_P90, split_normal
from gigawatt.uncertainty.design import Array
from gigawatt.uncertainty.variance import pinball
from gigawatt.units import in_percent

Groups = NDArray[np.signedinteger[Any]]
CLAIM = 0.8
BINS = 5
PARTS = 10  # of the groups, one left out at a time
NEAR = 1.05  # a factor nearer to 1 is none
LEAST_GROUPS = 5  # fewer say nothing about how wide a range should be
STEPS = 400  # of probability, for the CRPS
FARTHEST = 8.0  # scores beyond count as this: a range of nearly nothing


@dataclass(frozen=True, slots=True)
class Claim:
    """A prediction with its 80 % range, what came true, and the group that shares its fate.

    Parameters
    ----------
    value, low, high : float
        Prediction, P10 and P90. [unit of the truth]
    truth : float
        What came true. [unit of the truth]
    group : str
        Operator, publication, campus. [text]
    """

    value: float
    low: float
    high: float
    truth: float
    group: str

    @property
    def z(self) -> float:
        """Standard normal score of the truth."""
        v, low, high, t = self.value, self.low, self.high, self.truth
        if low > 0.0 and t > 0.0:
            v, low, high, t = (math.log(x) for x in (v, low, high, t))
        above = t > v
        half = (high - v if above else v - low) / Z_P90
        if t == v:
            return 0.0
        return float(np.clip((t - v) / half if half > 0.0 else math.copysign(FARTHEST, t - v), -FARTHEST, FARTHEST))

    def crps(self, factor: float = 1.0) -> float:
        """Continuous ranked probability score with the range widened; of logarithms where all are positive."""
        logs = self.low > 0.0 and self.truth > 0.0
        quantiles = split_normal(factor * QUANTILES, self.value, self.low, self.high)
        return (
            pinball(np.log(quantiles), MIDDLES, math.log(self.truth))
            if logs
            else pinball(quantiles, MIDDLES, self.truth)
        )


MIDDLES = (np.arange(STEPS) + 0.5) / STEPS
QUANTILES = np.array([NormalDist().inv_cdf(float(p)) for p in MIDDLES])


@dataclass(frozen=True)
class Reliability:
    """How ranges of one family fare.

    Parameters
    ----------
    rows, groups : int
        Claims, and groups that they come from. [-]
    coverage, coverage_error : float
        Share of truths within the 80 % range; its standard error over groups. [1]
    pit : tuple of int
        Truths in each fifth of the predicted distribution, from below. [-]
    crps, crps_widened : float
        Mean score as claimed, and with the factor of the other groups. [log or unit]
    factor, factor_error : float
        Widening that would make the claim true; standard error of its logarithm. [1]
    applied : float
        The factor drawn to 1 by its uncertainty. [1]
    coverage_widened : float
        Share within ranges widened by the factor of the other groups. [1]
    """

    rows: int
    groups: int
    coverage: float
    coverage_error: float
    pit: tuple[int, ...]
    crps: float
    crps_widened: float
    factor: float
    factor_error: float
    applied: float
    coverage_widened: float

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def words(self) -> str:
        """One line."""
        verdict = "as wide as they claim"
        if abs(math.log(self.applied)) > math.log(NEAR):
            verdict = f"too {'narrow' if self.applied > 1.0 else 'wide'}, better {self.applied:.2f} times as wide"
        return (
            f"{in_percent(self.coverage)} of {self.rows} in the 80 % range (± "
            f"{in_percent(self.coverage_error)}, {self.groups} groups)"
            f", factor {self.factor:.2f}; {verdict}; then {in_percent(self.coverage_widened)} each judged by others"
        )


def prior() -> float:
    """Spread of the logarithm of factors before anything is seen. [-]"""
    return float(load_facts()["interval.prior_spread"].value)


def reliability(claims: Sequence[Claim], spread_before: float | None = None) -> Reliability | None:
    """How a family of ranges fares against what came true.

    Parameters
    ----------
    claims : sequence of Claim
        Predictions with ranges, and truths. [-]
    spread_before : float, optional
        Spread of the logarithm of factors before anything is seen; the fact where not given. [-]

    Returns
    -------
    Reliability or None
        None where there are too few groups to say. [-]
    """
    names = sorted({c.group for c in claims})
    if len(names) < LEAST_GROUPS:
        return None
    tau = prior() if spread_before is None else spread_before
    z = np.array([c.z for c in claims])
    group = np.array([names.index(c.group) for c in claims])
    held = np.abs(z) <= Z_P90 * (1.0 + 1e-9)
    factor = widening(z, group)
    error = jackknife(z, group)
    others = np.array([shrunk(*without(z, group, g), tau) for g in range(len(names))])
    mine = others[group]
    counts = np.histogram([NormalDist().cdf(float(x)) for x in z], bins=BINS, range=(0.0, 1.0))[0]
    shares = np.array([held[group == g].mean() for g in range(len(names))])
    sizes = np.bincount(group)
    spread = float(np.sqrt(np.sum(sizes**2 * (shares - held.mean()) ** 2)) / len(z))
    return Reliability(
        rows=len(claims),
        groups=len(names),
        coverage=float(held.mean()),
        coverage_error=spread,
        pit=tuple(int(n) for n in counts),
        crps=float(np.mean([c.crps() for c in claims])),
        crps_widened=float(np.mean([c.crps(float(k)) for c, k in zip(claims, mine, strict=True)])),
        factor=factor,
        factor_error=error,
        applied=shrunk(factor, error, tau),
        coverage_widened=float(np.mean(np.abs(z) <= Z_P90 * mine * (1.0 + 1e-9))),
    )


def widening(z: Array, group: Groups) -> float:
    """Factor that makes 80 % of the scores lie where they should; every group weighs by the root of its size.

    Parameters
    ----------
    z : array (claim,)
        Scores. [-]
    group : array (claim,)
        Number of the group of each. [-]

    Returns
    -------
    float
        1 where ranges are as wide as they claim. [1]

    Examples
    --------
    >>> z = np.array([NormalDist().inv_cdf((i + 0.5) / 500) for i in range(500)])
    >>> round(widening(2.0 * z, np.arange(500)), 2)
    2.0
    """
    found = np.abs(np.asarray(z, float))
    weight = 1.0 / np.sqrt(np.bincount(group))[group]
    order = np.argsort(found)
    upto = (np.cumsum(weight[order]) - weight[order] / 2.0) / np.sum(weight)
    return float(np.maximum(np.interp(CLAIM, upto, found[order]), 1e-3) / Z_P90)


def jackknife(z: Array, group: Groups) -> float:
    """Standard error of the logarithm of the factor, from leaving out a tenth of the groups at a time.

    Leaving out one alone fails for a quantile: it moves by one step or not at all.
    """
    names = np.unique(group)
    parts = min(PARTS, len(names))
    logs = [
        math.log(widening(z[keep], np.unique(group[keep], return_inverse=True)[1]))
        for p in range(parts)
        if np.any(keep := ~np.isin(group, names[p::parts]))
    ]
    return float(np.sqrt((parts - 1) / parts * np.sum((np.array(logs) - np.mean(logs)) ** 2)))


def without(z: Array, group: Groups, left_out: int) -> tuple[float, float]:
    """Factor and its error without one group."""
    keep = group != left_out
    again = np.unique(group[keep], return_inverse=True)[1]
    return widening(z[keep], again), jackknife(z[keep], again)


def shrunk(factor: float, error: float, prior_spread: float) -> float:
    """A factor drawn to 1 by how uncertain it is: the mean of a normal prior and a normal measurement of its logarithm.

    Parameters
    ----------
    factor : float
        As found. [1]
    error : float
        Standard error of its logarithm. [-]
    prior_spread : float
        Spread of the logarithm of factors before anything is seen. [-]

    Returns
    -------
    float
        Between 1 and the factor. [1]

    Examples
    --------
    >>> shrunk(2.0, 0.0, 0.4), round(shrunk(2.0, 0.4, 0.4), 3)
    (2.0, 1.414)
    """
    return math.exp(math.log(factor) * prior_spread**2 / (prior_spread**2 + error**2))
