"""The order book: what is owed as time goes on, cash at risk before a gate, and the tables of a plan."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asked import asked, example
from gigawatt import buildout
from gigawatt.buildout import Order

SHARE = st.floats(0, 1)


@given(SHARE, SHARE, st.floats(0, 60), st.floats(0, 60))
def test_what_is_owed_never_falls_and_ends_at_the_whole_price(deposit, half, order, lasts):
    share = buildout.owed_share(
        np.linspace(0, 130, 261), order_month=order, delivery_month=order + lasts, deposit=deposit, owed_half_way=half
    )
    assert np.all(np.diff(share) >= -1e-9) and share[-1] == pytest.approx(1.0)
    assert share[0] in (0.0, deposit) or order == 0.0


def test_an_order_delivered_on_the_day_is_owed_whole():
    share = buildout.owed_share([1, 2], order_month=2, delivery_month=2, deposit=0.1, owed_half_way=0.5)
    assert share.tolist() == [0.0, 1.0]


def test_all_stages_of_a_connection_are_signed_with_its_contract():
    found = example("france")
    signed = next(r["end"] for r in found.schedule if r["task"] == "grid_study")
    stages = [r for r in found.tables["order_book"] if r["item"] == "grid"]
    assert len(stages) == 3 and {r["order_by"] for r in stages} == {signed}


def test_what_is_delivered_after_the_last_period_is_paid_in_it():
    paid = buildout.paid_by_period(
        ends=[3.0, 6.0, 9.0], order_months=[0.0, 30.0], delivery_months=[12.0, 40.0], deposit=0.1, owed_half_way=0.5
    )
    assert paid == pytest.approx(np.array([[0.3, 0.2, 0.5], [0.0, 0.0, 1.0]]))


def test_at_risk_adds_up_and_grows_with_a_late_gate():
    orders = [
        Order("a", "a", "a", 2.0, 12.0, 100.0, 0.1, 0.4),
        Order("b", "b", "b", 8.0, 20.0, 50.0, 0.2, 0.5),
    ]
    assert buildout.at_risk_before_usd(orders, 1.0) == 0.0
    assert buildout.at_risk_before_usd(orders, 7.0) == pytest.approx(40.0)
    assert buildout.at_risk_before_usd(orders, 12.0) == pytest.approx(100.0 + 50.0 * (0.2 + 0.3 * (4 / 12) / 0.5))
    draws = buildout.at_risk_before_usd(orders, np.array([1.0, 7.0, np.inf]))
    assert draws == pytest.approx([0.0, 40.0, 150.0])
    assert buildout.at_risk_usd([], [1.0, 2.0]).shape == (0, 2)


@pytest.mark.parametrize("name", ["france", "texas_abilene", "kenya_100mw"])
def test_the_order_book_holds_the_bill(name):
    found = example(name)
    priced = sum(b["usd"] for b in found.bill if b["item"] != "interest_during_construction")
    ordered = sum(r["usd"] for r in found.tables["order_book"])
    assert ordered == pytest.approx(priced, rel=1e-6)


@pytest.mark.parametrize(
    "question",
    [
        {"place": "Texas", "power": "100 MW gas"},
        {"place": "Estonia", "power": "100 MW", "build_type": "brownfield", "existing_connection": "200 MW"},
        {"place": "Kenya", "power": "100 MW geothermal"},
    ],
)
def test_the_order_book_holds_the_bill_without_a_new_connection(question):
    found = asked(**question, draws=50)
    priced = sum(b["usd"] for b in found.bill if b["item"] != "interest_during_construction")
    assert sum(r["usd"] for r in found.tables["order_book"]) == pytest.approx(priced, rel=1e-6)


def test_a_live_connection_is_not_paid_again():
    built = {"place": "Estonia", "power": "100 MW", "build_type": "brownfield", "draws": 50}
    new, half, live = (
        next(b["usd"] for b in asked(**built, **more).bill if b["item"] == "grid")
        for more in ({}, {"existing_connection": "50 MW"}, {"existing_connection": "200 MW"})
    )
    assert new > half > live == 0.0


@pytest.mark.parametrize("name", ["france", "texas_abilene", "kenya_100mw", "ukraine"])
def test_orders_come_before_they_are_needed_and_in_order(name):
    book = example(name).tables["order_book"]
    assert book
    for r in book:
        assert r["order_by_safe"] <= r["order_by"] <= r["needed_by"], r
        assert 0 <= r["deposit_usd"] <= r["owed_half_way_usd"] <= r["usd"], r
        assert r["low"] <= r["usd"] <= r["high"], r
    assert [r["order_by"] for r in book] == sorted(r["order_by"] for r in book)


@pytest.mark.parametrize("name", ["france", "texas_abilene", "kenya_100mw"])
def test_exposure_grows_to_the_whole_order_book(name):
    tables = example(name).tables
    rows = tables["exposure"]["quarters"]
    owed, ordered = ([r[k] for r in rows] for k in ("at_risk_usd", "ordered_usd"))
    assert owed == sorted(owed) and ordered == sorted(ordered)
    assert all(a <= b * (1 + 1e-9) for a, b in zip(owed, ordered, strict=True))
    assert owed[-1] == pytest.approx(sum(r["usd"] for r in tables["order_book"]), rel=1e-6)


def test_a_gate_says_what_is_at_risk_before_it():
    found = example("texas_abilene").tables["exposure"]
    gates = {g["gate"]: g for g in found["gates"]}
    assert {"permits", "grid_study", "financing_close"} <= set(gates)
    for g in gates.values():
        assert 0 <= g["at_risk_usd"] <= g["at_risk_p90_usd"]
        assert g["date"] <= g["date_p90"]
    assert "before" in found["words"] and "at risk" in found["words"] and "USD" in found["words"]


def test_nothing_that_waits_for_a_gate_is_at_risk_before_it():
    """Racks wait for the licence: however late it comes, none is bought before."""
    found = asked(place="United Arab Emirates", power="100 MW", draws=50).tables
    gates = {g["gate"]: g for g in found["exposure"]["gates"]}
    racks = next(r for r in found["order_book"] if r["item"] == "racks")
    assert gates["licence"]["at_risk_p90_usd"] < racks["usd"]
    assert date.fromisoformat(racks["order_by"]) >= date.fromisoformat(gates["licence"]["date"])


@pytest.mark.parametrize(
    ("place", "power"), [("Kenya", "100 MW geothermal"), ("Estonia", "300 MW SMR"), ("France", "1 GW")]
)
def test_ramp_cash_orders_and_bill_are_of_one_campus(place, power):
    found = asked(place=place, power=power, draws=50)
    priced = sum(b["usd"] for b in found.bill if b["item"] != "interest_during_construction")
    assert found.tables["ramp"][-1]["mw"] == pytest.approx(found.figures["facility_peak_mw"].value, rel=1e-6)
    assert sum(r["usd"] for r in found.tables["order_book"]) == pytest.approx(priced, rel=1e-9)
    assert -sum(r["capex_usd"] for r in found.tables["cash_by_quarter"]) == pytest.approx(priced, rel=1e-9)


@pytest.mark.parametrize(
    "question",
    [
        {"place": "France", "power": "1 GW"},
        {"place": "Texas", "power": "300 MW", "goal": "date"},  # with a bridge
        {"place": "Texas", "budget": "5 bn USD"},
        {"place": "Estonia", "power": "10 MW"},
    ],
    ids=lambda q: " ".join(q.values()),
)
def test_orders_cash_and_interest_follow_one_schedule_of_payments(question):
    """By quarter: capital drawn down so far is what is at risk; the bill's interest is that of the same payments."""
    found = asked(**question, draws=50)
    rows, r = found.tables["cash_by_quarter"], found.cash
    drawn = np.cumsum([-x["capex_usd"] for x in rows])
    at_risk = np.array([x["at_risk_usd"] for x in found.tables["exposure"]["quarters"]])
    count = min(len(drawn), len(at_risk))
    assert at_risk[:count] == pytest.approx(drawn[:count], rel=1e-9, abs=1.0)
    assert at_risk[-1] == pytest.approx(drawn[-1], rel=1e-9)
    assert sum(x["usd"] for x in found.tables["order_book"]) == pytest.approx(drawn[-1], rel=1e-9)
    racks = r.bill.block("accelerators")
    rate = r.given["wacc_it"].value
    borne = 0.0
    for b, laid in zip(r.inputs.blocks[:1], r.book.blocks[:1], strict=True):  # money flows all through a quarter
        for t in np.flatnonzero(b.added):  # each cohort from its own payments
            borne += b.added[t] * sum(x * ((1 + rate) ** ((j + 0.5) / 4) - 1) for j, x in enumerate(b.spending[t]))
        assert float(np.sum(laid.capex_usd / r.book.price_index)) == pytest.approx(float(b.capex_usd), rel=1e-9)
    assert racks.interest_usd / (racks.total_usd - racks.interest_usd) == pytest.approx(borne, rel=1e-9)


@pytest.mark.parametrize(("place", "power"), [("Estonia", "300 MW SMR"), ("France", "1 GW")])
def test_orders_and_letters_keep_to_the_schedule(place, power):
    found = asked(place=place, power=power, draws=50)
    starts, ends = ({r["task"]: r[k] for r in found.schedule} for k in ("start", "end"))
    for row in found.tables["order_book"]:
        if row["item"] == "land":
            assert row["order_by"] <= starts["site_control"]
        if row["item"] == "grid":
            assert row["needed_by"] == ends[row["task"]]
