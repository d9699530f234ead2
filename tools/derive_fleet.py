"""Write the facts about fleets of accelerators: what one buyer gets, how fast hardware loses value, generations.

    python tools/derive_fleet.py REFERENCE_DIR

Rates of delivery are counts of accelerators over the months in which they came on line, from campuses on record.
Start of volume, and generations that nobody sells yet, are our assumptions (data/assumptions/fleet.csv).
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from fact_rows import DATA, RECALLED, Reference, Row, fact, write

DAYS_PER_MONTH = 365.0 / 12.0
VALUE_OOM_PER_YEAR = 0.14  # Cottier et al. 2024, constant of the published model
GENERATIONS = {
    "hopper": "h200",
    "blackwell": "gb200-nvl72",
    "blackwell-ultra": "gb300-nvl72",
    "rubin": "vr200-nvl72",
}
BUILDINGS, PER_BUILDING = 8, 50_000  # Abilene, as announced
UAE_PER_YEAR, UAE_LICENSED, UAE_FRAMEWORK = 100_000, 35_000, 500_000
COLOSSUS_NEXT = 100_000 / 3.0  # 92 days
PUBLISHED_QUEUE_YEARS = {  # years from application to connection by state, as the study on waiting takes them
    2.5: "CT ME MA NH RI VT",
    3.0: "FL GA SC AL TX",
    3.5: "NC TN",
    3.75: "NJ PA IL IN MI OH WI IA MN DE MD VA WV KY MS",
    4.0: "KS MO NE ND SD AR LA OK AZ CO ID MT NM UT WY OR WA",
    4.5: "NY NV",
    4.75: "CA",
}
PUBLISHED_GAS_MONTHS = 36.0


def months(start: str, end: str) -> float:
    """Months between two dates."""
    return (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days / DAYS_PER_MONTH


def supply(reference: Reference) -> list[Row]:
    """Accelerators a month that one buyer received."""
    sites = reference.keyed("campuses", "id")
    abilene, fairwater = sites["openai-stargate-abilene"], sites["microsoft-fairwater-atlanta"]
    colossus = sites["colossus-1"]
    rates = {
        "Abilene, seven buildings after the first": (BUILDINGS - 1)
        * PER_BUILDING
        / months(abilene["first_operational"], abilene["full_date"]),
        "Fairwater Atlanta, second half": float(fairwater["accelerators_num"])
        * (1.0 - float(fairwater["first_it_mw"]) / float(fairwater["it_mw_full"]))
        / months(fairwater["first_operational"], fairwater["full_date"]),
        "Colossus 1": float(colossus["accelerators_num"])
        / months(colossus["construction_start"], colossus["full_date"]),
    }
    ordered = sorted(rates.values())
    said = ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
    largest = fact(
        "fleet.supply.USA",
        round(ordered[1], -2),
        "accelerator/month",
        low=round(ordered[0], -2),
        high=round(COLOSSUS_NEXT, -2),
        year=2026,
        cls="B",
        source="epoch-frontier-sites",
        where="accelerators over months, three campuses",
        note=f"one buyer, one campus, a month: {said}; high: the next 100,000 at Colossus in 92 days ({RECALLED})",
    )
    licensed = {
        "low": UAE_LICENSED / 12.0,
        "high": UAE_FRAMEWORK / 12.0,
    }
    where = "United Arab Emirates: about 100,000 a year by export approvals"
    note = (
        f"low: 35,000 licensed in November 2025 taken as a year's; high: 500,000 a year spoken of in 2025 ({RECALLED})"
    )
    return [
        largest,
        *(
            fact(
                f"fleet.supply.{kind}",
                round(UAE_PER_YEAR / 12.0, -2),
                "accelerator/month",
                year=2025,
                cls="B",
                source="gulf-licences",
                where=where,
                note=note,
                low=round(licensed["low"], -2),
                high=round(licensed["high"], -2),
            )
            for kind in ("case_by_case", "licence_presumed_approval")
        ),
    ]


def value(reference: Reference) -> Row:
    """How fast hardware that stands loses value."""
    offers = reference.keyed("offtake", "id")
    rent = -float(offers["decline-h100"]["central"]) / 100.0
    planned = -float(offers["decline-assume"]["central"]) / 100.0
    return fact(
        "fleet.value_decline",
        1.0 - 10.0**-VALUE_OOM_PER_YEAR,
        "1/year",
        low=planned,
        high=rent,
        year=2024,
        cls="B",
        source="compute-epoch-training-cost",
        where="hardware value falls 0.14 orders of magnitude a year",
        note="hardware on site and idle; low: planning fall of the rent of the same chip; "
        "high: the rent of the H100 from mid 2023 to March 2026",
    )


def published_waiting(reference: Reference) -> list[Row]:
    """How the published study prices waiting: set beside ours, never used for it."""
    offers = reference.keyed("offtake", "id")
    source = {"year": 2025, "cls": "B", "source": "newkirk-waiting", "where": "src/config.py"}
    return [
        fact("delay.published_rent", 2.40, "USD_2022/accelerator/h", note="gpu_hour_spot_price", **source),
        fact("delay.published_rate", 0.07, "1/year", note="discount_rate", **source),
        fact(
            "delay.solar_battery",
            24.0,
            "month",
            low=15.0,
            high=36.0,
            note="own solar and battery without a grid connection: solar_construction_years; range: ours",
            **source,
        ),
        fact(
            "delay.h100_rent_2024",
            5.0,
            "USD_2024/accelerator/h",
            low=float(offers["price-h100-2024"]["low"]),
            high=float(offers["price-h100-2024"]["high"]),
            year=2024,
            cls="B",
            source="compux-gpu-prices",
            where="H100, July 2024",
            note="on demand, by provider; central: ours",
        ),
        fact("delay.published_gas", PUBLISHED_GAS_MONTHS, "month", note="turbine_lead_times", **source),
        *(
            fact(
                f"delay.published_queue.USA-{state}",
                12.0 * years,
                "month",
                note="interconnection years of the market, as the study takes them; set beside ours",
                **(source | {"where": "src/lcoe_calc.py, GRID_BASELINE_DATA"}),
            )
            for years, states in PUBLISHED_QUEUE_YEARS.items()
            for state in states.split()
        ),
    ]


def named() -> list[Row]:
    """Which accelerator of the catalogue stands for a generation."""
    return [
        fact(
            f"generation.{key}.accelerator",
            item,
            "text",
            year=2026,
            cls="C" if key == "rubin" else "B",
            source="compute-ml-engineering",
            where="accelerators by generation",
            note="the one a large campus would buy",
        )
        for key, item in GENERATIONS.items()
    ]


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    reference = Reference(parser.parse_args().reference)
    write(DATA / "generations.csv", [*supply(reference), value(reference), *published_waiting(reference), *named()])


if __name__ == "__main__":
    main()
