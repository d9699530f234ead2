"""Write the facts of bridging power from the reference tables and published figures: plant costs, the duration curve.

python3 tools/derive_bridging.py REFERENCE_DIR
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

from fact_rows import DATA, RECALLED, Reference, Row, fact, write  # noqa: E402

from gigawatt.power.flexible import exponent  # noqa: E402

FUEL_CELL_DEAL = 2.65e9, 900e3  # USD and kW of the option of AEP with Bloom Energy, January 2026
US_POINTS = (76.0, 98.0, 126.0), (0.0025, 0.005, 0.01)  # GW added, part of their energy curtailed: Duke University 2025
EXPONENT_RANGE = 0.8, 1.25  # ours: systems differ in their hardest hours
RENTED_MW = 35.0, 99.0, 422.0  # turbines at Colossus 1: at the start, a month later, nine months later
CAPEX_RANGE = 0.8, 1.5  # ours: prices rose by half in 2023-26


def rows(reference: Reference) -> list[Row]:
    plants = reference.keyed("power_plant_costs_extra", "technology")
    catalogue = {(r["technology"], r["year"], r["parameter"]): r for r in reference.rows("technology_costs")}
    aero = float(plants["gas_turbine_simple_cycle_aeroderivative"]["value"])
    cell = {p: float(catalogue["fuel_cell", "2025", p]["value"]) for p in ("fom", "investment", "lifetime")}
    equipment = FUEL_CELL_DEAL[0] / FUEL_CELL_DEAL[1]
    k = exponent(added_share_of_peak=US_POINTS[0], curtailed_share=US_POINTS[1])
    return [
        fact(
            "bridge.aeroderivatives.capex", aero, "USD_2023/kW", year=2023, cls="C", source="bridging-sl-2024",
            where="four machines of 50 MW, overnight", note=f"{RECALLED}; high: price rise since; range: ours",
            low=aero * CAPEX_RANGE[0], high=aero * CAPEX_RANGE[1],
        ),
        fact(
            "bridge.fuel_cells.equipment", equipment, "USD_2026/kW", year=2026, cls="C", source="bridging-aep-bloom",
            where="2.65 billion USD for a substantial portion of 900 MW",
            note="the whole 900 MW taken, so at least this; range: ours",
            low=equipment * 0.9, high=equipment * 1.4,
        ),
        fact(
            "bridge.fuel_cells.fom", cell["fom"] / 100.0 * cell["investment"], "EUR_2025/kW/year", year=2025, cls="C",
            source="power-dea", where="LT-PEMFC CHP: fixed O&M over nominal investment",
            note="another kind of cell, by analogy: stacks are replaced under service; range: ours",
            low=0.5 * cell["fom"] / 100.0 * cell["investment"], high=2.0 * cell["fom"] / 100.0 * cell["investment"],
        ),
        fact(
            "bridge.fuel_cells.lifetime", cell["lifetime"], "year", year=2025, cls="C", source="power-dea",
            where="LT-PEMFC CHP: technical lifetime", note="by analogy; range: ours", low=7.0, high=20.0,
        ),
        fact(
            "bridge.rented_turbines.most", RENTED_MW[1], "MW", year=2025, cls="B", source="bridging-aterio-colossus",
            where="turbines on site in August 2024 (149 MW less 50 MW of grid); low: July 2024; high: April 2025",
            note="what one campus has found to rent within half a year",
            low=RENTED_MW[0], high=RENTED_MW[2],
        ),
        fact(
            "grid.flexible.exponent", k, "1", year=2025, cls="C", source="bridging-duke-2025",
            where="76, 98 and 126 GW at 0.25, 0.5 and 1 % curtailed",
            note="fit of three points for the US, taken for every system; range: ours",
            low=k * EXPONENT_RANGE[0], high=k * EXPONENT_RANGE[1],
        ),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    write(DATA / "bridging.csv", rows(Reference(parser.parse_args().reference)))


if __name__ == "__main__":
    main()
