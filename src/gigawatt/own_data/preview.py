"""What a file was taken for: format, period, columns, gaps, first rows, and what a plan or case would use of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gigawatt.errors import ScenarioError

from .clock import in_a_row, settle, shown, taken
from .market import market_of
from .quantities import MARKET, WEATHER, per_step_to_power
from .reading import span_of, table_of
from .table import Table
from .text import Text, read_text
from .weather import weather_of

WHAT = "a weather, price or load file"
UNITS = {
    "temperature_c": "degC",
    "relative_humidity": "0 to 1",
    "pressure_pa": "Pa",
    "ghi_w_m2": "W/m2",
    "dni_w_m2": "W/m2",
    "dhi_w_m2": "W/m2",
    "wind_m_per_s": "m/s",
    "load_mw": "MW",
}
FIRST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """A file at a glance.

    Attributes
    ----------
    name, format, digest : str
        File name, format, BLAKE2b. [-]
    rows, step_min : int
        Rows and the length of a step; 0 where no step was found. [-], [min]
    first, last, clock : str
        Period and the clock of its times. [-]
    place : str
        Coordinates, where the file has them. [-]
    columns : tuple of dict
        Per quantity: header, unit, lowest, mean, highest, missing steps. [-]
    head : tuple of dict
        First rows as read: line, time, quantities. [-]
    notes : tuple of str
        Liberties taken. [-]
    used : str
        What a plan or a power case would use. [-]
    problem : str
        Why it cannot be used, or ''. [-]
    """

    name: str
    format: str
    digest: str
    rows: int
    step_min: int
    first: str
    last: str
    clock: str
    place: str
    columns: tuple[dict[str, Any], ...]
    head: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    used: str
    problem: str

    def json(self) -> dict[str, Any]:
        """As plain data."""
        return {name: getattr(self, name) for name in type(self).__slots__}  # type: ignore[attr-defined]


def preview(path: str | Path) -> Preview:
    """Look at a file without using it; what is wrong with it is part of the answer.

    Parameters
    ----------
    path : str or Path
        The file. [-]

    Returns
    -------
    Preview

    Raises
    ------
    ScenarioError
        Where the file cannot be read as a table at all.
    """
    source = read_text(path, WHAT)
    table = table_of(source)
    head = _head(table)
    times = span_of(table)
    clock = _clock(table)
    step, problem = 0, ""
    columns: tuple[dict[str, Any], ...] = ()
    try:
        step = settle(table)
        per_step_to_power(table, table.picks, step)
        columns = tuple(_columns(table, step))
    except ScenarioError as error:
        problem = str(error)
    used, notes, wrong = _used(source)
    return Preview(
        name=source.name,
        format=table.kind,
        digest=source.digest,
        rows=len(table.lines),
        step_min=step,
        first=shown(times[0]) if times else "",
        last=shown(times[1]) if times else "",
        clock=clock,
        place=_place(table),
        columns=columns,
        head=head,
        notes=tuple(dict.fromkeys([*table.notes, *notes])),
        used=used,
        problem=problem or wrong,
    )


def _head(table: Table) -> tuple[dict[str, Any], ...]:
    """The first rows as read."""
    out = []
    for i in range(min(FIRST_ROWS, len(table.lines))):
        row: dict[str, Any] = {"line": int(table.lines[i])}
        if table.minutes is not None:
            row["time"] = shown(int(table.minutes[i]))
        row |= {q: None if np.isnan(v[i]) else round(float(v[i]), 6) for q, v in table.values.items()}
        out.append(row)
    return tuple(out)


def _clock(table: Table) -> str:
    if table.minutes is None:
        return "no times: local standard time from 1 January"
    if table.utc_offset_h is None:
        return "no zone: local standard time"
    return "UTC" if table.utc_offset_h == 0 else f"UTC{table.utc_offset_h:+g} h"


def _place(table: Table) -> str:
    if table.latitude is None or table.longitude is None:
        return ""
    level = "" if table.elevation is None else f", {table.elevation:.0f} m"
    return f"{table.latitude:.3f}, {table.longitude:.3f}{level}"


def _columns(table: Table, step: int) -> list[dict[str, Any]]:
    """Statistics of each quantity on the even axis."""
    laid = None if table.typical else in_a_row(table, step)
    out = []
    for quantity, values in table.values.items():
        v = values if laid is None else taken(values, laid.rows)[0]
        known = v[~np.isnan(v)]
        low, mean, high = (float(f(known)) if len(known) else None for f in (np.min, np.mean, np.max))
        unit = UNITS.get(quantity, f"{table.currency or '?'}/MWh")
        out.append(
            {
                "quantity": quantity,
                "header": table.headers.get(quantity, quantity),
                "unit": unit,
                "low": low,
                "mean": mean,
                "high": high,
                "missing": int(np.isnan(v).sum()),
            }
        )
    return out


def _used(source: Text) -> tuple[str, tuple[str, ...], str]:
    """What would be used, with what liberties; or why nothing."""
    table = table_of(source)
    kinds = [k for k, names in (("weather", WEATHER), ("market", MARKET)) if any(q in table.values for q in names)]
    try:
        if "weather" in kinds:
            weather = weather_of(source, utc_offset_h=None)
            years = _years(weather.origin.years)
            lacks = f"; {', '.join(weather.missing)} from the climate of the place" if weather.missing else ""
            return f"gigawatt plan --weather-file: {years} of 8,760 hours{lacks}", weather.notes, ""
        found = market_of(source, utc_offset_h=None)
        years = _years(found.origin.years)
        if found.price_per_mwh is None:
            return f"gigawatt power: load_mw, {years} of 8,760 hours", found.origin.notes, ""
        price = float(found.price_per_mwh[-1].mean())
        words = f"gigawatt plan --price-file: mean {price:.4g} {found.currency}/MWh and its hours, {years} of 8,760"
        return words + "; gigawatt power: as a series", found.origin.notes, ""
    except ScenarioError as error:
        if "market" in kinds and "a whole year" in str(error):
            return "gigawatt power: as a series of part of a year", (), str(error)
        return "", (), str(error)


def _years(years: tuple[int, ...]) -> str:
    names = ", ".join(str(y) for y in years if y)
    count = "one year" if len(years) == 1 else f"{len(years)} years"
    return f"{count} ({names})" if names else count
