"""Families that are read and counted but not predicted yet: every scored row is a miss with that reason.

Their truth, tolerances and scored rows are known already, so that supporting one later means writing its predictor.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from gigawatt.chapters.machine import find
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts

from .families import Family, Figure, Tolerance

LATER = "comes in a later release"
THROUGHPUT = Tolerance(rel=0.20)

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


def _training_inputs(row: Mapping[str, Any], figure: str) -> bool:
    sized = _filled(row, *ARCHITECTURE) or _known_model(row)
    return str(row.get("core")) == "1" and sized and _filled(row, *TRAINING_INPUTS)


def _trained_group(row: Mapping[str, Any]) -> str:
    return str(row.get("group") or "")


FAMILIES = (
    Family(
        stem="training_measured",
        by=("accelerator", "arch", "precision", "group"),
        figures=(Figure("tokens_per_s_per_acc", "tokens_per_s_per_acc", THROUGHPUT),),
        scored=_training_inputs,
        group=_trained_group,
        about="measured training speed",
        later=LATER,
    ),
)
