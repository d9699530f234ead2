"""Money: the bill by block, its inverse for a budget, levelised costs, delay, lenders, public money, jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gigawatt import finance
from gigawatt.chapters import arithmetic, durations, payments
from gigawatt.chapters import contract as contracts
from gigawatt.chapters.contract import MODELS
from gigawatt.chapters.machine import Machine
from gigawatt.chapters.payments import GRID, LAND, PLANTS, RACKS, SHELL, Paid
from gigawatt.chapters.place import Site
from gigawatt.chapters.supply import Supply
from gigawatt.record import Steps
from gigawatt.scenario import Scenario

ESTIMATE = "class5"  # no site, no design: AACE class 5


@dataclass(frozen=True)
class Rates:
    """Nominal cost of capital by block, and inflation. 1/year."""

    it: Any
    shell: Any
    power: Any
    inflation: Any


@dataclass(frozen=True)
class Money:
    """What it costs and what it earns. USD of the plan's price year."""

    bill: finance.Bill
    capex: Any
    capex_shell_power: Any
    capex_it: Any
    opex_per_year: Any
    lcoe: Any
    lcoc: finance.Lcoc
    lcoc_full: Any
    lcoc_sold: Any
    energy_share: Any
    utilisation: Any
    market: Any
    break_even: Any
    break_even_falling: Any
    market_over_life: Any
    rent_abroad: Any
    contract: contracts.Contract
    costs: contracts.Costs
    capex_gdp: Any
    public: Any
    jobs_construction: Any
    jobs_permanent: Any
    annual_cost: Any


def rates(step: Steps, s: Scenario, site: Site) -> Rates:
    """Cost of capital of each block for the operating model, with the country's premium on what cannot be moved."""
    model = MODELS[s.operating_model]
    spread = step.fact(*site.ids("country.{}.default_spread"), unit="1/year")
    premium = step.fact(*site.ids("country.{}.country_risk_premium"), unit="1/year")

    def block(name: str) -> Any:
        key = step.text(f"operating_model.{model}.{name}")
        return step(
            finance.cost_of_capital,
            base_per_year=step.fact(f"wacc.{name}.{key}", unit="1/year"),
            debt_fraction=step.fact(f"finance.debt_share.{name}", unit="1"),
            default_spread_per_year=spread,
            country_risk_premium_per_year=premium,
            exposed_fraction=step.fact(f"finance.exposed.{name}", unit="1"),
        )

    return Rates(block("it"), block("shell"), block("power"), step.fact("finance.inflation.USD", unit="1/year"))


def blocks(
    step: Steps,
    s: Scenario,
    site: Site,
    m: Machine,
    supply: Supply,
    r: Rates,
    paid: Paid,
    *,
    pue_design_peak: Any,
    stretch: Mapping[str, Any] | None = None,
) -> list[finance.Block]:
    """Blocks of the bill, all per accelerator: the bill is linear in accelerators, so a budget can be turned back.

    ``stretch`` is by kind of order how much longer than in the schedule it is paid ahead.
    """
    interest = partial(_interest, step, paid, stretch or {})
    shell = step(
        finance.shell_usd_per_mw,
        market_usd_per_w=step.fact(*site.ids("shell.usd_per_w.{}"), unit="USD/W"),
        ai_premium=step.fact("shell.ai_premium", unit="1"),
        site_premium=step.fact(*site.ids("shell.site_premium.{}"), "shell.site_premium.default", unit="1"),
    )
    if (stands := f"campus.shell_share.{s.build_type}") in step.facts:  # part of the hall is there
        shell = step(arithmetic.share_of, value=shell, share=step.fact(stands, unit="1"))
    if durations.hurried(step, s, site):
        shell = step(arithmetic.raised, value=shell, share=step.fact("joint.fast_premium", unit="1"))
    mw = step(arithmetic.facility_mw_per_accelerator, it_mw=m.it_mw, pue_design_peak=pue_design_peak)
    security = step.fact(f"security.sl{s.security_level}.capex_fraction", unit="1") if _known(step, s) else 0.0
    hardware = interest(RACKS, r.it)
    rows = [
        (
            "shell",
            "shell",
            finance.SHELL_POWER,
            step(arithmetic.cost_per_accelerator, usd_per_mw=shell, mw=m.it_mw),
            interest(SHELL, r.shell),
        ),
        (
            "grid",
            "grid",
            finance.SHELL_POWER,
            step(arithmetic.cost_per_accelerator, usd_per_mw=supply.connection_usd_per_mw, mw=mw),
            interest(GRID, r.power),
        ),
        (
            "power_plant",
            "power",
            finance.SHELL_POWER,
            step(arithmetic.cost_per_accelerator, usd_per_mw=supply.plant_usd_per_mw, mw=mw),
            interest(PLANTS, r.power),
        ),
        ("accelerators", "it", finance.IT, m.price_usd, hardware),
        ("network_and_storage", "network", finance.IT, m.network_usd, hardware),
    ]
    out = []
    for name, kind, scope, usd, bears in rows:
        is_it = scope == finance.IT
        out.append(
            finance.Block(
                name=name,
                scope=scope,
                usd_fixed=0.0,
                usd_per_accelerator=usd,
                contingency_fraction=step.fact(f"contingency.{kind}.{ESTIMATE}", unit="1"),
                owners_cost_fraction=step.fact(f"owners_cost.{kind}", unit="1"),
                security_fraction=security if name == "shell" else 0.0,
                duty_fraction=step.fact(*site.ids("duty.it.{}"), "duty.it.default", unit="1")
                if is_it
                else step.fact("duty.shell", unit="1"),
                sales_tax_fraction=step.fact(*site.ids("sales_tax.{}"), "sales_tax.default", unit="1"),
                interest_share=bears,
            )
        )
    land = step(
        arithmetic.land_per_accelerator,
        mw=mw,
        land_ha_per_mw=step.fact("land.campus", unit="ha/MW"),
        usd_per_m2=step.fact(*site.ids("land.price.{}"), "land.price", unit="USD/m2"),
    )
    bought = finance.bare_block(
        name="land", usd_fixed=0.0, usd_per_accelerator=land, interest_share=interest(LAND, r.shell)
    )
    return [*out, bought]


def _interest(step: Steps, paid: Paid, stretch: Mapping[str, Any], kind: str, rate: Any) -> Any:
    """Interest during construction of one kind of order, over its cost."""
    return step(
        finance.interest_during_construction,
        rate_per_year=rate,
        paid_before=step(payments.paid_before, paid=paid, kind=kind, facts=paid.facts),
        period_years=payments.QUARTER_YEARS,
        latest=payments.MOST_QUARTERS,
        stretch=stretch.get(kind, 1.0),
        within=finance.CONVENTIONS[step.text("cash.convention")],
    )


def _known(step: Steps, s: Scenario) -> bool:
    return not step.facts[f"security.sl{s.security_level}.capex_fraction"].is_text


def money(
    step: Steps,
    s: Scenario,
    site: Site,
    m: Machine,
    supply: Supply,
    r: Rates,
    the_blocks: list[finance.Block],
    *,
    accelerators: Any,
    facility_peak_mw: Any,
    annual_mwh: Any,
) -> Money:
    """From the bill to the cost of an accelerator-hour and what it takes to pay for it."""
    bill = step(finance.bill, accelerators=accelerators, blocks=the_blocks)
    capex = step(arithmetic.capex_all_in, bill=bill)
    shell_power = step(arithmetic.capex_shell_power, bill=bill)
    it = step(arithmetic.capex_it, bill=bill)

    def yearly(names: tuple[str, ...], rate: Any, life: str, residual: Any) -> Any:
        return step(
            finance.annual_cost,
            investment_usd=step(arithmetic.blocks_total, bill=bill, names=names),
            rate_per_year=step(finance.real_rate, nominal_per_year=rate, inflation_per_year=r.inflation),
            life_years=step.fact(f"life.{life}", unit="year"),
            residual_fraction=residual,
        )

    it_year = yearly(("accelerators", "network_and_storage"), r.it, "it", step.fact("residual.it", unit="1"))
    shell_year = yearly(("shell", "land"), r.shell, "shell", step.fact("residual.shell", unit="1"))
    grid_year = yearly(("grid",), r.power, "grid", 0.0)
    markup = step(arithmetic.block_markup, bill=bill, name="power_plant")
    plant_year = step(
        arithmetic.plant_cost_per_year,
        usd_per_mw_year=supply.plant_usd_per_mw_year,
        upkeep_usd_per_mw_year=supply.upkeep_usd_per_mw_year,
        facility_peak_mw=facility_peak_mw,
        markup=markup,
    )
    energy_year = step(
        arithmetic.cost_of_energy, usd_per_mw_year=supply.energy_usd_per_mw_year, facility_peak_mw=facility_peak_mw
    )
    fixed_power = step(arithmetic.total, parts=(grid_year, plant_year))
    permanent = step(finance.jobs, facility_mw=facility_peak_mw, jobs_per_mw=step.fact("jobs.permanent", unit="job/MW"))
    opex = step(
        finance.operating_cost_usd_per_year,
        permanent_jobs=permanent,
        usd_per_job_year=step.fact(*site.ids("opex.staff_cost.{}"), unit="USD/job/year"),
        shell_power_usd=shell_power,
        maintenance_fraction_per_year=step.fact("opex.maintenance", unit="1/year"),
        it_usd=it,
        it_support_fraction_per_year=step.fact("opex.it_support", unit="1/year"),
        insured_usd=capex,
        insurance_fraction_per_year=step.fact(*site.ids("opex.insurance.{}"), "opex.insurance", unit="1/year"),
    )
    terms = contracts.terms(step, s, site)
    sold = terms.sold
    idle = step.fact("opex.idle_energy", unit="1")
    lcoc = step(
        finance.lcoc,
        accelerators=accelerators,
        it_usd_per_year=it_year,
        shell_usd_per_year=shell_year,
        power_fixed_usd_per_year=fixed_power,
        energy_usd_per_year=energy_year,
        opex_usd_per_year=opex,
        sold_fraction=sold,
        idle_energy_fraction=idle,
    )
    lcoe = step(
        finance.lcoe_usd_per_mwh,
        annual_usd=step(arithmetic.total, parts=(fixed_power, energy_year)),
        annual_mwh=annual_mwh,
    )
    market = m.market_usd_per_hour
    fixed = step(arithmetic.total, parts=(it_year, shell_year, fixed_power, opex))
    real_it = step(finance.real_rate, nominal_per_year=r.it, inflation_per_year=r.inflation)
    price = (
        None
        if market is None
        else step(
            finance.levelised_price,
            price_usd=market,
            change_per_year=step(
                arithmetic.real_change,
                change_per_year=step(arithmetic.minus, value=step.fact("market_price.decline", unit="1/year")),
                inflation_per_year=r.inflation,
            ),
            rate_per_year=real_it,
            years=round(float(step.facts["life.it"].value)),
        )
    )

    def break_even(at_price: Any) -> Any:
        """Share of hours to sell at a price; None where no price is known."""
        if at_price is None:
            return None
        return step(
            finance.break_even_utilisation,
            fixed_usd_per_year=fixed,
            energy_usd_per_year=energy_year,
            idle_energy_fraction=idle,
            accelerators=accelerators,
            price_usd_per_accelerator_hour=at_price,
        )

    running = step(arithmetic.total, parts=(opex, energy_year))
    scheme = step.fact("public_money.fraction", unit="1") if s.operating_model == "ppp" else 0.0
    costs = contracts.Costs(
        it_usd=it,
        shell_power_usd=shell_power,
        fixed=fixed,
        running=opex,
        energy=energy_year,
        idle=idle,
        inflation=r.inflation,
        rate_it=r.it,
        accelerators=accelerators,
        capital=step(arithmetic.total, parts=(it_year, shell_year, fixed_power)),
        upkeep=step(
            arithmetic.cost_of_energy, usd_per_mw_year=supply.upkeep_usd_per_mw_year, facility_peak_mw=facility_peak_mw
        ),
        granted=step(arithmetic.sum_of, parts=(scheme, step.fact("incentive.grant.default", unit="1"))),
    )
    full_cost = lcoc.lcoc_at_utilisation_usd_per_accelerator_hour
    gdp = step.fact(*site.ids("country.{}.gdp"), unit="USD")
    return Money(
        bill=bill,
        capex=capex,
        capex_shell_power=shell_power,
        capex_it=it,
        opex_per_year=running,
        lcoe=lcoe,
        lcoc=lcoc,
        lcoc_full=lcoc.lcoc_usd_per_accelerator_hour,
        lcoc_sold=lcoc.lcoc_at_utilisation_usd_per_accelerator_hour,
        energy_share=lcoc.energy_share_of_cost,
        utilisation=sold,
        market=market,
        break_even=break_even(market),
        break_even_falling=break_even(price),
        market_over_life=price,
        rent_abroad=None
        if market is None
        else step(
            finance.rent_abroad_usd_per_accelerator_hour,
            market_price_usd=market,
            premium=step.fact("rent_abroad.premium", unit="1"),
        ),
        contract=contracts.contract(step, terms, costs, full_cost=full_cost, market=market),
        costs=costs,
        capex_gdp=step(arithmetic.share, part=capex, whole=gdp),
        public=step(
            finance.public_money_usd,
            capex_usd=capex,
            public_fraction=step.fact("public_money.state", unit="1") if s.operating_model == "state" else scheme,
        ),
        jobs_construction=step(
            finance.jobs, facility_mw=facility_peak_mw, jobs_per_mw=step.fact("jobs.construction_peak", unit="job/MW")
        ),
        jobs_permanent=permanent,
        annual_cost=lcoc.annual_cost_usd,
    )
