"""What a group of accelerators serves: tokens, times, people, energy and cost of a model. `gigawatt serve`.

served = serve("llama-3.1-70b", "8 B200", tpot_s=0.03)
served.tokens_per_s_per_accelerator, served.ttft_s, served.usd_per_million_output_tokens
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gigawatt import compute, demand, parse
from gigawatt.chapters import served as room
from gigawatt.chapters.machine import contract_price, find
from gigawatt.chapters.served import ENGINES, PRECISIONS, Batch, Setup
from gigawatt.compute.forward import GB
from gigawatt.compute.latency import concurrency_within, pools
from gigawatt.compute.steady import Request, Steady, free_gb
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts, load_facts

MODES = ("aggregated", "disaggregated")
CHOICES = {"engine": ENGINES[:3], "mode": MODES, "precision": PRECISIONS}
MOST = 4096.0  # requests in flight per accelerator to look at, at most
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Served:
    """What the accelerators serve. Times are means; each `range` is an 80 % interval."""

    model: str
    accelerator: str
    accelerators: int
    precision: str
    engine: str
    mode: str
    group_accelerators: int
    group_tensor_parallel: int
    groups: int
    prefill_share: float | None
    sequences_per_group: float
    limit: str
    tokens_per_s: float
    tokens_per_s_per_accelerator: float
    tokens_per_s_per_accelerator_range: tuple[float, float]
    input_tokens_per_s: float
    ttft_s: float
    ttft_s_range: tuple[float, float]
    tpot_s: float
    tpot_s_range: tuple[float, float]
    users: float
    it_kw: float
    nameplate_it_kw: float
    tokens_per_mwh: float
    usd_per_accelerator_hour: float
    usd_per_hour_basis: str
    usd_per_million_input_tokens: float
    usd_per_million_output_tokens: float
    step: dict[str, float]
    remarks: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Question:
    """What is asked of `serve`, read and checked."""

    model: str
    accelerator: str
    accelerators: int
    precision: str
    engine: str
    mode: str
    request: Request
    tpot_s: float
    ttft_s: float
    year: float
    concurrency: float


def serve(
    model: str,
    on: str,
    *,
    input_tokens: float = 1024,
    output_tokens: float = 1024,
    tpot_s: float = math.inf,
    ttft_s: float = math.inf,
    precision: str | None = None,
    engine: str = "vllm",
    mode: str = "aggregated",
    cached_share: float = 0.0,
    tokens_per_step: float = 1.0,
    concurrency: float = math.inf,
    software: float | None = None,
    usd_per_hour: float | None = None,
    tokens_per_user_day: float | None = None,
    facts: Facts | None = None,
) -> Served:
    """Serve a model of the catalogue on so many accelerators, as many requests as memory and limits allow.

    Parameters
    ----------
    model : str
        Model of the catalogue. [text]
    on : str
        Number and type, such as ``8 B200``. [text]
    input_tokens, output_tokens : float
        Of a request. [token]
    tpot_s, ttft_s : float
        Longest mean time per output token and to the first token; infinite for none. [s]
    precision : str or None
        bf16, fp8, fp4 or int4; None: the usual one, where the accelerator has it. [text]
    engine : str
        vllm, sglang or trtllm. [text]
    mode : str
        aggregated, or disaggregated pools for prefill and decode. [text]
    cached_share : float
        Share of the prompt found in the prefix cache, 0 to below 1. [-]
    tokens_per_step : float
        Tokens per step of decoding and sequence: above 1 with speculation. [token]
    concurrency : float
        Most requests in flight in all. [-]
    software : float or None
        Date of the software as a year; None: that of the newest measurements. [year]
    usd_per_hour : float or None
        Cost of an accelerator-hour; None: the catalogue's. [USD/h]
    tokens_per_user_day : float or None
        Output tokens of a person and day; None: our assumption. [token/day]
    facts : Facts or None
        Facts to use; None: those that ship. [-]

    Returns
    -------
    Served

    Raises
    ------
    ScenarioError
        For names not in the catalogue, a model that does not fit, limits that cannot be met.
    """
    facts = facts or load_facts()
    asked = _read(
        facts, model, on, precision, engine, mode, Request(input_tokens, output_tokens, cached_share, tokens_per_step),
        (tpot_s, ttft_s, software, concurrency),
    )  # fmt: skip
    setups = list(_layouts(facts, asked))
    found = _best(facts, asked, setups)
    return _account(facts, asked, found, usd_per_hour, tokens_per_user_day)


# --- The question -----------------------------------------------------------------------------------------------------


def _read(
    facts: Facts,
    model: str,
    on: str,
    precision: str | None,
    engine: str,
    mode: str,
    request: Request,
    numbers: tuple[float, float, float | None, float],
) -> Question:
    try:
        n, kind = parse.count(on)
    except ValueError as error:
        raise ScenarioError(f"--on: {error}") from None
    if not kind:
        raise ScenarioError(f"--on: {on!r} names no accelerator; write for example 8 B200")
    if n != int(n):
        raise ScenarioError(f"--on: {on!r}: expected a whole number of accelerators")
    accelerator = find(facts, kind, "accelerator")
    for part in ("memory", "memory_bandwidth", "peak_bf16"):
        if f"accelerator.{accelerator}.{part}" not in facts:
            raise ScenarioError(f"accelerator: {kind!r} has no {part.replace('_', ' ')} in the catalogue")
    tpot_s, ttft_s, software, concurrency = numbers
    chosen = precision or _usual(facts, accelerator)
    for name, given in (("engine", engine), ("mode", mode), ("precision", chosen)):
        if given not in CHOICES[name]:
            near = difflib.get_close_matches(given, CHOICES[name], 1, 0.3) or CHOICES[name]
            raise ScenarioError(f"{name}: {given!r}; expected one of {', '.join(CHOICES[name])}; nearest: {near[0]}")
    _check(request, tpot_s, ttft_s, concurrency)
    item = room.model_of(facts, model)
    year = software if software is not None else float(facts["serve.age.reference"].value)
    return Question(
        item, accelerator, int(n), chosen, engine, mode, request, tpot_s, ttft_s, year, concurrency
    )  # fmt: skip


def _check(request: Request, tpot_s: float, ttft_s: float, concurrency: float) -> None:
    for name, value in (
        ("input", request.input_tokens),
        ("output", request.output_tokens),
        ("tpot", tpot_s),
        ("ttft", ttft_s),
        ("concurrency", concurrency),
    ):
        if not float(value) > 0.0:
            raise ScenarioError(f"{name}: {value:g}; expected a number above 0")
    for name, value in (("input", request.input_tokens), ("output", request.output_tokens)):
        if not 1.0 <= float(value) < math.inf:
            raise ScenarioError(f"{name}: {value:g} tokens; expected at least 1")
    if not 0.0 <= float(request.cached_share) < 1.0:
        raise ScenarioError(f"prefix cache: {request.cached_share:g}; expected a share from 0 to below 1")
    if not 1.0 <= float(request.tokens_per_step) <= 10.0:
        raise ScenarioError(f"speculative: {request.tokens_per_step:g}; expected 1 to 10 tokens per step")


def _usual(facts: Facts, accelerator: str) -> str:
    usual = str(facts["serving.precision"].value)
    return usual if f"accelerator.{accelerator}.peak_{usual}" in facts else "bf16"


# --- Layouts ----------------------------------------------------------------------------------------------------------


def _layouts(facts: Facts, q: Question) -> Iterator[Setup]:
    """Groups of powers of two: one sequence over all of them, or with experts one over each."""
    moe = str(facts[f"model.{q.model}.type"].value) == "moe"
    size = 1
    while size <= q.accelerators:
        base = Setup(q.model, q.accelerator, q.precision, q.engine, q.year, float(size), float(size))
        yield base
        if moe and size > 1:
            yield replace(base, experts_apart=float(size))
            yield replace(base, tensor=1.0, experts_apart=float(size))
        size *= 2


def _batch(facts: Facts, q: Question, setups: Sequence[Setup]) -> Batch:
    """Layouts side by side; those wider than the fast links go at the speed of the network."""
    b = room.batch(facts, setups)
    domain = _value(facts, f"accelerator.{q.accelerator}.scale_up_domain", "1", 1.0)
    beyond = _value(facts, f"accelerator.{q.accelerator}.scale_out_bandwidth", "GB/s", 0.0)
    link = np.where(np.asarray(b.layout.accelerators) > domain, beyond, b.chip.link_gb_per_s)
    return replace(b, chip=replace(b.chip, link_gb_per_s=np.maximum(link, 1e-3)))


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
    requests_per_s_per_accelerator: float
    prefill_share: float | None  # of the accelerators, in pools
    prefill_time_share: float  # of the accelerators' time
    limit: str
    step: dict[str, float]


def _best(facts: Facts, q: Question, setups: Sequence[Setup]) -> Best:
    b = _batch(facts, q, setups)
    if q.mode == "disaggregated":
        b = replace(b, habits=replace(b.habits, prefill_share=0.0, burst=0.0))
    one = b.at(q.request, 1.0)
    if not np.any(one.fits):
        raise ScenarioError(_too_large(facts, q, b))
    n = np.asarray(b.layout.accelerators)
    most = np.minimum(q.concurrency * n / q.accelerators, MOST * n)
    most = np.maximum(most, 1.0)
    first_limit = q.ttft_s if q.mode == "aggregated" else math.inf
    allowed = concurrency_within(
        lambda c: b.at(q.request, c), tpot_s=q.tpot_s, ttft_s=first_limit, most=most
    )  # fmt: skip
    s = b.at(q.request, np.maximum(allowed, 1.0))
    o = np.asarray(q.request.output_tokens, float)
    if q.mode == "aggregated":
        rate, ttft, share = s.tokens_per_s_per_accelerator / o, s.ttft_s, None
    else:
        rate, ttft, share = _pools(facts, q, b, s)
    rate = np.where((allowed > 0.0) & one.fits, rate, 0.0)
    if not np.any(rate > 0.0):
        raise ScenarioError(_too_slow(q, one))
    k = int(np.argmax(rate))
    return Best(
        setup=setups[k],
        steady=Steady(*(np.asarray(getattr(s, name))[..., k] for name in Steady.__slots__)),
        ttft_s=float(ttft[k]),
        tpot_s=float(s.tpot_s[k]),
        requests_per_s_per_accelerator=float(rate[k]),
        prefill_share=None if share is None else float(share[k]),
        prefill_time_share=float(share[k] if share is not None else 1.0 - s.decode_s[k] / s.tpot_s[k]),
        limit=_what_binds(q, s, most, allowed, k),
        step={"decode_s": float(s.decode_s[k]), "prefill_s": float(s.prefill_s[k])},
    )


def _pools(facts: Facts, q: Question, b: Batch, s: Steady) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each layout decodes; the one whose prefill is best per accelerator and in time feeds it."""
    n, o = np.asarray(b.layout.accelerators), np.asarray(q.request.output_tokens, float)
    taken = s.sequences / (s.decode_s * o * n)
    cache = _cache_gb(b) * float(q.request.input_tokens)
    network = max(_value(facts, f"accelerator.{q.accelerator}.scale_out_bandwidth", "GB/s", 0.0), 1e-3)
    handover = cache / network / n
    fits, prompt = np.asarray(b.at(q.request, 1.0).fits), b.prompt_s(q.request)
    tries = [
        pools(
            prefill_s=np.broadcast_to(s.prefill_s, n.shape)[j],
            prompt_s=np.broadcast_to(prompt, n.shape)[j],
            prefill_accelerators=n[j],
            decode_requests_per_s_per_accelerator=taken,
            first_s=np.broadcast_to(b.habits.first_s, n.shape)[j],
            handover_s=handover,
            ttft_limit_s=q.ttft_s,
        )
        for j in np.flatnonzero(fits)
    ]
    rates = np.stack([t.requests_per_s_per_accelerator for t in tries])
    pick = np.argmax(rates, axis=0), np.arange(len(n))
    return rates[pick], np.stack([t.ttft_s for t in tries])[pick], np.stack([t.prefill_share for t in tries])[pick]


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
    more = math.ceil(weights / (room_gb / q.accelerators))
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


# --- The account ------------------------------------------------------------------------------------------------------


def _account(
    facts: Facts, q: Question, best: Best, usd_per_hour: float | None, tokens_per_user_day: float | None
) -> Served:
    p = room.constants(facts)
    kind = "pools" if best.prefill_share is not None else str(facts[f"model.{q.model}.type"].value)
    size = int(best.setup.accelerators)
    groups = q.accelerators // size
    used = groups * size
    i, o = float(q.request.input_tokens), float(q.request.output_tokens)
    each = best.requests_per_s_per_accelerator * o
    total = each * used
    kw, nameplate = _power(facts, q.accelerator)
    usd, basis = (usd_per_hour, "given") if usd_per_hour is not None else _price(facts, q.accelerator)
    hour = usd / (each * SECONDS_PER_HOUR) * 1e6 * q.accelerators / used
    per_day = tokens_per_user_day or _value(facts, "demand.tokens_per_user_day", "token/day", math.nan)
    users = demand.users_for_tokens_per_s(
        tokens_per_s=total * float(facts["serving.fleet_factor"].value),
        tokens_per_user_day=per_day,
        peak_factor=float(facts["demand.peak_factor"].value),
    )

    def ranged(error: str, value: float) -> tuple[float, float]:
        return value * p[f"error.{error}.{kind}.low"], value * p[f"error.{error}.{kind}.high"]

    return Served(
        model=str(facts[f"model.{q.model}.name"].value),
        accelerator=q.accelerator,
        accelerators=q.accelerators,
        precision=q.precision,
        engine=q.engine,
        mode=q.mode,
        group_accelerators=size,
        group_tensor_parallel=int(best.setup.tensor),
        groups=groups,
        prefill_share=best.prefill_share,
        sequences_per_group=float(best.steady.sequences),
        limit=best.limit,
        tokens_per_s=total,
        tokens_per_s_per_accelerator=each,
        tokens_per_s_per_accelerator_range=ranged("rate", each),
        input_tokens_per_s=total * i / o,
        ttft_s=best.ttft_s,
        ttft_s_range=ranged("ttft", best.ttft_s),
        tpot_s=best.tpot_s,
        tpot_s_range=ranged("tpot", best.tpot_s),
        users=float(users),
        it_kw=kw * q.accelerators,
        nameplate_it_kw=nameplate * q.accelerators,
        tokens_per_mwh=total * SECONDS_PER_HOUR / (kw * q.accelerators / 1e3) if kw else math.nan,
        usd_per_accelerator_hour=usd,
        usd_per_hour_basis=basis,
        usd_per_million_input_tokens=hour * best.prefill_time_share * o / i,
        usd_per_million_output_tokens=hour * (1.0 - best.prefill_time_share),
        step=best.step,
        remarks=tuple(_remarks(facts, q, best, used)),
    )


def _power(facts: Facts, accelerator: str) -> tuple[float, float]:
    """IT power per accelerator under load, and on the name plate. [kW]"""
    if f"accelerator.{accelerator}.server_power" not in facts:
        return math.nan, math.nan
    nameplate = compute.it_kw_per_accelerator(
        server_kw=_value(facts, f"accelerator.{accelerator}.server_power", "kW", 0.0),
        units_per_server=float(facts[f"accelerator.{accelerator}.units_per_server"].value),
        outside_rack_share=float(facts["it.outside_rack_power_share"].value),
    )
    return float(nameplate) * float(facts["serve.power_share"].value), float(nameplate)


def _price(facts: Facts, accelerator: str) -> tuple[float, str]:
    """Cost of an accelerator-hour, the first that is known. [USD/h]"""
    key = f"accelerator.{accelerator}"
    for part, words in (("tco", "total cost of a hyperscaler"), ("rental_contract", "long contract")):
        if f"{key}.{part}" in facts:
            return _value(facts, f"{key}.{part}", "USD_2025/h", 0.0), words
    if f"{key}.rental" in facts:
        price = contract_price(
            on_demand_usd_per_hour=_value(facts, f"{key}.rental", "USD_2025/h", 0.0),
            discount=float(facts["market.contract_discount"].value),
        )
        return float(price), "rented, reserved"
    return math.nan, "not known; give --usd-per-hour"


def _remarks(facts: Facts, q: Question, best: Best, used: int) -> Iterator[str]:
    family = str(facts[f"accelerator.{q.accelerator}.family"].value)
    if family not in room.FAMILIES:
        yield f"no published serving results of the {family} family: efficiencies by analogy, the range is too narrow"
    if q.precision in ("fp4", "int4"):
        yield "4-bit weights need a check of the answers' quality"
    if used < q.accelerators:
        yield f"{q.accelerators - used} of {q.accelerators} stay idle: groups are powers of two"
    if best.steady.sequences < 1.5:
        yield "one sequence at a time: very dear"
    if float(q.request.tokens_per_step) > 1.0:
        yield f"speculation taken as given: {q.request.tokens_per_step:g} tokens per step; a step verifies them all"
