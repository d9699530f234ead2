"""Durations and dates of the named cases: what the public record says, and how far from it we come out."""

from datetime import date

import numpy as np
import pytest

from asked import AS_OF, asked, example, gate_words, value
from gigawatt import load_facts, plan, read_scenario
from gigawatt.chapters import durations
from gigawatt.errors import FactError
from gigawatt.record import Draws, Steps
from gigawatt.scenario import BUILD_TYPES


def months(found, day):
    """Months from the as-of date."""
    return (date.fromisoformat(day) - date.fromisoformat(found.question["as_of"])).days / 30.4375


def first(found):
    return months(found, value(found, "first_power_date"))


def full(found):
    return months(found, value(found, "full_power_date"))


def task(found, name):
    return next(t for t in found.schedule if t["task"] == name)


def retrofit(**more):
    """100,000 H100 in an existing factory in Memphis on rented turbines, built on the owner's balance sheet."""
    return asked(
        place="Memphis, TN", accelerators="100k H100", power="150 MW gas", build_type="retrofit",
        existing_connection="8 MW", operating_model="hyperscaler", draws=100, **more,
    )  # fmt: skip


# --- named cases ------------------------------------------------------------------------------------------------------


def test_colossus_takes_four_to_five_months_from_the_start_of_works():
    """122 days from works to 100,000 H100 (2024). Ours counts from the decision: land and permits come before."""
    found = retrofit()
    works = first(found) - months(found, task(found, "permits")["end"])
    assert works == pytest.approx(122 / 30.4375, abs=1.0)
    assert 4 <= first(found) <= 8
    assert full(found) - months(found, task(found, "permits")["end"]) == pytest.approx(4.3, abs=1.0)
    assert "rented turbines" in task(found, "gas")["label"]


def test_colossus_without_turbines_waits_for_the_grid():
    found = asked(place="Memphis, TN", accelerators="100k H100", build_type="retrofit", draws=100)
    assert first(found) > 20
    assert found.tables["gantt"]["gains"][0]["task"] in ("grid_1", "grid_study", "substation", "transformer_first")


def test_abilene_first_hall_and_full_power():
    """15.9 months from clearing to the first building, 1.2 GW after 29; ours counts from the decision."""
    found = example("texas_abilene")
    clearing = months(found, task(found, "permits")["end"])
    assert first(found) - clearing == pytest.approx(15.9, abs=2.5)
    assert full(found) - clearing == pytest.approx(29.0, abs=6.0)


@pytest.mark.parametrize(("place", "at"), [("Fouju, France", ""), ("", "48.57,2.77")])
def test_fouju_by_the_stages_of_the_operator(place, at):
    """RTE: 240 MW after 23 months and 700 MW after 47, from the contract."""
    found = asked(place=place, at=at, power="700 MW", draws=50)
    contract = months(found, task(found, "grid_study")["end"])
    assert months(found, task(found, "grid_1")["end"]) - contract == pytest.approx(23, abs=0.2)
    assert months(found, task(found, "grid_2")["end"]) - contract == pytest.approx(47, abs=0.2)
    assert "240 MW in 23 months, 700 MW in 47 months" in gate_words(found, "power")


def test_frankfurt_waits_for_its_queue():
    """Seven to ten years, up to thirteen (Ember)."""
    found = asked(place="Frankfurt", power="100 MW", draws=100)
    assert 84 <= first(found) <= 120
    assert "in 102 months from an application" in gate_words(found, "power")
    low, high = (months(found, found.tables["gantt"]["dates"]["first_power"][k]) for k in ("p10", "p90"))
    assert 80 <= low < high <= 175
    assert 60 <= first(asked(place="Berlin", power="100 MW", draws=50)) < first(found)


def test_french_nuclear_contract_is_as_the_grid_lets_it():
    found = example("france")
    assert 70 <= full(found) <= 71  # 2 of land, 4 to the contract, 63 of connection, 1 of commissioning
    assert {"contract", "grid_3"} <= {t["task"] for t in found.schedule}
    assert not any(t["task"].endswith("_plant") for t in found.schedule)


def test_small_reactors_have_a_licence_before_construction():
    found = asked(place="Estonia", power="300 MW smr", draws=50)
    licence, plant = task(found, "smr_licence"), task(found, "smr_plant")
    assert licence["end"] == plant["start"] and plant["critical"]
    assert full(found) >= 96
    assert any(r["item"] == "plant" and r["order_by"] == plant["start"] for r in found.tables["order_book"])


def test_a_closed_reactor_comes_back_in_about_four_years():
    """Crane: announced in September 2024 for 2027-28; 100-115 USD/MWh."""
    found = asked(place="Pennsylvania", power="835 MW nuclear restart", draws=50)
    plant = task(found, "restart_plant")
    assert task(found, "restart_licence")["end"] == plant["start"]
    assert months(found, plant["end"]) == pytest.approx(48, abs=1)
    assert "reactor to be restarted" in found.question["reading"] and "takes about 4 years" in gate_words(
        found, "power"
    )
    assert found.power["contract"] == "nuclear" and found.question["words"]["power"] == "835 MW restart"
    assert full(found) >= 48
    assert not any(r["item"] == "plant" and r["task"] == "restart_plant" for r in found.tables["order_book"])


@pytest.mark.parametrize("place", ["South Korea", "United Arab Emirates"])
def test_a_fleet_that_runs_nearly_always_can_contract(place):
    assert asked(place=place, power="500 MW nuclear", draws=50).power["contract"] == "nuclear"


def test_kenya_geothermal_is_drilled_before_it_is_built():
    found = asked(place="Kenya", power="100 MW geothermal", draws=50)
    assert 60 <= first(found) <= 144
    assert task(found, "geothermal_licence")["end"] == task(found, "geothermal_plant")["start"]


@pytest.mark.parametrize(
    ("question", "cause"),
    [
        ({"place": "United Arab Emirates", "power": "5 GW"}, "one buyer gets 8,300 accelerators a month there"),
        ({"place": "Bhutan", "power": "100 MW hydro"}, "the grid without a new plant would change it"),
        ({"place": "Estonia", "power": "300 MW smr"}, "What sets the date: small modular reactor"),
    ],
)
def test_a_campus_whole_beyond_what_is_known_says_what_sets_its_date(question, cause):
    found = asked(**question, draws=50)
    assert full(found) > 120 and "neither chips, prices nor grid plans are known" in found.verdict["summary"]
    assert cause in found.verdict["summary"]


def test_a_campus_within_ten_years_says_nothing_of_it():
    assert "grid plans are known" not in example("france").verdict["summary"]


# --- build type, existing connection, year ----------------------------------------------------------------------------


def test_build_types_are_as_fast_as_their_record():
    speed = {t: first(asked(place="Texas", power="100 MW gas", build_type=t, draws=50)) for t in BUILD_TYPES}
    assert speed["retrofit"] == min(speed.values()) and speed["greenfield"] == max(speed.values())
    assert speed["fast_greenfield"] == first(asked(place="Texas", power="100 MW gas", draws=50)), "as now"


def test_a_live_connection_comes_first_and_waits_for_no_queue():
    plain = asked(place="Frankfurt", power="100 MW", build_type="brownfield", draws=50)
    live = asked(place="Frankfurt", power="100 MW", build_type="brownfield", existing_connection="100 MW", draws=50)
    part = asked(place="Frankfurt", power="100 MW", build_type="brownfield", existing_connection="40 MW", draws=50)
    assert first(live) < 36 < first(plain)
    assert first(part) == first(live) and full(part) == full(plain)
    assert "existing connection, 40 MW" in task(part, "grid_0")["label"]
    assert part.question["words"]["existing_connection"] == "40 MW"


def test_lead_times_of_earlier_years():
    facts = load_facts()
    spans = []
    for day in ("2019-01-01", "2023-07-01", "2026-11-23"):
        s = read_scenario({"place": "Texas", "as_of": day})
        step = Steps(facts, s.price_year)
        lead = durations.Lead.__new__(durations.Lead)
        lead.step, lead.year = step, s.as_of.year + (s.as_of.month - 1) / 12.0
        lead.site = type("Keys", (), {"ids": staticmethod(lambda pattern: [pattern.format("world")])})()
        spans.append(float(lead("lpt")))
    assert spans[0] == 12.0 and spans[2] == 36.0 and 12.0 < spans[1] < 36.0


# --- slips ------------------------------------------------------------------------------------------------------------


def test_slips_go_together_within_a_group_and_less_between():
    facts = load_facts()
    step = Steps(facts, 2025)
    draws = Draws(20_000, 0, durations.slips(step), durations.FASTER)

    def correlation(a, b):
        return float(np.corrcoef(*(np.log(draws.of(facts[i])) for i in (a, b)))[0, 1])

    common, supply = (float(facts[f"draws.correlation.lead{k}"].value) for k in ("", ".supply"))
    assert correlation("lead.lpt.world", "lead.switchgear.world") == pytest.approx(supply, abs=0.05)
    assert correlation("lead.lpt.world", "lead.permitting.europe") == pytest.approx(common, abs=0.05)
    assert correlation("lead.build_to_first.greenfield", "lead.ramp_after_first.large") < -0.2


def test_slips_stand_beside_those_on_record():
    slip = example("texas_abilene").tables["gantt"]["slip"]
    assert slip["published_share"] == pytest.approx(5 / 24, abs=0.01)
    assert -0.1 < slip["p50_share"] < slip["p90_share"] < 1.0
    assert any("Abilene" in p["words"] for p in slip["published"])


# --- schedule, gains, dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["france", "texas_abilene", "kenya_100mw", "ukraine"])
def test_rows_of_the_schedule_agree_with_themselves(name):
    found = example(name)
    ends = {t["task"]: t["end"] for t in found.schedule}
    for t in found.schedule:
        assert t["p10"] <= t["p50"] <= t["p90"] == t["end_p90"], t["task"]
        assert t["start"] <= t["end"] and t["start"] <= t["late_start"], t["task"]
        d = t["duration_months"]
        assert 0 <= d["low"] <= d["value"] <= d["high"], t["task"]
        assert all(ends[p] <= t["start"] for p in t["after"]), t["task"]
        assert t["critical"] == (t["float_months"] < 1e-6), t["task"]
    dates = found.tables["gantt"]["dates"]
    assert dates["full_power"]["central"] == value(found, "full_power_date")
    assert dates["first_power"]["p90"] <= dates["full_power"]["p90"]


def test_gains_name_what_holds_it_up():
    gains = [g for g in example("france").tables["gantt"]["gains"] if g["target"] == "full_power"]
    assert gains[0]["task"] == "grid_3" and gains[0]["gain_months"] == pytest.approx(
        15.8, abs=0.1
    )  # then accelerators hold it up


def test_a_size_at_the_limit_of_a_stage_has_a_schedule():
    """On central values a second stage of the grid may be needed that the draws do without, and the other way round."""
    for question in ({"power": "240.2 MW"}, {"power": "700.1 MW"}, {"budget": "$10.08bn"}):
        found = asked(place="France", draws=50, **question)
        assert {t["task"] for t in found.schedule} >= {"first_power", "full_power", "grid_1"}
    assert asked(place="Texas", power="105.2 MW gas", draws=50).schedule


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [-3, "-3 month", {"value": 4, "low": -1, "high": 5}])
def test_a_negative_lead_time_is_refused(given):
    question = {"place": "Kenya", "power": "100 MW", "as_of": AS_OF, "facts": {"lead.lpt.world": given}}
    with pytest.raises(FactError, match=r"lead\.lpt\.world.*at least 0 month"):
        plan(read_scenario(question))


def test_a_rate_of_zero_is_a_campus_that_is_never_whole():
    question = {"place": "Texas", "power": "1.2 GW", "as_of": AS_OF, "draws": 50}
    found = plan(read_scenario({**question, "facts": {"lead.ramp_after_first.fast_greenfield": 0}}))
    assert found.figures["full_power_date"].value is None
    assert found.tables["order_book"] == [] and task(found, "full_power")["end"] is None


def test_a_deadline_before_the_earliest_date_says_what_is_possible_and_what_binds():
    found = asked(place="France", power="1 GW nuclear", by="2029", draws=50)
    assert found.answer == "no"
    words = gate_words(found, "time")
    assert f"possible is {value(found, 'full_power_date')[:7]}" in words
    assert "held up by grid connection, 1,000 MW" in words
    assert found.verdict["nearest"]["kind"] == "later"
    assert found.verdict["nearest"]["full_power_date"] == value(found, "full_power_date")


def test_a_load_of_the_distribution_network_does_not_wait_in_the_queue_of_large_ones():
    """France sends requests above 12 MW to the transmission operator; below, no substation and no queue of years."""
    small, large = asked(place="Germany", power="12 MW"), asked(place="Germany", power="13 MW")
    assert full(small) < full(large) - 24.0
    assert (
        task(small, "transformer")["duration_months"]["value"] < task(large, "transformer")["duration_months"]["value"]
    )
    quick = asked(place="Thailand", power="5 MW")  # never longer than a large load waits there
    wait = sum(task(quick, i)["duration_months"]["value"] for i in ("grid_study", "grid_1"))
    assert wait <= float(load_facts()["lead.grid_connection.THA"].value) + 1e-9
    assert "kW" in gate_words(asked(place="Estonia", accelerators="1"), "power")


def test_halls_fill_no_faster_than_accelerators_arrive():
    """A million accelerators for one buyer outside the US: half of what the largest US campuses received a month."""
    found = asked(place="France", accelerators="1M GB300", build_type="fast_greenfield", draws=50)
    delivered = float(load_facts()["fleet.supply.none_needed"].value)
    after_first = full(found) - months(found, value(found, "first_power_date"))
    assert after_first > 0.8 * 1e6 / delivered
    closed = asked(place="Iran", accelerators="100k GB300", draws=50)  # the gate says no; the halls have a date
    assert value(closed, "full_power_date")
