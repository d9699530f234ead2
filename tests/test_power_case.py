"""Case files of the power room: what is read, in which units."""

import json
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest

from case_files import BATTERY, EXAMPLE, GAS, GRID, TWO_BUSES, faults, read
from gigawatt.finance import capital_recovery_factor
from gigawatt.power import problem as room
from gigawatt.power import reference
from gigawatt.power.problem import BusLoad, CapacityLimit, FlexibleLoad, Import, Link, Problem, Source, Store
from gigawatt.power_case import as_year, read_case, read_case_text
from gigawatt.power_case.keys import closest, investment, keys, may_be_empty, span
from gigawatt.power_case.reading import part
from gigawatt.power_case.sample import yearly
from gigawatt.power_case.series import numbers, read_table
from gigawatt.power_case.values import BAD, Values


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
