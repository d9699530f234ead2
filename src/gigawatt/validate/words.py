"""The report in the terminal, and the words it shares with the page of the documentation. Computes nothing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gigawatt.units import in_percent

from . import left_out
from .intervals import lines
from .report import Report
from .scoring import Row

WIDE = 140
MOST_MISSES = 12
ROUNDING = 1e-6  # relative errors below this are the rounding of the published figure
HEADER = ("family", "cases", "scored", "within", "median error", "90 % below", "also")


def terminal(report: Report, rows: bool = False) -> None:
    """Print a line a family, then the misses, then all rows where asked."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in HEADER:
        table.add_column(name, justify="left" if name in ("family", "also") else "right")
    for name in report.families:
        table.add_row(*map(escape, line(report, name)))
    out.print(table)
    for name in report.families:
        _print_calibrated(out, report, name)
        _print_left_out(out, report, name)
        _print_misses(out, report, name)
    said_of = lines(report.intervals())
    if said_of:
        out.print("\n[bold]Ranges[/bold] against what came true")
        for text in said_of:
            out.print(f"  {escape(text)}", soft_wrap=True)
    if rows:
        out.print()
        for row in report.rows:
            out.print(escape(f"{row.family} {said(row)}"), soft_wrap=True)


def _print_calibrated(out: Console, report: Report, name: str) -> None:
    """Figures one by one, where a family has intervals to be judged and figures that cannot be pooled."""
    parts = report.statistics(name)["by"].get("figure", {})
    said_of = {figure: calibrated(s) for figure, s in parts.items() if s["scored"] and calibrated(s)}
    if not said_of:
        return
    out.print(f"\n[bold]{escape(name)}[/bold], figure by figure")
    for figure, words in said_of.items():
        s = parts[figure]
        within = f"{s['within_tolerance']} of {s['scored']} within"
        out.print(f"  {escape(figure)}: {within}, {'; '.join(words)}", soft_wrap=True)


def _print_left_out(out: Console, report: Report, name: str) -> None:
    """In sample beside left out, by figure or kind of model, for models fitted on the file."""
    by = report.statistics(name)["by"]
    parts = {v: s for d in ("figure", "arch") for v, s in by.get(d, {}).items() if left_out.words(s)}
    if not parts:
        return
    out.print(f"\n[bold]{escape(name)}[/bold]: errors in sample and with whole groups left out of the fit")
    for value, s in parts.items():
        own = f"in sample: median {percent(s['median_abs_rel_error'])}, mean {percent(s['mape'])}"
        out.print(f"  {escape(value)}: {own}; {left_out.words(s)}", soft_wrap=True)
    for figure, dimension, medians in left_out.splits(name):
        each = ", ".join(f"{part} {percent(median)} of {rows}" for part, (median, rows) in medians.items())
        out.print(f"  {escape(figure)} by {dimension}, median error and rows, groups left out: {each}", soft_wrap=True)


def _print_misses(out: Console, report: Report, name: str) -> None:
    missed = misses(report, name)
    if not missed:
        return
    out.print(f"\n[bold]{escape(name)}[/bold]: {len(missed)} missed")
    words = missed_lines(missed)
    for text in words[:MOST_MISSES]:
        out.print(f"  {escape(text)}", soft_wrap=True)
    if len(words) > MOST_MISSES:
        out.print(f"  and {len(words) - MOST_MISSES} more: --rows or --csv")


def missed_lines(missed: Sequence[Row]) -> list[str]:
    """Misses in words: those without prediction counted by their reason, then one line each."""
    silent = Counter(str(row.reason) for row in missed if row.predicted is None)
    counted = [f"{n} without prediction: {reason}" for reason, n in silent.items()]
    return [*counted, *(_missed(row) for row in missed if row.predicted is not None)]


def misses(report: Report, name: str) -> list[Row]:
    """Scored rows of a family that do not pass, the farthest off first."""
    return sorted((r for r in report.rows_of(name) if r.scored and r.within is False), key=lambda r: -r.excess)


def line(report: Report, name: str) -> tuple[str, ...]:
    """A family's line under `HEADER`."""
    s = report.statistics(name)
    counts = (name, str(s["cases"]), str(s["scored"]))
    return *counts, within(s), *errors(s), "; ".join(also(s))


def within(s: dict[str, Any]) -> str:
    """How many rows pass, where rows are judged one by one."""
    ranked = s["spearman"] is not None and not s["within_tolerance"] and s["in_band"] is None
    return "-" if ranked or not s["scored"] else str(s["within_tolerance"])


def errors(s: dict[str, Any]) -> tuple[str, str]:
    """Median and ninetieth percentile of the relative error; a chance has none."""
    if s.get("brier") is not None:
        return "-", "-"
    return percent(s["median_abs_rel_error"]), percent(s["p90_abs_rel_error"])


def also(s: dict[str, Any]) -> list[str]:
    """Statistics that only some families have."""
    if s.get("brier") is not None:
        return chances(s)
    words = []
    if s["in_band"] is not None:
        words.append(f"{s['in_band']} in band")
    if s["spearman"] is not None:
        words.append(f"rank correlation {s['spearman']:.2f}")
    if calibrated(s):
        return [*words, *calibrated(s)]
    if s["baseline_median_abs_error"] is not None and s["median_abs_error"] is not None:
        words.append(f"median {s['median_abs_error']:.4f}, best constant {s['baseline_median_abs_error']:.4f}")
    if s["coverage_80"] is not None:
        words.append(f"{in_percent(s['coverage_80'])} in the 80 % interval")
    if left_out.words(s):
        words.append(f"in sample mean {percent(s['mape'])}; {left_out.words(s)}")
    return words if s["scored"] else [*words, "printed, not scored"]


def chances(s: dict[str, Any]) -> list[str]:
    """Scores of forecast chances, beside those of the base rate; small is good."""
    words = [f"Brier {s['brier']:.3f}"]
    if s["brier_base_rate"] is not None:
        words[0] += f", base rate {s['brier_base_rate']:.3f}, always late {s['brier_always_late']:.3f}"
    if s["log_score"] is not None and s["log_score_base_rate"] is not None:
        words.append(f"log score {s['log_score']:.2f}, base rate {s['log_score_base_rate']:.2f}")
    if s["auc"] is not None:
        words.append(f"AUC {s['auc']:.2f}")
    if s["months"] is not None:
        words.append(f"dates {s['months']:.1f} months off, {in_percent(s['coverage_80'])} in the 80 % interval")
    return words


def calibrated(s: dict[str, Any]) -> list[str]:
    """Statistics of a figure whose intervals are judged: against a constant, the truth's own noise, and their claim."""
    if s.get("crps_log") is None:
        return []
    words = [f"median error {percent(s['median_abs_rel_error'])}"]
    if s["baseline_median_abs_rel_error"] is not None:
        words[0] += f", a constant {percent(s['baseline_median_abs_rel_error'])}"
    if s["baseline_median_abs_error"] is not None:
        words.append(f"{s['median_abs_error']:.1f} months, a constant {s['baseline_median_abs_error']:.1f}")
    if s["median_error_over_noise"] is not None:
        words.append(f"{s['median_error_over_noise']:.2g} of the truth's own noise")
    if s["coverage_80"] is not None:
        words.append(f"{in_percent(s['coverage_80'])} in the 80 % interval (p {s['coverage_p_value']:.2f})")
    score = f"CRPS {s['crps_log']:.2f}"
    if s["baseline_crps_log"] is not None:
        score += f", a constant {s['baseline_crps_log']:.2f}"
    return [*words, score]


def percent(value: float | None) -> str:
    """A relative error as people read it."""
    if value is None:
        return "-"
    if value < ROUNDING:
        return f"< {100.0 * ROUNDING:.4f} %"
    return f"{100.0 * value:.2g} %" if value < 1.0 else f"{100.0 * value:.0f} %"


def said(row: Row) -> str:
    """A row in words."""
    verdict = {True: "passes", False: "MISSES", None: "not judged"}[row.within] if row.scored else "not scored"
    reason = f" ({row.reason})" if row.reason else ""
    return f"{row.case_id} {row.figure}: {figure(row.predicted)}, published {_truth(row)}: {verdict}{reason}"


def _missed(row: Row) -> str:
    """How far off, and what is allowed."""
    off = f", {percent(row.abs_rel_error)} off" if row.abs_rel_error is not None else ""
    allowed = _allowed(row.tolerance)
    return f"{row.case_id} {row.figure}: {figure(row.predicted)}, published {_truth(row)}{off}; allowed {allowed}"


def _truth(row: Row) -> str:
    if row.truth_low is not None:
        return f"{figure(row.truth_low)} to {figure(row.truth_high)}"
    return figure(row.truth)


def _allowed(tolerance: dict[str, Any] | None) -> str:
    parts = {"rel": "{:g} of it", "floor": "or {:g}", "abs": "{:g}", "factor": "a factor {:g}", "band": "the band"}
    return " ".join(parts[k].format(v) for k, v in (tolerance or {}).items() if k in parts)


def figure(value: Any) -> str:
    """A number to six digits; the beginning of a list or table."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{k} {figure(v)}" for k, v in value.items())
    if isinstance(value, list):
        return f"[{', '.join(map(figure, value[:4]))}{', ...' if len(value) > 4 else ''}]"
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)
