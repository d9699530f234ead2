"""A bridge as part of a campus: machines that come and go, what they carry, what they cost to run, and their cash."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gigawatt import buildout, finance
from gigawatt.chapters import payments
from gigawatt.chapters.bridge_offers import (
    BACKUP,
    BATTERY,
    FLEXIBLE,
    GAS,
    PERMANENT,
    carried_mw,
    dearer,
    keeps_up,
    running_prices,
    served_share,
)
from gigawatt.chapters.durations import Lead
from gigawatt.chapters.payments import QUARTER_MONTHS, QUARTER_YEARS
from gigawatt.chapters.place import Site
from gigawatt.power.phases import PhasedAnswer, PhasedProblem, starts
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import HOURS_PER_YEAR, MONTHS_PER_YEAR, in_mw

if TYPE_CHECKING:
    from gigawatt.chapters.cash_inputs import Inputs

NAMES = {
    "gas_engines": "gas engines",
    "aeroderivatives": "aeroderivative turbines",
    "fuel_cells": "fuel cells",
    "rented_turbines": "rented turbines",
    BATTERY: "battery",
    FLEXIBLE: "connection that may be curtailed",
}
LEADS = {
    "aeroderivatives": "lead.turbine_aero.world",
    "fuel_cells": "bridge.fuel_cells.lead",
    "rented_turbines": "bridge.rented_turbines.lead",
    FLEXIBLE: "bridge.flexible.lead",
}
SMALL = 0.02  # of a bridge: machines that are less are no stage of their own
NEVER = 1e4  # months: beyond every calendar


@dataclass(frozen=True)
class Lot:
    """Machines that come and go together."""

    name: str
    mw: float  # MWh for the energy of a battery
    usd: float
    comes_months: float
    goes_months: float
    back_usd: float  # resale less removal, when they go


@dataclass(frozen=True)
class Bridge:
    """A bridge sized: what it lifts of what the halls want, by phase, and what it costs. MW and USD of the campus."""

    begin_months: Any  # by phase
    served: Any  # by phase, share of what the halls want
    keeps_up: Any  # by phase, whether power carries the peak of the halls too
    lots: tuple[Lot, ...]
    running_usd_per_year: Any  # by phase, beyond the permanent power's price for the same energy
    backup_saved_usd: float
    mw: float
    carries_mw: float  # peak of the halls that it can carry
    made_mwh: dict[str, Any]  # by source and phase, a year: what is paid for by the MWh
    stands_mw: dict[str, Any]  # by source and phase: what is paid for by the year
    served_mwh: Any  # by phase, a year
    mwh_per_mw_year: float  # of the campus

    @property
    def bought(self) -> tuple[Lot, ...]:
        """What is bought for it, and the sets behind the campus that need not be, at a price below nothing."""
        saved = Lot(BACKUP, 0.0, -self.backup_saved_usd, float(self.begin_months[-1]), NEVER, 0.0)
        return (*(x for x in self.lots if x.usd > 0.0), *((saved,) if self.backup_saved_usd > 0.0 else ()))

    @property
    def capital_usd(self) -> float:
        """What its machines cost when they come, less what they save."""
        return sum(x.usd for x in self.bought)


def sized(
    problem: PhasedProblem,
    answer: PhasedAnswer,
    first: float,
    full_mw: float,
    *,
    energy_usd_per_mw_year: float,
    mwh_per_mw_year: float,
) -> Bridge:
    """An answer of the phased optimum, per MW, as a bridge of the campus; ``first`` is the month of the first hall.

    ``energy_usd_per_mw_year`` is what the cash flow pays for the energy of a year anyway: the bridge adds what is
    beyond it.
    """
    begin = starts(problem) * MONTHS_PER_YEAR + first
    end = begin + np.asarray(problem.years) * MONTHS_PER_YEAR
    scale = HOURS_PER_YEAR / (problem.load_mw.shape[1] * problem.step_hours)
    plants = {p.name: p for p in problem.plants}
    served = served_share(answer)
    energy = np.array([scale * a.served_mwh_per_year if a else 0.0 for a in answer.accounts])
    made: dict[str, Any] = {}
    stood: dict[str, Any] = {}
    running = -energy_usd_per_mw_year / mwh_per_mw_year * energy
    running[-1] = 0.0
    own = [b for b in answer.built if b.name.partition(".")[0] in (*GAS, BATTERY, FLEXIBLE)]
    for p, a in enumerate(answer.accounts[:-1]):
        if a is None:
            continue
        for x in (x for x in a.lines if x.kind != "unserved" and x.variable_usd_per_year):
            made.setdefault(x.name, np.zeros(len(begin)))[p] = scale * x.mwh_per_year * full_mw
            running[p] += scale * x.variable_usd_per_year
    lots = []
    for b in own:
        price, fixed, removal = _prices(problem, b.name)
        during = slice(b.first, min(b.last, len(begin) - 2) + 1)
        running[during] += fixed * b.mw
        if fixed:
            stood.setdefault(b.name, np.zeros(len(begin)))[during] += b.mw * full_mw
        grown = (1.0 + problem.rate_per_year) ** (float(end[b.last] - first) / MONTHS_PER_YEAR)
        leaves = b.last < len(begin) - 1
        back = b.resale_usd * grown - removal * b.mw if leaves else 0.0
        goes = float(end[b.last]) if leaves else NEVER
        lots.append(Lot(b.name, b.mw * full_mw, price * b.mw * full_mw, float(begin[b.first]), goes, back * full_mw))
    wanted = float(problem.reserve_mw[-1]) if problem.reserve_mw is not None else 0.0
    stands = sum(b.mw for b in answer.built if b.name == BACKUP)
    power = [x for x in lots if not x.name.endswith(".energy")]
    halls = problem.load_mw.max(axis=1) / problem.load_mw.max()
    carried = np.asarray(plants[PERMANENT].limit_mw)
    whole = keeps_up(problem, answer)
    carries = np.where(whole, halls, np.minimum(served * halls, carried_mw(problem, answer))) - carried
    return Bridge(
        begin_months=begin,
        served=served,
        keeps_up=whole,
        lots=tuple(lots),
        running_usd_per_year=running * full_mw,
        backup_saved_usd=max(wanted - stands, 0.0) * plants[BACKUP].capex_usd_per_mw * full_mw,
        mw=max((sum(x.mw for x in power if x.comes_months <= t < x.goes_months) for t in begin), default=0.0),
        carries_mw=float(np.max(carries[:-1], initial=0.0)) * full_mw,
        made_mwh=made,
        stands_mw=stood,
        served_mwh=energy * full_mw,
        mwh_per_mw_year=mwh_per_mw_year,
    )


def _prices(problem: PhasedProblem, name: str) -> tuple[float, float, float]:
    """Capital, yearly fixed cost and removal of a capacity, per MW or MWh."""
    if name == f"{BATTERY}.energy" and problem.battery:
        return problem.battery.energy_usd_per_mwh, 0.0, 0.0
    if name.partition(".")[0] == BATTERY and problem.battery:
        return problem.battery.power_usd_per_mw, problem.battery.fixed_usd_per_mw_year, 0.0
    plant = next(p for p in problem.plants if p.name == name)
    return plant.capex_usd_per_mw, plant.fixed_usd_per_mw_year, plant.removal_usd_per_mw


def stages(lead: Lead, bridge: Bridge | None) -> list[buildout.PowerStage]:
    """The bridge as stages of power beside the permanent ones, each with the lead time of its machines."""
    if bridge is None:
        return []
    mw: dict[str, float] = {}
    for x in bridge.lots:
        name = x.name.partition(".")[0]
        if name != BATTERY and not x.name.endswith(".energy"):  # a battery shifts power and brings none
            mw[name] = max(mw.get(name, 0.0), x.mw)
    mw = {name: x for name, x in mw.items() if x > SMALL * sum(mw.values())}
    total = sum(mw.values())
    out = []
    for name, size in mw.items():
        carries = bridge.carries_mw * size / total
        months = lead.step.fact(LEADS[name], unit="month") if name in LEADS else lead(name)
        fact_class = lead.step.facts[LEADS[name]].fact_class if name in LEADS else lead.fact_class(name)
        label = f"bridge: {NAMES[name]}, {in_mw(size)}"
        stage = buildout.PowerStage(
            f"bridge_{name}", label, carries, months, fact_class, from_grid=False, after="site_control"
        )
        out.append(stage)
    return out


def in_cash(step: Steps, s: Scenario, site: Site, given: Inputs, ends: Any, bridge: Bridge | None, o: Any) -> Inputs:
    """The cash flow's inputs with the bridge: machines as blocks that are sold when they go, and what runs them.

    ``o`` is the outcome of this pass, central or on draws: what a MWh and a machine cost to run is its own.
    """
    if bridge is None:
        return given
    power = next(b for b in given.blocks if b.name == "power")
    lead, dear = Lead(step, s, site), dearer(step, site)
    own = []
    for i, x in enumerate(bridge.bought):
        block = _block(step, site, power, x, _paid(lead, x, ends), ends)
        own.append(replace(block, name=f"bridge_{i}", capex_usd=x.usd * dear.get(x.name, 1.0)))
    runs = _running(running_cost(step, site, o, bridge), bridge, ends)
    sales = replace(given.sales, running_usd=given.sales.running_usd + runs)
    return replace(given, blocks=(*given.blocks, *own), sales=sales, bridge_running=runs)


def lot_order(lead: Lead, lot: Lot) -> buildout.Order:
    """The order of one lot: its machines as plants are, sets that are not bought as sets."""
    name = lot.name.partition(".")[0]
    kind = "generators" if name == BACKUP else "gas" if name in GAS else "grid" if name == FLEXIBLE else "plant"
    item = "backup_generator" if name == BACKUP else name
    months = central(lead.step.fact(LEADS[name], unit="month") if name in LEADS else lead(item))
    label = "backup sets that need not be bought" if name == BACKUP else f"bridge: {NAMES[name]}"
    deposit, owed = (central(lead.step.fact(f"order.{k}.{kind}", unit="1")) for k in ("deposit", "owed_half_way"))
    begin = max(lot.comes_months - months, 0.0)
    task = f"bridge_{name}"
    return buildout.Order(task, label, task, begin, lot.comes_months, lot.usd, deposit, owed)


def _comes(ends: Any, lot: Lot) -> int:
    """The quarter in which a lot comes."""
    return min(int(np.searchsorted(ends, lot.comes_months)), len(ends) - 2)


def _paid(lead: Lead, lot: Lot, ends: Any) -> Any:
    """Share of a lot paid 0, 1, 2 ... quarters before the one in which it comes."""
    order = lot_order(lead, lot)
    paid = buildout.paid_by_period(
        ends=ends,
        order_months=[order.order_month],
        delivery_months=[order.delivery_month],
        deposit=order.deposit,
        owed_half_way=order.owed_half_way,
    )
    return np.trim_zeros(paid[0, _comes(ends, lot) :: -1], "b")[None, :]


def bill_blocks(step: Steps, s: Scenario, site: Site, bridge: Bridge | None, rate: Any) -> list[finance.Block]:
    """The bridge on the bill, with the interest of its payments until its machines run."""
    if bridge is None or not bridge.bought:
        return []
    _, ends = payments.quarter_grid(s)
    lead = Lead(step.aside(), s, site)
    most = len(ends)
    paid = sum(np.pad(a := _paid(lead, x, ends)[0], (0, most - len(a))) * x.usd for x in bridge.bought)
    dear = dearer(step, site)
    usd = sum(x.usd * dear.get(x.name, 1.0) for x in bridge.bought)
    interest = step(
        finance.interest_during_construction,
        rate_per_year=rate,
        paid_before=np.trim_zeros(np.asarray(paid) / bridge.capital_usd, "b"),
        period_years=QUARTER_YEARS,
        within=finance.CONVENTIONS[step.text("cash.convention")],
    )
    return [finance.bare_block(name="bridge", usd_fixed=usd, usd_per_accelerator=0.0, interest_share=interest)]


def _block(step: Steps, site: Site, like: finance.BlockPlan, lot: Lot, spending: Any, ends: Any) -> finance.BlockPlan:
    last = len(ends) - 1
    comes = _comes(ends, lot)
    age = max(min(int(np.searchsorted(ends, lot.goes_months)), last) - comes, 1)
    added = np.zeros(len(ends))
    added[comes] = 1.0
    iso3 = site.place.iso3
    return replace(
        like,
        name="bridge",
        capex_usd=lot.usd,
        added=added,
        spending=spending,
        exit_periods=age,
        exit_value=lot.back_usd / lot.usd,
        depreciation=finance.depreciation_shares(
            life_years=central(step.fact(f"tax.life.power.{iso3}", "tax.life.power.default", unit="year")),
            factor=central(step.fact(f"tax.factor.power.{iso3}", "tax.factor.power.default", unit="1")),
            period_years=QUARTER_YEARS,
            exit_periods=age,
        ),
        grant_fraction=0.0,
        credit_fraction=0.0,
    )


def running_cost(step: Steps, site: Site, o: Any, bridge: Bridge) -> Any:
    """What the bridge costs to run by phase, beyond what the energy costs anyway, at the prices of a pass."""
    prices = running_prices(step, site, o)
    anyway = np.asarray(o.supply.energy_usd_per_mw_year, float) / bridge.mwh_per_mw_year

    def times(price: Any, amounts: Any) -> Any:
        return np.asarray(price, float)[..., None] * amounts

    energy = np.append(np.asarray(bridge.served_mwh)[:-1], 0.0)
    return (
        sum((times(prices[n][0], mwh) for n, mwh in bridge.made_mwh.items()), 0.0)
        + sum((times(prices[n][1], mw) for n, mw in bridge.stands_mw.items()), 0.0)
        - times(anyway, energy)
    )


def _running(usd_per_year: Any, bridge: Bridge, ends: Any) -> Any:
    """What the bridge costs to run by quarter."""
    begins = np.asarray(ends, float) - QUARTER_MONTHS
    start, stop = np.asarray(bridge.begin_months)[:-1], np.asarray(bridge.begin_months)[1:]
    overlap = np.minimum(np.asarray(ends)[:, None], stop) - np.maximum(begins[:, None], start)
    return np.asarray(usd_per_year)[..., :-1] @ (np.maximum(overlap, 0.0) / MONTHS_PER_YEAR).T
