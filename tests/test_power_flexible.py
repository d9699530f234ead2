"""The flexible connection: the curve, its inverse, the published study, hours and storage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt.facts import load_facts
from gigawatt.power import flexible

SYSTEM = {"peak_mw": 80_000.0, "load_factor": 0.6, "exponent": 2.7}


@given(st.floats(1e-4, 0.2), st.floats(0.3, 0.95), st.floats(1.5, 4.0))
def test_headroom_and_curtailment_are_inverse(share, load_factor, exponent):
    system = {"peak_mw": 1000.0, "load_factor": load_factor, "exponent": exponent}
    mw = flexible.headroom_mw(curtailed_share=share, **system)
    if share < 1.0 / (exponent + 1.0):
        assert flexible.curtailed_share(added_mw=mw, **system) == pytest.approx(share, rel=1e-6)


def test_hours_laid_out_are_the_curve():
    order = np.random.default_rng(0).random(8760)
    room = flexible.room_by_hour(order=order, **SYSTEM)
    assert 1.0 - room.mean() / SYSTEM["peak_mw"] == pytest.approx(SYSTEM["load_factor"], abs=1e-4)
    assert room[np.argmax(order)] == room.min()
    for added in (4e3, 1e4, 2e4):
        short = np.maximum(added - room, 0.0)
        assert (short > 0).sum() == pytest.approx(flexible.curtailed_hours(added_mw=added, **SYSTEM), abs=1.5)
        share = short.sum() / (added * 8760)
        assert share == pytest.approx(flexible.curtailed_share(added_mw=added, **SYSTEM), rel=0.02)


def test_more_curtailment_more_room_and_flatter_systems_less():
    rooms = flexible.headroom_mw(curtailed_share=np.array([0.0025, 0.005, 0.01, 0.05]), **SYSTEM)
    assert np.all(np.diff(rooms) > 0)
    flat = flexible.headroom_mw(curtailed_share=0.01, **(SYSTEM | {"load_factor": 0.9}))
    assert flat < flexible.headroom_mw(curtailed_share=0.01, **SYSTEM)


def test_published_study_of_the_united_states():
    """76, 98 and 126 GW: one national peak leaves less room than 22 areas, each below its own peak."""
    facts = load_facts()
    peak = float(facts["country.USA.peak_load"].value)
    factor = float(facts["country.USA.demand"].value) * 1e6 / (peak * 8760)
    k = float(facts["grid.flexible.exponent"].value)
    ours = flexible.headroom_mw(
        peak_mw=peak, load_factor=factor, exponent=k, curtailed_share=np.array([0.0025, 0.005, 0.01])
    )
    ratio = ours / 1e3 / np.array([76.0, 98.0, 126.0])
    assert np.all((0.7 < ratio) & (ratio < 1.0))
    assert np.ptp(ratio) < 0.02


def test_storage_by_hand():
    room = np.array([10.0, 10.0, 4.0, 5.0, 10.0, 10.0])  # short of 8 by 4 and 3, in a row
    assert flexible.store_mwh(load_mw=8.0, room_mw=room) == pytest.approx(7.0)
    turn = np.roll(room, 3)  # the same over the turn of the year
    assert flexible.store_mwh(load_mw=8.0, room_mw=turn) == pytest.approx(7.0)
    assert flexible.store_mwh(load_mw=4.0, room_mw=room) == 0.0
    assert np.isinf(flexible.store_mwh(load_mw=9.0, room_mw=room))


def test_storage_is_enough_and_no_more():
    rng = np.random.default_rng(3)
    room = rng.uniform(0.0, 2.0, 500)
    size = flexible.store_mwh(load_mw=0.8, room_mw=room)

    def lowest(energy):
        content, low = energy, energy
        for spare in np.tile(room - 0.8, 3):
            content = min(content + spare, energy)
            low = min(low, content)
        return low

    assert lowest(size) >= -1e-9
    assert lowest(0.99 * size) < 0.0
