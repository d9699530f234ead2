"""Firm margins from outages of units: what must be built and how often it falls short, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from gigawatt.power import firm, reference, solve
from gigawatt.power.problem import Import, Problem, Source

LOAD, GRID, UNIT, OUT = 100.0, 50.0, 25.0, 0.06


def problem(shape=(24,), **more):
    """A flat load on a firm connection that carries half of it, and gas in blocks that fail."""
    grid = Import(
        price_usd_per_mwh=50.0,
        carbon_intensity_kg_per_mwh=300.0,
        clean_share=0.4,
        connection_usd_per_mw_year=1.0,
        demand_charge_usd_per_mw_year=0.0,
        limit_mw=GRID,
        firm_credit=1.0,
    )
    gas = Source(
        name="gas",
        availability=1.0,
        fixed_usd_per_mw_year=1000.0,
        variable_usd_per_mwh=90.0,
        carbon_intensity_kg_per_mwh=400.0,
        clean_share=0.0,
        firm_credit=1.0,
        forced_outage=OUT,
        unit_mw=UNIT,
    )
    return Problem(load_mw=np.full(shape, LOAD), sources=(gas,), grid=grid, voll_usd_per_mwh=None, **more)


def test_one_unit_out_asks_for_one_unit_more_beside_what_is_certain():
    bare, spare, two = (solve(replace(problem(), n_minus_units=k)) for k in (0, 1, 2))
    assert bare.decision.source_mw[0] == pytest.approx(LOAD - GRID, rel=1e-6)
    assert spare.decision.source_mw[0] == pytest.approx(LOAD - GRID + UNIT, rel=1e-3)
    assert two.decision.source_mw[0] == pytest.approx(LOAD - GRID + 2 * UNIT, rel=1e-3)
    assert spare.firm_margin == pytest.approx(UNIT / LOAD, abs=1e-3)


@pytest.mark.parametrize(("shape", "step"), [((24,), 1.0), ((12,), 2.0), ((3, 12), 2.0)])
def test_expected_hours_are_those_of_a_year_whatever_the_step_and_the_years(shape, step):
    posed = problem(shape, step_hours=step)
    decision = reference.solve(posed).decision  # two blocks: both must run beside the connection
    short = 1.0 - (1.0 - OUT) ** 2
    assert decision.source_mw[0] == pytest.approx(2 * UNIT, rel=1e-6)
    assert firm.expected_hours(posed, decision) == pytest.approx(24.0 * short, rel=1e-6)
    three = replace(decision, source_mw=np.array([3 * UNIT]))  # two of three
    kept = (1.0 - OUT) ** 3 + 3 * OUT * (1.0 - OUT) ** 2
    assert firm.expected_hours(posed, three) == pytest.approx(24.0 * (1.0 - kept), rel=1e-6)
