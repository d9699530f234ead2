"""Strategies weighed: each is the story told for its question, its ramp with the bridge, and its cash by quarter.

Time and money meet in the cash flow only: an earlier ramp sells earlier, a bridge costs what it costs. What a delay
costs, interest on idle capital and lost margin are not added: they are consequences of the same cash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gigawatt import buildout, finance, gates
from gigawatt.chapters import bridge_offers as bridges
from gigawatt.chapters import bridging, cash, flexible, strategies
from gigawatt.chapters import verdict as verdicts
from gigawatt.chapters import words as sentences
from gigawatt.chapters.sizing import Ask
from gigawatt.chapters.strategies import CURTAILED, NO_BRIDGE, Strategy, Supply
from gigawatt.power import phased
from gigawatt.power.phases import PhasedAnswer, PhasedProblem, starts
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import HOURS_PER_YEAR, MONTHS_PER_YEAR

Tell = Callable[[Steps, Scenario, Any, Ask], Any]
Prepare = Callable[[Steps, Scenario], Any]
GAP = 1e-3  # of a bridge's cost
LEAST_GAIN = 1.0  # months: a bridge that gains less is none
OFFERS = {strategies.ON_SITE: (*bridges.GAS, bridges.BATTERY), CURTAILED: (bridges.BATTERY, bridges.FLEXIBLE)}


@dataclass(frozen=True)
class Bridge:
    """A bridge sized: what it lifts of what the halls want, by phase, and what it costs. MW and USD of the campus."""

    begin_months: Any  # by phase
    served: Any  # by phase, share of what the halls want
    lots: tuple[Lot, ...]
    running_usd_per_year: Any  # by phase, beyond the permanent power's price for the same energy
    backup_saved_usd: float
    mw: float

    @property
    def capital_usd(self) -> float:
        """What its machines cost when they come."""
        return sum(x.usd for x in self.lots)


@dataclass(frozen=True)
class Lot:
    """Machines that come and go together."""

    name: str
    mw: float
    usd: float
    comes_months: float
    goes_months: float
    back_usd: float  # resale less removal, when they go


@dataclass(frozen=True)
class Weighed:
    """One strategy at one size."""

    strategy: Strategy
    question: Scenario
    outcome: Any
    first_months: float
    full_months: float
    bridge: Bridge | None
    answer: str
    refused: str
    letters: tuple[str, ...]
    capex_usd: float
    npv_usd: float
    inputs: cash.Inputs = field(repr=False)
    book: finance.Ledger = field(repr=False)
    online: Callable[[Any], Any] = field(repr=False)

    @property
    def accelerators(self) -> float:
        return central(self.outcome.size.accelerators)

    @property
    def mw(self) -> float:
        return central(self.outcome.size.facility_peak_mw)

    @cached_property
    def price(self) -> float:
        """Price of an accelerator-hour that gives the owners their return, in money of the price year. [USD/h]"""
        return float(
            finance.required_price(
                book=self.book,
                sales=self.inputs.sales,
                terms=self.inputs.terms,
                price_path=finance.real_path(book=self.book),
                return_per_year=self.inputs.equity_return,
                levered=True,
            )
        )

    @property
    def hours(self) -> float:
        """Accelerator-hours sold in the life of the hardware. [h]"""
        return float(np.sum(self.inputs.sales.units))


class Scales:
    """Weighs strategies of one question; what does not change from one to the next is kept."""

    def __init__(self, facts_step: Steps, s: Scenario, shared: Any, tell: Tell, prepare: Prepare) -> None:
        self.step = Steps(facts_step.facts, facts_step.price_year)
        self.s, self.site, self.tell, self.prepare = s, shared.site, tell, prepare
        self._shared = {strategies.ASKED: shared}
        self._weighed: dict[tuple[Strategy, Ask], Weighed] = {}
        self._told: dict[tuple[str, str, Ask], Any] = {}
        self._bridges: dict[tuple[str, str, Ask], dict[str, Bridge]] = {}
        self.recorded = strategies.recorded_build_type(self.step, s, self.site)
        self.operator = self.step.text(*self.site.authority("grid"))

    @cached_property
    def room(self) -> flexible.Connection | None:
        """The flexible connection of the place."""
        return flexible.connection(self.step, self.site, self._shared[strategies.ASKED].optimum.shape)

    def shared(self, supply: Supply) -> Any:
        """Weather, cooling hours and the power optimum of a supply, made once."""
        if supply.name not in self._shared:
            asks = Strategy(supply, self.recorded, NO_BRIDGE, False).question(self.s, self.s.power_mw or 1.0)
            self._shared[supply.name] = self.prepare(self.step, asks)
        return self._shared[supply.name]

    def all(self, ask: Ask) -> list[Strategy]:
        """Every combination that makes sense at a size; bridges only where halls would wait for power."""
        out = []
        for supply in strategies.supplies(self.step, self.s, self.site):
            for kind in strategies.build_types(self.s, self.recorded):
                hurried = kind == strategies.FAST and self.recorded != strategies.FAST
                plain = Strategy(supply, kind, NO_BRIDGE, hurried)
                o = self.told(plain, ask)
                if o.supply.relief and supply.name != strategies.ASKED:
                    break
                from_grid = bool(o.supply.contract) and central(o.supply.grid_mw) > 0.0
                room = self.room is not None
                named = strategies.bridges(self.step, self.site, supply, from_grid=from_grid, room=room)
                out.append(plain)
                if not bridging.no_gap(bridges.timeline(o)):
                    bridged = (replace(plain, bridge=b) for b in named if b != NO_BRIDGE)
                    out += [b for b in bridged if self._gains(b, ask) > LEAST_GAIN]
        return out

    def _gains(self, strategy: Strategy, ask: Ask) -> float:
        """Months by which a bridge brings the mean MW on line forward."""
        o = self.told(strategy, ask)
        bridge = self._bridge(strategy, ask, strategy.question(self.s, self._size(ask)), o)
        months = np.arange(0.0, bridges.timeline(o).whole + 1.0, 0.5)
        with_it, without = _bridged(o, bridge)[2], _permanent(o)[2]
        return float(np.sum(with_it(months) - without(months)) * 0.5)

    def told(self, strategy: Strategy, ask: Ask) -> Any:
        """The story of a strategy's question; the bridge is not in it."""
        key = (strategy.supply.name, strategy.build_type, ask)
        if key not in self._told:
            question = strategy.question(self.s, self._size(ask))
            self._told[key] = self.tell(self.step, question, self.shared(strategy.supply), ask)
        return self._told[key]

    def _size(self, ask: Ask) -> float:
        return float(ask.power_mw or self.s.power_mw or 1.0)

    def weigh(self, strategy: Strategy, ask: Ask) -> Weighed:
        """A strategy at a size: dates, capital, net present value."""
        key = (strategy, ask)
        if key not in self._weighed:
            self._weighed[key] = self._weigh(strategy, ask)
        return self._weighed[key]

    def _weigh(self, strategy: Strategy, ask: Ask) -> Weighed:
        o, question = self.told(strategy, ask), strategy.question(self.s, self._size(ask))
        first, full, online = _permanent(o)
        bridge = None
        if strategy.bridge != NO_BRIDGE:
            bridge = self._bridge(strategy, ask, question, o)
            first, full, online = _bridged(o, bridge)
        given = self._inputs(strategy, question, o, online, bridge)
        i = given
        book = finance.ledger(blocks=i.blocks, sales=i.sales, terms=i.terms)
        flow = finance.cash_flow(book=book, sales=i.sales, terms=i.terms, price_usd=i.price, price_path=i.path)
        today = (1.0 + central(i.terms.inflation_per_year)) ** i.terms.price_age_years
        worth = finance.present_value(cash=flow.project_usd, rate_per_year=i.wacc, years=book.times)
        case = sentences.case(self.step, question, self.site, o, o, ask)
        verdict = gates.combine(verdicts.all_gates(self.step, question, self.site, case))
        extra = sum(float(b.capex_usd) for b in given.blocks if b.name == "haste")
        return Weighed(
            strategy=strategy,
            question=question,
            outcome=o,
            first_months=first,
            full_months=full,
            bridge=bridge,
            answer=verdict.answer,
            refused="; ".join(g.words for g in verdict.binding if g.state == gates.NO),
            letters=tuple(dict.fromkeys(g.letter.to for g in verdict.binding if g.letter)),
            capex_usd=central(o.money.capex) + extra + (bridge.capital_usd if bridge else 0.0),
            npv_usd=float(worth) / float(today),
            inputs=given,
            book=book,
            online=online,
        )

    def _bridge(self, strategy: Strategy, ask: Ask, question: Scenario, o: Any) -> Bridge:
        """The bridge of a strategy, sized to serve what the halls want as soon as it can."""
        key = (strategy.supply.name, strategy.build_type, ask)
        if key not in self._bridges:
            time = bridges.timeline(o)
            leads = bridges.leads_of(self.step, self.site)
            problem, _ = bridges.problem_of(self.step, question, self.site, o, time, self.room, leads)
            names = {p.name for p in problem.plants}
            offered = {
                k: (*x, bridges.PERMANENT, bridges.BACKUP)
                for k, x in OFFERS.items()
                if any(n in names for n in x if n != bridges.BATTERY)
            }
            answers = phased.solve_each(problem, offered, gap=GAP)
            self._bridges[key] = {k: _sized(problem, a, time.first, o) for k, a in answers.items()}
        return self._bridges[key][strategy.bridge]

    def _inputs(
        self, strategy: Strategy, question: Scenario, o: Any, online: Callable[[Any], Any], bridge: Bridge | None
    ) -> cash.Inputs:
        """The cash flow's inputs with this ramp, the bridge and the price of haste as blocks of their own."""
        _, months = buildout.quarter_ends(question.as_of.isoformat(), 1)
        ends = months[0] + cash.QUARTER_MONTHS * np.arange(cash.MOST_QUARTERS)
        half = 0.5 * cash.QUARTER_MONTHS
        shares = np.maximum.accumulate(online(np.concatenate([[ends[0] - 2.0 * half - half], ends + half])))
        added = np.diff(shares)
        life = round(central(self.step.fact("life.it", unit="year")) / cash.QUARTER_YEARS)
        count = min(int(np.max(np.nonzero(added)[0], initial=0)) + life + cash.TAIL + 1, cash.MOST_QUARTERS)
        ends, added = ends[:count], added[:count]
        given = cash.inputs(self.step, question, self.site, o, ends, added)
        blocks = list(given.blocks)
        shell = next(b for b in blocks if b.name == "shell")
        if strategy.hurried:
            premium = self.step.fact("joint.fast_premium", unit="1")
            blocks.append(replace(shell, name="haste", capex_usd=premium * shell.capex_usd, exit_value=0.0))
        sales = given.sales
        if bridge is not None:
            power = next(b for b in blocks if b.name == "power")
            blocks += [self._lot_block(power, x, ends) for x in bridge.lots if x.usd > 0.0]
            if bridge.backup_saved_usd > 0.0:
                late = float(bridge.begin_months[-1])
                back = Lot("backup", 0.0, -bridge.backup_saved_usd, late, late + 1e4, 0.0)
                blocks.append(self._lot_block(power, back, ends))
            sales = replace(sales, running_usd=sales.running_usd + _running(bridge, ends))
        return replace(given, blocks=tuple(blocks), sales=sales)

    def _lot_block(self, like: finance.BlockPlan, lot: Lot, ends: Any) -> finance.BlockPlan:
        """Machines of the bridge as a block that is sold when they go."""
        last = len(ends) - 1
        comes = min(int(np.searchsorted(ends, lot.comes_months)), last - 1)
        goes = min(int(np.searchsorted(ends, lot.goes_months)), last)
        age = max(goes - comes, 1)
        added = np.zeros(len(ends))
        added[comes] = 1.0
        iso3 = self.site.place.iso3
        return replace(
            like,
            name="bridge",
            capex_usd=lot.usd,
            added=added,
            exit_periods=age,
            exit_value=lot.back_usd / lot.usd,
            depreciation=finance.depreciation_shares(
                life_years=self.step.fact(f"tax.life.power.{iso3}", "tax.life.power.default", unit="year"),
                factor=self.step.fact(f"tax.factor.power.{iso3}", "tax.factor.power.default", unit="1"),
                period_years=cash.QUARTER_YEARS,
                exit_periods=age,
            ),
            grant_fraction=0.0,
            credit_fraction=0.0,
        )


def _permanent(o: Any) -> tuple[float, float, Callable[[Any], Any]]:
    """Dates and ramp without a bridge."""
    ramp = {k: central(v) if k not in ("stage_months", "stage_mw") else v for k, v in o.calendar.ramp.items()}

    def online(months: Any) -> Any:
        return np.asarray(buildout.online_mw(np.asarray(months, float), **ramp)) / ramp["full_mw"]

    return central(o.calendar.first_months), central(o.calendar.full_months), online


def _bridged(o: Any, bridge: Bridge) -> tuple[float, float, Callable[[Any], Any]]:
    """Dates and ramp with a bridge: the halls that stand, times the part of them that has power, never falling."""
    time = bridges.timeline(o)
    begin, served = np.asarray(bridge.begin_months), np.asarray(bridge.served)
    without_first, without_full, without = _permanent(o)

    def online(months: Any) -> Any:
        t = np.asarray(months, float)
        phase = np.clip(np.searchsorted(begin, t + 1e-9, side="right") - 1, 0, len(begin) - 1)
        lit = np.where(t >= time.first - 1e-9, time.hall_share(t) * served[phase], 0.0)
        return np.maximum(np.where(t >= time.whole, 1.0, lit), without(t))

    some, dark = np.flatnonzero(served > bridging.SERVED), np.flatnonzero(served < bridging.WHOLE)
    first = min(float(begin[some[0]]), without_first) if len(some) else without_first
    keeps_up = int(dark[-1]) + 1 if len(dark) else 0
    ends = buildout.ends(o.calendar.tasks)
    built = max(central(ends[i]) for i in ("halls", "generators") if i in ends)
    built += central(o.calendar.ramp["commissioning_months"])
    full = max(float(begin[keeps_up]), built, first) if keeps_up < len(begin) else without_full
    return first, min(full, without_full), online


def _sized(problem: PhasedProblem, answer: PhasedAnswer, first: float, o: Any) -> Bridge:
    """An answer of the phased optimum, per MW, as a bridge of the campus."""
    full = central(o.size.facility_peak_mw)
    begin = starts(problem) * MONTHS_PER_YEAR + first
    end = begin + np.asarray(problem.years) * MONTHS_PER_YEAR
    scale = HOURS_PER_YEAR / (problem.load_mw.shape[1] * problem.step_hours)
    plants = {p.name: p for p in problem.plants}
    normal = bridges.normal_usd_per_mwh(problem)
    served, running = np.ones(len(begin)), np.zeros(len(begin))
    own = [b for b in answer.built if b.name.partition(".")[0] in (*bridges.GAS, bridges.BATTERY, bridges.FLEXIBLE)]
    for p, a in enumerate(answer.accounts[:-1]):
        if a is None:
            continue
        served[p] = a.served_mwh_per_year / a.load_mwh_per_year
        paid = sum(x.variable_usd_per_year for x in a.lines if x.kind != "unserved")
        running[p] = scale * (paid - normal * a.served_mwh_per_year)
    lots = []
    for b in own:
        price, fixed, removal = _prices(problem, b.name)
        running[b.first : min(b.last, len(begin) - 2) + 1] += fixed * b.mw
        grown = (1.0 + problem.rate_per_year) ** (float(end[b.last] - first) / MONTHS_PER_YEAR)
        leaves = b.last < len(begin) - 1
        back = b.resale_usd * grown - removal * b.mw if leaves else 0.0
        goes = float(end[b.last]) if leaves else float("inf")
        lots.append(Lot(b.name, b.mw * full, price * b.mw * full, float(begin[b.first]), goes, back * full))
    backup = plants[bridges.BACKUP]
    wanted = float(problem.reserve_mw[-1]) if problem.reserve_mw is not None else 0.0
    stands = sum(b.mw for b in answer.built if b.name == bridges.BACKUP)
    power = [x for x in lots if not x.name.endswith(".energy")]
    most = max((sum(x.mw for x in power if x.comes_months <= t < x.goes_months) for t in begin), default=0.0)
    return Bridge(
        begin_months=begin,
        served=served,
        lots=tuple(lots),
        running_usd_per_year=running * full,
        backup_saved_usd=max(wanted - stands, 0.0) * backup.capex_usd_per_mw * full,
        mw=most,
    )


def _prices(problem: PhasedProblem, name: str) -> tuple[float, float, float]:
    """Capital, yearly fixed cost and removal of a capacity, per MW or MWh."""
    if name == f"{bridges.BATTERY}.energy" and problem.battery:
        return problem.battery.energy_usd_per_mwh, 0.0, 0.0
    if name.partition(".")[0] == bridges.BATTERY and problem.battery:
        return problem.battery.power_usd_per_mw, problem.battery.fixed_usd_per_mw_year, 0.0
    plant = next(p for p in problem.plants if p.name == name)
    return plant.capex_usd_per_mw, plant.fixed_usd_per_mw_year, plant.removal_usd_per_mw


def _running(bridge: Bridge, ends: Any) -> Any:
    """What the bridge costs to run by quarter."""
    begins = np.asarray(ends, float) - cash.QUARTER_MONTHS
    start, stop = np.asarray(bridge.begin_months)[:-1], np.asarray(bridge.begin_months)[1:]
    overlap = np.minimum(ends[:, None], stop) - np.maximum(begins[:, None], start)
    return np.maximum(overlap, 0.0) / MONTHS_PER_YEAR @ np.asarray(bridge.running_usd_per_year)[:-1]
