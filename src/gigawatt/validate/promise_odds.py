"""The odds of a promise, from the plan: its gates, and how many draws of its schedule keep the date.

What the announcement says is settled is taken out of the plan's network: a signed grid agreement ends the study, and
what runs beside a study has run for as long. The owner's date is a schedule too, with the slip of such dates; the two
are taken together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.chapters import place as places
from gigawatt.chapters.durations import Lead, draws_of
from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.gates import NO, YES_IF, Gate
from gigawatt.plan import Decision, decide, facts_for, judged
from gigawatt.record import Draws
from gigawatt.scenario import ON_A_FREE_SITE, Scenario
from gigawatt.units import MONTHS_PER_YEAR

from .families import CannotPredict, Case
from .promises import CALL, CONTRACT, OPERATION, PERMISSION, RESTART, WORKS, Promise, promise

QUANTILES = (0.1, 0.5, 0.9)
BESIDE_A_STUDY = ("permits", "finance", "licence", "contract")  # what others grant while the operator studies
GATES = {  # the plan's gates that bear on what is promised; grid and payer are the announcement's own words
    OPERATION: ("chips", "power", "war", "moratorium", "water", "land"),
    WORKS: ("power", "war", "moratorium", "land"),
    PERMISSION: ("power", "war", "moratorium", "land"),
    CONTRACT: ("power", "war", "moratorium"),
}
NEW_BUILDING = (*ON_A_FREE_SITE, "modular")  # build types that need a planning permission of their own
WHEN = ("lead.", "build.", "gate.")  # facts that dates and gates rest on
SAID_OF = {"chips": "licence", "power": "grid"}  # gate -> what the announcement may say of it
TARGET = {OPERATION: "full_power", WORKS: "shell", PERMISSION: "permits", CONTRACT: "financing_close"}

Months: TypeAlias = NDArray[np.float64]  # over draws


@dataclass(frozen=True)
class Odds:
    """What the plan says of a promise.

    Parameters
    ----------
    promise : Promise
        What was promised. [-]
    refused, opened : tuple of str
        Gates that say no, and conditions that are open. [text]
    kept : float
        Chance that the gates let it pass. [1]
    in_time : float
        Share of draws of the schedule that keep the date. [1]
    months : array (draw,)
        To what is promised. [month]
    planned : array (draw,) or None
        The same by our own schedule alone; None without a site. [month]
    mw : array (draw,) or None
        On line at the promised date, in the basis of the announcement; None where power is not what is promised. [MW]
    path : str
        What most often holds it up. [text]
    read : tuple of Fact
        What the dates and gates rest on. [-]
    """

    promise: Promise
    refused: tuple[str, ...]
    opened: tuple[str, ...]
    kept: float
    in_time: float
    months: Months
    planned: Months | None
    mw: Months | None = None
    path: str = ""
    read: tuple[Fact, ...] = ()

    @property
    def probability(self) -> float:
        """Chance that what is promised is there by the date. [1]"""
        return self.kept * self.in_time

    def again(self, facts: Facts) -> Odds:
        """The odds with other chances of the gates and other slips; the plan stays as it is."""
        new = weigh(facts, self.promise, self.planned, self.refused, self.opened)
        return replace(new, mw=self.mw, path=self.path, read=self.read)


def odds(case: Case) -> Odds:
    """The odds of one announcement, with what was known on its day."""
    announced = case.text("announced")
    facts = known_on(announced) if _is_date(announced) else load_facts()
    p = promise(facts, case)
    if p.question is None:
        nowhere = () if p.asked == CALL else ("site", *_unsaid(p))
        return replace(weigh(facts, p, None, (), [*nowhere, *_date_open(p)]), path="the procedure")
    known = without_own(facts_for(p.question, facts), p.town)
    if not judged(known, p.question):
        raise CannotPredict(f"no plan is made for {p.question.place.name}: facts of the country are missing")
    if p.asked == RESTART:
        return _of_restart(known, p, p.question)
    d = decide(known, p.question, other_sizes=False)
    planned, mw, path = _schedule(d, p)
    read = tuple(f for f in d.step.facts_read() if f.id.startswith(WHEN))
    return replace(weigh(known, p, planned, *conditions(d, p)), mw=mw, path=path, read=read)


def weigh(facts: Facts, p: Promise, planned: Months | None, refused: Sequence[str], opened: Sequence[str]) -> Odds:
    """Gates and schedule together. Without a site there is no schedule of ours: the promise times the slip of calls."""
    if planned is None:
        months = p.months * ratios(facts, "announce.call_slip")
    else:
        months = _together(planned, p, ratios(facts, "announce.slip", p.question))
    return Odds(
        promise=p,
        refused=tuple(refused),
        opened=tuple(opened),
        kept=chance_kept(facts, p, opened, refused),
        in_time=share_in_time(months, p.months),
        months=months,
        planned=planned,
    )


def _unsaid(p: Promise) -> list[str]:
    return [name for name in ("grid", "payer") if not p.settled.get(name)]


def _date_open(p: Promise) -> list[str]:
    return [] if p.dated else ["date"]


def share_in_time(months: Months, allowed: float) -> float:
    """Share of draws that keep a date; so many draws cannot say that it is sure or impossible (Jeffreys' rule)."""
    return float((np.sum(months <= allowed) + 0.5) / (months.size + 1.0))


# --- What was known ---------------------------------------------------------------------------------------------------


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def known_on(day: str) -> Facts:
    """The facts without rules of places that came into force, or were published, after a day."""
    facts = load_facts()
    return Facts({i: f for i, f in facts.items() if not (_is_rule(f) and later(facts, f, day))}, facts.sources)


def _is_rule(fact: Fact) -> bool:
    return fact.id.startswith("gate.") and not fact.id.startswith("gate.rule.")


def without_own(facts: Facts, town: str) -> Facts:
    """Facts that rest on a campus in the announced town, as they would be without it, where that is on record."""
    start = f"left_out.{town.lower()}."
    left = facts.under(start) if town else []
    return facts.with_facts(replace(f, id=f.id.removeprefix(start)) for f in left)


def later(facts: Facts, fact: Fact, day: str) -> bool:
    """Whether a fact is younger than a day: by the date of its source, else by its year, which counts from its end."""
    source = facts.sources.get(fact.source)
    published = source.published if source else ""
    if not published[:4].isdigit():
        published = fact.year
    return published[: len(day)] >= day[: len(published)] or int(fact.year) > int(day[:4])


# --- Gates ------------------------------------------------------------------------------------------------------------


def conditions(d: Decision, p: Promise) -> tuple[list[str], list[str]]:
    """What is refused and what is open: the announcement's own word where it has one, else the plan's gates."""
    found = [g for g in d.found if g.gate in GATES[p.asked] and not _said(g, p)]
    refused = list(dict.fromkeys(g.gate for g in found if g.state == NO))
    opened = list(dict.fromkeys(g.gate for g in found if g.state == YES_IF and g.gate != "power"))
    if p.asked == OPERATION and p.settled.get("licence") is False and "chips" not in opened:
        opened.append("chips")
    if not p.settled.get("grid") and p.needs_grid:
        opened.append("grid")
    if not p.settled.get("payer"):
        opened.append("payer")
    opened += _date_open(p)
    if p.asked == PERMISSION:
        opened.append("permission")
    elif d.outcome.calendar.build_type in NEW_BUILDING:
        opened.append("permits")
    return refused, opened


def _said(gate: Gate, p: Promise) -> bool:
    """Whether the announcement says that a gate is passed."""
    return p.settled.get(SAID_OF.get(gate.gate, ""), False)


def chance_kept(facts: Facts, p: Promise, opened: Sequence[str], refused: Sequence[str]) -> float:
    """Chance that a project passes its gates: the open ones, those that say no, and the years to its date."""
    found = _chance(facts, "year") ** (p.months / MONTHS_PER_YEAR)
    for name in opened:
        found *= _chance(facts, "permission" if name == "permission" else "condition")
    return found * (_chance(facts, "refused") if refused else 1.0)


def _chance(facts: Facts, name: str) -> float:
    return float(facts[f"announce.kept.{name}"].value)


# --- Schedule ---------------------------------------------------------------------------------------------------------


def ratios(facts: Facts, name: str, s: Scenario | None = None) -> Months:
    """Draws of months taken over months promised, in rising order."""
    fields = Scenario.model_fields
    draws, seed = (s.draws, s.seed) if s else (fields["draws"].default, fields["seed"].default)
    return np.sort(np.atleast_1d(Draws(draws, seed).of(facts[name])))


def _together(planned: Months, p: Promise, slip: Months) -> Months:
    """Two schedules of one thing, ours and the owner's with the slip of such dates: their mean.

    The owner knows his site and we know other sites; what makes ours late makes his late.
    """
    return (planned + p.months * _ranked(planned, slip)) / 2.0 if p.dated else planned


def _ranked(planned: Months, slip: Months) -> Months:
    """The slip of each draw: the later in our schedule, the later in his."""
    return slip[np.argsort(np.argsort(planned, kind="stable"), kind="stable")]


def _schedule(d: Decision, p: Promise) -> tuple[Months, Months | None, str]:
    """Months to what is promised by our schedule, power on line at the date, and what holds it up; over the draws."""
    c, slip = d.spread.calendar, ratios(d.step.facts, "announce.slip", p.question)
    tasks = under_way(d, p)
    ends = buildout.ends(tasks)
    target = _target(tasks, p)
    at = ends["shell"] - next(t.duration_months for t in tasks if t.id == "shell") if p.asked == WORKS else ends[target]
    planned = np.maximum(np.broadcast_to(np.asarray(at, dtype=float), slip.shape), 0.0)
    path = buildout.schedule(buildout.path_to(tasks, target))
    lasting = {t.id for t in tasks if np.any(np.asarray(t.duration_months) > 0.0)} - {target}
    ranked = sorted(zip(path.criticality, path.ids, path.labels, strict=True), reverse=True)
    worst = next((label for _, i, label in ranked if i in lasting), "")
    if p.asked != OPERATION or p.mw is None:
        return planned, None, worst
    ramp = c.ramp | {
        "first_hall_months": ends["first_hall"],
        "stage_months": np.stack(np.broadcast_arrays(*(ends[x.id] for x in c.stages)), axis=-1),
    }
    by = p.months * (2.0 - _ranked(planned, slip)) if p.dated else p.months  # where both together are at the date
    mw = buildout.online_mw(0.0, **ramp | {"commissioning_months": ramp["commissioning_months"] - by})
    return planned, mw * p.mw_per_facility_mw, worst


def _target(tasks: Sequence[buildout.Task], p: Promise) -> str:
    """The task that what is promised ends with; without a stated power the first hall is what is promised."""
    if p.asked == OPERATION and p.mw is None:
        return "first_power"
    known = {t.id for t in tasks}
    return TARGET[p.asked] if TARGET[p.asked] in known else "first_power"


def under_way(d: Decision, p: Promise) -> tuple[buildout.Task, ...]:
    """The network as it stands on the day of the announcement: what is settled is done, what ran beside it has run."""
    tasks = d.spread.calendar.tasks
    ends = buildout.ends(tasks)
    done = {"site_control"} | ({"licence"} if p.settled.get("licence") else set())
    past: Any = ends.get("site_control", 0.0)
    if p.settled.get("grid"):
        done |= {"grid_study", "contract"}
        past = np.maximum(past, ends.get("grid_study", 0.0))
    if p.own_money or p.settled.get("payer"):
        done.add("finance")
    if p.rented and "gas_full" in ends:  # sets on wheels come all at once
        wheels = next(t.duration_months for t in tasks if t.id == "gas")
        tasks = tuple(replace(t, duration_months=wheels) if t.id == "gas_full" else t for t in tasks)
    more = ratios(d.step.facts, "announce.tender", p.question) if p.tendered else 0.0
    return tuple(_remaining(t, done, past if p.asked != PERMISSION else 0.0, more) for t in tasks)


def _remaining(task: buildout.Task, done: set[str], past: Any, tender: Any) -> buildout.Task:
    lasting = np.asarray(task.duration_months, dtype=float)
    if task.id in done:
        lasting = 0.0 * lasting
    elif task.id in BESIDE_A_STUDY:
        lasting = np.maximum(lasting - past, 0.0)
    elif task.id == "racks":
        lasting = lasting + tender
    return replace(task, duration_months=lasting)


def _of_restart(facts: Facts, p: Promise, s: Scenario) -> Odds:
    """A power plant that is started again: its own lead time."""
    drawn = draws_of(facts, s)
    lead = Lead(drawn, s, places.site(drawn, s))
    planned = np.broadcast_to(np.asarray(lead("nuclear_restart"), dtype=float), (s.draws,))
    return replace(weigh(facts, p, planned, (), [*_unsaid(p), *_date_open(p)]), path="the restart of the plant")
