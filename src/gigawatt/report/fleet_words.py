"""Accelerators by quarter and the cost of waiting as rows of text: the same in terminal, Markdown and HTML."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show

FLEET_HEADER = ("quarter", "bought", "of which kind", "on line", "P10 to P90", "IT power, MW", "H100-equivalents")
POLICY_HEADER = ("one life of hardware", "ordered for the power", "all ordered today")
GENERATION_HEADER = ("generation", "volume from", "price, USD", "kW of IT", "USD per EFLOP", "bought for delivery in")
POLICIES = (
    ("idle_hardware_mw_months", "hardware without power, MW-months"),
    ("idle_shell_mw_months", "halls without power, MW-months"),
    ("idle_power_mw_months", "power without hardware, MW-months"),
    ("interest_on_idle_usd", "interest on what stands idle, USD"),
    ("hardware_usd", "hardware, USD"),
    ("accelerators", "accelerators"),
    ("h100_equivalents", "H100-equivalents at full power"),
)
MOMENTS = {
    "ground": "before ground is broken",
    "half": "half way through construction",
    "chips": "shell and power ready, chips late",
    "power": "first racks there, power late",
    "bought": "all built and bought",
}
PUBLISHED = "published way: rent for every accelerator"


def quarter(day: str) -> str:
    return f"{day[:4]} Q{(int(day[5:7]) + 2) // 3}"


def count(x: float) -> str:
    return show(x, None, None, "") if x else "0"


def fleet_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Quarters in which something is bought or comes on line, to the full campus."""
    f = plan.tables.get("fleet") or {}
    rows: list[tuple[str, ...]] = []
    before = 0.0
    for r in f.get("rows", [])[: f.get("full", -1) + 1]:
        if r["bought"] > 0 or abs(r["online"] - before) > 0.5:
            span = f"{count(r['online_low'])} to {count(r['online_high'])}"
            bought, kind = (count(r["bought"]), r["generation"]) if r["bought"] > 0 else ("", "")
            cells = (bought, kind, count(r["online"]), span, f"{r['it_mw']:,.0f}", count(r["h100_equivalents"]))
            rows.append((quarter(r["quarter"]), *cells))
        before = r["online"]
    return rows


def refresh_words(plan: Plan) -> str:
    """What replacing the hardware at the end of its life does; nothing where it lies beyond the horizon."""
    r = (plan.tables.get("fleet") or {}).get("refresh") or {}
    if not r:
        return ""
    cost = r["hardware_usd"]
    usd = show(cost["value"], cost["low"], cost["high"], f"USD_{plan.question['price_year']}")
    times = r["h100_equivalents_after"] / max(r["h100_equivalents_before"], 1.0)
    return (
        f"Refresh from {quarter(r['from'])} to {quarter(r['until'])}: {count(r['accelerators'])} accelerators replace "
        f"{count(r['accelerators_retired'])} on the same {r['it_mw_after']:,.0f} MW of IT, for {usd}, rack prices "
        f"without network and duty; the campus then computes {times:.2g} times as much."
    )


def policy_rows(plan: Plan) -> list[tuple[str, ...]]:
    """The two ways of ordering, side by side."""
    found = (plan.tables.get("fleet") or {}).get("policies") or {}
    return [(words, *(_ranged(found[way][key]) for way in ("step", "now"))) for key, words in POLICIES] if found else []


def generation_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Generations with price, power and cost of compute when they can first be had."""
    rows: list[tuple[str, ...]] = []
    for g in (plan.tables.get("fleet") or {}).get("generations", []):
        best = f"{quarter(g['best_from'])} to {quarter(g['best_until'])}" if g["best_from"] else "never the cheapest"
        cost = "" if g["usd_per_useful_eflop"] is None else f"{g['usd_per_useful_eflop']:.2g}"
        rows.append((g["generation"], (g["from"] or "")[:7], count(g["price_usd"]), f"{g['it_kw']:.2g}", cost, best))
    return rows


def delay_header(plan: Plan) -> tuple[str, ...]:
    found = plan.tables.get("delay") or {}
    months = dict.fromkeys(r["months"] for r in found.get("rows", []))
    return ("when it strikes", *(f"{m} month" if m == 1 else f"{m} months" for m in months))


def delay_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Total cost by moment and months; the published way below."""
    found = plan.tables.get("delay") or {}
    usd = f"USD_{plan.question['price_year']}"
    rows: list[tuple[str, ...]] = []
    for key, words in MOMENTS.items():
        mine = [r for r in found.get("rows", []) if r["moment"] == key]
        if mine:
            rows.append((words, *(show(r["usd"], r["low"], r["high"], usd, with_unit=False) for r in mine)))
    if rows:
        rows.append((PUBLISHED, *(show(x["usd"], None, None, usd, with_unit=False) for x in found["naive"])))
    return rows


def cause_rows(plan: Plan, months: int = 12) -> list[tuple[str, ...]]:
    """A year's delay by cause and moment."""
    found = plan.tables.get("delay") or {}
    usd = f"USD_{plan.question['price_year']}"
    causes = {
        "carry_usd": "interest on what is committed",
        "ageing_usd": "value that idle hardware loses",
        "standing_usd": "staff, service, insurance",
        "margin_usd": "margin lost on hours sold",
        "cheaper_usd": "less: chips bought later are cheaper",
        "usd": "total",
    }
    at = {r["moment"]: r for r in found.get("rows", []) if r["months"] == months}
    if len(at) != len(MOMENTS):
        return []
    rows: list[tuple[str, ...]] = [
        (words, *(_money(at[m][key], usd) for m in MOMENTS)) for key, words in causes.items()
    ]
    spans = (f"{_money(at[m]['low'], usd)} to {_money(at[m]['high'], usd)}" for m in MOMENTS)
    return [*rows, ("P10 to P90", *spans)]


def _money(x: float, usd: str) -> str:
    return show(x, None, None, usd, with_unit=False) if abs(x) >= 1.0 else "0"


def _ranged(v: dict[str, Any]) -> str:
    if v["low"] == v["high"]:
        return count(v["value"])
    return f"{count(v['value'])} ({count(v['low'])} to {count(v['high'])})"
