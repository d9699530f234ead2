"""IT load, facility load and grid connection, both ways; transformers, backup, and the largest block that can trip."""

from __future__ import annotations

from typing import Any

import numpy as np


def facility_load(it_load_mw: Any, *, pue: Any) -> Any:
    """Electric load of the whole facility.

    Parameters
    ----------
    it_load_mw : float or array (..., hour)
        Load of servers, storage and network. [MW]
    pue : float or array (..., hour)
        Power usage effectiveness. [-]

    Returns
    -------
    float or array (..., hour)
        Load at the meter. [MW]

    References
    ----------
    .. [1] ISO/IEC 30134-2:2026, PUE: measured where the utility hands over, so transformer losses are inside.

    Examples
    --------
    >>> facility_load(100.0, pue=1.2)
    120.0
    """
    return it_load_mw * pue


def it_load(facility_load_mw: Any, *, pue: Any) -> Any:
    """IT load that a facility load can carry; the inverse of `facility_load`.

    Parameters
    ----------
    facility_load_mw : float or array (..., hour)
        Load at the meter. [MW]
    pue : float or array (..., hour)
        Power usage effectiveness. [-]

    Returns
    -------
    float or array (..., hour)
        Load of servers, storage and network. [MW]
    """
    return facility_load_mw / pue


def facility_peak_from_it_peak(it_peak_mw: Any, *, pue_design_peak: Any) -> Any:
    """Highest draw at the meter of a campus with the given IT peak.

    Parameters
    ----------
    it_peak_mw : float or array
        IT load the facility is built for. [MW]
    pue_design_peak : float or array
        Design-peak facility power over IT power, not the annual PUE. [-]

    Returns
    -------
    float or array
        Facility peak. [MW]
    """
    return it_peak_mw * pue_design_peak


def it_peak_from_facility_peak(facility_peak_mw: Any, *, pue_design_peak: Any) -> Any:
    """IT peak that fits under a facility peak; the inverse of `facility_peak_from_it_peak`.

    Parameters
    ----------
    facility_peak_mw : float or array
        Whole power the campus may draw at the meter, at peak. [MW]
    pue_design_peak : float or array
        Design-peak facility power over IT power. [-]

    Returns
    -------
    float or array
        IT load the facility can be built for. [MW]

    Examples
    --------
    Abilene: 1,180 MW at the meter carry 843 MW of IT (Epoch AI, May 2026).

    >>> round(it_peak_from_facility_peak(1180.0, pue_design_peak=1.4))
    843
    """
    return facility_peak_mw / pue_design_peak


def it_average_from_peak(it_peak_mw: Any, *, average_to_peak: Any) -> Any:
    """Mean IT load of a facility in use.

    Parameters
    ----------
    it_peak_mw : float or array
        IT load the facility is built for (nameplate of servers and network). [MW]
    average_to_peak : float or array
        Mean draw over that peak. [-]

    Returns
    -------
    float or array
        Mean IT load. [MW]
    """
    return it_peak_mw * average_to_peak


def it_peak_from_average(it_average_mw: Any, *, average_to_peak: Any) -> Any:
    """IT load to build for, from the mean; the inverse of `it_average_from_peak`.

    Parameters
    ----------
    it_average_mw : float or array
        Mean IT load. [MW]
    average_to_peak : float or array
        Mean draw over peak. [-]

    Returns
    -------
    float or array
        IT load the facility is built for. [MW]
    """
    return it_average_mw / average_to_peak


def grid_connection(facility_peak_mw: Any, *, firm_on_site_mw: Any, reserve: Any) -> Any:
    """Connection to ask the grid operator for.

    Parameters
    ----------
    facility_peak_mw : float or array
        Design peak at the meter. [MW]
    firm_on_site_mw : float or array
        Own generation that counts as firm, redundancy taken off; 0 for a plain grid supply. [MW]
    reserve : float or array
        Headroom over the peak asked for, e.g. 0.05. [-]

    Returns
    -------
    float or array
        Active power of the connection. [MW]
    """
    return np.maximum(facility_peak_mw * (1.0 + reserve) - firm_on_site_mw, 0.0)


def facility_peak_from_grid_connection(grid_connection_mw: Any, *, firm_on_site_mw: Any, reserve: Any) -> Any:
    """Facility peak that a connection carries; the inverse of `grid_connection` while the grid is used at all.

    Parameters
    ----------
    grid_connection_mw : float or array
        Active power of the connection. [MW]
    firm_on_site_mw : float or array
        Own firm generation. [MW]
    reserve : float or array
        Headroom over the peak. [-]

    Returns
    -------
    float or array
        Design peak at the meter. [MW]
    """
    return (grid_connection_mw + firm_on_site_mw) / (1.0 + reserve)


def apparent_power_mva(active_power_mw: Any, *, power_factor: Any) -> Any:
    """Apparent power of a connection or a transformer bank.

    Parameters
    ----------
    active_power_mw : float or array
        Active power. [MW]
    power_factor : float or array
        Cosine of the angle, at the worst allowed by the grid code. [-]

    Returns
    -------
    float or array
        Apparent power. [MVA]
    """
    return active_power_mw / power_factor


def units_needed(load: Any, *, unit: Any, spare_units: Any, sets: Any) -> Any:
    """Number of equal units under a redundancy rule: N, N+1 (one spare), 2N (two sets).

    Parameters
    ----------
    load : float or array
        What one set must carry, in the unit of `unit`: MVA for transformers, MW for gensets. [MW]
    unit : float or array
        Rating of one unit. [MW]
    spare_units : int or array
        Units beyond those needed, per set: 0 for N, 1 for N+1. [-]
    sets : int or array
        Complete sets: 1, or 2 for 2N. [-]

    Returns
    -------
    float or array
        Number of units, a whole number; 0 for no load. [-]

    Examples
    --------
    1 GW at 0.95 on 400 MVA transformers, N+1:

    >>> float(units_needed(1000.0 / 0.95, unit=400.0, spare_units=1, sets=1))
    4.0
    """
    n = np.ceil(np.asarray(load, float) / unit - 1e-9)
    return np.where(n > 0, (n + spare_units) * sets, 0.0)[()]


def backup_load(facility_peak_mw: Any, *, backed_share: Any) -> Any:
    """Load that backup generators must carry.

    Parameters
    ----------
    facility_peak_mw : float or array
        Design peak at the meter. [MW]
    backed_share : float or array
        Share of the campus behind generators: 1 for cloud, less for training halls that may stop. [-]

    Returns
    -------
    float or array
        Backup load; number of gensets by `units_needed`. [MW]
    """
    return facility_peak_mw * backed_share


def trip_block(facility_peak_mw: Any, *, feeds: Any) -> Any:
    """Largest load lost at once when the campus is split into equal independent feeds.

    Parameters
    ----------
    facility_peak_mw : float or array
        Design peak at the meter. [MW]
    feeds : float or array
        Independent feeds, none of whose faults takes another along. [-]

    Returns
    -------
    float or array
        Largest block. [MW]
    """
    return facility_peak_mw / feeds


def feeds_for_trip_block(facility_peak_mw: Any, *, largest_block_mw: Any) -> Any:
    """Fewest independent feeds that keep each block within what the grid can lose; the inverse of `trip_block`.

    Parameters
    ----------
    facility_peak_mw : float or array
        Design peak at the meter. [MW]
    largest_block_mw : float or array
        Loss of load the synchronous area is secured against. [MW]

    Returns
    -------
    float or array
        Number of feeds, a whole number, at least 1. [-]

    Examples
    --------
    >>> float(feeds_for_trip_block(1000.0, largest_block_mw=300.0))
    4.0
    """
    return np.maximum(np.ceil(np.asarray(facility_peak_mw, float) / largest_block_mw - 1e-9), 1.0)
