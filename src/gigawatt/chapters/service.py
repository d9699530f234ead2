"""What a campus serves: output tokens, people, energy and cost of the reference model, by the calculation of `serve`.

The layout is chosen on central values; draws of what people ask are served on it and differ by the model's residual.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gigawatt.chapters import served as room
from gigawatt.chapters.machine import Machine
from gigawatt.chapters.service_steps import recorded
from gigawatt.chapters.serving import LARGEST_GROUP, Asked, Best, Question, asked, best, rates
from gigawatt.chapters.trained import with_model_error
from gigawatt.compute.steady import Request
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.record import Draws, Steps, split_normal
from gigawatt.scenario import Scenario

ASKED = ("input_per_output", "cached_share", "output_tokens_per_request")
MOST_CACHED = 0.99  # share of a prompt: something is always new


@dataclass(frozen=True)
class Service:
    """What one accelerator of the fleet delivers."""

    model: str
    tokens_per_s: Any  # of output, fully loaded
    it_kw: Any  # under load
    question: Question
    found: Best | None
    words: str  # why nothing is served, or not in time


def service(step: Steps, s: Scenario, m: Machine) -> Service:
    """Output tokens per second of one accelerator on the reference model, within the limit on time."""
    q = _question(step.facts, s, m)
    step.text("serving.reference_model")
    kw = step(
        loaded_kw,
        peak_mw=m.it_mw,
        power_share=step.fact("serve.power_share", unit="1"),
    )
    found, words = _best(step.facts, q)
    if found is None:
        nothing = step.given("tokens per second: the model does not fit", 0.0, "token/s")
        return Service(q.model, nothing, kw, q, None, words)
    if words:
        q = replace(q, tpot_s=np.inf)
    base = _rate(step, q, found)
    kind = "pools" if found.prefill_share is not None else str(step.facts[f"model.{q.model}.type"].value)
    rate = step(with_model_error, predicted=base, model_error=_error(step, kind))
    return Service(q.model, rate, kw, q, found, words)


def _rate(step: Steps, q: Question, found: Best) -> Any:
    if step.draws is not None:
        return _drawn(step, q)
    if step.explained:
        return recorded(step, q, found)
    return found.requests_per_s_per_accelerator * float(q.request.output_tokens)


def loaded_kw(*, peak_mw: Any, power_share: Any) -> Any:
    """IT power of an accelerator that serves at full load.

    Parameters
    ----------
    peak_mw : float or array
        Its peak IT power, network and storage included. [MW]
    power_share : float or array
        Measured power under full load over that peak. [-]

    Returns
    -------
    float or array
        Power. [kW]
    """
    return peak_mw * 1e3 * power_share


def _question(facts: Facts, s: Scenario, m: Machine) -> Question:
    """The plan's question to `serve`: the request of the demand profile, by the fleet's engine and mode."""

    def number(fact_id: str, unit: str) -> float:
        return float(facts[fact_id].value) * facts.factor(facts[fact_id].unit, unit)

    output = number("demand.output_tokens_per_request", "token")
    return Question(
        model=room.model_of(facts, str(facts["serving.reference_model"].value)),
        accelerator=m.id,
        accelerators=LARGEST_GROUP,
        precision=s.precision,
        engine=str(facts["serving.engine"].value),
        mode=str(facts["serving.mode"].value),
        request=Request(
            input_tokens=number("demand.input_per_output", "1") * output,
            output_tokens=output,
            cached_share=number("demand.cached_share", "1"),
        ),
        tpot_s=number("serving.tpot_limit", "s"),
        ttft_s=np.inf,
        year=room.software_of(facts, s.software),
        concurrency=np.inf,
    )


def _best(facts: Facts, q: Question) -> tuple[Best | None, str]:
    """The layout within the limit on time; without the limit where none keeps it; none where the model does not fit."""
    try:
        return best(facts, q), ""
    except ScenarioError as error:
        slow = str(error)
    try:
        return best(facts, replace(q, tpot_s=np.inf)), slow
    except ScenarioError as error:
        return None, str(error)


def _error(step: Steps, kind: str) -> Any:
    """Measured over predicted, as left out of the fit: 1 in the middle."""
    low, high = (step.fact(f"serve.error.rate.{kind}.{end}", unit="1") for end in ("low", "high"))
    z = None if step.draws is None else step.draws.normal(f"serve.error.rate.{kind}")
    return step(residual, low=low, high=high, z=z)


def residual(*, low: Any, high: Any, z: Any) -> Any:
    """Measured over predicted, from its P10 and P90.

    Parameters
    ----------
    low, high : float
        P10 and P90. [-]
    z : array or None
        Standard normal draws; None for the middle. [-]

    Returns
    -------
    float or array
        Ratio. [-]
    """
    return 1.0 if z is None else split_normal(z, 1.0, min(float(low), 1.0), max(float(high), 1.0))


# --- Draws ------------------------------------------------------------------------------------------------------------


def _drawn(step: Steps, q: Question) -> Any:
    """Rates of the requests drawn, on the layout found; kept, as every country draws the same."""
    assert step.draws is not None
    for name in ASKED:  # noted as read
        step.fact(f"demand.{name}", unit=_unit(name))
    key = asked(step.facts, q)

    def made(draws: Draws) -> Any:
        mine = Steps(step.facts, step.price_year, draws)
        per, cached, output = (np.asarray(mine.fact(f"demand.{name}", unit=_unit(name)), float) for name in ASKED)
        limit = mine.fact("serving.tpot_limit", unit="s") if np.isfinite(q.tpot_s) else np.inf
        asks = (per * output, output, np.minimum(cached, MOST_CACHED), limit)
        return _kept(_Draws(key, np.array([np.broadcast_to(x, (draws.n,)) for x in asks]).tobytes()))

    if np.isfinite(q.tpot_s):
        step.fact("serving.tpot_limit", unit="s")
    return step.draws.of_itself(key, made)


def _unit(name: str) -> str:
    return "token" if name.startswith("output") else "1"


@dataclass(frozen=True)
class _Draws:
    """Requests drawn, and the question to whose layout they come."""

    asked: Asked
    columns: bytes


@lru_cache(maxsize=64)
def _kept(drawn: _Draws) -> Any:
    inputs, output, cached, limit = np.frombuffer(drawn.columns).reshape(4, -1)
    facts, q = drawn.asked.facts, drawn.asked.question
    return rates(facts, replace(q, request=Request(inputs, output, cached), tpot_s=limit), best(facts, q))
