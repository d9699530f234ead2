"""Use and trade of electricity where the balance lists output alone: large importers and exporters.

The newest balance of small systems has no line for trade. Where a country lives on a neighbour's plants its output says
little of its peak; here are its use, from whoever publishes it, or its imports of three years, carried to the year of
the output. Other places are taken to use what they make.
"""

from __future__ import annotations

from typing import NamedTuple

from fact_rows import RECALLED, Row, fact

OURS = "range: ours"


class Use(NamedTuple):
    """Own use of a place. TWh a year"""

    value: float
    low: float
    high: float
    year: int
    where: str
    source: str = "national_peaks"
    cls: str = "C"
    note: str = f"{RECALLED}; {OURS}"


OWN_USE = {
    "AFG": Use(6.5, 5.0, 8.0, 2023, "use, four fifths imported"),
    "AND": Use(0.55, 0.5, 0.6, 2023, "use, four fifths from Spain and France"),
    "BTN": Use(4.5, 3.5, 6.0, 2023, "use; the rest goes to India"),
    "BWA": Use(3.9, 3.5, 4.3, 2023, "use, part from South Africa"),
    "DJI": Use(
        0.73,
        0.65,
        0.85,
        2020,
        "532 GWh from Ethiopia in 2020, and what is made at home",
        "use_dji",
        "C",
        f"60 to 80 % of use in 2022; {OURS}",
    ),
    "ISL": Use(20.12, 19.9, 20.3, 2023, "use: no line leads abroad"),
    "LAO": Use(14.0, 10.0, 20.0, 2023, "use; most of the output is exported"),
    "LSO": Use(0.95, 0.85, 1.05, 2023, "use, half imported"),
    "MAC": Use(5.936, 5.7, 6.3, 2023, "gross consumption in 2023", "peak_mac", "B", f"93 % from outside; {OURS}"),
    "MLT": Use(2.918, 2.85, 3.1, 2023, "supply in 2023", "peak_mlt", "B", f"0.648 TWh through the cable; {OURS}"),
    "MOZ": Use(
        6.4,
        5.0,
        9.0,
        2021,
        "peak of 1,035 MW at a load factor of 0.71",
        "assumption",
        "C",
        "ESTIMATE: the national grid without the smelter; load factor: median of published peaks; range: ours",
    ),
    "NAM": Use(4.0, 3.6, 4.4, 2023, "use, more than half imported"),
    "NPL": Use(12.0, 11.0, 13.5, 2024, "use; trade with India in both directions"),
    "PRY": Use(
        26.143, 25.6, 27.0, 2024, "ANDE, national system in 2024, Última Hora", cls="B", note=f"losses in it; {OURS}"
    ),
    "SLE": Use(
        0.40,
        0.30,
        0.60,
        2023,
        "27 MW through the line from Côte d'Ivoire, and what is made at home",
        "peak_sle",
        "C",
        "ESTIMATE: the line at a load factor of 0.8; range: ours",
    ),
    "SWZ": Use(1.3, 1.1, 1.5, 2023, "use, most of it imported"),
}
# use less output in 2019, 2020 and 2021, where all three say that a sixth of the output or more comes from abroad. TWh
# Left out: Suriname, which no line joins to a neighbour, and Belize, whose figures exceed what its peak allows.
IMPORTS = {
    "BDI": (0.07, 0.08, 0.07),
    "BFA": (1.21, 1.05, 1.10),
    "HKG": (10.18, 11.49, 11.59),
    "KHM": (2.46, 3.30, 2.22),
    "MNG": (1.29, 1.72, 1.31),
    "MRT": (0.45, 0.34, 0.50),
    "NER": (1.00, 0.87, 0.90),
    "TGO": (1.05, 0.78, 0.73),
}
# no line leads abroad: islands, and the Guianas, whose networks end within their borders
ALONE = frozenset(
    (
        "ABW AIA ASM ATG BES BHS BMU BRB COK COM CPV CUB CUW CYM CYP DMA FJI FLK FRO FSM GLP GRD GRL GUF GUM "
        "GUY JAM KIR KNA LCA LKA MDG MDV MHL MSR MTQ MUS MYT NCL NIU NRU NZL PHL PLW PRI PYF REU SHN SLB SPM "
        "STP SUR SYC TCA TKL TLS TON TTO TUV VCT VGB VIR VUT WSM "
    ).split()
)


def known(place: str) -> bool:
    """Whether the use or the trade of a place is in one of the tables."""
    return place in OWN_USE or place in IMPORTS or place in ALONE


def own_use(place: str, generation: float) -> list[Row]:
    """Demand of a large exporter or importer, and its trade as the difference; no trade where no line leads abroad."""
    if place in ALONE:
        return [
            fact(
                f"country.{place}.net_imports",
                0.0,
                "TWh/year",
                year=2026,
                cls="C",
                source="general-knowledge",
                where="no line leads abroad",
                low=0.0,
                high=0.0,
            )
        ]
    use = OWN_USE[place] if place in OWN_USE else carried(place, generation)
    common = {"year": use.year, "cls": use.cls, "source": use.source, "where": use.where}
    rest = {"note": f"use less generation; negative: exports; {use.note}", "unit": "TWh/year", "cls": "C"}
    width = 0.1 * generation
    return [
        fact(
            f"country.{place}.demand",
            use.value,
            "TWh/year",
            note=use.note,
            low=use.low,
            high=use.high,
            **common,  # type: ignore[arg-type]
        ),
        fact(
            f"country.{place}.net_imports",
            use.value - generation,
            low=use.low - generation - width,
            high=use.high - generation + width,
            **{**common, **rest},  # type: ignore[arg-type]
        ),
    ]


def carried(place: str, generation: float) -> Use:
    """Output of the newest year plus the mean imports of three earlier ones."""
    imports = IMPORTS[place]
    mean = sum(imports) / len(imports)
    return Use(
        round(generation + mean, 4),
        round(generation + 0.7 * min(imports), 4),
        round(generation + 1.5 * max(imports), 4),
        2021,
        "output of the newest balance, and use less output, mean of 2019 to 2021",
        "owid_demand_2022",
        "C",
        "ESTIMATE: imports of 2019 to 2021 carried on; low: three tenths under their least, high: half over their most,"
        " ours",
    )
