"""The cash flow in words and rows: what it comes to, and year by year. Shared by terminal, Markdown and page."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import display_unit, show

BILLION = 1e9
YEARS = ("year", "capital", "revenue", "running", "tax", "passed on", "other", "before loans", "loans", "owners")
MODELS = {
    "anchor_lease": "a company of its own with an anchor customer",
    "hosted_hyperscaler": "a hyperscaler that uses it itself",
    "colocation": "a cloud that sells at the market",
    "state": "the state",
    "ppp": "a public-private company",
}


def lead(plan: Plan) -> str:
    """One paragraph: is it worth it to its owners at the market's price, and what price would be."""
    f = plan.tables["financing"]
    shown = {label: (value, spread) for label, value, spread in rows(plan)}
    owner = MODELS.get(f["operating_model"], f["operating_model"].replace("_", " "))
    words = f"Owner: {owner}, asking for {f['return_on_equity_nominal'] * 100:.0f} % a year on its equity. "
    got = shown["Return of the owners, nominal"][0]
    price = f"{f['price_usd_per_accelerator_hour']:.2f} USD/h"
    words += f"At {price}, {f['price_path']}, it gets {'no return at all' if got == 'none' else got}"
    real, flat = (shown[f"Price the owners need, {k}"][0] for k in ("constant money", "flat nominal"))
    if real != "none":
        words += f"; it would need {real} in constant money, or {flat} as a price that never rises"
    year = plan.question["price_year"]
    return f"{words}. Until the first hour is sold today's price is taken to hold, in money of {year}."


def rows(plan: Plan) -> list[tuple[str, str, str]]:
    """What the cash flow comes to: label, value, range."""
    f, usd = plan.tables["financing"], f"USD_{plan.question['price_year']}"
    lines = (
        ("Price the owners need, constant money", "required_price_usd_per_accelerator_hour", f"{usd}/h"),
        ("Price the owners need, flat nominal", "required_price_nominal_usd_per_accelerator_hour", "USD/h"),
        ("Price needed without loans", "required_price_without_loans_usd_per_accelerator_hour", f"{usd}/h"),
        ("Return of the project, nominal", "irr_project", "1"),
        ("Return of the owners, nominal", "irr_equity", "1"),
        ("Present value for the owners", "npv_equity_usd", usd),
        ("Debt cover, least over a year", "dscr_min", ""),
        ("Debt cover, mean", "dscr_mean", ""),
    )
    out = []
    for label, key, unit in lines:
        x = f[key]
        if x["value"] is None:
            out.append((label, "none", ""))
            continue
        value, low, high = (_shown(x, k, unit) for k in ("value", "low", "high"))
        out.append((label, f"{value} {display_unit(unit)}".strip(), f"{low} to {high}"))
    out.append(
        ("The money is back", f["payback_date"][:7] if f["payback_date"] else "not in this life of the hardware", "")
    )
    out.append(("Loans, with interest while building", show(f["debt_usd"], None, None, usd), ""))
    state = f["state"]
    out.append(("The state pays in", show(state["paid_in_usd"], None, None, usd) if state["paid_in_usd"] else "0", ""))
    gets = sum(state[k] for k in ("corporate_tax_usd", "duty_and_sales_tax_usd", "dividends_usd"))
    out.append(("The state gets", show(gets, None, None, usd) if gets else "0", ""))
    return out


def _shown(x: dict[str, float], key: str, unit: str) -> str:
    """A number without its unit: rates of return to one point, prices to the cent, the rest to its range."""
    if unit == "1":
        return f"{round(x[key] * 100) + 0:.0f} %"
    if unit.endswith("/h"):
        return f"{x[key]:.2f}"
    return show(x[key], x["low"], x["high"], unit, with_unit=False)


def years(plan: Plan) -> list[tuple[str, ...]]:
    """Year by year in billions; what is paid is negative."""
    return [
        (str(y["year"]), *(billions(x) for x in _columns(y)))
        for y in plan.cashflow
        if any(abs(x) >= 0.5e6 for x in _columns(y))
    ]


def _columns(y: dict[str, Any]) -> tuple[float, ...]:
    loans = y["debt_drawn_usd"] + y["interest_usd"] + y["repaid_usd"]
    names = ("capex_usd", "revenue_usd", "opex_usd", "tax_usd", "exit_usd", "other_usd", "net_usd")
    return (*(y[n] for n in names), loans, y["equity_usd"])


def billions(usd: float) -> str:
    """Billions to two decimals; small campuses need them."""
    return "0" if abs(usd) < 5e6 else f"{usd / BILLION:,.2f}".replace("-", "−")
