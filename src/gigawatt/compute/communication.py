"""Collectives over levels: the scale-up domain inside, the rails of a building around it, the spine between buildings.

The next level, sites and the network between them, is `sites.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a cluster's network.

    Parameters
    ----------
    name : str
        domain, building or campus. [-]
    accelerators : float or array
        Accelerators that it joins. [-]
    bytes_per_s, reached_bytes_per_s : float or array
        Bandwidth of one accelerator across it, one direction: of the links, and as collectives reach it. [B/s]
    """

    name: str
    accelerators: Values
    bytes_per_s: Values
    reached_bytes_per_s: Values


def levels(
    *,
    accelerators: Values,
    domain: Values,
    building: Values,
    near_bytes_per_s: Values,
    far_bytes_per_s: Values,
    spine_share: Values,
    near: Values,
    far: Values,
) -> tuple[Level, ...]:
    """The levels of a cluster: what joins how many accelerators, and how fast.

    Parameters
    ----------
    accelerators, domain, building : float or array
        Accelerators of the cluster, of a scale-up domain, of a building without oversubscription. [-]
    near_bytes_per_s, far_bytes_per_s : float or array
        Links of one accelerator inside its domain and into the building's network, one direction. [B/s]
    spine_share : float or array
        Bandwidth between buildings over that inside one, 0..1. [-]
    near, far : float or array
        Shares of both that collectives reach, 0..1. [-]

    Returns
    -------
    tuple of Level
        From the inside out.
    """
    n = np.asarray(accelerators, float)
    across = np.asarray(far_bytes_per_s, float) * np.where(n > building, spine_share, 1.0)
    return (
        Level("domain", np.minimum(domain, n)[()], near_bytes_per_s, np.asarray(near_bytes_per_s, float) * near),
        Level("building", np.minimum(building, n)[()], far_bytes_per_s, np.asarray(far_bytes_per_s, float) * far),
        Level("campus", n[()], across[()], (across * far)[()]),
    )


def gather_s(
    *,
    shard_total_bytes: Values,
    ranks: Values,
    near_ranks: Values,
    near_bytes_per_s: Values,
    far_bytes_per_s: Values,
    latency_s: Values,
    building_ranks: Values = np.inf,
    spine_bytes_per_s: Values = np.inf,
) -> Values:
    """Time of one all-gather or one reduce-scatter (half an all-reduce), by rings inside and rails between domains.

    Of `ranks` members, `near_ranks` share a domain and `building_ranks` a building. Between domains each member moves
    its own part over its own rail, between buildings the smaller part that is left; inside, the parts go round over the
    fast links.

    Parameters
    ----------
    shard_total_bytes : float or array
        Bytes that every member has afterwards (all-gather) or had before (reduce-scatter). [B]
    ranks, near_ranks, building_ranks : float or array
        Members; those of them in one scale-up domain; in one building, all where not given. [-]
    near_bytes_per_s, far_bytes_per_s, spine_bytes_per_s : float or array
        Bandwidth of one member inside a domain, between domains, between buildings, one direction. [B/s]
    latency_s : float or array
        Start of one collective. [s]

    Returns
    -------
    float or array
        Time; 0 for a single member. [s]

    Examples
    --------
    >>> links = dict(near_bytes_per_s=400e9, far_bytes_per_s=50e9, latency_s=0.0)
    >>> float(gather_s(shard_total_bytes=8e9, ranks=8, near_ranks=8, **links))
    0.0175
    >>> round(float(gather_s(shard_total_bytes=8e9, ranks=16, near_ranks=8, **links)), 6)
    0.0275
    >>> thin = dict(building_ranks=8, spine_bytes_per_s=25e9)
    >>> round(float(gather_s(shard_total_bytes=8e9, ranks=16, near_ranks=8, **thin, **links)), 6)
    0.0375
    """
    n, k = np.asarray(ranks, float), np.clip(near_ranks, 1.0, np.asarray(ranks, float))
    size, b = np.asarray(shard_total_bytes, float), np.clip(building_ranks, k, n)
    domains = b / k
    inside = size * (1.0 - 1.0 / k) / near_bytes_per_s
    between = size / k * (1.0 - 1.0 / domains) / far_bytes_per_s
    across = size / b * (1.0 - b / n) / spine_bytes_per_s
    return np.where(n > 1, inside + between + across + latency_s, 0.0)[()]


def all_to_all_s(
    *,
    sent_bytes: Values,
    ranks: Values,
    near_ranks: Values,
    near_bytes_per_s: Values,
    far_bytes_per_s: Values,
    latency_s: Values,
) -> Values:
    """Time of an exchange in which every member has something for every other: experts and their tokens.

    Parameters
    ----------
    sent_bytes : float or array
        Bytes that one member holds for all, itself included. [B]
    ranks, near_ranks : float or array
        Members; those of them in one scale-up domain. [-]
    near_bytes_per_s, far_bytes_per_s : float or array
        Bandwidth of one member inside and between domains, one direction. [B/s]
    latency_s : float or array
        Start of the exchange. [s]

    Returns
    -------
    float or array
        Time; 0 for a single member. [s]
    """
    n = np.asarray(ranks, float)
    k = np.clip(near_ranks, 1.0, n)
    size = np.asarray(sent_bytes, float)
    moved = size * ((k - 1.0) / n / near_bytes_per_s + (n - k) / n / far_bytes_per_s)
    return np.where(n > 1, moved + latency_s, 0.0)[()]


def exposed_s(*, communication_s: Values, work_s: Values, overlap: Values) -> Values:
    """What remains of a communication that runs beside work: a share of the shorter of both is hidden.

    Parameters
    ----------
    communication_s, work_s : float or array
        Time of each alone. [s]
    overlap : float or array
        Share hidden, 0..1. [-]

    Returns
    -------
    float or array
        Time that the communication adds. [s]

    Examples
    --------
    >>> float(exposed_s(communication_s=3.0, work_s=2.0, overlap=0.5))
    2.0
    """
    return np.asarray(communication_s, float) - overlap * np.minimum(communication_s, work_s)
