"""The network of any number of accelerators as a bill: the room alone, with facts, ranges and words."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gigawatt.chapters import wires, wiring
from gigawatt.chapters.machine import find
from gigawatt.compute import network_bill
from gigawatt.errors import FactError, ScenarioError
from gigawatt.facts import Facts, load_facts
from gigawatt.record import Draws, Steps, central
from gigawatt.training_run import cluster

PRICE_YEAR, DRAWS, SEED = 2025, 400, 0


@dataclass(frozen=True)
class Network:
    """A cluster and the bill of its network, topology by topology."""

    accelerator: str
    accelerators: int
    link_gbit_per_s: float
    switch_ports: float
    price_year: int
    rows: tuple[dict[str, Any], ...]
    words: str

    def json(self) -> dict[str, Any]:
        """All of it as plain tables."""
        return asdict(self)


def network(on: str, *, topology: str | None = None, sides: str | None = None, facts: Facts | None = None) -> Network:
    """Switches, optics, cables, power and price of a cluster's network.

    Parameters
    ----------
    on : str
        Cluster, such as "100k GB300". [-]
    topology : str, optional
        rail_optimised, fat_tree, rail_only, torus, or rail_oversubscribed, rail_planes; all where not given. [-]
    sides : str, optional
        Sides of a torus, such as "16x16x16". [-]
    facts : Facts, optional
        Other facts than those that ship. [-]

    Raises
    ------
    ScenarioError
        When the cluster cannot be read, the topology is unknown, a torus does not divide, or nothing reaches so far.
    """
    facts = facts or load_facts()
    count, name = cluster(on)
    item = find(facts, name, "accelerator")
    kind = _topology(topology)
    step, drawn = Steps(facts, PRICE_YEAR), Steps(facts, PRICE_YEAR, Draws(DRAWS, SEED))
    if kind == "torus" or sides:
        _check_torus(count, int(central(step.fact("network.torus.cube_edge", unit="1"))), sides, kind)
    units = f"accelerator.{item}.units_per_server"
    if units not in facts:
        raise ScenarioError(f"on: {item} has no {units} fact; give it with --set, or choose another accelerator")
    try:
        w, v = (wires.wire(t, item, float(facts[units].value)) for t in (step, drawn))
    except FactError as error:
        raise ScenarioError(str(error)) from None
    found = wiring.rows(step, drawn, w, v, float(count), np.full(DRAWS, float(count)), (kind,) if kind else ())
    shown = next((r for r in found if r["chosen"]), found[0])
    return Network(
        accelerator=item,
        accelerators=count,
        link_gbit_per_s=w.link_gbit_per_s,
        switch_ports=central(w.parts.radix),
        price_year=PRICE_YEAR,
        rows=tuple(found),
        words=wiring.words(shown, w, f"USD_{PRICE_YEAR}"),
    )


def _topology(text: str | None) -> str:
    if not text:
        return ""
    folded = text.strip().lower().replace("-", "_").replace(" ", "_").replace("optimized", "optimised")
    if folded in wiring.LABELS:
        return folded
    near = difflib.get_close_matches(folded, list(wiring.LABELS), n=2, cutoff=0.3) or list(wiring.LABELS)
    raise ScenarioError(f"topology: {text!r} is not known; nearest: {', '.join(near)}")


def _check_torus(count: int, edge: int, sides: str | None, kind: str) -> None:
    """A torus is of whole cubes; the sides given multiply to the accelerators."""
    cube = edge**3
    if sides and kind != "torus":
        raise ScenarioError(f"sides: {sides!r} without a torus; write topology torus too")
    if sides:
        parts = sides.lower().replace("×", "x").split("x")
        if len(parts) != 3 or not all(p.strip().isdigit() and int(p) for p in parts):
            raise ScenarioError(f'sides: {sides!r}; expected three numbers such as "16x16x16"')
        a, b, c = (int(p) for p in parts)
        if a * b * c != count:
            raise ScenarioError(f"sides: {sides!r} are {a * b * c:,} accelerators, but on says {count:,}")
        if any(x % edge for x in (a, b, c)):
            raise ScenarioError(f"sides: {sides!r}; expected multiples of {edge}, as the torus is of cubes of {cube}")
    elif network_bill.torus_sides(accelerators=count, edge=edge) is None:
        below, above = count // cube * cube, -(-count // cube) * cube
        near = f"{below:,} or {above:,}" if below else f"{above:,}"
        raise ScenarioError(f"torus: {count:,} accelerators are not whole cubes of {cube}; nearest: {near}")
