"""Accelerators in repair, spares that stand in for them, and runs that go on with fewer replicas."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

HORIZON = 12.0  # standard deviations beyond the mean up to which units in repair are counted


def failure_rate_at_age(
    *, measured_per_hour: Values, measured_age_months: Values, age_months: Values, early: Values, decay_months: Values
) -> Values:
    """Failure rate of a cluster of some age from one measured at another: young machines fail more often.

    Parameters
    ----------
    measured_per_hour : float or array
        Rate that was measured. [1/h]
    measured_age_months, age_months : float or array
        Age of the cluster then; age wanted. [month]
    early : float or array
        How much more often a new cluster fails than an old one, relative. [-]
    decay_months : float or array
        Time in which that falls to a share of 1/e. [month]

    Returns
    -------
    float or array
        Rate. [1/h]

    Examples
    --------
    >>> old = dict(measured_per_hour=2.0, measured_age_months=0.0, early=1.0, decay_months=6.0)
    >>> float(failure_rate_at_age(age_months=0.0, **old)), float(round(failure_rate_at_age(age_months=600.0, **old), 6))
    (2.0, 1.0)
    """

    def level(age: Values) -> Values:
        return 1.0 + np.asarray(early, float) * np.exp(-np.asarray(age, float) / decay_months)

    return np.asarray(measured_per_hour, float) * level(age_months) / level(measured_age_months)


def of_operator(*, tuned: Values, factor: Values) -> Values:
    """A rate of failures or a time of restarts under an operator, from that of practised ones.

    Parameters
    ----------
    tuned : float or array
        As measured with practised operators. [1/h], [h]
    factor : float or array
        Over that. [-]

    Returns
    -------
    float or array
        The operator's. [1/h], [h]
    """
    return np.multiply(tuned, factor)[()]


def without_spares(*, accelerators: Values, spares: Values) -> Values:
    """Accelerators of a cluster that do not stand by.

    Parameters
    ----------
    accelerators : float or array
        Accelerators of the cluster. [-]
    spares : float or array
        Share that stands by. [-]

    Returns
    -------
    float or array
        Accelerators, whole, at least one. [-]
    """
    return np.maximum(np.round(np.asarray(accelerators, float) * (1.0 - np.asarray(spares, float))), 1.0)[()]


def spare_units(*, accelerators: Values, spares: Values, units_lost_per_failure: Values) -> Values:
    """Failures that the spares of a run make up for.

    Parameters
    ----------
    accelerators : float or array
        Accelerators in the run. [-]
    spares : float or array
        Share of the cluster that stands by. [-]
    units_lost_per_failure : float or array
        Accelerators that one failure takes away. [-]

    Returns
    -------
    float or array
        Failures. [-]
    """
    share = np.asarray(spares, float)
    return (np.asarray(accelerators, float) * share / (1.0 - share) / units_lost_per_failure)[()]


def in_repair(
    *, accelerators: Values, failures_per_accelerator_hour: Values, repair_h: Values, units_lost_per_failure: Values
) -> Values:
    """Failures under repair at one time, on average.

    Parameters
    ----------
    accelerators : float or array
        Accelerators in service. [-]
    failures_per_accelerator_hour : float or array
        Failures that need a repair, each of which takes several accelerators away. [1/h]
    repair_h : float or array
        From failure to back in the pool. [h]
    units_lost_per_failure : float or array
        Accelerators that one failure takes away. [-]

    Returns
    -------
    float or array
        Failures; times the units lost, accelerators. [-]
    """
    lost = np.multiply(failures_per_accelerator_hour, repair_h)
    return (np.asarray(accelerators, float) * lost / (1.0 + lost * units_lost_per_failure))[()]


def share_at_full_size(*, in_repair: Values, spare_units: Values) -> Values:
    """Share of the time in which spares make up for all failures under repair: these come at random (Poisson).

    Parameters
    ----------
    in_repair : float or array
        Failures under repair, on average. [-]
    spare_units : float or array
        Spares, each making up for one failure. [-]

    Returns
    -------
    float or array
        Share, 0..1. [-]

    Examples
    --------
    >>> float(round(share_at_full_size(in_repair=2.0, spare_units=2.0), 4))
    0.6767
    """
    return np.vectorize(_within, otypes=[float])(in_repair, spare_units)[()]


def share_of_replicas(
    *,
    in_repair: Values,
    spare_units: Values,
    units_lost_per_failure: Values,
    replica: Values,
    accelerators: Values,
) -> Values:
    """Share of its replicas that an elastic run has, on average.

    A failure that no spare makes up for stops a replica; what is left of it stands by for the next failures.

    Parameters
    ----------
    in_repair : float or array
        Failures under repair, on average. [-]
    spare_units : float or array
        Spares, each making up for one failure. [-]
    units_lost_per_failure : float or array
        Accelerators that one failure takes away. [-]
    replica : float or array
        Accelerators of one replica. [-]
    accelerators : float or array
        Accelerators in the run. [-]

    Returns
    -------
    float or array
        Share, 0..1. [-]
    """
    each = np.maximum(replica, units_lost_per_failure) / np.asarray(units_lost_per_failure, float)
    stopped = np.vectorize(_stopped, otypes=[float])(in_repair, spare_units, each)
    return np.maximum(0.0, 1.0 - stopped * each * units_lost_per_failure / np.asarray(accelerators, float))[()]


def kept_up(*, running: Values, at_size: Values) -> Values:
    """Goodput of a run that is not always at full size.

    Parameters
    ----------
    running : float or array
        Share of wall time that failures, checkpoints and restarts leave. [-]
    at_size : float or array
        Share of the time at full size, or of the replicas that run. [-]

    Returns
    -------
    float or array
        Goodput. [-]
    """
    return np.multiply(running, at_size)[()]


def _within(in_repair: float, spare_units: float) -> float:
    chance, count = _poisson(in_repair)
    return float(min(chance[count <= np.floor(spare_units)].sum(), 1.0))


def _stopped(in_repair: float, spare_units: float, units_each: float) -> float:
    """Replicas of so many units that stand still, on average."""
    chance, count = _poisson(in_repair)
    return float((chance * np.ceil(np.maximum(count - np.floor(spare_units), 0.0) / units_each)).sum())


def _poisson(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Chances of each count near the mean, and the counts."""
    if mean <= 0.0:
        return np.ones(1), np.zeros(1)
    reach = HORIZON * np.sqrt(mean) + HORIZON
    count = np.arange(max(0.0, np.floor(mean - reach)), np.ceil(mean + reach) + 1.0)
    log = count * np.log(mean) - np.concatenate([[0.0], np.cumsum(np.log(count[1:]))])  # up to a constant
    chance = np.exp(log - log.max())
    return chance / chance.sum(), count
