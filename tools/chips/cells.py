"""Rows of facts of compute: all their sources begin with `compute-`."""

from __future__ import annotations

import math

import fact_cells
from fact_cells import Row


def number(text: str, default: float = math.nan) -> float:
    return float(text) if text not in ("", None) else default


def fact(  # type: ignore[no-untyped-def]
    fact_id, value, low, high, unit, year, cls, source, where, note=""
) -> Row:
    return fact_cells.fact(fact_id, value, low, high, unit, year, cls, f"compute-{source}", where, note)
