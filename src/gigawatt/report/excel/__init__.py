"""The plan as a workbook whose headline figures work themselves out again when an input is changed.

Every formula is written with the plan's value beside it, so that viewers that do not calculate show the same numbers.
"""

from __future__ import annotations

import io
from typing import Any

from gigawatt.answer import Plan
from gigawatt.errors import ScenarioError

from . import pages
from .bill import Bill
from .book import Book
from .inputs import Inputs
from .paid import Payments
from .price import Price
from .quarters import Quarters


def workbook(plan: Plan) -> bytes:
    """An Excel file with live formulas: Answer, Inputs, Payments, Bill, Cash flow, Required price, Financing, Sources.

    Parameters
    ----------
    plan : Plan
        The answer. A plan without money, such as one that the chip gate refuses, has Answer and Sources alone. [-]

    Returns
    -------
    bytes
        The file. [-]

    Raises
    ------
    ScenarioError
        When xlsxwriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise ScenarioError('the workbook needs xlsxwriter: pip install "gigawatt[files]"') from None
    if plan.cash is not None and plan.cash.inputs.terms.sculpted:
        raise ScenarioError("--save: the workbook works out equal payments only; leave cash.repayment at annuity")
    out = io.BytesIO()
    file = xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True})
    file.set_calc_mode("auto")
    _fill(Book(file), plan)
    file.close()
    return out.getvalue()


def _fill(book: Book, plan: Plan) -> None:
    answer: Any = book.sheet("Answer")
    if plan.cash is None:
        pages.answer(book, answer, plan, [])
        pages.sources(book, book.sheet("Sources"), plan)
        return
    inputs = Inputs(book, book.sheet("Inputs"), plan)
    paid = Payments(book, book.sheet("Payments"), plan)
    bill = Bill(book, book.sheet("Bill"), plan, inputs, paid)
    quarters = Quarters(book, book.sheet("Cash flow"), plan, inputs, bill, paid)
    real = Price(book, book.sheet("Price, real"), plan, inputs, quarters, nominal=False)
    flat = Price(book, book.sheet("Price, nominal"), plan, inputs, quarters, nominal=True)
    shown = pages.financing(book, book.sheet("Financing"), plan, inputs, bill, quarters, real, flat)
    pages.answer(book, answer, plan, shown)
    pages.sources(book, book.sheet("Sources"), plan)
