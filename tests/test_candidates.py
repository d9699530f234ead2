"""Candidate sites: each place once, spread out, the same order always."""

import numpy as np
import pytest

from gigawatt import places
from gigawatt.candidates import MERGE_KM, NEAR_KM, candidates


def test_large_countries_have_hundreds():
    for iso3, least in (("USA", 1000), ("CHN", 600), ("RUS", 1000), ("BRA", 300), ("IND", 300), ("FRA", 100)):
        assert len(candidates(iso3)) > least, iso3


@pytest.mark.parametrize("iso3", ["KEN", "EST", "SGP", "NPL"])
def test_each_place_once_and_what_is_known(iso3):
    found = candidates(iso3)
    assert found and len({c.id for c in found}) == len(found)
    stations = [c for c in found if not c.is_city]
    for s in stations:
        others = [c for c in found if c is not s]
        km = [places.distance_km(s.latitude_deg, s.longitude_deg, c.latitude_deg, c.longitude_deg) for c in others]
        assert min(km, default=MERGE_KM + 1.0) > MERGE_KM
    for c in found:
        assert c.iso3 == iso3 and (c.elevation_m is None) == (c.station_km > MERGE_KM)
        assert (c.city_km == 0.0 and c.people_near > 0) if c.is_city else c.station_km == 0.0
        assert c.people_near == 0 or c.city_km <= NEAR_KM


def test_order_is_fixed_and_a_limit_keeps_the_spread():
    every = candidates("KEN")
    assert every[0].name == "Nairobi" and candidates("KEN", 5) == every[:5]
    rank = [0 if c.is_city else 1 if c.city_km <= NEAR_KM else 2 for c in every]
    assert rank == sorted(rank)
    at = np.array([(c.latitude_deg, c.longitude_deg) for c in every[:5]])
    km = [places.distance_km(*at[i], *at[j]) for i in range(5) for j in range(i)]
    assert min(km) > 100.0


def test_no_mountain_tops():
    assert not [c for c in candidates("UKR") if "Ai Petri" in c.name]


def test_unknown_country_has_none():
    assert candidates("ZZZ") == []
