"""From a file to whole years of hours: format by content, then clock, units, gaps, hours."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from gigawatt.errors import ScenarioError

from . import eia, entsoe, epw, nasa_power, nsrdb, open_meteo, plain_csv, pvgis, tmy3
from .clock import Laid, in_a_row, in_years, settle, shown
from .hours import filled, moved, to_hours
from .quantities import SUN, check_means, check_ranges, converted, per_step_to_power
from .table import MINUTES_PER_HOUR, Array, Table
from .text import Text, bad

FORMATS: tuple[ModuleType, ...] = (epw, tmy3, nsrdb, pvgis, nasa_power, open_meteo, entsoe, eia)
DEGREES_PER_HOUR = 15.0


@dataclass(frozen=True, slots=True)
class Origin:
    """What was read, for provenance.

    Attributes
    ----------
    name, format, digest : str
        File name, format, BLAKE2b of its bytes. [-]
    first, last : str
        Start of the first and the last step, on the file's clock; empty where it has no times. [-]
    step_min : int
        Length of a step in the file. [min]
    rows : int
        Rows used. [-]
    years : tuple of int
        Calendar years, 0 where not known or mixed. [-]
    columns : tuple of (quantity, header)
        What was taken from which column. [-]
    notes : tuple of str
        Liberties taken. [-]
    """

    name: str
    format: str
    digest: str
    first: str
    last: str
    step_min: int
    rows: int
    years: tuple[int, ...]
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    def json(self) -> dict[str, object]:
        """As plain data."""
        return {
            "name": self.name,
            "format": self.format,
            "blake2b": self.digest,
            "first": self.first,
            "last": self.last,
            "step_min": self.step_min,
            "rows": self.rows,
            "years": list(self.years),
            "columns": dict(self.columns),
            "notes": list(self.notes),
        }


def table_of(source: Text) -> Table:
    """Rows of a file of any format that we know, recognised by its content.

    Parameters
    ----------
    source : Text
        The file. [-]

    Returns
    -------
    Table

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected; next step`.
    """
    form = next((f for f in FORMATS if f.is_it(source)), None)
    start = source.text.lstrip()[:1]
    if form is None and start in ("{", "[", "<"):
        what = "XML" if start == "<" else "JSON"
        expected = "PVGIS, NASA POWER, Open-Meteo, ENTSO-E or EIA data"
        raise bad(
            source.name, 1, f"{what} of a kind we do not know, or cut off", expected, "download it again, or as CSV"
        )
    if source.choice and form not in (None, entsoe, eia):
        raise ScenarioError(
            f"{source.name}#{source.choice}: a file of one place; expected no choice; leave #{source.choice} out"
        )
    table: Table = (form or plain_csv).read(source)
    table.notes[:0] = [*source.notes, *converted(table.picks)]
    return table


def settled(table: Table, *, whole_years: bool) -> tuple[Laid, dict[str, Array]]:
    """Rows on an even axis in house units, gaps filled.

    Parameters
    ----------
    table : Table
        As read; changed. [-]
    whole_years : bool
        Whole years without leap days; else from the first to the last time. [-]

    Returns
    -------
    (Laid, dict of str to array (year, step))

    Raises
    ------
    ScenarioError
        For what cannot be put on a clock, is not credible, or is missing for too long.
    """
    step = settle(table)
    per_step_to_power(table, table.picks, step)
    check_ranges(table)
    laid = in_years(table, step) if whole_years else in_a_row(table, step)
    found = filled(table, laid, cyclic=whole_years)
    for quantity in SUN:
        if quantity in found:
            found[quantity] = found[quantity].clip(min=0.0)
    return laid, found


def yearly(table: Table, utc_offset_h: float | None) -> tuple[Laid, dict[str, Array]]:
    """Whole years of hours on a clock.

    Parameters
    ----------
    table : Table
        As read; changed, with a note for each liberty. [-]
    utc_offset_h : float or None
        Clock wanted; None: the file's own, or local standard time by longitude where that is UTC. [h]

    Returns
    -------
    (Laid, dict of str to array (year, hour))

    Raises
    ------
    ScenarioError
        As `settled`; also for yearly means that betray another unit.
    """
    laid, found = settled(table, whole_years=True)
    check_means(table.name, int(table.lines[0]), table.headers, found, table.currency)
    if laid.step_min != MINUTES_PER_HOUR:
        words = "averaged" if laid.step_min < MINUTES_PER_HOUR else "spread: means held, the rest by straight lines"
        table.notes.append(f"steps of {laid.step_min} min brought to hours ({words})")
    hours = {q: to_hours(q, v, laid.step_min) for q, v in found.items()}
    target = utc_offset_h
    if target is None and table.utc_offset_h == 0.0 and table.longitude is not None:
        target = float(round(table.longitude / DEGREES_PER_HOUR))
    if target is not None and table.utc_offset_h is not None:
        if by := target - table.utc_offset_h:
            hours = {q: moved(v, by) for q, v in hours.items()}
            table.notes.append(f"moved from UTC{table.utc_offset_h:+g} h to UTC{target:+g} h, local standard time")
        table.utc_offset_h = target
    return laid, hours


def origin_of(source: Text, table: Table, laid: Laid, *, times: tuple[int, int] | None) -> Origin:
    """What was read.

    Parameters
    ----------
    source : Text
        The file. [-]
    table : Table
        Settled. [-]
    laid : Laid
        Its axis. [-]
    times : (int, int) or None
        First and last minute of the file, on its own clock. [min]

    Returns
    -------
    Origin
    """
    used = tuple((q, p.header) for q, p in table.picks.items() if q in table.values)
    first, last = ("", "") if times is None else (shown(times[0]), shown(times[1]))
    notes = tuple(dict.fromkeys(table.notes))
    kind = f"{table.kind} ({source.choice})" if source.choice else table.kind
    rows = int((laid.rows >= 0).sum())
    return Origin(source.name, kind, source.digest, first, last, laid.step_min, rows, laid.years, used, notes)


def span_of(table: Table) -> tuple[int, int] | None:
    """First and last minute of a table that has times.

    Parameters
    ----------
    table : Table
        As read. [-]

    Returns
    -------
    (int, int) or None
    """
    if table.minutes is None or not len(table.minutes):
        return None
    return int(table.minutes.min()), int(table.minutes.max())


def only_of(source: Text, table: Table, wanted: tuple[str, ...], what: str) -> None:
    """Keep the quantities of one kind.

    Parameters
    ----------
    source : Text
        The file. [-]
    table : Table
        Changed. [-]
    wanted : tuple of str
        Quantities. [-]
    what : str
        Their kind in words. [-]

    Raises
    ------
    ScenarioError
        Where the file has none of them.
    """
    if not any(q in table.values for q in wanted):
        found = f"{', '.join(h for h in table.headers.values())[:80]} ({table.kind})"
        raise ScenarioError(f"{source.name}: has {found}, no {what}; expected {what}; name another file")
    table.values = {q: v for q, v in table.values.items() if q in wanted}
    table.picks = {q: p for q, p in table.picks.items() if q in wanted}
