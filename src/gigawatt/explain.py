"""The tree behind a figure: equation, inputs, facts and pages, down to the leaves. Reads a plan's JSON."""

from __future__ import annotations

import difflib
from typing import Any

from gigawatt.errors import ScenarioError


def tree(plan: dict[str, Any], figure: str) -> dict[str, Any]:
    """The tree behind one figure of a plan.

    Parameters
    ----------
    plan : dict
        A plan's JSON. [-]
    figure : str
        Figure id, such as ``lcoc_usd_per_accelerator_hour``. [-]

    Returns
    -------
    dict
        ``figure`` (as in the plan) and ``tree``: nested nodes with ``name``, ``value``, ``unit`` and either
        ``equation``, ``reference``, ``inputs`` or ``fact``.

    Raises
    ------
    ScenarioError
        When the plan has no such figure, or no trace.
    """
    figures = plan.get("figures")
    if not isinstance(figures, dict) or not isinstance(plan.get("trace"), dict):
        raise ScenarioError("this JSON is not a Gigawatt plan with a trace; make one with: gigawatt plan ... --json")
    if figure not in figures:
        close = difflib.get_close_matches(figure, figures, n=3, cutoff=0.3)
        raise ScenarioError(f"figure {figure!r}: not in this plan; nearest: {', '.join(close) or ', '.join(figures)}")
    number = plan["trace"]["figures"].get(figure)
    root = None if number is None else _node(plan["trace"], number, figure, set())
    return {"figure": {"id": figure, **figures[figure]}, "tree": root}


def _node(trace: dict[str, Any], number: int, label: str, above: set[int]) -> dict[str, Any]:
    node = trace["nodes"][number]
    out: dict[str, Any] = {
        "label": label,
        "kind": node["kind"],
        "name": node["name"],
        "value": node["value"],
        "unit": node["unit"],
    }
    if node["kind"] == "fact":
        return out | {"fact": trace["facts"][node["name"]]}
    if node["kind"] == "given":
        return out
    out |= trace["formulas"][node["name"]]
    out["inputs"] = [
        _node(trace, value, name, above | {number})
        if isinstance(value, int) and value not in above
        else {"label": name, "kind": "literal", "name": "", "value": value, "unit": ""}
        for name, value in node.get("inputs", {}).items()
    ]
    return out


def leaves(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts and given values below a node, each once."""
    found: dict[str, dict[str, Any]] = {}
    stack = [node]
    while stack:
        n = stack.pop()
        if n["kind"] in ("fact", "given"):
            found.setdefault(n["name"], n)
        stack.extend(n.get("inputs", []))
    return list(found.values())
