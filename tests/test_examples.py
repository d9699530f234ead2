"""Every question file of ``examples/`` reads, plans, and gets a verdict one can defend."""

import tomllib

import pytest
from asked import EXAMPLES, example

from gigawatt.scenario import QUESTION_KEYS, read_file

VERDICTS = {
    "france": {"yes", "yes_if"},
    "kenya_1gw": {"no"},
    "kenya_100mw": {"yes_if"},
    "ukraine": {"yes_if", "no"},
    "texas_abilene": {"yes", "yes_if"},
    "singapore": {"no"},
    "estonia_1gw": {"yes_if", "no"},
    "estonia_ladder": {"yes", "yes_if"},
    "iran": {"no"},
    "gigafactory_france": {"yes", "yes_if"},
    "own_facts": {"yes", "yes_if"},
}


def test_every_example_has_an_expected_verdict():
    assert {path.stem for path in EXAMPLES.glob("*.toml")} == set(VERDICTS)


@pytest.mark.parametrize("name", VERDICTS)
def test_example_is_read_as_written(name):
    path = EXAMPLES / f"{name}.toml"
    question = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(question) <= set(QUESTION_KEYS)
    assert question["as_of"] == "2026-11-23", "an example fixes its date, so that its answer does not drift"
    scenario = read_file(path)
    assert read_file_again(scenario) == scenario


def read_file_again(scenario):
    """The normalised echo of a question is the same question."""
    from gigawatt.scenario import read

    at = f"{scenario.place.site}, {scenario.place.admin1}" if scenario.place.iso3 == "USA" else scenario.place.name
    again = read({"place": at, **scenario.words()})
    return again.model_copy(update={"place": scenario.place})


@pytest.mark.parametrize("name", VERDICTS)
def test_example_gets_its_verdict(name):
    found = example(name)
    assert found.answer in VERDICTS[name], found.verdict["headline"]
    assert found.verdict["headline"].startswith(found.answer.replace("_", ", ").upper())
