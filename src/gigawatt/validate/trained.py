"""Measured training speed: the published plan of each run, or the best one where it is blank, through the step time.

Who measured, the group, notes and truth are never read; software date and kind of measurement are inputs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np

from gigawatt.chapters.shapes import shape_of
from gigawatt.chapters.training import (
    WIDTH,
    Get,
    Setting,
    accelerator,
    calibration,
    constants,
    kept_bytes,
    machine_of,
    powered,
)
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.plan_memory import plan_memory
from gigawatt.compute.plans import AXES, candidates, search, take
from gigawatt.compute.step_time import Calibration, Machine, Plan, step_time
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts

from .families import CannotPredict, Case, Family, Figure, Predicted, Prediction, Tolerance
from .left_out import left_out
from .trained_rows import trained_group, training_inputs

SHAPE = {  # column: field
    "layers": "layers",
    "hidden": "hidden",
    "ffn_hidden": "ffn_hidden",
    "heads": "heads",
    "kv_heads": "kv_heads",
    "vocab": "vocab",
    "n_experts": "experts",
    "top_k": "experts_per_token",
    "moe_ffn_hidden": "expert_hidden",
    "shared_experts": "shared_experts",
    "dense_layers_in_moe": "dense_layers",
}
PLAN = {
    "tp": "tensor",
    "pp": "pipeline",
    "cp": "context",
    "ep": "expert",
    "vp": "interleave",
    "micro_batch": "micro_batch",
}
RECOMPUTE = {"n": 0.0, "s": 1.0, "f": 2.0}  # none, selective, full
INPUTS = (
    *("model", "arch", *SHAPE, "gated_mlp", "layers_override", "seq", "precision", "accelerator", "n_accelerators"),
    *("global_batch_seqs", *PLAN, "fsdp", "recompute", "measure", "date"),
)
WITH_EVALUATION = "time-to-train"
MONTHS = 12.0
T = TypeVar("T", ModelShape, Plan, Machine, Calibration)


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run: model, accelerator, setting, and what is known of its plan."""

    model: ModelShape
    machine: Machine
    setting: Setting
    accelerators: int
    batch: int
    sequence: int
    fixed: Mapping[str, float]


def run_of(given: Mapping[str, Any]) -> Run:
    """A row of the file as a run.

    Raises
    ------
    CannotPredict
        When an input is missing or cannot be read.
    """
    case = Case(given=given)
    facts = load_facts()
    try:
        item, capped = accelerator(facts, case.text("accelerator"))
        precision = case.text("precision").lower()
        if precision not in WIDTH:
            raise CannotPredict(f"precision is {precision!r}: expected one of {', '.join(WIDTH)}")
        machine = machine_of(facts, item, precision)
    except ScenarioError as error:
        raise CannotPredict(str(error)) from None
    setting = Setting(
        family=str(facts[f"accelerator.{item}.family"].value),
        precision=precision,
        date=_year(case),
        capped=powered(facts, item, capped),
        evaluated=WITH_EVALUATION in str(given.get("measure") or ""),
    )
    model = _shape(case)
    return Run(
        model=model,
        machine=machine,
        setting=setting,
        accelerators=case.whole("n_accelerators"),
        batch=case.whole("global_batch_seqs"),
        sequence=case.whole("seq"),
        fixed=_fixed(case, model, setting),
    )


def _year(case: Case) -> float:
    """Date of the software as a year with its share: the middle of the year or month that is given."""
    if not case.has("date"):
        return float(load_facts()["training.latest_date"].value)
    year, _, month = case.text("date").partition("-")
    try:
        return float(year) + ((int(month[:2]) - 0.5) / MONTHS if month else 0.5)
    except ValueError:
        raise CannotPredict(f"date is {case.text('date')!r}: expected a year or a month such as 2025-06") from None


def _shape(case: Case) -> ModelShape:
    """The row's architecture; what it lacks comes from the catalogue's model of that name."""
    base = _catalogue(str(case.given.get("model") or ""))
    given = {field: case.number(column) for column, field in SHAPE.items() if case.has(column)}
    if case.has("layers_override"):
        given["layers"] = case.number("layers_override")
    if case.has("gated_mlp"):
        given["ffn_matrices"] = 3.0 if case.number("gated_mlp") else 2.0
    if base:
        return replace(base, **given, stated_params=0.0, stated_active_params=0.0)
    missing = [name for name in ("layers", "hidden", "heads", "vocab") if name not in given]
    if missing:
        raise CannotPredict(f"{', '.join(missing)} missing, and the model is not in the catalogue")
    given.setdefault("kv_heads", given["heads"])
    given.setdefault("ffn_hidden", 4.0 * given["hidden"])
    return ModelShape(head_dim=given["hidden"] / given["heads"], **given)


@cache
def _catalogue(name: str) -> ModelShape | None:
    try:
        return shape_of(load_facts(), name) if name else None
    except ScenarioError:
        return None


def _fixed(case: Case, model: ModelShape, setting: Setting) -> dict[str, float]:
    """Degrees that are published. Where the tensor degree is, what else is blank was not used."""
    fixed = {axis: case.number(column) for column, axis in PLAN.items() if case.has(column)}
    if "tensor" in fixed:
        fixed.setdefault("context", 1.0)
        if not model.is_moe:
            fixed.setdefault("expert", 1.0)
        if setting.classic:
            fixed.setdefault("interleave", 1.0)
    if case.has("recompute"):
        fixed["recompute"] = RECOMPUTE.get(case.text("recompute").lower()[0], 0.0)
    if case.has("fsdp") and case.text("fsdp") not in ("0", "0.0", "no"):
        fixed["sharded"] = 3.0
    elif "tensor" in fixed:
        fixed["sharded"] = 1.0
    return fixed


def plan_of(run: Run, get: Get) -> Plan:
    """The published plan, its blanks filled with the fastest that fits; the smallest where none does."""
    share = float(load_facts()["training.memory_share"].value)
    c = calibration(get, run.setting)
    plans = candidates(
        run.model,
        accelerators=run.accelerators,
        batch=run.batch,
        sequence=run.sequence,
        domain=int(run.machine.domain),
        fixed=run.fixed,
        as_published=True,
    )
    if not len(np.asarray(plans.tensor)):  # published degrees that do not divide: as they stand
        degrees = {axis: run.fixed[axis] for axis in AXES if axis in run.fixed}
        return Plan(float(run.accelerators), float(run.batch), float(run.sequence), **degrees)
    kept = kept_bytes(load_facts(), run.setting.precision)
    limit = share * float(run.machine.memory_bytes)
    found = search(run.model, plans, run.machine, c, memory_bytes=limit, kept_bytes=kept, keep=1)
    if found.fitting:
        return take(found.plans, 0)
    need = plan_memory(run.model, plans, unfused=c.unfused, kept_bytes=kept).total
    return take(plans, int(np.argmin(need)))


def stack(parts: Sequence[T]) -> T:
    """Many models, plans, machines or calibrations as one of arrays."""
    kind = type(parts[0])
    columns = {f.name: np.array([float(getattr(part, f.name)) for part in parts]) for f in fields(kind)}
    return kind(**columns)


def tokens_per_s(runs: Sequence[Run], plans: Sequence[Plan], get: Get) -> np.ndarray:
    """Predicted tokens per second and accelerator of many runs at once."""
    known = {s: calibration(get, s) for s in {run.setting for run in runs}}
    plan = stack(plans)
    time = step_time(
        stack([run.model for run in runs]),
        plan,
        stack([run.machine for run in runs]),
        stack([known[run.setting] for run in runs]),
    ).total
    return np.asarray(plan.tokens / time / plan.accelerators)


def predict(case: Case) -> Predicted:
    """Tokens per second and accelerator, with the interval of the residuals of runs of its kind."""
    facts = load_facts()
    run = run_of(case.given)
    get = constants(facts)
    value = float(tokens_per_s([run], [plan_of(run, get)], get)[0])
    error = facts[f"training.model_error.{'moe' if run.model.is_moe else 'dense'}"]
    if not math.isfinite(value):
        return "the run has no finite step time"
    return {"tokens_per_s_per_acc": Prediction(value, value * float(error.low), value * float(error.high))}


FAMILIES = (
    Family(
        stem="training_measured",
        by=("accelerator", "arch", "precision", "group"),
        figures=(Figure("tokens_per_s_per_acc", "tokens_per_s_per_acc", Tolerance(rel=0.20)),),
        inputs=INPUTS,
        predict=predict,
        scored=training_inputs,
        group=trained_group,
        about="measured training speed",
        statistics=left_out("training_measured"),
        note="constants are fitted on these runs, so errors of these rows are in sample; beside them stand the errors "
        "of the same rows with their group left out of the fit, of which the intervals are made; see "
        "docs/compute_accuracy.md",
    ),
)
