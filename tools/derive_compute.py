"""Write the facts of accelerators, models and goodput from the reference folder. A maintainer runs it.

    python tools/derive_compute.py REFERENCE_DIR

Reads accelerators.csv, models.csv, goodput_network_anchors.csv, unit_costs.csv, offtake.csv by row id, and writes
src/gigawatt/data/{accelerators,models,compute}.csv. Each subject has a module in `chips/`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from chips.accelerators import accelerator_facts, outside_power_facts
from chips.goodput import goodput_facts
from chips.models import model_facts
from chips.prices import price_facts
from fact_cells import DATA, read, write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("reference", type=Path)
    args = parser.parse_args()
    rows = read(args.reference / "accelerators.csv")
    accelerators = {r["id"]: r for r in rows}
    model_rows = read(args.reference / "models.csv")
    prices = price_facts(accelerators, read(args.reference / "unit_costs.csv"), read(args.reference / "offtake.csv"))
    known = accelerator_facts(rows)
    write(DATA / "accelerators.csv", known + outside_power_facts(known) + prices)
    write(DATA / "models.csv", model_facts(model_rows))
    write(DATA / "compute.csv", goodput_facts(read(args.reference / "goodput_network_anchors.csv")))


if __name__ == "__main__":
    main()
