"""The power mix of every draw within one weather year: the cheapest of certified plans, and the design only operated.

Plans come from the power room's redraws: prices of a draw are divided by its price of grid power, which leaves the
hours as they are, so that the cuts of one draw serve the next. Every plan found is then priced by the story itself in
every draw, which takes the cheapest. The design is operated in the same hours: its capacities stand, with the sun, wind
and price of fuel of the draw's class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gigawatt.chapters import money as moneys
from gigawatt.chapters import offers, redrawn
from gigawatt.chapters import supply as supplies
from gigawatt.chapters.place import as_built, resource_yield
from gigawatt.chapters.supply import PLAN_GAP, Optimum, Relief, Supply
from gigawatt.plan import Shared, campus_of
from gigawatt.power import solve
from gigawatt.power.answered import answered
from gigawatt.power.problem import Answer, Decision, Problem
from gigawatt.power.redraw import redraws, with_costs
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

Array = NDArray[np.float64]
UNSERVED = "supply.unserved_limit"
GAP = 2e-3  # certified, of the optimum at each draw's fixed costs, over its price of grid power
FUEL_CLASSES = 5  # of the price of fuel over that of the grid, within which hours are dispatched at the middle one
YIELD_CLASSES = 3  # of sun, and of wind, within which the design is operated at the middle one
BOUGHT = frozenset({"grid", "nuclear", "restart"})  # named sources that are contracts: bought as the load asks
ANCHORS = 6  # draws solved in a year where the problem has no cuts to share


@dataclass(frozen=True)
class Design:
    """The chosen design, per MW of campus: what is held when prices and weather turn out otherwise."""

    decision: Decision
    connection_mw: float
    cooling: str


@dataclass(frozen=True, eq=False)
class Mixes:
    """The supply of every draw of a weather year, made anew and held; money per MW of campus and year."""

    best: Supply
    held: Supply
    usd_best: Array
    usd_held: Array
    kept_best: NDArray[np.bool_]  # whether the supply keeps its limits
    kept_held: NDArray[np.bool_]


def mixes(
    step: Steps, drawn: Steps, s: Scenario, shared: Shared, design: Design, best_mw: Array, held_mw: Array
) -> Mixes:
    """The supplies of a weather year for some draws.

    Parameters
    ----------
    step, drawn : Steps
        Of the central pass, and of the draws. [-]
    s : Scenario
        The question. [-]
    shared : Shared
        Of this weather year. [-]
    design : Design
        What is held. [-]
    best_mw, held_mw : array (draw,)
        Size of the campus made anew and held: what a large one pays for power depends on it. [MW]
    """
    site, n = shared.site, len(best_mw)
    rates = drawn.once(moneys.rates, s, site)

    grows = not set(offers.named_per_mw(s)) - BOUGHT  # what is named stays as large as it is named

    def priced(
        plan: Optimum, at: Shared, campus_mw: Array, anew: bool, weather: Mapping[str, Array] | None = None
    ) -> tuple[Supply, Array]:
        """A plan in every draw as the story prices it, and what it costs a year."""
        campus = drawn.once(campus_of, s, at.site, at.physics)
        prices = (rates.power, rates.inflation)
        supply = supplies.supply(
            drawn, s, at.site, campus, plan, *prices, campus_mw=campus_mw, anew=anew, weather=weather
        )
        return supply, np.broadcast_to(redrawn.cost_per_mw_year(drawn, supply, plan, rates), (n,))

    fuel = _fuel(step, drawn, shared, best_mw)
    costs = _normalised(step, drawn, s, shared, rates, best_mw)
    plans = [shared.optimum]
    for rows in _parts(n, [(fuel, FUEL_CLASSES)]):
        problem = _at_fuel(shared.optimum.problem, fuel, rows)
        plans += _plans(shared.optimum, problem, {k: x[rows] for k, x in costs.items()})
    made = [priced(plan, shared, best_mw, grows) for plan in plans]

    stands = replace(shared, site=as_built(site), physics=replace(shared.physics, names=(design.cooling,)))
    run: list[tuple[Supply, Array]] = []
    at = np.zeros(n, np.int64)
    yields = _yields(drawn, s, shared, design, n)
    for rows in _parts(n, [(fuel, FUEL_CLASSES), *((x, YIELD_CLASSES) for x in yields.values())]):
        middle = {k: float(np.median(x[rows])) for k, x in yields.items()}
        problem = redrawn.with_yields(_at_fuel(shared.optimum.problem, fuel, rows), middle)
        at[rows] = len(run)
        beyond = {k: x / middle[k] for k, x in yields.items()}  # of the middle of the class, to first order
        run.append(priced(_operated(step, shared.optimum, problem, design), stands, held_mw, False, beyond))
    usd_held = np.stack([usd for _, usd in run])[at, np.arange(n)]

    every = [x for x, _ in (*made, *run)]
    usd = np.stack([x for _, x in made])
    keeps = np.array([not x.relief for x in every])
    held = len(made) + at
    missed = keeps[: len(made)].any() & ~keeps[held]  # a design that misses its limits is no plan, however cheap
    stays = (usd_held <= usd.min(axis=0)) & ~missed  # nothing better is found than the design as it stands
    best = np.where(stays, held, usd.argmin(axis=0))
    return Mixes(
        redrawn.mixed(every, best, n),
        redrawn.mixed(every, held, n),
        np.where(stays, usd_held, usd.min(axis=0)),
        usd_held,
        keeps[best],
        keeps[held],
    )


def _parts(n: int, by: list[tuple[Array | None, int]]) -> list[NDArray[np.int64]]:
    """Draws in so many classes of equal numbers by each of some quantities."""
    label = np.zeros(n, np.int64)
    for x, classes in by:
        if x is not None:
            label = label * classes + np.argsort(np.argsort(x, kind="stable"), kind="stable") * classes // n
    return [np.flatnonzero(label == i) for i in np.unique(label)]


def _normalised(
    step: Steps, drawn: Steps, s: Scenario, shared: Shared, rates: moneys.Rates, campus_mw: Array
) -> dict[str, Array]:
    """Fixed costs of every capacity in every draw, at the central price of grid power."""
    problem, site, n = shared.optimum.problem, shared.site, len(campus_mw)
    ratio = np.ones(n)
    if problem.grid:
        paid = supplies.price_at(drawn, site, campus_mw)
        ratio = ratio * paid / central(offers.grid_price(step, site))
    found = redrawn.fixed_costs(drawn, s, site, problem, rates)
    return {name: np.broadcast_to(np.asarray(x, float) / ratio, (n,)) for name, x in found.items()}


def _fuel(step: Steps, drawn: Steps, shared: Shared, campus_mw: Array) -> Array | None:
    """Running cost of the source that competes with the grid, at the central price of grid power; None without one."""
    site, n = shared.site, len(campus_mw)
    fuel = redrawn.fuel_cost(drawn, site, shared.optimum.problem)
    if fuel is None:
        return None
    paid = supplies.price_at(drawn, site, campus_mw)
    return np.broadcast_to(fuel * central(offers.grid_price(step, site)) / paid, (n,))


def _at_fuel(problem: Problem, fuel: Array | None, rows: NDArray[np.int64]) -> Problem:
    return problem if fuel is None else redrawn.with_fuel_cost(problem, float(np.median(fuel[rows])))


def _yields(drawn: Steps, s: Scenario, shared: Shared, design: Design, n: int) -> dict[str, Array]:
    """Sun and wind of every draw over those planned with, of what the design has of them."""
    built = zip(shared.optimum.problem.sources, design.decision.source_mw, strict=True)
    found = {x.name: resource_yield(drawn, s, shared.site, x.name) for x, mw in built if mw > 0.0}
    return {name: np.broadcast_to(x, (n,)) for name, x in found.items() if np.ndim(x)}


def _plans(o: Optimum, problem: Problem, costs: Mapping[str, Array]) -> list[Optimum]:
    """Plans of which one is within the gap of the best at every draw's prices."""
    if o.answer.cuts is None:
        return [_optimum(o, problem, solve(with_costs(problem, row), gap=GAP)) for row in _anchors(costs)]
    start = o.answer.cuts if problem is o.problem else None
    found = redraws(problem, costs, gap=GAP, start=start)
    used = np.unique(found.plan[found.plan >= 0])
    return [_optimum(o, problem, _answer(problem, found.decisions[i])) for i in used]


def _anchors(costs: Mapping[str, Array]) -> list[dict[str, float]]:
    """Cost rows far apart from each other: the first is the middle, each next one the farthest from those before."""
    names, table = list(costs), np.stack(list(costs.values()), axis=1)
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(table, 1e-9))
    logs = logs - np.median(logs, axis=0)
    distance = np.abs(logs).sum(axis=1)
    chosen = [int(distance.argmin())]
    while len(chosen) < min(ANCHORS, len(table)):
        distance = np.min([np.abs(logs - logs[i]).sum(axis=1) for i in chosen], axis=0)
        chosen.append(int(distance.argmax()))
    return [dict(zip(names, table[i].tolist(), strict=True)) for i in chosen]


def _operated(step: Steps, o: Optimum, problem: Problem, design: Design) -> Optimum:
    """The design run in this year; where it cannot keep a limit it is run without, and that is said."""
    fixed = redrawn.held(problem, design.decision, design.connection_mw)
    answer, missed = solve(fixed, gap=PLAN_GAP), False
    if answer.decision is None:
        fixed, missed = redrawn.without_limits(fixed), True
        answer = solve(fixed, gap=PLAN_GAP)
    short = answer.unserved_fraction > float(step.facts[UNSERVED].high)  # no campus is run so
    relief = (Relief("design as chosen", 0.0, answer.unserved_fraction, "unserved"),) if missed or short else ()
    return replace(_optimum(o, fixed, answer), relaxed=relief)


def _optimum(o: Optimum, problem: Problem, answer: Answer) -> Optimum:
    return replace(o, answer=answer, problem=problem)


def _answer(problem: Problem, decision: Decision) -> Answer:
    """A plan of the redraws as an answer; its prices and bounds are not asked for."""
    hours = np.full(problem.load_mw.shape, np.nan)
    return answered(problem, decision, path="redraw", lower=np.nan, price=hours, prices={}, reduced={})
