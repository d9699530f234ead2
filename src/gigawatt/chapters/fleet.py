"""The fleet by quarter: what is bought when, what is on line, what stands idle by how one orders, what a refresh does.

Decisions are taken on central values; draws say how they turn out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import buildout, fleet
from gigawatt.chapters import durations, payments
from gigawatt.chapters.generations import PROJECTED, Bought, Generation, bought, chosen, cost_of_compute, generations
from gigawatt.chapters.place import Site
from gigawatt.chapters.words import spread_of
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR

QUARTERS = 56  # fourteen years
NEVER = 10_000  # quarters: a life without end
QUARTER = fleet.MONTHS_PER_QUARTER
FULL = 0.99  # of the campus
ABOUT = 0.05  # a difference that is not told
ASKED_FOR = "The accelerator asked for is bought during the first life of the hardware."
CHEAPEST = (
    "The plan itself is costed with {}, which can be ordered today; here each quarter buys the generation whose "
    "compute is cheapest by then, with the hall and the power it occupies. Projected generations are estimates."
)


@dataclass(frozen=True)
class Orders:
    """What is decided, on central values: generation by quarter, lead times and life."""

    dates: tuple[str, ...]
    months: Any
    generation: Any  # by quarter of delivery, ordered step by step
    at_once: int  # the one generation of an order placed today
    lead_months: float
    shell_months: float
    life_quarters: int


@dataclass(frozen=True)
class Told:
    """One telling, central (one row) or draws: arrays (draw, quarter)."""

    ready_mw: Any
    life: fleet.Deliveries
    policies: dict[str, dict[str, Any]]
    h100_equivalents: Any
    flop_per_s: Any
    refresh_usd: Any


def tables(step: Steps, drawn: Steps, s: Scenario, site: Site, o: Any, spread: Any) -> dict[str, Any]:
    """The table `fleet`: rows by quarter with P10 and P90, generations, idle plant by policy, refresh."""
    dates, months = buildout.quarter_ends(s.as_of.isoformat(), QUARTERS)
    mine = generations(step, s)
    cost = cost_of_compute(o, mine, months)
    life = max(round(central(step.fact("life.it", unit="year")) * MONTHS_PER_YEAR / QUARTER), 1)
    lead = central(step.fact(*site.ids("lead.racks.{}"), unit="month"))
    planned = buildout.online_mw(months, **o.calendar.ramp)
    if not np.any(planned > 0) or not np.isfinite(cost).any():
        return {}
    first_life = np.arange(QUARTERS) < int(np.argmax(planned > 0)) + life - round(lead / QUARTER)
    best = chosen(o, s, mine, cost, first_life)
    orders = Orders(
        dates,
        months,
        best,
        int(best[min(round(lead / QUARTER), QUARTERS - 1)]),
        lead,
        float(payments.shell_months(paid=o.paid)),
        life,
    )
    mid = _told(step, site, o, o, mine, orders)
    draws = _told(drawn, site, spread, o, generations(drawn, s), orders)
    rows = _rows(orders, mine, mid, draws)
    starts = next((i for i, r in enumerate(rows) if r["online"] > 0), None)
    if starts is None:
        return {}
    most = max(r["online"] for r in rows[starts : starts + life])
    full = next(i for i, r in enumerate(rows) if r["online"] >= FULL * most)
    policies = _both(mid.policies, draws.policies)
    return {
        "rows": rows,
        "full": full,
        "generations": _generation_rows(s, mine, cost, orders),
        "policies": policies,
        "refresh": _refresh(orders, mid, draws, rows),
        "supply_per_month": _ranged(*(durations.supply(x, site) for x in (step, drawn))),
        "lead_months": lead,
        "accelerator_asked_for": bool(s.accelerator),
        "words": _words(rows, full, policies),
        "note": ASKED_FOR if s.accelerator else CHEAPEST.format(o.machine.name),
    }


def _told(step: Steps, site: Site, o: Any, plan: Any, found: list[Generation], orders: Orders) -> Told:
    """Ready power, and what the two ways of ordering do with it."""
    t = orders.months
    pue = np.atleast_1d(o.campus.pue_design_peak)[:, None]
    ready = np.atleast_2d(buildout.online_mw(t, **o.calendar.ramp)) / pue
    n = len(ready)
    most = np.broadcast_to(QUARTER * np.asarray(durations.supply(step, site)), (n,))
    ways = {"step": orders.generation, "now": np.full(QUARTERS, orders.at_once)}
    kinds = {way: bought(found, which, t, n) for way, which in ways.items()}
    wanted = {
        "step": np.atleast_2d(_ordered_for(o, plan, t, orders.lead_months)) / pue,
        "now": np.where(t >= orders.lead_months, np.max(ready, axis=-1, keepdims=True), 0.0),
    }
    halls = {
        "step": np.atleast_2d(_ordered_for(o, plan, t, orders.shell_months)) / pue,
        "now": np.atleast_2d(buildout.online_mw(t, **_halls_only(o.calendar.ramp))) / pue,
    }

    def buy(way: str, life: int) -> fleet.Deliveries:
        return fleet.deliver(
            ready_mw=ready,
            wanted_mw=wanted[way],
            kw_per_accelerator=kinds[way].it_kw,
            most_per_quarter=most,
            life_quarters=life,
        )

    life = buy("step", orders.life_quarters)
    return Told(
        ready,
        life,
        {way: _policy(o, buy(way, NEVER), ready, halls[way], kinds[way]) for way in ways},
        life.alive(kinds["step"].h100_equivalents),
        life.alive(kinds["step"].peak_flop_per_s),
        life.refreshed * kinds["step"].price_usd,
    )


def _ordered_for(o: Any, plan: Any, months: Any, lead: float) -> Any:
    """Power for which hardware or halls stand, ordered their lead time ahead of the dates then believed."""
    real, planned = o.calendar.ramp, plan.calendar.ramp

    def believed(key: str) -> Any:
        return fleet.believed_months(actual_months=real[key], planned_months=planned[key], lead_months=lead)

    dates = {k: believed(k) for k in ("first_hall_months", "stage_months")}
    return buildout.online_mw(months, **(real | dates))


def _halls_only(ramp: dict[str, Any]) -> dict[str, Any]:
    return ramp | {"stage_months": np.zeros(1), "stage_mw": [ramp["full_mw"]]}


def _policy(o: Any, d: fleet.Deliveries, ready: Any, halls: Any, kind: Bought) -> dict[str, Any]:
    """Idle plant, what hardware costs and what it computes, of one way of ordering and one life of hardware."""
    m, mw = o.money, np.asarray(o.size.it_peak_mw)
    beside = np.asarray(m.capex_it) / np.asarray(o.size.accelerators) / np.asarray(o.machine.price_usd)
    spent = np.sum(d.bought * kind.price_usd, axis=-1) * beside
    idle_hardware = fleet.idle_mw_months(have_mw=d.owned_mw, used_mw=d.online_mw)
    idle_halls = fleet.idle_mw_months(have_mw=halls, used_mw=ready)
    interest = idle_hardware * spent / mw * o.rates.it + idle_halls * np.asarray(m.capex_shell_power) / mw * (
        o.rates.shell
    )
    return {
        "idle_hardware_mw_months": idle_hardware,
        "idle_shell_mw_months": idle_halls,
        "idle_power_mw_months": fleet.idle_mw_months(have_mw=ready, used_mw=d.online_mw),
        "interest_on_idle_usd": interest / MONTHS_PER_YEAR,
        "hardware_usd": spent,
        "accelerators": np.sum(d.bought, axis=-1),
        "h100_equivalents": d.alive(kind.h100_equivalents)[:, -1],
    }


def _ranged(value: Any, draws: Any) -> dict[str, float]:
    mid = central(value)
    low, high = spread_of(draws)
    return {"value": mid, "low": min(low, mid), "high": max(high, mid)}


def _both(mid: dict[str, dict[str, Any]], draws: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {way: {k: _ranged(v, draws[way][k]) for k, v in rows.items()} for way, rows in mid.items()}


def _rows(orders: Orders, found: list[Generation], mid: Told, draws: Told) -> list[dict[str, Any]]:
    """One row a quarter."""
    d, names = mid.life, [g.name for g in found]
    ranged = {
        "online": (d.online, draws.life.online),
        "h100_equivalents": (mid.h100_equivalents, draws.h100_equivalents),
        "peak_flop_per_s": (mid.flop_per_s, draws.flop_per_s),
    }
    bounds = {k: np.quantile(x, [0.1, 0.9], axis=0) for k, (_, x) in ranged.items()}
    rows = []
    for q, date in enumerate(orders.dates):
        bought = float(d.bought[0, q])
        row = {
            "quarter": date,
            "generation": names[orders.generation[q]] if bought > 0 else "",
            "bought": bought,
            "retired": float(d.retired[0, q]),
            "owned": float(d.owned[0, q]),
            "it_mw": float(d.online_mw[0, q]),
            "ready_it_mw": float(mid.ready_mw[0, q]),
        }
        for k, (x, _) in ranged.items():
            value = float(x[0, q])
            row |= {k: value, f"{k}_low": min(float(bounds[k][0, q]), value)}
            row[f"{k}_high"] = max(float(bounds[k][1, q]), value)
        rows.append(row)
    return rows


def _generation_rows(s: Scenario, found: list[Generation], cost: Any, orders: Orders) -> list[dict[str, Any]]:
    """Each generation: from when, price, power, compute, cost of compute, and the quarters in which it is bought."""
    rows = []
    for i, g in enumerate(found):
        can, wins = np.flatnonzero(np.isfinite(cost[i])), np.flatnonzero(orders.generation == i)
        rows.append(
            {
                "generation": g.name,
                "from": buildout.add_months(s.as_of.isoformat(), max(float(g.volume_from_months), 0.0)),
                "price_usd": float(g.price_usd),
                "it_kw": float(g.it_kw),
                "peak_flop_per_s": float(g.peak_flop_per_s),
                "usd_per_useful_eflop": float(cost[i, can[0]]) * 1e18 if len(can) else None,
                "best_from": orders.dates[wins[0]] if len(wins) else None,
                "best_until": orders.dates[wins[-1]] if len(wins) else None,
                "projected": g.id in PROJECTED,
            }
        )
    return rows


def _refresh(orders: Orders, mid: Told, draws: Told, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The first replacement of the fleet: when, what it costs, what it does to power and to compute."""
    when = np.flatnonzero(mid.life.refreshed[0] > 0)
    if not len(when):
        return {}
    a = int(when[0])
    b = min(a + orders.life_quarters, len(rows)) - 1
    before, after = rows[a - 1], rows[b]
    span = slice(a, b + 1)
    return {
        "from": orders.dates[a],
        "until": orders.dates[min(int(when[when <= b][-1]), b)],
        "accelerators": float(np.sum(mid.life.refreshed[0, span])),
        "accelerators_retired": float(rows[b]["retired"]),
        "hardware_usd": _ranged(np.sum(mid.refresh_usd[:, span]), np.sum(draws.refresh_usd[:, span], axis=-1)),
        "it_mw_before": before["it_mw"],
        "it_mw_after": after["it_mw"],
        "h100_equivalents_before": before["h100_equivalents"],
        "h100_equivalents_after": after["h100_equivalents"],
    }


def _words(rows: list[dict[str, Any]], full: int, policies: dict[str, Any]) -> str:
    """What the table says."""
    kinds = list(dict.fromkeys(r["generation"] for r in rows[: full + 1] if r["generation"]))
    a, b = policies["step"], policies["now"]
    gain = a["h100_equivalents"]["value"] / max(b["h100_equivalents"]["value"], 1.0)
    money = a["hardware_usd"]["value"] / max(b["hardware_usd"]["value"], 1.0)

    def avoided(key: str) -> str:
        less = b[key]["value"] - a[key]["value"]
        return f"{float(f'{less:.2g}'):,.0f}"

    more = f"it computes {gain:.2g} times as much on the same power, " if abs(gain - 1.0) > ABOUT else ""
    return (
        f"Ordered so that it arrives when power is there: {', then '.join(kinds)}. Against ordering everything today "
        f"that avoids {avoided('idle_hardware_mw_months')} MW-months of idle hardware and "
        f"{avoided('idle_shell_mw_months')} of empty halls; {more}hardware costs {money:.2g} times as much."
    )
