"""Measured training runs: what is predicted, and that truth is never read."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from gigawatt.chapters.training import constants
from gigawatt.facts import load_facts
from gigawatt.validate import validate
from gigawatt.validate.families import CannotPredict
from gigawatt.validate.trained import INPUTS, plan_of, run_of, stack, tokens_per_s

ROW = {
    "model": "llama3-70b", "arch": "dense", "seq": "8192", "precision": "BF16", "accelerator": "H100",
    "n_accelerators": "64", "global_batch_seqs": "128", "micro_batch": "1", "tp": "4", "pp": "4", "cp": "2", "vp": "5",
    "date": "2024-12",
}  # fmt: skip
TRUTH = ("tokens_per_s_per_acc", "step_time_s", "model_tflops_per_acc", "mfu_pct_reported", "time_to_train_min")
REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")


def test_a_published_plan_is_taken_and_its_blanks_filled():
    run = run_of(ROW)
    plan = plan_of(run, constants(load_facts()))
    assert (plan.tensor, plan.pipeline, plan.context, plan.interleave, plan.data) == (4, 4, 2, 5, 2)
    assert float(plan.recompute) in (0.0, 1.0, 2.0)
    speed = tokens_per_s([run, run], [plan, plan], constants(load_facts()))
    assert speed[0] == speed[1] == pytest.approx(1113, rel=0.2)
    assert stack([run.model, run.model]).layers.tolist() == [80, 80]


@pytest.mark.parametrize("gone", ["accelerator", "precision", "seq", "global_batch_seqs", "n_accelerators"])
def test_a_missing_input_is_named(gone):
    with pytest.raises(CannotPredict, match=gone):
        run_of({k: v for k, v in ROW.items() if k != gone})


def test_neither_truth_nor_source_is_an_input():
    assert not set(INPUTS) & {*TRUTH, "hardware_tflops_per_acc", "hfu_pct_reported"}
    assert not set(INPUTS) & {"source", "source_id", "group", "notes", "location", "evidence"}


@needs_reference
def test_blank_truth_changes_no_prediction_and_errors_are_as_fitted(tmp_path):
    with open(Path(REFERENCE) / "training_measured.csv", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["core"] == "1" and r["tokens_per_s_per_acc"]][::12]
    found = []
    for name, blank in (("full", ()), ("blank", TRUTH)):
        path = tmp_path / name / "training_measured.csv"
        path.parent.mkdir()
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({k: "" if k in blank else v for k, v in r.items()} for r in rows)
        found.append(validate([path]))
    full, blank = (report.rows for report in found)
    assert [r.predicted for r in full] == [r.predicted for r in blank]
    errors = [r.abs_rel_error for r in full if r.scored]
    assert len(errors) > 30
    assert np.median(errors) < 0.07
