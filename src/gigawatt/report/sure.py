"""How sure a plan is, in words and rows: chances, what holding the design costs, how exact the quantiles are."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.figures import FIGURES, display_unit, show
from gigawatt.units import in_percent

HEADER = ("figure", "P10", "P50", "P90", "standard errors", "held: P10", "P90")
SHOWN = (
    "capex_usd", "lcoe_usd_per_mwh", "lcoc_usd_per_accelerator_hour", "accelerators", "facility_peak_mw",
    "training_flop_per_day", "pue", "emissions_kg_per_mwh", "first_power_date", "full_power_date",
    "cost_of_delay_usd_per_month",
)  # fmt: skip
WHOLE = "--draws 10000"


def words(plan: Plan) -> list[str]:
    """Sentences: chances, draws without a plan, the value of flexibility, what is behind the numbers."""
    u = plan.uncertainty
    if not u:
        return []
    return [x for x in (_chances(plan, u), _infeasible(u), _flexibility(plan, u), _basis(plan, u)) if x]


def rows(plan: Plan) -> list[tuple[str, ...]]:
    """Quantiles of the main figures, made anew with their errors, and with the design held; none of a quick plan."""
    u = plan.uncertainty
    if not u or not u["remade"]:
        return []
    return [_row(plan, name, u["figures"][name]) for name in SHOWN if name in u["figures"]]


def _row(plan: Plan, name: str, q: dict[str, Any]) -> tuple[str, ...]:
    spec, held = FIGURES[name], q["held"]
    if spec.unit == "date":
        at = [(x or "never")[:7] for x in (q["p10"], q["p50"], q["p90"], held["p10"], held["p90"])]
        errors = ", ".join(f"{x:.1f}" if np.isfinite(x) else "-" for x in map(float, q["error"])) + " months"
        return (spec.label, *at[:3], errors, *at[3:])
    unit = spec.unit.format(year=plan.question["price_year"])
    ratio = name.startswith("pue")
    shown = "" if ratio or unit == "1" else display_unit(unit)

    def text(x: Any) -> str:
        return show(x, q["p10"], q["p90"], "" if ratio else unit, with_unit=False)

    errors = ", ".join(show(float(x), None, None, "" if ratio else unit, with_unit=False) for x in q["error"])
    label = f"{spec.label}, {shown}" if shown else spec.label
    return (label, *(text(q[k]) for k in ("p10", "p50", "p90")), errors, text(held["p10"]), text(held["p90"]))


def _chances(plan: Plan, u: dict[str, Any]) -> str:
    chance = u["probability"]
    parts = []
    if chance["within_budget"] is not None:
        parts.append(f"{_per_cent(chance['within_budget'])} stay within the budget")
    if chance["by_deadline"] is not None:
        parts.append(f"{_per_cent(chance['by_deadline'])} have full power by {plan.question['words']['by']}")
    if chance["both"] is not None:
        parts.append(f"{_per_cent(chance['both'])} do both")
    if not parts:
        return ""
    tail = " with the design as chosen" if u["remade"] or chance["within_budget"] is not None else ""
    return f"Of {u['draws']:,} draws{tail}, {', '.join(parts)}."


def _infeasible(u: dict[str, Any]) -> str:
    none, held = u["infeasible_draws"], u.get("infeasible_draws_held", u["infeasible_draws"])
    if not none and not held:
        return ""
    said = f"{none:,} of {u['draws']:,} draws leave no plan that keeps every limit; they are counted as missing all"
    return said + (f", and the chosen design breaks one in {held:,}." if held != none else ".")


def _flexibility(plan: Plan, u: dict[str, Any]) -> str:
    if not u["remade"]:
        return ""
    v = u["value_of_flexibility"]
    usd, mwh = v["power_usd_per_year"], v["power_usd_per_mwh"]["mean"]
    if usd["p90"] <= 0.0:
        return "Power as designed is what every draw would choose: there is no value in waiting with the mix."
    year = f"USD_{plan.question['price_year']}/year"
    mean, low, high = (show(usd[k], usd["p10"], usd["p90"], year, with_unit=False) for k in ("mean", "p10", "p90"))
    return (
        f"Value of flexibility: held as designed and only operated, power costs {mean} USD a year more on average "
        f"({low} to {high}) than a mix made anew for the prices and the weather of each draw, {mwh:.1f} USD/MWh, "
        f"with what is not served at the value of lost load.{_short(u)}"
    )


def _short(u: dict[str, Any]) -> str:
    """Draws in which the held design serves less than a supply should that carries the campus."""
    if not u.get("short_draws_held"):
        return ""
    share = _per_cent(u["short_draws_held"] / u["draws"])
    return f" In {share} of the draws it leaves more unserved than a plan would be let: add some margin to it."


def _basis(plan: Plan, u: dict[str, Any]) -> str:
    if not u["remade"]:
        shared = "in one weather year and on one power mix"
        return f"{u['draws']} draws of all facts with a range, {shared}; {WHOLE} makes whole plans."
    worst = u["worst_error"]
    label = FIGURES[worst["figure"]].label if worst["figure"] else ""
    return (
        f"{u['draws']:,} whole plans: all facts with a range drawn together, {u['weather_years']} weather years, the "
        "power mix and the size made anew in each. Standard errors are at most "
        f"{in_percent(worst['of_range'], 1)} of the range "
        f"from P10 to P90 ({label}). Seed {u['seed']}.{_alone(u)}"
    )


def _alone(u: dict[str, Any]) -> str:
    """How near the mixes come to optima made for single draws."""
    x = u["mixes_alone"]
    if not x:
        return ""
    most = max(-x["least"], x["most"])
    return (
        f" Checked beside an optimum for each of {x['draws']} draws alone, the power of these mixes costs the same "
        f"within {in_percent(most, 1)}, within {in_percent(abs(x['mean']), 1)} on average."
    )


def _per_cent(share: float) -> str:
    if share <= 0.0:
        return "none"
    return "under 1 %" if share < 0.01 else "over 99 %" if 0.99 < share < 1.0 else f"{share * 100:.0f} %"
