"""A row per site of a country: its own climate, cooling and least-cost power by the plan's own story, then distances.

The story is the plan's (``prepare`` and ``tell``) on central values. A site differs from its country's plan by three
things: its climate station and sun, a line from the nearest load centre in the cost of its connection, and the fibre
to the nearest large city. The ranges are those of the country's plan, carried over in proportion.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from gigawatt import climates, finance, gates, places, site
from gigawatt.chapters import report_parts as parts
from gigawatt.chapters import sizing
from gigawatt.chapters.sizes import gates_of
from gigawatt.chapters.words import ANSWERS
from gigawatt.errors import GigawattError, ScenarioError
from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.figures import Figure, none_known
from gigawatt.plan import Outcome, Shared, decide, facts_for, judged, prepare, tell
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario, read
from gigawatt.screen.candidates import candidates
from gigawatt.screen.rank import COST
from gigawatt.units import HOURS_PER_YEAR

DIGITS_KM = 1


def request(country: str, question: dict[str, Any], count: int | None) -> dict[str, Any]:
    """What is asked of the sites of a country, as plain data.

    Raises
    ------
    ScenarioError
        For a place that is no country, and for one without facts to compare sites by.
    """
    facts = load_facts()
    if not {"power", "budget", "accelerators", "train", "serve"} & set(question):
        question = {**question, "power": f"{float(facts['screen.site.power'].value):g} MW"}
    scenario = read({**question, "place": country})
    if scenario.place.level != "country":
        raise ScenarioError(
            f"--sites: {country!r} is {scenario.place.site}; expected a country, whose sites are compared"
        )
    known = facts_for(scenario)
    if not judged(known, scenario):
        name = scenario.place.name
        raise ScenarioError(
            f"--sites: {name}: its facts on power, money and time are still to come; no site can be told"
        )
    return {
        "kind": "sites",
        "country": places.countries()[scenario.place.iso3].name,
        "iso3": scenario.place.iso3,
        "question": question,
        "count": count or round(float(known["screen.site.count"].value)),
    }


def tasks(wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Units of work: so many sites each, always the same ones, so that a unit's rows do not depend on the engine."""
    facts = load_facts()
    found = candidates(wanted["iso3"], facts, wanted["count"])
    size = round(float(facts["screen.site.chunk"].value))
    chunks = [found[k : k + size] for k in range(0, len(found), size)]
    return [
        {
            "kind": "sites",
            "key": chunk[0].key,
            "iso3": wanted["iso3"],
            "country": wanted["country"],
            "question": wanted["question"],
            "sites": [[c.key, c.name, c.kind, c.latitude, c.longitude] for c in chunk],
        }
        for chunk in chunks
    ]


def rows(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a task; a site that fails has one with the reason."""
    out = []
    for where in task["sites"]:
        try:
            out.append(_row(task, where))
        except (GigawattError, ValueError) as error:
            out.append(_failed(task, where, str(error).replace("\n", "; ")))
    return out


def failed(task: Mapping[str, Any], reason: str) -> list[dict[str, Any]]:
    """Rows of sites that were not answered."""
    return [_failed(task, where, reason) for where in task["sites"]]


def _failed(task: Mapping[str, Any], where: list[Any], reason: str) -> dict[str, Any]:
    figures = {k: f.json() for k, f in none_known(int(task["question"].get("price_year") or 2025), reason).items()}
    return {
        **_where(task, where),
        "verdict": None,
        "reason": reason,
        "headline": f"Not answered: {reason}",
        "binding": {"constraint": "", "words": reason},
        "conditions": [],
        "gates": {},
        "figures": figures,
    }


def _where(task: Mapping[str, Any], where: list[Any]) -> dict[str, Any]:
    key, name, kind, latitude, longitude = where
    return {
        "key": key,
        "iso3": task["iso3"],
        "name": task["country"],
        "site": name,
        "kind": kind,
        "lat": latitude,
        "lon": longitude,
    }


def _row(task: Mapping[str, Any], where: list[Any]) -> dict[str, Any]:
    *_, latitude, longitude = where
    s = read({**task["question"], "at": [latitude, longitude]})
    if s.place.iso3 != task["iso3"]:
        raise ScenarioError(f"{latitude:g},{longitude:g}: lies in {s.place.name}, not in {task['country']}")
    reach = _reach(latitude, longitude)
    facts = _site_facts(s, reach)
    step = Steps(facts, s.price_year)
    shared = prepare(step, s)
    ask = sizing.ask_of(step, s)
    o = tell(step, s, shared, ask)
    verdict = gates_of(step, s, shared, o, ask)
    own = parts.figure_values(step, shared.site, o, o)
    country = _country_figures(json.dumps(task["question"], sort_keys=True), task["iso3"])
    fold = gates.fold(verdict.gates)
    deciding = verdict.binding[0] if verdict.binding else None
    return {
        **_where(task, where),
        "verdict": verdict.answer,
        "reason": "",
        "headline": f"{ANSWERS[verdict.answer]}: {deciding.words if deciding else 'all gates open'}.",
        "binding": {
            "constraint": deciding.gate if deciding else "",
            "words": deciding.words if deciding else "all gates open",
        },
        "conditions": [g.gate for g in fold if g.state == gates.YES_IF],
        "gates": {g.gate: g.state for g in fold},
        "figures": {name: _figure(own[name][0], of_country).json() for name, of_country in country.items()},
        "site_facts": _site_row(step, s, shared, o, reach),
    }


def _site_facts(s: Scenario, reach: dict[str, float]) -> Facts:
    """The facts of a site: those of its place, fewer years of extremes, the line in the cost of its connection."""
    facts = facts_for(s)
    years = replace(facts["weather.design_years"], value=facts["screen.site.design_years"].value)
    key = f"grid.connection.capex.{facts.first(*(f'country.{k}.tech_region' for k in s.place.keys)).value}"
    base, line = facts[key], facts["screen.line.cost"]
    km = max(reach["load_centre_km"] - float(facts["screen.load_centre.near"].value), 0.0)
    more = km * float(line.value) * facts.factor(line.unit.removesuffix("/km"), base.unit)
    connection = _raised(base, more, f"and {km:.0f} km of line to the nearest load centre")
    return facts.with_facts([years, connection])


def _raised(fact: Fact, more: float, words: str) -> Fact:
    value, low, high = (float(x) + more for x in (fact.value, fact.low, fact.high))
    return replace(fact, value=value, low=low, high=high, note=f"{fact.note}; {words}")


def _reach(latitude: float, longitude: float) -> dict[str, float]:
    """Distances to the nearest load centre and the nearest large city. [km]"""
    facts = load_facts()
    found = {}
    for name, fact_id in (("load_centre_km", "screen.load_centre.population"), ("city_km", "screen.users.population")):
        lat, lon = _towns(float(facts[fact_id].value))
        found[name] = float(np.min(climates.distances_km(latitude, longitude, lat, lon)))
    return found


@cache
def _towns(population: float) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of towns of at least so many people, of all countries."""
    chosen = [(c.latitude, c.longitude) for c in places.cities() if c.population >= population]
    lat, lon = np.array(chosen).T
    return lat, lon


def _site_row(step: Steps, s: Scenario, shared: Shared, o: Outcome, reach: dict[str, float]) -> dict[str, Any]:
    """What sets a site apart, and the cost it is ranked by: an accelerator-hour with its share of the fibre."""
    km, factor = reach["city_km"], float(step.fact("screen.fibre.route_factor", unit="1"))
    near, far = (float(step.fact(f"screen.load_centre.{k}", unit="km")) for k in ("near", "far"))
    fibre_usd = km * factor * float(step.fact("screen.fibre.cost", unit="USD/km"))
    yearly = fibre_usd * float(
        finance.capital_recovery_factor(
            rate_per_year=float(o.rates.shell), years=float(step.fact("screen.fibre.life", unit="year"))
        )
    )
    hazard = [i for i in s.place.keys if f"country.{i}.hazard" in step.facts]
    away = reach["load_centre_km"]
    supply = shared.optimum.answer
    return {
        COST: float(o.money.lcoc_full) + yearly / (float(o.size.accelerators) * HOURS_PER_YEAR),
        "cooling": o.campus.cooling,
        "connection_class": 1 if away <= near else 2 if away <= far else 3,
        "load_centre_km": round(away, DIGITS_KM),
        "city_km": round(km, DIGITS_KM),
        "round_trip_ms": float(site.round_trip_ms(distance_km=km, route_factor=factor)),
        "hazard_index": float(step.fact(f"country.{hazard[0]}.hazard", unit="1")) if hazard else None,
        "climate": shared.site.climate,
        "solar_mw_per_mw": _built(supply, "solar"),
        "wind_mw_per_mw": _built(supply, "wind"),
        "grid_share": _grid_share(supply),
    }


def _built(answer: Any, name: str) -> float:
    return next((float(line.mw) for line in answer.portfolio if line.name == name), 0.0)


def _grid_share(answer: Any) -> float:
    bought = next((float(line.mwh_per_year) for line in answer.portfolio if line.name == "grid"), 0.0)
    return bought / float(np.sum(answer.load_mw))


@cache
def _country_figures(question: str, iso3: str) -> dict[str, Figure]:
    """The figures of the country's own plan of the same question: their ranges and classes hold for its sites."""
    s = read({**json.loads(question), "place": iso3})
    return dict(decide(facts_for(s), s, other_sizes=False).figures)


def _figure(value: Any, of_country: Figure) -> Figure:
    """A figure of a site: its own value, with the country's relative range; dates are the country's."""
    if of_country.unit == "date" or value is None or of_country.value is None:
        return of_country
    x = central(value)
    if not np.isfinite(x):
        return replace(of_country, value=None, low=None, high=None, reason="not reached at any value")
    middle, low, high = (float(v) for v in (of_country.value, of_country.low or 0.0, of_country.high or 0.0))
    spans = (low / middle, high / middle) if middle > 0 else (1.0, 1.0)
    return replace(of_country, value=x, low=x * spans[0], high=x * spans[1])
