"""Which rows of measured training say enough to be predicted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from gigawatt.chapters.machine import find
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts

ARCHITECTURE = ("layers", "hidden", "heads", "vocab")
TRAINING_INPUTS = ("seq", "precision", "accelerator", "n_accelerators", "global_batch_seqs")


def _filled(row: Mapping[str, Any], *names: str) -> bool:
    return all(str(row.get(name) or "").strip() for name in names)


def _known_model(row: Mapping[str, Any]) -> bool:
    """Whether our own table has the architecture of a row's model."""
    return _has_architecture(str(row.get("model") or ""))


@cache
def _has_architecture(model: str) -> bool:
    facts = load_facts()
    try:
        item = find(facts, model, "model")
    except ScenarioError:
        return False
    return all(f"model.{item}.{part}" in facts for part in ARCHITECTURE)


def training_inputs(row: Mapping[str, Any], figure: str) -> bool:
    sized = _filled(row, *ARCHITECTURE) or _known_model(row)
    return str(row.get("core")) == "1" and sized and _filled(row, *TRAINING_INPUTS)


def trained_group(row: Mapping[str, Any]) -> str:
    return str(row.get("group") or "")
