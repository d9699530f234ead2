"""Small HTML parts of the page: escaped text, tables, charts, numbers and their ranges."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from gigawatt.answer import Plan, plain
from gigawatt.figures import Figure, show
from gigawatt.report.chart import Chart
from gigawatt.report.page.words import CLASSES, FIXED, STATE

DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")  # stays on one line
SHARE = re.compile(r"(?<=\d)%(?=[\s,.;:)]|$)| %")  # an address writes two digits behind its %
LONGEST_NUMBER = 32  # characters; what is longer is a text, which is set to the left and may break


def safe(value: Any) -> str:
    """Any value as escaped text; nothing for None. One way to write a share: 97 %, never broken."""
    return "" if value is None else SHARE.sub("\u00a0%", escape(str(value), quote=True))


def para(text: str, css: str = "") -> str:
    return f'<p class="{css}">{safe(text)}</p>' if css else f"<p>{safe(text)}</p>"


def cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def stop(text: str) -> str:
    """A sentence with its full stop."""
    text = text.strip()
    return cap(text) if text.endswith((".", "!", "?")) else cap(text) + "."


class Raw(str):
    """Text that is HTML already."""


def _cell(value: Any, number: bool, tag: str = "td") -> str:
    inner = value if isinstance(value, Raw) else safe(value)
    text = re.sub("<[^>]*>", "", inner)
    kind = "n" if number and len(text) <= LONGEST_NUMBER else "d" if DAY.fullmatch(text) else ""
    return f'<{tag} class="{kind}">{inner}</{tag}>' if kind else f"<{tag}>{inner}</{tag}>"


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    numbers: Iterable[int] = (),
    caption: str = "",
    css: str = "",
    marked: dict[int, str] | None = None,
) -> str:
    """A table; ``numbers`` are the columns set to the right, ``marked`` the CSS class of rows."""
    right, marked = set(numbers), marked or {}
    head = "".join(_cell(h, i in right, "th" if h else "td") for i, h in enumerate(header))
    body = "".join(
        (f'<tr class="{marked[k]}">' if k in marked else "<tr>")
        + "".join(_cell(c, i in right) for i, c in enumerate(row))
        + "</tr>"
        for k, row in enumerate(rows)
    )
    top = f"<caption>{safe(caption)}</caption>" if caption else ""
    kind = f' class="{css}"' if css else ""
    inside = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide" tabindex="0"><table{kind}>{top}{inside}</table></div>'


def state(answer: str, words: dict[str, str] = STATE) -> Raw:
    return Raw(f'<span class="state {safe(answer)}">{safe(words.get(answer, answer))}</span>')


def class_mark(letter: str) -> Raw:
    return Raw(f'<span class="class" title="{safe(CLASSES.get(letter, ""))}">{safe(letter)}</span>')


def chart(made: Chart | None) -> str:
    """A chart with words for those without JavaScript and its numbers as a table."""
    if made is None:
        return ""
    spec = json.dumps(plain(made.spec), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    inner = para(made.words) + (table(made.header, made.rows, css="dense") if made.rows else "")
    return (
        f'<figure><figcaption>{safe(made.title)}</figcaption><div class="chart" id="{safe(made.id)}" role="img" '
        f'aria-label="{safe(made.words)}"></div>'
        f'<noscript><div class="chartless">This chart is drawn with JavaScript. {safe(made.words)}</div></noscript>'
        f'<script type="application/json" class="chart-data" data-chart="{safe(made.id)}">{spec}</script>'
        f"<details><summary>This chart in words and numbers</summary>{inner}</details></figure>"
    )


def num(value: Any, unit: str = "", low: Any = None, high: Any = None) -> str:
    """A number that has no range of its own, to three digits; a dash where there is none."""
    return "–" if value is None else show(value, low, high, unit)


def low_to_high(low: Any, high: Any, unit: str) -> str:
    """low to high, or nothing where the number is exact."""
    if low is None or high is None or low == high:
        return ""
    low_text, high_text = (show(x, low, high, unit, with_unit=False) for x in (low, high))
    return f"{low_text} to {high_text}"


def dollars(plan: Plan) -> str:
    return f"USD_{plan.question['price_year']}"


def months_text(n: float) -> str:
    """Whole months: a calendar supports no more."""
    return "1 month" if round(n) == 1 else f"{n:.0f} months"


def per_cent(part: float, whole: float) -> str:
    """A share to the per cent."""
    if not whole or not part:
        return "–" if not whole else "0 %"
    return "under 1 %" if abs(part / whole) < 0.005 else f"{part / whole * 100:.0f} %"


def share(x: float | None) -> str:
    """A share of its own, which is never shown as nothing when it is something."""
    return "–" if not x else "under 0.01 %" if 0 < x < 5e-5 else show(x, None, None, "1")


def figure(plan: Plan, name: str) -> Figure | None:
    """A figure that has a value."""
    f = plan.figures.get(name)
    return f if f is not None and f.value is not None else None


def split(f: Figure) -> tuple[str, str]:
    """Value with unit, and range, as ``text_with_range`` prints them."""
    if f.value is None:
        return "n/a", f.reason
    text = f.text_with_range
    if f.id == "users_served_per_inhabitant":  # a number of people, not a share
        text = f"{show(f.value, f.low, f.high, '')} ({low_to_high(f.low, f.high, '')})"
    found = re.fullmatch(r"(.*?) \((.*)\)(.*)", text)
    if found:
        return found[1] + found[3], found[2]
    return (text[:7] if f.unit == "date" else text), FIXED


def opens(figure_id: str, text: str) -> Raw:
    """A number that is a figure, or a part of one: a page that can do so opens it to what is behind."""
    return Raw(f'<data value="figure:{safe(figure_id)}">{safe(text)}</data>')


def opens_fact(fact_id: str, text: str) -> Raw:
    """A number that is a fact as it is stored: a page that can do so opens it to its source."""
    return Raw(f'<data value="fact:{safe(fact_id)}">{safe(text)}</data>')


def opens_source(key: str, text: Any) -> Raw:
    """A number of facts: a page that can do so opens it to the facts of that source."""
    return Raw(f'<data value="source:{safe(key)}">{safe(text)}</data>')


def own_currency(plan: Plan, f: Figure) -> str:
    """The figure in the asker's currency; nothing for USD."""
    q = plan.question
    rate, currency = q.get("usd_per_currency_unit"), q.get("currency") or "USD"
    if currency == "USD" or not rate or f.value is None or isinstance(f.value, str):
        return ""
    value, low, high = (float(x) / rate if x is not None else None for x in (f.value, f.low, f.high))
    text, span = show(value, low, high, currency), low_to_high(low, high, currency)
    return f"{text} ({span})" if span else text


def figures_table(plan: Plan, names: Iterable[str]) -> str:
    rows = []
    for name in names:
        f = plan.figures.get(name)
        if f is not None:
            value, span = split(f)
            shown = value if f.value is None else opens(f.id, value)
            rows.append((f.label, shown, span, class_mark(f.fact_class)))
    return table(("", "value", "range (P10 to P90)", "class"), rows, numbers=(1,)) if rows else ""


def class_counts(plan: Plan) -> Counter[str]:
    return Counter(str(f["class"]) for f in (plan.trace.get("facts") or {}).values())
