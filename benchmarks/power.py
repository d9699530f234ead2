"""Measure the power solver: `python3 run.py benchmark power [--quick] [--json]`.

Everyone solves the same problems (`instances`) on one thread. Times are CPU seconds of this process with the building
of the model and without imports. Ours is the median of several calls after one on another problem; the rivals
(`rivals`) run once, they are slow. HiGHS simplex, within PyPSA and without, ends at a vertex and knows the optimum; we
stop at a proven gap; HiPO is told to stop at the same gap. So read the gap beside every ratio.

A row fails when our bounds do not hold the optimum between them, when the gap is wider than asked, when the plan
costs something else than we say, or breaks a constraint. A failure is printed and makes the exit code 1.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import instances
import numpy as np
import rivals
from rich.console import Console
from rich.table import Table

from gigawatt.power import account
from gigawatt.power.problem import Answer, Problem

Solver = Callable[..., Answer]
SOLVERS = {"fast": "gigawatt.power", "reference": "gigawatt.power.reference"}  # module that has `solve`
QUICK = ("perpignan grid", "kutch grid", "workum off-grid", "kiruna off-grid")
GAPS = (1e-3, 1e-4)
YEARS, REDRAWS, SEED = 10, 1000, 0
SAME = 1e-6  # relative: bounds against rivals, and rivals against each other
SMALL_HOURS = 480
FAILED, UNREADABLE = 1, 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instance at one gap.

    Attributes
    ----------
    instance, path : str
        Name, and which path of our solver made the answer. [text]
    gap, gap_reached : float
        Asked, and proven by our two bounds. [-]
    lower_usd_per_year, upper_usd_per_year : float
        Our bounds. [USD/year]
    ours_ms : float
        Median CPU time. [ms]
    rival_s, rival_usd_per_year, ratio : dict of str to float
        Per rival: CPU time, objective, its time over ours (NaN where the row failed). [s], [USD/year], [-]
    rival_status : dict of str to str
        Per rival: `optimal`, or what is wrong with its answer. [text]
    failures : tuple of str
        What does not hold; empty is good. [text]
    """

    instance: str
    path: str
    gap: float
    gap_reached: float
    lower_usd_per_year: float
    upper_usd_per_year: float
    ours_ms: float
    rival_s: dict[str, float]
    rival_usd_per_year: dict[str, float]
    ratio: dict[str, float]
    rival_status: dict[str, str]
    failures: tuple[str, ...]


def solver(module: str) -> Solver:
    """Our solver as `solve(problem, gap=...)`; the reference takes no gap and gets none."""
    solve = import_module(module).solve
    return solve if "gap" in inspect.signature(solve).parameters else lambda problem, gap: solve(problem)


def cpu_ms(call: Callable[[], Any], repeats: int) -> tuple[Any, float]:
    """The last result of a call and its median CPU time. [ms]"""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        result = call()
        times.append(time.process_time() - start)
    return result, 1e3 * statistics.median(times)


def gap_of(answer: Answer) -> float:
    """Relative distance of the two bounds, whatever the answer calls its gap."""
    lower, upper = answer.lower_bound_usd_per_year, answer.upper_bound_usd_per_year
    return (upper - lower) / abs(upper)


def own_failures(problem: Problem, answer: Answer, gap: float) -> list[str]:
    """What an answer claims and its decision does not bear out, recomputed here."""
    if answer.status != "optimal" or answer.decision is None:
        return [f"status is {answer.status}"]
    upper, failures = answer.upper_bound_usd_per_year, []
    if not gap_of(answer) <= gap * (1.0 + 1e-9):
        failures.append(f"gap is {gap_of(answer):.2e}, asked {gap:.0e}")
    cost = account.accounted(problem, answer.decision).objective_usd_per_year
    if not abs(cost - upper) <= 1e-9 * abs(upper):
        failures.append(f"the plan costs {cost:,.2f} USD/year, the upper bound says {upper:,.2f}")
    broken = dataclasses.asdict(account.violations(problem, answer.decision))
    del broken["simultaneous_mwh_per_year"]  # dear, but allowed
    worst = max(broken, key=lambda k: broken[k])
    if not broken[worst] <= SAME * float(problem.load_mw.max()):
        failures.append(f"violation: {worst} is {broken[worst]:.2e}")
    return failures


def rival_failures(answer: Answer, exact: list[rivals.Run]) -> list[str]:
    """Where our bounds and the exact rivals contradict each other, or one rival the other."""
    lower, upper, failures = answer.lower_bound_usd_per_year, answer.upper_bound_usd_per_year, []
    for run in exact:
        if run.status != "optimal":
            failures.append(f"{run.rival} ended {run.status}")
        if not lower <= run.usd_per_year * (1.0 + SAME):
            failures.append(f"lower bound {lower:,.2f} is above {run.rival}, {run.usd_per_year:,.2f} USD/year")
        if not upper >= run.usd_per_year * (1.0 - SAME):
            failures.append(f"upper bound {upper:,.2f} is below {run.rival}, {run.usd_per_year:,.2f} USD/year")
    costs = [run.usd_per_year for run in exact]
    if not max(costs) - min(costs) <= SAME * abs(min(costs)):
        failures.append(f"the rivals disagree: {', '.join(f'{run.rival} {run.usd_per_year:,.2f}' for run in exact)}")
    return failures


def status_at(run: rivals.Run, optimum: float, gap: float) -> str:
    """A rival's status; `optimal` only if it is as near to the optimum as was asked of us."""
    off = run.usd_per_year / optimum - 1.0
    return run.status if run.status != "optimal" or abs(off) <= gap else f"off by {off:+.1e}"


def compare(
    instance: instances.Instance,
    other: Problem,
    solve: Solver,
    *,
    gaps: tuple[float, ...],
    repeats: int,
    all_rivals: bool,
) -> list[Row]:
    """Solve one instance by everybody; `other` is the problem of the warm-up call."""
    problem, rows = instance.problem, []
    exact = [rivals.pypsa_default(problem)]
    if all_rivals:
        exact.append(rivals.lean(problem))
    for gap in gaps:
        runs = [*exact, rivals.hipo(problem, gap=gap)] if all_rivals else exact
        solve(other, gap=gap)
        answer, ours_ms = cpu_ms(partial(solve, problem, gap=gap), repeats)
        failures = (*own_failures(problem, answer, gap), *rival_failures(answer, exact))
        rows.append(
            Row(
                instance=instance.name,
                path=answer.path,
                gap=gap,
                gap_reached=gap_of(answer),
                lower_usd_per_year=answer.lower_bound_usd_per_year,
                upper_usd_per_year=answer.upper_bound_usd_per_year,
                ours_ms=ours_ms,
                rival_s={r.rival: r.seconds for r in runs},
                rival_usd_per_year={r.rival: r.usd_per_year for r in runs},
                ratio={r.rival: math.nan if failures else 1e3 * r.seconds / ours_ms for r in runs},
                rival_status={r.rival: status_at(r, exact[-1].usd_per_year, gap) for r in runs},
                failures=failures,
            )
        )
    return rows


def best_ratio(row: Row) -> float:
    """Ratio to the better of the rivals that are not PyPSA and reached the gap; NaN if none did."""
    reached = [row.ratio[name] for name, status in row.rival_status.items() if name != "pypsa" and status == "optimal"]
    return min(reached, default=math.nan)


def summary(rows: list[Row]) -> dict[str, float]:
    """The four figures of a set of rows: ratios to PyPSA, the widest proven gap, our time. One failure makes it NaN."""
    ratios = [row.ratio["pypsa"] for row in rows]
    return {
        "geomean_ratio": geomean(ratios),
        "min_ratio": float(np.min(ratios)),
        "max_gap": float(np.max([row.gap_reached for row in rows])),
        "median_ms": float(np.median([row.ours_ms for row in rows])),
    }


def geomean(values: list[float]) -> float:
    """Geometric mean; NaN if a value is."""
    return float(np.exp(np.mean(np.log(values))))


def full_summary(rows: list[Row]) -> dict[str, dict[str, float]]:
    """Per gap, the four figures and the ratios to the better of lean simplex and HiPO."""
    found = {}
    for gap in GAPS:
        mine = [row for row in rows if row.gap == gap]
        best = [best_ratio(row) for row in mine]
        more = {"geomean_ratio_best": geomean(best), "min_ratio_best": float(np.min(best))}
        found[f"{gap:.0e}"] = summary(mine) | more
    return found


def ten_years(named: dict[str, Problem], solve: Solver, *, repeats: int) -> tuple[list[dict[str, Any]], list[str]]:
    """Our time on several weather years against one, and what failed."""
    rows, failures, gap = [], [], GAPS[0]
    for name in QUICK:
        one, ten = named[name], instances.many_years(named[name], years=YEARS, seed=SEED)
        solve(instances.many_years(one, years=2, seed=SEED + 1), gap=gap)
        _, one_ms = cpu_ms(partial(solve, one, gap=gap), repeats)
        answer, ten_ms = cpu_ms(partial(solve, ten, gap=gap), repeats)
        row = {"instance": name, "one_ms": one_ms, "ten_ms": ten_ms, "ratio": ten_ms / one_ms}
        rows.append(row | {"gap_reached": gap_of(answer)})
        failures += [f"{name}, {YEARS} years: {text}" for text in own_failures(ten, answer, gap)]
    return rows, failures


def redraws(named: dict[str, Problem], solve: Solver, module: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Our time on many draws of the investment costs that share their cuts, against cold solves, and what failed.

    A factor from 0.85 to 1.15 per technology and draw; every hundredth draw is solved cold too and must agree.
    """
    rows: list[dict[str, Any]] = []
    failures: list[str] = []
    gap = GAPS[0]
    if module != SOLVERS["fast"]:
        return rows, failures
    from gigawatt.power.redraw import fixed_costs, with_costs
    from gigawatt.power.redraw import redraws as drawn

    warm_up = fixed_costs(named[QUICK[-1]])
    drawn(named[QUICK[-1]], {key: value * np.array([1.0, 1.1]) for key, value in warm_up.items()}, gap=gap)
    for name in QUICK:
        base = fixed_costs(named[name])
        rng = np.random.default_rng(SEED)
        factor = {tech: rng.uniform(0.85, 1.15, REDRAWS) for tech in sorted({key.split(".")[0] for key in base})}
        costs = {key: value * factor[key.split(".")[0]] for key, value in base.items()}
        result, all_ms = cpu_ms(partial(drawn, named[name], costs, gap=gap), 1)
        cold = []
        for i in range(0, REDRAWS, REDRAWS // 10):
            draw = with_costs(named[name], {key: float(value[i]) for key, value in costs.items()})
            answer, ms = cpu_ms(partial(solve, draw, gap=gap), 1)
            cold.append(ms)
            lower = max(answer.lower_bound_usd_per_year, result.lower_usd_per_year[i])
            upper = min(answer.upper_bound_usd_per_year, result.upper_usd_per_year[i])
            if not lower <= upper * (1.0 + SAME):
                failures.append(f"{name}, redraw {i}: cold solve and shared cuts contradict each other")
        wide = (result.upper_usd_per_year - result.lower_usd_per_year) / result.upper_usd_per_year
        if not wide.max() <= gap * (1.0 + SAME):
            failures.append(f"{name}, redraws: gap {wide.max():.1e}")
        cold_ms, warm_ms = statistics.median(cold), all_ms / REDRAWS
        rows.append({"instance": name, "cold_ms": cold_ms, "warm_ms": warm_ms, "ratio": cold_ms / warm_ms})
    return rows, failures


def profiles_ms(reference: Path) -> float:
    """Median CPU time from weather to capacity factors and load, over the sites. [ms]"""
    loaded = [instances.read_weather(site, reference) for site in instances.SITES]
    return statistics.median(cpu_ms(partial(instances.profiles, w), 5)[1] for w in loaded)


START_UP = """
import json, sys, time
from importlib import import_module
from pathlib import Path
marks = [time.perf_counter()]
solve = import_module(sys.argv[1]).solve
marks.append(time.perf_counter())
import instances
made = instances.instances(Path(sys.argv[2]), instances.SITES[:1])
one, other = (instances.shortened(x.problem, int(sys.argv[3])) for x in made)
marks.append(time.perf_counter())
solve(one)
marks.append(time.perf_counter())
solve(other)
marks.append(time.perf_counter())
taken = [after - before for before, after in zip(marks, marks[1:])]
print(json.dumps({"import_s": taken[0], "first_call_s": taken[2], "next_call_s": taken[3]}))
"""


def start_up(module: str, reference: Path) -> dict[str, dict[str, float]]:
    """Wall seconds of import and of the first calls in a new process: once with nothing compiled, once after that."""
    with tempfile.TemporaryDirectory() as cache:
        path = os.pathsep.join([str(Path(__file__).resolve().parent), *filter(None, sys.path)])
        env = os.environ | {"PYTHONPATH": path, "NUMBA_CACHE_DIR": cache}
        command = [sys.executable, "-c", START_UP, module, str(reference), str(SMALL_HOURS)]

        def once() -> dict[str, float]:
            return json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout)

        return {"never_compiled": once(), "compiled": once()}


def table(rows: list[Row]) -> Table:
    """The rows for people."""
    shown = Table(title="CPU time on one thread, model build included", title_justify="left")
    names = list(rows[0].rival_s)
    shown.add_column("instance")
    shown.add_column("path")
    for head in ("gap asked", "proven", "ours ms", *(x for name in names for x in (f"{name} s", "ratio"))):
        shown.add_column(head, justify="right")
    for row in rows:
        cells = [row.instance, row.path, f"{row.gap:.0e}", f"{row.gap_reached:.1e}", f"{row.ours_ms:.1f}"]
        for name in names:
            mark = "" if row.rival_status[name] == "optimal" else f" ({row.rival_status[name]})"
            cells += [f"{row.rival_s[name]:.1f}{mark}", f"{row.ratio[name]:,.0f}"]
        shown.add_row(*cells, style="bold red" if row.failures else None)
    return shown


def say(text: str) -> None:
    """Talk, on stderr."""
    click.echo(text, err=True)


def reference_folder() -> Path:
    """The folder with weather and prices, or the end of the programme."""
    folder = os.environ.get("GIGAWATT_REFERENCE")
    if not folder:
        found = "is not set"
    elif not (Path(folder) / "weather" / "index.csv").is_file() or not (Path(folder) / instances.PRICES).is_file():
        found = f"is {folder!r}, which lacks weather/index.csv or {instances.PRICES}"
    else:
        return Path(folder)
    say(f"benchmark power: GIGAWATT_REFERENCE {found}; set it to the folder of measured weather and prices")
    sys.exit(UNREADABLE)


def finite(value: Any) -> Any:
    """The same without NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_extras(console: Console, report: dict[str, Any]) -> None:
    """The summary of a full run for people."""
    for gap, s in report["at_gap"].items():
        console.print(
            f"gap {gap}: {s['geomean_ratio']:,.0f} times PyPSA (worst {s['min_ratio']:,.0f}), "
            f"{s['geomean_ratio_best']:,.0f} times the better of lean and HiPO (worst {s['min_ratio_best']:,.0f}); "
            f"median {s['median_ms']:.1f} ms, widest gap {s['max_gap']:.1e}"
        )
    for x in report["ten_years"]:
        console.print(f"{YEARS} years, {x['instance']}: {x['ten_ms']:.0f} ms, {x['ratio']:.1f} times one year")
    for x in report["redraws"]:
        console.print(
            f"other investment costs, {x['instance']}: {x['warm_ms']:.2f} ms a draw, "
            f"{x['ratio']:.1f} times faster than cold"
        )
    if not report["redraws"]:
        console.print("other investment costs: this solver shares no cuts")
    console.print(f"weather to profiles: {report['profiles_ms']:.1f} ms")
    for state, s in report["start_up"].items():
        first, then = s["first_call_s"], s["next_call_s"]
        console.print(
            f"new process, {state.replace('_', ' ')}: import {s['import_s']:.2f} s, first call {first:.2f} s, "
            f"next {then:.3f} s (wall, {SMALL_HOURS} hours)"
        )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Four instances at a gap of 1e-3 against PyPSA: some two minutes.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout instead of a table.")
@click.option("--solver", "which", type=click.Choice(list(SOLVERS)), default="fast", help="Which of our solvers.")
@click.option("--repeats", type=click.IntRange(min=1), default=5, help="Calls of ours behind each median.")
def main(quick: bool, as_json: bool, which: str, repeats: int) -> None:
    """Time the power solver against PyPSA, lean HiGHS simplex and HiPO on measured weather and prices.

    \b
    Example: python3 run.py benchmark power --quick
    """
    reference, module = reference_folder(), SOLVERS[which]
    warnings.filterwarnings("ignore", category=FutureWarning, module="pypsa")
    solve, found = solver(module), instances.instances(reference)
    named = {x.name: x.problem for x in found}
    chosen = [x for x in found if x.name in QUICK] if quick else found
    rivals.pypsa_default(instances.shortened(found[0].problem, SMALL_HOURS))  # what it imports late is not on the clock
    rows: list[Row] = []
    for i, instance in enumerate(chosen):
        say(f"{i + 1}/{len(chosen)} {instance.name} ...")
        other = chosen[i - 2].problem if len(chosen) > 2 else instance.problem  # another site
        gaps = GAPS[:1] if quick else GAPS
        rows += compare(instance, other, solve, gaps=gaps, repeats=repeats, all_rivals=not quick)
    failures = [f"{row.instance}, gap {row.gap:.0e}: {text}" for row in rows for text in row.failures]
    report: dict[str, Any] = dict(summary(rows))
    if not quick:
        say("ten years, redraws, profiles, start-up ...")
        years, years_failed = ten_years(named, solve, repeats=repeats)
        drawn, drawn_failed = redraws(named, solve, module)
        failures += years_failed + drawn_failed
        report = {
            "at_gap": full_summary(rows),
            "ten_years": years,
            "redraws": drawn,
            "profiles_ms": profiles_ms(reference),
            "start_up": start_up(module, reference),
            "failures": failures,
        }
    if as_json:
        print(json.dumps(finite({"summary": report, "rows": [dataclasses.asdict(row) for row in rows]}), indent=1))
    else:
        console = Console(width=None if sys.stdout.isatty() else 160)
        console.print(table(rows))
        if quick:
            console.print(
                f"{report['geomean_ratio']:,.0f} times PyPSA (worst {report['min_ratio']:,.0f}); "
                f"median {report['median_ms']:.1f} ms, widest gap {report['max_gap']:.1e}"
            )
        else:
            print_extras(console, report)
    for text in failures:
        say(f"FAILED {text}")
    sys.exit(FAILED if failures else 0)


if __name__ == "__main__":
    main()
