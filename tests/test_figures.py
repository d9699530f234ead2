"""How numbers are printed: to the digits their range supports."""

import numpy as np
import pytest

from gigawatt.figures import FIGURES, Figure, show
from gigawatt.plan import decide, facts_for
from gigawatt.scenario import read

ROUNDING = 1e-9

DESIGN = """it_load_mw facility_load_mw facility_peak_mw grid_connection_mw accelerators pue pue_design_peak
wue_m3_per_mwh water_m3_per_year land_km2 capex_usd capex_shell_power_usd capex_it_usd unspent_usd
opex_usd_per_year lcoe_usd_per_mwh energy_share_of_cost utilisation lcoc_usd_per_accelerator_hour
lcoc_at_utilisation_usd_per_accelerator_hour market_price_usd_per_accelerator_hour
break_even_utilisation rent_abroad_usd_per_accelerator_hour usd_per_million_tokens peak_flop_per_s
mfu goodput training_flop_per_day largest_run_100_days_flop tokens_per_s users_served
users_served_per_inhabitant emissions_kg_per_mwh emissions_marginal_kg_per_mwh emissions_t_per_year
cfe_share share_of_national_generation share_of_peak_demand largest_contingency_mw net_exports_twh
first_power_date full_power_date cost_of_delay_usd_per_month capex_share_of_gdp public_money_usd
jobs_construction_peak jobs_permanent""".split()


def test_the_figures_are_those_of_the_design():
    assert list(FIGURES) == DESIGN


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "text"),
    [
        (46.2e9, 38e9, 57e9, "USD_2025", "46 bn USD"),
        (404_123, 371_000, 438_000, "accelerator", "400,000"),
        (2.213, 1.9, 2.6, "USD_2025/h", "2.2 USD/h"),
        (0.0123, 0.01, 0.014, "1", "1.2 %"),
        (0.75, 0.6, 0.85, "1", "75 %"),
        (2.3e25, 1e25, 4e25, "FLOP", "2.3e25 FLOP"),
        (1000, 1000, 1000, "MW", "1,000 MW"),
        (999.6e6, 5e8, 2e9, "USD_2025", "1.0 bn USD"),
        (0, 0, 0, "USD_2025", "0 USD"),
    ],
)
def test_digits_follow_the_range(value, low, high, unit, text):
    assert show(value, low, high, unit) == text


def test_a_range_is_printed_beside_the_value_and_a_missing_value_says_why():
    figure = Figure("accelerators", 404_123.0, 371_000.0, 438_000.0, "accelerator", "C", "", "")
    assert figure.text_with_range == "400,000 (370,000 to 440,000)"
    assert Figure("pue", 1.118, 1.08, 1.17, "1", "C", "", "").text_with_range == "1.12 (1.08 to 1.17)"
    assert "no budget" in Figure("x", None, None, None, "USD_2025", "C", "", "", "no budget was given").text_with_range
    assert Figure("d", "2030-01-23", "2029-07-01", "2031-02-01", "date", "C", "", "").text_with_range == (
        "2030-01 (2029-07 to 2031-02)"
    )


def test_no_minus_nought_and_prices_keep_a_decimal():
    assert show(-2e7, -6e9, 5e9, "USD_2025") == "0 USD"
    assert show(-0.001, -0.3, 0.4, "1") == "0 %"
    assert show(3.88, 2.9, 6.4, "USD_2025/h") == "3.9 USD/h"


def test_a_break_even_beyond_all_hours_is_not_a_percentage():
    def even(value, low, high):
        return Figure("break_even_utilisation", value, low, high, "1", "C", "Break-even", "finance").text_with_range

    assert even(1.18, 1.0, 1.9) == "not reached even with every hour sold (100 % to 190 % of the hours)"
    assert even(0.9, 0.7, 1.5) == "90 % (70 % to more than all)"
    assert even(0.8, 0.7, 0.9) == "80 % (70 % to 90 %)"


@pytest.mark.parametrize(
    "question",
    [
        {"place": "France", "power": "1 GW nuclear"},  # in some draws the load is below what the contract delivers
        {"place": "Kenya", "power": "100 MW", "clean": 0.9},
        {"place": "Texas", "power": "200 MW solar"},
    ],
    ids=lambda q: q["place"],
)
def test_no_draw_leaves_the_bounds_of_a_share(question):
    scenario = read({**question, "as_of": "2026-11-23"})
    spread = decide(facts_for(scenario), scenario, other_sizes=False).spread
    s, load = spread.supply, np.asarray(spread.supply.load_mwh, float)
    assert np.ptp(load) > 0.05 * np.mean(load)  # the draws do move it
    for share in (spread.footprint.cfe, s.clean_own_share, s.clean_grid_share, s.clean_own_share + s.clean_grid_share):
        assert np.min(share) >= 0.0
        assert np.max(share) <= 1.0 + ROUNDING
    assert np.all(s.contracted_mwh <= load * (1.0 + ROUNDING))
