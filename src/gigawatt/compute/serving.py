"""Serving: tokens per second of an accelerator, of a fleet, and what a million tokens cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

GB = 1e9


@dataclass(frozen=True, slots=True)
class Serving:
    """A fully loaded serving group at steady state: prefill and decode share the same accelerators."""

    tokens_per_s_per_accelerator: np.ndarray
    group_accelerators: np.ndarray  # accelerators that hold one copy of the model together
    sequences: np.ndarray  # in flight on one group
    step_s: np.ndarray  # time of one step = per output token of a sequence


def experts_touched(*, experts: Values, experts_per_token: Values, tokens: Values) -> Values:
    """Share of routed experts whose weights a step must read.

    Parameters
    ----------
    experts : float or array
        Routed experts per layer, 0 for a dense model. [-]
    experts_per_token : float or array
        Experts that one token visits. [-]
    tokens : float or array
        Tokens in the step. [-]

    Returns
    -------
    float or array
        Share, 0..1; 1 for a dense model. [-]

    Examples
    --------
    >>> float(round(experts_touched(experts=256, experts_per_token=8, tokens=100), 3))
    0.958
    """
    e = np.asarray(experts, float)
    missed = 1.0 - np.asarray(experts_per_token, float) / np.maximum(e, 1.0)
    return np.where(e > 0, 1.0 - np.maximum(missed, 0.0) ** np.asarray(tokens, float), 1.0)[()]


def serving_group(
    *,
    params: Values,
    active_params: Values,
    layers: Values,
    hidden: Values,
    attention_width: Values,
    kv_values_per_token: Values,
    experts: Values,
    experts_per_token: Values,
    embedding_params: Values,
    weight_bytes: Values,
    kv_bytes: Values,
    input_tokens: Values,
    cached_input_tokens: Values,
    output_tokens: Values,
    concurrency: Values,
    group_accelerators: Values,
    peak_flop_per_s: Values,
    memory_gb: Values,
    memory_gb_per_s: Values,
    scale_up_gb_per_s: Values,
    usable_share: Values,
    compute_efficiency: Values,
    memory_efficiency: Values,
    link_efficiency: Values,
    overhead_s_per_layer: Values,
    sequences_cap: Values,
) -> Serving:
    """Throughput of one serving group by a roofline: memory, arithmetic, links and launch overhead add up.

    In steady state a step gives every sequence in flight one token and prefills the prompts of those that replace the
    finished ones: input over output tokens each.

    Parameters
    ----------
    params : float or array
        Parameters in all, experts included. [-]
    active_params : float or array
        Parameters that work on one token. [-]
    layers : float or array
        Layers. [-]
    hidden : float or array
        Width of the model. [-]
    attention_width : float or array
        Query heads times head size. [-]
    kv_values_per_token : float or array
        Key and value numbers cached per token, all layers. [-]
    experts : float or array
        Routed experts per layer, 0 for a dense model. [-]
    experts_per_token : float or array
        Experts that one token visits, 0 for a dense model. [-]
    embedding_params : float or array
        Vocabulary times width: looked up, not multiplied. [-]
    weight_bytes : float or array
        Bytes per parameter, scales of 4-bit formats included. [B]
    kv_bytes : float or array
        Bytes per cached number. [B]
    input_tokens : float or array
        Prompt tokens to compute per request. [-]
    cached_input_tokens : float or array
        Prompt tokens per request found in the prefix cache: held and read, not computed. [-]
    output_tokens : float or array
        Tokens generated per request. [-]
    concurrency : float or array
        Requests offered per group at once; infinite for a full queue. [-]
    group_accelerators : float or array
        Accelerators that hold one copy of the model together. [-]
    peak_flop_per_s : float or array
        Dense peak of one at the precision served. [FLOP/s]
    memory_gb : float or array
        Memory of one. [GB]
    memory_gb_per_s : float or array
        Memory bandwidth of one. [GB/s]
    scale_up_gb_per_s : float or array
        Scale-up link of one, one direction. [GB/s]
    usable_share : float or array
        Share of memory left for weights and cache, 0..1. [-]
    compute_efficiency : float or array
        Share of the peak reached, fitted. [-]
    memory_efficiency : float or array
        Share of the memory bandwidth reached, fitted. [-]
    link_efficiency : float or array
        Share of the link bandwidth reached, fitted. [-]
    overhead_s_per_layer : float or array
        Launch and synchronisation per layer and step, fitted. [s]
    sequences_cap : float or array
        Most sequences in flight per group that the engine runs, fitted. [-]

    Returns
    -------
    Serving
        Throughput, group, sequences in flight, step time; throughput is 0 where the model does not fit. [-]

    References
    ----------
    .. [1] Pope et al. 2022, "Efficiently Scaling Transformer Inference", arXiv:2211.05102, section 2 (cost terms).
    """
    g = np.asarray(group_accelerators, float)
    i, o = np.asarray(input_tokens, float), np.asarray(output_tokens, float)
    held = i + cached_input_tokens
    weights = np.asarray(params, float) * weight_bytes
    kv = np.asarray(kv_values_per_token, float) * kv_bytes
    fit = (np.asarray(memory_gb, float) * GB * usable_share * g - weights) / (kv * (held + 0.75 * o))
    b = np.minimum(np.minimum(np.maximum(fit, 1.0), sequences_cap), concurrency)
    prompt = i / o  # prompt tokens prefilled per sequence and step
    touched = experts_touched(experts=experts, experts_per_token=experts_per_token, tokens=b * (1.0 + prompt))
    touched = np.maximum(touched, np.asarray(active_params, float) / params)
    memory_s = (weights * touched + b * kv * (held + o / 2.0)) / (
        g * np.asarray(memory_gb_per_s, float) * GB * memory_efficiency
    )
    per_token = 2.0 * (np.asarray(active_params, float) - embedding_params)
    attention = 4.0 * np.asarray(layers, float) * attention_width * (i / 2.0 + cached_input_tokens)
    flop = b * (1.0 + prompt) * per_token + b * prompt * attention
    arithmetic_s = flop / (g * np.asarray(peak_flop_per_s, float) * compute_efficiency)
    # Two all-reduces a layer, each moving every 2-byte activation out and back.
    moved = b * (1.0 + prompt) * np.asarray(layers, float) * hidden * 8.0 * (g - 1.0) / g
    link_s = moved / (np.asarray(scale_up_gb_per_s, float) * GB * link_efficiency)
    step = np.asarray(layers, float) * overhead_s_per_layer + memory_s + arithmetic_s + link_s
    rate = np.where(fit >= 1.0, b / (step * g), 0.0)
    return Serving(rate[()], g, b, step)


def best_serving_group(*, largest_group: int, **serving: Values) -> Serving:
    """The group size, a power of two, that gives most tokens per accelerator.

    Parameters
    ----------
    largest_group : int
        Accelerators of the scale-up domain. [-]
    **serving : float or array
        As in `serving_group`, without `group_accelerators`. [-]

    Returns
    -------
    Serving
        The best, element by element. [-]
    """
    sizes = [2**k for k in range(int(largest_group).bit_length()) if 2**k <= largest_group]
    tries = [serving_group(group_accelerators=float(size), **serving) for size in sizes]
    rates = np.stack(np.broadcast_arrays(*(t.tokens_per_s_per_accelerator for t in tries)))
    best = np.argmax(rates, axis=0)

    def pick(name: str):
        values = [np.broadcast_to(getattr(t, name), best.shape) for t in tries]
        return np.take_along_axis(np.stack(values), best[None], axis=0)[0]

    return Serving(*(pick(name) for name in Serving.__slots__))


def fleet_tokens_per_s(*, accelerators: Values, tokens_per_s_per_accelerator: Values, fleet_factor: Values) -> Values:
    """Output tokens per second that a fleet delivers to people at its busiest.

    Parameters
    ----------
    accelerators : float or array
        Accelerators that serve. [-]
    tokens_per_s_per_accelerator : float or array
        Throughput of one in a fully loaded group. [1/s]
    fleet_factor : float or array
        Share left by latency limits, imbalance, restarts and mixed requests, 0..1. [-]

    Returns
    -------
    float or array
        Output tokens per second. [1/s]
    """
    return np.asarray(accelerators, float) * tokens_per_s_per_accelerator * fleet_factor


def accelerators_for_tokens_per_s(
    *, tokens_per_s: Values, tokens_per_s_per_accelerator: Values, fleet_factor: Values
) -> Values:
    """Accelerators that a service needs: the inverse of `fleet_tokens_per_s`.

    Parameters
    ----------
    tokens_per_s : float or array
        Output tokens per second at peak. [1/s]
    tokens_per_s_per_accelerator : float or array
        Throughput of one in a fully loaded group. [1/s]
    fleet_factor : float or array
        As in `fleet_tokens_per_s`, 0..1. [-]

    Returns
    -------
    float or array
        Accelerators, not rounded. [-]
    """
    with np.errstate(divide="ignore"):
        return np.divide(tokens_per_s, np.asarray(tokens_per_s_per_accelerator, float) * fleet_factor)


def usd_per_million_tokens(*, usd_per_accelerator_hour: Values, tokens_per_s_per_accelerator: Values) -> Values:
    """Cost of a million output tokens.

    Parameters
    ----------
    usd_per_accelerator_hour : float or array
        Cost or price of an accelerator-hour. [USD/h]
    tokens_per_s_per_accelerator : float or array
        Output tokens that one really delivers: fleet factor and utilisation applied. [1/s]

    Returns
    -------
    float or array
        Cost per million output tokens, input tokens included in it. [USD]

    Examples
    --------
    >>> float(usd_per_million_tokens(usd_per_accelerator_hour=3.6, tokens_per_s_per_accelerator=1000.0))
    1.0
    """
    with np.errstate(divide="ignore"):
        return np.divide(usd_per_accelerator_hour, np.asarray(tokens_per_s_per_accelerator, float) * 3600.0 / 1e6)
