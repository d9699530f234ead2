"""Sources that come in blocks (reactors, turbines): a small integer programme over the cuts of the fast path.

The cuts hold for all capacities, so the least of their maximum over whole blocks is a lower bound. Its blocks are then
fixed and the rest sized by the fast path, which gives a plan, and cuts that are tight there; until the bounds meet.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .dispatch import accepted
from .fast import answer_of
from .form import Form, formed
from .highs import quiet
from .problem import Answer, Array, Cuts, Problem
from .sizing import exact, size_form, snapped

ROUNDS = 60
ROUNDING = 1e-9  # relative: what the integer programme's own rounding may take off its bound


def solve(problem: Problem, *, gap: float) -> tuple[Answer | None, float]:
    """Least-cost plan where some sources come in whole blocks.

    Parameters
    ----------
    problem : Problem
        A checked problem that the fast path takes but for its blocks. [-]
    gap : float
        Relative distance of the bounds to reach. [-]

    Returns
    -------
    tuple of (Answer or None, float)
        None where the bounds did not meet; the lower bound. [-, USD/year]
    """
    form = formed(problem)
    block = np.zeros(len(form.names))
    for i, s in enumerate(problem.sources):
        block[i] = s.unit_mw / form.unit_mw
    stands = np.array([s.existing_mw for s in problem.sources] + [0.0] * len(form.names))[: len(form.names)]
    stands = stands / form.unit_mw
    result = size_form(form, gap=gap)
    if not result.least > -1e290:
        return None, -np.inf
    cuts, least, best = result.cuts, result.least, None
    seen: set[tuple[int, ...]] = set()
    for _ in range(ROUNDS):
        blocks, bound = _least(form, cuts, block, stands, 0.2 * gap)
        if blocks is None:
            return None, (least + form.offset) * form.unit_mw
        least = max(least, bound - ROUNDING * abs(bound))
        key = tuple(int(n) for n in blocks)
        fresh = key not in seen
        if fresh:
            seen.add(key)
            fixed = stands + blocks * block
            lower, upper = np.where(block > 0, fixed, form.lower), np.where(block > 0, fixed, form.upper)
            fixed_form = replace(form, lower=lower, upper=upper)
            inner = exact(fixed_form, size_form(fixed_form, gap=0.3 * gap, known=cuts), 0.3 * gap)
            cuts = inner.cuts
            for tried in (snapped(fixed_form, inner), inner):
                answer = answer_of(problem, fixed_form, tried) if tried is not None else None
                if answer is not None and (best is None or answer.objective_usd_per_year < best.objective_usd_per_year):
                    best = answer
        if best is not None:
            stated = _with_bound(best, (least + form.offset) * form.unit_mw)
            if accepted(problem, stated, gap):
                return stated, stated.lower_bound_usd_per_year
        if not fresh:
            break  # the same blocks again: their cuts are as tight as they get
    return None, (least + form.offset) * form.unit_mw


def _with_bound(answer: Answer, least: float) -> Answer:
    """The plan with the bound of all whole blocks instead of that of its own."""
    upper = answer.upper_bound_usd_per_year
    return replace(
        answer,
        path="blocks",
        lower_bound_usd_per_year=least,
        gap=(upper - least) / abs(upper) if upper else 0.0,
        cuts=None,
    )


def _least(form: Form, cuts: Cuts, block: Array, stands: Array, gap: float) -> tuple[Array | None, float]:
    """Whole blocks that minimise the highest cut, and the bound; None where there are none."""
    import highspy

    n = len(form.names)
    slope = form.cost - cuts.rent
    money = max(abs(float(np.max(cuts.intercept + slope @ cuts.size))), 1e-9)
    wide = np.maximum(np.abs(slope).max(axis=1), money)  # each cut as a row of numbers near one
    lp = highspy.HighsLp()  # columns: capacities, blocks, value over money
    whole = np.flatnonzero(block > 0)
    width = n + len(whole) + 1
    lp.num_col_ = width
    lp.col_cost_ = np.append(np.zeros(width - 1), 1.0)
    infinite = highspy.kHighsInf
    lp.col_lower_ = np.concatenate([form.lower, np.zeros(len(whole)), [-infinite]])
    lp.col_upper_ = np.concatenate([np.minimum(form.upper, 1e6), np.full(len(whole), infinite), [infinite]])
    rows = [np.concatenate([-s, np.zeros(len(whole)), [money]]) / w for s, w in zip(slope, wide, strict=True)]
    lower = list(cuts.intercept / wide)
    upper = [infinite] * len(rows)
    for k, i in enumerate(whole):
        row = np.zeros(width)
        row[i], row[n + k] = 1.0, -block[i]
        rows.append(row)
        lower.append(stands[i])
        upper.append(stands[i])
    for row, low, high in zip(form.rows, form.row_lower, form.row_upper, strict=True):
        rows.append(np.concatenate([row, np.zeros(len(whole) + 1)]))
        lower.append(low)
        upper.append(high)
    matrix = np.array(rows)
    lp.num_row_ = len(rows)
    lp.row_lower_, lp.row_upper_ = np.array(lower), np.array(upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.arange(len(rows) + 1, dtype=np.int32) * width
    lp.a_matrix_.index_ = np.tile(np.arange(width, dtype=np.int32), len(rows))
    lp.a_matrix_.value_ = matrix.ravel()
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if n <= j < n + len(whole) else kinds.kContinuous for j in range(width)]
    highs = quiet(mip_rel_gap=gap)
    highs.passModel(lp)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None, -np.inf
    blocks = np.zeros(n)
    blocks[whole] = np.round(np.array(highs.getSolution().col_value)[n : n + len(whole)])
    return blocks, float(highs.getInfo().mip_dual_bound) * money
