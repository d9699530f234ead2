"""Which facts to look at again: the facts that ship, and facts made wrong one way at a time."""

import csv
import io
import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from gigawatt import facts_check, units
from gigawatt.cli import main
from gigawatt.facts import Facts, load_facts

TODAY = date(2026, 11, 23)
PEAK = "country.KEN.peak_load"


def changed(fact_id, **fields):
    """All facts, with one of them changed."""
    known = load_facts()
    fact = replace(known[fact_id], **fields)
    return Facts({**{i: known[i] for i in known}, fact_id: fact}, known.sources)


def problems(facts, fact_id, problem, today=TODAY):
    found = facts_check.check(facts, today, [facts[fact_id]])
    return [f for f in found if f.problem == problem]


def test_every_rule_is_sound():
    known = load_facts()
    for rule in facts_check.rules():
        assert rule.ages in ("", "year", "source") and rule.basis in ("", "definition", "assumption"), rule
        assert (rule.low is None) == (rule.high is None), rule
        if rule.low is not None and rule.high is not None:
            assert rule.low < rule.high and rule.basis, rule
        if rule.unit and rule.unit != facts_check.MONEY:
            units.parse(rule.unit)
    kinds = {rule.kind for f in known.values() if (rule := facts_check.rule_of(f))}
    assert {"power price", "national statistic", "lead time", "generation mix", "PUE", "plant cost"} <= kinds


def test_physical_constants_and_specifications_do_not_age():
    known = load_facts()
    for fact_id in ("accelerator.v100-32g.memory", "cooling.sensible_heat_ratio", "deflator.USD.2010"):
        assert not problems(known, fact_id, "stale", date(2040, 1, 1))
    assert problems(known, PEAK, "stale", date(2040, 1, 1))


@pytest.mark.parametrize(
    ("year", "stale"), [("2022", True), ("2023", True), ("2024", False), ("2024-11", False), ("2024-10", True)]
)
def test_figures_of_a_year_age_from_its_end(year, stale):
    assert bool(problems(changed(PEAK, year=year), PEAK, "stale")) == stale


def test_a_statistic_without_a_year_is_said():
    (found,) = problems(changed(PEAK, year=""), PEAK, "stale")
    assert "no year" in found.words


def test_a_rule_in_force_is_dated_by_its_source():
    known = load_facts()
    law = known["export.KEN.licence_class"]
    assert int(law.year) == 2023 and not problems(known, law.id, "stale")
    assert problems(known, law.id, "stale", date(2030, 1, 1))


@pytest.mark.parametrize(
    ("fact_id", "fields"),
    [
        ("country.KEN.share.wind", {"value": 1.6, "high": 1.6}),
        ("country.FRA.price.industrial", {"value": 0.1024, "low": 0.1, "high": 0.11}),  # per kWh, called per MWh
        ("country.FRA.price.industrial", {"unit": "USD_2024/kWh"}),
        ("facility.design_peak_pue.published", {"low": 0.9}),
        ("tech.ccgt.efficiency.eu", {"value": 0.72, "high": 0.72}),
        (PEAK, {"unit": "GW"}),
        ("lead.gas_engines.world", {"high": 900.0}),
    ],
)
def test_figures_out_of_range(fact_id, fields):
    (found,) = problems(changed(fact_id, **fields), fact_id, "range")
    assert "outside" in found.words


@pytest.mark.parametrize("where", ["", " ", "ibid."])
def test_figures_without_page(where):
    assert problems(changed(PEAK, where=where), PEAK, "page")


def test_sources_that_disagree_stand_side_by_side():
    known = load_facts()
    found = {f.other.source: f for f in problems(known, "country.KEN.share.wind", "conflict") if f.other}
    irena = found["irena-stat"]  # IRENA's file has wind at 0.8 %, EIA and Ember at 16 to 17 %
    assert irena.fact.value == known["country.KEN.share.wind"].value != irena.other.value
    assert irena.difference == pytest.approx(0.008 - irena.fact.value)
    assert "outside its range" in irena.words


def test_a_claim_that_is_now_used_is_no_conflict():
    claim = next(c for c in facts_check.claims() if c.id == "country.KEN.share.wind")
    fields = {"value": claim.value, "low": claim.low, "high": claim.high, "source": claim.source}
    assert not problems(changed(claim.id, **fields), claim.id, "conflict")


def test_every_claim_has_a_source_a_page_and_a_unit():
    known = load_facts()
    assert len(facts_check.claims()) > 100
    for claim in facts_check.claims():
        assert claim.source in facts_check.sources() or claim.source in known.sources, claim.source
        assert claim.where.strip() and claim.year, claim.id
        assert claim.id.startswith("country.")
        known.factor(claim.unit, known[claim.id].unit if claim.id in known else claim.unit)
    used = {c.source for c in facts_check.claims()}
    for key, source in facts_check.sources().items():
        assert key in used and source.ships in ("figure", "table") and source.licence, key


@pytest.mark.parametrize(
    ("fact_id", "fields", "words"),
    [
        ("country.FRA.share.fossil", {"value": 0.3, "high": 0.3}, "add up to"),
        ("country.FRA.demand", {"value": 400.0, "low": 390.0}, "off demand"),
        (PEAK, {"value": 1000.0, "low": 1000.0}, "mean over peak load"),
        (PEAK, {"value": 40000.0, "high": 40000.0}, "mean over peak load"),
        ("country.FRA.price.industrial", {"value": 20.0, "low": 20.0}, "below the wholesale mean"),
    ],
)
def test_facts_of_one_place_must_fit_each_other(fact_id, fields, words):
    found = [f for f in facts_check.check(changed(fact_id, **fields), TODAY) if f.problem == "sum"]
    assert any(f.fact.id == fact_id and words in f.words for f in found)


def test_end_of_a_year_a_month_and_a_day():
    assert facts_check.end_of("2024") == date(2024, 12, 31)
    assert facts_check.end_of("2024-02") == date(2024, 2, 29)
    assert facts_check.end_of("2024-06-30") == date(2024, 6, 30)
    assert facts_check.end_of("") is None


def run(*words):
    return CliRunner().invoke(main, ["facts", *words])


def test_three_forms_say_the_same():
    as_json = json.loads(run("--check", "--as-of", "2026-11-23", "--json").output)
    rows = list(csv.DictReader(io.StringIO(run("--check", "--as-of", "2026-11-23", "--csv").output)))
    assert len(rows) == len(as_json["findings"]) == sum(c["all"] for c in as_json["counts"].values())
    assert [r["id"] for r in rows] == [r["id"] for r in as_json["findings"]]
    page = run("--check", "--as-of", "2026-11-23")
    assert page.exit_code == 0 and f"{len(rows)} findings" in page.output


def test_words_narrow_the_check():
    found = json.loads(run("--check", "country.KEN", "--as-of", "2026-11-23", "--json").output)
    assert found["findings"] and all("KEN" in r["id"] for r in found["findings"])


@pytest.mark.parametrize("words", [("--check", "--as-of", "soon"), ("--as-of", "2026-11-23"), ("--check", "nonsense")])
def test_what_cannot_be_read_is_one_line(words):
    result = run(*words)
    assert result.exit_code == 2 and "Traceback" not in result.output and result.output.startswith("gigawatt: ")


@pytest.mark.skipif("GIGAWATT_REFERENCE" not in os.environ, reason="GIGAWATT_REFERENCE is unset")
def test_the_claims_are_those_of_the_reference(monkeypatch, tmp_path):
    from tools_import import load_tool

    tool = load_tool("derive_conflicts")
    shipped = tool.OUT.read_text(encoding="utf-8")
    monkeypatch.setattr(tool, "OUT", tmp_path / "conflicts.csv")
    monkeypatch.setattr("sys.argv", ["derive_conflicts.py", os.environ["GIGAWATT_REFERENCE"]])
    tool.main()
    assert Path(tool.OUT).read_text(encoding="utf-8") == shipped
