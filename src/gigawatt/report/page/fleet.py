"""Accelerators by quarter and the cost of waiting on the page."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import fleet_words, schedule_charts
from gigawatt.report.page.parts import chart, figures_table, para, table


def fleet(plan: Plan) -> str:
    f = plan.tables.get("fleet") or {}
    rows = fleet_words.fleet_rows(plan)
    if not rows:
        return ""
    generations = fleet_words.generation_rows(plan)
    return (
        para(f["words"])
        + para(f["note"], "note")
        + chart(schedule_charts.fleet(plan))
        + table(fleet_words.FLEET_HEADER, rows, numbers=(1, 3, 4, 5, 6), css="dense")
        + table(fleet_words.POLICY_HEADER, fleet_words.policy_rows(plan), numbers=(1, 2), css="dense")
        + para(fleet_words.refresh_words(plan))
        + table(fleet_words.GENERATION_HEADER, generations, numbers=(2, 3, 4), css="dense")
    )


def delay(plan: Plan) -> str:
    rows = fleet_words.delay_rows(plan)
    if not rows:
        return ""
    caption = f"Cost of a delay, USD of {plan.question['price_year']}"
    header = ("twelve months, by cause", *fleet_words.MOMENTS.values())
    return (
        para(plan.tables["delay"]["words"])
        + table(
            fleet_words.delay_header(plan), rows, numbers=range(1, 6), caption=caption, marked={len(rows) - 1: "total"}
        )
        + table(header, fleet_words.cause_rows(plan), numbers=range(1, 6), css="dense", marked={5: "total"})
        + figures_table(plan, ("cost_of_delay_usd_per_month",))
    )
