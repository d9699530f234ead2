"""Waits for a connection of 100 MW that were looked up, country by country; elsewhere the analogy of the region stands.

A figure is what an operator, a regulator, a broker or the press says of one country, or the dates of one campus or of
the network works that new loads wait for; the note says which. Class C where only the term of a contract for works
was found, or an old figure. Ranges are wide: few of them are of one kind.
"""

from __future__ import annotations

import csv
from pathlib import Path

Wait = tuple[float, float, float, str, int, str, str, str]


def read() -> dict[str, Wait]:
    """Months from application to power by country: value, low, high, class, year, source, where, note."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        rows = {r.pop("iso3"): r for r in csv.DictReader(lines)}
    return {
        iso3: (
            *(float(r[k]) for k in ("value", "low", "high")),
            r["class"],
            int(r["year"]),
            *(r[k] for k in ("source", "where", "note")),
        )
        for iso3, r in rows.items()
    }


GRID_WAIT = read()
