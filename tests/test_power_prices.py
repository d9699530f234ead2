"""Prices and outage profiles: means are exact, shapes come back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt.power import prices


def shape(seed=0):
    rng = np.random.default_rng(seed)
    return {"month_factors": rng.uniform(0.5, 1.5, 12), "hour_factors": rng.uniform(0.5, 1.5, 24)}


@given(st.floats(1.0, 500.0), st.integers(0, 100))
def test_the_mean_is_exact(mean, seed):
    assert prices.price_profile(mean, **shape(seed)).mean() == pytest.approx(mean, rel=1e-12)


def test_scalar_equals_vector_and_noise_keeps_the_mean():
    noise = prices.price_noise(1, persistence=0.9)
    both = prices.price_profile(np.array([50.0, 80.0]), **shape(), spread=np.array([0.3, 0.3]), noise=noise)
    assert both.shape == (2, 8760)
    assert both[1] == pytest.approx(prices.price_profile(80.0, **shape(), spread=0.3, noise=noise))
    assert both.mean(axis=-1) == pytest.approx([50.0, 80.0])


def test_shape_and_profile_are_inverse():
    noise = prices.price_noise(2, persistence=0.9)
    series = prices.price_profile(60.0, **shape(3), spread=0.25, noise=noise)
    months, hours, spread, memory = prices.price_shape(series)
    assert hours / hours.mean() == pytest.approx(shape(3)["hour_factors"] / shape(3)["hour_factors"].mean(), rel=0.08)
    assert spread == pytest.approx(0.25, rel=0.15)
    assert memory == pytest.approx(0.9, abs=0.03)
    quiet = prices.price_profile(60.0, **shape(3))
    months, hours, spread, _ = prices.price_shape(quiet)
    assert prices.price_profile(60.0, month_factors=months, hour_factors=hours) == pytest.approx(quiet)
    assert spread == pytest.approx(0.0, abs=1e-9)


def test_noise_is_seeded_and_has_unit_variance():
    a, b = (prices.price_noise(7, persistence=0.95) for _ in range(2))
    assert np.array_equal(a, b)
    assert a.std() == pytest.approx(1.0, abs=0.2)
    assert np.corrcoef(a[1:], a[:-1])[0, 1] == pytest.approx(0.95, abs=0.02)


def test_large_load_price_adds_up():
    delivered = prices.large_load_price(energy_usd_per_mwh=70.0, network_usd_per_mwh=15.0, levies_usd_per_mwh=5.0)
    assert delivered == 90.0


def test_what_the_system_cannot_carry_pays_for_new_plant():
    figures = {"wholesale_usd_per_mwh": 70.0, "new_plant_threshold": 0.05}
    assert prices.energy_price(new_plant_usd_per_mwh=95.0, share_of_peak=0.0, **figures) == 70.0
    assert prices.energy_price(new_plant_usd_per_mwh=95.0, share_of_peak=0.01, **figures) == 70.0
    by_hand = (0.05 * 70.0 + 0.35 * 95.0) / 0.4
    assert prices.energy_price(new_plant_usd_per_mwh=95.0, share_of_peak=0.4, **figures) == pytest.approx(by_hand)
    assert prices.energy_price(new_plant_usd_per_mwh=50.0, share_of_peak=0.4, **figures) == 70.0
    several = prices.energy_price(new_plant_usd_per_mwh=95.0, share_of_peak=np.array([0.01, 0.4]), **figures)
    assert several == pytest.approx([70.0, by_hand])


def test_the_price_of_new_plant_has_no_step():
    shares = np.linspace(0.0, 1.0, 2001)
    figures = {"wholesale_usd_per_mwh": 70.0, "new_plant_usd_per_mwh": 180.0, "new_plant_threshold": 0.05}
    paid = prices.energy_price(share_of_peak=shares, **figures)
    rise = np.diff(paid)
    assert rise.min() >= 0.0 and paid.max() < 180.0
    steepest = (180.0 - 70.0) / 0.05 * (shares[1] - shares[0])  # slope of the mean at the threshold
    assert rise.max() <= steepest * (1.0 + 1e-9)
    marginal = np.diff(paid * shares) / np.diff(shares)
    assert marginal[:99] == pytest.approx(70.0), "below the threshold the next MW pays the market"
    assert marginal[101:] == pytest.approx(180.0), "above it the next MW pays for its plant"


def test_exports_serve_a_campus_first():
    exporter = prices.without_new_plant(threshold=0.05, net_imports_twh=-8.76, peak_mw=5000.0)
    assert exporter == pytest.approx(0.2), "1,000 MW on average"
    assert prices.without_new_plant(threshold=0.05, net_imports_twh=8.76, peak_mw=5000.0) == 0.05


def test_plant_costs():
    assert prices.fixed_cost(
        capex_usd_per_mw=1e6, capital_recovery_factor=0.1, fom_usd_per_mw_year=2e4
    ) == pytest.approx(1.2e5)
    cost = prices.running_cost(
        fuel_usd_per_mwh_fuel=30.0,
        efficiency=0.5,
        vom_usd_per_mwh=4.0,
        carbon_usd_per_t=100.0,
        carbon_kg_per_mwh_fuel=200.0,
    )
    assert cost == pytest.approx((30.0 + 20.0) / 0.5 + 4.0)


def outages(seed=0, units=1, forced=0.05, planned=0.08):
    return prices.outage_profile(
        seed,
        units=units,
        forced_outage=forced,
        planned_outage=planned,
        mean_repair_h=60.0,
        planned_from_hour=3600,
        planned_to_hour=6000,
    )


@given(st.integers(0, 1000), st.integers(1, 12), st.floats(0.0, 0.2), st.floats(0.0, 0.3))
def test_outages_have_the_stated_mean(seed, units, forced, planned):
    profile = outages(seed, units, forced, planned)
    assert profile.mean() == pytest.approx(1.0 - forced - planned, abs=1e-9)
    assert profile.min() >= 0.0
    assert profile.max() <= 1.0


def test_one_unit_is_all_or_nothing_and_a_fleet_nearly_flat():
    one, fleet = outages(units=1), outages(units=50)
    assert np.mean((one < 0.01) | (one > 0.99)) > 0.995
    assert fleet.min() > 0.4  # planned work falls in one season
    assert fleet.std() < 0.4 * one.std()
    assert np.array_equal(outages(3), outages(3))
    assert not np.array_equal(outages(3), outages(4))


def test_planned_outages_fall_in_their_window():
    profile = outages(forced=0.0, planned=0.05)
    down = np.flatnonzero(profile < 1.0)
    assert 3600 <= down.min() <= 6000
    assert len(down) == pytest.approx(0.05 * 8760, abs=1)


def test_seasonal_fleet():
    profile = prices.seasonal_profile(0.71, amplitude=0.15, peak_hour=300)
    assert profile.mean() == pytest.approx(0.71)
    assert profile.argmax() == 300
    with pytest.raises(ValueError, match="must lie in"):
        prices.seasonal_profile(0.95, amplitude=0.15, peak_hour=300)


def test_misuse_is_named():
    with pytest.raises(ValueError, match="8760"):
        prices.price_shape(np.ones(24))
    with pytest.raises(ValueError, match="planned"):
        outages(forced=0.6, planned=0.5)
