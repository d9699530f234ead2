"""What a transformer is, as far as speed and memory need it: widths, heads, experts, and how many parameters they make.

Every field is a number or an array of one shape, so that many models are one `ModelShape` too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them


@dataclass(frozen=True, slots=True)
class ModelShape:
    """A decoder: dense, or with experts; grouped-query or latent attention; full or sliding windows.

    Parameters
    ----------
    layers, hidden, heads, kv_heads, head_dim, vocab : float or array
        As in the model's configuration. [-]
    ffn_hidden : float or array
        Inner width of a dense feed-forward block. [-]
    ffn_matrices : float or array
        3 for a gated block (SwiGLU), else 2. [-]
    experts, experts_per_token : float or array
        Routed experts in a layer, 0 for dense; how many of them one token visits. [-]
    expert_hidden, shared_experts : float or array
        Inner width of one expert; experts that every token visits. [-]
    dense_layers : float or array
        Layers without experts in a model that has some. [-]
    q_rank, kv_rank, rope_dim, v_dim : float or array
        Latent attention: ranks of queries and of keys and values, rotary width beside `head_dim`, width of a value
        head; `kv_rank` 0 means grouped-query attention. [-]
    full_attention_layers : float or array
        Layers whose attention sees the whole sequence. [-]
    window : float or array
        Tokens seen by the other layers; 0: they are linear (state-space) layers. [-]
    stated_params, stated_active_params : float or array
        Published parameter counts, which win over those counted here; 0: none. [-]
    """

    layers: Values
    hidden: Values
    heads: Values
    kv_heads: Values
    head_dim: Values
    ffn_hidden: Values
    vocab: Values
    ffn_matrices: Values = 3.0
    experts: Values = 0.0
    experts_per_token: Values = 0.0
    expert_hidden: Values = 0.0
    shared_experts: Values = 0.0
    dense_layers: Values = 0.0
    q_rank: Values = 0.0
    kv_rank: Values = 0.0
    rope_dim: Values = 0.0
    v_dim: Values = 0.0
    full_attention_layers: Values = np.inf
    window: Values = 0.0
    stated_params: Values = 0.0
    stated_active_params: Values = 0.0

    # --- layers ---

    @property
    def is_moe(self) -> Values:
        """Whether it has routed experts."""
        return np.asarray(self.experts, float) > 0

    @property
    def moe_layers(self) -> Values:
        """Layers with routed experts."""
        return np.where(self.is_moe, np.asarray(self.layers, float) - self.dense_layers, 0.0)[()]

    @property
    def full_layers(self) -> Values:
        """Layers whose attention sees the whole sequence."""
        return np.minimum(self.full_attention_layers, np.asarray(self.layers, float))

    # --- attention ---

    @property
    def is_latent(self) -> Values:
        """Whether keys and values are kept as one latent vector."""
        return np.asarray(self.kv_rank, float) > 0

    @property
    def qk_width(self) -> Values:
        """Summed width of queries that meet keys: heads x head width. [-]"""
        rotary = np.where(self.is_latent, self.rope_dim, 0.0)
        return np.asarray(self.heads, float) * (np.asarray(self.head_dim, float) + rotary)

    @property
    def v_width(self) -> Values:
        """Summed width of the attention's output. [-]"""
        width = np.where(np.asarray(self.v_dim, float) > 0, self.v_dim, self.head_dim)
        return np.asarray(self.heads, float) * width

    @property
    def attention_params(self) -> Values:
        """Parameters of one layer's attention. [-]"""
        h, kv = np.asarray(self.hidden, float), np.asarray(self.kv_heads, float)
        grouped = h * (self.qk_width + self.v_width) + 2.0 * h * kv * self.head_dim
        q = np.where(
            np.asarray(self.q_rank, float) > 0,
            np.asarray(self.q_rank, float) * (h + self.qk_width),
            h * self.qk_width,
        )
        down = h * (np.asarray(self.kv_rank, float) + self.rope_dim)
        up = np.asarray(self.kv_rank, float) * (np.asarray(self.heads, float) * self.head_dim + self.v_width)
        return np.where(self.is_latent, q + down + up + h * self.v_width, grouped)[()]

    @property
    def kv_values_per_token(self) -> Values:
        """Numbers kept per token and layer of full attention in the cache. [-]"""
        grouped = 2.0 * np.asarray(self.kv_heads, float) * self.head_dim
        return np.where(self.is_latent, np.asarray(self.kv_rank, float) + self.rope_dim, grouped)[()]

    def seen_tokens(self, sequence: Values) -> Values:
        """Tokens that one token sees on average, summed over the layers (causal). [token]

        Parameters
        ----------
        sequence : float or array
            Tokens of one sequence. [token]
        """
        s, w = np.asarray(sequence, float), np.asarray(self.window, float)
        near = np.where(s > w, w - w * w / (2.0 * np.maximum(s, 1.0)), s / 2.0)
        other = np.asarray(self.layers, float) - self.full_layers
        return self.full_layers * s / 2.0 + other * np.where(w > 0, near, 0.0)

    # --- parameters ---

    @property
    def ffn_params(self) -> Values:
        """Parameters of one dense feed-forward block. [-]"""
        return np.asarray(self.ffn_matrices, float) * self.hidden * self.ffn_hidden

    @property
    def expert_params(self) -> Values:
        """Parameters of one expert. [-]"""
        return np.asarray(self.ffn_matrices, float) * self.hidden * self.expert_hidden

    @property
    def embedding_params(self) -> Values:
        """Parameters of one vocabulary matrix. [-]"""
        return np.asarray(self.vocab, float) * self.hidden

    @property
    def routed_params(self) -> Values:
        """Parameters of all routed experts of all layers. [-]"""
        return self.moe_layers * self.experts * self.expert_params

    @property
    def dense_params(self) -> Values:
        """Parameters that every token visits: attention, dense blocks, shared experts, routers; no vocabulary. [-]"""
        moe, layers = self.moe_layers, np.asarray(self.layers, float)
        shared = np.asarray(self.shared_experts, float) * self.expert_params
        router = np.asarray(self.hidden, float) * self.experts
        return layers * self.attention_params + (layers - moe) * self.ffn_params + moe * (shared + router)

    @property
    def active_layer_params(self) -> Values:
        """Parameters of the layers that one token is multiplied with. [-]"""
        return self.dense_params + self.moe_layers * self.experts_per_token * self.expert_params

    @property
    def active_params(self) -> Values:
        """Parameters that one token is multiplied with, the output vocabulary included. [-]"""
        counted = self.active_layer_params + self.embedding_params
        return np.where(np.asarray(self.stated_active_params, float) > 0, self.stated_active_params, counted)[()]

    @property
    def params(self) -> Values:
        """All parameters, input and output vocabulary counted apart. [-]"""
        counted = self.dense_params + self.routed_params + 2.0 * self.embedding_params
        return np.where(np.asarray(self.stated_params, float) > 0, self.stated_params, counted)[()]

    # --- many at once ---

    def broadcast(self, shape: tuple[int, ...]) -> ModelShape:
        """The same model in every place of an array."""
        return replace(self, **{f.name: np.broadcast_to(getattr(self, f.name), shape) for f in fields(self)})

    def take(self, index: np.ndarray) -> ModelShape:
        """Some of many models; fields that are plain numbers stay so."""
        picked = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{k: v[index] for k, v in picked.items() if np.ndim(v)})
