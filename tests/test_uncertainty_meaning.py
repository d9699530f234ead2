"""What the draws mean, against known answers: shares of variance, value of knowing, budget and date, regret."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from plotly import graph_objects

from gigawatt import plan
from gigawatt.answer import plain
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.report import html, markdown
from gigawatt.report.meaning import charts, sentences, tables
from gigawatt.scenario import read
from gigawatt.uncertainty import simulate, with_ensemble
from gigawatt.uncertainty.command import answer
from gigawatt.uncertainty.drivers import MAIN, TOGETHER, basis, bench_of, by_basis, by_class, drivers, of_weather
from gigawatt.uncertainty.ensemble import Ensemble
from gigawatt.uncertainty.fan import exceedance, fan, joint_statement
from gigawatt.uncertainty.knowing import lettered, worth_knowing
from gigawatt.uncertainty.meaning import meaning
from gigawatt.uncertainty.odds import ENOUGH, error_of, few, kept, percent
from gigawatt.uncertainty.robust import best_by, choose, late_months, regret, with_rent
from gigawatt.uncertainty.subjects import NOTHING, subject_of, subjects
from gigawatt.uncertainty.variance import explained, pinball, range_left, sobol, worth
from gigawatt.uncertainty.what_if import named

AS_OF = date(2026, 11, 23)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def ensemble():
    question = {"place": "Estonia", "accelerators": "20k GB300", "budget": "2.6 B€", "by": "2031-06", "draws": 120}
    return simulate(read(question, today=AS_OF))


@pytest.fixture(scope="module")
def bench(ensemble):
    return bench_of(ensemble)


@pytest.fixture(scope="module")
def choice(bench):
    return choose(bench, draws=120, scenarios=["grid_late", "licence_refused"])


# --- Statistics -------------------------------------------------------------------------------------------------------


def ishigami(u):
    x = np.pi * (2.0 * u - 1.0)
    return np.sin(x[0]) + 7.0 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def pick_and_freeze(function, dimensions, rows):
    rng = np.random.default_rng(7)
    a, b = rng.random((dimensions, rows)), rng.random((dimensions, rows))
    mixed = [np.where(np.arange(dimensions)[:, None] == i, b, a) for i in range(dimensions)]
    return function(a), function(b), np.array([function(m) for m in mixed])


def test_indices_of_the_ishigami_function():
    found = sobol(*pick_and_freeze(ishigami, 3, 60_000))
    first, total = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
    for index, s1, st in zip(found, first, total, strict=True):
        assert index.first == pytest.approx(s1, abs=4.0 * index.first_error)
        assert index.total == pytest.approx(st, abs=4.0 * index.total_error)
        assert 0.0 < index.total_error < 0.01


def test_indices_are_those_of_scipy():
    scipy = pytest.importorskip("scipy.stats")
    a, b, mixed = pick_and_freeze(ishigami, 3, 4096)
    given = {"f_A": a[None], "f_B": b[None], "f_AB": mixed[:, None]}
    theirs = scipy.sobol_indices(func=given, n=4096)
    ours = sobol(a, b, mixed)
    assert [x.first for x in ours] == pytest.approx(theirs.first_order.tolist(), abs=0.02)
    assert [x.total for x in ours] == pytest.approx(theirs.total_order.tolist(), abs=0.02)


def test_an_exact_figure_has_no_drivers():
    same = np.full(50, 3.0)
    assert sobol(same, same, np.stack([same]))[0].total == 0.0
    assert explained(same, [np.arange(50.0)]) == 0.0
    assert range_left(same, [np.arange(50.0)]) == 1.0


def test_what_knowing_is_worth_in_a_linear_model():
    x = np.random.default_rng(1).standard_normal((3, 4000))
    y = 3.0 * x[0] + x[1]
    assert [explained(y, [v]) for v in x] == pytest.approx([0.9, 0.1, 0.0], abs=0.02)
    assert range_left(y, [x[0]]) == pytest.approx(np.sqrt(0.1), abs=0.02)
    assert range_left(y, [x[2]]) == pytest.approx(1.0, abs=0.02)
    values = np.column_stack([np.zeros(4000), 1.0 + y])
    normal = NormalDist()
    for i, a in ((0, 3.0), (1, 1.0)):
        exact = a * normal.pdf(1.0 / a) + normal.cdf(1.0 / a) - 1.0
        assert worth(values, [x[i]]) == pytest.approx(exact, abs=0.05)
    assert worth(values, [x[2]]) < 0.01


def test_few_draws_do_not_pretend_to_explain():
    x = np.random.default_rng(2).standard_normal((40, 60))
    assert np.mean([explained(x[0], [v]) for v in x[1:]]) < 0.05
    assert explained(x[0, :4], [x[1, :4], x[2, :4]]) == 0.0


def test_pinball_score_is_that_of_a_normal_forecast():
    shares = (np.arange(2000) + 0.5) / 2000
    quantiles = np.array([NormalDist().inv_cdf(p) for p in shares])
    assert pinball(quantiles, shares, 0.0) == pytest.approx(0.2337, abs=1e-3)
    assert pinball(quantiles, shares, 2.0) == pytest.approx(1.4528, abs=1e-3)


# --- Drivers ----------------------------------------------------------------------------------------------------------


def test_drivers_name_what_moves_the_figures(ensemble, bench):
    rows = drivers(ensemble, bench=bench, rows=128)
    assert {r["figure"] for r in rows} == set(MAIN)
    capital = [r for r in rows if r["figure"] == "capex_usd"]
    assert capital[0]["driver"] == "price of accelerators and of their hours"
    assert "accelerator.gb300-nvl72.price" in capital[0]["facts"]
    assert capital[0]["low"] < capital[0]["high"]
    assert sum(r["first"] for r in capital) == pytest.approx(1.0, abs=0.35)
    assert all(r["total"] <= 1.5 and r["total_error"] >= 0.0 for r in rows)
    late = next(r for r in rows if r["figure"] == "full_power_date")
    assert late["driver"] == TOGETHER and late["low"] < late["high"]
    assert "variance of the" in capital[0]["words"]


def test_drivers_are_the_same_every_time(ensemble, bench):
    assert drivers(ensemble, bench=bench, rows=32) == drivers(ensemble, bench=bench_of(ensemble), rows=32)


def test_a_fact_without_range_drives_nothing(ensemble):
    price = "accelerator.gb300-nvl72.price"
    exact = simulate(ensemble.question.model_copy(update={"facts": {price: 55600.0}}))
    assert price not in exact.inputs
    rows = drivers(exact, figures=("capex_usd",), rows=64)
    assert rows and all(price not in r["facts"] for r in rows)


def test_shares_by_class_of_facts(ensemble, bench):
    rows = [r for r in by_class(ensemble, bench=bench, rows=128) if r["figure"] == "full_power_date"]
    assert [r["class"] for r in rows] == ["A", "B", "C", "ours", TOGETHER]
    assert max(rows, key=lambda r: r["total"])["class"] in (TOGETHER, "ours")


def test_shares_by_the_basis_of_ranges(ensemble, bench):
    rows = [r for r in by_basis(ensemble, bench=bench, rows=128) if r["figure"] == "capex_usd"]
    assert [r["class"] for r in rows] == ["published", "aace", "ours", TOGETHER]
    assert sum(r["first"] for r in rows) == pytest.approx(1.0, abs=0.4)
    known = bench.facts
    assert basis(known["shell.usd_per_w.EST"]) == "aace" and basis(known["opex.it_support"]) == "ours"
    assert basis(known["it.outside_rack_share"]) == "published"
    assert basis(known["accelerator.gb300-nvl72.price"]) == "ours"  # the price is published, its range is not


def test_share_of_the_weather():
    years, x = np.arange(200) % 4, np.random.default_rng(3).standard_normal(200)
    made = Ensemble(
        question=read({"place": "Estonia", "power": "20 MW"}, today=AS_OF),
        seed=0,
        inputs={},
        weather_year=years,
        figures={"lcoe_usd_per_mwh": years + 0.1 * x, "pue": x},
        fixed={},
        online_months=np.zeros((200, 1)),
        online_mw=np.zeros((200, 1)),
        feasible=np.ones(200, bool),
        error={},
        fixed_feasible=np.ones(200, bool),
        flexibility_usd_per_year=np.zeros(200),
        budget_usd=None,
    )
    assert of_weather(made, "lcoe_usd_per_mwh") > 0.98
    assert of_weather(made, "pue") < 0.1


def test_every_fact_that_a_plan_draws_has_a_subject(ensemble):
    assert [x for x in ensemble.inputs if subject_of(x) is NOTHING] == []
    assert subject_of("no.such.fact") is NOTHING
    assert len({s.name for s in subjects()}) == len(subjects())


# --- What to find out first -------------------------------------------------------------------------------------------


def test_what_to_find_out_first(ensemble, bench):
    rows = worth_knowing(ensemble, bench=bench)
    assert rows[0]["subject"] == "connection to the grid"
    assert rows[0]["to"] == "Elering"
    assert 0.0 < rows[0]["wrong_decisions_spared"] < 0.5
    assert rows[0]["range_left"]["full_power_date"] < 0.9
    mine = {"to": "a lender", "ask": "terms", "by": "2026-12-01", "unlocks": "money"}
    first, second = lettered([mine], rows)
    assert first["to"] == "Elering" and first["by"] == "2026-12-01" and second == mine
    assert first["unlocks"].startswith("what to find out first: it takes away")
    again = lettered([mine | {"to": "Elering"}], rows)
    assert len(again) == 1 and again[0]["ask"].startswith("terms; also a connection offer")
    assert lettered([mine], []) == [mine]


def test_what_cannot_vary_is_not_worth_a_letter(ensemble, bench):
    held = {name: np.full(ensemble.draws, 1.0) for name in ensemble.fixed}
    assert worth_knowing(replace(ensemble, fixed=held), bench=bench) == []


# --- Budget and date --------------------------------------------------------------------------------------------------


def test_budget_and_date_are_kept_together(ensemble):
    found = kept(ensemble)
    assert np.array_equal(found["all"], found["within_budget"] & found["by_deadline"])
    assert 0.0 < found["all"].mean() <= min(found["within_budget"].mean(), found["by_deadline"].mean()) < 1.0


def test_infeasible_draws_keep_nothing(ensemble, bench):
    none = replace(ensemble, fixed_feasible=np.zeros(ensemble.draws, bool))
    assert not any(x.any() for x in kept(none).values())
    told = meaning(none, bench=bench, robust=False)
    assert "Not one draw" in told["note"] and told["joint"]["words"].endswith(": under 1 %")
    assert told["exceedance"]["capex_usd"] == []
    json.dumps(plain(told), allow_nan=False)


def test_limits_that_were_not_asked_have_no_chance():
    free = simulate(read({"place": "Estonia", "power": "20 MW", "draws": 50}, today=AS_OF))
    assert kept(free) == {}
    assert joint_statement(free) is None


def test_error_of_a_share_is_never_nought():
    assert error_of(0.0, 100) > 0.0
    assert error_of(0.5, 10_000) == pytest.approx(0.005, rel=0.01)


def test_a_regression_takes_no_more_draws_than_it_needs(ensemble):
    many = replace(ensemble, feasible=np.ones(ENOUGH + 5, bool))
    assert few(many).draws == ENOUGH and few(ensemble) is ensemble


def test_fan_rises_and_ends_whole(ensemble):
    rows = fan(ensemble)
    assert all(r["low_mw"] <= r["middle_mw"] <= r["high_mw"] for r in rows)
    assert [r["middle_mw"] for r in rows] == sorted(r["middle_mw"] for r in rows)
    assert rows[0]["date"] == "2026-11-23" and rows[-1]["whole"] >= 0.9


def test_exceedance_falls_and_ends_where_draws_are_never():
    x = np.arange(100.0)
    rows = exceedance(x)
    assert [r["chance"] for r in rows] == sorted((r["chance"] for r in rows), reverse=True)
    assert next(r["value"] for r in rows if r["chance"] == pytest.approx(0.5)) == 50.0
    assert exceedance(np.where(x < 30, x, np.inf))[-1]["chance"] > 0.69


# --- Robust choice ----------------------------------------------------------------------------------------------------


def test_a_known_regret_table():
    losses = np.array([[5.0, 90.0], [20.0, 30.0], [10.0, 60.0]])
    table = np.stack([regret(column) for column in losses.T], axis=1)
    assert table.tolist() == [[0.0, 60.0], [15.0, 0.0], [5.0, 30.0]]
    prices = np.array([[1.0, 1.0, 4.0], [2.0, 2.0, 2.5], [1.5, 1.5, 1.5]])
    best, often = best_by(prices, table)
    assert best == {"expected": 2, "p90": 2, "regret": 1, "often": 0}
    assert often.tolist() == pytest.approx([2 / 3, 0.0, 1 / 3])


def test_late_hours_are_rented_where_that_is_dearer():
    assert with_rent(3.0, None, 12.0, 60.0) == 3.0
    assert with_rent(3.0, 2.0, 12.0, 60.0) == 3.0
    assert with_rent(3.0, 4.0, 12.0, 60.0) == pytest.approx(3.2)
    never, half = np.zeros(81), np.full(81, 0.5)
    assert late_months(never, 60.0) == pytest.approx(183.0, abs=3.1)
    assert late_months(half, 60.0) == pytest.approx(late_months(never, 60.0) / 2.0)


def test_robust_choice_among_strategies(choice):
    rows = choice.json()["rows"]
    assert len(rows) > 4
    assert sum(r["share_best"] for r in rows) == pytest.approx(1.0)
    for scenario in ("grid_late", "licence_refused"):
        assert min(r["regret_usd"][scenario] for r in rows) == 0.0
    chosen = {rule: r["strategy"] for r in rows for rule in r["best"]}
    assert set(chosen) == {"expected", "p90", "regret", "often", "limits"}
    bridged = [r for r in rows if r["bridge_mw"] > 0.0]
    assert bridged and max(r["probability"]["all"] for r in bridged) > rows[0]["probability"]["all"]
    json.dumps(plain(choice.json()), allow_nan=False)


def test_budget_and_date_with_a_bridge(ensemble, choice):
    said = joint_statement(ensemble, choice)
    assert said["words"].startswith("20,000 accelerators by 2031-06 within 2.60 bn EUR: ")
    assert "MW of bridging" in said["words"]
    assert all(x["chance"] > said["asked"] for x in said["with"])


def test_the_chances_said_are_those_of_the_draws_counted_one_by_one(ensemble, choice):
    limit = (2031 - 2026) * 12 + (6 - 11) + (30 - 23) / 31  # months from 2026-11-23 to the end of June 2031
    rate = ensemble.budget_usd / 2.6e9  # USD per EUR of each draw
    asked = 0
    for i in range(ensemble.draws):
        cheap = ensemble.fixed["capex_usd"][i] <= 2.6e9 * rate[i]
        asked += bool(cheap and ensemble.fixed["full_power_date"][i] <= limit and ensemble.fixed_feasible[i])
    said = joint_statement(ensemble, choice)
    assert said["asked"] == pytest.approx(asked / ensemble.draws)
    assert f"within 2.60 bn EUR: {percent(asked / ensemble.draws)};" in said["words"]
    for other in said["with"]:
        option = next(o for o in choice.options if o.words == other["strategy"])
        kept = [
            c <= b and m <= limit and p
            for c, b, m, p in zip(option.capex_usd, ensemble.budget_usd, option.months, option.plan, strict=False)
        ]
        assert other["chance"] == pytest.approx(sum(kept) / len(kept))
        bridge = option.weighed.bridge
        if bridge:
            assert f"with {float(f'{bridge.mw:.2g}'):,.0f} MW of bridging" in said["words"]
    same = next(o for o in choice.options if o.weighed.bridge is None and "built as usual" in o.words)
    n = len(same.months)  # the strategy asked for, told again without a year of weather and a mix of its own
    assert np.mean(np.abs(same.months - ensemble.fixed["full_power_date"][:n]) < 0.05) > 0.9
    assert np.mean(np.abs(same.capex_usd / ensemble.fixed["capex_usd"][:n] - 1.0)) < 0.015


def test_named_scenarios_change_the_facts_that_they_name():
    known = load_facts()
    gas, late = named(["gas_x3", "grid_late"])
    fact = "fuel.gas.price.ttf"
    assert gas.facts(known)[fact].value == pytest.approx(3.0 * known[fact].value)
    assert gas.facts(known)[fact].high == pytest.approx(3.0 * known[fact].high)
    stage = "lead.grid_stage_2.FRA"
    assert late.facts(known)[stage].value == pytest.approx(known[stage].value + 48.0)
    assert late.facts(known)["lead.grid_stage_2_mw.FRA"].value == known["lead.grid_stage_2_mw.FRA"].value
    assert all(x.reason for x in named()) and named()[-1].refused


def test_every_change_of_a_scenario_fits_a_fact():
    known = load_facts()
    for what in named():
        for change in what.changes:
            assert replace(what, changes=(change,)).facts(known).hash != known.hash, f"{what.id}: {change.facts}"


def test_an_unknown_scenario_has_a_nearest():
    with pytest.raises(ScenarioError, match="'gas x3': unknown; nearest: gas_x3"):
        named(["gas x3"])
    with pytest.raises(ScenarioError, match="expected one of gas_x3"):
        named(["!"])


def test_a_drawn_plan_says_what_it_hangs_on(ensemble):
    made = with_ensemble(plan(ensemble.question), ensemble, ["chips_half"])
    schema = json.loads((ROOT / "docs" / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(plain(made.json()))
    assert [x["id"] for x in made.uncertainty["robust"]["scenarios"]] == ["chips_half"]
    steps = made.verdict["next_steps"]
    assert any("what to find out first: it takes away" in x["unlocks"] for x in steps)
    page, text = html(made), markdown(made)
    for words in (page, text):
        assert "What it hangs on" in words and "To find out first: " in words and "our own assumptions" in words
    assert all(f'id="{c.id}"' in page and c.words and c.rows for c in charts(made))
    assert {c.id for c in charts(made)} >= {"chart-fan", "chart-exceed-capex_usd", "chart-tornado-full_power_date"}
    for c in charts(made):
        graph_objects.Figure(c.spec)  # refuses what plotly does not know
    assert all(len(header) == len(row) for header, rows in tables(made) for row in rows)


def test_a_plan_without_draws_has_no_such_part():
    made = plan(read({"place": "Estonia", "power": "20 MW"}, today=AS_OF))
    assert sentences(made) == [] and charts(made) == [] and tables(made) == []


def test_scenarios_are_for_draws_of_whole_plans():
    with pytest.raises(ScenarioError, match="--what-if: is for draws of whole plans"):
        answer(read({"place": "Estonia", "power": "20 MW"}, today=AS_OF), what_if=["gas_x3"])
    with pytest.raises(ScenarioError, match="nearest: grid_late"):
        answer(read({"place": "Estonia", "power": "20 MW", "draws": 60}, today=AS_OF), what_if=["grid late"])
    with pytest.raises(ScenarioError, match="draws"):
        read({"place": "Estonia", "power": "20 MW", "draws": 0}, today=AS_OF)


def test_everything_at_once_is_plain(ensemble, bench):
    told = meaning(ensemble, bench=bench, robust=False)
    assert told["robust"] is None and told["note"] == "" and told["joint"]["with"] == []
    assert set(told["weather"]) == set(MAIN)
    json.dumps(plain(told), allow_nan=False)
