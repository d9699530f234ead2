"""Derive what other sources say of the national figures in use, from the reference folder.

Usage: python3 tools/derive_conflicts.py REFERENCE_DIR

Only sources that may ship. A claim is kept where it is off the newest balance (Ember through Our World in Data) by more
than 5 % (shares: 0.05), so that ``gigawatt facts --check`` can show both; which of them is used is decided elsewhere.
"""

import argparse
import csv
import re
from pathlib import Path

from gigawatt.facts import HEADER

OUT = Path(__file__).resolve().parent.parent / "src/gigawatt/data/checks/conflicts.csv"
DIFFERENCE = 0.05
MIX = {"EIA": "eia-international", "IRE": "irena-stat"}  # by the first letters of mix_source
NEWEST = {
    "coal": ("coal_twh",),
    "gas": ("gas_twh",),
    "nuclear": ("nuclear_twh",),
    "hydro": ("hydro_twh",),
    "wind": ("wind_twh",),
    "solar": ("solar_twh",),
    "fossil": ("fossil_twh",),
}
# Shares of the mix that the reference replaced because another statistic contradicts them, kept here as claims
IRENA_WIND = {"KEN": 0.008, "ZAF": 0.001, "DJI": 0.35}
BY_HAND = "the reference leaves this share out: EIA and Ember agree on another"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {r["iso3"]: r for r in csv.DictReader(file)}


def claim(key, value, unit, year, fact_class, source, where, note=""):
    return [key, f"{value:.6g}", "", "", unit, year, fact_class, source, where, note]


def far(value, newest, absolute=False):
    """Whether a value is worth keeping beside the newest."""
    if newest is None:
        return True
    return abs(value - newest) > DIFFERENCE * (1 if absolute else abs(newest))


def number(text):
    return float(text) if text not in ("", None) else None


def balance(iso3, old, new):
    """Generation and shares of the older balance."""
    source = MIX.get(old["mix_source"][:3])
    total = number(new.get("electricity_generation_twh"))
    value = number(old["generation_twh"])
    if not source or value is None:
        return
    year = old["mix_year"]
    if far(value, total):
        note = "net of the plants' own use" if source.startswith("eia") else "gross"
        yield claim(f"country.{iso3}.generation", value, "TWh/year", year, "B", source, f"generation, {iso3}", note)
    shares = {k: number(old[f"share_{k}"]) for k in ("coal", "gas", "oil", "nuclear", "hydro", "wind", "solar")}
    if None not in (shares["coal"], shares["gas"], shares["oil"]):
        shares["fossil"] = shares["coal"] + shares["gas"] + shares["oil"]
    for fuel, columns in NEWEST.items():
        parts = [number(new.get(c)) for c in columns]
        if shares.get(fuel) is not None and None not in parts and total:
            if far(shares[fuel], sum(parts) / total, absolute=True):
                where = f"{fuel} over generation, {iso3}"
                yield claim(f"country.{iso3}.share.{fuel}", shares[fuel], "1", year, "B", source, where)
    if iso3 in IRENA_WIND:
        where = f"wind over generation, {iso3}"
        yield claim(f"country.{iso3}.share.wind", IRENA_WIND[iso3], "1", "2022", "C", "irena-stat", where, BY_HAND)


def carbon(iso3, old, new):
    """Carbon intensity by other vintages and carriers of Ember's figure."""
    newest = number(new.get("carbon_intensity_g_per_kwh"))
    key, seen = f"country.{iso3}.carbon.average", set()
    owid = "OWID" in old["carbon_source"]
    for value, year, source in (
        (number(old["carbon_g_per_kwh"]), old["carbon_year"], "owid-electricity-mix" if owid else "ember-co2js"),
        (number(old["carbon_ember_xcheck"]), old["carbon_ember_xcheck_year"], "ember-co2js"),
    ):
        if value is not None and value not in seen and far(value, newest):
            seen.add(value)
            where = f"carbon intensity, {iso3}, {year}"
            yield claim(key, value, "kg/MWh", year, "B", source, where, "life-cycle factors, of generation")


def price(iso3, old, extra):
    """The only price that exists for all countries, of a smaller user and older."""
    value, newest = number(old["tariff_business_usd_per_kwh"]), number(extra["price_industrial_usd_per_kwh"])
    if value is None or "implausible" in old["tariff_flag"]:
        return
    if far(value, newest):
        where = f"IC.ELC.PRI.KH.DB1619, {iso3}"
        note = "a warehouse of 140 kVA: an upper bound for a large user"
        unit = f"USD_{old['tariff_year']}/MWh"
        key = f"country.{iso3}.price.industrial"
        yield claim(key, 1000 * value, unit, old["tariff_year"], "C", "wb-doing-business", where, note)


def wholesale(iso3, old, extra):
    """A wholesale mean above the price that large users are said to pay."""
    value, industrial = number(old["wholesale_2024_mean_usd_per_mwh"]), number(extra["price_industrial_usd_per_kwh"])
    if value is not None and industrial is not None and value > 1000 * industrial:
        where = f"mean of 2024, zone {old['wholesale_zone']}"
        note = "wholesale energy alone, above what large users are said to pay with network and margin"
        key = f"country.{iso3}.price.industrial"
        yield claim(key, value, "USD_2024/MWh", "2024", "B", "hourly-prices-2024", where, note)


def peak(iso3, new):
    """Peaks as operators reported them."""
    value, basis = number(new.get("peak_load_gw")), new.get("peak_source", "")
    if value is not None and basis.endswith("seen"):
        where = re.sub(r"[;,]?\s*seen$", "", basis)
        yield claim(f"country.{iso3}.peak_load", 1000 * value, "MW", new["peak_year"], "B", "peak-reports", where)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference", type=Path)
    reference = parser.parse_args().reference
    countries, extras = rows(reference / "countries.csv"), rows(reference / "country_extras.csv")
    latest = rows(reference / "national_electricity_latest.csv")
    found = []
    for iso3, old in sorted(countries.items()):
        new, extra = latest.get(iso3, {}), extras[iso3]
        found += [*balance(iso3, old, new), *carbon(iso3, old, new), *peak(iso3, new)]
        found += [*price(iso3, old, extra), *wholesale(iso3, old, extra)]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(found)
    print(len(found), "claims")


if __name__ == "__main__":
    main()
