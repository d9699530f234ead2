"""The frontier and the goals on real places."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from gigawatt.chapters import chosen, frontier, goals, joint, sizing, strategies
from gigawatt.chapters.sizing import Ask
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.record import Steps, central
from gigawatt.scenario import read

story = import_module("gigawatt.plan")


def scales_of(**question):
    s = read({"as_of": "2026-11-23", "draws": 50, **question})
    step = Steps(story.facts_for(s), s.price_year)
    scales = joint.Scales(step, s, story.prepare(step, s), story.tell, story.prepare)
    return s, scales, sizing.ask_of(step, s) if s.has_size else None


@pytest.fixture(scope="module")
def frankfurt():
    s, scales, ask = scales_of(place="Frankfurt", power="300 MW")
    return s, scales, ask, frontier.tables(scales, s, ask)


def test_without_a_bridge_it_is_the_plan(frankfurt):
    s, _, _, table = frankfurt
    plan = story.plan(s)
    row = next(r for r in table["rows"] if r["as_asked"])
    financing = plan.tables["financing"]
    assert row["full_power"] == plan.figures["full_power_date"].value
    assert row["capex_usd"] == pytest.approx(plan.figures["capex_usd"].value, rel=1e-9)
    assert row["npv_usd"] == pytest.approx(financing["npv_project_usd"]["value"], rel=1e-6)
    needed = financing["required_price_usd_per_accelerator_hour"]["value"]
    assert row["required_price_usd_per_accelerator_hour"] == pytest.approx(needed, rel=1e-6)


def test_a_bridge_beats_the_queue_of_frankfurt_and_costs_something(frankfurt):
    rows = {(r["supply"], r["build_type"], r["bridge"]): r for r in frankfurt[3]["rows"]}
    waits = rows["asked", "greenfield", "none"]
    gas = rows["asked", "greenfield", "mix_on_site"]
    assert waits["full_months"] > 84
    assert gas["full_months"] < waits["full_months"] - 36
    price = "required_price_usd_per_accelerator_hour"
    assert waits[price] < gas[price] < 1.15 * waits[price]
    assert gas["capex_usd"] > waits["capex_usd"]


def test_the_fastest_is_fastest_and_the_cheapest_cheapest(frankfurt):
    rows = frankfurt[3]["rows"]
    edge = [r for r in rows if not r["dominated"]]
    months = [r["full_months"] for r in edge]
    price = [r["required_price_usd_per_accelerator_hour"] for r in edge]
    assert months == sorted(months)
    assert price == sorted(price, reverse=True)
    assert min(r["full_months"] for r in rows) > months[0] - frontier.SAME_MONTHS
    least = min(r["required_price_usd_per_accelerator_hour"] for r in rows)
    assert price[-1] <= least * (1 + frontier.SAME_PRICE)
    assert all(r["extra_usd"] >= 0 and r["months_gained"] >= 0 for r in rows)


def test_the_ramp_never_falls_and_ends_whole(frankfurt):
    _, scales, ask, _ = frankfurt
    months = np.arange(0.0, 200.0, 0.5)
    for strategy in scales.all(ask):
        w = scales.weigh(strategy, ask)
        online = np.asarray(w.online(months))
        assert np.all(np.diff(np.maximum.accumulate(online)) >= 0)
        assert online[0] == 0.0 and online[-1] == pytest.approx(1.0)
        if w.bridge is not None:
            full = np.asarray(w.online(np.array([w.full_months + 0.01])))[0]
            assert full >= 0.98


def test_a_month_of_bridge_costs_its_fuel_and_machines(frankfurt):
    """The price of the bridge, by hand: capital less resale, fuel beyond grid energy, spread over the hours sold."""
    _, scales, ask, _ = frankfurt
    found = {
        w.strategy.bridge: w
        for x in scales.all(ask)
        if (w := scales.weigh(x, ask)).strategy.build_type != "fast_greenfield"
    }
    gas = found["mix_on_site"]
    assert gas.bridge is not None
    spent = sum(x.usd - x.back_usd for x in gas.bridge.lots)
    years = np.diff(gas.bridge.begin_months) / 12.0
    spent += float(years @ gas.bridge.running_usd_per_year[:-1])
    by_hand = spent / gas.hours
    assert gas.price - found["none"].price == pytest.approx(by_hand, rel=0.6)


def brute(scales, s, sizes):
    """The best of a grid of sizes and all strategies, by the same limits."""
    search = goals.Search(scales, s, Ask())
    search.budget = None if s.budget is None else sizing.ask_of(scales.step, s).budget_usd
    best = None
    for mw in sizes:
        ask = Ask(power_mw=float(mw))
        for strategy in scales.all(ask):
            w = scales.weigh(strategy, ask)
            if search.allowed(w) and (best is None or search.worth(w) > search.worth(best)):
                best = w
    return best


PAYS = {"accelerator.gb300-nvl72.rental_contract": "4.8 USD_2026/h"}


@pytest.mark.parametrize("place", ["Texas", "Kenya"])
def test_no_point_of_a_grid_beats_the_value(place):
    """In Texas value grows with size to what is asked; in Kenya a gate ends it before."""
    s, scales, ask = scales_of(place=place, power="400 MW", goal="value", facts=PAYS)
    found = goals.find(scales, s, ask)
    best = brute(scales, s, np.geomspace(5.0, 400.0, 7))
    assert found.best.npv_usd > 0
    assert best.npv_usd <= found.best.npv_usd * (1 + 1e-4)


def test_where_nothing_pays_no_size_is_best():
    s, scales, ask = scales_of(place="Texas", power="400 MW", goal="value")
    found = goals.find(scales, s, ask)
    assert found.best.mw == pytest.approx(400.0)
    assert found.best.npv_usd < 0
    assert any("no strategy and no size earns its cost of capital" in x for x in chosen.words(s, found))


def test_where_nothing_earns_its_capital_every_strategy_spends_the_budget():
    s, scales, ask = scales_of(place="Chile", budget="1.5 B$", goal="value")
    found = goals.find(scales, s, ask)
    assert found is not None and found.best.npv_usd < 0.0 and found.weighed > 3
    budget = float(central(ask.budget_usd))
    rack = found.best.capex_usd * 72 / found.best.accelerators
    assert budget - rack <= found.best.capex_usd <= budget
    assert found.runner is not None and found.best.price <= found.runner.price


def test_no_point_of_a_grid_has_more_compute_by_the_date():
    s, scales, ask = scales_of(place="France", budget="20 B€", by="2029-12", goal="compute")
    found = goals.find(scales, s, ask)
    months = goals.Search(scales, s, ask).months
    best = brute(scales, s, np.linspace(150.0, 600.0, 6))
    server = 72.0
    assert goals.on_line(best, months) <= goals.on_line(found.best, months) + server
    assert found.best.capex_usd <= ask.budget_usd
    less = Ask(power_mw=found.best.mw * 0.99)
    assert goals.on_line(scales.weigh(found.best.strategy, less), months) < goals.on_line(found.best, months)


def test_date_and_cost_pick_the_ends_of_the_frontier():
    s, scales, ask = scales_of(place="Frankfurt", power="300 MW", goal="date")
    rows = frontier.tables(scales, s, ask)["rows"]
    found = goals.find(scales, s, ask)
    assert found.best.full_months == pytest.approx(min(r["full_months"] for r in rows), abs=0.1)
    cheap = goals.find(scales, s.model_copy(update={"goal": "cost"}), ask)
    assert cheap.best.price == min(r["required_price_usd_per_accelerator_hour"] for r in rows)
    soon = s.model_copy(update={"goal": "cost", "deadline": s.as_of.replace(year=2032)})
    in_time = goals.find(scales, soon, ask)
    assert cheap.best.price < in_time.best.price < found.best.price
    assert in_time.best.full_months <= goals.Search(scales, soon, ask).months


@pytest.mark.parametrize(
    "asked",
    [
        {"power": "120 MW", "goal": "value", "facts": PAYS},
        {"budget": "3 B€", "by": "2032-06", "goal": "compute"},
        {"train": "llama-3.1-405b in 90 days", "goal": "cost"},
        {"power": "120 MW", "by": "2033", "goal": "cost"},
        {"power": "120 MW", "goal": "date"},
    ],
    ids=["value", "compute", "cost of a run", "cost", "date"],
)
def test_no_supply_bridge_generation_or_size_of_a_grid_beats_the_joint_optimum(asked):
    """Everything tried, one by one: the search of pieces and of the promising strategies finds no less."""
    s, scales, ask = scales_of(place="Frankfurt", **asked)
    scales.chips = strategies.chips(scales.step, s)
    assert {c.item for c in scales.chips} == {"h200", "gb200-nvl72", "vr200-nvl72"}
    found = goals.find(scales, s, ask)
    search = goals.Search(scales, s, ask)
    sized = search.sized or s.goal in ("date", "cost")
    sizes = [None] if sized else [40.0, 120.0]
    tried = 0
    for mw in sizes:
        at = replace(ask, budget_usd=None) if mw is None else Ask(power_mw=mw)
        for way in scales.all(at):
            for chip in (None, *scales.chips):
                x = replace(way, chip=chip)
                if s.goal == "value" and not scales.rented(x):
                    continue
                w = scales.weigh(x, at)
                tried += 1
                if search.allowed(w):
                    assert search.worth(w) <= search.worth(found.best) + 1e-3 * abs(search.worth(found.best))
                orders = scales.ordering(
                    w
                )  # no date depends on it: the cheaper way of ordering is the best at any size
                assert orders.policy == "with the power" or orders.today_usd < orders.with_power_usd
    assert tried >= 3 * len(sizes) * 4


def test_a_generation_that_is_not_yet_made_in_volume_is_waited_for():
    """Halls and power stand within a year; Rubin comes in volume in the middle of 2027."""
    there = {"place": "Memphis", "power": "100 MW", "build_type": "retrofit", "existing_connection": "150 MW"}
    there |= {"as_of": "2026-04-05", "draws": 50}
    now, later = (story.plan(read({**there, "accelerator": x})) for x in ("GB300", "VR200"))
    volume = float(load_facts()["generation.rubin.volume_from"].value)
    month = f"{int(volume)}-{int(volume % 1 * 12) + 1:02d}"
    assert now.figures["first_power_date"].value[:7] < month <= later.figures["first_power_date"].value[:7]
    assert any(r["task"] == "volume" for r in later.schedule) and not any(r["task"] == "volume" for r in now.schedule)


def test_a_generation_left_open_is_chosen_for_the_goal_and_needs_one():
    asked = {"place": "Texas", "power": "300 MW", "accelerator": "any", "as_of": "2026-11-23", "draws": 50}
    plan = story.plan(read({**asked, "goal": "cost"}))
    best = plan.tables["optimum"]
    assert best["accelerator"] == "VR200" and plan.figures["accelerators"].value == best["accelerators"]
    assert plan.figures["full_power_date"].value == best["full_power"]
    assert plan.question["words"]["accelerator"] == "any"
    assert "generations are compared by their peak FP8 rate" in plan.verdict["summary"]
    assert best["first_hardware_order"] < best["first_power"] and best["hardware_ordered"] == "with the power"
    with pytest.raises(ScenarioError, match="accelerator: 'any' is chosen for a goal"):
        read(asked)
    with pytest.raises(ScenarioError, match="lacks a type for its count"):
        read({"place": "Texas", "accelerators": "100k any", "goal": "cost"})


def test_a_budget_bought_back_is_the_same_size():
    """Capital of a size, given as the budget, buys that size again: to one rack."""
    s, scales, _ = scales_of(place="Texas", power="200 MW")
    strategy = scales.all(Ask(power_mw=200.0))[0]
    whole = scales.weigh(strategy, Ask(power_mw=130.0))
    search = goals.Search(scales, s.model_copy(update={"goal": "value"}), Ask(budget_usd=whole.capex_usd))
    mw = search._affordable(strategy, 1.0, 149.0)
    assert abs(scales.weigh(strategy, Ask(power_mw=mw)).accelerators - whole.accelerators) <= 72.0


def test_a_goal_says_what_it_lacks():
    with pytest.raises(ScenarioError, match="goal: 'compute' lacks a date, --by 2030"):
        read({"place": "France", "goal": "compute"})
    with pytest.raises(ScenarioError, match="goal: 'date' lacks a target"):
        read({"place": "France", "goal": "date", "budget": "3 B€"})
    with pytest.raises(ScenarioError, match="expected one of value, compute, date, cost"):
        read({"place": "France", "goal": "speed"})


def test_a_goal_out_of_reach_leaves_the_plan_as_asked():
    s = read({"place": "Frankfurt", "power": "300 MW", "by": "2027-06", "goal": "cost", "as_of": "2026-11-23"})
    plan = story.plan(s)
    assert plan.answer == "no"
    assert "No strategy and no size meets the limits" in plan.verdict["summary"]
    assert "Nothing is whole by 2027-06-30: the earliest is 1 MW in 20" in plan.verdict["summary"]
    assert plan.question["words"]["goal"] == "cost"


def test_a_goal_out_of_reach_says_the_largest_campus_by_the_date():
    asked = {"place": "France", "by": "2030-06", "as_of": "2026-11-23"}
    refused = story.plan(read({**asked, "power": "1.5 GW", "goal": "cost"})).verdict["summary"]
    largest = story.plan(read({**asked, "goal": "compute"})).tables["optimum"]
    assert f"The largest that is whole by 2030-06-30 is {largest['facility_peak_mw']:.0f} MW" in refused
    assert largest["full_power"] <= "2030-06-30"


def test_the_largest_campus_by_a_date_is_that_of_a_grid_of_sizes():
    """Whole by the date at the size found with the strategy found; with none a per cent above it."""
    s, scales, _ = scales_of(place="Frankfurt", goal="compute", by="2031-06")
    found = goals.find(scales, s, None)
    months = goals.Search(scales, s, Ask()).months
    assert found.best.full_months <= months + 1e-6
    above = Ask(power_mw=found.best.mw * 1.01)
    ways = [x for x in scales.all(above) if scales.verdict(x, above).answer != "no"]
    assert all(scales.weigh(x, above).full_months > months for x in ways)


def test_the_plan_of_a_goal_keeps_the_question_and_says_what_was_chosen():
    s = read({"place": "Frankfurt", "power": "300 MW", "goal": "date", "as_of": "2026-11-23"})
    plan = story.plan(s, with_frontier=True)
    assert read(plan.question["words"]).goal == "date"
    assert plan.verdict["summary"].startswith("Chosen for the earliest full power")
    assert [r["chosen"] for r in plan.tables["frontier"]["rows"]].count(True) == 1
    assert "Next:" in plan.verdict["summary"]


@pytest.mark.parametrize(("place", "power"), [("Kenya", "100 MW"), ("Norway", "300 MW")])
def test_the_plan_of_a_goal_has_the_dates_and_the_money_of_the_bridge(place, power):
    """Places where no gas is at hand, so that the earliest way is a bridge."""
    plan = story.plan(read({"place": place, "power": power, "goal": "date", "as_of": "2026-11-23"}))
    best = plan.tables["optimum"]
    assert best["bridge"] != "none"
    assert plan.figures["first_power_date"].value == best["first_power"]
    assert plan.figures["full_power_date"].value == best["full_power"]
    assert plan.figures["capex_usd"].value == pytest.approx(best["capex_usd"], rel=1e-6)
    assert plan.tables["financing"]["npv_project_usd"]["value"] == pytest.approx(best["npv_usd"], rel=5e-3)
    last = plan.schedule[-1]
    assert last["task"] == "permanent_power" and last["end"] > best["full_power"]
    assert any(r["label"].startswith("grid connection") for r in plan.tables["order_book"])


@pytest.mark.parametrize(("place", "power"), [("Kenya", "100 MW geothermal"), ("Poland", "500 MW smr")])
def test_a_campus_on_a_new_plant_sells_all_of_it_in_the_end(place, power):
    """The connection beside a plant is sized for its outages: the ramp must not end there."""
    _, scales, ask = scales_of(place=place, power=power)
    w = scales.weigh(scales.all(ask)[0], ask)
    assert float(w.online(np.array([w.full_months + 0.1]))[0]) == pytest.approx(1.0)
    years = float(scales.step.fact("life.it", unit="year"))
    sold = float(w.outcome.money.utilisation) * w.accelerators * 8760.0 * years
    assert w.hours == pytest.approx(sold, rel=1e-6)


@pytest.mark.parametrize("asked", [{"budget": "1 B€"}, {"budget": "1 B€", "power": "200 MW"}])
def test_a_size_chosen_for_a_goal_is_not_called_a_limit_of_the_question(asked):
    """The size is the goal's, within the money: no power binds that nobody asked for."""
    found = story.plan(read({"place": "Kenya", "goal": "value", "as_of": "2026-11-23", **asked}))
    rows = {row["constraint"]: row for row in found.verdict["binding"]}
    assert "power" not in rows and rows["goal"]["value"] == pytest.approx(
        found.figures["facility_peak_mw"].value, rel=1e-3
    )
    assert "The power binds" not in found.verdict["summary"] and "The goal sets the size" in found.verdict["summary"]


def test_a_goal_within_a_power_that_it_uses_whole_says_that_the_power_binds():
    found = story.plan(read({"place": "Kenya", "goal": "value", "as_of": "2026-11-23", "power": "200 MW"}))
    assert {row["constraint"] for row in found.verdict["binding"]} >= {"power"}
