"""Whether ranges are as wide as they claim: on claims made to a known width, and the factors that ship."""

import math
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from gigawatt.chapters.intervals import families, of_question, stretched, widened
from gigawatt.facts import USER, load_facts
from gigawatt.plan import facts_for
from gigawatt.record import Z_P90
from gigawatt.scenario import read
from gigawatt.uncertainty.calibration import (
    FARTHEST,
    LEAST_GROUPS,
    NEAR,
    Claim,
    jackknife,
    prior,
    reliability,
    shrunk,
    widening,
)
from gigawatt.uncertainty.own_ranges import building, levelised, ranged
from gigawatt.validate import validate
from gigawatt.validate.campus_rows import table
from gigawatt.validate.campuses import INPUTS, crps, listed
from gigawatt.validate.intervals import lines

FACTOR = math.exp(0.3 * Z_P90)


def claims(spread, n=240, groups=None, seed=0):
    """Truths that spread so many times as widely as ranges of a factor of 0.3 sigma claim."""
    z = np.random.default_rng(seed).standard_normal(n)
    return [
        Claim(10.0, 10.0 / FACTOR, 10.0 * FACTOR, 10.0 * math.exp(0.3 * spread * x), str(i % (groups or n)))
        for i, x in enumerate(z)
    ]


def test_a_score_is_standard_normal_on_both_sides():
    assert Claim(10.0, 5.0, 30.0, 30.0, "").z == pytest.approx(Z_P90)
    assert Claim(10.0, 5.0, 30.0, 5.0, "").z == pytest.approx(-Z_P90)
    assert Claim(1.0, -1.0, 2.0, -1.0, "").z == pytest.approx(-Z_P90)
    assert Claim(10.0, 10.0, 10.0, 11.0, "").z == FARTHEST
    assert Claim(10.0, 10.0, 10.0, 10.0, "").z == 0.0


def test_ranges_that_are_right_stay_as_they_are():
    r = reliability(claims(1.0))
    assert r.coverage == pytest.approx(0.8, abs=0.05)
    assert r.applied == pytest.approx(1.0, abs=0.12)
    assert min(r.pit) > 25 and sum(r.pit) == 240


def test_ranges_that_are_half_as_wide_as_they_should_be_are_doubled():
    r = reliability(claims(2.0))
    assert r.coverage < 0.6
    assert r.applied == pytest.approx(2.0, rel=0.12)
    assert r.coverage_widened == pytest.approx(0.8, abs=0.04)
    assert r.crps_widened < r.crps
    assert r.pit[0] > 48 and "too narrow" in r.words


def test_ranges_that_are_too_wide_are_narrowed():
    r = reliability(claims(0.5))
    assert r.coverage > 0.95 and r.applied < 0.7 and "too wide" in r.words


def test_a_few_groups_move_the_factor_less():
    many, few = reliability(claims(2.0, n=400)), reliability(claims(2.0, groups=8))
    assert few.groups == 8 and few.rows == 240
    one_per_group = reliability(claims(2.0, n=8))
    assert one_per_group.factor_error > many.factor_error
    assert abs(math.log(one_per_group.applied)) < abs(math.log(one_per_group.factor))
    assert reliability(claims(2.0, n=LEAST_GROUPS - 1)) is None


def test_rows_of_one_group_are_no_proof():
    z = np.concatenate([np.full(500, 5.0), np.zeros(9)])
    group = np.concatenate([np.zeros(500, int), np.arange(1, 10)])
    assert widening(z, group) == pytest.approx(5.0 / Z_P90, rel=0.05)
    assert jackknife(z, group) > 0.5


def test_a_factor_is_drawn_to_one_by_its_error():
    tau = prior()
    assert shrunk(2.0, 0.0, tau) == pytest.approx(2.0)
    assert shrunk(2.0, tau, tau) == pytest.approx(math.sqrt(2.0))
    assert shrunk(2.0, 100.0, tau) == pytest.approx(1.0, abs=1e-3)


def test_the_score_is_that_of_a_normal_forecast_of_logarithms():
    claim = Claim(10.0, 10.0 / FACTOR, 10.0 * FACTOR, 13.0, "")
    assert claim.crps() == pytest.approx(crps(math.log(1.3), 0.3), abs=1e-3)
    assert Claim(0.0, -1.0, 1.0, 0.0, "").crps() == pytest.approx(crps(0.0, 1.0 / Z_P90), abs=1e-3)


# --- Facts ------------------------------------------------------------------------------------------------------------


def test_a_range_is_stretched_about_its_value():
    facts = load_facts()
    price = facts["accelerator.gb300-nvl72.price"]
    wide = stretched(price, 2.0, "interval.x.factor")
    assert wide.value == price.value
    assert wide.high / wide.value == pytest.approx((price.high / price.value) ** 2)
    assert wide.value / wide.low == pytest.approx((price.value / price.low) ** 2)
    assert "range times 2 (interval.x.factor)" in wide.note
    share = stretched(replace(price, value=0.5, low=0.2, high=0.9, unit="1"), 3.0, "x")
    assert 0.0 <= share.low < 0.2 and share.high == 1.0
    apart = stretched(replace(price, value=0.0, low=-1.0, high=2.0), 2.0, "x")
    assert (apart.low, apart.high) == (-2.0, 4.0)


def test_ranges_are_widened_once_and_never_the_users():
    facts = load_facts()
    price = "accelerator.gb300-nvl72.price"
    factor = float(facts["interval.capital.factor"].value)
    wide = widened(facts)
    assert wide[price].high / wide[price].value == pytest.approx((facts[price].high / facts[price].value) ** factor)
    assert widened(wide)[price].high == wide[price].high
    own = {price: {"value": 50000.0, "low": 45000.0, "high": 60000.0}}
    s = read({"place": "Estonia", "power": "20 MW", "facts": own}, today=date(2026, 11, 23))
    assert facts_for(s)[price].high == 60000.0 and facts_for(s)[price].source == USER


def test_a_factor_can_be_overridden():
    shell = "shell.usd_per_w.FRA"
    facts = load_facts()
    assert of_question(None, {})[shell].high > facts[shell].high
    assert of_question(None, {"interval.capital.factor": 1.0})[shell].high == facts[shell].high
    assert of_question(facts, {})[shell].high == of_question(None, {})[shell].high


def test_every_family_covers_facts_with_a_range():
    facts = load_facts()
    names = dict(families(facts))
    assert {"building", "capital", "size", "cooling"} == set(names)
    wide = widened(facts)
    changed = {i for i in facts if wide[i] is not facts[i]}
    for name, patterns in names.items():
        factor = float(facts[f"interval.{name}.factor"].value)
        starts = tuple(p.partition("*")[0] for p in patterns)
        moved = [i for i in changed if i.startswith(starts)]
        assert bool(moved) == (factor != 1.0), name
    assert all(facts[i].low <= wide[i].value <= wide[i].high for i in changed)


def test_the_shipped_factor_is_that_of_the_campuses():
    r = reliability(building())
    shipped_factor = float(load_facts()["interval.building.factor"].value)
    assert r.rows > 20 and r.coverage < 0.8 < r.coverage + 2.0 * r.coverage_error
    assert shipped_factor == pytest.approx(r.applied if abs(math.log(r.applied)) > math.log(NEAR) else 1.0, abs=0.01)


def test_the_range_of_a_campus_holds_its_value():
    row = next(r for r in table() if r["id"] == "de-jupiter")
    asked = listed(row, "predict")
    given = {k: v for k, v in row.items() if v and k not in asked and k in INPUTS}
    value, low, high = ranged(given, "accelerators")
    assert low < value < high


def test_levelised_costs_beside_published_ranges():
    found = {x.plant: x for x in levelised(draws=500)}
    for plant in ("ccgt", "solar"):
        assert found[plant].published[0] <= found[plant].ours[1] <= found[plant].published[1]
        assert 0.8 < found[plant].width < 1.4
    assert "outside" in found["gas_engine"].words


# --- Validate ---------------------------------------------------------------------------------------------------------


def test_validate_judges_the_ranges_of_its_families():
    report = validate([Path(str(resources.files("gigawatt"))) / "data" / "published" / "campus_cases.csv"])
    found = report.intervals()["campus_cases"]
    assert 0.5 < found["months_to_first"].coverage < 1.0
    assert (
        report.json()["families"]["campus_cases"]["intervals"]["months_to_first"]["rows"]
        == found["months_to_first"].rows
    )
    said = lines(report.intervals())
    assert any(x.startswith("campus_cases months_to_first: ") and "ranks of the truth by fifths" in x for x in said)
