"""PUE of one operating point, and annual PUE of the climate zones, by the planner's own cooling model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

from gigawatt import facility
from gigawatt.facts import load_facts

from .families import CannotPredict, Case, Family, Figure, Predicted, Predictor, Tolerance
from .scoring import Row, spearman

# What each system reads, by our names. A case may write a parameter in another of the spellings below.
_HALL = (
    *("ups_efficiency", "distribution_loss", "lighting_fraction", "dt_air_k", "dt_water_k"),
    *("fan_pa_crah", "fan_eff_crah", "pump_pa_humidifier", "pump_eff_humidifier"),
    *("pump_pa_chilled", "pump_eff_chilled", "chiller_part_load", "cop_relative_error"),
)
_TOWER = (
    *("dt_tower_k", "fan_pa_tower", "fan_eff_tower", "pump_pa_tower", "pump_eff_tower"),
    *("tower_approach_k", "liquid_to_gas_ratio"),
)
_COILS = (
    *("t_supply_c", "exchanger_approach_k", "coil_effectiveness", "sensible_heat_ratio"),
    *("pump_pa_economizer", "pump_eff_economizer"),
)
_SEA = ("dt_sea_k", "pump_pa_sea", "pump_eff_sea")
_SYSTEMS = {
    "pue_airside": ("airside_adiabatic", (*_HALL, *_TOWER, "t_supply_min_c", "t_supply_max_c")),
    "pue_waterside_tower": ("waterside_tower", (*_HALL, *_TOWER, *_COILS)),
    "pue_waterside_sea": ("waterside_sea", (*_HALL, *_COILS, *_SEA)),
}
_SPELLINGS = {
    "t_supply_c": ("t_supply", "t_supply_air_c", "supply_air_c", "supply_temperature_c"),
    "exchanger_approach_k": ("hx_approach_k", "heat_exchanger_approach_k", "approach_exchanger_k"),
    "coil_effectiveness": ("crah_effectiveness", "coil_eff", "effectiveness", "heat_exchanger_effectiveness"),
    "sensible_heat_ratio": ("shr",),
    "dt_sea_k": ("dt_seawater_k",),
    "pump_pa_economizer": ("pump_pa_economiser", "pump_pa_exchanger", "pump_pa_waterside_economizer"),
    "pump_eff_economizer": ("pump_eff_economiser", "pump_eff_exchanger", "pump_eff_waterside_economizer"),
    "pump_pa_sea": ("pump_pa_seawater",),
    "pump_eff_sea": ("pump_eff_seawater",),
    "fan_pa_crah": ("fan_pa_crah_waterside",),
    "sea_temperature_c": ("sea_temp_c", "sea_c", "t_sea_c", "sea_water_c", "seawater_c", "seawater_temperature_c"),
}
SEA_LEVEL_PA = 101325.0  # the standard atmosphere: a site on the sea

LARGE = "large-scale"
ZONE_SYSTEMS = {"1": "airside_adiabatic", "2": "waterside_tower"}
FULL_LOAD = 1.0


def _found(case: Case, name: str) -> float:
    """An input under the first of its spellings that is there."""
    return case.number(next((n for n in (name, *_SPELLINGS.get(name, ())) if case.has(n)), name))


@cache
def recommended() -> facility.CoolingParameters:
    """The same for air-side halls kept in the middle of the recommended envelope, as the zones' bands assume."""
    return replace(central(), t_supply_max_c=float(load_facts()["cooling.t_supply_recommended_c"].value))


@cache
def central() -> facility.CoolingParameters:
    """The planner's own mid-range parameters."""
    facts = load_facts()
    names = [f.name for f in fields(facility.CoolingParameters)]
    return facility.CoolingParameters(**{n: float(facts[f"cooling.{n}"].value) for n in names})


def _point(kind: str) -> Predictor:
    system, names = _SYSTEMS[kind]

    def predict(case: Case) -> Predicted:
        given = case.table("parameters")
        values: dict[str, Any] = {n: _found(given, n) for n in names}
        values["fan_pa_crah_waterside"] = values["fan_pa_crah"]
        hours = facility.cooling_hours(
            system,
            _air(case, kind),
            replace(central(), **values),  # what the system does not read stays ours
            it_load_fraction=FULL_LOAD,
            sea_temperature_c=_sea(case, given) if kind == "pue_waterside_sea" else None,
            cop_held=False,
        )
        return {"pue": float(hours.pue)}

    return predict


def _sea(case: Case, given: Case) -> float:
    """The water taken in; beside the air or among the parameters."""
    name = "sea_temperature_c"
    return _found(given if not any(case.has(n) for n in (name, *_SPELLINGS[name])) else case, name)


def _air(case: Case, kind: str) -> facility.OutdoorAir:
    if kind == "pue_waterside_sea":  # of the air only its pressure is read: the halls are closed
        pressure = case.number("pressure_pa") if case.has("pressure_pa") else SEA_LEVEL_PA
        return facility.outdoor_air(0.0, relative_humidity=1.0, pressure_pa=pressure)
    return facility.outdoor_air(
        case.number("dry_bulb_c"),
        relative_humidity=case.number("rel_humidity_pct") / 100.0,
        pressure_pa=case.number("pressure_pa"),
    )


def _zone(case: Case) -> Predicted:
    """Mean over the hours of the zone's year, mid-range parameters, all IT on."""
    size = case.text("size_class")
    if size.lower() != LARGE:
        return dict.fromkeys(("annual_pue", "annual_wue"), f"no stated method for size class {size}")
    number = case.text("cooling_case")
    if number not in ZONE_SYSTEMS:
        raise CannotPredict(f"cooling_case is {number!r}: expected one of {', '.join(ZONE_SYSTEMS)} for {LARGE}")
    found = zone_year(case, f"series/climate/zone_{case.text('climate_zone')}.csv", ZONE_SYSTEMS[number])
    return {"annual_pue": float(found.pue.mean()), "annual_wue": float(found.wue_m3_per_mwh.mean())}


def zone_year(case: Case, path: str, system: str) -> facility.CoolingHours:
    """Hours of a cooling system in the air of an hourly file."""
    hours = case.file(path)
    columns = ("dry_bulb_c", "rel_humidity_pct", "pressure_pa")
    missing = [c for c in columns if c not in hours]
    if missing:
        raise CannotPredict(f"{path} has no numbers in a column {', '.join(missing)}")
    t, humidity, pressure = (hours[c] for c in columns)
    air = facility.outdoor_air(t, relative_humidity=humidity / 100.0, pressure_pa=pressure)
    return facility.cooling_hours(system, air, recommended(), it_load_fraction=FULL_LOAD)


def _order(rows: Sequence[Row]) -> Mapping[str, Any]:
    """Rank correlation of predicted PUE with the middle of the band, across the zones of one cooling system."""
    if len({r.dims.get("cooling_case") for r in rows if r.scored}) > 1:
        return {"spearman": None}  # two systems in one order mean nothing
    pairs = [
        (r.predicted, (r.truth_low + r.truth_high) / 2.0)
        for r in rows
        if r.scored and r.predicted is not None and r.truth_low is not None and r.truth_high is not None
    ]
    return {"spearman": spearman(*zip(*pairs, strict=True)) if pairs else None}


FAMILIES = (
    Family(
        stem="pue_point",
        by=("kind",),
        kinds={kind: _point(kind) for kind in _SYSTEMS},
        about="PUE of one operating point with all its parameters",
    ),
    Family(
        stem="pue_wue_climate_zone",
        by=("cooling_case",),
        figures=(
            Figure("annual_pue", ("expected_pue_p05", "expected_pue_p95"), Tolerance(band=True)),
            Figure("annual_wue", ("expected_wue_p05_l_per_kwh", "expected_wue_p95_l_per_kwh"), None),
        ),
        inputs=("climate_zone", "cooling_case", "cooling_system", "size_class"),
        predict=_zone,
        scored=lambda row, figure: row.get("size_class", "").lower() == LARGE,
        statistics=_order,
        about="annual PUE of large halls by climate zone",
    ),
)
