"""The answer of any solver, put together in one place: priced, checked and explained from the decision alone."""

from __future__ import annotations

import numpy as np

from .account import accounted, violations
from .limits import limits, unbuilt
from .problem import Answer, Array, Decision, Problem


def answered(
    problem: Problem,
    decision: Decision,
    *,
    path: str,
    lower: float,
    price: Array,
    prices: dict[str, float],
    reduced: dict[str, float],
) -> Answer:
    """The answer of any solver: its plan priced and checked here, its bound and multipliers taken as given.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    decision : Decision
        The plan. [-]
    path : str
        Which solver path made it. [text]
    lower : float
        Certified lower bound. [USD/year]
    price : array (..., hour)
        Marginal cost of load. [USD/MWh]
    prices : dict of str to float
        Yearly saving per unit of each share or linear limit, by name; missing ones are slack. [USD/unit/year]
    reduced : dict of str to float
        Yearly cost of one more unit of each capacity less what it earns. [USD/MW/year]

    Returns
    -------
    Answer
        Status `optimal`; read `gap` and `violations` for how well. [-]
    """
    a = accounted(problem, decision)
    upper = a.objective_usd_per_year
    return Answer(
        status="optimal",
        path=path,
        decision=decision,
        load_mw=problem.load_mw,
        portfolio=a.lines,
        objective_usd_per_year=upper,
        lower_bound_usd_per_year=lower,
        upper_bound_usd_per_year=upper,
        gap=(upper - lower) / abs(upper) if upper else 0.0,
        supply_usd_per_year=a.supply_usd_per_year,
        cost_usd_per_mwh=a.supply_usd_per_year / a.served_mwh_per_year if a.served_mwh_per_year > 0 else np.nan,
        price_usd_per_mwh=price,
        unserved_fraction=a.unserved_fraction,
        clean_share_annual=a.clean_share_annual,
        clean_share_hourly=a.clean_share_hourly,
        carbon_intensity_kg_per_mwh=a.carbon_intensity_kg_per_mwh,
        curtailed_mwh_per_year=sum(line.curtailed_mwh_per_year for line in a.lines),
        limits=limits(problem, decision, a, prices, reduced),
        violations=violations(problem, decision, a),
        unbuilt=unbuilt(problem, decision, reduced),
    )


def no_answer(problem: Problem, status: str, *, path: str) -> Answer:
    """The answer when there is no plan; its figures are NaN.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    status : str
        `infeasible` or `unbounded`. [text]
    path : str
        Which solver path found out. [text]

    Returns
    -------
    Answer
        Without a decision. [-]
    """
    fields: tuple[str, ...] = ("objective_usd_per_year", "lower_bound_usd_per_year", "upper_bound_usd_per_year", "gap")
    fields += ("supply_usd_per_year", "cost_usd_per_mwh", "unserved_fraction", "clean_share_annual")
    fields += ("clean_share_hourly", "carbon_intensity_kg_per_mwh", "curtailed_mwh_per_year")
    return Answer(
        status=status,
        path=path,
        decision=None,
        load_mw=problem.load_mw,
        portfolio=(),
        price_usd_per_mwh=np.full(problem.load_mw.shape, np.nan),
        limits=(),
        violations=None,
        **dict.fromkeys(fields, np.nan),  # type: ignore[arg-type]
    )
