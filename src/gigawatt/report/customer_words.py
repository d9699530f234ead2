"""Customers in words and rows, shared by terminal, Markdown and page. Sentences from the table; no arithmetic."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.units import in_percent

NAMES = {
    "state": "State-owned",
    "ppp": "Partnership (PPP)",
    "hyperscaler": "Hyperscaler, hosted",
    "anchor_lease": "Laboratory lease",
    "colocation": "Colocation",
}
COVERS = {"ig": "investment grade", "nonig": "below it", "merchant": "no long contract"}


def sentences(plan: Plan) -> list[str]:
    """The answer about customers in a few sentences, the contract first."""
    c = plan.tables.get("customers")
    if not c:
        return []
    first = _open_market if plan.question["words"].get("operating_model") == "merchant" else _contract
    made = (first(c, plan.tables.get("financing")), _length(c), _guarantee(c), _abroad(c), _home(c), _granted(c))
    return [words for words in made if words]


def _usd(x: float, low: float | None = None, high: float | None = None, unit: str = "USD_2025") -> str:
    return show(x, low, high, unit)


def _ranged(r: dict[str, float], unit: str) -> str:
    text = " to ".join(show(r[k], r["low"], r["high"], unit, with_unit=False) for k in ("low", "high"))
    return f"{show(r['value'], r['low'], r['high'], unit)} ({text})"


def _years(x: float) -> str:
    return f"{x:.1f} years".replace(".0 years", " years")


def _granted(c: dict[str, Any]) -> str:
    """Why a price may lie below the cost beside it."""
    rows = [m for m in c["models"] if m["price_usd_per_accelerator_hour"] < m["cost_usd_per_accelerator_hour"]]
    rows = [m for m in rows if m["granted"] > 0.0]
    if not rows:
        return ""
    m = rows[0]
    return (
        f"{NAMES[m['model']]}: the price needed lies below the cost, because a grant of "
        f"{in_percent(m['granted'])} of the "
        "capital need not be earned back; the cost counts it."
    )


def _contract(c: dict[str, Any], cash: dict[str, Any] | None) -> str:
    k = c["contract"]
    market = "no market price is known" if k["market"] is None else f"the market pays {_hour(k['market'])}"
    who = "Lenders set" if k["price_lenders"] >= k["price_owner"] else "The owners' return sets"
    return (
        f"The contract that carries it: {show(k['accelerators'], None, None, '')} accelerators at "
        f"{_price_ranged(k['price'])} {k['basis']} for {k['years']} years, {k['sold'] * 100:.0f} % of their hours "
        f"paid, used or not: {_ranged(k['usd_per_year'], 'USD/year')}. {who} this price (lenders alone need "
        f"{_hour(k['price_lenders'])} at {k['dscr']:.2f} times debt service{_taxed(cash)}); {market}."
    )


def _open_market(c: dict[str, Any], cash: dict[str, Any] | None) -> str:
    """Without a tenant there is no contract: what the market would have to pay."""
    k = c["contract"]
    market = "no market price is known" if k["market"] is None else f"the market pays {_hour(k['market'])} today"
    return (
        f"No tenant, so no contract: with {k['sold'] * 100:.0f} % of the hours sold the open market must pay "
        f"{_price_ranged(k['price'])} {k['basis']} for {show(k['accelerators'], None, None, '')} accelerators (lenders "
        f"alone need {_hour(k['price_lenders'])} at {k['dscr']:.2f} times debt service{_taxed(cash)}); {market}, and "
        "the owner bears its price and unsold hours. The tables show it as colocation, whose terms it shares."
    )


def _taxed(cash: dict[str, Any] | None) -> str:
    """The price of the cash flow, where there is one."""
    needed = cash["required_price_usd_per_accelerator_hour"]["value"] if cash else None
    if needed is None:
        return ""
    return f"; the cash flow by quarter, with profit tax and any grant, needs {_hour(needed)}"


def _price_ranged(r: dict[str, float]) -> str:
    return f"{_hour(r['value'])} ({r['low']:.2f} to {r['high']:.2f})"


def _hour(usd: float) -> str:
    return f"{usd:.2f} USD/h"


def _length(c: dict[str, Any]) -> str:
    parts = []
    for r in c["prices"]:
        at = "at the market price" if r["over_market"] == 1 else f"at {r['over_market'] * 100:.0f} % of it"
        parts.append(f"{at} {'no length' if r['years'] is None else _years(r['years'])}")
    parts.sort(key=lambda p: not p.startswith("at the"))
    return f"Shortest contract that serves the debt: {', '.join(parts)}." if parts else ""


def _guarantee(c: dict[str, Any]) -> str:
    g = c["guarantee"]
    if g is None:
        return ""
    head = f"If nobody signs and {g['sold'] * 100:.0f} % of the hours find buyers at prices that fall as chips age, "
    if g["peak_p90"] <= 0:
        return f"{head}the market still pays what lenders need in nine draws of ten."
    return (
        f"{head}a guarantee would be called for {_usd(g['peak_p50'])} in its dearest year "
        f"(P90: {_usd(g['peak_p90'])}, {show(g['peak_p90_share_of_gdp'], None, None, '1')} of GDP, about "
        f"{show(g['peak_p90_share_of_budget'], None, None, '1')} of public revenue); all of it is worth "
        f"{_usd(g['worth_p50'])} today (P90: {_usd(g['worth_p90'])})."
    )


def _abroad(c: dict[str, Any]) -> str:
    a = c["abroad"]
    if a is None:
        return ""
    hub, more, even = a["rented_at"], a["premium"] > 0, a["break_even_premium_on_renting"]
    side = "above" if even > 0 else "below"
    low, high = sorted((a["premium_low"], a["premium_high"]))
    chips = "" if a["chips_from_home"] else "; the chips and their licence come from abroad either way"
    return (
        f"Sovereignty: an hour at home costs {abs(a['premium']) * 100:.0f} % {'more' if more else 'less'} "
        f"({low * 100:+.0f} to {high * 100:+.0f} %) than one rented abroad, {_usd(abs(a['usd_per_year']))} a year "
        f"{'more' if more else 'less'}; the two break even where renting costs {abs(even) * 100:.0f} % {side} today's "
        f"market price. Building buys control of data and law: the nearest large place to rent is "
        f"{hub['city']}, {hub['ms']:.0f} ms away ({hub['ms_low']:.0f} to {hub['ms_high']:.0f}), {hub['law']}{chips}."
    )


def _home(c: dict[str, Any]) -> str:
    h = c["home"]
    n = h["neighbours"]
    names = ", ".join(r["name"] for r in n["largest"][:4])
    economy, export = h["for_economy"], h["export"]
    words = (
        f"Home demand: at the world's use of AI compute per unit of output the country employs "
        f"{_ranged(economy, '')} of these accelerators today; people alone {_ranged(h['for_people'], '')}, a national "
        f"research machine {_ranged(h['for_research'], '')}. "
    )
    if export["value"] <= 0:
        return f"{words}Home demand fills the campus."
    words += f"{_ranged(export, '1')} of the hours need customers abroad"
    near = f"; {n['countries']} countries lie within {n['limit_ms']:.0f} ms, the largest {names}" if names else ""
    growth, years = h["growth"] * 100, _years(h["years"]["value"])
    return f"{words}{near}. If use grows by {growth:.0f} % a year, home fills it in {years}."


def model_rows(plan: Plan) -> list[tuple[str, ...]]:
    """The five operating models side by side, the one asked for marked."""
    rows: list[tuple[str, ...]] = []
    for m in (plan.tables.get("customers") or {}).get("models", []):
        price, market = m["price_usd_per_accelerator_hour"], m["market_usd_per_accelerator_hour"]
        guarantee = m["guarantee_usd_per_year"]
        rows.append(
            (
                f"{NAMES[m['model']]}{' *' if m['asked'] else ''}",
                " / ".join(f"{m[k] * 100:.1f}" for k in ("rate_it", "rate_shell", "rate_power")),
                f"{m['years']} / {m['lease_years']}",
                f"{m['sold'] * 100:.0f} %",
                f"{m['cost_usd_per_accelerator_hour']:.2f}",
                f"{price:.2f}" + ("" if market is None else f" ({(price / market - 1) * 100:+.0f} %)"),
                "–" if guarantee is None else show(guarantee, None, None, "USD_2025", with_unit=False),
                m["guarantor"],
            )
        )
    return rows


MODEL_HEADER = (
    "operating model (* this plan)",
    "capital %: chips / halls / power",
    "years: hours / halls",
    "sold",
    "cost, USD/h",
    "price needed (over market)",
    "guarantee if nobody signs, USD/year",
    "who answers for the loans",
)
BEARS_HEADER = ("operating model", "tenant", "unsold hours", "ageing chips", "delay and overrun", "power price")


def bears_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Who bears which risk."""
    return [
        (NAMES[m["model"]], m["tenant"], *(m["bears"][k] for k in ("demand", "ageing", "build", "power")))
        for m in (plan.tables.get("customers") or {}).get("models", [])
    ]


def price_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Cost of a sold hour beside the market price, by share of hours sold."""
    return [
        (
            f"{r['sold'] * 100:.0f} %",
            f"{r['cost']:.2f}",
            *(
                cell
                for price, margin in (("market", "margin"), ("market_over_life", "margin_over_life"))
                for cell in (("–", "–") if r[price] is None else (f"{r[price]:.2f}", f"{r[margin] * 100:+.0f} %"))
            ),
        )
        for r in (plan.tables.get("customers") or {}).get("beside_market", [])
    ]


PRICE_HEADER = (
    "hours sold",
    "cost, USD/h",
    "market today, USD/h",
    "margin",
    "sold year by year, USD/h",
    "margin year by year",
)
TENOR_HEADER = ("length of contract", *(f"tenant: {words}" for words in COVERS.values()))


def tenor_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Price that lenders need, by length of contract and kind of tenant (their cover)."""
    return [
        (f"{r['years']} years", *(f"{r[k]:.2f}" for k in COVERS))
        for r in (plan.tables.get("customers") or {}).get("tenors", [])
    ]


GENERATION_HEADER = ("accelerator", "cost, all sold, USD/h", "market, USD/h", "margin", "break-even share of hours")


def generation_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Market price beside cost, generation by generation, on the same campus."""
    rows: list[tuple[str, ...]] = []
    for g in plan.tables.get("generations") or []:
        cost, market, even = g["lcoc_usd_per_accelerator_hour"], g.get("market_price"), g.get("break_even_utilisation")
        if market is not None:
            share = "never" if even is None else f"{even * 100:.0f} %"
            rows.append(
                (g["accelerator"], f"{cost:.2f}", f"{market:.2f}", f"{(1 - cost / market) * 100:+.0f} %", share)
            )
    return rows


def lease_sentence(plan: Plan) -> str:
    """Rent of hall and power beside the published leases."""
    x = (plan.tables.get("customers") or {}).get("lease")
    if not x:
        return ""
    ours = ", ".join(f"{r['usd_per_mw_year'] / 1e6:.2f} over {r['years']} years" for r in x["rents"])
    theirs = "; ".join(f"{p['lease']} {p['usd_per_mw_year'] / 1e6:.2f} over {p['years']:.0f}" for p in x["published"])
    return (
        f"A tenant who brings the accelerators would rent hall and power at (million USD per MW of IT load and year) "
        f"{ours}. Published: {theirs}."
    )


ANNOUNCED_HEADER = ("announced contract", "basis", "million USD per MW and year", "this plan", "this plan over it")


def announced_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Announced contracts beside the price this plan needs, on the basis of each."""
    rows: list[tuple[str, ...]] = []
    for r in (plan.tables.get("customers") or {}).get("announced", []):
        theirs, ours = r["usd_per_mw_year"], r["ours_usd_per_mw_year"]
        basis = "IT load" if r["basis"] == "it" else "facility"
        rows.append(
            (r["contract"], basis, f"{theirs / 1e6:.1f}", f"{ours / 1e6:.1f}", f"{(ours / theirs - 1) * 100:+.0f} %")
        )
    return rows
