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
from gigawatt.chapters import bridge as bridge_plan
from gigawatt.chapters import bridge_offers as bridges
from gigawatt.chapters import bridging, cash, cash_inputs, durations, flexible, ordering, payments, strategies
from gigawatt.chapters import machine as machines
from gigawatt.chapters import verdict as verdicts
from gigawatt.chapters import words as sentences
from gigawatt.chapters.bridge import Bridge
from gigawatt.chapters.sizing import Ask
from gigawatt.chapters.strategies import CURTAILED, NO_BRIDGE, Strategy, Supply
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import HOURS_PER_YEAR

Tell = Callable[[Steps, Scenario, Any, Ask], Any]
Prepare = Callable[[Steps, Scenario], Any]
GAP = 1e-3  # of a bridge's cost
JUST_ABOVE = 1.0 + 1e-9  # of a server's power, so that a whole number of them fits
LEAST_GAIN = 1.0  # months: a bridge that gains less is none
OFFERS = {strategies.ON_SITE: (*bridges.GAS, bridges.BATTERY), CURTAILED: (bridges.BATTERY, bridges.FLEXIBLE)}


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
    inputs: cash_inputs.Inputs = field(repr=False)
    book: finance.Ledger = field(repr=False)
    online: Callable[[Any], Any] = field(repr=False)

    @property
    def accelerators(self) -> float:
        return central(self.outcome.size.accelerators)

    @property
    def mw(self) -> float:
        return central(self.outcome.size.facility_peak_mw)

    @property
    def flop_per_s(self) -> float:
        """Compute at the peak rate of FP8, by which generations are compared. [FLOP/s]"""
        return self.accelerators * central(self.outcome.machine.peak_fp8_flop_per_s)

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
        self.step = facts_step.aside()
        self.s, self.site, self.tell, self.prepare = s, shared.site, tell, prepare
        self._shared: dict[tuple[str, strategies.Chip | None], Any] = {(strategies.ASKED, None): shared}
        self._weighed: dict[tuple[Strategy, Ask], Weighed] = {}
        self._told: dict[tuple[Any, ...], Any] = {}
        self._bridges: dict[tuple[Any, ...], dict[str, Bridge]] = {}
        self._verdicts: dict[tuple[Any, ...], gates.Verdict] = {}
        self.recorded = s.build_type or durations.recorded_build_type(self.step, self.site)
        self.chips: list[strategies.Chip] = []  # other generations, where the question leaves the choice open
        self.operator = self.step.text(*self.site.authority("grid"))

    @cached_property
    def default_flop_per_s(self) -> float:
        """Peak rate of the accelerator that a question without one has. [FLOP/s]"""
        return central(machines.machine(self.step, self.s).peak_fp8_flop_per_s)

    def rented(self, strategy: Strategy) -> bool:
        """Whether hours of its accelerator have a market price."""
        return machines.machine(self.step, strategy.question(self.s, 1.0)).market_usd_per_hour is not None

    @cached_property
    def room(self) -> flexible.Connection | None:
        """The flexible connection of the place."""
        return flexible.connection(self.step, self.site, self._shared[strategies.ASKED, None].optimum.shape)

    def shared(self, supply: Supply, chip: strategies.Chip | None = None) -> Any:
        """Weather, cooling hours and the power optimum of a supply for an accelerator, made once."""
        key = (supply.name, chip)
        if key not in self._shared:
            asks = Strategy(supply, self.recorded, NO_BRIDGE, False, chip).question(self.s, self.s.power_mw or 1.0)
            self._shared[key] = self.prepare(self.step, asks)
        return self._shared[key]

    def all(self, ask: Ask, *, sized: bool = True) -> list[Strategy]:
        """Every combination that makes sense at a size; bridges only where halls would wait for power.

        Where not ``sized``, bridges that would gain next to nothing are among them: none is sized to find out.
        """
        out = []
        for supply in strategies.supplies(self.step, self.s, self.site):
            for kind in strategies.build_types(self.s, self.recorded):
                hurried = kind == durations.FAST and self.recorded != durations.FAST
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
                    out += [b for b in bridged if not sized or self._gains(b, ask) > LEAST_GAIN]
        return out

    def soonest(self, strategy: Strategy, ask: Ask) -> float:
        """Month before which it is not whole: its date without a bridge; with one, that of halls and backup sets."""
        o = self.told(strategy, ask)
        whole = central(o.calendar.full_months)
        if strategy.bridge == NO_BRIDGE:
            return whole
        ends = buildout.ends(o.calendar.tasks)
        built = max(central(ends[i]) for i in ("halls", "generators", "first_hall") if i in ends)
        return min(built + central(o.calendar.ramp["commissioning_months"]), whole)

    def verdict(self, strategy: Strategy, ask: Ask) -> gates.Verdict:
        """What the gates say of it; no bridge moves them."""
        key = (strategy.supply.name, strategy.build_type, strategy.chip, ask)
        if key not in self._verdicts:
            o, question = self.told(strategy, ask), strategy.question(self.s, self._size(ask))
            case = sentences.case(self.step, question, self.site, o, o, ask)
            self._verdicts[key] = gates.combine(verdicts.all_gates(self.step, question, self.site, case))
        return self._verdicts[key]

    def _gains(self, strategy: Strategy, ask: Ask) -> float:
        """Months by which a bridge brings the mean MW on line forward."""
        o = self.told(strategy, ask)
        bridge = self._bridge(strategy, ask, strategy.question(self.s, self._size(ask)), o)
        months = np.arange(0.0, bridges.timeline(o).whole + 1.0, 0.5)
        with_it, without = _bridged(o, bridge)[2], _permanent(o)[2]
        return float(np.sum(with_it(months) - without(months)) * 0.5)

    def told(self, strategy: Strategy, ask: Ask) -> Any:
        """The story of a strategy's question; the bridge is not in it."""
        key = (strategy.supply.name, strategy.build_type, strategy.chip, ask)
        if key not in self._told:
            question = strategy.question(self.s, self._size(ask))
            self._told[key] = self.tell(self.step, question, self.shared(strategy.supply, strategy.chip), ask)
        return self._told[key]

    def server_mw(self, strategy: Strategy) -> float:
        """Power at peak of a campus of one server, with room for rounding. [MW]"""
        return central(self.told(strategy, Ask(accelerators=1.0)).size.facility_peak_mw) * JUST_ABOVE

    def _size(self, ask: Ask) -> float:
        return float(ask.power_mw or self.s.power_mw or 1.0)

    def weigh(self, strategy: Strategy, ask: Ask) -> Weighed:
        """A strategy at a size: dates, capital, net present value."""
        key = (strategy, ask)
        if key not in self._weighed:
            self._weighed[key] = self._weigh(strategy, ask)
        return self._weighed[key]

    def ordering(self, w: Weighed) -> ordering.Ordering:
        """When the hardware of a strategy is best ordered; no date depends on it."""
        return ordering.weigh(self.step, self.site, w.inputs)

    def _weigh(self, strategy: Strategy, ask: Ask) -> Weighed:
        o, question = self.told(strategy, ask), strategy.question(self.s, self._size(ask))
        first, full, online = _permanent(o)
        bridge, paid_for = None, o
        if strategy.bridge != NO_BRIDGE and not bridging.no_gap(bridges.timeline(o)):  # a small campus may need none
            bridge = self._bridge(strategy, ask, question, o)
            # the same campus, with the bridge on its bill and its orders as early as that asks
            paid_for = self.tell(
                self.step, question, replace(self.shared(strategy.supply, strategy.chip), bridge=bridge), ask
            )
            first, full, online = _permanent(paid_for)
        given = self._inputs(question, paid_for, online, bridge)
        i = given
        book = finance.ledger(blocks=i.blocks, sales=i.sales, terms=i.terms)
        flow = finance.cash_flow(book=book, sales=i.sales, terms=i.terms, price_usd=i.price, price_path=i.path)
        today = (1.0 + central(i.terms.inflation_per_year)) ** i.terms.price_age_years
        worth = finance.present_value(cash=flow.project_usd, rate_per_year=i.wacc, years=book.times)
        verdict = self.verdict(strategy, ask)
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
            capex_usd=central(paid_for.money.capex),
            npv_usd=float(worth) / float(today),
            inputs=given,
            book=book,
            online=online,
        )

    def _bridge(self, strategy: Strategy, ask: Ask, question: Scenario, o: Any) -> Bridge:
        """The bridge of a strategy, sized to serve what the halls want as soon as it can."""
        key = (strategy.supply.name, strategy.build_type, strategy.chip, ask)
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
            from gigawatt.power import phased  # compiled code: not before it is needed

            answers = phased.solve_each(problem, offered, gap=GAP)
            full = central(o.size.facility_peak_mw)
            load = float(np.mean(np.asarray(o.campus.load_per_peak_mw, float)))
            paid = central(o.supply.energy_usd_per_mw_year)
            year = HOURS_PER_YEAR * load
            self._bridges[key] = {
                k: bridge_plan.sized(problem, a, time.first, full, energy_usd_per_mw_year=paid, mwh_per_mw_year=year)
                for k, a in answers.items()
            }
        return self._bridges[key][strategy.bridge]

    def _inputs(
        self, question: Scenario, o: Any, online: Callable[[Any], Any], bridge: Bridge | None
    ) -> cash_inputs.Inputs:
        """The cash flow's inputs with this ramp and the bridge."""
        _, ends = payments.quarter_grid(question)
        half = 0.5 * payments.QUARTER_MONTHS
        shares = np.maximum.accumulate(online(np.concatenate([[ends[0] - 2.0 * half - half], ends + half])))
        added = np.diff(shares)
        life = round(central(self.step.fact("life.it", unit="year")) / payments.QUARTER_YEARS)
        count = min(int(np.max(np.nonzero(added)[0], initial=0)) + life + cash.TAIL + 1, payments.MOST_QUARTERS)
        ends, added = ends[:count], added[:count]
        given = cash_inputs.inputs(self.step, question, self.site, o, ends, added)
        return bridge_plan.in_cash(self.step, question, self.site, given, ends, bridge, o)


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

    some, dark = np.flatnonzero(served > bridging.SERVED), np.flatnonzero(~np.asarray(bridge.keeps_up))
    first = min(float(begin[some[0]]), without_first) if len(some) else without_first
    keeps_up = int(dark[-1]) + 1 if len(dark) else 0
    ends = buildout.ends(o.calendar.tasks)
    built = max(central(ends[i]) for i in ("halls", "generators") if i in ends)
    built += central(o.calendar.ramp["commissioning_months"])
    full = max(float(begin[keeps_up]), built, first) if keeps_up < len(begin) else without_full
    return first, min(full, without_full), online
