"""The payment schedule: what is ordered for which halls, and how long before these are on line each part is paid.

One schedule feeds the draw-down of capital, interest during construction, the cash flow and the cash at risk. Orders
are as late as the dates allow; paid is what would be owed on cancelling: deposit, progress payments, rest at delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.chapters.durations import NEW_PLANT, Lead
from gigawatt.chapters.place import Site
from gigawatt.chapters.same import Same, same
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from gigawatt.chapters.calendar import Calendar

Array = NDArray[np.float64]
QUARTER_MONTHS = 3.0
QUARTER_YEARS = QUARTER_MONTHS / MONTHS_PER_YEAR
MOST_QUARTERS = 120
LAND, SHELL, RACKS, GRID, PLANTS = "land", "shell", "racks", "grid", "plants"
KINDS = {  # what is paid alike -> blocks of the bill
    LAND: ("land",),
    SHELL: ("shell",),
    RACKS: ("accelerators", "network_and_storage"),
    GRID: ("grid",),
    PLANTS: ("power_plant",),
}
SHARED = ("transformers", "switchgear", "cooling", "generators")  # parts of the shell's cost; the rest is building
ORDERED = (*SHARED, "land", "grid", "building", "racks", "gas", "plant")
FIRST, FURTHER = "first halls", "further halls"
TERMS = {"transformers_last": "transformers"}
UNASKED = "plants"  # the task, in no network, of plants that nothing waits for


@dataclass(frozen=True)
class Line:
    """One line of the order book: its share of a kind, by the quarter in which what it buys comes on line."""

    item: str
    part: str
    task: str
    kind: str
    share: float
    weights: Array  # by quarter, adding up to 1
    begin: Array  # by quarter: month of order
    end: Array  # by quarter: month of delivery
    deposit: float
    owed_half_way: float

    def orders(self, usd: float, label: str) -> list[buildout.Order]:
        """Its orders at a price: one, or for further halls one a quarter."""
        at = np.flatnonzero(self.weights)
        whole = self.part != FURTHER
        return [
            buildout.Order(
                self.item,
                label,
                self.task if whole else "halls",
                float(self.begin[i]),
                float(self.end[i]),
                usd * (1.0 if whole else float(self.weights[i])),
                self.deposit,
                self.owed_half_way,
            )
            for i in (at[:1] if whole else at)
        ]


@dataclass(frozen=True)
class Paid:
    """The schedule: by kind the share paid so many quarters before the quarter in which it comes on line."""

    ends: Array  # of the quarters, months from today
    added: Array  # share of the campus on line, by quarter
    lines: tuple[Line, ...]
    by_quarter: dict[str, Array]  # by kind (quarter on line, quarter of payment), adding up to 1
    facts: tuple[Any, ...] = ()  # read for it
    months: dict[str, float] = field(default_factory=dict)  # of its tasks
    campus_mw: float = 0.0
    full_months: float = 0.0


def quarter_grid(s: Scenario) -> tuple[tuple[str, ...], Array]:
    """Names and ends of the quarters, which are of equal length. [month]"""
    return _grid(s.as_of.isoformat())


@lru_cache(maxsize=8)
def _grid(as_of: str) -> tuple[tuple[str, ...], Array]:
    names, months = buildout.quarter_ends(as_of, MOST_QUARTERS)
    ends = months[0] + QUARTER_MONTHS * np.arange(MOST_QUARTERS)
    ends.flags.writeable = False
    return tuple(names), ends


def online_share(calendar: Calendar, ends: Any) -> Any:
    """Share of the campus that comes on line by quarter: what is there between the middle of two quarters."""
    middle = np.concatenate([[-np.inf], np.asarray(ends, float) + QUARTER_MONTHS / 2.0])
    ramp = {k: central(v) if k not in ("stage_months", "stage_mw") else v for k, v in calendar.ramp.items()}
    mw = buildout.online_mw(np.maximum(middle, -1e6), **ramp)
    return np.diff(mw) / ramp["full_mw"]


def paid(
    step: Steps,
    s: Scenario,
    site: Site,
    calendar: Calendar,
    supply: Any,
) -> Paid:
    """The schedule of a campus from its calendar, central.

    Parameters
    ----------
    calendar : Calendar
        Dates of the campus, central. [months]
    supply : Supply
        Plants of its own. [-]

    Returns
    -------
    Paid
    """
    with step.collecting() as read:
        unasked = _unasked(Lead(step, s, site), calendar, supply)
        terms = {i: _terms(step, i) for i in ORDERED}
        shares = {k: central(step.fact(f"order.share.{k}", unit="1")) for k in SHARED}
    given = tuple(unasked.items()), tuple(terms.items()), tuple(shares.items())
    made = _Made(s.as_of.isoformat(), calendar.numbers, given[0], given[1], given[2], calendar)
    return replace(_scheduled(made), facts=tuple(read))


@dataclass(frozen=True)
class _Made:
    """What a schedule is made from; equal where all its numbers are."""

    as_of: str
    dates: tuple[Any, ...]
    unasked: tuple[Any, ...]
    terms: tuple[Any, ...]
    shares: tuple[Any, ...]
    calendar: Calendar = field(compare=False)


@lru_cache(maxsize=64)  # what is sold, at what cost of capital and for how long moves no payment
def _scheduled(made: _Made) -> Paid:
    calendar, ends = made.calendar, _grid(made.as_of)[1]
    unasked, terms, shares = (dict(x) for x in (made.unasked, made.terms, made.shares))
    there = np.asarray(online_share(calendar, ends), float)
    whole = bool(np.isfinite(central(calendar.full_months)) and there.sum() > 0.0)
    if whole:
        dates = {**_late_dates(calendar), **unasked}
    else:  # no last date: each order is paid over its own lead time
        lasts = {t.id: central(t.duration_months) for t in calendar.tasks} | {k: e - b for k, (b, e) in unasked.items()}
        lasts = {k: x if np.isfinite(x) else 0.0 for k, x in lasts.items()}
        there = np.zeros_like(ends)
        last = min(int(np.searchsorted(ends, max(lasts.values()))), len(ends) - 1)
        there[last], dates = 1.0, {k: (ends[last] - x, ends[last]) for k, x in lasts.items()}
    there = there / there.sum()
    lines = tuple(x for x in _lines(calendar, terms, shares, dates, there, ends) if x.share > 0.0)
    by_quarter = {kind: np.zeros((len(ends), len(ends))) for kind in KINDS}
    rows = [np.flatnonzero(x.weights) for x in lines]
    counts = [len(at) for at in rows]
    shares_paid = buildout.paid_by_period(
        ends=ends,
        order_months=np.concatenate([x.begin[at] for x, at in zip(lines, rows, strict=True)]),
        delivery_months=np.concatenate([x.end[at] for x, at in zip(lines, rows, strict=True)]),
        deposit=np.repeat([x.deposit for x in lines], counts),
        owed_half_way=np.repeat([x.owed_half_way for x in lines], counts),
    )
    for x, at, part in zip(lines, rows, np.split(shares_paid, np.cumsum(counts)[:-1]), strict=True):
        by_quarter[x.kind][at] += (x.share * x.weights[at])[:, None] * part
    if not by_quarter[GRID].any():  # nothing new to connect: what is left of it is paid as the halls are
        by_quarter[GRID] = by_quarter[SHELL]
    months = {t.id: central(t.duration_months) for t in calendar.tasks}
    size, full = calendar.ramp["full_mw"], central(calendar.full_months)
    return Paid(ends, there, lines if whole else (), by_quarter, (), months, size, full)


def stretch(paid: Paid, calendar: Calendar) -> dict[str, Any]:
    """How much longer than planned each kind of order is paid ahead, where its tasks take longer: of draws.

    Orders stay as late as the dates of the draw allow, so each is paid ahead over its own lead time; land from its
    purchase to full power. Kinds that are not named are as planned.

    Parameters
    ----------
    paid : Paid
        The payment schedule, central. [1]
    calendar : Calendar
        On draws. [months]

    Returns
    -------
    dict of str to array (draw,)
        Time ahead over that of the schedule, by kind. [-]
    """
    drawn = {t.id: t.duration_months for t in calendar.tasks}
    found: dict[str, Any] = {}
    for kind in KINDS:
        planned, now = 0.0, np.zeros(1)
        for x in (x for x in paid.lines if x.kind == kind):
            months = paid.months.get(x.task, 0.0)
            same = months <= 0.0 or not np.isfinite(months) or x.task not in drawn
            ahead_months = x.share * float(x.weights @ (paid.ends - x.begin))
            planned += ahead_months
            now = now + ahead_months * (1.0 if same else np.asarray(drawn[x.task], float) / months)
        if planned > 0.0:
            found[kind] = now / planned
    if np.isfinite(paid.full_months) and paid.full_months > 0.0:
        full = np.asarray(calendar.full_months, float)
        found[LAND] = np.where(np.isfinite(full), full, paid.full_months) / paid.full_months
    return {k: x for k, x in found.items() if np.all(np.isfinite(x))}


def _terms(step: Steps, item: str) -> tuple[float, float]:
    """Deposit, and share owed half-way to delivery."""
    deposit, owed = (central(step.fact(f"order.{k}.{item}", unit="1")) for k in ("deposit", "owed_half_way"))
    return deposit, owed


def paid_before(*, paid: Paid, kind: str, facts: tuple[Any, ...] = ()) -> Any:
    """Share of one kind of order paid so many quarters before what it buys is on line, over the whole campus.

    Parameters
    ----------
    paid : Paid
        The payment schedule. [1]
    kind : str
        One of `KINDS`. [-]
    facts : tuple
        Facts behind the schedule. [-]

    Returns
    -------
    array (quarter,)
        Shares, adding up to 1, from `MOST_QUARTERS` quarters after to as many before. [1]
    """
    del facts
    return quarters_before(paid.by_quarter[kind])


def quarters_before(by_quarter: Array) -> Array:
    """Shares by quarters between payment and the hall on line, of a matrix of both."""
    return _before(same(by_quarter))


@lru_cache(maxsize=320)  # of the schedules that are kept
def _before(by_quarter: Same) -> Array:
    placed, spending, latest = ahead(by_quarter.values)
    out = np.zeros(2 * MOST_QUARTERS + 1)
    first = MOST_QUARTERS - latest
    out[first : first + spending.shape[1]] = placed @ spending
    return out


def shell_months(*, paid: Paid, stretch: Any = 1.0, facts: tuple[Any, ...] = ()) -> Any:
    """First payment for a hall to its first hour, of a draw-down that is the same on both sides of its middle.

    Parameters
    ----------
    paid : Paid
        The payment schedule. [1]
    stretch : float or array
        How much longer ahead than planned it is paid. [-]
    facts : tuple
        Facts behind the schedule. [-]

    Returns
    -------
    float or array
        Twice the mean time that shells are paid ahead. [month]
    """
    del facts
    placed, spending, latest = ahead(paid.by_quarter[SHELL])
    quarters = np.arange(spending.shape[1]) - latest
    return 2.0 * QUARTER_MONTHS * float(placed @ spending @ quarters) / float(placed.sum()) * np.maximum(stretch, 0.0)


def ahead(by_quarter: Array) -> tuple[Array, Array, int]:
    """A matrix of payments by cohort: share on line by quarter, share of it paid so many quarters before, and latest.

    The first column of the shares is paid ``latest`` quarters after what it buys is on line.
    """
    on_line, paid = np.nonzero(by_quarter)
    before = on_line - paid
    latest = max(-int(before.min(initial=0)), 0)
    spending = np.zeros((len(by_quarter), latest + int(before.max(initial=0)) + 1))
    spending[on_line, before + latest] = by_quarter[on_line, paid]
    placed = by_quarter.sum(axis=1)
    return placed, spending / np.where(placed > 0.0, placed, 1.0)[:, None], latest


def _late_dates(calendar: Calendar) -> dict[str, tuple[float, float]]:
    """Latest start and end of every task: first power holds for what leads to it, full power for the rest.

    Land is paid when site control starts in the schedule, and a stage of the connection is needed when it goes live
    there: halls and tasks beside it count on these dates.
    """
    found: dict[str, tuple[float, float]] = {}
    for plan in (calendar.schedule, calendar.first_schedule):
        lasting = plan.end_months - plan.start_months
        for task, begin, months in zip(plan.ids, plan.late_start_months.tolist(), lasting.tolist(), strict=True):
            found[task] = (begin, begin + months)
    plan = calendar.schedule
    scheduled = ["site_control", *(x.id for x in calendar.stages if x.from_grid)]
    for task in (t for t in scheduled if t in plan.ids):
        end, (late_begin, late_end) = float(plan.end_of(task)), found[task]
        found[task] = (end - (late_end - late_begin), end)
    return found


def _unasked(lead: Lead, calendar: Calendar, supply: Any) -> dict[str, tuple[float, float]]:
    """Plants that pay but that nothing waits for: built by full power; licence and studies are no order."""
    end = central(calendar.full_months)
    new = [n for n in supply.plants if n in NEW_PLANT and n != supply.contract]
    months = max((_construction(lead, NEW_PLANT[n]) for n in new), default=central(lead("backup_generator")))
    return {UNASKED: (max(end - months, 0.0), end) if np.isfinite(end) else (0.0, months)}


def _construction(lead: Lead, item: str) -> float:
    apart = f"build.development_share.{item}" in lead.step.facts
    return central(lead.development(item)[1] if apart else lead(item))


def _lines(
    calendar: Calendar,
    terms: dict[str, tuple[float, float]],
    shares: dict[str, float],
    dates: dict[str, tuple[float, float]],
    added: Array,
    ends: Array,
) -> Iterator[Line]:
    """Everything that is ordered."""
    commissioning = central(calendar.ramp["commissioning_months"])

    def line(item: str, task: str, kind: str, share: float, weights: Array, part: str = "") -> Iterator[Line]:
        if task not in dates or share <= 0.0 or weights.sum() <= 0.0:
            return
        begin, end = dates[task]
        if item == "grid":  # all stages are signed with the contract
            begin = min(dates["grid_study"][1], begin) if "grid_study" in dates else begin
        if item == "building":  # the contract runs through the fit-out
            end = dates["fit_out"][1]
        needed = np.full_like(ends, end)
        if part == FURTHER:
            needed = np.maximum(ends - commissioning, end)
        else:
            weights = _after(weights, end, ends)
        deposit, owed = terms[TERMS.get(item, item)]
        yield Line(
            item,
            part,
            task,
            kind,
            share,
            weights / weights.sum(),
            np.maximum(needed - (end - begin), begin),
            needed,
            deposit,
            owed,
        )

    first = np.zeros_like(added)
    first[int(np.argmax(added > 0.0))] = added[int(np.argmax(added > 0.0))]
    further, part = added - first, float(first.sum())
    too_many = max(sum(shares.values()), 1.0)
    shares = {k: x / too_many for k, x in shares.items()}
    yield from line("land", "site_control", LAND, 1.0, added)
    if any(t.id == "transformer_first" for t in calendar.tasks):
        yield from line("transformers", "transformer_first", SHELL, shares["transformers"] * part, first, "first")
        yield from line("transformers_last", "transformer", SHELL, shares["transformers"] * (1.0 - part), further)
    else:  # without a new connection they step down to the halls and come with the switchgear
        yield from line("transformers", "switchgear", SHELL, shares["transformers"], added)
    yield from line("generators", "generators", SHELL, shares["generators"], added)
    whole = {
        "switchgear": ("switchgear", SHELL, shares["switchgear"]),
        "cooling": ("cooling", SHELL, shares["cooling"]),
        "building": ("shell", SHELL, 1.0 - sum(shares.values())),
        "racks": ("racks", RACKS, 1.0),
    }
    for name, (task, kind, share) in whole.items():
        yield from line(name, task, kind, share * part, first, FIRST)
        yield from line(name, task, kind, share * (1.0 - part), further, FURTHER)
    new = [x for x in calendar.stages if x.from_grid and not x.in_place]
    for x, weights in zip(new, _by_stage([x.added_mw for x in new], added), strict=True):
        yield from line("grid", x.id, GRID, float(weights.sum()), weights, x.label.partition(", ")[2])
    ids = [t.id for t in calendar.tasks]
    plants = [i for i in ids if i.endswith("_plant") and i != "restart_plant"]  # its price pays for a restart
    gas = [x for x in calendar.stages if not x.from_grid and not x.after]
    makers = [(i, "plant") for i in plants] + [(x.id, "gas" if x.id.startswith("gas") else "plant") for x in gas]
    if not makers:
        yield from line("plant", UNASKED, PLANTS, 1.0, added, "that no date waits for")
    for task, kind in makers:  # the bill has one sum for all plants: it is shared evenly
        yield from line(kind, task, PLANTS, 1.0 / len(makers), added, "" if len(makers) == 1 else task)


def _after(weights: Array, month: float, ends: Array) -> Array:
    """Halls that are on line once it is delivered; the last ones where all are there before, carried by a bridge."""
    late = np.where(ends + QUARTER_MONTHS / 2.0 >= month, weights, 0.0)
    if late.sum() > 0.0:
        return late
    late[int(np.flatnonzero(weights)[-1])] = 1.0
    return late


def _by_stage(mw: list[float], added: Array) -> list[Array]:
    """Which halls each stage of the connection carries, in the order of both."""
    if not mw:
        return []
    stage = np.concatenate([[0.0], np.cumsum(mw) / sum(mw)])
    halls = np.concatenate([[0.0], np.cumsum(added)])
    return [np.clip(np.minimum(halls[1:], b) - np.maximum(halls[:-1], a), 0.0, None) for a, b in pairwise(stage)]
