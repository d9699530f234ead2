"""The report in the terminal and as a page of the documentation. Computes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .report import Report
from .scoring import Row

WIDE = 140
MOST_MISSES = 12


def terminal(report: Report, rows: bool = False) -> None:
    """Print a line a family, then the misses, then all rows where asked."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in HEADER:
        table.add_column(name, justify="left" if name in ("family", "also") else "right")
    for line in _lines(report):
        table.add_row(*map(escape, line))
    out.print(table)
    for name in report.families:
        missed = [] if report.families[name].later else _misses(report, name)
        if missed:
            out.print(f"\n[bold]{escape(name)}[/bold]: {len(missed)} missed")
            for row in missed[:MOST_MISSES]:
                out.print(f"  {escape(_missed(row))}")
            if len(missed) > MOST_MISSES:
                out.print(f"  and {len(missed) - MOST_MISSES} more: --rows or --csv")
    if rows:
        out.print()
        for row in report.rows:
            out.print(escape(f"{row.family} {_said(row)}"))


def _misses(report: Report, name: str) -> list[Row]:
    return [r for r in report.rows_of(name) if r.scored and r.within is False]


HEADER = ("family", "cases", "scored", "within", "median error", "90 %", "also")


def _lines(report: Report) -> Iterator[tuple[str, ...]]:
    for name, family in report.families.items():
        s = report.statistics(name)
        if family.later:
            yield name, str(s["cases"]), str(s["scored"]), "-", "-", "-", f"not yet supported: {family.later}"
            continue
        ranked = s["spearman"] is not None and not s["within_tolerance"] and s["in_band"] is None
        within = "-" if ranked or not s["scored"] else str(s["within_tolerance"])
        errors = (_percent(s["median_abs_rel_error"]), _percent(s["p90_abs_rel_error"]))
        yield name, str(s["cases"]), str(s["scored"]), within, *errors, _also(s)


def _also(s: dict[str, Any]) -> str:
    """Statistics that only some families have."""
    words = []
    if s["in_band"] is not None:
        words.append(f"{s['in_band']} in band")
    if s["spearman"] is not None:
        words.append(f"rank correlation {s['spearman']:.2f}")
    if s["baseline_median_abs_error"] is not None:
        words.append(f"median {s['median_abs_error']:.3f}, best constant {s['baseline_median_abs_error']:.3f}")
    if s["coverage_80"] is not None:
        words.append(f"{s['coverage_80']:.0%} in the 80 % interval")
    if not s["scored"]:
        words.append("printed, not scored")
    return "; ".join(words)


def _percent(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{100.0 * value:.2g} %" if value < 1.0 else f"{100.0 * value:.0f} %"


def _said(row: Row) -> str:
    truth = (
        f"{_figure(row.truth_low)} to {_figure(row.truth_high)}" if row.truth_low is not None else _figure(row.truth)
    )
    verdict = {True: "passes", False: "MISSES", None: "not judged"}[row.within] if row.scored else "not scored"
    reason = f" ({row.reason})" if row.reason else ""
    return f"{row.case_id} {row.figure}: {_figure(row.predicted)}, published {truth}: {verdict}{reason}"


def _missed(row: Row) -> str:
    if row.predicted is None:
        return f"{row.case_id} {row.figure}: no prediction: {row.reason}"
    error = f", {_percent(row.abs_rel_error)} off" if row.abs_rel_error is not None else ""
    return f"{_said(row).removesuffix(': MISSES')}{error}; allowed {_allowed(row.tolerance)}"


def _allowed(tolerance: dict[str, Any] | None) -> str:
    parts = {"rel": "{:g} of it", "floor": "or {:g}", "abs": "{:g}", "factor": "a factor {:g}", "band": "the band"}
    return " ".join(parts[k].format(v) for k, v in (tolerance or {}).items() if k in parts)


def _figure(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return f"[{', '.join(map(_figure, value[:4]))}{', ...' if len(value) > 4 else ''}]"
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)


def page(report: Report) -> str:
    """The page docs/validation.md."""
    return "\n".join(["# Validation", "", *_table(report)]) + "\n"


def _table(report: Report) -> Sequence[str]:
    head = [f"| {' | '.join(HEADER)} |", "|" + "---|" * len(HEADER)]
    return [*head, *(f"| {' | '.join(line)} |" for line in _lines(report))]
