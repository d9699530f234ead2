"""Fit the constants of the training step on measured runs, and write them into data/calibration.csv.

    PYTHONPATH=src python3 tools/fit_training.py REFERENCE_DIR [--quick]

Least squares of log errors (soft L1), pulled towards stated starting values; rows of one group share weight. Blank
plans are filled with the fastest that fits, fitted again until they stand. Then every group (one source, model,
accelerator and precision, as the scoring contract says) is predicted by a fit that has seen none of its rows, plans
included, and so is every whole source; the errors then made give the 80 % intervals and the statistics of that file.
Rolling tables of earlier releases help to fit the age of software; they are not in the statistics.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from accuracy_rows import Errors, Z, accuracy, interval, merge, noise, spread
from bent_squares import Problem
from fact_rows import Row, fact
from numpy.typing import NDArray

from gigawatt.chapters.training import WIDTH, Get, calibration
from gigawatt.compute.step_time import Calibration, Plan, step_time
from gigawatt.facts import load_facts
from gigawatt.validate.families import CannotPredict
from gigawatt.validate.trained import Run, plan_of, run_of, stack, tokens_per_s

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Constant:
    """A constant to fit: where it starts, how freely it may leave (standard deviation of its logarithm), its limits."""

    name: str
    start: float
    freedom: float
    most: float = np.inf
    unit: str = "1"
    note: str = ""
    least: float = 0.0


SHARE = 1.0
HIDDEN = 0.95  # no communication is hidden altogether
CONSTANTS = (
    *(
        Constant(f"product.{name}", start, 0.15, SHARE, note="share of the dense peak that large products reach")
        for name, start in (
            ("ampere.bf16", 0.78),
            ("hopper.bf16", 0.72),
            ("hopper.fp8", 0.60),
            ("blackwell.bf16", 0.72),
            ("blackwell.fp8", 0.60),
            ("blackwell.mxfp8", 0.60),
            ("blackwell.fp4", 0.45),
            ("tpu.bf16", 0.70),
            ("tpu.fp8", 0.55),
            ("tpu.int8", 0.50),
            ("gaudi.fp8", 0.50),
        )
    ),
    *(
        Constant(f"attention.{family}", start, 0.3, SHARE, note="share of the 16-bit peak in fused causal attention")
        for family, start in (("ampere", 0.5), ("hopper", 0.45), ("blackwell", 0.45), ("tpu", 0.4))
    ),
    Constant(
        "expert_product.switched", 0.85, 0.15, SHARE, note="grouped products of experts over large ones", least=0.4
    ),
    Constant("expert_product.torus", 0.8, 0.15, SHARE, note="the same on TPU", least=0.4),
    Constant("traffic", 0.75, 0.4, SHARE, note="share of memory bandwidth in memory-bound work"),
    Constant("half_width", 60.0, 0.7, note="edge of a 16-bit product at which half the peak is lost"),
    Constant("cast_widths", 3.0, 0.4, 6.0, note="numbers moved per number cast to 8 or 4 bit", least=1.0),
    Constant("route_widths", 6.0, 0.4, note="numbers moved per token, width and expert visited"),
    Constant("unfused", 0.7, 0.5, SHARE, note="attention scores written to memory by software before fused attention"),
    Constant("layer_start", 2e-4, 0.8, unit="s", note="kernel starts per layer, micro-batch and pass"),
    Constant("expert_start.switched", 5e-5, 0.6, 5e-4, "s", "more of them per expert held, layer and pass", 2e-6),
    Constant("expert_start.torus", 5e-6, 0.4, 5e-5, "s", "the same on TPU: one product for all", 5e-7),
    Constant(
        "expert_fused", 0.5, 0.4, SHARE, note="of routing and starts left where all experts are one product", least=0.05
    ),
    Constant("near.switched", 0.75, 0.4, SHARE, note="share of scale-up bandwidth reached by collectives"),
    Constant("near.torus", 0.5, 0.4, SHARE, note="the same on a torus, of all links together"),
    Constant("far", 0.7, 0.4, SHARE, note="share of scale-out bandwidth reached by collectives"),
    Constant("latency", 2e-5, 0.7, unit="s", note="start of a collective"),
    Constant("tensor_hidden.classic", 0.05, 0.4, HIDDEN, note="tensor-parallel communication hidden before 2023"),
    Constant("tensor_hidden.modern", 0.4, 0.4, HIDDEN, note="tensor-parallel communication hidden"),
    Constant("context_hidden", 0.5, 0.4, HIDDEN, note="context-parallel communication hidden"),
    Constant("expert_hidden", 0.3, 0.4, HIDDEN, note="expert-parallel communication hidden"),
    Constant("data_hidden.modern", 0.7, 0.4, HIDDEN, note="gradients and weights hidden behind the layers"),
    Constant("data_hidden.classic", 0.1, 0.4, HIDDEN, note="the same before 2023"),
    Constant("pipeline_hidden", 0.3, 0.4, HIDDEN, note="sending between stages hidden"),
    Constant("imbalance", 0.05, 0.4, 0.3, note="extra work of the busiest rank of experts", least=0.01),
    Constant("straggler", 0.006, 0.3, note="spread of accelerators' speed; the slowest of N costs sqrt(2 ln N) of it"),
    Constant("step", 0.03, 1.0, unit="s", note="once per step: barrier, logging, scheduler"),
    Constant("software_gain.dense", 0.03, 0.7, SHARE, note="speed gained per year of software age, whole step"),
    Constant("software_gain.expert", 0.3, 0.4, 1.5, note="the same in routing, starting and grouping experts"),
    Constant("software_gain.attention", 0.1, 0.4, SHARE, note="the same in attention"),
    Constant("evaluation", 1.05, 0.4, note="time with evaluation and start-up inside over time without"),
    Constant("power_exponent.hopper", 0.8, 0.4, 2.0, note="products' speed follows this power of the chip's power"),
    Constant("power_exponent.blackwell", 0.6, 0.4, 2.0, note="the same between chips of nearly one peak"),
)
START = np.log([c.start for c in CONSTANTS])
FREEDOM = np.array([c.freedom for c in CONSTANTS])
MOST = np.log([c.most for c in CONSTANTS])
LEAST = np.log([max(c.least, 1e-9) for c in CONSTANTS])
PULL = 0.05  # weight of the starting values: a constant one deviation away counts as an error of 5 %
CORNER = 0.08  # log error from which it counts linearly
REACH = 6.0
LOWEST, HIGHEST = np.maximum(LEAST, START - REACH), np.minimum(MOST, START + REACH)
SAME_GROUP = -0.25  # weight of a row = size of its group to this power
ROLLING = "megatron-bridge"  # releases of one table: those not scored still tell how software ages
SWEEP = "vtrain"  # plans tried for a model of step times, poor ones too: no practice
ROUNDS = 3
PARTS = 12
EVALUATIONS = 60
STEPS_LEFT_OUT = 12  # of a fit that starts at the one on all rows
SOURCE = "compute-training-measurements"
OWN = ("training.", "accuracy.training", "accuracy.noise.training")  # how ids of this script's facts begin
ALIKE = ("model", "layers", "accelerator", "n_accelerators", "seq")
SAME_PLAN = ("global_batch_seqs", "micro_batch", "tp", "pp", "cp", "ep", "vp", "fsdp", "recompute")


@dataclass(frozen=True)
class Table:
    """Measured runs: what was run, how fast, by whom; rolling releases are not scored."""

    runs: list[Run]
    rows: list[dict[str, str]]
    truth: Floats
    scored: NDArray[np.bool_]

    @property
    def groups(self) -> list[str]:
        return [row["group"] for row in self.rows]

    def part(self, keep: NDArray[np.bool_]) -> Table:
        at = np.flatnonzero(keep)
        return Table([self.runs[i] for i in at], [self.rows[i] for i in at], self.truth[at], self.scored[at])


class Rows:
    """Measured runs with a plan each, as arrays."""

    def __init__(self, table: Table, plans: list[Plan]) -> None:
        self.table, self.plans, runs = table, plans, table.runs
        self.truth, self.scored = table.truth, table.scored
        settings = {s: i for i, s in enumerate(dict.fromkeys(r.setting for r in runs))}
        self.settings, self.at = list(settings), np.array([settings[r.setting] for r in runs])
        self.model, self.plan = stack([r.model for r in runs]), stack(plans)
        self.machine = stack([r.machine for r in runs])
        sizes = Counter(table.groups)
        self.weight = np.array([sizes[g] ** SAME_GROUP for g in table.groups])

    def predicted(self, x: Floats) -> Floats:
        get = getter(x)
        known = [calibration(get, s) for s in self.settings]
        columns = {f.name: np.array([getattr(c, f.name) for c in known])[self.at] for f in fields(Calibration)}
        time = step_time(self.model, self.plan, self.machine, Calibration(**columns)).total
        return np.asarray(self.plan.tokens / time / self.plan.accelerators)

    def part(self, keep: NDArray[np.bool_]) -> Rows:
        return Rows(self.table.part(keep), [self.plans[i] for i in np.flatnonzero(keep)])


def getter(x: Floats) -> Get:
    """Looks constants up in a vector of logarithms; definitions and fallbacks in our assumptions."""
    fitted = {c.name: float(v) for c, v in zip(CONSTANTS, np.exp(x), strict=True)}
    facts = load_facts()

    def get(*names: str) -> float:
        found = next((fitted[n] for n in names if n in fitted), None)
        return float(facts.first(*(f"training.{n}" for n in names)).value) if found is None else found

    return get


def read_rows(folder: Path) -> Table:
    runs, rows = [], []
    with open(folder / "training_measured.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rolling = row["source_id"].startswith(ROLLING) and row["arch"] in ("dense", "moe") and row["layers"]
            if not (row["core"] == "1" or rolling) or not (row["tokens_per_s_per_acc"] and row["global_batch_seqs"]):
                continue
            try:
                runs.append(run_of({k: v.strip() for k, v in row.items() if v}))
            except CannotPredict as reason:
                print(f"{row['id']}: {reason}")
                continue
            rows.append(row)
    truth = np.array([float(row["tokens_per_s_per_acc"]) for row in rows])
    return Table(runs, rows, truth, np.array([row["core"] == "1" for row in rows]))


def problem(rows: Rows) -> Problem:
    def errors(x: Floats) -> Floats:
        return rows.weight * np.log(rows.predicted(x) / rows.truth)

    return Problem(errors, START, PULL / FREEDOM, (LOWEST, HIGHEST), CORNER)


def left_out(rows: Rows, x: Floats, names: list[str], folds: int = 0) -> Floats:
    """Predictions of the rows of each name by a fit without it, plans included; `folds` 0: one fit per name."""
    order = sorted(set(names))
    if folds:
        np.random.default_rng(1).shuffle(order)
    fold = {name: i % (folds or len(order)) for i, name in enumerate(order)}
    at = np.array([fold[name] for name in names])
    found, whole = np.full(len(rows.truth), np.nan), problem(rows)
    errors = whole.errors(x)
    slopes = whole.slopes(x, errors)
    for k in range(at.max() + 1):
        if np.any(rows.scored[at == k]):
            without = whole.without(at == k, x, errors, slopes, STEPS_LEFT_OUT)
            unseen = rows.table.part(at == k)
            get = getter(without)
            found[at == k] = Rows(unseen, [plan_of(run, get) for run in unseen.runs]).predicted(without)
    return found


def words(error: Floats) -> str:
    return f"median {np.median(error):.1%}, mean {error.mean():.1%}, P90 {np.percentile(error, 90):.1%}"


def errors_of(rows: Rows, x: Floats, held: Floats, names: list[str]) -> Errors:
    """Errors of the scored rows, told apart by kind of model, hardware family and number format."""
    runs = [r for r, s in zip(rows.table.runs, rows.scored, strict=True) if s]
    kind = ["moe" if r.model.is_moe else "dense" for r in runs]
    return Errors(
        fitted=np.log(rows.truth / rows.predicted(x))[rows.scored],
        held=np.log(rows.truth / held)[rows.scored],
        groups=[g for g, s in zip(names, rows.scored, strict=True) if s],
        kind=kind,
        splits={
            "arch": kind,
            "family": [r.setting.family for r in runs],
            "precision": [WIDTH[r.setting.precision] for r in runs],
        },
        counts=np.ones(len(runs)),
    )


def calibration_facts(rows: Rows, x: Floats, e: Errors) -> list[Row]:
    """Constants with their spread, and the 80 % intervals of groups left out."""
    where = f"fitted by us on {int(rows.scored.sum())} published runs"
    facts = []
    for c, value, s in zip(CONSTANTS, np.exp(x), uncertainty(rows, x), strict=True):
        low, high = max(value * np.exp(-Z * s), min(c.least, value)), min(value * np.exp(Z * s), max(c.most, value))
        about = {"year": 2026, "cls": "B", "source": SOURCE, "where": where}
        facts.append(fact(f"training.{c.name}", value, c.unit, low=low, high=high, note=c.note, **about))
    for kind in ("dense", "moe"):
        part = e.some(np.array([k == kind for k in e.kind]))
        low, high = interval(part.held, part.counts)
        inside, outside = (np.abs(np.expm1(-logs)) for logs in (part.fitted, part.held))
        note = f"{len(inside)} runs; error in sample {words(inside)}; the run's group left out {words(outside)}"
        print(kind, note, f"P10 {low:.3f} P90 {high:.3f}")
        where = "measured over predicted, P10-P90, the run's group left out of the fit"
        about = {"year": 2026, "cls": "A", "source": SOURCE, "where": where, "note": note}
        facts.append(fact(f"training.model_error.{kind}", 1.0, "1", low=low, high=high, **about))
    return facts


def accuracy_facts(rows: Rows, x: Floats, by_group: Errors, by_source: Errors) -> list[Row]:
    """How wrong we are, by part, and how far measurements of one setting lie apart."""
    facts = accuracy("training", by_group, SOURCE, "the group: one source, model, accelerator and precision")
    facts += accuracy("training_by_source", by_source, SOURCE, "all runs of one source")
    moe = np.array([bool(run.model.is_moe) for run in rows.table.runs])
    for kind, chosen in (("dense", ~moe), ("moe", moe)):
        part = rows.table.part(chosen)
        keys = [(*(r[c] for c in ALIKE), WIDTH[r["precision"].lower()]) for r in part.rows]
        same = [k + tuple(r[c] for c in SAME_PLAN) for k, r in zip(keys, part.rows, strict=True)]
        alike = "model, accelerator, number of them, sequence and precision"
        facts += noise(f"training.{kind}", part.truth, keys, SOURCE, alike)
        facts += noise(f"training.{kind}.same_plan", part.truth, same, SOURCE, f"{alike}, batch and parallel plan")
    return facts


def uncertainty(rows: Rows, x: Floats) -> Floats:
    """Standard deviation of each constant's logarithm."""
    whole = problem(rows)
    at = whole.errors(x)
    return spread(whole.slopes(x, at), np.log(rows.predicted(x) / rows.truth), FREEDOM)


def practice_facts(rows: Rows, x: Floats) -> list[Row]:
    """Measured speed over that of the best plan on the same cluster and batch: what a searched plan leaves out."""
    get = getter(x)
    free = [replace(run, fixed={}) for run in rows.table.runs]
    best = tokens_per_s(free, [plan_of(run, get) for run in free], get)
    over, moe = rows.truth / best, np.array([bool(run.model.is_moe) for run in free])
    meant = np.array([not row["source_id"].startswith(SWEEP) for row in rows.table.rows])
    facts = []
    for kind, chosen in (("dense", ~moe), ("moe", moe)):
        mine = over[chosen & meant & rows.scored]
        low, middle, high = np.quantile(mine, (0.1, 0.5, 0.9))
        note = f"measured speed over that of the best plan on the same cluster and batch, {len(mine)} runs: median"
        where = "fitted by us, median and P10-P90; the range is within that of the model error and is not drawn"
        about = {"year": 2026, "cls": "B", "source": SOURCE, "where": where, "note": note}
        facts.append(
            fact(f"training.practice.{kind}", f"{middle:.3g}", "1", low=f"{low:.3g}", high=f"{high:.3g}", **about)
        )
        print(f"practice {kind}: {low:.3f} {middle:.3f} {high:.3f} of {len(mine)}")
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--quick", action="store_true", help="leave out a twelfth of the groups at a time")
    args = parser.parse_args()
    table = read_rows(args.reference)
    x = START
    for _ in range(ROUNDS):
        plans = [plan_of(run, getter(x)) for run in table.runs]
        rows = Rows(table, plans)
        x = problem(rows).fit(x, EVALUATIONS)
    assert np.allclose(rows.predicted(x), tokens_per_s(table.runs, plans, getter(x)))
    sources = [row["source_id"] for row in table.rows]
    by_group = errors_of(rows, x, left_out(rows, x, table.groups, PARTS if args.quick else 0), table.groups)
    by_source = errors_of(rows, x, left_out(rows, x, sources), sources)
    found = [*calibration_facts(rows, x, by_group), *practice_facts(rows, x)]
    merge([*found, *accuracy_facts(rows, x, by_group, by_source)], OWN)


if __name__ == "__main__":
    main()
