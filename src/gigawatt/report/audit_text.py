"""An audit in the terminal, as CSV and as Markdown. Computes nothing."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gigawatt.report import audit_words as words

if TYPE_CHECKING:
    from gigawatt.compare.audit import Audit

STYLE = {"fits": "green", "short": "red", "spare": "yellow"}
WIDTH = 120
HEADER = ("part", "against", "scope", "stated", "needed", "low", "high", "unit", "ratio", "fits", "words")


def audit_terminal(a: Audit) -> None:
    """Print the audit."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    out.print(f"\n{escape(a.text)}\n[bold]{escape(a.headline)}[/bold]\n")
    for c in a.checks:
        mark = "" if c.decides else " [dim](another reading)[/dim]"
        out.print(f"[{STYLE[c.state]}]{words.STATES[c.state]}[/]  {escape(words.title(c))}{mark}")
        out.print(f"    {escape(c.words)}")
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, title="Our plan for it", title_justify="left")
    for label, value in words.built(a):
        table.add_row(Text(label), Text(value))
    out.print()
    out.print(table)
    out.print(f"\n[dim]{escape(words.foot(a))}[/dim]")


def audit_csv(a: Audit) -> str:
    """The checks, one a row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n", extrasaction="ignore", restval="")
    writer.writeheader()
    for row in (c.json() for c in a.checks):
        need = row["needed"]
        writer.writerow(row | {"needed": need["value"], "low": need["low"], "high": need["high"]})
    return out.getvalue()


def audit_markdown(a: Audit) -> str:
    """Headline, checks, our plan."""
    checks = [
        f"- **{words.STATES[c.state]}** {words.title(c)}{'' if c.decides else ' (another reading)'}: {c.words}"
        for c in a.checks
    ]
    rows = [f"| {label} | {value} |" for label, value in words.built(a)]
    parts = [f"# {a.text}", f"**{a.headline}**", "\n".join(checks), "## Our plan for it"]
    return "\n\n".join([*filter(None, parts), "\n".join(["| | |", "| --- | --- |", *rows]), words.foot(a)]) + "\n"
