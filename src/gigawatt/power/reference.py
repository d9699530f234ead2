"""The power problem as a plain linear programme on HiGHS: slow, obvious, right; the truth of the fast solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .account import accounted, bus_loads, total_load, violations, weather_years
from .answered import answered, no_answer
from .check import checked
from .highs import quiet
from .problem import CONNECTION, Answer, Array, Decision, Link, Problem
from .programme import (
    MONEY,
    Model,
    balance_row,
    exact_balance,
    flat,
    lost_load_steps,
    pooled,
    unserved_column,
    written,
)

RUNGS = ((6, 0.0), (2, 0.3)), 0.08  # hours per step and box of the coarser runs; box of the full run
GAP = 1e-6
WHOLE_GAP = 1e-4  # where something must be whole, HiGHS may stop at this
SECONDS = 120.0  # and must, after this
BROKEN = 1e-7  # relative excess over a limit that is more than rounding
ROUNDS = 8
ANOTHER_WAY = (("presolve", "on"), ("solver", "ipm"), ("user_objective_scale", -10), ("solver", "simplex"))


def solve(problem: Problem, *, gap: float = WHOLE_GAP, seconds: float = SECONDS) -> Answer:
    """Least-cost capacities and dispatch, exact to the solver's tolerance.

    A coarser run proposes capacities, the full run looks in a box around them and moves the box until no artificial
    side of it binds: the programme is convex, so that is the optimum, in a third of the time.

    With negative prices a store could earn by burning energy (charging and discharging at once), which no linear
    programme can forbid. Its optimum is then only the lower bound; the plan never burns, and its cost is the upper.

    Blocks and hours of lost load make it a mixed-integer programme: the lower bound is then the better of the linear
    relaxation's and branch and bound's, the plan and its prices those of the linear programme with all that is whole
    held where the best plan has it.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    gap : float
        Relative distance of the bounds at which branch and bound may stop. [-]
    seconds : float
        Time for branch and bound; the plan found by then stands, with its gap. [s]

    Returns
    -------
    Answer
        Plan, bounds, shadow prices, violations; status `infeasible` when no plan exists, `unsolved` when none was
        found in time. [-]

    References
    ----------
    .. [1] Q. Huangfu, J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical Programming
       Computation 10 (2018) 119-142 (HiGHS).
    """
    checked(problem)
    parts = (*problem.sources, *problem.stores, *problem.flexible, *problem.links)
    if not parts and problem.grid is None and problem.voll_usd_per_mwh is None:
        return no_answer(problem, "infeasible", path="lp")
    guess = _guess(problem)
    model = written(problem)
    if len(model.whole):
        status, model, x, y, bound = _whole(model, guess, gap, seconds)
    else:
        status, x, y = _boxed(model, guess, RUNGS[1])
        bound = np.inf
    if status != "optimal":
        return no_answer(problem, status, path="lp")
    lower = _per_year(problem, model, dual_bound(model, x, y))
    best, sign = decided(problem, model, x)
    for _ in range(ROUNDS):
        broken, cost = _rank(problem, best)
        if not broken and cost - lower <= GAP * abs(lower):
            break
        narrowed = held(written(problem, one_way=sign), model)
        status, x1, _ = _boxed(narrowed, _sizes(model, x), RUNGS[1])
        if status != "optimal":
            break
        other, more = decided(problem, narrowed, x1)
        best = min(best, other, key=lambda d: _rank(problem, d))
        if all(np.array_equal(sign[name], sign[name] + (sign[name] == 0) * more[name]) for name in sign):
            break
        sign = {name: sign[name] + (sign[name] == 0) * more[name] for name in sign}
    if _rank(problem, best)[0]:  # the limit is only kept by burning energy: the plan does, and its violations say so
        best = _burning(problem, model, x, sign)
        if exact_balance(problem) and _rank(problem, best)[0] > GAP:
            return no_answer(problem, "unsolved", path="lp")
    prices, reduced = _worth(problem, model, y)
    prices["lost_load_hours"] = _lost_hour(problem, model, y)
    return answered(
        problem,
        best,
        path="lp",
        lower=min(lower, _per_year(problem, model, bound)),
        price=_price(problem, model, y),
        prices=prices,
        reduced=reduced,
    )


def _rank(problem: Problem, decision: Decision) -> tuple[float, float]:
    """How far the limits are broken, if at all, then the cost: the lower the better."""
    found = violations(problem, decision)
    broken = found.limits
    if exact_balance(problem):  # without burning there may be no room for what must run
        broken = max(broken, found.balance_mw / float(problem.load_mw.max()))
    return broken if broken > BROKEN else 0.0, accounted(problem, decision).objective_usd_per_year


def _burning(problem: Problem, model: Model, x: Array, sign: dict[str, Array]) -> Decision:
    """The plan that burns energy in its stores, and not in its links: their flow is one number."""
    ways = {k.name: sign[k.name] for k in problem.links}
    if any(np.any(way) for way in ways.values()):
        narrowed = held(written(problem, one_way=ways), model)
        status, other, _ = _boxed(narrowed, _sizes(model, x), RUNGS[1])
        if status == "optimal":
            model, x = narrowed, other
    return decided(problem, model, x, net=False)[0]


def _guess(problem: Problem) -> dict[str, float] | None:
    """Capacities in MW from coarser runs, or None where the whole programme is quick anyway."""
    year = problem.load_mw.shape[-1]
    coupled = problem.stores or any(pooled(s) for s in problem.sources)
    if not coupled or problem.load_mw.size < 2000 or year % 6:
        return None
    guess = None
    for hours, box in RUNGS[0]:
        model = continuous(written(coarse(problem, hours)))
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
        bus_load_mw=tuple(map(blocks, problem.bus_load_mw)),
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


def _whole(
    model: Model, guess: dict[str, float] | None, gap: float, seconds: float
) -> tuple[str, Model, Array, Array, float]:
    """Status, programme with the best whole values held, its solution and multipliers, lower bound on the whole."""
    relaxed = continuous(model)
    status, x, y = _boxed(relaxed, guess, RUNGS[1])
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
    status, x, y = _boxed(fixed, _sizes(model, x), RUNGS[1])
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
    highs = _loaded(model, **options)
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
        status, _, x, y, _ = _whole(model, None, WHOLE_GAP, SECONDS)
        return status, x, y
    return _ran(_loaded(model, **options))


def _loaded(model: Model, **options: Any) -> Any:
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
        The plan; per store +1, -1 or 0 where both flows were on and the net is a charge, a discharge, or not so; per
        link likewise where both ways were on. [-]
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
    ways = []
    for k in problem.links:
        there, back = block(f"{k.name}:there"), block(f"{k.name}:back")
        both = net & (np.minimum(there, back) > 1e-9 * unit)
        directions[k.name] = np.where(both, np.where(there >= back, 1, -1), 0)
        ways.append(there - back)
    drawn = block("import")
    unserved = {bus: block(unserved_column(bus)) for bus in ("", *(b.bus for b in problem.bus_load_mw))}
    paused = [block(f"{f.name}:paused") for f in problem.flexible]
    order = sorted(range(len(outputs)), key=lambda i: not pooled(problem.sources[i]))
    for bus, load in bus_loads(problem).items():
        adds = [x for s, x in zip(problem.sources, outputs, strict=True) if s.bus == bus]
        adds += [x for s, x in zip(problem.stores, discharges, strict=True) if s.bus == bus]
        adds += [x for f, x in zip(problem.flexible, paused, strict=True) if f.bus == bus]
        takes = [x for s, x in zip(problem.stores, charges, strict=True) if s.bus == bus]
        takes += [
            -_arrived(k, x, bus) for k, x in zip(problem.links, ways, strict=True) if bus in (k.from_bus, k.to_bus)
        ]
        here = problem.grid is not None and problem.grid.bus == bus
        lost = [unserved[bus]] if bus in unserved else []
        surplus = sum([*adds, *lost], drawn if here else np.zeros(hours)) - sum(takes, load.ravel())
        flows = [*lost, *(x for f, x in zip(problem.flexible, paused, strict=True) if f.bus == bus)]
        floors: list[Array | float] = [0.0] * len(flows)
        for i in order:
            if problem.sources[i].bus == bus:
                flows.append(outputs[i])
                floors.append(_least(problem, i, size, outputs[i]))
        _take_off(surplus, [*flows, *([drawn] if here else [])], [*floors, 0.0])
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
        unserved_mw=sum(unserved.values(), np.zeros(hours)).reshape(shape),
        bus_unserved_mw=shaped([unserved[b.bus] for b in problem.bus_load_mw]),
        link_mw=np.array([size[k.name] for k in problem.links]),
        flow_mw=shaped(ways),
    ), directions


def _arrived(k: Link, flow: Array, bus: str) -> Array:
    """What a link brings to one of its ends, less what it takes from it."""
    there, back = np.maximum(flow, 0.0), np.maximum(-flow, 0.0)
    if bus == k.from_bus:
        return k.efficiency * back - there
    return k.efficiency * there - back


def _least(problem: Problem, i: int, size: dict[str, float], out: Array) -> Array | float:
    """How far the output of a source may be lowered afterwards; not at all where ramps tie its hours together."""
    s = problem.sources[i]
    if np.isfinite(s.max_ramp_per_hour):
        return out
    return s.min_load * flat(s.availability, problem) * size[s.name]


def _take_off(surplus: Array, flows: list[Array], floors: list[Array | float]) -> None:
    """Lower the flows in place, in order and down to their floors, until each hour's surplus is gone."""
    left = np.maximum(surplus, 0.0)
    for flow, floor in zip(flows, floors, strict=False):
        cut = np.minimum(left, np.maximum(flow - floor, 0.0))
        flow -= cut
        left = left - cut


def _price(problem: Problem, model: Model, y: Array) -> Array:
    first, length = model.rows["balance"]
    return (y[first : first + length] / MONEY / problem.step_hours).reshape(problem.load_mw.shape)


def _worth(problem: Problem, model: Model, y: Array) -> tuple[dict[str, float], dict[str, float]]:
    """Yearly saving per unit of every limit, and yearly cost of every capacity less its rent. [USD/unit/year]"""
    years = weather_years(problem)
    whole = float(total_load(problem).sum()) / MONEY / years  # one unit of a share, in USD per unit of multiplier
    scale = {"carbon": whole * MONEY, "clean_hourly": whole, "clean_annual": whole, "unserved": whole}
    prices = {}
    for key, (first, length) in model.rows.items():
        if length == 1:
            unit = 1.0 / MONEY / (problem.step_hours if key.endswith(":energy") else years)
            prices[key] = abs(float(y[first])) * scale.get(key, unit)
    reduced = (model.cost - _transposed(model, y)) / MONEY / years
    worth = {key: float(reduced[first]) for key, (first, n) in model.columns.items() if n == 1}
    for s in problem.sources:  # what is held is the number of blocks
        if s.unit_mw > 0:
            worth[s.name] += worth[f"{s.name}:blocks"] * model.unit_mw / s.unit_mw
    return prices, worth


def _lost_hour(problem: Problem, model: Model, y: Array) -> float:
    """Most that one more hour of lost load can save: all of its load at its price, less the value of lost load."""
    if problem.voll_usd_per_mwh is None or lost_load_steps(problem) is None:
        return 0.0
    saved = np.zeros(problem.load_mw.size)
    for bus, load in bus_loads(problem).items():
        first, length = model.rows[balance_row(bus)]
        price = y[first : first + length] / MONEY / problem.step_hours
        saved += load.ravel() * np.maximum(price - problem.voll_usd_per_mwh, 0.0)
    counted = model.part("lost_load", model.lower)
    return float(saved[counted < 0.5].max(initial=0.0) if counted is not None else saved.max())
