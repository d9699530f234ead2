"""One training run over several sites: what distance and bandwidth between them cost, and what the fibre costs.

Sites form a ring and reduce their updates around it, both ways at once. In step, they do so in every optimizer step,
partly beside the backward pass. With the DiLoCo family each site runs many steps on its own and then they exchange how
far they came: all at once and waiting (DiLoCo), or piece by piece beside the work, in four bits (Streaming DiLoCo); a
step is then worth somewhat less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .communication import exposed_s

Values = float | np.ndarray  # one number, or any shape of them

METHODS = ("synchronous", "diloco", "streaming")
BYTES_PER_GB = 1e9
MS_PER_S = 1e3
BITS_PER_BYTE = 8.0


@dataclass(frozen=True, slots=True)
class Method:
    """How sites keep together.

    Parameters
    ----------
    steps_between : float or array
        Optimizer steps from one exchange to the next. [-]
    bytes_per_param : float or array
        Size of an update on the wire. [B]
    overlap : float or array
        Share of the work beside which an exchange can run, 0..1. [-]
    worth : float or array
        Progress of a step against one in step, 0..1. [-]
    """

    steps_between: Values
    bytes_per_param: Values
    overlap: Values
    worth: Values


@dataclass(frozen=True, slots=True)
class Apart:
    """A run over sites. [s], [-], [GB/s]"""

    exchange_s: Values  # one exchange
    exposed_s: Values  # of it, per optimizer step, not beside work
    share: Values  # of the time that is work
    speed: Values  # progress against the same accelerators in one place
    link_gb_per_s: Values  # bandwidth between neighbours that keeps the loss of time within the limit; inf: none does


@dataclass(frozen=True, slots=True)
class Fibre:
    """The links of a ring of sites. [-], [USD]"""

    pairs: Values  # fibre pairs of each span
    waves: Values  # lit wavelengths of each span
    capital_usd: Values
    upkeep_usd_per_year: Values


def ring_s(*, params: Values, bytes_per_param: Values, sites: Values, link_gb_per_s: Values, ring_ms: Values) -> Values:
    """Time of one exchange: a ring all-reduce in both directions, and light once around the ring.

    Each site sends 2 (S - 1) / S of the update, half of it either way; two sites have one link between them, not two.

    Parameters
    ----------
    params : float or array
        Parameters of the model. [-]
    bytes_per_param : float or array
        Size of an update on the wire. [B]
    sites : float or array
        Sites in the run; one exchanges nothing. [-]
    link_gb_per_s : float or array
        Bandwidth between neighbours, each way. [GB/s]
    ring_ms : float or array
        Time of light once around the ring; for two sites, there and back. [ms]

    Returns
    -------
    float or array
        Time. [s]

    References
    ----------
    .. [1] Epoch AI, "Could decentralized training solve AI's power problem?", 2025: 23 sites, a ring of 4,800 km,
       6 Pbit/s, 72e12 parameters, about 220 ms.

    Examples
    --------
    >>> light = 4800 / 200 * 1.5
    >>> float(round(ring_s(params=72e12, bytes_per_param=2, sites=23, link_gb_per_s=750_000, ring_ms=light), 2))
    0.22
    """
    data, latency = _load(params, bytes_per_param, sites), np.asarray(ring_ms, float) / MS_PER_S
    return np.where(np.asarray(sites, float) > 1, data / link_gb_per_s + latency, 0.0)[()]


def _load(params: Values, bytes_per_param: Values, sites: Values) -> Values:
    """What one direction of one link carries in an exchange. [GB]"""
    n = np.asarray(sites, float)
    ways = np.where(n > 2, 2.0, 1.0)
    return 2.0 * np.asarray(params, float) * bytes_per_param * (1.0 - 1.0 / n) / ways / BYTES_PER_GB


def link_for_s(*, params: Values, bytes_per_param: Values, sites: Values, within_s: Values, ring_ms: Values) -> Values:
    """Bandwidth at which an exchange takes so long: the inverse of `ring_s`.

    Parameters
    ----------
    params : float or array
        Parameters of the model. [-]
    bytes_per_param : float or array
        Size of an update on the wire. [B]
    sites : float or array
        Sites in the run. [-]
    within_s : float or array
        Time of the exchange. [s]
    ring_ms : float or array
        Time of light once around the ring. [ms]

    Returns
    -------
    float or array
        Bandwidth between neighbours, each way; infinite where light alone takes longer, 0 for one site. [GB/s]
    """
    left = np.asarray(within_s, float) - np.asarray(ring_ms, float) / MS_PER_S
    data = _load(params, bytes_per_param, sites)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(left > 0, data / left, np.inf)
    return np.where(np.asarray(sites, float) > 1, found, 0.0)[()]


def apart(
    *,
    method: Method,
    params: Values,
    sites: Values,
    link_gb_per_s: Values,
    ring_ms: Values,
    step_s: Values,
    loss_limit: Values,
) -> Apart:
    """A run over several sites by one method.

    Parameters
    ----------
    method : Method
        How the sites keep together. [-]
    params : float or array
        Parameters of the model, all experts. [-]
    sites : float or array
        Sites in the run. [-]
    link_gb_per_s : float or array
        Bandwidth between neighbours, each way. [GB/s]
    ring_ms : float or array
        Time of light once around the ring. [ms]
    step_s : float or array
        Time of one optimizer step without other sites. [s]
    loss_limit : float or array
        Share of the time that may be lost to the exchange, below 1. [-]

    Returns
    -------
    Apart

    References
    ----------
    .. [1] A. Douillard et al., "DiLoCo: distributed low-communication training of language models", arXiv:2311.08105.
    .. [2] A. Douillard et al., "Streaming DiLoCo with overlapping communication", arXiv:2501.18512.
    """
    run = {"params": params, "bytes_per_param": method.bytes_per_param, "sites": sites, "ring_ms": ring_ms}
    exchange = ring_s(**run, link_gb_per_s=link_gb_per_s)
    work = np.asarray(step_s, float) * method.steps_between
    beside = np.asarray(method.overlap, float) * work
    out = exposed_s(communication_s=exchange, work_s=beside, overlap=1.0) / method.steps_between
    share = np.asarray(step_s, float) / (step_s + np.asarray(out))
    allowed = beside + work * np.asarray(loss_limit, float) / (1.0 - np.asarray(loss_limit, float))
    worth = np.where(np.asarray(sites, float) > 1, method.worth, 1.0)
    return Apart(
        exchange_s=exchange,
        exposed_s=np.asarray(out)[()],
        share=share[()],
        speed=(share * worth)[()],
        link_gb_per_s=link_for_s(**run, within_s=allowed),
    )


def fibre(
    *,
    sites: Values,
    ring_km: Values,
    link_gb_per_s: Values,
    wave_gbit_per_s: Values,
    pair_gbit_per_s: Values,
    pair_usd_per_km: Values,
    line_usd_per_km: Values,
    wave_end_usd: Values,
    upkeep_per_year: Values,
) -> Fibre:
    """Leased dark fibre between neighbours, lit by the owner.

    Parameters
    ----------
    sites : float or array
        Sites on the ring. [-]
    ring_km : float or array
        Length of fibre around the ring. [km]
    link_gb_per_s : float or array
        Bandwidth between neighbours, each way. [GB/s]
    wave_gbit_per_s : float or array
        What one wavelength carries. [Gbit/s]
    pair_gbit_per_s : float or array
        What all wavelengths of a pair of fibres carry. [Gbit/s]
    pair_usd_per_km : float or array
        Right to use a pair over its life. [USD/km]
    line_usd_per_km : float or array
        Amplifiers and their huts, for a pair. [USD/km]
    wave_end_usd : float or array
        Transponder and its share of the terminal, at one end of a wavelength. [USD]
    upkeep_per_year : float or array
        Upkeep over capital. [1/year]

    Returns
    -------
    Fibre
    """
    n, gbit = np.asarray(sites, float), np.asarray(link_gb_per_s, float) * BITS_PER_BYTE
    several = n > 1
    waves = np.where(several, np.ceil(gbit / wave_gbit_per_s), 0.0)
    pairs = np.ceil(waves * wave_gbit_per_s / np.asarray(pair_gbit_per_s, float) - 1e-9)
    spans = np.where(n > 2, n, 1.0)
    km = np.where(n > 2, ring_km, np.asarray(ring_km, float) / 2.0)  # two sites: there and back is one span
    capital = pairs * km * (np.asarray(pair_usd_per_km, float) + line_usd_per_km)
    capital = np.where(several, capital + 2.0 * spans * waves * wave_end_usd, 0.0)
    return Fibre(np.where(several, pairs, 0.0)[()], waves[()], capital[()], (capital * upkeep_per_year)[()])
