"""Firm capacity of units by three rules: limits, growth, the inverse."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigawatt.power import adequacy, firm_units
from gigawatt.power.adequacy import outage_table

RULES = {"k": 1, "shortfall_probability": 0.001, "lolh_target": 2.4}


def test_examples_in_the_docstrings():
    assert doctest.testmod(firm_units).failed == 0


def test_firm_capacity_by_each_rule():
    found = firm_units.firm_mw(unit_mw=[400.0, 100.0], n=[2, 4], forced_outage_rate=[0.05, 0.02], **RULES)
    assert found.n_minus_k == 800.0
    assert firm_units.n_minus_k_mw(unit_mw=[400.0, 100.0], n=[2, 4], k=3) == 300.0
    assert firm_units.n_minus_k_mw(unit_mw=100.0, n=2, k=5) == 0.0
    assert firm_units.n_minus_k_mw(unit_mw=[400.0, 100.0], n=[2, 4], k=0) == 1200.0
    table = outage_table(unit_mw=[400.0, 100.0], n=[2, 4], forced_outage_rate=[0.05, 0.02])
    for firm, allowed in ((found.probable, 0.001), (found.served, 2.4 / 8760)):
        assert adequacy.loss_of_load_probability(table=table, load_mw=firm) <= allowed
        assert adequacy.loss_of_load_probability(table=table, load_mw=firm + 1.0) > allowed
    short = adequacy.loss_of_load_hours(table=table, load_mw=np.full(8760, found.served))
    assert short <= 2.4


def test_firm_capacity_at_its_limits():
    sure = firm_units.firm_mw(unit_mw=100.0, n=3, forced_outage_rate=0.0, **RULES)
    assert (sure.n_minus_k, sure.probable, sure.served) == (200.0, 300.0, 300.0)
    one = firm_units.firm_mw(unit_mw=100.0, n=1, forced_outage_rate=0.05, **RULES)
    assert (one.n_minus_k, one.probable, one.served) == (0.0, 0.0, 0.0)
    table = outage_table(unit_mw=100.0, forced_outage_rate=0.05)
    assert firm_units.probable_mw(table=table, shortfall_probability=0.05) == 100.0  # 95 % is 95 %
    assert firm_units.probable_mw(table=table, shortfall_probability=0.0) == table.available_mw[0]  # what is certain
    none = firm_units.firm_mw(unit_mw=[], n=[], forced_outage_rate=[], **RULES)
    assert (none.n_minus_k, none.probable, none.served) == (0.0, 0.0, 0.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.floats(0.0, 0.3), st.floats(1e-6, 0.2))
def test_firm_capacity_grows_with_units_and_falls_with_failures(n, rate, allowed):
    rules = {"k": 1, "shortfall_probability": allowed, "lolh_target": 8760 * allowed}
    at = firm_units.firm_mw(unit_mw=10.0, n=n, forced_outage_rate=rate, **rules)
    more = firm_units.firm_mw(unit_mw=10.0, n=n + 1, forced_outage_rate=rate, **rules)
    worse = firm_units.firm_mw(unit_mw=10.0, n=n, forced_outage_rate=rate + 0.05, **rules)
    for rule in ("n_minus_k", "probable", "served"):
        assert getattr(at, rule) <= getattr(more, rule) <= getattr(at, rule) + 10.0
        assert getattr(worse, rule) <= getattr(at, rule) <= 10.0 * n
    assert at.probable == at.served  # a flat load is short as often in every hour


def test_credit_has_the_shape_of_n_and_tends_to_availability():
    n = np.array([[0, 1], [20, 3000]])
    credit = firm_units.firm_credit(n=n, forced_outage_rate=0.05, **RULES)
    for rule, mw in (("n_minus_k", 19.0), ("probable", None), ("served", None)):
        found = getattr(credit, rule)
        assert found.shape == n.shape
        assert found[0].tolist() == [0.0, 0.0]
        single = firm_units.firm_credit(n=20, forced_outage_rate=0.05, **RULES)
        assert found[1, 0] == getattr(single, rule)
        assert mw is None or found[1, 0] == pytest.approx(mw / 20)
    assert 0.93 < credit.served[1, 1] < credit.probable[1, 1] < 0.95 < credit.n_minus_k[1, 1]
    firm = firm_units.firm_mw(unit_mw=33.0, n=20, forced_outage_rate=0.05, **RULES)
    assert firm.served == pytest.approx(single.served * 20 * 33.0)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 900.0), st.floats(5.0, 400.0), st.floats(0.0, 0.4), st.integers(0, 3))
def test_units_needed_is_the_smallest_number(peak, unit, rate, k):
    rules = RULES | {"k": k}
    need = firm_units.units_needed(peak_mw=peak, unit_mw=unit, forced_outage_rate=rate, **rules)
    for rule in ("n_minus_k", "probable", "served"):
        n = getattr(need, rule)
        enough = firm_units.firm_mw(unit_mw=unit, n=n, forced_outage_rate=rate, **rules)
        assert getattr(enough, rule) >= peak - 1e-8 * unit
        if n:
            less = firm_units.firm_mw(unit_mw=unit, n=n - 1, forced_outage_rate=rate, **rules)
            assert getattr(less, rule) < peak


def test_misuse_is_named():
    with pytest.raises(ValueError, match="shortfall_probability"):
        firm_units.probable_mw(table=outage_table(unit_mw=1.0, forced_outage_rate=0.1), shortfall_probability=1.0)
    with pytest.raises(ValueError, match="never short"):
        firm_units.units_needed(peak_mw=1.0, unit_mw=1.0, forced_outage_rate=0.1, **(RULES | {"lolh_target": 0.0}))
    with pytest.raises(ValueError, match="rate < 1"):
        firm_units.units_needed(peak_mw=1.0, unit_mw=1.0, forced_outage_rate=1.0, **RULES)
