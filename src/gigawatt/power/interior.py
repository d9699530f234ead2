"""A small dense interior-point method: min 1/2 z'Hz + c'z subject to Az >= b, H diagonal. Compiled.

The master problems of the sizing have some ten variables and some fifty rows; a call costs tens of microseconds.
"""

from __future__ import annotations

import numpy as np

from .jit import kernel, routine

MOST_STEPS = 60


@routine
def minimised(hessian, cost, a, b, z, multiplier, tolerance):
    """Solve in place by Mehrotra's predictor and corrector; returns the number of steps.

    Parameters
    ----------
    hessian : array (variable,)
        Diagonal of H, >= 0. [-]
    cost : array (variable,)
        Linear cost. [-]
    a, b : array (row, variable), array (row,)
        Constraints. [-]
    z : array (variable,)
        Start, overwritten by the solution. [-]
    multiplier : array (row,)
        Overwritten by the multipliers, >= 0. [-]
    tolerance : float
        Largest sum of slack times multiplier, and largest residual, to stop at. [-]

    Returns
    -------
    int
        Steps taken. [-]

    References
    ----------
    .. [1] S. Mehrotra, "On the implementation of a primal-dual interior point method", SIAM J. Optim. 2 (1992) 575.
    """
    m, n = a.shape
    return _minimised(
        hessian, cost, a, b, z, multiplier, tolerance, np.empty(m), np.empty((n, n)), np.empty((3, n)),
        np.empty((4, m)),
    )  # fmt: skip


@kernel
def _minimised(hessian, cost, a, b, z, multiplier, tolerance, slack, normal, by_variable, by_row):
    """The steps themselves, in given work space."""
    m, n = a.shape
    quadratic = False
    for k in range(n):
        quadratic = quadratic or hessian[k] > 0.0
    for i in range(m):
        v = -b[i]
        for k in range(n):
            v += a[i, k] * z[k]
        slack[i] = max(v, 1e-3)
        multiplier[i] = 1.0 / slack[i] if not quadratic else max(1e-2, min(1.0 / slack[i], 1e2))
    right, dz, dual_residual = by_variable[0], by_variable[1], by_variable[2]
    residual, ds, dy, target = by_row[0], by_row[1], by_row[2], by_row[3]
    for it in range(MOST_STEPS):
        mu, primal_error, dual_error = 0.0, 0.0, 0.0
        for k in range(n):
            dual_residual[k] = cost[k] + hessian[k] * z[k]
        for i in range(m):
            mu += slack[i] * multiplier[i]
            v = -b[i] - slack[i]
            y = multiplier[i]
            for k in range(n):
                v += a[i, k] * z[k]
                dual_residual[k] -= a[i, k] * y
            residual[i] = v
            primal_error = max(primal_error, abs(v))
        mu /= m
        for k in range(n):
            dual_error = max(dual_error, abs(dual_residual[k]))
        near = m * mu < tolerance and primal_error < tolerance and dual_error < 10.0 * tolerance
        if near or mu < 1e-14 or not (mu < 1e200):
            return it
        for k in range(n):
            for h in range(k + 1):
                normal[k, h] = 0.0
            normal[k, k] = hessian[k] + 1e-13
        for i in range(m):
            d = multiplier[i] / slack[i]
            for k in range(n):
                t = d * a[i, k]
                if t != 0.0:
                    for h in range(k + 1):
                        normal[k, h] += t * a[i, h]
        for k in range(n):  # Cholesky in place
            v = normal[k, k]
            for h in range(k):
                v -= normal[k, h] * normal[k, h]
            v = max(v, 1e-14) ** 0.5
            normal[k, k] = v
            for i in range(k + 1, n):
                w = normal[i, k]
                for h in range(k):
                    w -= normal[i, h] * normal[k, h]
                normal[i, k] = w / v
        centring = 0.0
        for phase in range(2):
            for k in range(n):
                right[k] = -dual_residual[k]
            for i in range(m):
                target[i] = -slack[i] * multiplier[i]
                if phase == 1:
                    target[i] += centring * mu - ds[i] * dy[i]
                t = (target[i] - multiplier[i] * residual[i]) / slack[i]
                for k in range(n):
                    right[k] += a[i, k] * t
            for k in range(n):
                v = right[k]
                for h in range(k):
                    v -= normal[k, h] * dz[h]
                dz[k] = v / normal[k, k]
            for k in range(n - 1, -1, -1):
                v = dz[k]
                for h in range(k + 1, n):
                    v -= normal[h, k] * dz[h]
                dz[k] = v / normal[k, k]
            step_p, step_d = 1.0, 1.0
            for i in range(m):
                v = residual[i]
                for k in range(n):
                    v += a[i, k] * dz[k]
                ds[i] = v
                dy[i] = (target[i] - multiplier[i] * v) / slack[i]
                if v < 0.0:
                    step_p = min(step_p, -slack[i] / v)
                if dy[i] < 0.0:
                    step_d = min(step_d, -multiplier[i] / dy[i])
            if phase == 0:
                after = 0.0
                for i in range(m):
                    after += (slack[i] + step_p * ds[i]) * (multiplier[i] + step_d * dy[i])
                centring = (after / m / mu) ** 3
        if step_p < 1.0:
            step_p *= 0.995
        if step_d < 1.0:
            step_d *= 0.995
        if quadratic:
            step_p = step_d = min(step_p, step_d)
        for k in range(n):
            z[k] += step_p * dz[k]
        for i in range(m):
            slack[i] += step_p * ds[i]
            multiplier[i] += step_d * dy[i]
    return MOST_STEPS
