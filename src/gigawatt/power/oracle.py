"""Water values of one store by dynamic programming: the exact cost of given capacities, and a cut valid for all.

Compiled. For fixed capacities the year is one chain of hours linked by the stored energy. Its marginal value, the
water value, is the dual of that chain, and the inverse of the marginal-value function is a sorted list of knots
(position: water value; jump: stored energy) which each hour shifts, extends and clips at empty and full. One pass
forward stores where it was clipped, one pass backward reads the water values off. Any water values and prices give
a valid cut on the cost of all capacities (weak duality), so a lower bound never rests on this file being right.

Units: MW and MWh per MW of peak load, USD/MWh; the store's content is counted in MW x step.
"""

from __future__ import annotations

import numpy as np

from .jit import kernel, routine

NEVER = 1e30  # a water value that clips nothing
_ENDS = 4  # knots looked at from the end of the list before bisecting


@routine
def _grown(position, jump, low, high):
    """The knots in the middle of arrays twice as long."""
    length, count = 2 * len(position), high - low
    wide_p, wide_j = np.empty(length), np.empty(length)
    first = (length - count) // 2
    for i in range(count):
        wide_p[first + i] = position[low + i]
        wide_j[first + i] = jump[low + i]
    return wide_p, wide_j, first, first + count


@kernel
def _centred(position, jump, low, high):
    """Move the knots to the middle of their arrays; returns the new ends."""
    count = high - low
    first = (len(position) - count) // 2
    if first < low:
        for i in range(count):
            position[first + i] = position[low + i]
            jump[first + i] = jump[low + i]
    else:
        for i in range(count - 1, -1, -1):
            position[first + i] = position[low + i]
            jump[first + i] = jump[low + i]
    return first, first + count


@kernel
def _put(position, jump, low, high, x, j):
    """Insert one knot; returns the new ends."""
    if x <= position[low]:
        if x == position[low]:
            jump[low] += j
        else:
            low -= 1
            position[low] = x
            jump[low] = j
    elif x >= position[high - 1]:
        if x == position[high - 1]:
            jump[high - 1] += j
        else:
            position[high] = x
            jump[high] = j
            high += 1
    else:
        u, v = low + 1, high - 1
        while v - u > 8:
            w = (u + v) >> 1
            if position[w] > x:
                v = w
            else:
                u = w + 1
        while u < v and position[u] <= x:
            u += 1
        k = u  # first knot beyond x
        if position[k - 1] == x:
            jump[k - 1] += j
        elif k - low < high - k:
            for i in range(low, k):
                position[i - 1] = position[i]
                jump[i - 1] = jump[i]
            low -= 1
            position[k - 1] = x
            jump[k - 1] = j
        else:
            for i in range(high, k, -1):
                position[i] = position[i - 1]
                jump[i] = jump[i - 1]
            high += 1
            position[k] = x
            jump[k] = j
    return low, high


@kernel
def slopes(load, free, price, quantity, negative, voll, power, charger, charging, discharging, wear, signed, x, j):
    """Marginal cost of storing in one hour: slopes `x` and lengths `j`, ascending; returns (count, most discharge).

    Discharging displaces the supply just below the load, charging draws the supply just above it. Where a price is
    negative the two can be out of order (storing and releasing at once would pay); they are pooled to the convex hull.
    """
    slices = len(price)
    low = max(load - power, 0.0)
    high = load + charger
    total, count, out = 0.0, 0, 0.0
    for i in range(slices + 2):
        if i < negative:
            p, q = price[i], quantity[i]
        elif i == negative:
            p, q = 0.0, free
        elif i <= slices:
            p, q = price[i - 1], quantity[i - 1]
        else:
            p, q = voll, load
        first, total = total, total + q
        if total <= low:
            continue
        if first >= high:
            break
        if first < load:
            length = (min(total, load) - max(first, low)) / discharging
            if length > 0.0 and (signed or p > wear):
                out += length
                x[count], j[count] = discharging * (p - wear), length
                count += 1
        if total > load and i <= slices:
            length = (min(total, high) - max(first, load)) * charging
            if length > 0.0:
                x[count], j[count] = p / charging, length
                count += 1
                while count > 1 and x[count - 2] > x[count - 1]:  # pool adjacent violators
                    both = j[count - 2] + j[count - 1]
                    x[count - 2] = (x[count - 2] * j[count - 2] + x[count - 1] * j[count - 1]) / both
                    j[count - 2] = both
                    count -= 1
    return count, out


@kernel
def same(position, jump, other_position, other_jump, energy):
    """Whether two lists of knots are one message, to rounding."""
    i = k = 0
    none, little = 1e-11 * energy + 1e-13, 1e-9 * energy + 1e-12
    while True:
        while i < len(position) and jump[i] <= none:
            i += 1
        while k < len(other_position) and other_jump[k] <= none:
            k += 1
        if i == len(position) or k == len(other_position):
            return i == len(position) and k == len(other_position)
        if abs(position[i] - other_position[k]) > 1e-9 * (1.0 + abs(position[i])):
            return False
        if abs(jump[i] - other_jump[k]) > little:
            return False
        i += 1
        k += 1


@routine
def forward(
    load, free, price, quantity, negative, voll, power, charger, energy, charging, discharging, keep, wear, signed,
    steps, start, mark, floor, ceiling,
):  # fmt: skip
    """Pass the message through `steps` hours (wrapping round the year); fills where it was clipped.

    `start` is the content before the first hour, or negative: free. Returns the knots left (positions, jumps) and
    whether the message after the year from step `mark` is the one before it, so that the year closes on itself.
    """
    hours, slices = price.shape
    position, jump = np.empty(1024), np.empty(1024)
    low, high = 512, 513
    position[low] = -NEVER if (signed or start >= 0.0) else 0.0
    jump[low] = stored = energy if start < 0.0 else start
    x, j = np.empty(2 * slices + 6), np.empty(2 * slices + 6)
    step, scale_p, scale_j = 0, 1.0, 1.0
    before_p, before_j, periodic = position[low:low], jump[low:low], False
    while step < steps:
        stop = steps
        if step < mark:
            stop = mark
        elif step < mark + hours and mark >= 0:
            stop = mark + hours
        step, low, high, scale_p, scale_j, stored = _advance(
            load, free, price, quantity, negative, voll, power, charger, energy, charging, discharging, keep, wear,
            signed, step, min(stop, steps), position, jump, low, high, scale_p, scale_j, stored, floor, ceiling, x, j,
        )  # fmt: skip
        if step == mark:
            before_p, before_j = position[low:high] * scale_p, jump[low:high] * scale_j
        elif step == mark + hours:
            periodic = same(before_p, before_j, position[low:high] * scale_p, jump[low:high] * scale_j, energy)
        if 2 * (high - low) > len(position):
            position, jump, low, high = _grown(position, jump, low, high)
        else:
            low, high = _centred(position, jump, low, high)
    return position[low:high] * scale_p, jump[low:high] * scale_j, periodic


@kernel
def _advance(
    load, free, price, quantity, negative, voll, power, charger, energy, charging, discharging, keep, wear, signed,
    begin, end, position, jump, low, high, scale_p, scale_j, stored, floor, ceiling, x, j,
):  # fmt: skip
    """Carry the message from step `begin` to `end`, or to where the arrays of knots are full; returns its state.

    True positions are `position * scale_p`, true jumps `jump * scale_j`: decay touches two numbers, not the list.
    """
    hours, slices = price.shape
    grow = 1.0 / keep
    inverse_c, inverse_d = 1.0 / charging, 1.0 / discharging
    room = 2 * slices + 8
    for step in range(begin, end):
        if low < room or high > len(position) - room:
            return step, low, high, scale_p, scale_j, stored
        t = step % hours
        scale_p *= grow
        scale_j *= keep
        stored *= keep
        if scale_p > 1e9:
            for i in range(low, high):
                position[i] *= scale_p
                jump[i] *= scale_j
            scale_p = scale_j = 1.0
        to_p, to_j = 1.0 / scale_p, 1.0 / scale_j
        demand, given, out, into = load[t], free[t], 0.0, 0.0
        if signed:
            count, out = slopes(
                demand, given, price[t], quantity[t], negative[t], voll, power, charger, charging, discharging, wear,
                True, x, j,
            )  # fmt: skip
            into = -out
            for i in range(count):
                into += j[i]
                low, high = _put(position, jump, low, high, x[i] * to_p, j[i] * to_j)
        else:  # the same, unrolled for prices >= 0, where giving free energy back is worth nothing
            top = demand + charger
            total = given
            if given > demand:
                length = (min(given, top) - demand) * charging
                if length > 0.0:
                    into = length
                    low, high = _put(position, jump, low, high, 0.0, length * to_j)
                i = 0
            else:
                bottom = max(demand - power, given)
                i = 0
                while True:  # discharge displaces supply between bottom and demand
                    more = quantity[t, i] if i < slices else demand
                    first, total = total, total + more
                    if total > bottom:
                        p = price[t, i] if i < slices else voll
                        length = (min(total, demand) - max(first, bottom)) * inverse_d
                        if length > 0.0 and p > wear:
                            out += length
                            p = discharging * (p - wear)
                            low, high = _put(position, jump, low, high, p * to_p, length * to_j)
                        if total >= demand:
                            break
                    i += 1
                    if i > slices:
                        break
                if i < slices and total > demand:  # the rest of this slice may charge
                    length = (min(total, top) - demand) * charging
                    into += length
                    low, high = _put(position, jump, low, high, price[t, i] * inverse_c * to_p, length * to_j)
                i += 1
            while i < slices and total < top:
                first, total = total, total + quantity[t, i]
                length = (min(total, top) - first) * charging
                if length > 0.0:
                    into += length
                    low, high = _put(position, jump, low, high, price[t, i] * inverse_c * to_p, length * to_j)
                i += 1
        stored += into
        if out > 0.0:
            rest = out * to_j
            hair = 1e-13 * rest
            while low < high - 1 and jump[low] < rest - hair:
                rest -= jump[low]
                low += 1
            jump[low] = max(jump[low] - rest, 0.0)
            floor[step] = position[low] * scale_p
        else:
            floor[step] = -NEVER
        if stored > energy:
            rest = (stored - energy) * to_j
            hair = 1e-13 * rest
            while high > low + 1 and jump[high - 1] < rest - hair:
                rest -= jump[high - 1]
                high -= 1
            jump[high - 1] = max(jump[high - 1] - rest, 0.0)
            ceiling[step] = position[high - 1] * scale_p
            stored = energy
        else:
            ceiling[step] = NEVER
    return end, low, high, scale_p, scale_j, stored


@kernel
def clearing(load, free, price, quantity, t, negative, voll, power, charger, release, store):
    """Lowest price at which supply meets the load and the store, which gives at `release` and takes at `store`."""
    slices = price.shape[1]
    total, demand, stage = 0.0, load + charger, 0
    for i in range(slices + 2):
        if i == negative:
            p, q = 0.0, free
        elif i <= slices:
            k = i if i < negative else i - 1
            p, q = price[t, k], quantity[t, k]
        else:
            p, q = voll, load
        if stage == 0 and store <= p:
            if total >= load:
                return store
            demand, stage = load, 1
        if stage == 1 and release <= p:
            if total >= load - power:
                return release
            demand, stage = load - power, 2
        total += q
        if total >= demand:
            return p
    return voll


@kernel
def backward(
    load, free, price, quantity, negative, voll, power, charger, charging, discharging, keep, wear,
    lowest, highest, steps, skip, last, floor, ceiling, water, clear,
):  # fmt: skip
    """Read the water values off backwards from `last`, the value after the final hour, and clear every hour.

    Values beyond `lowest` and `highest`, outside of which no hour changes what it does, are worth no more and clipped.
    Of the `steps` hours the `skip` last are only run in; then one whole year is kept. Returns the mismatch between
    the values one year apart, zero where the year closes on itself.
    """
    hours = len(load)
    value = last
    for step in range(steps - 1, steps - 1 - skip, -1):
        value = min(max(min(max(keep * value, floor[step]), ceiling[step]), lowest), highest)
    end = value
    t = (steps - 1 - skip) % hours
    for step in range(steps - 1 - skip, steps - 1 - skip - hours, -1):
        value = min(max(min(max(keep * value, floor[step]), ceiling[step]), lowest), highest)
        water[t] = value
        clear[t] = clearing(
            load[t], free[t], price, quantity, t, negative[t], voll, power, charger,
            value / discharging + wear, value * charging,
        )  # fmt: skip
        t -= 1
        if t < 0:
            t = hours - 1
    return abs(end - value)
