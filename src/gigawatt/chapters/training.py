"""A training run's model, accelerator and fitted constants, from facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gigawatt.chapters.machine import find
from gigawatt.compute.step_time import BF16_BYTES, Calibration, Machine
from gigawatt.errors import ScenarioError
from gigawatt.facts import Fact, Facts

WIDTH = {  # number format of the linear layers: bits and flavour under which its efficiency was measured
    "bf16": "bf16",
    "fp16": "bf16",
    "fp8": "fp8",
    "fp8-cs": "fp8",
    "fp8-ds": "fp8",
    "fp8-sc": "fp8",
    "mxfp8": "mxfp8",
    "fp8-mx": "mxfp8",
    "int8/bf16": "int8",
    "int8": "int8",
    "nvfp4": "fp4",
    "fp4": "fp4",
}
PEAK = {"bf16": "peak_bf16", "fp8": "peak_fp8", "mxfp8": "peak_fp8", "int8": "peak_int8", "fp4": "peak_fp4"}
CLASSIC_UNTIL = 2023.0  # runs in FP16, and before this date, used unfused attention and tensor parallelism in the open
LINKS_OF_ONE = {"domain": 1.0, "near": 0.0, "far": 50.0}
Get = Callable[..., float]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the constants depend on: hardware family, number format, date of the software. [-]"""

    family: str
    precision: str
    date: float
    capped: float = 1.0  # power per FLOP/s over that of the family's reference
    evaluated: bool = False  # time with evaluation and start-up inside

    @property
    def classic(self) -> bool:
        """Software before fused attention and overlapped tensor parallelism."""
        return self.precision == "fp16" or self.date < CLASSIC_UNTIL


def calibration(get: Get, s: Setting) -> Calibration:
    """Constants of one setting; `get(name, fallback...)` looks one up.

    The software's age changes what is not a matrix product of large size, so it scales the whole step.
    """
    width = WIDTH[s.precision]
    links = "torus" if s.family == "tpu" else "switched"
    product = get(f"product.{s.family}.{width}", f"product.fallback.{width}")
    era = "classic" if s.classic else "modern"
    date = min(s.date, get(f"latest_date.{s.family}", "latest_date"))
    age = date - get("reference_date")

    def aged(part: str) -> float:
        return float(np.exp(-get(f"software_gain.{part}") * age))

    software = aged("dense") * (get("evaluation") if s.evaluated else 1.0)
    routing = aged("expert") * (get("expert_fused") if date >= get("fused_date") and links == "switched" else 1.0)
    grouped = get(f"expert_product.{links}")
    return Calibration(
        product=min(product * s.capped ** get(f"power_exponent.{s.family}", "power_exponent.hopper"), 1.0),
        expert_product=1.0 / (1.0 + (1.0 / grouped - 1.0) * routing),
        attention=get(f"attention.{s.family}", "attention.fallback")
        * s.capped ** get(f"power_exponent.{s.family}", "power_exponent.hopper")
        / aged("attention"),
        traffic=get("traffic"),
        half_width=get("half_width"),
        cast_widths=0.0 if width == "bf16" else get("cast_widths"),
        unfused=get("unfused") if s.classic else 0.0,
        layer_start_s=get("layer_start"),
        route_widths=get("route_widths") * routing,
        expert_start_s=get(f"expert_start.{links}") * routing,
        near=get(f"near.{links}"),
        far=get("far"),
        latency_s=get("latency"),
        tensor_hidden=get(f"tensor_hidden.{era}"),
        context_hidden=get("context_hidden"),
        expert_hidden=get("expert_hidden"),
        data_hidden=get(f"data_hidden.{era}"),
        pipeline_hidden=get("pipeline_hidden"),
        imbalance=get("imbalance"),
        straggler=get("straggler"),
        step_s=get("step"),
        software=software,
    )


def constants(facts: Facts) -> Get:
    """Looks up constants of `data/calibration.csv`, in base units."""

    @cache
    def get(*names: str) -> float:
        fact = facts.first(*(f"training.{name}" for name in names))
        unit = "s" if fact.unit in ("us", "ms", "s") else fact.unit
        return float(fact.value) * (1.0 if unit == fact.unit else facts.factor(fact.unit, unit))

    return get


def product_fact(facts: Facts, family: str, precision: str) -> Fact:
    """The share of peak that large products reach; an assumption where no run of the kind is among those fitted."""
    width = WIDTH[precision]
    return facts.first(f"training.product.{family}.{width}", f"training.product.fallback.{width}")


def accelerator(facts: Facts, name: str) -> tuple[str, float]:
    """Id of an accelerator and its power limit over its own: `H100-500W` is a capped H100.

    Raises
    ------
    ScenarioError
        When nothing of this name is known; offers the nearest.
    """
    capped = re.fullmatch(r"(.+?)[-@ ](\d+) ?W", name.strip())
    if not capped:
        return find(facts, name, "accelerator"), 1.0
    item = find(facts, capped[1], "accelerator")
    return item, float(capped[2]) / _value(facts, f"accelerator.{item}.chip_power", "W")


def powered(facts: Facts, item: str, cut: float = 1.0) -> float:
    """Power per peak FLOP/s over the reference's: what clocks, and so large products, follow within a family.

    `cut` is a limit on the accelerator's power over its own.
    """
    power, peak = f"accelerator.{item}.chip_power", f"accelerator.{item}.peak_bf16"
    known = f"training.power_reference.{facts[f'accelerator.{item}.family'].value}"
    if known not in facts or power not in facts:
        return cut
    other = f"accelerator.{facts[known].value}"
    usual = _value(facts, f"{other}.chip_power", "W") / _value(facts, f"{other}.peak_bf16", "FLOP/s")
    return cut * _value(facts, power, "W") / _value(facts, peak, "FLOP/s") / usual


def machine_of(facts: Facts, item: str, precision: str, look: Callable[..., Any] | None = None) -> Machine:
    """Peak, memory and links of a catalogue accelerator; `look(id, unit=...)` reads its facts, if not plainly.

    Raises
    ------
    ScenarioError
        When it has no peak at this precision; offers those it has.
    """
    peak = f"accelerator.{item}.{PEAK[WIDTH[precision]]}"
    blocks = f"accelerator.{item}.peak_fp4" in facts  # units that scale numbers in blocks compute in 4 bit too
    if peak not in facts or (WIDTH[precision] == "mxfp8" and not blocks):
        have = [p for p, key in PEAK.items() if f"accelerator.{item}.{key}" in facts and (blocks or p != "mxfp8")]
        raise ScenarioError(f"precision: {item} has no {precision} peak; it has {', '.join(have)}")

    def value(fact_id: str, unit: str) -> Any:
        return look(fact_id, unit=unit) if look else _value(facts, fact_id, unit)

    def part(name: str, unit: str, usual: Any) -> Any:
        fact_id = f"accelerator.{item}.{name}"
        return value(fact_id, unit) if fact_id in facts else usual

    far = part("scale_out_bandwidth", "B/s", LINKS_OF_ONE["far"] * 1e9)
    return Machine(
        peak_flop_per_s=value(peak, "FLOP/s"),
        peak_16bit_flop_per_s=value(f"accelerator.{item}.peak_bf16", "FLOP/s"),
        memory_bytes_per_s=value(f"accelerator.{item}.memory_bandwidth", "B/s"),
        memory_bytes=value(f"accelerator.{item}.memory", "B"),
        domain=part("scale_up_domain", "1", LINKS_OF_ONE["domain"]),
        near_bytes_per_s=part("scale_up_bandwidth", "B/s", far),
        far_bytes_per_s=far,
        building=_value(facts, "network.building", "accelerator"),
        spine_share=1.0 / _value(facts, "network.oversubscription.building", "1"),
    )


def _value(facts: Facts, fact_id: str, unit: str) -> float:
    fact = facts[fact_id]
    return float(fact.value) * facts.factor(fact.unit, unit)


def kept_bytes(facts: Facts, precision: str) -> float:
    """Bytes per number kept for the backward pass."""
    return BF16_BYTES if WIDTH[precision] == "bf16" else _value(facts, "training.kept_bytes.8bit", "1")
