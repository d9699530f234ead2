"""Greedy dispatch: a plain loop and a linear programme as second ways, balances, limits, published mixes."""

import csv
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gigawatt.power import reference
from gigawatt.power.account import accounted, violations
from gigawatt.power.problem import FlexibleLoad, Import, Problem, Source, Store
from gigawatt.power.simulate import dispatched, simulate

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")


def weather(seed=0, hours=72):
    rng = np.random.default_rng(seed)
    sun = np.maximum(np.sin((np.arange(hours) % 24 - 6) / 12 * np.pi), 0.0) * rng.uniform(0.3, 1.0, hours)
    return {"load_mw": 1.0 + 0.3 * rng.random(hours), "solar_cf": sun, "wind_cf": rng.random(hours) ** 2}


def mix(**more):
    figures = {"solar_mw": 3.0, "wind_mw": 1.0, "power_mw": 0.6, "energy_mwh": 4.0}
    return figures | {"round_trip_efficiency": 0.85, "initial_soc": 0.3} | more


def by_hand(*, load_mw, solar_cf, wind_cf, solar_mw, wind_mw, power_mw, energy_mwh, round_trip_efficiency, initial_soc):
    """Backup of each hour, one `if` at a time."""
    eta, content, backup = round_trip_efficiency**0.5, initial_soc * energy_mwh, []
    for load, sun, wind in zip(load_mw, solar_cf, wind_cf, strict=True):
        made = solar_mw * sun + wind_mw * wind
        if made >= load:
            content += eta * min(made - load, power_mw, (energy_mwh - content) / eta)
            backup.append(0.0)
        else:
            given = min(load - made, power_mw, content * eta)
            content -= given / eta
            backup.append(load - made - given)
    return np.array(backup)


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_loop_by_hand(seed):
    case = weather(seed) | mix(power_mw=0.2 * seed, energy_mwh=1.5 * seed)
    run = simulate(**case, keep_series=True)
    backup = by_hand(**case)
    assert run.series.backup_mw == pytest.approx(backup, abs=1e-12)
    assert run.backup_mwh == pytest.approx(backup.sum())
    assert run.peak_backup_mw == pytest.approx(backup.max())
    assert run.backup_fraction == pytest.approx(backup.sum() / case["load_mw"].sum())


@pytest.mark.parametrize("seed", range(4))
def test_no_dispatch_with_foresight_needs_less_backup(seed):
    """With one kind of backup and a free end, waiting never saves energy: the rule reaches the programme's optimum."""
    case = weather(seed, hours=48) | mix()
    net = case["load_mw"] - case["solar_mw"] * case["solar_cf"] - case["wind_mw"] * case["wind_cf"]
    n, eta = len(net), np.sqrt(case["round_trip_efficiency"])
    within = np.tril(np.ones((n, n)))
    content = np.hstack([within * eta, -within / eta, np.zeros((n, n))])  # of charge, discharge, backup
    supply = np.hstack([np.eye(n), -np.eye(n), -np.eye(n)])
    begin, size = case["initial_soc"] * case["energy_mwh"], case["energy_mwh"]
    found = linprog(
        np.repeat([0.0, 0.0, 1.0], n),
        np.vstack([content, -content, supply]),
        np.concatenate([np.full(n, size - begin), np.full(n, begin), -net]),
        bounds=[(0.0, case["power_mw"])] * (2 * n) + [(0.0, None)] * n,
    )
    assert found.status == 0
    assert simulate(**case).backup_mwh == pytest.approx(found.fun, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 50),
    st.floats(0.0, 6.0),
    st.floats(0.0, 3.0),
    st.floats(0.0, 2.0),
    st.floats(0.0, 20.0),
    st.floats(0.5, 1.0),
)
def test_balances(seed, solar, wind, power, energy, efficiency):
    case = weather(seed) | mix(
        solar_mw=solar, wind_mw=wind, power_mw=power, energy_mwh=energy, round_trip_efficiency=efficiency
    )
    run = simulate(**case, keep_series=True)
    s, eta = run.series, np.sqrt(efficiency)
    made = solar * case["solar_cf"] + wind * case["wind_cf"]
    assert made + s.discharge_mw + s.backup_mw == pytest.approx(case["load_mw"] + s.charge_mw + s.curtailed_mw)
    moved = np.diff(s.soc_mwh, prepend=0.3 * energy)
    assert moved == pytest.approx(s.charge_mw * eta - s.discharge_mw / eta, abs=1e-9)
    for x in (s.charge_mw, s.discharge_mw, s.backup_mw, s.curtailed_mw, s.soc_mwh):
        assert x.min() >= 0.0
    assert np.minimum(s.charge_mw, s.discharge_mw).max() == 0.0
    assert max(s.charge_mw.max(), s.discharge_mw.max()) <= power
    assert s.soc_mwh.max() <= energy
    assert run.final_soc_mwh == s.soc_mwh[-1]
    totals = (run.charged_mwh, run.discharged_mwh, run.backup_mwh, run.curtailed_mwh)
    assert totals == pytest.approx([x.sum() for x in (s.charge_mw, s.discharge_mw, s.backup_mw, s.curtailed_mw)])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 50), st.sampled_from(["solar_mw", "wind_mw", "power_mw", "energy_mwh", "initial_soc"]))
def test_more_of_anything_never_needs_more_backup(seed, what):
    case = weather(seed) | mix()
    more = simulate(**(case | {what: case[what] * 1.2}))
    assert more.backup_mwh <= simulate(**case).backup_mwh + 1e-9


def test_many_mixes_at_once_are_each_alone():
    case, rng = weather(2), np.random.default_rng(2)
    many = {k: v * rng.uniform(0.5, 1.2, (4, 3)) for k, v in mix().items() if k != "round_trip_efficiency"}
    run = simulate(**(case | mix() | many), keep_series=True)
    assert run.backup_fraction.shape == (4, 3)
    assert run.series.soc_mwh.shape == (4, 3, 72)
    one = simulate(**(case | mix() | {k: v[2, 1] for k, v in many.items()}))
    for figure in ("load_mwh", "backup_mwh", "curtailed_mwh", "charged_mwh", "discharged_mwh", "peak_backup_mw"):
        assert getattr(run, figure)[2, 1] == pytest.approx(getattr(one, figure))
    sites = simulate(**mix(), load_mw=1.0, **{k: np.stack([v, v[::-1]]) for k, v in case.items() if k != "load_mw"})
    assert sites.backup_fraction.shape == (2,)
    assert sites.load_mwh == pytest.approx([72.0, 72.0])


def test_limits():
    case = weather(1)
    nothing = simulate(**case, **mix(solar_mw=0.0, wind_mw=0.0, energy_mwh=0.0, power_mw=0.0))
    assert nothing.backup_fraction == pytest.approx(1.0)
    assert nothing.battery_efc_per_day == 0.0
    assert nothing.peak_backup_mw == pytest.approx(case["load_mw"].max())
    plenty = simulate(**case, **mix(power_mw=1e3, energy_mwh=1e4, initial_soc=1.0))
    assert plenty.backup_fraction == 0.0
    lossless = simulate(**case, **mix(round_trip_efficiency=1.0))
    assert lossless.charged_mwh - lossless.discharged_mwh == pytest.approx(lossless.final_soc_mwh - 0.3 * 4.0)
    full = simulate(load_mw=[1.0, 1.0], solar_cf=0.0, wind_cf=0.0, **mix(power_mw=9.0, initial_soc=1.0))
    assert full.battery_efc_per_day == pytest.approx(2 / np.sqrt(0.85) / 4 * 12)  # 2 MWh of 4 in two hours
    assert full.series is None


def test_finer_steps_move_the_same_energy():
    case = weather(5)
    fine = {k: np.repeat(v, 4) for k, v in case.items()}
    hourly, quarters = simulate(**case, **mix()), simulate(**fine, **mix(), step_hours=0.25)
    for figure in ("load_mwh", "backup_mwh", "curtailed_mwh", "final_soc_mwh", "battery_efc_per_day"):
        assert getattr(quarters, figure) == pytest.approx(getattr(hourly, figure))


@pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
def test_published_fixed_mixes():
    folder = Path(REFERENCE) / "published_cases"
    with open(folder / "dispatch_fixed_mix.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    series = {r["series"]: np.genfromtxt(folder / r["series"], delimiter=",", names=True) for r in rows}

    def column(name):
        return np.array([float(r[name]) for r in rows])

    run = simulate(
        load_mw=1.0,
        solar_cf=np.stack([series[r["series"]]["solar_cf"] for r in rows]),
        wind_cf=np.stack([series[r["series"]]["wind_cf"] for r in rows]),
        solar_mw=column("solar_mw_per_mw_load"),
        wind_mw=column("wind_mw_per_mw_load"),
        power_mw=column("battery_mw_per_mw_load"),
        energy_mwh=column("battery_mwh_per_mw_load"),
        round_trip_efficiency=column("round_trip_efficiency"),
        initial_soc=column("initial_soc"),
    )
    assert len(rows) == 71
    assert run.backup_fraction == pytest.approx(column("expected_backup_fraction"), abs=1e-4)
    assert run.peak_backup_mw == pytest.approx(column("expected_peak_backup_per_mw_load"), abs=1e-4)
    assert run.battery_efc_per_day == pytest.approx(column("expected_battery_efc_per_day"), abs=1e-4)


# --- A whole problem --------------------------------------------------------------------------------------------------


def source(name, *, fixed=0.0, variable=0.0, availability=1.0, **more):
    figures = {"carbon_intensity_kg_per_mwh": 0.0, "clean_share": 0.0} | more
    return Source(
        name=name, availability=availability, fixed_usd_per_mw_year=fixed, variable_usd_per_mwh=variable, **figures
    )


def battery(**more):
    figures = {"power_usd_per_mw_year": 40.0, "energy_usd_per_mwh_year": 30.0, "self_discharge_per_hour": 0.001}
    return Store(name="battery", **(figures | {"charge_efficiency": 0.95, "discharge_efficiency": 0.9} | more))


def campus(seed=0, hours=48, **more):
    """Two days with a bit of everything; yearly costs are per two days here."""
    rng, w = np.random.default_rng(seed), weather(seed, hours)
    grid = Import(
        price_usd_per_mwh=rng.uniform(-20.0, 120.0, hours),
        carbon_intensity_kg_per_mwh=300.0,
        clean_share=0.4,
        connection_usd_per_mw_year=30.0,
        demand_charge_usd_per_mw_year=5.0,
        limit_mw=0.6,
    )
    nuclear = source("nuclear", variable=70.0, take_or_pay=True, through_connection=True, max_mw=0.3)
    return replace(
        Problem(
            load_mw=w["load_mw"],
            voll_usd_per_mwh=3000.0,
            sources=(
                source("gas", fixed=300.0, variable=60.0, max_mw=3.0),
                source("solar", fixed=90.0, availability=w["solar_cf"], max_mw=5.0),
                source("wind", fixed=200.0, availability=w["wind_cf"], max_mw=5.0),
                nuclear,
            ),
            stores=(battery(max_power_mw=2.0, max_energy_mwh=8.0),),
            grid=grid,
            flexible=(FlexibleLoad(name="training", mw=0.2, usd_per_mwh=90.0),),
        ),
        **more,
    )


def sizes(decision):
    names = ("source_mw", "connection_mw", "store_power_mw", "store_charge_mw", "store_energy_mwh")
    return {k: getattr(decision, k) for k in names}


def assert_kept(problem, decision):
    found = violations(problem, decision)
    for family in ("balance_mw", "capacity_mw", "connection_mw", "storage_mwh", "bounds_mw", "limits"):
        assert getattr(found, family) <= 1e-7, family
    assert found.simultaneous_mwh_per_year == 0.0


def cost(problem, decision):
    return accounted(problem, decision).objective_usd_per_year


@pytest.mark.parametrize("seed", range(4))
def test_never_cheaper_than_the_optimum(seed):
    problem = campus(seed)
    best = reference.solve(problem)
    greedy = dispatched(problem, **sizes(best.decision))
    assert_kept(problem, greedy)
    assert cost(problem, greedy) >= best.lower_bound_usd_per_year - 1e-6 * abs(best.objective_usd_per_year)
    built = {
        "source_mw": [1.0, 2.0, 1.0, 0.2],
        "connection_mw": 0.4,
        "store_power_mw": [0.5],
        "store_charge_mw": [0.5],
        "store_energy_mwh": [2.0],
    }
    other = dispatched(problem, **built)
    assert_kept(problem, other)
    assert cost(problem, other) > best.objective_usd_per_year


def island(**more):
    """Sun, wind, battery and gas alone, the mix of `simulate`."""
    w = weather(3)
    parts = (
        source("solar", availability=w["solar_cf"]),
        source("wind", availability=w["wind_cf"]),
        source("gas", variable=60.0),
    )
    store = battery(self_discharge_per_hour=0.0, charge_efficiency=0.9, discharge_efficiency=0.9)
    return replace(Problem(load_mw=w["load_mw"], voll_usd_per_mwh=None, sources=parts, stores=(store,)), **more)


ISLAND = {
    "source_mw": [3.0, 1.0, 2.0],
    "connection_mw": 0.0,
    "store_power_mw": [0.6],
    "store_charge_mw": [0.6],
    "store_energy_mwh": [4.0],
}


def test_both_versions_run_a_plain_mix_alike():
    problem = island()
    d = dispatched(problem, **ISLAND)
    assert_kept(problem, d)
    begin = d.soc_mwh[0, -1] / 4.0
    run = simulate(**weather(3), **mix(round_trip_efficiency=0.81, initial_soc=begin), keep_series=True)
    assert d.output_mw[2] == pytest.approx(run.series.backup_mw, abs=1e-7)
    assert d.soc_mwh[0] == pytest.approx(run.series.soc_mwh, abs=1e-7)
    assert run.final_soc_mwh == pytest.approx(d.soc_mwh[0, -1])
    assert accounted(problem, d).lines[2].mwh_per_year == pytest.approx(run.backup_mwh)


def test_weather_years_are_each_closed():
    one, other = weather(3), weather(8)
    pair = {k: np.stack([one[k], other[k]]) for k in one}
    first = island()
    parts = tuple(replace(s, availability=pair[f"{s.name}_cf"]) if s.name != "gas" else s for s in first.sources)
    problem = replace(first, load_mw=pair["load_mw"], sources=parts)
    d = dispatched(problem, **ISLAND)
    assert_kept(problem, d)
    alone = dispatched(first, **ISLAND)
    assert d.output_mw.shape == (3, 2, 72)
    assert d.output_mw[:, 0] == pytest.approx(alone.output_mw)
    assert d.soc_mwh[:, 0] == pytest.approx(alone.soc_mwh)


@pytest.mark.parametrize("gain", [-0.01, 0.01, 0.3])
@pytest.mark.parametrize("leak", [0.0, 1e-4])
def test_a_store_larger_than_the_swing_closes_too(gain, leak):
    """Sun every other hour; each pair of hours leaves a little more, or less, in the store."""
    made = 1.0 + (1.0 / 0.9 + gain) / 0.9
    problem = Problem(
        load_mw=np.ones(24),
        voll_usd_per_mwh=100.0,
        sources=(source("solar", availability=np.tile([1.0, 0.0], 12)),),
        stores=(battery(self_discharge_per_hour=leak, charge_efficiency=0.9, discharge_efficiency=0.9),),
    )
    big = {"store_power_mw": [5.0], "store_charge_mw": [5.0], "store_energy_mwh": [900.0]}
    d = dispatched(problem, source_mw=[made], connection_mw=0.0, **big)
    assert_kept(problem, d)
    if leak == 0.0:
        assert d.unserved_mw.sum() == pytest.approx(12 * 0.9 * max(-gain, 0.0))


def test_what_is_paid_for_anyway_comes_first():
    contract = source("contract", variable=400.0, take_or_pay=True)
    store = battery(self_discharge_per_hour=0.0)
    problem = Problem(
        load_mw=np.array([1.0, 2.0]),
        voll_usd_per_mwh=None,
        sources=(source("gas", variable=60.0), contract),
        stores=(store,),
    )
    ones = {"store_power_mw": [1.0], "store_charge_mw": [1.0], "store_energy_mwh": [1.0]}
    d = dispatched(problem, source_mw=[2.0, 1.5], connection_mw=0.0, **ones)
    assert_kept(problem, d)
    assert d.output_mw[1] == pytest.approx([1.5, 1.5])
    assert d.discharge_mw[0] == pytest.approx([0.0, 0.5 * 0.95 * 0.9])
    assert d.output_mw[0] == pytest.approx([0.0, 0.5 - 0.5 * 0.95 * 0.9])


def test_merit_order_of_the_hour():
    flat = Import(
        price_usd_per_mwh=np.array([50.0, 70.0, -5.0, 5000.0]),
        carbon_intensity_kg_per_mwh=0.0,
        clean_share=0.0,
        connection_usd_per_mw_year=0.0,
        demand_charge_usd_per_mw_year=0.0,
    )
    problem = Problem(
        load_mw=np.full(4, 3.0),
        voll_usd_per_mwh=1000.0,
        sources=(source("gas", variable=60.0),),
        grid=flat,
        flexible=(FlexibleLoad(name="training", mw=0.5, usd_per_mwh=65.0),),
        stores=(battery(self_discharge_per_hour=0.0),),
    )
    d = dispatched(
        problem, source_mw=[1.0], connection_mw=4.0, store_power_mw=[0.0], store_charge_mw=[0.0], store_energy_mwh=[1.0]
    )
    assert d.import_mw.tolist() == [3.0, 1.5, 3.0, 0.0]
    assert d.output_mw[0].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert d.paused_mw[0].tolist() == [0.0, 0.5, 0.0, 0.5]
    assert d.unserved_mw.tolist() == [0.0, 0.0, 0.0, 1.5]
    d = dispatched(
        problem, source_mw=[1.0], connection_mw=4.0, store_power_mw=[2.0], store_charge_mw=[2.0], store_energy_mwh=[9.0]
    )
    assert d.charge_mw[0].tolist() == [0.0, 0.0, 1.0, 0.0]  # at a negative price, as far as the connection goes
    assert d.discharge_mw[0, 3] == pytest.approx(0.95 * 0.9)
    assert d.unserved_mw[3] == pytest.approx(1.5 - 0.95 * 0.9)


def test_yearly_energy_is_used_up_as_it_goes():
    problem = island()
    gas = replace(problem.sources[2], max_mwh_per_year=5.0)
    capped = replace(problem, sources=(*problem.sources[:2], gas), voll_usd_per_mwh=3000.0)
    d = dispatched(capped, **ISLAND)
    assert_kept(capped, d)
    assert d.output_mw[2].sum() == pytest.approx(5.0)
    short = np.flatnonzero(d.unserved_mw > 1e-9)
    assert d.output_mw[2, short[0] + 1 :].sum() == 0.0


def test_a_load_that_must_be_served_and_is_not_shows_as_a_violation():
    problem = island()
    d = dispatched(problem, **(ISLAND | {"source_mw": [3.0, 1.0, 0.1]}))
    assert d.unserved_mw.max() > 0.1
    assert violations(problem, d).bounds_mw == pytest.approx(d.unserved_mw.max())


def test_without_stores_or_with_two():
    bare = island(stores=())
    none = {"store_power_mw": [], "store_charge_mw": [], "store_energy_mwh": []}
    d = dispatched(bare, **(ISLAND | none))
    assert_kept(bare, d)
    assert d.soc_mwh.shape == (0, 72)
    pair = island(stores=(battery(), replace(battery(), name="iron", charge_efficiency=0.7)))
    two = {"store_power_mw": [0.3, 0.3], "store_charge_mw": [0.3, 0.2], "store_energy_mwh": [2.0, 9.0]}
    both = dispatched(pair, **(ISLAND | two))
    assert_kept(pair, both)
    assert both.output_mw[2].sum() < d.output_mw[2].sum()
