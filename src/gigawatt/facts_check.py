"""Which facts to look at again: stale, out of range, without page, in conflict with another source or with each other.

Rules are rows of ``data/checks/rules.csv``; the first row whose pattern and unit fit a fact is its rule. A rule says in
which range a figure of its kind can be at all, and whether it ages: national statistics, prices, costs, lead times and
laws do, physical constants, definitions, specifications and figures named by their year do not. A law holds until
changed, so that it is dated by its source. Claims of other sources about a fact stand beside it in
``data/checks/conflicts.csv``, in the schema of facts, with the fact's id; plans use the fact, never the claim.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

from gigawatt import units
from gigawatt.errors import FactError
from gigawatt.facts import Fact, Facts, Source, read_csv
from gigawatt.units import HOURS_PER_YEAR, MONTHS_PER_YEAR

PROBLEMS = ("stale", "range", "page", "conflict", "sum")
NOT_PAGES = ("", "ibid", "ibid.", "same", "same as above")
MONEY = "money"  # a rule's unit that fits every unit with money in it
MW_PER_TWH_YEAR = 1e6 / HOURS_PER_YEAR  # mean power of one TWh a year


@dataclass(frozen=True, slots=True)
class Rule:
    """What is expected of facts of a kind."""

    kind: str
    pattern: str
    unit: str
    low: float | None
    high: float | None
    ages: str  # "", "year", "source"
    basis: str
    note: str

    def fits(self, fact: Fact) -> bool:
        """Whether the rule is about this fact."""
        if not fnmatchcase(fact.id, self.pattern):
            return False
        if not self.unit:
            return True
        unit = units.parse(fact.unit)
        return unit.money is not None if self.unit == MONEY else unit.same_kind(units.parse(self.unit))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: the fact, what about it, and the other figure where there is one."""

    problem: str
    kind: str
    fact: Fact
    words: str
    other: Fact | None = None
    difference: float | None = None  # of the other from the fact: relative, or absolute for shares


def check(facts: Facts, as_of: date, only: Iterable[Fact] | None = None) -> list[Finding]:
    """Everything to look at again, by problem, then id.

    Parameters
    ----------
    facts : Facts
        All facts. [-]
    as_of : date
        Today's date for ages. [-]
    only : iterable of Fact, optional
        Facts to check; all where not given. [-]

    Returns
    -------
    list of Finding
    """
    chosen = list(facts.values()) if only is None else list(only)
    ids = {f.id for f in chosen}
    found: list[Finding] = []
    for fact in chosen:
        rule = rule_of(fact)
        if fact.where.strip().lower() in NOT_PAGES:
            found.append(Finding("page", rule.kind if rule else "fact", fact, "no page, table or cell in its source"))
        if rule:
            found += _range(fact, rule, facts)
            found += _age(fact, rule, facts, as_of)
    found += [f for f in (*_conflicts(facts), *_sums(facts)) if f.fact.id in ids]
    return sorted(found, key=lambda f: (PROBLEMS.index(f.problem), f.fact.id))


def summary(found: list[Finding]) -> dict[str, dict[str, int]]:
    """How many findings of each problem, in all and by kind of fact."""
    counts = Counter((f.problem, f.kind) for f in found)
    return {
        p: {"all": sum(n for (q, _), n in counts.items() if q == p)}
        | {kind: n for (q, kind), n in sorted(counts.items()) if q == p}
        for p in PROBLEMS
    }


def row(f: Finding, facts: Facts) -> dict[str, Any]:
    """A finding as plain data."""
    other = f.other
    return {
        "problem": f.problem,
        "kind": f.kind,
        "id": f.fact.id,
        "words": f.words,
        "value": f.fact.value,
        "unit": f.fact.unit,
        "year": f.fact.year,
        "class": f.fact.fact_class,
        "source": source_title(f.fact.source, facts),
        "where": f.fact.where,
        "other_value": None if other is None else other.value,
        "other_unit": None if other is None else other.unit,
        "other_year": None if other is None else other.year,
        "other_source": None if other is None else source_title(other.source, facts),
        "other_where": None if other is None else other.where,
        "difference": f.difference,
    }


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, in the order in which they apply."""
    path = resources.files("gigawatt") / "data" / "checks" / "rules.csv"
    return tuple(
        Rule(
            r["kind"],
            r["pattern"],
            r["unit"],
            float(r["low"]) if r["low"] else None,
            float(r["high"]) if r["high"] else None,
            r["ages"],
            r["basis"],
            r["note"],
        )
        for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    )


@cache
def claims() -> tuple[Fact, ...]:
    """What other sources say of facts, kept beside the fact that is used."""
    path = resources.files("gigawatt") / "data" / "checks" / "conflicts.csv"
    return tuple(read_csv(path.read_text(encoding="utf-8"), path.name))


@cache
def sources() -> dict[str, Source]:
    """Sources of claims that no fact has."""
    path = resources.files("gigawatt") / "data" / "checks" / "sources.toml"
    return {key: Source(key=key, **r) for key, r in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def source_title(key: str, facts: Facts) -> str:
    """Readable name of the source of a fact or a claim."""
    return Facts({}, sources()).source_title(key) if key in sources() else facts.source_title(key)


def rule_of(fact: Fact) -> Rule | None:
    """The rule a fact falls under; None for what neither ages nor has a range, such as a physical constant."""
    return next((r for r in rules() if r.fits(fact)), None)


def end_of(year: str) -> date | None:
    """Last day of a year, month or day as facts write them.

    Parameters
    ----------
    year : str
        ``2024``, ``2024-06`` or ``2024-06-30``. [-]
    """
    parts = [int(p) for p in year.split("-") if p]
    if not parts:
        return None
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else int(MONTHS_PER_YEAR)
    following = date(parts[0] + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def months_between(start: date, end: date) -> float:
    """Months from one date to another, days counted as parts of a month. [month]"""
    return (end.year - start.year) * MONTHS_PER_YEAR + end.month - start.month + (end.day - start.day) / 31


def _age(fact: Fact, rule: Rule, facts: Facts, as_of: date) -> Iterator[Finding]:
    if not rule.ages:
        return
    dated = end_of(fact.year)
    if rule.ages == "source" and (source := facts.sources.get(fact.source)):
        published = end_of(source.published) if source.published[:4].isdigit() else None
        dated = max((d for d in (dated, published) if d), default=None)
    if dated is None:
        yield Finding("stale", rule.kind, fact, "has no year, and its kind ages")
        return
    months = months_between(dated, as_of)
    limit = float(facts["check.months"].value)
    if months > limit:
        yield Finding("stale", rule.kind, fact, f"{months:.0f} months old, limit {limit:.0f}")


def _range(fact: Fact, rule: Rule, facts: Facts) -> Iterator[Finding]:
    if fact.is_text or rule.low is None or rule.high is None:
        return
    try:
        factor = facts.factor(fact.unit, rule.unit) if rule.unit else 1.0
    except FactError as error:
        yield Finding("range", rule.kind, fact, f"cannot be compared with {rule.unit}: {error}")
        return
    ends = [float(x) * factor for x in (fact.low, fact.value, fact.high)]
    if min(ends) < rule.low or max(ends) > rule.high:
        span = f"{ends[1]:.4g} ({ends[0]:.4g} to {ends[2]:.4g})"
        unit = "" if rule.unit in ("", "1") else f" {rule.unit}"
        words = f"{span}{unit} is outside {rule.low:g} to {rule.high:g}"
        yield Finding("range", rule.kind, fact, f"{words}, by {rule.basis}{': ' + rule.note if rule.note else ''}")


def _conflicts(facts: Facts) -> Iterator[Finding]:
    """Claims of other sources that differ from the fact in use by more than sources round and revise."""
    limit = float(facts["check.difference"].value)
    for claim in claims():
        if claim.id not in facts or facts[claim.id].is_text or facts[claim.id].source == claim.source:
            continue
        fact = facts[claim.id]
        value, used = float(claim.value) * facts.factor(claim.unit, fact.unit), float(fact.value)
        share = fact.unit == "1"
        difference = value - used if share else (value - used) / abs(used) if used else None
        if value == used or (difference is not None and abs(difference) <= limit):
            continue
        inside = "inside" if float(fact.low) <= value <= float(fact.high) else "outside"
        apart = "of nothing" if difference is None else f"{difference:+.2f}" if share else f"{100 * difference:+.0f} %"
        years = "same year" if claim.year == fact.year else f"of {claim.year}, used of {fact.year}"
        unit = "" if share else f" {fact.unit}"
        words = f"{value:.4g} against {used:.4g}{unit} used: {apart}, {inside} its range; {years}"
        kind = rule.kind if (rule := rule_of(fact)) else "fact"
        yield Finding("conflict", kind, fact, words, claim, difference)


def _sums(facts: Facts) -> Iterator[Finding]:
    """Facts of one place that do not fit each other: parts against wholes, mean against peak, price against price."""
    balance = float(facts["check.balance"].value)
    least = float(facts["check.load_factor"].value)
    for key in sorted({i.split(".")[1] for i in facts if i.startswith("country.")}):
        own = {f.id.removeprefix(f"country.{key}."): f for f in facts.under(f"country.{key}.")}
        number = {k: float(f.value) for k, f in own.items() if not f.is_text}
        shares = [f"share.{s}" for s in ("fossil", "nuclear", "hydro", "wind", "solar", "bio_and_other")]
        if all(s in number for s in shares) and abs(total := sum(number[s] for s in shares) - 1) > balance:
            words = f"shares of generation add up to {1 + total:.3f}"
            yield Finding("sum", "generation mix", own["share.fossil"], words, difference=total)
        if all(k in number for k in ("generation", "net_imports", "demand")) and number["demand"]:
            gap = (number["generation"] + number["net_imports"]) / number["demand"] - 1
            if abs(gap) > balance:
                words = f"generation with net imports is {100 * gap:+.1f} % off demand"
                yield Finding("sum", "national statistic", own["demand"], words, own["generation"], gap)
        used = own.get("demand") or own.get("generation")
        if used and number.get("peak_load"):
            factor = float(used.value) * MW_PER_TWH_YEAR / number["peak_load"]
            if not least <= factor <= 1.0:
                words = f"mean over peak load is {factor:.2f}, expected {least:g} to 1"
                yield Finding("sum", "national statistic", own["peak_load"], words, used, factor)
        if "price.industrial" in own and "price.wholesale" in own:
            industrial, wholesale = own["price.industrial"], own["price.wholesale"]
            floor = float(wholesale.value) * facts.factor(wholesale.unit, industrial.unit)
            if float(industrial.value) < floor:
                words = f"a large user's price below the wholesale mean, {floor:.4g} {industrial.unit}"
                below = float(industrial.value) / floor - 1
                yield Finding("sum", "power price", industrial, words, wholesale, below)
