"""Training: FLOP, days and accelerators, with MFU and goodput at the size of the job."""

from __future__ import annotations

import numpy as np

from gigawatt.compute.load import Values, mfu_at_scale
from gigawatt.compute.reliability import goodput, mtbf_h

SECONDS_PER_DAY = 86_400.0
MOST_ACCELERATORS = 1e9  # where nothing fails a job has no largest size


def step_seconds(**parts: Values) -> Values:
    """Time of a training step from its parts.

    Parameters
    ----------
    parts : float or array
        Matrix products, attention, exposed communication, bubble and so on. [s]

    Returns
    -------
    float or array
        Their sum. [s]
    """
    return np.sum(np.broadcast_arrays(*parts.values()), axis=0)[()]


def mfu_of_step(*, model_flop: Values, step_s: Values, accelerators: Values, peak_flop_per_s: Values) -> Values:
    """Model FLOPs utilisation of a training step.

    Parameters
    ----------
    model_flop : float or array
        FLOP of the step, nothing computed twice. [FLOP]
    step_s : float or array
        Time of the step. [s]
    accelerators : float or array
        Accelerators in the run. [-]
    peak_flop_per_s : float or array
        Dense peak of one at the precision of the run. [FLOP/s]

    Returns
    -------
    float or array
        MFU, 0..1. [-]

    References
    ----------
    .. [1] Chowdhery et al. 2022, "PaLM", arXiv:2204.02311, appendix B.
    """
    return model_flop / (np.asarray(step_s, float) * accelerators * peak_flop_per_s)


def training_flop_per_day(*, accelerators: Values, peak_flop_per_s: Values, mfu: Values, goodput: Values) -> Values:
    """Model FLOP that one job on all accelerators completes in a day.

    Parameters
    ----------
    accelerators : float or array
        Accelerators in one job. [-]
    peak_flop_per_s : float or array
        Dense peak of one at the precision of the run. [FLOP/s]
    mfu : float or array
        Model FLOPs utilisation at this size, 0..1. [-]
    goodput : float or array
        Share of wall time that advances the run, 0..1. [-]

    Returns
    -------
    float or array
        Model FLOP per day. [FLOP/d]
    """
    return np.asarray(accelerators, float) * peak_flop_per_s * mfu * goodput * SECONDS_PER_DAY


def training_days(*, flop: Values, flop_per_day: Values) -> Values:
    """Length of a run.

    Parameters
    ----------
    flop : float or array
        Model FLOP of the run. [FLOP]
    flop_per_day : float or array
        From `training_flop_per_day`. [FLOP/d]

    Returns
    -------
    float or array
        Days of wall time; infinite on no machine. [d]
    """
    with np.errstate(divide="ignore", over="ignore"):
        return np.divide(np.asarray(flop, float), flop_per_day)


def largest_run_flop(*, days: Values, flop_per_day: Values) -> Values:
    """Largest run that fits in a time: the inverse of `training_days`.

    Parameters
    ----------
    days : float or array
        Wall time. [d]
    flop_per_day : float or array
        From `training_flop_per_day`. [FLOP/d]

    Returns
    -------
    float or array
        Model FLOP. [FLOP]
    """
    return np.asarray(days, float) * flop_per_day


def job_flop_per_day(
    *,
    accelerators: Values,
    peak_flop_per_s: Values,
    mfu: Values,
    reference_accelerators: Values,
    loss_exponent: Values,
    failures_per_accelerator_hour: Values,
    checkpoint_h: Values,
    restart_h: Values,
) -> Values:
    """`training_flop_per_day` with MFU and goodput both taken at the size of the job.

    Parameters
    ----------
    accelerators : float or array
        Accelerators in one job. [-]
    peak_flop_per_s : float or array
        Dense peak of one at the precision of the run. [FLOP/s]
    mfu : float or array
        MFU at the reference size, 0..1. [-]
    reference_accelerators : float or array
        Size at which `mfu` holds. [-]
    loss_exponent : float or array
        See `mfu_at_scale`. [-]
    failures_per_accelerator_hour : float or array
        Interruptions per accelerator and hour. [1/h]
    checkpoint_h : float or array
        Time the job stands still for one checkpoint. [h]
    restart_h : float or array
        From interruption to training again. [h]

    Returns
    -------
    float or array
        Model FLOP per day. [FLOP/d]
    """
    at_scale = mfu_at_scale(
        mfu=mfu, accelerators=accelerators, reference_accelerators=reference_accelerators, loss_exponent=loss_exponent
    )
    mtbf = mtbf_h(accelerators=accelerators, failures_per_accelerator_hour=failures_per_accelerator_hour)
    share = goodput(mtbf_h=mtbf, checkpoint_h=checkpoint_h, restart_h=restart_h)
    return training_flop_per_day(
        accelerators=accelerators, peak_flop_per_s=peak_flop_per_s, mfu=at_scale, goodput=share
    )


def accelerators_for_training(
    *,
    flop: Values,
    days: Values,
    peak_flop_per_s: Values,
    mfu: Values,
    reference_accelerators: Values,
    loss_exponent: Values,
    failures_per_accelerator_hour: Values,
    checkpoint_h: Values,
    restart_h: Values,
) -> Values:
    """Fewest accelerators that finish a run in time: the inverse of `job_flop_per_day`.

    A job speeds up with its size until failures eat the gain; beyond that size no number is enough.

    Parameters
    ----------
    flop : float or array
        Model FLOP of the run. [FLOP]
    days : float or array
        Wall time allowed. [d]
    peak_flop_per_s : float or array
        Dense peak of one at the precision of the run. [FLOP/s]
    mfu : float or array
        MFU at the reference size, 0..1. [-]
    reference_accelerators : float or array
        Size at which `mfu` holds. [-]
    loss_exponent : float or array
        See `mfu_at_scale`. [-]
    failures_per_accelerator_hour : float or array
        Interruptions per accelerator and hour. [1/h]
    checkpoint_h : float or array
        Time the job stands still for one checkpoint. [h]
    restart_h : float or array
        From interruption to training again. [h]

    Returns
    -------
    float or array
        Accelerators, not rounded; infinite when no number is enough. [-]
    """
    rest = dict(
        peak_flop_per_s=peak_flop_per_s,
        mfu=mfu,
        reference_accelerators=reference_accelerators,
        loss_exponent=loss_exponent,
        failures_per_accelerator_hour=failures_per_accelerator_hour,
        checkpoint_h=checkpoint_h,
        restart_h=restart_h,
    )
    need = np.asarray(flop, float) / np.asarray(days, float)
    shape = np.broadcast_shapes(need.shape, *(np.shape(v) for v in rest.values()))
    low = np.zeros(shape)  # log of the number
    high = np.broadcast_to(np.log(largest_useful_job(**_size_terms(rest))), shape).copy()
    enough = job_flop_per_day(accelerators=np.exp(high), **rest) >= need
    for _ in range(60):
        middle = 0.5 * (low + high)
        reached = job_flop_per_day(accelerators=np.exp(middle), **rest) >= need
        high, low = np.where(reached, middle, high), np.where(reached, low, middle)
    return np.where(enough, np.exp(high), np.inf)[()]


def _size_terms(rest: dict[str, Values]) -> dict[str, Values]:
    names = ("loss_exponent", "failures_per_accelerator_hour", "checkpoint_h", "restart_h")
    return {name: rest[name] for name in names}


def largest_useful_job(
    *,
    loss_exponent: Values,
    failures_per_accelerator_hour: Values,
    checkpoint_h: Values,
    restart_h: Values,
) -> Values:
    """Size beyond which one job only gets slower, because interruptions outgrow the work.

    Parameters
    ----------
    loss_exponent : float or array
        See `mfu_at_scale`. [-]
    failures_per_accelerator_hour : float or array
        Interruptions per accelerator and hour. [1/h]
    checkpoint_h : float or array
        Time the job stands still for one checkpoint. [h]
    restart_h : float or array
        From interruption to training again. [h]

    Returns
    -------
    float or array
        Accelerators, at most 1e9. [-]

    Notes
    -----
    With x the checkpoint interval over the MTBF, checkpoint/MTBF = -ln(1-x) - x at the best interval, and goodput is
    (1 - x) exp(-restart/MTBF). The speed n^(1-b) * goodput is greatest where (-ln(1-x) - x)(1/x + restart/checkpoint)
    = 1 - b; the left side grows with x.
    """
    b, rate, d, r = (
        np.asarray(a, float) for a in (loss_exponent, failures_per_accelerator_hour, checkpoint_h, restart_h)
    )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        restarts = r / d
        low, high = np.asarray(0.0), np.asarray(1.0)
        for _ in range(60):
            x = 0.5 * (low + high)
            beyond = (-np.log1p(-x) - x) * (1.0 / x + restarts) > 1.0 - b
            low, high = np.where(beyond, low, x), np.where(beyond, x, high)
        per_mtbf = np.where(d > 0, (-np.log1p(-low) - low) / d, (1.0 - b) / r)
        return np.minimum(per_mtbf / rate, MOST_ACCELERATORS)[()]
