"""Variants of a solved problem against cold solves; the spread of capacities against the programme itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gigawatt import power
from gigawatt.power.alternatives import (
    alternatives,
    same_hours,
    spread,
    tighter,
    usual,
    with_less,
    without,
)
from gigawatt.power.check import capacity_names
from gigawatt.power.problem import CapacityLimit, Import, Problem, Source, Store

GAP = 1e-4
ROUNDING = 1e-7


def site(hours: int = 168, **changes) -> Problem:
    """A site that builds of everything; yearly costs are those of its hours."""
    t, rng, cost = np.arange(hours), np.random.default_rng(1), hours / 8760
    sun = np.clip(np.sin((t % 24 - 6) / 12 * np.pi), 0, 1) * rng.uniform(0.6, 1.0, hours)
    wind = np.clip(0.4 + 0.3 * np.cumsum(rng.normal(size=hours)) / np.sqrt(hours), 0, 1)
    solar = Source(
        name="solar",
        availability=sun,
        fixed_usd_per_mw_year=45e3 * cost,
        variable_usd_per_mwh=0.0,
        carbon_intensity_kg_per_mwh=0.0,
        clean_share=1.0,
        max_mw=900.0,
    )
    gas = replace(solar, name="gas", availability=1.0, fixed_usd_per_mw_year=60e3 * cost, variable_usd_per_mwh=70.0)
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
        price_usd_per_mwh=60.0 + 50.0 * np.cos((t % 24 - 19) / 12 * np.pi) + 5.0 * rng.random(hours),
        carbon_intensity_kg_per_mwh=300.0,
        clean_share=0.4,
        connection_usd_per_mw_year=30e3 * cost,
        demand_charge_usd_per_mw_year=20e3 * cost,
        limit_mw=60.0,
    )
    made = Problem(
        load_mw=100.0 + 10.0 * rng.random(hours),
        voll_usd_per_mwh=5000.0,
        sources=(solar, replace(solar, name="wind", availability=wind, fixed_usd_per_mw_year=90e3 * cost), gas),
        stores=(battery,),
        grid=grid,
    )
    return replace(made, **changes)


def standing() -> Problem:
    """The site with some of everything built already."""
    base = site()
    solar, wind, gas = base.sources
    return replace(
        base,
        sources=(replace(solar, existing_mw=20.0), wind, replace(gas, min_mw=30.0)),
        stores=(replace(base.stores[0], existing_power_mw=2.0, existing_energy_mwh=5.0),),
        grid=replace(base.grid, existing_mw=15.0),
    )


def limited() -> Problem:
    """The site under a cap on its emissions, which has no cuts to start from."""
    return site(max_carbon_kg_per_mwh=40.0)


@pytest.fixture(scope="module")
def solved():
    """A problem and its answer."""
    return site(), power.solve(site(), gap=GAP)


@pytest.mark.parametrize("problem", [site(), standing(), limited(), site(voll_usd_per_mwh=None)])
def test_alternatives_equal_cold_solves_and_are_never_cheaper(problem):
    answer = power.solve(problem, gap=GAP)
    changes = usual(problem, answer)
    found = alternatives(problem, answer, changes, gap=GAP)
    assert [x.name for x in found] == list(changes)
    for x in found:
        cold = power.solve(changes[x.name], gap=GAP)
        assert x.answer.status == cold.status == "optimal"
        slack = ROUNDING * cold.upper_bound_usd_per_year
        assert x.answer.lower_bound_usd_per_year <= cold.upper_bound_usd_per_year + slack
        assert cold.lower_bound_usd_per_year <= x.answer.upper_bound_usd_per_year + slack
        assert x.at_least_usd_per_year <= x.dearer_usd_per_year <= x.at_most_usd_per_year
        assert x.at_most_usd_per_year - x.at_least_usd_per_year <= 2.1 * GAP * cold.upper_bound_usd_per_year
        if tighter(problem, changes[x.name]):
            assert x.at_least_usd_per_year >= 0.0
            assert x.answer.upper_bound_usd_per_year >= answer.lower_bound_usd_per_year - slack
        mwh = problem.load_mw.sum()
        assert x.dearer_usd_per_mwh == pytest.approx(x.dearer_usd_per_year / mwh)
        assert x.at_least_usd_per_mwh <= x.dearer_usd_per_mwh <= x.at_most_usd_per_mwh


def test_the_usual_set(solved):
    problem, answer = solved
    built = [line.name for line in answer.portfolio if line.mw > 0 and line.kind in ("source", "store", "grid")]
    changes = usual(problem, answer)
    assert {"without solar", "without battery", "without grid", "20 % less solar"} <= set(changes)
    for name, variant in changes.items():
        assert name.removeprefix("without ").removeprefix("20 % less ") in built
        assert same_hours(problem, variant) and tighter(problem, variant)
    assert all(name.startswith(("without", "5 % less")) for name in usual(problem, answer, less=0.05))


def test_what_is_done_without_is_gone_and_less_is_less(solved):
    problem, answer = solved
    found = {x.name: x.answer.decision for x in alternatives(problem, answer, usual(problem, answer), gap=GAP)}
    now = answer.decision
    assert found["without solar"].source_mw[0] == 0.0
    assert found["without battery"].store_power_mw[0] == found["without battery"].store_energy_mwh[0] == 0.0
    assert found["without grid"].connection_mw == 0.0
    assert found["20 % less solar"].source_mw[0] <= 0.8 * now.source_mw[0] * (1 + ROUNDING)
    assert found["20 % less grid"].connection_mw <= 0.8 * now.connection_mw * (1 + ROUNDING)
    assert found["20 % less battery"].store_energy_mwh[0] <= 0.8 * now.store_energy_mwh[0] * (1 + ROUNDING)


def test_what_stands_stays():
    problem = standing()
    answer = power.solve(problem, gap=GAP)
    changes = usual(problem, answer)
    solar, battery = changes["without solar"].sources[0], without(problem, "battery").stores[0]
    assert (solar.min_mw, solar.existing_mw, solar.max_mw) == (0.0, 20.0, 20.0)
    assert (battery.max_power_mw, battery.max_energy_mwh) == (2.0, 5.0)
    assert changes["no new connection"].grid.limit_mw == 15.0
    assert changes["without grid"].grid.limit_mw == 0.0
    gas = without(problem, "gas").sources[2]
    assert (gas.min_mw, gas.max_mw) == (0.0, 0.0)
    assert not tighter(problem, without(problem, "gas"))  # 30 MW of it were asked for
    assert with_less(problem, answer, "solar", less=0.99).sources[0].max_mw == 20.0


def test_a_variant_that_cannot_be_says_so():
    problem = site(48, voll_usd_per_mwh=None, sources=(), stores=())
    problem = replace(problem, grid=replace(problem.grid, limit_mw=150.0))
    answer = power.solve(problem, gap=GAP)
    (none, less) = alternatives(problem, answer, usual(problem, answer), gap=GAP)
    for x in (none, less):
        assert x.answer.status == "infeasible" and x.answer.decision is None
        assert np.isnan([x.dearer_usd_per_year, x.at_least_usd_per_year, x.at_most_usd_per_mwh]).all()
    with pytest.raises(ValueError, match="a plan to start from; the answer is infeasible"):
        alternatives(problem, none.answer, {})
    assert alternatives(problem, answer, {}) == ()


def test_other_hours_do_not_start_from_these_cuts(solved):
    problem, answer = solved
    cheap = replace(problem, grid=replace(problem.grid, price_usd_per_mwh=0.2 * problem.grid.price_usd_per_mwh))
    assert not same_hours(problem, cheap)
    (found,) = alternatives(problem, answer, {"cheap imports": cheap}, gap=GAP)
    cold = power.solve(cheap, gap=GAP)
    assert found.answer.objective_usd_per_year == cold.objective_usd_per_year
    assert found.dearer_usd_per_year < found.at_most_usd_per_year < 0.0


@pytest.mark.parametrize(
    ("change", "hours", "tight"),
    [
        (lambda p: p, True, True),
        (lambda p: replace(p, firm_margin=0.1), True, True),
        (lambda p: replace(p, max_unserved_fraction=0.0), False, True),
        (lambda p: replace(p, voll_usd_per_mwh=None), False, False),
        (lambda p: replace(p, load_mw=p.load_mw.copy()), True, True),
        (lambda p: replace(p, load_mw=p.load_mw + 1.0), False, False),
        (lambda p: replace(p, step_hours=2.0), False, False),
        (lambda p: replace(p, stores=()), False, False),
        (lambda p: replace(p, grid=None), False, False),
        (lambda p: replace(p, grid=replace(p.grid, limit_mw=80.0)), True, False),
        (lambda p: replace(p, grid=replace(p.grid, connection_usd_per_mw_year=1.0)), True, False),
        (lambda p: replace(p, sources=p.sources[::-1]), False, False),
        (lambda p: replace(p, sources=(replace(p.sources[0], availability=0.5), *p.sources[1:])), False, False),
        (lambda p: replace(p, sources=(replace(p.sources[0], max_mwh_per_year=9.0), *p.sources[1:])), True, True),
        (lambda p: replace(p, stores=(replace(p.stores[0], charge_efficiency=0.9),)), False, False),
        (lambda p: replace(p, stores=(replace(p.stores[0], min_power_mw=9.0),)), True, True),
        (
            lambda p: replace(p, capacity_limits=(CapacityLimit(name="x", terms=(("solar", 1.0),), upper=9.0),)),
            True,
            True,
        ),
    ],
)
def test_what_may_differ(change, hours, tight):
    problem = site(24)
    other = change(problem)
    assert (same_hours(problem, other), tighter(problem, other)) == (hours, tight)
    if other.capacity_limits:
        assert not tighter(other, problem)


def bounded(problem: Problem, name: str, **bounds: float) -> Problem:
    """The problem with a limit on one capacity."""
    limit = CapacityLimit(name="end", terms=((name, 1.0),), **bounds)
    return replace(problem, capacity_limits=(*problem.capacity_limits, limit))


@pytest.mark.parametrize(
    ("problem", "within"),
    [(site(), 0.01), (site(), 0.05), (standing(), 0.02), (site(96, stores=()), 0.02), (site(96, grid=None), 0.02)],
)
def test_the_spread_is_certified(problem, within):
    answer = power.solve(problem, gap=GAP)
    found = spread(problem, answer, within=within)
    assert [x.name for x in found] == capacity_names(problem)
    most = (1.0 + within) * answer.upper_bound_usd_per_year
    step = 1e-3 * problem.load_mw.max()
    for x in found:
        assert x.low <= x.known_low <= x.value <= x.known_high <= x.high
        assert x.unit == ("MWh" if x.name.endswith(".energy") else "MW")
        inside = [{"upper": x.known_low + 1e-9}, {"lower": x.known_high - 1e-9}]
        outside = [{"upper": x.low - step}] if x.low > step else []
        outside += [{"lower": x.high + step}]
        for bounds in inside:  # there are plans as far as that
            assert power.solve(bounded(problem, x.name, **bounds), gap=GAP).lower_bound_usd_per_year <= most
        for bounds in outside:  # and none beyond
            beyond = power.solve(bounded(problem, x.name, **bounds), gap=GAP)
            assert beyond.status == "infeasible" or beyond.upper_bound_usd_per_year > most * (1 - 2.0 * GAP)


def test_more_probes_narrow_the_outer_bound_and_the_two_bounds_meet(solved):
    problem, answer = solved
    none, one, four = (spread(problem, answer, within=0.02, probes=n) for n in (0, 1, 4))
    for a, b, c in zip(none, one, four, strict=True):
        assert a.known_low == a.known_high == a.value
        width = c.high - c.low
        assert a.low <= b.low <= c.low + 0.02 * width and a.high >= b.high >= c.high - 0.02 * width
        assert (c.known_low - c.low) + (c.high - c.known_high) <= 0.15 * width + 0.1
    assert sum(x.high - x.low for x in four) < 0.9 * sum(x.high - x.low for x in none)


def test_more_cost_more_room(solved):
    problem, answer = solved
    for a, b in zip(*(spread(problem, answer, within=x) for x in (0.01, 0.04)), strict=True):
        assert b.low <= a.low + 0.1 and b.high >= a.high - 0.1


def test_without_cuts_the_spread_is_the_bounds():
    problem = limited()
    answer = power.solve(problem, gap=GAP)
    assert answer.cuts is None
    found = {x.name: x for x in spread(problem, answer)}
    assert (found["solar"].low, found["solar"].high) == (0.0, 900.0)
    assert (found["connection"].low, found["connection"].high) == (0.0, 60.0)
    assert found["gas"].known_low == found["gas"].known_high == found["gas"].value


def test_a_spread_within_the_gap_is_refused():
    problem = site(48)
    answer = power.solve(problem, gap=1e-2)
    assert answer.gap > 1e-5
    with pytest.raises(ValueError, match="within must be above the answer's gap"):
        spread(problem, answer, within=1e-6)


def test_an_unknown_technology_is_named(solved):
    problem, answer = solved
    with pytest.raises(ValueError, match="called 'coal'; known are solar, wind, gas, battery, grid"):
        without(problem, "coal")
    with pytest.raises(ValueError, match="called 'coal'"):
        with_less(problem, answer, "coal")
