"""Case files that are wrong: every fault is named, nonsense never ends in a traceback."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_files import BATTERY, GAS, GRID, HOURS, TWO_BUSES, bare, faults, read
from gigawatt.errors import ScenarioError
from gigawatt.power_case import read_case, read_case_text

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
