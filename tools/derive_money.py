"""Derive the fact tables of money, security, jobs and emissions from the reference folder.

    python3 tools/derive_money.py REFERENCE_DIR

Our own assumptions and hand-kept figures (tax, opex shares, lives) are in data/assumptions/finance.csv.
Writes src/gigawatt/data/{costs,money,security,social,emissions}.csv. Deterministic: same input, same bytes.
Rents, loans and leases are derived by derive_offtake.py, countries by derive_countries.py; PLACES are those whose
cost of building was looked at by hand. Each subject has a module in `money/`.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from fact_rows import DATA, HEADER, Reference
from money.costs import costs
from money.emissions import emissions, social
from money.rates import money
from money.security import security

TABLES = {
    "costs": costs,
    "money": money,
    "security": security,
    "social": social,
    "emissions": emissions,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()
    ref = Reference(args.reference)
    for name, derive in TABLES.items():
        with (args.out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(derive(ref))


if __name__ == "__main__":
    main()
