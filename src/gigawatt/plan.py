"""The story: from a question to a plan, calling the chapters in order. Nothing is computed here, nothing is hidden.

    facts -> place, weather -> accelerator -> campus -> supply -> bill -> size -> calendar -> money -> footprint
          -> gates -> verdict -> answer

The story is told once on central values, which are recorded for ``explain``, and once on draws of all facts with a
range, which give every figure its low and high. A ladder tells it again for other sizes; hourly weather, cooling and
the power optimum are per MW of campus and made once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from gigawatt import answer as answers
from gigawatt import finance, gates
from gigawatt.answer import Plan
from gigawatt.chapters import (
    arithmetic,
    bridging,
    chosen,
    customers,
    durations,
    flexible,
    frontier,
    goals,
    intervals,
    inverse,
    joint,
    layout,
    long_wait,
    offers,
    orders,
    own_data,
    payments,
    sizing,
    strategies,
    sureness,
    words,
    work_tables,
)
from gigawatt.chapters import bridge as bridges
from gigawatt.chapters import calendar as calendars
from gigawatt.chapters import campus as campuses
from gigawatt.chapters import cash as cashes
from gigawatt.chapters import cluster as clusters
from gigawatt.chapters import delay as delays
from gigawatt.chapters import fleet as fleets
from gigawatt.chapters import footprint as footprints
from gigawatt.chapters import ladder as ladders
from gigawatt.chapters import machine as machines
from gigawatt.chapters import money as moneys
from gigawatt.chapters import place as places
from gigawatt.chapters import report_parts as parts
from gigawatt.chapters import schedule as schedules
from gigawatt.chapters import supply as supplies
from gigawatt.chapters import verdict as verdicts
from gigawatt.chapters import work as works
from gigawatt.climates import with_climate
from gigawatt.facts import Facts
from gigawatt.figures import Figure
from gigawatt.record import Steps, central, seed_of
from gigawatt.scenario import ANY, Scenario


@dataclass(frozen=True)
class Shared:
    """What does not depend on size and is not drawn: the place's weather, cooling hours, and the power optimum."""

    site: places.Site
    physics: campuses.Physics
    optimum: supplies.Optimum
    bridge: bridges.Bridge | None = None  # where a goal chose one


@dataclass(frozen=True)
class Outcome:
    """One telling of the story for one size: central values, or draws."""

    machine: machines.Machine
    campus: campuses.Campus
    supply: supplies.Supply
    blocks: list[finance.Block]
    rates: moneys.Rates
    size: sizing.Size
    calendar: calendars.Calendar
    paid: payments.Paid
    money: moneys.Money
    footprint: footprints.Footprint
    computes: Callable[[], works.Work]
    delays: Callable[[], finance.Delay]
    unspent: Any

    @cached_property
    def work(self) -> works.Work:
        """What it trains and serves: told when asked for, as sizes that are only tried need it not."""
        return self.computes()

    @cached_property
    def delay(self) -> finance.Delay:
        """What a month late costs: told when asked for, as no gate asks."""
        return self.delays()


@dataclass(frozen=True)
class Decision:
    """A question decided: the outcome on central values and on draws, its gates, the ladder, every figure."""

    step: Steps  # of the central pass, recorded
    drawn: Steps  # of the pass on draws
    shared: Shared
    ask: sizing.Ask
    outcome: Outcome  # central values
    bare: Outcome  # the same without a bridge
    spread: Outcome  # draws
    bare_spread: Outcome
    found: list[gates.Gate]  # several of one name; folded when written up
    verdict: gates.Verdict
    rungs: list[ladders.Rung]
    rows: Mapping[str, tuple[Any, Any]]  # behind each figure: central value and draws
    figures: Mapping[str, Figure]  # each made when it is asked for
    by_ladder: bool
    drawn_budget: Any  # USD, in every draw
    whole: sureness.Whole | None = None

    @property
    def answer(self) -> str:
        """``yes``, ``yes_if`` or ``no``: of the headline rung where nothing was given."""
        return ladders.headline(self.rungs).answer if self.by_ladder else self.verdict.answer

    def headline(self, scenario: Scenario) -> str:
        """The verdict and its condition in one sentence."""
        o, spread, site = self.outcome, self.spread, self.shared.site
        told = (self.ask, self.verdict, self.figures, self.rungs, self.by_ladder)
        return words.headline(scenario, site, o, spread, *told)


def plan(
    scenario: Scenario,
    *,
    facts: Facts | None = None,
    with_frontier: bool = False,
    whole: sureness.Whole | None = None,
    progress: frontier.Progress | None = None,
) -> Plan:
    """Answer a question with a plan, or with a reasoned no.

    Parameters
    ----------
    scenario : Scenario
        The question. [-]
    facts : Facts, optional
        The facts; those that ship with the package where not given. [-]
    with_frontier : bool
        Whether the same campus is also told by every strategy, from the fastest to the cheapest. [-]
    whole : Whole, optional
        Draws of whole plans of this question, for its words and ranges; quick ones are made where not given. [-]
    progress : callable, optional
        Called with the number of strategies that are weighed, and of all. [-]

    Returns
    -------
    Plan

    Raises
    ------
    ScenarioError, FactError
        When the question names something unknown: an accelerator, a model, a fact, a file that cannot be read.
    """
    known = facts_for(scenario, facts)
    lacking = places.lacks(known, scenario.place)
    if lacking:
        return parts.gate_only(Steps(known, scenario.price_year), scenario, lacking)
    if scenario.goal:
        return _plan_for_goal(known, scenario, with_frontier, progress, whole)
    d = decide(known, scenario, whole=whole)
    found = _written(scenario, d)
    if not with_frontier:
        return found
    scales = joint.Scales(d.step, scenario, d.shared, tell, prepare)
    return frontier.beside(found, scales, scenario, central(d.outcome.size.facility_peak_mw), progress=progress)


def _written(scenario: Scenario, d: Decision) -> Plan:
    """A decision written up, with the nearest plan where it is a no."""
    nearest = ladders.nearest(d.step, scenario, d.shared, tell, prepare, d.ask, d.outcome, d.verdict)
    return answers_of(scenario, d, nearest)


def with_price(found: Plan, scenario: Scenario, price: float, *, facts: Facts | None = None) -> Plan:
    """A plan with the smallest campus found whose accelerator-hour needs no more than a price, or that none does.

    Parameters
    ----------
    found : Plan
        The answer of the question. [-]
    scenario : Scenario
        The question. [-]
    price : float
        Of an accelerator-hour, in money of the price year. [USD/h]
    facts : Facts, optional
        The facts; those that ship with the package where not given. [-]

    Returns
    -------
    Plan
    """
    known = facts_for(scenario, facts)
    if places.lacks(known, scenario.place):
        return found
    step = Steps(known, scenario.price_year)
    return inverse.beside(found, joint.Scales(step, scenario, prepare(step, scenario), tell, prepare), scenario, price)


def for_goal(known: Facts, scenario: Scenario) -> tuple[Scenario, goals.Optimum | None, joint.Scales]:
    """The question with the strategy and the size that serve its goal best; as asked where none meets the limits."""
    step = Steps(known, scenario.price_year)
    is_open = scenario.accelerator == ANY
    scenario = scenario.model_copy(update={"accelerator": ""}) if is_open else scenario
    scales = joint.Scales(step, scenario, prepare(step, scenario), tell, prepare)
    scales.chips = strategies.chips(step, scenario) if is_open else []
    best = goals.find(scales, scenario, sizing.ask_of(step, scenario) if scenario.has_size else None)
    return scenario if best is None else goals.question(scenario, best), best, scales


def _plan_for_goal(
    known: Facts,
    scenario: Scenario,
    with_frontier: bool,
    progress: frontier.Progress | None,
    whole: sureness.Whole | None,
) -> Plan:
    question, best, scales = for_goal(known, scenario)
    d = decide(known, question, bridge=None if best is None else best.best.bridge, whole=whole)
    reach = goals.in_reach(scales, scales.s) if best is None else ""
    found = chosen.said(_written(question, d), scenario, best, scales, reach)
    if not with_frontier:
        return found
    peak = central(d.outcome.size.facility_peak_mw)
    return frontier.beside(found, scales, scenario, peak, None if best is None else best.best, progress)


def facts_for(scenario: Scenario, facts: Facts | None = None) -> Facts:
    """The facts of a question: those that ship, the climate of its place, what the asker overrides or brings.

    Ranges are as wide as the record of their families asks for.
    """
    known = with_climate(intervals.of_question(facts, scenario.facts), scenario.place).with_overrides(scenario.facts)
    cashes.check(known, scenario.facts)
    if not judged(known, scenario):
        return known
    return own_data.with_own_price(known, scenario, places.keys(known, scenario.place))


def judged(facts: Facts, scenario: Scenario) -> bool:
    """Whether the facts of the place allow more than the chip gate."""
    return not places.lacks(facts, scenario.place)


def decide(
    facts: Facts,
    scenario: Scenario,
    *,
    other_sizes: bool = True,
    bridge: bridges.Bridge | None = None,
    whole: sureness.Whole | None = None,
) -> Decision:
    """Verdict and figures of a question, before they are written up: what a plan and a row of a screen share.

    Parameters
    ----------
    facts : Facts
        The facts, with the scenario's overrides in them. [-]
    scenario : Scenario
        The question, of a place that is ``judged``. [-]
    other_sizes : bool
        Whether the ladder is told beside a question that gives a size; it is always told where none is given. [-]
    bridge : Bridge or None
        What carries the halls until the permanent power is there; other sizes are told without it. [-]
    whole : Whole or None
        Draws of whole plans; quick ones are made where not given. [-]

    Returns
    -------
    Decision
    """
    step = Steps(facts, scenario.price_year)
    drawn = Steps(facts, scenario.price_year, whole.draws) if whole else durations.draws_of(facts, scenario)
    shared = prepare(step, scenario)
    rungs = []
    if other_sizes or not scenario.has_size:
        rungs = ladders.climb(step, scenario, shared, tell)
    if scenario.has_size:
        ask, drawn_ask = sizing.ask_of(step, scenario), sizing.ask_of(drawn, scenario)
    else:
        ask = drawn_ask = sizing.Ask(power_mw=ladders.headline(rungs).facility_peak_mw)
    bare = tell(step.aside(), scenario, shared, ask) if bridge else None
    bare_spread = tell(drawn, scenario, shared, drawn_ask, paid=bare.paid) if bare else None
    shared = replace(shared, bridge=bridge)
    outcome = tell(step, scenario, shared, ask)
    if other_sizes:
        _ = outcome.delay  # a plan tells all of it, in the order of its record
    spread = tell(drawn, scenario, shared, drawn_ask, paid=outcome.paid)
    case = case_of(step, scenario, shared, outcome, spread, ask, whole)
    found = verdicts.all_gates(step, scenario, shared.site, case)
    verdict = gates.combine(found)
    rows = parts.figure_values(step, shared.site, outcome, spread)
    figures = parts.figures(step, scenario, rows, whole.figures if whole else None)
    return Decision(
        step=step,
        drawn=drawn,
        shared=shared,
        ask=ask,
        outcome=outcome,
        bare=bare or outcome,
        spread=spread,
        bare_spread=bare_spread or spread,
        found=found,
        verdict=verdict,
        rungs=rungs,
        rows=rows,
        figures=figures,
        by_ladder=not scenario.has_size,
        drawn_budget=drawn_ask.budget_usd,
        whole=whole,
    )


def prepare(step: Steps, s: Scenario) -> Shared:
    """Weather, cooling hours and the power optimum of one MW of campus: the slow part, done once."""
    site = places.site(step, s)
    physics = campuses.physics(step, s, site, step.once(machines.machine, s))
    campus = step.once(campus_of, s, site, physics)
    rates = step.once(moneys.rates, s, site)
    return Shared(site, physics, supplies.optimum(step, s, site, campus, rates.power, rates.inflation))


def in_year(step: Steps, s: Scenario, shared: Shared, year: int) -> Shared:
    """The same place in another year: its weather, cooling hours, hours of price and outage, and its power optimum.

    Parameters
    ----------
    step : Steps
        Of the central pass. [-]
    s : Scenario
        The question. [-]
    shared : Shared
        As prepared, in the first year. [-]
    year : int
        Which one; 0 gives ``shared`` itself. [-]

    Returns
    -------
    Shared
    """
    if year == 0:
        return shared
    site = places.in_year(step, s, shared.site, year)
    physics = campuses.physics_in(step, site, shared.physics)
    rates = step.once(moneys.rates, s, shared.site)
    hours = s.model_copy(update={"seed": seed_of(s.seed, year)})
    power = supplies.optimum(step, hours, site, campus_of(step, s, site, physics), rates.power, rates.inflation)
    return replace(shared, site=site, physics=physics, optimum=power)


def tell(
    step: Steps,
    s: Scenario,
    shared: Shared,
    ask: sizing.Ask,
    *,
    supply: supplies.Supply | None = None,
    paid: payments.Paid | None = None,
) -> Outcome:
    """Tell the story for one ask: what it is, how large, when, for how much, with what footprint.

    ``supply`` is one that is priced already, where every draw has a mix of its own; ``paid`` a payment schedule that is
    known: draws have that of the central calendar, stretched by their lead times.
    """
    site = shared.site
    machine = step.once(machines.machine, s)
    campus = step.once(campus_of, s, site, shared.physics)
    rates = step.once(moneys.rates, s, site)
    parts_of = layout.Parts(site, machine, campus, rates, shared.optimum, shared.bridge, supply)
    if paid is None and step.draws is not None:
        paid = _payments(step.aside(), s, shared, ask)
    elif paid is None and ask.budget_usd is not None:
        paid = layout.payments_of(step.aside(), s, parts_of, ask)
    laid = layout.lay_out(step, s, parts_of, ask, paid)
    supply, size = laid.supply, laid.size
    footprint = footprints.footprint(step, s, site, campus, size, supply)
    money = moneys.money(
        step,
        s,
        site,
        machine,
        supply,
        rates,
        laid.blocks,
        accelerators=size.accelerators,
        facility_peak_mw=size.facility_peak_mw,
        annual_mwh=footprint.annual_mwh,
    )
    unspent = (
        None if ask.budget_usd is None else step(arithmetic.left_over, budget_usd=ask.budget_usd, capex_usd=money.capex)
    )
    computes = partial(works.work, step, s, machine, size.accelerators)
    late = partial(_late, step, s, site, money, rates, laid)
    return Outcome(
        machine=machine,
        campus=campus,
        supply=supply,
        blocks=laid.blocks,
        rates=rates,
        size=size,
        calendar=laid.calendar,
        paid=laid.paid,
        money=money,
        footprint=footprint,
        computes=computes,
        delays=late,
        unspent=unspent,
    )


def _payments(step: Steps, s: Scenario, shared: Shared, ask: sizing.Ask) -> payments.Paid:
    """The schedule of payments on central values, for draws."""
    machine, campus = machines.machine(step, s), campus_of(step, s, shared.site, shared.physics)
    rates = moneys.rates(step, s, shared.site)
    parts_of = layout.Parts(shared.site, machine, campus, rates, shared.optimum, shared.bridge)
    return layout.payments_of(step, s, parts_of, ask)


def _late(step: Steps, s: Scenario, site: places.Site, m: moneys.Money, r: moneys.Rates, laid: Any) -> finance.Delay:
    return delays.one_month(step, laid.calendar, delays.terms(step, s, site, m, r, laid))


def campus_of(step: Steps, s: Scenario, site: places.Site, physics: campuses.Physics) -> campuses.Campus:
    """The campus per MW, its cooling chosen at the price of grid power."""
    return campuses.campus(step, s, site, physics, offers.grid_price(step, site))


def case_of(
    step: Steps,
    s: Scenario,
    shared: Shared,
    o: Outcome,
    spread: Outcome,
    ask: sizing.Ask,
    whole: sureness.Whole | None = None,
) -> verdicts.Case:
    """Collect what the gates need: central values, money and dates from the draws."""
    if whole is None:
        return words.case(step, s, shared.site, o, spread, ask)
    return words.case(step, s, shared.site, o, whole.seen(spread), ask, whole.by_deadline)


def answers_of(s: Scenario, d: Decision, nearest: dict[str, Any] | None) -> Plan:
    """Put everything into the published form."""
    step, drawn, shared, ask, o, spread = d.step, d.drawn, d.shared, d.ask, d.outcome, d.spread
    reply = float(step.fact("lead.reply.world", unit="month"))
    by = o.calendar.letter_dates(as_of=s.as_of.isoformat(), reply_months=reply)
    assert drawn.draws is not None
    cash, cash_result = cashes.tables(step, drawn.draws, s, shared.site, o, spread, shared.bridge)
    found = words.beside(d.found, cash["financing"])
    steps = gates.next_steps(found, as_of=s.as_of.isoformat(), by=by)
    seen = d.whole.seen(spread) if d.whole else spread
    room = flexible.connection(step, shared.site, shared.optimum.shape)
    bridge = bridging.tables(step, drawn, s, shared.site, d.bare, d.bare_spread, room)
    terms = delays.terms(step, s, shared.site, o.money, o.rates, o)
    month = central(delays.foreseen(step, o.calendar, terms).total_usd)
    relaxations = ladders.relaxations(step, s, shared, tell, ask, o, month)
    relaxations += bridging.relaxation(bridge["bridging"])
    return Plan(
        question=parts.question(step, s, shared.site, o, ask, tell, shared, d.by_ladder),
        verdict={
            "answer": d.answer,
            "headline": d.headline(s),
            "summary": words.summary(s, o, ask, d.figures, d.by_ladder, long_wait.words(step, s, shared.site, o)),
            "gates": [parts.gate(g) for g in gates.fold(found)],
            "binding": words.binding(d.verdict, o, ask, shared.optimum),
            "relaxations": relaxations,
            "nearest": nearest,
            "next_steps": [{"to": x.to, "ask": x.ask, "by": x.by, "unlocks": x.unlocks} for x in steps],
        },
        ladder=(*(ladders.row(r) for r in d.rungs), ladders.rent_row(o, ladders.refused(d.verdict))),
        figures=dict(d.figures),
        power=parts.power(shared, o, spread),
        bill=parts.bill(o, spread),
        schedule=schedules.rows(s, o, spread),
        cashflow=cashes.by_year(cash["cash_by_quarter"]),
        tables={
            **parts.tables(step, s, shared.site, o, seen, tell, ask, shared),
            **schedules.tables(step, s, shared.site, o, seen),
            **orders.tables(step, s, shared.site, o, spread, shared.bridge),
            **work_tables.tables(step, s, o),
            "customers": customers.tables(step, drawn, s, shared.site, o, spread, shared),
            "fleet": fleets.tables(step, drawn, s, shared.site, o, spread),
            "delay": delays.table(step, drawn, s, shared.site, o, spread),
            **bridge,
            **flexible.tables(room, o),
            **clusters.tables(step, drawn, s, shared.site, o, spread),
            **cash,
        },
        sources=parts.sources(step),
        assumptions=parts.assumptions(step),
        provenance=answers.provenance(
            step.facts, s.seed, list(shared.site.notes), [f.json() for f in shared.site.files]
        ),
        trace=answers.trace(step, {name: step.node_of(pair[0]) for name, pair in d.rows.items()}),
        series=parts.series(shared, o),
        cash=cash_result,
        supply=supplies.of_campus(shared.optimum, central(o.size.facility_peak_mw)),
        uncertainty={}
        if d.whole
        else sureness.quick(drawn, s, shared, tell, replace(ask, budget_usd=d.drawn_budget), o, spread),
    )
