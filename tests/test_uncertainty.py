"""Ensembles of whole plans: how facts are drawn, what is held and made anew, that runs repeat and resume."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from gigawatt.answer import plain
from gigawatt.chapters.sizing import Ask
from gigawatt.cli import main
from gigawatt.errors import FactError, ScenarioError
from gigawatt.facts import load_facts
from gigawatt.figures import FIGURES
from gigawatt.plan import facts_for, in_year, plan, prepare, tell
from gigawatt.record import Draws, Steps
from gigawatt.scenario import read
from gigawatt.screen import work
from gigawatt.uncertainty import runs, simulate, with_ensemble
from gigawatt.uncertainty.alone import drawn_facts
from gigawatt.uncertainty.case import case_of, told
from gigawatt.uncertainty.command import planned
from gigawatt.uncertainty.ensemble import standard_errors
from gigawatt.uncertainty.sample import Families, Joint, Sampler, mid_quantiles, nearest_correlation
from gigawatt.uncertainty.summary import flexibility

DAY = "2026-11-23"
KENYA = {"place": "Kenya", "power": "100 MW", "budget": "5 B$", "by": "2031", "as_of": DAY}
DRAWS = 64


@pytest.fixture(scope="module")
def facts():
    return load_facts()


@pytest.fixture(scope="module")
def kenya():
    return simulate(read(KENYA), draws=DRAWS)


# --- joint draws ---------------------------------------------------------------------------------------------------


def test_every_margin_is_dealt_evenly(facts):
    sampler = Sampler(facts, 1001, 7)
    z = sampler.normal("anything")
    assert np.array_equal(np.sort(z), mid_quantiles(1001))
    assert abs(z.mean()) < 1e-12 and abs(z.std() - 1.0) < 0.01
    assert set(np.bincount(sampler.weather_years(8))) <= {125, 126}


def test_a_draw_depends_on_seed_and_fact_alone(facts):
    one, more = Sampler(facts, 500, 1), Sampler(facts.with_overrides({"life.it": 5}), 500, 1)
    rows = np.arange(500)
    for fact_id in ("life.shell", "fuel.gas.price.ttf", "lead.lpt.world"):
        assert np.array_equal(Joint(one, rows).normal(fact_id), Joint(more, rows).normal(fact_id))
        assert not np.array_equal(Joint(one, rows).normal(fact_id), Joint(Sampler(facts, 500, 2), rows).normal(fact_id))


def test_facts_of_a_family_move_together(facts):
    joint = Joint(Sampler(facts, 20_000, 3), np.arange(20_000))

    def correlation(a, b):
        return np.corrcoef(joint.normal(a), joint.normal(b))[0, 1]

    def fact(name):
        return float(facts[name].value)

    gas, power = ("fuel.gas.price.ttf", "fuel.gas.price.us"), "country.FRA.price.wholesale"
    assert correlation(*gas) == pytest.approx(fact("draws.within.gas"), abs=0.02)
    assert correlation(gas[0], power) == pytest.approx(fact("draws.between.gas.power"), abs=0.02)
    grid = "draws.correlation.lead.grid"
    assert correlation("lead.grid_connection.FRA", "lead.transmission_line.europe") == pytest.approx(
        fact(grid), abs=0.02
    )
    assert correlation("lead.permitting.FRA", "lead.lpt.world") == pytest.approx(
        fact("draws.correlation.lead"), abs=0.02
    )
    assert correlation("lead.ramp_after_first.large", "lead.build_to_first.greenfield") < -0.4
    assert abs(correlation("life.it", gas[0])) < 0.03


def test_quantiles_of_a_fact_are_its_range(facts):
    fact = facts["cooling.pue_overhead_residual"]
    x = Joint(Sampler(facts, 4_000, 0), np.arange(4_000)).of(fact)
    assert np.quantile(x, [0.1, 0.5, 0.9]) == pytest.approx([fact.low, fact.value, fact.high], rel=2e-3)


def test_part_of_a_joint_is_the_same_draws(facts):
    joint = Joint(Sampler(facts, 300, 0), np.arange(100, 200))
    assert np.array_equal(joint.some(np.array([3, 5])).normal("life.it"), joint.normal("life.it")[[3, 5]])


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({"draws.between.gas.power": 0.99}, "not positive definite"),
        ({"draws.between.gas.power": 1.4}, "between -1 and 1"),
        ({"draws.within.gas": 0.0}, "above 0"),
    ],
)
def test_correlations_that_cannot_hold_are_refused_in_one_line(facts, override, words):
    with pytest.raises(FactError) as refused:
        Families(facts.with_overrides(override))
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_the_nearest_correlations_offered_do_hold(facts):
    wrong = {"draws.between.gas.power": 0.99}
    with pytest.raises(FactError) as refused:
        Families(facts.with_overrides(wrong))
    offer = dict(x.split("=") for x in str(refused.value).split("--set ")[1:])
    mended = Families(facts.with_overrides({**wrong, **{k: float(v) for k, v in offer.items()}}))
    assert np.linalg.eigvalsh(mended.covariance)[0] > 0
    assert 0.6 < float(offer["draws.between.gas.power"]) < 0.75  # as far as the two families allow


def test_nearest_correlation_matrix_of_a_published_example():
    given = np.array([[2.0, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]])
    np.fill_diagonal(given, 1.0)
    near = nearest_correlation(given)
    assert np.allclose(np.diag(near), 1.0) and np.linalg.eigvalsh(near)[0] > -1e-6
    assert near[0, 1] == pytest.approx(-0.8084, abs=2e-4) and near[0, 2] == pytest.approx(0.1916, abs=2e-4)


# --- ensembles -----------------------------------------------------------------------------------------------------


def test_an_ensemble_holds_every_draw(kenya):
    assert kenya.draws == DRAWS and kenya.weather_years == 2
    assert set(kenya.figures) <= set(FIGURES) and "capex_usd" in kenya.figures
    for row in (*kenya.inputs.values(), *kenya.figures.values(), *kenya.fixed.values()):
        assert row.shape == (DRAWS,) and not np.any(np.isnan(row))
    assert kenya.online_months.shape == kenya.online_mw.shape
    assert np.all(np.diff(kenya.online_mw, axis=1) >= -1e-9)
    assert kenya.feasible.all() and kenya.fixed_feasible.all() and kenya.fixed_short.dtype == bool
    assert all(error.shape == (3,) and np.all(error >= 0) for error in kenya.error.values())
    assert "fuel.diesel.price" in kenya.inputs and np.ptp(kenya.inputs["fuel.diesel.price"]) > 0


def test_the_held_design_is_held_and_the_other_made_anew(kenya):
    assert np.ptp(kenya.fixed["facility_peak_mw"]) == 0.0
    assert np.all(kenya.figures["capex_usd"] <= 5e9 * (1 + 1e-9))  # made anew within the budget
    assert np.any(kenya.fixed["capex_usd"] > 5e9)  # held, it may cost more
    assert np.all(kenya.fixed["unspent_usd"] == 5e9 - kenya.fixed["capex_usd"])
    assert np.all(kenya.flexibility_usd_per_year >= 0.0) and np.mean(kenya.flexibility_usd_per_year) > 0.0


def test_weather_years_differ_and_central_draws_give_the_plan():
    exact = {i: {"value": f.value} for i, f in load_facts().items() if not f.is_exact and not i.startswith("draws.")}
    s = read({k: v for k, v in KENYA.items() if k not in ("budget", "by")} | {"facts": exact})
    case = case_of(s, 200)
    assert case.years == 6
    columns = [told(case, year, np.flatnonzero(case.weather_year == year)[:2])[0] for year in (0, 1)]
    mine = plan(s).figures
    for name in ("capex_usd", "lcoe_usd_per_mwh", "accelerators", "pue"):
        assert columns[0][f"fixed {name}"] == pytest.approx(mine[name].value, rel=2e-3)
        assert columns[0][f"figures {name}"] == pytest.approx(mine[name].value, rel=2e-3)
    assert columns[0]["fixed pue"][0] != columns[1]["fixed pue"][0]
    assert columns[1]["figures lcoe_usd_per_mwh"][0] != columns[0]["figures lcoe_usd_per_mwh"][0]


def test_same_bits_in_other_processes(kenya):
    again = simulate(read(KENYA), draws=DRAWS, workers=2)
    for name in kenya.figures:
        assert np.array_equal(kenya.figures[name], again.figures[name]), name
        assert np.array_equal(kenya.fixed[name], again.fixed[name]), name
    assert np.array_equal(kenya.online_mw, again.online_mw)
    assert all(np.array_equal(x, again.inputs[k]) for k, x in kenya.inputs.items())


def test_a_stopped_run_goes_on(kenya, tmp_path):
    s = read(KENYA)

    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="1 of 2 units are kept"):
        simulate(s, draws=DRAWS, store=tmp_path, progress=stop)
    seen = []
    found = simulate(s, draws=DRAWS, store=tmp_path, progress=lambda done, total: seen.append(done))
    assert seen[0] == 1 and seen[-1] == 2
    assert np.array_equal(found.figures["capex_usd"], kenya.figures["capex_usd"])
    with pytest.raises(ScenarioError, match="another question"):
        simulate(s, draws=DRAWS + 1, store=tmp_path)


def test_a_unit_that_fails_is_said(monkeypatch):
    task = {**runs.request_of(read(KENYA), DRAWS), "year": 0, "part": 0, "parts": 1, "key": "0000-0000"}
    assert work.failed(task, "why") == [{"key": "0000-0000", "failed": "why"}]
    broken = work.run({**task, "draws": DRAWS, "question": {**task["question"], "facts": {"no.such": 1}}})
    assert "no such fact" in broken[0]["failed"]


@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_gives_the_same_bits(kenya):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        found = simulate(read(KENYA), draws=DRAWS, dask=cluster.scheduler_address)
    for name, column in found.figures.items():
        assert np.array_equal(column, kenya.figures[name], equal_nan=True), name


def test_draws_without_a_plan_are_counted_and_not_dropped():
    e = simulate(
        read({"place": "Kenya", "power": "100 MW gas", "co2_cap_kg_per_mwh": 1, "as_of": DAY, "by": "2035"}), draws=50
    )
    assert not e.feasible.any()
    u = with_ensemble(plan(e.question), e).uncertainty
    assert u["infeasible_draws"] == 50 and u["probability"]["by_deadline"] == 0.0


def test_a_gigawatt_of_clean_power_has_a_battery_that_is_held():
    e = simulate(read({"place": "Spain", "power": "300 MW", "clean": 0.9, "as_of": DAY}), draws=50)
    assert e.feasible.all()
    kept = np.isfinite(e.flexibility_usd_per_year)  # a design that misses the clean share has no price
    assert np.array_equal(kept, e.fixed_feasible) and kept.any()
    assert np.all(e.flexibility_usd_per_year[kept] >= 0.0)
    assert flexibility(e)["power_usd_per_year"]["mean"] >= 0.0


def test_mixes_made_anew_are_as_cheap_as_optima_of_their_draws(kenya):
    """The optimiser solves the whole power problem of a draw on the facts of that draw alone."""
    case = case_of(read(KENYA | {"budget": "50 B$"}), 128)
    rows = np.flatnonzero(case.weather_year == 1)
    columns, facts_read = told(case, 1, rows)
    joint = Joint(case.sampler, rows)
    dearer = []
    for i in range(6):
        known = drawn_facts(case.step.facts, joint, i, facts_read)
        step = Steps(known, case.scenario.price_year)
        shared = in_year(step, case.scenario, prepare(step, case.scenario), 1)
        alone = tell(step, case.scenario, shared, case.ask)
        assert columns["figures accelerators"][i] == pytest.approx(alone.size.accelerators, rel=5e-3)
        assert columns["figures full_power_date"][i] == pytest.approx(alone.calendar.full_months, rel=2e-2)
        dearer.append(columns["figures capex_usd"][i] / alone.money.capex - 1.0)
    # payments of a draw are those of the central calendar stretched by its lead times, which a lone plan lays out anew
    assert np.max(np.abs(dearer)) < 0.06 and abs(np.mean(dearer)) < 0.02
    checked = kenya.dearer[np.isfinite(kenya.dearer)]
    assert len(checked) == 4 and np.max(np.abs(checked)) < 0.02


def test_a_load_beyond_the_optimum_is_met_by_what_runs_at_the_margin():
    question = {"place": "Kenya", "power": "100 MW", "as_of": DAY}
    more = "facility.average_to_peak"
    shared = prepare(Steps(facts_for(read(question)), 2025), read(question))
    busy = Steps(facts_for(read(question)).with_overrides({more: 0.8}), 2025)
    o = tell(busy, read(question), shared, Ask(power_mw=100.0))
    usual = tell(Steps(facts_for(read(question)), 2025), read(question), shared, Ask(power_mw=100.0))
    extra = o.supply.load_mwh - usual.supply.load_mwh
    assert extra == pytest.approx(usual.supply.load_mwh * (0.8 / 0.75 - 1.0), rel=1e-6)
    assert o.supply.plant_usd_per_mw_year == usual.supply.plant_usd_per_mw_year  # what stands, stands
    bought = o.supply.network_mwh - usual.supply.network_mwh
    assert 0.5 * extra < bought < extra  # the rest is sun and wind that would have been spilled


def test_standard_errors_are_those_of_a_normal_sample():
    x = np.random.Generator(np.random.Philox(1)).standard_normal((400, 1000))
    real = np.quantile(x, [0.1, 0.5, 0.9], axis=1).std(axis=1)
    said = np.mean([standard_errors(row) for row in x], axis=0)
    assert said == pytest.approx(real, rel=0.15)


# --- what a plan says of it ----------------------------------------------------------------------------------------


def test_plan_with_its_ensemble(kenya):
    found = with_ensemble(plan(read(KENYA)), kenya)
    u = plain(found.json())["uncertainty"]
    assert u["draws"] == DRAWS and u["remade"] and u["drivers"] is not None
    chance = u["probability"]
    assert 0 <= chance["both"] <= min(chance["within_budget"], chance["by_deadline"]) <= 1
    assert chance["within_budget"] == np.mean(kenya.fixed["capex_usd"] <= 5e9)
    f = found.figures["capex_usd"]
    low, high = np.quantile(kenya.figures["capex_usd"], [0.1, 0.9])
    assert f.low == pytest.approx(min(low, f.value)) and f.high == pytest.approx(max(high, f.value))
    assert found.provenance["draws"] == DRAWS and found.provenance["weather_years"] == 2
    assert u["figures"]["full_power_date"]["p10"] < u["figures"]["full_power_date"]["p90"]


def test_gates_and_words_rest_on_the_same_draws(kenya):
    found = planned(read(KENYA), kenya)
    chance = found.uncertainty["probability"]["by_deadline"]
    time = next(g for g in found.verdict["gates"] if g["gate"] == "time")
    assert f"{chance * 100:.2g} % of the draws meet the date" in time["words"]
    assert chance != plan(read(KENYA)).uncertainty["probability"]["by_deadline"]
    assert found.figures["facility_peak_mw"].text_with_range in found.verdict["summary"] or (
        found.figures["capex_usd"].text_with_range in found.verdict["summary"]
    )
    for name in ("first_power", "full_power"):
        middle = found.uncertainty["figures"][f"{name}_date"]["p50"]
        assert found.tables["median_dates"][name] == found.tables["gantt"]["dates"][name]["p50"] == middle
    assert found.figures == with_ensemble(found, kenya).figures


def test_every_figure_that_can_vary_has_a_range(kenya):
    """P10 and P90 of the draws; the rest is what the question gives, or nought."""
    found = planned(read(KENYA), kenya)
    given = {"facility_peak_mw", "accelerators", "peak_flop_per_s"}
    for name, f in found.figures.items():
        if f.value is not None and f.low == f.high:
            assert name in given or f.value == 0.0, name
        if f.value is not None and FIGURES[name].unit != "date":
            p10, p90 = (found.uncertainty["figures"][name][k] for k in ("p10", "p90"))
            assert f.low == min(p10, f.value) and f.high == max(p90, f.value), name
    assert set(found.uncertainty["figures"]) == {n for n, f in found.figures.items() if f.value is not None}
    assert all(line["low"] <= line["usd"] <= line["high"] for line in found.bill)


def test_the_default_plan_says_how_many_draws_it_has():
    u = plan(read(KENYA)).uncertainty
    assert u["draws"] == 400 and not u["remade"]
    assert 0 <= u["probability"]["both"] <= u["probability"]["by_deadline"] <= 1
    asked = plan(read({"place": "France", "power": "20 MW", "as_of": DAY, "draws": 50})).uncertainty
    assert asked["probability"] == {"within_budget": None, "by_deadline": None, "both": None}


def test_command_line(tmp_path):
    line = ["plan", "France", "--power", "20 MW", "--by", "2031", "--as-of", DAY, "--draws", "50"]
    done = CliRunner().invoke(main, [*line, "--json", "--store", str(tmp_path / "kept")])
    found = json.loads(done.stdout)
    assert found["uncertainty"]["draws"] == 50 and found["uncertainty"]["remade"]
    again = CliRunner().invoke(main, ["plan", "--resume", str(tmp_path / "kept"), "--json"])
    assert json.loads(again.stdout) == found
    shown = CliRunner().invoke(main, [*line, "--store", str(tmp_path / "kept")])
    assert "How sure" in shown.stdout and "50 whole plans" in shown.stdout


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--draws", "0"], "draws is 0"),
        (["--draws", "-5"], "draws is -5"),
        (["--draws", "64", "--set", "draws.between.gas.power=0.99"], "not positive definite"),
        (["--workers", "2"], "--draws 10000"),
        (["--resume", "nowhere"], "the question is in the folder"),
    ],
)
def test_bad_input_is_one_line(flags, words):
    done = CliRunner().invoke(main, ["plan", "France", "--power", "20 MW", *flags])
    assert done.exit_code == 2 and words in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_an_ensemble_of_the_callers_facts_runs_here(facts):
    changed = facts.with_overrides({"life.it": 6})
    e = simulate(read({"place": "France", "power": "20 MW", "as_of": DAY}), draws=50, facts=changed)
    assert e.draws == 50 and replace(e, seed=1).seed == 1 and "life.it" not in e.inputs


def test_dealt_draws_pin_quantiles_down_better_than_thrown_ones(facts):
    fact = facts["life.it"]
    thrown, dealt = [], []
    for seed in range(30):
        thrown.append(np.quantile(Draws(100, seed).of(fact), 0.9))
        dealt.append(np.quantile(Joint(Sampler(facts, 100, seed), np.arange(100)).of(fact), 0.9))
    assert np.std(dealt) < 1e-12 < np.std(thrown)
