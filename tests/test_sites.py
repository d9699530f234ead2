"""compute.sites: the published ring, round trips, limits, the order of methods."""

import doctest

import numpy as np
import pytest

from gigawatt.compute import sites as room
from gigawatt.compute.sites import Method

IN_STEP = Method(steps_between=1.0, bytes_per_param=2.0, overlap=0.5, worth=1.0)
RARE = Method(steps_between=500.0, bytes_per_param=2.0, overlap=0.0, worth=0.95)
STREAM = Method(steps_between=100.0, bytes_per_param=0.5, overlap=0.8, worth=0.95)
RUN = dict(params=1e12, sites=5.0, ring_ms=11.0, step_s=10.0, loss_limit=0.05)


def test_doctests():
    assert doctest.testmod(room).failed == 0


def test_distance_costs_speed_and_one_site_pays_nothing():
    same = dict(params=1e12, bytes_per_param=2, link_gb_per_s=1e4)
    assert room.ring_s(sites=1, ring_ms=10.0, **same) == 0.0
    assert room.ring_s(sites=2, ring_ms=10.0, **same) == pytest.approx(0.2 + 0.01)
    many = room.ring_s(sites=np.array([3, 8, 1e9]), ring_ms=0.0, **same)
    assert np.all(np.diff(many) > 0) and many[-1] == pytest.approx(0.2)


def test_bandwidth_and_time_are_each_other_backwards():
    link = np.geomspace(1.0, 1e6, 13)
    same = dict(params=7e11, bytes_per_param=2.0, sites=4.0, ring_ms=20.0)
    time = room.ring_s(link_gb_per_s=link, **same)
    assert room.link_for_s(within_s=time, **same) == pytest.approx(link)
    assert room.link_for_s(within_s=0.02, **same) == np.inf


@pytest.mark.parametrize("method", [IN_STEP, RARE, STREAM])
def test_the_bandwidth_it_names_loses_what_it_says(method):
    need = room.apart(method=method, link_gb_per_s=1.0, **RUN).link_gb_per_s
    at = room.apart(method=method, link_gb_per_s=need, **RUN)
    assert at.share == pytest.approx(1 - RUN["loss_limit"])
    assert at.speed == pytest.approx(at.share * float(method.worth))


def test_more_bandwidth_is_never_slower_and_ends_at_the_worth_of_a_step():
    link = np.geomspace(0.1, 1e7, 60)
    for method in (IN_STEP, RARE, STREAM):
        made = room.apart(method=method, link_gb_per_s=link, **RUN)
        assert np.all(np.diff(made.speed) >= 0)
        assert made.speed[-1] == pytest.approx(float(method.worth), abs=0.01)
        one = room.apart(method=method, link_gb_per_s=float(link[20]), **RUN)
        assert one.speed == pytest.approx(made.speed[20])


def test_streaming_needs_two_orders_less_than_in_step():
    """Published: Streaming DiLoCo takes about a hundredth of the bandwidth of data parallelism."""
    step, stream = (room.apart(method=m, link_gb_per_s=1.0, **RUN).link_gb_per_s for m in (IN_STEP, STREAM))
    assert 100 < step / stream < 1_000


def test_two_published_tests_over_distance_lose_little():
    """Two sites 1,000 km apart, 340e9 parameters: 96 %; 120 km, above 1e11 parameters: more than 95 %."""
    far = room.apart(
        method=IN_STEP, params=340e9, sites=2.0, link_gb_per_s=400.0, ring_ms=2 * 1000 / 204.2 * 1.5, step_s=10.0,
        loss_limit=0.05,
    )  # fmt: skip
    assert far.share > 0.95
    assert far.link_gb_per_s < 400.0


def test_light_alone_can_be_too_slow():
    made = room.apart(method=Method(1.0, 2.0, 0.0, 1.0), params=1e9, sites=2.0, link_gb_per_s=1e9, ring_ms=2000.0,
                      step_s=1.0, loss_limit=0.05)  # fmt: skip
    assert made.link_gb_per_s == np.inf and made.share == pytest.approx(1 / 3, rel=1e-3)


def test_one_site_is_one_place():
    alone = room.apart(method=RARE, link_gb_per_s=1.0, **{**RUN, "sites": 1.0})
    assert alone.speed == 1.0 and alone.link_gb_per_s == 0.0


def test_fibre_grows_with_bandwidth_and_length():
    same = dict(
        wave_gbit_per_s=800.0, pair_gbit_per_s=40_000.0, pair_usd_per_km=10_000.0, line_usd_per_km=1_500.0,
        wave_end_usd=15_000.0, upkeep_per_year=0.04,
    )  # fmt: skip
    made = room.fibre(sites=5.0, ring_km=1500.0, link_gb_per_s=np.array([100.0, 5_000.0, 12_500.0]), **same)
    assert made.waves.tolist() == [1.0, 50.0, 125.0] and made.pairs.tolist() == [1.0, 1.0, 3.0]
    assert np.all(np.diff(made.capital_usd) > 0)
    two = room.fibre(sites=2.0, ring_km=600.0, link_gb_per_s=100.0, **same)
    assert two.capital_usd == pytest.approx(300 * 11_500 + 2 * 15_000)
    assert room.fibre(sites=1.0, ring_km=0.0, link_gb_per_s=100.0, **same).capital_usd == 0.0
