"""The report as a PDF by WeasyPrint: the page that is printed, charts as words and numbers. Needs the extra ``pdf``."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from gigawatt.answer import Plan
from gigawatt.errors import ScenarioError
from gigawatt.report.page import SECTIONS, opening
from gigawatt.report.page.parts import safe

MOST_ROWS = 60  # of a chart's table
# No script runs in a PDF: charts give way to their words and numbers, which the page folds away.
STYLE = """
noscript, .chart, summary { display: none; }
.wide { overflow: visible; }
table.dense { font-size: 7pt; }
@page { @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; } }
"""


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
    return bytes(HTML(string=print_page(plan), url_fetcher=_nothing).write_pdf())


def print_page(plan: Plan) -> str:
    """The page of the report without scripts."""
    style = files("gigawatt.report").joinpath("style.css").read_text(encoding="utf-8")
    made = [(title, body) for title, make in SECTIONS if (body := make(plan))]
    sections = "".join(
        f"<section>{f'<h2>{safe(title)}</h2>' if title and '<h2>' not in body else ''}{body}</section>"
        for title, body in made
    )
    sections = re.sub(r"<script\b.*?</script>", "", sections, flags=re.DOTALL)
    sections = re.sub(r"<details>.*?</details>", _short, sections, flags=re.DOTALL)
    sections = re.sub(r"<(/?)details\b[^>]*>", r"<\1div>", sections)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{safe(opening.title(plan))}</title>'
        f"<style>{style}{STYLE}</style></head><body>{sections}</body></html>"
    )


def _short(found: re.Match[str]) -> str:
    """Words and numbers of a chart; words alone where the numbers are hours."""
    folded = found[0]
    return folded if folded.count("<tr>") <= MOST_ROWS else re.sub(r"<table.*?</table>", "", folded, flags=re.DOTALL)


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    """Fetch nothing: the page is whole."""
    raise ValueError(f"{url}: a report loads nothing")
