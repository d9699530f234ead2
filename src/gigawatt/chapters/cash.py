"""Cash by quarter: from the bill, the ramp and the operating model to loans, tax, returns and the price that they need.

Amounts are worked out in the money of their time, because loans and tax are, and shown in USD of the price year.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters import cash_book, cash_tables
from gigawatt.chapters.bridge import Bridge, in_cash
from gigawatt.chapters.cash_inputs import Inputs, Result, check, inputs
from gigawatt.chapters.cash_tables import by_year
from gigawatt.chapters.payments import MOST_QUARTERS, QUARTER_YEARS, online_share, quarter_grid
from gigawatt.chapters.place import Site
from gigawatt.record import Draws, Steps, central
from gigawatt.scenario import Scenario

__all__ = ["by_year", "check", "result", "tables"]
TAIL = 4  # quarters after the last sale, for the last payments and refunds
DRAWS = 100  # of the plan's draws: enough for a P10 and a P90 of the returns


def result(step: Steps, given: Inputs) -> Result:
    """The cash flow at the price, its returns, and the prices that it needs."""
    i = given
    book = step(finance.ledger, blocks=i.blocks, sales=i.sales, terms=i.terms)
    same = {"book": book, "sales": i.sales, "terms": i.terms}
    cash = step(finance.cash_flow, **same, price_usd=i.price, price_path=i.path)
    found = step(
        finance.returns,
        book=book,
        cash=cash,
        terms=i.terms,
        project_return_per_year=i.wacc,
        equity_return_per_year=i.equity_return,
    )
    real, flat = finance.real_path(book=book), finance.flat_path(book=book)
    own = {"return_per_year": i.equity_return, "levered": True}
    return Result(
        inputs=i,
        book=book,
        cash=cash,
        returns=found,
        price_real=step(finance.required_price, **same, price_path=real, **own),
        price_nominal=step(finance.required_price, **same, price_path=flat, **own),
        price_without_loans=step(
            finance.required_price, **same, price_path=real, return_per_year=i.wacc, levered=False
        ),
    )


def tables(
    step: Steps, draws: Draws, s: Scenario, site: Site, o: Any, spread: Any, bridge: Bridge | None = None
) -> tuple[dict[str, Any], Result | None]:
    """Cash by quarter and by year, and what it comes to, with the range over draws at the central calendar."""
    life = step.fact("life.it", unit="year")
    names, ends = quarter_grid(s)
    added = online_share(o.calendar, ends)
    last = int(np.max(np.nonzero(added)[0], initial=0)) + round(central(life) / QUARTER_YEARS) + TAIL
    count = min(last + 1, MOST_QUARTERS)
    names, ends, added = names[:count], ends[:count], added[:count]
    main = result(step, in_cash(step, s, site, inputs(step, s, site, o, ends, added), ends, bridge, o))
    main = replace(
        main,
        given=cash_book.workbook_inputs(step, s, site, o, main),
        bill_blocks=tuple(o.blocks),
        bill=o.money.bill,
        paid=o.paid,
    )
    few = min(DRAWS, draws.n)
    drawn = Steps(step.facts, step.price_year, draws.first(few))
    told = SimpleNamespace(
        **{k: _few(getattr(spread, k), few) for k in ("money", "supply", "size", "rates")}, paid=o.paid
    )
    range_of = result(drawn, in_cash(drawn, s, site, inputs(drawn, s, site, told, ends, added), ends, bridge, told))
    return {
        "cash_by_quarter": cash_tables.rows(names, main),
        "financing": cash_tables.financing(s, main, range_of, o, names),
        "price_bridge": cash_tables.bridge(main, o),
    }, main


def _few(value: Any, draws: int) -> Any:
    """The first draws of everything in an outcome that is drawn."""
    if isinstance(value, np.ndarray):
        return value[:draws] if value.ndim and value.shape[0] > draws else value
    if isinstance(value, tuple):
        return tuple(_few(v, draws) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _few(getattr(value, f.name), draws) for f in fields(value)})
    return value
