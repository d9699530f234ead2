"""A comparison as CSV and Markdown. Computes nothing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from gigawatt.report import compare_words as words

if TYPE_CHECKING:
    from gigawatt.compare import Comparison

HEADER = ("id", "part", "figure", "for", "value", "low", "high", "unit", "basis", "class", "estimated")


def compare_csv(c: Comparison) -> str:
    """Every number of the comparison, one a row: announced, figures, same_basis, beside."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n", extrasaction="ignore", restval="")
    writer.writeheader()
    for p in c.json()["programmes"]:
        for row in _rows(p):
            writer.writerow({"id": p["id"]} | row)
    return out.getvalue()


def _rows(p: dict[str, Any]) -> list[dict[str, Any]]:
    announced = [{"part": "announced", "figure": k} | v for k, v in p["announced"].items() if isinstance(v, dict)]
    ours = [{"part": part, "figure": k} | v for part in ("figures", "same_basis") for k, v in p[part].items()]
    ratios = [
        {"part": "beside", "figure": b["figure"], "for": b["for"], "value": b["ratio"], "unit": "1"}
        for b in p["beside"]
    ]
    return [*announced, *ours, *ratios]


def compare_markdown(c: Comparison) -> str:
    """One table, sentences, claims that disagree."""
    head = ["", *(e.id for e in c.entries)]
    rows = [_row(head), _row(["---", *("---:" for _ in c.entries)])]
    section = ""
    for line in words.lines(c):
        if line.section != section:
            section = line.section
            rows.append(_row([f"**{section}**", *("" for _ in c.entries)]))
        rows.append(_row([line.label, *line.cells]))
    parts = ["# Side by side", "\n".join(rows)]
    for title, texts in (("In a sentence", words.findings(c)), ("Claims side by side", words.disagreements(c))):
        found = [f"- {text}" for text in texts]
        parts += [f"## {title}", "\n".join(found)] if found else []
    return "\n\n".join([*parts, words.foot(c)]) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(x.replace("|", "\\|") for x in cells) + " |"
