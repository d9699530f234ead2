"""A serving group at steady state: sequences in flight, time per output token, time to the first token, throughput.

A closed system: as many requests as `concurrency` are always there, a finished one is replaced at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gigawatt.compute.forward import (
    GB,
    Chip,
    Format,
    Layout,
    Speed,
    cache_bytes,
    common_params,
    forward,
    routed_params,
)
from gigawatt.compute.model_shape import ModelShape

Values = float | np.ndarray  # one number, or any shape of them


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, again and again.

    Parameters
    ----------
    input_tokens : float or array
        Tokens of a prompt. [token]
    output_tokens : float or array
        Tokens generated. [token]
    cached_share : float or array
        Share of the prompt found in the prefix cache: held and read, not computed. [-]
    tokens_per_step : float or array
        Tokens that a step of decoding yields per sequence: 1, or more with speculation. [token]
    """

    input_tokens: Values
    output_tokens: Values
    cached_share: Values = 0.0
    tokens_per_step: Values = 1.0


@dataclass(frozen=True, slots=True)
class Habits:
    """How an engine runs a queue, fitted on measurements.

    Parameters
    ----------
    usable_share : float or array
        Share of the memory left for weights and cache. [-]
    sequences_cap : float or array
        Most sequences in flight per copy of the attention. [-]
    held_share : float or array
        Share of its output for which a sequence takes room in the cache when it starts. [-]
    prefill_share : float or array
        Share of the launches and weight reads of prefill that decoding waits for: prompts share its passes. [-]
    prefills : float or array
        1 where prompts are taken up on the accelerators that decode, 0 where others do that. [-]
    first_s : float or array
        Before and after the first pass: tokeniser, scheduler, network. [s]
    prefill_wait : float or array
        Time to first token per time of the own prefill. [-]
    burst : float or array
        Share of the requests in flight whose prefill one waits for, as arrivals come in bursts. [-]
    """

    usable_share: Values
    sequences_cap: Values
    held_share: Values
    prefill_share: Values
    prefills: Values
    first_s: Values
    prefill_wait: Values
    burst: Values


@dataclass(frozen=True, slots=True)
class Steady:
    """A group at steady state."""

    fits: np.ndarray  # whether the weights and one sequence fit
    sequences: np.ndarray  # in flight
    most_sequences: np.ndarray  # that memory and engine allow
    decode_s: np.ndarray  # one pass of decoding
    prefill_s: np.ndarray  # one prompt alone
    tpot_s: np.ndarray  # per output token, prefill of others included
    ttft_s: np.ndarray  # queue and prefill
    tokens_per_s_per_accelerator: np.ndarray  # output tokens


def most_sequences(
    shape: ModelShape, chip: Chip, layout: Layout, fmt: Format, habits: Habits, request: Request
) -> Values:
    """Sequences that the memory left beside the weights holds; below 1 where not even one fits.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    chip : Chip
        The accelerator. [-]
    layout : Layout
        Where the model lies. [-]
    fmt : Format
        Bytes per number. [-]
    habits : Habits
        Usable share of memory. [-]
    request : Request
        Lengths. [-]

    Returns
    -------
    float or array
        Sequences of one group, all copies of the attention together. [-]
    """
    held = np.asarray(request.input_tokens, float) + habits.held_share * np.asarray(request.output_tokens, float)
    return free_gb(shape, chip, layout, fmt, habits) * GB * layout.copies / cache_bytes(shape, layout, fmt, held)


def free_gb(shape: ModelShape, chip: Chip, layout: Layout, fmt: Format, habits: Habits) -> Values:
    """Memory of one accelerator that the weights leave.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    chip : Chip
        The accelerator. [-]
    layout : Layout
        Where the model lies. [-]
    fmt : Format
        Bytes per number. [-]
    habits : Habits
        Usable share of memory. [-]

    Returns
    -------
    float or array
        Memory, negative where the model is larger. [GB]
    """
    common = (common_params(shape) * fmt.dense_bytes + shape.embedding_params * 2.0) / layout.tensor
    routed = routed_params(shape) * fmt.expert_bytes / layout.accelerators
    return np.asarray(chip.memory_gb, float) * habits.usable_share - (common + routed) / GB


def steady(
    shape: ModelShape,
    chip: Chip,
    layout: Layout,
    fmt: Format,
    decode: Speed,
    prefill: Speed,
    habits: Habits,
    request: Request,
    concurrency: Values,
) -> Steady:
    """Times and throughput of one group that decodes and prefills on the same accelerators.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    chip : Chip
        The accelerator. [-]
    layout : Layout
        Where the model lies. [-]
    fmt : Format
        Bytes per number. [-]
    decode, prefill : Speed
        What is reached in either kind of pass. [-]
    habits : Habits
        The engine. [-]
    request : Request
        What is asked. [-]
    concurrency : float or array
        Requests that are always there; infinite for a full queue. [-]

    Returns
    -------
    Steady
        Sequences, times and throughput. [-]
    """
    i, o = np.asarray(request.input_tokens, float), np.asarray(request.output_tokens, float)
    new = i * (1.0 - np.asarray(request.cached_share, float))
    most = np.minimum(most_sequences(shape, chip, layout, fmt, habits, request), habits.sequences_cap * layout.copies)
    asked = np.asarray(concurrency, float)
    b = np.maximum(np.minimum(most, asked), 1.0)
    on = (shape, chip, layout, fmt)
    drafted = np.asarray(request.tokens_per_step, float)
    step = forward(*on, decode, sequences=b, tokens_each=drafted, seen=i + o / 2.0, decode=True).total_s / drafted
    starts = b / o  # prompts that begin per output token
    together = np.maximum(starts, 1.0)
    seen = i - new / 2.0
    batch = forward(*on, prefill, sequences=together, tokens_each=new, seen=seen, decode=False)
    batch_s = batch.total_s
    shared_s = batch.launches_s + batch.weights_s
    mixed_s = batch_s - (1.0 - np.asarray(habits.prefill_share, float)) * shared_s
    alone_s = forward(*on, prefill, sequences=1.0, tokens_each=new, seen=seen, decode=False).total_s
    tpot = step + habits.prefills * starts / together * mixed_s
    own = habits.first_s + habits.prefill_wait * alone_s + step
    queue = habits.burst * (b - 1.0) * batch_s / together
    served = own + queue + tpot * (o - 1.0)
    finite = np.where(np.isfinite(asked), asked, b)
    waiting = np.maximum(finite / b - 1.0, 0.0) * served
    ttft = own + queue + waiting
    rate = np.where(most >= 1.0, b * o / served / layout.accelerators, 0.0)
    return Steady(most >= 1.0, b, most, step, alone_s, tpot, ttft, rate)
