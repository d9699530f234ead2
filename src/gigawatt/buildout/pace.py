"""How fast campuses of record came: the first hall waits for the building and for the accelerators it was meant for.

The numbers are fitted on realised campuses (`campus.*` facts, tools/fit_campuses.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def first_hall_months(
    *, build_months: ArrayLike, months_to_release: ArrayLike, release_to_hall_months: ArrayLike
) -> NDArray[np.float64]:
    """Months from the start of works to the first hall in operation.

    The hall needs a building, and accelerators that exist: what comes later decides.

    Parameters
    ----------
    build_months : float or array (...)
        Works to the first hall where accelerators can be had. [months]
    months_to_release : float or array (...)
        From the start of works until the accelerators are first sold; negative where they were before. [months]
    release_to_hall_months : float or array (...)
        From first sale until a hall of them runs. [months]

    Returns
    -------
    array (...)
        Months. [months]

    Examples
    --------
    >>> first_hall_months(build_months=26, months_to_release=[-10, 34], release_to_hall_months=8).tolist()
    [26.0, 42.0]
    """
    waits = np.asarray(months_to_release, dtype=float) + np.asarray(release_to_hall_months, dtype=float)
    return np.maximum(np.asarray(build_months, dtype=float), waits)


def expansion_months(
    *, months: ArrayLike, change_per_year: ArrayLike, years: ArrayLike, least_months: ArrayLike
) -> NDArray[np.float64]:
    """Months from the first hall to the full campus, for works that began some years after a reference year.

    Parameters
    ----------
    months : float or array (...)
        For works begun in the reference year. [months]
    change_per_year : float or array (...)
        Change with each later year. [months/year]
    years : float or array (...)
        Start of works after the reference year. [years]
    least_months : float or array (...)
        No campus is taken to be quicker. [months]

    Returns
    -------
    array (...)
        Months. [months]

    Examples
    --------
    >>> expansion_months(months=16, change_per_year=-7, years=[-2, 1, 3], least_months=1).tolist()
    [30.0, 9.0, 1.0]
    """
    line = np.asarray(months, dtype=float) + np.asarray(change_per_year, dtype=float) * np.asarray(years, dtype=float)
    return np.maximum(line, np.asarray(least_months, dtype=float))
