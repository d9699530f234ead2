"""Choosing among plans: the largest value of a function of one number, the edge of what holds, what nothing beats."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

GOLDEN = (5.0**0.5 - 1.0) / 2.0
MOST = 200  # halvings; far more than doubles can tell apart


def golden_section(function: Callable[[float], float], *, low: float, high: float, tolerance: float) -> float:
    """Where a function with one peak is largest between two points.

    Parameters
    ----------
    function : callable
        To be made large; one peak between `low` and `high`. [-]
    low, high : float
        Ends of the interval. [-]
    tolerance : float
        Relative length of the interval at which the search ends. [-]

    Returns
    -------
    float
        The best point that was tried, the ends among them. [-]

    References
    ----------
    .. [1] J. Kiefer, Sequential minimax search for a maximum, Proceedings of the American Mathematical Society 4
       (1953) 502-506, doi:10.2307/2032161.

    Examples
    --------
    >>> round(golden_section(lambda x: -((x - 2.0) ** 2), low=0.0, high=5.0, tolerance=1e-7), 5)
    2.0
    """
    tried = {x: function(x) for x in (low, high)}
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(MOST):
        tried |= {left: at_left, right: at_right}
        if high - low <= tolerance * max(abs(low), abs(high)):
            break
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = function(right)
    return max(tried, key=lambda x: (tried[x], -x))


def largest(holds: Callable[[float], bool], *, low: float, high: float, tolerance: float) -> float | None:
    """The largest number for which something holds that holds for all smaller ones.

    Parameters
    ----------
    holds : callable
        Whether it holds. [-]
    low, high : float
        Between which the edge is looked for; both positive. [-]
    tolerance : float
        Relative distance to the edge. [-]

    Returns
    -------
    float or None
        A number for which it holds, within the tolerance of the edge; None where it does not hold at `low`. [-]

    Examples
    --------
    >>> round(largest(lambda x: x * x <= 2.0, low=1.0, high=4.0, tolerance=1e-9), 6)
    1.414214
    """
    if not holds(low):
        return None
    if holds(high):
        return high
    for _ in range(MOST):
        if high - low <= tolerance * high:
            break
        middle = 0.5 * (low + high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def last_before(function: Callable[[float], float], *, low: float, high: float, tolerance: float) -> float | None:
    """The largest number at which a rising function is not above 0: few steps where it is nearly straight.

    Parameters
    ----------
    function : callable
        Of a number. [-]
    low, high : float
        Between which the edge is looked for; both positive. [-]
    tolerance : float
        Relative distance to the edge. [-]

    Returns
    -------
    float or None
        A number at which it is not above 0, within the tolerance of the edge; None where it is above at `low`. [-]

    Examples
    --------
    >>> round(last_before(lambda x: x * x - 2.0, low=1.0, high=4.0, tolerance=1e-9), 6)
    1.414214
    """
    below, above = function(low), function(high)
    if below > 0.0:
        return None
    if above <= 0.0:
        return high
    for _ in range(MOST):
        if high - low <= tolerance * high:
            break
        straight = low + (high - low) * below / (below - above) if np.isfinite(above) else low
        near = 0.49 * tolerance * high  # on both sides of the guess, so that a good one ends the search
        for x in (straight - near, straight + near, 0.5 * (low + high)):
            if low < x < high:
                value = function(x)
                low, below, high, above = (low, below, x, value) if value > 0.0 else (x, value, high, above)
    return low


def smallest(holds: Callable[[float], bool], *, low: float, high: float, tolerance: float) -> float | None:
    """The smallest number for which something holds that holds for all larger ones.

    Parameters
    ----------
    holds : callable
        Whether it holds. [-]
    low, high : float
        Between which the edge is looked for; both positive. [-]
    tolerance : float
        Relative distance to the edge. [-]

    Returns
    -------
    float or None
        A number for which it holds, within the tolerance of the edge; None where it does not hold at `high`. [-]

    Examples
    --------
    >>> round(smallest(lambda x: x * x >= 2.0, low=1.0, high=4.0, tolerance=1e-9), 6)
    1.414214
    """
    if not holds(high):
        return None
    if holds(low):
        return low
    for _ in range(MOST):
        if high - low <= tolerance * high:
            break
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def beaten_by(costs: Sequence[Sequence[float]], *, tolerances: Sequence[float]) -> NDArray[np.int64]:
    """For each choice the index of one that is no worse in anything and better in something; -1 where nothing beats it.

    Parameters
    ----------
    costs : sequence of sequence of float (choice, criterion)
        The less the better. [-]
    tolerances : sequence of float (criterion,)
        Differences that are none. [-]

    Returns
    -------
    array (choice,)
        Index of the first choice that beats it, or -1. [-]

    Examples
    --------
    Late and dear is beaten by early and dear; early and dear against late and cheap is a matter of taste:

    >>> beaten_by([(10, 3.0), (20, 3.0), (20, 2.0)], tolerances=(0.5, 0.01)).tolist()
    [-1, 0, -1]
    """
    found = np.asarray(costs, float).reshape(len(costs), len(tolerances))
    slack = np.asarray(tolerances, float)
    out = np.full(len(found), -1, dtype=np.int64)
    for i, mine in enumerate(found):
        no_worse = np.all(found <= mine + slack, axis=1)
        better = np.any(found < mine - slack, axis=1)
        beats = np.flatnonzero(no_worse & better)
        if len(beats):
            out[i] = beats[np.lexsort(found[beats].T[::-1])[0]]
    return out
