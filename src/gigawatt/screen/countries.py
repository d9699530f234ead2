"""A row per country: the verdict and figures of its plan, and the one thing that binds there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gigawatt import gates, places
from gigawatt.answer import Plan
from gigawatt.chapters import ladder as ladders
from gigawatt.figures import Figure, none_known
from gigawatt.places import Place
from gigawatt.plan import Decision, decide, facts_for, judged, plan, tell
from gigawatt.scenario import Scenario, read

UNPRICED = 2025  # price year shown where the question itself cannot be read


def all_places(*, territories: bool = False) -> list[str]:
    """The places of a screen of the world: UN members, and with ``territories`` every ISO 3166 code.

    Places without coordinates of their own are left in: their rows say what is missing.
    """
    return sorted(c.iso3 for c in places.countries().values() if c.un_member or territories)


def rows(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The one row of a task ``{"question": {...}}``."""
    scenario = read(task["question"])
    facts = facts_for(scenario)
    if not judged(facts, scenario):
        return [_gate_only(plan(scenario), scenario.place)]
    return [_row(decide(facts, scenario, other_sizes=False), scenario)]


def failed(task: Mapping[str, Any], reason: str) -> list[dict[str, Any]]:
    """A row without an answer."""
    known = places.countries().get(task["iso3"])
    return [
        {
            "key": task["key"],
            "iso3": task["iso3"],
            "name": task.get("name") or (known.name if known else task["iso3"]),
            "site": "",
            "lat": known.latitude if known else None,
            "lon": known.longitude if known else None,
            "verdict": None,
            "reason": reason,
            "headline": f"Not answered: {reason}",
            "binding": {"constraint": "", "words": reason},
            "conditions": [],
            "gates": {},
            "figures": _json(none_known(int(task["question"].get("price_year") or UNPRICED), reason)),
        }
    ]


def _row(d: Decision, s: Scenario) -> dict[str, Any]:
    constraint, words = _binding(d, s)
    folded = gates.fold(d.found)
    return {
        **_place(s.place),
        "verdict": d.answer,
        "reason": "",
        "headline": d.headline(s),
        "binding": {"constraint": constraint, "words": words},
        "conditions": [g.gate for g in folded if g.state == gates.YES_IF],
        "gates": {g.gate: g.state for g in folded},
        "figures": _json(d.figures),
    }


def _binding(d: Decision, s: Scenario) -> tuple[str, str]:
    """What stops a larger campus where nothing was given; else what refuses the one asked for, or sets its date."""
    holdup = next(iter(d.outcome.calendar.holdups), None)
    held = f"the date is set by {holdup.label}" if holdup else ""
    if d.by_ladder:
        constraint, words = ladders.beyond(d.step, s, d.shared, tell, ladders.headline(d.rungs))
        return constraint, f"{held}; {words}" if constraint == "calendar" and held else words
    if d.answer == gates.NO and d.verdict.binding:
        return d.verdict.binding[0].gate, d.verdict.binding[0].words
    return "calendar" if held else "", held or "all gates open"


def _gate_only(found: Plan, place: Place) -> dict[str, Any]:
    """A place of which only the chip gate is known."""
    states = {g["gate"]: g["state"] for g in found.verdict["gates"]}
    refused = found.answer == gates.NO
    chips = next(g for g in found.verdict["gates"] if g["gate"] == "chips")
    words = chips["words"] if refused else "facts on power, money, land and time are still to come"
    return {
        **_place(place),
        "verdict": found.answer,
        "reason": "" if refused else "only the chip gate was judged",
        "headline": found.verdict["headline"],
        "binding": {"constraint": "chips" if refused else "facts", "words": words},
        "conditions": [g for g, state in states.items() if state == gates.YES_IF],
        "gates": states,
        "figures": _json(found.figures),
    }


def _place(p: Place) -> dict[str, Any]:
    return {"key": key_of(p), "iso3": p.iso3, "name": p.name, "site": p.site, "lat": p.latitude, "lon": p.longitude}


def key_of(p: Place) -> str:
    """Name of a row: the country, and the site where one was named."""
    if p.note.startswith("no state named"):
        return p.iso3
    if p.note.startswith("no site named"):
        return f"{p.iso3}/{p.admin1}" if p.admin1 else p.iso3
    return f"{p.iso3}/{p.admin1}/{p.site}"


def _json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.json() for name, figure in figures.items()}
