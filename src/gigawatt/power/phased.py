"""Power in phases in one optimum: a master over what is built, when it comes and goes, with each phase's hours as cuts.

The hours of a phase depend on the rest only through what stands there. So one evaluation of the fast solver per phase
(`cuts.evaluate`) gives a line below that phase's cost for all capacities; discounted and added up over the phases they
are one cut on the cost of all that is built. The level bundle of `bundle.py` does the rest: its master bounds the
optimum from below, the best plan, priced by the account, from above. `phased_lp` is the same as one linear programme.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .cuts import Duals, Stack
from .dispatch import SHED, decided
from .form import Form, fingerprint, forbids_shedding, formed
from .oracle import NEVER
from .phases import (
    Array,
    PhasedAnswer,
    PhasedCuts,
    PhasedProblem,
    Vintage,
    capacities,
    counts,
    hourly,
    limits,
    standing,
    vintages,
    worth_of_hours,
)
from .phases_check import checked, unservable
from .phases_price import priced
from .problem import Decision, Problem
from .sizing import QUICK, Sized, stacked, workspace

GAP = 1e-4
MOST = 200  # evaluations before the linear programme is taken
BLOCKS = 24  # steps of the coarse picture that the search starts from
SHARPER = 0.3  # of the gap: what the second, exact run aims at
WIDE = 3.0  # of the highest load: how far a start may lie from nothing
ROOM = 1.02  # what the start is larger by than the coarse picture says


@dataclass(frozen=True, slots=True)
class _Hours:
    """One phase ready for evaluation."""

    phase: int
    problem: Problem
    form: Form
    stack: Stack
    duals: Duals
    worth: float  # present value of a USD spent in the hours


def solve(problem: PhasedProblem, *, gap: float = GAP, start: PhasedCuts | None = None) -> PhasedAnswer:
    """Least-cost build, carry and resale over the phases with hourly dispatch, certified.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    gap : float
        Relative distance of upper and lower bound to reach. [-]
    start : PhasedCuts, optional
        `cuts` of an answer to a problem with the same hours: other costs, lengths or limits. [-]

    Returns
    -------
    PhasedAnswer
        Status `infeasible` with its reason where load that must be served cannot be. [-]

    Raises
    ------
    ValueError
        If the problem is not well formed.

    References
    ----------
    .. [1] C. Lemaréchal, A. Nemirovskii, Y. Nesterov, "New variants of bundle methods", Mathematical Programming 69
       (1995) 111-147.
    """
    checked(problem)
    if reason := unservable(problem):
        return PhasedAnswer(status="infeasible", path="cuts", reason=reason)
    return _solved(_Search(problem, start), problem, gap)


def solve_each(
    problem: PhasedProblem, on_offer: Mapping[str, Collection[str]], *, gap: float = GAP
) -> dict[str, PhasedAnswer]:
    """The same problem with only some capacities on offer each time; the cuts of all serve all.

    Parameters
    ----------
    problem : PhasedProblem
        The problem with everything on offer. [-]
    on_offer : mapping of str to collection of str
        Per question, the plants and store that may be built. Best the widest first. [text]
    gap : float
        Relative distance of upper and lower bound to reach. [-]

    Returns
    -------
    dict of str to PhasedAnswer
        By question. [-]
    """
    checked(problem)
    search, answers = _Search(problem, None), {}
    for name, names in on_offer.items():
        posed = only(problem, names)
        if reason := unservable(posed):
            answers[name] = PhasedAnswer(status="infeasible", path="cuts", reason=reason)
            continue
        search.offer(names)
        answers[name] = _solved(search, posed, gap)
    return answers


def only(problem: PhasedProblem, names: Collection[str]) -> PhasedProblem:
    """The problem with nothing but some plants and stores on offer.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    names : collection of str
        What may be built. [text]

    Returns
    -------
    PhasedProblem
        The limits of all else are zero. [-]
    """
    none = np.zeros(len(problem.years))
    plants = tuple(p if p.name in names else replace(p, limit_mw=none) for p in problem.plants)
    battery = problem.battery
    if battery is not None and battery.name not in names:
        battery = replace(battery, limit_mw=none)
    return replace(problem, plants=plants, battery=battery)


def _solved(search: _Search, problem: PhasedProblem, gap: float) -> PhasedAnswer:
    """By cuts, then by cuts with exact water values, then by the linear programme."""
    for exact in (False, True):
        if exact and not search.exactly():
            break
        answer = search.run(SHARPER * gap if exact else gap)
        if answer is not None and answer.gap <= gap:
            return answer
    from . import phased_lp

    return phased_lp.solve(problem)


class _Search:
    """The bundle over the vintages; sizes per MW of the highest load, money per that too."""

    def __init__(self, problem: PhasedProblem, start: PhasedCuts | None) -> None:
        self.problem = problem
        self.unit = float(problem.load_mw.max()) or 1.0
        self.found = vintages(problem)
        self.stands = standing(problem, self.found)
        worth = worth_of_hours(problem)
        self.hours = [_ready(hourly(problem, p), p, float(worth[p])) for p in counts(problem)]
        self.cost = np.array([v.usd for v in self.found])
        self.upper = np.array([v.most for v in self.found]) / self.unit
        self.rows, self.row_low, self.row_high = _rows(problem, self.found, self.stands, self.unit)
        self.print = tuple(x for h in self.hours for x in (*fingerprint(h.form), h.form.unit_mw))
        self.stored, self.common = problem.battery is not None, 0
        known = start if start is not None and start.hours == self.print else None
        self.intercept = [] if known is None else list(known.intercept)
        self.slope = [] if known is None else list(known.slope)

    def offer(self, names: Collection[str]) -> None:
        """Let only some capacities be built from here on."""
        most = [v.most if v.name.partition(".")[0] in names or v.name in names else 0.0 for v in self.found]
        self.upper = np.array(most) / self.unit
        stored = self.problem.battery is not None and self.problem.battery.name in names
        if stored and not self.stored:  # what was found without a store does not hold with one
            self.intercept, self.slope = self.intercept[: self.common], self.slope[: self.common]
        if self.stored and not stored:
            self.common = len(self.intercept)
        self.stored = stored
        self.hours = [replace(h, stack=h.stack._replace(power=h.form.power if stored else -1)) for h in self.hours]

    def exactly(self) -> bool:
        """From here on with exact water values; whether that changes anything."""
        if all(h.stack.longest >= NEVER for h in self.hours):
            return False
        self.hours = [replace(h, stack=h.stack._replace(longest=NEVER)) for h in self.hours]
        return True

    def evaluate(self, x: Array) -> float:
        """Add the cut at sizes `x`; the cost there."""
        from .cuts import evaluate

        names = capacities(self.problem)
        base, slopes = np.zeros(len(self.hours)), np.zeros((len(self.hours), len(names)))
        for k, h in enumerate(self.hours):
            size = np.append(self.stands[h.phase] @ x * (self.unit / h.form.unit_mw), 1.0)
            base[k] = evaluate(h.stack, h.form.cost, size, slopes[k], h.duals, np.inf) * h.form.unit_mw
        self.intercept.append(base)
        self.slope.append(slopes)
        b, s = self._cut(base, slopes)
        return b + float(s @ x)

    def _cut(self, base: Array, slopes: Array) -> tuple[float, Array]:
        """Intercept and slopes in the sizes of the vintages."""
        b, s = 0.0, self.cost.copy()
        for k, h in enumerate(self.hours):
            b += h.worth * base[k] / self.unit
            s += h.worth * (slopes[k] @ self.stands[h.phase])
        return float(b), s

    def run(self, gap: float) -> PhasedAnswer | None:
        """The bundle until the bounds meet, then the plan; None where its account says otherwise."""
        x, least = self._bundle(gap)
        decisions = {h.phase: self._decision(h, x) for h in self.hours}
        if any(d is None for d in decisions.values()) or not least > -1e290:
            return None
        kept: dict[int, Decision] = {p: d for p, d in decisions.items() if d is not None}
        lower = least * self.unit
        prices, posed = {h.phase: h.duals.clear.copy() for h in self.hours}, {h.phase: h.problem for h in self.hours}
        answer = priced(self.problem, self.found, x * self.unit, posed, kept, prices, lower=lower, path="cuts")
        shed = [float(d.unserved_mw.max()) for p, d in kept.items() if forbids_shedding(posed[p])]
        if max(shed, default=0.0) > SHED * self.unit or not -1e-9 <= answer.gap:
            return None
        cuts = PhasedCuts(hours=self.print, intercept=np.array(self.intercept), slope=np.array(self.slope))
        return replace(answer, cuts=cuts)

    def _decision(self, h: _Hours, x: Array) -> Decision | None:
        size = self.stands[h.phase] @ x * (self.unit / h.form.unit_mw)
        sized = Sized(h.stack, 0.0, 0.0, size, None, {}, {}, 0, h.duals)  # type: ignore[arg-type]
        return decided(h.problem, h.form, sized)

    def _start(self) -> Array:
        """Sizes from the linear programme of a few long steps, a little larger, within the limits."""
        from . import phased_lp

        x = phased_lp.sizes(phased_lp.coarse(self.problem, BLOCKS))
        return np.zeros(len(self.found)) if x is None else np.minimum(x / self.unit * ROOM, self.upper)

    def _bundle(self, gap: float) -> tuple[Array, float]:
        """Best sizes and lower bound: the search of `bundle.sized` over several phases."""
        from .bundle import EXACT, LEVEL, LOW, ROUGH, bound, holds, master, mend

        n, lower, upper = len(self.found), np.zeros(len(self.found)), self.upper
        if n == 0:
            return np.zeros(0), self.evaluate(np.zeros(0))
        active = np.flatnonzero(upper > 0.0)
        rows = (self.rows, self.row_low, self.row_high)
        row_multiplier, reduced = np.zeros(len(self.row_low)), np.zeros(n)
        step = np.array([2.0 if v.name.endswith(".energy") else 0.5 for v in self.found])
        cap, radius, best, best_cost, least = upper.copy(), 0.1, np.zeros(n), 1e300, LOW
        scale, money, level = np.ones(n), 1.0, 0.0
        b, s = [], []
        for base, slopes in zip(self.intercept, self.slope, strict=True):
            one, line = self._cut(base, slopes)
            b.append(one)
            s.append(line)
        trial = np.zeros(n)
        if not b:
            trial = self._start()
        elif len(active):  # where the cuts so far are least
            intercept, slope = np.array(b), np.array(s)
            box = np.minimum(upper, WIDE)
            master(
                False, intercept, slope, len(b), active, lower, box, *rows, trial, 0.0,
                max(float(np.abs(intercept).max()), 1e-9), scale, 1e-6, trial, np.zeros(len(b)), row_multiplier,
            )  # fmt: skip
        mend(*rows, lower, upper, np.maximum(step, 1e-3), trial)

        def over(project: bool, low: Array, high: Array, tolerance: float, point: Array) -> Array:
            multiplier = np.zeros(len(b))
            master(
                project, intercept, slope, len(b), active, low, high, *rows, best, level if project else best_cost,
                money, scale, tolerance, point, multiplier, row_multiplier,
            )  # fmt: skip
            return multiplier

        everywhere = False
        for attempt in range(MOST):
            value = self.evaluate(trial)
            one, line = self._cut(self.intercept[-1], self.slope[-1])
            b.append(one)
            s.append(line)
            intercept, slope = np.array(b), np.array(s)
            if attempt == 0:
                money = max(abs(value), 1e-9)
                scale = np.where(self.cost > 1e-9 * money, 0.6 * money / np.maximum(self.cost, 1e-12), 1.0)
            if holds(*rows, trial) and value < best_cost:
                if attempt and not everywhere and best_cost - value > 0.7 * (best_cost - level) and radius < 4.0:
                    radius *= 1.5
                best_cost, best = value, trial.copy()
                with np.errstate(divide="ignore"):
                    cap = np.minimum(upper, np.where(self.cost > 0.0, best_cost / self.cost, np.inf))
            elif best_cost < 1e300 and not everywhere and value > 2.0 * best_cost - level and radius > 0.2:
                radius *= 0.8
            if best_cost == 1e300:
                best = trial.copy()
            low = np.maximum(lower, best / (1.0 + 1.5 * radius) - 0.1 * radius * step)
            high = np.maximum(np.minimum(cap, (1.0 + radius) * best + radius * step), low)
            spare = trial.copy()
            multiplier = over(False, low, high, 0.0, spare)
            near = float(bound(intercept, slope, len(b), multiplier, *rows, row_multiplier, low, high, reduced))
            everywhere = best_cost - near <= gap * abs(best_cost)
            if everywhere:
                low, high = lower.copy(), np.where(cap < 1e290, cap, np.maximum(1e3, 10.0 * best + 1.0))
                multiplier = over(False, low, high, EXACT, spare)
                far = float(bound(intercept, slope, len(b), multiplier, *rows, row_multiplier, lower, cap, reduced))
                least = max(least, min(far, best_cost))
                if best_cost - least <= gap * abs(best_cost):
                    break
                near = least if least > LOW else best_cost - 10.0 * gap * abs(best_cost)
            if not near > LOW:
                near = best_cost - 0.1 * abs(best_cost)
            level = near + LEVEL * (best_cost - near)
            rough = ROUGH if not len(self.row_low) else 0.0
            over(True, low, high, rough * (best_cost - level) / money, trial)
            mend(*rows, lower, upper, scale, trial)
        return best, least


def _ready(problem: Problem, phase: int, worth: float) -> _Hours:
    form = formed(problem)
    stack = stacked(form)
    if len(form.load) * form.step > 2.0 * QUICK:
        stack = stack._replace(longest=min(stack.longest, QUICK / form.step))
    return _Hours(phase, problem, form, stack, workspace(form), worth)


def _rows(problem: PhasedProblem, found: list[Vintage], stands: Array, unit: float) -> tuple[Array, Array, Array]:
    """What may stand and what must, as rows over the vintages; rows that say nothing new are left out."""
    most = limits(problem)
    rows, low, high = [], [], []
    for row in range(len(most)):
        for p in range(len(problem.years)):
            there = stands[p, row]
            if np.isfinite(most[row, p]) and there.sum() > 1:
                rows.append(there)
                low.append(-np.inf)
                high.append(most[row, p] / unit)
    if problem.reserve_mw is not None:
        credit = np.array([x.firm_credit for x in problem.plants] + [0.0] * (len(most) - len(problem.plants)))
        for p, reserve in enumerate(problem.reserve_mw):
            if reserve > 0.0 and problem.years[p] > 0.0:
                rows.append(credit @ stands[p])
                low.append(reserve / unit)
                high.append(np.inf)
    return np.array(rows, float).reshape(len(rows), len(found)), np.array(low, float), np.array(high, float)
