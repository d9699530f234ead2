"""PUE of real cloud regions and of published US sites: from the coordinates to the planner's own climate, to cooling.

What an operator is called is never read: two operators at one place have one prediction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from gigawatt import atb, facility
from gigawatt.chapters.place import climate_of, synthetic_years
from gigawatt.climates import nearest, with_climate
from gigawatt.facts import Facts, load_facts
from gigawatt.places import Place
from gigawatt.record import Steps
from gigawatt.weather import WeatherYear

from .families import CannotPredict, Case, Family, Figure, Predicted, Prediction, Tolerance, number
from .pue import FULL_LOAD, SEA_LEVEL_PA, central
from .scoring import Row, best_constant_error, spearman

_SEED = 0
_PRICE_YEAR = 2025  # no money is read here
_YEARS = 2  # of synthetic weather: enough for the mean of a year
_INLAND = ("airside_adiabatic", "waterside_tower", "air_cooled_chiller")
_FARTHEST_KM = 400.0  # from any climate station: the open sea
_PLACES = 256  # kept in memory
_APART = "google"  # the contract leaves it out of the rank correlation
MILLION = 1e6


@cache
def _facts() -> Facts:
    return load_facts().with_overrides({"weather.design_years": {"value": _YEARS}})


def place_at(latitude: float, longitude: float) -> Place:
    """A place of which only the coordinates are known; its country is that of the nearest climate station."""
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        raise CannotPredict(f"no such place: latitude {latitude:g}, longitude {longitude:g}")
    found, km = nearest(latitude, longitude, km_per_m=float(_facts()["climate.station.km_per_m"].value))
    if km > _FARTHEST_KM:
        raise CannotPredict(f"{latitude:g}, {longitude:g} is {km:,.0f} km from any climate station: in the sea?")
    return Place(found.iso3, "", found.iso3, f"{latitude:g},{longitude:g}", "", latitude, longitude, "")


def utc_offset_h(place: Place) -> float:
    """Standard time of a place's climate minus UTC."""
    facts = with_climate(_facts(), place)
    return float(facts[f"climate.{climate_of(facts, place)}.utc_offset"].value)


@lru_cache(maxsize=_PLACES)
def years_at(latitude: float, longitude: float) -> WeatherYear:
    """Hours of weather at coordinates, as the planner draws them without a weather file."""
    place = place_at(latitude, longitude)
    return synthetic_years(Steps(with_climate(_facts(), place), _PRICE_YEAR), place, _SEED)


def air_at(latitude: float, longitude: float, *, pressure_pa: Any = None) -> facility.OutdoorAir:
    """Outdoor air at coordinates; at the pressure of the place if none is given."""
    year = years_at(latitude, longitude)
    pressure = year.pressure_pa if pressure_pa is None else pressure_pa
    return facility.outdoor_air(year.temperature_c, relative_humidity=year.relative_humidity, pressure_pa=pressure)


def _mean_pue(system: str, air: facility.OutdoorAir, parameters: facility.CoolingParameters) -> float:
    return float(facility.cooling_hours(system, air, parameters, it_load_fraction=FULL_LOAD).pue.mean())


# --- Cloud regions ----------------------------------------------------------------------------------------------------


def _coordinates(case: Case) -> tuple[float, float]:
    parts = case.text("lat_lon").replace(";", ",").split(",")
    if len(parts) != 2:
        raise CannotPredict(f"lat_lon is {case.text('lat_lon')!r}: expected two numbers, latitude and longitude")
    return number(parts[0], "latitude"), number(parts[1], "longitude")


@lru_cache(maxsize=_PLACES)
def cloud_hours(latitude: float, longitude: float) -> facility.CoolingHours:
    """A cloud hall at a place: water-side economiser with towers, before calibration."""
    parameters = replace(central(), t_supply_c=float(_facts()["cloud.t_supply_c"].value))
    return facility.cooling_hours(
        "waterside_tower", air_at(latitude, longitude), parameters, it_load_fraction=FULL_LOAD
    )


def _cloud(case: Case) -> Predicted:
    """What does not depend on the climate is one number for all places; the chillers' work is scaled by another."""
    hours = cloud_hours(*_coordinates(case))
    facts = _facts()
    floor, gain, spread = (facts[f] for f in ("cloud.pue_floor", "cloud.climate_gain", "cooling.pue_overhead_residual"))
    pue = float(floor.value) + float(gain.value) * float(hours.chillers.mean())
    low, high = (1.0 + (pue - 1.0) * float(x) for x in (spread.low, spread.high))
    return {"pue": Prediction(pue, low, high), "wue": float(hours.wue_m3_per_mwh.mean())}


def _skill(rows: Sequence[Row]) -> Mapping[str, Any]:
    """What one constant would reach, and the order among operators other than Google."""
    scored = [r for r in rows if r.scored and r.truth is not None]
    others = [r for r in scored if r.predicted is not None and not _is_google(r.dims.get("provider", ""))]
    return {
        "baseline_median_abs_error": best_constant_error([r.truth for r in scored]),
        "spearman": spearman([r.predicted for r in others], [r.truth for r in others]),
    }


def _is_google(provider: str) -> bool:
    return provider.strip().lower().startswith(_APART)


# --- US sites ---------------------------------------------------------------------------------------------------------


def _best_pue(case: Case) -> float:
    """The least annual PUE of the systems that need no sea, from the coordinates alone.

    The study reads its tables by temperature and humidity only: everywhere has the pressure of sea level.
    """
    air = air_at(case.number("latitude"), case.number("longitude"), pressure_pa=SEA_LEVEL_PA)
    return min(_mean_pue(system, air, central()) for system in _INLAND)


def _us_site(case: Case) -> Predicted:
    parts = {
        "annual_pue": lambda: _best_pue(case),
        "facility_load_mw": lambda: float(
            atb.newkirk_facility_load_mw(accelerators=case.number("gpu_count"), pue=case.number("given_annual_pue"))
        ),
        "energy_npv": lambda: _energy_npv(case),
        "ng_base_lcoe_usd_per_kwh": lambda: _gas_cost(case, idle=0.0),
        "ng_total_lcoe_usd_per_kwh": lambda: _gas_cost(case, idle=_idling(case)),
        "idling_cost_npv_millions": lambda: _idling(case) / MILLION,
    }
    return {name: _said(figure) for name, figure in parts.items()}


def _said(figure: Callable[[], float]) -> float | str:
    """A figure, or why there is none: the others of the site do not wait for it."""
    try:
        return figure()
    except CannotPredict as reason:
        return str(reason)


def _energy_npv(case: Case) -> float:
    return float(atb.newkirk_energy_npv_mwh(accelerators=case.number("gpu_count"), pue=case.number("given_annual_pue")))


def _idling(case: Case) -> float:
    return float(
        atb.newkirk_idling_npv_usd(
            accelerators=case.number("gpu_count"), construction_years=case.whole("construction_years")
        )
    )


def _gas_cost(case: Case, *, idle: float) -> float:
    return float(
        atb.newkirk_lcoe_usd_per_kwh(
            capex_npv_usd=case.number("capex_npv"),
            opex_npv_usd=case.number("opex_npv"),
            idle_npv_usd=idle,
            energy_npv_mwh=_energy_npv(case),
        )
    )


EXACT = Tolerance(rel=1e-6)
_IDENTITIES = (
    *("facility_load_mw", "energy_npv", "ng_base_lcoe_usd_per_kwh", "ng_total_lcoe_usd_per_kwh"),
    "idling_cost_npv_millions",
)

FAMILIES = (
    Family(
        stem="cloud_region_pue_wue",
        by=("provider",),
        figures=(
            Figure("pue", "expected_pue", Tolerance(abs=0.08)),
            Figure("wue", "expected_wue_l_per_kwh", None),
        ),
        inputs=("year", "lat_lon"),
        predict=_cloud,
        scored=lambda row, figure: str(row.get("basis", "")).strip() == "reported",
        statistics=_skill,
        about="measured PUE of cloud regions",
    ),
    Family(
        stem="us_sites_newkirk2025",
        by=("figure", "state"),
        figures=(
            *(Figure(name, f"expected_{name}", EXACT) for name in _IDENTITIES),
            Figure("annual_pue", "expected_annual_pue", Tolerance(abs=0.03)),
        ),
        inputs=(
            *("latitude", "longitude", "gpu_count", "construction_years"),
            *("capex_npv", "opex_npv", "given_annual_pue"),
        ),
        predict=_us_site,
        about="US sites of one study: its identities exactly, and PUE from the coordinates",
    ),
)
