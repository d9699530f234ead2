"""A question in draws: decided once on central values, then told again in every weather year for its draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.chapters import ladder as ladders
from gigawatt.chapters import report_parts, sizing, sureness
from gigawatt.chapters.redrawn import part_of
from gigawatt.chapters.supply import Supply
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.plan import Outcome, Shared, facts_for, for_goal, in_year, judged, prepare, tell
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.uncertainty import alone
from gigawatt.uncertainty.mixes import UNSERVED, Design, mixes
from gigawatt.uncertainty.sample import Joint, Sampler

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
FAN_MONTHS = np.arange(0.0, 241.0, 3.0)  # quarters of twenty years from the as-of date
SIZE_CLASS = 0.2  # of the logarithm of the peak: draws of a like size share the class of campus and its stages
BUDGET, FLEXIBILITY, ONLINE, SHORT = "budget", "flexibility", "online", "short"  # other columns
DEARER = "dearer"  # than an optimum made for the draw alone, over its cost; NaN where that was not made
FIGURES, FIXED, FEASIBLE = "figures ", "fixed ", "feasible"  # before the id of a figure, and beside them


@dataclass(frozen=True, eq=False)
class Case:
    """A question, decided on central values."""

    scenario: Scenario
    step: Steps
    shared: Shared
    ask: sizing.Ask
    outcome: Outcome
    sampler: Sampler
    weather_year: Rows
    years: int

    @property
    def design(self) -> Design:
        """The chosen design, that of the plan."""
        decision = self.shared.optimum.answer.decision
        assert decision is not None
        return Design(decision, central(self.outcome.supply.grid_mw), self.outcome.campus.cooling)

    @property
    def held_ask(self) -> sizing.Ask:
        """What sizes the held design."""
        return sureness.held_ask(self.ask, self.outcome)


def case_of(scenario: Scenario, draws: int, facts: Facts | None = None) -> Case:
    """Decide a question on central values and deal its draws.

    Parameters
    ----------
    scenario : Scenario
        The question. [-]
    draws : int
        Number of draws. [draw]
    facts : Facts, optional
        The facts; those that ship with the package where not given. [-]

    Raises
    ------
    ScenarioError
        For a place that is not judged beyond the chip gate.
    FactError
        For correlations that cannot hold together.
    """
    known = facts_for(scenario, facts)
    sampler = Sampler(known, draws, scenario.seed)  # first: correlations that do not hold are said at once
    if not judged(known, scenario):
        raise ScenarioError(f"place: {scenario.place.name}: too little is known of it for draws; leave out --draws")
    s, best = scenario, None
    if scenario.goal:
        s, best, _ = for_goal(known, scenario)
    step = Steps(known, s.price_year)
    shared = prepare(step, s)
    if s.has_size:
        ask = sizing.ask_of(step, s)
    else:
        ask = sizing.Ask(power_mw=ladders.headline(ladders.climb(step, s, shared, tell)).facility_peak_mw)
    if best is not None:
        shared = replace(shared, bridge=best.best.bridge)
    outcome = tell(step, s, shared, ask)
    years = _years(known, shared, s, draws)
    return Case(s, step, shared, ask, outcome, sampler, sampler.weather_years(years), years)


def _years(facts: Facts, shared: Shared, s: Scenario, draws: int) -> int:
    """Weather years to deal to: those of the user's file, else as many as the facts and the draws allow."""
    if s.weather_file:
        return 1 if shared.site.design is None else min(len(shared.site.design.temperature_c), draws)
    most, least = (round(float(facts[f"draws.{k}"].value)) for k in ("weather_years", "per_weather_year"))
    return max(1, min(most, draws // least))


def told(case: Case, year: int, rows: Rows, part: int = 0) -> tuple[dict[str, Array], dict[str, str]]:
    """The story of some draws of one weather year, made anew and held.

    Parameters
    ----------
    case : Case
        The question. [-]
    year : int
        The weather year. [-]
    rows : array (n,)
        Draws, all of that year. [-]
    part : int
        Which part of the year's draws. [-]

    Returns
    -------
    tuple of (dict, dict)
        Columns by name, and the facts read with the unit of each. [-]
    """
    s, facts = case.scenario, case.step.facts
    shared = in_year(case.step, s, case.shared, year)
    joint = Joint(case.sampler, rows)
    drawn = Steps(facts, s.price_year, joint)
    held = replace(shared, physics=replace(shared.physics, names=(case.design.cooling,)))
    telling = _Telling(case, joint)
    best_mw, held_mw = telling.peak_mw(shared, case.ask), telling.peak_mw(held, case.held_ask)
    mix = mixes(case.step, drawn, s, shared, case.design, best_mw, held_mw)
    for which in _like(best_mw):
        telling.tell(FIGURES, shared, case.ask, mix.best, mix.kept_best, which)
    for which in _like(held_mw):
        telling.tell(FIXED, held, case.held_ask, mix.held, mix.kept_held, which)
    dearer_held = np.where(mix.kept_held | ~mix.kept_best, mix.usd_held - mix.usd_best, np.nan)
    telling.columns[FLEXIBILITY] = dearer_held * telling.columns[FIXED + "facility_peak_mw"]
    telling.columns[SHORT] = (mix.held.unserved > float(facts[UNSERVED].value)).astype(float)
    if case.ask.budget_usd is not None:
        budget = np.broadcast_to(np.asarray(sizing.ask_of(drawn, s).budget_usd, float), (len(rows),))
        telling.columns[BUDGET] = budget
        telling.columns[FIXED + "unspent_usd"] = budget - telling.columns[FIXED + "capex_usd"]
    read = telling.read | _read(drawn)
    telling.columns[DEARER] = dearer = np.full(len(rows), np.nan)
    for i in alone.checked_rows(shared, year, part, len(rows)):
        known = alone.drawn_facts(facts, joint, i, read)
        dearer[i] = mix.usd_best[i] / alone.usd_alone(known, s, shared, year, float(best_mw[i])) - 1.0
    return telling.columns, read


class _Telling:
    """Columns of the draws of one unit, filled group by group."""

    def __init__(self, case: Case, joint: Joint) -> None:
        self.case, self.joint = case, joint
        self.columns: dict[str, Array] = {}
        self.read: dict[str, str] = {}

    def peak_mw(self, shared: Shared, ask: sizing.Ask) -> Array:
        """Size of the campus in every draw, on the power mix of the weather year."""
        if self.case.outcome.size.binding == "power" and ask.power_mw and not ask.budget_usd:
            return np.full(self.joint.n, ask.power_mw)
        peak = self._outcome(shared, ask, np.arange(self.joint.n))[0].size.facility_peak_mw
        return np.broadcast_to(np.asarray(peak, float), (self.joint.n,))

    def tell(
        self, kind: str, shared: Shared, ask: sizing.Ask, supply: Supply, kept: NDArray[np.bool_], which: Rows
    ) -> None:
        """Tell the story of draws of a like size and keep its figures."""
        o, step = self._outcome(shared, ask, which, part_of(supply, which))
        self.read |= _read(step)
        values = report_parts.figure_values(Steps(step.facts, step.price_year), shared.site, self.case.outcome, o)
        for name, (_, value) in values.items():
            if value is not None:
                self._keep(kind + name, value, which)
        self._keep(kind + FEASIBLE, kept[which] & sureness.feasible(o), which)
        if kind == FIXED:
            self._keep(ONLINE, buildout.online_mw(FAN_MONTHS, **o.calendar.ramp), which)

    def _outcome(
        self, shared: Shared, ask: sizing.Ask, which: Rows, supply: Supply | None = None
    ) -> tuple[Outcome, Steps]:
        s = self.case.scenario
        step = Steps(self.case.step.facts, s.price_year, self.joint.some(which))
        if ask.budget_usd is not None:
            ask = replace(ask, budget_usd=sizing.ask_of(step, s).budget_usd)
        return tell(step, s, shared, ask, supply=supply, paid=self.case.outcome.paid), step

    def _keep(self, name: str, value: Any, which: Rows) -> None:
        value = np.asarray(value, float)
        inner = FAN_MONTHS.shape if name == ONLINE else ()
        column = self.columns.setdefault(name, np.full((self.joint.n, *inner), np.nan))
        column[which] = value


def _like(peak_mw: Array) -> list[Rows]:
    """Draws of a like size: they share a class of campus, and the stages of its power."""
    size = np.round(np.log(peak_mw / np.median(peak_mw)) / SIZE_CLASS)
    return [np.flatnonzero(size == z) for z in np.unique(size)]


def _read(step: Steps) -> dict[str, str]:
    """Facts with a range that a pass read, each with the unit in which it first did."""
    found: dict[str, str] = {}
    for node in step.nodes:
        if node.fact is not None and not node.fact.is_exact:
            found.setdefault(node.fact.id, node.unit)
    return found
