"""The odds of a promise, from the plan: its gates, and how many draws of its schedule keep the date.

What the announcement says is settled is taken out of the plan's network: a signed grid agreement ends the study, and
what runs beside a study has run for as long. With grid and tenant signed, works begin with the announcement.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters.durations import Lead
from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.gates import NO, YES_IF, Gate
from gigawatt.plan import Decision, decide, draws_of, facts_for, judged
from gigawatt.record import Draws, split_normal
from gigawatt.scenario import Scenario

from .families import CannotPredict, Case
from .promises import CALL, CONTRACT, OPERATION, PERMISSION, RESTART, WORKS, Promise, promise

QUANTILES = (0.1, 0.5, 0.9)
BESIDE_A_STUDY = ("permits", "finance", "licence", "contract")  # what others grant while the operator studies
BEFORE_WORKS = ("permits", "finance", "contract")
DECIDED_BY = {  # gates that bear on what is promised; those of the announcement's own columns come apart
    OPERATION: ("chips", "power", "war", "moratorium", "water", "land"),
    WORKS: ("power", "war", "moratorium", "land"),
    PERMISSION: ("power", "war", "moratorium", "water", "land"),
    CONTRACT: ("power", "war", "moratorium"),
}
SPOKEN_OF = {"chips": "licence", "payer": "payer"}  # gate -> what the announcement says of it
TARGET = {OPERATION: "full_power", WORKS: "shell", PERMISSION: "permits", CONTRACT: "financing_close"}


@dataclass(frozen=True)
class Odds:
    """What the plan says of a promise.

    Parameters
    ----------
    kept : float
        Chance that the gates let it pass. [1]
    in_time : float
        Share of draws of the schedule that keep the date. [1]
    open : tuple of str
        Conditions that are open, or refused. [-]
    months : array (draw,)
        To what is promised. [month]
    mw : array (draw,) or None
        On line at the promised date, in the basis of the announcement; None where power is not what is promised. [MW]
    path : str
        What most often holds it up. [-]
    """

    kept: float
    in_time: float
    open: tuple[str, ...]
    months: Any
    mw: Any
    path: str

    @property
    def probability(self) -> float:
        """Chance that what is promised is there by the date. [1]"""
        return self.kept * self.in_time


def odds(case: Case) -> Odds:
    """The odds of one announcement, with what was known on its day."""
    announced = case.text("announced")
    facts = known_on(announced) if _is_date(announced) else load_facts()
    p = promise(facts, case)
    if p.asked == CALL:
        return _of_call(facts, p)
    assert p.question is not None
    known = facts_for(p.question, facts)
    if not judged(known, p.question):
        raise CannotPredict(f"no plan is made for {p.question.place.name}: facts of the country are missing")
    if p.asked == RESTART:
        return _of_restart(known, p.question, p)
    d = decide(known, p.question, other_sizes=False)
    opened, refused = conditions(d, p)
    months, mw, path = _schedule(d, p)
    return Odds(
        kept=chance_kept(known, len(opened), len(refused)),
        in_time=share_in_time(months, p.months),
        open=(*refused, *opened),
        months=months,
        mw=mw,
        path=path,
    )


def chance_kept(facts: Facts, opened: int, refused: int) -> float:
    """Chance that a project passes its gates, given how many are open and how many say no."""
    settled, one, no = (float(facts[f"announce.kept.{k}"].value) for k in ("settled", "condition", "refused"))
    return settled * one**opened * no ** min(refused, 1)


def share_in_time(months: Any, allowed: float) -> float:
    """Share of draws that keep a date; so many draws cannot say that it is sure or impossible (Jeffreys' rule)."""
    draws = np.atleast_1d(np.asarray(months, dtype=float))
    return float((np.sum(draws <= allowed) + 0.5) / (draws.size + 1.0))


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


def later(facts: Facts, fact: Fact, day: str) -> bool:
    """Whether a fact is of a later year, or its source of a later date; of the same year counts as later."""
    source = facts.sources.get(fact.source)
    published = source.published if source else ""
    if published[:4].isdigit() and published[: len(day)] > day[: len(published)]:
        return True
    return int(fact.year) > int(day[:4]) or (int(fact.year) == int(day[:4]) and not published[:7].count("-"))


# --- Gates ------------------------------------------------------------------------------------------------------------


def conditions(d: Decision, p: Promise) -> tuple[list[str], list[str]]:
    """Open conditions, and refusals: the announcement's own word where it has one, else the plan's gates."""
    found = [g for g in d.found if g.gate in DECIDED_BY[p.asked]]
    refused = [g.gate for g in found if g.state == NO and not _settled(g, p)]
    opened = list(dict.fromkeys(g.gate for g in found if _is_open(g, p)))
    opened += [name for name in ("grid", "payer") if not p.settled.get(name) and not (name == "payer" and p.own_money)]
    if p.asked == OPERATION and p.settled.get("licence") is False and "chips" not in opened:
        opened.append("chips")
    if p.asked == PERMISSION:
        opened.append("permission")
    return opened, list(dict.fromkeys(refused))


def _is_open(gate: Gate, p: Promise) -> bool:
    """Power beyond the connection is the operator's to say: with an agreement it is settled, without it counts once."""
    return gate.state == YES_IF and gate.gate != "power" and not _settled(gate, p)


def _settled(gate: Gate, p: Promise) -> bool:
    return bool(p.settled.get("grid" if gate.gate == "power" else SPOKEN_OF.get(gate.gate, ""), False))


# --- Schedule ---------------------------------------------------------------------------------------------------------


def _schedule(d: Decision, p: Promise) -> tuple[Any, Any, str]:
    """Months to what is promised, power on line at the date, and what holds it up; over the draws."""
    c, n = d.spread.calendar, d.drawn.draws.n if d.drawn.draws else 1
    tasks = under_way(c.tasks, p)
    ends = buildout.ends(tasks)
    target = _target(tasks, p)
    months = ends["shell"] - _duration(tasks, "shell") if target == "shell" else ends[target]
    path = buildout.schedule(buildout.path_to(tasks, "shell" if target == "shell" else target))
    shares = sorted(zip(path.criticality, path.labels, path.ids, strict=True), reverse=True)
    worst = next((label for share, label, i in shares if i != target and _lasts(tasks, i)), "")
    mw = None
    if p.asked == OPERATION:
        ramp = c.ramp | {
            "first_hall_months": ends["first_hall"],
            "stage_months": np.stack(np.broadcast_arrays(*(ends[x.id] for x in c.stages)), axis=-1),
        }
        mw = np.broadcast_to(buildout.online_mw(p.months, **ramp), (n,)) * p.mw_per_facility_mw
    return np.broadcast_to(months, (n,)), mw, worst


def _target(tasks: Any, p: Promise) -> str:
    """The task that what is promised ends with; without a stated power the first hall is what is promised."""
    if p.asked == OPERATION and p.mw is None:
        return "first_power"
    return TARGET[p.asked] if TARGET[p.asked] in {t.id for t in tasks} else "first_power"


def _lasts(tasks: Any, task_id: str) -> bool:
    return bool(np.any(_duration(tasks, task_id) > 0.0))


def _duration(tasks: Any, task_id: str) -> Any:
    return next(np.asarray(t.duration_months) for t in tasks if t.id == task_id)


def under_way(tasks: tuple[buildout.Task, ...], p: Promise) -> tuple[buildout.Task, ...]:
    """The network as it stands on the day of the announcement: what is settled is done, what ran beside it has run."""
    ids = {t.id for t in tasks}
    ends = buildout.ends(tasks)
    done = {"site_control"}
    past: Any = ends["site_control"] if "site_control" in ids else 0.0
    if p.settled.get("grid"):
        done |= {"grid_study", "contract"}
        past = np.maximum(past, ends["grid_study"]) if "grid_study" in ids else past
    if p.settled.get("grid") and p.settled.get("payer"):
        done |= set(BEFORE_WORKS)
    if p.own_money:
        done.add("finance")
    if p.settled.get("licence"):
        done.add("licence")
    return tuple(_remaining(t, done, past) for t in tasks)


def _remaining(task: buildout.Task, done: set[str], past: Any) -> buildout.Task:
    lasting = np.asarray(task.duration_months, dtype=float)
    if task.id in done:
        return dataclasses.replace(task, duration_months=0.0 * lasting)
    if task.id in BESIDE_A_STUDY:
        return dataclasses.replace(task, duration_months=np.maximum(lasting - past, 0.0))
    return task


# --- What is no campus ------------------------------------------------------------------------------------------------


def _of_call(facts: Facts, p: Promise) -> Odds:
    """A public call: months promised, and late by the share that such procedures are."""
    fact = facts["announce.public_slip"]
    draws = Draws(Scenario.model_fields["draws"].default, 0)
    z = draws.normal(fact.id)
    slip = split_normal(z, float(fact.value), float(fact.low), float(fact.high))
    months = p.months * (1.0 + slip)
    in_time = share_in_time(months, p.months)
    return Odds(chance_kept(facts, 0, 0), in_time, (), months, None, "the public procedure")


def _of_restart(facts: Facts, s: Scenario, p: Promise) -> Odds:
    """A power plant that is started again: its own lead time."""
    drawn = draws_of(facts, s)
    from gigawatt.chapters import place as places

    site = places.site(drawn, s)
    months = np.atleast_1d(Lead(drawn, s, site)("nuclear_restart"))
    opened = [name for name in ("grid", "payer") if not p.settled.get(name)]
    in_time = share_in_time(months, p.months)
    return Odds(chance_kept(facts, len(opened), 0), in_time, tuple(opened), months, None, "the restart of the plant")
