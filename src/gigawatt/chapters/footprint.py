"""What the campus takes and leaves: water, land, emissions, its share of the nation, security and legal thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import emissions, facility, security
from gigawatt.chapters.campus import Campus
from gigawatt.chapters.place import Site
from gigawatt.chapters.sizing import Size
from gigawatt.chapters.supply import Supply
from gigawatt.chapters.work import Work
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import HOURS_PER_YEAR

LAND = {
    "solar": "land.solar",
    "wind": "land.wind.direct",
    "gas": "land.gas",
    "backup": "land.gas",
    "nuclear": "land.nuclear",
}


@dataclass(frozen=True)
class Footprint:
    """Yearly and national footprint."""

    it_average_mw: Any
    facility_mean_mw: Any
    annual_mwh: Any
    water_m3: Any
    water_people: Any
    land_km2: Any
    campus_km2: Any
    average: Any
    marginal: Any
    market: Any
    tonnes: Any
    embodied_t: Any
    cfe: Any
    generation_share: Any
    peak_share: Any
    contingency_mw: Any
    net_exports_twh: Any


def footprint(step: Steps, s: Scenario, site: Site, c: Campus, z: Size, supply: Supply) -> Footprint:
    """From size and supply to water, land, emissions and shares."""
    it = step(facility.it_average_from_peak, it_peak_mw=z.it_peak_mw, average_to_peak=c.average_to_peak)
    mean = step(facility.facility_load, it_load_mw=it, pue=c.pue)
    mwh = step(year_energy, mw=mean)
    water = step(
        facility.water_per_year, it_energy_mwh_per_year=step(year_energy, mw=it), wue_m3_per_mwh=c.wue_m3_per_mwh
    )
    campus_land = step(
        facility.campus_land, facility_peak_mw=z.facility_peak_mw, land_ha_per_mw=step.fact("land.campus", unit="ha/MW")
    )
    plants = [
        step(
            facility.plant_land,
            capacity=step(scaled, per_mw=per_mw, facility_peak_mw=z.facility_peak_mw),
            land_ha_per_unit=step.fact(LAND[name], unit="ha/MW"),
        )
        for name, per_mw in supply.plants.items()
        if name in LAND and np.any(per_mw > 0)
    ]
    mix = step.fact(*site.ids("country.{}.carbon.average"), unit="kg/MWh")
    margin = step.fact(*site.ids("country.{}.carbon.marginal"), unit="kg/MWh")
    grid_mwh, own_mwh = (
        step(scaled, per_mw=x, facility_peak_mw=z.facility_peak_mw) for x in (supply.network_mwh, supply.own_mwh)
    )
    contracted = step(scaled, per_mw=supply.contracted_mwh, facility_peak_mw=z.facility_peak_mw)
    own_kg = supply.own_kg_per_mwh
    location = step(year_kg, grid_mwh=grid_mwh, grid_kg_per_mwh=mix, onsite_mwh=own_mwh, onsite_kg_per_mwh=own_kg)
    marginal = step(year_kg, grid_mwh=grid_mwh, grid_kg_per_mwh=margin, onsite_mwh=own_mwh, onsite_kg_per_mwh=own_kg)
    market = step(
        year_market_kg,
        grid_mwh=grid_mwh,
        contracted_mwh=contracted,
        contracted_kg_per_mwh=step.fact("carbon.nuclear.lifecycle", unit="kg/MWh")
        if np.any(supply.contracted_mwh)
        else 0.0,
        residual_kg_per_mwh=step(times, a=mix, b=step.fact("carbon.residual_over_average", unit="1")),
        onsite_mwh=own_mwh,
        onsite_kg_per_mwh=own_kg,
    )
    e = step(emissions.yearly_emissions, load_mwh=mwh, location_kg=location, marginal_kg=marginal, market_kg=market)
    embodied = step(
        emissions.embodied_t_per_year,
        accelerators=z.accelerators,
        kg_per_accelerator=step.fact("embodied.accelerator", unit="kg"),
        it_life_years=step.fact("life.it", unit="year"),
        it_load_mw=z.it_peak_mw,
        building_kg_per_mw=step.fact("embodied.building", unit="kg/MW"),
        building_life_years=step.fact("life.building_embodied", unit="year"),
        battery_mwh=step(scaled, per_mw=supply.battery_mwh, facility_peak_mw=z.facility_peak_mw),
        battery_kg_per_mwh=step.fact("embodied.battery", unit="kg/MWh"),
        battery_life_years=step.fact("life.battery", unit="year"),
    )
    peak = site.known(step.facts, "country.{}.peak_load")
    found = site.known(step.facts, "grid.{}.area")
    area = step.text(found) if found else ""
    alone = site.place.iso3 in ("EST", "LVA", "LTU")  # planned for the three states split from the continent
    loss = f"grid.{'baltic' if alone else area}.largest_contingency"
    return Footprint(
        it_average_mw=it,
        facility_mean_mw=mean,
        annual_mwh=mwh,
        water_m3=water,
        water_people=step(
            facility.water_in_inhabitants,
            water_m3_per_year=water,
            household_m3_per_inhabitant_year=step.fact("water.household", unit="m3/year"),
        ),
        land_km2=step(total_of, parts=(campus_land, *plants)),
        campus_km2=campus_land,
        average=e.location_kg_per_mwh,
        marginal=e.marginal_kg_per_mwh,
        market=e.market_kg_per_mwh,
        tonnes=e.location_t_per_year,
        embodied_t=embodied,
        cfe=step(
            carbon_free,
            own=supply.clean_own_share,
            grid=supply.clean_grid_share,
            counted=step.fact("carbon.grid_free_fraction.counted", unit="1"),
        ),
        generation_share=step(energy_share, mwh=mwh, national_twh=step.fact(site.system, unit="TWh/year")),
        peak_share=step(
            energy_ratio,
            mw=step(scaled, per_mw=supply.grid_mw, facility_peak_mw=z.facility_peak_mw),
            peak_mw=step.fact(peak, unit="MW"),
        )
        if peak
        else None,
        contingency_mw=step.fact(loss, unit="MW") if loss in step.facts else None,
        net_exports_twh=step(negative, x=step.fact(f"country.{site.place.iso3}.net_imports", unit="TWh/year"))
        if f"country.{site.place.iso3}.net_imports" in step.facts and not site.place.region
        else None,
    )


def thresholds(step: Steps, site: Site, s: Scenario, w: Work, on_date: str) -> list[dict[str, Any]]:
    """Legal training-compute thresholds that hold at the place, and whether the largest run crosses them."""
    facts = step.facts
    names = sorted({f.id.split(".")[1] for f in facts.under("compute_threshold.")})
    rows = []
    for n in names:
        key = f"compute_threshold.{n}."
        rows.append(
            security.Threshold(
                n,
                step.text(key + "jurisdiction"),
                float(step.fact(key + "flop", unit="FLOP")),
                step.text(key + "from"),
                step.text(key + "until"),
                step.text(key + "duty"),
            )
        )
    here = step.text(*site.ids("country.{}.compute_jurisdictions")).split(";")
    checks = security.check_thresholds(
        thresholds=rows,
        jurisdictions=here,
        on_date=on_date,
        largest_run_flop=central(w.largest_run_100_days_flop),
        training_flop_per_day=central(w.training_flop_per_day),
    )
    return [{"id": t.id, "applies": t.applies, "crossed": t.crossed, "flop": t.flop, "words": t.words} for t in checks]


def security_level(step: Steps, s: Scenario, shell_power_usd: float) -> dict[str, Any]:
    """Measures, cost and delay of the security level asked for."""
    key = f"security.sl{s.security_level}."
    fraction = step.facts[key + "capex_fraction"]
    cost = security.security_cost(
        level=f"sl{s.security_level}",
        shell_power_usd=shell_power_usd,
        capex_fraction=float("nan") if fraction.is_text else float(step.fact(fraction.id, unit="1")),
        delay_months=float(step.fact(key + "programme_months", unit="month")),
        throughput_penalty=0.0,
        measures=step.text(key + "measures"),
    )
    return {
        "level": f"SL{s.security_level}",
        "measures": step.text(key + "measures"),
        "capex_usd": float(cost.capex_usd) if cost.cost_known else None,
        "programme_months": float(cost.delay_months),
        "words": cost.words,
    }


def year_energy(*, mw: Any) -> Any:
    """Energy of a year at a mean power.

    Parameters
    ----------
    mw : float or array
        Mean power. [MW]

    Returns
    -------
    float or array
        Energy. [MWh/year]
    """
    return mw * HOURS_PER_YEAR


def scaled(*, per_mw: Any, facility_peak_mw: Any) -> Any:
    """An amount per MW of campus, for the whole campus.

    Parameters
    ----------
    per_mw : float or array
        Amount per MW of facility peak. [1/MW]
    facility_peak_mw : float or array
        Campus. [MW]

    Returns
    -------
    float or array
        Amount. [-]
    """
    return per_mw * facility_peak_mw


def times(*, a: Any, b: Any) -> Any:
    """Product of two numbers.

    Parameters
    ----------
    a, b : float or array
        Factors. [-]

    Returns
    -------
    float or array
        Product. [-]
    """
    return a * b


def total_of(*, parts: tuple[Any, ...]) -> Any:
    """Sum of areas.

    Parameters
    ----------
    parts : tuple of float or array
        Areas. [km2]

    Returns
    -------
    float or array
        Sum. [km2]
    """
    return sum(parts)


def carbon_free(*, own: Any, grid: Any, counted: Any) -> Any:
    """Hourly carbon-free share: own and contracted clean energy in the hour it is used, and the grid's clean part.

    Parameters
    ----------
    own, grid : float
        Share of the load from own and contracted clean energy; from the grid's clean power. [-]
    counted : float or array
        How far the grid's clean power is counted: 1 in full. [-]

    Returns
    -------
    float or array
        Share. [1]

    References
    ----------
    .. [1] Google, 24/7 carbon-free energy methodology, 2021: the grid's carbon-free share counts.
    """
    return own + grid * np.clip(counted, 0.0, 1.0)


def year_kg(*, grid_mwh: Any, grid_kg_per_mwh: Any, onsite_mwh: Any, onsite_kg_per_mwh: Any) -> Any:
    """Emissions of a year from its totals: what the network brings and what is made on site.

    Parameters
    ----------
    grid_mwh, onsite_mwh : float or array
        Energy of the year. [MWh/year]
    grid_kg_per_mwh, onsite_kg_per_mwh : float or array
        Factors. [kg/MWh]

    Returns
    -------
    float or array
        Emissions. [kg/year]

    References
    ----------
    .. [1] World Resources Institute, GHG Protocol Scope 2 Guidance, 2015, chapters 4 and 6.
    """
    one = (np.asarray(x, float)[..., None] for x in (grid_mwh, grid_kg_per_mwh, onsite_mwh, onsite_kg_per_mwh))
    a, b, c, d = one
    return emissions.operational_kg(grid_mwh=a, grid_kg_per_mwh=b, onsite_mwh=c, onsite_kg_per_mwh=d)


def year_market_kg(
    *,
    grid_mwh: Any,
    contracted_mwh: Any,
    contracted_kg_per_mwh: Any,
    residual_kg_per_mwh: Any,
    onsite_mwh: Any,
    onsite_kg_per_mwh: Any,
) -> Any:
    """Market-based emissions of a year from its totals.

    Parameters
    ----------
    grid_mwh, contracted_mwh, onsite_mwh : float or array
        Energy of the year. [MWh/year]
    contracted_kg_per_mwh, residual_kg_per_mwh, onsite_kg_per_mwh : float or array
        Factors. [kg/MWh]

    Returns
    -------
    float or array
        Emissions. [kg/year]

    References
    ----------
    .. [1] World Resources Institute, GHG Protocol Scope 2 Guidance, 2015, chapters 6 and 7.
    """
    return emissions.market_based_kg(
        grid_mwh=np.asarray(grid_mwh, float)[..., None],
        contracted_mwh=contracted_mwh,
        contracted_kg_per_mwh=contracted_kg_per_mwh,
        residual_kg_per_mwh=residual_kg_per_mwh,
        onsite_mwh=np.asarray(onsite_mwh, float)[..., None],
        onsite_kg_per_mwh=onsite_kg_per_mwh,
    )


def energy_share(*, mwh: Any, national_twh: Any) -> Any:
    """Energy of the campus over that of the nation.

    Parameters
    ----------
    mwh : float or array
        Campus. [MWh/year]
    national_twh : float or array
        Nation. [TWh/year]

    Returns
    -------
    float or array
        Share. [1]
    """
    return mwh / 1e6 / national_twh


def energy_ratio(*, mw: Any, peak_mw: Any) -> Any:
    """Grid connection over the national (or system) peak.

    Parameters
    ----------
    mw : float or array
        Connection. [MW]
    peak_mw : float or array
        Peak demand. [MW]

    Returns
    -------
    float or array
        Share. [1]
    """
    return mw / peak_mw


def negative(*, x: Any) -> Any:
    """Net exports are the negative of net imports.

    Parameters
    ----------
    x : float or array
        Net imports. [TWh/year]

    Returns
    -------
    float or array
        Net exports. [TWh/year]
    """
    return -x
