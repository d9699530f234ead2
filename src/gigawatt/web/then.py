"""A saved plan then and now: what is kept of an answer, and what of it moved when facts or model changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gigawatt import __version__
from gigawatt.answer import Plan, plain
from gigawatt.facts import load_facts
from gigawatt.figures import FIGURES
from gigawatt.web.language import Language

ENDS = ("value", "low", "high", "unit")


def kept(plan: Plan) -> dict[str, Any]:
    """What is kept of an answer: every figure with its range, and every fact that it read.

    Parameters
    ----------
    plan : Plan
        The answer. [-]

    Returns
    -------
    dict
        ``figures``: value, low, high and unit by id; ``facts``: value and unit by id. Plain data.
    """
    figures = {k: {e: f.json()[e] for e in ENDS} for k, f in plan.figures.items()}
    facts = {k: [f["value"], f["unit"]] for k, f in plan.trace["facts"].items()}
    return dict(plain({"figures": figures, "facts": facts}))


def is_older(model_version: str, facts_hash: str) -> bool:
    """Whether an answer was made with another model or other facts than those of today."""
    return (model_version, facts_hash) != (__version__, load_facts().hash)


def moved(then: Mapping[str, Any], now: Mapping[str, Any], words: Language) -> list[dict[str, str]]:
    """Figures that are printed otherwise than they were: id, label, then, now, and by how much.

    Parameters
    ----------
    then, now : mapping
        What ``kept`` made of the answer when it was saved, and of that of today. [-]
    words : Language
        The reader's language. [-]

    Returns
    -------
    list of dict
    """
    out = []
    for name, spec in FIGURES.items():
        old, new = then["figures"].get(name), now["figures"].get(name)
        texts = [words.figure(f, name, with_range=True) if _known(f) else words.t("n/a") for f in (old, new)]
        if texts[0] != texts[1]:
            row = {"id": name, "label": words.t(spec.label), "then": texts[0], "now": texts[1]}
            out.append(row | {"change": _change(old, new, words)})
    return out


def facts_moved(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Facts of the plan that have another value or unit than they had; None where one was or is not read.

    Examples
    --------
    >>> facts_moved({"facts": {"a": [1.0, "MW"]}}, {"facts": {"a": [2.0, "MW"], "b": [3.0, "1"]}})
    [{'id': 'a', 'then': [1.0, 'MW'], 'now': [2.0, 'MW']}, {'id': 'b', 'then': None, 'now': [3.0, '1']}]
    """
    old, new = then["facts"], now["facts"]
    both = [{"id": k, "then": old.get(k), "now": new.get(k)} for k in sorted({*old, *new})]
    return [row for row in both if row["then"] != row["now"]]


def _known(figure: Mapping[str, Any] | None) -> bool:
    return figure is not None and figure["value"] is not None


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, words: Language) -> str:
    """The central value's change in percent; nothing for a date, or where there is none to compare."""
    if old is None or new is None:
        return ""
    values = old["value"], new["value"]
    if not all(isinstance(x, (int, float)) for x in values) or not values[0] or values[0] == values[1]:
        return ""
    return words.change(values[1] / values[0] - 1.0)
