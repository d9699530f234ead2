"""Joint draws: every fact with a range, facts of a family together, each margin dealt evenly.

A fact of family f is drawn as z = G_f + sqrt(1 - w_f) e, with e its own and G the factors of all families, normal with
covariance B: on its diagonal w_f, the correlation of two facts of the family, beside it the correlations of facts of
two families. B has one row per family, so a fact more moves no other; it must be positive definite.

Normal numbers are dealt, not thrown: with n draws every margin holds the n mid-quantiles of the normal distribution
once, in an order of its own keyed by seed and id (Latin hypercube).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt.chapters import durations
from gigawatt.errors import FactError
from gigawatt.facts import USER, Fact, Facts
from gigawatt.record import Draws

Array = NDArray[np.float64]
FAMILY, WITHIN, BETWEEN = "draws.family.", "draws.within.", "draws.between."
LEAD, LEAD_CORRELATION = "lead_", "draws.correlation.lead"
OTHER_LEAD = "lead_other"
AGAINST = "-"  # before a pattern: these facts fall where their family rises
LEAST_EIGENVALUE = 1e-9  # of the correlation matrix of the factors
ROUNDS = 2_000  # of alternating projections
SHRINK = 1e-3  # of what is offered towards no correlation, so that it holds after rounding
NOTHING = -1  # label of two families that have nothing to do with each other
KEPT = 20_000  # draws up to which those of a fact are kept: some 60 MB of all facts
SHOWN = 0.0015  # a correlation that moves by less is not part of the offer


class Families:
    """Which facts move together, and how much.

    Parameters
    ----------
    facts : Facts
        With ``draws.family.*``, ``draws.within.*``, ``draws.between.*`` and the correlations of lead times. [-]

    Raises
    ------
    FactError
        Where the correlations cannot hold together; the message offers the nearest set that can.
    """

    def __init__(self, facts: Facts) -> None:
        self.patterns = _patterns(facts)
        self.names = tuple(self.patterns)
        self.covariance = _covariance(facts, self.names)
        self.loading = np.linalg.cholesky(self.covariance)
        self._known: dict[str, tuple[int, float] | None] = {}

    def of(self, fact_id: str) -> tuple[int, float] | None:
        """Number of the family of a fact and the sign with which it follows it; None where it stands alone."""
        if fact_id not in self._known:
            self._known[fact_id] = next(
                (
                    (i, sign)
                    for i, name in enumerate(self.names)
                    for sign, pattern in self.patterns[name]
                    if fnmatchcase(fact_id, pattern)
                ),
                None,
            )
        return self._known[fact_id]


def _patterns(facts: Facts) -> dict[str, list[tuple[float, str]]]:
    found = {
        f.id.removeprefix(FAMILY): [_signed(p.strip()) for p in str(f.value).split(";")] for f in facts.under(FAMILY)
    }
    against = [(-1.0, f"{start}*") for start in durations.FASTER]
    for name, starts in durations.GROUPS.items():
        mine = [p for p in against if p[1].startswith(starts)]
        found[LEAD + name] = [*mine, *((1.0, f"{start}*") for start in starts)]
    found[OTHER_LEAD] = [*against, (1.0, f"{durations.EVERYTHING}*")]
    return found


def _signed(pattern: str) -> tuple[float, str]:
    return (-1.0, pattern[1:]) if pattern.startswith(AGAINST) else (1.0, pattern)


def _covariance(facts: Facts, names: Sequence[str]) -> Array:
    """Covariance of the family factors, checked."""
    ids = _ids(facts, names)
    values = {i: float(facts[i].value) for i in {x for row in ids for x in row if x}}
    for fact_id, value in values.items():
        if not -1.0 <= value <= 1.0:
            raise FactError(f"{fact_id}: {value:g}: a correlation lies between -1 and 1")
    matrix = np.array([[values.get(i, 0.0) for i in row] for row in ids])
    within = np.diag(matrix)
    if (low := int(np.argmin(within))) >= 0 and within[low] <= 0.0:
        raise FactError(f"{ids[low][low]}: {within[low]:g}: two facts of one family have a correlation above 0")
    if (least := _least(matrix)) < LEAST_EIGENVALUE:
        raise FactError(_offer(facts, ids, matrix, least))
    return matrix


def _ids(facts: Facts, names: Sequence[str]) -> list[list[str]]:
    """The fact behind every entry of the covariance, '' where two families have nothing to do with each other."""

    def one(a: str, b: str) -> str:
        if a.startswith(LEAD) and b.startswith(LEAD):
            own = f"{LEAD_CORRELATION}.{a.removeprefix(LEAD)}"
            return own if a == b and own in facts else LEAD_CORRELATION
        if a == b:
            return WITHIN + a
        return next((i for i in (f"{BETWEEN}{a}.{b}", f"{BETWEEN}{b}.{a}") if i in facts), "")

    return [[one(a, b) for b in names] for a in names]


def _offer(facts: Facts, ids: list[list[str]], matrix: Array, least: float) -> str:
    """What does not hold, and the nearest set of correlations that does."""
    scale = np.sqrt(np.outer(np.diag(matrix), np.diag(matrix)))
    labels = {fact_id: k for k, fact_id in enumerate(sorted({x for row in ids for x in row if x}))}
    label = np.array([[labels.get(x, NOTHING) for x in row] for row in ids])
    shrink, offer = SHRINK, dict[str, float]()
    while not offer or not _holds(ids, matrix, offer):
        near = nearest_correlation(matrix / scale, label=label, weight=1.0 / scale) * scale * (1.0 - shrink)
        offer = {ids[i][j]: round(float(near[i, j]), 3) + 0.0 for i in range(len(ids)) for j in range(i) if ids[i][j]}
        shrink *= 2.0  # the nearest is singular, and rounded
    moved = {i: x for i, x in sorted(offer.items()) if abs(x - float(facts[i].value)) > SHOWN}
    given = sorted(i for i in labels if facts[i].source == USER)
    what = ", ".join(f"{i} is {float(facts[i].value):g}" for i in given) or "the correlations of the facts"
    return (
        f"{what}: together these correlations are not positive definite (smallest eigenvalue {least:.2g}); "
        f"the nearest that are: {' '.join(f'--set {i}={x:g}' for i, x in moved.items())}"
    )


def _holds(ids: list[list[str]], matrix: Array, offer: dict[str, float]) -> bool:
    """Whether the matrix with other correlations between families is positive definite."""
    n = len(ids)
    new = np.array([[offer.get(ids[i][j], matrix[i, j] if i == j else 0.0) for j in range(n)] for i in range(n)])
    return bool(np.all(np.diag(new) > 0.0)) and _least(new) >= LEAST_EIGENVALUE


def _least(matrix: Array) -> float:
    """Smallest eigenvalue of the correlations behind a covariance."""
    return float(np.linalg.eigvalsh(matrix / np.sqrt(np.outer(np.diag(matrix), np.diag(matrix))))[0])


def nearest_correlation(matrix: Array, *, label: NDArray[np.int64] | None = None, weight: Array | None = None) -> Array:
    """The nearest correlation matrix to a symmetric one.

    Parameters
    ----------
    matrix : array (n, n)
        Symmetric, 1 on the diagonal. [-]
    label : array (n, n), optional
        Entries with one label stay the same number times their weight; those with a negative one stay 0. [-]
    weight : array (n, n), optional
        Weight of each entry. [-]

    Returns
    -------
    array (n, n)
        Positive semidefinite to rounding, 1 on the diagonal. [-]

    References
    ----------
    .. [1] N. J. Higham, "Computing the nearest correlation matrix: a problem from finance", IMA J. Numerical Analysis
       22 (3), 329-343 (2002): alternating projections with Dykstra's correction.

    Examples
    --------
    >>> nearest_correlation(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])).round(2).tolist()
    [[1.0, 0.76, 0.16], [0.76, 1.0, 0.76], [0.16, 0.76, 1.0]]
    """
    y, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(ROUNDS):
        shifted = y - correction
        values, vectors = np.linalg.eigh(shifted)
        x = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = x - shifted
        before, y = y, x if label is None or weight is None else _patterned(x, label, weight)
        np.fill_diagonal(y, 1.0)
        if float(np.abs(y - before).max()) < LEAST_EIGENVALUE:
            break
    return y


def _patterned(x: Array, label: NDArray[np.int64], weight: Array) -> Array:
    """The nearest matrix whose entries are those of their labels, 0 where they have none."""
    flat, w = np.maximum(label.ravel(), 0), weight.ravel()
    top = np.bincount(flat, w * x.ravel() * (label.ravel() >= 0))
    bottom = np.bincount(flat, w * w * (label.ravel() >= 0))
    mean = top / np.where(bottom > 0.0, bottom, 1.0)
    return np.where(label >= 0, mean[flat].reshape(x.shape) * weight, 0.0)


@cache
def mid_quantiles(n: int) -> Array:
    """The n quantiles of the normal distribution at (i + 1/2) / n, in order."""
    normal = NormalDist()
    half = [normal.inv_cdf((i + 0.5) / n) for i in range((n + 1) // 2)]
    return np.array([*half, *(-x for x in reversed(half[: n // 2]))])


def dealt(key: str, n: int, seed: int) -> NDArray[np.int64]:
    """The numbers 0 to n - 1 in an order of their own, keyed by seed and key."""
    digest = hashlib.blake2b(f"dealt {key}".encode(), digest_size=8).digest()
    bits = np.random.Philox(key=np.array([seed, int.from_bytes(digest, "little")], dtype=np.uint64))
    return np.argsort(bits.random_raw(n), kind="stable")


class Sampler:
    """Joint draws of all facts of a question.

    Parameters
    ----------
    facts : Facts
        With the correlations in them. [-]
    n : int
        Draws. [draw]
    seed : int
        Key of all draws. [-]
    """

    def __init__(self, facts: Facts, n: int, seed: int) -> None:
        self.n, self.seed, self.families = n, seed, Families(facts)
        self._dealt: dict[str, Array] = {}

    def normal(self, key: str) -> Array:
        """Standard normal draws of one key. (draw,)"""
        if key in self._dealt:
            return self._dealt[key]
        z = mid_quantiles(self.n)[dealt(key, self.n, self.seed)]
        if self.n <= KEPT:  # every weather year asks for its part of them
            self._dealt[key] = z
        return z

    def weather_years(self, count: int) -> NDArray[np.int64]:
        """Which of so many weather years each draw has: as many draws in each as can be. (draw,)"""
        return dealt("weather year", self.n, self.seed) * count // self.n

    def factors(self) -> Array:
        """Draws of the factors of all families. (family, draw)"""
        own = [self.normal(f"family {name}") for name in self.families.names]
        loading = self.families.loading
        return np.stack([sum(loading[i, j] * own[j] for j in range(i + 1)) for i in range(len(own))])


class Joint(Draws):
    """Some of the draws of a sampler: what ``Steps`` reads facts from. Everything is made when first read, and kept.

    Parameters
    ----------
    sampler : Sampler
        All draws. [-]
    rows : array (n,)
        Which of them. [-]
    """

    def __init__(self, sampler: Sampler, rows: NDArray[np.int64]) -> None:
        super().__init__(len(rows), sampler.seed)
        self.sampler, self.rows = sampler, rows
        self._factors: Array | None = None
        self._normal: dict[str, Array] = {}
        self._made: dict[Any, Any] = {}

    def normal(self, key: str) -> Array:
        """Standard normal draws of one fact. (n,)"""
        if key not in self._normal:
            z = self.sampler.normal(key)[self.rows]
            family = self.sampler.families.of(key)
            if family is not None:
                number, sign = family
                own = 1.0 - self.sampler.families.covariance[number, number]
                z = sign * self._of_family(number) + np.sqrt(own) * z
            self._normal[key] = z
        return self._normal[key]

    def of(self, fact: Fact) -> Array | float:
        """Draws of one fact in its own unit; exact facts stay scalar."""
        return float(fact.value) if fact.is_exact else self.shaped(fact, self.normal(fact.id))

    def of_itself(self, key: Any, make: Callable[[Draws], Any]) -> Any:
        """What depends on the draws alone: made once, whatever parts of them ask for it."""
        if key not in self._made:
            self._made[key] = make(self)
        return self._made[key]

    def first(self, n: int) -> Joint:
        """The first of them."""
        return self.some(np.arange(n))

    def some(self, which: NDArray[np.int64]) -> Joint:
        """Some of these draws, without making anything twice."""
        return _Part(self, which)

    def _of_family(self, number: int) -> Array:
        if self._factors is None:
            self._factors = self.sampler.factors()[:, self.rows]
        return self._factors[number]


class _Part(Joint):
    """Some draws of a joint."""

    def __init__(self, whole: Joint, which: NDArray[np.int64]) -> None:
        super().__init__(whole.sampler, whole.rows[which])
        self.whole, self.which = whole, which

    def normal(self, key: str) -> Array:
        return self.whole.normal(key)[self.which]

    def of_itself(self, key: Any, make: Callable[[Draws], Any]) -> Any:
        return self.whole.of_itself(key, make)[self.which]
