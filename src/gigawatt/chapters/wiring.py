"""The network of a cluster as a bill, topology by topology, against what the plan charges and reserves for it.

The plan's bill prices network, storage, hosts and installation outside a rack as a mark-up on it, and outside a server
by this same count (`machine.py`); nothing is added to the bill here.
"""

from __future__ import annotations

from typing import Any

from gigawatt.chapters import wires
from gigawatt.chapters.machine import RACK_SCALE, Machine
from gigawatt.chapters.words import spread_of
from gigawatt.compute import network_bill as network
from gigawatt.errors import FactError, ScenarioError
from gigawatt.figures import show
from gigawatt.record import Steps, central
from gigawatt.units import in_percent

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


def table(step: Steps, drawn: Steps, o: Any, spread: Any) -> dict[str, Any]:
    """Table ``network`` of a plan."""
    m: Machine = o.machine
    n = o.size.accelerators
    try:
        w, v = (wires.wire(t, m.id, central(m.units_per_server)) for t in (step, drawn))
        found = rows(step, drawn, w, v, n, spread.size.accelerators)
    except (FactError, ScenarioError) as error:
        return {"rows": [], "words": str(error)}
    chosen = next(r for r in found if r["chosen"])
    return {
        "words": words(chosen, w, f"USD_{step.price_year}"),
        "reconciled": _reconciled(step, chosen, w, o),
        "class": "C",
        "accelerators": central(n),
        "link_gbit_per_s": w.link_gbit_per_s,
        "switch": {"ports": central(w.parts.radix), "kind": w.kind},
        "rows": found,
        "cards": _cards(step, w, n),
    }


def rows(
    step: Steps, drawn: Steps, w: wires.Wire, v: wires.Wire, n: Any, draws: Any, names: tuple[str, ...] = ()
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


def _tiers(step: Steps, w: wires.Wire, n: Any) -> float:
    """Tiers of the same network in planes of split ports."""
    return central(_made(step, w, "rail_planes", n).tiers)


def _made(step: Steps, w: wires.Wire, name: str, n: Any) -> network.Bill:
    if name == "rail_oversubscribed":
        thin = step.fact("network.oversubscription.building", unit="1")
        return wires.bill(step, w, "rail_optimised", n, thin)
    if name == "rail_planes":
        return wires.bill(step, wires.split(w, central(step.fact("network.most_split", unit="1"))), "rail_optimised", n)
    return wires.bill(step, w, name, n)


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


def words(row: dict[str, Any], w: wires.Wire, usd: str) -> str:
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


def _reconciled(step: Steps, row: dict[str, Any], w: wires.Wire, o: Any) -> dict[str, Any]:
    """The network against what the plan charges and reserves for it and for other things, and against analysts."""
    markup = central(o.machine.network_usd) * central(o.size.accelerators)
    reserved = central(step.fact("it.outside_rack_power_share", unit="1")) * central(o.size.it_peak_mw)
    share = central(step.fact("network.published.share.network", unit="1"))
    cost, mw, capital = row["usd"]["value"], row["mw"]["value"], central(o.money.capex)
    said = (
        f"The bill charges {show(markup, None, None, f'USD_{step.price_year}')} for what is outside the servers: "
        f"network, storage and, where they are racks, hosts and installation. The network counted here is inside it "
        f"and not added: {in_percent(cost / markup)} of it"
    )
    said += "." if cost <= markup else ", so the bill is short: it counts with three tiers of switches."
    more = _fewer_tiers(step, row, w, o)
    if more > 0.0:
        said += (
            f" The bill counts with the three tiers of a large cluster for any size: "
            f"{show(more, None, None, f'USD_{step.price_year}')} more than so few accelerators need, "
            f"{in_percent(more / capital, 1)} of all capital."
        )
    said += (
        f" It is {in_percent(cost / capital)} of all capital, where analysts count {in_percent(share)} with "
        "network cards, and draws "
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


def _fewer_tiers(step: Steps, row: dict[str, Any], w: wires.Wire, o: Any) -> float:
    """What the bill of servers charges for tiers that a small network does not have. [USD]"""
    if central(o.machine.units_per_server) >= RACK_SCALE or row["tiers"] >= FULL_TREE or w.torus:
        return 0.0
    large = step.fact("training.compared_accelerators", unit="1")
    each = _made(step, w, "rail_optimised", large).usd / large
    return central(each) * central(o.size.accelerators) - float(row["usd"]["value"])


def _cards(step: Steps, w: wires.Wire, n: Any) -> dict[str, float]:
    """Network cards: in the price and the draw of the server, shown only."""
    times = w.link_gbit_per_s / central(step.fact("network.link.speed", unit="Gbit/s"))
    return {
        "usd": central(n) * times * central(step.fact("network.card.price", unit="USD")),
        "mw": central(n) * times * central(step.fact("network.card.power", unit="MW")),
    }
