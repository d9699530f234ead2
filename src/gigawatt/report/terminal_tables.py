"""The tables of a plan in the terminal: the sizes and the bill, and on request all others."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.report import bridging, cash_words, cluster_words, customer_words, fleet_words, frontier

STATE_STYLE = {"yes": "green", "yes_if": "yellow", "no": "red"}


def tables(out: Console, plan: Plan, *, full: bool) -> None:
    """Print the ladder, the frontier if one was asked for, and the bill; with ``full`` every table of the plan."""
    _ladder(out, plan)
    _frontier(out, plan)
    _bill(out, plan)
    if full:
        _customers(out, plan)
        if "financing" in plan.tables:
            _cash(out, plan)
        _power(out, plan)
        _schedule(out, plan)
        _fleet(out, plan)
        _cluster(out, plan)


def _ladder(out: Console, plan: Plan) -> None:
    usd = f"USD_{plan.question['price_year']}"
    if plan.ladder:
        table = titled(
            "Ladder",
            "rung",
            "answer",
            "accelerators",
            "capital",
            "USD/h",
            "of peak",
            "of GDP",
            "full power",
            "what decides",
        )
        for r in plan.ladder:
            table.add_row(
                r["rung"],
                Text(r["answer"], style=STATE_STYLE[r["answer"]]),
                show(r["accelerators"], None, None, ""),
                show(r["capex_usd"], None, None, usd, with_unit=False),
                show(r["lcoc_usd_per_accelerator_hour"], None, None, "", with_unit=False),
                show(r["share_of_peak_demand"], None, None, "1"),
                show(r["capex_share_of_gdp"], None, None, "1"),
                (r["full_power_date"] or "")[:7],
                escape(r["words"]),
            )
        out.print(Padding(table, (1, 0, 0, 0)))


def _bill(out: Console, plan: Plan) -> None:
    usd = f"USD_{plan.question['price_year']}"
    table = titled(f"Bill, USD of {plan.question['price_year']}", "item", "USD", "P10", "P90", "scope")
    for b in plan.bill:
        if b["high"] > 0:
            cells = (show(x, b["low"], b["high"], usd, with_unit=False) for x in (b["usd"], b["low"], b["high"]))
            table.add_row(b["item"].replace("_", " "), *cells, b["scope"].replace("_", " "))
    out.print(Padding(table, (1, 0, 0, 0)))


def _power(out: Console, plan: Plan) -> None:
    """The portfolio, and what bridges until it is there."""
    usd = f"USD_{plan.question['price_year']}"
    table = titled("Power", "source", "MW", "GWh a year", "USD a year")
    for p in plan.power["portfolio"]:
        table.add_row(
            p["technology"].replace("_", " "),
            f"{p['mw']:,.0f}",
            f"{p['mwh_per_year'] / 1e3:,.0f}",
            show(p["usd_per_year"], None, None, usd, with_unit=False),
        )
    out.print(Padding(table, (1, 0, 0, 0)))
    if bridges := bridging.rows(plan):
        table = titled(
            f"Bridging power, USD of {plan.question['price_year']}", *(bridging.HEADER[i] for i in bridging.SHORT)
        )
        for bridge in bridges:
            table.add_row(*(escape(bridge[i]) for i in bridging.SHORT))
        out.print(Padding(table, (1, 0, 0, 0)))
    if curve := bridging.curve_rows(plan):
        table = titled("Connection that may be curtailed", *bridging.CURVE)
        for row in curve:
            table.add_row(*row)
        out.print(Padding(table, (1, 0, 0, 0)))
        out.print(Padding(escape(f"{bridging.curve_words(plan)} {bridging.carried(plan)}".strip()), (0, 0, 0, 1)))


def _schedule(out: Console, plan: Plan) -> None:
    """Tasks and orders."""
    usd = f"USD_{plan.question['price_year']}"
    columns = ("task", "months", "start", "end", "P50 end", "P90 end", "slack", "holds up", "class")
    table = titled("Schedule (start and end at central durations)", *columns)
    for t in plan.schedule:
        table.add_row(
            escape(t["label"]),
            f"{t['duration_months']['value']:.2g}" if t["duration_months"]["high"] else "",
            (t["start"] or "")[:7],
            *((t[k] or "never")[:7] for k in ("end", "p50", "p90")),
            "" if t["critical"] else f"{t['float_months']:.0f}",
            f"{t['criticality'] * 100:.0f} %" if t["criticality"] > 0 else "",
            t["class"],
        )
    out.print(Padding(table, (1, 0, 0, 0)))
    table = titled("Order book", "what", "order by", "safer by", "needed by", "USD", "deposit", "class")
    for r in plan.tables["order_book"]:
        table.add_row(
            escape(r["label"]),
            (r["order_by"] or "never")[:7] + (f" to {r['last_order'][:7]}" if r["last_order"] else ""),
            *((r[k] or "never")[:7] for k in ("order_by_safe", "needed_by")),
            show(r["usd"], r["low"], r["high"], usd, with_unit=False),
            show(r["deposit_usd"], None, None, usd, with_unit=False),
            r["class"],
        )
    out.print(Padding(table, (1, 0, 1, 0)))


def _frontier(out: Console, plan: Plan) -> None:
    """The same campus by every strategy, from fastest to cheapest."""
    if not (rows := frontier.rows(plan)):
        return
    table = titled("Faster or cheaper (◆ nothing is both)", *(frontier.HEADER[i] for i in frontier.SHORT))
    for cells in rows:
        table.add_row(*(escape(cells[i]) for i in frontier.SHORT))
    out.print(table)
    for said in frontier.sentences(plan):
        out.print(Padding(escape(said), (0, 0, 0, 1)))


def _fleet(out: Console, plan: Plan) -> None:
    """Accelerators by quarter, and what waiting costs."""
    tables = (
        ("fleet", "Accelerators by quarter", fleet_words.FLEET_HEADER, fleet_words.fleet_rows(plan)),
        ("delay", "What waiting costs, USD", fleet_words.delay_header(plan), fleet_words.delay_rows(plan)),
    )
    for key, title, header, rows in tables:
        if rows:
            table = titled(title, *header)
            for row in rows:
                table.add_row(*(escape(x) for x in row))
            out.print(table)
            said = f"{plan.tables[key]['words']} {plan.tables[key].get('note', '')}".strip()
            out.print(Padding(escape(said), (0, 0, 1, 1)))


def _cluster(out: Console, plan: Plan) -> None:
    """Network, storage, power swings, sites."""
    for part in cluster_words.parts(plan):
        table = titled(part.title, *part.header)
        for row in part.rows:
            table.add_row(*(escape(x) for x in row))
        out.print(table)
        out.print(Padding(escape(" ".join(part.words)), (0, 0, 1, 1)))


def _customers(out: Console, plan: Plan) -> None:
    """Who pays: the sentences, then the operating models side by side."""
    said = customer_words.sentences(plan)
    if not said:
        return
    out.print("\n Who pays", style="italic")
    for words in said:
        out.print(Padding(escape(words), (0, 0, 0, 1)))
    table = titled("The same campus under five operating models", *customer_words.MODEL_HEADER[:-1])
    for row in customer_words.model_rows(plan):
        table.add_row(*(escape(x) for x in row[:-1]))
    out.print(Padding(table, (1, 0, 0, 0)))


def _cash(out: Console, plan: Plan) -> None:
    """Who gets what: returns and prices, then year by year."""
    out.print(Padding(Text(cash_words.lead(plan)), (1, 0, 0, 1)))
    table = titled("Financing", "", "value", "P10 to P90")
    for row in cash_words.rows(plan):
        table.add_row(*row)
    out.print(Padding(table, (1, 0, 0, 0)))
    table = titled(f"Cash by year, billion USD of {plan.question['price_year']}", *cash_words.YEARS)
    for column in table.columns[1:]:
        column.justify = "right"
    for year in cash_words.years(plan):
        table.add_row(*year)
    out.print(Padding(table, (1, 0, 0, 0)))


def titled(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, header_style="dim", padding=(0, 1, 0, 1))
    for c in columns:
        table.add_column(c, overflow="fold")
    return table
