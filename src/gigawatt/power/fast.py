"""The fast path: size by exact cuts, recover the dispatch, let the account price and check it."""

from __future__ import annotations

from dataclasses import replace

from .account import answered
from .dispatch import accepted, decided
from .form import formed
from .limits import limits, unbuilt
from .problem import Answer, Cuts, Problem
from .sizing import exact, size_form, snapped

SHARPER = 0.3  # of the gap: what the second, exact run aims at


def solve(problem: Problem, *, gap: float, start: Cuts | None = None) -> tuple[Answer | None, float]:
    """Least-cost plan of a problem with at most one store and no limit that couples the hours.

    Parameters
    ----------
    problem : Problem
        A checked problem. [-]
    gap : float
        Relative distance of the bounds to reach. [-]
    start : Cuts, optional
        Cuts of a problem with the same hours, which then start this one. [-]

    Returns
    -------
    tuple of (Answer or None, float)
        None where the bounds did not meet; the lower bound. [-, USD/year]
    """
    form = formed(problem)
    result = size_form(form, gap=gap, known=start if start is not None and start.names == form.names else None)
    for attempt in range(2):
        if attempt:
            result = exact(form, result, SHARPER * gap)
        result = snapped(form, result, gap)
        decision = decided(problem, form, result)
        if decision is None:
            continue
        answer = answered(
            problem,
            decision,
            path="fast",
            lower=(result.least + form.offset) * form.unit_mw,
            price=result.duals.clear.reshape(problem.load_mw.shape),
            limits=limits(problem, decision, result.row_prices, result.reduced),
        )
        if accepted(problem, answer, gap):
            answer = replace(answer, cuts=result.cuts, unbuilt=unbuilt(problem, decision, result.reduced))
            return answer, answer.lower_bound_usd_per_year
    return None, (result.least + form.offset) * form.unit_mw
