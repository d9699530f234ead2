"""The questions of ``examples/``, each planned once per test run."""

from functools import cache
from pathlib import Path
from typing import Any

from gigawatt import Plan, plan, read_scenario
from gigawatt.answer import plain
from gigawatt.scenario import read_file

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
AS_OF = "2026-11-23"


@cache
def example(name: str) -> Plan:
    """The plan of ``examples/NAME.toml``."""
    return plan(read_file(EXAMPLES / f"{name}.toml"))


@cache
def example_json(name: str) -> dict[str, Any]:
    """The same as plain data."""
    return plain(example(name).json())


@cache
def asked(**question: Any) -> Plan:
    """The plan of a question in words, as of the day of the examples."""
    return plan(read_scenario({"as_of": AS_OF, **question}))


def value(found: Plan, figure: str) -> Any:
    """Central value of a figure."""
    return found.figures[figure].value


def gate_words(found: Plan, name: str) -> str:
    """All sentences of one gate; empty where the plan has no such gate."""
    return " ".join(g["words"] for g in found.verdict["gates"] if g["gate"] == name)


def gate_state(found: Plan, name: str) -> str | None:
    """State of one gate."""
    return next((g["state"] for g in found.verdict["gates"] if g["gate"] == name), None)
