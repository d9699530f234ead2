"""Times as markets write them: a date and the number of the hour, 0 to 23 or 1 to 24, with days of 23 and 25 hours.

Where hours are numbered from 1, the number counts the hours since midnight by the clock on the wall: a day on which the
clock goes forward has 23, one on which it goes back 25. Counted through, they are hours of one clock without daylight
saving.

References
----------
.. [1] Nominated electricity market operators, "Euphemia public description", hours 1 to 23, 24 and 25 of a delivery
       day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from .clock import SUMMER_D
from .text import Text, bad

DAY, SPRING, AUTUMN = 24, 23, 25  # hours
Spelled = Sequence[tuple[int, str, str]]  # line, date, number of the hour


def is_it(spelled: Spelled) -> bool:
    """Whether the second column numbers hours.

    Parameters
    ----------
    spelled : sequence of (int, str, str)
        Line, date and hour as written. [-]

    Returns
    -------
    bool
    """
    return bool(spelled) and all(hour.strip().isdecimal() for _, _, hour in spelled)


def starts(source: Text, spelled: Spelled, day_of: Callable[[str], datetime]) -> list[datetime]:
    """Start of each hour, in local standard time where there are days of 23 or 25 hours.

    Parameters
    ----------
    source : Text
        File, for messages. [-]
    spelled : sequence of (int, str, str)
        Line, date and hour as written. [-]
    day_of : callable
        Midnight of a date as written; ValueError for what is none. [-]

    Returns
    -------
    list of datetime

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected; next step`.
    """
    numbers = [int(hour) for _, _, hour in spelled]
    days = []
    for line, date, _ in spelled:
        try:
            days.append(day_of(date.strip()))
        except ValueError:
            raise bad(
                source.name, line, f"date {date.strip()[:30]!r}", "such as 2023-01-31", "correct the row"
            ) from None
    first, last = (0, DAY - 1) if 0 in numbers else (1, AUTUMN)
    for (line, _, _), number in zip(spelled, numbers, strict=True):
        if not first <= number <= last:
            raise bad(source.name, line, f"hour {number}", f"{first} to {last}", "correct the row")
    by_day: dict[datetime, list[int]] = {}
    for i, day in enumerate(days):
        by_day.setdefault(day, []).append(i)
    odd = [day for day, rows in by_day.items() if AUTUMN in (numbers[i] for i in rows)]
    if first == 0 or not odd:
        return [day + timedelta(hours=n - first) for day, n in zip(days, numbers, strict=True)]
    return _counted(source, spelled, numbers, by_day)


def _counted(
    source: Text, spelled: Spelled, numbers: Sequence[int], by_day: dict[datetime, list[int]]
) -> list[datetime]:
    """Hours counted through from the first midnight, a summer that stands first being an hour ahead."""
    then = "complete the day, or write times in UTC (time_utc)"
    out, at, changes = [datetime.min] * len(numbers), min(by_day), list[tuple[datetime, int]]()
    for day in sorted(by_day):
        rows = by_day[day]
        line = spelled[rows[0]][0]
        if sorted(numbers[i] for i in rows) != list(range(1, len(rows) + 1)) or not SPRING <= len(rows) <= AUTUMN:
            raise bad(source.name, line, f"{len(rows)} hours of {day:%Y-%m-%d}", "1 to 23, 24 or 25, each once", then)
        if len(rows) != DAY:
            if changes and (changes[-1][1] == len(rows) or (day - changes[-1][0]).days < SUMMER_D[0]):
                found = f"{len(rows)} hours of {day:%Y-%m-%d} after {changes[-1][1]} of {changes[-1][0]:%Y-%m-%d}"
                raise bad(source.name, line, found, "a change of the clock in spring and one in autumn", then)
            changes.append((day, len(rows)))
        if abs(at - day) > timedelta(hours=1):
            raise bad(source.name, line, f"{day:%Y-%m-%d} after {at:%Y-%m-%d}", "every day", then)
        for i in rows:
            out[i] = at + timedelta(hours=numbers[i] - 1)
        at += timedelta(hours=len(rows))
    return [t - timedelta(hours=1) for t in out] if changes[0][1] == AUTUMN else out
