"""Derive the tables of names (countries, currencies, cities) from the reference folder.

Usage: python3 tools/derive_names.py REFERENCE_DIR

Countries and currencies: Unicode CLDR through the reference tables (Unicode licence). Cities: Natural Earth 1:10m
populated places (public domain), borders as the reference corrects them.
"""

import argparse
import csv
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "src/gigawatt/data/names"
SMALLEST_CITY = 50_000
HAND = {
    "NRU": ("Yaren", -0.547, 166.921)
}  # not in Natural Earth's places; coordinates of the district, general knowledge


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name, header, lines):
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference", type=Path)
    reference = parser.parse_args().reference

    facts = {r["iso3"]: r for r in rows(reference / "countries.csv")}
    currency = {r["iso3"]: r for r in rows(reference / "currency_by_country.csv") if r["role"] == "primary"}
    write(
        "countries.csv",
        ["iso3", "iso2", "en", "fr", "uk", "aliases", "currency", "un_member", "capital", "latitude", "longitude"],
        [
            [
                r["iso3"],
                r["iso2"],
                r["name_en"],
                r["name_fr"],
                r["name_uk"],
                r["aliases"],
                currency.get(r["iso3"], {}).get("currency", ""),
                facts.get(r["iso3"], {}).get("un_member", "0"),
                *HAND.get(r["iso3"], tuple(facts[r["iso3"]][c] for c in ("capital", "capital_lat", "capital_lon"))),
            ]
            for r in rows(reference / "country_names.csv")
            if r["iso3"] in facts
        ],
    )
    symbols: dict[str, set[str]] = {}
    names: dict[str, list[str]] = {}
    for r in rows(reference / "currency_by_country.csv"):
        symbols.setdefault(r["currency"], set()).update(filter(None, r["symbols"].split("|")))
        names[r["currency"]] = [r["currency_name_en"], r["currency_name_fr"], r["currency_name_uk"]]
    write(
        "currencies.csv",
        ["currency", "symbols", "en", "fr", "uk"],
        [[c, "|".join(sorted(symbols[c])), *names[c]] for c in sorted(symbols)],
    )
    cities = [
        (
            r["name"],
            r["admin1"],
            r["iso3"],
            float(r["lat"]),
            float(r["lon"]),
            int(float(r["pop_max"])),
            int(r["capital"]),
        )
        for r in rows(reference / "cities_natural_earth.csv")
        if float(r["pop_max"]) >= SMALLEST_CITY or r["capital"] == "1"
    ]
    write(
        "cities.csv",
        ["name", "admin1", "iso3", "latitude", "longitude", "population", "capital"],
        sorted(cities, key=lambda c: (c[2], -c[5], c[0])),
    )


if __name__ == "__main__":
    main()
