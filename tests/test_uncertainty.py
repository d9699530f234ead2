"""Ensembles: what they hold, that they repeat, that they bracket the plan."""

import numpy as np
import pytest

from gigawatt.figures import FIGURES
from gigawatt.scenario import read
from gigawatt.uncertainty import simulate

QUESTION = {"place": "France", "budget": "109 B€", "power": "1 GW nuclear", "by": "2031", "as_of": "2026-11-23"}
DRAWS = 64


@pytest.fixture(scope="module")
def ensemble():
    return simulate(read(QUESTION), draws=DRAWS)


def test_an_ensemble_holds_every_draw(ensemble):
    assert ensemble.draws == DRAWS
    assert set(ensemble.figures) <= set(FIGURES) and "capex_usd" in ensemble.figures
    for row in (*ensemble.inputs.values(), *ensemble.figures.values(), *ensemble.fixed.values()):
        assert row.shape == (DRAWS,)
    assert ensemble.online_months.shape == ensemble.online_mw.shape
    assert np.all(np.diff(ensemble.online_mw, axis=1) >= 0)
    assert all(error.shape == (3,) and np.all(error >= 0) for error in ensemble.error.values())
