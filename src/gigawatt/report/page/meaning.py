"""What the draws mean, on the page: sentences, charts, tables."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import meaning as words
from gigawatt.report.page.parts import chart, para, table


def meaning(plan: Plan) -> str:
    """Budget and date, fan, exceedance, drivers, what to find out, what to choose; nothing without draws."""
    if not words.told(plan):
        return ""
    parts = [*(para(x) for x in words.sentences(plan)), *(chart(c) for c in words.charts(plan))]
    parts.append(table(words.DRIVER_HEADER, words.driver_rows(plan), numbers=(2, 3, 4, 5), css="dense"))
    if words.find_rows(plan):
        parts.append(table(words.FIND_HEADER, words.find_rows(plan), css="dense"))
    parts.append(table(words.CLASS_HEADER, words.class_rows(plan), numbers=range(1, 6), css="dense"))
    if words.robust_rows(plan):
        parts.append(table(words.ROBUST_HEADER, words.robust_rows(plan), numbers=(1, 2, 3, 4, 5), css="dense"))
        parts += [para(x, "note") for x in words.scenario_sentences(plan)]
    return "".join(parts)
