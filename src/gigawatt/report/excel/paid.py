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
        self.before: dict[str, dict[int, float]] = {}
        count = len(names)
        for kind, paid in r.paid.by_quarter.items():
            self._kind(book, kind, paid[:count, :count])
        for b in r.inputs.blocks:
            if b.name.startswith("bridge_"):
                comes, paid = int(np.argmax(b.added)), np.zeros((count, count))
                paid[comes, comes + 1 - b.spending.shape[1] : comes + 1] = b.spending[0, ::-1]
                self._kind(book, b.name, paid)

    def _kind(self, book: Book, kind: str, paid: Any) -> None:
        """Rows of one kind: one for each quarter in which something comes on line, and their sum."""
        g = self.grid
        g.heading(kind.replace("_", " "))
        self.cohorts[kind] = [int(c) for c in np.flatnonzero(paid.sum(axis=1) > 0.0)]
        self.before[kind] = {}
        for c, t in zip(*np.nonzero(paid), strict=True):
            self.before[kind][int(c - t)] = self.before[kind].get(int(c - t), 0.0) + float(paid[c, t])
        for c in self.cohorts[kind]:
            words = f"for what is on line in quarter {c + 1}"
            g.row(f"{kind}.{c}", words, paid[c], unit="1", total=True, form=book.number)
        g.row(
            kind,
            "paid in the quarter",
            paid.sum(axis=0),
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

    def interest(self, kind: str, rate: str, years: float, within: float) -> str:
        """Formula of interest during construction over the money paid, as `finance.interest_during_construction`."""
        terms = (f"{x!r}*(1+{rate})^{(j + within) * years!r}" for j, x in sorted(self.before[kind].items()))
        return f"({'+'.join(terms)}-1)"
