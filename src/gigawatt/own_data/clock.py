"""Time: rows to an even axis, daylight saving to standard time, doubled hours, leap days, whole years.

Rules, in this order. Times that come from different calendar years (a typical year) are put into one. A clock with
daylight saving is recognised by its missing hour in spring and its doubled hour in autumn, and its summer is moved back
by one hour. A row that repeats another is dropped if it says the same and refused if not. What then is not an even step
apart is refused. 29 February is left out of whole years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from gigawatt.errors import ScenarioError

from .table import MINUTES_PER_DAY, MINUTES_PER_HOUR, Array, Minutes, Table
from .text import bad

HOURS_PER_YEAR = 8760
YEAR_MIN = HOURS_PER_YEAR * MINUTES_PER_HOUR
DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAY_START = np.concatenate([[0], np.cumsum(DAYS_OF_MONTH)[:-1]])
STEPS = (5, 10, 15, 20, 30, 60, 120, 180, 240, 360)  # what divides a day and still shows its course
WHOLE = 0.9  # of a year's steps; a year with fewer is not counted as one
SUMMER_D = (100, 270)  # days that daylight saving, or the winter between two, may last
A_DAY_OF_THEM = 24  # rows with the same step on end before it counts as a step of the file
MEANS = ("price_per_mwh", "load_mw")  # what holds over a whole step
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows laid out on an even axis.

    Attributes
    ----------
    rows : array (year, step)
        Row of the table behind each step; -1 where the file has none. [-]
    step_min : int
        Length of a step. [min]
    years : tuple of int
        Calendar year of each block, 0 where the file does not say. [-]
    """

    rows: Rows
    step_min: int
    years: tuple[int, ...]


def calendar(minutes: Minutes) -> tuple[Rows, Rows, Rows]:
    """Year, minute within a year without leap day, and whether it is 29 February.

    Parameters
    ----------
    minutes : array (row,)
        Minutes since 1970. [min]

    Returns
    -------
    (array, array, array)
        Year, minute of the year, leap day. [-], [min], [-]
    """
    day = minutes.astype("datetime64[m]").astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    of_month = (day - month.astype("datetime64[D]")).astype(np.int64)
    number = month.astype(np.int64) % 12
    leap = (number == 1) & (of_month == 28)
    position = (DAY_START[number] + of_month) * MINUTES_PER_DAY + minutes % MINUTES_PER_DAY
    return month.astype("datetime64[Y]").astype(np.int64) + 1970, position, leap


def shown(minute: int) -> str:
    """A time in words.

    Parameters
    ----------
    minute : int
        Minutes since 1970. [min]

    Returns
    -------
    str
    """
    return str(np.datetime64(int(minute), "m")).replace("T", " ")


def zone_of(name: str, key: str) -> ZoneInfo:
    """A time zone by name.

    Parameters
    ----------
    name : str
        File, for messages. [-]
    key : str
        IANA name. [-]

    Returns
    -------
    ZoneInfo

    Raises
    ------
    ScenarioError
        Where this machine has no time zone data.
    """
    try:
        return ZoneInfo(key)
    except ZoneInfoNotFoundError:
        raise ScenarioError(
            f"{name}: needs the clock changes of {key}; expected time zone data on this machine; pip install tzdata"
        ) from None


def from_wall(table: Table, wall: list[datetime], zone: ZoneInfo, empty: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Put wall-clock times of a known zone on UTC; of a doubled hour the first is summer, the second winter.

    Parameters
    ----------
    table : Table
        Gets minutes in UTC. [-]
    wall : list of datetime
        As the file has them. [-]
    zone : ZoneInfo
        Theirs. [-]
    empty : array (row,)
        Rows without any number. [-]

    Returns
    -------
    array (row,)
        Rows to keep: those of the hour that spring leaves out go if they are empty. [-]

    Raises
    ------
    ScenarioError
        For a number at an hour that does not exist.
    """
    keep, seen = np.ones(len(wall), bool), set[datetime]()
    out = np.zeros(len(wall), np.int64)
    skipped = 0
    for i, naive in enumerate(wall):
        first = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
        there = first.astimezone(zone).replace(tzinfo=None) == naive
        if not there and not empty[i]:
            found = f"{naive:%Y-%m-%d %H:%M} does not exist: clocks of {zone.key} go forward there"
            raise bad(
                table.name, int(table.lines[i]), found, "no number in that hour", "empty the row or correct the zone"
            )
        if not there:
            keep[i], skipped = False, skipped + 1
        utc = naive.replace(tzinfo=zone, fold=1).astimezone(UTC) if naive in seen else first
        seen.add(naive)
        out[i] = (utc.replace(tzinfo=None) - datetime(1970, 1, 1)) // timedelta(minutes=1)
    table.minutes, table.utc_offset_h = out, 0.0
    table.notes.append(f"times of {zone.key} with daylight saving, put on UTC")
    if skipped:
        table.notes.append(f"{skipped} empty rows of the hour that spring leaves out dropped")
    return keep


def keep_rows(table: Table, keep: NDArray[np.bool_] | Rows) -> None:
    """Keep or reorder rows.

    Parameters
    ----------
    table : Table
        Changed. [-]
    keep : array (row,)
        Which, as a mask or as numbers. [-]
    """
    table.lines = table.lines[keep]
    table.minutes = None if table.minutes is None else table.minutes[keep]
    table.values = {q: v[keep] for q, v in table.values.items()}


def settle(table: Table) -> int:
    """Put the rows in order on one clock without doubles, and tell their step.

    Parameters
    ----------
    table : Table
        Changed. [-]

    Returns
    -------
    int
        Step. [min]

    Raises
    ------
    ScenarioError
        For doubled hours that differ, uneven steps, steps that cannot be used.
    """
    if len(table.lines) == 0:
        raise bad(table.name, 1, "no data rows", "a row per step", "check the file")
    if table.minutes is None:
        return _step_without_times(table)
    step = _step(table)
    _one_year(table)
    _standard_time(table, step)
    assert table.minutes is not None
    if (np.diff(table.minutes) < 0).any():
        keep_rows(table, np.argsort(table.minutes, kind="stable"))
        table.notes.append("rows put in the order of their times")
    _no_doubles(table)
    _finer(table, step)
    _even(table, step)
    return step


def _step_without_times(table: Table) -> int:
    n = len(table.lines)
    for step in STEPS:
        if n in (365 * MINUTES_PER_DAY // step, 366 * MINUTES_PER_DAY // step):
            table.notes.append(f"no times in the file: {n:,} rows taken as a year from 1 January, local standard time")
            return step
    then = "add a time column or complete the year"
    raise bad(
        table.name, int(table.lines[-1]), f"{n} rows without a time column", "a whole year: 8760, 35040 ...", then
    )


def _step(table: Table) -> int:
    """The most common distance of rows."""
    assert table.minutes is not None
    apart = np.abs(np.diff(table.minutes))
    apart = apart[apart > 0]
    if len(apart) == 0:
        found = "one time only" if len(table.lines) == 1 else "the same time in all rows"
        raise bad(table.name, int(table.lines[-1]), found, "a row per step", "check the time column")
    lengths, counts = np.unique(apart, return_counts=True)
    often = lengths[(counts >= A_DAY_OF_THEM) & np.isin(lengths, STEPS)]
    step = int(often.min()) if len(often) else int(lengths[counts.argmax()])  # steps may become finer within a file
    if step not in STEPS:
        words = f"{step // MINUTES_PER_DAY} d" if step % MINUTES_PER_DAY == 0 else f"{step} min"
        then = "daily and longer steps hide the course of the day; ask for hourly data"
        found = f"steps of {words}"
        raise bad(table.name, int(table.lines[0]), found, f"steps of {', '.join(map(str, STEPS))} min", then)
    return step


def _one_year(table: Table) -> None:
    """A typical year: months of different calendar years as one."""
    assert table.minutes is not None
    year, position, leap = calendar(table.minutes)
    alone = len(np.unique(position[~leap])) == int((~leap).sum())
    if not alone or len(np.unique(year)) < 2 or int(np.ptp(table.minutes)) <= YEAR_MIN + MINUTES_PER_DAY:
        return
    if leap.any():
        table.notes.append("29 February left out")
    table.minutes, table.typical = position, True  # 1970 has no leap day
    keep_rows(table, ~leap)
    table.notes.append(f"a typical year of months from {year.min()} to {year.max()}")


def _standard_time(table: Table, step: int) -> None:
    """Move the summer of a clock with daylight saving back by an hour."""
    m = table.minutes
    if m is None or table.utc_offset_h is not None or table.typical or len(m) < 2:
        return
    apart = np.diff(m)
    back = np.flatnonzero(apart == step - MINUTES_PER_HOUR)
    back = back[_night(m[back])]
    ahead = np.flatnonzero(apart == step + MINUTES_PER_HOUR)
    if not len(back):
        lost = ahead[_sunday(m[ahead]) & _night(m[ahead])]
        if len(lost):
            table.notes.append(
                f"an hour is missing at line {int(table.lines[lost[0] + 1])} as where clocks go forward, and none is "
                "doubled: taken as standard time; if clocks change in it, name the zone, as in time (Europe/Paris)"
            )
        return
    if (sundays := _sunday(m[back])).any():
        back, ahead = back[sundays], ahead[_sunday(m[ahead])]
    elif not len(ahead):
        return  # a row too many: one doubled hour alone, on a day when hardly any clock changes
    events = sorted([(int(i), -1) for i in back] + [(int(i), 1) for i in ahead])
    pairs = list(pairwise(events))
    days = [(m[b[0]] - m[a[0]]) / MINUTES_PER_DAY for a, b in pairs]
    regular = all(a[1] != b[1] for a, b in pairs) and all(SUMMER_D[0] <= d <= SUMMER_D[1] for d in days)
    before, after = (m[events[0][0]] - m[0]) / MINUTES_PER_DAY, (m[-1] - m[events[-1][0]]) / MINUTES_PER_DAY
    if not regular or max(before, after) > SUMMER_D[1]:
        return  # no daylight saving: doubles and gaps are dealt with as such
    summer = np.zeros(len(m), np.int64)
    state = 1 if events[0][1] < 0 else 0
    edges = [0, *(i + 1 for i, _ in events), len(m)]
    for start, stop in pairwise(edges):
        summer[start:stop] = state
        state = 1 - state
    table.minutes = m - summer * MINUTES_PER_HOUR
    words = [f"{'doubled' if s < 0 else 'missing'} hour at line {int(table.lines[i + 1])}" for i, s in events]
    table.notes.append(f"daylight saving ({', '.join(words[:4])}): its summers moved back an hour to standard time")


def _finer(table: Table, step: int) -> None:
    """Where prices or loads go over from longer to shorter steps, repeat the longer: they are means over the step."""
    assert table.minutes is not None
    if not set(table.values) <= set(MEANS):
        return
    apart = np.diff(table.minutes)
    times = np.ones(len(table.minutes), np.int64)
    for longer in (s for s in STEPS if s > step and s % step == 0):
        like = np.concatenate([[0], (apart == longer).astype(np.int64), [0]])
        starts, stops = np.flatnonzero(np.diff(like) == 1), np.flatnonzero(np.diff(like) == -1)
        for start, stop in zip(starts, stops, strict=True):
            if stop - start >= A_DAY_OF_THEM:
                times[start:stop] = longer // step
    if (times == 1).all():
        return
    count = int((times > 1).sum())
    if times[-2] > 1:
        times[-1] = times[-2]  # the last row is as long as the one before
    keep_rows(table, np.repeat(np.arange(len(times)), times))
    assert table.minutes is not None
    first = np.cumsum(times) - times
    table.minutes = table.minutes + (np.arange(len(table.minutes)) - np.repeat(first, times)) * step
    table.notes.append(f"{count:,} longer steps among those of {step} min: each repeated within its length")


def _sunday(minutes: Minutes) -> NDArray[np.bool_]:
    """Whether a time lies on a Sunday, when nearly all clocks change."""
    return np.asarray((minutes // MINUTES_PER_DAY + 4) % 7 == 0)  # 1 January 1970 was a Thursday


def _night(minutes: Minutes) -> NDArray[np.bool_]:
    """Whether a time is one at which clocks change: from an hour before midnight to four."""
    return np.asarray((minutes + MINUTES_PER_HOUR) % MINUTES_PER_DAY < 5 * MINUTES_PER_HOUR)


def _no_doubles(table: Table) -> None:
    assert table.minutes is not None
    same = np.flatnonzero(np.diff(table.minutes) == 0) + 1
    if not len(same):
        return
    for i in same:
        differ = [
            q for q, v in table.values.items() if not (v[i] == v[i - 1] or (np.isnan(v[i]) and np.isnan(v[i - 1])))
        ]
        if differ:
            q = differ[0]
            found = f"the time {shown(table.minutes[i])} repeats that of line {int(table.lines[i - 1])} with another"
            found += f" {table.headers.get(q, q)} ({table.values[q][i - 1]:g}, {table.values[q][i]:g})"
            then = "remove one; for clock changes write times with their offset from UTC, or standard time"
            raise bad(table.name, int(table.lines[i]), found, "each time once", then)
    keep = np.ones(len(table.lines), bool)
    keep[same] = False
    first = int(table.lines[same[0]])
    keep_rows(table, keep)
    table.notes.append(f"{len(same)} rows that repeat the one before dropped (first at line {first})")


def _even(table: Table, step: int) -> None:
    assert table.minutes is not None
    off = table.minutes % step
    usual = int(np.bincount(off.astype(np.intp)).argmax())
    wrong = np.flatnonzero(off != usual)
    if len(wrong):
        i = int(wrong[0])
        found = f"the time {shown(table.minutes[i])} is off the steps of {step} min"
        then = f"look for clock changes and other steps ({len(wrong)} such rows)"
        raise bad(table.name, int(table.lines[i]), found, "even steps", then)
    if usual:
        table.minutes = table.minutes - usual
        table.notes.append(f"times {usual} min past the step taken as within the step that began before")


def in_years(table: Table, step: int) -> Laid:
    """Rows as whole calendar years without 29 February, or as one year where the file has one.

    Parameters
    ----------
    table : Table
        Settled. [-]
    step : int
        Its step. [min]

    Returns
    -------
    Laid

    Raises
    ------
    ScenarioError
        Where no year is whole.
    """
    per_year = YEAR_MIN // step
    if table.minutes is None:
        n, day = len(table.lines), MINUTES_PER_DAY // step
        rows = np.arange(n)
        if n > per_year:
            table.notes.append("29 February (by its place among the rows) left out")
            rows = np.delete(rows, np.arange(59 * day, 60 * day))
        return Laid(rows[None], step, (0,))
    year, position, leap = calendar(table.minutes)
    kept = np.flatnonzero(~leap)
    if leap.any():
        table.notes.append("29 February left out")
    if not len(kept):
        raise bad(table.name, int(table.lines[0]), "only 29 February", "a whole year", "check the file")
    labels = year[kept]
    if len(np.unique(position[kept])) == len(kept):  # no more than a year: one, wherever it starts
        names, counts = np.unique(labels, return_counts=True)
        labels = np.full(len(kept), 0 if table.typical else names[counts.argmax()])
    names, where, counts = np.unique(labels, return_inverse=True, return_counts=True)
    rows = np.full((len(names), per_year), -1, np.int64)
    rows[where, position[kept] // step] = kept
    whole = counts >= WHOLE * per_year
    if not whole.any():
        found = f"{int(counts.max()):,} of the {per_year:,} steps of a year"
        found += f", from {shown(table.minutes[0])} to {shown(table.minutes[-1])}"
        raise bad(table.name, int(table.lines[-1]), found, "a whole year", "complete it, or join its parts in one file")
    if not whole.all():
        left = ", ".join(f"{n} ({c:,} steps)" for n, c in zip(names[~whole], counts[~whole], strict=True))
        table.notes.append(f"parts of years left out: {left}")
    return Laid(rows[whole], step, tuple(int(n) for n in names[whole]))


def in_a_row(table: Table, step: int) -> Laid:
    """Rows from the first to the last time, leap days included.

    Parameters
    ----------
    table : Table
        Settled. [-]
    step : int
        Its step. [min]

    Returns
    -------
    Laid
    """
    if table.minutes is None:
        return Laid(np.arange(len(table.lines))[None], step, (0,))
    at = (table.minutes - table.minutes[0]) // step
    rows = np.full((1, int(at[-1]) + 1), -1, np.int64)
    rows[0, at] = np.arange(len(at))
    return Laid(rows, step, (int(calendar(table.minutes[:1])[0][0]),))


def taken(values: Array, rows: Rows) -> Array:
    """Numbers on the even axis, NaN where the file has no row.

    Parameters
    ----------
    values : array (row,)
        Numbers. [-]
    rows : array (year, step)
        Rows. [-]

    Returns
    -------
    array (year, step)
        Numbers. [-]
    """
    return np.where(rows >= 0, values[rows], np.nan)
