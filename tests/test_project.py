"""Whole-project rules: who imports whom, units in docstrings, facts with sources, names documented."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import gigawatt
from gigawatt import units
from gigawatt.facts import ASSUMPTION, load_facts

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "gigawatt"
ROOMS = ("site", "solar", "weather", "demand", "compute", "facility", "power", "buildout", "finance", "atb", "gates")
ROOMS += ("emissions", "security", "offgrid", "fleet", "choose")
RULE = "rooms import `units` and numpy and nothing else of ours (docs/architecture.md)"
BEFORE_PLAN = {
    "units",
    "errors",
    "facts",
    "record",
    "parse",
    "places",
    "gazetteer",
    "towns",
    "outlines",
    "climates",
    "scenario",
    "figures",
    "later",
    "own_data",
    "answer",
    "explain",
    "__version__",
}


def _modules():
    for path in sorted(SRC.rglob("*.py")):
        name = path.relative_to(SRC).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        yield name, path


def _own_imports(path):
    """Names of our modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gigawatt":
            inner = (node.module or "").split(".")[1:]
            yield from [".".join(inner)] if inner else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from [a.name.partition(".")[2] for a in node.names if a.name.split(".")[0] == "gigawatt"]


def test_rooms_do_not_import_each_other():
    for name, path in _modules():
        room = name.split(".")[0]
        if room in ROOMS:
            for imported in _own_imports(path):
                assert imported == "units" or imported.split(".")[0] == room, f"{path.name} imports {imported}: {RULE}"


def test_flow_has_one_direction():
    for name, path in _modules():
        if name in BEFORE_PLAN or name.startswith("own_data"):
            for imported in _own_imports(path):
                assert imported.split(".")[0] in BEFORE_PLAN, f"{path.name} imports {imported}: it comes before plan"


def test_the_power_case_is_an_edge():
    for name, path in _modules():
        if name.startswith("power_case"):
            for imported in _own_imports(path):
                assert imported.split(".")[0] in ("errors", "finance", "own_data", "power"), (
                    f"{path.name} imports {imported}: a case needs errors, files, an annuity and the power room"
                )


def test_chapters_stand_between_facts_and_rooms():
    after = {"plan", "uncertainty", "screen", "cli", "report", "answer_web"}
    for name, path in _modules():
        if name.startswith("chapters"):
            for imported in _own_imports(path):
                assert imported.split(".")[0] not in after, (
                    f"{path.name} imports {imported}: it comes after the chapters"
                )


def test_nothing_imports_the_web_but_its_command():
    for name, path in _modules():
        if name.split(".")[0] not in ("web", "web_command"):
            for imported in _own_imports(path):
                assert imported.split(".")[0] != "web", f"{path.name} imports {imported}: the web comes after all else"


def _public_functions():
    for name, _ in _modules():
        if name.split(".")[0] in ROOMS:
            module = import_module(f"gigawatt.{name}" if name else "gigawatt")
            for key, thing in vars(module).items():
                if inspect.isfunction(thing) and not key.startswith("_") and thing.__module__ == module.__name__:
                    yield f"{name}.{key}", thing


@pytest.mark.parametrize(("name", "function"), list(_public_functions()), ids=lambda x: x if isinstance(x, str) else "")
def test_every_parameter_of_a_room_has_a_unit(name, function):
    doc = inspect.getdoc(function) or ""
    assert doc, f"{name} has no docstring"
    if not inspect.signature(function).parameters:
        return
    assert "Parameters\n" in doc, f"{name}: no Parameters section"
    section = re.split(r"\n[A-Z][A-Za-z ]+\n-{3,}", doc.split("Parameters\n", 1)[1])[0]
    entries = re.split(r"\n(?=\S)", section)
    documented: dict[str, str] = {}
    for entry in entries:
        for parameter in re.split(r",\s*", entry.split(":")[0].strip()):
            documented[parameter.strip("*` ")] = entry
    for parameter in inspect.signature(function).parameters:
        assert parameter in documented, f"{name}: parameter {parameter} is not documented"
        entry = documented[parameter].strip()
        found = re.findall(r"\[([^\[\]]+)\]", entry)
        assert found, f"{name}: parameter {parameter} has no unit in square brackets"


def test_every_fact_has_a_source_a_unit_and_an_ordered_range():
    facts = load_facts()
    assert len(facts) > 500
    for fact in facts.values():
        units.parse(fact.unit)
        assert fact.source == ASSUMPTION or fact.source in facts.sources, f"{fact.id}: source {fact.source} is unknown"
        assert fact.where.strip(), f"{fact.id}: no place in its source"
        assert fact.where.lower().strip() not in ("ibid", "ibid.", "same"), f"{fact.id}: {fact.where} is not a place"
        assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?|", fact.year), f"{fact.id}: year {fact.year!r}"
        if fact.is_assumption:
            assert fact.note.strip(), f"{fact.id}: an assumption without a reason"
            assert fact.fact_class == "C", f"{fact.id}: an assumption is class C"
        if not fact.is_text:
            assert fact.low <= fact.value <= fact.high


def test_every_source_is_used_and_complete():
    facts = load_facts()
    used = {f.source for f in facts.values()}
    for key, source in facts.sources.items():
        assert key in used or any(key in f.note for f in facts.values()), f"source {key} is not used by any fact"
        assert source.producer and source.title and source.licence, f"source {key} lacks producer, title or licence"
        assert source.ships in ("figure", "table"), f"source {key}: ships is {source.ships!r}"


def test_the_public_names_are_these():
    names = "plan screen compare audit portfolio explain Scenario Plan Screen Comparison Portfolio Fact Facts"
    assert sorted(gigawatt.__all__) == sorted(
        [*names.split(), "load_facts", "read_scenario", "train", "TrainingRun", "serve", "Served", "__version__"]
    )
    reference = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    for name in gigawatt.__all__:
        assert f"`{name}" in reference, f"{name} is not in docs/python.md"


def test_every_command_is_documented():
    from gigawatt.cli import main

    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name, command in main.commands.items():
        assert f"gigawatt {name}" in text, f"{name} is not in docs/commands.md"
        assert "gigawatt " in (command.help or ""), f"the help of {name} has no example"
        for option in command.params:
            for flag in option.opts:
                if flag.startswith("--"):
                    assert flag in text, f"{name} {flag} is not in docs/commands.md"


def test_every_key_of_a_power_case_is_documented():
    from gigawatt.power.problem import CapacityLimit, FlexibleLoad, Import, Problem, Source, Store
    from gigawatt.power_case.keys import keys

    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for part in (Problem, Source, Import, Store, FlexibleLoad, CapacityLimit):
        for key in keys(part).values():
            words = f"[{key.name}" if key.part else key.name
            assert words in text, f"{part.__name__}.{key.name} is not in docs/commands.md"


def test_room_pages_are_generated_from_the_docstrings():
    from tools_import import load_tool

    pages = load_tool("make_docs").pages()
    for name, text in pages.items():
        path = ROOT / "docs" / "rooms" / name
        assert path.exists() and path.read_text(encoding="utf-8") == text, f"{name}: run python3 tools/make_docs.py"
