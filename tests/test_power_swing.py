"""compute.power_swing: the published step, energy of a ramp against a simulation, limits."""

import doctest

import numpy as np
import pytest

from gigawatt import train
from gigawatt.compute import power_swing as room
from gigawatt.compute.power_swing import Buffer


def test_doctests():
    assert doctest.testmod(room).failed == 0


def simulate(load_mw: np.ndarray, ramp: float, dt: float) -> float:
    """Largest swing of a store's content [MW s] where the supply follows the load at its limit."""
    supply, content, seen = load_mw[0], 0.0, [0.0]
    for wanted in load_mw:
        supply += np.clip(wanted - supply, -ramp * dt, ramp * dt)
        content += (supply - wanted) * dt
        seen.append(content)
    return float(np.ptp(seen))


@pytest.mark.parametrize("ramp", [0.5, 2.0, 10.0])
def test_a_step_takes_the_energy_of_a_simulation(ramp):
    load = np.r_[np.zeros(10), np.full(60_000, 100.0)]
    found = room.buffer_for_step(step_mw=100.0, ramp_mw_per_s=ramp)
    assert float(found.mwh) * 3600 == pytest.approx(simulate(load, ramp, 0.01), rel=0.01)


def test_a_cycle_takes_no_more_than_a_simulation_that_holds_the_mean():
    period, low, size, dt = 6.0, 0.15, 100.0, 0.001
    one = np.where(np.arange(0, period, dt) < low * period, 0.0, size)
    mean = np.mean(one)
    held = np.ptp(np.cumsum(mean - one)) * dt
    found = room.buffer_for_cycle(step_mw=size, period_s=period, low_share=low, ramp_mw_per_s=0.1)
    assert float(found.mwh) * 3600 == pytest.approx(held, rel=0.01)
    assert float(found.mw) == pytest.approx(size * (1 - low))


def test_a_supply_that_can_follow_needs_no_store():
    for found in (
        room.buffer_for_step(step_mw=100.0, ramp_mw_per_s=np.inf),
        room.buffer_for_step(step_mw=0.0, ramp_mw_per_s=1.0),
        room.buffer_for_cycle(step_mw=100.0, period_s=5.0, low_share=0.2, ramp_mw_per_s=np.inf),
    ):
        assert found.mw == 0.0 and found.mwh == 0.0


def test_a_faster_supply_never_needs_more():
    ramp = np.geomspace(0.1, 1e5, 50)
    step = room.buffer_for_step(step_mw=100.0, ramp_mw_per_s=ramp)
    cycle = room.buffer_for_cycle(step_mw=100.0, period_s=5.0, low_share=0.2, ramp_mw_per_s=ramp)
    assert np.all(np.diff(step.mwh) < 0) and np.all(np.diff(cycle.mwh) <= 0)
    assert np.all(cycle.mwh <= step.mwh)
    one = room.buffer_for_cycle(step_mw=100.0, period_s=5.0, low_share=0.2, ramp_mw_per_s=float(ramp[7]))
    assert (one.mw, one.mwh) == (cycle.mw[7], cycle.mwh[7])


def test_what_is_there_is_not_bought_again():
    left = room.left_to_buy(needed=Buffer(100.0, 10.0), there=Buffer(60.0, 50.0))
    assert (left.mw, left.mwh) == (40.0, 0.0)
    assert room.buffer_usd(buffer=left, usd_per_mw=2.0, usd_per_mwh=3.0) == 80.0
    assert room.ramp_limit_mw_per_s(supply_mw=600.0, share_per_min=0.1) == pytest.approx(1.0)
    assert room.rack_store_mwh(accelerators=3.6e9 / 65, joules_per_accelerator=65.0) == pytest.approx(1.0)


def test_a_run_swings_by_its_own_step():
    """Llama 3 on 16,384 H100 swung by tens of megawatts at most."""
    run = train("llama-3.1-405b", "16384 H100")
    p = run.power_swing
    assert p.period_s == run.best.step_s and 0 < p.waiting_share < 0.5
    assert 5 < p.step_mw < p.stop_mw < p.it_mw < 40
    assert p.store_kwh == pytest.approx(
        p.step_mw * p.waiting_share * (1 - p.waiting_share) * p.period_s / 3.6, rel=1e-6
    )
