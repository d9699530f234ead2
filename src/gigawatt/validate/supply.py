"""Published cases of the power room: dispatch of a fixed mix, least-cost expansion, survival and energy short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gigawatt.errors import ScenarioError
from gigawatt.power import adequacy, reference, survival
from gigawatt.power.problem import Answer, CapacityLimit, Problem, Source, Store
from gigawatt.power.simulate import simulate

from .families import CannotPredict, Case, Family, Figure, Predicted, Tolerance, number

KW_PER_MW = 1000.0
YEAR_H = 8784
MOST_HOURS = 100 * YEAR_H

# --- A fixed mix, hour by hour ----------------------------------------------------------------------------------------

MIX = {
    "solar_mw": "solar_mw_per_mw_load",
    "wind_mw": "wind_mw_per_mw_load",
    "energy_mwh": "battery_mwh_per_mw_load",
    "power_mw": "battery_mw_per_mw_load",
    "round_trip_efficiency": "round_trip_efficiency",
    "initial_soc": "initial_soc",
}


def _mixes(cases: Sequence[Case]) -> list[Predicted]:
    """All mixes of one length of series together: the hours are walked once."""
    read = [_mix(case) for case in cases]
    found: list[Predicted] = [mix if isinstance(mix, str) else {} for mix in read]
    lengths = {len(mix["solar_cf"]) for mix in read if not isinstance(mix, str)}
    for length in lengths:
        here = [(i, mix) for i, mix in enumerate(read) if not isinstance(mix, str) and len(mix["solar_cf"]) == length]
        together: dict[str, Any] = {name: np.stack([mix[name] for _, mix in here]) for name in here[0][1]}
        run = simulate(load_mw=1.0, **together)
        for k, (i, _) in enumerate(here):
            found[i] = {
                "backup_fraction": float(run.backup_fraction[k]),
                "peak_backup_per_mw_load": float(run.peak_backup_mw[k]),
                "battery_efc_per_day": float(run.battery_efc_per_day[k]),
            }
    return found


def _mix(case: Case) -> dict[str, Any] | str:
    """What `simulate` asks of one mix, or why it cannot be run."""
    try:
        series = {name: case.hours("series", name) for name in ("solar_cf", "wind_cf")}
        return series | {ours: case.number(theirs) for ours, theirs in MIX.items()}
    except (CannotPredict, ScenarioError) as reason:
        return str(reason)


# --- Least-cost expansion ---------------------------------------------------------------------------------------------


def _expansion(case: Case) -> Predicted:
    """The network of the PyPSA example: wind, solar, gas, a battery of fixed duration, hydrogen."""
    spec, change = case.common("spec"), _change(case)
    problem = _network(spec, change)
    answer = reference.solve(problem)
    if answer.decision is None:
        return f"the programme is {answer.status}"
    return _built(spec, problem, answer)


def _change(case: Case) -> Case:
    change = case.table("change") if case.given.get("change") else Case(folder=case.folder)
    change.only("load", "wind", "solar", "hydrogen", "load_shedding_mw", "gas", "battery")
    return change


def _network(spec: Case, change: Case) -> Problem:
    load, step = _load(spec, change), spec.number("step_hours")
    battery = change.table("battery") if change.has("battery") else Case()
    battery.only("max_hours", "eur_per_mw_yr")
    hours = (battery if battery.has("max_hours") else spec).number(
        "max_hours" if battery.has("max_hours") else "battery_max_hours"
    )
    duration = CapacityLimit(name="duration", terms=(("battery.power", hours), ("battery.energy", -1.0)), lower=0.0)
    stores = [_battery(spec, battery)] + ([_hydrogen(spec)] if _there(change, "hydrogen") else [])
    return Problem(
        load_mw=load,
        voll_usd_per_mwh=None,
        sources=(*_weather(spec, change), *_gas(change, float(load.sum()) * step), _shedding(spec, change)),
        stores=tuple(stores),
        capacity_limits=(duration,),
        step_hours=step,
    )


def _there(change: Case, name: str) -> bool:
    """Whether a technology may be built; only an explicit false takes it out."""
    allowed = change.given.get(name, True)
    if not isinstance(allowed, bool):
        raise CannotPredict(f"change.{name} is {allowed!r}: expected true or false")
    return allowed


def _load(spec: Case, change: Case) -> Any:
    series = spec.hours("series", "load_mw")
    if not change.has("load"):
        return series
    load = change.table("load")
    load.only("kind", "mw")
    if load.text("kind") == "series":
        return series
    if load.text("kind") != "flat":
        raise CannotPredict(f"change.load.kind is {load.text('kind')!r}: expected series or flat")
    return np.full(len(series), load.number("mw"))


def _free(name: str, **more: Any) -> Source:
    """A source without carbon, which these cases do not know."""
    return Source(name=name, carbon_intensity_kg_per_mwh=0.0, clean_share=0.0, **more)


def _weather(spec: Case, change: Case) -> list[Source]:
    costs = spec.table("costs_eur_per_mw_yr")
    return [
        _free(
            name,
            availability=spec.hours("series", f"{name}_pu"),
            fixed_usd_per_mw_year=costs.number(name),
            variable_usd_per_mwh=0.0,
        )
        for name in ("wind", "solar")
        if _there(change, name)
    ]


def _gas(change: Case, load_mwh: float) -> list[Source]:
    if not change.has("gas"):
        return []
    gas = change.table("gas")
    gas.only("eur_per_mw_yr", "eur_per_mwh", "max_share_of_load_energy")
    share = gas.number("max_share_of_load_energy") if gas.has("max_share_of_load_energy") else np.inf
    return [
        _free(
            "gas",
            availability=1.0,
            fixed_usd_per_mw_year=gas.number("eur_per_mw_yr"),
            variable_usd_per_mwh=gas.number("eur_per_mwh"),
            max_mwh_per_year=share * load_mwh,
        )
    ]


def _shedding(spec: Case, change: Case) -> Source:
    """Load shedding as a source that stands: its power is fixed and free, its energy is not."""
    known = spec.table("load_shedding")
    given = "load_shedding_mw" in change.given
    mw = change.number("load_shedding_mw") if given else known.number("capacity_mw")
    return _free(
        "load_shedding",
        availability=1.0,
        fixed_usd_per_mw_year=0.0,
        variable_usd_per_mwh=known.number("eur_per_mwh"),
        existing_mw=mw,
        max_mw=mw,
    )


def _battery(spec: Case, changed: Case) -> Store:
    costs, eta = spec.table("costs_eur_per_mw_yr"), spec.table("efficiencies")
    own = changed.has("eur_per_mw_yr")
    return Store(
        name="battery",
        power_usd_per_mw_year=changed.number("eur_per_mw_yr") if own else costs.number("battery_per_mw"),
        energy_usd_per_mwh_year=0.0,
        charge_efficiency=eta.number("battery_charge"),
        discharge_efficiency=eta.number("battery_discharge"),
        self_discharge_per_hour=0.0,
    )


def _hydrogen(spec: Case) -> Store:
    """Electrolysis, store and turbine; the turbine is priced on its hydrogen input, a store on its output."""
    costs, eta = spec.table("costs_eur_per_mw_yr"), spec.table("efficiencies")
    turbine = eta.number("h2_turbine")
    return Store(
        name="hydrogen",
        power_usd_per_mw_year=costs.number("h2_turbine_per_mw_h2_in") / turbine,
        energy_usd_per_mwh_year=costs.number("h2_store_per_mwh"),
        charge_usd_per_mw_year=costs.number("electrolysis_per_mw_elec"),
        charge_efficiency=eta.number("electrolysis"),
        discharge_efficiency=turbine,
        self_discharge_per_hour=0.0,
    )


def _built(spec: Case, problem: Problem, answer: Answer) -> dict[str, float]:
    """The plan under the names of the cases; what was not allowed is 0."""
    decision = answer.decision
    assert decision is not None
    lines = {line.name: line for line in answer.portfolio}
    load_mwh = float(problem.load_mw.sum()) * problem.step_hours
    found = {f"{name}_mw": lines[name].mw if name in lines else 0.0 for name in ("wind", "solar", "gas", "battery")}
    found |= {
        f"{n}_mwh": lines[n].mwh_per_year if n in lines else 0.0 for n in ("wind", "solar", "gas", "load_shedding")
    }
    found |= {"electrolysis_mw": 0.0, "h2_turbine_mw": 0.0, "h2_store_mwh": 0.0}
    if "hydrogen" in lines:
        k = [store.name for store in problem.stores].index("hydrogen")
        found["electrolysis_mw"] = float(decision.store_charge_mw[k])
        found["h2_turbine_mw"] = lines["hydrogen"].mw / spec.table("efficiencies").number("h2_turbine")
        found["h2_store_mwh"] = lines["hydrogen"].mwh
    objective = answer.objective_usd_per_year
    return found | {"objective_eur_per_yr": objective, "average_cost_eur_per_mwh_load": objective / load_mwh}


# --- Survival of an outage, and energy short --------------------------------------------------------------------------

GENERATOR = ("operational_availability", "failure_to_start", "mttf_h")
BATTERY = ("start_soc", "min_soc", "charge_efficiency", "discharge_efficiency")


def _survival(case: Case) -> Predicted:
    """Survival from every hour an outage may begin in, then the figures of the one asked for or of all."""
    load, must_take = _critical(case)
    longest = case.whole("max_outage_h", YEAR_H)
    starts = np.arange(len(load) if _cyclic(case) else len(load) - longest + 1)
    start = case.whole("outage_start_index") if case.has("outage_start_index") else None
    if longest < 1 or not len(starts) or (start is not None and start not in starts):
        return f"an outage of {longest} h from hour {start} does not fit the {len(load)} h of the load"
    lives = survival.backup_survival(
        load_mw=load / KW_PER_MW,
        must_take_mw=must_take / KW_PER_MW,
        generators=_generators(case),
        battery=_backup_battery(case),
        max_outage_h=longest,
        starts=starts,
    )
    asked = lives if start is None else lives[start : start + 1]
    return {
        "survival_by_hour": [float(x) for x in asked.mean(axis=0)],
        "survival_final": float(asked[:, -1].mean()),
        "survival_final_first_start": float(lives[0, -1]),
        "mean_survival_final": float(lives[:, -1].mean()),
    }


def _cyclic(case: Case) -> bool:
    """Whether an outage goes on at the first hour; without it only outages that end within the load count."""
    return case.table("load").given.get("cyclic") is not False


def _critical(case: Case) -> tuple[Any, Any]:
    """Load and what sun and wind give, in kW."""
    load = case.table("load")
    load.only("kw", "flat_kw", "hours", "series", "cyclic")
    renewable = {name: case.number(name) if case.has(name) else 0.0 for name in ("pv_kw", "wind_kw")}
    if load.has("series"):
        pv, wind = load.hours("series", "pv_cf"), load.hours("series", "wind_cf")
        return load.hours("series", "critical_load_kw"), renewable["pv_kw"] * pv + renewable["wind_kw"] * wind
    if any(renewable.values()):
        raise CannotPredict("sun and wind need a series, and the load names none")
    if load.has("flat_kw"):
        return np.full(load.whole("hours", MOST_HOURS), load.number("flat_kw")), np.zeros(1)
    return _profile(load.value("kw"), "load.kw"), np.zeros(1)


def _profile(value: Any, name: str) -> Any:
    if not isinstance(value, list) or not value:
        raise CannotPredict(f"{name} is {value!r}: expected a list of numbers, one an hour")
    return np.array([number(v, name) for v in value])


def _generators(case: Case) -> list[survival.Generators]:
    listed = case.given.get("generators") or []
    if not isinstance(listed, list):
        raise CannotPredict(f"generators is {listed!r}: expected a list")
    units = [replace(case, given={"unit": unit}).table("unit") for unit in listed]
    for unit in units:
        unit.only("n", "kw", *GENERATOR)
    return [
        survival.Generators(
            n=unit.whole("n"), unit_mw=unit.number("kw") / KW_PER_MW, **{name: unit.number(name) for name in GENERATOR}
        )
        for unit in units
    ]


def _backup_battery(case: Case) -> survival.Battery | None:
    if not case.has("battery"):
        return None
    battery = case.table("battery")
    battery.only("kwh", "kw", "bins", *BATTERY)
    start = battery.value("start_soc")
    return survival.Battery(
        energy_mwh=battery.number("kwh") / KW_PER_MW,
        power_mw=battery.number("kw") / KW_PER_MW,
        start_soc=_profile(start, "start_soc") if isinstance(start, list) else number(start, "start_soc"),
        bins=battery.whole("bins") if battery.has("bins") else None,
        **{name: battery.number(name) for name in BATTERY[1:]},
    )


def _energy_short(case: Case) -> Predicted:
    short = adequacy.eue_identical_units(
        n=case.whole("n_units"),
        unit_mw=case.number("unit_mw"),
        forced_availability=case.number("forced_availability"),
        load_mw=case.number("load_mw"),
    )
    return {"eue_forced_mwh_per_yr": float(short)}


# --- Families ---------------------------------------------------------------------------------------------------------

CLOSE = Tolerance(abs=1e-4)

FAMILIES = (
    Family(
        stem="dispatch_fixed_mix",
        by=("figure", "site"),
        inputs=("series", *MIX.values()),
        figures=(
            Figure("backup_fraction", "expected_backup_fraction", CLOSE),
            Figure("peak_backup_per_mw_load", "expected_peak_backup_per_mw_load", CLOSE),
            Figure("battery_efc_per_day", "expected_battery_efc_per_day", CLOSE),
        ),
        predict_all=_mixes,
        about="a year of solar, wind and battery at given sizes: backup energy, its peak, battery cycles",
    ),
    Family(
        stem="capacity_expansion_single_node",
        by=("figure", "case_id"),
        kinds={"capacity_expansion": _expansion},
        about="least-cost wind, solar, gas, battery and hydrogen for one node, against PyPSA",
    ),
    Family(
        stem="reliability",
        by=("kind", "figure"),
        kinds={"backup_survival": _survival, "eue_identical_units": _energy_short},
        about="chance that backup carries an outage; energy short of redundant gas units",
    ),
)
