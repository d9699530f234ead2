"""The flexible connection: how many MW a system can take today if they step aside in its hardest hours.

A system built for its peak has room in every other hour. A new load that is switched off, or carried by its own sets,
whenever the rest would push the system above today's peak needs no new plant. How often that is follows from the
system's duration curve. Where only peak and mean of a system are known, the curve is taken as

    share of hours above (1 - d) of the peak = (d / D)^k,      D = (1 - load factor) (k + 1) / k

whose mean is the load factor whatever k; k comes from the published study of the US (see `exponent`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gigawatt.units import HOURS_PER_YEAR

Array = NDArray[np.float64]


def exponent(*, added_share_of_peak: ArrayLike, curtailed_share: ArrayLike) -> float:
    """Exponent of the duration curve's tail from published points of added load against energy curtailed.

    Parameters
    ----------
    added_share_of_peak : array (point,)
        Load added, over the peak of the system. [-]
    curtailed_share : array (point,)
        Part of its energy that is curtailed. [-]

    Returns
    -------
    float
        Exponent k of the curve: curtailed energy grows as the k-th power of the load added. [-]

    Examples
    --------
    The United States: 76, 98 and 126 GW at 0.25, 0.5 and 1 %:

    >>> round(exponent(added_share_of_peak=[76, 98, 126], curtailed_share=[0.0025, 0.005, 0.01]), 2)
    2.74

    References
    ----------
    .. [1] T. Norris, T. Profeta, D. Patino-Echeverri, A. Cowie-Haskell, "Rethinking Load Growth", Nicholas Institute,
       Duke University (2025), https://hdl.handle.net/10161/32077.
    """
    return float(np.polyfit(np.log(np.asarray(added_share_of_peak)), np.log(np.asarray(curtailed_share)), 1)[0])


def depth(*, load_factor: Any, exponent: Any) -> Any:
    """Lowest load of the curve below the peak, over the peak.

    Parameters
    ----------
    load_factor : float or array
        Mean load over peak. [-]
    exponent : float or array
        Of the curve. [-]

    Returns
    -------
    float or array
        D: the whole height of the curve. [-]
    """
    return (1.0 - np.asarray(load_factor)) * (np.asarray(exponent) + 1.0) / exponent


def headroom_mw(*, peak_mw: Any, load_factor: Any, exponent: Any, curtailed_share: Any) -> Any:
    """Load that a system can take without new plant if a part of its energy is curtailed.

    Parameters
    ----------
    peak_mw, load_factor : float or array
        Peak of the system, and its mean over that. [MW, -]
    exponent : float or array
        Of the duration curve. [-]
    curtailed_share : float or array
        Energy curtailed over the energy the load wants. [-]

    Returns
    -------
    float or array
        Load; the curve's whole height at most. [MW]
    """
    height = depth(load_factor=load_factor, exponent=exponent)
    part = (np.asarray(curtailed_share) * (np.asarray(exponent) + 1.0)) ** (1.0 / np.asarray(exponent))
    return np.asarray(peak_mw) * height * np.minimum(part, 1.0)


def curtailed_share(*, added_mw: Any, peak_mw: Any, load_factor: Any, exponent: Any) -> Any:
    """Part of a new load's energy that is curtailed: the inverse of `headroom_mw`.

    Parameters
    ----------
    added_mw : float or array
        New load, the same in every hour; up to the curve's height. [MW]
    peak_mw, load_factor : float or array
        Peak of the system, and its mean over that. [MW, -]
    exponent : float or array
        Of the duration curve. [-]

    Returns
    -------
    float or array
        Energy curtailed over energy wanted. [-]
    """
    d = np.asarray(added_mw) / np.asarray(peak_mw) / depth(load_factor=load_factor, exponent=exponent)
    return np.minimum(d, 1.0) ** exponent / (np.asarray(exponent) + 1.0)


def curtailed_hours(*, added_mw: Any, peak_mw: Any, load_factor: Any, exponent: Any) -> Any:
    """Hours a year in which a new load has to step back, at least in part.

    Parameters
    ----------
    added_mw : float or array
        New load. [MW]
    peak_mw, load_factor : float or array
        Peak of the system, and its mean over that. [MW, -]
    exponent : float or array
        Of the duration curve. [-]

    Returns
    -------
    float or array
        Hours. [h/year]
    """
    share = curtailed_share(added_mw=added_mw, peak_mw=peak_mw, load_factor=load_factor, exponent=exponent)
    return HOURS_PER_YEAR * share * (np.asarray(exponent) + 1.0)


def room_by_hour(*, order: ArrayLike, peak_mw: float, load_factor: float, exponent: float) -> Array:
    """Room below today's peak in every hour: the duration curve laid over hours in a given order of hardness.

    Parameters
    ----------
    order : array (hour,)
        Anything that is higher in harder hours: a price, a residual load. [-]
    peak_mw, load_factor, exponent : float
        The system and its curve. [MW, -, -]

    Returns
    -------
    array (hour,)
        Room. [MW]
    """
    hardness = np.asarray(order, float)
    rank = np.empty(len(hardness))
    rank[np.argsort(-hardness, kind="stable")] = (np.arange(len(hardness)) + 0.5) / len(hardness)
    return peak_mw * float(depth(load_factor=load_factor, exponent=exponent)) * rank ** (1.0 / exponent)


def store_mwh(*, load_mw: float, room_mw: ArrayLike) -> float:
    """Storage that carries a flat load through every hour of too little room, filled in the hours between.

    Parameters
    ----------
    load_mw : float
        The new load. [MW]
    room_mw : array (hour,)
        Room of the connection in every hour. [MW]

    Returns
    -------
    float
        Energy, losses left out; infinite where the room's mean is below the load. [MWh]
    """
    short = load_mw - np.asarray(room_mw, float)
    if short.mean() >= 0.0:
        return float(np.inf)
    level = np.cumsum(np.concatenate([short, short]))  # two rounds: what is missing at the turn of the year
    return float(np.max(level - np.minimum.accumulate(np.minimum(level, 0.0))))
