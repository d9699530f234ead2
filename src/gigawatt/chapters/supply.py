"""The power supply per MW of campus: what may be built or bought, the optimum hour by hour, and its cost on any prices.

The optimum is found once, on central values, for one MW of campus: the programme is positively homogeneous, so every
size shares it. On draws the design and its dispatch stay and only prices move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import facility, finance
from gigawatt.chapters.campus import Campus
from gigawatt.chapters.place import Site, solar_factor, wind_factor
from gigawatt.power import explain as power_words
from gigawatt.power import prices, reference, scaling
from gigawatt.power.problem import Answer, Import, Problem, Source, Store
from gigawatt.record import Steps
from gigawatt.scenario import Scenario
from gigawatt.units import MMBTU_PER_MWH

TECH = {
    "gas": "gas_engine",
    "solar": "solar",
    "wind": "wind_onshore",
    "nuclear_new": "nuclear",
    "smr": "smr",
    "geothermal": "geothermal",
    "hydro": "hydro",
}
REGION = {"USA": "us", "CAN": "us", "FRA": "eu", "EST": "eu", "UKR": "eu"}
FIRM = ("gas", "nuclear_new", "smr", "geothermal", "hydro")


@dataclass(frozen=True)
class Relief:
    """A limit of the supply that must move, per MW of campus where it is a power."""

    name: str
    limit: float
    needed: float
    unit: str

    def words(self, facility_peak_mw: float) -> str:
        """One sentence for the whole campus."""
        scale = facility_peak_mw if self.unit in ("MW", "MWh") else 1.0
        shown = [f"{float(f'{x * scale:.3g}'):,.10g}" for x in (self.limit, self.needed)]
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"The {self.name.replace('_', ' ')} must go from {shown[0]}{unit} to {shown[1]}{unit}"


@dataclass(frozen=True)
class Optimum:
    """The least-cost supply of one MW of campus, with what made it."""

    answer: Answer
    problem: Problem
    notes: tuple[str, ...]
    relaxed: tuple[Relief, ...]
    shape: np.ndarray  # hourly grid price over its mean


@dataclass(frozen=True)
class Supply:
    """What the supply is and costs, per MW of campus at peak."""

    contract: str
    grid_mw: Any
    plants: dict[str, float]
    gating: dict[str, float]  # new plants that the campus waits for: named, or needed for a clean limit
    connection_usd_per_mw: Any
    plant_usd_per_mw: Any
    plant_usd_per_mw_year: Any
    energy_usd_per_mw_year: Any
    grid_price_usd_per_mwh: Any
    network_mwh: float
    own_mwh: float
    contracted_mwh: float
    battery_mwh: float
    own_kg_per_mwh: Any
    unserved: float
    relief: tuple[Relief, ...]
    clean_own_share: float
    clean_grid_share: float
    lines: dict[str, dict[str, Any]]


def _region(site: Site) -> str:
    return REGION.get(site.place.iso3, "dev")


def _tech(step: Steps, site: Site, tech: str, item: str, unit: str) -> Any:
    """A technology fact: own region, then the stated analogues, then without region."""
    order = dict.fromkeys((_region(site), "eu", "us", "dev"))
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
            new_plant_threshold=step.fact("price.new_plant_threshold", unit="1"),
        )
    return step(
        prices.large_load_price,
        energy_usd_per_mwh=energy,
        network_usd_per_mwh=step.fact(*site.ids("country.{}.price.network"), unit="USD/MWh"),
        levies_usd_per_mwh=step.fact(*site.ids("country.{}.price.levies"), unit="USD/MWh"),
    )


def _new_plant(step: Steps, site: Site) -> Any:
    """Levelised cost of the plant that the system would build for a load it cannot carry."""
    tech = step.text(*site.ids("country.{}.price.new_plant"), "country.default.price.new_plant")
    rate = step.fact("wacc.power.utility", unit="1/year")
    return step(
        plant_lcoe,
        capex_usd_per_mw=_tech(step, site, tech, "capex", "USD/MW"),
        fom_usd_per_mw_year=_tech(step, site, tech, "fom", "USD/MW/year"),
        rate_per_year=step(
            finance.real_rate,
            nominal_per_year=rate,
            inflation_per_year=step.fact("finance.inflation.USD", unit="1/year"),
        ),
        life_years=_tech(step, site, tech, "lifetime", "year"),
        capacity_factor=step(
            available,
            forced=_tech(step, site, tech, "forced_outage", "1"),
            planned=_tech(step, site, tech, "planned_outage", "1"),
        ),
        running_usd_per_mwh=_running(step, site, tech),
    )


def available(*, forced: Any, planned: Any) -> Any:
    """Availability of a plant: one less its outages.

    Parameters
    ----------
    forced, planned : float or array
        Shares of the year out of service. [-]

    Returns
    -------
    float or array
        Availability. [1]
    """
    return 1.0 - forced - planned


def plant_lcoe(
    *,
    capex_usd_per_mw: Any,
    fom_usd_per_mw_year: Any,
    rate_per_year: Any,
    life_years: Any,
    capacity_factor: Any,
    running_usd_per_mwh: Any,
) -> Any:
    """Levelised cost of a plant that runs whenever it can.

    Parameters
    ----------
    capex_usd_per_mw : float or array
        Overnight cost. [USD/MW]
    fom_usd_per_mw_year : float or array
        Fixed O&M. [USD/MW/year]
    rate_per_year : float or array
        Real cost of capital. [1/year]
    life_years : float or array
        Life. [year]
    capacity_factor : float or array
        Energy over energy at full power. [-]
    running_usd_per_mwh : float or array
        Fuel and variable O&M. [USD/MWh]

    Returns
    -------
    float or array
        Levelised cost. [USD/MWh]

    References
    ----------
    .. [1] W. Short et al., NREL/TP-462-5173, 1995, simple levelised cost of energy.
    """
    annuity = finance.capital_recovery_factor(rate_per_year=rate_per_year, years=life_years) * capex_usd_per_mw
    return (annuity + fom_usd_per_mw_year) / (finance.HOURS_PER_YEAR * capacity_factor) + running_usd_per_mwh


def _running(step: Steps, site: Site, tech: str) -> Any:
    """Fuel, carbon price and variable O&M of a technology."""
    vom = _tech(step, site, tech, "vom", "USD/MWh") if _has(step, tech, "vom") else 0.0
    if tech in ("nuclear", "smr"):
        return step(sum_of, parts=(vom, _tech(step, site, tech, "fuel", "USD/MWh")))
    if tech not in ("ccgt", "ocgt", "gas_engine"):
        return vom
    hub = step.text(*site.ids("country.{}.gas.hub"))
    eu = site.place.iso3 in ("FRA", "EST")
    return step(
        prices.running_cost,
        fuel_usd_per_mwh_fuel=step(
            gas_delivered,
            hub_usd_per_mmbtu=step.fact(f"fuel.gas.price.{hub}", unit="USD/MMBtu"),
            delivery_usd_per_mmbtu=step.fact("fuel.gas.delivery", unit="USD/MMBtu"),
            hhv_over_lhv=step.fact("fuel.gas.hhv_over_lhv", unit="1"),
        ),
        efficiency=_tech(step, site, tech, "efficiency", "1"),
        vom_usd_per_mwh=vom,
        carbon_usd_per_t=step.fact("carbon.price.eu", unit="USD/t") if eu else 0.0,
        carbon_kg_per_mwh_fuel=step.fact("fuel.gas.carbon", unit="kg/MWh"),
    )


def gas_delivered(*, hub_usd_per_mmbtu: Any, delivery_usd_per_mmbtu: Any, hhv_over_lhv: Any) -> Any:
    """Gas at the burner per MWh of net heat, from a hub price per MMBtu of gross heat.

    Parameters
    ----------
    hub_usd_per_mmbtu, delivery_usd_per_mmbtu : float or array
        Hub price, and transport to the plant. [USD/MMBtu]
    hhv_over_lhv : float or array
        Gross over net calorific value. [-]

    Returns
    -------
    float or array
        Price. [USD/MWh]
    """
    return (hub_usd_per_mmbtu + delivery_usd_per_mmbtu) * MMBTU_PER_MWH * hhv_over_lhv


def sum_of(*, parts: tuple[Any, ...]) -> Any:
    """Sum of costs per MWh.

    Parameters
    ----------
    parts : tuple of float or array
        Costs. [USD/MWh]

    Returns
    -------
    float or array
        Sum. [USD/MWh]
    """
    return sum(parts)


def _mid(value: Any) -> float:
    return float(np.median(value))


# --- the optimum ------------------------------------------------------------------------------------------------------


def optimum(step: Steps, s: Scenario, site: Site, c: Campus, rate: Any, inflation: Any) -> Optimum:
    """Solve the supply of one MW of campus on central values; relax and say so where the limits conflict."""
    with step.collecting() as read:
        shape = _price_shape(step, site, s.seed)
        problem, notes = _problem(step, s, site, c, _named(s), shape, rate, inflation)
    answer = step(least_cost_supply, problem=problem, facts=tuple(read), load=c.pue)
    limit = _mid(step.fact("supply.unserved_limit", unit="1"))
    if answer.status == "optimal" and answer.unserved_fraction <= limit:
        return Optimum(answer, problem, tuple(notes), (), shape)
    if answer.status == "optimal":  # the figures describe the question as asked; what is missing is said beside them
        return Optimum(answer, problem, tuple(notes), (_shortfall(problem, answer),), shape)
    nearest = power_words.nearest(problem)
    moved = tuple(Relief(r.name, r.limit, r.needed, r.unit) for r in nearest.relaxations)
    return Optimum(nearest.answer, nearest.problem, tuple(notes), moved, shape)


def _shortfall(problem: Problem, a: Answer) -> Relief:
    """Connection that would carry what the named sources leave unserved, with the same dispatch."""
    assert a.decision is not None
    limit = problem.grid.limit_mw if problem.grid else 0.0
    return Relief("grid connection", limit, float(np.max(a.decision.import_mw + a.decision.unserved_mw)), "MW")


def least_cost_supply(*, problem: Problem, facts: Any, load: Any) -> Answer:
    """Least-cost capacities and hourly dispatch of one MW of campus, as a linear programme.

    Parameters
    ----------
    problem : Problem
        Load, what may be built or bought, limits. [MW]
    facts, load : tuple, float
        The facts and the PUE behind the problem, for the record. [-]

    Returns
    -------
    Answer

    References
    ----------
    .. [1] Q. Huangfu, J. A. J. Hall, Mathematical Programming Computation 10 (2018) 119-142 (HiGHS).
    """
    del facts, load
    return reference.solve(problem)


def from_dispatch(*, optimum: Answer, source: str, figure: str) -> Any:
    """One figure of one source in the optimum.

    Parameters
    ----------
    optimum : Answer
        The least-cost supply. [-]
    source, figure : str
        Name of the source; ``mw``, ``mwh`` or ``mwh_per_year``, per MW of campus. [-]

    Returns
    -------
    float
        Figure. [-]
    """
    return next(float(getattr(line, figure)) for line in optimum.portfolio if line.name == source)


def _named(s: Scenario) -> dict[str, float]:
    """MW of each named source per MW of campus; the existing fleet's contract apart from new plants."""
    total = s.power_mw
    if not total:
        return {}
    return {p.source: p.mw / total for p in s.power if p.source}


def _price_shape(step: Steps, site: Site, seed: int) -> np.ndarray:
    """Hourly grid price over its mean."""
    zone = step.text(*site.ids("country.{}.price.zone"))

    def n(key: str) -> float:
        return _mid(step.fact(f"price.shape.{zone}.{key}", unit="1"))

    return prices.price_profile(
        1.0,
        month_factors=np.array([n(f"month.{m:02d}") for m in range(1, 13)]),
        hour_factors=np.array([n(f"hour.{h:02d}") for h in range(24)]),
        spread=n("spread"),
        noise=prices.price_noise(seed, persistence=n("persistence")),
    )


def _fixed(step: Steps, site: Site, tech: str, rate: Any, inflation: Any, unit: str = "MW") -> float:
    """Annuity and fixed O&M of a technology, central. USD per MW (or MWh) and year."""
    fom = _tech(step, site, tech, "fom", f"USD/{unit}/year") if _has(step, tech, "fom") else 0.0
    return _mid(
        step(
            yearly_fixed,
            capex_usd_per_mw=_tech(step, site, tech, "capex", f"USD/{unit}"),
            fom_usd_per_mw_year=fom,
            nominal_per_year=rate,
            inflation_per_year=inflation,
            life_years=_tech(step, site, tech, "lifetime", "year"),
        )
    )


def yearly_fixed(
    *, capex_usd_per_mw: Any, fom_usd_per_mw_year: Any, nominal_per_year: Any, inflation_per_year: Any, life_years: Any
) -> Any:
    """Annuity at the real cost of capital, plus fixed O&M.

    Parameters
    ----------
    capex_usd_per_mw : float or array
        Overnight cost per MW or MWh. [USD/MW]
    fom_usd_per_mw_year : float or array
        Fixed O&M. [USD/MW/year]
    nominal_per_year, inflation_per_year : float or array
        Cost of capital and inflation. [1/year]
    life_years : float or array
        Life. [year]

    Returns
    -------
    float or array
        Yearly cost. [USD/MW/year]
    """
    real = finance.real_rate(nominal_per_year=nominal_per_year, inflation_per_year=inflation_per_year)
    return (
        capex_usd_per_mw * finance.capital_recovery_factor(rate_per_year=real, years=life_years) + fom_usd_per_mw_year
    )


def _problem(
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
    iso3 = site.place.iso3
    carbon = _mid(step.fact(*site.ids("country.{}.carbon.average"), unit="kg/MWh"))
    fossil = _mid(step.fact(*site.ids("country.{}.share.fossil"), unit="1"))
    gas_only = bool(named) and set(named) <= {"gas", "geothermal", "hydro"}
    grid = None
    if not gas_only:
        outage = _mid(step.fact(f"grid.outage_fraction.{iso3}", "grid.outage_fraction.dense", unit="1"))
        grid = Import(
            price_usd_per_mwh=_mid(grid_price(step, site)) * shape,
            carbon_intensity_kg_per_mwh=carbon,
            clean_share=1.0 - fossil,
            connection_usd_per_mw_year=_mid(_connection_year(step, site, rate, inflation)),
            demand_charge_usd_per_mw_year=_mid(step.fact("grid.demand_charge", unit="USD/MW/year")),
            limit_mw=named["grid"] if named.get("grid") and set(named) != {"grid"} else np.inf,
            availability=prices.outage_profile(
                s.seed,
                units=1,
                forced_outage=outage,
                planned_outage=0.0,
                mean_repair_h=_mid(step.fact("grid.outage_hours", unit="h")),
                planned_from_hour=0,
                planned_to_hour=1,
            ),
        )
    sources: list[Source] = []
    stores: list[Store] = []
    for name, mw in named.items():
        if name == "nuclear":
            sources.append(_nuclear(step, s, site, mw, load, rate, inflation, notes))
        elif name == "battery":
            stores.append(_battery(step, site, rate, inflation, power_mw=mw))
        elif name in ("solar", "wind", "gas", "smr", "geothermal", "hydro"):
            sources.append(_plant(step, s, site, name, rate, inflation, min_mw=mw, max_mw=mw))
    asked_clean = s.clean is not None or s.co2_cap_kg_per_mwh is not None
    area = next((i for i in site.ids("country.{}.area") if i in step.facts), None)
    room = area is None or _mid(step.fact(area, unit="km2")) >= _mid(step.fact("supply.least_area", unit="km2"))
    if asked_clean or (not named and room):
        for name in ("solar", "wind"):
            if name not in named:
                sources.append(_plant(step, s, site, name, rate, inflation))
        if "battery" not in named and asked_clean:
            stores.append(_battery(step, site, rate, inflation))
    backed = _mid(step.fact("facility.backed_share.training", unit="1"))
    sources.append(_backup(step, site, backed, grid, rate, inflation))
    return (
        Problem(
            load_mw=load,
            voll_usd_per_mwh=_mid(step.fact("voll.default", unit="USD/MWh")),
            sources=tuple(sources),
            stores=tuple(stores),
            grid=grid,
            max_carbon_kg_per_mwh=s.co2_cap_kg_per_mwh,
            min_clean_share_hourly=s.clean,
        ),
        notes,
    )


def _connection_year(step: Steps, site: Site, rate: Any, inflation: Any) -> Any:
    capex = step.fact(f"grid.connection.capex.{_region(site)}", unit="USD/MW")
    return step(
        yearly_fixed,
        capex_usd_per_mw=capex,
        fom_usd_per_mw_year=step(share_of, value=capex, share=step.fact("grid.connection.fom", unit="1/year")),
        nominal_per_year=rate,
        inflation_per_year=inflation,
        life_years=step.fact("grid.connection.lifetime", unit="year"),
    )


def share_of(*, value: Any, share: Any) -> Any:
    """A share of a value.

    Parameters
    ----------
    value : float or array
        Value. [USD/MW]
    share : float or array
        Share, per year where yearly. [1/year]

    Returns
    -------
    float or array
        Part. [USD/MW/year]
    """
    return value * share


def _fleet(step: Steps, site: Site) -> bool:
    """Whether an existing nuclear fleet may contract."""
    key = f"ppa.nuclear.{site.place.iso3}.available"
    return key in step.facts and float(step.facts[key].value) > 0


def _nuclear(
    step: Steps, s: Scenario, site: Site, mw: float, load: np.ndarray, rate: Any, inflation: Any, notes: list[str]
) -> Source:
    """A contract on the fleet where there is one, new build where not; the grid balances both."""
    iso3 = site.place.iso3
    if not _fleet(step, site):
        notes.append("no nuclear fleet to contract with: new build")
        return _plant(step, s, site, "nuclear_new", rate, inflation, min_mw=mw, max_mw=mw)
    mean = _mid(step.fact(f"nuclear.fleet.{iso3}.availability", "nuclear.fleet.FRA.availability", unit="1"))
    swing = _mid(
        step.fact(f"nuclear.fleet.{iso3}.seasonal_amplitude", "nuclear.fleet.FRA.seasonal_amplitude", unit="1")
    )
    availability = np.minimum(
        prices.seasonal_profile(
            mean, amplitude=swing, peak_hour=round(_mid(step.fact("supply.winter_peak", unit="h")))
        ),
        1.0,
    )
    cover = _mid(step.fact("supply.ppa_cover", unit="1"))
    size = min(mw, float(load.mean()) * cover / float(availability.max()))
    notes.append(
        f"contract on the existing fleet for {size / mw:.0%} of the nuclear MW, so that its winter output is used: "
        f"{size * mean / float(load.mean()):.0%} of the energy; the grid balances the rest"
    )
    return Source(
        name="nuclear_ppa",
        availability=availability,
        fixed_usd_per_mw_year=0.0,
        variable_usd_per_mwh=_mid(_delivered(step, site, _ppa_price(step, site))),
        carbon_intensity_kg_per_mwh=_mid(step.fact("carbon.nuclear.lifecycle", unit="kg/MWh")),
        clean_share=1.0,
        take_or_pay=True,
        through_connection=True,
        min_mw=size,
        max_mw=size,
    )


def _ppa_price(step: Steps, site: Site) -> Any:
    """Energy price of the nuclear contract."""
    return step.fact(f"ppa.nuclear.{site.place.iso3}.price", "ppa.nuclear.FRA.price", unit="USD/MWh")


def _availability(step: Steps, s: Scenario, site: Site, name: str, tech: str) -> Any:
    """Hourly availability: weather for sun and wind, seeded outages for the rest."""
    if name == "solar":
        return np.asarray(solar_factor(step, site))
    if name == "wind":
        return np.asarray(wind_factor(step, site))

    def n(key: str, unit: str = "1") -> float:
        return _mid(_tech(step, site, tech, key, unit))

    return prices.outage_profile(
        s.seed,
        units=round(_mid(step.fact(f"supply.plant_units.{'gas' if name == 'gas' else 'other'}", unit="1"))),
        forced_outage=n("forced_outage"),
        planned_outage=n("planned_outage"),
        mean_repair_h=n("mean_repair", "h"),
        planned_from_hour=round(_mid(step.fact("supply.service_from", unit="h"))),
        planned_to_hour=round(_mid(step.fact("supply.service_to", unit="h"))),
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
        variable_usd_per_mwh=_mid(_running(step, site, tech)),
        carbon_intensity_kg_per_mwh=_mid(step.fact(carbon, unit="kg/MWh")),
        clean_share=1.0 if clean else 0.0,
        min_mw=min_mw,
        max_mw=max_mw,
    )


def _backup(step: Steps, site: Site, share: float, grid: Import | None, rate: Any, inflation: Any) -> Source:
    """Diesel sets behind part of the campus stand in the shell's cost; more may be bought. They bridge outages only."""
    outage = 1.0 if grid is None else np.where(np.asarray(grid.availability) < 1.0, 1.0, 0.0)
    limit = np.inf if grid is not None else _mid(step.fact("backup.hours", unit="h/year"))
    return Source(
        name="backup",
        availability=outage,
        fixed_usd_per_mw_year=_fixed(step, site, "diesel", rate, inflation),
        variable_usd_per_mwh=_mid(_diesel(step, site)),
        carbon_intensity_kg_per_mwh=_mid(step.fact("carbon.oil_engine.direct", unit="kg/MWh")),
        clean_share=0.0,
        min_mw=share,
        max_mw=1.0,
        existing_mw=share,
        max_mwh_per_year=limit,
    )


def _diesel(step: Steps, site: Site) -> Any:
    """Running cost of a diesel set."""
    return step(
        prices.running_cost,
        fuel_usd_per_mwh_fuel=step.fact("fuel.diesel.price", unit="USD/MWh"),
        efficiency=_tech(step, site, "diesel", "efficiency", "1"),
        vom_usd_per_mwh=_tech(step, site, "diesel", "vom", "USD/MWh"),
        carbon_usd_per_t=0.0,
        carbon_kg_per_mwh_fuel=step.fact("fuel.diesel.carbon", unit="kg/MWh"),
    )


def _battery(step: Steps, site: Site, rate: Any, inflation: Any, power_mw: float | None = None) -> Store:
    """A battery with power and energy apart; of stated power where the question names it."""
    hours = _mid(step.fact("supply.battery_hours", unit="h"))
    one_way = float(np.sqrt(_mid(step.fact("tech.battery.round_trip_efficiency", unit="1"))))
    fixed = (
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
        self_discharge_per_hour=_mid(step.fact("tech.battery.self_discharge", unit="1/h")),
        **fixed,
    )


# --- the supply on any prices --------------------------------------------------------------------------------------


def supply(step: Steps, s: Scenario, site: Site, c: Campus, o: Optimum, rate: Any, inflation: Any) -> Supply:
    """Price the optimum's design and dispatch on this pass's facts, per MW of campus."""
    a = o.answer
    assert a.decision is not None
    stretch = step(
        load_ratio,
        pue=c.pue,
        average_to_peak=c.average_to_peak,
        pue_design_peak=c.pue_design_peak,
        central_mean=float(a.load_mw.mean()),
    )

    def take(source: str, figure: str) -> Any:
        return step(from_dispatch, optimum=a, source=source, figure=figure)

    def built(tech: str, amount: Any, unit: str = "MW") -> tuple[Any, Any]:
        """Overnight and yearly fixed cost of a capacity."""
        capex = _tech(step, site, tech, "capex", f"USD/{unit}")
        return (
            step(cost_of, mw=amount, usd_per_mw=capex),
            step(cost_of, mw=amount, usd_per_mw=_drawn_fixed(step, site, tech, rate, inflation, unit)),
        )

    kinds = {x.name: x for x in o.problem.sources}
    firm = sum(float(take(n, "mw")) for n in kinds if n in FIRM)
    connection = (
        step(
            facility.grid_connection,
            facility_peak_mw=1.0,
            firm_on_site_mw=firm,
            reserve=step.fact("facility.grid_reserve", unit="1"),
        )
        if o.problem.grid
        else 0.0
    )
    if o.problem.grid:  # own plants fail, and the grid steps in
        connection = step(larger, a=connection, b=float(a.decision.connection_mw))
    if o.problem.grid and np.isfinite(o.problem.grid.limit_mw):
        connection = step(smaller, a=connection, b=o.problem.grid.limit_mw)
    price = grid_price(step, site, _share_of_peak(step, s, site, float(np.median(connection))))
    rows: dict[str, dict[str, Any]] = {}
    overnight, fixed, energy = [], [], []
    plants: dict[str, float] = {}
    new: dict[str, float] = {}
    own, own_kg, contracted, battery_mwh = 0.0, 0.0, 0.0, 0.0
    for name, source in kinds.items():
        mw, mwh = take(name, "mw"), take(name, "mwh_per_year")
        if mw <= 0:
            continue
        row: dict[str, Any] = {"mw": float(mw), "mwh": 0.0, "mwh_per_year": float(mwh)}
        kg = next(line.emissions_t_per_year for line in a.portfolio if line.name == name) * 1e3
        if name == "nuclear_ppa":
            paid = step(available_energy, mw=mw, availability=source.availability)
            row["usd_per_year"] = step(
                energy_cost, mwh=paid, usd_per_mwh=_delivered(step, site, _ppa_price(step, site)), load_ratio=stretch
            )
            energy.append(row["usd_per_year"])
            contracted += float(mwh)
            plants["nuclear"] = float(mw)
        elif name == "backup":
            row["usd_per_year"] = step(energy_cost, mwh=mwh, usd_per_mwh=_diesel(step, site), load_ratio=stretch)
            energy.append(row["usd_per_year"])
            if float(mw) > source.existing_mw:  # the rest stands in the shell's cost
                capex, year = built("diesel", step(beyond, mw=mw, existing_mw=source.existing_mw))
                overnight.append(capex)
                fixed.append(year)
            own, own_kg = own + float(mwh), own_kg + kg
        else:
            capex, year = built(TECH[name], mw)
            burnt = step(energy_cost, mwh=mwh, usd_per_mwh=_running(step, site, TECH[name]), load_ratio=stretch)
            overnight.append(capex)
            fixed.append(year)
            energy.append(burnt)
            row["usd_per_year"] = step(sum_of, parts=(year, burnt))
            own, own_kg = own + float(mwh), own_kg + kg
            plants[name.removesuffix("_new")] = new[name.removesuffix("_new")] = float(mw)
        rows[name] = row
    for store in o.problem.stores:
        mw, mwh = take(store.name, "mw"), take(store.name, "mwh")
        if mw <= 0:
            continue
        parts = [built("battery_power", mw), built("battery_energy", mwh, "MWh")]
        overnight += [p[0] for p in parts]
        fixed += [p[1] for p in parts]
        battery_mwh += float(mwh)
        rows[store.name] = {
            "mw": float(mw),
            "mwh": float(mwh),
            "mwh_per_year": float(take(store.name, "mwh_per_year")),
            "usd_per_year": step(sum_of, parts=tuple(p[1] for p in parts)),
        }
        plants["battery"] = new["battery"] = float(mw)
    imported = 0.0
    if o.problem.grid:
        bought = take("grid", "mwh_per_year")
        imported = float(bought)
        drawn = float(np.sum(a.decision.import_mw * o.shape)) / max(float(np.sum(a.decision.import_mw)), 1e-12)
        cost = step(energy_cost, mwh=bought, usd_per_mwh=step(weighted, price=price, weight=drawn), load_ratio=stretch)
        charge = step(cost_of, mw=connection, usd_per_mw=step.fact("grid.demand_charge", unit="USD/MW/year"))
        energy += [cost, charge]
        rows["grid"] = {
            "mw": float(np.median(connection)),
            "mwh": 0.0,
            "mwh_per_year": imported,
            "usd_per_year": step(sum_of, parts=(cost, charge)),
        }
    asked_clean = s.clean is not None or s.co2_cap_kg_per_mwh is not None
    load = float(np.sum(a.load_mw))
    fossil = float(np.median(step.fact(*site.ids("country.{}.share.fossil"), unit="1")))
    return Supply(
        contract="nuclear" if "nuclear_ppa" in rows else "grid" if o.problem.grid else "",
        grid_mw=connection,
        plants=plants,
        gating={k: v for k, v in new.items() if asked_clean or k in _named(s)},
        connection_usd_per_mw=step(
            cost_of, mw=connection, usd_per_mw=step.fact(f"grid.connection.capex.{_region(site)}", unit="USD/MW")
        ),
        plant_usd_per_mw=step(sum_of, parts=tuple(overnight)) if overnight else 0.0,
        plant_usd_per_mw_year=step(sum_of, parts=tuple(fixed)) if fixed else 0.0,
        energy_usd_per_mw_year=step(sum_of, parts=tuple(energy)),
        grid_price_usd_per_mwh=price,
        network_mwh=imported + contracted,
        own_mwh=own,
        contracted_mwh=contracted,
        battery_mwh=battery_mwh,
        own_kg_per_mwh=own_kg / own if own > 0 else 0.0,
        unserved=float(a.unserved_fraction),
        relief=o.relaxed,
        clean_own_share=max(float(a.clean_share_hourly) - imported * (1.0 - fossil) / load, 0.0),
        clean_grid_share=imported * (1.0 - fossil) / load,
        lines=rows,
    )


def _delivered(step: Steps, site: Site, energy: Any) -> Any:
    """Contract price plus network and levies."""
    return step(
        prices.large_load_price,
        energy_usd_per_mwh=energy,
        network_usd_per_mwh=step.fact(*site.ids("country.{}.price.network"), unit="USD/MWh"),
        levies_usd_per_mwh=step.fact(*site.ids("country.{}.price.levies"), unit="USD/MWh"),
    )


def available_energy(*, mw: Any, availability: Any) -> Any:
    """Energy of a year that a contract must pay for: all that is available.

    Parameters
    ----------
    mw : float
        Capacity contracted. [MW]
    availability : float or array (hour,)
        Output one MW can give. [-]

    Returns
    -------
    float
        Energy. [MWh/year]
    """
    return mw * float(np.mean(availability)) * finance.HOURS_PER_YEAR


def beyond(*, mw: Any, existing_mw: Any) -> Any:
    """Capacity beyond what stands already.

    Parameters
    ----------
    mw, existing_mw : float
        Capacity in all, and standing. [MW]

    Returns
    -------
    float
        New capacity. [MW]
    """
    return mw - existing_mw


def larger(*, a: Any, b: Any) -> Any:
    """The larger of two powers.

    Parameters
    ----------
    a, b : float or array
        Powers. [MW]

    Returns
    -------
    float or array
        Power. [MW]
    """
    return np.maximum(a, b)


def smaller(*, a: Any, b: Any) -> Any:
    """The smaller of two powers.

    Parameters
    ----------
    a, b : float or array
        Powers. [MW]

    Returns
    -------
    float or array
        Power. [MW]
    """
    return np.minimum(a, b)


def weighted(*, price: Any, weight: Any) -> Any:
    """Mean price paid: mean of the year times the ratio that the dispatch's timing gives.

    Parameters
    ----------
    price : float or array
        Mean price. [USD/MWh]
    weight : float
        Price at the hours of purchase over the mean price. [-]

    Returns
    -------
    float or array
        Price. [USD/MWh]
    """
    return price * weight


def _share_of_peak(step: Steps, s: Scenario, site: Site, connection: float) -> float:
    """Share of the national peak, where the campus's power is known from the question."""
    peak = next((i for i in site.ids("country.{}.peak_load") if i in step.facts), None)
    if peak is None or not s.power_mw:
        return 0.0
    return s.power_mw * connection / float(step.facts[peak].value)


def _drawn_fixed(step: Steps, site: Site, tech: str, rate: Any, inflation: Any, unit: str = "MW") -> Any:
    fom = _tech(step, site, tech, "fom", f"USD/{unit}/year") if _has(step, tech, "fom") else 0.0
    return step(
        yearly_fixed,
        capex_usd_per_mw=_tech(step, site, tech, "capex", f"USD/{unit}"),
        fom_usd_per_mw_year=fom,
        nominal_per_year=rate,
        inflation_per_year=inflation,
        life_years=_tech(step, site, tech, "lifetime", "year"),
    )


def load_ratio(*, pue: Any, average_to_peak: Any, pue_design_peak: Any, central_mean: float) -> Any:
    """Mean load per MW of campus on this pass over that of the optimum.

    Parameters
    ----------
    pue : float or array
        Annual PUE. [-]
    average_to_peak : float or array
        Mean IT load over peak. [-]
    pue_design_peak : float or array
        Design-peak facility over IT power. [-]
    central_mean : float
        Mean load of the optimum per MW of campus. [-]

    Returns
    -------
    float or array
        Ratio. [1]
    """
    return pue * average_to_peak / pue_design_peak / central_mean


def energy_cost(*, mwh: Any, usd_per_mwh: Any, load_ratio: Any) -> Any:
    """Yearly cost of energy of one source, per MW of campus.

    Parameters
    ----------
    mwh : float
        Energy in the optimum. [MWh/year]
    usd_per_mwh : float or array
        Price. [USD/MWh]
    load_ratio : float or array
        Load of this pass over that of the optimum. [-]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    return mwh * usd_per_mwh * load_ratio


def cost_of(*, mw: Any, usd_per_mw: Any) -> Any:
    """Amount times unit cost.

    Parameters
    ----------
    mw : float
        Capacity per MW of campus. [MW]
    usd_per_mw : float or array
        Unit cost. [USD/MW]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return mw * usd_per_mw


def scaled_answer(o: Optimum, facility_peak_mw: float) -> Answer:
    """The optimum for the whole campus."""
    return scaling.scaled(o.answer, facility_peak_mw)
