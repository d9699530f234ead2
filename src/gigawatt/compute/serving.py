"""Serving: tokens per second of a fleet, and what a million tokens cost."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them


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
