"""One sparse programme handed to HiGHS: within a box around a guess, with whole numbers, or plain; its dual bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .highs import quiet
from .problem import Array
from .sparse import Model

BOX = 0.08  # relative width around a guess
ROUNDS = 8
WHOLE_GAP = 1e-4  # where something must be whole, HiGHS may stop at this
SECONDS = 120.0  # and must, after this
ANOTHER_WAY = (("presolve", "on"), ("solver", "ipm"), ("user_objective_scale", -10), ("solver", "simplex"))


def sizes(model: Model, x: Array) -> dict[str, float]:
    """Capacities in a solution.

    Parameters
    ----------
    model : Model
        A programme. [-]
    x : array (column,)
        Its solution. [-]

    Returns
    -------
    dict of str to float
        Size of each capacity. [MW, MWh for the energy of stores]
    """
    return {k: x[first] * model.unit_mw for k, (first, n) in model.columns.items() if n == 1}


def boxed(model: Model, guess: dict[str, float] | None, box: float) -> tuple[str, Array, Array]:
    """Solve within a box around guessed capacities, moving the sides that bind; without a guess, solve outright.

    Parameters
    ----------
    model : Model
        A programme with nothing that must be whole. [-]
    guess : dict of str to float or None
        Capacities. [MW, MWh]
    box : float
        Width of the box to either side, relative. [-]

    Returns
    -------
    tuple of (str, array, array)
        As of ``run``. [-]
    """
    if guess is None:
        return run(model)
    keys = [k for k, (_, n) in model.columns.items() if n == 1 and k in guess]
    index = np.array([model.columns[k][0] for k in keys], np.int32)
    centre = np.array([guess[k] for k in keys]) / model.unit_mw
    least, most = model.lower[index], model.upper[index]
    low, high = np.maximum(least, centre * (1 - box) - 0.2 * box), np.minimum(most, centre * (1 + box) + 0.2 * box)
    low = np.minimum(low, most)
    high = np.maximum(high, low)
    highs = loaded(model)
    for attempt in range(ROUNDS + 1):
        if attempt == ROUNDS:
            low, high = least, most
        highs.changeColsBounds(len(index), index, low, high)
        status, x, y = _ran(highs)
        if status != "optimal":
            return run(model)  # the box may be the reason
        push = (model.cost - transposed(model, y))[index]  # reduced costs: + at a lower side, - at an upper side
        at_low = (x[index] <= low + 1e-9) & (low > least) & (push > 1e-7)
        at_high = (x[index] >= high - 1e-9) & (high < most) & (push < -1e-7)
        if not (at_low | at_high).any():
            return status, x, y
        width = np.maximum(high - low, 0.05)
        low, high = (
            np.where(at_low, np.maximum(least, low - width), low),
            np.where(at_high, np.minimum(most, high + width), high),
        )
    return status, x, y


def continuous(model: Model) -> Model:
    """The programme with nothing that must be whole: its relaxation.

    Parameters
    ----------
    model : Model
        A programme. [-]

    Returns
    -------
    Model
        A linear programme. [-]
    """
    return replace(model, whole=model.whole[:0])


def held(model: Model, at: Model | Array) -> Model:
    """The linear programme with all that is whole held at given values.

    Parameters
    ----------
    model : Model
        A programme. [-]
    at : Model or array (column,)
        Where to hold it: where another programme of the same columns does, or at a solution. [-]

    Returns
    -------
    Model
        A linear programme. [-]
    """
    values = at.lower[model.whole] if isinstance(at, Model) else np.round(at[model.whole])
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[model.whole] = upper[model.whole] = values
    return continuous(replace(model, lower=lower, upper=upper))


def whole(
    model: Model, guess: dict[str, float] | None, gap: float, seconds: float
) -> tuple[str, Model, Array, Array, float]:
    """Solve a programme in part of whole numbers: both roundings of the relaxation, then branch and bound.

    Parameters
    ----------
    model : Model
        A programme. [-]
    guess : dict of str to float or None
        Capacities. [MW, MWh]
    gap : float
        Relative distance of the bounds at which branch and bound may stop. [-]
    seconds : float
        Time for it. [s]

    Returns
    -------
    tuple of (str, Model, array, array, float)
        Status, programme with the best whole values held, its solution and multipliers, lower bound on the whole. [-]
    """
    relaxed = continuous(model)
    status, x, y = boxed(relaxed, guess, BOX)
    if status != "optimal":
        return status, model, x, y, np.nan
    bound = dual_bound(relaxed, x, y)
    best: tuple[Model, Array, Array] | None = None
    for way in (np.ceil, np.floor):
        best = best or _with(model, _rounded(model, x, way))
    if best is None or _cost(*best[:2]) - bound > gap * abs(_cost(*best[:2])):
        status, found, more = _branched(model, best[1] if best else None, gap, seconds)
        bound = max(bound, more if np.isfinite(more) else bound)
        other = _with(model, found) if found is not None else None
        if other and (best is None or _cost(*other[:2]) < _cost(*best[:2])):
            best = other
    if best is None:
        return status if status == "infeasible" else "unsolved", model, x, y, bound
    return "optimal", *best, bound


def _cost(model: Model, x: Array) -> float:
    return float(model.cost @ x) + model.offset


def _with(model: Model, x: Array) -> tuple[Model, Array, Array] | None:
    """The linear programme with the whole numbers of a solution held, solved; None where they allow no plan."""
    fixed = held(model, x)
    status, x, y = boxed(fixed, sizes(model, x), BOX)
    return (fixed, x, y) if status == "optimal" else None


def _rounded(model: Model, x: Array, way: Any) -> Array:
    """A solution of the relaxation made whole: blocks rounded one way, lost load in the hours with most of it."""
    x = x.copy()
    x[model.whole] = way(np.round(x[model.whole], 6))
    if (hours := model.part("lost_load", x)) is not None:
        lost = sum(
            x[first : first + n] for key, (first, n) in model.columns.items() if key.partition(":")[0] == "unserved"
        )
        most = round(float(model.row_upper[model.rows["lost_load_hours"][0]]))
        hours[:] = 0.0
        hours[np.argsort(-np.asarray(lost), kind="stable")[:most]] = 1.0
    return x


def _branched(model: Model, start: Array | None, gap: float, seconds: float) -> tuple[str, Array | None, float]:
    """Branch and bound: status, the best solution if there is one, lower bound."""
    import highspy

    options = {"presolve": "on", "mip_rel_gap": gap, "time_limit": seconds}
    highs = loaded(model, **options)
    highs.changeObjectiveOffset(model.offset)  # the gap is one of the whole cost
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = list(start)
        highs.setSolution(known)
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return "infeasible", None, -np.inf
    done = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    found = np.array(highs.getSolution().col_value) if done else None
    bound = float(info.mip_dual_bound)
    return "optimal" if done else "unsolved", found, bound if np.isfinite(bound) else -np.inf


def run(model: Model, **options: Any) -> tuple[str, Array, Array]:
    """Solve a model with HiGHS, one with whole columns by branch and bound.

    Parameters
    ----------
    model : Model
        Arrays of the programme. [-]
    **options : object
        HiGHS options over the defaults here. [-]

    Returns
    -------
    tuple of (str, array, array)
        `optimal`, `infeasible`, `unbounded` or `unsolved`; columns; row multipliers. [-]
    """
    if len(model.whole):
        status, _, x, y, _ = whole(model, None, WHOLE_GAP, SECONDS)
        return status, x, y
    return _ran(loaded(model, **options))


def loaded(model: Model, **options: Any) -> Any:
    """HiGHS with a programme in it.

    Parameters
    ----------
    model : Model
        A programme. [-]
    **options : object
        HiGHS options over the defaults here. [-]

    Returns
    -------
    highspy.Highs
        The solver, not run. [-]
    """
    import highspy

    # presolve finds nothing here and costs a tenth; dual simplex beat both interior points
    highs = quiet(**{"presolve": "off", **options})
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = model.start, model.index, model.value
    if len(model.whole):
        kinds = np.full(len(model.cost), highspy.HighsVarType.kContinuous)
        kinds[model.whole] = highspy.HighsVarType.kInteger
        lp.integrality_ = list(kinds)
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused the programme: our own bug")
    return highs


def _ran(highs: Any) -> tuple[str, Array, Array]:
    import highspy

    kinds = highspy.HighsModelStatus
    known = {kinds.kOptimal: "optimal", kinds.kInfeasible: "infeasible", kinds.kUnbounded: "unbounded"}
    highs.run()
    for name, value in ANOTHER_WAY:  # in turn, for the rare numerical trouble
        if highs.getModelStatus() in known:
            break
        highs.clearSolver()
        highs.setOptionValue(name, value)
        highs.run()
    status = highs.getModelStatus()
    solution = highs.getSolution()
    return known.get(status, "unsolved"), np.array(solution.col_value), np.array(solution.row_dual)


def transposed(model: Model, y: Array) -> Array:
    """Product of the transposed matrix with row multipliers.

    Parameters
    ----------
    model : Model
        A programme. [-]
    y : array (row,)
        Multipliers. [-]

    Returns
    -------
    array (column,)
        A' y. [-]
    """
    products = np.append(model.value * y[model.index], 0.0)
    return np.where(np.diff(model.start) > 0, np.add.reduceat(products, model.start[:-1]), 0.0)


def dual_bound(model: Model, x: Array, y: Array) -> float:
    """Lower bound on the programme from row multipliers alone (weak duality), in the model's money.

    Where a column has no upper bound, its reduced cost must be >= 0; a rounding below zero is charged at twice the
    column's value plus one peak load.

    Parameters
    ----------
    model : Model
        The programme. [-]
    x : array (column,)
        A solution, used only for that charge. [-]
    y : array (row,)
        Multipliers: >= 0 where the lower side binds, <= 0 where the upper one does. [-]

    Returns
    -------
    float
        The bound. [-]
    """
    rows = np.where(y > 0, model.row_lower, model.row_upper)
    y = np.where(np.isfinite(rows), y, 0.0)  # a multiplier on a side that does not exist is rounding
    reduced = model.cost - transposed(model, y)
    at_most = np.where(np.isfinite(model.upper), model.upper, 2.0 * np.abs(x) + 1.0)
    sides = np.where(reduced > 0, model.lower, at_most)
    return float(
        np.where(y != 0, y * np.where(np.isfinite(rows), rows, 0.0), 0.0).sum() + (reduced * sides).sum() + model.offset
    )
