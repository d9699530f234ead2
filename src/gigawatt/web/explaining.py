"""What stands behind a figure: equation, inputs and facts, one step at a time, read from a plan's JSON.

``gigawatt.explain.tree`` unfolds the whole tree; here the same record is walked as the graph it is, so that a page
shows one step, links to the next, and lists every fact below once.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gigawatt.errors import ScenarioError
from gigawatt.facts import ASSUMPTION, USER


@dataclass(frozen=True)
class Step:
    """One formula, fact or given value: what it is, its value, what went into it, and the facts below."""

    number: int | None
    kind: str  # "formula" | "fact" | "given" | "none"
    name: str
    value: Any
    unit: str
    does: str
    equation: str
    reference: str
    file: str
    inputs: tuple[dict[str, Any], ...]
    facts: tuple[dict[str, Any], ...]
    given: tuple[dict[str, Any], ...]


def figure_step(plan: Mapping[str, Any], figure: str, number: int | None = None) -> Step:
    """The step behind a figure, or one of the steps below it.

    Parameters
    ----------
    plan : mapping
        A plan's JSON. [-]
    figure : str
        Figure id. [-]
    number : int, optional
        Number of a node of the trace below that figure; the figure's own where not given. [-]

    Returns
    -------
    Step

    Raises
    ------
    ScenarioError
        For an unknown figure, or a number that is not below it.
    """
    figures, trace = plan["figures"], plan["trace"]
    if figure not in figures:
        close = difflib.get_close_matches(figure, figures, n=3, cutoff=0.3)
        raise ScenarioError(f"figure {figure!r}: not in this plan; nearest: {', '.join(close) or ', '.join(figures)}")
    root = trace["figures"].get(figure)
    if root is None:
        value, unit = figures[figure]["value"], figures[figure]["unit"]
        return Step(None, "none", figure, value, unit, "", "", "", "", (), (), ())
    if number is None:
        return step(plan, root)
    if number not in below(trace, root):
        raise ScenarioError(f"step {number} of {figure}: not below that figure; open the figure itself")
    return step(plan, number)


def step(plan: Mapping[str, Any], number: int) -> Step:
    """One node of the trace with its inputs, and every fact and given value below it once."""
    trace = plan["trace"]
    node = trace["nodes"][number]
    formula = trace["formulas"].get(node["name"], {})
    under = sorted(below(trace, number))
    facts = {
        trace["nodes"][i]["name"]: trace["facts"][trace["nodes"][i]["name"]] for i in under if _is(trace, i, "fact")
    }
    given = {trace["nodes"][i]["name"]: trace["nodes"][i] for i in under if _is(trace, i, "given")}
    return Step(
        number,
        node["kind"],
        node["name"],
        node["value"],
        node["unit"],
        formula.get("does", ""),
        formula.get("equation", ""),
        formula.get("reference", ""),
        formula.get("file", ""),
        tuple(_input(trace, name, value) for name, value in node.get("inputs", {}).items()),
        tuple(sorted(facts.values(), key=lambda f: -spread(f))),
        tuple(given.values()),
    )


def chain(plan: Mapping[str, Any], first: Step) -> list[Step]:
    """A step, and the one below it where it only picks a number from what that one returned, and so on.

    Parameters
    ----------
    plan : mapping
        A plan's JSON. [-]
    first : Step
        Where to begin. [-]

    Returns
    -------
    list of Step
    """
    made = [first]
    while len(made[-1].inputs) == 1 and made[-1].inputs[0]["kind"] == "formula":
        made.append(step(plan, made[-1].inputs[0]["number"]))
    return made


def _is(trace: Mapping[str, Any], number: int, kind: str) -> bool:
    return bool(trace["nodes"][number]["kind"] == kind)


def _input(trace: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, int) and not isinstance(value, bool):
        node = trace["nodes"][value]
        return {"label": name, "number": value, **{k: node[k] for k in ("kind", "name", "value", "unit")}}
    return {"label": name, "number": None, "kind": "literal", "name": "", "value": value, "unit": ""}


def below(trace: Mapping[str, Any], number: int) -> set[int]:
    """Numbers of a node and of all nodes below it."""
    seen: set[int] = set()
    stack = [number]
    while stack:
        n = stack.pop()
        if n not in seen:
            seen.add(n)
            inputs = trace["nodes"][n].get("inputs", {})
            stack.extend(v for v in inputs.values() if isinstance(v, int) and not isinstance(v, bool))
    return seen


def spread(fact: Mapping[str, Any]) -> float:
    """How wide a fact is: the factor from its low to its high, as a logarithm; 0 where it is exact or a text.

    Examples
    --------
    >>> round(spread({"value": 2.0, "low": 1.0, "high": 4.0}), 2), spread({"value": "EU", "low": "EU", "high": "EU"})
    (1.39, 0.0)
    """
    low, value, high = (fact[k] for k in ("low", "value", "high"))
    if isinstance(value, str) or low == high:
        return 0.0
    if low > 0:
        return math.log(high / low)
    scale = max(abs(value), abs(low), abs(high))
    return (high - low) / scale if scale else 0.0


def counts(facts: tuple[dict[str, Any], ...]) -> dict[str, int]:
    """How many facts, of which class, how many of them our assumptions or the asker's own."""
    out = {"facts": len(facts), "A": 0, "B": 0, "C": 0}
    for fact in facts:
        out[fact["class"]] += 1
    out["assumptions"] = sum(f["source"] == ASSUMPTION for f in facts)
    out["user"] = sum(f["source"] == USER for f in facts)
    return out
