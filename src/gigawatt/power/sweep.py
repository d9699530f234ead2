"""The forward pass on a fixed ruler: water values to a ten-thousandth of the dearest price, two to three times as fast.

`oracle.forward` keeps exact knots in a sorted list; here their positions are rounded to buckets, and a bitmap finds
the lowest and highest one. The water values are then slightly off, their cuts as valid as any and nearly as tight.
It serves the search; what is reported rests on the exact pass. Prices must be >= 0. Compiled.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from .oracle import NEVER

FINE = 1 << 14  # buckets up to the dearest price of supply
ABOVE = 1 << 11  # and from there to the value of lost load
_ONE = np.uint64(1)


@intrinsic
def _lowest_bit(context, word):
    """Index of the lowest bit set in a 64-bit word."""

    def build(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), build


@intrinsic
def _leading_zeros(context, word):
    """Number of zero bits above the highest bit set in a 64-bit word."""

    def build(context, builder, signature, arguments):
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), build


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _add(mass, words, summary, b, j):
    if mass[b] == 0.0:
        w = b >> 6
        words[w] |= _ONE << np.uint64(b & 63)
        summary[w >> 6] |= _ONE << np.uint64(w & 63)
    mass[b] += j


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _drop(mass, words, summary, b):
    mass[b] = 0.0
    w = b >> 6
    words[w] &= ~(_ONE << np.uint64(b & 63))
    if words[w] == 0:
        summary[w >> 6] &= ~(_ONE << np.uint64(w & 63))


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(
    load, free, price, quantity, voll, power, charger, energy, charging, discharging, keep, wear, dearest, steps, floor,
    ceiling,
):  # fmt: skip
    """As `oracle.forward` from a free start, on a ruler up to `dearest`, the highest price of supply."""
    hours, slices = price.shape
    buckets = FINE + ABOVE
    mass = np.zeros(buckets)
    words = np.zeros(buckets >> 6, np.uint64)
    summary = np.zeros(((buckets >> 6) + 63) >> 6, np.uint64)
    cut = dearest / charging * 1.000001 + 1e-9
    fine, coarse = (FINE - 1) / cut, (ABOVE - 1) / (voll / charging + 1e-9)
    inverse_c, inverse_d = 1.0 / charging, 1.0 / discharging
    lost = discharging * (voll - wear)
    stored = energy
    to_j, to_p = 1.0, 1.0  # knots are kept as of the first hour: position * keep^t, jump / keep^t
    _add(mass, words, summary, 0, energy)
    grow = 1.0 / keep
    t = -1
    for step in range(steps):
        t += 1
        if t == hours:
            t = 0
        to_p *= keep
        to_j *= grow
        stored *= keep
        demand, given, out, into = load[t], free[t], 0.0, 0.0
        top = demand + charger
        total = given
        scale = to_p * fine
        if given > demand:
            length = (min(given, top) - demand) * charging
            into = length
            _add(mass, words, summary, 0, length * to_j)
            i = 0
        else:
            bottom = max(demand - power, given)
            i = 0
            while i < slices:
                first, total = total, total + quantity[t, i]
                if total > bottom:
                    length = (min(total, demand) - max(first, bottom)) * inverse_d
                    p = discharging * (price[t, i] - wear)
                    if length > 0.0 and p > 0.0:
                        out += length
                        _add(mass, words, summary, int(p * scale), length * to_j)
                    if total >= demand:
                        break
                i += 1
            if i < slices:
                if total > demand:
                    length = (min(total, top) - demand) * charging
                    into += length
                    _add(mass, words, summary, int(price[t, i] * inverse_c * scale), length * to_j)
            else:
                length = (demand - max(total, bottom)) * inverse_d
                if length > 0.0:
                    out += length
                    p = lost * to_p
                    b = int(p * fine) if p < cut else FINE + int(p * coarse)
                    _add(mass, words, summary, b, length * to_j)
            i += 1
        while i < slices and total < top:
            first, total = total, total + quantity[t, i]
            length = (min(total, top) - first) * charging
            if length > 0.0:
                into += length
                _add(mass, words, summary, int(price[t, i] * inverse_c * scale), length * to_j)
            i += 1
        stored += into
        if out > 0.0:
            rest = out * to_j
            hair = 1e-13 * rest
            b = 0
            while True:
                s = 0
                while s < len(summary) and summary[s] == 0:
                    s += 1
                if s == len(summary):
                    break
                w = (s << 6) + _lowest_bit(summary[s])
                b = (w << 6) + _lowest_bit(words[w])
                if mass[b] > rest + hair:
                    mass[b] -= rest
                    break
                rest -= mass[b]
                _drop(mass, words, summary, b)
                if rest <= hair:
                    break
            floor[step] = at(b, to_p, fine, coarse)
        else:
            floor[step] = -NEVER
        if stored > energy:
            rest = (stored - energy) * to_j
            hair = 1e-13 * rest
            b = 0
            while True:
                s = len(summary) - 1
                while s >= 0 and summary[s] == 0:
                    s -= 1
                if s < 0:
                    break
                w = (s << 6) + 63 - _leading_zeros(summary[s])
                b = (w << 6) + 63 - _leading_zeros(words[w])
                if mass[b] > rest + hair:
                    mass[b] -= rest
                    break
                rest -= mass[b]
                _drop(mass, words, summary, b)
                if rest <= hair:
                    break
            ceiling[step] = at(b, to_p, fine, coarse)
            stored = energy
        else:
            ceiling[step] = NEVER


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def at(b, to_p, fine, coarse):
    """Water value in the middle of a bucket."""
    if b == 0:
        return 0.0
    return (b + 0.5) / (fine * to_p) if b < FINE else (b - FINE + 0.5) / (coarse * to_p)
