"""Announcements: no outcome is read, the plan of that day gives the chance, scores are theirs, odd rows pass."""

import csv
import doctest
import importlib
import io
import math
import os
from pathlib import Path

import numpy as np
import pytest

from gigawatt.facts import load_facts
from gigawatt.validate import announcements, promise_odds, promises, shipped, validate
from gigawatt.validate.families import Case
from gigawatt.validate.page import page
from gigawatt.validate.record_page import record, reliability_svg
from gigawatt.validate.words import chances
from test_validate import same_predictions

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
SHIPPED = shipped()[0] / "announcements.csv"
OHIO = {
    **{"iso3": "USA", "lat": "40.03", "lon": "-82.5", "announced": "2025-03-01", "promised_date": "2026-06-30"},
    **{"milestone": "first hall running", "milestone_mw": "100", "mw_basis": "facility", "build_type": "retrofit"},
    **{"power_source": "grid", "owner_type": "hyperscaler", "grid_agreement": "yes", "offtake": "yes"},
    "chip_licence_needed": "no",
}


def rows(path=SHIPPED):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def write(path, table):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def odds(**changes):
    """The odds of a conversion in Ohio with everything settled, with some inputs changed."""
    given = {k: v for k, v in (OHIO | changes).items() if v}
    return announcements.forecast(tuple(sorted(given.items())))


def promise(**changes):
    return promises.promise(load_facts(), Case(given={k: v for k, v in (OHIO | changes).items() if v}))


# --- The published announcements --------------------------------------------------------------------------------------


@needs_reference
def test_published_announcements(tmp_path):
    """All of them, blanked and reversed too; better than the base rate, and the page lists every case."""
    (tmp_path / "series").mkdir()
    path = Path(REFERENCE) / "announcements.csv"
    blank = dict.fromkeys(announcements.TRUTHS, "")
    folder = tmp_path / "reference"
    folder.mkdir()
    report = same_predictions(write(folder / "announcements.csv", rows(path)), tmp_path)
    s = report.json()["families"]["announcements"]
    assert s["cases"] == 46 and s["scored"] == 26
    assert s["brier"] < 0.9 * s["brier_base_rate"] < s["brier_always_late"]
    assert s["log_score"] < s["log_score_base_rate"] and s["log_score_always_late"] is None
    assert s["auc"] > 0.7 and sum(b["n"] for b in s["reliability"]) == 26
    assert len(chances(s)) == 4
    said = {(r.case_id, r.figure): r.predicted for r in report.rows}
    for r in validate([write(folder / "announcements.csv", [row | blank for row in rows(path)])]).rows:
        assert said[r.case_id, r.figure] == r.predicted, r.case_id
    assert "Brier" in page(report)
    text = record(path, report, "record.svg")
    assert text.count("\n| ") >= 46 and text.index("wrong side") < text.index("The other judged cases")
    assert reliability_svg(s["reliability"]).count("<circle") == len(s["reliability"])


def test_the_truth_of_a_row():
    row = {"status": "delivered_late", "announced": "2024-01-15", "actual_date": "2025-01-15"}
    assert announcements.delivered(row) == 0.0 and announcements.months_taken(row) == 12.0
    assert announcements.delivered({"status": "delivered_on_time"}) == 1.0
    assert announcements.delivered({"status": "unknown"}) is None is announcements.delivered({"status": ""})
    planned = {"status": "slipped", "announced": "2024-01-15", "actual_date": "2026-06-30 (plan)"}
    assert announcements.delivered(planned) == 0.0 and announcements.months_taken(planned) is None


# --- What an announcement says ----------------------------------------------------------------------------------------


def test_words_become_a_question():
    assert promise().question.existing_connection_mw == 100.0
    assert promise(build_type="greenfield").question.existing_connection_mw is None
    bridged = promise(power_source="8 MW grid at first + mobile gas turbines", grid_agreement="no")
    assert bridged.question.words()["power"] == "8 MW grid + 92 MW gas" and not bridged.needs_grid
    half = promise(power_source="grid + 30 MW on-site gas", build_type="greenfield")
    assert half.question.words()["power"] == "70 MW grid + 30 MW gas" and half.needs_grid
    peak = float(load_facts()["facility.design_peak_pue.published"].value)
    assert promise(mw_basis="IT").mw == pytest.approx(100.0 * peak)
    assert promise(mw_basis="IT").mw * promise(mw_basis="IT").mw_per_facility_mw == pytest.approx(100.0)
    assert promise(owner_type="hyperscaler via developer").own_money
    assert not promise(owner_type="developer + hyperscaler").own_money
    assert promise(owner_type="public (a council of states)").tendered


@pytest.mark.parametrize(
    ("milestone", "asked"),
    [
        ("2 GW by 2030", promises.OPERATION),
        ("operation as first designed", promises.OPERATION),
        ("construction start", promises.WORKS),
        ("planning consent", promises.PERMISSION),
        ("halls leased", promises.CONTRACT),
        ("second call opened", promises.CALL),
    ],
)
def test_what_is_promised(milestone, asked):
    assert promise(milestone=milestone).asked == asked


# --- Gates and schedule -----------------------------------------------------------------------------------------------


def test_what_is_open_counts_and_the_date_decides():
    base = odds()
    assert not base.opened and 0.0 < base.in_time < 1.0 and base.probability == base.kept * base.in_time
    open_grid = odds(grid_agreement="no", build_type="greenfield")
    assert {"grid", "permits"} <= set(open_grid.opened) and open_grid.kept < base.kept
    assert odds(offtake="no").opened == ("payer",)
    assert "chips" in odds(chip_licence_needed="yes").opened
    later = odds(promised_date="2028-06-30")
    assert later.in_time > base.in_time and later.kept < base.kept
    assert odds(milestone_mw="2000").in_time < base.in_time
    assert "date" in odds(promised_date="").opened
    q10, q50, q90 = np.quantile(base.months, (0.1, 0.5, 0.9))
    assert 0.0 < q10 < q50 < q90 and 0.0 <= base.mw.min() and base.mw.max() <= 100.0 + 1e-9


def test_power_at_the_date_agrees_with_the_share_in_time():
    """Halls may run before the last task of full power, such as backup generators, is done."""
    found = odds()
    there = float(np.mean(found.mw >= 100.0 * (1.0 - 1e-9)))
    assert found.in_time - 0.01 <= there <= found.in_time + 0.05


def test_a_signed_agreement_ends_the_study():
    queue = odds(build_type="greenfield", grid_agreement="no", promised_date="2029-06-30")
    signed = odds(build_type="greenfield", promised_date="2029-06-30")
    assert np.median(signed.months) < np.median(queue.months) and signed.in_time > queue.in_time


def test_rules_younger_than_the_day_are_not_known():
    facts = load_facts()
    rules = [f for f in facts.values() if promise_odds._is_rule(f)]
    for day in ("2019-07-01", "2024-05-22", "2026-09-01"):
        known = promise_odds.known_on(day)
        young = {f.id for f in rules if promise_odds.later(facts, f, day)}
        assert set(facts) - set(known) == young
        assert all(int(f.year) <= int(day[:4]) for f in rules if f.id in known)
    assert "gate.KEN.system_size" not in promise_odds.known_on("2024-05-22")
    assert "gate.rule.peak_share_no" in promise_odds.known_on("2019-07-01")


def test_a_campus_is_left_out_of_what_rests_on_it():
    facts = load_facts()
    left = [f for f in facts if f.startswith("left_out.")]
    assert left and all(f.split(".", 2)[2] in facts for f in left)
    name = "lead.build_to_first.retrofit"
    assert float(promise_odds.without_own(facts, "Memphis")[name].value) > float(facts[name].value)
    assert promise_odds.without_own(facts, "Dallas")[name] == facts[name] == promise_odds.without_own(facts, "")[name]
    assert odds(place="Memphis TN").in_time < odds(place="Dallas TX").in_time


def test_other_chances_leave_the_plan_as_it_is():
    base, facts = odds(), load_facts()
    assert base.again(facts).probability == base.probability
    late = base.again(facts.with_overrides({"announce.slip": {"value": 2.0, "low": 1.5, "high": 3.0}}))
    assert late.in_time < base.in_time and np.all(late.planned == base.planned)


def test_chances_of_the_gates_are_facts():
    facts, p = load_facts(), promise()
    year = p.months / 12.0
    low = facts.with_overrides({"announce.kept.condition": 0.5})
    assert promise_odds.chance_kept(facts, p, [], []) == pytest.approx(0.85**year)
    assert promise_odds.chance_kept(low, p, ["grid", "payer"], []) == pytest.approx(0.85**year * 0.25)
    assert promise_odds.chance_kept(facts, p, ["permission"], ["war"]) == pytest.approx(0.85**year * 0.6 * 0.05)


# --- Odd rows ---------------------------------------------------------------------------------------------------------


def test_odd_rows_have_a_forecast_or_a_reason(tmp_path):
    odd = [
        OHIO | {"lat": "", "lon": "", "iso3": "EST", "build_type": "castle", "owner_type": "?", "power_source": "?"},
        OHIO | {"milestone_mw": "", "accelerators_claimed": "5000", "grid_agreement": "unknown", "offtake": ""},
        OHIO | {"build_type": "restart", "power_source": "nuclear restart", "milestone": "commercial operation"},
        OHIO | {"lat": "0", "lon": "-30", "iso3": "NOR"},
        OHIO | {"promised_date": "2024-01-01"},
        OHIO | {"announced": "soon"},
        OHIO | {"lat": "", "lon": "", "iso3": "XXX"},
        OHIO | {"milestone_mw": "many"},
        OHIO | {"milestone": "call opened", "iso3": "EU", "lat": "", "lon": ""},
    ]
    names = dict.fromkeys(n for row in odd for n in row)
    report = validate(
        [
            write(
                tmp_path / "announcements.csv",
                [
                    dict.fromkeys(names, "")
                    | row
                    | {"id": f"odd-{i}", "status": "slipped", "due_by_status_date": "yes"}
                    for i, row in enumerate(odd)
                ],
            )
        ]
    )
    found = [r for r in report.rows if r.figure == "delivered"]
    silent = {r.case_id: r.reason for r in found if r.predicted is None}
    assert set(silent) == {"odd-5", "odd-7"}
    assert "announced is 'soon'" in silent["odd-5"] and "milestone_mw is 'many'" in silent["odd-7"]
    assert all(0.0 < r.predicted < 1.0 for r in found if r.predicted is not None)
    assert found[4].predicted < 0.1 and all(r.scored for r in found)
    assert math.isfinite(report.json()["families"]["announcements"]["brier"])


def test_scores_of_few_rows(tmp_path):
    one = {**dict.fromkeys(announcements.INPUTS, ""), **OHIO, "id": "a", "status": "", "due_by_status_date": ""}
    for status in ("", "delivered_on_time"):
        report = validate(
            [write(tmp_path / "announcements.csv", [one | {"status": status, "due_by_status_date": "yes"}])]
        )
        s = report.json()["families"]["announcements"]
        assert s.get("brier_base_rate") is None and (s.get("brier") is None) is (not status)
        assert page(report)


def test_examples():
    assert doctest.testmod(importlib.import_module("gigawatt.validate.announcements")).failed == 0


def test_the_record_is_up_to_date():
    from tools_import import load_tool

    docs = Path(__file__).resolve().parent.parent / "docs"
    text = (docs / "record.md").read_text(encoding="utf-8")
    assert all(row["name"] in text for row in rows())
    assert load_tool("make_record").DOCS == docs
