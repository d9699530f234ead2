"""NREL TMY3 files: a station line, a header, then hours of a typical year that end at the time given.

References
----------
.. [1] S. Wilcox and W. Marion, "Users Manual for TMY3 Data Sets", NREL/TP-581-43156 (2008), tables 1-1 and 1-2.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import numpy as np

from .quantities import found_in
from .table import Table, columns, head_number, minutes_of, parsed_times
from .text import Text, bad, cell, csv_rows

KIND = "TMY3"
_MISSING = -90.5  # -9900 marks missing; nothing that we read is as low
_TIME = re.compile(r"\s*(\d+)/(\d+)/(\d{4})\s*,\s*(\d+):(\d+)\s*")


def is_it(source: Text) -> bool:
    """Whether the second line is a TMY3 header.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    return any(line.lower().lstrip('" ').startswith("date (mm/dd") for line in source.lines[1:3])


def read(source: Text) -> Table:
    """Rows of a TMY3 file.

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
    rows = csv_rows(source, 0)
    if len(rows) < 2:
        there = f"{len(rows)} rows: a quote is open or the file is cut off"
        raise bad(source.name, 1, there, "a station line, a header and hours", "use an unchanged TMY3 file")
    (line, head), (header_line, header), *data = rows
    if len(head) < 7:
        raise bad(source.name, line, f"a station line with {len(head)} cells", "7", "use an unchanged TMY3 file")
    limits = ((4, "latitude", 90.0), (5, "longitude", 180.0), (3, "time zone", 14.0), (6, "elevation", 9000.0))
    latitude, longitude, zone, elevation = (
        head_number(source, line, what, head[i], limit) for i, what, limit in limits
    )
    known = [h if _ours(h) else "" for h in header]
    found = found_in(source, header_line, known)
    times = parsed_times(source, [(n, f"{cell(r, 0)},{cell(r, 1)}") for n, r in data], _time, "01/31/1999,24:00")
    values = {q: np.where(v < _MISSING, np.nan, v) for q, v in columns(source, data, found.picks).items()}
    return Table(
        source.name,
        KIND,
        np.array([n for n, _ in data], np.int64),
        minutes_of(times) if data else np.zeros(0, np.int64),
        values,
        found.picks,
        utc_offset_h=zone,
        latitude=latitude,
        longitude=longitude,
        elevation=elevation,
    )


def _ours(header: str) -> bool:
    """The measured columns, not their sources, uncertainties and illuminances."""
    return re.sub(r"\)+$", ")", header.strip().lower()) in (
        "ghi (w/m^2)",
        "dni (w/m^2)",
        "dhi (w/m^2)",
        "dry-bulb (c)",
        "rhum (%)",
        "pressure (mbar)",
        "wspd (m/s)",
    )


def _time(text: str) -> datetime:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    month, day, year, hour, minute = (int(x) for x in match.groups())
    if not (hour <= 24 and minute < 60):  # 24:00 is also spelled as 00:00 of the next day
        raise ValueError(text)
    return datetime(year, month, day) + timedelta(hours=hour - 1, minutes=minute)
