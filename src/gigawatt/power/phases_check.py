"""Whether a problem in phases is well formed, and whether its load can be served at all."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from .check import checked as hours_checked
from .phases import Battery, PhasedProblem, Plant, capacities, counts, hourly, limits
from .problem import Array

_SHARES = ("resale_share", "firm_credit")
_PER_PHASE = ("limit_mw",)


def checked(problem: PhasedProblem) -> PhasedProblem:
    """Return the problem if it is well formed, else raise ValueError with all its faults.

    Parameters
    ----------
    problem : PhasedProblem
        What the caller built. [-]

    Returns
    -------
    PhasedProblem
        The same object. [-]
    """
    faults = _shape_faults(problem)
    if not faults:
        parts: list[Plant | Battery] = [*problem.plants, *([problem.battery] if problem.battery else [])]
        for part in parts:
            faults += _part_faults(problem, part)
        faults += _name_faults(problem)
    if not faults:
        for p in counts(problem):
            try:
                hours_checked(hourly(problem, p))
            except ValueError as error:
                faults.append(f"phase {problem.names[p]!r}: {str(error).removeprefix('power problem: ')}")
    if faults:
        raise ValueError("phased power problem: " + "; ".join(faults))
    return problem


def _shape_faults(problem: PhasedProblem) -> list[str]:
    years, load = np.asarray(problem.years), np.asarray(problem.load_mw)
    if load.ndim != 2 or not load.size:
        return [f"load_mw must be (phase, hour), has the shape {load.shape}"]
    faults = []
    count = len(load)
    if years.shape != (count,) or len(problem.names) != count:
        faults.append(f"{count} phases of load, {len(problem.names)} names, {years.size} lengths: give one each")
    elif not (np.isfinite(years).all() and (years >= 0.0).all()):
        faults.append(f"years must be finite and >= 0, are {years.tolist()}")
    elif not years.sum() > 0.0:
        faults.append("all phases have length zero: give at least one a length")
    if not (np.isfinite(load).all() and (load >= 0.0).all()):
        faults.append("load_mw must be finite and >= 0")
    elif not load.max() > 0.0:
        faults.append("load_mw must not be zero in every phase")
    if not problem.rate_per_year > -1.0:
        faults.append(f"rate_per_year must be above -1, is {problem.rate_per_year:g}")
    for name in ("voll_usd_per_mwh", "reserve_mw"):
        x = getattr(problem, name)
        if x is not None and (np.shape(x) != (count,) or not (np.isfinite(x).all() and (np.asarray(x) >= 0.0).all())):
            faults.append(f"{name} must be one number >= 0 per phase, is {np.asarray(x).tolist()}")
    return faults


def _name_faults(problem: PhasedProblem) -> list[str]:
    names = capacities(problem)
    return [] if len(set(names)) == len(names) else [f"names must be unique: {names}"]


def _part_faults(problem: PhasedProblem, part: Plant | Battery) -> list[str]:
    """Limits per phase, money not negative, shares in 0..1, profiles that fit the load."""
    faults, count = [], len(problem.years)
    most = np.asarray(part.limit_mw, float)
    if most.shape != (count,):
        return [f"{part.name}.limit_mw must be one number per phase ({count}), has the shape {most.shape}"]
    if np.isnan(most).any() or (most < 0.0).any() or (np.diff(np.minimum(most, 1e300)) < 0.0).any():
        faults.append(f"{part.name}.limit_mw must be >= 0 and not fall from phase to phase, is {most.tolist()}")
    for item in fields(part):
        value: Any = getattr(part, item.name)
        where = f"{part.name}.{item.name}"
        if isinstance(value, float | int) and not (value >= 0.0):
            faults.append(f"{where} must be >= 0, is {value:g}")
        elif item.name in _SHARES and value > 1.0:
            faults.append(f"{where} must lie in 0..1, is {value:g}")
        elif isinstance(value, np.ndarray) and item.name not in _PER_PHASE:
            if value.shape not in (problem.load_mw.shape, problem.load_mw.shape[1:], (count, 1)):
                faults.append(f"{where} has the shape {value.shape}, the load {problem.load_mw.shape}")
            elif item.name != "availability" and np.min(value) < 0.0:
                faults.append(f"{where} must be >= 0, is {np.min(value):g} somewhere")
    if part.leaves is not None and any(not 0 <= p < count for p in part.leaves):
        faults.append(f"{part.name}.leaves names phases {part.leaves}; there are 0 to {count - 1}")
    return [*faults, *_endless(part, most)]


def _endless(part: Plant | Battery, most: Array) -> list[str]:
    """What costs nothing must have a limit, or there is no least plan."""
    if isinstance(part, Plant):
        free = part.capex_usd_per_mw * (1.0 - part.resale_share) + part.fixed_usd_per_mw_year <= 0.0
        return [f"{part.name} costs nothing to build: give it a finite limit_mw"] if free and np.isinf(most[-1]) else []
    if part.energy_usd_per_mwh * (1.0 - part.resale_share) > 0.0:
        return []
    return [f"{part.name}: its energy must cost something: energy_usd_per_mwh and resale_share leave nothing"]


def unservable(problem: PhasedProblem) -> str:
    """Why load that must be served cannot be; empty where it can. Limits never fall, so phases may be asked alone.

    Parameters
    ----------
    problem : PhasedProblem
        A checked problem. [-]

    Returns
    -------
    str
        The first phase that fails and what is missing there. [text]
    """
    most = limits(problem)
    for p in range(len(problem.years)):
        if problem.reserve_mw is not None and problem.years[p] > 0.0:
            could = sum(x.firm_credit * most[i, p] for i, x in enumerate(problem.plants) if x.firm_credit)
            if could < problem.reserve_mw[p] * (1.0 - 1e-12):
                return (
                    f"phase {problem.names[p]!r}: a reserve of {problem.reserve_mw[p]:,.4g} MW is asked, "
                    f"{could:,.4g} MW may stand: raise a limit or lower the reserve"
                )
    if problem.voll_usd_per_mwh is not None:
        return ""
    for p in counts(problem):
        posed = hourly(problem, p)
        need = posed.load_mw.copy()
        for i, s in enumerate(posed.sources):
            can = np.broadcast_to(s.availability, need.shape)
            need -= np.where(can > 0.0, can * most[i, p] if np.isfinite(most[i, p]) else np.inf, 0.0)
        if need.max() <= 1e-9 * posed.load_mw.max():
            continue
        at = int(need.argmax())
        if problem.battery and most[-2, p] > 0.0 and _with_store(problem, p, most):
            continue
        may = [name for name, x in zip(capacities(problem), most[:, p], strict=True) if x > 0.0]
        return (
            f"phase {problem.names[p]!r}: at hour {at} of {posed.load_mw[at]:,.4g} MW at least {need[at]:,.4g} MW "
            f"cannot be served by what may stand then ({', '.join(may) or 'nothing'}): "
            "start the load later, allow a source sooner, or price load that is not served"
        )
    return ""


def _with_store(problem: PhasedProblem, p: int, most: Array) -> bool:
    """Whether the hours of a phase can be served with a store, everything built to its limit."""
    from dataclasses import replace

    from . import reference

    posed = hourly(problem, p)
    sources = tuple(
        replace(s, max_mw=float(m)) for s, m in zip(posed.sources, most[: len(posed.sources), p], strict=True)
    )
    stores = tuple(replace(s, max_power_mw=float(most[-2, p]), power_usd_per_mw_year=1.0) for s in posed.stores)
    return reference.solve(replace(posed, sources=sources, stores=stores)).status == "optimal"
