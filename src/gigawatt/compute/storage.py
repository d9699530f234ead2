"""Storage of a training cluster: checkpoints and their bandwidth, the data set and its reading, servers and their bill.

Two tiers: flash that takes checkpoints and feeds the accelerators, disk that keeps the data set and old checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

BYTES_PER_GB = 1e9
GB_PER_TB = 1e3
SECONDS_PER_HOUR = 3600.0
WATTS_PER_MW = 1e6


@dataclass(frozen=True, slots=True)
class Storage:
    """Two tiers of storage and their bill. [TB], [GB/s], [MW], [USD]"""

    flash_tb: Values
    disk_tb: Values
    write_gb_per_s: Values  # what the flash can take
    mw: Values
    usd: Values


def checkpoint_gb(*, params: Values, bytes_per_param: Values) -> Values:
    """Size of one checkpoint: weights and the state of the optimizer, each parameter once over all accelerators.

    Parameters
    ----------
    params : float or array
        Parameters of the model, all experts. [-]
    bytes_per_param : float or array
        16-bit weights 2, master weight and two moments 12 more. [-]

    Returns
    -------
    float or array
        Size. [GB]

    Examples
    --------
    Llama 3.1 405B: 5.7 TB, 0.35 GB from each of 16,384 accelerators, inside the published 1 MB to 4 GB.

    >>> round(float(checkpoint_gb(params=405e9, bytes_per_param=14)))
    5670
    """
    return np.asarray(params, float) * bytes_per_param / BYTES_PER_GB


def write_gb_per_s(*, checkpoint_gb: Values, interval_h: Values, stall_share: Values) -> Values:
    """Bandwidth at which writing checkpoints, while the run waits, costs no more than a share of the time.

    Parameters
    ----------
    checkpoint_gb : float or array
        Size of a checkpoint. [GB]
    interval_h : float or array
        Time from one to the next. [h]
    stall_share : float or array
        Share of the time for which the run may wait, 0..1; 1 where writing runs beside it and must only be done before
        the next. [-]

    Returns
    -------
    float or array
        Bandwidth. [GB/s]

    Examples
    --------
    >>> float(write_gb_per_s(checkpoint_gb=3600.0, interval_h=0.5, stall_share=0.01))
    200.0
    """
    return np.asarray(checkpoint_gb, float) / (np.asarray(interval_h, float) * SECONDS_PER_HOUR * stall_share)


def stall_share(*, checkpoint_gb: Values, interval_h: Values, write_gb_per_s: Values) -> Values:
    """Share of the time for which a run waits for its checkpoints: the inverse of `write_gb_per_s`.

    Parameters
    ----------
    checkpoint_gb : float or array
        Size of a checkpoint. [GB]
    interval_h : float or array
        Time from one to the next. [h]
    write_gb_per_s : float or array
        Bandwidth. [GB/s]

    Returns
    -------
    float or array
        Share, 1 where one checkpoint is not done before the next. [-]
    """
    time = np.asarray(checkpoint_gb, float) / write_gb_per_s
    return np.minimum(time / (np.asarray(interval_h, float) * SECONDS_PER_HOUR), 1.0)[()]


def read_gb_per_s(*, checkpoint_gb: Values, replicas_reading: Values, restart_s: Values) -> Values:
    """Bandwidth to load a checkpoint within a restart.

    Parameters
    ----------
    checkpoint_gb : float or array
        Size of a checkpoint. [GB]
    replicas_reading : float or array
        Copies read from storage: 1 where one replica reads and hands on. [-]
    restart_s : float or array
        Time for it. [s]

    Returns
    -------
    float or array
        Bandwidth. [GB/s]
    """
    return np.asarray(checkpoint_gb, float) * replicas_reading / restart_s


def dataset_gb_per_s(*, tokens_per_s: Values, bytes_per_token: Values, read_over_used: Values) -> Values:
    """Bandwidth that the training data needs: small for text, large for video.

    Parameters
    ----------
    tokens_per_s : float or array
        Tokens that the whole cluster trains on. [token/s]
    bytes_per_token : float or array
        Stored bytes of one. [B]
    read_over_used : float or array
        Read over used: shuffling and refused samples. [-]

    Returns
    -------
    float or array
        Bandwidth. [GB/s]
    """
    return np.asarray(tokens_per_s, float) * bytes_per_token * read_over_used / BYTES_PER_GB


def storage(
    *,
    accelerators: Values,
    tb_per_accelerator: Values,
    checkpoint_gb: Values,
    checkpoints_on_flash: Values,
    bandwidth_gb_per_s: Values,
    flash_gb_per_s_per_tb: Values,
    flash_usd_per_tb: Values,
    flash_w_per_tb: Values,
    disk_usd_per_tb: Values,
    disk_w_per_tb: Values,
) -> Storage:
    """Flash for bandwidth and the newest checkpoints, disk for the rest.

    Parameters
    ----------
    accelerators : float or array
        Accelerators of the campus. [-]
    tb_per_accelerator : float or array
        Capacity wanted for each, all tiers. [TB]
    checkpoint_gb : float or array
        Size of a checkpoint. [GB]
    checkpoints_on_flash : float or array
        Checkpoints kept there. [-]
    bandwidth_gb_per_s : float or array
        The larger of writing and reading. [GB/s]
    flash_gb_per_s_per_tb : float or array
        Bandwidth that a TB of flash brings. [1/s]
    flash_usd_per_tb, disk_usd_per_tb : float or array
        Price with servers. [USD/TB]
    flash_w_per_tb, disk_w_per_tb : float or array
        Draw with servers. [W/TB]

    Returns
    -------
    Storage
    """
    kept_tb = np.asarray(checkpoint_gb, float) * checkpoints_on_flash / GB_PER_TB
    flash = np.maximum(kept_tb, np.asarray(bandwidth_gb_per_s, float) / flash_gb_per_s_per_tb)
    disk = np.maximum(np.asarray(accelerators, float) * tb_per_accelerator - flash, 0.0)
    return Storage(
        flash_tb=flash[()],
        disk_tb=disk[()],
        write_gb_per_s=(flash * flash_gb_per_s_per_tb)[()],
        mw=((flash * flash_w_per_tb + disk * disk_w_per_tb) / WATTS_PER_MW)[()],
        usd=(flash * flash_usd_per_tb + disk * disk_usd_per_tb)[()],
    )
