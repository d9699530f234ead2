"""A comparison or an audit as one HTML file: no network, no JavaScript needed, prints on A4. Computes nothing."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from gigawatt import __version__
from gigawatt.report import audit_words, compare_words
from gigawatt.report.compare_charts import bars, ranges
from gigawatt.report.page.parts import para, safe, stop, table

if TYPE_CHECKING:
    from gigawatt.compare import Audit, Comparison

STYLE = """
body { max-width: 1080px; }
table.side td { vertical-align: top; white-space: nowrap; }
table.side td:first-child { color: var(--soft); white-space: normal; }
table.side tr.section td { font-weight: 600; color: inherit; padding-top: 14px; }
svg.bars { width: 100%; height: auto; }
.short { color: #7a1f2b; } .spare { color: #8a5a00; } .fits { color: #0b5394; }
td.check { font-weight: 600; white-space: nowrap; }
"""


def compare_html(c: Comparison) -> str:
    """One self-contained HTML page.

    Parameters
    ----------
    c : Comparison
        What is compared. [-]

    Returns
    -------
    str
        The whole file; it asks no other address for anything.
    """
    said = [stop(x) for x in compare_words.findings(c)]
    disagree = "".join(f"<li>{safe(x)}</li>" for x in compare_words.disagreements(c))
    body = [
        "<h1>Side by side</h1>",
        para(" · ".join(e.name for e in c.entries)),
        '<div class="verdict">' + "".join(f'<p class="headline">{safe(x)}</p>' for x in said) + "</div>"
        if said
        else "",
        "<h2>On the same bases</h2>",
        _side_by_side(c),
        para(compare_words.foot(c), "note"),
        "<h2>In pictures</h2>",
        *(bars(c, chart) for chart in compare_words.CHARTS),
        f"<h2>Claims side by side</h2><ul>{disagree}</ul>" if disagree else "",
        "<h2>Sources</h2>",
        _sources(c),
    ]
    return _page("Side by side: " + ", ".join(e.id for e in c.entries), body)


def _side_by_side(c: Comparison) -> str:
    rows: list[tuple[str, ...]] = []
    marked: dict[int, str] = {}
    section = ""
    for line in compare_words.lines(c):
        if line.section != section:
            section = line.section
            marked[len(rows)] = "section"
            rows.append((section, *("" for _ in c.entries)))
        rows.append((line.label, *line.cells))
    numbers = range(1, len(c.entries) + 1)
    return table(("", *(e.id for e in c.entries)), rows, numbers=numbers, css="side", marked=marked)


def _sources(c: Comparison) -> str:
    rows = [row for e in c.entries for row in compare_words.sources(e)]
    head = ("programme", "what", "claim", "class", "source")
    return table(head, rows) if rows else para("Plans and questions only: their figures are ours.")


def audit_html(a: Audit) -> str:
    """An audit as one self-contained HTML page.

    Parameters
    ----------
    a : Audit
        The audit. [-]

    Returns
    -------
    str
        The whole file.
    """
    rows = "".join(
        f'<tr><td class="check {c.state}">{safe(audit_words.STATES[c.state])}</td><td>{safe(audit_words.title(c))}'
        f"{'' if c.decides else '<br><small>another reading</small>'}</td><td>{safe(c.words)}</td></tr>"
        for c in a.checks
    )
    checks = f'<div class="wide"><table><tbody>{rows}</tbody></table></div>' if rows else ""
    body = [
        "<h1>Do the parts fit?</h1>",
        para(a.text),
        f'<div class="verdict"><p class="headline">{safe(a.headline)}</p></div>',
        "<h2>Part by part</h2>" + checks if checks else "",
        ranges(a),
        "<h2>Our plan for it</h2>",
        table(("", "value (P10 to P90)"), audit_words.built(a), numbers=(1,)),
        para(audit_words.foot(a), "note"),
    ]
    return _page("Audit: " + a.text, body)


def _page(title: str, body: list[str]) -> str:
    style = files("gigawatt.report").joinpath("style.css").read_text(encoding="utf-8")
    made = para(f"Gigawatt {__version__}. A plan, not an offer and not engineering design.", "note")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>\n{style}{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(filter(None, [*body, made]))
        + "\n</body>\n</html>\n"
    )
