"""Peak loads that were looked up: MW, low, high, year, class, source, where, note."""

from __future__ import annotations

from fact_rows import RECALLED

Peak = tuple[float, float, float, int, str, str, str, str]

PEAKS: dict[str, Peak] = {
    "EST": (
        1723,
        1599,
        1741,
        2026,
        "A",
        "err_elering_2026",
        "5 February 2026, 10:30",
        "15-minute record; before it 1,599 MW (January 2024)",
    ),
    "SGP": (
        7900,
        7800,
        8400,
        2023,
        "B",
        "mti_sgp_2023",
        "paragraph 1: 7.9 GW in May 2023",
        "high: ours, growth to 2026; mean load over 0.68 would give 10.1 GW, far above the flat tropical profile",
    ),
    "FRA": (
        100500,
        86000,
        102100,
        2012,
        "A",
        "bfm_rte_2012",
        "7 February 2012",
        "cold-spell record; 102.1 GW a day later (recalled); winter 2024: 86.0 GW on 10 January (RTE), the low",
    ),
    "USA": (
        759180,
        736404.6,
        781955.4,
        2025,
        "A",
        "eia_930_2025",
        "lower 48 states, hour ending about 18:00 Eastern, 29 July 2025",
        "range: ours",
    ),
    "USA-TX": (
        85508,
        85464,
        85508,
        2023,
        "B",
        "ercot_2023",
        "10 August 2023",
        f"ERCOT; 85,464 MW printed in September 2023, final figure {RECALLED}",
    ),
}
