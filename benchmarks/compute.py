"""Measure the training model: `python3 run.py benchmark compute [--quick] [--json]`.

Reads `training_measured.csv` from GIGAWATT_REFERENCE. Beside us runs Calculon (github.com/calculon-ai/calculon,
Apache-2.0), where CALCULON names a checkout of it: it is not on the package index, where another package has its name.
Both see the same rows, with the truth taken out; times are CPU seconds of this process, Calculon's without reading
files. Our constants were fitted on these rows (their error with whole groups left out is in the facts
`training.model_error.*`), Calculon's were not: read the errors with that in mind, and the times without.

Calculon is run on what it can express: dense models on A100 and H100 with tensor, pipeline and data parallelism; a
gated feed-forward block as one of 1.5 times the width. What the rows leave open is set as suits it best: a sharded
optimizer and gradients beside the work; on H100 sequence parallelism and ring overlap too. Where a row that was
measured does not fit its memory, the limit is lifted.
"""

from __future__ import annotations

import csv
import itertools
import json
import logging
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from gigawatt.chapters.shapes import shape_of
from gigawatt.chapters.training import Setting, calibration, constants, kept_bytes, machine_of
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.plan_memory import plan_memory
from gigawatt.compute.plans import candidates, divisors, search
from gigawatt.compute.step_time import Plan, step_time
from gigawatt.compute.sweep import sweep
from gigawatt.facts import Facts, load_facts
from gigawatt.validate import trained

SYSTEMS = {"A100": "a100_80g", "H100": "h100_80g_nvl8"}
WIDTHS = {"FP16": "float16", "BF16": "float16", "FP8": "float8"}
NETWORKS = ((0, 1, 1), (0, 0, 1), (0, 1, 0), (0, 0, 0), (1, 1, 1))  # of tensor, pipeline, data: the first that may be
RECOMPUTE = {"full": "full", "selective": "attn_only"}
GATED = 1.5
NO_LIMIT_GIB = 1e6
REPEATS = 20
ONE_T = {"hidden": 25600, "feedforward": 102400, "seq_size": 2048, "attn_heads": 160, "attn_size": 160}
LAYERS, VOCABULARY = 128, 51200
MANY = 100_000
SWEPT_MODELS = ("llama-3-8b", "llama-3.1-70b", "llama-3.1-405b", "mixtral-8x7b", "deepseek-v3")
SWEPT_MACHINES = (("a100-80g", "ampere"), ("h100", "hopper"), ("gb300-nvl72", "blackwell"), ("tpu-v5p", "tpu"))
CLUSTER, BATCH, NODE, SAMPLE, FEW = 4096, 4096, 8, 400, 60
UNREADABLE = 2


# --- The rival --------------------------------------------------------------------------------------------------------


class Calculon:
    """Calculon from its checkout."""

    def __init__(self, folder: Path) -> None:
        sys.path.insert(0, str(folder))
        from calculon import System
        from calculon.llm import Llm

        self.llm, self.system, self.folder = Llm, System, folder
        self.log = logging.Logger("calculon")
        self.spent_s = self.refused_s = 0.0  # in evaluations that gave a time, and in those that gave none

    def machine(self, name: str, limited: bool = True) -> Any:
        """A system of its own; without offload memory, as no row uses any."""
        config = json.loads((self.folder / "systems" / f"{name}.json").read_text(encoding="utf-8"))
        config["mem2"]["GiB"] = 0
        if not limited:
            config["mem1"]["GiB"] = NO_LIMIT_GIB
        return self.system(config)

    def seconds(self, application: Mapping[str, Any], execution: dict[str, Any], system: Any) -> float | None:
        """Time of a step; None where it cannot be run."""
        began = time.process_time()
        try:
            model = self.llm(self.llm.Application(application), self.log)
            model.compile(system, self.llm.Execution.from_json(execution))
            model.run(system)
            total = float(model.get_total_time())
        except (self.llm.Error, AssertionError):
            self.refused_s += time.process_time() - began
            return None
        self.spent_s += time.process_time() - began
        return total

    def row(self, r: Mapping[str, str], systems: Mapping[tuple[str, bool], Any]) -> tuple[float, bool] | None:
        """Step time of a measured row, and whether the memory limit was lifted; None where it cannot say."""
        application = {
            "hidden": int(r["hidden"]),
            "feedforward": round(float(r["ffn_hidden"]) * (GATED if r["gated_mlp"] == "1" else 1.0)),
            "seq_size": int(r["seq"]),
            "attn_heads": int(r["heads"]),
            "attn_size": int(r["hidden"]) // int(r["heads"]),
            "num_blocks": int(r["layers_override"] or r["layers"]),
        }
        for limited in (True, False):
            for nets in NETWORKS:
                said = self.seconds(application, _execution(r, nets), systems[SYSTEMS[r["accelerator"]], limited])
                if said is not None:
                    return said, not limited
        return None


def _execution(r: Mapping[str, str], nets: tuple[int, int, int]) -> dict[str, Any]:
    modern = r["accelerator"] == "H100"
    tp, pp, n = int(r["tp"]), int(r["pp"]), int(r["n_accelerators"])
    dp = n // (tp * pp)
    again = RECOMPUTE.get(r["recompute"].split("+")[0], "none")
    sequence_parallel = modern or "seqpar" in r["recompute"]
    return execution(
        (tp, pp, dp, int(float(r["vp"] or 1)), int(float(r["micro_batch"] or 1))),
        nets,
        batch=int(float(r["global_batch_seqs"])),
        width=WIDTHS[r["precision"]],
        again=again,
        sharded=dp > 1,
        communication="rs_ag" if sequence_parallel else "ar",
        overlap="ring" if modern and tp > 1 else "none",
        behind=dp > 1,
    )


def execution(
    degrees: tuple[int, int, int, int, int],
    nets: tuple[int, int, int],
    *,
    batch: int,
    width: str,
    again: str,
    sharded: bool,
    communication: str,
    overlap: str,
    behind: bool,
) -> dict[str, Any]:
    """A plan in Calculon's words."""
    tp, pp, dp, vp, micro = degrees
    return {
        "num_procs": tp * pp * dp,
        "tensor_par": tp,
        "pipeline_par": pp,
        "data_par": dp,
        "tensor_par_net": nets[0],
        "pipeline_par_net": nets[1],
        "data_par_net": nets[2],
        "batch_size": batch,
        "microbatch_size": micro,
        "datatype": width,
        "fused_activation": True,
        "attention_type": "multihead",
        "activation_recompute": again,
        "pipeline_interleaving": vp,
        "optimizer_sharding": sharded,
        "tensor_par_comm_type": communication,
        "tensor_par_overlap": overlap,
        "seq_par_ag_redo": False,
        "data_par_overlap": behind,
        "weight_offload": False,
        "activations_offload": False,
        "optimizer_offload": False,
        "training": True,
    }


# --- Errors -----------------------------------------------------------------------------------------------------------


def expressible(r: Mapping[str, str]) -> bool:
    """Whether Calculon has words for a row."""
    dense = r["core"] == "1" and r["arch"] == "dense" and r["accelerator"] in SYSTEMS and r["precision"] in WIDTHS
    plain = r["cp"] in ("", "1") and r["fsdp"] in ("", "0") and bool(r["tp"] and r["pp"] and r["global_batch_seqs"])
    return dense and plain and bool(r["ffn_hidden"] and r["heads"]) and math.isfinite(measured(r))


def errors(rival: Calculon | None, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Both on every row that both can say something about: by accelerator and precision."""
    get = constants(load_facts())
    systems = (
        {(name, limited): rival.machine(name, limited) for name in SYSTEMS.values() for limited in (True, False)}
        if rival
        else {}
    )
    kept, theirs, lifted = [], [], 0
    for r in rows:
        said = rival.row(r, systems) if rival else (math.nan, False)
        if said is not None:
            kept.append(r)
            theirs.append(float(r["global_batch_seqs"]) * float(r["seq"]) / said[0] / float(r["n_accelerators"]))
            lifted += said[1]
    runs = [trained.run_of({name: r.get(name) or None for name in trained.INPUTS}) for r in kept]
    plans = [trained.plan_of(run, get) for run in runs]
    began = time.process_time()
    for _ in range(REPEATS):
        ours = trained.tokens_per_s(runs, plans, get)
    each = (time.process_time() - began) / REPEATS / len(runs)
    truth = np.array([measured(r) for r in kept])
    groups = defaultdict(list)
    for k, r in enumerate(kept):
        for key in ("all", f"{r['accelerator']} {r['precision']}"):
            groups[key].append(k)
    return {
        "rows": len(kept),
        "not_run": len(rows) - len(kept),
        "memory_limit_lifted": lifted,
        "by": {key: _compared(truth[at], ours[at], np.array(theirs)[at]) for key, at in groups.items()},
        "ours_s_per_evaluation": each,
        "rival_s_per_evaluation": rival.spent_s / max(len(kept), 1) if rival else None,
    }


def measured(r: Mapping[str, str]) -> float:
    """Tokens per second and accelerator: as published, or from the time of a step."""
    if r["tokens_per_s_per_acc"]:
        return float(r["tokens_per_s_per_acc"])
    tokens = float(r["global_batch_seqs"]) * float(r["seq"])
    return tokens / float(r["step_time_s"]) / float(r["n_accelerators"]) if r["step_time_s"] else math.nan


def _compared(truth: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> dict[str, Any]:
    def of(said: np.ndarray) -> tuple[float, float]:
        error = np.abs(said / truth - 1.0)
        return float(np.median(error)), float(np.mean(error))

    (a, b), (c, d) = of(ours), of(theirs)
    return {
        "rows": len(truth),
        "median": a,
        "mape": b,
        "rival_median": c,
        "rival_mape": d,
        "rival_median_over_ours": c / a,
        "rival_mape_over_ours": d / b,
    }


# --- Search -----------------------------------------------------------------------------------------------------------


def one_trillion() -> ModelShape:
    """A GPT of a trillion parameters."""
    return ModelShape(
        layers=float(LAYERS),
        hidden=float(ONE_T["hidden"]),
        heads=float(ONE_T["attn_heads"]),
        kv_heads=float(ONE_T["attn_heads"]),
        head_dim=float(ONE_T["attn_size"]),
        ffn_hidden=float(ONE_T["feedforward"]),
        vocab=float(VOCABULARY),
        ffn_matrices=2.0,
    )


def common_axes() -> Iterator[tuple[int, int, int, int, int, int]]:
    """Plans that both can weigh: tensor, pipeline, data, chunks, micro-batch, recomputation; a sharded optimizer."""
    for tp, pp in itertools.product(divisors(CLUSTER), divisors(CLUSTER)):
        if CLUSTER % (tp * pp) or ONE_T["attn_heads"] % tp or LAYERS % pp or tp * pp == CLUSTER:
            continue
        dp = CLUSTER // (tp * pp)
        if BATCH % dp:
            continue
        for vp in divisors(int(LAYERS / pp)) if pp > 1 else (1.0,):
            for micro in divisors(int(BATCH / dp)):
                for again in range(3):
                    yield int(tp), int(pp), int(dp), int(vp), int(micro), again


def weigh_ours(facts: Facts, axes: np.ndarray) -> tuple[int, float, float]:
    """Plans within memory, CPU seconds for all, and time of the best step."""
    m, hw, c, limit, kept = _on_a100(facts)
    tp, pp, _, vp, micro, again = axes.T.astype(float)
    many = np.ones(len(axes))
    began = time.process_time()
    plans = Plan(many * CLUSTER, many * BATCH, many * ONE_T["seq_size"], tp, pp, many, many, vp, micro, again, many)
    fits = np.asarray(plan_memory(m, plans, unfused=c.unfused, kept_bytes=kept).total) <= limit
    seconds = np.asarray(step_time(m, plans, hw, c).total)
    return int(fits.sum()), time.process_time() - began, float(np.min(seconds[fits]))


def _on_a100(facts: Facts) -> tuple[Any, ...]:
    m, hw = one_trillion(), machine_of(facts, "a100-80g", "bf16")
    c = calibration(constants(facts), Setting("ampere", "bf16", float(facts["training.latest_date"].value)))
    return m, hw, c, float(facts["training.memory_share"].value) * float(hw.memory_bytes), kept_bytes(facts, "bf16")


def weigh_rival(rival: Calculon, axes: np.ndarray, sample: int) -> tuple[int, float]:
    """Plans run of a sample spread evenly over all, and CPU seconds for it."""
    system, application = rival.machine("a100_80g"), {**ONE_T, "num_blocks": LAYERS}
    picked = axes[np.unique(np.linspace(0, len(axes) - 1, sample).round().astype(int))]
    rival.spent_s, rival.refused_s, good = 0.0, 0.0, 0
    for tp, pp, dp, vp, micro, again in picked.tolist():
        plan = execution(
            (tp, pp, dp, vp, micro),
            NETWORKS[0] if tp <= NODE else NETWORKS[-1],
            batch=BATCH,
            width="float16",
            again=("none", "attn_only", "full")[again],
            sharded=dp > 1,
            communication="rs_ag",
            overlap="ring" if tp > 1 else "none",
            behind=dp > 1,
        )
        good += rival.seconds(application, plan, system) is not None
    return good, (rival.spent_s + rival.refused_s) / len(picked)


def searches(rival: Calculon | None, sample: int) -> dict[str, Any]:
    """The same plans priced by both, and our own search over more axes."""
    facts = load_facts()
    axes = np.array(list(common_axes()))
    weigh_ours(facts, axes)
    fitting, ours_s, best_s = weigh_ours(facts, axes)
    m, hw, c, limit, kept = _on_a100(facts)
    question = {"accelerators": CLUSTER, "batch": BATCH, "sequence": ONE_T["seq_size"], "domain": int(hw.domain)}
    taken = []
    for _ in range(3):
        began = time.process_time()
        found = search(m, candidates(m, **question, fixed={}), hw, c, memory_bytes=limit, kept_bytes=kept, keep=1)
        taken.append(time.process_time() - began)
    out = {
        "plans": len(axes),
        "fitting": fitting,
        "ours_s": ours_s,
        "best_step_s": best_s,
        "free_search_plans": found.weighed,
        "free_search_s": float(np.median(taken)),
        "free_search_step_s": float(found.seconds[0]),
    }
    if rival is None:
        return out
    good, each = weigh_rival(rival, axes, sample)
    whole = each * len(axes)
    return out | {
        "sample": sample,
        "rival_fitting_of_sample": good,
        "rival_s": whole,
        "rival_over_ours": whole / ours_s,
    }


# --- Output -----------------------------------------------------------------------------------------------------------


def many() -> dict[str, Any]:
    """A hundred thousand runs at once: models, accelerators and sizes of cluster, each with the best of a few plans."""
    facts = load_facts()
    date, kinds = float(facts["training.latest_date"].value), list(itertools.product(SWEPT_MODELS, SWEPT_MACHINES))
    one = [(shape_of(facts, m), *_machine(facts, item, family, date)) for m, (item, family) in kinds]
    repeats = MANY // len(one)

    def column(k: int) -> Any:
        first = one[0][k]
        values = {f.name: np.array([float(np.asarray(getattr(x[k], f.name))) for x in one]) for f in fields(first)}
        return replace(first, **{name: np.repeat(v, repeats) for name, v in values.items()})

    n = np.tile(8.0 * 2.0 ** np.linspace(3, 13, repeats).round(), len(one))
    began = time.process_time()
    swept = sweep(column(0), column(1), column(2), accelerators=n, batch=2048, sequence=4096, memory_share=0.93)
    return {"runs": len(n), "fitting": int(np.isfinite(swept.seconds).sum()), "s": time.process_time() - began}


def _machine(facts: Facts, item: str, family: str, date: float) -> tuple[Any, Any]:
    return machine_of(facts, item, "bf16"), calibration(constants(facts), Setting(family, "bf16", date))


def read_rows() -> list[dict[str, str]]:
    """Measured rows that Calculon has words for."""
    folder = os.environ.get("GIGAWATT_REFERENCE")
    if not folder:
        click.echo("compute benchmark: GIGAWATT_REFERENCE is not set; it names the folder of training_measured.csv")
        raise SystemExit(UNREADABLE)
    with open(Path(folder) / "training_measured.csv", encoding="utf-8", newline="") as file:
        return [r for r in csv.DictReader(file) if expressible(r)]


def find_rival() -> tuple[Calculon | None, str]:
    """Calculon where there is one; else why not."""
    folder = os.environ.get("CALCULON", "")
    if not folder:
        return None, "CALCULON is not set: it names a checkout of github.com/calculon-ai/calculon"
    try:
        return Calculon(Path(folder)), ""
    except ImportError as error:
        return None, f"CALCULON is {folder}: {error}"


def show(found: dict[str, Any]) -> None:
    """Errors, times and searches as tables."""
    out, e, s = Console(highlight=False, soft_wrap=True), found["errors"], found["search"]
    table = Table(box=None, padding=(0, 2, 0, 0), title="Error of tokens/s: median, mean", title_justify="left")
    for name in ("rows of", "rows", "ours", "Calculon", "Calculon / ours"):
        table.add_column(name, justify="left" if name == "rows of" else "right")
    for key, x in e["by"].items():
        table.add_row(
            key,
            str(x["rows"]),
            f"{x['median']:.1%}, {x['mape']:.1%}",
            f"{x['rival_median']:.1%}, {x['rival_mape']:.1%}",
            f"{x['rival_median_over_ours']:.1f}, {x['rival_mape_over_ours']:.1f}",
        )
    out.print(table)
    if found["rival"]:
        ratio = e["rival_s_per_evaluation"] / e["ours_s_per_evaluation"]
        out.print(
            f"One evaluation: ours {e['ours_s_per_evaluation'] * 1e6:.1f} us, all rows in one call; Calculon "
            f"{e['rival_s_per_evaluation'] * 1e3:.2f} ms: {ratio:,.0f} times"
        )
    out.print(
        f"1 T parameters on {CLUSTER:,} A100, batch {BATCH:,}: {s['plans']:,} plans on common axes priced in "
        f"{s['ours_s'] * 1e3:.1f} ms; our own search weighs {s['free_search_plans']:,} in "
        f"{s['free_search_s'] * 1e3:.1f} ms"
    )
    m = found["many"]
    out.print(
        f"{m['runs']:,} runs (cluster, accelerator, model), each the best of a few plans: {m['s']:.2f} s; "
        f"{m['fitting']:,} of them fit"
    )
    if "rival_s" in s:
        out.print(
            f"Calculon on the same plans: {s['rival_s']:.1f} s by a sample of {s['sample']}, "
            f"{s['rival_over_ours']:,.0f} times"
        )
    if found["why_no_rival"]:
        out.print(f"Calculon was not run: {found['why_no_rival']}")


@click.command()
@click.option("--quick", is_flag=True, help="Every eighth row, and a small sample of the search.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout instead of tables.")
def main(quick: bool, as_json: bool) -> None:
    """Our training model beside Calculon's: errors on measured runs, time of an evaluation, time of a search."""
    rows = read_rows()[:: 8 if quick else 1]
    rival, why = find_rival()
    found = {
        "rival": "Calculon" if rival else None,
        "why_no_rival": why,
        "errors": errors(rival, rows),
        "search": searches(rival, FEW if quick else SAMPLE),
        "many": many(),
    }
    if as_json:
        click.echo(json.dumps(_finite(found), indent=1, allow_nan=False))
    else:
        show(found)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    main()
