"""Memory: does a model fit, and on how few accelerators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

GB = 1e9


@dataclass(frozen=True, slots=True)
class Memory:
    """Does it fit, and with what: sizes per accelerator, and the fewest accelerators that hold it."""

    weights_gb: np.ndarray
    state_gb: np.ndarray  # gradients and optimizer, or the key-value cache when serving
    activations_gb: np.ndarray
    available_gb: np.ndarray
    fits: np.ndarray
    minimum_accelerators: np.ndarray


def activation_gb(
    *,
    layers: Values,
    hidden: Values,
    tokens: Values,
    bytes_per_value_and_layer: Values,
    tensor_parallel: Values,
) -> Values:
    """Activations that one accelerator keeps for the backward pass.

    Pipeline stages cancel: the first of p stages holds 1/p of the layers for p micro-batches in flight.

    Parameters
    ----------
    layers : float or array
        Layers of the model. [-]
    hidden : float or array
        Width of the model. [-]
    tokens : float or array
        Tokens of one micro-batch. [-]
    bytes_per_value_and_layer : float or array
        34 with selective recomputation, 2 with full recomputation (16-bit). [B]
    tensor_parallel : float or array
        Accelerators that share one layer, sequence parallelism on. [-]

    Returns
    -------
    float or array
        Activations per accelerator of the first stage. [GB]

    References
    ----------
    .. [1] Korthikanti et al. 2022, "Reducing Activation Recomputation in Large Transformer Models", arXiv:2205.05198,
       table 2 and section 4.2.3.

    Examples
    --------
    >>> x = activation_gb(layers=96, hidden=12288, tokens=2048, bytes_per_value_and_layer=34, tensor_parallel=8)
    >>> float(round(x, 1))
    10.3
    """
    values = np.asarray(tokens, float) * hidden * layers / tensor_parallel
    return values * bytes_per_value_and_layer / GB


def training_memory(
    *,
    params: Values,
    accelerators: Values,
    memory_gb: Values,
    usable_share: Values,
    weight_bytes: Values,
    state_bytes: Values,
    model_parallel: Values,
    sharded_weights: bool,
    activations_gb: Values,
) -> Memory:
    """Memory of a training run, optimizer state sharded over all accelerators.

    Parameters
    ----------
    params : float or array
        Parameters in all, experts included. [-]
    accelerators : float or array
        Accelerators in the job. [-]
    memory_gb : float or array
        Memory of one. [GB]
    usable_share : float or array
        Share left by runtime, buffers and fragmentation, 0..1. [-]
    weight_bytes : float or array
        Bytes per parameter of working weights and gradients, held by every replica. [B]
    state_bytes : float or array
        Bytes per parameter of master weights and optimizer moments, sharded over all. [B]
    model_parallel : float or array
        Accelerators that hold one replica (tensor x pipeline x expert). [-]
    sharded_weights : bool
        Also shard weights and gradients over all accelerators (ZeRO stage 3, FSDP). [-]
    activations_gb : float or array
        Activations of one accelerator, from `activation_gb`. [GB]

    Returns
    -------
    Memory
        Sizes per accelerator, whether it fits, the fewest accelerators that hold weights and state. [-]

    References
    ----------
    .. [1] Rajbhandari et al. 2020, "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models",
       arXiv:1910.02054, figure 1 (2 + 2 + 12 bytes).
    """
    p, n = np.asarray(params, float), np.asarray(accelerators, float)
    share = n if sharded_weights else np.minimum(np.asarray(model_parallel, float), n)
    weights = p * weight_bytes / share / GB
    state = p * state_bytes / n / GB
    act = np.asarray(activations_gb, float)
    room = np.asarray(memory_gb, float) * usable_share
    free = room - act - (0.0 if sharded_weights else weights)
    sharded_bytes = np.asarray(state_bytes, float) + (np.asarray(weight_bytes, float) if sharded_weights else 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        fewest = np.where(free > 0, np.ceil(p * sharded_bytes / GB / free), np.inf)
    fewest = np.maximum(fewest, 1.0 if sharded_weights else share)
    return Memory(weights, state, act, room, weights + state + act <= room, fewest[()])


def serving_memory(
    *,
    params: Values,
    weight_bytes: Values,
    kv_bytes_per_token: Values,
    context_tokens: Values,
    sequences: Values,
    accelerators: Values,
    memory_gb: Values,
    usable_share: Values,
) -> Memory:
    """Memory of one serving group: weights and the key-value cache of the sequences in flight.

    Parameters
    ----------
    params : float or array
        Parameters in all, experts included. [-]
    weight_bytes : float or array
        Bytes per parameter at the precision served. [B]
    kv_bytes_per_token : float or array
        Key-value cache of one token over all layers. [B]
    context_tokens : float or array
        Tokens held per sequence. [-]
    sequences : float or array
        Sequences in flight on the group. [-]
    accelerators : float or array
        Accelerators in the group. [-]
    memory_gb : float or array
        Memory of one. [GB]
    usable_share : float or array
        Share left for weights and cache, 0..1. [-]

    Returns
    -------
    Memory
        Sizes per accelerator, whether it fits, the fewest accelerators that hold it. [-]

    Examples
    --------
    Llama 3.1 405B at 8 bit with one 8,192-token sequence needs six 80 GB accelerators:

    >>> m = serving_memory(params=405e9, weight_bytes=1, kv_bytes_per_token=258_048, context_tokens=8192, sequences=1,
    ...                    accelerators=8, memory_gb=80, usable_share=0.9)
    >>> bool(m.fits), float(m.minimum_accelerators)
    (True, 6.0)
    """
    n = np.asarray(accelerators, float)
    weights = np.asarray(params, float) * weight_bytes / GB
    cache = np.asarray(kv_bytes_per_token, float) * context_tokens * sequences / GB
    room = np.asarray(memory_gb, float) * usable_share
    fewest = np.ceil((weights + cache) / room)
    return Memory(weights / n, cache / n, np.zeros_like(n), room, weights + cache <= room * n, fewest)
