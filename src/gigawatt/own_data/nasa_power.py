"""NASA POWER hourly data of a point, as JSON or CSV.

References
----------
.. [1] NASA Langley Research Center, "POWER Docs: Hourly API", parameters, communities and time standards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from .quantities import weather_pick
from .table import Pick, Table, columns, dig, head_number, minutes_of, number, parsed_json, parsed_times
from .text import Text, bad, csv_rows, first_line

KIND = "NASA POWER"
_FILL = -999.0
_DEGREES_PER_HOUR = 15.0
_WORDS = re.compile(r"latitude\s+(-?[\d.]+)\s+longitude\s+(-?[\d.]+)", re.I)
_ELEVATION = re.compile(r"elevation.*=\s*(-?[\d.]+)\s*met", re.I)
_TIMES = ("YEAR", "MO", "DY", "HR")
# units that the CSV states in words beside the parameter
_UNIT = re.compile(r"^\s*([A-Z0-9_]+)\s+.*\(([^()]*)\)\s*$")


def is_it(source: Text) -> bool:
    """Whether the file is an answer of the POWER API.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    start = source.text.lstrip()[:60].upper()
    if start.startswith("{"):
        return '"fill_value"' in source.text and '"parameter"' in source.text
    return start.startswith("-BEGIN HEADER-") or start.startswith(",".join(_TIMES))


def read(source: Text) -> Table:
    """Rows of a NASA POWER file.

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
        `NAME:LINE: found, expected; next step`.
    """
    return _json(source) if source.text.lstrip().startswith("{") else _csv(source)


def _json(source: Text) -> Table:
    content = parsed_json(source, "a NASA POWER JSON file")
    series = dig(content, "properties", "parameter")
    if not isinstance(series, dict) or not series or not all(isinstance(v, dict) and v for v in series.values()):
        raise bad(
            source.name, 1, "no series under properties.parameter", "NASA POWER hourly data", "ask for hourly JSON"
        )
    keys = sorted({str(key) for values in series.values() for key in values})
    times = parsed_times(source, list(enumerate(keys, 1)), _key_time, "2023013113 (an hour; daily data are too coarse)")
    units = {name: dig(content, "parameters", name, "units") for name in series}
    fill = dig(content, "header", "fill_value")
    fill = _FILL if fill is None else number(source.name, 1, "fill_value", fill)
    point = dig(content, "geometry", "coordinates")
    place = [number(source.name, 1, "coordinates", x) for x in point] if isinstance(point, list) else []
    longitude, latitude, elevation = (place + [np.nan] * 3)[:3]
    picks, height = _picks(source, 1, units)
    values = {}
    for quantity, pick in picks.items():
        name = list(series)[pick.column]
        found = [number(source.name, i, name, series[name].get(key)) for i, key in enumerate(keys, 1)]
        values[quantity] = _scaled(np.array(found), pick, fill)
    standard = str(dig(content, "header", "time_standard") or "UTC")
    table = _table(
        source, np.arange(1, len(keys) + 1), times, values, picks, (latitude, longitude, elevation), standard
    )
    table.wind_height = height
    table.notes.append("line numbers are hours of the series")
    return table


def _csv(source: Text) -> Table:
    start = first_line(source, ",".join(_TIMES).lower(), "year,mo,dy,hr")
    if start is None:
        found = "no header YEAR,MO,DY,HR"
        raise bad(source.name, max(len(source.lines), 1), found, "NASA POWER hourly data", "ask for hourly data")
    place: list[float] = [np.nan, np.nan, np.nan]
    units: dict[str, Any] = {}
    fill, standard = _FILL, "LST"
    for line, text in enumerate(source.lines[:start], 1):
        if match := _WORDS.search(text):
            place[0] = head_number(source, line, "latitude", match[1], 90.0)
            place[1] = head_number(source, line, "longitude", match[2], 180.0)
        if match := _ELEVATION.search(text):
            place[2] = head_number(source, line, "elevation", match[1], 9000.0)
        if text.lower().startswith("dates") and "utc" in text.lower():
            standard = "UTC"
        if match := _UNIT.match(text):
            units[match[1]] = match[2]
        if "missing" in text.lower() and (match := re.search(r":\s*(-?[\d.]+)\s*$", text)):
            fill = number(source.name, line, "missing value", match[1])
    (line, header), *rows = csv_rows(source, start)
    names = {h.strip().upper(): i for i, h in enumerate(header)}
    spelled = [(n, " ".join(row[names[t]] if names[t] < len(row) else "" for t in _TIMES)) for n, row in rows]
    times = parsed_times(source, spelled, _row_time, "2023,1,31,13")
    picks, height = _picks(source, line, {h.strip(): units.get(h.strip().upper()) for h in header})
    plain = columns(source, rows, {q: Pick(p.column, p.header) for q, p in picks.items()})
    values = {q: _scaled(v, picks[q], fill) for q, v in plain.items()}
    lines = np.array([n for n, _ in rows], np.int64)
    table = _table(source, lines, times, values, picks, (place[0], place[1], place[2]), standard)
    table.wind_height = height
    return table


def _picks(source: Text, line: int, units: Mapping[str, Any]) -> tuple[dict[str, Pick], float]:
    """Columns by parameter name, the highest wind, and its height."""
    picks: dict[str, Pick] = {}
    heights = {"wind_m_per_s": 0.0}
    for i, (name, unit) in enumerate(units.items()):
        try:
            found = weather_pick(i, name, None if unit is None else str(unit))
        except ValueError as unknown:
            then = "ask for the community RE (renewable energy), whose units are known"
            raise bad(source.name, line, f"{name} in {str(unknown)!r}", "a known unit", then) from None
        if found is None:
            continue
        quantity, pick, height = found
        if quantity == "wind_m_per_s" and (height or 0.0) <= heights[quantity]:
            continue
        if quantity == "wind_m_per_s":
            heights[quantity] = height or 10.0
        picks[quantity] = pick
    if not picks:
        expected = "T2M, RH2M, PS, ALLSKY_SFC_SW_DWN, WS10M or WS50M"
        raise bad(source.name, line, f"parameters {', '.join(units)[:60]}", expected, "ask for these parameters")
    return picks, heights["wind_m_per_s"] or 10.0


def _scaled(v: Any, pick: Pick, fill: float) -> Any:
    """Numbers in house units, the fill value as missing."""
    return np.where(v <= fill + 1e-9, np.nan, v) * pick.factor + pick.offset


def _table(
    source: Text, lines: Any, times: list[datetime], values: Any, picks: Any, place: tuple[float, ...], standard: str
) -> Table:
    latitude, longitude, elevation = (None if np.isnan(x) else float(x) for x in place)
    notes, offset = [], 0.0
    if standard.upper() != "UTC":
        if longitude is None:
            then = "ask for time-standard=UTC"
            raise bad(source.name, 1, f"times in {standard} without a longitude", "UTC", then)
        offset = float(round(longitude / _DEGREES_PER_HOUR))
        notes.append(f"times in local solar time, taken as UTC{offset:+g} h by longitude")
    return Table(
        source.name,
        KIND,
        np.asarray(lines, np.int64),
        minutes_of(times) if times else np.zeros(0, np.int64),
        values,
        picks,
        notes,
        utc_offset_h=offset,
        latitude=latitude,
        longitude=longitude,
        elevation=elevation,
    )


def _key_time(text: str) -> datetime:
    if len(text) != 10 or not text.isdigit():
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%d%H")


def _row_time(text: str) -> datetime:
    year, month, day, hour = (int(x) for x in text.split())
    return datetime(year, month, day, hour)
