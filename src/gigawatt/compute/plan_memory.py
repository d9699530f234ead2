"""Memory of a training plan on its fullest accelerator, by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .model_shape import ModelShape
from .pipeline import longest_stage_layers, micro_batches
from .step_time import BF16_BYTES, FULL, GRADIENT_BYTES, GRADIENTS, SELECTIVE, WEIGHTS, Plan, own_params

Values = float | np.ndarray  # one number, or any shape of them

STATE_BYTES = 12.0  # 32-bit master weight and two moments
LAYER_INPUTS = 4.0  # widths of the model kept per token and layer: inputs of two norms and of two products
NORMS = 2.0  # of them, computed again where what is cheap is
FFN_KEPT = 3.0  # inner widths kept: before and after the activation function, and its gate
SCORE_KEPT = 5.0  # bytes per head and pair of tokens where attention is not fused
LOSS_BYTES = 6.0  # per token and word of the vocabulary
GATHERED_LAYERS = 2.0  # layers whose sharded weights are whole at one time: one at work, one on its way


@dataclass(frozen=True, slots=True)
class PlanMemory:
    """Bytes on the fullest accelerator. [B]"""

    weights: Values
    gradients: Values
    optimizer: Values
    activations: Values

    @property
    def total(self) -> Values:
        """All parts. [B]"""
        return self.weights + self.gradients + self.optimizer + self.activations


def plan_memory(m: ModelShape, p: Plan, *, unfused: Values = 0.0, kept_bytes: Values = BF16_BYTES) -> PlanMemory:
    """Weights, gradients, optimizer state and activations of a plan.

    Parameters
    ----------
    m : ModelShape
        The model. [-]
    p : Plan
        How it is laid over the accelerators. [-]
    unfused : float or array
        1 where attention keeps its scores in memory. [-]
    kept_bytes : float or array
        Per number kept for the backward pass: 2 in 16 bit, less where inputs of products are kept in 8. [B]

    Returns
    -------
    PlanMemory
        Bytes on the fullest accelerator.

    References
    ----------
    .. [1] Korthikanti et al. 2022, arXiv:2205.05198, equations 1-4; Rajbhandari et al. 2020, arXiv:1910.02054.
    """
    own, shards = own_params(m, p)
    zero = np.asarray(p.sharded, float)
    whole_layers = GATHERED_LAYERS * own / np.maximum(np.asarray(m.layers, float) / p.pipeline, GATHERED_LAYERS)
    weights = BF16_BYTES * np.where(zero >= WEIGHTS, own / shards + whole_layers, own)
    gradients = GRADIENT_BYTES * np.where(zero >= GRADIENTS, own / shards, own)
    return PlanMemory(weights, gradients, STATE_BYTES * own / shards, _activations(m, p, unfused, kept_bytes))


def _activations(m: ModelShape, p: Plan, unfused: Values, kept_bytes: Values) -> Values:
    """Kept for the backward pass, with as many micro-batches in flight as the first stage holds."""
    tp, pp = np.asarray(p.tensor, float), np.asarray(p.pipeline, float)
    tokens = np.asarray(p.micro_batch, float) * p.sequence / p.context / tp
    moe = np.where(m.is_moe, m.moe_layers / np.asarray(m.layers, float), 0.0)
    visited = np.asarray(m.experts_per_token, float)
    inner = (1.0 - moe) * m.ffn_hidden + moe * (visited + m.shared_experts) * m.expert_hidden
    kv = 2.0 * np.asarray(m.kv_heads, float) * m.head_dim
    routed = moe * visited * np.asarray(m.hidden, float)
    again = np.asarray(p.recompute, float) >= SELECTIVE
    inputs = np.where(again, LAYER_INPUTS - NORMS, LAYER_INPUTS) * np.asarray(m.hidden, float)
    numbers = inputs + m.qk_width + kv + m.v_width + np.where(again, FFN_KEPT - 1.0, FFN_KEPT) * inner + routed
    scores = SCORE_KEPT * np.asarray(m.heads, float) * p.sequence * unfused
    kept = np.where(again, 0.0, scores) + kept_bytes * numbers
    layers = longest_stage_layers(layers=m.layers, pipeline=pp, interleave=p.interleave)
    runs = micro_batches(batch=p.batch, data_parallel=p.data, micro_batch=p.micro_batch)
    flight = np.minimum(pp + (pp - 1.0) / np.asarray(p.interleave, float), runs)
    full = BF16_BYTES * np.asarray(m.hidden, float) * layers * flight + kept
    stage = np.where(np.asarray(p.recompute, float) >= FULL, full, kept * layers * flight)
    loss = LOSS_BYTES * np.asarray(m.vocab, float) * (pp == 1)
    return tokens * (stage + loss)
