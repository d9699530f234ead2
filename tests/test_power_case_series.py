"""Series of a case file: every form of CSV, weather years, steps, gaps."""

from dataclasses import fields
from datetime import datetime, timedelta

import numpy as np
import pytest

from case_files import GAS, GRID, HOURS, bare, faults, read
from gigawatt.power import reference
from gigawatt.power.explain import nearest
from gigawatt.power_case import as_year, nearest_as_year

# ---- forms of the series

POINTS = "time,load,sun\n2025-01-01 00:00,90.5,0\n2025-01-01 01:00,100,0.25\n"
SERIES = {
    "comma": POINTS,
    "windows line ends": POINTS.replace("\n", "\r\n"),
    "byte order mark": b"\xef\xbb\xbf" + POINTS.encode(),
    "utf-16": POINTS.encode("utf-16"),
    "semicolon and decimal comma": POINTS.replace(",", ";").replace(".", ","),
    "tab": POINTS.replace(",", "\t"),
    "bar": POINTS.replace(",", "|"),
    "quoted decimal comma": POINTS.replace("90.5", '"90,5"').replace("0.25", '"0,25"'),
    "blank lines at the end": POINTS + "\n\n ,,\n;\n".replace(";", ""),
    "no line end": POINTS.rstrip("\n"),
    "comment before": "# made by hand\n#\n" + POINTS,
    "spaces": POINTS.replace(",", " , "),
    "columns of text": POINTS.replace("sun\n", "sun,note\n").replace("0\n", "0,fine\n").replace("25\n", "25,\n"),
}


@pytest.mark.parametrize("name", SERIES)
def test_every_form_of_a_csv_is_read(tmp_path, name):
    found = read(tmp_path, series=SERIES[name], sources={"gas": GAS | {"availability": "sun"}})
    assert found.problem.load_mw.tolist() == [90.5, 100.0]
    assert found.problem.sources[0].availability.tolist() == [0.0, 0.25]


def test_a_comma_that_may_group_thousands_is_refused_and_can_be_settled(tmp_path):
    series = "load;price\n1,234;5\n2,500;1,250\n"
    (fault,) = faults(tmp_path, series=series)
    assert "a comma is ambiguous here (1.234 or 1234?)" in fault and 'decimal = ","' in fault
    assert read(tmp_path, series=series, decimal=",").problem.load_mw.tolist() == [1.234, 2.5]
    (fault,) = faults(tmp_path, series=series, decimal=".")
    assert "column load is '1,234' in hour 0, line 2 (and 1 cells more)" in fault
    for settled in ("load;price\n1,234;1\n2,5;1\n", "load;price\n1,234;0,25\n2,500;1\n"):
        assert read(tmp_path, series=settled).problem.load_mw.tolist() == [1.234, 2.5]


def test_a_point_in_a_column_with_decimal_commas_is_refused(tmp_path):
    (fault,) = faults(tmp_path, series="load;x\n1.234,5;1\n2,5;1\n")
    assert "column load is '1.234,5' in hour 0, line 2" in fault
    (fault,) = faults(tmp_path, series="load;x\n1.234;1\n2,5;1\n", decimal=",")
    assert "column load is '1.234' in hour 0" in fault


@pytest.mark.parametrize("cell", ["", "x", "NaN", "inf", "-inf", "1_0", "1 000", "0x1", "--3", "1e999"])
def test_a_cell_that_is_no_number_is_named_with_hour_line_and_time(tmp_path, cell):
    (fault,) = faults(tmp_path, series=HOURS.replace("100", cell))
    assert fault.startswith("hours.csv: column load is ")
    assert "in hour 1, line 3, 2025-01-01T01:00; expected a finite number" in fault
    assert (repr(cell) if cell else "empty") in fault


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ("", "hours.csv: is empty"),
        ("\n \n", "hours.csv: is empty"),
        ("load,sun\n", "has no rows"),
        ("1,2\n3,4\n", "starts with numbers"),
        ("load,load\n3,4\n", "two columns are called load"),
        ("load,sun\n3,4\n5\n6\n", "hours.csv:3: has 1 cells (and 1 rows more); expected 2"),
        ("load,sun\n1,5,2,5\n", "decimal comma needs ; between columns"),
        ("load,sun\n3,4\n\n5,6\n", "hours.csv:3: is empty"),
        (b"load,sun\n1,\xff\n", "hours.csv:2: is not UTF-8 text"),
        (b"\x89PNG\0\0\n", "is a binary file"),
        ("load,sun\n-3,0\n", "load_mw (column load of hours.csv) is -3 in hour 0, line 2; expected 0 to"),
        ("load,sun\n0,0\n0,0\n", "load_mw"),
        ("load,sun\n9e9,0\n", "load_mw (column load of hours.csv) is 9e+09 in hour 0"),
        ("laod,sun\n3,0\n", "load_mw is 'load'; expected a column of the series; did you mean laod?"),
        ('load,sun\n"3,4\n', "load,sun"),
    ],
)
def test_a_bad_series_is_named(tmp_path, series, said):
    if said == "load,sun":  # an open quote swallows the rest of the file
        said = "has 1 cells"
    assert any(said in f for f in faults(tmp_path, series=series))


def test_a_missing_series_and_a_folder(tmp_path):
    assert (
        "absent.csv: cannot be read"
        in faults(tmp_path, **{"series": "x,load\n1,1\n"} | {"case": bare("absent.csv")})[0]
    )
    assert "is a folder" in faults(tmp_path, case=bare("."))[0]
    assert "cannot be read" in faults(tmp_path, case=bare("a\0b"))[0]
    assert "expected the name of a CSV file" in faults(tmp_path, case=bare(3))[0]


def test_several_files(tmp_path):
    (tmp_path / "sun.csv").write_text("hour;pv\n0;0,0\n1;0,5\n2;1,0\n", encoding="utf-8")
    case = bare(["hours.csv", "sun.csv"]) | {"sources": {"gas": GAS | {"availability": "pv"}}}
    assert read(tmp_path, case).problem.sources[0].availability.tolist() == [0.0, 0.5, 1.0]
    (tmp_path / "sun.csv").write_text("load\n0\n1\n", encoding="utf-8")
    (fault,) = faults(tmp_path, case=bare(["hours.csv", "sun.csv"]))
    assert "sun.csv has 2 rows and hours.csv has 3; expected as many" in fault
    (tmp_path / "sun.csv").write_text("load\n0\n1\n2\n", encoding="utf-8")
    (fault,) = faults(tmp_path, case=bare(["hours.csv", "sun.csv"]))
    assert "load_mw is 'load', a column of hours.csv, sun.csv; expected one" in fault


# ---- weather years and steps


def calendar(start, hours, step=1.0, skip=()):
    first = datetime.fromisoformat(start)
    stamps = [first + timedelta(hours=step * i) for i in range(hours)]
    return [s for s in stamps if s not in skip]


def csv_of(stamps, **columns):
    """A file with a row per time; a column is a function of the time."""
    rows = [",".join([s.isoformat(), *(f"{f(s):g}" for f in columns.values())]) for s in stamps]
    return "\n".join([",".join(["time", *columns]), *rows]) + "\n"


def test_ten_years_by_their_times_lose_the_leap_days(tmp_path):
    stamps = calendar("2010-01-01T00:00", 87_648)  # 2012 and 2016 are leap years
    found = read(tmp_path, series=csv_of(stamps, load=lambda s: s.year - 1900 + s.hour))
    assert found.problem.load_mw.shape == (10, 8760) and found.year_share == 1.0
    assert found.problem.load_mw[:, 5].tolist() == [115.0 + y for y in range(10)]
    assert "29 February" in found.notes[0]
    kept = found.clock.rows.ravel()
    assert not any(found.clock.times[i].startswith("2012-02-29") for i in kept)
    assert found.clock.times[found.clock.rows[2, 1416]] == "2012-03-01T00:00:00"


def test_years_by_number_by_column_and_by_times_agree(tmp_path):
    rows = [(year, h) for year in (2001, 2002) for h in range(8760)]
    series = "year,load\n" + "\n".join(f"{year},{50 + year % 10 + h % 24}" for year, h in rows) + "\n"
    by_column = read(tmp_path, series=series).problem.load_mw
    by_number = read(tmp_path, series=series.replace("year", "y"), years=2).problem.load_mw
    by_name = read(tmp_path, series=series.replace("year", "y"), year_column="y").problem.load_mw
    assert by_column.shape == (2, 8760)
    assert (by_column == by_number).all() and (by_column == by_name).all()


def test_leap_years_alone_are_kept_whole(tmp_path):
    series = csv_of(calendar("2012-01-01T00:00", 8784), load=lambda s: 5)
    assert read(tmp_path, series=series).problem.load_mw.shape == (8784,)


def test_a_year_from_july_to_june_is_one_year(tmp_path):
    series = csv_of(calendar("2022-07-01T00:00", 8760), load=lambda s: 5, year=lambda s: s.year)
    found = read(tmp_path, series=series)
    assert found.problem.load_mw.shape == (8760,) and found.year_share == 1.0


def test_a_left_out_leap_day_is_no_gap(tmp_path):
    stamps = [s for s in calendar("2012-01-01T00:00", 8784) if (s.month, s.day) != (2, 29)]
    assert read(tmp_path, series=csv_of(stamps, load=lambda s: 5)).problem.load_mw.shape == (8760,)


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        (17_520, {}, "17,520 steps of 1 h are 17,520 hours; expected at most 8,784 in a weather year; write years = 2"),
        (35_040, {}, "write years = 4"),
        (100, {"years": 3}, "100 rows are not 3 years of equal length"),
        (87_600, {"years": 2}, "each of the 2 years has 43,800 hours"),
        (10, {"years": 0}, "years is 0; expected a whole number from 1"),
        (10, {"years": 2.0}, "years is 2.0; expected a whole number"),
        (10, {"step_hours": 0}, "step_hours is 0; expected above 0"),
        (10, {"time_column": "when"}, "no column 'when' in the series"),
        (10, {"decimal": ";"}, 'expected "." or ","'),
    ],
)
def test_steps_and_years_that_do_not_fit_are_named(tmp_path, rows, more, said):
    series = "load\n" + "5\n" * rows
    assert any(said in f for f in faults(tmp_path, series=series, **more))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["a"] * 5000 + ["b"] * 5000 + ["a"] * 5000, "year 'a' starts twice"),
        (["a"] * 8760 + ["b"] * 8000, "the years differ in length (a has 8760, b has 8000 rows)"),
        (["a"] * 300 + ["b"] * 324, "the years differ in length"),
    ],
)
def test_years_that_are_not_whole_are_named(tmp_path, labels, said):
    series = "y,load\n" + "".join(f"{label},5\n" for label in labels)
    (fault,) = faults(tmp_path, series=series, year_column="y")
    assert said in fault
    assert any("drop years" in f for f in faults(tmp_path, series="y,load\na,1\nb,1\n", year_column="y", years=3))


def test_a_gap_and_a_doubled_hour_are_named_and_can_be_ignored(tmp_path):
    stamps = calendar("2025-03-30T00:00", 6, skip=[datetime(2025, 3, 30, 2)])
    gap = csv_of(stamps, load=lambda s: 5)
    (fault,) = faults(tmp_path, series=gap)
    assert "hour 2, line 4, 2025-03-30T03:00:00 comes 2 h after 2025-03-30 01:00:00; expected 1 h" in fault
    assert read(tmp_path, series=gap, time_column="").problem.load_mw.shape == (5,)
    double = csv_of([stamps[0], stamps[0], *stamps[:2]], load=lambda s: 5)
    assert "comes 0 h after" in faults(tmp_path, series=double)[0]


def test_quarter_hours_need_their_step(tmp_path):
    series = csv_of(calendar("2025-01-01T00:00", 35_040, step=0.25), load=lambda s: 5)
    (fault,) = faults(tmp_path, series=series)
    assert "the times are 0.25 h apart; expected 1 h; write step_hours = 0.25" in fault
    found = read(tmp_path, series=series, step_hours=0.25)
    assert found.year_share == 1.0 and found.problem.step_hours == 0.25


def test_times_in_words_only_name_the_hours(tmp_path):
    series = "date,load\nMon 1,5\nMon 2,x\n"
    assert "in hour 1, line 3, Mon 2;" in faults(tmp_path, series=series)[0]


def test_one_hour_and_no_series(tmp_path):
    one = read(tmp_path, {"load_mw": [100.0], "sources": {"gas": GAS}}, None)
    flat = read(tmp_path, {"load_mw": 100.0, "sources": {"gas": GAS}}, None)
    assert one.problem.load_mw.shape == (1,) and one.year_share == 1 / 8760
    assert flat.problem.load_mw.shape == (8760,) and flat.year_share == 1.0
    a, b = (as_year(reference.solve(c.problem), c.year_share) for c in (one, flat))
    assert a.objective_usd_per_year == pytest.approx(b.objective_usd_per_year)
    assert a.portfolio[0].mwh_per_year == pytest.approx(876_000.0) and a.violations.balance_mw < 1e-9


def test_a_day_stands_for_a_year_of_the_same_days(tmp_path):
    hour = 6.0 * (np.arange(1460) % 4) + 3.0
    load, sun = 90.0 + hour % 5, np.maximum(np.sin((hour - 6) / 12 * np.pi), 0.0)
    solar = GAS | {"availability": "sun", "variable_usd_per_mwh": 0.0, "clean_share": 1.0}
    solar |= {"carbon_intensity_kg_per_mwh": 0.0, "max_mwh_per_year": 60_000.0}
    case = {"sources": {"gas": GAS, "solar": solar}, "grid": GRID | {"limit_mw": 30.0}, "min_clean_share_annual": 0.25}
    case |= {"step_hours": 6.0}

    def answer(hours):
        rows = "\n".join(f"{a:.17g},{b:.17g}" for a, b in zip(load[:hours], sun[:hours], strict=True))
        found = read(tmp_path, bare("hours.csv") | case, f"load,sun\n{rows}\n")
        return as_year(reference.solve(found.problem), found.year_share)

    day, year = answer(4), answer(1460)
    for name in ("objective_usd_per_year", "lower_bound_usd_per_year", "cost_usd_per_mwh", "curtailed_mwh_per_year"):
        assert getattr(day, name) == pytest.approx(getattr(year, name), rel=1e-6, abs=1e-6), name
    for a, b in zip(day.portfolio, year.portfolio, strict=True):
        for f in fields(a):
            x, y = getattr(a, f.name), getattr(b, f.name)
            assert x == (y if isinstance(y, str) else pytest.approx(y, rel=1e-6, abs=1e-6)), f"{a.name}.{f.name}"
    assert len(day.limits) >= 3
    for a, b in zip(day.limits, year.limits, strict=True):
        assert (a.name, a.value, a.limit) == (b.name, pytest.approx(b.value), pytest.approx(b.limit))
        assert a.usd_per_unit_year == pytest.approx(b.usd_per_unit_year, rel=1e-4, abs=1e-3), a.name


def test_the_nearest_plan_of_a_day_is_per_year(tmp_path):
    gas = GAS | {"max_mwh_per_year": 800_000.0}
    found = read(tmp_path, {"load_mw": [100.0] * 24, "sources": {"gas": gas}, "voll_usd_per_mwh": None}, None)
    near = nearest_as_year(nearest(found.problem), found.year_share)
    (move,) = near.relaxations
    assert move.limit == pytest.approx(800_000.0) and move.needed == pytest.approx(876_000.0, rel=1e-3)
    assert "8e+05 to 8.76e+05 MWh/year" in near.words and near.words == move.words
    assert near.answer.portfolio[0].mwh_per_year == pytest.approx(876_000.0, rel=1e-3)
