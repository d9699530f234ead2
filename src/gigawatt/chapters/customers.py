"""Customers: price beside cost, price by length of contract, guarantee, home and abroad, operating models compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters import arithmetic, words
from gigawatt.chapters import home as homes
from gigawatt.chapters import money as moneys
from gigawatt.chapters import supply as supplies
from gigawatt.chapters.contract import MODELS
from gigawatt.chapters.home import ranged
from gigawatt.chapters.place import Site
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

SHARES = (1.0, 0.8, 0.6)  # of the hours sold: the cases of the design
TENORS = (2, 3, 4, 5, 6, 7)  # of contracts for accelerator-hours: none seen is longer than the hardware
LEASE_TENORS = (10, 15, 20)  # of leases of hall and power
OVER_MARKET = (0.8, 1.0, 1.2, 1.5)  # prices for which the shortest contract is given, over the market's
MOST_AGE = 8  # years of the price path that is shown
COMPARED = ("state", "ppp", "hyperscaler", "anchor_lease", "colocation")


def tables(step: Steps, drawn: Steps, s: Scenario, site: Site, o: Any, spread: Any, shared: Any) -> dict[str, Any]:
    """Everything about customers, as plain data."""
    return {
        "beside_market": beside_market(step, o),
        "ageing": ageing(step, o),
        "contract": deal(step, o, spread),
        "tenors": tenors(step, o),
        "prices": prices(step, o),
        "lease": lease(step, o),
        "announced": announced(step, o),
        "guarantee": guarantee(step, site, o, spread),
        "abroad": homes.abroad(step, site, o, spread),
        "home": home_demand(step, drawn, site, o, spread),
        "models": models(step, s, site, o, shared),
    }


def beside_market(step: Steps, o: Any) -> list[dict[str, Any]]:
    """Full cost of a sold hour at shares of hours sold, beside the market price today and over the chip's life."""
    c, market, life = o.money.costs, o.money.market, o.money.market_over_life
    rows: list[dict[str, Any]] = []
    for sold in sorted({*SHARES, central(o.money.utilisation)}, reverse=True):
        cost = step(
            finance.cost_at_share,
            fixed_usd_per_year=c.fixed,
            energy_usd_per_year=c.energy,
            idle_energy_fraction=c.idle,
            accelerators=c.accelerators,
            sold_fraction=sold,
        )
        row = {"sold": sold, "cost": central(cost), "market": _number(market), "market_over_life": _number(life)}
        for name, price in (("margin", market), ("margin_over_life", life)):
            row[name] = None if price is None else 1.0 - central(cost) / central(price)
        rows.append(row)
    return rows


def ageing(step: Steps, o: Any) -> list[dict[str, Any]]:
    """What the same hour sells for as the chip ages, and whether it still pays its running cost."""
    c = o.money.costs
    running = central(o.money.contract.cash) / central(o.money.contract.hours)
    if o.money.market is None:
        return []
    fall = step(arithmetic.minus, value=step.fact("market_price.decline", unit="1/year"))
    path = step(finance.ageing_price, price_usd=o.money.market, change_per_year=fall, years=MOST_AGE)
    cash = step(finance.ageing_price, price_usd=running, change_per_year=c.inflation, years=MOST_AGE)
    return [
        {"year": k + 1, "price": float(p), "running_cost": float(q)}
        for k, (p, q) in enumerate(zip(path, cash, strict=True))
    ]


def deal(step: Steps, o: Any, spread: Any) -> dict[str, Any]:
    """The contract that carries the campus."""
    k, drawn = o.money.contract, spread.money.contract
    return {
        "model": k.terms.model,
        "tenant": step.text(f"operating_model.{k.terms.model}.tenant"),
        "guarantor": step.text(f"operating_model.{k.terms.model}.guarantor"),
        "accelerators": central(o.size.accelerators),
        "sold": central(k.terms.sold),
        "years": k.terms.years,
        "dscr": central(k.terms.dscr),
        "basis": words.price_basis(step.price_year, central(o.money.costs.granted)),
        "price": ranged(k.price, drawn.price),
        "price_lenders": central(k.price_lenders),
        "price_owner": central(k.price_owner),
        "usd_per_year": ranged(k.payments, drawn.payments),
        "market": _number(o.money.market),
    }


def tenors(step: Steps, o: Any) -> list[dict[str, Any]]:
    """Price that lenders need by length of the contract, at the cover of each kind of tenant."""
    covers = {name: step.fact(f"debt.dscr.{name}", unit="1") for name in ("ig", "nonig", "merchant")}
    return [{"years": n} | {name: central(_price(step, o, n, cover)) for name, cover in covers.items()} for n in TENORS]


def _price(step: Steps, o: Any, years: float, dscr: Any) -> Any:
    k = o.money.contract
    hardware = step(
        finance.debt_service_usd_per_year,
        debt_usd=k.debt_it,
        interest_per_year=k.terms.interest_it,
        tenor_years=float(years),
    )
    return step(
        finance.take_or_pay_price,
        debt_service_usd_per_year=step(arithmetic.total, parts=(hardware, k.service_shell)),
        dscr=dscr,
        cash_cost_usd_per_year=k.cash,
        contracted_hours_per_year=k.hours,
    )


def prices(step: Steps, o: Any) -> list[dict[str, Any]]:
    """Shortest contract by price, around the market's; None where no length serves the debt."""
    k, market = o.money.contract, o.money.market
    if market is None:
        return []
    rows = []
    for over in OVER_MARKET:
        price = central(market) * over
        years = step(
            finance.tenor_for_price,
            price_usd_per_accelerator_hour=price,
            contracted_hours_per_year=k.hours,
            cash_cost_usd_per_year=k.cash,
            dscr=k.terms.dscr,
            debt_usd=k.debt_it,
            interest_per_year=k.terms.interest_it,
            other_service_usd_per_year=k.service_shell,
        )
        rows.append({"over_market": over, "price": price, "years": _number(years)})
    return rows


def lease(step: Steps, o: Any) -> dict[str, Any]:
    """Rent of hall and power, the tenant bringing the accelerators; published leases beside it."""
    k = o.money.contract
    per_mw = step(arithmetic.share, part=o.money.capex_shell_power, whole=o.size.it_peak_mw)
    debt = step(arithmetic.debt, investment_usd=per_mw, share=k.terms.debt_share_shell)

    def rent(years: int) -> float:
        service = step(
            finance.debt_service_usd_per_year,
            debt_usd=debt,
            interest_per_year=k.terms.interest_shell,
            tenor_years=float(years),
        )
        found = step(
            finance.lease_usd_per_mw_year,
            service_usd_per_mw_year=service,
            dscr=k.terms.dscr,
            landlord_cost_share=step.fact("lease.landlord_cost", unit="1"),
            escalation_per_year=step.fact("lease.escalation", unit="1/year"),
            interest_per_year=k.terms.interest_shell,
            tenor_years=float(years),
        )
        return central(found)

    published = [
        {
            "lease": f.where,
            "usd_per_mw_year": central(step.fact(f.id, unit="USD/MW/year")),
            "years": float(step.facts[f.id.replace(".rent", ".tenor")].value),
            "source": step.facts.source_title(f.source),
        }
        for f in step.facts.under("lease.")
        if f.id.endswith(".rent")
    ]
    return {
        "capex_usd_per_mw_it": central(per_mw),
        "rents": [{"years": n, "usd_per_mw_year": rent(n)} for n in LEASE_TENORS],
        "published": published,
    }


def announced(step: Steps, o: Any) -> list[dict[str, Any]]:
    """Announced contracts for accelerators with halls and power beside ours, per MW and year on their own basis."""
    mw = {"it": o.size.it_peak_mw, "facility": o.size.facility_peak_mw}
    return [
        {
            "contract": f.where,
            "basis": f.id.rpartition(".")[2],
            "usd_per_mw_year": central(step.fact(f.id, unit="USD/MW/year")),
            "ours_usd_per_mw_year": central(o.money.contract.payments) / central(mw[f.id.rpartition(".")[2]]),
            "source": step.facts.source_title(f.source),
        }
        for f in step.facts.under("contract.")
    ]


def guarantee(step: Steps, site: Site, o: Any, spread: Any) -> dict[str, Any] | None:
    """What a state would add, year by year, if nobody signs and the hours go to the open market."""
    k, drawn = o.money.contract, spread.money.contract
    if k.shortfall_by_year is None:
        return None
    years = np.atleast_2d(drawn.shortfall_by_year)
    middle, high = np.quantile(years, [0.5, 0.9], axis=0)
    rate = step(
        arithmetic.sum_of,
        parts=(
            step.fact("debt.interest.state", unit="1/year"),
            step.fact(*site.ids("country.{}.default_spread"), unit="1/year"),
        ),
    )
    ends = np.arange(1.0, years.shape[-1] + 1.0)
    worth = step(finance.present_value, cash=k.shortfall_by_year, rate_per_year=rate, years=ends)
    gdp = central(step.fact(*site.ids("country.{}.gdp"), unit="USD"))
    budget = gdp * central(step.fact("government.revenue_share", unit="1"))
    worths = finance.present_value(cash=years, rate_per_year=central(rate), years=ends)
    peak = float(np.max(high))
    return {
        "sold": central(k.terms.sold_open),
        "years": [
            {
                "year": i + 1,
                "needed": float(n),
                "market": float(n - c),
                "central": float(c),
                "p50": float(m),
                "p90": float(h),
            }
            for i, (n, c, m, h) in enumerate(
                zip(np.ravel(k.needed_open), np.ravel(k.shortfall_by_year), middle, high, strict=True)
            )
        ],
        "worth": central(worth),
        "worth_p50": float(np.quantile(worths, 0.5)),
        "worth_p90": float(np.quantile(worths, 0.9)),
        "peak_p50": float(np.max(middle)),
        "peak_p90": peak,
        "peak_p90_share_of_gdp": peak / gdp,
        "peak_p90_share_of_budget": peak / budget,
    }


def home_demand(step: Steps, drawn: Steps, site: Site, o: Any, spread: Any) -> dict[str, Any]:
    """Home demand beside supply, with ranges, and who else is within reach."""
    here, draws = (
        homes.home(
            st,
            site,
            accelerators=x.size.accelerators,
            users_served=x.work.users,
            h100_equivalents=x.work.h100_equivalents,
        )
        for st, x in ((step, o), (drawn, spread))
    )
    each = central(o.work.h100_equivalents) / central(o.size.accelerators)
    out: dict[str, Any] = {
        "supplied": ranged(o.size.accelerators, spread.size.accelerators),
        "growth": central(step.fact("demand.compute_growth", unit="1/year")),
    }
    for name in ("users", "for_people", "for_research", "for_economy", "export", "years"):
        out[name] = ranged(getattr(here, name), getattr(draws, name))
    return out | {"neighbours": homes.neighbours(step, site, each)}


def models(step: Steps, s: Scenario, site: Site, o: Any, shared: Any) -> list[dict[str, Any]]:
    """The same campus under each operating model: cost, capital, price, guarantee, and who bears what."""
    return [_model(step.aside(), s, site, o, shared, name) for name in COMPARED]


def _model(step: Steps, s: Scenario, site: Site, o: Any, shared: Any, name: str) -> dict[str, Any]:
    other = s.model_copy(update={"operating_model": name})
    rates = moneys.rates(step, other, site)
    peak = central(o.size.facility_peak_mw)
    if MODELS[name] == o.money.contract.terms.model:
        money = o.money
    else:
        supply = supplies.supply(
            step, other, site, o.campus, shared.optimum, rates.power, rates.inflation, campus_mw=peak
        )
        pue = o.campus.pue_design_peak
        blocks = moneys.blocks(step, other, site, o.machine, supply, rates, o.paid, pue_design_peak=pue)
        money = moneys.money(
            step,
            other,
            site,
            o.machine,
            supply,
            rates,
            blocks,
            accelerators=o.size.accelerators,
            facility_peak_mw=o.size.facility_peak_mw,
            annual_mwh=o.footprint.annual_mwh,
        )
    k, model = money.contract, MODELS[name]
    shortfall = None if k.shortfall_by_year is None else float(np.max(k.shortfall_by_year))
    bears = {x: step.text(f"operating_model.{model}.bears.{x}") for x in ("demand", "ageing", "build", "power")}
    return {
        "model": name,
        "asked": MODELS[s.operating_model] == model,
        "tenant": step.text(f"operating_model.{model}.tenant"),
        "guarantor": step.text(f"operating_model.{model}.guarantor"),
        "years": k.terms.years,
        "lease_years": k.terms.lease_years,
        "sold": central(k.terms.sold),
        "dscr": central(k.terms.dscr),
        "rate_it": central(rates.it),
        "rate_shell": central(rates.shell),
        "rate_power": central(rates.power),
        "cost_usd_per_accelerator_hour": central(money.lcoc_sold),
        "price_usd_per_accelerator_hour": central(k.price),
        "market_usd_per_accelerator_hour": _number(money.market),
        "public_money_usd": central(money.public),
        "granted": central(money.costs.granted),
        "guarantee_usd_per_year": shortfall,
        "bears": bears,
    }


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    return None if value is None or not np.isfinite(central(value)) else central(value)
