"""Plants, fuels and energy: what an offer costs, and energies of a pass whose load or weather is another."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.units import MMBTU_PER_MWH


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


def same_energy(*, mw: Any, yield_ratio: Any) -> Any:
    """Capacity that gives the energy planned where the sun or wind of the site is another.

    Parameters
    ----------
    mw : float
        Capacity planned. [MW]
    yield_ratio : float or array (draw,)
        Resource of the site over the one planned with. [-]

    Returns
    -------
    float or array (draw,)
        Capacity to buy. [MW]
    """
    return mw / yield_ratio


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


def energy_of_load(*, mwh: Any, load_ratio: Any) -> Any:
    """Load of a year on this pass.

    Parameters
    ----------
    mwh : float
        Load of the optimum. [MWh/year]
    load_ratio : float or array
        Load of this pass over that of the optimum. [-]

    Returns
    -------
    float or array
        Energy. [MWh/year]
    """
    return mwh * load_ratio


def capacity_at_load(*, mw: Any, load_ratio: Any) -> Any:
    """Capacity of a plan made for another load: hours of the same shape, all of it larger or smaller.

    Parameters
    ----------
    mw : float
        Capacity in the optimum. [MW]
    load_ratio : float or array
        Load of this pass over that of the optimum. [-]

    Returns
    -------
    float or array
        Capacity. [MW]
    """
    return mw * load_ratio


def energy_at_margin(
    *, mwh: Any, load_mwh: float, load_ratio: Any, others_mwh: tuple[Any, ...], others_more: tuple[Any, ...]
) -> Any:
    """Energy of a source that gives or saves the difference where load, sun and wind are not those of the optimum.

    Parameters
    ----------
    mwh : float
        Energy in the optimum. [MWh/year]
    load_mwh : float
        Load in the hours in which this source would give more. [MWh/year]
    load_ratio : float or array
        Load of this pass over that of the optimum. [-]
    others_mwh : tuple of float
        What sun and wind give in these hours. [MWh/year]
    others_more : tuple of array
        What they give more, over that. [-]

    Returns
    -------
    float or array
        Energy. [MWh/year]
    """
    given = sum(x * more for x, more in zip(others_mwh, others_more, strict=True))
    return np.maximum(mwh + (load_ratio - 1.0) * load_mwh - given, 0.0)


def energy_with_more(*, mwh: Any, at_margin_mwh: Any, more: Any) -> Any:
    """Energy used of sun or wind where there is more or less of it: in the hours in which another source runs.

    Parameters
    ----------
    mwh : float
        Energy used in the optimum. [MWh/year]
    at_margin_mwh : float
        Of it, in hours in which another source would give more. [MWh/year]
    more : float or array
        What is given beyond the optimum's, over that. [-]

    Returns
    -------
    float or array
        Energy. [MWh/year]
    """
    return mwh + at_margin_mwh * more


def energy_cost(*, mwh: Any, usd_per_mwh: Any) -> Any:
    """Yearly cost of energy of one source, per MW of campus.

    Parameters
    ----------
    mwh : float or array
        Energy. [MWh/year]
    usd_per_mwh : float or array
        Price. [USD/MWh]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    return mwh * usd_per_mwh
