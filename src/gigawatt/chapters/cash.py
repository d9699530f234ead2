"""Cash by quarter: from the bill, the ramp and the operating model to loans, tax, returns and the price that they need.

Amounts are worked out in the money of their time, because loans and tax are, and shown in USD of the price year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from gigawatt import buildout, finance
from gigawatt.chapters import arithmetic
from gigawatt.chapters.money import MODELS
from gigawatt.chapters.place import Site
from gigawatt.errors import FactError
from gigawatt.facts import Facts
from gigawatt.record import Draws, Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR

QUARTER_MONTHS = 3.0
QUARTER_YEARS = QUARTER_MONTHS / MONTHS_PER_YEAR
MOST_QUARTERS = 160
TAIL = 4  # quarters after the last sale, for the last payments and refunds
DRAWS = 100  # of the plan's draws: enough for a P10 and a P90 of the returns
BLOCKS = {  # block of the cash flow -> blocks of the bill, block of the cost of capital
    "it": (("accelerators", "network_and_storage"), "it"),
    "shell": (("shell", "land"), "shell"),
    "grid": (("grid",), "power"),
    "power": (("power_plant",), "power"),
}
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
NOTE = (
    "USD of {year} unless nominal is said; operating model {model}; one life of the hardware, each part from its own "
    "start; then hall, grid and plants are passed on at the value of the rest of their life"
)
SHARES = ("finance.debt_share.", "finance.exposed.", "incentive.", "public.equity.", "tax.loss_limit.", "vat.")
POSITIVE = ("debt.tenor.", "tax.life.", "tax.factor.")
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
    wacc: Any
    equity_return: Any
    public_share: Any
    state_rate: Any
    borne: Any  # duty and sales tax that stay with the state, over cost, by block


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
        what = "debt over cost: equity pays the rest" if "debt_share" in fact_id else "a share"
        return f"{fact_id} is {value:g}; expected 0 to 1 ({what}); set it so, for example --set {fact_id}=0.7"
    if fact_id.startswith(POSITIVE) and not float(value) > 0.0:
        return f"{fact_id} is {value:g}; expected more than 0"
    return ""


def online_share(calendar: Any, ends: Any) -> Any:
    """Share of the campus that comes on line by quarter: what is there between the middle of two quarters."""
    middle = np.concatenate([[-np.inf], np.asarray(ends, float) + QUARTER_MONTHS / 2.0])
    ramp = {k: central(v) if k not in ("stage_months", "stage_mw") else v for k, v in calendar.ramp.items()}
    mw = buildout.online_mw(np.maximum(middle, -1e6), **ramp)
    return np.diff(mw) / ramp["full_mw"]


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
    step: Steps, s: Scenario, site: Site, o: Any, ends: Any, added: Any, refresh: Any = None, online: Any = None
) -> Inputs:
    """Everything that the cash flow needs, from one telling of the story.

    Parameters
    ----------
    ends : array (quarter)
        Ends of the quarters from today. [month]
    added : array (quarter)
        Share of the campus that comes on line. [-]
    refresh : array (quarter), optional
        Hardware bought later, in money of the price year; none where not given. [USD]
    online : array (quarter), optional
        Share of the campus that sells, where the fleet says so; else each part sells for the life of its hardware. [-]
    """
    model, m = MODELS[s.operating_model], o.money
    life_it = step.fact("life.it", unit="year")
    last = round(central(life_it) / QUARTER_YEARS)
    inflation = o.rates.inflation
    rate = {"it": o.rates.it, "shell": o.rates.shell, "power": o.rates.power}
    costs = {name: step(cost_without_interest, bill=m.bill, names=names) for name, (names, _) in BLOCKS.items()}
    blocks = [
        _block(step, s, site, o, name, costs[name], rate[kind], added, last) for name, (_, kind) in BLOCKS.items()
    ]
    if refresh is not None and np.any(np.asarray(refresh) > 0):
        total = float(np.sum(refresh))
        now = finance.spending_shares(lead_periods=0.0, drawdown="uniform")
        bought = np.asarray(refresh, float) / total
        blocks.append(replace(blocks[0], name="refresh", capex_usd=total, added=bought, spending=now))
    share = online if online is not None else finance.by_age(cohorts=added, pattern=np.ones(last))
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
        path=_path(step, step.text(f"cash.price.{model}"), inflation, terms, index, share),
        wacc=sum(weights[k] * rate[BLOCKS[k][1]] for k in BLOCKS),
        equity_return=target + exposed * premium,
        public_share=step.fact(f"public.equity.{model}", "public.equity.default", unit="1"),
        state_rate=step.fact("wacc.it.state", unit="1/year"),
        borne=[step(share_borne, bill=m.bill, names=names) for names, _ in BLOCKS.values()],
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
    step: Steps, s: Scenario, site: Site, o: Any, name: str, cost: Any, rate: Any, added: Any, last: int
) -> finance.BlockPlan:
    kind = BLOCKS[name][1]
    model = MODELS[s.operating_model]
    key = step.text(f"operating_model.{model}.{kind}")
    spread = step.fact(*site.ids("country.{}.default_spread"), unit="1/year")
    loan = step.fact(f"loan.{kind}.{key}", f"debt.interest.{key}", f"wacc.{kind}.{key}", unit="1/year")
    interest = loan + step.fact(f"finance.exposed.{kind}", unit="1") * spread
    iso3 = site.place.iso3
    granted = np.asarray(o.money.grant, float) / np.asarray(o.money.capex, float)
    real = finance.real_rate(nominal_per_year=rate, inflation_per_year=o.rates.inflation)
    return finance.BlockPlan(
        name=name,
        capex_usd=cost,
        added=added,
        spending=finance.spending_shares(
            lead_periods=step.fact(f"finance.drawdown_months.{name}", unit="month") / QUARTER_MONTHS,
            drawdown=step.text(f"finance.drawdown.{name}"),
        ),
        exit_periods=last,
        exit_value=_exit_value(step, o, name, real, last * QUARTER_YEARS),
        depreciation=finance.depreciation_shares(
            life_years=step.fact(f"tax.life.{name}.{iso3}", f"tax.life.{name}.default", unit="year"),
            factor=step.fact(f"tax.factor.{name}.{iso3}", f"tax.factor.{name}.default", unit="1"),
            period_years=QUARTER_YEARS,
            exit_periods=last,
        ),
        debt_fraction=step.fact(f"finance.debt_share.{name}", unit="1"),
        construction_rate=interest,
        interest_per_year=interest,
        tenor_years=step.fact(f"debt.tenor.{name}", unit="year"),
        vat_fraction=step.fact(*site.ids("vat.{}"), "vat.default", unit="1"),
        grant_fraction=granted + step.fact("incentive.grant.default", unit="1"),
        credit_fraction=step.fact(f"incentive.tax_credit.{name}", unit="1"),
    )


def _exit_value(step: Steps, o: Any, name: str, real: Any, age_years: float) -> Any:
    """Real price over cost at which a block is passed on when its hardware retires."""
    realised = step.fact("cash.exit_realised", unit="1")
    if name == "it":
        return step.fact("residual.it", unit="1")
    if name == "power":
        life = _life_of_plants(o, real)
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


def _life_of_plants(o: Any, real: Any) -> Any:
    """Life at which the plants' overnight cost gives their annuity: one figure for the whole portfolio."""
    cost = np.asarray(o.supply.plant_usd_per_mw, float)
    annuity = np.asarray(o.supply.plant_usd_per_mw_year, float) - o.supply.upkeep_usd_per_mw_year
    if not np.any(cost > 0.0):
        return None
    held = np.minimum(real * cost / np.where(annuity > 0.0, annuity, 1.0), 0.999)
    return -np.log1p(-held) / np.log1p(real)


def _terms(step: Steps, s: Scenario, site: Site, model: str, inflation: Any, ends: Any, share: Any) -> finance.Terms:
    iso3 = site.place.iso3
    tax = step.fact(*site.ids("country.{}.corporate_tax"), unit="1")
    free = float(step.fact(f"tax.holiday.{iso3}", "tax.holiday.default", unit="year")) / QUARTER_YEARS
    since = np.cumsum(share > 0.0)
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
    )


def _path(step: Steps, word: str, inflation: Any, terms: finance.Terms, index: Any, share: Any) -> Any:
    """Nominal price of each quarter over today's, in money of the price year."""
    if word == "flat":  # signed today, not indexed
        return np.ones_like(index) * (1.0 + np.asarray(inflation))[..., None] ** terms.price_age_years
    decline = np.asarray(step.fact("market_price.decline", unit="1/year"))[..., None]
    start = terms.end_years[int(np.argmax(share > 0.0))]
    return index * (1.0 - decline) ** np.maximum(terms.end_years - start, 0.0)


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


def tables(step: Steps, s: Scenario, site: Site, o: Any, spread: Any) -> tuple[dict[str, Any], Result]:
    """Cash by quarter and by year, and what it comes to, with the range over draws at the central calendar."""
    life = step.fact("life.it", unit="year")
    names, months = buildout.quarter_ends(s.as_of.isoformat(), MOST_QUARTERS)
    ends = months[0] + QUARTER_MONTHS * np.arange(MOST_QUARTERS)  # quarters of equal length
    added = online_share(o.calendar, ends)
    last = int(np.max(np.nonzero(added)[0], initial=0)) + round(central(life) / QUARTER_YEARS) + TAIL
    count = min(last + 1, MOST_QUARTERS)
    names, ends, added = names[:count], ends[:count], added[:count]
    main = result(step, inputs(step, s, site, o, ends, added))
    main = replace(main, given=workbook_inputs(step, s, site, o, main), bill_blocks=tuple(o.blocks), bill=o.money.bill)
    few = min(DRAWS, s.draws)
    drawn = Steps(step.facts, step.price_year, Draws(few, s.seed))
    told = SimpleNamespace(**{k: _few(getattr(spread, k), few) for k in ("money", "supply", "size", "rates")})
    range_of = result(drawn, inputs(drawn, s, site, told, ends, added))
    return {
        "cash_by_quarter": _rows(names, main),
        "financing": _financing(s, main, range_of, o, names),
        "price_bridge": _bridge(main, o),
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


def _rows(names: tuple[str, ...], r: Result) -> list[dict[str, Any]]:
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
        "interest_usd": -book.total("interest_usd"),
        "repaid_usd": -book.total("repaid_usd") - book.total("redeemed_usd"),
        "equity_usd": cash.equity_usd,
        "before_financing_usd": cash.project_usd,
        "debt_usd": book.total("construction_usd") + book.total("owed_usd"),
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


def _financing(s: Scenario, r: Result, drawn: Result, o: Any, names: tuple[str, ...]) -> dict[str, Any]:
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
        "price_path": "flat in the money of its time" if np.ptp(i.path) == 0.0 else "falls with the market",
        "discount_project_nominal": float(i.wacc),
        "return_on_equity_nominal": float(i.equity_return),
        "inflation": central(i.terms.inflation_per_year),
        "convention": i.terms.convention,
        "repayment": "annuity",
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
    levies = sum(b.capex_usd * kept for b, kept in zip(book.blocks, [*i.borne, i.borne[0]], strict=False))
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


def _bridge(r: Result, o: Any) -> list[dict[str, Any]]:
    """From the levelised cost to the price that the cash flow needs, step by step, in money of the price year."""
    i = r.inputs
    real = float((1.0 + i.wacc) / (1.0 + central(i.terms.inflation_per_year)) - 1.0)
    zero = np.zeros_like(i.terms.tax_rate)
    bare = replace(i.terms, inflation_per_year=0.0, tax_rate=zero, paid_late_years=0.0, pay_late_years=0.0)
    plain = [replace(b, debt_fraction=0.0, vat_fraction=0.0, grant_fraction=0.0, credit_fraction=0.0) for b in i.blocks]
    book = finance.ledger(blocks=plain, sales=i.sales, terms=bare)
    first = finance.required_price(
        book=book,
        sales=i.sales,
        terms=bare,
        price_path=finance.real_path(book=book),
        return_per_year=real,
        levered=False,
    )
    steps = (
        ("levelised cost at the hours sold", central(o.money.lcoc_sold)),
        ("cash by quarter at one real rate, without tax, loans and inflation", float(first)),
        ("with inflation, tax, VAT, payment terms and incentives", float(r.price_without_loans)),
        ("with loans, and owners who ask for their return", float(r.price_real)),
        ("the same as a price that stays flat in the money of its time", float(r.price_nominal)),
    )
    return [{"step": words, "usd_per_accelerator_hour": price} for words, price in steps]


def workbook_inputs(step: Steps, s: Scenario, site: Site, o: Any, r: Result) -> dict[str, Given]:
    """The inputs of the workbook by name: all that its formulas start from."""
    i, m, t, model = r.inputs, o.money, r.inputs.terms, MODELS[s.operating_model]
    peak = central(o.size.facility_peak_mw)

    def fact(label: str, unit: str, *ids: str) -> Given:
        found = step.facts.first(*ids)
        return Given(label, central(step.fact(*ids, unit=unit)), step.in_price_year(unit), found.id)

    plan = "from the plan"
    out = {
        "accelerators": Given("accelerators", central(o.size.accelerators), "1", plan),
        "sold": Given("share of hours sold", central(m.utilisation), "1", plan),
        "price": Given("price of an accelerator-hour today", central(i.price), f"USD_{s.price_year}/h", plan),
        "decline": Given("fall of the price per year", _decline(step, model), "1/year", "market_price.decline"),
        "price_age": Given("age of the price year's money today", t.price_age_years, "year", plan),
        "inflation": fact("inflation", "1/year", "finance.inflation.USD"),
        "equity_return": Given("return that the owners ask for, nominal", central(i.equity_return), "1/year", plan),
        "tax": Given("tax on profit", float(np.max(t.tax_rate)), "1", site.ids("country.{}.corporate_tax")[0]),
        "loss_limit": Given("share of a profit that losses may offset", central(t.loss_limit), "1", "tax.loss_limit"),
        "credit_basis": fact("cut of the cost written off per unit of credit", "1", "incentive.credit_basis"),
        "paid_late": Given("customers pay after", central(t.paid_late_years), "year", "cash.paid_late"),
        "pay_late": Given("suppliers are paid after", central(t.pay_late_years), "year", "cash.pay_late"),
        "staff": Given("staff", _staff(step, site, o), f"USD_{s.price_year}/year", "opex.staff_cost"),
        "maintenance": fact("maintenance over shell and power", "1/year", "opex.maintenance"),
        "it_support": fact("spares and software over hardware", "1/year", "opex.it_support"),
        "insurance": fact("insurance over all-in cost", "1/year", *site.ids("opex.insurance.{}"), "opex.insurance"),
        "energy": Given(
            "electricity with every hour sold",
            central(o.supply.energy_usd_per_mw_year) * peak,
            f"USD_{s.price_year}/year",
            plan,
        ),
        "idle": fact("energy of an unsold hour over a sold one", "1", "opex.idle_energy"),
        "upkeep": Given(
            "upkeep of own plants", central(o.supply.upkeep_usd_per_mw_year) * peak, f"USD_{s.price_year}/year", plan
        ),
        "realised": fact("value realised at the exit", "1", "cash.exit_realised"),
    }
    rates = {"it": o.rates.it, "shell": o.rates.shell, "power": o.rates.power}
    for kind, rate in rates.items():
        out[f"wacc_{kind}"] = Given(f"cost of capital, {kind}, nominal", central(rate), "1/year", plan)
    for b in i.blocks[: len(BLOCKS)]:
        name, kind = b.name, BLOCKS[b.name][1]
        life, residual = _life_and_residual(step, o, name, rates[kind])
        out |= {
            f"debt_{name}": fact(f"debt over cost, {name}", "1", f"finance.debt_share.{name}"),
            f"loan_{name}": Given(f"interest, {name}", central(b.interest_per_year), "1/year", plan),
            f"tenor_{name}": fact(f"tenor, {name}", "year", f"debt.tenor.{name}"),
            f"vat_{name}": Given(f"VAT paid and refunded, {name}", central(b.vat_fraction), "1", "vat"),
            f"grant_{name}": Given(f"grant over cost, {name}", central(b.grant_fraction), "1", plan),
            f"credit_{name}": fact(f"tax credit over cost, {name}", "1", f"incentive.tax_credit.{name}"),
            f"life_{name}": Given(f"economic life, {name}", life, "year", f"life.{name}"),
            f"residual_{name}": Given(f"value at the end of life over cost, {name}", residual, "1", "residual"),
        }
    return out


def _decline(step: Steps, model: str) -> float:
    falls = step.text(f"cash.price.{model}") == "market"
    return central(step.fact("market_price.decline", unit="1/year")) if falls else 0.0


def _staff(step: Steps, site: Site, o: Any) -> float:
    return central(o.money.jobs_permanent) * central(step.fact(*site.ids("opex.staff_cost.{}"), unit="USD/job/year"))


def _life_and_residual(step: Steps, o: Any, name: str, rate: Any) -> tuple[float, float]:
    """Economic life and what is left at its end, as the levelised cost has them."""
    if name == "power":
        real = finance.real_rate(nominal_per_year=rate, inflation_per_year=o.rates.inflation)
        life = _life_of_plants(o, real)
        return (1.0 if life is None else central(life)), 0.0
    residual = 0.0 if name == "grid" else central(step.fact(f"residual.{name}", unit="1"))
    return central(step.fact(f"life.{name}", unit="year")), residual
