"""Prices of large loads that were looked up: USD/MWh, low, high, year, class, source, where, note."""

from __future__ import annotations

Tariff = tuple[float, float, float, int, str, str, str, str]

# one price set by the state or a state company; no market beside it
ADMINISTERED = tuple("ARE BGD DZA EGY IRN IRQ KWT LAO OMN PRY QAT RUS SAU TKM UZB VEN VNM".split())
R = "recalled, verify before quoting; range: ours"
TARIFFS: dict[str, Tariff] = {
    "BGD": (
        97,
        88,
        112,
        2024,
        "C",
        "national_tariffs",
        "BERC, extra-high-tension industry",
        f"about 10.7 BDT/kWh; {R}",
    ),
    "IRQ": (60, 40, 95, 2024, "C", "national_tariffs", "Ministry of Electricity, industry", f"far below cost; {R}"),
    "ISL": (50, 40, 90, 2024, "C", "national_tariffs", "Landsvirkjun and Landsnet, power-intensive industry", R),
    "KWT": (25, 10, 80, 2024, "C", "national_tariffs", "Ministry of Electricity, industry", f"far below cost; {R}"),
    "LAO": (60, 45, 90, 2024, "C", "national_tariffs", "EDL, high-voltage industry", R),
    "OMN": (58, 48, 70, 2024, "C", "national_tariffs", "cost-reflective tariff of large users", R),
    "PER": (75, 55, 95, 2024, "C", "national_tariffs", "free customers, energy and transmission, Osinergmin", R),
    "PRY": (
        50.6,
        38,
        65,
        2023,
        "B",
        "national_tariffs",
        "ANDE, mean tariff of 2023, ABC Color of 7 January 2025",
        "mean of all customers; electro-intensive contracts 40 to 50 (recalled); range: ours",
    ),
    "VEN": (60, 20, 120, 2024, "C", "national_tariffs", "Corpoelec, industry", f"official rate, seldom enforced; {R}"),
}
