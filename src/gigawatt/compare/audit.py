"""Whether the parts of an announcement fit each other: each against what the others need by our plan, on each scope."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gigawatt.answer import plain
from gigawatt.compare.announced import Announced, in_usd, of_programme
from gigawatt.compare.audit_text import Parts, read
from gigawatt.compare.beside import peak_of
from gigawatt.compare.entries import Terms, campuses
from gigawatt.compare.rebuild import Rebuilt, Sized, Span, place_of
from gigawatt.compare.same_basis import of_rebuilt
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.figures import Figure, show
from gigawatt.programmes import ids, programme

SCOPES = ("all_in", "shell_power", "it", "contribution")
SCOPE_TITLES = {
    "all_in": "as the whole cost",
    "shell_power": "as shell and power only",
    "it": "as accelerators and network only",
    "contribution": "as public money with private beside it",
    "": "",
}


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
    out: str  # the part that is out, '' where none is
    out_words: str
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
            "out": {"part": self.out, "words": self.out_words} if self.out else None,
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
    announced, where, notes = _given(facts, text, terms, place)
    host, area = place_of(facts, where)
    if area:
        notes.append(f"a campus of the Union is planned in {host}")
    question: dict[str, Any] = {"place": host, **terms.words()}
    question |= {"accelerator": announced.accelerator} if announced.accelerator else {}
    r = campuses(facts, question, _size(announced), announced.sites, area)
    if r.decision is None:
        raise ScenarioError(f"--audit: the facts of {host} allow no plan; give another place")
    checker = _Checker(facts, r, announced)
    checks = tuple(checker.checks())
    out, out_words = _out(checks)
    return Audit(
        text=text,
        announced=announced,
        checks=checks,
        out=out,
        out_words=out_words,
        headline=_headline(checks, out_words, r, announced),
        notes=tuple(notes),
        rebuilt=r,
        figures=r.figures(),
        same=of_rebuilt(r),
        terms=terms,
    )


def _given(facts: Facts, text: str, terms: Terms, place: str) -> tuple[Announced, str, list[str]]:
    if text.strip().lower() in ids(facts):
        p = programme(facts, text)
        return of_programme(facts, p, terms.price_year), place or p.place, []
    parts = read(facts, text, today=terms.as_of, place=place)
    return _announced(facts, parts, terms), parts.place, parts.notes


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
        facility_mw=parts.mw.get("facility", parts.mw.get("grid")),
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
            yield self._power(mw, by_chips)
        for scope, usd in a.amounts or ((a.scope, a.usd),):
            if usd is None:
                continue
            for against, sized in (("accelerators", by_chips), ("power", by_power)):
                if sized:
                    yield from self._money(scope, usd, against, sized)
        if a.full_date:
            yield self._date()

    def _slack(self) -> float:
        return float(self.facts["compare.near"].value)

    def _state(self, stated: float, needed: Span) -> str:
        near = self._slack()
        if stated < needed.low * (1 - near):
            return "short"
        return "spare" if stated > needed.high * (1 + near) else "fits"

    def _power(self, mw: float, sized: Sized) -> Check:
        needed, state = sized.facility_mw, self._state(mw, sized.facility_mw)
        says = f"{_n(self.a.accelerators or 0)} accelerators need {_span(needed, 'MW')}; {_n(mw)} MW announced"
        return Check("power", "accelerators", "", mw, needed, "MW", mw / needed.value, state, _tail(says, state), True)

    def _money(self, stated_scope: str, usd: float, against: str, sized: Sized) -> Iterator[Check]:
        said = stated_scope in SCOPES
        deciding = stated_scope if said else "all_in"
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
        says = (
            f"{self._what(against)} cost {self._money_span(whole)} in all; {self._money_text(usd)} of public money "
            f"needs {needed.value:.1f} of private money beside each 1.0 ({needed.low:.1f} to {needed.high:.1f})"
        )
        says += "" if state == "fits" else f", more than the {float(usual.high):.0f} that programmes hope for"
        offered = Span(float(usual.value), float(usual.low), float(usual.high))
        ratio = offered.high / needed.value if needed.value else None
        return Check("money", against, "contribution", usd, needed, "1", ratio, state, says + ".", decides)

    def _date(self) -> Check:
        f = self.r.plan_figures["full_power_date"]
        value, low, high = (str(x) for x in (f.value, f.low, f.high))
        state = "fits" if self.a.full_date >= low[: len(self.a.full_date)] else "short"
        says = f"our plan has full power in {value[:7]} ({low[:7]} to {high[:7]}); {self.a.full_date[:7]} announced"
        return Check(
            "date", "size", "", self.a.full_date, (value, low, high), "date", None, state, _tail(says, state), True
        )

    def _what(self, against: str) -> str:
        if against == "accelerators":
            return f"{_n(self.a.accelerators or 0)} {self.r.decision.outcome.machine.name if self.r.decision else ''}"
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


def _tail(says: str, state: str) -> str:
    return says + {"fits": ": fits.", "short": ": does not fit.", "spare": ": more than enough."}[state]


def _out(checks: tuple[Check, ...]) -> tuple[str, str]:
    """The part in most of the misfits on the deciding scope, and by how much it is out."""
    failed = [c for c in checks if c.decides and not c.fits]
    if not failed:
        return "", ""
    named: Counter[str] = Counter()
    for c in failed:
        named.update((c.part, c.against) if c.against != "size" else (c.part,))
    most = max(named.values())
    parts = [p for p in ("money", "power", "accelerators", "date") if named[p] == most]
    part = parts[0]
    factors = [1 / c.ratio for c in failed if part in (c.part, c.against) and c.ratio]
    if not factors:
        return part, "the date is earlier than any of our draws"
    factor = max(factors)
    verb = "too many" if part == "accelerators" else "too little"
    alone = "" if len(parts) == 1 or len(checks) < 2 else f" (or the {parts[1]}: the two do not fit each other)"
    return part, f"the {part} {'are' if part == 'accelerators' else 'is'} out: {factor:.2g} times {verb}{alone}"


def _headline(checks: tuple[Check, ...], out: str, r: Rebuilt, a: Announced) -> str:
    deciding = [c for c in checks if c.decides]
    if not deciding:
        f = r.figures()
        mw, n = f["facility_peak_mw"], f["accelerators"]
        where = r.scenario.place.name
        return (
            f"One part only, nothing to check it against. In {where} it would be a plan of {mw.text_with_range} "
            f"with {n.text_with_range} accelerators for {f['capex_usd'].text_with_range} all-in."
        )
    if all(c.fits for c in deciding):
        return "The parts fit each other."
    return f"The parts do not fit: {out}."
