"""Random power problems, most of them nasty, solved twice: the fast paths against the linear programme.

As a command: ``python3 run.py campaign [COUNT] [YEARS] [SEED]``; a test runs a few of the same.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np

from gigawatt import power
from gigawatt.power import reference
from gigawatt.power.problem import Answer, CapacityLimit, FlexibleLoad, Import, Problem, Source, Store

GAP = 1e-4
AGREE = 1e-6  # relative slack of "below" and "above": the linear programme's own tolerance
LENGTHS = (1, 2, 3, 5, 24, 48, 96, 168, 240, 336, 500, 720, 1000)


def random_problem(rng: np.random.Generator, hours: int | None = None, *, limits: bool = True) -> Problem:
    """A problem of any kind the room takes; adversarial with some probability in every part."""
    hours = int(rng.choice(LENGTHS)) if hours is None else hours
    years = int(rng.choice([1, 1, 1, 2, 3])) if hours <= 500 else 1
    shape = (hours,) if years == 1 else (years, hours)
    peak = float(10.0 ** rng.uniform(-1, 4))
    odd = rng.choice(["", "flat", "zeros", "ties"], p=[0.55, 0.2, 0.1, 0.15])

    def wave(low: float, high: float) -> np.ndarray:
        t = np.arange(hours)
        day = 0.5 + 0.5 * np.cos(2 * np.pi * (t - rng.uniform(0, 24)) / 24)
        x = low + (high - low) * np.clip(day * rng.uniform(0.3, 1.0) + 0.5 * rng.random(shape), 0, 1)
        return np.round(x, 1) if odd == "ties" else x

    load = np.full(shape, peak) if odd == "flat" else peak * np.clip(wave(0.6, 1.0), 0.01, 1.0)
    if odd == "zeros":
        load = load * (rng.random(shape) < 0.7)
        load.flat[0] = peak

    def capacity(typical: float) -> dict[str, float]:
        kind = rng.choice(["free", "bounded", "existing", "fixed", "none"], p=[0.5, 0.25, 0.1, 0.1, 0.05])
        most = peak * typical * rng.uniform(0.2, 3.0)
        return {
            "free": {"max_mw": 20 * peak * typical},
            "bounded": {"max_mw": most},
            "existing": {"existing_mw": 0.3 * most, "min_mw": 0.0, "max_mw": most},
            "fixed": {"min_mw": most, "max_mw": most},
            "none": {"max_mw": 0.0},
        }[kind]

    def money(typical: float) -> float:
        scale = hours / 8760.0 if rng.random() < 0.8 else 1.0
        return float(typical * scale * 10.0 ** rng.uniform(-0.5, 0.5) * (1e3 if rng.random() < 0.03 else 1.0))

    sources = []
    names = [
        str(n) for n in rng.permutation(["solar", "wind", "gas", "diesel", "nuclear", "hydro"])[: rng.integers(0, 6)]
    ]
    capped, blocks, ramps = limits and rng.random() < 0.15, rng.random() < 0.1, rng.random() < 0.05
    for name in names:
        weather = name in ("solar", "wind")
        can = (
            np.clip(wave(-0.4, 1.0), 0, 1)
            if weather
            else (1.0 if rng.random() < 0.6 else np.clip(wave(0.5, 1.2), 0, 1))
        )
        price = 0.0 if weather else float(rng.choice([0.0, 8.0, 30.0, 65.0, 120.0, 250.0]))
        sources.append(
            Source(
                name=name,
                availability=can,
                fixed_usd_per_mw_year=money({"solar": 45e3, "wind": 110e3, "nuclear": 5e5}.get(name, 8e4)),
                variable_usd_per_mwh=price if rng.random() < 0.8 else price + wave(0.0, 40.0),
                carbon_intensity_kg_per_mwh=0.0 if weather or name in ("nuclear", "hydro") else 400.0,
                clean_share=1.0 if weather or name in ("nuclear", "hydro") else 0.0,
                take_or_pay=name == "nuclear" and rng.random() < 0.5,
                unit_mw=peak * rng.uniform(0.1, 0.4) if blocks and not weather and hours <= 500 else 0.0,
                max_ramp_per_hour=float(rng.uniform(0.1, 0.5)) if ramps and not weather else np.inf,
                min_load=0.2 if ramps and name == "gas" else 0.0,
                max_mwh_per_year=peak * hours * rng.uniform(0.02, 0.5) if capped and name == "gas" else np.inf,
                **capacity(1.0),
            )
        )
    grid = None
    if rng.random() < 0.6:
        price = wave(10.0, 150.0)
        if rng.random() < 0.2:
            price = price - 60.0
        grid = Import(
            price_usd_per_mwh=80.0 if odd == "flat" else price,
            carbon_intensity_kg_per_mwh=200.0,
            clean_share=0.4,
            connection_usd_per_mw_year=money(3e4),
            demand_charge_usd_per_mw_year=money(3e4),
            limit_mw=peak * rng.uniform(0.1, 2.0),
            existing_mw=peak * 0.2 if rng.random() < 0.2 else 0.0,
            availability=1.0 if rng.random() < 0.7 else (rng.random(shape) < 0.9).astype(float),
        )
        if rng.random() < 0.25:
            sources.append(
                Source(
                    name="tier",
                    availability=1.0,
                    fixed_usd_per_mw_year=money(1e3),
                    variable_usd_per_mwh=float(rng.uniform(0, 90)),
                    carbon_intensity_kg_per_mwh=100.0,
                    clean_share=0.5,
                    through_connection=True,
                    take_or_pay=rng.random() < 0.3,
                    max_mw=peak,
                )
            )
    stores = ()
    if rng.random() < 0.8:
        seasonal = rng.random() < 0.15
        most_p, most_e = peak * rng.uniform(0.5, 5.0), peak * (2000.0 if seasonal else rng.uniform(0.1, 200.0))
        none = rng.random()
        stores = (
            Store(
                name="battery",
                power_usd_per_mw_year=money(14e3),
                energy_usd_per_mwh_year=money(16e3 if not seasonal else 50.0),
                charge_efficiency=float(rng.choice([1.0, 0.94, 0.6])),
                discharge_efficiency=float(rng.choice([1.0, 0.94, 0.6])),
                self_discharge_per_hour=float(rng.choice([0.0, 5e-5, 1e-3, 0.3], p=[0.3, 0.4, 0.2, 0.1])),
                charge_usd_per_mw_year=money(5e3) if rng.random() < 0.2 else None,
                variable_usd_per_mwh=float(rng.choice([0.0, 0.0, 5.0])),
                max_power_mw=0.0 if none < 0.05 else most_p,
                max_charge_mw=5 * peak,
                max_energy_mwh=0.0 if 0.05 < none < 0.1 else most_e,
                existing_power_mw=0.05 * most_p if 0.1 < none < 0.2 else 0.0,
                existing_energy_mwh=0.05 * most_e if 0.1 < none < 0.2 else 0.0,
            ),
        )
    flexible = ()
    if rng.random() < 0.25:
        flexible = (
            FlexibleLoad(name="batch", mw=0.3 * load, usd_per_mwh=float(rng.uniform(50, 400))),
            FlexibleLoad(name="later", mw=0.1 * peak, usd_per_mwh=float(rng.uniform(100, 1000))),
        )
    rows = []
    if rng.random() < 0.2 and sources:
        terms = tuple((s.name, 1.0) for s in sources)
        rows.append(CapacityLimit(name="land", terms=terms, upper=peak * rng.uniform(1.0, 8.0)))
    if rng.random() < 0.15 and stores:
        rows.append(
            CapacityLimit(
                name="duration", terms=(("battery.energy", 1.0), ("battery.power", -4.0)), lower=0.0, upper=0.0
            )
        )
    share = {}
    if limits and rng.random() < 0.4:
        share = {
            "carbon": {"max_carbon_kg_per_mwh": float(rng.uniform(20, 250))},
            "hourly": {"min_clean_share_hourly": float(rng.uniform(0.3, 0.95))},
            "annual": {"min_clean_share_annual": float(rng.uniform(0.3, 1.2))},
            "unserved": {"max_unserved_fraction": float(rng.choice([0.0, 1e-4, 1e-3, 1e-2]))},
            "hours": {"max_lost_load_hours": float(rng.choice([0.0, 1.0, 3.0]))},
        }[rng.choice(["carbon", "hourly", "annual", "unserved"] + ["hours"] * (load.size <= 200))]
    return Problem(
        load_mw=load,
        voll_usd_per_mwh=None if rng.random() < 0.1 else float(rng.choice([300.0, 5000.0, 1e5])),
        sources=tuple(sources),
        stores=stores,
        grid=grid,
        flexible=flexible,
        capacity_limits=tuple(rows),
        step_hours=float(rng.choice([1.0, 1.0, 1.0, 3.0, 0.25])),
        firm_margin=0.1 if rng.random() < 0.1 else None,
        **share,
    )


@dataclass
class Outcome:
    """What one problem showed."""

    seed: int
    path: str
    gap: float
    fault: str
    seconds: float


def compared(seed: int, hours: int | None = None, *, limits: bool = True) -> Outcome:
    """Solve one random problem both ways; `fault` is empty where all bounds hold."""
    problem = random_problem(np.random.default_rng(seed), hours, limits=limits)
    began = time.process_time()
    answer = power.solve(problem, gap=GAP)
    took = time.process_time() - began
    if answer.path == "lp":
        return Outcome(seed, "lp " + "; ".join(answer.tried), answer.gap, broken(answer), took)
    truth = reference.solve(problem)
    if words := broken(truth):
        return Outcome(seed, answer.path, answer.gap, f"the programme's own plan: {words}", took)
    return Outcome(seed, answer.path, answer.gap, fault(answer, truth), took)


def fault(answer: Answer, truth: Answer) -> str:
    """In words what is wrong between an answer and the linear programme's."""
    if truth.status != answer.status:
        return f"status {answer.status}, programme says {truth.status}"
    if answer.status != "optimal":
        return ""
    scale = abs(truth.upper_bound_usd_per_year) + 1e-9
    if answer.lower_bound_usd_per_year > truth.upper_bound_usd_per_year + AGREE * scale:
        return f"lower bound {answer.lower_bound_usd_per_year:.9g} above {truth.upper_bound_usd_per_year:.9g}"
    if answer.upper_bound_usd_per_year < truth.lower_bound_usd_per_year - AGREE * scale:
        return f"upper bound {answer.upper_bound_usd_per_year:.9g} below {truth.lower_bound_usd_per_year:.9g}"
    return broken(answer) or ("" if answer.gap <= GAP * (1 + 1e-9) else f"gap {answer.gap:.1e}")


def broken(answer: Answer) -> str:
    """In words which constraints a plan breaks, and by how much."""
    v = answer.violations
    if v is None:
        return ""
    peak = float(answer.load_mw.max())
    worst = max(v.balance_mw, v.capacity_mw, v.connection_mw, v.bounds_mw, v.storage_mwh) / peak
    return f"violated by {worst:.1e}: {v}" if max(worst, v.limits) > 1e-6 else ""


def main(count: int = 2000, years: int = 50, seed: int = 0) -> int:
    """Run `count` short problems and `years` full ones; print every fault and a summary; 1 if there is a fault."""
    outcomes = []
    for i in range(seed, seed + count + years):
        outcome = compared(i, None if i < seed + count else int(np.random.default_rng(i).choice([8760, 8784])))
        outcomes.append(outcome)
        if outcome.fault:
            print(f"problem {i}: {outcome.fault}", flush=True)
    paths = Counter(o.path.split(":")[0] for o in outcomes)
    print(f"{len(outcomes)} problems; paths {dict(paths)}; faults {sum(bool(o.fault) for o in outcomes)}")
    return int(any(o.fault for o in outcomes))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
