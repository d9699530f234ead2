"""Inverse questions: the largest campus that is whole by a date, and whether a price is reached at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gigawatt import choose, gates
from gigawatt.answer import Plan
from gigawatt.chapters.goals import COMPUTE, FINE, Search
from gigawatt.chapters.joint import Scales, Weighed
from gigawatt.chapters.sizing import Ask
from gigawatt.scenario import Scenario


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
        return f"{said} is reached with {w.mw:,.3g} MW for {w.capex_usd / 1e9:,.3g} bn USD, by {w.strategy.words}."


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
    The price hardly depends on size, and whole servers and racks make it uneven by about 1e-4 of itself: many sizes
    have the same price. So the campus found reaches the price, but a somewhat smaller one may reach it too.
    """
    search = Search(scales, s.model_copy(update={"goal": "cost", "deadline": None}), Ask(power_mw=most_mw))
    tried: list[Weighed] = []
    for strategy in scales.all(Ask(power_mw=most_mw)):

        def at(mw: float, strategy: object = strategy) -> Weighed:
            return scales.weigh(strategy, Ask(power_mw=mw))  # type: ignore[arg-type]

        for low, high in search.pieces(strategy, most_mw):
            tried += [at(low), at(high)]
            if at(high).price <= price < at(low).price:
                edge = choose.smallest(lambda mw: at(mw).price <= price, low=low, high=high, tolerance=FINE)
                tried.append(at(edge or high))
    able = [w for w in tried if w.answer != gates.NO]
    if not able:
        return None
    enough = [w for w in able if w.price <= price]
    return Reached(price, min(enough, key=lambda w: w.capex_usd, default=None), min(able, key=lambda w: w.price))
