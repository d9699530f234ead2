"""Inverse questions: the largest campus that is whole by a date, and whether a price is reached at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import gates
from gigawatt.answer import Plan
from gigawatt.chapters.goals import COMPUTE, Search
from gigawatt.chapters.joint import Scales, Weighed
from gigawatt.chapters.sizing import Ask
from gigawatt.chapters.strategies import Strategy
from gigawatt.scenario import Scenario

SAME_PRICE = 1e-9  # relative: prices this near are one
STEPS = 6  # of sizes between two breaks


@dataclass(frozen=True)
class Reached:
    """The smallest campus found whose hour needs no more than a price, None where none does, and the least price."""

    price: float
    smallest: Weighed | None
    least: Weighed

    @property
    def words(self) -> str:
        """The answer in a sentence."""
        said = f"{self.price:.4g} USD/h, indexed and after profit tax,"
        if self.smallest is None:
            return (
                f"{said} is never reached within the limits of the place: the least is "
                f"{self.least.price:.4g} USD/h, with {self.least.strategy.words} at {self.least.mw:,.3g} MW."
            )
        w = self.smallest
        return (
            f"{said} is reached with {w.mw:,.3g} MW, {w.accelerators:,.0f} accelerators, for "
            f"{w.capex_usd / 1e9:,.3g} bn USD, by {w.strategy.words}: it is the smallest in whole servers."
        )


def largest_by(scales: Scales, s: Scenario, months: float, most_mw: float | None = None) -> Weighed | None:
    """The largest campus at full power some months from today, by the strategy that allows it; None where none is.

    Parameters
    ----------
    scales : Scales
        Weighs strategies of this question. [-]
    s : Scenario
        The question. [-]
    months : float
        From today to full power. [month]
    most_mw : float, optional
        No larger than this; what the place carries where not given. [MW]
    """
    search = Search(scales, s.model_copy(update={"goal": COMPUTE}), Ask(power_mw=most_mw))
    search.months = months
    return max((w for w, _ in search.over_sizes()), key=lambda w: (w.mw, -w.price), default=None)


def beside(plan: Plan, scales: Scales, s: Scenario, price: float) -> Plan:
    """A plan with the campus that reaches a price, in its summary and as table `size_for_price`."""
    search = Search(scales, s.model_copy(update={"goal": "cost", "deadline": None}), Ask(power_mw=s.power_mw))
    most = s.power_mw or search.most_asked()
    found = None if most is None else size_for_price(scales, s, price, most)
    said = "No gate allows a campus of any size there." if found is None else found.words
    w = found.smallest if found else None
    told: dict[str, Any] = {
        "price_usd_per_accelerator_hour": price,
        "words": said,
        "facility_peak_mw": w.mw if w else None,
        "accelerators": w.accelerators if w else None,
        "capex_usd": w.capex_usd if w else None,
        "required_price_usd_per_accelerator_hour": w.price if w else None,
        "least_price_usd_per_accelerator_hour": found.least.price if found else None,
    }
    summary = f"{plan.verdict['summary']} {said}"
    return replace(plan, verdict={**plan.verdict, "summary": summary}, tables={**plan.tables, "size_for_price": told})


def size_for_price(scales: Scales, s: Scenario, price: float, most_mw: float) -> Reached | None:
    """A campus whose accelerator-hour needs no more than a price; None where the gates allow no campus.

    Parameters
    ----------
    scales : Scales
        Weighs strategies of this question. [-]
    s : Scenario
        The question. [-]
    price : float
        Of an accelerator-hour, in money of the price year. [USD/h]
    most_mw : float
        No larger than this. [MW]

    Notes
    -----
    Campuses are tried in whole servers: between two of them the price only says how much power stands unused. Prices
    within `SAME_PRICE` of the one asked for reach it; with one server less the strategy needs more.
    """
    search = Search(scales, s.model_copy(update={"goal": "cost", "deadline": None}), Ask(power_mw=most_mw))
    tried: list[Weighed] = []
    for strategy in scales.all(Ask(power_mw=most_mw)):
        server = scales.server_mw(strategy)

        def at(count: int, strategy: Strategy = strategy, server: float = server) -> Weighed:
            return scales.weigh(strategy, Ask(power_mw=count * server))

        for low, high in search.pieces(strategy, most_mw):
            counts = _ladder(math.ceil(low / server - SAME_PRICE), math.floor(high / server + SAME_PRICE))
            tried += [at(n) for n in counts]
            first = next((i for i, n in enumerate(counts) if _reaches(at(n), price)), 0)
            if first > 0:
                tried.append(at(_first_of(lambda n: _reaches(at(n), price), counts[first - 1], counts[first])))
    able = [w for w in tried if w.answer != gates.NO]
    if not able:
        return None
    enough = [w for w in able if _reaches(w, price)]
    return Reached(price, min(enough, key=lambda w: w.capex_usd, default=None), min(able, key=lambda w: w.price))


def _reaches(w: Weighed, price: float) -> bool:
    return w.price <= price * (1.0 + SAME_PRICE)


def _ladder(low: int, high: int) -> list[int]:
    """Numbers of servers from one to another, each step by the same factor; the price may fall and rise between."""
    return sorted({round(x) for x in np.geomspace(low, high, STEPS)}) if 0 < low <= high else []


def _first_of(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The number for which something holds and for the one before does not; it holds at the end, not at the start."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
