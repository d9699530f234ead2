"""Many sites and many draws: order, bits, faults, views; redraws against cold solves."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

import power_campaign
from gigawatt import power
from gigawatt.power.many import AHEAD, FAULTY, over_sites, solve_many
from gigawatt.power.problem import CapacityLimit, Decision, Import, Problem, Source, Store
from gigawatt.power.redraw import DEMAND, fixed_costs, redraws, with_costs

GAP = 1e-3
ROUNDING = 1e-9


def site(seed: int = 0, hours: int = 48, **changes) -> Problem:
    """A site with sun, gas, a battery and a grid; yearly costs are those of its hours."""
    t, rng, cost = np.arange(hours), np.random.default_rng(seed), hours / 8760
    sun = np.clip(np.sin((t % 24 - 6) / 12 * np.pi), 0, 1) * rng.uniform(0.4, 1.0, hours)
    clean = {"carbon_intensity_kg_per_mwh": 0.0, "clean_share": 1.0}
    solar = Source(
        name="solar",
        availability=sun,
        fixed_usd_per_mw_year=45e3 * cost,
        variable_usd_per_mwh=0.0,
        max_mw=900.0,
        **clean,
    )
    wind = replace(solar, name="wind", availability=rng.uniform(0.0, 0.9, hours), fixed_usd_per_mw_year=110e3 * cost)
    gas = replace(solar, name="gas", availability=1.0, fixed_usd_per_mw_year=80e3 * cost, variable_usd_per_mwh=65.0)
    battery = Store(
        name="battery",
        power_usd_per_mw_year=14e3 * cost,
        energy_usd_per_mwh_year=16e3 * cost,
        charge_efficiency=0.94,
        discharge_efficiency=0.94,
        self_discharge_per_hour=5e-5,
        max_power_mw=500.0,
        max_energy_mwh=3000.0,
    )
    grid = Import(
        price_usd_per_mwh=70.0 + 40.0 * rng.random(hours),
        carbon_intensity_kg_per_mwh=300.0,
        clean_share=0.4,
        connection_usd_per_mw_year=30e3 * cost,
        demand_charge_usd_per_mw_year=20e3 * cost,
        limit_mw=60.0,
    )
    made = Problem(
        load_mw=100.0 + 10.0 * rng.random(hours),
        voll_usd_per_mwh=5000.0,
        sources=(solar, wind, gas),
        stores=(battery,),
        grid=grid,
    )
    return replace(made, **changes)


def impossible() -> Problem:
    """A site that cannot be served."""
    problem = site(voll_usd_per_mwh=None, sources=(), stores=())
    return replace(problem, grid=replace(problem.grid, limit_mw=50.0))


def two_stores(seed: int) -> Problem:
    """A site for the linear programme."""
    problem = site(seed)
    return replace(problem, stores=(*problem.stores, replace(problem.stores[0], name="pit", charge_efficiency=0.7)))


def bits(answer) -> list[bytes]:
    """Every figure of an answer."""
    bounds = [answer.objective_usd_per_year, answer.lower_bound_usd_per_year, answer.upper_bound_usd_per_year]
    arrays = [np.asarray(getattr(answer.decision, name)) for name in Decision.__slots__] if answer.decision else []
    return [np.asarray(x).tobytes() for x in (*bounds, answer.price_usd_per_mwh, *arrays)]


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("power")]


def test_order_and_bits_do_not_depend_on_the_number_of_workers():
    problems = [
        *(site(seed, hours=48 + 24 * (seed % 3)) for seed in range(7)),
        impossible(),
        two_stores(7),
        two_stores(8),
    ]
    alone = [bits(power.solve(problem)) for problem in problems]
    for workers in (1, 2, 5):
        assert [bits(answer) for answer in solve_many(problems, workers=workers)] == alone


def test_a_status_other_than_optimal_passes_through():
    assert [a.status for a in solve_many([site(), impossible(), site()])] == ["optimal", "infeasible", "optimal"]


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_and_one(workers):
    assert list(solve_many([], workers=workers)) == []
    (answer,) = solve_many(iter([site(3)]), workers=workers, gap=GAP)
    assert bits(answer) == bits(power.solve(site(3), gap=GAP))


def test_no_workers_is_refused_at_once():
    with pytest.raises(ValueError, match="workers must be at least 1, is 0"):
        solve_many([], workers=0)


def test_problems_are_read_a_few_ahead_and_not_more():
    read = []

    def endless():
        for seed in itertools.count():
            read.append(seed)
            yield site(seed % 4)

    answers = solve_many(endless(), workers=2)
    for done in range(1, 6):
        next(answers)
        assert len(read) <= done - 1 + 2 * AHEAD
    answers.close()
    assert not threads()


def test_a_faulty_site_is_named_and_does_not_end_the_run():
    wrong = site(1)
    wrong = replace(wrong, sources=(replace(wrong.sources[0], availability=1.5), *wrong.sources[1:]))
    problems = [site(0), wrong, None, site(2)]
    answers = list(solve_many(problems, workers=2))
    assert [a.status for a in answers] == ["optimal", FAULTY, FAULTY, "optimal"]
    assert answers[1].tried[0].startswith("site 1: power problem: solar.availability must lie in 0..1, is 1.5")
    assert answers[2].tried[0].startswith("site 2: AttributeError: ")
    assert answers[1].decision is None and np.isnan(answers[1].cost_usd_per_mwh)
    assert answers[1].load_mw is wrong.load_mw
    assert bits(answers[3]) == bits(power.solve(site(2)))


def test_what_the_input_raises_comes_after_the_answers_before_it():
    def broken():
        yield site(0)
        yield site(1)
        raise OSError("weather of site 2 is gone")

    answers = solve_many(broken(), workers=2)
    assert [next(answers).status, next(answers).status] == ["optimal", "optimal"]
    with pytest.raises(OSError, match="site 2"):
        next(answers)
    assert not threads()


def test_an_interrupt_stops_at_once_and_leaves_no_thread():
    def interrupted():
        yield site(0)
        signal.raise_signal(signal.SIGINT)
        yield site(1)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores the signal
    try:
        with pytest.raises(KeyboardInterrupt):
            list(solve_many(interrupted(), workers=2))
    finally:
        signal.signal(signal.SIGINT, before)
    assert not threads()


def test_importing_is_light():
    code = "import sys, gigawatt.power.many, gigawatt.power.redraw, gigawatt.power.alternatives; "
    code += "print([m for m in ('numba', 'highspy') if m in sys.modules])"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sites_from_arrays_are_views():
    template, rng, count = site(), np.random.default_rng(5), 3
    load, sun = 80.0 + 20.0 * rng.random((count, 48)), rng.random((count, 48))
    price, land = 50.0 + rng.random((count, 48)), np.array([10.0, 200.0, 900.0])
    more = {"grid.price_usd_per_mwh": price, "solar.max_mw": land, "battery.max_energy_mwh": 10.0 * land}
    made = list(over_sites(template, load_mw=load, solar=sun, **more))
    assert len(made) == count
    for i, problem in enumerate(made):
        solar, by_hand = template.sources[0], replace(template, load_mw=load[i])
        assert np.shares_memory(problem.load_mw, load) and np.shares_memory(problem.sources[0].availability, sun)
        assert np.shares_memory(problem.grid.price_usd_per_mwh, price)
        assert problem.sources[1] is template.sources[1]
        by_hand = replace(
            by_hand,
            sources=(replace(solar, availability=sun[i], max_mw=land[i]), *template.sources[1:]),
            grid=replace(template.grid, price_usd_per_mwh=price[i]),
            stores=(replace(template.stores[0], max_energy_mwh=10.0 * land[i]),),
        )
        assert bits(power.solve(problem)) == bits(power.solve(by_hand))
    assert [a.status for a in solve_many(over_sites(template, solar=sun))] == ["optimal"] * count


def test_sites_with_several_years_and_none():
    template = site(hours=24)
    sun = np.random.default_rng(0).random((2, 3, 24))
    made = list(over_sites(replace(template, load_mw=np.full((3, 24), 90.0)), solar=sun))
    assert [p.sources[0].availability.shape for p in made] == [(3, 24), (3, 24)]
    assert list(over_sites(template, solar=np.zeros((0, 24)))) == []


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({}, "at least one array"),
        ({"solar": np.ones((2, 48)), "wind": np.ones((3, 48))}, "same number of sites"),
        ({"solar": 1.0}, "solar has no site axis"),
        ({"sun": np.ones((2, 48))}, "'sun' is not a source or part.field; parts are solar"),
        ({"grid": np.ones((2, 48))}, "'grid' is not a source or part.field"),
        ({"grid.price": np.ones((2, 48))}, "grid has no 'price'; it has price_usd_per_mwh"),
        ({"solar.name": np.ones(2)}, "solar has no 'name'"),
    ],
)
def test_misused_arrays_are_named(arrays, words):
    with pytest.raises(ValueError, match=words):
        over_sites(site(), **arrays)


def draws(problem: Problem, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Every fixed cost by a factor of its own."""
    rng = np.random.default_rng(seed)
    return {name: usd * rng.uniform(0.8, 1.2, count) for name, usd in fixed_costs(problem).items()}


def assert_as_cold(problem: Problem, costs: dict[str, np.ndarray], found, gap: float = GAP) -> None:
    """Every draw lies within the gap, and its bounds enclose what a cold solve encloses."""
    lower, upper = found.lower_usd_per_year, found.upper_usd_per_year
    assert np.all(upper - lower <= gap * np.abs(upper) * (1 + ROUNDING) + ROUNDING)
    for draw in range(len(lower)):
        priced = with_costs(problem, {name: x[draw] for name, x in costs.items()})
        cold = power.solve(priced, gap=1e-4)
        slack = 1e-7 * abs(cold.upper_bound_usd_per_year)
        assert lower[draw] <= cold.upper_bound_usd_per_year + slack
        assert upper[draw] >= cold.lower_bound_usd_per_year - slack
        assert upper[draw] <= cold.lower_bound_usd_per_year + gap * abs(upper[draw]) + slack


def variants() -> dict[str, Problem]:
    """Problems whose fixed costs are counted in every way there is."""
    base = site(11, hours=96)
    solar, wind, gas = base.sources
    (battery,), grid = base.stores, base.grid
    stands = replace(base, sources=(replace(solar, existing_mw=40.0), wind, replace(gas, min_mw=5.0)))
    stands = replace(stands, stores=(replace(battery, existing_power_mw=5.0, existing_energy_mwh=20.0),))
    contract = replace(
        wind, name="contract", availability=0.9, variable_usd_per_mwh=50.0, take_or_pay=True, max_mw=30.0
    )
    behind = replace(
        gas, name="behind", through_connection=True, variable_usd_per_mwh=40.0, fixed_usd_per_mw_year=100.0
    )
    ratio = CapacityLimit(name="hours", terms=(("battery.energy", 1.0), ("battery.power", -4.0)), lower=0.0, upper=0.0)
    land = CapacityLimit(name="land", terms=(("solar", 1.0), ("wind", 3.0)), upper=150.0)
    firm = replace(battery, firm_credit=0.9, firm_hours=4.0)
    return {
        "plain": base,
        "what stands": replace(stands, grid=replace(grid, existing_mw=25.0)),
        "contract": replace(base, sources=(solar, contract, gas)),
        "shared connection": replace(base, sources=(solar, gas, behind)),
        "limits": replace(base, capacity_limits=(ratio, land)),
        "charger": replace(base, stores=(replace(battery, charge_usd_per_mw_year=60.0),)),
        "firm": replace(base, stores=(firm,), sources=(solar, wind, replace(gas, firm_credit=0.9)), firm_margin=0.1),
        "negative prices": replace(base, grid=replace(grid, price_usd_per_mwh=grid.price_usd_per_mwh - 80.0)),
        "no bounds": replace(base, sources=tuple(replace(s, max_mw=np.inf) for s in base.sources)),
        "never shed": replace(base, voll_usd_per_mwh=None),
        "no store": replace(base, stores=()),
        "nothing to size": replace(base, stores=(), grid=None, sources=(replace(gas, min_mw=100.0, max_mw=100.0),)),
        "years": replace(base, load_mw=np.stack([base.load_mw, 0.9 * base.load_mw])),
        "carbon cap": replace(base, max_carbon_kg_per_mwh=100.0, sources=(solar, wind)),
        "ramp": replace(base, sources=(solar, wind, replace(gas, max_ramp_per_hour=0.3))),
    }


@pytest.mark.parametrize("name", list(variants()))
def test_redraws_equal_cold_solves(name):
    problem = variants()[name]
    costs = draws(problem, 6)
    assert_as_cold(problem, costs, redraws(problem, costs, gap=GAP))


def test_redraws_of_the_linear_programme():
    costs = draws(two_stores(1), 2)
    found = redraws(two_stores(1), costs, gap=GAP)
    assert found.solved.all() and found.cuts is None
    assert_as_cold(two_stores(1), costs, found)


@pytest.mark.parametrize("seed", [1, 2, 4, 8, 15])
def test_redraws_of_nasty_problems(seed):
    problem = power_campaign.random_problem(np.random.default_rng(seed), 48, limits=False)
    costs = draws(problem, 3, seed)
    if costs and power.solve(problem).status == "optimal":
        assert_as_cold(problem, costs, redraws(problem, costs, gap=GAP))


def test_later_draws_live_on_earlier_ones():
    problem, factor = site(2, hours=336), np.random.default_rng(0).uniform(0.85, 1.15, (3, 120))
    names = ({"solar"}, {"wind"}, {"battery.power", "battery.energy"})
    costs = {
        k: usd * x
        for kinds, x in zip(names, factor, strict=True)
        for k, usd in fixed_costs(problem).items()
        if k in kinds
    }
    found = redraws(problem, costs, gap=GAP)
    assert_as_cold(problem, {k: x[::20] for k, x in costs.items()}, _every(found, 20))
    assert found.solved[:40].sum() > found.solved[40:].sum()
    assert found.solved.mean() < 0.4
    again = redraws(problem, costs, gap=GAP, start=found.cuts)
    assert again.solved.sum() <= found.solved.sum()
    assert np.allclose(again.upper_usd_per_year, found.upper_usd_per_year, rtol=2 * GAP)


def _every(found, step: int):
    return replace(
        found,
        lower_usd_per_year=found.lower_usd_per_year[::step],
        upper_usd_per_year=found.upper_usd_per_year[::step],
    )


def test_a_draw_costs_what_its_plan_costs():
    problem = variants()["what stands"]
    costs = draws(problem, 4)
    found = redraws(problem, costs, gap=GAP)
    assert found.names == ("solar", "wind", "gas", "connection", "battery.power", "battery.energy")
    assert found.size_per_draw.shape == (4, 6)
    stands = np.array([40.0, 0.0, 0.0, 0.0, 5.0, 20.0])
    for draw in range(4):
        usd, size = {k: x[draw] for k, x in costs.items()}, found.size_per_draw[draw]
        paid = size - stands
        paid[3] = max(size[3] - 25.0, 0.0)
        fixed = paid @ [usd[name] for name in found.names] + size[3] * usd[DEMAND]
        total = found.running_usd_per_year[found.plan[draw]] + fixed
        assert total == pytest.approx(found.upper_usd_per_year[draw], rel=1e-9)


def test_dearer_draws_cost_more():
    problem = site(4, hours=96)
    found = redraws(problem, {"solar": fixed_costs(problem)["solar"] * np.array([0.5, 1.0, 2.0])}, gap=1e-4)
    assert np.all(np.diff(found.upper_usd_per_year) > 0)
    assert np.all(np.diff(found.size_per_draw[:, 0]) < 0)


def test_no_plan_and_no_draws():
    found = redraws(impossible(), {"connection": np.array([1.0, 2.0])})
    assert np.isnan(found.lower_usd_per_year).all() and np.isnan(found.upper_usd_per_year).all()
    assert (found.plan == -1).all() and np.isnan(found.size_per_draw).all()
    empty = redraws(site(), {"solar": np.zeros(0)})
    assert len(empty.plan) == 0 and empty.size_per_draw.shape == (0, 6)


def test_costs_round_trip():
    problem = variants()["charger"]
    cost = fixed_costs(problem)
    assert set(cost) == {
        *("solar", "wind", "gas", "connection", "connection.demand", "battery.power", "battery.energy"),
        "battery.charge",
    }
    doubled = {name: 2.0 * usd for name, usd in cost.items()}
    assert fixed_costs(with_costs(problem, doubled)) == doubled
    assert fixed_costs(with_costs(problem, {})) == cost
    with pytest.raises(ValueError, match="no fixed cost is called sun"):
        with_costs(problem, {"sun": 1.0})


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ({}, "at least one of solar"),
        ({"sun": np.ones(2)}, "no fixed cost is called sun; known are solar"),
        ({"solar": np.ones(2), "wind": np.ones(3)}, "one value per draw"),
        ({"solar": 1.0}, "one value per draw"),
        ({"solar": np.array([1.0, -1.0])}, "solar must be finite and >= 0, is -1 in draw 1"),
        ({"gas": np.array([np.nan])}, "gas must be finite"),
    ],
)
def test_misused_costs_are_named(costs, words):
    with pytest.raises(ValueError, match=words):
        redraws(site(), costs)
