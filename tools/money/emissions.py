"""Jobs and emissions."""

from __future__ import annotations

from fact_rows import Reference, Row, fact


def social(ref: Reference) -> list[Row]:
    table, rows = ref.keyed("social", "id"), []
    for name, key, column, why in (
        ("construction_peak", "rule-construction", "construction_per_mw", "high: compressed schedule (UAE)"),
        ("permanent", "rule-permanent", "permanent_per_mw", "from Bethune to Tasmania"),
    ):
        cell = table[key][column] or next(v for v in table[key].values() if "low/central/high" in v)
        low, value, high = (float(x) for x in cell.split()[0].split("/"))
        rows.append(
            fact(
                f"jobs.{name}",
                value,
                "job/MW",
                year=2026,
                cls="C",
                source="campus_jobs",
                where=f"{key}, per facility MW",
                note=f"direct jobs of announced campuses, not audited, no multipliers; {why}",
                low=low,
                high=high,
            )
        )
    return rows


# IPCC AR5 WG3 Annex III, table A.III.2: life cycle min, median, max; direct min, median, max. kg/MWh = g/kWh
IPCC = {
    "coal": ((740, 820, 910), (670, 760, 870)),
    "ccgt": ((410, 490, 650), (350, 370, 490)),
    "biomass": ((130, 230, 420), None),
    "geothermal": ((6, 38, 79), (0, 0, 0)),
    "hydro": ((1, 24, 100), (0, 0, 0)),
    "nuclear": ((3.7, 12, 110), (0, 0, 0)),
    "solar": ((18, 48, 180), (0, 0, 0)),
    "wind_onshore": ((7, 11, 56), (0, 0, 0)),
    "wind_offshore": ((8, 12, 35), (0, 0, 0)),
}
ENGINE_EFFICIENCY = 0.43  # gas engine on the same heating value as the fuel factor: ours


def plant_factors(ref: Reference) -> dict[str, dict[str, float]]:
    """Direct factor = fuel over efficiency; life cycle adds the upstream share of the IPCC's gas and coal plants."""
    table = {
        (r["technology"], r["parameter"]): float(r["value"])
        for r in reversed(ref.rows("technology_costs"))
        if r["year"] == "2025" and "Europe" in r["case"] and r["parameter"] in ("efficiency", "co2_intensity")
    }
    fuel = {
        "ccgt": "fuel_gas",
        "ocgt": "fuel_gas",
        "gas_engine": "fuel_gas",
        "coal": "coal",
        "oil_engine": "oil_engine_plant",
    }
    efficiency = {"gas_engine": ENGINE_EFFICIENCY, "oil_engine": table["oil_engine_plant", "efficiency"]}
    upstream = {"fuel_gas": IPCC["ccgt"], "coal": IPCC["coal"], "oil_engine_plant": IPCC["coal"]}
    out = {}
    for plant, name in fuel.items():
        direct = 1000 * table[name, "co2_intensity"] / efficiency.get(plant, table.get((plant, "efficiency"), 0.0))
        life, stack = upstream[name]
        assert stack
        out[plant] = {
            "direct": direct,
            "lifecycle": direct * life[1] / stack[1],
            "fuel": 1000 * table[name, "co2_intensity"],
        }
    return out


def emissions(ref: Reference) -> list[Row]:
    rows: list[Row] = []
    for tech, (life, direct) in IPCC.items():
        if tech not in ("coal", "ccgt"):  # those follow their efficiency, below
            for name, triple in (("lifecycle", life), ("direct", direct)):
                if triple:
                    rows.append(
                        fact(
                            f"carbon.{tech}.{name}",
                            triple[1],
                            "kg/MWh",
                            year=2014,
                            cls="B",
                            source="ipcc_ar5_annex3",
                            where="table A.III.2",
                            low=triple[0] if triple[2] else "",
                            high=triple[2] or "",
                            note=(
                                "high: ours (published maximum 2,200, one reservoir)"
                                if tech == "hydro"
                                else "published minimum and maximum, recalled; median seen in a copy"
                            )
                            if triple[2]
                            else "",
                        )
                    )
    plants = plant_factors(ref)
    for plant, f in plants.items():
        where = "fuel CO2 over efficiency" if plant != "gas_engine" else f"fuel CO2 over efficiency {ENGINE_EFFICIENCY}"
        for name, low, high in (("direct", 0.95, 1.15), ("lifecycle", 0.90, 1.25)):
            note = (
                "range: ours" if name == "direct" else "direct x IPCC life cycle over direct; methane leakage widens it"
            )
            rows.append(
                fact(
                    f"carbon.{plant}.{name}",
                    f[name],
                    "kg/MWh",
                    year=2025,
                    cls="C",
                    source="dea_technology_data",
                    where=where,
                    note=note,
                    low=f[name] * low,
                    high=f[name] * high,
                )
            )
    for name, plant in (("gas", "ccgt"), ("coal", "coal"), ("oil", "oil_engine")):
        rows.append(
            fact(
                f"carbon.fuel.{name}",
                plants[plant]["fuel"],
                "kg/MWh",
                year=2025,
                cls="B",
                source="dea_technology_data",
                where="co2_intensity, per energy of the fuel",
                note="range: ours",
                low=plants[plant]["fuel"] * 0.98,
                high=plants[plant]["fuel"] * 1.03,
            )
        )
    return rows
