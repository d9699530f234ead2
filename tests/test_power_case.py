"""Case files of the power room: what is read, and how every fault is named."""

import json
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigawatt.errors import ScenarioError
from gigawatt.finance import capital_recovery_factor
from gigawatt.power import problem as room
from gigawatt.power import reference
from gigawatt.power.explain import nearest
from gigawatt.power.problem import BusLoad, CapacityLimit, FlexibleLoad, Import, Link, Problem, Source, Store
from gigawatt.power_case import as_year, nearest_as_year, read_case, read_case_text
from gigawatt.power_case.keys import closest, investment, keys, may_be_empty, span
from gigawatt.power_case.reading import part
from gigawatt.power_case.sample import yearly
from gigawatt.power_case.series import numbers, read_table
from gigawatt.power_case.values import BAD, Values

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "power_site.toml"
GAS = {
    "availability": 1.0,
    "fixed_usd_per_mw_year": 90_000.0,
    "variable_usd_per_mwh": 50.0,
    "carbon_intensity_kg_per_mwh": 400.0,
    "clean_share": 0.0,
}
GRID = {
    "price_usd_per_mwh": 60.0,
    "carbon_intensity_kg_per_mwh": 300.0,
    "clean_share": 0.4,
    "connection_usd_per_mw_year": 30.0,
    "demand_charge_usd_per_mw_year": 5.0,
}
BATTERY = {
    "power_usd_per_mw_year": 40.0,
    "energy_usd_per_mwh_year": 30.0,
    "charge_efficiency": 0.95,
    "discharge_efficiency": 0.9,
    "self_discharge_per_hour": 0.001,
}
TWO_BUSES = {
    "bus_load_mw": {"a": {"bus": "north", "load_mw": 5.0}},
    "links": {"l": {"from_bus": "", "to_bus": "north"}},
}
HOURS = "time,load,sun\n2025-01-01T00:00,90,0\n2025-01-01T01:00,100,0.25\n2025-01-01T02:00,80,1\n"


def read(folder, case=None, series=HOURS, overrides=(), **more):
    """A case of gas alone, with changes, from files in a folder."""
    case = {"load_mw": "load", "sources": {"gas": GAS}, "series": "hours.csv"} if case is None else case
    if series is not None:
        (folder / "hours.csv").write_bytes(series if isinstance(series, bytes) else series.encode())
    path = folder / "case.json"
    path.write_text(json.dumps({k: v for k, v in (case | more).items() if v is not None}), encoding="utf-8")
    return read_case(path, overrides=overrides)


def faults(folder, **more):
    with pytest.raises(ScenarioError) as caught:
        read(folder, **more)
    return caught.value.problems


def test_the_example_is_read_as_written():
    case = read_case(EXAMPLE)
    p = case.problem
    solar, _, gas = p.sources
    share = 336 / 8760
    assert p.load_mw.shape == (336,) and case.year_share == pytest.approx(share)
    assert [s.name for s in p.sources] == ["solar", "wind", "gas"] and p.stores[0].name == "battery"
    paid = 1e6 * capital_recovery_factor(rate_per_year=0.07, years=30) + 15_000
    assert solar.fixed_usd_per_mw_year == pytest.approx(paid * share)
    assert gas.fixed_usd_per_mw_year == pytest.approx(120_000 * share) and gas.availability == 0.95
    assert p.grid.price_usd_per_mwh[0] == pytest.approx(50.12 + 14.0)
    assert p.stores[0].charge_usd_per_mw_year is None and p.stores[0].max_power_mw == np.inf
    assert p.flexible[0].max_mwh_per_year == pytest.approx(20_000 * share)
    assert p.capacity_limits[0].terms == (("solar", 1.5), ("wind", 0.3)) and p.capacity_limits[0].upper == 300.0
    assert p.min_clean_share_hourly == 0.7 and p.firm_margin == 0.1 and p.voll_usd_per_mwh == 9000.0
    assert "stand for a year" in case.notes[0]


# ---- every field can be said


def whole_problem(shape=(4, 8760), seed=0):
    """A problem in which every field differs from its default."""
    rng = np.random.default_rng(seed)

    def profile():
        return np.round(rng.uniform(0.1, 0.9, shape), 6)

    def filled(kind, **given):
        values = {}
        for key in keys(kind).values():
            text = "north" if may_be_empty(key.name) else kind.__name__.lower()
            plain = {"number": 0.5, "whole": 2, "flag": True, "text": text, "terms": (("gas", 2.0),)}
            values[key.name] = plain.get(key.kind) if key.kind in plain else profile()
            if key.name.startswith(("max_", "limit_", "upper")) and key.kind == "number" and span(key.name).high > 1:
                values[key.name] = 700.0
        return kind(**{**values, **given})

    return filled(
        Problem,
        load_mw=100.0 * profile(),
        sources=(filled(Source, name="gas"), filled(Source, name="wind", through_connection=True)),
        stores=(filled(Store),),
        grid=filled(Import, name="grid"),
        flexible=(filled(FlexibleLoad),),
        capacity_limits=(filled(CapacityLimit),),
        step_hours=1.0,
        bus_load_mw=(filled(BusLoad),),
        links=(filled(Link, from_bus="", to_bus="north"), filled(Link, name="far", from_bus="north", to_bus="south")),
    )


def said(part_of_problem):
    """A dataclass as a table of a case file."""
    table = {}
    for f in fields(part_of_problem):
        value = getattr(part_of_problem, f.name)
        if f.name == "terms":
            value = dict(value)
        elif isinstance(value, np.ndarray):
            value = value.ravel().tolist()
        elif isinstance(value, tuple):
            value = {getattr(p, "name", f"load {i}"): said(p) for i, p in enumerate(value)}
        elif hasattr(value, "__dataclass_fields__"):
            value = said(value)
        table[f.name] = value
    return table


def same(a, b):
    assert type(a) is type(b)
    for f in fields(a):
        x, y = getattr(a, f.name), getattr(b, f.name)
        if isinstance(x, tuple) and x and hasattr(x[0], "__dataclass_fields__"):
            assert len(x) == len(y)
            for p, q in zip(x, y, strict=True):
                same(p, q)
        elif hasattr(x, "__dataclass_fields__"):
            same(x, y)
        elif isinstance(x, np.ndarray):
            np.testing.assert_array_equal(x, y, err_msg=f.name)
        else:
            assert x == y, f.name


def test_round_trip_of_every_field():
    asked = whole_problem()
    case = {**said(asked), "years": 4}
    found = read_case_text(json.dumps(case), Path("case.json"))
    assert found.year_share == 1.0
    same(asked, found.problem)


@pytest.mark.parametrize("kind", [Problem, Source, Import, Store, FlexibleLoad, BusLoad, Link, CapacityLimit])
def test_every_field_is_a_key(kind):
    assert list(keys(kind)) == [f.name for f in fields(kind)]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Larger(Source):
    """A source with fields the power room does not have."""

    colour_mw: float = 0.0
    blocks: int = 1
    least: float | None = None
    shape: room.Profile = 1.0


def test_a_new_field_is_a_new_key():
    values = Values("case.json", Path("."), {"load_mw": [1.0, 2.0]})
    table = {**GAS, "colour_mw": 3, "blocks": 4, "shape": [0.1, 0.2]}
    found = part(values, Larger, table, "sources.x", name="x")
    assert not values.faults
    assert (found.colour_mw, found.blocks, found.least, found.name) == (3.0, 4, None, "x")
    assert found.shape.tolist() == [0.1, 0.2]
    part(values, Larger, {**GAS, "colour_mw": -1, "blocks": 1.5, "leest": 3}, "sources.x", name="x")
    assert len(values.faults) == 3 and "did you mean least?" in values.faults[0]


def test_a_type_that_no_file_can_say_is_our_own_fault():
    @dataclass
    class Odd:
        thing: complex

    with pytest.raises(TypeError, match="teach power_case"):
        keys(Odd)


def units_of_docstring(kind):
    """Field to unit, from the docstring of a dataclass."""
    out, names = {}, []
    for line in kind.__doc__.splitlines():
        head, colon, _ = line.strip().partition(" : ")
        if colon:
            names = head.split(", ")
        elif line.rstrip().endswith("]") and names:
            units = line.rsplit("[", 1)[1].rstrip("]. ").split(", ")
            out |= dict(zip(names, units if len(units) == len(names) else units * len(names), strict=False))
    return out


@pytest.mark.parametrize(
    "name",
    ["Problem", "Source", "Import", "Store", "FlexibleLoad", "BusLoad", "Link", "CapacityLimit", "Line", "Unbuilt"],
)
def test_what_is_per_year_is_scaled_with_the_length_of_the_series(name):
    kind = getattr(room, name)
    for field, unit in units_of_docstring(kind).items():
        assert yearly(field) == unit.endswith("/year"), f"{name}.{field} [{unit}]: teach power_case/sample.py"


@pytest.mark.parametrize("name", ["Answer", "Violations"])
def test_what_an_answer_has_per_year_is_scaled(name):
    kind = getattr(room, name)
    for field, unit in units_of_docstring(kind).items():
        if unit.endswith("/year"):
            assert yearly(field), f"{name}.{field} [{unit}]: teach power_case/sample.py"


# ---- forms of the case file


def test_tables_and_lists_say_the_same(tmp_path):
    as_list = {"load_mw": 50.0, "sources": [{"name": "gas", **GAS}], "step_hours": 8760.0}
    as_table = as_list | {"sources": {"gas": GAS}}
    same(read(tmp_path, as_list, None).problem, read(tmp_path, as_table, None).problem)


def test_toml_and_json_say_the_same(tmp_path):
    rows = "\n".join(f"{k} = {v}" for k, v in GAS.items())
    toml = read_case_text(f"load_mw = [10.0, 20]\n[sources.gas]\n{rows}\n", tmp_path / "case.toml")
    same(toml.problem, read(tmp_path, {"load_mw": [10.0, 20], "sources": {"gas": GAS}}, None).problem)


def test_terms_may_be_written_with_points(tmp_path):
    text = json.dumps({"load_mw": [1.0], "sources": {"gas": GAS}, "stores": {"battery": BATTERY}})
    limits = '{"ratio": {"terms": {"gas": -1, "battery": {"power": 2.0, "energy": 1}}, "upper": 0}}'
    found = read_case_text(text[:-1] + f', "capacity_limits": {limits}}}', tmp_path / "case.json")
    assert found.problem.capacity_limits[0].terms == (("gas", -1.0), ("battery.power", 2.0), ("battery.energy", 1.0))


def test_investment_life_and_cost_of_capital_become_a_yearly_cost(tmp_path):
    store = {k: v for k, v in BATTERY.items() if "usd" not in k}
    store |= {"power_capex_usd_per_mw": 1000.0, "energy_capex_usd_per_mwh": 500.0, "energy_fom_usd_per_mwh_year": 7.0}
    store |= {"lifetime_years": 20.0, "energy_lifetime_years": 10.0, "wacc": 0.05}
    found = read(tmp_path, {"load_mw": 10.0, "sources": {"gas": GAS}, "stores": {"b": store}, "wacc": 0.1}, None)
    b = found.problem.stores[0]
    assert b.power_usd_per_mw_year == pytest.approx(1000 * capital_recovery_factor(rate_per_year=0.05, years=20))
    assert b.energy_usd_per_mwh_year == pytest.approx(500 * capital_recovery_factor(rate_per_year=0.05, years=10) + 7)
    free = {k: v for k, v in GAS.items() if "fixed" not in k} | {"capex_usd_per_mw": 300.0, "lifetime_years": 3.0}
    found = read(tmp_path, {"load_mw": 10.0, "sources": {"gas": free}, "wacc": 0.0}, None)
    assert found.problem.sources[0].fixed_usd_per_mw_year == pytest.approx(100.0)


def test_a_number_a_column_and_a_moved_column(tmp_path):
    grid = GRID | {"price_usd_per_mwh": {"column": "load", "factor": 2.0, "offset": -5}, "availability": "sun"}
    found = read(tmp_path, grid=grid).problem
    assert found.grid.price_usd_per_mwh.tolist() == [175.0, 195.0, 155.0]
    assert found.grid.availability.tolist() == [0.0, 0.25, 1.0] and found.grid.clean_share == 0.4


def test_a_link_may_say_its_investment_and_the_main_bus_has_no_name(tmp_path):
    link = {"from_bus": "", "to_bus": "north", "capex_usd_per_mw": 300.0, "lifetime_years": 3.0, "wacc": 0.0}
    case = TWO_BUSES | {"links": {"l": link}, "sources": {"gas": GAS | {"bus": ""}, "wind": GAS | {"bus": "north"}}}
    p = read(tmp_path, {"load_mw": 10.0, **case}, None).problem
    assert p.links[0].usd_per_mw_year == pytest.approx(100.0) and p.links[0].from_bus == ""
    assert [s.bus for s in p.sources] == ["", "north"] and p.bus_load_mw[0].load_mw == 5.0


def test_import_tiers_are_sources_through_the_connection(tmp_path):
    tier = {**GAS, "through_connection": True, "max_mw": 20.0}
    found = read(tmp_path, grid=GRID, sources={"gas": GAS, "second_tier": tier}).problem
    assert found.sources[1].through_connection and found.sources[1].max_mw == 20.0


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("sources.gas.max_mw=300", lambda p: p.sources[0].max_mw == 300.0),
        ("sources.gas.max_mw = inf", lambda p: p.sources[0].max_mw == np.inf),
        ("load_mw=sun", lambda p: p.load_mw[1] == 0.25),
        ('load_mw={column="load", factor=0.001}', lambda p: p.load_mw[1] == pytest.approx(0.1)),
        ("sources.gas.take_or_pay=true", lambda p: p.sources[0].take_or_pay),
        ("voll_usd_per_mwh=7", lambda p: p.voll_usd_per_mwh == 7.0),
    ],
)
def test_overrides(tmp_path, override, value):
    assert value(read(tmp_path, overrides=[override]).problem)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("sources.gas", "expected KEY=VALUE"),
        ("=3", "expected KEY=VALUE"),
        ("load_mw=", "expected KEY=VALUE"),
        ("sources.gaz.max_mw=3", "no table 'gaz'; did you mean gas?"),
        ("sources.gas.mx_mw=3", "sources.gas.mx_mw: unknown key; did you mean max_mw?"),
        ("load_mw.x=3", "no table 'load_mw'"),
        ("load_mw=1\nyears=2", "load_mw is '1\\nyears=2'"),
    ],
)
def test_an_override_of_nothing_is_refused(tmp_path, override, said):
    assert any(said in f for f in faults(tmp_path, overrides=[override]))


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


def bare(series):
    return {"load_mw": "load", "sources": {"gas": GAS}, "series": series}


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


# ---- faults of the case


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": {"gas": GAS | {"max_wm": 3}}}, "sources.gas.max_wm: unknown key; did you mean max_mw?"),
        ({"soruces": {}}, "soruces: unknown key; did you mean sources?"),
        ({"colour": 3}, "colour: unknown key; write one of load_mw"),
        ({"load_mw": None}, "load_mw: missing; expected a number or a column of the series"),
        ({"load_mw": True}, "load_mw is True; expected a number"),
        ({"load_mw": {"file": "x"}}, "expected a number or a column of the series; write 85.0"),
        ({"load_mw": {"column": "load", "times": 2}}, "load_mw.times: unknown key"),
        ({"load_mw": {"column": "load", "factor": "2"}}, "load_mw.factor is '2'; expected a number"),
        ({"load_mw": {"column": "load", "factor": -1}}, "is -90 in hour 0, line 2, 2025-01-01T00:00 (and in 2 more)"),
        ({"load_mw": [1, 2]}, "load_mw has 2 values; expected 3"),
        ({"load_mw": [1, None, 2]}, "load_mw is None in hour 1"),
        ({"load_mw": [1, float("nan"), 2]}, "load_mw is nan in hour 1"),
        ({"sources": 3}, "sources is 3; expected named tables; write [sources.NAME]"),
        ({"sources": {"gas": 3}}, "sources.gas is 3; expected a table of keys"),
        ({"grid": [1]}, "grid is [1]; expected a table of keys; write [grid]"),
        ({"sources": {"gas": GAS | {"availability": 1.2}}}, "sources.gas.availability is 1.2; expected 0 to 1"),
        ({"sources": {"gas": GAS | {"availability": 95}}}, "per cent are written as a fraction: 0.95"),
        ({"sources": {"gas": GAS | {"availability": "load"}}}, "(column load of hours.csv) is 90 in hour 0"),
        ({"sources": {"gas": GAS | {"clean_share": -0.1}}}, "clean_share is -0.1; expected 0 to 1"),
        ({"sources": {"gas": GAS | {"max_mw": "300"}}}, "max_mw is '300'; expected a number; write it without quotes"),
        ({"sources": {"gas": GAS | {"max_mw": float("nan")}}}, "max_mw is nan; expected 0 to 1e+12"),
        ({"sources": {"gas": GAS | {"min_mw": float("inf")}}}, "min_mw is inf; expected 0 to 1e+12"),
        ({"sources": {"gas": GAS | {"max_mw": 10**400}}}, "max_mw is 1000"),
        ({"sources": {"gas": GAS | {"variable_usd_per_mwh": -1e300}}}, "is -1e+300; expected -1e+12 to 1e+12"),
        ({"sources": {"gas": GAS | {"min_mw": 5, "max_mw": 3}}}, "sources.gas.min_mw is 5, above max_mw, 3"),
        ({"sources": {"gas": GAS | {"existing_mw": 5, "max_mw": 3}}}, "existing_mw is 5, above max_mw, 3"),
        ({"sources": {"gas": GAS | {"max_mwh_per_year": -1}}}, "max_mwh_per_year is -1; expected 0 to 1e+12"),
        ({"sources": {"gas": GAS | {"fixed_usd_per_mw_year": -1}}}, "an income without end"),
        ({"sources": {"gas": GAS | {"take_or_pay": 1}}}, "take_or_pay is 1; expected true or false"),
        ({"sources": {"gas": GAS | {"name": "a.b"}}}, "expected a name without point or colon"),
        ({"sources": {"gas": GAS | {"name": 3}}}, "name is 3; expected a name"),
        ({"sources": {"gas": GAS | {"through_connection": True}}}, "expected a grid to come through"),
        ({"sources": {"connection": GAS}}, "the name 'connection' is used twice or is the power room's own"),
        ({"grid": GRID | {"name": "gas"}}, "the name 'gas' is used twice"),
        ({"sources": {"gas": {}}}, "sources.gas.availability: missing"),
        ({"sources": {"gas": {}}}, "or capex_usd_per_mw, fom_usd_per_mw_year, lifetime_years and wacc"),
        ({"sources": {"gas": GAS | {"capex_usd_per_mw": 3}}}, "given with capex_usd_per_mw; expected one of the two"),
        ({"stores": {"b": BATTERY | {"charge_efficiency": 1.1}}}, "charge_efficiency is 1.1; expected above 0"),
        ({"stores": {"b": BATTERY | {"discharge_efficiency": 0}}}, "discharge_efficiency is 0; expected above 0"),
        ({"stores": {"b": BATTERY | {"self_discharge_per_hour": 2}}}, "self_discharge_per_hour is 2; expected 0 to 1"),
        ({"stores": {"b": BATTERY | {"self_discharge_per_hour": 1}}}, "self_discharge_per_hour"),
        ({"stores": {"b": BATTERY | {"firm_credit": 0.5}}}, "firm credit needs firm_hours"),
        ({"stores": {"b": BATTERY | {"min_energy_mwh": 9, "max_energy_mwh": 8}}}, "above max_energy_mwh, 8"),
        ({"grid": GRID | {"limit_mw": -3}}, "grid.limit_mw is -3; expected 0 to 1e+12"),
        ({"grid": GRID | {"existing_mw": 8, "limit_mw": 3}}, "grid.existing_mw is 8, above limit_mw, 3"),
        ({"flexible": {"f": {"mw": -1.0, "usd_per_mwh": 3}}}, "flexible.f.mw is -1.0; expected 0 to 1e+12"),
        ({"flexible": {"f": {"mw": 1.0, "usd_per_mwh": -3}}}, "flexible.f.usd_per_mwh is -3; expected 0 to 1e+12"),
        ({"capacity_limits": {"a": {"terms": {"gaz": 1}, "upper": 2}}}, "no capacity 'gaz'; did you mean gas?"),
        ({"capacity_limits": {"a": {"terms": 3}}}, "expected capacities and their coefficients"),
        ({"capacity_limits": {"a": {"terms": {"gas": "x"}}}}, "capacity_limits.a.terms.gas is 'x'"),
        ({"capacity_limits": {"a": {"terms": {"gas": 1}, "lower": 3, "upper": 2}}}, "lower is 3, above upper, 2"),
        ({"min_clean_share_hourly": 70}, "min_clean_share_hourly is 70; expected 0 to 1; per cent"),
        ({"max_carbon_kg_per_mwh": -1}, "max_carbon_kg_per_mwh is -1; expected 0 to 1e+12"),
        ({"max_unserved_fraction": 2}, "max_unserved_fraction is 2; expected 0 to 1"),
        ({"voll_usd_per_mwh": -1}, "voll_usd_per_mwh is -1; expected 0 to 1e+12"),
        ({"firm_margin": "much"}, "firm_margin is 'much'; expected a number"),
        ({"n_minus_units": -1}, "n_minus_units is -1; expected a whole number from 0"),
        ({"max_lost_load_hours": -1}, "max_lost_load_hours is -1; expected 0 to 1e+12"),
        ({"sources": {"gas": GAS | {"forced_outage": 5}}}, "per cent are written as a fraction: 0.05"),
        ({"sources": {"gas": GAS | {"min_load": 30}}}, "per cent are written as a fraction: 0.3"),
        ({"sources": {"gas": GAS | {"unit_mw": -3}}}, "sources.gas.unit_mw is -3; expected 0 to 1e+12"),
        ({"sources": {"gas": GAS | {"max_ramp_per_hour": -1}}}, "max_ramp_per_hour is -1; expected 0 to 1e+12"),
        ({"sources": {"gas": GAS | {"bus": "north"}}}, "sources.gas.bus is 'north'; expected a bus of bus_load_mw"),
        ({**TWO_BUSES, "sources": {"gas": GAS | {"bus": "nort"}}}, "links; did you mean north?"),
        ({**TWO_BUSES, "grid": GRID | {"bus": "nrth"}}, "grid.bus is 'nrth'"),
        ({"bus_load_mw": {"north": {"load_mw": 5}}}, "bus_load_mw.north.bus: missing; expected a name"),
        ({"bus_load_mw": {"a": {"bus": "", "load_mw": 5}}}, "that of the main bus is load_mw at the top"),
        ({"bus_load_mw": {k: {"bus": "n", "load_mw": 5} for k in "ab"}}, "expected one load for each bus; add up"),
        ({"bus_load_mw": {"a": {"bus": "n", "load_mw": -5}}}, "bus_load_mw.a.load_mw is -5; expected 0 to"),
        ({"links": {"a": {"from_bus": "n", "to_bus": "n"}}}, "links.a.to_bus is 'n', as is from_bus"),
        ({"links": {"a": {"from_bus": "n"}}}, "links.a.to_bus: missing; expected a name"),
        ({"links": {"a": {"from_bus": "n", "to_bus": "", "efficiency": 97}}}, "links.a.efficiency is 97"),
        ({"links": {"gas": {"from_bus": "n", "to_bus": ""}}}, "the name 'gas' is used twice"),
        ({"links": 3}, "links is 3; expected named tables"),
        (
            {**TWO_BUSES, "grid": GRID, "sources": {"a": GAS | {"through_connection": True, "bus": "north"}}},
            "sources.a.bus is 'north'; expected '', where its connection ends",
        ),
    ],
)
def test_a_fault_is_named(tmp_path, change, said):
    found = faults(tmp_path, **change)
    assert any(said in f for f in found), found
    assert all(f.startswith(("case.json: ", "hours.csv: ")) for f in found)


def test_investment_without_life_or_rate_is_named(tmp_path):
    gas = {k: v for k, v in GAS.items() if "fixed" not in k} | {"capex_usd_per_mw": 3.0}
    found = faults(tmp_path, sources={"gas": gas})
    assert [f.split(":")[1].strip() for f in found] == ["sources.gas.lifetime_years", "sources.gas.wacc"]
    found = faults(tmp_path, sources={"gas": gas | {"lifetime_years": 20, "wacc": 8}})
    assert found == ("case.json: sources.gas.wacc is 8; expected 0 to 1; per cent are written as a fraction: 0.08",)


def test_all_faults_are_reported_together(tmp_path):
    gas = GAS | {"max_mw": -1, "take_or_pay": 3, "colour": 1}
    found = faults(
        tmp_path,
        series=HOURS.replace("80,1", "x,1"),
        sources={"gas": gas},
        stores={"b": BATTERY | {"charge_efficiency": 2}},
        years=-1,
        overrides=["q"],
    )
    said = "--set years max_mw take_or_pay colour charge_efficiency".split()
    assert all(any(word in f for f in found) for word in said) and len(found) == len(said)
    found = faults(tmp_path, series=HOURS.replace("80,1", "x,1"), grid=GRID | {"price_usd_per_mwh": "load"}, firm=3)
    assert len(found) == 2, "one bad column is named once, whoever uses it"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "case.toml: is empty"),
        (b"\0\1", "is a binary file"),
        (b"load_mw = 1\nx = \xff", "case.toml:2: is not UTF-8 text"),
        (b"load_mw = 1\nload_mw = 2", "expected TOML"),
        (b"load_mw = 1,5", "line 1"),
        (b'{"load_mw": 1', "expected JSON"),
        (b"{}", "load_mw: missing"),
        (b"[" * 100_000, "expected TOML"),
        (b'{"a":' * 100_000, "expected JSON"),
    ],
)
def test_a_file_that_is_no_case_is_named(tmp_path, content, said):
    path = tmp_path / "case.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match="case") as caught:
        read_case(path)
    assert any(said in f for f in caught.value.problems), caught.value.problems


def test_no_file_and_a_folder(tmp_path):
    for path, said in ((tmp_path / "none.toml", "cannot be read"), (tmp_path, "is a folder")):
        with pytest.raises(ScenarioError, match=said):
            read_case(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | st.sampled_from(["load", "sun"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PLACES = [("load_mw",), ("years",), ("step_hours",), ("series",), ("time_column",), ("year_column",), ("decimal",)]
PLACES += [("title",), ("wacc",), ("sources",), ("grid",), ("stores",), ("flexible",), ("capacity_limits",)]
PLACES += [("sources", "gas"), ("sources", "gas", "availability"), ("sources", "gas", "max_mw")]
PLACES += [("sources", "gas", "name"), ("sources", "gas", "lifetime_years"), ("sources", "gas", "capex_usd_per_mw")]
PLACES += [("links",), ("links", "l", "from_bus"), ("links", "l", "efficiency"), ("bus_load_mw",), ("n_minus_units",)]
PLACES += [("bus_load_mw", "a", "bus"), ("bus_load_mw", "a", "load_mw"), ("sources", "gas", "bus")]
PLACES += [("sources", "gas", "unit_mw"), ("sources", "gas", "max_ramp_per_hour"), ("max_lost_load_hours",)]
PLACES += [("capacity_limits", "a", "terms"), ("stores", "b", "charge_efficiency"), ("grid", "price_usd_per_mwh")]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_nonsense_is_read_or_refused_in_words(tmp_path_factory, place, value):
    folder = tmp_path_factory.mktemp("case")
    (folder / "hours.csv").write_text(HOURS, encoding="utf-8")
    case = {**bare("hours.csv"), "stores": {"b": dict(BATTERY)}, "grid": dict(GRID)}
    case |= json.loads(json.dumps(TWO_BUSES))
    case |= {"sources": {"gas": dict(GAS)}, "capacity_limits": {"a": {"terms": {"gas": 1}}}}
    at = case
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    try:
        found = read_case_text(json.dumps(case), folder / "case.json")
    except ScenarioError as error:
        assert error.problems and all(f.strip() for f in error.problems)
    else:
        assert found.problem.load_mw.size and np.isfinite(found.problem.load_mw).all()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: f"load,sun\n{t}".encode()))
def test_any_bytes_as_a_series_are_read_or_refused_in_words(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("series")
    try:
        found = read(folder, series=content)
    except ScenarioError as error:
        assert error.problems
    else:
        assert np.isfinite(found.problem.load_mw).all() and (found.problem.load_mw >= 0).all()


# ---- small parts


def test_spans_and_investments():
    assert span("max_unserved_fraction").words == "0 to 1" and span("self_discharge_per_hour").high == 1.0
    assert not span("discharge_efficiency").holds(0.0) and span("discharge_efficiency").holds(1.0)
    assert span("variable_usd_per_mwh").holds(-50.0) and not span("max_mwh_per_year").holds(-1.0)
    assert not span("max_mw").holds(np.nan)
    assert investment("demand_charge_usd_per_mw_year") is None and investment("variable_usd_per_mwh") is None
    assert investment("connection_usd_per_mw_year")[1] == "connection_fom_usd_per_mw_year"
    assert closest("zzz", ["a", "b"]) == "write one of a, b"


def test_defaults_are_those_of_the_power_room(tmp_path):
    gas = read(tmp_path).problem.sources[0]
    for f in fields(Source):
        if f.default is not MISSING:
            assert getattr(gas, f.name) == f.default, f.name
    assert BAD not in [getattr(gas, f.name) for f in fields(Source)]


def test_a_column_is_read_once_for_all_who_use_it(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n2\n", encoding="utf-8")
    table = read_table(tmp_path / "a.csv")
    assert numbers(table, "x", None).tolist() == [1.0, 2.0] and table.lines == [2, 3]


def test_the_sums_of_money_in_words_and_hours_of_outages_are_per_year(tmp_path):
    found = read(tmp_path, {"load_mw": [100.0] * 24, "sources": {"gas": GAS}, "max_lost_load_hours": 800}, None)
    words = ("multiplier: bounds did not meet, lower one 2.5e+06 USD/year", "fast: two or more stores", "-inf USD/year")
    answer = replace(reference.solve(found.problem), tried=words, loss_of_load_hours=2.0, firm_margin=0.1)
    year = as_year(answer, found.year_share)
    assert year.tried == (words[0].replace("2.5e+06", "9.125e+08"), *words[1:])
    assert year.loss_of_load_hours == pytest.approx(730.0) and year.firm_margin == 0.1
    assert "max_lost_load_hours of 800 a year allows 2 of the steps of the series" in found.notes


def test_scaling_leaves_a_whole_year_alone():
    asked = whole_problem((8760,))
    from gigawatt.power_case.sample import as_series

    assert as_series(asked, 1.0) is asked
    half = as_series(asked, 0.5)
    assert half.sources[0].fixed_usd_per_mw_year == asked.sources[0].fixed_usd_per_mw_year / 2
    assert half.sources[0].max_mw == asked.sources[0].max_mw and half.firm_margin == asked.firm_margin
    assert half.max_lost_load_hours == half.max_loss_of_load_hours == 350.0 and asked.max_lost_load_hours == 700.0
    assert half.links[0].usd_per_mw_year == asked.links[0].usd_per_mw_year / 2
    assert half.n_minus_units == 2 and half.sources[0].max_ramp_per_hour == 700.0
    parts = {"sources": (), "stores": (), "grid": None, "flexible": (), "links": ()}
    hours = dict.fromkeys(("max_lost_load_hours", "max_loss_of_load_hours"))
    same(replace(asked, **parts, **hours), replace(half, **parts, **hours))
