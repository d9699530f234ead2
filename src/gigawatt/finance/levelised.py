"""Levelised costs: capital, running, electricity, compute, tokens; break-even; the hour rented abroad instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.units import HOURS_PER_YEAR, SECONDS_PER_HOUR

from .rates import Numbers, capital_recovery_factor, divide


@dataclass(frozen=True, slots=True)
class Lcoc:
    """Levelised cost of compute, USD per accelerator-hour, by block; and the same at the share of hours sold."""

    it_usd_per_accelerator_hour: Any
    shell_usd_per_accelerator_hour: Any
    power_usd_per_accelerator_hour: Any
    opex_usd_per_accelerator_hour: Any
    lcoc_usd_per_accelerator_hour: Any
    lcoc_at_utilisation_usd_per_accelerator_hour: Any
    energy_share_of_cost: Any
    annual_cost_usd: Any


def annual_cost(
    *, investment_usd: Numbers, rate_per_year: Numbers, life_years: Numbers, residual_fraction: Numbers
) -> Any:
    """Yearly cost of an investment that keeps a residual value.

    Parameters
    ----------
    investment_usd : float or array
        Investment at the start of operation. [USD]
    rate_per_year : float or array
        Cost of capital: real for constant money, nominal for a flat nominal payment. [1/year]
    life_years : float or array
        Economic life. [year]
    residual_fraction : float or array
        Value left at the end, in the same money; negative for decommissioning. [-]

    Returns
    -------
    float or array
        Yearly cost. [USD/year]
    """
    residual = np.asarray(residual_fraction, float)
    recovery = capital_recovery_factor(rate_per_year=rate_per_year, years=life_years)
    return np.asarray(investment_usd, float) * (recovery * (1.0 - residual) + residual * np.asarray(rate_per_year))


def operating_cost_usd_per_year(
    *,
    permanent_jobs: Numbers,
    usd_per_job_year: Numbers,
    shell_power_usd: Numbers,
    maintenance_fraction_per_year: Numbers,
    it_usd: Numbers,
    it_support_fraction_per_year: Numbers,
    insured_usd: Numbers,
    insurance_fraction_per_year: Numbers,
) -> Any:
    """Running cost without electricity: staff, maintenance, spares and software, insurance.

    Parameters
    ----------
    permanent_jobs : float or array
        Staff on site. [-]
    usd_per_job_year : float or array
        Cost of one of them. [USD/year]
    shell_power_usd, it_usd, insured_usd : float or array
        Investments on which the shares are taken. [USD]
    maintenance_fraction_per_year, it_support_fraction_per_year, insurance_fraction_per_year : float or array
        Yearly shares of them. [1/year]

    Returns
    -------
    float or array
        Running cost. [USD/year]
    """
    staff = np.asarray(permanent_jobs, float) * usd_per_job_year
    upkeep = np.asarray(shell_power_usd, float) * maintenance_fraction_per_year
    support = np.asarray(it_usd, float) * it_support_fraction_per_year
    return staff + upkeep + support + np.asarray(insured_usd, float) * insurance_fraction_per_year


def lcoe_usd_per_mwh(*, annual_usd: Numbers, annual_mwh: Numbers) -> Any:
    """Levelised cost of electricity of a supply portfolio.

    Parameters
    ----------
    annual_usd : float or array
        Annualised investment, fixed and variable cost, purchases. [USD/year]
    annual_mwh : float or array
        Energy delivered to the campus. [MWh/year]

    Returns
    -------
    float or array
        Levelised cost; infinite without energy. [USD/MWh]
    """
    return divide(annual_usd, annual_mwh)


def lcoc(
    *,
    accelerators: Numbers,
    it_usd_per_year: Numbers,
    shell_usd_per_year: Numbers,
    power_fixed_usd_per_year: Numbers,
    energy_usd_per_year: Numbers,
    opex_usd_per_year: Numbers,
    sold_fraction: Numbers,
    idle_energy_fraction: Numbers,
) -> Lcoc:
    """Levelised cost of compute: yearly cost over accelerator-hours, all hours sold and at the share sold.

    The grid connection and the power plant belong either to the fixed power cost or to the energy cost (inside an
    LCOE or a contract price), never to both. `idle_energy_fraction` is what unsold hours still draw.

    Parameters
    ----------
    accelerators : float or array
        Accelerators installed. [-]
    it_usd_per_year, shell_usd_per_year : float or array
        Annual cost of the blocks, `annual_cost`. [USD/year]
    power_fixed_usd_per_year : float or array
        Annual cost of plant and connection that does not vary with use. [USD/year]
    energy_usd_per_year : float or array
        Electricity with every hour sold. [USD/year]
    opex_usd_per_year : float or array
        Running cost, `operating_cost_usd_per_year`. [USD/year]
    sold_fraction : float or array
        Share of the hours that is sold. [-]
    idle_energy_fraction : float or array
        Energy of an unsold hour over that of a sold one. [-]

    Returns
    -------
    Lcoc

    Examples
    --------
    >>> out = lcoc(accelerators=1000, it_usd_per_year=13e6, shell_usd_per_year=3e6, power_fixed_usd_per_year=0,
    ...            energy_usd_per_year=1.2e6, opex_usd_per_year=0.32e6, sold_fraction=0.5, idle_energy_fraction=1.0)
    >>> float(out.lcoc_usd_per_accelerator_hour), float(out.lcoc_at_utilisation_usd_per_accelerator_hour)
    (2.0, 4.0)
    """
    hours = np.asarray(accelerators, float) * HOURS_PER_YEAR
    sold, energy = np.asarray(sold_fraction, float), np.asarray(energy_usd_per_year, float)
    fixed = np.asarray(it_usd_per_year, float) + shell_usd_per_year + power_fixed_usd_per_year + opex_usd_per_year
    power = power_fixed_usd_per_year + energy
    total = fixed + energy
    at_sold = fixed + energy * (sold + (1.0 - sold) * idle_energy_fraction)
    return Lcoc(
        it_usd_per_accelerator_hour=divide(it_usd_per_year, hours),
        shell_usd_per_accelerator_hour=divide(shell_usd_per_year, hours),
        power_usd_per_accelerator_hour=divide(power, hours),
        opex_usd_per_accelerator_hour=divide(opex_usd_per_year, hours),
        lcoc_usd_per_accelerator_hour=divide(total, hours),
        lcoc_at_utilisation_usd_per_accelerator_hour=divide(at_sold, hours * sold),
        energy_share_of_cost=divide(power, total),
        annual_cost_usd=total[()],
    )


def break_even_utilisation(
    *,
    fixed_usd_per_year: Numbers,
    energy_usd_per_year: Numbers,
    idle_energy_fraction: Numbers,
    accelerators: Numbers,
    price_usd_per_accelerator_hour: Numbers,
) -> Any:
    """Share of the hours that must be sold at a price to cover all cost.

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
    price_usd_per_accelerator_hour : float or array
        Price over the life of the hardware, see `levelised_price`. [USD/h]

    Returns
    -------
    float or array
        Share of the hours; above 1: not at this price; infinite where the price does not cover the energy. [-]
    """
    energy, idle = np.asarray(energy_usd_per_year, float), np.asarray(idle_energy_fraction, float)
    revenue = np.asarray(accelerators, float) * HOURS_PER_YEAR * price_usd_per_accelerator_hour
    margin = revenue - energy * (1.0 - idle)
    needed = np.asarray(fixed_usd_per_year, float) + energy * idle
    return np.where(margin > 0.0, divide(needed, margin), np.inf)[()]


def levelised_price(*, price_usd: Numbers, change_per_year: Numbers, rate_per_year: Numbers, years: Numbers) -> Any:
    """Flat price worth the same as one that changes every year: an hour sold today is dearer than one in year five.

    Parameters
    ----------
    price_usd : float or array
        Price in the first year of operation. [USD]
    change_per_year : float or array
        Yearly change, negative for a decline, in the same (real or nominal) money as the rate. [1/year]
    rate_per_year : float or array
        Discount rate. [1/year]
    years : float or array
        Life. [year]

    Returns
    -------
    float or array
        Flat price over the life. [USD]

    Examples
    --------
    >>> float(round(levelised_price(price_usd=3.2, change_per_year=-0.2, rate_per_year=0.07, years=5), 2))
    2.22
    """
    rate, change, n = (np.asarray(x, float) for x in (rate_per_year, change_per_year, years))
    gap = rate - change
    even = gap == 0.0
    # worth today of 1, (1 + change), (1 + change)^2, ... paid at the end of each year
    growing = -np.expm1(n * (np.log1p(change) - np.log1p(rate))) / np.where(even, 1.0, gap)
    worth = np.where(even, n / (1.0 + rate), growing)
    return (np.asarray(price_usd, float) * worth * capital_recovery_factor(rate_per_year=rate, years=n))[()]


def usd_per_million_tokens(*, usd_per_accelerator_hour: Numbers, accelerators: Numbers, tokens_per_s: Numbers) -> Any:
    """Cost of a million tokens.

    Parameters
    ----------
    usd_per_accelerator_hour : float or array
        Cost (or price) of the accelerators. [USD/h]
    accelerators : float or array
        Accelerators that serve. [-]
    tokens_per_s : float or array
        Output tokens of all of them. [1/s]

    Returns
    -------
    float or array
        Cost per million tokens. [USD]

    Examples
    --------
    >>> float(usd_per_million_tokens(usd_per_accelerator_hour=3.6, accelerators=8, tokens_per_s=8000))
    1.0
    """
    hourly = np.asarray(usd_per_accelerator_hour, float) * accelerators
    return divide(hourly * 1e6, np.asarray(tokens_per_s, float) * SECONDS_PER_HOUR)


def rent_abroad_usd_per_accelerator_hour(*, market_price_usd: Numbers, premium: Numbers) -> Any:
    """Price of the same hour from a provider abroad.

    Parameters
    ----------
    market_price_usd : float or array
        Market price of an accelerator-hour. [USD/h]
    premium : float or array
        Withholding tax, data transfer, currency and contract risk over the market price. [-]

    Returns
    -------
    float or array
        Price to the user. [USD/h]
    """
    return np.asarray(market_price_usd, float) * (1.0 + np.asarray(premium, float))
