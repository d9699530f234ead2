"""Strategies: what a project may choose before it signs, and what each choice is in the question.

A strategy is a permanent supply, a way of building and a bridge. The supply and the build type vary the question; the
bridge carries the halls until the permanent power is there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gigawatt.chapters import generations
from gigawatt.chapters.bridge_offers import GAS, has_gas
from gigawatt.chapters.durations import FAST
from gigawatt.chapters.machine import DEFAULT, sold_from
from gigawatt.chapters.offers import has_fleet
from gigawatt.chapters.place import Site
from gigawatt.record import Steps, central
from gigawatt.scenario import ON_A_FREE_SITE, PowerSource, Scenario
from gigawatt.units import in_mw, in_percent

ASKED, GRID, NUCLEAR, OWN_GAS, SUN_AND_GAS = "asked", "grid", "nuclear", "gas", "solar_battery_gas"
NO_BRIDGE, ON_SITE, CURTAILED = "none", "mix_on_site", "battery_and_flexible_connection"
BRIDGE_WORDS = {NO_BRIDGE: "no bridge", ON_SITE: "bridged by gas on site", CURTAILED: "bridged by a curtailable grid"}
BUILD_WORDS = {
    "greenfield": "built as usual",
    FAST: "built fast",
    "brownfield": "on a former industrial site",
    "fit_out": "in an empty building",
    "retrofit": "in a converted factory",
    "modular": "in containers",
}


@dataclass(frozen=True)
class Supply:
    """A permanent supply that may be chosen: its words, and the sources and clean share that the question then has."""

    name: str
    words: str
    source: str = ""  # of all its power; ASKED leaves what the question names
    clean: float | None = None


@dataclass(frozen=True)
class Chip:
    """A generation of accelerators that may be ordered."""

    item: str
    name: str


@dataclass(frozen=True)
class Strategy:
    """One choice of each."""

    supply: Supply
    build_type: str
    bridge: str
    hurried: bool  # faster than is on record for the place, at a price
    chip: Chip | None = None  # None: the accelerator of the question

    @property
    def words(self) -> str:
        """The strategy in a line."""
        chip = f", {self.chip.name}" if self.chip else ""
        return f"{self.supply.words}, {BUILD_WORDS[self.build_type]}, {BRIDGE_WORDS[self.bridge]}{chip}"

    def question(self, s: Scenario, mw: float) -> Scenario:
        """The question with this strategy in it, for a campus of this size; no deadline, which only judges dates."""
        update: dict[str, object] = {"build_type": self.build_type, "deadline": None}
        if self.chip:
            update["accelerator"] = self.chip.item
        if self.supply.name != ASKED:
            update["power"] = (PowerSource(mw=mw, source=self.supply.source),)
            if self.supply.clean is not None:
                update["clean"] = max(self.supply.clean, s.clean or 0.0)
        elif s.power_mw:
            update["power"] = tuple(p.model_copy(update={"mw": p.mw * mw / s.power_mw}) for p in s.power)
        return s.model_copy(update=update)


def supplies(step: Steps, s: Scenario, site: Site) -> list[Supply]:
    """The supply that the question has, then others that the place offers."""
    named = {p.source for p in s.power if p.source}
    out = [Supply(ASKED, _asked(s, named))]
    if named - {"grid"}:
        out.append(Supply(GRID, "grid power"))
    if "nuclear" not in named and has_fleet(step, site):
        out.append(Supply(NUCLEAR, "contract with the nuclear fleet", "nuclear"))
    if not has_gas(step, site):
        return out
    if named != {"gas"}:
        out.append(Supply(OWN_GAS, "own gas engines", "gas"))
    share = central(step.fact("joint.clean_share", unit="1"))
    return [
        *out,
        Supply(SUN_AND_GAS, f"own gas, with sun, wind and batteries for {in_percent(share)}", "gas", clean=share),
    ]


def _asked(s: Scenario, named: set[str]) -> str:
    if not named or named == {"grid"}:
        return "grid power"
    return " + ".join(f"{in_mw(p.mw)} {p.source}".strip() for p in s.power) + " as asked"


def build_types(s: Scenario, recorded: str) -> list[str]:
    """Ways to build there: what is asked or on record, and on a free site the fast way."""
    if s.build_type or s.existing_connection_mw or recorded not in ON_A_FREE_SITE or recorded == FAST:
        return [recorded]
    return [recorded, FAST]


def bridges(step: Steps, site: Site, supply: Supply, *, from_grid: bool, room: bool) -> list[str]:
    """Bridges that may be had; a curtailable connection only where the campus is to be connected at all."""
    out = [NO_BRIDGE]
    if has_gas(step, site) and supply.source not in GAS and supply.source != "gas":
        out.append(ON_SITE)
    return [*out, CURTAILED] if from_grid and room else out


def chips(step: Steps, s: Scenario) -> list[Chip]:
    """Generations on sale or announced with a price of their own, but for the one that the question has."""
    found = (g for g in generations.generations(step, s) if g.item and g.item != DEFAULT)
    date = math.inf if s.software is None else s.software
    return [
        Chip(g.item, g.name)
        for g in found
        if f"accelerator.{g.item}.peak_{s.precision}" in step.facts and sold_from(step.facts, g.item) <= date
    ]


def needs(strategy: Strategy, operator: str) -> list[str]:
    """What must be found or granted for it, beside the letters."""
    out = []
    if strategy.bridge == ON_SITE or strategy.supply.source == "gas":
        out.append("gas at the site and an air permit")
    if strategy.bridge == CURTAILED:
        out.append(f"early connection by {operator} that may be curtailed")
    if strategy.hurried:
        out.append("equipment slots bought ahead, works day and night")
    return out
