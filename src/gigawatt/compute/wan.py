"""One training run over several sites: what the network between them costs in speed. A closed form, no overlap."""

from __future__ import annotations

import numpy as np

from gigawatt.compute.load import Values
from gigawatt.compute.training import SECONDS_PER_DAY

FLOP_PER_TOKEN = 6.0  # per parameter, forward and backward
BYTES_PER_GB = 1e9


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


def exchange_s(
    *, params: Values, bytes_per_param: Values, sites: Values, link_gb_per_s: Values, ring_ms: Values
) -> Values:
    """Time of one exchange of updates between sites: a ring all-reduce, and light once around the ring.

    Parameters
    ----------
    params : float or array
        Parameters of the model. [-]
    bytes_per_param : float or array
        Size of one update. [-]
    sites : float or array
        Sites in the run; one exchanges nothing. [-]
    link_gb_per_s : float or array
        Bandwidth between neighbours, one way. [GB/s]
    ring_ms : float or array
        Time of light around the ring. [ms]

    Returns
    -------
    float or array
        Time. [s]

    References
    ----------
    .. [1] Epoch AI, "Could decentralized training solve AI's power problem?", 2025.
    """
    n = np.asarray(sites, float)
    data_gb = 2.0 * np.asarray(params, float) * bytes_per_param * (1.0 - 1.0 / n) / BYTES_PER_GB
    return np.where(n > 1, data_gb / link_gb_per_s + np.asarray(ring_ms, float) / 1e3, 0.0)[()]


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


def share_computing(*, step_s: Values, exchange_s: Values, steps_between: Values) -> Values:
    """Share of time that a run over several sites computes, where it stops for each exchange.

    Parameters
    ----------
    step_s : float or array
        Time of one optimiser step on one site. [s]
    exchange_s : float or array
        Time of one exchange between sites. [s]
    steps_between : float or array
        Steps from one exchange to the next: 1 where sites are in step. [-]

    Returns
    -------
    float or array
        Share, 0..1. [-]

    References
    ----------
    .. [1] A. Douillard et al., "DiLoCo: distributed low-communication training of language models", arXiv:2311.08105.

    Examples
    --------
    >>> share_computing(step_s=30.0, exchange_s=10.0, steps_between=1)
    0.75
    """
    work = np.asarray(step_s, float) * steps_between
    return (work / (work + exchange_s))[()]
