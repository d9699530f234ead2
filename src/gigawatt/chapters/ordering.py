"""When hardware is ordered: for the day when power is there, or all of it today.

The dates of a strategy are the same either way, so the choice is one of money alone. Both ways buy the same
accelerators, at the price of the day on which they are ordered, and are weighed by the price that an hour needs. That a
later order may buy a better generation is not counted: it speaks further against ordering today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gigawatt import buildout, finance
from gigawatt.chapters import payments
from gigawatt.chapters.cash_inputs import Inputs
from gigawatt.chapters.payments import QUARTER_YEARS
from gigawatt.chapters.place import Site
from gigawatt.record import Steps, central
from gigawatt.units import MONTHS_PER_YEAR

WITH_POWER, TODAY = "with the power", "today"
SAME = 1e-3  # relative: a difference of price that is none


@dataclass(frozen=True)
class Ordering:
    """What an accelerator-hour needs by way of ordering, and how long hardware ordered today would stand idle."""

    with_power_usd: float
    today_usd: float
    idle_months: float
    order_months: float  # from today: the first order for the day with power
    price_decline: float

    @property
    def matters(self) -> bool:
        return abs(self.today_usd / self.with_power_usd - 1.0) > SAME

    @property
    def policy(self) -> str:
        """The cheaper way; for the day with power where they are the same."""
        return TODAY if self.today_usd < self.with_power_usd * (1.0 - SAME) else WITH_POWER


def weigh(step: Steps, site: Site, given: Inputs) -> Ordering:
    """Both ways of ordering the hardware of one strategy.

    Parameters
    ----------
    step : Steps
        Facts, central. [-]
    site : Site
        The place: delivery time of racks, tax life. [-]
    given : Inputs
        Cash flow of the strategy, with its ramp and its bridge, at today's price of hardware. [USD]

    Returns
    -------
    Ordering
        Required prices in money of the price year. [USD/h, month, 1/year]
    """
    hardware = _hardware(given)
    ends = np.asarray(given.terms.end_years, float) * MONTHS_PER_YEAR
    lead = central(step.fact(*site.ids("lead.racks.{}"), unit="month"))
    decline = central(step.fact("fleet.price_decline", unit="1/year"))
    soonest = min(int(np.searchsorted(ends, lead)), len(ends) - 1)
    waits = np.maximum(ends - ends[soonest], 0.0)  # of power for hardware ordered today
    added = np.asarray(hardware.added, float)
    bought_later = replace(hardware, added=added * (1.0 - decline) ** (waits / MONTHS_PER_YEAR))
    starts = float(ends[int(np.argmax(added > 0.0))])
    return Ordering(
        with_power_usd=_price(_with(given, (bought_later,))),
        today_usd=_price(_today(step, site, given, soonest, lead)),
        idle_months=float(np.sum(added * waits) / np.sum(added)),
        order_months=max(starts - lead, 0.0),
        price_decline=decline,
    )


def _hardware(given: Inputs) -> finance.BlockPlan:
    return next(b for b in given.blocks if b.name == "it")


def _with(given: Inputs, bought: tuple[finance.BlockPlan, ...]) -> Inputs:
    return replace(given, blocks=(*bought, *(b for b in given.blocks if b.name != "it")))


def _today(step: Steps, site: Site, given: Inputs, soonest: int, lead: float) -> Inputs:
    """Everything delivered as soon as it can be, paid and owed from then on; it is used up only by running."""
    hardware, iso3 = _hardware(given), site.place.iso3
    added = np.asarray(hardware.added, float)
    tax_life = central(step.fact(f"tax.life.it.{iso3}", "tax.life.it.default", unit="year"))
    factor = central(step.fact(f"tax.factor.it.{iso3}", "tax.factor.it.default", unit="1"))
    bought = []
    deposit, owed = (central(step.fact(f"order.{k}.racks", unit="1")) for k in ("deposit", "owed_half_way"))
    ends = np.asarray(given.terms.end_years, float) * MONTHS_PER_YEAR
    for online in np.flatnonzero(added > 0.0):
        comes = min(int(online), soonest)
        stands = hardware.exit_periods + int(online) - comes
        delivered = np.zeros_like(added)
        delivered[comes] = added[online]
        by_quarter = np.zeros((len(ends), len(ends)))
        by_quarter[comes] = buildout.paid_by_period(
            ends=ends, order_months=[0.0], delivery_months=[lead], deposit=deposit, owed_half_way=owed
        )[0]
        _, paid, latest = payments.ahead(by_quarter)
        written_off = finance.depreciation_shares(
            life_years=tax_life, factor=factor, period_years=QUARTER_YEARS, exit_periods=stands
        )
        bought.append(
            replace(
                hardware, added=delivered, spending=paid, latest=latest, exit_periods=stands, depreciation=written_off
            )
        )
    return _with(given, tuple(bought))


def _price(given: Inputs) -> float:
    """Price of an hour that gives the owners their return, in money of the price year."""
    book = finance.ledger(blocks=given.blocks, sales=given.sales, terms=given.terms)
    return float(
        finance.required_price(
            book=book,
            sales=given.sales,
            terms=given.terms,
            price_path=finance.real_path(book=book),
            return_per_year=given.equity_return,
            levered=True,
        )
    )


def words(x: Ordering, strategy: str) -> str:
    """What ordering at the wrong time costs; empty where it costs nothing."""
    if not x.matters:
        return ""
    falls = "gets cheaper" if x.price_decline >= 0.0 else "gets dearer"
    by = f"{abs(x.price_decline) * 100:.2g} %"
    better, worse = (
        ("for the day when power is there", "all of it today")
        if x.policy == WITH_POWER
        else ("today", "for the day when power is there")
    )
    low, high = sorted((x.with_power_usd, x.today_usd))
    return (
        f"{strategy[:1].upper()}{strategy[1:]}: hardware is best ordered {better}, at {low:.3g} USD/h against "
        f"{high:.3g} if ordered {worse}; ordered today it would stand idle {x.idle_months:.0f} months on average "
        f"(the same hardware {falls} by {by} a year, counted in these two prices only)"
    )
