"""Cost of a delay: against a simulation month by month, and what must hold for any campus."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import finance, fleet
from gigawatt.chapters import delay as delays

TERMS = {
    "rate_per_year": 0.08,
    "value_decline_per_year": 0.28,
    "price_decline_per_year": 0.1,
    "contracted_hours_per_month": 0.0,
    "price_usd_per_accelerator_hour": 3.2,
    "lcoc_usd_per_accelerator_hour": 2.2,
    "fixed_price_share": 0.0,
    "grace_months": 6.0,
    "long_stop_months": 18.0,
}


def delay(months=1, *, paid=12e9, idle=0.0, unordered=0.0, standing=0.0, **changes):
    """A delay with paths that are one value or a value a month."""

    def path(x):
        return np.broadcast_to(np.asarray(x, float), (months,))

    return finance.cost_of_delay(
        committed_usd=path(paid),
        idle_hardware_usd=path(idle),
        unordered_hardware_usd=unordered,
        standing_usd_per_month=path(standing),
        **(TERMS | changes),
    )


def by_hand(paid, idle, unordered, standing, **changes):
    """The same month by month: an account that pays interest, and racks that lose value from the day they arrive."""
    t = TERMS | changes
    month = 1 / 12
    account, racks, stands = 0.0, [], 0.0
    for now, arrived, before in zip(paid, idle, [0.0, *idle[:-1]], strict=True):
        racks.append([arrived - before, arrived - before])
        account += (now + account) * ((1 + t["rate_per_year"]) ** month - 1)
        racks = [[was, value * (1 - t["value_decline_per_year"]) ** month] for was, value in racks]
        stands += standing
    months = len(paid)
    aged = sum(was - value for was, value in racks)
    margin = (
        months
        * t["contracted_hours_per_month"]
        * max(t["price_usd_per_accelerator_hour"] - t["lcoc_usd_per_accelerator_hour"], 0.0)
    )
    price = 1.0
    for _ in range(months):
        price *= (1 - t["price_decline_per_year"]) ** month
    left = min(max((months - t["grace_months"]) / (t["long_stop_months"] - t["grace_months"]), 0.0), 1.0)
    return account + aged + stands + margin - unordered * (1 - price) * t["fixed_price_share"] * (1 - left)


def test_no_delay_costs_nothing():
    assert delay(0, idle=5e9, unordered=9e9, standing=1e6, contracted_hours_per_month=1e8).total_usd == 0.0


def test_delay_costs_nothing_when_nothing_is_committed():
    assert delay(paid=0.0).total_usd == 0.0


def test_twelve_months_of_carry_are_a_year_of_interest():
    assert delay(12).carry_usd == pytest.approx(12e9 * 0.08)
    assert 12e9 * ((1 + delay().carry_usd / 12e9) ** 12 - 1) == pytest.approx(12e9 * 0.08)


def test_a_year_idle_loses_a_year_of_value():
    assert delay(12, idle=4e9).ageing_usd == pytest.approx(4e9 * 0.28)


def test_delay_counts_margin_over_full_cost_only():
    hours = 1e5 * 730.0
    assert delay(contracted_hours_per_month=hours).margin_usd == pytest.approx(hours * 1.0)
    assert delay(contracted_hours_per_month=hours, price_usd_per_accelerator_hour=2.0).margin_usd == 0.0


def test_hardware_not_bought_costs_nothing():
    assert delay(12, paid=1e9, unordered=30e9).total_usd == delay(12, paid=1e9, unordered=0.0).total_usd


def test_hardware_not_bought_is_bought_cheaper_where_prices_are_fixed():
    d = delay(6, unordered=10e9, fixed_price_share=0.5)
    assert d.cheaper_usd == pytest.approx(0.5 * 10e9 * (1 - 0.9**0.5))
    assert d.total_usd == pytest.approx(d.carry_usd - d.cheaper_usd)
    assert delay(18, unordered=10e9, fixed_price_share=0.5).cheaper_usd == 0.0  # the customers have left


@given(
    st.lists(st.floats(0.0, 3e9), min_size=1, max_size=24),
    st.floats(0.0, 20e9),
    st.floats(0.0, 20e9),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1e8),
)
def test_against_a_simulation_month_by_month(arrivals, shell, unordered, fixed, hours):
    idle = np.cumsum(arrivals)
    changes = {"fixed_price_share": fixed, "contracted_hours_per_month": hours}
    ours = delay(len(idle), paid=shell + idle, idle=idle, unordered=unordered, standing=1e6, **changes)
    theirs = by_hand(list(shell + idle), list(idle), unordered, 1e6, **changes)
    assert ours.total_usd == pytest.approx(theirs, rel=1e-9, abs=1.0)


@given(st.integers(1, 30), st.floats(0.0, 20e9), st.floats(0.0, 10e9), st.floats(0.0, 1e8))
def test_longer_costs_more_and_never_less_than_nothing(months, shell, idle, hours):
    shorter, longer = (
        delay(m, paid=shell + idle, idle=idle, contracted_hours_per_month=hours).total_usd for m in (months, months + 1)
    )
    assert 0.0 <= shorter <= longer


def test_the_published_rent_of_idle_accelerators():
    """100,000 GPUs at 2.40 USD an hour for three years: 5.90 bn USD; a fraction of a year in proportion."""
    rent = {"accelerators": 100e3, "usd_per_accelerator_hour": 2.40, "rate_per_year": 0.07}
    year = 100e3 * 2.40 * 8760
    published = sum(year * 1.07**-y for y in range(3))
    assert finance.rental_of_idle_accelerators(months=36, **rent) == pytest.approx(published)
    assert published == pytest.approx(5.9036e9, rel=1e-4)
    assert finance.rental_of_idle_accelerators(months=6, **rent) == pytest.approx(year / 2)
    assert finance.rental_of_idle_accelerators(months=0, **rent) == 0.0


def test_what_is_committed_when_power_is_late():
    """A campus of two halls half a year apart, a draw-down of a year, racks ordered four months ahead."""
    coming = np.where(np.arange(30) >= 6, 100.0, 50.0)
    c = fleet.committed_at(coming_mw=coming, full_mw=100.0, months=12, drawdown_months=12.0, order_months=4.0)
    assert c.shell == pytest.approx(0.5 + 0.5 * 0.5)  # the second hall is half way through its year: half paid
    assert np.all(c.hardware == 0.5) and c.unordered == 0.5  # its racks are not ordered yet and do not come
    late = fleet.committed_at(coming_mw=coming, full_mw=100.0, months=12, drawdown_months=12.0, order_months=7.0)
    assert late.hardware.tolist() == [0.5] * 6 + [1.0] * 6  # ordered before, they arrive and stand
    assert late.on_order.tolist() == [0.5] * 6 + [0.0] * 6 and late.unordered == 0.0


def test_shares_of_the_commitment_add_up():
    rng = np.random.default_rng(5)
    coming = np.cumsum(rng.uniform(0, 20, (40, 36)), axis=1)
    c = fleet.committed_at(
        coming_mw=coming / coming[:, -1:],
        full_mw=1.0,
        months=24,
        drawdown_months=rng.uniform(6, 30, 40),
        order_months=rng.uniform(3, 15, 40),
    )
    assert np.allclose(c.hardware + c.on_order + c.unordered[:, None], 1.0)
    assert np.all(np.diff(c.hardware, axis=-1) >= 0) and np.all((c.shell > 0) & (c.shell <= 1))


@pytest.mark.parametrize(
    ("year", "unordered", "said", "unsaid"),
    [
        (2e9, 0.4, ("2.00 bn USD when", "lower because", "40 % is not even ordered"), "higher"),
        (2e9, 0.0, ("lower because", "100 % of the hardware is on site, and"), "not even ordered"),
        (4e9, 0.0, ("4.00 bn USD", "higher because"), "not even ordered"),
    ],
)
def test_the_sentence_says_which_side_of_the_published_way_we_are_on(year, unordered, said, unsaid):
    usd = {"ground": 1e8, "half": 1e9, "chips": 1e9, "power": year, "bought": 5e9}
    rows = [{"moment": k, "months": 12, "usd": v, "low": 0.5 * v, "high": 2 * v} for k, v in usd.items()]
    there = fleet.Committed(1.0, np.full(1, 1.0 - unordered), np.zeros(1), unordered)
    words = delays._words(rows, [{"months": 12, "usd": 3e9}], there)
    assert all(x in words for x in said) and unsaid not in words
    assert "1.00 bn half way through construction (P10 to P90: 0.50 to 2.00)" in words
