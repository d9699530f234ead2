"""Matrix multiplication: how long a product of given shape takes, by precision, and how far below its peak."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them


def matmul_s(
    *,
    flop: Values,
    rows: Values,
    width: Values,
    depth: Values,
    peak_flop_per_s: Values,
    efficiency: Values,
    half_width: Values,
) -> Values:
    """Time of a matrix product: its FLOP at the peak's reachable share, less where an edge is short.

    A tile of the product keeps the arithmetic units busy only when rows, width and depth are long against
    `half_width`: the work lost at the edges is that length over each.

    Parameters
    ----------
    flop : float or array
        Operations. [FLOP]
    rows, width, depth : float or array
        Edges: tokens, output and inner width on one accelerator. [-]
    peak_flop_per_s : float or array
        Dense peak at the precision of the product. [FLOP/s]
    efficiency : float or array
        Share of it that large products reach, 0..1. [-]
    half_width : float or array
        Edge at which half is lost. [-]

    Returns
    -------
    float or array
        Time. [s]

    Examples
    --------
    >>> product = dict(rows=8192, width=8192, depth=8192, peak_flop_per_s=1e15, efficiency=0.8)
    >>> float(matmul_s(flop=8e14, half_width=0.0, **product))
    1.0
    """
    lost = half_width * (1.0 / np.maximum(rows, 1.0) + 1.0 / np.maximum(width, 1.0) + 1.0 / np.maximum(depth, 1.0))
    return np.asarray(flop, float) * (1.0 + lost) / (np.asarray(peak_flop_per_s, float) * efficiency)


def traffic_s(*, traffic_bytes: Values, bytes_per_s: Values, efficiency: Values) -> Values:
    """Time of work that waits for memory: normalisation, activation functions, casts, the optimizer.

    Parameters
    ----------
    traffic_bytes : float or array
        Bytes read and written. [B]
    bytes_per_s : float or array
        Memory bandwidth. [B/s]
    efficiency : float or array
        Share of it that such work reaches, 0..1. [-]

    Returns
    -------
    float or array
        Time. [s]
    """
    return np.asarray(traffic_bytes, float) / (np.asarray(bytes_per_s, float) * efficiency)
