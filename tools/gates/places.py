"""Area, water stress and hazards of countries."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

from fact_cells import Row, fact, number, read

COUNTRIES = ("FRA", "UKR", "KEN", "USA", "SGP", "EST")
EARTH_RADIUS_KM = 6371.0088

HAZARDS = {
    "hazard": "inform_natural",
    "hazard_earthquake": "inform_earthquake",
    "hazard_flood": "inform_river_flood",
    "hazard_cyclone": "inform_tropical_cyclone",
    "hazard_drought": "inform_drought",
    "conflict": "inform_conflict",
}
AREA_BY_HAND = ("SGP",)  # too small for the outline; in assumptions/gates.csv with its own source


def site_facts(reference: Path) -> list[Row]:
    countries = {r["iso3"]: r for r in read(reference / "countries.csv")}
    extras = {r["iso3"]: r for r in read(reference / "country_extras.csv")}
    shapes = json.loads((reference / "countries_50m.geojson").read_text(encoding="utf-8"))["features"]
    area = {f["properties"]["iso3"]: area_km2(f["geometry"]) for f in shapes}
    rows = []
    for iso3, country in sorted(countries.items()):
        if country["un_member"] != "1" and iso3 not in ("TWN", "HKG", "MAC"):
            continue
        if iso3 in area and iso3 not in AREA_BY_HAND:
            rows.append(area_fact(iso3, area[iso3]))
        stress = country["water_stress_pct"]
        if stress:
            x = float(stress) / 100
            rows.append(
                fact(
                    f"country.{iso3}.water_stress",
                    number(x),
                    number(0.8 * x),
                    number(1.3 * x),
                    "1",
                    country["water_stress_year"],
                    "B",
                    "aquastat-fwst",
                    "ER.H2O.FWST.ZS",
                    "national: basins differ widely; range: ours, 20 % below to 30 % above",
                )
            )
    for iso3 in COUNTRIES:
        for name, column in HAZARDS.items():
            rows.append(
                fact(
                    f"country.{iso3}.{name}",
                    extras[iso3][column],
                    "",
                    "",
                    "1",
                    2025,
                    "B",
                    "inform-2025",
                    column.replace("_", " "),
                    "index 0 to 10, high is worse; national",
                )
            )
    return rows


def area_fact(iso3: str, km2: float) -> Row:
    margin = 0.05 if km2 > 5000 else 0.4
    note = "computed from outlines at 1:50 million; range: ours" + (
        "" if km2 > 5000 else ", small state, coarse outline"
    )
    return fact(
        f"country.{iso3}.area",
        number(f"{km2:.3g}"),
        number(f"{km2 * (1 - margin):.3g}"),
        number(f"{km2 * (1 + margin):.3g}"),
        "km2",
        2026,
        "B" if km2 > 5000 else "C",
        "natural-earth-outlines",
        "1:50m admin 0",
        note,
    )


def area_km2(geometry: dict) -> float:
    """Area on the sphere (equal-area trapezoids between the points of each ring)."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return sum(ring_km2(p[0]) - sum(ring_km2(hole) for hole in p[1:]) for p in polygons)


def ring_km2(ring: list[list[float]]) -> float:
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in itertools.pairwise(ring):
        total += math.radians(lon2 - lon1) * (2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2)))
    return abs(total) * EARTH_RADIUS_KM**2 / 2
