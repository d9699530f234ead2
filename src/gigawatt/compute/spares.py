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


def in_repair(
    *, accelerators: float, failures_per_accelerator_hour: float, repair_h: float, units_lost_per_failure: float
) -> float:
    """Failures under repair at one time, on average.

    Parameters
    ----------
    accelerators : float
        Accelerators in service. [-]
    failures_per_accelerator_hour : float
        Failures that need a repair, each of which takes several accelerators away. [1/h]
    repair_h : float
        From failure to back in the pool. [h]
    units_lost_per_failure : float
        Accelerators that one failure takes away. [-]

    Returns
    -------
    float
        Failures; times the units lost, accelerators. [-]
    """
    lost = failures_per_accelerator_hour * repair_h
    return accelerators * lost / (1.0 + lost * units_lost_per_failure)


def share_at_full_size(*, in_repair: float, spare_units: float) -> float:
    """Share of the time in which spares make up for all failures under repair: these come at random (Poisson).

    Parameters
    ----------
    in_repair : float
        Failures under repair, on average. [-]
    spare_units : float
        Spares, each making up for one failure. [-]

    Returns
    -------
    float
        Share, 0..1. [-]

    Examples
    --------
    >>> round(share_at_full_size(in_repair=2.0, spare_units=2.0), 4)
    0.6767
    """
    chance, count = _poisson(in_repair)
    return float(min(chance[count <= np.floor(spare_units)].sum(), 1.0))


def missing_units(*, in_repair: float, spare_units: float) -> float:
    """Failures under repair beyond the spares, on average: what a run that shrinks goes without.

    Parameters
    ----------
    in_repair : float
        Failures under repair, on average. [-]
    spare_units : float
        Spares, each making up for one failure. [-]

    Returns
    -------
    float
        Failures that no spare makes up for. [-]

    Examples
    --------
    >>> round(missing_units(in_repair=2.0, spare_units=0.0), 9)
    2.0
    """
    chance, count = _poisson(in_repair)
    return float((chance * np.maximum(count - np.floor(spare_units), 0.0)).sum())


def _poisson(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Chances of each count near the mean, and the counts."""
    if mean <= 0.0:
        return np.ones(1), np.zeros(1)
    reach = HORIZON * np.sqrt(mean) + HORIZON
    count = np.arange(max(0.0, np.floor(mean - reach)), np.ceil(mean + reach) + 1.0)
    log = count * np.log(mean) - np.concatenate([[0.0], np.cumsum(np.log(count[1:]))])  # up to a constant
    chance = np.exp(log - log.max())
    return chance / chance.sum(), count
