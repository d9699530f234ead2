"""Sizes: the programme is positively homogeneous, so one solution serves a whole ladder of campuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .problem import Answer, Decision, Limit, Problem

# bounds that grow with the problem, and figures that grow with the answer
_BOUNDS = tuple(
    "min_mw max_mw existing_mw max_mwh_per_year limit_mw mw max_power_mw max_charge_mw max_energy_mwh min_power_mw"
    " unit_mw min_energy_mwh existing_power_mw existing_energy_mwh lower upper".split()
)
_EXTENSIVE = tuple(
    "load_mw objective_usd_per_year lower_bound_usd_per_year upper_bound_usd_per_year supply_usd_per_year mw mwh"
    " mwh_per_year curtailed_mwh_per_year fixed_usd_per_year variable_usd_per_year emissions_t_per_year balance_mw"
    " capacity_mw connection_mw storage_mwh bounds_mw simultaneous_mwh_per_year".split()
)
_EXTENSIVE_UNITS = ("MW", "MWh", "MWh/year", "-")


def scaled_problem(problem: Problem, factor: float) -> Problem:
    """The same problem `factor` times as large: load, all bounds in MW or MWh, and capacity limits.

    Parameters
    ----------
    problem : Problem
        Any problem. [-]
    factor : float
        Size ratio, above zero. [-]

    Returns
    -------
    Problem
        Same prices, profiles and shares. [-]
    """

    def grown(part: Any) -> Any:
        return replace(part, **{f: getattr(part, f) * factor for f in _BOUNDS if f in part.__slots__})

    return replace(
        problem,
        load_mw=problem.load_mw * factor,
        sources=tuple(map(grown, problem.sources)),
        stores=tuple(map(grown, problem.stores)),
        grid=grown(problem.grid) if problem.grid else None,
        flexible=tuple(map(grown, problem.flexible)),
        capacity_limits=tuple(map(grown, problem.capacity_limits)),
        bus_load_mw=tuple(replace(b, load_mw=b.load_mw * factor) for b in problem.bus_load_mw),
        links=tuple(map(grown, problem.links)),
    )


def scaled(answer: Answer, factor: float) -> Answer:
    """The answer to `scaled_problem(problem, factor)`, without solving again.

    The programme is positively homogeneous in MW, so a ladder of sizes needs one solution: capacities, dispatch and
    costs grow by the factor, prices and shares stay. Exact only if every bound in MW, MWh or MWh/year grows too.

    Parameters
    ----------
    answer : Answer
        Solution at the first size. [-]
    factor : float
        Size ratio, above zero. [-]

    Returns
    -------
    Answer
        Solution at the other size. [-]
    """

    def times(part: Any, fields: tuple[str, ...]) -> Any:
        return replace(part, **{f: getattr(part, f) * factor for f in fields if f in part.__slots__})

    def limit(row: Limit) -> Limit:
        if row.unit in _EXTENSIVE_UNITS:  # extensive: value and limit grow, price per unit stays
            return times(row, ("value", "limit"))
        return times(row, ("usd_per_unit_year",))

    return replace(
        times(answer, _EXTENSIVE),
        decision=times(answer.decision, Decision.__slots__) if answer.decision else None,
        portfolio=tuple(times(line, _EXTENSIVE) for line in answer.portfolio),
        limits=tuple(map(limit, answer.limits)),
        violations=times(answer.violations, _EXTENSIVE) if answer.violations else None,
    )
