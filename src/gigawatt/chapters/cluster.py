"""The cluster of the plan: its network as a bill, its storage, its power swings, and the same over several sites."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.chapters import apart, storing, swings, wiring
from gigawatt.chapters.place import Site
from gigawatt.chapters.trained import recovery, terms
from gigawatt.figures import show
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import in_percent


def tables(step: Steps, drawn: Steps, s: Scenario, site: Site, o: Any, spread: Any) -> dict[str, Any]:
    """Tables ``network``, ``storage``, ``power_swing`` and ``sites`` of a plan."""
    return {
        "network": wiring.table(step, drawn, o, spread),
        "storage": storing.table(step, drawn, s, o, spread),
        "power_swing": swings.table(step, drawn, site, o, spread),
        "sites": _sites(step, s, site, o),
    }


def _sites(step: Steps, s: Scenario, site: Site, o: Any) -> dict[str, Any]:
    """One training run on this campus, and on as many accelerators over several sites."""
    n = central(step.once(recovery, s).in_run(o.size.accelerators))
    count = round(central(step.fact("wan.sites", unit="1")))
    km = apart.neighbours_km(step, site.keys) * count
    job = {k: central(v) for k, v in terms(step, s, o.machine).items()}
    if not job["mfu"] > 0.0:
        words = "The run fits the memory of no number of these accelerators: nothing to share out over sites."
        return {
            "words": words,
            "class": "C",
            "sites": count,
            "loss_limit": central(step.fact("wan.loss_limit", unit="1")),
            "rows": [],
        }
    found = apart.numbers(apart.one_run(step, job, np.full(count, n / count), km, o.work.training.laid))
    rows = [
        {
            "method": name,
            "label": apart.WORDS[name],
            "slow_down": 1.0 - found[name]["share"],
            "against_one_place": found[name]["flop_per_day"] / found["one_place_flop_per_day"],
            **found[name],
        }
        for name in apart.METHODS
    ]
    nearest = min(rows, key=lambda r: float(r["slow_down"]))
    for row in rows:
        row["chosen"] = row is nearest
    return {
        "words": _sites_words(found, rows, central(o.size.facility_peak_mw) / count, f"USD_{step.price_year}"),
        "class": "C",
        **{k: v for k, v in found.items() if k not in apart.METHODS},
        "rows": rows,
    }


def _sites_words(found: dict[str, Any], rows: list[dict[str, Any]], mw: float, usd: str) -> str:
    best = next(r for r in rows if r["chosen"])
    rare = min((r for r in rows if r["method"] != "synchronous"), key=lambda r: float(r["slow_down"]))
    capital, upkeep = (show(found[k], None, None, usd) for k in ("fibre_usd", "fibre_usd_per_year"))
    said = (
        f"{found['sites']} sites of {show(mw, None, None, 'MW')} on a ring of {found['ring_km']:,.0f} km instead of "
        f"one place: distance slows one training run by {in_percent(best['slow_down'], 1)} at best "
        f"({best['label']}) on links of "
        f"{apart.speed(found['link_gbit_per_s'])}, which cost {capital} and {upkeep} a year. To lose no more than "
        f"{in_percent(found['loss_limit'])} of the time, sites in step need "
        f"{apart.speed(rows[0]['link_needed_gbit_per_s'])}; "
        f"with {rare['label']} they need {apart.speed(rare['link_needed_gbit_per_s'])}, and "
        f"{in_percent(rare['slow_down'], 1)} of "
        f"the progress."
    )
    gain = rare["against_one_place"] - 1.0
    if gain > 0:
        said += (
            f" A failure then stops one site and not all, which at this size is worth more: {in_percent(gain)} "
            "more training a "
            f"day than one place in step."
        )
    return f"{said} Only the links are counted: a portfolio prices smaller campuses with connections of their own."
