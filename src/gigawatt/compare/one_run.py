"""A programme of several sites as one training run: what distance costs it, and the bandwidth that it needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.chapters import apart
from gigawatt.chapters.trained import job as trained_job
from gigawatt.chapters.trained import terms
from gigawatt.chapters.training_job import lay
from gigawatt.compare.rebuild import Rebuilt
from gigawatt.record import central
from gigawatt.units import in_percent


def one_run(r: Rebuilt | None) -> dict[str, Any] | None:
    """One run over the sites of a programme, equal and in a ring; None for one site, none planned or a run too large.

    The distance between neighbours is a fact, as programmes rarely say where all their sites are.
    """
    if r is None or r.decision is None or r.sites < 2:
        return None
    d = r.decision
    job = {k: central(v) for k, v in terms(d.step, r.scenario, d.outcome.machine).items()}
    each = np.full(r.sites, central(d.outcome.size.accelerators))
    km = r.sites * apart.neighbours_km(d.step, d.shared.site.keys)
    laid = lay(d.step.once(trained_job, r.scenario, d.outcome.machine), round(float(np.sum(each))))
    if not laid.plans:
        return None
    found = apart.numbers(apart.one_run(d.step, job, each, km, laid))
    way = min(apart.METHODS, key=lambda name: float(found[name]["link_needed_gbit_per_s"]))
    best = max(apart.METHODS, key=lambda name: float(found[name]["share"]))
    return {
        **found,
        "class": "C",
        "slow_down": 1.0 - found[best]["share"],
        "words": (
            f"{r.sites} sites as one training run: {in_percent(1.0 - found[best]['share'], 1)} slower than in "
            "one place at best "
            f"({apart.SHORT[best]}) on {apart.speed(found['link_gbit_per_s'])}; in step it needs "
            f"{apart.speed(found['synchronous']['link_needed_gbit_per_s'])}, {apart.SHORT[way]} "
            f"{apart.speed(found[way]['link_needed_gbit_per_s'])}"
        ),
    }
