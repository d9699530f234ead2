"""Pipeline: micro-batches, the layers of the longest stage, and the bubble."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them


def micro_batches(*, batch: Values, data_parallel: Values, micro_batch: Values) -> Values:
    """Micro-batches that one replica runs in a step.

    Parameters
    ----------
    batch : float or array
        Sequences of one step. [-]
    data_parallel : float or array
        Replicas. [-]
    micro_batch : float or array
        Sequences of one micro-batch. [-]

    Returns
    -------
    float or array
        Micro-batches, at least 1. [-]
    """
    share = np.asarray(batch, float) / (np.asarray(data_parallel, float) * micro_batch)
    return np.maximum(np.ceil(share * (1.0 - 1e-9)), 1.0)


def longest_stage_layers(*, layers: Values, pipeline: Values, interleave: Values) -> Values:
    """Layers of the longest stage, when layers are dealt out in equal chunks.

    Parameters
    ----------
    layers : float or array
        Layers of the model. [-]
    pipeline, interleave : float or array
        Stages; chunks of layers that one stage holds. [-]

    Returns
    -------
    float or array
        Layers. [-]

    Examples
    --------
    >>> float(longest_stage_layers(layers=126, pipeline=8, interleave=8))
    16.0
    """
    stage = np.ceil(np.asarray(layers, float) / pipeline - 1e-9)
    chunks = np.minimum(interleave, stage)
    return np.ceil(np.asarray(layers, float) / (np.asarray(pipeline, float) * chunks) - 1e-9) * chunks


def bubble_share(*, pipeline: Values, micro_batches: Values, interleave: Values) -> Values:
    """Idle time of a stage over its working time: filling and draining the pipeline.

    Parameters
    ----------
    pipeline, micro_batches, interleave : float or array
        Stages, micro-batches of a step, chunks per stage. [-]

    Returns
    -------
    float or array
        Share; 0 without a pipeline. [-]

    References
    ----------
    .. [1] Narayanan et al. 2021, "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM",
       arXiv:2104.04473, section 2.2.

    Examples
    --------
    >>> float(bubble_share(pipeline=8, micro_batches=32, interleave=2))
    0.109375
    """
    return (np.asarray(pipeline, float) - 1.0) / (np.asarray(micro_batches, float) * interleave)
