"""Case files: what a predictor may see of them, and what only the scoring may.

Truth is taken out here, once and for every family, so that no prediction can depend on it.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gigawatt.errors import ScenarioError

from .families import CannotPredict, Case, Family, Figure, Tolerance, number
from .known import by_columns, by_stem, known_words
from .scoring import Truth, finite

ABOUT = ("source", "location", "note", "notes", "guide", "reference_wall_s", "tolerance")
NAMES = ("case_id", "id", "name")
ENDINGS = (".csv", ".json")


@dataclass(frozen=True)
class Asked:
    """One figure of one case that is to be predicted."""

    figure: str
    truth: Truth
    tolerance: Tolerance | None
    scored: bool
    reason: str | None = None


@dataclass(frozen=True)
class Entry:
    """One case of a file: what a predictor sees, and what is asked of it."""

    case_id: str
    case: Case
    asked: tuple[Asked, ...]
    dims: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    problem: str = ""


@dataclass(frozen=True)
class CaseFile:
    """A file, its family, its cases, and what was wrong with single lines."""

    path: Path
    family: Family
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.path.stem


def read_all(paths: Sequence[str | Path]) -> tuple[list[CaseFile], list[str]]:
    """All case files behind files and folders, each once, and remarks on files of a folder that were passed over.

    Raises
    ------
    ScenarioError
        A path that is not there, a file that is no case file, or a folder without any; all problems at once.
    """
    files: list[CaseFile] = []
    remarks: list[str] = []
    problems: list[str] = []
    for path in map(Path, paths):
        if not path.exists():
            problems.append(f"{path}: no such file or folder; expected case files or a folder of them")
        elif path.is_dir():
            _read_folder(path, files, remarks, problems)
        else:
            _read_into(path, files, problems, problems)
    if problems:
        raise ScenarioError(problems)
    once = {file.path.resolve(): file for file in files}
    return list(once.values()), remarks


def _read_folder(folder: Path, files: list[CaseFile], remarks: list[str], problems: list[str]) -> None:
    before = len(files) + len(problems)
    for path in sorted(f for f in folder.iterdir() if f.is_file() and f.suffix.lower() in ENDINGS):
        _read_into(path, files, problems, remarks)
    if len(files) + len(problems) == before:
        problems.append(f"{folder}: no case file in this folder; {known_words()}")


def _read_into(path: Path, files: list[CaseFile], problems: list[str], strangers: list[str]) -> None:
    """Read one file; a file of no family is a problem where it was named, a remark where it only lies in a folder."""
    try:
        files.append(read(path))
    except _NotOurs as error:
        strangers.append(str(error))
    except ScenarioError as error:
        problems += error.problems


class _NotOurs(Exception):
    """A file of no family."""


def read(path: Path) -> CaseFile:
    """One case file; a CSV by its name or its columns, a JSON file by the kinds of its cases."""
    if path.suffix.lower() not in ENDINGS:
        raise _NotOurs(f"{path}: expected a .csv or .json file of cases; {known_words()}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read ({error}); expected a CSV or JSON file in UTF-8") from None
    return _csv_file(path, text) if path.suffix.lower() == ".csv" else _json_file(path, text)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv_file(path: Path, text: str) -> CaseFile:
    try:
        lines = [(i, row) for i, row in _numbered(text) if row]
    except csv.Error as error:
        raise ScenarioError(f"{path}: {error}; expected a CSV file with a header") from None
    header = [name.strip() for name in lines[0][1]] if lines else []
    family = by_stem(path.stem) or by_columns(header)
    if family is None or not family.figures:
        raise _NotOurs(f"{path}: not a file of cases that we know; {known_words()}")
    if len(lines) < 2:
        raise ScenarioError(f"{path}: has no cases; expected a header and one line a case")
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise ScenarioError(f"{path}: the header has {', '.join(twice)} twice; name each column once")
    entries, problems = [], []
    for i, row in lines[1:]:
        where = f"{path.name} line {i}"
        entry = _csv_entry(family, path, dict(zip(header, row, strict=False)), where)
        if len(row) != len(header):
            wrong = f"{where}: {len(row)} fields, the header has {len(header)}; mend the line"
            entry = Entry(entry.case_id, entry.case, entry.asked, entry.dims, entry.group, wrong)
        problems += _problems(entry)
        entries.append(entry)
    return CaseFile(path, family, tuple(entries), tuple(problems))


def _problems(entry: Entry) -> list[str]:
    return [words for words in (entry.problem, *(a.reason for a in entry.asked)) if words]


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line each begins on."""
    reader = csv.reader(text.splitlines(keepends=True))
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1


def _csv_entry(family: Family, path: Path, row: Mapping[str, str], where: str) -> Entry:
    wanted = family.asked(row)
    figures = [f for f in family.figures if wanted is None or f.name in wanted]
    return Entry(
        case_id=next((row[n] for n in NAMES if row.get(n)), where),
        case=Case(given=_inputs(family, row, figures), folder=path.parent),
        asked=tuple(_csv_asked(family, f, row, where) for f in figures),
        dims={**row, **family.more(row)},
        group=family.group(row) if family.group else "",
    )


def _inputs(family: Family, row: Mapping[str, str], asked: Sequence[Figure]) -> dict[str, Any]:
    """What a predictor may see of a row: filled inputs; a family that lists its inputs means only those.

    The figures asked of the row are truth. A figure that is not asked is given, where the family says what is asked.
    """
    hidden = {c for f in asked for c in _columns(f)} | set(family.truths)
    if family.inputs is not None:
        return {k: row[k].strip() for k in family.inputs if k in row and row[k].strip() and k not in hidden}
    return {k: v.strip() for k, v in row.items() if k and v and v.strip() and _is_input(k) and k not in hidden}


def _is_input(name: str) -> bool:
    return not name.startswith(("expected", "published_")) and name not in ABOUT and name not in NAMES


def _columns(figure: Figure) -> tuple[str, ...]:
    return (figure.truth,) if isinstance(figure.truth, str) else figure.truth


def _csv_asked(family: Family, figure: Figure, row: Mapping[str, str], where: str) -> Asked:
    texts = [(row.get(c) or "").strip() for c in _columns(figure)]
    if figure.read is not None:
        told = Truth(value=figure.read(row))
        scored = figure.tolerance is not None and told.there and family.scored(row, figure.name)
        return Asked(figure.name, told, figure.tolerance, scored)
    try:
        values = [number(text, column) if text else None for text, column in zip(texts, _columns(figure), strict=True)]
    except CannotPredict as error:
        return Asked(figure.name, Truth(), figure.tolerance, False, f"{where}: truth {error}")
    truth = Truth(value=values[0]) if len(values) == 1 else Truth(low=values[0], high=values[1])
    if len(values) == 2 and None in values:
        truth = Truth()
    scored = figure.tolerance is not None and truth.there and family.scored(row, figure.name)
    return Asked(figure.name, truth, figure.tolerance, scored)


# --- JSON -------------------------------------------------------------------------------------------------------------


def _json_file(path: Path, text: str) -> CaseFile:
    family = by_stem(path.stem)
    try:
        data = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        words = f"{path}: line {error.lineno}: {error.msg}; expected a JSON file of cases"
        raise ScenarioError(words) if family else _NotOurs(words) from None
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}; write null where a number is not known") from None
    data = {"cases": data} if isinstance(data, list) else data
    cases = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(cases, list):
        if family is None:
            raise _NotOurs(f"{path}: has no list `cases`; {known_words()}")
        raise ScenarioError(f'{path}: has no list of cases; expected {{"cases": [{{"case_id", "kind", ...}}]}}')
    if family is None and not any(isinstance(c, dict) and "kind" in c for c in cases):
        raise _NotOurs(f"{path}: no case has a kind; {known_words()}")
    family = family or Family(stem=path.stem, by=("kind", "figure"))
    shared = _pruned({k: v for k, v in data.items() if k != "cases"})
    entries = [_json_entry(path, shared, case, f"{path.name} case {i}") for i, case in enumerate(cases, 1)]
    return CaseFile(path, family, tuple(entries), tuple(words for e in entries for words in _problems(e)))


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _pruned(value: Any) -> Any:
    """Without what speaks about the source, at every depth."""
    if isinstance(value, dict):
        return {k: _pruned(v) for k, v in value.items() if _is_input(k)}
    return [_pruned(v) for v in value] if isinstance(value, list) else value


def _json_entry(path: Path, shared: Mapping[str, Any], case: Any, where: str) -> Entry:
    if not isinstance(case, dict):
        return Entry(where, Case(folder=path.parent), (), problem=f"{where}: {case!r} is no case; expected a table")
    expected, tolerance = case.get("expected"), case.get("tolerance")
    limits = tolerance if isinstance(tolerance, dict) else {}
    problem = ""
    if not isinstance(expected, dict):
        problem = f"{where}: has no table `expected`; write its figures there, null where one is unknown"
        expected = dict.fromkeys(limits)
    kind = str(case.get("kind") or "")
    given = {k: _pruned(v) for k, v in case.items() if _is_input(k) and k != "kind"}
    return Entry(
        case_id=str(next((case[n] for n in NAMES if case.get(n)), where)),
        case=Case(kind=kind, given=given, shared=shared, folder=path.parent),
        asked=tuple(_json_asked(name, value, limits.get(name), where) for name, value in expected.items()),
        dims={k: str(v) for k, v in case.items() if isinstance(v, str | int | float)},
        problem=problem,
    )


def _json_asked(figure: str, value: Any, limit: Any, where: str) -> Asked:
    try:
        tolerance = _tolerance(limit)
    except (ValueError, CannotPredict) as error:
        return Asked(figure, Truth(value=value), None, False, f"{where}: tolerance of {figure}: {error}")
    truth = Truth(value=value)
    if tolerance and value is not None and not finite(value):
        return Asked(figure, truth, tolerance, False, f"{where}: {figure} is {value!r}: expected a number")
    if tolerance and tolerance.band:
        if value is not None and not (isinstance(value, list) and len(value) == 2):
            return Asked(figure, truth, tolerance, False, f"{where}: {figure} is {value!r}: expected [low, high]")
        truth = Truth(low=value[0], high=value[1]) if value else Truth()
    return Asked(figure, truth, tolerance, tolerance is not None and truth.there)


def _tolerance(limit: Any) -> Tolerance | None:
    """A tolerance as written in a JSON case."""
    if limit is None:
        return None
    known = Tolerance.__slots__
    if not isinstance(limit, dict) or not limit or any(k not in known for k in limit):
        raise ValueError(f"{limit!r}; expected some of {', '.join(known)}, such as {{'rel': 0.01}}")
    parts: dict[str, Any] = {k: bool(v) if k in ("band", "rank") else number(v, k) for k, v in limit.items()}
    return Tolerance(**parts)
