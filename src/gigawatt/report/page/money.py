"""The money on the page: the bill, the cost of an accelerator-hour, published costs beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report import cash_words, money_charts
from gigawatt.report.page.parts import (
    cap,
    chart,
    dollars,
    figure,
    figures_table,
    low_to_high,
    num,
    opens,
    para,
    per_cent,
    split,
    table,
)
from gigawatt.report.page.words import BASES, BLOCKS, FIXED, ITEMS, SCOPES


def bill(plan: Plan) -> str:
    if not plan.bill:
        return ""
    usd, total = dollars(plan), sum(b["usd"] for b in plan.bill)
    shown = [b for b in plan.bill if b["usd"] or b["high"]]
    rows = [
        (
            cap(_item(b["item"])),
            opens("capex_usd", show(b["usd"], b["low"], b["high"], usd, with_unit=False)),
            low_to_high(b["low"], b["high"], usd) or FIXED,
            per_cent(b["usd"], total),
            SCOPES.get(b["scope"], b["scope"]),
        )
        for b in shown
    ]
    capex = figure(plan, "capex_usd")
    whole = split(capex) if capex else (show(total, None, None, usd), "")
    rows.append(("All-in", opens("capex_usd", whole[0].replace(" USD", "")), whole[1], "100 %" if total else "–", ""))
    nil = ", ".join(_item(b["item"]) for b in plan.bill if b not in shown)
    note = "The lines add up before rounding; their ranges do not add up, because not all goes wrong at once."
    if nil:
        note += f" Nothing for: {nil}."
    year = plan.question["price_year"]
    return (
        table(
            (f"USD of {year}", "amount", "range (P10 to P90)", "share", "scope"),
            rows,
            numbers=(1, 3),
            marked={len(rows) - 1: "total"},
        )
        + para(note, "note")
        + chart(money_charts.bill(plan, ITEMS))
    )


def _item(name: str) -> str:
    return ITEMS.get(name, name.replace("_", " "))


def cost(plan: Plan) -> str:
    blocks = plan.tables.get("lcoc_by_block") or {}
    if not blocks:
        return ""
    full = figure(plan, "lcoc_usd_per_accelerator_hour")
    total = float(full.value) if full is not None and full.value is not None else 0.0
    rows: list[Sequence[Any]] = [
        (cap(BLOCKS.get(k, k)), opens("lcoc_usd_per_accelerator_hour", _cents(v)), per_cent(v or 0.0, total))
        for k, v in blocks.items()
    ]
    if full is not None:
        rows.append((full.label, opens(full.id, split(full)[0].replace(" USD/h", "")), "100 %"))
    marked = {len(rows) - 1: "total"} if full is not None else {}
    names = (
        "utilisation",
        "lcoc_at_utilisation_usd_per_accelerator_hour",
        "market_price_usd_per_accelerator_hour",
        "break_even_utilisation",
        "rent_abroad_usd_per_accelerator_hour",
        "energy_share_of_cost",
        "opex_usd_per_year",
        "cost_of_delay_usd_per_month",
    )
    deal = (plan.tables.get("customers") or {}).get("contract")
    said = (
        f"Owners and lenders together want a customer who pays {deal['price']['value']:.2f} USD/h {deal['basis']} "
        f"for {deal['years']} years, hours used or not; lenders alone {deal['price_lenders']:.2f}."
        if deal
        else ""
    )
    return (
        table(("block", "USD per accelerator-hour", "share"), rows, numbers=(1, 2), marked=marked)
        + (para(said) if said else "")
        + chart(money_charts.cost(plan, BLOCKS))
        + figures_table(plan, names)
    )


def cash(plan: Plan) -> str:
    """Who gets what: returns and prices, the cash curve, the years, and why the price needed is not the cost."""
    if "financing" not in plan.tables:
        return ""
    year = plan.question["price_year"]
    steps = [(cap(r["step"]), _cents(r["usd_per_accelerator_hour"])) for r in plan.tables["price_bridge"]]
    return (
        para(cash_words.lead(plan))
        + table(("", "value", "range (P10 to P90)"), cash_words.rows(plan), numbers=(1,))
        + chart(money_charts.cash(plan))
        + table(
            cash_words.YEARS,
            cash_words.years(plan),
            numbers=range(1, len(cash_words.YEARS)),
            css="dense",
            caption=f"Billion USD of {year}; what is paid is negative",
        )
        + table(
            ("from the levelised cost to the price the owners need", "USD per accelerator-hour"),
            steps,
            numbers=(1,),
            css="dense",
        )
        + para(plan.tables["financing"]["words"], "note")
    )


def _cents(usd: float | None) -> str:
    return "–" if usd is None else show(usd, usd - 0.05, usd + 0.05, "")


def reconciliation(plan: Plan) -> str:
    rows = plan.tables.get("reconciliation") or []
    if not rows:
        return ""
    bases = [r["basis"] for r in rows]
    body = [
        (
            i,
            "" if i > 1 and bases[i - 2] == r["basis"] else _basis(r["basis"]),
            num(r["ours_usd_per_w"]),
            num(r["published"]),
            low_to_high(r["published_low"], r["published_high"], "") or "–",
            r["source"],
        )
        for i, r in enumerate(rows, 1)
    ]
    words = (
        "Published figures mix bases: with or without the accelerators, per W of IT or of the whole facility. "
        "Each is set beside ours on its own basis."
    )
    return (
        para(words)
        + table(
            ("", "basis", "ours", "published", "range", "source"),
            body,
            numbers=(0, 2, 3, 4),
            css="dense",
            caption="USD per W, of the price year of the plan",
        )
        + chart(money_charts.reconciliation(plan, BASES))
    )


def _basis(basis: str) -> str:
    scope, _, per = basis.rpartition("_")
    return f"{BASES.get(scope, scope.replace('_', ' '))}, per W of {'IT load' if per == 'it' else per}"
