"""The verb `power` as a person uses it: page, JSON, hours, exit codes."""

import csv
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gigawatt.cli import _Group
from gigawatt.power_command import power
from tools_import import load_tool

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
EXAMPLE = EXAMPLES / "power_site.toml"
MAIN = _Group("gigawatt", commands={"power": power})
SMALL = """load_mw = [90, 100, 110, 80]
step_hours = 2190
[sources.gas]
availability = 1.0
fixed_usd_per_mw_year = 90_000.0
variable_usd_per_mwh = 50.0
carbon_intensity_kg_per_mwh = 400.0
clean_share = 0.0
"""


def run(*arguments, stdin=None):
    return CliRunner().invoke(MAIN, ["power", *map(str, arguments)], input=stdin, catch_exceptions=False)


NETWORK = """load_mw = [90, 100, 110, 80]
step_hours = 2190
n_minus_units = 1
[sources.gas]
availability = 1.0
fixed_usd_per_mw_year = 90_000.0
variable_usd_per_mwh = 50.0
carbon_intensity_kg_per_mwh = 400.0
clean_share = 0.0
unit_mw = 30.0
existing_mw = 5.0
forced_outage = 0.05
firm_credit = 1.0
max_ramp_per_hour = 0.0001
[sources.nuclear]
availability = 1.0
fixed_usd_per_mw_year = 900_000.0
variable_usd_per_mwh = 10.0
carbon_intensity_kg_per_mwh = 0.0
clean_share = 1.0
[bus_load_mw.town]
bus = "town"
load_mw = [5, 20, 10, 5]
[links.tie]
from_bus = ""
to_bus = "town"
efficiency = 0.9
usd_per_mw_year = 1000.0
"""


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    path = tmp_path_factory.mktemp("power") / "hours.csv"
    result = run(EXAMPLE, "--json", "--hours", path)
    assert result.exit_code == 0, result.output
    with path.open(encoding="utf-8") as file:
        return json.loads(result.stdout), list(csv.DictReader(file)), result


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def numbers_of(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from numbers_of(inner)
    elif isinstance(value, float):
        yield value


def test_the_json_has_its_keys(answered):
    found, _, result = answered
    first = ["schema", "case", "status", "path"]
    assert list(found)[:4] == first and found["schema"] == 1 and found["status"] == "optimal"
    bounds = [found[f"{k}_usd_per_year"] for k in ("lower_bound", "upper_bound", "objective")]
    assert bounds[0] <= bounds[1] * (1 + 1e-9) and bounds[1] == bounds[2] and found["gap"] <= 1e-4
    assert found["nearest"] is None and max(found["violations"].values()) < 1e-3
    assert {"name", "kind", "mw", "mwh", "mwh_per_year", "usd_per_year"} <= set(found["portfolio"][0])
    assert {"name", "value", "limit", "unit", "usd_per_unit_year", "words"} <= set(found["limits"][0])
    assert found["case"]["steps_per_year"] == 336 and "stand for a year" in found["case"]["notes"][0]
    assert np.isfinite(list(numbers_of(found))).all() and "NaN" not in result.stdout
    assert "cuts" not in found and "decision" not in found
    assert found["unbuilt"] == [] and found["tried"] == []
    assert found["firm_margin"] is None and found["loss_of_load_hours"] is None


def test_the_figures_are_per_year(answered):
    found, hours, _ = answered
    load = sum(float(row["load_mw"]) for row in hours) * 8760 / 336
    energy = {line["name"]: line["mwh_per_year"] for line in found["portfolio"]}
    charged = sum(float(row["battery_charge_mw"]) for row in hours) * 8760 / 336
    assert sum(energy.values()) - charged == pytest.approx(load, rel=1e-6)
    assert found["supply_usd_per_year"] / found["cost_usd_per_mwh"] == pytest.approx(load, rel=1e-6)
    total = sum(line["usd_per_year"] for line in found["portfolio"])
    assert total == pytest.approx(found["objective_usd_per_year"], rel=1e-9)
    wind = next(line for line in found["portfolio"] if line["name"] == "wind")
    per_mw = wind["fixed_usd_per_year"] / wind["mw"]
    assert 130_000 < per_mw < 200_000, "a year of investment and upkeep, not a fortnight of it"


def test_the_hours_add_up(answered):
    found, hours, _ = answered
    table = {k: np.array([float(row[k]) for row in hours]) for k in hours[0] if k not in ("time", "hour")}
    assert len(hours) == 336 and hours[25]["time"] == "2025-06-03T01:00" and hours[25]["hour"] == "25"
    supply = sum(table[f"{n}_mw"] for n in ("solar", "wind", "gas", "grid"))
    supply = supply + table["battery_discharge_mw"] - table["battery_charge_mw"]
    supply = supply + table["training_paused_mw"] + table["unserved_mw"]
    np.testing.assert_allclose(supply, table["load_mw"], atol=1e-6)
    store = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["stores"]["battery"]
    flow = store["charge_efficiency"] * table["battery_charge_mw"]
    flow = flow - table["battery_discharge_mw"] / store["discharge_efficiency"]
    kept = (1 - store["self_discharge_per_hour"]) * np.roll(table["battery_soc_mwh"], 1)
    np.testing.assert_allclose(table["battery_soc_mwh"], kept + flow, atol=1e-4)
    size = {line["name"]: line for line in found["portfolio"]}
    assert table["battery_soc_mwh"].max() <= size["battery"]["mwh"] + 1e-4
    assert table["grid_mw"].max() <= 40 + 1e-6
    price = found["prices_usd_per_mwh"]
    assert table["price_usd_per_mwh"].max() == pytest.approx(price["highest"], rel=1e-6)
    assert price["lowest"] <= price["median"] <= price["highest"]


def test_the_page_has_the_cost_first(answered):
    found, _, _ = answered
    result = run(EXAMPLE)
    page = result.stdout
    assert result.exit_code == 0 and not result.stderr
    assert page.index("A 100 MW site") < page.index("USD/MWh") < page.index("Certified") < page.index("Marginal price")
    assert f"{found['cost_usd_per_mwh']:.4g} USD/MWh" in page
    for words in ("wind", "battery", "clean_hourly", "What the limits cost", "stand for a year", "40 MW"):
        assert words in page
    assert "nan" not in page.lower().split() and "Limits that cost nothing" in page


def test_an_override_changes_the_answer(answered):
    found, _, _ = answered
    dearer = json.loads(run(EXAMPLE, "--json", "--set", "grid.limit_mw=5").stdout)
    assert dearer["objective_usd_per_year"] > found["objective_usd_per_year"]
    connection = next(x for x in dearer["limits"] if x["name"] == "connection")
    assert connection["limit"] == 5.0 and "Each extra MW of connection saves" in connection["words"]


def test_no_plan_is_an_answer_with_the_nearest_that_works(small, tmp_path):
    hours = tmp_path / "hours.csv"
    result = run(small, "--set", "sources.gas.max_mw=60", "--json", "--hours", hours)
    assert result.exit_code == 1 and not hours.exists()
    assert "nearest" in result.stderr and "not written" in result.stderr
    found = json.loads(result.stdout)
    assert found["status"] == "infeasible" and found["objective_usd_per_year"] is None and found["portfolio"] == []
    (move,) = found["nearest"]["relaxations"]
    assert move["name"] == "gas:max" and move["needed"] == pytest.approx(110.0, rel=1e-4)
    assert found["nearest"]["answer"]["status"] == "optimal"
    page = run(small, "--set", "sources.gas.max_mw=60")
    assert page.exit_code == 1 and "NO PLAN" in page.stdout
    assert "The most gas must rise from 60 MW to 110 MW." in page.stdout and "nearest plan that works" in page.stdout


def test_unserved_energy_is_counted_in_hours_of_a_year(small):
    more = ("--set", "sources.gas.max_mw=100", "--set", "voll_usd_per_mwh=3000", "--json")
    found = json.loads(run(small, *more).stdout)
    assert found["unserved_hours_per_year"] == 2190.0
    assert found["unserved_fraction"] == pytest.approx(10 / 380)
    assert "in 2,190 hours a year" in run(small, *more[:-1]).stdout


def test_blocks_outages_and_links_are_told(tmp_path):
    case, path = tmp_path / "network.toml", tmp_path / "hours.csv"
    case.write_text(NETWORK, encoding="utf-8")
    result = run(case, "--json", "--hours", path, "--set", "voll_usd_per_mwh=200")
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and found["status"] == "optimal" and found["case"]["peak_load_mw"] == 120.0
    gas, nuclear, tie, _ = found["portfolio"]
    assert gas["mw"] == pytest.approx(5.0 + 5 * 30.0) and nuclear["mw"] == 0.0 and tie["kind"] == "link"
    assert found["unbuilt"][0]["name"] == "nuclear" and "only if it cost at least" in found["unbuilt"][0]["words"]
    assert found["tried"] == ["fast: a network of buses"]
    assert found["firm_margin"] > 0.0 and found["loss_of_load_hours"] > 0.0
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    hours = {k: np.array([float(row[k]) for row in rows]) for k in rows[0]}
    flow, town = hours["tie_flow_mw"], hours["town_unserved_mw"]
    np.testing.assert_allclose(0.9 * flow + town, hours["town_load_mw"], atol=1e-6)
    here = hours["gas_mw"] + hours["nuclear_mw"] - flow + hours["unserved_mw"] - town
    np.testing.assert_allclose(here, hours["load_mw"], atol=1e-6)
    page = run(case, "--set", "voll_usd_per_mwh=200").stdout
    for words in ("tie (main - town)", "+ 5 x 30)", "Paths left: fast: a network of buses", "(main + town)"):
        assert words in page, words
    assert ("The gap is wider than the 1.0e-04 asked for" in page) == (found["gap"] > 1e-4)
    assert "wider" not in run(case, "--gap", "0.1", "--set", "voll_usd_per_mwh=200").stdout
    for words in ("Outages of units: firm margin", "Not built: nuclear, worth building only if", "MWh at main"):
        assert words in page, words


def test_a_plan_without_outages_says_so(small):
    page = run(small, "--set", "sources.gas.max_mw=60", "--set", "n_minus_units=1")
    assert page.exit_code == 1 and "Outages of units: not counted in this plan" in page.stdout


def test_a_cost_without_an_end_is_no_plan(small):
    result = run(small, "--set", "sources.gas.take_or_pay=true", "--set", "sources.gas.variable_usd_per_mwh=-50")
    assert result.exit_code == 1 and "no lower end" in result.stdout


def test_several_years_are_in_the_hours(tmp_path):
    case, hours = tmp_path / "years.toml", tmp_path / "hours.csv"
    case.write_text(SMALL.replace("[90, 100, 110, 80]", "[90, 100, 110, 80, 95, 100, 105, 85]\nyears = 2"), "utf-8")
    result = run(case, "--json", "--hours", hours)
    found = json.loads(result.stdout)
    assert found["case"]["weather_years"] == 2 and found["case"]["year_share"] == 1.0
    lines = hours.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("hour,weather_year,load_mw,gas_mw,") and lines[5].startswith("4,1,95,95,")
    gas = found["portfolio"][0]
    assert gas["mwh_per_year"] == pytest.approx(2190 * (380 + 385) / 2)


def test_standard_input(small):
    piped = run("-", "--json", stdin=SMALL)
    named = json.loads(run(small, "--json").stdout)
    found = json.loads(piped.stdout)
    assert piped.exit_code == 0 and found["objective_usd_per_year"] == named["objective_usd_per_year"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.toml"], "missing.toml"),
        ([str(EXAMPLES)], "is a folder"),
        ([str(EXAMPLE), "--gap", "0"], "--gap"),
        ([str(EXAMPLE), "--gap", "nan"], "--gap"),
        ([str(EXAMPLE), "--gap", "1"], "--gap"),
        ([str(EXAMPLE), "--hours", "no/such/hours.csv"], "does not exist"),
        ([str(EXAMPLE), "--set", "nonsense"], "KEY=VALUE"),
        ([str(EXAMPLE), "--set", "load_mw=load_mww"], "did you mean load_mw?"),
        ([str(EXAMPLE), "--set", "sources.solar.clean_share=100"], "sources.solar.clean_share"),
        (["-"], "is empty"),
    ],
)
def test_bad_input_is_one_line_and_exit_two(arguments, said):
    result = run(*arguments, stdin="")
    assert result.exit_code == 2 and isinstance(result.exception, SystemExit)
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1 and said in lines[0] and lines[0].startswith("gigawatt: ") and not result.stdout


def test_all_faults_are_lines_of_their_own():
    result = run(EXAMPLE, "--set", "firm_margin=x", "--set", "sources.gas.max_mw=-1", "--set", "grid.limit_mw=nan")
    assert result.exit_code == 2 and len(result.stderr.strip().splitlines()) == 3


def test_the_help_has_an_example_for_every_flag():
    text = run("--help").stdout
    for words in ("gigawatt power examples/power_site.toml", "--json", "--gap", "--hours", "--set"):
        assert words in text


def test_the_same_case_twice_gives_the_same_bytes():
    code = "from gigawatt.power_command import power; power()"
    command = [sys.executable, "-c", code, str(EXAMPLE), "--json"]
    first, second = (subprocess.run(command, capture_output=True, check=False).stdout for _ in range(2))
    assert first == second and len(first) > 3000


def test_the_example_series_is_what_its_formula_gives():
    tool = load_tool("make_example_series")
    assert tool.PATH.read_text(encoding="utf-8") == tool.text()
    assert len(tool.text().splitlines()) == tool.HOURS + 1


def test_the_example_says_that_it_is_invented():
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "invented" in text.splitlines()[1] and "not facts" in text and "stand for a year" in text
