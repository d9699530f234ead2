"""How long backup carries a load through an outage: generators that fail, a battery that empties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .adequacy import SAME, units_up
from .problem import Array, Profile

BINS_PER_HOUR = 60  # a minute at full power
CELLS = 4_000_000  # size of the arrays in `backup_survival`


@dataclass(frozen=True, slots=True, kw_only=True)
class Generators:
    """Equal backup generators, without repair during an outage and with fuel for all of it.

    Parameters
    ----------
    n : int
        Units. [-]
    unit_mw : float
        Output of one. [MW]
    operational_availability : float
        Chance that a unit is not under maintenance when the outage begins. [-]
    failure_to_start : float
        Chance that an available unit does not start. [-]
    mttf_h : float
        Mean running time to failure. [h]
    """

    n: int
    unit_mw: float
    operational_availability: float
    failure_to_start: float
    mttf_h: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Battery:
    """A battery that stands by for an outage.

    Parameters
    ----------
    energy_mwh, power_mw : float
        Size. [MWh, MW]
    start_soc : float or array (hour,)
        Content over size when an outage begins in that hour. [-]
    min_soc : float
        Content over size that is never drawn. [-]
    charge_efficiency, discharge_efficiency : float
        One way, at the bus. [-]
    bins : int or None
        Levels between `min_soc` and full, both counted; None: one for each minute at full power. [-]
    """

    energy_mwh: float
    power_mw: float
    start_soc: Profile
    min_soc: float
    charge_efficiency: float
    discharge_efficiency: float
    bins: int | None = None


def backup_survival(
    *,
    load_mw: Any,
    generators: Sequence[Generators],
    battery: Battery | None,
    max_outage_h: int,
    must_take_mw: Any = 0.0,
    starts: Any = None,
) -> Array:
    """Probability that backup carries the load through every hour of an outage so far.

    The state is the number of running units of each kind and the level of the battery. In each hour running units may
    fail first; then must-take supply and the units at full output meet the load, surplus charges the battery, a
    deficit discharges it, and an hour that is not met in full ends it. Levels move by whole bins, rounded to nearest.
    It is solved backwards, for all starting hours at once: surviving d hours from here is being served this hour and
    surviving d - 1 hours from the next.

    Parameters
    ----------
    load_mw : array (hour,)
        Critical load; an outage that runs past the end goes on at the beginning. [MW]
    generators : sequence of Generators
        Kinds of generator; may be empty. [-]
    battery : Battery or None
        The battery. [-]
    max_outage_h : int
        Longest outage looked at. [h]
    must_take_mw : float or array (hour,)
        PV and wind that run during the outage. [MW]
    starts : int or array (start,), optional
        Hours in which the outage begins; None for each hour of the load, also those it runs past the end from. [h]

    Returns
    -------
    array (start, max_outage_h)
        Survival of the first 1, 2, ... hours. [-]

    References
    ----------
    .. [1] J. Marqusee, S. Ericson, D. Jenket, "Impact of emergency diesel generator reliability on microgrids and
       building-tied systems", Applied Energy 285 (2021) 116437; as in NREL REopt, backup reliability.
    """
    net = np.asarray(load_mw, float) - must_take_mw
    start = np.arange(len(net)) if starts is None else np.atleast_1d(np.asarray(starts, int))
    output, running, failing = _generator_states(generators)
    level, gain = _battery_levels(battery)
    content = _start_levels(battery, len(net), len(level))
    block = max(CELLS // (len(output) * len(level)), max_outage_h)
    survival = np.empty((len(start), max_outage_h))
    for first in np.unique(start // block) * block:
        mine = (start >= first) & (start < first + block)
        reach = int(start[mine].max()) - first + max_outage_h
        ahead = net[(first + np.arange(reach)) % len(net)]
        spare = output - ahead[:, None]
        served = spare[..., None] + level >= -SAME * np.abs(net).max(initial=0.0)
        to = np.clip(np.arange(len(level)) + gain(spare)[..., None], 0, len(level) - 1)
        lives = np.ones((reach + 1, len(output), len(level)))
        here = start[mine] - first
        for d in range(max_outage_h):
            hours = reach - d
            after = np.take_along_axis(lives[1 : hours + 1], to[:hours], axis=-1) * served[:hours]
            lives = failing @ after
            survival[mine, d] = lives[here, :, content[start[mine] % len(net)]] @ running
    return survival


def _generator_states(generators: Sequence[Generators]) -> tuple[Array, Array, Array]:
    """Output of each state, its probability at the start, and the hourly transition (from, to)."""
    output: Array = np.zeros(1)
    running: Any = np.ones(1)
    failing: Any = np.ones((1, 1))
    for g in generators:
        loss = min(1.0 / g.mttf_h, 1.0)
        hourly = np.zeros((g.n + 1, g.n + 1))
        for up in range(g.n + 1):
            hourly[up, : up + 1] = units_up(up, loss)
        starting = units_up(g.n, 1.0 - g.operational_availability * (1.0 - g.failure_to_start))
        output = np.add.outer(output, g.unit_mw * np.arange(g.n + 1)).ravel()
        running, failing = np.kron(running, starting), np.kron(failing, hourly)
    return output, running, failing


def _battery_levels(battery: Battery | None) -> tuple[Array, Any]:
    """Power each level can give for an hour, and the bins that a surplus (or deficit) moves the level by."""
    if battery is None or battery.power_mw <= 0 or battery.energy_mwh * (1.0 - battery.min_soc) <= 0:
        return np.zeros(1), lambda spare: np.zeros(spare.shape, int)
    usable = battery.energy_mwh * (1.0 - battery.min_soc)
    bins = battery.bins
    if bins is None:
        bins = 1 + max(BINS_PER_HOUR, round(BINS_PER_HOUR * usable / battery.power_mw))
    if bins < 2:
        raise ValueError(f"battery: at least 2 bins, empty and full, expected, got {bins}")
    width = usable / (bins - 1)
    level = np.minimum(battery.power_mw, np.arange(bins) * width * battery.discharge_efficiency)

    def gain(spare: Array) -> Any:
        flow = np.clip(spare, -battery.power_mw, battery.power_mw)
        stored = np.where(flow > 0, flow * battery.charge_efficiency, flow / battery.discharge_efficiency)
        return _nearest(stored / width)

    return level, gain


def _start_levels(battery: Battery | None, hours: int, levels: int) -> Any:
    if battery is None or levels == 1:
        return np.zeros(hours, int)
    share = (np.asarray(battery.start_soc, float) - battery.min_soc) / (1.0 - battery.min_soc)
    return np.broadcast_to(np.clip(_nearest(share * (levels - 1)), 0, levels - 1), hours)


def _nearest(x: Array) -> Any:
    """Nearest whole number, halves to even; the ninth digit decides what is a half, not rounding noise."""
    return np.rint(np.round(x, 9)).astype(int)
