"""The frontier on the page: the chart, its table, and what it takes."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import frontier as words
from gigawatt.report.page.parts import chart, para, table

UNBROKEN = "\u2011"  # a hyphen at which a date is not parted


def frontier(plan: Plan) -> str:
    """Every strategy for the same campus; nothing where it was not asked for."""
    if not words.found(plan):
        return ""
    first, *more = words.sentences(plan)
    marked = {i: "total" for i, r in enumerate(words.found(plan)["rows"]) if r["chosen"] or r["as_asked"]}
    rows = [(*r[:2], *(d.replace("-", UNBROKEN) for d in r[2:4]), *r[4:]) for r in words.rows(plan)]
    return (
        para(first)
        + chart(words.chart(plan))
        + table(words.HEADER, rows, numbers=(4, 5, 6, 7), css="dense", marked=marked)
        + "".join(para(x, "note") for x in more)
    )
