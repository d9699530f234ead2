"""Minimum load, ramps, blocks, hours of lost load and buses: the programme against one written by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from gigawatt.power import explain, lp, programme, reference
from gigawatt.power.account import accounted, total_load, violations
from gigawatt.power.check import checked
from gigawatt.power.problem import (
    BusLoad,
    CapacityLimit,
    FlexibleLoad,
    Import,
    Link,
    Problem,
    Source,
    Store,
)
from gigawatt.power.scaling import scaled, scaled_problem

TIGHT = 1e-9  # gap asked of branch and bound where costs are compared


def source(name, *, fixed=0.0, variable=0.0, availability=1.0, clean=0.0, **more):
    return Source(
        name=name,
        availability=availability,
        fixed_usd_per_mw_year=fixed,
        variable_usd_per_mwh=variable,
        carbon_intensity_kg_per_mwh=400.0 * (1.0 - clean),
        clean_share=clean,
        **more,
    )


def battery(**more):
    figures = {"power_usd_per_mw_year": 40.0, "energy_usd_per_mwh_year": 30.0, "self_discharge_per_hour": 0.001}
    return Store(name="battery", charge_efficiency=0.95, discharge_efficiency=0.9, **(figures | more))


def day(seed=0, hours=24, **more):
    """A day with sun, gas, a battery and the grid; yearly costs are per day here."""
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    sun = np.maximum(np.sin((hour % 24 - 6) / 12 * np.pi), 0.0) * rng.uniform(0.6, 1.0, hours)
    return replace(
        Problem(
            load_mw=100.0 + 10.0 * rng.random(hours),
            voll_usd_per_mwh=3000.0,
            sources=(
                source("solar", fixed=90.0, availability=sun, clean=1.0, max_mw=500.0),
                source("gas", fixed=300.0, variable=60.0, max_mw=300.0),
            ),
            stores=(battery(max_power_mw=200.0, max_energy_mwh=800.0),),
            grid=Import(
                price_usd_per_mwh=50.0 + 40.0 * rng.random(hours),
                carbon_intensity_kg_per_mwh=300.0,
                clean_share=0.4,
                connection_usd_per_mw_year=30.0,
                demand_charge_usd_per_mw_year=5.0,
                limit_mw=60.0,
            ),
        ),
        **more,
    )


def changed(problem, name, **more):
    return replace(problem, sources=tuple(replace(s, **more) if s.name == name else s for s in problem.sources))


class ByHand:
    """A mixed-integer programme entered one column and one row at a time."""

    def __init__(self):
        self.cost, self.low, self.high, self.whole, self.rows = [], [], [], [], []
        self.paid, self.opposite = 0.0, []

    def column(self, cost=0.0, low=0.0, high=np.inf, whole=0):
        for field, x in zip((self.cost, self.low, self.high, self.whole), (cost, low, high, whole), strict=True):
            field.append(x)
        return len(self.cost) - 1

    def row(self, terms, low, high):
        self.rows.append((terms, low, high))

    def least(self):
        """Least cost, or None where there is no plan."""
        matrix = np.zeros((len(self.rows), len(self.cost)))
        for row, (terms, _, _) in zip(matrix, self.rows, strict=True):
            for i, x in terms:
                row[i] += x
        limits = LinearConstraint(matrix, [r[1] for r in self.rows], [r[2] for r in self.rows])
        bounds = Bounds(np.array(self.low), np.array(self.high))
        options = {"mip_rel_gap": 0.0, "presolve": True}
        found = milp(self.cost, constraints=limits, bounds=bounds, integrality=self.whole, options=options)
        assert found.status in (0, 2), found.message
        return found.fun if found.status == 0 else None


def by_hand(problem, most_mw=None):
    """Least cost of a problem, hour by hour; every source has an output, every bus exactly its load.

    With `most_mw`, above any flow, neither a store nor a link may run both ways at once.
    """
    hand, n = ByHand(), problem.load_mw.size
    at = [{} for _ in range(n)]  # per hour, bus: terms of the balance
    loads = {"": problem.load_mw} | {b.bus: np.broadcast_to(b.load_mw, n) for b in problem.bus_load_mw}

    def enters(t, bus, column, amount):
        at[t].setdefault(bus, []).append((column, amount))

    def size(cost, least, existing, most):
        hand.paid -= cost * existing
        return hand.column(cost, max(least, existing), most)

    dt = problem.step_hours
    drawn = []
    if g := problem.grid:
        wire = hand.column(g.connection_usd_per_mw_year + g.demand_charge_usd_per_mw_year, 0.0, g.limit_mw)
        for t in range(n):
            drawn.append(hand.column(np.broadcast_to(g.price_usd_per_mwh, n)[t] * dt))
            hand.row([(drawn[t], 1.0), (wire, -1.0)], -np.inf, 0.0)
            enters(t, g.bus, drawn[t], 1.0)
    for s in problem.sources:
        mw = size(s.fixed_usd_per_mw_year, s.min_mw, s.existing_mw, s.max_mw)
        if s.unit_mw:
            hand.row([(mw, 1.0), (hand.column(whole=1), -s.unit_mw)], s.existing_mw, s.existing_mw)
        can, price = np.broadcast_to(s.availability, n), np.broadcast_to(s.variable_usd_per_mwh, n)
        out = [hand.column(price[t] * dt) for t in range(n)]
        for t in range(n):
            hand.row([(out[t], 1.0), (mw, -can[t])], -np.inf, 0.0)
            hand.row([(out[t], 1.0), (mw, -can[t] * s.min_load)], 0.0, np.inf)
            if np.isfinite(s.max_ramp_per_hour):
                for sign in (1.0, -1.0):
                    step = [(out[t], sign), (out[t - 1], -sign), (mw, -s.max_ramp_per_hour * dt)]
                    hand.row(step, -np.inf, 0.0)
            enters(t, s.bus, out[t], 1.0)
    for s in problem.stores:
        power, energy = hand.column(s.power_usd_per_mw_year, 0.0, s.max_power_mw), None
        energy = hand.column(s.energy_usd_per_mwh_year, 0.0, s.max_energy_mwh)
        into, back, soc = ([hand.column() for _ in range(n)] for _ in range(3))
        for t in range(n):
            hand.row([(into[t], 1.0), (back[t], 1.0), (power, -1.0)], -np.inf, 0.0)
            hand.row([(soc[t], 1.0), (energy, -1.0)], -np.inf, 0.0)
            keep = (1.0 - s.self_discharge_per_hour) ** dt
            flows = [(into[t], -s.charge_efficiency * dt), (back[t], dt / s.discharge_efficiency)]
            hand.row([(soc[t], 1.0), (soc[t - 1], -keep), *flows], 0.0, 0.0)
            enters(t, s.bus, back[t], 1.0)
            enters(t, s.bus, into[t], -1.0)
            hand.opposite.append((into[t], back[t]))
    for k in problem.links:
        mw = size(k.usd_per_mw_year, k.min_mw, k.existing_mw, k.max_mw)
        for t in range(n):
            ways = [hand.column(), hand.column(0.0, 0.0, 0.0 if k.one_way else np.inf)]
            hand.row([(ways[0], 1.0), (ways[1], 1.0), (mw, -1.0)], -np.inf, 0.0)
            for way, sends, receives in zip(ways, (k.from_bus, k.to_bus), (k.to_bus, k.from_bus), strict=True):
                enters(t, sends, way, -1.0)
                enters(t, receives, way, k.efficiency)
            hand.opposite.append(ways)
    for f in problem.flexible:
        for t in range(n):
            enters(t, f.bus, hand.column(f.usd_per_mwh * dt, 0.0, np.broadcast_to(f.mw, n)[t]), 1.0)
    counted = []
    for t in range(n):
        short = hand.column(0.0, 0.0, 1.0, 1) if problem.max_lost_load_hours is not None else None
        counted.append((short, dt))
        for bus, load in loads.items():
            if problem.voll_usd_per_mwh is not None:
                lost = hand.column(problem.voll_usd_per_mwh * dt, 0.0, load[t])
                enters(t, bus, lost, 1.0)
                if short is not None:
                    hand.row([(lost, 1.0), (short, -load[t])], -np.inf, 0.0)
        for bus, terms in at[t].items():
            mw = loads[bus][t] if bus in loads else 0.0
            hand.row(terms, mw, mw)
    if problem.max_lost_load_hours is not None:
        hand.row(counted, -np.inf, problem.max_lost_load_hours)
    for pair in hand.opposite if most_mw else ():
        first = hand.column(0.0, 0.0, 1.0, 1)
        hand.row([(pair[0], 1.0), (first, -most_mw)], -np.inf, 0.0)
        hand.row([(pair[1], 1.0), (first, most_mw)], -np.inf, most_mw)
    least = hand.least()
    return None if least is None else least + hand.paid


def assert_sound(answer):
    assert answer.status == "optimal"
    v, tolerance = answer.violations, 1e-6 * answer.load_mw.max()
    assert max(v.balance_mw, v.capacity_mw, v.connection_mw, v.storage_mwh, v.bounds_mw) < tolerance
    assert v.limits < 1e-6
    assert v.simultaneous_mwh_per_year == 0.0
    assert answer.gap >= -1e-7


def assert_same(problem):
    answer, least = reference.solve(problem, gap=TIGHT), by_hand(problem)
    assert_sound(answer)
    assert answer.objective_usd_per_year == pytest.approx(least, rel=1e-6)
    assert answer.lower_bound_usd_per_year == pytest.approx(least, rel=1e-6)
    return answer


# ---- minimum load and ramps


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "more",
    [
        {"min_load": 0.4, "min_mw": 40.0},
        {"max_ramp_per_hour": 0.05, "min_mw": 40.0},
        {"min_load": 0.3, "max_ramp_per_hour": 0.1, "availability": np.linspace(0.7, 1.0, 24), "min_mw": 60.0},
        {"min_load": 0.4, "max_ramp_per_hour": 0.02},
        {"min_load": 1.0, "min_mw": 60.0},
    ],
    ids=["minimum load", "ramp", "both", "left out", "baseload"],
)
def test_minimum_load_and_ramps_equal_the_programme_by_hand(seed, more):
    free, bound = reference.solve(day(seed)), assert_same(changed(day(seed), "gas", **more))
    assert bound.objective_usd_per_year >= free.objective_usd_per_year * (1 - 1e-9)


def test_minimum_load_and_ramps_bind():
    problem = changed(day(1), "gas", min_mw=60.0)
    free = reference.solve(problem).objective_usd_per_year
    for more in ({"min_load": 0.4}, {"max_ramp_per_hour": 0.02}):
        assert assert_same(changed(problem, "gas", **more)).objective_usd_per_year > free * 1.001


def test_a_minimum_load_of_zero_and_an_endless_ramp_are_none():
    plain = programme.written(day(2))
    for more in ({"min_load": 0.0}, {"max_ramp_per_hour": np.inf}, {"unit_mw": 0.0}):
        model = programme.written(changed(day(2), "gas", **more))
        assert (model.rows, model.columns) == (plain.rows, plain.columns) and not len(model.whole)
    wide = reference.solve(changed(day(2), "gas", max_ramp_per_hour=1.0))
    assert wide.objective_usd_per_year == pytest.approx(reference.solve(day(2)).objective_usd_per_year, rel=1e-9)


def test_a_ramp_counts_hours_not_steps_and_closes_each_year():
    load = np.array([10.0, 10.0, 30.0, 30.0])
    plant = source("plant", variable=10.0, min_mw=40.0, max_mw=40.0, max_ramp_per_hour=0.125)
    problem = Problem(load_mw=load, voll_usd_per_mwh=1000.0, sources=(plant,))
    slow = assert_same(problem)  # 5 MW an hour
    quick = assert_same(replace(problem, step_hours=4.0))
    assert slow.decision.unserved_mw.sum() == pytest.approx(2 * 15.0)
    assert quick.decision.unserved_mw.sum() == pytest.approx(0.0, abs=1e-9)
    years = reference.solve(replace(problem, load_mw=np.array([[10.0, 10.0], [30.0, 30.0]])))
    assert years.decision.unserved_mw.sum() == pytest.approx(0.0, abs=1e-9)  # years are not tied to one another


def test_must_run_energy_cannot_be_spilled():
    plant = source("plant", variable=10.0, existing_mw=50.0, max_mw=50.0, min_load=0.6)
    problem = Problem(load_mw=np.array([40.0, 20.0, 50.0]), voll_usd_per_mwh=1000.0, sources=(plant,))
    assert reference.solve(problem).status == "infeasible"
    assert by_hand(problem) is None
    near = explain.nearest(problem)
    (move,) = near.relaxations
    assert move.name == "plant:min_load" and move.needed == pytest.approx(0.4, rel=1e-4)
    assert "minimum load of plant must fall from 60 % to 40 %" in near.words
    assert_sound(near.answer)


def test_a_free_must_run_source_has_an_output():
    wind = source("wind", fixed=5.0, availability=np.array([1.0, 0.2, 0.6]), clean=1.0, min_load=0.5)
    problem = Problem(
        load_mw=np.array([10.0, 10.0, 10.0]), voll_usd_per_mwh=500.0, sources=(wind, source("gas", variable=60.0))
    )
    answer = assert_same(problem)
    assert answer.decision.source_mw[0] == pytest.approx(20.0)  # half of it is 10 MW, the load


# ---- blocks


@pytest.mark.parametrize("seed", range(3))
def test_blocks_equal_the_programme_by_hand(seed):
    problem = changed(day(seed), "gas", unit_mw=35.0, existing_mw=12.0)
    answer = assert_same(changed(problem, "solar", unit_mw=60.0))
    new = (answer.decision.source_mw - [0.0, 12.0]) / [60.0, 35.0]
    assert new == pytest.approx(np.round(new), abs=1e-9)


def test_blocks_equal_enumeration():
    problem = Problem(
        load_mw=np.array([10.0, 24.0, 17.0]),
        voll_usd_per_mwh=150.0,
        sources=(source("gas", fixed=100.0, variable=60.0, unit_mw=7.0, max_mw=30.0),),
    )
    cost = [
        100.0 * mw + sum(60.0 * min(mw, x) + 150.0 * max(x - mw, 0.0) for x in problem.load_mw)
        for mw in (0.0, 7.0, 14.0, 21.0, 28.0)
    ]
    answer = reference.solve(problem, gap=TIGHT)
    assert answer.objective_usd_per_year == pytest.approx(min(cost))
    assert answer.decision.source_mw[0] == pytest.approx(7.0 * np.argmin(cost))


def test_no_number_of_blocks_between_the_bounds_is_an_answer():
    problem = changed(day(0), "gas", unit_mw=70.0, min_mw=80.0, max_mw=130.0)
    assert reference.solve(problem).status == "infeasible"
    assert by_hand(problem) is None
    near = explain.nearest(problem)
    assert [m.name for m in near.relaxations] == ["gas:max"]
    assert near.answer.decision.source_mw[1] == pytest.approx(140.0)


def test_prices_of_a_plan_in_blocks_are_those_at_its_blocks():
    problem = changed(day(1), "gas", unit_mw=25.0)
    answer = reference.solve(problem, gap=TIGHT)
    built = float(answer.decision.source_mw[1])
    fixed = reference.solve(changed(day(1), "gas", min_mw=built, max_mw=built))
    assert answer.price_usd_per_mwh.mean() == pytest.approx(fixed.price_usd_per_mwh.mean(), rel=1e-6)
    prices = [{x.name: x.usd_per_unit_year for x in a.limits}["connection"] for a in (answer, fixed)]
    assert prices[0] == pytest.approx(prices[1], rel=1e-6) and prices[0] > 0


def test_a_block_left_out_says_how_much_cheaper_it_must_be():
    problem = changed(day(1), "gas", unit_mw=1.0, fixed_usd_per_mw_year=20_000.0)
    blocks, plain = reference.solve(problem, gap=TIGHT), reference.solve(changed(problem, "gas", unit_mw=0.0))
    share = [{u.name: u.cheaper_by for u in a.unbuilt}["gas"] for a in (blocks, plain)]
    assert share[0] == pytest.approx(share[1], rel=1e-6) and 0 < share[0] < 1


def test_the_gap_asked_is_met_and_told():
    problem = changed(changed(day(1, hours=72), "gas", unit_mw=7.0), "solar", unit_mw=11.0)
    rough, fine = reference.solve(problem, gap=0.05), reference.solve(problem, gap=1e-6)
    assert rough.gap <= 0.05 and fine.gap <= 1.1e-6
    assert rough.lower_bound_usd_per_year <= fine.upper_bound_usd_per_year * (1 + 1e-9)
    assert fine.lower_bound_usd_per_year <= rough.upper_bound_usd_per_year * (1 + 1e-9)


def test_without_time_a_plan_stands_with_its_gap():
    problem = changed(changed(day(1, hours=72), "gas", unit_mw=37.0), "solar", unit_mw=110.0)
    answer, truth = reference.solve(problem, gap=0.0, seconds=0.0), reference.solve(problem, gap=TIGHT)
    assert_sound(answer)
    assert answer.lower_bound_usd_per_year <= truth.upper_bound_usd_per_year <= answer.upper_bound_usd_per_year + 1e-3


# ---- hours of lost load


def scarce(**more):
    """Peaks of different heights and lengths, dear to serve."""
    load = np.array([50.0, 90.0, 60.0, 120.0, 118.0, 70.0, 115.0, 55.0])
    gas = source("gas", fixed=400.0, variable=60.0)
    return Problem(load_mw=load, voll_usd_per_mwh=100.0, sources=(gas,), **more)


@pytest.mark.parametrize("hours", [0.0, 1.0, 2.0, 3.0, 7.5, 8.0, None])
def test_hours_of_lost_load_equal_the_programme_by_hand(hours):
    answer = assert_same(scarce(max_lost_load_hours=hours))
    found = accounted(scarce(), answer.decision).lost_load_hours
    assert found == np.sum(answer.decision.unserved_mw > 1e-6 * 120.0)
    if hours is not None:
        assert found <= hours
        (limit,) = (x for x in answer.limits if x.name == "lost_load_hours")
        assert (limit.value, limit.limit, limit.unit) == (found, hours, "h/year")


@pytest.mark.parametrize("seed", range(3))
def test_hours_of_lost_load_with_a_store(seed):
    problem = replace(day(seed), voll_usd_per_mwh=70.0, max_lost_load_hours=3.0)
    free = reference.solve(replace(problem, max_lost_load_hours=None))
    assert accounted(problem, free.decision).lost_load_hours > 3.0
    assert_same(problem)


def test_hours_of_lost_load_are_a_mean_over_years_and_count_steps_by_length():
    problem = scarce(max_lost_load_hours=3.0)
    twice = replace(problem, load_mw=np.stack([problem.load_mw, problem.load_mw]))
    a, b = reference.solve(problem, gap=TIGHT), reference.solve(twice, gap=TIGHT)
    assert b.objective_usd_per_year == pytest.approx(a.objective_usd_per_year, rel=1e-9)
    assert accounted(twice, b.decision).lost_load_hours == 3.0
    long = reference.solve(replace(problem, step_hours=2.0), gap=TIGHT)
    assert accounted(replace(problem, step_hours=2.0), long.decision).lost_load_hours == 2.0


@pytest.mark.parametrize("hours", [0.0, 1.0, 2.0])
def test_one_more_hour_saves_no_more_than_told(hours):
    now, then = (reference.solve(scarce(max_lost_load_hours=h), gap=TIGHT) for h in (hours, hours + 1.0))
    (limit,) = (x for x in now.limits if x.name == "lost_load_hours")
    saved = now.objective_usd_per_year - then.objective_usd_per_year
    assert 0 < saved <= limit.usd_per_unit_year * (1 + 1e-9)
    words = {b.name: b.words for b in explain.binding(now)}["lost_load_hours"]
    assert words.startswith("One more hour of lost load a year saves at most ")


@pytest.mark.parametrize("hours", [0.0, 2.0])
def test_too_few_hours_of_lost_load_are_named(hours):
    problem = changed(scarce(max_lost_load_hours=hours), "gas", max_mw=80.0)
    assert reference.solve(problem).status == "infeasible"
    near = explain.nearest(problem)
    assert_sound(near.answer)
    assert near.relaxations
    feasible = explain.nearest(replace(problem, max_lost_load_hours=4.0))
    assert feasible.relaxations == ()


# ---- buses


def network(seed=0, **more):
    """The campus at the main bus, a town, and a sunny and a windy place."""
    base, rng = day(seed), np.random.default_rng(seed + 100)
    solar, gas = base.sources
    wind = source("wind", fixed=250.0, availability=rng.random(24), clean=1.0, bus="hills")
    return replace(
        base,
        sources=(replace(solar, bus="desert"), replace(gas, bus="town"), wind),
        stores=(replace(base.stores[0], bus="desert"),),
        grid=replace(base.grid, bus="town"),
        flexible=(FlexibleLoad(name="mill", mw=8.0, usd_per_mwh=75.0, bus="town"),),
        bus_load_mw=(BusLoad(bus="town", load_mw=30.0 + 10.0 * rng.random(24)), BusLoad(bus="hills", load_mw=5.0)),
        links=(
            Link(name="west", from_bus="desert", to_bus="", efficiency=0.94, usd_per_mw_year=80.0, max_mw=150.0),
            Link(name="street", from_bus="town", to_bus="", efficiency=0.99, usd_per_mw_year=10.0, existing_mw=20.0),
            Link(name="slope", from_bus="hills", to_bus="town", usd_per_mw_year=25.0, one_way=True, min_mw=3.0),
        ),
        **more,
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_network_equals_the_programme_by_hand(seed):
    answer = assert_same(network(seed))
    lines = {x.name: x for x in answer.portfolio}
    assert {x.name for x in answer.portfolio if x.kind == "link"} == {"west", "street", "slope"}
    assert lines["street"].fixed_usd_per_year == pytest.approx(10.0 * (lines["street"].mw - 20.0))
    assert answer.decision.flow_mw.shape == (3, 24) and answer.decision.bus_unserved_mw.shape == (2, 24)


def test_all_features_at_once_equal_the_programme_by_hand():
    problem = changed(network(2, max_lost_load_hours=2.0), "gas", unit_mw=30.0, min_load=0.2, max_ramp_per_hour=0.3)
    assert_same(replace(problem, voll_usd_per_mwh=400.0))


def test_a_wide_free_link_is_no_link():
    plain = day(3)
    away = replace(
        plain,
        sources=tuple(replace(s, bus="there") for s in plain.sources),
        links=(Link(name="bar", from_bus="there", to_bus=""),),
    )
    split = replace(away, load_mw=0.4 * plain.load_mw, bus_load_mw=(BusLoad(bus="there", load_mw=0.6 * plain.load_mw),))
    cost = reference.solve(plain).objective_usd_per_year
    for problem in (away, split):
        answer = reference.solve(problem)
        assert_sound(answer)
        assert answer.objective_usd_per_year == pytest.approx(cost, rel=1e-9)
        assert answer.clean_share_hourly == pytest.approx(reference.solve(plain).clean_share_hourly, rel=1e-6)


def test_loss_and_direction_of_a_link():
    gas = source("gas", variable=50.0, bus="away")
    one = Link(name="cable", from_bus="", to_bus="away", efficiency=0.8, one_way=True)
    problem = Problem(load_mw=np.full(3, 8.0), voll_usd_per_mwh=1000.0, sources=(gas,), links=(one,))
    assert reference.solve(problem).unserved_fraction == pytest.approx(1.0)  # the wrong way round
    answer = assert_same(replace(problem, links=(replace(one, one_way=False),)))
    assert answer.decision.flow_mw[0] == pytest.approx(np.full(3, -10.0))
    assert next(x for x in answer.portfolio if x.kind == "link").mwh_per_year == pytest.approx(24.0)


def test_shares_and_margin_are_over_all_loads():
    problem = network(1, min_clean_share_hourly=0.8, max_unserved_fraction=0.0, firm_margin=-0.9)
    problem = changed(problem, "gas", firm_credit=1.0)
    answer = reference.solve(problem)
    assert_sound(answer)
    unclean = (answer.decision.output_mw[1].sum() + 0.6 * answer.decision.import_mw.sum()) / total_load(problem).sum()
    assert answer.clean_share_hourly == pytest.approx(1.0 - unclean)
    assert answer.clean_share_hourly >= 0.8 - 1e-6
    (firm,) = (x for x in answer.limits if x.name == "firm")
    assert firm.limit == pytest.approx(0.1 * total_load(problem).max())


def test_links_are_capacities_like_others():
    tight = network(0, capacity_limits=(CapacityLimit(name="corridor", terms=(("west", 1.0),), upper=10.0),))
    more = replace(tight, capacity_limits=(replace(tight.capacity_limits[0], upper=10.001),))
    answer = reference.solve(tight)
    assert answer.decision.link_mw[0] == pytest.approx(10.0)
    (limit,) = (x for x in answer.limits if x.name == "limit:corridor")
    saved = answer.objective_usd_per_year - reference.solve(more).objective_usd_per_year
    assert saved == pytest.approx(limit.usd_per_unit_year * 0.001, rel=1e-3) and saved > 0
    narrow = network(0, voll_usd_per_mwh=None)
    narrow = replace(narrow, links=tuple(replace(k, max_mw=max(k.existing_mw, 25.0)) for k in narrow.links))
    assert reference.solve(narrow).status == "infeasible"
    near = explain.nearest(narrow)
    assert {m.name for m in near.relaxations} <= {"west:max", "street:max"}
    assert_sound(near.answer)


def test_a_bus_cut_off_goes_unserved():
    problem = replace(network(0), links=network(0).links[:2])
    answer = reference.solve(replace(problem, sources=problem.sources[:2], links=problem.links))
    (*_, hills) = answer.decision.bus_unserved_mw
    assert hills == pytest.approx(np.full(24, 5.0))
    forbidden = reference.solve(replace(problem, sources=problem.sources[:2], voll_usd_per_mwh=None))
    assert forbidden.status == "infeasible"
    near = explain.nearest(replace(problem, sources=problem.sources[:2], voll_usd_per_mwh=None))
    assert [m.name for m in near.relaxations] == ["unserved"]


# ---- broken on purpose, sizes, coarser steps, faults


def worst(problem, decision):
    v = violations(problem, decision)
    return {f for f in v.__slots__ if getattr(v, f) > 1e-3}


def test_a_decision_broken_on_purpose_is_caught():
    problem = changed(network(2, max_lost_load_hours=2.0), "gas", unit_mw=30.0, min_load=0.2, max_ramp_per_hour=0.3)
    problem = changed(problem, "gas", min_mw=30.0)
    d = reference.solve(problem).decision
    assert worst(problem, d) == set()
    gas = 1

    def broken(**change):
        return worst(problem, replace(d, **change))

    idle = d.output_mw.copy()
    idle[gas] = 0.0
    assert {"capacity_mw", "balance_mw"} <= broken(output_mw=idle)  # below its minimum load
    still = changed(problem, "gas", max_ramp_per_hour=0.0)
    assert worst(still, d) == {"capacity_mw"}
    size = d.source_mw.copy()
    size[gas] += 5.0
    assert "bounds_mw" in broken(source_mw=size)  # not a whole number of blocks
    short = np.zeros((2, 24))
    short[0, :3] = 1.0
    found = broken(unserved_mw=short.sum(axis=0), bus_unserved_mw=short)
    assert {"limits", "balance_mw"} <= found  # three hours, two allowed
    flow = d.flow_mw.copy()
    flow[0, 5] += 400.0
    assert {"connection_mw", "balance_mw"} <= broken(flow_mw=flow)
    back = d.flow_mw.copy()
    back[2, 5] = -1.0  # against the one way
    assert {"bounds_mw", "balance_mw"} <= broken(flow_mw=back)
    assert "bounds_mw" in broken(link_mw=d.link_mw * [1.0, 0.0, 1.0])  # what stands is gone
    over = d.bus_unserved_mw.copy()
    over[1, 4] = 9.0  # of a load of 5
    assert "capacity_mw" in broken(bus_unserved_mw=over, unserved_mw=over.sum(axis=0))


@pytest.mark.parametrize("factor", [0.1, 9.0])
def test_a_ladder_of_sizes_with_blocks_and_buses(factor):
    problem = changed(network(1, voll_usd_per_mwh=200.0, max_lost_load_hours=3.0), "gas", unit_mw=30.0, min_load=0.1)
    quick, full = (
        scaled(reference.solve(problem, gap=TIGHT), factor),
        reference.solve(scaled_problem(problem, factor), gap=TIGHT),
    )
    assert quick.objective_usd_per_year == pytest.approx(full.objective_usd_per_year, rel=1e-6)
    assert quick.decision.link_mw == pytest.approx(full.decision.link_mw, rel=1e-4, abs=1e-3 * factor)
    assert worst(scaled_problem(problem, factor), quick.decision) == set()


def test_coarser_steps_take_the_buses_along():
    slow = reference.coarse(changed(network(1), "gas", max_ramp_per_hour=0.05), 6)
    assert slow.bus_load_mw[0].load_mw.shape == (4,) and slow.step_hours == 6.0
    assert_sound(reference.solve(slow))


def test_a_year_with_must_run_power_and_buses_is_boxed_right():
    base = day(5, hours=2400)
    scale = 2400 / 24
    sources = tuple(replace(s, fixed_usd_per_mw_year=s.fixed_usd_per_mw_year * scale) for s in base.sources)
    stores = (battery(power_usd_per_mw_year=4e3, energy_usd_per_mwh_year=3e3),)
    links = (Link(name="west", from_bus="desert", to_bus="", efficiency=0.95, usd_per_mw_year=2e3),)
    problem = replace(base, sources=(replace(sources[0], bus="desert"), sources[1]), stores=stores, links=links)
    problem = changed(problem, "gas", min_load=0.3)
    model = programme.written(problem)
    status, x, _ = lp.run(model)
    assert status == "optimal"
    plain = (model.cost @ x + model.offset) * model.unit_mw / programme.MONEY
    assert reference.solve(problem).objective_usd_per_year == pytest.approx(plain, rel=1e-8)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sources": (source("a", min_load=1.2),)}, r"a\.min_load must lie in 0\.\.1, is 1\.2"),
        ({"sources": (source("a", min_load=-0.1),)}, r"a\.min_load must lie in 0\.\.1, is -0\.1"),
        ({"sources": (source("a", min_load=np.nan),)}, r"a\.min_load must be a finite number"),
        ({"sources": (source("a", forced_outage=5.0),)}, r"a\.forced_outage must lie in 0\.\.1, is 5"),
        ({"sources": (source("a", max_ramp_per_hour=-1.0),)}, r"a\.max_ramp_per_hour must be >= 0, is -1"),
        ({"sources": (source("a", unit_mw=-3.0),)}, r"a\.unit_mw must be >= 0, is -3"),
        ({"sources": (source("a", unit_mw=np.inf),)}, r"a\.unit_mw must be a finite number"),
        ({"sources": (source("a", bus="nroth"),)}, r"a\.bus is 'nroth', which no load and no link names"),
        ({"n_minus_units": -1}, "n_minus_units must be a whole number >= 0, is -1"),
        ({"n_minus_units": 1.5}, "n_minus_units must be a whole number >= 0, is 1.5"),
        ({"max_lost_load_hours": -1.0}, "max_lost_load_hours must be finite and >= 0, is -1"),
        ({"max_loss_of_load_hours": np.nan}, "max_loss_of_load_hours must be finite and >= 0, is nan"),
        ({"bus_load_mw": (BusLoad(bus="", load_mw=1.0),)}, "the main bus has its load in load_mw"),
        ({"bus_load_mw": (BusLoad(bus="b", load_mw=1.0),) * 2}, "it has a load already"),
        ({"bus_load_mw": (BusLoad(bus="b", load_mw=-1.0),)}, r"bus b\.load_mw must be finite and >= 0, is -1"),
        ({"bus_load_mw": (BusLoad(bus="b", load_mw=np.ones(4)),)}, r"bus b\.load_mw has the shape \(4,\)"),
        ({"links": (Link(name="k", from_bus="", to_bus=""),)}, r"k\.to_bus must differ from from_bus"),
        ({"links": (Link(name="k", from_bus="", to_bus="b", efficiency=1.1),)}, r"k\.efficiency must lie above 0"),
        ({"links": (Link(name="k", from_bus="", to_bus="b", max_mw=-1.0),)}, r"k\.max_mw must be >= 0"),
        ({"links": (Link(name="k", from_bus="", to_bus="b", min_mw=9.0, max_mw=1.0),)}, "min 9 is above max 1"),
        ({"links": (Link(name="a", from_bus="", to_bus="b"),), "sources": (source("a"),)}, "unique"),
    ],
)
def test_faults_are_named(change, words):
    with pytest.raises(ValueError, match=words):
        checked(replace(Problem(load_mw=np.ones(3), voll_usd_per_mwh=1.0), **change))


def test_a_source_stands_where_its_connection_ends():
    tier = source("tier", through_connection=True)
    with pytest.raises(ValueError, match=r"tier\.bus must be 'town' as the connection"):
        checked(replace(network(0), sources=(tier,)))


@pytest.mark.parametrize("seed", range(3))
def test_bounds_enclose_the_best_plan_that_burns_nothing(seed):
    problem = changed(network(seed), "gas", min_load=0.7, min_mw=90.0)
    problem = replace(problem, grid=replace(problem.grid, price_usd_per_mwh=problem.grid.price_usd_per_mwh - 90.0))
    answer, least = reference.solve(problem), by_hand(problem, most_mw=2000.0)
    assert_sound(answer)
    slack = 1e-6 * abs(least)
    assert answer.lower_bound_usd_per_year - slack <= least <= answer.upper_bound_usd_per_year + slack
