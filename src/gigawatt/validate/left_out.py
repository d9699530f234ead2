"""Errors of fitted models when whole groups are left out of the fit, beside those in sample that a file shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gigawatt.facts import load_facts

from .scoring import Row

STATISTICS = {"median": "left_out_median", "mape": "left_out_mape", "coverage": "left_out_coverage_80"}


def left_out(tables: Mapping[str, str]) -> Callable[[Sequence[Row]], dict[str, Any]]:
    """A hook of statistics; `tables`: figure -> part of the ids of the facts `accuracy.*` that hold its errors.

    Rows of one figure and of one kind of model get the errors of that kind, all rows of a figure those of all. Rows of
    one accelerator, format or group get none: there is no such split.
    """

    def hook(rows: Sequence[Row]) -> dict[str, Any]:
        facts, part = load_facts(), _part(rows)
        figures = {r.figure for r in rows}
        name = tables.get(figures.pop(), "") if len(figures) == 1 else ""
        ids = {to: f"accuracy.{name}.{part}.{s}" for s, to in STATISTICS.items()}
        return {to: float(facts[i].value) if name and part and i in facts else None for to, i in ids.items()}

    return hook


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
