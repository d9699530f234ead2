"""Derive the facts of every country, of every US state, and the fallbacks by region, from the reference folder.

    python3 tools/derive_countries.py REFERENCE_DIR

Writes src/gigawatt/data/{countries,country_prices,country_ground,us_states}.csv and data/assumptions/regions.csv.
Facts that stand in other tables, looked at by hand, are never overwritten. Deterministic: same input, same bytes.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from countries.balance import balance, neighbours
from countries.economy import economy, sovereign, unrated
from countries.fallbacks import fallbacks
from countries.ground import ground
from countries.institutions import institutions
from countries.law import law
from countries.prices import prices
from countries.states import states
from fact_rows import DATA, Reference, Row, known_ids, write

FILES = ("countries.csv", "country_prices.csv", "country_ground.csv", "us_states.csv", "regions.csv")


def tables(ref: Reference) -> dict[str, list[Row]]:
    """The rows of each file."""
    elsewhere = known_ids(DATA, FILES)

    def new(rows: list[Row]) -> list[Row]:
        return sorted((r for r in rows if r[0] not in elsewhere), key=lambda r: r[0])

    people = economy(ref)
    people += sovereign(people)
    people += unrated(people, ref)
    power = balance(ref)
    power += neighbours(power)
    peaks = {r[0].split(".")[1]: float(r[1]) for r in power if r[0].endswith(".peak_load")}
    paid, places = prices(ref), ground(ref, peaks)
    out = {
        "countries.csv": new(people + power),
        "country_prices.csv": new(paid),
        "country_ground.csv": new(places + law(ref) + institutions()),
        "us_states.csv": new(states(ref)),
    }
    everything = [r for rows in out.values() for r in rows] + by_hand()
    return {**out, "assumptions/regions.csv": new(fallbacks(everything, ref))}


def by_hand() -> list[Row]:
    """The facts of the other tables."""
    rows: list[Row] = []
    for path in sorted((*DATA.glob("*.csv"), *(DATA / "assumptions").glob("*.csv"))):
        if path.name not in FILES:
            with path.open(encoding="utf-8", newline="") as file:
                rows += [tuple(r) for r in csv.reader(file)][1:]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()
    for name, rows in tables(Reference(args.reference)).items():
        write(args.out / name, rows)
        print(f"{len(rows):6d} facts -> {name}")


if __name__ == "__main__":
    main()
