"""What may be built or bought for one MW of campus: the grid, contracts, own plants, batteries, with their facts."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters import arithmetic
from gigawatt.chapters.campus import Campus
from gigawatt.chapters.place import Site, solar_factor, wind_factor
from gigawatt.power import prices
from gigawatt.power.problem import Import, Problem, Source, Store
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import in_percent

TECH = {
    "gas": "gas_engine",
    "solar": "solar",
    "wind": "wind_onshore",
    "nuclear_new": "nuclear",
    "smr": "smr",
    "geothermal": "geothermal",
    "hydro": "hydro",
}


def region(step: Steps, site: Site) -> str:
    """Whose catalogue of plant costs holds: eu, us or dev."""
    return step.text(*site.ids("country.{}.tech_region"))


def tech_fact(step: Steps, site: Site, tech: str, item: str, unit: str) -> Any:
    """A technology fact: own region, then the stated analogues, then without region."""
    order = dict.fromkeys((region(step, site), "eu", "us", "dev"))
    return step.fact(*(f"tech.{tech}.{item}.{r}" for r in order), f"tech.{tech}.{item}", unit=unit)


def _has(step: Steps, tech: str, item: str) -> bool:
    return any(f"tech.{tech}.{item}{r}" in step.facts for r in ("", ".eu", ".us", ".dev"))


def grid_price(step: Steps, site: Site, share_of_peak: Any = 0.0) -> Any:
    """Delivered price of grid power for a large load: energy, network, levies."""
    wholesale = step.fact(*site.ids("country.{}.price.wholesale"), unit="USD/MWh")
    energy = wholesale
    if np.any(np.asarray(share_of_peak) > 0):
        energy = step(
            prices.energy_price,
            wholesale_usd_per_mwh=wholesale,
            new_plant_usd_per_mwh=_new_plant(step, site),
            share_of_peak=share_of_peak,
            new_plant_threshold=new_plant_from(step, site),
        )
    return step(
        prices.large_load_price,
        energy_usd_per_mwh=energy,
        network_usd_per_mwh=step.fact(*site.ids("country.{}.price.network"), unit="USD/MWh"),
        levies_usd_per_mwh=step.fact(*site.ids("country.{}.price.levies"), unit="USD/MWh"),
    )


def new_plant_from(step: Steps, site: Site) -> Any:
    """Share of the system's peak above which a load pays for a new plant."""
    threshold = step.fact("price.new_plant_threshold", unit="1")
    trade = f"country.{site.place.iso3}.net_imports"
    peak = site.known(step.facts, "country.{}.peak_load")
    if site.place.region or peak is None or trade not in step.facts or float(step.facts[trade].value) >= 0.0:
        return threshold
    return step(
        prices.without_new_plant,
        threshold=threshold,
        net_imports_twh=step.fact(trade, unit="TWh/year"),
        peak_mw=float(step.facts[peak].value),
    )


def _new_plant(step: Steps, site: Site) -> Any:
    """Levelised cost of the plant that the system would build for a load it cannot carry."""
    tech = step.text(*site.ids("country.{}.price.new_plant"))
    rate = step.fact("wacc.power.utility", unit="1/year")
    return step(
        arithmetic.plant_lcoe,
        capex_usd_per_mw=tech_fact(step, site, tech, "capex", "USD/MW"),
        fom_usd_per_mw_year=tech_fact(step, site, tech, "fom", "USD/MW/year"),
        rate_per_year=step(
            finance.real_rate,
            nominal_per_year=rate,
            inflation_per_year=step.fact("finance.inflation.USD", unit="1/year"),
        ),
        life_years=tech_fact(step, site, tech, "lifetime", "year"),
        capacity_factor=step(
            arithmetic.available,
            forced=tech_fact(step, site, tech, "forced_outage", "1"),
            planned=tech_fact(step, site, tech, "planned_outage", "1"),
        ),
        running_usd_per_mwh=running_cost(step, site, tech),
    )


def running_cost(step: Steps, site: Site, tech: str) -> Any:
    """Fuel, carbon price and variable O&M of a technology."""
    vom = tech_fact(step, site, tech, "vom", "USD/MWh") if _has(step, tech, "vom") else 0.0
    if tech in ("nuclear", "smr"):
        return step(arithmetic.sum_of, parts=(vom, tech_fact(step, site, tech, "fuel", "USD/MWh")))
    if tech not in ("ccgt", "ocgt", "gas_engine"):
        return vom
    return gas_cost(step, site, tech_fact(step, site, tech, "efficiency", "1"), vom)


def gas_cost(step: Steps, site: Site, efficiency: Any, vom: Any) -> Any:
    """Fuel, carbon price and variable O&M of a plant that burns the place's gas."""
    hub = step.text(*site.ids("country.{}.gas.hub"))
    market = step.text(*site.ids("country.{}.carbon_price"))
    return step(
        prices.running_cost,
        fuel_usd_per_mwh_fuel=step(
            arithmetic.gas_delivered,
            hub_usd_per_mmbtu=step.fact(f"fuel.gas.price.{hub}", unit="USD/MMBtu"),
            delivery_usd_per_mmbtu=step.fact("fuel.gas.delivery", unit="USD/MMBtu"),
            hhv_over_lhv=step.fact("fuel.gas.hhv_over_lhv", unit="1"),
        ),
        efficiency=efficiency,
        vom_usd_per_mwh=vom,
        carbon_usd_per_t=0.0 if market == "none" else step.fact(f"carbon.price.{market}", unit="USD/t"),
        carbon_kg_per_mwh_fuel=step.fact("fuel.gas.carbon", unit="kg/MWh"),
    )


def named_per_mw(s: Scenario) -> dict[str, float]:
    """MW of each named source per MW of campus; the existing fleet's contract apart from new plants."""
    total = s.power_mw
    if not total:
        return {}
    return {p.source: p.mw / total for p in s.power if p.source}


def price_shape(step: Steps, site: Site, seed: int) -> np.ndarray:
    """Hourly grid price over its mean: the user's own, or drawn from the shape of the zone."""
    if site.price_shape is not None:
        return site.price_shape
    zone = step.text(*site.ids("country.{}.price.zone"))

    def n(key: str) -> float:
        return central(step.fact(f"price.shape.{zone}.{key}", unit="1"))

    utc = np.array([n(f"hour.{h:02d}") for h in range(24)])
    return prices.price_profile(
        1.0,
        month_factors=np.array([n(f"month.{m:02d}") for m in range(1, 13)]),
        hour_factors=np.roll(utc, round(site.utc_offset_h)),  # load and weather are in local time
        spread=n("spread"),
        noise=prices.price_noise(seed, persistence=n("persistence")),
    )


def _fixed(step: Steps, site: Site, tech: str, rate: Any, inflation: Any, unit: str = "MW") -> float:
    """Annuity and fixed O&M of a technology, central. USD per MW (or MWh) and year."""
    fom = tech_fact(step, site, tech, "fom", f"USD/{unit}/year") if _has(step, tech, "fom") else 0.0
    return central(
        step(
            arithmetic.yearly_fixed,
            capex_usd_per_mw=tech_fact(step, site, tech, "capex", f"USD/{unit}"),
            fom_usd_per_mw_year=fom,
            nominal_per_year=rate,
            inflation_per_year=inflation,
            life_years=tech_fact(step, site, tech, "lifetime", "year"),
        )
    )


def problem(
    step: Steps,
    s: Scenario,
    site: Site,
    c: Campus,
    named: dict[str, float],
    shape: np.ndarray,
    rate: Any,
    inflation: Any,
) -> tuple[Problem, list[str]]:
    """What may be built or bought for one MW of campus."""
    notes: list[str] = []
    load = np.asarray(c.load_per_peak_mw, float)
    carbon = central(step.fact(*site.ids("country.{}.carbon.average"), unit="kg/MWh"))
    fossil = central(step.fact(*site.ids("country.{}.share.fossil"), unit="1"))
    gas_only = set(named) == {"gas"}  # an island; the grid balances what runs by the season or stands for repair
    grid = None
    if not gas_only:
        outage = central(step.fact(*site.ids("grid.outage_fraction.{}"), "grid.outage_fraction.dense", unit="1"))
        grid = Import(
            price_usd_per_mwh=central(grid_price(step, site)) * shape,
            carbon_intensity_kg_per_mwh=carbon,
            clean_share=1.0 - fossil,
            connection_usd_per_mw_year=central(connection_per_year(step, site, rate, inflation)),
            demand_charge_usd_per_mw_year=central(step.fact("grid.demand_charge", unit="USD/MW/year")),
            limit_mw=named["grid"] if named.get("grid") and set(named) != {"grid"} else np.inf,
            availability=prices.outage_profile(
                s.seed,
                units=1,
                forced_outage=outage,
                planned_outage=0.0,
                mean_repair_h=central(step.fact("grid.outage_hours", unit="h")),
                planned_from_hour=0,
                planned_to_hour=1,
            ),
        )
    sources: list[Source] = []
    stores: list[Store] = []
    for name, mw in named.items():
        if name in ("nuclear", "restart"):
            sources.append(_nuclear(step, s, site, mw, load, rate, inflation, notes))
        elif name == "battery":
            stores.append(_battery(step, site, rate, inflation, power_mw=mw))
        elif name in ("solar", "wind", "gas", "smr", "geothermal", "hydro"):
            sources.append(_plant(step, s, site, name, rate, inflation, min_mw=mw, max_mw=mw))
    asked_clean = s.clean is not None or s.co2_cap_kg_per_mwh is not None
    area = site.known(step.facts, "country.{}.area")
    room = area is None or central(step.fact(area, unit="km2")) >= central(step.fact("supply.least_area", unit="km2"))
    if asked_clean or (not named and room):
        for name in ("solar", "wind"):
            if name not in named:
                sources.append(_plant(step, s, site, name, rate, inflation))
        if "battery" not in named and asked_clean:
            stores.append(_battery(step, site, rate, inflation))
    backed = central(step.fact("facility.backed_share.training", unit="1"))
    sources.append(_backup(step, site, backed, grid, rate, inflation))
    return (
        Problem(
            load_mw=load,
            voll_usd_per_mwh=central(step.fact("voll.default", unit="USD/MWh")),
            sources=tuple(sources),
            stores=tuple(stores),
            grid=grid,
            max_carbon_kg_per_mwh=s.co2_cap_kg_per_mwh,
            min_clean_share_hourly=s.clean,
        ),
        notes,
    )


def connection_per_year(step: Steps, site: Site, rate: Any, inflation: Any) -> Any:
    """Annuity and upkeep of a grid connection. USD per MW and year."""
    capex = step.fact(f"grid.connection.capex.{region(step, site)}", unit="USD/MW")
    return step(
        arithmetic.yearly_fixed,
        capex_usd_per_mw=capex,
        fom_usd_per_mw_year=step(
            arithmetic.share_of, value=capex, share=step.fact("grid.connection.fom", unit="1/year")
        ),
        nominal_per_year=rate,
        inflation_per_year=inflation,
        life_years=step.fact("grid.connection.lifetime", unit="year"),
    )


def has_fleet(step: Steps, site: Site) -> bool:
    """Whether an existing nuclear fleet may contract: one that shares the power system."""
    found = site.known(step.facts, "ppa.nuclear.{}.available")
    return found is not None and float(step.facts[found].value) > 0


def _nuclear(
    step: Steps, s: Scenario, site: Site, mw: float, load: np.ndarray, rate: Any, inflation: Any, notes: list[str]
) -> Source:
    """A contract on the fleet where there is one, new build where not; the grid balances both."""
    iso3 = site.place.iso3
    if not restarts(s) and not has_fleet(step, site):
        notes.append("no nuclear fleet to contract with: new build")
        return _plant(step, s, site, "nuclear_new", rate, inflation, min_mw=mw, max_mw=mw)
    mean = central(step.fact(f"nuclear.fleet.{iso3}.availability", "nuclear.fleet.FRA.availability", unit="1"))
    swing = central(
        step.fact(f"nuclear.fleet.{iso3}.seasonal_amplitude", "nuclear.fleet.FRA.seasonal_amplitude", unit="1")
    )
    peak_hour = round(central(step.fact("supply.winter_peak", unit="h")))
    most = 1.0 / mean - 1.0  # a fleet that runs nearly always has no season
    availability = np.minimum(
        prices.seasonal_profile(mean, amplitude=min(swing, most), peak_hour=peak_hour),
        1.0,
    )
    cover = central(step.fact("supply.ppa_cover", unit="1"))
    size = min(mw, float(load.mean()) * cover / float(availability.max()))
    sellers = "a reactor to be restarted" if restarts(s) else "the existing fleet"
    notes.append(
        f"contract on {sellers} for {in_percent(size / mw)} of the nuclear MW, so that its winter output is used: "
        f"{in_percent(size * mean / float(load.mean()))} of the energy; the grid balances the rest"
    )
    return Source(
        name="nuclear_ppa",
        availability=availability,
        fixed_usd_per_mw_year=0.0,
        variable_usd_per_mwh=central(delivered_price(step, site, nuclear_price(step, s, site))),
        carbon_intensity_kg_per_mwh=central(step.fact("carbon.nuclear.lifecycle", unit="kg/MWh")),
        clean_share=1.0,
        take_or_pay=True,
        through_connection=True,
        min_mw=size,
        max_mw=size,
    )


def restarts(s: Scenario) -> bool:
    """Whether a closed reactor is asked for."""
    return any(p.source == "restart" for p in s.power)


def nuclear_price(step: Steps, s: Scenario, site: Site) -> Any:
    """Energy price of the nuclear contract; that of a restart is the one on record."""
    if restarts(s):
        return step.fact("ppa.nuclear.USA.price", unit="USD/MWh")
    return step.fact(f"ppa.nuclear.{site.place.iso3}.price", "ppa.nuclear.FRA.price", unit="USD/MWh")


def _availability(step: Steps, s: Scenario, site: Site, name: str, tech: str) -> Any:
    """Hourly availability: weather for sun and wind, seeded outages for the rest."""
    if name == "solar":
        return np.asarray(solar_factor(step, site))
    if name == "wind":
        return np.asarray(wind_factor(step, site))

    def n(key: str, unit: str = "1") -> float:
        return central(tech_fact(step, site, tech, key, unit))

    return prices.outage_profile(
        s.seed,
        units=round(central(step.fact(f"supply.plant_units.{'gas' if name == 'gas' else 'other'}", unit="1"))),
        forced_outage=n("forced_outage"),
        planned_outage=n("planned_outage"),
        mean_repair_h=n("mean_repair", "h"),
        planned_from_hour=round(central(step.fact("supply.service_from", unit="h"))),
        planned_to_hour=round(central(step.fact("supply.service_to", unit="h"))),
    )


def _plant(
    step: Steps,
    s: Scenario,
    site: Site,
    name: str,
    rate: Any,
    inflation: Any,
    min_mw: float = 0.0,
    max_mw: float = np.inf,
) -> Source:
    """A plant of the campus's own."""
    tech = TECH[name]
    clean = name != "gas"
    carbon = {
        "gas": "carbon.gas_engine.direct",
        "wind": "carbon.wind_onshore.lifecycle",
        "nuclear_new": "carbon.nuclear.lifecycle",
        "smr": "carbon.nuclear.lifecycle",
    }.get(name, f"carbon.{name}.lifecycle")
    return Source(
        name=name,
        availability=_availability(step, s, site, name, tech),
        fixed_usd_per_mw_year=_fixed(step, site, tech, rate, inflation),
        variable_usd_per_mwh=central(running_cost(step, site, tech)),
        carbon_intensity_kg_per_mwh=central(step.fact(carbon, unit="kg/MWh")),
        clean_share=1.0 if clean else 0.0,
        min_mw=min_mw,
        max_mw=max_mw,
    )


def _backup(step: Steps, site: Site, share: float, grid: Import | None, rate: Any, inflation: Any) -> Source:
    """Diesel sets behind part of the campus stand in the shell's cost; more may be bought. They bridge outages only."""
    outage = 1.0 if grid is None else np.where(np.asarray(grid.availability) < 1.0, 1.0, 0.0)
    limit = np.inf if grid is not None else central(step.fact("backup.hours", unit="h/year"))
    return Source(
        name="backup",
        availability=outage,
        fixed_usd_per_mw_year=_fixed(step, site, "diesel", rate, inflation),
        variable_usd_per_mwh=central(diesel_cost(step, site)),
        carbon_intensity_kg_per_mwh=central(step.fact("carbon.oil_engine.direct", unit="kg/MWh")),
        clean_share=0.0,
        min_mw=share,
        max_mw=1.0,
        existing_mw=share,
        max_mwh_per_year=limit,
    )


def diesel_cost(step: Steps, site: Site) -> Any:
    """Running cost of a diesel set."""
    return step(
        prices.running_cost,
        fuel_usd_per_mwh_fuel=step.fact("fuel.diesel.price", unit="USD/MWh"),
        efficiency=tech_fact(step, site, "diesel", "efficiency", "1"),
        vom_usd_per_mwh=tech_fact(step, site, "diesel", "vom", "USD/MWh"),
        carbon_usd_per_t=0.0,
        carbon_kg_per_mwh_fuel=step.fact("fuel.diesel.carbon", unit="kg/MWh"),
    )


def _battery(step: Steps, site: Site, rate: Any, inflation: Any, power_mw: float | None = None) -> Store:
    """A battery with power and energy apart; of stated power where the question names it."""
    hours = central(step.fact("supply.battery_hours", unit="h"))
    one_way = float(np.sqrt(central(step.fact("tech.battery.round_trip_efficiency", unit="1"))))
    fixed: dict[str, Any] = (
        {}
        if power_mw is None
        else {
            "min_power_mw": power_mw,
            "max_power_mw": power_mw,
            "min_energy_mwh": power_mw * hours,
            "max_energy_mwh": power_mw * hours,
        }
    )
    return Store(
        name="battery",
        power_usd_per_mw_year=_fixed(step, site, "battery_power", rate, inflation),
        energy_usd_per_mwh_year=_fixed(step, site, "battery_energy", rate, inflation, unit="MWh"),
        charge_efficiency=one_way,
        discharge_efficiency=one_way,
        self_discharge_per_hour=central(step.fact("tech.battery.self_discharge", unit="1/h")),
        **fixed,
    )


def delivered_price(step: Steps, site: Site, energy: Any) -> Any:
    """Contract price plus network and levies."""
    return step(
        prices.large_load_price,
        energy_usd_per_mwh=energy,
        network_usd_per_mwh=step.fact(*site.ids("country.{}.price.network"), unit="USD/MWh"),
        levies_usd_per_mwh=step.fact(*site.ids("country.{}.price.levies"), unit="USD/MWh"),
    )


def upkeep_per_year(step: Steps, site: Site, tech: str, unit: str = "MW") -> Any:
    """Fixed operation and maintenance of a technology; 0 where none is on record."""
    return tech_fact(step, site, tech, "fom", f"USD/{unit}/year") if _has(step, tech, "fom") else 0.0


def fixed_per_year(step: Steps, site: Site, tech: str, rate: Any, inflation: Any, unit: str = "MW") -> Any:
    return step(
        arithmetic.yearly_fixed,
        capex_usd_per_mw=tech_fact(step, site, tech, "capex", f"USD/{unit}"),
        fom_usd_per_mw_year=upkeep_per_year(step, site, tech, unit),
        nominal_per_year=rate,
        inflation_per_year=inflation,
        life_years=tech_fact(step, site, tech, "lifetime", "year"),
    )
