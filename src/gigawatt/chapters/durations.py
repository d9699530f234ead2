"""Durations of a project's tasks: lead times by place, build type and year of the question."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters.place import Site
from gigawatt.facts import Fact, Facts
from gigawatt.record import Draws, Steps
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR

BUILD = "lead.build_to_first"
FAST = "fast_greenfield"
MODULAR = "modular"  # how a load of the distribution network is housed where nothing is asked
NEW_PLANT = {  # source named -> lead-time item of a new plant
    "nuclear": "nuclear_new",
    "restart": "nuclear_restart",
    "smr": "nuclear_smr",
    "gas": "gas_engines",
    "solar": "solar",
    "wind": "wind",
    "battery": "battery",
    "hydro": "hydro_large",
    "geothermal": "geothermal",
}
WORKS = {  # what a new plant is called, what comes before the ground is broken, and what then
    "nuclear": ("new reactor", "siting and licence", "construction"),
    "restart": ("closed reactor", "inspection and licence", "repair and return to service"),
    "smr": ("small modular reactor", "design and licence", "construction"),
    "solar": ("solar plant", "land, permits and connection", "construction"),
    "wind": ("wind farm", "measurement, permits and connection", "construction"),
    "hydro": ("hydro plant", "studies and licence", "construction"),
    "geothermal": ("geothermal plant", "exploration and test wells", "wells and plant"),
}
ITEMS = {  # task -> lead-time item
    "site_control": "site_control",
    "permits": "permitting",
    "finance": "financing",
    "licence": "export_licence",
    "transformer_first": "lpt_reserved",
    "transformer": "lpt",
    "switchgear": "switchgear",
    "generators": "backup_generator",
    "substation_works": "substation_works",
    "substation": "substation_erection",
    "contract": "ppa",
    "cooling": "cooling",
    "racks": "racks",
    "commissioning": "commissioning",
}
AT_DISTRIBUTION = {  # what a load small enough for the distribution network takes instead of a substation of its own
    "transformer_first": "distribution_transformer",
    "transformer": "distribution_transformer",
    "substation_works": "distribution_works",
    "substation": "distribution_erection",
}
RENTED = ("switchgear", "generators", "cooling")  # what an existing site has, or what comes on wheels
GROUPS = {  # whose slips go together: start of the ids of their lead times
    "grid": ("lead.grid_", "lead.transmission_line", "lead.connection_reuse", "lead.hv_cable"),
    "supply": (
        "lead.lpt", "lead.distribution_transformer", "lead.switchgear",
        "lead.backup_generator", "lead.cooling", "lead.racks", "lead.gas_",
        "lead.turbine", "lead.battery",
    ),
    "construction": (
        "lead.distribution_works", "lead.distribution_erection",
        "lead.build_to_first", "lead.roof_to_operation", "lead.substation", "lead.commissioning", "lead.ramp_",
        "lead.first_hall",
    ),
}  # fmt: skip
FASTER = ("lead.ramp_", "lead.first_hall")  # more of these is earlier: they fall when durations slip
EVERYTHING = "lead."


def slips(step: Steps) -> dict[str | tuple[str, ...], float]:
    """Share of variance in common, by start of the ids: first within each group, then between all lead times.

    The facts are correlations of two durations, of one group and of different ones; drawn one inside the other, the
    inner share is what the group has beyond what everything has.
    """
    common = float(step.facts["draws.correlation.lead"].value)
    out: dict[str | tuple[str, ...], float] = {}
    for name, starts in GROUPS.items():
        within = float(step.facts[f"draws.correlation.lead.{name}"].value)
        out[starts] = max(within - common, 0.0) / (1.0 - common)
    return {**out, EVERYTHING: common}


def draws_of(facts: Facts, s: Scenario) -> Steps:
    """Draws of the facts; the same whenever they are made, for a draw depends on seed and id only."""
    together = slips(Steps(facts, s.price_year))
    return Steps(facts, s.price_year, Draws(s.draws, s.seed, together, FASTER))


class Lead:
    """Looks up the lead times of one question."""

    def __init__(self, step: Steps, s: Scenario, site: Site, campus_mw: float = np.inf) -> None:
        self.step, self.site, self.campus_mw = step, site, campus_mw
        self.year = s.as_of.year + (s.as_of.month - 1) / 12.0
        self.kind = s.build_type or (MODULAR if self.at_distribution else self._recorded_kind())
        self.existing_mw = s.existing_connection_mw or 0.0

    def __call__(self, item: str, *more: str) -> Any:
        """A lead time as central value or draws, in the year of the question. [month]"""
        found = self.fact(item, *more)
        now = self.step.fact(found.id, unit="month")
        then_id = f"lead_then.{item}.world"
        if then_id not in self.step.facts or self.year >= float(found.year):
            return now
        then = self.step.facts[then_id]
        return self.step(
            buildout.months_in_year,
            then_months=self.step.fact(then_id, unit="month"),
            then_year=float(then.year),
            now_months=now,
            now_year=float(found.year),
            year=self.year,
        )

    def fact_class(self, item: str, *more: str) -> str:
        """Class of a lead time."""
        return self.fact(item, *more).fact_class

    def months(self, accelerator: str, *, connected: bool) -> dict[str, Any]:
        """Durations of all tasks but the power stages and new plants. [month]"""
        out = {task: self(item) for task, item in self.items().items() if task != "racks"}
        out["racks"] = self("racks", f"lead.racks.{accelerator}")
        out["permits"] = out["permits"] * self._share("permit")
        out |= {task: out[task] * self._share("equipment") for task in RENTED}
        out["grid_study"] = self.grid_study() if connected else 0.0
        works = np.maximum(self.step.fact(f"{BUILD}.{self.kind}", unit="month") - out["commissioning"], 0.5)
        out["shell"], out["fit_out"] = buildout.shell_months(
            build_to_first_months=works, roof_to_operation_months=self("roof_to_operation")
        )
        return out

    def volume(self, accelerator: str) -> Any:
        """From today until a generation is delivered in volume to a new buyer; 0 where it is, or is not known then."""
        facts = self.step.facts
        for fact in facts.under("generation."):
            known = fact.id.replace(".accelerator", ".volume_from")
            if known != fact.id and str(fact.value) == accelerator and self.year >= float(facts[known].year):
                return np.maximum((self.step.fact(known, unit="year") - self.year) * MONTHS_PER_YEAR, 0.0)
        return 0.0

    def classes(self, accelerator: str) -> list[tuple[str, str]]:
        """Class of each task's lead time; sizes of halls and their rate are stated by others."""
        shell = self.step.facts[f"{BUILD}.{self.kind}"].fact_class
        found = {task: self.fact_class(item) for task, item in self.items().items()}
        found["racks"] = self.fact_class("racks", f"lead.racks.{accelerator}")
        found |= {"volume": "C"} | {"first_power": found["commissioning"], "full_power": found["commissioning"]}
        found |= {"shell": shell, "fit_out": self.fact_class("roof_to_operation"), "halls": "B"}
        found |= {"grid_study": self.fact_class("grid_study"), "substation_full": found["substation"]}
        return list({**found, "financing_close": found["finance"], "first_hall": shell}.items())

    def development(self, item: str) -> tuple[Any, Any]:
        """Siting and licence, then construction of a new plant; together the published span. [month]"""
        return buildout.split_months(
            total_months=self(item),
            first_share=self.step.fact(f"build.development_share.{item}", unit="1"),
        )

    def grid_study(self) -> Any:
        """Study, queue and contract: published apart, or a share of the first stage from application on. [month]"""
        if self.staged and not self.at_distribution:
            return self("grid_study")
        return buildout.split_months(total_months=self._first_stage(), first_share=self._queue())[0]

    def grid_stages(self) -> tuple[list[float], list[Any], list[str]]:
        """Cumulative sizes, months from the contract, and classes of the grid's stages."""
        facts, iso3 = self.step.facts, self.site.place.iso3
        if self.at_distribution:
            works = buildout.split_months(total_months=self._first_stage(), first_share=self._queue())[1]
            return [np.inf], [works], [self.fact_class("grid_distribution")]
        if self.staged:
            sizes = [float(facts[f"lead.grid_stage_{k}_mw.{iso3}"].value) for k in (1, 2)] + [np.inf]
            months = [self.step.fact(f"lead.grid_stage_{k}.{iso3}", unit="month") for k in (1, 2, 3)]
            return sizes, months, [facts[f"lead.grid_stage_{k}.{iso3}"].fact_class for k in (1, 2, 3)]
        size = facts.first(*self.site.ids("lead.grid_stage_1_mw.{}"))
        known = [i for i in (f"lead.grid_stage_2.{k}" for k in self.site.place.keys) if i in facts]
        later = known or self.site.ids("lead.transmission_line.{}")
        study, works = buildout.split_months(total_months=self._first_stage(), first_share=self._queue())
        line = np.maximum(self.step.fact(*later, unit="month") - study, works)
        classes = [facts.first(*self.connection_ids()).fact_class, facts.first(*later).fact_class]
        return [float(size.value), np.inf], [works, line], classes

    @property
    def staged(self) -> bool:
        """Whether the operator publishes stages that run from a signed contract."""
        return f"lead.grid_stage_2_mw.{self.site.place.iso3}" in self.step.facts

    @property
    def at_distribution(self) -> bool:
        """Whether the campus is one for the distribution network, which does not wait in the same queue."""
        return self.campus_mw <= float(self.step.facts.first(*self.site.ids("build.distribution_limit.{}")).value)

    def items(self) -> dict[str, str]:
        """Lead-time item by task."""
        return ITEMS | AT_DISTRIBUTION if self.at_distribution else ITEMS

    def _first_stage(self) -> Any:
        whole = self.step.fact(*self.connection_ids(), unit="month")
        return np.minimum(self("grid_distribution"), whole) if self.at_distribution else whole

    def connection_ids(self) -> list[str]:
        """The queue of the market around a city where one is on record, else that of the place."""
        market = f"build.market.{'-'.join(self.site.place.site.lower().split())}"
        own = [f"lead.grid_connection.{self.step.text(market)}"] if market in self.step.facts else []
        return [*own, *self.site.ids("lead.grid_connection.{}")]

    def _queue(self) -> Any:
        return self.step.fact("build.queue_share.world", unit="1")

    def _share(self, what: str) -> Any:
        """What a build type takes of the lead time of a new site; all of it where nothing else is known."""
        found = f"build.{what}_share.{self.kind}"
        return self.step.fact(found, unit="1") if found in self.step.facts else 1.0

    def fact(self, item: str, *more: str) -> Fact:
        """The fact behind a lead time: one of ``more`` where there is one, else the narrowest of the item."""
        return self.step.facts.first(*(i for i in more if i in self.step.facts), *self.site.ids(f"lead.{item}.{{}}"))

    def _recorded_kind(self) -> str:
        """Where campuses are on record as built fast, that class; else ordinary greenfield."""
        return recorded_build_type(self.step, self.site)


def recorded_build_type(step: Steps, site: Site) -> str:
    """How campuses are on record as built there."""
    return step.text(*(f"build.type.{key}" for key in site.place.keys), "build.type.default")


def hurried(step: Steps, s: Scenario, site: Site) -> bool:
    """Whether a campus is to be built fast where that is not what is on record."""
    return s.build_type == FAST and recorded_build_type(step, site) != FAST


def supply(step: Steps, site: Site) -> Any:
    """Accelerators a month for one buyer: in this country, else by its licence class."""
    licence = f"export.{site.place.iso3}.licence_class"
    kind = step.text(licence) if licence in step.facts else "none_needed"
    known = [i for i in (f"fleet.supply.{k}" for k in site.place.keys) if i in step.facts]
    return step.fact(*known, f"fleet.supply.{kind}", unit="accelerator/month")
