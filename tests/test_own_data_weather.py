"""Weather of NASA POWER, Open-Meteo and plain CSV: clocks, units, steps, gaps, daylight saving; pvlib as the judge."""

import gzip
import io
import json
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

import own_files as made
from gigawatt.errors import ScenarioError
from gigawatt.own_data import read_weather, read_weather_text

DAY = np.array([6 <= h < 18 for h in range(24)])


def read(content, name="file.csv"):
    return read_weather_text(made.text(content), name=name)


@pytest.mark.parametrize(
    "content", [made.nasa_json(2024), made.nasa_csv(2024), made.meteo_json(2024), made.meteo_csv(2024)]
)
def test_four_layouts_tell_the_same_year(content):
    found = read(content)
    assert (found.latitude_deg, found.longitude_deg, found.elevation_m, found.utc_offset_h) == (45.0, 8.0, 250.0, 1.0)
    assert found.temperature_c.shape == (8760,) and np.allclose(found.pressure_pa, 98500.0)
    # 6 to 18 UTC is 7 to 19 of UTC+1; the temperature of hour h UTC is h + month / 100
    assert np.allclose(found.ghi_w_m2.reshape(365, 24), np.roll(DAY, 1) * 100.0)
    assert np.allclose(found.temperature_c[1:24], np.arange(23) + 0.01)
    assert found.origin.years == (2024,) and any("29 February" in n for n in found.notes)
    assert any("moved to its start" in n for n in found.notes) == (found.origin.format == "Open-Meteo")


def test_the_highest_wind_is_taken():
    assert read(made.nasa_json(2023)).wind_height_m == 50.0
    assert read(made.meteo_json(2023)).wind_height_m == 100.0 and (read(made.meteo_csv(2023)).wind_m_per_s == 8.0).all()


def test_fill_values_are_gaps():
    content = made.nasa_json(2023)
    for key in ("2023010105", "2023010106"):
        content["properties"]["parameter"]["T2M"][key] = -999.0
    found = read(content)
    assert any("T2M [C]: 2 missing steps" in n for n in found.notes) and found.temperature_c.min() >= 0.0


def test_local_solar_time_of_nasa_power():
    found = read(made.nasa_json(2023, standard="LST", place=(100.0, 45.0, 0.0)))
    assert found.utc_offset_h == 7.0 and np.allclose(found.temperature_c[:24], np.arange(24) + 0.01)


def test_stated_units_are_converted():
    content = made.nasa_json(2023, solar="MJ/hr")
    content["properties"]["parameter"]["ALLSKY_SFC_SW_DWN"] = {
        k: v * 0.0036 for k, v in content["properties"]["parameter"]["ALLSKY_SFC_SW_DWN"].items()
    }
    assert np.allclose(read(content).ghi_w_m2.max(), 100.0)
    content = made.meteo_json(2023, units=made.METEO | {"temperature_2m": "°F", "wind_speed_100m": "km/h"})
    found = read(content)
    assert found.temperature_c.max() == pytest.approx((23.12 - 32) * 5 / 9) and np.allclose(found.wind_m_per_s, 8 / 3.6)
    with pytest.raises(ScenarioError, match="ALLSKY_SFC_SW_DWN in 'cal/cm2'"):
        read(made.nasa_json(2023, solar="cal/cm2"))
    with pytest.raises(ScenarioError, match="temperature_2m in 'rankine'"):
        read(made.meteo_json(2023, units=made.METEO | {"temperature_2m": "rankine"}))


def test_clock_of_open_meteo_and_the_clock_wanted(tmp_path):
    found = read(made.meteo_json(2023, offset_s=-5 * 3600))
    assert found.utc_offset_h == -5.0 and found.temperature_c[0] == pytest.approx(0.01)
    path = tmp_path / "a.json"
    path.write_text(made.text(made.meteo_json(2023)))
    half = read_weather(path, utc_offset_h=5.5)  # India
    assert half.utc_offset_h == 5.5 and half.temperature_c[10] == pytest.approx(4.5 + 0.01)
    assert half.temperature_c.mean() == pytest.approx(found.temperature_c.mean())


def test_broken_answers_are_one_line():
    whole = made.text(made.meteo_json(2023))
    short = made.meteo_json(2023)
    short["hourly"]["temperature_2m"].pop()
    daily = made.nasa_json(2023)
    daily["properties"]["parameter"] = {"T2M": {"20230101": 5.0}}
    for content, said in (
        (whole[:1000], "JSON that is cut off|not JSON or is cut off"),
        (short, "has 8759 values, expected 8760"),
        ([made.meteo_json(2023)] * 2, "2 places"),
        (daily, "daily data are too coarse"),
        ({"header": {"fill_value": -999}, "properties": {"parameter": {}}}, "no series"),
        ({"hourly_units": {}, "hourly": {}}, "no hourly.time"),
    ):
        with pytest.raises(ScenarioError, match=said):
            read(content)


def test_an_epw_of_pvgis_is_in_utc():
    """PVGIS writes UTC hours under the local zone: the first rows of its EPW and of its CSV are the same numbers."""
    from test_own_data import whole_year

    text = whole_year("one_day.epw")
    made_by_pvgis = text.replace("COMMENTS 2,synthetic", "COMMENTS 2,Irradiance Time Offset (h):-0.8239")
    plain, moved = read(text, "a.epw"), read(made_by_pvgis, "b.epw")
    assert plain.utc_offset_h == moved.utc_offset_h == 1.0
    assert np.array_equal(moved.ghi_w_m2, np.roll(plain.ghi_w_m2, 1))
    assert any("made by PVGIS" in n for n in moved.notes)


def test_nsrdb_in_half_hours_with_its_units():
    head = "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation,Local Time Zone,GHI Units"
    said = "NSRDB,1,-,-,-,40.5,-108.5,-7,2168,-7,w/m2"
    more = ",Temperature Units,Pressure Units,Relative Humidity Units,Wind Speed Units"
    rows = [
        f"{t.year},{t.month},{t.day},{t.hour},{t.minute},{made.sine(t):.3f},7,100,780,50,4"
        for t in made.year(2023, timedelta(minutes=30))
    ]
    header = "Year,Month,Day,Hour,Minute,Temperature,Cloud Type,GHI,Pressure,Relative Humidity,Wind Speed"
    found = read(made.lines(head + more, said + ",c,mbar,%,m/s", header, *rows))
    assert found.origin.format == "NSRDB" and found.utc_offset_h == -7.0 and found.wind_height_m == 2.0
    assert np.allclose(found.pressure_pa, 78_000.0) and np.allclose(found.relative_humidity, 0.5)
    assert np.allclose(found.temperature_c[:24], [made.sine(t) for t in made.year(2023)[:24]], atol=1e-3)
    with pytest.raises(ScenarioError, match="pressure in 'inch'"):
        read(made.lines(head + more, said + ",c,inch,%,m/s", header, *rows[:5]))


def test_midnight_of_a_tmy3_may_be_the_next_day():
    from test_own_data import whole_year

    text = whole_year("one_day_tmy3.csv")
    days = [f"{t:%m/%d/%Y}" for t in made.year(2001)[::24]] + ["01/01/2002"]
    other = text
    for day, after in pairwise(days):
        other = other.replace(f"{day},24:00", f"{after},00:00")
    assert other != text and np.array_equal(read(text, "a.csv").ghi_w_m2, read(other, "a.csv").ghi_w_m2)


def test_pvgis_components_on_a_horizontal_plane():
    records = [
        {"time": f"{t:%Y%m%d:%H}10", "Gb(i)": 60.0 * (6 <= t.hour < 18), "Gd(i)": 40.0 * (6 <= t.hour < 18), "T2m": 5.0}
        for t in made.year(2023)
    ]
    inputs = {"location": {"latitude": 45.0, "longitude": 8.0}, "mounting_system": {"fixed": {"slope": {"value": 0}}}}
    found = read({"inputs": inputs, "outputs": {"hourly": records}})
    assert found.ghi_w_m2.max() == 100.0 and found.dni_w_m2 is None
    inputs["mounting_system"]["fixed"]["slope"]["value"] = 30
    with pytest.raises(ScenarioError, match="slope 30"):
        read({"inputs": inputs, "outputs": {"hourly": records}})


@pytest.mark.parametrize("name", ["one_day.epw", "one_day_tmy3.csv"])
def test_pvlib_reads_the_same_numbers(name, tmp_path):
    pvlib = pytest.importorskip("pvlib")
    from test_own_data import whole_year

    text = whole_year(name)
    found = read(text, name)
    if name.endswith("epw"):
        frame, _ = pvlib.iotools.read_epw(io.StringIO(text))
    else:
        frame, _ = pvlib.iotools.read_tmy3(io.StringIO(text), map_variables=True)
    for column, ours in (("ghi", found.ghi_w_m2), ("dni", found.dni_w_m2), ("temp_air", found.temperature_c)):
        assert np.allclose(frame[column].to_numpy(), ours)
    assert np.allclose(frame["relative_humidity"].to_numpy() / 100, found.relative_humidity)
    pressure = frame["atmospheric_pressure"] if name.endswith("epw") else frame["pressure"] * 100.0
    assert np.allclose(pressure.to_numpy(), found.pressure_pa)


# ---- plain CSV


def plain(header, times, rows, mark=","):
    return made.lines(header, *(f"{t}{mark}{row}" for t, row in zip(times, rows, strict=True)))


def spelled(number, form="%Y-%m-%d %H:%M", step=made.HOUR):
    return [f"{t:{form}}" for t in made.year(number, step)]


@pytest.mark.parametrize(
    ("header", "value", "quantity", "expected"),
    [
        ("temperature_f", 50, "temperature_c", 10.0),
        ("temperature (K)", 283.15, "temperature_c", 10.0),
        ("Temperature [°C]", 10, "temperature_c", 10.0),
        ("temp_air_c", 10, "temperature_c", 10.0),
        ("pressure_hpa", 985, "pressure_pa", 98500.0),
        ("pressure (kPa)", 98.5, "pressure_pa", 98500.0),
        ("ghi (kWh/m2)", 0.1, "ghi_w_m2", 100.0),
        ("GHI [Wh/m²]", 100, "ghi_w_m2", 100.0),
        ("ghi (J/m^2)", 360_000, "ghi_w_m2", 100.0),
        ("wind_km_per_h", 18, "wind_m_per_s", 5.0),
        ("wind_speed (mph)", 11.1847, "wind_m_per_s", 5.0),
        ("wind speed [kn]", 9.7192, "wind_m_per_s", 5.0),
        ("wind_80m_m_per_s", 5, "wind_m_per_s", 5.0),
        ("rh (%)", 50, "relative_humidity", 0.5),
        ("relative_humidity_pct", 50, "relative_humidity", 0.5),
        ("relative_humidity", 0.5, "relative_humidity", 0.5),
    ],
)
def test_units_in_headers(header, value, quantity, expected):
    found = read(plain(f"time,{header}", spelled(2023), [value] * 8760))
    assert np.allclose(getattr(found, quantity), expected, rtol=1e-4)


def test_amounts_per_quarter_hour_become_means():
    found = read(plain("time,ghi (kWh/m2)", spelled(2023, step=timedelta(minutes=15)), [0.025] * 35040))
    assert np.allclose(found.ghi_w_m2, 100.0) and any("15 min turned into means" in n for n in found.notes)


@pytest.mark.parametrize(
    ("header", "value", "said"),
    [
        ("temperature_c", 300, "temperature_k for kelvin"),
        ("temperature_c", 50, "Fahrenheit"),
        ("ghi_w_m2", 0.2, "is it kWh/m2"),
        ("ghi_w_m2", 5000, "kWh/m2"),
        ("pressure_pa", 985, "pressure_hpa"),
        ("wind_m_per_s", 150, "wind_km_per_h"),
        ("rh", 0.5, "unit right"),
        ("temperature (rankine)", 500, "'rankine', expected a known unit"),
    ],
)
def test_wrong_units_are_suspected(header, value, said):
    with pytest.raises(ScenarioError, match=said) as caught:
        read(plain(f"time,{header}", spelled(2023), [value] * 8760))
    assert str(caught.value).startswith("file.csv:")


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"],
)
def test_spellings_of_times(form):
    found = read(
        plain("time;temperature_c", spelled(2023, form), [f"{made.sine(t):.2f}" for t in made.year(2023)], ";")
    )
    assert np.allclose(found.temperature_c[:24], [made.sine(t) for t in made.year(2023)[:24]], atol=0.01)


def test_times_in_parts():
    rows = [f"{t.year},{t.month},{t.day},{t.hour},{t.hour}" for t in made.year(2023)]
    assert read(made.lines("year,month,day,hour,temperature_c", *rows)).temperature_c[5] == 5.0
    rows = [f"{t:%Y-%m-%d},{t:%H:%M},{t.hour}" for t in made.year(2023)]
    assert read(made.lines("date,time,temperature_c", *rows)).temperature_c[5] == 5.0


def test_ambiguous_dates_are_refused():
    with pytest.raises(ScenarioError, match="day and month cannot be told apart"):
        read(plain("time,temperature_c", spelled(2023, "%d/%m/%Y %H:%M")[: 24 * 12], [1] * 288))


def test_offsets_utc_and_zones_agree():
    utc = [t - made.HOUR for t in made.year(2023)]
    values = [made.sine(t) for t in utc]
    stamps = {
        "time": [f"{t:%Y-%m-%dT%H:%M}Z" for t in utc],
        "time (UTC)": [f"{t:%Y-%m-%d %H:%M}" for t in utc],
        "time (Europe/Paris)": [f"{made.wall(t, 'Europe/Paris'):%Y-%m-%d %H:%M}" for t in utc],
    }
    first, *others = [read(plain(f"{h},temperature_c", times, values)).temperature_c for h, times in stamps.items()]
    assert all(np.allclose(first, other) for other in others)
    paris = [(t, made.wall(t, "Europe/Paris")) for t in utc]
    mixed = [f"{w:%Y-%m-%dT%H:%M}{'+02:00' if w - t > made.HOUR else '+01:00'}" for t, w in paris]
    assert np.allclose(first, read(plain("time,temperature_c", mixed, values)).temperature_c)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
@pytest.mark.parametrize("number", [2023, 2024])
def test_daylight_saving_without_a_zone_is_found_by_its_hours(zone, number):
    standard = {"Europe/Berlin": 1, "America/New_York": -5, "Australia/Sydney": 10}[zone]
    utc = [t - timedelta(hours=standard) for t in made.year(number)]
    if zone.startswith("Aus"):  # a file begins and ends at local midnight, which is summer time there
        utc = [t - made.HOUR for t in utc]
    times = [f"{made.wall(t, zone):%Y-%m-%d %H:%M}" for t in utc]
    assert len(set(times)) == len(times) - 1  # one doubled hour
    values = [made.sine(t + timedelta(hours=standard)) for t in utc]
    found = read(plain("time,temperature_c", times, values))
    assert np.allclose(found.temperature_c[1:].reshape(-1)[:8700], [made.sine(t) for t in made.year(2023)][1:8701])
    assert any("daylight saving (" in n and "at line" in n for n in found.notes)


def test_quarter_hours_with_daylight_saving():
    utc = [t - made.HOUR for t in made.year(2023, timedelta(minutes=15))]
    times = [f"{made.wall(t, 'Europe/Berlin'):%Y-%m-%d %H:%M}" for t in utc]
    found = read(plain("time,temperature_c", times, [made.sine(t + made.HOUR) for t in utc]))
    assert np.allclose(found.temperature_c, [made.sine(t) for t in made.year(2023)])


def test_a_spring_hole_without_a_doubled_hour_is_said():
    times = [t for t in spelled(2023) if t != "2023-03-26 02:00"]
    found = read(plain("time,temperature_c", times, [5] * 8759))
    assert any("line 2020 as where clocks go forward" in n for n in found.notes)


def test_a_column_called_location_makes_no_epw():
    rows = [f"here,{t},5" for t in spelled(2023)]
    assert read(made.lines("Location,time,temperature_c", *rows)).origin.format == "plain CSV"


def test_a_doubled_hour_that_is_no_clock_change_is_named():
    times, values = spelled(2023), list(range(8760))
    times[101], values = times[100], [v % 20 for v in values]
    with pytest.raises(ScenarioError, match=r"file.csv:103: the time 2023-01-05 04:00 repeats that of line 102"):
        read(plain("time,temperature_c", times, values))


@pytest.mark.parametrize("at", ["2023-06-16 16:00", "2023-06-18 16:00", "2023-06-16 02:00"])
def test_a_row_too_many_in_summer_moves_no_clock(at):
    times, values = spelled(2023), [float(k % 20) for k in range(8760)]
    k = times.index(at)
    with pytest.raises(ScenarioError, match=f"the time {at} repeats that of line {k + 2} with another"):
        read(plain("time,temperature_c", [*times[: k + 1], *times[k:]], [*values[: k + 1], 33.0, *values[k + 1 :]]))


def test_a_row_twice_is_dropped_and_said():
    rows = plain("time,temperature_c", spelled(2023), [5] * 8760).splitlines()
    found = read(made.lines(*rows[:50], rows[49], *rows[50:]))
    assert any("1 rows that repeat" in n and "line 51" in n for n in found.notes)


def test_leap_years_and_gaps():
    found = read(plain("time,temperature_c", spelled(2024), [t.month for t in made.year(2024)]))
    assert found.temperature_c.shape == (8760,) and found.temperature_c[59 * 24] == 3.0
    times, values = spelled(2023), [5] * 8760
    found = read(plain("time,temperature_c", times[:10] + times[13:], values[3:]))
    assert any("3 missing steps" in n for n in found.notes)
    with pytest.raises(
        ScenarioError, match=r"file.csv:11: temperature_c missing in 9 rows on end \(9 h\) after this line"
    ):
        read(plain("time,temperature_c", times[:10] + times[19:], values[9:]))
    holes = ["" if i % 15 == 0 else "5" for i in range(8760)]
    with pytest.raises(ScenarioError, match="584 of 8,760 steps, expected at most 5 %"):
        read(plain("time,temperature_c", times, holes))


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (spelled(2023, step=timedelta(days=1)), "steps of 1 d"),
        (spelled(2023, step=timedelta(hours=12)), "steps of 720 min"),
        (spelled(2023)[:5000], "5,000 of the 8,760 steps"),
        ([*spelled(2023)[:100], "2023-01-05 04:37", *spelled(2023)[101:]], "off the steps of 60 min"),
        ([*spelled(2023)[:100], "yesterday", *spelled(2023)[101:]], "file.csv:102: time 'yesterday'"),
        (["2023-01-01 00:00"], "one time only"),
        (["2023-02-30 00:00", "2023-02-30 01:00"], "time '2023-02-30 00:00'"),
    ],
)
def test_times_that_cannot_be_used(times, said):
    with pytest.raises(ScenarioError, match=said):
        read(plain("time,temperature_c", times, [5] * len(times)))


def test_half_past_is_the_middle_of_an_hour():
    found = read(plain("time,temperature_c", [t[:-2] + "30" for t in spelled(2023)], [t.hour for t in made.year(2023)]))
    assert found.temperature_c[7] == 7.0 and any("30 min past" in n for n in found.notes)


def test_decimal_commas_preamble_and_short_rows():
    rows = [f"{t};{v}" for t, v in zip(spelled(2023), ["7,5"] * 8760, strict=True)]
    found = read(made.lines("Station;Musterstadt", "", "Zeit;Temperature (°C)", *rows))
    assert np.allclose(found.temperature_c, 7.5)
    with pytest.raises(ScenarioError, match=r"file.csv:4: a row of 1 cells, expected 2"):
        read(made.lines("time,temperature_c", *[f"{t},5" for t in spelled(2023)[:2]], "2023-01-01 02:00"))
    with pytest.raises(ScenarioError, match="a row of 3 cells"):
        read(made.lines("time,temperature_c", *[f"{t},5,5" for t in spelled(2023)]))


def test_gzip_and_provenance(tmp_path):
    path = tmp_path / "w.csv.gz"
    path.write_bytes(gzip.compress(made.text(made.meteo_csv(2023)).encode()))
    found = read_weather(path)
    origin = found.origin.json()
    assert origin["format"] == "Open-Meteo" and origin["columns"]["ghi_w_m2"] == "shortwave_radiation (W/m²)"
    assert found.notes[0] == "unpacked from gzip" and len(origin["blake2b"]) == 32
    assert json.loads(json.dumps(origin)) == origin
    assert found.missing == () and datetime.fromisoformat(origin["first"]) == datetime(2023, 1, 1)
