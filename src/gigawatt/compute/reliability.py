"""Goodput: what interruptions, checkpoints and restarts leave of the wall time."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

HOURS_PER_DAY = 24.0


def mtbf_h(*, accelerators: Values, failures_per_accelerator_hour: Values) -> Values:
    """Mean time between interruptions of a job that stops when any one accelerator does.

    Parameters
    ----------
    accelerators : float or array
        Accelerators in one job. [-]
    failures_per_accelerator_hour : float or array
        Interruptions per accelerator and hour. [1/h]

    Returns
    -------
    float or array
        Mean time between interruptions; infinite for none. [h]

    References
    ----------
    .. [1] Llama Team 2024, "The Llama 3 Herd of Models", arXiv:2407.21783, section 3.3.4.

    Examples
    --------
    >>> rate = failure_rate_per_accelerator_hour(interruptions=419, days=54, accelerators=16_384)
    >>> float(round(1e6 * rate, 1)), float(round(mtbf_h(accelerators=16_384, failures_per_accelerator_hour=rate), 2))
    (19.7, 3.09)
    """
    with np.errstate(divide="ignore"):
        return np.divide(1.0, np.asarray(accelerators, float) * failures_per_accelerator_hour)


def failure_rate_per_accelerator_hour(*, interruptions: Values, days: Values, accelerators: Values) -> Values:
    """Interruptions per accelerator and hour from a published count.

    Parameters
    ----------
    interruptions : float or array
        Interruptions counted. [-]
    days : float or array
        Length of the run. [d]
    accelerators : float or array
        Accelerators in the run. [-]

    Returns
    -------
    float or array
        Rate. [1/h]
    """
    return np.asarray(interruptions, float) / (np.asarray(days, float) * HOURS_PER_DAY * accelerators)


def mtbf_from_count_h(*, days: Values, interruptions: Values) -> Values:
    """Mean time between interruptions of a run with a published count.

    Parameters
    ----------
    days : float or array
        Length of the run. [d]
    interruptions : float or array
        Interruptions counted. [-]

    Returns
    -------
    float or array
        Mean time between interruptions. [h]

    Examples
    --------
    Llama 3 405B, planned and unexpected together:

    >>> float(round(mtbf_from_count_h(days=54, interruptions=466), 2))
    2.78
    """
    return np.asarray(days, float) * HOURS_PER_DAY / interruptions


def mttf_from_node_rate_h(
    *, failures_per_1000_node_days: Values, accelerators_per_node: Values, accelerators: Values
) -> Values:
    """Mean time to failure of a job from the failure rate of its nodes.

    Parameters
    ----------
    failures_per_1000_node_days : float or array
        Node failures. [1/(1000 d)]
    accelerators_per_node : float or array
        Accelerators in one node. [-]
    accelerators : float or array
        Accelerators in the job. [-]

    Returns
    -------
    float or array
        Mean time to failure. [h]

    References
    ----------
    .. [1] Kokolis et al. 2025, "Revisiting Reliability in Large-Scale Machine Learning Research Clusters",
       arXiv:2410.21680.

    Examples
    --------
    >>> x = mttf_from_node_rate_h(failures_per_1000_node_days=6.5, accelerators_per_node=8, accelerators=16_384)
    >>> float(round(x, 1))
    1.8
    """
    nodes = np.asarray(accelerators, float) / accelerators_per_node
    return HOURS_PER_DAY * 1000.0 / (np.asarray(failures_per_1000_node_days, float) * nodes)


def goodput_first_order(*, mtbf_h: Values, checkpoint_h: Values, restart_h: Values) -> Values:
    """Goodput at the square-root checkpoint interval; the plain form, negative when failures are too frequent.

    Parameters
    ----------
    mtbf_h : float or array
        Mean time between interruptions. [h]
    checkpoint_h : float or array
        Time the job stands still for one checkpoint. [h]
    restart_h : float or array
        From interruption to training again, lost work aside. [h]

    Returns
    -------
    float or array
        Share of wall time that advances the training. [-]

    References
    ----------
    .. [1] Young 1974, "A first order approximation to the optimum checkpoint interval", doi:10.1145/361147.361115.

    Examples
    --------
    >>> float(round(goodput_first_order(mtbf_h=3.09, checkpoint_h=30 / 3600, restart_h=5 / 60), 2))
    0.9
    """
    return 1.0 - np.sqrt(2.0 * np.asarray(checkpoint_h, float) / mtbf_h) - np.asarray(restart_h, float) / mtbf_h


def checkpoint_interval_h(*, mtbf_h: Values, checkpoint_h: Values) -> Values:
    """Work between checkpoints that makes the expected wall time shortest, exactly.

    Parameters
    ----------
    mtbf_h : float or array
        Mean time between interruptions. [h]
    checkpoint_h : float or array
        Time the job stands still for one checkpoint. [h]

    Returns
    -------
    float or array
        Interval of useful work. [h]

    Notes
    -----
    With x = interval / MTBF and d = checkpoint / MTBF the optimum solves ln(1 - x) + x + d = 0. The left side is
    concave and falls, so Newton from a point where it is negative goes straight to the root.

    References
    ----------
    .. [1] Daly 2006, "A higher order estimate of the optimum checkpoint interval for restart dumps",
       doi:10.1016/j.future.2004.11.016.
    """
    m = np.asarray(mtbf_h, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        d = np.asarray(checkpoint_h, float) / m
        x = np.minimum(np.sqrt(2.0 * d), -np.expm1(-1.0 - d))
        for _ in range(12):
            step = (np.log1p(-x) + x + d) * (1.0 - x) / x
            step = np.where(np.isfinite(step), step, 0.0)
            x = x + step
            if np.all(np.abs(step) <= 1e-15 * np.abs(x)):
                break
        return np.where(np.isinf(m), np.inf, x * m)[()]


def goodput(*, mtbf_h: Values, checkpoint_h: Values, restart_h: Values) -> Values:
    """Share of wall time that advances a training run, at the best checkpoint interval, exactly.

    Interruptions are memoryless and may strike during checkpoint and restart too: the renewal form, positive always.

    Parameters
    ----------
    mtbf_h : float or array
        Mean time between interruptions. [h]
    checkpoint_h : float or array
        Time the job stands still for one checkpoint; near 0 when asynchronous or in memory. [h]
    restart_h : float or array
        From interruption to training again, lost work aside: short with hot spares. [h]

    Returns
    -------
    float or array
        Goodput, 0..1. [-]

    References
    ----------
    .. [1] Daly 2006, doi:10.1016/j.future.2004.11.016, equation 13 (expected wall time).

    Examples
    --------
    >>> float(round(goodput(mtbf_h=3.09, checkpoint_h=30 / 3600, restart_h=5 / 60), 3))
    0.904
    >>> float(goodput(mtbf_h=np.inf, checkpoint_h=0.01, restart_h=0.1))
    1.0
    """
    m, d, r = (np.asarray(a, float) for a in (mtbf_h, checkpoint_h, restart_h))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        x = checkpoint_interval_h(mtbf_h=m, checkpoint_h=d) / m
        share = x * np.exp(-r / m) / np.expm1(x + d / m)
        # A free checkpoint is taken all the time, and only restarts are lost.
        share = np.where(d == 0, np.exp(-r / m), share)
    share = np.where(np.isinf(m), 1.0, share)
    return np.where(m == 0, 0.0, share)[()]


def spare_share(*, failures_per_accelerator_hour: Values, repair_h: Values, units_lost_per_failure: Values) -> Values:
    """Share of installed accelerators that stand in repair on average, so that a job of full size needs as many spares.

    Parameters
    ----------
    failures_per_accelerator_hour : float or array
        Failures that need a repair. [1/h]
    repair_h : float or array
        From failure to back in the pool. [h]
    units_lost_per_failure : float or array
        Accelerators that one failure takes away: a tray, a server or a rack. [-]

    Returns
    -------
    float or array
        Share in repair, 0..1: rho / (1 + rho). [-]
    """
    rho = np.asarray(failures_per_accelerator_hour, float) * repair_h * units_lost_per_failure
    return rho / (1.0 + rho)
