"""US Energy Information Administration: answers of the open-data API, the balance files and exports of the hourly grid
monitor, and the wholesale market files.

Their hours carry the time at which they end; all are moved to the start.

References
----------
.. [1] EIA, "Open Data API v2 technical documentation", route `electricity/rto/region-data`.
.. [2] EIA, "About the EIA-930 data", column definitions of the six-month balance files.
.. [3] EIA, "Wholesale electricity market data", files of locational marginal prices and load by market.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from .quantities import found_in
from .table import MINUTES_PER_HOUR, Minutes, Pick, Table, columns, dig, minutes_of, number, parsed_json, parsed_times
from .text import Row, Text, bad, cell, csv_rows

KIND = "EIA"
_UTC_END = ("utc time at end of hour", "utc timestamp (interval ending)")
_ENDING = "timestamp (hour ending)"
_API_UNITS = {"megawatthours": 1.0, "megawatts": 1.0, "gigawatthours": 1e3, "kilowatthours": 1e-3}
_MONITOR = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2})(?::(\d\d))? ([ap])\.?m\.? ?([A-Z]{3})?")
# hours that US standard and daylight time are ahead of UTC: 49 CFR part 71, 15 U.S.C. 260a
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "UTC": 0, "GMT": 0}
_SPELLINGS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_AUTHORITY = ("balancing authority", "ba code", "region code")
_LATER = ("hub average lmp", "bus average lmp", "lmp")


def is_it(source: Text) -> bool:
    """Whether the file is one of EIA's.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    if source.text.lstrip().startswith("{"):
        return '"response"' in source.text and '"data"' in source.text
    return _header_line(source) is not None


def _header_line(source: Text) -> int | None:
    """Index of a line of names with one of EIA's time columns."""
    for i, line in enumerate(source.lines[:10]):
        if any(name in re.split(r'[",;\t]+', line.lower()) for name in (*_UTC_END, _ENDING)):
            return i
    return None


def read(source: Text) -> Table:
    """Rows of a file of EIA.

    Parameters
    ----------
    source : Text
        File; its choice names an authority (``#ERCO``) or a column (``#North LMP``) where there are several. [-]

    Returns
    -------
    Table

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected; next step`.
    """
    return _json(source) if source.text.lstrip().startswith("{") else _csv(source)


# ---- answers of the API


def _json(source: Text) -> Table:
    content = parsed_json(source, "an answer of the EIA API")
    records = dig(content, "response", "data")
    if not isinstance(records, list) or not records or not all(isinstance(r, dict) for r in records):
        raise bad(source.name, 1, "no records under response.data", "hourly demand", "ask for rto/region-data, hourly")
    if "price" in records[0]:
        then = "use hourly wholesale prices; for a mean retail price write --set country.USA-TX.price.wholesale=..."
        raise bad(source.name, 1, "retail prices by month", "hourly prices or demand", then)
    notes = ["line numbers are records of the answer", "hours end at the times stated: moved to their start"]
    demand = [(i, r) for i, r in enumerate(records, 1) if str(r.get("type", "D")) == "D"]
    who = list(dict.fromkeys(str(r.get("respondent", r.get("subba", ""))) for _, r in demand))
    if source.choice:
        demand = [(i, r) for i, r in demand if str(r.get("respondent", r.get("subba", ""))) == source.choice]
    _one(source, 1, who, bool(demand))
    units = {str(r.get("value-units", "megawatthours")).lower() for _, r in demand}
    if len(units) != 1 or not units <= set(_API_UNITS):
        raise bad(source.name, 1, f"values in {', '.join(sorted(units))}", "megawatthours", "ask for hourly demand")
    factor = _API_UNITS[units.pop()]
    times = parsed_times(source, [(i, str(r.get("period", ""))) for i, r in demand], _period, "2024-01-31T13")
    values = np.array([number(source.name, i, "value", r.get("value")) for i, r in demand]) * factor
    total = dig(content, "response", "total")
    if str(total or "").isdigit() and int(total) > len(records):
        then = "ask page by page (offset, length), as gigawatt data get eia does"
        raise bad(source.name, len(records), f"{len(records):,} of {int(total):,} records", "all", then)
    return Table(
        source.name,
        KIND,
        np.array([i for i, _ in demand], np.int64),
        minutes_of(times) - MINUTES_PER_HOUR,
        {"load_mw": values},
        {"load_mw": Pick(0, "Demand [MWh per hour]", factor)},
        notes,
        utc_offset_h=0.0,
    )


def _one(source: Text, line: int, who: Sequence[str], any_left: bool) -> None:
    """Exactly one authority."""
    if not any_left or (len(who) > 1 and not source.choice):
        found = f"{len(who)} authorities ({', '.join(who)[:60]})" + (f", not {source.choice}" if source.choice else "")
        name = who[0] if who else "ERCO"
        raise bad(source.name, line, found, "one", f"write {source.name}#{name}")


def _period(text: str) -> datetime:
    """`2024-01-31T13` in UTC, or with an offset such as `2024-01-31T13-06`."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d)(?::\d\d)?([+-]\d\d)?(?::\d\d)?", text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour = (int(x) for x in match.groups()[:4])
    return datetime(year, month, day, hour) - timedelta(hours=int(match[5] or 0))


# ---- files


def _csv(source: Text) -> Table:
    start = _header_line(source)
    assert start is not None
    (line, header), *rows = csv_rows(source, start)
    names = [h.strip().lower() for h in header]
    rows = _of_authority(source, line, names, rows)
    found = found_in(source, line, _wanted(source, line, header))
    if not found.picks:
        expected = "Demand (MW) or a column of LMP"
        raise bad(source.name, line, f"header {','.join(header)[:60]!r}", expected, "download demand or prices")
    values = columns(source, rows, found.picks, thousands=True)
    currency = "USD" if "price_per_mwh" in values else ""
    lines = np.array([n for n, _ in rows], np.int64)
    table = Table(source.name, KIND, lines, None, values, found.picks, utc_offset_h=0.0, currency=currency)
    at = next((i for i, n in enumerate(names) if n in (*_UTC_END, _ENDING)), None)
    if at is None:
        found_header = ",".join(header)[:80]
        raise bad(
            source.name, line, f"header {found_header!r}", "a column of times that end an hour", "download it again"
        )
    if names[at] in _UTC_END:
        ends = minutes_of(parsed_times(source, [(n, cell(r, at)) for n, r in rows], _utc, "01/31/2024 1:00:00 PM"))
    else:
        ends = _zoned(source, table, rows, at)
    step = int(np.median(np.abs(np.diff(ends)))) if len(ends) > 1 else MINUTES_PER_HOUR
    table.minutes = ends - (step or MINUTES_PER_HOUR)
    table.notes.append(f"steps of {step or MINUTES_PER_HOUR} min end at the times stated: moved to their start")
    return table


def _zoned(source: Text, table: Table, rows: Sequence[Row], at: int) -> Minutes:
    """Ends of hours of the grid monitor: `1/31/2024 1 p.m. CST`, where the zone may be missing."""
    spelled = [(n, cell(r, at)) for n, r in rows]
    times = parsed_times(source, spelled, _monitor, "1/31/2024 1 p.m. CST")
    if not all((match := _MONITOR.match(text)) and match[7] in _ZONES for _, text in spelled):
        table.utc_offset_h = None
        table.notes.append("times without a zone that is known: taken as local time")
    return minutes_of(times) if times else np.zeros(0, np.int64)


def _monitor(text: str) -> datetime:
    match = _MONITOR.match(text)
    if match is None:
        raise ValueError(text)
    month, day, year, hour = (int(x) for x in match.groups()[:4])
    if not 1 <= hour <= 12:
        raise ValueError(text)
    hour = hour % 12 + (12 if match[6] == "p" else 0)
    return datetime(year, month, day, hour, int(match[5] or 0)) - timedelta(hours=_ZONES.get(match[7] or "", 0))


def _utc(text: str) -> datetime:
    for spelling in _SPELLINGS:
        try:
            return datetime.strptime(text.strip(), spelling)
        except ValueError:
            continue
    raise ValueError(text)


def _of_authority(source: Text, line: int, names: Sequence[str], rows: list[Row]) -> list[Row]:
    """Rows of one balancing authority."""
    at = next((names.index(n) for n in _AUTHORITY if n in names), None)
    if at is None:
        return rows
    who = list(dict.fromkeys(cell(r, at) for _, r in rows))
    kept = [(n, r) for n, r in rows if not source.choice or cell(r, at) == source.choice]
    if source.choice and not kept and source.choice.lower() in names:
        kept = rows  # the choice names a column
    _one(source, line, [] if kept and len(who) == 1 else who, bool(kept))
    return kept


def _wanted(source: Text, line: int, header: Sequence[str]) -> list[str]:
    """The column that counts, in its own words with a unit, and blanks for the others."""
    lower = [h.strip().lower() for h in header]
    prices = [i for i, h in enumerate(lower) if h.endswith("lmp") or "($/mwh)" in h]
    loads = [
        i for i, h in enumerate(lower) if re.match(r"(total )?(\w+ )?(demand|actual load)", h) and "forecast" not in h
    ]
    if source.choice.lower() in lower:
        picked = lower.index(source.choice.lower())
    elif source.choice and not any(n in lower for n in _AUTHORITY):
        found = f"no column {source.choice!r}"
        names = ", ".join(header[i].strip() for i in (*prices, *loads))
        raise bad(source.name, line, found, f"one of {names[:120]}", f"write {source.name}#NAME")
    elif prices:
        picked = next((lower.index(h) for h in _LATER if h in lower), prices[0])
        if len(prices) > 1 and lower[picked] not in _LATER:
            names = ", ".join(header[i].strip() for i in prices)
            raise bad(
                source.name,
                line,
                f"several prices ({names[:80]})",
                "one",
                f"write {source.name}#{header[picked].strip()}",
            )
    elif loads:
        first = [i for i in loads if "(adjusted)" in lower[i] or lower[i].startswith(("total", "system"))]
        picked = (first or loads)[0]
    else:
        return [""] * len(header)
    words = header[picked].strip()
    if picked in prices and "/" not in words:
        words += " [USD/MWh]"
    return [words if i == picked else "" for i in range(len(header))]
