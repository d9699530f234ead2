"""Order policy and inverse questions on real places."""

import json
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from click.testing import CliRunner

from gigawatt import buildout, finance
from gigawatt.chapters import goals, inverse, ordering, payments
from gigawatt.chapters.sizing import Ask
from gigawatt.cli import main
from gigawatt.plan import decide, facts_for
from gigawatt.scenario import read
from test_frontier import scales_of

SERVER = 72.0


@pytest.fixture(scope="module")
def texas():
    return scales_of(place="Texas", power="200 MW")


@pytest.mark.parametrize(("place", "power"), [("Frankfurt", "300 MW"), ("Texas", "200 MW")])
def test_ordering_today_is_never_better_where_power_comes_later(place, power):
    _, scales, ask = scales_of(place=place, power=power)
    w = scales.weigh(scales.all(ask)[0], ask)
    x = scales.ordering(w)
    assert x.idle_months > 6
    assert x.with_power_usd < w.price < x.today_usd
    assert x.policy == ordering.WITH_POWER and x.matters
    assert f"stand idle {x.idle_months:.0f} months" in ordering.words(x, "grid power")


def test_ordering_today_is_the_same_where_power_is_there_at_delivery(texas):
    _, scales, ask = texas
    w = scales.weigh(scales.all(ask)[0], ask)
    lead = float(scales.step.fact(*scales.site.ids("lead.racks.{}"), unit="month"))
    ends = np.asarray(w.inputs.terms.end_years) * 12.0
    added = np.zeros(len(ends))
    added[int(np.searchsorted(ends, lead))] = 1.0
    life = w.inputs.blocks[0].exit_periods
    share = finance.by_age(cohorts=added, pattern=np.ones(life))
    hours = float(np.max(w.inputs.sales.units))
    by_quarter = np.zeros((len(ends), len(ends)))
    terms = {k: float(scales.step.fact(f"order.{k}.racks", unit="1")) for k in ("deposit", "owed_half_way")}
    by_quarter[int(np.argmax(added))] = buildout.paid_by_period(
        ends=ends, order_months=[0.0], delivery_months=[lead], **terms
    )[0]
    _, spending, latest = payments.ahead(by_quarter)
    given = replace(
        w.inputs,
        blocks=tuple(replace(b, added=added, spending=spending, latest=latest) for b in w.inputs.blocks),
        sales=finance.Sales(units=hours * share, running_usd=0.3 * hours * share),
    )
    x = ordering.weigh(scales.step, scales.site, given)
    assert x.idle_months == 0.0
    assert x.today_usd == pytest.approx(x.with_power_usd, rel=1e-12)
    assert not x.matters and ordering.words(x, "grid power") == ""


def test_at_a_steady_price_ordering_with_the_power_is_the_plan():
    _, scales, ask = scales_of(place="Texas", power="200 MW", facts={"fleet.price_decline": "0 1/year"})
    w = scales.weigh(scales.all(ask)[0], ask)
    x = scales.ordering(w)
    assert x.with_power_usd == pytest.approx(w.price, rel=1e-9)
    assert x.with_power_usd < x.today_usd


def test_the_largest_by_a_date_is_whole_on_it_and_no_larger_one_is():
    """Date of a size, size of that date: to 1e-6 or one server; a day earlier it is smaller or none."""
    s, scales, _ = scales_of(place="Texas", power="3 GW")
    strategies = scales.all(Ask(power_mw=3000.0))
    months = min(scales.weigh(x, Ask(power_mw=2000.0)).full_months for x in strategies)
    best = inverse.largest_by(scales, s, months, 3000.0)
    assert best is not None and best.full_months <= months + 1e-6
    assert best.mw >= 2000.0 * (1 - 1e-6)
    again = inverse.largest_by(scales, s, best.full_months, 3000.0)
    assert abs(again.accelerators - best.accelerators) <= max(SERVER, 1e-6 * best.accelerators)
    for x in strategies:
        above = scales.weigh(x, Ask(power_mw=min(best.mw * (1 + 1e-4), 3000.0)))
        assert best.mw >= 2999.9 or above.full_months > months or above.answer == "no"
    assert inverse.largest_by(scales, s, 1.0, 3000.0) is None


def test_a_price_is_reached_by_the_campus_found_or_is_said_to_be_never_reached(texas):
    s, scales, _ = texas
    strategy = scales.all(Ask(power_mw=200.0))[0]
    w = scales.weigh(strategy, Ask(power_mw=60.0))
    found = inverse.size_for_price(scales, s, w.price, 200.0)
    assert found.smallest is not None and found.smallest.price <= w.price
    assert found.least.price <= found.smallest.price and "after profit tax, is reached with" in found.words
    never = inverse.size_for_price(scales, s, 0.5, 200.0)
    assert never.smallest is None and "never reached" in never.words
    assert never.least.price > 0.5


def test_the_campus_of_a_price_is_the_smallest_of_all_whole_servers(texas):
    """Every number of servers from 1 MW to 25 MW, one by one, for the strategy that is cheapest at all of them."""
    s, scales, _ = texas
    way = scales.all(Ask(power_mw=25.0))[0]
    one = scales.server_mw(way)
    every = [scales.weigh(way, Ask(power_mw=n * one)) for n in range(math.ceil(1.0 / one), int(25.0 / one) + 1)]
    prices = np.array([w.price for w in every])
    assert np.ptp(prices) > 1e-4
    for price in np.quantile(prices, (0.0, 0.5, 0.9), method="lower"):
        found = inverse.size_for_price(scales, s, float(price), 25.0)
        first = next(w for w in every if w.price <= price * (1 + inverse.SAME_PRICE))
        assert found.smallest.strategy == way
        assert found.smallest.accelerators == first.accelerators
        assert found.least.price <= prices.min() * (1 + inverse.SAME_PRICE)


def test_the_command_gives_the_campus_of_a_price():
    """The price of a campus, asked for, gives a campus that needs no more; below the least it says what is least."""
    plan = ["plan", "Texas", "--power", "200 MW", "--draws", "50", "--as-of", "2026-11-23", "--json"]
    first = CliRunner().invoke(main, [*plan, "--at-price", "9"])
    assert first.exit_code == 0, first.output
    least = json.loads(first.output)["tables"]["size_for_price"]["least_price_usd_per_accelerator_hour"]
    again = json.loads(CliRunner().invoke(main, [*plan, "--at-price", repr(least * (1 + 1e-9))]).output)
    row = again["tables"]["size_for_price"]
    assert 0.999 * least < row["required_price_usd_per_accelerator_hour"] <= least * (1 + 1e-9)
    assert row["facility_peak_mw"] <= 200.0 and row["words"] in again["verdict"]["summary"]
    below = json.loads(CliRunner().invoke(main, [*plan, "--at-price", repr(least * 0.99)]).output)
    assert below["tables"]["size_for_price"]["facility_peak_mw"] is None
    assert "is never reached" in below["verdict"]["summary"]
    assert "--at-price: -1: expected USD an hour" in CliRunner().invoke(main, [*plan, "--at-price", "-1"]).output


@pytest.mark.parametrize(("place", "count", "by"), [("Kenya", 10_008, "2034-12"), ("Texas", 100_008, "2029-12")])
def test_the_least_money_for_a_target_buys_that_target_by_its_date(place, count, by):
    """Target to budget, budget and date to size: the same campus to a server; the bridge of one is sized anew."""
    s, scales, ask = scales_of(place=place, accelerators=f"{count} GB300", by=by, goal="cost")
    search = goals.Search(scales, s, ask)
    least = min((w for w, _ in search.at_size() if search.allowed(w)), key=lambda w: w.capex_usd)
    budget = f"{least.capex_usd * (1 + 1e-6):.0f} USD"
    s, scales, ask = scales_of(place=place, budget=budget, by=by, goal="compute")
    best = goals.find(scales, s, ask).best
    months = goals.Search(scales, s, ask).months
    assert abs(goals.on_line(best, months) - count) <= SERVER
    assert best.capex_usd <= ask.budget_usd * (1 + 1e-9)


@pytest.mark.parametrize("place", ["Texas", "India"])
def test_the_earliest_date_of_a_target_is_the_date_by_which_no_more_is_possible(place):
    """Target to date, date to size: the same campus to a server where halls set the date."""
    s, scales, ask = scales_of(place=place, accelerators="50040 GB300", goal="date")
    first = goals.find(scales, s, ask).best
    again = inverse.largest_by(scales, s, first.full_months)
    assert abs(again.accelerators - first.accelerators) <= SERVER and again.full_months <= first.full_months + 1e-6
    assert goals.find(scales, s.model_copy(update={"deadline": _day(s, first.full_months - 2.0)}), ask) is None


def _day(s, months):
    return date.fromisoformat(buildout.add_months(s.as_of.isoformat(), months))


@pytest.mark.parametrize(
    "campus",
    [
        {"place": "Germany", "power": "137 MW"},
        {"place": "France", "power": "1 GW nuclear"},
        {"place": "Kenya", "power": "100 MW geothermal"},
    ],
    ids=["grid", "contract", "new plant"],
)
def test_what_a_campus_costs_and_holds_asked_for_gives_that_campus(campus):
    """Power to money and machines, money to machines, machines to power and money: each to a server."""
    size = _told(**campus)
    usd, count = (float(x) for x in (size.money.capex, size.size.accelerators))
    bought = _told(**campus, budget=f"{usd * (1 + 1e-6):.0f} USD")
    assert abs(float(bought.size.by["budget"]) - count) <= SERVER
    placed = _told(**campus, accelerators=f"{count:.0f} GB300")
    assert float(placed.money.capex) == pytest.approx(usd, rel=1e-4)
    assert float(placed.size.facility_peak_mw) == pytest.approx(float(size.size.facility_peak_mw), rel=SERVER / count)
    afforded = _told(**campus, budget=f"{float(placed.money.capex) * (1 + 1e-6):.0f} USD")
    assert abs(float(afforded.size.by["budget"]) - count) <= SERVER


def _told(**question):
    s = read({**question, "as_of": "2026-11-23", "draws": 50})
    return decide(facts_for(s), s, other_sizes=False).outcome
