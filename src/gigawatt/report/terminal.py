"""The plan in the terminal: a page a minister can read, then tables."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gigawatt.answer import Plan
from gigawatt.facts import Fact, Facts
from gigawatt.figures import Figure, show
from gigawatt.report import bridging, meaning, sure
from gigawatt.report.terminal_tables import STATE_STYLE, tables, titled

STATE_WORD = {"yes": "open", "yes_if": "if", "no": "closed"}
NARROW = 100
MOST_DRIVERS = 3  # of each figure


def _console() -> Console:
    width = None if sys.stdout.isatty() else 110
    return Console(highlight=False, soft_wrap=False, width=width)


def terminal(plan: Plan, *, full: bool = False) -> None:
    """Print the page, the sizes and the bill; with ``full`` every table."""
    out = _console()
    _page(out, plan)
    if plan.bill:
        tables(out, plan, full=full)


def _page(out: Console, plan: Plan) -> None:
    q, v = plan.question, plan.verdict
    style = STATE_STYLE[v["answer"]]
    out.print()
    place = q["place"]
    name = place["name"] if place.get("note") or place["site"] == place["name"] else f"{place['site']}, {place['name']}"
    out.print(f"{escape(name)}: {escape(q['reading'])}." if plan.bill else escape(q["reading"]))
    notes = [x for x in (place.get("note"), f"money in USD of {q['price_year']}", f"as of {q['as_of']}") if x]
    out.print(f"[dim]{escape('; '.join(notes))}[/dim]")
    out.print()
    out.print(Text(v["headline"], style=f"bold {style}"))
    out.print(escape(v["summary"]))
    out.print()
    _gates(out, plan)
    if plan.bill:
        _numbers(out, plan)
        _sure(out, plan)
        _meaning(out, plan)
        _holds(out, plan)
    if v["nearest"]:
        out.print(f"\n[bold]Nearest plan that works:[/bold] {escape(v['nearest']['words'])}")
    _letters(out, plan)
    _trust(out, plan)


def _gates(out: Console, plan: Plan) -> None:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 1), expand=True)
    table.add_column(width=11)
    table.add_column(width=7)
    table.add_column(ratio=1)
    table.add_column(width=1)
    for g in plan.verdict["gates"]:
        state = Text(STATE_WORD[g["state"]], style=STATE_STYLE[g["state"]])
        table.add_row(g["gate"].capitalize(), state, escape(g["words"]), g["class"])
    out.print(table)
    out.print()


def _numbers(out: Console, plan: Plan) -> None:
    f = plan.figures
    own = _own_money(plan, f["capex_usd"])
    pairs = [
        ("First power", _date(f["first_power_date"]), "Full power", _date(f["full_power_date"])),
        (
            "Accelerators",
            f"{_range(f['accelerators'])} {plan.question['accelerator']}",
            "Capital",
            _range(f["capex_usd"]) + own,
        ),
        (
            "Cost",
            f"{_range(f['lcoc_usd_per_accelerator_hour'])} all sold",
            "At sold hours",
            f"{f['lcoc_at_utilisation_usd_per_accelerator_hour'].text} at {f['utilisation'].text}",
        ),
        (
            "Market",
            _range(f["market_price_usd_per_accelerator_hour"]),
            "Rent abroad",
            _range(f["rent_abroad_usd_per_accelerator_hour"]),
        ),
        (
            "Power",
            f"{_range(f['lcoe_usd_per_mwh'])}, {f['energy_share_of_cost'].text} of cost",
            "PUE",
            _range(f["pue"]),
        ),
        (
            "Emissions",
            f"{f['emissions_kg_per_mwh'].text} average, {f['emissions_marginal_kg_per_mwh'].text} marginal",
            "Carbon-free",
            _range(f["cfe_share"]),
        ),
        (
            "Trains",
            f"{_run(plan)}GPT-4 scale (2e25 FLOP) in {_duration(plan.tables['gpt4_scale_days'])}; "
            f"MFU {f['mfu'].text} on {_model(plan)}; "
            f"{f['largest_run_100_days_flop'].text} in 100 days",
            "Serves",
            f"{_users(plan)}{f['tokens_per_s'].text} of {plan.tables['reference_model']}",
        ),
        (
            "Peak share",
            f"{f['share_of_peak_demand'].text} of the peak",
            "Delay",
            f"{f['cost_of_delay_usd_per_month'].text} late, shell ready and first racks there",
        ),
    ]
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 1))
    for style in ("dim", None, "dim", None):
        table.add_column(style=style or "", no_wrap=False)
    for row in pairs:
        table.add_row(*(escape(x) for x in row))
    out.print(table)


def _sure(out: Console, plan: Plan) -> None:
    """Chances, and of whole plans the quantiles."""
    said, rows = sure.words(plan), sure.rows(plan)
    if not said:
        return
    out.print("\n[bold]How sure[/bold]")
    for line in said:
        out.print(escape(line))
    if rows:
        table = Table(box=None, padding=(0, 1, 0, 1))
        for i, name in enumerate(sure.HEADER):
            table.add_column(name, justify="right" if i else "left")
        for row in rows:
            table.add_row(*(escape(x) for x in row))
        out.print(table)


def _meaning(out: Console, plan: Plan) -> None:
    """What the draws mean: sentences, and what each main figure hangs on most."""
    said = meaning.sentences(plan)
    if not said:
        return
    out.print("\n[bold]What it hangs on[/bold]")
    for line in said:
        out.print(escape(line))
    columns = (0, 1, 3, 4, 5)
    table = Table(box=None, padding=(0, 1, 0, 1))
    for i in columns:
        table.add_column(meaning.DRIVER_HEADER[i], justify="left" if i < 2 else "right")
    seen: Counter[str] = Counter()
    for row in meaning.driver_rows(plan):
        seen[row[0]] += 1
        if seen[row[0]] <= MOST_DRIVERS:
            table.add_row(*(escape(row[i] if i or seen[row[0]] == 1 else "") for i in columns))
    out.print(table)


def _range(f: Figure) -> str:
    return f.text_with_range


def _run(plan: Plan) -> str:
    """The run that was asked for."""
    run = plan.tables["run"]
    return f"{run['run']} in {run['days']:,.4g} days; " if run else ""


def _users(plan: Plan) -> str:
    """The users, where they were asked for."""
    return f"{plan.figures['users_served'].text} users; " if "serve" in plan.question["words"] else ""


def _model(plan: Plan) -> str:
    """The model of the training figures: its name, or its size where it is one that the campus deserves."""
    name = str(plan.tables["training"]["model"])
    return f"a model of {name} parameters" if name[:1].isdigit() else name


def _duration(days: float) -> str:
    """Days, or hours where they are fewer than two days."""
    return f"{days * 24:.2g} hours" if days < 2 else f"{float(f'{days:.2g}'):,.10g} days"


def _date(f: Figure) -> str:
    return f.text_with_range if f.value else "no date"


def _own_money(plan: Plan, f: Figure) -> str:
    rate, currency = plan.question.get("usd_per_currency_unit"), plan.question["currency"]
    if currency == "USD" or not rate or f.value is None:
        return ""
    low, high = float(f.low or 0) / rate, float(f.high or 0) / rate
    return f" = {show(float(f.value) / rate, low, high, currency)}"


def _holds(out: Console, plan: Plan) -> None:
    months = [r["words"] for r in plan.verdict["relaxations"] if r["unit"] == "month"]
    rows = months or [b["words"] for b in plan.verdict["binding"] if b["constraint"] == "calendar"]
    rows += [r["words"] for r in plan.verdict["relaxations"] if r["unit"] == "accelerator"]
    if rows:
        out.print()
    rows += [w for name in ("first_power", "full_power") if (w := _chances(plan, name))]
    if plan.tables["exposure"]["words"]:
        rows.append(plan.tables["exposure"]["words"])
    rows += [f"on record: {p['words']}" for p in plan.tables["precedents"]]
    for words in rows:
        out.print(f"{escape(words[0].upper() + words[1:])}.")
    if said := bridging.words(plan):
        out.print(escape(said))


def _chances(plan: Plan, name: str) -> str:
    """When a tenth, half and nine tenths of the draws are there."""
    at = plan.tables["gantt"]["dates"][name]
    if not at["p90"]:
        return ""
    when = f"1 of 10 draws by {at['p10'][:7]}, half by {at['p50'][:7]}, 9 of 10 by {at['p90'][:7]}"
    return f"{name.replace('_', ' ')}: {when}"


def _letters(out: Console, plan: Plan) -> None:
    steps = plan.verdict["next_steps"]
    if not steps:
        return
    out.print("\n[bold]Write next[/bold]")
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 1), expand=True)
    table.add_column(width=2)
    table.add_column(ratio=2)
    table.add_column(ratio=7)
    table.add_column(width=10)
    for i, s in enumerate(steps, 1):
        table.add_row(f"{i}.", escape(s["to"]), escape(f"{s['ask']}  (unlocks: {s['unlocks']})"), s["by"])
    out.print(table)


def _trust(out: Console, plan: Plan) -> None:
    facts = plan.trace["facts"].values()
    classes = Counter(f["class"] for f in facts)
    weak = len(plan.assumptions)
    if plan.provenance.get("files"):
        out.print(f"\n[bold]From your files[/bold]\n{escape('; '.join(plan.provenance['notes']))}.")
    out.print(
        f"\n[dim]{len(plan.trace['facts'])} facts from {len(plan.sources)} sources "
        f"(A {classes['A']}, B {classes['B']}, C {classes['C']}), {weak} of them our assumptions. "
        f"Ranges are P10 to P90. Facts {plan.provenance['facts_hash']}.[/dim]"
    )
    out.print(
        "[dim]More: --full, --report plan.html, --save plan.json, then: "
        "gigawatt explain plan.json lcoc_usd_per_accelerator_hour[/dim]"
    )


def terminal_tree(result: dict[str, Any], depth: int) -> None:
    """Print the tree behind a figure."""
    out = _console()
    f = result["figure"]
    shown = Figure(
        f["id"], f["value"], f["low"], f["high"], f["unit"], f["class"], f["label"], f["room"], f.get("reason", "")
    )
    out.print(
        f"\n[bold]{escape(f['id'])}[/bold]  {escape(shown.text_with_range)}  class {f['class']}: {escape(f['label'])}"
    )
    if result["tree"] is None:
        out.print(f"  no calculation behind it: {escape(f.get('reason') or 'it does not apply')}")
        return
    _print_node(out, result["tree"], 0, depth, set())


def _print_node(out: Console, node: dict[str, Any], level: int, depth: int, seen: set[str]) -> None:
    pad, unit = "  " * (level + 1), escape(node["unit"])
    if node["kind"] == "literal":
        out.print(f"{pad}[dim]{escape(node['label'])} = {escape(str(node['value']))}[/dim]", soft_wrap=True)
        return
    value = f"{node['value']:.6g}" if isinstance(node["value"], float) else str(node["value"])
    if node["kind"] == "fact":
        fact = node["fact"]
        ranged = "" if fact["low"] == fact["high"] else f" ({_short(fact['low'])} to {_short(fact['high'])})"
        out.print(
            f"{pad}{escape(node['label'])} = {escape(value)} {unit}  [cyan]{escape(fact['id'])}[/cyan] = "
            f"{escape(_short(fact['value']))}{ranged} {escape(fact['unit'])}, {fact['year']}, class {fact['class']}",
            soft_wrap=True,
        )
        out.print(
            f"{pad}    [dim]{escape(fact['source_title'])}; {escape(fact['where'])}{_note(fact)}[/dim]", soft_wrap=True
        )
        return
    if node["kind"] == "given":
        out.print(
            f"{pad}{escape(node['label'])} = {escape(value)} {unit}  [dim]given: {escape(node['name'])}[/dim]",
            soft_wrap=True,
        )
        return
    out.print(
        f"{pad}{escape(node['label'])} = {escape(value)} {unit}  [magenta]{escape(node['name'])}[/magenta]",
        soft_wrap=True,
    )
    key = f"{node['name']} = {value}"
    if key in seen:
        out.print(f"{pad}    [dim]as above[/dim]")
        return
    seen.add(key)
    if node["name"] not in seen:  # the equation once, its numbers every time
        seen.add(node["name"])
        out.print(f"{pad}    [dim]{escape(node['does'])}[/dim]", soft_wrap=True)
        for line in node["equation"].splitlines():
            out.print(f"{pad}    [green]{escape(line)}[/green]", soft_wrap=True)
        if node["reference"]:
            out.print(f"{pad}    [dim]{escape(node['reference'])}[/dim]", soft_wrap=True)
    if level + 1 < depth:
        for child in node["inputs"]:
            _print_node(out, child, level + 1, depth, seen)


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _note(fact: dict[str, Any]) -> str:
    return f"; {fact['note']}" if fact["note"] else ""


def terminal_facts(found: list[Fact], facts: Facts, *, subjects: bool) -> None:
    """Print facts, or the subjects when nothing was asked."""
    out = _console()
    if subjects:
        counts = Counter((f.id.split(".")[0], f.fact_class) for f in facts.values())
        table = titled(f"{len(facts)} facts from {len(facts.sources)} sources", "subject", "A", "B", "C")
        for s in sorted({k for k, _ in counts}):
            table.add_row(s, *(str(counts.get((s, c), 0)) for c in "ABC"))
        out.print(table)
        out.print(
            "[dim]Search: gigawatt facts WORD ...   one: gigawatt facts ID   ours: gigawatt facts --assumptions[/dim]"
        )
        return
    for f in found:
        ranged = "" if f.low == f.high else f" ({_short(f.low)} to {_short(f.high)})"
        unit = "" if f.unit in ("text", "date") else f" {f.unit}"
        out.print(
            f"[cyan]{escape(f.id)}[/cyan] = {escape(_short(f.value))}{ranged}{escape(unit)}, {f.year}, "
            f"class {f.fact_class}",
            soft_wrap=True,
        )
        note = f"; {f.note}" if f.note else ""
        out.print(f"    [dim]{escape(facts.source_title(f.source))}; {escape(f.where + note)}[/dim]", soft_wrap=True)
    out.print(f"[dim]{len(found)} facts[/dim]")
