"""A comparison in the terminal: one table, claims that disagree, a sentence for each. Computes nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gigawatt.report import compare_words as words

if TYPE_CHECKING:
    from gigawatt.compare import Comparison

WIDTH, LABEL = 120, 44


def compare_terminal(c: Comparison) -> None:
    """Print the comparison."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else max(WIDTH, LABEL + 26 * len(c.entries)))
    out.print()
    out.print(_table(c))
    for title, texts in (("In a sentence", words.findings(c)), ("Claims side by side", words.disagreements(c))):
        found = list(texts)
        if found:
            out.print(f"\n[bold]{title}[/bold]")
            for text in found:
                out.print(f"  {escape(text)}")
    out.print(f"\n[dim]{escape(words.foot(c))}[/dim]")


def _table(c: Comparison) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("", width=LABEL)
    for e in c.entries:
        table.add_column(Text(e.id), justify="right", overflow="fold")
    section = ""
    for line in words.lines(c):
        if line.section != section:
            section = line.section
            table.add_row(Text(section, style="bold"))
        table.add_row(Text(f"  {line.label}"), *(Text(x) for x in line.cells))
    return table
