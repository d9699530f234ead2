"""Shares and caps that the least-cost plan keeps by itself: it is the optimum under them too, and they cost nothing."""

from __future__ import annotations

from dataclasses import replace

from .problem import Answer, Limit, Problem


def without_shares(problem: Problem) -> Problem:
    """The problem without its cap on emissions and its clean shares; the same object where it has none.

    Parameters
    ----------
    problem : Problem
        Any problem. [-]

    Returns
    -------
    Problem
        Never dearer than the one given. [-]
    """
    free = replace(problem, max_carbon_kg_per_mwh=None, min_clean_share_hourly=None, min_clean_share_annual=None)
    limits = (problem.max_carbon_kg_per_mwh, problem.min_clean_share_hourly, problem.min_clean_share_annual)
    return problem if limits == (None, None, None) else free


def kept(problem: Problem, free: Answer) -> Answer | None:
    """The answer to a problem from that to the problem `without_shares`, where its plan keeps them anyway.

    Parameters
    ----------
    problem : Problem
        With shares or a cap. [-]
    free : Answer
        Answer to the same problem without them. [-]

    Returns
    -------
    Answer or None
        The same plan and bounds, the slack limits among its limits; None where one is broken. [-]
    """
    if free.decision is None:
        return None
    asked = (
        ("carbon", free.carbon_intensity_kg_per_mwh, problem.max_carbon_kg_per_mwh, "kg/MWh"),
        ("clean_hourly", free.clean_share_hourly, problem.min_clean_share_hourly, "1"),
        ("clean_annual", free.clean_share_annual, problem.min_clean_share_annual, "1"),
    )
    rows = [
        Limit(name=name, value=value, limit=limit, unit=unit, usd_per_unit_year=0.0)
        for name, value, limit, unit in asked
        if limit is not None
    ]
    if any(x.value > x.limit if x.name == "carbon" else x.value < x.limit for x in rows):
        return None
    return replace(free, limits=(*rows, *free.limits), cuts=None)
