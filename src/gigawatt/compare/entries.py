"""What is compared, from words: a programme's id, a saved plan, or a question in quotes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from gigawatt import places
from gigawatt.chapters.machine import find
from gigawatt.compare.announced import Announced, in_usd, of_plan, of_programme
from gigawatt.compare.beside import Beside, beside
from gigawatt.compare.extent import extent
from gigawatt.compare.rebuild import Rebuilt, place_of, rebuild
from gigawatt.compare.same_basis import of_rebuilt, of_saved
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.figures import FIGURES, Figure
from gigawatt.programmes import Programme, programme
from gigawatt.record import central
from gigawatt.scenario import Scenario, read


@dataclass(frozen=True)
class Entry:
    """One thing compared: what was announced (or asked), and our figures for it."""

    id: str
    name: str
    announced: Announced
    figures: Mapping[str, Figure]
    same: Mapping[str, Figure]
    answer: str
    headline: str
    sized_by: str = ""
    sites: int = 1
    beside: tuple[Beside, ...] = ()
    planned_with: str = ""
    rebuilt: Rebuilt | None = None
    programme: Programme | None = None
    question: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What all entries share: today and the price year."""

    as_of: date
    price_year: int

    def words(self) -> dict[str, Any]:
        return {"as_of": self.as_of.isoformat(), "price_year": self.price_year}


def entry(facts: Facts, words: str, terms: Terms) -> Entry:
    """Read and plan one thing to compare.

    Raises
    ------
    ScenarioError
        For a file that is no saved plan, a question that cannot be read, a programme of no such name.
    """
    text = words.strip()
    if Path(text).suffix.lower() == ".json":
        return _saved(facts, text, terms)
    if any(c.isspace() for c in text) or text.startswith("-"):
        return _asked(facts, text, terms)
    try:
        found = programme(facts, text)
    except ScenarioError as unknown:
        if not _is_place(text):
            raise unknown from None
        return _asked(facts, text, terms)
    return of_catalogue(facts, found, terms)


def _is_place(text: str) -> bool:
    try:
        places.resolve(text)
    except ValueError:
        return False
    return True


def of_catalogue(facts: Facts, p: Programme, terms: Terms) -> Entry:
    """A programme as announced, planned as campuses of equal size."""
    a = of_programme(facts, p, terms.price_year)
    place, area = place_of(facts, p.place)
    question: dict[str, Any] = {"place": place, **terms.words()}
    question |= {"build_type": p.build_type} if p.build_type else {}
    kind = priced(facts, a.accelerator)
    question |= {"accelerator": kind} if kind else {}
    like = a if kind or not a.accelerator else replace(a, accelerators=None)  # a count of another type says nothing
    by, ask = _size(like)
    r = campuses(facts, question, ask, a.sites, area)
    return Entry(
        id=p.id,
        name=p.name,
        announced=a,
        figures=r.figures(),
        same=of_rebuilt(r),
        answer=r.answer,
        headline=r.headline(),
        sized_by=by,
        sites=r.sites,
        beside=beside(r, like),
        planned_with=r.machine,
        rebuilt=r,
        programme=p,
        question=r.scenario.words(),
    )


def priced(facts: Facts, accelerator: str) -> str:
    """The accelerator, if its price is known; else '' for the usual one, which the plan then names."""
    known = accelerator and f"accelerator.{find(facts, accelerator, 'accelerator')}.price" in facts
    return accelerator if known else ""


def _size(a: Announced) -> tuple[str, dict[str, float]]:
    """The announced number that sizes the plan: power, else accelerators, else money."""
    if a.facility_mw is not None:
        return "power", {"mw": a.facility_mw}
    if a.it_mw is not None:
        return "power", {"it_mw": a.it_mw}
    if a.accelerators is not None:
        return "accelerators", {"accelerators": a.accelerators}
    if a.usd is not None:
        return "money", {"usd": a.usd}
    return "ladder", {}


def campuses(facts: Facts, question: dict[str, Any], ask: dict[str, float], sites: int | None, area: str) -> Rebuilt:
    """Plan the campuses: as many as announced, else as few as keep each within the largest."""
    most = float(facts["compare.campus_power"].value)
    if "it_mw" in ask:  # the meter's power follows from the place's design-peak PUE
        one = rebuild(facts, _scenario(question, {"mw": ask["it_mw"]}, 1), area=area)
        assert one.decision is not None
        ask = {"mw": ask["it_mw"] * central(one.decision.outcome.campus.pue_design_peak)}
    if not ask or sites:
        return rebuild(facts, _scenario(question, ask, sites or 1), sites=sites or 1, area=area)
    if "mw" in ask:
        n = math.ceil(ask["mw"] / most)
        return rebuild(facts, _scenario(question, ask, n), sites=n, area=area)
    one = rebuild(facts, _scenario(question, ask, 1), sites=1, area=area)
    peak = one.plan_figures["facility_peak_mw"].value
    n = math.ceil(float(peak) / most) if isinstance(peak, (int, float)) else 1
    return one if n == 1 else rebuild(facts, _scenario(question, ask, n), sites=n, area=area)


def _scenario(question: dict[str, Any], ask: dict[str, float], n: int) -> Scenario:
    each = {
        "mw": lambda x: {"power": f"{x:.10g} MW"},
        "accelerators": lambda x: {"accelerators": f"{x:.10g} {question.get('accelerator', '')}".strip()},
        "usd": lambda x: {"budget": f"{x:.10g} USD"},
    }
    words: dict[str, Any] = {}
    for key, amount in ask.items():
        words |= each[key](amount / n)
    return read(question | words)


def _asked(facts: Facts, text: str, terms: Terms) -> Entry:
    """A question in words, as one campus."""
    from gigawatt.cli import question_in_words

    asked = question_in_words(text)
    scenario = read(terms.words() | asked)
    if scenario.price_year != terms.price_year:
        raise ScenarioError(f"{text!r}: price_year {scenario.price_year}; the comparison is in {terms.price_year}")
    r = rebuild(facts, scenario)
    budget = None
    if scenario.budget:
        b = scenario.budget
        budget = in_usd(facts, b.amount, b.currency, scenario.price_year, terms.price_year)
    announced = Announced(
        usd=budget,
        scope="all_in" if budget else "",
        facility_mw=scenario.power_mw,
        accelerators=scenario.accelerators,
        announced=terms.as_of.isoformat() if scenario.deadline else "",
        full_date=scenario.deadline.isoformat() if scenario.deadline else "",
        accelerator=scenario.accelerator,
    )
    return Entry(
        id=text,
        name=text,
        announced=announced,
        figures=r.figures(),
        same=of_rebuilt(r),
        answer=r.answer,
        headline=r.headline(),
        sized_by="question",
        beside=beside(r, announced),
        planned_with=r.machine,
        rebuilt=r,
        question=scenario.words(),
    )


def _saved(facts: Facts, path: str, terms: Terms) -> Entry:
    """A plan saved with --save x.json: its own figures, not planned again."""
    try:
        saved = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read ({error}); expected a plan saved with --save") from None
    except json.JSONDecodeError as error:
        raise ScenarioError(f"{path}: {error}; expected a plan saved with --save") from None
    if not isinstance(saved, dict) or not isinstance(saved.get("figures"), dict):
        raise ScenarioError(f"{path}: no figures in it; expected a plan saved with --save")
    question = saved.get("question") or {}
    year = question.get("price_year")
    if year != terms.price_year:
        raise ScenarioError(
            f"{path}: money of {year}, the comparison is in {terms.price_year}; save it again with that"
        )
    figures = {name: _figure(name, f) for name, f in saved["figures"].items() if name in FIGURES}
    total = extent(facts, str((question.get("place") or {}).get("iso3", "")), terms.price_year)
    verdict = saved.get("verdict") or {}
    return Entry(
        id=path,
        name=Path(path).stem,
        announced=of_plan(question),
        figures=figures,
        same=of_saved(saved, figures, total, terms.price_year),
        answer=str(verdict.get("answer", "")),
        headline=str(verdict.get("headline", "")),
        sized_by="saved",
        planned_with=str(question.get("accelerator") or ""),
        question=question.get("words") or {},
    )


def _figure(name: str, f: Mapping[str, Any]) -> Figure:
    spec = FIGURES[name]
    return Figure(
        name,
        f.get("value"),
        f.get("low"),
        f.get("high"),
        str(f.get("unit", "")),
        str(f.get("class", "C")),
        spec.label,
        spec.room,
        str(f.get("reason", "")),
    )
