"""Write the facts of the power room from the reference tables: plant costs, fuel, prices, price shapes.

    python tools/derive_power.py REFERENCE_DIR

Figures flow from the reference rows; what no row has is in data/assumptions/power.csv. Catalogue gas-plant costs lag
the market, so `capex` holds the market figure and `catalogue_capex` the catalogue's; fixed O&M is money, never a share
of the market figure.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
from pathlib import Path

import numpy as np

from gigawatt.power.prices import price_shape

HEADER = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
OUT = Path(__file__).resolve().parents[1] / "src" / "gigawatt" / "data" / "power.csv"
COUNTRIES = ("FRA", "UKR", "KEN", "USA", "SGP", "EST")
ZONES = {"FR": "FR", "SG": "SG", "TX": "US-TEX-ERCO"}  # our short name: column of the hourly prices
COD_WEIGHT = 0.4, 0.6  # catalogue rows of 2025 and 2030 weighted to plants ordered now, on line about 2028
TECHNOLOGIES = {  # ours: (reference name for eu, for us)
    "solar": ("solar_pv_tracking", "solar_pv_tracking"),
    "wind_onshore": ("wind_onshore", "wind_onshore"),
    "wind_offshore": ("wind_offshore", "wind_offshore"),
    "battery_power": ("battery_power", "battery_power"),
    "battery_energy": ("battery_energy", "battery_energy"),
    "ccgt": ("ccgt", "ccgt_h_frame_2x1"),
    "ocgt": ("ocgt", None),
    "diesel": ("oil_engine_plant", None),
    "nuclear": ("nuclear_large", "nuclear_large"),
    "smr": (None, "nuclear_smr_300mw"),
    "geothermal": (None, "geothermal"),
    "hydro": ("hydro_reservoir", "hydro_reservoir"),
}
PLANNING = {  # ours: name in the World Bank planning model, for developing countries
    "solar": "pv_utility",
    "wind_onshore": "wind_onshore",
    "wind_offshore": "wind_offshore",
    "gas_engine": "reciprocating_engine_gas",
    "ocgt": "gas_turbine_simple_cycle",
    "ccgt": "ccgt",
}
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def number(x: object) -> str:
    return "" if x in ("", None) else f"{float(x):.6g}"


def fact(id: str, value, low, high, unit: str, year, fact_class: str, source: str, where: str, note: str = "") -> Row:
    cells = (id, number(value), number(low), number(high), unit, year, fact_class, source, where, note)
    return dict(zip(HEADER, (str(c) for c in cells), strict=True))


class Catalogue:
    """The reference cost table by (technology, year, parameter, region)."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows: dict[tuple[str, str, str, str], Row] = {}
        for r in rows:
            region = {"Eur": "eu", "Uni": "us"}.get(r["case"][:3], "world")
            if r["value"]:
                self.rows[r["technology"], r["year"], r["parameter"], region] = r

    def get(self, technology: str | None, parameter: str, region: str) -> float | None:
        """The figure for a plant on line about 2028; None where neither vintage has it."""
        values = [self.rows.get((technology or "", y, parameter, region)) for y in ("2025", "2030")]
        numbers = [float(v["value"]) for v in values if v]
        if not numbers:
            return None
        return numbers[0] if len(numbers) == 1 else sum(w * v for w, v in zip(COD_WEIGHT, numbers, strict=True))


PRODUCER = {"eu": "power-dea", "us": "power-nrel-atb"}


def sourced(technology: str, region: str, parameter: str) -> str:
    """The primary source of a catalogue row: not every row of the European table is the Danish catalogue's."""
    if technology == "nuclear" and (region == "eu" or parameter in ("lifetime", "efficiency")):
        return "power-lazard-2023"
    if technology == "hydro" and (region == "eu" or parameter in ("lifetime", "efficiency")):
        return "power-diw-2013"
    if technology == "geothermal" and parameter == "lifetime":
        return "power-aghahosseini-2020"
    if region == "us" and parameter in ("lifetime",) and technology.startswith(("solar", "wind")):
        return "power-dea"
    return PRODUCER[region]


def technology_facts(book: Catalogue) -> list[Row]:
    rows = []
    for name, names in TECHNOLOGIES.items():
        for region, reference in zip(("eu", "us"), names, strict=True):
            capex = book.get(reference, "investment", region)
            money = ("EUR_2025" if region == "eu" else "USD_2025", "kWh" if name == "battery_energy" else "kW")
            where = f"{reference}, 2025 and 2030 rows"
            note = "plant on line about 2028: 0.4 of 2025 and 0.6 of 2030"
            if capex is not None:
                key = "catalogue_capex" if name in ("ccgt", "ocgt") else "capex"
                wide = (0.757, 1.243) if name == "nuclear" and region == "eu" else (0.8, 1.3)
                text = f"{note}; range: default, AACE class 4 (-20 %, +30 %)"
                if wide[0] == 0.757:
                    text = "Lazard's US figures, Vogtle in them; range: published, 8,475-13,925 USD/kW"
                if name == "wind_offshore" and region == "eu":  # the catalogue row leaves the sea cable out
                    wide, text = (0.8, 1.7), f"{note}; grid connection at sea not in it: high is +70 %; range: ours"
                source = sourced(name, region, "capex")
                bounds = (capex * wide[0], capex * wide[1])
                rows.append(
                    fact(f"tech.{name}.{key}.{region}", capex, *bounds, "/".join(money), 2028, "B", source, where, text)
                )
                fom = book.get(reference, "fom", region)
                if fom is not None:
                    cost = capex * fom / 100.0
                    source = (
                        "power-aghahosseini-2020"
                        if reference == "geothermal" and region == "eu"
                        else sourced(name, region, "fom")
                    )
                    rows.append(
                        fact(
                            f"tech.{name}.fom.{region}",
                            cost,
                            0.8 * cost,
                            1.3 * cost,
                            f"{money[0]}/{money[1]}/year",
                            2028,
                            "B",
                            source,
                            where,
                            "share of the catalogue investment turned into money; range: default",
                        )
                    )
            for parameter, unit, spread in (
                ("vom", f"{money[0]}/MWh", (0.8, 1.3)),
                ("lifetime", "year", (0.8, 1.2)),
                ("efficiency", "1", (0.95, 1.03)),
            ):
                value = book.get(reference, parameter, region)
                if value is None or (parameter == "efficiency" and name in ("battery_power", "hydro")):
                    continue
                rows.append(
                    fact(
                        f"tech.{name}.{parameter}.{region}",
                        value,
                        value * spread[0],
                        value * spread[1],
                        unit,
                        2028,
                        "B",
                        sourced(name, region, parameter),
                        where,
                        f"{note}; range: ours",
                    )
                )
            fuel = book.get(reference, "fuel", region) if name in ("nuclear", "smr") and region == "us" else None
            if fuel is not None:
                rows.append(
                    fact(
                        f"tech.{name}.fuel.us",
                        fuel,
                        0.8 * fuel,
                        1.3 * fuel,
                        "USD_2025/MWh",
                        2030,
                        "B",
                        "power-nrel-atb",
                        f"{reference}, 2030 row",
                        "per MWh of electricity; range: default",
                    )
                )
    return rows


def market_facts(plants: list[Row], units: dict[str, Row], book: Catalogue) -> list[Row]:
    """Market overlay and developing-country figures."""
    rows = []
    ccgt, simple = units["capex-ccgt"], units["capex-simple-cycle"]
    top = next(r for r in plants if r["technology"] == "gas_turbine_simple_cycle" and "BloombergNEF" in r["source"])
    for region in ("us", "eu", "dev"):
        cls = "B" if region == "us" else "C"
        same = "" if region == "us" else "; US figure by analogy: turbines are sold on one world market"
        rows.append(
            fact(
                f"tech.ccgt.capex.{region}",
                ccgt["central"],
                ccgt["low"],
                ccgt["high"],
                "USD_2025/kW",
                2025,
                cls,
                "power-nextera-2025",
                "statement of the chief executive",
                f"market overlay of 2025, range recalled{same}",
            )
        )
        rows.append(
            fact(
                f"tech.ocgt.capex.{region}",
                simple["central"],
                1000,
                1600,
                "USD_2025/kW",
                2025,
                cls,
                "power-dcd-abilene",
                "up to 500 million USD for 360.5 MW",
                f"market overlay; high near {top['value']} of utility filings (BloombergNEF), low: ours{same}",
            )
        )
    built = next(r for r in plants if r["technology"] == "reciprocating_engine_gas" and "built plant" in r["basis"])
    for region in ("us", "eu"):
        value = float(built["value"])
        rows.append(
            fact(
                f"tech.gas_engine.capex.{region}",
                value,
                0.8 * value,
                1.5 * value,
                "USD_2019/kW",
                2019,
                "B" if region == "us" else "C",
                "power-umerc-2019",
                "275 million USD for 188 MW gross",
                "built before the 2022-26 price rise: high is +50 %; range: ours",
            )
        )
    for name, reference in PLANNING.items():
        row = next(r for r in plants if r["technology"] == reference and "EPM" in r["money_year"])
        fom, vom = (float(re.search(p, row["note"])[1]) for p in (r"fixed O&M ([\d.]+)", r"VOM ([\d.]+)"))
        where = f"generic generator table, {reference}"
        if name not in ("ccgt", "ocgt"):
            value = float(row["value"])
            world = {
                "solar": "solar_pv_global",
                "wind_onshore": "wind_onshore_global",
                "wind_offshore": "wind_offshore_global",
            }.get(name)
            low = float(book.rows[world, "2024", "investment", "world"]["value"]) if world else 0.8 * value
            kit = [r for r in plants if r["technology"] == reference and "Kenya kit" in r["region"]]
            high = float(kit[0]["value"]) if kit else 1.3 * value
            note = (
                "low: world mean of 2024 (IRENA); high: Kenya starter data kit"
                if world
                else "range: default, AACE class 4"
            )
            rows.append(
                fact(
                    f"tech.{name}.capex.dev",
                    value,
                    low,
                    high,
                    "USD_2025/kW",
                    2025,
                    "C",
                    "power-epm",
                    where,
                    f"{note}; undated planning default",
                )
            )
        rows.append(
            fact(
                f"tech.{name}.fom.dev",
                fom,
                0.8 * fom,
                1.3 * fom,
                "USD_2025/kW/year",
                2025,
                "C",
                "power-epm",
                where,
                "range: default",
            )
        )
        if vom:
            rows.append(
                fact(
                    f"tech.{name}.vom.dev",
                    vom,
                    0.8 * vom,
                    1.3 * vom,
                    "USD_2025/MWh",
                    2025,
                    "C",
                    "power-epm",
                    where,
                    "range: default",
                )
            )
    engine = book.rows["recip_engine_gas", "2026", "efficiency", "world"]
    rows.append(
        fact(
            "tech.gas_engine.efficiency",
            engine["value"],
            0.43,
            0.5,
            "1",
            2026,
            "B",
            "power-wartsila-50sg",
            "about 6,800 kJ/kWh",
            "lower heating value, new, full load; low: smaller engines, ours",
        )
    )
    kit = next(r for r in plants if r["technology"] == "nuclear" and "Kenya kit" in r["region"])
    rows.append(
        fact(
            "tech.nuclear.capex.dev",
            kit["value"],
            4000,
            1.6 * float(kit["value"]),
            "USD_2020/kW",
            2020,
            "C",
            "power-ccg-kits",
            "Kenya kit, table 2",
            "planning default, no plant behind it; low: World Bank planning model; high: ours, real builds run over",
        )
    )
    return rows


def connection_facts(plants: list[Row]) -> list[Row]:
    cases = sorted(float(r["value"]) for r in plants if r["technology"] == "grid_connection")
    rows = []
    for region in ("us", "eu", "dev"):
        rows.append(
            fact(
                f"grid.connection.capex.{region}",
                cases[1],
                cases[0],
                cases[2],
                "USD_2025/kW",
                2025,
                "B" if region == "us" else "C",
                "power-rmi-connection",
                "American Transmission Company, Dominion: three cases",
                "line and substations of loads of 1.3 GW, 111 MW, 900 MW; three cases, no distribution"
                + ("" if region == "us" else "; by analogy"),
            )
        )
    return rows


def fuel_facts(fuels: list[Row], book: Catalogue) -> list[Row]:
    hubs = {
        "us": ("Henry Hub", "power-eia-henry-hub", "A"),
        "ttf": ("TTF day ahead", "power-imf-pcps", "B"),
        "asia": ("LNG Japan (IMF PNGASJP, follows Asian spot LNG level)", "power-imf-pcps", "B"),
    }
    rows = []
    for hub, (series, source, cls) in hubs.items():
        years = {
            r["period"][:4]: float(r["value"])
            for r in fuels
            if r["series"] == series and r["period_type"] in ("year", "9 months")
        }
        recent = np.mean([years["2024"], years["2025"]])
        low, high = np.quantile(list(years.values()), [0.1, 0.9])
        rows.append(
            fact(
                f"fuel.gas.price.{hub}",
                recent,
                low,
                high,
                "USD_2025/MMBtu",
                2025,
                cls,
                source,
                f"yearly means 2022-2025, {series.split(' (')[0]}",
                "mean of 2024 and 2025, at the hub, gross heat; range: P10-P90 of four years with 2022",
            )
        )
    for fuel, key in (("gas", "fuel_gas"), ("diesel", "oil_engine_plant")):
        value = 1000.0 * float(book.rows[key, "2025", "co2_intensity", "eu"]["value"])
        rows.append(
            fact(
                f"fuel.{fuel}.carbon",
                value,
                0.98 * value,
                1.02 * value,
                "kg/MWh",
                2025,
                "B",
                "power-dea",
                "stoichiometric",
                "per MWh of fuel, lower heating value; range: ours",
            )
        )
    ets = {r["period"]: float(r["value"]) for r in fuels if r["series"] == "EU ETS allowance"}
    rows.append(
        fact(
            "carbon.price.eu",
            ets["2025"],
            min(ets.values()),
            1.3 * ets["2025"],
            "EUR_2025/t",
            2025,
            "B",
            "power-veyt",
            "average of traded allowances, 2025",
            "low: lowest yearly mean 2022-2025; high: ours",
        )
    )
    return rows


def price_facts(series: list[Row], extras: dict[str, Row], texas: float) -> list[Row]:
    rows, means = [], {}
    for zone, column in ZONES.items():
        hourly = {
            y: np.array(
                [float(r[column]) for r in series if r["utc"].startswith(y) and r["utc"][14:16] == "00" and r[column]]
            )
            for y in ("2023", "2024")
        }
        means[zone] = {y: float(v.mean()) for y, v in hourly.items()}
        stamps = [r["utc"] for r in series if r["utc"].startswith("2024") and r["utc"][14:16] == "00" and r[column]]
        keep = np.array(["-02-29" not in s for s in stamps])
        months, hours, spread, memory = price_shape(hourly["2024"][keep])
        where, note = (
            f"2024, zone {column}",
            "derived by us from the hourly series, 29 February left out; UTC; one year",
        )
        for i, x in enumerate(months):
            rows.append(
                fact(
                    f"price.shape.{zone}.month.{i + 1:02d}",
                    x,
                    0.85 * x,
                    1.15 * x,
                    "1",
                    2024,
                    "B",
                    "power-own-price-shape",
                    where,
                    f"{note}; range: ours",
                )
            )
        for i, x in enumerate(hours):
            rows.append(
                fact(
                    f"price.shape.{zone}.hour.{i:02d}",
                    x,
                    0.9 * x,
                    1.1 * x,
                    "1",
                    2024,
                    "B",
                    "power-own-price-shape",
                    where,
                    f"{note}; range: ours",
                )
            )
        rows.append(
            fact(
                f"price.shape.{zone}.spread",
                spread,
                0.7 * spread,
                1.3 * spread,
                "1",
                2024,
                "B",
                "power-own-price-shape",
                where,
                f"{note}; range: ours",
            )
        )
        rows.append(
            fact(
                f"price.shape.{zone}.persistence",
                memory,
                0.9 * memory,
                min(1.05 * memory, 0.995),
                "1",
                2024,
                "B",
                "power-own-price-shape",
                where,
                f"{note}; range: ours",
            )
        )
    for iso, zone, what in (
        ("FRA", "FR", "day-ahead"),
        ("SGP", "SG", "USEP, vesting and capacity not in it"),
        ("USA", "TX", "ERCOT, energy only"),
    ):
        m = means[zone]
        rows.append(
            fact(
                f"country.{iso}.price.wholesale",
                m["2024"],
                0.66 * m["2024"],
                max(1.34 * m["2024"], min(m["2023"], 1.6 * m["2024"])) if iso != "USA" else m["2023"],
                "USD_2024/MWh",
                2024,
                "A",
                "power-own-price-shape",
                f"mean of 2024, zone {ZONES[zone]}",
                f"{what}; 2023: {m['2023']:.0f}; range: year-to-year ratios of 22 zones, 0.66-1.34 (Texas to 2023)",
            )
        )
    usd = {iso: 1000.0 * float(extras[iso]["price_industrial_usd_per_kwh"]) for iso in COUNTRIES}
    rows += [
        fact(
            f"country.{iso}.price.industrial",
            p,
            0.8 * p,
            1.3 * p,
            "USD_2024/MWh",
            2024,
            "B" if extras[iso]["price_industrial_quality"] == "A" else "C",
            "power-eia-industrial"
            if iso == "USA"
            else {"KEN": "power-climatescope", "SGP": "power-ema-sgp"}.get(iso, "power-eurostat-205"),
            f"row {iso}",
            INDUSTRIAL_NOTE.get(
                iso,
                "all in but taxes and levies, band of 20-70 GWh a year; only checks the built-up price",
            ),
        )
        for iso, p in usd.items()
    ]
    rest = 1000.0 * texas - means["TX"]["2024"]
    rows.append(
        fact(
            "country.USA.price.network",
            rest,
            0.25 * rest,
            1.2 * rest,
            "USD_2024/MWh",
            2024,
            "C",
            "power-eia-industrial",
            f"Texas industrial mean {1000 * texas:.1f} less ERCOT 2024 mean",
            "network, hedge and margin of mean industry; less at transmission voltage (low: ours)",
        )
    )
    rest = usd["SGP"] - means["SG"]["2024"]
    rows.append(
        fact(
            "country.SGP.price.network",
            rest,
            0.5 * rest,
            1.5 * rest,
            "USD_2024/MWh",
            2024,
            "C",
            "power-ema-sgp",
            "compiled industrial price less USEP mean of 2024",
            "difference: transmission, market fees, margin; range: ours",
        )
    )
    rows.append(
        fact(
            "country.KEN.price.network",
            usd["KEN"] - 70.0,
            0.0,
            2 * (usd["KEN"] - 70.0),
            "USD_2024/MWh",
            2024,
            "C",
            "power-climatescope",
            "industrial price less the 70 USD/MWh of the generator's own park",
            "zero inside the generator's own park; range: ours",
        )
    )
    rows.append(
        fact(
            "price.rule.large_user_adder",
            41,
            27,
            48,
            "USD_2024/MWh",
            2024,
            "B",
            "power-own-price-rule",
            "18 countries, industrial price less 2024 wholesale mean",
            "median and quartiles; fallback for network and margin; high for a load at 220 kV and above",
        )
    )
    return rows


INDUSTRIAL_NOTE = {
    "USA": "national mean; Texas has its own figure in the price build-up",
    "KEN": "compiled in a World Bank study; check on the built-up price",
    "SGP": "compiled in a World Bank study from USEP and network charges",
    "UKR": "do not use: half the day-ahead price of its time; 164 EUR/MWh all in, first half of 2025, in the news",
}


def nuclear_facts(balance: dict[str, Row], units: dict[str, Row]) -> list[Row]:
    rows, capacity = [], {"FRA": 63.0, "USA": 97.0}
    for iso, gw in capacity.items():
        twh = float(balance[iso]["nuclear_twh"])
        share = twh * 1000.0 / (gw * 8760.0)
        where = f"nuclear generation, {balance[iso]['year']}"
        rows.append(
            fact(
                f"nuclear.fleet.{iso}.generation",
                twh,
                0.95 * twh,
                1.05 * twh,
                "TWh/year",
                balance[iso]["year"],
                "A",
                "power-ember-owid",
                where,
                "range: ours, year to year",
            )
        )
        rows.append(
            fact(
                f"nuclear.fleet.{iso}.capacity",
                gw,
                0.97 * gw,
                1.01 * gw,
                "GW",
                2025,
                "B",
                "power-iaea-pris",
                "net capacity in operation",
                "recalled, verify before quoting; low: without the newest unit",
            )
        )
        rows.append(
            fact(
                f"nuclear.fleet.{iso}.availability",
                share,
                0.93 * share,
                min(1.06 * share, 0.95),
                "1",
                balance[iso]["year"],
                "B",
                "power-ember-owid",
                where,
                f"over {gw:g} GW: fleet output, load following and spilled hours included; range: ours, year to year",
            )
        )
    edf, restart = units["edf-nuclear-70"], units["ppa-tmi"]
    rows.append(
        fact(
            "ppa.nuclear.FRA.price",
            edf["central"],
            60,
            80,
            "EUR_2025/MWh",
            2026,
            "B",
            "power-edf-70",
            "agreement of November 2023; start price of a 40 MW, 12-year contract",
            "existing fleet, energy only, no network; published as a target, revenue is shared above 78-80; low: ours",
        )
    )
    rows.append(
        fact(
            "ppa.nuclear.USA.price",
            restart["central"],
            restart["low"],
            restart["high"],
            "USD_2024/MWh",
            2024,
            "B",
            "power-tmi-enverus",
            "analysts' estimates",
            "restart of a closed unit, 20 years, energy only",
        )
    )
    return rows


def write(path: Path, rows: list[Row]) -> None:
    kept = sorted(rows, key=lambda r: r["id"])
    ids = [r["id"] for r in kept]
    if len(set(ids)) < len(ids):
        raise SystemExit(f"repeated ids {sorted({i for i in ids if ids.count(i) > 1})}")
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, HEADER, lineterminator="\n")
        out.writeheader()
        out.writerows(kept)


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
    write(OUT, rows)


if __name__ == "__main__":
    main()
