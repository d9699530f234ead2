"""What earlier draws of the fixed costs leave for later ones: cuts, and capacities whose running cost is known.

Neither depends on the fixed costs. Under other ones the highest cut is least at another corner of the same region, and
the best of the capacities tried is another one; between the two lies the next that is worth trying.
"""

from __future__ import annotations

import numpy as np

from .bundle import bound
from .cuts import evaluate
from .form import Form
from .problem import Array, Cuts
from .sizing import Sized, stacked, workspace
from .vertex import lowest

NONE = -1e300  # no lower bound
WIDE = 1e4  # where a capacity without a bound ends while a trial is sought, MW or MWh per MW of peak load


class Bank:
    """Cuts and trials of one form, under any fixed costs.

    Parameters
    ----------
    form : Form
        The form; its own costs are not used. [-]
    cuts : Cuts
        What is known so far; their sizes are the first trial. [-]
    """

    def __init__(self, form: Form, cuts: Cuts) -> None:
        self.form, self.stack, self.hours = form, stacked(form), cuts.hours
        self.nonnegative = not form.price.size or float(form.price.min()) >= 0.0
        self.duals = workspace(form)
        n = len(form.names)
        walls, self.limit = self._walls(n)
        self.first = len(walls)  # of the cuts, in the half-spaces
        self.money = max(float(np.abs(cuts.intercept).max(initial=0.0)), 1e-9)
        self.half = walls[:, :-1].T.copy()
        self.at_least = walls[:, -1].copy()
        self.room = np.empty((2, len(walls)))
        self.count = self.first
        self.trial, self.running = np.zeros((0, n)), np.zeros(0)
        self.corner = np.zeros(n + 1, np.int64)
        self.fresh = np.zeros(n + 1, np.int64)
        self.inverse, self.point, self.price = np.empty((n + 1, 2 * n + 2)), np.empty(n + 1), np.empty(n + 1)
        self.size, self.reduced = np.ones(n + 1), np.empty(n)
        self.add(cuts.intercept, cuts.rent)
        self.try_at(form.cost, np.clip(cuts.size, form.lower, np.maximum(form.upper, form.lower)), np.inf)

    def _walls(self, n: int) -> tuple[Array, np.ndarray]:
        """Half-spaces `a z >= b` of bounds and linear limits over capacities and value, b last; the limit of each."""
        form, one = self.form, np.eye(n, n + 1)
        high = np.minimum(form.upper, np.maximum(WIDE, form.lower))
        walls = [np.column_stack([one, form.lower]), np.column_stack([-one, -high])]
        limit = [np.full(2 * n, -1)]
        for sign, side in ((1.0, form.row_lower), (-1.0, form.row_upper)):
            known = np.flatnonzero(np.abs(side) < 1e290)
            walls.append(np.column_stack([sign * form.rows[known], np.zeros(len(known)), sign * side[known]]))
            limit.append(known)
        return np.vstack(walls), np.concatenate(limit)

    def add(self, intercept: Array, rent: Array) -> None:
        """Keep more cuts."""
        need = self.count + len(intercept)
        if need > len(self.at_least):
            more = np.zeros((len(self.half), 2 * need - len(self.at_least)))
            self.half, self.at_least = np.hstack([self.half, more]), np.append(self.at_least, more[0])
            self.room = np.empty((2, len(self.at_least)))
        new = slice(self.count, need)
        self.half[:-1, new], self.half[-1, new] = rent.T / self.money, 1.0
        self.at_least[new] = intercept / self.money
        self.count = need

    def cuts(self) -> Cuts:
        """All cuts; their sizes are the last trial."""
        mine = slice(self.first, self.count)
        return Cuts(
            names=self.form.names,
            intercept=self.at_least[mine] * self.money,
            rent=self.half[:-1, mine].T * self.money,
            size=self.trial[-1],
            hours=self.hours,
        )

    def least(self, cost: Array, most: float) -> float:
        """A lower bound on the cost of all plans that cost no more than `most`; the corner it is for is kept.

        Parameters
        ----------
        cost : array (capacity,)
            Fixed costs. [USD/MW/year]
        most : float
            What a plan is known to cost; it bounds the capacities. [USD/year/MW]

        Returns
        -------
        float
            Valid whatever the simplex steps came to. [USD/year/MW]
        """
        form, n, money = self.form, len(cost), self.money
        target = np.append(cost / money, 1.0)
        last = self.count - 1
        self.fresh[:n] = np.where(target[:n] - self.half[:n, last] >= 0.0, 0, n) + np.arange(n)
        self.fresh[n] = last
        lowest(
            self.half, self.at_least, self.count, target, self.corner, self.fresh, self.inverse, *self.room, self.point,
            self.price,
        )  # fmt: skip
        cap = form.upper
        if self.nonnegative and cost.min() >= 0.0:  # nothing earns: no capacity can cost more than the plan
            with np.errstate(divide="ignore", invalid="ignore"):
                dear = np.where(cost > 0.0, most / cost, np.inf)
            cap = np.maximum(np.minimum(cap, dear), form.lower)
        price = np.maximum(self.price, 0.0)
        used = self.corner >= self.first
        cuts, limits = self.corner[used], np.zeros(len(form.row_lower))
        for j, y in zip(self.corner[~used], price[~used], strict=True):
            if self.limit[j] >= 0:
                k = self.limit[j]
                sign = 1.0 if np.array_equal(self.half[:n, j], form.rows[k]) else -1.0
                limits[k] += sign * y * money
        return float(
            bound(
                self.at_least[cuts] * money, cost - self.half[:n, cuts].T * money, len(cuts), price[used],
                form.rows, form.row_lower, form.row_upper, limits, form.lower, cap, self.reduced,
            )
        )  # fmt: skip

    def best(self, cost: Array) -> tuple[int, float]:
        """The trial that costs least, and what it costs as far as its cut says. [-, USD/year/MW]"""
        total = self.running + self.trial @ cost
        best = int(total.argmin())
        return best, float(total[best])

    def between(self, trial: int, part: float) -> Array:
        """Capacities between a trial and the last corner."""
        there = np.clip(self.point[:-1], self.form.lower, np.maximum(self.form.upper, self.form.lower))
        return self.trial[trial] + part * (there - self.trial[trial])

    def try_at(self, cost: Array, size: Array, most: float) -> None:
        """Evaluate capacities: their cut and their running cost are kept."""
        slope = np.empty(len(cost))
        self.size[:-1] = size
        intercept = evaluate(self.stack, cost, self.size, slope, self.duals, most)
        rent = cost - slope
        self.add(np.array([intercept]), rent[None])
        self.trial = np.vstack([self.trial, size])
        self.running = np.append(self.running, intercept - float(rent @ size))

    def sized(self, trial: int) -> Sized:
        """A trial in the form in which a dispatch is made of it."""
        return Sized(
            stack=self.stack,
            cost=np.nan,
            least=np.nan,
            size=self.trial[trial],
            cuts=self.cuts(),
            row_prices={},
            reduced={},
            evaluations=0,
            duals=self.duals,
        )
