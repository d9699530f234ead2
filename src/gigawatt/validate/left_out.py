"""Errors of fitted models when whole groups are left out of the fit, beside those in sample that a file shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gigawatt.facts import load_facts
from gigawatt.uncertainty.calibration import BINS, Reliability

from .scoring import Row

FITTED = {  # family: figure: part of the ids of the facts `accuracy.*` that hold its errors
    "training_measured": {"tokens_per_s_per_acc": "training"},
    "inference_measured": {"output_tokens_per_s_per_acc": "serving.throughput"},
    "inference_latency_measured": {
        "tpot_ms": "serving.tpot",
        "ttft_ms": "serving.ttft",
        "output_tokens_per_s_per_acc": "serving.rate",
    },
}
SPLITS = {"hardware family": "family", "number format": "precision", "engine": "engine"}
STATISTICS = {"median": "left_out_median", "mape": "left_out_mape", "coverage": "left_out_coverage_80"}


def left_out(family: str) -> Callable[[Sequence[Row]], dict[str, Any]]:
    """A hook of statistics for one of `FITTED`.

    Rows of one figure and of one kind of model get the errors of that kind, all rows of a figure those of all. Rows of
    one accelerator, format or group get none: there is no such split.
    """

    tables = FITTED[family]

    def hook(rows: Sequence[Row]) -> dict[str, Any]:
        facts, part = load_facts(), _part(rows)
        figures = {r.figure for r in rows}
        name = tables.get(figures.pop(), "") if len(figures) == 1 else ""
        ids = {to: f"accuracy.{name}.{part}.{s}" for s, to in STATISTICS.items()}
        return {to: float(facts[i].value) if name and part and i in facts else None for to, i in ids.items()}

    return hook


def reliability_of(family: str, figure: str) -> Reliability | None:
    """How the ranges of left-out predictions fare: each row by constants and errors that have not seen its group.

    Made by the tools that fit. None where nothing is fitted to a family, or too few groups say anything.
    """
    prefix = f"accuracy.{FITTED.get(family, {}).get(figure, '')}.reliability."
    known = {f.id.removeprefix(prefix): float(f.value) for f in load_facts().under(prefix)}
    if not known:
        return None
    fields: dict[str, Any] = {name: int(v) if name in ("rows", "groups") else v for name, v in known.items()}
    pit = tuple(int(fields.pop(f"pit_{k + 1}")) for k in range(BINS))
    return Reliability(**fields, pit=pit)


def splits(family: str) -> Iterator[tuple[str, str, dict[str, tuple[float, int]]]]:
    """Figure, what it is split by, and median error and rows of each part, its groups left out."""
    facts = load_facts()
    for figure, name in FITTED.get(family, {}).items():
        for by, dimension in SPLITS.items():
            prefix, end = f"accuracy.{name}.{dimension}.", ".median"
            ids = [f.id for f in facts.under(prefix) if f.id.endswith(end) and not f.id.endswith(f"fitted_{end[1:]}")]
            parts = {i.removeprefix(prefix).removesuffix(end): i for i in ids}
            rows = {part: int(float(facts[f"{prefix}{part}.rows"].value)) for part in parts}
            if parts:
                yield figure, by, {part: (float(facts[i].value), rows[part]) for part, i in parts.items()}


def _part(rows: Sequence[Row]) -> str:
    """Which rows of the table these are: all, or those of one kind of model; empty for another part."""

    def values(dimension: str) -> set[str]:
        return {r.dims.get(dimension, "") for r in rows}

    if len(values("accelerator")) == 1 or len(values("group")) == 1:
        return ""
    kinds = values("arch")
    if len(kinds) == 1:
        kind = kinds.pop()
        return f"arch.{kind}" if kind in ("dense", "moe") else ""
    return "all" if len(values("precision")) > 1 else ""


def words(s: Mapping[str, Any]) -> str:
    """The errors of groups left out in a clause; empty where there are none."""
    if s.get("left_out_median") is None:
        return ""
    median, mean, inside = (f"{100.0 * s[name]:.1f} %" for name in STATISTICS.values())
    return f"groups left out of the fit: median {median}, mean {mean}, {inside} in the 80 % interval"
