"""Least squares that bend: a row counts by its square when it is near, by its distance when it is far.

Used by the scripts that fit and leave groups out. A fit without some rows lies near the one on all of them, so it
starts there: steps with that one's slopes until they gain nothing, then with slopes of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, lsq_linear

Floats = NDArray[np.float64]
SLOPE = 1e-4  # of a logarithm, over which slopes are taken
TINY = 1e-9  # beyond a bound, so that a constant that lies on it has room
LEAST_GAIN = 1e-5  # of the cost, below which a fit stands
CLOSE = 1e-5  # relative change of constants or cost, below which a fit on all rows stands
INSIDE = 1e-3  # from a bound, where a fit may start
SHARES = (1.0, 0.3, 0.1)  # of a step, until the errors are less


@dataclass(frozen=True)
class Problem:
    """Errors of rows by constants, both logarithms; each constant is drawn to `home` as by a row of weight `pull`."""

    rows: Callable[[Floats], Floats]
    home: Floats
    pull: Floats
    bounds: tuple[Floats, Floats]
    bend: float

    def errors(self, x: Floats) -> Floats:
        """Of the rows, and of the constants."""
        return np.concatenate([self.rows(x), self.pull * (x - self.home)])

    def slopes(self, x: Floats, at: Floats) -> Floats:
        """Error of each row by each constant, where the errors are `at`."""
        return np.stack([(self.errors(x + SLOPE * e) - at) / SLOPE for e in np.eye(len(x))], axis=1)

    def fit(self, start: Floats, evaluations: int) -> Floats:
        """The fit on all rows."""
        inside = np.clip(start, self.bounds[0] + INSIDE, self.bounds[1] - INSIDE)
        how = {"loss": "soft_l1", "f_scale": self.bend, "xtol": CLOSE, "ftol": CLOSE}
        return np.asarray(least_squares(self.errors, inside, bounds=self.bounds, max_nfev=evaluations, **how).x)

    def without(self, left_out: NDArray[np.bool_], x: Floats, at: Floats, slopes: Floats, steps: int) -> Floats:
        """The fit without some rows, from the one on all, where errors and slopes are `at` and `slopes`."""
        if not left_out.any():
            return x
        keep = np.concatenate([~left_out, np.ones(len(x), bool)])
        x = self.nearer(keep, x, at, slopes, steps)
        at = self.errors(x)
        return self.nearer(keep, x, at, self.slopes(x, at), steps)

    def nearer(self, keep: NDArray[np.bool_], x: Floats, at: Floats, slopes: Floats, steps: int) -> Floats:
        """Gauss-Newton steps of one set of slopes within the bounds, as long as they gain."""
        for _ in range(steps):
            weight = (1.0 + (at[keep] / self.bend) ** 2) ** -0.25
            rows = slopes[keep] * weight[:, None]
            square = np.linalg.cholesky(rows.T @ rows).T  # the same problem, no larger than the constants
            small = np.linalg.solve(square.T, -rows.T @ (at[keep] * weight))
            room = (self.bounds[0] - x - TINY, self.bounds[1] - x + TINY)
            step = lsq_linear(square, small, bounds=room).x
            tries = ((x + share * step, self.errors(x + share * step)) for share in SHARES)
            bar = self.cost(at[keep]) - LEAST_GAIN
            better = next(((new, ahead) for new, ahead in tries if self.cost(ahead[keep]) < bar), None)
            if better is None:
                break
            x, at = better
        return x

    def cost(self, errors: Floats) -> float:
        """What a fit makes least."""
        return float(self.bend**2 * np.sum(np.sqrt(1.0 + (errors / self.bend) ** 2) - 1.0))
