"""A portfolio: the programme against enumeration, the fair share, the question, and plans from end to end."""

import itertools
import json
from datetime import date

import numpy as np
import pytest
from click.testing import CliRunner

import gigawatt
from gigawatt.cli import main
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.portfolio import baselines, words
from gigawatt.portfolio.fair import fair_share
from gigawatt.portfolio.milp import CHEAPEST, MOST, Curve, Limits, solve
from gigawatt.portfolio.question import read_portfolio, shipped, words_of

TODAY = date(2026, 11, 23)
TWO = {
    "title": "two Nordic sites",
    "budget": "15 B€",
    "by": "2035",
    "min_campus": "100 MW",
    "places": ["Finland", "Sweden"],
}


def _curve(name, least, most, usd_per_mw, fixed=0.0, knots=3, group="", cap=np.inf):
    mw = np.linspace(least, most, knots) if knots > 1 else np.array([most])
    n = 400.0 * mw
    return Curve(name, group or name, mw, n, fixed + usd_per_mw * mw, n, cap)


def _random(seed, sites=3, knots=3):
    rng = np.random.default_rng(seed)
    curves = []
    for k in range(sites):
        mw = np.sort(rng.uniform(20, 600, knots))
        n = 400.0 * mw * rng.uniform(0.8, 1.2)
        usd = np.cumsum(np.diff(mw, prepend=0.0) * rng.uniform(30, 50, knots)) * 1e6  # neither convex nor concave
        curves.append(Curve(f"s{k}", f"g{k % 2}", mw, n, usd, n))
    return curves


def _by_enumeration(curves, limits):
    """Most accelerators: every choice of segments, each a linear programme solved by SciPy."""
    from scipy.optimize import linprog

    best = 0.0
    for choice in itertools.product(*[[None, *range(max(len(c.mw) - 1, 1))] for c in curves]):
        columns, blocks = [], []
        for c, segment in zip(curves, choice, strict=True):
            if segment is not None:
                at = len(columns)
                columns += [(c.group, c.mw[k], c.accelerators[k], c.usd[k]) for k in (segment, segment + 1)]
                blocks.append(range(at, at + 2))
        if not columns:
            continue
        group, mw, n, usd = zip(*columns, strict=True)
        rows, most = [np.array(usd) / 1e9, np.array(mw)], [limits.budget_usd / 1e9, limits.power_mw]
        for g, limit in limits.group_mw.items():
            rows.append(np.where(np.array(group) == g, mw, 0.0))
            most.append(limit)
        equal = np.array([[1.0 if k in block else 0.0 for k in range(len(mw))] for block in blocks])
        found = linprog(-np.array(n), A_ub=np.array(rows), b_ub=most, A_eq=equal, b_eq=np.ones(len(blocks)))
        if found.status == 0:
            best = max(best, -found.fun)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_programme_finds_what_enumeration_finds(seed):
    curves = _random(seed)
    limits = Limits(budget_usd=2.2e10 + seed * 1e9, power_mw=700.0, group_mw={"g0": 500.0})
    found = solve(curves, limits)
    assert np.sum(found.worth) == pytest.approx(_by_enumeration(curves, limits), rel=2e-6)
    assert np.sum(found.usd) <= limits.budget_usd * (1 + 1e-7)
    assert np.sum(found.mw) <= limits.power_mw * (1 + 1e-7)


@pytest.mark.parametrize("seed", range(6))
def test_more_money_never_buys_less_and_the_cheapest_plan_costs_no_more(seed):
    curves, before = _random(seed, sites=4), 0.0
    for budget in (2e9, 8e9, 2e10, 5e10, 2e11):
        found = solve(curves, Limits(budget_usd=budget))
        n = np.sum(found.accelerators)
        assert n >= before * (1 - 1e-6)
        before = n
        if n > 0:
            least = solve(curves, Limits(accelerators=n * (1 - 1e-7)), CHEAPEST)
            assert np.sum(least.usd) <= np.sum(found.usd) * (1 + 1e-5)


def test_prices_of_limits_are_what_a_little_more_of_them_brings():
    curves = [_curve("a", 50, 400, 40e6), _curve("b", 50, 400, 44e6), _curve("c", 50, 900, 60e6)]
    base = Limits(budget_usd=2.0e10, power_mw=2000.0)
    found = solve(curves, base)
    more = solve(curves, Limits(budget_usd=2.01e10, power_mw=2000.0))
    gained = np.sum(more.accelerators) - np.sum(found.accelerators)
    assert found.prices["budget"] * 1e8 == pytest.approx(gained, rel=1e-3)
    assert found.prices["power"] == pytest.approx(0.0, abs=1e-6)


def test_a_campus_is_at_least_its_smallest_size_and_a_site_of_one_knot_is_all_or_nothing():
    curves = [_curve("small", 300, 500, 40e6), _curve("one", 200, 200, 41e6, knots=1)]
    found = solve(curves, Limits(budget_usd=1.0e10))
    assert found.mw.tolist() == pytest.approx([0.0, 200.0])
    assert solve([_curve("a", 50, 100, 40e6)], Limits(accelerators=1e6), CHEAPEST) is None
    assert solve([], Limits()) is None
    limited = solve([_curve("a", 50, 100, 40e6), _curve("b", 50, 100, 40e6)], Limits(most_sites=1.0), MOST)
    assert np.sum(limited.mw > 0) == 1


@pytest.mark.parametrize("seed", range(8))
def test_a_fair_share_is_never_cheaper_than_the_best_plan_for_as_many(seed):
    curves = _random(seed, sites=4)
    owners = ["x", "y", "x", "z"]
    limits = Limits(budget_usd=3e10, power_mw=1500.0, group_mw={"g0": 900.0})
    shared = fair_share(curves, owners, {"x": 3.0, "y": 1.0, "z": 2.0}, limits)
    n = np.sum(shared.accelerators)
    assert n > 0 and np.sum(shared.usd) <= limits.budget_usd * (1 + 1e-9)
    assert n <= np.sum(solve(curves, limits).accelerators) * (1 + 1e-6)
    cheapest = solve(curves, Limits(power_mw=1500.0, group_mw={"g0": 900.0}, accelerators=n * (1 - 1e-9)), CHEAPEST)
    assert np.sum(cheapest.usd) <= np.sum(shared.usd) * (1 + 1e-6)


def test_a_fair_share_is_in_proportion_where_nothing_else_limits():
    curves = [_curve("a", 10, 1000, 40e6), _curve("b", 10, 1000, 50e6)]
    shared = fair_share(curves, ["a", "b"], {"a": 1.0, "b": 3.0}, Limits(budget_usd=1.9e10))
    assert shared.accelerators[1] == pytest.approx(3 * shared.accelerators[0])
    assert np.sum(shared.usd) == pytest.approx(1.9e10, rel=1e-6)
    fewest = fair_share(curves, ["a", "b"], {"a": 1.0, "b": 3.0}, Limits(), target=80_000)
    assert np.sum(fewest.accelerators) == pytest.approx(80_000)


def test_a_member_fills_its_own_sites_the_cheapest_first():
    curves = [_curve("dear", 50, 500, 60e6, group="g"), _curve("cheap", 50, 200, 40e6, group="g")]
    shared = fair_share(curves, ["x", "x"], {"x": 1.0}, Limits(power_mw=300.0, group_mw={"g": 1000.0}))
    assert shared.mw.tolist() == pytest.approx([100.0, 200.0])


def test_a_ring_through_the_sites_closes():
    row = [{"lat": 0.0, "lon": x} for x in (0.0, 1.0, 2.0)]
    assert baselines.ring_km(row) == pytest.approx(4 * 111.2, rel=2e-3)
    assert baselines.ring_km(row[:1]) == 0.0


def test_machines_that_exist_are_counted_by_country():
    found = baselines.federate(load_facts(), ["DEU", "FRA"], 1e6)
    assert [m["name"] for m in found["machines"]] == ["JUPITER, Jülich"]
    assert found["share_of_portfolio"] == pytest.approx(23_536 * 0.989e15 / 0.989e15 / 1e6, rel=0.01)


def test_two_sites_from_end_to_end():
    found = gigawatt.portfolio(TWO, workers=1, today=TODAY)
    d = found.json()
    t, reading = d["totals"], d["question"]["reading"]
    assert found.answer == "yes_if" and t["sites"] >= 1
    assert t["capex_usd"] == pytest.approx(reading["budget_usd"], rel=1e-3)
    assert t["capex_usd"] == pytest.approx(sum(row.get("capex_usd", 0.0) for row in found.sites), rel=1e-9)
    assert t["capex_low_usd"] < t["capex_usd"] < t["capex_high_usd"] and 0 < t["probability_within_budget"] < 1
    for row in found.sites:
        assert row["mw"] == 0 or 100 * (1 - 1e-6) <= row["mw"] <= row["most_mw"] * (1 + 1e-6)
        assert row["mw"] == 0 or row["full_power_date"] <= "2035-12-31"
    assert {b["limit"] for b in d["binding"]} >= {"budget"}
    assert d["prices"]["per_billion_usd"] == pytest.approx(1e9 * t["accelerators"] / t["capex_usd"], rel=0.2)
    assert d["fair_share"]["rule"] == "gdp" and d["fair_share"]["extra_usd"] >= -1.0
    assert d["fair_share"]["accelerators"] <= t["accelerators"] * (1 + 1e-6)
    assert d["baselines"]["federate"]["machines"][0]["iso3"] == "FIN"
    again = gigawatt.portfolio(json.loads(found.text_json())["question"]["words"], workers=1, today=TODAY)
    assert again.json()["totals"] == t
    assert len(words.csv_text(found).splitlines()) == 1 + len(found.sites)


def test_the_answer_does_not_depend_on_a_second_look_at_a_curve():
    """Sizes between knots: the money told there is the money planned there."""
    found = gigawatt.portfolio({**TWO, "budget": "9 B€"}, workers=1, today=TODAY).json()
    rack = 72 / found["totals"]["accelerators"]  # whole racks: one is about a thousandth of such a campus
    assert found["totals"]["capex_usd"] <= found["question"]["reading"]["budget_usd"] * (1 + rack)
    assert found["gap"] <= 1e-6
    assert found["curve_error"] < rack


def test_no_feasible_site_says_which_limits():
    found = gigawatt.portfolio({**TWO, "by": "2028"}, workers=1, today=TODAY)
    assert found.answer == "no" and found.json()["totals"] is None
    assert found.json()["infeasible"]["by_site"] == {"date": 2}
    hazard = gigawatt.portfolio({**TWO, "max_hazard": 0.1}, workers=1, today=TODAY).json()
    assert hazard["infeasible"]["by_site"] == {"hazard": 2}
    nothing = gigawatt.portfolio({**TWO, "budget": "1 M€"}, workers=1, today=TODAY).json()
    assert nothing["answer"] == "no" and "budget" in nothing["infeasible"]["shared"]
    both = gigawatt.portfolio({**TWO, "budget": "6 B€", "least_sites": 2}, workers=1, today=TODAY).json()
    assert both["infeasible"]["shared"] == ["budget", "sites"]


def test_a_dated_connection_and_water_limit_a_site():
    site = {"place": "Finland", "connection": [["2030-12-31", "150 MW"], ["2040-01-01", "900 MW"]]}
    q = {"power": "1 GW", "by": "2035", "site": [site, {"place": "Sweden", "max_water_m3_per_year": 0}]}
    found = gigawatt.portfolio(q, workers=1, today=TODAY)
    rows = {row["key"]: row for row in found.sites}
    assert rows["Finland"]["mw"] == pytest.approx(150, rel=5e-3) and rows["Finland"]["binding"] == "connection"
    assert rows["Sweden"]["mw"] == 0 and rows["Sweden"]["binding"] == "water"


def test_the_portfolios_that_ship_can_be_read():
    assert set(shipped()) >= {"eu-aigf", "eu-aigf-public", "eu-investai", "fr-109bn", "stargate-us"}
    for name in shipped():
        asked = read_portfolio(words_of(name), today=TODAY)
        assert asked.sites and asked.title and asked.budget_usd > 1e9
    assert len({s.place for s in read_portfolio(words_of("eu-investai"), today=TODAY).sites}) == 27


def test_france_keeps_to_its_money_and_its_gigawatt():
    found = gigawatt.portfolio("fr-109bn", workers=1, today=TODAY).json()
    t = found["totals"]
    assert t["capex_usd"] <= found["question"]["reading"]["budget_usd"]
    assert t["mw"] == pytest.approx(1000.0, rel=1e-6) and t["unspent_usd"] > 5e10
    assert found["binding"][0]["limit"] == "power" and t["sites"] > 1
    names = {s["name"] for s in words_of("fr-109bn")["site"]}
    assert {row["key"] for row in found["sites"]} == names
    assert found["relaxations"][0]["capex_usd"] <= found["question"]["reading"]["budget_usd"] * (1 + 1e-6)
    assert found["one_run"]["delivered_flop_per_day"] < found["one_run"]["apart_flop_per_day"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": None}, "budget: missing"),
        ({"budget": "15 doubloons"}, "15 doubloons"),
        ({"goal": "fun"}, "goal: 'fun': expected one of most"),
        ({"goal": "cheapest"}, "needs accelerators"),
        ({"fair": "height"}, "fair: 'height'"),
        ({"places": ["Atlantis"]}, "site Atlantis: place"),
        ({"places": []}, "site: missing"),
        ({"places": ["Finland", "Finland"]}, "named twice"),
        ({"colour": "blue"}, "colour: unknown key"),
        ({"budget_share": 17}, "budget_share: 17"),
        ({"budget_share": "no.such.fact"}, "budget_share: 'no.such.fact'"),
        ({"campuses": 0}, "campuses: 0"),
        ({"site": [{"place": "France", "min_power": "2 GW", "max_power": "1 GW"}]}, "above max_power"),
        ({"site": [{"place": "France", "connection": [["soon", "1 GW"]]}]}, "'soon': expected a date"),
        ({"site": ["France"]}, "expected a table"),
        ({"most_sites": "many"}, "most_sites: 'many'"),
    ],
)
def test_bad_words_are_said_with_their_place(change, said):
    with pytest.raises(ScenarioError) as error:
        read_portfolio({**TWO, **change}, origin="x.toml", today=TODAY)
    assert said in str(error.value) and "x.toml" in str(error.value)


def test_the_verb(tmp_path):
    run = CliRunner().invoke
    listed = run(main, ["portfolio"])
    assert listed.exit_code == 0 and "stargate-us" in listed.output
    unknown = run(main, ["portfolio", "stargate-uk"])
    assert unknown.exit_code == 2 and "stargate-us" in unknown.output
    path, saved = tmp_path / "two.json", tmp_path / "answer.json"
    path.write_text(json.dumps(TWO))
    shown = run(main, ["portfolio", str(path), "--as-of", "2026-11-23", "--workers", "1", "--save", str(saved)])
    assert shown.exit_code == 0, shown.output
    assert "Fair share by GDP" in shown.output and "Rent abroad instead" in shown.output
    again = run(main, ["portfolio", str(saved), "--json", "--workers", "1"])
    assert json.loads(again.output)["totals"] == json.loads(saved.read_text())["totals"]
    path.write_text(json.dumps({**TWO, "by": "2028"}))
    refused = run(main, ["portfolio", str(path), "--as-of", "2026-11-23", "--workers", "1"])
    assert refused.exit_code == 1 and "No plan keeps to the limits: closed: 2 sites by date" in refused.output
    both = run(main, ["portfolio", str(path), "--json", "--csv"])
    assert both.exit_code == 2


def test_one_run_takes_the_number_of_sites_that_gets_the_most_done():
    q = {**TWO, "budget": "20 B€", "goal": "one_run"}
    best = gigawatt.portfolio(q, workers=1, today=TODAY).json()
    alone = gigawatt.portfolio({**q, "most_sites": 1}, workers=1, today=TODAY).json()
    assert best["one_run"]["delivered_flop_per_day"] >= alone["one_run"]["delivered_flop_per_day"] * (1 - 1e-9)
    assert alone["totals"]["sites"] == 1 and alone["one_run"]["lost_to_distance"] == pytest.approx(0.0)


def test_campuses_of_one_place_share_its_power_system():
    q = {"power": "5 GW", "by": "2035", "campuses": 3, "places": ["Slovenia"], "min_campus": "100 MW"}
    found = gigawatt.portfolio(q, workers=1, today=TODAY)
    built = [row["mw"] for row in found.sites if row["mw"]]
    assert {row["place"] for row in found.sites} == {"Slovenia"} and len(found.sites) == 3
    peak = float(load_facts()["country.SVN.peak_load"].value)
    assert sum(built) <= 0.25 * peak * 1.01, "three campuses of a small country are one new load"


def test_a_share_of_the_capital_stretches_the_budget():
    whole = read_portfolio(TWO, today=TODAY).budget_usd
    assert read_portfolio({**TWO, "budget_share": 0.25}, today=TODAY).budget_usd == pytest.approx(4 * whole)
    cap = float(load_facts()["public_money.fraction"].value)
    public = read_portfolio({**TWO, "budget_share": "public_money.fraction"}, today=TODAY).budget_usd
    assert public == pytest.approx(whole / cap)


def test_the_fewest_accelerators_asked_for_cost_the_least():
    q = {**{k: v for k, v in TWO.items() if k != "budget"}, "accelerators": "100k GB300"}
    found = gigawatt.portfolio(q, workers=1, today=TODAY).json()
    assert found["question"]["reading"]["goal"] == "cheapest"
    assert found["totals"]["accelerators"] == pytest.approx(1e5, rel=1e-3)
    assert found["prices"]["per_accelerator"] == pytest.approx(found["totals"]["usd_per_accelerator"], rel=0.2)
    too_many = gigawatt.portfolio({**q, "accelerators": "9M GB300"}, workers=1, today=TODAY).json()
    assert too_many["infeasible"]["shared"] == ["accelerators"]
