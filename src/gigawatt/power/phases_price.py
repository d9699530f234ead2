"""What a plan over the phases costs and what it breaks, from the plan alone, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .account import accounted, violations
from .phases import (
    Array,
    Built,
    PhasedAnswer,
    PhasedProblem,
    PhasedViolations,
    Vintage,
    capacities,
    limits,
    worth_of_hours,
)
from .problem import Decision, Problem

ROUNDING = 1e-7  # relative: bounds this near are equal
LEAST = 1e-9  # of the highest load: what is smaller is not built


def priced(
    problem: PhasedProblem,
    found: list[Vintage],
    size_mw: Array,
    posed: Mapping[int, Problem],
    decisions: Mapping[int, Decision],
    prices: Mapping[int, Array],
    *,
    lower: float,
    path: str,
) -> PhasedAnswer:
    """A plan as an answer: its cost and violations recomputed from what is built and the hourly dispatch.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    found : list of Vintage
        What may be built. [-]
    size_mw : array (vintage,)
        What is built. [MW or MWh]
    posed : mapping of int to Problem
        The hours of the phases that have any, from `hourly`. [-]
    decisions : mapping of int to Decision
        Their dispatch. [-]
    prices : mapping of int to array (hour,)
        Marginal cost of load. [USD/MWh]
    lower : float
        Certified lower bound. [USD]
    path : str
        Who made it. [text]

    Returns
    -------
    PhasedAnswer
        Read `gap` and `violations` for how good it is. [-]
    """
    least = LEAST * float(problem.load_mw.max())
    built = tuple(
        Built(
            name=v.name,
            first=v.first,
            last=v.last,
            mw=float(mw),
            usd=v.usd * float(mw),
            resale_usd=v.resale_usd * float(mw),
        )
        for v, mw in zip(found, size_mw, strict=True)
        if mw > least
    )
    phases = range(len(problem.years))
    accounts = {p: accounted(posed[p], d) for p, d in decisions.items()}
    worth = worth_of_hours(problem)
    running = np.array([worth[p] * accounts[p].objective_usd_per_year if p in accounts else 0.0 for p in phases])
    upper = float(sum(v.usd * float(mw) for v, mw in zip(found, size_mw, strict=True)) + running.sum())
    if upper < lower <= upper + ROUNDING * abs(upper):
        lower = upper
    blank = np.full(problem.load_mw.shape[1], np.nan)
    return PhasedAnswer(
        status="optimal",
        path=path,
        built=built,
        decisions=tuple(decisions.get(p) for p in phases),
        accounts=tuple(accounts.get(p) for p in phases),
        upper_bound_usd=upper,
        lower_bound_usd=lower,
        gap=(upper - lower) / abs(upper) if upper else 0.0,
        hourly_usd=running,
        price_usd_per_mwh=np.array([prices.get(p, blank) for p in phases]),
        violations=PhasedViolations(
            hourly=tuple(violations(posed[p], d, accounts[p]) for p, d in decisions.items()),
            **_broken(problem, found, size_mw, decisions),
        ),
    )


def stock(problem: PhasedProblem, built: tuple[Built, ...]) -> Array:
    """What stands in each phase.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    built : tuple of Built
        What is built. [-]

    Returns
    -------
    array (capacity, phase)
        In the order of `capacities`. [MW or MWh]
    """
    row = {name: i for i, name in enumerate(capacities(problem))}
    found = np.zeros((len(row), len(problem.years)))
    for b in built:
        found[row[b.name], b.first : b.last + 1] += b.mw
    return found


def _broken(
    problem: PhasedProblem, found: list[Vintage], size_mw: Array, decisions: Mapping[int, Decision]
) -> dict[str, float]:
    """What is carried, allowed and held in reserve, checked against the dispatch."""
    stands = np.zeros((len(capacities(problem)), len(problem.years)))
    for v, mw in zip(found, size_mw, strict=True):
        stands[v.row, v.first : v.last + 1] += mw
    carried = [0.0, -float(np.min(size_mw, initial=0.0))]
    for p, d in decisions.items():
        used = list(d.source_mw)
        if problem.battery:
            used += [float(d.store_power_mw[0]), float(d.store_energy_mwh[0])]
        carried.append(float(np.max(np.array(used) - stands[:, p], initial=0.0)))
    over = [float(np.max(stands - limits(problem), initial=0.0))]
    short = [0.0]
    if problem.reserve_mw is not None:
        credit = np.array([x.firm_credit for x in problem.plants])
        held = credit @ stands[: len(credit)]
        short.append(float(np.max(np.where(problem.years > 0.0, problem.reserve_mw - held, 0.0))))
    return {"carried_mw": max(carried), "limits_mw": max(over), "reserve_mw": max(short)}
