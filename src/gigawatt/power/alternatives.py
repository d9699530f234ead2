"""What another plan would cost: the optimum without a technology, with less of it, and how far each capacity may move.

The least-cost plan is one of many that cost nearly the same. A variant of a solved problem has the same hours and
other bounds, so it starts from the cuts of the answer and is certified like any other answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .account import total_load, weather_years
from .check import capacity_names
from .firm import asked
from .form import Form, forbids_shedding, formed
from .highs import quiet
from .problem import CONNECTION, Answer, Array, Cuts, Problem
from .redraw import plan_of, sizes
from .solve import GAP, solve

if TYPE_CHECKING:
    from .sizing import Sized

LESS = 0.2  # of what is built: "with 20 % less"
BUILT = 1e-6  # of the peak load: less than this is not built
STILL = 1e-3  # of the peak load: an end that moves less than this has settled
FINE = 0.05  # of the tolerated extra cost: the gap to which an end is sized
ROUNDING = 1e-6  # relative: by how much an interval is widened for the linear programme's own rounding

# What may differ between two problems that share their cuts. A field that is not named here must be equal.
_FREE = {
    *("fixed_usd_per_mw_year", "connection_usd_per_mw_year", "demand_charge_usd_per_mw_year"),
    *("power_usd_per_mw_year", "energy_usd_per_mwh_year", "charge_usd_per_mw_year"),
    *("min_mw", "max_mw", "existing_mw", "limit_mw", "max_mwh_per_year", "unit_mw", "min_load", "max_ramp_per_hour"),
    *("min_power_mw", "max_power_mw", "max_charge_mw", "min_energy_mwh", "max_energy_mwh"),
    *("existing_power_mw", "existing_energy_mwh", "firm_credit", "firm_hours", "forced_outage"),
    *("carbon_intensity_kg_per_mwh", "clean_share", "capacity_limits", "firm_margin", "n_minus_units"),
    *("max_carbon_kg_per_mwh", "min_clean_share_annual", "min_clean_share_hourly"),
    *("max_unserved_fraction", "max_lost_load_hours", "max_loss_of_load_hours"),
}
_UP = ("firm_margin", "n_minus_units")  # tighter when larger, as all `min_*`; all `max_*` when smaller


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Alternative:
    """A variant of a problem and what it costs more than the optimum. Without a plan the figures are NaN.

    Parameters
    ----------
    name : str
        What is different. [text]
    answer : Answer
        Its own plan and bounds; `answer.status` says whether there is one. [-]
    dearer_usd_per_year : float
        Cost of its plan less that of the optimum's plan. [USD/year]
    at_least_usd_per_year, at_most_usd_per_year : float
        Certified bounds on the difference of the two least costs. [USD/year]
    load_mwh_per_year : float
        Load behind the figures per MWh. [MWh/year]
    """

    name: str
    answer: Answer
    dearer_usd_per_year: float
    at_least_usd_per_year: float
    at_most_usd_per_year: float
    load_mwh_per_year: float

    @property
    def dearer_usd_per_mwh(self) -> float:
        """Difference per MWh of load. [USD/MWh]"""
        return self.dearer_usd_per_year / self.load_mwh_per_year

    @property
    def at_least_usd_per_mwh(self) -> float:
        """Certified lower bound per MWh of load. [USD/MWh]"""
        return self.at_least_usd_per_year / self.load_mwh_per_year

    @property
    def at_most_usd_per_mwh(self) -> float:
        """Certified upper bound per MWh of load. [USD/MWh]"""
        return self.at_most_usd_per_year / self.load_mwh_per_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """How far a capacity may move among plans that cost little more than the least.

    Parameters
    ----------
    name, unit : str
        As in capacity limits; MW or MWh. [text]
    value : float
        In the answer. [MW or MWh]
    low, high : float
        Outer bound: no plan of that cost has less or more; whether one has as much is not said. [MW or MWh]
    known_low, known_high : float
        Inner bound: plans of that cost are known to exist from here to there. [MW or MWh]
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    known_low: float
    known_high: float


def alternatives(
    problem: Problem, answer: Answer, changes: Mapping[str, Problem], *, gap: float = GAP
) -> tuple[Alternative, ...]:
    """Solve variants of a solved problem and say what each costs more.

    Parameters
    ----------
    problem : Problem
        The problem solved. [-]
    answer : Answer
        Its answer. [-]
    changes : mapping of str to Problem
        Variants by name: from `usual`, `without`, `with_less`, or made by `dataclasses.replace`. [-]
    gap : float
        Relative distance of upper and lower bound to reach in each. [-]

    Returns
    -------
    tuple of Alternative
        In the order given. [-]
    """
    _solved(answer)
    load = float(total_load(problem).sum()) * problem.step_hours / weather_years(problem)
    found = []
    for name, variant in changes.items():
        start = answer.cuts if same_hours(problem, variant) else None
        other = solve(variant, gap=gap, start=start)
        dearer = other.objective_usd_per_year - answer.objective_usd_per_year
        least = other.lower_bound_usd_per_year - answer.upper_bound_usd_per_year
        most = other.upper_bound_usd_per_year - answer.lower_bound_usd_per_year
        if tighter(problem, variant):  # its plans are plans of the problem
            dearer, least, most = (float(np.maximum(x, 0.0)) for x in (dearer, least, most))
        found.append(
            Alternative(
                name=name,
                answer=other,
                dearer_usd_per_year=dearer,
                at_least_usd_per_year=min(least, dearer),  # rounding apart they are in order
                at_most_usd_per_year=max(most, dearer),
                load_mwh_per_year=load,
            )
        )
    return tuple(found)


def usual(problem: Problem, answer: Answer, *, less: float = LESS) -> dict[str, Problem]:
    """The usual variants of a portfolio: without each technology that was built, and with less of it.

    Parameters
    ----------
    problem : Problem
        The problem solved. [-]
    answer : Answer
        Its answer. [-]
    less : float
        Part of what is built to do without. [-]

    Returns
    -------
    dict of str to Problem
        By name. What stands already stays; `no new connection` where one stands. [-]
    """
    decision = _solved(answer)
    none = BUILT * float(problem.load_mw.max())
    mw = dict(zip([s.name for s in problem.sources], decision.source_mw - _existing(problem.sources), strict=True))
    mw |= dict(zip([s.name for s in problem.stores], decision.store_power_mw, strict=True))
    mw |= dict(zip([k.name for k in problem.links], decision.link_mw - _existing(problem.links), strict=True))
    for i, s in enumerate(problem.stores):
        new = decision.store_energy_mwh[i] - s.existing_energy_mwh
        mw[s.name] = max(float(mw[s.name]) - s.existing_power_mw, float(new))
    built = [name for name, x in mw.items() if x > none]
    found = {f"without {name}": without(problem, name) for name in built}
    if (g := problem.grid) is not None and decision.connection_mw > none:
        if g.existing_mw and decision.connection_mw - g.existing_mw > none:
            found["no new connection"] = replace(problem, grid=replace(g, limit_mw=min(g.limit_mw, g.existing_mw)))
        found[f"without {g.name}"] = without(problem, g.name)
        built.append(g.name)
    part = f"{100.0 * less:g} % less"
    return found | {f"{part} {name}": with_less(problem, answer, name, less=less) for name in built}


def without(problem: Problem, name: str) -> Problem:
    """The problem without a technology, apart from what stands already; the grid wholly.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    name : str
        A source, a store, a link or the grid. [text]

    Returns
    -------
    Problem
        Same hours. [-]
    """
    return _at_most(problem, name, lambda now: 0.0)


def with_less(problem: Problem, answer: Answer, name: str, *, less: float = LESS) -> Problem:
    """The problem with less of a technology than its answer has, but at least what stands already.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    answer : Answer
        Its answer. [-]
    name : str
        A source, a store (power and energy), a link or the grid (connection). [text]
    less : float
        Part to do without. [-]

    Returns
    -------
    Problem
        Same hours. [-]
    """
    size = dict(zip(capacity_names(problem), sizes(problem, _solved(answer)), strict=True))
    return _at_most(problem, name, lambda capacity: (1.0 - less) * float(size[capacity]))


def same_hours(problem: Problem, other: Problem) -> bool:
    """Whether the cuts of one problem hold for the other: all that shapes an hour is equal, what is built may differ.

    Parameters
    ----------
    problem, other : Problem
        Two problems. [-]

    Returns
    -------
    bool
        False where in doubt. [-]
    """
    if forbids_shedding(problem) != forbids_shedding(other):
        return False
    return all(name in _FREE or _equal(x, y) for name, x, y in _pairs(problem, other))


def tighter(problem: Problem, other: Problem) -> bool:
    """Whether every plan of `other` is a plan of `problem` at the same cost: equal but for bounds and limits, and those
    no looser.

    Parameters
    ----------
    problem, other : Problem
        Two problems. [-]

    Returns
    -------
    bool
        False where in doubt. [-]
    """

    def no_looser(name: str, x: Any, y: Any) -> bool:
        if name == "capacity_limits":
            return all(limit in y for limit in x)
        if _equal(x, y):
            return True
        if name.startswith("min_") or name in _UP:
            return x is None or (y is not None and y >= x)
        return name.startswith(("max_", "limit_mw")) and (x is None or (y is not None and y <= x))

    return all(no_looser(name, x, y) for name, x, y in _pairs(problem, other))


def spread(problem: Problem, answer: Answer, *, within: float = 0.01, probes: int = 4) -> tuple[Range, ...]:
    """How far each capacity may move, all others free to follow, while the cost stays within a part of the least.

    The highest cut is never above the cost, so the capacities at which it stays within bounds hold all plans that do:
    the least and greatest of each, by linear programming, is an outer bound. The cuts of a solve are good at the
    optimum and too low elsewhere (a bound two to three times as wide as the truth), so each end is sized in turn,
    which adds cuts there, until the end has settled: Newton's method on a convex function. The plan found near each
    end gives the inner bound: what lies between two plans is a plan.

    Parameters
    ----------
    problem : Problem
        The problem solved. [-]
    answer : Answer
        Its answer; without cuts only the bounds of the capacities are known. [-]
    within : float
        Extra cost tolerated, relative to the least. [-]
    probes : int
        Most sizings per end; 0: from the answer's cuts alone. [-]

    Returns
    -------
    tuple of Range
        One per capacity. [-]
    """
    decision = _solved(answer)
    search = None
    if answer.cuts is not None and not asked(problem):
        form = formed(problem)
        if answer.cuts.names == form.names:
            search = _Search(problem, answer, form, answer.cuts, within)
    names, now = capacity_names(problem), sizes(problem, decision)
    sides = [(name, float(x), up) for name, x in zip(names, now, strict=True) for up in (False, True)]
    known = [value if search is None else search.known(name, value, up, probes) for name, value, up in sides]
    outer = [float(bound) for pair in _bounds(problem) for bound in pair]
    if search is not None:  # with the cuts of all searches
        outer = [search.outer(name, inner, up) for (name, _, up), inner in zip(sides, known, strict=True)]
    return tuple(
        Range(
            name=name,
            unit="MWh" if name.endswith(".energy") else "MW",
            value=float(now[i]),
            low=outer[2 * i],
            high=outer[2 * i + 1],
            known_low=known[2 * i],
            known_high=known[2 * i + 1],
        )
        for i, name in enumerate(names)
    )


class _Search:
    """The ends of the capacities of one problem, with cuts that grow on the way."""

    def __init__(self, problem: Problem, answer: Answer, form: Form, cuts: Cuts, within: float) -> None:
        self.problem, self.form, self.cuts, self.within = problem, form, cuts, within
        upper, lower = answer.upper_bound_usd_per_year, answer.lower_bound_usd_per_year
        self.cost = upper
        self.most = upper + within * abs(upper)  # no plan within reach costs more, as the least is at most `upper`
        self.sure = lower + within * abs(lower)  # and what costs no more than this is
        if self.sure < upper:
            raise ValueError(f"within must be above the answer's gap of {answer.gap:.2g}, is {within:g}")
        # between plans lie plans unless a store is paid to waste energy in some of them
        self.convex = form.power < 0 or not form.price.size or float(form.price.min()) >= 0.0

    def known(self, name: str, value: float, up: bool, probes: int) -> float:
        """Size one end of a capacity until it has settled; how far plans are known to reach. [MW or MWh]"""
        from .sizing import size_form

        form = self.form
        i = form.names.index(name)
        known = value
        at = self._outermost(i, up)
        for _ in range(probes):
            if not np.isfinite(at) or form.lower[i] == form.upper[i]:
                break
            lower, upper = form.lower.copy(), form.upper.copy()
            (lower if up else upper)[i] = at
            fixed = replace(form, lower=lower, upper=upper)
            result = size_form(fixed, gap=FINE * self.within, known=self.cuts)
            self.cuts = replace(result.cuts, size=self.cuts.size)
            reach = self._reach(name, value, fixed, result)
            known = max(known, reach) if up else min(known, reach)
            before, at = at, self._outermost(i, up)
            reached = (result.least + form.offset) * form.unit_mw <= self.most
            if reached or abs(at - before) <= STILL:
                break
        return known

    def outer(self, name: str, known: float, up: bool) -> float:
        """The end of a capacity beyond which the cuts exclude every plan. [MW or MWh]"""
        form = self.form
        i = form.names.index(name)
        at = self._outermost(i, up)
        slack = ROUNDING * (1.0 + abs(at))
        if up:
            return max(float(min(at + slack, form.upper[i])) * form.unit_mw, known)
        return min(float(max(at - slack, form.lower[i])) * form.unit_mw, known)

    def _reach(self, name: str, value: float, fixed: Form, result: Sized) -> float:
        """How far towards the plan of a sizing one may go at the tolerated cost."""
        plan = plan_of(self.problem, fixed, result)
        if plan is None:
            return value
        decision, cost = plan
        there = float(sizes(self.problem, decision)[capacity_names(self.problem).index(name)])
        part = 1.0
        if cost > self.sure:
            part = (self.sure - self.cost) / (cost - self.cost) if self.convex else 0.0
        return value + part * (there - value)

    def _outermost(self, i: int, up: bool) -> float:
        """The least or greatest capacity that the cuts do not exclude, per MW of peak load."""
        import highspy

        form, cuts = self.form, self.cuts
        n, rows = len(form.names), len(form.row_lower)
        most = self.most / form.unit_mw - form.offset
        money = max(abs(most), 1e-9)
        matrix = np.vstack([(form.cost - cuts.rent) / money, form.rows])
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n, len(matrix)
        lp.col_cost_ = np.where(np.arange(n) == i, -1.0 if up else 1.0, 0.0)
        lp.col_lower_, lp.col_upper_ = form.lower, form.upper
        lp.row_lower_ = np.append(np.full(len(matrix) - rows, -highspy.kHighsInf), form.row_lower)
        lp.row_upper_ = np.append((most - cuts.intercept) / money, form.row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.arange(len(matrix) + 1, dtype=np.int32) * n
        lp.a_matrix_.index_ = np.tile(np.arange(n, dtype=np.int32), len(matrix))
        lp.a_matrix_.value_ = matrix.ravel()
        highs = quiet()
        highs.passModel(lp)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return float(form.upper[i] if up else form.lower[i])
        return float(np.array(highs.getSolution().col_value)[i])


def _solved(answer: Answer) -> Any:
    if answer.decision is None:
        raise ValueError(f"alternatives need a plan to start from; the answer is {answer.status}")
    return answer.decision


def _existing(parts: tuple[Any, ...]) -> Array:
    return np.array([part.existing_mw for part in parts], float)


def _at_most(problem: Problem, name: str, most: Callable[[str], float]) -> Problem:
    """Lower the upper bounds of a technology to `most(capacity name)`, or to what stands."""

    def lowered(part: Any, **capacities: str) -> Any:
        if part.name != name:
            return part
        changes: dict[str, float] = {}
        for size, capacity in capacities.items():
            top = max(most(capacity), getattr(part, f"existing_{size}"))
            changes[f"max_{size}"] = min(getattr(part, f"max_{size}"), top)
            changes[f"min_{size}"] = min(getattr(part, f"min_{size}"), top)
        return replace(part, **changes)

    grid = problem.grid
    parts: list[Any] = [*problem.sources, *problem.stores, *problem.links, *([grid] if grid else [])]
    if name not in (known := [part.name for part in parts]):
        raise ValueError(f"no source, store, link or grid is called {name!r}; known are {', '.join(known)}")
    if grid and grid.name == name:
        grid = replace(grid, limit_mw=min(grid.limit_mw, most(CONNECTION)))
    energy, power = f"{name}.energy", f"{name}.power"
    return replace(
        problem,
        sources=tuple(lowered(s, mw=name) for s in problem.sources),
        links=tuple(lowered(k, mw=name) for k in problem.links),
        stores=tuple(lowered(s, power_mw=power, energy_mwh=energy) for s in problem.stores),
        grid=grid,
    )


def _bounds(problem: Problem) -> list[tuple[float, float]]:
    """Lower and upper bounds of the capacities, in the order of `capacity_names`."""
    rows = [(max(s.min_mw, s.existing_mw), s.max_mw) for s in problem.sources]
    rows += [(0.0, problem.grid.limit_mw)] if problem.grid else []
    for s in problem.stores:
        rows.append((max(s.min_power_mw, s.existing_power_mw), s.max_power_mw))
        rows.append((max(s.min_energy_mwh, s.existing_energy_mwh), s.max_energy_mwh))
        rows += [(0.0, s.max_charge_mw)] if s.charge_usd_per_mw_year is not None else []
    return rows + [(max(k.min_mw, k.existing_mw), k.max_mw) for k in problem.links]


def _equal(x: Any, y: Any) -> bool:
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        return x is y or (np.shape(x) == np.shape(y) and bool(np.array_equal(x, y)))
    return bool(x == y)


def _pairs(problem: Problem, other: Problem) -> list[tuple[str, Any, Any]]:
    """Every field of two problems and of their parts side by side; an unequal pair where the parts do not match."""
    ours, theirs = _parts(problem), _parts(other)
    if [type(part) for part in ours] != [type(part) for part in theirs]:
        return [("parts", ours, theirs)]
    whole = [f.name for f in fields(problem) if f.name not in ("sources", "stores", "flexible", "grid")]
    pairs = [(name, getattr(problem, name), getattr(other, name)) for name in whole]
    for a, b in zip(ours, theirs, strict=True):
        pairs += [(f.name, getattr(a, f.name), getattr(b, f.name)) for f in fields(a)]
    return pairs


def _parts(problem: Problem) -> list[Any]:
    return [*problem.sources, *problem.stores, *problem.flexible, *([problem.grid] if problem.grid else [])]
