"""The network of tasks: critical path method, what holds a target up, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOLERANCE_MONTHS = 1e-9


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: how long it takes, what must be done before, how well that is known, and whose work it is."""

    id: str
    label: str
    duration_months: float | NDArray[np.float64]
    after: tuple[str, ...] = ()
    fact_class: str = "C"
    group: str = ""


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

    @property
    def late_start_months(self) -> NDArray[np.float64]:
        """Latest starts that do not move the end of the network, shape (..., task)."""
        return self.start_months + self.float_months

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


def followers(tasks: Iterable[Task], task_id: str) -> frozenset[str]:
    """Ids of all tasks that wait for a task, at once or through others.

    Parameters
    ----------
    tasks : iterable of Task
        The network. [-]
    task_id : str
        Id of the task. [-]

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> sorted(followers([Task("a", "a", 1.0), Task("b", "b", 1.0, ("a",)), Task("c", "c", 1.0, ("b",))], "a"))
    ['b', 'c']
    """
    network = ordered(tasks)
    _index([t.id for t in network], task_id)
    found = {task_id}
    for t in network:
        if not found.isdisjoint(t.after):
            found.add(t.id)
    return frozenset(found - {task_id})


def ends(tasks: Iterable[Task]) -> dict[str, NDArray[np.float64]]:
    """Earliest end of every task, in an order in which each follows its predecessors: the forward pass alone.

    Parameters
    ----------
    tasks : iterable of Task
        The network. [months]

    Returns
    -------
    dict of str to array (...)
        Months from the start. [months]

    Examples
    --------
    >>> found = ends([Task("dig", "dig", 3.0), Task("fit", "fit", 2.0, ("dig",))])
    >>> {i: float(x) for i, x in found.items()}
    {'dig': 3.0, 'fit': 5.0}
    """
    network = ordered(tasks)
    _refuse_negative(network)
    larger: Callable[[Any, Any], Any] = np.maximum if any(np.ndim(t.duration_months) for t in network) else max
    found: dict[str, Any] = {}
    for t in network:
        begin = reduce(larger, (found[p] for p in t.after)) if t.after else 0.0
        found[t.id] = begin + (t.duration_months if larger is not max else float(t.duration_months))
    return {i: np.asarray(x, dtype=float) for i, x in found.items()}


def _refuse_negative(network: Sequence[Task]) -> None:
    def is_bad(months: Any) -> bool:
        return bool(np.any(np.asarray(months) < 0)) if np.ndim(months) else bool(months < 0)

    bad = [t.id for t in network if is_bad(t.duration_months)]
    if bad:
        raise ValueError(f"durations must be at least 0 months; negative: {', '.join(bad)}")


def _durations(network: Sequence[Task]) -> NDArray[np.float64]:
    """Durations stacked as (..., task)."""
    if not network:
        raise ValueError("a schedule needs at least one task; got none")
    columns = np.broadcast_arrays(*(np.asarray(t.duration_months, dtype=float) for t in network))
    _refuse_negative(network)
    return np.stack(columns, axis=-1)


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
    never = np.isinf(length)
    endless = bool(never.any())
    for i in range(len(ids) - 1, -1, -1):
        if before[i]:
            begin = _less(latest[..., i], durations[..., i])[..., None]
            if endless:  # before a task that never ends
                begin = np.where(np.isnan(begin) & never[..., None], ends[..., before[i]], begin)
            latest[..., before[i]] = np.minimum(latest[..., before[i]], begin)
    slack = np.maximum(_less(latest, ends), 0.0)
    slack = np.where(np.isnan(slack) & np.isinf(length[..., None]), 0.0, slack)
    critical = slack <= TOLERANCE_MONTHS * np.nan_to_num(np.maximum(1.0, length[..., None]), nan=1.0, posinf=1.0)
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
    without = np.repeat(durations[None], len(ids), axis=0)
    for i in range(len(ids)):
        without[i, ..., i] = 0.0
    gains = np.moveaxis(_less(length, np.max(_forward(without, before)[1], axis=-1)), 0, -1)
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
        if task.id != target and gain > TOLERANCE_MONTHS:
            words = f"What holds it up: {task.label}; " + (
                f"the next path is {months_in_words(gain)} shorter" if np.isfinite(gain) else "it never ends"
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


def months_in_words(months: float) -> str:
    """Months for people: no digits that a lead time does not have.

    Parameters
    ----------
    months : float
        A span. [months]

    Returns
    -------
    str

    Examples
    --------
    >>> months_in_words(0.4), months_in_words(7.6)
    ('less than a month', '8 months')
    """
    rounded = round(months)
    if rounded < 1:
        return "less than a month"
    return f"{rounded} month" + ("" if rounded == 1 else "s")
