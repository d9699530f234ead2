"""Published finance conventions against published cases (NREL ATB, REopt, Newkirk)."""

import csv
import doctest
import json
import os
from pathlib import Path

import numpy as np
import pytest

from gigawatt import atb
from gigawatt.validate.costs import ATB_COLUMNS

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")


def _rows(name):
    with (Path(REFERENCE) / "published_cases" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _columns(rows, *names):
    return {n: np.array([float(r[n]) for r in rows]) for n in names}


def test_examples():
    result = doctest.testmod(atb)
    assert result.attempted and not result.failed


def _atb_inputs(rows):
    columns = _columns(rows, *ATB_COLUMNS.values())
    return {ours: columns[theirs] for ours, theirs in ATB_COLUMNS.items()}


@needs_reference
def test_every_atb_case_to_a_millionth():
    rows = _rows("atb_lcoe.csv")
    out = atb.lcoe(**_atb_inputs(rows))
    truth = _columns(rows, "expected_lcoe_per_mwh", "expected_wacc_nominal", "expected_wacc_real", "expected_pff")
    assert len(rows) == 252
    assert np.allclose(out.lcoe_usd_per_mwh, truth["expected_lcoe_per_mwh"], rtol=1e-6, atol=1e-5)
    assert np.allclose(out.wacc_nominal, truth["expected_wacc_nominal"], rtol=1e-6, atol=0)
    assert np.allclose(out.wacc_real, truth["expected_wacc_real"], rtol=1e-6, atol=0)
    assert np.allclose(out.project_finance_factor, truth["expected_pff"], rtol=1e-6, atol=0)


@needs_reference
def test_atb_scalar_equals_vector():
    rows = _rows("atb_lcoe.csv")[:3]
    inputs = _atb_inputs(rows)
    vector = atb.lcoe(**inputs).lcoe_usd_per_mwh
    for i in range(3):
        one = atb.lcoe(**{k: float(v[i]) for k, v in inputs.items()}).lcoe_usd_per_mwh
        assert one == vector[i]


@needs_reference
def test_finance_json():
    cases = json.loads((Path(REFERENCE) / "published_cases" / "finance.json").read_text(encoding="utf-8"))["cases"]
    solved = {
        "present_worth_factor": lambda c: atb.present_worth_factor(
            years=c["years"], escalation=c["escalation"], discount=c["discount"]
        ),
        "replacement_present_value": lambda c: atb.replacement_present_value(
            cost_usd=c["cost_usd_per_kw"], year=c["year"], discount=c["discount"]
        ),
        "straight_line_depreciation": lambda c: atb.straight_line_after_tax(
            cost_usd=c["capital_cost"], tax_rate=c["tax_rate"], years=c["years"], discount=c["discount"]
        ),
        "gpu_idling_npv": lambda c: (
            atb.idle_rental_npv(
                accelerators=c["gpus"],
                usd_per_accelerator_hour=c["usd_per_gpu_hour"],
                years_waiting=c["years_waiting"],
                discount=c["discount"],
            )
            / 1e6
        ),
        "fuel_lifecycle_after_tax": lambda c: atb.fuel_lifecycle_after_tax(
            year_one_usd=c["year_one_fuel_cost"],
            tax_rate=c["tax_rate"],
            escalation=c["fuel_escalation"],
            discount=c["discount"],
            years=c["years"],
        ),
    }
    for case in cases:
        ((figure, truth),) = case["expected"].items()
        assert solved[case["kind"]](case) == pytest.approx(truth, rel=case["tolerance"][figure]["rel"]), case["case_id"]


@needs_reference
def test_newkirk_identities():
    rows = _rows("us_sites_newkirk2025.csv")
    given = _columns(rows, "gpu_count", "given_annual_pue", "capex_npv", "opex_npv")
    truth = _columns(
        rows,
        "expected_facility_load_mw",
        "expected_energy_npv",
        "expected_ng_base_lcoe_usd_per_kwh",
        "expected_ng_total_lcoe_usd_per_kwh",
        "expected_idling_cost_npv_millions",
    )
    gpus, pue = given["gpu_count"], given["given_annual_pue"]
    energy = atb.newkirk_energy_npv_mwh(accelerators=gpus, pue=pue)
    idle = np.array(
        [
            atb.idle_rental_npv(
                accelerators=float(r["gpu_count"]),
                usd_per_accelerator_hour=2.40,
                years_waiting=int(r["construction_years"]),
                discount=0.07,
            )
            for r in rows
        ]
    )
    common = dict(capex_npv_usd=given["capex_npv"], opex_npv_usd=given["opex_npv"], energy_npv_mwh=energy)
    got = {
        "expected_facility_load_mw": atb.newkirk_facility_load_mw(accelerators=gpus, pue=pue),
        "expected_energy_npv": energy,
        "expected_ng_base_lcoe_usd_per_kwh": atb.newkirk_lcoe_usd_per_kwh(idle_npv_usd=0.0, **common),
        "expected_ng_total_lcoe_usd_per_kwh": atb.newkirk_lcoe_usd_per_kwh(idle_npv_usd=idle, **common),
        "expected_idling_cost_npv_millions": idle / 1e6,
    }
    for figure, expected in truth.items():
        assert np.allclose(got[figure], expected, rtol=1e-6, atol=0), figure


def test_fuel_is_present_worth_times_after_tax_share():
    worth = atb.present_worth_factor(years=20, escalation=0.03, discount=0.07)
    fuel = atb.fuel_lifecycle_after_tax(year_one_usd=1e6, tax_rate=0.25, escalation=0.03, discount=0.07, years=20)
    assert fuel == pytest.approx(0.75e6 * worth)


def test_limits():
    assert atb.present_worth_factor(years=7, escalation=0.05, discount=0.05) == pytest.approx(7.0)
    assert atb.idle_rental_npv(accelerators=1, usd_per_accelerator_hour=1, years_waiting=0, discount=0.07) == 0.0
    zero_rate = {"debt_fraction": 0.0, "interest_nominal": 0.0, "equity_return_nominal": 0.02}
    out = atb.lcoe(
        overnight_usd_per_kw=8760.0,
        grid_connection_usd_per_kw=0.0,
        construction_finance_factor=1.0,
        fom_usd_per_kw_year=0.0,
        vom_usd_per_mwh=0.0,
        fuel_usd_per_mmbtu=0.0,
        heat_rate_mmbtu_per_mwh=0.0,
        capacity_factor=1.0,
        recovery_years=20,
        inflation=0.02,
        tax_rate=0.0,
        depreciation_pv=0.0,
        tax_credit=0.0,
        production_credit_usd_per_mwh=0.0,
        **zero_rate,
    )
    assert out.lcoe_usd_per_mwh == pytest.approx(1000.0 / 20.0)
    nan = atb.present_worth_factor(years=3, escalation=np.nan, discount=0.05)
    assert np.isnan(nan)


def test_axes_lead_freely():
    discount = np.array([[0.05], [0.08]])
    escalation = np.array([0.0, 0.02, 0.04])
    assert atb.present_worth_factor(years=10, escalation=escalation, discount=discount).shape == (2, 3)
