"""The bill and its inverse, rates, levelised cost of compute, delay, lenders; and the tables that feed them."""

import csv
import doctest
import io
import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import finance
from tools_import import load_tool

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
KW = 2.1  # of IT load per accelerator
RATE = st.floats(1e-6, 0.5)


def block(name, scope, fixed, each, **changes):
    plain = finance.Block(name, scope, fixed, each, 0.05, 0.05, 0.0, 0.0, 0.0, 0.053)
    return replace(plain, **changes)


def campus():
    shell = finance.shell_usd_per_mw(market_usd_per_w=10.81, ai_premium=0.085, site_premium=0.0)
    return [
        block("shell", finance.SHELL_POWER, 0.0, shell * KW / 1000.0, security_fraction=0.03),
        block("grid_connection", finance.SHELL_POWER, 150e6, 0.0, interest_share=0.09),
        block("accelerators", finance.IT, 0.0, 55_600.0, duty_fraction=0.045, sales_tax_fraction=0.02),
        block("network_storage", finance.IT, 0.0, 7_400.0, interest_share=0.017),
        finance.bare_block(name="land", usd_fixed=20e6, usd_per_accelerator=0.0),
    ]


@pytest.mark.parametrize("name", ["rates", "capex", "levelised", "lending", "customers"])
def test_examples(name):
    result = doctest.testmod(import_module(f"gigawatt.finance.{name}"))
    assert not result.failed and (result.attempted or name == "lending")


# --- rates


@given(RATE, st.floats(0.0, 0.3))
def test_real_and_nominal_are_inverse(rate, inflation):
    real = finance.real_rate(nominal_per_year=rate, inflation_per_year=inflation)
    assert finance.nominal_rate(real_per_year=real, inflation_per_year=inflation) == pytest.approx(rate, abs=1e-12)


@given(RATE, st.integers(1, 40))
def test_recovery_repays_the_loan(rate, years):
    payment = finance.capital_recovery_factor(rate_per_year=rate, years=years)
    worth = sum(payment / (1 + rate) ** t for t in range(1, years + 1))
    assert worth == pytest.approx(1.0, rel=1e-9)


def test_recovery_limits_and_shapes():
    near, at = (finance.capital_recovery_factor(rate_per_year=r, years=20) for r in (1e-9, 0.0))
    assert near == pytest.approx(at, rel=1e-7)
    assert finance.capital_recovery_factor(rate_per_year=0.05, years=np.inf) == pytest.approx(0.05)
    assert np.isnan(finance.capital_recovery_factor(rate_per_year=np.nan, years=20))
    grid = finance.capital_recovery_factor(rate_per_year=np.array([[0.0], [0.07]]), years=np.array([5.0, 20.0, 30.0]))
    assert grid.shape == (2, 3)
    assert grid[1, 1] == finance.capital_recovery_factor(rate_per_year=0.07, years=20.0)


def test_country_premium_only_on_what_cannot_move():
    country = {"debt_fraction": 0.75, "default_spread_per_year": 0.12, "country_risk_premium_per_year": 0.16}
    it = finance.cost_of_capital(base_per_year=0.065, exposed_fraction=0.0, **country)
    shell = finance.cost_of_capital(base_per_year=0.065, exposed_fraction=1.0, **country)
    assert it == 0.065
    assert shell == pytest.approx(0.065 + 0.75 * 0.12 + 0.25 * 0.16)


@given(RATE, st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_interest_is_what_each_payment_bears(rate, paid):
    got = finance.interest_during_construction(rate_per_year=rate, paid_before=paid, period_years=0.25)
    assert got == pytest.approx(sum(x * ((1 + rate) ** (k / 4) - 1) for k, x in enumerate(paid)), rel=1e-9, abs=1e-12)
    drawn = finance.interest_during_construction(
        rate_per_year=np.array([0.0, rate]), paid_before=paid, period_years=0.25
    )
    assert drawn == pytest.approx([0.0, got], abs=1e-12)


@given(RATE, st.floats(0, 3), st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_interest_grows_with_the_time_to_delivery(rate, longer, paid):
    got = finance.interest_during_construction(
        rate_per_year=rate, paid_before=paid, period_years=0.5, stretch=np.array([1.0, longer])
    )
    by_hand = [sum(x * ((1 + rate) ** (k * by / 2) - 1) for k, x in enumerate(paid)) for by in (1.0, longer)]
    assert got == pytest.approx(by_hand, rel=1e-9, abs=1e-12)


def test_what_is_paid_after_coming_on_line_bears_less_than_no_interest():
    shares = [0.25, 0.25, 0.5]  # a quarter after, on the day, a quarter before
    got = finance.interest_during_construction(rate_per_year=0.1, paid_before=shares, period_years=0.25, latest=1)
    assert got == pytest.approx(0.25 * (1 / 1.1**0.25 - 1) + 0.5 * (1.1**0.25 - 1), rel=1e-12)
    through = finance.interest_during_construction(
        rate_per_year=0.1, paid_before=shares, period_years=0.25, latest=1, within=0.5
    )
    at = (-0.125, 0.125, 0.375)  # years before the end of the quarter, from the middle of each
    assert through == pytest.approx(sum(x * (1.1**t - 1) for x, t in zip(shares, at, strict=True)), rel=1e-12)


def test_a_dear_place_pays_its_premium_on_the_dense_hall_too():
    plain = finance.shell_usd_per_mw(market_usd_per_w=10.0, ai_premium=0.0, site_premium=0.0)
    dense = finance.shell_usd_per_mw(market_usd_per_w=10.0, ai_premium=0.1, site_premium=0.0)
    both = finance.shell_usd_per_mw(market_usd_per_w=10.0, ai_premium=0.1, site_premium=0.5)
    assert plain == 10e6 and dense == pytest.approx(11e6) and both == pytest.approx(16.5e6)  # half as much again


def test_unknown_words_are_named():
    with pytest.raises(ValueError, match="scope is 'misc'"):
        finance.bill(accelerators=1, blocks=[block("x", "misc", 0.0, 1.0)])
    with pytest.raises(ValueError, match="basis 'all_in_rack'"):
        wrong = finance.Published("all_in_rack", np.nan, 1.0, np.nan, "x")
        finance.reconcile(
            the_bill=finance.bill(accelerators=1, blocks=campus()), it_mw=1, facility_mw=1, published=[wrong]
        )


# --- the bill


def test_lines_add_up_to_the_bill():
    made = finance.bill(accelerators=100_000, blocks=campus())
    assert sum(line.usd for line in made.lines) == pytest.approx(made.capex_usd, rel=1e-12)
    scoped = {s: sum(line.usd for line in made.lines if line.scope == s) for s in ("shell_power", "it", "all_in")}
    assert scoped["shell_power"] == pytest.approx(made.capex_shell_power_usd)
    assert scoped["it"] == pytest.approx(made.capex_it_usd)
    assert scoped["all_in"] > 0


def test_each_part_of_a_block_by_hand():
    b = block("shell", finance.SHELL_POWER, 1000.0, 0.0, contingency_fraction=0.1, owners_cost_fraction=0.05,
              security_fraction=0.02, duty_fraction=0.04, sales_tax_fraction=0.2, interest_share=0.1)  # fmt: skip
    got = finance.bill(accelerators=0, blocks=[b]).block("shell")
    parts = (got.contingency_usd, got.owners_cost_usd, got.security_usd, got.duty_usd, got.sales_tax_usd)
    assert parts == pytest.approx((100.0, 55.0, 22.0, 44.0, 0.2 * 1144.0))
    assert got.interest_usd == pytest.approx(0.1 * (1100 + 55 + 22 + 44 + 228.8))
    assert got.total_usd == pytest.approx(1.1 * 1449.8)


@given(st.floats(1.0, 3e6))
def test_budget_round_trip(accelerators):
    blocks = campus()
    cost = finance.bill(accelerators=accelerators, blocks=blocks).capex_usd
    assert finance.accelerators_for_budget(budget_usd=cost, blocks=blocks) == pytest.approx(accelerators, rel=1e-9)


def test_a_budget_below_the_fixed_part_buys_nothing():
    assert finance.accelerators_for_budget(budget_usd=1e6, blocks=campus()) == 0.0


@given(st.floats(0.0, 1e12), st.floats(0.0, 1e12))
def test_more_money_never_buys_less(a, b):
    low, high = sorted((a, b))
    few, many = (finance.accelerators_for_budget(budget_usd=x, blocks=campus()) for x in (low, high))
    assert few <= many


def test_slope_is_the_difference_of_two_bills():
    blocks = campus()
    step = (
        finance.bill(accelerators=2e5, blocks=blocks).capex_usd
        - finance.bill(accelerators=1e5, blocks=blocks).capex_usd
    )
    assert finance.bill_per_accelerator(blocks=blocks) == pytest.approx(step / 1e5, rel=1e-10)


def test_draws_broadcast_and_equal_scalars():
    rates = np.array([0.05, 0.09, 0.15])
    blocks = [replace(b, interest_share=rates) for b in campus()]
    drawn = finance.bill(accelerators=np.full(3, 1e5), blocks=blocks)
    assert drawn.capex_usd.shape == (3,)
    for i, rate in enumerate(rates):
        one = finance.bill(accelerators=1e5, blocks=[replace(b, interest_share=rate) for b in campus()])
        assert one.capex_usd == drawn.capex_usd[i]
    assert finance.accelerators_for_budget(budget_usd=30e9, blocks=blocks).shape == (3,)


def test_our_gigawatt_lies_among_the_published_ones():
    """One GW of IT: all-in between Epoch's 38 and the 60 of announced programmes per GW, shell within 10-14."""
    made = finance.bill(accelerators=1e6 / KW, blocks=campus())
    rows = finance.reconcile(
        the_bill=made,
        it_mw=1000.0,
        facility_mw=1300.0,
        published=[
            finance.Published("all_in_it", 35.0, 38.0, 60.0, "Epoch AI 2026"),
            finance.Published("shell_it", 10.0, 12.0, 14.0, "CBRE 2026"),
            finance.Published("all_in_facility", np.nan, 35.0, np.nan, "Bernstein 2025"),
        ],
    )
    assert rows[0].inside and rows[1].inside and rows[2].inside is None
    assert rows[0].ours_usd_per_w == pytest.approx(1.3 * rows[2].ours_usd_per_w)


# --- levelised costs


def running(**changes):
    given = {
        "accelerators": 1000.0,
        "it_usd_per_year": 13e6,
        "shell_usd_per_year": 2.5e6,
        "power_fixed_usd_per_year": 0.5e6,
        "energy_usd_per_year": 1.2e6,
        "opex_usd_per_year": 0.3e6,
        "sold_fraction": 0.75,
        "idle_energy_fraction": 0.45,
    }
    return finance.lcoc(**(given | changes))


def test_blocks_add_up_to_the_lcoc():
    out = running()
    parts = (out.it_usd_per_accelerator_hour, out.shell_usd_per_accelerator_hour)
    parts += (out.power_usd_per_accelerator_hour, out.opex_usd_per_accelerator_hour)
    assert sum(parts) == pytest.approx(out.lcoc_usd_per_accelerator_hour)
    assert out.energy_share_of_cost == pytest.approx(1.7 / 17.5)


def test_all_hours_sold_is_the_plain_lcoc():
    out = running(sold_fraction=1.0)
    assert out.lcoc_at_utilisation_usd_per_accelerator_hour == pytest.approx(out.lcoc_usd_per_accelerator_hour)
    assert np.isinf(running(sold_fraction=0.0).lcoc_at_utilisation_usd_per_accelerator_hour)


@given(st.floats(0.05, 1.0))
def test_break_even_inverts_the_lcoc_at_utilisation(sold):
    price = running(sold_fraction=sold).lcoc_at_utilisation_usd_per_accelerator_hour
    share = finance.break_even_utilisation(
        fixed_usd_per_year=16.3e6,
        energy_usd_per_year=1.2e6,
        idle_energy_fraction=0.45,
        accelerators=1000.0,
        price_usd_per_accelerator_hour=price,
    )
    assert share == pytest.approx(sold, rel=1e-9)


def test_a_price_below_the_energy_never_breaks_even():
    share = finance.break_even_utilisation(
        fixed_usd_per_year=1e6,
        energy_usd_per_year=1e6,
        idle_energy_fraction=0.0,
        accelerators=100.0,
        price_usd_per_accelerator_hour=np.array([0.5, 5.0]),
    )
    assert np.isinf(share[0]) and 0 < share[1] < 1


@given(st.floats(-0.4, 0.1), st.floats(0.0, 0.2), st.integers(1, 10))
def test_levelised_price_is_worth_the_changing_one(change, rate, years):
    flat = finance.levelised_price(price_usd=3.0, change_per_year=change, rate_per_year=rate, years=years)
    worth = [(1 + rate) ** -t for t in range(1, years + 1)]
    changing = sum(3.0 * (1 + change) ** (t - 1) * w for t, w in zip(range(1, years + 1), worth, strict=True))
    assert flat * sum(worth) == pytest.approx(changing, rel=1e-7)


def test_annual_cost_with_residual_and_decommissioning():
    common = {"investment_usd": 100.0, "rate_per_year": 0.07, "life_years": 20}
    plain = finance.annual_cost(residual_fraction=0.0, **common)
    sinking = 0.07 / (1.07**20 - 1)
    assert plain == pytest.approx(9.4392926, rel=1e-6)
    assert finance.annual_cost(residual_fraction=0.2, **common) == pytest.approx(plain - 20 * sinking)
    assert finance.annual_cost(residual_fraction=-0.1, **common) == pytest.approx(plain + 10 * sinking)


def test_lcoe_without_energy_is_infinite():
    assert finance.lcoe_usd_per_mwh(annual_usd=70.0, annual_mwh=1.0) == 70.0
    assert np.isinf(finance.lcoe_usd_per_mwh(annual_usd=1.0, annual_mwh=0.0))


# --- lending


@given(st.floats(1.0, 3.0), st.floats(0.0, 0.2))
def test_take_or_pay_round_trip(dscr, interest):
    service = finance.debt_service_usd_per_year(debt_usd=20e9, interest_per_year=interest, tenor_years=6.0)
    assert service * 6.0 >= 20e9 * (1 - 1e-12)
    given = {"debt_service_usd_per_year": service, "cash_cost_usd_per_year": 1.1e9}
    given["contracted_hours_per_year"] = 4e5 * 8760 * 0.9
    price = finance.take_or_pay_price(dscr=dscr, **given)
    assert finance.dscr_at_price(price_usd_per_accelerator_hour=price, **given) == pytest.approx(dscr, rel=1e-9)


def test_without_debt_any_positive_cash_covers_it():
    cover = finance.dscr_at_price(
        debt_service_usd_per_year=0.0,
        price_usd_per_accelerator_hour=3.0,
        cash_cost_usd_per_year=1.0,
        contracted_hours_per_year=1.0,
    )
    assert np.isinf(cover)


def test_public_money_round_trip_reads_both_ways():
    whole = finance.capex_for_public_money(public_usd=20e9, public_fraction=0.17)
    assert finance.public_money_usd(capex_usd=whole, public_fraction=0.17) == pytest.approx(20e9)
    assert finance.capex_for_public_money(public_usd=20e9, public_fraction=1.0) == 20e9
    assert np.isinf(finance.capex_for_public_money(public_usd=20e9, public_fraction=0.0))


def test_small_ones():
    assert finance.jobs(facility_mw=1200.0, jobs_per_mw=5.0) == 6000.0
    assert finance.rent_abroad_usd_per_accelerator_hour(market_price_usd=3.2, premium=0.1) == pytest.approx(3.52)
    cost = finance.operating_cost_usd_per_year(
        permanent_jobs=350, usd_per_job_year=140e3, shell_power_usd=12e9, maintenance_fraction_per_year=0.01,
        it_usd=30e9, it_support_fraction_per_year=0.003, insured_usd=44e9, insurance_fraction_per_year=0.0015,
    )  # fmt: skip
    assert cost == pytest.approx(49e6 + 120e6 + 90e6 + 66e6)


# --- the tables


def table(name):
    path = Path(finance.__file__).parents[1] / "data" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@needs_reference
@pytest.mark.parametrize(
    ("script", "name"),
    [
        *(("derive_money", x) for x in ("costs", "money", "security", "social", "emissions")),
        *(("derive_offtake", x) for x in ("offtake", "home_demand")),
    ],
)
def test_tables_are_what_the_script_makes_of_the_reference(script, name):
    tool = load_tool(script)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([load_tool("fact_rows").HEADER, *tool.TABLES[name](tool.Reference(Path(REFERENCE)))])
    path = Path(finance.__file__).parents[1] / "data" / f"{name}.csv"
    assert path.read_bytes().decode("utf-8") == text.getvalue(), f"run: python3 tools/{script}.py {REFERENCE}"


def test_six_countries_have_what_the_rooms_need():
    costs, places = table("costs"), table("countries")
    for code in ("EST", "FRA", "KEN", "SGP", "UKR", "USA"):
        assert 5 < float(costs[f"shell.usd_per_w.{code}"]["value"]) < 20
        for name in ("gdp", "population", "generation", "demand", "peak_load", "carbon.average", "carbon.marginal"):
            assert float(places[f"country.{code}.{name}"]["value"]) > 0
        mean_mw = float(places[f"country.{code}.demand"]["value"]) * 1e6 / 8760
        assert 0.4 < mean_mw / float(places[f"country.{code}.peak_load"]["value"]) < 0.95


def test_ukraine_is_uncertain_and_short():
    places = table("countries")
    for name in ("demand", "generation"):
        row = places[f"country.UKR.{name}"]
        assert row["class"] == "C" and float(row["high"]) > 1.15 * float(row["value"])
    assert float(places["country.UKR.available_generation"]["value"]) < 20_000
    assert float(places["country.UKR.peak_deficit"]["value"]) > 0


def test_pegs_and_euro():
    money = table("money")
    assert float(money["fx.EUR.2025"]["value"]) == pytest.approx(1.13, abs=0.01)
    assert float(money["fx.XOF.2024"]["value"]) == pytest.approx(
        float(money["fx.EUR.2024"]["value"]) / 655.957, rel=1e-6
    )
    assert "NGN" in money["currency.no_rate"]["value"].split()
    assert not any(key.startswith("fx.NGN") for key in money)
