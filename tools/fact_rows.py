"""What the scripts that derive the fact tables share: rows of facts, the reference tables, writing.

Our own convention for ranges is in `around`; figures are cut to seven digits so that the files are the same anywhere.
"""

from __future__ import annotations

import csv
import gzip
import statistics
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

HEADER = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
DATA = Path(__file__).resolve().parent.parent / "src" / "gigawatt" / "data"
RECALLED = "recalled, verify before quoting"
ASSUMPTION = "assumption"

Row = tuple[str, ...]


def num(x: float | str, digits: int = 7) -> str:
    """Shortest text of a number with at most `digits` significant digits."""
    return "" if x == "" else format(float(x), f".{digits}g")


def fact(
    fid: str,
    value: float | str,
    unit: str,
    *,
    year: int | str,
    cls: str,
    source: str,
    where: str,
    note: str = "",
    low: float | str = "",
    high: float | str = "",
) -> Row:
    if unit in ("text", "date"):
        return (fid, str(value), "", "", unit, str(year), cls, source, where, note)
    return (fid, num(value), num(low), num(high), unit, str(year), cls, source, where, note)


def around(value: float, share: float) -> dict[str, float]:
    """Low and high of a range of ours; nothing for an exact figure."""
    return {"low": value * (1 - share), "high": value * (1 + share)} if share else {}


class Reference:
    """The rows of the reference tables, by file name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cache  # noqa: B019 - one object per run of a script
    def rows(self, name: str) -> list[dict[str, str]]:
        path = self.folder / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        with gzip.open(f"{path}.gz", "rt", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cache  # noqa: B019
    def keyed(self, name: str, key: str) -> dict[str, dict[str, str]]:
        return {row[key]: row for row in self.rows(name)}


def percentile(values: Sequence[float], share: float) -> float:
    """Percentile of a sample, between its points."""
    ordered = sorted(values)
    if len(ordered) == 1:
        return ordered[0]
    cuts = statistics.quantiles(ordered, n=100, method="inclusive")
    return cuts[round(share * 100) - 1]


def known_ids(folder: Path, without: Iterable[str]) -> set[str]:
    """Ids of all facts in the tables of a folder, except those of the files named."""
    skip = set(without)
    found: set[str] = set()
    for path in sorted((*folder.glob("*.csv"), *(folder / "assumptions").glob("*.csv"))):
        if path.name not in skip:
            with path.open(encoding="utf-8", newline="") as file:
                found |= {row["id"] for row in csv.DictReader(file)}
    return found


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write facts, refusing repeated ids."""
    kept = list(rows)
    ids = [r[0] for r in kept]
    if len(set(ids)) < len(ids):
        raise SystemExit(f"{path.name}: repeated ids {sorted({i for i in ids if ids.count(i) > 1})}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(kept)
