"""compute.communication: levels of the network, and that one building changes nothing."""

import doctest

import numpy as np
import pytest

from gigawatt import train
from gigawatt.compute import communication as room

LINKS = dict(near_bytes_per_s=400e9, far_bytes_per_s=50e9, latency_s=1e-5)


def test_doctests():
    assert doctest.testmod(room).failed == 0


def test_a_group_inside_one_building_pays_nothing_for_the_spine():
    ranks = np.array([1.0, 8.0, 64.0, 4096.0])
    plain = room.gather_s(shard_total_bytes=8e9, ranks=ranks, near_ranks=8.0, **LINKS)
    inside = room.gather_s(
        shard_total_bytes=8e9, ranks=ranks, near_ranks=8.0, building_ranks=ranks, spine_bytes_per_s=1.0, **LINKS
    )
    assert np.array_equal(plain, inside)


def test_a_spine_as_fast_as_a_building_is_no_level():
    one = room.gather_s(shard_total_bytes=8e9, ranks=4096.0, near_ranks=8.0, **LINKS)
    two = room.gather_s(
        shard_total_bytes=8e9, ranks=4096.0, near_ranks=8.0, building_ranks=512.0, spine_bytes_per_s=50e9, **LINKS
    )
    assert two == pytest.approx(float(one))


def test_a_thinner_spine_is_slower_and_a_larger_building_faster():
    def time(building, spine):
        return room.gather_s(
            shard_total_bytes=8e9,
            ranks=4096.0,
            near_ranks=8.0,
            building_ranks=building,
            spine_bytes_per_s=spine,
            **LINKS,
        )

    assert np.all(np.diff(time(512.0, np.array([50e9, 25e9, 7e9]))) > 0)
    assert np.all(np.diff(time(np.array([16.0, 512.0, 4096.0]), 7e9)) < 0)


def test_levels_name_what_joins_how_many():
    said = dict(
        domain=8.0,
        building=32_768.0,
        near_bytes_per_s=450e9,
        far_bytes_per_s=50e9,
        spine_share=1 / 3,
        near=0.8,
        far=0.9,
    )
    small, large = (room.levels(accelerators=n, **said) for n in (16_384.0, 131_072.0))
    assert [x.name for x in small] == ["domain", "building", "campus"]
    assert small[2].bytes_per_s == 50e9 and large[2].bytes_per_s == pytest.approx(50e9 / 3)
    assert large[1].accelerators == 32_768 and large[0].reached_bytes_per_s == pytest.approx(360e9)


def test_only_a_run_larger_than_a_building_meets_the_spine():
    run = train("llama-3.1-405b", "65536 H100", batch=4096)
    assert run.levels[2].bytes_per_s < run.levels[1].bytes_per_s
    inside = train("llama-3.1-405b", "16384 H100", batch=4096)
    assert inside.levels[2].bytes_per_s == inside.levels[1].bytes_per_s
