"""Derive what customers pay and what home demand there is from the reference folder: rents, loans, leases, users.

    python3 tools/derive_offtake.py REFERENCE_DIR

Writes src/gigawatt/data/{offtake,home_demand}.csv. Terms by operating model are judgement and stand in
data/assumptions/customers.csv. Deterministic: same input, same bytes.
"""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path

from fact_rows import ASSUMPTION, DATA, RECALLED, Reference, Row, fact, num, percentile, write

# reference row -> fact id, what it rests on (our words)
COST_OF_CAPITAL = {
    "coc-it-ig": ("wacc.it.ig", "CoreWeave loan of March 2026 at SOFR (about 3.7 %, assumed) + 2.25 points"),
    "coc-it-nonig": ("wacc.it.nonig", "CoreWeave loan of May 2026 at SOFR + 4.5 points, notes 2030 at 10 %"),
    "coc-it-merchant": ("wacc.it.merchant", "CoreWeave's first delayed-draw loan, 15 % effective"),
    "coc-shell-ig": ("wacc.shell.ig", "Hyperion bonds at 6.58 %, New Albany loan at SOFR + 2.5 points"),
    "coc-shell-weak": ("wacc.shell.weak", "a loan for a site with a B+ tenant that found no lenders in 2026"),
    "coc-power-utility": ("wacc.power.utility", f"regulated returns, {RECALLED}"),
    "coc-power-private": ("wacc.power.private", f"contracted private plants, {RECALLED}"),
    "coc-power-nuclear": ("wacc.power.nuclear", f"new build without the state, {RECALLED}; state-backed 3-7 %"),
}
LOANS = {  # fact -> reference row, rate where the row gives a margin only, source
    "debt.interest.ig": ("debt-crwv-ddtl4", 0.059, "coreweave_ddtl4"),
    "debt.interest.nonig": ("debt-crwv-notes2030", None, "coreweave_10q"),
    "debt.interest.merchant": ("debt-crwv-ddtl1", None, "coreweave_10q"),
}
RENTS = {  # reference row -> accelerator, source key, what it is
    "price-h100-tiers": ("h100", "mercatus_gpu_2026", "on demand"),
    "price-h200-tiers": ("h200", "mercatus_gpu_2026", "on demand"),
    "price-a100-tiers": ("a100-80g", "mercatus_gpu_2026", "on demand"),
    "price-b200-index": ("b200", "silicon_data_2026", "spot index: not a long contract"),
    "price-gb200-spheron": ("gb200-nvl72", "spheron_2026", "on demand, per package (half the superchip price)"),
    "price-gb300": ("gb300-nvl72", ASSUMPTION, "five-year take-or-pay, derived from announced contract totals"),
}
CONTRACTS = {  # reference row -> source, facility power it is for [MW], in our words
    "oracle-openai": ("openai_oracle_2025", 4500.0, "4.5 GW read as facility power; next generations included"),
    "nebius-msft": ("nebius_2025", 300.0, "the 300 MW build it is for; high: further services taken"),
}
LEASES = {  # reference row -> source, terms in our words
    "lease-hut8": ("hut8_2025", "tenant pays all running cost; +3 % a year; backed by Google; 85 % loan to cost"),
    "lease-cipher": ("cipher_2025", "landlord pays part of the running cost; backed by Google"),
    "lease-terawulf": ("terawulf_2025", "landlord pays part of the running cost; backed by Google"),
    "lease-corz": ("core_scientific_2024", "tenant pays the electricity"),
}
H100_PER = {"GH200": 1.0, "A100": 312 / 989}  # dense bf16, NVIDIA data sheets
MACHINES = {"de-jupiter": "DEU", "ch-alps": "CHE", "it-leonardo": "ITA"}  # national research machines, host
FAR_ENOUGH_KM = 300.0  # below it a capital is a poor stand-in for where packets meet
KM_PER_MS = 299.792458 / 1.468  # light in glass


def offtake(ref: Reference) -> list[Row]:
    return [*cost_of_capital(ref), *loans(ref), *rents(ref), *sold(ref), *leases(ref), *contracts(ref)]


def cost_of_capital(ref: Reference) -> list[Row]:
    rows = []
    for key, (fid, basis) in COST_OF_CAPITAL.items():
        r = ref.keyed("offtake", "id")[key]
        high = r["high"] or num(float(r["central"]) * 1.2)
        note = f"nominal USD, strong country, before country premium; rests on: {basis}"
        note += "" if r["high"] else "; high: ours, +20 %"
        value, low, top = (float(x) / 100 for x in (r["central"], r["low"], high))
        rows.append(_ours(fid, value, "1/year", r["subject"], note, low, top))
    return rows


def loans(ref: Reference) -> list[Row]:
    offtake, rows = ref.keyed("offtake", "id"), []
    for fid, (key, fixed, source) in LOANS.items():
        r = offtake[key]
        rate = fixed or float(r["central"]) / 100
        note, low, high = "one loan; range: ours, +-1.5 points", rate - 0.015, rate + 0.015
        rows.append(_stated(fid, rate, "1/year", r["date"][:4], source, r["subject"], note, low, high))
    ltc = re.search(r"(\d+) % loan to cost", offtake["lease-hut8"]["terms"])
    assert ltc
    note = "shell with a backed 15-year lease; range: ours"
    return [
        *rows,
        _stated("debt.share.ig", float(ltc[1]) / 100, "1", "2025", "hut8_2025", "loan to cost", note, 0.7, 0.9),
    ]


def rents(ref: Reference) -> list[Row]:
    rows = []
    for key, (name, source, kind) in RENTS.items():
        r = ref.keyed("offtake", "id")[key]
        value = float(r["central"])
        year = r["date"][-4:] if key == "price-gb300" else r["date"][:4]
        low, high = float(r["low"] or value * 0.72), float(r["high"] or value * 1.11)
        note = f"{'P10-P90 of the tiers' if r['low'] else 'range: H100 one-year spread, -28/+11 %'}; {kind}"
        cls = "C" if source == ASSUMPTION else "B"
        unit, fid = f"USD_{year}/accelerator/h", f"market_price.{name}"
        rows.append(
            fact(fid, value, unit, year=year, cls=cls, source=source, where=r["subject"], note=note, low=low, high=high)
        )
    r = ref.keyed("offtake", "id")["decline-assume"]
    low, value, high = sorted(-float(r[c]) / 100 for c in ("low", "central", "high"))
    note = (
        "yearly fall of the rent of the same chip; H100 fell 36 % a year from 2023 to 2026, then rose for five months"
    )
    return [*rows, _ours("market_price.decline", value, "1/year", r["subject"], note, low, high)]


def sold(ref: Reference) -> list[Row]:
    """Share of hours sold, by kind of customer."""
    r = ref.keyed("offtake", "id")["util-sold"]
    found = re.search(
        r"anchor ([\d.]+)-([\d.]+); reserved cloud ([\d.]+)-([\d.]+); .*cloud ([\d.]+)-([\d.]+)", r["note"]
    )
    assert found
    g = [float(x) for x in found.groups()]
    central = {"anchor": float(r["high"]), "reserved": float(r["central"]), "sovereign": (g[4] + g[5]) / 2}
    return [
        _ours(f"utilisation.sold.{name}", value, "1", r["subject"], "share of hours sold", g[2 * i], g[2 * i + 1])
        for i, (name, value) in enumerate(central.items())
    ]


def leases(ref: Reference) -> list[Row]:
    """Announced leases of hall and power, mean over the term, and their length."""
    rows = []
    for key, (source, terms) in LEASES.items():
        r, name = ref.keyed("offtake", "id")[key], key.removeprefix("lease-")
        year, where = r["date"][:4], r["subject"]
        note = f"sum over the term, per year and MW of IT load; {terms}; price year: that of signing"
        usd = float(r["central"]) * 1e6
        rows.append(_stated(f"lease.{name}.rent", usd, f"USD_{year}/MW/year", year, source, where, note))
        rows.append(_stated(f"lease.{name}.tenor", float(r["tenor_years"]), "year", year, source, where, "base term"))
    return rows


def contracts(ref: Reference) -> list[Row]:
    """Announced contracts for accelerators with halls and power, per MW of facility and year."""
    rows = []
    for key, (source, mw, terms) in CONTRACTS.items():
        r, name = ref.keyed("offtake", "id")[key], key.replace("-", "_")
        low, value, high = (
            float(r[c] or r["central"] or r["low"]) / float(r["tenor_years"]) / mw for c in ("low", "central", "high")
        )
        note = f"sum over the term, per year and MW of facility; {terms}; price year: that of signing"
        unit, year = f"USD_{r['date'][:4]}/MW/year", r["date"][:4]
        rows.append(_stated(f"contract.{name}.facility", value, unit, year, source, r["subject"], note, low, high))
    return rows


def home_demand(ref: Reference) -> list[Row]:
    return [*internet_users(ref), *research(ref), route_factor(ref)]


def internet_users(ref: Reference) -> list[Row]:
    rows, known = [], {}
    for place, r in sorted(ref.keyed("country_extras", "iso3").items()):
        if r["internet_users_pct"]:
            value = known[place] = float(r["internet_users_pct"]) / 100
            where, note = "indicator sheet, ITU figure", "about 2023; range: ours"
            span = max(value - 0.05, 0.0), min(value + 0.05, 1.0)
            fid = f"country.{place}.internet_users"
            rows.append(_stated(fid, value, "1", "2023", "inform-2025", where, note, *span))
    low, mid, high = (percentile(list(known.values()), x) for x in (0.1, 0.5, 0.9))
    note = f"median of {len(known)} countries; stands in where none is published"
    return [*rows, _ours("country.world.internet_users", mid, "1", "share of the population online", note, low, high)]


def research(ref: Reference) -> list[Row]:
    """Compute of national research machines over the product of the country that hosts them."""
    gdp, per = ref.keyed("countries", "iso3"), {}
    for key, place in MACHINES.items():
        r = next(x for x in ref.rows("campuses") if key in x.values())
        text = " ".join(str(v) for v in r.values())
        kind = next(k for k in H100_PER if k in text)
        count = {"de-jupiter": 23_536, "ch-alps": 10_752, "it-leonardo": 13_824}[key]
        assert str(count) in text, key
        per[key] = count * H100_PER[kind] / (float(gdp[place]["gdp_usd_bn"]) * 1e9)
    low, value, high = sorted(per.values())
    note = (
        "Leonardo, JUPITER, Alps in H100 equivalents (dense bf16) over GDP of Italy, Germany, Switzerland; "
        "the public sector's own flagship only"
    )
    where, unit = "three national machines, accelerators", "accelerator/USD_2023"
    return [
        _stated("demand.research_per_gdp", value, unit, "2025", "epoch_datacenters_2026", where, note, low, high, "C")
    ]


def route_factor(ref: Reference) -> Row:
    """Measured round trip over that of a straight fibre between capitals; only this ratio is kept."""
    at = {
        k: (float(r["capital_lat"]), float(r["capital_lon"]))
        for k, r in ref.keyed("countries", "iso3").items()
        if r["capital_lat"]
    }
    ratios = []
    for r in ref.rows("country_latency_pairs"):
        a, b = at.get(r["iso3_from"]), at.get(r["iso3_to"])
        if a and b and (km := _distance_km(*a, *b)) > FAR_ENOUGH_KM:
            ratios.append(float(r["median_ms"]) * KM_PER_MS / (2 * km))
    low, value, high = (percentile(ratios, x) for x in (0.1, 0.5, 0.9))
    where = f"median of {len(ratios):,} pairs of countries, capital to capital"
    note = "derived by us: measured round trip over light in a straight fibre; P10-P90 of the pairs"
    return _stated("latency.route_factor", value, "1", "2026", "lokshin_2026", where, note, low, high)


def _distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    p1, p2 = math.radians(lat1), math.radians(lat2)
    h = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))


def _ours(fid: str, value: float, unit: str, where: str, note: str, low: float, high: float) -> Row:
    """A planning value of ours."""
    return fact(fid, value, unit, year=2026, cls="C", source=ASSUMPTION, where=where, note=note, low=low, high=high)


def _stated(
    fid: str,
    value: float,
    unit: str,
    year: str,
    source: str,
    where: str,
    note: str,
    low: float | str = "",
    high: float | str = "",
    cls: str = "B",
) -> Row:
    return fact(fid, value, unit, year=year, cls=cls, source=source, where=where, note=note, low=low, high=high)


TABLES = {"offtake": offtake, "home_demand": home_demand}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA)
    args = parser.parse_args()
    for name, derive in TABLES.items():
        write(args.out / f"{name}.csv", derive(Reference(args.reference)))


if __name__ == "__main__":
    main()
