"""Sheet Cash flow: every quarter of every block, then the whole project, as formulas on the inputs and the bill."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt.answer import Plan
from gigawatt.finance import HOURS_PER_YEAR, cover_ratios

from .bill import Bill
from .block import Block
from .book import FIRST, Book, Grid
from .inputs import Inputs
from .paid import Payments

KIND = {"it": "it", "shell": "shell", "grid": "power", "power": "power"}  # block -> block of the cost of capital
NOTE = (
    "Nominal, in the money of each quarter; over the price index it is money of the price year. "
    "When blocks come on line and how they are written off for tax is the plan's calendar: not an input here."
)


class Quarters:
    """The grid of the cash flow, with the addresses of its rows."""

    def __init__(self, book: Book, sheet: Any, plan: Plan, inputs: Inputs, bill: Bill, paid: Payments) -> None:
        self.result, self.inputs, self.bill = plan.cash, inputs, bill
        self.terms = plan.cash.inputs.terms
        self.years = self.terms.period_years
        names = [r["quarter"] for r in plan.tables["cash_by_quarter"]]
        self.grid = Grid(book, sheet, "Cash flow by quarter", NOTE, names)
        self.form = book
        self._time()
        for plan_of, laid in zip(self.result.inputs.blocks, self.result.book.blocks, strict=True):
            Block(book, self.grid, inputs, bill, paid, self.result, plan_of, laid)
        self._project()

    def _time(self) -> None:
        g, i, r = self.grid, self.inputs, self.result
        g.row("years", "time of the cash, from today", r.book.times, unit="year", form=self.form.number)
        g.row(
            "index",
            "price index",
            r.book.price_index,
            lambda t: f"(1+{i.at('inflation')})^({i.at('price_age')}+{g.at('years', t)})",
            unit="1",
            form=self.form.number,
        )

    def _sum(self, row: str, t: int) -> str:
        return "(" + "+".join(self.grid.at(f"{b.name}.{row}", t) for b in self.result.book.blocks) + ")"

    def _project(self) -> None:
        g, i, r, terms = self.grid, self.inputs, self.result, self.terms
        c, book, years = r.cash, r.book, self.years
        bill = self.bill
        hours = float(i.value("accelerators") * HOURS_PER_YEAR * i.value("sold") * years)
        share = np.asarray(r.inputs.sales.units, float) / hours
        g.heading("Project")
        g.row("online", "share that sells", share, unit="1", form=self.form.number)
        full = f"{i.at('accelerators')}*{HOURS_PER_YEAR}*{i.at('sold')}*{years}"
        g.row(
            "units",
            "accelerator-hours sold",
            r.inputs.sales.units,
            lambda t: f"{full}*{g.at('online', t)}",
            unit="h",
            total=True,
        )
        self._price_path(share)
        g.row(
            "revenue",
            "revenue",
            c.revenue_usd,
            lambda t: f"{i.at('price')}*{g.at('path', t)}*{g.at('units', t)}",
            total=True,
        )
        opex = (
            f"({i.at('staff')}+{i.at('maintenance')}*{bill.direct('shell_power')}"
            f"+{i.at('it_support')}*{bill.direct('it')}+{i.at('insurance')}*{bill.capex}+{i.at('energy')}"
            f"*({i.at('sold')}+(1-{i.at('sold')})*{i.at('idle')})+{i.at('upkeep')})"
        )
        g.row("bridge", "running cost of the bridge, in money of the price year", r.inputs.bridge_running)
        g.row(
            "running",
            "running cost",
            book.running_usd,
            lambda t: f"({opex}*{years}*{g.at('online', t)}+{g.at('bridge', t)})*{g.at('index', t)}",
            total=True,
        )
        g.row(
            "tied",
            "working capital",
            c.working_capital_usd,
            lambda t: f"({g.at('revenue', t)}*{i.at('paid_late')}-{g.at('running', t)}*{i.at('pay_late')})/{years}",
        )
        g.row(
            "trade",
            "cash from operation before tax",
            c.revenue_usd - book.running_usd - np.diff(c.working_capital_usd, prepend=0.0),
            lambda t: (
                f"{g.at('revenue', t)}-{g.at('running', t)}-{g.at('tied', t)}"
                + (f"+{g.at('tied', t - 1)}" if t else "")
            ),
            total=True,
        )
        late = terms.vat_refund_periods
        vat = book.total("vat_paid_usd") - book.vat_refund_usd
        invested = (
            -book.total("capex_usd") - vat + book.total("grant_usd") + book.total("credit_usd") + book.total("exit_usd")
        )
        g.row(
            "invested",
            "capital, VAT, incentives and exit",
            invested,
            lambda t: (
                f"{self._sum('grant', t)}+{self._sum('credit', t)}+{self._sum('exit', t)}"
                f"-{self._sum('capex', t)}-{self._sum('vat', t)}"
                + (f"+{self._sum('vat', t - late)}" if t >= late else "")
            ),
            total=True,
        )
        profit = c.revenue_usd - book.running_usd + book.total("exit_usd") - book.total("written_off_usd")
        shield = book.total("interest_usd") + book.total("interest_written_off_usd")
        g.row(
            "profit",
            "taxable profit without loans",
            profit,
            lambda t: f"{g.at('revenue', t)}-{g.at('running', t)}+{self._sum('exit', t)}-{self._sum('written', t)}",
        )
        g.row(
            "profit_debt",
            "taxable profit",
            profit - shield,
            lambda t: f"{g.at('profit', t)}-{self._sum('interest', t)}-{self._sum('written_interest', t)}",
        )
        free = np.asarray(terms.tax_rate, float)
        g.row("tax_on", "tax is due (0 in a holiday)", np.where(free > 0.0, 1.0, 0.0), unit="1", form=self.form.number)
        tax_rows(g, i, "bare", "without loans", profit, c.tax_without_debt_usd, terms, lambda t: g.at("profit", t))
        tax_rows(g, i, "debt", "", profit - shield, c.tax_usd, terms, lambda t: g.at("profit_debt", t))
        g.row(
            "project",
            "cash before financing, after tax",
            c.project_usd,
            lambda t: f"{g.at('trade', t)}+{g.at('invested', t)}-{g.at('bare.tax', t)}",
            total=True,
        )
        g.row(
            "service",
            "debt service",
            c.service_usd,
            lambda t: f"{self._sum('interest', t)}+{self._sum('repaid', t)}",
            total=True,
        )
        g.row(
            "equity",
            "cash of the owners, after loans and tax",
            c.equity_usd,
            lambda t: (
                f"{g.at('trade', t)}+{g.at('invested', t)}-{g.at('debt.tax', t)}+{self._sum('drawn', t)}"
                f"-{g.at('service', t)}-{self._sum('redeemed', t)}"
            ),
            total=True,
        )
        g.row(
            "cumulative",
            "cash before financing, so far",
            np.cumsum(c.project_usd),
            lambda t: (f"{g.at('cumulative', t - 1)}+" if t else "") + g.at("project", t),
        )
        window = round(1.0 / years)
        ratio = _cover(c, window)
        g.row(
            "cover", "debt cover over a year", ratio, lambda t: self._cover(t, window), unit="1", form=self.form.number
        )
        self._discount()

    def _price_path(self, share: np.ndarray) -> None:
        """Price over today's: agreed when each part starts, or falling with the market."""
        g, i, r = self.grid, self.inputs, self.result
        part = r.inputs.blocks[0]
        end = np.asarray(self.terms.end_years, float)
        falls = np.maximum(end - end[int(np.argmax(share > 0.0))], 0.0)
        start, added = f"{part.name}.begun", f"{part.name}.added"
        g.row(
            start,
            "price index of the parts that start",
            part.added * r.book.price_index,
            lambda t: f"{g.at(added, t)}*{g.at('index', t)}",
            unit="1",
            form=self.form.number,
        )

        def agreed(t: int) -> str:
            first = max(t - part.exit_periods, 0)
            if t == 0 or not np.any(part.added[first:t]):
                return g.at("index", t)
            return f"SUM({g.span(start, first, t - 1)})/SUM({g.span(added, first, t - 1)})"

        g.row(
            "path",
            "price over today's",
            r.inputs.path,
            agreed
            if r.inputs.path_word == "flat"
            else lambda t: f"{g.at('index', t)}*(1-{i.at('decline')})^{float(falls[t])!r}",
            unit="1",
            form=self.form.number,
        )

    def _discount(self) -> None:
        """The two discount rates, blended over the cost of the blocks, and the factors."""
        i, r = self.inputs, self.result
        kinds = [KIND[b.name] for b in r.inputs.blocks if b.name in KIND]
        costs = [self.bill.without_interest(b.name) for b in r.inputs.blocks if b.name in KIND]

        def blend(what: str) -> str:
            parts = "+".join(f"{c}*{i.at(f'{what}_{k}')}" for c, k in zip(costs, kinds, strict=True))
            return f"(({parts})/({'+'.join(costs)}))"

        self.wacc = blend("wacc")
        self.equity_return = f"({i.at('equity_target')}+{i.at('premium')}*{blend('exposed')})"
        self._worth("worth_project", "project", self.wacc, r.inputs.wacc)
        self._worth("worth_equity", "owners", self.equity_return, r.inputs.equity_return)

    def _worth(self, key: str, words: str, rate: str, value: Any) -> None:
        """A row of discount factors at a rate that stands in its second column."""
        g = self.grid
        here = f"$C${g.next + 1}"
        g.sheet.write_formula(g.next, FIRST - 1, f"={rate}", self.form.share, float(value))
        g.row(
            key,
            f"discount factor, {words}; rate beside",
            (1.0 + float(value)) ** -self.result.book.times,
            lambda t: f"(1+{here})^-{g.at('years', t)}",
            unit="1",
            form=self.form.number,
        )

    def _cover(self, t: int, window: int) -> str:
        g = self.grid
        if t + 1 < window:
            return '""'
        span = [g.span(x, t - window + 1, t) for x in ("service", "trade", "debt.tax")]
        return f'IF(COUNTIF({span[0]},">0")={window},(SUM({span[1]})-SUM({span[2]}))/SUM({span[0]}),"")'


def _cover(cash: Any, window: int) -> np.ndarray:
    return cover_ratios(available=cash.available_usd, service=cash.service_usd, window=window)


def tax_rows(g: Grid, i: Inputs, key: str, words: str, profit: Any, tax: Any, terms: Any, at: Any) -> None:
    """Losses carried forward, and the tax; losses at once where the owner can use them."""
    name = f"tax {words}".strip()
    x = np.asarray(profit, float)
    if terms.losses_at_once:
        g.row(f"{key}.tax", name, tax, lambda t: f"{i.at('tax')}*{g.at('tax_on', t)}*({at(t)})", total=True)
        return
    used, pool = losses(x, float(terms.loss_limit))
    after = [f"{key}.pool", f"{key}.used"]
    first = g.next
    g.rows[after[1]], g.rows[after[0]] = first, first + 1  # each row reads the other
    g.row(
        after[1],
        f"losses used, {words}".strip(", "),
        used,
        lambda t: f"MIN({g.at(after[0], t - 1)},{i.at('loss_limit')}*MAX({at(t)},0))" if t else "0",
    )
    g.row(
        after[0],
        f"losses left, {words}".strip(", "),
        pool,
        lambda t: (f"{g.at(after[0], t - 1)}-{g.at(after[1], t)}+" if t else "") + f"MAX(-({at(t)}),0)",
    )
    g.row(
        f"{key}.tax",
        name,
        tax,
        lambda t: f"{i.at('tax')}*{g.at('tax_on', t)}*(MAX({at(t)},0)-{g.at(after[1], t)})",
        total=True,
    )


def losses(profit: np.ndarray, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Losses used and losses left by quarter."""
    used, left, pool = np.zeros_like(profit), np.zeros_like(profit), 0.0
    for t, x in enumerate(profit):
        used[t] = min(pool, limit * max(x, 0.0))
        pool += max(-x, 0.0) - used[t]
        left[t] = pool
    return used, left
