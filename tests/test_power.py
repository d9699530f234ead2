"""The power room: the linear programme against brute force, its bounds, its limits, its words."""

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gigawatt.power import explain, lp, programme, reference
from gigawatt.power.account import firm_mw, violations
from gigawatt.power.check import checked
from gigawatt.power.problem import (
    CapacityLimit,
    FlexibleLoad,
    Import,
    Problem,
    Source,
    Store,
)
from gigawatt.power.scaling import scaled, scaled_problem


def source(name, *, fixed=0.0, variable=0.0, availability=1.0, clean=0.0, carbon=0.0, **more):
    return Source(
        name=name,
        availability=availability,
        fixed_usd_per_mw_year=fixed,
        variable_usd_per_mwh=variable,
        carbon_intensity_kg_per_mwh=carbon,
        clean_share=clean,
        **more,
    )


def grid(price, **more):
    figures = {"carbon_intensity_kg_per_mwh": 300.0, "clean_share": 0.4}
    figures |= {"connection_usd_per_mw_year": 30.0, "demand_charge_usd_per_mw_year": 5.0}
    return Import(price_usd_per_mwh=price, **(figures | more))


def battery(**more):
    figures = {"power_usd_per_mw_year": 40.0, "energy_usd_per_mwh_year": 30.0, "self_discharge_per_hour": 0.001}
    figures |= {"charge_efficiency": 0.95, "discharge_efficiency": 0.9, "firm_credit": 0.9, "firm_hours": 4.0}
    return Store(name="battery", **(figures | more))


def day(seed=0, hours=24, **more):
    """A day with everything in it; yearly costs are per day here."""
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    sun = np.maximum(np.sin((hour % 24 - 6) / 12 * np.pi), 0.0) * rng.uniform(0.6, 1.0, hours)
    return replace(
        Problem(
            load_mw=100.0 + 10.0 * rng.random(hours),
            voll_usd_per_mwh=3000.0,
            sources=(
                source("solar", fixed=90.0, availability=sun, clean=1.0, max_mw=500.0),
                source("gas", fixed=300.0, variable=60.0, carbon=400.0, max_mw=300.0, firm_credit=0.9),
                source(
                    "nuclear",
                    variable=70.0,
                    availability=np.where(rng.random(hours) < 0.1, 0.5, 0.9),
                    clean=1.0,
                    take_or_pay=True,
                    through_connection=True,
                    max_mw=40.0,
                    firm_credit=0.7,
                ),
            ),
            stores=(battery(max_power_mw=200.0, max_energy_mwh=800.0),),
            grid=grid(50.0 + 40.0 * rng.random(hours), limit_mw=90.0, firm_credit=0.95),
        ),
        **more,
    )


def by_hand(problem):
    """Optimal cost of `day`-like problems from a dense programme written hour by hour, loops and all."""
    t_max, load = len(problem.load_mw), problem.load_mw
    n, (s,), g = len(problem.sources), problem.stores, problem.grid
    caps = n + 3  # sources, connection, power, energy
    width = n + 6  # outputs, import, charge, discharge, content, unserved, spare
    cost, at_most, equal, right, below, roof = (
        [0.0] * (caps + width * t_max),
        [None] * (caps + width * t_max),
        [],
        [],
        [],
        [],
    )
    for i, src in enumerate(problem.sources):
        could = np.broadcast_to(src.availability, t_max)
        due = np.broadcast_to(src.variable_usd_per_mwh, t_max)
        cost[i] = src.fixed_usd_per_mw_year + (float((could * due).sum()) if src.take_or_pay else 0.0)
        at_most[i] = src.max_mw
    cost[n] = g.connection_usd_per_mw_year + g.demand_charge_usd_per_mw_year
    at_most[n] = g.limit_mw
    cost[n + 1], cost[n + 2] = s.power_usd_per_mw_year, s.energy_usd_per_mwh_year
    at_most[n + 1], at_most[n + 2] = s.max_power_mw, s.max_energy_mwh

    def at(kind, t):
        return caps + (t % t_max) * width + kind

    for t in range(t_max):
        row = np.zeros(len(cost))
        for i, src in enumerate(problem.sources):
            cost[at(i, t)] = 0.0 if src.take_or_pay else np.broadcast_to(src.variable_usd_per_mwh, t_max)[t]
            row[at(i, t)] = 1.0
            lid = np.zeros(len(cost))
            lid[at(i, t)], lid[i] = 1.0, -np.broadcast_to(src.availability, t_max)[t]
            below.append(lid)
        cost[at(n, t)] = np.broadcast_to(g.price_usd_per_mwh, t_max)[t]
        cost[at(n + 4, t)] = problem.voll_usd_per_mwh
        at_most[at(n + 4, t)] = load[t]
        at_most[at(n + 5, t)] = 0.0
        row[at(n, t)], row[at(n + 1, t)], row[at(n + 2, t)], row[at(n + 4, t)] = 1.0, -1.0, 1.0, 1.0
        equal.append(row)
        right.append(load[t])
        flow = np.zeros(len(cost))
        flow[at(n, t)], flow[n] = 1.0, -1.0
        for i, src in enumerate(problem.sources):
            flow[at(i, t)] = 1.0 if src.through_connection else 0.0
        below.append(flow)
        for kind, size in ((n + 1, n + 1), (n + 2, n + 1), (n + 3, n + 2)):
            lid = np.zeros(len(cost))
            lid[at(kind, t)], lid[size] = 1.0, -1.0
            below.append(lid)
        soc = np.zeros(len(cost))
        soc[at(n + 3, t)] += 1.0
        soc[at(n + 3, t - 1)] -= 1.0 - s.self_discharge_per_hour
        soc[at(n + 1, t)] -= s.charge_efficiency
        soc[at(n + 2, t)] += 1.0 / s.discharge_efficiency
        equal.append(soc)
        right.append(0.0)
    roof = np.zeros(len(below))
    found = linprog(cost, np.array(below), roof, np.array(equal), right, [(0.0, u) for u in at_most])
    assert found.status == 0
    return found.fun


@pytest.mark.parametrize("seed", range(4))
def test_equals_a_programme_written_by_hand(seed):
    problem = day(seed)
    answer = reference.solve(problem)
    assert answer.objective_usd_per_year == pytest.approx(by_hand(problem), rel=1e-9)


def test_equals_enumeration_without_a_store():
    price = np.array([20.0, 200.0, 90.0])
    problem = Problem(
        load_mw=np.array([10.0, 10.0, 8.0]),
        voll_usd_per_mwh=1000.0,
        sources=(source("gas", fixed=40.0, variable=60.0),),
        grid=grid(price, limit_mw=10.0),
    )
    best = np.inf
    for gas in np.arange(0, 10.5, 0.5):
        for wire in np.arange(0, 10.5, 0.5):
            total = 40.0 * gas + 35.0 * wire
            for load, p in zip(problem.load_mw, price, strict=True):
                left = load
                for usd, mw in sorted(((p, wire), (60.0, gas), (1000.0, np.inf))):
                    total += usd * min(left, mw)
                    left -= min(left, mw)
            best = min(best, total)
    answer = reference.solve(problem)
    assert answer.objective_usd_per_year == pytest.approx(best, rel=1e-9)


def assert_sound(answer):
    assert answer.status == "optimal"
    v, tolerance = answer.violations, 1e-6 * answer.load_mw.max()
    assert max(v.balance_mw, v.capacity_mw, v.connection_mw, v.storage_mwh, v.bounds_mw) < tolerance
    assert v.limits < 1e-6
    assert v.simultaneous_mwh_per_year == 0.0
    assert answer.gap >= -1e-7


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 400.0), st.floats(0.0, 0.95))
def test_sound_and_certified_whatever_the_limits(seed, carbon, clean):
    answer = reference.solve(day(seed, max_carbon_kg_per_mwh=carbon, min_clean_share_hourly=clean))
    assert_sound(answer)
    assert answer.gap == pytest.approx(0.0, abs=1e-7)
    assert answer.carbon_intensity_kg_per_mwh <= carbon + 1e-4
    assert answer.clean_share_hourly >= clean - 1e-6


def test_energy_is_conserved():
    problem = day(3)
    answer = reference.solve(problem)
    d, s = answer.decision, problem.stores[0]
    made = d.output_mw.sum() + d.import_mw.sum() + d.unserved_mw.sum()
    kept = s.charge_efficiency * d.charge_mw.sum() - d.discharge_mw.sum() / s.discharge_efficiency
    lost = s.self_discharge_per_hour * d.soc_mwh.sum()
    assert kept == pytest.approx(lost, abs=1e-6)
    assert made == pytest.approx(problem.load_mw.sum() + (d.charge_mw - d.discharge_mw).sum(), rel=1e-12)
    assert sum(line.usd_per_year for line in answer.portfolio) == pytest.approx(answer.objective_usd_per_year)


@pytest.mark.parametrize(
    ("field", "loose_to_tight"),
    [
        ("max_carbon_kg_per_mwh", [400.0, 80.0, 40.0, 10.0]),
        ("min_clean_share_hourly", [0.0, 0.5, 0.9, 0.98]),
        ("min_clean_share_annual", [0.0, 0.7, 1.0, 1.4]),
        ("firm_margin", [-1.0, 0.5, 1.2, 1.6]),
        ("max_unserved_fraction", [1.0, 0.01, 0.001, 0.0]),
    ],
)
def test_a_tighter_limit_is_never_cheaper(field, loose_to_tight):
    answers = [reference.solve(replace(day(1), **{field: value})) for value in loose_to_tight]
    costs = [a.objective_usd_per_year for a in answers]
    assert all(a <= b * (1 + 1e-9) for a, b in itertools.pairwise(costs))
    assert costs[-1] > costs[0] or field == "max_unserved_fraction"
    for a in answers:
        assert_sound(a)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("connection", lambda p, x: replace(p, grid=replace(p.grid, limit_mw=p.grid.limit_mw + x))),
        ("nuclear:max", lambda p, x: replace(p, sources=(*p.sources[:2], replace(p.sources[2], max_mw=40.0 + x)))),
        ("carbon", lambda p, x: replace(p, max_carbon_kg_per_mwh=p.max_carbon_kg_per_mwh + x)),
        ("clean_hourly", lambda p, x: replace(p, min_clean_share_hourly=p.min_clean_share_hourly - x / 100)),
        ("firm", lambda p, x: replace(p, firm_margin=p.firm_margin - x / p.load_mw.max())),
        ("limit:land", lambda p, x: replace(p, capacity_limits=(replace(p.capacity_limits[0], upper=150.0 + x),))),
    ],
)
def test_a_shadow_price_is_what_relaxing_saves(name, change):
    base = day(2, max_carbon_kg_per_mwh=1000.0, min_clean_share_hourly=0.0, firm_margin=-1.0)
    base = replace(base, grid=replace(base.grid, limit_mw=60.0))
    tight = {"carbon": {"max_carbon_kg_per_mwh": 40.0}, "clean_hourly": {"min_clean_share_hourly": 0.9}}
    tight |= {"firm": {"firm_margin": 1.6}}
    tight |= {"limit:land": {"capacity_limits": (CapacityLimit(name="land", terms=(("solar", 1.0),), upper=150.0),)}}
    tight |= {"nuclear:max": {"max_carbon_kg_per_mwh": 1.0}}
    base = replace(base, **tight.get(name, {}))
    step = 1e-3
    answer, moved = reference.solve(base), reference.solve(change(base, step))
    (limit,) = (x for x in answer.limits if x.name == name)
    per_unit = limit.usd_per_unit_year * (0.01 if name == "clean_hourly" else 1.0)
    assert per_unit > 0
    saved = answer.objective_usd_per_year - moved.objective_usd_per_year
    assert saved == pytest.approx(per_unit * step, rel=1e-3)


def test_hourly_price_is_the_cost_of_one_more_mwh():
    problem = day(5)
    answer = reference.solve(problem)
    for t in (3, 12, 19):
        more = problem.load_mw.copy()
        more[t] += 1e-4
        step = reference.solve(replace(problem, load_mw=more)).objective_usd_per_year - answer.objective_usd_per_year
        assert step / 1e-4 == pytest.approx(answer.price_usd_per_mwh[t], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("factor", [0.02, 13.7])
def test_a_ladder_of_sizes_needs_one_solution(factor):
    problem = day(
        4,
        max_carbon_kg_per_mwh=40.0,
        firm_margin=1.2,
        capacity_limits=(CapacityLimit(name="land", terms=(("solar", 0.02),), upper=4.0),),
        flexible=(FlexibleLoad(name="batch", mw=5.0, usd_per_mwh=80.0, max_mwh_per_year=40.0),),
    )
    quick, full = scaled(reference.solve(problem), factor), reference.solve(scaled_problem(problem, factor))
    assert quick.objective_usd_per_year == pytest.approx(full.objective_usd_per_year, rel=1e-9)
    assert quick.cost_usd_per_mwh == pytest.approx(full.cost_usd_per_mwh, rel=1e-9)
    assert quick.decision.source_mw == pytest.approx(full.decision.source_mw, rel=1e-6, abs=1e-6 * factor)
    assert (
        max(getattr(violations(scaled_problem(problem, factor), quick.decision), f) for f in ("balance_mw", "limits"))
        < 1e-6
    )
    for a, b in zip(quick.limits, full.limits, strict=True):
        assert (a.name, a.limit) == (b.name, pytest.approx(b.limit))
        assert a.usd_per_unit_year == pytest.approx(b.usd_per_unit_year, rel=1e-6, abs=1e-6 * max(factor, 1))


def test_years_share_capacities_and_costs_are_per_year():
    one = day(6)
    twice = replace(
        one,
        load_mw=np.stack([one.load_mw, one.load_mw]),
        grid=replace(one.grid, price_usd_per_mwh=np.stack([one.grid.price_usd_per_mwh] * 2)),
    )
    a, b = reference.solve(one), reference.solve(twice)
    assert b.objective_usd_per_year == pytest.approx(a.objective_usd_per_year, rel=1e-9)
    assert b.decision.output_mw.shape == (3, 2, 24)
    assert_sound(b)


def test_longer_steps_weigh_more():
    one = day(7, stores=())
    double = replace(one, step_hours=2.0)
    two = replace(
        one,
        sources=tuple(replace(s, fixed_usd_per_mw_year=s.fixed_usd_per_mw_year / 2) for s in one.sources),
        grid=replace(one.grid, connection_usd_per_mw_year=15.0, demand_charge_usd_per_mw_year=2.5),
    )
    assert reference.solve(double).objective_usd_per_year == pytest.approx(
        2 * reference.solve(two).objective_usd_per_year
    )


def test_take_or_pay_is_paid_when_not_taken():
    could = np.array([1.0, 1.0])
    problem = Problem(
        load_mw=np.array([10.0, 1.0]),
        voll_usd_per_mwh=1000.0,
        sources=(
            source("ppa", variable=50.0, availability=could, clean=1.0, take_or_pay=True, min_mw=10.0, max_mw=10.0),
        ),
    )
    answer = reference.solve(problem)
    assert answer.objective_usd_per_year == pytest.approx(1000.0)
    assert answer.curtailed_mwh_per_year == pytest.approx(9.0)


def test_existing_capacity_costs_nothing_and_stays():
    base = day(8, grid=None, sources=(source("gas", fixed=300.0, variable=60.0),))
    have = replace(base, sources=(source("gas", fixed=300.0, variable=60.0, existing_mw=50.0),))
    a, b = reference.solve(base), reference.solve(have)
    assert b.objective_usd_per_year == pytest.approx(a.objective_usd_per_year - 50.0 * 300.0)
    wired = day(8, grid=grid(40.0, existing_mw=70.0, limit_mw=90.0), sources=(), stores=())
    line = next(x for x in reference.solve(wired).portfolio if x.kind == "grid")
    assert line.mw == pytest.approx(90.0)
    assert line.fixed_usd_per_year == pytest.approx(20.0 * 30.0 + 90.0 * 5.0)


def test_firm_margin_counts_a_battery_only_as_far_as_its_energy_lasts():
    answer = reference.solve(day(9, firm_margin=1.5))
    need = 2.5 * answer.load_mw.max()
    assert firm_mw(day(9), answer.decision) >= need * (1 - 1e-9)
    empty = replace(answer.decision, store_energy_mwh=np.zeros(1))
    assert firm_mw(day(9), empty) == pytest.approx(
        firm_mw(day(9), answer.decision)
        - 0.9 * min(answer.decision.store_power_mw[0], answer.decision.store_energy_mwh[0] / 4.0)
    )


def test_negative_prices_earn_nothing_by_waste():
    price = np.full(24, 40.0)
    price[10:14] = -200.0
    alone = Problem(load_mw=np.full(24, 10.0), voll_usd_per_mwh=1000.0, grid=grid(price, limit_mw=100.0))
    answer = reference.solve(alone)
    assert answer.decision.import_mw == pytest.approx(np.full(24, 10.0))  # no dumping into the air
    with_sun = replace(alone, sources=(source("solar", fixed=1.0, availability=0.5, clean=1.0, min_mw=10.0),))
    assert_sound(reference.solve(with_sun))
    assert reference.solve(with_sun).decision.import_mw[12] == pytest.approx(10.0)  # the sun may spill
    burner = replace(alone, stores=(battery(max_power_mw=50.0, max_energy_mwh=10.0),))
    answer = reference.solve(burner)
    assert_sound(answer)  # never charges and discharges at once
    assert answer.gap >= -1e-7
    assert answer.objective_usd_per_year <= reference.solve(alone).objective_usd_per_year


def test_no_plan_is_an_answer():
    problem = day(1, voll_usd_per_mwh=None, sources=(), stores=())
    problem = replace(problem, grid=replace(problem.grid, limit_mw=60.0))
    answer = reference.solve(problem)
    assert answer.status == "infeasible"
    assert answer.decision is None
    assert np.isnan(answer.objective_usd_per_year)


def test_conflicting_limits_are_named_and_the_nearest_plan_found():
    problem = day(1, voll_usd_per_mwh=None, sources=(), stores=(), max_carbon_kg_per_mwh=200.0)
    problem = replace(problem, grid=replace(problem.grid, limit_mw=60.0))
    near = explain.nearest(problem)
    needed = {r.name: r.needed for r in near.relaxations}
    assert set(needed) == {"connection", "carbon"}
    assert needed["connection"] == pytest.approx(problem.load_mw.max(), rel=1e-4)
    assert needed["carbon"] == pytest.approx(300.0, rel=1e-4)
    assert "grid connection must rise from 60 MW" in near.words
    assert_sound(near.answer)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"min_clean_share_hourly": 0.9}, "clean_hourly"),
        ({"firm_margin": 0.4}, "firm"),
        (
            {"capacity_limits": (CapacityLimit(name="budget", terms=(("connection", 1.0),), upper=50.0),)},
            "limit:budget",
        ),
    ],
)
def test_every_limit_can_be_relaxed(change, name):
    problem = day(1, sources=(), stores=(), voll_usd_per_mwh=None, **change)
    problem = replace(problem, grid=replace(problem.grid, limit_mw=120.0, firm_credit=0.1))
    assert reference.solve(problem).status == "infeasible"
    near = explain.nearest(problem)
    assert [r.name for r in near.relaxations] == [name]
    assert_sound(near.answer)


def test_a_feasible_problem_is_its_own_nearest():
    near = explain.nearest(day(2))
    assert near.relaxations == ()
    assert near.answer.objective_usd_per_year == pytest.approx(reference.solve(day(2)).objective_usd_per_year)


def test_duals_become_words():
    answer = reference.solve(replace(day(2), max_carbon_kg_per_mwh=40.0))
    words = {b.name: b.words for b in explain.binding(answer)}
    assert words["carbon"].startswith("The CO2 cap of 40 kg/MWh costs ")
    assert "per tonne" in words["carbon"]
    assert all(b.relaxed_saves_usd_per_year > 0 for b in explain.binding(answer))
    assert explain.binding(reference.solve(Problem(load_mw=np.ones(3), voll_usd_per_mwh=9.0))) == ()


def test_a_carbon_price_equals_the_cap_it_replaces():
    capped = reference.solve(day(2, max_carbon_kg_per_mwh=40.0))
    (limit,) = (x for x in capped.limits if x.name == "carbon")
    usd_per_kg = limit.usd_per_unit_year / capped.load_mw.sum()
    base = day(2)
    gas = replace(base.sources[1], variable_usd_per_mwh=60.0 + 400.0 * usd_per_kg)
    wire = replace(base.grid, price_usd_per_mwh=base.grid.price_usd_per_mwh + 300.0 * usd_per_kg)
    taxed = reference.solve(replace(base, sources=(base.sources[0], gas, base.sources[2]), grid=wire))
    revenue = usd_per_kg * 40.0 * capped.load_mw.sum()
    assert taxed.objective_usd_per_year == pytest.approx(capped.objective_usd_per_year + revenue, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"load_mw": np.array([-1.0, 2.0])}, "load_mw"),
        ({"sources": (source("a"), source("a"))}, "unique"),
        ({"sources": (source("a", availability=1.5),)}, "0..1"),
        ({"sources": (source("a", variable=np.ones(5)),)}, r"\(5,\), the load \(3,\)"),
        ({"sources": (source("a", through_connection=True),)}, "needs a grid"),
        ({"capacity_limits": (CapacityLimit(name="x", terms=(("b", 1.0),)),)}, "known are"),
    ],
)
def test_our_own_misuse_is_named(change, word):
    with pytest.raises(ValueError, match=word):
        checked(replace(Problem(load_mw=np.ones(3), voll_usd_per_mwh=1.0), **change))


def year_problem():
    rng = np.random.default_rng(0)
    hour = np.arange(8760)
    sun = np.maximum(np.sin((hour % 24 - 6) / 12 * np.pi), 0.0) * np.repeat(rng.uniform(0.2, 1.0, 365), 24)
    price = 60.0 + 25.0 * np.cos(2 * np.pi * (hour % 24 - 19) / 24) + 5.0 * rng.standard_normal(8760)
    return Problem(
        load_mw=np.full(8760, 100.0),
        voll_usd_per_mwh=5000.0,
        sources=(source("solar", fixed=45e3, availability=sun, clean=1.0), source("gas", fixed=85e3, variable=65.0)),
        stores=(battery(power_usd_per_mw_year=14e3, energy_usd_per_mwh_year=16e3),),
        grid=grid(price, limit_mw=50.0, connection_usd_per_mw_year=60e3),
    )


def test_the_box_finds_the_optimum_of_the_whole_programme():
    problem = replace(year_problem(), load_mw=np.full(2400, 100.0))
    cut = {f: getattr(problem.sources[0], f)[:2400] for f in ("availability",)}
    problem = replace(
        problem,
        sources=(replace(problem.sources[0], **cut), problem.sources[1]),
        grid=replace(problem.grid, price_usd_per_mwh=problem.grid.price_usd_per_mwh[:2400]),
    )
    whole = programme.written(problem)
    status, x, _ = lp.run(whole)
    assert status == "optimal"
    plain = (whole.cost @ x + whole.offset) * whole.unit_mw / programme.MONEY
    assert reference.solve(problem).objective_usd_per_year == pytest.approx(plain, rel=1e-9)


def published_cases():
    folder = os.environ.get("GIGAWATT_REFERENCE")
    if not folder:
        return []
    path = Path(folder) / "published_cases" / "capacity_expansion_single_node.json"
    return json.loads(path.read_text())["cases"]


def published_problem(case, spec, series):
    """A case of the PyPSA model-energy network as a problem; hydrogen is a store with its own charger."""
    change, cost = case["change"], spec["costs_eur_per_mw_yr"]
    load = change.get("load", {"kind": "series"})
    mw = series["load_mw"] if load["kind"] == "series" else np.full(len(series["load_mw"]), load["mw"])
    sources = [
        source(k, fixed=cost[k], availability=series[f"{k}_pu"], clean=1.0)
        for k in ("wind", "solar")
        if change.get(k, True)
    ]
    if gas := change.get("gas"):
        share = gas["max_share_of_load_energy"]
        most = np.inf if share is None else share * mw.sum() * spec["step_hours"]
        sources.append(source("gas", fixed=gas["eur_per_mw_yr"], variable=gas["eur_per_mwh"], max_mwh_per_year=most))
    shed = change.get("load_shedding_mw", spec["load_shedding"]["capacity_mw"])
    eta = spec["efficiencies"]
    lossless = {"self_discharge_per_hour": 0.0, "firm_credit": 0.0}
    stores = [
        battery(
            power_usd_per_mw_year=change.get("battery", {}).get("eur_per_mw_yr", cost["battery_per_mw"]),
            energy_usd_per_mwh_year=0.0,
            charge_efficiency=eta["battery_charge"],
            discharge_efficiency=eta["battery_discharge"],
            **lossless,
        )
    ]
    if change.get("hydrogen", True):
        back = eta["h2_turbine"]
        stores.append(
            Store(
                name="hydrogen",
                power_usd_per_mw_year=cost["h2_turbine_per_mw_h2_in"] / back,
                energy_usd_per_mwh_year=cost["h2_store_per_mwh"],
                charge_usd_per_mw_year=cost["electrolysis_per_mw_elec"],
                charge_efficiency=eta["electrolysis"],
                discharge_efficiency=back,
                self_discharge_per_hour=0.0,
            )
        )
    hours = change.get("battery", {}).get("max_hours", spec["battery_max_hours"])
    duration = CapacityLimit(name="duration", terms=(("battery.power", hours), ("battery.energy", -1.0)), lower=0.0)
    return Problem(
        load_mw=mw,
        voll_usd_per_mwh=spec["load_shedding"]["eur_per_mwh"] if shed else None,
        sources=tuple(sources),
        stores=tuple(stores),
        capacity_limits=(duration,),
        step_hours=float(spec["step_hours"]),
    )


@pytest.mark.skipif(not published_cases(), reason="GIGAWATT_REFERENCE is not set: no published cases")
@pytest.mark.parametrize("case", published_cases(), ids=lambda c: c["case_id"])
def test_published_expansion_cases(case):
    folder = Path(os.environ["GIGAWATT_REFERENCE"]) / "published_cases"
    spec = json.loads((folder / "capacity_expansion_single_node.json").read_text())["spec"]
    table = np.genfromtxt(folder / spec["series"].split()[0], delimiter=",", names=True, usecols=(1, 2, 3))
    problem = published_problem(case, spec, {name: table[name] for name in table.dtype.names})
    answer = reference.solve(problem)
    assert_sound(answer)
    expected, lines = case["expected"], {line.name: line for line in answer.portfolio}
    found = {"objective_eur_per_yr": answer.objective_usd_per_year, "battery_mw": lines["battery"].mw}
    found |= {f"{k}_mw": lines[k].mw for k in ("wind", "solar", "gas") if k in lines}
    if "hydrogen" in lines:
        found |= {"h2_turbine_mw": lines["hydrogen"].mw / 0.41, "h2_store_mwh": lines["hydrogen"].mwh}
        found |= {"electrolysis_mw": float(answer.decision.store_charge_mw[1])}
    for figure, tolerance in case["tolerance"].items():
        value = found.get(figure, 0.0)
        assert abs(value - expected[figure]) <= max(
            tolerance["rel"] * abs(expected[figure]), tolerance.get("floor", 0.0)
        ), figure
