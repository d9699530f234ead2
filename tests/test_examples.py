"""Every question file of ``examples/`` and every example of the documentation does what it says."""

import doctest
import re
import shlex
import tomllib

import pytest

from asked import EXAMPLES, example
from gigawatt import load_facts
from gigawatt.cli import main
from gigawatt.scenario import QUESTION_KEYS, read, read_file

DOCS = EXAMPLES.parent / "docs"
POWER_CASES = {"power_site"}  # of the verb `power`: tests/test_power_command.py
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
    assert {path.stem for path in EXAMPLES.glob("*.toml")} == set(VERDICTS) | POWER_CASES


@pytest.mark.parametrize("name", VERDICTS)
def test_example_is_read_as_written(name):
    path = EXAMPLES / f"{name}.toml"
    question = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(question) <= set(QUESTION_KEYS)
    assert question["as_of"] == "2026-11-23", "an example fixes its date, so that its answer does not drift"
    scenario = read_file(path)
    assert read(scenario.words()) == scenario, "the normalised echo of a question is the same question"


@pytest.mark.parametrize("name", VERDICTS)
def test_example_gets_its_verdict(name):
    found = example(name)
    assert found.answer in VERDICTS[name], found.verdict["headline"]
    assert found.verdict["headline"].startswith(found.answer.replace("_", ", ").upper())


def code_blocks(name, language):
    text = (DOCS / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_python_page_runs():
    source = "\n".join(code_blocks("python.md", "python"))
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(doctest.DocTestParser().get_doctest(source, {}, "docs/python.md", None, 0))
    assert runner.summarize(verbose=False).failed == 0


def command_lines():
    """Indented lines of the documentation that start with the command."""
    for path in sorted(DOCS.glob("*.md")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("    gigawatt "):
                yield pytest.param(line.strip(), id=f"{path.name}: {line.strip()[9:60]}")


@pytest.mark.parametrize("line", list(command_lines()))
def test_documented_command_is_understood(line):
    name, *arguments = shlex.split(line)[1:]
    command = main.commands[name]
    found = command.make_context(name, arguments).params
    if name == "plan":
        keys = {k: v for k, v in found.items() if v and k in QUESTION_KEYS}
        facts = dict(pair.split("=", 1) for pair in found["overrides"])
        if found["file"]:
            read_file(EXAMPLES.parent / found["file"], extra=keys)
        else:
            read({**keys, "facts": facts})
        load_facts().with_overrides(facts)


def test_question_file_of_the_documentation_is_read():
    question = tomllib.loads(code_blocks("commands.md", "toml")[0])
    scenario = read(question)
    named = set(question) | {"at", "accelerator", "weather_file", "price_file"}
    assert named == set(QUESTION_KEYS), "the example in docs/commands.md shows every key"
    load_facts().with_overrides(scenario.facts)
