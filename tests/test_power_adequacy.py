"""Outage tables and loss of load: enumeration, limits, draws."""

import doctest
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigawatt.power import adequacy
from gigawatt.power.adequacy import outage_table

tenths = st.integers(1, 400).map(lambda x: x / 10)
rates = st.floats(0.0, 1.0)
few_units = st.lists(st.tuples(tenths, rates), max_size=8)


def table_of(units, **more):
    sizes, down = zip(*units, strict=True) if units else ((), ())
    return outage_table(unit_mw=sizes, forced_outage_rate=down, **more)


def by_hand(units):
    """Capacity and probability of every one of the 2^n states."""
    for states in itertools.product((True, False), repeat=len(units)):
        mw = sum(size for (size, _), up in zip(units, states, strict=True) if up)
        yield mw, np.prod([1 - q if up else q for (_, q), up in zip(units, states, strict=True)])


def lolh(table, load, **more):
    return adequacy.loss_of_load_hours(table=table, load_mw=load, **more)


def eue(table, load, **more):
    return adequacy.expected_unserved_mwh(table=table, load_mw=load, **more)


def test_examples_in_the_docstrings():
    assert doctest.testmod(adequacy).failed == 0


@settings(max_examples=60, deadline=None)
@given(few_units, st.lists(st.integers(0, 2000).map(lambda x: x / 10), min_size=1, max_size=5))
def test_equals_the_enumeration_of_all_states(units, loads):
    table, states = table_of(units), list(by_hand(units))
    assert table.probability.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(np.diff(table.available_mw) > 0)
    for load in loads:
        chance = sum(p for mw, p in states if mw < load - 1e-9)
        missing = sum(p * max(load - mw, 0.0) for mw, p in states)
        assert adequacy.loss_of_load_probability(table=table, load_mw=load) == pytest.approx(chance, abs=1e-12)
        assert adequacy.expected_shortfall(table=table, load_mw=load) == pytest.approx(missing, rel=1e-11, abs=1e-11)


def test_ten_different_units():
    rng = np.random.default_rng(1)
    units = list(zip(rng.uniform(5.0, 200.0, 10), rng.uniform(0.01, 0.2, 10), strict=True))
    table, states = table_of(units), sorted(by_hand(units))
    assert len(table.available_mw) == 1024
    assert table.available_mw == pytest.approx([mw for mw, _ in states])
    assert table.probability == pytest.approx([p for _, p in states], rel=1e-12)


def test_a_group_is_its_units_one_by_one():
    group = outage_table(unit_mw=[50.0, 30.0], forced_outage_rate=[0.05, 0.1], n=[4, 3])
    single = table_of([(50.0, 0.05)] * 4 + [(30.0, 0.1)] * 3)
    assert group.available_mw == pytest.approx(single.available_mw)
    assert group.probability == pytest.approx(single.probability, rel=1e-12)


def test_binomial_weights_of_thousands_of_units():
    stats = pytest.importorskip("scipy.stats")
    for n, q in ((5, 0.02), (300, 0.05), (20_000, 0.3)):
        table = outage_table(unit_mw=1.0, forced_outage_rate=q, n=n)
        pmf = stats.binom.pmf(table.available_mw, n, 1 - q)
        assert table.probability == pytest.approx(pmf, rel=1e-8, abs=1e-300)


def test_the_recursion_of_the_textbook_gives_the_same_cumulative_table():
    """P(X) = (1 - U) P'(X) + U P'(X - C): probability that X or more is out, one unit added at a time."""
    units = [(25, 0.02), (25, 0.02), (50, 0.02), (40, 0.1)]
    cumulative, total = {0: 1.0}, sum(size for size, _ in units)

    def out(x, table):
        return 1.0 if x <= 0 else table.get(x, 0.0)

    for size, q in units:
        cumulative = {x: (1 - q) * out(x, cumulative) + q * out(x - size, cumulative) for x in range(total + 1)}
    table = table_of(units, step_mw=1.0)
    for x in range(1, total + 1):  # X or more out is less than total - X + 1 there
        less = adequacy.loss_of_load_probability(table=table, load_mw=total - x + 1)
        assert less == pytest.approx(cumulative[x], rel=1e-12)


def test_limits_of_the_table():
    load = np.array([0.0, 40.0, 100.0, 150.0])
    nothing = outage_table(unit_mw=[], forced_outage_rate=[])
    assert adequacy.loss_of_load_probability(table=nothing, load_mw=load).tolist() == [0, 1, 1, 1]
    assert eue(nothing, load) == pytest.approx(load.sum())
    sure = outage_table(unit_mw=50.0, forced_outage_rate=0.0, n=2)
    assert sure.available_mw.tolist() == [100.0]
    assert adequacy.loss_of_load_probability(table=sure, load_mw=load).tolist() == [0, 0, 0, 1]
    assert eue(sure, load) == pytest.approx(50.0)
    dead = outage_table(unit_mw=50.0, forced_outage_rate=1.0, n=2)
    assert dead.available_mw.tolist() == [0.0]
    one = outage_table(unit_mw=100.0, forced_outage_rate=0.05)
    assert adequacy.loss_of_load_probability(table=one, load_mw=load) == pytest.approx([0, 0.05, 0.05, 1])
    assert adequacy.expected_shortfall(table=one, load_mw=load) == pytest.approx([0, 2.0, 5.0, 55.0])
    assert np.isnan(adequacy.loss_of_load_probability(table=one, load_mw=np.nan))
    assert np.isnan(adequacy.expected_shortfall(table=one, load_mw=np.nan))


def test_a_load_that_equals_a_capacity_is_served_in_spite_of_rounding():
    table = outage_table(unit_mw=[0.1, 0.2], forced_outage_rate=0.1)
    assert adequacy.loss_of_load_probability(table=table, load_mw=0.3) == pytest.approx(0.19)
    assert len(table.available_mw) == 4
    below = outage_table(unit_mw=[0.7, 0.1], forced_outage_rate=0.1)  # 0.7 + 0.1 is less than 0.8 here
    assert adequacy.loss_of_load_probability(table=below, load_mw=0.8) == pytest.approx(0.19)
    assert len(outage_table(unit_mw=[0.1, 0.2, 0.3], forced_outage_rate=0.1).available_mw) == 7


@settings(max_examples=60, deadline=None)
@given(few_units, st.floats(0.3, 30.0), st.floats(0.0, 200.0))
def test_a_grid_never_flatters(units, step, load):
    exact, coarse = table_of(units), table_of(units, step_mw=step)
    assert coarse.probability.sum() == pytest.approx(1.0)
    for figure in (adequacy.loss_of_load_probability, adequacy.expected_shortfall):
        assert figure(table=coarse, load_mw=load) >= figure(table=exact, load_mw=load) - 1e-9


@settings(max_examples=30, deadline=None)
@given(few_units)
def test_a_grid_that_fits_is_exact(units):
    exact, grid = table_of(units), table_of(units, step_mw=0.1)
    assert grid.available_mw == pytest.approx(exact.available_mw)
    assert grid.probability == pytest.approx(exact.probability, abs=1e-14)


@settings(max_examples=60, deadline=None)
@given(few_units, st.tuples(tenths, rates), st.floats(0.0, 150.0), st.floats(0.0, 150.0))
def test_more_load_is_worse_and_one_more_unit_is_better(units, extra, a, b):
    table, more = table_of(units), table_of([*units, extra])
    low, high = sorted((a, b))
    for figure in (adequacy.loss_of_load_probability, adequacy.expected_shortfall):
        assert figure(table=table, load_mw=low) <= figure(table=table, load_mw=high) + 1e-12
        assert figure(table=more, load_mw=high) <= figure(table=table, load_mw=high) + 1e-9
    middle = adequacy.expected_shortfall(table=table, load_mw=(low + high) / 2)
    ends = [adequacy.expected_shortfall(table=table, load_mw=x) for x in (low, high)]
    assert middle <= np.mean(ends) + 1e-9  # convex in the load


def test_series_shapes_and_must_take():
    rng = np.random.default_rng(4)
    table = outage_table(unit_mw=[40.0, 25.0], forced_outage_rate=[0.05, 0.1], n=[3, 2])
    load, wind = rng.uniform(60.0, 170.0, (2, 3, 48)), rng.uniform(0.0, 200.0, 48)
    both = lolh(table, load, must_take_mw=wind), eue(table, load, must_take_mw=wind)
    assert both[0].shape == both[1].shape == (2, 3)
    rest = np.maximum(load[1, 2] - wind, 0.0)
    assert both[0][1, 2] == pytest.approx(lolh(table, rest))
    assert both[1][1, 2] == pytest.approx(sum(eue(table, [x]) for x in rest))
    assert eue(table, load, step_hours=3.0) == pytest.approx(3 * eue(table, load))
    assert lolh(table, load) == pytest.approx(4 * lolh(table, load, step_hours=0.25))
    assert lolh(table, load, must_take_mw=1e4) == pytest.approx(np.zeros((2, 3)))
    assert eue(table, load) == pytest.approx(eue(table, load + 7.0, must_take_mw=7.0))


def test_draws_of_the_units_agree():
    rng = np.random.default_rng(2026)
    sizes, down = np.array([300.0, 300.0, 220.0, 180.0, 90.0]), np.array([0.06, 0.06, 0.1, 0.05, 0.03])
    hour = np.arange(168)
    load = 650.0 + 180.0 * np.sin(hour / 24 * 2 * np.pi)
    wind = 150.0 * rng.random(168)
    draws = 20_000
    up = (rng.random((draws, 168, 5)) >= down) @ sizes
    short = np.maximum(load - wind - up, 0.0)
    table = outage_table(unit_mw=sizes, forced_outage_rate=down)
    for figure, found in ((lolh, (short > 0).sum(axis=1)), (eue, short.sum(axis=1))):
        error = found.std(ddof=1) / np.sqrt(draws)
        assert abs(figure(table, load, must_take_mw=wind) - found.mean()) < 4 * error
        assert error < 0.01 * found.mean()


def test_misuse_is_named():
    for wrong, words in (
        ({"unit_mw": 100.0, "forced_outage_rate": 5.0}, "0.05"),
        ({"unit_mw": -1.0, "forced_outage_rate": 0.1}, "unit_mw"),
        ({"unit_mw": 1.0, "forced_outage_rate": 0.1, "n": 1.5}, "whole"),
        ({"unit_mw": 1.0, "forced_outage_rate": 0.1, "step_mw": 0.0}, "step_mw"),
        ({"unit_mw": 1.0, "forced_outage_rate": 0.1, "step_mw": 1e-9}, "too fine"),
        ({"unit_mw": 2.0 ** np.arange(30), "forced_outage_rate": 0.1}, "give step_mw"),
    ):
        with pytest.raises(ValueError, match=words):
            outage_table(**wrong)
