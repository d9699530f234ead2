"""Twelve power problems from measured weather and prices: six climates, each with and without a grid.

Weather and prices are read from the reference folder and stay there. Irradiance, wind and temperature become
capacity factors by the project's own `solar` and `weather`. Money is round on purpose: a benchmark needs costs that
stay put when facts move. They are of the size of the facts in `data/power.csv` (USD of 2025, real 7 % a year).

Liberties: prices are of 2023, the weather mostly of another year, so the two share hours and seasons, not days;
prices below zero are lifted to zero; where a place has no price zone in the folder, an analogue stands in.
"""

from __future__ import annotations

import csv
import gzip
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import finance, solar, weather
from gigawatt.own_data import read_weather_text
from gigawatt.power.problem import Import, Problem, Source, Store

Array = NDArray[np.float64]
HOURS_PER_YEAR = 8760
PRICES = "prices_hourly_usd_per_mwh_2023_2024.csv.gz"
PRICE_YEAR = "2023"
IT_LOAD_MW = 90.0
RATE_PER_YEAR = 0.07
# USD per MW (battery energy: per MWh), life in years, upkeep as a share of the investment per year
COSTS = {
    "solar": (750e3, 35.0, 0.018),
    "wind": (1400e3, 28.0, 0.020),
    "battery.power": (230e3, 15.0, 0.010),
    "battery.energy": (130e3, 20.0, 0.010),
    "gas": (1100e3, 25.0, 0.020),
    "connection": (250e3, 40.0, 0.010),
}
PLANT = solar.PvSystem(
    tracking=True,
    tilt_deg=0.0,
    azimuth_deg=180.0,
    dc_ac_ratio=1.3,
    loss_fraction=0.14,
    inverter_efficiency=0.96,
    temperature_coefficient_per_k=-0.0035,
    albedo=0.2,
    ground_coverage_ratio=0.4,
    rotation_limit_deg=60.0,
)
HUB_M, SHEAR, WIND_LOSS = 100.0, 0.143, 0.12
WINDY_M_PER_S = 7.5  # mean wind from which a turbine for middling sites takes over from one for calm sites


@dataclass(frozen=True, slots=True)
class Site:
    """A climate of the benchmark.

    Attributes
    ----------
    name : str
        Short name. [text]
    series, wind_series : str
        Weather files with sun and temperature, and with wind at 100 m. [text]
    sun_at_h : float
        Moment of each hour that the irradiance describes: 0 its start, 0.5 its middle. [h]
    zone, zone_note : str
        Price zone, and why it stands for the place. [text]
    gas_usd_per_mwh : float
        Fuel, carbon price where there is one, and variable upkeep. [USD/MWh]
    """

    name: str
    series: str
    wind_series: str
    sun_at_h: float
    zone: str
    zone_note: str
    gas_usd_per_mwh: float


SITES = (
    Site("abilene", "nsrdb_abilene_tx", "wtk_abilene_tx", 0.5, "US-TEX-ERCO", "its own zone", 40.0),
    Site("perpignan", *2 * ("era5gwa_perpignan",), 0.0, "FR", "its own zone", 120.0),
    Site("workum", *2 * ("era5gwa_workum",), 0.0, "NL", "its own zone", 120.0),
    Site("karlsruhe", *2 * ("era5gwa_karlsruhe",), 0.0, "DE-LU", "its own zone", 120.0),
    Site(
        "kiruna", *2 * ("era5gwa_kiruna",), 0.0, "CH", "analogue for Sweden: the most hydro power in the folder", 120.0
    ),
    Site("kutch", *2 * ("era5gwa_indian_site_good_solar",), 0.0, "IN-WE", "its own zone", 105.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """What a site's files hold.

    Attributes
    ----------
    latitude_deg, longitude_deg, sun_at_h : float
        Place, and moment of the hour that the irradiance describes; times are UTC. [deg], [deg], [h]
    temperature_c, pressure_pa : array (hour,)
        Air. [degC], [Pa]
    ghi_w_m2, dni_w_m2, dhi_w_m2 : array (hour,)
        Global horizontal, direct normal, diffuse horizontal irradiance. [W/m2]
    wind_m_per_s : array (hour,)
        Wind at 100 m. [m/s]
    """

    latitude_deg: float
    longitude_deg: float
    sun_at_h: float
    temperature_c: Array
    pressure_pa: Array
    ghi_w_m2: Array
    dni_w_m2: Array
    dhi_w_m2: Array
    wind_m_per_s: Array


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """What the weather makes of plants and of the campus.

    Attributes
    ----------
    solar, wind : array (hour,)
        Capacity factors. [-]
    load_mw : array (hour,)
        Load at the meter. [MW]
    """

    solar: Array
    wind: Array
    load_mw: Array


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A named problem.

    Attributes
    ----------
    name : str
        Site, and `grid` or `off-grid`. [text]
    problem : Problem
        One year of hours. [-]
    """

    name: str
    problem: Problem


def _series(reference: Path, name: str) -> Any:
    """A weather file under the headers that `own_data` knows."""
    with gzip.open(reference / "weather" / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        header, rows = file.readline(), file.read()
    header = re.sub(r"\b(ghi|dni|dhi)\b", r"\1_w_m2", header).replace("wind_100m_ms", "wind_100m_m_per_s")
    return read_weather_text(header + rows, name=name)


def read_weather(site: Site, reference: Path) -> Weather:
    """The weather of a site.

    Parameters
    ----------
    site : Site
        Which files. [-]
    reference : Path
        The reference folder. [-]

    Returns
    -------
    Weather
        One year of hours in UTC. [-]
    """
    with open(reference / "weather" / "index.csv", newline="", encoding="utf-8") as file:
        place = next(row for row in csv.DictReader(file) if row["id"] == site.series)
    air = _series(reference, site.series)
    wind = air if site.wind_series == site.series else _series(reference, site.wind_series)
    return Weather(
        latitude_deg=float(place["lat"]),
        longitude_deg=float(place["lon"]),
        sun_at_h=site.sun_at_h,
        temperature_c=air.temperature_c,
        pressure_pa=np.full(HOURS_PER_YEAR, weather.standard_pressure_pa(float(place["elev_m"]))),
        ghi_w_m2=air.ghi_w_m2,
        dni_w_m2=air.dni_w_m2,
        dhi_w_m2=air.dhi_w_m2,
        wind_m_per_s=wind.wind_m_per_s,
    )


def profiles(w: Weather) -> Profiles:
    """Capacity factors and load of a year of weather.

    The load is a flat IT load under a PUE of 1.08 that rises by 0.005 per kelvin above 15 degC.

    Parameters
    ----------
    w : Weather
        One year. [-]

    Returns
    -------
    Profiles
        Per hour. [-]
    """
    sun = solar.sun_position(
        latitude_deg=w.latitude_deg,
        longitude_deg=w.longitude_deg,
        utc_offset_h=0.0,
        hour_of_year=np.arange(HOURS_PER_YEAR) + w.sun_at_h,
    )
    near_modules = weather.wind_at_height(wind_m_per_s=w.wind_m_per_s, from_m=HUB_M, to_m=2.0, shear_exponent=SHEAR)
    pv = solar.pv_capacity_factor(
        sun=sun,
        ghi_w_m2=w.ghi_w_m2,
        dni_w_m2=w.dni_w_m2,
        dhi_w_m2=w.dhi_w_m2,
        temperature_c=w.temperature_c,
        wind_m_per_s=near_modules,
        system=PLANT,
    )
    wind = weather.wind_capacity_factor(
        wind_m_per_s=w.wind_m_per_s,
        turbine="iec2" if w.wind_m_per_s.mean() > WINDY_M_PER_S else "iec3",
        loss_fraction=WIND_LOSS,
        air_density_kg_m3=weather.air_density(temperature_c=w.temperature_c, pressure_pa=w.pressure_pa),
    )
    pue = 1.08 + 0.005 * np.maximum(w.temperature_c - 15.0, 0.0)
    return Profiles(solar=pv, wind=np.asarray(wind), load_mw=IT_LOAD_MW * pue)


def read_price(zone: str, reference: Path) -> Array:
    """Hourly wholesale price of 2023 in UTC; prices below zero are lifted to zero.

    Parameters
    ----------
    zone : str
        A column of the price file; India's hours start at half past. [text]
    reference : Path
        The reference folder. [-]

    Returns
    -------
    array (hour,)
        Price. [USD/MWh]
    """
    with gzip.open(reference / PRICES, "rt", newline="", encoding="utf-8") as file:
        price = [float(r[zone]) for r in csv.DictReader(file) if r["utc"].startswith(PRICE_YEAR) and r[zone]]
    if len(price) != HOURS_PER_YEAR:
        raise ValueError(f"{PRICES}: {zone} has {len(price)} hours in {PRICE_YEAR}, expected {HOURS_PER_YEAR}")
    return np.maximum(np.array(price), 0.0)


def yearly_usd(name: str) -> float:
    """Annuity and upkeep of a technology of `COSTS`.

    Parameters
    ----------
    name : str
        A key of `COSTS`. [text]

    Returns
    -------
    float
        Cost of one MW (battery energy: one MWh) and year. [USD/MW/year]
    """
    capex, life, upkeep = COSTS[name]
    return capex * float(finance.capital_recovery_factor(rate_per_year=RATE_PER_YEAR, years=life) + upkeep)


def problem(p: Profiles, *, gas_usd_per_mwh: float, price_usd_per_mwh: Array | None) -> Problem:
    """The sizing problem of a campus of about 100 MW: seven capacities with a grid, five without.

    Parameters
    ----------
    p : Profiles
        Capacity factors and load. [-]
    gas_usd_per_mwh : float
        Running cost of gas. [USD/MWh]
    price_usd_per_mwh : array (hour,) or None
        Grid price; None is off-grid, without the nuclear contract too. [USD/MWh]

    Returns
    -------
    Problem
        One year of hours. [-]
    """
    free: dict[str, Any] = {"variable_usd_per_mwh": 0.0, "carbon_intensity_kg_per_mwh": 0.0, "clean_share": 1.0}
    sources = [
        Source(name="solar", availability=p.solar, fixed_usd_per_mw_year=yearly_usd("solar"), max_mw=1000.0, **free),
        Source(name="wind", availability=p.wind, fixed_usd_per_mw_year=yearly_usd("wind"), max_mw=1000.0, **free),
        Source(
            name="gas",
            availability=1.0,
            fixed_usd_per_mw_year=yearly_usd("gas"),
            variable_usd_per_mwh=gas_usd_per_mwh,
            carbon_intensity_kg_per_mwh=440.0,
            clean_share=0.0,
            max_mw=200.0,
        ),
    ]
    battery = Store(
        name="battery",
        power_usd_per_mw_year=yearly_usd("battery.power"),
        energy_usd_per_mwh_year=yearly_usd("battery.energy"),
        charge_efficiency=0.94,
        discharge_efficiency=0.94,
        self_discharge_per_hour=5e-5,
        max_power_mw=1000.0,
        max_energy_mwh=20_000.0,
    )
    grid = None
    if price_usd_per_mwh is not None:
        nuclear = replace(sources[0], name="nuclear", availability=0.92, fixed_usd_per_mw_year=0.0, max_mw=30.0)
        sources.append(replace(nuclear, variable_usd_per_mwh=76.0, take_or_pay=True))
        grid = Import(
            price_usd_per_mwh=price_usd_per_mwh,
            carbon_intensity_kg_per_mwh=300.0,
            clean_share=0.4,
            connection_usd_per_mw_year=yearly_usd("connection"),
            demand_charge_usd_per_mw_year=45_000.0,
            limit_mw=50.0,
        )
    return Problem(load_mw=p.load_mw, voll_usd_per_mwh=5000.0, sources=tuple(sources), stores=(battery,), grid=grid)


def instances(reference: Path, sites: tuple[Site, ...] = SITES) -> list[Instance]:
    """Every site with and without a grid.

    Parameters
    ----------
    reference : Path
        The reference folder. [-]
    sites : tuple of Site, optional
        Fewer climates than all. [-]

    Returns
    -------
    list of Instance
        Two per site. [-]
    """
    found = []
    for site in sites:
        p, price = profiles(read_weather(site, reference)), read_price(site.zone, reference)
        for kind, paid in (("grid", price), ("off-grid", None)):
            made = problem(p, gas_usd_per_mwh=site.gas_usd_per_mwh, price_usd_per_mwh=paid)
            found.append(Instance(f"{site.name} {kind}", made))
    return found


def _over_hours(problem: Problem, hours: NDArray[np.intp]) -> Problem:
    """The problem with every profile taken at these hours."""

    def taken(part: Any) -> Any:
        arrays = {f.name: getattr(part, f.name) for f in fields(part)}
        return replace(part, **{k: v[hours] for k, v in arrays.items() if isinstance(v, np.ndarray)})

    grid = taken(problem.grid) if problem.grid else None
    return replace(taken(problem), sources=tuple(map(taken, problem.sources)), grid=grid)


def many_years(problem: Problem, *, years: int, seed: int) -> Problem:
    """Several weather years out of one: the year itself, then years of its own five-day blocks in another order.

    No file of the folder has several real years. Each block is drawn from those at most 15 days away, so seasons,
    days and the link between sun, wind, load and price stay real, while calms and years differ.

    Parameters
    ----------
    problem : Problem
        One year of hours. [-]
    years, seed : int
        How many, and the seed of the draws. [-]

    Returns
    -------
    Problem
        The same choice of plants over (year, hour). [-]
    """
    length = 5 * 24
    blocks = len(problem.load_mw) // length
    moved = np.random.default_rng(seed).integers(-3, 4, size=(years, blocks))
    moved[0] = 0
    drawn = (np.arange(blocks) + moved) % blocks
    return _over_hours(problem, (drawn[..., None] * length + np.arange(length)).reshape(years, -1))


def _dearer(problem: Problem, factor: Any) -> Problem:
    """The problem with its fixed costs multiplied; `factor()` is called once per cost."""

    def times(part: Any, *names: str) -> Any:
        return replace(part, **{name: getattr(part, name) * factor() for name in names})

    return replace(
        problem,
        sources=tuple(times(s, "fixed_usd_per_mw_year") for s in problem.sources),
        stores=tuple(times(s, "power_usd_per_mw_year", "energy_usd_per_mwh_year") for s in problem.stores),
        grid=times(problem.grid, "connection_usd_per_mw_year", "demand_charge_usd_per_mw_year")
        if problem.grid
        else None,
    )


def shortened(problem: Problem, hours: int) -> Problem:
    """The first hours of a year with fixed costs cut in proportion, for checks that must be quick.

    Parameters
    ----------
    problem : Problem
        One year of hours. [-]
    hours : int
        How many to keep. [h]

    Returns
    -------
    Problem
        A small problem of the same kind. [-]
    """
    return _dearer(_over_hours(problem, np.arange(hours)), lambda: hours / HOURS_PER_YEAR)
