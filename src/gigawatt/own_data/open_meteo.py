"""Open-Meteo historical weather, as JSON or CSV.

Irradiance is the mean of the hour before the time stated, all else holds at that time: irradiance is moved by a step.

References
----------
.. [1] Open-Meteo, "Historical Weather API", hourly parameters and units.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np

from .quantities import SUN, weather_pick
from .table import Pick, Table, columns, dig, head_number, minutes_of, number, parsed_json, parsed_times
from .text import Text, bad, cell, csv_rows

KIND = "Open-Meteo"
_PLACE = (("latitude", 90.0), ("longitude", 180.0), ("elevation", 9000.0), ("utc_offset_seconds", 50_400.0))
_SECONDS_PER_HOUR = 3600.0
_INSTANT = "_instant"


def is_it(source: Text) -> bool:
    """Whether the file is an answer of Open-Meteo.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    start = source.text.lstrip()
    if start.startswith(("{", "[")):
        return '"hourly_units"' in source.text or '"utc_offset_seconds"' in source.text
    return start.lower().startswith("latitude,longitude,elevation,utc_offset_seconds")


def read(source: Text) -> Table:
    """Rows of an Open-Meteo file.

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
    return _json(source) if source.text.lstrip().startswith(("{", "[")) else _csv(source)


def _json(source: Text) -> Table:
    content = parsed_json(source, "an Open-Meteo JSON file")
    if isinstance(content, list):
        raise bad(source.name, 1, f"{len(content)} places in one file", "one", "ask for one place")
    hourly = dig(content, "hourly")
    times = dig(hourly, "time")
    if not isinstance(times, list) or not times:
        raise bad(source.name, 1, "no hourly.time", "Open-Meteo hourly data", "ask for hourly= with variables")
    for name, series in hourly.items():
        if not isinstance(series, list) or len(series) != len(times):
            size = len(series) if isinstance(series, list) else 0
            raise bad(
                source.name, 1, f"hourly.{name} has {size} values", f"{len(times)} as in time", "download it again"
            )
    names = [n for n in hourly if n != "time"]
    units = [str(dig(content, "hourly_units", n) or "") for n in names]
    picks, height = _picks(source, 1, [(n, u or None) for n, u in zip(names, units, strict=True)])
    values = {}
    for quantity, pick in picks.items():
        name = names[pick.column]
        found = [number(source.name, i, name, x) for i, x in enumerate(hourly[name], 1)]
        values[quantity] = np.array(found) * pick.factor + pick.offset
    place = {key: dig(content, key) for key, _ in _PLACE}
    stamps = parsed_times(source, [(i, str(t)) for i, t in enumerate(times, 1)], _time, "2023-01-31T13:00")
    table = _table(source, np.arange(1, len(times) + 1), stamps, values, picks, place, 1)
    table.wind_height = height
    table.notes.append("line numbers are hours of the series")
    return table


def _csv(source: Text) -> Table:
    (line, keys), *rest = csv_rows(source, 0)
    starts = [i for i, (_, row) in enumerate(rest) if row[0].strip().lower() == "time"]
    if len(starts) != 1 or starts[0] != 1:
        found = "no table that starts with time" if not starts else "several places or tables"
        raise bad(source.name, line, found, "one place with hourly data", "ask for one place, hourly variables only")
    (place_line, cells), (header_line, header), *rows = rest
    picks, height = _picks(source, header_line, [(h, None) for h in header])
    values = columns(source, rows, picks)
    stamps = parsed_times(source, [(n, cell(r, 0)) for n, r in rows], _time, "2023-01-31T13:00")
    place = {k.strip().lower(): cell(cells, i) for i, k in enumerate(keys)}
    table = _table(source, np.array([n for n, _ in rows], np.int64), stamps, values, picks, place, place_line)
    table.wind_height = height
    return table


def _picks(source: Text, line: int, named: list[tuple[str, str | None]]) -> tuple[dict[str, Pick], float]:
    """Columns by variable, the highest wind, and its height."""
    picks: dict[str, Pick] = {}
    wind = 0.0
    for i, (name, unit) in enumerate(named):
        plain = re.sub(_INSTANT + r"\b", "", name)
        try:
            found = weather_pick(i, plain, unit)
        except ValueError as unknown:
            then = "ask for metric units"
            raise bad(source.name, line, f"{name} in {str(unknown)!r}", "a known unit", then) from None
        if found is None or (plain != name and found[0] in picks):
            continue
        quantity, pick, height = found
        if quantity == "wind_m_per_s":
            if (height or 10.0) <= wind:
                continue
            wind = height or 10.0
        picks[quantity] = Pick(pick.column, name if unit is None else f"{name} [{unit}]", pick.factor, pick.offset)
    if not picks:
        expected = "temperature_2m, relative_humidity_2m, surface_pressure, shortwave_radiation or wind_speed_10m"
        raise bad(source.name, line, "no variable that we read", expected, "ask for these variables")
    return picks, wind or 10.0


def _table(
    source: Text,
    lines: Any,
    stamps: list[datetime],
    values: dict[str, Any],
    picks: Any,
    place: dict[str, Any],
    line: int,
) -> Table:
    found = [None if place.get(k) in (None, "") else head_number(source, line, k, place[k], m) for k, m in _PLACE]
    notes = []
    delayed = [q for q in SUN if q in values and _INSTANT not in picks[q].header]
    for quantity in delayed:  # the mean of the hour before belongs to the step that began then
        values[quantity] = np.append(values[quantity][1:], np.nan)
    if delayed:
        notes.append(f"{', '.join(delayed)}: means of the hour before the time stated, moved to its start")
    return Table(
        source.name,
        KIND,
        np.asarray(lines, np.int64),
        minutes_of(stamps) if stamps else np.zeros(0, np.int64),
        values,
        picks,
        notes,
        utc_offset_h=(found[3] or 0.0) / _SECONDS_PER_HOUR,
        latitude=found[0],
        longitude=found[1],
        elevation=found[2],
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
