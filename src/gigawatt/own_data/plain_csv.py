"""Plain CSV of any step: names and units in the header, times in one of the usual spellings.

Weather: `temperature_c`, `relative_humidity_pct`, `pressure_hpa`, `ghi (kWh/m2)`, `wind_100m_m_per_s` ... Power:
`price_eur_per_mwh`, `Price [EUR/kWh]`, `load_mw`, `Load [kW]`, `demand_mwh`. Times start a step. A column of times
under another name, such as `time_utc`, `utc_timestamp` or `valid_from`, is known by what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from gigawatt.errors import ScenarioError

from . import hour_numbers
from .clock import from_wall, keep_rows, zone_of
from .quantities import Found, found_in
from .table import Table, columns, minutes_of, parsed_times
from .text import Row, Text, bad, cell, csv_rows

KIND = "plain CSV"
HEAD_LINES = 40  # lines that may stand before the header
TIME_NAMES = "time timestamp datetime date date/time date_time utc zeit datum heure mtu hour_start час".split()
ZONES = {
    "cet/cest": "Europe/Brussels",
    "eet/eest": "Europe/Helsinki",
    "wet/west": "Europe/Lisbon",
    "gmt/bst": "Europe/London",
}
_SPLIT = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?:[ T,]+(\d{1,2}):(\d{2})(?::\d{2})?)?")
_DATED = re.compile(r"\d{4}([/.-])\d{1,2}\1\d{1,2}(?!\d)|\d{1,2}([/.-])\d{1,2}\2\d{4}(?!\d)")
_EPOCH = re.compile(r"1\d{9}")
_ENDING = {"end", "ends", "ending", "until", "to"}
_KNOWN = "temperature_c, relative_humidity, pressure_pa, ghi_w_m2, wind_m_per_s, price_eur_per_mwh, load_mw, time"
_TO_YEAR = 1000


def read(source: Text) -> Table:
    """Rows of a plain CSV file.

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
    start, found = _header(source)
    (line, header), *rows = csv_rows(source, start)
    if source.choice and source.choice not in [h.strip() for h in header]:
        expected = f"one of {', '.join(h.strip() for h in header)[:120]}"
        raise bad(source.name, line, f"no column {source.choice!r}", expected, f"write {source.name}#NAME")
    while rows and not _has_digit(rows[-1][1]):  # a closing remark
        rows.pop()
    for n, row in rows:
        if len(row) < len(header) and max(p.column for p in found.picks.values()) >= len(row):
            then = "complete the row; a decimal comma needs ; between columns, or quotes"
            raise bad(source.name, n, f"a row of {len(row)} cells", f"{len(header)} as in the header", then)
        if len(row) > len(header) and any(c.strip() for c in row[len(header) :]):
            then = "a decimal comma needs ; between columns, or quotes"
            raise bad(source.name, n, f"a row of {len(row)} cells", f"{len(header)} as in the header", then)
    values = columns(source, rows, found.picks)
    lines = np.array([n for n, _ in rows], np.int64)
    table = Table(source.name, KIND, lines, None, values, found.picks, wind_height=found.wind_height)
    table.currency = found.currency
    if "wind_m_per_s" in found.picks and not found.height_said:
        table.notes.append("wind height not stated: taken as 10 m; write wind_100m_m_per_s for another height")
    rh = values.get("relative_humidity")
    if rh is not None and found.picks["relative_humidity"].factor == 1.0 and len(rh) and np.nanmax(rh, initial=0) > 1.5:
        values["relative_humidity"] = rh / 100.0
        table.notes.append("relative_humidity above 1.5: read as percent")
    _times(source, table, header, rows)
    return table


def _has_digit(row: Sequence[str]) -> bool:
    return any(ch.isdigit() for c in row for ch in c)


def _header(source: Text) -> tuple[int, Found]:
    """Index of the line of names and what it names."""
    problem: ScenarioError | None = None
    first = next((i for i, s in enumerate(source.lines) if s.strip() and not s.startswith("#")), 0)
    for i in range(first, min(first + HEAD_LINES, len(source.lines))):
        text = source.lines[i]
        if not text.strip() or text.startswith("#"):
            continue
        rows = csv_rows(Text(source.name, text), 0)
        if not rows or (i > first and len(rows[0][1]) < 2):
            continue
        try:
            found = found_in(source, i + 1, rows[0][1])
        except ScenarioError as error:
            problem = problem or error
            continue
        if found.picks:
            return i, found
    if problem:
        raise problem
    text = source.lines[first] if source.lines else ""
    raise bad(source.name, first + 1, f"header {text.strip()[:60]!r}", f"columns such as {_KNOWN}", "rename them")


def _times(source: Text, table: Table, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Put the times of the file, if it has any, on a clock."""
    names = [re.sub(r"\s*[\[(].*", "", h).strip().lower() for h in header]
    parts = [names.index(n) for n in ("year", "month", "day", "hour") if n in names]
    minute = [names.index("minute")] if "minute" in names else []
    time = next((i for i, n in enumerate(names) if n in TIME_NAMES), None)
    said = "" if time is None else names[time]
    if time is None and len(parts) == 4:
        spelled = [(n, "-".join(cell(r, i) for i in (*parts, *minute))) for n, r in rows]
        _naive(source, table, parsed_times(source, spelled, _from_parts, "2023,1,31,13"), "")
        return
    if time is None:
        time, said = _by_content(source, table, header, rows)
    if time is None:
        return
    zone = match[1] if (match := re.search(r"[\[(]([^\[\]()]+)[\])]", header[time])) else said
    clock = next((i for i, n in enumerate(names) if n in ("time", "hour") and i != time), None)
    spelled = [(n, cell(r, time)) for n, r in rows]
    if clock is not None and hour_numbers.is_it(numbered := [(n, cell(r, time), cell(r, clock)) for n, r in rows]):
        stamps = hour_numbers.starts(source, numbered, _reader(source, spelled))
        _naive(source, table, stamps, zone if zone.strip().lower() in ("utc", "gmt") else "")
        return
    if clock is not None and all(":" not in text for _, text in spelled):  # date and time apart
        spelled = [(n, f"{cell(r, time)} {cell(r, clock)}") for n, r in rows]
    stamps = parsed_times(source, spelled, _reader(source, spelled), "2023-01-31 13:00 (ISO 8601)")
    aware = [t.tzinfo is not None for t in stamps]
    if any(aware):
        if not all(aware):
            line = rows[aware.index(False)][0]
            raise bad(
                source.name, line, "a time without an offset among times with one", "all alike", "correct the row"
            )
        table.minutes = minutes_of([t.astimezone(UTC).replace(tzinfo=None) for t in stamps])
        table.utc_offset_h = 0.0
        return
    _naive(source, table, stamps, zone)


def _by_content(source: Text, table: Table, header: Sequence[str], rows: Sequence[Row]) -> tuple[int | None, str]:
    """Column that holds times under another name, and the zone its name says; none where no column does."""
    taken = {pick.column for pick in table.picks.values()}
    found = []
    for i, name in enumerate(header):
        cells = {cell(r, i).strip() for _, r in rows[:48]}
        words = set(re.split(r"[^a-z]+", name.lower()))
        epoch = words & {"unix", "epoch", "time", "timestamp"} and all(_EPOCH.fullmatch(c) for c in cells)
        if i not in taken and len(cells) > 1 and (epoch or all(_DATED.match(c) for c in cells)):
            found.append((i, words))
    starts = [(i, words) for i, words in found if not words & _ENDING]
    if found and not starts:
        named = header[found[0][0]].strip()
        then = "name a column of the starts, such as time_utc"
        raise bad(source.name, table.lines[0] - 1, f"column {named!r}, times that end a step", "starts", then)
    if not starts:
        return None, ""
    time, words = min(starts, key=lambda one: not one[1] & {"utc", "gmt"})
    table.notes.append(f"times from column {time + 1} {header[time].strip()!r}")
    return time, "utc" if words & {"utc", "gmt"} else next((z for z in ZONES if words >= set(z.split("/"))), "")


def _naive(source: Text, table: Table, stamps: list[datetime], zone: str) -> None:
    """Times without an offset: UTC or a zone where the header says so, else local standard time."""
    said = zone.strip().lower()
    if said in ("utc", "gmt", "z"):
        table.minutes, table.utc_offset_h = minutes_of(stamps) if stamps else np.zeros(0, np.int64), 0.0
    elif said in ZONES or re.fullmatch(r"[a-z_]+/[a-z_/]+", said):
        empty = np.all([np.isnan(v) for v in table.values.values()], axis=0)
        keep = from_wall(table, stamps, zone_of(source.name, ZONES.get(said, zone.strip())), empty)
        keep_rows(table, keep)
    else:
        table.minutes = minutes_of(stamps) if stamps else np.zeros(0, np.int64)
        table.notes.append("times without a zone: taken as local standard time")


def _from_parts(text: str) -> datetime:
    return datetime(*(int(float(x)) for x in text.split("-")))  # type: ignore[arg-type]


def _reader(source: Text, spelled: Sequence[tuple[int, str]]) -> Callable[[str], datetime]:
    """Reader of the file's spelling: ISO 8601, or day and month in an order that the file itself settles."""
    if spelled and all(_EPOCH.fullmatch(text.strip()) for _, text in spelled):
        return lambda text: datetime.fromtimestamp(int(text), UTC)
    parts = [match for _, text in spelled if (match := _SPLIT.fullmatch(text))]
    if not parts or int(parts[0][1]) >= _TO_YEAR:
        return _iso
    months_first = any(int(m[3]) > 12 for m in parts)
    days_first = any(int(m[1]) > 12 for m in parts) or parts[0][2] == "."
    if months_first == days_first:
        found = f"time {spelled[0][1][:30]!r}, where day and month cannot be told apart"
        raise bad(source.name, spelled[0][0], found, "such as 2023-01-31 13:00", "write ISO 8601 times")
    return lambda text: _split(text, days_first)


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("/", "-"))


def _split(text: str, days_first: bool) -> datetime:
    match = _SPLIT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    a, b = int(match[1]), int(match[3])
    day, month = (a, b) if days_first else (b, a)
    return datetime(int(match[4]), month, day, int(match[5] or 0), int(match[6] or 0))
