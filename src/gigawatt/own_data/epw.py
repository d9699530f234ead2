"""EnergyPlus weather files (EPW): eight lines of head, then a row per hour in local standard time.

References
----------
.. [1] US Department of Energy, "EnergyPlus Auxiliary Programs", "EnergyPlus Weather File (EPW) Data Dictionary".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from .table import MINUTES_PER_HOUR, Pick, Table, columns, head_number, minutes_of, parsed_times
from .text import Text, bad, cell, csv_rows

KIND = "EPW"
# quantity: column, factor, value from which on the format means missing
_COLUMNS = {
    "temperature_c": (6, 1.0, 99.9, "dry bulb [C]"),
    "relative_humidity": (8, 0.01, 999.0, "relative humidity [%]"),
    "pressure_pa": (9, 1.0, 999_999.0, "station pressure [Pa]"),
    "ghi_w_m2": (13, 1.0, 9999.0, "global horizontal [Wh/m2]"),
    "dni_w_m2": (14, 1.0, 9999.0, "direct normal [Wh/m2]"),
    "dhi_w_m2": (15, 1.0, 9999.0, "diffuse horizontal [Wh/m2]"),
    "wind_m_per_s": (21, 1.0, 999.0, "wind speed [m/s]"),
}
_LEAST = 22  # cells of a row up to the wind


def is_it(source: Text) -> bool:
    """Whether the file begins as an EPW does.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    lines = source.text.lstrip()[:4000].lower().splitlines()
    if not lines or not lines[0].startswith("location,"):
        return False
    return lines[0].count(",") >= 9 or (len(lines) > 1 and lines[1].startswith("design conditions"))


def read(source: Text) -> Table:
    """Rows of an EPW file.

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
    line, head = rows[0]
    if len(head) < 10:
        raise bad(source.name, line, f"LOCATION with {len(head)} cells", "10", "use an unchanged EPW file")
    limits = ((6, "latitude", 90.0), (7, "longitude", 180.0), (8, "time zone", 14.0), (9, "elevation", 9000.0))
    latitude, longitude, zone, elevation = (
        head_number(source, line, what, head[i], limit) for i, what, limit in limits
    )
    data = [(n, row) for n, row in rows[1:] if row[0].strip().isdigit()]
    for n, row in data:
        if len(row) < _LEAST:
            raise bad(source.name, n, f"a row of {len(row)} cells", "35 as in other rows", "is the file cut off?")
    periods = next((row for _, row in rows[:10] if "data periods" in row[0].lower()), [])
    per_hour = max(int(cell(periods, 2) or 1), 1) if (cell(periods, 2) or "1").isdigit() else 1
    times = parsed_times(source, [(n, ",".join(row[:5])) for n, row in data], _time(per_hour), "2001,1,31,24,60")
    notes = []
    if zone and any("irradiance time offset" in ",".join(row).lower() for _, row in rows[:10]):
        notes.append(f"made by PVGIS, whose EPW files are in UTC although their head says UTC{zone:+g} h: taken as UTC")
        zone = 0.0
    picks = {q: Pick(column, header, factor) for q, (column, factor, _, header) in _COLUMNS.items()}
    values = columns(source, data, picks)
    for quantity, (_, factor, missing, _) in _COLUMNS.items():
        v = values[quantity]
        values[quantity] = np.where(v >= missing * factor * (1.0 - 1e-9), np.nan, v)
    if per_hour > 1:  # watt-hours of a part of an hour
        for quantity in ("ghi_w_m2", "dni_w_m2", "dhi_w_m2"):
            values[quantity] = values[quantity] * per_hour
    return Table(
        source.name,
        KIND,
        np.array([n for n, _ in data], np.int64),
        minutes_of(times) if data else np.zeros(0, np.int64),
        values,
        picks,
        notes,
        utc_offset_h=zone,
        latitude=latitude,
        longitude=longitude,
        elevation=elevation,
    )


def _time(per_hour: int) -> Callable[[str], datetime]:
    """Reader of `year,month,day,hour,minute`, where hour 1 ends at 01:00 and the minute ends a part of an hour."""

    def read_time(text: str) -> datetime:
        year, month, day, hour, minute = (int(float(x)) for x in text.split(","))
        if not 1 <= hour <= 24:
            raise ValueError(text)
        part = MINUTES_PER_HOUR // per_hour
        return datetime(year, month, day, hour - 1) + timedelta(minutes=max(minute - part, 0) if per_hour > 1 else 0)

    return read_time
