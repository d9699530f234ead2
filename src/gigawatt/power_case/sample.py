"""A series that is not a year long stands for a year: its yearly costs in, and its answer back out, are scaled.

The power room takes the series it is given for the whole year. A fortnight would then carry a year of fixed cost on a
fortnight of energy. So every figure per year is first cut to the length of the series, and the answer is stretched
back; figures per MW, per MWh and shares are the same on both sides.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from gigawatt.power.explain import Nearest, Relaxation
from gigawatt.power.problem import Answer, Limit, Problem

_YEARLY_UNIT = "/year"
_HOURS_A_YEAR = ("max_lost_load_hours", "max_loss_of_load_hours", "loss_of_load_hours")  # sums over the series
_USD_A_YEAR = re.compile(r"(-?\d[\d.]*(?:e[+-]?\d+)?) USD/year")


def yearly(name: str) -> bool:
    """Whether a field is an amount per year, so that it shrinks with the length of the series.

    Parameters
    ----------
    name : str
        Field of the power room. [text]

    Returns
    -------
    bool
    """
    return name.endswith("_year") or name in _HOURS_A_YEAR


def _times(part: Any, factor: float) -> Any:
    """The part and those within it with every yearly figure multiplied."""
    change: dict[str, Any] = {}
    for f in fields(part):
        value = getattr(part, f.name)
        if is_dataclass(value):
            change[f.name] = _times(value, factor)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            change[f.name] = tuple(_times(v, factor) for v in value)
        elif yearly(f.name) and value is not None:
            change[f.name] = value * factor
    return replace(part, **change)


def as_series(problem: Problem, year_share: float) -> Problem:
    """The problem with its yearly figures cut to the length of its series.

    Parameters
    ----------
    problem : Problem
        Yearly figures per year. [-]
    year_share : float
        Length of one weather year of the series over a year. [-]

    Returns
    -------
    Problem
    """
    return problem if year_share == 1.0 else _times(problem, year_share)


def as_year(answer: Answer, year_share: float) -> Answer:
    """The answer of such a problem with its yearly figures per year again.

    Parameters
    ----------
    answer : Answer
        Of the power room. [-]
    year_share : float
        As in `as_series`. [-]

    Returns
    -------
    Answer
    """
    if year_share == 1.0:
        return answer
    longer = _times(replace(answer, limits=(), cuts=None), 1.0 / year_share)  # cuts are those of the series
    return replace(
        longer,
        limits=tuple(_limit(limit, 1.0 / year_share) for limit in answer.limits),
        tried=tuple(_words(words, 1.0 / year_share) for words in answer.tried),
    )


def _words(words: str, factor: float) -> str:
    """The sums of money in them per year again."""
    return _USD_A_YEAR.sub(lambda found: f"{float(found[1]) * factor:.6g} USD/year", words)


def _limit(limit: Limit, factor: float) -> Limit:
    if limit.unit.endswith(_YEARLY_UNIT):  # an amount per year grows, the worth of its unit stays
        return replace(limit, value=limit.value * factor, limit=limit.limit * factor)
    return replace(limit, usd_per_unit_year=limit.usd_per_unit_year * factor)


def nearest_as_year(found: Nearest, year_share: float) -> Nearest:
    """The nearest plan with its yearly figures per year again.

    Parameters
    ----------
    found : Nearest
        Of the power room. [-]
    year_share : float
        As in `as_series`. [-]

    Returns
    -------
    Nearest
    """
    if year_share == 1.0:
        return found
    moves = tuple(_relaxation(move, 1.0 / year_share) for move in found.relaxations)
    words = " ".join(move.words for move in moves) or found.words
    return replace(found, relaxations=moves, answer=as_year(found.answer, year_share), words=words)


def _relaxation(move: Relaxation, factor: float) -> Relaxation:
    if not move.unit.endswith(_YEARLY_UNIT):
        return move
    limit, needed = move.limit * factor, move.needed * factor
    words = move.words.partition(" from ")[0] + f" from {limit:,.4g} to {needed:,.4g} {move.unit}."
    return replace(move, limit=limit, needed=needed, words=words)
