"""Home or abroad: what sovereignty costs and buys, what home demand there is, and who else is near enough to serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import demand, finance
from gigawatt.chapters import arithmetic
from gigawatt.chapters.place import Site
from gigawatt.gazetteer import cities_named, countries
from gigawatt.places import distance_km
from gigawatt.record import Steps, central

NEIGHBOURS = 6  # shown of those within reach
LICENSOR = "USA"  # whose export rule the chips are under
CLOSED = ("embargoed", "presumption_of_denial")  # who may not be sold the hours either


@dataclass(frozen=True)
class Home:
    """Accelerators that customers at home employ, and what is left to export."""

    users: Any
    for_people: Any
    for_research: Any
    for_economy: Any
    export: Any
    years: Any


def home(step: Steps, site: Site, *, accelerators: Any, users_served: Any, h100_equivalents: Any) -> Home:
    """Home demand on facts of one pass: bottom-up by people and research, top-down by the world's intensity."""
    gdp = step.fact(*site.ids("country.{}.gdp"), unit="USD")
    users = step(
        demand.users_at_home,
        people=step.fact(*site.ids("country.{}.population"), unit="person"),
        online_share=step.fact(*site.ids("country.{}.internet_users"), unit="1"),
        daily_share=step.fact("demand.daily_share", unit="1"),
    )
    each = step(arithmetic.share, part=h100_equivalents, whole=accelerators)
    served = step(arithmetic.share, part=users_served, whole=accelerators)
    intensity = step(
        arithmetic.share,
        part=step.fact("demand.world_compute", unit="accelerator"),
        whole=step.fact("demand.world_product", unit="USD"),
    )

    def of_economy(per_usd: Any) -> Any:
        return step(
            demand.accelerators_of_economy,
            gdp_usd=gdp,
            h100_equivalents_per_usd=per_usd,
            h100_equivalents_per_accelerator=each,
        )

    economy = of_economy(intensity)
    return Home(
        users=users,
        for_people=step(arithmetic.share, part=users, whole=served),
        for_research=of_economy(step.fact("demand.research_per_gdp", unit="accelerator/USD")),
        for_economy=economy,
        export=step(demand.export_share, supplied=accelerators, used_at_home=economy),
        years=step(
            demand.years_until_used,
            supplied=accelerators,
            used_at_home=economy,
            growth_per_year=step.fact("demand.compute_growth", unit="1/year"),
        ),
    )


def round_trip(step: Steps, km: float) -> Any:
    """Round trip over a distance, with the range of measured routes. [ms]"""
    return step(
        demand.round_trip_ms,
        distance_km=km,
        fibre_km_per_ms=step.fact("latency.fibre_speed", unit="km/ms"),
        route_factor=step.fact("latency.route_factor", unit="1"),
    )


def neighbours(step: Steps, site: Site, h100_per_accelerator: float) -> dict[str, Any]:
    """Other countries within an interactive round trip, those with the largest demand first."""
    facts, here = step.facts, site.place
    per_usd = central(step.fact("demand.world_compute", unit="accelerator")) / central(
        step.fact("demand.world_product", unit="USD")
    )
    limit = central(step.fact("latency.interactive", unit="ms"))
    reach_km = limit / central(round_trip(step, 1.0))
    rows: list[dict[str, Any]] = []
    for c in countries().values():
        if c.iso3 == here.iso3 or not c.un_member:
            continue
        km = distance_km(here.latitude, here.longitude, c.latitude, c.longitude)
        licence, gdp = f"export.{c.iso3}.licence_class", f"country.{c.iso3}.gdp"
        if km > reach_km or gdp not in facts or (licence in facts and facts[licence].value in CLOSED):
            continue
        usd = float(facts[gdp].value) * facts.factor(facts[gdp].unit, step.in_price_year("USD"))
        rows.append({"name": c.name, "ms": km / reach_km * limit, "accelerators": usd * per_usd / h100_per_accelerator})
    rows.sort(key=lambda r: -r["accelerators"])
    total = sum(r["accelerators"] for r in rows)
    return {"limit_ms": limit, "countries": len(rows), "accelerators": total, "largest": rows[:NEIGHBOURS]}


def abroad(step: Steps, site: Site, o: Any, spread: Any) -> dict[str, Any] | None:
    """What a sovereign hour costs over a rented one, and what the nearest rented one is like."""
    m, drawn = o.money, spread.money
    if m.rent_abroad is None:
        return None
    over = step(
        finance.home_premium,
        home_usd_per_accelerator_hour=m.lcoc_sold,
        abroad_usd_per_accelerator_hour=m.rent_abroad,
    )
    even = step(
        finance.home_premium, home_usd_per_accelerator_hour=m.lcoc_sold, abroad_usd_per_accelerator_hour=m.market
    )
    hours = central(m.contract.hours)
    low, high = spread_of(drawn.lcoc_sold / drawn.rent_abroad - 1.0)
    return {
        "home_usd_per_accelerator_hour": central(m.lcoc_sold),
        "abroad_usd_per_accelerator_hour": central(m.rent_abroad),
        "premium": central(over),
        "premium_low": min(low, central(over)),
        "premium_high": max(high, central(over)),
        "usd_per_year": (central(m.lcoc_sold) - central(m.rent_abroad)) * hours,
        "break_even_premium_on_renting": central(even),
        "rented_at": nearest_hub(step, site),
        "chips_from_home": site.place.iso3 == LICENSOR,
    }


def nearest_hub(step: Steps, site: Site) -> dict[str, Any]:
    """The nearest place where accelerators are rented, its round trip, and whose law it is under."""
    here = site.place
    found = []
    for text in step.text("rent.hubs").split(";"):
        name, iso3 = text.split("|")
        city = max((c for c in cities_named(name) if c.iso3 == iso3), key=lambda c: c.population)
        found.append((distance_km(here.latitude, here.longitude, city.latitude, city.longitude), city))
    km, city = min(found, key=lambda f: f[0])
    member = [f"country.{iso3}.eu_member" for iso3 in (here.iso3, city.iso3)]
    union = all(i in step.facts and float(step.facts[i].value) > 0 for i in member)
    law = "both lie in the European Union" if union else f"under the law of {countries()[city.iso3].name}"
    law = "in the same country" if city.iso3 == here.iso3 else law
    ms = round_trip(step, km)
    fact = step.facts["latency.route_factor"]
    low, high = (central(ms) * float(x) / float(fact.value) for x in (fact.low, fact.high))
    return {"city": city.name, "km": km, "ms": central(ms), "ms_low": low, "ms_high": high, "law": law}


def spread_of(draws: Any) -> tuple[float, float]:
    """P10 and P90 of draws that are numbers."""
    kept = np.asarray(draws, float)
    low, high = np.quantile(kept[np.isfinite(kept)], [0.1, 0.9])
    return float(low), float(high)


def ranged(value: Any, draws: Any) -> dict[str, float]:
    """Central value with P10 and P90."""
    low, high = spread_of(draws)
    x = central(value)
    return {"value": x, "low": min(low, x), "high": max(high, x)}
