"""Figures that were looked up country by country: waits for the grid, peak loads, prices of large loads.

The tables beside this file hold them, one row per place. A wait is what an operator, a regulator, a broker or the press
says of one country, or the dates of one campus or of the network works that new loads wait for; the note says which.
Class C where only the term of a contract for works was found, an old figure, or one that is recalled.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """A figure of one place, with its range, class of evidence and source."""

    value: float
    low: float
    high: float
    cls: str
    year: int
    source: str
    where: str
    note: str


def table(name: str) -> dict[str, Figure]:
    """The figures of one table, by place."""
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {
            r["iso3"]: Figure(
                *(float(r[k]) for k in ("value", "low", "high")),
                r["class"],
                int(r["year"]),
                *(r[k] for k in ("source", "where", "note")),
            )
            for r in csv.DictReader(lines)
        }


GRID_WAIT = table("waits")  # months from application to power
PEAKS = table("peaks")  # MW; also of a US state
TARIFFS = table("tariffs")  # USD/MWh, delivered to a large load
