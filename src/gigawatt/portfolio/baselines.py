"""What else the money could do: one run over all sites, renting abroad, joining what the countries own already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gigawatt.chapters import apart
from gigawatt.chapters.training_job import Laid
from gigawatt.climates import distances_km
from gigawatt.facts import Facts
from gigawatt.record import Steps
from gigawatt.units import HOURS_PER_YEAR

H100 = "accelerator.h100.peak_bf16"


def one_run(
    facts: Facts, terms: Mapping[str, float], built: Sequence[Mapping[str, Any]], laid: Laid, price_year: int
) -> dict[str, Any]:
    """Training compute of all sites together as one run, against the largest site alone and against no distance.

    Empty where the run fits no plan.
    """
    if not built or not laid.plans:
        return {}
    n = np.array([float(row["accelerators"]) for row in built])
    return apart.numbers(apart.one_run(Steps(facts, price_year), terms, n, ring_km(built), laid))


def ring_km(built: Sequence[Mapping[str, Any]]) -> float:
    """Length of a ring through the sites, always on to the nearest that is left. Great circles."""
    at = [(float(row["lat"]), float(row["lon"])) for row in built]
    if len(at) < 2:
        return 0.0
    left, here, total = at[1:], at[0], 0.0
    while left:
        km = distances_km(*here, np.array([p[0] for p in left]), np.array([p[1] for p in left]))
        k = int(np.argmin(km))
        total += float(km[k])
        here = left.pop(k)
    return total + float(distances_km(*here, np.array([at[0][0]]), np.array([at[0][1]]))[0])


def rent_abroad(built: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The same sold hours rented abroad, by year, against the yearly cost of owning; None without a market price."""
    if not built or any(row["rent_usd_per_accelerator_hour"] is None for row in built):
        return None
    hours = np.array([row["accelerators"] * HOURS_PER_YEAR * row["sold"] for row in built])
    price = np.array([row["rent_usd_per_accelerator_hour"] for row in built])
    rent, own = float(hours @ price), float(sum(row["annual_cost_usd"] for row in built))
    return {
        "usd_per_year": rent,
        "own_usd_per_year": own,
        "rent_over_own": rent / own,
        "usd_per_accelerator_hour": rent / float(np.sum(hours)),
        "own_usd_per_accelerator_hour": own / float(np.sum(hours)),
        "words": "the same sold hours at the market price with the premium for a buyer abroad; nothing is owned after",
    }


def federate(facts: Facts, iso3s: Sequence[str], h100_equivalents: float) -> dict[str, Any]:
    """What the countries own already, in H100 equivalents by dense BF16 peak, and its share of the portfolio."""
    machines: list[dict[str, Any]] = []
    h100 = float(facts[H100].value) * facts.factor(facts[H100].unit, "FLOP/s")
    for fact in facts.under("owned."):
        _, iso3, name, item = fact.id.split(".")
        if item == "accelerators" and iso3 in iso3s:
            peak = float(facts[f"owned.{iso3}.{name}.peak_bf16"].value)
            machines.append(
                {
                    "iso3": iso3,
                    "name": str(facts[f"owned.{iso3}.{name}.name"].value),
                    "accelerators": float(fact.value),
                    "h100_equivalents": float(fact.value) * peak / h100,
                    "class": fact.fact_class,
                    "source": facts.source_title(fact.source),
                }
            )
    total = float(sum(m["h100_equivalents"] for m in machines))
    return {
        "machines": machines,
        "h100_equivalents": total,
        "share_of_portfolio": total / h100_equivalents if h100_equivalents else None,
        "words": "public machines on record only; shared with science, of mixed makers; no new capital",
    }
