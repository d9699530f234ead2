"""The user's weather files: each format read back, each problem one line, no traceback on nonsense."""

import json
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gigawatt.errors import ScenarioError
from gigawatt.own_data import WeatherFile, read_weather, read_weather_text
from gigawatt.weather import WeatherYear

FIXTURES = Path(__file__).parent / "fixtures/weather"
DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
CALENDAR = [(m + 1, d + 1) for m, n in enumerate(DAYS) for d in range(n)]
ONE_LINE = re.compile(r"[^:\n]+:\d+: .+, expected .+; .+")


def day_rows(name):
    lines = (FIXTURES / name).read_text().splitlines()
    start = {"one_day.epw": 8, "one_day_tmy3.csv": 2, "one_day_pvgis_tmy.csv": 7}[name]
    return lines[:start], lines[start : start + 24]


def whole_year(name):
    """The fixture's day, repeated through the calendar."""
    head, day = day_rows(name)
    out = list(head)
    for m, d in CALENDAR:
        for row in day:
            if name == "one_day.epw":
                out.append(row.replace("2001,1,1,", f"2001,{m},{d},", 1))
            elif name == "one_day_tmy3.csv":
                out.append(row.replace("01/01/2001", f"{m:02d}/{d:02d}/2001", 1))
            else:
                out.append(row.replace("20070101", f"{2007 + m % 3}{m:02d}{d:02d}", 1))
    return "\n".join(out) + "\n"


@pytest.mark.parametrize("name", ["one_day.epw", "one_day_tmy3.csv", "one_day_pvgis_tmy.csv"])
def test_three_formats_tell_the_same_year(name, tmp_path):
    path = tmp_path / name
    path.write_text(whole_year(name))
    file = read_weather(path)
    w = file
    assert (file.latitude_deg, file.longitude_deg, file.elevation_m, file.utc_offset_h) == (45.0, 8.0, 250.0, 1.0)
    assert w.temperature_c.shape == (8760,) and w.wind_height_m == 10.0
    assert w.temperature_c[15] == 20.0 and w.temperature_c[3] == 10.0
    assert np.allclose(w.relative_humidity, 0.63) and np.allclose(w.pressure_pa, 98500.0)
    assert w.ghi_w_m2[12] == 793.0 and w.ghi_w_m2[0] == 0.0
    assert w.dni_w_m2 is not None and w.dhi_w_m2 is not None
    assert set(w.wind_m_per_s) == {3.0, 4.0, 5.0, 6.0}
    assert any("UTC" in n for n in file.notes) == ("pvgis" in name)


def test_fields_are_those_of_a_weather_year():
    names = [f.name for f in fields(WeatherYear)]
    assert [f.name for f in fields(WeatherFile)][: len(names)] == names


def test_pvgis_json_equals_csv():
    header = "T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP".split(",")
    rows = [line.split(",") for line in whole_year("one_day_pvgis_tmy.csv").splitlines()[7:]]
    records = [{"time(UTC)": r[0]} | dict(zip(header, map(float, r[1:]), strict=True)) for r in rows]
    place = {"latitude": 45.0, "longitude": 8.0, "elevation": 250.0}
    text = json.dumps({"inputs": {"location": place}, "outputs": {"tmy_hourly": records}})
    a = read_weather_text(text, name="a.json")
    b = read_weather_text(whole_year("one_day_pvgis_tmy.csv"), name="b.csv")
    for field in ("temperature_c", "relative_humidity", "ghi_w_m2", "dni_w_m2", "wind_m_per_s"):
        assert np.array_equal(getattr(a, field), getattr(b, field))


def plain(header, rows):
    return "\n".join([header, *rows]) + "\n"


def test_plain_hourly_in_percent():
    text = plain("temperature_c,relative_humidity,wind_100m_m_per_s", [f"{10 + h % 24},60,7" for h in range(8760)])
    file = read_weather_text(text, name="my.csv")
    assert file.temperature_c[23] == 33.0 and np.allclose(file.relative_humidity, 0.6)
    assert file.wind_height_m == 100.0 and np.isnan(file.ghi_w_m2).all()
    assert any("percent" in n for n in file.notes) and "ghi_w_m2" in file.missing
    assert "pressure_pa" in file.missing and np.isnan(file.pressure_pa).all()


@pytest.mark.parametrize("minutes", [15, 30, 60, 180])
@pytest.mark.parametrize("leap", [False, True])
def test_steps_and_leap_day_keep_the_mean(minutes, leap):
    steps = (366 if leap else 365) * 1440 // minutes
    hour = np.arange(steps) * minutes / 60.0
    sun = np.maximum(600.0 * np.sin((hour % 24 - 6.0) / 12.0 * np.pi), 0.0)
    text = plain("ghi_w_m2,temperature_c", [f"{g:.6f},{20 + h % 24 / 2:.6f}" for g, h in zip(sun, hour, strict=True)])
    file = read_weather_text(text, name="steps.csv")
    assert file.ghi_w_m2.shape == (8760,)
    assert file.ghi_w_m2.mean() == pytest.approx(sun.mean(), rel=1e-6)
    assert file.temperature_c.mean() == pytest.approx(20.0 + (24 - minutes / 60) / 4, abs=0.01)
    assert any("29 February" in n for n in file.notes) == leap
    assert any("brought to hours" in n for n in file.notes) == (minutes != 60)


def test_several_years_with_times():
    rows = [
        f"{y}-{m:02d}-{d:02d} {h:02d}:00,{y - 2000},0.5" for y in (2021, 2022) for m, d in CALENDAR for h in range(24)
    ]
    file = read_weather_text(plain("time,temperature_c,relative_humidity", rows), name="two.csv")
    assert file.temperature_c.shape == (2, 8760)
    assert (file.temperature_c[1] == 22.0).all()


def test_small_gaps_are_filled_and_said():
    rows = [f"{10 if h not in (5, 6) else ''}" + ",0.5" for h in range(8760)]
    file = read_weather_text(plain("temperature_c,relative_humidity", rows), name="gap.csv")
    assert np.allclose(file.temperature_c, 10.0)
    assert any("2 missing steps" in n for n in file.notes)


@pytest.mark.parametrize(
    ("rows", "where", "words"),
    [
        (["10,0.5"] * 5 + ["300,0.5"] + ["10,0.5"] * 8754, "bad.csv:7:", "kelvin"),
        (["10,0.5"] * 3 + ["ten,0.5"] + ["10,0.5"] * 8756, "bad.csv:5:", "'ten'"),
        (["10,0.5"] * 3 + ["inf,0.5"] + ["10,0.5"] * 8756, "bad.csv:5:", "a number"),
        (["10,0.5"] * 100, "bad.csv:101:", "100 rows"),
        (["10,0.5"] * 8000 + [",0.5"] * 760, "bad.csv:8002:", "760 rows"),
    ],
)
def test_problems_name_file_and_line(rows, where, words):
    with pytest.raises(ScenarioError) as caught:
        read_weather_text(plain("temperature_c,relative_humidity", rows), name="bad.csv")
    assert str(caught.value).startswith(where) and words in str(caught.value)
    assert ONE_LINE.fullmatch(str(caught.value))


def test_tilted_pvgis_and_doubled_hours_are_refused():
    head = "Latitude (decimal degrees): 45\nLongitude (decimal degrees): 8\nSlope: 35 deg.\n"
    text = head + "time,G(i),T2m\n20160101:0010,0,5\n"
    with pytest.raises(ScenarioError, match="slope 35"):
        read_weather_text(text, name="tilt.csv")
    rows = [f"2021-{m:02d}-{d:02d} {h:02d}:00,10" for m, d in CALENDAR for h in range(24)]
    rows[2000] = rows[1999].replace(",10", ",11")  # clocks put back
    with pytest.raises(ScenarioError, match=r"repeat|whole year"):
        read_weather_text(plain("time,temperature_c", rows), name="dst.csv")


def test_missing_file_is_one_line(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_weather(tmp_path / "nothing.epw")
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_weather(tmp_path)


HEADS = [
    "LOCATION,a,b,c,d,e,45,8,1,250\n",
    "LOCATION\n",
    '999999,"X",XX,1.0,45,8,250\nDate (MM/DD/YYYY),Time (HH:MM),GHI (W/m^2),Dry-bulb (C)\n',
    "Latitude (decimal degrees): 45\nLongitude (decimal degrees): 8\ntime(UTC),T2m,RH\n20070101:0000,1,2\n",
    '{"outputs": {"tmy_hourly": [',
    '{"outputs": {"hourly": [{"time": "20160101:0010", "T2m": 1e400}]}}',
    "time,temperature_c\n2021-02-29 00:00,1\n",
    "time,temperature_c\n2020-02-29 00:00,1\n",
    "temperature_c,wind_000m_m_per_s,wind_10m_m_per_s\n",
    "",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(HEADS), st.text(max_size=200))
@example(HEADS[5], "")
@example('"', '"' + "x" * 140_000)
@example("[" * 3000, "")
@example('{"inputs": [], "outputs": {"hourly": [1]}}', "")
@example("temperature_c\n", "\n" * 9000)
@example("temperature_c,temperature_k\n1,2\n", "")
def test_nonsense_never_ends_in_a_traceback(head, tail):
    try:
        read_weather_text(head + tail, name="junk.txt")
    except ScenarioError as error:
        assert ONE_LINE.fullmatch(" ".join(str(error).splitlines())), str(error)
