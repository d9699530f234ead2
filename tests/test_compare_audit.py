"""Announcements checked against themselves: the named cases of the programmes, and what cannot be read."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

import gigawatt
from asked import AS_OF
from gigawatt.cli import main
from gigawatt.compare.audit_text import read
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.programmes import UNION
from gigawatt.report import audit_csv, audit_html, audit_markdown

EU = "EUR 20 bn, 5 gigafactories, 100,000 GB300 each"
TODAY = date.fromisoformat(AS_OF)


def audited(text, **more):
    return gigawatt.audit(text, as_of=AS_OF, **more)


def check(found, part, against, scope=""):
    return next(c for c in found.checks if (c.part, c.against, c.scope) == (part, against, scope))


def test_the_gigafactories_fit_as_shell_and_power_or_as_a_contribution_not_as_the_whole_cost():
    found = audited(EU)
    assert found.fits is False
    assert found.scopes() == {"all_in": False, "shell_power": True, "contribution": True}
    assert found.rebuilt.sites == 5 and found.announced.accelerators == 500_000
    whole = check(found, "money", "accelerators", "all_in")
    assert whole.needed.value == pytest.approx(found.figures["capex_usd"].value)
    assert whole.ratio == pytest.approx(found.announced.usd / found.figures["capex_usd"].value)
    assert whole.ratio < 0.7  # 20 bn is 40,000 EUR an accelerator; published all-in costs are 60,000 to 100,000 USD
    assert found.out[0]["part"] == "money"
    # what private money it needs beside each euro: whole over contribution, less one
    private = check(found, "money", "accelerators", "contribution")
    assert private.needed.value == pytest.approx(1 / whole.ratio - 1)


def test_a_stated_scope_decides():
    assert audited(EU.replace("20 bn", "20 bn of public money")).fits is True
    assert audited(EU.replace("20 bn", "20 bn for shell and power")).fits is True
    assert audited(EU.replace("20 bn", "20 bn all-in")).fits is False


def test_both_versions_of_fluidstack():
    press = audited("EUR 10 bn, 250 MW, 500,000 GB200, in France")
    assert press.fits is False
    assert press.out[0]["part"] == "accelerators" and 4 < press.out[0]["factor"] < 7  # 500,000 at 250 MW: 1.1 to 1.4 GW
    assert check(press, "money", "power", "all_in").fits
    tranche = audited("EUR 10 bn, 250 MW, 120,000 GB200, in France")
    assert tranche.fits is True and not tranche.out


def test_abilene_fits_but_for_its_date():
    found = audited("openai-stargate-abilene")
    assert [x["part"] for x in found.out] == ["date"]  # mid 2026 was announced; it slipped
    parts = audited("USD 40 bn of chips, 15 bn USD for shell and power, 400,000 GB200, 1.2 GW, in Abilene, Texas")
    assert parts.fits is True
    assert check(parts, "money", "accelerators", "it").ratio > 1.2  # 100,000 USD a chip is above our price


def test_colossus_is_a_retrofit_that_fits():
    found = audited("xai-colossus-1")
    assert found.rebuilt.scenario.build_type == "retrofit"
    assert found.fits is True, found.headline
    power = check(found, "power", "accelerators", "facility")
    assert 0.7 < power.ratio < 1.1  # 150 MW reported, 181 modelled


@pytest.mark.parametrize("text", ["USD 97.4 bn", "USD 9.74 bn", "USD 44 bn"])
def test_an_amount_with_nothing_behind_it_is_what_it_would_build(text):
    found = audited(text, place="Kenya")
    assert found.fits is None and not found.checks
    budget = float(text.split()[1]) * 1e9
    assert found.figures["capex_usd"].value == pytest.approx(budget, rel=0.01)
    assert 25e9 < budget / found.figures["facility_peak_mw"].value * 1e3 < 60e9  # USD per GW
    assert "Kenya" in found.headline and found.json()["fits"] is None


@pytest.mark.parametrize("name", ["fr-109bn", "openai-nvidia-10gw"])
def test_money_that_is_no_capital_cost_decides_nothing(name):
    found = audited(name)
    money = [c for c in found.checks if c.part == "money"]
    assert {c.scope for c in money} == {"all_in", "shell_power", "contribution"}
    assert not any(c.decides for c in money)


def test_a_count_of_an_accelerator_without_a_price_is_not_checked_against_another_type():
    found = audited("de-jupiter")
    assert not any("accelerators" in (c.part, c.against) for c in found.checks)
    assert "GH200" in found.notes[0]


def test_power_that_does_not_say_its_basis_is_read_both_ways():
    found = audited("1 GW, 500,000 GB200, in France")
    assert [c.scope for c in found.checks if c.part == "power"] == ["facility", "it"]
    said = audited("1 GW of IT power, 400,000 GB200, in France")
    assert [c.scope for c in said.checks] == ["it"]
    assert said.figures["accelerators"].value == 400_000


def test_a_date_is_checked_and_a_past_one_is_not():
    assert check(audited("100 MW, in Kenya, by 2027-01"), "date", "size").fits is False
    assert check(audited("100 MW, in Kenya, by 2040"), "date", "size").fits is True
    past = audited("100 MW, 5 bn USD, in Kenya, by 2024")
    assert all(c.part != "date" for c in past.checks) and "past" in past.notes[0]


def test_a_name_may_end_in_a_number_and_a_month_be_a_word():
    found = read(load_facts(), "Colossus 1: 100,000 H100, 150 MW, Memphis, by September 2024", today=TODAY)
    assert found.accelerators == 100_000 and found.deadline == date(2024, 9, 30) and found.place == "Memphis"


def test_the_parts_of_a_headline_are_read_in_any_order():
    parts = read(load_facts(), "100,000 GB300 each, 5 gigafactories, EUR 20 bn, by 2029, in Germany", today=TODAY)
    assert (parts.accelerators, parts.accelerator, parts.sites) == (500_000, "GB300", 5)
    assert parts.money[""].amount == 20e9 and parts.place == "Germany" and parts.deadline.isoformat() == "2029-12-31"
    parts = read(load_facts(), "$40 bn for 400k GB200 with 1.2 GW in Abilene, Texas", today=TODAY)
    assert parts.money[""].amount == 40e9 and parts.mw == {"unknown": 1200} and parts.place == "Abilene, Texas"
    assert read(load_facts(), "20 Md€; 4-5 sites; 250 MW each", today=TODAY).mw == {"unknown": 1250}
    parts = read(load_facts(), "Stargate: 500 billion dollars, 10 GW and 2 million GPUs by end 2028", today=TODAY)
    assert (parts.money[""].amount, parts.mw["unknown"], parts.accelerators) == (500e9, 10_000, 2e6)
    assert parts.deadline == date(2028, 12, 31) and parts.place == "United States"
    parts = read(load_facts(), "five gigafactories, 100k H100s each, mid-2028, for France", today=TODAY)
    assert (parts.accelerators, parts.accelerator, parts.place) == (500_000, "H100", "France")
    assert parts.deadline == date(2028, 6, 30)
    assert read(load_facts(), "EUR 20 bn", today=TODAY).place == UNION
    assert read(load_facts(), "300 MW in the EU", today=TODAY).place == UNION


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello, 5 bn USD", "part 'hello' cannot be read"),
        ("USD 5 bn, 3 bananas", "part '3 bananas' cannot be read"),
        ("EUR 10 bn, EUR 20 bn, 1 GW", "part 'EUR 20 bn' cannot be read: a second amount on a basis that is not said"),
        ("1 GW, 2 GW in France", "part '2 GW' cannot be read: two powers"),
        ("USD 5 bn, 100,000 GB300 each", "'each' of how many"),
        ("KES 5 bn", "no place"),
        ("5 sites in France", "names no money, power or accelerators"),
        ("", "names no money"),
        ("1 GW in Atlantis", "part 'in Atlantis' cannot be read"),
    ],
)
def test_text_that_cannot_be_read_says_which_part(text, words):
    with pytest.raises(ScenarioError, match="audit") as error:
        audited(text)
    assert words in str(error.value)


def test_the_json_and_the_doors():
    found = audited(EU)
    data = json.loads(found.text_json())
    assert data["fits"] is False and data["figures"]["accelerators"]["value"] == 500_000
    assert {"part", "scope", "stated", "needed", "ratio", "fits", "words"} <= set(data["parts"][0])
    for text in (audit_markdown(found), audit_html(found)):
        assert "does not fit" in text and "as the whole cost" in text
    assert audit_csv(found).count("\n") == 1 + len(found.checks)


def test_the_exit_code_says_whether_it_fits():
    runner = CliRunner()
    asked = ["compare", "--as-of", AS_OF, "--audit"]
    assert runner.invoke(main, [*asked, EU]).exit_code == 1
    assert runner.invoke(main, [*asked, "EUR 10 bn, 250 MW, 120,000 GB200, in France"]).exit_code == 0
    assert runner.invoke(main, [*asked, "hello"]).exit_code == 2
    assert runner.invoke(main, ["compare", "stargate-us", "fr-109bn", "--place", "Kenya"]).exit_code == 2
