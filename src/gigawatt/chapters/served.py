"""Serving: facts and fitted constants -> what one pass of a model costs on a layout of accelerators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from gigawatt.chapters.machine import find
from gigawatt.chapters.training import powered
from gigawatt.compute.forward import Chip, Format, Layout, Speed, forward
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.steady import Habits, Request, Steady, steady
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts, load_facts

ENGINES = ("vllm", "sglang", "trtllm", "mlperf")
PRECISIONS = ("bf16", "fp8", "fp4", "int4")
ROTARY = 64.0  # numbers of a latent cache entry that carry the position
LATENT_HEAD = 128.0  # width of a head before latent compression, where the catalogue does not say
STAND_IN = {"rubin": "blackwell", "ampere": "hopper", "volta": "hopper"}  # families nobody measured: nearest kin
BITS = 8.0  # of a byte
CHUNK = 8192.0  # prompt tokens that an engine takes up in one pass
PREFIX = "serve."
NEWEST = "serving.latest_date"
Constants = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Setup:
    """One way to serve: a model in a format on a group of accelerators, by an engine of a year.

    Parameters
    ----------
    model, accelerator : str
        Ids of the catalogue. [text]
    precision : str
        bf16, fp8, fp4 or int4 (weights only). [text]
    engine : str
        One of `ENGINES`; mlperf: tuned for a benchmark. [text]
    year : float
        Date of the software. [year]
    accelerators, tensor, experts_apart : float
        Layout of one copy of the experts. [-]
    overlap : float
        Share of the exchanges between accelerators that runs beside the rest, two batches taking turns. [-]
    sent_bits : float
        Bits of a number on its way to an expert. [-]
    """

    model: str
    accelerator: str
    precision: str
    engine: str
    year: float
    accelerators: float
    tensor: float
    experts_apart: float = 1.0
    overlap: float = 0.0
    sent_bits: float = 16.0


@dataclass(frozen=True)
class Batch:
    """Many setups as arrays."""

    shape: ModelShape
    chip: Chip
    layout: Layout
    fmt: Format
    decode: Speed
    prefill: Speed
    habits: Habits

    def at(self, request: Request, concurrency: Any) -> Steady:
        """All groups at steady state with so many requests always there."""
        on = (self.shape, self.chip, self.layout, self.fmt, self.decode, self.prefill, self.habits)
        return steady(*on, request, concurrency)

    def prompt_s(self, request: Request) -> np.ndarray:
        """Time per prompt when prefill alone runs, every copy of the attention full. [s]"""
        new = np.asarray(request.input_tokens, float) * (1.0 - np.asarray(request.cached_share, float))
        together = np.asarray(self.layout.copies, float) * np.maximum(CHUNK / new, 1.0)
        on = (self.shape, self.chip, self.layout, self.fmt, self.prefill)
        seen = np.asarray(request.input_tokens, float) - new / 2.0
        return forward(*on, sequences=together, tokens_each=new, seen=seen, decode=False).total_s / together


@dataclass(frozen=True)
class Kinds:
    """What the constants depend on, one entry per setup."""

    engine: np.ndarray  # place in `ENGINES`
    family: np.ndarray  # place in `FAMILIES`; -1: never measured
    power: np.ndarray  # power per peak over the usual one of the family
    peak: np.ndarray  # precision of the arithmetic
    precision: np.ndarray
    year: np.ndarray
    moe: np.ndarray
    latent: np.ndarray
    linear: np.ndarray  # some layers see only near tokens, or none


def model_of(facts: Facts, name: str) -> str:
    """Id of a model that can be served, or `ScenarioError` with the nearest."""
    item = find(facts, name, "model")
    if f"model.{item}.layers" not in facts:
        raise ScenarioError(f"model: {name!r} has no architecture in the catalogue; see: gigawatt facts model.")
    return item


def _shape(facts: Facts, item: str) -> dict[str, float]:
    def m(part: str, missing: float = 0.0) -> float:
        fact_id = f"model.{item}.{part}"
        return float(facts[fact_id].value) if fact_id in facts else missing

    full, grouped = m("full_attention_layers"), 2.0 * m("kv_heads") * m("head_dim")
    kept = m("kv_values_per_token") / full if full else grouped
    latent = m("kv_rank") > 0.0 or abs(kept - grouped) > 1.0
    alike = ("layers", "hidden", "heads", "kv_heads", "ffn_hidden", "vocab", "experts", "experts_per_token")
    return {
        **{part: m(part) for part in (*alike, "expert_hidden", "shared_experts", "dense_layers")},
        "head_dim": m("nope_dim", LATENT_HEAD) if latent else m("head_dim"),
        "ffn_matrices": m("ffn_matrices", 3.0),
        "q_rank": 0.0,
        "kv_rank": m("kv_rank", kept - ROTARY) if latent else 0.0,
        "rope_dim": m("rope_dim", ROTARY) if latent else 0.0,
        "v_dim": m("v_dim", LATENT_HEAD) if latent else 0.0,
        "full_attention_layers": full,
        "window": m("window"),
        "stated_params": m("params"),
        "stated_active_params": m("active_params"),
    }


def shapes(items: Sequence[str], facts: Facts | None = None) -> ModelShape:
    """Models of the catalogue side by side."""
    known = {item: _shape(facts or load_facts(), item) for item in set(items)}
    found = [known[item] for item in items]
    return ModelShape(**{f.name: np.array([x[f.name] for x in found]) for f in fields(ModelShape)})


def software_of(facts: Facts, date: float | None) -> float:
    """Date of the software that is counted with: younger than the newest that was measured says nothing more."""
    return float(facts["serve.age.reference"].value) if date is None else min(date, float(facts[NEWEST].value))


def peak_name(facts: Facts, accelerator: str, precision: str) -> str:
    """Precision of the arithmetic: that of the weights where the accelerator has it, else 16 bit."""
    return precision if f"accelerator.{accelerator}.peak_{precision}" in facts else "bf16"


def _chip(facts: Facts, item: str, precision: str) -> list[float]:
    def a(part: str, unit: str) -> float:
        fact = facts[f"accelerator.{item}.{part}"]
        return float(fact.value) * facts.factor(fact.unit, unit)

    link = "scale_up_bandwidth" if f"accelerator.{item}.scale_up_bandwidth" in facts else "scale_out_bandwidth"
    peak = peak_name(facts, item, precision)
    return [
        *(a(f"peak_{p}", "FLOP/s") for p in (peak, "bf16")),
        *(a("memory", "GB"), a("memory_bandwidth", "GB/s"), a(link, "GB/s")),
    ]


def constants(facts: Facts) -> dict[str, float]:
    """Fitted constants by name."""
    return {f.id.removeprefix(PREFIX): float(f.value) for f in facts.under(PREFIX) if not f.is_text}


def kinds(facts: Facts, setups: Sequence[Setup], shape: ModelShape) -> Kinds:
    """What the constants of each setup depend on."""
    family = [str(facts[f"accelerator.{s.accelerator}.family"].value) for s in setups]
    return Kinds(
        engine=np.array([ENGINES.index(s.engine) for s in setups]),
        family=np.array([_place(STAND_IN.get(f, f)) for f in family]),
        power=np.array([powered(facts, s.accelerator) for s in setups]),
        peak=np.array([peak_name(facts, s.accelerator, s.precision) for s in setups]),
        precision=np.array([s.precision for s in setups]),
        year=np.array([s.year for s in setups]),
        moe=np.asarray(shape.is_moe),
        latent=np.asarray(shape.is_latent),
        linear=np.asarray(shape.full_attention_layers, float) < shape.layers,
    )


def calibrated(p: Constants, k: Kinds) -> tuple[Speed, Speed, Habits]:
    """Speeds of decoding and prefill, and the engine's habits, from the fitted constants."""

    def by(name: str, keys: tuple[str, ...], places: np.ndarray) -> np.ndarray:
        return _by(p, name, keys)[places]

    def if_(kind: np.ndarray, name: str) -> np.ndarray:
        return np.where(kind, p[name], 1.0)

    engine, family = (ENGINES, k.engine), (FAMILIES, k.family)
    tuned = k.engine == ENGINES.index("mlperf")
    aged = np.select([tuned, k.moe], [p["age.tuned"], p["age.moe"]], p["age.dense"])
    age = aged ** (p["age.reference"] - k.year)
    memory = by("memory", *family) * if_(k.moe, "memory.moe") * if_(k.precision == "fp4", "memory.fp4")
    at_peak = if_(k.peak == "fp4", "compute.fp4") * if_(k.peak == "bf16", "compute.bf16")
    arithmetic = by("compute", *family) * k.power ** p["power"] * if_(k.moe, "compute.moe") * at_peak
    arithmetic = arithmetic * if_(tuned, "compute.tuned")
    launch = by("layer", *engine) * age
    exchange = p["exchange"] * if_(k.family == FAMILIES.index("blackwell"), "exchange.blackwell")
    decode_kind = if_(k.moe, "layer.moe") * if_(k.linear, "layer.linear") * if_(k.latent, "layer.latent")
    prefill_kind = if_(k.moe, "prefill.moe") * if_(k.linear, "prefill.linear") * if_(k.latent, "prefill.latent")
    decode = Speed(
        compute=np.minimum(arithmetic * p["compute.decode"], 1.0) / age,
        memory=memory,
        cache=by("cache", *family) * if_(k.latent, "cache.latent"),
        attention=p["attention.decode"],
        elementwise=p["elementwise"],
        route_widths=p["route_widths"],
        link=p["link"],
        step_s=by("step", *engine) * age,
        layer_s=launch * decode_kind,
        exchange_s=exchange,
    )
    prefill = Speed(
        compute=np.minimum(arithmetic, 1.0) / age,
        memory=memory * p["memory.prefill"],
        cache=1.0,
        attention=p["attention"],
        elementwise=p["elementwise"],
        route_widths=p["route_widths"],
        link=p["link"],
        step_s=0.0,
        layer_s=launch * by("prefill", *engine) * prefill_kind,
        exchange_s=exchange,
    )
    habits = Habits(
        usable_share=p["usable_share"],
        sequences_cap=p["sequences_cap"],
        held_share=p["held"],
        prefill_share=by("prefill_share", *engine),
        prefills=1.0,
        first_s=by("first", *engine),
        prefill_wait=by("wait", *engine),
        burst=by("burst", *engine),
    )
    return decode, prefill, habits


def _by(p: Constants, name: str, keys: tuple[str, ...]) -> np.ndarray:
    """Constants of the keys, and at the end, for one never measured, their geometric mean."""
    known = [p[f"{name}.{key}"] for key in keys]
    return np.array([*known, float(np.exp(np.mean(np.log(known))))])


def _place(family: str) -> int:
    return FAMILIES.index(family) if family in FAMILIES else -1


FAMILIES = ("hopper", "blackwell", "cdna", "tpu")


def batch(facts: Facts, setups: Sequence[Setup], p: Constants | None = None) -> Batch:
    """Setups as arrays, with the shipped constants unless others are given."""
    p = p or constants(facts)
    shape = shapes([s.model for s in setups], facts)
    chips = np.array([_chip(facts, s.accelerator, s.precision) for s in setups]).T
    decode, prefill, habits = calibrated(p, kinds(facts, setups, shape))
    hidden = np.array([s.overlap for s in setups])
    return Batch(
        shape=shape,
        chip=Chip(*chips),
        layout=Layout(
            *(np.array([getattr(s, n) for s in setups]) for n in ("accelerators", "tensor", "experts_apart"))
        ),
        fmt=_formats(p, setups, np.asarray(shape.is_moe)),
        decode=replace(decode, hidden=hidden),
        prefill=replace(prefill, hidden=hidden),
        habits=habits,
    )


def apart(b: Batch, p: Constants) -> Batch:
    """The same setups with prefill and decode in pools of their own.

    Neither waits for the other, and decoding takes in caches from the network meanwhile.
    """
    habits = replace(b.habits, prefills=0.0, burst=0.0)
    return replace(b, decode=b.decode.slower(p["pool.decode"]), habits=habits)


def _formats(p: Constants, setups: Sequence[Setup], moe: np.ndarray) -> Format:
    """Bytes per number: 4-bit models with experts keep what every token visits in 8 bit, weight-only ones in 16."""
    precision = np.array([s.precision for s in setups])
    experts = np.select([precision == "bf16", precision == "fp8"], [2.0, 1.0], p["four_bit_bytes"])
    common = np.select(
        [precision == "bf16", precision == "int4", (precision == "fp4") & ~moe], [2.0, 2.0, p["four_bit_bytes"]], 1.0
    )
    sent = np.array([s.sent_bits for s in setups]) / BITS
    return Format(common, experts, np.where(precision == "bf16", 2.0, 1.0), sent)
