"""Whole plans in draws: seconds for 10,000 of them with the split by part, and what dealing the draws evenly gains.

    python3 run.py benchmark uncertainty [--quick] [--json]

Three questions: one whose mix the weather and prices move, one whose supply is named, one that a budget sizes. The
split is of one process, in seconds of its processor; the wall clock is of all cores. The second table has the standard
error of quantiles over many seeds by three ways of drawing: thrown (plain), dealt (ours), scrambled Sobol (SciPy).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections import defaultdict
from contextlib import contextmanager

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from gigawatt.chapters import sizing
from gigawatt.plan import facts_for, prepare, tell
from gigawatt.record import Steps
from gigawatt.scenario import read
from gigawatt.uncertainty import case, mixes, runs, simulate
from gigawatt.uncertainty.sample import Joint, Sampler

DAY = "2026-11-23"
QUESTIONS = {
    "Kenya, 100 MW": {"place": "Kenya", "power": "100 MW", "by": "2031"},
    "France, 1 GW nuclear": {"place": "France", "budget": "109 B€", "power": "1 GW nuclear", "by": "2031"},
    "Germany, 5 B€": {"place": "Germany", "budget": "5 B€"},
}
FIGURES = ("capex", "lcoc_full", "lcoe", "full_months")
TIMED = {
    "weather years": (case, "in_year"),
    "power mixes made anew": (mixes, "_plans"),
    "the design operated": (mixes, "_operated"),
    "all of the mixes, priced": (case, "mixes"),
    "the story": (case._Telling, "tell"),
    "packing": (runs, "_packed"),
}


@contextmanager
def timed(spent):
    """Processor seconds in each part while inside."""
    kept = {part: getattr(*where) for part, where in TIMED.items()}

    def watch(part, call):
        def wrapped(*args, **more):
            start = time.process_time()
            try:
                return call(*args, **more)
            finally:
                spent[part] += time.process_time() - start

        return wrapped

    for part, (where, name) in TIMED.items():
        setattr(where, name, watch(part, kept[part]))
    try:
        yield
    finally:
        for part, (where, name) in TIMED.items():
            setattr(where, name, kept[part])


def speed(name, question, draws, workers):
    """Seconds of one question: split on one process, wall clock and memory on all."""
    s = read({**question, "as_of": DAY})
    spent = defaultdict(float)
    with timed(spent):
        start = time.process_time()
        simulate(s, draws=draws)
        spent["in all"] = time.process_time() - start
    start = time.perf_counter()
    simulate(s, draws=draws, workers=workers)
    wall = time.perf_counter() - start
    return {
        "question": name,
        "draws": draws,
        "workers": workers,
        "wall_s": wall,
        "processor_s": dict(spent),
        "worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3,
        "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


class Thrown(Sampler):
    """Independent normal numbers."""

    def normal(self, key):
        return np.random.Generator(np.random.Philox([self.seed, *key.encode()])).standard_normal(self.n)


class Sobol(Sampler):
    """Scrambled Sobol points, a dimension per key in the order of first use."""

    DIMENSIONS = 256

    def __init__(self, facts, n, seed):
        super().__init__(facts, n, seed)
        points = qmc.Sobol(self.DIMENSIONS, scramble=True, rng=np.random.default_rng(seed)).random(n)
        self.points, self.at = ndtri(np.clip(points, 1e-12, 1 - 1e-12)), {}

    def normal(self, key):
        return self.points[:, self.at.setdefault(key, len(self.at))]


def sampling(question, draws, seeds):
    """Standard error of P10, P50 and P90 over seeds, by way of drawing, over that of thrown draws; and what we say."""
    s = read({**question, "as_of": DAY})
    facts = facts_for(s)
    step = Steps(facts, s.price_year)
    shared, ask = prepare(step, s), sizing.ask_of(step, s)
    found, said = {}, defaultdict(list)
    for way in (Thrown, Sampler, Sobol):
        rows = []
        for seed in range(seeds):
            joint = Joint(way(facts, draws, seed), np.arange(draws))
            o = tell(Steps(facts, s.price_year, joint), s, shared, ask)
            values = {"full_months": o.calendar.full_months} | {k: getattr(o.money, k) for k in FIGURES[:3]}
            rows.append([np.quantile(values[k], [0.1, 0.5, 0.9]) for k in FIGURES])
            if way is Sampler:
                from gigawatt.uncertainty.ensemble import standard_errors

                for k in FIGURES:
                    said[k].append(standard_errors(np.asarray(values[k])))
        found[way.__name__] = np.std(rows, axis=0)
    plain = found["Thrown"]
    return {
        "draws": draws,
        "seeds": seeds,
        "error_over_thrown": {
            name: {k: (x / plain)[i].round(2).tolist() for i, k in enumerate(FIGURES)} for name, x in found.items()
        },
        "said_over_real": {
            k: (np.mean(said[k], axis=0) / found["Sampler"][i]).round(2).tolist() for i, k in enumerate(FIGURES)
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="1,000 draws, 20 seeds")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    draws, seeds = (1_000, 20) if given.quick else (10_000, 100)
    workers = os.cpu_count() or 1
    simulate(read({**QUESTIONS["Kenya, 100 MW"], "as_of": DAY}), draws=64)  # compiled code is loaded once
    rows = [speed(name, question, draws, workers) for name, question in QUESTIONS.items()]
    gain = sampling(QUESTIONS["Kenya, 100 MW"], 256, seeds)
    if given.json:
        json.dump({"speed": rows, "sampling": gain}, sys.stdout, indent=1)
        return
    for row in rows:
        print(
            f"{row['question']}: {row['draws']:,} draws in {row['wall_s']:.1f} s on {row['workers']} processes, "
            f"{row['own_mb']:.0f} MB here, {row['worker_mb']:.0f} MB the largest worker"
        )
        print("   processor seconds, one process: " + ", ".join(f"{k} {v:.1f}" for k, v in row["processor_s"].items()))
    print(
        f"standard errors of P10, P50, P90 over those of thrown draws ({gain['draws']} draws, {gain['seeds']} seeds):"
    )
    for way, of in gain["error_over_thrown"].items():
        print(f"   {way:8s}", "; ".join(f"{k} {' '.join(f'{x:.2f}' for x in v)}" for k, v in of.items()))
    print("   said over real:", "; ".join(f"{k} {' '.join(map(str, v))}" for k, v in gain["said_over_real"].items()))


if __name__ == "__main__":
    main()
