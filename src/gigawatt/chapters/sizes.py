"""Campuses of other sizes, each told once, and the largest of them that no gate of size refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gigawatt import buildout, gates
from gigawatt.chapters import durations, layout, words
from gigawatt.chapters import verdict as verdicts
from gigawatt.chapters.sizing import Ask
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

Tell = Callable[[Steps, Scenario, Any, Ask], Any]
SMALLEST_MW = 1.0
MOST_MW = 50_000.0
PER_DECADE = 900  # sizes of three digits


class Sizes:
    """The outcome and the gates of a question at sizes other than its own: on central values, the date on draws.

    Parameters
    ----------
    step : Steps
        A record that nobody reads: that of the answer stays free of other sizes. [-]
    s : Scenario
        The question. [-]
    shared : Shared
        What does not depend on size. [-]
    tell : callable
        Tells the story of one size. [-]
    """

    def __init__(self, step: Steps, s: Scenario, shared: Any, tell: Tell) -> None:
        self.step, self.s, self.shared, self.tell = step, s, shared, tell
        self.drawn = durations.draws_of(step.facts, s) if s.deadline else None
        self._told: dict[float, tuple[Any, gates.Verdict]] = {}

    def told(self, mw: float) -> tuple[Any, gates.Verdict]:
        """Outcome and gates of a campus of so many MW at peak."""
        if mw not in self._told:
            ask = Ask(power_mw=mw)
            o = self.tell(self.step, self.s, self.shared, ask)
            self._told[mw] = o, gates_of(self.step, self.s, self.shared, o, ask, self.drawn)
        return self._told[mw]

    def works(self, mw: float) -> bool:
        """Neither refused by a gate nor beyond the horizon at which a date still means something."""
        o, verdict = self.told(mw)
        if float(o.calendar.full_months) > self._horizon():
            return mw <= SMALLEST_MW
        return verdict.answer != gates.NO

    def largest(self, known: Iterable[float] = ()) -> float | None:
        """Largest campus that works, to three digits; None where even the smallest does not.

        It is looked for between the sizes that are ``known``, where the refusing gate or the date says that it lies.
        """
        sizes = sorted(known)
        low = next((mw for mw in reversed(sizes) if self.works(mw)), SMALLEST_MW)
        if not self.works(low):
            return None
        high = next((mw for mw in sizes if mw > low), MOST_MW)
        if high == MOST_MW and self.works(MOST_MW):
            return MOST_MW
        below, above = _number(low), -_number(-high)
        following, turns = below + 1, 0  # first the very next size: calendars jump at the sizes of the ladder
        while above - below > 1:
            if self.works(_size(following)):
                below = following
            else:
                above = following
            turns += 1
            guess = _number(self._edge(_size(below), _size(above))) if turns % 3 else (below + above) // 2
            following = min(max(guess, below + 1), above - 1)
        return _size(below)

    def _edge(self, low: float, high: float) -> float:
        """Where the limit lies, were shares of the nation and dates to grow with size on a straight line."""
        (o, _), (later, verdict) = self.told(low), self.told(high)
        sized = [(g.value, g.limit) for g in verdict.gates if g.state == gates.NO and g.value and g.limit]
        found = [high * limit / value for value, limit in sized if 0.0 < limit < value]
        months, late = float(o.calendar.full_months), float(later.calendar.full_months)
        if months < late < np.inf and late > self._horizon():
            found.append(low + (high - low) * (self._horizon() - months) / (late - months))
        return min(found, default=float(np.sqrt(low * high)))

    def _horizon(self) -> float:
        return float(self.step.fact("ladder.horizon", unit="month"))


def gates_of(step: Steps, s: Scenario, shared: Any, o: Any, ask: Ask, drawn: Steps | None = None) -> gates.Verdict:
    """The gates of an outcome: on central values, and its deadline on draws of its calendar where there are any."""
    chance = None if drawn is None else _chance(drawn, s, shared, o)
    case = words.case(step, s, shared.site, o, o, ask, chance)
    return gates.combine(verdicts.all_gates(step, s, shared.site, case))


def _chance(drawn: Steps, s: Scenario, shared: Any, o: Any) -> float:
    """Share of draws of the lead times in which a campus as it is laid out has full power by the deadline."""
    assert s.deadline is not None
    built = layout.Parts(shared.site, o.machine, o.campus, o.rates, shared.optimum, shared.bridge)
    found = layout.calendar_of(drawn, s, built, o.supply, central(o.size.facility_peak_mw))
    allowed = buildout.months_between(s.as_of.isoformat(), s.deadline.isoformat())
    return float(np.mean(np.asarray(found.full_months) <= allowed))


def _size(number: int) -> float:
    """The n-th size of three digits, counted from 1 MW."""
    decade, rest = divmod(number, PER_DECADE)
    return float(f"{100 + rest}e{decade - 2}")


def _number(mw: float) -> int:
    """Number of the largest size of three digits within so many MW; for ``-mw`` minus that of the smallest beyond."""
    decade = int(np.floor(np.log10(abs(mw)) + 1e-12))
    digits = int(np.floor(mw / 10.0 ** (decade - 2) + 1e-9))
    return digits - 100 + PER_DECADE * decade if mw > 0 else digits + 100 - PER_DECADE * decade
