"""What a series of cash is worth: present value, internal rate of return, payback, debt cover; a safe root finder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rates import Numbers, divide

Array = NDArray[np.float64]
CONVENTIONS = {"end": 0.0, "mid": 0.5, "begin": 1.0}
_LOWEST, _HIGHEST, _POINTS = -0.9, 10.0, 60  # rates a year between which a return is looked for
_STEPS = 80


def cash_times(*, end_years: Numbers, period_years: float, convention: str) -> Array:
    """When the cash of each period counts: at its end, its middle or its beginning.

    Parameters
    ----------
    end_years : array (period)
        End of each period, from the date of valuation. [year]
    period_years : float
        Length of a period. [year]
    convention : str
        ``end``, ``mid`` or ``begin``. [-]

    Returns
    -------
    array (period)
        Times; a first period that has begun may count before the date of valuation. [year]
    """
    if convention not in CONVENTIONS:
        raise ValueError(f"convention is {convention!r}; expected one of {', '.join(CONVENTIONS)}")
    return np.asarray(np.asarray(end_years, float) - CONVENTIONS[convention] * period_years)


def present_value(*, cash: Numbers, rate_per_year: Numbers, years: Numbers) -> Any:
    """Net present value of a series of cash.

    Parameters
    ----------
    cash : array (..., period)
        Cash, positive received. [USD]
    rate_per_year : float or array (...)
        Discount rate, real for real cash, nominal for nominal. [1/year]
    years : array (period)
        When it counts, `cash_times`. [year]

    Returns
    -------
    float or array (...)
        Value at time 0. [USD]
    """
    worth = np.exp(-np.log1p(np.asarray(rate_per_year, float))[..., None] * np.asarray(years, float))
    return np.sum(np.asarray(cash, float) * worth, axis=-1)[()]


def internal_rate(*, cash: Numbers, years: Numbers) -> Any:
    """Internal rate of return: the discount rate at which a series of cash is worth nothing.

    Where several rates do so, the one nearest to zero; not a number where none does.

    Parameters
    ----------
    cash : array (..., period)
        Cash, positive received. [USD]
    years : array (period)
        When it counts. [year]

    Returns
    -------
    float or array (...)
        Rate, real for real cash, nominal for nominal. [1/year]

    Examples
    --------
    >>> float(round(internal_rate(cash=[-100.0, 60.0, 60.0], years=[0.0, 1.0, 2.0]), 6))
    0.130662
    """
    flow, t = np.asarray(cash, float), np.asarray(years, float)
    t = t - t[0]  # a common factor does not move the root
    logs = np.linspace(np.log1p(_LOWEST), np.log1p(_HIGHEST), _POINTS)
    worth = flow @ np.exp(-np.outer(t, logs))
    turns = np.sign(worth[..., :-1]) * np.sign(worth[..., 1:]) <= 0.0
    turns &= np.any(flow != 0.0, axis=-1, keepdims=True)
    away = np.where(turns, np.abs(logs[:-1] + logs[1:]), np.inf)
    i = np.argmin(away, axis=-1)
    found = np.take_along_axis(turns, i[..., None], axis=-1)[..., 0]
    low, high = logs[i], logs[i + 1]
    root = bracketed_root(function=lambda x: np.sum(flow * np.exp(-x[..., None] * t), axis=-1), low=low, high=high)
    return np.where(found, np.expm1(root), np.nan)[()]


def bracketed_root(*, function: Callable[[Any], Any], low: Numbers, high: Numbers) -> Any:
    """Root of a function between two points of unlike sign, for many cases at once.

    Inverse quadratic interpolation where it is safe, halving elsewhere.

    Parameters
    ----------
    function : callable
        From an array to an array of its shape. [-]
    low, high : float or array (...)
        Points of unlike sign. [-]

    Returns
    -------
    float or array (...)
        Root, to the last few digits. [-]

    References
    ----------
    .. [1] T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function
       without using derivatives", Advances in Engineering Software 28 (1997) 145-149.
    """
    a, b = np.asarray(high, float) + 0.0, np.asarray(low, float) + 0.0
    fa, fb = function(a), function(b)
    c, fc, t = a, fa, np.full(np.shape(a), 0.5)
    for _ in range(_STEPS):
        x = a + t * (b - a)
        fx = function(x)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        tight = 4.0 * np.finfo(float).eps * np.abs(best) + 1e-300
        width = np.abs(b - a)
        if np.all((fa == 0.0) | (fb == 0.0) | (width <= 2.0 * tight)):
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            quadratic = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
            jump = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            least = np.minimum(tight / np.where(width > 0.0, width, 1.0), 0.5)
        t = np.clip(np.where(quadratic & np.isfinite(jump), jump, 0.5), least, 1.0 - least)
    return np.where(np.abs(fa) <= np.abs(fb), a, b)[()]


def payback_years(*, cash: Numbers, end_years: Numbers) -> Any:
    """Time from the date of valuation to the end of the period from which the sum of cash stays positive.

    Parameters
    ----------
    cash : array (..., period)
        Cash, positive received, not discounted. [USD]
    end_years : array (period)
        End of each period. [year]

    Returns
    -------
    float or array (...)
        Time; not a number where the money never comes back. [year]
    """
    total = np.cumsum(np.asarray(cash, float), axis=-1)
    short = total < 0.0
    last = total.shape[-1] - np.argmax(short[..., ::-1], axis=-1)  # the period after the last shortfall
    last = np.where(np.any(short, axis=-1), last, 0)
    end = np.asarray(end_years, float)
    return np.where(last < len(end), end[np.minimum(last, len(end) - 1)], np.nan)[()]


def cover_ratios(*, available: Numbers, service: Numbers, window: int) -> Array:
    """Debt service cover over each run of periods in which debt was served throughout.

    Parameters
    ----------
    available : array (..., period)
        Cash available for debt service. [USD]
    service : array (..., period)
        Interest and scheduled repayment. [USD]
    window : int
        Periods looked back on: those of a year, as lenders do. [-]

    Returns
    -------
    array (..., period)
        Ratio; not a number where debt was not served in all periods of the window. [-]
    """
    cash, due = np.asarray(available, float), np.asarray(service, float)

    def back(x: Array) -> Array:
        total = np.cumsum(x, axis=-1)
        total[..., window:] = total[..., window:] - total[..., :-window]
        return total

    full = back((due > 0.0).astype(float)) >= window
    return np.where(full, divide(back(cash), np.where(full, back(due), 1.0)), np.nan)
