"""Published cost conventions: the ATB's levelised cost and the present values of `finance.json`."""

from __future__ import annotations

from gigawatt import atb

from .families import Case, Family, Figure, Predicted, Tolerance

ATB_COLUMNS = {
    "overnight_usd_per_kw": "occ_per_kw",
    "grid_connection_usd_per_kw": "grid_connection_per_kw",
    "construction_finance_factor": "cff",
    "fom_usd_per_kw_year": "fom_per_kw_yr",
    "vom_usd_per_mwh": "vom_per_mwh",
    "fuel_usd_per_mmbtu": "fuel_per_mmbtu",
    "heat_rate_mmbtu_per_mwh": "heat_rate_mmbtu_per_mwh",
    "capacity_factor": "net_capacity_factor",
    "recovery_years": "crp_years",
    "inflation": "inflation",
    "interest_nominal": "interest_nominal",
    "equity_return_nominal": "rroe_nominal",
    "debt_fraction": "debt_fraction",
    "tax_rate": "tax_rate",
    "depreciation_pv": "pvd",
    "tax_credit": "itc",
    "production_credit_usd_per_mwh": "ptc_levelised_per_mwh",
}
EXACT = Tolerance(rel=1e-6)
MILLION = 1e6
MOST_YEARS = 10_000


def _atb(case: Case) -> Predicted:
    out = atb.lcoe(**{ours: case.number(theirs) for ours, theirs in ATB_COLUMNS.items()})
    return {
        "lcoe_per_mwh": float(out.lcoe_usd_per_mwh),
        "wacc_nominal": float(out.wacc_nominal),
        "wacc_real": float(out.wacc_real),
        "pff": float(out.project_finance_factor),
    }


def _present_worth(case: Case) -> Predicted:
    worth = atb.present_worth_factor(
        years=case.whole("years", MOST_YEARS), escalation=case.number("escalation"), discount=case.number("discount")
    )
    return {"present_worth_factor": float(worth)}


def _replacement(case: Case) -> Predicted:
    value = atb.replacement_present_value(
        cost_usd=case.number("cost_usd_per_kw"), year=case.number("year"), discount=case.number("discount")
    )
    return {"present_value": float(value)}


def _straight_line(case: Case) -> Predicted:
    cost = atb.straight_line_after_tax(
        cost_usd=case.number("capital_cost"),
        tax_rate=case.number("tax_rate"),
        years=case.whole("years", MOST_YEARS),
        discount=case.number("discount"),
    )
    return {"cost_after_depreciation": float(cost)}


def _idling(case: Case) -> Predicted:
    npv = atb.idle_rental_npv(
        accelerators=case.number("gpus"),
        usd_per_accelerator_hour=case.number("usd_per_gpu_hour"),
        years_waiting=case.whole("years_waiting", MOST_YEARS),
        discount=case.number("discount"),
    )
    return {"npv_musd": float(npv) / MILLION}


def _fuel(case: Case) -> Predicted:
    cost = atb.fuel_lifecycle_after_tax(
        year_one_usd=case.number("year_one_fuel_cost"),
        tax_rate=case.number("tax_rate"),
        escalation=case.number("fuel_escalation"),
        discount=case.number("discount"),
        years=case.whole("years", MOST_YEARS),
    )
    return {"lifecycle_fuel_cost_after_tax": float(cost)}


FAMILIES = (
    Family(
        stem="atb_lcoe",
        by=("figure", "technology", "fin_case"),
        inputs=tuple(ATB_COLUMNS.values()),
        figures=(
            Figure("lcoe_per_mwh", "expected_lcoe_per_mwh", Tolerance(rel=1e-6, floor=1e-5)),
            Figure("wacc_nominal", "expected_wacc_nominal", EXACT),
            Figure("wacc_real", "expected_wacc_real", EXACT),
            Figure("pff", "expected_pff", EXACT),
        ),
        predict=_atb,
        about="levelised cost of electricity, cost of capital and project finance factor of the NREL ATB",
    ),
    Family(
        stem="finance",
        by=("kind", "figure"),
        kinds={
            "present_worth_factor": _present_worth,
            "replacement_present_value": _replacement,
            "straight_line_depreciation": _straight_line,
            "gpu_idling_npv": _idling,
            "fuel_lifecycle_after_tax": _fuel,
        },
        about="present worth, replacement, depreciation, fuel over the life, rent of idle accelerators",
    ),
)
