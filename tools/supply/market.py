"""What plants and connections cost on the market, and in developing countries."""

from __future__ import annotations

import re

from fact_cells import Row, fact

from .catalogue import Catalogue

PLANNING = {  # ours: name in the World Bank planning model, for developing countries
    "solar": "pv_utility",
    "wind_onshore": "wind_onshore",
    "wind_offshore": "wind_offshore",
    "gas_engine": "reciprocating_engine_gas",
    "ocgt": "gas_turbine_simple_cycle",
    "ccgt": "ccgt",
}


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
