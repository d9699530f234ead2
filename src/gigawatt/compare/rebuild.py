"""A question planned campus by campus: our figures for it, and what other sizes of the same campus would be.

A programme over n sites is n campuses of one size: what grows with size is n times a campus, the rest is a campus's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt.chapters import words
from gigawatt.chapters.sizing import Ask
from gigawatt.compare.extent import Extent, extent
from gigawatt.facts import Facts
from gigawatt.figures import Figure
from gigawatt.plan import Decision, decide, facts_for, judged, tell
from gigawatt.plan import plan as make_plan
from gigawatt.programmes import UNION
from gigawatt.record import central
from gigawatt.scenario import Scenario

GROWS = frozenset(
    "it_load_mw facility_load_mw facility_peak_mw grid_connection_mw accelerators water_m3_per_year land_km2 capex_usd "
    "capex_shell_power_usd capex_it_usd unspent_usd opex_usd_per_year peak_flop_per_s training_flop_per_day "
    "tokens_per_s users_served users_served_per_inhabitant emissions_t_per_year share_of_national_generation "
    "share_of_peak_demand cost_of_delay_usd_per_month capex_share_of_gdp public_money_usd jobs_construction_peak "
    "jobs_permanent".split()
)
SCOPES = {"all_in": "capex", "shell_power": "capex_shell_power", "it": "capex_it"}
FINANCED = "financed"  # shell and power with what a project company pays beside them
BUILT = ("shell", "grid", "power_plant", "land")  # blocks of the bill that are not machines
SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Span:
    """A number of ours: central value, P10, P90."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Span:
        return Span(self.value * factor, self.low * factor, self.high * factor)

    def json(self) -> dict[str, float]:
        return {"value": self.value, "low": self.low, "high": self.high}


def span(value: Any, draws: Any) -> Span:
    """Central value with P10 and P90 of the draws."""
    x = central(value)
    finite = np.asarray(draws, float)
    finite = finite[np.isfinite(finite)] if np.ndim(finite) else finite
    low, high = words.spread_of(finite) if np.size(finite) else (x, x)
    return Span(x, min(float(low), x), max(float(high), x))


@dataclass(frozen=True, slots=True)
class Sized:
    """What one size comes to, all sites together; money by scope."""

    it_mw: Span
    facility_mw: Span
    accelerators: Span
    money: dict[str, Span]


@dataclass(frozen=True)
class Rebuilt:
    """Our plan of a question: a campus decided, how many of them, and where."""

    scenario: Scenario
    sites: int
    area: str
    extent: Extent
    decision: Decision | None
    plan_figures: Mapping[str, Figure]  # of one campus

    @property
    def answer(self) -> str:
        return self.decision.answer if self.decision else ""

    @property
    def machine(self) -> str:
        """Name of the accelerator planned with."""
        return self.decision.outcome.machine.name if self.decision else ""

    def headline(self) -> str:
        return self.decision.headline(self.scenario) if self.decision else ""

    def figures(self) -> dict[str, Figure]:
        """The figures of a plan, for all sites; shares are of the whole country or of the Union."""
        return {name: self._whole(name, f) for name, f in self.plan_figures.items()}

    def factor(self, name: str) -> float:
        """What a campus's figure is multiplied by for all sites. [-]"""
        return (float(self.sites) if name in GROWS else 1.0) * self._wider(name)

    def _whole(self, name: str, f: Figure) -> Figure:
        factor = self.factor(name)
        if f.value is None or isinstance(f.value, str) or factor == 1.0:
            return f
        value, low, high = (float(x or 0.0) * factor for x in (f.value, f.low, f.high))
        return replace(f, value=value, low=low, high=high)

    def _wider(self, name: str) -> float:
        """Share of a figure that is left where its base is the area instead of the campus's own power system."""
        bases = {
            "share_of_peak_demand": (self._own("peak_load", "MW"), self.extent.peak_mw),
            "share_of_national_generation": (self._own("generation", "TWh/year"), self.extent.generation_twh),
            "capex_share_of_gdp": (self._own("gdp", f"USD_{self.scenario.price_year}"), self.extent.gdp_usd),
            "users_served_per_inhabitant": (self._own("population", "person"), self.extent.people),
        }
        own, wide = bases.get(name, (None, None))
        return own / wide if own and wide and (self.area == UNION or self.scenario.place.level == "country") else 1.0

    def _own(self, key: str, unit: str) -> float | None:
        if self.decision is None:
            return None
        facts = self.decision.step.facts
        found = next((i for i in self.decision.shared.site.ids(f"country.{{}}.{key}") if i in facts), None)
        if key == "generation" and self.scenario.place.region:  # a US state's system is measured by its demand
            found = f"country.{self.scenario.place.region}.demand"
        return float(facts[found].value) * facts.factor(facts[found].unit, unit) if found else None

    def sized(self, *, mw: float | None = None, accelerators: float | None = None, usd: float | None = None) -> Sized:
        """The same campuses at another size: so many MW, accelerators or USD (all-in) in all."""
        assert self.decision is not None
        d, n = self.decision, float(self.sites)
        ask = Ask(
            power_mw=None if mw is None else mw / n,
            accelerators=None if accelerators is None else accelerators / n,
            budget_usd=None if usd is None else usd / n,
        )
        o, drawn = (tell(step, self.scenario, d.shared, ask) for step in (d.step, d.drawn))
        return sized(o, drawn, n)

    def as_planned(self) -> Sized:
        """The size of the plan itself."""
        assert self.decision is not None
        return sized(self.decision.outcome, self.decision.spread, float(self.sites))


def sized(o: Any, drawn: Any, n: float) -> Sized:
    """Central values and draws of ``n`` campuses."""
    return Sized(
        it_mw=span(o.size.it_peak_mw, drawn.size.it_peak_mw).times(n),
        facility_mw=span(o.size.facility_peak_mw, drawn.size.facility_peak_mw).times(n),
        accelerators=span(o.size.accelerators, drawn.size.accelerators).times(n),
        money={s: span(getattr(o.money, a), getattr(drawn.money, a)).times(n) for s, a in SCOPES.items()}
        | {FINANCED: span(_financed(o), _financed(drawn)).times(n)},
    )


def _financed(o: Any) -> Any:
    """Shell, grid, plants and land with owner's cost, taxes and interest: what loans and equity pay."""
    return sum(b.total_usd for b in o.money.bill.blocks if b.name in BUILT)


def rebuild(facts: Facts, scenario: Scenario, *, sites: int = 1, area: str = "") -> Rebuilt:
    """Plan one campus of a question."""
    known = facts_for(scenario, facts)
    where = area or scenario.place.iso3
    total = extent(known, where, scenario.price_year)
    if not judged(known, scenario):
        return Rebuilt(scenario, sites, where, total, None, make_plan(scenario, facts=facts).figures)
    d = decide(known, scenario, other_sizes=False)
    return Rebuilt(scenario, sites, where, total, d, dict(d.figures))


def place_of(facts: Facts, place: str) -> tuple[str, str]:
    """Where a campus of a place is planned, and the area it is measured against ('' for its country)."""
    return (str(facts["compare.host.EU"].value), UNION) if place == UNION else (place, "")
