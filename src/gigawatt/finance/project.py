"""A project's cash by period from its blocks, sales and terms; its returns, and the price that it needs.

What does not depend on the price is laid out once (`ledger`); `cash_flow` adds revenue and tax at a price. Cash is
nominal, money of its time, as loans and depreciation are; over the ledger's `price_index` it is money of the price
year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cashflow import by_age, construction_balance, grown, owed_shares, spending, tax_paid, working_capital
from .rates import Numbers
from .returns import (
    CONVENTIONS,
    bracketed_root,
    cash_times,
    cover_ratios,
    internal_rate,
    payback_years,
    present_value,
)

Array = NDArray[np.float64]
_MOST_COVER = 1e3  # a debt cover beyond which there is as good as no debt
_WIDENINGS = 60  # doublings of the interval in which a price is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPlan:
    """One block: what it costs without interest in money of the price year, when it comes on line, and its finance.

    `added` is the share on line by period; `spending` and `latest` are as the function `spending` takes them,
    `depreciation` is from `depreciation_shares`. Each cohort is sold `exit_periods` after it came on line for
    `exit_value` of its cost, in money of the price year. VAT is refunded; what is finally borne belongs to the cost.
    """

    name: str
    capex_usd: Any
    added: Any
    spending: Any
    exit_periods: int
    exit_value: Any
    depreciation: Any
    debt_fraction: Any
    construction_rate: Any
    interest_per_year: Any
    tenor_years: Any
    vat_fraction: Any = 0.0
    grant_fraction: Any = 0.0
    credit_fraction: Any = 0.0
    latest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """Accelerator-hours sold and running cost (money of the price year) of each period."""

    units: Any
    running_usd: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Time, tax and payment terms. `price_age_years` is the age of the price year's money at the date of valuation.

    `tax_rate` is by period, so that a holiday can be in it. `loss_limit` is the share of a profit that earlier losses
    may offset; `losses_at_once` lets the owner use them at once elsewhere. `sculpted` pools the loans and repays them,
    until the last exit, in a constant proportion to the cash available for it, the sale of assets included.
    """

    end_years: Any
    period_years: float
    convention: str
    inflation_per_year: Any
    price_age_years: float
    tax_rate: Any
    loss_limit: Any = 1.0
    losses_at_once: bool = False
    credit_basis_reduction: Any = 0.0
    paid_late_years: Any = 0.0
    pay_late_years: Any = 0.0
    vat_refund_periods: int = 1
    sculpted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLedger:
    """What one block pays, draws, owes and writes off by period, nominal. [USD]"""

    name: str
    capex_usd: Any
    grant_usd: Any
    credit_usd: Any
    vat_paid_usd: Any
    exit_usd: Any
    drawn_usd: Any
    capitalised_usd: Any
    converted_usd: Any
    rate_per_period: Any
    construction_usd: Any
    owed_usd: Any
    interest_usd: Any
    repaid_usd: Any
    redeemed_usd: Any
    cost_usd: Any
    written_off_usd: Any
    interest_written_off_usd: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The whole project before price and tax; `blocks` add up to it. Nominal. [USD]"""

    blocks: tuple[BlockLedger, ...]
    price_index: Any
    times: Any
    running_usd: Any
    vat_refund_usd: Any

    def total(self, name: str) -> Any:
        """Sum of one column over the blocks, such as ``capex_usd``."""
        return sum(getattr(b, name) for b in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """Cash by period at a price, nominal. [USD]

    `project_usd` is what the project would give one owner without loans, after tax; `equity_usd` what its owners get
    after loans and tax. `available_usd` is the cash available for debt service, `service_usd` interest and scheduled
    repayment, without loans redeemed at a sale, which are in `repaid_usd`.
    """

    revenue_usd: Any
    working_capital_usd: Any
    tax_without_debt_usd: Any
    tax_usd: Any
    project_usd: Any
    equity_usd: Any
    available_usd: Any
    service_usd: Any
    interest_usd: Any
    repaid_usd: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """Returns of a project at a price. Rates nominal unless real is said; values at the date of valuation."""

    npv_project_usd: Any
    npv_equity_usd: Any
    irr_project: Any
    irr_equity: Any
    irr_project_real: Any
    irr_equity_real: Any
    dscr_min: Any
    dscr_mean: Any
    payback_years: Any


def ledger(*, blocks: Sequence[BlockPlan], sales: Sales, terms: Terms) -> Ledger:
    """Everything that does not depend on the price: spending, grants, loans, depreciation, running cost.

    Parameters
    ----------
    blocks : sequence of BlockPlan
        Blocks of the project. [USD]
    sales : Sales
        Hours sold and running cost. [h, USD]
    terms : Terms
        Time, tax, payment. [-]

    Returns
    -------
    Ledger
        Nominal, by period. [USD]
    """
    index = price_index(terms=terms)
    laid = tuple(_block(b, index, terms) for b in blocks)
    vat = sum(b.vat_paid_usd for b in laid)
    refund, late = np.zeros_like(vat), terms.vat_refund_periods
    refund[..., late:] = vat[..., : vat.shape[-1] - late]
    return Ledger(
        blocks=laid,
        price_index=index,
        times=_times(terms),
        running_usd=sales.running_usd * index,
        vat_refund_usd=refund,
    )


def price_index(*, terms: Terms) -> Array:
    """Prices of each period over those of the price year, at the time when its cash counts.

    Parameters
    ----------
    terms : Terms
        Inflation, age of the price year's money, periods. [-]

    Returns
    -------
    array (..., period)
        Index. [-]
    """
    years = terms.price_age_years + _times(terms)
    return np.asarray((1.0 + np.asarray(terms.inflation_per_year, float))[..., None] ** years)


def _times(terms: Terms) -> Array:
    return cash_times(end_years=terms.end_years, period_years=terms.period_years, convention=terms.convention)


def _block(b: BlockPlan, index: Array, terms: Terms) -> BlockLedger:
    capex, debt, grant, credit, vat, out_at = (
        np.asarray(x, float)[..., None]
        for x in (b.capex_usd, b.debt_fraction, b.grant_fraction, b.credit_fraction, b.vat_fraction, b.exit_value)
    )
    building = _per_period(b.construction_rate, terms)
    paid = capex * spending(added=b.added, shares=b.spending, latest=b.latest) * index
    common = {"added": b.added, "shares": b.spending, "price_index": index, "latest": b.latest}
    cost = capex * grown(**common, rate_per_period=0.0)
    within = CONVENTIONS[terms.convention]
    converted = debt * (1.0 - grant) * capex * grown(**common, rate_per_period=building, within=within)
    drawn = debt * (1.0 - grant) * paid
    balance = construction_balance(drawn=drawn, converted=converted, rate_per_period=building, within=within)
    rate = _per_period(b.interest_per_year, terms)
    tenor = np.asarray(b.tenor_years, float) / terms.period_years
    owed = owed_shares(rate_per_period=rate, tenor_periods=tenor, exit_periods=b.exit_periods)
    at_exit = np.zeros(b.exit_periods)
    at_exit[-1] = 1.0
    base = cost * (1.0 - grant) - terms.credit_basis_reduction * credit * cost
    first = np.zeros(b.exit_periods)
    first[0] = 1.0
    return BlockLedger(
        name=b.name,
        capex_usd=paid,
        grant_usd=grant * paid,
        credit_usd=credit * by_age(cohorts=cost, pattern=first),
        vat_paid_usd=vat * paid,
        exit_usd=out_at * capex * index * by_age(cohorts=b.added, pattern=at_exit),
        drawn_usd=drawn,
        capitalised_usd=balance - _before(balance) - drawn + converted,
        converted_usd=converted,
        rate_per_period=rate,
        construction_usd=balance,
        owed_usd=converted + by_age(cohorts=converted, pattern=owed[..., 1:-1]),
        interest_usd=by_age(cohorts=converted, pattern=owed[..., :-1] * np.asarray(rate)[..., None]),
        repaid_usd=by_age(cohorts=converted, pattern=-np.diff(owed, axis=-1)),
        redeemed_usd=by_age(cohorts=converted, pattern=owed[..., -1:] * at_exit),
        cost_usd=cost,
        written_off_usd=by_age(cohorts=base, pattern=b.depreciation),
        interest_written_off_usd=by_age(cohorts=converted - debt * (1.0 - grant) * cost, pattern=b.depreciation),
    )


def _per_period(rate: Numbers, terms: Terms) -> Any:
    return np.expm1(np.log1p(np.asarray(rate, float)) * terms.period_years)


def _before(x: Array) -> Array:
    """The value of the period before."""
    out = np.zeros_like(x)
    out[..., 1:] = x[..., :-1]
    return out


def cash_flow(*, book: Ledger, sales: Sales, terms: Terms, price_usd: Numbers, price_path: Numbers) -> Cash:
    """Cash by period at a price.

    Parameters
    ----------
    book : Ledger
        From `ledger`. [USD]
    sales : Sales
        Hours sold and running cost. [h, USD]
    terms : Terms
        Time, tax, payment. [-]
    price_usd : float or array (...)
        Price of an accelerator-hour. [USD/h]
    price_path : array (..., period)
        Nominal price of each period over that price: `real_path`, `flat_path`, or any other. [-]

    Returns
    -------
    Cash
        Nominal. [USD]
    """
    revenue = np.asarray(price_usd, float)[..., None] * np.asarray(price_path, float) * sales.units
    at = _before_tax(book, terms, revenue)
    bare = _tax(at.profit, terms)
    if terms.sculpted:
        return _sculpted(book, terms, revenue, at, bare)
    tax = _tax(at.profit_after_debt, terms)
    return Cash(
        revenue_usd=revenue,
        working_capital_usd=at.tied,
        tax_without_debt_usd=bare,
        tax_usd=tax,
        project_usd=at.project - bare,
        equity_usd=at.equity - tax,
        available_usd=at.trade - tax,
        service_usd=at.service,
        interest_usd=book.total("interest_usd"),
        repaid_usd=book.total("repaid_usd") + book.total("redeemed_usd"),
    )


@dataclass(frozen=True, slots=True)
class _BeforeTax:
    """Cash and profit before tax; all are linear in revenue."""

    tied: Array
    trade: Array
    service: Array
    project: Array
    equity: Array
    profit: Array
    profit_after_debt: Array


def _before_tax(book: Ledger, terms: Terms, revenue: Array) -> _BeforeTax:
    tied = working_capital(
        revenue=revenue,
        cost=book.running_usd,
        paid_late_years=terms.paid_late_years,
        pay_late_years=terms.pay_late_years,
        period_years=terms.period_years,
    )
    trade = revenue - book.running_usd - (tied - _before(tied))
    invested = book.total("capex_usd") + book.total("vat_paid_usd") - book.vat_refund_usd - book.total("grant_usd")
    project = trade - invested + book.total("credit_usd") + book.total("exit_usd")
    interest = book.total("interest_usd")
    service = interest + book.total("repaid_usd")
    profit = revenue - book.running_usd + book.total("exit_usd") - book.total("written_off_usd")
    return _BeforeTax(
        tied=tied,
        trade=trade,
        service=service,
        project=project,
        equity=project + book.total("drawn_usd") - service - book.total("redeemed_usd"),
        profit=profit,
        profit_after_debt=profit - interest - book.total("interest_written_off_usd"),
    )


def _sculpted(book: Ledger, terms: Terms, revenue: Array, at: _BeforeTax, bare: Array) -> Cash:
    """One pooled loan repaid in proportion to the cash available: the cover at which it is just repaid at the end."""
    owed_at_all = np.any(book.total("converted_usd") > 0.0)
    high = np.full(revenue.shape[:-1], _MOST_COVER)
    cover = high
    if owed_at_all:
        least = np.full(revenue.shape[:-1], 1.0 / _MOST_COVER)
        cover = bracketed_root(function=lambda k: _repaid(book, terms, at, k)[0], low=least, high=high)
    _, interest, service, tax = _repaid(book, terms, at, np.asarray(cover))
    return Cash(
        revenue_usd=revenue,
        working_capital_usd=at.tied,
        tax_without_debt_usd=bare,
        tax_usd=tax,
        project_usd=at.project - bare,
        equity_usd=at.project + book.total("drawn_usd") - service - tax,
        available_usd=at.trade + book.total("exit_usd") - tax,
        service_usd=service,
        interest_usd=interest,
        repaid_usd=service - interest,
    )


def _repaid(book: Ledger, terms: Terms, at: _BeforeTax, cover: Any) -> tuple[Any, Array, Array, Array]:
    """What is still owed at the end when service is the cash available over a cover; interest, service and tax."""
    lent = np.asarray(book.total("converted_usd"), float)
    weighted = sum(b.converted_usd.sum(axis=-1) * b.rate_per_period for b in book.blocks)
    rate = weighted / np.maximum(lent.sum(axis=-1), 1e-300)
    income = at.trade + book.total("exit_usd")
    before = at.profit - book.total("interest_written_off_usd")
    tax_rate, limit = np.asarray(terms.tax_rate, float), terms.loss_limit
    shape = np.broadcast_shapes(income.shape, before.shape, (*np.shape(cover), 1), (*np.shape(rate), 1))
    interest, service, tax = (np.zeros(shape) for _ in range(3))
    owed: Any = np.zeros(shape[:-1])
    pool: Any = np.zeros(shape[:-1])
    for t in range(shape[-1]):
        interest[..., t] = owed * rate
        profit = before[..., t] - interest[..., t]
        used = np.minimum(pool, limit * np.maximum(profit, 0.0))
        pool = pool - used + np.maximum(-profit, 0.0)
        due = profit if terms.losses_at_once else np.maximum(profit, 0.0) - used
        tax[..., t] = tax_rate[..., t] * due
        lent_before = np.any(lent[..., :t] > 0.0, axis=-1)
        service[..., t] = np.where(lent_before, np.maximum(income[..., t] - tax[..., t], 0.0) / cover, 0.0)
        owed = owed + interest[..., t] - service[..., t] + lent[..., t]
    return owed, interest, service, tax


def _tax(profit: Array, terms: Terms) -> Array:
    return tax_paid(
        profit=profit, rate=terms.tax_rate, loss_limit=terms.loss_limit, losses_at_once=terms.losses_at_once
    )


def real_path(*, book: Ledger) -> Any:
    """Path of a price that is constant in money of the price year, so rises with it. [-]

    Parameters
    ----------
    book : Ledger
        For its price index. [-]

    Returns
    -------
    array (..., period)
        Nominal price over the price asked. [-]
    """
    return book.price_index


def flat_path(*, book: Ledger) -> Any:
    """Path of a price that is constant in the money of its time: a contract without indexation. [-]

    Parameters
    ----------
    book : Ledger
        For its shape. [-]

    Returns
    -------
    array (..., period)
        Ones. [-]
    """
    return np.ones_like(book.price_index)


def required_price(
    *, book: Ledger, sales: Sales, terms: Terms, price_path: Numbers, return_per_year: Numbers, levered: bool
) -> Any:
    """Price at which the owners' cash is worth nothing at the return they ask for.

    Without tax, or with losses used at once, cash is linear in the price and the price is exact; otherwise it is a
    broken line (losses are carried forward), whose root is found to the last digits.

    Parameters
    ----------
    book : Ledger
        From `ledger`. [USD]
    sales : Sales
        Hours sold and running cost. [h, USD]
    terms : Terms
        Time, tax, payment. [-]
    price_path : array (..., period)
        Nominal price of each period over the price asked. [-]
    return_per_year : float or array (...)
        Nominal return asked for. [1/year]
    levered : bool
        Whether of the owners after loans, or of the project without loans. [-]

    Returns
    -------
    float or array (...)
        Price in the money in which the path is 1; infinite where nothing is sold. [USD/h]
    """
    unit = np.asarray(price_path, float) * sales.units
    none, one = (_before_tax(book, terms, unit * p) for p in (0.0, 1.0))  # all between is linear
    rate = np.asarray(return_per_year, float)
    worth_of = np.exp(-np.log1p(rate)[..., None] * book.times)
    if levered:
        cash, more = none.equity, one.equity - none.equity
        profit, gain = none.profit_after_debt, one.profit_after_debt - none.profit_after_debt
    else:
        cash, more = none.project, one.project - none.project
        profit, gain = none.profit, one.profit - none.profit
    base, slope = np.sum(cash * worth_of, axis=-1), np.sum(more * worth_of, axis=-1)

    def worth(price: Any) -> Any:
        if terms.sculpted and levered:
            cash = cash_flow(book=book, sales=sales, terms=terms, price_usd=price, price_path=price_path)
            return np.sum(cash.equity_usd * worth_of, axis=-1)
        tax = _tax(profit + gain * np.asarray(price)[..., None], terms)
        return base + slope * price - np.sum(tax * worth_of, axis=-1)

    with np.errstate(divide="ignore", invalid="ignore"):
        guess = np.where(slope > 0.0, -base / slope, np.inf)
    if not np.any(np.isfinite(guess)):
        return guess[()]
    low = np.where(np.isfinite(guess), guess, 0.0)
    step = np.maximum(np.abs(low), 1e-6)
    high = low + step
    for _ in range(_WIDENINGS):
        under, over = worth(low), worth(high)
        if np.all((under <= 0.0) & (over >= 0.0)):
            break
        low, high = np.where(under > 0.0, low - step, low), np.where(over < 0.0, high + step, high)
        step = 2.0 * step
    if (terms.losses_at_once or not np.any(terms.tax_rate)) and not terms.sculpted:
        root = low - under * (high - low) / (over - under)
    else:
        root = bracketed_root(function=worth, low=low, high=high)
    return np.where(np.isfinite(guess), root, np.inf)[()]


def returns(
    *, book: Ledger, cash: Cash, terms: Terms, project_return_per_year: Numbers, equity_return_per_year: Numbers
) -> Returns:
    """Present values, internal rates, debt cover and payback of a project's cash.

    Parameters
    ----------
    book : Ledger
        From `ledger`. [USD]
    cash : Cash
        From `cash_flow`. [USD]
    terms : Terms
        Time, tax, payment. [-]
    project_return_per_year, equity_return_per_year : float or array (...)
        Nominal rates at which the project's and the owners' cash is discounted. [1/year]

    Returns
    -------
    Returns
    """
    project, equity = (internal_rate(cash=x, years=book.times) for x in (cash.project_usd, cash.equity_usd))
    cover = cover_ratios(
        available=cash.available_usd, service=cash.service_usd, window=max(round(1.0 / terms.period_years), 1)
    )
    served = ~np.isnan(cover)
    any_served = np.any(served, axis=-1)
    inflation = 1.0 + np.asarray(terms.inflation_per_year, float)
    return Returns(
        npv_project_usd=present_value(cash=cash.project_usd, rate_per_year=project_return_per_year, years=book.times),
        npv_equity_usd=present_value(cash=cash.equity_usd, rate_per_year=equity_return_per_year, years=book.times),
        irr_project=project,
        irr_equity=equity,
        irr_project_real=(1.0 + project) / inflation - 1.0,
        irr_equity_real=(1.0 + equity) / inflation - 1.0,
        dscr_min=np.where(any_served, np.min(np.where(served, cover, np.inf), axis=-1), np.nan)[()],
        dscr_mean=np.where(
            any_served, np.sum(np.where(served, cover, 0.0), axis=-1) / np.maximum(np.sum(served, axis=-1), 1), np.nan
        )[()],
        payback_years=payback_years(cash=cash.project_usd, end_years=terms.end_years),
    )
