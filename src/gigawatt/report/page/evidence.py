"""What the page rests on: letters, all figures, sources, assumptions, provenance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import display_unit
from gigawatt.report.page.parts import (
    Raw,
    cap,
    class_counts,
    class_mark,
    opens,
    opens_fact,
    opens_source,
    para,
    per_cent,
    safe,
    split,
    stop,
    table,
)
from gigawatt.report.page.words import CLASSES, FIXED, ROOT_FIGURES


def letters(plan: Plan) -> str:
    steps = plan.verdict["next_steps"]
    if not steps:
        return para("No letter is needed.")
    items = "".join(
        f"<li><strong>{safe(s['to'])}</strong>"
        + (f", by {safe(s['by'])}" if s.get("by") else "")
        + f"<br>Ask for: {safe(stop(s['ask']))}"
        f'<br><span class="small">Unlocks: {safe(stop(s["unlocks"]))}</span></li>'
        for s in steps
    )
    return para("Letters to write, in this order.") + f'<ol class="letters">{items}</ol>'


def all_figures(plan: Plan) -> str:
    rows = []
    for f in plan.figures.values():
        value, span = split(f)
        unit = display_unit(f.unit)
        value = value.removesuffix(f" {unit}") if unit else value
        span = span if f.value is not None else Raw(f'<span class="wrap">{safe(span)}</span>')
        name = Raw(f'<code id="figure-{safe(f.id)}">{safe(f.id)}</code>')
        shown = opens(f.id, value) if f.value is not None else value
        rows.append((name, f.label, shown, span, unit, class_mark(f.fact_class)))
    words = "Each figure opens into its equation, inputs and pages with: gigawatt explain PLAN.json ID"
    return para(words, "note") + table(
        ("id", "figure", "value", "range (P10 to P90)", "unit", "class"), rows, numbers=(2,), css="dense figures"
    )


def sources(plan: Plan) -> str:
    if not plan.sources:
        return para("No published source was read beyond those named with the gates.")
    rows = []
    for s in plan.sources:
        title = (
            f'<a href="{safe(s["url"])}">{safe(s["title"])}</a>'
            if str(s.get("url") or "").startswith(("http://", "https://"))
            else safe(s["title"])
        )
        key = f'<code class="key" id="source-{safe(s["key"])}">{safe(s["key"])}</code>'
        rows.append(
            (s["producer"], Raw(f"{title} {key}"), s["published"], s["licence"], opens_source(s["key"], s["facts"]))
        )
    return para(f"{len(plan.sources)} sources gave {sum(s['facts'] for s in plan.sources)} facts.") + table(
        ("producer", "title and key", "date", "licence", "facts"), rows, numbers=(2, 4), css="dense sources"
    )


def assumptions(plan: Plan) -> str:
    if not plan.assumptions:
        return para("None of ours were read.")
    rows = [
        (
            Raw(f"<code>{safe(a['id'])}</code>"),
            opens_fact(a["id"], _fact_value(a["value"])),
            _fact_span(a),
            a["unit"] if a["unit"] != "1" else "",
            cap(a["note"] or a["where"] or ""),
        )
        for a in plan.assumptions
    ]
    own = sum(1 for a in plan.assumptions if a.get("source") == "user")
    said = f"{len(plan.assumptions) - own} numbers are our own assumptions" + (
        f", {own} were set by the asker" if own else ""
    )
    return para(f"{said}. Fractions run from 0 to 1.") + table(
        ("id", "value", "range", "unit", "reason"), rows, css="dense facts", numbers=(1,)
    )


def _fact_value(value: Any) -> str:
    """A fact as it is stored: rounding is for results, not for what they rest on."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{float(value):,.6g}"


def _fact_span(a: dict[str, Any]) -> str:
    low, high = a["low"], a["high"]
    if low is None or high is None or isinstance(low, str) or low == high:
        return FIXED
    return f"{_fact_value(low)} to {_fact_value(high)}"


def provenance(plan: Plan) -> str:
    p, counts = plan.provenance, class_counts(plan)
    total = sum(counts.values())
    out = ""
    if total:
        shares = ", ".join(f"{per_cent(counts[c], total)} {CLASSES[c]} ({c}: {counts[c]})" for c in "ABC" if counts[c])
        out += para(f"Of {total} facts behind the answer {shares}. {len(plan.assumptions)} are assumptions of ours.")
        weakest = _weakest(plan)
        if weakest:
            out += para(
                "Of the assumptions and analogies that the cost rests on, these have the widest ranges for their size "
                "(a wide range is not always a heavy one):"
            ) + table(("fact", "value", "range", "unit", "why"), weakest, css="dense facts", numbers=(1,))
    notes = "".join(f"<li>{safe(stop(n))}</li>" for n in p.get("notes") or [])
    made = f"Gigawatt {p['version']}, facts {p['facts_hash']}, seed {p['seed']}: with these the numbers come out again."
    return out + (f"<h3>Notes</h3><ul>{notes}</ul>" if notes else "") + para(made, "note")


def _weakest(plan: Plan, most: int = 5) -> list[Sequence[Any]]:
    """Facts of class C behind the cost figures, widest range for their size first."""
    found: dict[str, dict[str, Any]] = {}
    for name in _behind(plan):
        fact = (plan.trace.get("facts") or {}).get(name)
        if (
            fact
            and fact["class"] == "C"
            and isinstance(fact["low"], (int, float))
            and isinstance(fact["high"], (int, float))
        ):
            found[name] = fact
    wide = {k: (f["high"] - f["low"]) / abs(f["value"]) for k, f in found.items() if f["value"]}
    worst = sorted((k for k in wide if wide[k] > 0), key=lambda k: -wide[k])[:most]
    return [
        (
            Raw(f"<code>{safe(k)}</code>"),
            opens_fact(k, _fact_value(found[k]["value"])),
            _fact_span(found[k]),
            found[k]["unit"] if found[k]["unit"] != "1" else "",
            cap(found[k]["note"] or found[k]["where"] or ""),
        )
        for k in worst
    ]


def _behind(plan: Plan) -> list[str]:
    """Ids of the facts behind the cost figures, walking the trace once."""
    nodes, seen, names = plan.trace.get("nodes") or [], set(), []
    stack = [n for f in ROOT_FIGURES if (n := (plan.trace.get("figures") or {}).get(f)) is not None]
    while stack:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        node = nodes[number]
        if node["kind"] == "fact":
            names.append(node["name"])
        stack += [
            v
            for v in (node.get("inputs") or {}).values()
            if isinstance(v, int) and not isinstance(v, bool) and 0 <= v < len(nodes)
        ]
    return names
