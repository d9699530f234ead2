"""Whether the parts of an announcement fit each other: each against what the others need by our plan, on each scope."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from gigawatt import buildout, parse
from gigawatt.answer import plain
from gigawatt.compare.announced import SCOPE_WORDS, Announced, in_usd, of_programme
from gigawatt.compare.audit_text import Parts, read
from gigawatt.compare.beside import DAYS_PER_MONTH, peak_of
from gigawatt.compare.entries import Terms, campuses, priced
from gigawatt.compare.rebuild import Rebuilt, Sized, Span, place_of, span
from gigawatt.compare.same_basis import of_rebuilt
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.figures import Figure, show
from gigawatt.programmes import ids, programme

UNLIKE = ("mixed", "payments", "financing")  # money that is no capital cost: read every way, and no way decides
SCOPES = ("all_in", "shell_power", "it", "contribution")


@dataclass(frozen=True, slots=True)
class Check:
    """One part against what another needs."""

    part: str
    against: str
    scope: str
    stated: float | str
    needed: Span | tuple[str, str, str]
    unit: str
    ratio: float | None  # stated over needed
    state: str  # fits, short, spare
    words: str
    decides: bool

    @property
    def fits(self) -> bool:
        return self.state != "short"

    def json(self) -> dict[str, Any]:
        need = self.needed
        span = need.json() if isinstance(need, Span) else dict(zip(("value", "low", "high"), need, strict=True))
        return {
            "part": self.part,
            "against": self.against,
            "scope": self.scope or None,
            "stated": self.stated,
            "needed": span,
            "unit": self.unit,
            "ratio": self.ratio,
            "fits": self.fits,
            "state": self.state,
            "decides": self.decides,
            "words": self.words,
        }


@dataclass(frozen=True)
class Audit:
    """An announcement checked against itself."""

    text: str
    announced: Announced
    checks: tuple[Check, ...]
    out: tuple[dict[str, Any], ...]  # the parts that are out, with factor and words
    headline: str
    notes: tuple[str, ...]
    rebuilt: Rebuilt
    figures: dict[str, Figure]
    same: dict[str, Figure]
    terms: Terms

    @property
    def fits(self) -> bool | None:
        """Whether the parts fit on the scope stated (all-in where none is); None where there is but one part."""
        deciding = [c.fits for c in self.checks if c.decides]
        return all(deciding) if deciding else None

    def scopes(self) -> dict[str, bool]:
        """Whether the money fits on each scope."""
        return {s: all(x) for s in SCOPES if (x := [c.fits for c in self.checks if c.scope == s])}

    def json(self) -> dict[str, Any]:
        """The published JSON."""
        return {
            "fits": self.fits,
            "parts": [c.json() for c in self.checks],
            "figures": {name: f.json() for name, f in self.figures.items()},
            "same_basis": {name: f.json() for name, f in self.same.items()},
            "fits_by_scope": self.scopes(),
            "out": list(self.out),
            "headline": self.headline,
            "notes": list(self.notes),
            "text": self.text,
            "sites": self.rebuilt.sites,
            "question": self.rebuilt.scenario.words(),
            "price_year": self.terms.price_year,
            "as_of": self.terms.as_of.isoformat(),
        }

    def text_json(self) -> str:
        """The JSON as text."""
        return json.dumps(plain(self.json()), ensure_ascii=False, indent=1, allow_nan=False)


def audit(facts: Facts, text: str, terms: Terms, *, place: str = "") -> Audit:
    """Check an announcement, in words or by the id of a programme.

    Parameters
    ----------
    facts : Facts
        The facts. [-]
    text : str
        The announcement. [-]
    terms : Terms
        Today and the price year. [-]
    place : str
        Where, if the text does not say. [-]

    Returns
    -------
    Audit

    Raises
    ------
    ScenarioError
        With each part that cannot be read.
    """
    announced, where, notes, build_type = _given(facts, text, terms, place)
    host, area = place_of(facts, where)
    if area:
        notes.append(f"a campus of the Union is planned in {host}")
    question: dict[str, Any] = {"place": host, **terms.words()}
    kind = priced(facts, announced.accelerator)
    question |= {"accelerator": kind} if kind else {}
    question |= {"build_type": build_type} if build_type else {}
    if announced.accelerator and not kind:
        notes.append(f"no price of {announced.accelerator} is known: planned with the usual one, its count unchecked")
        announced = replace(announced, accelerators=None)
    r = campuses(facts, question, _size(announced), announced.sites, area)
    if r.decision is None:
        raise ScenarioError(f"--audit: the facts of {host} allow no plan; give another place")
    checker = _Checker(facts, r, announced)
    checks = tuple(checker.checks())
    out = _out(checks)
    return Audit(
        text=text,
        announced=announced,
        checks=checks,
        out=out,
        headline=_headline(checks, out, r, announced),
        notes=tuple(notes),
        rebuilt=r,
        figures=r.figures(),
        same=of_rebuilt(r),
        terms=terms,
    )


def _given(facts: Facts, text: str, terms: Terms, place: str) -> tuple[Announced, str, list[str], str]:
    if text.strip().lower() in ids(facts):
        p = programme(facts, text)
        a = of_programme(facts, p, terms.price_year)
        done = p.status == "operating"  # its date is a fact, not a promise
        return replace(a, full_date="" if done else a.full_date), place or p.place, [], p.build_type
    parts = read(facts, text, today=terms.as_of, place=place)
    if parts.deadline and parts.deadline <= terms.as_of:
        parts.notes.append(f"{parts.deadline.isoformat()} is past: the date is not checked")
    return _announced(facts, parts, terms), parts.place, parts.notes, ""


def _announced(facts: Facts, parts: Parts, terms: Terms) -> Announced:
    """The parts on our bases. Amounts on two scopes (chips, and shell and power) are a whole together."""
    year = terms.price_year
    usd = {s: in_usd(facts, m.amount, m.currency, year, year) for s, m in parts.money.items()}
    scope = next(iter(usd), "")
    amounts = tuple(usd.items())
    first = next(iter(parts.money.values()), None)
    return Announced(
        usd=usd.get(scope),
        scope=scope,
        amounts=amounts,
        currency=first.currency if first else "USD",
        facility_mw=parts.mw.get("facility", parts.mw.get("grid", parts.mw.get("unknown"))),
        power_basis=next((b for b in parts.mw if b != "it"), "facility"),
        it_mw=parts.mw.get("it"),
        accelerators=parts.accelerators,
        sites=parts.sites,
        full_date=parts.deadline.isoformat() if parts.deadline else "",
        accelerator=parts.accelerator,
    )


def _size(a: Announced) -> dict[str, float]:
    """What sizes the plan: what is promised to run (accelerators, else power), else the money."""
    if a.accelerators:
        return {"accelerators": a.accelerators}
    if a.facility_mw:
        return {"mw": a.facility_mw}
    if a.it_mw:
        return {"it_mw": a.it_mw}
    return {"usd": float(a.usd or 0.0)}


@dataclass(frozen=True)
class _Checker:
    """Makes the checks of one announcement."""

    facts: Facts
    r: Rebuilt
    a: Announced

    def checks(self) -> Iterator[Check]:
        a, r = self.a, self.r
        mw = peak_of(r, a)
        by_chips = r.sized(accelerators=a.accelerators) if a.accelerators else None
        by_power = r.sized(mw=mw) if mw else None
        if by_chips and mw:
            yield from self._power(mw, by_chips)
        for scope, usd in a.amounts or ((a.scope, a.usd),):
            if usd is None:
                continue
            for against, sized in (("accelerators", by_chips), ("power", by_power)):
                if sized:
                    yield from self._money(scope, usd, against, sized)
        if (found := self._date()) is not None:
            yield found

    def _slack(self) -> float:
        return float(self.facts["compare.near"].value)

    def _state(self, stated: float, needed: Span) -> str:
        near = self._slack()
        if stated < needed.low * (1 - near):
            return "short"
        return "spare" if stated > needed.high * (1 + near) else "fits"

    def _power(self, mw: float, sized: Sized) -> Iterator[Check]:
        """Power against accelerators: at the meter, and as IT power where the announcement does not say which."""
        a = self.a
        readings = [("facility", mw, sized.facility_mw, "at the meter")]
        if a.it_mw and a.facility_mw is None:
            readings = [("it", a.it_mw, sized.it_mw, "of IT power")]
        elif a.power_basis == "unknown":
            readings.append(("it", mw, sized.it_mw, "of IT power"))
        for basis, stated, needed, words in readings:
            state = self._state(stated, needed)
            says = f"{self._what('accelerators')} need {_span(needed, 'MW')} {words}; {_n(stated)} MW announced"
            ratio, decides = stated / needed.value, basis == readings[0][0]
            yield Check(
                "power", "accelerators", basis, stated, needed, "MW", ratio, state, _tail(says, ratio, state), decides
            )

    def _money(self, stated_scope: str, usd: float, against: str, sized: Sized) -> Iterator[Check]:
        said = stated_scope in SCOPES
        deciding = stated_scope if said else "" if stated_scope in UNLIKE else "all_in"
        shown = (stated_scope,) if said else ("all_in", "shell_power", "contribution")
        for scope in shown:
            if scope == "contribution":
                yield self._leverage(usd, against, sized, deciding == scope)
                continue
            needed = sized.money[scope]
            state = self._state(usd, needed)
            what = {"all_in": "in all", "shell_power": "for shell and power", "it": "for accelerators and network"}
            cost = f"{self._what(against)} cost {self._money_span(needed)} {what[scope]}"
            says = f"{cost}; {self._money_text(usd)} announced"
            if state == "short":
                says += f", {usd / needed.value * 100:.0f} % of it: {self._money_text(needed.value - usd)} short"
                if self.a.sites and self.a.sites > 1:
                    says += f", or enough for {usd / needed.value * self.a.sites:.1f} of {self.a.sites} sites"
            elif state == "spare":
                says += f", {usd / needed.value:.2g} times our cost"
            unit = f"USD_{self.r.scenario.price_year}"
            yield Check(
                "money", against, scope, usd, needed, unit, usd / needed.value, state, says + ".", deciding == scope
            )

    def _leverage(self, usd: float, against: str, sized: Sized, decides: bool) -> Check:
        """Public money and what private money it needs beside it."""
        whole = sized.money["all_in"]
        needed = Span(*(max(x / usd - 1.0, 0.0) for x in (whole.value, whole.low, whole.high)))
        usual = self.facts["compare.private_per_public"]
        state = "fits" if needed.low <= float(usual.high) else "short"
        says = f"{self._what(against)} cost {self._money_span(whole)} in all; {self._money_text(usd)} of public money "
        says += f"needs {needed.value:.1f} of private money beside each 1.0 ({needed.low:.1f} to {needed.high:.1f})"
        if not needed.value:
            says = (
                f"{self._what(against)} cost {self._money_span(whole)} in all: {self._money_text(usd)} covers it alone"
            )
        says += "" if state == "fits" else f", more than the {float(usual.high):.0f} that programmes hope for"
        offered = Span(float(usual.value), float(usual.low), float(usual.high))
        ratio = offered.high / needed.value if needed.value else None
        return Check("money", against, "contribution", usd, needed, "1", ratio, state, says + ".", decides)

    def _date(self) -> Check | None:
        """The date promised against ours: from the announcement where its date is known, else from today."""
        a, today = self.a, self.r.scenario.as_of.isoformat()
        if self.r.decision is None or not a.full_date or (not a.announced and _end(a.full_date) <= today):
            return None
        start = a.announced or today
        c, drawn = self.r.decision.outcome.calendar, self.r.decision.spread.calendar
        months = span(c.full_months, drawn.full_months)
        value, low, high = (str(buildout.add_months(_end(start), x)) for x in (months.value, months.low, months.high))
        early = (date.fromisoformat(value) - date.fromisoformat(_end(a.full_date))).days / DAYS_PER_MONTH
        state = "fits" if _end(a.full_date) >= low else "short"
        since = f", begun when it was announced ({start[:7]})" if a.announced else ""
        says = f"our plan{since} has full power in {value[:7]} ({low[:7]} to {high[:7]}); {a.full_date[:7]} announced"
        says += "." if state == "fits" else f", {early:.0f} months too early."
        return Check("date", "size", "", a.full_date, (value, low, high), "date", None, state, says, True)

    def _what(self, against: str) -> str:
        if against == "accelerators":
            return f"{_n(self.a.accelerators or 0)} {self.r.machine}"
        return f"{_n(peak_of(self.r, self.a) or 0)} MW"

    def _rate(self) -> float:
        year = self.r.scenario.price_year
        return self.facts.money_factor(("USD", year), (self.a.currency, year))

    def _money_text(self, usd: float) -> str:
        return f"{self.a.currency} {_n(usd * self._rate())}"

    def _money_span(self, s: Span) -> str:
        return f"{self.a.currency} {_span(s.times(self._rate()), '')}"


def _n(x: float) -> str:
    return show(x, x, x, "")


def _span(s: Span, unit: str) -> str:
    value, low, high = (show(x, s.low, s.high, "", with_unit=False) for x in (s.value, s.low, s.high))
    return f"{value} ({low} to {high}) {unit}".rstrip() if s.low < s.high else f"{value} {unit}".rstrip()


def _end(day: str) -> str:
    """A date to the day: a year is its end, a month its end, as deadlines are read."""
    return parse.day(day, today=date.min).isoformat()


def _tail(says: str, ratio: float, state: str) -> str:
    return (
        says
        + {
            "fits": ".",
            "short": f", {1 / ratio:.2g} times too little.",
            "spare": f", {ratio:.2g} times what they need.",
        }[state]
    )


def _out(checks: tuple[Check, ...]) -> tuple[dict[str, Any], ...]:
    """The parts that are out on the deciding scope, and by how much: the one in most misfits, and the date."""
    failed = [c for c in checks if c.decides and not c.fits]
    sizes = [c for c in failed if c.ratio]
    found: list[dict[str, Any]] = []
    if sizes:
        named = Counter(part for c in sizes for part in (c.part, c.against))
        worst = [p for p in ("money", "power", "accelerators") if named[p] == max(named.values())]
        part, *others = worst
        factor = max(1 / c.ratio for c in sizes if part in (c.part, c.against) and c.ratio)
        verb = "are" if part == "accelerators" else "is"
        way = "too many" if part == "accelerators" else "too little"
        beside = f" for the {others[0]}" if others else ""
        found.append({"part": part, "factor": factor, "words": f"the {part} {verb} {factor:.2g} times {way}{beside}"})
    found += [
        {"part": c.part, "factor": None, "words": f"the date is too early: {c.words}"} for c in failed if not c.ratio
    ]
    return tuple(found)


def _headline(checks: tuple[Check, ...], out: tuple[dict[str, Any], ...], r: Rebuilt, a: Announced) -> str:
    deciding = [c for c in checks if c.decides]
    if checks and not deciding:
        return f"The money is {SCOPE_WORDS[a.scope]}: no one reading of it decides whether the parts fit."
    if not deciding:
        f = r.figures()
        where, n, mw = r.scenario.place.name, f["accelerators"].text_with_range, f["facility_peak_mw"].text_with_range
        return f"One part only, nothing to check it against. In {where} it would be {mw} with {n} {r.machine}."
    if not out:
        aside = any(c.part == "money" for c in checks) and not any(c.part == "money" for c in deciding)
        return "The parts fit each other" + (f", the money aside: it is {SCOPE_WORDS[a.scope]}." if aside else ".")
    return f"The parts do not fit: {'; '.join(x['words'].rstrip('.') for x in out)}."
