"""The page docs/record.md: every announcement with what the plan said of it, our misses first. Computes no forecast."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.errors import GigawattError
from gigawatt.facts import Fact, Facts, load_facts
from gigawatt.units import in_percent

from .announcements import EVEN, base_rates, brier, forecast
from .cases import Entry, read
from .families import CannotPredict
from .promise_odds import QUANTILES, Odds
from .report import Report
from .scoring import Row

COMMAND = "python3 tools/make_record.py"
HEAD = ("announcement", "said on", "promised", "chance", "gates", "schedule", "there by (P10, P50, P90)", "what came")
SIDE, EDGE = 360.0, 46.0  # of the diagram, in its own units
ASSUMED, KEPT = "announce.", "announce.kept."
WEIGHED = (KEPT, "announce.slip", "announce.call_slip")  # assumptions that change no plan
FEW = 3  # cases without a standard error worth saying
SHORTEST = 4  # letters of a name that is looked for in the words of facts


@dataclass(frozen=True)
class Told:
    """One announcement: what was said, what the plan says, what came."""

    entry: Entry
    row: Row
    odds: Odds | None

    @property
    def off(self) -> float:
        """Distance of the chance from what came."""
        return float(self.row.abs_error or 0.0) if self.row.predicted is not None else EVEN


def record(path: Path, report: Report, diagram: str) -> str:
    """Markdown of the page.

    Parameters
    ----------
    path : Path
        The file of announcements. [-]
    report : Report
        Its validation. [-]
    diagram : str
        Address of the reliability diagram beside the page. [-]
    """
    told = list(_told(path, report))
    scored = sorted((t for t in told if t.row.scored), key=lambda t: -t.off)
    missed = [t for t in scored if t.row.within is False]
    right = [t for t in scored if t.row.within is not False]
    ahead = sorted((t for t in told if not t.row.scored), key=lambda t: t.entry.dims.get("promised_date") or "9")
    s = report.statistics(report.rows[0].family)
    parts = [
        *("# Record", ""),
        f"Announced campuses and what the planner says of them, asked with the date of the announcement. Written by "
        f"`{COMMAND}`; do not edit by hand.",
        *("", *_scores(s), "", *_luck(scored), "", f"![Reliability diagram]({diagram})", "", *_bins(s), ""),
        *("## How a chance is made", "", *_method(), ""),
        *("## What hangs on the assumptions", "", *_sensitivity(scored), ""),
        *(f"## Where we were on the wrong side: {len(missed)} of {len(scored)}", "", *_table(missed), ""),
        *("## The other judged cases, the farthest off first", "", *_table(right), ""),
        *("## Not judged: not yet due, or not known", "", *_table(ahead), ""),
        *("## What the planner may know that was not known", "", *_hindsight(told), ""),
    ]
    return "\n".join(parts)


def _told(path: Path, report: Report) -> Iterator[Told]:
    rows = {r.case_id: r for r in report.rows if r.figure == "delivered"}
    for entry in read(path).entries:
        try:
            found = forecast(tuple(sorted(entry.case.given.items())))
        except (CannotPredict, GigawattError):  # the row has the reason
            found = None
        yield Told(entry, rows[entry.case_id], found)


def _scores(s: Mapping[str, Any]) -> Iterator[str]:
    """Scores beside those of the two forecasts that cost nothing."""
    yield _line(("forecast", "Brier score", "log score"))
    yield "|---|---|---|"
    names = {"": "the planner", "_base_rate": "base rate of the other cases", "_always_late": "always late"}
    for end, name in names.items():
        yield _line((name, _number(s[f"brier{end}"]), _number(s[f"log_score{end}"], "infinite")))
    yield ""
    yield (
        f"{s['scored']} cases are due with a known outcome. Small is good. AUC {_number(s['auc'])}. Where a delivery "
        f"has a date, the middle forecast is {_number(s['months'], digits=1)} months off (median) and"
        f" {_share(s['coverage_80'])} of the dates lie in the 80 % interval."
    )


def _luck(scored: Sequence[Told]) -> Iterator[str]:
    """How much of the distance to the base rate so few cases could give by chance."""
    truths = [float(t.row.truth) for t in scored]
    if len(truths) < FEW:
        return
    pairs = zip(scored, base_rates(truths), truths, strict=True)
    gains = [(base - truth) ** 2 - t.off**2 for t, base, truth in pairs]
    error = float(np.std(gains, ddof=1)) / len(gains) ** 0.5
    yield (
        f"The planner is better than the base rate by {np.mean(gains):.3f} a case, standard error {error:.3f}: "
        "so few cases are no proof of skill, they would show its absence."
    )


def _bins(s: Mapping[str, Any]) -> Iterator[str]:
    yield _line(("chance said", "cases", "mean of what was said", "came in time"))
    yield "|---|---|---|---|"
    for b in s["reliability"]:
        span = f"{_share(b['from'])} to {_share(b['to'])}"
        yield _line((span, str(b["n"]), _share(b["mean_predicted"]), _share(b["share_delivered"])))


def _method() -> Iterator[str]:
    """The rule in words, and every assumption behind it with its value."""
    yield (
        "The announcement becomes a question to the planner: place, power, power source, build type, owner, with "
        "`--as-of` its date. The chance is the product of two. *Gates*: each condition that the announcement leaves "
        "open (grid agreement, tenant, licence, permits, a date) or the plan's own gates find open counts once, a gate "
        "that says no counts as refused, and every year to the promised date counts too. *Schedule*: what is said to "
        "be settled is taken out of the plan's network (a grid agreement ends the study, and permits and lenders have "
        "run beside it for as long), and the owner's date, with the slip that such dates have, is a second schedule: "
        "the mean of the two is compared with the date, over 400 draws. Nothing is fitted to the outcomes. "
        "These assumptions and the reading were made with these cases in sight, so new cases are the better test:"
    )
    yield ""
    facts = load_facts()
    for fact in facts.under(ASSUMED):
        unit = "" if fact.unit == "1" else f" {fact.unit}"
        yield f"- `{fact.id}` {fact.value:g} ({fact.low:g} to {fact.high:g}){unit}: {fact.note}"


def _sensitivity(scored: Sequence[Told]) -> Iterator[str]:
    """Brier score with each assumption at the ends of its range, the others as they are."""
    facts = load_facts()
    yield "Brier score over the same cases with one assumption at the low or the high end of its range:"
    yield ""
    yield _line(("assumption", "low", "high"))
    yield "|---|---|---|"
    for fact in (f for f in facts.under(ASSUMED) if f.id.startswith(WEIGHED)):
        ends = (facts.with_overrides({fact.id: _all(float(end))}) for end in (fact.low, fact.high))
        if not fact.id.startswith(KEPT):  # a slip is drawn: its whole range moves
            ends = (facts.with_overrides({fact.id: _moved(fact, end)}) for end in (float(fact.low), float(fact.high)))
        yield _line((f"`{fact.id}`", *(_number(_brier(scored, changed)) for changed in ends)))


def _all(value: float) -> dict[str, float]:
    return {"value": value, "low": value, "high": value}


def _moved(fact: Fact, value: float) -> dict[str, float]:
    scale = value / float(fact.value)
    return {"value": value, "low": float(fact.low) * scale, "high": float(fact.high) * scale}


def _brier(scored: Sequence[Told], facts: Facts) -> float:
    chances = [t.odds.again(facts).probability if t.odds else EVEN for t in scored]
    return brier(chances, [float(t.row.truth) for t in scored])


def _table(told: Sequence[Told]) -> Iterator[str]:
    if not told:
        yield "None."
        return
    yield _line(HEAD)
    yield "|" + "---|" * len(HEAD)
    yield from (_line(_cells(t)) for t in told)


def _name(t: Told) -> str:
    return t.entry.dims.get("name") or t.entry.case_id


def _cells(t: Told) -> tuple[str, ...]:
    d = t.entry.dims
    mw = f", {float(d['milestone_mw']):g} MW" if d.get("milestone_mw") else ""
    promised = f"{d.get('milestone') or '-'}{mw}, by {d.get('promised_date') or 'no date'}"
    factor = f": {d['deciding_factor']}" if d.get("deciding_factor") else ""
    came = f"{(d.get('status') or 'unknown').replace('_', ' ')}{factor}"
    name = f"{_name(t)} ({d.get('iso3') or '-'})"
    if t.odds is None:
        return name, d.get("announced") or "-", promised, "-", "-", str(t.row.reason), "-", came
    parts = [f"{word}: {', '.join(x)}" for word, x in (("no", t.odds.refused), ("open", t.odds.opened)) if x]
    opened = f" ({'; '.join(parts)})" if parts else ""
    held = f" ({t.odds.path})" if t.odds.path else ""
    return (
        name,
        d.get("announced") or "-",
        promised,
        f"**{_share(t.odds.probability)}**",
        f"{_share(t.odds.kept)}{opened}",
        f"{_share(t.odds.in_time)}{held}",
        _dates(d["announced"], t.odds) + _megawatts(t.odds),
        came,
    )


def _dates(announced: str, odds: Odds) -> str:
    at = (buildout.add_months(announced, float(m)) for m in buildout.quantiles(odds.months, QUANTILES))
    return ", ".join((day or "never")[:7] for day in at)


def _megawatts(odds: Odds) -> str:
    if odds.mw is None:
        return ""
    low, middle, high = buildout.quantiles(odds.mw, QUANTILES)
    return f"; {low:,.0f}, {middle:,.0f}, {high:,.0f} MW at the date"


def _hindsight(told: Sequence[Told]) -> Iterator[str]:
    """Facts that were read for a case and name its own place or campus, and what cannot be excluded at all."""
    yield (
        "Rules of a place that are younger than the announcement are left out of the plan. Lead times, prices and the "
        "sizes of power systems carry one date each, mostly of 2024 to 2026, and stay in: a plan of 2021 is made with "
        "delivery times of 2021 only where an earlier value is on record. Some durations were published about campuses "
        "that are judged here; where the value without that campus is on record (`left_out.` in the facts), that is "
        "used. These facts still name the place or the campus of the case that read them:"
    )
    yield ""
    named = [(t, _own(t)) for t in told if t.odds]
    for t, facts in named:
        if facts:
            yield f"- {_name(t)}: {', '.join(f'`{f}`' for f in facts)}"
    if not any(facts for _, facts in named):
        yield "- none"


def _own(t: Told) -> list[str]:
    """Facts read whose words name the town or the campus."""
    facts, d = load_facts(), t.entry.dims
    town, name = (re.split(r"[\s,(/]", d.get(column) or "")[0] for column in ("place", "name"))
    names = {n.lower() for n in (town, name if name.isupper() else "") if len(n) >= SHORTEST}
    words = {
        f.id: f"{f.note} {facts.source_title(f.source)} {f.where}".lower() for f in (t.odds.read if t.odds else ())
    }
    return [i for i, said in words.items() if any(n in said for n in names) and "without the campus" not in said]


# --- Diagram ----------------------------------------------------------------------------------------------------------


def reliability_svg(bins: Sequence[Mapping[str, Any]]) -> str:
    """A reliability diagram: what was said against what came, a circle's area for the number of cases."""

    def x(share: float) -> float:
        return round(EDGE + share * SIDE, 1)

    def y(share: float) -> float:
        return round(EDGE + (1.0 - share) * SIDE, 1)

    size = SIDE + 2.0 * EDGE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size:g} {size:g}" role="img" '
        'aria-labelledby="title" font-family="sans-serif" font-size="13">',
        '<title id="title">Chance said by the planner against the share that came in time</title>',
        f'<rect width="{size:g}" height="{size:g}" fill="#ffffff"/>',
        f'<path d="M{x(0)} {y(1)} V{y(0)} H{x(1)}" fill="none" stroke="#6b7280"/>',
        f'<path d="M{x(0)} {y(0)} L{x(1)} {y(1)}" stroke="#9ca3af" stroke-dasharray="5 5"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        out.append(
            f'<text x="{x(tick)}" y="{y(0) + 18:g}" text-anchor="middle" fill="#374151">{in_percent(tick)}</text>'
        )
        out.append(
            f'<text x="{x(0) - 8:g}" y="{y(tick) + 4:g}" text-anchor="end" fill="#374151">{in_percent(tick)}</text>'
        )
    for b in bins:
        at = f'cx="{x(b["mean_predicted"])}" cy="{y(b["share_delivered"])}"'
        out.append(f'<circle {at} r="{4.0 * b["n"] ** 0.5:.1f}" fill="#2563eb" fill-opacity="0.55"/>')
        label = f'x="{x(b["mean_predicted"])}" y="{y(b["share_delivered"]) - 4.0 * b["n"] ** 0.5 - 4.0:.1f}"'
        out.append(f'<text {label} text-anchor="middle" fill="#111827">{b["n"]}</text>')
    middle = f'{x(0.5)}" y="{size - 8:g}'
    out.append(f'<text x="{middle}" text-anchor="middle" fill="#111827">chance said; circles: number of cases</text>')
    out.append(f'<text x="{x(0)}" y="{y(1) - 12:g}" fill="#111827">share that came in time</text>')
    return "\n".join([*out, "</svg>", ""])


# --- Words ------------------------------------------------------------------------------------------------------------


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _number(value: float | None, none: str = "-", digits: int = 3) -> str:
    return none if value is None else f"{value:.{digits}f}"


def _share(value: float | None) -> str:
    if value is None:
        return "-"
    return in_percent(value) if value >= 0.01 or value == 0.0 else "under 1 %"
