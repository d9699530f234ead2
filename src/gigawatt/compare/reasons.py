"""Why an announced number differs from ours: each other reading of the words, planned again, and whether it fits then.

A reading that fits is what the announcement may have meant, not proof that it did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt.compare.announced import SCOPE_WORDS, WHOLE
from gigawatt.compare.beside import Beside, peak_of
from gigawatt.compare.entries import Entry, Terms, campuses
from gigawatt.compare.rebuild import Rebuilt, Sized, Span, place_of, span
from gigawatt.facts import Facts
from gigawatt.figures import show
from gigawatt.record import central

MAIN = (("money", "power"), ("money", "accelerators"), ("accelerators", "power"), ("months", "power"))
OPEN = ("mixed", "contribution", "unknown")  # money of which others may pay a part
OTHERS = (*OPEN, "payments", "financing")  # no capital cost is said
KW_PER_MW = 1e3
MW_PER_GW = 1e3
BEGINS = {"Q1": "01", "Q2": "04", "Q3": "07", "Q4": "10", "H1": "01", "H2": "07"}  # month
MOST_TASKS = 3  # of the path that are named


@dataclass(frozen=True, slots=True)
class Reading:
    """Another reading of the words, the ratio it leaves (None where it is a share), whether that is in our range."""

    words: str
    ratio: float | None
    fits: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One announced number beside ours: in or out of our range, what ours is made of, readings that close the gap."""

    pair: Beside
    state: str  # inside, near, above, below
    made_of: str
    readings: tuple[Reading, ...]

    @property
    def explained(self) -> bool:
        return any(r.fits for r in self.readings)


def state_of(announced: float, ours: Span, near: float) -> str:
    """Where an announced number lies: inside P10 to P90, near it within the slack of rounding, above or below."""
    if ours.low <= announced <= ours.high:
        return "inside"
    if announced < ours.low * (1 - near):
        return "below"
    return "above" if announced > ours.high * (1 + near) else "near"


def reasons(facts: Facts, e: Entry, terms: Terms) -> tuple[Reason, ...]:
    """The reason for each difference between an announcement and our plan for it.

    Parameters
    ----------
    facts : Facts
        The facts. [-]
    e : Entry
        A programme of the catalogue, planned. [-]
    terms : Terms
        Today and the price year. [-]

    Returns
    -------
    tuple of Reason
        One per announced number that can be checked: money, accelerators, months.
    """
    if e.rebuilt is None or e.rebuilt.decision is None:
        return ()
    why = _Why(facts, e, e.rebuilt, terms, float(facts["compare.near"].value))
    pairs = {(b.figure, b.given): b for b in e.beside}
    return tuple(why.reason(pairs[key]) for key in MAIN if key in pairs)


@dataclass(frozen=True)
class _Why:
    """Reads one programme in other ways."""

    facts: Facts
    e: Entry
    r: Rebuilt
    terms: Terms
    near: float

    def reason(self, b: Beside) -> Reason:
        state = state_of(b.announced, b.ours, self.near)
        apart = b.ratio is not None and abs(b.ratio - 1) > self.near
        tried = [x for x in self._readings(b) if b.ratio and _closer(x.ratio or 1.0, b.ratio)] if apart else []
        tried.sort(key=lambda x: (not x.fits, abs(np.log(x.ratio or 1.0))))
        return Reason(b, state, self._made_of(b), tuple(tried))

    def _readings(self, b: Beside) -> Iterator[Reading]:
        if b.figure == "months":
            yield from self._own_power(b)
            return
        if b.figure == "money":
            yield from self._scopes(b)
        if b.given == "power":
            yield from self._it_power(b)
            yield from self._generations(b)
        if b.figure == "accelerators":
            dies = float(self.facts["compare.dies_per_package"].value)
            yield self._reading(f"if dies were counted, {dies:.0f} to a package", b.announced / dies, b.ours)

    def _reading(self, words: str, announced: float, ours: Span) -> Reading:
        return Reading(words, announced / ours.value, state_of(announced, ours, self.near) in ("inside", "near"))

    def _sized(self, b: Beside, r: Rebuilt) -> Sized:
        a = self.e.announced
        return r.sized(mw=peak_of(r, a)) if b.given == "power" else r.sized(accelerators=a.accelerators)

    def _ours(self, b: Beside, sized: Sized) -> Span:
        scope = self.e.announced.scope
        if b.figure == "accelerators":
            return sized.accelerators
        return sized.money["all_in" if scope in WHOLE else scope]

    def _scopes(self, b: Beside) -> Iterator[Reading]:
        """The same money on the other scopes, and as a part that others add to."""
        stated, sized = self.e.announced.scope, self._sized(b, self.r)
        for scope in ("shell_power", "it", "all_in"):
            if scope != stated and not (scope == "all_in" and stated in WHOLE):
                said = "" if stated in OTHERS else f", though it is said to be {SCOPE_WORDS[stated]}"
                yield self._reading(f"if the money is for {SCOPE_WORDS[scope]}{said}", b.announced, sized.money[scope])
        if stated in OPEN and b.announced < b.ours.value:
            usual = self.facts["compare.private_per_public"]
            need = Span(*(max(x / b.announced - 1, 0.0) for x in (b.ours.value, b.ours.low, b.ours.high)))
            words = (
                f"as a contribution: others must add {need.value:.1f} ({need.low:.1f} to {need.high:.1f}) to each 1.0; "
                f"programmes hope for up to {float(usual.high):.0f}"
            )
            yield Reading(words, None, need.low <= float(usual.high))

    def _it_power(self, b: Beside) -> Iterator[Reading]:
        """The MW as IT power, where the announcement gives no IT power of its own."""
        a = self.e.announced
        if a.facility_mw is None or a.it_mw is not None:
            return
        pue = _peak_pue(self.r)
        said = "" if a.power_basis == "unknown" else ", though they are given as power at the meter"
        words = f"if the MW are IT power (our peak PUE is {pue:.2f}){said}"
        yield self._reading(words, b.announced, self._ours(b, self.r.sized(mw=a.facility_mw * pue)))

    def _generations(self, b: Beside) -> Iterator[Reading]:
        """A newer generation of accelerator that is sold before the date promised, at the same power."""
        a = self.e.announced
        if b.figure == "money" and a.scope == "shell_power":
            return
        assert self.r.decision is not None
        now = self.r.decision.outcome.machine
        said = f", though {a.accelerator} is named" if a.accelerator else ""
        for row in self.facts.under("generation."):
            if not row.id.endswith(".accelerator") or not self._released(now.id) < self._released(str(row.value)):
                continue
            if a.full_date and self._released(str(row.value)) > a.full_date:
                continue
            name = str(self.facts[f"accelerator.{row.value}.aliases"].value).split(";")[0]
            other = self._again({"accelerator": name}, {"mw": float(peak_of(self.r, a) or 0.0)})
            if other.decision is not None:
                words = f"with {other.decision.outcome.machine.name} in place of {now.name}{said}"
                yield self._reading(words, b.announced, self._ours(b, self._sized(b, other)))

    def _released(self, machine: str) -> str:
        said = str(self.facts[f"accelerator.{machine}.release"].value)
        return re.sub(r"[QH]\d", lambda m: BEGINS[m[0]], said)

    def _own_power(self, b: Beside) -> Iterator[Reading]:
        """Own gas on the site, or a connection in hand, instead of waiting for the grid."""
        mw = peak_of(self.r, self.e.announced)
        if b.announced >= b.ours.value or not mw:
            return
        each = f"{mw / self.r.sites:.10g} MW"
        kind = (self.e.programme.build_type if self.e.programme else "") or "brownfield"
        in_hand = {"power": each, "existing_connection": each, "build_type": kind}
        for words, asked in (
            ("with own gas on the site", {"power": f"{each} gas"}),
            ("with the whole connection in hand on a used site", in_hand),
        ):
            other = self._again(asked, {})
            if other.decision is not None:
                months = months_of(other)
                yield self._reading(f"{words} (ours: {months.value:.0f} months)", b.announced, months)

    def _again(self, changed: dict[str, Any], ask: dict[str, float]) -> Rebuilt:
        p = self.e.programme
        kept: dict[str, Any] = {"place": place_of(self.facts, p.place)[0] if p else "", **self.terms.words()}
        kept |= {"build_type": p.build_type} if p and p.build_type else {}
        kept |= {"accelerator": self.e.announced.accelerator} if self.e.announced.accelerator else {}
        return campuses(self.facts, kept | changed, ask, self.r.sites, self.r.area)

    def _made_of(self, b: Beside) -> str:
        """What our number consists of, beside the announced one on the same footing."""
        assert self.r.decision is not None
        o = self.r.decision.outcome
        if b.figure == "months":
            return path_words(self.r)
        sized = self._sized(b, self.r)
        if b.figure == "accelerators":
            stated = (peak_of(self.r, self.e.announced) or 0.0) / b.announced * KW_PER_MW
            ours = sized.facility_mw.value / sized.accelerators.value * KW_PER_MW
            it = sized.it_mw.value / sized.accelerators.value * KW_PER_MW
            return (
                f"{stated:.2f} kW an accelerator announced, ours {ours:.2f} at the meter "
                f"({it:.2f} of IT for {o.machine.name}, times a peak PUE of {_peak_pue(self.r):.2f})"
            )
        gw = sized.facility_mw.value / MW_PER_GW
        parts = f"{_bn(sized.money['shell_power'].value / gw)} shell and power, {_bn(sized.money['it'].value / gw)} "
        parts += f"{o.machine.name} with network"
        if b.given == "power":
            scope = "" if self.e.announced.scope in WHOLE else f" for {SCOPE_WORDS[self.e.announced.scope]}"
            return f"{_bn(b.announced / gw)} USD a GW announced, ours {_bn(b.ours.value / gw)}{scope} (of a campus: {parts})"
        n = float(self.e.announced.accelerators or 1.0)
        return f"{_thousand(b.announced / n)} USD an accelerator announced, ours {_thousand(b.ours.value / n)}"


def months_of(r: Rebuilt) -> Span:
    """Months to full power."""
    assert r.decision is not None
    return span(r.decision.outcome.calendar.full_months, r.decision.spread.calendar.full_months)


def path_words(r: Rebuilt) -> str:
    """The longest tasks of the critical path to full power, in their order, with their months."""
    assert r.decision is not None
    s = r.decision.outcome.calendar.schedule
    critical = np.flatnonzero(np.asarray(s.critical))
    months = np.asarray(s.end_months - s.start_months)
    longest = sorted(critical, key=lambda i: -months[i])[:MOST_TASKS]
    named = sorted(longest, key=lambda i: float(np.asarray(s.start_months)[i]))
    return "longest on the path: " + ", ".join(f"{s.labels[i]} {months[i]:.0f}" for i in named) + " months"


def _peak_pue(r: Rebuilt) -> float:
    assert r.decision is not None
    return float(central(r.decision.outcome.campus.pue_design_peak))


def _closer(new: float, old: float) -> bool:
    """Whether a reading leaves less to explain."""
    return new > 0 and bool(abs(np.log(new)) < abs(np.log(old)))


def _bn(usd: float) -> str:
    return show(usd, usd, usd, "USD", with_unit=False)


def _thousand(usd: float) -> str:
    return f"{usd:,.3g}" if usd < MW_PER_GW else f"{round(usd, -3):,.0f}"
