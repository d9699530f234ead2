"""The page docs/validation.md: how right and how wrong we are, from a report. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gigawatt.units import in_percent

from .families import Family
from .intervals import lines
from .report import Report
from .scoring import NOUGHT, Row
from .words import HEADER, ROUNDING, also, errors, line, missed_lines, misses, said, within

MOST_MISSES, MOST_PRINTED = 40, 8
FAR = 0.1  # relative error worth a line though nothing is scored
COMMAND = "gigawatt validate FOLDER --docs docs/validation.md"
RANGES = (
    "Of the truths, 80 % should lie within the 80 % ranges. The factor is how much wider (or narrower) they should be "
    "for that; it is drawn to 1 by how few groups of cases tell it. docs/uncertainty.md has the method, and what is "
    "done with it."
)
RULES = (
    "A row is one case and one figure. Truth is taken out of a case before it is handed to a predictor, so no "
    "prediction can depend on it; blanking it changes nothing, which a test checks for every family.",
    "A row passes when the prediction is within the tolerance that was fixed with the case: a share of the published "
    "value, an absolute distance, a factor, or a published band. Where the truth is 0 the prediction must be 0 to the "
    "stated floor. An absolute tolerance holds at 0 too.",
    "A case that we cannot predict is a scored row without prediction: it counts as a miss. That includes the "
    "families that are not yet supported.",
    "Errors are the distance over the published value. Errors below a millionth are the rounding of what was "
    "published. No figure here has an 80 % interval unless its line says how many truths lay in it.",
)


def page(report: Report) -> str:
    """Markdown of the page."""
    return "\n".join(
        (
            "# Validation",
            "",
            f"Published cases against the planner. Written by `{COMMAND}`; do not edit by hand.",
            "",
            *_overview(report),
            "",
            "## Rules",
            "",
            *(f"- {rule}" for rule in RULES),
            "",
            "## Where we are wrong",
            "",
            *_wrong(report),
            "",
            "## Ranges",
            "",
            RANGES,
            "",
            *(f"- {text}" for text in lines(report.intervals())),
            "",
            "## Family by family",
            *_families(report),
            "",
        )
    )


def _overview(report: Report) -> list[str]:
    return [*_head(HEADER), *(_cells(line(report, name)) for name in report.families)]


def _wrong(report: Report) -> Iterator[str]:
    """Every miss, farthest off first."""
    clean = True
    for name in report.families:
        missed = misses(report, name)
        if not missed:
            continue
        clean = False
        scored = sum(r.scored for r in report.rows_of(name))
        yield f"**{name}**: {len(missed)} of {scored} rows are missed."
        yield ""
        words = missed_lines(missed)
        yield from (f"- {text}" for text in words[:MOST_MISSES])
        if len(words) > MOST_MISSES:
            yield f"- and {len(words) - MOST_MISSES} more"
        yield ""
    if clean:
        yield "No scored row is missed."


def _families(report: Report) -> Iterator[str]:
    for name, family in report.families.items():
        yield f"\n### {name}\n"
        if family.about:
            yield f"{family.about[0].upper()}{family.about[1:]}.\n"
        if family.note:
            yield f"{family.note[0].upper()}{family.note[1:]}.\n"
        yield from _splits(report, name, family)


def _splits(report: Report, name: str, family: Family) -> Iterator[str]:
    """Tables of the dimensions that say more than the family's line, and what is printed without being scored."""
    s = report.statistics(name)
    exact = s["within_tolerance"] == s["scored"] and (s["p90_abs_rel_error"] or 0.0) < ROUNDING
    if exact and s["scored"]:
        yield "Every scored row is met to the rounding of what was published.\n"
    if s.get("reliability"):
        yield from _head(("chance said", "cases", "mean of what was said", "came true"))
        for b in s["reliability"]:
            span = f"{in_percent(b['from'])} to {in_percent(b['to'])}"
            yield _cells((span, str(b["n"]), in_percent(b["mean_predicted"], 1), in_percent(b["share_delivered"])))
        yield ""
    for dimension in family.by:
        values: dict[str, dict[str, Any]] = s["by"][dimension]
        ranked = any(v["spearman"] is not None for v in values.values())
        if len(values) < 2 or exact or not (dimension == "figure" or ranked):
            continue
        yield from _head((dimension, "rows", "scored", "within", "median error", "90 % below", "also"))
        for value, v in values.items():
            yield _cells((value, str(v["rows"]), str(v["scored"]), within(v), *errors(v), "; ".join(also(v))))
        yield ""
    printed = [r for r in report.rows_of(name) if not r.scored and r.has_truth and _far(r)]
    if printed:
        yield "Printed and not scored, where we are more than a tenth off or say nothing:\n"
        yield from (f"- {said(row).replace(': not scored', '')}" for row in printed[:MOST_PRINTED])
        if len(printed) > MOST_PRINTED:
            yield f"- and {len(printed) - MOST_PRINTED} more"
        yield ""


def _far(row: Row) -> bool:
    return row.predicted is None or ((row.abs_rel_error or 0.0) > FAR and (row.abs_error or 0.0) > NOUGHT)


def _head(names: tuple[str, ...]) -> list[str]:
    return [_cells(names), "|" + "---|" * len(names)]


def _cells(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
