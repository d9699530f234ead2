"""Power swings of one synchronous job on the whole campus, and the store its supply would need."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.chapters import offers
from gigawatt.chapters.place import Site
from gigawatt.chapters.wiring import ranged
from gigawatt.compute import power_swing as swing
from gigawatt.figures import show
from gigawatt.record import Steps, central

RAMPS = {  # plants of a plan that follow the load, and the ramp rate that holds for them
    "gas": "gas_engine",
    "ccgt": "ccgt",
    "ocgt": "ocgt",
    "nuclear_new": "nuclear",
    "smr": "nuclear",
    "geothermal": "geothermal",
    "hydro": "hydro",
}


def table(step: Steps, drawn: Steps, site: Site, o: Any, spread: Any) -> dict[str, Any]:
    one, many = _swings(step, site, o), _swings(drawn, site, spread)
    rows = [
        {
            "event": event,
            "label": row["label"],
            **{key: ranged(row[key], many["events"][event][key]) for key in MEASURED},
        }
        for event, row in one["events"].items()
    ]
    worst = max(rows, key=lambda r: float(r["usd"]["value"]))
    return {
        "words": _words(worst, one["ramp"]),
        "class": "C",
        "ramp_mw_per_s": ranged(one["ramp"], many["ramp"]),
        "ramps": one["ramps"],
        "battery_mw": one["there"].mw,
        "battery_mwh": one["there"].mwh,
        "rack_store_mwh": central(one["rack_mwh"]),
        "rows": rows,
        "warning": _warning(worst, f"USD_{step.price_year}"),
    }


MEASURED = ("step_mw", "mw_per_s", "buffer_mw", "buffer_mwh", "left_mw", "left_mwh", "usd")


def _swings(step: Steps, site: Site, o: Any) -> dict[str, Any]:
    """Steps of the load, the supply's ramp, and the store between them, in one pass."""
    fact, peak, it = step.fact, o.size.facility_peak_mw, o.size.it_peak_mw
    ramps = _ramps(step, o)
    ramp = np.sum([np.asarray(x) for x in ramps.values()], axis=0)
    racks = f"swing.rack_store.{o.machine.id}"
    joules = fact(racks, unit="J") if racks in step.facts else 0.0
    rack = step(swing.rack_store_mwh, accelerators=o.size.accelerators, joules_per_accelerator=joules)
    smooth = 1.0 - fact("swing.smoothing_cut", unit="1") if racks in step.facts else 1.0
    scale = central(peak)
    there = swing.Buffer(o.supply.plants.get("battery", 0.0) * scale, o.supply.battery_mwh * scale)
    prices = {
        "usd_per_mw": offers.tech_fact(step, site, "battery_power", "capex", "USD/MW"),
        "usd_per_mwh": offers.tech_fact(step, site, "battery_energy", "capex", "USD/MWh"),
    }

    def event(label: str, before: str, after: str, cycle: bool, cut: Any) -> dict[str, Any]:
        size = step(
            swing.step_mw,
            it_mw=it,
            synchronous_share=fact("swing.synchronous_share", unit="1"),
            share_before=fact(f"swing.{before}_share", unit="1"),
            share_after=fact(f"swing.{after}_share", unit="1"),
        )
        seen = np.asarray(size) * cut
        if cycle:
            need = step(
                swing.buffer_for_cycle,
                step_mw=seen,
                period_s=fact("swing.step", unit="s"),
                low_share=fact("swing.communication_time", unit="1"),
                ramp_mw_per_s=ramp,
            )
        else:
            need = step(swing.buffer_for_step, step_mw=seen, ramp_mw_per_s=ramp)
        whole = step(swing.as_built, buffer=need, most_per_hour=fact("swing.most_per_hour", unit="1/h"))
        left = step(swing.left_to_buy, needed=whole, there=there)
        covered = np.asarray(need.mwh) <= rack  # the racks' own stores are enough
        left = swing.Buffer(np.where(covered, 0.0, left.mw), np.where(covered, 0.0, left.mwh))
        return {
            "label": label,
            "step_mw": size,
            "mw_per_s": step(swing.swing_mw_per_s, step_mw=size, transition_s=fact("swing.transition", unit="s")),
            "buffer_mw": need.mw,
            "buffer_mwh": need.mwh,
            "left_mw": left.mw,
            "left_mwh": left.mwh,
            "usd": step(swing.buffer_usd, buffer=left, **prices),
        }

    return {
        "ramp": ramp,
        "ramps": {name: central(x) for name, x in ramps.items()},
        "there": there,
        "rack_mwh": rack,
        "events": {
            "cycle": event("every training step: compute, then exchange", "compute", "communication", True, smooth),
            "wait": event("checkpoint or stalled exchange: all wait", "compute", "communication", False, 1.0),
            "stop": event("stop of the job, and its start again", "compute", "idle", False, 1.0),
        },
    }


def _ramps(step: Steps, o: Any) -> dict[str, Any]:
    """How fast each part of the supply can follow. MW/s of the campus."""
    peak = o.size.facility_peak_mw
    found: dict[str, Any] = {}
    if central(o.supply.grid_mw) > 0:
        found["grid"] = step(
            swing.ramp_limit_mw_per_s,
            supply_mw=np.asarray(o.supply.grid_mw) * peak,
            share_per_min=step.fact("swing.ramp.grid", unit="1/min"),
        )
    for name, mw in o.supply.plants.items():
        if name in RAMPS and central(mw) > 0:
            found[name] = step(
                swing.ramp_limit_mw_per_s,
                supply_mw=np.asarray(mw) * peak,
                share_per_min=step.fact(f"swing.ramp.{RAMPS[name]}", unit="1/min"),
            )
    return found or {
        "backup": step(
            swing.ramp_limit_mw_per_s, supply_mw=peak, share_per_min=step.fact("swing.ramp.diesel", unit="1/min")
        )
    }


def _words(worst: dict[str, Any], ramp: Any) -> str:
    mw, rate = (show(worst[k]["value"], None, None, u) for k, u in (("step_mw", "MW"), ("mw_per_s", "MW/s")))
    power, energy = (show(worst[k]["value"], None, None, u) for k, u in (("buffer_mw", "MW"), ("buffer_mwh", "MWh")))
    return (
        f"One synchronous job on the whole campus moves the draw by up to {mw} at {rate}; the supply follows at "
        f"{show(central(ramp), None, None, 'MW/s')}. Between them stands a store of {power} and {energy}, or software "
        f"that holds the load while the supply ramps."
    )


def _warning(worst: dict[str, Any], usd: str) -> str:
    """What the plan lacks to meet the ramp limit; nothing where its own stores are enough."""
    left, cost = worst["left_mw"]["value"], worst["usd"]
    if left <= 0:
        return ""
    return (
        f"A store of {show(left, None, None, 'MW')} is not in the plan: "
        f"{show(cost['value'], cost['low'], cost['high'], usd)} at the plan's battery prices. It is not in the bill, "
        f"as the ramp limit is the operator's to state, and software can hold the load too: ask with the connection."
    )
