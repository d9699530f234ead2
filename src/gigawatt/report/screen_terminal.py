"""A screen in the terminal: one line per place, at most 120 columns wide. Computes nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gigawatt.report import screen_words as words

if TYPE_CHECKING:
    from gigawatt.screen import Screen

STYLE = {"yes": "green", "yes_if": "yellow", "no": "red", None: "dim"}
WIDTH = 120
LONGEST = 30
WRAPPED = 25  # up to so many rows show what binds in full; more show one line each


def screen_terminal(found: Screen, most: int | None = None) -> None:
    """Print the rows in their order, the first ``most`` of them."""
    out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    out.print(f"\n[bold]{escape(words.question(found))}[/bold]")
    out.print(f"{escape(words.counted(found))}\n")
    out.print(_table(found, most, out.width))
    if most is not None and len(found.rows) > most:
        out.print(f"[dim]and {len(found.rows) - most:,} more: --top 0 shows all, --save FILE keeps all[/dim]")
    out.print(f"\n[dim]{escape(words.rule(found))}[/dim]")


def _table(found: Screen, most: int | None, width: int) -> Table:
    rows = found.rows[:most]
    columns = words.columns(found)
    cells = [[str(row["rank"]), *(column.text(row) for column in columns)] for row in rows]
    heads = ["", *(column.title for column in columns)]
    widths = [min(max(map(len, (head, *(line[k] for line in cells)))), LONGEST) for k, head in enumerate(heads)]
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for k, head in enumerate(heads):
        long = k > 0 and columns[k - 1] is words.BINDING
        room = width - sum(widths[:k]) - len(heads)  # what binds is the last column and takes what is left
        wraps = long and len(rows) <= WRAPPED
        table.add_column(
            head,
            justify="right" if k == 0 or columns[k - 1].number else "left",
            width=max(room, LONGEST) if long else widths[k],
            no_wrap=not wraps,
            overflow="fold" if wraps else "ellipsis",
        )
    verdict = heads.index("verdict") if "verdict" in heads else None
    for row, line in zip(rows, cells, strict=True):
        texts = [Text(x, style=STYLE[row["verdict"]] if k == verdict else "") for k, x in enumerate(line)]
        table.add_row(*texts)
    return table
