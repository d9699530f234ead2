"""The report as a PDF by WeasyPrint: the printed page with its charts as still pictures. Needs the extra ``pdf``."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from gigawatt.answer import Plan
from gigawatt.errors import ScenarioError
from gigawatt.report import still
from gigawatt.report.page import SECTIONS, opening
from gigawatt.report.page.parts import safe

SCHEDULE = "<th>months (P10 to P90)</th>"  # the tasks with their dates, which the page shows in a chart alone
MANY = 9  # columns from which a table is set smaller, to stay on the paper
# No script runs in a PDF: charts are drawn before, and their words, which the page folds away, stand below.
# One family of fonts and, in the two long tables, given widths of columns halve the time that WeasyPrint takes.
STYLE = """
html { font-size: 12px; }
body { font-family: sans-serif; font-size: 9.5pt; }
h1 { font-size: 20pt; }
code { font-family: monospace; }
noscript, summary { display: none; }
.chart svg { width: 100%; height: auto; }
.wide { overflow: visible; }
.tiles { display: block; }
.tile { display: inline-block; width: 31.5%; margin: 0 1% 6pt 0; vertical-align: top; padding: 6px 9px 5px; }
.verdict .headline { font-size: 1.15rem; }
h2 { margin-top: 16pt; }
th, td { padding: 3px 7px 3px 0; }
table { font-size: 8.5pt; }
table.dense { font-size: 7pt; }
table.many { font-size: 6.3pt; }
table.many th, table.many td { padding-right: 4px; }
figure, ol.letters li { break-inside: auto; }
h3 { break-after: avoid; }
section > p { break-after: auto; } /* a row of paragraphs before a chart would take half a page along */
tbody tr:first-child, tbody tr:nth-child(2) { break-after: avoid; } /* no head with a row or two at the foot */
tbody tr:last-child { break-before: avoid; }
table.sources, table.facts { table-layout: fixed; }
table.facts th:nth-child(1) { width: 27%; }
table.facts th:nth-child(2) { width: 9%; }
table.facts th:nth-child(3) { width: 14%; }
table.facts th:nth-child(4) { width: 12%; }
table.facts td:first-child { min-width: 0; }
table.facts td { overflow-wrap: anywhere; white-space: normal; }
table.sources th:nth-child(1) { width: 20%; }
table.sources th:nth-child(3) { width: 9%; }
table.sources th:nth-child(4) { width: 24%; }
table.sources th:nth-child(5) { width: 6%; }
figure { break-inside: auto; }
.chart, figcaption { break-inside: avoid; break-after: avoid; }
@page { @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
"""


_CHART = re.compile(
    r'<div class="chart"[^>]*></div><noscript>.*?</noscript>'
    r'<script [^>]*class="chart-data"[^>]*>(?P<spec>.*?)</script>',
    re.DOTALL,
)


def pdf(plan: Plan) -> bytes:
    """The report as a PDF for A4.

    Parameters
    ----------
    plan : Plan
        The answer. [-]

    Returns
    -------
    bytes

    Raises
    ------
    ScenarioError
        Where WeasyPrint, or Pango that it needs, is not installed.
    """
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise ScenarioError(
            f'a PDF needs WeasyPrint and Pango ({error}); pip install "gigawatt[pdf]", or print the .html in a browser'
        ) from None
    with _uncollected():
        return bytes(HTML(string=print_page(plan), url_fetcher=_nothing).write_pdf())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which goes through a million boxes again and again and finds nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def print_page(plan: Plan) -> str:
    """The page of the report without scripts."""
    style = files("gigawatt.report").joinpath("style.css").read_text(encoding="utf-8")
    made = [(title, body) for title, make in SECTIONS if (body := make(plan))]
    sections = "".join(
        f"<section>{f'<h2>{safe(title)}</h2>' if title and '<h2>' not in body else ''}{body}</section>"
        for title, body in made
    )
    sections = _CHART.sub(_drawn, sections)
    sections = re.sub(r"<script\b.*?</script>", "", sections, flags=re.DOTALL)
    sections = re.sub(r"<details>.*?</details>", _short, sections, flags=re.DOTALL)
    sections = re.sub(r"<(/?)details\b[^>]*>", r"<\1div>", sections)
    sections = re.sub(r'<table( class="[^"]*")?>(<(?:caption|thead)>.*?</thead>)', _sized, sections, flags=re.DOTALL)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{safe(opening.title(plan))}</title>'
        f"<style>{style}{STYLE}</style></head><body>{sections}</body></html>"
    )


def _drawn(found: re.Match[str]) -> str:
    """A chart as a picture; its words follow, so that it needs none of its own."""
    return f'<div class="chart">{still.svg(json.loads(found["spec"]))}</div>'


def _short(found: re.Match[str]) -> str:
    """The words of a chart, which is drawn above; its numbers only where no other table has them."""
    folded = found[0]
    return folded if SCHEDULE in folded else re.sub(r"<table.*?</table>", "", folded, flags=re.DOTALL)


def _sized(found: re.Match[str]) -> str:
    """The head of a table, set smaller where it has many columns and is not dense already."""
    small = found[1] is None and found[2].count("<th") >= MANY
    return f'<table class="many">{found[2]}' if small else found[0]


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    """Fetch nothing: the page is whole."""
    raise ValueError(f"{url}: a report loads nothing")
