"""Files of the National Solar Radiation Database (NSRDB): two lines of head with place and units, then rows of a year.

References
----------
.. [1] National Renewable Energy Laboratory, "NSRDB: Physical Solar Model (PSM) version 3 and 4", file format SAM CSV.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from .quantities import weather_pick
from .table import Pick, Table, columns, head_number, minutes_of, parsed_times
from .text import Text, bad, cell, csv_rows

KIND = "NSRDB"
WIND_HEIGHT_M = 2.0  # of its wind speeds
_TIME = ("year", "month", "day", "hour", "minute")
_WANTED = ("temperature", "relative humidity", "pressure", "ghi", "dni", "dhi", "wind speed")
_PLACE = (("latitude", 90.0), ("longitude", 180.0), ("elevation", 9000.0), ("time zone", 14.0))


def is_it(source: Text) -> bool:
    """Whether the file begins with the head of an NSRDB file.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    return source.text.lstrip().lower().startswith("source,location id,")


def read(source: Text) -> Table:
    """Rows of an NSRDB file.

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
    if len(rows) < 3:
        raise bad(source.name, 1, f"{len(rows)} rows", "two lines of head, a header and rows", "download it again")
    (_, keys), (head_line, said), (line, header), *data = rows
    head = {k.strip().lower(): cell(said, i) for i, k in enumerate(keys)}
    latitude, longitude, elevation, zone = (
        head_number(source, head_line, what, head.get(what, ""), limit) for what, limit in _PLACE
    )
    names = [h.strip().lower() for h in header]
    if missing := [n for n in _TIME[:4] if n not in names]:
        raise bad(source.name, line, f"no column {missing[0]}", "Year, Month, Day, Hour, Minute", "download it again")
    picks: dict[str, Pick] = {}
    for name in (n for n in _WANTED if n in names):
        unit = head.get(f"{name} units", "")
        try:
            found = weather_pick(names.index(name), header[names.index(name)], unit)
        except ValueError:
            raise bad(source.name, head_line, f"{name} in {unit!r}", "a known unit", "ask for metric units") from None
        if found:
            picks[found[0]] = found[1]
    if not picks:
        raise bad(
            source.name, line, f"header {','.join(header)[:60]!r}", ", ".join(_WANTED), "ask for these attributes"
        )
    at = [names.index(n) if n in names else len(header) for n in _TIME]
    spelled = [(n, "-".join(cell(r, i) or "0" for i in at)) for n, r in data]
    times = parsed_times(source, spelled, _time, "2023,1,31,13,30")
    return Table(
        source.name,
        KIND,
        np.array([n for n, _ in data], np.int64),
        minutes_of(times) if data else np.zeros(0, np.int64),
        columns(source, data, picks),
        picks,
        utc_offset_h=zone,
        latitude=latitude,
        longitude=longitude,
        elevation=elevation,
        wind_height=WIND_HEIGHT_M,
    )


def _time(text: str) -> datetime:
    return datetime(*(int(x) for x in text.split("-")))  # type: ignore[arg-type]
