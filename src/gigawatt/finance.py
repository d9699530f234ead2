"""Finance: the full bill and its inverse, cost of capital per block, LCOE, levelised cost of compute, delay, offtake.

Money is USD of one stated price year throughout; a rate is real or nominal as its caller says, never mixed in one call.
The bill is linear in the number of accelerators, so a budget can be turned back into accelerators exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = float | NDArray[np.float64]

HOURS_PER_YEAR = 8760.0
MONTHS_PER_YEAR = 12.0
SECONDS_PER_HOUR = 3600.0

SHELL_POWER, IT, ALL_IN = "shell_power", "it", "all_in"
DRAWDOWNS = ("uniform", "s_curve", "midpoint")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the project: overnight USD (fixed, and per accelerator), scope, and what is added to it.

    All fractions apply to the overnight cost plus contingency, except `contingency_fraction` itself;
    `duty_fraction` and `sales_tax_fraction` are what is finally borne, after exemptions and refunds.
    """

    name: str
    scope: str
    usd_fixed: Any
    usd_per_accelerator: Any
    contingency_fraction: Any
    owners_cost_fraction: Any
    security_fraction: Any
    duty_fraction: Any
    sales_tax_fraction: Any
    wacc_per_year: Any
    construction_months: Any
    drawdown: str


@dataclass(frozen=True, slots=True)
class BlockBill:
    """What one block costs, part by part. USD; scope `shell_power`, `it`, or `all_in` for land and the like."""

    name: str
    scope: str
    overnight_usd: Any
    contingency_usd: Any
    owners_cost_usd: Any
    security_usd: Any
    duty_usd: Any
    sales_tax_usd: Any
    interest_usd: Any

    @property
    def direct_usd(self) -> Any:
        """Overnight cost with contingency: what published costs per MW mean. [USD]"""
        return self.overnight_usd + self.contingency_usd

    @property
    def total_usd(self) -> Any:
        """Everything of this block, interest during construction included. [USD]"""
        return (
            self.direct_usd
            + self.owners_cost_usd
            + self.security_usd
            + self.duty_usd
            + self.sales_tax_usd
            + self.interest_usd
        )


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the bill: item, USD, and its scope (`shell_power`, `it`, or `all_in` = on top of both)."""

    item: str
    usd: Any
    scope: str


@dataclass(frozen=True, slots=True)
class Bill:
    """The full bill by block. `lines` are the same money by item; they add up to `capex_usd`."""

    blocks: tuple[BlockBill, ...]

    @property
    def capex_usd(self) -> Any:
        """All-in. [USD]"""
        return sum(b.total_usd for b in self.blocks)

    @property
    def capex_shell_power_usd(self) -> Any:
        """Shell, grid connection and power plant with contingency. [USD]"""
        return sum(b.direct_usd for b in self.blocks if b.scope == SHELL_POWER)

    @property
    def capex_it_usd(self) -> Any:
        """Accelerators, network and storage with contingency. [USD]"""
        return sum(b.direct_usd for b in self.blocks if b.scope == IT)

    def block(self, name: str) -> BlockBill:
        """The block of that name."""
        return next(b for b in self.blocks if b.name == name)

    @property
    def lines(self) -> tuple[BillLine, ...]:
        """Overnight cost by block, contingency by scope, then what comes on top."""
        lines = [BillLine(b.name, b.overnight_usd, b.scope) for b in self.blocks]
        for scope in (SHELL_POWER, IT, ALL_IN):
            mine = [b for b in self.blocks if b.scope == scope]
            if mine:
                lines.append(BillLine(f"contingency_{scope}", sum(b.contingency_usd for b in mine), scope))
        for item in ("owners_cost", "security", "duty", "sales_tax", "interest"):
            name = "interest_during_construction" if item == "interest" else item
            lines.append(BillLine(name, sum(getattr(b, f"{item}_usd") for b in self.blocks), ALL_IN))
        return tuple(lines)


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


@dataclass(frozen=True, slots=True)
class Published:
    """A published cost of one basis: USD/W of IT or facility power, with low and high (NaN where not published)."""

    basis: str
    low_usd_per_w: float
    central_usd_per_w: float
    high_usd_per_w: float
    source: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Our figure beside a published one of the same basis. `inside` is None where no range was published."""

    basis: str
    ours_usd_per_w: Any
    low_usd_per_w: float
    central_usd_per_w: float
    high_usd_per_w: float
    inside: Any
    source: str


# --- rates -----------------------------------------------------------------------------------------------------------


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


def interest_during_construction(*, rate_per_year: Numbers, months: Numbers, drawdown: str) -> Any:
    """Interest until the work starts to earn, as a share of the money spent.

    Parameters
    ----------
    rate_per_year : float or array
        Cost of capital of the block, compounded. [1/year]
    months : float or array
        Months from the first payment to the first hour of operation. [month]
    drawdown : str
        ``uniform`` (evenly spent), ``s_curve`` (half a sine: slow, fast, slow) or ``midpoint`` (all at half time). [-]

    Returns
    -------
    float or array
        Interest over money spent. [-]

    Examples
    --------
    The three agree closely on a symmetrical programme: two years at 8 %.

    >>> [round(float(interest_during_construction(rate_per_year=0.08, months=24, drawdown=d)), 4) for d in DRAWDOWNS]
    [0.0811, 0.0806, 0.08]
    """
    if drawdown not in DRAWDOWNS:
        raise ValueError(f"drawdown is {drawdown!r}; expected one of {', '.join(DRAWDOWNS)}")
    growth = np.log1p(np.asarray(rate_per_year, float)) * (np.asarray(months, float) / MONTHS_PER_YEAR)
    if drawdown == "midpoint":
        return np.expm1(growth / 2.0)[()]
    if drawdown == "uniform":
        safe = np.where(growth == 0.0, 1.0, growth)
        return np.where(growth == 0.0, 0.0, np.expm1(safe) / safe - 1.0)[()]
    return (np.pi**2 * (1.0 + np.exp(growth)) / (2.0 * (growth**2 + np.pi**2)) - 1.0)[()]


# --- the bill --------------------------------------------------------------------------------------------------------


def shell_usd_per_mw(*, market_usd_per_w: Numbers, ai_premium: Numbers, site_premium: Numbers) -> Any:
    """Building with mechanical and electrical plant, per MW of IT load.

    Parameters
    ----------
    market_usd_per_w : float or array
        Construction cost of the market for an ordinary cloud hall. [USD/W]
    ai_premium : float or array
        Extra for high-density, liquid-cooled halls. [-]
    site_premium : float or array
        Extra of the place beyond its market figure: war, remoteness, first of its kind. [-]

    Returns
    -------
    float or array
        Cost per MW of IT load. [USD/MW]

    Examples
    --------
    >>> float(round(shell_usd_per_mw(market_usd_per_w=10.81, ai_premium=0.085, site_premium=0.0)))
    11728850.0
    """
    return np.asarray(market_usd_per_w, float) * 1e6 * (1.0 + np.asarray(ai_premium)) * (1.0 + np.asarray(site_premium))


def bare_block(*, name: str, usd_fixed: Numbers, usd_per_accelerator: Numbers) -> Block:
    """A block to which nothing is added: land, working capital.

    Parameters
    ----------
    name : str
        Item on the bill; its scope is ``all_in``. [-]
    usd_fixed : float or array
        Part that does not depend on the number of accelerators. [USD]
    usd_per_accelerator : float or array
        Part per accelerator. [USD]

    Returns
    -------
    Block
    """
    return Block(name, ALL_IN, usd_fixed, usd_per_accelerator, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, "uniform")


def bill(*, accelerators: Numbers, blocks: Sequence[Block]) -> Bill:
    """The full bill of a project.

    Parameters
    ----------
    accelerators : float or array
        Accelerators bought. [-]
    blocks : sequence of Block
        Shell, grid connection, power plant, accelerators, network and storage, land, working capital. [-]

    Returns
    -------
    Bill
    """
    return Bill(tuple(_block_bill(accelerators, b) for b in blocks))


def bill_per_accelerator(*, blocks: Sequence[Block]) -> Any:
    """All-in cost of one accelerator more: the slope of the bill.

    Parameters
    ----------
    blocks : sequence of Block
        As in `bill`. [-]

    Returns
    -------
    float or array
        Slope. [USD]
    """
    return bill(accelerators=1.0, blocks=[replace(b, usd_fixed=0.0) for b in blocks]).capex_usd


def accelerators_for_budget(*, budget_usd: Numbers, blocks: Sequence[Block]) -> Any:
    """Accelerators that a budget pays for, all-in; inverse of `bill`.

    Parameters
    ----------
    budget_usd : float or array
        Money for the whole bill. [USD]
    blocks : sequence of Block
        As in `bill`. [-]

    Returns
    -------
    float or array
        Accelerators, not rounded; 0 where the fixed part alone exceeds the budget. [-]
    """
    fixed = bill(accelerators=0.0, blocks=blocks).capex_usd
    affordable = (np.asarray(budget_usd, float) - fixed) / bill_per_accelerator(blocks=blocks)
    return np.maximum(affordable, 0.0)[()]


def _block_bill(accelerators: Numbers, b: Block) -> BlockBill:
    if b.scope not in (SHELL_POWER, IT, ALL_IN):
        raise ValueError(f"block {b.name}: scope is {b.scope!r}; expected {SHELL_POWER}, {IT} or {ALL_IN}")
    overnight = np.asarray(b.usd_fixed, float) + np.asarray(accelerators, float) * b.usd_per_accelerator
    contingency = overnight * b.contingency_fraction
    direct = overnight + contingency
    owners, security = direct * b.owners_cost_fraction, direct * b.security_fraction
    duty = direct * b.duty_fraction
    sales_tax = (direct + duty) * b.sales_tax_fraction  # charged on the landed value
    share = interest_during_construction(
        rate_per_year=b.wacc_per_year, months=b.construction_months, drawdown=b.drawdown
    )
    interest = (direct + owners + security + duty + sales_tax) * share
    return BlockBill(b.name, b.scope, overnight, contingency, owners, security, duty, sales_tax, interest)


# --- levelised costs -------------------------------------------------------------------------------------------------


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
    return _divide(annual_usd, annual_mwh)


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
        it_usd_per_accelerator_hour=_divide(it_usd_per_year, hours),
        shell_usd_per_accelerator_hour=_divide(shell_usd_per_year, hours),
        power_usd_per_accelerator_hour=_divide(power, hours),
        opex_usd_per_accelerator_hour=_divide(opex_usd_per_year, hours),
        lcoc_usd_per_accelerator_hour=_divide(total, hours),
        lcoc_at_utilisation_usd_per_accelerator_hour=_divide(at_sold, hours * sold),
        energy_share_of_cost=_divide(power, total),
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
    return np.where(margin > 0.0, _divide(needed, margin), np.inf)[()]


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
    return _divide(hourly * 1e6, np.asarray(tokens_per_s, float) * SECONDS_PER_HOUR)


# --- renting, waiting, lending, public money, jobs -------------------------------------------------------------------


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


def cost_of_delay(
    *,
    committed_usd: Numbers,
    rate_per_year: Numbers,
    idle_hardware_usd: Numbers,
    hardware_decline_per_year: Numbers,
    standing_usd_per_month: Numbers,
    contracted_hours_per_month: Numbers,
    price_usd_per_accelerator_hour: Numbers,
    lcoc_usd_per_accelerator_hour: Numbers,
) -> Any:
    """Cost of one month without power or hall.

    committed x ((1 + rate)^(1/12) - 1)  +  idle hardware x (1 - (1 - decline)^(1/12))  +  standing cost
    +  contracted hours x max(0, price - full cost).

    The margin is the price above *full* cost, capital included, so the carry is not counted twice. Hardware that is
    not bought yet loses nothing: it costs neither carry nor rent.

    Parameters
    ----------
    committed_usd : float or array
        Money already paid, deposits and delivered hardware included. [USD]
    rate_per_year : float or array
        Cost of that capital. [1/year]
    idle_hardware_usd : float or array
        Delivered hardware that stands still, part of the committed money. [USD]
    hardware_decline_per_year : float or array
        Loss of value of hardware by age. [1/year]
    standing_usd_per_month : float or array
        Staff, take-or-pay power, leases that run anyway. [USD/month]
    contracted_hours_per_month : float or array
        Accelerator-hours sold under signed contracts. [h/month]
    price_usd_per_accelerator_hour, lcoc_usd_per_accelerator_hour : float or array
        Contract price and full cost at the hours sold. [USD/h]

    Returns
    -------
    float or array
        Cost. [USD/month]
    """
    month = 1.0 / MONTHS_PER_YEAR
    carry = np.asarray(committed_usd, float) * np.expm1(month * np.log1p(np.asarray(rate_per_year, float)))
    ageing = np.asarray(idle_hardware_usd, float) * (1.0 - (1.0 - np.asarray(hardware_decline_per_year)) ** month)
    margin = np.maximum(np.asarray(price_usd_per_accelerator_hour, float) - lcoc_usd_per_accelerator_hour, 0.0)
    return carry + ageing + standing_usd_per_month + np.asarray(contracted_hours_per_month, float) * margin


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
    return _divide(needed, contracted_hours_per_year)


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
    return _divide(revenue - cash_cost_usd_per_year, debt_service_usd_per_year)


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
    return _divide(public_usd, public_fraction)


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


def reconcile(
    *, the_bill: Bill, it_mw: Numbers, facility_mw: Numbers, published: Sequence[Published]
) -> tuple[Reconciled, ...]:
    """Our cost per W beside published ones, each on its own basis.

    Parameters
    ----------
    the_bill : Bill
        Our bill. [-]
    it_mw, facility_mw : float or array
        IT power and peak facility power that it builds. [MW]
    published : sequence of Published
        Figures whose basis is ``all_in_it``, ``all_in_facility``, ``shell_power_it``, ``shell_power_facility``,
        ``shell_it`` (block "shell" alone), ``compute_it``, ``accelerators_facility`` (block "accelerators") and the
        like: scope, then the power it is divided by. [-]

    Returns
    -------
    tuple of Reconciled
        One row per published figure; 1 USD/W = 1e9 USD/GW. [-]
    """
    money = {
        "all_in": the_bill.capex_usd,
        "shell_power": the_bill.capex_shell_power_usd,
        "shell": sum(b.direct_usd for b in the_bill.blocks if b.name == "shell"),
        "compute": the_bill.capex_it_usd,
        "accelerators": sum(b.direct_usd for b in the_bill.blocks if b.name == "accelerators"),
    }
    power = {"it": it_mw, "facility": facility_mw}
    return tuple(_reconciled(p, money, power) for p in published)


def _reconciled(p: Published, money: dict[str, Any], power: dict[str, Numbers]) -> Reconciled:
    scope, _, per = p.basis.rpartition("_")
    if scope not in money or per not in power:
        raise ValueError(f"basis {p.basis!r}: expected one of {', '.join(money)} followed by _it or _facility")
    ours = _divide(money[scope], np.asarray(power[per], float) * 1e6)
    ranged = not (np.isnan(p.low_usd_per_w) or np.isnan(p.high_usd_per_w))
    inside = (ours >= p.low_usd_per_w) & (ours <= p.high_usd_per_w) if ranged else None
    return Reconciled(p.basis, ours, p.low_usd_per_w, p.central_usd_per_w, p.high_usd_per_w, inside, p.source)


def _divide(amount: Numbers, by: Numbers) -> Any:
    """Quotient; a positive amount over nothing is infinite, nothing over nothing is not a number. No warnings."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(np.asarray(amount, float), np.asarray(by, float))[()]
