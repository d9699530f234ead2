"""Shares that the least-cost plan keeps by itself: its answer is the answer under them, bounds and all."""

from dataclasses import replace

import pytest

from asked import AS_OF
from gigawatt import read_scenario
from gigawatt.plan import facts_for, prepare
from gigawatt.power import slack, solve
from gigawatt.record import Steps

GAP = 1e-5


@pytest.fixture(scope="module")
def problem():
    s = read_scenario({"place": "Kenya", "power": "100 MW", "as_of": AS_OF})
    return prepare(Steps(facts_for(s), s.price_year), s).optimum.problem


def test_every_share_and_cap_is_left_out_and_looked_at_again(problem):
    free = solve(problem, gap=GAP)
    limits = {
        "max_carbon_kg_per_mwh": (free.carbon_intensity_kg_per_mwh, 1.0),
        "min_clean_share_hourly": (free.clean_share_hourly, -1.0),
        "min_clean_share_annual": (free.clean_share_annual, -1.0),
    }
    for name, (value, looser) in limits.items():
        kept, broken = (replace(problem, **{name: value + sign * looser * 1e-3}) for sign in (1.0, -1.0))
        assert all(getattr(slack.without_shares(broken), x) is None for x in limits)
        assert slack.kept(kept, free) is not None
        assert slack.kept(broken, free) is None


def test_a_share_that_is_kept_anyway_costs_nothing(problem):
    free = solve(problem, gap=GAP)
    asked = replace(problem, min_clean_share_hourly=free.clean_share_hourly - 0.1, max_carbon_kg_per_mwh=1000.0)
    assert slack.without_shares(problem) is problem
    bare = slack.without_shares(asked)
    assert bare.min_clean_share_hourly is bare.max_carbon_kg_per_mwh is None and bare.sources == problem.sources
    found, whole = slack.kept(asked, free), solve(asked, gap=GAP)
    assert found.objective_usd_per_year == pytest.approx(whole.objective_usd_per_year, rel=2 * GAP)
    assert [(x.name, x.limit) for x in found.limits] == [(x.name, x.limit) for x in whole.limits]
    assert found.limits[0].usd_per_unit_year == found.limits[1].usd_per_unit_year == 0.0


@pytest.mark.parametrize("broken", [{"min_clean_share_hourly": 0.999}, {"max_carbon_kg_per_mwh": 1e-3}])
def test_a_share_that_is_broken_has_to_be_solved_for(problem, broken):
    assert slack.kept(replace(problem, **broken), solve(problem, gap=GAP)) is None
