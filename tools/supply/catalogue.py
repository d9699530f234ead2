"""Costs of plants from the catalogues.

Catalogue gas-plant costs lag the market, so `capex` holds the market figure (`market.py`) and `catalogue_capex` the
catalogue's; fixed O&M is money, never a share of the market figure.
"""

from __future__ import annotations

from fact_cells import Row, fact

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


# The catalogue's European figure is Lazard's, with the interest during construction in it, which a plan adds itself
NUCLEAR_EUROPE = fact(
    "tech.nuclear.capex.eu",
    7354,
    6808,
    11030,
    "EUR_2020/kW",
    2025,
    "B",
    "power-sfen-epr2",
    "72.8 bn EUR of 2020 for six reactors of 1,650 MW",
    "estimate of December 2025, overnight, with provisions for risks; low: the 67.4 bn of January 2025; high: ours, "
    "half as much again, reactors of Europe ran over further",
)
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
                wide = (0.8, 1.3)
                text = f"{note}; range: default, AACE class 4 (-20 %, +30 %)"
                if name == "wind_offshore" and region == "eu":  # the catalogue row leaves the sea cable out
                    wide, text = (0.8, 1.7), f"{note}; grid connection at sea not in it: high is +70 %; range: ours"
                source = sourced(name, region, "capex")
                bounds = (capex * wide[0], capex * wide[1])
                row = fact(
                    f"tech.{name}.{key}.{region}", capex, *bounds, "/".join(money), 2028, "B", source, where, text
                )
                rows.append(NUCLEAR_EUROPE if row["id"] == NUCLEAR_EUROPE["id"] else row)
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
