"""Months become ISO dates: first and full power, quarters, letters, the deadline."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gigawatt.units import MONTHS_PER_YEAR, in_mw

from .network import Schedule, months_in_words

_LAST_YEAR = 9999  # the calendar of the standard library ends here


@dataclass(frozen=True, slots=True)
class Deadline:
    """Outcome against a deadline: is it met in the middle case, how likely, how late, how much is on line by then."""

    deadline: str
    met: bool
    probability: float
    shortfall_months: float
    online_mw: float
    words: str


def add_months(as_of: str, months: float) -> str | None:
    """The ISO date some months after a date; ``None`` when it never comes.

    Whole months keep the day (cut to the month's length); a fraction is a share of the month it falls in.

    Parameters
    ----------
    as_of : str
        ISO date. [-]
    months : float
        Months to add, negative to go back. [months]

    Returns
    -------
    str or None
        ISO date. [-]

    Examples
    --------
    The fast-track contract of January 2026, 23 and 47 months on:

    >>> add_months("2026-01-26", 23), add_months("2026-01-26", 47)
    ('2027-12-26', '2029-12-26')
    >>> add_months("2028-01-31", 1.5)
    '2028-03-14'
    """
    start = dt.date.fromisoformat(as_of)
    if not np.isfinite(months):
        return None
    whole = int(np.floor(months))
    year, month = divmod(start.year * int(MONTHS_PER_YEAR) + start.month - 1 + whole, int(MONTHS_PER_YEAR))
    if not 1 <= year <= _LAST_YEAR - 1:
        return None
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    there = dt.date(year, month + 1, day)
    days = round((months - whole) * calendar.monthrange(year, month + 1)[1])
    return (there + dt.timedelta(days=days)).isoformat()


def quantiles(months: ArrayLike, shares: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles of draws of which some may never end; between draws on a line where all of them end.

    Parameters
    ----------
    months : float or array (...)
        Draws. [months]
    shares : sequence of float
        Shares of draws that are smaller. [1]

    Returns
    -------
    array (share,)
        Quantiles, infinite where too few draws end. [months]

    Examples
    --------
    >>> quantiles([1.0, 2.0, 3.0], (0.5,)).tolist(), quantiles([1.0, 2.0, np.inf], (0.5, 0.9)).tolist()
    ([2.0], [2.0, inf])
    """
    x = np.atleast_1d(np.asarray(months, dtype=float))
    if not np.all(np.isfinite(x)):
        return np.asarray(np.quantile(x, list(shares), method="inverted_cdf"))
    x = x.ravel()
    at = [share * (x.size - 1) for share in shares]  # as ``np.quantile`` has it, at a third of its cost for few draws
    ends = [(int(k), min(int(k) + 1, x.size - 1)) for k in at]
    x = np.partition(x, sorted({k for both in ends for k in both}))
    return np.array([_between(x[a], x[b], k - a) for k, (a, b) in zip(at, ends, strict=True)])


def _between(a: float, b: float, share: float) -> float:
    """On a line from a to b, exact at both ends."""
    return b - (b - a) * (1.0 - share) if share >= 0.5 else a + (b - a) * share


def months_between(as_of: str, date: str) -> float:
    """Months from one ISO date to another: the inverse of ``add_months``, to within a day or three.

    Parameters
    ----------
    as_of : str
        ISO date. [-]
    date : str
        ISO date. [-]

    Returns
    -------
    float
        Negative when ``date`` lies before. [months]

    Examples
    --------
    >>> months_between("2026-01-26", "2029-12-26")
    47.0
    """
    a, b = dt.date.fromisoformat(as_of), dt.date.fromisoformat(date)
    whole = (b.year - a.year) * int(MONTHS_PER_YEAR) + b.month - a.month
    if dt.date.fromisoformat(str(add_months(as_of, whole))) > b:
        whole -= 1
    anchor = dt.date.fromisoformat(str(add_months(as_of, whole)))
    return whole + (b - anchor).days / calendar.monthrange(anchor.year, anchor.month)[1]


@lru_cache(maxsize=64)
def quarter_ends(as_of: str, count: int) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The next calendar quarter ends after a date, as dates and as months from it.

    Parameters
    ----------
    as_of : str
        ISO date. [-]
    count : int
        How many. [-]

    Returns
    -------
    (dates, months) : tuple of str, array (count,)
        ISO dates [-] and months from ``as_of``. [months]

    Examples
    --------
    >>> quarter_ends("2026-11-23", 2)[0]
    ('2026-12-31', '2027-03-31')
    """
    start = dt.date.fromisoformat(as_of)
    dates: list[str] = []
    year, month = start.year, (start.month + 2) // 3 * 3
    for _ in range(count):
        dates.append(dt.date(year, month, calendar.monthrange(year, month)[1]).isoformat())
        year, month = (year + 1, 3) if month == 12 else (year, month + 3)
    months = np.array([months_between(as_of, d) for d in dates])
    months.flags.writeable = False  # it is kept
    return tuple(dates), months


def letter_dates(*plans: Schedule, as_of: str, reply_months: float, commitments: Sequence[str] = ()) -> dict[str, str]:
    """By when to write about each task: its latest start less the time a reply takes, never before today, nor after
    the task starts in the schedule: a letter that may be late would contradict the dates beside it.

    A task that the money is committed with, such as the connection contract, waits for every answer: no letter may
    be later than the one that its own start needs.

    Parameters
    ----------
    *plans : Schedule
        Networks calculated, say to first power and to full power: the earliest date holds. [months]
    as_of : str
        ISO date of today. [-]
    reply_months : float
        From a letter to a usable answer. [months]
    commitments : sequence of str
        Tasks that may start only when every answer is in; those that no plan has are ignored. [-]

    Returns
    -------
    dict
        Task id to ISO date; medians over draws. [-]
    """
    months: dict[str, float] = {}
    for plan in plans:
        latest = (plan.start_months + plan.float_months).reshape(-1, len(plan.ids))
        starts = np.median(plan.start_months.reshape(-1, len(plan.ids)), axis=0)
        by = np.minimum(np.maximum(np.median(latest, axis=0) - reply_months, 0.0), starts)
        for i, m in zip(plan.ids, by, strict=True):
            months[i] = min(float(m), months.get(i, np.inf))
    last = min((months[i] for i in commitments if i in months), default=np.inf)
    dates = {i: add_months(as_of, min(m, last)) for i, m in months.items()}
    return {i: date for i, date in dates.items() if date is not None}


def deadline_check(
    *, as_of: str, deadline: str, full_months: ArrayLike, online_mw_at_deadline: ArrayLike, full_mw: float
) -> Deadline:
    """Whether full power comes by a deadline, and what is there if not.

    Parameters
    ----------
    as_of : str
        ISO date of the decision. [-]
    deadline : str
        ISO date. [-]
    full_months : float or array (...)
        Months to full power. [months]
    online_mw_at_deadline : float or array (...)
        ``online_mw`` at the deadline. [MW]
    full_mw : float
        Size of the campus. [MW]

    Returns
    -------
    Deadline
        ``shortfall_months`` is the median lateness, 0 when met. [MW, months]
    """
    allowed = months_between(as_of, deadline)
    full = np.atleast_1d(np.asarray(full_months, dtype=float))
    late = max(float(np.median(full)) - allowed, 0.0)
    mw = float(np.median(np.asarray(online_mw_at_deadline, dtype=float)))
    if late == 0.0:
        spare = months_in_words(allowed - float(np.median(full)))
        words = f"{in_mw(full_mw)} are on line by {deadline}, {spare} to spare"
    elif np.isfinite(late):
        words = f"Full power comes {months_in_words(late)} after {deadline}"
        words = f"{words}; by then {in_mw(_two_digits(mw))} of {in_mw(full_mw)} are on line"
    else:
        words = "Full power never comes with these stages"
        words = f"{words}; by {deadline} {in_mw(_two_digits(mw))} of {in_mw(full_mw)} are on line"
    return Deadline(deadline, late == 0.0, float(np.mean(full <= allowed)), late, mw, words)


def _two_digits(mw: float) -> float:
    """A date-limited size is not known better."""
    return float(f"{mw:.2g}")
