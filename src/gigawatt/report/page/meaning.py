"""What the draws mean, on the page: sentences, charts, tables."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import meaning as words
from gigawatt.report.page.parts import chart, para, table

NUMBERS = {
    words.DRIVER_HEADER: (2, 3, 4, 5),
    words.FIND_HEADER: (),
    words.CLASS_HEADER: (1, 2, 3, 4, 5),
    words.ROBUST_HEADER: (1, 2, 3, 4, 5),
}


def meaning(plan: Plan) -> str:
    """Budget and date, fan, exceedance, drivers, what to find out, what to choose; nothing without draws."""
    if not words.told(plan):
        return ""
    parts = [*(para(x) for x in words.sentences(plan)), *(chart(c) for c in words.charts(plan))]
    parts += [table(header, rows, numbers=NUMBERS[header], css="dense") for header, rows in words.tables(plan)]
    return "".join([*parts, *(para(x, "note") for x in words.scenario_sentences(plan))])
