"""The order book: what must be ordered by when, what cancelling it costs as time goes on, and what is at risk when.

An order is placed at a date, pays a deposit, and is delivered at another. Who cancels it owes a share of its price
that grows from the deposit at the order, through what is owed half-way, to the whole price at delivery. Cash at risk
before a gate is the sum of what cancelling every order placed by then would cost, should the gate stay shut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

HALF = 0.5  # the share of the delivery time at which the middle of a cancellation schedule is quoted


@dataclass(frozen=True, slots=True)
class Order:
    """One order: when it is placed, when it is delivered, its price, and what cancelling it costs on the way.

    Months count from today; ``deposit`` and ``owed_half_way`` are shares of the price. Values may be arrays of draws.
    """

    id: str
    label: str
    task: str
    order_month: Any
    delivery_month: Any
    usd: Any
    deposit: Any
    owed_half_way: Any
    group: str = ""


def owed_share(
    months: ArrayLike,
    *,
    order_month: ArrayLike,
    delivery_month: ArrayLike,
    deposit: ArrayLike,
    owed_half_way: ArrayLike,
) -> NDArray[np.float64]:
    """Share of the price that is paid or owed at a time, should the order be cancelled then.

    Nothing before the order; the deposit at the order; then straight lines to the share owed half-way and to the whole
    price at delivery.

    Parameters
    ----------
    months : array (time,) or float
        Times from today. [months]
    order_month, delivery_month : float or array (...)
        When it is ordered and delivered. [months]
    deposit, owed_half_way : float or array (...)
        Share of the price owed at the order and half-way to delivery, the second at least the first. [1]

    Returns
    -------
    array (..., time)
        Share of the price. [1]

    Examples
    --------
    A transformer ordered in month 2 for month 22, 10 % down and half the price owed half-way:

    >>> share = owed_share([1, 2, 7, 12, 30], order_month=2, delivery_month=22, deposit=0.1, owed_half_way=0.5)
    >>> share.round(3).tolist()
    [0.0, 0.1, 0.3, 0.5, 1.0]
    """
    t = np.atleast_1d(np.asarray(months, dtype=float))
    begin, end, first, middle = (
        np.asarray(x, dtype=float)[..., None] for x in (order_month, delivery_month, deposit, owed_half_way)
    )
    middle = np.maximum(middle, first)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        done = np.clip(np.where(end > begin, (t - begin) / (end - begin), 1.0), 0.0, 1.0)
    early = first + (middle - first) * done / HALF
    late = middle + (1.0 - middle) * (done - HALF) / HALF
    owed = np.where(done < HALF, early, late)
    return np.asarray(np.where(t >= begin, owed, 0.0), dtype=float)


def at_risk_usd(orders: Sequence[Order], months: ArrayLike) -> NDArray[np.float64]:
    """What cancelling every order costs at given times, by order.

    Parameters
    ----------
    orders : sequence of Order
        The order book. [USD]
    months : array (time,) or float
        Times from today. [months]

    Returns
    -------
    array (order, ..., time)
        Paid or owed, not recovered. [USD]
    """
    t = np.atleast_1d(np.asarray(months, dtype=float))
    rows = [
        np.asarray(o.usd, dtype=float)[..., None]
        * owed_share(
            t,
            order_month=o.order_month,
            delivery_month=o.delivery_month,
            deposit=o.deposit,
            owed_half_way=o.owed_half_way,
        )
        for o in orders
    ]
    return np.stack(np.broadcast_arrays(*rows)) if rows else np.zeros((0, len(t)))


def at_risk_before_usd(orders: Sequence[Order], gate_months: ArrayLike) -> NDArray[np.float64]:
    """What cancelling everything ordered by the day of a gate costs, should it stay shut.

    Parameters
    ----------
    orders : sequence of Order
        The order book; dates without draws are what one plans to do. [USD]
    gate_months : float or array (draw,)
        When the gate opens, which nobody can plan. [months]

    Returns
    -------
    array () or (draw,)
        Paid or owed, not recovered. [USD]
    """
    gate = np.asarray(gate_months, dtype=float)
    finite = np.where(np.isfinite(gate), gate, np.finfo(float).max)
    return np.asarray(np.sum(at_risk_usd(orders, finite), axis=0).reshape(gate.shape), dtype=float)


def paid_by_period(
    *,
    ends: ArrayLike,
    order_months: ArrayLike,
    delivery_months: ArrayLike,
    deposit: ArrayLike,
    owed_half_way: ArrayLike,
) -> NDArray[np.float64]:
    """Share of an order's price paid in each period: what is owed should it be cancelled is what has been paid.

    Deposit, progress payments, the rest at delivery; what is delivered beyond the last period is paid in it.

    Parameters
    ----------
    ends : array (period,)
        Ends of the periods from today. [months]
    order_months, delivery_months : array (order,)
        When each is ordered and delivered. [months]
    deposit, owed_half_way : float or array (order,)
        Share of the price owed at the order and half-way to delivery. [1]

    Returns
    -------
    array (order, period)
        Shares, adding up to 1 for each order. [1]

    Examples
    --------
    Ordered today for month 12, on line with the end of the fifth quarter:

    >>> paid_by_period(ends=[3, 6, 9, 12, 15], order_months=[0.0], delivery_months=[12.0], deposit=0.1,
    ...                owed_half_way=0.5).round(3).tolist()
    [[0.3, 0.2, 0.25, 0.25, 0.0]]
    """
    owed = owed_share(
        ends, order_month=order_months, delivery_month=delivery_months, deposit=deposit, owed_half_way=owed_half_way
    )
    owed[..., -1] = 1.0
    return np.diff(owed, axis=-1, prepend=0.0)
