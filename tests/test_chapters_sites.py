"""Many sites at once: the same numbers as one at a time, and as a plan's own site."""

import numpy as np
import pytest

from gigawatt import climates, places, read_scenario
from gigawatt.candidates import candidates
from gigawatt.chapters import place as chapter
from gigawatt.chapters.sites import site_years
from gigawatt.facts import load_facts
from gigawatt.record import Steps

FACTS = load_facts()
FIELDS = ("temperature_c", "relative_humidity", "wet_bulb_c", "pressure_pa", "ghi_w_m2", "solar", "wind")


@pytest.fixture(scope="module")
def several():
    sites = candidates("USA", 3) + candidates("KEN", 2) + candidates("NOR", 1)
    return sites, site_years(FACTS, sites, seed=4)


def test_same_bits_whatever_the_company(several):
    sites, together = several
    for k in (0, 3, 5):
        alone = site_years(FACTS, sites[k : k + 1], seed=4)
        for name in FIELDS:
            assert np.array_equal(getattr(alone, name)[0], getattr(together, name)[k]), (sites[k].name, name)
    assert not np.array_equal(site_years(FACTS, sites[:1], seed=5).solar, together.solar[:1])


def test_physics_holds_at_every_site(several):
    sites, y = several
    assert all(getattr(y, name).shape == (len(sites), 8760) for name in FIELDS)
    assert all(np.isfinite(getattr(y, name)).all() for name in FIELDS)
    assert (y.wet_bulb_c <= y.temperature_c + 0.01).all()
    assert ((y.solar >= 0) & (y.solar <= 1) & (y.wind >= 0) & (y.wind <= 1)).all()
    for k, site in enumerate(sites):
        assert y.temperature_c[k].mean() == pytest.approx(site.station.temperature_mean_c, abs=1.5)


def test_agrees_with_the_site_of_a_plan():
    lviv = places.resolve("Lviv")
    known = climates.with_climate(FACTS, lviv)
    step = Steps(known, 2025)
    site = chapter.site(step, read_scenario({"place": "Lviv", "seed": 4}))
    candidate = next(c for c in candidates("UKR") if c.name == "Lviv")
    many = site_years(FACTS, [candidate], seed=4)
    assert candidate.station.slug == site.climate
    assert np.allclose(many.temperature_c[0], site.weather.temperature_c, atol=1e-9)
    assert np.allclose(many.solar[0], chapter.solar_factor(step, site), atol=1e-9)
    assert many.wind[0].mean() == pytest.approx(float(FACTS["climate.country.UKR.wind_capacity_factor"].value))
