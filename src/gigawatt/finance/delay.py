"""What waiting costs: capital that is committed and idle, value lost by age, margin lost, chips that get cheaper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.units import HOURS_PER_YEAR, MONTHS_PER_YEAR

from .rates import Numbers


@dataclass(frozen=True, slots=True)
class Delay:
    """Cost of one delay by cause, USD at its end; ``cheaper_usd`` is a credit and ``total_usd`` has it taken off."""

    carry_usd: Any
    ageing_usd: Any
    standing_usd: Any
    margin_usd: Any
    cheaper_usd: Any
    total_usd: Any


def cost_of_delay(
    *,
    committed_usd: Numbers,
    idle_hardware_usd: Numbers,
    unordered_hardware_usd: Numbers,
    rate_per_year: Numbers,
    value_decline_per_year: Numbers,
    price_decline_per_year: Numbers,
    standing_usd_per_month: Numbers,
    contracted_hours_per_month: Numbers,
    price_usd_per_accelerator_hour: Numbers,
    lcoc_usd_per_accelerator_hour: Numbers,
    fixed_price_share: Numbers,
    grace_months: Numbers,
    long_stop_months: Numbers,
) -> Delay:
    """Cost of a delay of as many months as the paths have.

    Carry: interest on what is committed, month by month, compounded. Ageing: delivered hardware loses value while it
    stands. Margin: hours under contract times price above *full* cost, capital included, so that carry is not counted
    twice. Credit: hardware not yet ordered is bought cheaper; it counts for hours sold at a fixed price only, for
    where prices float rents fall with it. A customer may leave between grace and long stop, and the fixed price with
    him. Hardware not yet bought costs neither carry nor ageing nor rent.

    Parameters
    ----------
    committed_usd : float or array (..., month)
        Money paid at the start of each month of the delay, hardware on site included. [USD]
    idle_hardware_usd : float or array (..., month)
        Delivered hardware that stands still, part of the committed money. [USD]
    unordered_hardware_usd : float or array (...)
        Hardware that nobody has ordered yet. [USD]
    rate_per_year : float or array (...)
        Cost of capital of the money committed. [1/year]
    value_decline_per_year : float or array (...)
        Loss of value of hardware that is here, by age. [1/year]
    price_decline_per_year : float or array (...)
        Fall of the purchase price of the same hardware. [1/year]
    standing_usd_per_month : float or array (..., month)
        Staff, service and insurance that run anyway. [USD/month]
    contracted_hours_per_month : float or array (...)
        Accelerator-hours of the whole campus that would be sold. [h/month]
    price_usd_per_accelerator_hour : float or array (...)
        Their price. [USD/h]
    lcoc_usd_per_accelerator_hour : float or array (...)
        Full cost at the hours sold. [USD/h]
    fixed_price_share : float or array (...)
        Share of the hours under a price fixed before the delay. [-]
    grace_months : float or array (...)
        Delay that customers bear under their contract. [month]
    long_stop_months : float or array (...)
        Delay after which all may leave. [month]

    Returns
    -------
    Delay
        By cause. [USD]

    Examples
    --------
    A year on 12 bn USD at 8 % and nothing else is a year of interest:

    >>> import numpy as np
    >>> zero = dict.fromkeys(("idle_hardware_usd", "standing_usd_per_month"), np.zeros(12))
    >>> none = dict.fromkeys(("unordered_hardware_usd", "contracted_hours_per_month", "fixed_price_share"), 0.0)
    >>> d = cost_of_delay(committed_usd=np.full(12, 12e9), rate_per_year=0.08, value_decline_per_year=0.3,
    ...                   price_decline_per_year=0.1, price_usd_per_accelerator_hour=3.2, grace_months=6,
    ...                   lcoc_usd_per_accelerator_hour=2.2, long_stop_months=18, **zero, **none)
    >>> round(float(d.total_usd) / 1e9, 6)
    0.96
    """
    paid, idle, standing = (
        np.atleast_1d(np.asarray(x, float)) for x in (committed_usd, idle_hardware_usd, standing_usd_per_month)
    )
    months = paid.shape[-1]
    month = 1.0 / MONTHS_PER_YEAR
    left = months - np.arange(months, dtype=float)  # from the start of each month to the end of the delay
    interest = np.log1p(np.asarray(rate_per_year, float))[..., None] * month
    carry = np.sum(paid * np.expm1(interest) * np.exp(interest * (left - 1.0)), axis=-1)
    arrived = np.diff(idle, axis=-1, prepend=0.0)
    kept = np.maximum(1.0 - np.asarray(value_decline_per_year, float)[..., None], 0.0) ** (left * month)
    ageing = np.sum(arrived * (1.0 - kept), axis=-1)
    over = np.maximum(np.asarray(price_usd_per_accelerator_hour, float) - lcoc_usd_per_accelerator_hour, 0.0)
    margin = np.asarray(contracted_hours_per_month, float) * over * months
    fall = 1.0 - np.maximum(1.0 - np.asarray(price_decline_per_year, float), 0.0) ** (months * month)
    stay = 1.0 - left_share(months=months, grace_months=grace_months, long_stop_months=long_stop_months)
    cheaper = np.asarray(unordered_hardware_usd, float) * fall * fixed_price_share * stay
    stands = np.sum(standing, axis=-1)
    total = carry + ageing + stands + margin - cheaper
    return Delay(*(np.asarray(x)[()] for x in (carry, ageing, stands, margin, cheaper, total)))


def left_share(*, months: Numbers, grace_months: Numbers, long_stop_months: Numbers) -> Any:
    """Share of customers with a fixed price who have left after a delay: none in the grace, all at the long stop.

    Parameters
    ----------
    months : float or array
        Delay. [month]
    grace_months, long_stop_months : float or array
        Delay borne, and delay after which all may leave. [month]

    Returns
    -------
    float or array
        Share. [-]

    Examples
    --------
    >>> [float(left_share(months=m, grace_months=6, long_stop_months=18)) for m in (3, 12, 24)]
    [0.0, 0.5, 1.0]
    """
    grace, stop = np.asarray(grace_months, float), np.asarray(long_stop_months, float)
    return np.clip((np.asarray(months, float) - grace) / np.maximum(stop - grace, 1e-9), 0.0, 1.0)[()]


def rental_of_idle_accelerators(
    *, accelerators: Numbers, usd_per_accelerator_hour: Numbers, months: Numbers, rate_per_year: Numbers
) -> Any:
    """The published, naive price of waiting: every accelerator rented out from the first day, bought or not.

    Whole years at the price of today, discounted at the beginning of each; a part of a year in proportion.

    Parameters
    ----------
    accelerators : float or array
        Of the whole campus. [accelerator]
    usd_per_accelerator_hour : float or array
        Rent. [USD/h]
    months : float or array
        Delay. [month]
    rate_per_year : float or array
        Discount rate. [1/year]

    Returns
    -------
    float or array
        Rent. [USD]

    References
    ----------
    .. [1] A. Newkirk, AI-Datacenter-Microgrid-Analysis, 2025: 2.40 USD per GPU-hour, 7 %.

    Examples
    --------
    >>> round(float(rental_of_idle_accelerators(accelerators=100e3, usd_per_accelerator_hour=2.4, months=36,
    ...                                         rate_per_year=0.07)) / 1e6, 1)
    5903.6
    """
    years = np.asarray(months, float) / MONTHS_PER_YEAR
    whole = np.floor(years + 1e-9)
    growth = 1.0 + np.asarray(rate_per_year, float)
    full = (1.0 - growth**-whole) / (1.0 - growth**-1.0)
    a_year = np.asarray(accelerators, float) * usd_per_accelerator_hour * HOURS_PER_YEAR
    return (a_year * (full + (years - whole) * growth**-whole))[()]
