"""The shape of a catalogue model, from its facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gigawatt.chapters.machine import find
from gigawatt.compute.model_shape import ModelShape
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts

PARTS = {  # field: fact; those without a fallback are what no decoder is without
    "layers": None,
    "hidden": None,
    "heads": None,
    "kv_heads": None,
    "head_dim": None,
    "ffn_hidden": None,
    "vocab": None,
    "ffn_matrices": 3.0,
    "experts": 0.0,
    "experts_per_token": 0.0,
    "expert_hidden": 0.0,
    "shared_experts": 0.0,
    "dense_layers": 0.0,
    "q_rank": 0.0,
    "kv_rank": 0.0,
    "rope_dim": 0.0,
    "v_dim": 0.0,
    "full_attention_layers": float("inf"),
    "window": 0.0,
}


def shape_of(facts: Facts, name: str, look: Callable[..., Any] | None = None) -> ModelShape:
    """Shape of a model of the catalogue, by any of its names; `look(id, unit=...)` reads its facts, if not plainly.

    Raises
    ------
    ScenarioError
        When the name is not known (the nearest are offered), or the catalogue lacks a part of its shape.
    """
    item = find(facts, name, "model")
    parts: dict[str, Any] = {}

    def value(fact_id: str) -> Any:
        return look(fact_id, unit=facts[fact_id].unit) if look else float(facts[fact_id].value)

    for part, usual in PARTS.items():
        fact_id = f"model.{item}.{part}"
        if part == "head_dim" and f"model.{item}.nope_dim" in facts:
            fact_id = f"model.{item}.nope_dim"
        if fact_id in facts:
            parts[part] = value(fact_id)
        elif usual is None:
            raise ScenarioError(f"model: {name!r} ({item}) has no {part} in the catalogue; give the run in FLOP")
        else:
            parts[part] = usual
    stated = {
        f"stated_{part}": value(f"model.{item}.{part}")
        for part in ("params", "active_params")
        if f"model.{item}.{part}" in facts
    }
    return ModelShape(**parts, **stated)
