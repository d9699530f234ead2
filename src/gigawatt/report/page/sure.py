"""How sure the plan is, on the page."""

from __future__ import annotations

from gigawatt.answer import Plan
from gigawatt.report import sure as told
from gigawatt.report.page.parts import para, table


def sure(plan: Plan) -> str:
    """Chances and basis in sentences, then the quantiles."""
    rows = told.rows(plan)
    return "".join(para(x) for x in told.words(plan)) + (table(told.HEADER, rows, numbers=range(1, 7)) if rows else "")
