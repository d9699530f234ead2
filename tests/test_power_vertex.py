"""Simplex steps from corner to corner against HiGHS, as costs change and half-spaces come in."""

from __future__ import annotations

import highspy
import numpy as np
import pytest

from gigawatt.power.vertex import MOST_STEPS, lowest

SIZES, CUTS = 5, 60


def least_by_highs(a, b, cost) -> float:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(b)
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.full(len(cost), -highspy.kHighsInf), np.full(len(cost), highspy.kHighsInf)
    lp.row_lower_, lp.row_upper_ = b, np.full(len(b), highspy.kHighsInf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.arange(len(b) + 1, dtype=np.int32) * len(cost)
    lp.a_matrix_.index_ = np.tile(np.arange(len(cost), dtype=np.int32), len(b))
    lp.a_matrix_.value_ = np.ascontiguousarray(a.T).ravel()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    highs.run()
    return highs.getInfo().objective_function_value


@pytest.mark.parametrize("seed", range(5))
def test_the_least_under_changing_costs_and_with_more_cuts(seed):
    rng = np.random.default_rng(seed)
    n = SIZES + 1
    box = np.vstack([np.eye(SIZES, n), -np.eye(SIZES, n)])
    cuts = np.column_stack([rng.uniform(0.0, 2.0, (CUTS, SIZES)), np.ones(CUTS)])
    a = np.ascontiguousarray(np.vstack([box, cuts]).T)
    b = np.concatenate([np.zeros(SIZES), np.full(SIZES, -10.0), rng.uniform(1.0, 5.0, CUTS)])
    corner, fresh = np.zeros(n, np.int64), np.zeros(n, np.int64)
    inverse, z, price, room = np.empty((n, 2 * n)), np.empty(n), np.empty(n), np.empty((2, len(b)))
    count = 2 * SIZES + 3
    for draw in range(40):
        cost = np.append(rng.uniform(0.2, 1.5, SIZES), 1.0)
        for more in (0, 2) if draw < 20 else (0,):  # cuts come in under the same cost, as a trial brings them
            count = min(count + more, len(b))
            last = count - 1
            fresh[:SIZES] = np.where(cost[:-1] - a[:-1, last] >= 0.0, 0, SIZES) + np.arange(SIZES)
            fresh[-1] = last
            assert lowest(a, b, count, cost, corner, fresh, inverse, *room, z, price) < MOST_STEPS
            assert price.min() >= -1e-9
            assert (z @ a[:, :count] >= b[:count] - 1e-9).all()
            assert cost @ z == pytest.approx(least_by_highs(a[:, :count], b[:count], cost), rel=1e-9, abs=1e-9)


def test_no_region_is_told():
    a, b = np.array([[1.0, -1.0]]), np.array([1.0, 0.0])  # at least 1 and at most 0
    room = np.empty((2, 2))
    arrays = np.zeros(1, np.int64), np.zeros(1, np.int64), np.empty((1, 2))
    assert lowest(a, b, 2, np.ones(1), *arrays, *room, np.empty(1), np.empty(1)) == MOST_STEPS
