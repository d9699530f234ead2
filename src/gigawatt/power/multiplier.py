"""Limits over all hours (emissions, clean shares, energies, unserved load) by prices on them.

At given prices on the limits the problem is one for the fast path, and its optimum a lower bound. Its plans, each
dearer or cleaner, can be mixed: the constraints are linear, so any weighted mean of plans is a plan. The next prices
are those at which the plans found so far look worst (a small linear programme), and its value is the cost of the
best mixture that keeps the limits. Both bounds meet there even where usage jumps with the price, which a search for
one plan that just keeps the limit cannot cross.

References: G. B. Dantzig, P. Wolfe, "Decomposition principle for linear programs", Operations Research 8 (1960) 101.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .account import Account, accounted
from .answered import answered
from .dispatch import accepted, decided
from .form import FORBIDDEN, Form, forbids_shedding, formed, with_lost_load
from .highs import quiet
from .oracle import NEVER
from .problem import Answer, Array, Decision, FlexibleLoad, Problem, Source
from .programme import flat, pooled
from .sizing import Sized, exact, size_form

ROUNDS = 40
FIRST_PRICE = 0.3  # of the cost per unit of usage: the first guess at what a limit may be worth
HOURS = "lost_load_hours"
CHOICES = 3  # selections of hours tried
BIG = 1e9  # hours are ranked by the part of the load lost, then by price
KEPT = 1e-8  # a mixture keeps this part of every limit in hand


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """`usage <= most` for one limit, in its own unit per MW of peak load.

    Parameters
    ----------
    name : str
        As in `limits`. [text]
    weight : array (slice, step)
        Usage per MWh of every slice of supply. [-]
    lost : float
        Usage per MWh not served. [-]
    size : array (capacity,)
        Usage per MW of capacity. [-]
    most : float
        Limit. [-]
    worth : float
        Turns a price on usage into the worth of one unit of the limit as stated. [-]
    """

    name: str
    weight: Array
    lost: float
    size: Array
    most: float
    worth: float


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A plan, its cost, what it uses of every limit beyond the limit, and the prices and rents it was made at."""

    decision: Decision
    cost: float
    excess: Array
    clear: Array
    reduced: dict[str, float]
    row_prices: dict[str, float]
    at: Array
    least: float


def solve(problem: Problem, *, gap: float) -> tuple[Answer | None, float]:
    """Least-cost plan under limits over all hours.

    Parameters
    ----------
    problem : Problem
        A checked problem whose only features beyond the fast path are limits over all hours. [-]
    gap : float
        Relative distance of the bounds to reach. [-]

    Returns
    -------
    tuple of (Answer or None, float)
        None where the bounds did not meet; the lower bound. [-, USD/year]
    """
    form = formed(problem)
    if problem.max_lost_load_hours is None or forbids_shedding(problem):
        return _solve(problem, form, _rows(problem, form), gap)
    return _few_hours(problem, form, gap)


def _few_hours(problem: Problem, form: Form, gap: float) -> tuple[Answer | None, float]:
    """A limit on the hours with lost load, which counts hours: bounded by counting parts of hours instead.

    An hour in which a tenth of the load is lost counts a tenth there; that gives the lower bound, and the hours that
    are lost most. Where load may be lost in just so many of those, the plan is the upper bound.
    """
    assert problem.max_lost_load_hours is not None
    everywhere = with_lost_load(form, np.ones(len(form.load)))
    rows = _rows(problem, everywhere)
    most = problem.max_lost_load_hours
    parts = np.zeros(everywhere.price.shape)
    parts[everywhere.lost] = 1.0 / np.maximum(form.load, 1e-9)
    part = Row(HOURS, parts, 0.0, np.zeros(len(form.names)), most, form.unit_mw)
    relaxed, least = _solve(problem, everywhere, [*rows, part], gap)
    if relaxed is None or relaxed.decision is None:
        return None, least
    count = int(most * form.years / form.step + 1e-9)
    worth = relaxed.decision.unserved_mw.ravel() / np.maximum(form.load, 1e-9) * BIG + relaxed.price_usd_per_mwh.ravel()
    for _ in range(CHOICES):
        may = np.zeros(len(form.load))
        may[np.argsort(-worth, kind="stable")[:count]] = 1.0
        chosen = with_lost_load(form, may)
        answer, _ = _solve(problem, chosen, _rows(problem, chosen), 0.3 * gap)
        if answer is None:
            return None, least
        upper = answer.upper_bound_usd_per_year
        answer = replace(
            answer, lower_bound_usd_per_year=least, gap=(upper - least) / abs(upper) if upper else 0.0, cuts=None
        )
        if accepted(problem, answer, gap):
            return answer, least
        worth = answer.price_usd_per_mwh.ravel()
    return None, least


def _solve(problem: Problem, form: Form, rows: list[Row], gap: float) -> tuple[Answer | None, float]:
    """Prices on the limits, plans at those prices, mixtures of the plans, until the bounds meet."""
    points: list[Point] = []
    prices = np.zeros(len(rows))
    roof = np.zeros(len(rows))
    opening, least = None, -np.inf
    for _ in range(ROUNDS):
        point, opening = _at_prices(problem, form, rows, prices, opening, 0.3 * gap)
        if point is None:
            return None, least * form.unit_mw
        points.append(point)
        least = max(least, point.least)
        if len(points) == 1:
            usage = np.abs(point.excess + [r.most for r in rows]) + 1e-9
            roof = FIRST_PRICE * abs(point.cost) / usage
        prices, weights, cost = _next_prices(points, roof)
        if weights is not None and cost - least <= 0.9 * gap * abs(cost):
            answer = _answer(problem, form, rows, points, weights, least)
            if accepted(problem, answer, gap):
                return answer, least * form.unit_mw
        if weights is None or np.any(prices >= 0.999 * roof):
            roof = np.where(prices >= 0.999 * roof, 4.0 * roof, roof)
            weight = np.array([np.abs(r.weight).max(initial=0.0) + r.lost for r in rows])
            if weights is None and np.any(prices * weight > FORBIDDEN):
                break  # no price is high enough: the limits exclude each other
        if any(np.allclose(prices, p.at, rtol=1e-9, atol=0.0) for p in points):
            break
    return None, least * form.unit_mw


def _rows(problem: Problem, form: Form) -> list[Row]:
    """The limits over all hours as rows over the slices of the form."""
    slices = [s for s in problem.sources if not pooled(s)]
    parts = [*slices, *([problem.grid] if problem.grid else [])]
    shape = form.price.shape
    total = float(form.load.sum()) * form.weight
    nothing, none = np.zeros(shape), np.zeros(len(form.names))

    def by_part(field: str, of: float = 0.0, sign: float = 1.0) -> Array:
        weight = np.zeros(shape)
        for k, part in enumerate(parts):
            weight[k] = of + sign * flat(getattr(part, field), problem)
        return weight

    rows = []
    if (cap := problem.max_carbon_kg_per_mwh) is not None:
        whole = total * form.unit_mw
        rows.append(Row("carbon", by_part("carbon_intensity_kg_per_mwh"), 0.0, none, cap * total, whole))
    if (share := problem.min_clean_share_hourly) is not None:
        whole = total * form.unit_mw
        rows.append(Row("clean_hourly", by_part("clean_share", 1.0, -1.0), 0.0, none, (1.0 - share) * total, whole))
    if (share := problem.min_clean_share_annual) is not None:
        weight = by_part("clean_share", 0.0, -1.0)
        size = none.copy()
        count = len(slices)
        weight[:count] = np.where(weight[:count] <= -1.0, 0.0, weight[:count])  # wholly clean: by what it could send
        for i, s in enumerate(problem.sources):
            could = np.where(flat(s.clean_share, problem) >= 1.0, flat(s.availability, problem), 0.0)
            size[i] = -float(could.sum()) * form.weight
        rows.append(Row("clean_annual", weight, 0.0, size, -share * total, total * form.unit_mw))
    if (share := problem.max_unserved_fraction) is not None and not forbids_shedding(problem):
        rows.append(Row("unserved", nothing, 1.0, none, share * total, total * form.unit_mw))
    kinds: list[tuple[int, Source | FlexibleLoad]] = list(enumerate(slices))
    kinds += [(len(parts) + i, f) for i, f in enumerate(problem.flexible)]
    for k, part in kinds:
        if np.isfinite(part.max_mwh_per_year):
            weight = nothing.copy()
            weight[k] = 1.0
            rows.append(Row(f"{part.name}:energy", weight, 0.0, none, part.max_mwh_per_year / form.unit_mw, 1.0))
    return rows


def _at_prices(
    problem: Problem, form: Form, rows: list[Row], prices: Array, opening: Array | None, gap: float
) -> tuple[Point | None, Array | None]:
    """The plan at given prices on the limits; None where its dispatch could not be made."""
    priced = replace(
        form,
        cost=form.cost + sum((p * r.size for p, r in zip(prices, rows, strict=True)), np.zeros(len(form.names))),
        price=form.price + sum((p * r.weight for p, r in zip(prices, rows, strict=True)), np.zeros(form.price.shape)),
        voll=form.voll + sum(p * r.lost for p, r in zip(prices, rows, strict=True)),
    )
    most = np.array([r.most for r in rows])
    result = size_form(priced, gap=gap, opening=opening)
    for attempt in range(2):
        decision = decided(problem, priced, result)
        if decision is not None:
            point = _point(problem, form, rows, prices, most, result, decision)
            over = point.cost + float(prices @ (point.excess + most)) - result.least - form.offset
            if over <= 2.0 * gap * abs(point.cost) or result.stack.longest >= NEVER:
                return point, result.size
        if attempt == 0:
            result = exact(priced, result, gap)
    return (point, result.size) if decision is not None else (None, None)


def _point(
    problem: Problem, form: Form, rows: list[Row], prices: Array, most: Array, result: Sized, decision: Decision
) -> Point:
    """What a plan made at given prices costs and uses."""
    account = accounted(problem, decision)
    cost = account.objective_usd_per_year
    if forbids_shedding(problem):  # the account knows no price for it
        cost += FORBIDDEN * account.unserved_fraction * account.load_mwh_per_year
    return Point(
        decision=decision,
        cost=cost / form.unit_mw,
        excess=np.array([_usage(r.name, account, decision, form) for r in rows]) / form.unit_mw - most,
        clear=result.duals.clear,
        reduced=result.reduced,
        row_prices=result.row_prices,
        at=prices,
        least=result.least + form.offset - float(prices @ most),
    )


def _usage(name: str, account: Account, decision: Decision, form: Form) -> float:
    """What a plan uses of a limit in a year."""
    if name == HOURS:
        return form.weight * float((decision.unserved_mw.ravel() / np.maximum(form.load, 1e-9)).sum())
    load = account.load_mwh_per_year
    if name == "carbon":
        return account.carbon_intensity_kg_per_mwh * load
    if name == "clean_hourly":
        return (1.0 - account.clean_share_hourly) * load
    if name == "clean_annual":
        return -account.clean_share_annual * load
    if name == "unserved":
        return account.unserved_fraction * load
    return next(line.mwh_per_year for line in account.lines if line.name == name.removesuffix(":energy"))


def _next_prices(points: list[Point], roof: Array) -> tuple[Array, Array | None, float]:
    """Prices up to `roof` at which the best plan so far is dearest, the mixture behind them, and its cost.

    The weights are None where no mixture keeps the limits.
    """
    import highspy

    n, rows = len(points), len(roof)
    if rows == 0:
        best = int(np.argmin([p.cost for p in points]))
        return roof, np.eye(n)[best], points[best].cost
    scale = max(abs(p.cost) for p in points) or 1.0
    unit = np.maximum(np.max([np.abs(p.excess) for p in points], axis=0), 1e-12)
    slack = KEPT * unit
    lp = highspy.HighsLp()  # max v, v - price . excess <= cost
    lp.num_col_, lp.num_row_ = rows + 1, n
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.append(np.zeros(rows), 1.0)
    lp.col_lower_ = np.append(np.zeros(rows), -highspy.kHighsInf)
    lp.col_upper_ = np.append(roof * unit / scale, highspy.kHighsInf)
    lp.row_lower_ = np.full(n, -highspy.kHighsInf)
    lp.row_upper_ = np.array([p.cost / scale for p in points])
    matrix = np.array([np.append(-(p.excess + slack) / unit, 1.0) for p in points])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.arange(n + 1, dtype=np.int32) * (rows + 1)
    lp.a_matrix_.index_ = np.tile(np.arange(rows + 1, dtype=np.int32), n)
    lp.a_matrix_.value_ = matrix.ravel()
    highs = quiet()
    highs.passModel(lp)
    highs.run()
    solution = highs.getSolution()
    prices = np.maximum(np.array(solution.col_value)[:rows], 0.0) * scale / unit
    weights = np.abs(np.array(solution.row_dual))
    if not weights.sum() > 0.0:
        return prices, None, np.inf
    weights = weights / weights.sum()
    weights = _kept(weights, np.array([p.excess for p in points]), unit)
    excess = weights @ np.array([p.excess for p in points])
    kept = bool(np.all(excess <= 1e-12 * unit))
    return prices, weights if kept else None, sum(w * p.cost for w, p in zip(weights, points, strict=True))


def _kept(weights: Array, excess: Array, unit: Array) -> Array:
    """Weights moved towards the plan that keeps the limits best, as far as rounding left them broken."""
    over = weights @ excess
    safe = int(np.argmin((excess / unit).max(axis=1)))
    broken = (over > 0.0) & (excess[safe] < 0.0)
    if not broken.any():
        return weights
    part = float((over[broken] / (over[broken] - excess[safe][broken])).max())
    return (1.0 - part) * weights + part * np.eye(len(weights))[safe]


def _answer(problem: Problem, form: Form, rows: list[Row], points: list[Point], weights: Array, least: float) -> Answer:
    """The mixture of plans as an answer."""
    used = [(w, p) for w, p in zip(weights, points, strict=True) if w > 0.0]
    decision = mixed([p.decision for _, p in used], [w for w, _ in used], problem)
    best = max(points, key=lambda p: p.least)
    prices = {r.name: float(p) * r.worth for r, p in zip(rows, best.at, strict=True)}
    clear = np.asarray(sum(w * p.clear for w, p in used))
    return answered(
        problem,
        decision,
        path="multiplier",
        lower=least * form.unit_mw,
        price=clear.reshape(problem.load_mw.shape),
        prices=prices | best.row_prices,
        reduced=best.reduced,
    )


def mixed(decisions: list[Decision], weights: list[float], problem: Problem) -> Decision:
    """A weighted mean of plans; where it would charge and discharge at once, only the difference, and less supply.

    Parameters
    ----------
    decisions : list of Decision
        Plans of one problem. [-]
    weights : list of float
        Adding up to one. [-]
    problem : Problem
        The problem. [-]

    Returns
    -------
    Decision
        A plan. [-]
    """
    mean: dict[str, Any] = {
        field: np.tensordot(weights, np.array([getattr(d, field) for d in decisions]), axes=1)
        for field in Decision.__slots__
    }
    mean["connection_mw"] = float(mean["connection_mw"])
    if problem.min_clean_share_annual is not None:  # less supply could be less clean supply
        return Decision(**mean)
    charge, discharge = mean["charge_mw"].copy(), mean["discharge_mw"].copy()
    for i, s in enumerate(problem.stores):
        gain = s.charge_efficiency * charge[i] - discharge[i] / s.discharge_efficiency
        charge[i] = np.maximum(gain, 0.0) / s.charge_efficiency
        discharge[i] = np.maximum(-gain, 0.0) * s.discharge_efficiency
    spare = (mean["charge_mw"] - charge - mean["discharge_mw"] + discharge).sum(axis=0)
    outputs, drawn = mean["output_mw"].copy(), mean["import_mw"].copy()
    paused, unserved = mean["paused_mw"].copy(), mean["unserved_mw"].copy()
    free = [out for s, out in zip(problem.sources, outputs, strict=True) if pooled(s)]
    priced = [out for s, out in zip(problem.sources, outputs, strict=True) if not pooled(s)]
    for flow in (unserved, *paused, *priced, drawn, *free):
        cut = np.minimum(np.maximum(spare, 0.0), flow)
        flow -= cut
        spare = spare - cut
    return Decision(
        **mean
        | {
            "charge_mw": charge,
            "discharge_mw": discharge,
            "output_mw": outputs,
            "import_mw": drawn,
            "paused_mw": paused,
            "unserved_mw": unserved,
        }
    )
