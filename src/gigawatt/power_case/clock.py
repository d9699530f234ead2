"""Which row of the series is which step of which weather year; gaps and doubled hours are refused, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LONGEST_YEAR_H, SHORTEST_YEAR_H, YEAR_H = 8784.0, 8736.0, 8760.0  # a leap year; 52 weeks; the year of yearly costs
DAY_H, LEAP_DAY_START_H = 24.0, 59 * 24.0
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """The steps of a case.

    Parameters
    ----------
    rows : array (hour,) or (year, hour)
        Row of the series behind each step. [-]
    total : int
        Rows of the series, used or not. [-]
    step_hours : float
        Length of a step. [h]
    times, lines : sequence or None
        Time as written and line of the file of each row. [-]
    notes : tuple of str
        Liberties taken. [text]
    """

    rows: Rows
    total: int
    step_hours: float
    times: Sequence[str] | None = None
    lines: Sequence[int] | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def year_share(self) -> float:
        """Part of a year that the steps of one weather year cover; 1 from 52 weeks to a leap year. [-]"""
        hours = self.rows.shape[-1] * self.step_hours
        return 1.0 if SHORTEST_YEAR_H <= hours <= LONGEST_YEAR_H else hours / YEAR_H

    def where(self, row: int) -> str:
        """A row in words: `hour 56, line 58, 2021-01-03 08:00`."""
        words = [f"{'hour' if self.step_hours == 1.0 else 'step'} {row}"]
        words += [f"line {self.lines[row]}"] if self.lines else []
        return ", ".join(words + ([self.times[row]] if self.times else []))


def made_clock(
    total: int,
    *,
    step_hours: float,
    years: int | None = None,
    labels: Sequence[str] | None = None,
    times: Sequence[str] | None = None,
    lines: Sequence[int] | None = None,
) -> Clock:
    """Lay rows out as steps of weather years.

    Parameters
    ----------
    total : int
        Rows. [-]
    step_hours : float
        Length of a step. [h]
    years : int, optional
        Weather years of equal length, one after the other. [-]
    labels : sequence of str, optional
        Year of each row as written. [text]
    times : sequence of str, optional
        Time of each row; ISO 8601 times are checked for gaps and doubles. [text]
    lines : sequence of int, optional
        Line of the file of each row. [-]

    Returns
    -------
    Clock

    Raises
    ------
    ValueError
        With what was found, expected, and the next step.
    """
    stamps = _stamps(times)
    if labels is None and years is None and stamps and total * step_hours > LONGEST_YEAR_H:
        labels = [f"{stamp.year}" for stamp in stamps]
    blocks = _blocks(total, step_hours, years, labels)
    if stamps:
        _regular(blocks, stamps, Clock(np.arange(total), total, step_hours, times, lines))
    blocks, notes = _without_leap_days(blocks, step_hours, stamps, labels)
    rows = np.stack(blocks) if len(blocks) > 1 else blocks[0]
    if (hours := rows.shape[-1] * step_hours) > LONGEST_YEAR_H:
        found = (
            f"each of the {len(blocks)} years has" if len(blocks) > 1 else f"{total:,} steps of {step_hours:g} h are"
        )
        raise ValueError(
            f"{found} {hours:,.10g} hours; expected at most 8,784 in a weather year; "
            f"write years = {round(total * step_hours / YEAR_H)}, name a year_column, or correct step_hours"
        )
    return Clock(rows, total, step_hours, times, lines, notes)


def _stamps(times: Sequence[str] | None) -> list[datetime] | None:
    """The times as dates if all are ISO 8601 and comparable; else they only serve as names."""
    try:
        stamps = [datetime.fromisoformat(text.strip()) for text in times or ()]
    except ValueError:
        return None
    return stamps if stamps and len({stamp.tzinfo is None for stamp in stamps}) == 1 else None


def _blocks(total: int, step_hours: float, years: int | None, labels: Sequence[str] | None) -> list[Rows]:
    rows = np.arange(total)
    if labels is None:
        if total % (years or 1):
            raise ValueError(
                f"{total:,} rows are not {years} years of equal length; correct years or name a year_column"
            )
        return np.split(rows, years or 1)
    text = np.array([label.strip() for label in labels])
    blocks = np.split(rows, np.flatnonzero(text[1:] != text[:-1]) + 1)
    names = [str(text[block[0]]) for block in blocks]
    if len(set(names)) < len(names):
        again = next(n for n in names if names.count(n) > 1)
        raise ValueError(f"year {again!r} starts twice; expected the rows of a year together; sort them by time")
    if years and years != len(blocks):
        raise ValueError(f"years is {years} but the rows name {len(blocks)} ({', '.join(names)[:60]}); drop years")
    return blocks


def _regular(blocks: list[Rows], stamps: list[datetime], clock: Clock) -> None:
    """Refuse times that are not one step apart; a left-out 29 February is no gap."""
    step = clock.step_hours
    gaps = np.array([(b - a).total_seconds() / 3600.0 for a, b in pairwise(stamps)])
    inside = np.ones(len(gaps), bool)
    inside[[block[0] - 1 for block in blocks if block[0] > 0]] = False
    uneven = np.flatnonzero(inside & (np.abs(gaps - step) > 1e-6))
    off = [
        i for i in uneven if not (abs(gaps[i] - step - DAY_H) < 1e-6 and (stamps[i].month, stamps[i].day) == (2, 28))
    ]
    if not off:
        return
    common = float(np.median(gaps[inside]))
    if len(off) > len(gaps) / 2 and common > 0:
        raise ValueError(f"the times are {common:g} h apart; expected {step:g} h; write step_hours = {common:g}")
    i = int(off[0])
    raise ValueError(
        f"{clock.where(i + 1)} comes {gaps[i]:g} h after {stamps[i]}; expected {step:g} h; fill or drop the hour "
        '(standard time has no doubled hours), or write time_column = "" to ignore the times'
    )


def _without_leap_days(
    blocks: list[Rows], step_hours: float, stamps: list[datetime] | None, labels: Sequence[str] | None
) -> tuple[list[Rows], tuple[str, ...]]:
    """Years of one length: where only some are leap years, their 29 February goes."""
    short, day = min(map(len, blocks)), round(DAY_H / step_hours)
    if all(len(block) == short for block in blocks):
        return blocks, ()
    odd = [block for block in blocks if len(block) not in (short, short + day)]
    if odd or abs(short * step_hours - YEAR_H) > 1e-6:
        counts = ", ".join(f"{labels[b[0]] if labels else i} has {len(b)}" for i, b in enumerate(blocks))
        raise ValueError(
            f"the years differ in length ({counts[:200]} rows); expected whole years; complete or drop them"
        )
    kept = []
    for block in blocks:
        if len(block) > short:
            start = round(LEAP_DAY_START_H / step_hours)
            leap = np.isin(np.arange(len(block)), np.arange(start, start + day))
            if stamps:
                leap = np.array([(stamps[i].month, stamps[i].day) == (2, 29) for i in block])
            if leap.sum() != day:
                raise ValueError(f"a year of {len(block)} rows has no whole 29 February; complete or drop the year")
            block = block[~leap]
        kept.append(block)
    return kept, ("29 February is left out of the leap years, so that all weather years are as long",)
