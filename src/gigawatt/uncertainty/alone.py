"""What an optimum made for one draw alone costs: beside it one sees how near mixes made for many draws come.

The mixes of an ensemble come from shared cuts, classes of fuel price, and plans that grow with the load. Here the power
problem of a draw is written down on its own facts, solved by itself, and priced as the story prices it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt.chapters import money as moneys
from gigawatt.chapters import offers, redrawn
from gigawatt.chapters import supply as supplies
from gigawatt.chapters.supply import Optimum
from gigawatt.facts import Facts
from gigawatt.plan import Shared, campus_of
from gigawatt.power import solve
from gigawatt.power.redraw import with_costs
from gigawatt.record import Draws, Steps, seed_of
from gigawatt.scenario import Scenario

GAP = 1e-4  # of the optimum alone
CHECKED = 2  # draws of a unit
SELDOM = 4  # years between those checked where no cuts are shared: such an optimum takes a second or more


def checked_rows(shared: Shared, year: int, part: int, n: int) -> NDArray[np.int64]:
    """Which draws of a unit are looked at alone: its first, as they are dealt at random."""
    if part or shared.optimum.relaxed:
        return np.arange(0)
    if shared.optimum.answer.cuts is None:
        return np.arange(1 if year % SELDOM == 0 else 0)
    return np.arange(min(CHECKED, n))


def drawn_facts(facts: Facts, draws: Draws, row: int, fact_ids: Iterable[str]) -> Facts:
    """The facts with what some of them are in one draw.

    Parameters
    ----------
    facts : Facts
        The facts. [-]
    draws : Draws
        All draws. [-]
    row : int
        Which of them. [-]
    fact_ids : iterable of str
        Facts that are drawn; the others stay at their central value. [-]
    """
    found = []
    for fact_id in fact_ids:
        value = float(np.broadcast_to(draws.of(facts[fact_id]), (draws.n,))[row])
        found.append(replace(facts[fact_id], value=value, low=value, high=value))
    return facts.with_facts(found)


def usd_alone(known: Facts, s: Scenario, shared: Shared, year: int, campus_mw: float) -> float:
    """What the supply of one MW of campus costs a year by the optimum of one draw; NaN where it has none.

    Parameters
    ----------
    known : Facts
        The facts of the draw. [-]
    s : Scenario
        The question. [-]
    shared : Shared
        Of the draw's weather year. [-]
    year : int
        Which year that is: it seeds the hours of price and outage. [-]
    campus_mw : float
        Size of the campus in the draw. [MW]

    Returns
    -------
    float
        As the story pays it, lost load at its value. [USD/MW/year]
    """
    step, site = Steps(known, s.price_year, explained=False), shared.site
    hours = s if year == 0 else s.model_copy(update={"seed": seed_of(s.seed, year)})
    campus, rates = campus_of(step, s, site, shared.physics), moneys.rates(step, s, site)
    money: tuple[Any, Any] = (rates.power, rates.inflation)
    shape, named = shared.optimum.shape, offers.named_per_mw(s)
    problem, _ = offers.problem(step, hours, site, campus, named, shape, *money)
    costs = redrawn.fixed_costs(step, s, site, problem, rates)
    problem = with_costs(problem, {name: float(x) for name, x in costs.items()})
    problem = replace(problem, voll_usd_per_mwh=shared.optimum.problem.voll_usd_per_mwh)
    if problem.grid:
        price = float(supplies.price_at(step, site, campus_mw)) * shape
        problem = replace(problem, grid=replace(problem.grid, price_usd_per_mwh=price))
    answer = solve(problem, gap=GAP)
    if answer.decision is None:
        return float("nan")
    made = Optimum(answer, problem, (), (), shape)
    supply = supplies.supply(step, s, site, campus, made, *money, campus_mw=campus_mw, anew=True)
    return float(redrawn.cost_per_mw_year(step, supply, made, rates))
