"""Whether a power problem is well formed: all faults at once, before any solver sees it."""

from __future__ import annotations

import numpy as np

from .problem import CONNECTION, Problem, Profile


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
    load = np.asarray(problem.load_mw, float)
    faults = []
    if (
        load.ndim not in (1, 2)
        or load.size == 0
        or not np.all(np.isfinite(load))
        or np.any(load < 0)
        or load.max() == 0
    ):
        faults.append("load_mw must be (hour,) or (year, hour), finite, >= 0 and not all zero")
    names = [s.name for s in problem.sources] + [s.name for s in problem.stores] + [f.name for f in problem.flexible]
    names += [problem.grid.name] if problem.grid else []
    if len(set(names)) != len(names) or CONNECTION in names:
        faults.append(f"names must be unique and not {CONNECTION!r}: {names}")
    if problem.grid is None and any(s.through_connection for s in problem.sources):
        faults.append("a source through the connection needs a grid")
    for owner, field, profile in profiles(problem):
        try:
            good = bool(np.all(np.isfinite(np.broadcast_to(profile, load.shape))))
        except ValueError:
            good = False
        if not good:
            faults.append(f"{owner}.{field} must be finite and broadcast to the load's shape {load.shape}")
        elif field in ("availability", "clean_share") and (np.min(profile) < 0 or np.max(profile) > 1):
            faults.append(f"{owner}.{field} must lie in 0..1, is {np.min(profile):g}..{np.max(profile):g}")
    for s in problem.stores:
        if not (
            0 < s.charge_efficiency <= 1 and 0 < s.discharge_efficiency <= 1 and 0 <= s.self_discharge_per_hour < 1
        ):
            faults.append(f"{s.name}: efficiencies must lie in 0..1, self-discharge in 0..1")
        if s.firm_credit > 0 and s.firm_hours <= 0:
            faults.append(f"{s.name}: a firm credit needs firm_hours > 0")
    known = set(capacity_names(problem))
    unknown = {name for limit in problem.capacity_limits for name, _ in limit.terms} - known
    if unknown:
        faults.append(f"capacity limits name {sorted(unknown)}; known are {sorted(known)}")
    if faults:
        raise ValueError("power problem: " + "; ".join(faults))
    return problem


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
    return names
