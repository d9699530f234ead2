"""Which facts move a figure most: found among the draws, tried one by one, against the plan made with them."""

import numpy as np
import pytest

from asked import AS_OF

pytest.importorskip("fastapi")

from gigawatt import plan, read_scenario
from gigawatt.facts import Fact
from gigawatt.record import Draws
from gigawatt.web.movers import movers, standing_out

QUESTION = {"place": "France", "power": "1 GW nuclear", "as_of": AS_OF}


def test_the_chip_is_what_an_hour_costs_most_by():
    found = movers(read_scenario(QUESTION), "lcoc_usd_per_accelerator_hour")
    assert {"life.it", "accelerator.gb300-nvl72.price"} <= {row["fact"] for row in found[:3]}
    first = found[0]
    changed = plan(read_scenario({**QUESTION, "facts": {first["fact"]: first["low"]}, "draws": 50}))
    assert changed.figures["lcoc_usd_per_accelerator_hour"].value == first["at_low"]
    swings = [abs(row["at_high"] - row["at_low"]) for row in found]
    assert swings == sorted(swings, reverse=True) and swings[-1] > 0.0


def test_the_connection_is_what_full_power_waits_for():
    found = movers(read_scenario(QUESTION), "full_power_date")
    assert found[0]["fact"] == "lead.grid_stage_3.FRA" and found[0]["at_low"] < found[0]["at_high"]


def test_a_figure_without_a_range_has_no_movers():
    assert movers(read_scenario(QUESTION), "facility_peak_mw") == []
    assert (
        movers(read_scenario({"place": "France", "goal": "cost", "power": "100 MW", "as_of": AS_OF}), "capex_usd") == []
    )


def test_what_is_followed_stands_out_and_what_is_not_does_not():
    facts = [Fact(f"a.{i}", 2.0, 1.0, 3.0, "1", "2025", "C", "assumption", "", "") for i in range(40)]
    draws = Draws(400, seed=1)
    followed = np.asarray(draws.of(facts[7])) ** 3 + 0.1 * np.asarray(draws.of(facts[3]))
    found = standing_out(draws, facts, followed)
    assert found[0] is facts[7] and len(found) <= 4  # chance lets through one in eighty
    assert standing_out(draws, facts, np.full(400, 5.0)) == []
