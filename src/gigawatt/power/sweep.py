"""The forward pass on a fixed ruler: water values to a ten-thousandth of a high price, several times as fast.

`oracle.forward` keeps exact knots in a sorted list; here their positions are rounded to buckets, and a bitmap finds
the lowest and highest one. The water values are then slightly off, their cuts as valid as any and nearly as tight.
It serves the search; what is reported rests on the exact pass. Prices must be >= 0. Compiled.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .jit import kernel, routine
from .oracle import NEVER

FINE = 1 << 14  # buckets up to a price that is rarely exceeded
ABOVE = 1 << 11  # and from there to the value of lost load
_NONE, _ONE, _SIX, _REST = np.uint64(0), np.uint64(1), np.uint64(6), np.uint64(63)
_LAST, _FINE = np.uint64(FINE + ABOVE - 1), np.uint64(FINE)
_SUMMARIES = np.uint64((((FINE + ABOVE) >> 6) + 63) >> 6)


@intrinsic
def _lowest_bit(context, word):
    """Index of the lowest bit set in a 64-bit word."""

    def build(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), build


@intrinsic
def _highest_bit(context, word):
    """Index of the highest bit set in a 64-bit word."""

    def build(context, builder, signature, arguments):
        zeros = builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))
        return builder.sub(ir.Constant(ir.IntType(64), 63), zeros)

    return types.uint64(types.uint64), build


@intrinsic
def _bucket(context, x):
    """A float >= 0 rounded down to an unsigned integer."""

    def build(context, builder, signature, arguments):
        return builder.fptosi(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), build


@kernel
def _add(mass, words, summary, b, j):
    held = mass[b]
    if held == 0.0:
        w = b >> _SIX
        words[w] |= _ONE << (b & _REST)
        summary[w >> _SIX] |= _ONE << (w & _REST)
    mass[b] = held + j


@kernel
def _drop(mass, words, summary, b):
    mass[b] = 0.0
    w = b >> _SIX
    words[w] &= ~(_ONE << (b & _REST))
    if words[w] == _NONE:
        summary[w >> _SIX] &= ~(_ONE << (w & _REST))


@kernel
def _above(words, summary, b):
    """The first bucket in use from `b` on; the last one if there is none."""
    w = b >> _SIX
    if words[w] != _NONE:
        return (w << _SIX) + _lowest_bit(words[w])
    s = w >> _SIX
    while s < _SUMMARIES:
        if summary[s] != _NONE:
            w = (s << _SIX) + _lowest_bit(summary[s])
            return (w << _SIX) + _lowest_bit(words[w])
        s += _ONE
    return _LAST


@kernel
def _below(words, summary, b):
    """The last bucket in use up to `b`; the first one if there is none."""
    w = b >> _SIX
    if words[w] != _NONE:
        return (w << _SIX) + _highest_bit(words[w])
    s = (w >> _SIX) + _ONE
    while s > _NONE:
        s -= _ONE
        if summary[s] != _NONE:
            w = (s << _SIX) + _highest_bit(summary[s])
            return (w << _SIX) + _highest_bit(words[w])
    return _NONE


@routine
def sweep(
    load, free, price, quantity, voll, power, charger, energy, charging, discharging, keep, wear, dearest, steps, floor,
    ceiling,
):  # fmt: skip
    """As `oracle.forward` from a free start, on a ruler that is fine up to the price `dearest` and coarse above."""
    mass = np.zeros(FINE + ABOVE)
    words = np.zeros((FINE + ABOVE) >> 6, np.uint64)
    summary = np.zeros(_SUMMARIES, np.uint64)
    _swept(
        load, free, price, quantity, voll, power, charger, energy, charging, discharging, keep, wear, dearest, steps,
        floor, ceiling, mass, words, summary,
    )  # fmt: skip


@kernel
def _swept(
    load, free, price, quantity, voll, power, charger, energy, charging, discharging, keep, wear, dearest, steps, floor,
    ceiling, mass, words, summary,
):  # fmt: skip
    """The pass itself."""
    hours, slices = price.shape
    cut = dearest / charging * 1.000001 + 1e-9
    fine, coarse = (FINE - 1) / cut, (ABOVE - 1) / (voll / charging + 1e-9)
    inverse_c, inverse_d = 1.0 / charging, 1.0 / discharging
    lost = discharging * (voll - wear)
    stored = energy
    to_j, to_p = 1.0, 1.0  # knots are kept as of the first hour: position * keep^t, jump / keep^t
    _add(mass, words, summary, _NONE, energy)
    low = high = b = _NONE  # lowest and highest bucket in use
    grow = 1.0 / keep
    for start in range(0, steps, hours):
        for t in range(min(hours, steps - start)):
            step = start + t
            to_p *= keep
            to_j *= grow
            stored *= keep
            demand, given, out, into = load[t], free[t], 0.0, 0.0
            top = demand + charger
            total = given
            i = 0
            if given > demand:
                length = (min(given, top) - demand) * charging
                into = length
                _add(mass, words, summary, _NONE, length * to_j)
                low = _NONE
            else:
                bottom = max(demand - power, given)
                while i < slices:
                    first, total = total, total + quantity[t, i]
                    if total > bottom:
                        length = (min(total, demand) - max(first, bottom)) * inverse_d
                        p = discharging * (price[t, i] - wear)
                        if length > 0.0 and p > 0.0:
                            out += length
                            b = _place(p * to_p, cut, fine, coarse)
                            _add(mass, words, summary, b, length * to_j)
                            low, high = min(low, b), max(high, b)
                        if total >= demand:
                            break
                    i += 1
                if i < slices:
                    if total > demand:
                        length = (min(total, top) - demand) * charging
                        into += length
                        b = _place(price[t, i] * inverse_c * to_p, cut, fine, coarse)
                        _add(mass, words, summary, b, length * to_j)
                        low, high = min(low, b), max(high, b)
                else:
                    length = (demand - max(total, bottom)) * inverse_d
                    if length > 0.0:
                        out += length
                        b = _place(lost * to_p, cut, fine, coarse)
                        _add(mass, words, summary, b, length * to_j)
                        low, high = min(low, b), max(high, b)
                i += 1
            while i < slices and total < top:
                first, total = total, total + quantity[t, i]
                length = (min(total, top) - first) * charging
                if length > 0.0:
                    into += length
                    b = _place(price[t, i] * inverse_c * to_p, cut, fine, coarse)
                    _add(mass, words, summary, b, length * to_j)
                    low, high = min(low, b), max(high, b)
                i += 1
            stored += into
            if out > 0.0:
                rest = out * to_j
                hair = 1e-13 * rest
                while True:
                    b = low
                    held = mass[b]
                    if held > rest + hair:
                        mass[b] = held - rest
                        break
                    rest -= held
                    _drop(mass, words, summary, b)
                    low = _above(words, summary, b)
                    if rest <= hair or low == _LAST:
                        break
                floor[step] = _value(b, to_p, fine, coarse)
            else:
                floor[step] = -NEVER
            if stored > energy:
                rest = (stored - energy) * to_j
                hair = 1e-13 * rest
                while True:
                    b = high
                    held = mass[b]
                    if held > rest + hair:
                        mass[b] = held - rest
                        break
                    rest -= held
                    _drop(mass, words, summary, b)
                    high = _below(words, summary, b)
                    if rest <= hair or b == _NONE:
                        break
                ceiling[step] = _value(b, to_p, fine, coarse)
                stored = energy
            else:
                ceiling[step] = NEVER


@kernel
def _place(x, cut, fine, coarse):
    """Bucket of a water value."""
    return _bucket(x * fine) if x < cut else _FINE + _bucket(x * coarse)


@kernel
def _value(b, to_p, fine, coarse):
    """Water value in the middle of a bucket."""
    if b == _NONE:
        return 0.0
    if b < _FINE:
        return (float(b) + 0.5) / (fine * to_p)
    return (float(b - _FINE) + 0.5) / (coarse * to_p)
