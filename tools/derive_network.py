"""Derive the facts of networks, storage, power swings and links between sites.

    python3 tools/derive_network.py REFERENCE_DIR

Reads goodput_network_anchors.csv and unit_costs.csv by row id; the other figures are single published ones, named
below with their page. Writes src/gigawatt/data/network.csv. Deterministic: same input, same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fact_rows import DATA, RECALLED, Reference, Row, fact, write

LLAMA = "compute-llama3-herd"
GPUS_OF_LLAMA = (16_384, 24_576)  # of the run, of its cluster
RACK = 72  # accelerators of the racks of which analysts state storage
BY_HAND: tuple[tuple[str, float, float | str, float | str, str, int, str, str, str, str], ...] = (
    # id, value, low, high, unit, year, class, source, where, note
    ("network.switch.400g.ports", 64, "", "", "1", 2023, "B", "network-nvidia-switches", "QM9700 user manual",
     "32 cages of two ports"),
    ("network.switch.400g.speed", 400, "", "", "Gbit/s", 2023, "B", "network-nvidia-switches", "QM9700 manual", ""),
    ("network.switch.400g.price", 36_000, 21_000, 50_000, "USD_2024", 2024, "B", "network-cluster-sheet",
     "switch price; 64 ports of 400 Gbit/s", "third-party maker; the chip maker's own 50,000; low: a shop of 2025"),
    ("network.switch.800g.ports", 144, "", "", "1", 2025, "B", "network-nvidia-switches", "Quantum-X800 Q3400",
     f"72 cages of two ports; {RECALLED}"),
    ("network.switch.800g.speed", 800, "", "", "Gbit/s", 2025, "B", "network-nvidia-switches", "Quantum-X800 Q3400",
     RECALLED),
    ("network.link.price", 1_280, 700, 2_000, "USD_2024", 2024, "B", "network-cluster-sheet",
     "InfiniBand connectors and cables over links: 2,560 USD for each of 1,024 to 16,384 accelerators on two tiers",
     "both ends and the fibre of one link of 400 Gbit/s; range: ours"),
    ("network.link.speed", 400, "", "", "Gbit/s", 2024, "B", "network-cluster-sheet", "price of one link of", ""),
    ("network.transceiver.power", 17, 14, 18, "W", 2025, "B", "network-nvidia-optics", "MMS4X00-NM overview",
     "twin-port module of 800 Gbit/s at a switch; 9 W of 400 Gbit/s at a server; low: newer generations, ours"),
    ("network.transceiver.speed", 800, "", "", "Gbit/s", 2025, "B", "network-nvidia-optics",
     "MMS4X00-NM application overview", "what draws that power"),
    ("network.torus.cube_edge", 4, "", "", "1", 2023, "B", "network-tpu-v4", "section 2: 4 x 4 x 4 chips in a rack",
     RECALLED),
    ("network.torus.circuit_ports", 128, "", "", "1", 2023, "B", "network-tpu-v4", "section 2: 136 x 136, 8 spare",
     RECALLED),
    ("network.oversubscription.building", 3, 1, 7, "1", 2024, "C", LLAMA, "section 3.3.1: 1:7 above pods of 3,072",
     "links between buildings of one campus; 1 where bought without, 7 as published; value: ours between"),
    ("network.published.saving.rail_only", 0.575, 0.38, 0.77, "1", 2024, "B", "network-rail-only", "abstract",
     "cost of a rail-only network below that of a full one; 37 to 75 % of power; a check, not an input"),
    ("swing.ramp.gas_engine", 1.0, 0.8, 1.2, "1/min", 2025, "B", "network-wartsila-ramp", "ramp rate in spinning mode",
     "above 100 % a minute; range: ours"),
    ("swing.ramp.aeroderivative", 0.5, 0.4, 0.6, "1/min", 2025, "B", "network-wartsila-ramp",
     "ramp rate in spinning mode", "about 50 % a minute; range: ours"),
    ("swing.ramp.ocgt", 0.2, 0.1, 0.3, "1/min", 2025, "B", "network-wartsila-ramp", "ramp rate in spinning mode",
     "industrial frame turbines, about 20 % a minute; range: ours"),
    ("swing.ramp.ccgt", 0.1, 0.05, 0.15, "1/min", 2025, "B", "network-wartsila-ramp", "ramp rate in spinning mode",
     "about 10 % a minute; range: ours"),
    ("swing.idle_share", 0.2, 0.1, 0.35, "1", 2026, "B", "network-iea-key-questions",
     "a block for training went from 6 to 30 MW in 0.25 s", "6 over 30; range: ours"),
    ("swing.transition", 0.25, 0.1, 1.0, "s", 2026, "B", "network-iea-key-questions",
     "a block for training went from 6 to 30 MW in 0.25 s", "seen in a report on it; range: ours"),
    ("swing.smoothing_cut", 0.3, 0.1, 0.3, "1", 2025, "B", "network-nvidia-smoothing",
     "reduces peak grid demand by up to 30 %", "rack-scale GB300 with stores in its power supplies; low: ours"),
    ("swing.rack_store.gb300-nvl72", 65, "", "", "J", 2025, "C", "network-nvidia-smoothing",
     "energy stored in power supplies, per accelerator", RECALLED),
    ("wan.bytes_per_param.streaming", 0.5, 0.5, 2, "1", 2025, "B", "network-streaming-diloco",
     "abstract: outer gradients in four bits", "high: 16 bits"),
    ("wan.steps_between.streaming", 100, 30, 500, "1", 2025, "B", "network-streaming-diloco", "experiments",
     f"each piece of the model is exchanged once in so many steps; {RECALLED}"),
    ("wan.published.efficiency.two_sites", 0.96, "", "", "1", 2025, "C", "network-epoch-decentralised",
     "Nemotron-4 340B in step over 1,000 km", f"a check, not an input; {RECALLED}"),
    ("wan.published.efficiency.120_km", 0.95, "", "", "1", 2024, "B", "network-china-telecom",
     "1,024 accelerators, 120 km, above 1e11 parameters", "more than 95 % of one place; a check, not an input"),
    ("wan.wave.speed", 800, 400, 1_200, "Gbit/s", 2024, "B", "network-china-telecom", "one wavelength of 800 Gbit/s",
     "range: ours"),
    ("wan.pair.price", 9_700, 2_000, 15_000, "USD_2016/km", 2016, "C", "network-zayo-contract",
     "50 M USD over 20 years for 3,200 route miles", "number of fibres not stated, read as one pair; range: ours"),
)  # fmt: skip


def rows(reference: Reference) -> list[Row]:
    """Rows of the table."""
    anchors = reference.keyed("goodput_network_anchors", "id")
    costs = reference.keyed("unit_costs", "id")
    out = [
        fact(fid, value, unit, year=year, cls=cls, source=source, where=where, note=note, low=low, high=high)
        for fid, value, low, high, unit, year, cls, source, where, note in BY_HAND
    ]
    for part in ("network", "storage"):
        row = costs[f"split-bernstein-{part}"]
        spread = {"low": 0.01, "high": 0.015} if part == "storage" else {}
        share = float(row["central"]) / 100
        out.append(
            fact(f"network.published.share.{part}", share, "1", year=2025, cls="B", source="bernstein_2025",
                 where=f"share of all-in capital: {part}", note="GB200 NVL72, 1 GW; a check, not an input", **spread)
        )  # fmt: skip
    sustained, peak = (float(x) * 1e3 for x in anchors["G36"]["value"].split("/"))
    capacity_tb, servers = 240_000.0, 7_500.0  # in the text of the same row
    assert "240 PB" in anchors["G36"]["context"] and "7,500" in anchors["G36"]["context"]
    where = "section 3.3.1: Tectonic, 240 PB, 7,500 servers, 2 TB/s sustained and 7 TB/s at peak"
    out += [
        fact("storage.published.bandwidth", sustained, "GB/s", year=2024, cls="B", source=LLAMA, where=where,
             low=sustained, high=peak, note="a check, not an input"),
        fact("storage.published.bandwidth_per_server", sustained / servers, "GB/s", year=2024, cls="B", source=LLAMA,
             where=where, low=sustained / servers, high=peak / servers, note="a check, not an input"),
        fact("storage.per_accelerator", capacity_tb / GPUS_OF_LLAMA[0], "TB", year=2024, cls="C", source=LLAMA,
             where=where, low=capacity_tb / GPUS_OF_LLAMA[1], high=2_000 / RACK,
             note="over the accelerators of the run; low: of its cluster; high: 2 PB for a rack of 72 (Bernstein)"),
    ]  # fmt: skip
    effective = anchors["G44"]
    assert effective["value"] == "95"
    out.append(
        fact("network.effective.controlled", 0.95, "1", year=2024, cls="B", source="network-nvidia-colossus",
             where="100,000 Hopper accelerators on three tiers", low=0.9, high=0.97,
             note="share of the line rate with congestion control; plain Ethernet about 60 %; a check, not an input")
    )  # fmt: skip
    return sorted(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    write(DATA / "network.csv", rows(Reference(parser.parse_args().reference)))


if __name__ == "__main__":
    main()
