"""Prices and loads: every layout of ENTSO-E and EIA tells the same year; choices, units and refusals."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import own_files as made
from gigawatt.errors import ScenarioError
from gigawatt.own_data import Text, market_steps, read_market

QUARTER = timedelta(minutes=15)
ONE_LINE = re.compile(r"[^:\n]+:\d+: .+, expected .+; .+")


def saved(folder, content, name="file.csv"):
    path = folder / name
    path.write_text(made.text(content), encoding="utf-8")
    return path


def in_utc(number):
    """The hours of a year in UTC without 29 February, as the makers of files number them."""
    return np.array([made.of_the_hour(t) for t in made.year(number) if (t.month, t.day) != (2, 29)])


@pytest.mark.parametrize("number", [2023, 2024])
@pytest.mark.parametrize("hole", [True, False])
def test_wall_clock_and_utc_exports_are_the_same_hours(tmp_path, number, hole):
    of_market = read_market(saved(tmp_path, made.entsoe_old(number, hole=hole)), utc_offset_h=1.0)
    of_utc = read_market(saved(tmp_path, made.entsoe_old(number, zone="UTC", name="UTC")), utc_offset_h=0.0)
    assert of_market.price_per_mwh.shape == of_utc.price_per_mwh.shape == (1, 8760)
    assert of_market.currency == "EUR" and of_market.origin.years == (number,)
    # the market's year begins at 23:00 UTC; in its own time, standard all year, it is the UTC year moved by an hour
    assert np.allclose(of_market.price_per_mwh[0, 1:], of_utc.price_per_mwh[0, :-1])
    assert np.allclose(of_utc.price_per_mwh[0], in_utc(number))
    assert any("daylight saving" in n for n in of_market.origin.notes)
    assert any("spring leaves out" in n for n in of_market.origin.notes) == hole


def test_days_of_23_and_25_hours_are_read_hour_by_hour(tmp_path):
    text = made.entsoe_old(2024, hole=False)
    per_day = [len(re.findall(rf'^"{day}\.2024 \d\d:\d\d - ', text, re.M)) for day in (r"31\.03", r"27\.10", r"28\.10")]
    assert per_day == [23, 25, 24]
    steps = market_steps(Text("a.csv", text))
    assert len(steps.times) == 8784 and steps.times[0] == "2023-12-31 23:00"


def test_a_number_in_the_hour_that_spring_leaves_out_is_refused(tmp_path):
    text = made.entsoe_old(2024).replace('31.03.2024 03:00","","EUR"', '31.03.2024 03:00","50.0","EUR"')
    with pytest.raises(ScenarioError, match=r"file.csv:\d+: 2024-03-31 02:00 does not exist"):
        read_market(saved(tmp_path, text))


def test_the_second_layout_with_quarters_areas_and_sequences(tmp_path):
    path = saved(tmp_path, made.entsoe_new(2023))
    assert np.allclose(read_market(path, utc_offset_h=0.0).price_per_mwh[0], in_utc(2023))
    several = saved(
        tmp_path, made.entsoe_new(2023, ("BZN|FR", "BZN|BE"), ("Sequence 1", "Sequence 2"), made.HOUR), "two.csv"
    )
    with pytest.raises(ScenarioError, match=r"areas BZN\|FR, BZN\|BE, expected one area; write two.csv#BZN\|FR"):
        read_market(several)
    for choice, more in (("BZN|FR", 0.0), ("be", 100.0)):
        assert np.allclose(read_market(f"{several}#{choice}", utc_offset_h=0.0).price_per_mwh[0], in_utc(2023) + more)
    with pytest.raises(ScenarioError, match="not XX"):
        read_market(f"{several}#XX")


def test_the_second_layout_in_market_time_names_the_clock_on_days_of_change(tmp_path):
    text = made.entsoe_new(2024, zone="Europe/Paris")
    assert '"27/10/2024 02:45:00 (CEST) - 27/10/2024 02:00:00 (CET)"' in text
    steps = market_steps(Text("a.csv", text))
    assert len(steps.times) == 4 * 8784 and not any("filled" in n for n in steps.origin.notes)
    expected = [made.of_the_hour(datetime.fromisoformat(t)) for t in steps.times]
    assert np.allclose(steps.columns["price_eur_per_mwh"], expected, atol=0.005)


def test_one_auction_in_part_of_the_year_and_two_in_the_rest(tmp_path):
    head, *rows = made.entsoe_new(2023, step=made.HOUR).splitlines()
    later = made.entsoe_new(2023, sequences=("Sequence 1", "Sequence 2"), step=made.HOUR).splitlines()[1:]
    text = "\n".join([head, *rows[:4000], *later[8000:]])
    assert np.allclose(read_market(saved(tmp_path, text), utc_offset_h=0.0).price_per_mwh[0], in_utc(2023))


def test_prices_of_great_britain_are_in_pounds(tmp_path):
    text = made.entsoe_new(2023, areas=("BZN|GB",), step=made.HOUR, money="GBP").replace('"10.01"', '"n/e"', 1)
    found = read_market(saved(tmp_path, text), utc_offset_h=0.0)
    assert found.currency == "GBP" and any("filled" in n for n in found.origin.notes)
    assert np.allclose(found.price_per_mwh[0, 1:], in_utc(2023)[1:])


def test_load_is_what_was_measured_not_forecast(tmp_path):
    found = read_market(saved(tmp_path, made.entsoe_load(2023)), utc_offset_h=0.0)
    assert found.price_per_mwh is None and found.load_mw[0, 5] == 905.0


def test_the_second_layout_of_loads_names_the_clock_on_days_of_change(tmp_path):
    text = made.entsoe_load_new(2024)
    assert '"27/10/2024 02:00 (CEST) - 27/10/2024 02:00 (CET)"' in text
    steps = market_steps(Text("a.csv", text))
    assert len(steps.times) == 8784 and not any("filled" in n for n in steps.origin.notes)
    expected = [1000 * made.of_the_hour(datetime.fromisoformat(t)) for t in steps.times]
    assert np.allclose(steps.columns["load_mw"], expected, atol=1.0)


def one_day(day, points, resolution="PT60M", sequence="", end=None):
    return (f"{day:%Y-%m-%dT%H:%MZ}", f"{end or day + timedelta(days=1):%Y-%m-%dT%H:%MZ}", resolution, points, sequence)


def test_points_left_out_repeat_the_one_before():
    day = datetime(2024, 1, 31, 23)
    text = made.entsoe_xml([one_day(day, {1: 50.0, 3: 60.0, 24: 70.0})])
    steps = market_steps(Text("a.xml", text))
    assert list(steps.columns["price_eur_per_mwh"]) == [50, 50, *[60] * 21, 70]
    assert steps.times[0] == "2024-01-31 23:00" and any("A03" in n for n in steps.origin.notes)
    gaps = made.entsoe_xml([one_day(day, dict(enumerate([5.0] * 10, 1)) | {20: 5.0})], curve="A01")
    with pytest.raises(ScenarioError, match="missing in 9 rows"):
        market_steps(Text("a.xml", gaps))


def test_the_day_ahead_auction_is_number_one_wherever_it_stands():
    day = datetime(2024, 6, 1)
    two = [one_day(day, {1: 999.0}, "PT15M", "2"), one_day(day, {1: 40.0, 49: 80.0}, "PT15M", "1")]
    steps = market_steps(Text("a.xml", made.entsoe_xml(two)))
    assert len(steps.times) == 96 and set(steps.columns["price_eur_per_mwh"]) == {40.0, 80.0}
    assert any("other auctions" in n for n in steps.origin.notes)


def test_change_from_hours_to_quarters_within_a_year_is_read(tmp_path):
    """Day-ahead prices went from hours to quarters on 1 October 2025: two resolutions in one document."""
    days = [datetime(2025, 1, 1) + timedelta(days=d) for d in range(365)]
    change = datetime(2025, 10, 1)
    periods = [
        one_day(d, {1: 40.0, 13: 80.0}) if d < change else one_day(d, {1: 40.0, 49: 80.0}, "PT15M") for d in days
    ]
    found = read_market(saved(tmp_path, made.entsoe_xml(periods), "x.xml"), utc_offset_h=0.0)
    assert np.allclose(found.price_per_mwh[0].reshape(365, 24), [[40.0] * 12 + [80.0] * 12] * 365)
    assert any("15 min" in n for n in found.origin.notes)


def test_load_in_xml(tmp_path):
    days = [datetime(2023, 1, 1) + timedelta(days=d) for d in range(365)]
    text = made.entsoe_xml([one_day(d, {1: 900.0}) for d in days], kind="load")
    assert (read_market(saved(tmp_path, text)).load_mw == 900.0).all()


def test_eia_files_tell_the_same_year(tmp_path):
    expected = np.round(1000 * in_utc(2023))
    for content, name in (
        (made.eia_api(2023), "api.json"),
        (made.eia_balance(2023), "balance.csv"),
        (made.eia_balance(2023, thousands=","), "older.csv"),
        (made.eia_monitor(2023), "monitor.csv"),
    ):
        found = read_market(saved(tmp_path, content, name), utc_offset_h=0.0)
        assert np.allclose(found.load_mw[0], expected), name
        assert any("moved to their start" in n for n in found.origin.notes)


def test_one_authority_of_several(tmp_path):
    path = saved(tmp_path, made.eia_balance(2023, ("ERCO", "PJM")), "b.csv")
    with pytest.raises(ScenarioError, match=r"2 authorities \(ERCO, PJM\), expected one; write b.csv#ERCO"):
        read_market(path)
    first, second = (read_market(f"{path}#{w}", utc_offset_h=0.0).load_mw for w in ("ERCO", "PJM"))
    assert np.allclose(second - first, 100.0)


def test_a_choice_of_nothing_is_refused(tmp_path):
    for name, content, choice in (
        ("e.csv", made.eia_wholesale(2023, made.HOUR), "Moon LMP"),
        ("b.csv", made.eia_balance(2023), "MOON"),
        ("o.csv", made.entsoe_old(2023), "BZN|MOON"),
        ("p.csv", plain("time;price_eur_per_mwh", [60] * 8760), "price_moon"),
    ):
        with pytest.raises(ScenarioError, match=r"M(OON|oon)|moon"):
            read_market(f"{saved(tmp_path, content, name)}#{choice}")
    two = saved(tmp_path, plain("time;a_eur_per_mwh;b_eur_per_mwh", ["60;70"] * 8760), "two.csv")
    assert read_market(f"{two}#b_eur_per_mwh").price_per_mwh[0, 0] == 70.0


def test_wholesale_prices_and_their_columns(tmp_path):
    path = saved(tmp_path, made.eia_wholesale(2023), "ercot.csv")
    assert np.allclose(read_market(path, utc_offset_h=0.0).price_per_mwh[0], in_utc(2023))
    assert np.allclose(read_market(f"{path}#West LMP", utc_offset_h=0.0).price_per_mwh[0], in_utc(2023) + 2.0)
    only = saved(tmp_path, made.eia_wholesale(2023, made.HOUR).replace("Hub average LMP", "South LMP"), "e.csv")
    with pytest.raises(ScenarioError, match="several prices"):
        read_market(only)


def plain(header, values, start="2023-01-01", step=timedelta(hours=1), mark=";"):
    first = datetime.fromisoformat(start)
    return made.lines(header, *(f"{first + i * step:%Y-%m-%d %H:%M}{mark}{v}" for i, v in enumerate(values)))


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("price_eur_per_mwh", "60", 60.0),
        ("Price [EUR/kWh]", "0,06", 60.0),
        ("Strompreis Preis (€/MWh)", "60,00", 60.0),
        ("lmp $/MWh", "60.0", 60.0),
        ("spot_gbp_per_kwh", "0.06", 60.0),
        ("price JPY/kWh", "12", 12_000.0),
    ],
)
def test_units_and_currencies_of_a_price(tmp_path, header, value, expected):
    found = read_market(saved(tmp_path, plain(f"time;{header}", [value] * 8760)))
    assert np.allclose(found.price_per_mwh, expected)
    assert found.currency == {"€": "EUR", "$": "USD"}.get(next((s for s in "€$" if s in header), ""), found.currency)
    assert len(found.currency) == 3


@pytest.mark.parametrize(
    ("header", "value", "step", "expected"),
    [
        ("load_mw", "5", 60, 5.0),
        ("Load [kW]", "5000", 60, 5.0),
        ("consumption (kWh)", "1250", 15, 5.0),
        ("demand_mwh", "5", 60, 5.0),
        ("Total load GW", "5", 60, 5000.0),
    ],
)
def test_units_of_a_load(tmp_path, header, value, step, expected):
    count = 8760 * 60 // step
    found = read_market(saved(tmp_path, plain(f"time;{header}", [value] * count, step=timedelta(minutes=step))))
    assert np.allclose(found.load_mw, expected)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (plain("time;price", [60] * 8760), "'price' without a unit"),
        (plain("time;price ct/kWh", [6] * 8760), "names no currency"),
        (plain("time;price_eur_per_mwh", [0.06] * 8760), "is it per kWh"),
        (plain("time;price_eur_per_mwh", [60] * 8759 + [60_000]), "is it per kWh or in cents"),
        (plain("time;load_mw", [-5] * 8760), "not below zero"),
        (plain("time;load", [5] * 8760), "'load' without a unit"),
        (plain("time;price_eur_per_mwh", [60] * 4000), "4,000 of the 8,760 steps of a year, from 2023-01-01 00:00"),
        (plain("time;price_eur_per_mwh", [60] * 365, step=timedelta(days=1)), "steps of 1 d"),
        (plain("time;price_eur_per_mwh", ["60.0"] * 8759 + ["sixty"]), ":8761: price_eur_per_mwh is 'sixty'"),
        (plain("time;price_eur_per_mwh", [60] * 8759 + ["1,234"]), "a comma is ambiguous here|comma is ambiguous"),
        (plain("time;price_a_eur_per_mwh;price_b_eur_per_mwh", ["60;60"] * 8760), "two columns give price_per_mwh"),
        (plain("time;temperature_c", [10] * 8760), "no price or load"),
        (made.acknowledgement("No matching data found"), "No matching data found"),
        (made.entsoe_xml([])[:80], "cut off|kind we do not know"),
        (made.entsoe_xml([one_day(datetime(2024, 1, 1), {30: 5.0})]), "position 30 in a period of 24 steps"),
        (made.entsoe_xml([one_day(datetime(2024, 1, 1), {1: 5.0}, "PT7M")]), "resolution 'PT7M'"),
        ({"response": {"data": [{"period": "2024-01", "price": "6.1", "stateid": "TX"}]}}, "retail prices by month"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + made.entsoe_xml([]), "definitions of its own"),
        (made.eia_api(2023, total=20_000), "8,760 of 20,000 records"),
        ({"response": {"data": []}}, "no records under response.data"),
        ('{"response": {"data": [', "JSON"),
        ({"something": 1}, "JSON of a kind we do not know"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, content, said):
    with pytest.raises(ScenarioError, match=said) as caught:
        read_market(saved(tmp_path, content))
    assert "expected" in str(caught.value) and str(caught.value).startswith(("file.csv", str(tmp_path)))


def test_a_gap_is_filled_and_counted_a_long_one_refused(tmp_path):
    text = made.entsoe_old(2023, zone="UTC", name="UTC").splitlines()
    short = [*text[:100], *text[103:]]
    found = read_market(saved(tmp_path, made.lines(*short)), utc_offset_h=0.0)
    assert any("3 missing steps filled" in n for n in found.origin.notes)
    assert np.allclose(found.price_per_mwh[0, 99:102], np.interp([1, 2, 3], [0, 4], found.price_per_mwh[0, [98, 102]]))
    long = [*text[:100], *text[110:]]
    with pytest.raises(ScenarioError, match=r"file.csv:100: .* missing in 10 rows on end \(10 h\) after this line"):
        read_market(saved(tmp_path, made.lines(*long)))


def test_descending_rows_are_put_in_order(tmp_path):
    head, *rows = made.entsoe_load(2023).splitlines()
    found = read_market(saved(tmp_path, made.lines(head, *rows[::-1])), utc_offset_h=0.0)
    assert found.load_mw[0, 5] == 905.0 and any("order of their times" in n for n in found.origin.notes)


def test_compressed_marked_and_wide_files(tmp_path):
    text = plain("time;price_eur_per_mwh", ["60,5"] * 8760)
    for name, data in {
        "a.csv.gz": gzip.compress(text.encode()),
        "bom.csv": text.encode("utf-8-sig"),
        "wide.csv": text.encode("utf-16"),
        "latin.csv": ("# größe\n" + text).encode("latin-1"),
    }.items():
        (tmp_path / name).write_bytes(data)
        found = read_market(tmp_path / name)
        assert np.allclose(found.price_per_mwh, 60.5), name
    assert any("Latin-1" in n for n in found.origin.notes)
    (tmp_path / "cut.gz").write_bytes(gzip.compress(text.encode())[:500])
    (tmp_path / "z.zip").write_bytes(b"PK\x03\x04rest")
    for name, said in (("cut.gz", "damaged gzip"), ("z.zip", "zip archive")):
        with pytest.raises(ScenarioError, match=said):
            read_market(tmp_path / name)


def test_several_years_and_a_part_of_one(tmp_path):
    path = saved(tmp_path, plain("time;load_mw", range(8784 + 8760 + 500), start="2024-01-01"))
    found = read_market(path)
    assert found.load_mw.shape == (2, 8760) and found.origin.years == (2024, 2025)
    assert any("parts of years left out: 2026 (500 steps)" in n for n in found.origin.notes)


def test_provenance_of_a_file(tmp_path):
    found = read_market(saved(tmp_path, made.entsoe_load(2023))).origin.json()
    assert found["format"] == "ENTSO-E" and found["first"] == "2023-01-01 00:00" and found["rows"] == 8760
    assert len(found["blake2b"]) == 32 and json.loads(json.dumps(found)) == found


def local(zone, number=2023):
    """Hours of a year of a place as its wall clock has them, with the number of the hour of the day."""
    start = datetime(number, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    times = [(start + timedelta(hours=i)).astimezone(ZoneInfo(zone)) for i in range(8760)]
    of_day, numbers = 0, []
    for before, t in zip([None, *times], times, strict=False):
        of_day = of_day + 1 if before and before.date() == t.date() else 1
        numbers.append(of_day)
    return times, numbers


@pytest.mark.parametrize(
    ("name", "spell", "offset"),
    [
        ("time_utc", "{:%Y-%m-%d %H:%M}", 0.0),
        ("UTC timestamp", "{:%Y-%m-%dT%H:%MZ}", 0.0),
        ("unix_time", "", 0.0),
        ("valid from", "{:%d.%m.%Y %H:%M}", None),
    ],
)
def test_a_column_of_times_under_another_name_is_found(tmp_path, name, spell, offset):
    times = [datetime(2023, 1, 1) + timedelta(hours=i) for i in range(8760)]
    cells = [str(int(t.replace(tzinfo=UTC).timestamp())) if "unix" in name else spell.format(t) for t in times]
    rows = [f"{text},{40 + i % 700}" for i, text in enumerate(cells)]
    found = read_market(saved(tmp_path, made.lines(f"{name},price_eur_per_mwh", *rows[::-1])), utc_offset_h=offset)
    assert found.origin.years == (2023,) and any(f"times from column 1 {name!r}" in n for n in found.origin.notes)
    assert np.array_equal(found.price_per_mwh[0], 40 + np.arange(8760) % 700)


def test_times_that_end_a_step_are_not_taken_for_starts(tmp_path):
    rows = [f"{datetime(2023, 1, 1) + timedelta(hours=i + 1):%Y-%m-%d %H:%M},50" for i in range(8760)]
    with pytest.raises(ScenarioError, match=r"^file.csv:1: column 'hour_ending', times that end a step, expected "):
        read_market(saved(tmp_path, made.lines("hour_ending,price_eur_per_mwh", *rows)))
    both = [f"{datetime(2023, 1, 1) + timedelta(hours=i):%Y-%m-%d %H:%M},{row}" for i, row in enumerate(rows)]
    assert read_market(saved(tmp_path, made.lines("start,end,price_eur_per_mwh", *both))).origin.years == (2023,)


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "Australia/Sydney"])
def test_numbered_hours_are_counted_through_days_of_23_and_25(tmp_path, zone):
    times, numbers = local(zone)
    assert {23, 25} <= set(np.unique(numbers)) and len(numbers) == 8760
    rows = [f"{t:%d.%m.%Y};{n};{40 + i % 700}" for i, (t, n) in enumerate(zip(times, numbers, strict=True))]
    found = market_steps(Text("file.csv", made.lines("Delivery date;Hour;Price [EUR/MWh]", *rows)))
    assert np.array_equal(found.columns["price_eur_per_mwh"], 40 + np.arange(8760) % 700)
    standard = times[0].replace(tzinfo=None) - (times[0].dst() or timedelta(0))
    assert datetime.fromisoformat(found.times[0]) == standard
    with pytest.raises(ScenarioError, match=r":\d+: 23 hours of 2023-05-0\d"):
        market_steps(Text("file.csv", made.lines("date;hour;price_eur_per_mwh", *rows[:3000], *rows[3001:])))
    with pytest.raises(ScenarioError, match=r"^file.csv:2: hour 26, expected 1 to 25; correct the row"):
        market_steps(Text("file.csv", made.lines("date;hour;price_eur_per_mwh", "01.01.2023;26;5", *rows[1:])))


@pytest.mark.parametrize("first", [0, 1])
def test_numbered_hours_from_nought_or_one(tmp_path, first):
    times = [datetime(2023, 1, 1) + timedelta(hours=i) for i in range(8760)]
    rows = [f"{t:%Y-%m-%d},{t.hour + first},{40 + t.hour}" for t in times]
    found = read_market(saved(tmp_path, made.lines("date,hour,price_eur_per_mwh", *rows)))
    assert np.array_equal(found.price_per_mwh[0, :48], 40 + np.arange(48) % 24) and found.origin.years == (2023,)
