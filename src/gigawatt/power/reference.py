"""The power problem as a plain linear programme on HiGHS: slow, obvious, right; the truth of the fast solver."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .account import accounted, bus_loads, total_load, violations, weather_years
from .answered import answered, no_answer
from .check import checked
from .lp import BOX, SECONDS, WHOLE_GAP, boxed, continuous, dual_bound, held, sizes, transposed, whole
from .problem import CONNECTION, Answer, Array, Decision, Link, Problem
from .programme import MONEY, exact_balance, flat, lost_load_steps, pooled, written
from .sparse import Model, balance_row, unserved_column

RUNGS = (6, 0.0), (2, 0.3)  # hours per step and box of the coarser runs
GAP = 1e-6
BROKEN = 1e-7  # relative excess over a limit that is more than rounding
ROUNDS = 8


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
        status, model, x, y, bound = whole(model, guess, gap, seconds)
    else:
        status, x, y = boxed(model, guess, BOX)
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
        status, x1, _ = boxed(narrowed, sizes(model, x), BOX)
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
        status, other, _ = boxed(narrowed, sizes(model, x), BOX)
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
    for hours, box in RUNGS:
        model = continuous(written(coarse(problem, hours)))
        status, x, _ = boxed(model, guess, box)
        if status != "optimal":
            return None
        guess = sizes(model, x)
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
    reduced = (model.cost - transposed(model, y)) / MONEY / years
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
