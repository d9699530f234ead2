"""How much where: a mixed-integer programme on HiGHS over cost curves that are linear between exact knots.

A site is built or not; a built one has a size between its smallest and largest knot, and its money and accelerators are
those of the two knots around it. Nothing here knows what a country is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gigawatt.power.highs import quiet

MOST, CHEAPEST = "most", "cheapest"
GAP = 1e-7  # relative distance to the best possible at which the search ends
SAVING = 1e-6  # weight of the other aim beside the first: of equal plans the cheaper, or the larger, on fewer sites
WHOLE = 0.5  # a built-or-not variable above this is built


@dataclass(frozen=True)
class Curve:
    """What a site costs and carries by size; the arrays are knots in order of size."""

    name: str
    group: str  # sites of one power system share its headroom
    mw: np.ndarray
    accelerators: np.ndarray
    usd: np.ndarray
    worth: np.ndarray  # what is maximised: accelerators, or accelerator-years
    cap_mw: float = np.inf  # limit inside the curve, so that its price is known


@dataclass(frozen=True)
class Limits:
    """What the sites share."""

    budget_usd: float = np.inf
    power_mw: float = np.inf
    group_mw: dict[str, float] = field(default_factory=dict)
    accelerators: float = 0.0  # at least
    most_sites: float = np.inf
    least_sites: float = 0.0


@dataclass(frozen=True)
class Allocation:
    """Sizes by site (0: not built), and what one more unit of each limit is worth."""

    mw: np.ndarray
    accelerators: np.ndarray
    usd: np.ndarray
    worth: np.ndarray
    prices: dict[str, float]  # limit -> worth (or USD saved, where the cheapest is sought) per unit of the limit
    gap: float


class _Rows:
    """Rows of a sparse matrix, with a name for those whose price is asked."""

    def __init__(self) -> None:
        self.start, self.index, self.value = [0], [], []  # type: tuple[list[int], list[int], list[float]]
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.names: list[str] = []

    def add(self, entries: dict[int, float], lower: float, upper: float, name: str = "") -> None:
        self.index += entries.keys()
        self.value += entries.values()
        self.start.append(len(self.index))
        self.lower.append(lower)
        self.upper.append(upper)
        self.names.append(name)


def solve(curves: Sequence[Curve], limits: Limits, goal: str = MOST) -> Allocation | None:
    """The best sizes; None where the limits leave no plan.

    Parameters
    ----------
    curves : sequence of Curve
        The sites. [MW, accelerator, USD]
    limits : Limits
        Shared limits. [-]
    goal : str
        ``most``: the greatest worth; ``cheapest``: the least money for the accelerators asked for. [-]

    Returns
    -------
    Allocation or None
    """
    if not curves:
        return None
    scale = _Scale(curves)
    at = np.cumsum([0] + [len(c.mw) for c in curves])  # first share of each site among the columns
    shares = int(at[-1])
    segments = [max(len(c.mw) - 1, 1) for c in curves]
    seg_at = shares + np.cumsum([0, *segments])
    width = int(seg_at[-1])
    rows = _Rows()
    for i, c in enumerate(curves):
        _shape(rows, range(at[i], at[i + 1]), range(seg_at[i], seg_at[i + 1]))
        if c.cap_mw < np.inf:
            entries = {int(at[i]) + k: float(x) for k, x in enumerate(c.mw)}
            rows.add(entries, -np.inf, c.cap_mw, f"site:{c.name}")
    _shared(rows, curves, limits, at, scale, list(range(shares, width)))
    usd = np.concatenate([c.usd for c in curves]) / scale.usd
    worth = np.concatenate([c.worth for c in curves]) / scale.worth
    cost = np.full(width, SAVING)
    cost[:shares] = usd - SAVING * worth if goal == CHEAPEST else SAVING * usd - worth
    solved = _run(rows, cost, shares, width)
    if solved is None:
        return None
    share, whole, gap = solved
    prices = _prices(rows, cost, shares, whole, scale, goal)
    parts = [share[at[i] : at[i + 1]] for i in range(len(curves))]

    def total(name: str) -> np.ndarray:
        return np.array([float(x @ getattr(c, name)) for x, c in zip(parts, curves, strict=True)])

    return Allocation(total("mw"), total("accelerators"), total("usd"), total("worth"), prices, gap)


class _Scale:
    """Units in which the numbers of the programme are near one."""

    def __init__(self, curves: Sequence[Curve]) -> None:
        self.usd = max(float(np.max(c.usd)) for c in curves) or 1.0
        self.worth = max(float(np.max(c.worth)) for c in curves) or 1.0
        self.accelerators = max(float(np.max(c.accelerators)) for c in curves) or 1.0


def _shape(rows: _Rows, shares: range, segments: range) -> None:
    """Shares of two neighbouring knots that add to one where the site is built: the curve, exact at its knots."""
    rows.add({**{k: 1.0 for k in shares}, **{b: -1.0 for b in segments}}, 0.0, 0.0)
    rows.add({b: 1.0 for b in segments}, 0.0, 1.0)
    if len(shares) > 2:
        for n, k in enumerate(shares):
            beside = [segments[j] for j in (n - 1, n) if 0 <= j < len(segments)]
            rows.add({k: 1.0, **{b: -1.0 for b in beside}}, -np.inf, 0.0)


def _shared(
    rows: _Rows, curves: Sequence[Curve], limits: Limits, at: np.ndarray, scale: _Scale, built: list[int]
) -> None:
    """Rows of the limits that the sites share."""

    def row(name: str, unit: float, group: str = "") -> dict[int, float]:
        return {
            int(at[i]) + k: float(x) / unit
            for i, c in enumerate(curves)
            if not group or c.group == group
            for k, x in enumerate(getattr(c, name))
        }

    if limits.budget_usd < np.inf:
        rows.add(row("usd", scale.usd), -np.inf, limits.budget_usd / scale.usd, "budget")
    if limits.power_mw < np.inf:
        rows.add(row("mw", 1.0), -np.inf, limits.power_mw, "power")
    for group, most in limits.group_mw.items():
        if most < np.inf:
            rows.add(row("mw", 1.0, group), -np.inf, most, f"group:{group}")
    if limits.accelerators > 0:
        least = limits.accelerators / scale.accelerators
        rows.add(row("accelerators", scale.accelerators), least, np.inf, "accelerators")
    if limits.most_sites < np.inf or limits.least_sites > 0:
        rows.add({b: 1.0 for b in built}, limits.least_sites, limits.most_sites)


def _programme(rows: _Rows, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, whole_from: int | None) -> Any:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows.lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, lower, upper
    lp.row_lower_, lp.row_upper_ = np.array(rows.lower), np.array(rows.upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(rows.start, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(rows.index, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(rows.value)
    if whole_from is not None:
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if j >= whole_from else kinds.kContinuous for j in range(len(cost))]
    highs = quiet(mip_rel_gap=GAP, mip_abs_gap=0.0)
    highs.passModel(lp)
    highs.run()
    return highs if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal else None


def _run(rows: _Rows, cost: np.ndarray, shares: int, width: int) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Shares and built segments of the best plan, and its certified gap."""
    highs = _programme(rows, cost, np.zeros(width), np.ones(width), shares)
    if highs is None:
        return None
    x = np.array(highs.getSolution().col_value)
    return np.maximum(x[:shares], 0.0), x[shares:] > WHOLE, float(highs.getInfo().mip_gap)


def _prices(
    rows: _Rows, cost: np.ndarray, shares: int, whole: np.ndarray, scale: _Scale, goal: str
) -> dict[str, float]:
    """What one more unit of each named limit is worth, with the same sites built: duals of the linear programme."""
    fixed = np.where(whole, 1.0, 0.0)
    lower, upper = np.append(np.zeros(shares), fixed), np.append(np.ones(shares), fixed)
    highs = _programme(rows, cost, lower, upper, None)
    if highs is None:
        return {}
    per = {"budget": scale.usd, "accelerators": scale.accelerators}
    value = scale.usd if goal == CHEAPEST else scale.worth
    duals = highs.getSolution().row_dual
    return {
        name: -float(dual) * value / per.get(name, 1.0) for name, dual in zip(rows.names, duals, strict=True) if name
    }
