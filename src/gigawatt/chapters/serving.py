"""Serving a model on so many accelerators: the layout that delivers most within the limits on time.

The one calculation behind `gigawatt serve` and the plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gigawatt.chapters import served as room
from gigawatt.chapters.served import Batch, Setup
from gigawatt.compute.forward import GB
from gigawatt.compute.latency import Pools, concurrency_within, pools
from gigawatt.compute.steady import Request, Steady, free_gb
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts

MOST = 4096.0  # requests in flight per accelerator to look at, at most
LARGEST_GROUP = 1024  # accelerators of one copy of a model, at most
FACTS = ("serve", "serving", "supply")  # subjects of facts that the answer rests on, beside accelerator and model


@dataclass(frozen=True)
class Question:
    """What is asked of the accelerators, read and checked."""

    model: str
    accelerator: str
    accelerators: int
    precision: str
    engine: str
    mode: str
    request: Request
    tpot_s: float | np.ndarray
    ttft_s: float
    year: float
    concurrency: float
    overlap: float = 0.0
    sent_bits: float = 16.0


def usual_precision(facts: Facts, accelerator: str) -> str:
    """The format a model is served in unless told otherwise, where the accelerator has it."""
    usual = str(facts["serving.precision"].value)
    return usual if f"accelerator.{accelerator}.peak_{usual}" in facts else "bf16"


def layouts(facts: Facts, q: Question) -> Iterator[Setup]:
    """Groups of powers of two: one sequence over all of them, or with experts one over each."""
    moe = str(facts[f"model.{q.model}.type"].value) == "moe"
    size = 1
    while size <= min(q.accelerators, LARGEST_GROUP):
        how = {"overlap": q.overlap, "sent_bits": q.sent_bits}
        base = Setup(q.model, q.accelerator, q.precision, q.engine, q.year, float(size), float(size), **how)
        yield base
        if moe and size > 1:
            yield replace(base, experts_apart=float(size))
            yield replace(base, tensor=1.0, experts_apart=float(size))
        size *= 2


def side_by_side(facts: Facts, q: Question, setups: Sequence[Setup]) -> Batch:
    """Layouts side by side; those wider than the fast links go at the speed of the network."""
    b = room.batch(facts, setups)
    domain = _value(facts, f"accelerator.{q.accelerator}.scale_up_domain", "1", 1.0)
    beyond = _value(facts, f"accelerator.{q.accelerator}.scale_out_bandwidth", "GB/s", 0.0)
    link = np.where(np.asarray(b.layout.accelerators) > domain, beyond, b.chip.link_gb_per_s)
    # One copy of a token for each domain that its experts lie in: the fast links there hand it on.
    domains = np.maximum(np.ceil(np.asarray(b.layout.accelerators) / domain), 1.0)
    reached = domains * (1.0 - (1.0 - 1.0 / domains) ** np.maximum(b.shape.experts_per_token, 1.0))
    limit = _value(facts, f"model.{q.model}.expert_domains", "1", math.inf)
    crossings = np.where(domains > 1.0, np.minimum(reached, limit), math.inf)
    return replace(
        b,
        chip=replace(b.chip, link_gb_per_s=np.maximum(link, 1e-3)),
        layout=replace(b.layout, crossings=crossings),
    )


def _value(facts: Facts, fact_id: str, unit: str, missing: float) -> float:
    if fact_id not in facts:
        return missing
    fact = facts[fact_id]
    return float(fact.value) * facts.factor(fact.unit, unit)


@dataclass(frozen=True)
class Best:
    """The layout that delivers most."""

    setup: Setup
    steady: Steady
    ttft_s: float
    tpot_s: float
    prefill: Setup | None  # of the pool that prefills
    requests_per_s_per_accelerator: float
    prefill_share: float | None  # of the accelerators, in pools
    prefill_time_share: float  # of the accelerators' time
    limit: str
    step: dict[str, float]


@dataclass(frozen=True)
class Asked:
    """A question with the facts it rests on: equal where the values of those are."""

    question: Question
    values: tuple[tuple[str, Any], ...]
    facts: Facts = field(compare=False)


def best(facts: Facts, q: Question) -> Best:
    """The layout that delivers most; kept, so that draws, rungs and countries share it.

    Raises
    ------
    ScenarioError
        When the model does not fit, or a limit cannot be met.
    """
    return _best(asked(facts, q))


def asked(facts: Facts, q: Question) -> Asked:
    """The question with the values of the facts it rests on."""
    subjects = (*(f"{s}." for s in FACTS), f"accelerator.{q.accelerator}.", f"model.{q.model}.")
    values = tuple((f.id, f.value) for s in subjects for f in facts.under(s))
    return Asked(q, values, facts)


@lru_cache(maxsize=256)
def _best(a: Asked) -> Best:
    facts, q = a.facts, a.question
    setups = list(layouts(facts, q))
    b = pooled(facts, q, side_by_side(facts, q, setups))
    one = b.at(q.request, 1.0)
    if not np.any(one.fits):
        raise ScenarioError(_too_large(facts, q, b))
    most, allowed = _allowed(q, b)
    s = b.at(q.request, np.maximum(allowed, 1.0))
    o = np.asarray(q.request.output_tokens, float)
    prefill = None
    if q.mode == "aggregated":
        rate, ttft, share = s.tokens_per_s_per_accelerator / o, s.ttft_s, None
    else:
        fed, prefill = _pools(facts, q, b, s)
        rate, ttft, share = fed.requests_per_s_per_accelerator, fed.ttft_s, fed.prefill_share
    busy = np.minimum(q.concurrency * np.asarray(b.layout.accelerators) / q.accelerators, 1.0)  # groups with a request
    rate = np.where((allowed > 0.0) & one.fits, rate * busy, 0.0)
    if not np.any(rate > 0.0):
        raise ScenarioError(_too_slow(q, one))
    k = int(np.argmax(rate))
    return Best(
        setup=setups[k],
        steady=Steady(*(np.asarray(getattr(s, name))[..., k] for name in Steady.__slots__)),
        ttft_s=float(ttft[k]),
        tpot_s=float(s.tpot_s[k]),
        prefill=None if prefill is None else setups[int(prefill[k])],
        requests_per_s_per_accelerator=float(rate[k]),
        prefill_share=None if share is None else float(share[k]),
        prefill_time_share=float(share[k] if share is not None else 1.0 - s.decode_s[k] / s.tpot_s[k]),
        limit=_what_binds(q, s, most, allowed, k),
        step={"decode_s": float(s.decode_s[k]), "prefill_s": float(s.prefill_s[k])},
    )


def pooled(facts: Facts, q: Question, b: Batch) -> Batch:
    """In pools of its own decoding never waits for a prompt."""
    return b if q.mode == "aggregated" else room.apart(b, room.constants(facts))


def _allowed(q: Question, b: Batch) -> tuple[np.ndarray, np.ndarray]:
    """Requests in flight per group: those there can be, and those that the limits allow."""
    n = np.asarray(b.layout.accelerators)
    most = np.maximum(np.minimum(q.concurrency * n / q.accelerators, MOST * n), 1.0)
    first_limit = q.ttft_s if q.mode == "aggregated" else math.inf
    return most, concurrency_within(lambda c: b.at(q.request, c), tpot_s=q.tpot_s, ttft_s=first_limit, most=most)


def _pools(facts: Facts, q: Question, b: Batch, s: Steady) -> tuple[Pools, np.ndarray]:
    """Each layout decodes; the one whose prefill is best per accelerator and in time feeds it: pools, and which.

    Raises
    ------
    ScenarioError
        When there are not accelerators enough for a group of each kind.
    """
    n = np.asarray(b.layout.accelerators)
    fits, prompt = np.asarray(b.at(q.request, 1.0).fits), b.prompt_s(q.request)
    feeders = np.flatnonzero(fits)
    tries = [_fed(facts, q, b, s, (s.prefill_s[j], prompt[j], n[j]), int(j)) for j in feeders]
    both = n[feeders, None] + n <= q.accelerators
    if not np.any(both & fits):
        raise ScenarioError(
            f"mode: {q.accelerators} {q.accelerator} are too few for a pool that prefills and one that decodes; use at "
            f"least {2 * np.min(n[fits]):.0f}, or --mode aggregated"
        )
    rates = np.stack([t.requests_per_s_per_accelerator for t in tries]) * both
    pick = np.argmax(rates, axis=0), np.arange(len(n))
    share, first = (np.stack([getattr(t, name) for t in tries])[pick] for name in ("prefill_share", "ttft_s"))
    return Pools(share, rates[pick], first), feeders[pick[0]]


def _fed(facts: Facts, q: Question, b: Batch, s: Steady, by: tuple[Any, Any, Any], j: int) -> Pools:
    """Decoding groups fed by prefill groups of one kind: time of a prompt alone and in a full pass, accelerators."""
    n, o = np.asarray(b.layout.accelerators), np.asarray(q.request.output_tokens, float)
    network = max(_value(facts, f"accelerator.{q.accelerator}.scale_out_bandwidth", "GB/s", 0.0), 1e-3)
    return pools(
        prefill_s=by[0],
        prompt_s=by[1],
        prefill_accelerators=by[2],
        decode_requests_per_s_per_accelerator=s.sequences / (s.decode_s * o * n),
        first_s=np.broadcast_to(b.habits.first_s, n.shape)[j],
        handover_s=_cache_gb(b) * np.asarray(q.request.input_tokens, float) / network / n,
        ttft_limit_s=q.ttft_s,
    )


def rates(facts: Facts, q: Question, found: Best) -> np.ndarray:
    """Output tokens per second and accelerator on a layout already chosen, for many requests at once.

    Where even a single request is slower than the limit, it is served alone.
    """
    setups = [found.setup, *([found.prefill] if found.prefill else [])]
    b = pooled(facts, q, side_by_side(facts, q, setups[:1]))
    o = np.asarray(q.request.output_tokens, float)
    _, allowed = _allowed(q, b)
    s = b.at(q.request, np.maximum(allowed, 1.0))
    if not found.prefill:
        return np.where(s.fits, s.tokens_per_s_per_accelerator, 0.0)
    p = pooled(facts, q, side_by_side(facts, q, setups[1:]))
    alone = p.at(q.request, 1.0)
    fed = _fed(facts, q, b, s, (alone.prefill_s, p.prompt_s(q.request), p.layout.accelerators), 0)
    return np.where(s.fits & alone.fits, fed.requests_per_s_per_accelerator * o, 0.0)


def _cache_gb(b: Batch) -> np.ndarray:
    """Cache of one token, kept once. [GB]"""
    return np.asarray(b.shape.full_layers * b.shape.kv_values_per_token * b.fmt.cache_bytes) / GB


def _what_binds(q: Question, s: Steady, most: np.ndarray, allowed: np.ndarray, k: int) -> str:
    if allowed[k] >= min(most[k], float(s.most_sequences[k])) * 0.999:
        return "requests offered" if most[k] < s.most_sequences[k] and math.isfinite(q.concurrency) else "memory"
    near = float(s.tpot_s[k]) > 0.99 * q.tpot_s
    return "time per output token" if near else "time to first token"


def _too_large(facts: Facts, q: Question, b: Batch) -> str:
    free = np.max(np.asarray(free_gb(b.shape, b.chip, b.layout, b.fmt, b.habits)))
    name = facts[f"model.{q.model}.name"].value
    weights = float(np.asarray(b.shape.params)[0] * np.asarray(b.fmt.expert_bytes)[0]) / GB
    room_gb = q.accelerators * float(np.asarray(b.chip.memory_gb)[0]) * float(b.habits.usable_share)
    if free > 0.0:
        return (
            f"{name}: one request of this length leaves no room on {q.accelerators} {q.accelerator}; use more of them"
        )
    more = 2 ** math.ceil(math.log2(max(weights / (room_gb / q.accelerators), 1.0)))  # groups are powers of two
    return (
        f"{name} in {q.precision} needs about {weights:,.0f} GB for its weights; {q.accelerators} {q.accelerator} have "
        f"{room_gb:,.0f} GB usable; use at least {more}, or fewer bits"
    )


def _too_slow(q: Question, one: Steady) -> str:
    """Which limit cannot be met even by a single request, and what could be."""
    tpot = float(np.min(np.where(one.fits, one.tpot_s, np.inf)))
    ttft = float(np.min(np.where(one.fits, one.ttft_s, np.inf)))
    if tpot > q.tpot_s:
        return (
            f"tpot: {q.tpot_s * 1e3:g} ms cannot be met on {q.accelerators} {q.accelerator} in {q.precision}; the "
            f"least is {tpot * 1e3:.3g} ms, with a single request; use more or faster ones, fewer bits or speculation"
        )
    return (
        f"ttft: {q.ttft_s * 1e3:g} ms cannot be met on {q.accelerators} {q.accelerator} in {q.precision}; the least is "
        f"{ttft * 1e3:.3g} ms, with a single request; use more accelerators or a shorter prompt"
    )
