"""Why an announced number differs from ours: each other reading of the words, planned again, and whether it fits then.

A reading that fits is what the announcement may have meant, not proof that it did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt.compare.announced import SCOPE_WORDS, WHOLE, Announced, in_usd
from gigawatt.compare.beside import Beside, beside, months_between, peak_of
from gigawatt.compare.entries import Entry, Terms, campuses
from gigawatt.compare.rebuild import FINANCED, Rebuilt, Sized, Span, place_of, span
from gigawatt.facts import Facts
from gigawatt.figures import show
from gigawatt.programmes import Claim
from gigawatt.record import central
from gigawatt.units import in_percent

MAIN = (("money", "power"), ("money", "accelerators"), ("accelerators", "power"), ("months", "power"))
UNSAID = ("mixed", "contribution", "unknown")  # the whole cost or a part of it
READ_AS = {"all_in": "the whole cost", "shell_power": "for shell and power", "it": "for accelerators and network"}
NO_COST = ("payments", "financing")
CLOSES = 0.5  # a reading explains a gap if it leaves less than this share of it (of the logarithm of the ratio)
KW_PER_MW = 1e3
MW_PER_GW = 1e3
BEGINS = {"Q1": "01", "Q2": "04", "Q3": "07", "Q4": "10", "H1": "01", "H2": "07"}  # month
SHORTEST = 2  # months of a task that is named
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
    no_cost: bool = False  # the money is no capital cost: nothing to explain


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


def other_claims(facts: Facts, e: Entry, terms: Terms) -> Iterator[tuple[Claim, Reason]]:
    """Every later claim on money, power or accelerators, beside the first claims on the rest.

    Claims said on one occasion (words that open alike, up to a colon) stand together.
    """
    p, r = e.programme, e.rebuilt
    if p is None or r is None or e.sized_by == "money":
        return
    first = e.announced
    for quantity in ("money", "mw", "accelerators"):
        for c in p.all(quantity)[1:]:
            if quantity == "mw" and (first.it_mw or c.basis == "grid"):
                continue
            together = [x for x in p.claims if x.words.split(":")[0] == c.words.split(":")[0] and ":" in x.words]
            if quantity == "mw" and together:
                continue  # stands beside the money said with it
            a = first
            for x in (c, *together):
                a = _with(facts, a, x, terms)
            why = _Why(facts, replace(e, announced=a), r, terms, float(facts["compare.near"].value))
            pairs = {(b.figure, b.given): b for b in beside(r, a) if b.figure != "months"}
            given = "power" if quantity == "money" and not a.accelerators else "accelerators"
            key = ("accelerators", "power") if quantity != "money" else ("money", given)
            if key in pairs:
                yield c, why.reason(pairs[key])


def _with(facts: Facts, a: Announced, c: Claim, terms: Terms) -> Announced:
    """The announcement with another claim in place of its first."""
    if c.quantity == "money":
        usd = in_usd(facts, float(c.value), c.currency, c.year, terms.price_year)
        return replace(a, usd=usd, scope=c.basis)
    if c.quantity == "mw":
        return replace(a, facility_mw=float(c.value), power_basis=c.basis)
    packages = float(facts["compare.dies_per_package"].value) if c.basis == "dies" else 1.0
    return replace(a, accelerators=float(c.value) / packages) if c.quantity == "accelerators" else a


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
        tried = [replace(x, fits=x.fits and _explains(x.ratio or 1.0, b.ratio or 1.0)) for x in tried]
        tried.sort(key=lambda x: (not x.fits, abs(np.log(x.ratio or 1.0))))
        no_cost = b.figure == "money" and self.e.announced.scope in NO_COST
        return Reason(b, state, self._made_of(b), tuple(tried), no_cost)

    def _readings(self, b: Beside) -> Iterator[Reading]:
        if b.figure == "months":
            yield from self._own_power(b)
            yield from self._slipped(b)
            return
        if b.figure == "money":
            if self.e.announced.scope in NO_COST:
                return
            yield from self._scopes(b)
        if b.given == "power":
            yield from self._it_power(b)
            yield from self._generations(b)
        if b.figure == "accelerators":
            dies = float(self.facts["compare.dies_per_package"].value)
            yield self._reading(f"if dies were counted, {dies:.0f} to a package", b.announced / dies, b.ours)
            later = self.e.programme.number("later_mw", "facility", "grid", "unknown") if self.e.programme else None
            if later:
                words = f"if they are for the later phase of {later:,.0f} MW"
                yield self._reading(words, b.announced, self.r.sized(mw=later).accelerators)

    def _reading(self, words: str, announced: float, ours: Span) -> Reading:
        return Reading(words, announced / ours.value, state_of(announced, ours, self.near) == "inside")

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
                said = "" if stated in UNSAID else f", though it is said to be {SCOPE_WORDS[stated]}"
                yield self._reading(f"if the money is {READ_AS[scope]}{said}", b.announced, sized.money[scope])
        if stated == "shell_power":
            words = "if the money also pays land, owner's cost, taxes and interest of shell and power"
            yield self._reading(words, b.announced, sized.money[FINANCED])
        if stated == "contribution" and b.announced < b.ours.value:
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
        """Own gas or a connection in hand instead of the grid's queue, and money that waits for no lender."""
        mw = peak_of(self.r, self.e.announced)
        if b.announced >= b.ours.value or not mw:
            return
        each = f"{mw / self.r.sites:.10g} MW"
        kind = (self.e.programme.build_type if self.e.programme else "") or "brownfield"
        in_hand = {"power": each, "existing_connection": each, "build_type": kind}
        own_gas, own_money = {"power": f"{each} gas"}, {"operating_model": "hyperscaler"}
        for words, asked in (
            ("with own gas on the site", own_gas),
            ("with own gas on the site and the owner's own money", own_gas | own_money),
            ("with the whole connection in hand on a used site", in_hand),
            ("with the whole connection in hand on a used site and the owner's own money", in_hand | own_money),
        ):
            other = self._again(asked, {})
            if other.decision is not None:
                months = months_of(other)
                yield self._reading(f"{words} (ours: {months.value:.0f} months)", b.announced, months)

    def _slipped(self, b: Beside) -> Iterator[Reading]:
        """A later date of full power on record since."""
        a = self.e.announced
        since = max((str(c.value) for c in self.e.programme.all("full_date")), default="") if self.e.programme else ""
        months = months_between(a.announced, since)
        if months and a.full_date and since > a.full_date and months > b.announced:
            yield self._reading(f"as the date stands since: {since} instead of {a.full_date}", months, b.ours)

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
        return self._money_made_of(b, sized)

    def _money_made_of(self, b: Beside, sized: Sized) -> str:
        scope = self.e.announced.scope
        if scope in NO_COST:
            return f"the money is {SCOPE_WORDS[scope]}, no capital cost: the ratio does not say whether it is enough"
        n, each = float(self.e.announced.accelerators or 1.0), "an accelerator"
        show_each = _thousand
        if b.given == "power":
            n, each, show_each = sized.facility_mw.value / MW_PER_GW, "a GW", _bn
        says = f"{show_each(b.announced / n)} USD {each} announced, ours {show_each(b.ours.value / n)}"
        says += f" for {SCOPE_WORDS[scope]}" if scope not in WHOLE else ""
        if scope in WHOLE:
            machine = self.r.decision.outcome.machine.name if self.r.decision else ""
            shell, it = (show_each(sized.money[s].value / n) for s in ("shell_power", "it"))
            says += f" (of which {shell} shell and power, {it} {machine} with network)"
        whole, it_cost = sized.money["all_in"].value, sized.money["it"].value
        left = (b.announced - (whole - it_cost)) / it_cost
        if scope in UNSAID and b.announced < b.ours.low and left > 0:
            says += f"; it pays for everything but accelerators, and for {in_percent(left)} of those"
        return says


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
    critical = critical[months[critical] >= SHORTEST]
    longest = sorted(critical, key=lambda i: -months[i])[:MOST_TASKS]
    named = sorted(longest, key=lambda i: float(np.asarray(s.start_months)[i]))
    return "our critical path, in months: " + ", ".join(f"{s.labels[i]} {months[i]:.0f}" for i in named)


def _peak_pue(r: Rebuilt) -> float:
    assert r.decision is not None
    return float(central(r.decision.outcome.campus.pue_design_peak))


def _closer(new: float, old: float) -> bool:
    """Whether a reading leaves less to explain."""
    return new > 0 and bool(abs(np.log(new)) < abs(np.log(old)))


def _explains(new: float, old: float) -> bool:
    """Whether a reading leaves little enough to explain."""
    return bool(abs(np.log(new)) <= CLOSES * abs(np.log(old)))


def _bn(usd: float) -> str:
    return show(usd, usd, usd, "USD", with_unit=False)


def _thousand(usd: float) -> str:
    return f"{usd:,.3g}" if usd < MW_PER_GW else f"{round(usd, -3):,.0f}"
