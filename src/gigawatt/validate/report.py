"""What `validate` returns: rows, and statistics by family and dimension."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gigawatt.uncertainty.calibration import Reliability

from .families import Family
from .intervals import judged
from .scoring import JSON_FIELDS, Row, statistics, worst


@dataclass(frozen=True)
class Report:
    """Predictions and truth, row by row, with statistics on demand.

    Parameters
    ----------
    families : mapping of str to Family
        Families by the name of their file. [-]
    cases : mapping of str to int
        Cases in the files of each. [-]
    rows : tuple of Row
        One case x one figure each. [-]
    problems : tuple of str
        Lines and cases that could not be read. [text]
    remarks : tuple of str
        Files of a folder that were passed over. [text]
    """

    families: Mapping[str, Family]
    cases: Mapping[str, int]
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def rows_of(self, name: str) -> list[Row]:
        """The rows of one family."""
        return [r for r in self.rows if r.family == name]

    def statistics(self, name: str) -> dict[str, Any]:
        """The statistics of one family, its worst rows, and its dimensions."""
        family, rows = self.families[name], self.rows_of(name)
        found = statistics(rows, family.statistics, grouped=family.group is not None)
        found["cases"] = self.cases[name]
        found["worst"] = [row.json() for row in worst(rows)]
        found["by"] = {dimension: _split(family, rows, dimension) for dimension in family.by}
        return found

    def intervals(self) -> dict[str, dict[str, Reliability]]:
        """Reliability of the 80 % intervals, by family and figure."""
        return judged(self.rows)

    def json(self, rows: bool = False) -> dict[str, Any]:
        """The JSON of the scoring contract."""
        found: dict[str, Any] = {"families": {name: self.statistics(name) for name in self.families}}
        for family, figures in self.intervals().items():
            if family in found["families"]:
                found["families"][family]["intervals"] = {figure: r.json() for figure, r in figures.items()}
        return found | ({"rows": [row.json() for row in self.rows]} if rows else {})

    def text_json(self, rows: bool = False) -> str:
        """The same as text; a number that is none would be an error here, never a NaN."""
        return json.dumps(self.json(rows), ensure_ascii=False, indent=1, allow_nan=False)

    def csv(self) -> str:
        """The rows as CSV; lists as JSON."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(JSON_FIELDS)
        for row in self.rows:
            writer.writerow([_cell(value) for value in row.json().values()])
        return out.getvalue()


def _split(family: Family, rows: Sequence[Row], dimension: str) -> dict[str, Any]:
    """Statistics for each value of a dimension."""
    parts: dict[str, list[Row]] = {}
    for row in rows:
        if row.dims.get(dimension):
            parts.setdefault(row.dims[dimension], []).append(row)
    grouped = family.group is not None
    return {value: statistics(part, family.statistics, grouped) for value, part in parts.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value
