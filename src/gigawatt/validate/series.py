"""Hourly files that cases name: found beside the case file, else below GIGAWATT_REFERENCE, and read once."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TextIO, cast

import numpy as np
from numpy.typing import NDArray

from gigawatt.errors import ScenarioError

PACKED = ".gz"
Columns = Mapping[str, NDArray[np.float64]]


def series_columns(folder: Path, named: str) -> Columns:
    """Columns of an hourly file by name; words after the path are ignored, columns that are no numbers left out."""
    words = named.split()
    path = PurePosixPath(words[0] if words else "")
    if not words or path.is_absolute() or ".." in path.parts:
        raise ScenarioError(f"series {named!r}: expected a path such as series/hours.csv, below the case file")
    return _columns(_found(folder, path))


def _found(folder: Path, path: PurePosixPath) -> Path:
    below = path.relative_to("series") if path.parts[0] == "series" else path
    reference = os.environ.get("GIGAWATT_REFERENCE")
    roots = [folder, *([Path(reference) / "published_cases", Path(reference)] if reference else [])]
    for root in roots:
        for candidate in (root / path, root / "series" / below):
            for file in (candidate, candidate.with_name(f"{candidate.name}{PACKED}")):
                if file.is_file():
                    return file
    for candidate in sorted(Path(reference).rglob(path.name)) if reference else []:
        if candidate.is_file() and candidate.parts[-len(below.parts) :] == below.parts:
            return candidate
    where = f"below {reference}" if reference else "GIGAWATT_REFERENCE is not set"
    raise ScenarioError(f"series {path}: not beside the case file, and {where}; put it in a folder series beside it")


@lru_cache(maxsize=64)
def _columns(path: Path) -> Columns:
    try:
        with _opened(path) as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ScenarioError(f"{path.name}: cannot be read ({error}); expected a CSV file with a header") from None
    if len(rows) < 2:
        raise ScenarioError(f"{path.name}: has no hours; expected a header and one line an hour")
    header, hours = rows[0], rows[1:]
    uneven = next((i for i, row in enumerate(hours) if len(row) != len(header)), None)
    if uneven is not None:
        found = f"row {uneven + 1} has {len(hours[uneven])} fields and the header {len(header)}"
        raise ScenarioError(f"{path.name}: {found}; mend the row")
    columns = zip(header, zip(*hours, strict=True), strict=True)
    return {name: values for name, texts in columns if (values := _numbers(texts)) is not None}


def _opened(path: Path) -> TextIO:
    packed = path.suffix == PACKED
    return cast(TextIO, (gzip.open if packed else open)(path, "rt", encoding="utf-8-sig", newline=""))


def _numbers(texts: tuple[str, ...]) -> NDArray[np.float64] | None:
    try:
        values = np.array(texts, dtype=np.float64)
    except ValueError:
        return None
    if not np.all(np.isfinite(values)):
        return None
    values.flags.writeable = False
    return values
