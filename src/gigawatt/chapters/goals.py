"""The joint optimum: of all strategies and sizes the one that serves a goal best, within what the question limits.

Every quantity is piecewise smooth in size: it breaks where a stage of the connection, the reference class of halls or
the price of new plants begins. Between two breaks limits are met by bisection and the best size by golden section.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import buildout, choose, gates
from gigawatt.answer import Plan
from gigawatt.chapters import ladder, offers, ordering, strategies
from gigawatt.chapters.joint import Scales, Weighed
from gigawatt.chapters.sizes import SMALLEST_MW, Sizes
from gigawatt.chapters.sizing import TARGETS, Ask
from gigawatt.chapters.strategies import ASKED, NO_BRIDGE, Strategy, Supply
from gigawatt.record import central
from gigawatt.scenario import PowerSource, Scenario
from gigawatt.units import in_mw

VALUE, COMPUTE, DATE, COST = "value", "compute", "date", "cost"
NAMES = {
    VALUE: "the highest net present value",
    COMPUTE: "the most accelerators on line by the date",
    DATE: "the earliest full power",
    COST: "the least cost of an accelerator-hour",
}
FINE = 5e-7  # relative: how near a limit is met
NEAR = 1e-3  # relative: how near the best size is found; the value is flat there, so its error is of the second order
BESIDE = 0.01  # relative: from here the slope at the end of a piece is seen
JUST_ABOVE = 1e-6  # relative: beside a break
PROMISING = 3  # pieces searched within; the others are judged by their ends
ROUNDS = 30  # to the size that a budget buys
SAME_MONTHS = 0.05
SAME_DATE = 1e-9  # months
ROUNDING = 1e-4  # of power: room for the last server


@dataclass(frozen=True)
class Optimum:
    """The best choice for a goal, the best of another strategy, and how many were weighed."""

    goal: str
    best: Weighed
    ask: Ask
    runner: Weighed | None
    weighed: int
    left_out: int = 0  # bridged strategies that cannot be larger, which were not sized
    dearer: float = 0.0  # the other's cost over that of the best, less 1
    fewer: float = 0.0  # what the other has not on line by the date
    per: str = ""  # what cost is compared per where generations differ


def find(scales: Scales, s: Scenario, ask: Ask | None) -> Optimum | None:
    """The optimum of a question with a goal; None where no strategy meets the limits.

    Parameters
    ----------
    scales : Scales
        Weighs strategies of this question. [-]
    s : Scenario
        The question. [-]
    ask : Ask or None
        What sizes the campus; None where nothing does. [-]
    """
    sized = ask is not None and any(_given(ask, t) for t in TARGETS)
    search = Search(scales, s, ask or Ask())
    if sized or (s.goal in (DATE, COST) and ask is not None):
        found = [(w, w_ask) for w, w_ask in search.at_size() if search.allowed(w)]
    else:
        found = search.over_sizes()
        if s.goal == VALUE and found and max(w.npv_usd for w, _ in found) < 0.0:  # nothing pays: no size is best
            found = search.as_large_as_can_be(found)
    if s.goal == COMPUTE:
        found = [(w, a) for w, a in found if search.worth(w) >= 1.0]
    if not found:
        return None
    pays = s.goal != VALUE or max(w.npv_usd for w, _ in found) >= 0.0
    ranked = sorted(found, key=lambda x: search.rank(x[0]) if pays else (search.cost(x[0]),))
    best, best_ask = ranked[0]
    other = next((w for w, _ in ranked if w.strategy != best.strategy), None)
    behind = (search.cost(other) / search.cost(best) - 1.0, search.worth(best) - search.worth(other)) if other else ()
    per = (" per unit of the target" if search.sized else " per unit of compute") if scales.chips else ""
    counts = len({w.strategy for w, _ in found}), len(search.left_out)
    return Optimum(str(s.goal), best, best_ask, other, *counts, *(behind or (0.0, 0.0)), per)


def _given(ask: Ask, target: str) -> bool:
    value = {"accelerators": ask.accelerators, "train": ask.train or None, "serve": ask.users}[target]
    return value is not None


class Search:
    """One search: limits, objective, pieces of sizes."""

    def __init__(self, scales: Scales, s: Scenario, ask: Ask) -> None:
        self.scales, self.s, self.ask = scales, s, ask
        self.left_out: set[Strategy] = set()  # bridges that cannot win and were not sized
        self.sized = any(_given(ask, t) for t in TARGETS)
        self.budget = None if ask.budget_usd is None else central(ask.budget_usd)
        self.horizon = central(scales.step.fact("ladder.horizon", unit="month"))
        as_of = s.as_of.isoformat()
        self.months = None if s.deadline is None else buildout.months_between(as_of, s.deadline.isoformat())

    def allowed(self, w: Weighed) -> bool:
        """Within gates, budget and date.

        For the most compute that a budget buys by a date what comes later is allowed, and counts not; without a budget
        the campus is to be whole by then.
        """
        within_budget = self.budget is None or w.capex_usd <= self.budget * (1.0 + 1e-9)
        in_time = w.full_months <= self._whole_by + SAME_DATE
        return w.answer != gates.NO and within_budget and in_time

    def worth(self, w: Weighed) -> float:
        """What the goal makes large."""
        if self.s.goal == VALUE:
            return w.npv_usd
        if self.s.goal == COMPUTE:
            return on_line(w, self.months or 0.0) * self.each(w)
        return -w.full_months if self.s.goal == DATE else -self.cost(w)

    def each(self, w: Weighed) -> float:
        """What an accelerator counts: one; its peak rate where generations differ, in those of the default."""
        if not self.scales.chips:
            return 1.0
        return w.flop_per_s / w.accelerators / self.scales.default_flop_per_s

    def cost(self, w: Weighed) -> float:
        """What goals compare: price of an accelerator-hour; of the target, or of compute, where generations differ."""
        if not self.scales.chips:
            return w.price
        return w.price * w.accelerators if self.sized else w.price / self.each(w)

    def rank(self, w: Weighed) -> tuple[float, ...]:
        """Sort key, the best first; ties go to the cheaper."""
        if self.s.goal == DATE:
            return (round(w.full_months / SAME_MONTHS), round(w.first_months / SAME_MONTHS), self.cost(w))
        if self.s.goal == COMPUTE:
            return (-self.worth(w), w.capex_usd)
        return (-self.worth(w), w.full_months)

    def at_size(self) -> list[tuple[Weighed, Ask]]:
        """Every strategy at the size that the question gives."""
        ask = replace(self.ask, budget_usd=None)
        found = [(self.scales.weigh(x, ask), ask) for x in self.scales.all(ask)]
        return found + [(self.scales.weigh(x, ask), ask) for x in self._other_chips(found)]

    def _other_chips(self, found: list[tuple[Weighed, Ask]]) -> list[Strategy]:
        """The most promising strategies with every other generation: it hardly moves their order.

        Where money is earned only generations with a rental price are asked.
        """
        if not self.scales.chips:
            return []
        ranked = sorted((w for w, _ in found if self.allowed(w)), key=self.rank)
        best = list(dict.fromkeys(w.strategy for w in ranked))[:PROMISING]
        ways = [replace(x, chip=c) for x in best for c in self.scales.chips]
        priced = self.s.goal != VALUE
        return [x for x in ways if priced or self.scales.rented(x)]

    def over_sizes(self) -> list[tuple[Weighed, Ask]]:
        """Every strategy at its best size."""
        asked = self.ask.power_mw or self.most_asked()
        if asked is None:
            return []
        ways = self.scales.all(Ask(power_mw=asked), sized=self.s.goal != COMPUTE or self.budget is not None)
        most = self._most(asked)
        found = self._best_sizes(ways, most)
        found += self._best_sizes(self._other_chips(found), most)
        if self.s.goal == COMPUTE and self.budget is not None and found:
            # what is not on line by the date need not be bought for it
            best_w, best_ask = min(found, key=lambda x: self.rank(x[0]))
            found.append(self._trimmed(best_w, best_ask))
        return found

    def as_large_as_can_be(self, found: list[tuple[Weighed, Ask]]) -> list[tuple[Weighed, Ask]]:
        """Sizes that use up the limits: as large as any, or without money left for another server."""
        top = max(w.mw for w, _ in found) * (1.0 - FINE)
        return [
            (w, a) for w, a in found if w.mw >= top or (self.budget is not None and _with_one_more(w) > self.budget)
        ]

    def _best_sizes(self, ways: list[Strategy], most: float) -> list[tuple[Weighed, Ask]]:
        """Strategies at the ends of their pieces of sizes and, of the most promising, at the best size between."""
        if self.s.goal == COMPUTE and self.budget is None:
            return self._by_date(ways, most)
        tops: list[tuple[float, float, float, Strategy]] = []
        found: list[tuple[Weighed, Ask]] = []
        for strategy in ways:
            for low, high in self.pieces(strategy, most):
                edge = self._edge(strategy, low, high)
                if edge is None:
                    continue
                ends = [self._at(strategy, mw) for mw in dict.fromkeys((low, edge))]
                found += ends
                tops.append((max(self.worth(w) for w, _ in ends), low, edge, strategy))
        tops.sort(key=lambda x: (-x[0], x[1], x[2]))
        for _, low, edge, strategy in tops[:PROMISING]:
            found += self._inside(strategy, low, edge)
        return found

    def _by_date(self, ways: list[Strategy], most: float) -> list[tuple[Weighed, Ask]]:
        """The largest campus of every strategy that is whole by the date: a bridge is sized where it may win only."""
        found: list[tuple[Weighed, Ask]] = []
        largest = 0.0
        for strategy in sorted(ways, key=lambda x: x.bridge != NO_BRIDGE):
            edges = []
            for low, high in reversed(self.pieces(strategy, most)):
                edge = self._edge(strategy, low, high, over=largest)
                if edge is not None:
                    edges.append(edge)
                    break  # smaller pieces hold smaller campuses
            found += [self._at(strategy, x) for x in edges]
            largest = max([largest, *edges])
        return found

    def _inside(self, strategy: Strategy, low: float, edge: float) -> list[tuple[Weighed, Ask]]:
        """The best size between the ends of a piece; none where the value rises to one of them."""
        value = self._value(strategy)
        if edge <= low * (1.0 + BESIDE) ** 2 or value(edge) >= value(edge / (1.0 + BESIDE)):
            return []
        if value(low) >= value(low * (1.0 + BESIDE)):
            return []
        return [self._at(strategy, choose.golden_section(value, low=low, high=edge, tolerance=NEAR))]

    def _trimmed(self, w: Weighed, ask: Ask) -> tuple[Weighed, Ask]:
        """The smallest campus with as many accelerators on line by the date."""
        wanted, months = on_line(w, self.months or 0.0), self.months or 0.0
        size = ask.power_mw or w.mw
        low = next((a for a, b in self.pieces(w.strategy, size) if a < size <= b * (1 + 1e-9)), size)
        one = w.mw / max(w.accelerators, 1.0) * central(w.outcome.machine.units_per_server)

        def enough(mw: float) -> bool:
            return on_line(self._at(w.strategy, mw)[0], months) >= wanted * (1.0 - 1e-9) - 0.5

        least = choose.smallest(enough, low=low, high=size, tolerance=max(0.5 * one / size, FINE))
        return self._at(w.strategy, least or size)

    def _at(self, strategy: Strategy, mw: float) -> tuple[Weighed, Ask]:
        ask = Ask(power_mw=mw)
        return self.scales.weigh(strategy, ask), ask

    def _value(self, strategy: Strategy) -> Callable[[float], float]:
        return lambda mw: self.worth(self._at(strategy, mw)[0])

    def _most(self, asked: float) -> float:
        """Largest campus that the gates let any supply carry: some go on where the asked one ends or takes too long."""
        if self.ask.power_mw or (self.s.goal != COMPUTE and self.budget is None):
            return asked
        c = self.scales
        kinds = [Strategy(x, c.recorded, NO_BRIDGE, False) for x in strategies.supplies(c.step, self.s, c.site)]

        def works(mw: float) -> bool:
            ask = Ask(power_mw=mw)
            return any(c.verdict(x, ask).answer != gates.NO for x in reversed(kinds))

        return choose.largest(works, low=asked, high=ladder.MOST_MW, tolerance=NEAR) or asked

    def most_asked(self) -> float | None:
        """Largest campus that the gates let the asked supply carry. [MW]"""
        c = self.scales
        free = self.s.model_copy(update={"deadline": None})
        return Sizes(c.step, free, c.shared(Supply(ASKED, "")), c.tell).largest()

    def pieces(self, strategy: Strategy, most: float) -> list[tuple[float, float]]:
        """Sizes between two breaks, from the smallest campus to the largest."""
        inner = sorted(x for x in self._breaks(strategy, most) if SMALLEST_MW < x < most)
        start = min(SMALLEST_MW, most)
        return [
            (start if i == 0 else a * (1.0 + JUST_ABOVE), b)
            for i, (a, b) in enumerate(zip([start, *inner], [*inner, most], strict=True))
        ]

    def _breaks(self, strategy: Strategy, most: float) -> list[float]:
        """Sizes at which a stage of the connection, the class of halls or the price of new plants begins."""
        step, o = self.scales.step, self.scales.told(strategy, Ask(power_mw=most))
        out = [central(step.fact("calendar.large_campus", unit="MW")) * (1.0 - JUST_ABOVE)]
        grid = central(o.supply.grid_mw)
        if grid > 0.0:
            out += [float(x) / grid for x in np.cumsum([x.added_mw for x in o.calendar.stages if x.from_grid])]
            peak = o.footprint.peak_share
            if peak is not None and central(peak) > 0.0:
                national = central(o.size.facility_peak_mw) / central(peak)
                out.append(central(offers.new_plant_from(step, self.scales.site)) * national / grid)
        return out

    def _edge(self, strategy: Strategy, low: float, high: float, *, over: float = 0.0) -> float | None:
        """The largest allowed size of a piece; None where even its smallest is not, or where dates keep a bridge below.

        Dates come first: most pieces fail or end by them, and they need neither money nor a bridge that is sized.
        """
        if self.budget is not None:
            high = self._affordable(strategy, low, high)
        edge = choose.last_before(self._late(strategy, self._whole_by), low=low, high=max(high, low), tolerance=FINE)
        if edge is None:
            return None
        if strategy.bridge != NO_BRIDGE and edge <= over * (1.0 + FINE):  # it can at best be as large
            if edge >= over * (1.0 - FINE) and self._holds(strategy, edge):
                return edge
            self.left_out.add(strategy)
            return None
        return choose.largest(lambda mw: self._holds(strategy, mw), low=low, high=edge, tolerance=FINE)

    @property
    def _whole_by(self) -> float:
        """The month by which the campus is to be whole: at the latest where a date still means something."""
        counts_later = self.s.goal == COMPUTE and self.budget is not None
        return self.horizon if counts_later or self.months is None else min(self.months, self.horizon)

    def _late(self, strategy: Strategy, months: float) -> Callable[[float], float]:
        return lambda mw: self.scales.soonest(strategy, Ask(power_mw=mw)) - months - SAME_DATE

    def _holds(self, strategy: Strategy, mw: float) -> bool:
        """Whether a size is allowed; weighed only where its date or its money hangs on it."""
        if self.scales.verdict(strategy, Ask(power_mw=mw)).answer == gates.NO:
            return False
        if self.budget is None and strategy.bridge == NO_BRIDGE:
            return self._late(strategy, self._whole_by)(mw) <= 0.0
        return self.allowed(self._at(strategy, mw)[0])

    def _affordable(self, strategy: Strategy, low: float, high: float) -> float:
        """The size that the budget buys, to a server: capital is all but linear, the rule of three closes in on it."""
        assert self.budget is not None
        server = self.scales.server_mw(strategy)
        mw = high
        for _ in range(ROUNDS):
            w = self._at(strategy, mw)[0]
            if w.capex_usd <= self.budget:
                break
            mw = max(min(mw * self.budget / w.capex_usd, mw - 0.5 * server), low)
            if mw == low:
                return low
        while (more := server * (math.floor(mw / server + BESIDE) + 1)) <= high:
            if self._at(strategy, more)[0].capex_usd > self.budget:
                break
            mw = more
        return mw


def _with_one_more(w: Weighed) -> float:
    """Capital of the campus and of another server at the same cost each. USD"""
    return w.capex_usd * (1.0 + central(w.outcome.machine.units_per_server) / max(w.accelerators, 1.0))


def question(s: Scenario, found: Optimum) -> Scenario:
    """The question with the chosen supply, way of building and size in it."""
    update: dict[str, object] = {"deadline": s.deadline}
    asked = found.best.strategy.question(s, found.best.mw)
    if found.ask.power_mw is not None and not asked.power:
        update["power"] = (PowerSource(mw=found.best.mw, source=""),)
    elif found.ask.power_mw is None and asked.power:  # a target sizes the campus: its power is no limit of its own
        parts = asked.power
        update["power"] = tuple(p.model_copy(update={"mw": p.mw * (1.0 + ROUNDING)}) for p in parts)
    return asked.model_copy(update=update)


def in_reach(scales: Scales, s: Scenario) -> str:
    """What a question whose goal no strategy serves can have: the largest campus by its date, or the earliest date."""
    free = s.model_copy(update={"goal": COMPUTE, "accelerators": None, "train": None, "serve_users": None})
    search = Search(scales, free, Ask(power_mw=s.power_mw))
    as_of = s.as_of.isoformat()
    found = [w for w, _ in search.over_sizes()] if search.months is not None else []
    if found:
        top = min(found, key=search.rank)
        return (
            f"The largest that is whole by {s.deadline} is {_round(top.mw)} MW, {_round(top.accelerators)} "
            f"accelerators: {top.strategy.words}, {top.capex_usd / 1e9:,.3g} bn USD."
        )
    smallest = Ask(power_mw=min(SMALLEST_MW, s.power_mw or SMALLEST_MW))
    options = scales.all(smallest)
    open_to = [x for x in options if scales.verdict(x, smallest).answer != gates.NO]
    if not open_to:
        reasons = scales.weigh(options[0], smallest).refused if options else ""
        return f"Not even {in_mw(smallest.power_mw or 0.0)} is allowed there: {reasons}." if reasons else ""
    first = min((scales.weigh(x, smallest) for x in open_to), key=lambda w: w.full_months)
    when = buildout.add_months(as_of, first.full_months)
    by = f"Nothing is whole by {s.deadline}: the" if s.deadline else "The"
    return f"{by} earliest is {in_mw(smallest.power_mw or 0.0)} in {(when or 'never')[:7]}, {first.strategy.words}."


def said(plan: Plan, s: Scenario, found: Optimum | None, scales: Scales, reach: str = "") -> Plan:
    """A plan that says what was chosen for the goal; its question stays the one that was asked.

    ``reach`` is what the question can have where nothing serves its goal.
    """
    reading = f"{plan.question['reading']}; chosen for {NAMES[str(s.goal)]}"
    asked = {**plan.question, "words": s.words(), "reading": reading}
    if found is None:
        words_of = [f"No strategy and no size meets the limits for {NAMES[str(s.goal)]}: the plan is as asked."]
        words_of += [reach] if reach else []
        told: dict[str, Any] = {"goal": s.goal, "words": words_of}
    else:
        told = table(s, found, scales.ordering(found.best))
        asked["chosen"] = question(s, found).words()
    summary = " ".join([*told["words"], plan.verdict["summary"]])
    return replace(
        plan,
        question=asked,
        verdict={**plan.verdict, "summary": summary},
        tables={**plan.tables, "optimum": told},
    )


def on_line(w: Weighed, months: float) -> float:
    """Accelerators with power some months from today."""
    return float(np.asarray(w.online(np.array([months])))[0]) * w.accelerators


def words(s: Scenario, found: Optimum) -> list[str]:
    """What was chosen and why, and what the runner-up would be."""
    b, r, as_of = found.best, found.runner, s.as_of.isoformat()
    many = f"{found.weighed} strategies" if found.weighed > 1 else "the one strategy"
    many += " weighed" if found.left_out else ""
    said = [f"Chosen for {NAMES[found.goal]}, of {many} within the limits: {b.strategy.words}, {_facts(s, b, found)}."]
    if r is not None:
        said.append(f"Next: {r.strategy.words}, {_facts(s, r, found)}; {_difference(s, b, r, found)}.")
    if found.per:
        by = "what the target costs" if "target" in found.per else "their peak FP8 rate"
        said.append(f"The generation was left open: generations are compared by {by}.")
    if found.left_out:
        said.append(f"{found.left_out} more with a bridge cannot carry a larger campus by then and were not sized.")
    if found.goal == VALUE and b.npv_usd < 0:
        market = b.outcome.money.market
        at = "" if market is None else f" of {central(market):.3g} USD/h"
        said.append(
            f"At today's market price{at} no strategy and no size earns its cost of capital: the size stays the "
            "largest within the limits, and this strategy needs the lowest price there."
        )
    if b.bridge is not None:
        permanent = buildout.add_months(as_of, central(b.outcome.calendar.full_months))
        said.append(
            f"The bridge carries up to {in_mw(b.bridge.carries_mw)} until the permanent power is whole in "
            f"{(permanent or 'the far future')[:7]}; costs by the hour and emissions are those of the permanent power."
        )
    return said


def _facts(s: Scenario, w: Weighed, found: Optimum) -> str:
    as_of = s.as_of.isoformat()
    first, full = ((buildout.add_months(as_of, m) or "never")[:7] for m in (w.first_months, w.full_months))
    there = ""
    if found.goal == COMPUTE and s.deadline:
        months = buildout.months_between(as_of, s.deadline.isoformat())
        there = f"{_round(on_line(w, months))} accelerators on line by {s.deadline.isoformat()}, "
    worth = f"net present value {w.npv_usd / 1e9:,.2g} bn USD"
    if w.outcome.money.market is None:
        worth = "no market price is known for its hours"
    return (
        f"{there}{_round(w.mw)} MW, first power {first}, full power {full}, {w.capex_usd / 1e9:,.3g} bn USD, "
        f"{w.price:.3g} USD/h needed, {worth}"
    )


def _difference(s: Scenario, b: Weighed, r: Weighed, found: Optimum) -> str:
    if found.goal == VALUE and b.npv_usd >= 0.0:
        return f"{(b.npv_usd - r.npv_usd) / 1e9:,.2g} bn USD less"
    dearer = f"{found.dearer * 100:.2g} % dearer{found.per}"
    if found.goal == DATE:
        later = r.full_months - b.full_months
        return f"{later:.0f} months later" if later >= 1.0 else f"as early, {dearer}"
    if found.goal in (COST, VALUE):
        return dearer
    what = "fewer by then, counted in those of the default type" if found.per else "fewer by then"
    return f"{_round(found.fewer)} accelerators {what}"


def _round(x: float) -> str:
    return f"{float(f'{x:.3g}'):,.10g}"


def table(s: Scenario, found: Optimum, orders: ordering.Ordering) -> dict[str, Any]:
    """Table ``optimum``."""
    b, as_of = found.best, s.as_of.isoformat()
    return {
        "accelerator": b.outcome.machine.name,
        "hardware_ordered": orders.policy,
        "first_hardware_order": buildout.add_months(as_of, orders.order_months),
        "price_ordered_with_power": orders.with_power_usd,
        "price_ordered_today": orders.today_usd,
        "goal": found.goal,
        "strategy": b.strategy.words,
        "supply": b.strategy.supply.name,
        "build_type": b.strategy.build_type,
        "bridge": b.strategy.bridge,
        "bridge_mw": b.bridge.mw if b.bridge else 0.0,
        "facility_peak_mw": b.mw,
        "accelerators": b.accelerators,
        "first_power": buildout.add_months(as_of, b.first_months),
        "full_power": buildout.add_months(as_of, b.full_months),
        "capex_usd": b.capex_usd,
        "npv_usd": b.npv_usd,
        "required_price_usd_per_accelerator_hour": b.price,
        "runner_up": found.runner.strategy.words if found.runner else None,
        "weighed": found.weighed,
        "words": [*words(s, found), *([f"{told}."] if (told := ordering.words(orders, "Orders")) else [])],
    }
