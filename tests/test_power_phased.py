"""Power in phases: the cuts against the one large linear programme, and cases worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from gigawatt.power import phased, phased_lp
from gigawatt.power.phases import (
    Battery,
    PhasedProblem,
    Plant,
    discounted_years,
    resale_usd_per_mw,
    vintages,
)
from gigawatt.power.phases_price import stock

CASES = 60


def random_problem(seed):
    """Two to four phases of 50 to 400 hours with everything in them at times."""
    r = np.random.default_rng(seed)
    steps, count = int(r.integers(50, 400)), int(r.integers(2, 5))
    t = np.arange(steps)
    size = np.sort(r.uniform(20.0, 300.0, count))[:, None]
    load = size * (0.85 + 0.1 * np.sin(t / 24 * 2 * np.pi + r.uniform(0, 6)) + 0.05 * r.random((count, steps)))
    if r.random() < 0.3:
        load[0] = 0.0
    years = r.choice([0.0, 0.5, 1.0, 2.0, 3.5, 10.0], count, p=[0.1, 0.2, 0.2, 0.2, 0.15, 0.15])
    years[-1] = max(years[-1], 0.5)
    sun = np.maximum(np.sin((t % 24 - 6) / 12 * np.pi), 0.0)

    def standing(first, most):
        return np.where(np.arange(count) >= first, most, 0.0)

    plants = (
        Plant(
            name="engines",
            limit_mw=standing(int(r.integers(0, 2)), r.choice([50.0, 200.0, np.inf])),
            availability=1.0 - 0.1 * r.random((count, steps)),
            capex_usd_per_mw=r.uniform(0.6e6, 2e6),
            fixed_usd_per_mw_year=2e4,
            variable_usd_per_mwh=r.uniform(40.0, 100.0),
            carbon_intensity_kg_per_mwh=400.0,
            resale_share=r.uniform(0.0, 0.7),
            life_years=25.0,
            removal_usd_per_mw=2e4,
            firm_credit=0.95,
        ),
        Plant(
            name="rented",
            limit_mw=standing(0, np.inf),
            fixed_usd_per_mw_year=r.uniform(2e5, 6e5),
            variable_usd_per_mwh=r.uniform(70.0, 150.0),
            firm_credit=0.9,
        ),
        Plant(
            name="flexible",
            limit_mw=standing(int(r.integers(0, count)), r.uniform(20.0, 200.0)),
            availability=np.where(r.random((count, steps)) < 0.03, 0.0, 1.0),
            fixed_usd_per_mw_year=6e4,
            variable_usd_per_mwh=60.0 + 30.0 * r.random((count, steps)),
        ),
        Plant(
            name="grid",
            limit_mw=standing(count - 1, np.inf),
            fixed_usd_per_mw_year=7e4,
            variable_usd_per_mwh=60.0 + 30.0 * np.sin(t / 24 * 2 * np.pi),
        ),
        Plant(
            name="solar",
            limit_mw=standing(int(r.integers(0, count)), np.inf),
            availability=sun,
            capex_usd_per_mw=9e5,
            fixed_usd_per_mw_year=1e4,
            resale_share=0.5,
            life_years=30.0,
            leaves=(),
        ),
    )
    battery = Battery(
        name="battery",
        limit_mw=standing(int(r.integers(0, count)), r.choice([100.0, np.inf])),
        power_usd_per_mw=2e5,
        energy_usd_per_mwh=r.uniform(1e5, 3e5),
        charge_efficiency=0.94,
        discharge_efficiency=0.94,
        self_discharge_per_hour=4e-5,
        resale_share=0.4,
        life_years=15.0,
    )
    return PhasedProblem(
        names=tuple(f"phase {p}" for p in range(count)),
        years=years,
        load_mw=load,
        rate_per_year=float(r.choice([0.0, 0.05, 0.09])),
        plants=plants,
        battery=battery if r.random() < 0.7 else None,
        voll_usd_per_mwh=r.choice([80.0, 130.0, 200.0, 2000.0], count) if r.random() < 0.6 else None,
        reserve_mw=r.uniform(0.0, 1.0, count) * load.max(axis=1) if r.random() < 0.4 else None,
    )


def simple(**more):
    """One MW for a year of bridging and ten of grid, at no interest: engines cost 100,000 and 50 USD/MWh."""
    engines = Plant(
        name="engines",
        limit_mw=np.array([np.inf, np.inf]),
        capex_usd_per_mw=1e5,
        variable_usd_per_mwh=50.0,
        resale_share=0.5,
        life_years=20.0,
        leaves=(0,),
    )
    grid = Plant(name="grid", limit_mw=np.array([0.0, 1.0]), variable_usd_per_mwh=40.0)
    return PhasedProblem(
        **{
            "names": ("bridge", "grid"),
            "years": np.array([1.0, 10.0]),
            "load_mw": np.ones((2, 60)),
            "rate_per_year": 0.0,
            "plants": (engines, grid),
        }
        | more
    )


@pytest.mark.parametrize("seed", range(CASES))
def test_cuts_and_linear_programme_agree(seed):
    problem = random_problem(seed)
    a, b = phased.solve(problem, gap=1e-3), phased_lp.solve(problem)
    assert a.status == b.status
    if a.status != "optimal":
        assert "phase" in a.reason and a.reason == b.reason
        return
    assert -1e-9 <= a.gap <= 1e-3 and b.gap < 1e-6
    assert a.lower_bound_usd <= b.upper_bound_usd * (1 + 1e-7)
    assert b.lower_bound_usd <= a.upper_bound_usd * (1 + 1e-7)
    for answer in (a, b):
        assert answer.violations.worst_mw < 1e-6 * problem.load_mw.max()


def test_most_random_cases_are_solved_by_cuts():
    assert sum(phased.solve(random_problem(seed), gap=1e-3).path == "cuts" for seed in range(10)) >= 9


def test_a_bridge_by_hand():
    answer = phased.solve(simple(), gap=1e-6)
    by_hand = 1e5 - 0.5e5 * 19 / 20 + 8760 * (50 + 10 * 40)
    assert answer.upper_bound_usd == pytest.approx(by_hand, rel=1e-6)
    built = {(b.name, b.first, b.last): b for b in answer.built}
    assert built["engines", 0, 0].mw == pytest.approx(1.0, rel=1e-3)
    assert built["engines", 0, 0].resale_usd == pytest.approx(0.5e5 * 19 / 20, rel=1e-3)


def test_kept_as_backup_where_the_reserve_is_worth_more_than_the_resale():
    sets = Plant(name="sets", limit_mw=np.array([0.0, np.inf]), availability=0.0, capex_usd_per_mw=8e4, firm_credit=1.0)
    one = simple()
    firm = replace(one.plants[0], firm_credit=1.0)
    reserve = np.array([0.0, 1.0])
    kept = phased.solve(replace(one, plants=(firm, one.plants[1], sets), reserve_mw=reserve), gap=1e-5)
    assert _lots(kept) == {("engines", 1)}
    dear = replace(firm, resale_share=0.95, life_years=11.0)
    sold = phased.solve(replace(one, plants=(dear, one.plants[1], sets), reserve_mw=reserve), gap=1e-5)
    assert _lots(sold) == {("engines", 0), ("sets", 1)}


def _lots(answer):
    """What is built, but for traces within the gap, and with which phase it goes."""
    return {(b.name, b.last) for b in answer.built if b.mw > 0.01 and b.name != "grid"}


def test_no_bridge_where_waiting_is_cheaper():
    answer = phased.solve(simple(voll_usd_per_mwh=np.array([45.0, 1e4])))
    assert _lots(answer) == set()
    assert answer.accounts[0].unserved_fraction > 0.99


def test_the_price_of_waiting_decides():
    pays = phased.solve(simple(voll_usd_per_mwh=np.array([60.0, 1e4])))  # 50 + 50,000 / 8,760 = 55.7 USD/MWh
    assert pays.accounts[0].unserved_fraction < 0.01


def test_a_phase_of_no_length_changes_nothing():
    one = simple()
    engines, grid = (
        replace(p, limit_mw=np.insert(p.limit_mw, 1, p.limit_mw[0]), leaves=p.leaves and (0, 1)) for p in one.plants
    )
    three = replace(
        one,
        names=("bridge", "nothing", "grid"),
        years=np.array([1.0, 0.0, 10.0]),
        load_mw=np.vstack([one.load_mw[0], 5.0 * one.load_mw[0], one.load_mw[1]]),
        plants=(engines, grid),
    )
    assert phased.solve(three).upper_bound_usd == pytest.approx(phased.solve(one).upper_bound_usd, rel=1e-4)


def test_load_only_in_a_phase_of_no_length():
    empty = simple(years=np.array([0.0, 10.0]), load_mw=np.array([[1.0], [0.0]]) * np.ones((2, 60)))
    for solver in (phased.solve, phased_lp.solve):
        answer = solver(empty)
        assert answer.status == "optimal" and answer.upper_bound_usd == 0.0 and answer.built == ()


def test_nothing_is_bridged_where_the_grid_is_there_from_the_start():
    one = simple()
    there = replace(one, plants=(one.plants[0], replace(one.plants[1], limit_mw=np.ones(2))))
    assert _lots(phased.solve(there)) == set()


def test_load_that_nothing_can_serve_is_named():
    one = simple()
    nothing = replace(one, plants=(replace(one.plants[0], limit_mw=np.array([0.4, 1.0])), one.plants[1]))
    for solver in (phased.solve, phased_lp.solve):
        answer = solver(nothing)
        assert answer.status == "infeasible"
        assert "phase 'bridge'" in answer.reason and "0.6 MW cannot be served" in answer.reason
        assert "start the load later" in answer.reason


def test_a_reserve_that_cannot_stand_is_named():
    answer = phased.solve(simple(reserve_mw=np.array([0.0, 2.0])))
    assert answer.status == "infeasible" and "a reserve of 2 MW is asked, 0 MW may stand" in answer.reason


def test_faults_are_told_together():
    with pytest.raises(ValueError, match="lengths") as error:
        phased.solve(simple(years=np.ones(3), rate_per_year=-2.0))
    assert "rate_per_year" in str(error.value)
    falling = replace(simple().plants[0], limit_mw=np.array([1.0, 0.0]), resale_share=1.5)
    with pytest.raises(ValueError, match="not fall from phase to phase") as error:
        phased.solve(simple(plants=(falling, simple().plants[1])))
    assert "resale_share must lie in 0..1, is 1.5" in str(error.value)
    endless = replace(simple().plants[1], limit_mw=np.array([0.0, np.inf]))
    with pytest.raises(ValueError, match="costs nothing to build"):
        phased.solve(simple(plants=(simple().plants[0], endless)))


@pytest.mark.parametrize("seed", range(6))
def test_vintages_left_out_are_not_missed(seed, monkeypatch):
    problem = random_problem(seed)
    few = phased_lp.solve(problem)
    assert len(vintages(problem)) < len(vintages(problem, every=True))
    monkeypatch.setattr(phased_lp, "vintages", lambda p: vintages(p, every=True))
    assert phased_lp.solve(problem).upper_bound_usd == pytest.approx(few.upper_bound_usd, rel=1e-6)


def test_each_offer_is_what_it_is_alone():
    problem = random_problem(4)
    offers = {"all": ("engines", "rented", "flexible", "grid", "solar", "battery"), "rented": ("rented", "grid")}
    together = phased.solve_each(problem, offers, gap=1e-4)
    for name, names in offers.items():
        alone = phased_lp.solve(phased.only(problem, names))
        assert together[name].upper_bound_usd == pytest.approx(alone.upper_bound_usd, rel=2e-4)
        assert together[name].lower_bound_usd <= alone.upper_bound_usd * (1 + 1e-7)


def test_old_cuts_hold_when_costs_and_lengths_change():
    problem = random_problem(5)
    cuts = phased.solve(problem).cuts
    other = replace(
        problem,
        years=problem.years * 1.7,
        plants=tuple(replace(p, capex_usd_per_mw=0.6 * p.capex_usd_per_mw) for p in problem.plants),
    )
    warm, lp = phased.solve(other, start=cuts), phased_lp.solve(other)
    assert warm.lower_bound_usd <= lp.upper_bound_usd * (1 + 1e-7)
    assert warm.gap <= phased.GAP


def test_stock_adds_up_the_vintages():
    problem = random_problem(1)
    answer = phased.solve(problem)
    there = stock(problem, answer.built)
    for p, d in enumerate(answer.decisions):
        if d is not None:
            assert d.source_mw == pytest.approx(there[: len(d.source_mw), p], abs=1e-5)


def test_discounted_years():
    assert discounted_years(start_year=3.0, years=2.0, rate_per_year=0.0) == 2.0
    steps = (np.arange(20000) + 0.5) / 20000 * 2.0 + 3.0
    exact = float(np.mean(1.08**-steps) * 2.0)
    assert discounted_years(start_year=3.0, years=2.0, rate_per_year=0.08) == pytest.approx(exact, rel=1e-7)


def test_resale_falls_to_nothing():
    def of(age):
        return resale_usd_per_mw(capex_usd_per_mw=1e6, resale_share=0.6, age_years=age, life_years=20.0)

    assert (of(0.0), of(5.0), of(20.0), of(30.0)) == (6e5, 4.5e5, 0.0, 0.0)
