"""Generations of accelerators: those on sale and those announced, what they cost later, which is best when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import compute, fleet
from gigawatt.chapters.machine import find
from gigawatt.chapters.trained import mfu_of
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import DAYS_PER_YEAR, MONTHS_PER_YEAR

SOLD = {"hopper": "Hopper", "blackwell": "Blackwell", "blackwell-ultra": "Blackwell Ultra", "rubin": "Rubin"}
PROJECTED = {"rubin-ultra": "Rubin Ultra (projected)", "next": "after Rubin Ultra (projected)"}


@dataclass(frozen=True)
class Generation:
    """One accelerator of a generation, central or draws, and how it goes on after its start of volume."""

    id: str
    item: str  # of the catalogue of accelerators; empty where projected
    name: str
    price_usd: Any
    it_kw: Any
    peak_flop_per_s: Any
    h100_equivalents: Any
    mfu: Any
    volume_from_months: Any
    price_change_per_year: Any  # of what is bought under this name
    flop_gain_per_year: Any  # 0 but for the last name, which stands for all that follow

    def price(self, months: Any) -> Any:
        """Price by month of delivery, (..., time); infinite before volume. [USD]"""
        return fleet.price_at(
            price_usd=self.price_usd,
            decline_per_year=-np.asarray(self.price_change_per_year, float),
            volume_from_months=self.volume_from_months,
            months=months,
        )

    def gain(self, months: Any) -> Any:
        """Compute over that at the start of volume, (..., time)."""
        return (1.0 + np.asarray(self.flop_gain_per_year)) ** _years_on_sale(self.volume_from_months, months)


@dataclass(frozen=True)
class Bought:
    """One accelerator of the generation bought in each quarter. Arrays (draw, quarter)."""

    price_usd: Any
    it_kw: Any
    h100_equivalents: Any
    peak_flop_per_s: Any


def bought(found: list[Generation], which: Any, months: Any, draws: int) -> Bought:
    """Properties of the chosen generation by quarter; a draw in which it comes later pays the price of its start."""

    def of(key: str) -> Any:
        return np.stack([np.broadcast_to(getattr(g, key), (draws,)) for g in found])[which].T

    years = _years_on_sale(of("volume_from_months"), months)
    gain = (1.0 + of("flop_gain_per_year")) ** years
    price = of("price_usd") * (1.0 + of("price_change_per_year")) ** years
    return Bought(price, of("it_kw"), of("h100_equivalents") * gain, of("peak_flop_per_s") * gain)


def _years_on_sale(volume_from_months: Any, months: Any) -> Any:
    begins = np.maximum(np.asarray(volume_from_months, float), 0.0)
    return np.maximum((np.asarray(months, float) - begins) / MONTHS_PER_YEAR, 0.0)


def generations(step: Steps, s: Scenario) -> list[Generation]:
    """Generations on sale, projected ones marked as such, and the accelerator asked for where it is another."""
    facts, today = step.facts, s.as_of.year + (s.as_of.timetuple().tm_yday - 1) / DAYS_PER_YEAR
    falls = -1.0 * step.fact("fleet.price_decline", unit="1/year")

    def start(key: str) -> Any:
        return (step.fact(f"generation.{key}.volume_from", unit="year") - today) * MONTHS_PER_YEAR

    def short(item: str) -> str:
        return str(facts[f"accelerator.{item}.aliases"].value).split(";")[0]

    items = {k: step.text(f"generation.{k}.accelerator") for k in SOLD}
    found = [_sold(step, s, k, item, f"{SOLD[k]} ({short(item)})", start(k), falls) for k, item in items.items()]
    found += _projected(step, found[-1], start, falls)
    if s.accelerator:
        item = find(facts, s.accelerator, "accelerator")
        if item not in items.values():
            found.append(_sold(step, s, item, item, short(item), -1.0, falls))
    return found


def _sold(step: Steps, s: Scenario, key: str, item: str, name: str, start: Any, falls: Any) -> Generation:
    a = f"accelerator.{item}"
    peak = f"{a}.peak_{s.precision}" if f"{a}.peak_{s.precision}" in step.facts else f"{a}.peak_bf16"
    fp8 = step.fact(f"{a}.peak_fp8", f"{a}.peak_bf16", unit="FLOP/s")
    return Generation(
        id=key,
        item=item,
        name=name,
        price_usd=step.fact(f"{a}.price", unit="USD"),
        it_kw=step(
            compute.it_kw_per_accelerator,
            server_kw=step.fact(f"{a}.server_power", unit="kW"),
            units_per_server=step.fact(f"{a}.units_per_server", unit="1"),
            outside_rack_share=step.fact("it.outside_rack_power_share", unit="1"),
        ),
        peak_flop_per_s=step.fact(peak, unit="FLOP/s"),
        h100_equivalents=fp8 / step.fact("accelerator.h100.peak_fp8", unit="FLOP/s"),
        mfu=mfu_of(step, s, item),
        volume_from_months=start,
        price_change_per_year=falls,
        flop_gain_per_year=0.0,
    )


def _projected(step: Steps, base: Generation, start: Any, falls: Any) -> list[Generation]:
    """Announced generations as multiples of the last one on sale; the last stands for those that follow it."""
    per_w = step.fact("fleet.trend_flop_per_w", unit="1/year")
    per_usd = step.fact("market_price.accelerator_gain", unit="1/year")
    rows = []
    for key, name in PROJECTED.items():
        flop, power, price = (step.fact(f"generation.{key}.{x}_gain", unit="1") for x in ("flop", "power", "price"))
        last = key == next(reversed(PROJECTED))
        rows.append(
            Generation(
                id=key,
                item="",
                name=name,
                price_usd=base.price_usd * price,
                it_kw=base.it_kw * power,
                peak_flop_per_s=base.peak_flop_per_s * flop,
                h100_equivalents=base.h100_equivalents * flop,
                mfu=base.mfu,
                volume_from_months=start(key),
                price_change_per_year=(1.0 + per_w) / (1.0 + per_usd) - 1.0 if last else falls,
                flop_gain_per_year=per_w if last else 0.0,
            )
        )
    return rows


def cost_of_compute(o: Any, found: list[Generation], months: Any) -> Any:
    """USD per useful FLOP by generation and month of delivery, with the hall and the power that it occupies."""
    hour, m = o.money.lcoc, o.machine
    beside = (
        hour.shell_usd_per_accelerator_hour + hour.power_usd_per_accelerator_hour + hour.opex_usd_per_accelerator_hour
    )
    return np.array(
        [
            fleet.compute_cost(
                price_usd=g.price(months),
                it_kw=g.it_kw,
                useful_flop_per_s=g.peak_flop_per_s * g.mfu * g.gain(months),
                usd_per_hour_per_price=central(hour.it_usd_per_accelerator_hour) / central(m.price_usd),
                usd_per_hour_per_kw=central(beside) / (central(m.it_mw) * 1e3),
            )
            for g in found
        ]
    )


def chosen(o: Any, s: Scenario, found: list[Generation], cost: Any, first_life: Any) -> Any:
    """Which one is bought in each quarter: the accelerator asked for during the first life, else the cheapest."""
    best = fleet.best_generation(cost)
    if not s.accelerator:
        return best
    asked = next(i for i, g in enumerate(found) if g.item == o.machine.id)
    return np.where(first_life & np.isfinite(cost[asked]), asked, best)
