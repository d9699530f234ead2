"""Gates: what decides before any optimum, in the order of the report.

Licence for the chips; power (share of peak, contingency, who generates it, connection); someone who pays; money; land,
water, hazard, war, moratorium; time. Each gate is a pure function of numbers and words that says ``yes``, ``yes_if``
or ``no`` in one sentence, with the class and source of its worst fact and, where it is not a yes, the letter that
settles it. Evidence of class C, or none, never gives a plain yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

YES, YES_IF, NO = "yes", "yes_if", "no"
STATES = (YES, YES_IF, NO)  # from good to bad
ORDER = ("chips", "power", "payer", "money", "land", "water", "hazard", "war", "moratorium", "time")
LICENCE_CLASSES = ("none_needed", "licence_presumed_approval", "case_by_case", "presumption_of_denial", "embargoed")
OPERATORS = ("local", "us_or_a5", "d5_or_macau")  # seat of the operator's ultimate parent
EFFECTS = ("blocks", "limits", "requires", "speeds")
_TERA = 1e12


@dataclass(frozen=True, slots=True)
class Letter:
    """What to ask whom, what the answer unlocks, and the task of the schedule that waits for it."""

    to: str
    ask: str
    unlocks: str
    task: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: state, class of its worst fact, one sentence, source, letter, and value against limit."""

    gate: str
    state: str
    fact_class: str
    words: str
    source: str
    letter: Letter | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All gates in order, the answer they give together, and the ones that decide it."""

    answer: str
    binding: tuple[Gate, ...]
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A letter to write: to whom, what to ask, by which ISO date, and what it unlocks."""

    to: str
    ask: str
    by: str
    unlocks: str


# ------------------------------------------------------------------ words


def _figure(x: float, digits: int = 2) -> str:
    """A number to some significant digits, with thousands marks."""
    if not np.isfinite(x):
        return "unknown"
    rounded = float(f"{x:.{digits}g}")
    return f"{rounded:,.{max(digits - 1 - _exponent(rounded), 0)}f}"


def _exponent(x: float) -> int:
    return int(np.floor(np.log10(abs(x)))) if x else 0


def _percent(x: float) -> str:
    if 0 < x < 1e-4:
        return "under 0.01 %"
    return f"{_figure(100 * x)} %"


def _mw(x: float) -> str:
    """Megawatts as they are given: whole, at most four digits matter."""
    return f"{float(f'{x:.4g}'):,.0f} MW"


def _known(x: float | None) -> bool:
    return x is not None and bool(np.isfinite(x))


def _gate(
    gate: str,
    state: str,
    fact_class: str,
    words: str,
    source: str,
    letter: Letter,
    numbers: tuple[float | None, float | None, str] = (None, None, ""),
) -> Gate:
    """Build a gate; a yes on weak evidence becomes ``yes_if`` the letter is answered; a yes needs no letter."""
    if state == YES and (fact_class not in ("A", "B") or not source):
        state, words = YES_IF, f"{words}, on an analogy or assumption that {letter.to} must confirm"
    kept = None if state == YES else letter
    return Gate(gate, state, fact_class or "C", words, source or "no sourced fact", kept, *numbers)


# ------------------------------------------------------------------ chips


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
    count = f"{_figure(accelerators)} {accelerator}" if accelerators > 1 else accelerator
    letter = Letter(authority, f"an export licence (or advice that none is needed) for {count} to {place}",
                    "the chips: nothing else matters without them", "licence")  # fmt: skip
    if licence_class is None:
        return _gate("chips", YES_IF, "C", f"No export class is known for {place}", "", letter)
    if licence_class not in LICENCE_CLASSES:
        raise ValueError(f"licence class is {licence_class!r}; expected one of {', '.join(LICENCE_CLASSES)}")
    excepted = _below(tpp, exception_tpp) and _below(bandwidth_gb_per_s, exception_bandwidth_gb_per_s)
    if licence_class == "presumption_of_denial" and excepted:
        licence_class, place = "case_by_case", f"{place}, where smaller chips such as {accelerator} are reviewed singly"
    if licence_class == "embargoed":
        words = f"{place} is under embargo: {count} cannot be shipped"
        return Gate(
            "chips", NO, fact_class, words, source, replace(letter, ask=f"whether any exception covers {place}")
        )
    if licence_class == "presumption_of_denial":
        words = f"US export rules presume denial for {count} to {place}; another place or owner is the way out"
        return Gate("chips", NO, fact_class, words, source, letter)
    if licence_class == "none_needed":
        return _gate("chips", YES, fact_class, f"No licence needed for {place} today", source, letter)
    manner = "approval presumed" if licence_class == "licence_presumed_approval" else "decided case by case"
    words = f"{count} to {place} need a US export licence, {manner}{_about_months(licence_months)}"
    return _gate("chips", YES_IF, fact_class, words, source, letter)


def _below(x: float | None, limit: float | None) -> bool:
    return x is not None and limit is not None and x < limit


def _about_months(months: Sequence[float] | None) -> str:
    if months is None or not np.isfinite(months[1]):
        return ""
    low, value, high = (f"{m:.0f}" for m in months)
    return f": about {value} months ({low}-{high})"


# ------------------------------------------------------------------ power


def share_gate(
    *,
    place: str,
    grid_mw: float,
    national_peak_mw: float | None,
    share_if: float,
    share_no: float,
    fact_class: str,
    source: str,
    grid_operator: str,
) -> Gate:
    """How large is the grid load beside the national (or system) peak?

    Parameters
    ----------
    place : str
        Name of the country or system. [-]
    grid_mw : float
        Peak drawn from the grid: the campus less its own firm plants. [MW]
    national_peak_mw : float or None
        Peak demand. [MW]
    share_if, share_no : float
        Above the first the operator must consent; above the second it is a no. [-]
    fact_class, source : str
        Of the peak. [-]
    grid_operator : str
        Who must consent. [-]

    Returns
    -------
    Gate
        Examples in the tests: 1,000 MW of Kenya's 2,444 MW is a no.
    """
    ask = f"consent to {_mw(grid_mw)} at one point, and the system's peak and firm reserve of the years to come"
    letter = Letter(grid_operator, ask, "the power gate", "grid_study")
    if not _known(national_peak_mw):
        return _gate("power", YES_IF, "C", f"The peak demand of {place} is not known", "", letter)
    share = grid_mw / float(national_peak_mw or np.nan)
    words = f"{_mw(grid_mw)} is {_percent(share)} of the peak of {place}, {_mw(float(national_peak_mw or 0))}"
    numbers = (share, share_no, "1")
    if share > share_no:
        words = f"{words}, above {_percent(share_no)}, our limit for one new load"
        return _gate("power", NO, fact_class, words, source, letter, numbers)
    if share > share_if:
        return _gate("power", YES_IF, fact_class, f"{words}: the operator must agree", source, letter, numbers)
    return _gate("power", YES, fact_class, words, source, letter, numbers)


def largest_by_share(*, national_peak_mw: float, share: float) -> float:
    """Largest grid load within a share of peak: the inverse of ``share_gate``, for the nearest plan that works.

    Parameters
    ----------
    national_peak_mw : float
        Peak demand. [MW]
    share : float
        Share of it. [-]

    Returns
    -------
    float
        Load. [MW]
    """
    return national_peak_mw * share


def contingency_gate(
    *,
    area: str,
    trip_block_mw: float,
    contingency_mw: float | None,
    fact_class: str,
    source: str,
    grid_operator: str,
) -> Gate:
    """Can the system lose the largest block of the campus at once?

    Parameters
    ----------
    area : str
        Synchronous area. [-]
    trip_block_mw : float
        Largest part of the campus that one fault can trip. [MW]
    contingency_mw : float or None
        Largest loss the area is planned to survive. [MW]
    fact_class, source : str
        Of the contingency. [-]
    grid_operator : str
        Who must agree. [-]

    Returns
    -------
    Gate
    """
    ask = f"the largest block it may lose in one fault, against a campus block of {_mw(trip_block_mw)}, and fault rules"
    letter = Letter(grid_operator, ask, "the size of a block and the number of feeds", "grid_study")
    if not _known(contingency_mw):
        return _gate("power", YES_IF, "C", f"The largest loss {area} is planned for is not known", "", letter)
    limit = float(contingency_mw or 0.0)
    words = f"A trip block of {_mw(trip_block_mw)} is {'below' if trip_block_mw <= limit else 'above'} the largest"
    words = f"{words} contingency of {area}, {_mw(limit)}"
    state = YES if trip_block_mw <= limit else YES_IF
    if state == YES_IF:
        words = f"{words}: it must be split into at least {int(np.ceil(trip_block_mw / limit))} or ride through faults"
    return _gate("power", state, fact_class, words, source, letter, (trip_block_mw, limit, "MW"))


def supply_gate(
    *,
    place: str,
    campus_twh: float,
    own_twh: float,
    generation_twh: float | None,
    net_exports_twh: float | None,
    shortage_mw: float,
    share_no: float,
    fact_class: str,
    source: str,
    generator: str,
) -> Gate:
    """Who generates it: exports to spare, plants the campus brings, or neither?

    Parameters
    ----------
    place : str
        Name of the country or system. [-]
    campus_twh : float
        Electricity of a year. [TWh]
    own_twh : float
        Part of it from plants that the campus brings. [TWh]
    generation_twh, net_exports_twh : float or None
        National generation and net exports of a year (imports negative). [TWh]
    shortage_mw : float
        Power missing at peak today; 0 where supply is adequate. [MW]
    share_no : float
        Share of national generation above which existing plants cannot carry it. [-]
    fact_class, source : str
        Of the balance. [-]
    generator : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    bought = max(campus_twh - own_twh, 0.0)
    letter = Letter(generator, f"{_figure(bought)} TWh a year over 12 years: volume, hours and price",
                    "who generates it, and the power price", "source")  # fmt: skip
    if not _known(generation_twh):
        return _gate("power", YES_IF, "C", f"The electricity balance of {place} is not known", "", letter)
    generation = float(generation_twh or np.nan)
    share, words = bought / generation, f"The campus buys {_figure(bought)} TWh a year"
    numbers = (share, share_no, "1")
    if bought == 0.0:
        return _gate("power", YES, fact_class, "The campus brings its own plants", source, letter, numbers)
    if shortage_mw > 0:
        words = f"{place} is short of {_mw(shortage_mw)} at peak, so the campus must bring firm plants of its own"
        return _gate("power", YES_IF, fact_class, words, source, letter, numbers)
    if share > share_no:
        own = f"beside {_figure(own_twh)} TWh of its own" if own_twh > 0 else "and brings no plants"
        words = f"{words}, {_percent(share)} of what {place} generates ({_figure(generation)} TWh), {own}"
        return _gate("power", NO, fact_class, words, source, letter, numbers)
    if _known(net_exports_twh) and float(net_exports_twh or 0.0) >= bought:
        words = f"{words}; {place} exports {_figure(float(net_exports_twh or 0.0))} TWh net"
        return _gate("power", YES, fact_class, words, source, letter, numbers)
    balance = _balance_words(net_exports_twh)
    words = f"{words}, {_percent(share)} of what {place} generates, {balance}: new or spare plants must be named"
    return _gate("power", YES_IF, fact_class, words, source, letter, numbers)


def _balance_words(net_exports_twh: float | None) -> str:
    if not _known(net_exports_twh):
        return "with an unknown trade balance"
    x = float(net_exports_twh or 0.0)
    return f"which {'exports' if x >= 0 else 'imports'} {_figure(abs(x))} TWh net" if x else "which trades none"


def source_gate(
    *,
    technology: str,
    wanted_mw: float,
    fleet_mw: float | None,
    banned: bool,
    build_months: float | None,
    fact_class: str,
    source: str,
    owner: str,
) -> Gate:
    """Can the source that was named deliver: a contract on the fleet, a new plant with its date, or a ban?

    Parameters
    ----------
    technology : str
        Named source, such as ``nuclear`` or ``gas``. [-]
    wanted_mw : float
        Power wanted from it. [MW]
    fleet_mw : float or None
        What exists in the country (for gas: fed by a sourced supply); None where unknown. [MW]
    banned : bool
        Whether the law forbids new plants. [-]
    build_months : float or None
        Decision to operation of a new plant. [months]
    fact_class, source : str
        Of fleet, ban or lead time. [-]
    owner : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    letter = Letter(owner, f"{_mw(wanted_mw)} of {technology}: an allocation of 12 years or more, its start and price",
                    f"the {technology} power", "source")  # fmt: skip
    fleet = float(fleet_mw or 0.0) if _known(fleet_mw) else 0.0
    numbers = (wanted_mw, fleet, "MW")
    if fleet >= wanted_mw:
        words = f"{_mw(wanted_mw)} of {technology} comes from an existing fleet of {_mw(fleet)} if {owner} allocates it"
        return _gate("power", YES_IF, fact_class, words, source, letter, numbers)
    if banned:
        words = f"New {technology} plants are forbidden by law, and {_mw(fleet)} exist"
        return _gate("power", NO, fact_class, words, source, letter, numbers)
    if _known(build_months):
        years = float(build_months or 0.0) / 12.0
        have = f"only {_mw(fleet)} exist" if fleet else "no fleet exists"
        words = f"{technology.capitalize()}: {have}; a new plant takes about {_figure(years)} years"
        return _gate("power", YES_IF, fact_class, words, source, letter, numbers)
    words = f"No sourced supply of {technology} is known for {_mw(wanted_mw)}"
    return _gate("power", YES_IF, "C", words, source, letter, numbers)


def connection_gate(
    *,
    grid_operator: str,
    regime: str,
    connection_mw: float,
    stage_mw: Sequence[float],
    stage_months: Sequence[float],
    in_hand: bool,
    fact_class: str,
    source: str,
) -> Gate:
    """Is the grid connection promised, and by when?

    Parameters
    ----------
    grid_operator : str
        Who connects. [-]
    regime : str
        Name of the procedure in words, such as ``RTE fast track``. [-]
    connection_mw : float
        Power wanted. [MW]
    stage_mw : sequence of float
        Power reached by stage, cumulative. [MW]
    stage_months : sequence of float
        Months from the contract to each stage. [months]
    in_hand : bool
        Whether a signed offer exists. [-]
    fact_class, source : str
        Of the dates. [-]

    Returns
    -------
    Gate
    """
    steps = "/".join(f"{min(mw, connection_mw):,.0f}" for mw in stage_mw)
    letter = Letter(grid_operator, f"{_mw(connection_mw)} at the site, staged {steps} MW, its dates, flexible hours",
                    "the connection and its dates", "grid_study")  # fmt: skip
    if in_hand:
        return _gate(
            "power", YES, fact_class, f"A signed connection of {_mw(connection_mw)} is in hand", source, letter
        )
    if not len(stage_mw):
        return _gate("power", YES_IF, "C", f"No connection date is known for {_mw(connection_mw)}", "", letter)
    parts = [f"{_mw(min(mw, connection_mw))} in {m:.0f} months" for mw, m in zip(stage_mw, stage_months, strict=True)]
    words = f"{regime}: {', '.join(parts)} from a contract that is still to be signed"
    return _gate("power", YES_IF, fact_class, words, source, letter)


# ------------------------------------------------------------------ payer and money


def payer_gate(
    *,
    contract_in_hand: bool,
    price_needed_usd_per_accelerator_hour: float,
    price_market_usd_per_accelerator_hour: float,
    tenor_years: float,
    take_or_pay_share: float,
    payments_usd_per_year: float,
    gdp_usd: float | None,
    gdp_share_limit: float,
    guarantee_refused: bool,
    fact_class: str,
    source: str,
    tenant: str,
    guarantor: str,
) -> Gate:
    """Does somebody promise to pay, at a price the market bears?

    Parameters
    ----------
    contract_in_hand : bool
        Whether a take-or-pay contract is signed. [-]
    price_needed_usd_per_accelerator_hour : float
        Price that satisfies the lenders. [USD/h]
    price_market_usd_per_accelerator_hour : float
        What such hours sell for. [USD/h]
    tenor_years : float
        Length of the contract. [years]
    take_or_pay_share : float
        Share of hours paid in any case. [-]
    payments_usd_per_year : float
        What the payer owes a year. [USD/year]
    gdp_usd : float or None
        Gross domestic product of the host. [USD]
    gdp_share_limit : float
        Share of GDP above which the state alone is not a credible payer. [-]
    guarantee_refused : bool
        Whether the state is known to have declined. [-]
    fact_class, source : str
        Of the market price. [-]
    tenant, guarantor : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    needed, market = price_needed_usd_per_accelerator_hour, price_market_usd_per_accelerator_hour
    share = payments_usd_per_year / float(gdp_usd or np.nan) if _known(gdp_usd) else np.nan
    deal = f"{_percent(take_or_pay_share)} take-or-pay for {tenor_years:.0f} years at {_figure(needed)} USD/h"
    letter = Letter(tenant, f"{deal}, {_figure(payments_usd_per_year / 1e9)} bn USD a year", "lenders", "finance")
    numbers = (needed, market, "USD/h")
    if contract_in_hand:
        return _gate("payer", YES, fact_class, f"A contract is in hand: {deal}", source, letter, numbers)
    words = f"Nobody has signed yet: lenders need {deal} (the market pays {_figure(market)})"
    if needed > market:
        words = f"{words}, so the payer accepts {_percent(needed / market - 1)} above the market"
    if guarantee_refused:
        words, letter = f"{words}, and a state guarantee is missing", replace(letter, to=f"{tenant}; {guarantor}")
    elif np.isfinite(share) and share > gdp_share_limit:
        words = f"{words}; {_percent(share)} of GDP a year is too much for the state alone"
    return _gate("payer", YES_IF, fact_class, words, source, letter, numbers)


def money_gate(
    *, needed_usd: Sequence[float], budget_usd: float | None, fact_class: str, source: str, lender: str
) -> Gate:
    """Does the budget cover the plan, and what is left?

    Parameters
    ----------
    needed_usd : (low, value, high)
        Capital needed, P10, median and P90. [USD]
    budget_usd : float or None
        What there is; None where the question names none. [USD]
    fact_class, source : str
        Of the cost. [-]
    lender : str
        Whom to ask for the rest. [-]

    Returns
    -------
    Gate
    """
    low, value, high = (float(x) for x in needed_usd)
    need = f"{_figure(value / 1e9)} bn USD ({_figure(low / 1e9)}-{_figure(high / 1e9)})"
    letter = Letter(lender, f"finance for {need}", "the money", "finance")
    if budget_usd is None:
        return _gate("money", YES_IF, fact_class, f"It needs {need}; no budget was named", source, letter)
    have, numbers = f"{_figure(budget_usd / 1e9, 3)} bn USD", (value, budget_usd, "USD")
    if budget_usd >= high:
        words = f"It needs {need} of {have}; about {_figure((budget_usd - value) / 1e9)} bn USD stay unspent"
        return _gate("money", YES, fact_class, words, source, letter, numbers)
    if budget_usd >= low:
        words = f"It needs {need}; {have} may not cover the high end"
        return _gate("money", YES_IF, fact_class, words, source, letter, numbers)
    words = f"It needs {need}; {have} falls short by about {_figure((value - budget_usd) / 1e9)} bn USD"
    return _gate("money", NO, fact_class, words, source, letter, numbers)


# ------------------------------------------------------------------ land, water, hazard, war, moratorium, time


def land_gate(
    *,
    place: str,
    land_km2: float,
    area_km2: float | None,
    share_if: float,
    share_no: float,
    fact_class: str,
    source: str,
    agency: str,
) -> Gate:
    """Is there room in the country?

    Parameters
    ----------
    place : str
        Name of the country. [-]
    land_km2 : float
        Land of the campus. [km2]
    area_km2 : float or None
        Area of the country. [km2]
    share_if, share_no : float
        Shares of the country's area at which it becomes doubtful, and out of the question. [-]
    fact_class, source : str
        Of the area. [-]
    agency : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    letter = Letter(agency, f"a site of {_figure(land_km2)} km2 with its planning status", "the land", "site_control")
    if not _known(area_km2):
        return _gate("land", YES_IF, "C", f"The area of {place} is not known", "", letter)
    share = land_km2 / float(area_km2 or np.nan)
    words = f"{_figure(land_km2)} km2 of land is {_percent(share)} of {place}"
    state = NO if share > share_no else YES_IF if share > share_if else YES
    return _gate("land", state, fact_class, words, source, letter, (share, share_no, "1"))


def water_gate(
    *,
    place: str,
    water_m3_per_year: float,
    water_stress: float | None,
    stress_if: float,
    dry_m3_per_year: float,
    fact_class: str,
    source: str,
    agency: str,
) -> Gate:
    """Is there water for the cooling that is planned?

    Parameters
    ----------
    place : str
        Name of the place. [-]
    water_m3_per_year : float
        Water drawn in a year. [m3/year]
    water_stress : float or None
        Freshwater withdrawn over available there. [-]
    stress_if : float
        Stress from which water must be promised. [-]
    dry_m3_per_year : float
        Use below which the campus counts as dry. [m3/year]
    fact_class, source : str
        Of the stress. [-]
    agency : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    million = _figure(water_m3_per_year / 1e6)
    letter = Letter(agency, f"{million} Mm3 of water a year, or a permit for dry coolers", "the cooling", "permits")
    words = f"{million} Mm3 of water a year"
    if water_m3_per_year <= dry_m3_per_year:
        return _gate("water", YES, "B", f"{words}: dry cooling, little water", source or "design", letter)
    if not _known(water_stress):
        return _gate("water", YES_IF, "C", f"{words}; the water stress of {place} is not known", "", letter)
    stress = float(water_stress or 0.0)
    words = f"{words} where {_percent(stress)} of the fresh water is already drawn"
    state = YES_IF if stress >= stress_if else YES
    return _gate("water", state, fact_class, words, source, letter, (stress, stress_if, "1"))


def hazard_gate(
    *, place: str, hazard_index: float | None, index_if: float, fact_class: str, source: str, insurer: str
) -> Gate:
    """Do natural hazards ask for more than ordinary engineering?

    Parameters
    ----------
    place : str
        Name of the country. [-]
    hazard_index : float or None
        INFORM natural hazard exposure, 0 to 10. [-]
    index_if : float
        Index from which a site study and cover are needed first. [-]
    fact_class, source : str
        Of the index. [-]
    insurer : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    letter = Letter(insurer, "a hazard study of the site and the price of cover", "insurance and design", "permits")
    if not _known(hazard_index):
        return _gate("hazard", YES_IF, "C", f"The natural hazards of {place} are not rated", "", letter)
    index = float(hazard_index or 0.0)
    words = f"Natural hazards of {place} rate {index:.1f} of 10"
    state = YES_IF if index >= index_if else YES
    return _gate("hazard", state, fact_class, words, source, letter, (index, index_if, "1"))


def war_gate(
    *,
    place: str,
    at_war: bool,
    occupied: bool,
    capacity_before_mw: float | None,
    capacity_lost_mw: float | None,
    insured: bool,
    fact_class: str,
    source: str,
    insurer: str,
) -> Gate:
    """Can it be built, fed and insured where there is war?

    Parameters
    ----------
    place : str
        Name of the place. [-]
    at_war : bool
        Whether there is fighting. [-]
    occupied : bool
        Whether the site lies in an area under occupation or embargo. [-]
    capacity_before_mw, capacity_lost_mw : float or None
        Power plants before the war, and lost or occupied since. [MW]
    insured : bool
        Whether war-risk cover is signed. [-]
    fact_class, source : str
        Of the damage. [-]
    insurer : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    letter = Letter(insurer, f"war-risk cover for a campus in {place}, split over sites, and its price",
                    "any private loan", "finance")  # fmt: skip
    if occupied:
        return _gate("war", NO, fact_class, f"{place} is under occupation and embargo", source, letter)
    if not at_war:
        return _gate("war", YES, fact_class or "B", f"No war in {place}", source or "no war on record", letter)
    words = f"There is war in {place}"
    numbers: tuple[float | None, float | None, str] = (None, None, "")
    if _known(capacity_before_mw) and _known(capacity_lost_mw):
        before, lost = float(capacity_before_mw or np.nan), float(capacity_lost_mw or np.nan)
        words = (
            f"{words}: about {_figure(lost / 1e3)} of {_figure(before / 1e3)} GW of generation is destroyed or occupied"
        )
        numbers = (lost, before, "MW")
    words = f"{words}, and {'war insurance is signed' if insured else 'private loans wait for war-risk insurance'}"
    return _gate("war", YES_IF, fact_class, words, source, letter, numbers)


def rule_gate(
    *,
    place: str,
    effect: str,
    rule: str,
    facility_mw: float,
    threshold_mw: float | None,
    allocation_mw: float | None,
    fact_class: str,
    source: str,
    authority: str,
) -> Gate:
    """A moratorium, allocation, connection rule or zoning plan of the place.

    Parameters
    ----------
    place : str
        Where the rule holds. [-]
    effect : str
        ``blocks``, ``limits``, ``requires`` or ``speeds``. [-]
    rule : str
        The rule in a few words. [-]
    facility_mw : float
        Size of the campus. [MW]
    threshold_mw : float or None
        Size from which the rule holds; None for all. [MW]
    allocation_mw : float or None
        All that is on offer for everybody; None where nothing is rationed. [MW]
    fact_class, source : str
        Of the rule. [-]
    authority : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    if effect not in EFFECTS:
        raise ValueError(f"effect is {effect!r}; expected one of {', '.join(EFFECTS)}")
    ask = f"how {_mw(facility_mw)} can comply: {rule}"
    letter = Letter(authority, ask, "the moratorium and allocation gate", "permits")
    numbers = (facility_mw, allocation_mw if _known(allocation_mw) else threshold_mw, "MW")
    if _known(threshold_mw) and facility_mw < float(threshold_mw or 0.0):
        words = f"{_mw(facility_mw)} is below the {_mw(float(threshold_mw or 0))} from which {place} has a rule"
        return _gate("moratorium", YES, fact_class, words, source, letter, numbers)
    if _known(allocation_mw):
        offer = float(allocation_mw or 0.0)
        over = facility_mw > offer
        words = f"{place} allots capacity by call, {_mw(offer)} in the last one for all bidders"
        words = (
            f"{words}; {_mw(facility_mw)} is {'more than that' if over else f'{_percent(facility_mw / offer)} of it'}"
        )
        return _gate("moratorium", NO if over else YES_IF, fact_class, words, source, letter, numbers)
    words = f"{place}: {rule}"
    state = {"blocks": NO, "limits": YES_IF, "requires": YES_IF, "speeds": YES}[effect]
    return _gate("moratorium", state, fact_class, words, source, letter, numbers)


def time_gate(
    *,
    probability: float,
    words: str,
    probability_yes: float,
    probability_no: float,
    fact_class: str,
    source: str,
    value_months: float,
    limit_months: float,
    holdup: Letter,
) -> Gate:
    """Is the deadline met?

    Parameters
    ----------
    probability : float
        Share of draws that meet it. [-]
    words : str
        The outcome in one sentence. [-]
    probability_yes, probability_no : float
        At or above the first it is a yes, below the second a no. [-]
    fact_class, source : str
        Of the critical lead times. [-]
    value_months, limit_months : float
        Months to full power, and months to the deadline. [months]
    holdup : Letter
        To whoever can shorten the critical task. [-]

    Returns
    -------
    Gate
    """
    state = YES if probability >= probability_yes else NO if probability < probability_no else YES_IF
    return _gate("time", state, fact_class, words, source, holdup, (value_months, limit_months, "month"))


# ------------------------------------------------------------------ together


def worst_class(*fact_classes: str) -> str:
    """The weakest class of evidence: C before B before A; nothing counts as C.

    Parameters
    ----------
    fact_classes : str
        Classes A, B, C. [-]

    Returns
    -------
    str
    """
    return max((c if c in ("A", "B", "C") else "C" for c in fact_classes), default="C")


def fold(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """One row per gate for the report: worst state, class and first letter, all sentences.

    Parameters
    ----------
    gates : iterable of Gate
        May hold several of one name. [-]

    Returns
    -------
    tuple of Gate
        In report order. [-]
    """
    rows = []
    ranked = in_order(gates)
    for name in dict.fromkeys(g.gate for g in ranked):
        parts = sorted((g for g in ranked if g.gate == name), key=lambda g: -STATES.index(g.state))
        sources = "; ".join(dict.fromkeys(g.source for g in parts))
        words = ". ".join(g.words for g in parts)
        rows.append(
            replace(parts[0], words=words, source=sources, fact_class=worst_class(*(g.fact_class for g in parts)))
        )
    return tuple(rows)


def in_order(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Gates in the order of the report; equal names keep their order.

    Parameters
    ----------
    gates : iterable of Gate
        The gates that could be evaluated. [-]

    Returns
    -------
    tuple of Gate
    """
    given = tuple(gates)
    for g in given:
        if g.gate not in ORDER or g.state not in STATES:
            raise ValueError(f"gate {g.gate!r} is {g.state!r}; expected one of {', '.join(ORDER)}: {', '.join(STATES)}")
    return tuple(sorted(given, key=lambda g: ORDER.index(g.gate)))


def combine(gates: Iterable[Gate]) -> Verdict:
    """The answer all gates give together: the worst of them, and which ones those are.

    Parameters
    ----------
    gates : iterable of Gate
        The gates that could be evaluated. [-]

    Returns
    -------
    Verdict
        With no gate at all the answer is ``yes_if``: nothing has been checked.
    """
    ranked = in_order(gates)
    answer = max((g.state for g in ranked), key=STATES.index, default=YES_IF)
    binding = tuple(g for g in ranked if g.state == answer) if answer != YES else ()
    return Verdict(answer, binding, ranked)


def next_steps(gates: Iterable[Gate], *, as_of: str, by: Mapping[str, str]) -> tuple[Step, ...]:
    """The letters to write, in order: what stops the plan first, then by date, then in gate order.

    Parameters
    ----------
    gates : iterable of Gate
        The gates, not folded. [-]
    as_of : str
        ISO date of today. [-]
    by : mapping
        Task id to the ISO date by which its answer is needed; today where a task is not listed. [-]

    Returns
    -------
    tuple of Step
        One letter per addressee and task; further requests to the same addressee join the first.
    """
    waiting = sorted((g for g in in_order(gates) if g.letter is not None), key=lambda g: -STATES.index(g.state))
    steps: dict[tuple[str, str], tuple[int, Step]] = {}
    for g in waiting:
        letter = g.letter
        assert letter is not None
        key, date = (letter.to, letter.task), max(by.get(letter.task, as_of), as_of)
        if key in steps:
            rank, step = steps[key]
            steps[key] = rank, replace(step, ask=f"{step.ask}; {letter.ask}", by=min(step.by, date))
        else:
            steps[key] = -STATES.index(g.state), Step(letter.to, letter.ask, date, letter.unlocks)
    return tuple(step for _, step in sorted(steps.values(), key=lambda pair: (pair[0], pair[1].by)))
