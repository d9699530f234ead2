"""Many clusters, accelerators and models at once: for each the fastest of a few plans that practitioners use.

A full search (`plans.search`) weighs thousands of plans for one run in milliseconds. Here a hundred thousand runs share
a second: a model is split ever further until it fits, once for each way to save memory, and the fastest way is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .model_shape import ModelShape
from .plan_memory import plan_memory
from .step_time import FULL, NONE, SELECTIVE, STATE, WEIGHTS, Calibration, Machine, Plan, step_time

Values = float | np.ndarray  # one number, or any shape of them
Floats = NDArray[np.float64]

DENSE = (
    (1, 1),
    (2, 1),
    (4, 1),
    (8, 1),
    (8, 2),
    (8, 4),
    (8, 8),
    (8, 16),
    (8, 32),
)  # tensor, pipeline: ever smaller parts
EXPERTS = ((1, 1), (1, 2), (1, 4), (1, 8), (2, 8), (4, 8), (4, 16), (8, 16), (8, 32))  # the same, with experts
WAYS = ((NONE, STATE), (SELECTIVE, STATE), (FULL, STATE), (SELECTIVE, WEIGHTS), (FULL, WEIGHTS))  # recompute, sharded
LARGER = 4.0  # sequences of a micro-batch, where they fit too
GROUPS = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)  # of experts
CHUNKS = (2.0, 4.0, 8.0)  # of a stage
ONE_SERVER = 8.0
PART = 2048  # runs at a time: what stays in the cache
T = TypeVar("T", ModelShape, Machine, Calibration)


@dataclass(frozen=True, slots=True)
class Swept:
    """The plan taken for each run and its step time; infinite where none of the grid fits."""

    plan: Plan
    seconds: Floats

    @property
    def tokens_per_s_per_accelerator(self) -> Floats:
        """Speed. [1/s]"""
        return np.asarray(self.plan.tokens / self.seconds / self.plan.accelerators)


def sweep(
    m: ModelShape,
    hw: Machine,
    c: Calibration,
    *,
    accelerators: Values,
    batch: Values,
    sequence: Values,
    memory_share: Values = 1.0,
    kept_bytes: Values = 2.0,
) -> Swept:
    """Best of a few plans for each of many runs.

    Parameters
    ----------
    m : ModelShape
        Models, one a run or one for all. [-]
    hw : Machine
        Accelerators. [-]
    c : Calibration
        Fitted constants. [-]
    accelerators, batch, sequence : float or array
        Accelerators, sequences per step, tokens per sequence. [-]
    memory_share : float or array
        Share of the memory that weights, state and activations may fill. [-]
    kept_bytes : float or array
        As in `plan_memory`. [B]

    Returns
    -------
    Swept
        Plans and step times.
    """
    sizes = np.broadcast_arrays(*(np.asarray(x, float) for x in (accelerators, batch, sequence, memory_share)))
    runs = sizes[0].size
    table = np.stack([np.ravel(x) for x in sizes])
    parts = []
    for k in range(0, runs, PART):
        at = np.s_[k : k + PART]
        some = (_part(m, at, runs), _part(hw, at, runs), _part(c, at, runs))
        parts.append(_best(*some, table[:, at], _cut(kept_bytes, at, runs)))
    plan = Plan(**{f.name: np.concatenate([getattr(p.plan, f.name) for p in parts]) for f in fields(Plan)})
    return Swept(plan, np.concatenate([p.seconds for p in parts]))


def _cut(value: Values, at: slice, runs: int) -> Values:
    """Values of some runs as a column; what is the same for all stays a number."""
    return np.reshape(value, (-1,))[at][:, None] if np.size(value) == runs > 1 else np.asarray(value, float)


def _part(x: T, at: slice, runs: int) -> T:
    return replace(x, **{f.name: _cut(getattr(x, f.name), at, runs) for f in fields(x)})


def _best(m: ModelShape, hw: Machine, c: Calibration, table: Floats, kept_bytes: Values) -> Swept:
    """For each way the least split that fits, with either micro-batch; of these the fastest."""
    n, batch, sequence, share = table[:, :, None]
    ladders = zip(np.array(EXPERTS, float).T, np.array(DENSE, float).T, strict=True)
    tp, pp = (np.where(m.is_moe, x, y) + 0.0 * n for x, y in ladders)
    replicas, room = n / (tp * pp), share * np.asarray(hw.memory_bytes, float)
    possible = _whole(replicas) & (pp <= m.layers) & (np.asarray(m.heads, float) % tp == 0) & (tp <= hw.domain)
    usual = {"accelerators": n, "batch": batch, "sequence": sequence, "tensor": tp, "pipeline": pp}
    plan = Plan(**usual, expert=_experts(m, n / pp, hw.domain), interleave=_chunks(m, pp))
    tried: list[tuple[Plan, NDArray[np.bool_]]] = []

    def fits(p: Plan, sound: NDArray[np.bool_]) -> NDArray[np.bool_]:
        need = np.asarray(plan_memory(m, p, unfused=c.unfused, kept_bytes=kept_bytes).total)
        return sound & (need <= room) & _whole(batch / np.maximum(p.data, 1.0) / p.micro_batch)

    for recompute, sharded in WAYS:
        way = replace(plan, recompute=recompute, sharded=sharded)
        sound = fits(way, possible & ((sharded < WEIGHTS) | (pp == 1.0)))
        first = np.argmax(sound, axis=1)[:, None]
        one = _at(way, first, sound.shape)
        tried.append((one, np.take_along_axis(sound, first, 1)))
        more = replace(one, micro_batch=np.full_like(one.tensor, LARGER))
        tried.append((more, fits(more, tried[-1][1])))
    few = Plan(**{f.name: np.concatenate([getattr(p, f.name) for p, _ in tried], axis=1) for f in fields(Plan)})
    seconds = np.where(
        np.concatenate([f for _, f in tried], axis=1), np.asarray(step_time(m, few, hw, c).total), np.inf
    )
    best = np.argmin(seconds, axis=1)[:, None]
    taken = _at(few, best, seconds.shape)
    plan = Plan(**{f.name: getattr(taken, f.name)[:, 0] for f in fields(Plan)})
    return Swept(plan, np.take_along_axis(seconds, best, 1)[:, 0])


def _at(p: Plan, index: NDArray[np.intp], shape: tuple[int, ...]) -> Plan:
    whole = {f.name: np.broadcast_to(getattr(p, f.name), shape) for f in fields(Plan)}
    return Plan(**{name: np.take_along_axis(x, index, 1) for name, x in whole.items()})


def _experts(m: ModelShape, ranks: Floats, domain: Values) -> Floats:
    """Most groups of experts that divide them and the stage, inside one domain or one server."""
    found = np.ones_like(ranks)
    for groups in GROUPS:
        fits = (np.asarray(m.experts, float) % groups == 0) & _whole(ranks / groups)
        fits &= groups <= np.maximum(domain, ONE_SERVER)
        found = np.where(np.asarray(m.is_moe) & fits, groups, found)
    return found


def _chunks(m: ModelShape, pipeline: Floats) -> Floats:
    """Most chunks that divide a stage."""
    stage, found = np.ceil(np.asarray(m.layers, float) / pipeline), np.ones_like(pipeline)
    for chunks in CHUNKS:
        found = np.where((pipeline > 1.0) & (stage % chunks == 0), chunks, found)
    return found


def _whole(x: Values) -> NDArray[np.bool_]:
    y = np.asarray(x, float)
    return (np.abs(y - np.round(y)) < 1e-9) & (y >= 1.0 - 1e-9)
