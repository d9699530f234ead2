"""Fit what engines and accelerators reach when they serve, and write it into data/calibration.csv.

    PYTHONPATH=src python3 tools/fit_serving.py REFERENCE_DIR

Reads inference_measured.csv and inference_latency_measured.csv. The model is `gigawatt.compute.steady`; no constant
belongs to a model or a row. Then every group (model, accelerator, precision, mode or scenario, as the scoring contract
says) is predicted by constants fitted without any of its rows; the errors then made give the 80 % intervals and the
statistics of that file.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from accuracy_rows import Errors, Z, accuracy, interval, merge, noise, spread
from bent_squares import SLOPE, Problem
from fact_rows import Reference, Row, fact
from scipy.optimize import least_squares

from gigawatt.chapters.machine import find
from gigawatt.chapters.served import ENGINES, FAMILIES, PREFIX, Batch, Kinds, batch, calibrated, constants, kinds
from gigawatt.compute.steady import Request
from gigawatt.errors import GigawattError
from gigawatt.facts import load_facts
from gigawatt.validate.families import CannotPredict
from gigawatt.validate.serving import LAYOUTS, Asked, asked, choices, found, group, kind_of

Constants = dict[str, float]

START: Constants = {
    **{f"memory.{f}": 0.7 for f in FAMILIES},
    **{f"compute.{f}": 0.5 for f in FAMILIES},
    **{"memory.moe": 0.9, "memory.fp4": 1.0, "memory.prefill": 1.2},
    **{"compute.moe": 0.6, "compute.fp4": 0.9, "compute.bf16": 1.1, "compute.decode": 0.7},
    **{f"cache.{f}": 0.6 for f in FAMILIES},
    **{"cache.latent": 0.8, "attention": 0.6, "attention.decode": 1.0, "link": 0.5},
    **{"elementwise": 0.8, "route_widths": 4.0},
    **{"exchange": 4e-6, "exchange.blackwell": 0.6, "power": 0.5, "held": 0.8, "compute.tuned": 1.2},
    **{"age.moe": 1.5, "age.dense": 1.05, "age.tuned": 1.1},
    **{f"layer.{e}": 1.5e-5 for e in ENGINES},
    **{"layer.moe": 2.0, "layer.linear": 0.8, "layer.latent": 1.0},
    **{f"step.{e}": 1e-3 for e in ENGINES},
    **{f"prefill.{e}": 1.5 for e in ENGINES},
    **{"prefill.moe": 4.0, "prefill.linear": 1.0, "prefill.latent": 2.0},
    **{f"prefill_share.{e}": 0.5 for e in ENGINES},
    **{f"first.{e}": 0.05 for e in ENGINES},
    **{f"wait.{e}": 1.3 for e in ENGINES},
    **{f"burst.{e}": 0.1 for e in ENGINES},
    **{"scenario.server": 0.9, "scenario.interactive": 0.9},
    **{"pool.decode": 1.1, "pool.burst": 0.05},
}
AFTER = ("scenario.server", "scenario.interactive")  # medians once the rest is fitted
LIMITS = {  # what a constant of this name can mean at all
    **{f"memory.{f}": (0.5, 1.0) for f in FAMILIES},
    **{f"cache.{f}": (0.3, 1.0) for f in FAMILIES},
    **{f"compute.{f}": (0.1, 0.95) for f in FAMILIES},
    **{"attention": (0.1, 1.0), "attention.decode": (0.1, 4.0), "link": (0.1, 1.0)},
    **{
        "age.moe": (1.0, 3.0),
        "age.dense": (1.0, 2.0),
        "age.tuned": (1.0, 2.0),
        "held": (0.5, 1.0),
        "power": (0.05, 2.0),
    },
    **{"compute.tuned": (1.0, 2.0), "elementwise": (0.2, 1.0), "route_widths": (1.0, 20.0)},
    **{f"prefill_share.{e}": (0.01, 1.0) for e in ENGINES},
    **{f"burst.{e}": (0.001, 0.5) for e in ENGINES},
}
FREEDOM = 0.5  # standard deviation of a constant's logarithm where the rows say nothing
WIDEST = 40.0  # the others stay within this factor of where they start
POOLS = {"pool.decode": (0.8, 2.0), "pool.burst": (0.001, 1.0)}  # and these on the pools, within bounds
SECONDS = ("exchange", "layer.vllm", "layer.sglang", "layer.trtllm", "layer.mlperf", "step.", "first.")
WEIGHT = {"tpot": 1.0, "ttft": 0.6, "throughput": 4.0}
PULL = 1.0  # of the starting values: the strongest of four at which no figure is predicted worse, groups left out
BEND = 0.08  # error from which a row counts by its distance, not its square
STEPS_IN_POOLS = 8
DRAWS = 2000  # of groups, for the range of a median
DIGITS = 4
SOURCE = "compute-inference-measurements"
OWN = (PREFIX, "accuracy.serving", "accuracy.noise.serving")  # how ids of this script's facts begin
ALIKE = ("model", "accelerator", "precision", "n_accelerators", "input_len", "output_len")
LAYOUT = ("engine", "tp", "pp", "attention_dp", "moe_tp", "ep", "concurrency")


@dataclass(frozen=True)
class Table:
    """Measured runs of both files, repeated ones counted once with their number."""

    runs: list[Asked]
    groups: np.ndarray
    counts: np.ndarray
    tpot: np.ndarray
    ttft: np.ndarray
    rate: np.ndarray
    throughput: np.ndarray  # a row of the throughput file

    def some(self, chosen: np.ndarray) -> Table:
        return Table(
            [r for r, c in zip(self.runs, chosen, strict=True) if c],
            *(getattr(self, n)[chosen] for n in ("groups", "counts", "tpot", "ttft", "rate", "throughput")),
        )

    @property
    def plain(self) -> np.ndarray:
        """One pool and no limits: what the constants are fitted on."""
        return np.array([r.prefill is None and not r.factor for r in self.runs])


def table(ref: Reference) -> Table:
    """All rows that can be predicted."""
    seen: Counter[tuple] = Counter()
    for name in ("inference_latency_measured", "inference_measured"):
        for row in ref.rows(name):
            if "pool" in row.get("scenario", ""):  # half of a service: not what is predicted
                continue
            try:
                run = asked({k: v for k, v in row.items() if v})
            except (GigawattError, CannotPredict):
                continue
            throughput = name == "inference_measured"
            rate = row["output_tokens_per_s_per_acc" if throughput else "derived_output_tokens_per_s_per_acc"]
            times = (math.nan, math.nan) if throughput else (float(row["tpot_ms"]) / 1e3, float(row["ttft_ms"]) / 1e3)
            if not rate or (not throughput and not row["concurrency"]):
                continue
            seen[run, group(row), *(str(t) for t in times), rate, throughput] += 1
    runs, groups, tpot, ttft, rate, throughput = zip(*seen, strict=True)
    numbers = (np.array([float(x) for x in column]) for column in (tpot, ttft, rate))
    return Table(list(runs), np.array(groups), np.array(list(seen.values()), float), *numbers, np.array(throughput))


@dataclass(frozen=True)
class Ready:
    """Plain runs as arrays, so that only constants change between evaluations."""

    table: Table
    fixed: Batch
    kinds: Kinds
    request: Request
    concurrency: np.ndarray
    counted: np.ndarray
    free: np.ndarray
    tried: tuple[Batch, Kinds, Request, np.ndarray] | None  # free rows in every layout, one after the other

    def residuals(self, p: Constants) -> np.ndarray:
        t = self.table
        s = _with(self.fixed, p, self.kinds).at(self.request, self.concurrency)
        rate = s.tokens_per_s_per_accelerator * self.counted
        if self.tried:
            b, k, request, load = self.tried
            each = _with(b, p, k).at(request, np.maximum(load, 1.0)).tokens_per_s_per_accelerator * (load > 0)
            rate = rate.copy()
            rate[self.free] = each.reshape(len(LAYOUTS), -1).max(axis=0)
        late = ~t.throughput
        weight = np.sqrt(t.counts)
        parts = (
            WEIGHT["tpot"] * (np.log(s.tpot_s / t.tpot) * weight)[late],
            WEIGHT["ttft"] * (np.log(s.ttft_s / t.ttft) * weight)[late],
            WEIGHT["throughput"] * (np.log(np.maximum(rate, 1e-3) / t.rate) * weight)[~late],
        )
        return np.concatenate(parts)


def _with(base: Batch, p: Constants, k: Kinds) -> Batch:
    decode, prefill, habits = calibrated(p, k)
    return replace(base, decode=decode, prefill=prefill, habits=habits)


def ready(t: Table) -> Ready:
    facts, p = load_facts(), _whole(START)
    free = np.array([r.free for r in t.runs])
    setups = [replace(r.setup, accelerators=8.0, tensor=8.0) if r.free else r.setup for r in t.runs]
    base = batch(facts, setups, p)
    some = [r for r in t.runs if r.free]
    return Ready(
        table=t,
        fixed=base,
        kinds=kinds(facts, setups, base.shape),
        request=Request(*np.array([r.request for r in t.runs]).T),
        concurrency=np.array([r.concurrency for r in t.runs]),
        counted=np.array([1.0 if r.free else r.setup.accelerators / r.total for r in t.runs]),
        free=free,
        tried=_tried(some) if some else None,
    )


def _tried(some: list[Asked]) -> tuple[Batch, Kinds, Request, np.ndarray]:
    """Runs whose layout is free, in every layout."""
    each = [choices(some, size, copied) for size, copied in LAYOUTS]
    setups = [s for tried, _ in each for s in tried]
    b = batch(load_facts(), setups, _whole(START))
    request = Request(*np.array([r.request for r in some] * len(LAYOUTS)).T)
    return b, kinds(load_facts(), setups, b.shape), request, np.concatenate([load for _, load in each])


def _whole(p: Constants) -> Constants:
    """With the constants that are stated, not fitted."""
    return {**_stated(), **p}


@cache
def _stated() -> Constants:
    facts = load_facts()
    return {f.id.removeprefix(PREFIX): float(f.value) for f in facts.under(PREFIX) if f.source == "assumption"}


class Fit:
    """Constants with the least bent squares of log errors over the plain runs, or over some of them."""

    names = tuple(n for n in START if n not in AFTER and n not in POOLS)

    def __init__(self, t: Table) -> None:
        self.data = ready(t.some(t.plain))
        late, groups = ~self.data.table.throughput, self.data.table.groups
        self.groups = np.concatenate([groups[late], groups[late], groups[~late]])  # of each error
        home = np.log([START[n] for n in self.names])
        low, high = np.log([LIMITS.get(n, (START[n] / WIDEST, START[n] * WIDEST)) for n in self.names]).T
        self.problem = Problem(self.errors, home, np.full(len(home), PULL), (low, high), BEND)

    def constants(self, x: np.ndarray) -> Constants:
        return dict(zip(self.names, np.exp(x).tolist(), strict=True))

    def errors(self, x: np.ndarray) -> np.ndarray:
        return self.data.residuals(_whole({**START, **self.constants(x)}))

    def all_rows(self, steps: int, start: Constants) -> np.ndarray:
        """The fit on all rows."""
        return self.problem.fit(np.log([start.get(n, START[n]) for n in self.names]), steps)

    def spread(self, x: np.ndarray) -> Constants:
        """Standard deviation of each constant's logarithm."""
        at = self.problem.errors(x)
        found = spread(self.problem.slopes(x, at), at[: len(self.groups)], np.full(len(x), FREEDOM))
        return dict(zip(self.names, found.tolist(), strict=True))


def finished(t: Table, p: Constants) -> Constants:
    """What is fitted once step times are known: what limits leave of the throughput, and pools."""
    return in_pools(t, limited(t, {**{n: START[n] for n in (*AFTER, *POOLS)}, **p}))


def limited(t: Table, p: Constants) -> Constants:
    """What arrivals at random and limits leave of the throughput that the curve allows."""
    known = {name: float(np.exp(np.median(left))) for name, (left, _) in _left(t, p).items()}
    return {**p, **dict.fromkeys(AFTER, 1.0), **known}


def _left(t: Table, p: Constants) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Log of measured throughput over what the curve allows, by scenario, and the groups."""
    p, result = {**p, **dict.fromkeys(AFTER, 1.0)}, {}
    for name in AFTER:
        some = t.some(np.array([r.factor == name.partition(".")[2] for r in t.runs]))
        if some.runs:
            result[name] = np.log(some.rate / found(some.runs, _whole(p)).rate), some.groups
    return result


def spread_after(t: Table, p: Constants) -> Constants:
    """Standard deviation of the logarithm of what is fitted once step times are known.

    A median has no slopes: its groups are drawn again, with replacement.
    """
    rng, result = np.random.default_rng(0), {}
    for name, (left, groups) in _left(t, p).items():
        by = [left[groups == g] for g in sorted(set(groups))]
        drawn = (np.concatenate([by[k] for k in rng.integers(len(by), size=len(by))]) for _ in range(DRAWS))
        result[name] = float(np.std([np.median(d) for d in drawn]))
    errors, x = _errors_in_pools(t, p), np.log([p[n] for n in POOLS])
    at = errors(x)
    slopes = np.stack([(errors(x + SLOPE * e) - at) / SLOPE for e in np.eye(len(x))], axis=1)
    found_here = spread(slopes, at[: -len(x)], np.full(len(x), FREEDOM))
    return {**result, **dict(zip(POOLS, found_here.tolist(), strict=True))}


def in_pools(t: Table, p: Constants) -> Constants:
    """How much faster prefill and slower decoding are apart, the rest being known."""
    home, bounds = np.log([START[n] for n in POOLS]), np.log(list(POOLS.values())).T
    how = {"loss": "soft_l1", "f_scale": BEND, "max_nfev": STEPS_IN_POOLS}
    x = least_squares(_errors_in_pools(t, p), home, bounds=bounds, **how).x
    return {**p, **dict(zip(POOLS, np.exp(x).tolist(), strict=True))}


def _errors_in_pools(t: Table, p: Constants) -> Callable[[np.ndarray], np.ndarray]:
    """Errors of the rows in pools by the logarithms of their two constants, and how far these are from their start."""
    pools, home = t.some(np.array([r.prefill is not None for r in t.runs])), np.log([START[n] for n in POOLS])

    def errors(x: np.ndarray) -> np.ndarray:
        e = logs(pools, {**p, **dict(zip(POOLS, np.exp(x), strict=True))})
        weight = np.sqrt(pools.counts)
        return np.concatenate(
            [*(WEIGHT[n] * e[n] * weight for n in ("tpot", "ttft")), e["rate"] * weight, PULL * (x - home)]
        )

    return errors


def logs(t: Table, p: Constants) -> dict[str, np.ndarray]:
    """Log of measured over predicted, by figure; not a number where nothing was measured."""
    f = found(t.runs, _whole(p))
    rate = np.log(t.rate / f.rate)
    return {
        "tpot": np.log(t.tpot / f.tpot_s),
        "ttft": np.log(t.ttft / f.ttft_s),
        "rate": np.where(t.throughput, np.nan, rate),
        "throughput": np.where(t.throughput, rate, np.nan),
    }


def left_out(t: Table, fit: Fit, x: np.ndarray, whole: Constants, steps: int, folds: int) -> dict[str, np.ndarray]:
    """The same, each group predicted by constants fitted without it; `folds` 0: one fit per group."""
    names = sorted(set(t.groups))
    at = fit.problem.errors(x)
    slopes = fit.problem.slopes(x, at)
    result = {name: np.full(len(t.runs), np.nan) for name in WEIGHT | {"rate": 0.0}}
    for k in range(folds or len(names)):
        group = set(names[k :: folds or len(names)])
        of = np.array([g in group for g in t.groups])
        unseen = np.array([g in group for g in fit.groups])
        own = fit.constants(fit.problem.without(unseen, x, at, slopes, steps))
        p = {**whole, **own}
        if any(r.factor for r, o in zip(t.runs, of, strict=True) if o):  # those do not touch plain runs
            p = limited(t.some(~of), p)
        if any(r.prefill is not None for r, o in zip(t.runs, of, strict=True) if o):
            p = in_pools(t.some(~of), p)
        for name, values in logs(t.some(of), p).items():
            result[name][of] = values
        print(f"{k + 1} of {folds or len(names)}", flush=True)
    return result


def statistics(errors: np.ndarray, counts: np.ndarray) -> tuple[float, float, float, int]:
    """Median, mean and ninetieth percentile of |predicted / measured - 1|, rows."""
    there = np.isfinite(errors)
    e = np.repeat(np.abs(np.exp(-errors[there]) - 1.0), counts[there].astype(int))
    return float(np.median(e)), float(e.mean()), float(np.quantile(e, 0.9)), len(e)


def say(title: str, t: Table, errors: dict[str, np.ndarray]) -> None:
    print(title)
    for name, e in errors.items():
        median, mape, p90, n = statistics(e, t.counts)
        print(f"  {name:10} {n:5} rows  median {median:6.1%}  mean {mape:6.1%}  P90 {p90:6.1%}")


def accuracies(t: Table, inside: dict[str, np.ndarray], outside: dict[str, np.ndarray]) -> list[Row]:
    """How wrong we are, figure by figure, and how far measurements of one setting lie apart."""
    facts, shapes = load_facts(), [r.setup for r in t.runs]
    splits = {
        "arch": [kind_of(r) for r in t.runs],
        "family": [str(facts[f"accelerator.{s.accelerator}.family"].value) for s in shapes],
        "precision": [s.precision for s in shapes],
        "engine": [s.engine for s in shapes],
    }
    way = "the group: one model, accelerator, precision and mode or scenario"
    found_rows: list[Row] = []
    for name, errors in outside.items():
        e = Errors(inside[name], errors, t.groups.tolist(), splits["arch"], splits, t.counts)
        found_rows += accuracy(f"serving.{name}", e.some(np.isfinite(errors)), SOURCE, way)
    return found_rows


def noises(ref: Reference) -> list[Row]:
    """Spread of measurements of one setting in either table."""
    late, full = ref.rows("inference_latency_measured"), ref.rows("inference_measured")
    late = [r for r in late if r["mode"] == "agg" and r["tpot_ms"]]
    keys = [tuple(r[c] for c in (*ALIKE, *LAYOUT)) for r in late]
    same = "model, accelerator, precision, lengths, engine and its version, layout and concurrency"
    found_rows: list[Row] = []
    for name, column in (("tpot", "tpot_ms"), ("ttft", "ttft_ms"), ("rate", "derived_output_tokens_per_s_per_acc")):
        known = [(k, float(r[column])) for k, r in zip(keys, late, strict=True) if r[column]]
        found_rows += noise(f"serving.{name}", np.array([v for _, v in known]), [k for k, _ in known], SOURCE, same)
    full = [r for r in full if r["output_tokens_per_s_per_acc"] and r["scenario"].lower() in ("offline", "server")]
    keys = [tuple(r[c].lower() for c in ("model", "accelerator", "precision", "scenario")) for r in full]
    rate = np.array([float(r["output_tokens_per_s_per_acc"]) for r in full])
    same = "model, accelerator, precision and scenario, by other submitters, sizes or rounds"
    return found_rows + noise("serving.throughput", rate, keys, SOURCE, same)


def rows(t: Table, p: Constants, spreads: Constants, outside: dict[str, np.ndarray]) -> list[Row]:
    """The facts."""
    about = {"year": 2026, "cls": "B", "source": "compute-inference-measurements", "where": "derived by us"}
    found_rows = []
    for name, value in p.items():
        unit = "s" if name.startswith(SECONDS) and name != "exchange.blackwell" else "1"
        value, s = float(f"{value:.{DIGITS}g}"), spreads.get(name, math.nan)
        least, most = {**LIMITS, **POOLS}.get(name, (0.0, math.inf))
        ends = {"low": max(value * math.exp(-Z * s), least), "high": min(value * math.exp(Z * s), most)}
        ends = {end: f"{v:.{DIGITS}g}" for end, v in ends.items()} if math.isfinite(s) else {}
        found_rows.append(fact(PREFIX + name, value, unit, note=note_of(name), **ends, **about))
    for name, errors in outside.items():
        kinds_here = np.array([kind_of(r) for r in t.runs])
        for kind in ("dense", "moe", "pools"):
            some = np.isfinite(errors) & (kinds_here == kind)
            if not some.any():
                continue
            note = f"measured over predicted, P10 and P90 of {int(t.counts[some].sum())} rows, each of a group left out"
            for end, value in zip(("low", "high"), interval(errors[some], t.counts[some]), strict=True):
                found_rows.append(fact(f"{PREFIX}error.{name}.{kind}.{end}", f"{value:.3g}", "1", note=note, **about))
    return found_rows


def power_row(ref: Reference) -> Row:
    """Measured over nameplate power of servers at full load."""
    facts = load_facts()
    shares = [
        float(r["power_w"])
        / 1e3
        / float(facts[f"accelerator.{find(facts, r['accelerator'], 'accelerator')}.server_power"].value)
        for r in ref.rows("inference_measured")
        if r["power_w"]
    ]
    return fact(
        f"{PREFIX}power_share",
        f"{np.median(shares):.3g}",
        "1",
        low=f"{min(shares):.3g}",
        high=f"{max(shares):.3g}",
        year=2025,
        cls="B",
        source="compute-inference-measurements",
        where="MLPerf Inference 5.1, power submissions",
        note=f"wall power of whole servers under full load over the maker's maximum, {len(shares)} runs on 8 B200",
    )


def note_of(name: str) -> str:
    """What a constant is."""
    head = name.partition(".")[0]
    return NOTES.get(name) or NOTES.get(head, "")


NOTES = {
    "memory": "share of memory bandwidth reached by weights",
    "memory.moe": "times as much for models with experts",
    "memory.fp4": "times as much for 4-bit weights",
    "memory.prefill": "times as much in prefill, where reading hides behind arithmetic",
    "compute": "share of the dense peak reached",
    "compute.moe": "times as much for models with experts",
    "compute.fp4": "times as much at 4 bit",
    "compute.bf16": "times as much at 16 bit",
    "compute.decode": "times as much in decoding",
    "cache": "share of memory bandwidth reached by the key-value cache",
    "cache.latent": "times as much with latent attention",
    "attention": "share of the 16-bit peak reached by attention in prefill",
    "attention.decode": "the same in decoding; above 1: it hides behind reading the cache",
    "elementwise": "share of memory bandwidth reached by the work between products",
    "route_widths": "numbers moved per token, width and expert visited",
    "link": "share of the scale-up bandwidth reached",
    "exchange": "latency of an exchange per doubling of the accelerators",
    "exchange.blackwell": "times as long on Blackwell",
    "age": "launches and arithmetic that much slower per year of older software",
    "age.tuned": "the same for entries of a benchmark, tuned for it in any year",
    "compute.tuned": "times as much where tuned for a benchmark",
    "power": "arithmetic follows this power of the chip's power per peak, within Blackwell",
    "held": "share of its output for which a sequence takes room in the cache when it starts",
    "layer": "launches of one layer, dense",
    "layer.moe": "times as long with experts",
    "layer.linear": "times as long where some layers see only near tokens",
    "layer.latent": "times as long with latent attention",
    "step": "scheduling and sampling of one step",
    "prefill": "launches of one layer in prefill, over those in decoding, dense",
    "prefill.moe": "times as long with experts",
    "prefill.linear": "times as long where some layers see only near tokens",
    "prefill.latent": "times as long with latent attention",
    "prefill_share": "share of the launches and weight reads of prefill that decoding waits for: prompts share passes",
    "first": "before and after the first pass",
    "wait": "time to first token per time of the own prefill",
    "burst": "share of the requests in flight whose prefill one waits for",
    "scenario": "left of the throughput within its limits, arrivals at random",
    "pool.burst": "share of the requests in flight whose prefill one waits for in pools",
    "pool.decode": "time of a pass in a decode pool over one that shares its accelerators: caches come in meanwhile",
}


def main() -> None:
    """Fit, leave out, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--again", action="store_true", help="start at the constants that ship")
    parser.add_argument("--fold-steps", type=int, default=8)
    parser.add_argument("--folds", type=int, default=0, help="parts of the groups left out together; 0: each alone")
    args = parser.parse_args()
    ref = Reference(args.reference)
    t = table(ref)
    fit = Fit(t)
    x = fit.all_rows(args.steps, constants(load_facts()) if args.again else {})
    p = finished(t, fit.constants(x))
    inside = logs(t, p)
    say("fitted", t, inside)
    outside = left_out(t, fit, x, p, args.fold_steps, args.folds)
    say("groups left out", t, outside)
    kept = [*rows(t, p, {**fit.spread(x), **spread_after(t, p)}, outside), power_row(ref)]
    merge([*kept, *accuracies(t, inside, outside), *noises(ref)], OWN)


if __name__ == "__main__":
    main()
