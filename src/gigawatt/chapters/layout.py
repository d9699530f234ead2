"""How large a campus is, when it comes, when it is paid, and its bill: they hang on each other.

What is bought decides the calendar, the calendar when each order is paid, and that the interest on the bill, which a
budget has to carry too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters import bridge as bridges
from gigawatt.chapters import calendar as calendars
from gigawatt.chapters import money as moneys
from gigawatt.chapters import payments, sizing
from gigawatt.chapters import supply as supplies
from gigawatt.chapters.campus import Campus
from gigawatt.chapters.machine import Machine
from gigawatt.chapters.place import Site
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

FIRST_GUESS_MW = 100.0  # a campus whose payments are as good a first guess as any
ROUNDS = 8  # of budget, size, calendar and interest: each is a hundred times nearer


@dataclass(frozen=True)
class Parts:
    """What a size is laid out from."""

    site: Site
    machine: Machine
    campus: Campus
    rates: moneys.Rates
    optimum: supplies.Optimum
    bridge: bridges.Bridge | None
    supply: supplies.Supply | None = None  # where it is priced already


@dataclass(frozen=True)
class Layout:
    """A campus of one size, central or on draws."""

    supply: supplies.Supply
    size: sizing.Size
    calendar: calendars.Calendar
    paid: payments.Paid
    blocks: list[finance.Block]


def lay_out(step: Steps, s: Scenario, p: Parts, ask: sizing.Ask, paid: payments.Paid | None = None) -> Layout:
    """Lay out a campus of one ask.

    Parameters
    ----------
    step : Steps
        Of the central pass or of draws. [-]
    p : Parts
        What does not hang on the size. [-]
    ask : Ask
        How large. [-]
    paid : Paid, optional
        A schedule of payments that is known: draws have that of the central calendar, stretched by their lead times;
        else it follows from the calendar. [-]

    Returns
    -------
    Layout
    """
    supply = _supply(step, s, p, ask.power_mw or 0.0)
    priced: list[finance.Block] = []
    if ask.budget_usd is not None:  # only a budget asks for it
        assert paid is not None
        early = calendar_of(step, s, p, supply, paid.campus_mw) if step.draws else None
        priced = _bill(step, s, p, supply, paid, early)
    size = sizing.size(step, s, ask, p.machine, p.campus, priced)
    peak = central(size.facility_peak_mw)
    if peak != ask.power_mw:  # what a large campus pays for energy depends on its size, its capital does not
        supply = _supply(step, s, p, peak)
    calendar = calendar_of(step, s, p, supply, peak)
    paid = paid or payments.paid(step, s, p.site, calendar, supply)
    blocks = priced or _bill(step, s, p, supply, paid, calendar if step.draws else None)
    return Layout(supply, size, calendar, paid, blocks)


def payments_of(step: Steps, s: Scenario, p: Parts, ask: sizing.Ask) -> payments.Paid:
    """The payment schedule on central values; of a budget, whose size depends on the interest that follows from it."""
    if ask.budget_usd is None:
        return lay_out(step, s, p, ask).paid
    ask = replace(ask, budget_usd=central(ask.budget_usd))
    found = lay_out(step, s, p, sizing.Ask(power_mw=ask.power_mw or FIRST_GUESS_MW))
    for _ in range(ROUNDS):
        paid, bought = found.paid, central(found.size.accelerators)
        found = lay_out(step, s, p, ask, paid)
        if central(found.size.accelerators) == bought:
            break
        found = replace(found, paid=payments.paid(step, s, p.site, found.calendar, found.supply))
    return found.paid


def _supply(step: Steps, s: Scenario, p: Parts, campus_mw: float) -> supplies.Supply:
    if p.supply is not None:
        return p.supply
    if step.explained or s.existing_connection_mw:
        return _priced(step, s, p, campus_mw)
    known: dict[bytes, supplies.Supply] = step.once(_by_price, s, p.site, p.campus, p.optimum, p.rates)
    at = next(iter(known.values()), None)
    if at is None:
        at = _priced(step, s, p, campus_mw)
        known[np.asarray(at.grid_price_usd_per_mwh).tobytes()] = at
        return at
    price = np.asarray(supplies.price_at(step, p.site, campus_mw * central(at.grid_mw))).tobytes()
    if price not in known:
        known[price] = _priced(step, s, p, campus_mw)
    return known[price]


def _by_price(*_: Any) -> dict[bytes, supplies.Supply]:
    """Supplies by the price of grid power: it alone hangs on the size of the campus."""
    return {}


def _priced(step: Steps, s: Scenario, p: Parts, campus_mw: float) -> supplies.Supply:
    rates = p.rates
    return supplies.supply(step, s, p.site, p.campus, p.optimum, rates.power, rates.inflation, campus_mw=campus_mw)


def calendar_of(step: Steps, s: Scenario, p: Parts, supply: supplies.Supply, peak: float) -> calendars.Calendar:
    """When a campus of so many MW at peak comes, central or on draws."""
    return calendars.calendar(
        step,
        s,
        p.site,
        facility_peak_mw=peak,
        grid_mw=peak * central(supply.grid_mw),
        pue_design_peak=p.campus.pue_design_peak,
        contract=supply.contract,
        plants={name: mw * peak for name, mw in supply.gating.items()},
        accelerator=p.machine.id,
        it_mw_per_accelerator=p.machine.it_mw,
        bridge=p.bridge,
    )


def _bill(
    step: Steps, s: Scenario, p: Parts, supply: supplies.Supply, paid: payments.Paid, drawn: Any
) -> list[finance.Block]:
    """The blocks of the bill; ``drawn`` is the calendar of draws, which stretches the schedule of payments."""
    own = bridges.bill_blocks(step, s, p.site, p.bridge, p.rates.power)
    longer = payments.stretch(paid, drawn) if drawn else None
    pue = p.campus.pue_design_peak
    bill = moneys.blocks(step, s, p.site, p.machine, supply, p.rates, paid, pue_design_peak=pue, stretch=longer)
    return [*bill, *own]
