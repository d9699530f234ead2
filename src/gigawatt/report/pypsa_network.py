"""The power problem of a plan as a PyPSA network: `n.optimize()` finds the same optimum. Needs the extra ``pypsa``.

Only parts of PyPSA that a netCDF file keeps are used, so that the file is solved again without code of ours:

- what is bought over the grid connection stands on a bus of its own; the link from there is the connection;
- a source that stands already is a generator of its own, without fixed cost and not to be enlarged;
- a take-or-pay contract pays its whole available energy with its capacity;
- a battery has one converter, a lossless link between site and battery, and behind it a link to charge and one to
  discharge a store: power and energy are sized apart. It may not charge and discharge at once to burn energy, which
  pays only at prices below zero; such problems are refused;
- lost load is a generator at the value of lost load;
- caps on carbon, on unclean energy, and on the energy of a plant of which a part stands already, are global constraints
  on attributes of the carriers.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.errors import ScenarioError
from gigawatt.power.problem import Import, Problem, Source, Store

SITE, GRID, LOST = "site", "grid", "unserved"
KG_PER_T = 1e3


def network(problem: Problem) -> Any:
    """A power problem as a PyPSA network.

    Parameters
    ----------
    problem : Problem
        One weather year on one bus. [-]

    Returns
    -------
    pypsa.Network
        Its optimum under `n.optimize()` is that of the problem. [-]

    Raises
    ------
    ScenarioError
        Where PyPSA is not installed, or the problem has parts that PyPSA has not.
    """
    try:
        import pypsa
    except ImportError:
        raise ScenarioError('a PyPSA network needs PyPSA: pip install "gigawatt[pypsa]"') from None
    _refuse_the_rest(problem)
    load = problem.load_mw
    n: Any = pypsa.Network()
    n.set_snapshots(range(len(load)))
    n.snapshot_weightings.loc[:, :] = problem.step_hours
    n.add("Carrier", "AC", co2_emissions=0.0)
    n.carriers["unclean_share"] = 0.0
    n.add("Bus", SITE, carrier="AC")
    n.add("Load", "campus", bus=SITE, p_set=load)
    if problem.grid is not None:
        _grid(n, problem.grid)
    for source in problem.sources:
        _source(n, source, len(load), problem.step_hours)
    for store in problem.stores:
        _store(n, store)
    if problem.voll_usd_per_mwh is not None:
        peak = float(load.max())
        _carrier(n, LOST, 0.0, 1.0)
        lost = {"p_nom": peak, "p_max_pu": load / peak, "marginal_cost": problem.voll_usd_per_mwh}
        n.add("Generator", LOST, bus=SITE, carrier="AC", **lost)
    _limits(n, problem)
    return n


def _carrier(n: Any, name: str, kg_per_mwh: float, clean_share: float) -> None:
    n.add("Carrier", name, co2_emissions=kg_per_mwh / KG_PER_T)
    n.carriers.loc[name, "unclean_share"] = 1.0 - clean_share


def _grid(n: Any, g: Import) -> None:
    """Purchases, and the connection they come over."""
    _carrier(n, g.name, float(g.carbon_intensity_kg_per_mwh), float(g.clean_share))
    n.add("Bus", GRID, carrier="AC")
    # as large as any connection: what limits purchases is the link
    n.add("Generator", g.name, bus=GRID, carrier=g.name, p_nom=1e6, marginal_cost=g.price_usd_per_mwh)
    n.add(
        "Link",
        "connection",
        bus0=GRID,
        bus1=SITE,
        carrier="AC",
        p_nom_extendable=True,
        p_nom_max=g.limit_mw,
        p_max_pu=g.availability,
        capital_cost=g.connection_usd_per_mw_year + g.demand_charge_usd_per_mw_year,
    )


def _source(n: Any, s: Source, steps: int, step_hours: float) -> None:
    """A plant or a contract; what exists of it apart from what may be built."""
    _carrier(n, s.name, float(s.carbon_intensity_kg_per_mwh), float(s.clean_share))
    price, fixed = s.variable_usd_per_mwh, s.fixed_usd_per_mw_year
    if s.take_or_pay:
        due = np.broadcast_to(s.availability, steps) * price
        price, fixed = 0.0, fixed + float(due.sum()) * step_hours
    shared = {"bus": GRID if s.through_connection else SITE, "carrier": s.name, "p_max_pu": s.availability}
    shared["marginal_cost"] = price
    if s.existing_mw:
        n.add("Generator", f"{s.name} (existing)", p_nom=s.existing_mw, **shared)
    least = max(s.min_mw - s.existing_mw, 0.0)
    bounds = {"p_nom_extendable": True, "p_nom_min": least, "p_nom_max": s.max_mw - s.existing_mw}
    if not s.existing_mw:  # else the limit is over both generators: `_limits`
        bounds["e_sum_max"] = s.max_mwh_per_year
    n.add("Generator", s.name, capital_cost=fixed, **bounds, **shared)


def _store(n: Any, b: Store) -> None:
    """A battery: converter, charger, store, discharger."""
    inner, cells = f"{b.name} converter", f"{b.name} cells"
    n.add("Bus", inner, carrier="AC")
    n.add("Bus", cells, carrier="AC")
    power = {"p_nom_extendable": True, "p_nom_min": b.min_power_mw, "p_nom_max": b.max_power_mw}
    n.add(
        "Link", b.name, bus0=inner, bus1=SITE, carrier="AC", p_min_pu=-1, capital_cost=b.power_usd_per_mw_year, **power
    )
    free = {"p_nom_extendable": True, "carrier": "AC"}  # their size costs nothing: the converter limits both
    n.add("Link", f"{b.name} charge", bus0=inner, bus1=cells, efficiency=b.charge_efficiency, **free)
    wear = b.variable_usd_per_mwh * b.discharge_efficiency
    out = {"efficiency": b.discharge_efficiency, "marginal_cost": wear, **free}
    n.add("Link", f"{b.name} discharge", bus0=cells, bus1=inner, **out)
    energy = {"e_nom_extendable": True, "e_nom_min": b.min_energy_mwh, "e_nom_max": b.max_energy_mwh, "e_cyclic": True}
    cost = {"standing_loss": b.self_discharge_per_hour, "capital_cost": b.energy_usd_per_mwh_year}
    n.add("Store", b.name, bus=cells, carrier="AC", **energy, **cost)


def _limits(n: Any, problem: Problem) -> None:
    """Caps over the year, as sums over what the carriers generate."""
    total = float(problem.load_mw.sum()) * problem.step_hours
    shared = {"type": "primary_energy", "sense": "<="}
    if (cap := problem.max_carbon_kg_per_mwh) is not None:
        most = cap * total / KG_PER_T
        n.add("GlobalConstraint", "carbon", carrier_attribute="co2_emissions", constant=most, **shared)
    if (share := problem.min_clean_share_hourly) is not None:
        most = (1.0 - share) * total
        n.add("GlobalConstraint", "unclean", carrier_attribute="unclean_share", constant=most, **shared)
    for s in problem.sources:
        if s.existing_mw and np.isfinite(s.max_mwh_per_year):
            attribute = f"is_{s.name}"
            n.carriers[attribute] = (n.carriers.index == s.name).astype(float)
            energy = {"carrier_attribute": attribute, "constant": s.max_mwh_per_year}
            n.add("GlobalConstraint", f"{s.name} energy", **energy, **shared)


def _refuse_the_rest(problem: Problem) -> None:
    p, g = problem, problem.grid
    rates = [x for s in p.sources for x in (s.carbon_intensity_kg_per_mwh, s.clean_share)]
    rates += [g.carbon_intensity_kg_per_mwh, g.clean_share] if g else []
    odd = {
        "several weather years": p.load_mw.ndim != 1,
        "several buses": p.links or p.bus_load_mw,
        "flexible load": p.flexible,
        "capacity limits": p.capacity_limits,
        "limits on certificates, unserved energy, lost hours or firm capacity": any(
            x is not None
            for x in (
                p.min_clean_share_annual,
                p.max_unserved_fraction,
                p.firm_margin,
                p.max_lost_load_hours,
                p.max_loss_of_load_hours,
            )
        ),
        "an existing connection": g is not None and g.existing_mw,
        "existing storage": any(b.existing_power_mw or b.existing_energy_mwh for b in p.stores),
        "units, ramps or least loads": any(
            s.unit_mw or s.min_load or np.isfinite(s.max_ramp_per_hour) for s in p.sources
        ),
        "emissions that change by the hour": any(np.ndim(x) for x in rates),
        "a battery beside prices below zero": p.stores and _below_zero(p),
        "separate chargers": any(b.charge_usd_per_mw_year is not None for b in p.stores),
    }
    if found := [name for name, there in odd.items() if there]:
        raise ScenarioError(
            f"PyPSA network: this plan's power has {', '.join(found)}; expected parts that PyPSA has as well; "
            "take the hourly tables instead (--hours)"
        )


def _below_zero(p: Problem) -> bool:
    prices = [s.variable_usd_per_mwh for s in p.sources] + ([p.grid.price_usd_per_mwh] if p.grid else [])
    return any(np.min(x) < 0 for x in prices)


def netcdf(plan: Plan) -> bytes:
    """The network of a plan's whole campus as a netCDF file.

    Parameters
    ----------
    plan : Plan
        The answer. [-]

    Returns
    -------
    bytes
        To be read with `pypsa.Network(file)`. [-]

    Raises
    ------
    ScenarioError
        Where the plan has no power problem, PyPSA is not installed, or PyPSA has not what the problem needs.
    """
    if plan.supply is None:
        raise ScenarioError("PyPSA network: this plan has no power problem; ask for a place with figures, or a size")
    problem, answer = plan.supply
    logging.getLogger("pypsa").setLevel(logging.WARNING)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="gigawatt-") as folder:
        warnings.simplefilter("ignore", FutureWarning)
        n = network(problem)
        n.name = f"{plan.question['place']['name']}: {plan.question['reading']}"
        n.meta = {
            "question": plan.question["words"],
            "made_with": plan.provenance,
            "optimum_usd_per_year": answer.upper_bound_usd_per_year,
            "lower_bound_usd_per_year": answer.lower_bound_usd_per_year,
            "money": f"USD_{plan.question['price_year']}",
        }
        path = Path(folder, "plan.nc")
        n.export_to_netcdf(path)
        return path.read_bytes()
