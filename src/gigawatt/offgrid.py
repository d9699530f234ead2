"""A published off-grid convention, reproduced exactly: solar, battery and generator for a flat load, and its pro forma.

Kept apart from `power` and `finance`, which hold the planner's own choices: here dispatch, degradation, timing of
payments and tax are those of a public calculator [1]_, so that its cases are met to the last digit. Its price is flat
and NOMINAL over the life: in constant money it is lower by about the mean inflation of the contract.

References
----------
.. [1] B. James and the offgridai.us team, "cost-calculator" (MIT licence), February 2025, the calculator of
   K. Baranko, D. Campbell, Z. Hausfather, J. McWalter, N. Ransohoff, "Fast, scalable, clean, and cheap enough",
   offgridai.us, December 2024.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MACRS_5_YEAR = (0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576)  # IRS Publication 946, table A-1, half-year convention
_KW_PER_MW, _W_PER_MW = 1e3, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """What stands on the site: a flat load, solar (modules), a battery and generators.

    Each may be an array of many plants, shape (plant,): all are then run at once.
    """

    load_mw: Any
    solar_mw_dc: Any
    battery_mw: Any
    battery_hours: Any
    generator_mw: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How the parts of the plant behave and age.

    `solar_loss_per_year` and `battery_loss_per_year` are lost linearly, of the first year's output and energy.
    """

    life_years: int
    round_trip_efficiency: float
    dc_ac_ratio: float
    solar_loss_per_year: float
    battery_loss_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Investment, upkeep and fuel of the first year of operation; the generator's are those of its type."""

    solar_usd_per_w_dc: float
    battery_usd_per_kwh: float
    generator_usd_per_kw: float
    integration_usd_per_kw_load: float
    soft_fraction: float  # of hard investment
    solar_fixed_usd_per_kw_year: float
    battery_fixed_usd_per_kw_year: float
    generator_fixed_usd_per_kw_year: float
    generator_variable_usd_per_kwh: float
    balance_fixed_usd_per_kw_load_year: float
    soft_fraction_per_year: float  # of hard investment
    upkeep_escalation: float
    fuel_usd_per_mmbtu: float
    fuel_escalation: float
    heat_rate_mmbtu_per_mwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the plant is paid for: debt over `debt_years`, equity, tax, and a credit on solar and battery in year one."""

    construction_years: int
    debt_fraction: float
    debt_rate: float
    debt_years: int
    equity_return: float
    tax_rate: float
    investment_credit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """Yearly energy, one entry per year of life. [MWh/year]

    Parameters
    ----------
    solar_net_mwh, curtailed_mwh : array (..., year)
        Solar energy taken, on its way into the battery included, and what nobody took. [MWh/year]
    battery_mwh, generator_mwh : array (..., year)
        Delivered to the load by the battery and by the generators. [MWh/year]
    served_mwh : array (..., year)
        Load served. [MWh/year]
    """

    solar_net_mwh: Array
    curtailed_mwh: Array
    battery_mwh: Array
    generator_mwh: Array
    served_mwh: Array

    @property
    def renewable_fraction(self) -> Any:
        """Share of the load of the whole life that no generator served."""
        return 1.0 - self.generator_mwh.sum(axis=-1) / self.served_mwh.sum(axis=-1)


def dispatch(*, solar_cf: Any, plant: Plant, wear: Wear) -> Energy:
    """Every year of the life, hour by hour: solar first, then battery, then generators.

    The years differ only by age: each has the same sun and begins with a full battery. Charging is limited on the
    AC side, room in the battery included; discharging is limited at the cells. Sums are rounded to whole MWh.

    Parameters
    ----------
    solar_cf : array (hour)
        Output of the inverters over their rating. [-]
    plant : Plant
        Capacities. [-]
    wear : Wear
        Efficiency and ageing. [-]

    Returns
    -------
    Energy
        Rounded yearly sums.

    Examples
    --------
    One night hour and one noon hour, one year; the battery begins full:

    >>> e = dispatch(solar_cf=[0.0, 1.0], plant=Plant(load_mw=10.0, solar_mw_dc=24.0, battery_mw=5.0,
    ...              battery_hours=4.0, generator_mw=12.0),
    ...              wear=Wear(life_years=1, round_trip_efficiency=0.64, dc_ac_ratio=1.2, solar_loss_per_year=0.0,
    ...                        battery_loss_per_year=0.0))
    >>> e.battery_mwh, e.generator_mwh, e.curtailed_mwh
    (array([4.]), array([6.]), array([5.]))
    """
    age = np.arange(wear.life_years, dtype=float)
    one_way = np.sqrt(wear.round_trip_efficiency)
    load, modules, power, hours, backup = (
        np.asarray(x, float)[..., None]
        for x in (plant.load_mw, plant.solar_mw_dc, plant.battery_mw, plant.battery_hours, plant.generator_mw)
    )
    inverter = modules / wear.dc_ac_ratio * (1.0 - wear.solar_loss_per_year * age)
    size = hours * power * (1.0 - wear.battery_loss_per_year * age)
    held = np.broadcast_to(hours * power, np.broadcast_shapes(size.shape, inverter.shape, load.shape, backup.shape))
    total = np.zeros((len(Energy.__slots__), *held.shape))
    for factor in np.asarray(solar_cf, float):
        solar = factor * inverter
        short, excess = np.maximum(load - solar, 0.0), np.maximum(solar - load, 0.0)
        charge = np.minimum(np.maximum(size - held, 0.0), np.minimum(excess, power))
        cells = np.minimum(np.minimum(power, short / one_way), held)
        held = held + charge * one_way - cells
        battery = cells * one_way
        generator = np.minimum(backup, short - battery)
        total[0] += solar - excess + charge
        total[1] += excess - charge
        total[2] += battery
        total[3] += generator
        total[4] += load - short + battery + generator
    return Energy(**dict(zip(Energy.__slots__, np.round(total), strict=True)))


def levelised_price(*, energy: Energy, plant: Plant, prices: Prices, terms: Terms) -> Any:
    """Flat nominal price at which the owners' cash flow after tax is worth nothing at their required return.

    Equity pays its share of the investment in equal parts in the years of construction; debt is repaid in equal
    payments from the first year of operation. The price enters linearly, so it is solved for, not searched.

    Parameters
    ----------
    energy : Energy
        From `dispatch`. [-]
    plant : Plant
        Capacities. [-]
    prices : Prices
        Money of the first year of operation. [-]
    terms : Terms
        Financing and tax. [-]

    Returns
    -------
    float or array (...)
        Price of each MWh served, the same in every year. [USD/MWh]
    """
    load, modules, power, hours, generators = (
        np.asarray(x, float)[..., None]
        for x in (plant.load_mw, plant.solar_mw_dc, plant.battery_mw, plant.battery_hours, plant.generator_mw)
    )
    credited = prices.solar_usd_per_w_dc * modules * _W_PER_MW + prices.battery_usd_per_kwh * hours * power * _KW_PER_MW
    rest = (prices.generator_usd_per_kw * generators + prices.integration_usd_per_kw_load * load) * _KW_PER_MW
    hard = credited + rest
    capex = hard * (1.0 + prices.soft_fraction)
    credit = terms.investment_credit * capex * credited / hard
    fixed = prices.soft_fraction_per_year * hard + _KW_PER_MW * (
        prices.solar_fixed_usd_per_kw_year * modules
        + prices.battery_fixed_usd_per_kw_year * power
        + prices.generator_fixed_usd_per_kw_year * generators
        + prices.balance_fixed_usd_per_kw_load_year * load
    )
    years = np.arange(1, energy.served_mwh.shape[-1] + 1)
    cost = _yearly_cost(energy.generator_mwh, prices, fixed, years)
    service, interest = _debt(terms, capex, years)
    shares = np.pad(MACRS_5_YEAR, (0, max(years.size - len(MACRS_5_YEAR), 0)))[: years.size]
    shield = terms.tax_rate * (shares * (capex - credit / 2.0) + interest)
    worth = (1.0 + terms.equity_return) ** -(terms.construction_years + years)
    equity = ((1.0 - terms.debt_fraction) * capex * _mean_worth(terms) - credit * worth[0])[..., 0]
    needed = equity + np.sum(worth * ((1.0 - terms.tax_rate) * cost + service - shield), axis=-1)
    return needed / np.sum(worth * (1.0 - terms.tax_rate) * energy.served_mwh, axis=-1)


def _yearly_cost(generated_mwh: Array, prices: Prices, fixed_usd: Any, years: Any) -> Any:
    """Upkeep and fuel of each year."""
    variable = prices.generator_variable_usd_per_kwh * _KW_PER_MW * generated_mwh
    upkeep = (fixed_usd + variable) * (1.0 + prices.upkeep_escalation) ** (years - 1)
    fuel = generated_mwh * prices.heat_rate_mmbtu_per_mwh * prices.fuel_usd_per_mmbtu
    return upkeep + fuel * (1.0 + prices.fuel_escalation) ** (years - 1)


def _debt(terms: Terms, capex: Any, years: Any) -> tuple[Any, Any]:
    """Equal payments and the interest inside them, per year of operation."""
    debt, rate, n = terms.debt_fraction * capex, terms.debt_rate, terms.debt_years
    if rate == 0.0:
        return np.where(years <= n, debt / n, 0.0), 0.0 * debt
    growth = (1.0 + rate) ** (years - 1)
    payment = debt * rate / (1.0 - (1.0 + rate) ** -n)
    owed = debt * growth - payment * (growth - 1.0) / rate
    return np.where(years <= n, payment, 0.0), np.where(years <= n, owed * rate, 0.0)


def _mean_worth(terms: Terms) -> float:
    """Present worth of one unit spent in equal parts over the years of construction."""
    spent = np.arange(1, terms.construction_years + 1)
    return float(np.mean((1.0 + terms.equity_return) ** -spent))
