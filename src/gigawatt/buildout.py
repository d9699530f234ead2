"""Buildout: lead times -> critical path -> MW on line per quarter and the dates of first and full power.

A campus is a small network of tasks. Each task lasts some months, a number or an array of draws, and starts when its
predecessors have ended. The critical path method gives starts, ends and floats for all draws at once. Power arrives in
stages and halls are added at a limited rate; what is on line is the smaller of the two. Months count from the decision
(the as-of date) and become ISO dates at the edge.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gigawatt.units import MONTHS_PER_YEAR

_TOLERANCE_MONTHS = 1e-9
_LAST_YEAR = 9999  # the calendar of the standard library ends here


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: how long it takes, what must be done before, and how well the duration is known (A, B, C)."""

    id: str
    label: str
    duration_months: float | NDArray[np.float64]
    after: tuple[str, ...] = ()
    fact_class: str = "C"


@dataclass(frozen=True, slots=True)
class PowerStage:
    """A block of power that becomes usable some months after its start (the signed connection, or the order)."""

    id: str
    label: str
    added_mw: float
    duration_months: float | NDArray[np.float64]
    fact_class: str = "C"
    from_grid: bool = True


@dataclass(frozen=True, slots=True)
class Schedule:
    """Network calculated: arrays are (..., task), in the order of ``ids``; ``criticality`` is a share of draws."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    fact_classes: tuple[str, ...]
    start_months: NDArray[np.float64]
    end_months: NDArray[np.float64]
    float_months: NDArray[np.float64]
    critical: NDArray[np.bool_]
    criticality: NDArray[np.float64]
    length_months: NDArray[np.float64]

    def end_of(self, task_id: str) -> NDArray[np.float64]:
        """End of one task in months from the start, shape (...)."""
        return self.end_months[..., _index(self.ids, task_id)]

    def start_of(self, task_id: str) -> NDArray[np.float64]:
        """Start of one task in months from the start, shape (...)."""
        return self.start_months[..., _index(self.ids, task_id)]


@dataclass(frozen=True, slots=True)
class Holdup:
    """A task that holds the target up; ``gain_months`` is what its removal would save before the next path binds."""

    id: str
    label: str
    fact_class: str
    criticality: float
    gain_months: float
    words: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """Outcome against a deadline: is it met in the middle case, how likely, how late, how much is on line by then."""

    deadline: str
    met: bool
    probability: float
    shortfall_months: float
    online_mw: float
    words: str


def _index(ids: Sequence[str], task_id: str) -> int:
    if task_id not in ids:
        raise ValueError(f"task {task_id!r} is not in the network; expected one of {', '.join(ids)}")
    return list(ids).index(task_id)


def ordered(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Tasks with every predecessor before its followers, otherwise in the order given.

    Parameters
    ----------
    tasks : iterable of Task
        The network. [-]

    Returns
    -------
    tuple of Task

    Raises
    ------
    ValueError
        For a repeated id, an unknown predecessor, or a cycle; the message names the tasks.
    """
    waiting = list(tasks)
    ids = [t.id for t in waiting]
    if len(set(ids)) < len(ids):
        raise ValueError(f"task ids must differ; repeated: {', '.join(sorted({i for i in ids if ids.count(i) > 1}))}")
    for t in waiting:
        for p in t.after:
            if p not in ids:
                raise ValueError(f"task {t.id!r} comes after {p!r}, which does not exist; expected {', '.join(ids)}")
    done: list[Task] = []
    placed: set[str] = set()
    while waiting:
        ready = [t for t in waiting if placed.issuperset(t.after)]
        if not ready:
            raise ValueError(f"tasks wait for each other in a cycle: {', '.join(t.id for t in waiting)}")
        done += ready
        placed |= {t.id for t in ready}
        waiting = [t for t in waiting if t.id not in placed]
    return tuple(done)


def path_to(tasks: Iterable[Task], target: str) -> tuple[Task, ...]:
    """The part of a network that a target waits for: the target and all that comes before it.

    Parameters
    ----------
    tasks : iterable of Task
        The network. [-]
    target : str
        Id of the task to reach. [-]

    Returns
    -------
    tuple of Task
    """
    network = ordered(tasks)
    _index([t.id for t in network], target)
    wanted = {target}
    for t in reversed(network):
        if t.id in wanted:
            wanted.update(t.after)
    return tuple(t for t in network if t.id in wanted)


def _durations(network: Sequence[Task]) -> NDArray[np.float64]:
    """Durations stacked as (..., task)."""
    if not network:
        raise ValueError("a schedule needs at least one task; got none")
    columns = np.broadcast_arrays(*(np.asarray(t.duration_months, dtype=float) for t in network))
    stacked = np.stack(columns, axis=-1)
    if np.any(stacked < 0):
        bad = ", ".join(t.id for t, c in zip(network, columns, strict=True) if np.any(c < 0))
        raise ValueError(f"durations must be at least 0 months; negative: {bad}")
    return stacked


def _forward(
    durations: NDArray[np.float64], before: Sequence[Sequence[int]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Earliest starts and ends (..., task) of tasks in order; ``before`` lists the predecessors' positions."""
    starts, ends = np.zeros_like(durations), np.empty_like(durations)
    for i, previous in enumerate(before):
        if previous:
            starts[..., i] = np.max(ends[..., list(previous)], axis=-1)
        ends[..., i] = starts[..., i] + durations[..., i]
    return starts, ends


def _less(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference in which infinity less infinity is unknown, without a warning."""
    with np.errstate(invalid="ignore"):
        return a - b


def schedule(tasks: Iterable[Task]) -> Schedule:
    """Critical path method, forward and backward, for all draws at once.

    Parameters
    ----------
    tasks : iterable of Task
        The network; durations are scalars or arrays (...) with leading draw axes. [months]

    Returns
    -------
    Schedule
        Tasks in an order in which each follows its predecessors. [months]

    References
    ----------
    .. [1] J. E. Kelley and M. R. Walker, "Critical-path planning and scheduling", Proc. Eastern Joint Computer
       Conference, 1959, p. 160-173, doi:10.1145/1460299.1460318.

    Examples
    --------
    >>> s = schedule([Task("dig", "dig", 3.0), Task("buy", "buy", 5.0), Task("fit", "fit", 2.0, ("dig", "buy"))])
    >>> float(s.length_months), s.float_months.tolist(), s.critical.tolist()
    (7.0, [2.0, 0.0, 0.0], [False, True, True])
    """
    network = ordered(tasks)
    ids = tuple(t.id for t in network)
    before = [[ids.index(p) for p in t.after] for t in network]
    durations = _durations(network)
    starts, ends = _forward(durations, before)
    length = np.max(ends, axis=-1)
    latest = np.repeat(length[..., None], len(ids), axis=-1)
    for i in range(len(ids) - 1, -1, -1):
        for p in before[i]:
            begin = _less(latest[..., i], durations[..., i])
            begin = np.where(np.isnan(begin) & np.isinf(length), ends[..., p], begin)  # before a task that never ends
            latest[..., p] = np.minimum(latest[..., p], begin)
    slack = np.maximum(_less(latest, ends), 0.0)
    slack = np.where(np.isnan(slack) & np.isinf(length[..., None]), 0.0, slack)
    critical = slack <= _TOLERANCE_MONTHS * np.nan_to_num(np.maximum(1.0, length[..., None]), nan=1.0, posinf=1.0)
    share = critical.reshape(-1, len(ids)).mean(axis=0)
    return Schedule(
        ids=ids,
        labels=tuple(t.label for t in network),
        fact_classes=tuple(t.fact_class for t in network),
        start_months=starts,
        end_months=ends,
        float_months=slack,
        critical=critical,
        criticality=share,
        length_months=length,
    )


def gains_months(tasks: Iterable[Task], target: str) -> NDArray[np.float64]:
    """Months by which a target would come forward if each task in turn took no time.

    The gain is the smaller of the task's duration and the lead of the longest path over the longest path without it.

    Parameters
    ----------
    tasks : iterable of Task
        The network. [months]
    target : str
        Id of the task to reach. [-]

    Returns
    -------
    array (..., task)
        In the order of ``path_to(tasks, target)``; zero for tasks that are not critical. [months]
    """
    network = path_to(tasks, target)
    ids = [t.id for t in network]
    before = [[ids.index(p) for p in t.after] for t in network]
    durations = _durations(network)
    length = np.max(_forward(durations, before)[1], axis=-1)
    gains = np.empty_like(durations)
    for i in range(len(ids)):
        without = durations.copy()
        without[..., i] = 0.0
        gains[..., i] = _less(length, np.max(_forward(without, before)[1], axis=-1))
    return np.where(np.isnan(gains) & np.isinf(length[..., None]), 0.0, gains)


def holdups(tasks: Iterable[Task], target: str) -> tuple[Holdup, ...]:
    """What holds a target up, the most worthwhile first, in words.

    Parameters
    ----------
    tasks : iterable of Task
        The network. [months]
    target : str
        Id of the task to reach. [-]

    Returns
    -------
    tuple of Holdup
        Tasks with a gain, by mean gain over draws; where paths tie, the critical tasks with a gain of 0. The target
        itself is left out. [months]
    """
    network = path_to(tasks, target)
    share = dict(zip((s := schedule(network)).ids, s.criticality.tolist(), strict=True))
    gains = gains_months(network, target)
    mean = np.array([_finite_mean(column) for column in gains.reshape(-1, len(network)).T])
    found = []
    for i in np.argsort(-mean, kind="stable"):
        task, gain = network[i], float(mean[i])
        if task.id != target and gain > _TOLERANCE_MONTHS:
            words = f"What holds it up: {task.label}; " + (
                f"the next path is {_months(gain)} shorter" if np.isfinite(gain) else "it never ends"
            )
            found.append(Holdup(task.id, task.label, task.fact_class, share[task.id], gain, words))
    return tuple(found) or _ties(network, share, target)


def _finite_mean(x: NDArray[np.float64]) -> float:
    """Mean over the draws that end; infinite when none does."""
    kept = x[np.isfinite(x)]
    return float(np.mean(kept)) if kept.size else float(np.max(x))


def _ties(network: Sequence[Task], share: dict[str, float], target: str) -> tuple[Holdup, ...]:
    """Critical tasks on paths of equal length: none alone helps; the longest first."""
    tied = [t for t in network if t.id != target and share[t.id] > 0 and np.mean(t.duration_months) > 0]
    tied.sort(key=lambda t: -float(np.mean(t.duration_months)))
    words = "What holds it up: several paths of equal length, among them {}"
    return tuple(Holdup(t.id, t.label, t.fact_class, share[t.id], 0.0, words.format(t.label)) for t in tied)


def _months(months: float) -> str:
    """Months for people: no digits that a lead time does not have."""
    rounded = round(months)
    if rounded < 1:
        return "less than a month"
    return f"{rounded} month" + ("" if rounded == 1 else "s")


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
    built = np.where(when >= hall - _TOLERANCE_MONTHS, first + rate * np.maximum(when - hall, 0.0), 0.0)
    live = when[..., None] >= np.asarray(stage_months, dtype=float)[..., None, :] - _TOLERANCE_MONTHS
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
    return tuple(dates), np.array([months_between(as_of, d) for d in dates])


def letter_dates(*plans: Schedule, as_of: str, reply_months: float) -> dict[str, str]:
    """By when each task's question must be answered: its latest start less the time a reply takes, never before today.

    Parameters
    ----------
    *plans : Schedule
        Networks calculated, say to first power and to full power: the earliest date holds. [months]
    as_of : str
        ISO date of today. [-]
    reply_months : float
        From a letter to a usable answer. [months]

    Returns
    -------
    dict
        Task id to ISO date; medians over draws. [-]
    """
    dates: dict[str, str] = {}
    for plan in plans:
        latest = (plan.start_months + plan.float_months).reshape(-1, len(plan.ids))
        months = np.maximum(np.median(latest, axis=0) - reply_months, 0.0)
        for i, m in zip(plan.ids, months, strict=True):
            date = add_months(as_of, float(m))
            if date is not None:
                dates[i] = min(date, dates.get(i, date))
    return dates


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
        words = f"{full_mw:,.0f} MW are on line by {deadline}, {_months(allowed - float(np.median(full)))} to spare"
    elif np.isfinite(late):
        words = f"Full power comes {_months(late)} after {deadline}; by then {_mw(mw)} of {full_mw:,.0f} MW are on line"
    else:
        words = f"Full power never comes with these stages; by {deadline} {_mw(mw)} of {full_mw:,.0f} MW are on line"
    return Deadline(deadline, late == 0.0, float(np.mean(full <= allowed)), late, mw, words)


def _mw(mw: float) -> str:
    """A power to two digits: a date-limited size is not known better."""
    return f"{float(f'{mw:.2g}'):,.0f}"
