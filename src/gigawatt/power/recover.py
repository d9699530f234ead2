"""From water values back to a dispatch: what every part does in every hour, feasible by construction. Compiled."""

from __future__ import annotations

import numpy as np

from .cuts import closed, store_size
from .jit import kernel, routine
from .oracle import slopes

TIE = 1e-7  # prices this near (relative) count as equal


@routine
def recovered(stack, size, duals, charge, discharge, content, unserved, used, taken):
    """Fill the dispatch of capacities `size`, whose water values are in `duals`; returns the largest violation.

    `used` (step,) is the free power taken, `taken` (slice, step) the power of every slice, unsorted. The violation,
    relative to peak load, is that of the store's path; a year whose path does not close is searched anew.
    """
    steps = len(stack.load)
    hours = steps // stack.years
    worst = 0.0
    if stack.power < 0:
        for t in range(steps):
            charge[t] = discharge[t] = content[t] = 0.0
    else:
        power, charger, energy = store_size(stack, size)
        power, charger = size[stack.power], size[stack.charger]
        energy = min(energy, size[stack.energy] / stack.step)
        for year in range(stack.years):
            a, b = year * hours, (year + 1) * hours
            error = path(stack, a, b, year, power, charger, energy, duals, charge, discharge, content)
            if error > 1e-9 and duals.anchor[year] < 0.0:
                closed(stack, year, size, duals)
                error = path(stack, a, b, year, power, charger, energy, duals, charge, discharge, content)
            worst = max(worst, error)
    _fill(stack, size, duals, charge, discharge, unserved, used, taken)
    return worst


@kernel
def _fill(stack, size, duals, charge, discharge, unserved, used, taken):
    """Serve load and charge of every hour from the cheapest supply."""
    for t in range(len(stack.load)):
        need = stack.load[t] + charge[t] - discharge[t]
        for k in range(len(stack.owner)):
            taken[k, t] = 0.0
        used[t] = unserved[t] = 0.0
        slices = len(stack.owner)
        left = stack.gate[t] * size[stack.connection] if stack.connection >= 0 else 0.0
        for i in range(slices + 1):
            if need <= 0.0:
                break
            if i == stack.negative[t]:
                q = min(duals.given[t], need)
                used[t] = q
            else:
                k = i if i < stack.negative[t] else i - 1
                c = stack.sorted_owner[t, k]
                q = min(stack.sorted_amount[t, k] * size[c], need)
                if stack.connection >= 0 and stack.sorted_group[t, k]:
                    q = min(q, left)
                    left -= q
                taken[stack.sorted_slot[t, k], t] = q
            need -= q
        unserved[t] = max(need, 0.0)


@routine
def path(stack, a, b, year, power, charger, energy, duals, charge, discharge, content):
    """The store's path through one year under its water values; returns its violation.

    Where the discounted value ahead is higher than the value now the store is full, where lower it is empty. From
    one such hour a tube of reachable contents is carried back round the year, then one path through it forward.
    """
    room, few = np.empty((4, b - a)), np.empty((2, 2 * len(stack.owner) + 6))
    return _path(stack, a, b, year, power, charger, energy, duals, charge, discharge, content, room, few)


@kernel
def _path(stack, a, b, year, power, charger, energy, duals, charge, discharge, content, room, few):
    """The path itself, in given work space."""
    hours = b - a
    keep, water = stack.keep, duals.water
    least, most, low, high = room[0], room[1], room[2], room[3]
    x, j = few[0], few[1]
    slices = len(stack.owner)
    anchor = -1
    for t in range(hours):
        at = a + t
        tie = TIE * (1.0 + abs(water[at]))
        count, out = slopes(
            stack.load[at], duals.given[at], stack.sorted_price[at], duals.quantity[at], stack.negative[at], stack.voll,
            power, charger, stack.charging, stack.discharging, stack.wear, True, x, j,
        )  # fmt: skip
        least[t] = most[t] = -out
        for i in range(count):
            if x[i] < water[at] - tie:
                least[t] += j[i]
            if x[i] <= water[at] + tie:
                most[t] += j[i]
        ahead = keep * water[at + 1 if t + 1 < hours else a]
        low[t], high[t] = 0.0, energy
        if ahead > water[at] + tie:
            low[t] = energy
            anchor = t
        elif ahead < water[at] - tie:
            high[t] = 0.0
            anchor = t
    if duals.anchor[year] >= 0.0:
        anchor = hours - 1
        low[anchor] = high[anchor] = min(max(duals.anchor[year], low[anchor]), high[anchor])
    if anchor < 0:
        return 1.0
    pin = low[anchor] if low[anchor] == high[anchor] else 0.0
    low[anchor] = high[anchor] = pin
    for step in range(hours - 1):  # tube: what may be held before each hour so that the pin can be met
        t = anchor - step
        t = t + hours if t < 0 else t
        before = t - 1 if t > 0 else hours - 1
        below, above = (low[t] - most[t]) / keep, (high[t] - least[t]) / keep
        low[before] = min(max(low[before], below), high[before])
        high[before] = max(min(high[before], above), low[before])
    held, worst = pin, 0.0
    for step in range(hours):
        t = anchor + 1 + step
        t = t - hours if t >= hours else t
        at = a + t
        change = min(max(0.0, least[t]), most[t])
        change = min(max(change, low[t] - keep * held), high[t] - keep * held)
        supply = duals.given[at]
        for k in range(slices):
            supply += duals.quantity[at, k]
        lowest = -min(power, stack.load[at]) / stack.discharging
        highest = max(min(charger, supply - stack.load[at]), 0.0) * stack.charging
        change = min(max(change, lowest), highest)
        now = keep * held + change
        if now < 0.0 or now > energy:
            now = min(max(now, 0.0), energy)
            change = now - keep * held
            worst = max(worst, lowest - change, change - highest)
        if step == hours - 1:
            worst = max(worst, abs(now - pin))
        charge[at] = change / stack.charging if change > 0.0 else 0.0
        discharge[at] = -change * stack.discharging if change < 0.0 else 0.0
        content[at] = held = now
    return worst
