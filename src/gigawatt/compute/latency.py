"""Latency limits solved on the step-time curve, and pools that prefill and decode apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gigawatt.compute.steady import Steady

Values = float | np.ndarray  # one number, or any shape of them

HALVINGS = 40  # of the logarithm of concurrency: exact to far below one request
RARE = -np.log(0.01)  # waits exponentially distributed: the ninety-ninth percentile over the mean
MOST_BUSY = 0.9  # of a prefill pool: beyond it a random arrival waits without end


@dataclass(frozen=True, slots=True)
class Pools:
    """Prefill and decode on accelerators of their own, in the ratio that keeps both busy."""

    prefill_share: np.ndarray  # of the accelerators
    requests_per_s_per_accelerator: np.ndarray
    ttft_s: np.ndarray


def concurrency_within(
    group: Callable[[np.ndarray], Steady], *, tpot_s: Values, ttft_s: Values, most: Values
) -> np.ndarray:
    """Most requests in flight at which both times stay within their limits.

    Both grow with concurrency, so the crossing is found by halving.

    Parameters
    ----------
    group : callable
        Concurrency -> the group at steady state. [-]
    tpot_s : float or array
        Longest time per output token; infinite for none. [s]
    ttft_s : float or array
        Longest time to the first token; infinite for none. [s]
    most : float or array
        Most requests to consider. [-]

    Returns
    -------
    array
        Requests; 0 where even one alone is too slow, or nothing fits. [-]
    """

    def sound(found: Steady) -> np.ndarray:
        return found.fits & (found.tpot_s <= tpot_s) & (found.ttft_s <= ttft_s)

    one = group(np.asarray(1.0))
    top = np.maximum(np.minimum(np.asarray(most, float), np.maximum(one.most_sequences, 1.0)), 1.0)
    low, high = np.zeros_like(top), np.log(top)
    at_top = sound(group(top))
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        fine = sound(group(np.exp(middle)))
        low, high = np.where(fine, middle, low), np.where(fine, high, middle)
    return np.where(sound(one), np.where(at_top, top, np.exp(low)), 0.0)


def busy_share_within(*, service_s: Values, limit_s: Values) -> np.ndarray:
    """Share of the time that prefill may be busy when requests arrive at random and few may wait beyond a limit.

    Parameters
    ----------
    service_s : float or array
        Prefill of one prompt. [s]
    limit_s : float or array
        Time to first token that 99 of 100 keep; infinite for none. [s]

    Returns
    -------
    array
        Share, 0..1. [-]

    References
    ----------
    .. [1] Kleinrock 1975, "Queueing Systems", volume 1, section 3.2 (waiting time of a single server).
    """
    slack = np.maximum(np.asarray(limit_s, float) - service_s, 0.0)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(slack), slack / (slack + RARE * np.asarray(service_s, float)), 1.0)


def pools(
    *,
    prefill_s: Values,
    prompt_s: Values,
    prefill_accelerators: Values,
    decode_requests_per_s_per_accelerator: Values,
    first_s: Values,
    handover_s: Values,
    ttft_limit_s: Values,
) -> Pools:
    """Balanced pools: as many requests leave prefill as decoding takes up.

    Parameters
    ----------
    prefill_s : float or array
        Prefill of one prompt alone on one prefill group. [s]
    prompt_s : float or array
        Time per prompt of a group that is kept full: less, as prompts share a pass. [s]
    prefill_accelerators : float or array
        Accelerators of that group. [-]
    decode_requests_per_s_per_accelerator : float or array
        Requests that decoding finishes, without prefill in its way. [1/s]
    first_s : float or array
        Before and after the first pass. [s]
    handover_s : float or array
        The cache on its way to the decode pool. [s]
    ttft_limit_s : float or array
        Longest time to the first token for 99 of 100; infinite for none. [s]

    Returns
    -------
    Pools
        Share of accelerators that prefill, requests, mean time to first token. [-]
    """
    fixed = np.asarray(first_s, float) + handover_s
    busy = np.minimum(
        busy_share_within(service_s=prefill_s, limit_s=np.asarray(ttft_limit_s, float) - fixed), MOST_BUSY
    )
    fed = busy / (np.asarray(prompt_s, float) * prefill_accelerators)
    taken = np.asarray(decode_requests_per_s_per_accelerator, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(fed + taken > 0, taken / (fed + taken), 0.0)
        waited = np.asarray(prefill_s, float) * busy / (2.0 * (1.0 - busy))
    return Pools(share, share * fed, fixed + prefill_s + waited)
