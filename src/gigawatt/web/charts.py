"""Charts as tables for download: the data of any chart of a page, as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from markupsafe import escape

_DATA = re.compile(r'<script type="application/json" class="chart-data" data-chart="([\w-]+)">(.*?)</script>', re.S)
_DETAILS = re.compile(r'(data-chart="([\w-]+)">[^<]*</script><details><summary>.*?</summary>)', re.S)


def specs(html: str) -> dict[str, dict[str, Any]]:
    """The plotly figures in a piece of a page, by id."""
    return {name: json.loads(text) for name, text in _DATA.findall(html)}


def with_csv(html: str, query: str, text: str, path: str = "/plan/chart.csv") -> str:
    """The piece of a page with a link to each chart's data under its words."""

    def linked(found: re.Match[str]) -> str:
        address = f"{path}?{urlencode({'chart': found[2]})}" + (f"&{query}" if query else "")
        return f'{found[1]}<p><a href="{escape(address)}" download>{escape(text)}</a></p>'

    return _DETAILS.sub(linked, html)


def to_csv(spec: dict[str, Any]) -> str:
    """One line a point: the series it belongs to and what is drawn of it."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    keys = [k for k in ("x", "y", "base", "text", "values", "labels") if any(k in trace for trace in spec["data"])]
    write.writerow(["series", *keys])
    for number, trace in enumerate(spec["data"], 1):
        name = trace.get("name") or f"series {number}"
        columns = [_column(trace.get(k)) for k in keys]
        for k in range(max(map(len, columns), default=0)):
            row = [c[k] if k < len(c) else "" for c in columns]
            if any(x not in (None, "") for x in row):
                write.writerow([_plain(name), *map(_plain, row)])
    return out.getvalue()


def _column(values: Any) -> list[Any]:
    return list(values) if isinstance(values, Iterable) and not isinstance(values, str) else []


def _plain(value: Any) -> Any:
    """Text without markup of ours, and never read as a formula by a spreadsheet."""
    if not isinstance(value, str):
        return value
    text = re.sub(r"<[^>]*>", " ", value)
    return "'" + text if text[:1] in "=+@" else text
