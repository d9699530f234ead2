"""What was chosen for a goal and why, in words and as table ``optimum``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gigawatt import buildout
from gigawatt.answer import Plan
from gigawatt.chapters import ordering
from gigawatt.chapters.goals import COMPUTE, COST, DATE, NAMES, ROUNDING, VALUE, Optimum, on_line, question, rounded
from gigawatt.chapters.joint import Scales, Weighed
from gigawatt.record import central
from gigawatt.scenario import Scenario
from gigawatt.units import in_mw


def said(plan: Plan, s: Scenario, found: Optimum | None, scales: Scales, reach: str = "") -> Plan:
    """A plan that says what was chosen for the goal; its question stays the one that was asked.

    ``reach`` is what the question can have where nothing serves its goal.
    """
    reading = f"{plan.question['reading']}; chosen for {NAMES[str(s.goal)]}"
    asked = {**plan.question, "words": s.words(), "reading": reading}
    if found is None:
        words_of = [f"No strategy and no size meets the limits for {NAMES[str(s.goal)]}: the plan is as asked."]
        words_of += [reach] if reach else []
        told: dict[str, Any] = {"goal": s.goal, "words": words_of}
    else:
        told = table(s, found, scales.ordering(found.best))
        asked["chosen"] = question(s, found).words()
    smaller = found is not None and (s.power_mw is None or found.best.mw < s.power_mw * (1.0 - ROUNDING))
    verdict = _sized_by_goal(plan) if smaller else plan.verdict
    summary = " ".join([*told["words"], verdict["summary"]])
    return replace(
        plan,
        question=asked,
        verdict={**verdict, "summary": summary},
        tables={**plan.tables, "optimum": told},
    )


def _sized_by_goal(plan: Plan) -> Mapping[str, Any]:
    """The verdict where the power is not the question's but the size that serves the goal best within the money."""
    rows = plan.verdict["binding"]
    if all(x["constraint"] != "power" for x in rows) or "unspent_usd" not in plan.figures:
        return plan.verdict
    need, left = (plan.figures[x].text_with_range for x in ("capex_usd", "unspent_usd"))
    sized = {"constraint": "goal", "words": "The goal sizes the campus within the limits"}
    return {
        **plan.verdict,
        "binding": [{**x, **sized} if x["constraint"] == "power" and x["value"] == x["limit"] else x for x in rows],
        "summary": f"The goal sets the size within the money: it needs {need}; {left} stay unspent.",
    }


def words(s: Scenario, found: Optimum) -> list[str]:
    """What was chosen and why, and what the runner-up would be."""
    b, r, as_of = found.best, found.runner, s.as_of.isoformat()
    many = f"{found.weighed} strategies" if found.weighed > 1 else "the one strategy"
    many += " weighed" if found.left_out else ""
    said = [f"Chosen for {NAMES[found.goal]}, of {many} within the limits: {b.strategy.words}, {_facts(s, b, found)}."]
    if r is not None:
        said.append(f"Next: {r.strategy.words}, {_facts(s, r, found)}; {_difference(s, b, r, found)}.")
    if found.per:
        by = "what the target costs" if "target" in found.per else "their peak FP8 rate"
        said.append(f"The generation was left open: generations are compared by {by}.")
    if found.left_out:
        said.append(f"{found.left_out} more with a bridge cannot carry a larger campus by then and were not sized.")
    if found.goal == VALUE and b.npv_usd < 0:
        market = b.outcome.money.market
        at = "" if market is None else f" of {central(market):.3g} USD/h"
        said.append(
            f"At today's market price{at} no strategy and no size earns its cost of capital: the size stays the "
            "largest within the limits, and this strategy needs the lowest price there."
        )
    if b.bridge is not None:
        permanent = buildout.add_months(as_of, central(b.outcome.calendar.full_months))
        said.append(
            f"The bridge carries up to {in_mw(b.bridge.carries_mw)} until the permanent power is whole in "
            f"{(permanent or 'the far future')[:7]}; costs by the hour and emissions are those of the permanent power."
        )
    return said


def _facts(s: Scenario, w: Weighed, found: Optimum) -> str:
    as_of = s.as_of.isoformat()
    first, full = ((buildout.add_months(as_of, m) or "never")[:7] for m in (w.first_months, w.full_months))
    there = ""
    if found.goal == COMPUTE and s.deadline:
        months = buildout.months_between(as_of, s.deadline.isoformat())
        there = f"{rounded(on_line(w, months))} accelerators on line by {s.deadline.isoformat()}, "
    worth = f"net present value {w.npv_usd / 1e9:,.2g} bn USD"
    if w.outcome.money.market is None:
        worth = "no market price is known for its hours"
    return (
        f"{there}{rounded(w.mw)} MW, first power {first}, full power {full}, {w.capex_usd / 1e9:,.3g} bn USD, "
        f"{w.price:.3g} USD/h needed, {worth}"
    )


def _difference(s: Scenario, b: Weighed, r: Weighed, found: Optimum) -> str:
    if found.goal == VALUE and b.npv_usd >= 0.0:
        return f"{(b.npv_usd - r.npv_usd) / 1e9:,.2g} bn USD less"
    dearer = f"{found.dearer * 100:.2g} % dearer{found.per}"
    if found.goal == DATE:
        later = r.full_months - b.full_months
        return f"{later:.0f} months later" if later >= 1.0 else f"as early, {dearer}"
    if found.goal in (COST, VALUE):
        return dearer
    what = "fewer by then, counted in those of the default type" if found.per else "fewer by then"
    return f"{rounded(found.fewer)} accelerators {what}"


def table(s: Scenario, found: Optimum, orders: ordering.Ordering) -> dict[str, Any]:
    """Table ``optimum``."""
    b, as_of = found.best, s.as_of.isoformat()
    return {
        "accelerator": b.outcome.machine.name,
        "hardware_ordered": orders.policy,
        "first_hardware_order": buildout.add_months(as_of, orders.order_months),
        "price_ordered_with_power": orders.with_power_usd,
        "price_ordered_today": orders.today_usd,
        "goal": found.goal,
        "strategy": b.strategy.words,
        "supply": b.strategy.supply.name,
        "build_type": b.strategy.build_type,
        "bridge": b.strategy.bridge,
        "bridge_mw": b.bridge.mw if b.bridge else 0.0,
        "facility_peak_mw": b.mw,
        "accelerators": b.accelerators,
        "first_power": buildout.add_months(as_of, b.first_months),
        "full_power": buildout.add_months(as_of, b.full_months),
        "capex_usd": b.capex_usd,
        "npv_usd": b.npv_usd,
        "required_price_usd_per_accelerator_hour": b.price,
        "runner_up": found.runner.strategy.words if found.runner else None,
        "weighed": found.weighed,
        "words": [*words(s, found), *([f"{told}."] if (told := ordering.words(orders, "Orders")) else [])],
    }
