"""What ``plan --json`` prints is what ``docs/schema.json`` promises."""

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from asked import asked, example_json
from gigawatt.answer import SCHEMA, plain
from gigawatt.figures import FIGURES
from gigawatt.gates import ORDER

SCHEMA_FILE = Path(__file__).resolve().parent.parent / "docs" / "schema.json"
PUBLISHED = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
DESIGN = """
it_load_mw facility_load_mw facility_peak_mw grid_connection_mw accelerators pue pue_design_peak wue_m3_per_mwh
water_m3_per_year land_km2 capex_usd capex_shell_power_usd capex_it_usd unspent_usd opex_usd_per_year lcoe_usd_per_mwh
energy_share_of_cost utilisation lcoc_usd_per_accelerator_hour lcoc_at_utilisation_usd_per_accelerator_hour
market_price_usd_per_accelerator_hour break_even_utilisation rent_abroad_usd_per_accelerator_hour usd_per_million_tokens
peak_flop_per_s mfu goodput training_flop_per_day largest_run_100_days_flop tokens_per_s users_served
users_served_per_inhabitant emissions_kg_per_mwh emissions_marginal_kg_per_mwh emissions_t_per_year cfe_share
share_of_national_generation share_of_peak_demand largest_contingency_mw net_exports_twh first_power_date
full_power_date cost_of_delay_usd_per_month capex_share_of_gdp public_money_usd jobs_construction_peak jobs_permanent
""".split()
QUESTIONS = ("france", "kenya_1gw", "estonia_ladder", "iran")


@pytest.fixture(scope="module")
def validator():
    Draft202012Validator.check_schema(PUBLISHED)
    return Draft202012Validator(PUBLISHED, format_checker=Draft202012Validator.FORMAT_CHECKER)


def problems(validator, data):
    return [f"{'.'.join(str(p) for p in e.path)}: {e.message[:200]}" for e in validator.iter_errors(data)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_plan_follows_the_schema(validator, name):
    assert not problems(validator, example_json(name))


def test_gate_only_plan_of_a_place_without_power_or_output_follows_the_schema(validator):
    found = asked(place="Vatican City", power="1 GW", budget="10 B€", draws=50)
    assert not found.ladder and "on record" in found.verdict["headline"]
    assert not problems(validator, plain(found.json()))


def test_text_is_the_same_json():
    from asked import example

    assert json.loads(example("france").text_json()) == example_json("france")


def test_every_figure_of_the_design_is_required():
    figures = PUBLISHED["properties"]["figures"]
    assert set(DESIGN) <= set(FIGURES)
    assert list(figures["properties"]) == figures["required"] == list(FIGURES)
    assert figures["additionalProperties"] is False


def test_top_level_is_strict():
    assert PUBLISHED["additionalProperties"] is False
    assert PUBLISHED["required"] == list(PUBLISHED["properties"])
    assert PUBLISHED["properties"]["schema"]["const"] == SCHEMA
    assert PUBLISHED["$defs"]["gate"]["properties"]["gate"]["enum"] == list(ORDER)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("surprise",), 1),
        (("verdict", "answer"), "maybe"),
        (("figures", "pue", "low"), None),
        (("figures", "pue", "value"), None),
        (("figures", "first_power_date", "value"), "soon"),
        (("figures", "new_figure"), {}),
        (("question", "place", "iso3"), "France"),
    ],
    ids=lambda x: ".".join(x) if isinstance(x, tuple) else repr(x),
)
def test_schema_refuses_what_it_should(validator, path, value):
    data = copy.deepcopy(example_json("france"))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert problems(validator, data)
