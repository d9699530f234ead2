"""The lowest point of a convex region by simplex steps from the last one. Compiled.

A region of some ten variables and some hundreds of half-spaces is met again and again: under another cost its last
lowest corner is still a corner (primal steps), and a new half-space that cuts it off leaves its prices valid (dual
steps). Either way a few exchanges of half-spaces lead to the new corner, some microseconds each.
"""

from __future__ import annotations

from .jit import kernel

MOST_STEPS = 200
TOUCH = 1e-10  # distance from a half-space, price of one, and part of a direction that are rounding


@kernel
def lowest(a, b, count, cost, corner, fresh, inverse, z, price):
    """The least of `cost . z` where `a z >= b`, from the half-spaces that meet in `corner`; whether it was found.

    Fills `z`, the half-spaces of its corner and their prices; those may be below zero where it was not found. `fresh`
    is a corner whose prices are not below zero, taken where the one given is neither a corner of the region nor has
    such prices. `inverse` (variable, 2 variables) is work space.
    """
    n = len(z)
    renewed = False
    for _ in range(MOST_STEPS):
        if not _inverted(a, corner, inverse):
            if renewed:
                return False
            renewed = True
            for k in range(n):
                corner[k] = fresh[k]
            continue
        for i in range(n):
            z[i], price[i] = 0.0, 0.0
        for i in range(n):
            for k in range(n):
                z[i] += inverse[i, n + k] * b[corner[k]]
                price[k] += inverse[i, n + k] * cost[i]
        out, least = -1, -TOUCH
        for k in range(n):
            if price[k] < least:
                out, least = k, price[k]
        into, worst = -1, -TOUCH
        for j in range(count):
            slack = -b[j]
            for i in range(n):
                slack += a[j, i] * z[i]
            if slack < worst:
                into, worst = j, slack
        if out < 0 and into < 0:
            return True
        if out >= 0 and into >= 0:
            if renewed:
                return False
            renewed = True
            for k in range(n):
                corner[k] = fresh[k]
        elif into >= 0:  # dual: the half-space that is broken comes in, the one whose price falls to zero first leaves
            out, nearest = -1, 1e300
            for k in range(n):
                part = 0.0
                for i in range(n):
                    part += a[into, i] * inverse[i, n + k]
                if part > TOUCH and price[k] < nearest * part:
                    out, nearest = k, price[k] / part
            if out < 0:
                return False
            corner[out] = into
        else:  # primal: along the edge that leaves the half-space of negative price, to the first one in the way
            into, nearest = -1, 1e300
            for j in range(count):
                slack, fall = -b[j], 0.0
                for i in range(n):
                    slack += a[j, i] * z[i]
                    fall -= a[j, i] * inverse[i, n + out]
                if fall > TOUCH and max(slack, 0.0) < nearest * fall:
                    into, nearest = j, max(slack, 0.0) / fall
            if into < 0:
                return False
            corner[out] = into
    return False


@kernel
def _inverted(a, corner, inverse):
    """Invert the rows of a corner into the right half of `inverse`; False where they do not meet in one point."""
    n = len(corner)
    for k in range(n):
        for i in range(n):
            inverse[k, i] = a[corner[k], i]
            inverse[k, n + i] = 1.0 if i == k else 0.0
    for i in range(n):
        pivot = i
        for k in range(i + 1, n):
            if abs(inverse[k, i]) > abs(inverse[pivot, i]):
                pivot = k
        if not abs(inverse[pivot, i]) > 1e-13:
            return False
        if pivot != i:
            for c in range(2 * n):
                inverse[i, c], inverse[pivot, c] = inverse[pivot, c], inverse[i, c]
        part = 1.0 / inverse[i, i]
        for c in range(2 * n):
            inverse[i, c] *= part
        for k in range(n):
            if k != i and inverse[k, i] != 0.0:
                part = inverse[k, i]
                for c in range(2 * n):
                    inverse[k, c] -= part * inverse[i, c]
    return True
