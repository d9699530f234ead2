"""Outage tables, loss of load, firm capacity and backup survival: enumeration, limits, draws, published cases."""

import doctest
import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigawatt.power import adequacy
from gigawatt.power.adequacy import Battery, Generators, backup_survival, outage_table

REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
RULES = {"k": 1, "shortfall_probability": 0.001, "lolh_target": 2.4}

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


def test_firm_capacity_by_each_rule():
    found = adequacy.firm_mw(unit_mw=[400.0, 100.0], n=[2, 4], forced_outage_rate=[0.05, 0.02], **RULES)
    assert found.n_minus_k == 800.0
    assert adequacy.n_minus_k_mw(unit_mw=[400.0, 100.0], n=[2, 4], k=3) == 300.0
    assert adequacy.n_minus_k_mw(unit_mw=100.0, n=2, k=5) == 0.0
    assert adequacy.n_minus_k_mw(unit_mw=[400.0, 100.0], n=[2, 4], k=0) == 1200.0
    table = outage_table(unit_mw=[400.0, 100.0], n=[2, 4], forced_outage_rate=[0.05, 0.02])
    for firm, allowed in ((found.probable, 0.001), (found.served, 2.4 / 8760)):
        assert adequacy.loss_of_load_probability(table=table, load_mw=firm) <= allowed
        assert adequacy.loss_of_load_probability(table=table, load_mw=firm + 1.0) > allowed
    assert lolh(table, np.full(8760, found.served)) <= 2.4


def test_firm_capacity_at_its_limits():
    sure = adequacy.firm_mw(unit_mw=100.0, n=3, forced_outage_rate=0.0, **RULES)
    assert (sure.n_minus_k, sure.probable, sure.served) == (200.0, 300.0, 300.0)
    one = adequacy.firm_mw(unit_mw=100.0, n=1, forced_outage_rate=0.05, **RULES)
    assert (one.n_minus_k, one.probable, one.served) == (0.0, 0.0, 0.0)
    table = outage_table(unit_mw=100.0, forced_outage_rate=0.05)
    assert adequacy.probable_mw(table=table, shortfall_probability=0.05) == 100.0  # 95 % is 95 %
    none = adequacy.firm_mw(unit_mw=[], n=[], forced_outage_rate=[], **RULES)
    assert (none.n_minus_k, none.probable, none.served) == (0.0, 0.0, 0.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.floats(0.0, 0.3), st.floats(1e-6, 0.2))
def test_firm_capacity_grows_with_units_and_falls_with_failures(n, rate, allowed):
    rules = {"k": 1, "shortfall_probability": allowed, "lolh_target": 8760 * allowed}
    at = adequacy.firm_mw(unit_mw=10.0, n=n, forced_outage_rate=rate, **rules)
    more = adequacy.firm_mw(unit_mw=10.0, n=n + 1, forced_outage_rate=rate, **rules)
    worse = adequacy.firm_mw(unit_mw=10.0, n=n, forced_outage_rate=rate + 0.05, **rules)
    for rule in ("n_minus_k", "probable", "served"):
        assert getattr(at, rule) <= getattr(more, rule) <= getattr(at, rule) + 10.0
        assert getattr(worse, rule) <= getattr(at, rule) <= 10.0 * n
    assert at.probable == at.served  # a flat load is short as often in every hour


def test_credit_has_the_shape_of_n_and_tends_to_availability():
    n = np.array([[0, 1], [20, 3000]])
    credit = adequacy.firm_credit(n=n, forced_outage_rate=0.05, **RULES)
    for rule, mw in (("n_minus_k", 19.0), ("probable", None), ("served", None)):
        found = getattr(credit, rule)
        assert found.shape == n.shape
        assert found[0].tolist() == [0.0, 0.0]
        single = adequacy.firm_credit(n=20, forced_outage_rate=0.05, **RULES)
        assert found[1, 0] == getattr(single, rule)
        assert mw is None or found[1, 0] == pytest.approx(mw / 20)
    assert 0.93 < credit.served[1, 1] < credit.probable[1, 1] < 0.95 < credit.n_minus_k[1, 1]
    firm = adequacy.firm_mw(unit_mw=33.0, n=20, forced_outage_rate=0.05, **RULES)
    assert firm.served == pytest.approx(single.served * 20 * 33.0)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 900.0), st.floats(5.0, 400.0), st.floats(0.0, 0.4), st.integers(0, 3))
def test_units_needed_is_the_smallest_number(peak, unit, rate, k):
    rules = RULES | {"k": k}
    need = adequacy.units_needed(peak_mw=peak, unit_mw=unit, forced_outage_rate=rate, **rules)
    for rule in ("n_minus_k", "probable", "served"):
        n = getattr(need, rule)
        enough = adequacy.firm_mw(unit_mw=unit, n=n, forced_outage_rate=rate, **rules)
        assert getattr(enough, rule) >= peak - 1e-8 * unit
        if n:
            less = adequacy.firm_mw(unit_mw=unit, n=n - 1, forced_outage_rate=rate, **rules)
            assert getattr(less, rule) < peak


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
    with pytest.raises(ValueError, match="shortfall_probability"):
        adequacy.probable_mw(table=outage_table(unit_mw=1.0, forced_outage_rate=0.1), shortfall_probability=1.0)
    with pytest.raises(ValueError, match="never short"):
        adequacy.units_needed(peak_mw=1.0, unit_mw=1.0, forced_outage_rate=0.1, **(RULES | {"lolh_target": 0.0}))
    with pytest.raises(ValueError, match="rate < 1"):
        adequacy.units_needed(peak_mw=1.0, unit_mw=1.0, forced_outage_rate=1.0, **RULES)


# --- Surviving an outage ----------------------------------------------------------------------------------------------


def diesel(**more):
    figures = {"n": 2, "unit_mw": 10.0, "operational_availability": 0.95, "failure_to_start": 0.02, "mttf_h": 40.0}
    return Generators(**(figures | more))


def cells(**more):
    figures = {"energy_mwh": 40.0, "power_mw": 12.0, "start_soc": 0.8, "min_soc": 0.2, "bins": 17}
    return Battery(**(figures | {"charge_efficiency": 0.9, "discharge_efficiency": 0.95} | more))


def forwards(*, load_mw, generators, battery, max_outage_h, must_take_mw, start):
    """Slow twin: every reachable state carried forward from one start, with its probability."""
    net = np.asarray(load_mw) - must_take_mw
    usable = battery.energy_mwh * (1 - battery.min_soc)
    width = usable / (battery.bins - 1)
    begin = round(battery.energy_mwh * (np.broadcast_to(battery.start_soc, net.shape)[start] - battery.min_soc) / width)
    states = {(tuple(g.n for g in generators), begin): 1.0}

    def thinned(states, chances):
        new = {}
        for (ups, level), p in states.items():
            for left in itertools.product(*(range(u + 1) for u in ups)):
                q = p
                for u, v, c in zip(ups, left, chances, strict=True):
                    q *= float(np.prod(np.arange(v + 1, u + 1)) / np.prod(np.arange(1, u - v + 1)))
                    q *= (1 - c) ** v * c ** (u - v)
                new[left, level] = new.get((left, level), 0.0) + q
        return new

    states = thinned(states, [1 - g.operational_availability * (1 - g.failure_to_start) for g in generators])
    alive = []
    for d in range(max_outage_h):
        load, after = net[(start + d) % len(net)], {}
        for (ups, level), p in thinned(states, [1 / g.mttf_h for g in generators]).items():
            spare = sum(u * g.unit_mw for u, g in zip(ups, generators, strict=True)) - load
            if spare + min(battery.power_mw, level * width * battery.discharge_efficiency) < -1e-9:
                continue
            flow = min(max(spare, -battery.power_mw), battery.power_mw)
            flow = flow * battery.charge_efficiency if flow > 0 else flow / battery.discharge_efficiency
            key = ups, min(max(level + round(flow / width), 0), battery.bins - 1)
            after[key] = after.get(key, 0.0) + p
        states = after
        alive.append(sum(states.values()))
    return alive


@pytest.mark.parametrize("seed", range(4))
def test_backwards_equals_forwards(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    monkeypatch.setattr(adequacy, "CELLS", 200)  # several blocks of starts
    case = {
        "load_mw": rng.uniform(5.0, 32.0, 20),
        "generators": [diesel(), diesel(n=1, unit_mw=7.3, mttf_h=15.0)],
        "battery": cells(start_soc=rng.uniform(0.2, 1.0, 20)),
        "max_outage_h": 8,
        "must_take_mw": rng.uniform(0.0, 20.0, 20),
    }
    found = backup_survival(**case)
    assert found.shape == (20, 8)
    for start in range(20):
        assert found[start] == pytest.approx(forwards(**case, start=start), abs=1e-12)
    assert backup_survival(**case, starts=[3, 17]) == pytest.approx(found[[3, 17]])
    assert backup_survival(**case, starts=5) == pytest.approx(found[[5]])


def test_draws_of_an_outage_agree():
    rng = np.random.default_rng(7)
    load, g = np.array([12.0, 16.0, 20.0, 18.0]), diesel(n=3, unit_mw=6.0)
    battery = cells(energy_mwh=20.0, min_soc=0.0, start_soc=1.0, charge_efficiency=1.0, discharge_efficiency=1.0)
    exact = backup_survival(
        load_mw=load,
        generators=[g],
        battery=Battery(**{k: getattr(battery, k) for k in battery.__slots__} | {"bins": 11}),  # 2 MWh divides all
        max_outage_h=12,
        starts=1,
    )
    draws = 100_000
    up = rng.random((draws, 3)) < g.operational_availability * (1 - g.failure_to_start)
    content, alive = np.full(draws, 20.0), np.ones(draws, bool)
    for d in range(12):
        up &= rng.random((draws, 3)) >= 1 / g.mttf_h
        spare = up.sum(axis=1) * g.unit_mw - load[(1 + d) % 4]
        alive &= spare + np.minimum(battery.power_mw, content) >= 0
        content = np.clip(content + np.clip(spare, -battery.power_mw, battery.power_mw), 0.0, 20.0)
        error = np.sqrt(exact[0, d] * (1 - exact[0, d]) / draws)
        assert abs(alive.mean() - exact[0, d]) < 4 * error + 1e-12
    assert 0.05 < exact[0, -1] < 0.95


def test_survival_at_its_limits():
    load, sure = np.full(24, 10.0), {"operational_availability": 1.0, "failure_to_start": 0.0, "mttf_h": np.inf}
    nothing = backup_survival(load_mw=load, generators=[], battery=None, max_outage_h=3)
    assert np.array_equal(nothing, np.zeros((24, 3)))
    sunny = backup_survival(load_mw=load, generators=[], battery=None, max_outage_h=3, must_take_mw=10.0)
    assert np.array_equal(sunny, np.ones((24, 3)))
    perfect = backup_survival(load_mw=load, generators=[diesel(n=1, **sure)], battery=None, max_outage_h=30)
    assert perfect == pytest.approx(np.ones((24, 30)))
    small = backup_survival(load_mw=load, generators=[diesel(n=1, unit_mw=9.9, **sure)], battery=None, max_outage_h=1)
    assert small == pytest.approx(np.zeros((24, 1)))
    never = diesel(operational_availability=0.0)
    dead = backup_survival(load_mw=load, generators=[never], battery=None, max_outage_h=1)
    assert np.array_equal(dead, np.zeros((24, 1)))
    lossless = {"charge_efficiency": 1.0, "discharge_efficiency": 1.0, "min_soc": 0.0, "start_soc": 1.0}
    for bins in (5, None):
        battery = cells(energy_mwh=40.0, power_mw=10.0, bins=bins, **lossless)
        alone = backup_survival(load_mw=load, generators=[], battery=battery, max_outage_h=6, starts=0)
        assert alone[0].tolist() == [1, 1, 1, 1, 0, 0]  # 40 MWh at 10 MW
    weak = cells(energy_mwh=400.0, power_mw=9.0, **lossless)
    assert backup_survival(load_mw=load, generators=[], battery=weak, max_outage_h=1)[0, 0] == 0.0
    one = backup_survival(load_mw=load, generators=[diesel(n=1)], battery=None, max_outage_h=5)
    assert one[0] == pytest.approx(0.95 * 0.98 * (1 - 1 / 40) ** np.arange(1, 6))
    with pytest.raises(ValueError, match="bins"):
        backup_survival(load_mw=load, generators=[], battery=cells(bins=1), max_outage_h=1)


def test_more_backup_survives_more_often_and_a_longer_outage_less():
    load = np.random.default_rng(3).uniform(8.0, 20.0, 48)
    whole = {"charge_efficiency": 1.0, "discharge_efficiency": 1.0, "min_soc": 0.0, "start_soc": 1.0, "bins": None}

    def survival(n, hours):
        battery = cells(energy_mwh=12.0 * hours, power_mw=12.0, **whole) if hours else None
        return backup_survival(load_mw=load, generators=[diesel(n=n)], battery=battery, max_outage_h=24)

    base = survival(2, 2)
    assert np.all(np.diff(base, axis=1) <= 1e-12)
    assert np.all(base <= survival(3, 2) + 1e-12)
    assert np.all(base >= survival(2, 0) - 1e-12)
    assert survival(2, 4).mean() > base.mean()


def published():
    return (
        json.loads((Path(REFERENCE) / "published_cases" / "reliability.json").read_text())["cases"] if REFERENCE else []
    )


def in_mw(case):
    """Arguments of `backup_survival` for a published case, whose unit is the kW."""
    folder, load = Path(REFERENCE) / "published_cases", case["load"]
    must_take = 0.0
    if "series" in load:
        table = np.genfromtxt(folder / load["series"], delimiter=",", names=True)
        kw, must_take = table["critical_load_kw"], case["pv_kw"] * table["pv_cf"] + case["wind_kw"] * table["wind_cf"]
    else:
        kw = np.full(load["hours"], load["flat_kw"], float) if "flat_kw" in load else np.array(load["kw"], float)
    generators = [
        Generators(unit_mw=g["kw"] / 1e3, **{k: v for k, v in g.items() if k != "kw"}) for g in case["generators"]
    ]
    b = dict(case["battery"])
    return {
        "load_mw": kw / 1e3,
        "must_take_mw": must_take / 1e3,
        "generators": generators,
        "battery": Battery(energy_mwh=b.pop("kwh") / 1e3, power_mw=b.pop("kw") / 1e3, **b),
        "max_outage_h": case["max_outage_h"],
        "starts": case["outage_start_index"],
    }


def figures(case):
    if case["kind"] == "eue_identical_units":
        keys = {
            "n": "n_units",
            "unit_mw": "unit_mw",
            "forced_availability": "forced_availability",
            "load_mw": "load_mw",
        }
        return {"eue_forced_mwh_per_yr": adequacy.eue_identical_units(**{k: case[v] for k, v in keys.items()})}
    found = backup_survival(**in_mw(case))
    return {
        "survival_by_hour": found.mean(axis=0),
        "survival_final": found[:, -1].mean(),
        "survival_final_first_start": found[0, -1],
        "mean_survival_final": found[:, -1].mean(),
    }


@pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")
@pytest.mark.parametrize("case", published(), ids=lambda c: c["case_id"])
def test_published_reliability_cases(case):
    found = figures({k: v for k, v in case.items() if k != "expected"})
    for figure, tolerance in case["tolerance"].items():
        assert found[figure] == pytest.approx(
            case["expected"][figure], rel=tolerance.get("rel", 0.0), abs=tolerance.get("abs", 0.0)
        )
