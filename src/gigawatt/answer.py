"""The answer: a frozen Plan, its JSON, and the trace behind every figure. Computes nothing."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gigawatt import __version__
from gigawatt.facts import Fact, Facts
from gigawatt.figures import Figure
from gigawatt.record import Steps, doc_sections, equation, summary

SCHEMA = 1


@dataclass(frozen=True)
class Plan:
    """A plan or a reasoned no; every part is plain data as in the JSON schema, but for ``series``."""

    question: dict[str, Any]
    verdict: dict[str, Any]
    ladder: tuple[dict[str, Any], ...]
    figures: dict[str, Figure]
    power: dict[str, Any]
    bill: tuple[dict[str, Any], ...]
    schedule: tuple[dict[str, Any], ...]
    cashflow: tuple[dict[str, Any], ...]
    tables: dict[str, Any]
    sources: tuple[dict[str, Any], ...]
    assumptions: tuple[dict[str, Any], ...]
    provenance: dict[str, Any]
    trace: dict[str, Any]
    series: dict[str, np.ndarray] = field(default_factory=dict, repr=False)  # hourly, for charts and CSV
    uncertainty: dict[str, Any] | None = None  # how sure it is
    cash: Any = field(default=None, repr=False)  # the cash flow behind its tables, for the workbook
    supply: Any = field(default=None, repr=False)  # power problem of the campus and its answer, for PyPSA

    @property
    def answer(self) -> str:
        """``yes``, ``yes_if`` or ``no``."""
        return str(self.verdict["answer"])

    def json(self) -> dict[str, Any]:
        """The published JSON (docs/schema.json)."""
        return {
            "schema": SCHEMA,
            "question": self.question,
            "verdict": self.verdict,
            "ladder": list(self.ladder),
            "figures": {name: figure.json() for name, figure in self.figures.items()},
            "power": self.power,
            "bill": list(self.bill),
            "schedule": list(self.schedule),
            "cashflow": list(self.cashflow),
            "uncertainty": self.uncertainty,
            "tables": self.tables,
            "sources": list(self.sources),
            "assumptions": list(self.assumptions),
            "provenance": self.provenance,
            "trace": self.trace,
        }

    def text_json(self) -> str:
        """The JSON as text; NaN and infinity cannot occur in it."""
        return json.dumps(plain(self.json()), ensure_ascii=False, indent=1, allow_nan=False)

    def explain(self, figure: str) -> dict[str, Any]:
        """The tree behind a figure (see ``explain.py``)."""
        from gigawatt.explain import tree

        return tree(plain(self.json()), figure)


def plain(value: Any) -> Any:
    """Numpy values as Python ones; numbers that are not finite become null."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value


def provenance(facts: Facts, seed: int, notes: list[str], files: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What made this plan: version, fingerprint of the facts, seed, the user's own files and notes on them."""
    made = {"version": __version__, "facts_hash": facts.hash, "seed": seed}
    return {**made, "notes": notes, "files": list(files)}


def trace(step: Steps, figures: dict[str, int | None]) -> dict[str, Any]:
    """The record as plain data: nodes, the formulas they used, and the node of each figure."""
    formulas: dict[str, Any] = {}
    nodes = []
    for number, node in enumerate(step.nodes):
        entry: dict[str, Any] = {"kind": node.kind, "name": node.name, "value": _value(node.value), "unit": node.unit}
        if node.inputs:
            entry["inputs"] = step.inputs(number)
        nodes.append(entry)
        if node.formula is not None and node.name not in formulas:
            head, reference = doc_sections(node.formula)
            code = equation(node.formula)
            path = inspect.getsourcefile(node.formula) or ""
            formulas[node.name] = {
                "does": head,
                "equation": code,
                "reference": reference,
                "file": path.split("src/")[-1],
            }
    return {"nodes": nodes, "formulas": formulas, "figures": figures, "facts": _facts(step)}


def _facts(step: Steps) -> dict[str, Any]:
    return {f.id: fact_row(f, step.facts) for f in step.facts_read()}


def fact_row(f: Fact, facts: Facts) -> dict[str, Any]:
    """A fact as plain data with the readable name and address of its source."""
    source = facts.sources.get(f.source)
    return {
        "id": f.id,
        "value": f.value,
        "low": f.low,
        "high": f.high,
        "unit": f.unit,
        "year": f.year,
        "class": f.fact_class,
        "source": f.source,
        "source_title": facts.source_title(f.source),
        "url": source.url if source else "",
        "where": f.where,
        "note": f.note,
    }


def _value(value: Any) -> Any:
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return summary(value)
