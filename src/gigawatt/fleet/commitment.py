"""Money committed when a delay strikes: shells drawn down, hardware delivered or on order, the rest not yet bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Committed:
    """Shares of the campus, at the start of each month of a delay. Arrays (..., month) or (...)."""

    shell: Any  # share of shell and power paid; works stop while power is late
    hardware: NDArray[np.float64]  # share of hardware on site: what was ordered still arrives
    on_order: NDArray[np.float64]  # share of hardware ordered and not yet delivered
    unordered: Any  # share of hardware not yet ordered: it costs neither carry nor rent


def paid_share(*, months_before_ready: ArrayLike, drawdown_months: ArrayLike) -> NDArray[np.float64]:
    """Share of a building's cost that is paid some months before it is ready: half a sine, slow, fast, slow.

    Parameters
    ----------
    months_before_ready : float or array
        Months still to go. [month]
    drawdown_months : float or array
        First payment to ready. [month]

    Returns
    -------
    float or array
        Share paid. [-]

    Examples
    --------
    >>> [round(float(x), 3) for x in paid_share(months_before_ready=[18, 9, 0, -3], drawdown_months=18)]
    [0.0, 0.5, 1.0, 1.0]
    """
    done = 1.0 - np.asarray(months_before_ready, float) / np.maximum(np.asarray(drawdown_months, float), 1e-9)
    return 0.5 * (1.0 - np.cos(np.pi * np.clip(done, 0.0, 1.0)))


def committed_at(
    *, coming_mw: ArrayLike, full_mw: float, months: int, drawdown_months: ArrayLike, order_months: ArrayLike
) -> Committed:
    """What is paid and ordered at a moment, and what still arrives while everything waits.

    Halls are paid along an S from their start to the month they would be on line. Hardware is ordered its delivery
    time ahead of that month: what is on order still arrives in the delay and stands idle, nothing more is ordered.

    Parameters
    ----------
    coming_mw : array (..., month)
        Power that would be on line 0, 1, 2 ... months after the moment, without delay; whole months. [MW]
    full_mw : float
        The campus. [MW]
    months : int
        Months of delay looked at; at most the months of `coming_mw`. [month]
    drawdown_months : float or array (...)
        First payment for a hall to its first hour. [month]
    order_months : float or array (...)
        Order of hardware to its delivery. [month]

    Returns
    -------
    Committed
        Shares of the whole. [-]
    """
    share = np.asarray(coming_mw, float) / full_mw
    if share.shape[-1] < months:
        raise ValueError(f"coming_mw covers {share.shape[-1]} months; the delay looked at has {months}")
    ahead = np.arange(share.shape[-1], dtype=float)
    added = np.diff(share, axis=-1, prepend=0.0)
    paid = paid_share(months_before_ready=ahead, drawdown_months=np.asarray(drawdown_months, float)[..., None])
    lead = np.clip(np.rint(np.asarray(order_months, float)), 0, share.shape[-1] - 1).astype(int)
    lead = np.broadcast_to(lead, share.shape[:-1])
    ordered = np.take_along_axis(share, lead[..., None], axis=-1)
    here = np.minimum(share[..., :months], ordered)
    return Committed(np.sum(added * paid, axis=-1), here, ordered - here, 1.0 - ordered[..., 0])
