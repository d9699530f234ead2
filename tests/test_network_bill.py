"""compute.network_bill: published counts, limits, monotonicity, one number as an array."""

import csv
import doctest
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt.compute import network_bill as nb

DATA = Path(nb.__file__).parents[1] / "data"
SIZES = np.array([1e3, 4e3, 16e3, 64e3, 256e3, 1e6])
PARTS = nb.Parts(
    radix=64.0,
    planes=1.0,
    switch_usd=36_000.0,
    switch_w=750.0,
    transceiver_usd=590.0,
    transceiver_w=8.5,
    fibre_usd=100.0,
    copper_usd=200.0,
    circuit_usd=40_000.0,
    circuit_w=108.0,
)


def facts() -> dict[str, dict[str, str]]:
    with open(DATA / "network.csv", encoding="utf-8") as file:
        return {r["id"]: r for r in csv.DictReader(file)}


def tree(n, radix=64, s=1.0, rails=1.0):
    return nb.clos(hosts=n, radix=radix, oversubscription=s, rails=rails)


def switched(n, rails=8.0, s=1.0, copper=0.0, apart=False, parts=PARTS):
    return nb.switched(
        accelerators=n, parts=parts, rails=rails, oversubscription=s, copper_hosts=copper, rails_apart=apart
    )


def test_doctests():
    assert doctest.testmod(nb).failed == 0


@pytest.mark.parametrize("k", [4, 8, 48, 64, 128, 144])
def test_a_full_fat_tree_has_the_published_counts(k):
    found = tree(k**3 / 4, k)
    assert (found.tiers, found.switches, found.links) == (3, 5 * k**2 / 4, 2 * k**3 / 4)
    two = tree(k**2 / 2, k)
    assert (two.tiers, two.leaves, two.spines) == (2, k, k / 2)
    assert tree(k**3 / 4 + 1, k).tiers == 4


@pytest.mark.parametrize(
    ("servers", "counts"),
    [(127, (32, 16, 0)), (512, (128, 128, 64)), (1023, (256, 256, 128)), (2047, (512, 512, 256))],
)
def test_published_clusters_of_eight_way_servers(servers, counts):
    """DGX SuperPOD of H100: leaves, spines and cores of 64 ports for so many servers; 512 servers: a maker's design."""
    found = tree(servers * 8, rails=8)
    assert (found.leaves, found.spines, found.cores) == counts


def test_a_published_torus():
    """TPU v4: 4,096 chips in 64 cubes take 48 circuit switches, and 96 optical links leave each cube."""
    found = nb.torus(accelerators=4096, parts=PARTS, edge=4, longest=16)
    assert found.circuit_switches == 48
    assert found.transceivers / 64 == 96
    assert found.fibres + found.copper_cables == 3 * 4096
    assert nb.torus_sides(accelerators=8960, edge=4) == (16, 20, 28)


def test_rail_only_saves_what_was_published():
    """38 to 77 % of the cost: the low end where it saves one tier of three, the high end where it saves two."""
    published = facts()["network.published.saving.rail_only"]
    saved = {}
    for n, domain, radix in ((65_536, 256.0, 64.0), (32_768, 256.0, 128.0)):
        parts = replace(PARTS, radix=radix, switch_usd=PARTS.switch_usd * radix / 64)
        full, rails = switched(n, parts=parts), switched(n, rails=domain, apart=True, parts=parts)
        saved[int(full.tiers - rails.tiers)] = 1.0 - float(rails.usd) / float(full.usd)
    assert saved[1] == pytest.approx(float(published["low"]), abs=0.05)
    assert saved[2] == pytest.approx(float(published["high"]), abs=0.07)
    assert switched(32_768, apart=True).usd == pytest.approx(float(switched(32_768).usd))  # eight rails save no tier


def test_rails_of_one_domain_join_nothing():
    alone, two = (switched(n, rails=64.0, apart=True) for n in (64, 128))
    assert float(alone.switches) == float(alone.usd) == float(alone.mw) == 0.0
    assert float(two.switches) == 64.0


def test_more_accelerators_never_take_fewer_switches_power_or_money():
    for made in (
        switched(SIZES),
        switched(SIZES, apart=True),
        switched(SIZES, s=7.0),
        switched(SIZES, 1.0, copper=1.0),
    ):
        for name in ("switches", "transceivers", "mw", "usd"):
            assert np.all(np.diff(getattr(made, name)) > 0), name
    assert np.all(tree(SIZES).reach >= SIZES)
    assert np.all(np.diff(tree(SIZES).tiers) >= 0) and tree(1e6).tiers == 4


def test_oversubscription_saves_and_narrows_the_middle():
    shares = np.array([1.0, 2.0, 3.0, 7.0])
    made = switched(32_768.0, s=shares)
    assert np.all(np.diff(made.usd) < 0)
    assert made.bisection_share == pytest.approx(1 / shares)
    assert switched(32_768.0, apart=True).bisection_share == 0.0


def test_copper_to_the_leaf_takes_optics_away():
    optical, copper = switched(4096.0), switched(4096.0, copper=1.0)
    assert optical.transceivers - copper.transceivers == 2 * 4096
    assert copper.copper_cables == 4096 and copper.mw < optical.mw


def test_planes_multiply_the_network():
    one, two = switched(4096.0), switched(4096.0, parts=replace(PARTS, planes=2.0))
    assert two.switches == 2 * one.switches and two.usd == pytest.approx(2 * float(one.usd))


@given(st.integers(2, 1_000_000), st.sampled_from([32, 64, 128, 144]), st.sampled_from([1.0, 3.0, 7.0]))
def test_every_tier_has_ports_for_the_links_below(n, radix, s):
    found = tree(float(n), radix, s)
    if found.tiers > 1 and n <= found.reach:
        up = found.links
        levels = [x for x in (found.leaves, found.spines, found.cores, found.tops) if x > 0]
        assert len(levels) == found.tiers
        assert sum(levels) * radix >= n + 2 * up >= sum(levels[:-1]) * radix * 0.5 - radix * len(levels)


def test_an_array_gives_what_its_numbers_give():
    made = switched(SIZES)
    for i, n in enumerate(SIZES):
        one = switched(float(n))
        for field in fields(nb.Bill):
            assert np.broadcast_to(getattr(made, field.name), SIZES.shape)[i] == pytest.approx(
                float(getattr(one, field.name))
            )


def test_a_torus_that_cubes_do_not_fill_has_no_sides():
    assert nb.torus_sides(accelerators=1000, edge=4) is None
    assert nb.torus_sides(accelerators=64 * 7, edge=4) == (4, 4, 28)
