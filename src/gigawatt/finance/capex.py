"""The bill: blocks, what is added to them, its inverse in accelerators, and published costs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .rates import Numbers, divide

SHELL_POWER, IT, ALL_IN = "shell_power", "it", "all_in"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the project: overnight USD (fixed, and per accelerator), scope, and what is added to it.

    All fractions apply to the overnight cost plus contingency, except `contingency_fraction` itself;
    `duty_fraction` and `sales_tax_fraction` are what is finally borne, after exemptions and refunds. `interest_share`
    is interest during construction over everything else, which follows the payments.
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
    interest_share: Any


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


def bare_block(*, name: str, usd_fixed: Numbers, usd_per_accelerator: Numbers, interest_share: Numbers = 0.0) -> Block:
    """A block to which nothing but interest is added: land, working capital.

    Parameters
    ----------
    name : str
        Item on the bill; its scope is ``all_in``. [-]
    usd_fixed : float or array
        Part that does not depend on the number of accelerators. [USD]
    usd_per_accelerator : float or array
        Part per accelerator. [USD]
    interest_share : float or array
        Interest during construction over the rest. [-]

    Returns
    -------
    Block
    """
    return Block(name, ALL_IN, usd_fixed, usd_per_accelerator, 0.0, 0.0, 0.0, 0.0, 0.0, interest_share)


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
    interest = (direct + owners + security + duty + sales_tax) * b.interest_share
    return BlockBill(b.name, b.scope, overnight, contingency, owners, security, duty, sales_tax, interest)


def reconcile(
    *, the_bill: Bill, it_mw: Numbers, facility_mw: Numbers, published: Sequence[Published]
) -> tuple[Reconciled, ...]:
    """Our cost per W beside published ones, each on its own basis.

    Parameters
    ----------
    the_bill : Bill
        Our bill. [-]
    it_mw : float or array
        IT power that it builds. [MW]
    facility_mw : float or array
        Peak facility power that it builds. [MW]
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
    ours = divide(money[scope], np.asarray(power[per], float) * 1e6)
    ranged = not (np.isnan(p.low_usd_per_w) or np.isnan(p.high_usd_per_w))
    inside = (ours >= p.low_usd_per_w) & (ours <= p.high_usd_per_w) if ranged else None
    return Reconciled(p.basis, ours, p.low_usd_per_w, p.central_usd_per_w, p.high_usd_per_w, inside, p.source)
