"""Dates with their chances, what easing each task gains, the order book and cash at risk on the page."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report import money_charts
from gigawatt.report.page.parts import cap, chart, class_mark, dollars, num, opens, para, stop, table

TARGETS = {"first_power": "First power", "full_power": "Full power"}
SHOWN = 5  # tasks whose easing is shown


def dates(plan: Plan) -> str:
    """First and full power at P10, P50 and P90, what easing tasks gains, and slips on record."""
    found = plan.tables.get("gantt") or {}
    if not found:
        return ""
    rows = [
        (
            TARGETS[name],
            *(opens(f"{name}_date", _month(d[k])) for k in ("central", "p10", "p50", "p90")),
            class_mark(plan.figures[f"{name}_date"].fact_class),
        )
        for name, d in found["dates"].items()
    ]
    header = ("", "if all goes to plan", "1 of 10 draws by (P10)", "half by (P50)", "9 of 10 by (P90)", "class")
    gains = [
        (cap(g["label"]), _months(g["gain_months"]), f"{g['criticality'] * 100:.0f} %", class_mark(g["class"]))
        for g in found["gains"]
        if g["target"] == "full_power"
    ][:SHOWN]
    return (
        table(header, rows)
        + para(_slip(found["slip"]), "note")
        + "<h3>What holds full power up</h3>"
        + table(("task", "gain if it took no time", "holds up in", "class"), gains, numbers=(1, 2))
    )


def orders(plan: Plan) -> str:
    """The order book, cash at risk by quarter, and before each gate."""
    book, found = plan.tables.get("order_book") or [], plan.tables.get("exposure") or {}
    if not book:
        return ""
    usd = dollars(plan)
    rows = [
        (
            cap(r["label"]),
            order_dates(r),
            _month(r["order_by_safe"]),
            _month(r["needed_by"]),
            num(r["usd"], usd, r["low"], r["high"]),
            num(r["deposit_usd"], usd),
            class_mark(r["class"]),
        )
        for r in book
    ]
    header = ("what", "order by", "safer by", "needed by", "for", "deposit", "class")
    gates = [
        (
            cap(f"before {g['words']}"),
            _month(g["date"]),
            show(g["at_risk_usd"], None, None, usd),
            _month(g["date_p90"]),
            show(g["at_risk_p90_usd"], None, None, usd),
        )
        for g in found["gates"]
    ]
    said = (
        "The order date is the last one that moves neither first nor full power; the safer one still holds if the "
        "delivery takes as long as in one draw of ten. What is at risk is what cancelling everything ordered by then "
        "would cost: deposits, and what the maker has spent."
    )
    return (
        para(stop(found["words"]))
        + para(stop(found["basis"]))
        + table(("cash at risk", "opens", "at risk", "opens late (P90)", "then at risk"), gates, numbers=(2, 4))
        + chart(money_charts.exposure(plan))
        + "<h3>Order book</h3>"
        + table(header, rows, numbers=(4, 5))
        + para(said, "note")
    )


def order_dates(row: dict[str, Any]) -> str:
    """When to order; from first to last where it comes in parts."""
    last = f" to {row['last_order'][:7]}" if row["last_order"] else ""
    return f"{_month(row['order_by'])}{last}"


def _slip(slip: dict[str, float | None]) -> str:
    """How late the draws are, beside what is on record."""
    ours = slip["p50_share"], slip["p90_share"]
    if ours[0] is None or ours[1] is None or slip["published_share"] is None:
        return ""
    return (
        f"Half of the draws end at least {ours[0] * 100:.0f} % later than planned, one in ten {ours[1] * 100:.0f} %; "
        f"on record: {slip['published_share'] * 100:.0f} % at Abilene."
    )


def _month(day: str | None) -> str:
    return day[:7] if day else "never"


def _months(n: float) -> str:
    return "nothing alone" if n < 0.05 else f"{n:.1f} months" if n < 1.5 else f"{n:.0f} months"
