"""compute.storage: published checkpoints and bandwidths, round trips, limits."""

import csv
import doctest
from pathlib import Path

import numpy as np
import pytest

from gigawatt.compute import storage as room

DATA = Path(room.__file__).parents[1] / "data"
PRICES = dict(
    flash_gb_per_s_per_tb=0.03, flash_usd_per_tb=150.0, flash_w_per_tb=2.0, disk_usd_per_tb=30.0, disk_w_per_tb=0.6
)


def fact(name: str) -> dict[str, str]:
    with open(DATA / "network.csv", encoding="utf-8") as file:
        return {r["id"]: r for r in csv.DictReader(file)}[name]


def test_doctests():
    assert doctest.testmod(room).failed == 0


def test_the_checkpoint_of_llama_3_is_within_what_was_published():
    """405e9 parameters over 16,384 accelerators: 1 MB to 4 GB each; written at 2 TB/s in three seconds."""
    size = room.checkpoint_gb(params=405e9, bytes_per_param=14)
    assert 0.001 < size / 16_384 < 4.0
    assert size / float(fact("storage.published.bandwidth")["value"]) == pytest.approx(2.8, abs=0.1)


def test_bandwidth_and_stall_are_each_other_backwards():
    share = np.array([0.001, 0.01, 0.1])
    speed = room.write_gb_per_s(checkpoint_gb=5670.0, interval_h=0.5, stall_share=share)
    assert room.stall_share(checkpoint_gb=5670.0, interval_h=0.5, write_gb_per_s=speed) == pytest.approx(share)
    assert np.all(np.diff(speed) < 0)
    assert room.stall_share(checkpoint_gb=1e6, interval_h=0.1, write_gb_per_s=1.0) == 1.0


def test_text_needs_little_bandwidth_and_checkpoints_much():
    data = room.dataset_gb_per_s(tokens_per_s=6e6, bytes_per_token=4.0, read_over_used=1.5)
    write = room.write_gb_per_s(checkpoint_gb=5670.0, interval_h=0.5, stall_share=1.0)
    assert data < 0.1 < 1.0 < write


def test_flash_is_sized_by_bandwidth_or_by_what_it_keeps():
    few = room.storage(
        accelerators=1e5, tb_per_accelerator=10.0, checkpoint_gb=1e4, checkpoints_on_flash=20.0,
        bandwidth_gb_per_s=1.0, **PRICES,
    )  # fmt: skip
    fast = room.storage(
        accelerators=1e5, tb_per_accelerator=10.0, checkpoint_gb=1e4, checkpoints_on_flash=20.0,
        bandwidth_gb_per_s=np.array([300.0, 3000.0]), **PRICES,
    )  # fmt: skip
    assert few.flash_tb == 200.0 and few.flash_tb + few.disk_tb == 1e6
    assert fast.flash_tb == pytest.approx([1e4, 1e5]) and np.all(np.diff(fast.usd) > 0)
    assert fast.write_gb_per_s == pytest.approx([300.0, 3000.0])
