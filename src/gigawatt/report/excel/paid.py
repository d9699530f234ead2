"""Sheet Payments: what share of each kind of order is paid in which quarter, for what comes on line in which."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.answer import Plan

from .book import Book, Grid

NOTE = (
    "Deposit at the order, progress payments, the rest at delivery; by the quarter in which what is bought comes on "
    "line. The plan's order book: not an input here."
)


class Payments:
    """Addresses of the payments, by kind: those of the campus, and one for each lot of a bridge."""

    def __init__(self, book: Book, sheet: Any, plan: Plan) -> None:
        r = plan.cash
        names = [row["quarter"] for row in plan.tables["cash_by_quarter"]]
        self.grid = Grid(book, sheet, "Payments by quarter, as a share of the order", NOTE, names)
        self.cohorts: dict[str, list[int]] = {}
        self.before: dict[str, Any] = {}
        count = len(names)
        for kind, ahead in r.paid.ahead.items():
            self._kind(book, kind, ahead[:count, :count])
        for b in r.inputs.blocks:
            if b.name.startswith("bridge_"):
                self._kind(book, b.name, np.asarray(b.added, float)[:, None] * b.spending)

    def _kind(self, book: Book, kind: str, ahead: Any) -> None:
        """Rows of one kind: one for each quarter in which something comes on line, and their sum."""
        g, count = self.grid, self.grid.count
        g.heading(kind.replace("_", " "))
        on_line = np.flatnonzero(ahead.sum(axis=1) > 0.0)
        self.cohorts[kind], self.before[kind] = [int(c) for c in on_line], np.trim_zeros(ahead.sum(axis=0), "b")
        total = np.zeros(count)
        for c in self.cohorts[kind]:
            row = np.zeros(count)
            for back, share in enumerate(ahead[c]):
                row[max(c - back, 0)] += share
            total += row
            g.row(f"{kind}.{c}", f"for what is on line in quarter {c + 1}", row, unit="1", total=True, form=book.number)
        g.row(
            kind,
            "paid in the quarter",
            total,
            lambda t: "+".join(g.at(f"{kind}.{c}", t) for c in self.cohorts[kind]) or "0",
            unit="1",
            total=True,
            form=book.number,
        )

    def at(self, kind: str, t: int) -> str:
        """Address of the share of a kind paid in a quarter."""
        return self.grid.at(kind, t, outside=True)

    def placed(self, kind: str, t: int) -> str:
        """Address of the share of a kind that comes on line in a quarter; 0 where nothing does."""
        return self.grid.total(f"{kind}.{t}", outside=True) if t in self.cohorts[kind] else "0"

    def weighted(self, kind: str, t: int, row: str) -> str:
        """Formula: payments for what comes on line in a quarter, each times the same quarter of a row."""
        if t not in self.cohorts[kind]:
            return "0"
        return f"SUMPRODUCT({self.grid.whole(f'{kind}.{t}', outside=True)},{row})"

    def interest(self, kind: str, rate: str, years: float) -> str:
        """Formula of interest during construction over the money paid, as `finance.interest_during_construction`."""
        terms = (f"{float(x)!r}*(1+{rate})^{j * years!r}" for j, x in enumerate(self.before[kind]) if x)
        return f"({'+'.join(terms)}-1)"
