"""The campus per MW: cooling chosen, PUE and water over the year, design peak, load profile. Independent of size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gigawatt import facility
from gigawatt.chapters.machine import Machine
from gigawatt.chapters.place import Site
from gigawatt.chapters.same import Same, alike, same
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.weather import WeatherYear

WISHES = {
    "liquid_dry": "liquid_dry",
    "liquid_tower": "liquid_tower",
    "water_side": "waterside_tower",
    "air_side": "airside_adiabatic",
    "air_chiller": "air_cooled_chiller",
}
AIR_SYSTEMS = ("airside_adiabatic", "waterside_tower", "air_cooled_chiller")


class _Made(dict[str, Any]):
    """Values by name, each made when it is first asked for: many hours of the systems not chosen are not computed."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self.make = make

    def __missing__(self, name: str) -> Any:
        self[name] = self.make(name)
        return self[name]


@dataclass(frozen=True)
class Physics:
    """Hourly physics of the cooling systems at central parameters; made once, shared by all draws."""

    names: tuple[str, ...]
    pue: dict[str, np.ndarray]
    wue: dict[str, np.ndarray]
    pue_in_design_air: dict[str, Any]
    pue_full_load: dict[str, np.ndarray]
    liquid: bool
    parameters: facility.CoolingParameters
    part_load: float  # mean IT load over peak


@dataclass(frozen=True)
class Campus:
    """What one MW of IT peak means at the meter."""

    cooling: str
    cooling_words: str
    pue: Any
    pue_design_peak: Any
    wue_m3_per_mwh: Any
    average_to_peak: Any
    load_per_peak_mw: np.ndarray  # hourly load over facility peak, central


def physics(step: Steps, s: Scenario, site: Site, m: Machine) -> Physics:
    """Run the year of weather through the cooling systems that may be chosen."""
    home = step.text(f"cooling.system.{m.id}") if f"cooling.system.{m.id}" in step.facts else AIR_SYSTEMS[0]
    liquid = home in facility.LIQUID_SYSTEMS
    names = (WISHES[s.cooling],) if s.cooling != "best" else facility.LIQUID_SYSTEMS if liquid else AIR_SYSTEMS
    with step.collecting() as read:
        parameters = facility.CoolingParameters(
            **{f.name: _number(step, f"cooling.{f.name}") for f in fields(facility.CoolingParameters)}
        )
        design = {
            "quantile": _number(step, "cooling.design_quantile"),
            "margin_k": _number(step, "cooling.design_margin_k"),
        }
        part = _number(step, "facility.average_to_peak")
    air, extremes, hot = _air(site.design or site.weather, len(site.weather.temperature_c), **design)
    behind = {"facts": tuple(read), "climate": site.climate_facts}

    def made(what: str, name: str, outdoor: Any, fraction: float) -> Any:
        return step(
            cooling_year,
            what=what,
            system=name,
            outdoor=outdoor,
            parameters=parameters,
            it_load_fraction=fraction,
            **behind,
        )

    return Physics(
        names=tuple(names),
        pue={n: made("pue", n, air, part) for n in names},
        wue={n: made("wue_m3_per_mwh", n, air, part) for n in names},
        pue_in_design_air={n: step(only, value=made("pue", n, hot, 1.0)) for n in names},
        pue_full_load=_Made(lambda n: made("pue", n, extremes, 1.0)),
        liquid=liquid,
        parameters=parameters,
        part_load=part,
    )


def physics_in(step: Steps, site: Site, p: Physics) -> Physics:
    """The same cooling in another year of weather; what is sized by extremes stays."""
    w = site.weather
    air = facility.outdoor_air(w.temperature_c, relative_humidity=w.relative_humidity, pressure_pa=w.pressure_pa)

    def made(what: str, name: str) -> Any:
        return step(
            cooling_year,
            what=what,
            system=name,
            outdoor=air,
            parameters=p.parameters,
            it_load_fraction=p.part_load,
            facts=(),
            climate=site.climate_facts,
        )

    hours = {n: (made("pue", n), made("wue_m3_per_mwh", n)) for n in p.names}
    return replace(p, pue={n: x[0] for n, x in hours.items()}, wue={n: x[1] for n, x in hours.items()})


@lru_cache(maxsize=4)  # the air of a place asked about again
def _air(several: WeatherYear, count: int, quantile: float, margin_k: float) -> tuple[Any, Any, Any]:
    """Outdoor air of the plan's year, which is the first of several, of all of them, and in the design hour."""
    hours = (several.temperature_c, several.relative_humidity, several.pressure_pa)
    flat = [np.reshape(np.broadcast_to(x, hours[0].shape), -1) for x in hours]
    extremes = facility.outdoor_air(flat[0], relative_humidity=flat[1], pressure_pa=flat[2])
    hot = facility.design_air(extremes, quantile=quantile, margin_k=margin_k)
    return facility.first_hours(extremes, count), extremes, hot


def cooling_year(
    *, what: str, system: str, outdoor: Any, parameters: Any, it_load_fraction: float, facts: Any, climate: Any
) -> Any:
    """Hourly PUE or WUE of a cooling system.

    Parameters
    ----------
    what, system : str
        ``pue`` or ``wue_m3_per_mwh``; the cooling system. [-]
    outdoor : OutdoorAir
        Air of each hour. [degC]
    parameters : CoolingParameters
        Of all systems. [-]
    it_load_fraction : float
        IT load over IT peak. [-]
    facts, climate : tuple
        The facts behind parameters and weather, for the record. [-]

    Returns
    -------
    array (hour,)
        PUE, or WUE in m3 per MWh. [1]

    References
    ----------
    .. [1] N. Lei and E. Masanet, Energy 201 (2020) 117556; Resources, Conservation and Recycling 182 (2022) 106323.
    """
    return getattr(_cooling_hours(system, outdoor, parameters, it_load_fraction), what)


@lru_cache(maxsize=32)  # energy and water of the same hours are asked for one after the other, and of a place again
def _cooling_hours(system: str, outdoor: Any, parameters: Any, it_load_fraction: float) -> Any:
    return facility.cooling_hours(system, outdoor, parameters, it_load_fraction=it_load_fraction)


def only(*, value: Any) -> Any:
    """The one value of an array of length one.

    Parameters
    ----------
    value : array (1,)
        Array. [-]

    Returns
    -------
    float
        Value. [1]
    """
    return float(np.asarray(value)[..., 0])


def _number(step: Steps, fact_id: str) -> float:
    """The central value of a fact in its own unit; noted as read."""
    value = step.fact(fact_id, unit=step.facts[fact_id].unit)
    return float(np.mean(value)) if np.ndim(value) else float(value)


def campus(step: Steps, s: Scenario, site: Site, p: Physics, power_usd_per_mwh: Any) -> Campus:
    """Choose the cooling and turn its hours into annual PUE, WUE and design-peak PUE."""
    residual = step.fact("cooling.pue_overhead_residual", unit="1")
    annual = {n: step(annual_pue, hourly_pue=p.pue[n], residual=residual) for n in p.names}
    wet = step.fact("cooling.wue_residual", unit="1")
    water = {n: step(annual_wue, hourly_wue_m3_per_mwh=p.wue[n], residual=wet) for n in p.names}
    choice = facility.choose_cooling(
        p.names,
        pue=[central(annual[n]) for n in p.names],
        wue_m3_per_mwh=[central(water[n]) for n in p.names],
        it_energy_mwh_per_year=1.0,
        power_price_usd_per_mwh=central(power_usd_per_mwh),
        water_price_usd_per_m3=central(step.fact("water.price", unit="USD/m3")),
        water_stress=site.water_stress,
        water_stress_limit=central(step.fact("water.stress_limit", unit="1")),
        thirsty_wue_m3_per_mwh=central(step.fact("water.thirsty_wue", unit="m3/MWh")),
        wanted=None if s.cooling == "best" else p.names[0],
    )
    name = str(choice.name)
    worst = step(
        hottest_pue,
        hourly_pue=p.pue_full_load[name],
        pue_in_design_air=p.pue_in_design_air[name],
        peak_hour_quantile=step.fact("cooling.peak_hour_quantile", unit="1"),
        residual=residual,
    )
    peak = step(
        facility.design_peak_pue,
        pue_at_design=worst,
        ups_recharge_share=step.fact("facility.ups_recharge_share", unit="1"),
        design_margin=step.fact("facility.design_margin", unit="1"),
    )
    a2p = step.fact("facility.average_to_peak", unit="1")
    profile = np.asarray(p.pue[name]) * (central(a2p) / central(peak))
    return Campus(
        cooling=name,
        cooling_words=str(choice.words),
        pue=annual[name],
        pue_design_peak=peak,
        wue_m3_per_mwh=water[name],
        average_to_peak=a2p,
        load_per_peak_mw=profile,
    )


def annual_pue(*, hourly_pue: Any, residual: Any) -> Any:
    """Energy-weighted PUE of the year, its overhead times the ratio of measured to modelled overhead.

    Parameters
    ----------
    hourly_pue : array (hour,)
        Modelled PUE at steady IT load. [-]
    residual : float or array
        Measured over modelled overhead, 1 in the median. [-]

    Returns
    -------
    float or array
        Annual PUE. [1]

    References
    ----------
    .. [1] ISO/IEC 30134-2:2026, PUE; hours by N. Lei and E. Masanet, Energy 201 (2020) 117556.
    """
    return facility.apply_overhead_residual(mean_pue(hourly_pue), residual=residual)


def annual_wue(*, hourly_wue_m3_per_mwh: Any, residual: Any) -> Any:
    """Water of the year per IT energy.

    Parameters
    ----------
    hourly_wue_m3_per_mwh : array (hour,)
        Water per IT energy. [m3/MWh]
    residual : float or array
        Measured over modelled water use, 1 in the median. [-]

    Returns
    -------
    float or array
        Annual WUE. [m3/MWh]

    References
    ----------
    .. [1] ISO/IEC 30134-9, WUE; N. Lei and E. Masanet, Resources, Conservation and Recycling 182 (2022) 106323.
    """
    return mean_wue(hourly_wue_m3_per_mwh) * residual


def hottest_pue(*, hourly_pue: Any, pue_in_design_air: Any, peak_hour_quantile: Any, residual: Any) -> Any:
    """PUE in the hottest design hour at full load, its overhead scaled as the annual one.

    Parameters
    ----------
    hourly_pue : array (hour,)
        PUE of the year at full load. [-]
    pue_in_design_air : float
        PUE in the design air. [-]
    peak_hour_quantile : float or array
        Quantile of the hours that must still be carried. [-]
    residual : float or array
        Measured over modelled overhead. [-]

    Returns
    -------
    float or array
        PUE before margins. [1]
    """
    worst = pue_at_design(pue_in_design_air, hourly_pue, peak_hour_quantile)
    return facility.apply_overhead_residual(worst, residual=residual)


def mean_pue(hourly_pue: Any) -> Any:
    """Of the year at steady IT load, before the residual."""
    return _of_year("annual_pue", same(hourly_pue))


def mean_wue(hourly_wue_m3_per_mwh: Any) -> Any:
    """Of the year at steady IT load, before the residual. [m3/MWh]"""
    return _of_year("annual_wue", same(hourly_wue_m3_per_mwh))


def pue_at_design(pue_in_design_air: Any, hourly_pue: Any, peak_hour_quantile: Any) -> Any:
    """Before the residual: in the design air, or in nearly the worst hour."""
    return _worst(float(pue_in_design_air), same(hourly_pue), alike(peak_hour_quantile))


@lru_cache(maxsize=64)  # the hours of a place asked about again
def _of_year(mean: str, hours: Same) -> Any:
    return getattr(facility, mean)(hours.values, it_load_mw=1.0)


@lru_cache(maxsize=32)
def _worst(pue_in_design_air: float, hours: Same, share: Same) -> Any:
    return facility.pue_at_design(pue_in_design_air, hourly_pue=hours.values, peak_hour_quantile=share.values[()])
