"""The ranges that the plan itself draws, on campuses whose outcome is known: building time, capital, accelerators.

`gigawatt validate` judges predictors with ranges of their own; here the ranges are those of the facts, as they ship.
They go through the planner's formulas to first order: each fact is moved to its low and its high, and what that does to
the logarithm of the figure is added up by squares, as independent facts do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.errors import GigawattError
from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.record import Draws, Steps
from gigawatt.uncertainty.calibration import Claim
from gigawatt.units import HOURS_PER_YEAR
from gigawatt.validate import campus_pace, campus_size, validate
from gigawatt.validate.campus_rows import amount, items, number, of_package, table
from gigawatt.validate.campuses import INPUTS, listed, realised
from gigawatt.validate.families import CannotPredict

Given = Mapping[str, str]
LEAD = "lead.build_to_first.{}"
PRICE_YEAR = 2025
DRAWS = 2000
PLANTS = {  # regions in the order in which their facts are looked up
    "ccgt": (".us", ".eu", ""),
    "solar": (".us", ".eu", ""),
    "gas_engine": (".us", ".dev", ".eu", ""),
}
BURNS_GAS = ("ccgt", "gas_engine")
HARDWARE = (
    *("it.outside_rack_power_share", "it.outside_rack_share", "it.outside_server_share"),
    *("campus.board_over_chip", "campus.board_over_package"),
)


def claims() -> dict[str, list[Claim]]:
    """Claims of the plan's own ranges by what they are about: ``building``, ``capital``, ``size``."""
    return {"building": building(), "capital": _sized("capex_usd"), "size": _sized("accelerators")}


def cooling(path: Path) -> list[Claim]:
    """Annual PUE of cloud regions, from a file of them; one group is a provider's region over its years."""
    rows = [r for r in validate([path]).rows if r.figure == "pue" and r.scored and r.predicted is not None]
    return [
        Claim(float(r.predicted), float(r.low_80), float(r.high_80), float(r.truth), r.case_id.rpartition("-")[0])
        for r in rows
        if r.low_80 is not None and r.high_80 is not None
    ]


def building() -> list[Claim]:
    """Months from the start of works to the first hall, by the lead time of the build type."""
    facts, found = load_facts(), []
    for row in table():
        kind = campus_pace.kind_of(str(row.get("build_type") or ""))
        fact = facts.get(LEAD.format(kind))
        taken = number(row, "months_to_first")
        asked = "months_to_first" in listed(row, "predict") and realised(row, "months_to_first")
        if fact is not None and asked and math.isfinite(taken):
            found.append(Claim(float(fact.value), float(fact.low), float(fact.high), taken, str(row["id"])))
    return found


def _sized(figure: str) -> list[Claim]:
    found = []
    for row in table():
        asked = listed(row, "predict")
        if figure not in asked or not realised(row, figure):
            continue
        given = {k: v for k, v in row.items() if v and k not in asked and k in INPUTS}
        try:
            value, low, high = ranged(given, figure)
        except (CannotPredict, GigawattError):
            continue
        found.append(Claim(value, low, high, amount(row, figure), str(row["id"])))
    return found


@dataclass(frozen=True, slots=True)
class BesidePublished:
    """Our range of a levelised cost beside a published one. USD/MWh."""

    plant: str
    ours: tuple[float, float, float]
    published: tuple[float, float]

    @property
    def width(self) -> float:
        """Width of our range over that of the published one, in logarithms. [1]"""
        return math.log(self.ours[2] / self.ours[0]) / math.log(self.published[1] / self.published[0])

    @property
    def words(self) -> str:
        """One line."""
        low, middle, high = self.ours
        where = "within" if self.published[0] <= middle <= self.published[1] else "outside"
        return (
            f"{self.plant}: ours {low:.0f} to {high:.0f}, median {middle:.0f} USD/MWh, {where} the published "
            f"{self.published[0]:.0f} to {self.published[1]:.0f}; {self.width:.1f} times as wide"
        )


def levelised(draws: int = DRAWS) -> list[BesidePublished]:
    """Levelised costs of new plants in the United States from the plan's facts, beside published ranges of them.

    Parameters
    ----------
    draws : int
        Draws of the facts, each by itself. [draw]
    """
    step = Steps(load_facts(), PRICE_YEAR, Draws(draws, seed=0))
    return [_levelised(step, plant, keys) for plant, keys in PLANTS.items()]


def _levelised(step: Steps, plant: str, keys: tuple[str, ...]) -> BesidePublished:
    def tech(what: str, unit: str) -> Any:
        return step.fact(*(f"tech.{plant}.{what}{key}" for key in keys), unit=unit)

    rate = finance.real_rate(
        nominal_per_year=step.fact("wacc.power.private", unit="1/year"),
        inflation_per_year=step.fact("finance.inflation.USD", unit="1/year"),
    )
    life = tech("lifetime", "year")
    capital = tech("capex", "USD/MW") * finance.capital_recovery_factor(rate_per_year=rate, years=life)
    hours = HOURS_PER_YEAR * step.fact(f"lcoe_range.load_factor.{plant}.us", unit="1")
    usd = (capital + tech("fom", "USD/MW/year")) / hours
    if plant in BURNS_GAS:
        gas = step.fact("fuel.gas.price.us", unit="USD/MWh") + step.fact("fuel.gas.delivery", unit="USD/MWh")
        heat = step.fact("fuel.gas.hhv_over_lhv", unit="1") / tech("efficiency", "1")
        usd = usd + gas * heat + tech("vom", "USD/MWh")
    low, middle, high = (float(x) for x in np.quantile(usd, (0.1, 0.5, 0.9)))
    fact = step.facts[f"lcoe_range.lcoe.{plant}.us"]
    return BesidePublished(plant, (low, middle, high), (float(fact.low), float(fact.high)))


def ranged(given: Given, figure: str) -> tuple[float, float, float]:
    """A figure of a campus and its range by the facts that it rests on."""
    facts = load_facts()
    year = campus_size.price_year(facts, given)
    value, read = _told(facts, year, given, figure)
    low = high = 0.0
    for fact in {f.id: f for f in (*read, *_hardware(facts, given))}.values():
        if fact.is_exact:
            continue
        moved = [math.log(_told(_moved(facts, fact, end), year, given, figure)[0] / value) for end in _ends(fact)]
        low += min(*moved, 0.0) ** 2
        high += max(*moved, 0.0) ** 2
    return value, value * math.exp(-math.sqrt(low)), value * math.exp(math.sqrt(high))


def _hardware(facts: Facts, given: Given) -> list[Fact]:
    """Facts of power and network that the sizing reads without a record."""
    found = items(facts, str(given.get("accelerator_type") or ""))
    own = (of_package(facts, item, key) for item in found for key in ("server_power", "chip_power"))
    return [*(f for f in own if f is not None), *(facts[x] for x in HARDWARE)]


def _told(facts: Facts, year: int, given: Given, figure: str) -> tuple[float, list[Fact]]:
    step = Steps(facts, year)
    package = campus_size.package(step, str(given.get("accelerator_type") or ""))
    count = campus_size.accelerators(step, given, package)
    if figure == "accelerators":
        return count, step.facts_read()
    one = campus_size.usd_per_accelerator(step, given, package, campus_size.pue_of(given, package.id))
    return count * one, step.facts_read()


def _moved(facts: Facts, fact: Fact, value: float) -> Facts:
    return facts.with_facts([replace(fact, value=value)])


def _ends(fact: Fact) -> tuple[float, float]:
    return float(fact.low), float(fact.high)
