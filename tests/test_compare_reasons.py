"""Why an announced number differs from ours: readings found by rule."""

from datetime import date

import pytest

from asked import AS_OF
from gigawatt.compare.entries import Terms, entry
from gigawatt.compare.reasons import other_claims, reasons, state_of
from gigawatt.compare.rebuild import Span
from gigawatt.facts import load_facts
from tools_import import load_tool

TERMS = Terms(date.fromisoformat(AS_OF), 2025)


@pytest.fixture(scope="module")
def facts():
    return load_facts()


def _by_pair(facts, name):
    e = entry(facts, name, TERMS)
    return e, {(x.pair.figure, x.pair.given): x for x in reasons(facts, e, TERMS)}


def test_a_number_is_inside_near_above_or_below_our_range():
    ours = Span(100.0, 80.0, 120.0)
    assert [state_of(x, ours, 0.15) for x in (80, 130, 139, 67)] == ["inside", "near", "above", "below"]


def test_colossus_fits_its_megawatts_as_it_power_and_no_reading_explains_its_speed(facts):
    _, found = _by_pair(facts, "xai-colossus-1")
    chips = found["accelerators", "power"]
    assert chips.state == "above" and "IT power" in chips.readings[0].words and chips.readings[0].fits
    months = found["months", "power"]
    assert months.state == "below" and not any(x.fits for x in months.readings)


def test_the_gigafactories_fit_as_a_contribution_and_not_as_the_whole(facts):
    _, found = _by_pair(facts, "eu-aigf")
    money = found["money", "accelerators"]
    assert money.state == "below" and money.pair.ratio < 0.5
    assert money.readings[0].fits and "contribution" in money.readings[0].words


def test_payments_are_no_capital_cost_and_get_no_reading(facts):
    _, found = _by_pair(facts, "stargate-us-oracle-4p5")
    money = found["money", "power"]
    assert money.no_cost and not money.readings and "no capital cost" in money.made_of


def test_claims_said_on_one_occasion_stand_together(facts):
    e, found = _by_pair(facts, "stargate-us")
    (claim, reason), *rest = other_claims(facts, e, TERMS)
    assert not rest and claim.value == 400e9  # for the 7 GW said with it, not for the 10 GW of the first claim
    assert reason.pair.ours.value == pytest.approx(0.7 * found["money", "power"].pair.ours.value, rel=0.02)


def test_the_larger_of_two_counts_fits_only_the_later_phase(facts):
    e, _ = _by_pair(facts, "fr-fluidstack-1gw")
    (claim, reason), *_ = other_claims(facts, e, TERMS)
    assert claim.value == 500_000 and reason.state == "above" and reason.pair.ratio > 4
    assert "later phase" in reason.readings[0].words


def test_a_first_phase_s_money_never_stands_beside_the_power_of_the_whole(facts):
    e, found = _by_pair(facts, "kenya-olkaria")
    assert e.announced.usd is None and not found


def test_the_sum_of_a_project_company_also_pays_what_stands_beside_shell_and_power(facts):
    """Loans and equity of halls carry land, owner's cost, taxes and interest: with them two US sums are ours."""
    _, found = _by_pair(facts, "openai-stargate-shackelford")
    abilene = next(
        r for c, r in other_claims(facts, *_entry(facts, "openai-stargate-abilene")) if "eight halls" in c.words
    )
    for reason in (found["money", "power"], abilene):
        reading = next(x for x in reason.readings if "also pays land" in x.words)
        assert reason.pair.ratio > 1.15 and reading.fits and 0.93 < reading.ratio < 1.1


def _entry(facts, name):
    return entry(facts, name, TERMS), TERMS


def test_a_section_shows_numbers_reasons_claims_and_source(facts):
    tool = load_tool("make_programmes")
    e, found = _by_pair(facts, "xai-colossus-1")
    others = tuple(other_claims(facts, e, TERMS))
    text = "\n".join(tool.section(tool.Rebuild(e.programme, e, tuple(found.values()), others, facts)))
    assert "| accelerators on that power | 100,000 |" in text and "| **1.36** |" in text
    assert "Claims side by side" in text and "181 MW" in text and "122 days" in text and "](https://" in text
    assert tool.plain("1.5e9 of loans") == "1.5 bn of loans"
