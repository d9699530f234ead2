"""Facts: look-up, conversion, overrides, malformed files."""

import pytest

from gigawatt.errors import FactError
from gigawatt.facts import HEADER, load_facts, read_csv

HEAD = ",".join(HEADER)


def test_a_fact_has_its_page():
    fact = load_facts()["country.KEN.peak_load"]
    assert fact.value == 2444 and fact.unit == "MW" and fact.where and not fact.is_assumption


def test_an_unknown_id_offers_the_nearest():
    with pytest.raises(FactError, match=r"country\.KEN\.peak_load"):
        load_facts()["country.KEN.peak_lod"]


def test_fallbacks_are_taken_in_order():
    facts = load_facts()
    assert facts.first("country.USA-TX.peak_load", "country.USA.peak_load").id == "country.USA-TX.peak_load"
    assert facts.first("country.USA-TX.gdp", "country.USA.gdp").id == "country.USA.gdp"


def test_money_goes_through_the_deflator_of_its_currency_then_the_rate():
    facts = load_facts()
    inflation = facts["deflator.EUR.2025"].value / facts["deflator.EUR.2020"].value
    assert facts.factor("EUR_2020/kW", "USD_2025/MW") == pytest.approx(1e3 * inflation * facts["fx.EUR.2025"].value)
    there_and_back = facts.money_factor(("EUR", 2025), ("USD", 2025)) * facts.money_factor(("USD", 2025), ("EUR", 2025))
    assert there_and_back == pytest.approx(1)


def test_a_currency_without_a_rate_says_which_have_one():
    with pytest.raises(FactError, match=r"no exchange rate.*EUR"):
        load_facts().money_factor(("NGN", 2025), ("USD", 2025))


@pytest.mark.parametrize(
    ("given", "value", "unit"),
    [
        (3000, 3000, "MW"),
        ("3 GW", 3, "GW"),
        ({"value": 3000, "low": 2900, "high": 3100}, 3000, "MW"),
        ("2500", 2500, "MW"),
    ],
)
def test_overrides(given, value, unit):
    fact = load_facts().with_overrides({"country.KEN.peak_load": given})["country.KEN.peak_load"]
    assert (fact.value, fact.unit, fact.source) == (value, unit, "user")
    assert "Reuters" in fact.note or "reuters" in fact.note


@pytest.mark.parametrize(
    "given", ["much", "3 EUR_2024", {"low": 1}, {"value": 1, "low": 2}, float("nan"), [1], "3 MWh"]
)
def test_bad_overrides_are_one_line(given):
    with pytest.raises(FactError, match=r"country\.KEN\.peak_load") as caught:
        load_facts().with_overrides({"country.KEN.peak_load": given})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,1,,,MW,2025,A,s,p", "columns"),
        ("a,x,,,MW,2025,A,s,p,", "could not convert"),
        ("a,1,2,3,MW,2025,A,s,p,", "does not hold"),
        ("a,1,,,parsec,2025,A,s,p,", "parsec"),
        ("a,1,,,MW,2025,D,s,p,", "expected A, B or C"),
    ],
)
def test_malformed_rows_are_named_with_file_and_line(row, message):
    with pytest.raises(FactError, match=rf"facts\.csv:2.*{message}"):
        read_csv(f"{HEAD}\n{row}\n", "facts.csv")


def test_search_and_hash():
    facts = load_facts()
    assert any(f.id == "nuclear.fleet.FRA.capacity" for f in facts.search("nuclear", "fleet", "fra"))
    assert facts.hash == load_facts().hash != facts.with_overrides({"pue.x": 1} if "pue.x" in facts else {
        "country.KEN.peak_load": 1}).hash  # fmt: skip
