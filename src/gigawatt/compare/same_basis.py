"""What plans have in common beyond their figures: per GW, per head, per accelerator, compute delivered, months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gigawatt.compare.extent import Extent
from gigawatt.compare.rebuild import SECONDS_PER_DAY, Rebuilt, Span, span
from gigawatt.figures import Figure


@dataclass(frozen=True, slots=True)
class Measure:
    """A comparable figure: label, unit (``{year}`` is the price year), room."""

    label: str
    unit: str
    room: str


MEASURES: dict[str, Measure] = {
    "h100_equivalents": Measure("H100-equivalents", "accelerator", "compute"),
    "delivered_flop_per_s": Measure("Compute delivered in training", "FLOP/s", "compute"),
    "accelerators_per_gw": Measure("Accelerators per GW", "accelerator/GW", "compute"),
    "all_in_usd_per_gw": Measure("Cost per GW, all-in", "USD_{year}/GW", "finance"),
    "shell_power_usd_per_gw": Measure("Cost per GW, shell and power", "USD_{year}/GW", "finance"),
    "capex_usd_per_head": Measure("Capital cost per inhabitant", "USD_{year}/person", "finance"),
    "watts_per_head": Measure("Power per inhabitant", "W/person", "facility"),
    "months_to_full_power": Measure("Months from today to full power", "month", "buildout"),
}
MW_PER_GW, W_PER_MW = 1e3, 1e6


def of_rebuilt(r: Rebuilt) -> dict[str, Figure]:
    """The comparable figures of a plan of ours."""
    if r.decision is None:
        return {name: _none(name, r.scenario.price_year, "the facts of the place allow no plan") for name in MEASURES}
    o, drawn, n = r.decision.outcome, r.decision.spread, float(r.sites)
    gw = (o.size.facility_peak_mw / MW_PER_GW, drawn.size.facility_peak_mw / MW_PER_GW)

    def per_gw(a: Any, b: Any) -> Span:
        return span(a / gw[0], b / gw[1])

    capex = span(o.money.capex, drawn.money.capex).times(n)
    power = span(o.size.facility_peak_mw, drawn.size.facility_peak_mw).times(n)
    made = {
        "h100_equivalents": span(o.work.h100_equivalents, drawn.work.h100_equivalents).times(n),
        "delivered_flop_per_s": span(o.work.training_flop_per_day, drawn.work.training_flop_per_day).times(
            n / SECONDS_PER_DAY
        ),
        "accelerators_per_gw": per_gw(o.size.accelerators, drawn.size.accelerators),
        "all_in_usd_per_gw": per_gw(o.money.capex, drawn.money.capex),
        "shell_power_usd_per_gw": per_gw(o.money.capex_shell_power, drawn.money.capex_shell_power),
        "months_to_full_power": span(o.calendar.full_months, drawn.calendar.full_months),
        **_per_head(r.extent, capex, power),
    }
    worst = max((f.fact_class for f in r.plan_figures.values() if f.value is not None), default="C")
    return {name: _figure(name, made.get(name), r.scenario.price_year, worst) for name in MEASURES}


def of_saved(plan: Mapping[str, Any], figures: Mapping[str, Figure], total: Extent, year: int) -> dict[str, Figure]:
    """The comparable figures of a saved plan: of its central values where it keeps no draws of them."""

    def value(name: str) -> Span | None:
        f = figures.get(name)
        if f is None or f.value is None or isinstance(f.value, str):
            return None
        return Span(float(f.value), float(f.low or f.value), float(f.high or f.value))

    def over(a: str, b: str, factor: float) -> Span | None:
        x, y = value(a), value(b)
        return x.times(factor / y.value) if x and y and y.value else None

    h100, day = (plan.get("tables") or {}).get("h100_equivalents"), value("training_flop_per_day")
    capex, power = value("capex_usd"), value("facility_peak_mw")
    made = {
        "h100_equivalents": Span(h100, h100, h100) if h100 else None,
        "delivered_flop_per_s": day.times(1 / SECONDS_PER_DAY) if day else None,
        "accelerators_per_gw": over("accelerators", "facility_peak_mw", MW_PER_GW),
        "all_in_usd_per_gw": over("capex_usd", "facility_peak_mw", MW_PER_GW),
        "shell_power_usd_per_gw": over("capex_shell_power_usd", "facility_peak_mw", MW_PER_GW),
        **(_per_head(total, capex, power) if capex and power else {}),
    }
    return {name: _figure(name, made.get(name), year, "C") for name in MEASURES}


def _per_head(total: Extent, capex: Span, power: Span) -> dict[str, Span | None]:
    if not total.people:
        return {}
    return {
        "capex_usd_per_head": capex.times(1 / total.people),
        "watts_per_head": power.times(W_PER_MW / total.people),
    }


def _figure(name: str, found: Span | None, year: int, fact_class: str) -> Figure:
    if found is None:
        return _none(name, year, "no fact for it")
    m = MEASURES[name]
    unit = m.unit.format(year=year)
    return Figure(name, found.value, found.low, found.high, unit, fact_class, m.label, m.room)


def _none(name: str, year: int, reason: str) -> Figure:
    m = MEASURES[name]
    return Figure(name, None, None, None, m.unit.format(year=year), "C", m.label, m.room, reason)
