"""The licence for the chips: total processing performance, licence class, chip gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .verdict import NO, YES, YES_IF, Gate, Letter, make_gate
from .words import count

LICENCE_CLASSES = ("none_needed", "licence_presumed_approval", "case_by_case", "presumption_of_denial", "embargoed")
OPERATORS = ("local", "us_or_a5", "d5_or_macau")  # seat of the operator's ultimate parent
_TERA = 1e12


def total_processing_performance(*, flop_per_s: float, bits: float) -> float:
    """Total processing performance (TPP) of an accelerator, as the export rules count it.

    Parameters
    ----------
    flop_per_s : float
        Dense peak at a precision. [FLOP/s]
    bits : float
        Length of the operands at that precision. [-]

    Returns
    -------
    float
        Tera-operations per second times bit length; the rule takes the largest over precisions. [-]

    References
    ----------
    .. [1] 15 CFR part 774, Supplement No. 1, ECCN 3A090, technical notes.

    Examples
    --------
    An H100 makes 989.4e12 dense BF16 FLOP/s:

    >>> round(total_processing_performance(flop_per_s=989.4e12, bits=16))
    15830
    """
    return flop_per_s / _TERA * bits


def licence_class_for(
    *, licence_class: str, class_if_us_or_a5_operator: str, class_if_d5_operator: str, operator: str
) -> str:
    """Licence class that applies, given the place and where the operator's ultimate parent sits.

    Parameters
    ----------
    licence_class : str
        Class by destination. [-]
    class_if_us_or_a5_operator : str
        Class there for an operator headquartered in the US or country group A:5. [-]
    class_if_d5_operator : str
        Class anywhere for an operator headquartered in group D:5 or Macau. [-]
    operator : str
        ``local``, ``us_or_a5`` or ``d5_or_macau``. [-]

    Returns
    -------
    str
        One of ``LICENCE_CLASSES``. [-]

    References
    ----------
    .. [1] 15 CFR 742.6(a)(6)(iii).

    Examples
    --------
    >>> licence_class_for(licence_class="none_needed", class_if_us_or_a5_operator="none_needed",
    ...                   class_if_d5_operator="presumption_of_denial", operator="d5_or_macau")
    'presumption_of_denial'
    """
    if operator not in OPERATORS:
        raise ValueError(f"operator is {operator!r}; expected one of {', '.join(OPERATORS)}")
    if operator == "us_or_a5":
        return class_if_us_or_a5_operator or licence_class
    if operator == "d5_or_macau":
        return max(licence_class, class_if_d5_operator, key=LICENCE_CLASSES.index)
    return licence_class


def chip_gate(
    *,
    place: str,
    licence_class: str | None,
    fact_class: str,
    source: str,
    accelerators: float,
    accelerator: str,
    licence_months: Sequence[float] | None,
    authority: str,
    tpp: float | None = None,
    bandwidth_gb_per_s: float | None = None,
    exception_tpp: float | None = None,
    exception_bandwidth_gb_per_s: float | None = None,
) -> Gate:
    """May the accelerators be shipped there?

    Parameters
    ----------
    place : str
        Name of the country. [-]
    licence_class : str or None
        From ``licence_class_for``; None where no fact exists. [-]
    fact_class, source : str
        Class and source of that fact. [-]
    accelerators : float
        How many are wanted. [-]
    accelerator : str
        Their name. [-]
    licence_months : (low, value, high) or None
        Time to a licence. [months]
    authority : str
        Who grants it. [-]
    tpp, bandwidth_gb_per_s : float, optional
        Total processing performance [-] and memory bandwidth of the accelerator. [GB/s]
    exception_tpp, exception_bandwidth_gb_per_s : float, optional
        Where a rule reviews smaller chips case by case: both limits of that rule. [-, GB/s]

    Returns
    -------
    Gate
    """
    many = f"{count(accelerators)} {accelerator}" if accelerators > 1 else accelerator
    letter = Letter(authority, f"an export licence (or advice that none is needed) for {many} to {place}",
                    "the chips: nothing else matters without them", "licence")  # fmt: skip
    if licence_class is None:
        return make_gate("chips", YES_IF, "C", f"No export class is known for {place}", "", letter)
    if licence_class not in LICENCE_CLASSES:
        raise ValueError(f"licence class is {licence_class!r}; expected one of {', '.join(LICENCE_CLASSES)}")
    excepted = _below(tpp, exception_tpp) and _below(bandwidth_gb_per_s, exception_bandwidth_gb_per_s)
    if licence_class == "presumption_of_denial" and excepted:
        licence_class, place = "case_by_case", f"{place}, where smaller chips such as {accelerator} are reviewed singly"
    if licence_class == "embargoed":
        words = f"{place} is under embargo: {many} cannot be shipped"
        return Gate(
            "chips", NO, fact_class, words, source, replace(letter, ask=f"whether any exception covers {place}")
        )
    if licence_class == "presumption_of_denial":
        words = f"US export rules presume denial for {many} to {place}; only a licence would change it"
        return Gate("chips", NO, fact_class, words, source, letter)
    if licence_class == "none_needed":
        return make_gate("chips", YES, fact_class, f"No licence needed for {place} today", source, letter)
    manner = "approval presumed" if licence_class == "licence_presumed_approval" else "decided case by case"
    words = f"{many} to {place} need a US export licence, {manner}{_about_months(licence_months)}"
    return make_gate("chips", YES_IF, fact_class, words, source, letter)


def _below(x: float | None, limit: float | None) -> bool:
    return x is not None and limit is not None and x < limit


def _about_months(months: Sequence[float] | None) -> str:
    if months is None or not np.isfinite(months[1]):
        return ""
    low, value, high = (f"{m:.0f}" for m in months)
    return f": about {value} months ({low}-{high})"
