"""The question from words, files and Python."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigawatt import scenario
from gigawatt.errors import ScenarioError

TODAY = date(2026, 11, 23)
QUESTION = {"place": "France", "budget": "109 B€", "power": "1 GW nuclear"}


def test_words_file_and_python_give_the_same_scenario(tmp_path):
    from_words = scenario.read(QUESTION, today=TODAY)
    toml = tmp_path / "france.toml"
    toml.write_text("\n".join(f'{k} = "{v}"' for k, v in QUESTION.items()), encoding="utf-8")
    as_json = tmp_path / "france.json"
    as_json.write_text(json.dumps(QUESTION), encoding="utf-8")
    assert scenario.read_file(toml, today=TODAY) == from_words == scenario.read_file(as_json, today=TODAY)
    assert scenario.read(from_words.words(), today=TODAY) == from_words
    assert from_words.words()["place"] == "France"
    assert from_words.budget.amount == 109e9 and from_words.power_mw == 1000


def test_the_echo_reads_back_every_field():
    full = {
        "place": "Texas", "budget": "$40bn", "power": "800 MW grid + 200 MW gas", "accelerators": "100k GB200",
        "by": "2030", "train": "llama-3.1-405b in 60 days", "serve": "10 M users", "clean": 0.9, "utilisation": 0.6,
        "cooling": "air_chiller", "operating_model": "state", "security_level": "SL4", "precision": "bf16",
        "price_year": 2024, "draws": 100, "seed": 3, "facts": {"x.y": 3},
    }  # fmt: skip
    asked = scenario.read(full, today=TODAY)
    assert scenario.read(asked.words(), today=date(1999, 1, 1)) == asked
    assert asked.words()["place"] == "Texas"


def test_the_echo_says_the_place_as_it_was_asked():
    """Said back, a question is whole: who has only the echo can ask it again."""
    point = scenario.read({"at": "48.85,2.35"}, today=TODAY)
    assert "place" not in point.words() and scenario.read(point.words(), today=TODAY) == point
    city = scenario.read({"place": "Nairobi"}, today=TODAY)
    assert scenario.read(city.words(), today=TODAY).place == city.place


def test_a_scenario_is_frozen():
    with pytest.raises(Exception, match="frozen"):
        scenario.read(QUESTION, today=TODAY).draws = 3


def test_nothing_given_is_a_legal_question():
    assert not scenario.read({"place": "Estonia"}, today=TODAY).has_size


def test_all_problems_are_reported_together():
    with pytest.raises(ScenarioError) as caught:
        scenario.read({"place": "Frnace", "budget": "-3 B€", "power": "1 GW fusion", "colour": "red"}, today=TODAY)
    problems = caught.value.problems
    assert len(problems) == 4
    assert all(p.count("\n") == 0 for p in problems)
    assert any(p.startswith("place:") and "France" in p for p in problems)
    assert any(p.startswith("colour:") for p in problems)


@pytest.mark.parametrize(
    "bad",
    [
        {"by": "2020"}, {"clean": "90%"}, {"clean": 1.5}, {"budget": "1e30 EUR"}, {"budget": 109e9}, {"draws": 0},
        {"accelerators": "0 GB300"}, {"power": "1e30 MW"}, {"cooling": "magic"}, {"security_level": 9}, {"at": "nan,2"},
        {"accelerators": "1e30 GB300"}, {"price_year": 1900}, {"facts": 3}, {"serve": "10 M chips"}, {"seed": "x"},
        {"co2_cap_kg_per_mwh": -1}, {"accelerators": "10 GB300", "accelerator": "H100"},
    ],
)  # fmt: skip
def test_bad_values_are_one_line_each(bad):
    with pytest.raises(ScenarioError) as caught:
        scenario.read({"place": "France", **bad}, today=TODAY)
    assert len(caught.value.problems) == 1 and "\n" not in caught.value.problems[0]
    assert caught.value.problems[0].startswith(tuple(bad))


def test_a_broken_file_is_named_with_its_line(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text('place = "France"\nbudget = = 3\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"broken\.toml.*line 2"):
        scenario.read_file(path)
    path = tmp_path / "broken.json"
    path.write_text('{"place": "France",}', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"broken\.json.*line 1"):
        scenario.read_file(path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        scenario.read_file(tmp_path / "missing.toml")
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(ScenarioError, match="expected a table"):
        scenario.read_file(tmp_path / "list.json")


values = st.one_of(
    st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers(), max_size=2)
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(scenario.QUESTION_KEYS), values, max_size=5))
def test_nonsense_is_a_scenario_error_or_a_scenario(question):
    try:
        assert scenario.read(question, today=TODAY).place
    except ScenarioError as error:
        assert error.problems
