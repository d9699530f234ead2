"""How an accelerator is wired: the switch that fits its link, parts and prices, and the bill of any number of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt.compute import network_bill as network
from gigawatt.errors import FactError
from gigawatt.record import Steps, central

GBIT_PER_GB = 8.0
TORUS_PORTS = 6.0


@dataclass(frozen=True)
class Wire:
    """How one kind of accelerator is wired."""

    kind: str  # of switch
    parts: network.Parts
    torus_parts: network.Parts
    rails: float
    domain: float
    link_gbit_per_s: float
    torus: bool  # whether its own links make one


def wire(step: Steps, accelerator: str, units_per_server: float) -> Wire:
    """The switch whose ports match an accelerator's link, and the prices of links at that speed.

    Raises
    ------
    FactError
        When the accelerator has no bandwidth beyond its scale-up domain on record.
    """
    facts = step.facts
    if f"accelerator.{accelerator}.scale_out_bandwidth" not in facts:
        raise FactError(f"accelerator.{accelerator}.scale_out_bandwidth: not on record; give it with --set")
    gbit = central(step.fact(f"accelerator.{accelerator}.scale_out_bandwidth", unit="GB/s")) * GBIT_PER_GB
    slower = central(step.fact("network.switch.400g.speed", unit="Gbit/s"))
    kind = "400g" if gbit <= slower else "800g"
    speed = central(step.fact(f"network.switch.{kind}.speed", unit="Gbit/s"))
    radix, planes = network.ports_at(
        switch_ports=step.fact(f"network.switch.{kind}.ports", unit="1"),
        port_gbit_per_s=speed,
        link_gbit_per_s=gbit,
        most_split=step.fact("network.most_split", unit="1"),
    )
    domain = f"accelerator.{accelerator}.scale_up_domain"
    inside = f"accelerator.{accelerator}.scale_up_bandwidth"
    is_torus = facts[f"accelerator.{accelerator}.family"].value == "tpu" and inside in facts
    side = central(step.fact(inside, unit="GB/s")) * GBIT_PER_GB if is_torus else gbit
    rack = central(step.fact("network.rails.rack", unit="1"))
    return Wire(
        kind=kind,
        parts=_parts(step, kind, min(gbit, speed), radix, planes),
        torus_parts=_parts(step, kind, side / TORUS_PORTS, radix, planes),
        rails=min(units_per_server, rack) if units_per_server > 2 * rack else units_per_server,
        domain=float(facts[domain].value) if domain in facts else units_per_server,
        link_gbit_per_s=gbit,
        torus=is_torus,
    )


def _parts(step: Steps, kind: str, link_gbit_per_s: float, radix: Any, planes: Any) -> network.Parts:
    """Prices and draws of one link's ends and cable, in proportion to its speed."""
    return step(
        network.parts_at,
        link_gbit_per_s=link_gbit_per_s,
        radix=radix,
        planes=planes,
        switch_usd=step.fact(f"network.switch.{kind}.price", unit="USD"),
        switch_w=step.fact(f"network.switch.{kind}.power", unit="W"),
        link_usd=step.fact("network.link.price", unit="USD"),
        priced_gbit_per_s=step.fact("network.link.speed", unit="Gbit/s"),
        fibre_share=step.fact("network.fibre_share", unit="1"),
        transceiver_w=step.fact("network.transceiver.power", unit="W"),
        transceiver_gbit_per_s=step.fact("network.transceiver.speed", unit="Gbit/s"),
        copper_usd=step.fact("network.copper.price", unit="USD"),
        circuit_ports=step.fact("network.torus.circuit_ports", unit="1"),
        circuit_usd=step.fact("network.torus.circuit_price", unit="USD"),
        circuit_w=step.fact("network.torus.circuit_power", unit="W"),
    )


def bill(step: Steps, w: Wire, topology: str, accelerators: Any, oversubscription: Any = 1.0) -> network.Bill:
    """The network of so many accelerators, wired one way."""
    if topology == "torus":
        edge = int(central(step.fact("network.torus.cube_edge", unit="1")))
        whole = filled(int(np.ceil(central(accelerators))), edge)
        sides = network.torus_sides(accelerators=whole, edge=edge)
        assert sides is not None
        return step(network.torus, accelerators=float(whole), parts=w.torus_parts, edge=edge, longest=sides[2])
    at_rack = topology == "fat_tree"
    rails = {"fat_tree": 1.0, "rail_only": w.domain}.get(topology, w.rails)
    return step(
        network.switched,
        accelerators=accelerators,
        parts=w.parts,
        rails=rails,
        oversubscription=oversubscription,
        copper_hosts=step.fact("network.host_copper.fat_tree" if at_rack else "network.host_copper.rail", unit="1"),
        rails_apart=topology == "rail_only",
    )


def filled(accelerators: int, edge: int) -> int:
    """The next number of accelerators whose cubes make a torus no side of which is more than twice another."""
    cubes = -(-accelerators // edge**3)
    while True:
        sides = network.torus_sides(accelerators=cubes * edge**3, edge=edge)
        if cubes == 1 or (sides is not None and sides[2] <= 2 * sides[0]):
            return cubes * edge**3
        cubes += 1


def split(w: Wire, planes: float) -> Wire:
    """The same bandwidth over several networks beside each other: ports split, so that fewer tiers reach as far."""
    p = w.parts
    parts = replace(
        p,
        radix=np.asarray(p.radix) * planes,
        planes=np.asarray(p.planes) * planes,
        **{
            k: np.asarray(getattr(p, k)) / planes
            for k in ("transceiver_usd", "transceiver_w", "fibre_usd", "copper_usd")
        },
    )
    return replace(w, parts=parts)
