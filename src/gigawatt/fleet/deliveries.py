"""Deliveries: what is bought, on line, idle and retired at the end of each quarter, for a calendar of MW."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

MONTHS_PER_QUARTER = 3.0


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Accelerators by quarter, and the IT power they fill. Arrays (..., quarter)."""

    bought: NDArray[np.float64]
    retired: NDArray[np.float64]
    owned: NDArray[np.float64]
    online: NDArray[np.float64]
    owned_mw: NDArray[np.float64]
    online_mw: NDArray[np.float64]
    refreshed: NDArray[np.float64]
    running_share: NDArray[np.float64]
    life_quarters: int

    def alive(self, per_accelerator: ArrayLike) -> NDArray[np.float64]:
        """Total of a property of the accelerators on line, given per accelerator by the quarter of purchase."""
        return _alive(self.bought * np.asarray(per_accelerator, float), self.life_quarters) * self.running_share


def believed_months(*, actual_months: ArrayLike, planned_months: ArrayLike, lead_months: ArrayLike) -> Any:
    """When something ordered a lead time ahead arrives, if it is ordered for a date that keeps slipping.

    A programme that takes `actual / planned` times as long keeps slipping at that pace to the end. Whoever orders a
    lead time before the date then believed is early by `(actual / planned - 1) lead`; late where it goes faster.

    Parameters
    ----------
    actual_months : float or array
        When the date really comes, from today. [month]
    planned_months : float or array
        When the plan says it comes. [month]
    lead_months : float or array
        From order to delivery. [month]

    Returns
    -------
    float or array
        When the order arrives, not before a lead time from today. [month]

    Examples
    --------
    Power planned in 20 months comes in 30: racks ordered nine months ahead of the date then believed stand 4.5 months.

    >>> float(believed_months(actual_months=30, planned_months=20, lead_months=9))
    25.5
    """
    actual, planned, lead = (np.asarray(x, float) for x in (actual_months, planned_months, lead_months))
    pace = np.divide(actual, planned, out=np.ones(np.broadcast_shapes(actual.shape, planned.shape)), where=planned > 0)
    return np.maximum(actual - (pace - 1.0) * lead, np.minimum(lead, actual))


def deliver(
    *,
    ready_mw: ArrayLike,
    wanted_mw: ArrayLike,
    kw_per_accelerator: ArrayLike,
    most_per_quarter: ArrayLike,
    life_quarters: int,
) -> Deliveries:
    """Buy towards what is wanted, as far as the vendor delivers; retire at the end of life and buy again.

    Parameters
    ----------
    ready_mw : array (..., quarter)
        IT power that can run: power has arrived and halls stand. [MW]
    wanted_mw : array (..., quarter)
        IT power that hardware should fill at the end of each quarter, by the policy of ordering. [MW]
    kw_per_accelerator : array (..., quarter)
        IT power of one accelerator of the generation bought in each quarter. [kW]
    most_per_quarter : float or array (...)
        Accelerators that this buyer gets in a quarter. [accelerator]
    life_quarters : int
        Quarters in service. [-]

    Returns
    -------
    Deliveries
        bought = owned + retired, owned = online + idle, at every quarter. [accelerator, MW]
    """
    ready, wanted, kw = np.broadcast_arrays(
        np.asarray(ready_mw, float), np.asarray(wanted_mw, float), np.asarray(kw_per_accelerator, float)
    )
    mw_each = kw / 1e3
    most = np.broadcast_to(np.asarray(most_per_quarter, float), ready.shape[:-1])
    bought, refreshed = np.zeros(ready.shape), np.zeros(ready.shape)
    have = np.zeros(ready.shape[:-1])
    waiting = np.zeros(ready.shape[:-1])  # retired and not yet replaced
    for q in range(ready.shape[-1]):
        if q >= life_quarters:
            gone = bought[..., q - life_quarters] * mw_each[..., q - life_quarters]
            have, waiting = have - gone, waiting + gone
        n = np.clip((wanted[..., q] - have) / mw_each[..., q], 0.0, most)
        again = np.minimum(n * mw_each[..., q], waiting)
        bought[..., q], refreshed[..., q] = n, again / mw_each[..., q]
        have, waiting = have + n * mw_each[..., q], waiting - again
    owned_mw, owned = _alive(bought * mw_each, life_quarters), _alive(bought, life_quarters)
    online_mw = np.minimum(owned_mw, ready)
    share = np.divide(online_mw, owned_mw, out=np.zeros_like(owned_mw), where=owned_mw > 0)
    retired = np.cumsum(bought, axis=-1) - owned
    return Deliveries(bought, retired, owned, owned * share, owned_mw, online_mw, refreshed, share, life_quarters)


def _alive(by_purchase: NDArray[np.float64], life_quarters: int) -> NDArray[np.float64]:
    """Sum over purchases not older than a life."""
    total = np.cumsum(by_purchase, axis=-1)
    gone = np.zeros_like(total)
    if life_quarters < total.shape[-1]:
        gone[..., life_quarters:] = total[..., : total.shape[-1] - life_quarters]
    return total - gone


def idle_mw_months(*, have_mw: ArrayLike, used_mw: ArrayLike) -> NDArray[np.float64]:
    """MW-months that stand idle: what is there above what is used, quarter by quarter.

    Parameters
    ----------
    have_mw, used_mw : array (..., quarter)
        There, and used. [MW]

    Returns
    -------
    array (...)
        Idle. [MW*month]
    """
    above = np.maximum(np.asarray(have_mw, float) - np.asarray(used_mw, float), 0.0)
    return np.sum(above, axis=-1) * MONTHS_PER_QUARTER
