"""One door to the power optimum: the fast paths where the problem allows them, else the linear programme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import firm, reference
from .account import violations
from .check import checked
from .form import forbids_shedding
from .problem import Answer, Cuts, FlexibleLoad, Problem, Source

GAP = 1e-4
KEPT = 1e-7  # relative violation that is rounding


def solve(problem: Problem, *, gap: float = GAP, start: Cuts | None = None) -> Answer:
    """Least-cost capacities and hourly dispatch, certified: cost recomputed from the dispatch, and a lower bound.

    The path is chosen by the problem's features: `fast` (at most one store, hours joined by nothing but it and the
    capacities), `multiplier` (limits over all hours as well), `blocks` (whole blocks as well), else `lp`, the linear
    programme on HiGHS. Ramps and minimum loads are left out first: where the plan keeps them all the same, it is the
    optimum. A path whose bounds do not meet is left for `lp`; `tried` says which and why.

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
    if firm.asked(problem):
        return firm.solve(problem, lambda p: solve(p, gap=gap, start=start))
    answer, least, tried = _by_cuts(problem, gap, start)
    if answer is not None:
        return answer
    answer = reference.solve(problem, gap=gap)
    upper = answer.upper_bound_usd_per_year
    if answer.status == "optimal" and answer.lower_bound_usd_per_year < least <= upper:
        answer = replace(answer, lower_bound_usd_per_year=least, gap=(upper - least) / abs(upper) if upper else 0.0)
    return replace(answer, tried=tried)


def _by_cuts(problem: Problem, gap: float, start: Cuts | None) -> tuple[Answer | None, float, tuple[str, ...]]:
    """The answer of the path that fits, or None; the best lower bound on the way; what was tried."""
    if reason := _too_much(problem):
        return None, -np.inf, (f"fast: {reason}",)
    relaxed = _without_ramps(problem)
    path = _path(relaxed)
    if path == "fast":
        from . import fast

        answer, least = fast.solve(relaxed, gap=gap, start=start)
    elif path == "multiplier":
        from . import multiplier

        answer, least = multiplier.solve(relaxed, gap=gap)
    else:
        from . import blocks

        answer, least = blocks.solve(relaxed, gap=gap)
    if answer is None:
        return None, least, (f"{path}: bounds did not meet, lower one {least:.6g} USD/year",)
    if relaxed is not problem:
        assert answer.decision is not None
        answer = replace(answer, violations=violations(problem, answer.decision))
        if _worst(answer) > KEPT * float(problem.load_mw.max()):
            return None, answer.lower_bound_usd_per_year, (f"{path}: its plan breaks a ramp or a minimum load",)
    return answer, answer.lower_bound_usd_per_year, ()


def _too_much(problem: Problem) -> str:
    """Why no path by cuts can take a problem; empty if one can."""
    if len(problem.stores) > 1:
        return "two or more stores"
    if problem.links or problem.bus_load_mw:
        return "a network of buses"
    costs = [s.fixed_usd_per_mw_year for s in problem.sources]
    costs += [c for s in problem.stores for c in (s.power_usd_per_mw_year, s.energy_usd_per_mwh_year)]
    if min(costs, default=0.0) < 0.0:
        return "a capacity that is paid to exist"
    if _over_all_hours(problem) and any(s.unit_mw > 0.0 for s in problem.sources):
        return "blocks under a limit over all hours"
    return ""


def _over_all_hours(problem: Problem) -> bool:
    """Whether a limit joins all hours."""
    shares = (problem.max_carbon_kg_per_mwh, problem.min_clean_share_annual, problem.min_clean_share_hourly)
    loss = (problem.max_unserved_fraction, problem.max_lost_load_hours)
    parts: tuple[Source | FlexibleLoad, ...] = (*problem.sources, *problem.flexible)
    return (
        any(x is not None for x in shares)
        or (any(x is not None for x in loss) and not forbids_shedding(problem))
        or any(np.isfinite(part.max_mwh_per_year) for part in parts)
    )


def _path(problem: Problem) -> str:
    if any(s.unit_mw > 0.0 for s in problem.sources):
        return "blocks"
    return "multiplier" if _over_all_hours(problem) else "fast"


def _without_ramps(problem: Problem) -> Problem:
    """The problem without ramps and minimum loads; the same object where it has none."""
    if not any(s.min_load > 0.0 or np.isfinite(s.max_ramp_per_hour) for s in problem.sources):
        return problem
    sources = tuple(replace(s, min_load=0.0, max_ramp_per_hour=np.inf) for s in problem.sources)
    return replace(problem, sources=sources)


def _worst(answer: Answer) -> float:
    """Largest violation in MW or MWh."""
    v = answer.violations
    assert v is not None
    names = [name for name in v.__slots__ if name.endswith(("_mw", "_mwh"))]
    return max(float(getattr(v, name)) for name in names)
