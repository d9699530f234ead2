"""The cash flow in tables: quarters, years, returns and prices with ranges, the state's account, cost to price."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gigawatt import buildout, finance
from gigawatt.chapters.cash_inputs import Result
from gigawatt.chapters.money import MODELS
from gigawatt.record import central
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR

YEARLY = {  # column of the years -> column of the quarters
    "capex_usd": "capex_usd",
    "opex_usd": "opex_usd",
    "revenue_usd": "revenue_usd",
    "tax_usd": "tax_usd",
    "exit_usd": "exit_usd",
    "other_usd": "other_usd",
    "net_usd": "net_usd",
    "debt_drawn_usd": "debt_drawn_usd",
    "interest_usd": "interest_usd",
    "repaid_usd": "repaid_usd",
    "equity_usd": "equity_usd",
}
PATHS = {
    "flat": "agreed when each part starts, then flat in the money of its time",
    "market": "falling with the market from the first start",
}
NOTE = (
    "USD of {year} unless nominal is said; operating model {model}; one life of the hardware, each part from its own "
    "start; then hall, grid and plants are passed on at the value of the rest of their life; "
    "ranges at the central calendar"
)


def rows(names: tuple[str, ...], r: Result) -> list[dict[str, Any]]:
    """Cash by quarter in money of the price year; what is paid is negative."""
    book, cash = r.book, r.cash
    tied = np.diff(cash.working_capital_usd, prepend=0.0)
    columns = {
        "capex_usd": -book.total("capex_usd"),
        "vat_usd": book.vat_refund_usd - book.total("vat_paid_usd"),
        "incentives_usd": book.total("grant_usd") + book.total("credit_usd"),
        "revenue_usd": cash.revenue_usd,
        "opex_usd": -book.running_usd,
        "working_capital_usd": -tied,
        "exit_usd": book.total("exit_usd"),
        "tax_usd": -cash.tax_usd,
        "debt_drawn_usd": book.total("drawn_usd"),
        "interest_usd": -cash.interest_usd,
        "repaid_usd": -cash.repaid_usd,
        "equity_usd": cash.equity_usd,
        "before_financing_usd": cash.project_usd,
        "debt_usd": book.total("construction_usd") + np.cumsum(book.total("converted_usd") - cash.repaid_usd),
    }
    columns["other_usd"] = columns["vat_usd"] + columns["incentives_usd"] + columns["working_capital_usd"]
    trade = ("capex_usd", "opex_usd", "revenue_usd", "tax_usd", "exit_usd", "other_usd")
    columns["net_usd"] = sum(columns[k] for k in trade)
    real = {k: np.asarray(v, float) / book.price_index for k, v in columns.items()}
    index = np.broadcast_to(book.price_index, (len(names),))
    return [
        {"quarter": q, **{k: float(v[i]) for k, v in real.items()}, "price_index": float(index[i])}
        for i, q in enumerate(names)
    ]


def by_year(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Calendar years: sums of the quarters, in money of the price year; ``net_usd`` is before loans, after tax."""
    out: dict[int, dict[str, Any]] = {}
    for row in rows:
        year = out.setdefault(int(row["quarter"][:4]), dict.fromkeys(YEARLY, 0.0))
        for key in YEARLY:
            year[key] += row[YEARLY[key]]
    return tuple({"year": year, **sums} for year, sums in out.items())


def financing(s: Scenario, r: Result, drawn: Result, o: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Returns, cover, payback, prices; what the state pays and gets. Each with the range over draws."""
    i, book, c = r.inputs, r.book, r.cash
    today = float((1.0 + central(i.terms.inflation_per_year)) ** i.terms.price_age_years)
    sums = {k: _sum(book, book.total(k)) for k in ("drawn_usd", "capitalised_usd", "capex_usd")}
    model = MODELS[s.operating_model]

    def range_of(value: Any, draws: Any, scale: float = 1.0) -> dict[str, Any]:
        """Central value with P10 and P90; null where it does not exist."""
        x = float(value)
        found = np.atleast_1d(np.asarray(draws, float))
        found = found[np.isfinite(found)]
        if not np.isfinite(x):
            return {"value": None, "low": None, "high": None}
        low, high = np.quantile(found, [0.1, 0.9]) if found.size else (x, x)
        return {"value": x * scale, "low": min(float(low), x) * scale, "high": max(float(high), x) * scale}

    ours, theirs = r.returns, drawn.returns
    figures = {
        "npv_project_usd": range_of(ours.npv_project_usd, theirs.npv_project_usd, 1.0 / today),
        "npv_equity_usd": range_of(ours.npv_equity_usd, theirs.npv_equity_usd, 1.0 / today),
        "irr_project": range_of(ours.irr_project, theirs.irr_project),
        "irr_project_real": range_of(ours.irr_project_real, theirs.irr_project_real),
        "irr_equity": range_of(ours.irr_equity, theirs.irr_equity),
        "irr_equity_real": range_of(ours.irr_equity_real, theirs.irr_equity_real),
        "dscr_min": range_of(ours.dscr_min, theirs.dscr_min),
        "dscr_mean": range_of(ours.dscr_mean, theirs.dscr_mean),
        "required_price_usd_per_accelerator_hour": range_of(r.price_real, drawn.price_real),
        "required_price_nominal_usd_per_accelerator_hour": range_of(r.price_nominal, drawn.price_nominal),
        "required_price_without_loans_usd_per_accelerator_hour": range_of(
            r.price_without_loans, drawn.price_without_loans
        ),
    }
    back = float(ours.payback_years)
    return {
        **figures,
        "payback_date": buildout.add_months(s.as_of.isoformat(), back * MONTHS_PER_YEAR) if np.isfinite(back) else None,
        "price_usd_per_accelerator_hour": float(i.price),
        "price_path": PATHS[i.path_word],
        "discount_project_nominal": float(i.wacc),
        "return_on_equity_nominal": float(i.equity_return),
        "inflation": central(i.terms.inflation_per_year),
        "convention": i.terms.convention,
        "repayment": "sculpted" if i.terms.sculpted else "annuity",
        "tax_losses": "used at once" if i.terms.losses_at_once else "carried forward",
        "debt_usd": sums["drawn_usd"] + sums["capitalised_usd"],
        "interest_capitalised_usd": sums["capitalised_usd"],
        "capex_without_interest_usd": sums["capex_usd"],
        "equity_in_usd": -_sum(book, np.minimum(c.equity_usd, 0.0)),
        "tax_rate": float(np.max(i.terms.tax_rate)),
        "operating_model": model,
        "state": _state(r),
        "words": NOTE.format(year=s.price_year, model=model.replace("_", " ")),
    }


def _sum(book: finance.Ledger, nominal: Any) -> float:
    """Sum in money of the price year."""
    return float(np.sum(np.asarray(nominal, float) / book.price_index))


def _state(r: Result) -> dict[str, Any]:
    """What the state pays in and gets back, not discounted, and its present value at the state's rate."""
    i, book, c = r.inputs, r.book, r.cash
    paid_in = book.total("grant_usd") + book.total("credit_usd") + i.public_share * -np.minimum(c.equity_usd, 0.0)
    levies = sum(b.capex_usd * i.borne.get(b.name, 0.0) for b in book.blocks)
    dividends = i.public_share * np.maximum(c.equity_usd, 0.0)
    today = float((1.0 + central(i.terms.inflation_per_year)) ** i.terms.price_age_years)
    net = c.tax_usd + levies + dividends - paid_in
    return {
        "share_of_equity": float(i.public_share),
        "paid_in_usd": _sum(book, paid_in),
        "corporate_tax_usd": _sum(book, c.tax_usd),
        "duty_and_sales_tax_usd": _sum(book, levies),
        "dividends_usd": _sum(book, dividends),
        "net_usd": _sum(book, net),
        "npv_usd": float(finance.present_value(cash=net, rate_per_year=i.state_rate, years=book.times)) / today,
        "rate_nominal": float(i.state_rate),
        "words": "taxes of employees and suppliers are left out: no sourced figure",
    }


def bridge(r: Result, o: Any) -> list[dict[str, Any]]:
    """From the levelised cost to the price that the cash flow needs, step by step, in money of the price year."""
    i = r.inputs
    real = float((1.0 + i.wacc) / (1.0 + central(i.terms.inflation_per_year)) - 1.0)
    zero = np.zeros_like(i.terms.tax_rate)
    bare = replace(i.terms, inflation_per_year=0.0, tax_rate=zero, paid_late_years=0.0, pay_late_years=0.0)
    plain = [replace(b, debt_fraction=0.0, vat_fraction=0.0, grant_fraction=0.0, credit_fraction=0.0) for b in i.blocks]

    def price(sales: finance.Sales) -> float:
        book = finance.ledger(blocks=plain, sales=sales, terms=bare)
        path = finance.real_path(book=book)
        found = finance.required_price(
            book=book, sales=sales, terms=bare, price_path=path, return_per_year=real, levered=False
        )
        return float(found)

    runs = np.any(np.asarray(i.bridge_running) != 0.0)
    without = replace(i.sales, running_usd=i.sales.running_usd - i.bridge_running)
    steps = (
        ("levelised cost at the hours sold", central(o.money.lcoc_sold)),
        ("cash by quarter at one real rate, without tax, loans and inflation", price(without)),
        *([("with what the bridge costs to run beyond the permanent power", price(i.sales))] if runs else []),
        ("with inflation, tax, VAT, payment terms and incentives", float(r.price_without_loans)),
        ("with loans, and owners who ask for their return", float(r.price_real)),
        ("the same as a price that stays flat in the money of its time", float(r.price_nominal)),
    )
    return [{"step": words, "usd_per_accelerator_hour": price} for words, price in steps]
