"""The rate of a serving layout noted part by part: decoding and prefill passes, down to the fitted constants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from gigawatt.chapters import served as room
from gigawatt.chapters.served import CHUNK, ENGINES, FAMILIES, PREFIX, STAND_IN, Batch, Setup
from gigawatt.chapters.serving import Best, Question, pooled, side_by_side
from gigawatt.compute.forward import Pass, forward
from gigawatt.compute.latency import MOST_BUSY
from gigawatt.compute.steady import Request
from gigawatt.facts import Facts
from gigawatt.record import Steps

REPORTS = ("error", "fitted", "left_out", "scenario")  # facts of the fit that say how good it is


def recorded(step: Steps, q: Question, found: Best) -> Any:
    """Output tokens per second and accelerator of the layout found, from noted facts."""
    output = step.fact("demand.output_tokens_per_request", unit="token")
    request = step(
        request_of,
        input_per_output=step.fact("demand.input_per_output", unit="1"),
        output_tokens=output,
        cached_share=step.fact("demand.cached_share", unit="1"),
    )
    sequences = step(
        sequences_in_time,
        sequences=float(found.steady.sequences),
        tpot_limit_s=step.fact("serving.tpot_limit", unit="s") if np.isfinite(q.tpot_s) else np.inf,
    )
    setup = _setup(step, q, found.setup)
    decoding = step(decode_pass, setup=setup, sequences=sequences, request=request)
    decode = {
        "sequences": sequences,
        "output_tokens": output,
        "accelerators": step.given("accelerators of a decoding group", found.setup.accelerators, "accelerator"),
        "decode_s": step(pass_seconds, **_parts(decoding)),
    }
    if found.prefill is None:
        return step(
            together_tokens_per_s,
            **decode,
            decode_time_share=step.given("share of time that decodes", 1.0 - found.prefill_time_share, "1"),
            first_s=step.given("time to first token, queue included", found.ttft_s, "s"),
        )
    feeding = _setup(step, q, found.prefill)
    prompts = step(prompts_together, setup=feeding, request=request)
    return step(
        apart_tokens_per_s,
        **decode,
        prompts=prompts,
        prefill_s=step(pass_seconds, **_parts(step(prefill_pass, setup=feeding, prompts=prompts, request=request))),
        prefill_accelerators=step.given("accelerators of a prefill group", found.prefill.accelerators, "accelerator"),
        busy_share=MOST_BUSY,
    )


def _parts(p: Pass) -> dict[str, Any]:
    return {f.name: getattr(p, f.name) for f in fields(Pass)}


def _setup(step: Steps, q: Question, setup: Setup) -> Batch:
    facts = step.facts
    read = tuple(step.fact(i, unit=facts[i].unit) for i in _behind(facts, setup))
    return step(set_up, layout=pooled(facts, q, side_by_side(facts, q, [setup])), facts=read)


def _behind(facts: Facts, s: Setup) -> Iterator[str]:
    """Ids of the facts that a layout takes: its accelerator, its model, the constants of its engine and family."""
    family = str(facts[f"accelerator.{s.accelerator}.family"].value)
    other = {*ENGINES, *FAMILIES} - {s.engine, STAND_IN.get(family, family)}
    peaks = ("bf16", room.peak_name(facts, s.accelerator, s.precision))
    parts = (*(f"peak_{p}" for p in dict.fromkeys(peaks)), "memory", "memory_bandwidth")
    links = ("scale_up_bandwidth", "scale_up_domain", "scale_out_bandwidth")
    yield from (f"accelerator.{s.accelerator}.{part}" for part in parts)
    yield from (i for part in links if (i := f"accelerator.{s.accelerator}.{part}") in facts)
    yield from (f.id for f in facts.under(f"model.{s.model}.") if not f.is_text)
    for f in facts.under(PREFIX):
        words = f.id.split(".")
        if not f.is_text and words[1] not in REPORTS and words[-1] not in other:
            yield f.id


def set_up(*, layout: Batch, facts: tuple[Any, ...]) -> Batch:
    """A layout of the model on its accelerators, with what engine and hardware reach (`chapters/served.py`).

    Parameters
    ----------
    layout : Batch
        Model, accelerator, layout, formats, speeds and habits. [-]
    facts : tuple
        The facts they are made of. [-]

    Returns
    -------
    Batch
        The layout. [-]
    """
    return layout


def request_of(*, input_per_output: Any, output_tokens: Any, cached_share: Any) -> Request:
    """A request.

    Parameters
    ----------
    input_per_output : float
        Prompt tokens per token generated. [-]
    output_tokens : float
        Tokens generated. [token]
    cached_share : float
        Share of the prompt that is cached. [-]

    Returns
    -------
    Request
        Prompt and answer. [token]
    """
    return Request(
        input_tokens=input_per_output * output_tokens, output_tokens=output_tokens, cached_share=cached_share
    )


def sequences_in_time(*, sequences: float, tpot_limit_s: Any) -> float:
    """Sequences in flight on a decoding group: as many as memory holds and the limit on time allows.

    Parameters
    ----------
    sequences : float
        Found by halving on the curve of the time per output token. [-]
    tpot_limit_s : float
        Longest time per output token. [s]

    Returns
    -------
    float
        Sequences. [-]
    """
    return sequences


def decode_pass(*, setup: Batch, sequences: Any, request: Request) -> Pass:
    """One pass of decoding: a token for every sequence in flight.

    Parameters
    ----------
    setup : Batch
        The layout. [-]
    sequences : float
        In flight on the group. [-]
    request : Request
        What is asked. [token]

    Returns
    -------
    Pass
        Time by part. [s]
    """
    on = (setup.shape, setup.chip, setup.layout, setup.fmt, setup.decode)
    seen = request.input_tokens + request.output_tokens / 2.0
    return _single(forward(*on, sequences=sequences, tokens_each=1.0, seen=seen, decode=True))


def prompts_together(*, setup: Batch, request: Request) -> Any:
    """Prompts that an engine takes up in one pass, on all copies of the attention.

    Parameters
    ----------
    setup : Batch
        The layout. [-]
    request : Request
        What is asked. [token]

    Returns
    -------
    float
        Prompts. [-]
    """
    copies = float(np.asarray(setup.layout.copies).ravel()[0])
    return copies * np.maximum(CHUNK / (request.input_tokens * (1.0 - request.cached_share)), 1.0)


def prefill_pass(*, setup: Batch, prompts: Any, request: Request) -> Pass:
    """One pass of prefill.

    Parameters
    ----------
    setup : Batch
        The layout. [-]
    prompts : float
        Prompts of a pass. [-]
    request : Request
        What is asked. [token]

    Returns
    -------
    Pass
        Time by part. [s]
    """
    on = (setup.shape, setup.chip, setup.layout, setup.fmt, setup.prefill)
    new = request.input_tokens * (1.0 - request.cached_share)
    seen = request.input_tokens - new / 2.0
    return _single(forward(*on, sequences=prompts, tokens_each=new, seen=seen, decode=False))


def _single(p: Pass) -> Pass:
    return Pass(*(np.asarray(v).ravel()[0] for v in _parts(p).values()))


def pass_seconds(**parts: Any) -> Any:
    """Time of a pass from its parts, one after the other.

    Parameters
    ----------
    parts : float
        Launches, reading weights and cache, products, attention, what lies between them, links. [s]

    Returns
    -------
    float
        Time. [s]
    """
    return sum(parts.values(), np.float64(0.0))


def apart_tokens_per_s(
    *,
    sequences: Any,
    output_tokens: Any,
    accelerators: Any,
    decode_s: Any,
    prompts: Any,
    prefill_s: Any,
    prefill_accelerators: Any,
    busy_share: Any,
) -> Any:
    """Output tokens per second and accelerator of balanced pools: as many requests leave prefill as decoding takes up.

    Parameters
    ----------
    sequences, accelerators, decode_s : float
        Of a decoding group: in flight, its accelerators, time of a pass. [-, accelerator, s]
    output_tokens : float
        Of a request. [token]
    prompts, prefill_s, prefill_accelerators : float
        Of a prefill group: prompts of a pass, its time, its accelerators. [-, s, accelerator]
    busy_share : float
        Share of time that prefill is busy. [-]

    Returns
    -------
    float
        Rate over all accelerators of both pools. [token/s]
    """
    taken = sequences / (decode_s * output_tokens * accelerators)
    fed = busy_share * prompts / (prefill_s * prefill_accelerators)
    return output_tokens * taken * fed / (taken + fed)


def together_tokens_per_s(
    *,
    sequences: Any,
    output_tokens: Any,
    accelerators: Any,
    decode_s: Any,
    decode_time_share: Any,
    first_s: Any,
) -> Any:
    """Output tokens per second and accelerator where prefill and decoding share the accelerators.

    Parameters
    ----------
    sequences, accelerators : float
        In flight on a group, and its accelerators. [-, accelerator]
    output_tokens : float
        Of a request. [token]
    decode_s : float
        Time of a pass of decoding. [s]
    decode_time_share : float
        Share of the time between tokens that decodes; the rest is prefill of others. [-]
    first_s : float
        Time to the first token. [s]

    Returns
    -------
    float
        Rate. [token/s]
    """
    served_s = first_s + decode_s / decode_time_share * (output_tokens - 1.0)
    return sequences * output_tokens / served_s / accelerators
