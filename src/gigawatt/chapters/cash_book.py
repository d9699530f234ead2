"""What a workbook starts from to work the cash flow out again: every input by name, with its fact."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters.cash_inputs import BLOCKS, Given, Result, life_of_plants
from gigawatt.chapters.contract import MODELS, debt_share_ids, tenor_id
from gigawatt.chapters.place import Site
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario


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
        "equity_target": fact(
            "return that the owners ask for in a strong country, nominal",
            "1/year",
            f"equity.target.{step.text(f'operating_model.{model}.equity')}",
        ),
        "premium": fact("country's premium on equity", "1/year", *site.ids("country.{}.country_risk_premium")),
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
        out[f"exposed_{kind}"] = fact(f"share that cannot be moved, {kind}", "1", f"finance.exposed.{kind}")
    for b in i.blocks[: len(BLOCKS)]:
        name, kind = b.name, BLOCKS[b.name][1]
        life, residual = _life_and_residual(step, o, name, rates[kind])
        out |= {
            f"debt_{name}": fact(f"debt over cost, {name}", "1", *debt_share_ids(step, model, name)),
            f"loan_{name}": Given(f"interest, {name}", central(b.interest_per_year), "1/year", plan),
            f"tenor_{name}": fact(f"tenor, {name}", "year", tenor_id(MODELS[s.operating_model], name)),
            f"vat_{name}": Given(f"VAT paid and refunded, {name}", central(b.vat_fraction), "1", "vat"),
            f"grant_{name}": Given(f"grant over cost, {name}", central(b.grant_fraction), "1", plan),
            f"credit_{name}": fact(f"tax credit over cost, {name}", "1", f"incentive.tax_credit.{name}"),
            f"life_{name}": Given(f"economic life, {name}", life, "year", f"life.{name}"),
            f"residual_{name}": Given(f"value at the end of life over cost, {name}", residual, "1", "residual"),
        }
    for b in i.blocks[len(BLOCKS) :]:  # of a bridge
        usd = f"USD_{s.price_year}"
        words = f"{b.name.replace('_', ' ')}"
        out |= {
            f"usd_{b.name}": Given(f"cost of {words}", central(b.capex_usd), usd, plan),
            f"back_{b.name}": Given(f"value when it goes over cost, {words}", central(b.exit_value), "1", plan),
            **{
                f"{what}_{b.name}": Given(f"{label}, {words}", central(value), unit, plan)
                for what, label, value, unit in (
                    ("debt", "debt over cost", b.debt_fraction, "1"),
                    ("loan", "interest", b.interest_per_year, "1/year"),
                    ("tenor", "tenor", b.tenor_years, "year"),
                    ("vat", "VAT paid and refunded", b.vat_fraction, "1"),
                )
            },
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
        life = life_of_plants(o, real)
        return (1.0 if life is None else central(life)), 0.0
    residual = 0.0 if name == "grid" else central(step.fact(f"residual.{name}", unit="1"))
    return central(step.fact(f"life.{name}", unit="year")), residual
