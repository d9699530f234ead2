"""One door to the power optimum: the fast path where the problem allows it, else the linear programme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import reference
from .check import checked
from .form import forbids_shedding
from .problem import Answer, Cuts, FlexibleLoad, Problem, Source

GAP = 1e-4
OVER_ALL_HOURS = "a limit over all hours"


def solve(problem: Problem, *, gap: float = GAP, start: Cuts | None = None) -> Answer:
    """Least-cost capacities and hourly dispatch, certified: cost recomputed from the dispatch, and a lower bound.

    The paths, in this order, each taken where the problem has the features for it and left where its bounds do not
    meet: `fast` (one store at most, hours joined by nothing but the store and the capacities), `lp` (everything).
    `path` says which one answered, `tried` which ones came before and why they were left.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    gap : float
        Relative distance of upper and lower bound to reach. [-]
    start : Cuts, optional
        `cuts` of an answer to a problem with the same hours (other costs, bounds or linear limits). [-]

    Returns
    -------
    Answer
        Plan, bounds, shadow prices, violations; status `infeasible` or `unbounded` when there is no plan. [-]
    """
    checked(problem)
    tried: tuple[str, ...] = ()
    reason = _not_fast(problem)
    if not reason:
        from . import fast

        answer, least = fast.solve(problem, gap=gap, start=start)
        if answer is not None:
            return answer
        tried = (f"fast: bounds did not meet, lower one {least:.6g} USD/year",)
    elif reason == OVER_ALL_HOURS:
        from . import multiplier

        answer, least = multiplier.solve(problem, gap=gap)
        if answer is not None:
            return answer
        tried = (f"multiplier: bounds did not meet, lower one {least:.6g} USD/year",)
    return replace(reference.solve(problem), tried=tried)


def _not_fast(problem: Problem) -> str:
    """Why the fast path cannot take a problem; empty if it can."""
    if len(problem.stores) > 1:
        return "two or more stores"
    coupled = False
    shares = ("max_carbon_kg_per_mwh", "min_clean_share_annual", "min_clean_share_hourly")
    shedding = problem.max_unserved_fraction is not None and not forbids_shedding(problem)
    if shedding or any(getattr(problem, name) is not None for name in shares):
        coupled = True
    parts: tuple[Source | FlexibleLoad, ...] = (*problem.sources, *problem.flexible)
    if any(np.isfinite(part.max_mwh_per_year) for part in parts):
        coupled = True
    costs = [s.fixed_usd_per_mw_year for s in problem.sources]
    costs += [c for s in problem.stores for c in (s.power_usd_per_mw_year, s.energy_usd_per_mwh_year)]
    if min(costs, default=0.0) < 0.0:
        return "a capacity that is paid to exist"
    return OVER_ALL_HOURS if coupled else ""
