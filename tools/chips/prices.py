"""Prices of accelerators, always on the basis of the server or rack, per accelerator; what stands outside; rents."""

from __future__ import annotations

import numpy as np

from .cells import fact, number

SERVER_OVER_CHIP = 8652.64 / 5276.0  # TPU v3 in the cost data set: server price over chip price, 1.64


def price_facts(accelerators: dict[str, dict[str, str]], costs, offtake) -> list[dict[str, str]]:
    rack = {r["id"]: r for r in costs}
    facts = []
    gb200 = float(rack["rack-nvl72"]["central"]) * 1e6
    facts.append(
        fact(
            "accelerator.gb200-nvl72.price",
            gb200 / 72,
            3.0e6 / 72,
            3.9e6 / 72,
            "USD_2025",
            2025,
            "B",
            "bernstein-gw",
            "rack price 3.4 M USD / 72",
            "whole rack, network outside it apart; 3.1 M USD and 2-3 M USD are quoted too; range 3.0-3.9 M: ours",
        )
    )
    for key, low, high, year, cls in (("gb300-nvl72", 0.85, 1.25, 2026, "B"), ("vr200-nvl72", 0.75, 1.5, 2026, "C")):
        v = float(accelerators[key]["price_usd_per_acc_est"])
        basis = accelerators[key]["price_basis"]
        facts.append(
            fact(
                f"accelerator.{key}.price",
                v,
                low * v,
                high * v,
                "USD_2026",
                year,
                cls,
                "morgan-stanley-racks",
                basis,
                f"whole rack, network outside it apart; default range {low - 1:+.0%} {high - 1:+.0%}",
            )
        )
    for key, street_year in (
        ("a100-80g", 2023),
        ("h100", 2026),
        ("h200", 2026),
        ("b200", 2026),
        ("b300", 2026),
        ("mi300x", 2024),
        ("mi355x", 2025),
        ("trn2", 2024),
        ("gaudi3", 2024),
    ):
        chip = float(accelerators[key]["price_usd_per_acc_est"])
        basis = accelerators[key]["price_basis"]
        recalled = "recalled" in accelerators[key]["price_source_date"]
        source = {"b300": "inferencex-app", "trn2": "trn2-price"}.get(key, "accelerator-street-prices")
        note = "recalled, verify before quoting" if recalled else ""
        facts.append(
            fact(
                f"accelerator.{key}.chip_price",
                chip,
                0.7 * chip,
                1.3 * chip,
                f"USD_{street_year}",
                street_year,
                "B",
                source,
                basis,
                f"{note}; default range +-30 %".strip("; "),
            )
        )
        v = chip * SERVER_OVER_CHIP
        facts.append(
            fact(
                f"accelerator.{key}.price",
                v,
                0.7 * v,
                1.3 * v,
                f"USD_{street_year}",
                street_year,
                "C",
                source,
                basis,
                "server price per accelerator = chip price x server.price_per_chip_price; default range +-30 %",
            )
        )
    facts.append(
        fact(
            "server.price_per_chip_price",
            SERVER_OVER_CHIP,
            1.25,
            1.7,
            "1",
            2024,
            "B",
            "epoch-training-cost",
            "TPU v3: 8,652.64 over 5,276 USD; 1.64-1.69 in the paper",
            "low: eight-GPU servers sold near 1.25 x; range: ours",
        )
    )
    h100 = next(float(f["value"]) for f in facts if f["id"] == "accelerator.h100.price")
    return (
        facts
        + outside_rack_facts(gb200, rack)
        + outside_server_facts(h100, rack)
        + rental_facts({r["id"]: r for r in offtake})
    )


def outside_rack_facts(gb200_rack: float, rack: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """Mark-up on the rack price: median of six published compute costs per Blackwell package, over rack price / 72."""
    split = ("gpu", "cpu", "network", "storage")
    compute = sum(float(rack[f"split-bernstein-{k}"]["central"]) for k in split) / 100
    assert float(rack["allin-bernstein"]["central"]) == 35.0  # 35e9 USD per GW = 5.9 M USD per rack
    per_gw = float(rack["acc-per-gw-blackwell"]["central"])
    published = [
        compute * 5.9e6 / 72,  # Bernstein
        26.11e9 / 479_000,  # Epoch: compute cost and GB200 packages, both per GW of IT power
        float(rack["allin-ubs-nvda"]["central"]) * 1e9 / per_gw,  # UBS, NVIDIA content
        5e6 / 72,  # a rack with its external network, all-in
        float(rack["content-kress-blackwell"]["central"]) * 1e9 / per_gw,  # NVIDIA, own content
        float(rack["gpu-oracle-order"]["central"]),  # FT: Abilene order, 40e9 for 400,000
    ]
    low, share, high = (float(np.quantile(published, q)) / (gb200_rack / 72) - 1.0 for q in (0.2, 0.5, 0.8))
    return [
        fact(
            "it.outside_rack_share",
            share,
            low,
            high,
            "1",
            2026,
            "B",
            "epoch-frontier",
            "26.11e9 USD of compute per GW_IT / 479,000 GB200 per GW_IT, and five other published figures",
            "network, storage, hosts and installation outside the rack over the rack price: median, P20 and P80 of six "
            "published compute costs per Blackwell package (46, 54.5, 60, 69, 75, 100 k USD: Bernstein, Epoch, UBS, a "
            "rack with external network, NVIDIA content (recalled), the Abilene order) over 47.2 k USD",
        )
    ]


def outside_server_facts(h100_server: float, rack: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """The same for eight-way servers: published all-in cost per H100 in large clusters over the server price."""
    row = rack["h100-all-in-node"]
    low, share, high = (max(float(row[c]) / h100_server - 1.0, 0.0) for c in ("low", "central", "high"))
    return [
        fact(
            "it.outside_server_share",
            share,
            low,
            high,
            "1",
            2024,
            "B",
            "substack-h100-economics",
            "cost per H100 in clusters above 2,048 nodes",
            "network, storage and installation outside an eight-way server over its price: 47-52 k USD all-in per H100",
        )
    ]


def rental_facts(offtake: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    def one(key, row, kind, low, value, high, cls, source, note):
        return fact(
            f"accelerator.{key}.{kind}",
            value,
            low,
            high,
            "USD_2026/h",
            2026,
            cls,
            source,
            f"{row}, {offtake[row]['date']}",
            note,
        )

    def tier(row):
        r = offtake[row]
        return number(r["low"]), number(r["central"]), number(r["high"])

    facts = []
    for key, row in (("h100", "price-h100-tiers"), ("h200", "price-h200-tiers"), ("a100-80g", "price-a100-tiers")):
        low, value, high = tier(row)
        facts.append(
            one(
                key,
                row,
                "rental",
                low,
                value,
                high,
                "B",
                "mercatus-gpu-price",
                "on demand: long-tail, specialty, hyperscaler; a reservation saves 30-50 %",
            )
        )
    for key, row in (("b200", "price-b200-spheron"), ("gb200-nvl72", "price-gb200-spheron")):
        v = number(offtake[row]["central"])
        facts.append(
            one(
                key,
                row,
                "rental",
                0.72 * v,
                v,
                1.11 * v,
                "B",
                "spheron-gpu-price",
                "on demand, one provider; default range -28 % +11 %",
            )
        )
    h100 = number(offtake["price-h100-2026-03"]["central"])
    facts.append(
        one(
            "h100",
            "price-h100-2026-03",
            "rental_contract",
            1.70,
            h100,
            2.60,
            "B",
            "semianalysis-h100-index",
            "one-year contract index: 1.70 in 2025-10, 2.35 in 2026-03, 2.60 in 2026-06",
        )
    )
    low, value, high = tier("price-gb300")
    facts.append(
        one(
            "gb300-nvl72",
            "price-gb300",
            "rental_contract",
            low,
            value,
            high,
            "C",
            "oracle-openai",
            "long take-or-pay to a strong tenant: 300e9 USD over 5 years and 4.5 GW at 400-479 k packages per GW",
        )
    )
    ratio = value / number(offtake["oracle-openai"]["central"])  # keep the two rows together
    assert ratio > 0
    gb200 = number(offtake["price-gb200-spheron"]["central"])
    facts.append(
        one(
            "gb300-nvl72",
            "price-gb200-spheron",
            "rental",
            0.72 * gb200,
            gb200,
            1.4 * gb200,
            "C",
            "spheron-gpu-price",
            "analogy: GB200 on demand; no list price of GB300 found; range: ours",
        )
    )
    return facts
