"""Reliability of the 80 % ranges of all families: coverage, ranks of the truth, score, how wide they should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gigawatt.uncertainty.calibration import Claim, Reliability, reliability

from .left_out import reliability_of
from .scoring import Row

GROUPS = {  # columns whose rows share their fate; else each case is a group of its own
    "cloud_region_pue_wue": ("provider", "region"),
    "training_measured": ("group",),
    "inference_measured": ("source_id", "model", "accelerator"),
    "inference_latency_measured": ("model", "accelerator", "engine"),
}
PRINTED = {("announcements", "months")}  # not scored, but their interval is a claim


def judged(rows: Sequence[Row]) -> dict[str, dict[str, Reliability]]:
    """Reliability by family and figure, where there are enough groups to say anything.

    Rows to which a model is fitted are judged as left out of the fit: the tools that fit predict each by constants that
    have not seen its group, and write down how the ranges fare.

    Parameters
    ----------
    rows : sequence of Row
        All rows of a report. [-]
    """
    found: dict[str, dict[str, list[Claim]]] = {}
    for r in rows:
        claim = claim_of(r)
        if claim is not None:
            found.setdefault(r.family, {}).setdefault(r.figure, []).append(claim)
    out: dict[str, dict[str, Reliability]] = {}
    for family, figures in found.items():
        said = {
            figure: judgement
            for figure, mine in figures.items()
            if (judgement := reliability_of(family, figure) or reliability(mine)) is not None
        }
        if said:
            out[family] = said
    return out


def claim_of(r: Row) -> Claim | None:
    """A row with a range and a truth that counts as a claim."""
    if not r.scored and (r.family, r.figure) not in PRINTED:
        return None
    numbers = (r.predicted, r.low_80, r.high_80, r.truth)
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in numbers):
        return None
    value, low, high, truth = map(float, numbers)
    return Claim(value, low, high, truth, group_of(r)) if low <= value <= high else None


def group_of(r: Row) -> str:
    """What shares its fate with a row."""
    columns: Mapping[str, Any] = r.dims
    names = [str(columns.get(name) or "") for name in GROUPS.get(r.family, ())]
    return " ".join(names) if any(names) else r.case_id


def lines(found: Mapping[str, Mapping[str, Reliability]]) -> list[str]:
    """One line a figure."""
    return [
        f"{family} {figure}: {r.words}; ranks of the truth by fifths {' '.join(map(str, r.pit))}; CRPS {r.crps:.3g}"
        + (" (each row by constants that have not seen its group)" if reliability_of(family, figure) else "")
        for family, figures in found.items()
        for figure, r in figures.items()
    ]
