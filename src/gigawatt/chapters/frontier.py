"""The frontier from "fastest at any price" to "cheapest if you can wait": the same campus by every strategy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from gigawatt import buildout, choose, gates
from gigawatt.answer import Plan
from gigawatt.chapters import ordering, strategies
from gigawatt.chapters.joint import Scales, Weighed
from gigawatt.chapters.sizing import Ask
from gigawatt.scenario import Scenario

Progress = Callable[[int, int], None]
SAME_MONTHS, SAME_PRICE = 0.5, 1e-3  # differences that are none: half a month, a tenth of a per cent of the price
DIGITS = 2


def tables(
    scales: Scales, s: Scenario, ask: Ask, chosen: Weighed | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Rows by strategy, the fastest first; what beats each; and the words above them."""
    found = _weighed(scales, ask, progress)
    able = [w for w in found if w.answer != gates.NO]
    shown = [w for w in found if w.answer != gates.NO or _as_asked(scales, w)] if able else found
    ranked = sorted(shown, key=lambda w: (w.full_months, w.first_months, w.price))
    least = min(w.price for w in ranked)
    latest = max(w.full_months for w in ranked)
    beaten = choose.beaten_by(
        [(w.full_months, w.price) for w in ranked], tolerances=(SAME_MONTHS, SAME_PRICE * least)
    ).tolist()
    rows = [
        _row(scales, s, w, least, latest)
        | {
            "dominated": b >= 0,
            "dominated_by": ranked[b].strategy.words if b >= 0 else "",
            "chosen": chosen is not None and w.strategy == chosen.strategy,
            "as_asked": _as_asked(scales, w),
        }
        for w, b in zip(ranked, beaten, strict=True)
    ]
    refused = [{"strategy": w.strategy.words, "words": w.refused} for w in found if w not in shown]
    common = [x for x in ranked[0].letters if all(x in w.letters for w in ranked)]
    for row in rows:
        row["needs"] = [f"consent of {x}" for x in row["letters"] if x not in common] + row["needs"]
    return {
        "rows": rows,
        "letters": common,
        "refused": refused,
        "facility_peak_mw": ranked[0].mw,
        "waiting": _waiting(ranked, beaten),
        "ordering": _ordering(scales, ranked, beaten),
        "words": _words(s, ranked, beaten),
        "note": NOTE,
    }


def _weighed(scales: Scales, ask: Ask, progress: Progress | None) -> list[Weighed]:
    todo = scales.all(ask)
    found: list[Weighed] = []
    for strategy in todo:
        found.append(scales.weigh(strategy, ask))
        if progress is not None:
            progress(len(found), len(todo))
    return found


def beside(
    plan: Plan,
    scales: Scales,
    s: Scenario,
    facility_peak_mw: float,
    chosen: Weighed | None = None,
    progress: Progress | None = None,
) -> Plan:
    """A plan with the frontier of its campus in its tables."""
    found = tables(scales, s, Ask(power_mw=facility_peak_mw), chosen, progress)
    return replace(plan, tables={**plan.tables, "frontier": found})


NOTE = (
    "The price is what an accelerator-hour must fetch, in money of the price year, so that the owners get their "
    "return in one life of the hardware; the worth now is the net present value at today's market price. An "
    "earlier ramp and what a bridge costs are in the cash flow by quarter, so nothing is added for delay. Every "
    "strategy is costed with hardware ordered for the day when power is there, at today's price of it. Where the "
    "worth is negative, a later plan loses less only because its loss lies further away: compare prices."
)


def _as_asked(scales: Scales, w: Weighed) -> bool:
    x = w.strategy
    return x.supply.name == strategies.ASKED and x.build_type == scales.recorded and x.bridge == strategies.NO_BRIDGE


def _row(scales: Scales, s: Scenario, w: Weighed, least: float, latest: float) -> dict[str, Any]:
    """One strategy."""
    as_of = s.as_of.isoformat()
    return {
        "strategy": w.strategy.words,
        "supply": w.strategy.supply.name,
        "build_type": w.strategy.build_type,
        "bridge": w.strategy.bridge,
        "bridge_mw": w.bridge.mw if w.bridge else 0.0,
        "bridge_capital_usd": w.bridge.capital_usd if w.bridge else 0.0,
        "first_power": buildout.add_months(as_of, w.first_months),
        "full_power": buildout.add_months(as_of, w.full_months),
        "first_months": w.first_months,
        "full_months": w.full_months,
        "facility_peak_mw": w.mw,
        "accelerators": w.accelerators,
        "capex_usd": w.capex_usd,
        "npv_usd": w.npv_usd,
        **_ordered(s, scales.ordering(w)),
        "required_price_usd_per_accelerator_hour": w.price,
        "extra_usd": (w.price - least) * w.hours,
        "months_gained": latest - w.full_months,
        "answer": w.answer,
        "letters": list(w.letters),
        "needs": strategies.needs(w.strategy, scales.operator),
        "refused": w.refused,
    }


def _ordered(s: Scenario, x: ordering.Ordering) -> dict[str, Any]:
    """How the hardware of a strategy is best ordered, from when, and what an hour needs either way."""
    return {
        "hardware_ordered": x.policy,
        "first_hardware_order": buildout.add_months(s.as_of.isoformat(), x.order_months),
        "price_ordered_with_power": x.with_power_usd,
        "price_ordered_today": x.today_usd,
    }


def _ordering(scales: Scales, ranked: list[Weighed], beaten: list[int]) -> list[str]:
    """What the other way of ordering costs at the two ends of the frontier, where it costs something."""
    edge = [w for w, b in zip(ranked, beaten, strict=True) if b < 0]
    ends = dict.fromkeys((edge[0].strategy, edge[-1].strategy))
    told = (ordering.words(scales.ordering(w), w.strategy.words) for w in edge if w.strategy in ends)
    return [x for x in told if x]


def _waiting(ranked: list[Weighed], beaten: list[int]) -> list[dict[str, Any]]:
    """What a month costs along the frontier: from each strategy to the next slower one that is cheaper."""
    edge = [w for w, b in zip(ranked, beaten, strict=True) if b < 0]
    return [
        {
            "faster": a.strategy.words,
            "slower": b.strategy.words,
            "months": b.full_months - a.full_months,
            "usd_per_month": (a.price - b.price) * a.hours / (b.full_months - a.full_months),
        }
        for a, b in pairwise(edge)
        if b.full_months > a.full_months
    ]


def _words(s: Scenario, ranked: list[Weighed], beaten: list[int]) -> str:
    """The two ends, and the best by value."""
    edge = [w for w, b in zip(ranked, beaten, strict=True) if b < 0]
    fast, cheap = edge[0], min(edge, key=lambda w: w.price)
    best = max(ranked, key=lambda w: w.npv_usd)
    as_of = s.as_of.isoformat()
    if cheap.full_months - fast.full_months < 1.0:
        said = f"Fastest and cheapest are the same: {cheap.strategy.words}, full power {_month(as_of, cheap)}"
    else:
        months = cheap.full_months - fast.full_months
        extra = (fast.price / cheap.price - 1.0) * 100
        said = (
            f"Fastest: {fast.strategy.words}, full power {_month(as_of, fast)}. Cheapest: {cheap.strategy.words}, "
            f"{_month(as_of, cheap)}, {months:.0f} months later. Speed costs {extra:.2g} % on the accelerator-hour"
        )
    if best.npv_usd < 0.0:
        return f"{said}. At today's market price none of them earns its cost of capital."
    worth = f"{best.npv_usd / 1e9:,.2g} bn USD"
    return f"{said}. At today's market price {best.strategy.words} is worth most: {worth}."


def _month(as_of: str, w: Weighed) -> str:
    return (buildout.add_months(as_of, w.full_months) or "never")[:7]
