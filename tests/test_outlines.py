"""Outlines: rings, holes, distances, thinning."""

import numpy as np
import pytest

from gigawatt.outlines import load_outlines, thinned
from gigawatt.places import countries

WITHOUT = {"BVT", "GIB", "TKL", "TUV", "UMI"}  # too small for 1:50m


def test_every_country_has_closed_rings():
    outlines = load_outlines()
    assert set(countries()) - set(outlines.iso3.tolist()) == WITHOUT
    assert set(outlines.iso3.tolist()) <= set(countries())
    for iso3 in np.unique(outlines.iso3):
        for ring in outlines.rings(str(iso3)):
            assert len(ring) >= 4 and (ring[0] == ring[-1]).all()
            assert (np.abs(ring) <= [180.0, 90.0]).all()


def test_a_hole_is_outside():
    outlines = load_outlines()
    assert outlines.country(-29.5, 28.2) == "LSO"
    assert outlines.country(-29.5, 26.5) == "ZAF"
    assert outlines.country(0, -30) == ""


def test_distance_to_the_nearest_outline():
    land, km = load_outlines().nearest(46.0, -5.0)  # west of La Rochelle and south of Brittany
    assert land == "FRA" and 150 < km < 260
    assert load_outlines().nearest(0.0, -179.9)[1] == pytest.approx(load_outlines().nearest(0.0, 180.0)[1], rel=0.05)


def test_thinned_rings_are_smaller_and_closed():
    ring = max(load_outlines().rings("FRA"), key=len)
    small = thinned(ring, 0.5)
    assert len(small) < len(ring) / 4 and (small[0] == small[-1]).all()
    assert len(thinned(np.array([[0, 0], [0.01, 0], [0.01, 0.01], [0, 0]]), 0.5)) == 0
