"""Sheets Financing, Answer and Sources: the headline figures as formulas; the rest of the plan as it was told."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.finance import HOURS_PER_YEAR

from .bill import BLOCKS, Bill
from .book import Book
from .inputs import Inputs
from .price import Price
from .quarters import Quarters

Shown = list[tuple[str, str, float | None, str, Any]]  # label, address, plan's value, unit, format


def financing(
    book: Book,
    sheet: Any,
    plan: Plan,
    inputs: Inputs,
    bill: Bill,
    quarters: Quarters,
    real: Price,
    flat: Price,
) -> Shown:
    """Returns, cover and prices; each is a formula. Returns what the page Answer repeats."""
    i, g, f, figures = inputs, quarters.grid, plan.tables["financing"], plan.figures
    project, equity = g.whole("project", outside=True), g.whole("equity", outside=True)
    today = f"(1+{i.at('inflation')})^{i.at('price_age')}"
    years = quarters.years
    usd = f"USD_{plan.question['price_year']}"
    lcoc, sold = _lcoc(i, bill)

    def rate(cells: str, value: float | None) -> str:
        guess = 0.0 if value is None else (1.0 + value) ** years - 1.0
        return f"(1+IRR({cells},{guess!r}))^{1 / years:g}-1"

    def worth(cells: str, row: str) -> str:
        return f"SUMPRODUCT({cells},{g.whole(row, outside=True)})/{today}"

    cover = g.whole("cover", outside=True)
    irr = {k: f[f"irr_{k}"]["value"] for k in ("project", "equity")}
    lines: list[tuple[str, str, Any, str, Any]] = [
        ("all-in capital", bill.capex, figures["capex_usd"].value, usd, book.money),
        (
            "levelised cost, all hours sold",
            lcoc,
            figures["lcoc_usd_per_accelerator_hour"].value,
            f"{usd}/h",
            book.price,
        ),
        (
            "levelised cost at the hours sold",
            sold,
            figures["lcoc_at_utilisation_usd_per_accelerator_hour"].value,
            f"{usd}/h",
            book.price,
        ),
        (
            "price that the owners need, constant money",
            real.address,
            f["required_price_usd_per_accelerator_hour"]["value"],
            f"{usd}/h",
            book.price,
        ),
        (
            "price that the owners need, flat in the money of its time",
            flat.address,
            f["required_price_nominal_usd_per_accelerator_hour"]["value"],
            "nominal USD/h",
            book.price,
        ),
        ("net present value, project", worth(project, "worth_project"), f["npv_project_usd"]["value"], usd, book.money),
        ("net present value, owners", worth(equity, "worth_equity"), f["npv_equity_usd"]["value"], usd, book.money),
        ("return of the project, nominal", rate(project, irr["project"]), irr["project"], "1/year", book.share),
        ("return of the owners, nominal", rate(equity, irr["equity"]), irr["equity"], "1/year", book.share),
        ("discount rate of the project, nominal", quarters.wacc, f["discount_project_nominal"], "1/year", book.share),
        (
            "return that the owners ask for, nominal",
            quarters.equity_return,
            f["return_on_equity_nominal"],
            "1/year",
            book.share,
        ),
        ("debt cover, least", f"MIN({cover})", f["dscr_min"]["value"], "1", book.number),
        ("debt cover, mean", f"AVERAGE({cover})", f["dscr_mean"]["value"], "1", book.number),
    ]
    sheet.set_column(0, 0, 56)
    sheet.set_column(1, 3, 20)
    sheet.write(0, 0, "Financing", book.head)
    sheet.write(1, 0, f["words"], book.note)
    sheet.write_row(2, 0, ("figure", "worked out here", "unit", "in the plan"), book.bold)
    shown: Shown = []
    for row, (label, formula, value, unit, form) in enumerate(lines, start=3):
        sheet.write(row, 0, label)
        if value is not None:
            sheet.write_formula(row, 1, f"={formula}", form, value)
            sheet.write_number(row, 3, value, form)
        else:
            sheet.write(row, 1, "none")
        sheet.write(row, 2, unit)
        shown.append((label, f"Financing!$B${row + 1}", value, unit, form))
    state = f["state"]
    row = 4 + len(lines)
    sheet.write(row, 0, "The state, as the plan has it (not worked out here)", book.bold)
    for key in (
        "share_of_equity",
        "paid_in_usd",
        "corporate_tax_usd",
        "duty_and_sales_tax_usd",
        "dividends_usd",
        "net_usd",
        "npv_usd",
    ):
        row += 1
        sheet.write(row, 0, key.replace("_", " "))
        sheet.write_number(row, 1, state[key], book.number if key == "share_of_equity" else book.money)
    return shown


def _lcoc(i: Inputs, bill: Bill) -> tuple[str, str]:
    """Levelised cost of an hour, every hour sold and at the share sold, as `finance.lcoc`."""
    parts = []
    for name in BLOCKS:
        wacc = i.at({"it": "wacc_it", "shell": "wacc_shell"}.get(name, "wacc_power"))
        real = f"((1+{wacc})/(1+{i.at('inflation')})-1)"
        life, end = i.at(f"life_{name}"), i.at(f"residual_{name}")
        recovery = f"IF({real}=0,1/{life},{real}/(1-(1+{real}+({real}=0))^-{life}))"
        parts.append(f"{bill.total(name)}*({recovery}*(1-{end})+{end}*{real})")
    fixed = (
        "+".join(parts) + f"+{i.at('upkeep')}+{i.at('staff')}+{i.at('maintenance')}*{bill.direct('shell_power')}"
        f"+{i.at('it_support')}*{bill.direct('it')}+{i.at('insurance')}*{bill.capex}"
    )
    hours = f"({i.at('accelerators')}*{HOURS_PER_YEAR})"
    energy, sold = i.at("energy"), i.at("sold")
    used = f"{energy}*({sold}+(1-{sold})*{i.at('idle')})"
    return f"({fixed}+{energy})/{hours}", f"({fixed}+{used})/({hours}*{sold})"


def answer(book: Book, sheet: Any, plan: Plan, shown: Shown) -> None:
    """The verdict, the headline figures that follow the inputs, then all figures of the plan."""
    v, q = plan.verdict, plan.question
    sheet.set_column(0, 0, 56)
    sheet.set_column(1, 5, 20)
    sheet.write(0, 0, f"{q['place']['name']}: {q['reading']}", book.head)
    sheet.write(1, 0, v["headline"])
    sheet.write(2, 0, f"As of {q['as_of']}; money in USD of {q['price_year']}.", book.note)
    row = 4
    if shown:
        sheet.write_row(row, 0, ("headline figure", "now", "unit", "in the plan"), book.bold)
        for label, address, value, unit, form in shown:
            row += 1
            sheet.write(row, 0, label)
            if value is not None:
                sheet.write_formula(row, 1, f"={address}", form, value)
                sheet.write_number(row, 3, value, form)
            sheet.write(row, 2, unit)
        row += 2
    sheet.write_row(row, 0, ("figure of the plan", "value", "unit", "low", "high", "class"), book.bold)
    for x in plan.figures.values():
        row += 1
        sheet.write(row, 0, x.label)
        for column, shown_as in ((1, x.value), (3, x.low), (4, x.high)):
            if isinstance(shown_as, (int, float)):
                sheet.write_number(row, column, shown_as, book.number)
            elif shown_as is not None:
                sheet.write(row, column, str(shown_as))
        sheet.write(row, 2, x.unit)
        sheet.write(row, 5, x.fact_class)


def sources(book: Book, sheet: Any, plan: Plan) -> None:
    """Where the facts come from, and our own assumptions."""
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 5, 24)
    sheet.write(0, 0, "Sources and assumptions", book.head)
    sheet.write_row(2, 0, ("producer", "title", "published", "address"), book.bold)
    row = 2
    for row, s in enumerate(plan.sources, start=3):
        for column, key in enumerate(("producer", "title", "published", "url")):
            sheet.write_string(row, column, str(s.get(key) or ""))
    row += 2
    sheet.write_row(row, 0, ("assumption of ours", "value", "low", "high", "unit", "reason"), book.bold)
    for a in plan.assumptions:
        row += 1
        for column, key in enumerate(("id", "value", "low", "high", "unit", "note")):
            x = a[key]
            if isinstance(x, (int, float)):
                sheet.write_number(row, column, x, book.number)
            else:
                sheet.write_string(row, column, str(x))
