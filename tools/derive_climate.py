"""Write `src/gigawatt/data/climate.csv` from the reference folder: monthly climate of places, gap-filling rules.

    PYTHONPATH=src python3 tools/derive_climate.py REFERENCE_DIR

A place is one line of PLACES: the climate station whose design temperatures count, and for each quantity the open
hourly series it comes from ("" = none: a rule of `gigawatt.weather.climate` fills the gap when a plan is made).
"""

import argparse
import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import numpy as np

from gigawatt import solar, weather

OUT = Path(__file__).resolve().parents[1] / "src/gigawatt/data/climate.csv"
HEADER = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
LINKE_TURBIDITY = 3.0  # the fact weather.linke_turbidity: clear-sky indices below refer to it
LAPSE_K_PER_M = 0.0065  # ISO 2533
MONTHS = [f"{m:02d}" for m in range(1, 13)]


@dataclass(frozen=True, slots=True)
class Place:
    slug: str
    iso3: str
    latitude: float
    longitude: float
    station: str  # WMO number in climate_stations.csv
    sun: str = ""  # series that gives monthly irradiation; else the country's annual mean
    sun_shape: str = ""  # series that gives the course of the clear-sky index to a country mean
    air: str = ""  # series of temperature and daily range; else the station's estimates
    humidity: str = ""
    wind: str = ""  # series of wind at 100 m


PLACES = (
    Place(
        "paris",
        "FRA",
        48.867,
        2.333,
        "071560",
        sun="era5gwa_france_bad_solar_n_wind",
        wind="era5gwa_france_bad_solar_n_wind",
    ),
    Place("kyiv", "UKR", 50.433, 30.517, "333450", sun_shape="era5gwa_lublin"),
    Place("nairobi", "KEN", -1.283, 36.817, "637420"),
    Place(
        "abilene",
        "USA",
        32.45,
        -99.73,
        "722660",
        sun="nsrdb_abilene_tx",
        air="nsrdb_abilene_tx",
        humidity="nsrdb_abilene_tx",
        wind="wtk_abilene_tx",
    ),
    Place("washington", "USA", 38.9, -77.009, "724050", sun="leesburg_va", air="leesburg_va", humidity="leesburg_va"),
    Place("new-york", "USA", 40.75, -73.98, "725053", sun="new_york_jfk", air="new_york_jfk", humidity="new_york_jfk"),
    Place("phoenix", "USA", 33.54, -112.07, "722780", sun="phoenix", air="phoenix", humidity="phoenix"),
    Place("singapore", "SGP", 1.293, 103.856, "486940", sun_shape="nsrdb_kuala_lumpur", humidity="openmeteo_singapore"),
    Place("tallinn", "EST", 59.434, 24.728, "260380", sun="era5gwa_haapsalu", wind="era5gwa_haapsalu"),
)
HELD_OUT = (  # places on which the rules are tested, tools/measure_weather.py: never used to fit them
    *("nsrdb_kuala_lumpur", "era5gwa_indian_site_good_wind", "era5gwa_indian_site_bad_solar_bad_wind"),
    *("nsrdb_brisbane", "santiago", "shanghai", "tucson", "atlanta", "nsrdb_rome", "seattle", "toronto"),
    *("era5gwa_karlsruhe", "openmeteo_mumbai", "openmeteo_sao_paulo", "openmeteo_johannesburg"),
)
COUNTRIES = tuple(dict.fromkeys(p.iso3 for p in PLACES))
SERIES_SOURCE = {
    "era5gwa": "weather-hydesign",
    "nsrdb": "weather-nsrdb",
    "wtk": "weather-wtk",
    "openmeteo": "weather-openmeteo",
}
TMY_YEAR = {"new_york_jfk": "2005", "leesburg_va": "", "phoenix": ""}  # last year of the period, where stated
SERIES_SOURCE |= {"leesburg": "weather-onebuilding", "phoenix": "weather-onebuilding", "new": "weather-tmy3"}


@dataclass(frozen=True, slots=True)
class Series:
    """An open hourly series in local standard time."""

    id: str
    columns: dict[str, np.ndarray]
    latitude: float
    elevation: float
    distance_from: tuple[float, float]
    year: str
    where: str
    clear: np.ndarray


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (p, x), (q, y) = ((radians(v[0]), radians(v[1])) for v in (a, b))
    return 12742.0 * asin(sqrt(sin((q - p) / 2) ** 2 + cos(p) * cos(q) * sin((y - x) / 2) ** 2))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def load_series(reference: Path, row: dict[str, str]) -> Series | None:
    """Read one series; None where a value is missing or the year is not whole."""
    with gzip.open(reference / "weather" / row["file"], "rt", encoding="utf-8") as handle:
        lines = [line.strip().split(",") for line in handle if not line.startswith("#")]
    values = np.array([[float(v) if v not in ("", "nan") else np.nan for v in line] for line in lines[1:]])
    columns = dict(zip(lines[0], values.T, strict=True))
    offset, longitude = float(row["tz_hours"]), float(row["lon"])
    if row["timestamps"].startswith("UTC") and offset == 0.0:
        offset = round(longitude / 15.0)
        columns = {name: np.roll(v, int(offset)) for name, v in columns.items()}
    if len(values) != weather.HOURS_PER_YEAR or any(np.isnan(v).any() for v in columns.values()):
        return None
    latitude, elevation = float(row["lat"]), float(row["elev_m"] or 0.0)
    sun = solar.sun_position(latitude_deg=latitude, longitude_deg=longitude, utc_offset_h=offset)
    clear = solar.clear_sky_ghi(sun=sun, elevation_m=elevation, linke_turbidity=LINKE_TURBIDITY)
    where = f"{row['from_repo']} {row['path']} commit {row['commit']}"
    return Series(row["id"], columns, latitude, elevation, (latitude, longitude), row["year"], where, clear)


def days(hourly: np.ndarray) -> np.ndarray:
    return hourly.reshape(365, 24)


def month_of_days(daily: np.ndarray) -> np.ndarray:
    return np.array([daily[weather.MONTH_OF_DAY == m].mean() for m in range(12)])


def mean_day_range(temperature: np.ndarray) -> np.ndarray:
    return month_of_days(days(temperature).max(axis=1) - days(temperature).min(axis=1))


def clearness(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """Monthly mean and standard deviation of the daily clear-sky index."""
    daily_clear = np.maximum(days(series.clear).sum(axis=1), 100.0)
    index = days(series.columns["ghi"]).sum(axis=1) / daily_clear
    sd = np.array([index[weather.MONTH_OF_DAY == m].std() for m in range(12)])
    ghi = weather.monthly_mean(series.columns["ghi"]) * 0.024
    return weather.clearness_mean(ghi_kwh_m2_day=ghi, clear_sky_ghi_w_m2=series.clear), sd


def fit(features: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    coefficients = np.linalg.lstsq(features, target, rcond=None)[0]
    return coefficients, float((features @ coefficients - target).std())


def rule_rows(series: list[Series]) -> Iterator[tuple]:
    """The regressions that fill gaps, fitted on the open series that are not held out."""
    series = [s for s in series if s.id not in HELD_OUT]
    sunny = [s for s in series if "ghi" in s.columns and "temp_air_c" in s.columns]
    k, sd = (np.concatenate(x) for x in zip(*[clearness(s) for s in sunny], strict=True))
    lat = np.concatenate([np.full(12, abs(s.latitude) / 90.0) for s in sunny])
    lit = np.concatenate([weather.monthly_mean(s.clear) for s in sunny]) > 20.0
    warm = np.concatenate([weather.monthly_mean(s.columns["temp_air_c"]) for s in sunny]) / 10.0
    k, sd, lat, warm = k[lit], sd[lit], lat[lit], warm[lit]
    coefficients, error = fit(np.stack([np.ones_like(k), k, k * k, lat, lat * lat, warm], axis=1), sd)
    yield from rule("clearness_sd", coefficients, "1", f"{len(k)} site-months, rmse {error:.3f}")
    airy = [s for s in series if "temp_air_c" in s.columns and "offshore" not in s.id]
    t = np.array([weather.monthly_mean(s.columns["temp_air_c"]) for s in airy])
    hot = np.array([np.percentile(s.columns["temp_air_c"], 99.0) for s in airy])
    latitude = np.array([abs(s.latitude) / 90.0 for s in airy])
    features = np.stack([np.ones(len(airy)), hot - t.max(axis=1), latitude, t.max(axis=1) - t.min(axis=1)], axis=1)
    ranges = np.array([mean_day_range(s.columns["temp_air_c"]).mean() for s in airy])
    coefficients, error = fit(features, ranges)
    yield from rule("day_range", coefficients, "K", f"{len(airy)} sites, rmse {error:.2f} K")
    moist = [s for s in airy if "rh_pct" in s.columns]
    span = np.concatenate([mean_day_range(s.columns["temp_air_c"]) for s in moist])
    rh = np.concatenate([weather.monthly_mean(s.columns["rh_pct"]) / 100.0 for s in moist])
    coefficients, error = fit(np.stack([np.ones_like(span), span], axis=1), rh)
    yield from rule("relative_humidity", coefficients, "1", f"{len(span)} site-months, rmse {error:.3f}")


def rule(name: str, coefficients: np.ndarray, unit: str, quality: str) -> Iterator[tuple]:
    for i, c in enumerate(coefficients):
        note = f"coefficient {i} of a least-squares rule; {quality}; the error of the rule is in its users' ranges"
        yield (
            f"climate.rule.{name}.{i}",
            f"{c:.4g}",
            "",
            "",
            unit,
            "2023",
            "C",
            "weather-own-fit",
            "tools/derive_climate.py",
            note,
        )


def station_bias(stations: list[dict[str, str]], series: list[Series]) -> float:
    """Mean error of the stations' estimated mean temperature, against series within 20 km."""
    errors = []
    for s in (s for s in series if "temp_air_c" in s.columns):
        near = min(stations, key=lambda r: kilometres(s.distance_from, (float(r["lat"]), float(r["lon"]))))
        at = (float(near["lat"]), float(near["lon"]))
        if near["t_mean_est_c"] and kilometres(s.distance_from, at) < 20.0:
            errors.append(float(near["t_mean_est_c"]) - s.columns["temp_air_c"].mean())
    return float(np.mean(errors))


def banded(value: float, band: float, digits: int, floor: float = -1e9) -> tuple[str, str, str]:
    return tuple(f"{x:.{digits}f}" for x in (value, max(value - band, floor), value + band))  # type: ignore[return-value]


def monthly(
    place: Place, series: Series, name: str, values: np.ndarray, band: np.ndarray, unit: str, note: str
) -> Iterator[tuple]:
    far = kilometres((place.latitude, place.longitude), series.distance_from)
    grade = "A" if far < 60.0 else "C"
    text = f"{note}; series {far:.0f} km away; range: ours"
    for m, value, b in zip(MONTHS, values, band, strict=True):
        yield (
            f"climate.{place.slug}.{name}.{m}",
            *banded(value, b, 3, 0.0 if unit != "degC" else -1e9),
            unit,
            TMY_YEAR[series.id] if series.year == "TMY" else series.year,
            grade,
            SERIES_SOURCE[series.id.split("_")[0]],
            series.where,
            text + ("; typical year" if series.year == "TMY" else "; one year"),
        )


def sun_rows(place: Place, by_id: dict[str, Series]) -> Iterator[tuple]:
    if place.sun:
        s = by_id[place.sun]
        band = 0.05 if s.year == "TMY" else 0.08
        ghi = weather.monthly_mean(s.columns["ghi"]) * 0.024
        yield from monthly(place, s, "ghi", ghi, band * ghi, "kWh/m2/day", "monthly mean of hourly irradiance")
    if source := place.sun or place.sun_shape:
        s = by_id[source]
        mean, sd = clearness(s)
        text = f"daily clear-sky index against our clear sky at Linke turbidity {LINKE_TURBIDITY:g}"
        yield from monthly(place, s, "clearness_mean", mean, 0.08 * mean, "1", text)
        yield from monthly(place, s, "clearness_sd", sd, np.full(12, 0.05), "1", text)


def air_rows(place: Place, by_id: dict[str, Series], station: dict[str, str], bias: float) -> Iterator[tuple]:
    where = f"station {station['name']}, WMO {station['wmo']}, {station['dataset']}"
    for name, column in (("heating_db_99", "heating_db_99_c"), ("cooling_db_1", "cooling_db_1_c")):
        yield (
            f"climate.{place.slug}.{name}",
            *banded(float(station[column]), 1.0, 1),
            "degC",
            "2021",
            "A",
            "weather-onebuilding",
            where,
            "annual design dry bulb; range: ours",
        )
    if place.air:
        s = by_id[place.air]
        shift = (s.elevation - float(station["elev_m"])) * LAPSE_K_PER_M
        text = f"monthly mean, moved {shift:+.1f} K from {s.elevation:.0f} m to the station's height"
        t = weather.monthly_mean(s.columns["temp_air_c"]) + shift
        yield from monthly(place, s, "temperature_mean", t, np.full(12, 1.5), "degC", text)
        span = mean_day_range(s.columns["temp_air_c"])
        yield from monthly(
            place, s, "temperature_day_range", span, np.full(12, 1.5), "K", "mean of daily maximum - minimum"
        )
    else:
        note = f"from heating and cooling degree days, less their mean bias of {bias:.1f} K; error 0.9 K; range: ours"
        yield (
            f"climate.{place.slug}.temperature_mean",
            *banded(float(station["t_mean_est_c"]) - bias, 1.2, 1),
            "degC",
            "2021",
            "C",
            "weather-onebuilding",
            where,
            note,
        )
        yield (
            f"climate.{place.slug}.temperature_amplitude",
            *banded(float(station["t_amp_est_c"]), 1.3, 1, 0.0),
            "K",
            "2021",
            "C",
            "weather-onebuilding",
            where,
            "half the seasonal range, from degree days; error 1 K; range: ours",
        )
    if place.humidity:
        s = by_id[place.humidity]
        rh = weather.monthly_mean(s.columns["rh_pct"]) / 100.0
        yield from monthly(place, s, "relative_humidity", rh, np.minimum(0.05, 0.99 - rh), "1", "monthly mean")


def place_rows(place: Place, by_id: dict[str, Series], station: dict[str, str], bias: float) -> Iterator[tuple]:
    where = f"WMO {station['wmo']}"
    exact = (("latitude", place.latitude, "deg"), ("longitude", place.longitude, "deg"))
    for name, number, unit in exact:
        yield (
            f"climate.{place.slug}.{name}",
            f"{number:g}",
            "",
            "",
            unit,
            "2022",
            "A",
            "weather-natural-earth",
            "populated places 1:10m",
            "",
        )
    for name, column, unit in (("elevation", "elev_m", "m"), ("utc_offset", "tz_hours", "h")):
        yield (
            f"climate.{place.slug}.{name}",
            f"{float(station[column]):g}",
            "",
            "",
            unit,
            "2021",
            "A",
            "weather-onebuilding",
            where,
            "of the climate station",
        )
    yield (
        f"climate.{place.slug}.country",
        place.iso3,
        "",
        "",
        "text",
        "2026",
        "A",
        "weather-natural-earth",
        "adm0_a3",
        "whose country figures apply where the place has none",
    )
    yield from sun_rows(place, by_id)
    yield from air_rows(place, by_id, station, bias)
    if place.wind:
        s = by_id[place.wind]
        wind = s.columns["wind_100m_ms"]
        mean = weather.monthly_mean(wind)
        yield from monthly(place, s, "wind_mean", mean, 0.1 * mean, "m/s", "monthly mean at 100 m")
        spread = np.array([wind[weather.MONTH_OF_HOUR == m].std() for m in range(12)]) / mean
        shape = spread**-1.086  # Justus et al. 1978, J. Appl. Meteorol. 17, 350
        yield from monthly(place, s, "weibull_k", shape, np.full(12, 0.3), "1", "from mean and standard deviation")


def country_rows(iso3: str, country: dict[str, str], extra: dict[str, str]) -> Iterator[tuple]:
    ghi = float(country["ghi_kwh_m2_day"])
    yield (
        f"climate.country.{iso3}.ghi",
        *banded(ghi, 0.1 * ghi, 2),
        "kWh/m2/day",
        "2020",
        "B",
        "weather-solargis",
        f"country {iso3}",
        "country mean; a site differs by 8 % on average: range +-10 %, ours",
    )
    note = "fleet mean 2018-2022; range of a site about the fleet +-30 %, ours"
    potential = "no fleet figure; mean of the best tenth of near resource, 40 km reanalysis; range +-30 %, ours"
    best = "no fleet figure; best 10 GW of shallow and transitional water, 40 km reanalysis; range +-30 %, ours"
    rows = (
        ("wind_capacity_factor", extra["wind_onshore_fleet_cf"], note, extra["wind_on_cf_best10pct_near"], potential),
        (
            "offshore_wind_capacity_factor",
            extra["wind_offshore_fleet_cf"],
            note,
            extra["wind_off_fixed_cf_best10gw"],
            best,
        ),
    )
    for name, fleet, fleet_note, fallback, fallback_note in rows:
        if not (fleet or fallback):
            continue
        value = float(fleet or fallback)
        yield (
            f"climate.country.{iso3}.{name}",
            *banded(value, 0.3 * value, 3),
            "1",
            "2022" if fleet else "2017",
            "B" if fleet else "C",
            "weather-irena" if fleet else "weather-eurek",
            f"country {iso3}",
            fleet_note if fleet else fallback_note,
        )
    if extra["solar_pv_fleet_cf"] and "disagree" not in extra["solar_pv_fleet_cf_source"]:
        value = float(extra["solar_pv_fleet_cf"])
        yield (
            f"climate.country.{iso3}.solar_fleet_capacity_factor",
            *banded(value, 0.25 * value, 3),
            "1",
            "2022",
            "B",
            "weather-irena",
            f"country {iso3}",
            f"all mounts, for checks, not design; {extra['solar_pv_fleet_cf_source']}",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path, help="folder of reference data")
    reference = parser.parse_args().reference
    index = [row for row in read_csv(reference / "weather/index.csv") if row["file"]]
    series = [s for s in (load_series(reference, row) for row in index) if s is not None]
    by_id = {s.id: s for s in series}
    stations = [r for r in read_csv(reference / "climate_stations.csv") if r["t_mean_est_c"]]
    by_wmo = {r["wmo"]: r for r in stations}
    bias = station_bias(stations, series)
    countries = {r["iso3"]: r for r in read_csv(reference / "countries.csv")}
    extras = {r["iso3"]: r for r in read_csv(reference / "country_extras.csv")}
    rows = list(rule_rows(series))
    for place in PLACES:
        rows += place_rows(place, by_id, by_wmo[place.station], bias)
    for iso3 in COUNTRIES:
        rows += country_rows(iso3, countries[iso3], extras[iso3])
    with OUT.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    print(f"{len(rows)} facts -> {OUT}; bias of station means {bias:+.2f} K from {len(series)} series")


if __name__ == "__main__":
    main()
