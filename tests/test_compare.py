"""Programmes, saved plans and questions on the same bases."""

import json

import pytest
from click.testing import CliRunner

import gigawatt
from asked import AS_OF, asked, value
from gigawatt.cli import main
from gigawatt.compare.rebuild import GROWS
from gigawatt.errors import ScenarioError
from gigawatt.figures import FIGURES
from gigawatt.report import compare_csv, compare_html, compare_markdown

FOUR = ("stargate-us", "fr-109bn", "eu-investai", "xai-colossus-1")


@pytest.fixture(scope="module")
def four():
    return gigawatt.compare(*FOUR, as_of=AS_OF)


@pytest.fixture(scope="module")
def rows(four):
    return {p["id"]: p for p in json.loads(four.text_json())["programmes"]}


def test_the_json_is_that_of_the_design(rows):
    assert list(rows) == list(FOUR)
    for p in rows.values():
        assert {"id", "figures", "announced"} <= set(p)
        assert list(p["figures"]) == list(FIGURES)
        for figure in p["figures"].values():
            assert figure["value"] is None or None not in (figure["low"], figure["high"])


def test_what_is_announced_is_on_one_basis_and_what_is_not_is_marked(rows):
    money = {i: p["announced"]["money"]["value"] for i, p in rows.items()}
    assert money["stargate-us"] == 500e9
    assert money["fr-109bn"] == pytest.approx(109e9 * 1.13, rel=0.02)
    assert money["eu-investai"] == pytest.approx(200e9 * 1.13, rel=0.02)
    assert rows["fr-109bn"]["announced"]["money"]["basis"] == "mixed"
    stargate = rows["stargate-us"]["announced"]
    assert not stargate["facility_mw"]["estimated"] and stargate["accelerators"]["estimated"]
    assert stargate["accelerators"]["value"] == rows["stargate-us"]["figures"]["accelerators"]["value"]
    assert [c["value"] for c in stargate["money"]["claims"]] == [500e9, 400e9]


def test_published_arithmetic_of_the_programmes_is_met(rows):
    """10 GW of Stargate: 333,000 to 500,000 packages per GW, 29 to 57 bn USD per GW all-in, 8 to 17 shell and power."""
    same = rows["stargate-us"]["same_basis"]
    assert 333e3 < same["accelerators_per_gw"]["value"] < 500e3
    assert 29e9 < same["all_in_usd_per_gw"]["value"] < 57e9
    assert 8e9 < same["shell_power_usd_per_gw"]["value"] < 17e9
    pair = next(b for b in rows["stargate-us"]["beside"] if (b["figure"], b["for"]) == ("money", "power"))
    assert pair["ratio"] == pytest.approx(500e9 / pair["ours"]["value"])
    assert pair["ours"]["low"] <= 500e9 <= pair["ours"]["high"]


def test_a_programme_of_many_campuses_is_that_many_times_one(rows):
    stargate = rows["stargate-us"]
    one = asked(place="United States", power=f"{10_000 / stargate['sites']:.10g} MW", accelerator="GB300")
    for name in ("capex_usd", "accelerators", "emissions_t_per_year", "it_load_mw"):
        assert name in GROWS
        assert stargate["figures"][name]["value"] == pytest.approx(stargate["sites"] * value(one, name), rel=1e-9)
    assert stargate["figures"]["pue"]["value"] == value(one, "pue")
    # the programme is the nation's, not one state's: 10 GW of the peak of the lower 48 states
    assert stargate["figures"]["share_of_peak_demand"]["value"] == pytest.approx(10_000 / 759_180, rel=0.01)


def test_money_alone_is_turned_into_power(rows):
    union = rows["eu-investai"]
    assert union["sized_by"] == "money"
    assert union["figures"]["capex_usd"]["value"] == pytest.approx(union["announced"]["money"]["value"], rel=0.01)
    assert union["announced"]["facility_mw"]["estimated"]
    # of the whole Union's peak, which is several times that of France
    assert union["figures"]["share_of_peak_demand"]["value"] < union["figures"]["facility_peak_mw"]["value"] / 300_000


def test_plans_and_questions_stand_beside_programmes(tmp_path):
    saved = tmp_path / "kenya.json"
    plan = asked(place="Kenya", power="100 MW")
    saved.write_text(plan.text_json(), encoding="utf-8")
    found = gigawatt.compare(str(saved), "Kenya --power '100 MW'", "Kenya", as_of=AS_OF).json()["programmes"]
    for name in ("capex_usd", "accelerators", "full_power_date"):
        assert found[0]["figures"][name]["value"] == found[1]["figures"][name]["value"] == plan.figures[name].value
    assert found[0]["same_basis"]["h100_equivalents"]["value"] == pytest.approx(
        found[1]["same_basis"]["h100_equivalents"]["value"]
    )
    assert found[2]["figures"]["facility_peak_mw"]["value"] > 0  # a place alone: its ladder's headline


def test_a_first_phase_is_not_set_beside_the_whole_and_an_unpriced_chip_is_said():
    found = gigawatt.compare("kenya-olkaria", "openai-amd-6gw", as_of=AS_OF).json()["programmes"]
    assert found[0]["announced"]["money"]["estimated"]  # 1 bn USD was a first package, 1 GW is the whole
    assert [c["value"] for c in found[0]["announced"]["money"]["claims"]] == [1e9]
    assert found[1]["announced"]["accelerator"] == "MI455X" and found[1]["planned_with"] == "GB300"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("stargate-us",), "1 to compare: expected 2 to 6"),
        (("stargate-us",) * 7, "7 to compare: expected 2 to 6"),
        (("stargate-us", "fr-109b"), "nearest: fr-109bn"),
        (("stargate-us", "nothing.json"), "nothing.json: cannot be read"),
        (("stargate-us", "France --power 1GWh"), "power"),
        (("fr-109bn", "France --price-year 2020"), "price_year 2020; the comparison is in 2025"),
    ],
)
def test_bad_input_is_named(names, words):
    with pytest.raises(ScenarioError, match=words):
        gigawatt.compare(*names, as_of=AS_OF)


def test_every_problem_is_told_at_once():
    with pytest.raises(ScenarioError) as error:
        gigawatt.compare("stargate-usa", "fr-109b", as_of=AS_OF)
    assert len(error.value.problems) == 2


def test_text_page_and_table_hold_the_same_numbers(four, rows):
    text, page, table = compare_markdown(four), compare_html(four), compare_csv(four)
    for words in ("500 bn", "~", "H100-equivalents", "a sum of unlike things", "7,000 MW (September 2025"):
        assert words in text and words in page
    assert "https://" not in page.replace("http://www.w3.org", "") and "<svg" in page
    line = next(x for x in table.splitlines() if x.startswith("stargate-us,figures,capex_usd"))
    assert float(line.split(",")[4]) == rows["stargate-us"]["figures"]["capex_usd"]["value"]


def test_the_command_prints_saves_and_refuses(tmp_path):
    runner = CliRunner()
    page = tmp_path / "page.html"
    shown = runner.invoke(main, ["compare", "stargate-korea", "stargate-india", "--as-of", AS_OF, "--save", str(page)])
    assert shown.exit_code == 0, shown.output
    assert "Announced over ours" in shown.output or "Our plan for it" in shown.output
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    for words in (["compare", "nobody", "stargate-us"], ["compare", "a", "b", "--save", "x.pdf"], ["compare"]):
        refused = runner.invoke(main, words)
        assert refused.exit_code == 2 and "Traceback" not in refused.output
