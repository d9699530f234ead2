"""Write the facts of the power room from the reference tables: plant costs, fuel, prices, price shapes.

    python tools/derive_power.py REFERENCE_DIR

Each subject has a module in `supply/`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fact_cells import DATA, read, write
from supply.catalogue import Catalogue, technology_facts
from supply.fuel import fuel_facts
from supply.market import connection_facts, market_facts
from supply.nuclear import nuclear_facts
from supply.prices import price_facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    folder = parser.parse_args().reference
    book = Catalogue(read(folder / "technology_costs.csv"))
    plants, units = read(folder / "power_plant_costs_extra.csv"), {r["id"]: r for r in read(folder / "unit_costs.csv")}
    extras = {r["iso3"]: r for r in read(folder / "country_extras.csv")}
    balance = {r["iso3"]: r for r in read(folder / "national_electricity_latest.csv")}
    texas = next(
        float(r["price_usd_kwh"]) for r in read(folder / "us_state_industrial_price_2024.csv") if r["state"] == "TX"
    )
    rows = technology_facts(book) + market_facts(plants, units, book) + connection_facts(plants)
    rows += fuel_facts(read(folder / "fuel_prices.csv"), book)
    rows += price_facts(read(folder / "prices_hourly_usd_per_mwh_2023_2024.csv.gz"), extras, texas)
    rows += nuclear_facts(balance, units)
    write(DATA / "power.csv", rows)


if __name__ == "__main__":
    main()
