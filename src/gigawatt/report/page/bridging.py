"""Bridging power and the flexible connection on the page."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import bridging as told
from gigawatt.report import schedule_charts
from gigawatt.report.page.parts import chart, para, table


def bridging(plan: Plan) -> str:
    """Options beside each other, then the curve."""
    if not told.words(plan):
        return ""
    rows = told.rows(plan)
    options = table(told.HEADER, rows, numbers=range(4, 12)) + para(told.NOTE, "note") if rows else ""
    curve = told.curve_rows(plan)
    more = ""
    if curve:
        said = para(" ".join(x for x in (told.curve_words(plan), told.carried(plan)) if x))
        more = (
            "<h3>Power now, against hours of stepping back</h3>"
            + said
            + chart(schedule_charts.flexible(plan))
            + table(told.CURVE, curve, numbers=range(4))
            + para(told.CURVE_NOTE, "note")
        )
    return para(told.words(plan)) + options + more
