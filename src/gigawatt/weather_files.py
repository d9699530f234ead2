"""The user's own weather: EPW, TMY3, PVGIS and plain CSV files, all to 8,760 hours of local standard time.

Every problem is one line, `FILE:LINE: what was found, what was expected, what to do`; every liberty taken is a note.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt.errors import ScenarioError

HOURS_PER_YEAR = 8760
DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MAX_BYTES = 200_000_000
MAX_GAP_H = 6
Array = NDArray[np.float64]
# quantity: lowest, highest credible value, hint when outside
_RANGE = {
    "temperature_c": (-90.0, 60.0, "degC; kelvin goes under temperature_k"),
    "relative_humidity": (0.0, 1.1, "0 to 1; percent goes under relative_humidity_pct"),
    "pressure_pa": (30_000.0, 110_000.0, "Pa; hPa or mbar goes under pressure_hpa"),
    "ghi_w_m2": (-20.0, 1600.0, "W/m2"),
    "dni_w_m2": (-20.0, 1500.0, "W/m2"),
    "dhi_w_m2": (-20.0, 1200.0, "W/m2"),
    "wind_m_per_s": (0.0, 110.0, "m/s; km/h goes under wind_km_per_h"),
}
_SUN = ("ghi_w_m2", "dni_w_m2", "dhi_w_m2")
# header as written (lower case): quantity, factor, offset
_HEADERS = {
    "temperature_c": ("temperature_c", 1.0, 0.0),
    "temperature_k": ("temperature_c", 1.0, -273.15),
    "temperature_f": ("temperature_c", 5.0 / 9.0, -160.0 / 9.0),
    "temp_air_c": ("temperature_c", 1.0, 0.0),
    "dry-bulb (c)": ("temperature_c", 1.0, 0.0),
    "t2m": ("temperature_c", 1.0, 0.0),
    "relative_humidity": ("relative_humidity", 1.0, 0.0),
    "relative_humidity_pct": ("relative_humidity", 0.01, 0.0),
    "relative_humidity_%": ("relative_humidity", 0.01, 0.0),
    "rh_pct": ("relative_humidity", 0.01, 0.0),
    "rhum (%)": ("relative_humidity", 0.01, 0.0),
    "rh": ("relative_humidity", 0.01, 0.0),
    "pressure_pa": ("pressure_pa", 1.0, 0.0),
    "pressure_hpa": ("pressure_pa", 100.0, 0.0),
    "pressure_mbar": ("pressure_pa", 100.0, 0.0),
    "pressure (mbar)": ("pressure_pa", 100.0, 0.0),
    "sp": ("pressure_pa", 1.0, 0.0),
    "ghi_w_m2": ("ghi_w_m2", 1.0, 0.0),
    "ghi (w/m^2)": ("ghi_w_m2", 1.0, 0.0),
    "g(h)": ("ghi_w_m2", 1.0, 0.0),
    "g(i)": ("ghi_w_m2", 1.0, 0.0),
    "dni_w_m2": ("dni_w_m2", 1.0, 0.0),
    "dni (w/m^2)": ("dni_w_m2", 1.0, 0.0),
    "gb(n)": ("dni_w_m2", 1.0, 0.0),
    "dhi_w_m2": ("dhi_w_m2", 1.0, 0.0),
    "dhi (w/m^2)": ("dhi_w_m2", 1.0, 0.0),
    "gd(h)": ("dhi_w_m2", 1.0, 0.0),
    "wind_m_per_s": ("wind_m_per_s", 1.0, 0.0),
    "wind_km_per_h": ("wind_m_per_s", 1.0 / 3.6, 0.0),
    "wspd (m/s)": ("wind_m_per_s", 1.0, 0.0),
    "ws10m": ("wind_m_per_s", 1.0, 0.0),
}
_WIND_AT_HEIGHT = re.compile(r"wind_(\d{1,3})m_m_per_s")
# EPW: column, factor, value from which on it means missing (EnergyPlus auxiliary programs, weather data format)
_EPW = {
    "temperature_c": (6, 1.0, 99.9),
    "relative_humidity": (8, 0.01, 999.0),
    "pressure_pa": (9, 1.0, 999999.0),
    "ghi_w_m2": (13, 1.0, 9999.0),
    "dni_w_m2": (14, 1.0, 9999.0),
    "dhi_w_m2": (15, 1.0, 9999.0),
    "wind_m_per_s": (21, 1.0, 999.0),
}


@dataclass(frozen=True, slots=True)
class WeatherFile:
    """A weather file as read: the fields of a room's `WeatherYear` under the same names, notes and place.

    Arrays are (hour), or (year, hour) when the file has several years; a quantity the file lacks is NaN.

    Attributes
    ----------
    temperature_c, relative_humidity, pressure_pa : array (..., hour)
        Dry bulb, humidity from 0 to 1, and air pressure. [degC], [-], [Pa]
    ghi_w_m2 : array (..., hour)
        Global horizontal irradiance. [W/m2]
    dni_w_m2, dhi_w_m2 : array (..., hour) or None
        Direct normal and diffuse horizontal irradiance; None unless the file has both. [W/m2]
    wind_m_per_s : array (..., hour)
        Wind speed at `wind_height_m`. [m/s]
    wind_height_m : float
        Height of the wind speed above ground. [m]
    notes : tuple of str
        Liberties taken: resampling, gaps, time zone, leap days, what is missing.
    latitude_deg, longitude_deg, elevation_m, utc_offset_h : float or None
        Place as the file states it. [deg], [deg], [m], [h]
    """

    temperature_c: Array
    relative_humidity: Array
    pressure_pa: Array
    ghi_w_m2: Array
    dni_w_m2: Array | None
    dhi_w_m2: Array | None
    wind_m_per_s: Array
    wind_height_m: float
    notes: tuple[str, ...]
    latitude_deg: float | None
    longitude_deg: float | None
    elevation_m: float | None
    utc_offset_h: float | None


@dataclass(slots=True)
class _Table:
    """What a reader found: rows in file order, before any of it is checked or put in order."""

    name: str
    lines: list[int]
    stamps: list[tuple[int, int, int, int]] | None  # year, month, day, minute of the day at which the step starts
    values: dict[str, Array]
    notes: list[str]
    latitude: float | None = None
    longitude: float | None = None
    elevation: float | None = None
    utc_offset: float | None = None
    shift_h: int = 0  # local standard time minus the file's time
    wind_height: float = 10.0


def _bad(name: str, line: int, found: str, expected: str, then: str) -> ScenarioError:
    return ScenarioError(f"{name}:{line}: {found}, expected {expected}; {then}")


def _number(name: str, line: int, what: str, text: Any) -> float:
    """A finite number, NaN for an empty cell."""
    if text is None or str(text).strip().lower() in ("", "nan", "na"):
        return math.nan
    try:
        value = float(text)
    except (ValueError, TypeError, OverflowError):
        value = math.inf
    if not math.isfinite(value):
        raise _bad(name, line, f"{what} is {str(text)[:30]!r}", "a number", "correct or empty the cell")
    return value


def _head_number(name: str, line: int, what: str, text: str, limit: float) -> float:
    value = _number(name, line, what, text)
    if not abs(value) <= limit:
        raise _bad(name, line, f"{what} is {text.strip()[:30]!r}", f"within +-{limit:g}", "correct the header")
    return value


def _columns(
    name: str, rows: Iterable[tuple[int, Sequence[Any]]], picks: dict[str, tuple[int, float, float]]
) -> dict[str, Array]:
    """Numbers by quantity: {quantity: (column, factor, offset)}."""
    out: dict[str, list[float]] = {q: [] for q in picks}
    for line, row in rows:
        for quantity, (column, factor, offset) in picks.items():
            cell = row[column] if column < len(row) else ""
            out[quantity].append(_number(name, line, quantity, cell) * factor + offset)
    return {q: np.asarray(v, dtype=np.float64) for q, v in out.items()}


def _pick_headers(
    table_name: str, line: int, header: Sequence[str]
) -> tuple[dict[str, tuple[int, float, float]], float]:
    """Columns by recognised header, and the height of the wind."""
    picks: dict[str, tuple[int, float, float]] = {}
    height = 10.0
    for i, text in enumerate(header):
        key = text.strip().lower()
        found = _HEADERS.get(key)
        if found is None and (match := _WIND_AT_HEIGHT.fullmatch(key)) and float(match[1]) > 0.0:
            if "wind_m_per_s" in picks and float(match[1]) < height:
                continue  # several heights: the highest serves wind power best
            picks.pop("wind_m_per_s", None)
            found, height = ("wind_m_per_s", 1.0, 0.0), float(match[1])
        if found is None:
            continue
        if found[0] in picks:
            raise _bad(table_name, line, f"two columns give {found[0]}", "one", "remove or rename the other")
        picks[found[0]] = (i, found[1], found[2])
    if not picks:
        known = "temperature_c, relative_humidity, pressure_pa, ghi_w_m2, dni_w_m2, dhi_w_m2, wind_m_per_s, time"
        raise _bad(table_name, line, f"header {','.join(header)[:60]!r}", f"columns such as {known}", "rename them")
    return picks, height


# ---- readers of each format


def _read_epw(name: str, rows: list[tuple[int, list[str]]]) -> _Table:
    head = rows[0][1]
    if len(head) < 10:
        raise _bad(name, rows[0][0], f"LOCATION with {len(head)} fields", "10", "use an unchanged EPW file")
    places = [
        _head_number(name, rows[0][0], what, head[i], limit)
        for i, what, limit in (
            (6, "latitude", 90.0),
            (7, "longitude", 180.0),
            (8, "time zone", 14.0),
            (9, "elevation", 9000.0),
        )
    ]
    data = [(line, row) for line, row in rows[1:] if len(row) >= 22 and row[0].strip().isdigit()]
    stamps = []
    for line, row in data:
        year, month, day, hour = (
            _number(name, line, w, row[i]) for i, w in enumerate(("year", "month", "day", "hour"))
        )
        stamps.append(_stamp(name, line, year, month, day, (hour - 1.0) * 60.0))
    values = _columns(name, data, {q: (column, factor, 0.0) for q, (column, factor, _) in _EPW.items()})
    for quantity, (_, factor, missing) in _EPW.items():
        values[quantity] = np.where(values[quantity] >= missing * factor * (1.0 - 1e-9), np.nan, values[quantity])
    return _Table(
        name,
        [line for line, _ in data],
        stamps,
        values,
        [],
        places[0],
        places[1],
        places[3],
        places[2],
        wind_height=10.0,
    )


def _read_tmy3(name: str, rows: list[tuple[int, list[str]]]) -> _Table:
    head, header = rows[0][1], rows[1][1]
    if len(head) < 7:
        raise _bad(name, rows[0][0], f"station line with {len(head)} fields", "7", "use an unchanged TMY3 file")
    places = [
        _head_number(name, rows[0][0], what, head[i], limit)
        for i, what, limit in (
            (4, "latitude", 90.0),
            (5, "longitude", 180.0),
            (3, "time zone", 14.0),
            (6, "elevation", 9000.0),
        )
    ]
    picks, _ = _pick_headers(name, rows[1][0], header)
    stamps = []
    for line, row in rows[2:]:
        match = re.fullmatch(r"\s*(\d+)/(\d+)/(\d{4})\s*,\s*(\d+):(\d+)\s*", ",".join(row[:2]))
        if match is None:
            raise _bad(name, line, f"time {','.join(row[:2])[:30]!r}", "MM/DD/YYYY,HH:MM", "correct the row")
        month, day, year, hour, minute = (float(x) for x in match.groups())
        stamps.append(_stamp(name, line, year, month, day, hour * 60.0 + minute - 60.0))
    values = _columns(name, rows[2:], picks)
    for quantity, v in values.items():  # -9900 marks missing
        values[quantity] = np.where(v < -90.5, np.nan, v)
    return _Table(name, [line for line, _ in rows[2:]], stamps, values, [], places[0], places[1], places[3], places[2])


def _pvgis_stamp(name: str, line: int, text: Any) -> tuple[int, int, int, int]:
    match = re.fullmatch(r"\s*(\d{4})(\d\d)(\d\d):(\d\d)(\d\d)\s*", str(text))
    if match is None:
        raise _bad(name, line, f"time {str(text)[:30]!r}", "YYYYMMDD:HHMM", "use an unchanged PVGIS file")
    year, month, day, hour, _ = (float(x) for x in match.groups())  # minutes say when the satellite looked
    return _stamp(name, line, year, month, day, hour * 60.0)


def _pvgis_table(
    name: str, header: list[str], rows: list[tuple[int, list[Any]]], slope: float | None, place: list[float | None]
) -> _Table:
    lower = [h.strip().lower() for h in header]
    if "g(i)" in lower and "g(h)" not in lower and slope != 0.0:
        raise _bad(
            name,
            rows[0][0] if rows else 1,
            f"irradiance on a plane of slope {slope}",
            "a horizontal plane",
            "ask PVGIS for slope 0, or for the TMY",
        )
    picks, _ = _pick_headers(name, 1, header)
    time = next((i for i, h in enumerate(lower) if h.startswith("time")), None)
    if time is None:
        raise _bad(name, 1, "no time column", "time or time(UTC)", "use an unchanged PVGIS file")
    stamps = [_pvgis_stamp(name, line, row[time] if time < len(row) else "") for line, row in rows]
    values = _columns(name, rows, picks)
    offset = round((place[1] or 0.0) / 15.0)
    note = f"PVGIS times are UTC: moved by {offset:+d} h to local standard time, by longitude"
    lines = [line for line, _ in rows]
    return _Table(name, lines, stamps, values, [note], place[0], place[1], place[2], float(offset), offset)


def _read_pvgis_csv(name: str, rows: list[tuple[int, list[str]]]) -> _Table:
    place: list[float | None] = [None, None, None]
    slope: float | None = None
    start = None
    for k, (line, row) in enumerate(rows):
        text = ",".join(row)
        for i, (key, limit) in enumerate((("latitude", 90.0), ("longitude", 180.0), ("elevation", 9000.0))):
            if text.lower().startswith(key) and ":" in text:
                place[i] = _head_number(name, line, key, text.split(":", 1)[1], limit)
        if match := re.match(r"slope:\s*(-?[\d.]+)", text.lower()):
            slope = _number(name, line, "slope", match[1])
        if text.lower().startswith("time"):
            start = k
            break
    if start is None:
        raise _bad(
            name, rows[-1][0], "no table that starts with time", "PVGIS hourly data", "download TMY or hourly CSV"
        )
    data = [(line, row) for line, row in rows[start + 1 :] if re.match(r"\d{8}:", row[0])]
    return _pvgis_table(name, rows[start][1], list(data), slope, place)


def _read_pvgis_json(name: str, text: str) -> _Table:
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        line = getattr(error, "lineno", 1)
        raise _bad(name, line, "text that is not JSON", "a PVGIS JSON file", "download it again") from None

    def dig(node: Any, *keys: str) -> Any:
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        return node

    records = dig(content, "outputs", "tmy_hourly") or dig(content, "outputs", "hourly")
    if not isinstance(records, list) or not records or not all(isinstance(r, dict) for r in records):
        raise _bad(
            name, 1, "no outputs.tmy_hourly or outputs.hourly", "PVGIS hourly data", "download TMY or hourly JSON"
        )
    place = [dig(content, "inputs", "location", key) for key in ("latitude", "longitude", "elevation")]
    place = [None if p is None else _head_number(name, 1, "location", str(p), 9000.0) for p in place]
    slope = dig(content, "inputs", "mounting_system", "fixed", "slope", "value")
    header = list(records[0])
    rows = [(i + 1, [record.get(h) for h in header]) for i, record in enumerate(records)]
    table = _pvgis_table(name, header, rows, None if slope is None else _number(name, 1, "slope", slope), place)
    table.notes.append("line numbers are records of the hourly list")
    return table


def _read_plain(name: str, rows: list[tuple[int, list[str]]]) -> _Table:
    line, header = rows[0]
    picks, height = _pick_headers(name, line, header)
    lower = [h.strip().lower() for h in header]
    data = rows[1:]
    stamps, notes, shift = None, [], 0
    if "time" in lower:
        column = lower.index("time")
        stamps, utc = [], False
        for n, row in data:
            text = (row[column] if column < len(row) else "").strip()
            try:
                t = datetime.fromisoformat(text)
            except ValueError:
                raise _bad(name, n, f"time {text[:30]!r}", "such as 2023-01-31 13:00", "write ISO 8601 times") from None
            utc |= t.tzinfo is not None
            stamps.append((t.year, t.month, t.day, t.hour * 60 + t.minute))
        if utc:
            notes.append("times carry a zone that was ignored: they are taken as local standard time")
    if "wind_m_per_s" in picks and height == 10.0 and not any(_WIND_AT_HEIGHT.fullmatch(h) for h in lower):
        notes.append("wind height not stated: taken as 10 m; write wind_100m_m_per_s for another height")
    values = _columns(name, data, picks)
    rh = values.get("relative_humidity")
    if rh is not None and "relative_humidity" in lower and len(rh) and np.nan_to_num(rh).max() > 1.5:
        values["relative_humidity"] = rh / 100.0
        notes.append("relative_humidity above 1.5: read as percent")
    return _Table(name, [n for n, _ in data], stamps, values, notes, shift_h=shift, wind_height=height)


# ---- checks and order


def _stamp(name: str, line: int, year: float, month: float, day: float, minute: float) -> tuple[int, int, int, int]:
    ok = all(math.isfinite(x) for x in (year, month, day, minute))
    if not ok or not (1 <= month <= 12 and 1 <= day <= 31 and 0 <= minute < 1440 and 0 < year < 10_000):
        raise _bad(
            name, line, f"time {year:g}-{month:g}-{day:g}, minute {minute:g}", "a date and hour", "correct the row"
        )
    return int(year), int(month), int(day), int(minute)


def _check_ranges(table: _Table) -> None:
    for quantity, v in table.values.items():
        low, high, hint = _RANGE[quantity]
        wrong = np.flatnonzero((v < low) | (v > high))
        if len(wrong):
            raise _bad(
                table.name,
                table.lines[wrong[0]],
                f"{quantity} is {v[wrong[0]]:g}",
                f"{low:g} to {high:g} {hint}",
                f"correct it ({len(wrong)} such rows)",
            )


def _fill_gaps(table: _Table, per_hour: float) -> None:
    """Fill gaps of a few hours by a straight line; a quantity that is never there is dropped."""
    for quantity, v in list(table.values.items()):
        gap = np.isnan(v)
        if not gap.any():
            continue
        if gap.all():
            del table.values[quantity]
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[0], gap.astype(int), [0]])))
        start, stop = edges[::2], edges[1::2]
        longest = int((stop - start).argmax())
        if (stop - start)[longest] > MAX_GAP_H * per_hour:
            raise _bad(
                table.name,
                table.lines[start[longest]],
                f"{quantity} missing in {(stop - start)[longest]} rows on end",
                f"gaps of at most {MAX_GAP_H} h",
                "fill them or remove the column",
            )
        known = np.flatnonzero(~gap)
        table.values[quantity] = np.interp(np.arange(len(v)), known, v[known])
        table.notes.append(f"{quantity}: {int(gap.sum())} missing rows filled by straight lines")


def _order(table: _Table) -> tuple[int, int, NDArray[np.intp]]:
    """Rows in calendar order without 29 February: (years, steps per year, row numbers)."""
    n = len(table.lines)
    if n == 0:
        raise _bad(table.name, 1, "no data rows", "hourly rows", "check the file")
    if table.stamps is None:
        for per_day in (96, 48, 24, 8):
            if n == 366 * per_day:
                table.notes.append("29 February dropped")
                return 1, 365 * per_day, np.concatenate([np.arange(59 * per_day), np.arange(60 * per_day, n)])
            if n == 365 * per_day:
                return 1, n, np.arange(n)
        raise _bad(
            table.name,
            table.lines[-1],
            f"{n} rows without a time column",
            "a whole year: 8760, 35040, 2920 ...",
            "add a time column or complete the year",
        )
    stamps = np.array(table.stamps)
    leap = (stamps[:, 1] == 2) & (stamps[:, 2] == 29)
    if leap.any():
        table.notes.append("29 February dropped")
    keep = np.flatnonzero(~leap)
    start = np.concatenate([[0], np.cumsum(DAYS_OF_MONTH)[:-1]])
    position = (start[stamps[keep, 1] - 1] + stamps[keep, 2] - 1) * 1440 + stamps[keep, 3]
    if len(keep) == 0:
        raise _bad(table.name, table.lines[0], "only 29 February", "a whole year", "check the file")
    single = len(np.unique(position)) == len(position)  # a typical year may mix calendar years
    year = np.zeros(len(keep), dtype=np.intp) if single else stamps[keep, 0]
    order = np.lexsort((position, year))
    years, counts = np.unique(year, return_counts=True)
    steps = int(counts.max())
    for y, c in zip(years, counts, strict=True):
        first = int(keep[np.flatnonzero(year == y)[0]])
        if c != steps or steps % 365 or steps // 365 not in (8, 24, 48, 96):
            label = "the file" if single else f"the year {y}"
            raise _bad(
                table.name,
                table.lines[first],
                f"{label} has {c} rows without 29 February",
                "a whole year of 8760 hours (or 15, 30, 180 minute steps)",
                "complete or cut it",
            )
    sorted_position = position[order].reshape(len(years), steps)
    expected = (np.diff(sorted_position, axis=1) == 1440 * 365 // steps).all(axis=1)
    if not expected.all():
        row = int(keep[order.reshape(len(years), steps)[int(expected.argmin())][0]])
        raise _bad(table.name, table.lines[row], "times that repeat or jump", "even steps", "look for clock changes")
    return len(years), steps, keep[order]


def _to_hours(quantity: str, v: Array, notes: list[str]) -> Array:
    """(year, step) to (year, hour)."""
    steps = v.shape[-1]
    if steps == HOURS_PER_YEAR:
        return v
    if steps > HOURS_PER_YEAR:
        k = steps // HOURS_PER_YEAR
        return v.reshape(len(v), HOURS_PER_YEAR, k).mean(axis=-1)
    k = HOURS_PER_YEAR // steps
    if quantity in _SUN:
        notes.append(f"{quantity}: held constant within steps of {k} h, so the daily course is coarse")
        return np.repeat(v, k, axis=-1)
    at = np.arange(HOURS_PER_YEAR) + 0.5
    middle = (np.arange(-1, steps + 1) + 0.5) * k
    around = np.concatenate([v[:, -1:], v, v[:, :1]], axis=1)
    return np.stack([np.interp(at, middle, row) for row in around])


def _finish(table: _Table) -> WeatherFile:
    years, steps, rows = _order(table)
    table.lines = [table.lines[i] for i in rows]
    table.values = {q: v[rows] for q, v in table.values.items()}
    _check_ranges(table)
    _fill_gaps(table, steps / HOURS_PER_YEAR)
    if steps != HOURS_PER_YEAR:
        table.notes.append(f"steps of {HOURS_PER_YEAR * 60 // steps} min brought to hours")
    hours = {q: _to_hours(q, v.reshape(years, steps), table.notes) for q, v in table.values.items()}
    if table.shift_h:
        hours = {q: np.roll(v, table.shift_h, axis=-1) for q, v in hours.items()}
    for quantity in _SUN:
        if quantity in hours:
            hours[quantity] = np.maximum(hours[quantity], 0.0)
    if "relative_humidity" in hours:
        hours["relative_humidity"] = np.clip(hours["relative_humidity"], 0.01, 1.0)
    missing = np.full((years, HOURS_PER_YEAR), np.nan)
    if "pressure_pa" not in hours:
        level = table.elevation or 0.0
        standard = 101325.0 * (1.0 - 2.25577e-5 * level) ** 5.25588  # ISO 2533
        hours["pressure_pa"] = np.full_like(missing, standard)
        table.notes.append(f"pressure_pa is not in the file: standard atmosphere at {level:.0f} m")
    for quantity in ("temperature_c", "relative_humidity", "ghi_w_m2", "wind_m_per_s"):
        if quantity not in hours:
            table.notes.append(f"{quantity} is not in the file: not a number in every hour")

    def pick(quantity: str) -> Array:
        v = hours.get(quantity, missing)
        return v[0] if years == 1 else v

    both = "dni_w_m2" in hours and "dhi_w_m2" in hours
    return WeatherFile(
        temperature_c=pick("temperature_c"),
        relative_humidity=pick("relative_humidity"),
        pressure_pa=pick("pressure_pa"),
        ghi_w_m2=pick("ghi_w_m2"),
        dni_w_m2=pick("dni_w_m2") if both else None,
        dhi_w_m2=pick("dhi_w_m2") if both else None,
        wind_m_per_s=pick("wind_m_per_s"),
        wind_height_m=table.wind_height,
        notes=tuple(table.notes),
        latitude_deg=table.latitude,
        longitude_deg=table.longitude,
        elevation_m=table.elevation,
        utc_offset_h=table.utc_offset,
    )


def read_weather_text(text: str, *, name: str) -> WeatherFile:
    """Read the text of a weather file; the format is recognised from its first lines.

    Parameters
    ----------
    text : str
        Content of an EPW, TMY3, PVGIS (CSV or JSON) or plain CSV file. [-]
    name : str
        File name for messages. [-]

    Returns
    -------
    WeatherFile
        Hourly weather in local standard time, and notes.

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected, next step`, for the first problem.
    """
    if text.lstrip()[:1] in ("{", "["):
        return _finish(_read_pvgis_json(name, text))
    try:
        reader = csv.reader(io.StringIO(text.replace("\0", "")))
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _bad(name, 1, f"text that is not CSV ({error})", "comma separated rows", "save it as CSV") from None
    if len(rows) < 2:
        raise _bad(name, 1, f"{len(rows)} rows", "a header and hourly rows", "check the file")
    first, second = rows[0][1][0].strip().lower(), rows[1][1][0].strip().lower()
    if first == "location":
        return _finish(_read_epw(name, rows))
    if second.startswith("date (mm/dd"):
        return _finish(_read_tmy3(name, rows))
    if first.startswith("latitude (decimal"):
        return _finish(_read_pvgis_csv(name, rows))
    return _finish(_read_plain(name, rows))


def read_weather(path: str | Path) -> WeatherFile:
    """Read a weather file of the user: EPW, TMY3, PVGIS CSV or JSON, or plain CSV with recognised headers.

    Plain CSV: `temperature_c`, `relative_humidity` (0 to 1 or percent), `pressure_pa`, `ghi_w_m2`, `dni_w_m2`,
    `dhi_w_m2`, `wind_m_per_s` (10 m) or `wind_100m_m_per_s`, and `time` (local standard time at the start of a step;
    optional for one whole year), in steps of 15, 30, 60 or 180 minutes.

    Parameters
    ----------
    path : str or Path
        The file. [-]

    Returns
    -------
    WeatherFile
        Hourly weather in local standard time, and notes.

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected, next step`, for the first problem.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError(
                f"{path.name}:1: {path.stat().st_size / 1e6:.0f} MB, expected at most 200 MB; cut it to one year"
            )
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise ScenarioError(
            f"{path}:1: cannot be read ({error.strerror}), expected a weather file; check the path"
        ) from None
    return read_weather_text(text, name=path.name)
