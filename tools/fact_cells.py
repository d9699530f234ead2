"""What scripts share that write facts with six digits, sorted by id; `fact_rows.py` has seven digits, rows as made."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from pathlib import Path

from fact_rows import DATA, HEADER

Row = dict[str, str]
__all__ = ["DATA", "HEADER", "Row", "fact", "number", "read", "write"]


def read(path: Path) -> list[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def number(x: object) -> str:
    return "" if x in ("", None) else f"{float(x):.6g}"  # type: ignore[arg-type]


def fact(
    id: str,
    value: object,
    low: object,
    high: object,
    unit: str,
    year: object,
    fact_class: str,
    source: str,
    where: str,
    note: str = "",
) -> Row:
    figures = (x if isinstance(x, str) else number(x) for x in (value, low, high))  # text stays as the reference has it
    cells = (id, *figures, unit, year, fact_class, source, where, note)
    return dict(zip(HEADER, (str(c) for c in cells), strict=True))


def write(path: Path, rows: Iterable[Row]) -> None:
    kept = sorted(rows, key=lambda r: r["id"])
    ids = [r["id"] for r in kept]
    if len(set(ids)) < len(ids):
        raise SystemExit(f"{path.name}: repeated ids {sorted({i for i in ids if ids.count(i) > 1})}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, HEADER, lineterminator="\n")
        out.writeheader()
        out.writerows(kept)
