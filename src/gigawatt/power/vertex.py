"""The lowest point of a convex region by simplex steps from the last one. Compiled.

A region of some ten variables and some hundreds of half-spaces is met again and again: under another cost its last
lowest corner is still a corner (primal steps), and a new half-space that cuts it off leaves its prices valid (dual
steps). Either way a few exchanges of half-spaces lead to the new corner, some microseconds each.
"""

from __future__ import annotations

from .jit import kernel

MOST_STEPS = 200
REFRESH = 20  # steps after which a corner is inverted anew
TOUCH = 1e-10  # distance from a half-space, price of one, and part of a direction that are rounding


@kernel
def lowest(a, b, count, cost, corner, fresh, inverse, slack, fall, z, price):
    """The least of `cost . z` where `z a >= b`, from the half-spaces that meet in `corner`; the steps taken.

    Half-spaces are the first `count` columns of `a`. Fills `z`, and the prices of the half-spaces of its corner, which
    may be below zero where `MOST_STEPS` is returned. `fresh` is a corner whose prices are not below zero, taken where
    the one given is neither a corner of the region nor has such prices. `inverse` (variable, 2 variables), `slack` and
    `fall` (half-space,) are work space.
    """
    n = len(z)
    renewed, met = False, _inverted(a, corner, inverse)
    for step in range(MOST_STEPS):
        out, into = -1, -1
        if met:
            least, worst = -TOUCH, -TOUCH
            for k in range(n):
                z[k], price[k] = 0.0, 0.0
            for i in range(n):
                for k in range(n):
                    z[i] += inverse[i, n + k] * b[corner[k]]
                    price[k] += inverse[i, n + k] * cost[i]
            for k in range(n):
                if price[k] < least:
                    out, least = k, price[k]
            _along(a, count, z, 1.0, slack)
            for j in range(count):
                slack[j] -= b[j]
                worst = min(worst, slack[j])
            if worst < -TOUCH:
                for j in range(count):
                    if slack[j] == worst:
                        into = j
            if out < 0 and into < 0:
                return step
        if not met or (out >= 0 and into >= 0):
            if renewed:
                return MOST_STEPS
            renewed = True
            for k in range(n):
                corner[k] = fresh[k]
            met = _inverted(a, corner, inverse)
            continue
        nearest = 1e300
        if into >= 0:  # dual: the half-space that is broken comes in, the one whose price falls to zero first leaves
            for k in range(n):
                part = 0.0
                for i in range(n):
                    part += a[i, into] * inverse[i, n + k]
                if part > TOUCH and price[k] < nearest * part:
                    out, nearest = k, price[k] / part
        else:  # primal: along the edge that leaves the half-space of negative price, to the first one in the way
            _along(a, count, inverse[:, n + out], -1.0, fall)
            for j in range(count):
                if fall[j] > TOUCH and max(slack[j], 0.0) < nearest * fall[j]:
                    into, nearest = j, max(slack[j], 0.0) / fall[j]
        if out < 0 or into < 0:
            return MOST_STEPS
        corner[out] = into
        if step % REFRESH == REFRESH - 1:
            met = _inverted(a, corner, inverse)
        else:
            _exchanged(a, into, out, inverse)
    return MOST_STEPS


@kernel
def _exchanged(a, into, out, inverse):
    """Update the inverse of a corner for one half-space that came in for another."""
    n = len(inverse)
    part = 0.0
    for i in range(n):
        part += a[i, into] * inverse[i, n + out]
    for i in range(n):
        inverse[i, n + out] /= part
    for k in range(n):
        if k != out:
            part = 0.0
            for i in range(n):
                part += a[i, into] * inverse[i, n + k]
            for i in range(n):
                inverse[i, n + k] -= part * inverse[i, n + out]


@kernel
def _along(a, count, way, sign, out):
    """The product of a vector with all half-spaces, or its negative."""
    for j in range(count):
        out[j] = 0.0
    for i in range(len(way)):
        part = sign * way[i]
        for j in range(count):
            out[j] += part * a[i, j]


@kernel
def _inverted(a, corner, inverse):
    """Invert the half-spaces of a corner into the right half of `inverse`; False where they meet in no one point."""
    n = len(corner)
    for k in range(n):
        for i in range(n):
            inverse[k, i] = a[i, corner[k]]
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
