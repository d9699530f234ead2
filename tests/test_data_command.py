"""`gigawatt data preview`, and the user's files in a plan and in a power case."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import own_files as made
from gigawatt import plan
from gigawatt.chapters.own_data import own_price, own_weather
from gigawatt.cli import main
from gigawatt.errors import ScenarioError
from gigawatt.power_case import read_case
from gigawatt.scenario import read
from gigawatt.weather import WeatherYear

ASKED = {"place": "France", "power": "100 MW", "as_of": "2026-11-23", "draws": 50}


def run(*arguments):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    contents = {
        "price.csv": made.entsoe_old(2024),
        "weather.json": made.meteo_json(2023),
        "load.csv": made.entsoe_load(2023),
        "part.csv": made.lines(*made.entsoe_load(2023).splitlines()[:49]),
        "kelvin.csv": made.lines("temperature_c", *["300"] * 8760),
    }
    for name, content in contents.items():
        (folder / name).write_text(made.text(content), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        (
            "price.csv",
            0,
            ("ENTSO-E, 8,784 rows", "steps of 60 min", "price_per_mwh", "EUR/MWh", "plan --price-file", "daylight"),
        ),
        ("weather.json", 0, ("Open-Meteo, 8,760 rows", "45.000, 8.000, 250 m", "temperature_c", "plan --weather-file")),
        ("load.csv", 0, ("load_mw", "gigawatt power: load_mw")),
        ("part.csv", 0, ("part of a year", "otherwise: part.csv:49: 48 of the 8,760 steps")),
        ("kelvin.csv", 1, ("no times", "300", "cannot be used: kelvin.csv:2: ", "temperature_k for kelvin")),
    ],
)
def test_preview_says_what_a_file_is(files, name, code, said):
    result = run("data", "preview", str(files / name))
    assert result.exit_code == code, result.output
    for words in said:
        assert words in result.stdout
    seen = json.loads(run("data", "preview", str(files / name), "--json").stdout)
    assert (
        seen["name"] == name
        and len(seen["digest"]) == 32
        and bool(seen["problem"]) == (name in ("part.csv", "kelvin.csv"))
    )
    assert seen["head"][0]["line"] in (1, 2)


def test_the_page_of_a_plan_says_what_was_made_of_a_file(files):
    said = run("plan", "Kenya", "--power", "20 MW", "--draws", "50", "--weather-file", str(files / "weather.json"))
    words = " ".join(said.stdout.split())
    assert "From your files Weather from weather.json (Open-Meteo); the place of weather.json lies 5,879 km" in words


def test_preview_of_no_file_is_an_error(tmp_path):
    assert run("data", "preview", str(tmp_path / "none.csv")).exit_code == 2
    (tmp_path / "empty.csv").write_text("")
    result = run("data", "preview", str(tmp_path / "empty.csv"))
    assert result.exit_code == 2 and "is empty" in result.stderr


@pytest.fixture(scope="module")
def plans(files):
    own = {"price_file": str(files / "price.csv"), "weather_file": str(files / "weather.json")}
    return plan(read(ASKED)), plan(read(ASKED | own))


def test_own_price_and_weather_are_used_and_recorded(plans, files):
    plain, own = plans
    assert [f["name"] for f in own.provenance["files"]] == ["weather.json", "price.csv"]
    assert plain.provenance["files"] == [] and plain.provenance["facts_hash"] != own.provenance["facts_hash"]
    fact = own.trace["facts"]["country.FRA.price.wholesale"]
    mean = np.mean([made.of_the_hour(t) for t in made.year(2024) if (t.month, t.day) != (2, 29)])
    assert (
        fact["source"] == "user" and fact["unit"] == "EUR_2024/MWh" and fact["value"] == pytest.approx(mean, abs=0.01)
    )
    assert own.provenance["files"][1]["blake2b"] in fact["note"]
    notes = " ".join(own.provenance["notes"])
    assert "taken as wholesale" in notes and "lies" in notes and "km from the site" in notes
    assert own.figures["lcoe_usd_per_mwh"].value < plain.figures["lcoe_usd_per_mwh"].value


def test_own_price_is_on_the_clock_of_the_place(files):
    found = own_price(read(ASKED | {"price_file": str(files / "price.csv")}), utc_offset_h=1.0)
    by_hour = found.shape.reshape(365, 24).mean(axis=0)
    # UTC hour h costs 10 + h; Paris keeps UTC+1, so the cheapest hour there is 1 to 2 o'clock
    assert by_hour.argmin() == 1 and by_hour.argmax() == 0 and found.shape.mean() == pytest.approx(1.0)


def test_of_several_years_of_prices_the_last_is_taken_in_its_own_money(tmp_path):
    hours = [*made.year(2023), *made.year(2024)]
    rows = [f"{t:%Y-%m-%dT%H:%MZ},{40.0 if t.year == 2023 else 80.0 + t.hour}" for t in hours]
    (tmp_path / "two.csv").write_text(made.text(made.lines("time,price_gbp_per_mwh", *rows)), encoding="utf-8")
    found = own_price(read(ASKED | {"price_file": str(tmp_path / "two.csv")}), utc_offset_h=0.0)
    assert (found.mean, found.unit) == (pytest.approx(91.5), "GBP_2024/MWh")


def test_the_question_is_echoed_with_its_files(plans, files):
    assert plans[1].question["words"]["price_file"] == str(files / "price.csv")


def test_a_file_leaves_nothing_behind_for_the_next_question(files):
    before = plan(read(ASKED)).provenance["notes"]
    own = plan(read(ASKED | {"price_file": str(files / "price.csv")})).provenance
    after = plan(read(ASKED)).provenance
    assert any("price.csv" in note for note in own["notes"]) and own["files"]
    assert after["notes"] == before and not after["files"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"price_file": "none.csv"}, "none.csv: cannot be read"),
        ({"price_file": "load.csv"}, "holds a load, no price"),
        ({"price_file": "weather.json"}, "no price or load"),
        ({"weather_file": "price.csv"}, "no weather"),
        ({"price_file": "price.csv", "facts": {"country.FRA.price.wholesale": 50}}, "both give the price"),
    ],
)
def test_a_wrong_file_is_one_line(files, more, said):
    paths = {k: str(files / v) if isinstance(v, str) else v for k, v in more.items()}
    with pytest.raises(ScenarioError, match=said):
        plan(read(ASKED | paths))


def test_what_a_weather_file_lacks_comes_from_the_climate(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(made.lines("temperature_c", *["10"] * 8760))
    flat = {
        n: np.full(8760, 5.0) for n in ("temperature_c", "relative_humidity", "pressure_pa", "ghi_w_m2", "wind_m_per_s")
    }
    climate = WeatherYear(**flat, dni_w_m2=None, dhi_w_m2=None, wind_height_m=100.0)
    found = own_weather(
        read(ASKED | {"weather_file": str(path)}),
        utc_offset_h=1.0,
        latitude_deg=48.9,
        longitude_deg=2.3,
        climate=lambda: climate,
    )
    assert (found.years.temperature_c == 10.0).all() and (found.years.ghi_w_m2 == 5.0).all()
    assert found.years.wind_height_m == 100.0 and not found.has_wind
    assert any("ghi_w_m2, wind_m_per_s not in t.csv: from the climate" in n for n in found.notes)


@pytest.mark.parametrize(("start", "late"), [(6, 0.4), (7, 1.4), (14, 8.4)])
def test_a_sun_at_the_wrong_time_is_said_or_refused(tmp_path, start, late):
    """Twelve even hours of sun from `start`; at 6 degrees east the sun is highest at 11:36 UTC."""
    path = tmp_path / "t.csv"
    header = "temperature_c,rh_pct,pressure_pa,ghi_w_m2,wind_100m_m_per_s"
    path.write_text(made.lines(header, *[f"10,50,98500,{100 * ((h - start) % 24 < 12)},7" for h in range(8760)]))
    asked = read(ASKED | {"weather_file": str(path)})

    def found():
        return own_weather(asked, utc_offset_h=0.0, latitude_deg=40.0, longitude_deg=6.0, climate=lambda: None)

    if late > 2:
        with pytest.raises(ScenarioError, match=r"t.csv: the middle of its sunny hours is .* name the clock"):
            found()
    else:
        assert any("middle of its sunny hours" in n for n in found().notes) == (late > 1)


def test_global_irradiance_from_its_parts(tmp_path):
    path = tmp_path / "t.csv"
    header = "temperature_c,rh_pct,pressure_pa,dni_w_m2,dhi_w_m2,wind_100m_m_per_s"
    path.write_text(made.lines(header, *["10,50,98500,200,50,7"] * 8760))
    asked = read(ASKED | {"weather_file": str(path)})
    found = own_weather(asked, utc_offset_h=0.0, latitude_deg=0.0, longitude_deg=0.0, climate=lambda: None)
    ghi = found.years.ghi_w_m2.reshape(365, 24)
    assert np.allclose(ghi[:, 0], 50.0) and ghi[80, 11:13].mean() == pytest.approx(250.0, rel=0.02) and found.has_wind


def test_a_power_case_reads_files_of_a_market(files, tmp_path):
    case = tmp_path / "case.toml"
    case.write_text(
        f"""
        series = "{files}/price.csv"
        load_mw = 10.0
        [grid]
        price_usd_per_mwh = {{ column = "price_eur_per_mwh", factor = 1.08 }}
        carbon_intensity_kg_per_mwh = 50.0
        clean_share = 0.9
        connection_usd_per_mw_year = 0.0
        demand_charge_usd_per_mw_year = 0.0
        """
    )
    asked = read_case(case)
    price = asked.problem.grid.price_usd_per_mwh
    assert price.shape == (8784,) and price[0] == pytest.approx(1.08 * (33 + 0.12))
    assert any("price.csv: times of Europe/Brussels" in n for n in asked.notes)
