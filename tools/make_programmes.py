"""Write docs/programmes.md: each announced programme rebuilt by the planner, with the reason for each difference.

python3 tools/make_programmes.py            writes the page (about half a minute)
python3 tools/make_programmes.py --check    says whether it is up to date
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gigawatt.compare import PRICE_YEAR
from gigawatt.compare.announced import SCOPE_WORDS, in_usd
from gigawatt.compare.entries import Entry, Terms, of_catalogue
from gigawatt.compare.reasons import Reason, other_claims, reasons, state_of
from gigawatt.compare.rebuild import SCOPES, Span
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts, load_facts
from gigawatt.figures import show
from gigawatt.programmes import UNION, Claim, Programme, catalogue

PAGE = Path(__file__).resolve().parents[1] / "docs" / "programmes.md"
NAMED = (  # rebuilt one by one; all others stand in one table
    "stargate-us",
    "openai-stargate-abilene",
    "fr-109bn",
    "fr-mgx-1gw",
    "fr-fluidstack-1gw",
    "eu-investai",
    "eu-aigf",
    "xai-colossus-1",
    "xai-colossus-1-230k",
)
KNOWN = {  # facts of the package that bear on a difference
    "xai-colossus-1": ("lead.build_to_first.retrofit", "bridge.rented_turbines.most"),
    "fr-mgx-1gw": ("lead.grid_connection.FRA",),
}
STATES = {
    "inside": "inside our range",
    "near": "at the edge of our range",
    "above": "above our range",
    "below": "below our range",
}
LABELS = {
    ("money", "power"): "money for that power",
    ("money", "accelerators"): "money for those accelerators",
    ("accelerators", "power"): "accelerators on that power",
    ("months", "power"): "months to full power",
}
CLAIMED = {"money": "money", "mw": "power", "it_mw": "IT power", "accelerators": "accelerators"}
CLAIMED |= {"full_date": "full power", "first_date": "first power"}
BASES = {"facility": "at the meter", "grid": "grid connection", "it": "IT power", "dies": "dies"}
MOST_READINGS = 2
NONE = "–"


@dataclass(frozen=True)
class Rebuild:
    """A programme, our plan for it, and why they differ."""

    programme: Programme
    entry: Entry
    reasons: tuple[Reason, ...]
    others: tuple[tuple[Claim, Reason], ...]
    facts: Facts


def day_read(facts: Facts, programmes: Iterable[Programme]) -> date:
    """The day on which the newest source of the catalogue was read: the page is as of it, on every machine."""
    return date.fromisoformat(max(facts.sources[c.fact.source].accessed for p in programmes for c in p.claims))


def span_text(s: Span, unit: str = "") -> str:
    """Value and range."""
    if unit == "month":
        return f"{s.value:.0f} ({s.low:.0f} to {s.high:.0f})"
    value, low, high = (show(x, s.low, s.high, unit, with_unit=False) for x in (s.value, s.low, s.high))
    return f"{value} ({low} to {high})" if low != high else value


def cell(announced: float, ours: Span, near: float) -> str:
    """A ratio, bold where it is out of our range."""
    ratio = f"{announced / ours.value:.2f}"
    return ratio if state_of(announced, ours, near) in ("inside", "near") else f"**{ratio}**"


def rows(r: Rebuild) -> Iterator[tuple[str, str, str, str]]:
    """What is announced beside ours: the first claims, then other claims, then phases."""
    near = float(r.facts["compare.near"].value)
    for x in r.reasons:
        label = LABELS[x.pair.figure, x.pair.given]
        if x.pair.figure == "money" and r.entry.announced.scope:
            label += f", USD ({SCOPE_WORDS[r.entry.announced.scope]})"
        yield label, *numbers(x, near)
    for c, x in r.others:
        yield f"another claim: {LABELS[x.pair.figure, x.pair.given]} ({said_in(c)})", *numbers(x, near)
    yield from phases(r, near)


def numbers(x: Reason, near: float) -> tuple[str, str, str]:
    """Announced, ours, ratio."""
    b, unit = x.pair, x.pair.unit if x.pair.figure in ("money", "months") else ""
    announced = show(b.announced, b.announced, b.announced, unit, with_unit=False)
    announced = f"{b.announced:.0f}" if unit == "month" else announced
    return announced, span_text(b.ours, unit), cell(b.announced, b.ours, near)


def said_in(c: Claim) -> str:
    """Scope and words of a claim; power with its number, as the row gives accelerators."""
    number = show(c.value, c.value, c.value, c.fact.unit) if c.quantity == "mw" else ""
    scope = SCOPE_WORDS[c.basis] if c.quantity == "money" else ""
    return plain(", ".join(x for x in (number, scope, c.words) if x))


def plain(words: str) -> str:
    """Words of a claim without powers of ten."""
    return re.sub(r"(\d+(?:\.\d+)?)e9", r"\1 bn", words)


def phases(r: Rebuild, near: float) -> Iterator[tuple[str, str, str, str]]:
    """Money and accelerators of a phase against its power."""
    rebuilt = r.entry.rebuilt
    if rebuilt is None or rebuilt.decision is None:
        return
    for phase in ("first", "part", "later"):
        power = r.programme.first(f"{phase}_mw", "facility", "grid", "unknown")
        money, chips = (r.programme.first(f"{phase}_{x}") for x in ("money", "accelerators"))
        if power is None or not (money or chips):
            continue
        mw = float(power.value)
        sized, what = rebuilt.sized(mw=mw), f"for the phase of {mw:,.0f} MW"
        if chips:
            n = float(chips.value)
            yield f"accelerators {what}", f"{n:,.0f}", span_text(sized.accelerators), cell(n, sized.accelerators, near)
        if money:
            usd = in_usd(r.facts, float(money.value), money.currency, money.year, PRICE_YEAR)
            ours = sized.money[money.basis if money.basis in SCOPES else "all_in"]
            label = f"money {what}, USD ({SCOPE_WORDS[money.basis]})"
            yield label, show(usd, usd, usd, "USD", with_unit=False), span_text(ours, "USD"), cell(usd, ours, near)


def why(r: Rebuild) -> Iterator[str]:
    """One bullet per number: where it lies, what ours is made of, what would close the gap."""
    for x in r.reasons:
        b = x.pair
        says = f"**{LABELS[b.figure, b.given].capitalize()}: {b.ratio:.2f}, {STATES[x.state]}.** "
        says += f"{x.made_of[0].upper()}{x.made_of[1:]}."
        sites = r.entry.announced.sites
        if b.figure == "money" and x.state == "below" and sites and sites > 1 and b.ratio:
            says += f" As the whole cost it is enough for {b.ratio * sites:.1f} of {sites} sites."
        yield says + closing(x)
    for c, x in r.others:
        if x.state in ("above", "below"):
            made = f"{x.made_of[0].upper()}{x.made_of[1:]}."
            yield f"**Another claim ({said_in(c)}): {x.pair.ratio:.2f}, {STATES[x.state]}.** {made}{closing(x)}"
    for fact_id in KNOWN.get(r.programme.id, ()):
        f = r.facts[fact_id]
        yield f"Known: {f.note or f.where} (`{f.id}`, {r.facts.source_title(f.source)}, {f.where})."


def closing(x: Reason) -> str:
    """The readings that close a gap, or that none does."""
    if x.no_cost:
        return ""
    fits = [reading(y.words, y.ratio) for y in x.readings if y.fits][:MOST_READINGS]
    if fits:
        verb = "It would fit" if x.state in ("above", "below") else "It would be nearer"
        return f" {verb} {'; or '.join(fits)}."
    if x.state in ("inside", "near"):
        return ""
    if x.pair.figure == "months" and x.state == "above":
        return " The date leaves more time than building all campuses at once takes: it is a horizon."
    nearest = [reading(y.words, y.ratio) for y in x.readings][:1]
    return " No reading of ours closes the gap" + (f"; nearest {nearest[0]}." if nearest else ".")


def reading(words: str, ratio: float | None) -> str:
    """A reading with the ratio that it leaves."""
    return words if ratio is None else f"{words} ({ratio:.2f})"


def shortest(r: Rebuild) -> str:
    """The main reason in a few words: of the number furthest out."""
    out = [x for x in r.reasons if x.state in ("above", "below")]
    if not r.reasons:
        return "one number only: nothing to check it against"
    if not out:
        return "inside our range" if all(x.state == "inside" for x in r.reasons) else "at the edge of our range"
    says = []
    for x in out:
        best = next((y for y in x.readings if y.fits), None)
        if x.no_cost:
            says.append(f"the money is {SCOPE_WORDS[r.entry.announced.scope]}, no capital cost")
            continue
        because = f"fits {best.words}" if best else "not explained"
        if best is None and x.pair.figure == "months":
            because = "a horizon" if x.state == "above" else f"{x.made_of}; not explained"
        says.append(f"{LABELS[x.pair.figure, x.pair.given].split(' ')[0]}: {because}")
    return "; ".join(dict.fromkeys(says))


def ratio_of(r: Rebuild, *figures: str) -> str:
    """The first ratio of a figure."""
    near = float(r.facts["compare.near"].value)
    found = next((x.pair for x in r.reasons if x.pair.figure in figures), None)
    return cell(found.announced, found.ours, near) if found else NONE


def stated(r: Rebuild) -> str:
    """What was announced, in a line."""
    p, said = r.programme, []
    for quantity in ("money", "mw", "it_mw", "accelerators", "full_date"):
        c = p.first(quantity)
        if c is not None:
            said.append(claim_text(c, with_words=False))
    if not said:
        said = [claim_text(c, with_words=False) for c in p.claims if c.quantity.startswith("first_")]
    return ", ".join(said)


def claim_text(c: Claim, *, with_words: bool = True) -> str:
    """A claim: value, basis, words."""
    value = f"by {c.value}" if isinstance(c.value, str) else show(c.value, c.value, c.value, c.fact.unit)
    value += " accelerators" if c.fact.unit == "accelerator" else ""
    basis = SCOPE_WORDS.get(c.basis, c.basis) if c.quantity.endswith("money") else BASES.get(c.basis, "")
    about = ", ".join(x for x in ("" if c.basis == "all_in" else basis, plain(c.words) if with_words else "") if x)
    return f"{value} ({about})" if about else value


def claims(p: Programme) -> Iterator[str]:
    """Claims on one thing that differ, side by side."""
    for quantity, name in CLAIMED.items():
        found = p.all(quantity)
        if len(found) > 1:
            yield f"{name}: " + "; ".join(claim_text(c) for c in found)


def source_line(facts: Facts, p: Programme) -> str:
    """The sources of a programme, with their addresses."""
    keys = dict.fromkeys(c.fact.source for c in p.claims)
    said = []
    for key in keys:
        s = facts.sources[key]
        name = f"{s.producer}, {s.title} ({s.published})"
        said.append(f"[{name}]({s.url})" if s.url else name)
    return "; ".join(said)


def short_source(r: Rebuild) -> str:
    """The first source of a programme as a short link."""
    s = r.facts.sources[r.programme.claims[0].fact.source]
    name = s.producer.split(";")[0]
    return f"[{name}]({s.url})" if s.url else "recalled, to be verified"


def section(r: Rebuild) -> Iterator[str]:
    """One programme rebuilt."""
    p, e = r.programme, r.entry
    status = f"; {plain(p.status)}" if p.status else ""
    yield from (f"### {p.name} (`{p.id}`)", "", f"Announced {p.announced}{status}: {stated(r)}.")
    many = "1 campus" if e.sites == 1 else f"{e.sites} campuses"
    machine = e.rebuilt.decision.outcome.machine.name if e.rebuilt and e.rebuilt.decision else ""
    where = e.rebuilt.scenario.place.name if e.rebuilt else p.place
    named = "" if p.accelerator else ", our choice"
    yield from (f"Planned for the {e.sized_by}: {many} in {where}, {machine}{named}.", "")
    if e.sized_by == "money":
        got = [f"{e.figures[n].text_with_range} {what}" for n, what in (("facility_peak_mw", "at the meter"),)]
        got.append(f"{e.figures['accelerators'].text_with_range} of {machine}")
        yield from (f"Spent as the whole cost of campuses, the money would be {' and '.join(got)}.", "")
        share = 1 / (1 + float(r.facts["compare.private_per_public"].value))
        if e.announced.scope == "mixed" and p.place == UNION and e.announced.usd:
            public = show(*[e.announced.usd * share] * 3, "USD")
            yield from (
                f"That is public and private money together. As a contribution with leverage, the public part is "
                f"{public} if it draws {1 / share - 1:.0f} of private money to each 1.0 "
                "(`compare.private_per_public`, ours).",
                "",
            )
    yield from ("| | announced | our plan | announced over ours |", "|---|---|---|---|")
    yield from (f"| {' | '.join(row)} |" for row in rows(r))
    yield from ("", *(f"- {x}" for x in why(r)))
    side = [f"- {x}" for x in claims(p)]
    if side:
        yield from ("", "Claims side by side, not averaged:", "", *side)
    yield from ("", f"Source: {source_line(r.facts, p)}.", "")


def page(facts: Facts) -> str:
    """The whole page."""
    known = catalogue(facts)
    terms = Terms(day_read(facts, known.values()), PRICE_YEAR)
    made: dict[str, Rebuild] = {}
    failed: dict[str, str] = {}
    for name, p in known.items():
        try:
            e = of_catalogue(facts, p, terms)
            others = tuple(other_claims(facts, e, terms)) if name in NAMED else ()
            made[name] = Rebuild(p, e, reasons(facts, e, terms), others, facts)
        except ScenarioError as error:
            failed[name] = error.problems[0].split(";")[0]
    named = [made[i] for i in NAMED]
    rest = [r for i, r in made.items() if i not in NAMED]
    lines = [*opening(terms, named), "", "## One by one", ""]
    for r in named:
        lines += section(r)
    lines += ["## The other programmes", "", *other_table([r for r in rest if r.reasons])]
    alone = [f"{r.programme.name} (`{r.programme.id}`: {stated(r)})" for r in rest if not r.reasons]
    lines += ["", "One number only, so nothing to check it against: " + "; ".join(alone) + "."]
    if failed:
        lines += ["", "Not rebuilt: " + "; ".join(f"`{i}`, {why_not}" for i, why_not in failed.items()) + "."]
    return "\n".join(lines) + "\n"


def opening(terms: Terms, named: list[Rebuild]) -> Iterator[str]:
    """What the page is, how to read it, and one line per programme."""
    yield from (
        "# Programmes, announced and rebuilt",
        "",
        f"Written by `python3 tools/make_programmes.py` as of {terms.as_of.isoformat()}; do not edit by hand. Each "
        f"programme is put to the planner as it was announced. Money is USD of {terms.price_year}; power is at the "
        "meter at peak; accelerators are packages; ranges are P10 to P90.",
        "",
        "How to read it:",
        "",
        "- **Ratio**: announced over ours. 1.00 is agreement; **bold** is out of our range by more than rounding.",
        "- **Months**: promised, from the announcement; ours, from a start with nothing signed. Where the announcer "
        "holds a site or a connection, ours is late by that.",
        "- **Reasons** are found by rule: what our number is made of, then every other reading of the words (scope of "
        "the money, IT power or power at the meter, dies or packages, a newer accelerator, own power) planned again. "
        "A reading that fits shows what the words may mean; it does not prove it.",
        "",
        "| programme | announced | money | accelerators | months | main reason |",
        "|---|---|---|---|---|---|",
        *(summary(r) for r in named),
    )


def summary(r: Rebuild) -> str:
    """A programme in a row."""
    ratios = " | ".join(ratio_of(r, figure) for figure in ("money", "accelerators", "months"))
    return f"| {r.programme.name} | {stated(r)} | {ratios} | {shortest(r)} |"


def other_table(others: list[Rebuild]) -> Iterator[str]:
    """The programmes that are not rebuilt one by one, with their sources."""
    yield from (
        "| programme | announced | money | accelerators | months | main reason | source |",
        "|---|---|---|---|---|---|---|",
    )
    for r in others:
        yield f"{summary(r)} {short_source(r)} |"


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="say whether the page is up to date")
    asked = parser.parse_args()
    text = page(load_facts())
    if asked.check:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print("docs/programmes.md is up to date" if same else "docs/programmes.md is old: run tools/make_programmes.py")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
