"""The same problems solved by others: PyPSA, HiGHS simplex without a modelling layer, HiGHS interior point (HiPO).

Each run is timed in CPU seconds of this process, model build included and imports not, on one thread.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.power import lp
from gigawatt.power.account import weather_years
from gigawatt.power.problem import Array, Problem
from gigawatt.power.programme import MONEY, written
from gigawatt.power.sparse import Model

BUS = "site"
PLAIN = {"threads": 1, "output_flag": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a rival did.

    Attributes
    ----------
    rival : str
        `pypsa`, `hipo` or `lean`. [text]
    seconds : float
        CPU time, model build included. [s]
    status : str
        As the solver calls it, lower case; `optimal` is an answer. [text]
    usd_per_year : float
        Its objective. [USD/year]
    gap : float
        Objective over a lower bound made from its own multipliers, less one; NaN where not worked out. [-]
    violation_mw : float
        Largest violation of a row by its solution; NaN where not worked out. [MW]
    """

    rival: str
    seconds: float
    status: str
    usd_per_year: float
    gap: float = np.nan
    violation_mw: float = np.nan


def pypsa_network(problem: Problem) -> Any:
    """The problem as a PyPSA network, to be optimised with `shared_converter`.

    The battery is a store behind two links, so that power and energy are sized apart. A take-or-pay source pays its
    whole available energy with its capacity. The value of lost load is a generator.

    Parameters
    ----------
    problem : Problem
        One weather year of sources, stores with one converter, and a new grid connection. [-]

    Returns
    -------
    pypsa.Network
        Ready to optimise. [-]

    Raises
    ------
    ValueError
        Where the problem has parts that are not written here.
    """
    import pypsa

    _refuse_the_rest(problem)
    load, step = problem.load_mw, problem.step_hours
    n: Any = pypsa.Network()
    n.set_snapshots(range(len(load)))
    n.snapshot_weightings.loc[:, :] = step
    n.add("Bus", BUS)
    n.add("Load", "load", bus=BUS, p_set=load)
    for s in problem.sources:
        price, fixed = s.variable_usd_per_mwh, s.fixed_usd_per_mw_year
        if s.take_or_pay:
            price, fixed = 0.0, fixed + float((np.broadcast_to(s.availability, load.shape) * price).sum()) * step
        bounds = {"p_nom_extendable": True, "p_nom_min": s.min_mw, "p_nom_max": s.max_mw}
        costs = {"capital_cost": fixed, "marginal_cost": price}
        n.add("Generator", s.name, bus=BUS, p_max_pu=s.availability, **bounds, **costs)
    if g := problem.grid:
        fixed = g.connection_usd_per_mw_year + g.demand_charge_usd_per_mw_year
        bounds = {"p_nom_extendable": True, "p_nom_max": g.limit_mw}
        costs = {"capital_cost": fixed, "marginal_cost": g.price_usd_per_mwh}
        n.add("Generator", g.name, bus=BUS, p_max_pu=g.availability, **bounds, **costs)
    if problem.voll_usd_per_mwh is not None:
        peak = float(load.max())
        n.add(
            "Generator", "unserved", bus=BUS, p_nom=peak, p_max_pu=load / peak, marginal_cost=problem.voll_usd_per_mwh
        )
    for b in problem.stores:
        n.add("Bus", b.name)
        n.add(
            "Store",
            b.name,
            bus=b.name,
            e_nom_extendable=True,
            e_nom_min=b.min_energy_mwh,
            e_nom_max=b.max_energy_mwh,
            e_cyclic=True,
            standing_loss=b.self_discharge_per_hour,
            capital_cost=b.energy_usd_per_mwh_year,
        )
        n.add(
            "Link",
            f"{b.name} charge",
            bus0=BUS,
            bus1=b.name,
            p_nom_extendable=True,
            p_nom_min=b.min_power_mw,
            p_nom_max=b.max_power_mw,
            efficiency=b.charge_efficiency,
            capital_cost=b.power_usd_per_mw_year,
        )
        n.add(
            "Link",
            f"{b.name} discharge",
            bus0=b.name,
            bus1=BUS,
            p_nom_extendable=True,
            efficiency=b.discharge_efficiency,
            marginal_cost=b.variable_usd_per_mwh * b.discharge_efficiency,
        )
    return n


def _refuse_the_rest(problem: Problem) -> None:
    p, g = problem, problem.grid
    limits = (p.max_carbon_kg_per_mwh, p.min_clean_share_annual, p.min_clean_share_hourly, p.max_unserved_fraction)
    odd = {
        "several weather years": p.load_mw.ndim != 1,
        "flexible load": p.flexible,
        "capacity limits": p.capacity_limits,
        "limits on carbon, clean shares, unserved energy or firm capacity": any(
            x is not None for x in (*limits, p.firm_margin)
        ),
        "existing plant": any(s.existing_mw for s in p.sources) or (g and g.existing_mw),
        "existing storage": any(b.existing_power_mw or b.existing_energy_mwh for b in p.stores),
        "energy limits": any(np.isfinite(s.max_mwh_per_year) for s in p.sources),
        "sources through the connection": any(s.through_connection for s in p.sources),
        "prices below zero": any(np.min(x.variable_usd_per_mwh) < 0 for x in p.sources)
        or (g and np.min(g.price_usd_per_mwh) < 0),
        "separate chargers": any(b.charge_usd_per_mw_year is not None for b in p.stores),
    }
    if found := [name for name, there in odd.items() if there]:
        raise ValueError(f"the PyPSA network has no {', '.join(found)}: compare with the lean programme instead")


def shared_converter(problem: Problem) -> Any:
    """What `optimize` needs to tie the two links of each battery to one power at the bus.

    Parameters
    ----------
    problem : Problem
        The problem of the network. [-]

    Returns
    -------
    callable
        For the argument `extra_functionality`. [-]
    """

    def constrain(n: Any, snapshots: Any) -> None:
        size = n.model["Link-p_nom"]
        for b in problem.stores:
            into, out = (size.sel(name=f"{b.name} {way}", drop=True) for way in ("charge", "discharge"))
            n.model.add_constraints(into - b.discharge_efficiency * out == 0.0, name=f"{b.name} converter")

    return constrain


def pypsa_default(problem: Problem) -> Run:
    """PyPSA with HiGHS and its default options.

    Parameters
    ----------
    problem : Problem
        See `pypsa_network`. [-]

    Returns
    -------
    Run
        Objective and CPU time. [-]
    """
    import highspy  # noqa: F401 - imports are not on the clock
    import linopy  # noqa: F401
    import pypsa  # noqa: F401

    for name in ("pypsa", "linopy"):
        logging.getLogger(name).setLevel(logging.ERROR)
    start = time.process_time()
    n = pypsa_network(problem)
    _, condition = n.optimize(
        solver_name="highs",
        solver_options=PLAIN,
        extra_functionality=shared_converter(problem),
        include_objective_constant=False,
        progress=False,
    )
    seconds = time.process_time() - start
    return Run(
        rival="pypsa", seconds=seconds, status=condition, usd_per_year=np.nan if n.objective is None else n.objective
    )


def lean(problem: Problem) -> Run:
    """The project's own linear programme straight to HiGHS simplex, without proposals from coarser runs.

    Parameters
    ----------
    problem : Problem
        Any problem. [-]

    Returns
    -------
    Run
        Objective and CPU time. [-]
    """
    import highspy  # noqa: F401

    start = time.process_time()
    model = written(problem)
    status, x, y = lp.run(model)
    seconds = time.process_time() - start
    return _run("lean", seconds, status, problem, model, x, y)


def hipo(problem: Problem, *, gap: float) -> Run:
    """The same programme by the interior point solver HiPO, stopped at a gap, without crossover to a vertex.

    Parameters
    ----------
    problem : Problem
        Any problem. [-]
    gap : float
        Its tolerance of optimality; tolerances of feasibility stay at their defaults. [-]

    Returns
    -------
    Run
        Objective, CPU time, and the gap that its multipliers prove. [-]
    """
    import highspy  # noqa: F401

    options = {"solver": "hipo", "run_crossover": "off", "presolve": "choose"}
    tolerances = {"ipm_optimality_tolerance": gap, "optimality_tolerance": gap}
    start = time.process_time()
    model = written(problem)
    highs = lp.loaded(model, **options, **tolerances)
    highs.run()
    seconds = time.process_time() - start
    status = highs.modelStatusToString(highs.getModelStatus()).lower()
    solution = highs.getSolution()
    return _run("hipo", seconds, status, problem, model, np.array(solution.col_value), np.array(solution.row_dual))


def _run(rival: str, seconds: float, status: str, problem: Problem, model: Model, x: Array, y: Array) -> Run:
    """Price a solution of the programme and measure how good it is, off the clock."""
    unit = model.unit_mw / MONEY / weather_years(problem)
    cost = float(model.cost @ x) + model.offset
    bound = lp.dual_bound(model, x, y)
    column = np.repeat(np.arange(len(x)), np.diff(model.start))
    rows = np.bincount(model.index, weights=model.value * x[column], minlength=len(model.row_lower))
    outside = max(float(np.max(model.row_lower - rows)), float(np.max(rows - model.row_upper)), 0.0)
    return Run(
        rival=rival,
        seconds=seconds,
        status=status,
        usd_per_year=cost * unit,
        gap=(cost - bound) / abs(cost),
        violation_mw=outside * model.unit_mw,
    )
