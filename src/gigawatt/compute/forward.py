"""One pass of a model over some tokens by a roofline: memory, arithmetic, links, launches. Prefill and decode alike.

Everything broadcasts: many models, chips, layouts and loads in one call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.step_time import FFN_WIDTHS, LOGIT_BYTES, NORM_WIDTHS

Values = float | np.ndarray  # one number, or any shape of them

GB = 1e9
HALF = 2.0  # bytes of an activation, and of the numbers that attention multiplies


@dataclass(frozen=True, slots=True)
class Chip:
    """One accelerator.

    Parameters
    ----------
    peak_flop_per_s : float or array
        Dense peak at the precision of the weights. [FLOP/s]
    peak_16_flop_per_s : float or array
        Dense peak at 16 bit, for attention. [FLOP/s]
    memory_gb : float or array
        Memory. [GB]
    memory_gb_per_s : float or array
        Memory bandwidth. [GB/s]
    link_gb_per_s : float or array
        Scale-up link, one direction. [GB/s]
    """

    peak_flop_per_s: Values
    peak_16_flop_per_s: Values
    memory_gb: Values
    memory_gb_per_s: Values
    link_gb_per_s: Values


@dataclass(frozen=True, slots=True)
class Layout:
    """How one copy of the model lies on its accelerators.

    Parameters
    ----------
    accelerators : float or array
        Accelerators that hold one copy of the experts. [-]
    tensor : float or array
        Accelerators that share the attention of one sequence; the others hold further copies of it. [-]
    experts_apart : float or array
        Groups among which whole experts are dealt out; 1: every expert is cut over all. [-]
    crossings : float or array
        Most copies of a token that cross the links: one for each scale-up domain, where fast links hand it on. [-]
    """

    accelerators: Values
    tensor: Values
    experts_apart: Values = 1.0
    crossings: Values = np.inf

    @property
    def copies(self) -> Values:
        """Copies of the attention, each with its own sequences. [-]"""
        return np.asarray(self.accelerators, float) / self.tensor


@dataclass(frozen=True, slots=True)
class Format:
    """Bytes per number stored.

    Parameters
    ----------
    dense_bytes : float or array
        Of weights that every token visits. [B]
    expert_bytes : float or array
        Of routed experts. [B]
    cache_bytes : float or array
        Of the key-value cache. [B]
    sent_bytes : float or array
        Of a number on its way to an expert; what comes back has 16 bit. [B]
    """

    dense_bytes: Values
    expert_bytes: Values
    cache_bytes: Values
    sent_bytes: Values = HALF


@dataclass(frozen=True, slots=True)
class Speed:
    """What software and hardware reach, fitted on measurements.

    Parameters
    ----------
    compute : float or array
        Share of the arithmetic peak. [-]
    memory : float or array
        Share of the memory bandwidth when weights are read. [-]
    cache : float or array
        Share of the memory bandwidth when the cache is read. [-]
    attention : float or array
        Share of the 16-bit peak in attention. [-]
    elementwise : float or array
        Share of the memory bandwidth in the work between products: norms, activations, routing. [-]
    route_widths : float or array
        Numbers moved per token, width and expert visited. [-]
    link : float or array
        Share of the link bandwidth. [-]
    step_s : float or array
        Scheduling and sampling of one pass. [s]
    layer_s : float or array
        Launches of one layer. [s]
    exchange_s : float or array
        Latency of one exchange between accelerators, per doubling of their number. [s]
    hidden : float or array
        Share of the exchanges that runs beside the rest of a pass, where two batches take turns. [-]
    """

    compute: Values
    memory: Values
    cache: Values
    attention: Values
    elementwise: Values
    route_widths: Values
    link: Values
    step_s: Values
    layer_s: Values
    exchange_s: Values
    hidden: Values = 0.0

    def slower(self, times: Values) -> Speed:
        """The same, every part of a pass so many times as long.

        Parameters
        ----------
        times : float or array
            Time over the time before. [-]
        """
        t = np.asarray(times, float)
        shares = {n: getattr(self, n) / t for n in ("compute", "memory", "cache", "attention", "elementwise", "link")}
        longer = {n: getattr(self, n) * t for n in ("step_s", "layer_s", "exchange_s")}
        return Speed(**shares, **longer, route_widths=self.route_widths, hidden=self.hidden)


@dataclass(frozen=True, slots=True)
class Pass:
    """Time of one pass by part. [s]"""

    launches_s: np.ndarray
    weights_s: np.ndarray
    cache_s: np.ndarray
    matmul_s: np.ndarray
    attention_s: np.ndarray
    elementwise_s: np.ndarray
    links_s: np.ndarray

    @property
    def total_s(self) -> np.ndarray:
        """All parts, one after the other. [s]"""
        return self.beside_s + self.links_s

    @property
    def beside_s(self) -> np.ndarray:
        """All but the links. [s]"""
        read_s = self.launches_s + self.weights_s + self.cache_s
        return read_s + self.matmul_s + self.attention_s + self.elementwise_s


def routed_params(shape: ModelShape) -> Values:
    """Parameters of routed experts, never more than the model has. [-]

    Parameters
    ----------
    shape : ModelShape
        The model. [-]

    Returns
    -------
    float or array
        Parameters. [-]
    """
    return np.minimum(shape.routed_params, np.asarray(shape.params, float) - shape.embedding_params)


def common_params(shape: ModelShape) -> Values:
    """Parameters that every pass reads: all but routed experts and the table of input vectors.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]

    Returns
    -------
    float or array
        Parameters. [-]
    """
    return np.asarray(shape.params, float) - routed_params(shape) - shape.embedding_params


def share_touched(shape: ModelShape, tokens: Values) -> Values:
    """Expected share of routed experts that so many tokens visit, were all experts equally popular.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    tokens : float or array
        Tokens of the pass. [-]

    Returns
    -------
    float or array
        Share, 0..1; 1 for a dense model. [-]

    Examples
    --------
    >>> from gigawatt.compute.model_shape import ModelShape
    >>> moe = ModelShape(61, 7168, 128, 128, 128, 18432, 129280, experts=256, experts_per_token=8, expert_hidden=2048)
    >>> float(round(share_touched(moe, 100), 3))
    0.958
    """
    missed = 1.0 - np.asarray(shape.experts_per_token, float) / np.maximum(shape.experts, 1.0)
    return np.where(shape.is_moe, 1.0 - np.maximum(missed, 0.0) ** np.asarray(tokens, float), 1.0)[()]


def cache_bytes(shape: ModelShape, layout: Layout, fmt: Format, tokens: Values) -> Values:
    """Cache that one sequence of so many tokens takes on each accelerator that holds it.

    A head is not cut: latent attention, or few heads on many accelerators, is kept more than once.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    layout : Layout
        Where it lies. [-]
    fmt : Format
        Bytes per number. [-]
    tokens : float or array
        Tokens of the sequence. [token]

    Returns
    -------
    float or array
        Bytes; layers with a window keep what lies in it. [B]
    """
    heads = np.where(shape.is_latent, 1.0, shape.kv_heads)
    kept = shape.kv_values_per_token * fmt.cache_bytes / np.minimum(layout.tensor, heads)
    return tokens_in_layers(shape, tokens) * kept


def tokens_in_layers(shape: ModelShape, tokens: Values) -> Values:
    """Tokens that are seen, summed over the layers: all of them where attention is full, else those in the window.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    tokens : float or array
        Tokens of a sequence. [token]

    Returns
    -------
    float or array
        Tokens times layers. [token]
    """
    near = np.asarray(shape.layers, float) - shape.full_layers
    return shape.full_layers * np.asarray(tokens, float) + near * np.minimum(tokens, shape.window)


def attention_flop_per_token(shape: ModelShape, seen: Values, *, decode: bool) -> Values:
    """Attention of one token over the tokens it sees, scores and sums, all layers.

    When a single token is decoded, latent attention works on the latent vectors themselves.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    seen : float or array
        Tokens seen. [token]
    decode : bool
        One new token per sequence. [-]

    Returns
    -------
    float or array
        Operations. [FLOP]
    """
    heads = np.asarray(shape.heads, float)
    latent = heads * (2.0 * np.asarray(shape.kv_rank, float) + shape.rope_dim)
    width = np.where(np.asarray(shape.is_latent) & decode, latent, np.asarray(shape.qk_width, float) + shape.v_width)
    return 2.0 * width * tokens_in_layers(shape, seen)


def elementwise_bytes(
    shape: ModelShape, layout: Layout, route_widths: Values, *, tokens: Values, here: Values, answers: Values
) -> Values:
    """Memory that the work between products reads and writes on the busiest accelerator: all layers, and logits.

    The counts are those of a training step. Norms are done by every accelerator of a sequence; experts cut over
    several accelerators make each of them sort all tokens.

    Parameters
    ----------
    shape : ModelShape
        The model. [-]
    layout : Layout
        Where the model lies. [-]
    route_widths : float or array
        Numbers moved per token, width and expert visited. [-]
    tokens : float or array
        Tokens of the pass. [-]
    here : float or array
        Those of the busiest copy of the attention. [-]
    answers : float or array
        Those of them after which a next token is chosen. [-]

    Returns
    -------
    float or array
        Bytes. [B]

    References
    ----------
    .. [1] Korthikanti et al. 2022, "Reducing Activation Recomputation in Large Transformer Models", arXiv:2205.05198,
       section 4.1 (what a layer reads and writes between its products).
    """
    t, n = np.asarray(layout.tensor, float), np.asarray(layout.accelerators, float)
    layers, hidden, expert = (np.asarray(v, float) for v in (shape.layers, shape.hidden, shape.expert_hidden))
    moe = np.asarray(shape.moe_layers, float)
    visits = moe * tokens * shape.experts_per_token
    norms = here * layers * NORM_WIDTHS * hidden
    heads = 2.0 * here * layers * (np.asarray(shape.qk_width, float) + shape.v_width) / t
    blocks = FFN_WIDTHS * here * ((layers - moe) * shape.ffn_hidden + moe * shape.shared_experts * expert) / t
    experts = visits * (FFN_WIDTHS * expert / n + route_widths * hidden / layout.experts_apart)
    logits = LOGIT_BYTES * answers * shape.vocab / t  # 16 bit, and 32 bit to choose from, each written and read
    return HALF * (norms + heads + blocks + experts) + logits


def forward(
    shape: ModelShape,
    chip: Chip,
    layout: Layout,
    fmt: Format,
    speed: Speed,
    *,
    sequences: Values,
    tokens_each: Values,
    seen: Values,
    decode: bool,
) -> Pass:
    """Time of one pass over `sequences` x `tokens_each` new tokens.

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
    speed : Speed
        What is reached. [-]
    sequences : float or array
        Sequences in the pass, over all copies of the attention. [-]
    tokens_each : float or array
        New tokens of each. [token]
    seen : float or array
        Earlier tokens that a new one sees, on average. [token]
    decode : bool
        The pass generates: its cache is read token by token. [-]

    Returns
    -------
    Pass
        Time by part. [s]

    References
    ----------
    .. [1] Pope et al. 2022, "Efficiently Scaling Transformer Inference", arXiv:2211.05102, section 2 (cost terms).
    """
    n, t = np.asarray(layout.accelerators, float), np.asarray(layout.tensor, float)
    tokens = np.asarray(sequences, float) * tokens_each
    here = tokens / np.minimum(layout.copies, np.maximum(sequences, 1.0))  # of the busiest copy of the attention
    bandwidth = np.asarray(chip.memory_gb_per_s, float) * GB

    common = common_params(shape)
    routed = routed_params(shape) * fmt.expert_bytes * share_touched(shape, tokens) / n
    weights_s = (common * fmt.dense_bytes / t + routed) / (bandwidth * speed.memory)

    held = cache_bytes(shape, layout, fmt, seen)
    cache_s = here / np.maximum(tokens_each, 1.0) * held / (bandwidth * speed.cache)

    visited = np.asarray(shape.active_params, float) - common
    logits = shape.embedding_params * (here if decode else here / np.maximum(tokens_each, 1.0))  # of the last alone
    always = here * (common - shape.embedding_params) + logits
    matmul = 2.0 * (always / t + tokens * np.maximum(visited, 0.0) / n)
    matmul_s = matmul / (np.asarray(chip.peak_flop_per_s, float) * speed.compute)

    attention = here * attention_flop_per_token(shape, seen, decode=decode) / t
    attention_s = attention / (np.asarray(chip.peak_16_flop_per_s, float) * speed.attention)

    answers = here / np.maximum(tokens_each, 1.0)
    moved = elementwise_bytes(shape, layout, speed.route_widths, tokens=tokens, here=here, answers=answers)
    elementwise_s = moved / (bandwidth * speed.elementwise)

    launches_s = np.asarray(speed.step_s, float) + np.asarray(shape.layers, float) * speed.layer_s + 0.0 * tokens
    links_s = _exchanges_s(shape, chip, layout, fmt, speed, tokens, here)
    done = Pass(launches_s, weights_s, cache_s, matmul_s, attention_s, elementwise_s, links_s)
    return replace(done, links_s=links_s - speed.hidden * np.minimum(links_s, done.beside_s))


def _exchanges_s(
    shape: ModelShape, chip: Chip, layout: Layout, fmt: Format, speed: Speed, tokens: Values, here: Values
) -> np.ndarray:
    """Two all-reduces a layer among the accelerators of a sequence; experts dealt out swap tokens twice instead."""
    n, t = np.asarray(layout.accelerators, float), np.asarray(layout.tensor, float)
    apart = np.asarray(layout.experts_apart, float)
    hidden, layers = np.asarray(shape.hidden, float), np.asarray(shape.layers, float)
    link = np.asarray(chip.link_gb_per_s, float) * GB * speed.link
    swapping = (apart > 1.0) & (t < n)
    reduces = layers + np.where(swapping, layers - shape.moe_layers, layers)
    reduce_s = np.log2(np.maximum(t, 1.0)) * speed.exchange_s + here * hidden * HALF * 2.0 * (t - 1.0) / t / link
    copies = np.minimum(np.minimum(shape.experts_per_token, apart), layout.crossings)
    sent = tokens / n * copies * hidden * (fmt.sent_bytes + HALF) * (n - 1.0) / n  # there and back
    swap_s = 2.0 * np.log2(np.maximum(n, 1.0)) * speed.exchange_s + sent / link
    return reduces * reduce_s + np.where(swapping, shape.moe_layers * swap_s, 0.0)
