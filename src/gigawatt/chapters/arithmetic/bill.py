"""From unit costs to an accelerator and a campus: the parts of the bill and the yearly cost of power."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import finance


def facility_mw_per_accelerator(*, it_mw: Any, pue_design_peak: Any) -> Any:
    """Facility power at peak per accelerator.

    Parameters
    ----------
    it_mw : float or array
        IT power per accelerator at peak. [MW]
    pue_design_peak : float or array
        Design-peak facility over IT power. [-]

    Returns
    -------
    float or array
        Facility power. [MW]
    """
    return it_mw * pue_design_peak


def cost_per_accelerator(*, usd_per_mw: Any, mw: Any) -> Any:
    """Cost per accelerator of something priced per MW.

    Parameters
    ----------
    usd_per_mw : float or array
        Unit cost. [USD/MW]
    mw : float or array
        Power per accelerator on the same basis. [MW]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return usd_per_mw * mw


def land_per_accelerator(*, mw: Any, land_ha_per_mw: Any, usd_per_m2: Any) -> Any:
    """Price of the land under one accelerator.

    Parameters
    ----------
    mw : float or array
        Facility power per accelerator. [MW]
    land_ha_per_mw : float or array
        Site area. [ha/MW]
    usd_per_m2 : float or array
        Price of land. [USD/m2]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return mw * land_ha_per_mw * 1e4 * usd_per_m2


def capex_all_in(*, bill: finance.Bill) -> Any:
    """Everything on the bill, interest during construction included.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return bill.capex_usd


def capex_shell_power(*, bill: finance.Bill) -> Any:
    """Shell, grid connection and own power plant, with contingency.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return bill.capex_shell_power_usd


def capex_it(*, bill: finance.Bill) -> Any:
    """Accelerators, network and storage, with contingency.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return bill.capex_it_usd


def blocks_total(*, bill: finance.Bill, names: tuple[str, ...]) -> Any:
    """Total of some blocks, with everything borne on them.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]
    names : tuple of str
        Blocks. [-]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return sum(bill.block(n).total_usd for n in names)


def block_markup(*, bill: finance.Bill, name: str) -> Any:
    """What a block costs in all over its overnight cost; 1 where it costs nothing.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]
    name : str
        Block. [-]

    Returns
    -------
    float or array
        Ratio. [1]
    """
    b = bill.block(name)
    overnight = np.asarray(b.overnight_usd, float)
    return np.where(overnight > 0, b.total_usd / np.where(overnight > 0, overnight, 1.0), 1.0)[()]


def plant_cost_per_year(
    *, usd_per_mw_year: Any, upkeep_usd_per_mw_year: Any, facility_peak_mw: Any, markup: Any
) -> Any:
    """Yearly fixed cost of the campus's own plants.

    Parameters
    ----------
    usd_per_mw_year : float or array
        Annuity and fixed O&M per MW of campus. [USD/MW/year]
    upkeep_usd_per_mw_year : float or array
        The fixed O&M in it, to which nothing is added. [USD/MW/year]
    facility_peak_mw : float or array
        Campus. [MW]
    markup : float or array
        Contingency, owner's cost and interest over overnight cost. [-]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    annuity = usd_per_mw_year - upkeep_usd_per_mw_year
    return (annuity * markup + upkeep_usd_per_mw_year) * facility_peak_mw


def cost_of_energy(*, usd_per_mw_year: Any, facility_peak_mw: Any) -> Any:
    """Yearly cost of energy bought and fuel burnt.

    Parameters
    ----------
    usd_per_mw_year : float or array
        Per MW of campus. [USD/MW/year]
    facility_peak_mw : float or array
        Campus. [MW]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    return usd_per_mw_year * facility_peak_mw
