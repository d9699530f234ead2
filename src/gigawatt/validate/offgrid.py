"""The public off-grid calculator's cases, its headline figures from the planner's own weather."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np

from gigawatt import offgrid, solar, weather
from gigawatt.chapters.place import pv_system
from gigawatt.facts import load_facts

from .families import CannotPredict, Case, Family, Predicted
from .sites import place_at, utc_offset_h, years_at

_STUDY = "offgrid.study."
_TYPES = {"Gas Engine": "engine", "Gas Turbine": "turbine"}
_BTU_PER_KWH = 1e3  # per MMBtu/MWh
_PERCENT = 100.0
_MODULES_M = 2.0  # height of PV modules
_LOAD_MW = 100.0
_SOLAR, _BATTERY = np.arange(1.5, 8.01, 0.5), np.arange(0.0, 6.01, 0.5)  # mixes searched, MW per MW of load
SHARES = (0.44, 0.9)  # of the study's headlines
T = TypeVar("T", offgrid.Wear, offgrid.Prices, offgrid.Terms)


@cache
def study(name: str) -> float:
    """One of the study's own inputs."""
    return float(load_facts()[_STUDY + name].value)


def inputs(of: type[T], kind: str = "", given: Mapping[str, float] | None = None) -> T:
    """The study's inputs of a generator type, with those that a case gives in their place."""
    values: dict[str, Any] = {}
    for field in fields(of):
        own = f"{kind}.{field.name}"
        name = own if _STUDY + own in load_facts() else field.name
        value = (given or {}).get(field.name)
        values[field.name] = study(name) if value is None else value
        if field.name.endswith("_years"):
            values[field.name] = round(values[field.name])
    return of(**values)


def _pro_forma(case: Case) -> Predicted:
    kind = case.text("generator_type")
    if kind not in _TYPES:
        raise CannotPredict(f"generator_type is {kind!r}: expected one of {', '.join(_TYPES)}")
    spec = case.common("spec")
    wear, prices, terms = _wear(spec.table("dispatch")), _prices(spec, kind), _terms(spec.table("finance"))
    plant = offgrid.Plant(
        load_mw=case.number("load_mw"),
        solar_mw_dc=case.number("solar_mw_dc"),
        battery_mw=case.number("bess_mw"),
        battery_hours=case.number("bess_hours"),
        generator_mw=case.number("generator_mw"),
    )
    energy = offgrid.dispatch(solar_cf=case.hours("series", "solar_cf"), plant=plant, wear=wear)
    price = offgrid.levelised_price(energy=energy, plant=plant, prices=prices, terms=terms)
    found: dict[str, Any] = {
        "lcoe_usd_per_mwh": float(price),
        "renewable_pct_lifetime": float(energy.renewable_fraction) * _PERCENT,
    }
    yearly = {
        "generator": energy.generator_mwh,
        "solar_net": energy.solar_net_mwh,
        "curtailed": energy.curtailed_mwh,
        "bess_discharged": energy.battery_mwh,
        "load_served": energy.served_mwh,
    }
    for name, values in yearly.items():
        found |= {f"year{i}_{name}_mwh": float(v) for i, v in enumerate(values, 1)}
    return found


def _wear(spec: Case) -> offgrid.Wear:
    """Ageing and inverter ratio stand in the file only in words: there they are the study's."""
    given = {
        "life_years": spec.number("life_years"),
        "round_trip_efficiency": spec.number("round_trip_efficiency"),
    }
    return inputs(offgrid.Wear, given=given)


def _prices(spec: Case, kind: str) -> offgrid.Prices:
    capex, opex, name = spec.table("capex"), spec.table("opex"), _TYPES[kind]
    return offgrid.Prices(
        solar_usd_per_w_dc=capex.number("solar_usd_per_w_dc"),
        battery_usd_per_kwh=capex.number("bess_usd_per_kwh"),
        generator_usd_per_kw=capex.number(f"gas_{name}_usd_per_kw"),
        integration_usd_per_kw_load=capex.number("system_integration_usd_per_kw_load"),
        soft_fraction=capex.number("soft_cost_pct_of_hard") / _PERCENT,
        solar_fixed_usd_per_kw_year=opex.number("solar_fixed_usd_per_kw_yr"),
        battery_fixed_usd_per_kw_year=opex.number("bess_fixed_usd_per_kw_yr"),
        generator_fixed_usd_per_kw_year=opex.number(f"{name}_fixed_usd_per_kw_yr"),
        generator_variable_usd_per_kwh=opex.number(f"{name}_variable_usd_per_kwh"),
        balance_fixed_usd_per_kw_load_year=opex.number("bos_fixed_usd_per_kw_load_yr"),
        soft_fraction_per_year=opex.number("soft_pct_of_hard_capex_per_yr") / _PERCENT,
        upkeep_escalation=opex.number("om_escalation"),
        fuel_usd_per_mmbtu=opex.number("fuel_usd_per_mmbtu"),
        fuel_escalation=opex.number("fuel_escalation"),
        heat_rate_mmbtu_per_mwh=opex.table("heat_rate_btu_per_kwh").number(kind) / _BTU_PER_KWH,
    )


def _terms(spec: Case) -> offgrid.Terms:
    return offgrid.Terms(
        construction_years=spec.whole("construction_years"),
        debt_fraction=spec.number("leverage"),
        debt_rate=spec.number("debt_rate"),
        debt_years=spec.whole("debt_term_years"),
        equity_return=spec.number("cost_of_equity"),
        tax_rate=spec.number("tax_rate"),
        investment_credit=spec.number("itc"),
    )


# --- The headline figures of the study, from the planner's own weather ----------------------------------------------


@cache
def headline_sun() -> Any:
    """Hourly solar output in the study's region, from the planner's own climate and PV model."""
    latitude, longitude = study("latitude"), study("longitude")
    year = years_at(latitude, longitude)
    place = place_at(latitude, longitude)
    sun = solar.sun_position(latitude_deg=latitude, longitude_deg=longitude, utc_offset_h=utc_offset_h(place))
    system = replace(pv_system(_number, latitude, tracking=True), dc_ac_ratio=study("dc_ac_ratio"))
    low = weather.wind_at_height(
        wind_m_per_s=year.wind_m_per_s[0],
        from_m=year.wind_height_m,
        to_m=_MODULES_M,
        shear_exponent=_number("weather.wind_shear_exponent"),
    )
    return solar.pv_capacity_factor(
        sun=sun, ghi_w_m2=year.ghi_w_m2[0], temperature_c=year.temperature_c[0], wind_m_per_s=low, system=system
    )


def _number(fact_id: str) -> float:
    return float(load_facts()[fact_id].value)


@cache
def headline_prices() -> dict[float, float]:
    """Price without solar on turbines, and the least price of each share of the study on engines. [USD/MWh]"""
    load = _LOAD_MW
    over = study("generator_over_load")
    hours = study("battery_hours")
    solar_mw, battery_mw = (x.ravel() for x in np.meshgrid(_SOLAR * load, _BATTERY * load, indexing="ij"))
    mixes = offgrid.Plant(
        load_mw=load,
        solar_mw_dc=np.append(solar_mw, 0.0),
        battery_mw=np.append(battery_mw, 0.0),
        battery_hours=hours,
        generator_mw=over * load,
    )
    energy = offgrid.dispatch(solar_cf=headline_sun(), plant=mixes, wear=inputs(offgrid.Wear))
    terms = inputs(offgrid.Terms)
    engine, turbine = (
        offgrid.levelised_price(energy=energy, plant=mixes, prices=inputs(offgrid.Prices, kind), terms=terms)
        for kind in ("engine", "turbine")
    )
    shape = (len(_SOLAR), len(_BATTERY))
    shares, prices = energy.renewable_fraction[:-1].reshape(shape), engine[:-1].reshape(shape)
    return {0.0: float(turbine[-1])} | {share: _least_at(share, shares, prices) for share in SHARES}


def _least_at(share: float, shares: Any, prices: Any) -> float:
    """Least price of a mix that just reaches a share: between the battery sizes of each size of solar."""
    found = []
    for s, p in zip(shares, prices, strict=True):
        rising = np.maximum.accumulate(s)
        if rising[0] <= share <= rising[-1]:
            found.append(float(np.interp(share, rising, p)))
    if not found:
        raise CannotPredict(f"no mix of the search reaches a share of {share:g}")
    return min(found)


def _headline(case: Case) -> Predicted:
    if case.given.get("inputs"):
        raise CannotPredict("no method: printed for comparison only")
    prices = headline_prices()
    return {"gas_turbine_only_usd_per_mwh": prices[0.0]} | {
        f"solar_share_{share * _PERCENT:.0f}pct_usd_per_mwh": prices[share] for share in SHARES
    }


FAMILIES = (
    Family(
        stem="offgrid_solar_gas_calculator",
        by=("figure", "generator_type"),
        kinds={"offgrid_pro_forma": _pro_forma},
        about="solar, battery and gas off the grid: 20 years of dispatch and the price that repays them",
    ),
    Family(
        stem="headline_numbers",
        by=(),
        kinds={"headline": _headline},
        about="headline costs of white papers and of Lazard, printed and never scored",
    ),
)
