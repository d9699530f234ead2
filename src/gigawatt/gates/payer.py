"""Someone who pays, and the money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .verdict import NO, YES, YES_IF, Gate, Letter, make_gate
from .words import count, figure, known, percent, price, usd


def payer_gate(
    *,
    contract_in_hand: bool,
    accelerators: float,
    price_needed_usd_per_accelerator_hour: float,
    price_market_usd_per_accelerator_hour: float,
    basis: str,
    tenor_years: float,
    take_or_pay_share: float,
    payments_usd_per_year: float,
    guarantee_usd_per_year: Sequence[float] | None,
    gdp_usd: float | None,
    gdp_share_limit: float,
    most_over_market: float,
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
    accelerators : float
        Accelerators of the campus. [-]
    price_needed_usd_per_accelerator_hour : float
        Price that satisfies lenders and owners. [USD/h]
    price_market_usd_per_accelerator_hour : float
        What such hours sell for. [USD/h]
    basis : str
        Money and taxes of the price needed. [-]
    tenor_years : float
        Length of the contract. [years]
    take_or_pay_share : float
        Share of hours paid in any case. [-]
    payments_usd_per_year : float
        What the payer owes a year. [USD/year]
    guarantee_usd_per_year : (P50, P90) or None
        What a state would have to add in the dearest year if hours were sold on the open market. [USD/year]
    gdp_usd : float or None
        Gross domestic product of the host. [USD]
    gdp_share_limit : float
        Share of GDP above which the state alone is not a credible payer. [-]
    most_over_market : float
        Price over the market price, less one, above which nobody is expected to sign. [-]
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
    deal = (
        f"{count(accelerators)} accelerators at {price(needed)} USD/h {basis} for {tenor_years:.0f} years, "
        f"{percent(take_or_pay_share)} of their hours paid, used or not"
    )
    ask = f"a contract for {deal}: {usd(payments_usd_per_year)} a year"
    letter = Letter(tenant, ask, "lenders", "finance")
    numbers = (needed, market, "USD/h")
    if contract_in_hand:
        return make_gate("payer", YES, fact_class, f"A contract is in hand: {deal}", source, letter, numbers)
    own = tenant == guarantor  # a campus that the state owns and uses
    who = "The state has not committed itself: it would pay" if own else "Nobody has signed yet: it takes a tenant"
    words = f"{who} for {deal} ({_market(market)}"
    if needed > market * (1.0 + most_over_market):
        words = f"{words}): at {percent(needed / market - 1)} above the market nobody is expected to sign"
        return make_gate("payer", NO, fact_class, words, source, letter, numbers)
    words += f"; the payer accepts {percent(needed / market - 1)} more)" if needed > market else ")"
    brief = f"{count(accelerators)} accelerators at {price(needed)} USD/h {basis} for {tenor_years:.0f} years"
    if own:
        words = (
            f"{words}: {usd(payments_usd_per_year)} a year{_of_gdp(payments_usd_per_year, gdp_usd, gdp_share_limit)}"
        )
    elif guarantee_refused:
        letter = replace(letter, to=f"{tenant}; {guarantor}")
        words = f"{words}; a state guarantee is missing: it was declined"
    elif guarantee_usd_per_year is not None:
        said = _guarantee(guarantee_usd_per_year, gdp_usd, gdp_share_limit)
        words = f"{words}, {said}"
        if "too much" not in said and guarantee_usd_per_year[1] > 0.0:
            brief += f"; else a public guarantee of {usd(guarantee_usd_per_year[1])} a year"
    return replace(make_gate("payer", YES_IF, fact_class, words, source, letter, numbers), brief=brief)


def open_market_gate(
    *,
    accelerators: float,
    price_needed_usd_per_accelerator_hour: float,
    price_market_usd_per_accelerator_hour: float,
    basis: str,
    sold_share: float,
    guarantee_usd_per_year: Sequence[float] | None,
    gdp_usd: float | None,
    gdp_share_limit: float,
    most_over_market: float,
    guarantee_refused: bool,
    fact_class: str,
    source: str,
    lender: str,
) -> Gate:
    """Does the open market carry a campus without a tenant?

    Parameters
    ----------
    accelerators : float
        Accelerators of the campus. [-]
    price_needed_usd_per_accelerator_hour : float
        Price that satisfies lenders and owners. [USD/h]
    price_market_usd_per_accelerator_hour : float
        What such hours sell for. [USD/h]
    basis : str
        Money and taxes of the price needed. [-]
    sold_share : float
        Share of hours that finds buyers. [-]
    guarantee_usd_per_year : (P50, P90) or None
        What a state would have to add in the dearest year. [USD/year]
    gdp_usd : float or None
        Gross domestic product of the host. [USD]
    gdp_share_limit : float
        Share of GDP above which the state alone is not credible. [-]
    most_over_market : float
        Price over the market price, less one, above which nobody is expected to lend. [-]
    guarantee_refused : bool
        Whether the state is known to have declined. [-]
    fact_class, source : str
        Of the market price. [-]
    lender : str
        Whom to ask. [-]

    Returns
    -------
    Gate
    """
    needed, market = price_needed_usd_per_accelerator_hour, price_market_usd_per_accelerator_hour
    each = f"{price(needed)} USD/h {basis}"
    deal = f"{count(accelerators)} accelerators at {each} with {percent(sold_share)} of the hours sold"
    over = f"; needed is {percent(needed / market - 1)} more" if needed > market else ""
    words = f"No tenant by choice: the open market must pay for {deal} ({_market(market)} today{over})"
    letter = Letter(lender, f"a loan that rests on the open market: {deal}", "the money", "finance")
    numbers = (needed, market, "USD/h")
    if needed > market * (1.0 + most_over_market):
        return make_gate("payer", NO, fact_class, f"{words}: nobody is expected to lend on it", source, letter, numbers)
    brief = f"who bear price and unsold hours: no tenant, {each} needed"
    if guarantee_refused:
        words = f"{words}; a state guarantee is missing: it was declined"
    elif guarantee_usd_per_year is not None:
        words = f"{words}: lenders bear that risk, {_guarantee(guarantee_usd_per_year, gdp_usd, gdp_share_limit)}"
        if guarantee_usd_per_year[1] > 0.0:
            brief += f"; else a public guarantee of {usd(guarantee_usd_per_year[1])} a year"
    return replace(make_gate("payer", YES_IF, fact_class, words, source, letter, numbers), brief=brief)


def _guarantee(usd_per_year: Sequence[float], gdp_usd: float | None, limit: float) -> str:
    """The guarantee that would stand in for a tenant, against what the state can credibly promise."""
    middle, high = usd_per_year
    if high <= 0.0:
        return "or nobody: the open market pays enough in nine cases of ten"
    sums = f"{usd(high)} a year (P90; P50 {usd(middle)})"
    return f"or a public guarantee of {sums}{_of_gdp(high, gdp_usd, limit)}"


def _of_gdp(usd_per_year: float, gdp_usd: float | None, limit: float) -> str:
    """A yearly sum against what the state can credibly promise."""
    if not known(gdp_usd):
        return ""
    share = usd_per_year / float(gdp_usd or np.nan)
    return f", {percent(share)} of GDP" + (", too much for the state alone" if share > limit else "")


def money_gate(
    *,
    needed_usd: Sequence[float],
    budget_usd: float | None,
    fact_class: str,
    source: str,
    lender: str,
    sized_by_budget: bool = False,
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
    sized_by_budget : bool
        Whether the budget decided the size, so that the cost follows it. [-]

    Returns
    -------
    Gate
    """
    low, value, high = (float(x) for x in needed_usd)
    scale = 1e9 if value >= 1e9 else 1e6
    need = f"{usd(value)} ({figure(low / scale)}-{figure(high / scale)})"
    letter = Letter(lender, f"finance for {need}", "the money", "finance")
    if budget_usd is None:
        return make_gate("money", YES_IF, fact_class, f"It needs {need}; no budget was named", source, letter)
    if sized_by_budget and value <= budget_usd:
        words = f"The campus is sized by the budget: it uses {usd(value)}, nothing stays unspent"
        return make_gate("money", YES, fact_class, words, source, letter, (value, budget_usd, "USD"))
    have, numbers = usd(budget_usd, 3), (value, budget_usd, "USD")
    if budget_usd >= high:
        words = f"It needs {need} of {have}; about {usd(budget_usd - value)} stay unspent"
        return make_gate("money", YES, fact_class, words, source, letter, numbers)
    if budget_usd >= low:
        words = f"It needs {need}; {have} may not cover the high end"
        return make_gate("money", YES_IF, fact_class, words, source, letter, numbers)
    words = f"It needs {need}; {have} falls short by about {usd(value - budget_usd)}"
    return make_gate("money", NO, fact_class, words, source, letter, numbers)


def _market(market: float) -> str:
    return f"the market pays {price(market)}" if np.isfinite(market) else "no market price is known"
