"""What is behind a figure: the graph of a plan's trace, one step at a time, against the whole tree of ``explain``."""

import pytest

from asked import example_json

pytest.importorskip("fastapi")

from gigawatt.errors import ScenarioError
from gigawatt.explain import leaves, tree
from gigawatt.facts import ASSUMPTION
from gigawatt.web.explaining import below, counts, figure_step, spread, step


@pytest.fixture(scope="module")
def plan():
    return example_json("france")


@pytest.mark.parametrize("figure", ["capex_usd", "water_m3_per_year", "jobs_permanent", "full_power_date"])
def test_the_facts_are_those_of_the_tree(plan, figure):
    found = figure_step(plan, figure)
    known = leaves(tree(plan, figure)["tree"])
    assert {f["id"] for f in found.facts} == {n["name"] for n in known if n["kind"] == "fact"}
    assert {g["name"] for g in found.given} == {n["name"] for n in known if n["kind"] == "given"}
    assert found.kind == "formula" and found.equation and found.inputs


def test_one_can_walk_down_to_the_facts(plan):
    found, seen = figure_step(plan, "lcoc_usd_per_accelerator_hour"), 0
    while found.kind == "formula":
        following = [i for i in found.inputs if i["number"] is not None]
        found = step(plan, following[-1]["number"])
        seen += 1
        assert seen < 40
    assert found.kind in ("fact", "given")


def test_facts_come_widest_first_and_are_counted(plan):
    found = figure_step(plan, "capex_usd")
    widths = [spread(f) for f in found.facts]
    assert widths == sorted(widths, reverse=True) and widths[0] > 0
    n = counts(found.facts)
    assert n["facts"] == len(found.facts) == n["A"] + n["B"] + n["C"]
    assert n["assumptions"] == sum(f["source"] == ASSUMPTION for f in found.facts) and n["user"] == 0


def test_a_step_of_another_figure_is_refused(plan):
    other = plan["trace"]["figures"]["capex_usd"]
    assert other not in below(plan["trace"], plan["trace"]["figures"]["jobs_permanent"])
    with pytest.raises(ScenarioError, match="not below"):
        figure_step(plan, "jobs_permanent", other)
    with pytest.raises(ScenarioError, match="nearest"):
        figure_step(plan, "capex")
