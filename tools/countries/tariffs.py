"""Prices of large loads that were looked up: USD/MWh, low, high, year, class, source, where, note."""

from __future__ import annotations

Tariff = tuple[float, float, float, int, str, str, str, str]

# one price set by the state or a state company; no market beside it
ADMINISTERED = tuple("ARE BGD DZA EGY IRN IRQ KWT LAO OMN PRY QAT RUS SAU TKM UZB VEN VNM".split())
TARIFFS: dict[str, Tariff] = {}
