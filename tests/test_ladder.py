"""What stands beside the question: the rungs, renting abroad, the nearest plan that works, the letters they lead to."""

import pytest

from asked import asked


def gate(plan, name):
    return next(g for g in plan.verdict["gates"] if g["gate"] == name)


def test_where_the_chips_are_refused_nothing_is_offered_from_abroad():
    found = asked(place="Cuba", power="20 MW", draws=50)
    rent = found.ladder[-1]
    assert rent["rung"] == "rent abroad instead" and rent["answer"] == "no" and rent["binding"] == "chips"
    assert found.verdict["nearest"] == {"kind": "none", "words": f"None is offered: {rent['words']}"}


def test_a_rung_has_the_date_gate_of_the_same_question():
    """Late on central values, in time in a good part of the draws: a yes-if, asked or as a rung."""
    found = asked(place="Mongolia", power="100 MW", by="2030", draws=100)
    time = gate(found, "time")
    rung = next(r for r in found.ladder if r["rung"] == "100 MW")
    assert time["state"] == "yes_if" and "months after 2030-12-31" in time["words"]
    assert rung["answer"] == "yes_if" and rung["full_power_date"] == found.figures["full_power_date"].value


def test_a_small_nearest_plan_keeps_its_digits():
    found = asked(place="Nauru", power="20 MW", draws=50)
    nearest = found.verdict["nearest"]
    assert nearest["kind"] == "smaller" and nearest["answer"] == "yes_if"
    assert nearest["words"].startswith(f"{nearest['facility_peak_mw']:.3g} MW instead of 20 MW")
    assert not nearest["facility_peak_mw"].is_integer()


def test_a_named_source_beside_an_open_grid_is_not_refused_for_a_limit_nobody_set():
    found = asked(place="Chad", power="50 MW solar", draws=50)
    assert "clean share" not in gate(found, "power")["words"] and "unserved" not in gate(found, "power")["words"]
    assert found.verdict["nearest"]["kind"] == "smaller"


def test_limits_that_allow_nothing_have_no_nearest_plan():
    found = asked(place="Germany", accelerators="100k GB300", power="10 MW", budget="1 M€", draws=50)
    assert found.answer == "no" and found.verdict["nearest"]["kind"] == "none"
    assert found.verdict["nearest"]["words"].startswith("None within these limits: ")


@pytest.mark.parametrize(
    ("question", "unlocks", "to"),
    [
        ({"place": "Ukraine", "accelerators": "100k GB300", "by": "2029"}, "the date", "the builder"),
        ({"place": "Japan", "power": "20 MW"}, "insurance and design", "a property insurer"),
    ],
)
def test_a_letter_goes_to_whoever_can_settle_it(question, unlocks, to):
    letters = asked(**question, draws=50).verdict["next_steps"]
    assert next(x["to"] for x in letters if unlocks in x["unlocks"]) == to


def test_targets_beyond_the_power_that_is_named_are_refused():
    """Half of it carries half of them; the nearest plan is as large as the power that is named."""
    found = asked(place="Texas", accelerators="100k GB300", power="150 MW", draws=50)
    assert found.answer == "no" and found.verdict["nearest"]["kind"] == "smaller"
    assert "100,000 GB300 need 300 MW at peak" in found.verdict["headline"]
    assert found.verdict["nearest"]["facility_peak_mw"] == pytest.approx(150.0, rel=1e-3)
    assert asked(place="Texas", accelerators="100k GB300", power="350 MW", draws=50).answer == "yes_if"


def test_a_power_that_would_do_as_it_power_is_asked_about():
    """100,000 H100 draw 139 MW in the halls: announced as 150 MW, which is not their peak at the meter."""
    question = {"place": "Memphis", "accelerators": "100k H100", "as_of": "2024-04-24", "draws": 50}
    found = asked(**question, power="150 MW gas", build_type="retrofit")
    assert found.answer == "yes_if" and "or all of it as IT power" in gate(found, "power")["words"]
    assert any("at the meter, where less was named" in x["ask"] for x in found.verdict["next_steps"])
