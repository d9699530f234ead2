"""A screen as one HTML file: map and table, no network, readable without JavaScript. Computes nothing."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gigawatt import __version__
from gigawatt.report import screen_map
from gigawatt.report import screen_words as words
from gigawatt.report.page.parts import Raw, para, safe, stop

if TYPE_CHECKING:
    from gigawatt.screen import Screen

TITLES = {"countries": "Where can it be done?", "sites": "Where in {country}?"}
SORT = """
document.querySelectorAll("th[data-column]").forEach(function (head) {
  head.addEventListener("click", function () {
    var body = head.closest("table").tBodies[0], k = +head.dataset.column, down = head.dataset.down !== "1";
    var value = function (row) {
      var v = row.cells[k].dataset.v;
      return v === undefined ? row.cells[k].textContent : v === "" ? NaN : +v;
    };
    var rows = Array.from(body.rows).sort(function (a, b) {
      var x = value(a), y = value(b);
      if (typeof x === "number") { return isNaN(x) ? 1 : isNaN(y) ? -1 : down ? x - y : y - x; }
      return down ? x.localeCompare(y) : y.localeCompare(x);
    });
    rows.forEach(function (row) { body.appendChild(row); });
    head.dataset.down = down ? "1" : "0";
  });
});
"""
STYLE = """
body { max-width: 1080px; }
svg.map { width: 100%; height: auto; background: #fff; }
.legend span { display: inline-block; margin-right: 16px; }
.legend i { display: inline-block; width: 12px; height: 12px; margin-right: 5px; vertical-align: -1px; }
th[data-column] { cursor: pointer; }
table.screen { font-size: 0.84rem; }
table.screen td:first-child { color: var(--soft); }
"""


def screen_html(found: Screen) -> str:
    """One self-contained HTML page.

    Parameters
    ----------
    found : Screen
        Ranked rows. [-]

    Returns
    -------
    str
        The whole file; it asks no other address for anything.
    """
    kind = found.request["kind"]
    title = TITLES[kind].format(country=found.request.get("country", ""))
    drawn = screen_map.world(found) if kind == "countries" else screen_map.country(found)
    body = [
        f"<h1>{safe(title)}</h1>",
        para(stop(words.question(found))),
        f'<div class="verdict"><p class="headline">{safe(stop(words.counted(found)))}</p></div>',
        f"<figure>{drawn}{_legend(found)}</figure>",
        f"<h2>{'Ranked' if kind == 'countries' else 'Sites by cost'}</h2>",
        para(words.rule(found), "small"),
        _table(found),
        _foot(found),
    ]
    style = files("gigawatt.report").joinpath("style.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>\n{style}{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + f"\n<script>{SORT}</script>\n</body>\n</html>\n"
    )


def _legend(found: Screen) -> str:
    spans = "".join(
        f'<span><i style="background:{colour}"></i>{safe(text)}</span>' for colour, text in screen_map.legend(found)
    )
    return f'<p class="legend small">{spans}</p>'


def _table(found: Screen) -> str:
    columns = words.columns(found)
    if found.request["kind"] == "countries":
        columns = (*columns, words.Column("letters needed on", "gates that are yes, if", words.conditions, False))
    heads = "".join(
        f'<th data-column="{k}" title="{safe(c.means)}"{_right(c)}>{safe(c.title)}</th>'
        for k, c in enumerate(columns, start=1)
    )
    lines = []
    for row in found.rows:
        cells = "".join(f"<td{_right(c)}{_value(c, row)}>{_text(c, row)}</td>" for c in columns)
        lines.append(f'<tr id="{safe(row["key"])}"><td class="n">{row["rank"]}</td>{cells}</tr>')
    head = f'<tr><th data-column="0" class="n"></th>{heads}</tr>'
    body = "\n".join(lines)
    return f'<div class="wide"><table class="screen"><thead>{head}</thead><tbody>\n{body}\n</tbody></table></div>'


def _right(column: words.Column) -> str:
    return ' class="n"' if column.number else ""


def _value(column: words.Column, row: dict[str, Any]) -> str:
    """What the column sorts by where its text would not do."""
    if column.sorts is None:
        return ""
    value = column.sorts(row)
    return f' data-v="{value}"' if isinstance(value, (int, float)) else ' data-v=""'


def _text(column: words.Column, row: dict[str, Any]) -> str:
    if column.title == "verdict":
        return Raw(f'<span class="state {safe(row["verdict"])}">{safe(column.text(row))}</span>')
    return safe(column.text(row))


def _foot(found: Screen) -> str:
    meanings = "; ".join(f"{c.title}: {c.means[:1].lower()}{c.means[1:]}" for c in words.columns(found)[1:])
    made = f"Gigawatt {__version__}, code and facts {found.version}: with these the rows come out again."
    return f"<h2>Columns</h2>{para(stop(meanings), 'small')}{para(made, 'note')}"
