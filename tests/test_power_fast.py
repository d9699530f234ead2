"""The paths by cuts against the linear programme: bounds, certificates, features, the odd and the extreme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import power_campaign
from gigawatt import power
from gigawatt.power import firm, multiplier, reference
from gigawatt.power.account import accounted, violations
from gigawatt.power.compiled import small_problem
from gigawatt.power.cuts import evaluate
from gigawatt.power.form import formed
from gigawatt.power.oracle import NEVER, forward
from gigawatt.power.problem import FlexibleLoad, Problem, Source, Store
from gigawatt.power.sizing import size_form, stacked, workspace
from gigawatt.power.sweep import sweep

GAP = 1e-4


def agreed(problem: Problem, *paths: str) -> None:
    """The answer took one of the paths, keeps the problem, and its bounds enclose the programme's optimum."""
    answer, truth = power.solve(problem, gap=GAP), reference.solve(problem)
    assert answer.path in paths, answer.tried
    assert not power_campaign.fault(answer, truth)
    assert answer.upper_bound_usd_per_year == pytest.approx(
        accounted(problem, answer.decision).objective_usd_per_year, rel=1e-12
    )


def plain(hours: int = 240, seed: int = 3, **changes) -> Problem:
    """A site with all technologies, half a fortnight long."""
    t, rng = np.arange(hours), np.random.default_rng(seed)
    sun = np.clip(np.sin((t % 24 - 6) / 12 * np.pi), 0, 1) * rng.uniform(0.3, 1.0, hours // 24 + 1).repeat(24)[:hours]
    wind = np.clip(0.4 + 0.3 * np.cumsum(rng.normal(size=hours)) / np.sqrt(hours), 0, 1)
    cost = hours / 8760
    kinds = {"carbon_intensity_kg_per_mwh": 0.0, "clean_share": 1.0, "max_mw": 1000.0}
    sources = (
        Source(name="solar", availability=sun, fixed_usd_per_mw_year=45e3 * cost, variable_usd_per_mwh=0.0, **kinds),
        Source(name="wind", availability=wind, fixed_usd_per_mw_year=115e3 * cost, variable_usd_per_mwh=0.0, **kinds),
        Source(
            name="gas",
            availability=1.0,
            fixed_usd_per_mw_year=85e3 * cost,
            variable_usd_per_mwh=65.0,
            carbon_intensity_kg_per_mwh=370.0,
            clean_share=0.0,
            max_mw=300.0,
        ),
    )
    battery = Store(
        name="battery",
        power_usd_per_mw_year=14e3 * cost,
        energy_usd_per_mwh_year=16e3 * cost,
        charge_efficiency=0.94,
        discharge_efficiency=0.94,
        self_discharge_per_hour=5e-5,
        max_power_mw=1000.0,
        max_energy_mwh=20000.0,
    )
    load = 100.0 + 3.0 * np.cos(t / 12 * np.pi)
    fields = {"load_mw": load, "sources": sources, "stores": (battery,), "voll_usd_per_mwh": 5000.0}
    return Problem(**fields | changes)


def stored(problem: Problem, **changes) -> Problem:
    return replace(problem, stores=(replace(problem.stores[0], **changes),))


@pytest.mark.parametrize("seed", range(2000, 2120))
def test_bounds_enclose_the_programme(seed):
    outcome = power_campaign.compared(seed)
    assert not outcome.fault, f"problem {seed}: {outcome.fault}"


def test_most_problems_take_a_path_by_cuts():
    paths = [power.solve(power_campaign.random_problem(np.random.default_rng(s))).path for s in range(2120, 2180)]
    assert sum(p in ("fast", "multiplier", "blocks") for p in paths) > 0.7 * len(paths)


@pytest.mark.parametrize("hours", [8760, 8784])
def test_a_full_year(hours):
    agreed(plain(hours), "fast")


@given(seed=st.integers(0, 10**6), factor=st.floats(0.0, 3.0))
@settings(max_examples=25, deadline=None)
def test_a_cut_never_exceeds_the_cost_of_any_capacities(seed, factor):
    problem = plain(96, seed % 50)
    form = formed(problem)
    result = size_form(form, gap=1e-3)
    size = result.size * np.random.default_rng(seed).uniform(0, factor + 1e-3, len(result.size))
    size = np.clip(size, form.lower, form.upper)
    slope = np.empty(len(size))
    stack = result.stack._replace(longest=NEVER)
    value = evaluate(stack, form.cost, np.append(size, 1.0), slope, workspace(form), np.inf) + slope @ size
    cuts = result.cuts.intercept + (form.cost - result.cuts.rent) @ size
    assert cuts.max() <= value * (1 + 1e-9) + 1e-9


def test_rounded_water_values_are_near_the_exact_ones():
    form = formed(plain(2400))
    stack, duals = stacked(form), workspace(form)
    size = size_form(form, gap=1e-3).size
    evaluate(stack, form.cost, np.append(size, 1.0), np.empty(len(size)), duals, np.inf)
    steps = len(form.load) + 672
    floor, ceiling, floor2, ceiling2 = (np.empty(steps) for _ in range(4))
    p, e = size[form.power], size[form.energy]
    parts = (stack.load, duals.given, stack.sorted_price, duals.quantity)
    store = (p, p, e, stack.charging, stack.discharging, stack.keep, stack.wear)
    forward(*parts, stack.negative, stack.voll, *store, False, steps, -1.0, -1, floor, ceiling)
    sweep(*parts, stack.voll, *store, stack.dearest, steps, floor2, ceiling2)
    both = (np.abs(floor) < 1e29) & (np.abs(floor2) < 1e29)
    assert both.mean() > 0.2
    assert np.median(np.abs(floor - floor2)[both]) < 1e-3 * stack.dearest


@pytest.mark.parametrize(
    "changes",
    [
        {"max_energy_mwh": 0.0},
        {"max_power_mw": 0.0},
        {"max_energy_mwh": 5.0},  # minutes
        {"energy_usd_per_mwh_year": 0.5, "max_energy_mwh": 1e6, "self_discharge_per_hour": 0.0},  # the whole season
        {"self_discharge_per_hour": 0.3},
        {"charge_efficiency": 1.0, "discharge_efficiency": 1.0, "self_discharge_per_hour": 0.0},
        {"charge_usd_per_mw_year": 100.0, "max_charge_mw": 40.0},
        {"variable_usd_per_mwh": 8.0},
        {"existing_power_mw": 30.0, "existing_energy_mwh": 60.0},
        {"power_usd_per_mw_year": 0.0},
    ],
)
def test_stores_of_all_kinds(changes):
    agreed(stored(plain(), **changes), "fast")


@pytest.mark.parametrize(
    "changes",
    [
        {"max_carbon_kg_per_mwh": 60.0},
        {"max_carbon_kg_per_mwh": 0.0},
        {"min_clean_share_hourly": 0.9},
        {"min_clean_share_annual": 1.1},
        {"max_unserved_fraction": 0.001, "voll_usd_per_mwh": 90.0},
        {"max_unserved_fraction": 0.02, "voll_usd_per_mwh": 200.0},  # where usage jumps with its price
        {"max_carbon_kg_per_mwh": 60.0, "max_unserved_fraction": 0.001, "voll_usd_per_mwh": 90.0},
        {"max_lost_load_hours": 5.0, "voll_usd_per_mwh": 300.0},
    ],
)
def test_limits_over_all_hours(changes):
    agreed(plain(**changes), "multiplier")


def test_a_fuel_cap_and_a_cap_on_pausing():
    problem = plain(flexible=(FlexibleLoad(name="batch", mw=20.0, usd_per_mwh=70.0, max_mwh_per_year=300.0),))
    sources = tuple(replace(s, max_mwh_per_year=4000.0) if s.name == "gas" else s for s in problem.sources)
    agreed(replace(problem, sources=sources), "multiplier")


def test_no_unserved_energy_at_all_is_kept_exactly():
    for changes in ({"voll_usd_per_mwh": None}, {"max_unserved_fraction": 0.0}, {"max_lost_load_hours": 0.0}):
        problem = replace(plain(), **changes)
        agreed(problem, "fast")
        assert power.solve(problem).decision.unserved_mw.max() <= 1e-7


def test_few_hours_of_lost_load_are_counted_whole():
    problem = plain(max_lost_load_hours=4.0, voll_usd_per_mwh=300.0)
    answer = power.solve(problem)
    assert (answer.decision.unserved_mw > 1e-6 * 103).sum() <= 4
    assert answer.path == "multiplier"


def test_several_weather_years_share_the_capacities():
    a, b = plain(seed=1), plain(seed=2)
    both = {n: np.stack([x, y]) for n, x, y in [("load", a.load_mw, b.load_mw)]}
    sources = tuple(
        replace(s, availability=np.stack([s.availability, o.availability])) if np.ndim(s.availability) else s
        for s, o in zip(a.sources, b.sources, strict=True)
    )
    agreed(replace(a, load_mw=both["load"], sources=sources), "fast")


@pytest.mark.parametrize("unit_mw", [7.0, 30.0])
def test_whole_blocks(unit_mw):
    problem = plain()
    sources = tuple(replace(s, unit_mw=unit_mw) if s.name == "gas" else s for s in problem.sources)
    problem = replace(problem, sources=sources)
    agreed(problem, "blocks")
    blocks = power.solve(problem).decision.source_mw[2] / unit_mw
    assert blocks == pytest.approx(round(blocks), abs=1e-9)


def test_slack_ramps_keep_the_fast_answer_and_tight_ones_go_to_the_programme():
    problem = plain()
    for ramp, path in ((10.0, "fast"), (0.01, "lp")):
        sources = tuple(replace(s, max_ramp_per_hour=ramp) if s.name == "gas" else s for s in problem.sources)
        answer = power.solve(replace(problem, sources=sources))
        assert answer.path == path
        assert answer.gap <= GAP
    assert "ramp" in answer.tried[0]
    assert answer.lower_bound_usd_per_year >= power.solve(problem).lower_bound_usd_per_year


def test_negative_prices_burn_nothing():
    problem = small_problem()
    price = problem.grid.price_usd_per_mwh - 90.0
    for efficiency in (0.94, 0.5):
        case = stored(problem, charge_efficiency=efficiency)
        case = replace(case, grid=replace(problem.grid, price_usd_per_mwh=price))
        answer, truth = power.solve(case), reference.solve(case)
        assert answer.lower_bound_usd_per_year <= truth.upper_bound_usd_per_year + 1e-6
        assert answer.violations.simultaneous_mwh_per_year == 0.0


def test_a_limit_that_cannot_be_kept_is_infeasible_and_says_what_was_tried():
    problem = plain(max_carbon_kg_per_mwh=5.0, voll_usd_per_mwh=None)
    night = tuple(replace(s, max_mw=0.0) for s in problem.sources if s.name != "gas")
    answer = power.solve(replace(problem, sources=(*night, problem.sources[2])))
    assert answer.status == "infeasible"
    assert answer.tried[0].startswith("multiplier")


def test_answers_start_others_with_the_same_hours():
    problem = plain()
    answer = power.solve(problem)
    dearer = replace(
        problem, sources=tuple(replace(s, fixed_usd_per_mw_year=1.1 * s.fixed_usd_per_mw_year) for s in problem.sources)
    )
    warm, cold = power.solve(dearer, start=answer.cuts), power.solve(dearer)
    assert warm.lower_bound_usd_per_year <= cold.upper_bound_usd_per_year
    assert cold.lower_bound_usd_per_year <= warm.upper_bound_usd_per_year
    assert warm.gap <= GAP


def test_cuts_of_other_hours_are_left_aside():
    problem, other = plain(seed=3), plain(seed=4)
    cold, warm = power.solve(problem), power.solve(problem, start=power.solve(other).cuts)
    assert warm.lower_bound_usd_per_year == cold.lower_bound_usd_per_year


def test_what_is_left_out_says_how_much_cheaper_it_would_have_to_be():
    problem = plain()
    dear = replace(
        problem.sources[1], name="dear", fixed_usd_per_mw_year=4.0 * problem.sources[1].fixed_usd_per_mw_year
    )
    problem = replace(problem, sources=(*problem.sources, dear))
    answer = power.solve(problem, gap=1e-6)
    row = next(u for u in answer.unbuilt if u.name == "dear")
    for share, built in ((row.cheaper_by * 0.9, False), (row.cheaper_by * 1.2, True)):
        cheaper = replace(dear, fixed_usd_per_mw_year=dear.fixed_usd_per_mw_year * (1 - share))
        other = power.solve(replace(problem, sources=(*problem.sources[:-1], cheaper)), gap=1e-7)
        assert (other.decision.source_mw[-1] > 0.01) == built


def test_a_mixture_of_plans_is_a_plan():
    problem = plain()
    a = power.solve(problem).decision
    b = power.solve(replace(problem, max_carbon_kg_per_mwh=20.0)).decision
    mean = multiplier.mixed([a, b], [0.3, 0.7], problem)
    v = violations(problem, mean)
    assert max(v.balance_mw, v.capacity_mw, v.storage_mwh, v.bounds_mw) < 1e-6
    costs = [accounted(problem, d).objective_usd_per_year for d in (a, b, mean)]
    assert costs[2] <= 0.3 * costs[0] + 0.7 * costs[1] + 1e-6 * costs[0]


def test_units_out_raise_the_firm_margin_until_the_target_holds():
    problem = plain()
    sources = tuple(
        replace(s, unit_mw=25.0, forced_outage=0.06, firm_credit=1.0) if s.name == "gas" else s for s in problem.sources
    )
    problem = replace(problem, sources=sources)
    loose = power.solve(problem)
    spare = power.solve(replace(problem, n_minus_units=1))
    sure = power.solve(replace(problem, max_loss_of_load_hours=0.01))
    gas = [a.decision.source_mw[2] for a in (loose, spare, sure)]
    assert gas[1] >= 103.0 + 25.0 - 1e-6
    assert firm.expected_hours(problem, sure.decision) <= 0.01
    assert firm.expected_hours(problem, loose.decision) > 0.01
    assert gas[2] > gas[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"load_mw": np.array([1.0, np.nan, 2.0])}, "load_mw .* hour 1"),
        ({"load_mw": np.array([1.0, 2.0, -3.0])}, "load_mw .*-3 at hour 2"),
    ],
)
def test_bad_hours_are_named(change, words):
    with pytest.raises(ValueError, match=words):
        power.solve(replace(plain(), **change))


def test_bad_series_and_bounds_are_named():
    problem = plain()
    sun = problem.sources[0].availability.copy()
    sun[17] = np.nan
    for source, words in (
        (replace(problem.sources[0], availability=sun), "solar.availability .* hour 17"),
        (replace(problem.sources[0], availability=sun[:50]), r"solar.availability has the shape \(50,\)"),
        (replace(problem.sources[0], min_mw=5.0, max_mw=1.0), "solar MW: min 5 is above max 1"),
    ):
        with pytest.raises(ValueError, match=words):
            power.solve(replace(problem, sources=(source, *problem.sources[1:])))
    with pytest.raises(ValueError, match=r"battery.charge_efficiency .* is 1\.2"):
        power.solve(stored(problem, charge_efficiency=1.2))


def test_the_same_problem_gives_the_same_bits():
    a, b = power.solve(plain(2400)), power.solve(plain(2400))
    assert a.objective_usd_per_year == b.objective_usd_per_year
    assert np.array_equal(a.decision.soc_mwh, b.decision.soc_mwh)
