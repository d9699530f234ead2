"""What a group of accelerators serves: tokens, times, people, energy and cost of a model. `gigawatt serve`.

served = serve("llama-3.1-70b", "8 B200", tpot_s=0.03)
served.tokens_per_s_per_accelerator, served.ttft_s, served.usd_per_million_output_tokens
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gigawatt import compute, demand, parse
from gigawatt.chapters import served as room
from gigawatt.chapters.machine import check_software, contract_price, find
from gigawatt.chapters.runs import plain
from gigawatt.chapters.served import ENGINES, PRECISIONS
from gigawatt.chapters.serving import Best, Question, best, usual_precision
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.steady import Request
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts, load_facts
from gigawatt.model_file import OWN, check_model, is_file, read_model, with_model

MODES = ("aggregated", "disaggregated")
CHOICES = {"engine": ENGINES[:3], "mode": MODES, "precision": PRECISIONS}
SECONDS_PER_HOUR = 3600.0
MANY_GROUPS = 10  # of each pool, from which shares are as good as whole groups


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


def serve(
    model: str | ModelShape,
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
    overlap: float = 0.0,
    sent_bits: float = 16.0,
    concurrency: float = math.inf,
    software: float | None = None,
    usd_per_hour: float | None = None,
    tokens_per_user_day: float | None = None,
    facts: Facts | None = None,
) -> Served:
    """Serve a model of the catalogue on so many accelerators, as many requests as memory and limits allow.

    Parameters
    ----------
    model : str or ModelShape
        Model of the catalogue, a TOML or JSON file, or a shape. [text]
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
    overlap : float
        Share of the exchanges between accelerators that runs beside the rest, two batches taking turns, 0 to 1. [-]
    sent_bits : float
        Bits of a number on its way to an expert: 16, or 8. [-]
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
    facts, item = _model(facts or load_facts(), model)
    for name, value in (("usd_per_hour", usd_per_hour), ("tokens_per_user_day", tokens_per_user_day)):
        if value is not None and not 0.0 < value < math.inf:
            raise ScenarioError(f"{name}: {value:g}; expected more than 0")
    asked = _read(
        facts, item, on, precision, engine, mode, Request(input_tokens, output_tokens, cached_share, tokens_per_step),
        (tpot_s, ttft_s, software, concurrency), (overlap, sent_bits),
    )  # fmt: skip
    return _account(facts, asked, best(facts, asked), usd_per_hour, tokens_per_user_day)


# --- The question -----------------------------------------------------------------------------------------------------


def _model(facts: Facts, model: str | ModelShape) -> tuple[Facts, str]:
    """The facts with the model among them, and its name there."""
    if isinstance(model, str) and not is_file(model):
        return facts, model
    label = Path(model).stem if isinstance(model, str) else "model given"
    shape = read_model(Path(model)) if isinstance(model, str) else model
    check_model(shape, label)
    return with_model(facts, shape, label), OWN


def _read(
    facts: Facts,
    model: str,
    on: str,
    precision: str | None,
    engine: str,
    mode: str,
    request: Request,
    numbers: tuple[float, float, float | None, float],
    exchanges: tuple[float, float],
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
    chosen = precision or usual_precision(facts, accelerator)
    for name, given in (("engine", engine), ("mode", mode), ("precision", chosen)):
        if given not in CHOICES[name]:
            near = difflib.get_close_matches(given, CHOICES[name], 1, 0.3) or CHOICES[name]
            raise ScenarioError(f"{name}: {given!r}; expected one of {', '.join(CHOICES[name])}; nearest: {near[0]}")
    _check(request, tpot_s, ttft_s, concurrency)
    overlap, bits = exchanges
    if not 0.0 <= overlap <= 1.0:
        raise ScenarioError(f"overlap: {overlap:g}; expected a share from 0 to 1")
    if not 4.0 <= bits <= 16.0:
        raise ScenarioError(f"sent bits: {bits:g}; expected 4 to 16")
    item = room.model_of(facts, model)
    if software is not None:
        check_software(facts, accelerator, software)
    year = room.software_of(facts, software)
    return Question(
        item, accelerator, int(n), chosen, engine, mode, request, tpot_s, ttft_s, year, concurrency, *exchanges
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


# --- The account ------------------------------------------------------------------------------------------------------


def _account(
    facts: Facts, q: Question, found: Best, usd_per_hour: float | None, tokens_per_user_day: float | None
) -> Served:
    p = room.constants(facts)
    kind = "pools" if found.prefill_share is not None else str(facts[f"model.{q.model}.type"].value)
    size = int(found.setup.accelerators)
    groups = q.accelerators // size
    used = groups * size if found.prefill_share is None else q.accelerators  # what makes no decoding group prefills
    i, o = float(q.request.input_tokens), float(q.request.output_tokens)
    each = found.requests_per_s_per_accelerator * o
    total = each * used
    kw, nameplate = _power(facts, q.accelerator)
    usd, basis = (usd_per_hour, "given") if usd_per_hour is not None else _price(facts, q.accelerator)
    hour = usd / (each * SECONDS_PER_HOUR) * 1e6 * q.accelerators / used
    per_day = tokens_per_user_day or plain(facts)("demand.tokens_per_user_day", "token/day")
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
        group_tensor_parallel=int(found.setup.tensor),
        groups=groups,
        prefill_share=found.prefill_share,
        sequences_per_group=float(found.steady.sequences),
        limit=found.limit,
        tokens_per_s=total,
        tokens_per_s_per_accelerator=each,
        tokens_per_s_per_accelerator_range=ranged("rate", each),
        input_tokens_per_s=total * i / o,
        ttft_s=found.ttft_s,
        ttft_s_range=ranged("ttft", found.ttft_s),
        tpot_s=found.tpot_s,
        tpot_s_range=ranged("tpot", found.tpot_s),
        users=float(users),
        it_kw=kw * q.accelerators,
        nameplate_it_kw=nameplate * q.accelerators,
        tokens_per_mwh=total * SECONDS_PER_HOUR / (kw * q.accelerators / 1e3) if kw else math.nan,
        usd_per_accelerator_hour=usd,
        usd_per_hour_basis=basis,
        usd_per_million_input_tokens=hour * found.prefill_time_share * o / i,
        usd_per_million_output_tokens=hour * (1.0 - found.prefill_time_share),
        step=found.step,
        remarks=tuple(_remarks(facts, q, found, used)),
    )


def _power(facts: Facts, accelerator: str) -> tuple[float, float]:
    """IT power per accelerator under load, and on the name plate. [kW]"""
    if f"accelerator.{accelerator}.server_power" not in facts:
        return math.nan, math.nan
    nameplate = compute.it_kw_per_accelerator(
        server_kw=plain(facts)(f"accelerator.{accelerator}.server_power", "kW"),
        units_per_server=float(facts[f"accelerator.{accelerator}.units_per_server"].value),
        outside_rack_share=float(facts["it.outside_rack_power_share"].value),
    )
    return float(nameplate) * float(facts["serve.power_share"].value), float(nameplate)


def _price(facts: Facts, accelerator: str) -> tuple[float, str]:
    """Cost of an accelerator-hour, the first that is known. [USD/h]"""
    key = f"accelerator.{accelerator}"
    for part, words in (("tco", "total cost of a hyperscaler"), ("rental_contract", "long contract")):
        if f"{key}.{part}" in facts:
            return plain(facts)(f"{key}.{part}", "USD_2025/h"), words
    if f"{key}.rental" in facts:
        price = contract_price(
            on_demand_usd_per_hour=plain(facts)(f"{key}.rental", "USD_2025/h"),
            discount=float(facts["market.contract_discount"].value),
        )
        return float(price), "rented, reserved"
    return math.nan, "not known; give --usd-per-hour"


def _remarks(facts: Facts, q: Question, found: Best, used: int) -> Iterator[str]:
    family, size = str(facts[f"accelerator.{q.accelerator}.family"].value), int(found.setup.accelerators)
    if "preliminary" in facts[f"accelerator.{q.accelerator}.peak_bf16"].note:
        yield f"{q.accelerator}: preliminary figures, a projection"
    if family not in room.FAMILIES:
        yield f"no published serving results of the {family} family: efficiencies by analogy, the range is too narrow"
    if q.precision in ("fp4", "int4"):
        yield "4-bit weights need a check of the answers' quality"
    if found.prefill is not None and q.accelerators < MANY_GROUPS * (found.prefill.accelerators + size):
        yield (
            f"pools are counted as shares: {q.accelerators} accelerators divide only roughly into whole groups of "
            f"{found.prefill.accelerators:.0f} for prefill and {size} for decoding"
        )
    if used < q.accelerators:
        yield f"{q.accelerators - used} of {q.accelerators} stay idle: groups are powers of two"
    if found.steady.sequences < 1.5:
        yield "one sequence at a time: very dear"
    if float(q.request.tokens_per_step) > 1.0:
        yield f"speculation taken as given: {q.request.tokens_per_step:g} tokens per step; a step verifies them all"
