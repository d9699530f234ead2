"""Time of one training step in closed form, for one plan or a million: arrays in, arrays out.

A step is: layers forward and backward for each micro-batch (matrix products, attention, memory-bound work, kernel
starts, exposed communication), the pipeline's bubble, the vocabulary on the last stage, gradients, optimizer, and what
the slowest of many accelerators costs all others.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .communication import all_to_all_s, exposed_s, gather_s
from .matmul import matmul_s, traffic_s
from .model_shape import ModelShape
from .pipeline import bubble_share, longest_stage_layers, micro_batches

Values = float | np.ndarray  # one number, or any shape of them

BF16_BYTES = 2.0
BACKWARD = 2.0  # a product's gradient takes two of its size: for inputs and for weights
FLASH_BACKWARD = 2.5  # attention computes its scores anew: five products for two
NONE, SELECTIVE, FULL = 0.0, 1.0, 2.0  # computed again in the backward pass: nothing, what is cheap, all
STATE, GRADIENTS, WEIGHTS = 1.0, 2.0, 3.0  # sharded over replicas, each with those before it: the stages of ZeRO
LAYER_COLLECTIVES = 4.0  # all-gather and reduce-scatter, around attention and around the feed-forward block
SCORE_BYTES = 20.0  # per head and pair of tokens, forward, where attention is not fused: scores, mask, softmax, dropout
LOGIT_BYTES = 12.0  # per word of the vocabulary and token, both passes: 16-bit logits, 32-bit softmax, gradient
NORM_WIDTHS = 14.0  # numbers per token and layer, in widths of the model: norms, residuals, rotation, read and written
FFN_WIDTHS = 4.0  # the same in inner widths of the feed-forward block
OPTIMIZER_BYTES = 30.0  # per parameter: master weight, two moments read and written, gradient read, weight written
GRADIENT_BYTES = 2.0  # reduced in 16 bit
HIDDEN = "_hidden"  # how the parts that add nothing to a step end


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run is laid over its accelerators. Numbers or arrays of one shape.

    Parameters
    ----------
    accelerators, batch, sequence : float or array
        Accelerators of the run, sequences per step, tokens per sequence. [-]
    tensor, pipeline, context, expert, interleave : float or array
        Degrees: accelerators that share a layer, stages, parts of a sequence, groups of experts, chunks per stage. [-]
    micro_batch : float or array
        Sequences of one micro-batch on one replica. [-]
    recompute : float or array
        0 nothing, 1 what is cheap (attention core, activation functions, norms), 2 all layers. [-]
    sharded : float or array
        ZeRO stage: 0 none, 1 optimizer state, 2 gradients too, 3 weights too (FSDP). [-]
    """

    accelerators: Values
    batch: Values
    sequence: Values
    tensor: Values = 1.0
    pipeline: Values = 1.0
    context: Values = 1.0
    expert: Values = 1.0
    interleave: Values = 1.0
    micro_batch: Values = 1.0
    recompute: Values = NONE
    sharded: Values = 1.0

    @property
    def data(self) -> Values:
        """Replicas: what the other degrees leave. [-]"""
        used = np.asarray(self.tensor, float) * self.pipeline * self.context
        return np.asarray(self.accelerators, float) / used

    @property
    def ranks(self) -> Values:
        """Accelerators of one stage: what experts are dealt out over. [-]"""
        return np.asarray(self.accelerators, float) / self.pipeline

    @property
    def expert_tensor(self) -> Values:
        """Accelerators that share one expert: the tensor group where the stage has room for it, else one. [-]"""
        return np.where(np.asarray(self.tensor, float) * self.expert <= self.ranks, self.tensor, 1.0)

    @property
    def tokens(self) -> Values:
        """Tokens of one step. [token]"""
        return np.asarray(self.batch, float) * self.sequence


@dataclass(frozen=True, slots=True)
class Machine:
    """One accelerator and its links, as a training step meets them.

    Parameters
    ----------
    peak_flop_per_s, peak_16bit_flop_per_s : float or array
        Dense peak at the run's precision, and at 16 bit, where attention stays. [FLOP/s]
    memory_bytes_per_s, memory_bytes : float or array
        Memory bandwidth and size. [B/s, B]
    domain : float or array
        Accelerators in one scale-up domain. [-]
    near_bytes_per_s, far_bytes_per_s : float or array
        Links inside it and rails between, per accelerator and direction. [B/s]
    building : float or array
        Accelerators joined without oversubscription; what lies beyond is reached over the spine. [-]
    spine_share : float or array
        Bandwidth between buildings over that inside one. [-]
    """

    peak_flop_per_s: Values
    peak_16bit_flop_per_s: Values
    memory_bytes_per_s: Values
    memory_bytes: Values
    domain: Values
    near_bytes_per_s: Values
    far_bytes_per_s: Values
    building: Values = np.inf
    spine_share: Values = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Constants fitted on measured runs; see `data/calibration.csv` for their sources and spread. [-]"""

    product: Values  # share of peak that large matrix products reach
    expert_product: Values  # the same for the grouped products of experts, relative
    attention: Values  # share of the 16-bit peak in attention
    traffic: Values  # share of memory bandwidth in memory-bound work
    half_width: Values  # edge of a product at which half is lost
    cast_widths: Values  # numbers moved per number that enters a product in 8 or 4 bit: read, scaled, written twice
    route_widths: Values  # numbers moved per token, width and expert visited: permute there and back, weigh
    unfused: Values  # 1 where attention writes its scores to memory, 0 where it is fused
    layer_start_s: Values  # kernel starts per layer and pass
    expert_start_s: Values  # more of them per expert that an accelerator holds: each has products of its own
    near: Values  # share of scale-up bandwidth reached
    far: Values  # share of scale-out bandwidth reached
    latency_s: Values
    tensor_hidden: Values  # share of tensor-parallel communication hidden
    context_hidden: Values
    expert_hidden: Values
    data_hidden: Values
    pipeline_hidden: Values
    imbalance: Values  # extra time of the busiest expert rank, relative
    straggler: Values  # spread of accelerators' speed
    step_s: Values  # once per step: logging, scheduler, barrier
    software: Values  # time relative to the reference software date


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Where the time of a step goes. [s], except the last two."""

    matmul: Values
    attention: Values
    elementwise: Values
    starts: Values
    vocabulary: Values
    tensor_parallel: Values
    context_parallel: Values
    expert_parallel: Values
    pipeline_parallel: Values
    data_parallel: Values
    bubble: Values
    optimizer: Values
    fixed: Values
    stragglers: Values
    tensor_hidden: Values  # communication beside work: not part of the total
    context_hidden: Values
    expert_hidden: Values
    pipeline_hidden: Values
    data_hidden: Values
    total: Values
    model_flop: Values  # of the whole step, nothing counted twice. [FLOP]
    hardware_flop: Values  # with what is computed again. [FLOP]

    def parts(self) -> dict[str, Values]:
        """Parts that add up to the total."""
        rest = ("total", "model_flop", "hardware_flop")
        names = (f.name for f in fields(self) if f.name not in rest and not f.name.endswith(HIDDEN))
        return {name: getattr(self, name) for name in names}

    def hidden(self) -> dict[str, Values]:
        """Communication beside work, by the name that its exposed part has."""
        names = (f.name for f in fields(self) if f.name.endswith(HIDDEN))
        return {name.replace(HIDDEN, "_parallel"): getattr(self, name) for name in names}


def near_ranks(inner: Values, ranks: Values, domain: Values) -> Values:
    """Members of a group in one domain, where `inner` neighbours in it belong to other groups.

    Parameters
    ----------
    inner, ranks, domain : float or array
        Neighbours that come first, members of the group, accelerators of a domain. [-]

    Returns
    -------
    float or array
        Members, 1 to `ranks`. [-]
    """
    return np.clip(np.floor(np.asarray(domain, float) / inner + 1e-9), 1.0, ranks)


def step_time(m: ModelShape, p: Plan, hw: Machine, c: Calibration) -> Breakdown:
    """Time of a training step and where it goes.

    Parameters
    ----------
    m : ModelShape
        The model. [-]
    p : Plan
        How it is laid over the accelerators. [-]
    hw : Machine
        One of them and its links. [-]
    c : Calibration
        Fitted constants. [-]

    Returns
    -------
    Breakdown
        Seconds by part, FLOP of the step.

    References
    ----------
    .. [1] Korthikanti et al. 2022, arXiv:2205.05198 (FLOP, recomputation); Narayanan et al. 2021, arXiv:2104.04473
       (pipeline, tensor); Rajbhandari et al. 2020, arXiv:1910.02054 (sharding); Liu et al. 2023, arXiv:2310.01889
       (context); Lepikhin et al. 2020, arXiv:2006.16668 (experts); Dao 2023, arXiv:2307.08691 (attention).
    """
    tp, cp, ep = np.asarray(p.tensor, float), np.asarray(p.context, float), np.asarray(p.expert, float)
    tokens = np.asarray(p.micro_batch, float) * p.sequence / cp  # of one micro-batch on one accelerator's sequence part
    runs = micro_batches(batch=p.batch, data_parallel=p.data, micro_batch=p.micro_batch)
    layers = longest_stage_layers(layers=m.layers, pipeline=p.pipeline, interleave=p.interleave)
    layers = np.minimum(layers, np.asarray(m.layers, float))
    again = (np.asarray(p.recompute, float) >= FULL).astype(float)
    core_again = (np.asarray(p.recompute, float) >= SELECTIVE).astype(float)
    near, far = c.near * np.asarray(hw.near_bytes_per_s, float), c.far * np.asarray(hw.far_bytes_per_s, float)
    links = {"near_bytes_per_s": near, "far_bytes_per_s": far, "latency_s": c.latency_s}
    moe = np.where(m.is_moe, m.moe_layers / np.asarray(m.layers, float), 0.0)

    # --- one layer, one micro-batch, one accelerator: forward; passes = forward + backward + computed again ---
    passes = 1.0 + BACKWARD + again
    dense, routed = _products(m, p, hw, c, tokens, moe)
    attention, scores = _attention(m, p, hw, c, tokens)
    core_passes = 1.0 + FLASH_BACKWARD + np.maximum(core_again, again)
    traffic = _traffic(m, hw, c, tokens / tp, moe) * (1.0 + BACKWARD + core_again)
    starts = (c.layer_start_s + moe * c.expert_start_s * np.asarray(m.experts, float) / ep) * passes

    sequence_part = tokens * np.asarray(m.hidden, float) * BF16_BYTES
    tensor = (
        LAYER_COLLECTIVES
        * (2.0 + again)
        * gather_s(shard_total_bytes=sequence_part, ranks=tp, near_ranks=np.minimum(tp, hw.domain), **links)
    )
    kv = tokens * cp * BF16_BYTES * np.maximum(2.0 * np.asarray(m.kv_heads, float) * m.head_dim / tp, 1.0)
    context = (3.0 + again) * gather_s(
        shard_total_bytes=kv, ranks=cp, near_ranks=near_ranks(tp, cp, hw.domain), **links
    )
    sent = tokens / tp * np.asarray(m.experts_per_token, float) * m.hidden * BF16_BYTES
    exchange = (
        moe
        * 2.0
        * (2.0 + again)
        * all_to_all_s(sent_bytes=sent, ranks=ep, near_ranks=np.minimum(ep, hw.domain), **links)
    )

    products = (dense + routed * (1.0 + c.imbalance * (ep > 1))) * passes
    work = products + attention * core_passes + traffic + scores * core_passes + starts
    tp_out = exposed_s(communication_s=tensor, work_s=work, overlap=c.tensor_hidden)
    cp_out = exposed_s(communication_s=context, work_s=attention * core_passes, overlap=c.context_hidden)
    ep_out = exposed_s(communication_s=exchange, work_s=work, overlap=c.expert_hidden)

    each = runs * layers
    layer = work + tp_out + cp_out + ep_out
    vocabulary = _vocabulary(m, p, hw, c, tokens) * runs
    spare = np.maximum(layers * p.pipeline - np.asarray(m.layers, float), 0.0) * layer * runs
    vocabulary = np.where(np.asarray(p.pipeline) > 1, np.maximum(vocabulary - spare, 0.0), vocabulary)
    bubble = bubble_share(pipeline=p.pipeline, micro_batches=runs, interleave=p.interleave) * each * layer
    hop = sequence_part / tp / far + c.latency_s  # each tensor rank sends its part
    hops = 2.0 * runs * np.asarray(p.interleave, float) * hop * (np.asarray(p.pipeline) > 1)
    pp_out = exposed_s(communication_s=hops, work_s=each * layer, overlap=c.pipeline_hidden)

    dp_all, dp_out = _data_parallel(m, p, hw, c, links, runs, each * layer)
    own, shards = own_params(m, p)
    update = traffic_s(
        traffic_bytes=OPTIMIZER_BYTES * own / shards, bytes_per_s=hw.memory_bytes_per_s, efficiency=c.traffic
    )
    busy = each * layer + vocabulary + bubble + pp_out + dp_out + update
    slow = c.software
    drag = busy * slow * c.straggler * np.sqrt(2.0 * np.log(np.maximum(p.accelerators, 2.0)))
    flop = _flop(m, p)
    return Breakdown(
        matmul=each * products * slow,
        attention=each * (attention + scores) * core_passes * slow,
        elementwise=each * traffic * slow,
        starts=each * starts * slow,
        vocabulary=vocabulary * slow,
        tensor_parallel=each * tp_out * slow,
        context_parallel=each * cp_out * slow,
        expert_parallel=each * ep_out * slow,
        pipeline_parallel=pp_out * slow,
        data_parallel=dp_out * slow,
        bubble=bubble * slow,
        optimizer=update * slow,
        fixed=c.step_s * slow + 0.0 * busy,
        stragglers=drag,
        tensor_hidden=each * (tensor - tp_out) * slow,
        context_hidden=each * (context - cp_out) * slow,
        expert_hidden=each * (exchange - ep_out) * slow,
        pipeline_hidden=(hops - pp_out) * slow,
        data_hidden=(dp_all - dp_out) * slow,
        total=(busy + c.step_s) * slow + drag,
        model_flop=flop[0],
        hardware_flop=flop[1],
    )


def own_params(m: ModelShape, p: Plan) -> tuple[Values, Values]:
    """Parameters that one accelerator works with, and over how many replicas their state is sharded.

    Parameters
    ----------
    m : ModelShape
        The model. [-]
    p : Plan
        How it is laid over the accelerators. [-]

    Returns
    -------
    tuple of float or array
        Parameters; replicas, 1 where state is not sharded. [-]
    """
    routed = m.routed_params / (np.asarray(p.expert, float) * p.expert_tensor * p.pipeline)
    rest = (m.params - m.routed_params) / (np.asarray(p.tensor, float) * p.pipeline)
    shards = np.where(np.asarray(p.sharded, float) >= STATE, p.data * np.asarray(p.context, float), 1.0)
    routed_shards = np.where(
        np.asarray(p.sharded, float) >= STATE,
        np.maximum(p.ranks / (np.asarray(p.expert, float) * p.expert_tensor), 1.0),
        1.0,
    )
    own = rest + routed
    return own, own / np.maximum(rest / shards + routed / routed_shards, 1e-9)


def _products(
    m: ModelShape, p: Plan, hw: Machine, c: Calibration, tokens: Values, moe: Values
) -> tuple[Values, Values]:
    """Matrix products of a mean layer, forward: what every token passes, and the routed experts."""
    tp = np.asarray(p.tensor, float)
    faster = np.asarray(hw.peak_flop_per_s, float) / hw.peak_16bit_flop_per_s  # edges cost the same time
    usual = {"peak_flop_per_s": hw.peak_flop_per_s, "half_width": c.half_width * faster, "depth": m.hidden}
    attention = matmul_s(
        flop=2.0 * tokens * m.attention_params / tp, rows=tokens, width=m.qk_width / tp, efficiency=c.product, **usual
    )
    block = matmul_s(
        flop=2.0 * tokens * m.ffn_params / tp,
        rows=tokens,
        width=np.asarray(m.ffn_hidden, float) / tp,
        efficiency=c.product,
        **usual,
    )
    width = np.maximum(np.asarray(m.expert_hidden, float), 1.0)
    shared = matmul_s(
        flop=2.0 * tokens * np.asarray(m.shared_experts, float) * m.expert_params / tp,
        rows=tokens,
        width=width / tp,
        efficiency=c.product,
        **usual,
    )
    visits = tokens / tp * np.asarray(m.experts_per_token, float)
    cut = p.expert_tensor  # accelerators that share an expert see each other's tokens
    rows = visits * cut * p.expert / np.maximum(m.experts, 1.0)
    routed = matmul_s(
        flop=2.0 * visits * m.expert_params,
        rows=rows,
        width=width / cut,
        efficiency=c.product / (1.0 + (1.0 / c.expert_product - 1.0) * (1.0 - p.expert / np.maximum(m.experts, 1.0))),
        **usual,
    )
    return attention + (1.0 - moe) * block + moe * shared, moe * routed


def _attention(m: ModelShape, p: Plan, hw: Machine, c: Calibration, tokens: Values) -> tuple[Values, Values]:
    """Attention core of a mean layer, forward, and the scores that unfused attention writes to memory."""
    tp, layers = np.asarray(p.tensor, float), np.asarray(m.layers, float)
    seen = m.seen_tokens(p.sequence) / layers
    flop = 2.0 * tokens * (m.qk_width + m.v_width) / tp * seen
    fused = flop / (np.asarray(hw.peak_16bit_flop_per_s, float) * c.attention)
    pairs = tokens * np.asarray(m.heads, float) / tp * p.sequence
    written = traffic_s(traffic_bytes=SCORE_BYTES * pairs, bytes_per_s=hw.memory_bytes_per_s, efficiency=c.traffic)
    return fused * (1.0 + c.unfused), written * c.unfused


def _traffic(m: ModelShape, hw: Machine, c: Calibration, tokens: Values, moe: Values) -> Values:
    """Memory-bound work of a mean layer, forward."""
    visited = np.asarray(m.experts_per_token, float)
    inner = (1.0 - moe) * m.ffn_hidden + moe * (visited + m.shared_experts) * m.expert_hidden
    hidden = np.asarray(m.hidden, float)
    widths = (NORM_WIDTHS + moe * c.route_widths * visited) * hidden
    entering = hidden + m.v_width + (1.0 - moe + moe * (visited + m.shared_experts)) * hidden + inner
    numbers = widths + FFN_WIDTHS * inner + 2.0 * (m.qk_width + m.v_width) + c.cast_widths * entering
    return traffic_s(
        traffic_bytes=tokens * BF16_BYTES * numbers, bytes_per_s=hw.memory_bytes_per_s, efficiency=c.traffic
    )


def _vocabulary(m: ModelShape, p: Plan, hw: Machine, c: Calibration, tokens: Values) -> Values:
    """Output layer and loss of one micro-batch, both passes; 16 bit."""
    tp = np.asarray(p.tensor, float)
    product = matmul_s(
        flop=2.0 * (1.0 + BACKWARD) * tokens * m.embedding_params / tp,
        rows=tokens,
        width=np.asarray(m.vocab, float) / tp,
        depth=m.hidden,
        peak_flop_per_s=hw.peak_16bit_flop_per_s,
        efficiency=c.product,
        half_width=c.half_width,
    )
    logits = tokens * np.asarray(m.vocab, float) / tp * LOGIT_BYTES
    return product + traffic_s(traffic_bytes=logits, bytes_per_s=hw.memory_bytes_per_s, efficiency=c.traffic)


def _data_parallel(
    m: ModelShape, p: Plan, hw: Machine, c: Calibration, links: dict[str, Values], runs: Values, work: Values
) -> tuple[Values, Values]:
    """Gradients and weights between replicas: all of it, and what is not hidden behind the layers."""
    dp = p.data * np.asarray(p.context, float)
    inner = np.asarray(p.tensor, float)
    rest = (m.params - m.routed_params) / (np.asarray(p.tensor, float) * p.pipeline)
    routed = m.routed_params / (np.asarray(p.expert, float) * p.expert_tensor * p.pipeline)
    routed_ranks = np.maximum(p.ranks / (np.asarray(p.expert, float) * p.expert_tensor), 1.0)
    stage = np.asarray(p.sharded, float)
    every = stage >= GRADIENTS  # with every micro-batch, not once a step
    gradients = GRADIENT_BYTES * np.where(every, runs, 1.0)
    weights = BF16_BYTES * np.where(
        stage >= WEIGHTS, 2.0 * runs, 1.0
    )  # for each pass; else once, or within a sum of gradients
    moved = gradients + weights
    here = np.minimum(np.asarray(hw.building, float) / p.accelerators, 1.0)  # share of the replicas in one building
    links = {**links, "spine_bytes_per_s": np.asarray(hw.spine_share, float) * links["far_bytes_per_s"]}
    time = gather_s(
        shard_total_bytes=rest * moved,
        ranks=dp,
        near_ranks=near_ranks(inner, dp, hw.domain),
        building_ranks=dp * here,
        **links,
    )
    time = time + gather_s(
        shard_total_bytes=routed * moved,
        ranks=routed_ranks,
        near_ranks=near_ranks(np.asarray(p.expert, float) * p.expert_tensor, routed_ranks, hw.domain),
        building_ranks=routed_ranks * here,
        **links,
    )
    window = np.where(every, work, work / runs)  # else gradients and weights move beside one micro-batch
    return time, exposed_s(communication_s=time, work_s=window, overlap=c.data_hidden)


def _flop(m: ModelShape, p: Plan) -> tuple[Values, Values]:
    """FLOP of a step: 6 per active parameter and token and causal attention; and with recomputation."""
    layers = m.active_layer_params
    attention = 2.0 * (m.qk_width + m.v_width) * m.seen_tokens(p.sequence)
    forward = 2.0 * (layers + m.embedding_params) + attention
    recompute = np.asarray(p.recompute, float)
    again = np.where(recompute >= FULL, 2.0 * layers + attention, np.where(recompute >= SELECTIVE, attention, 0.0))
    return 3.0 * forward * p.tokens, (3.0 * forward + again) * p.tokens
