"""What else the money could do: one run over all sites, renting abroad, joining what the countries own already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gigawatt import compute, site
from gigawatt.chapters.runs import RUN_DAYS
from gigawatt.climates import distances_km
from gigawatt.facts import Facts
from gigawatt.units import HOURS_PER_YEAR

MODES = ("synchronous", "diloco")
H100 = "accelerator.h100.peak_bf16"


def one_run(facts: Facts, terms: Mapping[str, float], built: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Training compute of all sites together as one run, against the largest site alone and against no distance.

    In step, one failure anywhere stops all; with rare exchanges a site's failure stops only that site, but a step
    counts for less.
    """
    n = np.array([float(row["accelerators"]) for row in built])
    if not len(n):
        return {}
    most = compute.largest_useful_job(
        **{k: terms[k] for k in ("loss_exponent", "failures_per_accelerator_hour", "checkpoint_h", "restart_h")}
    )

    def job(count: Any) -> Any:
        return compute.job_flop_per_day(accelerators=np.minimum(count, most), **terms)

    here = np.asarray(job(n))
    together = float(job(float(np.sum(n))))
    km = ring_km(built)
    route = float(facts["screen.fibre.route_factor"].value)
    ring_ms = float(site.round_trip_ms(distance_km=km / 2, route_factor=route))  # light goes once around
    number = {k: float(facts[f"wan.{k}"].value) for k in ("bandwidth", "bytes_per_param", "steps_per_run")}
    step = float(compute.step_s(days=RUN_DAYS, steps=number["steps_per_run"]))
    ratio = float(facts["wan.tokens_per_param"].value)
    out: dict[str, Any] = {
        "sites": len(n),
        "ring_km": km,
        "round_ms": ring_ms,
        "apart_flop_per_day": float(np.sum(here)),
        "largest_site_flop_per_day": float(np.max(here)),
        "one_place_flop_per_day": together,
    }
    for mode, whole in zip(MODES, (together, float(np.sum(here))), strict=True):
        every = float(facts[f"wan.steps_between.{mode}"].value)
        worth = float(facts["wan.efficiency.diloco"].value) if mode == "diloco" and len(n) > 1 else 1.0
        params = float(compute.compute_optimal_params(flop=whole * RUN_DAYS, tokens_per_param=ratio))
        seconds = float(
            compute.exchange_s(
                params=params,
                bytes_per_param=number["bytes_per_param"],
                sites=len(n),
                link_gb_per_s=number["bandwidth"],
                ring_ms=ring_ms,
            )
        )
        share = float(compute.share_computing(step_s=step, exchange_s=seconds, steps_between=every)) * worth
        out[mode] = {"flop_per_day": whole * share, "share": share, "params": params, "exchange_s": seconds}
    best = max(MODES, key=lambda m: out[m]["flop_per_day"])
    alone = out["largest_site_flop_per_day"]
    out["best"] = best if out[best]["flop_per_day"] > alone else "largest site alone"
    out["delivered_flop_per_day"] = max(out[best]["flop_per_day"], alone)
    out["lost_to_distance"] = 1.0 - out["delivered_flop_per_day"] / max(out["apart_flop_per_day"], together)
    return out


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
