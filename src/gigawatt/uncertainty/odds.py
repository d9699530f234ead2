"""What is kept in each draw: the budget, the date, all limits; how exact such a share is, and how it is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.uncertainty.ensemble import Ensemble

ROUNDING = 1e-9  # of money
ENOUGH = 2000  # draws of a regression: more tell the same more slowly
Kept = dict[str, NDArray[np.bool_]]
"""``within_budget``, ``by_deadline``, ``all``: one truth per draw, where the question has the limit."""


def few(ensemble: Ensemble) -> Ensemble:
    """The first draws, as many as a regression needs."""
    n = ENOUGH
    if ensemble.draws <= n:
        return ensemble
    return replace(
        ensemble,
        inputs={k: x[:n] for k, x in ensemble.inputs.items()},
        weather_year=ensemble.weather_year[:n],
        figures={k: x[:n] for k, x in ensemble.figures.items()},
        fixed={k: x[:n] for k, x in ensemble.fixed.items()},
        online_months=ensemble.online_months[:n],
        online_mw=ensemble.online_mw[:n],
        feasible=ensemble.feasible[:n],
        fixed_feasible=ensemble.fixed_feasible[:n],
        flexibility_usd_per_year=ensemble.flexibility_usd_per_year[:n],
        budget_usd=None if ensemble.budget_usd is None else ensemble.budget_usd[:n],
    )


def kept(ensemble: Ensemble) -> Kept:
    """Which draws keep the limits of the question with the design held; draws that are infeasible keep none.

    Parameters
    ----------
    ensemble : Ensemble
        Draws of a question. [-]

    Returns
    -------
    dict of str to array (draw,)
        ``all`` is of those limits that the question has; empty where it has neither budget nor date. [-]
    """
    s, can = ensemble.question, ensemble.fixed_feasible
    out: Kept = {}
    if ensemble.budget_usd is not None:
        out["within_budget"] = can & (ensemble.fixed["capex_usd"] <= ensemble.budget_usd * (1.0 + ROUNDING))
    if s.deadline is not None:
        allowed = buildout.months_between(s.as_of.isoformat(), s.deadline.isoformat())
        out["by_deadline"] = can & (ensemble.fixed["full_power_date"] <= allowed)
    if out:
        out["all"] = np.logical_and.reduce(list(out.values()))
    return out


def error_of(share: float, draws: int) -> float:
    """Standard error of a share of independent draws, by the rule that adds two of each (Agresti and Coull).

    Parameters
    ----------
    share : float
        Share found. [1]
    draws : int
        Draws. [draw]

    Examples
    --------
    >>> round(error_of(0.0, 400), 4)
    0.0035
    """
    n = draws + 4.0
    p = (share * draws + 2.0) / n
    return float(np.sqrt(p * (1.0 - p) / n))


def percent(share: float) -> str:
    """A chance in words that draws can support.

    Examples
    --------
    >>> percent(0.313), percent(0.0), percent(0.999)
    ('31 %', 'under 1 %', 'over 99 %')
    """
    if share < 0.005:
        return "under 1 %"
    return "over 99 %" if share > 0.995 else f"{share * 100:.0f} %"
