"""Power in phases as one large linear programme on HiGHS: the slow, plain twin of `phased`.

Every phase's hours are written as `programme` writes any year; the vintages are more columns, and one row per phase
and capacity says that what the hours use is what stands.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import lp, reference
from .phases import (
    Array,
    PhasedAnswer,
    PhasedProblem,
    Plant,
    capacities,
    counts,
    hourly,
    limits,
    standing,
    vintages,
    worth_of_hours,
)
from .phases_check import checked, unservable
from .phases_price import priced
from .problem import Profile
from .programme import MONEY, written
from .sparse import Model

VINTAGES = "vintages"


def solve(problem: PhasedProblem) -> PhasedAnswer:
    """Least-cost build, carry and resale over the phases, by one linear programme over all phases and hours.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    PhasedAnswer
        Plan and bounds; status `infeasible` with its reason where there is none. [-]
    """
    checked(problem)
    if reason := unservable(problem):
        return PhasedAnswer(status="infeasible", path="lp", reason=reason)
    posed = {p: hourly(problem, p) for p in counts(problem)}
    models = {p: written(x) for p, x in posed.items()}
    whole = _joined(problem, models)
    status, x, y = lp.run(whole, presolve="on") if len(whole.cost) else ("optimal", np.zeros(0), np.zeros(0))
    if status != "optimal":
        return PhasedAnswer(status=status, path="lp", reason=f"the linear programme is {status}")
    unit, worth = whole.unit_mw, worth_of_hours(problem)
    lower = lp.dual_bound(whole, x, y) * unit / MONEY
    decisions, prices = {}, {}
    for p, model in models.items():
        first, count = whole.columns[str(p)]
        decisions[p], _ = reference.decided(posed[p], model, x[first : first + count])
        row = whole.rows[str(p)][0] + model.rows["balance"][0]
        scale = worth[p] * model.unit_mw / unit * MONEY * problem.step_hours
        prices[p] = y[row : row + problem.load_mw.shape[1]] / scale
    first, count = whole.columns[VINTAGES]
    size = np.maximum(x[first : first + count], 0.0) * unit
    return priced(problem, vintages(problem), size, posed, decisions, prices, lower=lower, path="lp")


def sizes(problem: PhasedProblem) -> Array | None:
    """What the programme builds of each vintage.

    Parameters
    ----------
    problem : PhasedProblem
        A checked problem, best a short one. [-]

    Returns
    -------
    array (vintage,) or None
        Sizes in MW or MWh; None where it has no plan. [MW]
    """
    whole = _joined(problem, {p: written(hourly(problem, p)) for p in counts(problem)})
    if not len(whole.cost):
        return np.zeros(0)
    status, x, _ = lp.run(whole)
    first, count = whole.columns[VINTAGES]
    return x[first : first + count] * whole.unit_mw if status == "optimal" else None


def coarse(problem: PhasedProblem, steps: int) -> PhasedProblem:
    """The problem in few long steps: highest load of each, means of all else.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    steps : int
        At least so many steps, where they divide. [-]

    Returns
    -------
    PhasedProblem
        A quicker picture of it. [-]
    """
    hours = problem.load_mw.shape[1]
    each = max(n for n in range(1, max(hours // steps, 1) + 1) if hours % n == 0)

    def mean(x: Profile) -> Profile:
        profile = np.asarray(x, float)
        if not profile.ndim or profile.shape[-1] == 1:
            return x
        return np.asarray(profile.reshape(*profile.shape[:-1], -1, each).mean(axis=-1))

    def plant(x: Plant) -> Plant:
        return replace(
            x,
            availability=mean(x.availability),
            variable_usd_per_mwh=mean(x.variable_usd_per_mwh),
            carbon_intensity_kg_per_mwh=mean(x.carbon_intensity_kg_per_mwh),
        )

    return replace(
        problem,
        load_mw=problem.load_mw.reshape(len(problem.load_mw), -1, each).max(axis=-1),
        plants=tuple(map(plant, problem.plants)),
        step_hours=problem.step_hours * each,
    )


def _joined(problem: PhasedProblem, models: dict[int, Model]) -> Model:
    """The programmes of all phases beside each other, the vintages last, and the rows that join them."""
    found, worth, names = vintages(problem), worth_of_hours(problem), capacities(problem)
    stands, most = standing(problem, found), limits(problem)
    unit = float(problem.load_mw.max())
    entries: list[tuple[np.ndarray, np.ndarray, Array]] = []
    cost, lower, upper, row_lower, row_upper = ([] for _ in range(5))
    columns, rows, width, height = {}, {}, 0, 0
    for p, m in models.items():
        columns[str(p)], rows[str(p)] = (width, len(m.cost)), (height, len(m.row_lower))
        entries.append((m.index + height, np.repeat(np.arange(len(m.cost)), np.diff(m.start)) + width, m.value))
        cost.append(m.cost * worth[p] * m.unit_mw / unit)
        lower.append(m.lower)
        upper.append(m.upper)
        row_lower.append(m.row_lower)
        row_upper.append(m.row_upper)
        width, height = width + len(m.cost), height + len(m.row_lower)
    first = width
    columns[VINTAGES] = (first, len(found))
    cost.append(np.array([v.usd * MONEY for v in found]))
    lower.append(np.zeros(len(found)))
    upper.append(np.array([v.most / unit for v in found]))

    def row(at: np.ndarray, of: Array, low: float, high: float) -> None:
        nonlocal height
        entries.append((np.full(len(at), height), at, of))
        row_lower.append(np.array([low]))
        row_upper.append(np.array([high]))
        height += 1

    for p, m in models.items():
        for k, name in enumerate(names):
            there = first + np.flatnonzero(stands[p, k])
            used = columns[str(p)][0] + m.columns[name][0]
            row(np.append(used, there), np.append(m.unit_mw / unit, -np.ones(len(there))), 0.0, 0.0)
    for p in range(len(problem.years)):
        for k in range(len(names)):
            there = first + np.flatnonzero(stands[p, k])
            if np.isfinite(most[k, p]) and len(there):
                row(there, np.ones(len(there)), -np.inf, most[k, p] / unit)
        if problem.reserve_mw is not None and problem.years[p] > 0.0:
            credit = sum((x.firm_credit * stands[p, k] for k, x in enumerate(problem.plants)), np.zeros(len(found)))
            row(first + np.arange(len(found)), credit, problem.reserve_mw[p] / unit, np.inf)
    return _model(entries, cost, lower, upper, row_lower, row_upper, columns, rows, unit)


def _model(
    entries: list[tuple[np.ndarray, np.ndarray, Array]],
    cost: list[Array],
    lower: list[Array],
    upper: list[Array],
    row_lower: list[Array],
    row_upper: list[Array],
    columns: dict[str, tuple[int, int]],
    rows: dict[str, tuple[int, int]],
    unit: float,
) -> Model:
    """The blocks as one programme by columns."""
    nothing = (np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    row, column, value = (np.concatenate(x) for x in zip(nothing, *entries, strict=True))
    keep = value != 0.0
    row, column, value = row[keep], column[keep], value[keep].astype(float)
    order = np.lexsort((row, column))
    width = sum(map(len, cost))
    start = np.concatenate(([0], np.cumsum(np.bincount(column.astype(int), minlength=width))))
    return Model(
        cost=np.concatenate(cost),
        lower=np.concatenate(lower),
        upper=np.concatenate(upper),
        row_lower=np.concatenate([*row_lower, np.zeros(0)]),
        row_upper=np.concatenate([*row_upper, np.zeros(0)]),
        start=start.astype(np.int32),
        index=row[order].astype(np.int32),
        value=value[order],
        offset=0.0,
        columns=columns,
        rows=rows,
        unit_mw=unit,
    )
