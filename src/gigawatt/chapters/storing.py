"""The storage of a campus: checkpoints, their bandwidth, capacity, its price inside the plan's mark-up on the racks."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import compute
from gigawatt.chapters.trained import recovery
from gigawatt.chapters.wiring import ranged
from gigawatt.compute import storage as store
from gigawatt.figures import show
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import in_percent

SECONDS_PER_DAY = 86_400.0


def table(step: Steps, drawn: Steps, s: Scenario, o: Any, spread: Any) -> dict[str, Any]:
    one, many = _stored(step, s, o), _stored(drawn, s, spread)
    need, found, size = one["bandwidth_gb_per_s"], one["storage"], one["checkpoint_gb"]
    markup = central(o.machine.network_usd) * central(o.size.accelerators)
    usd = ranged(found.usd, many["storage"].usd)
    return {
        "words": (
            f"A checkpoint of {central(one['params']):.3g} parameters is {central(size) / 1e3:,.1f} TB. One every "
            f"{_time(central(one['interval_h']))}, {one['how']}, and reading one in a restart take "
            f"{show(central(need), None, None, 'GB/s')} of flash. All storage costs "
            f"{show(usd['value'], usd['low'], usd['high'], f'USD_{step.price_year}')}, "
            f"{in_percent(usd['value'] / markup)} of "
            f"the mark-up on the racks, inside it and not added."
        ),
        "class": "C",
        **{
            key: ranged(one[key], many[key])
            for key in (
                "checkpoint_gb",
                "interval_h",
                "write_gb_per_s",
                "write_waiting_gb_per_s",
                "read_gb_per_s",
                "dataset_gb_per_s",
                "bandwidth_gb_per_s",
            )
        },
        "params": central(one["params"]),
        "flash_tb": ranged(found.flash_tb, many["storage"].flash_tb),
        "disk_tb": ranged(found.disk_tb, many["storage"].disk_tb),
        "mw": ranged(found.mw, many["storage"].mw),
        "usd": usd,
    }


def _time(hours: float) -> str:
    return f"{hours * 3600:.0f} seconds" if hours * 60 < 2 else f"{hours * 60:.0f} minutes"


def _stored(step: Steps, s: Scenario, o: Any) -> dict[str, Any]:
    """Sizes and bandwidths of one pass: central values, or draws."""
    back, fact = step.once(recovery, s), step.fact
    n = o.work.training.accelerators
    mtbf = compute.mtbf_h(accelerators=n, failures_per_accelerator_hour=back.failures_per_accelerator_hour)
    interval = step(compute.checkpoint_interval_h, mtbf_h=mtbf, checkpoint_h=back.checkpoint_h)
    laid = o.work.training.laid
    params = step.given("parameters of the run", float(laid.run.shape.params), "1")
    size = step(store.checkpoint_gb, params=params, bytes_per_param=fact("storage.bytes_per_param", unit="1"))
    waits = (s.recovery or step.text("goodput.recovery")) == "persistent_checkpoint"
    share = fact("storage.stall_share", unit="1")
    beside = step(store.write_gb_per_s, checkpoint_gb=size, interval_h=interval, stall_share=1.0)
    waiting = step(store.write_gb_per_s, checkpoint_gb=size, interval_h=interval, stall_share=share)
    read = step(
        store.read_gb_per_s,
        checkpoint_gb=size,
        replicas_reading=fact("storage.replicas_reading", unit="1"),
        restart_s=fact("storage.restart_read", unit="s"),
    )
    per_token = laid.model_flop / float(laid.plans[0].tokens) if laid.plans else np.inf
    tokens = np.asarray(o.work.training_flop_per_day) / (per_token * SECONDS_PER_DAY)
    data = step(
        store.dataset_gb_per_s,
        tokens_per_s=tokens,
        bytes_per_token=fact("storage.bytes_per_token", unit="B"),
        read_over_used=fact("storage.read_over_used", unit="1"),
    )
    write = waiting if waits else beside
    need = np.maximum(np.asarray(write) + data, read)
    return {
        "params": params,
        "checkpoint_gb": size,
        "interval_h": interval,
        "how": "for which the run waits" if waits else "written beside the run",
        "write_gb_per_s": beside,
        "write_waiting_gb_per_s": waiting,
        "read_gb_per_s": read,
        "dataset_gb_per_s": data,
        "bandwidth_gb_per_s": need,
        "storage": step(
            store.storage,
            accelerators=o.size.accelerators,
            tb_per_accelerator=fact("storage.per_accelerator", unit="TB"),
            checkpoint_gb=size,
            checkpoints_on_flash=fact("storage.checkpoints_on_flash", unit="1"),
            bandwidth_gb_per_s=need,
            flash_gb_per_s_per_tb=fact("storage.flash.bandwidth", unit="1/s"),
            flash_usd_per_tb=fact("storage.flash.price", unit="USD/TB"),
            flash_w_per_tb=fact("storage.flash.power", unit="W/TB"),
            disk_usd_per_tb=fact("storage.disk.price", unit="USD/TB"),
            disk_w_per_tb=fact("storage.disk.power", unit="W/TB"),
        ),
    }
