"""IT load, dense peak and MFU of a number of accelerators, and back."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them


def it_kw_per_accelerator(*, server_kw: Values, units_per_server: Values, outside_rack_share: Values) -> Values:
    """Peak IT power per accelerator, with its share of server and of network and storage outside the rack.

    Parameters
    ----------
    server_kw : float or array
        Peak power of the server or rack that is bought as one. [kW]
    units_per_server : float or array
        Accelerators in it. [-]
    outside_rack_share : float or array
        Share of all IT power drawn by network and storage outside these racks, 0..1. [-]

    Returns
    -------
    float or array
        Peak IT power per accelerator. [kW]

    Examples
    --------
    A 132 kW rack of 72 with 12.3 % outside: the 2.09 kW of IT power that Epoch AI counts per GB200.

    >>> float(round(it_kw_per_accelerator(server_kw=132.0, units_per_server=72, outside_rack_share=0.123), 2))
    2.09
    """
    return np.asarray(server_kw, float) / units_per_server / (1.0 - np.asarray(outside_rack_share, float))


def it_peak_mw(*, accelerators: Values, kw_per_accelerator: Values) -> Values:
    """Peak IT load of a number of accelerators.

    Parameters
    ----------
    accelerators : float or array
        Accelerators installed. [-]
    kw_per_accelerator : float or array
        Peak IT power of each, network and storage included. [kW]

    Returns
    -------
    float or array
        Peak IT load. [MW]

    Examples
    --------
    >>> float(it_peak_mw(accelerators=100_000, kw_per_accelerator=2.0))
    200.0
    """
    return np.asarray(accelerators, float) * kw_per_accelerator / 1e3


def accelerators_for_it_mw(
    *, it_peak_mw: Values, kw_per_accelerator: Values, units_per_server: Values | None = None
) -> Values:
    """Accelerators that a peak IT load carries: the inverse of `it_peak_mw`.

    Parameters
    ----------
    it_peak_mw : float or array
        Peak IT load. [MW]
    kw_per_accelerator : float or array
        Peak IT power of each, network and storage included. [kW]
    units_per_server : float or array, optional
        When given, only whole servers or racks of this many are counted. [-]

    Returns
    -------
    float or array
        Accelerators. [-]

    Examples
    --------
    >>> float(accelerators_for_it_mw(it_peak_mw=1.0, kw_per_accelerator=2.0, units_per_server=72))
    432.0
    """
    n = np.asarray(it_peak_mw, float) * 1e3 / kw_per_accelerator
    return n if units_per_server is None else whole_servers(accelerators=n, units_per_server=units_per_server)


def whole_servers(*, accelerators: Values, units_per_server: Values) -> Values:
    """Accelerators in as many whole servers or racks as fit.

    Parameters
    ----------
    accelerators : float or array
        Accelerators that power or money allow. [-]
    units_per_server : float or array
        Accelerators in one server or rack. [-]

    Returns
    -------
    float or array
        Accelerators, a multiple of `units_per_server`. [-]
    """
    # A hair above a whole number of racks is rounding error, not a missing rack.
    return np.floor(np.asarray(accelerators, float) / units_per_server * (1.0 + 1e-12)) * units_per_server


def cluster_peak_flop_per_s(*, accelerators: Values, peak_flop_per_s: Values) -> Values:
    """Dense peak of a whole cluster.

    Parameters
    ----------
    accelerators : float or array
        Accelerators. [-]
    peak_flop_per_s : float or array
        Dense peak of one, at a stated precision. [FLOP/s]

    Returns
    -------
    float or array
        Dense peak of all, at that precision. [FLOP/s]
    """
    return np.asarray(accelerators, float) * peak_flop_per_s


def h100_equivalents(*, accelerators: Values, peak_flop_per_s: Values, h100_peak_flop_per_s: Values) -> Values:
    """Number of H100 with the same dense peak.

    Parameters
    ----------
    accelerators : float or array
        Accelerators. [-]
    peak_flop_per_s : float or array
        Dense peak of one, at one precision. [FLOP/s]
    h100_peak_flop_per_s : float or array
        Dense peak of an H100 at the same precision. [FLOP/s]

    Returns
    -------
    float or array
        H100-equivalents. [-]

    References
    ----------
    .. [1] Epoch AI, "Frontier data centers" (8-bit dense peak over 1.979e15).

    Examples
    --------
    >>> float(round(h100_equivalents(accelerators=1, peak_flop_per_s=5e15, h100_peak_flop_per_s=1.979e15), 2))
    2.53
    """
    return np.asarray(accelerators, float) * peak_flop_per_s / h100_peak_flop_per_s


def mfu_at_scale(*, mfu: Values, accelerators: Values, reference_accelerators: Values, loss_exponent: Values) -> Values:
    """MFU of a cluster somewhat smaller or larger: communication and stragglers take a power of its size.

    Parameters
    ----------
    mfu : float or array
        MFU at the reference size, 0..1. [-]
    accelerators : float or array
        Accelerators in one run. [-]
    reference_accelerators : float or array
        Size at which `mfu` holds. [-]
    loss_exponent : float or array
        b in (N / N_ref)^-b: the slope of MFU around that size. [-]

    Returns
    -------
    float or array
        MFU at that size, 0..1. [-]

    Examples
    --------
    GPT-3 175B from 96 to 4,608 H100: 47 to 42 % (NVIDIA Megatron-LM).

    >>> b = np.log(47 / 42) / np.log(4608 / 96)
    >>> float(round(mfu_at_scale(mfu=0.47, accelerators=4608, reference_accelerators=96, loss_exponent=b), 2))
    0.42
    """
    ratio = np.asarray(accelerators, float) / reference_accelerators
    return np.minimum(np.asarray(mfu, float) * ratio ** (-np.asarray(loss_exponent, float)), 1.0)
