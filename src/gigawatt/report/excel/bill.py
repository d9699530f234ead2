"""Sheet Bill: the cost of each block part by part, as formulas, and what it comes to."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.finance import CONVENTIONS
from gigawatt.record import central

from .book import Book
from .inputs import Inputs
from .paid import Payments

KINDS = {  # block of the bill -> kind of payment
    "shell": "shell",
    "land": "land",
    "grid": "grid",
    "power_plant": "plants",
    "accelerators": "racks",
    "network_and_storage": "racks",
}
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
    "interest over the rest",
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

    def __init__(self, book: Book, sheet: Any, plan: Plan, inputs: Inputs, paid: Payments) -> None:
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
            for c, x in enumerate((*shares, b.duty_fraction, b.sales_tax_fraction), start=2):
                sheet.write_number(i, c, central(x), book.input)
            sheet.write_formula(
                i, 8, f"={self._interest(b, plan, inputs, paid)}", book.share, central(b.interest_share)
            )
            own = "+".join(inputs.at(f"usd_{k}") for k in _bridge(plan)) if b.name == "bridge" else ""
            formulas = (
                f"={own}" if own else f"=C{r}*{inputs.at('accelerators')}",
                f"=J{r}*D{r}",
                f"=(J{r}+K{r})*E{r}",
                f"=(J{r}+K{r})*F{r}",
                f"=(J{r}+K{r})*G{r}",
                f"=(J{r}+K{r}+N{r})*H{r}",
                f"=SUM(J{r}:O{r})*I{r}",
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

    def _interest(self, b: Any, plan: Plan, inputs: Inputs, paid: Payments) -> str:
        """Formula of interest during construction over the rest."""
        terms = plan.cash.inputs.terms
        when = terms.period_years, CONVENTIONS[terms.convention]
        if b.name == "bridge":
            rate, lots = inputs.at("wacc_power"), _bridge(plan)
            parts = "+".join(f"{inputs.at(f'usd_{k}')}*{paid.interest(k, rate, *when)}" for k in lots)
            return f"({parts})/({'+'.join(inputs.at(f'usd_{k}') for k in lots)})"
        rate = next(inputs.at(w) for names, w in BLOCKS.values() if b.name in names)
        return paid.interest(KINDS[b.name], rate, *when)

    def parts(self, name: str) -> list[tuple[str, str]]:
        """Cost without interest and kind of payment of each part of a cash-flow block."""
        by_kind: dict[str, list[str]] = {}
        for n in BLOCKS[name][0]:
            by_kind.setdefault(KINDS[n], []).append(f"Bill!$Q${self.rows[n]}-Bill!$P${self.rows[n]}")
        return [(f"({'+'.join(x)})", kind) for kind, x in by_kind.items()]

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


def _bridge(plan: Plan) -> list[str]:
    """Names of the blocks of the cash flow that a bridge has."""
    return [b.name for b in plan.cash.inputs.blocks if b.name.startswith("bridge_")]
