"""A workbook's formats, and a sheet of rows over quarters whose cells are formulas with their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

FIRST = 3  # column of the first quarter: before it stand label, unit and sum


def column(number: int) -> str:
    """Letters of a column, counted from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class Book:
    """The file with its formats."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.head = file.add_format({"bold": True, "font_size": 14})
        self.bold = file.add_format({"bold": True, "bottom": 1})
        self.note = file.add_format({"italic": True, "font_color": "#5a6774"})
        self.wrap = file.add_format({"text_wrap": True, "valign": "top"})
        self.money = file.add_format({"num_format": "#,##0"})
        self.price = file.add_format({"num_format": "0.0000"})
        self.share = file.add_format({"num_format": "0.00%"})
        self.number = file.add_format({"num_format": "#,##0.00####"})
        self.input = file.add_format({"num_format": "#,##0.00####", "bg_color": "#fff6d6", "font_color": "#0b5394"})
        self.date = file.add_format({"bold": True, "align": "right"})

    def sheet(self, name: str) -> Any:
        """A new sheet."""
        made = self.file.add_worksheet(name)
        made.hide_gridlines(2)
        return made


class Grid:
    """Rows over quarters on one sheet; other formulas name a row, not an address."""

    def __init__(self, book: Book, sheet: Any, title: str, note: str, quarters: Sequence[str]) -> None:
        self.book, self.sheet, self.name, self.count = book, sheet, sheet.get_name(), len(quarters)
        self.rows: dict[str, int] = {}
        self.values: dict[str, np.ndarray] = {}
        sheet.set_column(0, 0, 46)
        sheet.set_column(1, 1, 10)
        sheet.set_column(2, FIRST + self.count, 14)
        sheet.write(0, 0, title, book.head)
        sheet.write(1, 0, note, book.note)
        sheet.write_row(2, 0, ("quarter", "unit", "sum"), book.bold)
        for t, day in enumerate(quarters):
            sheet.write(2, FIRST + t, day, book.date)
        sheet.freeze_panes(3, FIRST)
        self.next = 3

    def heading(self, text: str) -> None:
        """A line with a name above what follows."""
        self.sheet.write(self.next + 1, 0, text, self.book.bold)
        self.next += 2

    def row(
        self,
        key: str,
        label: str,
        values: Any,
        formula: Callable[[int], str] | None = None,
        *,
        unit: str = "USD",
        total: bool = False,
        form: Any = None,
    ) -> None:
        """A row: formulas with their values, or values alone."""
        x = np.broadcast_to(np.asarray(values, float), (self.count,))
        at, form = self.next, form or self.book.money
        self.rows[key], self.values[key], self.next = at, x, at + 1
        self.sheet.write(at, 0, label)
        self.sheet.write(at, 1, unit, self.book.note)
        if total:
            cells = f"={column(FIRST)}{at + 1}:{column(FIRST + self.count - 1)}{at + 1}".replace("=", "=SUM(") + ")"
            self.sheet.write_formula(at, 2, cells, form, float(np.nansum(x)))
        for t in range(self.count):
            value = float(x[t])
            if formula is None:
                self.sheet.write_number(at, FIRST + t, value, form)
            else:
                shown = value if np.isfinite(value) else ""
                self.sheet.write_formula(at, FIRST + t, f"={formula(t)}", form, shown)

    def at(self, key: str, t: int, *, outside: bool = False) -> str:
        """Address of a cell; of another sheet's formula where ``outside``."""
        return f"{self._sheet(outside)}{column(FIRST + t)}{self.rows[key] + 1}"

    def span(self, key: str, first: int, last: int, *, outside: bool = False) -> str:
        """Address of the cells from one quarter to another, both included."""
        row = self.rows[key] + 1
        return f"{self._sheet(outside)}${column(FIRST + first)}${row}:${column(FIRST + last)}${row}"

    def whole(self, key: str, *, outside: bool = False) -> str:
        """Address of the whole row."""
        return self.span(key, 0, self.count - 1, outside=outside)

    def total(self, key: str, *, outside: bool = False) -> str:
        """Address of a row's sum."""
        return f"{self._sheet(outside)}$C${self.rows[key] + 1}"

    def _sheet(self, outside: bool) -> str:
        return f"'{self.name}'!" if outside else ""
