"""Lenders: debt service, contract price; then public money and jobs."""

from __future__ import annotations

from typing import Any

import numpy as np

from .rates import Numbers, capital_recovery_factor, divide


def debt_service_usd_per_year(*, debt_usd: Numbers, interest_per_year: Numbers, tenor_years: Numbers) -> Any:
    """Equal yearly payment of one loan; several loans add up.

    Parameters
    ----------
    debt_usd : float or array
        Debt at the start of operation. [USD]
    interest_per_year : float or array
        Interest. [1/year]
    tenor_years : float or array
        Years of repayment. [year]

    Returns
    -------
    float or array
        Interest and repayment. [USD/year]
    """
    return np.asarray(debt_usd, float) * capital_recovery_factor(rate_per_year=interest_per_year, years=tenor_years)


def take_or_pay_price(
    *,
    debt_service_usd_per_year: Numbers,
    dscr: Numbers,
    cash_cost_usd_per_year: Numbers,
    contracted_hours_per_year: Numbers,
) -> Any:
    """Price of contracted hours at which cash flow covers debt service as often as the lender asks.

    Parameters
    ----------
    debt_service_usd_per_year : float or array
        Sum over the loans. [USD/year]
    dscr : float or array
        Debt service cover ratio asked for. [-]
    cash_cost_usd_per_year : float or array
        Electricity and running cost. [USD/year]
    contracted_hours_per_year : float or array
        Accelerator-hours paid for whether used or not. [h/year]

    Returns
    -------
    float or array
        Price; it satisfies lenders, equity's return is not in it. [USD/h]
    """
    needed = np.asarray(debt_service_usd_per_year, float) * dscr + cash_cost_usd_per_year
    return divide(needed, contracted_hours_per_year)


def dscr_at_price(
    *,
    debt_service_usd_per_year: Numbers,
    price_usd_per_accelerator_hour: Numbers,
    cash_cost_usd_per_year: Numbers,
    contracted_hours_per_year: Numbers,
) -> Any:
    """Debt service cover at a price; inverse of `take_or_pay_price`.

    Parameters
    ----------
    debt_service_usd_per_year : float or array
        Sum over the loans. [USD/year]
    price_usd_per_accelerator_hour : float or array
        Price of contracted hours. [USD/h]
    cash_cost_usd_per_year : float or array
        Electricity and running cost. [USD/year]
    contracted_hours_per_year : float or array
        Accelerator-hours paid for whether used or not. [h/year]

    Returns
    -------
    float or array
        Cover ratio; below 1 the debt is not served. [-]
    """
    revenue = np.asarray(price_usd_per_accelerator_hour, float) * contracted_hours_per_year
    return divide(revenue - cash_cost_usd_per_year, debt_service_usd_per_year)


def public_money_usd(*, capex_usd: Numbers, public_fraction: Numbers) -> Any:
    """Public contribution to an investment.

    Parameters
    ----------
    capex_usd : float or array
        Whole investment. [USD]
    public_fraction : float or array
        Share that the public pays. [-]

    Returns
    -------
    float or array
        Public money. [USD]
    """
    return np.asarray(capex_usd, float) * public_fraction


def capex_for_public_money(*, public_usd: Numbers, public_fraction: Numbers) -> Any:
    """Investment that a sum of public money carries with private money on top; inverse of `public_money_usd`.

    Parameters
    ----------
    public_usd : float or array
        Public money. [USD]
    public_fraction : float or array
        Share that the public pays; 1 reads the sum as the whole investment. [-]

    Returns
    -------
    float or array
        Whole investment. [USD]
    """
    return divide(public_usd, public_fraction)


def jobs(*, facility_mw: Numbers, jobs_per_mw: Numbers) -> Any:
    """Direct jobs of a campus, at the peak of construction or permanent, by the ratio given.

    Parameters
    ----------
    facility_mw : float or array
        Facility power. [MW]
    jobs_per_mw : float or array
        Direct jobs per MW; no multipliers. [1/MW]

    Returns
    -------
    float or array
        Jobs. [-]
    """
    return np.asarray(facility_mw, float) * jobs_per_mw
