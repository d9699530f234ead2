"""A plan with its ensemble: quantiles and chances, what holding the design costs, and how exact all that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gigawatt import buildout
from gigawatt.answer import Plan
from gigawatt.chapters import sureness
from gigawatt.figures import FIGURES, Figure
from gigawatt.plan import facts_for
from gigawatt.uncertainty.ensemble import SHARES, Ensemble
from gigawatt.uncertainty.knowing import lettered
from gigawatt.uncertainty.meaning import meaning
from gigawatt.uncertainty.odds import ENOUGH
from gigawatt.uncertainty.sample import Joint, Sampler
from gigawatt.units import HOURS_PER_YEAR

Array = NDArray[np.float64]
NAMES = ("p10", "p50", "p90")


def whole_of(e: Ensemble) -> sureness.Whole:
    """What a plan is written from: the ensemble's draws, of which some are enough for the tables beside the figures."""
    s = e.question
    sampler = Sampler(facts_for(s), e.draws, e.seed)
    draws = Joint(sampler, np.arange(min(e.draws, ENOUGH)))
    return sureness.Whole(draws, e.figures, _held_chances(e)["by_deadline"])


def _held_chances(e: Ensemble) -> dict[str, Any]:
    return sureness.probability(
        e.question,
        capex_usd=e.fixed["capex_usd"],
        budget_usd=e.budget_usd,
        full_months=e.fixed["full_power_date"],
        kept=e.fixed_feasible,
    )


def with_ensemble(plan: Plan, e: Ensemble, what_if: Sequence[str] = ()) -> Plan:
    """The plan with the ranges and chances of its ensemble.

    Parameters
    ----------
    plan : Plan
        The answer on central values. [-]
    e : Ensemble
        The same question in draws. [-]
    what_if : sequence of str
        Named scenarios of the robust choice; all where none is named. [-]

    Returns
    -------
    Plan
        ``low`` and ``high`` of every figure are P10 and P90 of the draws, widened to hold the value. [-]
    """
    figures = {name: _ranged(f, e) for name, f in plan.figures.items()}
    run = {"draws": e.draws, "weather_years": e.weather_years, "draws_seed": e.seed}
    question = plan.question | {"words": plan.question["words"] | {"draws": e.draws}}
    told = block(e, what_if)
    verdict = plan.verdict | {"next_steps": lettered(plan.verdict["next_steps"], told["find_out_first"])}
    provenance = plan.provenance | run
    return replace(plan, question=question, verdict=verdict, figures=figures, uncertainty=told, provenance=provenance)


def block(e: Ensemble, what_if: Sequence[str] = ()) -> dict[str, Any]:
    """What the JSON of a plan says of its ensemble; named scenarios of the robust choice, all where none is named."""
    held = _held_chances(e)
    anew = sureness.probability(
        e.question,
        capex_usd=e.figures["capex_usd"],
        budget_usd=e.budget_usd,
        full_months=e.figures["full_power_date"],
        kept=e.feasible,
    )
    return {
        "draws": e.draws,
        "weather_years": e.weather_years,
        "remade": True,
        "infeasible_draws": int(np.sum(~e.feasible)),
        "infeasible_draws_held": int(np.sum(~e.fixed_feasible)),
        "short_draws_held": 0 if e.fixed_short is None else int(np.sum(e.fixed_short)),
        "probability": held,
        "probability_remade": anew,
        "figures": {name: _quantiles(name, e) for name in e.figures},
        "value_of_flexibility": flexibility(e),
        "mixes_alone": mixes_alone(e),
        "worst_error": worst_error(e),
        "seed": e.seed,
        **meaning(e, scenarios=what_if),
    }


def flexibility(e: Ensemble) -> dict[str, Any]:
    """What holding the design costs: its power a year and per MWh of load, and more per accelerator-hour."""
    usd, load = e.flexibility_usd_per_year, e.fixed["facility_load_mw"] * HOURS_PER_YEAR
    hour = "lcoc_usd_per_accelerator_hour"
    rows = {"power_usd_per_year": usd, "power_usd_per_mwh": usd / load, hour: e.fixed[hour] - e.figures[hour]}
    if (known := np.isfinite(usd)).any():  # a design that misses its limits has no price
        rows = {name: x[known] for name, x in rows.items()}
    return {name: {"mean": float(np.mean(x)), **_named(buildout.quantiles(x, SHARES))} for name, x in rows.items()}


def mixes_alone(e: Ensemble) -> dict[str, Any] | None:
    """How much dearer mixes made anew are than optima made for some draws alone; None where none were made."""
    x = np.zeros(0) if e.dearer is None else e.dearer[np.isfinite(e.dearer)]
    if not len(x):
        return None
    return {"draws": len(x), "mean": float(np.mean(x)), "least": float(np.min(x)), "most": float(np.max(x))}


def worst_error(e: Ensemble) -> dict[str, Any]:
    """The largest standard error of a P10, P50 or P90 over the spread from P10 to P90, and of which figure."""
    worst, figure = 0.0, ""
    for name, error in e.error.items():
        low, _, high = buildout.quantiles(e.figures[name], SHARES)
        width = float(high - low) if np.isfinite(low) and np.isfinite(high) else 0.0
        known = error[np.isfinite(error)]
        if width > 0.0 and len(known) and float(known.max()) / width > worst:
            worst, figure = float(known.max()) / width, name
    return {"of_range": worst, "figure": figure}


def _quantiles(name: str, e: Ensemble) -> dict[str, Any]:
    """P10, P50 and P90 of a figure, made anew and held, and the standard errors of the former; dates as dates."""
    remade, held = (buildout.quantiles(x[name], SHARES) for x in (e.figures, e.fixed))
    if FIGURES[name].unit == "date":
        as_of = e.question.as_of.isoformat()
        dates = [
            {k: buildout.add_months(as_of, float(x)) for k, x in zip(NAMES, at, strict=True)} for at in (remade, held)
        ]
        return {**dates[0], "held": dates[1], "error": e.error[name], "error_unit": "month"}
    return {**_named(remade), "held": _named(held), "error": e.error[name]}


def _named(at: Array) -> dict[str, float]:
    return {name: float(x) for name, x in zip(NAMES, at, strict=True)}


def _ranged(f: Figure, e: Ensemble) -> Figure:
    """A figure with the P10 and P90 of the draws."""
    if f.value is None or f.id not in e.figures:
        return f
    low, _, high = buildout.quantiles(e.figures[f.id], SHARES)
    if isinstance(f.value, str):
        as_of = e.question.as_of.isoformat()
        dates = [buildout.add_months(as_of, float(x)) for x in (low, high)]
        return replace(
            f, low=min(dates[0] or f.value, f.value), high=None if dates[1] is None else max(dates[1], f.value)
        )
    known = [float(x) for x in (low, high) if np.isfinite(x)]
    return replace(f, low=min(*known, f.value), high=max(*known, f.value)) if known else f
