"""What to look at again among the facts: terminal and CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from rich.markup import escape

from gigawatt.facts import Facts
from gigawatt.facts_check import Finding, row
from gigawatt.report.tables import _text
from gigawatt.report.terminal import _console
from gigawatt.report.terminal_tables import titled

PROBLEM_WORDS = {
    "stale": "Stale: older than the limit for figures that age",
    "range": "Out of range: no figure of this kind can be there, or none is known to be",
    "page": "Without page: nobody can look it up",
    "conflict": "In conflict: another source says otherwise than the one in use",
    "sum": "Inconsistent: facts of one place that do not fit each other",
}
COUNTRY_KEY = re.compile(r"\b[A-Z]{3}(-[A-Z]{2})?\b")
FINDINGS_SHOWN = 12  # of each problem in the terminal; CSV and JSON have all


def terminal_findings(found: list[Finding], counts: dict[str, dict[str, int]], checked: int, as_of: date) -> None:
    """Print what to look at again among the facts, the first of each problem, and counts by kind."""
    out = _console()
    for problem, title in PROBLEM_WORDS.items():
        rows = [f for f in found if f.problem == problem]
        if rows:
            out.print(f"[bold]{title}[/bold] ({len(rows)})")
        groups = _alike(rows)
        for alike in groups[:FINDINGS_SHOWN]:
            f = alike[0]
            many = f" and {len(alike) - 1} more of the kind" if len(alike) > 1 else ""
            year = f", {f.fact.year}" if f.fact.year else ""
            other = f" [dim]({escape(f.other.source)}: {escape(f.other.where)})[/dim]" if f.other else ""
            words = escape(f"{f.words} [{f.fact.source}{year}]")
            out.print(f"  [cyan]{escape(f.fact.id)}[/cyan]{many} {words}{other}", soft_wrap=True)
        if left := sum(len(g) for g in groups[FINDINGS_SHOWN:]):
            out.print(f"  [dim]and {left} more: --csv or --json, or add words to search[/dim]")
    table = titled(f"{checked} facts checked as of {as_of.isoformat()}, {len(found)} findings", "problem", "all", "of")
    for problem, by_kind in counts.items():
        kinds = ", ".join(f"{kind} {n}" for kind, n in by_kind.items() if kind != "all")
        table.add_row(problem, str(by_kind["all"]), kinds)
    out.print(table)


def _alike(rows: list[Finding]) -> list[list[Finding]]:
    """Findings that say the same of the same figure of several countries, together."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for f in rows:
        groups.setdefault((COUNTRY_KEY.sub("*", f.fact.id), f.words, f.fact.source, f.fact.year), []).append(f)
    return list(groups.values())


def findings_csv(found: Iterable[Finding], facts: Facts) -> str:
    """What to look at again among the facts, one finding a row."""
    rows = [row(f, facts) for f in found]
    header = list(rows[0]) if rows else ["problem", "kind", "id", "words"]
    return _text(header, (r.values() for r in rows))
