"""Customers: price against tenor, prices that fall as chips age, a guarantee, a lease of halls, home against abroad.

Contract terms: the capital part of the price stays flat in nominal money, running cost and electricity are passed
through, so that the cover of the debt is the same in every year of the contract and each formula can be inverted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.units import HOURS_PER_YEAR

from .levelised import levelised_price
from .rates import Numbers, divide


def owner_price(
    *,
    full_cost_usd_per_accelerator_hour: Numbers,
    cash_cost_usd_per_year: Numbers,
    contracted_hours_per_year: Numbers,
    inflation_per_year: Numbers,
    rate_per_year: Numbers,
    years: Numbers,
) -> Any:
    """Price of contracted hours that pays all cost, equity's return included: capital flat, running cost indexed.

    Parameters
    ----------
    full_cost_usd_per_accelerator_hour : float or array
        Full cost of a sold hour in money of the first year. [USD/h]
    cash_cost_usd_per_year : float or array
        Electricity and running cost in it. [USD/year]
    contracted_hours_per_year : float or array
        Hours sold. [h/year]
    inflation_per_year : float or array
        Inflation. [1/year]
    rate_per_year : float or array
        Nominal cost of capital. [1/year]
    years : float or array
        Length of the contract. [year]

    Returns
    -------
    float or array
        Price in the first year. [USD/h]
    """
    cash = divide(cash_cost_usd_per_year, contracted_hours_per_year)
    capital = np.asarray(full_cost_usd_per_accelerator_hour, float) - cash
    return cash + levelised_price(
        price_usd=capital, change_per_year=inflation_per_year, rate_per_year=rate_per_year, years=years
    )


def tenor_for_price(
    *,
    price_usd_per_accelerator_hour: Numbers,
    contracted_hours_per_year: Numbers,
    cash_cost_usd_per_year: Numbers,
    dscr: Numbers,
    debt_usd: Numbers,
    interest_per_year: Numbers,
    other_service_usd_per_year: Numbers,
) -> Any:
    """Shortest contract whose price repays the hardware loan with the cover asked for; inverse of `take_or_pay_price`.

    Parameters
    ----------
    price_usd_per_accelerator_hour : float or array
        Price of contracted hours. [USD/h]
    contracted_hours_per_year : float or array
        Accelerator-hours paid for whether used or not. [h/year]
    cash_cost_usd_per_year : float or array
        Electricity and running cost. [USD/year]
    dscr : float or array
        Debt service cover ratio asked for. [-]
    debt_usd : float or array
        Loan that has to be repaid within the contract. [USD]
    interest_per_year : float or array
        Its interest. [1/year]
    other_service_usd_per_year : float or array
        Service of the loans that run longer than the contract. [USD/year]

    Returns
    -------
    float or array
        Length of the contract; infinite where the price does not even pay the interest. [year]
    """
    margin = np.asarray(price_usd_per_accelerator_hour, float) * contracted_hours_per_year - cash_cost_usd_per_year
    left = margin / np.asarray(dscr, float) - other_service_usd_per_year
    debt, rate = np.asarray(debt_usd, float), np.asarray(interest_per_year, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = np.where(rate == 0.0, debt / left, -np.log1p(-rate * debt / left) / np.log1p(rate))
    return np.where((left > rate * debt) & (left > 0.0), flat, np.inf)[()]


def ageing_price(*, price_usd: Numbers, change_per_year: Numbers, years: int) -> Any:
    """Price of the same hour in each year of its life.

    Parameters
    ----------
    price_usd : float or array
        Price in the first year. [USD]
    change_per_year : float or array
        Yearly change, negative for a decline. [1/year]
    years : int
        Years. [year]

    Returns
    -------
    array (..., year)
        Price by year. [USD]

    Examples
    --------
    >>> [float(p) for p in ageing_price(price_usd=4.0, change_per_year=-0.5, years=3)]
    [4.0, 2.0, 1.0]
    """
    growth = 1.0 + np.asarray(change_per_year, float)[..., None]
    return np.asarray(price_usd, float)[..., None] * growth ** np.arange(years)


def lenders_need_usd_per_year(
    *,
    debt_service_usd_per_year: Numbers,
    dscr: Numbers,
    cash_cost_usd_per_year: Numbers,
    inflation_per_year: Numbers,
    years: int,
) -> Any:
    """Revenue that lenders want to see in each year: debt service with its cover, and cost that rises with prices.

    Parameters
    ----------
    debt_service_usd_per_year : float or array
        Sum over the loans. [USD/year]
    dscr : float or array
        Debt service cover ratio asked for. [-]
    cash_cost_usd_per_year : float or array
        Electricity and running cost in the first year. [USD/year]
    inflation_per_year : float or array
        Inflation. [1/year]
    years : int
        Years of the contract. [year]

    Returns
    -------
    array (..., year)
        Revenue. [USD/year]
    """
    cash = ageing_price(price_usd=cash_cost_usd_per_year, change_per_year=inflation_per_year, years=years)
    return (np.asarray(debt_service_usd_per_year, float) * dscr)[..., None] + cash


def shortfall_usd_per_year(*, needed_usd_by_year: Numbers, hours_per_year: Numbers, price_usd_by_year: Numbers) -> Any:
    """What hours sold at prices that change from year to year leave unpaid: the call on a guarantee.

    Parameters
    ----------
    needed_usd_by_year : array (..., year)
        Revenue that lenders want to see. [USD/year]
    hours_per_year : float or array
        Accelerator-hours sold. [h/year]
    price_usd_by_year : array (..., year)
        Price in each year. [USD/h]

    Returns
    -------
    array (..., year)
        Shortfall, nil where the market pays enough. [USD/year]
    """
    revenue = np.asarray(hours_per_year, float)[..., None] * price_usd_by_year
    return np.maximum(np.asarray(needed_usd_by_year, float) - revenue, 0.0)


def lease_usd_per_mw_year(
    *,
    service_usd_per_mw_year: Numbers,
    dscr: Numbers,
    landlord_cost_share: Numbers,
    escalation_per_year: Numbers,
    interest_per_year: Numbers,
    tenor_years: Numbers,
) -> Any:
    """Mean yearly rent of hall and power over a lease at which the landlord's lenders are covered.

    The rent rises every year; its worth at the loan's interest is that of the flat rent that gives the cover asked
    for. Announced leases are quoted as their sum over the term, per year: so is this.

    Parameters
    ----------
    service_usd_per_mw_year : float or array
        Debt service of the landlord, repaid within the lease. [USD/MW/year]
    dscr : float or array
        Debt service cover ratio asked for. [-]
    landlord_cost_share : float or array
        Share of the rent that the landlord spends; the tenant pays the electricity. [-]
    escalation_per_year : float or array
        Yearly rise of the rent. [1/year]
    interest_per_year : float or array
        Interest of the loan. [1/year]
    tenor_years : float or array
        Length of the lease. [year]

    Returns
    -------
    float or array
        Rent over the term, divided by its years. [USD/MW/year]
    """
    flat = np.asarray(service_usd_per_mw_year, float) * dscr / (1.0 - np.asarray(landlord_cost_share, float))
    rise, years = np.asarray(escalation_per_year, float), np.asarray(tenor_years, float)
    worth = levelised_price(price_usd=1.0, change_per_year=rise, rate_per_year=interest_per_year, years=years)
    mean = levelised_price(price_usd=1.0, change_per_year=rise, rate_per_year=0.0, years=years)
    return flat / worth * mean


def energy_at_share(*, energy_usd_per_year: Numbers, idle_energy_fraction: Numbers, sold_fraction: Numbers) -> Any:
    """Electricity when a share of the hours is sold.

    Parameters
    ----------
    energy_usd_per_year : float or array
        Electricity with every hour sold. [USD/year]
    idle_energy_fraction : float or array
        Energy of an unsold hour over that of a sold one. [-]
    sold_fraction : float or array
        Share of the hours that is sold. [-]

    Returns
    -------
    float or array
        Electricity. [USD/year]
    """
    sold = np.asarray(sold_fraction, float)
    return np.asarray(energy_usd_per_year, float) * (sold + (1.0 - sold) * idle_energy_fraction)


def cost_at_share(
    *,
    fixed_usd_per_year: Numbers,
    energy_usd_per_year: Numbers,
    idle_energy_fraction: Numbers,
    accelerators: Numbers,
    sold_fraction: Numbers,
) -> Any:
    """Full cost of a sold hour when a share of the hours is sold.

    Parameters
    ----------
    fixed_usd_per_year : float or array
        All cost but electricity. [USD/year]
    energy_usd_per_year : float or array
        Electricity with every hour sold. [USD/year]
    idle_energy_fraction : float or array
        Energy of an unsold hour over that of a sold one. [-]
    accelerators : float or array
        Accelerators installed. [-]
    sold_fraction : float or array
        Share of the hours that is sold. [-]

    Returns
    -------
    float or array
        Cost of a sold hour. [USD/h]
    """
    energy = energy_at_share(
        energy_usd_per_year=energy_usd_per_year,
        idle_energy_fraction=idle_energy_fraction,
        sold_fraction=sold_fraction,
    )
    hours = np.asarray(accelerators, float) * HOURS_PER_YEAR * sold_fraction
    return divide(np.asarray(fixed_usd_per_year, float) + energy, hours)


def home_premium(*, home_usd_per_accelerator_hour: Numbers, abroad_usd_per_accelerator_hour: Numbers) -> Any:
    """What an hour at home costs more than the same hour rented abroad.

    Parameters
    ----------
    home_usd_per_accelerator_hour : float or array
        Full cost of an hour used at home. [USD/h]
    abroad_usd_per_accelerator_hour : float or array
        Price of the same hour abroad; the market price gives the break-even premium on renting. [USD/h]

    Returns
    -------
    float or array
        Premium, negative where home is cheaper. [-]

    Examples
    --------
    >>> float(home_premium(home_usd_per_accelerator_hour=3.0, abroad_usd_per_accelerator_hour=2.0))
    0.5
    """
    return divide(home_usd_per_accelerator_hour, abroad_usd_per_accelerator_hour) - 1.0
