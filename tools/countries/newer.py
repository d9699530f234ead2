"""Electricity of a later year than the row of the balance: generation, demand, trade, carbon and shares of sources.

Per place: its source and class of evidence, then name of the fact: value, low, high, where, note. What a source does
not tell keeps the older row of the balance, marked STALE.
"""

from __future__ import annotations

from typing import NamedTuple

from fact_rows import Row, fact

# the Energy Institute's figures of 2024 are read through a copy of Our World in Data that lists the shares of each
# source; a total that it leaves blank is a source over its share
EI = "through Our World in Data, February 2026"
R = "range: ours"
UNITS = {"generation": "TWh/year", "demand": "TWh/year", "net_imports": "TWh/year", "carbon.average": "kg/MWh"}

Figure = tuple[float, float, float, str, str]


class Newer(NamedTuple):
    """Later figures of one place; `other` names the source and class of those that the first source has not."""

    source: str
    cls: str
    year: int
    figures: dict[str, Figure]
    other: dict[str, tuple[str, str]] = {}  # noqa: RUF012 - never written


def share(value: float, spread: float, where: str, note: str = R) -> Figure:
    """A share of generation with a range of ours to both sides."""
    return value, value * (1 - spread), min(value * (1 + spread), 1.0), where, note


NOTHING: Figure = (0.0, 0.0, 0.0, f"no such plant, {EI}", "")

NEWER: dict[str, Newer] = {
    "DZA": Newer(
        "energy_institute_2025",
        "B",
        2024,
        {
            "share.fossil": share(0.99255, 0.01, f"all but 0.745 % renewable, {EI}"),
            "share.hydro": share(0.00051, 0.2, f"hydro_share_elec, {EI}"),
            "share.solar": share(0.0068, 0.2, f"0.686 TWh of 101.1, {EI}"),
            "share.wind": share(0.00016, 0.2, f"0.016 TWh of 101.1, {EI}"),
            "share.nuclear": NOTHING,
        },
    ),
    "IRQ": Newer(
        "energy_institute_2025",
        "B",
        2024,
        {
            "share.fossil": share(0.98959, 0.01, f"all but 1.041 % renewable, {EI}"),
            "share.hydro": share(0.00818, 0.2, f"hydro_share_elec, {EI}"),
            "share.solar": share(0.00223, 0.2, f"0.378 TWh of 169.5, {EI}"),
            "share.wind": NOTHING,
            "share.nuclear": NOTHING,
        },
    ),
    "LAO": Newer(
        "owid_energy_2026",
        "B",
        2024,
        {
            "generation": (
                52.31,
                47.0,
                57.5,
                "electricity_generation, LAO, 2024",
                f"near 2023, perhaps carried on; {R}",
            ),
            "demand": (15.61, 13.0, 18.0, "electricity_demand, LAO, 2024", R),
            "net_imports": (-36.70, -44.5, -29.0, "net_elec_imports, LAO, 2024", f"negative: exports; {R}"),
            "carbon.average": (232.08, 185.0, 280.0, "carbon_intensity_elec, LAO, 2024", f"of generation; {R}"),
            "share.coal": share(0.23284, 0.15, "coal_share_elec, LAO, 2024"),
            "share.fossil": share(0.23284, 0.15, "fossil_share_elec, LAO, 2024"),
            "share.hydro": share(0.76467, 0.10, "hydro_share_elec, LAO, 2024"),
            "share.solar": share(0.00172, 0.20, "solar_share_elec, LAO, 2024"),
            "share.bio_and_other": share(0.00076, 0.20, "biofuel_share_elec, LAO, 2024"),
            "share.wind": (0.0, 0.0, 0.0, "wind_share_elec, LAO, 2024", ""),
            "share.nuclear": (0.0, 0.0, 0.0, "nuclear_share_elec, LAO, 2024", ""),
        },
    ),
    "MYS": Newer(
        "ember_2025",
        "B",
        2024,
        {
            "generation": (198.22, 188.0, 208.0, "electricity_generation, MYS, 2024, as of April 2026", R),
            "demand": (197.1, 184.0, 209.0, "generation of 2024 less the exports of 2023", R),
            "carbon.average": (604.43, 544.0, 665.0, "carbon_intensity_elec, MYS, 2024", f"of generation; {R}"),
            "share.fossil": share(0.80325, 0.05, "all but 19.675 % renewable, MYS, 2024"),
            "share.hydro": share(0.16855, 0.05, "hydro_share_elec, MYS, 2024"),
            "share.solar": share(0.02078, 0.05, "4.12 TWh of 198.22, MYS, 2024"),
            "share.bio_and_other": share(0.0074, 0.10, "renewable less hydro, solar and wind, MYS, 2024"),
            "share.wind": (0.0, 0.0, 0.0, "wind_electricity, MYS, 2024", ""),
            "share.nuclear": (0.0, 0.0, 0.0, "no such plant, MYS, 2024", ""),
        },
        {"demand": ("ember_2025", "C")},
    ),
    "PRY": Newer(
        "abc_itaipu_2025",
        "C",
        2024,
        {
            "generation": (
                43.0,
                38.0,
                47.0,
                "half of Itaipú (53.645 TWh in ten months of 2024: 32.2 a year), Acaray 0.768, half of Yacyretá 10",
                f"the half of Yacyretá is recalled, verify before quoting; {R}",
            ),
            "net_imports": (-16.9, -21.4, -11.0, "use of 2024 less generation", f"negative: exports; {R}"),
            "share.hydro": (0.995, 0.97, 1.0, "all three plants of the network are hydro", f"99.5 % in 2023; {R}"),
            "share.bio_and_other": share(0.005, 0.5, "bagasse and wood outside the network, as in 2023"),
            "share.fossil": (0.0, 0.0, 0.01, "none in the network, as in 2023", "diesel in the Chaco aside"),
            "share.solar": (0.0, 0.0, 0.0, "none in the network, as in 2023", ""),
            "share.wind": (0.0, 0.0, 0.0, "none in the network, as in 2023", ""),
            "share.nuclear": (0.0, 0.0, 0.0, "no such plant", ""),
        },
    ),
    "UKR": Newer(
        "energy_institute_2025",
        "C",
        2024,
        {
            "generation": (
                88.0,
                80.0,
                103.0,
                f"12.71 TWh of hydro over its share of 14.44 %, {EI}",
                f"war: what occupied plants make is not told apart; high: the same source for 2023; {R}",
            ),
            "net_imports": (
                4.1,
                3.5,
                4.7,
                "Energy Map: nearly 4.5 TWh in, 0.35 TWh out in 2024",
                R,
            ),
            "demand": (92.1, 84.0, 107.0, "generation and net imports of 2024", R),
            "share.fossil": (0.174, 0.13, 0.22, f"what nuclear and renewables leave, {EI}", R),
            "share.nuclear": share(
                0.598, 0.10, f"129.27 TWh of heat at the ratio of 2022 (0.407) of 88.0 TWh, {EI}", f"derived; {R}"
            ),
            "share.hydro": share(0.1444, 0.15, f"hydro_share_elec, {EI}"),
            "share.solar": share(0.0649, 0.15, f"5.71 TWh of 88.0, {EI}"),
            "share.wind": share(0.0072, 0.15, f"0.63 TWh of 88.0, {EI}"),
            "share.bio_and_other": share(0.0118, 0.3, f"renewable (22.82 %) less hydro, solar and wind, {EI}"),
        },
        {"net_imports": ("ubn_trade_2025", "B")},
    ),
    "UZB": Newer(
        "energy_institute_2025",
        "B",
        2024,
        {
            "share.fossil": share(0.83971, 0.05, f"all but 16.029 % renewable, {EI}", f"90.8 % in 2023; {R}"),
            "share.hydro": share(0.10088, 0.15, f"hydro_share_elec, {EI}"),
            "share.solar": share(0.053, 0.15, f"4.311 TWh of 81.3, {EI}"),
            "share.wind": share(0.0064, 0.15, f"0.519 TWh of 81.3, {EI}"),
            "share.nuclear": NOTHING,
        },
    ),
    "VEN": Newer(
        "energy_institute_2025",
        "C",
        2024,
        {
            "generation": (83.3, 75.0, 92.0, f"72.84 TWh of hydro over its share of 87.42 %, {EI}", f"derived; {R}"),
            "share.fossil": (
                0.12561,
                0.10,
                0.26,
                f"all but 87.44 % renewable, {EI}",
                f"Ember's estimate of 2023 is 21.6 %, inside the range; {R}",
            ),
            "share.hydro": (0.87416, 0.74, 0.90, f"hydro_share_elec, {EI}", f"78.3 % by Ember in 2023; {R}"),
            "share.solar": share(0.00002, 0.5, f"0.002 TWh of 83.3, {EI}"),
            "share.wind": share(0.0002, 0.2, f"0.017 TWh of 83.3, {EI}"),
            "share.nuclear": NOTHING,
        },
    ),
}


def renewed(place: str, rows: list[Row]) -> list[Row]:
    """Rows of a place with the later figures in the place of the older ones, and what only the later source has."""
    if place not in NEWER:
        return rows
    newer = NEWER[place]
    new = {}
    for name, (value, low, high, where, note) in newer.figures.items():
        source, cls = newer.other.get(name, (newer.source, newer.cls))
        common = {"year": newer.year, "cls": cls, "source": source, "where": where, "note": note}
        fid = f"country.{place}.{name}"
        new[fid] = fact(fid, value, UNITS.get(name, "1"), low=low, high=high, **common)
    kept = [new.pop(r[0], r) for r in rows]
    return kept + list(new.values())
