"""Measured serving: throughput at full load, and times per token and to the first token at a fixed concurrency."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from gigawatt.chapters.machine import find
from gigawatt.chapters.served import PRECISIONS, Batch, Constants, Setup, apart, batch, constants, model_of
from gigawatt.compute.latency import busy_share_within, concurrency_within
from gigawatt.compute.steady import Request, Steady
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts

from .families import CannotPredict, Case, Family, Figure, Predicted, Prediction, Tolerance
from .left_out import left_out

Given = Mapping[str, Any]

ARCHITECTURE = ("layers", "hidden", "heads", "vocab")
INPUTS = ("precision", "accelerator", "n_accelerators", "input_len", "output_len")
POOLS = ("workers", "tp", "dp", "ep")
MAKERS = "offline max load"  # the scenario of an engine's maker: one queue of requests, all there from the start
TUNED = {"offline": "", "server": "server", "interactive": "interactive"}  # scenarios of a tuned benchmark: its factor
UNDATED = 2025.9  # software of a row without a date: the middle of the dated ones
MILLI = 1e3
SIZES = (1, 2, 4, 8)  # of a group that the operator chose freely
LAYOUTS = (*((k, False) for k in SIZES), *((k, True) for k in SIZES[1:]))  # group, attention copied on each


# --- Rows -> setups ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One measured run: how it was set up and loaded."""

    setup: Setup
    total: float  # accelerators that throughput is counted over
    concurrency: float
    request: tuple[float, float]
    factor: str  # scenario factor
    free: bool  # the group is the operator's choice
    prefill: Setup | None = None
    workers: tuple[float, float] = (1.0, 1.0)  # prefill and decode groups
    size: float = 0.0  # of a group whose layout alone is the operator's choice; 0: size too
    limit: float = math.inf  # time to the first token that all but few keep [s]
    tpot: float = math.inf  # time per output token that all but few keep [s]


def _text(given: Given, name: str) -> str:
    return str(given.get(name) or "").strip()


def _number(given: Given, name: str, missing: float = math.nan) -> float:
    try:
        found = float(_text(given, name))
    except ValueError:
        return missing
    return found if math.isfinite(found) else missing


def _needed(given: Given, name: str) -> float:
    found = _number(given, name)
    if not found > 0.0:
        raise CannotPredict(f"{name} is {given.get(name)!r}: expected a number above 0")
    return found


def _limit(text: str, name: str) -> float:
    """Longest time to the first token, or per token: "TTFT p99<=2000 ms, TPOT p99<=200 ms" -> 2.0, 0.2. [s]"""
    found = re.search(name + r"[^<,]*<=\s*([\d.]+)\s*ms", text)
    return float(found[1]) / MILLI if found else math.inf


def _queue(given: Given) -> float:
    """Requests that are always there: those of the row, else what the maker's benchmark queues for these lengths."""
    if _text(given, "scenario").lower() != MAKERS:
        return _number(given, "concurrency", math.inf)
    facts, name = load_facts(), f"serving.queue.{_needed(given, 'input_len'):.0f}_{_needed(given, 'output_len'):.0f}"
    return float(facts[name].value) if name in facts else math.inf


def engine_of(given: Given) -> str:
    """Engine by its name; MLPerf's scenarios are tuned for the benchmark."""
    if _text(given, "scenario").lower() in TUNED:
        return "mlperf"
    name = _text(given, "engine").lower()
    return next((e for e in ("sglang", "vllm") if e in name), "trtllm")


def machine(given: Given) -> str:
    """Id of the accelerator; a benchmark lists some systems by the name of a chip's other version."""
    facts = load_facts()
    item = find(facts, _text(given, "accelerator"), "accelerator")
    listed = f"serving.listed.{item}.{_number(given, 'n_accelerators'):.0f}"
    tuned = _text(given, "scenario").lower() in TUNED
    return str(facts[listed].value) if tuned and listed in facts else item


def year_of(text: str) -> float:
    """2026-03-25 -> 2026.2."""
    match = re.match(r"(\d{4})(?:-(\d\d))?", text)
    if not match:
        return UNDATED
    month = int(match[2]) - 0.5 if match[2] else 6.0
    return int(match[1]) + month / 12.0


def group_of(n: float, tensor: float, copies: float, moe_tensor: float, experts: float) -> tuple[float, float]:
    """Accelerators of a group and of one sequence.

    Axes that share the same accelerators are multiplied in some rows: the same run, with the same times, is listed at 8
    accelerators (tensor 8, experts 8) and at 64 (tensor 64 = 8 x 8). What works together is the one axis.
    """
    if n > SIZES[-1] and moe_tensor == experts > 1:
        return experts, experts if tensor > 1 else 1.0
    if tensor == copies > 1 and experts == tensor * copies:
        return tensor, tensor
    return n, min(tensor, n)


def asked(given: Given) -> Asked:
    """Read a row of either table."""
    facts = load_facts()
    precision = _text(given, "precision").lower()
    if precision not in PRECISIONS:
        raise CannotPredict(f"precision is {given.get('precision')!r}: expected one of {', '.join(PRECISIONS)}")
    common = Setup(
        model=model_of(facts, _text(given, "model")),
        accelerator=machine(given),
        precision=precision,
        engine=engine_of(given),
        year=year_of(_text(given, "date")),
        accelerators=1.0,
        tensor=1.0,
    )
    n = _needed(given, "n_accelerators")
    scenario = _text(given, "scenario").lower()
    run = Asked(
        setup=common,
        total=n,
        concurrency=_queue(given),
        request=(_needed(given, "input_len"), _needed(given, "output_len")),
        factor=TUNED.get(scenario, ""),
        free=False,
        limit=_limit(_text(given, "latency_limit"), "TTFT"),
        tpot=_limit(_text(given, "latency_limit"), "TPOT"),
    )
    if _text(given, "mode") == "disagg":
        return _apart(run, given)
    tensor, experts = min(_number(given, "tp"), n), max(_number(given, "ep", 1.0), 1.0)
    if math.isnan(tensor):
        return replace(run, free=True)
    if "mode" not in given:
        copied = is_moe(common.model) and scenario == MAKERS  # as its method says: attention of each sequence on one
        layout = (1.0, tensor) if copied else (tensor, 1.0)
        on = replace(common, accelerators=tensor, tensor=layout[0], experts_apart=layout[1])
        free = tensor > 1 and is_moe(common.model) and not copied
        return replace(run, setup=on, total=tensor, free=free, size=tensor)
    group, tensor = group_of(n, tensor, _number(given, "attention_dp"), _number(given, "moe_tp"), experts)
    on = replace(common, accelerators=group, tensor=tensor, experts_apart=min(experts, group))
    return replace(run, setup=on)


def _apart(run: Asked, given: Given) -> Asked:
    """Prefill and decode in pools of their own."""

    def pool(name: str) -> Setup:
        tensor, copies = _needed(given, f"{name}_tp"), max(_number(given, f"{name}_dp", 1.0), 1.0)
        experts = min(max(_number(given, f"{name}_ep", 1.0), 1.0), tensor * copies)
        return replace(run.setup, accelerators=tensor * copies, tensor=tensor, experts_apart=experts)

    _needed(given, "concurrency")
    workers = (_needed(given, "prefill_workers"), _needed(given, "decode_workers"))
    return replace(run, setup=pool("decode"), prefill=pool("prefill"), workers=workers)


# --- Predictions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """Times and throughput of many runs. [s, 1/s]"""

    tpot_s: np.ndarray
    ttft_s: np.ndarray
    rate: np.ndarray


def found(runs: Sequence[Asked], p: Constants | None = None) -> Found:
    """Times and throughput of runs, those alike in one call."""
    p = p or constants(load_facts())
    tpot, ttft, rate = (np.full(len(runs), np.nan) for _ in range(3))
    for way, method in ((_fixed, _at_load), (_free, _free_choice), (_pooled, _in_pools)):
        chosen = np.array([way(r) for r in runs], bool)
        if chosen.any():
            some = [r for r, c in zip(runs, chosen, strict=True) if c]
            tpot[chosen], ttft[chosen], rate[chosen] = method(some, p)
    return Found(tpot, ttft, rate)


def _pooled(run: Asked) -> bool:
    return run.prefill is not None


def _free(run: Asked) -> bool:
    return run.free


def _fixed(run: Asked) -> bool:
    return not run.free and run.prefill is None


def _request(runs: Sequence[Asked]) -> Request:
    return Request(*np.array([r.request for r in runs]).T)


def _factor(runs: Sequence[Asked], p: Constants) -> np.ndarray:
    """What a scenario's limit per token leaves: step times of tuned engines are not published, so no curve."""
    return np.array([p[f"scenario.{r.factor}"] if r.factor else 1.0 for r in runs])


Three = tuple[np.ndarray, np.ndarray, np.ndarray]


def _at_load(runs: Sequence[Asked], p: Constants) -> Three:
    on = batch(load_facts(), [r.setup for r in runs], p)
    s = on.at(_request(runs), np.array([r.concurrency for r in runs]))
    counted = np.array([r.setup.accelerators / r.total for r in runs])
    return s.tpot_s, s.ttft_s, np.maximum(s.tokens_per_s_per_accelerator, 1e-3) * counted * _factor(runs, p)


def _free_choice(runs: Sequence[Asked], p: Constants) -> Three:
    """The group and layout that deliver most."""
    best: list[np.ndarray] = []
    for size, copied in LAYOUTS:
        setups, load = choices(runs, size, copied)
        on = batch(load_facts(), setups, p)
        load = _in_time(on, runs, load, p)
        s = on.at(_request(runs), np.maximum(load, 1.0))
        rate = np.minimum(s.tokens_per_s_per_accelerator, _fed(on, s, runs))
        best.append(np.array([s.tpot_s, s.ttft_s, np.where(load > 0.0, rate, 0.0)]))
    table = np.stack(best)
    pick = np.argmax(table[:, 2], axis=0)
    tpot, ttft, rate = table[pick, :, np.arange(len(runs))].T
    return tpot, ttft, np.maximum(rate, 1e-3) * _factor(runs, p)


def _in_time(on: Batch, runs: Sequence[Asked], load: np.ndarray, p: Constants) -> np.ndarray:
    """Requests on a group at which all but few tokens are in time; those asked for where there is no limit."""
    limit = np.array([r.tpot for r in runs]) * p["scenario.tail"]
    if not np.isfinite(limit).any():
        return load
    request = _request(runs)
    most = np.minimum(load, on.at(request, np.maximum(load, 1.0)).most_sequences)
    timed = concurrency_within(lambda c: on.at(request, c), tpot_s=limit, ttft_s=math.inf, most=most)
    return np.where(np.isfinite(limit), timed * (load > 0.0), load)


def _fed(on: Batch, s: Steady, runs: Sequence[Asked]) -> np.ndarray:
    """Output tokens of the prompts that prefill takes up in time when they arrive at random. [1/s per accelerator]"""
    limit, request = np.array([r.limit for r in runs]), _request(runs)
    busy = busy_share_within(service_s=s.prefill_s, limit_s=limit)
    fed = busy * request.output_tokens / on.prompt_s(request) / on.layout.accelerators
    return np.where(np.isfinite(limit), fed, np.inf)


def choices(runs: Sequence[Asked], size: int, copied: bool) -> tuple[list[Setup], np.ndarray]:
    """One layout tried for each run, and the requests on one group of it; 0 where the layout is not to be had.

    With experts dealt out each accelerator may keep the attention of sequences of its own.
    """
    setups, load = [], []
    for r in runs:
        most = r.size or min(r.total, domain(r.setup.accelerator))
        sound = size <= most and (size == r.size or not r.size) and (not copied or (size > 1 and is_moe(r.setup.model)))
        layout = (1.0, float(size)) if copied else (float(size), 1.0)
        setups.append(replace(r.setup, accelerators=float(size), tensor=layout[0], experts_apart=layout[1]))
        load.append(r.concurrency * size / r.total if sound else 0.0)
    return setups, np.array(load)


@cache
def is_moe(model: str) -> bool:
    """Whether it has routed experts."""
    return str(load_facts()[f"model.{model}.type"].value) == "moe"


@cache
def domain(accelerator: str) -> float:
    """Accelerators joined by the fast links."""
    facts, fact_id = load_facts(), f"accelerator.{accelerator}.scale_up_domain"
    return float(facts[fact_id].value) if fact_id in facts else 1.0


def _in_pools(runs: Sequence[Asked], p: Constants) -> Three:
    """Requests pass from the prefill to the decode pool; those not decoding wait for prefill or are in it."""
    facts, request = load_facts(), _request(runs)
    decode = apart(batch(facts, [r.setup for r in runs], p), p)
    prefill = apart(batch(facts, [r.prefill or r.setup for r in runs], p), p)
    groups = np.array([r.workers for r in runs]).T
    there = np.array([r.concurrency for r in runs])
    alone = prefill.at(request, 1.0)
    first = np.asarray(prefill.habits.first_s, float)
    each, o = prefill.prompt_s(request), np.asarray(request.output_tokens)
    burst = p["pool.burst"] * there * each / groups[0]  # of prompts that come together, as their answers ended together
    low, high = np.zeros(len(runs)), there / groups[1]
    for _ in range(40):
        b = (low + high) / 2.0
        s = decode.at(request, np.maximum(b, 1.0))
        per_s = b * groups[1] / (o * s.decode_s)
        busy = np.minimum(per_s * each / groups[0], 0.999)
        ttft = first + alone.prefill_s * (1.0 + busy / (2.0 * (1.0 - busy))) + burst
        room = there - b * groups[1] > per_s * ttft
        low, high = np.where(room, b, low), np.where(room, high, b)
    s = decode.at(request, np.maximum(low, 1.0))
    rate = there * o / (ttft + s.decode_s * (o - 1.0)) / np.array([r.total for r in runs])
    return s.decode_s, ttft, rate


def predict(cases: Sequence[Case], names: Mapping[str, str]) -> list[Predicted]:
    """Figures of cases, each with its 80 % interval; `names`: figure -> which of the constants' errors it has."""
    p = constants(load_facts())
    read = [_read(case.given) for case in cases]
    runs = [r for r in read if isinstance(r, Asked)]
    values = found(runs, p)
    figures = {"tpot_ms": values.tpot_s * 1e3, "ttft_ms": values.ttft_s * 1e3}
    predicted = iter(
        {name: _ranged(p, error, runs[k], float(figures.get(name, values.rate)[k])) for name, error in names.items()}
        for k in range(len(runs))
    )
    return [r if isinstance(r, str) else next(predicted) for r in read]


def _read(given: Given) -> Asked | str:
    try:
        return asked(given)
    except (CannotPredict, ScenarioError) as reason:
        return str(reason)


def _ranged(p: Constants, error: str, run: Asked, value: float) -> Prediction:
    kind = kind_of(run)
    return Prediction(value, value * p[f"error.{error}.{kind}.low"], value * p[f"error.{error}.{kind}.high"])


def kind_of(run: Asked) -> str:
    """What the spread of the errors depends on: pools, experts or neither."""
    if run.prefill is not None:
        return "pools"
    return str(load_facts()[f"model.{run.setup.model}.type"].value)


# --- Families ---------------------------------------------------------------------------------------------------------


def _filled(row: Given, *names: str) -> bool:
    return all(_text(row, name) for name in names)


def _known_model(row: Given) -> bool:
    return _has_architecture(_text(row, "model"))


@cache
def _has_architecture(model: str) -> bool:
    facts = load_facts()
    try:
        item = find(facts, model, "model")
    except ScenarioError:
        return False
    return all(f"model.{item}.{part}" in facts for part in ARCHITECTURE)


def _throughput_inputs(row: Given, figure: str) -> bool:
    scenario = _text(row, "scenario")
    pool = "prefill" in scenario or "decode" in scenario
    return bool(scenario) and not pool and _known_model(row) and _filled(row, *INPUTS)


def _latency_inputs(row: Given, figure: str) -> bool:
    agg = _text(row, "mode") == "agg"
    parts = ("tp", "pp") if agg else [f"{pool}_{n}" for pool in ("prefill", "decode") for n in POOLS]
    return _known_model(row) and _filled(row, "mode", "concurrency", *INPUTS, *parts)


def group(row: Given) -> str:
    """Rows that are left out together."""
    way = "mode" if "mode" in row else "scenario"
    return "|".join(_text(row, name) for name in ("model", "accelerator", "precision", way))


def arch(row: Given) -> dict[str, str]:
    """Dense, or with experts."""
    name = _text(row, "model")
    if not _known_model(row):
        return {}
    facts = load_facts()
    return {"arch": str(facts[f"model.{find(facts, name, 'model')}.type"].value)}


ERRORS = {
    "inference_measured": {"output_tokens_per_s_per_acc": "throughput"},
    "inference_latency_measured": {"tpot_ms": "tpot", "ttft_ms": "ttft", "output_tokens_per_s_per_acc": "rate"},
}
ONE_FIFTH = Tolerance(rel=0.20)
NOTE = (
    "closed-form roofline of a pass; launches, links and efficiencies are fitted on these files, by family, engine, "
    "precision and kind of model, none by model. Errors of these rows are in sample; beside them stand the errors of "
    "the same rows with their group left out of the fit, of which the intervals are made; see docs/compute_accuracy.md"
)

FAMILIES = (
    Family(
        stem="inference_measured",
        by=("accelerator", "arch", "precision", "scenario", "group"),
        figures=(Figure("output_tokens_per_s_per_acc", "output_tokens_per_s_per_acc", ONE_FIFTH),),
        truths=(
            *("output_tokens_per_s", "input_tokens_per_s_per_acc", "ttft_ms", "tpot_ms", "power_w"),
            *("median_of_submissions", "n_submissions"),
        ),
        predict_all=lambda cases: predict(cases, ERRORS["inference_measured"]),
        scored=_throughput_inputs,
        group=group,
        more=arch,
        statistics=left_out("inference_measured"),
        about="measured inference throughput",
        note=NOTE,
    ),
    Family(
        stem="inference_latency_measured",
        by=("figure", "mode", "accelerator", "arch", "precision", "group"),
        figures=(
            Figure("tpot_ms", "tpot_ms", ONE_FIFTH),
            Figure("ttft_ms", "ttft_ms", Tolerance(rel=0.35)),
            Figure("output_tokens_per_s_per_acc", "derived_output_tokens_per_s_per_acc", ONE_FIFTH),
        ),
        truths=("source_row",),
        predict_all=lambda cases: predict(cases, ERRORS["inference_latency_measured"]),
        scored=_latency_inputs,
        group=group,
        more=arch,
        statistics=left_out("inference_latency_measured"),
        about="measured latency and throughput of serving",
        note=NOTE,
    ),
)
