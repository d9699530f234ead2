"""Accelerators by quarter: bought, on line, idle, retired; against a plain loop over single purchases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asked import asked
from gigawatt import fleet

RAMPS = st.lists(st.floats(0.0, 60.0), min_size=6, max_size=40)


def bought(ramp, kw=2.0, most=1e9, life=20, wanted=None):
    ready = np.cumsum(ramp)
    return fleet.deliver(
        ready_mw=ready,
        wanted_mw=ready if wanted is None else wanted,
        kw_per_accelerator=np.full(len(ready), kw),
        most_per_quarter=most,
        life_quarters=life,
    )


def one_by_one(ready, wanted, kw, most, life):
    """Cohorts in a list: each bought, aged and thrown away by itself."""
    cohorts, rows = [], []
    for q, (can, want, each) in enumerate(zip(ready, wanted, kw, strict=True)):
        cohorts = [(when, n, w) for when, n, w in cohorts if q - when < life]
        have = sum(n * w for _, n, w in cohorts)
        n = min(max((want - have) / (each / 1e3), 0.0), most)
        cohorts.append((q, n, each / 1e3))
        have = sum(n * w for _, n, w in cohorts)
        rows.append((n, sum(n for _, n, _ in cohorts), min(have, can)))
    return np.array(rows).T


@given(RAMPS, st.floats(100.0, 40_000.0), st.integers(2, 12), st.floats(0.5, 1.5))
def test_against_cohorts_one_by_one(ramp, most, life, pace):
    ready = np.cumsum(ramp)
    kw = np.linspace(1.4, 8.0, len(ready))
    d = fleet.deliver(
        ready_mw=ready, wanted_mw=ready * pace, kw_per_accelerator=kw, most_per_quarter=most, life_quarters=life
    )
    n, owned, online_mw = one_by_one(ready, ready * pace, kw, most, life)
    assert np.allclose(d.bought, n, rtol=1e-9, atol=1e-6)
    assert np.allclose(d.owned, owned, rtol=1e-9, atol=1e-6)
    assert np.allclose(d.online_mw, online_mw, rtol=1e-9, atol=1e-6)


@given(RAMPS, st.floats(100.0, 40_000.0), st.integers(2, 12))
def test_what_is_bought_is_on_line_idle_or_retired(ramp, most, life):
    d = bought(ramp, most=most, life=life)
    idle = d.owned - d.online
    assert np.all(idle >= -1e-6) and np.all(d.bought <= most * (1 + 1e-12))
    assert np.allclose(np.cumsum(d.bought), d.online + idle + d.retired, rtol=1e-9, atol=1e-6)
    assert np.all(d.online_mw <= np.cumsum(ramp) + 1e-9)


def test_a_refresh_keeps_the_power_and_changes_the_machines():
    ready = np.full(12, 100.0)
    kw = np.where(np.arange(12) < 4, 2.0, 4.0)
    d = fleet.deliver(ready_mw=ready, wanted_mw=ready, kw_per_accelerator=kw, most_per_quarter=1e9, life_quarters=4)
    assert d.owned[3] == pytest.approx(50_000) and d.owned[4] == pytest.approx(25_000)
    assert np.allclose(d.online_mw, 100.0)
    assert d.refreshed[4] == pytest.approx(25_000) and d.refreshed[0] == 0.0
    assert d.alive(np.where(np.arange(12) < 4, 1.0, 5.0))[[3, 4]].tolist() == pytest.approx([50_000, 125_000])


def test_a_vendor_who_delivers_slowly_leaves_power_idle():
    ready = np.full(10, 100.0)
    d = fleet.deliver(
        ready_mw=ready, wanted_mw=ready, kw_per_accelerator=np.full(10, 2.0), most_per_quarter=10_000, life_quarters=99
    )
    assert d.online[:5].tolist() == [10_000, 20_000, 30_000, 40_000, 50_000] and d.bought[5:].sum() == 0.0
    assert fleet.idle_mw_months(have_mw=ready, used_mw=d.online_mw) == pytest.approx(3 * (80 + 60 + 40 + 20))


def test_ordering_today_leaves_hardware_idle_and_ordering_in_step_does_not():
    ramp = [0, 0, 0, 0, 50, 0, 0, 50]
    now = bought(ramp, wanted=np.full(8, 100.0))
    assert fleet.idle_mw_months(have_mw=now.owned_mw, used_mw=now.online_mw) == pytest.approx(3 * (4 * 100 + 3 * 50))
    step = bought(ramp)
    assert fleet.idle_mw_months(have_mw=step.owned_mw, used_mw=step.online_mw) == 0.0


def test_colossus_in_122_days():
    """100,000 H100 at 1.4 kW of IT in four months: what one buyer got there carries it, with nothing idle."""
    ready = np.array([35.0, 140.0, 140.0])
    d = fleet.deliver(
        ready_mw=ready, wanted_mw=ready, kw_per_accelerator=np.full(3, 1.4), most_per_quarter=75_000, life_quarters=20
    )
    assert d.online.tolist() == pytest.approx([25_000, 100_000, 100_000])


def test_abilene_building_by_building():
    """Eight buildings of 50,000 GB200, 105 MW of IT each: one a quarter and a half needs more than it was shipped."""
    ready = 105.0 * np.array([1, 2, 4, 6, 8, 8, 8])
    d = fleet.deliver(
        ready_mw=ready, wanted_mw=ready, kw_per_accelerator=np.full(7, 2.1), most_per_quarter=80_000, life_quarters=20
    )
    assert d.online[[0, 1]].tolist() == pytest.approx([50_000, 100_000])
    assert d.online[-1] == pytest.approx(400_000)
    assert np.all(d.bought <= 80_000) and d.online[4] < 400_000


def test_price_falls_from_the_start_of_volume_and_is_none_before():
    t = np.array([0.0, 12.0, 24.0])
    p = fleet.price_at(price_usd=[50e3, 100e3], decline_per_year=0.1, volume_from_months=[-6.0, 12.0], months=t)
    assert p[0].tolist() == pytest.approx([50e3, 45e3, 40.5e3])
    assert np.isinf(p[1, 0]) and p[1, 1:].tolist() == pytest.approx([100e3, 90e3])


def test_the_best_generation_counts_the_power_it_occupies():
    cheap, frugal = {"price_usd": 40e3, "it_kw": 4.0}, {"price_usd": 60e3, "it_kw": 2.0}
    for usd_per_kw_hour, best in ((0.01, 0), (0.5, 1)):
        cost = [
            fleet.compute_cost(
                useful_flop_per_s=1e15, usd_per_hour_per_price=3e-5, usd_per_hour_per_kw=usd_per_kw_hour, **g
            )
            for g in (cheap, frugal)
        ]
        assert fleet.best_generation([[cost[0]], [cost[1]]]).tolist() == [best]
    assert fleet.best_generation([[np.inf, 1.0], [np.inf, np.inf]]).tolist() == [-1, 0]


def test_orders_for_a_date_that_slips_are_early_and_for_one_that_comes_sooner_late():
    at = {"planned_months": 20.0, "lead_months": 9.0}
    assert fleet.believed_months(actual_months=20.0, **at) == 20.0
    assert fleet.believed_months(actual_months=30.0, **at) == pytest.approx(25.5)
    assert fleet.believed_months(actual_months=16.0, **at) == pytest.approx(17.8)
    assert fleet.believed_months(actual_months=2.0, planned_months=0.0, lead_months=9.0) == 2.0


# --- in a plan


@pytest.fixture(scope="module")
def france():
    return asked(place="France", power="1 GW").tables


def test_the_fleet_of_a_plan_balances_in_every_quarter(france):
    rows = france["fleet"]["rows"]
    total = np.cumsum([r["bought"] for r in rows])
    assert np.allclose(total, [r["owned"] + r["retired"] for r in rows])
    for r in rows:
        assert r["online"] <= r["owned"] * (1 + 1e-9) and r["it_mw"] <= r["ready_it_mw"] * (1 + 1e-9)
        assert r["online_low"] <= r["online"] <= r["online_high"]
    most = 3 * france["fleet"]["supply_per_month"]["value"]
    assert max(r["bought"] for r in rows) <= most * (1 + 1e-9)


def test_the_french_gigawatt_by_quarter(france):
    """240, 700 and 1,000 MW: the fleet grows with them, quarter by quarter, and later steps buy later generations."""
    rows = [r for r in france["fleet"]["rows"] if r["bought"] > 0]
    stages = sorted({round(r["ready_it_mw"] / rows[-1]["ready_it_mw"], 2) for r in france["fleet"]["rows"]})
    assert {0.0, 0.24, 0.7, 1.0} <= set(stages)
    assert rows[0]["generation"] != rows[-1]["generation"]
    assert not any(r["bought"] for r in france["fleet"]["rows"] if r["quarter"] < "2028-01-01")


def test_ordering_in_step_avoids_idle_plant(france):
    step, now = (france["fleet"]["policies"][k] for k in ("step", "now"))
    assert step["idle_hardware_mw_months"]["value"] < 0.05 * now["idle_hardware_mw_months"]["value"]
    assert step["idle_shell_mw_months"]["value"] < now["idle_shell_mw_months"]["value"]
    assert step["interest_on_idle_usd"]["high"] < now["interest_on_idle_usd"]["high"]
    assert step["h100_equivalents"]["value"] > now["h100_equivalents"]["value"]


def test_a_refresh_keeps_the_power(france):
    r = france["fleet"]["refresh"]
    assert r["it_mw_after"] == pytest.approx(r["it_mw_before"], rel=0.02)
    assert r["h100_equivalents_after"] > r["h100_equivalents_before"]
    assert r["hardware_usd"]["low"] < r["hardware_usd"]["value"] < r["hardware_usd"]["high"]


def test_the_accelerator_asked_for_is_the_one_bought_first():
    rows = asked(place="France", power="1 GW", accelerator="GB300").tables["fleet"]["rows"]
    assert next(r for r in rows if r["bought"] > 0)["generation"] == "Blackwell Ultra (GB300)"


def test_no_deliveries_where_the_licence_is_denied():
    assert asked(place="Iran", power="100 MW").tables["fleet"] == {}


def test_a_campus_that_waits_longer_than_hardware_lives_is_told_to_its_full_size():
    found = asked(place="Germany", power="300 MW").tables["fleet"]
    last = found["rows"][found["full"]]
    assert last["it_mw"] >= 0.98 * max(r["ready_it_mw"] for r in found["rows"])
    assert found["words"].count("projected")


def test_delay_costs_more_the_longer_and_the_more_is_committed(france):
    at = {(r["moment"], r["months"]): r for r in france["delay"]["rows"]}
    for months in (1, 3, 6, 12, 24):
        assert at["ground", months]["usd"] < at["power", months]["usd"] < at["bought", months]["usd"]
    for moment in ("ground", "power", "bought"):
        costs = [at[moment, m]["usd"] for m in (1, 3, 6, 12, 24)]
        assert costs == sorted(costs) and costs[0] > 0
    for r in at.values():
        parts = ("carry_usd", "ageing_usd", "standing_usd", "margin_usd", "cheaper_usd")
        assert r["usd"] == pytest.approx(sum(r[k] for k in parts))
        assert r["low"] <= r["usd"] <= r["high"]


def test_the_figure_of_a_month_is_the_first_row_of_late_power():
    found = asked(place="France", power="1 GW")
    row = next(r for r in found.tables["delay"]["rows"] if (r["moment"], r["months"]) == ("power", 1))
    assert found.figures["cost_of_delay_usd_per_month"].value == pytest.approx(row["usd"])
    assert row["usd"] < found.tables["delay"]["naive"][0]["usd"]
