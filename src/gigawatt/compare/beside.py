"""Announced beside ours: what our plan gives for the money, the power or the accelerators announced, as ratios."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gigawatt import parse
from gigawatt.compare.announced import WHOLE, Announced
from gigawatt.compare.rebuild import Rebuilt, Sized, Span, span
from gigawatt.record import central

DAYS_PER_MONTH = 365 / 12


@dataclass(frozen=True, slots=True)
class Beside:
    """One announced number beside ours, for another announced number: 'money for the power'."""

    figure: str
    given: str  # the announced quantity that ours is for
    unit: str
    announced: float
    ours: Span

    @property
    def ratio(self) -> float | None:
        return self.announced / self.ours.value if self.ours.value else None

    def json(self) -> dict[str, Any]:
        return {
            "figure": self.figure,
            "for": self.given,
            "unit": self.unit,
            "announced": self.announced,
            "ours": self.ours.json(),
            "ratio": self.ratio,
        }


def beside(r: Rebuilt, a: Announced) -> tuple[Beside, ...]:
    """Every pair of announced numbers that can be checked against our plan."""
    if r.decision is None:
        return ()
    found: list[Beside] = []
    usd = f"USD_{r.scenario.price_year}"
    scope = "all_in" if a.scope in WHOLE else a.scope
    mw = peak_of(r, a)
    by_power = r.sized(mw=mw) if mw else None
    by_chips = r.sized(accelerators=a.accelerators) if a.accelerators else None
    by_money = for_money(r, a.usd, scope) if a.usd else None
    for given, sized in (("power", by_power), ("accelerators", by_chips)):
        if sized and a.usd:
            found.append(Beside("money", given, usd, a.usd, sized.money[scope]))
    for given, sized in (("money", by_money), ("accelerators", by_chips)):
        if sized and mw:
            found.append(Beside("power", given, "MW", mw, sized.facility_mw))
    for given, sized in (("money", by_money), ("power", by_power)):
        if sized and a.accelerators:
            found.append(Beside("accelerators", given, "accelerator", a.accelerators, sized.accelerators))
    promised = months_between(a.announced, a.full_date)
    if promised:
        c, drawn = r.decision.outcome.calendar, r.decision.spread.calendar
        found.append(Beside("months", "power", "month", promised, span(c.full_months, drawn.full_months)))
    return tuple(found)


def peak_of(r: Rebuilt, a: Announced) -> float | None:
    """Power announced, at the meter: IT power times our design-peak PUE where only that is said."""
    if a.facility_mw is not None or a.it_mw is None or r.decision is None:
        return a.facility_mw
    return a.it_mw * central(r.decision.outcome.campus.pue_design_peak)


def for_money(r: Rebuilt, usd: float, scope: str) -> Sized:
    """What so much money is, spent on one scope: solved all-in, in proportion on the narrower scopes."""
    if scope == "all_in":
        return r.sized(usd=usd)
    planned = r.as_planned()
    factor = usd / planned.money[scope].value
    return r.sized(mw=planned.facility_mw.value * factor)


def months_between(start: str, end: str) -> float | None:
    """Months from one date to another; a year is its end, a month its end, as deadlines are read."""
    a, b = _date(start), _date(end)
    return (b - a).days / DAYS_PER_MONTH if a and b and b > a else None


def _date(text: str) -> date | None:
    try:
        return parse.day(text, today=date.min) if text else None
    except ValueError:
        return None
