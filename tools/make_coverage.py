"""Write docs/coverage.md: for every country what is sourced, what follows from a rule, what stands in from a region.

python3 tools/make_coverage.py            writes docs/coverage.md
python3 tools/make_coverage.py --check    says whether it is up to date
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gigawatt.chapters.place import keys
from gigawatt.facts import ASSUMPTION, Fact, Facts, load_facts
from gigawatt.places import Country, Place, countries

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "coverage.md"
LARGEST = 60
FRESH = 2024  # generation and mix of the largest systems are of this year or later
RECALLED = "recalled"  # the word of a note where no page stands behind a figure, or a part of it


@dataclass(frozen=True)
class Column:
    """One kind of fact: its name, the pattern of its id, and what stands in where a country has none."""

    name: str
    pattern: str
    rule: str
    key: bool = False  # must be sourced for the largest systems
    also: tuple[str, ...] = ()  # patterns of ids tried after the keys


COLUMNS = (
    Column("people", "country.{}.population", "none: without it no plan is made"),
    Column("GDP", "country.{}.gdp", "none: without it no plan is made"),
    Column(
        "risk",
        "country.{}.default_spread",
        "territories and enclaves: the state behind them; states without a rating: upper quartile of the region's "
        "rated states, range from their median to P95",
        True,
    ),
    Column("tax", "country.{}.corporate_tax", "median of the region"),
    Column(
        "generation",
        "country.{}.generation",
        "people times an estimated use per head for four small states; else none, and no plan is made",
        True,
    ),
    Column("mix", "country.{}.share.fossil", "an enclave's neighbour; else median of the region", True),
    Column(
        "peak",
        "country.{}.peak_load",
        "mean load (demand, or generation where imports are not known) over a load factor of 0.68, range 0.82 to 0.55",
        True,
    ),
    Column("carbon", "country.{}.carbon.average", "an enclave's neighbour; else median of the region"),
    Column(
        "price",
        "country.{}.price.wholesale",
        "market mean of 2024 where hourly prices are open; else the industrial price less 41 USD/MWh (at most two "
        "fifths) for the network; else the business tariff of 2019 times 0.82 (0.41 to 1.44), split the same way; else "
        "median of the region",
        True,
    ),
    Column(
        "network",
        "country.{}.price.network",
        "industrial price less market mean, cut to the larger of 48 USD/MWh and three fifths; else 41 USD/MWh",
    ),
    Column("gas", "gas.access.{}", "by whether gas burns in the power system; else not known: the gate asks", True),
    Column("grid", "lead.grid_connection.{}", "analogy of the region, long range", True),
    Column("chips", "export.{}.licence_class", "a territory: the state behind it; three places not known", True),
    Column("shell", "shell.usd_per_w.{}", "regression on income and region (C); else median of the region"),
    Column("staff", "opex.staff_cost.{}", "US wage at the country's price level (C); else median of the region"),
    Column("water", "country.{}.water_stress", "median of the region"),
    Column("hazard", "country.{}.hazard", "median of the region"),
    Column(
        "sun",
        "climate.country.{}.ghi",
        "clearness of the neighbours (C); else the world's median; carried to the place's latitude",
        True,
        also=("climate.country.{}.ghi_estimate", "climate.world.ghi"),
    ),
    Column(
        "wind",
        "climate.country.{}.wind_capacity_factor",
        "best tenth of the near resource (C); else a reanalysis mean over 0.7 (C); else the world's median fleet",
        True,
        also=("climate.world.wind_capacity_factor",),
    ),
    Column("loss", "grid.{}.area", "a system of its own, whose largest unit is a tenth of its peak, at most 1 GW"),
)


@dataclass(frozen=True)
class Cell:
    """What stands behind one kind of fact in one country."""

    fact: Fact | None
    own: bool

    @property
    def sourced(self) -> bool:
        return self.fact is not None and self.own and self.fact.source != ASSUMPTION

    def __str__(self) -> str:
        if self.fact is None:
            return "-"
        if not self.own:
            return "world" if "world" in self.fact.id.split(".") else "region"
        return self.fact.fact_class if self.sourced else "rule"


def place_of(country: Country) -> Place:
    """The country as a place, for its keys."""
    return Place(country.iso3, "", country.name, "", "", 0.0, 0.0, "")


def cell(facts: Facts, country: Country, column: Column) -> Cell:
    """The fact that a plan would read, and whether it is the country's own."""
    for key in keys(facts, place_of(country)):
        fact_id = column.pattern.format(key)
        if fact_id in facts:
            return Cell(facts[fact_id], key == country.iso3)
    for pattern in column.also:
        if (fact_id := pattern.format(country.iso3)) in facts:
            return Cell(facts[fact_id], country.iso3 in fact_id)
    return Cell(None, False)


def largest(facts: Facts) -> list[Country]:
    """The largest power systems, by generation."""

    def twh(c: Country) -> float:
        fact_id = f"country.{c.iso3}.generation"
        return float(facts[fact_id].value) if fact_id in facts else 0.0

    return sorted(countries().values(), key=twh, reverse=True)[:LARGEST]


def missing(facts: Facts) -> Iterator[tuple[Country, str, str]]:
    """Key figures of the largest systems that are not sourced, or not fresh: country, column, why."""
    for c in largest(facts):
        for column in COLUMNS:
            if not column.key:
                continue
            found = cell(facts, c, column)
            if not found.sourced:
                yield c, column.name, found.fact.note if found.fact else "not known"
            elif column.name in ("generation", "mix") and found.fact and int(found.fact.year[:4]) < FRESH:
                yield c, column.name, f"newest year read is {found.fact.year}"


def counts(facts: Facts) -> str:
    """How many of the largest systems are sourced, by key figure."""
    open_cells = [name for _, name, _ in missing(facts)]
    return ", ".join(f"{c.name} {LARGEST - open_cells.count(c.name)}" for c in COLUMNS if c.key)


def named(facts: Facts, such: Callable[[Fact], bool]) -> dict[str, list[str]]:
    """Key figures of the largest systems of which something holds: countries by column."""
    found = {}
    for column in (c for c in COLUMNS if c.key):
        cells = {c.name: cell(facts, c, column).fact for c in largest(facts)}
        if names := sorted(name for name, fact in cells.items() if fact is not None and such(fact)):
            found[column.name] = names
    return found


def recalled(fact: Fact) -> bool:
    """Whether it rests, in whole or in part, on memory."""
    return RECALLED in fact.note


def said(found: dict[str, list[str]]) -> list[str]:
    return [f"- {column}, {len(who)} of {LARGEST}: {', '.join(who)}" for column, who in found.items()] or ["- none"]


def page(facts: Facts) -> str:
    """The whole page."""
    lines = [
        "# Coverage: what is sourced in each country, and what stands in",
        "",
        "Generated by `python3 tools/make_coverage.py`. Do not edit.",
        "",
        "A plan looks a fact up by the narrowest key first: US state, country, world region (two for islands of the",
        "Caribbean and the Pacific), world. A fallback is a fact too: of class C, with a range that reaches over the",
        "countries it stands for and is no narrower than any one's, counted and listed in every plan. What grows with",
        "the size of a country is never taken from a region.",
        "",
        "Cells: **A**, **B**, **C** sourced, with the class of evidence (C: old, compiled or recalled); **rule** made",
        "by a rule of ours from other facts of the country; **region**, **world** the fallback; **-** not known, and",
        "the plan says so.",
        "",
        "## What stands in, by column",
        "",
        "| column | fact | where a country has none |",
        "|---|---|---|",
    ]
    lines += [f"| {c.name} | `{c.pattern.format('*')}` | {c.rule} |" for c in COLUMNS]
    lines += ["", f"## The {LARGEST} largest power systems: key figures not sourced", ""]
    lines += [
        f"Sourced of {LARGEST}: {counts(facts)}; generation and mix of {FRESH} or later.",
        "",
        "Sourced is not the same as certain. Of class C, where the page gives an old figure, another customer's, a",
        "part of the country, or works and terms from which the figure is our reading:",
        "",
        *said(named(facts, lambda fact: fact.fact_class == "C")),
        "",
        "In whole or in part from memory, without a page:",
        "",
        *said(named(facts, recalled)),
    ]
    rows = [f"| {c.name} | {name} | {why} |" for c, name, why in missing(facts)]
    lines += ["", "| country | column | what stands in |", "|---|---|---|", *rows] if rows else []
    un = [c for c in countries().values() if c.un_member]
    others = [c for c in countries().values() if not c.un_member]
    for title, group in ((f"The {len(un)} members of the United Nations", un), ("Other territories", others)):
        lines += ["", f"## {title}", "", *table(facts, group)]
    return "\n".join(lines) + "\n"


def table(facts: Facts, group: list[Country]) -> list[str]:
    """One row per country; the last row counts what is sourced."""
    lines = [
        "| country | " + " | ".join(c.name for c in COLUMNS) + " |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    cells = {c.iso3: [cell(facts, c, column) for column in COLUMNS] for c in group}
    for c in sorted(group, key=lambda c: c.name):
        lines.append(f"| {c.name} ({c.iso3}) | " + " | ".join(str(x) for x in cells[c.iso3]) + " |")
    sourced = [sum(row[i].sourced for row in cells.values()) for i in range(len(COLUMNS))]
    lines.append(f"| **sourced of {len(group)}** | " + " | ".join(f"**{n}**" for n in sourced) + " |")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="say whether the page is up to date")
    text = page(load_facts())
    if parser.parse_args().check:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print("docs/coverage.md is up to date" if same else "docs/coverage.md is old: run tools/make_coverage.py")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
