"""One campus: its power stages, its network of tasks, and the MW on line as halls and stages arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .network import TOLERANCE_MONTHS, Task


@dataclass(frozen=True, slots=True)
class PowerStage:
    """A block of power that becomes usable some months after its start (the signed connection, or the order)."""

    id: str
    label: str
    added_mw: float
    duration_months: float | NDArray[np.float64]
    fact_class: str = "C"
    from_grid: bool = True


def grid_stages(
    *, connection_mw: float, stage_mw: Sequence[float], stage_months: Sequence[ArrayLike], fact_classes: Sequence[str]
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
            label = f"grid connection, {upto:,.0f} MW"
            stages.append(PowerStage(f"grid_{i}", label, upto - reached, np.asarray(months, dtype=float), fact_class))
            reached = upto
    return tuple(stages)


def shell_months(
    *, build_to_first_months: ArrayLike, roof_to_operation_months: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split "land clearing to first operation" into the shell (to the roof) and the fit-out (roof to operation).

    Parameters
    ----------
    build_to_first_months : float or array (...)
        Land clearing to first operational building. [months]
    roof_to_operation_months : float or array (...)
        Roof complete to operational; cut to the whole where draws exceed it. [months]

    Returns
    -------
    (shell, fit_out) : arrays (...)
        They add up to ``build_to_first_months``. [months]
    """
    total = np.asarray(build_to_first_months, dtype=float)
    fit_out = np.minimum(np.asarray(roof_to_operation_months, dtype=float), total)
    return total - fit_out, fit_out + 0.0 * total


def campus_tasks(
    *,
    full_mw: float,
    first_hall_mw: ArrayLike,
    added_mw_per_month: ArrayLike,
    site_control_months: ArrayLike,
    permit_months: ArrayLike,
    finance_months: ArrayLike,
    licence_months: ArrayLike,
    grid_study_months: ArrayLike,
    stages: Sequence[PowerStage],
    transformer_first_months: ArrayLike,
    transformer_months: ArrayLike,
    source_months: ArrayLike,
    source_label: str,
    source_needed_for_first: bool,
    shell_months: ArrayLike,
    fit_out_months: ArrayLike,
    cooling_months: ArrayLike,
    rack_months: ArrayLike,
    commissioning_months: ArrayLike,
    build_before_finance: bool,
    classes: Sequence[tuple[str, str]] = (),
) -> tuple[Task, ...]:
    """The network of one campus, from today's decision to ``first_power`` and ``full_power``.

    Site control opens the permits and the grid study; permits (and finance, unless the owner builds before it closes)
    open the shell; licence and finance open the rack order; transformers are ordered on day one against a deposit.
    The first hall is ready when fit-out, cooling, racks and the first transformers are there; it is commissioned when
    a power stage is live. Further halls follow at a limited rate. Full power waits for the last stage that is needed.

    Parameters
    ----------
    full_mw : float
        Size of the campus, on the basis of all other MW here (say peak at the meter). [MW]
    first_hall_mw : float or array (...)
        Size of the first hall or building. [MW]
    added_mw_per_month : float or array (...)
        Halls added per month after the first. [MW/month]
    site_control_months, permit_months, finance_months, licence_months, grid_study_months : float or array (...)
        Durations; 0 where it is done or not needed. [months]
    stages : sequence of PowerStage
        Power by stage; grid stages start after the grid study, others (engines, turbines) after site control. [-]
    transformer_first_months, transformer_months : float or array (...)
        The campus's own transformers and switchgear: the first ones, and the last. [months]
    source_months : float or array (...)
        Who generates it: months to a contract on existing plants, or to build the new plant. [months]
    source_label : str
        Words for that source. [-]
    source_needed_for_first : bool
        Whether first power waits for the source (a contract) or only full power (a new plant). [-]
    shell_months, fit_out_months, cooling_months, rack_months, commissioning_months : float or array (...)
        Durations to build, fit out, deliver and commission. Fit-out here ends before commissioning. [months]
    build_before_finance : bool
        Whether the owner starts the shell on his own balance sheet before finance closes. [-]
    classes : sequence of (task id, class)
        Class of the facts behind tasks; C where not given. [-]

    Returns
    -------
    tuple of Task
        Ends with ``first_power`` and ``full_power``. [months]
    """
    if not stages:
        raise ValueError("a campus needs at least one power stage; got none")
    known = dict(classes)
    first_stage = min(stages, key=lambda s: _stage_mean_months(s, grid_study_months))
    last = needed_stages(stages, full_mw=full_mw, grid_study_months=grid_study_months)
    first_mw = np.minimum(np.asarray(first_hall_mw, dtype=float), full_mw)
    expansion = _months_to_add(full_mw - first_mw, np.asarray(added_mw_per_month, dtype=float))
    ground = ("permits",) if build_before_finance else ("permits", "finance")
    source_first = ("source",) if source_needed_for_first else ()
    stage_rows = [
        (s.id, s.label, s.duration_months, ("grid_study",) if s.from_grid else ("site_control",)) for s in stages
    ]
    rows: list[tuple[str, str, ArrayLike, tuple[str, ...]]] = [
        ("site_control", "site control", site_control_months, ()),
        ("permits", "permits", permit_months, ("site_control",)),
        ("finance", "financing close", finance_months, ()),
        ("licence", "export licence for the accelerators", licence_months, ()),
        ("grid_study", "grid study and connection contract", grid_study_months, ("site_control",)),
        *stage_rows,
        ("transformer_first", "first transformers and switchgear", transformer_first_months, ()),
        ("transformer", "last transformers and switchgear", transformer_months, ()),
        ("source", source_label, source_months, ()),
        ("shell", "shell of the first hall", shell_months, ground),
        ("cooling", "cooling plant", cooling_months, ("site_control",)),
        ("fit_out", "fit-out of the first hall", fit_out_months, ("shell",)),
        ("racks", "delivery of the first racks", rack_months, ("licence", "finance")),
        ("first_hall", "first hall ready", 0.0, ("fit_out", "cooling", "racks", "transformer_first")),
        ("first_power", "commissioning of the first hall", commissioning_months,
         ("first_hall", first_stage.id, *source_first)),
        ("halls", "further halls", expansion, ("first_hall",)),
        ("full_power", "commissioning of the last hall", commissioning_months,
         ("halls", "transformer", "source", "first_hall", *(s.id for s in last))),
    ]  # fmt: skip
    stage_class = {s.id: s.fact_class for s in stages}
    return tuple(
        Task(i, label, np.asarray(months, dtype=float), after, known.get(i, stage_class.get(i, "C")))
        for i, label, months, after in rows
    )


def _months_to_add(mw: NDArray[np.float64], mw_per_month: NDArray[np.float64]) -> NDArray[np.float64]:
    """Months to add halls: none for nothing, for ever at a rate of zero."""
    left, rate = np.broadcast_arrays(mw, mw_per_month)
    months = np.where(left > 0, np.inf, 0.0)
    return np.divide(left, rate, out=months, where=(left > 0) & (rate > 0))


def _stage_mean_months(stage: PowerStage, grid_study_months: ArrayLike) -> float:
    study = float(np.mean(np.asarray(grid_study_months, dtype=float))) if stage.from_grid else 0.0
    return float(np.mean(stage.duration_months)) + study


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
    for stage in sorted(stages, key=lambda s: _stage_mean_months(s, grid_study_months)):
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
