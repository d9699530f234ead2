"""Months and days of a year of 8,760 hours; the normal distribution."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

HOURS_PER_YEAR = 8760
DAYS_OF_MONTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MONTH_OF_DAY = np.repeat(np.arange(12), DAYS_OF_MONTH)
MONTH_OF_HOUR = np.repeat(MONTH_OF_DAY, 24)
MONTH_START = np.concatenate([[0], np.cumsum(DAYS_OF_MONTH)[:-1]])
Array = NDArray[np.float64]


def monthly_mean(hourly: ArrayLike) -> Array:
    """Mean of each calendar month.

    Parameters
    ----------
    hourly : array (..., hour)
        8,760 hours of anything. [-]

    Returns
    -------
    array (..., 12)
        Monthly means. [-]
    """
    return np.add.reduceat(np.asarray(hourly, dtype=np.float64), MONTH_START * 24, axis=-1) / (DAYS_OF_MONTH * 24)


def _mid_month_weights() -> Array:
    """(365, 12): linear interpolation between the middles of months, around the year."""
    middle = MONTH_START + DAYS_OF_MONTH / 2.0
    day = np.arange(365) + 0.5
    knots = np.concatenate([[middle[-1] - 365.0], middle, [middle[0] + 365.0]])
    columns = np.eye(12)[[11, *range(12), 0]]
    return np.stack([np.interp(day, knots, columns[:, m]) for m in range(12)], axis=1)


_WEIGHTS = _mid_month_weights()
_DAILY = _WEIGHTS @ np.linalg.inv(np.add.reduceat(_WEIGHTS, MONTH_START, axis=0) / DAYS_OF_MONTH[:, None])


def daily_from_monthly(monthly: ArrayLike) -> Array:
    """Broken line through the year whose monthly means are exactly the ones given.

    Parameters
    ----------
    monthly : array (..., 12)
        Monthly means. [-]

    Returns
    -------
    array (..., 365)
        Daily values. [-]
    """
    x = np.asarray(monthly, dtype=np.float64)
    out = x[..., 0, None] * _DAILY[:, 0]
    for m in range(1, 12):  # not a matrix product: the bits must not depend on the number of years
        out = out + x[..., m, None] * _DAILY[:, m]
    return out


def normal_cdf(z: ArrayLike) -> Array:
    """Standard normal distribution function.

    Parameters
    ----------
    z : float or array (...)
        Gaussian score. [-]

    Returns
    -------
    float or array (...)
        Probability of a smaller score, absolute error below 7.5e-8. [-]

    References
    ----------
    .. [1] M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.2.17.

    Examples
    --------
    >>> round(float(normal_cdf(1.0)), 4)
    0.8413
    """
    x = np.abs(np.asarray(z, dtype=np.float64))
    t = 1.0 / (1.0 + 0.2316419 * x)
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = 0.3989422804014327 * np.exp(-0.5 * x * x) * poly
    return np.where(np.asarray(z) < 0.0, tail, 1.0 - tail)
