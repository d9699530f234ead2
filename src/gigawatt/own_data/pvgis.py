"""PVGIS of the European Commission: typical years and hourly series, as CSV or JSON, in UTC.

References
----------
.. [1] European Commission, Joint Research Centre, "PVGIS API non-interactive service", tools `tmy` and `seriescalc`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from .quantities import found_in
from .table import Pick, Table, columns, dig, head_number, minutes_of, number, parsed_json, parsed_times
from .text import Row, Text, bad, cell, csv_rows, first_line

KIND = "PVGIS"
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d):(\d\d)(\d\d)")
_DATA = re.compile(r"\s*\d{8}:\d{4}")
_PLACE = (("latitude", 90.0), ("longitude", 180.0), ("elevation", 9000.0))
_HEADERS = ("t2m", "rh", "g(h)", "gb(n)", "gd(h)", "ws10m", "sp", "g(i)")


def is_it(source: Text) -> bool:
    """Whether the file begins as PVGIS CSV or is JSON with its hourly outputs.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    start = source.text.lstrip()[:20].lower()
    if start.startswith("{"):
        return '"outputs"' in source.text and ('"tmy_hourly"' in source.text or '"hourly"' in source.text)
    return start.startswith(("latitude (decimal", "irradiance time o"))


def read(source: Text) -> Table:
    """Rows of a PVGIS file.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    Table

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected; next step`; also for irradiance on a tilted plane.
    """
    return _json(source) if source.text.lstrip().startswith("{") else _csv(source)


def _csv(source: Text) -> Table:
    start = first_line(source, "time")
    place: list[float | None] = [None, None, None]
    slope = None
    for line, text in enumerate(source.lines[: start or 0], 1):
        key, _, rest = text.partition(":")
        for i, (what, limit) in enumerate(_PLACE):
            if key.strip().lower().startswith(what):
                place[i] = head_number(source, line, what, rest, limit)
        if match := re.match(r"slope:\s*(-?[\d.]+)", text.strip().lower()):
            slope = number(source.name, line, "slope", match[1])
    if start is None:
        then = "download the TMY or the hourly data as CSV"
        raise bad(source.name, max(len(source.lines), 1), "no table that starts with time", "PVGIS hourly data", then)
    (line, header), *rows = csv_rows(source, start)
    return _table(source, line, header, [r for r in rows if _DATA.match(r[1][0])], slope, place)


def _json(source: Text) -> Table:
    content = parsed_json(source, "a PVGIS JSON file")
    records = dig(content, "outputs", "tmy_hourly") or dig(content, "outputs", "hourly")
    if not isinstance(records, list) or not records or not all(isinstance(r, dict) for r in records):
        then = "download the TMY or the hourly data as JSON"
        raise bad(source.name, 1, "no records in outputs.tmy_hourly or outputs.hourly", "PVGIS hourly data", then)
    found = [dig(content, "inputs", "location", key) for key, _ in _PLACE]
    place = [None if v is None else head_number(source, 1, k, v, m) for v, (k, m) in zip(found, _PLACE, strict=True)]
    slope = dig(content, "inputs", "mounting_system", "fixed", "slope", "value")
    slope = None if slope is None else number(source.name, 1, "slope", slope)
    header = [str(key) for key in records[0]]
    rows = [(i, [_spelled(record.get(h)) for h in header]) for i, record in enumerate(records, 1)]
    table = _table(source, 1, header, rows, slope, place)
    table.notes.append("line numbers are records of the hourly list")
    return table


def _spelled(value: Any) -> str:
    return "" if value is None else str(value)


def _table(
    source: Text,
    line: int,
    header: Sequence[str],
    rows: Sequence[Row],
    slope: float | None,
    place: Sequence[float | None],
) -> Table:
    lower = [h.strip().lower() for h in header]
    tilted = [h for h in ("g(i)", "gb(i)", "gd(i)") if h in lower]
    if tilted and "g(h)" not in lower and slope != 0.0:
        found = f"irradiance on a plane of slope {'unknown' if slope is None else f'{slope:g}'}"
        raise bad(source.name, line, found, "a horizontal plane", "ask PVGIS for slope 0, or for the TMY")
    time = next((i for i, h in enumerate(lower) if h.startswith("time")), None)
    if time is None:
        raise bad(source.name, line, "no time column", "time or time(UTC)", "use an unchanged PVGIS file")
    times = parsed_times(source, [(n, cell(r, time)) for n, r in rows], _time, "20230131:1300")
    picks = found_in(source, line, [h if h.strip().lower() in _HEADERS else "" for h in header]).picks
    values = columns(source, rows, picks)
    if "g(i)" not in lower and {"gb(i)", "gd(i)"} <= set(lower):  # components on a horizontal plane
        parts = {h: Pick(lower.index(h), header[lower.index(h)]) for h in ("gb(i)", "gd(i)")}
        beam, diffuse = columns(source, rows, parts).values()
        values |= {"ghi_w_m2": beam + diffuse, "dhi_w_m2": diffuse}
        picks |= {"ghi_w_m2": Pick(-1, "Gb(i) + Gd(i)"), "dhi_w_m2": parts["gd(i)"]}
    if not picks:
        expected = "T2m, RH, G(h), Gb(n), Gd(h), WS10m, SP or G(i)"
        raise bad(source.name, line, f"header {','.join(header)[:60]!r}", expected, "use an unchanged PVGIS file")
    return Table(
        source.name,
        KIND,
        np.array([n for n, _ in rows], np.int64),
        minutes_of(times) if rows else np.zeros(0, np.int64),
        values,
        picks,
        utc_offset_h=0.0,
        latitude=place[0],
        longitude=place[1],
        elevation=place[2],
    )


def _time(text: str) -> datetime:
    """Start of the hour; the minutes only say when the satellite looked."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    year, month, day, hour, _ = (int(x) for x in match.groups())
    return datetime(year, month, day, hour)
