"""The power problem as a plain linear programme on HiGHS: slow, obvious, right; the truth of the fast solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .account import accounted, answered, no_answer, violations, weather_years
from .check import checked
from .limits import limits, unbuilt
from .problem import CONNECTION, Answer, Array, Decision, Problem
from .programme import MONEY, Model, flat, pooled, written

RUNGS = ((6, 0.0), (2, 0.3)), 0.08  # hours per step and box of the coarser runs; box of the full run
GAP = 1e-6
BROKEN = 1e-7  # relative excess over a limit that is more than rounding
ROUNDS = 8
ANOTHER_WAY = (("presolve", "on"), ("solver", "ipm"), ("user_objective_scale", -10), ("solver", "simplex"))


def solve(problem: Problem) -> Answer:
    """Least-cost capacities and dispatch, exact to the solver's tolerance.

    A coarser run proposes capacities, the full run looks in a box around them and moves the box until no artificial
    side of it binds: the programme is convex, so that is the optimum, in a third of the time.

    With negative prices a store could earn by burning energy (charging and discharging at once), which no linear
    programme can forbid. Its optimum is then only the lower bound; the plan never burns, and its cost is the upper.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    Answer
        Plan, bounds, shadow prices, violations; status `infeasible` when no plan exists. [-]

    References
    ----------
    .. [1] Q. Huangfu, J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical Programming
       Computation 10 (2018) 119-142 (HiGHS).
    """
    checked(problem)
    guess = _guess(problem)
    model = written(problem)
    status, x, y = _boxed(model, guess, RUNGS[1])
    if status != "optimal":
        return no_answer(problem, status, path="lp")
    lower = _per_year(problem, model, dual_bound(model, x, y))
    best, sign = decided(problem, model, x)
    for _ in range(ROUNDS):
        broken, cost = _rank(problem, best)
        if not broken and cost - lower <= GAP * abs(lower):
            break
        narrowed = written(problem, one_way=sign)
        status, x1, _ = _boxed(narrowed, _sizes(model, x), RUNGS[1])
        if status != "optimal":
            break
        other, more = decided(problem, narrowed, x1)
        best = min(best, other, key=lambda d: _rank(problem, d))
        if all(np.array_equal(sign[name], sign[name] + (sign[name] == 0) * more[name]) for name in sign):
            break
        sign = {name: sign[name] + (sign[name] == 0) * more[name] for name in sign}
    if _rank(problem, best)[0]:  # the limit is only kept by burning energy: the plan does, and its violations say so
        best, _ = decided(problem, model, x, net=False)
    prices, reduced = _worth(problem, model, y)
    answer = answered(
        problem,
        best,
        path="lp",
        lower=lower,
        price=_price(problem, model, y),
        limits=limits(problem, best, prices, reduced),
    )
    return replace(answer, unbuilt=unbuilt(problem, best, reduced))


def _rank(problem: Problem, decision: Decision) -> tuple[float, float]:
    """How far the limits are broken, if at all, then the cost: the lower the better."""
    broken = violations(problem, decision).limits
    return broken if broken > BROKEN else 0.0, accounted(problem, decision).objective_usd_per_year


def _guess(problem: Problem) -> dict[str, float] | None:
    """Capacities in MW from coarser runs, or None where the whole programme is quick anyway."""
    year = problem.load_mw.shape[-1]
    coupled = problem.stores or any(pooled(s) for s in problem.sources)
    if not coupled or problem.load_mw.size < 2000 or year % 6:
        return None
    guess = None
    for hours, box in RUNGS[0]:
        model = written(coarse(problem, hours))
        status, x, _ = _boxed(model, guess, box)
        if status != "optimal":
            return None
        guess = _sizes(model, x)
    return guess


def coarse(problem: Problem, hours: int) -> Problem:
    """The problem in steps `hours` times as long: block means of every profile.

    Parameters
    ----------
    problem : Problem
        Its steps must divide by `hours`. [-]
    hours : int
        Steps per block. [-]

    Returns
    -------
    Problem
        A quicker, slightly too cheap picture of the problem. [-]
    """

    def mean(profile: Any) -> Any:
        return profile.reshape(*profile.shape[:-1], -1, hours).mean(axis=-1) if np.ndim(profile) else profile

    def blocks(part: Any) -> Any:
        fields = [f for f in part.__slots__ if isinstance(getattr(part, f), np.ndarray)]
        return replace(part, **{f: mean(getattr(part, f)) for f in fields})

    return replace(
        blocks(problem),
        sources=tuple(map(blocks, problem.sources)),
        grid=blocks(problem.grid) if problem.grid else None,
        flexible=tuple(map(blocks, problem.flexible)),
        step_hours=problem.step_hours * hours,
    )


def _sizes(model: Model, x: Array) -> dict[str, float]:
    return {k: x[first] * model.unit_mw for k, (first, n) in model.columns.items() if n == 1}


def _boxed(model: Model, guess: dict[str, float] | None, box: float) -> tuple[str, Array, Array]:
    """Solve within a box around guessed capacities, moving the sides that bind; without a guess, solve outright."""
    if guess is None:
        return run(model)
    keys = [k for k, (_, n) in model.columns.items() if n == 1 and k in guess]
    index = np.array([model.columns[k][0] for k in keys], np.int32)
    centre = np.array([guess[k] for k in keys]) / model.unit_mw
    least, most = model.lower[index], model.upper[index]
    low, high = np.maximum(least, centre * (1 - box) - 0.2 * box), np.minimum(most, centre * (1 + box) + 0.2 * box)
    low = np.minimum(low, most)
    high = np.maximum(high, low)
    highs = _loaded(model)
    for attempt in range(ROUNDS + 1):
        if attempt == ROUNDS:
            low, high = least, most
        highs.changeColsBounds(len(index), index, low, high)
        status, x, y = _ran(highs)
        if status != "optimal":
            return run(model)  # the box may be the reason
        push = (model.cost - _transposed(model, y))[index]  # reduced costs: + at a lower side, - at an upper side
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


def run(model: Model, **options: Any) -> tuple[str, Array, Array]:
    """Solve a model with HiGHS.

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
    return _ran(_loaded(model, **options))


def _loaded(model: Model, **options: Any) -> Any:
    import highspy

    highs = highspy.Highs()  # presolve finds nothing here and costs a tenth; dual simplex beat both interior points
    for name, value in {"output_flag": False, "threads": 1, "random_seed": 0, "presolve": "off", **options}.items():
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = model.start, model.index, model.value
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


def _transposed(model: Model, y: Array) -> Array:
    """A' y, by columns."""
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
    reduced = model.cost - _transposed(model, y)
    at_most = np.where(np.isfinite(model.upper), model.upper, 2.0 * np.abs(x) + 1.0)
    sides = np.where(reduced > 0, model.lower, at_most)
    return float(
        np.where(y != 0, y * np.where(np.isfinite(rows), rows, 0.0), 0.0).sum() + (reduced * sides).sum() + model.offset
    )


def _per_year(problem: Problem, model: Model, money: float) -> float:
    return money * model.unit_mw / MONEY / weather_years(problem)


def decided(problem: Problem, model: Model, x: Array, *, net: bool = True) -> tuple[Decision, dict[str, Array]]:
    """The plan in a solution: flows netted so that no store burns, surplus taken off again; and the stores' directions.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    model : Model
        Its programme. [-]
    x : array (column,)
        A solution. [-]
    net : bool
        Whether to net the flows. [-]

    Returns
    -------
    tuple of (Decision, dict of str to array (hour,))
        The plan; per store +1, -1 or 0 where both flows were on and the net is a charge, a discharge, or not so. [-]
    """
    unit, hours = model.unit_mw, problem.load_mw.size
    x = np.maximum(x, 0.0) * unit

    def block(key: str) -> Array:
        part = model.part(key, x)
        return part if part is not None else np.zeros(hours)

    size = {k: float(x[first]) for k, (first, n) in model.columns.items() if n == 1}
    outputs = [
        flat(s.availability, problem) * size[s.name] if pooled(s) else block(f"{s.name}:output")
        for s in problem.sources
    ]
    charges, discharges, directions = [], [], {}
    for s in problem.stores:
        c, d = block(f"{s.name}:charge"), block(f"{s.name}:discharge")
        gain = s.charge_efficiency * c - d / s.discharge_efficiency
        directions[s.name] = np.where(net & (np.minimum(c, d) > 1e-9 * unit), np.where(gain >= 0, 1, -1), 0)
        charges.append(np.where(directions[s.name] == 0, c, np.maximum(gain, 0.0) / s.charge_efficiency))
        discharges.append(np.where(directions[s.name] == 0, d, np.maximum(-gain, 0.0) * s.discharge_efficiency))
    drawn, unserved = block("import"), block("unserved")
    paused = [block(f"{f.name}:paused") for f in problem.flexible]
    surplus = sum([*outputs, *discharges, *paused], drawn + unserved) - sum(charges, problem.load_mw.ravel())
    order = sorted(range(len(outputs)), key=lambda i: not pooled(problem.sources[i]))
    flows = [unserved, *paused, *(outputs[i] for i in order), drawn]
    _take_off(surplus, flows)
    shape = problem.load_mw.shape

    def shaped(arrays: list[Array]) -> Array:
        return np.stack(arrays).reshape(len(arrays), *shape) if arrays else np.zeros((0, *shape))

    chargers = [size.get(f"{s.name}.charge", size[f"{s.name}.power"]) for s in problem.stores]
    return Decision(
        source_mw=np.array([size[s.name] for s in problem.sources]),
        connection_mw=size.get(CONNECTION, 0.0),
        store_power_mw=np.array([size[f"{s.name}.power"] for s in problem.stores]),
        store_charge_mw=np.array(chargers),
        store_energy_mwh=np.array([size[f"{s.name}.energy"] for s in problem.stores]),
        output_mw=shaped(outputs),
        import_mw=drawn.reshape(shape),
        charge_mw=shaped(charges),
        discharge_mw=shaped(discharges),
        soc_mwh=shaped([block(f"{s.name}:content") for s in problem.stores]),
        paused_mw=shaped(paused),
        unserved_mw=unserved.reshape(shape),
    ), directions


def _take_off(surplus: Array, flows: list[Array]) -> None:
    """Lower the flows in place, in order, until each hour's surplus is gone."""
    left = np.maximum(surplus, 0.0)
    for flow in flows:
        cut = np.minimum(left, flow)
        flow -= cut
        left = left - cut


def _price(problem: Problem, model: Model, y: Array) -> Array:
    first, length = model.rows["balance"]
    return (y[first : first + length] / MONEY / problem.step_hours).reshape(problem.load_mw.shape)


def _worth(problem: Problem, model: Model, y: Array) -> tuple[dict[str, float], dict[str, float]]:
    """Yearly saving per unit of every limit, and yearly cost of every capacity less its rent. [USD/unit/year]"""
    years = weather_years(problem)
    whole = float(problem.load_mw.sum()) / MONEY / years  # one unit of a share, in USD per unit of multiplier
    scale = {"carbon": whole * MONEY, "clean_hourly": whole, "clean_annual": whole, "unserved": whole}
    prices = {}
    for key, (first, length) in model.rows.items():
        if length == 1:
            unit = 1.0 / MONEY / (problem.step_hours if key.endswith(":energy") else years)
            prices[key] = abs(float(y[first])) * scale.get(key, unit)
    reduced = (model.cost - _transposed(model, y)) / MONEY / years
    return prices, {key: float(reduced[first]) for key, (first, n) in model.columns.items() if n == 1}
