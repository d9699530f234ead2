"""Many investment costs for one problem: the cuts and plans of earlier draws answer most of the later ones.

The hours do not know what a MW costs to build. So every cut holds under any investment cost, and every plan found
stays a plan whose running cost is known. A draw's lower bound is a small linear programme over the cuts (`bank`, by
the steps of `vertex` from the corner of the last draw), its upper bound the cheapest plan at the draw's costs. Only
where these do not meet are other capacities tried. Each trial adds a cut for the draws after it, until an old plan is
proven good enough or the best trial becomes a new one. Of a thousand draws of all costs within 15 % one in eight to
twenty needs trials, two to three each, and one in twenty to fifty a plan: on the benchmark's years a draw takes a
twenty-fifth to a forty-fifth of a cold solve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .account import accounted, violations
from .check import capacity_names, checked
from .firm import asked
from .form import Form, forbids_shedding, formed
from .problem import CONNECTION, Array, Cuts, Decision, Problem
from .solve import solve

if TYPE_CHECKING:
    from .bank import Bank
    from .sizing import Sized

GAP = 1e-3
DEMAND = "connection.demand"  # name of the yearly charge on the highest power drawn
AIM = 0.5  # of the gap: how near the least a trial must be to become a plan, so that its neighbours meet theirs
PART = 0.7  # of the way from the best trial to where the cuts are least: the next trial
MOST_TRIALS = 60  # until a draw is solved from the door
NONE = -1e300  # no lower bound
KEPT = 1e-6  # violation, relative to peak load, that is rounding
CONTRADICTION = 1e-6  # relative: lower bound above upper one by more than rounding
SHED = 1e-9  # unserved power, relative to peak load, that is rounding


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Redraws:
    """Bounds and capacities of every draw. Where there is no plan the bounds are NaN and `plan` is -1.

    Parameters
    ----------
    lower_usd_per_year, upper_usd_per_year : array (draw,)
        Certified bounds of the least cost; the upper one is what the draw's plan costs. [USD/year]
    plan : array (draw,)
        Which of the plans is the cheapest known at the draw's costs. [-]
    solved : array (draw,)
        Whether the draw needed new cuts or a plan. [-]
    names : tuple of str
        Capacities. [-]
    size : array (plan, capacity)
        Capacities of the plans. [MW or MWh]
    running_usd_per_year : array (plan,)
        Cost of the plans without what the draws change. [USD/year]
    decisions : tuple of Decision
        The plans with their dispatch; some 1 MB a year each, so keep what you need. [-]
    cuts : Cuts or None
        All cuts, for more draws to start from. [-]
    """

    lower_usd_per_year: Array
    upper_usd_per_year: Array
    plan: np.ndarray
    solved: np.ndarray
    names: tuple[str, ...]
    size: Array
    running_usd_per_year: Array
    decisions: tuple[Decision, ...]
    cuts: Cuts | None

    @property
    def size_per_draw(self) -> Array:
        """Capacities of every draw, NaN where there is no plan. [MW or MWh] (draw, capacity)"""
        padded = np.vstack([self.size, np.full((1, len(self.names)), np.nan)])
        return padded[self.plan]


def redraws(
    problem: Problem, costs: Mapping[str, ArrayLike], *, gap: float = GAP, start: Cuts | None = None
) -> Redraws:
    """The least cost of a problem under many yearly fixed costs, each within the gap.

    Neighbouring draws may share a plan: capacities within a draw are those of a plan within the gap of its optimum,
    which pins the cost down, not each capacity (`alternatives.spread` says how far those may move).

    Parameters
    ----------
    problem : Problem
        The problem. Where it has cuts (path `fast`) draws are quick; else every draw is solved. [-]
    costs : mapping of str to array (draw,)
        By name as in `fixed_costs`, what one unit costs a year in each draw; a name left out keeps the problem's own
        cost. [USD/MW/year or USD/MWh/year]
    gap : float
        Relative distance of the bounds to reach in every draw. [-]
    start : Cuts, optional
        Cuts of a problem with the same hours. [-]

    Returns
    -------
    Redraws
        Bounds, plans, cuts. [-]
    """
    checked(problem)
    table = _table(problem, costs)
    base = solve(problem, gap=AIM * gap, start=start)
    found = _Found(problem)
    count = len(table)
    lower, upper = np.full(count, np.nan), np.full(count, np.nan)
    plan, solved = np.full(count, -1), np.zeros(count, bool)
    bank: Bank | None = None
    outages = asked(problem)  # then a plan's bound holds for the margin it was found with, and another may do with less
    if base.decision is not None:
        found.add(base.decision, base.objective_usd_per_year)
        if base.cuts is not None and not outages:
            form = formed(problem)
            if base.cuts.names == form.names:
                from .bank import Bank

                bank, draws = Bank(form, base.cuts), _Draws(problem, form, table)
    for draw, row in enumerate(table):
        if bank is None and base.status == "infeasible":  # whatever it costs
            continue
        least = NONE
        if bank is not None:
            plan[draw], upper[draw] = found.best(row)
            cost, offset, unit = draws.cost[draw], draws.offset[draw], bank.form.unit_mw
            least = (bank.least(cost, upper[draw] / unit - offset) + offset) * unit
            if not upper[draw] - least <= gap * abs(upper[draw]):
                solved[draw] = True
                least = _settled(problem, bank, found, row, cost, offset, least, gap)
                plan[draw], upper[draw] = found.best(row)
        if not upper[draw] - least <= gap * abs(upper[draw]):
            solved[draw] = True
            least = max(least, _solved(problem, bank, found, row, gap))
            if len(found.size):
                plan[draw], upper[draw] = found.best(row)
            if least <= NONE:
                plan[draw], least, upper[draw] = -1, np.nan, np.nan
        if not outages and least > upper[draw] + CONTRADICTION * abs(upper[draw]):
            raise RuntimeError(f"draw {draw}: lower bound {least:.9g} above {upper[draw]:.9g} USD/year: our own bug")
        lower[draw] = min(least, upper[draw])  # rounding apart they are in order
    return Redraws(
        lower_usd_per_year=lower,
        upper_usd_per_year=upper,
        plan=plan,
        solved=solved,
        names=tuple(capacity_names(problem)),
        size=found.size,
        running_usd_per_year=found.running,
        decisions=tuple(found.decisions),
        cuts=bank.cuts() if bank is not None else None,
    )


def fixed_costs(problem: Problem) -> dict[str, float]:
    """Every yearly fixed cost of a problem by the name of the capacity it is for.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    dict of str to float
        `solar`, `battery.power`, `battery.energy`, `connection` (what a new MW of it costs), `connection.demand` (the
        charge on every MW of it) ... [USD/MW/year or USD/MWh/year]
    """
    found = {s.name: s.fixed_usd_per_mw_year for s in problem.sources}
    if g := problem.grid:
        found |= {CONNECTION: g.connection_usd_per_mw_year, DEMAND: g.demand_charge_usd_per_mw_year}
    for s in problem.stores:
        found |= {f"{s.name}.power": s.power_usd_per_mw_year, f"{s.name}.energy": s.energy_usd_per_mwh_year}
        if s.charge_usd_per_mw_year is not None:
            found[f"{s.name}.charge"] = s.charge_usd_per_mw_year
    return found | {k.name: k.usd_per_mw_year for k in problem.links}


def with_costs(problem: Problem, costs: Mapping[str, float]) -> Problem:
    """The problem under other yearly fixed costs.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    costs : mapping of str to float
        By name as in `fixed_costs`; a name left out keeps its cost. [USD/MW/year or USD/MWh/year]

    Returns
    -------
    Problem
        Hours, bounds and limits are shared. [-]
    """
    cost = fixed_costs(problem)
    if unknown := sorted(set(costs) - set(cost)):
        raise ValueError(f"no fixed cost is called {', '.join(unknown)}; known are {', '.join(cost)}")
    cost |= {name: float(x) for name, x in costs.items()}
    grid = problem.grid and replace(
        problem.grid, connection_usd_per_mw_year=cost[CONNECTION], demand_charge_usd_per_mw_year=cost[DEMAND]
    )
    stores = tuple(
        replace(
            s,
            power_usd_per_mw_year=cost[f"{s.name}.power"],
            energy_usd_per_mwh_year=cost[f"{s.name}.energy"],
            charge_usd_per_mw_year=cost.get(f"{s.name}.charge"),
        )
        for s in problem.stores
    )
    return replace(
        problem,
        sources=tuple(replace(s, fixed_usd_per_mw_year=cost[s.name]) for s in problem.sources),
        links=tuple(replace(k, usd_per_mw_year=cost[k.name]) for k in problem.links),
        stores=stores,
        grid=grid,
    )


def plan_of(problem: Problem, form: Form, result: Sized) -> tuple[Decision, float] | None:
    """The dispatch of sized capacities and what it costs by the account, if it is a plan.

    Parameters
    ----------
    problem : Problem
        The problem, whose fixed costs count. [-]
    form : Form
        Its form, under any fixed costs. [-]
    result : Sized
        Capacities and water values. [-]

    Returns
    -------
    tuple of (Decision, float) or None
        None where no dispatch was found, or one that sheds or breaks what it must not. [-, USD/year]
    """
    from .dispatch import decided

    decision = decided(problem, form, result)
    if decision is None:
        return None
    peak = float(problem.load_mw.max())
    if forbids_shedding(problem) and float(decision.unserved_mw.max()) > SHED * peak:
        return None
    account = accounted(problem, decision)
    v = violations(problem, decision, account)
    worst = max(v.balance_mw, v.capacity_mw, v.connection_mw, v.storage_mwh, v.bounds_mw)
    if worst > KEPT * peak or v.limits > KEPT:
        return None
    return decision, account.objective_usd_per_year


def sizes(problem: Problem, decision: Decision) -> Array:
    """Capacities of a plan in the order of `capacity_names`.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        A plan. [-]

    Returns
    -------
    array (capacity,)
        Capacities. [MW or MWh]
    """
    found = list(decision.source_mw)
    found += [decision.connection_mw] if problem.grid else []
    for i, s in enumerate(problem.stores):
        found += [decision.store_power_mw[i], decision.store_energy_mwh[i]]
        found += [decision.store_charge_mw[i]] if s.charge_usd_per_mw_year is not None else []
    return np.array([*found, *decision.link_mw], float)


class _Found:
    """Plans found so far: running cost, what each fixed cost is paid for, capacities."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.base = np.array(list(fixed_costs(problem).values()))
        self.running = np.zeros(0)
        self.paid = np.zeros((0, len(self.base)))
        self.size = np.zeros((0, len(capacity_names(problem))))
        self.decisions: list[Decision] = []

    def add(self, decision: Decision, usd_per_year: float) -> None:
        """A plan and its cost under the problem's own fixed costs."""
        paid = _paid(self.problem, decision)
        self.running = np.append(self.running, usd_per_year - float(paid @ self.base))
        self.paid = np.vstack([self.paid, paid])
        self.size = np.vstack([self.size, sizes(self.problem, decision)])
        self.decisions.append(decision)

    def best(self, row: Array) -> tuple[int, float]:
        """The cheapest plan under other fixed costs, and its cost."""
        total = self.running + self.paid @ row
        best = int(total.argmin())
        return best, float(total[best])


class _Draws:
    """Fixed costs of all draws as those of the capacities of a form."""

    def __init__(self, problem: Problem, form: Form, table: Array) -> None:
        base, place = fixed_costs(problem), {name: i for i, name in enumerate(form.names)}
        where = {CONNECTION: "connection:new" if "connection:new" in place else CONNECTION, DEMAND: CONNECTION}
        stands = {s.name: s.existing_mw for s in problem.sources}
        for s in problem.stores:
            stands |= {f"{s.name}.power": s.existing_power_mw, f"{s.name}.energy": s.existing_energy_mwh}
        of = np.zeros((len(base), len(form.names)))
        for row, name in zip(of, base, strict=True):
            row[place[where.get(name, name)]] = 1.0
        more = table - np.array(list(base.values()))
        self.cost = form.cost + more @ of
        self.offset = form.offset - more @ np.array([stands.get(name, 0.0) for name in base]) / form.unit_mw


def _settled(
    problem: Problem, bank: Bank, found: _Found, row: Array, cost: Array, offset: float, least: float, gap: float
) -> float:
    """Try capacities until the best plan known is good enough, or another one is found; returns the lower bound."""
    unit = bank.form.unit_mw
    for _ in range(MOST_TRIALS):
        _, upper = found.best(row)
        if upper - least <= gap * abs(upper):
            break
        best, value = bank.best(cost)
        if value + offset - least / unit <= AIM * gap * abs(value + offset):
            plan = plan_of(problem, bank.form, bank.sized(best))
            if plan is None:
                break
            found.add(*plan)
            bank.running[best] = plan[1] / unit - bank.form.offset - float(bank.trial[best] @ bank.form.cost)
            continue
        bank.try_at(cost, bank.between(best, PART), upper / unit - offset)
        least = max(least, (bank.least(cost, upper / unit - offset) + offset) * unit)
    return least


def _solved(problem: Problem, bank: Bank | None, found: _Found, row: Array, gap: float) -> float:
    """Solve a draw from the door; returns the lower bound."""
    named = dict(zip(fixed_costs(problem), row, strict=True))
    answer = solve(with_costs(problem, named), gap=gap, start=bank.cuts() if bank is not None else None)
    if answer.decision is None:
        return NONE
    found.add(
        answer.decision, answer.objective_usd_per_year + float(_paid(problem, answer.decision) @ (found.base - row))
    )
    return answer.lower_bound_usd_per_year


def _paid(problem: Problem, d: Decision) -> Array:
    """What each fixed cost is paid for, in the order of `fixed_costs`."""
    paid = [mw - s.existing_mw for s, mw in zip(problem.sources, d.source_mw, strict=True)]
    if g := problem.grid:
        paid += [max(d.connection_mw - g.existing_mw, 0.0), d.connection_mw]
    for i, s in enumerate(problem.stores):
        paid += [d.store_power_mw[i] - s.existing_power_mw, d.store_energy_mwh[i] - s.existing_energy_mwh]
        paid += [d.store_charge_mw[i]] if s.charge_usd_per_mw_year is not None else []
    return np.array([*paid, *(mw - k.existing_mw for k, mw in zip(problem.links, d.link_mw, strict=True))], float)


def _table(problem: Problem, costs: Mapping[str, ArrayLike]) -> Array:
    """All fixed costs of all draws, (draw, cost)."""
    base = fixed_costs(problem)
    if unknown := sorted(set(costs) - set(base)):
        raise ValueError(f"no fixed cost is called {', '.join(unknown)}; known are {', '.join(base)}")
    if not costs:
        raise ValueError(f"redraws need the costs of at least one of {', '.join(base)}")
    columns: dict[str, Any] = {name: np.asarray(x, float) for name, x in costs.items()}
    lengths = {name: x.shape for name, x in columns.items()}
    if any(x.ndim != 1 for x in columns.values()) or len(set(lengths.values())) > 1:
        raise ValueError(f"every cost needs one value per draw; shapes are {lengths}")
    for name, x in columns.items():
        if len(bad := np.flatnonzero(~(np.isfinite(x) & (x >= 0.0)))):
            raise ValueError(f"{name} must be finite and >= 0, is {x[bad[0]]:g} in draw {bad[0]}")
    table = np.tile(np.array(list(base.values())), (len(next(iter(columns.values()))), 1))
    for i, name in enumerate(base):
        if name in columns:
            table[:, i] = columns[name]
    return table
