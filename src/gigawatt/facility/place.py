"""What the campus takes from and gives to its place: land, water, warm water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_KM2_PER_HA = 0.01


@dataclass(frozen=True, slots=True)
class WasteHeat:
    """Heat that a buyer next door could have, before any heat pump."""

    liquid_mw: Any  # at liquid_c
    liquid_c: Any
    air_mw: Any  # low grade: from the return air, at air_c
    air_c: Any


def campus_land(facility_peak_mw: Any, *, land_ha_per_mw: Any) -> Any:
    """Land of the data-centre campus itself: halls, yards, substation, setbacks; no power plants.

    Parameters
    ----------
    facility_peak_mw : float or array
        Design peak at the meter. [MW]
    land_ha_per_mw : float or array
        Site area per facility power. [ha/MW]

    Returns
    -------
    float or array
        Area. [km2]

    Examples
    --------
    The UAE-US campus: 19.2 km2 for 5 GW.

    >>> round(campus_land(5000.0, land_ha_per_mw=0.384), 1)
    19.2
    """
    return facility_peak_mw * land_ha_per_mw * _KM2_PER_HA


def campus_size_on_land(land_km2: Any, *, land_ha_per_mw: Any) -> Any:
    """Facility peak that fits on a site; the inverse of `campus_land`.

    Parameters
    ----------
    land_km2 : float or array
        Area. [km2]
    land_ha_per_mw : float or array
        Site area per facility power. [ha/MW]

    Returns
    -------
    float or array
        Design peak at the meter. [MW]
    """
    return land_km2 / (land_ha_per_mw * _KM2_PER_HA)


def plant_land(capacity: Any, *, land_ha_per_unit: Any) -> Any:
    """Land of a power plant or battery built for the campus; add up over technologies.

    Parameters
    ----------
    capacity : float or array
        MW of power, or MWh for batteries, matching the fact. [MW]
    land_ha_per_unit : float or array
        Area per MW (per MWh for batteries). [ha/MW]

    Returns
    -------
    float or array
        Area. [km2]
    """
    return capacity * land_ha_per_unit * _KM2_PER_HA


def water_per_year(it_energy_mwh_per_year: Any, *, wue_m3_per_mwh: Any) -> Any:
    """On-site water of a year.

    Parameters
    ----------
    it_energy_mwh_per_year : float or array
        IT energy. [MWh/year]
    wue_m3_per_mwh : float or array
        Annual water use per IT energy. [m3/MWh]

    Returns
    -------
    float or array
        Make-up water. [m3/year]
    """
    return it_energy_mwh_per_year * wue_m3_per_mwh


def water_in_inhabitants(water_m3_per_year: Any, *, household_m3_per_inhabitant_year: Any) -> Any:
    """The same water as the home use of so many people.

    Parameters
    ----------
    water_m3_per_year : float or array
        Make-up water. [m3/year]
    household_m3_per_inhabitant_year : float or array
        Household use per person. [m3/year]

    Returns
    -------
    float or array
        Number of people. [-]
    """
    return water_m3_per_year / household_m3_per_inhabitant_year


def waste_heat(
    it_load_mw: Any,
    *,
    liquid_share: Any,
    recoverable_share: Any,
    electrical_overhead: Any,
    t_liquid_return_c: Any,
    t_air_return_c: Any,
) -> WasteHeat:
    """Heat a campus could hand over, by temperature.

    Parameters
    ----------
    it_load_mw : float or array (..., hour)
        IT load; all of it ends as heat. [MW]
    liquid_share : float or array
        Share of IT heat in the warm-water loop, 0 without liquid cooling. [-]
    recoverable_share : float or array
        Share of either stream that reaches the heat network's exchanger. [-]
    electrical_overhead : float or array
        UPS, distribution and lighting per IT power; it joins the air stream. [-]
    t_liquid_return_c : float or array
        Warm water coming back from the racks: supply + rise. [degC]
    t_air_return_c : float or array
        Return air of the halls: supply + rise. [degC]

    Returns
    -------
    WasteHeat
        Both streams with their temperatures.
    """
    liquid = it_load_mw * liquid_share * recoverable_share
    air = it_load_mw * (1.0 - liquid_share + electrical_overhead) * recoverable_share
    return WasteHeat(liquid_mw=liquid, liquid_c=t_liquid_return_c, air_mw=air, air_c=t_air_return_c)
