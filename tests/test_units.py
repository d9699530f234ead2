"""Unit strings."""

import pytest

from gigawatt import units


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("kW", "MW", 1e-3),
        ("USD_2025/kW", "USD_2025/MW", 1e3),
        ("USD_2025/W", "USD_2025/MW", 1e6),
        ("month", "year", 1 / 12),
        ("USD_2025/MMBtu", "USD_2025/MWh", 3.412141633),
        ("TWh", "MWh", 1e6),
        ("L/kWh", "m3/MWh", 1.0),
        ("g/kWh", "kg/MWh", 1.0),
        ("Gbit/s", "GB/s", 0.125),
    ],
)
def test_ratios(source, target, factor):
    assert units.ratio(units.parse(source), units.parse(target)) == pytest.approx(factor)


@pytest.mark.parametrize("text", ["%", "USD", "furlong", "USD_2025/EUR_2025", "", "MW/"])
def test_bad_units_are_refused(text):
    if text == "USD":  # a currency without price year is only an exchange rate, never an amount of money
        assert units.parse("USD/EUR").money is None
        return
    with pytest.raises(ValueError, match="unit"):
        units.parse(text)


def test_power_is_not_energy():
    with pytest.raises(ValueError, match="dimensions differ"):
        units.ratio(units.parse("MW"), units.parse("MWh"))
