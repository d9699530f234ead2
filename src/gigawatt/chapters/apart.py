"""One training run over several sites, for plan, portfolio, comparison and `train`: facts in, methods side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gigawatt import compute, site
from gigawatt.chapters.training_job import Laid
from gigawatt.compute import sites as rooms
from gigawatt.record import Steps, central

METHODS = rooms.METHODS
WORDS = {
    "synchronous": "in step, exchanging in every training step",
    "diloco": "rare exchanges for which all wait (DiLoCo)",
    "streaming": "exchanges beside the work, in four bits (Streaming DiLoCo)",
}
SHORT = {"synchronous": "in step", "diloco": "DiLoCo", "streaming": "Streaming DiLoCo"}
GBIT_PER_GB = 8.0
SIZE = ("loss_exponent", "failures_per_accelerator_hour", "checkpoint_h", "restart_h")


def method(step: Steps, name: str) -> rooms.Method:
    """One way to keep sites together, from its facts."""
    wire = "wan.bytes_per_param.streaming" if name == "streaming" else "wan.bytes_per_param"
    return rooms.Method(
        steps_between=step.fact(f"wan.steps_between.{name}", unit="1"),
        bytes_per_param=step.fact(wire, unit="1"),
        overlap=step.fact(f"wan.overlap.{name}", unit="1"),
        worth=step.fact(f"wan.efficiency.{name}", unit="1"),
    )


def ring_ms(step: Steps, ring_km: Any) -> Any:
    """Time of light once around a ring of great circles, along the routes of cables."""
    route = step.fact("screen.fibre.route_factor", unit="1")
    return step(site.round_trip_ms, distance_km=np.asarray(ring_km, float) / 2.0, route_factor=route)


def fibre(step: Steps, *, sites: float, ring_km: Any, link_gb_per_s: Any) -> rooms.Fibre:
    """Links of the ring and their price, USD of the plan's price year."""
    route = step.fact("screen.fibre.route_factor", unit="1")
    return step(
        rooms.fibre,
        sites=float(sites),
        ring_km=np.asarray(ring_km, float) * route,
        link_gb_per_s=link_gb_per_s,
        wave_gbit_per_s=step.fact("wan.wave.speed", unit="Gbit/s"),
        pair_gbit_per_s=step.fact("wan.pair.capacity", unit="Gbit/s"),
        pair_usd_per_km=step.fact("wan.pair.price", unit="USD/km"),
        line_usd_per_km=step.fact("wan.line.price", unit="USD/km"),
        wave_end_usd=step.fact("wan.wave.end_price", unit="USD"),
        upkeep_per_year=step.fact("wan.upkeep", unit="1/year"),
    )


def fibre_usd(step: Steps, *, sites: float, ring_km: Any, link_gb_per_s: Any) -> Any:
    """Price of a link of so much; infinite where no link is enough."""
    reachable = np.isfinite(link_gb_per_s)
    usd = fibre(step, sites=sites, ring_km=ring_km, link_gb_per_s=np.where(reachable, link_gb_per_s, 0.0)).capital_usd
    return np.where(reachable, usd, np.inf)[()]


def methods(
    step: Steps,
    *,
    params: Any,
    sites: float,
    ring_km: Any,
    step_s: Any,
    link_gb_per_s: Any,
    loss_limit: Any,
) -> dict[str, rooms.Apart]:
    """Every method on the same sites, links and training step."""
    light = ring_ms(step, ring_km)
    return {
        name: step(
            rooms.apart,
            method=method(step, name),
            params=params,
            sites=float(sites),
            link_gb_per_s=link_gb_per_s,
            ring_ms=light,
            step_s=step_s,
            loss_limit=loss_limit,
        )
        for name in METHODS
    }


def neighbours_km(step: Steps, keys: Sequence[str]) -> float:
    """Distance between neighbouring sites where none is named: a fact, but never more than a country is wide."""
    usual = central(step.fact("wan.apart", unit="km"))
    area = next((f"country.{key}.area" for key in keys if f"country.{key}.area" in step.facts), None)
    return usual if area is None else min(usual, float(np.sqrt(central(step.fact(area, unit="km2")))))


def one_run(step: Steps, terms: Mapping[str, Any], accelerators: Any, ring_km: float, laid: Laid) -> dict[str, Any]:
    """Training compute of several sites as one run, by each method: the run that is laid out over all accelerators.

    In step, one failure anywhere stops all; where sites run many steps on their own, a failure stops only its site, but
    a step is worth less. Accelerators by site on the first axis.
    """
    n = np.asarray(accelerators, float)
    most = compute.largest_useful_job(**{k: terms[k] for k in SIZE})

    def job(count: Any) -> Any:
        return compute.job_flop_per_day(accelerators=np.minimum(count, most), **terms)

    here, together = np.asarray(job(n)), job(np.sum(n, axis=0))
    apart = np.sum(here, axis=0)
    whole = {"synchronous": together, "diloco": apart, "streaming": apart}
    params = step.given("parameters of the model", float(laid.run.shape.params), "1")
    seconds = step.given("time of a training step", laid.seconds[0], "s")
    link = step.fact("wan.bandwidth", unit="GB/s")
    limit = step.fact("wan.loss_limit", unit="1")
    found = methods(
        step,
        params=params,
        sites=len(n),
        ring_km=ring_km,
        step_s=seconds,
        link_gb_per_s=link,
        loss_limit=limit,
    )
    links = fibre(step, sites=len(n), ring_km=ring_km, link_gb_per_s=link)
    return {
        "sites": len(n),
        "ring_km": ring_km,
        "round_ms": ring_ms(step, ring_km),
        "link_gbit_per_s": np.asarray(link) * GBIT_PER_GB,
        "apart_flop_per_day": apart,
        "largest_site_flop_per_day": np.max(here, axis=0),
        "one_place_flop_per_day": together,
        "methods": {
            name: {
                "flop_per_day": np.asarray(whole[name]) * a.speed,
                "share": a.speed,
                "working": a.share,
                "params": params,
                "exchange_s": a.exchange_s,
                "link_needed_gbit_per_s": np.asarray(a.link_gb_per_s) * GBIT_PER_GB,
                "fibre_for_it_usd": fibre_usd(step, sites=len(n), ring_km=ring_km, link_gb_per_s=a.link_gb_per_s),
            }
            for name, a in found.items()
        },
        "loss_limit": limit,
        "fibre_pairs": links.pairs,
        "fibre_usd": links.capital_usd,
        "fibre_usd_per_year": links.upkeep_usd_per_year,
    }


def numbers(found: Mapping[str, Any]) -> dict[str, Any]:
    """A run over sites as plain numbers, with the best method and what distance costs."""
    out = {k: central(v) for k, v in found.items() if k not in ("methods", "sites")}
    by = {name: {k: central(v) for k, v in row.items()} for name, row in found["methods"].items()}
    best = max(by, key=lambda name: by[name]["flop_per_day"])
    alone = out["largest_site_flop_per_day"]
    delivered = max(by[best]["flop_per_day"], alone)
    most = max(out["apart_flop_per_day"], out["one_place_flop_per_day"])
    return {
        "sites": found["sites"],
        **out,
        **by,
        "best": best if by[best]["flop_per_day"] > alone else "largest site alone",
        "delivered_flop_per_day": delivered,
        "lost_to_distance": 1.0 - delivered / most if most > 0.0 else 0.0,  # a model that fits nowhere trains nowhere
    }


def speed(gbit_per_s: float) -> str:
    """A bandwidth in words."""
    for unit, size in (("Pbit/s", 1e6), ("Tbit/s", 1e3), ("Gbit/s", 1.0)):
        if gbit_per_s >= size:
            return f"{gbit_per_s / size:,.3g} {unit}"
    return f"{gbit_per_s * 1e3:,.3g} Mbit/s"
