"""Sheet Inputs: what may be changed, beside the plan's own value; and the patterns by age that follow from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.answer import Plan

from .book import Book, column

HEAD = ("input", "value", "unit", "in the plan", "fact or origin")
MAIN = ("price", "sold", "wacc_it", "wacc_shell", "wacc_power", "equity_target", "inflation", "tax", "accelerators")


class Inputs:
    """Addresses of the inputs by name."""

    def __init__(self, book: Book, sheet: Any, plan: Plan) -> None:
        self.book, self.sheet, self.given = book, sheet, plan.cash.given
        self.rows: dict[str, int] = {}
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 4, 22)
        sheet.write(0, 0, "Inputs", book.head)
        sheet.write(
            1, 0, "Change the coloured cells; every other sheet follows. Costs by block: sheet Bill.", book.note
        )
        sheet.write_row(2, 0, HEAD, book.bold)
        order = [*MAIN, *(k for k in self.given if k not in MAIN)]
        for i, key in enumerate(order, start=3):
            x = self.given[key]
            self.rows[key] = i
            sheet.write(i, 0, x.label)
            sheet.write_number(i, 1, x.value, book.input)
            sheet.write(i, 2, x.unit)
            sheet.write_number(i, 3, x.value, book.number)
            sheet.write(i, 4, x.fact)
        sheet.freeze_panes(3, 0)
        self.next = 4 + len(order)
        self.patterns: dict[str, tuple[int, int]] = {}

    def at(self, key: str) -> str:
        """Address of an input, from any sheet."""
        return f"Inputs!$B${self.rows[key] + 1}"

    def value(self, key: str) -> float:
        """The plan's value of an input."""
        return float(self.given[key].value)

    def pattern(self, key: str, label: str, values: Any, formulas: list[str] | None = None) -> None:
        """A row of numbers by age, latest first, so that it lies beside the quarters that it is multiplied with."""
        x = np.asarray(values, float)
        at = self.next
        self.patterns[key], self.next = (at, len(x)), at + 1
        self.sheet.write(at, 0, label, self.book.note)
        for j in range(len(x)):
            cell = len(x) - j  # reversed: the last column is age 0
            if formulas is None:
                self.sheet.write_number(at, cell, float(x[j]), self.book.number)
            else:
                self.sheet.write_formula(at, cell, f"={formulas[j]}", self.book.number, float(x[j]))

    def latest(self, key: str, count: int, skip: int = 0) -> str:
        """Address of ages ``skip`` to ``skip + count - 1`` of a pattern, highest age first."""
        at, length = self.patterns[key]
        first, last = length - skip - count + 1, length - skip
        return f"Inputs!${column(first)}${at + 1}:${column(last)}${at + 1}"

    def age(self, key: str, j: int) -> str:
        """Address of one age of a pattern."""
        at, length = self.patterns[key]
        return f"Inputs!${column(length - j)}${at + 1}"
