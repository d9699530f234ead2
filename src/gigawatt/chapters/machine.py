"""The accelerator: which one, what it draws, costs and computes at its peak."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from gigawatt import compute
from gigawatt.chapters import wires
from gigawatt.compute import network_bill
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.record import Steps
from gigawatt.scenario import Scenario

DEFAULT = "gb300-nvl72"  # the generation one can order today (design); shown beside the others in the report
NEAR = (0.4, 0.2)  # likeness of names that are offered in place of an unknown one; the second where none has the first
RACK_SCALE = 64  # accelerators per server from which the price is that of a rack with its inner network


@dataclass(frozen=True)
class Machine:
    """One accelerator type as the plan uses it. USD and MW per accelerator; rates per accelerator."""

    id: str
    name: str
    family: str
    it_mw: Any
    units_per_server: Any
    price_usd: Any
    network_usd: Any
    peak_flop_per_s: Any
    peak_fp8_flop_per_s: Any
    memory_gb_per_s: Any
    market_usd_per_hour: Any
    precision: str


def find(facts: Facts, name: str, kind: str) -> str:
    """Id of an accelerator or model by any of its names.

    Raises
    ------
    ScenarioError
        When nothing of this name is known; offers the nearest.
    """
    if f"{kind}.{name}.name" in facts or f"{kind}.{name}.aliases" in facts:
        return name
    wanted = _fold(name)
    names: dict[str, str] = {}
    for fact in facts.under(f"{kind}."):
        if fact.id.endswith((".aliases", ".name")):
            item = fact.id.split(".")[1]
            for alias in (item, *str(fact.value).split(";")):
                names.setdefault(_fold(alias), item)
    if wanted in names:
        return names[wanted]
    starts = sorted({v for k, v in names.items() if wanted and k.startswith(wanted)})
    if len(starts) == 1:
        return starts[0]
    close = next((c for cut in NEAR if (c := difflib.get_close_matches(wanted, list(names), n=3, cutoff=cut))), [])
    near = ", ".join(dict.fromkeys(names[c] for c in close)) or ", ".join(sorted(set(names.values()))[:12])
    raise ScenarioError(f"{kind}: {name!r} is not in the catalogue; nearest: {near}")


def asked_for(facts: Facts, s: Scenario) -> str:
    """Id of the accelerator of a question, or the default.

    Raises
    ------
    ScenarioError
        When nothing of this name is known, or the question's software is older.
    """
    item = find(facts, s.accelerator, "accelerator") if s.accelerator else DEFAULT
    if s.software is not None:
        check_software(facts, item, s.software)
    return item


def check_software(facts: Facts, item: str, date: float) -> None:
    """Refuse software of a time when nobody had the accelerator.

    Raises
    ------
    ScenarioError
        With the date of first sale.
    """
    if date < sold_from(facts, item):
        raise ScenarioError(
            f"software: a date of {date:.1f} is before {item} was sold ({facts[f'accelerator.{item}.release'].value}); "
            "give a later one, or another accelerator"
        )


def sold_from(facts: Facts, item: str) -> float:
    """Year, with its share, from which an accelerator was sold: 2025-Q3 -> 2025.5; -inf where nobody says. [year]"""
    known = f"accelerator.{item}.release"
    said = re.match(r"(\d{4})(?:-([QH]?)(\d+))?", str(facts[known].value) if known in facts else "")
    if not said:
        return -math.inf
    parts = {"Q": 4, "H": 2, "": 12, None: 1}[said[2]]  # of a year
    return int(said[1]) + (int(said[3] or 1) - 1) / parts


@cache
def _fold(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def machine(step: Steps, s: Scenario) -> Machine:
    """Look up the accelerator asked for, or the default, and what one of them does."""
    facts = step.facts
    item = asked_for(facts, s)
    for key in ("price", "server_power", "units_per_server", f"peak_{s.precision}"):
        if f"accelerator.{item}.{key}" not in facts:
            have = sorted({i.split(".")[1] for i in facts if i.startswith("accelerator.") and i.endswith(f".{key}")})
            raise ScenarioError(
                f"accelerator: {s.accelerator!r} ({item}) has no {key.replace('_', ' ')} fact; "
                f"give one with --set, or choose one of {', '.join(have)}"
            )
    family = step.text(f"accelerator.{item}.family")
    kw = step(
        compute.it_kw_per_accelerator,
        server_kw=step.fact(f"accelerator.{item}.server_power", unit="kW"),
        units_per_server=step.fact(f"accelerator.{item}.units_per_server", unit="1"),
        outside_rack_share=step.fact("it.outside_rack_power_share", unit="1"),
    )
    price = step.fact(f"accelerator.{item}.price", unit="USD")
    peak = step.fact(f"accelerator.{item}.peak_{s.precision}", unit="FLOP/s")
    return Machine(
        id=item,
        name=_short_name(facts, item),
        family=family,
        it_mw=step(compute.it_peak_mw, accelerators=1.0, kw_per_accelerator=kw),
        units_per_server=step.fact(f"accelerator.{item}.units_per_server", unit="1"),
        price_usd=price,
        network_usd=outside_usd(step, item, price),
        peak_flop_per_s=peak,
        peak_fp8_flop_per_s=step.fact(f"accelerator.{item}.peak_fp8", f"accelerator.{item}.peak_bf16", unit="FLOP/s"),
        memory_gb_per_s=step.fact(f"accelerator.{item}.memory_bandwidth", unit="GB/s"),
        market_usd_per_hour=_market_price(step, item),
        precision=s.precision,
    )


def outside_usd(step: Steps, item: str, price_usd: Any) -> Any:
    """Network, storage, hosts and installation outside the server or rack, per accelerator. [USD]

    A rack's is a published mark-up. A server's is counted, as the links of an accelerator cost the same beside a cheap
    one: the network of a large cluster, which has three tiers, and its storage; a mark-up where the link is not known.
    """
    facts, known = step.facts, f"accelerator.{item}.units_per_server"
    units = float(facts[known].value) if known in facts else 1.0
    if units >= RACK_SCALE:
        return step(outside_rack_usd, price_usd=price_usd, share=step.fact("it.outside_rack_share", unit="1"))
    if f"accelerator.{item}.scale_out_bandwidth" not in facts:
        return step(outside_rack_usd, price_usd=price_usd, share=step.fact("it.outside_server_share", unit="1"))
    size = step.fact("training.compared_accelerators", unit="1")
    wire = wires.wire(step, item, units)
    return step(
        outside_server_usd,
        network=wires.bill(step, wire, "torus" if wire.torus else "rail_optimised", size),
        accelerators=size,
        tb_per_accelerator=step.fact("storage.per_accelerator", unit="TB"),
        disk_usd_per_tb=step.fact("storage.disk.price", unit="USD/TB"),
    )


def outside_server_usd(
    *, network: network_bill.Bill, accelerators: Any, tb_per_accelerator: Any, disk_usd_per_tb: Any
) -> Any:
    """Network and storage outside a server, per accelerator.

    Parameters
    ----------
    network : Bill
        Network of a cluster. [USD]
    accelerators : float or array
        Its accelerators. [accelerator]
    tb_per_accelerator : float or array
        Storage for each. [TB]
    disk_usd_per_tb : float or array
        Its price. [USD/TB]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return network.usd / accelerators + tb_per_accelerator * disk_usd_per_tb


def outside_rack_usd(*, price_usd: Any, share: Any) -> Any:
    """Network, storage, hosts and installation outside the rack, per accelerator.

    Parameters
    ----------
    price_usd : float or array
        Rack or server price per accelerator. [USD]
    share : float or array
        Mark-up on it. [-]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return price_usd * share


def _short_name(facts: Facts, item: str) -> str:
    return str(facts[f"accelerator.{item}.aliases"].value).split(";")[0]


def _market_price(step: Steps, item: str) -> Any:
    """Long-contract price: stated where one is, else the on-demand price less a reservation's discount; else None."""
    stated = f"accelerator.{item}.rental_contract"
    if stated in step.facts:
        return step.fact(stated, unit="USD/h")
    for fact_id in (f"accelerator.{item}.rental", f"market_price.{item}"):
        if fact_id in step.facts:
            return step(
                contract_price,
                on_demand_usd_per_hour=step.fact(fact_id, unit="USD/h"),
                discount=step.fact("market.contract_discount", unit="1"),
            )
    return None


def contract_price(*, on_demand_usd_per_hour: Any, discount: Any) -> Any:
    """Price under a long reservation, from the price on demand.

    Parameters
    ----------
    on_demand_usd_per_hour : float or array
        Price on demand. [USD/h]
    discount : float or array
        What a reservation saves. [-]

    Returns
    -------
    float or array
        Price. [USD/h]
    """
    return on_demand_usd_per_hour * (1.0 - discount)
