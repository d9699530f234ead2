"""Power by stage: a staged connection cut to size, which stages a campus needs, and the MW on line as they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gigawatt.units import in_mw

from .network import TOLERANCE_MONTHS


@dataclass(frozen=True, slots=True)
class PowerStage:
    """A block of power that becomes usable some months after its start (the signed connection, or the order).

    ``in_place`` is a connection that is live already: it waits for no study and no new substation. ``after`` is the
    task that the stage follows where it is neither the study nor the site, such as a plant of its own.
    """

    id: str
    label: str
    added_mw: float
    duration_months: float | NDArray[np.float64]
    fact_class: str = "C"
    from_grid: bool = True
    in_place: bool = False
    after: str = ""


def grid_stages(
    *,
    connection_mw: float,
    stage_mw: Sequence[float],
    stage_months: Sequence[ArrayLike],
    fact_classes: Sequence[str],
    live_mw: float = 0.0,
) -> tuple[PowerStage, ...]:
    """A staged grid connection cut to the size that is asked for.

    Parameters
    ----------
    connection_mw : float
        Power wanted from the grid. [MW]
    stage_mw : sequence of float
        Power reached at the end of each stage, cumulative and rising; the last may be infinite. [MW]
    stage_months : sequence of float or array (...)
        Months from the signed connection to the end of each stage. [months]
    fact_classes : sequence of str
        Class of each stage's date. [-]
    live_mw : float
        What an existing connection carries already, for the words. [MW]

    Returns
    -------
    tuple of PowerStage
        Only the stages needed; the last is cut. [MW, months]

    Examples
    --------
    RTE's first fast-track contract, 240 MW after 23 months and 700 MW after 47:

    >>> s = grid_stages(connection_mw=500, stage_mw=(240, 700), stage_months=(23, 47), fact_classes=("B", "B"))
    >>> [(x.id, x.added_mw, float(x.duration_months)) for x in s]
    [('grid_1', 240.0, 23.0), ('grid_2', 260.0, 47.0)]
    """
    if not len(stage_mw) == len(stage_months) == len(fact_classes):
        raise ValueError("stage_mw, stage_months and fact_classes must be equally long")
    if list(stage_mw) != sorted(stage_mw):
        raise ValueError(f"stage_mw must rise (it is cumulative); got {list(stage_mw)}")
    stages, reached = [], 0.0
    for i, (mw, months, fact_class) in enumerate(zip(stage_mw, stage_months, fact_classes, strict=True), start=1):
        upto = min(float(mw), float(connection_mw))
        if upto > reached:
            label = f"grid connection, {in_mw(upto + live_mw)}"
            stages.append(PowerStage(f"grid_{i}", label, upto - reached, np.asarray(months, dtype=float), fact_class))
            reached = upto
    return tuple(stages)


def stage_mean_months(stage: PowerStage, grid_study_months: ArrayLike) -> float:
    """Mean months to a stage, the study before a new connection included.

    Parameters
    ----------
    stage : PowerStage
        The stage. [months]
    grid_study_months : float or array (...)
        Study, queue and contract of a new connection. [months]

    Returns
    -------
    float
        Months. [months]
    """
    new_connection = stage.from_grid and not stage.in_place
    return _mean(stage.duration_months) + (_mean(grid_study_months) if new_connection else 0.0)


def _mean(x: Any) -> float:
    """Mean of draws, or the one number: of that ``np.mean`` takes longer than all else here."""
    return float(np.mean(np.asarray(x, dtype=float))) if np.ndim(x) else float(x)


def needed_stages(
    stages: Sequence[PowerStage], *, full_mw: float, grid_study_months: ArrayLike
) -> tuple[PowerStage, ...]:
    """The earliest stages that together carry the whole campus (all of them when they do not).

    Parameters
    ----------
    stages : sequence of PowerStage
        Power by stage. [MW]
    full_mw : float
        Power wanted. [MW]
    grid_study_months : float or array (...)
        Grid stages start this much later than the others. [months]

    Returns
    -------
    tuple of PowerStage
    """
    chosen: list[PowerStage] = []
    for stage in sorted(stages, key=lambda s: stage_mean_months(s, grid_study_months)):
        if sum(s.added_mw for s in chosen) >= full_mw * (1 - 1e-9):
            break
        chosen.append(stage)
    return tuple(chosen)


def online_mw(
    months: ArrayLike,
    *,
    first_hall_months: ArrayLike,
    first_hall_mw: ArrayLike,
    added_mw_per_month: ArrayLike,
    full_mw: float,
    stage_months: ArrayLike,
    stage_mw: ArrayLike,
    commissioning_months: ArrayLike,
) -> NDArray[np.float64]:
    """MW on line at given times: the smaller of halls that stand and power that has arrived.

    Parameters
    ----------
    months : float or array (time,)
        Times, from the decision. [months]
    first_hall_months : float or array (...)
        When the first hall is ready. [months]
    first_hall_mw : float or array (...)
        Its size. [MW]
    added_mw_per_month : float or array (...)
        Halls added per month after it. [MW/month]
    full_mw : float
        Size of the campus. [MW]
    stage_months : array (..., stage)
        When each power stage is live. [months]
    stage_mw : array (stage,)
        What each stage adds. [MW]
    commissioning_months : float or array (...)
        From hall and power to on line. [months]

    Returns
    -------
    array (..., time), or (...) where ``months`` is a scalar
        Power on line. [MW]

    Examples
    --------
    >>> online_mw([20, 30, 60], first_hall_months=22, first_hall_mw=100, added_mw_per_month=50, full_mw=1000,
    ...           stage_months=[23, 47], stage_mw=[240, 760], commissioning_months=1).tolist()
    [0.0, 240.0, 1000.0]
    """
    t = np.asarray(months, dtype=float)
    when = (t if t.ndim else t[None]) - np.asarray(commissioning_months, dtype=float)[..., None]
    hall = np.asarray(first_hall_months, dtype=float)[..., None]
    rate = np.asarray(added_mw_per_month, dtype=float)[..., None]
    first = np.asarray(first_hall_mw, dtype=float)[..., None]
    built = np.where(when >= hall - TOLERANCE_MONTHS, first + rate * np.maximum(when - hall, 0.0), 0.0)
    live = when[..., None] >= np.asarray(stage_months, dtype=float)[..., None, :] - TOLERANCE_MONTHS
    arrived = np.sum(live * np.asarray(stage_mw, dtype=float), axis=-1)
    mw = np.minimum(np.minimum(built, arrived), full_mw)
    return mw if t.ndim else mw[..., 0]


def power_months(*, stage_months: ArrayLike, stage_mw: ArrayLike, wanted_mw: float) -> NDArray[np.float64]:
    """When the power stages together reach a size; infinite when they never do.

    Parameters
    ----------
    stage_months : array (..., stage)
        When each stage is live. [months]
    stage_mw : array (stage,)
        What each adds. [MW]
    wanted_mw : float
        Power wanted. [MW]

    Returns
    -------
    array (...)
        Months from the decision. [months]
    """
    ready = np.asarray(stage_months, dtype=float)
    sizes = np.broadcast_to(np.asarray(stage_mw, dtype=float), ready.shape)
    order = np.argsort(ready, axis=-1, kind="stable")
    reached = np.cumsum(np.take_along_axis(sizes, order, axis=-1), axis=-1)
    enough = reached >= wanted_mw * (1 - 1e-9)
    return np.min(np.where(enough, np.take_along_axis(ready, order, axis=-1), np.inf), axis=-1)
