"""The fast path: size by exact cuts, recover the dispatch, let the account price and check it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .answered import answered
from .dispatch import accepted, decided
from .form import Form, formed
from .problem import Answer, Cuts, Problem
from .sizing import Sized, exact, size_form, snapped

TIDY = 0.2  # of the gap: what moving capacities to the bounds they almost touch may cost
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
    unit = form.unit_mw
    result = size_form(form, gap=gap, known=start)
    for attempt in range(2):
        if attempt:
            result = exact(form, result, SHARPER * gap)
        near = result.cost + form.offset
        for tried, most in ((snapped(form, result), near + TIDY * gap * abs(near)), (result, np.inf)):
            answer = answer_of(problem, form, tried) if tried is not None else None
            if answer is not None and accepted(problem, answer, gap) and answer.objective_usd_per_year <= most * unit:
                return answer, answer.lower_bound_usd_per_year
    return None, (result.least + form.offset) * unit


def answer_of(problem: Problem, form: Form, result: Sized) -> Answer | None:
    """A result as an answer, priced and checked by the account.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    form : Form
        Its form. [-]
    result : Sized
        Capacities and bounds. [-]

    Returns
    -------
    Answer or None
        None where its dispatch could not be made. [-]
    """
    decision = decided(problem, form, result)
    if decision is None:
        return None
    answer = answered(
        problem,
        decision,
        path="fast",
        lower=(result.least + form.offset) * form.unit_mw,
        price=result.duals.clear.reshape(problem.load_mw.shape),
        prices=result.row_prices,
        reduced=result.reduced,
    )
    return replace(answer, cuts=result.cuts)
