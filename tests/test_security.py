"""Security levels and legal training-compute thresholds."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import security

EU = security.Threshold("eu", "EU", 1e25, "2025-08-02", "open", "notify")
OLD = security.Threshold("eo", "US", 1e26, "2024-01-28", "2025-01-20", "report")
NEW_YORK = security.Threshold("ny", "US-NY", 1e26, "2027-01-01", "open", "framework")


def check(thresholds, jurisdictions, on_date="2026-11-23", run=3.8e25, per_day=1e25):
    return security.check_thresholds(
        thresholds=thresholds,
        jurisdictions=jurisdictions,
        on_date=on_date,
        largest_run_flop=run,
        training_flop_per_day=per_day,
    )


def cost(level, fraction, **changes):
    given = {"shell_power_usd": 12e9, "delay_months": 0.0, "throughput_penalty": 0.0, "measures": "doors"}
    return security.security_cost(level=level, capex_fraction=fraction, **(given | changes))


def test_examples():
    result = doctest.testmod(security)
    assert result.attempted and not result.failed


def test_hardening_is_a_share_of_the_shell():
    out = cost("sl2", np.array([0.01, 0.03, 0.05]))
    assert out.capex_usd == pytest.approx([0.12e9, 0.36e9, 0.6e9]) and out.cost_known


def test_unknown_cost_stays_unknown_and_says_so():
    out = cost("sl5", math.nan, throughput_penalty=0.25)
    assert math.isnan(out.capex_usd) and not out.cost_known
    assert "unknown" in out.words and "SL5" in out.words
    assert out.throughput_fraction == 0.75


def test_unknown_level_is_named():
    with pytest.raises(ValueError, match="'sl6'"):
        cost("sl6", 0.0)


@given(st.floats(1.0, 1e9), st.floats(0.0, 0.9))
def test_throughput_round_trip(throughput, penalty):
    left = security.secured_throughput(throughput=throughput, throughput_penalty=penalty)
    assert left <= throughput
    assert security.throughput_needed(secured=left, throughput_penalty=penalty) == pytest.approx(throughput)


def test_a_law_of_elsewhere_is_shown_but_does_not_apply():
    (here,) = check([EU], ["EU"])
    (there,) = check([EU], [])
    assert here.applies and here.crossed and "here" in here.words
    assert not there.applies and there.crossed and "only if the model is offered in EU" in there.words


def test_dates_decide():
    assert not check([OLD], ["US"])[0].applies
    assert check([OLD], ["US"], on_date="2024-06-01")[0].applies
    assert not check([NEW_YORK], ["US-NY"])[0].applies
    assert check([NEW_YORK], ["US-NY"], on_date="2027-01-01")[0].applies


def test_crossing_is_strictly_above():
    assert not check([EU], ["EU"], run=1e25)[0].crossed
    assert check([EU], ["EU"], run=1.0001e25)[0].crossed


def test_days_to_cross():
    assert check([EU], ["EU"], per_day=5e24)[0].days_to_cross == 2.0
    assert math.isnan(check([EU], ["EU"], per_day=0.0)[0].days_to_cross)
    assert math.isnan(check([EU], ["EU"], per_day=math.nan)[0].days_to_cross)
