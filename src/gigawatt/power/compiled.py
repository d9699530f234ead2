"""Compile the solver ahead of the first plan: ``python -m gigawatt.power.compiled``; the result stays on disk."""

from __future__ import annotations

import numpy as np

from .problem import Import, Problem, Source, Store
from .solve import solve


def small_problem() -> Problem:
    """Two days with every kind of part.

    Returns
    -------
    Problem
        A problem that takes the fast path. [-]
    """
    t = np.arange(48)
    sun = np.maximum(np.sin((t % 24 - 6) / 12 * np.pi), 0.0)
    return Problem(
        load_mw=np.full(48, 100.0),
        voll_usd_per_mwh=5000.0,
        sources=(
            Source(
                name="solar",
                availability=sun,
                fixed_usd_per_mw_year=200.0,
                variable_usd_per_mwh=0.0,
                carbon_intensity_kg_per_mwh=0.0,
                clean_share=1.0,
                max_mw=1000.0,
            ),
        ),
        grid=Import(
            price_usd_per_mwh=80.0 + 30.0 * np.cos(t / 24 * 2 * np.pi),
            carbon_intensity_kg_per_mwh=200.0,
            clean_share=0.5,
            connection_usd_per_mw_year=100.0,
            demand_charge_usd_per_mw_year=10.0,
            limit_mw=200.0,
        ),
        stores=(
            Store(
                name="battery",
                power_usd_per_mw_year=50.0,
                energy_usd_per_mwh_year=80.0,
                charge_efficiency=0.94,
                discharge_efficiency=0.94,
                self_discharge_per_hour=5e-5,
                max_power_mw=500.0,
                max_energy_mwh=2000.0,
            ),
        ),
    )


if __name__ == "__main__":
    solve(small_problem())
