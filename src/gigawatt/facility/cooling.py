"""Hourly PUE and WUE of six cooling systems, after Lei & Masanet, with liquid cooling as their warm-water branch.

All powers inside are per unit of IT power: 1 kW of IT heat goes in, PUE comes out. `SYSTEMS` names the six:

- ``airside_adiabatic``: outdoor air through the halls, evaporatively cooled; water-cooled chiller as backup;
- ``waterside_tower``: cooling towers carry the heat as long as the wet bulb allows; then a water-cooled chiller;
- ``waterside_sea``: the same with sea, lake or river water;
- ``air_cooled_chiller``: air in the halls, heat rejected dry: dry coolers when cold enough, else air-cooled chillers;
- ``liquid_dry``: warm water to the chips (`liquid_share` of the IT heat), the rest by air; all rejected dry;
- ``liquid_tower``: the same with cooling towers and water-cooled chillers.

Validity: no published hourly measurements exist for the liquid systems; they are physics only.

References
----------
.. [1] N. Lei, E. Masanet, "Statistical analysis for predicting location-specific data center PUE and its improvement
   potential", Energy 201 (2020) 117556.
.. [2] N. Lei, E. Masanet, "Climate- and technology-specific PUE and WUE estimations for U.S. data centers using a
   hybrid statistical and thermodynamics-based approach", Resources, Conservation and Recycling 182 (2022) 106323.
.. [3] R. Lord, chiller curves of January 2010 for ASHRAE 90.1, as carried by NREL openstudio-standards (BSD-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .air import (
    CP_AIR,
    CP_WATER,
    LATENT_HEAT,
    WATER_DENSITY,
    OutdoorAir,
    air_density,
    enthalpy_kj_per_kg,
    moisture_g_per_kg,
    saturation_pressure_pa,
)

SYSTEMS = (
    "airside_adiabatic",
    "waterside_tower",
    "waterside_sea",
    "air_cooled_chiller",
    "liquid_dry",
    "liquid_tower",
)
LIQUID_SYSTEMS = ("liquid_dry", "liquid_tower")

_SECONDS_PER_HOUR = 3600.0
# Air-cooled chiller, reference [3]: EIR against chilled water (5 to 10 degC) and dry bulb (12.7 to 51.67 degC), and
# against part load. Warmer water than 10 degC is beyond the curve: there the Carnot ratio carries on from its edge.
_CURVE_WATER_C, _CURVE_AIR_C = (5.0, 10.0), (12.7, 51.67)
_CONDENSING_ABOVE_AIR_K, _EVAPORATING_BELOW_WATER_K, _LEAST_LIFT_K = 15.0, 1.7, 12.0
_FREE_COOLING_DRY_BULB_C, _FREE_COOLING_DEW_POINT_C = 27.0, 15.0  # ASHRAE recommended envelope as used in [1]


@dataclass(frozen=True, slots=True)
class CoolingParameters:
    """What the designer of a facility chooses or buys; every field is a fact ``cooling.<field>``.

    Fractions and efficiencies are 0 to 1, `*_pa` pressures [Pa], `*_k` temperature differences [K], `*_c` temperatures
    [degC]. Fields may be arrays that broadcast against the hours, e.g. of shape (draw, 1).
    """

    ups_efficiency: Any
    ups_no_load_share: Any  # share of the UPS loss at full load that remains at no load
    distribution_loss: Any  # transformers, switchgear, busways and power units together
    lighting_fraction: Any
    t_supply_min_c: Any  # air-side supply air, colder outdoor air is mixed up to it
    t_supply_max_c: Any
    t_supply_c: Any  # water-side supply air
    dt_air_k: Any
    dt_water_k: Any
    dt_tower_k: Any
    dt_sea_k: Any
    fan_pa_crah: Any
    fan_pa_crah_waterside: Any
    fan_eff_crah: Any
    fan_pa_tower: Any
    fan_eff_tower: Any
    pump_pa_humidifier: Any
    pump_eff_humidifier: Any
    pump_pa_economizer: Any
    pump_eff_economizer: Any
    pump_pa_chilled: Any
    pump_eff_chilled: Any
    pump_pa_tower: Any
    pump_eff_tower: Any
    pump_pa_sea: Any
    pump_eff_sea: Any
    tower_approach_k: Any
    exchanger_approach_k: Any
    coil_effectiveness: Any
    sensible_heat_ratio: Any
    chiller_part_load: Any
    cop_relative_error: Any
    liquid_to_gas_ratio: Any
    cycles_of_concentration: Any
    windage_fraction: Any  # of the circulating tower water
    tower_sensible_share: Any  # share of tower heat that warms the air instead of evaporating water
    dry_approach_k: Any
    dry_fan_kw_per_kw: Any  # at full speed, per kW of heat
    air_cooled_cop: Any  # at the rating point: 6.67 degC water, 35 degC air, full load
    liquid_share: Any
    t_liquid_supply_c: Any  # facility water into the coolant distribution units
    dt_liquid_k: Any
    pump_pa_liquid: Any  # coolant distribution unit, secondary side
    pump_eff_liquid: Any


@dataclass(frozen=True, slots=True)
class CoolingHours:
    """Hourly result per unit of IT power; `electrical` to `chillers` add up to PUE - 1."""

    pue: Any
    wue_m3_per_mwh: Any
    electrical: Any  # UPS, distribution, lighting
    fans: Any
    pumps: Any
    chillers: Any
    chiller_share: Any  # of the heat


@dataclass(frozen=True, slots=True)
class _Loop:
    fans: Any
    pumps: Any
    chillers: Any
    chilled: Any  # heat through the chillers
    tower_heat: Any  # heat that reaches a tower, chiller power included
    tower_water: Any  # circulating, kg/s


def chiller_cop(condenser_water_c: Any, *, part_load: Any, relative_error: Any, held: bool = True) -> Any:
    """Coefficient of performance of a water-cooled chiller.

    The quadratic has its minimum near 41 degC. Beyond it the published regression rises again, which no chiller does:
    held, the COP stays at the minimum.

    Parameters
    ----------
    condenser_water_c : float or array (..., hour)
        Water entering the condenser: wet bulb + approach, or the sea. [degC]
    part_load : float or array
        Load over capacity. [-]
    relative_error : float or array
        Relative deviation of the machine from the regression. [-]
    held : bool
        False follows the regression wherever it leads, as the published points do. [-]

    Returns
    -------
    float or array (..., hour)
        Heat carried over electricity used. [-]

    References
    ----------
    .. [1] Lei & Masanet (2020), regression of the chiller.

    Examples
    --------
    >>> round(float(chiller_cop(24.0, part_load=0.5, relative_error=0.0)), 3)
    7.461
    """
    load, t = part_load, np.asarray(condenser_water_c, float)
    if held:
        t = np.minimum(t, (0.760621 - 0.084615 * load) / (2 * 0.008840))
    cop = 16.798751 + 0.008840 * t**2 - 8.528931 * load**2 + 9.885294 * load - 0.760621 * t + 0.084615 * load * t
    return cop * (1.0 + relative_error)


def air_cooled_chiller_cop(dry_bulb_c: Any, *, water_c: Any, part_load: Any, rated_cop: Any) -> Any:
    """Coefficient of performance of an air-cooled chiller, its own condenser fans included.

    Parameters
    ----------
    dry_bulb_c : float or array (..., hour)
        Outdoor air; below 12.7 degC the COP no longer improves. [degC]
    water_c : float or array
        Chilled water leaving. Inside 5 to 10 degC the curve applies; above 10 degC its edge times the Carnot ratio
        (condensing 15 K above the air, evaporating 1.7 K below the water, lift at least 12 K). [degC]
    part_load : float or array
        Load over capacity. [-]
    rated_cop : float or array
        COP at 6.67 degC water, 35 degC air and full load. [-]

    Returns
    -------
    float or array (..., hour)
        Heat carried over electricity used. [-]

    References
    ----------
    .. [1] R. Lord (2010), curves AirCooled_Chiller_2010_PathA_EIRFT (temperature) and
       AirCooled_Chiller_AllCapacities_2004_2010_EIRFPLR (part load) of ASHRAE 90.1, as in NREL openstudio-standards.

    Examples
    --------
    >>> round(float(air_cooled_chiller_cop(35.0, water_c=6.67, part_load=1.0, rated_cop=3.0)), 2)
    3.0
    """
    y = np.clip(dry_bulb_c, *_CURVE_AIR_C)
    x = np.clip(water_c, *_CURVE_WATER_C)
    eir = 0.5961915 - 0.0099496 * x + 0.0007888 * x**2 + 0.0004506 * y + 0.0004875 * y**2 - 0.0007623 * x * y
    by_load = (0.141 + 0.655 * part_load + 0.203 * part_load**2) / part_load
    beyond = _carnot_cop(y, np.maximum(water_c, x)) / _carnot_cop(y, x)
    return rated_cop * beyond / (eir * by_load)


def _carnot_cop(air_c: Any, water_c: Any) -> Any:
    evaporating = water_c - _EVAPORATING_BELOW_WATER_K
    lift = np.maximum(air_c + _CONDENSING_ABOVE_AIR_K - evaporating, _LEAST_LIFT_K)
    return (evaporating + 273.15) / lift


def electrical_overhead(p: CoolingParameters, *, it_load_fraction: Any) -> Any:
    """UPS and distribution losses and lighting, per unit of IT power.

    Parameters
    ----------
    p : CoolingParameters
        UPS, distribution and lighting are read. [-]
    it_load_fraction : float or array (..., hour)
        IT load over the IT load the facility is built for; 0 gives NaN (PUE is then undefined). [-]

    Returns
    -------
    float or array (..., hour)
        Losses over IT power. [-]
    """
    x = np.where(np.asarray(it_load_fraction, float) > 0, it_load_fraction, np.nan)
    ups = (1.0 / p.ups_efficiency - 1.0) * (p.ups_no_load_share / x + 1.0 - p.ups_no_load_share)
    return ups + (1.0 / (1.0 - p.distribution_loss) - 1.0) + p.lighting_fraction / x


def _pump(water_kg_s: Any, pressure_pa: Any, efficiency: Any) -> Any:
    return pressure_pa * water_kg_s / (WATER_DENSITY * efficiency * 1000.0)


def _fan(air_kg_s: Any, density: Any, pressure_pa: Any, efficiency: Any) -> Any:
    return air_kg_s / density * pressure_pa / efficiency / 1000.0


def _cop(p: CoolingParameters, condenser_water_c: Any, held: bool) -> Any:
    cop_args = {"part_load": p.chiller_part_load, "relative_error": p.cop_relative_error}
    return chiller_cop(condenser_water_c, held=held, **cop_args)


def _tower(p: CoolingParameters, air: OutdoorAir, heat: Any) -> tuple[Any, Any, Any]:
    """Fan, pump and circulating water of a cooling tower that rejects `heat`."""
    water = heat / (CP_WATER * p.dt_tower_k)
    density = air_density(air.temperature_c, pressure_pa=air.pressure_pa)
    fan = _fan(water / p.liquid_to_gas_ratio, density, p.fan_pa_tower, p.fan_eff_tower)
    return fan, _pump(water, p.pump_pa_tower, p.pump_eff_tower), water


def _dry_fan_speed(p: CoolingParameters, air: OutdoorAir, return_c: Any, dt: Any) -> Any:
    # Air flow needed falls with the temperature difference at hand; motors are not turned below 30 % speed.
    difference = np.maximum(return_c - air.temperature_c, 1e-9)
    return np.clip((dt + p.dry_approach_k) / difference, 0.3, 1.0)


def _loop(
    p: CoolingParameters, air: OutdoorAir, sink: str, *, heat: Any, supply_c: Any, dt: Any, sea_c: Any, held: bool
) -> _Loop:
    """Carry `heat` from a water loop to the sink: economiser as far as it goes, a chiller for the rest."""
    return_c = supply_c + dt
    if sink == "tower":
        reach = air.wet_bulb_c + p.tower_approach_k + p.exchanger_approach_k
        cop = _cop(p, air.wet_bulb_c + p.tower_approach_k, held)
    elif sink == "sea":
        reach = sea_c + p.exchanger_approach_k
        cop = _cop(p, sea_c, held)
    else:
        reach = air.temperature_c + p.dry_approach_k
        cop = air_cooled_chiller_cop(
            air.temperature_c, water_c=supply_c, part_load=p.chiller_part_load, rated_cop=p.air_cooled_cop
        )
    economised = heat * np.clip((return_c - reach) / dt, 0.0, 1.0)
    chilled = heat - economised
    chillers = chilled / cop
    pumps = _pump(economised / (CP_WATER * dt), p.pump_pa_economizer, p.pump_eff_economizer)
    pumps = pumps + _pump(chilled / (CP_WATER * dt), p.pump_pa_chilled, p.pump_eff_chilled)
    if sink == "tower":
        fan, pump, water = _tower(p, air, heat + chillers)
        return _Loop(fan, pumps + pump, chillers, chilled, heat + chillers, water)
    if sink == "sea":
        pump = _pump((heat + chillers) / (CP_WATER * p.dt_sea_k), p.pump_pa_sea, p.pump_eff_sea)
        return _Loop(0.0, pumps + pump, chillers, chilled, 0.0, 0.0)
    fan = economised * p.dry_fan_kw_per_kw * _dry_fan_speed(p, air, return_c, dt) ** 3  # affinity law
    return _Loop(fan, pumps, chillers, chilled, 0.0, 0.0)


def _tower_makeup(p: CoolingParameters, heat: Any, water: Any) -> Any:
    """Evaporation, blowdown and windage, kg/s per kW of IT."""
    evaporated = heat * (1.0 - p.tower_sensible_share) / LATENT_HEAT
    cycles = p.cycles_of_concentration
    return evaporated * cycles / (cycles - 1.0) + p.windage_fraction * water


def _result(electrical: Any, fans: Any, pumps: Any, chillers: Any, chilled: Any, heat: Any, water: Any) -> CoolingHours:
    # kg/s of water per kW of IT = L/s per kW; x 3600 = L/kWh = m3/MWh
    parts = (1.0 + electrical + fans + pumps + chillers, _SECONDS_PER_HOUR * water, electrical, fans, pumps, chillers)
    return CoolingHours(*(a[()] for a in np.broadcast_arrays(*parts, chilled / heat)))


def _airside(p: CoolingParameters, air: OutdoorAir, x: Any, held: bool) -> CoolingHours:
    electrical = electrical_overhead(p, it_load_fraction=x)
    q = 1.0 + electrical
    t, pressure, h, d = air.temperature_c, air.pressure_pa, air.enthalpy_kj_per_kg, air.moisture_g_per_kg
    supply = np.clip(t, p.t_supply_min_c, p.t_supply_max_c)
    dew = _FREE_COOLING_DEW_POINT_C
    limit_pa = 611.21 * np.exp(18.678 * dew / (257.14 + dew))
    limit_d = moisture_g_per_kg(limit_pa, pressure_pa=pressure)
    h_limit = enthalpy_kj_per_kg(_FREE_COOLING_DRY_BULB_C, moisture_g_per_kg=limit_d)
    saturation = saturation_pressure_pa(supply)
    h_80 = enthalpy_kj_per_kg(supply, moisture_g_per_kg=moisture_g_per_kg(0.8 * saturation, pressure_pa=pressure))
    dry_side = h < h_limit
    free = dry_side | (h <= h_80)
    least = moisture_g_per_kg(0.2 * saturation, pressure_pa=pressure)
    adiabatic = (h - CP_AIR * supply) * 1000.0 / (2500.0 + 1.84 * supply)
    added = np.maximum(np.where(dry_side & (t <= supply), least, adiabatic) - d, 0.0)
    flow = q / (CP_AIR * p.dt_air_k)
    humidifier = np.where(free, flow - flow / (1.0 + added / 1000.0), 0.0)

    chilled = np.where(free, 0.0, q)
    chillers = chilled / _cop(p, air.wet_bulb_c + p.tower_approach_k, held)
    tower_fan, tower_pump, tower_water = _tower(p, air, chilled + chillers)
    hall = _fan(flow, air_density(supply, pressure_pa=pressure), p.fan_pa_crah, p.fan_eff_crah)
    pumps = _pump(humidifier, p.pump_pa_humidifier, p.pump_eff_humidifier) + tower_pump
    pumps = pumps + _pump(chilled / (CP_WATER * p.dt_water_k), p.pump_pa_chilled, p.pump_eff_chilled)
    water = humidifier + _tower_makeup(p, chilled + chillers, tower_water)
    return _result(electrical, hall + tower_fan, pumps, chillers, chilled, q, water)


def _waterside(
    p: CoolingParameters, air: OutdoorAir, x: Any, sink: str, liquid_share: Any, sea_c: Any, held: bool
) -> CoolingHours:
    """Halls on water coils (all heat, or what liquid cooling leaves) and, if any, the warm-water loop."""
    electrical = electrical_overhead(p, it_load_fraction=x)
    q = 1.0 - liquid_share + electrical
    latent = q / p.sensible_heat_ratio - q
    supply_c = p.t_supply_c + p.dt_air_k - p.dt_air_k / p.coil_effectiveness
    mean_c = supply_c + p.dt_water_k / 2.0
    humidifier = latent / (-0.0013 * mean_c**2 - 2.3097 * mean_c + 2500.5)
    density = air_density(p.t_supply_c, pressure_pa=air.pressure_pa)
    fans = _fan(q / (CP_AIR * p.dt_air_k), density, p.fan_pa_crah_waterside, p.fan_eff_crah)
    pumps = _pump(humidifier, p.pump_pa_humidifier, p.pump_eff_humidifier)

    to: dict[str, Any] = {"sea_c": sea_c, "held": held}
    halls = _loop(p, air, sink, heat=q + latent, supply_c=supply_c, dt=p.dt_water_k, **to)
    chips = _loop(p, air, sink, heat=liquid_share, supply_c=p.t_liquid_supply_c, dt=p.dt_liquid_k, **to)
    pumps = pumps + halls.pumps + chips.pumps
    pumps = pumps + _pump(liquid_share / (CP_WATER * p.dt_liquid_k), p.pump_pa_liquid, p.pump_eff_liquid)
    makeup = _tower_makeup(p, halls.tower_heat + chips.tower_heat, halls.tower_water + chips.tower_water)
    return _result(
        electrical,
        fans + halls.fans + chips.fans,
        pumps,
        halls.chillers + chips.chillers,
        halls.chilled + chips.chilled,
        q + latent + liquid_share,
        humidifier + makeup,
    )


def cooling_hours(
    system: str,
    air: OutdoorAir,
    parameters: CoolingParameters,
    *,
    it_load_fraction: Any,
    sea_temperature_c: Any = None,
    cop_held: bool = True,
) -> CoolingHours:
    """PUE and WUE of one cooling system, hour by hour.

    Water: all make-up is counted (evaporation with its blowdown, windage, humidification). With `tower_sensible_share`
    0 towers are fully evaporative, as in the published WUE bands; the latent load of the halls is humidified back.

    Parameters
    ----------
    system : str
        One of `SYSTEMS`. [-]
    air : OutdoorAir
        From `outdoor_air`, shapes (..., hour). [-]
    parameters : CoolingParameters
        Design values. [-]
    it_load_fraction : float or array (..., hour)
        IT load over the IT load the facility is built for; fixed losses weigh more at part load. [-]
    sea_temperature_c : float or array (..., hour), optional
        Water taken in; needed by ``waterside_sea`` only. [degC]
    cop_held : bool
        See `chiller_cop`; False for the published points. [-]

    Returns
    -------
    CoolingHours
        PUE, WUE and their parts.

    References
    ----------
    .. [1] Lei & Masanet (2020, 2022); see the head of the module.
    """
    p, x, held = parameters, it_load_fraction, cop_held
    if system == "airside_adiabatic":
        return _airside(p, air, x, held)
    if system == "waterside_tower":
        return _waterside(p, air, x, "tower", 0.0, None, held)
    if system == "waterside_sea":
        if sea_temperature_c is None:
            raise ValueError("waterside_sea needs sea_temperature_c; got None")
        sea_c = np.asarray(sea_temperature_c, float) + np.zeros_like(
            air.temperature_c
        )  # one value per hour, as the rest
        return _waterside(p, air, x, "sea", 0.0, sea_c, held)
    if system == "air_cooled_chiller":
        return _waterside(p, air, x, "dry", 0.0, None, held)
    if system == "liquid_dry":
        return _waterside(p, air, x, "dry", p.liquid_share, None, held)
    if system == "liquid_tower":
        return _waterside(p, air, x, "tower", p.liquid_share, None, held)
    raise ValueError(f"cooling system is {system!r}; expected one of {', '.join(SYSTEMS)}")
