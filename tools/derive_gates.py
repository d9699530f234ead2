"""Write the lead-time, gate and export-control facts (and their sources) from the reference tables.

    python tools/derive_gates.py REFERENCE_DIR

Each subject has a module in `gates/`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fact_cells import DATA, write
from gates.export import export_facts
from gates.places import site_facts
from gates.rules import gate_facts
from gates.waits import lead_facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    lead = lead_facts(arguments.reference)
    export = export_facts(arguments.reference)
    lead += [r for r in export if r["id"].startswith("lead.")]
    write(arguments.out / "lead_times.csv", lead)
    write(arguments.out / "export_controls.csv", [r for r in export if r["id"].startswith("export.")])
    write(arguments.out / "gates.csv", gate_facts(arguments.reference) + site_facts(arguments.reference))


if __name__ == "__main__":
    main()
