"""The plan as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report import bridging, cash_words, cluster_words, customer_words, fleet_words, frontier, meaning, sure

STATES = {"yes": "open", "yes_if": "if", "no": "closed"}


def markdown(plan: Plan) -> str:
    """Verdict, gates, ladder, figures, bill, schedule, next steps, sources, assumptions."""
    v, q, made = plan.verdict, plan.question, plan.provenance
    parts = [
        f"# {q['place']['name']}: {q['reading']}\n",
        f"**{v['headline']}**  \nAs of {q['as_of']}; money in USD of {q['price_year']}.\n",
        f"{v['summary']}\n",
        "## Gates\n",
        _table(
            ("gate", "state", "class", "words", "source"),
            ((g["gate"], STATES[g["state"]], g["class"], g["words"], g["source"]) for g in v["gates"]),
        ),
    ]
    if v["binding"]:
        parts += ["## What binds\n", "\n".join(f"- {b['words']}" for b in v["binding"]) + "\n"]
    if v["relaxations"]:
        parts += ["## What would change it\n", "\n".join(f"- {r['words']}" for r in v["relaxations"]) + "\n"]
    if v["nearest"]:
        parts += ["## Nearest plan that works\n", f"{v['nearest']['words']}.\n"]
    if plan.ladder:
        parts += ["## Ladder\n", ladder_table(plan)]
    parts += [
        "## Figures\n",
        _table(
            ("figure", "value (P10 to P90)", "class", "id"),
            ((f.label, f.text_with_range, f.fact_class, f"`{f.id}`") for f in plan.figures.values()),
        ),
    ]
    if said := sure.words(plan):
        parts += ["## How sure\n", "\n".join(f"- {x}" for x in said) + "\n"]
    if sure.rows(plan):
        parts += [_table(sure.HEADER, sure.rows(plan))]
    if meaning.told(plan):
        parts += ["## What it hangs on\n", "\n".join(f"- {x}" for x in meaning.sentences(plan)) + "\n"]
        parts += [_table(header, rows) for header, rows in meaning.tables(plan)]
    if plan.bill:
        usd = f"USD_{q['price_year']}"
        rows = ((b["item"].replace("_", " "), show(b["usd"], b["low"], b["high"], usd), b["scope"]) for b in plan.bill)
        parts += ["## Bill\n", _table(("item", "USD", "scope"), rows)]
    if plan.tables.get("customers"):
        parts += ["## Who pays\n", "\n".join(f"- {w}" for w in customer_words.sentences(plan)) + "\n"]
        parts += [
            _table(customer_words.PRICE_HEADER, customer_words.price_rows(plan)),
            "Price that lenders need, USD per accelerator-hour:\n",
            _table(customer_words.TENOR_HEADER, customer_words.tenor_rows(plan)),
            _table(customer_words.MODEL_HEADER, customer_words.model_rows(plan)),
        ]
    if "financing" in plan.tables:
        parts += [
            "## Cash\n",
            f"{cash_words.lead(plan)}\n",
            _table(("financing", "value", "P10 to P90"), cash_words.rows(plan)),
            f"Year by year, billion USD of {q['price_year']}; what is paid is negative:\n",
            _table(cash_words.YEARS, cash_words.years(plan)),
        ]
    if plan.schedule:
        chances = ("start", "end", "p10", "p50", "p90")
        tasks = (
            (t["label"], *(t[k] for k in chances), f"{t['criticality'] * 100:.0f} %", t["class"]) for t in plan.schedule
        )
        header = ("task", "start", "end", "P10 end", "P50 end", "P90 end", "holds up in", "class")
        parts += ["## Schedule\n", _table(header, tasks), *_orders(plan, f"USD_{q['price_year']}")]
    parts += _bridging(plan)
    parts += _fleet(plan)
    parts += _frontier(plan)
    parts += _cluster(plan)
    steps = (
        f"{i}. **{s['to']}**, by {s['by']}: {s['ask']} (unlocks: {s['unlocks']})"
        for i, s in enumerate(v["next_steps"], 1)
    )
    parts += ["## Letters to write\n", "\n".join(steps) + "\n"]
    parts += [
        f"## Sources ({len(plan.sources)})\n",
        "\n".join(f"- {s['producer']}, {s['title']} ({s['published']})" for s in plan.sources) + "\n",
        f"## Assumptions of ours ({len(plan.assumptions)})\n",
        _table(
            ("id", "value", "low", "high", "unit", "reason"),
            ((a["id"], a["value"], a["low"], a["high"], a["unit"], a["note"]) for a in plan.assumptions),
        ),
        f"gigawatt {made['version']}, facts {made['facts_hash']}, seed {made['seed']}\n",
    ]
    return "\n".join(parts)


def _orders(plan: Plan, usd: str) -> list[str]:
    """The order book and cash at risk before each gate."""
    book, exposure = plan.tables["order_book"], plan.tables["exposure"]
    if not book:
        return []
    keys = ("label", "order_by", "last_order", "order_by_safe", "needed_by")
    rows = (
        (*(r[k] or "" for k in keys), show(r["usd"], r["low"], r["high"], usd), show(r["deposit_usd"], None, None, usd))
        for r in book
    )
    gates = (
        (g["words"], g["date"], show(g["at_risk_usd"], None, None, usd), show(g["at_risk_p90_usd"], None, None, usd))
        for g in exposure["gates"]
    )
    return [
        "## Order book\n",
        _table(("what", "order by", "last part by", "safer by", "needed by", "for", "deposit"), rows),
        "## Cash at risk before each gate\n",
        f"{exposure['words']}. {exposure['basis']}.\n",
        _table(("before", "date", "at risk", "at risk if it comes late (P90)"), gates),
    ]


def _fleet(plan: Plan) -> list[str]:
    """Accelerators by quarter, and what waiting costs."""
    rows, waiting = fleet_words.fleet_rows(plan), fleet_words.delay_rows(plan)
    parts = []
    if rows:
        parts += ["## Accelerators on line\n", f"{plan.tables['fleet']['words']} {plan.tables['fleet']['note']}\n"]
        parts += [
            _table(fleet_words.FLEET_HEADER, rows),
            _table(fleet_words.POLICY_HEADER, fleet_words.policy_rows(plan)),
        ]
        parts += [f"{fleet_words.refresh_words(plan)}\n"]
    if waiting:
        parts += ["## What waiting costs\n", f"{plan.tables['delay']['words']}\n"]
        parts += [_table(fleet_words.delay_header(plan), waiting)]
    return parts


def _bridging(plan: Plan) -> list[str]:
    """What bridges until the permanent power is there, and the connection that may be curtailed."""
    if not bridging.words(plan):
        return []
    parts = ["## Bridging power\n", f"{bridging.words(plan)}\n"]
    if rows := bridging.rows(plan):
        parts += [_table(bridging.HEADER, rows), f"{bridging.NOTE}\n"]
    if curve := bridging.curve_rows(plan):
        said = " ".join(x for x in (bridging.curve_words(plan), bridging.carried(plan)) if x)
        parts += ["### Connection that may be curtailed\n", f"{said}\n", _table(bridging.CURVE, curve)]
        parts += [f"{bridging.CURVE_NOTE}\n"]
    return parts


def _cluster(plan: Plan) -> list[str]:
    """Network, storage, power swings, sites."""
    found = []
    for part in cluster_words.parts(plan):
        found += [f"## {part.title}\n", " ".join(part.words) + "\n", _table(part.header, part.rows)]
    return found


def _frontier(plan: Plan) -> list[str]:
    """The same campus by every strategy."""
    if not (rows := frontier.rows(plan)):
        return []
    said = "\n".join(f"- {x}" for x in frontier.sentences(plan))
    return ["## Faster or cheaper\n", f"{said}\n", _table(frontier.HEADER, rows)]


def ladder_table(plan: Plan) -> str:
    """The ladder as a Markdown table."""
    usd = f"USD_{plan.question['price_year']}"
    return _table(
        ("rung", "answer", "accelerators", "capital", "share of peak", "full power", "what decides"),
        (
            (
                r["rung"],
                r["answer"],
                show(r["accelerators"], None, None, "accelerator"),
                show(r["capex_usd"], None, None, usd),
                show(r["share_of_peak_demand"], None, None, "1"),
                r["full_power_date"] or "",
                r["words"],
            )
            for r in plan.ladder
        ),
    )


def _table(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    head = list(header)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(c) for c in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
