"""What one training run does to the power of its campus: swing of every step, from its own breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gigawatt import compute
from gigawatt.compute import power_swing as room
from gigawatt.facts import Facts
from gigawatt.record import Steps, central

PRICE_YEAR = 2025
WAITING = ("tensor_parallel", "context_parallel", "expert_parallel", "pipeline_parallel", "data_parallel", "bubble")
KWH_PER_MWH = 1e3


@dataclass(frozen=True)
class Swing:
    """Power of a run.

    Parameters
    ----------
    it_mw : float
        IT power at peak. [MW]
    step_mw, mw_per_s : float
        Fall of the draw where all wait for each other, and its rate. [MW], [MW/s]
    period_s, waiting_share : float
        Time of a training step; share of it in exposed communication and bubble. [s], [-]
    store_mw, store_kwh : float
        Store that holds the supply at the mean. [MW], [kWh]
    stop_mw : float
        Fall of the draw when the job stops. [MW]
    """

    it_mw: float
    step_mw: float
    mw_per_s: float
    period_s: float
    waiting_share: float
    store_mw: float
    store_kwh: float
    stop_mw: float


def it_kw(facts: Facts, item: str, capped: float = 1.0) -> float | None:
    """IT power of an accelerator at peak with its share of server and network; by its chip's where that is all known.

    None where neither is on record; `capped` is a limit on the chip's power over its own. [kW]
    """
    fact = Steps(facts, PRICE_YEAR).fact
    server, chip = f"accelerator.{item}.server_power", f"accelerator.{item}.chip_power"
    if server in facts:
        kw, units = central(fact(server, unit="kW")), central(fact(f"accelerator.{item}.units_per_server", unit="1"))
    elif chip in facts:
        kw, units = central(fact(chip, unit="kW")) * central(fact("it.server_over_chip_power", unit="1")), 1.0
    else:
        return None
    if capped != 1.0:
        kw -= (1.0 - capped) * central(fact(chip, unit="kW")) * units
    outside = central(fact("it.outside_rack_power_share", unit="1"))
    return float(compute.it_kw_per_accelerator(server_kw=kw, units_per_server=units, outside_rack_share=outside))


def swing(
    facts: Facts, item: str, accelerators: int, breakdown_s: Mapping[str, float], step_s: float, capped: float = 1.0
) -> Swing | None:
    """The swing of a run on all its accelerators; None where their power is not on record."""
    kw = it_kw(facts, item, capped)
    if kw is None:
        return None
    fact = Steps(facts, PRICE_YEAR).fact
    it_mw = float(compute.it_peak_mw(accelerators=float(accelerators), kw_per_accelerator=kw))
    waiting = sum(breakdown_s[name] for name in WAITING) / step_s
    full, low, idle = (central(fact(f"swing.{k}_share", unit="1")) for k in ("compute", "communication", "idle"))
    size, stop = (
        room.step_mw(it_mw=it_mw, synchronous_share=1.0, share_before=full, share_after=after) for after in (low, idle)
    )
    held = room.buffer_for_cycle(step_mw=size, period_s=step_s, low_share=waiting, ramp_mw_per_s=1e-9)
    rate = room.swing_mw_per_s(step_mw=size, transition_s=central(fact("swing.transition", unit="s")))
    return Swing(
        it_mw=it_mw,
        step_mw=float(size),
        mw_per_s=float(rate),
        period_s=step_s,
        waiting_share=waiting,
        store_mw=float(held.mw),
        store_kwh=float(held.mwh) * KWH_PER_MWH,
        stop_mw=float(stop),
    )
