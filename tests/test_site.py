import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import site

LATITUDE, LONGITUDE = st.floats(-90, 90), st.floats(-180, 180)


def test_doctests():
    assert doctest.testmod(site).failed == 0


def test_known_distance():
    """Paris (48.867, 2.333) to Singapore (1.293, 103.856): about 10,730 km."""
    km = site.distance_km(latitude=48.867, longitude=2.333, to_latitude=1.293, to_longitude=103.856)
    assert km == pytest.approx(10730, rel=0.005)


@given(LATITUDE, LONGITUDE, LATITUDE, LONGITUDE)
def test_distance_is_symmetric_and_at_most_half_round(a, b, c, d):
    there = site.distance_km(latitude=a, longitude=b, to_latitude=c, to_longitude=d)
    back = site.distance_km(latitude=c, longitude=d, to_latitude=a, to_longitude=b)
    assert there == pytest.approx(back, abs=1e-4)
    assert 0 <= there <= np.pi * site.EARTH_RADIUS_KM + 1e-6


def test_distance_scalar_equals_vector_and_missing_stays_missing():
    lat = np.array([0.0, 45.0, np.nan])
    many = site.distance_km(latitude=lat, longitude=0.0, to_latitude=10.0, to_longitude=10.0)
    assert isinstance(many, np.ndarray) and np.isnan(many[2])
    assert many[1] == site.distance_km(latitude=45.0, longitude=0.0, to_latitude=10.0, to_longitude=10.0)


def test_nearest_passes_over_missing_places():
    index, km = site.nearest(
        latitude=59.4, longitude=24.7, latitudes=[np.nan, 60.2, 48.9], longitudes=[24.7, 24.9, 2.3]
    )
    assert (int(index), round(float(km))) == (1, 90)
    indices, away = site.nearest(
        latitude=[59.4, 48.0], longitude=[24.7, 2.0], latitudes=[60.2, 48.9], longitudes=[24.9, 2.3]
    )
    assert indices.tolist() == [0, 1] and np.shape(away) == (2,)
    with pytest.raises(ValueError, match="at least one place"):
        site.nearest(latitude=0.0, longitude=0.0, latitudes=[np.nan], longitudes=[0.0])


@given(st.floats(1, 1e5), st.floats(10, 1e4))
def test_land_round_trip(mw, density):
    km2 = site.land_km2(facility_peak_mw=mw, mw_per_km2=density)
    assert site.facility_peak_from_land(land_km2=km2, mw_per_km2=density) == pytest.approx(mw)


def test_scores_rise_with_the_input_and_stay_between_0_and_1():
    s = site.score(land_share=np.array([0.0, 0.01, 9.0]), land_share_limit=0.01, water_stress=np.array([0.1, 0.5, 8.0]),
                   water_stress_limit=1.0, hazard_index=np.array([0.0, 4.0, 10.0]))  # fmt: skip
    for x in (s.land, s.water, s.hazard, s.worst):
        assert np.all(np.diff(x) >= 0) and np.min(x) >= 0 and np.max(x) <= 1
    alone = site.score(
        land_share=0.01, land_share_limit=0.01, water_stress=0.5, water_stress_limit=1.0, hazard_index=4.0
    )
    assert alone.worst == s.worst[1] == 1.0  # type: ignore[index]
    unknown = site.score(
        land_share=0.0, land_share_limit=1.0, water_stress=np.nan, water_stress_limit=1.0, hazard_index=0.0
    )
    assert np.isnan(unknown.worst)


def test_round_trip_grows_with_distance():
    assert site.round_trip_ms(distance_km=0.0, route_factor=1.5) == 0.0
    assert site.round_trip_ms(distance_km=6000.0, route_factor=1.5) == pytest.approx(88.15, rel=1e-3)
