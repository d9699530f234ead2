"""Power swings of a synchronous job, and the store between it and a supply that may only ramp slowly.

All accelerators of a job compute, exchange and wait together, so the draw of the campus falls in every exchange, at
every checkpoint, and when one failure stops the job. A supply that ramps at a limit meets a step of the load by a store
that gives or takes the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

SECONDS_PER_HOUR = 3600.0
SECONDS_PER_MIN = 60.0
JOULES_PER_MWH = 3.6e9


@dataclass(frozen=True, slots=True)
class Buffer:
    """A store beside a load: its power and its energy. [MW], [MWh]"""

    mw: Values
    mwh: Values


def step_mw(*, it_mw: Values, synchronous_share: Values, share_before: Values, share_after: Values) -> Values:
    """Step of the draw when a job changes what it does.

    Parameters
    ----------
    it_mw : float or array
        IT power at peak. [MW]
    synchronous_share : float or array
        Share of it in the one job, 0..1. [-]
    share_before, share_after : float or array
        Draw over peak in the two states, 0..1. [-]

    Returns
    -------
    float or array
        Size of the step, up or down. [MW]

    Examples
    --------
    >>> float(step_mw(it_mw=100.0, synchronous_share=1.0, share_before=1.0, share_after=0.25))
    75.0
    """
    share = np.abs(np.asarray(share_before, float) - share_after)
    return np.asarray(it_mw, float) * synchronous_share * share


def swing_mw_per_s(*, step_mw: Values, transition_s: Values) -> Values:
    """Rate at which the draw changes.

    Parameters
    ----------
    step_mw : float or array
        Size of the step. [MW]
    transition_s : float or array
        Time it takes. [s]

    Returns
    -------
    float or array
        Rate. [MW/s]

    Examples
    --------
    A block of a training hall went from 6 to 30 MW in 0.25 s (IEA, Key questions on energy and AI).

    >>> float(swing_mw_per_s(step_mw=30.0 - 6.0, transition_s=0.25))
    96.0
    """
    return np.asarray(step_mw, float) / transition_s


def buffer_for_step(*, step_mw: Values, ramp_mw_per_s: Values) -> Buffer:
    """Store that meets one step of the load while the supply follows at its limit.

    The store gives the whole step at first and nothing when the supply is there: energy step^2 / (2 x ramp).

    Parameters
    ----------
    step_mw : float or array
        Size of the step. [MW]
    ramp_mw_per_s : float or array
        Limit of the supply; none needs no store. [MW/s]

    Returns
    -------
    Buffer

    Examples
    --------
    >>> found = buffer_for_step(step_mw=100.0, ramp_mw_per_s=1.0)
    >>> float(found.mw), round(float(found.mwh), 3)
    (100.0, 1.389)
    """
    size, ramp = np.asarray(step_mw, float), np.asarray(ramp_mw_per_s, float)
    none = np.isinf(ramp)
    energy = np.where(none, 0.0, size**2 / (2.0 * np.where(none, 1.0, ramp))) / SECONDS_PER_HOUR
    return Buffer(np.where(none | (size <= 0), 0.0, size)[()], energy[()])


def buffer_for_cycle(*, step_mw: Values, period_s: Values, low_share: Values, ramp_mw_per_s: Values) -> Buffer:
    """Store that meets the swing of every training step.

    Either the store holds the supply at the mean, which takes step x share x (1 - share) x period, or the supply
    follows each edge at its limit, which takes step^2 / (2 x ramp): the smaller of the two.

    Parameters
    ----------
    step_mw : float or array
        Fall of the draw in the exchange. [MW]
    period_s : float or array
        Time of a training step. [s]
    low_share : float or array
        Share of it spent in the exchange, 0..1. [-]
    ramp_mw_per_s : float or array
        Limit of the supply. [MW/s]

    Returns
    -------
    Buffer

    Examples
    --------
    >>> found = buffer_for_cycle(step_mw=100.0, period_s=10.0, low_share=0.2, ramp_mw_per_s=1.0)
    >>> float(found.mw), round(float(found.mwh * 3600))
    (80.0, 160)
    """
    size, low = np.asarray(step_mw, float), np.asarray(low_share, float)
    flat_mws = size * low * (1.0 - low) * period_s
    edge = buffer_for_step(step_mw=size, ramp_mw_per_s=ramp_mw_per_s)
    flat = flat_mws / SECONDS_PER_HOUR < np.asarray(edge.mwh)
    power = np.where(flat, size * np.maximum(low, 1.0 - low), edge.mw)
    return Buffer(power[()], np.minimum(flat_mws / SECONDS_PER_HOUR, edge.mwh)[()])


def ramp_limit_mw_per_s(*, supply_mw: Values, share_per_min: Values) -> Values:
    """Ramp limit of a supply of some size, from its limit as a share of its size and minute.

    Parameters
    ----------
    supply_mw : float or array
        Power of the plant or connection. [MW]
    share_per_min : float or array
        Limit. [1/min]

    Returns
    -------
    float or array
        Limit. [MW/s]
    """
    return np.asarray(supply_mw, float) * share_per_min / SECONDS_PER_MIN


def rack_store_mwh(*, accelerators: Values, joules_per_accelerator: Values) -> Values:
    """Energy that the racks' own power supplies can give.

    Parameters
    ----------
    accelerators : float or array
        Accelerators. [-]
    joules_per_accelerator : float or array
        Stored for each. [J]

    Returns
    -------
    float or array
        Energy. [MWh]
    """
    return np.asarray(accelerators, float) * joules_per_accelerator / JOULES_PER_MWH


def left_to_buy(*, needed: Buffer, there: Buffer) -> Buffer:
    """What a store that is there anyway does not cover.

    Parameters
    ----------
    needed, there : Buffer
        Stores. [MW], [MWh]

    Returns
    -------
    Buffer
    """
    mw = np.maximum(np.asarray(needed.mw) - there.mw, 0.0)
    mwh = np.maximum(np.asarray(needed.mwh) - there.mwh, 0.0)
    return Buffer(mw[()], mwh[()])


def as_built(*, buffer: Buffer, most_per_hour: Values) -> Buffer:
    """The store that can be bought: cells that give their energy in seconds are rare, so there is more energy.

    Parameters
    ----------
    buffer : Buffer
        What is needed. [MW], [MWh]
    most_per_hour : float or array
        Power over energy that cells allow. [1/h]

    Returns
    -------
    Buffer

    Examples
    --------
    >>> float(as_built(buffer=Buffer(100.0, 1.0), most_per_hour=4.0).mwh)
    25.0
    """
    return Buffer(buffer.mw, np.maximum(np.asarray(buffer.mwh), np.asarray(buffer.mw) / most_per_hour)[()])


def buffer_usd(*, buffer: Buffer, usd_per_mw: Values, usd_per_mwh: Values) -> Values:
    """Price of a store, power and energy apart.

    Parameters
    ----------
    buffer : Buffer
        The store. [MW], [MWh]
    usd_per_mw, usd_per_mwh : float or array
        Price of its converter and of its cells. [USD/MW], [USD/MWh]

    Returns
    -------
    float or array
        Price. [USD]
    """
    return np.asarray(buffer.mw) * usd_per_mw + np.asarray(buffer.mwh) * usd_per_mwh
