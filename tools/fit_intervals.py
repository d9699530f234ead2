"""Write data/intervals.csv: by how much the plan's own ranges are widened, from campuses whose outcome is known.

    PYTHONPATH=src python3 tools/fit_intervals.py REFERENCE_DIR

The campuses are those of data/published/campus_cases.csv, the cloud regions those of cloud_region_pue_wue.csv in the
reference folder. Ranges are judged as they ship, without the factors written here; each campus or provider with the
factor of the others. The method is in `gigawatt.uncertainty.calibration`.
"""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path

from fact_rows import DATA, HEADER, Row, fact, num

from gigawatt.record import Z_P90
from gigawatt.uncertainty.calibration import NEAR, Reliability, prior, reliability
from gigawatt.uncertainty.own_ranges import claims, cooling, levelised

DIGITS = 3
COVERS = {
    "building": ("lead.build_to_first.*", "months from the start of works to the first hall"),
    "capital": (
        "shell.usd_per_w.*; accelerator.*.price; it.outside_rack_share; it.outside_server_share",
        "capital of a campus from its accelerators or its power, by the bill of the plan",
    ),
    "size": (
        "accelerator.*.server_power; it.outside_rack_power_share",
        "accelerators of a campus from its power, by the chapter that sizes it",
    ),
    "cooling": ("cooling.pue_overhead_residual", "annual PUE of cloud regions by the cooling model"),
}
SOURCE = {"cooling": "facility-gsf-cloud"}
CAMPUSES = "epoch-frontier-sites"


def rows_of(name: str, r: Reliability) -> list[Row]:
    """The factor of a family with its uncertainty, and which facts it covers."""
    tau = prior()
    spread = Z_P90 / math.sqrt(1.0 / tau**2 + 1.0 / max(r.factor_error, 1e-6) ** 2)
    covers, what = COVERS[name]
    note = (
        f"{r.rows} cases of {r.groups} groups, {r.coverage:.0%} in the 80 % range (standard error "
        f"{r.coverage_error:.0%}); factor that would make it true {r.factor:.2f} (standard error of its logarithm "
        f"{r.factor_error:.2f}), drawn to 1 by that, and left at 1 within {NEAR - 1.0:.0%} of it; "
        f"{r.coverage_widened:.0%} in ranges widened by the factor of the other groups"
    )
    value = float(num(r.applied, DIGITS)) if abs(math.log(r.applied)) > math.log(NEAR) else 1.0
    source = SOURCE.get(name, CAMPUSES)
    return [
        fact(
            f"interval.{name}.factor",
            value,
            "1",
            year=2026,
            cls="B",
            source=source,
            where=what,
            note=note,
            low=float(num(r.applied * math.exp(-spread), DIGITS)),
            high=float(num(r.applied * math.exp(spread), DIGITS)),
        ),
        fact(f"interval.{name}.covers", covers, "text", year=2026, cls="B", source=source, where=what),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    reference = parser.parse_args().reference
    judged = claims() | {"cooling": cooling(reference / "published_cases" / "cloud_region_pue_wue.csv")}
    found: list[Row] = []
    for name, mine in judged.items():
        r = reliability(mine)
        if r is not None:
            print(f"{name}: {r.words}")
            found += rows_of(name, r)
    for beside in levelised():
        print(beside.words)
    with (DATA / "intervals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(found)


if __name__ == "__main__":
    main()
