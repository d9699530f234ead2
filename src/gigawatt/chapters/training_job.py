"""A training run on so many accelerators: its best plan, speed, goodput, the largest useful number, the fewest enough.

The one calculation behind `gigawatt train` and the plan. Plans are searched on numbers with many divisors and stretched
by further replicas to the number asked for; searches are kept, so that draws, rungs and countries share them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gigawatt.chapters import runs
from gigawatt.chapters.recovering import Recovery
from gigawatt.chapters.runs import RUN_DAYS, Run
from gigawatt.chapters.training import WIDTH, Setting, calibration, constants, kept_bytes, machine_of, powered
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.optimal_run import optimal_params, sized_shape
from gigawatt.compute.plans import Search, candidates, search, take
from gigawatt.compute.step_time import Calibration, Machine, Plan, step_time
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.units import in_percent

DEGREES = {  # of a plan, in words
    "accelerators": "accelerators in the run",
    "batch": "sequences per step",
    "sequence": "tokens per sequence",
    "tensor": "tensor-parallel degree",
    "pipeline": "pipeline stages",
    "context": "context-parallel degree",
    "expert": "expert-parallel degree",
    "interleave": "chunks of layers per stage",
    "micro_batch": "sequences of a micro-batch",
    "recompute": "computed again: 0 nothing, 1 what is cheap, 2 all",
    "sharded": "ZeRO stage",
}
PARTS = {  # of a step, in words
    "matmul": "matrix products",
    "attention": "attention",
    "elementwise": "memory-bound work",
    "starts": "kernel starts",
    "vocabulary": "vocabulary and loss",
    "tensor_parallel": "tensor-parallel communication, exposed",
    "context_parallel": "context-parallel communication, exposed",
    "expert_parallel": "expert-parallel communication, exposed",
    "pipeline_parallel": "pipeline communication, exposed",
    "data_parallel": "data-parallel communication, exposed",
    "bubble": "pipeline bubble",
    "optimizer": "optimizer",
    "fixed": "once per step",
    "stragglers": "slowest accelerators",
}
QUARTERS = 4  # sizes searched in an octave: 4, 5, 6 and 7 times a power of two
ROUND_PARTS = (4, 8, 6, 5, 7)  # of an octave, those with the most divisors first
CLOSE_BATCH = 0.12  # how far from its size, in logarithms, a batch is rounded: one of the parts is always as near
LARGEST_CLUSTER = 4_194_304  # accelerators beyond which no useful size is looked for
KEPT = 5  # plans kept of a search
STEEPEST = 0.95  # of the loss exponent: a run that hardly speeds up any more
AROUND = 4  # times smaller and larger, between which the loss exponent is taken
LEAST_GOODPUT = 1e-9  # so that a run that never advances compares
SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Growth:
    """How the reference run grows with its cluster.

    Parameters
    ----------
    like : ModelShape
        The model whose proportions it has. [-]
    tokens_per_param, utilisation, days : float
        Tokens per parameter; share of peak presumed, and length of the run, to size it. [-, -, d]
    """

    like: ModelShape
    tokens_per_param: float
    utilisation: float
    days: float


@dataclass(frozen=True, slots=True)
class Job:
    """A run on accelerators of one type, whatever their number; all plain numbers, so that answers can be kept.

    Parameters
    ----------
    item : str
        The accelerator in the catalogue. [text]
    machine, constants : Machine, Calibration
        The accelerator, and what it reaches. [-]
    usable_bytes, kept_bytes : float
        Memory that a plan may fill; bytes per number kept for the backward pass. [B]
    sequence : int
        Tokens per sequence. [token]
    batch_tokens, batch_run_tokens : float
        Batch of the reference run, and its length: batches grow with the root of the length. [token]
    run : Run or None
        What is trained; None: the run that the cluster deserves. [-]
    growth : Growth
        That run. [-]
    batch : int or None
        Sequences per step, if given. [-]
    fixed : tuple
        Degrees that are given, as pairs. [-]
    """

    item: str
    machine: Machine
    constants: Calibration
    usable_bytes: float
    kept_bytes: float
    sequence: int
    batch_tokens: float
    batch_run_tokens: float
    run: Run | None
    growth: Growth
    batch: int | None = None
    fixed: tuple[tuple[str, float], ...] = ()

    @property
    def free(self) -> Job:
        """The same with the plan's degrees free."""
        return replace(self, fixed=())

    def run_on(self, accelerators: int) -> Run:
        """What so many accelerators train."""
        return self.run or _deserved(self.growth, float(self.machine.peak_flop_per_s), base_of(accelerators))


@dataclass(frozen=True, slots=True)
class Laid:
    """A run laid over accelerators: its best plans first.

    Parameters
    ----------
    run : Run
        What is trained. [-]
    accelerators, used, batch : int
        Accelerators there are, those in the run, sequences per step. [-]
    plans, seconds : tuple
        Plans and time of a step of each. [-, s]
    model_flop : float
        FLOP of a step of the best plan as MFU counts them. [FLOP]
    product_share : float
        Share of the best plan's step in matrix products. [-]
    weighed, fitting : int
        Plans priced, and those within the memory. [-]
    smallest_bytes : float
        Memory of the plan that needs least. [B]
    """

    run: Run
    accelerators: int
    used: int
    batch: int
    plans: tuple[Plan, ...]
    seconds: tuple[float, ...]
    model_flop: float
    product_share: float
    weighed: int
    fitting: int
    smallest_bytes: float

    @property
    def replica(self) -> float:
        """Accelerators of one replica of the best plan. [-]"""
        p = self.plans[0]
        return float(p.accelerators) / float(p.data)

    @property
    def tokens_per_s(self) -> float:
        """Speed of the best plan, all accelerators together; 0 where none fits. [token/s]"""
        return float(self.plans[0].tokens) / self.seconds[0] if self.plans else 0.0

    @property
    def flop_per_s(self) -> float:
        """The same as training compute. [FLOP/s]"""
        return self.tokens_per_s * self.run.flop / self.run.tokens


def job_of(
    facts: Facts,
    item: str,
    precision: str,
    *,
    run: Run | None,
    software: float | None = None,
    capped: float = 1.0,
    sequence: int | None = None,
    batch: int | None = None,
    fixed: Mapping[str, float] | None = None,
    speed: float = 1.0,
) -> Job:
    """A job from facts; `speed` over that of the runs that were measured.

    Measured runs are as fast as the model says of their own plans, and reach `training.practice` of the best plan there
    is, as their operators chose others: that share is counted unless nothing of the plan is left to choose.

    Raises
    ------
    ScenarioError
        When the accelerator lacks the precision.
    """
    look = runs.plain(facts)
    setting = setting_of(facts, item, precision, software, capped)
    machine, known = machine_of(facts, item, precision), calibration(constants(facts), setting)
    reached = 1.0 if chosen(fixed or {}, run) else look(practice_id(run))
    return Job(
        item=item,
        machine=machine,
        constants=replace(known, software=known.software / (speed * reached)),
        usable_bytes=look("training.memory_share") * float(machine.memory_bytes),
        kept_bytes=kept_bytes(facts, precision),
        sequence=int(sequence or look("training.sequence")),
        batch_tokens=look("training.batch_at_reference"),
        batch_run_tokens=look("training.batch_reference_tokens"),
        run=run,
        growth=Growth(
            like=runs.like(facts),
            tokens_per_param=look("training.tokens_per_param"),
            utilisation=look("training.presumed_utilisation"),
            days=RUN_DAYS,
        ),
        batch=batch,
        fixed=tuple((fixed or {}).items()),
    )


def chosen(fixed: Mapping[str, float], run: Run | None) -> bool:
    """Whether the degrees given leave nothing of a plan to choose."""
    needed = {"tensor", "pipeline", "context", "micro_batch", "recompute", "sharded"}
    if fixed.get("pipeline", 1.0) > 1.0:
        needed.add("interleave")
    if run is not None and run.shape.is_moe:
        needed.add("expert")
    return needed <= set(fixed)


def practice_id(run: Run | None) -> str:
    """Fact of what measured runs reach of the best plan; the reference run is dense."""
    return f"training.practice.{'moe' if run is not None and run.shape.is_moe else 'dense'}"


def setting_of(facts: Facts, item: str, precision: str, software: float | None, capped: float = 1.0) -> Setting:
    """What the fitted constants depend on."""
    if precision not in WIDTH:
        raise ScenarioError(f"precision: {precision!r}; expected one of {', '.join(WIDTH)}")
    date = float(facts["training.latest_date"].value) if software is None else float(software)
    family = str(facts[f"accelerator.{item}.family"].value)
    return Setting(family=family, precision=precision, date=date, capped=powered(facts, item, capped))


# --- Plans ------------------------------------------------------------------------------------------------------------


def base_of(accelerators: int) -> int:
    """The largest number up to this one that is 4, 5, 6 or 7 times a power of two: what plans are searched on."""
    if accelerators < 2 * QUARTERS:
        return accelerators
    unit = 2 ** (accelerators.bit_length() - QUARTERS.bit_length())
    return accelerators // unit * unit


@lru_cache(maxsize=8192)
def _deserved(growth: Growth, peak_flop_per_s: float, accelerators: int) -> Run:
    params = optimal_params(
        accelerators=float(accelerators),
        peak_flop_per_s=peak_flop_per_s,
        utilisation=growth.utilisation,
        days=growth.days,
        tokens_per_param=growth.tokens_per_param,
    )
    shape = sized_shape(params=float(params), like=growth.like)
    return Run(runs.label_of(float(params)), shape, growth.tokens_per_param * float(shape.active_params))


@lru_cache(maxsize=8192)
def lay(job: Job, accelerators: int) -> Laid:
    """The best plans of a job on so many accelerators, or on the few less that its replicas divide into."""
    run = job.run_on(accelerators)
    given = job.batch is not None or bool(job.fixed)
    base = accelerators if given else base_of(accelerators)
    batch = job.batch or _batch(job, run, base, accelerators)
    found = _search(job, run.shape, base, batch)
    plans = found.plans if base == accelerators or not found.fitting else _stretched(found.plans, accelerators)
    b = step_time(run.shape, plans, job.machine, job.constants) if found.fitting else None
    seconds = np.asarray(b.total) if b else np.zeros(0)
    order = np.argsort(seconds / np.asarray(plans.tokens), kind="stable").tolist() if b else []
    return Laid(
        run=run,
        accelerators=accelerators,
        used=round(float(np.asarray(plans.accelerators)[order[0]])) if b else accelerators,
        batch=round(float(np.asarray(plans.batch)[order[0]])) if b else batch,
        plans=tuple(take(plans, i) for i in order),
        seconds=tuple(float(seconds[i]) for i in order),
        model_flop=float(np.asarray(b.model_flop)[order[0]]) if b else 0.0,
        product_share=float((np.asarray(b.matmul) / b.total)[order[0]]) if b else 0.0,
        weighed=found.weighed,
        fitting=found.fitting,
        smallest_bytes=found.smallest_bytes,
    )


@lru_cache(maxsize=4096)
def _search(job: Job, shape: ModelShape, accelerators: int, batch: int) -> Search:
    plans = candidates(
        shape,
        accelerators=accelerators,
        batch=batch,
        sequence=job.sequence,
        domain=int(job.machine.domain),
        fixed=dict(job.fixed),
    )
    return search(
        shape,
        plans,
        job.machine,
        job.constants,
        memory_bytes=job.usable_bytes,
        kept_bytes=job.kept_bytes,
        keep=KEPT,
    )


def _batch(job: Job, run: Run, base: int, accelerators: int) -> int:
    """Sequences per step: they grow with the root of the run's tokens, and divide well over the cluster.

    Of numbers close to that, the one with the most divisors: with a power of two alone the batch, and with it the
    speed, would jump from size to size.
    """
    wanted = job.batch_tokens * math.sqrt(run.tokens / job.batch_run_tokens) / job.sequence * base / accelerators
    given = int(dict(job.fixed).get("micro_batch", 1.0))
    odd = math.lcm(_odd(base), _odd(given))
    odd = odd if odd <= wanted else _odd(given)
    each = max(wanted / odd, 1.0)
    if each < QUARTERS:
        return odd * round(each)
    unit = 2 ** (math.floor(math.log2(each)) - 2)
    near = (part * unit for part in ROUND_PARTS if abs(math.log(part * unit / each)) <= CLOSE_BATCH)
    return int(odd * next(near))


def _odd(number: int) -> int:
    return number // (number & -number)


def _stretched(p: Plan, accelerators: int) -> Plan:
    """The same plans with as many replicas more as there are accelerators for, each with its share of the batch."""
    group, local, expert = (
        np.asarray(x, float).round().astype(int)
        for x in (np.asarray(p.tensor) * p.pipeline * p.context, np.asarray(p.tensor) * p.context, p.expert)
    )
    together = expert // np.gcd(expert, local)  # replicas that share the experts
    replicas = accelerators // group // together * together
    each = np.asarray(p.batch, float) / p.data
    return replace(p, accelerators=1.0 * replicas * group, batch=each * replicas)


# --- Speed ------------------------------------------------------------------------------------------------------------


def mfu_of(job: Job, laid: Laid) -> float:
    """Model FLOP of a step over what the accelerators in the run could do in its time; 0 where no plan fits. [-]"""
    if not laid.plans:
        return 0.0
    peak = laid.used * float(job.machine.peak_flop_per_s)
    return laid.model_flop / (laid.seconds[0] * peak)


def model_flop(laid: Laid) -> float:
    """FLOP of the whole run with attention, as MFU counts them; nothing computed twice. [FLOP]"""
    return laid.model_flop * laid.run.tokens / float(laid.plans[0].tokens)


@lru_cache(maxsize=4096)
def mfu(job: Job, accelerators: int) -> float:
    """MFU of the best plan on so many accelerators. [-]"""
    return mfu_of(job, lay(job, accelerators))


def loss_exponent(job: Job, accelerators: int) -> float:
    """b in MFU ~ N^-b around a size, from the step time at a quarter and four times of it. [-]"""
    return _slope(job, base_of(accelerators))


@lru_cache(maxsize=4096)
def _slope(job: Job, base: int) -> float:
    sizes = [n for n in (base // AROUND, base, base * AROUND) if n >= 1]
    known = [(n, mfu(job, n)) for n in sizes if mfu(job, n) > 0.0]
    if len(known) < 2:
        return 0.0
    (few, first), (many, last) = known[0], known[-1]
    return float(np.clip(-math.log(last / first) / math.log(many / few), 0.0, STEEPEST))


def days(job: Job, recovery: Recovery, accelerators: int) -> float:
    """Time to finish a run on accelerators none of which stand by; infinite where no plan fits. [d]"""
    laid = lay(job, accelerators)
    if not laid.plans:
        return math.inf
    speed = laid.tokens_per_s * recovery.goodput(laid.used, laid.replica) * SECONDS_PER_DAY
    return laid.run.tokens / speed if speed > 0.0 else math.inf


def days_with_spares(job: Job, recovery: Recovery, accelerators: int) -> float:
    """The same on a cluster some of which stands by. [d]"""
    return days(job, recovery, in_run(recovery, accelerators))


def in_run(recovery: Recovery, accelerators: float) -> int:
    """Whole accelerators of a cluster that do not stand by."""
    return max(round(float(recovery.in_run(accelerators))), 1)


@lru_cache(maxsize=1024)
def fewest(job: Job, recovery: Recovery, days_allowed: float, by: int) -> int | None:
    """Fewest accelerators, with spares, in whole servers of `by`, that finish in time; None where no number does."""
    size, fastest = by, math.inf
    while (took := days_with_spares(job, recovery, size)) > days_allowed:
        if size > LARGEST_CLUSTER or (math.isfinite(fastest) and took > 2.0 * fastest):
            return None
        fastest = min(fastest, took)
        size *= 2
    low, high = size // by // 2, size // by
    while high - low > 1:
        middle = (low + high) // 2
        enough = days_with_spares(job, recovery, middle * by) <= days_allowed
        low, high = (low, middle) if enough else (middle, high)
    return high * by


def fastest(job: Job, recovery: Recovery, by: int) -> int:
    """The number of accelerators, by doublings of a server, that finishes a run soonest."""
    sizes = [by * 2**k for k in range(int(math.log2(LARGEST_CLUSTER / by)) + 1)]
    return min(sizes, key=lambda n: days_with_spares(job, recovery, n))


# --- The largest useful number ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def largest_useful(job: Job, recovery: Recovery, accelerators: int, enough: float) -> tuple[int, str]:
    """Number from which twice as many accelerators no longer speed a run up by `enough`, and why."""
    free = job.free
    size = accelerators
    while size > 1 and lay(free, size // 2).plans:
        if lay(free, size).plans and _gain(free, recovery, size // 2) >= enough:
            break
        size //= 2
    while size * 2 <= LARGEST_CLUSTER:
        if not lay(free, size * 2).plans:
            return size, f"beyond it a batch of {lay(free, size).batch:,} sequences cannot be divided further"
        gain = _gain(free, recovery, size)
        if gain < enough:
            return size, f"twice as many are only {gain:.2f} times as fast: {_loss(free, recovery, size)}"
        size *= 2
    return size, "the largest size looked at"


def _gain(job: Job, recovery: Recovery, size: int) -> float:
    """How much faster twice as many are, goodput included."""
    one, two = lay(job, size), lay(job, size * 2)
    good = [recovery.goodput(laid.used, laid.replica) for laid in (one, two)]
    return two.flop_per_s / one.flop_per_s * good[1] / max(good[0], LEAST_GOODPUT)


def _loss(job: Job, recovery: Recovery, size: int) -> str:
    """The part of a step that grows most in accelerator time per token, or failures where they take more."""
    one, two = (_parts(job, lay(job, n)) for n in (size, size * 2))
    growth = {name: two[name] - one[name] for name in one}
    name = max(growth, key=lambda n: growth[n])
    more = growth[name] / sum(two.values())
    good = [recovery.goodput(n, lay(job, n).replica) for n in (size, size * 2)]
    failing = 1.0 - good[1] / max(good[0], LEAST_GOODPUT)
    if failing > more:
        return f"failures and restarts take {in_percent(failing)} of the time more"
    return f"{in_percent(more)} more of the step goes to {PARTS[name].removesuffix(', exposed')}"


def _parts(job: Job, laid: Laid) -> dict[str, Any]:
    """Accelerator time of each part of a step, per FLOP."""
    parts = step_time(laid.run.shape, laid.plans[0], job.machine, job.constants).parts()
    scale = laid.used / (float(laid.plans[0].tokens) * laid.run.flop / laid.run.tokens)
    return {name: float(np.asarray(value)) * scale for name, value in parts.items()}
