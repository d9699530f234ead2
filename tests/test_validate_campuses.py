"""Real campuses: no truth is read, each is left out of its own fit, intervals hold what they claim, odd rows pass."""

import csv
import doctest
import importlib
import io
import math
import os
from pathlib import Path

import pytest

from gigawatt.buildout import pace
from gigawatt.facts import load_facts
from gigawatt.validate import campus_pace, campus_rows, campus_size, campuses, shipped, validate
from gigawatt.validate.families import CannotPredict
from gigawatt.validate.words import calibrated
from test_validate import same_predictions

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
SHIPPED = shipped()[0] / "campus_cases.csv"
ABROAD = {"country": "NO", "lat": "68.4", "lon": "17.4", "build_type": "greenfield", "start": "2025-03"}


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def write(path, table):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def said(tmp_path, table):
    """Predictions of some rows, by case and figure."""
    report = validate([write(tmp_path / "campus_cases.csv", table)])
    return {(r.case_id, r.figure): r for r in report.rows}


# --- The published campuses -------------------------------------------------------------------------------------------


def published():
    """The reference campuses; facility power, never realised here, is asked of the first few only, to be quick."""
    table = rows((Path(REFERENCE) / "published_cases" / "campus_cases.csv").read_text(encoding="utf-8"))
    for row in table[5:]:
        row["predict"] = ";".join(f for f in row["predict"].split(";") if f != "facility_mw")
    return table


@needs_reference
def test_published_campuses(tmp_path):
    (tmp_path / "series").mkdir()
    report = same_predictions(write(tmp_path / "campus_cases.csv", published()), tmp_path)
    by = report.json()["families"]["campus_cases"]["by"]["figure"]
    assert {k: v["scored"] for k, v in by.items() if v["scored"]} == {
        "accelerators": 8,
        "capex_usd": 7,
        "months_to_first": 28,
        "months_to_full": 11,
    }
    assert not by["facility_mw"]["scored"]
    assert by["accelerators"]["median_abs_rel_error"] <= 0.20
    assert by["capex_usd"]["median_abs_rel_error"] <= 0.35
    assert by["months_to_first"]["median_abs_error"] <= 5.0
    for name, s in by.items():
        if s["scored"]:
            assert s["coverage_p_value"] > 0.05, name
            assert s["crps_log"] < s["baseline_crps_log"], name
            assert s["median_abs_rel_error"] < s["baseline_median_abs_rel_error"], name
            assert len(calibrated(s)) >= 3, name


@needs_reference
def test_what_lies_ahead_and_what_a_campus_is_called_is_not_read(tmp_path):
    table = [r for r in published() if "stargate" in r["id"] or "colossus" in r["id"]]
    first = {k: r.predicted for k, r in said(tmp_path, table).items()}
    hidden = [r | dict.fromkeys(("name", "modelled", "planned", "source", "note"), "") for r in table]
    assert {k: r.predicted for k, r in said(tmp_path, hidden).items()} == first


def test_each_campus_is_left_out_of_its_own_fit():
    everything = campus_pace.of_facts(load_facts())
    for given in campus_rows.table():
        seen = [c for c in campus_pace.records() if campus_rows.same_campus(c.given, given)]
        assert seen, given["id"]
        others = [c for c in campus_pace.records() if c not in seen]
        if any(math.isfinite(c.first) for c in seen):
            assert campus_pace.pace_for(given).build == campus_pace.fit(others).build, given["id"]
    both = [r["id"] for r in campus_rows.table() if campus_rows.same_campus(r, colossus())]
    assert both == ["colossus-1", "colossus-1-230k"], "one site, one campus"
    assert "retrofit" not in campus_pace.pace_for(colossus()).build
    assert campus_pace.pace_for(ABROAD) == everything, "a campus of somewhere else is met with all that is known"


def colossus():
    return next(r for r in campus_rows.table() if r["id"] == "colossus-1")


def test_facts_are_the_fit():
    stored, found = campus_pace.of_facts(load_facts()), campus_pace.with_spread(campus_pace.records())
    assert stored.build == pytest.approx(found.build, rel=1e-3)
    for name in ("other", "wait", "expansion", "trend", "starts", "spread_first", "spread_full"):
        assert getattr(stored, name) == pytest.approx(getattr(found, name), rel=1e-3), name
    for figure in ("accelerators", "capex_usd"):
        errors = [error for _, error in campuses.size_errors(figure)]
        stored_spread = float(load_facts()[f"campus.spread.{figure}"].value)
        assert stored_spread == pytest.approx(campuses.spread_of(errors), rel=1e-3), "run tools/fit_campuses.py"


# --- The model --------------------------------------------------------------------------------------------------------


def first_of(**given):
    return campus_pace.months(ABROAD | given)["months_to_first"]


def test_the_first_hall_waits_for_what_comes_later():
    wait = float(load_facts()["campus.release_to_hall"].value)
    usual, low, high = first_of(accelerator_type="H100")
    assert low < usual < high and usual == float(load_facts()["campus.build.greenfield"].value)
    assert first_of(accelerator_type="Rubin", start="2023-04")[0] == pytest.approx(
        campus_rows.month_of("2026-H2") - campus_rows.month_of("2023-04") + wait
    )
    assert (
        first_of(accelerator_type="H100,GB200", start="2020-01")[0]
        < first_of(accelerator_type="GB200", start="2020-01")[0]
    ), "of several the first that is sold"
    assert first_of(country="JP", accelerator_type="H100")[0] < usual
    assert first_of(build_type="retrofit")[0] < first_of(build_type="brownfield")[0] < usual
    assert first_of(build_type="fit_out")[0] == float(load_facts()["lead.build_to_first.fit_out"].value)
    assert first_of(build_type="retrofit")[0] < first_of(build_type="tents")[0] < usual, "who knows"
    assert first_of(build_type="")[0] == first_of(accelerator_type="Foo 9000")[0] == usual


def test_a_full_campus_follows_its_first_hall():
    late, early = (campus_pace.months(ABROAD | {"start": s}) for s in ("2024-01", "2019-06"))
    for found in (late, early):
        assert found["months_to_full"][0] > found["months_to_first"][0]
    assert early["months_to_full"][0] > late["months_to_full"][0]
    known = campus_pace.months(ABROAD | {"months_to_first": "10"})["months_to_full"][0]
    assert known == pytest.approx(campus_pace.months(ABROAD)["months_to_full"][0] - 26.0 + 10.0)
    assert campus_pace.months(ABROAD | {"months_to_full": "12"})["months_to_first"][0] == 12.0


@pytest.mark.parametrize(
    ("text", "year"), [("2024-04", 2024 + 3.5 / 12), ("2025-Q1", 2025.125), ("2026-H2", 2026.75), ("2023", 2023.5)]
)
def test_months_of_dates(text, year):
    assert campus_rows.month_of(text) == pytest.approx(12.0 * year)
    assert math.isnan(campus_rows.month_of("soon"))


def test_accelerators_of_a_list():
    facts = load_facts()
    assert campus_rows.items(facts, "GB200/B200 (B300 later)") == ["gb200-nvl72", "b200"]
    assert campus_rows.items(facts, "Trainium2; TPU v5e and Foo 9000") == ["trn2", "tpu-v5e"]
    assert campus_rows.items(facts, "AMD Instinct MI250X, Intel Max 1550") == ["mi250x", "max-1550"]
    assert campus_rows.items(facts, "NVIDIA GH200; H100 SXM5; Huawei Ascend 910C") == ["gh200", "h100", "ascend-910c"]
    assert campus_rows.items(facts, "tubes") == campus_rows.items(facts, "") == []


def sized(figure, **given):
    return campus_size.sizes(ABROAD | {k: str(v) for k, v in given.items()}, [figure])[figure]


def test_accelerators_power_and_money_of_one_campus_agree():
    for kind in ("H100", "GB200", "Rubin", "GH200", "TPU v6e", "Trainium2", "H20", "MI250X", "H100,GB200", "Foo 9000"):
        n = sized("accelerators", it_mw=100, accelerator_type=kind)
        mw = sized("facility_mw", accelerators=n, accelerator_type=kind)
        assert 100.0 < mw < 160.0, kind
        assert sized("accelerators", facility_mw=mw, accelerator_type=kind) == pytest.approx(n)
        usd = sized("capex_usd", accelerators=n, accelerator_type=kind, capex_scope="all_in")
        assert sized("accelerators", capex_usd=usd, accelerator_type=kind, capex_scope="all_in") == pytest.approx(n)
    some = {kind: sized("accelerators", it_mw=100, accelerator_type=kind) for kind in ("H100", "GB200", "H100,GB200")}
    assert some["GB200"] < some["H100,GB200"] < some["H100"]


def test_scopes_and_grounds_of_capital():
    usd = {
        scope: sized("capex_usd", it_mw=100, accelerator_type="GB200", capex_scope=scope)
        for scope in ("all_in", "it", "hardware", "shell_power")
    }
    assert usd["it"] == usd["hardware"] < usd["all_in"]
    assert 1.0e9 < usd["shell_power"] < 2.5e9, "10 to 25 USD per W of IT"
    old = sized("capex_usd", it_mw=100, accelerator_type="GB200", capex_scope="shell_power", build_type="brownfield")
    assert old < usd["shell_power"]
    assert "capex_scope is 'wages'" in sized("capex_usd", it_mw=100, capex_scope="wages")
    assert "all missing" in sized("accelerators", accelerator_type="H100")


def test_words_of_cooling():
    for words, liquid, expected in (
        ("direct outside-air cooling", False, "air_side"),
        ("cooling towers; 0.97 MGD", False, "water_side"),
        ("cooling towers, later liquid-cooled racks", False, "liquid_tower"),
        ("dry cooling", False, "air_chiller"),
        ("warm-water liquid cooling", False, "liquid_dry"),
        ("", True, "best"),
    ):
        assert campus_size.cooling_of(words, liquid)[0] == expected, words


def test_a_place_that_is_not_known():
    with pytest.raises(CannotPredict, match="country is not one we know"):
        campus_size.place_of({"country": "XX"})
    assert campus_size.place_of({"country": "DE"}).iso3 == "DEU"
    assert campus_size.pue_of({}, "h100") == float(load_facts()["facility.design_peak_pue.published"].value)


# --- Files ------------------------------------------------------------------------------------------------------------


def test_rows_with_few_columns(tmp_path):
    table = [
        {
            "id": "a",
            "country": "DE",
            "predict": "accelerators;months_to_first",
            "facility_mw": "20",
            "accelerators": "",
        },
        {"id": "b", "country": "US", "predict": "capex_usd", "facility_mw": "", "accelerators": "1000"},
        {"id": "c", "country": "??", "predict": "accelerators", "facility_mw": "", "accelerators": "1000"},
    ]
    found = said(tmp_path, table)
    assert found["a", "accelerators"].predicted > 1000.0 and found["a", "months_to_first"].predicted > 0.0
    assert found["b", "capex_usd"].predicted > 1e7
    last = found["c", "accelerators"]
    assert last.scored and last.predicted is None and "all missing" in last.reason


def test_what_is_to_be_predicted_is_not_an_input(tmp_path):
    row = {"id": "a", "country": "DE", "predict": "accelerators;it_mw", "it_mw": "20", "facility_mw": "30"}
    found = said(tmp_path, [row, row | {"id": "b", "it_mw": "900"}])
    assert found["a", "accelerators"].predicted == found["b", "accelerators"].predicted


def test_cells_that_are_no_sizes():
    for text in ("-5", "0", "many", "inf"):
        assert f"it_mw is {text!r}: expected a number above 0" in sized("accelerators", it_mw=text)
        with pytest.raises(CannotPredict, match="months_to_first"):
            campus_pace.months(ABROAD | {"months_to_first": text})
    assert "expected latitude -90 to 90" in sized("accelerators", facility_mw=20, lat=95, country="XX")


def test_the_shipped_campuses_ask_only_for_what_was_realised():
    report = validate([SHIPPED])
    assert report.rows and all(r.scored and r.predicted and r.low_80 < r.predicted < r.high_80 for r in report.rows)
    assert all(r.figure != "facility_mw" for r in report.rows)


@pytest.mark.parametrize("module", [pace, campuses, campus_pace, campus_rows, campus_size])
def test_examples(module):
    assert doctest.testmod(importlib.import_module(module.__name__)).failed == 0
