"""Cash by period: spending before capacity is on line, loans with capitalised interest, depreciation, tax with losses.

The last axis is the period, a quarter or a year; draws lead. What comes on line in one period is a cohort: it is
spent on beforehand, its loan is repaid and it is written off afterwards, each by a fixed pattern over its age.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rates import Numbers

Array = NDArray[np.float64]


def spending(*, added: Numbers, shares: Numbers, latest: int = 0) -> Array:
    """Share of a block's cost spent in each period; what lies before the first period or after the last is spent in it.

    Parameters
    ----------
    added : array (..., period)
        Share of the block that comes on line in each period. [-]
    shares : array (..., period or 1, payment)
        Share of what comes on line in a period, or in any, that is spent ``payment - latest`` periods before it. [-]
    latest : int
        Periods from coming on line to the last payment. [period]

    Returns
    -------
    array (..., period)
        Shares, adding up to what is added. [-]

    Examples
    --------
    A fifth with the order two quarters ahead, the rest on the day:

    >>> spending(added=[0.0, 0.0, 1.0], shares=[[0.8, 0.0, 0.2]]).tolist()
    [0.2, 0.0, 0.8]
    """
    new, before = np.asarray(added, float), np.asarray(shares, float)
    periods = new.shape[-1]
    out = np.zeros(np.broadcast_shapes(new.shape, before.shape[:-1]))
    for j in range(before.shape[-1]):
        part, back = new * before[..., j], j - latest
        first = min(max(back, 0), periods)  # cohorts whose payment lies in a period of its own
        last = max(min(periods + back, periods), first)
        out[..., first - back : last - back] += part[..., first:last]
        out[..., 0] += part[..., :first].sum(axis=-1)
        out[..., -1] += part[..., last:].sum(axis=-1)
    return out


def grown(
    *,
    added: Numbers,
    shares: Numbers,
    price_index: Numbers,
    rate_per_period: Numbers,
    latest: int = 0,
    within: float = 0.0,
) -> Array:
    """Spending on each cohort with interest until the period in which it comes on line, at the prices of its time.

    Parameters
    ----------
    added : array (..., period)
        Share of the block that comes on line in each period. [-]
    shares : array (..., period or 1, payment)
        As `spending` takes them. [-]
    price_index : array (..., period)
        Prices over those of the price year. [-]
    rate_per_period : float or array (...)
        Interest; 0 gives the plain sum. [1/period]
    latest : int
        As `spending` takes it; what is paid later bears so much less. [period]
    within : float
        From a payment to the end of its period: 0.5 where money flows all through it. [period]

    Returns
    -------
    array (..., period)
        By the period in which the cohort comes on line, per unit of the block's cost. [-]
    """
    new, before, index = (np.asarray(x, float) for x in (added, shares, price_index))
    growth = 1.0 + np.asarray(rate_per_period, float)
    at = np.arange(new.shape[-1])
    factor: Any = 0.0
    for j in range(before.shape[-1]):
        paid = np.clip(at - j + latest, 0, len(at) - 1)
        factor = factor + before[..., j] * index[..., paid] * growth[..., None] ** (at - paid + within)
    return np.asarray(new * factor)


def _there(cohorts: Array) -> list[int]:
    """Periods in which anything comes on line: few of many."""
    return [int(t) for t in np.flatnonzero(np.any(cohorts.reshape(-1, cohorts.shape[-1]) != 0.0, axis=0))]


def by_age(*, cohorts: Numbers, pattern: Numbers) -> Array:
    """Sum over cohorts of what each causes at its age; age 1 is the period after it came on line.

    Parameters
    ----------
    cohorts : array (..., period)
        Size of each cohort by the period in which it came on line. [-]
    pattern : array (..., period)
        What a cohort of size 1 causes at ages 1, 2, 3 ... [-]

    Returns
    -------
    array (..., period)
        Sum by period. [-]

    Examples
    --------
    >>> by_age(cohorts=[1.0, 2.0, 0.0, 0.0], pattern=[0.6, 0.4]).tolist()
    [0.0, 0.6, 1.6, 0.8]
    """
    size, each = np.asarray(cohorts, float), np.asarray(pattern, float)
    periods = size.shape[-1]
    out = np.zeros(np.broadcast_shapes(size.shape, (*each.shape[:-1], periods)))
    for at in _there(size):
        ages = min(each.shape[-1], periods - at - 1)
        out[..., at + 1 : at + 1 + ages] += size[..., at : at + 1] * each[..., :ages]
    return out


def owed_shares(*, rate_per_period: Numbers, tenor_periods: Numbers, exit_periods: int) -> Array:
    """Share of a loan still owed at ages 0, 1, 2 ... under equal payments; the last is redeemed when the asset is sold.

    Parameters
    ----------
    rate_per_period : float or array (...)
        Interest. [1/period]
    tenor_periods : float or array (...)
        Time of repayment. [period]
    exit_periods : int
        Age at which the asset is sold and the loan redeemed. [period]

    Returns
    -------
    array (..., period)
        ``exit_periods + 1`` shares, beginning with 1. [-]

    Examples
    --------
    >>> owed_shares(rate_per_period=0.1, tenor_periods=2.0, exit_periods=3).round(4).tolist()
    [1.0, 0.5238, 0.0, 0.0]
    """
    rate = np.asarray(rate_per_period, float)[..., None]
    tenor = np.asarray(tenor_periods, float)[..., None]
    left = np.maximum(tenor - np.arange(exit_periods + 1), 0.0)
    safe = np.where(rate == 0.0, 1.0, rate)
    annuity = np.expm1(-left * np.log1p(safe)) / np.expm1(-tenor * np.log1p(safe))
    out: Array = np.where(rate == 0.0, left / tenor, annuity)
    return out


def construction_balance(*, drawn: Numbers, converted: Numbers, rate_per_period: Numbers, within: float = 0.0) -> Array:
    """Construction loan at the end of each period: drawn, with interest added, until cohorts pass to term loans.

    Parameters
    ----------
    drawn : array (..., period)
        Drawn in each period. [USD]
    converted : array (..., period)
        Turned into term loans. [USD]
    rate_per_period : float or array (...)
        Interest, added to the loan. [1/period]
    within : float
        From a draw-down to the end of its period: 0.5 where money flows all through it. [period]

    Returns
    -------
    array (..., period)
        Balance; 0 once all cohorts are on line. [USD]
    """
    rate = np.asarray(rate_per_period, float)
    growth = 1.0 + rate
    change = np.asarray(drawn, float) * growth[..., None] ** within - np.asarray(converted, float)
    out = np.zeros_like(change)
    owed: Any = 0.0
    for t in range(out.shape[-1]):
        owed = owed * growth + change[..., t]
        out[..., t] = owed
    return out


def depreciation_shares(*, life_years: Numbers, factor: Numbers, period_years: float, exit_periods: int) -> Array:
    """Share of the cost written off for tax at ages 1, 2, 3 ...; the book value left at the exit is written off there.

    Declining balance at ``factor / life`` a year, straight line from where that is faster; factor 1 is straight line.

    Parameters
    ----------
    life_years : float or array (...)
        Life for tax. [year]
    factor : float or array (...)
        1 straight line, 1.5 or 2 declining balance. [-]
    period_years : float
        Length of a period. [year]
    exit_periods : int
        Age at which the asset is sold. [period]

    Returns
    -------
    array (..., period)
        ``exit_periods`` shares, adding up to 1. [-]

    Examples
    --------
    >>> depreciation_shares(life_years=4.0, factor=2.0, period_years=1.0, exit_periods=4).tolist()
    [0.5, 0.25, 0.125, 0.125]
    """
    life, speed = (np.asarray(x, float)[..., None] for x in (life_years, factor))
    age = np.arange(exit_periods + 1) * period_years
    switch = life - life / speed
    faster = 1.0 - np.minimum(speed / life, 1.0)
    declining = faster ** np.minimum(age, switch)
    rest = np.clip((life - age) / (life - switch), 0.0, 1.0)
    book = np.where(age <= switch, declining, declining * rest)
    book[..., -1] = 0.0
    out: Array = -np.diff(book, axis=-1)
    return out


def tax_paid(*, profit: Numbers, rate: Numbers, loss_limit: Numbers, losses_at_once: bool) -> Array:
    """Tax on profit; losses are carried forward, or used at once against the owner's other profit.

    Parameters
    ----------
    profit : array (..., period)
        Taxable profit, negative for a loss. [USD]
    rate : array (..., period)
        Tax rate of each period; 0 in a holiday. [-]
    loss_limit : float or array (...)
        Share of a period's profit that carried losses may offset. [-]
    losses_at_once : bool
        Whether a loss is worth its tax in the period in which it arises. [-]

    Returns
    -------
    array (..., period)
        Tax; negative only where losses are used at once. [USD]

    Examples
    --------
    >>> tax_paid(profit=[-100.0, 80.0, 80.0], rate=[0.2] * 3, loss_limit=1.0, losses_at_once=False).tolist()
    [0.0, 0.0, 12.0]
    """
    gain, share = np.asarray(profit, float), np.asarray(rate, float)
    if losses_at_once:
        return np.asarray(gain * share)
    won = np.maximum(gain, 0.0)
    most = np.moveaxis(won * np.asarray(loss_limit, float)[..., None], -1, 0).copy()  # time first: each step is whole
    lost = np.moveaxis(won - gain, -1, 0).copy()
    used = np.empty_like(most)
    pool = np.zeros(gain.shape[:-1])
    for t in range(len(most)):
        used[t] = np.minimum(pool, most[t])
        pool = pool - used[t] + lost[t]
    return np.asarray((won - np.moveaxis(used, 0, -1)) * share)


def working_capital(
    *, revenue: Numbers, cost: Numbers, paid_late_years: Numbers, pay_late_years: Numbers, period_years: float
) -> Array:
    """Money tied up at the end of each period: revenue not yet received less bills not yet paid.

    Parameters
    ----------
    revenue, cost : array (..., period)
        Of the period. [USD]
    paid_late_years, pay_late_years : float or array (...)
        From delivery to payment, of customers and to suppliers. [year]
    period_years : float
        Length of a period. [year]

    Returns
    -------
    array (..., period)
        Working capital; its change is a use of cash. [USD]
    """
    due = np.asarray(revenue, float) * (np.asarray(paid_late_years, float)[..., None] / period_years)
    return np.asarray(due - np.asarray(cost, float) * (np.asarray(pay_late_years, float)[..., None] / period_years))


def value_left(*, rate_per_year: Numbers, life_years: Numbers, residual_fraction: Numbers, age_years: Numbers) -> Any:
    """Value of an asset at an age: what the rest of its life is worth at its own cost of capital.

    It is the value at which the yearly cost of `annual_cost` is the same for the first owner and for the next.

    Parameters
    ----------
    rate_per_year : float or array (...)
        Cost of capital, real. [1/year]
    life_years, age_years : float or array (...)
        Whole life, and age. [year]
    residual_fraction : float or array (...)
        Value at the end of life over the investment. [-]

    Returns
    -------
    float or array (...)
        Value over the investment, in the same money. [-]

    Examples
    --------
    >>> float(round(value_left(rate_per_year=0.05, life_years=14.0, residual_fraction=0.0, age_years=5.0), 4))
    0.7181
    """
    rate, life, end = (np.asarray(x, float) for x in (rate_per_year, life_years, residual_fraction))
    left = np.maximum(life - np.asarray(age_years, float), 0.0)
    safe = np.where(rate == 0.0, 1.0, rate)
    rest = np.expm1(-left * np.log1p(safe)) / np.expm1(-life * np.log1p(safe))
    share = np.where(rate == 0.0, left / life, rest)
    # the yearly cost pays for the loss of value (1 - residual) and for the interest on the residual
    return (share * (1.0 - end) + end)[()]
