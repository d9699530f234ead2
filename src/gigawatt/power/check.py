"""Whether a power problem is well formed: all faults at once, before any solver sees it."""

from __future__ import annotations

from dataclasses import fields
from math import isfinite, isinf, isnan
from typing import Any

import numpy as np

from .problem import CONNECTION, Problem, Profile, Source, Store


def checked(problem: Problem) -> Problem:
    """Return the problem if it is well formed, else raise ValueError with all its faults.

    Parameters
    ----------
    problem : Problem
        What the caller built. [-]

    Returns
    -------
    Problem
        The same object. [-]
    """
    faults = _load_faults(problem)
    faults += _name_faults(problem)
    if not faults:  # the shape of the load is needed for the rest
        for owner, field, profile in profiles(problem):
            faults += _profile_faults(problem.load_mw.shape, owner, field, profile)
    faults += _number_faults(problem)
    for s in problem.stores:
        faults += _store_faults(s)
    for source in problem.sources:
        faults += _source_faults(source)
    faults += _network_faults(problem)
    known = set(capacity_names(problem))
    unknown = {name for limit in problem.capacity_limits for name, _ in limit.terms} - known
    if unknown:
        faults.append(f"capacity limits name {sorted(unknown)}; known are {sorted(known)}")
    if faults:
        raise ValueError("power problem: " + "; ".join(faults))
    return problem


def _load_faults(problem: Problem) -> list[str]:
    load = problem.load_mw
    if not isinstance(load, np.ndarray) or load.ndim not in (1, 2) or load.size == 0:
        return ["load_mw must be an array (hour,) or (year, hour) with at least one hour"]
    if len(bad := np.argwhere(~(np.isfinite(load) & (load >= 0)))):
        return [f"load_mw must be finite and >= 0, is {load[tuple(bad[0])]:g} at {_hour(bad[0])}{_more(bad)}"]
    return [] if load.max() > 0 else ["load_mw must not be zero in every hour"]


def _name_faults(problem: Problem) -> list[str]:
    parts: tuple[Any, ...] = (*problem.sources, *problem.stores, *problem.flexible, *problem.links)
    names = [p.name for p in parts]
    names += [problem.grid.name] if problem.grid else []
    faults = []
    if len(set(names)) != len(names) or CONNECTION in names:
        faults.append(f"names must be unique and not {CONNECTION!r}: {names}")
    if problem.grid is None and any(s.through_connection for s in problem.sources):
        faults.append("a source through the connection needs a grid")
    return faults


def _hour(index: np.ndarray) -> str:
    return f"hour {index[-1]}" + (f" of year {index[0]}" if len(index) == 2 else "")


def _more(bad: np.ndarray) -> str:
    return f" and {len(bad) - 1} more" if len(bad) > 1 else ""


def _profile_faults(shape: tuple[int, ...], owner: str, field: str, profile: Profile) -> list[str]:
    """Wrong length, not finite, or a share outside 0..1; the first bad hour is named."""
    x = np.asarray(profile, float)
    where = f"{owner}.{field}"
    if x.ndim and (x.ndim > len(shape) or x.shape[-1] != shape[-1] or x.shape not in (shape, shape[-1:])):
        return [f"{where} has the shape {x.shape}, the load {shape}: give one number or one value per hour of the load"]
    low, high = (0.0, 1.0) if field in ("availability", "clean_share") else (-np.inf, np.inf)
    low = 0.0 if field in ("mw", "load_mw") else low
    least, most = (x.min(), x.max()) if x.size else (np.nan, np.nan)
    if low <= least and most <= high and isfinite(least) and isfinite(most):  # a NaN is both least and most
        return []
    bad = np.argwhere(~(np.isfinite(x) & (x >= low) & (x <= high)))
    expected = "lie in 0..1" if high == 1.0 else "be finite" + (" and >= 0" if low == 0.0 else "")
    place = f" at {_hour(bad[0])}{_more(bad)}" if x.ndim else ""
    return [f"{where} must {expected}, is {x[tuple(bad[0])] if x.ndim else float(x):g}{place}"]


_MAY_BE_INFINITE = ("max_", "limit_mw", "upper", "lower")
_NOT_NEGATIVE = ("min_mw", "min_power", "min_energy", "max_", "existing_", "limit_mw", "unit_mw")


def _number_faults(problem: Problem) -> list[str]:
    """Single numbers: finite unless they are bounds, sizes not negative, lower bounds not above upper ones."""
    faults = []
    parts: list[Any] = [*problem.sources, *problem.stores, *problem.flexible, *problem.capacity_limits, *problem.links]
    for part in [*parts, *([problem.grid] if problem.grid else [])]:
        for field in fields(part):
            value = getattr(part, field.name)
            if not isinstance(value, int | float) or isinstance(value, bool):
                continue
            where = f"{part.name}.{field.name}"
            if isnan(value) or (isinf(value) and not field.name.startswith(_MAY_BE_INFINITE)):
                faults.append(f"{where} must be a finite number, is {value:g}")
            elif value < 0 and field.name.startswith(_NOT_NEGATIVE):
                faults.append(f"{where} must be >= 0, is {value:g}")
    for name, least, existing, most in _bounds(problem):
        if max(least, existing) > most:
            what = "min" if least > existing else "existing"
            faults.append(f"{name}: {what} {max(least, existing):g} is above max {most:g}")
    for limit in problem.capacity_limits:
        if limit.lower > limit.upper:
            faults.append(f"{limit.name}: lower {limit.lower:g} is above upper {limit.upper:g}")
    whole = ("max_carbon_kg_per_mwh", "min_clean_share_annual", "min_clean_share_hourly", "max_unserved_fraction")
    hours = ("max_lost_load_hours", "max_loss_of_load_hours")
    for name in (*whole, *hours, "voll_usd_per_mwh", "firm_margin", "step_hours"):
        value = getattr(problem, name)
        if value is not None and (not np.isfinite(value) or (value < 0 and name != "firm_margin")):
            faults.append(f"{name} must be finite and >= 0, is {value:g}")
    if problem.step_hours == 0:
        faults.append("step_hours must be above 0, is 0")
    units = problem.n_minus_units
    if isinstance(units, bool) or not isinstance(units, int | np.integer) or units < 0:
        faults.append(f"n_minus_units must be a whole number >= 0, is {units}")
    return faults


def _bounds(problem: Problem) -> list[tuple[str, float, float, float]]:
    """Name, least, existing and most of every capacity."""
    rows = [(f"{s.name} MW", s.min_mw, s.existing_mw, s.max_mw) for s in problem.sources]
    for s in problem.stores:
        rows.append((f"{s.name} power MW", s.min_power_mw, s.existing_power_mw, s.max_power_mw))
        rows.append((f"{s.name} energy MWh", s.min_energy_mwh, s.existing_energy_mwh, s.max_energy_mwh))
    return rows + [(f"{k.name} MW", k.min_mw, k.existing_mw, k.max_mw) for k in problem.links]


def _source_faults(s: Source) -> list[str]:
    shares = ((field, getattr(s, field)) for field in ("min_load", "forced_outage"))
    return [f"{s.name}.{field} must lie in 0..1, is {value:g}" for field, value in shares if value < 0 or value > 1]


def bus_names(problem: Problem) -> list[str]:
    """Buses of a problem: the main one first, then those with a load, then those that links name.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    list of str
        Each once. [-]
    """
    ends = [end for k in problem.links for end in (k.from_bus, k.to_bus)]
    return list(dict.fromkeys(["", *(b.bus for b in problem.bus_load_mw), *ends]))


def _network_faults(problem: Problem) -> list[str]:
    faults = []
    loaded = [b.bus for b in problem.bus_load_mw]
    for i, bus in enumerate(loaded):
        if bus in ("", *loaded[:i]):
            what = "the main bus has its load in load_mw" if not bus else "it has a load already; add the two"
            faults.append(f"bus_load_mw[{i}].bus is {bus!r}: {what}")
    for k in problem.links:
        if not 0 < k.efficiency <= 1:
            faults.append(f"{k.name}.efficiency must lie above 0 and at most at 1, is {k.efficiency:g}")
        if k.from_bus == k.to_bus:
            faults.append(f"{k.name}.to_bus must differ from from_bus, both are {k.to_bus!r}")
    known = bus_names(problem)
    parts: list[Any] = [*problem.sources, *problem.stores, *problem.flexible, *([problem.grid] if problem.grid else [])]
    for part in parts:
        if part.bus not in known:
            faults.append(f"{part.name}.bus is {part.bus!r}, which no load and no link names; known are {known}")
    if problem.grid:
        away = [s for s in problem.sources if s.through_connection and s.bus != problem.grid.bus]
        faults += [
            f"{s.name}.bus must be {problem.grid.bus!r} as the connection it comes through, is {s.bus!r}" for s in away
        ]
    return faults


def _store_faults(s: Store) -> list[str]:
    faults = []
    for field in ("charge_efficiency", "discharge_efficiency"):
        value = getattr(s, field)
        if not 0 < value <= 1:
            faults.append(f"{s.name}.{field} must lie above 0 and at most at 1, is {value:g}")
    if s.variable_usd_per_mwh < 0:
        faults.append(f"{s.name}.variable_usd_per_mwh must be >= 0, is {s.variable_usd_per_mwh:g}")
    if not 0 <= s.self_discharge_per_hour < 1:
        faults.append(f"{s.name}.self_discharge_per_hour must lie in 0..1, is {s.self_discharge_per_hour:g}")
    if s.firm_credit > 0 and s.firm_hours <= 0:
        faults.append(f"{s.name}: a firm credit needs firm_hours > 0")
    return faults


def profiles(problem: Problem) -> list[tuple[str, str, Profile]]:
    """Every (owner, field, profile) of the problem that may vary by the hour.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    list of (str, str, float or array)
        Name of the part, of the field, and the profile. [-]
    """
    rows = [
        (s.name, field, getattr(s, field))
        for s in problem.sources
        for field in ("availability", "variable_usd_per_mwh", "carbon_intensity_kg_per_mwh", "clean_share")
    ]
    if problem.grid:
        fields = ("availability", "price_usd_per_mwh", "carbon_intensity_kg_per_mwh", "clean_share")
        rows += [(problem.grid.name, field, getattr(problem.grid, field)) for field in fields]
    rows += [(f"bus {b.bus}", "load_mw", b.load_mw) for b in problem.bus_load_mw]
    return rows + [(f.name, "mw", f.mw) for f in problem.flexible]


def capacity_names(problem: Problem) -> list[str]:
    """Names that capacity limits may use.

    Parameters
    ----------
    problem : Problem
        The problem. [-]

    Returns
    -------
    list of str
        `solar`, `connection`, `battery.power`, `battery.energy` ... [-]
    """
    names = [s.name for s in problem.sources]
    names += [CONNECTION] if problem.grid else []
    for s in problem.stores:
        names += [f"{s.name}.power", f"{s.name}.energy"]
        names += [f"{s.name}.charge"] if s.charge_usd_per_mw_year is not None else []
    return names + [k.name for k in problem.links]
