"""Sums, shares and comparisons of any figures."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import finance


def total(*, parts: tuple[Any, ...]) -> Any:
    """Sum of parts.

    Parameters
    ----------
    parts : tuple of float or array
        Parts in one unit. [USD]

    Returns
    -------
    float or array
        Sum. [USD]
    """
    return sum(parts)


def sum_of(*, parts: tuple[Any, ...]) -> Any:
    """Sum of costs per MWh.

    Parameters
    ----------
    parts : tuple of float or array
        Costs. [USD/MWh]

    Returns
    -------
    float or array
        Sum. [USD/MWh]
    """
    return sum(parts)


def minus(*, value: Any) -> Any:
    """The negative of a value: a decline as a change.

    Parameters
    ----------
    value : float or array
        Decline. [1/year]

    Returns
    -------
    float or array
        Change. [1/year]
    """
    return -value


def raised(*, value: Any, share: Any) -> Any:
    """A value and a share of it more.

    Parameters
    ----------
    value : float or array
        Value. [-]
    share : float or array
        What comes on top. [-]

    Returns
    -------
    float or array
        Sum. [-]
    """
    return value * (1.0 + share)


def share(*, part: Any, whole: Any) -> Any:
    """Part over whole.

    Parameters
    ----------
    part, whole : float or array
        In one unit. [-]

    Returns
    -------
    float or array
        Share. [1]
    """
    return part / whole


def share_of(*, value: Any, share: Any) -> Any:
    """A share of a value.

    Parameters
    ----------
    value : float or array
        Value. [USD/MW]
    share : float or array
        Share, per year where yearly. [1/year]

    Returns
    -------
    float or array
        Part. [USD/MW/year]
    """
    return value * share


def larger(*, a: Any, b: Any) -> Any:
    """The larger of two powers.

    Parameters
    ----------
    a, b : float or array
        Powers. [MW]

    Returns
    -------
    float or array
        Power. [MW]
    """
    return np.maximum(a, b)


def smaller(*, a: Any, b: Any) -> Any:
    """The smaller of two powers.

    Parameters
    ----------
    a, b : float or array
        Powers. [MW]

    Returns
    -------
    float or array
        Power. [MW]
    """
    return np.minimum(a, b)


def beyond(*, mw: Any, existing_mw: Any) -> Any:
    """Capacity beyond what stands already.

    Parameters
    ----------
    mw, existing_mw : float
        Capacity in all, and standing. [MW]

    Returns
    -------
    float
        New capacity. [MW]
    """
    return mw - existing_mw


def beyond_planned(*, ratio: Any) -> Any:
    """What is given beyond what was planned with.

    Parameters
    ----------
    ratio : float or array
        Given over planned. [-]

    Returns
    -------
    float or array
        Over planned. [-]
    """
    return ratio - 1.0


def left_over(*, budget_usd: Any, capex_usd: Any) -> Any:
    """Budget that the plan leaves unspent; negative where it falls short.

    Parameters
    ----------
    budget_usd, capex_usd : float or array
        Budget and all-in cost. [USD]

    Returns
    -------
    float or array
        Rest. [USD]
    """
    return budget_usd - capex_usd


def per_month(*, value: Any) -> Any:
    """A yearly amount per month.

    Parameters
    ----------
    value : float or array
        Per year. [USD/year]

    Returns
    -------
    float or array
        Per month. [USD/month]
    """
    return value / finance.MONTHS_PER_YEAR


def cost_of(*, mw: Any, usd_per_mw: Any) -> Any:
    """Amount times unit cost.

    Parameters
    ----------
    mw : float
        Capacity per MW of campus. [MW]
    usd_per_mw : float or array
        Unit cost. [USD/MW]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return mw * usd_per_mw
