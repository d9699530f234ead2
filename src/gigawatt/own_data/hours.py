"""Steps to hours: gaps filled and counted, other steps brought to hours, clocks moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gigawatt.units import in_percent

from .clock import HOURS_PER_YEAR, Laid, taken
from .quantities import SUN
from .table import MINUTES_PER_HOUR, Array, Table
from .text import bad

MAX_GAP_H = 6
MAX_FILLED_SHARE = 0.05
HELD = (*SUN, "price_per_mwh", "load_mw")  # means over a step, held where a step is longer than an hour


def filled(table: Table, laid: Laid, *, cyclic: bool = True) -> dict[str, Array]:
    """Numbers on the even axis with short gaps filled by straight lines; what is never there is left out.

    Parameters
    ----------
    table : Table
        Settled; gets a note per quantity. [-]
    laid : Laid
        Its axis. [-]
    cyclic : bool
        Whether the end of a year leads to its start. [-]

    Returns
    -------
    dict of str to array (year, step)
        Numbers in house units. [-]

    Raises
    ------
    ScenarioError
        For a gap of more than `MAX_GAP_H` hours, or more than `MAX_FILLED_SHARE` of all steps, with its lines.
    """
    out: dict[str, Array] = {}
    for quantity, values in table.values.items():
        v = taken(values, laid.rows)
        if np.isnan(v).all():
            continue
        gap = np.isnan(v)
        if gap.any():
            _short_enough(table, laid, quantity, gap)
            steps = np.arange(v.shape[-1])
            period = float(len(steps)) if cyclic else None
            v = np.stack([np.interp(steps, steps[~g], row[~g], period=period) for row, g in zip(v, gap, strict=True)])
            many = f"{int(gap.sum()):,} missing step" + ("s" if gap.sum() > 1 else "")
            table.notes.append(f"{_header(table, quantity)}: {many} filled by straight lines")
        out[quantity] = v
    return out


def _header(table: Table, quantity: str) -> str:
    return table.headers.get(quantity, quantity)


def _short_enough(table: Table, laid: Laid, quantity: str, gap: NDArray[np.bool_]) -> None:
    """Refuse long gaps and too many of them."""
    longest, where = 0, (0, 0)
    for y, row in enumerate(gap):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
        starts, lengths = edges[::2], edges[1::2] - edges[::2]
        if len(lengths) and int(lengths.max()) > longest:
            longest, where = int(lengths.max()), (y, int(starts[lengths.argmax()]))
    hours = longest * laid.step_min / MINUTES_PER_HOUR
    rows = laid.rows[where[0]]
    known = rows[where[1] : where[1] + longest]
    after = rows[: where[1]][rows[: where[1]] >= 0]
    line = known[known >= 0][0] if (known >= 0).any() else (after[-1] if len(after) else rows[rows >= 0][0])
    at = f"{_header(table, quantity)} missing in {longest:,} rows on end ({hours:g} h)"
    if not (known >= 0).any():
        at += " after this line" if len(after) else " before this line"
    if hours > MAX_GAP_H:
        then = "fill them, choose another period, or remove the column"
        raise bad(table.name, int(table.lines[line]), at, f"gaps of at most {MAX_GAP_H} h", then)
    if gap.mean() > MAX_FILLED_SHARE:
        found = f"{_header(table, quantity)} missing in {int(gap.sum()):,} of {gap.size:,} steps"
        then = "fill them or remove the column"
        raise bad(table.name, int(table.lines[line]), found, f"at most {in_percent(MAX_FILLED_SHARE)}", then)


def to_hours(quantity: str, v: Array, step_min: int) -> Array:
    """Years in steps to years in hours, means kept.

    Parameters
    ----------
    quantity : str
        Which: means over a step are held, what varies smoothly is drawn through the middle of steps. [-]
    v : array (year, step)
        Numbers. [-]
    step_min : int
        Length of a step. [min]

    Returns
    -------
    array (year, hour)
        Numbers. [-]
    """
    steps = v.shape[-1]
    if step_min == MINUTES_PER_HOUR:
        return v
    if step_min < MINUTES_PER_HOUR:
        return np.asarray(v.reshape(len(v), HOURS_PER_YEAR, MINUTES_PER_HOUR // step_min).mean(axis=-1))
    k = step_min // MINUTES_PER_HOUR
    if quantity in HELD:
        return np.repeat(v, k, axis=-1)
    middle = (np.arange(-1, steps + 1) + 0.5) * k
    around = np.concatenate([v[:, -1:], v, v[:, :1]], axis=1)
    return np.stack([np.interp(np.arange(HOURS_PER_YEAR) + 0.5, middle, row) for row in around])


def moved(v: Array, by_h: float) -> Array:
    """Hours moved to a clock that is ahead; half hours mix two neighbours.

    Parameters
    ----------
    v : array (year, hour)
        Numbers. [-]
    by_h : float
        New clock minus old one. [h]

    Returns
    -------
    array (year, hour)
        Numbers; the years run on into each other, the last into the first. [-]
    """
    whole = int(np.floor(by_h))
    flat = np.roll(v.reshape(-1), whole)
    if part := by_h - whole:
        flat = (1.0 - part) * flat + part * np.roll(flat, 1)
    return np.asarray(flat.reshape(v.shape))
