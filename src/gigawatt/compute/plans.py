"""All ways to lay a training run over its accelerators, on divisors, and the fastest that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .model_shape import ModelShape
from .plan_memory import plan_memory
from .step_time import FULL, GRADIENTS, NONE, SELECTIVE, Calibration, Machine, Plan, step_time

AXES = ("tensor", "pipeline", "context", "expert", "interleave", "micro_batch", "recompute", "sharded")
SHORTEST_PART = 2048  # tokens: sequences are not cut into shorter parts
PART = 8_192  # plans priced at once: what stays in the cache


@dataclass(frozen=True, slots=True)
class Search:
    """Plans that were weighed, in the order of their time; those that do not fit are left out."""

    weighed: int
    fitting: int
    plans: Plan
    seconds: NDArray[np.float64]
    smallest_bytes: float  # memory of the plan that needs least


def divisors(n: int) -> NDArray[np.float64]:
    """All divisors of a whole number, ascending.

    Parameters
    ----------
    n : int
        A number of at least 1. [-]

    Returns
    -------
    array
        Its divisors. [-]

    Examples
    --------
    >>> divisors(12).tolist()
    [1.0, 2.0, 3.0, 4.0, 6.0, 12.0]
    """
    small = [k for k in range(1, int(n**0.5) + 1) if n % k == 0]
    return np.array(sorted({*small, *(n // k for k in small)}), float)


def axes(
    m: ModelShape, *, accelerators: int, batch: int, sequence: int, domain: int, fixed: Mapping[str, float]
) -> dict[str, NDArray[np.float64]]:
    """Values each degree may take by itself; `fixed` ones have one.

    Parameters
    ----------
    m : ModelShape
        One model. [-]
    accelerators, batch, sequence, domain : int
        Accelerators, sequences per step, tokens per sequence, accelerators of one scale-up domain. [-]
    fixed : mapping
        Degrees that are given. [-]

    Returns
    -------
    dict
        Values by degree, as named in `Plan`. [-]
    """
    n, layers = divisors(accelerators), int(m.layers)
    heads = divisors(int(m.heads))
    found = {
        "tensor": heads[(heads <= domain) & np.isin(heads, n)],
        "pipeline": n[n <= layers],
        "context": n[n <= max(1, sequence // SHORTEST_PART)],
        "expert": divisors(int(m.experts)) if m.is_moe else np.ones(1),
        "interleave": np.unique(np.concatenate([divisors(-(-layers // int(pp))) for pp in n[n <= layers]])),
        "micro_batch": divisors(batch),
        "recompute": np.array([NONE, SELECTIVE, FULL]),
        "sharded": np.arange(4.0),
    }
    return {name: np.array([float(fixed[name])]) if name in fixed else found[name] for name in AXES}


def candidates(
    m: ModelShape,
    *,
    accelerators: int,
    batch: int,
    sequence: int,
    domain: int,
    fixed: Mapping[str, float],
    as_published: bool = False,
) -> Plan:
    """Every plan on the axes in which all divides: replicas the batch, chunks the layers, groups the experts.

    Parameters
    ----------
    m : ModelShape
        One model. [-]
    accelerators, batch, sequence, domain : int
        As in `axes`. [-]
    fixed : mapping
        Degrees that are given. [-]
    as_published : bool
        Whether those need not divide: runs are published with uneven stages and batches. [-]

    Returns
    -------
    Plan
        Arrays of one length, possibly 0.
    """
    uneven = fixed if as_published else {}
    a = axes(m, accelerators=accelerators, batch=batch, sequence=sequence, domain=domain, fixed=fixed)
    tp, pp, cp = (x.ravel() for x in np.meshgrid(a["tensor"], a["pipeline"], a["context"], indexing="ij"))
    dp = accelerators / (tp * pp * cp)
    good = np.abs(dp - np.round(dp)) < 1e-9
    good &= _whole(batch / np.maximum(dp, 1.0)) | ("micro_batch" in uneven)
    tp, pp, cp, dp = tp[good], pp[good], cp[good], dp[good]

    grid = np.indices((len(tp), *(len(a[k]) for k in ("expert", "interleave", "micro_batch")))).reshape(4, -1)
    i, ep, vp, mb = grid[0], a["expert"][grid[1]], a["interleave"][grid[2]], a["micro_batch"][grid[3]]
    per_stage = float(m.layers) / pp[i]
    good = (("expert" in uneven) | (ep == 1)) | _whole(dp[i] * tp[i] * cp[i] / ep)
    good &= (("interleave" in uneven) | (vp == 1)) | ((pp[i] > 1) & _whole(np.ceil(per_stage) / vp))
    good &= ("micro_batch" in uneven) | _whole(batch / (dp[i] * mb))
    i, ep, vp, mb = i[good], ep[good], vp[good], mb[good]

    j, r, z = np.indices((len(i), len(a["recompute"]), len(a["sharded"]))).reshape(3, -1)
    zero = a["sharded"][z]
    good = (
        ("sharded" in fixed) | (zero < GRADIENTS) | (pp[i[j]] == 1)
    )  # stages keep gradients until the last micro-batch
    j, r, zero = j[good], r[good], zero[good]
    at = i[j]
    return Plan(
        accelerators=np.full(len(j), float(accelerators)),
        batch=np.full(len(j), float(batch)),
        sequence=np.full(len(j), float(sequence)),
        tensor=tp[at],
        pipeline=pp[at],
        context=cp[at],
        expert=ep[j],
        interleave=vp[j],
        micro_batch=mb[j],
        recompute=a["recompute"][r],
        sharded=zero,
    )


def _whole(x: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (np.abs(x - np.round(x)) < 1e-9) & (x >= 1.0 - 1e-9)


def search(
    m: ModelShape,
    plans: Plan,
    hw: Machine,
    c: Calibration,
    *,
    memory_bytes: float,
    kept_bytes: float = 2.0,
    keep: int = 5,
) -> Search:
    """Price every plan that fits the memory and keep the fastest.

    Parameters
    ----------
    m : ModelShape
        One model. [-]
    plans : Plan
        From `candidates`. [-]
    hw : Machine
        The accelerator. [-]
    c : Calibration
        Fitted constants. [-]
    memory_bytes : float
        Usable memory of one accelerator. [B]
    kept_bytes : float
        As in `plan_memory`. [B]
    keep : int
        Plans to keep. [-]

    Returns
    -------
    Search
        The fastest plans, their times, how many were weighed and how many fitted.
    """
    weighed = len(np.asarray(plans.tensor))
    if not weighed:
        return Search(0, 0, plans, np.zeros(0), float("inf"))
    need = np.asarray(plan_memory(m, plans, unfused=c.unfused, kept_bytes=kept_bytes).total)
    fits = np.flatnonzero(need <= memory_bytes)
    fitting = take(plans, fits)
    seconds = np.concatenate(
        [np.asarray(step_time(m, take(fitting, np.s_[k : k + PART]), hw, c).total) for k in range(0, len(fits), PART)]
        or [np.zeros(0)]
    )
    first = np.argsort(seconds, kind="stable")[:keep]
    return Search(weighed, len(fits), take(fitting, first), seconds[first], float(need.min()))


def take(plans: Plan, index: Any) -> Plan:
    """Some of many plans.

    Parameters
    ----------
    plans : Plan
        Arrays of one length. [-]
    index : int, slice or array
        Which of them. [-]

    Returns
    -------
    Plan
        Those.
    """
    picked = {f.name: np.asarray(getattr(plans, f.name))[index] for f in fields(plans)}
    return replace(plans, **picked)
