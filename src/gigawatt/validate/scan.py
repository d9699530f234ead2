"""Ranking of European cells by the cost of power without gas: our optimum on a year drawn from the cell's figures.

Days are the steps: a battery sized for the night comes with each MW of solar, hydrogen carries energy from day to day
and from season to season. Nothing here is fitted to the published costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import solar, weather
from gigawatt.chapters.place import rules_of, texture_of
from gigawatt.climates import nearest
from gigawatt.facts import load_facts
from gigawatt.finance import capital_recovery_factor
from gigawatt.power import solve
from gigawatt.power.problem import Problem, Source, Store

from .families import CannotPredict, Case, Family, Figure, Predicted, Tolerance

Array = NDArray[np.float64]

_SEED, _YEAR = 0, 0
_COLUMNS = ("lat", "lon", "cf_solar", "cf_wind", "corr_sw", "winter_solar")
_HOURS, _DAYS, _DAY_H = 8760, 365, 24.0
_KW, _W_PER_KW = 1e3, 1e3
_WINTER = np.array([1.0, 1.0, *[0.0] * 9, 1.0])  # December to February
_SEASON = np.cos(2.0 * np.pi * np.arange(12) / 12.0)  # 1 in January
_GAP = 1e-3  # ranks need no more
_SWING = 0.8  # largest seasonal swing of clearness or wind: the weather stays positive
_WINDLESS = 1e-3


@dataclass(frozen=True, slots=True)
class Costs:
    """Yearly cost of each part of a plant without gas, and how well hydrogen keeps energy."""

    solar_usd_per_mw: float
    wind_usd_per_mw: float
    battery_usd_per_mwh: float
    battery_usd_per_mw: float
    electrolyser_usd_per_mw: float
    turbine_usd_per_mw: float
    tank_usd_per_mwh: float
    charge_efficiency: float
    discharge_efficiency: float
    battery_efficiency: float
    night_share: float
    voll_usd_per_mwh: float


def _number(fact_id: str) -> float:
    return float(load_facts()[fact_id].value)


def _usd(fact_id: str, unit: str) -> float:
    """A cost fact in USD of 2025."""
    facts = load_facts()
    fact = facts[fact_id]
    return float(fact.value) * facts.factor(fact.unit, f"USD_2025/{unit}")


@cache
def costs() -> Costs:
    """European catalogue costs of the planner's facts, hydrogen about 2030."""
    rate = _number("clean_firm.rate")

    def yearly(name: str, unit: str = "kW", zone: str = ".eu") -> float:
        life = _number(f"{name}.lifetime{zone}")
        fixed = f"{name}.fom{zone}"
        upkeep = _usd(fixed, f"{unit}/year") if fixed in load_facts() else 0.0
        recovery = float(capital_recovery_factor(rate_per_year=rate, years=life))
        return _KW * (recovery * _usd(f"{name}.capex{zone}", unit) + upkeep)

    return Costs(
        solar_usd_per_mw=yearly("tech.solar"),
        wind_usd_per_mw=yearly("tech.wind_onshore"),
        battery_usd_per_mwh=yearly("tech.battery_energy", "kWh"),
        battery_usd_per_mw=yearly("tech.battery_power"),
        electrolyser_usd_per_mw=yearly("hydrogen.electrolyser", zone=""),
        turbine_usd_per_mw=yearly("hydrogen.turbine", zone=""),
        tank_usd_per_mwh=yearly("hydrogen.tank", "kWh", zone=""),
        charge_efficiency=_number("hydrogen.electrolyser.efficiency"),
        discharge_efficiency=_number("hydrogen.turbine.efficiency"),
        battery_efficiency=_number("tech.battery.round_trip_efficiency"),
        night_share=_number("clean_firm.night_share"),
        voll_usd_per_mwh=_usd("clean_firm.voll", "MWh"),
    )


def cell_year(cell: Case) -> tuple[Array, Array]:
    """Hourly output of sun and wind per MW: means, winter share and correlation are those of the cell."""
    latitude, longitude, cf_solar, cf_wind, correlation, winter = (cell.number(name) for name in _COLUMNS)
    if not (-90.0 < latitude < 90.0 and 0.0 < cf_solar < 1.0 and 0.0 <= cf_wind < 1.0):
        raise CannotPredict("lat must lie within 90, cf_solar and cf_wind between 0 and 1")
    sun = solar.sun_position(latitude_deg=latitude, longitude_deg=longitude, utc_offset_h=0.0)
    clear = solar.clear_sky_ghi(sun=sun, elevation_m=0.0, linke_turbidity=_number("weather.linke_turbidity"))
    ghi = _monthly_ghi(clear, cf_solar / _number("clean_firm.solar_per_ghi") * _DAY_H, winter)
    rules, texture = rules_of(_number), texture_of(_number)
    year = weather.synthetic_year(
        clear_sky_ghi_w_m2=clear,
        climate=weather.Climate(
            ghi_kwh_m2_day=ghi,
            clearness_sd=weather.clearness_sd(
                clearness_mean=weather.clearness_mean(ghi_kwh_m2_day=ghi, clear_sky_ghi_w_m2=clear),
                temperature_mean_c=_temperature(latitude, longitude, rules),
                latitude_deg=latitude,
                coefficients=rules.clearness_sd,
            ),
            # the year's temperature and humidity are drawn with the rest and not used
            temperature_mean_c=np.full(12, 10.0),
            temperature_day_range_k=np.full(12, 8.0),
            temperature_sd_k=np.full(12, 3.0),
            relative_humidity=np.full(12, 0.7),
            wind_m_per_s=rules.wind_m_per_s * (1.0 + _wind_swing(correlation) * _SEASON),
            weibull_k=rules.weibull_k,
            elevation_m=0.0,
            wind_height_m=100.0,
        ),
        texture=texture,
        seed=_SEED,
        years=[_YEAR],
    )
    sunny = np.minimum(year.ghi_w_m2[0] / _W_PER_KW * _number("clean_firm.solar_per_ghi"), 1.0)
    return np.minimum(sunny * cf_solar / sunny.mean(), 1.0), _wind(year.wind_m_per_s[0], cf_wind)


def _temperature(latitude: float, longitude: float, rules: weather.ClimateRules) -> Array:
    """Monthly means of the nearest station: the spread of daily sun depends on them."""
    station, _ = nearest(latitude, longitude)
    return weather.monthly_temperature(
        annual_mean_c=station.temperature_mean_c,
        amplitude_k=station.temperature_amplitude_k,
        latitude_deg=latitude,
        coldest_day=rules.coldest_day,
    )


def _monthly_ghi(clear: Array, annual: float, winter_share: float) -> Array:
    """Monthly irradiation with the annual mean given, and the mean of winter over that of the year given."""
    cloudless = weather.monthly_mean(clear) * _DAY_H / _W_PER_KW
    days = weather.DAYS_OF_MONTH / _DAYS
    winter = _WINTER * days / (_WINTER * days).sum()
    excess = (winter - winter_share * days) * cloudless  # sums to 0 at the right swing of clearness
    swing = float(np.clip(-excess.sum() / (excess * _SEASON).sum(), -_SWING, _SWING))
    ghi = cloudless * (1.0 + swing * _SEASON)
    return np.minimum(ghi * annual / (days * ghi).sum(), cloudless * _number("weather.clearness_max"))


def _wind_swing(correlation: float) -> float:
    """Relative rise of mean wind from the year to January, for a correlation of daily sun and wind."""
    at_none, slope = (_number(f"clean_firm.wind_season_{name}") for name in ("at_no_correlation", "per_correlation"))
    return float(np.clip(0.5 * (at_none + slope * correlation), -_SWING, _SWING))


def _wind(speed: Array, cf_wind: float) -> Array:
    if cf_wind < _WINDLESS:
        return np.zeros(_HOURS)
    try:
        scaled = weather.wind_for_capacity_factor(
            wind_m_per_s=speed, turbine="iec3", loss_fraction=0.0, capacity_factor=cf_wind
        )
    except ValueError:  # more than this turbine can give: a steady wind
        return np.full(_HOURS, cf_wind)
    return np.asarray(weather.wind_capacity_factor(wind_m_per_s=scaled, turbine="iec3", loss_fraction=0.0))


def least_cost(sunny: Array, windy: Array) -> tuple[float, float, float]:
    """Cost of a flat MW served by sun, wind, battery and hydrogen [USD/MWh]; MW of solar and of wind."""
    c = costs()
    stored = c.night_share * float(sunny.mean()) * _DAY_H  # MWh a day and MW of solar
    with_battery = c.solar_usd_per_mw + stored * (
        c.battery_usd_per_mwh + c.battery_usd_per_mw / (c.night_share * _DAY_H)
    )
    kept = 1.0 - c.night_share * (1.0 - c.battery_efficiency)
    free: dict[str, Any] = {"variable_usd_per_mwh": 0.0, "carbon_intensity_kg_per_mwh": 0.0, "clean_share": 1.0}
    days = [x.reshape(_DAYS, -1).mean(axis=1) for x in (sunny, windy)]
    problem = Problem(
        load_mw=np.ones(_DAYS),
        voll_usd_per_mwh=c.voll_usd_per_mwh,
        step_hours=_DAY_H,
        sources=(
            Source(name="solar", availability=days[0] * kept, fixed_usd_per_mw_year=with_battery, **free),
            Source(name="wind", availability=days[1], fixed_usd_per_mw_year=c.wind_usd_per_mw, **free),
        ),
        stores=(
            Store(
                name="hydrogen",
                power_usd_per_mw_year=c.turbine_usd_per_mw,
                charge_usd_per_mw_year=c.electrolyser_usd_per_mw,
                energy_usd_per_mwh_year=c.tank_usd_per_mwh,
                charge_efficiency=c.charge_efficiency,
                discharge_efficiency=c.discharge_efficiency,
                self_discharge_per_hour=0.0,
            ),
        ),
    )
    answer = solve(problem, gap=_GAP)
    if answer.decision is None:
        raise CannotPredict(f"the optimum is {answer.status}")
    mix = answer.decision.source_mw
    return float(answer.upper_bound_usd_per_year) / _HOURS, float(mix[0]), float(mix[1])


def _scan(case: Case) -> Predicted:
    cost, solar_mw, wind_mw = least_cost(*cell_year(case))
    return {
        "lcoe_usd_per_mwh": cost,
        "solar_mw_per_mw_load": solar_mw,
        "wind_mw_per_mw_load": wind_mw,
    }


FAMILIES: Sequence[Family] = (
    Family(
        stem="eu_offgrid_scan_2030",
        by=(),
        figures=(
            Figure("lcoe_usd_per_mwh", "expected_lcoe_usd_per_mwh", Tolerance(rank=True)),
            Figure("solar_mw_per_mw_load", "expected_solar_mw_per_mw_load", None),
            Figure("wind_mw_per_mw_load", "expected_wind_mw_per_mw_load", None),
        ),
        inputs=(*_COLUMNS, "worst5", "worst14"),
        predict=_scan,
        about="European cells ranked by the cost of power from sun, wind, battery and hydrogen",
    ),
)
