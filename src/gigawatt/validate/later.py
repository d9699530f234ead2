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
FIRST_TOKEN = Tolerance(rel=0.35)

ARCHITECTURE = ("layers", "hidden", "heads", "vocab")
TRAINING_INPUTS = ("seq", "precision", "accelerator", "n_accelerators", "global_batch_seqs")
SERVING_INPUTS = ("precision", "accelerator", "n_accelerators", "input_len", "output_len")
POOLS = ("workers", "tp", "dp", "ep")


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


def _serving_inputs(row: Mapping[str, Any], figure: str) -> bool:
    scenario = str(row.get("scenario") or "")
    pool = "prefill" in scenario or "decode" in scenario
    return bool(scenario) and not pool and _known_model(row) and _filled(row, *SERVING_INPUTS)


def _latency_inputs(row: Mapping[str, Any], figure: str) -> bool:
    parts = (
        ("tp", "pp") if row.get("mode") == "agg" else [f"{pool}_{n}" for pool in ("prefill", "decode") for n in POOLS]
    )
    return _known_model(row) and _filled(row, "mode", "concurrency", *SERVING_INPUTS, *parts)


def _served_group(row: Mapping[str, Any]) -> str:
    way = "mode" if "mode" in row else "scenario"
    return "|".join(str(row.get(name) or "") for name in ("model", "accelerator", "precision", way))


def trained_group(row: Mapping[str, Any]) -> str:
    return str(row.get("group") or "")


FAMILIES = (
    Family(
        stem="inference_measured",
        by=("accelerator", "precision", "scenario", "group"),
        figures=(Figure("output_tokens_per_s_per_acc", "output_tokens_per_s_per_acc", THROUGHPUT),),
        scored=_serving_inputs,
        group=_served_group,
        about="measured inference throughput",
        later=LATER,
    ),
    Family(
        stem="inference_latency_measured",
        by=("figure", "mode", "accelerator", "precision", "group"),
        figures=(
            Figure("tpot_ms", "tpot_ms", THROUGHPUT),
            Figure("ttft_ms", "ttft_ms", FIRST_TOKEN),
            Figure("output_tokens_per_s_per_acc", "derived_output_tokens_per_s_per_acc", THROUGHPUT),
        ),
        scored=_latency_inputs,
        group=_served_group,
        about="measured latency and throughput of serving",
        later=LATER,
    ),
)
