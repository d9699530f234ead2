"""Measure power in phases against the one large linear programme: `python3 run.py benchmark phased [--quick] [--json]`.

Both solve the same problems on one thread; times are CPU seconds of this process, building of the model included,
without imports. HiGHS runs twice: to its vertex, and with its interior point told to stop at the same gap; the better
of the two counts. A row fails when the bounds of one do not hold the other's optimum, or a plan breaks a constraint.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from gigawatt.power import lp, phased, phased_lp
from gigawatt.power.phases import Battery, PhasedAnswer, PhasedProblem, Plant

GAP = 1e-3
SAME = 1e-6
HOURS = 8760
SIZES, QUICK = ((3, 2190), (5, 2190), (3, 4380)), ((3, 1095),)  # phases, steps of the year; the programme grows fast
TIMES = 3


def problem(phases: int, hours: int, seed: int) -> PhasedProblem:
    """A campus that grows while engines, turbines, a curtailable connection and sun bridge to the grid."""
    rng = np.random.default_rng(seed)
    t = np.arange(hours) * (HOURS / hours)
    sun = np.maximum(np.sin((t % 24 - 6) / 12 * np.pi), 0.0) * (0.7 + 0.3 * np.cos((t / HOURS - 0.5) * 2 * np.pi))
    sun *= np.repeat(rng.uniform(0.4, 1.0, hours // 24 + 1), 24)[:hours]
    price = 70 + 25 * np.sin(t / 24 * 2 * np.pi) + 15 * np.cos(t / HOURS * 2 * np.pi) + 10 * rng.random(hours)
    size = np.linspace(100.0, 500.0, phases)[:, None]
    load = size * (0.9 + 0.08 * np.sin((t / 24 - 0.4) * 2 * np.pi) + 0.02 * rng.random((phases, hours)))

    def from_phase(first: int, most: float) -> np.ndarray:
        return np.where(np.arange(phases) >= first, most, 0.0)

    def engine(name: str, first: int, capex: float, usd_per_mwh: float, resale: float) -> Plant:
        return Plant(
            name=name,
            limit_mw=from_phase(first, np.inf),
            availability=1.0 - 0.1 * rng.random(hours),
            capex_usd_per_mw=capex,
            fixed_usd_per_mw_year=2e4,
            variable_usd_per_mwh=usd_per_mwh,
            resale_share=resale,
            life_years=25.0,
            removal_usd_per_mw=2e4,
            firm_credit=0.95,
            leaves=(phases - 2,),
        )

    return PhasedProblem(
        names=tuple(f"phase {p}" for p in range(phases)),
        years=np.append(np.full(phases - 1, 0.75), 12.0),
        load_mw=load,
        rate_per_year=0.07,
        plants=(
            engine("engines", 0, 1.4e6, 85.0, 0.6),
            engine("turbines", min(1, phases - 1), 1.3e6, 110.0, 0.7),
            Plant(
                name="curtailable",
                limit_mw=from_phase(min(1, phases - 2), 150.0),
                availability=np.where(price > np.quantile(price, 0.95), 0.0, 1.0),
                fixed_usd_per_mw_year=3e4,
                variable_usd_per_mwh=price,
            ),
            Plant(
                name="grid",
                limit_mw=from_phase(phases - 1, np.inf),
                fixed_usd_per_mw_year=5e4,
                variable_usd_per_mwh=price,
            ),
            Plant(
                name="solar",
                limit_mw=from_phase(0, 1e3),
                availability=sun,
                capex_usd_per_mw=8e5,
                fixed_usd_per_mw_year=1e4,
                resale_share=0.5,
                life_years=30.0,
                leaves=(),
            ),
        ),
        battery=Battery(
            name="battery",
            limit_mw=from_phase(0, np.inf),
            power_usd_per_mw=1.2e5,
            energy_usd_per_mwh=1.3e5,
            charge_efficiency=0.94,
            discharge_efficiency=0.94,
            self_discharge_per_hour=4e-5,
            resale_share=0.4,
            life_years=15.0,
            leaves=(phases - 2,),
        ),
        voll_usd_per_mwh=np.append(np.full(phases - 1, 450.0), 5000.0),
        reserve_mw=np.append(np.zeros(phases - 1), 150.0),
        step_hours=HOURS / hours,
    )


def timed(call: Callable[[], PhasedAnswer], times: int) -> tuple[float, PhasedAnswer]:
    """Median CPU seconds and the answer."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        answer = call()
        spent.append(time.process_time() - start)
    return statistics.median(spent), answer


def to_the_gap(posed: PhasedProblem) -> PhasedAnswer:
    """The linear programme by HiGHS's interior point, stopped at the gap."""
    run = lp.run
    options = {"solver": "ipm", "run_crossover": "off", "ipm_optimality_tolerance": GAP}
    lp.run = lambda model, **more: run(model, **{**more, **options})  # type: ignore[assignment]
    try:
        return phased_lp.solve(posed)
    finally:
        lp.run = run


def row(phases: int, hours: int) -> dict[str, Any]:
    """One instance: our time and HiGHS's."""
    phased.solve(problem(phases, hours, 1), gap=GAP)
    posed = problem(phases, hours, 0)
    ours, a = timed(lambda: phased.solve(posed, gap=GAP), TIMES)
    vertex, b = timed(lambda: phased_lp.solve(posed), 1)
    inner, c = timed(lambda: to_the_gap(posed), 1)
    inner = inner if c.status == "optimal" and c.upper_bound_usd <= b.upper_bound_usd * (1.0 + 2.0 * GAP) else np.inf
    faults = []
    if a.path != "cuts" or not a.gap <= GAP:
        faults.append(f"path {a.path}, gap {a.gap:.1e}")
    low, high = b.lower_bound_usd * (1.0 - SAME), b.upper_bound_usd * (1.0 + SAME)
    if a.lower_bound_usd > high or a.upper_bound_usd < low:
        faults.append("bounds do not hold the optimum")
    if a.violations is None or a.violations.worst_mw > SAME * posed.load_mw.max():
        faults.append("the plan breaks a constraint")
    best = min(vertex, inner)
    return {
        "phases": phases,
        "steps": hours,
        "evaluations": 0 if a.cuts is None else len(a.cuts.intercept),
        "gap": a.gap,
        "ours_ms": 1e3 * ours,
        "highs_vertex_s": vertex,
        "highs_at_the_gap_s": inner if np.isfinite(inner) else None,
        "ratio": best / ours,
        "failures": faults,
    }


def main() -> None:
    """Print a table or JSON; exit code 1 when a row failed."""
    quick = "--quick" in sys.argv
    rows = [row(*size) for size in (QUICK if quick else SIZES)]
    if "--json" in sys.argv:
        print(json.dumps(rows, indent=1))
    else:
        for r in rows:
            at_gap = "none" if r["highs_at_the_gap_s"] is None else f"{r['highs_at_the_gap_s']:.1f} s"
            print(
                f"{r['phases']} phases of {r['steps']} steps: {r['ours_ms']:.0f} ms at gap {r['gap']:.1e} "
                f"({r['evaluations']} evaluations); HiGHS {r['highs_vertex_s']:.1f} s to the vertex, "
                f"{at_gap} at the gap; ratio {r['ratio']:.0f} {'; '.join(r['failures'])}"
            )
    sys.exit(1 if any(r["failures"] for r in rows) else 0)


if __name__ == "__main__":
    main()
