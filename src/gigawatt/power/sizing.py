"""From a form to least-cost capacities: where to start, how far to look, the bundle itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .bundle import holds, sized
from .cuts import Duals, Stack, sort_slices
from .form import Form, fingerprint
from .oracle import NEVER
from .problem import Array, Cuts

MOST = 250  # evaluations before another path is taken
COARSE = 4  # steps per block of the first, rough sizing
COARSE_GAP = 1e-2
SHORT = 2000  # steps a year below which neither the rough sizing nor rounded water values pay
QUICK = 168.0  # hours of power beyond which a first run does not count a store's energy
FAR, NEAR = 1.0, 0.1  # first trust radius from a crude and from a good start
SNAP = 2e-3  # capacities this near to a bound (of a typical size) are tried at it


@dataclass(frozen=True, slots=True, eq=False)
class Sized:
    """Result of one sizing in the units of the form.

    Parameters
    ----------
    stack : Stack
        The hourly supply it was made with. [-]
    cost, least : float
        Cost of the best capacities and lower bound, without the form's offset. [USD/year/MW]
    size : array (capacity,)
        Best capacities. [MW/MW]
    cuts : Cuts
        All cuts made and given. [-]
    row_prices : dict of str to float
        Worth of one unit of every linear limit. [USD/unit/year]
    reduced : dict of str to float
        Yearly cost of a capacity less its rent, at the optimum. [USD/MW/year]
    evaluations : int
        Evaluations made. [-]
    duals : Duals
        Water values and prices of the best capacities. [-]
    """

    stack: Stack
    cost: float
    least: float
    size: Array
    cuts: Cuts
    row_prices: dict[str, float]
    reduced: dict[str, float]
    evaluations: int
    duals: Duals


def stacked(form: Form) -> Stack:
    """The hourly supply of a form, every hour sorted by price.

    Parameters
    ----------
    form : Form
        The form. [-]

    Returns
    -------
    Stack
        Arrays for the compiled solver. [-]
    """
    slices, steps = form.price.shape
    shape = (steps, slices)
    price, amount = np.empty(shape), np.empty(shape)
    owner, group, slot = np.empty(shape, np.int16), np.empty(shape, np.bool_), np.empty(shape, np.int16)
    negative = np.zeros(steps, np.int16)
    sort_slices(
        form.price, form.amount, form.owner, form.grouped, form.voll, price, amount, owner, group, slot, negative
    )
    return Stack(
        **{name: getattr(form, name) for name in Stack._fields if name in Form.__slots__},
        signed=bool(negative.any()),
        longest=QUICK / form.step if steps // form.years >= SHORT else NEVER,
        dearest=_rarely_exceeded(form.price),
        lowest=min(float(form.price.min()), 0.0) / form.charging if form.price.size else 0.0,
        highest=form.voll / form.charging,
        sorted_price=price,
        sorted_amount=amount,
        sorted_owner=owner,
        sorted_group=group,
        sorted_slot=slot,
        negative=negative,
    )


def _rarely_exceeded(price: Array) -> float:
    """The price that one hour in two hundred exceeds: rounded water values are finer below it."""
    if not price.size:
        return 0.0
    flat = price.ravel()
    rank = len(flat) - 1 - len(flat) // 200
    return float(np.partition(flat, rank)[rank])


def size_form(form: Form, *, gap: float, opening: Array | None = None, known: Cuts | None = None) -> Sized:
    """Size a form from a start or known cuts if there are any, else from a rough run on blocks of hours.

    Parameters
    ----------
    form : Form
        The form. [-]
    gap : float
        Relative distance of the bounds to reach. [-]
    opening : array (capacity,), optional
        Capacities to start from. [MW/MW]
    known : Cuts, optional
        Cuts of a form with the same hours; others are left aside. [-]

    Returns
    -------
    Sized
        Capacities and bounds; with rounded water values where the year is long. [-]
    """
    stack, radius = stacked(form), NEAR
    if known is not None and (known.names != form.names or known.hours != fingerprint(form)):
        known = None  # of another site or year: nothing follows from them
    if known is not None:
        opening = np.clip(known.size, form.lower, np.maximum(form.upper, form.lower))
    if opening is None:
        opening, radius = _first_sizes(form), FAR
        if len(form.load) // form.years >= SHORT and len(form.load) // form.years % COARSE == 0:
            rough = blocks(form, COARSE)
            opening, radius = _sizing(rough, stacked(rough), opening, COARSE_GAP, None, FAR).size, NEAR
    return _sizing(form, stack, opening, gap, known, radius)


def exact(form: Form, result: Sized, gap: float) -> Sized:
    """Size once more from a result and its cuts, with exact water values and every year closed on itself.

    Parameters
    ----------
    form : Form
        The form. [-]
    result : Sized
        What the first run found. [-]
    gap : float
        Relative distance of the bounds to reach. [-]

    Returns
    -------
    Sized
        Capacities and bounds. [-]
    """
    return _sizing(form, result.stack._replace(longest=NEVER), result.size, gap, result.cuts, NEAR)


def snapped(form: Form, result: Sized) -> Sized | None:
    """The best capacities moved to the bounds they almost touch: tidier, and rarely dearer.

    Parameters
    ----------
    form : Form
        The form. [-]
    result : Sized
        A result. [-]

    Returns
    -------
    Sized or None
        None where nothing moves or a linear limit would break. [-]
    """
    size = result.size.copy()
    near = SNAP * _trust(form)
    size = np.where(np.abs(size - form.lower) < near, form.lower, size)
    size = np.where(np.abs(size - form.upper) < near, form.upper, size)
    if np.array_equal(size, result.size) or not holds(form.rows, form.row_lower, form.row_upper, size):
        return None
    return replace(result, size=size, duals=workspace(form))


def workspace(form: Form) -> Duals:
    """Arrays for one evaluation.

    Parameters
    ----------
    form : Form
        The form. [-]

    Returns
    -------
    Duals
        Uninitialised. [-]
    """
    steps, hours = len(form.load), len(form.load) // form.years
    laps = 2 * hours + 1000
    return Duals(
        water=np.empty(steps),
        clear=np.empty(steps),
        given=np.empty(steps),
        quantity=np.empty((steps, len(form.owner))),
        floor=np.empty(laps),
        ceiling=np.empty(laps),
        anchor=np.empty(form.years),
    )


def blocks(form: Form, steps: int) -> Form:
    """The form in steps that many times as long: means of every profile.

    Parameters
    ----------
    form : Form
        Its years must divide by `steps`. [-]
    steps : int
        Steps per block. [-]

    Returns
    -------
    Form
        A quicker, slightly too cheap picture of it. [-]
    """

    def mean(x: Array) -> Array:
        return np.ascontiguousarray(sum(x[..., i::steps] for i in range(steps)) / steps)

    return replace(
        form,
        load=mean(form.load),
        free=mean(form.free),
        price=mean(form.price),
        amount=mean(form.amount),
        gate=mean(form.gate) if len(form.gate) > 1 else form.gate,
        weight=form.weight * steps,
        step=form.step * steps,
        keep=form.keep**steps,
    )


def _first_sizes(form: Form) -> Array:
    """Capacities that serve the load reliably: a safe place to start, not a good plan."""
    size = form.lower.copy()
    mean = float(form.load.mean())
    for i, profile in zip(form.free_index, form.free, strict=True):
        size[i] = max(size[i], min(form.upper[i], 0.3 * mean / max(float(profile.mean()), 0.05)))
    if form.power >= 0:
        for i, want in ((form.power, 0.3), (form.charger, 0.3), (form.energy, 1.5)):
            size[i] = max(size[i], min(form.upper[i], want))
    need = 1.05
    running = form.weight * form.price.sum(axis=1)
    real = [k for k in range(len(form.owner)) if form.owner[k] < len(size)]
    for k in sorted(real, key=lambda k: form.cost[form.owner[k]] + running[k]):
        i = form.owner[k]
        steady = max(float(form.amount[k].mean()), 0.05)
        size[i] = max(size[i], min(form.upper[i], max(need, 0.0) / steady))
        need -= 0.6 * size[i] * steady if k != real[-1] else 0.0
    return np.minimum(size, np.maximum(form.upper, form.lower))


def _sizing(form: Form, stack: Stack, opening: Array, gap: float, known: Cuts | None, radius: float) -> Sized:
    """Run the bundle."""
    best = workspace(form)
    n = len(form.names)
    intercept0 = known.intercept if known is not None else np.zeros(0)
    slope0 = form.cost - known.rent if known is not None else np.zeros((0, n))
    cost, least, size, intercept, slope, row_prices, reduced, evaluations = sized(
        stack, form.cost, form.lower, form.upper, _worth(form), form.offset, form.rows, form.row_lower, form.row_upper,
        opening, _trust(form), gap, MOST, radius, intercept0, slope0, workspace(form), best,
    )  # fmt: skip
    return Sized(
        stack=stack,
        cost=cost,
        least=least,
        size=size,
        cuts=Cuts(names=form.names, intercept=intercept, rent=form.cost - slope, size=size, hours=fingerprint(form)),
        row_prices={name: abs(float(y)) for name, y in zip(form.row_names, row_prices, strict=True)},
        reduced={name: float(d) for name, d in zip(form.names, reduced, strict=True)},
        evaluations=evaluations,
        duals=best,
    )


def _worth(form: Form) -> Array:
    """Least net yearly cost of a unit of each capacity, and last the least that all else can cost (below zero)."""
    net = np.append(form.cost, 0.0)
    if form.price.size and form.price.min() < 0.0:
        paid = form.weight * np.maximum(-form.price.min(axis=0), 0.0)
        net[-1] = -float((paid * form.load).sum())
        if form.charger >= 0:
            net[form.charger] -= float(paid.sum())
    earners = net[:-1] < 0.0
    if earners.any():
        most = form.upper[earners]
        net[-1] += float((net[:-1][earners] * most).sum()) if np.isfinite(most).all() else -np.inf
    return net if np.isfinite(net[-1]) else np.zeros_like(net)  # zeros: nothing is known


def _trust(form: Form) -> Array:
    """Typical size of each capacity: a part of the peak, some hours of a store's energy."""
    radius = np.full(len(form.names), 0.5)
    radius[form.free_index] = 1.0
    if form.energy >= 0:
        radius[form.energy] = 2.0
    return radius
