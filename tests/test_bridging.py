"""Bridging power in the plan: named cases, what is on offer where, and what it says."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from asked import asked
from gigawatt.chapters import bridge_offers, bridging
from gigawatt.cli import main
from gigawatt.facts import load_facts
from gigawatt.plan import decide, facts_for
from gigawatt.power import phased
from gigawatt.power.phases import Battery, PhasedProblem, Plant, worth_of_hours
from gigawatt.power.phases_held import held
from gigawatt.report import bridging as told
from gigawatt.report.markdown import markdown
from gigawatt.scenario import read


def options(place, power):
    plan = asked(place=place, power=power)
    return plan, {r["option"]: r for r in plan.tables["bridging"]["options"]}


def test_frankfurt_with_and_without_a_bridge():
    """A queue of seven to ten years: halls stand years before the grid; engines bring first power with the halls."""
    plan, by = options("Frankfurt", "300 MW")
    none, engines = by["none"], by["gas_engines"]
    assert none["first_power"] == plan.figures["first_power_date"].value
    assert 84 <= none["first_power_months"] <= 120
    assert 24 <= none["first_power_months"] - engines["first_power_months"] <= 72
    assert (
        engines["usd"] > 0.5e9 and 120 < engines["usd_per_mwh"] < 250
    )  # gas and carbon dear, machines for three years
    assert engines["resale_usd"] > 0 and engines["extra_usd"] < engines["usd"]  # permanent power would cost too
    assert engines["kg_per_mwh"] == pytest.approx(202 / 0.5, rel=0.03)
    assert 1e4 < engines["pays_from_usd_per_mw_month"] < 5e4  # gas less the grid, 131 USD/MWh, and machines


@pytest.mark.parametrize(("place", "power"), [("Frankfurt", "300 MW"), ("France", "1 GW"), ("Virginia", "500 MW")])
def test_what_pays_is_what_the_optimum_builds(place, power):
    plan, by = options(place, power)
    price = plan.tables["bridging"]["price_of_waiting_usd_per_mw_month"]
    best = by["best_mix"]
    for name, row in by.items():
        assert row["gap"] <= bridging.GAP
        from_price = row["pays_from_usd_per_mw_month"]
        if from_price is not None:
            assert (row["net_usd"] > 0) == (from_price < price), name
            earlier = row["earlier_mw_months"]
            assert row["net_usd"] == pytest.approx(earlier * (price - from_price), abs=1e-3 * earlier * price)
    slack = 5 * bridging.GAP * price * max(row["earlier_mw_months"] for row in by.values())
    assert best["net_usd"] >= max(row["net_usd"] for row in by.values()) - max(slack, 5e6)
    mix = by["mix_on_site"]
    for one in (by[n] for n in ("gas_engines", "aeroderivatives")):  # the mix is cheaper, or carries more of the peak
        more = mix["served_share_while_bridging"] > one["served_share_while_bridging"]
        assert more or mix["extra_usd"] <= one["extra_usd"] * 1.02


def of_draw(problem, priced, i):
    """The problem with the prices, rate and phases of one draw."""

    def one(x):
        return float(x[i]) if np.ndim(x) else float(x)

    def at(part, drawn, names):
        return replace(part, **{n: one(getattr(drawn, n)) for n in names})

    worn = ("resale_share", "life_years", "removal_usd_per_mw", "fixed_usd_per_mw_year")
    own = (*worn, "capex_usd_per_mw", "variable_usd_per_mwh")
    plants = tuple(at(p, d, own) for p, d in zip(problem.plants, priced.plants, strict=True))
    battery = at(problem.battery, priced.battery, (*worn, "power_usd_per_mw", "energy_usd_per_mwh"))
    found = replace(problem, plants=plants, battery=battery, rate_per_year=one(priced.rate_per_year))
    return replace(found, years=priced.years[i])


def test_the_money_of_a_bridge_on_draws_is_that_of_the_problem_at_their_prices():
    """What is built and run is held: at the prices of each draw it costs what the account says, and never less than
    the optimum made anew for them."""
    s = read({"place": "Frankfurt", "power": "100 MW"})
    d = decide(facts_for(s), s)
    time = bridge_offers.timeline(d.outcome)
    leads = bridge_offers.leads_of(d.step, d.shared.site)
    problem, _ = bridge_offers.problem_of(d.step, s, d.shared.site, d.outcome, time, None, leads)
    priced = bridge_offers.prices_on_draws(d.drawn, d.shared.site, d.spread, None, problem, time)
    assert np.isfinite(priced.years).all() and priced.years.shape == (s.draws, len(problem.years))
    offer = (bridge_offers.BATTERY, "gas_engines", bridge_offers.PERMANENT, bridge_offers.BACKUP)
    answer = phased.solve_each(problem, {"own": offer}, gap=1e-4)["own"]

    def lost(answer, of):
        """Present value of what is not served."""
        usd = [a.objective_usd_per_year - a.supply_usd_per_year if a else 0.0 for a in answer.accounts]
        return float(worth_of_hours(of) @ usd)

    assert float(held(problem, answer).supply_usd[0]) == pytest.approx(
        answer.upper_bound_usd - lost(answer, problem), rel=1e-9
    )
    usd = held(priced, answer).supply_usd
    for i in (0, 7, 50):
        draw = of_draw(problem, priced, i)
        again = phased.solve_each(draw, {"own": offer}, gap=1e-4)["own"]
        all_of_it = usd[i] + lost(answer, draw)
        assert float(held(draw, answer).supply_usd[0]) == pytest.approx(usd[i], rel=1e-9)
        assert again.lower_bound_usd <= all_of_it * (1 + 1e-9)
        assert all_of_it == pytest.approx(again.upper_bound_usd, rel=0.02)  # a bridge built for the draw hardly differs


def test_the_money_of_a_bridge_has_its_range():
    plan, by = options("Frankfurt", "300 MW")
    for name, row in by.items():
        for key, range_of in row["ranges"].items():
            assert range_of["low"] <= row[key] <= range_of["high"], (name, key)
    mix = by["mix_on_site"]
    assert mix["ranges"]["usd"]["high"] > 1.3 * mix["ranges"]["usd"]["low"] and 0.0 < mix["pays_in"] < 1.0
    assert mix["ranges"]["net_usd"]["low"] < 0.0 < mix["ranges"]["net_usd"]["high"]
    assert "Over the draws power on site pays in" in plan.tables["bridging"]["words"]
    gain = next(r for r in plan.verdict["relaxations"] if "curtailed" in r["change"])
    assert gain["low"] <= gain["usd"] <= gain["high"] and "P10 to P90" in gain["words"]
    cost = told.rows(plan)[[*by].index("mix_on_site")][told.HEADER.index("cost")]
    assert " to " in cost and cost in markdown(plan)


def test_where_only_a_part_pays_the_words_and_the_gain_name_it():
    """Germany: neither bridge of the whole campus pays, a smaller connection does."""
    plan, by = options("Germany", "300 MW")
    price = plan.tables["bridging"]["price_of_waiting_usd_per_mw_month"]
    whole = [by[k]["pays_from_usd_per_mw_month"] for k in ("mix_on_site", "battery_and_flexible_connection")]
    assert by["best_mix"]["pays_from_usd_per_mw_month"] < price < min(whole)
    words = plan.tables["bridging"]["words"]
    assert "only a part would pay, " in words and "and the part pays in" in words and "no bridge pays" not in words
    gain = next(r for r in plan.verdict["relaxations"] if "curtailed" in r["change"])
    assert gain["usd"] == by["best_mix"]["net_usd"] > 0.0


def test_no_bridge_where_the_grid_comes_before_the_halls():
    for place, power in (("Singapore", "50 MW"), ("Texas", "1 GW")):
        assert asked(place=place, power=power).tables["bridging"]["words"].endswith("no bridge pays.")


def test_memphis_rents_turbines_as_colossus_did():
    plan, by = options("Memphis", "150 MW")
    assert by["mix_on_site"]["mw_by_source"]["rented_turbines"] == pytest.approx(99.0, rel=0.01)
    assert by["mix_on_site"]["first_power_months"] < by["none"]["first_power_months"]
    assert "Nothing on offer" not in plan.tables["bridging"]["words"]


def test_no_gas_where_none_is_sourced():
    plan, by = options("Kenya", "100 MW")
    for name in (*bridge_offers.GAS, "mix_on_site"):
        assert not by[name]["possible"] and by[name]["words"] == "no sourced gas supply in the country"
    assert by["battery_and_flexible_connection"]["possible"]
    assert not plan.tables["bridging"]["gas_supply"]


def test_the_report_says_what_the_table_holds():
    plan, by = options("Frankfurt", "300 MW")
    text = markdown(plan)
    assert "## Bridging power" in text and plan.tables["bridging"]["words"] in text
    assert len(told.rows(plan)) == len(by)
    assert "without new plant" in told.curve_words(plan) and len(told.curve_rows(plan)) == 5


def test_every_table_of_the_terminal_holds_the_curve():
    asked_for = ["plan", "Frankfurt", "--power", "300 MW", "--draws", "50", "--as-of", "2026-11-23", "--full"]
    said = CliRunner().invoke(main, asked_for).output
    assert "energy curtailed  hours a year" in said and "without new plant" in said


def test_the_curve_of_a_plan():
    table = asked(place="Kenya", power="100 MW").tables["flexible_connection"]
    hours = [r["hours"] for r in table["curve"]]
    assert hours == sorted(hours) and table["class"] == "C"
    campus = table["campus"]
    assert 0 < campus["curtailed_share"] < 0.2 and 0 < campus["curtailed_mwh"] < 100 * 8760
    assert campus["battery_mwh"] >= campus["largest_mw"]


def test_price_of_waiting():
    assert bridging.price_of_waiting(delay_usd_per_month=90e6, facility_peak_mw=300.0) == 3e5


def test_phases_begin_where_something_changes():
    time = bridge_offers.Timeline(
        20.0, lambda m: np.minimum((np.asarray(m, float) - 10.0) / 40.0, 1.0), ((30.0, 0.5), (60.0, 0.5)), 60.0
    )
    marks = bridge_offers.marks_of(time, {"engines": 15.0, "turbines": 24.0, "cells": 31.0})
    assert marks.tolist() == [20.0, 24.0, 30.0, 50.0, 60.0]  # 31 is too near to 30; halls are whole at 50


def test_no_gap_where_power_waits_for_halls():
    early = bridge_offers.Timeline(20.0, lambda m: np.ones_like(np.asarray(m, float)), ((18.0, 1.0),), 20.0)
    assert "before the halls" in bridging.no_gap(early)
    assert bridging.no_gap(replace(early, permanent=((40.0, 1.0),), whole=40.0)) == ""
    assert "no date" in bridging.no_gap(replace(early, whole=np.inf))


def test_colossus_1_turbines_and_megapacks_before_the_substation():
    """8 MW of grid and 35 MW of sets in July 2024; 50 MW of grid in August; 150 MW with the substation of May 2025."""
    facts = load_facts()
    rent = float(facts["bridge.rented_turbines.rent"].value) * 12
    phases = PhasedProblem(
        names=("2024-07", "2024-08", "2025-05"),
        years=np.array([1.0, 9.0, 120.0]) / 12.0,
        load_mw=np.array([43.0, 145.0, 150.0])[:, None] * np.ones(168),
        rate_per_year=0.08,
        plants=(
            Plant(name="grid", limit_mw=np.array([8.0, 50.0, 150.0]), variable_usd_per_mwh=60.0),
            Plant(
                name="turbines",
                limit_mw=np.array([35.0, 99.0, 422.0]),
                fixed_usd_per_mw_year=rent,
                variable_usd_per_mwh=50.0,
            ),
        ),
        battery=Battery(
            name="megapacks",
            limit_mw=np.full(3, 150.0),
            power_usd_per_mw=2e5,
            energy_usd_per_mwh=2.5e5,
            charge_efficiency=0.94,
            discharge_efficiency=0.94,
        ),
        voll_usd_per_mwh=np.full(3, 500.0),
    )
    with_turbines = phased.solve(phases, gap=1e-4)
    without = phased.solve(phased.only(phases, ("grid", "megapacks")), gap=1e-4)
    served = [1.0 - a.unserved_fraction for a in with_turbines.accounts]
    assert served == pytest.approx([1.0, 1.0, 1.0], abs=0.01)
    assert [1.0 - a.unserved_fraction for a in without.accounts] == pytest.approx([8 / 43, 50 / 145, 1.0], abs=0.01)
    lots = [(b.first, b.last, b.mw) for b in with_turbines.built if b.name == "turbines" and b.mw > 1.0]
    assert [(first, last) for first, last, _ in lots] == [(0, 0), (1, 1)]  # they leave when the substation is there
    assert sum(mw for first, _, mw in lots if first == 1) == pytest.approx(95.0, rel=0.01)


def test_abilene_gas_plant_costs_what_was_published():
    """360.5 MW for up to 500 million USD lies in the range of our fact."""
    fact = load_facts()["bridge.aeroderivatives.capex"]
    low, high = (float(x) * 1e3 * 360.5 for x in (fact.low, fact.high))
    assert low < 500e6 < high


def test_full_power_is_the_date_of_the_headline_and_power_costs_what_it_does_on_the_grid():
    """700 of 1,000 MW serve nearly all of the energy, but not the peak: that is not yet full power."""
    plan, by = options("France", "1 GW")
    assert by["none"]["keeps_up"] == plan.figures["full_power_date"].value
    assert "the rest carries their peak" in plan.tables["bridging"]["words"]


def test_a_curtailable_connection_beside_own_plants_costs_the_price_of_the_grid():
    s = read({"as_of": "2026-11-23", "place": "Kenya", "power": "100 MW geothermal", "draws": 50})
    plan = asked(place="Kenya", power="100 MW geothermal", draws=50)
    row = next(r for r in plan.tables["bridging"]["options"] if r["option"] == "battery_and_flexible_connection")
    price = float(facts_for(s)["country.KEN.price.industrial"].value)
    assert row["usd_per_mwh"] > 0.5 * price
    assert "own plants are paid for" in plan.tables["bridging"]["words"]
