"""validate: tolerances, statistics, reading of case files, and that a prediction cannot see the truth."""

import csv
import doctest
import importlib
import io
import json
import math
import os
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gigawatt.errors import ScenarioError
from gigawatt.validate import shipped, validate
from gigawatt.validate.cases import read
from gigawatt.validate.families import CannotPredict, Case, Prediction, Tolerance
from gigawatt.validate.known import FAMILIES, by_columns, by_stem
from gigawatt.validate.page import page
from gigawatt.validate.scoring import JSON_FIELDS, Truth, best_constant_error, judge, spearman, statistics

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
STATISTICS = ["cases", "rows", "scored", "within_tolerance", "median_abs_rel_error", "mape", "p90_abs_rel_error"]
STATISTICS += ["median_abs_error", "in_band", "spearman", "coverage_80", "baseline_median_abs_error", "groups"]


# --- One prediction against one truth ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predicted", "truth", "tolerance", "within"),
    [
        (101.0, 100.0, Tolerance(rel=0.01), True),
        (101.1, 100.0, Tolerance(rel=0.01), False),
        (-101.0, -100.0, Tolerance(rel=0.01), True),
        (100.0, -100.0, Tolerance(rel=0.01), False),
        (102.0, 100.0, Tolerance(rel=0.01, floor=2.0), True),
        (102.1, 100.0, Tolerance(rel=0.01, floor=2.0), False),
        (0.5, 0.0, Tolerance(rel=0.01, floor=0.5), True),
        (1e-9, 0.0, Tolerance(rel=0.01), True),
        (2e-9, 0.0, Tolerance(rel=0.01), False),
        (0.25, 0.0, Tolerance(abs=0.25), True),
        (1.25, 1.0, Tolerance(abs=0.25), True),
        (1.26, 1.0, Tolerance(abs=0.25), False),
        (1.5, 1.0, Tolerance(factor=1.5), True),
        (0.66, 1.0, Tolerance(factor=1.5), False),
        (0.67, 1.0, Tolerance(factor=1.5), True),
        (-1.0, 1.0, Tolerance(factor=1.5), False),
        ([1.0, 2.05], [1.0, 2.0], Tolerance(abs=0.1), True),
        ([1.0, 2.2], [1.0, 2.0], Tolerance(abs=0.1), False),
        ([1.0], [1.0, 2.0], Tolerance(abs=0.1), False),
        (1.0, [1.0, 2.0], Tolerance(abs=0.1), False),
        (5.0, 1.0, Tolerance(rank=True), None),
        (5.0, 1.0, None, None),
    ],
)
def test_tolerances(predicted, truth, tolerance, within):
    assert judge(Prediction(predicted), Truth(truth), tolerance).within is within


@pytest.mark.parametrize(
    ("predicted", "distance", "within"), [(1.1, 0.0, True), (1.3, 0.0, True), (1.0, 0.1, False), (1.5, 0.2, False)]
)
def test_a_band_holds_its_ends(predicted, distance, within):
    judged = judge(Prediction(predicted), Truth(low=1.1, high=1.3), Tolerance(band=True))
    assert judged.abs_error == pytest.approx(distance)
    assert judged.within is within


def test_errors_of_one_row():
    judged = judge(Prediction(80.0), Truth(100.0), Tolerance(rel=0.1))
    assert (judged.abs_error, judged.abs_rel_error, judged.excess) == pytest.approx((20.0, 0.2, 2.0))
    nought = judge(Prediction(3.0), Truth(0.0), Tolerance(rel=0.1))
    assert nought.abs_error == 3.0 and nought.abs_rel_error is None
    listed = judge(Prediction([1.0, 3.0]), Truth([0.0, 2.0]), Tolerance(abs=1.0))
    assert (listed.abs_error, listed.abs_rel_error, listed.within) == (1.0, 0.5, True)


def test_no_prediction_is_a_miss_and_no_truth_is_nothing():
    assert judge(None, Truth(1.0), Tolerance(rel=0.1)).within is False
    assert judge(None, Truth(), Tolerance(rel=0.1)).within is None
    assert judge(Prediction(1.0), Truth(), Tolerance(rel=0.1)).within is None


# --- Statistics -------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=30))
def test_rank_correlation_with_ties(pairs):
    x, y = zip(*pairs, strict=True)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert spearman(x, y) is None
    else:
        assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


@given(st.lists(st.integers(100, 200).map(lambda n: n / 100), min_size=1, max_size=12))
def test_best_constant(truths):
    fine = np.linspace(0.9, 2.1, 2401)
    brute = np.median(np.abs(np.array(truths) - fine[:, None]), axis=1).min()
    assert best_constant_error(truths) == pytest.approx(brute, abs=1e-9)


def test_best_constant_of_nothing():
    assert best_constant_error([]) is None


def finance_file(folder, truths, name="finance.json", **more):
    """Cases of one kind whose predicted value is 1 each: one payment, no discount."""
    one = {"kind": "present_worth_factor", "years": 1, "escalation": 0.0, "discount": 0.0}
    cases = [
        one | {"case_id": f"c{i}", "expected": {"present_worth_factor": t}, "tolerance": {"present_worth_factor": more}}
        for i, t in enumerate(truths)
    ]
    path = folder / name
    path.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    return path


def test_statistics_of_a_family(tmp_path):
    report = validate([finance_file(tmp_path, [1.0, 0.5, 0.8, 0.0, None], rel=0.3)])
    found = report.json()["families"]["finance"]
    assert (found["cases"], found["rows"], found["scored"], found["within_tolerance"]) == (5, 4, 4, 2)
    relative = [0.0, 0.25, 1.0]  # the truth 0 has none
    assert found["median_abs_rel_error"] == pytest.approx(0.25)
    assert found["mape"] == pytest.approx(np.mean(relative))
    assert found["p90_abs_rel_error"] == pytest.approx(np.percentile(relative, 90))
    assert found["median_abs_error"] == pytest.approx(np.median([0.0, 0.5, 0.2, 1.0]))
    assert [row["truth"] for row in found["worst"]][:2] == [0.0, 0.5]
    assert list(found) == [*STATISTICS, "worst", "by"]
    assert list(found["by"]["kind"]["present_worth_factor"]) == STATISTICS


def test_two_files_of_a_family_are_one_and_a_file_counts_once(tmp_path):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    first, second = finance_file(tmp_path / "a", [1.0], rel=0.1), finance_file(tmp_path / "b", [2.0, 1.0], rel=0.1)
    found = validate([first, tmp_path / "b", second, tmp_path / "a"]).json()["families"]["finance"]
    assert (found["cases"], found["scored"], found["within_tolerance"]) == (3, 3, 2)


def test_medians_of_groups():
    rows = [row for row in validate([shipped()[0] / "finance.json"]).rows]
    found = statistics(rows, grouped=True)
    assert found["groups"]["n"] == 1
    assert found["groups"]["median_abs_rel_error"] == pytest.approx(found["median_abs_rel_error"])


# --- Reading ----------------------------------------------------------------------------------------------------------


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_predictor_sees_no_truth_and_no_source():
    for path in sorted(shipped()[0].glob("*.*")):
        if path.suffix == ".toml":
            continue
        for entry in read(path).entries:
            seen = json.dumps([entry.case.given, entry.case.shared])
            for word in ('"expected', '"published_', '"source"', '"note"', '"tolerance"', '"case_id"'):
                assert word not in seen, f"{path.name}: a predictor sees {word}"


def test_lines_that_cannot_be_read_are_named_and_missed(tmp_path):
    text = (shipped()[0] / "atb_lcoe.csv").read_text(encoding="utf-8").splitlines()
    short, wordy = text[2].split(",")[:-3], text[3].split(",")
    wordy[text[0].split(",").index("tax_rate")] = "26 %"
    truth = text[4].split(",")
    truth[text[0].split(",").index("expected_pff")] = "n/a"
    lines = [text[0], text[1], ",".join(short), ",".join(wordy), ",".join(truth)]
    report = validate([write(tmp_path / "atb_lcoe.csv", "\n".join(lines))])
    assert len(report.problems) == 2
    assert report.problems[0].startswith("atb_lcoe.csv line 3: ") and "fields" in report.problems[0]
    assert "line 5" in report.problems[1] and "'n/a'" in report.problems[1]
    by_case = {r.case_id: r for r in report.rows if r.figure == "wacc_real"}
    bad = by_case[wordy[0]]
    assert bad.predicted is None and bad.scored and bad.within is False
    assert "tax_rate is '26 %'" in bad.reason
    assert sum(r.scored and r.within for r in report.rows) == 4 + 3


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("finance.json", '{"cases": [{]}', "line 1"),
        ("finance.json", '{"cases": [{"a": NaN}]}', "NaN is no number"),
        ("finance.json", '{"cases": [{"a": 1e999}]}', "1e999 is no number"),
        ("finance.json", '{"cases": 3}', "no list of cases"),
        ("other.json", '{"cases": [{"a": 1}]}', "known files are"),
        ("other.csv", "a,b\n1,2\n", "known files are"),
        ("atb_lcoe.csv", "", "no cases"),
        ("atb_lcoe.csv", "case_id,case_id\na,b\n", "twice"),
        ("atb_lcoe.txt", "a", "expected a .csv or .json"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, text, words):
    with pytest.raises(ScenarioError, match=words):
        validate([write(tmp_path / name, text)])


def test_paths_that_lead_nowhere(tmp_path):
    with pytest.raises(ScenarioError, match="no such file"):
        validate([tmp_path / "nothing.csv"])
    with pytest.raises(ScenarioError, match="no case file in this folder"):
        validate([tmp_path])
    write(tmp_path / "notes.csv", "a,b\n1,2\n")
    finance_file(tmp_path, [1.0], rel=0.1)
    report = validate([tmp_path])
    assert list(report.families) == ["finance"] and "notes.csv" in report.remarks[0]


def test_json_cases_that_are_odd_are_rows_with_a_reason(tmp_path):
    finance_file(tmp_path, [1.0], rel=0.1)
    data = json.loads((tmp_path / "finance.json").read_text(encoding="utf-8"))
    good = data["cases"][0]
    data["cases"] += [
        good | {"kind": "astrology", "case_id": "k"},
        {k: v for k, v in good.items() if k != "years"} | {"case_id": "m"},
        good | {"years": 2.5, "case_id": "w"},
        good | {"expected": {"present_worth_factor": "one"}, "case_id": "t"},
        good | {"tolerance": {"present_worth_factor": {"near": 1}}, "case_id": "u"},
        good | {"expected": {"zeal": 3}, "tolerance": {"zeal": {"rel": 1}}, "case_id": "z"},
        "a case",
    ]
    report = validate([write(tmp_path / "mine.json", json.dumps(data))])
    assert list(report.families) == ["mine"] and report.cases["mine"] == 8
    reasons = {r.case_id: (r.scored, r.within, r.reason) for r in report.rows}
    assert reasons["c0"] == (True, True, None)
    assert reasons["k"] == (True, False, "unknown kind 'astrology'")
    assert reasons["m"] == (True, False, "years is missing")
    assert reasons["w"][:2] == (True, False) and "whole number" in reasons["w"][2]
    assert reasons["t"][0] is False and "expected a number" in reasons["t"][2]
    assert reasons["u"][0] is False and "'near'" in reasons["u"][2]
    assert reasons["z"] == (True, False, "no method for zeal")
    assert any("'a case'" in p for p in report.problems)
    json.loads(report.text_json(rows=True))


def test_files_are_known_by_name_or_columns():
    assert by_stem("atb_lcoe").stem == by_stem("atb_lcoe-2").stem == by_stem("atb_lcoe.kept").stem == "atb_lcoe"
    assert by_stem("atb_lcoes") is None
    header = (shipped()[0] / "atb_lcoe.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert by_columns(header).stem == "atb_lcoe"
    assert by_columns(["a", "b"]) is None
    stems = [f.stem for f in FAMILIES]
    assert len(set(stems)) == len(stems)
    kinds = [k for f in FAMILIES for k in f.kinds]
    assert len(set(kinds)) == len(kinds)


def test_inputs_that_nothing_reads_are_refused():
    with pytest.raises(CannotPredict, match="unknown input nuclear"):
        Case(given={"wind": False, "nuclear": True}).only("wind")


def test_series_stay_below_the_case_file(tmp_path):
    case = Case(given={"series": "../secret.csv"}, folder=tmp_path)
    with pytest.raises(ScenarioError, match="below the case file"):
        case.series("series")
    with pytest.raises(ScenarioError, match="not beside the case file"):
        Case(given={"series": "series/none.csv"}, folder=tmp_path).series("series")


def test_series_are_found_beside_the_file(tmp_path):
    (tmp_path / "series").mkdir()
    write(tmp_path / "series" / "hours.csv", "time,cf\na,0.5\nb,0.25\n")
    case = Case(given={"series": "series/hours.csv (two hours)"}, folder=tmp_path)
    assert case.hours("series", "cf").tolist() == [0.5, 0.25]
    with pytest.raises(CannotPredict, match="no numbers in a column time"):
        case.hours("series", "time")


# --- Whole families ---------------------------------------------------------------------------------------------------


def blanked(text, suffix, family):
    """The same file without any truth, with other identifiers and in reverse."""
    if suffix == ".json":
        data = json.loads(text)
        for i, case in enumerate(data["cases"]):
            case["expected"] = dict.fromkeys(case["expected"])
            case["case_id"] = f"x{i}"
        return json.dumps(data | {"cases": data["cases"][::-1]})
    rows = list(csv.DictReader(io.StringIO(text)))
    truths = {c for f in family.figures for c in ([f.truth] if isinstance(f.truth, str) else f.truth)}
    for i, row in enumerate(rows):
        asked = family.asked(row)
        hidden = truths if asked is None else truths & set(asked)
        for name in row:
            if name.startswith(("expected", "published_")) or name in hidden or name in ("source", "note", "notes"):
                row[name] = ""
        row["case_id"] = f"x{i}"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[::-1])
    return out.getvalue()


def same_predictions(path, tmp_path, keep=lambda case: True):
    """Rows of a file, after checking that blanking and reversing it moves no prediction."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        data = json.loads(text)
        text = json.dumps(data | {"cases": [c for c in data["cases"] if keep(c)]})
    whole, bare = tmp_path / "whole", tmp_path / "bare"
    for folder in (whole, bare):
        folder.mkdir()
        (folder / "series").symlink_to(path.parent / "series")
    write(whole / path.name, text)
    write(bare / path.name, blanked(text, path.suffix, by_stem(path.stem)))
    first, second = validate([whole]), validate([bare])
    names = {entry.case_id: f"x{i}" for i, entry in enumerate(read(whole / path.name).entries)}
    known = {(r.case_id, r.figure): (r.predicted, r.low_80, r.high_80) for r in second.rows}
    assert not any(r.scored for r in second.rows)
    for r in first.rows:
        assert known.pop((names[r.case_id], r.figure)) == (r.predicted, r.low_80, r.high_80), f"{path.name} {r.case_id}"
    assert not known
    return first


def assert_all_within(report):
    for name in report.families:
        found = report.statistics(name)
        missed = [(r.case_id, r.figure, r.predicted, r.truth) for r in report.rows if r.scored and not r.within]
        assert found["within_tolerance"] == found["scored"], f"{name}: {missed[:3]}"


EXACT = ["atb_lcoe.csv", "dispatch_fixed_mix.csv", "finance.json", "reliability.json", "training_energy_cost.json"]
EXACT += ["capacity_expansion_single_node.json", "goodput.json"]  # goodput: within its wider tolerance
SHIPPED = sorted(p.name for p in shipped()[0].iterdir() if p.suffix in (".csv", ".json"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_cases(name, tmp_path):
    slow = (
        "exp-flat-gas",
        "exp-flat-cheap-gas",
        "exp-flat-gas-no-wind",
    )  # all run without a path, in the command's test
    report = same_predictions(shipped()[0] / name, tmp_path, keep=lambda case: case["case_id"] not in slow)
    assert any(r.scored for r in report.rows)
    if name in EXACT:
        assert_all_within(report)


@needs_reference
@pytest.mark.parametrize("name", [name for name in EXACT if name != "capacity_expansion_single_node.json"])
def test_reference_cases(name, tmp_path):
    report = same_predictions(Path(REFERENCE) / "published_cases" / name, tmp_path)
    assert_all_within(report)
    if name == "atb_lcoe.csv":
        assert report.statistics("atb_lcoe")["scored"] == 4 * 252
        assert set(report.statistics("atb_lcoe")["by"]) == {"figure", "technology", "fin_case"}


@needs_reference
def test_expansion_without_the_slow_case(tmp_path):
    path = Path(REFERENCE) / "published_cases" / "capacity_expansion_single_node.json"
    report = same_predictions(path, tmp_path, keep=lambda case: case["case_id"] == "exp-flat-gas-no-wind")
    assert_all_within(report)
    assert {r.figure for r in report.rows if not r.scored} >= {"solar_mwh", "gas_mwh", "average_cost_eur_per_mwh_load"}


# --- The set that ships, the page, the examples -----------------------------------------------------------------------


def test_every_shipped_case_has_a_source_with_a_licence():
    folder = shipped()[0]
    sources = tomllib.loads((folder / "sources.toml").read_text(encoding="utf-8"))
    used = set()
    for name in SHIPPED:
        text = (folder / name).read_text(encoding="utf-8")
        rows = json.loads(text)["cases"] if name.endswith(".json") else csv.DictReader(io.StringIO(text))
        used |= {row["source"] for row in rows}
    assert used <= set(sources)
    for source in sources.values():
        assert set(source) == {"producer", "title", "url", "published", "accessed", "licence", "ships", "note"}
        assert source["producer"] and source["title"] and source["licence"] and source["ships"] in ("figure", "table")


@needs_reference
def test_shipped_files_are_derived():
    from tools_import import load_tool

    for name, content in load_tool("derive_published").everything(Path(REFERENCE)).items():
        stored = (shipped()[0] / name).read_bytes()
        assert stored == content, f"{name}: run python3 tools/derive_published.py {REFERENCE}"


def test_json_of_the_contract(tmp_path):
    report = validate([finance_file(tmp_path, [1.0, 2.0], rel=0.1)])
    assert set(report.json()) == {"families"}
    rows = report.json(rows=True)["rows"]
    fields = "family case_id figure scored reason predicted low_80 high_80 truth truth_low truth_high abs_error"
    assert list(rows[0]) == [*fields.split(), "abs_rel_error", "tolerance", "within"] == list(JSON_FIELDS)
    assert rows[0]["tolerance"] == {"rel": 0.1}
    assert len(report.csv().splitlines()) == 3


def test_page_lists_what_is_wrong(tmp_path):
    text = page(validate([finance_file(tmp_path, [1.0, 2.0], rel=0.1)]))
    assert "**finance**: 1 of 2 rows are missed." in text
    assert "- c1 present_worth_factor: 1, published 2, 50 % off; allowed 0.1 of it" in text


def test_examples():
    assert doctest.testmod(importlib.import_module("gigawatt.validate.scoring")).failed == 0
    assert math.isfinite(best_constant_error([1.0, 2.0]))
