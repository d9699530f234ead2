"""Off the grid: the public calculator to the last digit, its headlines from our own weather, the European ranking."""

import csv
import dataclasses
import doctest
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigawatt import offgrid
from gigawatt.validate import offgrid as cases
from gigawatt.validate import scan, shipped, validate
from gigawatt.validate.families import CannotPredict, Case
from gigawatt.validate.known import predictor

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
PLANT = offgrid.Plant(load_mw=100.0, solar_mw_dc=300.0, battery_mw=120.0, battery_hours=4.0, generator_mw=90.0)
WEAR, TERMS = cases.inputs(offgrid.Wear), cases.inputs(offgrid.Terms)
DAY = np.clip(np.sin((np.arange(24) - 6) / 12 * np.pi), 0.0, None)


def weather(days, seed=0):
    return (np.random.default_rng(seed).uniform(0.2, 1.0, (days, 1)) * DAY).ravel()


# --- The room ---------------------------------------------------------------------------------------------------------


def test_examples():
    failed, tried = doctest.testmod(offgrid)
    assert failed == 0 and tried > 0


def by_hand(sun, plant, wear):
    """The same dispatch in plain floats, one year after the other, as the contract states it."""
    one_way, rows = wear.round_trip_efficiency**0.5, []
    for year in range(1, wear.life_years + 1):
        size = plant.battery_hours * plant.battery_mw * (1 - wear.battery_loss_per_year * (year - 1))
        held, row = plant.battery_hours * plant.battery_mw, [0.0] * 5
        for cf in sun:
            solar = cf * plant.solar_mw_dc / wear.dc_ac_ratio * (1 - wear.solar_loss_per_year * (year - 1))
            if solar >= plant.load_mw:
                charge = max(min(solar - plant.load_mw, plant.battery_mw, size - held), 0.0)
                held += charge * one_way
                parts = (plant.load_mw + charge, solar - plant.load_mw - charge, 0.0, 0.0, plant.load_mw)
            else:
                need = plant.load_mw - solar
                cells = min(plant.battery_mw, need / one_way, held)
                held -= cells
                gas = min(plant.generator_mw, need - cells * one_way)
                parts = (solar, 0.0, cells * one_way, gas, solar + cells * one_way + gas)
            row = [a + b for a, b in zip(row, parts, strict=True)]
        rows.append(row)
    return np.array(rows).T


@settings(max_examples=25)
@given(st.floats(0, 800), st.floats(0, 400), st.floats(0, 130), st.integers(0, 99))
def test_dispatch_follows_the_contract(solar_mw, battery_mw, generator_mw, seed):
    plant = replace(PLANT, solar_mw_dc=solar_mw, battery_mw=battery_mw, generator_mw=generator_mw)
    sun = weather(6, seed)
    found = offgrid.dispatch(solar_cf=sun, plant=plant, wear=WEAR)
    expected = by_hand(sun, plant, WEAR)
    for name, row in zip(offgrid.Energy.__slots__, expected, strict=True):
        np.testing.assert_allclose(getattr(found, name), row, atol=0.5 + 1e-6, err_msg=name)


def test_many_plants_at_once_are_each_alone():
    sun, sizes = weather(5), np.array([0.0, 60.0, 250.0])
    many = offgrid.dispatch(solar_cf=sun, plant=replace(PLANT, battery_mw=sizes), wear=WEAR)
    prices = cases.inputs(offgrid.Prices, "engine")
    together = offgrid.levelised_price(energy=many, plant=replace(PLANT, battery_mw=sizes), prices=prices, terms=TERMS)
    for i, size in enumerate(sizes):
        plant = replace(PLANT, battery_mw=size)
        alone = offgrid.dispatch(solar_cf=sun, plant=plant, wear=WEAR)
        np.testing.assert_array_equal(alone.generator_mwh, many.generator_mwh[i])
        price = offgrid.levelised_price(energy=alone, plant=plant, prices=prices, terms=TERMS)
        assert price == pytest.approx(together[i], rel=1e-14)


@pytest.mark.parametrize(("rate", "years"), [(0.075, 20), (0.0, 20), (0.05, 8)])
def test_at_the_price_the_owners_earn_what_they_ask(rate, years):
    """The whole pro forma once more as a cash flow, year by year."""
    prices = cases.inputs(offgrid.Prices, "engine")
    terms = replace(TERMS, debt_rate=rate, debt_years=years)
    energy = offgrid.dispatch(solar_cf=weather(30), plant=PLANT, wear=WEAR)
    price = offgrid.levelised_price(energy=energy, plant=PLANT, prices=prices, terms=terms)
    solar = 300e6 * prices.solar_usd_per_w_dc + 480e3 * prices.battery_usd_per_kwh
    hard = solar + 90e3 * prices.generator_usd_per_kw + 100e3 * prices.integration_usd_per_kw_load
    capex = hard * (1 + prices.soft_fraction)
    credit = 0.3 * capex * solar / hard
    debt = owed = 0.7 * capex
    payment = debt * rate / (1 - (1 + rate) ** -years) if rate else debt / years
    npv = sum(-0.3 * capex / 2 / 1.11**t for t in (1, 2))
    for y in range(1, 21):
        gas, served = energy.generator_mwh[y - 1], energy.served_mwh[y - 1]
        fixed = 300e3 * 11 + 120e3 * 2.5 + 90e3 * 10 + 100e3 * 6 + 0.0025 * hard
        upkeep = (fixed + gas * 1e3 * 0.025) * 1.025 ** (y - 1)
        earned = price * served - upkeep - gas * 8.989 * 5 * 1.03 ** (y - 1)
        interest = owed * rate if y <= years else 0.0
        paid = payment if y <= years else 0.0
        owed = max(owed + interest - paid, 0.0)
        written_off = (capex - credit / 2) * (offgrid.MACRS_5_YEAR[y - 1] if y <= 6 else 0.0)
        cash = earned - paid - 0.21 * (earned - written_off - interest) + (credit if y == 1 else 0.0)
        npv += cash / 1.11 ** (y + 2)
    assert owed == pytest.approx(0.0, abs=1e-3)
    assert npv == pytest.approx(0.0, abs=1e-6 * capex)


# --- Published cases --------------------------------------------------------------------------------------------------


def published(name):
    return (Path(REFERENCE) / "published_cases" / name).read_text(encoding="utf-8")


@needs_reference
def test_the_calculator(tmp_path):
    report = validate([Path(REFERENCE) / "published_cases" / "offgrid_solar_gas_calculator.json"])
    assert len(report.rows) == 72
    assert all(r.scored and r.within and (r.abs_rel_error or 0.0) < 1e-9 for r in report.rows)
    bare = json.loads(published("offgrid_solar_gas_calculator.json"))
    bare["cases"] = bare["cases"][:2]
    for case in bare["cases"]:
        case["expected"] = dict.fromkeys(case["expected"])
    (tmp_path / "offgrid_solar_gas_calculator.json").write_text(json.dumps(bare), encoding="utf-8")
    again = validate([tmp_path])
    assert [r.predicted for r in again.rows] == [r.predicted for r in report.rows[: len(again.rows)]]


def test_the_facts_of_the_study_are_those_of_its_cases():
    """Without the file's prices the study's own facts stand: they are the same."""
    spec = json.loads((shipped()[0] / "offgrid_solar_gas_calculator.json").read_text(encoding="utf-8"))["spec"]
    case = Case(shared={"spec": spec}).common("spec")
    for kind, name in (("Gas Engine", "engine"), ("Gas Turbine", "turbine")):
        given = dataclasses.asdict(cases._prices(case, kind))
        assert given == pytest.approx(dataclasses.asdict(cases.inputs(offgrid.Prices, name)), rel=1e-14)
    assert cases._terms(case.table("finance")) == TERMS
    assert cases._wear(case.table("dispatch")) == WEAR


def test_a_generator_that_is_none():
    case = Case(given={"generator_type": "Fuel Cell"})
    with pytest.raises(CannotPredict, match="Gas Engine, Gas Turbine"):
        predictor("offgrid_pro_forma")(case)


def test_headlines_from_our_own_weather():
    """Gas turbines alone 86, 44 % solar 93, 90 % solar 109 USD/MWh: within a tenth."""
    prices = cases.headline_prices()
    for share, published_usd in ((0.0, 86.0), (0.44, 93.0), (0.9, 109.0)):
        assert prices[share] == pytest.approx(published_usd, rel=0.10), share
    assert 0.2 < float(cases.headline_sun().mean()) < 0.35


# --- The European ranking ---------------------------------------------------------------------------------------------


@needs_reference
def test_cells_are_ranked(tmp_path):
    report = validate([Path(REFERENCE) / "published_cases" / "eu_offgrid_scan_2030.csv"])
    found = report.statistics("eu_offgrid_scan_2030")
    assert found["scored"] == 160 and found["spearman"] >= 0.85
    rows = list(csv.DictReader(io.StringIO(published("eu_offgrid_scan_2030.csv"))))[::16]
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows({k: "" if k.startswith("expected") else v for k, v in row.items()} for row in rows)
    (tmp_path / "eu_offgrid_scan_2030.csv").write_text(out.getvalue(), encoding="utf-8")
    whole = {(r.case_id, r.figure): r.predicted for r in report.rows}
    assert all(r.predicted == whole[r.case_id, r.figure] for r in validate([tmp_path]).rows)


CELL = {"lat": 48, "lon": 2, "cf_solar": 0.18, "cf_wind": 0.18, "corr_sw": -0.3, "winter_solar": 0.36}


def test_a_cell_has_the_figures_it_is_drawn_from():
    sunny, windy = scan.cell_year(Case(given=CELL))
    assert sunny.mean() == pytest.approx(0.18, rel=0.01) and windy.mean() == pytest.approx(0.18, rel=0.01)
    winter = np.r_[0 : 59 * 24, 334 * 24 : 8760]
    assert sunny[winter].mean() / sunny.mean() == pytest.approx(0.36, abs=0.02)
    daily = [x.reshape(365, 24).mean(axis=1) for x in (sunny, windy)]
    assert np.corrcoef(*daily)[0, 1] == pytest.approx(-0.3, abs=0.07)


def test_a_better_cell_is_cheaper():
    def cost(**change):
        return scan.least_cost(*scan.cell_year(Case(given=CELL | change)))[0]

    assert cost(cf_wind=0.25) < cost() < cost(cf_wind=0.1)
    assert cost(cf_solar=0.22) < cost() < cost(winter_solar=0.2)
    assert np.isfinite(cost(cf_wind=0.0))
    with pytest.raises(CannotPredict, match="cf_solar"):
        scan.cell_year(Case(given=CELL | {"cf_solar": 1.2}))
