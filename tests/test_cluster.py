"""The plan's tables of network, storage, power swings and sites: what they hold, and that nothing is counted twice."""

import json
import math

import pytest
from click.testing import CliRunner

from asked import asked, example
from gigawatt.answer import plain
from gigawatt.chapters import machine, wires, wiring
from gigawatt.cli import main
from gigawatt.facts import load_facts
from gigawatt.record import Steps
from gigawatt.report.cluster_words import parts
from gigawatt.report.markdown import markdown

TABLES = ("network", "storage", "power_swing", "sites")


def france():
    return example("france")


def test_a_plan_has_the_four_tables_and_its_reports_print_them():
    plan = france()
    assert all(plan.tables[name]["words"] for name in TABLES)
    made = parts(plan)
    assert [p.title for p in made[:2]] == ["Training", "Serving"]
    assert [p.title for p in made[2:]] == ["Network", "Storage", "Power swings", "5 sites instead of one"]
    assert all(len(row) == len(p.header) for p in made for row in p.rows)
    text = markdown(plan)
    assert all(f"## {p.title}" in text for p in made)
    json.dumps(plain({name: plan.tables[name] for name in TABLES}), allow_nan=False)


def test_the_network_is_inside_what_the_bill_charges():
    plan = france()
    t = plan.tables["network"]
    chosen = next(r for r in t["rows"] if r["chosen"])
    outside = t["reconciled"]["markup_usd"]
    assert chosen["usd"]["low"] < outside
    assert outside < plan.figures["capex_it_usd"].value
    assert chosen["usd"]["value"] + plan.tables["storage"]["usd"]["value"] < outside
    assert t["reconciled"]["share_of_capital"] == pytest.approx(0.13, abs=0.05)  # as analysts count it
    assert {b["item"] for b in plan.bill}.isdisjoint({"network", "storage", "power_swing"})
    assert chosen["switches_usd"] + chosen["optics_usd"] + chosen["cables_usd"] == pytest.approx(chosen["usd"]["value"])


def test_the_power_held_for_network_and_storage_is_what_they_draw():
    t = france().tables
    counted = next(r["mw"]["value"] for r in t["network"]["rows"] if r["chosen"]) + t["storage"]["mw"]["value"]
    assert counted == pytest.approx(t["network"]["reconciled"]["reserved_mw"], rel=0.05)


@pytest.mark.parametrize("item", ["a100-80g", "h100", "h200", "b200", "b300", "mi300x", "mi355x", "gb200-nvl72"])
def test_what_is_charged_outside_a_server_pays_for_its_network(item):
    step = Steps(load_facts(), 2025)
    charged = machine.outside_usd(step, item, step.fact(f"accelerator.{item}.price", unit="USD"))
    w = wires.wire(step, item, float(step.fact(f"accelerator.{item}.units_per_server", unit="1")))
    for n in (1_000.0, 16_384.0, 100_000.0, 500_000.0):
        made = wiring.rows(step, step, w, w, n, n)
        assert next(r["usd_per_accelerator"] for r in made if r["chosen"]) < charged


def test_topologies_come_in_the_published_order():
    rows = {r["topology"]: r for r in france().tables["network"]["rows"]}
    usd = {name: r["usd"]["value"] for name, r in rows.items()}
    assert usd["torus"] < usd["rail_only"] < usd["fat_tree"] < usd["rail_optimised"]
    assert usd["rail_oversubscribed"] < usd["rail_optimised"]
    assert rows["rail_only"]["bisection_share"] == 0


def test_a_campus_of_eight_way_servers_has_the_switches_of_a_published_one():
    rows = {r["topology"]: r for r in asked(place="France", accelerators="4096 H100").tables["network"]["rows"]}
    row = rows["rail_optimised"]
    assert (row["leaves"], row["spines"], row["cores"]) == (128, 128, 64)
    told = asked(place="France", accelerators="1024 H100").tables["network"]["reconciled"]["words"]
    assert "three tiers of a large cluster for any size" in told
    assert "rail_oversubscribed" not in rows  # it fits into one building


def test_the_swing_is_met_by_a_store_or_warned_of():
    plan = france()
    t = plan.tables["power_swing"]
    stop = next(r for r in t["rows"] if r["event"] == "stop")
    size, ramp = stop["step_mw"]["value"], t["ramp_mw_per_s"]["value"]
    assert stop["buffer_mwh"]["value"] == pytest.approx(size**2 / (2 * ramp) / 3600)
    assert t["warning"] and stop["left_mw"]["value"] > 0
    assert size < plan.figures["it_load_mw"].high


def test_engines_follow_faster_than_a_connection_and_need_less():
    grid = france().tables["power_swing"]
    gas = asked(place="USA-TX", power="1 GW gas").tables["power_swing"]
    assert set(gas["ramps"]) == {"gas"} and gas["ramp_mw_per_s"]["value"] > grid["ramp_mw_per_s"]["value"]
    assert gas["rows"][-1]["buffer_mwh"]["value"] < grid["rows"][-1]["buffer_mwh"]["value"]


def test_five_sites_instead_of_one():
    t = france().tables["sites"]
    rows = {r["method"]: r for r in t["rows"]}
    assert set(rows) == {"synchronous", "diloco", "streaming"}
    for r in rows.values():
        assert 0 <= r["slow_down"] < 1 and math.isfinite(r["link_needed_gbit_per_s"]) and r["fibre_for_it_usd"] > 0
    assert rows["streaming"]["link_needed_gbit_per_s"] < rows["synchronous"]["link_needed_gbit_per_s"] / 100


def test_sites_exchange_the_run_that_the_plan_trains_in_its_steps():
    plan = france()
    t, run = plan.tables["sites"], plan.tables["training"]
    row = t["rows"][0]
    assert row["params"] == run["parameters"]
    light = t["round_ms"] / 1e3
    update = 2.0 * 2.0 * run["parameters"] * (1.0 - 1.0 / t["sites"]) / 2.0 * 8e-9  # Gbit each way around
    assert row["exchange_s"] == pytest.approx(update / t["link_gbit_per_s"] + light, rel=1e-6)
    time = run["step_s"] * (0.5 + t["loss_limit"] / (1.0 - t["loss_limit"]))  # beside the work, and what may be lost
    assert row["link_needed_gbit_per_s"] == pytest.approx(update / (time - light), rel=1e-3)


def test_every_priced_accelerator_of_the_catalogue_can_be_wired():
    facts = load_facts()
    step = Steps(facts, 2025)
    for fact in facts.under("accelerator."):
        name = fact.id.split(".")[1]
        if fact.id.endswith(".scale_out_bandwidth") and f"accelerator.{name}.units_per_server" in facts:
            w = wires.wire(step, name, float(facts[f"accelerator.{name}.units_per_server"].value))
            for topology in ("fat_tree", "rail_optimised", "rail_only", "torus"):
                for n in (1_000.0, 1_000_000.0):
                    made = wires.bill(step, w, topology, n)
                    one_domain = topology == "rail_only" and n <= w.domain  # no rails to join
                    assert (0 < float(made.usd) < n * 1e5) != one_domain, (name, topology, n)


def test_the_verb_prints_a_bill_for_a_thousand_and_for_a_million():
    for on in ("1000 H100", "100k GB300", "1M GB300"):
        said = CliRunner().invoke(main, ["network", "--on", on])
        assert said.exit_code == 0 and "switches" in said.output
    data = json.loads(CliRunner().invoke(main, ["network", "--on", "1M GB300", "--json"]).output)
    rows = {r["topology"]: r for r in data["rows"]}
    assert rows["rail_optimised"]["tiers"] == 4 and rows["rail_planes"]["tiers"] == 3 and rows["rail_planes"]["chosen"]
    assert rows["rail_planes"]["usd"]["value"] < rows["rail_optimised"]["usd"]["value"]


@pytest.mark.parametrize(
    ("asked_for", "says"),
    [
        (["1000 H100", "--topology", "rail_optimzed"], "nearest: rail_optimised"),
        (["-5 H100"], "expected a number and a type"),
        (["0 H100"], "at least 1"),
        (["1000 TPU v5p", "--topology", "torus"], "nearest: 960 or 1,024"),
        (["4096 TPU v4", "--topology", "torus", "--sides", "8x8x8"], "512 accelerators"),
        (["4096 TPU v4", "--topology", "torus", "--sides", "2x2x1024"], "multiples of 4"),
        (["4096 TPU v4", "--topology", "torus", "--sides", "16x16"], "three numbers"),
        (["4096 H100", "--sides", "16x16x16"], "without a torus"),
        (["9M H100"], "2,097,152"),
        (["1000 FOO"], "nearest"),
        (["4096 TPU v3"], "not on record"),
    ],
)
def test_what_cannot_be_wired_is_one_clear_line(asked_for, says):
    said = CliRunner().invoke(main, ["network", "--on", *asked_for])
    assert said.exit_code == 2 and says in said.output
    assert len(said.output.strip().splitlines()) == 1
