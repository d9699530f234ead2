"""Published or the user's own cases through the planner, every error printed.

report = validate(["published_cases"])
report.json()["families"]["atb_lcoe"]["within_tolerance"]
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gigawatt.errors import GigawattError

from .cases import CaseFile, Entry, read_all
from .families import CannotPredict, Case, Predicted, Prediction, Predictor
from .known import predictor
from .report import Report
from .scoring import Row, finite, judge

__all__ = ["Report", "shipped", "validate"]


def validate(paths: Sequence[str | Path]) -> Report:
    """Predict and score the cases of files and folders.

    Parameters
    ----------
    paths : sequence of str or Path
        Case files, or folders that hold some. [-]

    Returns
    -------
    Report
        Rows, statistics by family, and what was wrong with single lines.

    Raises
    ------
    ScenarioError
        A path that cannot be read as a file or folder of cases.
    """
    files, remarks = read_all(paths)
    problems = [p for file in files for p in file.problems]
    return Report(
        families={file.name: file.family for file in files},
        cases=_counted(files),
        rows=tuple(row for file in files for row in _rows(file)),
        problems=tuple(problems),
        remarks=tuple(remarks),
    )


def _counted(files: Sequence[CaseFile]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in files:
        counts[file.name] = counts.get(file.name, 0) + len(file.entries)
    return counts


def _rows(file: CaseFile) -> list[Row]:
    return [
        _row(file, entry, i, found)
        for entry, found in zip(file.entries, _predicted(file), strict=True)
        for i in range(len(entry.asked))
    ]


def _predicted(file: CaseFile) -> list[Predicted]:
    """What we say of each case of a file, or why we say nothing."""
    together = file.family.predict_all
    if together is None:
        return [e.problem or _one(_method(file, e), e.case) for e in file.entries]
    sound = [e.case for e in file.entries if not e.problem]
    try:
        found = iter(together(sound))
    except Exception:  # one case spoils the batch: find it
        found = iter([_one(lambda case: together([case])[0], case) for case in sound])
    return [e.problem or next(found) for e in file.entries]


def _method(file: CaseFile, entry: Entry) -> Predictor | str:
    method = predictor(entry.case.kind) if entry.case.kind else file.family.predict
    return method or (f"unknown kind {entry.case.kind!r}" if entry.case.kind else "the case has no kind")


def _one(method: Predictor | str, case: Case) -> Predicted:
    """One prediction; a case that a formula cannot take is a row with a reason and never stops the others."""
    if isinstance(method, str):
        return method
    try:
        return method(case)
    except (CannotPredict, GigawattError) as reason:
        return str(reason)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _row(file: CaseFile, entry: Entry, i: int, found: Predicted) -> Row:
    asked = entry.asked[i]
    value = found if isinstance(found, str) else found.get(asked.figure, f"no method for {asked.figure}")
    prediction = _prediction(value)
    reason = asked.reason if prediction else str(value) if isinstance(value, str) else f"the result is {value!r}"
    judged = judge(prediction, asked.truth, asked.tolerance)
    return Row(
        family=file.name,
        case_id=entry.case_id,
        figure=asked.figure,
        scored=asked.scored,
        reason=reason,
        predicted=prediction.value if prediction else None,
        low_80=prediction.low if prediction else None,
        high_80=prediction.high if prediction else None,
        truth=asked.truth.value,
        truth_low=asked.truth.low,
        truth_high=asked.truth.high,
        abs_error=judged.abs_error,
        abs_rel_error=judged.abs_rel_error,
        tolerance=asked.tolerance.json() if asked.tolerance else None,
        within=judged.within,
        dims={
            **entry.dims,
            "figure": asked.figure,
            "kind": entry.case.kind,
            "case_id": entry.case_id,
            "group": entry.group,
        },
        group=entry.group,
        excess=judged.excess,
    )


def _prediction(value: Any) -> Prediction | None:
    """A finite prediction, or None."""
    if isinstance(value, str):
        return None
    found = value if isinstance(value, Prediction) else Prediction(value)
    return found if finite(found.value) else None


def shipped() -> list[Path]:
    """The published cases that come with the package."""
    return [Path(__file__).resolve().parent.parent / "data" / "published"]
