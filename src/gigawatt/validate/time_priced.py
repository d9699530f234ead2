"""Published US sites chosen again with time priced: grid, gas, or own solar and battery.

The study publishes a levelised cost of electricity by site and option. On that alone the grid wins nearly everywhere;
once it rents out every accelerator from the first day, bought or not, solar wins. Here waiting costs what it costs:
margin on hours that are not sold, interest on what is paid, value that idle hardware loses; a wait that is known in
advance leaves nothing idle but what was paid before ground is broken.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import atb, finance
from gigawatt.chapters import delay
from gigawatt.facts import Facts
from gigawatt.gazetteer import regions
from gigawatt.plan import Decision, decide, facts_for
from gigawatt.record import Z_P90, Draws
from gigawatt.scenario import read as read_scenario
from gigawatt.units import HOURS_PER_YEAR, MONTHS_PER_YEAR

OPTIONS = ("grid", "gas", "solar and battery")
PUBLISHED_YEAR = 2022
ACCELERATORS = 100_000
QUESTION = {"place": "Texas", "accelerators": ACCELERATORS, "accelerator": "H100", "as_of": "2026-11-23"}
DRAWS, SEED = 400, 0
LONGEST_MONTHS = 240
LATE_MONTHS = 36
KW_PER_MW = 1e3

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sites:
    """Sites of the study as arrays (site,) and (site, option). USD of 2022 per kWh."""

    state: tuple[str, ...]
    lcoe: Array
    pue: Array
    large_turbine: NDArray[np.bool_]
    published_total: Array | None = None  # with the study's own price of waiting

    def __len__(self) -> int:
        return len(self.state)


@dataclass(frozen=True)
class Terms:
    """What waiting costs one accelerator. USD of 2022; months."""

    price: Any
    cost_without_energy: Any
    sold_hours_per_month: float
    early_usd_per_month: float  # interest on what is paid before ground is broken
    shell_usd_per_month: float  # interest on a whole shell with its power plant
    hardware_usd_per_month: float  # interest, lost value and standing cost of a whole set of hardware
    build: float
    order: float
    drawdown: float
    rent: float
    rate: float
    drawn_price: Array  # draws of price, and of cost without energy, as the plan has them
    drawn_cost: Array

    def drawn(self) -> Terms:
        """The same with price and cost as draws, ahead of sites and options."""
        return replace(self, price=self.drawn_price[:, None, None], cost_without_energy=self.drawn_cost[:, None, None])


@dataclass(frozen=True)
class Choice:
    """How many sites choose what under one way of pricing time."""

    name: str
    share: Mapping[str, float]
    flips: int
    share_flipped: float


def read_cases(path: Path) -> Sites:
    """Sites of the case file `us_sites_newkirk2025.csv` with the published columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    solar = [
        _least(r, "published_ac_solar_lcoe_usd_per_kwh_24k_gpu", "published_dc_solar_lcoe_usd_per_kwh_24k_gpu")
        for r in rows
    ]
    lcoe = [
        (float(r["published_grid_price_usd_per_kwh"]), float(r["expected_ng_base_lcoe_usd_per_kwh"]), s)
        for r, s in zip(rows, solar, strict=True)
    ]
    return Sites(
        state=tuple(r["state"] for r in rows),
        lcoe=np.array(lcoe),
        pue=np.array([float(r["given_annual_pue"]) for r in rows]),
        large_turbine=np.array([_is_large(r["published_ng_configuration"]) for r in rows]),
    )


def read_runs(runs: Path, cells: Path) -> Sites:
    """All runs of the study: its table of results, and its table of cells for the state of each."""
    with cells.open(encoding="utf-8", newline="") as file:
        states = {r["h3_index"]: r["state"] for r in csv.DictReader(file)}
    with runs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def of(kind: str) -> Array:
        return np.array(
            [
                (
                    float(r[f"grid_{kind}"]),
                    float(r[f"natural_gas_{kind}"]),
                    _least(r, f"ac_coupled_{kind}", f"dc_coupled_{kind}"),
                )
                for r in rows
            ]
        )

    return Sites(
        state=tuple(states.get(r["h3_index"], "") for r in rows),
        lcoe=of("base_lcoe"),
        pue=np.array([float(r["annual_pue"]) for r in rows]),
        large_turbine=np.array([_is_large(r["ng_config"]) for r in rows]),
        published_total=of("total_lcoe"),
    )


def _least(row: Mapping[str, str], *names: str) -> float:
    return min((float(row[n]) for n in names if row[n]), default=np.inf)


def _is_large(configuration: str) -> bool:
    """Combined cycles and large frames; aeroderivatives and small industrial turbines are delivered sooner."""
    return "CC" in configuration or "HA" in configuration


def campus(facts: Facts) -> Decision:
    """The plan of a campus like the published ones."""
    s = read_scenario(QUESTION)
    return decide(facts_for(s, facts), s, other_sizes=False)


def terms(d: Decision) -> Terms:
    """What waiting costs, from the plan of a campus."""
    known, price_year = d.step.facts, d.step.price_year
    o, n = d.outcome, float(d.outcome.size.accelerators)
    m, one = o.money, 1.0 / MONTHS_PER_YEAR
    back = known.money_factor(("USD", price_year), ("USD", PUBLISHED_YEAR))
    kwh = float(o.footprint.facility_mean_mw) / n * KW_PER_MW
    energy = float(m.lcoe) / KW_PER_MW * kwh / float(m.utilisation)
    value = float(known["fleet.value_decline"].value)
    shell, hardware = float(m.capex_shell_power) / n, float(m.capex_it) / n
    shell_rate, it_rate = ((1.0 + float(r)) ** one - 1.0 for r in (o.rates.shell, o.rates.it))
    standing = float(m.opex_per_year) / float(m.capex) * (shell + hardware) * one
    rent = known["delay.published_rent"]
    return Terms(
        price=float(m.market) * back,
        cost_without_energy=(float(m.lcoc_sold) - energy) * back,
        sold_hours_per_month=HOURS_PER_YEAR * one * float(m.utilisation),
        early_usd_per_month=shell * float(known["delay.early_share"].value) * shell_rate * back,
        shell_usd_per_month=shell * shell_rate * back,
        hardware_usd_per_month=(hardware * (it_rate + 1.0 - (1.0 - value) ** one) + standing) * back,
        build=float(known["lead.build_to_first.fast_greenfield"].value),
        order=float(known["lead.racks.world"].value),
        drawdown=float(known["finance.drawdown_months.shell"].value),
        rent=float(rent.value) * known.money_factor(("USD", PUBLISHED_YEAR), ("USD", PUBLISHED_YEAR)),
        rate=float(known["delay.published_rate"].value),
        drawn_price=np.asarray(d.spread.money.market, float) * back,
        drawn_cost=(np.asarray(d.spread.money.lcoc_sold, float) - energy) * back,
    )


def energy_mwh(sites: Sites) -> tuple[Array, Array]:
    """Discounted energy of one accelerator over the life of the study, and energy per hour. (site,) [MWh, kWh]"""
    npv = np.array([float(atb.newkirk_energy_npv_mwh(accelerators=1.0, pue=p)) for p in sites.pue])
    year = float(atb.newkirk_energy_npv_mwh(accelerators=1.0, pue=1.0)) / _discounted_years()
    return npv, sites.pue * year * KW_PER_MW / HOURS_PER_YEAR


def _discounted_years() -> float:
    """Years 3 to 26 of the study, discounted at 7 % in their middle (published_cases/README.md)."""
    return sum(1.07 ** -(y + 0.5) for y in range(3, 27))


def lead_months(facts: Facts, sites: Sites, *, at: str = "value", engines: bool = False, queue: str = "") -> Array:
    """Months to power by site and option, at a percentile of the facts: `low`, `value` or `high`. (site, option)"""

    def of(*ids: str) -> float:
        return float(getattr(facts.first(*ids), at))

    grid = {s: of(queue or f"lead.grid_connection.{_code(s)}", "lead.grid_connection.USA") for s in set(sites.state)}
    small = of("lead.gas_engines.USA") if engines else of("lead.turbine_aero.world")
    large = of("lead.gas_engines.USA") if engines else of("lead.gas_ccgt.USA")
    gas = np.where(sites.large_turbine, large, small)
    return _stacked([grid[s] for s in sites.state], gas, of("delay.solar_battery"))


def published_months(facts: Facts, sites: Sites) -> Array:
    """Months to power as the study takes them: queue by market, turbines in three years. (site, option)"""
    grid = [
        float(facts.first(f"delay.published_queue.{_code(s)}", "lead.grid_connection.USA").value) for s in sites.state
    ]
    gas = np.full(len(sites), float(facts["delay.published_gas"].value))
    return _stacked(grid, gas, float(facts["delay.solar_battery"].value))


def _stacked(grid: Sequence[float], gas: Array, solar: float) -> Array:
    return np.stack([np.array(grid), gas, np.full(len(gas), solar)], axis=1)


def _code(state: str) -> str:
    """`USA-TX` of Texas."""
    return next((f"USA-{r.code}" for (iso3, _), r in regions().items() if iso3 == "USA" and r.name == state), "USA")


def waiting_usd(t: Terms, energy_kwh: Array, lcoe: Array, months: Array, planned: Array) -> Array:
    """What a wait costs one accelerator: margin, early money, and what is idle when the wait is longer than planned.

    Shapes (site, option), with draws in front where `months` has them. A project that slips keeps slipping at its
    pace, so that halls and racks ordered ahead are early by that pace times their lead time, and no longer.
    """
    margin = np.maximum(t.price - t.cost_without_energy - lcoe * energy_kwh[:, None], 0.0) * t.sold_hours_per_month
    wait = np.maximum(months - t.build, 0.0)
    over = np.maximum(months - np.maximum(planned, t.build), 0.0)
    pace = np.maximum(months / np.maximum(planned, 1e-9) - 1.0, 0.0) * (planned > 0)
    shell = np.minimum(over, pace * t.drawdown) * t.shell_usd_per_month
    hardware = np.minimum(over, pace * t.order) * t.hardware_usd_per_month
    return wait * (margin + t.early_usd_per_month) + shell + hardware


def published_usd(t: Terms, months: Array) -> Array:
    """The published way: rent for every accelerator from the first day. [USD per accelerator]"""
    return np.asarray(
        finance.rental_of_idle_accelerators(
            accelerators=1.0, usd_per_accelerator_hour=t.rent, months=months, rate_per_year=t.rate
        )
    )


def chosen(sites: Sites, adder_usd_per_kwh: Array | float = 0.0) -> NDArray[np.int64]:
    """Index of the cheapest option at each site."""
    return np.argmin(sites.lcoe + adder_usd_per_kwh, axis=1)


def choice(name: str, sites: Sites, picked: NDArray[np.int64]) -> Choice:
    """Shares of the options, and how many sites choose otherwise than on cost alone."""
    counts = Counter(int(i) for i in picked)
    flips = int(np.sum(picked != chosen(sites)))
    return Choice(name, {o: counts[i] / len(sites) for i, o in enumerate(OPTIONS)}, flips, flips / len(sites))


def study(facts: Facts, sites: Sites, t: Terms) -> list[Choice]:
    """Choices without a price on time, with the published one, and with ours at P10, P50, P90 and over draws."""
    npv, hourly = energy_mwh(sites)
    per_kwh = npv[:, None] * KW_PER_MW

    def ours(months: Array, planned: Array, at: Terms = t) -> NDArray[np.int64]:
        usd = waiting_usd(at, hourly, sites.lcoe, months, planned)
        return chosen(sites, (usd if usd.ndim == 2 else usd.mean(axis=0)) / per_kwh)

    def known(**which: Any) -> NDArray[np.int64]:
        months = lead_months(facts, sites, **which)
        return ours(months, months)

    def drawn(**which: Any) -> NDArray[np.int64]:
        low, mid, high = (lead_months(facts, sites, at=at, **which) for at in ("low", "value", "high"))
        return ours(_draw(low, mid, high), mid, t.drawn())

    rented = published_usd(t, lead_months(facts, sites)) / per_kwh
    theirs = published_months(facts, sites)
    twice = replace(t, sold_hours_per_month=2.0 * t.sold_hours_per_month)
    virginia = "lead.grid_connection.USA-VA"
    rows = [("levelised cost alone", chosen(sites))]
    if sites.published_total is not None:
        rows.append(("as published: rent, the study's waits", np.argmin(sites.published_total, axis=1)))
    rows += [
        ("rent for every accelerator, our lead times", chosen(sites, rented)),
        ("ours, lead times at P10", known(at="low")),
        ("ours, lead times at P50", known()),
        ("ours, lead times at P90", known(at="high")),
        ("ours, lead times and margin drawn, slips not foreseen", drawn()),
        ("ours, the study's waits", ours(theirs, theirs)),
        ("ours, the study's waits, margin drawn", ours(theirs, theirs, t.drawn())),
        ("ours, the study's waits, twice the margin", ours(theirs, theirs, twice)),
        ("ours, drawn, gas by engines", drawn(engines=True)),
        ("ours, drawn, engines, the queue of Northern Virginia", drawn(engines=True, queue=virginia)),
    ]
    return [choice(name, sites, picked) for name, picked in rows]


def _draw(low: Array, mid: Array, high: Array) -> Array:
    """Draws (draw, site, option) of lead times whose P10, P50 and P90 these are; the options apart."""
    z = np.stack([Draws(DRAWS, SEED).normal(f"time priced {option}") for option in OPTIONS], axis=-1)[:, None, :]
    return mid * np.exp(np.where(z < 0, z * np.log(mid / low), z * np.log(high / mid)) / Z_P90)


def break_even_months(facts: Facts, sites: Sites, t: Terms) -> dict[str, Array]:
    """How long one waits for the grid before gas or solar is better, both known in advance; months, (site,)."""
    npv, hourly = energy_mwh(sites)
    months = lead_months(facts, sites, engines=True)
    usd = sites.lcoe * npv[:, None] * KW_PER_MW
    total = usd + waiting_usd(t, hourly, sites.lcoe, months, months)
    grid = replace(sites, lcoe=sites.lcoe[:, :1])
    waits = np.arange(LONGEST_MONTHS + 1.0)
    each = np.broadcast_to(waits[:, None, None], (len(waits), len(sites), 1))
    by_wait = usd[:, 0] + waiting_usd(t, hourly, grid.lcoe, each, each)[..., 0]  # (wait, site)
    out = {}
    for i, option in enumerate(OPTIONS[1:], start=1):
        worse = by_wait > total[:, i]
        out[option] = np.where(worse.any(axis=0), waits[np.argmax(worse, axis=0)], np.inf)
    return out


def quantiles(values: Array, of: Callable[[float], str] = lambda x: f"{x:.0f}") -> Sequence[str]:
    """P10, P50, P90 as text; never where it does not come."""
    found = np.quantile(np.where(np.isfinite(values), values, LONGEST_MONTHS * 10.0), [0.1, 0.5, 0.9], method="lower")
    return [of(float(x)) if x <= LONGEST_MONTHS else "never" for x in found]


def early_months(facts: Facts, t: Terms) -> list[dict[str, float]]:
    """What it was worth to run 100,000 H100 from bridging turbines instead of waiting for the grid. USD of 2022.

    Beside the 122 days of the retrofit: the wait for a connection at P10, P50 and P90. The margin is at the long
    contract of today, and at the lowest rent on offer in 2024; idle is what the same accelerators cost if they had
    been bought and stood.
    """
    n, took = float(ACCELERATORS), float(facts["lead.build_to_first.retrofit"].value)
    early, grid = facts["delay.h100_rent_2024"], facts["lead.grid_connection.USA"]
    at_2024 = float(early.low) * facts.money_factor(("USD", 2024), ("USD", PUBLISHED_YEAR)) - t.cost_without_energy
    rows = []
    for months in (float(grid.low), float(grid.value), float(grid.high)):
        gained = months - took
        hours = n * t.sold_hours_per_month * gained
        rows.append(
            {
                "wait_months": months,
                "gained_months": gained,
                "margin_usd": hours * max(t.price - t.cost_without_energy, 0.0),
                "margin_2024_usd": hours * at_2024,
                "idle_usd": n * gained * (t.hardware_usd_per_month + t.shell_usd_per_month),
                "published_usd": n * float(published_usd(t, np.array(gained))),
            }
        )
    return rows


def three_years_late(d: Decision) -> dict[str, float]:
    """Three years' delay of the campus by moment, as its plan prices it, and the published way. USD of 2022."""
    known = d.step.facts
    back = known.money_factor(("USD", d.step.price_year), ("USD", PUBLISHED_YEAR))
    o, s = d.outcome, read_scenario(QUESTION)
    t = delay.terms(d.step, s, d.shared.site, o.money, o.rates, o)
    found = {}
    for moment in delay.MOMENTS:
        shares = delay.committed(
            first_months=o.calendar.first_months, ramp=o.calendar.ramp, terms=t, moment=moment, months=LATE_MONTHS
        )
        fixed = 0.0 if moment == "ground" else t.fixed_price_share
        late = delay.priced(terms=t, committed=shares, fixed_price_share=fixed, months=LATE_MONTHS)
        found[moment] = float(late.total_usd) * back
    found["published"] = ACCELERATORS * float(published_usd(terms(d), np.array(float(LATE_MONTHS))))
    return found
