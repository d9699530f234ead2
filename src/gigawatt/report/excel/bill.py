"""Sheet Bill: the cost of each block part by part, as formulas, and what it comes to."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.record import central

from .book import Book
from .inputs import Inputs

BLOCKS = {
    "it": (("accelerators", "network_and_storage"), "wacc_it"),
    "shell": (("shell", "land"), "wacc_shell"),
    "grid": (("grid",), "wacc_power"),
    "power": (("power_plant",), "wacc_power"),
}
HEAD = (
    "block",
    "scope",
    "USD per accelerator",
    "contingency",
    "owner's cost",
    "security",
    "duty borne",
    "sales tax borne",
    "months",
    "overnight",
    "contingency, USD",
    "owner's cost, USD",
    "security, USD",
    "duty, USD",
    "sales tax, USD",
    "interest, USD",
    "total, USD",
)
PARTS = ("overnight", "contingency", "owners_cost", "security", "duty", "sales_tax", "interest", "total")


class Bill:
    """Addresses of the costs of each block."""

    def __init__(self, book: Book, sheet: Any, plan: Plan, inputs: Inputs) -> None:
        self.rows: dict[str, int] = {}
        blocks = plan.cash.bill_blocks
        lines = {b.name: b for b in plan.cash.bill.blocks}
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, len(HEAD), 16)
        sheet.write(0, 0, "Bill", book.head)
        note = f"USD of {plan.question['price_year']}; the plan's own formulas; change the coloured cells"
        sheet.write(1, 0, note, book.note)
        sheet.write_row(2, 0, HEAD, book.bold)
        for i, b in enumerate(blocks, start=3):
            r = i + 1
            self.rows[b.name] = r
            sheet.write_row(i, 0, (b.name.replace("_", " "), b.scope))
            shares = (b.usd_per_accelerator, b.contingency_fraction, b.owners_cost_fraction, b.security_fraction)
            more = (b.duty_fraction, b.sales_tax_fraction, b.construction_months)
            for c, x in enumerate((*shares, *more), start=2):
                sheet.write_number(i, c, central(x), book.input)
            wacc = next((inputs.at(w) for names, w in BLOCKS.values() if b.name in names), "0")
            formulas = (
                f"=C{r}*{inputs.at('accelerators')}",
                f"=J{r}*D{r}",
                f"=(J{r}+K{r})*E{r}",
                f"=(J{r}+K{r})*F{r}",
                f"=(J{r}+K{r})*G{r}",
                f"=(J{r}+K{r}+N{r})*H{r}",
                f"=SUM(J{r}:O{r})*{_interest(b.drawdown, wacc, f'I{r}') if b.name != 'land' else '0'}",
                f"=SUM(J{r}:P{r})",
            )
            line = lines[b.name]
            for c, (part, formula) in enumerate(zip(PARTS, formulas, strict=True), start=9):
                sheet.write_formula(i, c, formula, book.money, central(getattr(line, f"{part}_usd")))
        last = 3 + len(blocks)
        sheet.write(last, 0, "all", book.bold)
        for c in range(9, 17):
            letter = "ABCDEFGHIJKLMNOPQ"[c]
            total = sum(central(getattr(x, f"{PARTS[c - 9]}_usd")) for x in lines.values())
            sheet.write_formula(last, c, f"=SUM({letter}4:{letter}{last})", book.money, total)
        sheet.freeze_panes(3, 1)
        self.capex = f"Bill!$Q${last + 1}"
        self.scopes = {b.name: b.scope for b in blocks}

    def without_interest(self, name: str) -> str:
        """Formula of a cash-flow block's cost without interest."""
        return "(" + "+".join(f"Bill!$Q${self.rows[n]}-Bill!$P${self.rows[n]}" for n in BLOCKS[name][0]) + ")"

    def total(self, name: str) -> str:
        """Formula of a cash-flow block's cost with the bill's interest."""
        return "(" + "+".join(f"Bill!$Q${self.rows[n]}" for n in BLOCKS[name][0]) + ")"

    def direct(self, scope: str) -> str:
        """Formula of overnight cost with contingency of one scope."""
        names = [n for n, x in self.scopes.items() if x == scope]
        return "(" + "+".join(f"Bill!$J${self.rows[n]}+Bill!$K${self.rows[n]}" for n in names) + ")"


def _interest(drawdown: str, wacc: str, months: str) -> str:
    """Interest during construction over the money spent, as `finance.interest_during_construction`."""
    growth = f"(LN(1+{wacc})*{months}/12)"
    if drawdown == "midpoint":
        return f"(EXP({growth}/2)-1)"
    if drawdown == "uniform":
        return f"IF({growth}=0,0,(EXP({growth})-1)/IF({growth}=0,1,{growth})-1)"
    return f"(PI()^2*(1+EXP({growth}))/(2*({growth}^2+PI()^2))-1)"
