"""Published finance conventions, reproduced exactly: NREL ATB, REopt present values, Newkirk 2025 identities.

They are kept apart from `finance`, which holds the planner's own choices: here every formula is somebody else's, with
their names and their timing of payments, so that published cases can be checked to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = float | NDArray[np.float64]

HOURS_PER_YEAR = 8760.0

# Constants of the Newkirk study [2]: an eight-accelerator server at its design and at its mean draw, distribution
# losses, uptime, discount rate, rent of an accelerator, and the years in which the plant runs.
_ACCELERATORS_PER_SERVER = 8.0
_DESIGN_KW_PER_SERVER = 8.5
_MEAN_KW_PER_SERVER = 7.3
_DESIGN_MARGIN = 1.05
_UPTIME = 0.99
_DISCOUNT = 0.07
_RENT_USD_PER_ACCELERATOR_HOUR = 2.40
_RUN_YEARS = range(3, 27)


@dataclass(frozen=True, slots=True)
class AtbLcoe:
    """Levelised cost by the ATB and its parts: rates per year, factors, USD/kW and USD/MWh of the ATB's price year."""

    wacc_nominal: Any
    wacc_real: Any
    capital_recovery_factor: Any
    project_finance_factor: Any
    capex_usd_per_kw: Any
    lcoe_usd_per_mwh: Any


def wacc_nominal(
    *, debt_fraction: Numbers, interest_nominal: Numbers, equity_return_nominal: Numbers, tax_rate: Numbers
) -> Any:
    """After-tax weighted cost of capital.

    Parameters
    ----------
    debt_fraction : float or array
        Debt over all capital. [-]
    interest_nominal, equity_return_nominal : float or array
        Nominal rates of debt and of equity. [1/year]
    tax_rate : float or array
        Combined income tax; interest is deductible. [-]

    Returns
    -------
    float or array
        Nominal rate. [1/year]

    References
    ----------
    .. [1] NREL, "Annual Technology Baseline 2024", equations and variables.

    Examples
    --------
    >>> float(np.round(wacc_nominal(debt_fraction=0.72354776, interest_nominal=0.07, equity_return_nominal=0.09,
    ...                             tax_rate=0.2574), 9))
    0.062492161
    """
    debt = np.asarray(debt_fraction, float)
    return debt * interest_nominal * (1.0 - np.asarray(tax_rate)) + (1.0 - debt) * equity_return_nominal


def project_finance_factor(*, tax_rate: Numbers, depreciation_pv: Numbers, tax_credit: Numbers) -> Any:
    """How much an investment costs more or less through taxes, depreciation and an investment tax credit.

    Parameters
    ----------
    tax_rate : float or array
        Combined income tax. [-]
    depreciation_pv : float or array
        Present value of the MACRS schedule over the investment. [-]
    tax_credit : float or array
        Investment tax credit; half of it comes off the depreciable basis. [-]

    Returns
    -------
    float or array
        Factor on the investment. [-]

    References
    ----------
    .. [1] NREL, "Annual Technology Baseline 2024", equations and variables.

    Examples
    --------
    >>> float(np.round(project_finance_factor(tax_rate=0.2574, depreciation_pv=0.84728921, tax_credit=0.0), 7))
    1.0529326
    """
    tax, credit = np.asarray(tax_rate, float), np.asarray(tax_credit, float)
    return (1.0 - tax * depreciation_pv * (1.0 - credit / 2.0) - credit) / (1.0 - tax)


def macrs_present_value(*, schedule: Numbers, wacc_nominal_per_year: Numbers) -> Any:
    """Present value of a depreciation schedule, first share at the end of year one.

    Parameters
    ----------
    schedule : array (..., year)
        Share of the investment written off in each year; sums to 1. [-]
    wacc_nominal_per_year : float or array
        Discount rate. [1/year]

    Returns
    -------
    float or array
        Present value over the investment. [-]

    References
    ----------
    .. [1] NREL, "Annual Technology Baseline 2024", equations and variables.

    Examples
    --------
    >>> five_year = [0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576]  # IRS Publication 946, table A-1
    >>> float(np.round(macrs_present_value(schedule=five_year, wacc_nominal_per_year=0.062492161), 5))
    0.84729
    """
    shares = np.asarray(schedule, float)
    growth = 1.0 + np.asarray(wacc_nominal_per_year, float)
    return np.sum(shares * growth[..., None] ** -np.arange(1.0, shares.shape[-1] + 1.0), axis=-1)


def lcoe(
    *,
    overnight_usd_per_kw: Numbers,
    grid_connection_usd_per_kw: Numbers,
    construction_finance_factor: Numbers,
    fom_usd_per_kw_year: Numbers,
    vom_usd_per_mwh: Numbers,
    fuel_usd_per_mmbtu: Numbers,
    heat_rate_mmbtu_per_mwh: Numbers,
    capacity_factor: Numbers,
    recovery_years: Numbers,
    inflation: Numbers,
    interest_nominal: Numbers,
    equity_return_nominal: Numbers,
    debt_fraction: Numbers,
    tax_rate: Numbers,
    depreciation_pv: Numbers,
    tax_credit: Numbers,
    production_credit_usd_per_mwh: Numbers,
) -> AtbLcoe:
    """Levelised cost of electricity, real, in the order of the ATB workbook.

    Parameters
    ----------
    overnight_usd_per_kw, grid_connection_usd_per_kw : float or array
        Overnight cost of the plant and of its connection. [USD/kW]
    construction_finance_factor : float or array
        Interest during construction, as a factor on both. [-]
    fom_usd_per_kw_year : float or array
        Fixed operation and maintenance. [USD/kW/year]
    vom_usd_per_mwh : float or array
        Variable operation and maintenance. [USD/MWh]
    fuel_usd_per_mmbtu : float or array
        Fuel price. [USD/MMBtu]
    heat_rate_mmbtu_per_mwh : float or array
        Fuel per energy. [MMBtu/MWh]
    capacity_factor : float or array
        Energy made over energy at full power. [-]
    recovery_years : float or array
        Capital recovery period. [year]
    inflation, interest_nominal, equity_return_nominal : float or array
        Annual rates. [1/year]
    debt_fraction, tax_rate, depreciation_pv, tax_credit : float or array
        As in `wacc_nominal` and `project_finance_factor`. [-]
    production_credit_usd_per_mwh : float or array
        Levelised production tax credit. [USD/MWh]

    Returns
    -------
    AtbLcoe

    References
    ----------
    .. [1] NREL, "Annual Technology Baseline 2024", equations and variables.

    Examples
    --------
    Land-based wind, class 1, Advanced, 2025, R&D case (published 25.993003 USD/MWh).

    >>> out = lcoe(overnight_usd_per_kw=1356.8886, grid_connection_usd_per_kw=100,
    ...     construction_finance_factor=1.0599601, fom_usd_per_kw_year=30.144825, vom_usd_per_mwh=0,
    ...     fuel_usd_per_mmbtu=0, heat_rate_mmbtu_per_mwh=0, capacity_factor=0.52836457, recovery_years=30,
    ...     inflation=0.025, interest_nominal=0.07, equity_return_nominal=0.09, debt_fraction=0.72354776,
    ...     tax_rate=0.2574, depreciation_pv=0.84728921, tax_credit=0, production_credit_usd_per_mwh=0)
    >>> round(float(out.lcoe_usd_per_mwh), 5)
    25.993
    """
    nominal = wacc_nominal(
        debt_fraction=debt_fraction,
        interest_nominal=interest_nominal,
        equity_return_nominal=equity_return_nominal,
        tax_rate=tax_rate,
    )
    real = (1.0 + nominal) / (1.0 + np.asarray(inflation, float)) - 1.0
    crf = _recovery(real, recovery_years)
    pff = project_finance_factor(tax_rate=tax_rate, depreciation_pv=depreciation_pv, tax_credit=tax_credit)
    capex = np.asarray(construction_finance_factor) * (np.asarray(overnight_usd_per_kw) + grid_connection_usd_per_kw)
    fixed = 1000.0 * (crf * pff * capex + fom_usd_per_kw_year) / (HOURS_PER_YEAR * np.asarray(capacity_factor, float))
    variable = np.asarray(vom_usd_per_mwh) + np.asarray(fuel_usd_per_mmbtu, float) * heat_rate_mmbtu_per_mwh
    return AtbLcoe(nominal, real, crf, pff, capex, fixed + variable - production_credit_usd_per_mwh)


def present_worth_factor(*, years: int, escalation: Numbers, discount: Numbers) -> Any:
    """Sum over the years of ((1 + escalation) / (1 + discount))^t, end of year.

    Parameters
    ----------
    years : int
        Number of payments. [year]
    escalation, discount : float or array
        Growth of the payment and discount rate. [1/year]

    Returns
    -------
    float or array
        Present worth of one unit paid in year zero's prices. [-]

    References
    ----------
    .. [1] NREL REopt.jl, test of the present worth factor.

    Examples
    --------
    >>> float(np.round(present_worth_factor(years=25, escalation=0.019, discount=0.0564), 5))
    16.18109
    """
    ratio = np.asarray((1.0 + np.asarray(escalation, float)) / (1.0 + np.asarray(discount, float)))
    return np.sum(ratio[..., None] ** np.arange(1.0, years + 1.0), axis=-1)


def replacement_present_value(*, cost_usd: Numbers, year: Numbers, discount: Numbers) -> Any:
    """Present value of one replacement.

    Parameters
    ----------
    cost_usd : float or array
        Cost when it is paid. [USD]
    year : float or array
        Year of payment. [year]
    discount : float or array
        Discount rate. [1/year]

    Returns
    -------
    float or array
        Present value. [USD]

    Examples
    --------
    REopt.jl test: 700 USD/kW in year 10 at 8 %.

    >>> float(np.round(replacement_present_value(cost_usd=700, year=10, discount=0.08), 6))
    324.235442
    """
    return np.asarray(cost_usd, float) / (1.0 + np.asarray(discount, float)) ** year


def straight_line_after_tax(*, cost_usd: Numbers, tax_rate: Numbers, years: int, discount: Numbers) -> Any:
    """Cost after the tax shield of straight-line depreciation.

    Parameters
    ----------
    cost_usd : float or array
        Investment. [USD]
    tax_rate : float or array
        Income tax. [-]
    years : int
        Years of depreciation. [year]
    discount : float or array
        Discount rate. [1/year]

    Returns
    -------
    float or array
        Cost less the present value of the tax saved. [USD]

    Examples
    --------
    REopt.jl test: 3,000 USD over 20 years at 8 %, tax 26 %.

    >>> float(np.round(straight_line_after_tax(cost_usd=3000, tax_rate=0.26, years=20, discount=0.08), 3))
    2617.092
    """
    shield = np.asarray(tax_rate, float) * cost_usd / years
    return cost_usd - shield * present_worth_factor(years=years, escalation=0.0, discount=discount)


def fuel_lifecycle_after_tax(
    *, year_one_usd: Numbers, tax_rate: Numbers, escalation: Numbers, discount: Numbers, years: int
) -> Any:
    """Present value of fuel over the life, deductible from tax.

    Parameters
    ----------
    year_one_usd : float or array
        Fuel cost of the first year in today's prices. [USD/year]
    tax_rate : float or array
        Income tax. [-]
    escalation, discount : float or array
        Growth of the fuel price and discount rate. [1/year]
    years : int
        Years of operation. [year]

    Returns
    -------
    float or array
        Life-cycle cost. [USD]
    """
    worth = present_worth_factor(years=years, escalation=escalation, discount=discount)
    return np.asarray(year_one_usd, float) * (1.0 - np.asarray(tax_rate, float)) * worth


def idle_rental_npv(
    *, accelerators: Numbers, usd_per_accelerator_hour: Numbers, years_waiting: int, discount: Numbers
) -> Any:
    """Rental value of accelerators that wait for power, payments at the beginning of each year.

    A published convention, for comparison only: it counts rent of hardware nobody has bought yet. The planner's own
    cost of delay is `finance.cost_of_delay`.

    Parameters
    ----------
    accelerators : float or array
        Accelerators planned. [-]
    usd_per_accelerator_hour : float or array
        Rental price. [USD/h]
    years_waiting : int
        Years without power. [year]
    discount : float or array
        Discount rate. [1/year]

    Returns
    -------
    float or array
        Present value. [USD]

    References
    ----------
    .. [2] A. Newkirk, "AI-Datacenter-Microgrid-Analysis", 2025.

    Examples
    --------
    >>> npv = idle_rental_npv(accelerators=100_000, usd_per_accelerator_hour=2.4, years_waiting=3, discount=0.07)
    >>> float(np.round(npv / 1e6, 4))
    5903.5774
    """
    growth = np.asarray(1.0 + np.asarray(discount, float))
    factor = np.sum(growth[..., None] ** -np.arange(0.0, years_waiting), axis=-1)
    return np.asarray(accelerators, float) * usd_per_accelerator_hour * HOURS_PER_YEAR * factor


def newkirk_facility_load_mw(*, accelerators: Numbers, pue: Numbers) -> Any:
    """Facility load of the Newkirk sites: servers at design power with a 5 % margin.

    Parameters
    ----------
    accelerators : float or array
        Accelerators, eight a server. [-]
    pue : float or array
        Power usage effectiveness. [-]

    Returns
    -------
    float or array
        Facility load. [MW]

    References
    ----------
    .. [2] A. Newkirk, "AI-Datacenter-Microgrid-Analysis", 2025.
    """
    servers = np.asarray(accelerators, float) / _ACCELERATORS_PER_SERVER
    return servers * _DESIGN_KW_PER_SERVER * _DESIGN_MARGIN * np.asarray(pue, float) / 1000.0


def newkirk_energy_npv_mwh(*, accelerators: Numbers, pue: Numbers) -> Any:
    """Discounted energy of a Newkirk site: years 3 to 26, mid-year, 7 %.

    Parameters
    ----------
    accelerators : float or array
        Accelerators, eight a server. [-]
    pue : float or array
        Power usage effectiveness. [-]

    Returns
    -------
    float or array
        Discounted energy. [MWh]

    References
    ----------
    .. [2] A. Newkirk, "AI-Datacenter-Microgrid-Analysis", 2025.
    """
    servers = np.asarray(accelerators, float) / _ACCELERATORS_PER_SERVER
    yearly = servers * _MEAN_KW_PER_SERVER * HOURS_PER_YEAR * _UPTIME * np.asarray(pue, float) / 1000.0
    return yearly * _discounted_years(_RUN_YEARS)


def newkirk_idling_npv_usd(*, accelerators: Numbers, construction_years: int) -> Any:
    """Rent forgone at a Newkirk site while its power plant is built.

    Parameters
    ----------
    accelerators : float or array
        Accelerators planned. [-]
    construction_years : int
        Years without power. [year]

    Returns
    -------
    float or array
        Present value, `idle_rental_npv`. [USD]

    References
    ----------
    .. [2] A. Newkirk, "AI-Datacenter-Microgrid-Analysis", 2025.
    """
    return idle_rental_npv(
        accelerators=accelerators,
        usd_per_accelerator_hour=_RENT_USD_PER_ACCELERATOR_HOUR,
        years_waiting=construction_years,
        discount=_DISCOUNT,
    )


def newkirk_lcoe_usd_per_kwh(
    *, capex_npv_usd: Numbers, opex_npv_usd: Numbers, idle_npv_usd: Numbers, energy_npv_mwh: Numbers
) -> Any:
    """Cost of a Newkirk gas plant per energy; with ``idle_npv_usd`` the cost of waiting is in it.

    Parameters
    ----------
    capex_npv_usd, opex_npv_usd, idle_npv_usd : float or array
        Present values; idle 0 gives the plain cost. [USD]
    energy_npv_mwh : float or array
        Discounted energy, `newkirk_energy_npv_mwh`. [MWh]

    Returns
    -------
    float or array
        Levelised cost. [USD/kWh]
    """
    total = np.asarray(capex_npv_usd, float) + opex_npv_usd + idle_npv_usd
    return total / np.asarray(energy_npv_mwh, float) / 1000.0


def _recovery(rate: Numbers, years: Numbers) -> Any:
    rate = np.asarray(rate, float)
    safe = np.where(rate == 0.0, 1.0, rate)
    return np.where(rate == 0.0, 1.0 / np.asarray(years, float), safe / (1.0 - (1.0 + safe) ** -np.asarray(years)))


def _discounted_years(years: Sequence[int]) -> float:
    return float(sum((1.0 + _DISCOUNT) ** -(y + 0.5) for y in years))
