"""compute: accelerators and MW, MFU, goodput, training, memory, serving, cost of a run."""

import csv
import doctest
import importlib
import json
import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import compute

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(REFERENCE is None, reason="GIGAWATT_REFERENCE is not set")
DATA = Path(compute.__file__).parents[1] / "data"


def values(name: str) -> dict[str, float]:
    with open(DATA / name, encoding="utf-8") as file:
        return {r["id"]: float(r["value"]) for r in csv.DictReader(file) if r["unit"] not in ("text", "date")}


MEASURED, ASSUMED = values("compute.csv"), values("assumptions/compute.csv")
RATE = MEASURED["goodput.failure_rate"]
JOB = dict(
    peak_flop_per_s=2.5e15,
    mfu=0.41,
    reference_accelerators=128,
    loss_exponent=0.042,
    failures_per_accelerator_hour=RATE,
    checkpoint_h=2 / 3600,
    restart_h=1 / 60,
)


def recovery(name: str) -> dict[str, float]:
    return {
        "checkpoint_h": ASSUMED[f"goodput.{name}.checkpoint"] / 3600,
        "restart_h": ASSUMED[f"goodput.{name}.restart"] / 60,
    }


@pytest.mark.parametrize("name", ["load", "optimal_run", "reliability", "run_cost", "serving", "training"])
def test_doctests(name):
    assert doctest.testmod(importlib.import_module(f"gigawatt.compute.{name}")).failed == 0


# IT power


@given(st.floats(1e-3, 1e5), st.floats(0.1, 10))
def test_power_pair(mw, kw):
    n = compute.accelerators_for_it_mw(it_peak_mw=mw, kw_per_accelerator=kw)
    assert compute.it_peak_mw(accelerators=n, kw_per_accelerator=kw) == pytest.approx(mw)
    whole = compute.accelerators_for_it_mw(it_peak_mw=mw, kw_per_accelerator=kw, units_per_server=72)
    assert whole % 72 == 0 and n - 72 < whole * (1 + 1e-9) + 1e-6 and whole <= n * (1 + 1e-9)


def test_whole_racks_survive_rounding():
    for racks in range(1, 2000):
        n = compute.accelerators_for_it_mw(
            it_peak_mw=racks * 72 * 2.144 / 1e3, kw_per_accelerator=2.144, units_per_server=72
        )
        assert n == racks * 72


def test_density_near_epoch():
    """Epoch AI: 479,000 GB200 and 719,000 H100 per GW of IT power."""
    share = values("accelerators.csv")["it.outside_rack_power_share"]
    for server, units, per_gw in ((132.0, 72, 479e3), (10.2, 8, 719e3)):
        kw = compute.it_kw_per_accelerator(server_kw=server, units_per_server=units, outside_rack_share=share)
        n = compute.accelerators_for_it_mw(it_peak_mw=1000.0, kw_per_accelerator=kw)
        assert n == pytest.approx(per_gw, rel=0.05)


# goodput


@given(st.floats(0.01, 1e4), st.floats(1e-5, 1), st.floats(0, 2))
def test_goodput_interval_is_the_best(mtbf, checkpoint, restart):
    best = compute.goodput(mtbf_h=mtbf, checkpoint_h=checkpoint, restart_h=restart)
    tau = compute.checkpoint_interval_h(mtbf_h=mtbf, checkpoint_h=checkpoint)
    assert 0 <= best < 1
    for other in (0.7 * tau, 1.4 * tau):
        cost = np.exp(restart / mtbf) * np.expm1((other + checkpoint) / mtbf) * mtbf / other
        assert 1 / cost <= best * (1 + 1e-9)


def test_goodput_forms_agree_when_failures_are_rare():
    args = dict(mtbf_h=1e4, checkpoint_h=10 / 3600, restart_h=0.1)
    assert compute.goodput(**args) == pytest.approx(compute.goodput_first_order(**args), abs=1e-4)


def test_goodput_limits():
    n = np.array([0.0, 1e5, 1e9, np.nan])
    with np.errstate(divide="ignore"):
        mtbf = compute.mtbf_h(accelerators=n, failures_per_accelerator_hour=RATE)
    share = compute.goodput(mtbf_h=mtbf, checkpoint_h=10 / 3600, restart_h=5 / 60)
    assert share[0] == 1 and 0 < share[1] < 1 and share[2] == pytest.approx(0) and np.isnan(share[3])
    assert compute.goodput(mtbf_h=0.0, checkpoint_h=0.1, restart_h=0.1) == 0
    assert compute.goodput(mtbf_h=1.0, checkpoint_h=0.0, restart_h=0.0) == 1


def test_goodput_matches_a_simulation():
    rng, mtbf, checkpoint, restart = np.random.default_rng(1), 2.0, 0.02, 0.1
    tau = float(compute.checkpoint_interval_h(mtbf_h=mtbf, checkpoint_h=checkpoint))
    wall = work = 0.0
    for _ in range(20_000):
        fail = rng.exponential(mtbf)
        while fail < tau + checkpoint:
            wall += fail
            while (again := rng.exponential(mtbf)) < restart:
                wall += again
            wall += restart
            fail = rng.exponential(mtbf)
        wall, work = wall + tau + checkpoint, work + tau
    want = compute.goodput(mtbf_h=mtbf, checkpoint_h=checkpoint, restart_h=restart)
    assert work / wall == pytest.approx(want, rel=0.01)


@needs_reference
def test_published_goodput():
    cases = json.loads((Path(str(REFERENCE)) / "published_cases" / "goodput.json").read_text())["cases"]
    for c in cases:
        tolerance = c["tolerance"]
        if "mtbf_h" in tolerance:
            got = compute.mtbf_from_count_h(days=c["days"], interruptions=c["interruptions"])
            assert got == pytest.approx(c["expected"]["mtbf_h"], rel=tolerance["mtbf_h"]["rel"])
        if "mttf_h" in tolerance:
            got = compute.mttf_from_node_rate_h(
                failures_per_1000_node_days=c["failures_per_1000_node_days"],
                accelerators_per_node=c["accelerators_per_node"],
                accelerators=c["n_accelerators"],
            )
            assert got == pytest.approx(c["expected"]["mttf_h"], rel=tolerance["mttf_h"]["rel"])
        if "effective_fraction" in tolerance:
            rate = RATE
            if c["unexpected_interruptions"]:
                total = c["unexpected_interruptions"] + (c["planned_interruptions"] or 0)
                rate = compute.failure_rate_per_accelerator_hour(
                    interruptions=total, days=c["days"], accelerators=c["n_accelerators"]
                )
            mtbf = compute.mtbf_h(accelerators=c["n_accelerators"], failures_per_accelerator_hour=rate)
            got = compute.goodput(mtbf_h=mtbf, **recovery(c["recovery"]))
            want = c["expected"]["effective_fraction"]
            if isinstance(want, list):
                assert want[0] <= got <= want[1]
            else:
                assert got == pytest.approx(want, abs=tolerance["effective_fraction"]["abs"])


# training


@given(st.floats(10, 3e5), st.floats(1, 400))
def test_training_pair(n, days):
    per_day = compute.job_flop_per_day(accelerators=n, **JOB)
    flop = compute.largest_run_flop(days=days, flop_per_day=per_day)
    assert compute.training_days(flop=flop, flop_per_day=per_day) == pytest.approx(days)
    assert compute.accelerators_for_training(flop=flop, days=days, **JOB) == pytest.approx(n, rel=1e-6)


def test_no_number_is_enough():
    assert np.isinf(compute.accelerators_for_training(flop=1e31, days=10.0, **JOB))


def test_largest_useful_job_is_a_maximum():
    terms = {k: JOB[k] for k in ("loss_exponent", "failures_per_accelerator_hour", "checkpoint_h", "restart_h")}
    top = compute.largest_useful_job(**terms)
    best = compute.job_flop_per_day(accelerators=top, **JOB)
    assert best > compute.job_flop_per_day(accelerators=0.8 * top, **JOB)
    assert best > compute.job_flop_per_day(accelerators=1.25 * top, **JOB)


def test_training_takes_a_leading_axis():
    draws = {k: np.full(5, v) for k, v in JOB.items()}
    one = compute.accelerators_for_training(flop=2e25, days=60.0, **JOB)
    many = compute.accelerators_for_training(flop=2e25, days=60.0, **draws)
    assert many.shape == (5,) and np.allclose(many, one)


# serving


@given(st.floats(1, 1e9), st.floats(1, 1e5), st.floats(0.01, 1))
def test_fleet_pair(tokens, rate, factor):
    n = compute.accelerators_for_tokens_per_s(
        tokens_per_s=tokens, tokens_per_s_per_accelerator=rate, fleet_factor=factor
    )
    back = compute.fleet_tokens_per_s(accelerators=n, tokens_per_s_per_accelerator=rate, fleet_factor=factor)
    assert back == pytest.approx(tokens)


# energy and cost of a run


@needs_reference
def test_published_energy_and_cost():
    path = Path(str(REFERENCE)) / "published_cases" / "training_energy_cost.json"
    scored = 0
    for c in json.loads(path.read_text())["cases"]:
        got = predict_run(c)
        for figure, tolerance in c["tolerance"].items():
            assert got[figure] == pytest.approx(c["expected"][figure], rel=tolerance["rel"]), (c["case_id"], figure)
            scored += 1
    assert scored > 35


def predict_run(c: dict) -> dict:
    if c["kind"] == "training_cost":
        age = (date.fromisoformat(c["training_start"]) - date.fromisoformat(c["available_from"])).days / 365.25
        value = compute.value_at_start_usd(
            server_usd_per_chip=c["server_price_usd_per_chip"],
            decline_oom_per_year=c["value_decline_oom_per_year"],
            years_on_market=age,
        )
        return {
            "hardware_acquisition_usd": compute.hardware_acquisition_usd(
                chips=c["chips"],
                server_usd_per_chip=c["server_price_usd_per_chip"],
                interconnect_share=c["interconnect_share"],
                price_index_factor=c["price_index_factor"],
            ),
            "amortised_capex_plus_energy_usd": compute.amortised_training_cost_usd(
                chip_hours=c["chip_hours"],
                value_at_start_usd=value,
                decline_oom_per_year=c["value_decline_oom_per_year"],
                interconnect_share=c["interconnect_share"],
                chip_w=c["chip_tdp_w"],
                server_power_per_chip_power=c["server_power_per_chip_power"],
                mean_draw_of_server_max=c["mean_draw_of_server_max"],
                pue=c["pue"],
                usd_per_kwh=c["energy_usd_per_kwh"],
                price_index_factor=c["price_index_factor"],
            ),
        }
    energy = c.get("energy_mwh")
    if energy is None:
        energy = compute.training_energy_mwh(accelerator_hours=c["gpu_hours"], accelerator_w=c["gpu_power_w"])
    factor = c["emission_factor_t_per_mwh"]
    return {
        "gpu_energy_mwh": energy,
        "emissions_t": compute.energy_to_emissions_t(energy_mwh=energy, emission_factor_t_per_mwh=factor),
        "emissions_with_pue_t": compute.energy_to_emissions_t(
            energy_mwh=energy, emission_factor_t_per_mwh=factor, pue=c.get("pue", 1.0)
        ),
    }
