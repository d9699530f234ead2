"""The ladder of sizes, the nearest plan that works, and what each relaxation buys: the story told for other asks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import buildout, gates
from gigawatt.chapters import verdict as verdicts
from gigawatt.chapters import words
from gigawatt.chapters.sizes import MOST_MW, Sizes, Tell
from gigawatt.chapters.sizing import LIMITS, WORDS, Ask
from gigawatt.figures import show
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import HOURS_PER_YEAR

Prepare = Callable[[Steps, Scenario], Any]
RUNGS = ("ladder.rung.1", "ladder.rung.2", "ladder.rung.3", "ladder.rung.4")
RELAXED = 1.1
SAME_LAW = "whether hours may be rented from elsewhere is a question of the same law"
JUST_LARGER, LARGER = 1.02, 1.1  # what refuses the first is shown in the numbers of the second


@dataclass(frozen=True)
class Rung:
    """One size on the ladder with its verdict."""

    name: str
    facility_peak_mw: float
    answer: str
    binding: str
    accelerators: float
    capex_usd: float
    lcoc_usd: float
    first: str | None
    full: str | None
    share_of_peak: float | None
    share_of_gdp: float
    words: str


def climb(step: Steps, s: Scenario, shared: Any, tell: Tell) -> list[Rung]:
    """20, 100, 300 MW, 1 GW and the national maximum."""
    sizes = Sizes(step.aside(), s, shared, tell)
    asked = [float(step.facts[r].value) for r in RUNGS]
    rungs = [_rung(sizes, _name(mw), mw) for mw in asked]
    most = sizes.largest(asked)
    if most is not None:
        most = max([most, *(r.facility_peak_mw for r in rungs if r.answer != gates.NO)])
        rungs.append(_rung(sizes, "national maximum", most))
    return rungs


def _name(mw: float) -> str:
    return f"{mw / 1e3:g} GW" if mw >= 1e3 else f"{mw:g} MW"


def _rung(sizes: Sizes, name: str, mw: float) -> Rung:
    o, verdict = sizes.told(mw)
    deciding = verdict.binding[0] if verdict.binding else None
    as_of = sizes.s.as_of.isoformat()
    share = o.footprint.peak_share
    return Rung(
        name=name,
        facility_peak_mw=mw,
        answer=verdict.answer,
        binding=deciding.gate if deciding else "",
        accelerators=float(o.size.accelerators),
        capex_usd=float(o.money.capex),
        lcoc_usd=float(o.money.lcoc_full),
        first=buildout.add_months(as_of, float(o.calendar.first_months)),
        full=buildout.add_months(as_of, float(o.calendar.full_months)),
        share_of_peak=None if share is None else float(share),
        share_of_gdp=float(o.money.capex_gdp),
        words=deciding.words if deciding else "all gates open",
    )


def headline(rungs: list[Rung]) -> Rung:
    """The largest rung that is yes, else the largest yes_if, else the smallest no; ties by date, then cost."""
    return min(rungs, key=lambda r: order(r.answer, r.facility_peak_mw, r.full, r.capex_usd))


def order(answer: str, facility_peak_mw: float, full: str | None, usd: float) -> tuple[Any, ...]:
    """Sort key of an answer: yes first, then yes_if, each the largest first; a no the smallest first; date, cost."""
    size = facility_peak_mw if answer == gates.NO else -facility_peak_mw
    return (gates.STATES.index(answer), size, full or "9999", usd)


def beyond(step: Steps, s: Scenario, shared: Any, tell: Tell, rung: Rung) -> tuple[str, str]:
    """What stops a campus larger than a rung: the gate that would answer worse, else the calendar; and in words."""
    if rung.answer == gates.NO:
        return rung.binding, rung.words
    sizes = Sizes(step.aside(), s, shared, tell)

    def told(factor: float) -> Rung:
        return _rung(sizes, "larger", rung.facility_peak_mw * factor)

    if told(JUST_LARGER).answer != rung.answer:
        larger = told(LARGER)
        return larger.binding, larger.words
    if rung.facility_peak_mw >= MOST_MW:
        return "", f"nothing stops it up to {_name(MOST_MW)}, the largest that is asked"
    years = float(step.facts["ladder.horizon"].value) / 12
    return "calendar", f"a larger campus is more than {years:g} years away"


def row(r: Rung) -> dict[str, Any]:
    """A rung as in the JSON."""
    return {
        "rung": r.name,
        "facility_peak_mw": r.facility_peak_mw,
        "answer": r.answer,
        "binding": r.binding,
        "words": r.words,
        "accelerators": r.accelerators,
        "capex_usd": r.capex_usd,
        "lcoc_usd_per_accelerator_hour": r.lcoc_usd,
        "first_power_date": r.first,
        "full_power_date": r.full,
        "share_of_peak_demand": r.share_of_peak,
        "capex_share_of_gdp": r.share_of_gdp,
    }


def rent_row(o: Any, closed: Collection[str] = ()) -> dict[str, Any]:
    """Renting the same accelerator-hours abroad, as the last row of the ladder; gates that refuse may forbid it."""
    price = o.money.rent_abroad
    n = float(o.size.accelerators)
    same = f"the {_shown(n)} {o.machine.name} of the plan"
    said = f"no market price is known for {same}"
    if price is not None:
        said = f"{same} at {central(price):.2g} USD/h; no asset, no jobs, no control at the end"
    answer = gates.YES if price is not None else gates.YES_IF
    if "chips" in closed:
        answer, said = gates.NO, SAME_LAW
    return {
        "rung": "rent abroad instead",
        "facility_peak_mw": 0.0,
        "answer": answer,
        "binding": "chips" if "chips" in closed else "",
        "words": said,
        "accelerators": n,
        "capex_usd": 0.0,
        "lcoc_usd_per_accelerator_hour": None if price is None else central(price),
        "usd_per_year": None if price is None else central(price) * n * HOURS_PER_YEAR * central(o.money.utilisation),
        "first_power_date": None,
        "full_power_date": None,
        "share_of_peak_demand": 0.0,
        "capex_share_of_gdp": 0.0,
    }


def refused(verdict: gates.Verdict) -> set[str]:
    """The gates that say no."""
    return {g.gate for g in verdict.gates if g.state == gates.NO}


def nearest(
    step: Steps, s: Scenario, shared: Any, tell: Tell, prepare: Prepare, ask: Ask, o: Any, verdict: gates.Verdict
) -> dict[str, Any] | None:
    """For a no: the largest plan of the same kind that no gate refuses, or renting abroad."""
    if verdict.answer != gates.NO and not _over_limit(o):
        return None
    quiet = step.aside()
    asked = float(o.size.facility_peak_mw)
    no = refused(verdict)
    if "chips" in no:
        return {"kind": "none", "words": f"None is offered: {SAME_LAW}"}
    if "war" in no:
        return {"kind": "rent_abroad", **(rent_row(o) | {"words": "No size works here: rent the same hours abroad"})}
    if o.size.out_of_reach:
        return {"kind": "longer_run", "words": "The same run with more days, or a smaller one"}
    others = [g for g in verdict.gates if g.state == gates.NO and g.source != verdicts.OF_OPTIMUM]
    if o.supply.relief and not others:
        return {
            "kind": "supply",
            "facility_peak_mw": asked,
            "words": "; ".join(r.words(asked) for r in o.supply.relief),
        }
    if no == {"time"} and s.deadline is not None:
        date = buildout.add_months(s.as_of.isoformat(), central(o.calendar.full_months))
        return {
            "kind": "later",
            "facility_peak_mw": asked,
            "full_power_date": date,
            "words": f"The same campus with full power on {date}; by {s.deadline.isoformat()} "
            f"{words.plain_power(_online(s, o))} are on line",
        }
    if o.size.too_small:
        return {"kind": "larger", "facility_peak_mw": asked, "words": f"One server: {asked * 1e3:,.3g} kW"}
    over = _over_limit(o)
    if any(p.source not in ("", "grid") for p in s.power) and no == {"power"} and not over:
        free = s.model_copy(update={"power": (s.power[0].model_copy(update={"mw": s.power_mw, "source": ""}),)})
        other = _rung(Sizes(quiet, free, prepare(quiet, free), tell), "nearest plan", asked)
        if other.answer != gates.NO:
            said = f"{words.plain_power(asked)} from the grid, with own solar and wind where they pay"
            said = f"{said}: {_plainly(other.answer)}"
            return {"kind": "other_source", **row(other), "words": said}
    limit = asked
    if over:
        limit = min(limit, asked * central(o.size.allowed()) / central(o.size.accelerators))
    sizes = Sizes(quiet, s, shared, tell)
    most = sizes.largest() if no else limit
    if most is None:
        return {"kind": "rent_abroad", **(rent_row(o) | {"words": "No size works here: rent the same hours abroad"})}
    mw = min(limit, most) if most < asked else limit
    rung = _rung(sizes, "nearest plan", mw)
    if rung.answer == gates.NO:
        return {"kind": "none", "words": f"None within these limits: {rung.words}"}
    said = f"{words.plain_power(mw)} instead of {words.plain_power(asked)}: {_plainly(rung.answer)}"
    return {"kind": "smaller", **row(rung), "words": said}


def _plainly(answer: str) -> str:
    return answer.replace("_", ", ")


def _over_limit(o: Any) -> bool:
    """Whether the targets ask for more than the limits allow."""
    allowed = o.size.allowed()
    return (
        allowed is not None
        and o.size.binding not in LIMITS
        and central(allowed) < central(o.size.accelerators) * words.SAME_SIZE
    )


def _online(s: Scenario, o: Any) -> float:
    months = buildout.months_between(s.as_of.isoformat(), s.deadline.isoformat()) if s.deadline else 0.0
    return central(buildout.online_mw(months, **o.calendar.ramp))


def _shown(mw: float) -> str:
    return f"{float(f'{mw:.3g}'):,.0f}"


def relaxations(
    step: Steps, s: Scenario, shared: Any, tell: Tell, ask: Ask, o: Any, foreseen_usd: float
) -> list[dict[str, Any]]:
    """What a tenth more of each binding limit buys, what lifting it buys, and what doing a task at once gains.

    ``foreseen_usd`` is the worth of a month that is known before ground is broken; a month late costs the plan's delay.
    """
    quiet = step.aside()
    out = []
    now = central(o.size.accelerators)
    if o.size.binding == "power" and ask.power_mw:
        more = tell(quiet, s, shared, Ask(power_mw=ask.power_mw * RELAXED))
        out.append(_gain(f"{words.plain_power(ask.power_mw * (RELAXED - 1))} more power", more, now))
    if o.size.binding == "budget" and ask.budget_usd is not None:
        more = tell(quiet, s, shared, Ask(budget_usd=central(ask.budget_usd) * RELAXED))
        extra = show(central(ask.budget_usd) * (RELAXED - 1), None, None, "USD")
        out.append(_gain(f"{extra} more money", more, now))
    both = [k for k in LIMITS if k in o.size.by]
    if len(both) == 2 and o.size.binding in LIMITS:
        lifted = tell(quiet, s, shared, ask.without(o.size.binding))
        mw = central(lifted.size.facility_peak_mw)
        row = _gain(f"no limit by {WORDS[o.size.binding]}: the whole sum builds {mw / 1e3:.2g} GW", lifted, now)
        out.append({**row, "facility_peak_mw": mw})
    out = [row for row in out if row["gains"] > 0]
    out += [_sooner(h, foreseen_usd, central(o.delay.total_usd)) for h in o.calendar.holdups[:2] if h.gain_months > 0.5]
    return out


def _sooner(h: buildout.Holdup, foreseen_usd: float, late_usd: float) -> dict[str, Any]:
    """What a task that takes no time gains in months, and their worth: known now, or with all else standing ready."""
    known, late = (x * h.gain_months for x in (foreseen_usd, late_usd))
    worth = (
        f"worth {show(known, None, None, 'USD')} if it is known now" if known > 0.0 else "worth nothing if known now"
    )
    if np.isfinite(late):
        worth += f", {show(late, None, None, 'USD')} if halls and racks stand ready"
    return {
        "change": f"{h.label} done at once",
        "gains": round(h.gain_months, 1),
        "unit": "month",
        "usd": known,
        "usd_if_ready": late,
        "words": f"{h.words}; {worth}" if np.isfinite(h.gain_months) else h.words,
    }


def _gain(change: str, more: Any, now: float) -> dict[str, Any]:
    gained = central(more.size.accelerators) - now
    return {
        "change": change,
        "gains": gained,
        "unit": "accelerator",
        "words": f"{change}: {_shown(gained)} accelerators more",
    }
