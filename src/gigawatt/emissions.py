"""Emissions: location-based (average and marginal), market-based beside it, embodied, and hourly carbon-free energy.

Factors in kg CO2e/MWh (= g/kWh). Say which they are: direct or life-cycle, of generation or of consumption; do not add
direct and life-cycle ones in one sum. Time is the last axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = float | NDArray[np.float64]

KG_PER_T = 1000.0


@dataclass(frozen=True, slots=True)
class Emissions:
    """Emissions of one year: kg CO2e per MWh of load, and t per year, by each way of counting."""

    location_kg_per_mwh: Any
    marginal_kg_per_mwh: Any
    market_kg_per_mwh: Any
    location_t_per_year: Any
    marginal_t_per_year: Any
    market_t_per_year: Any


def operational_kg(
    *, grid_mwh: Numbers, grid_kg_per_mwh: Numbers, onsite_mwh: Numbers, onsite_kg_per_mwh: Numbers
) -> Any:
    """Emissions of electricity taken from the grid and made on site, summed over time.

    With the grid's average factor this is location-based scope 2 plus scope 1; with its marginal factor it is what the
    campus adds to the system.

    Parameters
    ----------
    grid_mwh, onsite_mwh : array (..., hour)
        Energy of each hour, or one total in an axis of length 1. [MWh]
    grid_kg_per_mwh, onsite_kg_per_mwh : float or array (..., hour)
        Emission factor of the grid and of the plants on site. [kg/MWh]

    Returns
    -------
    float or array
        Emissions over all hours. [kg]

    References
    ----------
    .. [1] World Resources Institute, "GHG Protocol Scope 2 Guidance", 2015, chapters 4 and 6.

    Examples
    --------
    >>> float(operational_kg(grid_mwh=[100.0, 50.0], grid_kg_per_mwh=[40.0, 60.0], onsite_mwh=[0.0, 50.0],
    ...                      onsite_kg_per_mwh=450.0))
    29500.0
    """
    grid = np.asarray(grid_mwh, float) * grid_kg_per_mwh
    onsite = np.asarray(onsite_mwh, float) * onsite_kg_per_mwh
    return _total(grid) + _total(onsite)


def market_based_kg(
    *,
    grid_mwh: Numbers,
    contracted_mwh: Numbers,
    contracted_kg_per_mwh: Numbers,
    residual_kg_per_mwh: Numbers,
    onsite_mwh: Numbers,
    onsite_kg_per_mwh: Numbers,
) -> Any:
    """Emissions by contracts: certificates cancel grid energy over the year, the residual mix covers the rest.

    Shown beside the location-based figure, never instead of it.

    Parameters
    ----------
    grid_mwh, onsite_mwh : array (..., hour)
        Energy of each hour. [MWh]
    contracted_mwh : float or array
        Energy of the year under contracts with certificates; what exceeds the grid energy does not count. [MWh]
    contracted_kg_per_mwh, residual_kg_per_mwh : float or array
        Factor of the contracts and of the residual mix. [kg/MWh]
    onsite_kg_per_mwh : float or array (..., hour)
        Factor of the plants on site. [kg/MWh]

    Returns
    -------
    float or array
        Emissions of the year. [kg]

    References
    ----------
    .. [1] World Resources Institute, "GHG Protocol Scope 2 Guidance", 2015, chapters 6 and 7.
    """
    grid = _total(np.asarray(grid_mwh, float))
    covered = np.minimum(np.asarray(contracted_mwh, float), grid)
    onsite = _total(np.asarray(onsite_mwh, float) * onsite_kg_per_mwh)
    return covered * contracted_kg_per_mwh + (grid - covered) * residual_kg_per_mwh + onsite


def yearly_emissions(*, load_mwh: Numbers, location_kg: Numbers, marginal_kg: Numbers, market_kg: Numbers):
    """Put three ways of counting beside each other, per MWh of load and per year.

    Parameters
    ----------
    load_mwh : float or array
        Energy used in the year. [MWh]
    location_kg, marginal_kg, market_kg : float or array
        Emissions of the year by each way of counting. [kg]

    Returns
    -------
    Emissions
    """
    load = np.asarray(load_mwh, float)
    kg = [np.asarray(x, float) for x in (location_kg, marginal_kg, market_kg)]
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = [(x / load)[()] for x in kg]
    return Emissions(*rates, *[(x / KG_PER_T)[()] for x in kg])


def cfe_share(*, load_mwh: Numbers, carbon_free_mwh: Numbers, grid_carbon_free_fraction: Numbers) -> Any:
    """Hourly share of carbon-free energy.

    1 - sum(max(0, load - carbon free)) / sum(load); in each hour what the campus' own and contracted carbon-free
    energy leaves open comes from the grid and counts with the grid's carbon-free share. A surplus of one hour helps no
    other hour.

    Parameters
    ----------
    load_mwh : array (..., hour)
        Load of each hour. [MWh]
    carbon_free_mwh : array (..., hour)
        Carbon-free energy on site, contracted, or out of a battery, in the same hour. [MWh]
    grid_carbon_free_fraction : float or array (..., hour)
        Carbon-free share of the grid's mix; 0 counts none of it. [-]

    Returns
    -------
    float or array
        Share. [-]

    References
    ----------
    .. [1] Google, "24/7 Carbon-Free Energy: Methodologies and Metrics", 2021.

    Examples
    --------
    >>> float(cfe_share(load_mwh=[10, 10], carbon_free_mwh=[20, 0], grid_carbon_free_fraction=0.0))
    0.5
    >>> float(cfe_share(load_mwh=[10, 10], carbon_free_mwh=[20, 0], grid_carbon_free_fraction=0.9))
    0.95
    """
    load = np.asarray(load_mwh, float)
    open_mwh = np.maximum(load - np.asarray(carbon_free_mwh, float), 0.0)
    dirty = open_mwh * (1.0 - np.asarray(grid_carbon_free_fraction, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return (1.0 - _total(dirty) / _total(load + np.zeros_like(dirty)))[()]


def plant_factor_kg_per_mwh(*, fuel_kg_per_mwh: Numbers, efficiency: Numbers) -> Any:
    """Direct emission factor of a plant.

    Parameters
    ----------
    fuel_kg_per_mwh : float or array
        CO2 of the fuel per energy in it. [kg/MWh]
    efficiency : float or array
        Electricity over energy of the fuel, on the same heating value. [-]

    Returns
    -------
    float or array
        Per electricity. [kg/MWh]

    Examples
    --------
    Natural gas (198 kg/MWh) in a combined cycle of 57 %.

    >>> float(np.round(plant_factor_kg_per_mwh(fuel_kg_per_mwh=198.0, efficiency=0.57), 1))
    347.4
    """
    return np.asarray(fuel_kg_per_mwh, float) / np.asarray(efficiency, float)


def embodied_t_per_year(
    *,
    accelerators: Numbers,
    kg_per_accelerator: Numbers,
    it_life_years: Numbers,
    it_load_mw: Numbers,
    building_kg_per_mw: Numbers,
    building_life_years: Numbers,
    battery_mwh: Numbers,
    battery_kg_per_mwh: Numbers,
    battery_life_years: Numbers,
) -> Any:
    """Emissions of making hardware, building and batteries, spread evenly over their lives.

    Power plants are not in it: a life-cycle factor per MWh already holds theirs.

    Parameters
    ----------
    accelerators : float or array
        Accelerators installed. [-]
    kg_per_accelerator : float or array
        Making one with its share of server, rack and network. [kg]
    it_load_mw : float or array
        IT power that the building serves. [MW]
    building_kg_per_mw : float or array
        Building with mechanical and electrical plant. [kg/MW]
    battery_mwh : float or array
        Battery energy. [MWh]
    battery_kg_per_mwh : float or array
        Making it, per capacity. [kg/MWh]
    it_life_years, building_life_years, battery_life_years : float or array
        Lives. [year]

    Returns
    -------
    float or array
        Yearly share. [t/year]
    """
    it = np.asarray(accelerators, float) * kg_per_accelerator / np.asarray(it_life_years, float)
    building = np.asarray(it_load_mw, float) * building_kg_per_mw / np.asarray(building_life_years, float)
    battery = np.asarray(battery_mwh, float) * battery_kg_per_mwh / np.asarray(battery_life_years, float)
    return (it + building + battery) / KG_PER_T


def _total(values: Any) -> Any:
    values = np.asarray(values, float)
    return values.sum(axis=-1) if values.ndim else values
