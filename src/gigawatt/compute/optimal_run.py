"""A run as large as its cluster deserves: how many parameters, and the shape of a dense model that has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .model_shape import ModelShape

SECONDS_PER_DAY = 86_400.0
FLOP_PER_PARAM_TOKEN = 6.0
WIDE, NARROW = 2048, 512  # steps of the model's width: its heads divide by 16, in small models by 4
WIDE_FROM = 8192
INNER = 256  # step of the inner width


def optimal_params(
    *, accelerators: float, peak_flop_per_s: float, utilisation: float, days: float, tokens_per_param: float
) -> float:
    """Parameters of the compute-optimal run that a cluster finishes in a time, to two digits.

    Parameters
    ----------
    accelerators : float
        Accelerators in the run. [-]
    peak_flop_per_s : float
        Dense peak of one at the precision of the run. [FLOP/s]
    utilisation : float
        Share of it that is presumed, to size the run before its speed is known. [-]
    days : float
        Length of the run. [d]
    tokens_per_param : float
        Tokens per parameter. [-]

    Returns
    -------
    float
        Parameters. [-]

    References
    ----------
    .. [1] Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", arXiv:2203.15556, table 3.
    """
    flop = accelerators * peak_flop_per_s * utilisation * days * SECONDS_PER_DAY
    return two_digits(params=float(np.sqrt(flop / (FLOP_PER_PARAM_TOKEN * tokens_per_param))))


def two_digits(*, params: float) -> float:
    """A number of parameters as one would name it.

    Parameters
    ----------
    params : float
        Parameters. [-]

    Returns
    -------
    float
        The same to two digits. [-]

    Examples
    --------
    >>> two_digits(params=7.2345e12)
    7200000000000.0
    """
    return float(f"{params:.1e}")


def sized_shape(*, params: float, like: ModelShape) -> ModelShape:
    """A dense model of about so many parameters, in the proportions of another.

    Width and depth grow together, with the cube root of the parameters; the vocabulary stays.

    Parameters
    ----------
    params : float
        Parameters wanted. [-]
    like : ModelShape
        The model whose proportions it has: depth to width, inner to outer width, head size. [-]

    Returns
    -------
    ModelShape
        The model; its parameters are counted, not stated. [-]
    """
    growth = (float(params) / float(like.params)) ** (1.0 / 3.0)
    wanted = float(like.hidden) * growth
    by = WIDE if wanted >= WIDE_FROM else NARROW
    hidden = max(round(wanted / by), 1) * float(by)
    heads = hidden / float(like.head_dim)
    inner = max(round(hidden * float(like.ffn_hidden) / float(like.hidden) / INNER), 1) * float(INNER)
    one = replace(
        like,
        layers=1.0,
        hidden=hidden,
        heads=heads,
        kv_heads=min(float(like.kv_heads), heads),
        ffn_hidden=inner,
        stated_params=0.0,
        stated_active_params=0.0,
    )
    layers = (float(params) - 2.0 * float(one.embedding_params)) / float(one.dense_params)
    return replace(one, layers=max(2.0 * round(layers / 2.0), 2.0), full_attention_layers=np.inf)
