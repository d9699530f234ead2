"""What is trained: a model of the catalogue, one of a given size, or the one that a cluster of a size deserves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gigawatt import demand
from gigawatt.chapters.machine import find
from gigawatt.chapters.shapes import shape_of
from gigawatt.compute.loss_law import loss as loss_of
from gigawatt.compute.loss_law import tokens_for_loss
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.optimal_run import FLOP_PER_PARAM_TOKEN, sized_shape, two_digits
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts

OPTIMAL = "compute-optimal"  # the reference run: as large as the cluster trains in its time
RUN_DAYS = 100.0  # its length, as in the figure largest_run_100_days_flop
LAW = ("least", "params_factor", "params_exponent", "tokens_factor", "tokens_exponent")
MOST_TOKENS = 1e16  # beyond all text and a thousand times more
SIZES = {"T": 1e12, "B": 1e9, "M": 1e6}
Look = Callable[..., Any]  # (fact id, unit=...) -> its value


@dataclass(frozen=True, slots=True)
class Run:
    """A training run.

    Parameters
    ----------
    label : str
        Name in the catalogue, or size, such as `7.2T`; `gigawatt train` knows it by this. [text]
    shape : ModelShape
        The model. [-]
    tokens : float
        Length. [token]
    """

    label: str
    shape: ModelShape
    tokens: float

    @property
    def flop(self) -> float:
        """FLOP at 6 per active parameter and token, as training compute is counted. [FLOP]"""
        return FLOP_PER_PARAM_TOKEN * float(self.shape.active_params) * self.tokens


def plain(facts: Facts) -> Look:
    """Looks up central values of facts."""

    def look(fact_id: str, unit: str = "") -> float:
        fact = facts[fact_id]
        return float(fact.value) * (facts.factor(fact.unit, unit) if unit and unit != fact.unit else 1.0)

    return look


def size_of(label: str) -> float | None:
    """Parameters of a label such as `7.2T` or `70B`; None for any other."""
    said = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([TBM])\s*", label)
    return two_digits(params=float(said[1]) * SIZES[said[2]]) if said and float(said[1]) > 0 else None


def label_of(params: float) -> str:
    """A size in words that `size_of` reads back."""
    unit = next((u for u, size in SIZES.items() if params >= size), "M")
    return f"{params / SIZES[unit]:.3g}{unit}"


def like(facts: Facts, look: Look | None = None) -> ModelShape:
    """The model whose proportions those of a given size have."""
    return shape_of(facts, str(facts["training.reference_shape"].value), look)


def sized(facts: Facts, params: float, tokens: float | None = None, flop: float | None = None) -> Run:
    """A dense model of so many parameters; trained on the compute-optimal tokens unless told otherwise."""
    shape = sized_shape(params=params, like=like(facts))
    return _of_length(facts, Run(label_of(params), shape, 0.0), tokens, flop)


def for_flop(facts: Facts, flop: float) -> Run:
    """The compute-optimal dense model for so much compute."""
    ratio = plain(facts)("training.tokens_per_param")
    params = float(demand.compute_optimal_params(flop=flop, tokens_per_parameter=ratio))
    return sized(facts, two_digits(params=params), flop=flop)


def named(facts: Facts, name: str, tokens: float | None = None, flop: float | None = None) -> Run:
    """A model of the catalogue, or of a size.

    Raises
    ------
    ScenarioError
        When the name is not known (the nearest are offered), or the catalogue lacks a part of its shape.
    """
    params = size_of(name)
    if params is not None:
        return sized(facts, params, tokens, flop)
    label = find(facts, name, "model")
    return _of_length(facts, Run(label, shape_of(facts, name), 0.0), tokens, flop)


def of_shape(
    facts: Facts, shape: ModelShape, label: str, tokens: float | None = None, flop: float | None = None
) -> Run:
    """A model given by its shape."""
    return _of_length(facts, Run(label, shape, 0.0), tokens, flop)


def _of_length(facts: Facts, run: Run, tokens: float | None, flop: float | None) -> Run:
    """The run with its tokens: given, by the FLOP given, published, or compute-optimal."""
    if tokens and flop:
        raise ScenarioError("tokens, flop: give one of them")
    known = f"model.{run.label}.tokens"
    look = plain(facts)
    if flop:
        length = flop / (FLOP_PER_PARAM_TOKEN * float(run.shape.active_params))
    elif tokens:
        length = float(tokens)
    elif known in facts:
        length = look(known, "token")
    else:
        length = look("training.tokens_per_param") * float(run.shape.active_params)
    return Run(run.label, run.shape, length)


def to_loss(facts: Facts, run: Run, wanted: float) -> Run:
    """The run that reaches a loss, by the published law; of experts those that a token visits count.

    Raises
    ------
    ScenarioError
        When no length of run brings the model there.
    """
    law = {name: plain(facts)(f"loss_law.{name}") for name in LAW}
    params = float(run.shape.active_params)
    tokens = float(tokens_for_loss(params=params, loss=wanted, **law))
    if not tokens < MOST_TOKENS:
        floor = float(loss_of(params=params, tokens=MOST_TOKENS, **law))
        raise ScenarioError(
            f"loss: {wanted:g} nat per token is below what a model of {params:.3g} active parameters reaches, "
            f"{floor:.3g} after {MOST_TOKENS:.0e} tokens; take a larger model or a higher loss"
        )
    return replace(run, tokens=tokens)


def has_shape(facts: Facts, name: str) -> bool:
    """Whether the shape of a model is known: by its size, or in the catalogue."""
    if size_of(name) is not None:
        return True
    try:
        shape_of(facts, name)
    except ScenarioError:
        return False
    return True
