"""Prices of gas and carbon, and carbon in fuels."""

from __future__ import annotations

import numpy as np
from fact_cells import Row, fact

from .catalogue import Catalogue


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
