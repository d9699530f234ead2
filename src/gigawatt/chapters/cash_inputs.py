"""What the cash flow is handed: blocks, sales and terms from one telling of the story; contradictions refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters import arithmetic
from gigawatt.chapters.contract import MODELS, debt_share_ids, tenor_id, years
from gigawatt.chapters.payments import GRID, LAND, PLANTS, QUARTER_MONTHS, QUARTER_YEARS, RACKS, SHELL, Paid, ahead
from gigawatt.chapters.payments import KINDS as ORDERED
from gigawatt.chapters.place import Site
from gigawatt.errors import FactError
from gigawatt.facts import Facts
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR

BLOCKS = {  # block of the cash flow -> blocks of the bill, block of the cost of capital
    "it": (("accelerators", "network_and_storage"), "it"),
    "shell": (("shell", "land"), "shell"),
    "grid": (("grid",), "power"),
    "power": (("power_plant",), "power"),
}
KINDS = {"it": (RACKS,), "shell": (SHELL, LAND), "grid": (GRID,), "power": (PLANTS,)}  # of payment
SHARES = (
    "finance.debt_share.",
    "finance.exposed.",
    "incentive.",
    "public.equity.",
    "tax.loss_limit.",
    "vat.",
    "order.deposit.",
    "order.owed_half_way.",
    "order.share.",
)
SAME_RAMP = 1e-6  # of the campus
POSITIVE = ("tax.factor.",)
LEAST = {"equity.target.": 0.0, "tax.life.": QUARTER_YEARS}  # what is less means nothing by quarter
WORDS = {
    "cash.convention": tuple(finance.CONVENTIONS),
    "cash.repayment": ("annuity", "sculpted"),
    "cash.price.": ("flat", "market"),
    "cash.losses.": ("carried", "at_once"),
}


@dataclass(frozen=True)
class Inputs:
    """What the room is handed: blocks, sales and terms, the price and its path, the returns asked for."""

    blocks: tuple[finance.BlockPlan, ...]
    sales: finance.Sales
    terms: finance.Terms
    price: Any
    path: Any
    path_word: str
    wacc: Any
    equity_return: Any
    public_share: Any
    state_rate: Any
    borne: dict[str, Any]  # duty and sales tax that stay with the state, over cost, by block
    bridge_running: Any = 0.0  # USD by quarter, in the running cost


@dataclass(frozen=True)
class Given:
    """An input of the workbook: value, unit, and the fact behind it where there is one."""

    label: str
    value: float
    unit: str
    fact: str = ""


@dataclass(frozen=True)
class Result:
    """The cash flow of one telling."""

    inputs: Inputs
    book: finance.Ledger
    cash: finance.Cash
    returns: finance.Returns
    price_real: Any
    price_nominal: Any
    price_without_loans: Any
    given: dict[str, Given] = field(default_factory=dict)  # what a workbook needs to work it out again
    bill_blocks: tuple[finance.Block, ...] = ()
    bill: finance.Bill | None = None
    paid: Paid | None = None


def check(facts: Facts, overrides: Mapping[str, Any]) -> None:
    """Refuse financing shares and words of the user that contradict themselves.

    Raises
    ------
    FactError
        Naming each fact, its value and what is expected.
    """
    given = [facts[i] for i in overrides]
    wrong = [text for f in given if (text := _fault(f.id, f.value, f.is_text))]
    for block in BLOCKS if any(f.id.startswith("incentive.") for f in given) else ():
        grant = float(facts["incentive.grant.default"].value)
        credit = float(facts[f"incentive.tax_credit.{block}"].value)
        if grant + credit > 1.0 and 0.0 <= grant <= 1.0 and 0.0 <= credit <= 1.0:
            wrong.append(
                f"incentive.grant.default {grant:g} and incentive.tax_credit.{block} {credit:g} add up to more than "
                "the cost; expected at most 1 together"
            )
    if wrong:
        raise FactError("\n".join(wrong))


def _fault(fact_id: str, value: Any, is_text: bool) -> str:
    for start, words in WORDS.items():
        if fact_id.startswith(start) and value not in words:
            return f"{fact_id} is {value!r}; expected one of {', '.join(words)}"
    if is_text:
        return ""
    if fact_id.startswith(SHARES) and not 0.0 <= float(value) <= 1.0:
        what = "loans over cost; equity pays the rest, as --set {}=0.7 does" if "debt_share" in fact_id else "a share"
        return f"{fact_id} is {value:g}; expected 0 to 1 ({what.format(fact_id)})"
    if fact_id.startswith(POSITIVE) and not float(value) > 0.0:
        return f"{fact_id} is {value:g}; expected more than 0"
    least = next((x for start, x in LEAST.items() if fact_id.startswith(start)), None)
    if least is not None and not float(value) >= least:
        return f"{fact_id} is {value:g}; expected at least {least:g}"
    return ""


def running_cost(
    *, opex_usd_per_year: Any, energy_usd_per_year: Any, sold: Any, idle: Any, upkeep_usd_per_year: Any
) -> Any:
    """Running cost of a year with unsold hours idle.

    Parameters
    ----------
    opex_usd_per_year : float or array
        Staff, upkeep, insurance, and electricity with every hour sold. [USD/year]
    energy_usd_per_year : float or array
        The electricity in it. [USD/year]
    sold, idle : float or array
        Share of hours sold; energy of an unsold hour over that of a sold one. [-]
    upkeep_usd_per_year : float or array
        Fixed upkeep of own plants. [USD/year]

    Returns
    -------
    float or array
        Cost. [USD/year]
    """
    return opex_usd_per_year - energy_usd_per_year * (1.0 - sold) * (1.0 - idle) + upkeep_usd_per_year


def inputs(
    step: Steps,
    s: Scenario,
    site: Site,
    o: Any,
    ends: Any,
    added: Any,
) -> Inputs:
    """Everything that the cash flow needs, from one telling of the story.

    Parameters
    ----------
    ends : array (quarter)
        Ends of the quarters from today. [month]
    added : array (quarter)
        Share of the campus that comes on line. [-]
    """
    model, m = MODELS[s.operating_model], o.money
    life_it = step.fact("life.it", unit="year")
    last = round(central(life_it) / QUARTER_YEARS)
    inflation = o.rates.inflation
    rate = {"it": o.rates.it, "shell": o.rates.shell, "power": o.rates.power}
    costs = {name: step(cost_without_interest, bill=m.bill, names=names) for name, (names, _) in BLOCKS.items()}

    def drawn(name: str) -> tuple[Any, Any, int]:
        return drawdown(o.paid, [(k, _central_cost(m.bill, k)) for k in KINDS[name]], added)

    blocks = [
        _block(step, s, site, o, name, costs[name], rate[kind], drawn(name), last) for name, (_, kind) in BLOCKS.items()
    ]
    share = finance.by_age(cohorts=added, pattern=np.ones(last))
    energy = step(
        arithmetic.cost_of_energy,
        usd_per_mw_year=o.supply.energy_usd_per_mw_year,
        facility_peak_mw=o.size.facility_peak_mw,
    )
    upkeep = step(
        arithmetic.cost_of_energy,
        usd_per_mw_year=o.supply.upkeep_usd_per_mw_year,
        facility_peak_mw=o.size.facility_peak_mw,
    )
    running = step(
        running_cost,
        opex_usd_per_year=m.opex_per_year,
        energy_usd_per_year=energy,
        sold=m.utilisation,
        idle=step.fact("opex.idle_energy", unit="1"),
        upkeep_usd_per_year=upkeep,
    )
    hours = step(arithmetic.hours_sold, accelerators=o.size.accelerators, sold_fraction=m.utilisation)
    sales = finance.Sales(
        units=np.asarray(hours)[..., None] * share * QUARTER_YEARS,
        running_usd=np.asarray(running)[..., None] * share * QUARTER_YEARS,
    )
    terms = _terms(step, s, site, model, inflation, ends, share)
    total_cost = sum(costs.values())
    weights = {k: costs[k] / total_cost for k in BLOCKS}
    premium = step.fact(*site.ids("country.{}.country_risk_premium"), unit="1/year")
    exposed = sum(weights[k] * step.fact(f"finance.exposed.{BLOCKS[k][1]}", unit="1") for k in BLOCKS)
    target = step.fact(f"equity.target.{step.text(f'operating_model.{model}.equity')}", unit="1/year")
    price = m.market if m.market is not None else m.lcoc_sold
    index = finance.price_index(terms=terms)
    return Inputs(
        blocks=tuple(blocks),
        sales=sales,
        terms=terms,
        price=price,
        path=_path(step, step.text(f"cash.price.{model}"), terms, index, added, share, last),
        path_word=step.text(f"cash.price.{model}"),
        wacc=sum(weights[k] * rate[BLOCKS[k][1]] for k in BLOCKS),
        equity_return=target + exposed * premium,
        public_share=step.fact(f"public.equity.{model}", "public.equity.default", unit="1"),
        state_rate=step.fact("wacc.it.state", unit="1/year"),
        borne={k: step(share_borne, bill=m.bill, names=names) for k, (names, _) in BLOCKS.items()},
    )


def cost_without_interest(*, bill: finance.Bill, names: tuple[str, ...]) -> Any:
    """Cost of some blocks of the bill without interest during construction, which the loans bring.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]
    names : tuple of str
        Blocks. [-]

    Returns
    -------
    float or array
        Cost, duty and sales tax finally borne included. [USD]
    """
    found = [bill.block(n) for n in names]
    return sum(b.total_usd - b.interest_usd for b in found)


def with_interest(bill: finance.Bill, name: str) -> Any:
    """Cost of a block with interest during construction over that without: what a buyer need not wait for."""
    cost = np.asarray(cost_without_interest(bill=bill, names=BLOCKS[name][0]), float)
    whole = sum(bill.block(n).total_usd for n in BLOCKS[name][0])
    return np.where(cost > 0.0, whole / np.where(cost > 0.0, cost, 1.0), 1.0)[()]


def drawdown(paid: Paid, parts: list[tuple[str, float]], added: Any) -> tuple[Any, Any, int]:
    """When a block comes on line and is paid, as the cash flow takes it.

    Parameters
    ----------
    paid : Paid
        The payment schedule. [1]
    parts : list of (str, float)
        Kinds of payment in the block with their cost. [-, USD]
    added : array (..., quarter)
        Share of the campus on line by quarter. [1]

    Returns
    -------
    tuple of (array, array, int)
        Share on line (..., quarter), share of that paid (quarter or 1, before), quarters to the last payment. [1]
    """
    total = sum(usd for _, usd in parts)
    by_quarter = np.zeros((len(paid.ends), len(paid.ends)))
    for kind, usd in parts:
        by_quarter += paid.by_quarter[kind] * (usd / total if total > 0.0 else 1.0 / len(parts))
    placed, spending, latest = ahead(by_quarter)
    count = np.shape(added)[-1]
    if np.ndim(added) > 1 or np.max(np.abs(added - paid.added[:count])) > SAME_RAMP:
        return added, (placed @ spending)[None, :], latest
    return placed[:count], spending[:count], latest


def _central_cost(bill: finance.Bill, kind: str) -> float:
    return central(cost_without_interest(bill=bill, names=ORDERED[kind]))


def share_borne(*, bill: finance.Bill, names: tuple[str, ...]) -> Any:
    """Duty and sales tax finally borne over the cost of some blocks: what the state keeps of the bill.

    Parameters
    ----------
    bill : Bill
        The bill. [USD]
    names : tuple of str
        Blocks. [-]

    Returns
    -------
    float or array
        Share of the cost without interest. [-]
    """
    cost = np.asarray(cost_without_interest(bill=bill, names=names), float)
    kept = sum(bill.block(n).duty_usd + bill.block(n).sales_tax_usd for n in names)
    return np.where(cost > 0.0, kept / np.where(cost > 0.0, cost, 1.0), 0.0)[()]


def _block(
    step: Steps,
    s: Scenario,
    site: Site,
    o: Any,
    name: str,
    cost: Any,
    rate: Any,
    drawn: tuple[Any, Any, int],
    last: int,
) -> finance.BlockPlan:
    kind = BLOCKS[name][1]
    model = MODELS[s.operating_model]
    key = step.text(f"operating_model.{model}.{kind}")
    spread = step.fact(*site.ids("country.{}.default_spread"), unit="1/year")
    loan = step.fact(f"loan.{kind}.{key}", f"debt.interest.{key}", f"wacc.{kind}.{key}", unit="1/year")
    interest = loan + step.fact(f"finance.exposed.{kind}", unit="1") * spread
    iso3 = site.place.iso3
    real = finance.real_rate(nominal_per_year=rate, inflation_per_year=o.rates.inflation)
    return finance.BlockPlan(
        name=name,
        capex_usd=cost,
        added=drawn[0],
        spending=drawn[1],
        latest=drawn[2],
        exit_periods=last,
        exit_value=_exit_value(step, o, name, real, last * QUARTER_YEARS) * with_interest(o.money.bill, name),
        depreciation=finance.depreciation_shares(
            life_years=step.fact(f"tax.life.{name}.{iso3}", f"tax.life.{name}.default", unit="year"),
            factor=step.fact(f"tax.factor.{name}.{iso3}", f"tax.factor.{name}.default", unit="1"),
            period_years=QUARTER_YEARS,
            exit_periods=last,
        ),
        debt_fraction=step.fact(*debt_share_ids(step, model, name), unit="1"),
        construction_rate=interest,
        interest_per_year=interest,
        tenor_years=float(years(step, tenor_id(model, name))),
        vat_fraction=step.fact(*site.ids("vat.{}"), "vat.default", unit="1"),
        grant_fraction=_granted(o, model) + step.fact("incentive.grant.default", unit="1"),
        credit_fraction=step.fact(f"incentive.tax_credit.{name}", unit="1"),
    )


def _granted(o: Any, model: str) -> Any:
    """Public share of the cost that is a grant; what a state pays for its own project is equity."""
    return 0.0 if model == "state" else np.asarray(o.money.public, float) / np.asarray(o.money.capex, float)


def _exit_value(step: Steps, o: Any, name: str, real: Any, age_years: float) -> Any:
    """Real price over cost, interest included, at which a block is passed on when its hardware retires."""
    realised = step.fact("cash.exit_realised", unit="1")
    if name == "it":
        return step.fact("residual.it", unit="1")
    if name == "power":
        life = life_of_plants(o, real)
        return (
            0.0
            if life is None
            else realised
            * finance.value_left(rate_per_year=real, life_years=life, residual_fraction=0.0, age_years=age_years)
        )
    residual = step.fact("residual.shell", unit="1") if name == "shell" else 0.0
    return realised * finance.value_left(
        rate_per_year=real,
        life_years=step.fact(f"life.{name}", unit="year"),
        residual_fraction=residual,
        age_years=age_years,
    )


def life_of_plants(o: Any, real: Any) -> Any:
    """Life at which the plants' overnight cost gives their annuity: one figure for the whole portfolio."""
    cost = np.asarray(o.money.bill.block("power_plant").overnight_usd, float)
    yearly = np.asarray(o.supply.plant_usd_per_mw_year, float) - o.supply.upkeep_usd_per_mw_year
    annuity = yearly * o.size.facility_peak_mw
    if not np.any(cost > 0.0):
        return None
    held = np.minimum(real * cost / np.where(annuity > 0.0, annuity, 1.0), 0.999)
    return -np.log1p(-held) / np.log1p(real)


def _terms(step: Steps, s: Scenario, site: Site, model: str, inflation: Any, ends: Any, share: Any) -> finance.Terms:
    iso3 = site.place.iso3
    tax = step.fact(*site.ids("country.{}.corporate_tax"), unit="1")
    free = float(step.fact(f"tax.holiday.{iso3}", "tax.holiday.default", unit="year")) / QUARTER_YEARS
    since = np.cumsum(share > 0.0, axis=-1)
    late = step.fact("cash.vat_refund", unit="month") / QUARTER_MONTHS
    as_of = s.as_of.year + (s.as_of.timetuple().tm_yday - 1) / 365.25
    losses = step.text(f"cash.losses.{model}", "cash.losses.default")
    return finance.Terms(
        end_years=np.asarray(ends, float) / MONTHS_PER_YEAR,
        period_years=QUARTER_YEARS,
        convention=step.text("cash.convention"),
        inflation_per_year=inflation,
        price_age_years=as_of - (s.price_year + 0.5),
        tax_rate=np.asarray(tax)[..., None] * np.where(since > free, 1.0, 0.0),
        loss_limit=step.fact(f"tax.loss_limit.{iso3}", "tax.loss_limit.default", unit="1"),
        losses_at_once=losses == "at_once",
        credit_basis_reduction=step.fact("incentive.credit_basis", unit="1"),
        paid_late_years=step.fact("cash.paid_late", unit="month") / MONTHS_PER_YEAR,
        pay_late_years=step.fact("cash.pay_late", unit="month") / MONTHS_PER_YEAR,
        vat_refund_periods=max(round(central(late)), 0),
        sculpted=step.text("cash.repayment") == "sculpted",
    )


def _path(step: Steps, word: str, terms: finance.Terms, index: Any, added: Any, share: Any, last: int) -> Any:
    """Nominal price of each quarter over today's, in money of the price year."""
    if word == "flat":  # agreed when each part starts, then not indexed: the mean over the parts that sell
        begun = finance.by_age(cohorts=index * added, pattern=np.ones(last))
        selling = finance.by_age(cohorts=added, pattern=np.ones(last))
        return np.where(selling > 0.0, begun / np.where(selling > 0.0, selling, 1.0), index)
    decline = np.asarray(step.fact("market_price.decline", unit="1/year"))[..., None]
    start = np.asarray(terms.end_years[np.argmax(share > 0.0, axis=-1)])[..., None]
    return index * (1.0 - decline) ** np.maximum(terms.end_years - start, 0.0)
