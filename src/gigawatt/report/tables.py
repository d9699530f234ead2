"""CSV: figures, facts, hours."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.facts import Fact, Facts


def _text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(list(header))
    writer.writerows(list(r) for r in rows)
    return out.getvalue()


def figures_csv(plan: Plan) -> str:
    """All figures, one a row."""
    header = ("id", "value", "low", "high", "unit", "class", "label", "room", "reason")
    return _text(
        header,
        (
            (f.id, f.value, f.low, f.high, f.unit, f.fact_class, f.label, f.room, f.reason)
            for f in plan.figures.values()
        ),
    )


LISTS = ("bill", "ladder", "schedule", "cashflow")


def tables_csv(plan: Plan) -> str:
    """Figures and tables in one, a value a row: which table, which row of it, which column, what stands there."""
    rows: list[tuple[object, ...]] = []
    for f in plan.figures.values():
        found = {"value": f.value, "low": f.low, "high": f.high, "class": f.fact_class}
        rows += [("figures", f.id, column, value, f.unit) for column, value in found.items()]
    lists: dict[str, Any] = {name: getattr(plan, name) for name in LISTS}
    lists |= {"portfolio": plan.power.get("portfolio") or (), "gates": plan.verdict["gates"]}
    for name, table in lists.items():
        for number, row in enumerate(table, start=1):
            rows += [(name, number, column, value, "") for column, value in row.items() if _is_cell(value)]
    return _text(("table", "row", "column", "value", "unit"), rows)


def _is_cell(value: object) -> bool:
    return value is None or isinstance(value, (str, int, float, np.floating, np.integer))


def facts_csv(found: Iterable[Fact], facts: Facts) -> str:
    """Facts in the schema of the data files, with the readable source."""
    header = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
    return _text(
        header,
        (
            (f.id, f.value, f.low, f.high, f.unit, f.year, f.fact_class, facts.source_title(f.source), f.where, f.note)
            for f in found
        ),
    )


def hours_csv(plan: Plan) -> str:
    """Hourly load, supply, price and temperature of the whole campus; hour 0 starts on 1 January at 00:00 local."""
    names = [n for n, values in plan.series.items() if np.ndim(values) == 1]
    columns = [np.asarray(plan.series[n], float) for n in names]
    return _text(
        ("hour", *names), ((t, *(f"{c[t]:.6g}" for c in columns)) for t in range(len(columns[0]) if columns else 0))
    )
