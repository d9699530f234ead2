"""Fit the constants of the training step on measured runs, and write data/training_calibration.csv.

    python tools/fit_training.py REFERENCE_DIR [--quick]

Least squares of log errors (soft L1), pulled towards stated starting values; rows of one group share weight. Blank
plans are filled with the fastest that fits, fitted again until they stand. Residuals, with each group left out of the
fit that predicts it, give the 80 % interval. Rolling tables of earlier releases help to fit the age of software; they
are not in the statistics.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from derive_compute import fact, write
from numpy.typing import NDArray
from scipy.optimize import least_squares

from gigawatt.chapters.training import Get, calibration
from gigawatt.compute.step_time import Calibration, Plan, step_time
from gigawatt.facts import load_facts
from gigawatt.validate.families import CannotPredict
from gigawatt.validate.trained import Run, plan_of, run_of, stack, tokens_per_s

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Constant:
    """A constant to fit: where it starts, how freely it may leave (standard deviation of its logarithm), its limit."""

    name: str
    start: float
    freedom: float
    most: float = np.inf
    unit: str = "1"
    note: str = ""


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
    Constant("expert_product.switched", 0.8, 0.4, SHARE, note="grouped products of experts over large ones"),
    Constant("expert_product.torus", 0.7, 0.4, SHARE, note="the same on TPU"),
    Constant("traffic", 0.75, 0.4, SHARE, note="share of memory bandwidth in memory-bound work"),
    Constant("half_width", 60.0, 0.7, note="edge of a 16-bit product at which half the peak is lost"),
    Constant("cast_widths", 6.0, 0.7, note="numbers moved per token and width to cast to 8 or 4 bit"),
    Constant("route_widths", 6.0, 0.4, note="numbers moved per token, width and expert visited"),
    Constant("unfused", 0.7, 0.5, SHARE, note="attention scores written to memory by software before fused attention"),
    Constant("layer_start", 2e-4, 0.8, unit="s", note="kernel starts per layer, micro-batch and pass"),
    Constant("expert_start", 3e-5, 0.8, unit="s", note="more of them per expert that a token visits"),
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
    Constant("imbalance", 0.1, 0.4, note="extra work of the busiest rank of experts"),
    Constant("straggler", 0.006, 0.3, note="spread of accelerators' speed; the slowest of N costs sqrt(2 ln N) of it"),
    Constant("step", 0.03, 1.0, unit="s", note="once per step: barrier, logging, scheduler"),
    Constant("software_gain.dense", 0.03, 0.7, SHARE, note="speed gained per year of software age, whole step"),
    Constant("software_gain.expert", 0.4, 0.4, 3.0, note="the same in routing and starting experts"),
    Constant("software_gain.attention", 0.1, 0.4, SHARE, note="the same in attention"),
    Constant("evaluation", 1.05, 0.4, note="time with evaluation and start-up inside over time without"),
    Constant("power_exponent", 0.8, 0.4, note="speed falls with this power of a limit on chip power"),
)
START = np.log([c.start for c in CONSTANTS])
FREEDOM = np.array([c.freedom for c in CONSTANTS])
MOST = np.log([c.most for c in CONSTANTS])
PULL = 0.05  # weight of the starting values: a constant one deviation away counts as an error of 5 %
CORNER = 0.08  # log error from which it counts linearly
REACH = 6.0
SAME_GROUP = -0.25  # weight of a row = size of its group to this power
ROLLING = "megatron-bridge"  # releases of one table: those not scored still tell how software ages
ROUNDS = 3
PARTS = 12


class Rows:
    """Measured runs, their plans, and what they measured."""

    def __init__(self, runs: list[Run], plans: list[Plan], truth: Floats, groups: list[str], scored: Floats) -> None:
        self.runs, self.plans, self.truth, self.groups, self.scored = runs, plans, truth, groups, scored
        settings = {s: i for i, s in enumerate(dict.fromkeys(r.setting for r in runs))}
        self.settings, self.at = list(settings), np.array([settings[r.setting] for r in runs])
        self.model, self.plan = stack([r.model for r in runs]), stack(plans)
        self.machine = stack([r.machine for r in runs])
        sizes = Counter(groups)
        self.weight = np.array([sizes[g] ** SAME_GROUP for g in groups])

    def predicted(self, x: Floats) -> Floats:
        get = getter(x)
        known = [calibration(get, s) for s in self.settings]
        columns = {f.name: np.array([getattr(c, f.name) for c in known])[self.at] for f in fields(Calibration)}
        time = step_time(self.model, self.plan, self.machine, Calibration(**columns)).total
        return np.asarray(self.plan.tokens / time / self.plan.accelerators)

    def part(self, keep: NDArray[np.bool_]) -> Rows:
        at = np.flatnonzero(keep)
        return Rows(
            [self.runs[i] for i in at],
            [self.plans[i] for i in at],
            self.truth[at],
            [self.groups[i] for i in at],
            self.scored[at],
        )


def getter(x: Floats) -> Get:
    """Looks constants up in a vector of logarithms; definitions and fallbacks in our assumptions."""
    fitted = {c.name: float(v) for c, v in zip(CONSTANTS, np.exp(x), strict=True)}
    facts = load_facts()

    def get(*names: str) -> float:
        found = next((fitted[n] for n in names if n in fitted), None)
        return float(facts.first(*(f"training.{n}" for n in names)).value) if found is None else found

    return get


def read_rows(folder: Path) -> tuple[list[Run], Floats, list[str], Floats]:
    runs, truth, groups, scored = [], [], [], []
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
            truth.append(float(row["tokens_per_s_per_acc"]))
            groups.append(row["group"])
            scored.append(row["core"] == "1")
    return runs, np.array(truth), groups, np.array(scored)


def fit(rows: Rows, start: Floats, evaluations: int = 60) -> Floats:
    def residual(x: Floats) -> Floats:
        error = rows.weight * np.log(rows.predicted(x) / rows.truth)
        return np.concatenate([error, PULL * (x - START) / FREEDOM])

    return least_squares(
        residual,
        np.clip(start, START - REACH + 1e-3, np.minimum(MOST, START + REACH) - 1e-3),
        loss="soft_l1",
        f_scale=CORNER,
        bounds=(START - REACH, np.minimum(MOST, START + REACH)),
        max_nfev=evaluations,
        xtol=1e-4,
        ftol=1e-4,
    ).x


def left_out(rows: Rows, x: Floats, folds: int) -> Floats:
    """Predictions of each group by a fit without it; `folds` 0: one fit per group."""
    names = sorted(set(rows.groups))
    order = np.random.default_rng(1).permutation(len(names)) if folds else np.arange(len(names))
    fold = {name: int(order[i]) % (folds or len(names)) for i, name in enumerate(names)}
    at = np.array([fold[g] for g in rows.groups])
    found = np.zeros(len(rows.truth))
    for k in range(at.max() + 1):
        if np.any(rows.scored[at == k]):
            found[at == k] = rows.part(at == k).predicted(fit(rows.part(at != k), x, 12))
    return found


def words(error: Floats) -> str:
    return f"median {np.median(error):.1%}, mean {error.mean():.1%}, P90 {np.percentile(error, 90):.1%}"


def calibration_facts(rows: Rows, x: Floats, held: Floats, held_out: str) -> list[dict[str, str]]:
    near = (rows.truth > 0) & rows.scored
    spread = uncertainty(rows, x)
    where = f"fitted by us on {int(near.sum())} published runs"
    facts = []
    for c, value, s in zip(CONSTANTS, np.exp(x), spread, strict=True):
        low, high = value * np.exp(-1.2816 * s), min(value * np.exp(1.2816 * s), max(c.most, value))
        facts.append(
            fact(f"training.{c.name}", value, low, high, c.unit, 2026, "B", "training-measurements", where, c.note)
        )
    moe = np.array([bool(r.model.is_moe) for r in rows.runs])
    inside = np.abs(rows.predicted(x) / rows.truth - 1.0)
    outside = np.abs(held / rows.truth - 1.0)
    print("all: in sample", words(inside[near]), "|", held_out, words(outside[near]))
    for kind, mask in (("dense", near & ~moe), ("moe", near & moe)):
        ratio = rows.truth[mask] / held[mask]
        low, high = np.percentile(ratio, [10, 90])
        note = f"{int(mask.sum())} runs; error in sample {words(inside[mask])}; {held_out} {words(outside[mask])}"
        print(kind, note, f"P10 {low:.3f} P90 {high:.3f}")
        facts.append(
            fact(
                f"training.model_error.{kind}",
                1.0,
                min(low, 1.0),
                max(high, 1.0),
                "1",
                2026,
                "A",
                "training-measurements",
                f"measured over predicted, P10-P90, {held_out}",
                note,
            )
        )
    return facts


def uncertainty(rows: Rows, x: Floats) -> Floats:
    """Standard deviation of each constant's logarithm, from the curvature at the fit; at most its freedom."""
    base = np.log(rows.predicted(x))
    step = 1e-4
    slope = np.stack([(np.log(rows.predicted(x + step * e)) - base) / step for e in np.eye(len(x))], axis=1)
    noise = np.median(np.abs(base - np.log(rows.truth))) * 1.4826
    slope = slope * rows.weight[:, None]
    curve = slope.T @ slope / noise**2 + np.diag((PULL / noise / FREEDOM) ** 2)
    return np.minimum(np.sqrt(np.diag(np.linalg.inv(curve))), FREEDOM)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--quick", action="store_true", help="cross-validate in twelve parts, not group by group")
    args = parser.parse_args()
    runs, truth, groups, scored = read_rows(args.reference)
    x, plans = START, [None] * len(runs)
    for _ in range(ROUNDS):
        plans = [plan_of(run, getter(x)) for run in runs]
        rows = Rows(runs, plans, truth, groups, scored)
        x = fit(rows, x)
    assert np.allclose(rows.predicted(x), tokens_per_s(runs, plans, getter(x)))
    folds = PARTS if args.quick else 0
    held_out = "whole groups left out, a twelfth of them at a time" if args.quick else "the run's group left out"
    write("training_calibration.csv", calibration_facts(rows, x, left_out(rows, x, folds), held_out))


if __name__ == "__main__":
    main()
