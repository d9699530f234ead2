"""The recorder behind explain, and the draws."""

import numpy as np
import pytest

from gigawatt.facts import Fact, Facts
from gigawatt.record import Draws, Steps, equation, split_normal


def _facts():
    def fact(fact_id, value, low, high, unit, fact_class="A", source="assumption"):
        return Fact(fact_id, value, low, high, unit, "2025", fact_class, source, "p. 1", "")

    rows = [
        fact("it.load", 100.0, 90.0, 120.0, "MW"),
        fact("pue", 1.2, 1.1, 1.4, "1", "C"),
        fact("exact", 5.0, 5.0, 5.0, "1"),
        fact("share", 0.9, 0.8, 0.98, "1"),
        fact("fx.EUR.2025", 1.13, 1.13, 1.13, "USD/EUR"),
        fact("deflator.EUR.2024", 100.0, 100.0, 100.0, "1"),
        fact("deflator.EUR.2025", 102.0, 102.0, 102.0, "1"),
        fact("price", 50.0, 40.0, 60.0, "EUR_2024/MWh"),
    ]
    return Facts({f.id: f for f in rows}, {})


def facility_load(it_load_mw, pue):
    """Load at the meter.

    Returns
    -------
    float
        Load. [MW]
    """
    return it_load_mw * pue


def test_the_record_links_result_to_inputs_and_facts():
    step = Steps(_facts(), 2025)
    it, pue = step.fact("it.load", unit="MW"), step.fact("pue", unit="1")
    load = step(facility_load, it_load_mw=it, pue=pue)
    assert load == pytest.approx(120)
    node = step.nodes[step.node_of(load)]
    assert node.unit == "MW" and node.name.endswith("facility_load")
    assert {f.id for f in step.facts_behind(step.node_of(load))} == {"it.load", "pue"}
    assert step.class_of(load) == "C" and step.class_of(it) == "A"
    assert equation(facility_load) == "return it_load_mw * pue"


def test_the_class_of_a_value_is_that_of_its_worst_fact_wherever_it_stands():
    step = Steps(_facts(), 2025)
    values = [step.fact("it.load", unit="MW"), step.fact("pue", unit="1")]
    for _ in range(8):
        values.append(step(facility_load, it_load_mw=values[-2], pue=values[-1]))
    mine = step(facility_load, it_load_mw=values[0], pue=step.fact("exact", unit="1"))
    for value in (*reversed(values), mine):
        facts = step.facts_behind(step.node_of(value))
        assert step.class_of(value) == max((f.fact_class for f in facts), default="A")


def test_a_formula_that_returns_its_input_is_still_its_own_step():
    step = Steps(_facts(), 2025)
    it = step.fact("it.load", unit="MW")
    same = step(lambda x: x, x=it)
    assert step.node_of(same) != step.node_of(it)


def test_money_is_converted_once_through_deflator_then_exchange_rate():
    step = Steps(_facts(), 2025)
    assert step.fact("price", unit="USD/MWh") == pytest.approx(50 * 1.02 * 1.13)


def test_draws_keep_p10_p50_p90_and_do_not_depend_on_order():
    draws = Draws(200_001, seed=1)
    x = draws.of(_facts()["it.load"])
    assert np.quantile(x, [0.1, 0.5, 0.9]) == pytest.approx([90, 100, 120], rel=0.005)
    assert np.array_equal(draws.of(_facts()["it.load"]), Draws(200_001, seed=1).of(_facts()["it.load"]))
    assert not np.array_equal(x[:9], Draws(9, seed=2).of(_facts()["it.load"]))
    assert np.array_equal(x[:9], Draws(9, seed=1).of(_facts()["it.load"]))


def test_fractions_stay_fractions_and_exact_facts_stay_scalar():
    draws = Draws(10_000, seed=0)
    assert np.max(draws.of(_facts()["share"])) <= 1
    assert draws.of(_facts()["exact"]) == 5.0


def test_negative_and_zero_ranges_use_the_normal_form():
    z = np.array([-1.2815515655446004, 0.0, 1.2815515655446004])
    assert split_normal(z, 0.0, -2.0, 5.0) == pytest.approx([-2, 0, 5])
