"""What a screen costs: a country, a site, its weather and its optimum; memory of a worker. Writes docs/scale.md.

``python3 run.py benchmark screen [--quick] [--full] [--json] [--write]``; ``--full`` also runs 10,000 sites, some four
minutes on two idle cores.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gigawatt.facts import load_facts
from gigawatt.plan import facts_for, prepare
from gigawatt.power import solve
from gigawatt.record import Steps
from gigawatt.scenario import read
from gigawatt.screen import Screen, countries, screen, sites, work

QUESTION = {"power": "100 MW", "as_of": "2026-11-23"}
ALL_SITES, CLUSTER_CORES, SITE_YEARS = 10_000, 1000, 10_000_000
PAGE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"


def cpu(call: Callable[[], Any], times: int) -> float:
    """Processor seconds of one call, after one that warms up."""
    call()
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def measured(quick: bool, full: bool) -> dict[str, float]:
    """Unit costs in processor seconds, wall seconds of whole screens on two workers, memory of a worker in MB."""
    sample = ["KEN", "FRA", "BRA", "UKR"]
    tasks = [{"kind": "country", "key": k, "iso3": k, "question": {"as_of": "2026-11-23", "place": k}} for k in sample]
    wanted = sites.request("Kenya", QUESTION, 60)
    unit = sites.tasks(wanted)[-1]
    s = read({**QUESTION, "place": "Kenya"})
    shared = prepare(Steps(facts_for(s), s.price_year), s)
    out = {
        "country": cpu(lambda: [work.run(t) for t in tasks], 2) / len(tasks),
        "site": cpu(lambda: work.run(unit), 3) / len(unit["sites"]),
        "solve": cpu(lambda: solve(shared.optimum.problem, gap=1e-5), 10),
        "facts": float(len(load_facts())),
    }
    world = countries.all_places()[:: 8 if quick else 1]
    out["countries"], out["countries_s"] = float(len(world)), wall(lambda: screen(world, workers=2))
    count = 200 if quick else 1000
    out["sites"] = float(count)
    out["sites_s"] = wall(lambda: screen(in_country="Kenya", question=QUESTION, count=count, workers=2))
    if full:
        out["all_sites_s"] = wall(lambda: screen(in_country="Brazil", question=QUESTION, count=ALL_SITES, workers=2))
    out["worker_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    return out


def wall(call: Callable[[], Screen]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def page(m: dict[str, float]) -> str:
    """docs/scale.md from the measured numbers, the arithmetic shown."""
    hours = SITE_YEARS * m["site"] / 3600.0
    full = m.get("all_sites_s", m["sites_s"] * ALL_SITES / m["sites"])
    how = "Run in full" if "all_sites_s" in m else "At that pace"
    return f"""# Scale: what a screen costs

Written by `python3 run.py benchmark screen --write` on the machine it ran on (two cores, shared with other work).
Processor seconds; a unit runs on one core.

| unit | measured |
|---|---|
| one country, nothing asked: the whole ladder, ranges, what binds | {m["country"]:.2f} s |
| one site: its year of weather, PV, wind, cooling, least-cost power, cost | {m["site"] * 1e3:.0f} ms |
| of which the power optimum | {m["solve"] * 1e3:.0f} ms |
| memory of a worker, at most | {m["worker_mb"]:.0f} MB |
| {m["countries"]:.0f} countries on two workers, start to end | {m["countries_s"]:.0f} s |
| {m["sites"]:,.0f} sites on two workers, start to end | {m["sites_s"]:.0f} s |

{how} (start-up in it) {ALL_SITES:,} sites take {full:.0f} s on two cores (aim: 300 s), 193 countries
{m["countries_s"] * 193 / m["countries"]:.0f} s (aim: 120 s).

Memory does not grow with the number of places in the workers: each holds one unit of work. The parent holds the rows
when it ranks them, some 15 kB each as text: 10,000 sites are 150 MB on disk.

## On paper: ten million site-years

A site-year is one site with one year of weather. Nothing is shared between units but facts, so time divides by cores
until the scheduler or the disk binds.

- Work: {SITE_YEARS:,} x {m["site"] * 1e3:.0f} ms = {SITE_YEARS * m["site"]:,.0f} s = {hours:,.0f} core-hours.
- On {CLUSTER_CORES:,} cores: {hours:,.0f} / {CLUSTER_CORES:,} = {hours / CLUSTER_CORES:.2f} h, if all are busy.
- Scheduler: 10 sites a unit make {SITE_YEARS // 10:,} units, over that time
  {SITE_YEARS / 10 / (hours / CLUSTER_CORES * 3600):,.0f} a second. A Dask scheduler hands out some thousands of small
  units a second at best (not measured here); larger units, 100 sites, leave a margin.
- Memory: {CLUSTER_CORES:,} x {m["worker_mb"]:.0f} MB = {CLUSTER_CORES * m["worker_mb"] / 1024:,.0f} GB in all.
- Rows: 15 kB x {SITE_YEARS:,} = {SITE_YEARS * 15e3 / 1e9:,.0f} GB as text. One SQLite file on one machine would be the
  bottleneck: such a run keeps fewer figures per row and one store per country, which is not built.

Not tested beyond one machine. Rows are the same bits on one machine whatever the engine; processors of different kinds
may round a sum of vector lanes differently in the last digit.
"""


def main(arguments: list[str]) -> None:
    found = measured("--quick" in arguments, "--full" in arguments)
    if "--write" in arguments:
        PAGE.write_text(page(found), encoding="utf-8")
    print(json.dumps(found, indent=1) if "--json" in arguments else page(found))


if __name__ == "__main__":
    main(sys.argv[1:])
