"""A site's cost curve and its limits, by the plan's own story on central values: a task in, a row of plain data out.

The largest size is what the gates do not refuse, what is at full power by the deadline, what the connection carries and
the water allows. Between the smallest and the largest size the story is told at a few knots.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gigawatt import buildout, gates
from gigawatt.chapters import machine as machines
from gigawatt.chapters.durations import draws_of
from gigawatt.chapters.sizes import MOST_MW, gates_of
from gigawatt.chapters.sizing import Ask
from gigawatt.chapters.trained import job
from gigawatt.chapters.trained import terms as job_terms_of
from gigawatt.chapters.training_job import Laid, lay
from gigawatt.errors import ScenarioError
from gigawatt.plan import Outcome, Shared, facts_for, judged, prepare, tell
from gigawatt.record import Steps, central
from gigawatt.scenario import PowerSource, Scenario, read
from gigawatt.units import MONTHS_PER_YEAR

KNOTS = 5
HALVINGS = 20
CLOSE = 1.002  # sizes nearer than this are one
LARGER = 1.02  # what refuses a size this much larger is what binds
SIZE_GATES = ("power", "land", "water")  # of a whole power system: sites together count as one new load


def task(site: Any, asked: Any) -> dict[str, Any]:
    """What a worker needs of a site, as plain data."""
    top = min(site.max_mw, asked.power_mw or np.inf)
    return {
        "kind": "portfolio",
        "key": site.name,
        "place": site.place,
        "source_title": site.source,
        "alone": sum(other.system == site.system for other in asked.sites) == 1,
        "question": site.question,
        "min_mw": site.min_mw,
        "max_mw": top if top < np.inf else None,
        "connection": site.connection,
        "max_water_m3": site.max_water_m3 if site.max_water_m3 < np.inf else None,
        "max_hazard": asked.max_hazard if asked.max_hazard < np.inf else None,
        "without_licence": asked.without_licence,
        "by": asked.by.isoformat() if asked.by else None,
        "source": asked.source,
        "at_mw": [],
    }


class _Teller:
    """The story of one site, told for any size."""

    def __init__(self, t: Mapping[str, Any]) -> None:
        self.task = t
        self.s, self.shared, self.step = _prepared(json.dumps(t["question"], sort_keys=True), t["source"])
        self.as_of = self.s.as_of.isoformat()
        horizon = float(self.step.facts["ladder.horizon"].value)
        self.months = buildout.months_between(self.as_of, t["by"]) if t["by"] else horizon
        self.limit = f"full power by {t['by']}" if t["by"] else f"full power within {horizon / MONTHS_PER_YEAR:g} years"
        self.connection = [(buildout.months_between(self.as_of, day), mw) for day, mw in t["connection"]]

    def told(self, mw: float) -> tuple[Outcome, gates.Verdict]:
        quiet = self.step.aside()
        s = _sized(self.s, mw, self.task["source"])
        o = tell(quiet, s, self.shared, Ask(power_mw=mw))
        return o, gates_of(quiet, s, self.shared, o, Ask(power_mw=mw))

    def full_months(self, o: Outcome, mw: float) -> float:
        """When the campus is at full power: by the calendar, and not before its connection carries it."""
        months = float(central(o.calendar.full_months))
        if not self.connection:
            return months
        carried = [at for at, most in self.connection if most >= mw / CLOSE]
        return max(months, min(carried, default=np.inf))

    def online(self, o: Outcome, months: np.ndarray) -> np.ndarray:
        mw = np.asarray(buildout.online_mw(months, **{k: _central(v) for k, v in o.calendar.ramp.items()}))
        for k, at in enumerate(months):
            if self.connection:
                mw[k] = min(mw[k], max((most for since, most in self.connection if since <= at), default=0.0))
        return mw

    def refusal(self, mw: float, kinds: tuple[str, ...] = ()) -> tuple[str, str] | None:
        """The limit that a campus of this size breaks, and its words; of some gates only, without the date."""
        o, verdict = self.told(mw)
        refused = [g for g in verdict.gates if g.state == gates.NO and (not kinds or g.gate in kinds)]
        if refused:
            gate = refused[0]
            return "licence" if gate.gate == "chips" else gate.gate, gate.words
        if kinds:
            return None
        if self.task["without_licence"] and any(g.gate == "chips" and g.state != gates.YES for g in verdict.gates):
            return "licence", "the chips need an export licence"
        most = max((m for at, m in self.connection if at <= self.months), default=np.inf)
        if mw > most * CLOSE:
            return "connection", f"the connection carries {most:,.0f} MW in time"
        if self.full_months(o, mw) > self.months:
            held = next(iter(o.calendar.holdups), None)
            late = buildout.add_months(self.as_of, self.full_months(o, mw)) or "never"
            by = f", held up by {held.label}" if held else ""
            return "date", f"{self.limit} is asked, {mw:,.0f} MW come in {late[:7]}{by}"
        water, limit = central(o.footprint.water_m3), self.task["max_water_m3"]
        if limit is not None and water > limit:
            return "water", f"{water:,.0f} m3 of water a year against {limit:,.0f}"
        return None


def rows(t: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The one row of a site: its limits and its knots, or the reasons why it has none."""
    teller_s = read(t["question"])
    facts = facts_for(teller_s)
    if not judged(facts, teller_s):
        reason = "its facts on power, money and time are still to come"
        return [{**_place(t, teller_s), **_none("facts", reason)}]
    teller = _Teller(t)
    place = {**_place(t, teller.s), **_weights(teller)}
    hazard = place["hazard"]
    if t["max_hazard"] is not None and hazard is not None and hazard > t["max_hazard"]:
        return [{**place, **_none("hazard", f"hazard index {hazard:g} against {t['max_hazard']:g}")}]
    least = t["min_mw"]
    found = teller.refusal(least)
    if found:
        return [{**place, **_none(*found)}]
    top = min(t["max_mw"] or np.inf, MOST_MW)
    group = None if t["alone"] else _largest(lambda mw: teller.refusal(mw, SIZE_GATES), least, MOST_MW)
    most = _largest(teller.refusal, least, top)
    beyond = teller.refusal(most * LARGER) if most * CLOSE < top else ("size", f"{top:,.0f} MW is the most it may draw")
    sizes = {float(x) for x in np.geomspace(least, most, KNOTS)} if most > least * CLOSE else {most}
    sizes |= {float(x) for x in t["at_mw"] if least <= x <= most}
    return [
        {
            **place,
            "reasons": [],
            "least_mw": least,
            "most_mw": most,
            "group_mw": group,
            "beyond": list(beyond or ("", "")),
            "knots": [_knot(teller, mw) for mw in sorted(sizes)],
        }
    ]


def failed(t: Mapping[str, Any], reason: str) -> list[dict[str, Any]]:
    """The row of a site that could not be told."""
    try:
        place = _place(t, read(t["question"]))
    except ScenarioError:
        place = {"key": t["key"], "place": t["place"], "source": "", "iso3": "", "system": "", "lat": None, "lon": None}
    return [{**place, **_none("facts", reason)}]


def at(t: Mapping[str, Any], mw: float, quarters: np.ndarray) -> dict[str, Any]:
    """A site told at the size chosen, with the power on line at some months from today."""
    teller = _Teller(t)
    o, verdict = teller.told(mw)
    conditions = [g for g in gates.fold(verdict.gates) if g.state == gates.YES_IF]
    return {
        **_knot(teller, mw),
        "answer": verdict.answer,
        "conditions": [g.gate for g in conditions],
        "online_mw": teller.online(o, quarters).tolist(),
        "holdup": next((h.label for h in o.calendar.holdups), ""),
    }


def spread(t: Mapping[str, Any], mw: float) -> dict[str, np.ndarray]:
    """Draws of money and date at the size chosen; a fact has the same draw at every site, so sums are joint."""
    teller = _Teller(t)
    drawn = draws_of(teller.step.facts, teller.s)
    o = tell(drawn, _sized(teller.s, mw, t["source"]), teller.shared, Ask(power_mw=mw))
    later = teller.full_months(o, mw) - float(central(o.calendar.full_months))  # what a dated connection adds
    shape = (teller.s.draws,)
    return {
        "capex_usd": np.broadcast_to(o.money.capex, shape),
        "full_months": np.broadcast_to(o.calendar.full_months, shape) + max(later, 0.0),
    }


def _knot(teller: _Teller, mw: float) -> dict[str, Any]:
    o, _ = teller.told(mw)
    months = np.arange(0.0, teller.months, 3.0)
    share = float(np.sum(teller.online(o, months))) / mw * 3.0 / MONTHS_PER_YEAR
    n = central(o.size.accelerators)
    rent = o.money.rent_abroad
    return {
        "mw": float(mw),
        "accelerators": float(n),
        "capex_usd": float(central(o.money.capex)),
        "accelerator_years": float(n) * share,
        "annual_cost_usd": float(central(o.money.annual_cost)),
        "sold": float(central(o.money.utilisation)),
        "rent_usd_per_accelerator_hour": None if rent is None else float(central(rent)),
        "h100_equivalents": float(central(o.work.h100_equivalents)),
        "water_m3_per_year": float(central(o.footprint.water_m3)),
        "emissions_t_per_year": float(central(o.footprint.tonnes)),
        "share_of_peak": None if o.footprint.peak_share is None else float(central(o.footprint.peak_share)),
        "first_months": max(float(central(o.calendar.first_months)), *(at for at, _ in teller.connection[:1]), 0.0),
        "full_months": teller.full_months(o, mw),
    }


def job_terms(t: Mapping[str, Any]) -> dict[str, float]:
    """The training formulas' terms for the accelerator of a site, central."""
    s, _, step = _prepared(json.dumps(t["question"], sort_keys=True), t["source"])
    return {k: float(central(v)) for k, v in job_terms_of(step, s, machines.machine(step, s)).items()}


def laid(t: Mapping[str, Any], accelerators: float) -> Laid:
    """The run that so many accelerators of a site's kind deserve, in its best plan."""
    s, _, step = _prepared(json.dumps(t["question"], sort_keys=True), t["source"])
    return lay(step.once(job, s, machines.machine(step, s)), max(round(accelerators), 1))


def _largest(refusal: Callable[[float], Any], least: float, top: float) -> float:
    """Largest size that is not refused, the smallest being allowed."""
    if refusal(top) is None:
        return top
    low, high = least, top
    for _ in range(HALVINGS):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if refusal(middle) is None else (low, middle)
        if high / low < CLOSE:
            break
    return low


@lru_cache(maxsize=64)
def _prepared(question: str, source: str) -> tuple[Scenario, Shared, Steps]:
    """Weather, cooling and power optimum of a site: the slow part, kept for a second look at it."""
    s = _sized(read(json.loads(question)), 1.0, source)
    step = Steps(facts_for(s), s.price_year)
    return s, prepare(step, s), step


def _sized(s: Scenario, mw: float, source: str) -> Scenario:
    return s.model_copy(update={"power": (PowerSource(mw=mw, source=source),)}) if source else s


def _central(value: Any) -> Any:
    return value if isinstance(value, (float, int, list)) else np.asarray(value)


def _place(t: Mapping[str, Any], s: Scenario) -> dict[str, Any]:
    p = s.place
    return {
        "source": t["source_title"],
        "key": t["key"],
        "place": t["place"],
        "iso3": p.iso3,
        "system": p.region or p.iso3,
        "lat": p.latitude,
        "lon": p.longitude,
    }


def _weights(teller: _Teller) -> dict[str, Any]:
    """GDP and heads of the power system's country or state, for a fair share, and the hazard index."""
    facts = teller.step.facts

    def known(name: str) -> float | None:
        found = [f"country.{k}.{name}" for k in teller.s.place.keys if f"country.{k}.{name}" in facts]
        return float(facts[found[0]].value) * facts.factor(facts[found[0]].unit, UNITS[name]) if found else None

    return {"gdp": known("gdp"), "head": known("population"), "hazard": known("hazard")}


UNITS = {"gdp": "USD_2025", "population": "person", "hazard": "1"}


def _none(limit: str, words: str) -> dict[str, Any]:
    return {"reasons": [[limit, words]], "knots": [], "least_mw": None, "most_mw": None, "group_mw": None, "beyond": []}
