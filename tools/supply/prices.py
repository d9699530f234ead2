"""Prices of power: level, network, and the shape of the year."""

from __future__ import annotations

import numpy as np
from fact_cells import Row, fact

from gigawatt.power.prices import price_shape

COUNTRIES = ("FRA", "UKR", "KEN", "USA", "SGP", "EST")
ZONES = {"FR": "FR", "SG": "SG", "TX": "US-TEX-ERCO"}  # our short name: column of the hourly prices

INDUSTRIAL_NOTE = {
    "USA": "national mean; Texas has its own figure in the price build-up",
    "KEN": "compiled in a World Bank study; check on the built-up price",
    "SGP": "compiled in a World Bank study from USEP and network charges",
    "UKR": "do not use: half the day-ahead price of its time; 164 EUR/MWh all in, first half of 2025, in the news",
}


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
