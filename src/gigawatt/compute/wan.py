"""The training run of a campus of some size: its compute-optimal model and the time of a step."""

from __future__ import annotations

import numpy as np

from gigawatt.compute.load import Values
from gigawatt.compute.training import SECONDS_PER_DAY

FLOP_PER_TOKEN = 6.0  # per parameter, forward and backward


def compute_optimal_params(*, flop: Values, tokens_per_param: Values) -> Values:
    """Parameters of a dense model that uses a compute budget at a ratio of tokens to parameters.

    Parameters
    ----------
    flop : float or array
        Training compute. [FLOP]
    tokens_per_param : float or array
        Training tokens per parameter. [-]

    Returns
    -------
    float or array
        Parameters. [-]

    References
    ----------
    .. [1] J. Hoffmann et al., "Training compute-optimal large language models", arXiv:2203.15556.
    """
    return np.sqrt(np.asarray(flop, float) / (FLOP_PER_TOKEN * np.asarray(tokens_per_param, float)))[()]


def step_s(*, days: Values, steps: Values) -> Values:
    """Time of one optimiser step of a run of given length: a larger machine takes a larger batch, not a shorter step.

    Parameters
    ----------
    days : float or array
        Length of the run. [d]
    steps : float or array
        Optimiser steps of the run. [-]

    Returns
    -------
    float or array
        Time per step. [s]
    """
    return np.asarray(days, float) * SECONDS_PER_DAY / steps
