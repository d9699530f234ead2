"""Put an answer into words: what each limit costs, and, when the limits conflict, the nearest plan that works."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt.units import in_percent

from .account import lost_load_hours, total_load, weather_years
from .check import checked
from .lp import run
from .problem import CONNECTION, Answer, Array, CapacityLimit, FlexibleLoad, Limit, Problem, Source
from .programme import MONEY, flat, written
from .reference import solve
from .sparse import Model, served

RELAXATION = 0.1  # what is quoted: the gain of a tenth more of a limit
MARGIN = 1e-6  # relaxed limits are rounded outwards by this, so that the plan exists in floating point


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A limit that holds the plan back.

    Parameters
    ----------
    name, unit, words : str
        Machine name, unit, sentence. [text]
    value, limit : float
        Where the plan stands and the limit. [-]
    usd_per_unit_year : float
        Yearly saving per unit of relaxation, at the margin. [USD/unit/year]
    relaxed_saves_usd_per_year : float
        Most that a tenth of relaxation can save in a year (the programme is convex: gains shrink). [USD/year]
    """

    name: str
    value: float
    limit: float
    unit: str
    usd_per_unit_year: float
    relaxed_saves_usd_per_year: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One limit moved so that a plan exists.

    Parameters
    ----------
    name, unit, words : str
        Machine name, unit, sentence. [text]
    limit, needed : float
        As asked and as needed. [-]
    """

    name: str
    limit: float
    needed: float
    unit: str
    words: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Nearest:
    """The nearest feasible problem and its plan.

    Parameters
    ----------
    relaxations : tuple of Relaxation
        Limits that had to move; empty when the problem was feasible. [-]
    problem : Problem
        The problem with those limits moved. [-]
    answer : Answer
        Its least-cost plan. [-]
    words : str
        One sentence. [text]
    """

    relaxations: tuple[Relaxation, ...]
    problem: Problem
    answer: Answer
    words: str


def binding(answer: Answer) -> tuple[Binding, ...]:
    """The limits whose relaxation saves money, dearest tenth first.

    Parameters
    ----------
    answer : Answer
        An optimal answer. [-]

    Returns
    -------
    tuple of Binding
        Empty when nothing binds. [-]
    """
    rows = []
    for limit in answer.limits:
        saves = limit.usd_per_unit_year * _tenth(limit)
        if limit.usd_per_unit_year > 0 and saves > 1e-7 * abs(answer.objective_usd_per_year):
            rows.append(
                Binding(
                    name=limit.name,
                    value=limit.value,
                    limit=limit.limit,
                    unit=limit.unit,
                    usd_per_unit_year=limit.usd_per_unit_year,
                    relaxed_saves_usd_per_year=saves,
                    words=_words(answer, limit, saves),
                )
            )
    return tuple(sorted(rows, key=lambda b: -b.relaxed_saves_usd_per_year))


def _tenth(limit: Limit) -> float:
    """A tenth of the limit; for a clean share a tenth of what it leaves unclean, or one point at 100 %; one hour."""
    if limit.name.startswith("clean"):
        return max(RELAXATION * (1.0 - limit.limit), 0.01)
    if limit.name == "lost_load_hours":
        return 1.0
    return RELAXATION * abs(limit.limit)


def _words(answer: Answer, limit: Limit, saves: float) -> str:
    unit = limit.usd_per_unit_year
    load = _load_mwh_per_year(answer)
    gain = f"a tenth more saves at most {_usd(saves)} a year"
    if limit.name == CONNECTION:
        return f"Each extra MW of connection saves {_usd(unit)} a year; {gain}."
    if limit.name == "carbon":
        per_t = unit / load * 1000.0
        return f"The CO2 cap of {limit.limit:g} kg/MWh costs {_usd(per_t)} per tonne at the margin; {gain}."
    if limit.name.startswith("clean"):
        kind = "hour by hour" if limit.name == "clean_hourly" else "over the year"
        return f"The last percentage point of clean power {kind} costs {_usd(unit / 100)} a year."
    if limit.name == "unserved":
        return (
            f"One more unserved MWh would save {_usd(unit / load)}; the limit is {in_percent(limit.limit, 3)} "
            "of the load."
        )
    if limit.name == "lost_load_hours":
        return (
            f"One more hour of lost load a year saves at most {_usd(unit)}; the limit is {limit.limit:g} hours a year."
        )
    if limit.name == "firm":
        return f"Each firm MW the margin asks for costs {_usd(unit)} a year."
    if limit.name.endswith(":energy"):
        return f"Each further MWh a year of {limit.name[:-7]} saves {_usd(unit)}; {gain}."
    what, _, side = limit.name.rpartition(":")
    if side == "min":
        return f"Each {limit.unit} of the required {what} costs {_usd(unit)} a year more than it saves."
    if side == "max":
        return f"Each extra {limit.unit} of {what} saves {_usd(unit)} a year; {gain}."
    return f"Each unit of the limit on {side} is worth {_usd(unit)} a year; {gain}."


def _load_mwh_per_year(answer: Answer) -> float:
    """From the portfolio: cost per MWh and energies need the step length, which the answer does not repeat."""
    delivered = sum(x.mwh_per_year for x in answer.portfolio if x.kind == "unserved")
    if answer.unserved_fraction > 0:
        return delivered / answer.unserved_fraction
    paused = sum(x.mwh_per_year for x in answer.portfolio if x.kind == "flexible")
    return answer.supply_usd_per_year / answer.cost_usd_per_mwh + paused


def _usd(amount: float) -> str:
    """Three significant digits: the figures do not carry more."""
    for size, word in ((1e9, " bn"), (1e6, " m")):
        if abs(amount) >= size:
            return f"{amount / size:.3g}{word} USD"
    return f"{float(f'{amount:.3g}'):,.10g} USD"


def nearest(problem: Problem) -> Nearest:
    """The least-cost plan after the smallest relaxation that lets a plan exist.

    The relaxation minimised is the sum of each limit's move as a fraction of the limit, clean shares as a fraction of
    the load; unserved energy comes last, one hour of peak load counting as ten limits doubled.

    Parameters
    ----------
    problem : Problem
        Any problem, feasible or not. [-]

    Returns
    -------
    Nearest
        What had to move, and the plan. [-]
    """
    checked(problem)
    model = written(problem, elastic=True)
    status, x, _ = run(model)
    if status != "optimal":
        raise RuntimeError(f"the elastic programme ended {status}: our own bug")
    relaxed, moves = problem, []
    for key, part in model.columns.items():
        amount = float(x[part[0] : part[0] + part[1]].sum())
        name = key.removeprefix("slack:")
        if name == key or amount <= MARGIN or name.startswith(served("")):
            continue
        if name.endswith(":min_load"):
            relaxed, move = _moved_min_load(problem, relaxed, model, name, x)
        else:
            relaxed, move = _moved(problem, relaxed, model, name, amount)
        moves.append(move)
    lost = _lost(problem, model, x)
    if lost.sum() > MARGIN * model.unit_mw:
        relaxed, move = _moved_served(problem, relaxed, lost)
        moves.append(move)
    answer = solve(relaxed)
    words = " ".join(m.words for m in moves) or "All limits can be met."
    return Nearest(relaxations=tuple(moves), problem=relaxed, answer=answer, words=words)


def _moved(asked: Problem, problem: Problem, model: Model, key: str, slack: float) -> tuple[Problem, Relaxation]:
    """Move one limit of the problem by its slack (in the programme's units)."""
    total = float(total_load(asked).sum() / asked.load_mw.max())
    slack, mw = slack * (1.0 + MARGIN) + MARGIN, model.unit_mw
    name, _, side = key.rpartition(":")
    if name == "bound":
        return _moved_bound(problem, side, slack * mw)
    shares = {"clean_hourly": "min_clean_share_hourly", "clean_annual": "min_clean_share_annual"}
    if name in shares:
        limit = float(getattr(asked, shares[name]))
        words = "the clean share" + (" hour by hour" if name == "clean_hourly" else " over the year")
        move = _relaxation(name, limit, limit - slack / total, "1", words, percent=True)
        change: dict[str, Any] = {shares[name]: move.needed}
        return replace(problem, **change), move
    if name == "unserved":
        limit = float(asked.max_unserved_fraction or 0.0)
        move = _relaxation(name, limit, limit + slack / total, "1", "unserved energy", percent=True)
        return replace(problem, max_unserved_fraction=move.needed), move
    if name == "carbon":
        limit = float(asked.max_carbon_kg_per_mwh or 0.0)
        move = _relaxation(name, limit, limit + slack / total / MONEY, "kg/MWh", "the CO2 cap")
        return replace(problem, max_carbon_kg_per_mwh=move.needed), move
    if name == "lost_load_hours":
        limit = float(asked.max_lost_load_hours or 0.0)
        needed = (float(model.row_upper[model.rows[name][0]]) + np.ceil(slack - 1e-3)) * asked.step_hours
        move = _relaxation(name, limit, needed / weather_years(asked), "h/year", "the hours of lost load")
        return replace(problem, max_lost_load_hours=move.needed), move
    if name == "firm":
        limit = float(asked.firm_margin or 0.0)
        move = _relaxation(name, limit, limit - slack, "1", "the firm margin", percent=True)
        return replace(problem, firm_margin=move.needed), move
    if name.endswith(":energy"):
        return _moved_energy(
            problem, name.removesuffix(":energy"), slack * mw * asked.step_hours / weather_years(asked)
        )
    return _moved_capacity_limit(problem, name.removeprefix("limit:"), side, slack * mw)


def _lost(problem: Problem, model: Model, x: Array) -> Array:
    """Load that cannot be served though it must be, all buses together. [MW]"""
    parts = [model.part(f"slack:{served(bus)}", x) for bus in ("", *(b.bus for b in problem.bus_load_mw))]
    rows = [part for part in parts if part is not None]
    return sum(rows, np.zeros(problem.load_mw.size)).reshape(problem.load_mw.shape) * model.unit_mw


def _moved_served(asked: Problem, problem: Problem, lost_mw: Array) -> tuple[Problem, Relaxation]:
    """Let as much load go unserved as must."""
    share = float(lost_mw.sum() / total_load(asked).sum()) * (1.0 + MARGIN) + MARGIN
    hours = lost_load_hours(asked, lost_mw) if asked.max_lost_load_hours is not None else None
    if asked.voll_usd_per_mwh is None:
        moved = replace(problem, voll_usd_per_mwh=0.0, max_unserved_fraction=share, max_lost_load_hours=hours)
        return moved, _relaxation("unserved", 0.0, share, "1", "unserved energy", percent=True)
    most = None if asked.max_unserved_fraction is None else max(asked.max_unserved_fraction, share)
    moved = replace(problem, max_unserved_fraction=most, max_lost_load_hours=hours)
    return moved, _relaxation("lost_load_hours", 0.0, float(hours or 0.0), "h/year", "the hours of lost load")


def _moved_min_load(asked: Problem, problem: Problem, model: Model, key: str, x: Array) -> tuple[Problem, Relaxation]:
    """Lower the minimum load of a source to what finds a taker."""
    (source,) = (s for s in asked.sources if s.name == key.removesuffix(":min_load"))
    out, size = model.part(f"{source.name}:output", x), model.part(source.name, x)
    assert out is not None and size is not None
    could = flat(source.availability, asked) * size[0]
    runs = np.divide(out, could, out=np.ones(len(out)), where=could > MARGIN)
    needed = max(min(float(runs.min()), source.min_load) * (1.0 - MARGIN) - MARGIN, 0.0)
    parts = tuple(replace(s, min_load=needed) if s.name == source.name else s for s in problem.sources)
    move = _relaxation(f"{key}", source.min_load, needed, "1", f"the minimum load of {source.name}", percent=True)
    return replace(problem, sources=parts), move


def _relaxation(name: str, limit: float, needed: float, unit: str, what: str, *, percent: bool = False) -> Relaxation:
    def show(x: float) -> str:
        return f"{100 * x:.3g} %" if percent else f"{x:,.4g} {unit}"

    verb = "must rise" if needed > limit else "must fall"
    words = f"{what[0].upper()}{what[1:]} {verb} from {show(limit)} to {show(needed)}."
    return Relaxation(name=name, limit=limit, needed=needed, unit=unit, words=words)


def _moved_bound(problem: Problem, key: str, by: float) -> tuple[Problem, Relaxation]:
    if key == CONNECTION:
        assert problem.grid is not None
        limit = problem.grid.limit_mw
        grid = replace(problem.grid, limit_mw=limit + by)
        return replace(problem, grid=grid), _relaxation(key, limit, limit + by, "MW", "the grid connection")
    for s in problem.sources:
        if s.name == key:
            parts = tuple(replace(p, max_mw=p.max_mw + by) if p is s else p for p in problem.sources)
            return replace(problem, sources=parts), _relaxation(
                f"{key}:max", s.max_mw, s.max_mw + by, "MW", f"the most {key}"
            )
    for k in problem.links:
        if k.name == key:
            links = tuple(replace(p, max_mw=p.max_mw + by) if p is k else p for p in problem.links)
            return replace(problem, links=links), _relaxation(
                f"{key}:max", k.max_mw, k.max_mw + by, "MW", f"the most {key}"
            )
    owner, what = key.rsplit(".", 1)
    field, unit = {
        "power": ("max_power_mw", "MW"),
        "charge": ("max_charge_mw", "MW"),
        "energy": ("max_energy_mwh", "MWh"),
    }[what]
    (store,) = (s for s in problem.stores if s.name == owner)
    limit = getattr(store, field)
    stores = tuple(replace(p, **{field: limit + by}) if p is store else p for p in problem.stores)
    return replace(problem, stores=stores), _relaxation(f"{key}:max", limit, limit + by, unit, f"the most {key}")


def _moved_energy(problem: Problem, name: str, by: float) -> tuple[Problem, Relaxation]:
    def grown(parts: tuple) -> tuple:
        return tuple(replace(p, max_mwh_per_year=p.max_mwh_per_year + by) if p.name == name else p for p in parts)

    parts: tuple[Source | FlexibleLoad, ...] = (*problem.sources, *problem.flexible)
    (part,) = (p for p in parts if p.name == name)
    limit = part.max_mwh_per_year
    moved = replace(problem, sources=grown(problem.sources), flexible=grown(problem.flexible))
    return moved, _relaxation(f"{name}:energy", limit, limit + by, "MWh/year", f"the yearly energy of {name}")


def _moved_capacity_limit(problem: Problem, name: str, side: str, by: float) -> tuple[Problem, Relaxation]:
    (row,) = (c for c in problem.capacity_limits if c.name == name)
    limit = getattr(row, side)
    needed = limit + (by if side == "upper" else -by)
    limits: tuple[CapacityLimit, ...] = tuple(
        replace(c, **{side: needed}) if c is row else c for c in problem.capacity_limits
    )
    return replace(problem, capacity_limits=limits), _relaxation(
        f"limit:{name}", limit, needed, "-", f"the limit on {name}"
    )


def unserved_hours(answer: Answer) -> float:
    """Steps of a mean year in which more than a millionth of the peak goes unserved.

    Parameters
    ----------
    answer : Answer
        An answer. [-]

    Returns
    -------
    float
        Steps a year; NaN without a plan. [-]
    """
    if answer.decision is None:
        return float("nan")
    short = answer.decision.unserved_mw > 1e-6 * answer.load_mw.max()
    return float(np.sum(short)) / (answer.load_mw.shape[0] if answer.load_mw.ndim == 2 else 1)
