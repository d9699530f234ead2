"""Write src/gigawatt/data/facility.csv from the reference folder: python3 tools/derive_facility.py REFERENCE_DIR.

Three kinds of rows: the parameter ranges of Lei & Masanet (table A.1, kept here as published), figures picked from
reference tables by their ids, and the residual between measured cloud regions and the physics.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from gigawatt import facility  # noqa: E402

HEADER = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
HA_PER_ACRE = 0.40468564224

# parameter: (value that reproduces the published zone bands, published uniform range, unit)
LEI_MASANET = {
    "ups_efficiency": (0.945, 0.90, 0.99, "1"),
    "distribution_loss": (0.01, 0.0, 0.02, "1"),
    "lighting_fraction": (0.002, 0.0, 0.002, "1"),
    "t_supply_min_c": (14.0, 10.0, 18.0, "degC"),
    "t_supply_max_c": (31.0, 27.0, 35.0, "degC"),
    "t_supply_c": (31.0, 27.0, 35.0, "degC"),
    "dt_air_k": (16.65, 25 * 5 / 9, 35 * 5 / 9, "K"),
    "dt_water_k": (7.5, 5.0, 10.0, "K"),
    "dt_tower_k": (5.0, 4.0, 6.0, "K"),
    "dt_sea_k": (7.5, 5.0, 10.0, "K"),
    "fan_pa_crah": (650.0, 500.0, 1000.0, "Pa"),
    "fan_pa_crah_waterside": (500.0, 400.0, 600.0, "Pa"),
    "fan_eff_crah": (0.775, 0.65, 0.90, "1"),
    "fan_pa_tower": (200.0, 100.0, 400.0, "Pa"),
    "fan_eff_tower": (0.80, 0.65, 0.90, "1"),
    "pump_pa_humidifier": (7.0e6, 6.3e6, 7.7e6, "Pa"),
    "pump_eff_humidifier": (0.70, 0.60, 0.80, "1"),
    "pump_pa_economizer": (170e3, 143658 * 0.8, 143658 * 1.2, "Pa"),
    "pump_eff_economizer": (0.75, 0.60, 0.80, "1"),
    "pump_pa_chilled": (170e3, 143658 * 0.8, 143658 * 1.2, "Pa"),
    "pump_eff_chilled": (0.75, 0.60, 0.80, "1"),
    "pump_pa_tower": (210e3, 208660 * 0.8, 208660 * 1.2, "Pa"),
    "pump_eff_tower": (0.72, 0.60, 0.80, "1"),
    "pump_pa_sea": (882e3, 30 * 9800.0, 150 * 9800.0, "Pa"),
    "pump_eff_sea": (0.70, 0.60, 0.80, "1"),
    "tower_approach_k": (4.75, 2.8, 6.7, "K"),
    "exchanger_approach_k": (2.25, 1.7, 2.8, "K"),
    "coil_effectiveness": (0.80, 0.70, 0.90, "1"),
    "sensible_heat_ratio": (0.97, 0.95, 0.99, "1"),
    "chiller_part_load": (0.50, 0.20, 0.80, "1"),
    "cop_relative_error": (0.0, -0.11, 0.11, "1"),
    "liquid_to_gas_ratio": (1.2, 1.0, 3.0, "1"),
}

# Which racks take warm water: rack-scale systems, and chips of 1,400 W and more. TPU v4 and later are liquid-cooled,
# and so are the large machines built of GH200 and MI300A (Alps, JUPITER, Isambard-AI; El Capitan).
LIQUID_UNITS = ("NVL72 rack", "Helios rack")
LIQUID_IDS = ("mi355x", "tpu-v4", "tpu-v5p", "tpu-v7", "gh200", "mi300a")

# (table, id, facility MW that the area serves, source key)
LAND = (
    ("programmes.csv", "fr-109bn", 3000.0, "facility-afp-france"),
    ("programmes.csv", "stargate-uae", 5000.0, "facility-national-uae"),
    ("programmes.csv", "kz-valley", 1000.0, "facility-astana-valley"),
    ("programmes.csv", "uk-aigz", 500.0, "facility-uk-growth-zones"),
    ("announcements.csv", "vizag", 1000.0, "facility-nation-vizag"),
)
CLOUD_WEATHER_WITHIN_KM = 120.0
CLOUD_IT_LOAD_FRACTION = 0.6


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def row(fact_id: str, value: Any, low: Any, high: Any, unit: str, *rest: Any) -> dict[str, str]:
    numbers = [x if isinstance(x, str) else f"{float(x):.6g}" for x in (value, low, high)]
    return dict(zip(HEADER, [fact_id, *numbers, unit, *map(str, rest)], strict=True))


def lei_masanet() -> list[dict[str, str]]:
    rows = []
    for name, (value, least, most, unit) in LEI_MASANET.items():
        low, high = least + 0.1 * (most - least), most - 0.1 * (most - least)
        note = f"P10-P90 of the published uniform range {least:.6g} to {most:.6g}"
        if not low <= value <= high:
            low, high = min(low, value), max(high, value)
            note += ", widened to hold the value"
        where = "table A.1; public sensitivity notebooks F.1.1 to F.1.3"
        rows.append(row(f"cooling.{name}", value, low, high, unit, 2020, "B", "facility-lei-masanet-2020", where, note))
    return rows


def peak_pue(reference: Path) -> dict[str, str]:
    r = next(r for r in read(reference / "unit_costs.csv") if r["id"] == "pue-peak-epoch")
    note = f"check, not an input: {r['note']}"
    values = (r["central"], r["low"], r["high"])
    where = "unit_costs row pue-peak-epoch, computed over the campuses of the data set"
    return row("facility.design_peak_pue.published", *values, "1", 2026, "B", "facility-epoch-campuses", where, note)


def campus_area_ha(text: str) -> float:
    for pattern, factor in ((r"([\d.,]+) km2", 100.0), (r"([\d.,]+) ha\b", 1.0), (r"([\d.,]+) acres", HA_PER_ACRE)):
        if match := re.search(pattern, text):
            return float(match[1].replace(",", "")) * factor
    raise ValueError(f"no area in {text!r}; expected km2, ha or acres")


def land(reference: Path) -> list[dict[str, str]]:
    rows, densities = [], []
    for table, key, mw, source in LAND:
        record = next(r for r in read(reference / table) if r["id"] == key)
        density = campus_area_ha(" | ".join(record.values())) / mw
        densities.append(density)
        note = f"area over {mw:g} MW of the campus or programme; land bought, not built on"
        where = f"{table} row {key}"
        year = record["source_date"][:4]
        rows.append(row(f"land.campus.{key}", density, "", "", "ha/MW", year, "B", source, where, note))
    low, mid, high = np.quantile(densities, [0.1, 0.5, 0.9])
    where = "median, P10 and P90 of the land.campus rows"
    note = f"{len(densities)} campuses and programmes; multi-storey city sites need less"
    rows.append(row("land.campus", mid, low, high, "ha/MW", 2026, "C", "assumption", where, note))
    return rows


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    a, b, c, d = map(np.radians, (lat1, lon1, lat2, lon2))
    return float(6371 * np.arccos(np.clip(np.sin(a) * np.sin(c) + np.cos(a) * np.cos(c) * np.cos(b - d), -1, 1)))


def station_pue(reference: Path, station: dict[str, str], parameters: facility.CoolingParameters) -> float:
    with gzip.open(reference / "weather" / station["file"], "rt") as handle:
        data = np.genfromtxt(handle, delimiter=",", names=True)
    names = data.dtype.names or ()
    pressure = data["pressure_pa"] if "pressure_pa" in names else 101325 * np.exp(-float(station["elev_m"]) / 8434)
    air = facility.outdoor_air(data["temp_air_c"], relative_humidity=data["rh_pct"] / 100, pressure_pa=pressure)
    hours = facility.cooling_hours("airside_adiabatic", air, parameters, it_load_fraction=CLOUD_IT_LOAD_FRACTION)
    return float(facility.annual_pue(hours.pue, it_load_mw=1.0))


def residual(reference: Path, parameters: facility.CoolingParameters) -> dict[str, str]:
    """Overhead measured over overhead modelled, one value per provider and place with an hourly series near."""
    stations = [r for r in read(reference / "weather" / "index.csv") if r["file"] and "rh_pct" in r["columns"]]
    modelled: dict[str, float] = {}
    ratios: dict[tuple[str, str], list[float]] = {}
    for cloud in read(reference / "published_cases" / "cloud_region_pue_wue.csv"):
        if cloud["basis"] != "reported":
            continue
        lat, lon = map(float, cloud["lat_lon"].split(","))
        distance = {s["id"]: kilometres(lat, lon, float(s["lat"]), float(s["lon"])) for s in stations}
        station = min(stations, key=lambda s: distance[s["id"]])
        if distance[station["id"]] > CLOUD_WEATHER_WITHIN_KM:
            continue
        if station["id"] not in modelled:
            modelled[station["id"]] = station_pue(reference, station, parameters)
        ratio = (float(cloud["expected_pue"]) - 1) / (modelled[station["id"]] - 1)
        ratios.setdefault((cloud["provider"], station["id"]), []).append(ratio)
    means = [float(np.mean(v)) for v in ratios.values()]
    low, mid, high = np.quantile(means, [0.1, 0.5, 0.9])
    note = (
        f"measured over modelled PUE - 1, {len(means)} provider-places 2022-2024, air-side system at "
        f"{CLOUD_IT_LOAD_FRACTION:g} load: median {mid:.2f}, P10-P90 as given; operators and buildings, not weather"
    )
    where = "regional PUE tables 2022 to 2024, rows marked reported"
    return row("cooling.pue_overhead_residual", 1, low, high, "1", 2024, "C", "facility-gsf-cloud", where, note)


def systems(reference: Path) -> list[dict[str, str]]:
    rows = []
    for r in read(reference / "accelerators.csv"):
        liquid = r["server_unit"] in LIQUID_UNITS or r["id"] in LIQUID_IDS
        system = "liquid_dry" if liquid else "airside_adiabatic"
        note = "needs liquid cooling" if liquid else "air-cooled server; liquid cooling is an option"
        where = (
            "by server unit and chip power: rack-scale systems, chips from 1,400 W, liquid-cooled TPU generations, "
            "GH200 and MI300A as their large machines are built"
        )
        rows.append(row(f"cooling.system.{r['id']}", system, "", "", "text", 2026, "C", "assumption", where, note))
    return rows


def central_parameters(rows: list[dict[str, str]]) -> facility.CoolingParameters:
    values = {r["id"].removeprefix("cooling."): r["value"] for r in rows if r["id"].startswith("cooling.")}
    return facility.CoolingParameters(**{f: float(values[f]) for f in facility.CoolingParameters.__dataclass_fields__})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    reference = parser.parse_args().reference
    data = ROOT / "src" / "gigawatt" / "data"
    rows = lei_masanet()
    parameters = central_parameters(rows + read(data / "assumptions" / "facility.csv"))
    rows += [residual(reference, parameters), peak_pue(reference), *land(reference), *systems(reference)]
    with (data / "facility.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
