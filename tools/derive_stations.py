"""Write the climate stations of the world and the rules that carry them to a place, from the reference folder.

    PYTHONPATH=src python3 tools/derive_stations.py REFERENCE_DIR

Makes `data/places/stations.csv` (one row per station, units in the header) and `data/climate_world.csv` (facts): the
latitude that stands for each country's sun, its neighbours' sun where the solar study leaves it out, a fleet factor of
wind for countries without one, and how far a station's figures may be off at a distance.
"""

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gigawatt import solar

DATA = Path(__file__).resolve().parents[1] / "src/gigawatt/data"
FACTS = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
STATIONS = (
    *("wmo", "iso3", "latitude_deg", "longitude_deg", "elevation_m", "utc_offset_h"),
    *("heating_db_99_degC", "cooling_db_1_degC", "temperature_mean_degC", "temperature_amplitude_K", "name"),
)
LINKE_TURBIDITY = 3.0  # the fact weather.linke_turbidity
MEAN_BIAS_K = 0.5  # of the means estimated from degree days: printed by tools/derive_climate.py
LAPSE_K_PER_M = 0.0065  # ISO 2533
EARTH_KM = 6371.0
NEIGHBOUR_KM = 150.0
APART_KM = 50.0  # stations nearer than this to a kept one say little new
APART_M = 400.0  # unless they stand this much higher or lower
OFF_K = {"t_mean_est_c": 6.0, "cooling_db_1_c": 8.0, "heating_db_99_c": 11.0}  # from every neighbour: a wrong record
FAR_PART_DEG = 25.0  # parts of a country farther from its main part are left out of its mean sun
SOLARGIS_LIMIT_DEG = 60.0  # the solar study ends there
NEIGHBOURS = 4  # countries whose clearness stands in where the solar study has none
NO_CAPITAL = {"NRU": (-0.55, 166.92)}  # not in Natural Earth's places


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def numbers(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(r[name]) for r in rows])


def kilometres(latitude: np.ndarray, longitude: np.ndarray, lat: float, lon: float) -> np.ndarray:
    p, q = np.deg2rad(latitude), np.deg2rad(lat)
    a = np.sin((p - q) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(np.deg2rad(longitude - lon) / 2) ** 2
    return 2.0 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0)))


def sound(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Stations whose place and figures can be right: none at 0, 0, none unlike all its neighbours."""
    rows = [r for r in rows if float(r["elev_m"]) > -450.0 and (float(r["lat"]), float(r["lon"])) != (0.0, 0.0)]
    lat, lon, height = (numbers(rows, c) for c in ("lat", "lon", "elev_m"))
    values = {c: numbers(rows, c) for c in OFF_K}
    good = []
    for k, row in enumerate(rows):
        km = kilometres(lat, lon, lat[k], lon[k])
        near = np.flatnonzero((km < NEIGHBOUR_KM) & (np.arange(len(rows)) != k))
        near = near[np.argsort(km[near], kind="stable")[:8]]
        off = [
            np.abs(v[near] + LAPSE_K_PER_M * (height[near] - height[k]) - v[k]).min() > OFF_K[c]
            for c, v in values.items()
            if len(near) >= 3
        ]
        if not any(off):
            good.append(row)
    return good


def spread_out(rows: list[dict[str, str]], cities: list[dict[str, str]]) -> list[dict[str, str]]:
    """A well-spread choice: the station of every city, then those apart from the ones kept."""
    newest = {"TMYx.2007-2021": 0, "TMYx.2004-2018": 1, "TMYx": 2}
    rows = sorted(rows, key=lambda r: (newest[r["dataset"]], r["wmo"]))
    lat, lon, height = (numbers(rows, c) for c in ("lat", "lon", "elev_m"))
    kept = np.zeros(len(rows), dtype=bool)
    for city in cities:
        km = kilometres(lat, lon, float(city["lat"]), float(city["lon"]))
        if km.min() < APART_KM:
            kept[int(km.argmin())] = True
    for k in range(len(rows)):
        km = kilometres(lat[kept], lon[kept], lat[k], lon[k])
        if not ((km < APART_KM) & (np.abs(height[kept] - height[k]) < APART_M)).any():
            kept[k] = True
    return sorted((r for r, keep in zip(rows, kept, strict=True) if keep), key=lambda r: (r["iso3"], r["wmo"]))


def station_row(r: dict[str, str]) -> list[str]:
    offset = r["tz_hours"] or str(round(float(r["lon"]) / 15.0))
    name = " ".join(r["name"].removesuffix(r["iso3"]).replace(".", " ").replace(",", " ").split())
    degrees = [f"{float(r[c]):.2f}".rstrip("0").rstrip(".") for c in ("lat", "lon")]
    air = [f"{float(r[c]):.1f}" for c in ("heating_db_99_c", "cooling_db_1_c")]
    mean = f"{float(r['t_mean_est_c']) - MEAN_BIAS_K:.1f}"
    place = [r["wmo"], r["iso3"], *degrees, f"{float(r['elev_m']):.0f}", f"{float(offset):g}"]
    return [*place, *air, mean, f"{float(r['t_amp_est_c']):.1f}", name]


# ---- how far off a station is at a distance


def errors_at_distance(rows: list[dict[str, str]]) -> Iterator[tuple]:
    """A line through the 80 % error of pairs of stations against distance: half of it at 0 is the station's own."""
    lat, lon, height = (numbers(rows, c) for c in ("lat", "lon", "elev_m"))
    wide = np.array([0.0, 25.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0])
    middle = 0.5 * (wide[1:] + wide[:-1])
    columns = {
        "heating_db_99": ("heating_db_99_c", LAPSE_K_PER_M),
        "cooling_db_1": ("cooling_db_1_c", LAPSE_K_PER_M),
        "temperature_mean": ("t_mean_est_c", LAPSE_K_PER_M),
        "temperature_amplitude": ("t_amp_est_c", 0.0),
    }
    values = {name: (numbers(rows, c), lapse) for name, (c, lapse) in columns.items()}
    pairs: dict[str, list[list[np.ndarray]]] = {name: [[] for _ in middle] for name in columns}
    for k in range(0, len(rows), 5):  # every fifth station against all others
        km = kilometres(lat, lon, lat[k], lon[k])
        flat = (np.abs(height - height[k]) < 300.0) & (np.abs(lat) < 66.0)
        for b in range(len(middle)):
            near = (km >= max(wide[b], 0.5)) & (km < wide[b + 1]) & flat
            for name, (v, lapse) in values.items():
                pairs[name][b].append(np.abs(v[near] - v[k] + lapse * (height[near] - height[k])))
    for name in columns:
        p80 = np.array([np.percentile(np.concatenate(x), 80.0) for x in pairs[name]])
        slope, at_0 = np.polyfit(middle, p80, 1)
        note = f"80 % of pairs of stations differ by less, {', '.join(f'{p:.1f}' for p in p80)} K in bins to 300 km"
        own = at_0 / np.sqrt(2.0)  # both of a pair are off, the one we use only once
        yield own_fit(f"climate.station.error.{name}", f"{own:.2f}", "K", f"at the station, pairs / sqrt 2; {note}")
        yield own_fit(f"climate.station.error_per_km.{name}", f"{max(slope, 0.0):.5f}", "K/km", note)


# ---- sun of countries and of latitudes


def latitudes_of(feature: dict) -> np.ndarray:
    """Share of a country's main area in each degree of latitude, -90 to 90."""
    geometry = feature["geometry"]
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = [np.array(part[0]) for part in parts]
    middles = np.array([[(r[:, 1].min() + r[:, 1].max()) / 2, (r[:, 0].min() + r[:, 0].max()) / 2] for r in rings])
    areas = [scan(r) for r in rings]
    main = middles[int(np.argmax([a.sum() for a in areas]))]
    near = [np.abs(m - main).max() < FAR_PART_DEG for m in middles]
    return np.sum([a for a, keep in zip(areas, near, strict=True) if keep], axis=0)


def scan(ring: np.ndarray) -> np.ndarray:
    """Area of a ring by degree of latitude, arbitrary unit: widths along parallels."""
    weight = np.zeros(181)
    low, high = ring[:, 1].min(), ring[:, 1].max()
    step = min(0.25, max((high - low) / 10.0, 0.005))
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    for y in np.arange(low + step / 2.0, high, step):
        cut = (y0 <= y) != (y1 <= y)
        x = np.sort(x0[cut] + (y - y0[cut]) / (y1[cut] - y0[cut]) * (x1[cut] - x0[cut]))
        weight[round(y + 90.0)] += (x[1::2] - x[::2]).sum() * np.cos(np.deg2rad(y)) * step
    return weight


def sun_rows(reference: Path) -> Iterator[tuple]:
    """Latitude that has the cloudless sun of each country's area; irradiation where the solar study leaves one out."""
    degrees = np.arange(-90.0, 91.0)
    sky = np.asarray(solar.clear_year(latitude_deg=degrees, linke_turbidity=LINKE_TURBIDITY))
    outlines = json.loads((reference / "countries_50m.geojson").read_text(encoding="utf-8"))
    share = {f["properties"]["iso3"]: latitudes_of(f) for f in outlines["features"]}
    countries = {r["iso3"]: r for r in read(reference / "countries.csv") if r["capital_lat"] or r["iso3"] in NO_CAPITAL}
    at = {i: NO_CAPITAL.get(i) or (float(r["capital_lat"]), float(r["capital_lon"])) for i, r in countries.items()}
    mean = {}
    for iso3, (lat, _) in at.items():
        area = share.get(iso3, np.zeros(181))
        covered = np.where(np.abs(degrees) <= SOLARGIS_LIMIT_DEG, area, 0.0)
        area = covered if covered.sum() > 0.0 else area
        where = "over the main area up to 60 degrees" if area.sum() > 0.0 else "at the capital"
        area = area if area.sum() > 0.0 else (np.abs(degrees - lat) < 0.5) * 1.0
        mean[iso3] = float((area * sky).sum() / area.sum())
        south = float((area * degrees).sum()) < 0.0
        half = np.arange(91.0)
        of_half = np.interp(-half if south else half, degrees, sky)
        equal = float(np.interp(-mean[iso3], -of_half[5:], half[5:]))  # falls with latitude from 5 degrees on
        note = f"latitude whose cloudless year has the mean {where}; outlines and places of Natural Earth"
        yield own_fit(f"climate.country.{iso3}.sun_latitude", f"{-equal if south else equal:.2f}", "deg", note)
    known = {i: float(r["ghi_kwh_m2_day"]) / mean[i] for i, r in countries.items() if r["ghi_kwh_m2_day"]}
    lat, lon = (np.array([at[i][k] for i in known]) for k in (0, 1))
    for iso3 in sorted(set(at) - set(known)):
        nearest = np.argsort(kilometres(lat, lon, *at[iso3]), kind="stable")[:NEIGHBOURS]
        names = [list(known)[k] for k in nearest]
        values = np.array(sorted(known[n] for n in names)) * mean[iso3]
        note = f"not in the solar study: clearness of its neighbours {', '.join(names)}, mean and range"
        cells = (f"{x:.2f}" for x in (values[0], values[-1]))
        yield own_fit(f"climate.country.{iso3}.ghi_estimate", f"{values.mean():.2f}", "kWh/m2/day", note, *cells)
    low, value, high = np.percentile(
        [float(r["ghi_kwh_m2_day"]) for r in countries.values() if r["ghi_kwh_m2_day"]], [10, 50, 90]
    )
    note = "median, P10, P90 of the countries of the solar study: for territories without an outline"
    yield own_fit("climate.world.ghi", f"{value:.2f}", "kWh/m2/day", note, f"{low:.2f}", f"{high:.2f}")
    equal = float(np.interp(-np.median(list(mean.values())), -sky[95:], degrees[95:]))
    yield own_fit("climate.world.sun_latitude", f"{equal:.2f}", "deg", "of the median country")


def wind_rows(reference: Path) -> Iterator[tuple]:
    fleets = [
        float(r["wind_onshore_fleet_cf"]) for r in read(reference / "country_extras.csv") if r["wind_onshore_fleet_cf"]
    ]
    low, value, high = np.percentile(fleets, [10.0, 50.0, 90.0])
    note = f"median, P10, P90 of the fleets of {len(fleets)} countries, 2018-2022: for countries without a figure"
    row = own_fit("climate.world.wind_capacity_factor", f"{value:.3f}", "1", note, f"{low:.3f}", f"{high:.3f}")
    yield (*row[:5], "2022", "C", "weather-irena", "all countries", note)


def own_fit(name: str, value: str, unit: str, note: str, low: str = "", high: str = "") -> tuple:
    return (name, value, low, high, unit, "2026", "C", "weather-own-fit", "tools/derive_stations.py", note)


def write(path: Path, header: tuple[str, ...], rows: list) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{len(rows)} rows -> {path.name}, {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path, help="folder of reference data")
    reference = parser.parse_args().reference
    every = read(reference / "climate_stations.csv")
    rows = sound(every)
    cities = [
        c for c in read(reference / "cities_natural_earth.csv") if int(c["pop_max"]) >= 50_000 or c["capital"] == "1"
    ]
    kept = spread_out(rows, cities)
    print(f"{len(every)} stations, {len(rows)} sound, {len(kept)} kept, {len({r['iso3'] for r in kept})} territories")
    write(DATA / "places/stations.csv", STATIONS, [station_row(r) for r in kept])
    facts = [*errors_at_distance(rows), *sun_rows(reference), *wind_rows(reference)]
    write(DATA / "climate_world.csv", FACTS, facts)


if __name__ == "__main__":
    main()
