"""Rates: recovery of capital, real and nominal, cost of capital by block and country, interest during construction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = float | NDArray[np.float64]


def capital_recovery_factor(*, rate_per_year: Numbers, years: Numbers) -> Any:
    """Yearly payment, end of year, that repays one unit with interest.

    Parameters
    ----------
    rate_per_year : float or array
        Discount rate; 0 gives 1/years. [1/year]
    years : float or array
        Life. [year]

    Returns
    -------
    float or array
        Payment per unit of investment. [1/year]

    References
    ----------
    .. [1] W. Short, D. J. Packey, T. Holt, "A Manual for the Economic Evaluation of Energy Efficiency and Renewable
       Energy Technologies", NREL/TP-462-5173, 1995, equation 2-11.

    Examples
    --------
    >>> float(round(capital_recovery_factor(rate_per_year=0.07, years=20), 6))
    0.094393
    >>> float(capital_recovery_factor(rate_per_year=0.0, years=5))
    0.2
    """
    rate, n = np.asarray(rate_per_year, float), np.asarray(years, float)
    zero = rate == 0.0
    safe = np.where(zero, 1.0, rate)
    # expm1 and log1p keep the digits of a rate near zero
    factor = np.where(zero, 1.0 / n, safe / -np.expm1(-n * np.log1p(safe)))
    return factor[()]


def real_rate(*, nominal_per_year: Numbers, inflation_per_year: Numbers) -> Any:
    """Real rate of a nominal one (Fisher).

    Parameters
    ----------
    nominal_per_year, inflation_per_year : float or array
        Nominal rate and inflation of the same currency. [1/year]

    Returns
    -------
    float or array
        Real rate. [1/year]
    """
    return (1.0 + np.asarray(nominal_per_year, float)) / (1.0 + np.asarray(inflation_per_year, float)) - 1.0


def nominal_rate(*, real_per_year: Numbers, inflation_per_year: Numbers) -> Any:
    """Nominal rate of a real one; inverse of `real_rate`.

    Parameters
    ----------
    real_per_year, inflation_per_year : float or array
        Real rate and inflation of the same currency. [1/year]

    Returns
    -------
    float or array
        Nominal rate. [1/year]
    """
    return (1.0 + np.asarray(real_per_year, float)) * (1.0 + np.asarray(inflation_per_year, float)) - 1.0


def cost_of_capital(
    *,
    base_per_year: Numbers,
    debt_fraction: Numbers,
    default_spread_per_year: Numbers,
    country_risk_premium_per_year: Numbers,
    exposed_fraction: Numbers,
) -> Any:
    """Nominal cost of capital of one block in one country.

    The base is that of a strong country in USD. The country's premium (default spread on debt, country risk premium
    on equity) is added to what cannot be moved away: shell and power in full, hardware not at all unless it is paid
    in local money.

    Parameters
    ----------
    base_per_year : float or array
        Cost of capital of the block in a strong country, nominal USD. [1/year]
    debt_fraction : float or array
        Debt over all capital. [-]
    default_spread_per_year, country_risk_premium_per_year : float or array
        The country's premium on debt and on equity. [1/year]
    exposed_fraction : float or array
        Share of the block that cannot be moved. [-]

    Returns
    -------
    float or array
        Nominal rate. [1/year]

    References
    ----------
    .. [1] A. Damodaran, "Country Default Spreads and Risk Premiums", NYU Stern, January 2025.
    """
    debt = np.asarray(debt_fraction, float)
    premium = debt * default_spread_per_year + (1.0 - debt) * country_risk_premium_per_year
    return np.asarray(base_per_year, float) + np.asarray(exposed_fraction, float) * premium


def interest_during_construction(
    *,
    rate_per_year: Numbers,
    paid_before: Numbers,
    period_years: float,
    latest: int = 0,
    stretch: Numbers = 1.0,
    within: float = 0.0,
) -> Any:
    """Interest until the campus is on line over the money paid, by the payment schedule.

    Parameters
    ----------
    rate_per_year : float or array
        Cost of capital of the block, compounded. [1/year]
    paid_before : array (period,)
        Share paid ``period - latest`` periods before what it buys is on line. [1]
    period_years : float
        Length of a period. [year]
    latest : int
        Periods from coming on line to the last payment, which bears so much less. [period]
    stretch : float or array
        Time from payment to coming on line, over that of the schedule: longer where delivery takes longer. [-]
    within : float
        From a payment to the end of its period, over the period: 0.5 where money flows all through it; what is bought
        comes on line at the end of a period. [-]

    Returns
    -------
    float or array
        Interest over money paid. [-]

    Examples
    --------
    Half a year and a year before, at 8 %:

    >>> float(round(interest_during_construction(rate_per_year=0.08, paid_before=[0, 0.5, 0.5], period_years=0.5), 4))
    0.0596
    """
    growth = 1.0 + np.asarray(rate_per_year, float)
    shares = np.asarray(paid_before, float)
    at = np.flatnonzero(shares)
    years = np.asarray(stretch, float)[..., None] * (at - latest + within) * period_years
    return (growth[..., None] ** years @ shares[at] - np.sum(shares))[()]


def divide(numerator: Numbers, denominator: Numbers) -> Any:
    """Quotient; a positive amount over nothing is infinite, nothing over nothing is not a number. No warnings.

    Parameters
    ----------
    numerator, denominator : float or array
        What is divided, and by what, in any units. [-]

    Returns
    -------
    float or array
        Quotient, in the units of its parts. [-]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(np.asarray(numerator, float), np.asarray(denominator, float))[()]
