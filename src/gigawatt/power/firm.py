"""Outages into a firm margin: units lost by rule or by chance set how much firm capacity a plan must hold.

The optimum sees a linear limit, firm capacity over peak load; the outages of whole units are not linear in what is
built. So a plan is made, its units are convolved, the margin is raised by what they fall short, and a plan is made
again, until the target holds. The bounds certify the plan for its margin; the margin is the first that suffices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .account import firm_mw, total_load
from .adequacy import loss_of_load_hours, outage_table
from .answered import no_answer
from .firm_units import n_minus_k_mw
from .problem import Answer, Array, Decision, Problem

ROUNDS = 25
SMALLEST = 1e-3  # of peak load: the least by which a margin is raised
SAME = 1e-6  # relative: shortfall that is rounding


def asked(problem: Problem) -> bool:
    """Whether a problem wants outages of units counted.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    bool
        True with a number of units out or a limit on the expected loss-of-load hours. [-]
    """
    return problem.n_minus_units > 0 or problem.max_loss_of_load_hours is not None


def solve(problem: Problem, plan: Callable[[Problem], Answer]) -> Answer:
    """The least-cost plan whose firm capacity suffices when units are out.

    Parameters
    ----------
    problem : Problem
        A checked problem. [-]
    plan : callable
        Solves a problem without regard to outages. [-]

    Returns
    -------
    Answer
        Of the problem with the margin found; `firm_margin` and `loss_of_load_hours` say what was found. [-]
    """
    bare = replace(problem, n_minus_units=0, max_loss_of_load_hours=None)
    margin = problem.firm_margin
    answer = plan(bare)
    for _ in range(ROUNDS):
        if answer.decision is None:
            return answer
        short = _shortfall_mw(problem, answer.decision)
        if short <= SAME * float(total_load(problem).max()):
            hours = expected_hours(problem, answer.decision)
            return replace(answer, firm_margin=margin, loss_of_load_hours=hours)
        peak = float(total_load(problem).max())
        margin = (firm_mw(problem, answer.decision) + max(short, SMALLEST * peak)) / peak - 1.0
        answer = plan(replace(bare, firm_margin=margin))
    words = (
        f"firm: a margin of {margin:.3g} still leaves {short:.4g} MW short when units are out; smaller units would help"
    )
    return replace(no_answer(problem, "infeasible", path=answer.path), tried=(*answer.tried, words))


def units(problem: Problem, decision: Decision) -> tuple[Array, Array, Array, float]:
    """Units that can fail, and the firm capacity that cannot.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        Capacities. [-]

    Returns
    -------
    tuple of (array, array, array, float)
        Size, outage rate and number of the units of each source with a firm credit; a source without blocks is one
        unit; stores and the connection count as certain. [MW, -, -, MW]
    """
    sizes, rates, counts = [], [], []
    certain = firm_mw(problem, decision)
    for s, mw in zip(problem.sources, decision.source_mw, strict=True):
        firm = s.firm_credit * float(mw)
        if firm <= 0.0 or (s.forced_outage <= 0.0 and problem.n_minus_units == 0):
            continue
        stands = s.existing_mw if s.unit_mw > 0.0 else float(mw)  # what stands, or has no blocks, is one unit
        blocks = round((float(mw) - stands) / s.unit_mw) if s.unit_mw > 0.0 else 0
        for size, count in ((stands, 1), (s.unit_mw, blocks)):
            if size > 0.0 and count > 0:
                sizes.append(s.firm_credit * size)
                rates.append(s.forced_outage)
                counts.append(count)
        certain -= firm
    return np.array(sizes), np.array(rates), np.array(counts), certain


def expected_hours(problem: Problem, decision: Decision) -> float:
    """Hours a year in which the units left by outages are expected to fall short of the load (LOLE).

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        Capacities. [-]

    Returns
    -------
    float
        Mean over the weather years. [h/year]
    """
    sizes, rates, counts, certain = units(problem, decision)
    return _hours(problem, sizes, rates, counts, certain)


def _hours(problem: Problem, sizes: Array, rates: Array, counts: Array, certain: float) -> float:
    whole = total_load(problem)
    load = np.maximum(whole - certain, 0.0)
    years = problem.load_mw.shape[0] if problem.load_mw.ndim == 2 else 1
    if not len(sizes):
        return float((load > SAME * whole.max()).sum()) * problem.step_hours / years
    step = None if len(sizes) <= 4 else float(sizes.min()) / 50.0
    table = outage_table(unit_mw=sizes, forced_outage_rate=rates, n=counts, step_mw=step)
    return float(np.sum(loss_of_load_hours(table=table, load_mw=load, step_hours=problem.step_hours))) / years


def _shortfall_mw(problem: Problem, decision: Decision) -> float:
    """Firm capacity that is missing: by the rule of units out, and for the expected hours."""
    sizes, rates, counts, certain = units(problem, decision)
    peak = float(total_load(problem).max())
    short = 0.0
    if problem.n_minus_units > 0:
        left = float(n_minus_k_mw(unit_mw=sizes, n=counts, k=problem.n_minus_units)) if len(sizes) else 0.0
        short = (1.0 + (problem.firm_margin or 0.0)) * peak - certain - left
    limit = problem.max_loss_of_load_hours
    if limit is None or _hours(problem, sizes, rates, counts, certain + max(short, 0.0)) <= limit:
        return max(short, 0.0)
    low, high = max(short, 0.0), peak
    while high - low > SAME * peak:
        middle = 0.5 * (low + high)
        if _hours(problem, sizes, rates, counts, certain + middle) <= limit:
            high = middle
        else:
            low = middle
    return high
