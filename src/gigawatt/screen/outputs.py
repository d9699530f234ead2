"""Rows as tables and files: flat records, CSV, Parquet, GeoJSON. HTML and terminal are in ``report``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gigawatt.errors import ScenarioError

if TYPE_CHECKING:
    from gigawatt.screen import Screen

PLAIN = ("rank", "key", "iso3", "name", "site", "lat", "lon", "verdict", "reason", "headline")
ENDINGS = (".json", ".csv", ".parquet", ".geojson", ".html")


def records(found: Screen) -> list[dict[str, Any]]:
    """One flat record per row: what it is, what binds, then each figure with its low and high."""
    figures = list(dict.fromkeys(name for row in found.rows for name in row["figures"]))
    more = [k for k in dict.fromkeys(k for row in found.rows for k in row.get("site_facts", {}))]
    return [_record(row, figures, more) for row in found.rows]


def _record(row: dict[str, Any], figures: list[str], more: list[str]) -> dict[str, Any]:
    flat = {k: row[k] for k in PLAIN}
    flat |= {"constraint": row["binding"]["constraint"], "binding": row["binding"]["words"]}
    flat |= {"conditions": " ".join(row["conditions"])}
    flat |= {k: row.get("site_facts", {}).get(k) for k in more}
    for name in figures:
        figure = row["figures"].get(name, {})
        flat |= {name: figure.get("value"), f"{name}.low": figure.get("low"), f"{name}.high": figure.get("high")}
    return flat


def csv_text(found: Screen) -> str:
    """CSV with a header; empty where there is no value."""
    rows = records(found)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else list(PLAIN), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def parquet_bytes(found: Screen) -> bytes:
    """The same records as Parquet; needs the extra ``screen``."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise ScenarioError('Parquet needs pyarrow: pip install "gigawatt[screen]"') from None
    rows = records(found)
    names = list(rows[0]) if rows else list(PLAIN)
    columns = {name: _column(arrow, [row[name] for row in rows]) for name in names}
    sink = io.BytesIO()
    parquet.write_table(arrow.table(columns), sink)
    return sink.getvalue()


def _column(arrow: Any, values: list[Any]) -> Any:
    """A column of one type: whole numbers, text, else numbers (a column without any value too)."""
    known = [v for v in values if v is not None]
    if known and all(isinstance(v, int) for v in known):
        return arrow.array(values, arrow.int64())
    return arrow.array(values, arrow.string() if any(isinstance(v, str) for v in known) else arrow.float64())


def geojson_text(found: Screen) -> str:
    """GeoJSON: a point per row (RFC 7946), the record as its properties."""
    features = [
        {
            "type": "Feature",
            "id": record["key"],
            "geometry": None if record["lat"] is None else _point(record),
            "properties": record,
        }
        for record in records(found)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, allow_nan=False)


def _point(record: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [record["lon"], record["lat"]]}


def made(found: Screen, path: str) -> bytes:
    """The content of a file by its ending.

    Raises
    ------
    ScenarioError
        For an ending that is none of ``ENDINGS``.
    """
    from gigawatt.report import screen_html

    makers: dict[str, Callable[[Screen], str]] = {
        ".json": lambda x: x.text_json(),
        ".csv": csv_text,
        ".geojson": geojson_text,
        ".html": screen_html,
    }
    ending = Path(path).suffix.lower()
    if ending == ".parquet":
        return parquet_bytes(found)
    return makers[checked(path)](found).encode()


def checked(path: str) -> str:
    """The ending of a file name.

    Raises
    ------
    ScenarioError
        For one that is none of ``ENDINGS``, and for Parquet without pyarrow, before any work begins.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ScenarioError(f"--save: {path!r}: expected a name that ends in {', '.join(ENDINGS)}")
    if ending == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise ScenarioError(f'--save: {path!r} needs pyarrow: pip install "gigawatt[screen]"') from None
    return ending
