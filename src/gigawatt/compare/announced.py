"""What was announced, put on one basis: USD of one price year, MW at the meter and of IT, packages, dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gigawatt.errors import FactError
from gigawatt.facts import Facts
from gigawatt.programmes import Claim, Programme

WHOLE = ("all_in", "unknown", "mixed", "contribution", "payments", "financing")  # set beside the whole capital cost
SCOPE_WORDS = {
    "all_in": "all-in",
    "shell_power": "shell and power",
    "it": "accelerators and network",
    "contribution": "a contribution, not the whole",
    "payments": "a customer's payments",
    "financing": "a stake or loan",
    "mixed": "a sum of unlike things",
    "unknown": "scope not said",
}


@dataclass(frozen=True, slots=True)
class Announced:
    """The first claim on each quantity, on our bases; the claims themselves stand beside."""

    claims: tuple[Claim, ...] = ()
    usd: float | None = None
    scope: str = ""
    facility_mw: float | None = None
    it_mw: float | None = None
    power_basis: str = "facility"  # unknown where the announcement does not say which power it means
    accelerators: float | None = None
    sites: int | None = None
    announced: str = ""
    first_date: str = ""
    full_date: str = ""
    accelerator: str = ""
    amounts: tuple[tuple[str, float], ...] = ()  # every scope with its USD, where several are stated
    currency: str = "USD"

    @property
    def has_size(self) -> bool:
        return any(x is not None for x in (self.usd, self.facility_mw, self.it_mw, self.accelerators))


def in_usd(facts: Facts, amount: float, currency: str, year: int, price_year: int) -> float:
    """An amount in USD of the price year: inflated in its own currency where we have its deflator, else in USD."""
    try:
        return amount * facts.money_factor((currency, year), ("USD", price_year))
    except FactError:
        at_the_time = facts.money_factor((currency, year), ("USD", year))
        return amount * at_the_time * facts.money_factor(("USD", year), ("USD", price_year))


def of_programme(facts: Facts, p: Programme, price_year: int) -> Announced:
    """A programme's announcement; where the whole is not given, its first phase."""
    power = p.first("mw", "facility", "grid", "unknown")
    mw = float(power.value) if power else None
    it = p.number("it_mw") or p.number("mw", "it")
    chips = p.first("accelerators")
    money = p.first("money")
    if not (mw or it or chips):  # a first phase's money never stands beside the power of the whole
        money = money or p.first("first_money")
    if not (money or mw or it or chips):
        mw, chips = p.number("first_mw"), p.first("first_accelerators")
    packages = 1.0
    if chips and chips.basis == "dies":
        packages = float(facts["compare.dies_per_package"].value)
    sites = p.number("sites")
    return Announced(
        claims=p.claims,
        usd=in_usd(facts, float(money.value), money.currency, money.year, price_year) if money else None,
        scope=money.basis if money else "",
        facility_mw=mw,
        power_basis=power.basis if power else "facility",
        it_mw=it,
        accelerators=float(chips.value) / packages if chips else None,
        sites=int(sites) if sites else None,
        announced=p.announced,
        first_date=_day(p, "first_date"),
        full_date=_day(p, "full_date"),
        accelerator=p.accelerator,
        currency=money.currency if money else "USD",
    )


def _day(p: Programme, quantity: str) -> str:
    claim = p.first(quantity)
    return str(claim.value) if claim else ""


def of_plan(question: dict[str, Any]) -> Announced:
    """What a question of ours gives: its limits and targets stand where a programme has its announcement."""
    budget = question.get("budget")
    power = sum(float(p["mw"]) for p in question.get("power") or []) or None
    return Announced(
        usd=budget["usd"] if budget else None,
        scope="all_in" if budget else "",
        facility_mw=power,
        accelerators=question.get("accelerators"),
        announced=str(question.get("as_of", "")),
        full_date=str(question.get("by") or ""),
        accelerator=str(question.get("accelerator") or ""),
    )


def claim_json(c: Claim) -> dict[str, Any]:
    """A claim as plain data."""
    return {
        "id": c.fact.id,
        "value": c.fact.value,
        "low": c.fact.low,
        "high": c.fact.high,
        "unit": c.fact.unit,
        "basis": c.basis,
        "class": c.fact.fact_class,
        "words": c.words,
        "source": c.source,
        "where": c.fact.where,
    }
