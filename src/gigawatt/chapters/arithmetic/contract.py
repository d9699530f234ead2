"""Debt, hours sold and what is paid for them."""

from __future__ import annotations

from typing import Any

from gigawatt import finance


def debt(*, investment_usd: Any, share: Any, granted: Any = 0.0) -> Any:
    """Debt on an investment.

    Parameters
    ----------
    investment_usd : float or array
        Investment. [USD]
    share : float or array
        Debt over what is not granted. [-]
    granted : float or array
        Public grant over investment. [-]

    Returns
    -------
    float or array
        Debt. [USD]
    """
    return investment_usd * (1.0 - granted) * share


def cost_after_grant(
    *, cost_usd_per_hour: Any, capital_usd_per_year: Any, upkeep_usd_per_year: Any, granted: Any, hours: Any
) -> Any:
    """Full cost of a sold hour to owners who need not earn back a public grant.

    Parameters
    ----------
    cost_usd_per_hour : float or array
        Full cost. [USD/h]
    capital_usd_per_year : float or array
        Annuities of the investments, upkeep of own plants included. [USD/year]
    upkeep_usd_per_year : float or array
        That upkeep. [USD/year]
    granted : float or array
        Public grant over investment. [-]
    hours : float or array
        Hours sold. [h/year]

    Returns
    -------
    float or array
        Cost. [USD/h]
    """
    return cost_usd_per_hour - granted * (capital_usd_per_year - upkeep_usd_per_year) / hours


def hours_sold(*, accelerators: Any, sold_fraction: Any) -> Any:
    """Accelerator-hours sold in a year.

    Parameters
    ----------
    accelerators : float or array
        Accelerators. [-]
    sold_fraction : float or array
        Share of hours sold. [-]

    Returns
    -------
    float or array
        Hours. [h/year]
    """
    return accelerators * finance.HOURS_PER_YEAR * sold_fraction


def payments(*, price: Any, hours: Any) -> Any:
    """What the payer of contracted hours owes a year.

    Parameters
    ----------
    price : float or array
        Price. [USD/h]
    hours : float or array
        Hours. [h/year]

    Returns
    -------
    float or array
        Payments. [USD/year]
    """
    return price * hours


def real_change(*, change_per_year: Any, inflation_per_year: Any) -> Any:
    """Yearly change of a price in constant money.

    Parameters
    ----------
    change_per_year, inflation_per_year : float or array
        Change of the quoted price, and inflation. [1/year]

    Returns
    -------
    float or array
        Real change. [1/year]
    """
    return finance.real_rate(nominal_per_year=change_per_year, inflation_per_year=inflation_per_year)
