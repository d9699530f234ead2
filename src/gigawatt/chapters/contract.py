"""The contract: its terms by operating model, the price that lenders and owners need, the guarantee in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gigawatt import finance
from gigawatt.chapters import arithmetic
from gigawatt.chapters.place import Site
from gigawatt.errors import FactError
from gigawatt.record import Steps
from gigawatt.scenario import Scenario

MODELS = {  # what is asked -> subject of its facts
    "anchor_lease": "anchor_lease",
    "hyperscaler": "hosted_hyperscaler",
    "ppp": "ppp",
    "state": "state",
    "colocation": "colocation",
    "merchant": "colocation",
}

MOST_YEARS = 40  # no loan on a campus runs longer; a bound on typed numbers


@dataclass(frozen=True)
class Terms:
    """What an operating model sets: length, cover, interest of each loan, hours sold with and without a tenant."""

    model: str
    years: int
    lease_years: int
    dscr: Any
    interest_it: Any
    interest_shell: Any
    debt_share_it: Any
    debt_share_shell: Any
    sold: Any
    sold_open: Any


@dataclass(frozen=True)
class Costs:
    """What a campus costs, by part: investments [USD], yearly cost [USD/year], rates [1/year]."""

    it_usd: Any
    shell_power_usd: Any
    fixed: Any  # all but electricity
    running: Any
    energy: Any
    idle: Any
    inflation: Any
    rate_it: Any
    accelerators: Any
    capital: Any  # of the fixed cost, what pays for investments, with upkeep of own plants
    upkeep: Any
    granted: Any  # public share of the investments that nobody has to earn back


@dataclass(frozen=True)
class Contract:
    """Price and size of the contract that carries the campus, its loans, and what a state would stand in for."""

    terms: Terms
    price: Any
    price_lenders: Any
    price_owner: Any
    hours: Any
    payments: Any
    cash: Any
    debt_it: Any
    service_shell: Any
    service: Any
    needed_open: Any
    hours_open: Any
    market_by_year: Any
    shortfall_by_year: Any


def terms(step: Steps, s: Scenario, site: Site) -> Terms:
    """Terms of the operating model at this place."""
    model = MODELS[s.operating_model]
    key = {name: step.text(f"operating_model.{model}.{name}") for name in ("it", "shell", "dscr")}
    place = {
        "default_spread_per_year": step.fact(*site.ids("country.{}.default_spread"), unit="1/year"),
        "country_risk_premium_per_year": step.fact(*site.ids("country.{}.country_risk_premium"), unit="1/year"),
        "debt_fraction": 1.0,
    }

    def interest(block: str, *rates: str) -> Any:
        """A loan costs its base rate and, on what cannot be moved, the country's default spread."""
        exposed = step.fact(f"finance.exposed.{block}", unit="1")
        base_rate = step.fact(f"loan.{block}.{key[block]}", *rates, unit="1/year")
        return step(finance.cost_of_capital, base_per_year=base_rate, exposed_fraction=exposed, **place)

    def sold(which: str) -> Any:
        if s.utilisation:
            return step.given("utilisation", s.utilisation, "1")
        return step.fact(f"utilisation.sold.{step.text(f'operating_model.{model}.{which}')}", unit="1")

    return Terms(
        model=model,
        years=years(step, tenor_id(model, "it")),
        lease_years=years(step, tenor_id(model, "shell")),
        dscr=step.fact(f"debt.dscr.{key['dscr']}", unit="1"),
        interest_it=interest("it", f"debt.interest.{key['it']}"),
        interest_shell=interest("shell", f"debt.interest.shell.{key['shell']}", f"debt.interest.{key['shell']}"),
        debt_share_it=step.fact(*debt_share_ids(step, model, "it"), unit="1"),
        debt_share_shell=step.fact(*debt_share_ids(step, model, "shell"), unit="1"),
        sold=sold("sold"),
        sold_open=sold("open_market"),
    )


def tenor_id(model: str, block: str) -> str:
    """How long a block is contracted and its loan runs: hardware as its hours are sold, the rest as the lease."""
    return f"operating_model.{model}.{'tenor' if block == 'it' else 'lease_tenor'}"


def debt_share_ids(step: Steps, model: str, block: str) -> tuple[str, ...]:
    """Facts of the loan over the cost of a block: what lenders of this operating model give, else of any.

    Contract and cash flow borrow alike. Grid and plants go with the hall where its tenants are weak.
    """
    kind = "it" if block == "it" else "shell"
    own = f"debt.share.{kind}.{step.text(f'operating_model.{model}.{kind}')}"
    return own, f"finance.debt_share.{block}"


def years(step: Steps, fact_id: str) -> int:
    """Whole years of a contract: a choice, not an uncertainty.

    Raises
    ------
    FactError
        When the asker overrides it with less than a year.
    """
    value = float(step.facts[fact_id].value)
    if not 1.0 <= value <= MOST_YEARS:
        raise FactError(f"{fact_id}: {value:g} years; expected 1 to {MOST_YEARS:g}, such as 5")
    return round(float(step.fact(fact_id, unit="year")))


def contract(step: Steps, t: Terms, c: Costs, *, full_cost: Any, market: Any) -> Contract:
    """The contract of a campus: what lenders and owners need, and what the open market would leave unpaid."""
    loans = {
        name: step(arithmetic.debt, investment_usd=usd, share=share, granted=c.granted)
        for name, usd, share in (
            ("it", c.it_usd, t.debt_share_it),
            ("shell", c.shell_power_usd, t.debt_share_shell),
        )
    }
    rest = step(
        finance.debt_service_usd_per_year,
        debt_usd=loans["shell"],
        interest_per_year=t.interest_shell,
        tenor_years=float(t.lease_years),
    )
    hardware = step(
        finance.debt_service_usd_per_year,
        debt_usd=loans["it"],
        interest_per_year=t.interest_it,
        tenor_years=float(t.years),
    )
    service = step(arithmetic.total, parts=(hardware, rest))
    hours = step(arithmetic.hours_sold, accelerators=c.accelerators, sold_fraction=t.sold)
    cash = _cash(step, c, t.sold)
    lenders = step(
        finance.take_or_pay_price,
        debt_service_usd_per_year=service,
        dscr=t.dscr,
        cash_cost_usd_per_year=cash,
        contracted_hours_per_year=hours,
    )
    earned = step(
        arithmetic.cost_after_grant,
        cost_usd_per_hour=full_cost,
        capital_usd_per_year=c.capital,
        upkeep_usd_per_year=c.upkeep,
        granted=c.granted,
        hours=hours,
    )
    owner = step(
        finance.owner_price,
        full_cost_usd_per_accelerator_hour=earned,
        cash_cost_usd_per_year=cash,
        contracted_hours_per_year=hours,
        inflation_per_year=c.inflation,
        rate_per_year=c.rate_it,
        years=float(t.years),
    )
    price = step(arithmetic.larger, a=lenders, b=owner)
    hours_open = step(arithmetic.hours_sold, accelerators=c.accelerators, sold_fraction=t.sold_open)
    needed = step(
        finance.lenders_need_usd_per_year,
        debt_service_usd_per_year=service,
        dscr=t.dscr,
        cash_cost_usd_per_year=_cash(step, c, t.sold_open),
        inflation_per_year=c.inflation,
        years=t.years,
    )
    path = None
    if market is not None:
        fall = step(arithmetic.minus, value=step.fact("market_price.decline", unit="1/year"))
        path = step(finance.ageing_price, price_usd=market, change_per_year=fall, years=t.years)
    return Contract(
        terms=t,
        price=price,
        price_lenders=lenders,
        price_owner=owner,
        hours=hours,
        payments=step(arithmetic.payments, price=price, hours=hours),
        cash=cash,
        debt_it=loans["it"],
        service_shell=rest,
        service=service,
        needed_open=needed,
        hours_open=hours_open,
        market_by_year=path,
        shortfall_by_year=None
        if path is None
        else step(
            finance.shortfall_usd_per_year,
            needed_usd_by_year=needed,
            hours_per_year=hours_open,
            price_usd_by_year=path,
        ),
    )


def _cash(step: Steps, c: Costs, sold: Any) -> Any:
    """Running cost and electricity when a share of the hours is sold."""
    power = step(
        finance.energy_at_share,
        energy_usd_per_year=c.energy,
        idle_energy_fraction=c.idle,
        sold_fraction=sold,
    )
    return step(arithmetic.total, parts=(c.running, power))
