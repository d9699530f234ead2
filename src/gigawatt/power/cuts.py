"""One evaluation of given capacities: water values, hourly prices, and the cut they give. Compiled.

The cut: for any hourly prices and water values, `cost(C) >= intercept + slope . C` for every capacity vector C, by
weak duality of the linear programme. At the C it was made for it is tight when the water values are right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .jit import kernel, routine, summing
from .oracle import NEVER, backward, forward
from .sweep import sweep

RUN_IN = 28 * 24  # steps of run-in before a year is taken to close on itself
QUICK_RUN_IN = 168.0  # hours of run-in while searching
COUPLED = 1e-6  # mismatch of water values one year apart, USD/MWh


class Stack(NamedTuple):
    """Hourly supply: arrays of `form.Form`, with the slices of every hour sorted by price; see there for the units."""

    years: int
    weight: float
    load: np.ndarray
    free: np.ndarray
    free_index: np.ndarray
    price: np.ndarray  # (slice, step), unsorted
    amount: np.ndarray  # (slice, step), unsorted
    owner: np.ndarray  # (slice,)
    grouped: np.ndarray  # (slice,)
    connection: int
    gate: np.ndarray
    voll: float
    power: int
    charger: int
    energy: int
    charging: float
    discharging: float
    keep: float
    wear: float
    step: float
    signed: bool
    longest: float  # steps of power that a store's energy is counted for
    dearest: float  # a price of supply that is rarely exceeded
    lowest: float  # water values lie between these
    highest: float
    sorted_price: np.ndarray  # (step, slice)
    sorted_amount: np.ndarray  # (step, slice)
    sorted_owner: np.ndarray  # (step, slice)
    sorted_group: np.ndarray  # (step, slice)
    sorted_slot: np.ndarray  # (step, slice): which slice it was
    negative: np.ndarray  # (step,): slices priced below zero


class Duals(NamedTuple):
    """Work space and result of one evaluation."""

    water: np.ndarray
    clear: np.ndarray
    given: np.ndarray
    quantity: np.ndarray
    floor: np.ndarray
    ceiling: np.ndarray
    anchor: np.ndarray  # (year,): content at the turn of the year where it had to be searched, else -1


@kernel
def sort_slices(
    price, amount, owner, grouped, voll, sorted_price, sorted_amount, sorted_owner, sorted_group, sorted_slot, negative
):
    """Sort the slices of every hour by price into the arrays given; what costs more than lost load gets no amount."""
    slices, steps = price.shape
    for t in range(steps):
        below = 0
        for k in range(slices):
            p = price[k, t]
            i = k
            while i > 0 and sorted_price[t, i - 1] > p:
                sorted_price[t, i] = sorted_price[t, i - 1]
                sorted_amount[t, i] = sorted_amount[t, i - 1]
                sorted_owner[t, i] = sorted_owner[t, i - 1]
                sorted_group[t, i] = sorted_group[t, i - 1]
                sorted_slot[t, i] = sorted_slot[t, i - 1]
                i -= 1
            sorted_price[t, i] = p
            sorted_amount[t, i] = amount[k, t] if p <= voll else 0.0
            sorted_owner[t, i] = owner[k]
            sorted_group[t, i] = grouped[k]
            sorted_slot[t, i] = k
            below += p < 0.0
        negative[t] = below


@kernel
def supply(stack, size, given, quantity):
    """Free power and the quantity of every slice for capacities `size` (one element longer: 1 for constants)."""
    steps = len(stack.load)
    slices = len(stack.owner)
    for t in range(steps):
        given[t] = 0.0
    for i in range(len(stack.free_index)):
        c = size[stack.free_index[i]]
        if c > 0.0:
            for t in range(steps):
                given[t] += c * stack.free[i, t]
    if stack.connection < 0:
        for t in range(steps):
            for k in range(slices):
                quantity[t, k] = stack.sorted_amount[t, k] * size[stack.sorted_owner[t, k]]
    else:
        for t in range(steps):
            left = stack.gate[t] * size[stack.connection]
            for k in range(slices):
                q = stack.sorted_amount[t, k] * size[stack.sorted_owner[t, k]]
                if stack.sorted_group[t, k]:
                    q = min(q, left)
                    left -= q
                quantity[t, k] = q


@routine
def evaluate(stack, cost, size, slope, duals, cutoff):
    """Water values and prices for capacities `size` (one longer than `cost`); fills `slope`, returns the intercept.

    A year that does not close on itself after a run-in still gives a valid cut; only where that cut leaves the cost
    below `cutoff` is the year run twice, and if need be the content at its turn searched, to make the cut tight.
    """
    hours = len(stack.load) // stack.years
    run_in = RUN_IN if stack.longest >= NEVER else int(QUICK_RUN_IN / stack.step) + 1
    supply(stack, size, duals.given, duals.quantity)
    for year in range(stack.years):
        one_year(stack, year, size, run_in, duals, stack.longest >= NEVER)
    intercept = rents(stack, cost, size, slope, duals)
    if stack.power < 0 or duals.anchor.min() >= -1.0 or stack.longest < NEVER:
        return intercept
    value = intercept
    for i in range(len(cost)):
        value += slope[i] * size[i]
    if value >= cutoff:
        return intercept
    for year in range(stack.years):
        close_year(stack, year, size, hours, duals)
    return rents(stack, cost, size, slope, duals)


@routine
def close_year(stack, year, size, hours, duals):
    """Close a year that a short run-in did not close: by a whole lap, else by the content at its turn."""
    if duals.anchor[year] < -1.0 and hours > RUN_IN:
        one_year(stack, year, size, hours, duals, True)
    if duals.anchor[year] < -1.0:
        closed(stack, year, size, duals)


@routine
def exactly(stack, size, duals):
    """Exact water values and prices of capacities `size`, after a search with rounded ones."""
    supply(stack, size, duals.given, duals.quantity)
    hours = len(stack.load) // stack.years
    for year in range(stack.years):
        one_year(stack, year, size, RUN_IN, duals, True)
        close_year(stack, year, size, hours, duals)


@kernel
def store_size(stack, size):
    """Power, charging power and energy (MW x step) to evaluate: an empty store as a tiny one, whose rents say whether
    to build it, and no more energy than `longest` steps of power, which keeps the year from closing on itself."""
    power, charger = max(size[stack.power], 1e-7), max(size[stack.charger], 1e-7)
    return power, charger, min(max(size[stack.energy], 4e-7) / stack.step, stack.longest * power)


@routine
def one_year(stack, year, size, extra, duals, exact):
    """Water values of one weather year after `extra` steps of run-in; its anchor is -1 if it closed, else -2."""
    hours = len(stack.load) // stack.years
    a, b = year * hours, (year + 1) * hours
    load, given, price, quantity = stack.load[a:b], duals.given[a:b], stack.sorted_price[a:b], duals.quantity[a:b]
    negative, water, clear = stack.negative[a:b], duals.water[a:b], duals.clear[a:b]
    duals.anchor[year] = -1.0
    if stack.power < 0:
        for t in range(hours):
            water[t] = 0.0
        backward(
            load, given, price, quantity, negative, stack.voll, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0,
            0.0, 0.0, hours, 0, 0.0, duals.floor, duals.ceiling, water, clear,
        )  # fmt: skip
        return
    power, charger, energy = store_size(stack, size)
    periodic = True
    if not exact and not stack.signed and stack.keep ** (hours + extra) > 1e-6:
        sweep(
            load, given, price, quantity, stack.voll, power, charger, energy, stack.charging, stack.discharging,
            stack.keep, stack.wear, stack.dearest, hours + extra, duals.floor, duals.ceiling,
        )  # fmt: skip
    else:
        _, _, periodic = forward(
            load, given, price, quantity, negative, stack.voll, power, charger, energy, stack.charging,
            stack.discharging, stack.keep, stack.wear, stack.signed, hours + extra, -1.0, extra - extra // 2,
            duals.floor, duals.ceiling,
        )  # fmt: skip
    mismatch = backward(
        load, given, price, quantity, negative, stack.voll, power, charger, stack.charging, stack.discharging,
        stack.keep, stack.wear, stack.lowest, stack.highest, hours + extra, extra // 2, 0.0, duals.floor,
        duals.ceiling, water, clear,
    )  # fmt: skip
    if mismatch > COUPLED or not periodic:
        duals.anchor[year] = -2.0


@routine
def closed(stack, year, size, duals):
    """Search the content at the turn of the year: a convex problem in one number, by intersecting supporting lines."""
    hours = len(stack.load) // stack.years
    a, b = year * hours, (year + 1) * hours
    load, given, price, quantity = stack.load[a:b], duals.given[a:b], stack.sorted_price[a:b], duals.quantity[a:b]
    negative, water, clear = stack.negative[a:b], duals.water[a:b], duals.clear[a:b]
    power, charger, energy = store_size(stack, size)
    best_w, best_c = np.empty((2, hours)), np.empty((2, hours))
    at, value, rise = np.array([0.0, energy]), np.zeros(2), np.zeros(2)
    known = np.zeros(2, np.bool_)
    content = 0.0
    for attempt in range(80):
        if attempt == 0:
            content = 0.0
        elif attempt == 1:
            content = energy
        else:
            span = rise[0] - rise[1]  # rise[0] < 0 < rise[1]
            content = (value[1] - value[0] + rise[0] * at[0] - rise[1] * at[1]) / span
            inside = 0.02 * (at[1] - at[0]) if attempt > 12 else 0.0
            content = min(max(content, at[0] + inside), at[1] - inside)
        position, jump, _ = forward(
            load, given, price, quantity, negative, stack.voll, power, charger, energy, stack.charging,
            stack.discharging, stack.keep, stack.wear, stack.signed, hours, content, -1, duals.floor, duals.ceiling,
        )  # fmt: skip
        total, last = 0.0, 0.0
        reachable = False
        for i in range(len(position)):
            total += jump[i]
            last = position[i]
            if total >= content * (1.0 - 1e-12) and (last > -NEVER or not stack.signed or i == len(position) - 1):
                reachable = True
                break
        if not reachable and attempt > 0:  # more than the year can fill: less content
            last = stack.highest
        last = min(max(last, stack.lowest), stack.highest)
        backward(
            load, given, price, quantity, negative, stack.voll, power, charger, stack.charging, stack.discharging,
            stack.keep, stack.wear, stack.lowest, stack.highest, hours, 0, last / stack.keep, duals.floor,
            duals.ceiling, water, clear,
        )  # fmt: skip
        slope = last - stack.keep * water[0]
        cost = chain_value(stack, a, b, power, charger, energy, content, last, duals)
        side = 0 if slope < 0.0 else 1
        if attempt == 0 and slope >= 0.0:
            break
        if attempt == 1 and slope <= 0.0:
            break
        if attempt >= 2:
            model = value[side] + rise[side] * (content - at[side])
            if cost <= model + 1e-10 * (1.0 + abs(model)) or at[1] - at[0] <= 1e-12 * energy:
                known[side] = True
                at[side], value[side], rise[side] = content, cost, slope
                best_w[side], best_c[side] = water, clear
                break
        known[side] = True
        at[side], value[side], rise[side] = content, cost, slope
        best_w[side], best_c[side] = water, clear
    duals.anchor[year] = content
    if known[0] and known[1] and rise[1] > rise[0]:  # mix both sides so that the value is one at the turn
        part = rise[1] / (rise[1] - rise[0])
        for t in range(hours):
            water[t] = part * best_w[0, t] + (1.0 - part) * best_w[1, t]
            clear[t] = part * best_c[0, t] + (1.0 - part) * best_c[1, t]


@summing
def chain_value(stack, a, b, power, charger, energy, content, last, duals):
    """Dual value of one year from `content` back to it, per step; used only to compare contents."""
    total = 0.0
    slices = len(stack.owner)
    for t in range(a, b):
        pi, w = duals.clear[t], duals.water[t]
        total += pi * stack.load[t] - stack.load[t] * max(pi - stack.voll, 0.0) - max(pi, 0.0) * duals.given[t]
        for k in range(slices):
            total -= max(pi - stack.sorted_price[t, k], 0.0) * duals.quantity[t, k]
        total -= power * max(pi - stack.wear - w / stack.discharging, 0.0)
        total -= charger * max(w * stack.charging - pi, 0.0)
        ahead = duals.water[t + 1] if t + 1 < b else 0.0
        if t + 1 < b:
            total -= energy * max(stack.keep * ahead - w, 0.0)
    return total + (last - stack.keep * duals.water[a]) * content


@summing
def rents(stack, cost, size, slope, duals):
    """Fill `slope` with yearly cost less rent of every capacity under the prices and water values; the intercept.

    Valid whatever the prices and water values are: a source's rent is what it earns above its price, a store's what
    it earns above the water value, and stored energy's the rise of the water value while the store is full.
    """
    steps = len(stack.load)
    hours = steps // stack.years
    w = stack.weight
    for i in range(len(cost)):
        slope[i] = cost[i]
    clear, water = duals.clear, duals.water
    intercept = 0.0
    for t in range(steps):
        pi = clear[t]
        intercept += pi * stack.load[t] - stack.load[t] * max(pi - stack.voll, 0.0)
    for i in range(len(stack.free_index)):
        total = 0.0
        for t in range(steps):
            total += max(clear[t], 0.0) * stack.free[i, t]
        slope[stack.free_index[i]] -= w * total
    for k in range(len(stack.owner)):
        if stack.connection >= 0 and stack.grouped[k]:
            continue
        total = 0.0
        for t in range(steps):
            total += max(clear[t] - stack.price[k, t], 0.0) * stack.amount[k, t]
        if stack.owner[k] < len(slope):
            slope[stack.owner[k]] -= w * total
        else:
            intercept -= total
    if stack.connection >= 0:
        intercept -= shared_rents(stack, size, slope, clear)
    if stack.power >= 0:
        gives, takes, both, stays = 0.0, 0.0, 0.0, 0.0
        for t in range(steps):
            give = max(clear[t] - stack.wear - water[t] / stack.discharging, 0.0)
            take = max(water[t] * stack.charging - clear[t], 0.0)
            gives += give
            takes += take
            both += max(give, take)
        for year in range(stack.years):
            a, b = year * hours, (year + 1) * hours
            for t in range(a, b - 1):
                stays += max(stack.keep * water[t + 1] - water[t], 0.0)
            stays += max(stack.keep * water[a] - water[b - 1], 0.0)
        if stack.power == stack.charger:  # one converter
            slope[stack.power] -= w * both
        else:
            slope[stack.power] -= w * gives
            slope[stack.charger] -= w * takes
        slope[stack.energy] -= stays / stack.years
    return w * intercept


@kernel
def shared_rents(stack, size, slope, clear):
    """Rents of the supply behind a shared connection, the connection's own included; returns those of constants.

    The connection is scarce by what the price exceeds the dearest flow it still lets through.
    """
    constant = 0.0
    for t in range(len(stack.load)):
        pi = clear[t]
        left = stack.gate[t] * size[stack.connection]
        scarce = 0.0
        for k in range(len(stack.owner)):
            if stack.sorted_group[t, k]:
                p = stack.sorted_price[t, k]
                c = stack.sorted_owner[t, k]
                left -= stack.sorted_amount[t, k] * size[c]
                if left <= 0.0 or c == stack.connection:
                    scarce = max(pi - p, 0.0)
                    break
        slope[stack.connection] -= stack.weight * scarce * stack.gate[t]
        for k in range(len(stack.owner)):
            if stack.sorted_group[t, k] and stack.sorted_owner[t, k] != stack.connection:
                rent = max(pi - scarce - stack.sorted_price[t, k], 0.0) * stack.sorted_amount[t, k]
                if stack.sorted_owner[t, k] < len(slope):
                    slope[stack.sorted_owner[t, k]] -= stack.weight * rent
                else:
                    constant += rent
    return constant
