"""Months to the first hall and to the full campus: fitted on realised campuses, refitted without the one predicted.

Two sentences are the model. The first hall waits for its building and for its accelerators, whichever comes later.
Further halls follow within months that were longer for the clouds of 2018-2021 than for the campuses of today, and in
proportion to the building time of their kind: who converts a factory in a third of the time adds halls in a third.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from gigawatt.buildout import pace
from gigawatt.facts import Facts, load_facts
from gigawatt.record import Z_P90
from gigawatt.units import MONTHS_PER_YEAR

from .campus_rows import Given, amount, iso3, month_of, number, release, same_campus, table

ORDINARY = "greenfield"
QUICK = "asia"  # ordinary campuses in Asia and the Gulf
QUICK_REGIONS = ("asia", "middle-east")
REFERENCE_YEAR = 2023.0  # only where the trend is written down; nothing depends on it
BUILDS, WAITS = np.arange(14.0, 36.5, 0.5), np.arange(0.0, 16.5, 0.5)  # months tried for an ordinary campus
PULL = 1.0  # a kind of campus with n on record is drawn to its neighbours as if they were one campus more
LEAST_EXPANSION = 1.0  # months; a campus that is full sooner was one hall


@dataclass(frozen=True, slots=True)
class Record:
    """A realised campus, as far as its pace goes. Months; `release` and `start` count from the year 0."""

    given: Given
    kind: str
    quick: bool
    start: float
    release: float  # NaN where the accelerators are not known
    first: float  # NaN where not realised
    full: float

    @property
    def to_release(self) -> float:
        """Months from the start of works to the first sale of the accelerators."""
        return self.release - self.start


@dataclass(frozen=True, slots=True)
class Pace:
    """The fitted numbers: months of building by kind, wait for accelerators, expansion, and what is left unexplained.

    Parameters
    ----------
    build : mapping of str to float
        By build type; `asia` for ordinary ones in Asia and the Gulf. [months]
    other : float
        Build types not on record. [months]
    wait : float
        First sale of the accelerators to a hall of them. [months]
    expansion, trend : float
        First hall to full campus of the ordinary kind for works begun in 2023; change with each later year.
        [months, months/year]
    starts : (float, float)
        First and last start of works on record; the trend holds between. [year]
    spread_first, spread_full : float
        Root mean square of the logarithm of realised over predicted, each campus left out in turn. [-]
    """

    build: Mapping[str, float]
    other: float
    wait: float
    expansion: float
    trend: float
    starts: tuple[float, float]
    spread_first: float = math.nan
    spread_full: float = math.nan


def is_quick(facts: Facts, country: str) -> bool:
    """Whether a country is in Asia or the Gulf."""
    region = f"country.{iso3(country)}.region"
    return region in facts and any(part in str(facts[region].value) for part in QUICK_REGIONS)


def kind_of(text: str) -> str:
    """Build type, its words in alphabetical order; an ordinary campus where none is given."""
    words = re.findall(r"[a-z]+", text.lower())
    return "_".join(sorted(words)) or ORDINARY


def record(facts: Facts, given: Given) -> Record:
    """A campus of the table, or of the case that is predicted (whose months are blank)."""
    done = set(str(given.get("predict") or "").split(";")) - set(str(given.get("planned") or "").split(";"))
    done -= set(str(given.get("modelled") or "").split(";"))
    country = str(given.get("country") or "")
    return Record(
        given=given,
        kind=kind_of(str(given.get("build_type") or "")),
        quick=is_quick(facts, country),
        start=month_of(str(given.get("start") or "")),
        release=release(facts, str(given.get("accelerator_type") or "")),
        first=number(given, "months_to_first") if "months_to_first" in done else math.nan,
        full=number(given, "months_to_full") if "months_to_full" in done else math.nan,
    )


@cache
def records() -> tuple[Record, ...]:
    """Their pace."""
    return tuple(record(load_facts(), row) for row in table())


# --- The fit ----------------------------------------------------------------------------------------------------------


def fit(campuses: Sequence[Record]) -> Pace:
    """The numbers of the model without their spread.

    Ordinary campuses: the two numbers of least mean absolute log error on a grid. Other kinds: the geometric mean of
    their campuses and of all quick ones, those counting as one campus. Expansion: a straight line over the years.
    """
    first = [c for c in campuses if math.isfinite(c.first) and math.isfinite(c.start)]
    ordinary = [c for c in first if c.kind == ORDINARY]
    to_release = np.array([c.to_release for c in ordinary])
    waits = np.where(np.isnan(to_release), -np.inf, to_release)
    predicted = pace.first_hall_months(
        build_months=BUILDS[:, None, None], months_to_release=waits, release_to_hall_months=WAITS[:, None]
    )
    loss = np.abs(np.log(predicted / np.array([c.first for c in ordinary]))).mean(axis=-1)
    i, j = np.unravel_index(loss.argmin(), loss.shape)
    usual, wait = float(BUILDS[i]), float(WAITS[j])
    unbound = [c.first for c in ordinary if c.quick and not c.to_release + wait > usual]
    apart = [c for c in first if c.kind != ORDINARY]
    other = _mean([c.first for c in apart]) if apart else usual
    kinds = {k: drawn([c.first for c in apart if c.kind == k], other) for k in sorted({c.kind for c in apart})}
    build = {ORDINARY: usual, QUICK: drawn(unbound, usual), **kinds}
    halls = Pace(build, other, wait, math.nan, math.nan, (math.nan, math.nan))
    expansion, trend, starts = _expansion(halls, campuses)
    return replace(halls, expansion=expansion, trend=trend, starts=starts)


def _mean(values: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(values))))


def drawn(values: Sequence[float], to: float) -> float:
    """Geometric mean of values and of what few of them are drawn to."""
    return float(np.exp((np.log(values).sum() + PULL * math.log(to)) / (len(values) + PULL)))


def _expansion(p: Pace, campuses: Sequence[Record]) -> tuple[float, float, tuple[float, float]]:
    """Least-squares line over the start of works of the months from first to full, each as quick as its kind."""
    known = [c for c in campuses if c.full - c.first >= LEAST_EXPANSION and math.isfinite(c.start)]
    years = np.array([c.start / MONTHS_PER_YEAR for c in known])
    quick = np.array([quickness(p, c) for c in known])
    terms = np.stack([quick * (years - REFERENCE_YEAR), quick], axis=1)
    slope, level = np.linalg.lstsq(terms, np.array([c.full - c.first for c in known]), rcond=None)[0]
    return float(level), float(slope), (float(years.min()), float(years.max()))


def quickness(p: Pace, c: Record) -> float:
    """Building time of a campus of this kind over that of an ordinary one."""
    return build_months(p, load_facts(), c) / p.build[ORDINARY]


def with_spread(campuses: Sequence[Record]) -> Pace:
    """The fit, and the spread of the same campuses each predicted without itself."""
    left: dict[str, list[float]] = {"first": [], "full": []}
    for c in campuses:
        if not (math.isfinite(c.first) or math.isfinite(c.full)):
            continue
        others = fit([x for x in campuses if not same_campus(x.given, c.given)])
        for name, found in (("first", first_months(others, c)), ("full", full_months(others, c))):
            realised = getattr(c, name)
            if math.isfinite(realised):
                left[name].append(math.log(realised / found))
    spreads = {f"spread_{k}": float(np.sqrt(np.mean(np.square(v)))) for k, v in left.items()}
    whole = fit(campuses)
    return Pace(**{k: getattr(whole, k) for k in whole.__slots__} | spreads)


# --- The prediction ---------------------------------------------------------------------------------------------------


def build_months(p: Pace, facts: Facts, c: Record) -> float:
    """Months of building of a campus of this kind; of a kind never on record what the plan's lead times say.

    A kind whose only campus is left out is drawn from the other quick kinds: the lead time of such a kind is known
    from that very campus. Of words that mean nothing to us we take the middle of quick and ordinary.
    """
    if c.kind == ORDINARY:
        return p.build[QUICK if c.quick else ORDINARY]
    if c.kind in p.build:
        return p.build[c.kind]
    if any(c.kind == x.kind for x in records()):
        return p.other
    lead = f"lead.build_to_first.{c.kind}"
    return float(facts[lead].value) if lead in facts else _mean([p.other, p.build[ORDINARY]])


def first_months(p: Pace, c: Record) -> float:
    """Start of works to the first hall."""
    gap = c.to_release if math.isfinite(c.to_release) else -math.inf
    found = pace.first_hall_months(
        build_months=build_months(p, load_facts(), c), months_to_release=gap, release_to_hall_months=p.wait
    )
    return float(found)


def full_months(p: Pace, c: Record, first: float = math.nan) -> float:
    """Start of works to the full campus; after a first hall that is given, where one is."""
    begun = c.start / MONTHS_PER_YEAR if math.isfinite(c.start) else p.starts[1]
    years = float(np.clip(begun, *p.starts)) - REFERENCE_YEAR
    more = pace.expansion_months(
        months=p.expansion * quickness(p, c),
        change_per_year=p.trend * quickness(p, c),
        years=years,
        least_months=LEAST_EXPANSION,
    )
    return (first if math.isfinite(first) else first_months(p, c)) + float(more)


def of_facts(facts: Facts) -> Pace:
    """The fit on all campuses, as it stands in the facts."""

    def value(name: str) -> float:
        return float(facts[f"campus.{name}"].value)

    kinds = {f.id.rsplit(".", 1)[1]: float(f.value) for f in facts.under("campus.build.")}
    return Pace(
        build={k: v for k, v in kinds.items() if k != "other"},
        other=kinds["other"],
        wait=value("release_to_hall"),
        expansion=value("expansion"),
        trend=value("expansion_trend"),
        starts=(value("start.first"), value("start.last")),
        spread_first=value("spread.months_to_first"),
        spread_full=value("spread.months_to_full"),
    )


def pace_for(given: Given) -> Pace:
    """The fit that has not seen this campus."""
    seen = tuple(i for i, c in enumerate(records()) if same_campus(c.given, given))
    return _without(seen) if seen else of_facts(load_facts())


@cache
def _without(seen: tuple[int, ...]) -> Pace:
    """The fit without some campuses of the table, its spread included."""
    return with_spread([c for i, c in enumerate(records()) if i not in seen])


def months(given: Given) -> dict[str, tuple[float, float, float]]:
    """Months to the first hall and to the full campus: value, and the ends of its 80 % interval."""
    p, c = pace_for(given), record(load_facts(), given)
    known, whole = amount(given, "months_to_first"), amount(given, "months_to_full")
    first = first_months(p, c)
    if math.isfinite(whole):
        first = min(first, whole)
    return {
        "months_to_first": around(first, p.spread_first),
        "months_to_full": around(full_months(p, c, known), p.spread_full),
    }


def around(value: float, spread: float) -> tuple[float, float, float]:
    """A figure and its 80 % interval, from the spread of logarithms."""
    factor = math.exp(Z_P90 * spread)
    return value, value / factor, value * factor
