"""Sheets of the price that the owners need: secant steps on the sheet itself, so that it follows every input."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.answer import Plan

from .book import FIRST, Book, Grid
from .inputs import Inputs
from .quarters import Quarters, losses, tax_rows

STEPS = 6  # cash is a broken line in the price: three steps reach its root where no loss is carried past a kink
NOTE = (
    "The owners' cash is worth nothing at their return: cash is linear in the price but for losses carried forward, "
    "so each step draws a straight line through the two before it. The last step is the answer."
)


class Price:
    """One sheet: the price constant in real money, or flat in the money of its time."""

    def __init__(
        self, book: Book, sheet: Any, plan: Plan, inputs: Inputs, quarters: Quarters, *, nominal: bool
    ) -> None:
        r, q, i = plan.cash, quarters.grid, inputs
        names = [row["quarter"] for row in plan.tables["cash_by_quarter"]]
        kind = "flat in the money of its time" if nominal else f"in USD of {plan.question['price_year']}"
        g = self.grid = Grid(book, sheet, f"Price of an accelerator-hour that the owners need, {kind}", NOTE, names)
        terms, years = r.inputs.terms, r.inputs.terms.period_years
        path = np.ones(g.count) if nominal else np.asarray(r.book.price_index, float)
        unit = path * np.asarray(r.inputs.sales.units, float)
        worth = np.asarray(1.0 + r.inputs.equity_return, float) ** -r.book.times
        g.row(
            "unit",
            "revenue at a price of 1",
            unit,
            lambda t: q.at("units", t, outside=True) + ("" if nominal else f"*{q.at('index', t, outside=True)}"),
            total=True,
        )
        now = np.asarray(r.cash.revenue_usd, float)
        shield = r.book.total("interest_usd") + r.book.total("interest_written_off_usd")
        profit = r.book.total("exit_usd") - r.book.running_usd - r.book.total("written_off_usd") - shield
        g.row(
            "profit",
            "taxable profit at a price of 0",
            profit,
            lambda t: f"{q.at('profit_debt', t, outside=True)}-{q.at('revenue', t, outside=True)}",
        )
        tied = float(terms.paid_late_years) / years
        cash = now - np.diff(now * tied, prepend=0.0)
        base = r.cash.equity_usd + r.cash.tax_usd - cash
        g.row(
            "cash",
            "cash of the owners at a price of 0, before tax",
            base,
            lambda t: (
                f"{q.at('equity', t, outside=True)}+{q.at('debt.tax', t, outside=True)}"
                f"-({q.at('revenue', t, outside=True)}*(1-{i.at('paid_late')}/{years})"
                + (f"+{q.at('revenue', t - 1, outside=True)}*{i.at('paid_late')}/{years}" if t else "")
                + ")"
            ),
        )
        more = unit - np.diff(unit * tied, prepend=0.0)
        g.row(
            "more",
            "cash per unit of price, before tax",
            more,
            lambda t: (
                f"{g.at('unit', t)}*(1-{i.at('paid_late')}/{years})"
                + (f"+{g.at('unit', t - 1)}*{i.at('paid_late')}/{years}" if t else "")
            ),
        )
        g.row(
            "worth",
            "discount factor",
            worth,
            lambda t: q.at("worth_equity", t, outside=True),
            unit="1",
            form=book.number,
        )
        g.row(
            "tax_on",
            "tax is due",
            np.where(np.asarray(terms.tax_rate) > 0, 1.0, 0.0),
            lambda t: q.at("tax_on", t, outside=True),
            unit="1",
            form=book.number,
        )
        self._steps(book, i, terms, profit, unit, base, more, worth)

    def _steps(
        self, book: Book, i: Inputs, terms: Any, profit: Any, unit: Any, base: Any, more: Any, worth: Any
    ) -> None:
        g = self.grid
        rate = np.asarray(terms.tax_rate, float)
        fixed, slope = float(base @ worth), float(more @ worth)
        at_zero = f"SUMPRODUCT({g.whole('cash')},{g.whole('worth')})"
        per_unit = f"SUMPRODUCT({g.whole('more')},{g.whole('worth')})"
        prices: list[float] = [-fixed / slope]
        values: list[float] = []
        cells: list[tuple[str, str]] = []
        for n in range(STEPS):
            g.heading(f"Step {n + 1}")
            row = g.next
            g.next += 2
            if n == 0:
                formula = f"-{at_zero}/{per_unit}"
            elif n == 1:
                formula = f"{cells[0][0]}-{cells[0][1]}/({per_unit}*(1-{i.at('tax')}))"
                prices.append(prices[0] - values[0] / (slope * (1.0 - float(np.max(rate)))))
            else:
                (a, fa), (b, fb) = cells[-2], cells[-1]
                formula = f"IF(ABS({fb}-{fa})<1E-9*ABS({at_zero}),{b},{b}-{fb}*({b}-{a})/({fb}-{fa}+({fb}={fa})))"
                rise = values[-1] - values[-2]
                same = abs(rise) < 1e-9 * abs(fixed)
                prices.append(prices[-1] if same else prices[-1] - values[-1] * (prices[-1] - prices[-2]) / rise)
            price = prices[n]
            here = f"$C${row + 1}"
            g.sheet.write(row, 0, "price")
            g.sheet.write_formula(row, FIRST - 1, f"={formula}", book.price, price)
            x = profit + unit * price
            used, _ = losses(x, float(terms.loss_limit))
            tax = rate * (x if terms.losses_at_once else np.maximum(x, 0.0) - used)
            words = f"step {n + 1}"
            tax_rows(
                g, i, words, words, x, tax, terms, lambda t, here=here: f"{g.at('profit', t)}+{g.at('unit', t)}*{here}"
            )
            value = fixed + slope * price - float(tax @ worth)
            values.append(value)
            g.sheet.write_row(row + 1, 0, ("worth of the owners' cash", "USD"))
            taxed = f"SUMPRODUCT({g.whole(f'{words}.tax')},{g.whole('worth')})"
            g.sheet.write_formula(row + 1, FIRST - 1, f"={at_zero}+{per_unit}*{here}-{taxed}", book.money, value)
            cells.append((here, f"$C${row + 2}"))
        self.value = prices[-1]
        self.address = f"'{g.name}'!{cells[-1][0]}"
