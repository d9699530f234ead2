"""Chronological dispatch of capacities that stand: a rule without foresight, not an optimum.

What comes for nothing serves the load, its surplus charges the stores, a deficit discharges them, and the rest is
bought. A dispatch with foresight at the same capacities costs as much or less: `reference` finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .account import weather_years
from .problem import Array, Decision, Problem, Profile

LAPS = 100
CLOSED = 1e-9  # of a store's size: its content at the end of the year against the beginning


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Series:
    """Hours of a simulated mix.

    Parameters
    ----------
    charge_mw, discharge_mw, backup_mw, curtailed_mw : array (..., hour)
        Power at the bus. [MW]
    soc_mwh : array (..., hour)
        Content at the end of the hour. [MWh]
    """

    charge_mw: Array
    discharge_mw: Array
    backup_mw: Array
    curtailed_mw: Array
    soc_mwh: Array


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Run:
    """Figures of a simulated mix, each shaped like the mixes.

    Parameters
    ----------
    load_mwh, backup_mwh, curtailed_mwh : float or array (...)
        Load; what neither sun, wind nor battery served; what nobody took. [MWh]
    charged_mwh, discharged_mwh : float or array (...)
        Through the battery, at the bus. [MWh]
    peak_backup_mw : float or array (...)
        Highest backup. [MW]
    final_soc_mwh : float or array (...)
        Content at the end. [MWh]
    backup_fraction : float or array (...)
        Backup over load. [-]
    battery_efc_per_day : float or array (...)
        Full cycles: energy taken from the cells over their size, per day; 0 without battery. [1/day]
    series : Series or None
        The hours, where they were asked for. [-]
    """

    load_mwh: Any
    backup_mwh: Any
    curtailed_mwh: Any
    charged_mwh: Any
    discharged_mwh: Any
    peak_backup_mw: Any
    final_soc_mwh: Any
    backup_fraction: Any
    battery_efc_per_day: Any
    series: Series | None


def simulate(
    *,
    load_mw: Any,
    solar_cf: Any,
    wind_cf: Any,
    solar_mw: Any,
    wind_mw: Any,
    power_mw: Any,
    energy_mwh: Any,
    round_trip_efficiency: Any,
    initial_soc: Any,
    step_hours: float = 1.0,
    keep_series: bool = False,
) -> Run:
    """A mix of solar, wind and battery run hour by hour, many mixes at once.

    A rule, not an optimum: surplus charges the battery as far as power and room go, a deficit discharges it, the rest
    is backup. The battery begins as told, ends as it ends, and never waits for a worse hour.

    Parameters
    ----------
    load_mw : float or array (..., hour)
        Load. [MW]
    solar_cf, wind_cf : array (..., hour)
        Output of one MW. [-]
    solar_mw, wind_mw : float or array (...)
        Capacities. [MW]
    power_mw : float or array (...)
        Battery; charging and discharging share the converter. [MW]
    energy_mwh : float or array (...)
        Size of the battery. [MWh]
    round_trip_efficiency : float or array (...)
        Discharged over charged; each way has its square root. [-]
    initial_soc : float or array (...)
        Content at the start over the size. [-]
    step_hours : float
        Length of one step. [h]
    keep_series : bool
        Return the hours too; else memory does not grow with them. [-]

    Returns
    -------
    Run
        Figures over the length of the series. [-]
    """
    load, sun, wind = _same_hours(load_mw, solar_cf, wind_cf)
    power, size, one_way = np.asarray(power_mw, float), np.asarray(energy_mwh, float), np.sqrt(round_trip_efficiency)
    sizes = (np.shape(x) for x in (solar_mw, wind_mw, power, size, one_way, initial_soc))
    mixes = np.broadcast_shapes(load.shape[:-1], sun.shape[:-1], wind.shape[:-1], *sizes)
    soc, total, peak = np.broadcast_to(initial_soc * size, mixes), np.zeros((5, *mixes)), np.zeros(mixes)
    kept = np.empty((5, *mixes, load.shape[-1])) if keep_series else None
    for t in range(load.shape[-1]):
        gap = load[..., t] - solar_mw * sun[..., t] - wind_mw * wind[..., t]
        deficit, surplus = np.maximum(gap, 0.0), np.maximum(-gap, 0.0)
        discharge = np.minimum(np.minimum(deficit, power), soc * one_way / step_hours)
        charge = np.minimum(np.minimum(surplus, power), (size - soc) / (one_way * step_hours))
        soc = np.clip(soc + step_hours * (charge * one_way - discharge / one_way), 0.0, size)
        hour = np.stack(np.broadcast_arrays(charge, discharge, deficit - discharge, surplus - charge, soc))
        total, peak = total + hour, np.maximum(peak, hour[2])
        if kept is not None:
            kept[..., t] = hour
    charged, discharged, backup, curtailed = total[:4] * step_hours
    demand = np.broadcast_to(load.sum(axis=-1) * step_hours, mixes)
    in_all = np.broadcast_to(size * load.shape[-1] * step_hours / 24.0, mixes)  # MWh x days
    cycles = np.divide(discharged / one_way, in_all, out=np.zeros(mixes), where=in_all > 0)
    return Run(
        load_mwh=demand[()],
        backup_mwh=backup,
        curtailed_mwh=curtailed,
        charged_mwh=charged,
        discharged_mwh=discharged,
        peak_backup_mw=peak[()],
        final_soc_mwh=soc[()],
        backup_fraction=backup / demand,
        battery_efc_per_day=cycles[()],
        series=None if kept is None else _series(kept),
    )


def _same_hours(*profiles: Any) -> list[Array]:
    """Profiles as arrays of the same number of hours; a constant is spread over them."""
    arrays = [np.atleast_1d(np.asarray(x, float)) for x in profiles]
    hours = np.broadcast_shapes(*(x.shape[-1:] for x in arrays))
    return [np.broadcast_to(x, x.shape[:-1] + hours) for x in arrays]


def _series(rows: Array) -> Series:
    charge, discharge, backup, curtailed, soc = rows
    return Series(charge_mw=charge, discharge_mw=discharge, backup_mw=backup, curtailed_mw=curtailed, soc_mwh=soc)


def dispatched(
    problem: Problem,
    *,
    source_mw: Any,
    connection_mw: float,
    store_power_mw: Any,
    store_charge_mw: Any,
    store_energy_mwh: Any,
) -> Decision:
    """A greedy dispatch of a problem at given capacities, to be priced and checked by `account`.

    A rule, not an optimum: in each hour what costs nothing more to take (sun, wind, take-or-pay, a price of zero or
    below) serves the load and then charges the stores in their order; a deficit discharges the stores, then goes up
    the merit order of that hour: sources, imports, paused load, unserved energy at its value (last, if forbidden).
    Yearly energy limits are used up as the year goes. Limits on carbon and clean shares are not aimed at: where
    `account.violations` shows none, the cost is an upper bound on the least cost.

    Parameters
    ----------
    problem : Problem
        Load, parts and prices. [-]
    source_mw : array (source,)
        Capacities in the order of the problem. [MW]
    connection_mw : float
        Grid connection; 0 without a grid. [MW]
    store_power_mw, store_charge_mw : array (store,)
        Discharge and charge; equal where one converter does both. [MW]
    store_energy_mwh : array (store,)
        Sizes. [MWh]

    Returns
    -------
    Decision
        Those capacities and the dispatch; the stores end each year as they began it. [-]
    """
    blocks = _blocks(problem, np.asarray(source_mw, float), connection_mw)
    sizes = np.array([store_power_mw, store_charge_mw, store_energy_mwh], float).reshape(3, len(problem.stores))
    loads = problem.load_mw.reshape(weather_years(problem), -1)
    parts = [_closed_year(problem, blocks, y, load, sizes) for y, load in enumerate(loads)]
    out, charge, discharge, soc = (
        np.stack(rows, axis=1).reshape(-1, *problem.load_mw.shape) for rows in zip(*parts, strict=True)
    )
    n, last = len(problem.sources), -1 - len(problem.flexible)
    return Decision(
        source_mw=np.asarray(source_mw, float),
        connection_mw=connection_mw,
        store_power_mw=sizes[0],
        store_charge_mw=sizes[1],
        store_energy_mwh=sizes[2],
        output_mw=out[:n],
        import_mw=out[n:last].sum(axis=0),
        charge_mw=charge,
        discharge_mw=discharge,
        soc_mwh=soc,
        paused_mw=out[last:-1],
        unserved_mw=out[-1],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """Steps of the merit order, in the order sources, grid, flexible, unserved; profiles are (block, year, hour)."""

    price: Array
    offer: Array
    roof: Array  # of the connection, (year, hour)
    through: list[bool]  # the connection
    feeds: list[bool]  # the stores
    budget: list[float]  # MWh a year


def _blocks(problem: Problem, source_mw: Array, connection_mw: float) -> _Blocks:
    shape = (weather_years(problem), problem.load_mw.shape[-1])
    grid, voll = problem.grid, problem.voll_usd_per_mwh
    roof = connection_mw * _spread(grid.availability, shape) if grid else np.zeros(shape)
    rows: list[tuple[Profile, Array, bool, bool, float]] = []
    for s, mw in zip(problem.sources, source_mw, strict=True):
        due = 0.0 if s.take_or_pay else s.variable_usd_per_mwh
        rows.append((due, mw * _spread(s.availability, shape), s.through_connection, True, s.max_mwh_per_year))
    if grid:
        rows.append((grid.price_usd_per_mwh, roof, True, True, np.inf))
    rows += [(f.usd_per_mwh, _spread(f.mw, shape), False, False, f.max_mwh_per_year) for f in problem.flexible]
    rows.append((np.inf if voll is None else voll, problem.load_mw.reshape(shape), False, False, np.inf))
    price, offer, through, feeds, budget = zip(*rows, strict=True)
    return _Blocks(
        price=np.stack([_spread(x, shape) for x in price]),
        offer=np.stack(offer),
        roof=roof,
        through=list(through),
        feeds=list(feeds),
        budget=list(budget),
    )


def _spread(profile: Profile, shape: tuple[int, int]) -> Array:
    return np.broadcast_to(np.asarray(profile, float), shape)


def _closed_year(problem: Problem, blocks: _Blocks, year: int, load: Array, sizes: Array) -> tuple[Array, ...]:
    """One year, run again until the stores end where they began.

    The content at the end is that at the beginning, scaled, shifted and held between two bounds. A store that runs
    empty or full forgets how it began, so beginning where it ended closes the year at once; one larger than the
    year's swing never does, and begins, every other time, where two runs put the crossing of end and beginning.
    """
    begin, size, before = np.zeros(len(problem.stores)), sizes[2], None
    for _ in range(LAPS):
        found = _lap(problem, blocks, year, load, sizes, begin)
        end = found[-1][:, -1]
        gain = end - begin
        if np.all(np.abs(gain) <= CLOSED * size):
            return found
        if before is None:
            begin, before = end, gain
        else:
            begin, before = np.clip(begin + _crossing(before, gain), 0.0, size), None
    raise ValueError(f"greedy dispatch: after {LAPS} years the stores do not end as they began, now {end} MWh")


def _crossing(before: Array, gain: Array) -> Array:
    """How far to move for no gain, when moving by `before` changed the gain from `before` to `gain`."""
    bend = before - gain
    straight = np.where(
        (before == 0.0) | (gain == 0.0), gain, np.copysign(np.inf, gain)
    )  # to the bound, if it never bends
    return np.divide(gain * before, bend, out=straight, where=bend * np.sign(before) > 1e-6 * np.abs(before))


def _lap(
    problem: Problem, blocks: _Blocks, year: int, load: Array, sizes: Array, begin: Array
) -> tuple[Array, Array, Array, Array]:
    """Outputs of the blocks, charge, discharge and content of the stores, each (part, hour); plain floats inside."""
    dt, stores = problem.step_hours, problem.stores
    power, charger, size = sizes.tolist()
    merit = np.argsort(blocks.price[:, year], axis=0, kind="stable").T.tolist()
    price, offer, roof = blocks.price[:, year].T.tolist(), blocks.offer[:, year].T.tolist(), blocks.roof[year].tolist()
    keep = [(1.0 - s.self_discharge_per_hour) ** dt for s in stores]
    soc, budget, rows = begin.tolist(), list(blocks.budget), []
    for t, need in enumerate(load.tolist()):
        hour = _Hour(left=offer[t], room=roof[t], budget=budget, taken=[0.0] * len(budget), blocks=blocks, dt=dt)
        free = [b for b in merit[t] if price[t][b] <= 0]
        for b in free:
            need -= hour.take(b, need)
        short, fill, give = need > 0, [0.0] * len(stores), [0.0] * len(stores)
        for i, s in enumerate(stores):
            held = keep[i] * soc[i]
            if short:
                give[i] = min(need, power[i], held * s.discharge_efficiency / dt)
                need -= give[i]
            else:
                want = min(charger[i], (size[i] - held) / (s.charge_efficiency * dt))
                for b in (b for b in free if blocks.feeds[b]):
                    fill[i] += hour.take(b, want - fill[i])
            moved = fill[i] * s.charge_efficiency - give[i] / s.discharge_efficiency
            soc[i] = min(max(held + dt * moved, 0.0), size[i])
        for b in merit[t][len(free) :]:
            need -= hour.take(b, need)
        rows.append((hour.taken, fill, give, list(soc)))
    taken, filled, given, content = (np.array(x, float).reshape(len(load), -1).T for x in zip(*rows, strict=True))
    return taken, filled, given, content


@dataclass(slots=True, eq=False, kw_only=True)
class _Hour:
    """What is left in an hour of each block, of the connection, and of the yearly budgets."""

    left: list[float]
    room: float
    budget: list[float]
    taken: list[float]
    blocks: _Blocks
    dt: float

    def take(self, b: int, most: float) -> float:
        mw = max(min(most, self.left[b], self.budget[b] / self.dt), 0.0)
        if self.blocks.through[b]:
            mw = min(mw, self.room)
            self.room -= mw
        self.left[b] -= mw
        self.budget[b] -= mw * self.dt
        self.taken[b] += mw
        return mw
