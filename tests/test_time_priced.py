"""US sites with time priced: published choices recovered, waits that cost nothing, and what makes choices flip."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from gigawatt import finance, fleet
from gigawatt.facts import load_facts
from gigawatt.validate import time_priced as tp
from tools_import import load_tool

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = os.environ.get("GIGAWATT_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="GIGAWATT_REFERENCE is not set")


@pytest.fixture(scope="module")
def campus():
    return tp.campus(load_facts())


@pytest.fixture(scope="module")
def terms(campus):
    return tp.terms(campus)


@pytest.fixture(scope="module")
def sites():
    return tp.read_cases(Path(REFERENCE) / "published_cases" / "us_sites_newkirk2025.csv")


def three_sites(**changes):
    lcoe = np.array([[0.06, 0.12, 0.30], [0.18, 0.14, 0.25], [0.07, 0.11, 0.28]])
    given = {"state": ("Texas", "California", "Ohio"), "lcoe": lcoe, "pue": np.full(3, 1.15)}
    return tp.Sites(**(given | {"large_turbine": np.array([True, True, False])} | changes))


def test_levelised_cost_alone_takes_the_cheapest():
    assert tp.chosen(three_sites()).tolist() == [0, 1, 0]


def test_no_wait_beyond_the_building_costs_nothing(terms):
    s = three_sites()
    soon = np.full((3, 3), terms.build)
    assert np.all(tp.waiting_usd(terms, tp.energy_mwh(s)[1], s.lcoe, soon, soon) == 0.0)


def test_waiting_costs_more_the_longer_and_more_where_it_was_not_foreseen(terms):
    s = three_sites()
    hourly = tp.energy_mwh(s)[1]
    waits = [tp.waiting_usd(terms, hourly, s.lcoe, np.full((3, 3), m), np.full((3, 3), m)) for m in (20.0, 30.0, 60.0)]
    assert np.all(np.diff(waits, axis=0) > 0)
    slipped = tp.waiting_usd(terms, hourly, s.lcoe, np.full((3, 3), 30.0), np.full((3, 3), 20.0))
    assert np.all(slipped > waits[1])


def test_a_month_of_slip_costs_what_the_delay_of_a_plan_costs(terms):
    """The same by `finance.cost_of_delay`: hardware and halls that stand for one month."""
    s = three_sites()
    hourly = tp.energy_mwh(s)[1]
    planned = np.full((3, 3), 20.0)
    long_lead = terms.__class__(**{**vars_of(terms), "order": 1e3, "drawdown": 1e3})
    ours = tp.waiting_usd(long_lead, hourly, s.lcoe, planned + 1, planned) - tp.waiting_usd(
        terms, hourly, s.lcoe, planned, planned
    )
    idle = terms.shell_usd_per_month + terms.hardware_usd_per_month
    full = terms.cost_without_energy + s.lcoe * hourly[:, None]
    margin = finance.cost_of_delay(
        committed_usd=np.zeros(1),
        idle_hardware_usd=np.zeros(1),
        unordered_hardware_usd=0.0,
        rate_per_year=0.0,
        value_decline_per_year=0.0,
        price_decline_per_year=0.0,
        standing_usd_per_month=np.zeros(1),
        contracted_hours_per_month=terms.sold_hours_per_month,
        price_usd_per_accelerator_hour=terms.price,
        lcoc_usd_per_accelerator_hour=full,
        fixed_price_share=0.0,
        grace_months=1.0,
        long_stop_months=2.0,
    ).margin_usd
    assert np.allclose(ours, margin + terms.early_usd_per_month + idle)


def vars_of(terms):
    return {name: getattr(terms, name) for name in terms.__dataclass_fields__}


def test_ours_is_below_the_rent_of_every_accelerator(terms):
    s = three_sites()
    months = np.full((3, 3), 36.0)
    ours = tp.waiting_usd(terms, tp.energy_mwh(s)[1], s.lcoe, months, months)
    assert np.all(ours < 0.2 * tp.published_usd(terms, months))
    assert tp.published_usd(terms, months)[0, 0] * 100_000 / 1e6 == pytest.approx(5903.6, rel=1e-4)


def test_a_long_queue_turns_sites_to_gas(terms):
    facts, s = load_facts(), three_sites()
    rows = {c.name: c for c in tp.study(facts, s, terms)}
    assert rows["levelised cost alone"].flips == 0
    assert all(sum(c.share.values()) == pytest.approx(1.0) for c in rows.values())
    queue = rows["ours, drawn, engines, the queue of Northern Virginia"]
    assert queue.share["gas"] > rows["ours, lead times at P50"].share["gas"]


def test_the_wait_that_turns_a_site_is_the_wait_at_which_totals_meet(terms):
    facts, s = load_facts(), three_sites()
    waits = tp.break_even_months(facts, s, terms)
    npv, hourly = tp.energy_mwh(s)
    months = tp.lead_months(facts, s, engines=True)
    total = s.lcoe * npv[:, None] * 1e3 + tp.waiting_usd(terms, hourly, s.lcoe, months, months)
    at = months.copy()
    at[:, 0] = waits["gas"]
    grid = s.lcoe[:, 0] * npv * 1e3 + tp.waiting_usd(terms, hourly, s.lcoe, at, at)[:, 0]
    assert np.all(grid[[0, 2]] > total[[0, 2], 1])
    at[:, 0] -= 1.0
    before = s.lcoe[:, 0] * npv * 1e3 + tp.waiting_usd(terms, hourly, s.lcoe, at, at)[:, 0]
    assert np.all(before[[0, 2]] <= total[[0, 2], 1])
    assert waits["gas"][1] == 0.0  # gas is cheaper there anyway


@needs_reference
def test_the_published_cases_choose_the_grid_on_cost_alone(sites, terms):
    """98 % of the whole study; all of the sites in the case file."""
    rows = {c.name: c for c in tp.study(load_facts(), sites, terms)}
    assert rows["levelised cost alone"].share["grid"] >= 0.98
    rent = np.array([5903.5774e6 / 100_000])
    assert tp.published_usd(terms, np.array([36.0])) == pytest.approx(rent, rel=1e-6)
    flips = {name: c.share_flipped for name, c in rows.items()}
    assert flips["ours, lead times at P10"] <= flips["ours, lead times at P90"] <= 0.1
    assert flips["ours, the study's waits"] <= flips["ours, the study's waits, twice the margin"]


@needs_reference
def test_discounted_energy_is_that_of_the_study(sites):
    with (Path(REFERENCE) / "published_cases" / "us_sites_newkirk2025.csv").open(newline="") as file:
        truth = [float(r["expected_energy_npv"]) for r in csv.DictReader(file)]
    npv, hourly = tp.energy_mwh(sites)
    assert np.allclose(npv * 100_000, truth, rtol=1e-6)
    assert np.allclose(hourly, sites.pue * 7.3 / 8 * 0.99)


@needs_reference
def test_the_page_is_what_the_tool_writes(campus, terms):
    tool = load_tool("make_time_priced")
    text = (ROOT / "docs" / "time_priced.md").read_text(encoding="utf-8")
    facts = load_facts()
    again = "run python3 tools/make_time_priced.py"
    assert tool.cases_part(facts, Path(REFERENCE), terms) in text, again
    assert tool.late_part(campus) in text, again
    assert tool.colossus_part(facts, terms) in text, again
    assert "13,134 runs" in text and "98.1%" in text


def test_three_years_late_cost_less_than_their_rent_unless_all_is_bought(campus):
    found = tp.three_years_late(campus)
    assert found["published"] == pytest.approx(5.9036e9, rel=1e-4)
    assert found["ground"] < found["chips"] < found["power"] <= found["bought"]
    assert found["ground"] < 0.3 * found["published"]


def test_the_early_months_of_colossus(terms):
    rows = tp.early_months(load_facts(), terms)
    assert [round(r["gained_months"], 1) for r in rows] == [7.7, 19.7, 31.7]
    assert all(r["margin_usd"] < r["published_usd"] and r["margin_usd"] < r["margin_2024_usd"] for r in rows)


@needs_reference
def test_abilene_is_within_what_one_buyer_gets():
    """Eight buildings of 50,000 GB200: what one buyer gets filled all that stood by mid 2026; the rest, which the
    record dates November 2026 by estimate, takes two quarters more."""
    with (Path(REFERENCE) / "campuses.csv").open(newline="", encoding="utf-8") as file:
        site = next(r for r in csv.DictReader(file) if r["id"] == "openai-stargate-abilene")
    points = [x.strip().split("|") for x in site["timeline"].split(";")]
    dates = np.array([np.datetime64(p[0]) for p in points])
    it_mw = np.array([float(p[2].removeprefix("it")) for p in points])
    ends = np.arange("2025-10", "2027-08", 3, dtype="datetime64[M]").astype("datetime64[D]")
    ready = np.array([it_mw[dates < d].max() for d in ends])
    most = 3 * float(load_facts()["fleet.supply.USA"].value)
    d = fleet.deliver(
        ready_mw=ready,
        wanted_mw=np.append(ready[1:], ready[-1]),  # racks come while a building is fitted out
        kw_per_accelerator=np.full(len(ends), 2.09),
        most_per_quarter=most,
        life_quarters=20,
    )
    mid_2026 = list(ends.astype(str)).index("2026-07-01")
    assert d.online[0] == pytest.approx(50_000, rel=0.02)
    assert d.online[mid_2026] == pytest.approx(421 / 2.09 * 1e3, rel=0.01)
    assert d.online[-1] == pytest.approx(404_000, rel=0.02)
    assert np.max(d.bought) <= most
