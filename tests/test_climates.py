"""Stations of the world: the table, the choice of a station, its facts, and a year of weather anywhere."""

import dataclasses

import numpy as np
import pytest

from gigawatt import climates, places, read_scenario, weather
from gigawatt.chapters import place as chapter
from gigawatt.facts import load_facts
from gigawatt.record import Steps

FACTS = load_facts()


def at(latitude, longitude, iso3="FRA"):
    return places.Place(iso3, "", iso3, "here", "", latitude, longitude, "")


def test_table_is_whole_and_plausible():
    table = climates.all_stations()
    assert len(table) > 9000 and len({s.wmo for s in table}) == len(table)
    members = {i for i, c in places.countries().items() if c.un_member}
    assert members - {s.iso3 for s in table} == set()
    for s in table:
        assert -90 <= s.latitude_deg <= 90 and -180 <= s.longitude_deg <= 180 and -450 < s.elevation_m < 6000, s
        assert -75 < s.heating_db_99_c < s.cooling_db_1_c < 52, s
        assert s.heating_db_99_c < s.temperature_mean_c < s.cooling_db_1_c and 0 <= s.temperature_amplitude_k < 40, s
    crimea = [s for s in table if 44.3 < s.latitude_deg < 46.1 and 32.4 < s.longitude_deg < 36.6]
    assert len(crimea) > 4 and {s.iso3 for s in crimea} == {"UKR"}


def test_every_member_has_a_station_near_its_capital():
    for country in places.countries().values():
        if country.un_member and country.latitude is not None:
            _, km = climates.nearest(country.latitude, country.longitude)
            assert km < 250.0, country.name


def test_nearest_against_brute_force_and_height():
    station, km = climates.nearest(45.98, 7.66, km_per_m=0.0)
    lat, lon, _ = climates.positions()
    brute = [places.distance_km(45.98, 7.66, a, b) for a, b in zip(lat, lon, strict=True)]
    assert km == pytest.approx(min(brute)) and climates.station(int(np.argmin(brute))) == station
    valley, _ = climates.nearest(45.98, 7.66, elevation_m=600.0)
    summit, _ = climates.nearest(45.98, 7.66, elevation_m=3400.0)
    assert valley.elevation_m < 1200.0 < 2500.0 < summit.elevation_m


def test_a_monthly_climate_near_by_is_preferred():
    paris = places.resolve("Paris")
    assert climates.monthly_climate(FACTS, paris) == "paris"
    assert climates.with_climate(FACTS, paris) is FACTS
    assert climates.monthly_climate(FACTS, places.resolve("Marseille")) is None


def test_facts_of_a_station_have_source_range_and_can_be_overridden():
    lviv = places.resolve("Lviv")
    known = climates.with_climate(FACTS, lviv)
    new = [known[i] for i in known if i not in FACTS]
    assert len(new) == 9 and {f.source for f in new} == {climates.SOURCE}
    assert all("WMO" in f.where and f.source in known.sources for f in new)
    hot = next(f for f in new if f.id.endswith("cooling_db_1"))
    assert hot.low < hot.value < hot.high and hot.fact_class == "B"
    changed = known.with_overrides({hot.id: 33.0})
    assert Steps(changed, 2025).fact(hot.id, unit="degC") == 33.0


def test_ranges_grow_with_distance_and_height_moves_temperature():
    station = climates.all_stations()[100]
    here = at(station.latitude_deg, station.longitude_deg)
    near, far = (climates.station_facts(FACTS, here, station, km) for km in (0.0, 200.0))
    for a, b in zip(near, far, strict=True):
        assert not isinstance(a.value, float) or a.is_exact or b.high - b.low > a.high - a.low, a.id
    high = climates.station_facts(FACTS, here, station, 0.0, station.elevation_m + 1000.0)
    by = {f.id.split(".")[2]: f.value for f in near}
    up = {f.id.split(".")[2]: f.value for f in high}
    for name in ("heating_db_99", "cooling_db_1", "temperature_mean"):
        assert up[name] == pytest.approx(by[name] - 6.5)
    assert up["elevation"] == by["elevation"] + 1000.0


@pytest.mark.parametrize("words", ["Lviv", "Reykjavik", "La Paz", "Mumbai", "Tromsø", "Nauru", "Dallas, Texas"])
def test_a_year_of_weather_anywhere(words):
    s = read_scenario({"place": words})
    step = Steps(climates.with_climate(FACTS, s.place), 2025)
    site = chapter.site(step, s)
    assert np.isfinite(site.weather.temperature_c).all() and site.weather.temperature_c.shape == (8760,)
    mean = float(step.facts[f"climate.{site.climate}.temperature_mean"].value) if "wmo" in site.climate else None
    assert mean is None or site.weather.temperature_c.mean() == pytest.approx(mean, abs=1.5)
    assert 0.08 < chapter.solar_factor(step, site).mean() < 0.36
    assert 0.1 < chapter.wind_factor(step, site).mean() < 0.5
    assert any(f.id.startswith(f"climate.{site.climate}.") for f in step.facts_read())


def test_a_place_that_knows_its_darkest_fifth_gets_years_like_it():
    paris = places.resolve("Paris")
    ghi = FACTS["climate.paris.ghi.01"]

    def darkest(facts):
        sun = chapter.synthetic_years(Steps(facts, 2025), paris, 0).ghi_w_m2
        return weather.darkest_ghi(sun.reshape(-1, 365, 24).sum(axis=-1) / 1000.0)

    free = darkest(FACTS)
    target = float(free.min())  # the darkest of its design years: within reach of 64 draws
    known = FACTS.with_facts(
        [dataclasses.replace(ghi, id="climate.paris.darkest_ghi", value=target, low=0.0, high=9.0)]
    )
    assert np.abs(darkest(known) - target).max() < 0.02 < np.abs(free - target).max()


def test_far_from_any_station_is_said():
    s = read_scenario({"place": "Western Sahara"})
    step = Steps(climates.with_climate(FACTS, s.place), 2025)
    assert any("km from the site" in note for note in chapter.site(step, s).notes)


def test_sun_within_a_country_by_latitude():
    def ghi(latitude, longitude, iso3):
        p = at(latitude, longitude, iso3)
        step = Steps(FACTS, 2025)
        return chapter.country_ghi(step, p, 3.0)

    mean = float(FACTS["climate.country.FRA.ghi"].value)
    assert ghi(43.3, 5.4, "FRA") > mean > ghi(50.6, 3.1, "FRA")
    assert ghi(float(FACTS["climate.country.FRA.sun_latitude"].value), 2.0, "FRA") == pytest.approx(mean)
    assert 2.3 < ghi(60.2, 24.9, "FIN") < 2.8  # not in the solar study: neighbours
    assert 3.7 < ghi(16.0, -61.7, "GLP") < 6.0  # neither: the world's
