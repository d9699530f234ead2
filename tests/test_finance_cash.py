"""Cash by period against direct formulas, conservation, and the published pro forma through this same engine."""

import doctest
import json
import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from gigawatt import finance, offgrid
from gigawatt.validate import offgrid as cases
from gigawatt.validate import shipped, validate

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
QUARTERS = 60
ENDS = 0.1 + 0.25 * np.arange(QUARTERS)
TIMES = {"end": [0.25, 0.5], "mid": [0.125, 0.375], "begin": [0.0, 0.25]}


@pytest.mark.parametrize("name", ["cashflow", "returns", "project"])
def test_examples(name):
    result = doctest.testmod(import_module(f"gigawatt.finance.{name}"))
    assert not result.failed and (result.attempted or name == "project")


def block(name="it", **changes):
    added = np.zeros(QUARTERS)
    added[[8, 10, 13]] = 0.3, 0.3, 0.4
    plain = finance.BlockPlan(
        name=name,
        capex_usd=1000.0,
        added=added,
        spending=np.array([[0.07, 0.18, 0.25, 0.25, 0.18, 0.07]]),
        exit_periods=20,
        exit_value=0.3,
        depreciation=finance.depreciation_shares(life_years=7.0, factor=2.0, period_years=0.25, exit_periods=20),
        debt_fraction=0.7,
        construction_rate=0.09,
        interest_per_year=0.08,
        tenor_years=5.0,
        vat_fraction=0.2,
        grant_fraction=0.05,
        credit_fraction=0.1,
    )
    return replace(plain, **changes)


def terms(**changes):
    plain = finance.Terms(
        end_years=ENDS,
        period_years=0.25,
        convention="mid",
        inflation_per_year=0.02,
        price_age_years=1.4,
        tax_rate=np.full(QUARTERS, 0.25),
        loss_limit=0.8,
        credit_basis_reduction=0.5,
        paid_late_years=0.1,
        pay_late_years=0.05,
        vat_refund_periods=2,
    )
    return replace(plain, **changes)


def sales(hours=100.0, running=20.0):
    share = finance.by_age(cohorts=block().added, pattern=np.ones(20))
    return finance.Sales(units=hours * share, running_usd=running * share)


def laid(**changes):
    t, s = terms(**changes), sales()
    blocks = [block(), block("shell", tenor_years=15.0, exit_value=0.7, vat_fraction=0.0)]
    return finance.ledger(blocks=blocks, sales=s, terms=t), s, t


# --- spending, loans, depreciation, tax


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=12), st.integers(0, 11))
def test_spending_adds_up_and_never_falls_before_today(paid, later):
    shares = np.array(paid) / sum(paid)
    added = np.zeros(20)
    added[[1, 7]] = 0.4, 0.6
    spent = finance.spending(added=added, shares=shares[None, :])
    assert spent.sum() == pytest.approx(1.0) and np.all(spent >= 0.0) and spent[8:].sum() == 0.0
    by_cohort = np.broadcast_to(shares, (20, len(shares)))
    assert finance.spending(added=added, shares=by_cohort) == pytest.approx(spent)
    only = np.zeros((20, 12))  # the first part is paid on the day, the second so many periods before
    only[1, 0] = only[7, later] = 1.0
    expected = np.zeros(20)
    expected[1] += 0.4
    expected[max(7 - later, 0)] += 0.6
    assert finance.spending(added=added, shares=only) == pytest.approx(expected)
    after = finance.spending(added=added, shares=shares[None, :], latest=30)  # all paid beyond the last period
    assert after[-1] == pytest.approx(1.0) and after.sum() == pytest.approx(1.0)
    assert finance.spending(added=added[:3], shares=shares[None, :]).sum() == pytest.approx(0.4)
    one, rate = np.ones(20), 0.03
    cost = finance.grown(added=added, shares=only, price_index=one, rate_per_period=rate)
    assert cost[[1, 7]] == pytest.approx([0.4, 0.6 * (1 + rate) ** min(later, 7)])


def test_what_is_paid_late_is_dearer_by_prices_and_cheaper_by_interest():
    index, rate = np.array([1.0, 1.1, 1.2, 1.3, 1.4]), 0.05
    shares = [[0.3, 0.0, 0.7]]  # the first part a period after coming on line, the other a period before
    added = [0.0, 0.0, 1.0, 0.0, 0.0]
    common = {"added": added, "shares": shares, "latest": 1}
    spent = finance.spending(**common) * index
    assert spent == pytest.approx([0.0, 0.7 * 1.1, 0.0, 0.3 * 1.3, 0.0])
    grown = finance.grown(**common, price_index=index, rate_per_period=rate)
    assert grown == pytest.approx([0.0, 0.0, 0.7 * 1.1 * 1.05 + 0.3 * 1.3 / 1.05, 0.0, 0.0])
    through = finance.grown(**common, price_index=index, rate_per_period=rate, within=0.5)
    assert through == pytest.approx(grown * 1.05**0.5)


def test_a_construction_loan_bears_interest_from_the_period_after_it_is_drawn():
    drawn, rate = [100.0, 50.0, 0.0, 0.0], 0.1
    owed = finance.construction_balance(drawn=drawn, converted=[0.0, 0.0, 176.0, 0.0], rate_per_period=rate)
    assert owed == pytest.approx([100.0, 160.0, 0.0, 0.0], abs=1e-12)  # 100, 110 + 50, 176 less what is turned over
    earlier = finance.construction_balance(
        drawn=drawn, converted=[0.0, 0.0, 176.0 * 1.1**0.5, 0.0], rate_per_period=rate, within=0.5
    )
    assert earlier == pytest.approx(np.array([100.0, 160.0, 0.0, 0.0]) * 1.1**0.5, abs=1e-12)


def test_money_tied_up_is_what_customers_owe_less_what_suppliers_are_owed():
    tied = finance.working_capital(
        revenue=[300.0, 600.0], cost=[90.0, 90.0], paid_late_years=1 / 12, pay_late_years=1 / 6, period_years=0.25
    )
    assert tied == pytest.approx([300 / 3 - 90 * 2 / 3, 600 / 3 - 90 * 2 / 3])  # a month of sales, two of bills


@given(st.floats(0.0, 0.3), st.floats(1.0, 40.0), st.integers(1, 60))
def test_a_loan_repays_itself(rate, tenor, exit_periods):
    owed = finance.owed_shares(rate_per_period=rate, tenor_periods=tenor, exit_periods=exit_periods)
    paid = owed[:-1] * rate - np.diff(owed)
    paid[-1] += owed[-1]
    worth = np.sum(paid * (1.0 + rate) ** -np.arange(1.0, exit_periods + 1))
    assert worth == pytest.approx(1.0, rel=1e-9)
    whole = paid[: min(int(tenor), exit_periods) - 1]
    expected = finance.capital_recovery_factor(rate_per_year=rate, years=tenor)
    assert whole == pytest.approx(np.full(whole.shape, expected), rel=1e-9)  # equal payments


@given(st.floats(1.0, 40.0), st.floats(1.0, 2.5), st.integers(1, 80))
def test_the_whole_cost_is_written_off(life, factor, exit_periods):
    shares = finance.depreciation_shares(life_years=life, factor=factor, period_years=0.25, exit_periods=exit_periods)
    assert shares.sum() == pytest.approx(1.0) and np.all(shares >= -1e-12)


def test_carried_losses_shield_later_profit_up_to_the_limit():
    profit = np.array([-100.0, 50.0, 50.0, 100.0])
    rate = np.full(4, 0.2)
    free = finance.tax_paid(profit=profit, rate=rate, loss_limit=1.0, losses_at_once=False)
    half = finance.tax_paid(profit=profit, rate=rate, loss_limit=0.5, losses_at_once=False)
    assert free.tolist() == [0.0, 0.0, 0.0, 20.0]
    assert half.tolist() == [0.0, 5.0, 5.0, 10.0]  # all losses are used by the end: the same sum
    # with no limit, tax to date is the rate on the highest profit to date
    noisy = np.random.default_rng(1).normal(5.0, 40.0, (3, 200))
    paid = finance.tax_paid(profit=noisy, rate=np.full(200, 0.2), loss_limit=1.0, losses_at_once=False)
    top = np.maximum.accumulate(np.maximum(np.cumsum(noisy, axis=-1), 0.0), axis=-1)
    assert np.cumsum(paid, axis=-1) == pytest.approx(0.2 * top, abs=1e-9)


def test_value_left_is_the_worth_of_the_yearly_cost_still_to_come():
    rate, life, residual, age = 0.05, 14.0, 0.2, 5.0
    yearly = finance.annual_cost(investment_usd=1.0, rate_per_year=rate, life_years=life, residual_fraction=residual)
    direct = yearly / finance.capital_recovery_factor(rate_per_year=rate, years=life - age)
    direct += residual * (1.0 + rate) ** -(life - age)
    got = finance.value_left(rate_per_year=rate, life_years=life, residual_fraction=residual, age_years=age)
    assert got == pytest.approx(direct, rel=1e-12)


# --- what holds in every quarter


def test_sources_are_uses_and_balances_close():
    book, s, t = laid()
    cash = finance.cash_flow(book=book, sales=s, terms=t, price_usd=1.2, price_path=finance.real_path(book=book))
    more_tied = np.diff(cash.working_capital_usd, prepend=0.0)
    sources = (
        cash.revenue_usd
        + book.vat_refund_usd
        + sum(book.total(k) for k in ("drawn_usd", "grant_usd", "credit_usd", "exit_usd"))
    )
    uses = (
        book.running_usd
        + more_tied
        + cash.tax_usd
        + sum(book.total(k) for k in ("capex_usd", "vat_paid_usd", "interest_usd", "repaid_usd", "redeemed_usd"))
    )
    assert sources == pytest.approx(uses + cash.equity_usd, abs=1e-9)
    assert cash.working_capital_usd[-1] == 0.0
    assert book.vat_refund_usd.sum() == pytest.approx(book.total("vat_paid_usd").sum())
    for b in book.blocks:
        assert b.construction_usd[-1] == pytest.approx(0.0, abs=1e-9)
        assert b.owed_usd[-1] == pytest.approx(0.0, abs=1e-9)
        change = b.converted_usd - b.repaid_usd - b.redeemed_usd
        assert np.cumsum(change) == pytest.approx(b.owed_usd, abs=1e-9)
        assert b.drawn_usd.sum() + b.capitalised_usd.sum() == pytest.approx(b.converted_usd.sum())
        assert b.cost_usd.sum() == pytest.approx(b.capex_usd.sum())
        paid = b.cost_usd * 0.95 - 0.5 * 0.1 * b.cost_usd
        assert b.written_off_usd.sum() == pytest.approx(paid.sum())
        assert b.interest_written_off_usd.sum() == pytest.approx(b.capitalised_usd.sum())
        assert b.drawn_usd == pytest.approx(0.7 * (b.capex_usd - b.grant_usd))


def test_lenders_get_their_rate():
    book, _, _ = laid()
    for b in book.blocks:
        cash = b.interest_usd + b.repaid_usd + b.redeemed_usd - b.converted_usd
        assert finance.internal_rate(cash=cash, years=ENDS) == pytest.approx(0.08, abs=1e-9)
        building = np.concatenate([b.converted_usd, -b.drawn_usd])  # drawn all through a quarter
        when = np.concatenate([ENDS, np.asarray(ENDS) - 0.125])
        worth = finance.present_value(cash=building, rate_per_year=0.09, years=when)
        assert worth == pytest.approx(0.0, abs=1e-9 * b.drawn_usd.sum())


def test_draws_are_the_same_as_one_by_one():
    rates, costs = np.array([0.06, 0.08, 0.11]), np.array([800.0, 1000.0, 1300.0])
    t, s = terms(inflation_per_year=np.array([0.01, 0.02, 0.03])), sales()

    def price(cost, rate, t):
        book = finance.ledger(blocks=[block(capex_usd=cost, interest_per_year=rate)], sales=s, terms=t)
        path = finance.real_path(book=book)
        own = {"book": book, "sales": s, "terms": t, "price_path": path}
        return finance.required_price(**own, return_per_year=0.12, levered=True)

    many = price(costs, rates, t)
    one = [
        price(c, r, replace(t, inflation_per_year=i))
        for c, r, i in zip(costs, rates, t.inflation_per_year, strict=True)
    ]
    assert many == pytest.approx(one, rel=1e-10)


@pytest.mark.parametrize("changes", [{}, {"losses_at_once": True}, {"tax_rate": np.zeros(QUARTERS)}])
def test_sculpted_loans_keep_one_cover_and_are_repaid(changes):
    book, s, t = laid(sculpted=True, **changes)
    own = {"book": book, "sales": s, "terms": t, "price_path": finance.real_path(book=book)}
    cash = finance.cash_flow(**own, price_usd=1.6)
    owed = np.cumsum(book.total("converted_usd") - cash.repaid_usd)
    assert owed[-1] == pytest.approx(0.0, abs=1e-6) and owed.max() > 100.0
    served = (cash.service_usd > 1e-9) & (cash.available_usd > 1e-9)
    cover = cash.available_usd[served] / cash.service_usd[served]
    assert np.ptp(cover) < 1e-9 * cover[0]
    lenders = cash.interest_usd + cash.repaid_usd - book.total("converted_usd")
    assert finance.internal_rate(cash=lenders, years=ENDS) == pytest.approx(0.08, abs=1e-9)
    assert cash.interest_usd[1:] == pytest.approx(owed[:-1] * (1.08**0.25 - 1.0), abs=1e-9)
    price = finance.required_price(**own, return_per_year=0.14, levered=True)
    at_price = finance.cash_flow(**own, price_usd=price)
    assert finance.internal_rate(cash=at_price.equity_usd, years=book.times) == pytest.approx(0.14, abs=1e-8)


# --- returns against direct formulas


@settings(max_examples=50)
@given(st.lists(st.floats(-50.0, 100.0), min_size=3, max_size=30), st.floats(0.0, 0.5))
def test_present_value_and_rate_against_direct_sums(later, rate):
    cash = np.array([-200.0, *later])
    years = np.arange(len(cash)) * 0.25
    direct = sum(c / (1.0 + rate) ** t for c, t in zip(cash, years, strict=True))
    assert finance.present_value(cash=cash, rate_per_year=rate, years=years) == pytest.approx(direct, abs=1e-9)
    found = finance.internal_rate(cash=cash, years=years)

    def worth(r):
        return float(np.sum(cash * (1.0 + r) ** -years))

    if np.isfinite(found):
        assert worth(found) == pytest.approx(0.0, abs=1e-6 * np.abs(cash).sum())
    elif worth(-0.89) * worth(9.9) < 0:
        raise AssertionError("a root exists and was not found")


def test_rate_against_another_library():
    financial = pytest.importorskip("numpy_financial")
    cash = np.array([-1000.0, -500.0, 200.0, 300.0, 400.0, 500.0, 600.0])
    got = finance.internal_rate(cash=cash, years=np.arange(7.0))
    assert got == pytest.approx(financial.irr(cash), abs=1e-10)
    assert finance.present_value(cash=cash, rate_per_year=0.08, years=np.arange(7.0)) == pytest.approx(
        financial.npv(0.08, cash), rel=1e-12
    )


def test_returns_that_do_not_exist_are_not_numbers():
    assert np.isnan(finance.internal_rate(cash=[1.0, 2.0, 3.0], years=[0.0, 1.0, 2.0]))
    assert np.isnan(finance.internal_rate(cash=[0.0, 0.0], years=[0.0, 1.0]))
    assert np.isnan(finance.payback_years(cash=[-5.0, 1.0], end_years=[1.0, 2.0]))
    assert finance.payback_years(cash=[-5.0, 2.0, 4.0], end_years=[1.0, 2.0, 3.0]) == 3.0
    assert finance.payback_years(cash=[-5.0, 5.0, 4.0], end_years=[1.0, 2.0, 3.0]) == 2.0  # just back is back
    times = {x: finance.cash_times(end_years=[0.25, 0.5], period_years=0.25, convention=x).tolist() for x in TIMES}
    assert times == TIMES
    with pytest.raises(ValueError, match="convention is 'late'"):
        finance.cash_times(end_years=ENDS, period_years=0.25, convention="late")


def test_returns_of_a_project_are_those_of_its_cash():
    book, s, t = laid()
    cash = finance.cash_flow(book=book, sales=s, terms=t, price_usd=4.0, price_path=finance.real_path(book=book))
    r = finance.returns(book=book, cash=cash, terms=t, project_return_per_year=0.08, equity_return_per_year=0.12)
    assert (1 + r.irr_project_real) * (1 + t.inflation_per_year) == pytest.approx(1 + r.irr_project)
    real = finance.internal_rate(cash=cash.project_usd / book.price_index, years=book.times)
    assert r.irr_project_real == pytest.approx(real, abs=1e-9)  # of the cash in money of one year
    years = [slice(k - 3, k + 1) for k in range(3, QUARTERS) if np.all(cash.service_usd[k - 3 : k + 1] > 0)]
    cover = [cash.available_usd[y].sum() / cash.service_usd[y].sum() for y in years]
    assert (r.dscr_min, r.dscr_mean) == pytest.approx((min(cover), np.mean(cover)))
    assert r.dscr_min < r.dscr_mean


def test_cover_looks_back_a_year():
    service = np.array([0.0, 10.0, 10.0, 10.0, 10.0, 10.0])
    cash = np.array([5.0, 10.0, 20.0, 20.0, 30.0, 10.0])
    cover = finance.cover_ratios(available=cash, service=service, window=4)
    assert np.isnan(cover[:4]).all() and cover[4:].tolist() == [2.0, 2.0]


# --- the price that is needed


@pytest.mark.parametrize("levered", [True, False])
@pytest.mark.parametrize("changes", [{}, {"losses_at_once": True}, {"tax_rate": np.zeros(QUARTERS)}])
@pytest.mark.parametrize("convention", list(finance.CONVENTIONS))
def test_required_price_is_where_the_owners_get_their_return(levered, changes, convention):
    book, s, t = laid(convention=convention, **changes)
    path = finance.flat_path(book=book)
    own = {"book": book, "sales": s, "terms": t, "price_path": path}
    price = finance.required_price(**own, return_per_year=0.14, levered=levered)
    cash = finance.cash_flow(**own, price_usd=price)
    flow = cash.equity_usd if levered else cash.project_usd
    assert finance.internal_rate(cash=flow, years=book.times) == pytest.approx(0.14, abs=1e-9)

    def worth(p):
        c = finance.cash_flow(**own, price_usd=p)
        return finance.present_value(
            cash=c.equity_usd if levered else c.project_usd, rate_per_year=0.14, years=book.times
        )

    assert price == pytest.approx(brentq(worth, 0.1, 20.0, xtol=1e-13), rel=1e-10)


def test_real_and_nominal_are_two_words_for_one_value():
    book, s, t = laid()
    cash = finance.cash_flow(book=book, sales=s, terms=t, price_usd=1.5, price_path=finance.real_path(book=book))
    found = finance.returns(book=book, cash=cash, terms=t, project_return_per_year=0.09, equity_return_per_year=0.14)
    assert (1 + found.irr_equity_real) * 1.02 == pytest.approx(1 + found.irr_equity)
    real = finance.internal_rate(cash=cash.equity_usd / book.price_index, years=book.times)
    assert real == pytest.approx(found.irr_equity_real, abs=1e-9)
    deflated = finance.present_value(
        cash=cash.project_usd / book.price_index, rate_per_year=1.09 / 1.02 - 1, years=book.times
    )
    assert deflated * 1.02**1.4 == pytest.approx(found.npv_project_usd, rel=1e-9)


@given(st.floats(0.02, 0.2), st.floats(0.0, 0.5))
@settings(max_examples=30)
def test_levelised_cost_is_the_price_without_tax_loans_and_inflation(rate, residual):
    """The two ways to a cost of an hour agree to the last digits where they mean the same."""
    years, life, hall = 12, 5, 14.0
    added = np.zeros(years)
    added[0] = 1.0
    now = np.ones((1, 1))
    common = {"added": added, "spending": now, "exit_periods": life, "depreciation": np.full(life, 1 / life)}
    common |= {"debt_fraction": 0.0, "construction_rate": 0.0, "interest_per_year": 0.0, "tenor_years": 1.0}
    left = finance.value_left(rate_per_year=rate, life_years=hall, residual_fraction=0.1, age_years=life)
    blocks = [
        finance.BlockPlan(name="it", capex_usd=40e6, exit_value=residual, **common),
        finance.BlockPlan(name="shell", capex_usd=12e6, exit_value=left, **common),
    ]
    hours = 1000 * finance.HOURS_PER_YEAR * 0.8
    share = finance.by_age(cohorts=added, pattern=np.ones(life))
    s = finance.Sales(units=hours * share, running_usd=2e6 * share)
    t = finance.Terms(
        end_years=np.arange(1.0, years + 1),
        period_years=1.0,
        convention="end",
        inflation_per_year=0.0,
        price_age_years=0.0,
        tax_rate=np.zeros(years),
    )
    book = finance.ledger(blocks=blocks, sales=s, terms=t)
    price = finance.required_price(
        book=book, sales=s, terms=t, price_path=finance.real_path(book=book), return_per_year=rate, levered=True
    )
    yearly = [
        finance.annual_cost(investment_usd=i, rate_per_year=rate, life_years=n, residual_fraction=r)
        for i, n, r in ((40e6, life, residual), (12e6, hall, 0.1))
    ]
    cost = finance.lcoc(
        accelerators=1000,
        it_usd_per_year=yearly[0],
        shell_usd_per_year=yearly[1],
        power_fixed_usd_per_year=0.0,
        energy_usd_per_year=1.2e6,
        opex_usd_per_year=0.8e6,
        sold_fraction=0.8,
        idle_energy_fraction=1.0,
    )
    assert price == pytest.approx(cost.lcoc_at_utilisation_usd_per_accelerator_hour, rel=1e-9)


# --- the published pro forma through this engine


def pro_forma(energy, plant, prices, t):
    """The convention of the published off-grid calculator in the words of this engine; yearly periods."""
    load, modules, power, generators = (
        float(x) * 1e3 for x in (plant.load_mw, plant.solar_mw_dc, plant.battery_mw, plant.generator_mw)
    )
    credited = prices.solar_usd_per_w_dc * modules * 1e3
    credited += prices.battery_usd_per_kwh * power * float(plant.battery_hours)
    hard = credited + prices.generator_usd_per_kw * generators + prices.integration_usd_per_kw_load * load
    capex = hard * (1.0 + prices.soft_fraction)
    fixed = prices.soft_fraction_per_year * hard + prices.solar_fixed_usd_per_kw_year * modules
    fixed += prices.battery_fixed_usd_per_kw_year * power + prices.generator_fixed_usd_per_kw_year * generators
    fixed += prices.balance_fixed_usd_per_kw_load_year * load
    life, before = energy.served_mwh.shape[-1], t.construction_years
    age = np.arange(life)
    upkeep = (fixed + prices.generator_variable_usd_per_kwh * 1e3 * energy.generator_mwh) * (
        1.0 + prices.upkeep_escalation
    ) ** age
    fuel = energy.generator_mwh * prices.heat_rate_mmbtu_per_mwh * prices.fuel_usd_per_mmbtu
    fuel = fuel * (1.0 + prices.fuel_escalation) ** age
    added = np.zeros(before + life)
    added[before - 1] = 1.0
    written = np.zeros(life)
    written[: len(offgrid.MACRS_5_YEAR)] = offgrid.MACRS_5_YEAR
    plan = finance.BlockPlan(
        name="plant",
        capex_usd=capex,
        added=added,
        spending=np.full((1, before), 1.0 / before),
        exit_periods=life,
        exit_value=0.0,
        depreciation=written,
        debt_fraction=t.debt_fraction,
        construction_rate=0.0,
        interest_per_year=t.debt_rate,
        tenor_years=float(t.debt_years),
        credit_fraction=t.investment_credit * credited / hard,
    )
    own = finance.Terms(
        end_years=np.arange(1.0, before + life + 1),
        period_years=1.0,
        convention="end",
        inflation_per_year=0.0,
        price_age_years=0.0,
        tax_rate=np.full(before + life, t.tax_rate),
        losses_at_once=True,
        credit_basis_reduction=0.5,
    )
    s = finance.Sales(units=np.pad(energy.served_mwh, (before, 0)), running_usd=np.pad(upkeep + fuel, (before, 0)))
    book = finance.ledger(blocks=[plan], sales=s, terms=own)
    return finance.required_price(
        book=book,
        sales=s,
        terms=own,
        price_path=finance.flat_path(book=book),
        return_per_year=t.equity_return,
        levered=True,
    )


@pytest.mark.parametrize("kind", ["engine", "turbine"])
@pytest.mark.parametrize("debt", [0.0, 0.7])
def test_the_off_grid_pro_forma_is_a_case_of_this_engine(kind, debt):
    """70 % debt at 7.5 % over 20 years, equity 11 %, tax 21 %, five-year write-off, credit 30 %: the same price."""
    day = np.clip(np.sin((np.arange(8760) % 24 - 6) * np.pi / 12), 0.0, None)
    plant = offgrid.Plant(load_mw=100.0, solar_mw_dc=300.0, battery_mw=150.0, battery_hours=4.0, generator_mw=125.0)
    energy = offgrid.dispatch(solar_cf=day, plant=plant, wear=cases.inputs(offgrid.Wear))
    prices = cases.inputs(offgrid.Prices, kind)
    t = replace(cases.inputs(offgrid.Terms), debt_fraction=debt)
    published = offgrid.levelised_price(energy=energy, plant=plant, prices=prices, terms=t)
    assert pro_forma(energy, plant, prices, t) == pytest.approx(float(published), rel=1e-10)


@needs_reference
def test_published_off_grid_cases_hold_through_this_engine(monkeypatch):
    """All prices that the public calculator gave, from this engine's loans, tax and discounting."""
    path = Path(REFERENCE) / "published_cases" / "offgrid_solar_gas_calculator.json"

    def through(*, energy, plant, prices, terms):
        return pro_forma(energy, plant, prices, terms)

    monkeypatch.setattr(offgrid, "levelised_price", through)
    scored = [r for r in validate([path]).rows if r.figure == "lcoe_usd_per_mwh"]
    assert len(scored) > 1 and all(r.within for r in scored)


def test_published_present_values_hold_through_this_engine():
    """The four conventions of the published cases, from discount factors, depreciation and cash of this room."""
    cases = json.loads((shipped()[0] / "finance.json").read_text(encoding="utf-8"))["cases"]
    checked = 0
    for c in cases:
        years = np.arange(1.0, c.get("years", c.get("years_waiting", c.get("year", 0))) + 1)
        d = {"rate_per_year": c.get("discount"), "years": years}
        if c["kind"] == "present_worth_factor":
            got = finance.present_value(cash=(1.0 + c["escalation"]) ** years, **d)
        elif c["kind"] == "replacement_present_value":
            got = finance.present_value(cash=np.where(years == c["year"], c["cost_usd_per_kw"], 0.0), **d)
        elif c["kind"] == "straight_line_depreciation":
            shares = finance.depreciation_shares(
                life_years=c["years"], factor=1.0, period_years=1.0, exit_periods=c["years"]
            )
            shield = finance.present_value(cash=c["capital_cost"] * shares * c["tax_rate"], **d)
            got = c["capital_cost"] - shield
        else:
            continue
        (expected,), (tolerance,) = c["expected"].values(), c["tolerance"].values()
        assert got == pytest.approx(expected, rel=tolerance["rel"]), c["case_id"]
        checked += 1
    assert checked >= 3
