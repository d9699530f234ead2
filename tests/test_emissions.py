"""Ways of counting emissions, and hourly carbon-free energy."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import emissions

HOURS = st.lists(st.floats(0.0, 1e3), min_size=1, max_size=24)


def test_examples():
    result = doctest.testmod(emissions)
    assert result.attempted and not result.failed


def test_bloom_training_as_published():
    """BLOOM: 433.196 MWh at 57 kg/MWh are 24.69 t (Luccioni et al., arXiv:2211.02001)."""
    kg = emissions.operational_kg(grid_mwh=[433.196], grid_kg_per_mwh=57.0, onsite_mwh=[0.0], onsite_kg_per_mwh=0.0)
    assert kg / 1000 == pytest.approx(24.69, rel=0.005)


def test_time_is_the_last_axis():
    grid = np.ones((3, 8760)) * np.array([[1.0], [2.0], [3.0]])
    kg = emissions.operational_kg(grid_mwh=grid, grid_kg_per_mwh=40.0, onsite_mwh=0.0 * grid, onsite_kg_per_mwh=450.0)
    assert kg == pytest.approx([40 * 8760, 80 * 8760, 120 * 8760])


def test_contracts_cancel_at_most_the_grid_energy():
    common = {"grid_mwh": [60.0, 40.0], "contracted_kg_per_mwh": 12.0, "residual_kg_per_mwh": 50.0}
    common |= {"onsite_mwh": [0.0, 0.0], "onsite_kg_per_mwh": 450.0}
    kg = [emissions.market_based_kg(contracted_mwh=x, **common) for x in (0.0, 50.0, 100.0, 500.0)]
    assert kg == pytest.approx([5000.0, 3100.0, 1200.0, 1200.0])


def test_rates_and_tonnes():
    out = emissions.yearly_emissions(load_mwh=100.0, location_kg=4100.0, marginal_kg=46_000.0, market_kg=1200.0)
    assert (out.location_kg_per_mwh, out.marginal_kg_per_mwh, out.market_kg_per_mwh) == (41.0, 460.0, 12.0)
    assert out.marginal_t_per_year == 46.0
    empty = emissions.yearly_emissions(load_mwh=0.0, location_kg=0.0, marginal_kg=0.0, market_kg=0.0)
    assert np.isnan(empty.location_kg_per_mwh)


@given(HOURS, st.floats(0.0, 1.0))
def test_share_stays_between_zero_and_one(load, fraction):
    share = emissions.cfe_share(
        load_mwh=np.array(load) + 1.0, carbon_free_mwh=np.array(load)[::-1], grid_carbon_free_fraction=fraction
    )
    assert -1e-12 <= share <= 1.0 + 1e-12


def test_a_clean_grid_or_enough_clean_energy_is_all():
    load = np.array([5.0, 10.0, 7.0])
    assert emissions.cfe_share(load_mwh=load, carbon_free_mwh=0 * load, grid_carbon_free_fraction=1.0) == 1.0
    assert emissions.cfe_share(load_mwh=load, carbon_free_mwh=load, grid_carbon_free_fraction=0.0) == 1.0
    assert emissions.cfe_share(load_mwh=load, carbon_free_mwh=0 * load, grid_carbon_free_fraction=0.0) == 0.0


def test_annual_matching_is_not_hourly_matching():
    load, sun = np.full(4, 10.0), np.array([40.0, 0.0, 0.0, 0.0])
    assert emissions.cfe_share(load_mwh=load, carbon_free_mwh=sun, grid_carbon_free_fraction=0.0) == 0.25


def test_embodied_by_hand():
    t = emissions.embodied_t_per_year(
        accelerators=1000, kg_per_accelerator=600, it_life_years=5, it_load_mw=2.1, building_kg_per_mw=800e3,
        building_life_years=30, battery_mwh=10, battery_kg_per_mwh=80e3, battery_life_years=15,
    )  # fmt: skip
    assert t == pytest.approx(120 + 56 + 53.3333, rel=1e-5)
