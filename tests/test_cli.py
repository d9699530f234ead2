"""The command line as a person uses it."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigawatt.cli import main

ASKED = ["--as-of", "2026-11-23"]


def run(*arguments, stdin=None):
    return CliRunner().invoke(main, list(arguments), input=stdin, catch_exceptions=False)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("plans") / "france.json"
    result = run("plan", "France", "--budget", "109 B€", "--power", "1 GW nuclear", *ASKED, "--save", str(path))
    assert result.exit_code == 0
    return path, result.stdout


def test_the_page_has_the_verdict_first(saved):
    page = saved[1]
    lines = [line for line in page.splitlines() if line.strip()]
    assert "France: a 1 GW campus (peak, at the meter)" in lines[0]
    assert page.index("YES, IF") < page.index("Chips") < page.index("First power") < page.index("Write next")
    assert "The power binds, not the money" in page and "109 bn EUR" in page
    assert "assumptions" in page and "nan" not in page.lower().split()


def test_the_saved_json_is_the_printed_json(saved):
    again = run("plan", "France", "--budget", "109 B€", "--power", "1 GW nuclear", *ASKED, "--json")
    assert json.loads(again.stdout) == json.loads(saved[0].read_text(encoding="utf-8"))


def test_explain_from_a_file_and_from_standard_input(saved):
    path, _ = saved
    from_file = run("explain", str(path), "lcoc_usd_per_accelerator_hour", "--json")
    tree = json.loads(from_file.stdout)
    assert tree["tree"]["value"] == pytest.approx(tree["figure"]["value"])
    from_stdin = run("explain", "-", "lcoc_usd_per_accelerator_hour", "--json", stdin=path.read_text(encoding="utf-8"))
    assert json.loads(from_stdin.stdout) == tree
    page = run("explain", str(path), "share_of_peak_demand").stdout
    assert "country.FRA.peak_load" in page and "return mw / peak_mw" in page


def test_a_no_exits_with_one_and_is_not_an_error():
    result = run("plan", "Iran", "--accelerators", "1000 GB300", *ASKED, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["verdict"]["answer"] == "no"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["plan"], "place"),
        (["plan", "Frnace"], "France"),
        (["plan", "France", "--budget", "-3 B€"], "budget"),
        (["plan", "France", "--budget", "109"], "currency"),
        (["plan", "France", "--budget", "3 bn NGN"], "NGN"),
        (["plan", "France", "--power", "1 GW fusion"], "fusion"),
        (["plan", "France", "--accelerators", "100 Foo3000"], "Foo3000"),
        (["plan", "France", "--train", "skynet in 3 days"], "skynet"),
        (["plan", "France", "--by", "1999"], "by"),
        (["plan", "France", "--set", "nonsense"], "FACT=VALUE"),
        (["plan", "France", "--power", "1 GW", "--set", "no.such.fact=3"], "no.such.fact"),
        (["plan", "France", "--power", "1 GW", "--weather-file", "missing.epw"], "missing.epw"),
        (["plan", "--from", "missing.toml"], "missing.toml"),
        (["plan", "--at", "91,0"], "latitude"),
        (["plan", "France", "--save", "plan.docx"], ".json"),
        (["plan", "France", "--json", "--csv"], "one of them"),
        (["explain", "missing.json", "pue"], "missing.json"),
        (["facts", "zzzzzz"], "zzzzzz"),
    ],
)
def test_bad_input_is_one_line_and_exit_two(arguments, named):
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1 and named in lines[0] and "Traceback" not in result.output


def test_several_problems_are_reported_together():
    result = run("plan", "Frnace", "--budget", "-3 B€", "--power", "1 GW fusion")
    assert result.exit_code == 2 and len(result.stderr.strip().splitlines()) == 3


def test_out_of_reach_is_a_no_not_an_error():
    result = run("plan", "France", "--power", "1 TW", *ASKED, "--json")
    assert result.exit_code == 1
    plan = json.loads(result.stdout)
    assert plan["verdict"]["answer"] == "no" and plan["verdict"]["nearest"]["facility_peak_mw"] < 1e6


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=25), st.sampled_from(["--budget", "--power", "--accelerators", "--by", "--train", "--clean"]))
def test_nonsense_never_ends_in_a_traceback(text, flag):
    result = run("plan", "Nowhereland", flag, text)
    assert result.exit_code == 2 and isinstance(result.exception, SystemExit)


def test_facts_are_listed_searched_and_shown():
    assert "subject" in run("facts").stdout
    assert "country.KEN.peak_load" in run("facts", "kenya", "peak").stdout
    shown = run("facts", "country.KEN.peak_load", "--json")
    assert json.loads(shown.stdout)[0]["value"] == 2444
    assert "id,value,low,high" in run("facts", "kenya", "--csv").stdout


def test_the_same_question_twice_gives_the_same_bytes():
    command = [sys.executable, "-m", "gigawatt", "plan", "Estonia", "--power", "50 MW", *ASKED, "--json"]
    first, second = (subprocess.run(command, capture_output=True, check=False).stdout for _ in range(2))
    assert first == second and len(first) > 10_000


def test_the_hours_are_a_year(tmp_path):
    path = tmp_path / "hours.csv"
    assert run("plan", "Kenya", "--power", "100 MW", *ASKED, "--hours", str(path)).exit_code == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 8761 and lines[0].startswith("hour,load_mw")


def test_markdown_and_csv():
    page = run("plan", "Kenya", "--power", "100 MW", *ASKED, "--markdown").stdout
    assert page.startswith("# Kenya") and "## Letters to write" in page
    rows = run("plan", "Kenya", "--power", "100 MW", *ASKED, "--csv").stdout.splitlines()
    assert rows[0].startswith("id,value,low,high,unit") and len(rows) == 48


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("France", "--at", "-1,36"), "place says France"),
        (("France", "--power", "1 GW battery"), "a battery stores power and makes none"),
        (("France", "--by", "2029-13"), "month must be in 1..12"),
        (("Kenya", "--power", "10 MW", "--by", "9999"), "more than a century away"),
    ],
)
def test_contradictions_are_refused(question, said):
    result = run("plan", *question, *ASKED)
    assert result.exit_code == 2 and said in result.stderr and not result.stdout


@pytest.mark.parametrize("run_to_train", ["9e40 FLOP in 1 day", "llama-3.1-405b in 0.001 days"])
def test_a_run_that_no_number_of_accelerators_reaches_is_a_no(run_to_train):
    result = run("plan", "France", "--train", run_to_train, "--json", *ASKED)
    found = json.loads(result.stdout)
    assert result.exit_code == 1 and "number of GB300" in found["verdict"]["headline"]
    assert found["verdict"]["nearest"]["kind"] == "longer_run"


def test_a_larger_campus_never_trains_slower():
    runs = []
    for power in ("1 GW", "20 GW", "1 TW"):
        found = json.loads(run("plan", "Texas", "--power", power, "--json", *ASKED).stdout)
        runs.append(found["figures"]["largest_run_100_days_flop"]["value"])
    assert runs[0] < runs[1] == pytest.approx(runs[2])


def test_a_rung_costs_what_the_same_size_costs_when_asked_for():
    rung = json.loads(run("plan", "Estonia", "--json", *ASKED).stdout)
    size = next(f for i, f in rung["figures"].items() if i == "facility_peak_mw")["value"]
    asked = json.loads(run("plan", "Estonia", "--power", f"{size} MW", "--json", *ASKED).stdout)
    for name in ("lcoe_usd_per_mwh", "lcoc_usd_per_accelerator_hour", "capex_usd"):
        assert rung["figures"][name]["value"] == pytest.approx(asked["figures"][name]["value"], rel=1e-9), name


def test_no_way_round_an_embargo_is_offered():
    found = json.loads(run("plan", "Iran", "--accelerators", "10k GB300", "--json", *ASKED).stdout)
    assert found["verdict"]["answer"] == "no" and found["verdict"]["nearest"]["kind"] == "none"
