"""The network of a cluster as a bill, topology by topology, against what the plan charges for it.

The plan's bill prices network, storage, hosts and installation outside the racks as one mark-up on the rack. Here the
network is counted part by part and set against that mark-up; nothing is added to the bill.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt.chapters.machine import Machine
from gigawatt.chapters.words import spread_of
from gigawatt.compute import network_bill as network
from gigawatt.errors import FactError, ScenarioError
from gigawatt.figures import show
from gigawatt.record import Steps, central

GBIT_PER_GB = 8.0
TORUS_PORTS = 6.0
FULL_TREE = 3  # tiers that can be bought today without a fourth
LABELS = {
    "rail_optimised": "rail-optimised, any to any",
    "rail_oversubscribed": "rail-optimised, thinner between buildings",
    "rail_planes": "rail-optimised in two planes of split ports",
    "fat_tree": "fat tree, leaf at the rack",
    "rail_only": "rail-only",
    "torus": "three-dimensional torus",
}


def ranged(value: Any, draws: Any) -> dict[str, float]:
    """Value with P10 and P90 of its draws, widened to hold it."""
    x = central(value)
    low, high = spread_of(draws)
    return {"value": x, "low": min(low, x), "high": max(high, x)}


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
    link = step.fact("network.link.price", unit="USD") * (
        link_gbit_per_s / step.fact("network.link.speed", unit="Gbit/s")
    )
    glass = step.fact("network.fibre_share", unit="1")
    watts = step.fact("network.transceiver.power", unit="W")
    copper = step.fact("network.copper.price", unit="USD") / step.fact("network.link.speed", unit="Gbit/s")
    return network.Parts(
        radix=radix,
        planes=planes,
        switch_usd=step.fact(f"network.switch.{kind}.price", unit="USD"),
        switch_w=step.fact(f"network.switch.{kind}.power", unit="W"),
        transceiver_usd=link * (1.0 - glass) / 2.0,
        transceiver_w=watts * link_gbit_per_s / step.fact("network.transceiver.speed", unit="Gbit/s"),
        fibre_usd=link * glass,
        copper_usd=copper * link_gbit_per_s,
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


def table(step: Steps, drawn: Steps, o: Any, spread: Any) -> dict[str, Any]:
    """Table ``network`` of a plan."""
    m: Machine = o.machine
    n = o.size.accelerators
    try:
        w, v = (wire(t, m.id, central(m.units_per_server)) for t in (step, drawn))
        found = rows(step, drawn, w, v, n, spread.size.accelerators)
    except (FactError, ScenarioError) as error:
        return {"rows": [], "words": str(error)}
    chosen = next(r for r in found if r["chosen"])
    return {
        "words": words(chosen, w, f"USD_{step.price_year}"),
        "reconciled": _reconciled(step, chosen, o),
        "class": "C",
        "accelerators": central(n),
        "link_gbit_per_s": w.link_gbit_per_s,
        "switch": {"ports": central(w.parts.radix), "kind": w.kind},
        "rows": found,
        "cards": _cards(step, w, n),
    }


def rows(
    step: Steps, drawn: Steps, w: Wire, v: Wire, n: Any, draws: Any, names: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """A row per topology with its range; those asked for, else all that make a difference at this size.

    Raises
    ------
    ScenarioError
        When there are more accelerators than four tiers of these switches join.
    """
    count = central(n)
    most = central(network.most_hosts(radix=w.parts.radix, tiers=network.MOST_TIERS, oversubscription=1.0))
    if count > most:
        raise ScenarioError(
            f"network: {count:,.0f} accelerators are more than {network.MOST_TIERS} tiers of "
            f"{central(w.parts.radix):.0f}-port switches join, which is {most:,.0f}"
        )
    large = count > central(step.fact("network.building", unit="accelerator"))
    deep = count > central(network.most_hosts(radix=w.parts.radix, tiers=FULL_TREE, oversubscription=1.0))
    useless = {"rail_oversubscribed": not large, "rail_planes": not deep}
    planned = "torus" if w.torus else "rail_planes" if deep and _tiers(step, w, n) <= FULL_TREE else "rail_optimised"
    found = []
    for name in names or tuple(x for x in LABELS if not useless.get(x)):
        one, many = (_made(t, x, name, y) for t, x, y in ((step, w, n), (drawn, v, draws)))
        note = " (not made for this accelerator)" if name == "torus" and not w.torus else ""
        found.append(_row(name, one, many, n, name == planned, note))
    return found


def _tiers(step: Steps, w: Wire, n: Any) -> float:
    """Tiers of the same network in planes of split ports."""
    return central(_made(step, w, "rail_planes", n).tiers)


def _made(step: Steps, w: Wire, name: str, n: Any) -> network.Bill:
    if name == "rail_oversubscribed":
        thin = step.fact("network.oversubscription.building", unit="1")
        return bill(step, w, "rail_optimised", n, thin)
    if name == "rail_planes":
        return bill(step, split(w, central(step.fact("network.most_split", unit="1"))), "rail_optimised", n)
    return bill(step, w, name, n)


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


def _row(name: str, one: network.Bill, many: network.Bill, n: Any, chosen: bool, note: str) -> dict[str, Any]:
    counts = {
        key: central(getattr(one, key))
        for key in (
            "tiers",
            "leaves",
            "spines",
            "cores",
            "tops",
            "switches",
            "circuit_switches",
            "transceivers",
            "fibres",
            "copper_cables",
            "bisection_share",
        )
    }
    money = {key: central(getattr(one, key)) for key in ("switches_usd", "optics_usd", "cables_usd")}
    usd = ranged(one.usd, many.usd)
    return {
        "topology": name,
        "label": LABELS[name] + note,
        "chosen": chosen,
        **counts,
        "mw": ranged(one.mw, many.mw),
        "usd": usd,
        **money,
        "usd_per_accelerator": usd["value"] / central(n),
    }


def words(row: dict[str, Any], w: Wire, usd: str) -> str:
    """One network in a sentence."""
    cost, mw = row["usd"], row["mw"]
    said = (
        f"{row['label'][:1].upper()}{row['label'][1:]}: "
        f"{show(row['switches'] + row['circuit_switches'], None, None, '')} switches and "
        f"{show(row['transceivers'], None, None, '')} optical modules for "
        f"{show(cost['value'], cost['low'], cost['high'], usd)}, drawing {show(mw['value'], None, None, 'MW')}"
    )
    if row["tiers"] > FULL_TREE:
        said += (
            f"; {row['tiers']:.0f} tiers, as three of {central(w.parts.radix):.0f}-port switches do not reach so far: "
            f"a network of this size would rather be split into planes or thinner between buildings"
        )
    planes = central(w.parts.planes)
    if planes > 1:
        said += f"; {planes:g} planes, as an accelerator's link is faster than a switch port"
    return said + "."


def _reconciled(step: Steps, row: dict[str, Any], o: Any) -> dict[str, Any]:
    """The network against what the plan charges and reserves for it and for other things, and against analysts."""
    markup = central(o.machine.network_usd) * central(o.size.accelerators)
    reserved = central(step.fact("it.outside_rack_power_share", unit="1")) * central(o.size.it_peak_mw)
    share = central(step.fact("network.published.share.network", unit="1"))
    cost, mw, capital = row["usd"]["value"], row["mw"]["value"], central(o.money.capex)
    said = (
        f"The bill charges {show(markup, None, None, f'USD_{step.price_year}')} on top of the racks for network, "
        f"storage, hosts and installation. The network counted here is inside it and not added"
    )
    if cost <= markup:
        said += f": {cost / markup:.0%} of it."
    else:
        said += f"; it alone is {cost / markup:.1f} times that, so the bill may be short."
    said += (
        f" It is {cost / capital:.0%} of all capital, where analysts count {share:.0%} with network cards, and draws "
        f"{show(mw, None, None, 'MW')}, where the plan holds {show(reserved, None, None, 'MW')} for network and "
        f"storage outside the racks."
    )
    return {
        "markup_usd": markup,
        "share_of_markup": cost / markup,
        "share_of_capital": cost / capital,
        "published_share_of_capital": share,
        "reserved_mw": reserved,
        "words": said,
    }


def _cards(step: Steps, w: Wire, n: Any) -> dict[str, float]:
    """Network cards: in the price and the draw of the server, shown only."""
    times = w.link_gbit_per_s / central(step.fact("network.link.speed", unit="Gbit/s"))
    return {
        "usd": central(n) * times * central(step.fact("network.card.price", unit="USD")),
        "mw": central(n) * times * central(step.fact("network.card.power", unit="MW")),
    }
