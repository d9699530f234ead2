"""Amounts as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import parse

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("109 B€", 109e9, "EUR"),
        ("EUR 109bn", 109e9, "EUR"),
        ("109 milliards d'euros", 109e9, "EUR"),
        ("$500B", 500e9, "USD"),
        ("1,5 Md€", 1.5e9, "EUR"),
        ("10 Mds €", 10e9, "EUR"),
        ("€109bn", 109e9, "EUR"),
        ("12 млрд євро", 12e9, "EUR"),
        ("USD 40 billion", 40e9, "USD"),
        ("KSh 5bn", 5e9, "KES"),
        ("£2.5bn", 2.5e9, "GBP"),
        ("S$3bn", 3e9, "SGD"),
        ("100 000 000 €", 1e8, "EUR"),
        ("1e12 USD", 1e12, "USD"),
        ("10000 crore INR", 1e11, "INR"),
        ("₹ 50 lakh", 5e6, "INR"),
        ("1 lakh crore INR", 1e12, "INR"),
        ("109,5 milliards €", 109.5e9, "EUR"),
    ],
)
def test_money_as_people_write_it(text, amount, currency):
    assert parse.money(text) == parse.Money(pytest.approx(amount), currency)


@pytest.mark.parametrize("text", ["109", "-5 B€", "5 quux", "NaN €", "500 kr", "", "€", "0 €", "1,234 B€", "∞ €"])
def test_money_that_cannot_be_read_says_what_to_write(text):
    with pytest.raises(ValueError, match=r"write|must be"):
        parse.money(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 GW nuclear", {"nuclear": 1000}),
        ("800 MW grid + 200 MW gas", {"grid": 800, "gas": 200}),
        ("1GW", {"": 1000}),
        ("1,2 GW", {"": 1200}),
        ("500 MW nuclear PPA and 100 MW wind", {"nuclear": 500, "wind": 100}),
        ("300 MW gas + 200 MW gas", {"gas": 500}),
        ("1 TW", {"": 1e6}),
    ],
)
def test_power_with_source(text, expected):
    assert {p.source: p.mw for p in parse.power(text)} == pytest.approx(expected)


@pytest.mark.parametrize("text", ["1 GW fusion", "0 MW", "-1 GW", "abc", "", "1 GWh", "nan GW", "1 GW nuclear gas"])
def test_power_that_cannot_be_read(text):
    with pytest.raises(ValueError):
        parse.power(text)


def test_counts():
    assert parse.count("100k GB300") == (100_000, "GB300")
    assert parse.count("100,000 GB300") == (100_000, "GB300")
    assert parse.count("1 million GB300") == (1_000_000, "GB300")
    assert parse.count("10 M users") == (10_000_000, "users")
    assert parse.count("8xB200") == parse.count("8 x B200") == parse.count("8× B200") == (8, "B200")
    assert parse.count("10 xenon") == (10, "xenon")
    with pytest.raises(ValueError, match="ambiguous"):
        parse.count("100.000 GB300")


def test_dates_and_durations():
    assert parse.day("2029", today=TODAY) == date(2029, 12, 31)
    assert parse.day("2029-06", today=TODAY) == date(2029, 6, 30)
    assert parse.day("12/2029", today=TODAY) == date(2029, 12, 31)
    assert parse.day("Q3 2028", today=TODAY) == date(2028, 9, 30)
    assert parse.day("Q4 2028", today=TODAY) == date(2028, 12, 31)
    assert parse.day("36 months", today=TODAY) == date(2029, 11, 22)
    assert parse.duration("18 mois") == pytest.approx(547.5)
    with pytest.raises(ValueError):
        parse.day("2029-02-30", today=TODAY)


def test_training_targets():
    assert parse.training("llama-3.1-405b in 60 days") == ("llama-3.1-405b", None, 60, None)
    assert parse.training("2e25 FLOP in 100 days") == ("", 2e25, 100, None)
    assert parse.training("gpt-4") == ("gpt-4", None, None, None)
    assert parse.training("llama-3.1-70b to loss 1,95 in 60 days") == ("llama-3.1-70b", None, 60, 1.95)
    assert parse.training("llama-3.1-70b loss 2") == ("llama-3.1-70b", None, None, 2.0)
    for text in ("to loss 2", "1e25 FLOP to loss 2"):
        with pytest.raises(ValueError, match="loss"):
            parse.training(text)


def test_shares():
    assert parse.share("2 %") == parse.share(0.02) == parse.share("0,02") == 0.02
    for text in ("100 %", "-1 %", "many"):
        with pytest.raises(ValueError, match=r"write|expected"):
            parse.share(text)


@given(st.text(max_size=60))
def test_nonsense_raises_only_value_error(text):
    for reader in (parse.number, parse.money, parse.power, parse.count, parse.duration, parse.training):
        try:
            reader(text)
        except ValueError as error:
            assert str(error)
    try:
        parse.day(text, today=TODAY)
    except ValueError as error:
        assert str(error)


@given(st.floats(0.001, 1e6), st.sampled_from(["bn", "M", "k", ""]), st.sampled_from(["EUR", "USD", "GBP"]))
def test_money_round_trip(amount, magnitude, currency):
    scale = {"bn": 1e9, "M": 1e6, "k": 1e3, "": 1}[magnitude]
    assert parse.money(f"{amount:.6f} {magnitude}{currency}").amount == pytest.approx(round(amount, 6) * scale)
    assert parse.money(f"{currency} {amount:.6f}{magnitude}").amount == pytest.approx(round(amount, 6) * scale)
