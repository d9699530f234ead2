"""Least-cost capacities by a level bundle over exact cuts. Compiled.

Each evaluation of some capacities gives a cut on the cost of all capacities. The model, the highest cut, bounds the
optimum from below; the best capacities evaluated bound it from above; the next trial is the point nearest to the best
one where the model lies a fixed part of the way between both bounds, within a box of trust around the best.
"""

from __future__ import annotations

import numpy as np

from .cuts import evaluate
from .interior import minimised
from .jit import kernel, routine

LEVEL = 0.4  # the trial's model value: this part of the way from the lower to the upper bound
LOW = -1e300
EXACT = 1e-8  # of the cost: how sharply the master that certifies is solved
ROUGH = 0.1  # of the gap: the same for those that only say where to look next


@routine
def master(
    project, intercept, slope, count, active, low, high, rows, row_low, row_high, best, level, money, scale, tolerance,
    trial, multiplier, row_multiplier,
):  # fmt: skip
    """The least of the model in a box (or, to `project`, the point nearest `best` where the model is below `level`).

    Fills `trial` and the multipliers of cuts and rows (those of a row's lower side less those of its upper side).
    """
    n, r = len(active), len(row_low)
    wide = n if project else n + 1
    m = count + 2 * r + 2 * n
    a, b, cost, hessian, z = np.zeros((m, wide)), np.empty(m), np.zeros(wide), np.zeros(wide), np.empty(wide)
    y = np.empty(m)
    for j in range(count):
        fixed = intercept[j]
        for i in range(len(trial)):
            fixed += slope[j, i] * low[i]  # active ones are counted from their lower bound too
        for q in range(n):
            a[j, q] = -slope[j, active[q]] * scale[active[q]] / money
        if not project:
            a[j, n] = 1.0
        b[j] = (fixed - level) / money
    k = count
    for i in range(r):
        fixed, size = 0.0, 1e-300
        for h in range(len(trial)):
            fixed += rows[i, h] * low[h]
        for q in range(n):
            size = max(size, abs(rows[i, active[q]] * scale[active[q]]))
        for sign in (1.0, -1.0):
            bound = row_low[i] if sign > 0.0 else row_high[i]
            if abs(bound) < 1e290 and size > 1e-290:
                for q in range(n):
                    a[k, q] = sign * rows[i, active[q]] * scale[active[q]] / size
                b[k] = sign * (bound - fixed) / size - 1e-9
            else:
                b[k] = -1.0  # no bound: a row that always holds
            k += 1
    for q in range(n):
        i = active[q]
        width = (high[i] - low[i]) / scale[i]
        a[k, q], b[k] = 1.0, 0.0
        a[k + 1, q], b[k + 1] = -1.0, -width
        k += 2
        at = (best[i] - low[i]) / scale[i]
        z[q] = min(max(at, 0.02 * width), 0.98 * width)
        if project:
            hessian[q], cost[q] = 1.0, -at
    if not project:
        cost[n] = 1.0
        top = -1e300
        for j in range(count):
            v = b[j]
            for q in range(n):
                v -= a[j, q] * z[q]
            top = max(top, v)
        z[n] = top + 0.05
    minimised(hessian, cost, a, b, z, y, max(tolerance, EXACT))
    for i in range(len(trial)):
        trial[i] = low[i]
    for q in range(n):
        i = active[q]
        v = low[i] + z[q] * scale[i]
        trial[i] = min(max(v, low[i]), high[i]) if v == v else best[i]
    for j in range(count):
        multiplier[j] = max(y[j], 0.0)
    for i in range(r):
        size = 1e-300
        for q in range(n):
            size = max(size, abs(rows[i, active[q]] * scale[active[q]]))
        up, down = max(y[count + 2 * i], 0.0), max(y[count + 2 * i + 1], 0.0)
        if not abs(row_low[i]) < 1e290:
            up = 0.0
        if not abs(row_high[i]) < 1e290:
            down = 0.0
        row_multiplier[i] = (up - down) * money / size if size > 1e-290 else 0.0


@kernel
def bound(intercept, slope, count, multiplier, rows, row_low, row_high, row_multiplier, low, high, reduced):
    """Lower bound over the box from any multipliers >= 0 of the cuts and any of the rows; fills the reduced costs."""
    total = 0.0
    for j in range(count):
        total += multiplier[j]
    if not total > 0.0:
        return LOW
    least = 0.0
    n = len(low)
    for i in range(n):
        reduced[i] = 0.0
    for j in range(count):
        part = multiplier[j] / total
        if part > 0.0:
            least += part * intercept[j]
            for i in range(n):
                reduced[i] += part * slope[j, i]
    for k in range(len(row_low)):
        y = row_multiplier[k] / total
        row_multiplier[k] = y
        if y != 0.0:
            least += y * (row_low[k] if y > 0.0 else row_high[k])
            for i in range(n):
                reduced[i] -= y * rows[k, i]
    for i in range(n):
        if reduced[i] > 0.0:
            least += reduced[i] * low[i]
        elif reduced[i] < 0.0:
            if not high[i] < 1e290:
                return LOW
            least += reduced[i] * high[i]
    return least if least == least else LOW


@kernel
def holds(rows, row_low, row_high, size):
    """Whether capacities keep the linear limits, to a relative rounding."""
    for i in range(len(row_low)):
        value, scale = 0.0, 1.0
        for k in range(len(size)):
            value += rows[i, k] * size[k]
            scale = max(scale, abs(rows[i, k] * size[k]))
        if value < row_low[i] - 1e-9 * scale or value > row_high[i] + 1e-9 * scale:
            return False
    return True


@kernel
def mend(rows, row_low, row_high, low, high, scale, size):
    """Move capacities the little that rounding leaves them outside the linear limits, row by row, in place."""
    for _ in range(100):
        worst = 0.0
        for i in range(len(row_low)):
            value, norm, width = 0.0, 0.0, 1.0
            for k in range(len(size)):
                value += rows[i, k] * size[k]
                width = max(width, abs(rows[i, k] * size[k]))
            miss = row_low[i] - value if value < row_low[i] else (row_high[i] - value if value > row_high[i] else 0.0)
            if miss == 0.0:
                continue
            worst = max(worst, abs(miss) / width)
            for k in range(len(size)):
                way = rows[i, k] * miss
                if (way > 0.0 and size[k] < high[k]) or (way < 0.0 and size[k] > low[k]):
                    norm += (rows[i, k] * scale[k]) ** 2
            if norm == 0.0:
                return
            for k in range(len(size)):
                way = rows[i, k] * miss
                if (way > 0.0 and size[k] < high[k]) or (way < 0.0 and size[k] > low[k]):
                    size[k] = min(max(size[k] + way * scale[k] ** 2 / norm, low[k]), high[k])
        if worst < 1e-12:
            return


@routine
def sized(
    stack, cost, lower, upper, worth, offset, rows, row_low, row_high, start, step, gap, most, radius, intercept0,
    slope0, duals, best_duals,
):  # fmt: skip
    """Find capacities whose cost is within `gap` of the least.

    `worth` is the least a unit of each capacity costs net of what negative prices may pay it: with it every plan no
    dearer than the best lies in a finite box. `offset` is a constant part of the cost. `step` is a typical size of
    each capacity and `radius` how far, in those and relative to the start, the first trial may lie. Cuts that hold
    already come in as `intercept0, slope0`. The duals of the best capacities are left in `best_duals`.

    Returns upper and lower bound, best capacities, cuts, row multipliers, reduced costs, number of evaluations.
    """
    n = len(cost)
    known = len(intercept0)
    room = known + most + 1
    intercept, slope = np.empty(room), np.zeros((room, n))
    intercept[:known] = intercept0
    slope[:known] = slope0
    count = known
    multiplier, row_multiplier = np.zeros(room), np.zeros(len(row_low))
    final_rows, reduced = np.zeros(len(row_low)), cost.copy()
    trial_reduced = np.empty(n)
    low, high, cap = lower.copy(), upper.copy(), upper.copy()
    size = np.ones(n + 1)
    trial, best, spare, scale = start.copy(), start.copy(), start.copy(), np.ones(n)
    active = np.array([i for i in range(n) if upper[i] > lower[i]], np.int64)
    least, most_cost, money, level = LOW, 1e300, 1.0, 0.0
    everywhere = False
    rough = ROUGH if len(row_low) == 0 else 0.0  # a trial must keep the linear limits to rounding
    evaluations = 0
    if len(row_low):
        for i in range(n):
            scale[i] = max(step[i], 1e-3)
            high[i] = min(upper[i], max(1e3, 10.0 * start[i]))
        master(
            True, intercept, slope, 0, active, low, high, rows, row_low, row_high, start, 0.0, 1.0, scale, EXACT, trial,
            multiplier, row_multiplier,
        )  # fmt: skip
        mend(rows, row_low, row_high, lower, upper, scale, trial)
    for attempt in range(most):
        size[:n] = trial
        intercept[count] = evaluate(stack, cost, size, slope[count], duals, most_cost)
        evaluations += 1
        value = intercept[count]
        for i in range(n):
            value += slope[count, i] * trial[i]
        count += 1
        fits = holds(rows, row_low, row_high, trial)
        if attempt == 0:
            money = max(abs(value), 1e-9)
            if len(active) == 0 and not fits:
                break
            if len(active) == 0:  # nothing to size
                most_cost = least = value
                best_duals.water[:] = duals.water
                best_duals.clear[:] = duals.clear
                best_duals.anchor[:] = duals.anchor
                reduced[:] = slope[count - 1]
                break
            for i in range(n):
                scale[i] = 0.6 * money / cost[i] if cost[i] > 1e-9 * money else 1.0
        if attempt > 0 and most_cost == 1e300 and not fits:
            break  # the limits exclude each other, or nearly: not a case for this path
        if fits and value < most_cost:
            if attempt > 0 and not everywhere and most_cost - value > 0.7 * (most_cost - level) and radius < 4.0:
                radius *= 1.5
            most_cost = value
            best[:] = trial
            best_duals.water[:] = duals.water
            best_duals.clear[:] = duals.clear
            best_duals.anchor[:] = duals.anchor
            for i in range(n):
                if worth[i] > 0.0:
                    cap[i] = max(min(upper[i], (most_cost - worth[n]) / worth[i]), lower[i])
        elif not everywhere and value > most_cost + (most_cost - level) and radius > 0.2:
            radius *= 0.8
        for i in range(n):
            low[i] = max(lower[i], best[i] / (1.0 + 1.5 * radius) - 0.1 * radius * step[i])
            high[i] = max(min(cap[i], (1.0 + radius) * best[i] + radius * step[i]), low[i])
        master(
            False, intercept, slope, count, active, low, high, rows, row_low, row_high, best, most_cost, money, scale,
            rough * gap, spare, multiplier, row_multiplier,
        )  # fmt: skip
        near = bound(
            intercept, slope, count, multiplier, rows, row_low, row_high, row_multiplier, low, high, trial_reduced
        )
        everywhere = most_cost - near <= gap * abs(most_cost + offset)
        if everywhere:
            low[:] = lower
            high[:] = cap
            for i in range(n):
                if not high[i] < 1e290:  # a wide box for the trial; the bound itself uses the true one
                    high[i] = max(1e3, 10.0 * best[i] + 1.0)
            master(
                False, intercept, slope, count, active, low, high, rows, row_low, row_high, best, most_cost, money,
                scale, EXACT, spare, multiplier, row_multiplier,
            )  # fmt: skip
            far = bound(
                intercept, slope, count, multiplier, rows, row_low, row_high, row_multiplier, lower, cap, trial_reduced
            )
            far = min(far, most_cost)  # the box holds every plan no dearer than this
            if far > least:
                least = far
                final_rows[:] = row_multiplier
                reduced[:] = trial_reduced
            if most_cost - least <= gap * abs(most_cost + offset):
                break
            near = least if least > LOW else most_cost - 10.0 * gap * abs(most_cost + offset)
        if not near > LOW:
            near = most_cost - 0.1 * abs(most_cost + offset)
        level = near + LEVEL * (most_cost - near)
        master(
            True, intercept, slope, count, active, low, high, rows, row_low, row_high, best, level, money, scale,
            rough * (most_cost - level) / money, trial, multiplier, row_multiplier,
        )  # fmt: skip
        mend(rows, row_low, row_high, lower, upper, scale, trial)
    return most_cost, least, best, intercept[:count], slope[:count], final_rows, reduced, evaluations
