"""The exported network is solved again by PyPSA and HiGHS, from the file: its optimum lies within our certified gap."""

import dataclasses
import logging

import numpy as np
import pytest

import gigawatt as gw
from gigawatt.errors import ScenarioError
from gigawatt.power import solve
from gigawatt.report import pypsa_network

pypsa = pytest.importorskip("pypsa", reason="PyPSA is not installed: the extra pypsa")
pytestmark = pytest.mark.filterwarnings("ignore")
ROUNDING = 1e-6
FIRST, HOURS = 2000, 500  # HiGHS takes minutes for a year
QUESTIONS = {
    "take-or-pay nuclear through the connection, balanced by the grid": {"place": "France", "power": "1 GW nuclear"},
    "hourly clean share with a battery": {"place": "Kenya", "power": "100 MW", "clean": 0.95},
    "carbon cap": {"place": "Poland", "power": "300 MW", "co2_cap_kg_per_mwh": 200},
    "gas alone, without a grid": {"place": "Kenya", "power": "100 MW gas"},
    "nuclear contract and own gas": {"place": "France", "power": "800 MW nuclear + 200 MW gas"},
}


def _some_weeks(part):
    """A part of a problem for some weeks of its year."""
    values = {f.name: getattr(part, f.name) for f in dataclasses.fields(part)}
    cut = {name: x[FIRST : FIRST + HOURS] for name, x in values.items() if isinstance(x, np.ndarray) and x.ndim}
    return dataclasses.replace(part, **cut)


def _shortened(problem):
    parts = {name: tuple(map(_some_weeks, getattr(problem, name))) for name in ("sources", "stores")}
    part = HOURS / len(problem.load_mw)
    parts["sources"] = tuple(
        dataclasses.replace(s, max_mwh_per_year=part * s.max_mwh_per_year) for s in parts["sources"]
    )
    grid = _some_weeks(problem.grid) if problem.grid else None
    return dataclasses.replace(_some_weeks(problem), grid=grid, **parts)


def _off_grid(problem):
    """Sun, battery and engines without a grid; the engines burn cheaply, but not for long."""
    kept = tuple(s for s in problem.sources if s.name in ("solar", "backup") and not s.through_connection)
    free = tuple(dataclasses.replace(s, min_mw=s.existing_mw, max_mw=np.inf) for s in kept)
    free = tuple(
        dataclasses.replace(s, availability=1.0, variable_usd_per_mwh=20.0, max_mwh_per_year=1000.0)
        if s.name == "backup"
        else s
        for s in free
    )
    return dataclasses.replace(problem, grid=None, sources=free, min_clean_share_hourly=None)


def _solved_again(plan, problem, path):
    """The optimum of a problem here, and of its file in PyPSA."""
    answer = solve(problem, gap=1e-4)
    path.write_bytes(pypsa_network.netcdf(dataclasses.replace(plan, supply=(problem, answer))))
    for quiet in ("pypsa", "linopy"):
        logging.getLogger(quiet).setLevel(logging.ERROR)
    n = pypsa.Network(path)
    status = n.optimize(solver_name="highs", include_objective_constant=False, log_to_console=False, progress=False)
    assert status == ("ok", "optimal")
    low, high = answer.lower_bound_usd_per_year, answer.upper_bound_usd_per_year
    assert low * (1 - ROUNDING) <= n.objective <= high * (1 + ROUNDING)
    return n


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_the_network_has_the_same_optimum(question, tmp_path):
    plan = gw.plan(gw.read_scenario(question | {"as_of": "2026-11-23", "draws": 50}))
    n = _solved_again(plan, _shortened(plan.supply[0]), tmp_path / "plan.nc")
    assert n.meta["question"]["place"] == question["place"]


def test_sun_and_battery_without_a_grid_have_the_same_optimum(tmp_path):
    plan = gw.plan(
        gw.read_scenario({"place": "Kenya", "power": "100 MW", "clean": 0.95, "draws": 50, "as_of": "2026-11-23"})
    )
    problem = _off_grid(_shortened(plan.supply[0]))
    n = _solved_again(plan, problem, tmp_path / "plan.nc")
    assert "grid" not in n.generators.index and n.stores.e_nom_opt.max() > 100.0
    burnt = float((n.snapshot_weightings.generators @ n.generators_t.p[["backup", "backup (existing)"]]).sum())
    (engines,) = (s for s in problem.sources if s.name == "backup")
    assert burnt == pytest.approx(engines.max_mwh_per_year)  # the limit over both of its generators binds


def test_the_file_holds_the_whole_campus_for_a_year(tmp_path):
    plan = gw.plan(gw.read_scenario({"place": "Kenya", "power": "100 MW", "as_of": "2026-11-23", "draws": 50}))
    path = tmp_path / "plan.nc"
    path.write_bytes(pypsa_network.netcdf(plan))
    n = pypsa.Network(path)
    load, hours = n.loads_t.p_set["campus"], plan.series["load_mw"]
    assert np.allclose(load, hours) and len(load) == 8760
    assert n.meta["optimum_usd_per_year"] == pytest.approx(plan.supply[1].upper_bound_usd_per_year)
    assert set(n.generators.index) >= {"grid", "solar", "wind", "backup", "backup (existing)", "unserved"}


def test_what_pypsa_lacks_is_refused_in_words():
    plan = gw.plan(gw.read_scenario({"place": "Antarctica", "as_of": "2026-11-23"}))
    with pytest.raises(ScenarioError, match="no power problem"):
        pypsa_network.netcdf(plan)
    problem = dataclasses.replace(
        gw.plan(gw.read_scenario({"place": "Kenya", "power": "100 MW", "draws": 50, "as_of": "2026-11-23"})).supply[0],
        firm_margin=0.1,
    )
    with pytest.raises(ScenarioError, match="firm capacity"):
        pypsa_network.network(problem)
