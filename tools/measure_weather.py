"""Measure synthetic weather against real hourly series at places held out of every fit; write what was found.

    PYTHONPATH=src python3 tools/measure_weather.py REFERENCE_DIR

Writes `tests/fixtures/weather_truth.json` (monthly statistics of each real series, and what plants and an optimum make
of it: the truth that tests compare with), `data/climate_errors.csv` (the errors as facts) and the table in
`docs/weather.md`. The places are `HELD_OUT` of tools/derive_climate.py, which fits the rules on the others.
"""

import argparse
import csv
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gigawatt import finance, solar, weather
from gigawatt.chapters.place import pv_system, rules_of, texture_of
from gigawatt.climates import nearest
from gigawatt.facts import load_facts
from gigawatt.power import solve
from gigawatt.power.problem import Answer, Problem, Source, Store

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT / "tests/fixtures/weather_truth.json"
ERRORS = ROOT / "src/gigawatt/data/climate_errors.csv"
PAGE = ROOT / "docs/weather.md"
SEEDS = range(8)
SHARE = 0.9  # of a flat load of 1 MW that solar and battery serve
GAP = 1e-3
DESIGN = 99.6  # percentile of the wet bulb that cooling is designed for
WIND_M_PER_S = 2.0  # at the modules, on both sides
MOMENTS = (-0.5, 0.0, 0.5, 1.0)  # of the hour that a series' irradiance may describe
FACTS = load_facts()


def number(fact_id: str) -> float:
    return float(FACTS[fact_id].value)


def costs() -> dict[str, float]:
    """Yearly cost of the plants, from the facts of the day the truth is written; kept with the truth."""

    def yearly(tech: str, unit: str, life: str) -> float:
        capex = number(f"tech.{tech}.capex.dev") * 1e3  # per kW or kWh
        upkeep = f"tech.{tech}.fom.dev"
        annuity = finance.capital_recovery_factor(rate_per_year=0.07, years=number(f"tech.{tech}.lifetime.{life}"))
        return round(float(capex * annuity + (number(upkeep) * 1e3 if upkeep in FACTS else 0.0)), -1)

    return {
        "solar": yearly("solar", "MW", "eu"),
        "battery_power": yearly("battery_power", "MW", "us"),
        "battery_energy": yearly("battery_energy", "MWh", "us"),
        "one_way_efficiency": round(number("tech.battery.round_trip_efficiency") ** 0.5, 4),
        "self_discharge_per_hour": number("tech.battery.self_discharge"),
    }


def optimum(factor: np.ndarray, cost: dict[str, float]) -> Answer:
    """Least-cost solar and battery that serve the share of 1 MW."""
    free = {"variable_usd_per_mwh": 0.0, "carbon_intensity_kg_per_mwh": 0.0, "clean_share": 1.0}
    sun = Source(name="solar", availability=factor, fixed_usd_per_mw_year=cost["solar"], **free)
    battery = Store(
        name="battery",
        power_usd_per_mw_year=cost["battery_power"],
        energy_usd_per_mwh_year=cost["battery_energy"],
        charge_efficiency=cost["one_way_efficiency"],
        discharge_efficiency=cost["one_way_efficiency"],
        self_discharge_per_hour=cost["self_discharge_per_hour"],
    )
    problem = Problem(
        load_mw=np.ones(weather.HOURS_PER_YEAR),
        voll_usd_per_mwh=1.0,  # next to nothing: the share binds, not the price
        max_unserved_fraction=1.0 - SHARE,
        sources=(sun,),
        stores=(battery,),
    )
    return solve(problem, gap=GAP)


def usd_per_mwh(answer: Answer) -> float:
    return float(answer.supply_usd_per_year) / (SHARE * weather.HOURS_PER_YEAR)


def output(
    sun: solar.Sun, ghi: np.ndarray, t: np.ndarray, latitude: float, tracking: bool, **beam: np.ndarray
) -> np.ndarray:
    system = pv_system(number, latitude, tracking)
    return solar.pv_capacity_factor(
        sun=sun, ghi_w_m2=ghi, temperature_c=t, wind_m_per_s=WIND_M_PER_S, system=system, **beam
    )


def wind_output(speed: np.ndarray) -> float:
    loss = number("wind.loss_fraction")
    return float(np.mean(weather.wind_capacity_factor(wind_m_per_s=speed, turbine="iec3", loss_fraction=loss)))


# ---- the truth


def read_series(reference: Path, row: dict[str, str]) -> tuple[dict[str, np.ndarray], float]:
    """Columns in local standard time, and its offset from UTC."""
    with gzip.open(reference / "weather" / row["file"], "rt", encoding="utf-8") as handle:
        lines = [line.strip().split(",") for line in handle if not line.startswith("#")]
    columns = dict(zip(lines[0], np.array(lines[1:], dtype=np.float64).T, strict=True))
    offset = float(row["tz_hours"])
    if row["timestamps"].startswith("UTC") and offset == 0.0:
        offset = float(round(float(row["lon"]) / 15.0))
        columns = {name: np.roll(v, int(offset)) for name, v in columns.items()}
    return columns, offset


def place_of(row: dict[str, str], offset: float) -> dict:
    keys = ("latitude", "longitude", "elevation")
    place = dict(zip(keys, (float(row[c] or 0.0) for c in ("lat", "lon", "elev_m")), strict=True))
    return {"id": row["id"], "name": row["place"], "iso3": row["iso3"], **place, "utc_offset": offset}


def sky(place: dict, moment_h: float = 0.5) -> tuple[solar.Sun, np.ndarray]:
    sun = solar.sun_position(
        latitude_deg=place["latitude"],
        longitude_deg=place["longitude"],
        utc_offset_h=place["utc_offset"],
        hour_of_year=np.arange(weather.HOURS_PER_YEAR) + moment_h,
    )
    turbidity = number("weather.linke_turbidity")
    return sun, solar.clear_sky_ghi(sun=sun, elevation_m=place["elevation"], linke_turbidity=turbidity)


def months(values: np.ndarray, what: str = "mean") -> list[float]:
    """Twelve means or standard deviations of hours or days."""
    of = weather.MONTH_OF_DAY if len(values) == 365 else weather.MONTH_OF_HOUR
    return [round(float(getattr(values[of == m], what)()), 4) for m in range(12)]


def day_index(ghi: np.ndarray, clear: np.ndarray) -> np.ndarray:
    """Daily clear-sky index. (365,)"""
    return ghi.reshape(365, 24).sum(axis=1) / np.maximum(clear.reshape(365, 24).sum(axis=1), 100.0)


def reordered(c: dict[str, np.ndarray], sun: solar.Sun, clear: np.ndarray, latitude: float) -> Iterator[np.ndarray]:
    """Output of the same real days of each month in other orders, with the memory of the generator.

    What remains of the cost is what no monthly number can tell: how the days of that one year fell. Days keep their
    share of the cloudless day, so that one moved within its month gets the sun of its new date.
    """
    index, memory = day_index(c["ghi"], clear), texture_of(number).clearness_day_autocorrelation
    cloudless = np.maximum(clear.reshape(365, 24).sum(axis=1), 100.0)[:, None]
    shares = c["ghi"].reshape(365, 24) / cloudless
    for seed in SEEDS:
        score, order = day_scores(memory, seed), np.arange(365)
        for m in range(12):
            days = np.flatnonzero(weather.MONTH_OF_DAY == m)
            order[days[np.argsort(score[days])]] = days[np.argsort(index[days])]
        yield output(sun, (shares[order] * cloudless).ravel(), c["temp_air_c"], latitude, True)


def day_scores(memory: float, seed: int) -> np.ndarray:
    """Normal numbers of 365 days with first-order memory, by its definition, after a run-in. (365,)"""
    noise = np.random.default_rng(seed).standard_normal(365 + 50)
    for day in range(1, len(noise)):
        noise[day] = memory * noise[day - 1] + (1.0 - memory**2) ** 0.5 * noise[day]
    return noise[50:]


def memory_within_months(index: np.ndarray) -> float:
    """Lag-one autocorrelation of daily values around the mean of their month."""
    z = np.empty(365)
    for m in range(12):
        days = weather.MONTH_OF_DAY == m
        z[days] = (index[days] - index[days].mean()) / max(index[days].std(), 1e-6)
    return float((z[1:] * z[:-1]).mean())


def truth_of(reference: Path, row: dict[str, str], cost: dict[str, float]) -> dict:
    """Statistics of a real year, and what plants and the optimum make of it."""
    c, offset = read_series(reference, row)
    place = place_of(row, offset)
    t = c["temp_air_c"]
    days = t.reshape(365, 24)
    monthly = {"temperature_mean": months(t), "temperature_day_range": months(np.ptp(days, axis=1))}
    design = {"heating_db_99": np.percentile(t, 1.0), "cooling_db_1": np.percentile(t, 99.0)}
    found: dict[str, float] = {}
    if "rh_pct" in c:
        rh = np.clip(c["rh_pct"] / 100.0, 0.02, 1.0)
        monthly["relative_humidity"] = months(rh)
        pressure = weather.standard_pressure_pa(place["elevation"])
        wet = np.asarray(weather.wet_bulb_c(temperature_c=t, relative_humidity=rh, pressure_pa=pressure))
        found |= {"wet_bulb_mean": wet.mean(), "wet_bulb_design": np.percentile(wet, DESIGN)}
    if "wind_100m_ms" in c:
        speed = c["wind_100m_ms"]
        spread = np.array(months(speed, "std")) / np.array(months(speed))
        monthly |= {"wind": months(speed), "weibull_k": [round(float(x), 3) for x in spread**-1.086]}
        found["wind"] = wind_output(speed)
    if "ghi" in c:
        ghi = c["ghi"]
        skies = {m: sky(place, m) for m in MOMENTS}
        moment = max(MOMENTS, key=lambda m: float(np.corrcoef(ghi, skies[m][1])[0, 1]))
        sun, clear = skies[moment]
        index = day_index(ghi, clear)
        monthly["darkest_ghi"] = round(float(weather.darkest_ghi(ghi.reshape(365, 24).sum(axis=1) / 1000.0)), 4)
        monthly |= {"ghi": [round(0.024 * x, 4) for x in months(ghi)], "clearness_sd": months(index, "std")}
        tracked = output(sun, ghi, t, place["latitude"], True)
        answer = optimum(tracked, cost)
        again = [usd_per_mwh(optimum(f, cost)) for f in reordered(c, sun, clear, place["latitude"])]
        beam = output(sun, ghi, t, place["latitude"], True, dni_w_m2=c["dni"], dhi_w_m2=c["dhi"])
        found |= {
            "pv_tracking": tracked.mean(),
            "pv_tracking_own_beam": beam.mean(),
            "usd_per_mwh": usd_per_mwh(answer),
            "usd_per_mwh_reordered": np.mean(again),
        }
        found["pv_fixed"] = output(sun, ghi, t, place["latitude"], False).mean()
    rounded = ({k: round(float(v), 4) for k, v in part.items()} for part in (design, found))
    return {**place, "monthly": monthly, "design": next(rounded), "truth": next(rounded)}


# ---- the synthetic side


def climate(place: dict, clear: np.ndarray, known: tuple[str, ...]) -> weather.Climate:
    """From twelve irradiations and temperatures, and what else is said to be known."""
    m = {k: np.array(v) for k, v in place["monthly"].items()}
    rules, texture = rules_of(number), texture_of(number)
    if "ghi" not in m:  # a place with air only: its sun does not matter to the wet bulb
        m["ghi"] = 0.7 * weather.monthly_mean(clear) * 0.024

    def given(name: str) -> np.ndarray | None:
        return m.get(name) if name in known else None

    return weather.complete_climate(
        latitude_deg=place["latitude"],
        elevation_m=place["elevation"],
        clear_sky_ghi_w_m2=clear,
        ghi_kwh_m2_day=m["ghi"],
        temperature_mean_c=m["temperature_mean"],
        heating_db_99_c=place["design"]["heating_db_99"],
        cooling_db_1_c=place["design"]["cooling_db_1"],
        rules=rules,
        texture=texture,
        clearness_sd_known=given("clearness_sd"),
        temperature_day_range_known_k=given("temperature_day_range"),
        relative_humidity_known=given("relative_humidity"),
        wind_known_m_per_s=m.get("wind"),
        weibull_k_known=given("weibull_k"),
        darkest_ghi_known_kwh_m2_day=given("darkest_ghi"),
    )[0]


def years(place: dict, known: tuple[str, ...]) -> tuple[solar.Sun, list[weather.WeatherYear]]:
    """The first year of each seed: what a plan with that seed would use."""
    sun, clear = sky(place)
    of, texture = climate(place, clear, known), texture_of(number)
    return sun, [
        weather.synthetic_year(clear_sky_ghi_w_m2=clear, climate=of, texture=texture, seed=s, years=[0]) for s in SEEDS
    ]


def errors(place: dict, known: tuple[str, ...], cost: dict[str, float] | None) -> dict[str, float]:
    """Synthetic against real: relative for plants and cost, kelvin for the wet bulb; means over the seeds."""
    sun, drawn = years(place, known)
    truth, latitude, out = place["truth"], place["latitude"], {}
    if "pv_tracking" in truth:
        tracked = [output(sun, y.ghi_w_m2[0], y.temperature_c[0], latitude, True) for y in drawn]
        fixed = [output(sun, y.ghi_w_m2[0], y.temperature_c[0], latitude, False).mean() for y in drawn]
        out["pv_tracking"] = float(np.mean(tracked)) / truth["pv_tracking"] - 1.0
        out["pv_fixed"] = float(np.mean(fixed)) / truth["pv_fixed"] - 1.0
        if cost is not None:
            priced = [usd_per_mwh(optimum(f, cost)) for f in tracked]
            out["usd_per_mwh"] = float(np.mean(priced)) / truth["usd_per_mwh"] - 1.0
            out["usd_per_mwh_sd"] = float(np.std(priced, ddof=1)) / truth["usd_per_mwh"]
            out["order"] = truth["usd_per_mwh_reordered"] / truth["usd_per_mwh"] - 1.0
    if "wind" in truth:
        out["wind"] = float(np.mean([wind_output(y.wind_m_per_s) for y in drawn])) / truth["wind"] - 1.0
    if "wet_bulb_mean" in truth:
        wet = np.array(
            [
                weather.wet_bulb_c(
                    temperature_c=y.temperature_c, relative_humidity=y.relative_humidity, pressure_pa=y.pressure_pa
                )
                for y in drawn
            ]
        )
        out["wet_bulb_mean"] = float(wet.mean()) - truth["wet_bulb_mean"]
        out["wet_bulb_design"] = float(np.percentile(wet, DESIGN)) - truth["wet_bulb_design"]
    return out


ONLY_MEANS: tuple[str, ...] = ()
MEANS_AND_SPREAD = ("clearness_sd", "weibull_k", "relative_humidity", "temperature_day_range")

AND_DARKEST = (*MEANS_AND_SPREAD, "darkest_ghi")


def country_error(reference: Path, rows: list[dict[str, str]]) -> np.ndarray:
    """Irradiation of sites over that of their country carried to their latitude, less 1."""
    with (reference / "countries.csv").open(newline="", encoding="utf-8") as handle:
        country = {r["iso3"]: r["ghi_kwh_m2_day"] for r in csv.DictReader(handle)}
    turbidity, out = number("weather.linke_turbidity"), []
    for row in rows:
        mean = country[row["iso3"]]
        if not (row["ghi_kwh_m2_yr"] and mean) or "offshore" in row["id"]:
            continue
        at = (float(row["lat"]), number(f"climate.country.{row['iso3']}.sun_latitude"))
        here, reference_year = (solar.clear_year(latitude_deg=x, linke_turbidity=turbidity) for x in at)
        out.append(float(row["ghi_kwh_m2_yr"]) / 365.0 / (float(mean) * float(here / reference_year)) - 1.0)
    return np.array(out)


def from_station(place: dict) -> dict[str, float]:
    """Errors of the wet bulb where nothing but the nearest station is known, as for most of the world."""
    s, _ = nearest(place["latitude"], place["longitude"], elevation_m=place["elevation"])
    t = weather.monthly_temperature(
        annual_mean_c=s.temperature_mean_c,
        amplitude_k=s.temperature_amplitude_k,
        latitude_deg=place["latitude"],
        coldest_day=number("weather.coldest_day"),
    )
    monthly = {**place["monthly"], "temperature_mean": list(t)}
    design = {"heating_db_99": s.heating_db_99_c, "cooling_db_1": s.cooling_db_1_c}
    return errors({**place, "monthly": monthly, "design": design}, ONLY_MEANS, None)


# ---- what is written


def summary(values: list[float]) -> tuple[float, float, float, float]:
    """Mean, mean absolute, 80th percentile of the absolute, largest absolute."""
    x = np.array(values)
    return float(x.mean()), float(np.abs(x).mean()), float(np.percentile(np.abs(x), 80.0)), float(np.abs(x).max())


def collect(found: list[dict[str, float]], name: str) -> list[float]:
    return [e[name] for e in found if name in e]


def table(places: list[dict], means: list[dict], known: list[dict], darkest: list[dict], stations: list[dict]) -> str:
    def cell(x: float | None, k: bool = False) -> str:
        return "" if x is None else f"{x:+.1f}" if k else f"{100.0 * x:+.1f}"

    lines = [
        "| place | lat | PV, tracking (%) | PV, fixed (%) | cost (%) | of it order of days (%) | one drawn year (±%) "
        "| cost, darkest fifth known too (%) | cost, means only (%) "
        "| wind (%) | wet bulb, humidity rule: mean, design (K) | from the station alone (K) |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for p, a, b, d, s in zip(places, means, known, darkest, stations, strict=True):
        cells = [cell(b.get(n)) for n in ("pv_tracking", "pv_fixed", "usd_per_mwh", "order")]
        cells.append(cell(b.get("usd_per_mwh_sd")).lstrip("+"))
        cells += [cell(d.get("usd_per_mwh")), cell(a.get("usd_per_mwh")), cell(b.get("wind"))]
        for e in (a, s):
            pair = [cell(e.get(n), True) for n in ("wet_bulb_mean", "wet_bulb_design")]
            cells.append(", ".join(x for x in pair if x))
        lines.append(f"| {p['name']}, {p['iso3']} | {p['latitude']:.0f} | " + " | ".join(cells) + " |")
    sets = [(known, n) for n in ("pv_tracking", "pv_fixed", "usd_per_mwh", "order", "usd_per_mwh_sd")]
    sets += [(darkest, "usd_per_mwh"), (means, "usd_per_mwh"), (known, "wind")]
    sums = [f"{100 * summary(collect(f, n))[1]:.1f}, {100 * summary(collect(f, n))[3]:.1f}" for f, n in sets]
    for f in (means, stations):
        two = [summary(collect(f, n)) for n in ("wet_bulb_mean", "wet_bulb_design")]
        sums.append("; ".join(f"{x[1]:.1f}, {x[3]:.1f}" for x in two))
    return "\n".join([*lines, "| **mean of the absolute, largest** | | " + " | ".join(sums) + " |"])


def fact_rows(
    means: list[dict], known: list[dict], darkest: list[dict], stations: list[dict], country: np.ndarray
) -> list[tuple]:
    def row(name: str, values: list[float], unit: str, what: str) -> tuple:
        bias, mae, p80, worst = summary(values)
        note = f"{what}; {len(values)} places: bias {bias:+.3f}, mean of the absolute {mae:.3f}, "
        note += f"80 % within {p80:.3f}, worst {worst:.3f}"
        return (f"climate.error.{name}", f"{p80:.3f}", "", "", unit, *SOURCE, note)

    sun = summary(list(country))[2]
    made = summary(collect(means, "usd_per_mwh"))[2]  # as where the sun is a country's: no spread is known there
    both = (sun**2 + made**2) ** 0.5
    note = f"80 % of places within {sun:.3f} by the sun of a country and {made:.3f} by the cost of sun with a battery "
    note += "where monthly means alone are known, added in squares; wide for a plant without a battery"
    return [
        row(
            "pv_capacity_factor", collect(known, "pv_tracking"), "1", "synthetic over real year of the same monthly sun"
        ),
        row(
            "solar_battery_cost", collect(known, "usd_per_mwh"), "1", "monthly means and spread known, mean of 8 seeds"
        ),
        row(
            "solar_battery_cost_darkest",
            collect(darkest, "usd_per_mwh"),
            "1",
            "monthly means and spread and the year's darkest fifth known, mean of 8 seeds",
        ),
        row(
            "solar_battery_cost_means_only",
            collect(means, "usd_per_mwh"),
            "1",
            "monthly means known, spread by the rule",
        ),
        row("wind_capacity_factor", collect(known, "wind"), "1", "monthly mean and Weibull shape known"),
        row("wet_bulb_mean", collect(stations, "wet_bulb_mean"), "K", "from the nearest station alone"),
        row(
            "wet_bulb_design", collect(stations, "wet_bulb_design"), "K", "99.6 % value from the nearest station alone"
        ),
        row("ghi_of_country", list(country), "1", "site over its country's mean carried to its latitude"),
        ("weather.yield.solar", "1", f"{1 - both:.3f}", f"{1 + both:.3f}", "1", *SOURCE, note),
    ]


SOURCE = ("2026", "C", "weather-own-fit", "tools/measure_weather.py, docs/weather.md")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path, help="folder of reference data")
    reference = parser.parse_args().reference
    import derive_climate  # the folder of this script is on the path of a script

    with (reference / "weather/index.csv").open(newline="", encoding="utf-8") as handle:
        index = list(csv.DictReader(handle))
    rows = {r["id"]: r for r in index}
    cost = costs()
    places = [truth_of(reference, rows[name], cost) for name in derive_climate.HELD_OUT]
    TRUTH.parent.mkdir(exist_ok=True)
    text = json.dumps({"costs": cost, "places": places}, indent=1)
    TRUTH.write_text(re.sub(r"\n\s+(?=[-\d\]])", " ", text) + "\n", encoding="utf-8")
    sets = (ONLY_MEANS, MEANS_AND_SPREAD, AND_DARKEST)
    means, known, darkest = ([errors(p, k, cost) for p in places] for k in sets)
    stations = [from_station(p) for p in places]
    country = country_error(reference, index)
    with ERRORS.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note"))
        writer.writerows(fact_rows(means, known, darkest, stations, country))
    made = table(places, means, known, darkest, stations)
    page = PAGE.read_text(encoding="utf-8")
    head, tail = page.split("<!-- table -->")[0], page.split("<!-- end of table -->")[1]
    PAGE.write_text(f"{head}<!-- table -->\n{made}\n<!-- end of table -->{tail}", encoding="utf-8")
    print(made)
    print(ERRORS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
