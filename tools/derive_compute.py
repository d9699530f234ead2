"""Write the facts of accelerators, models and goodput from the reference folder. A maintainer runs it.

    python tools/derive_compute.py REFERENCE_DIR

Reads accelerators.csv, models.csv, goodput_network_anchors.csv, unit_costs.csv, offtake.csv by row id, and writes
src/gigawatt/data/{accelerators,models,compute}.csv.
"""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "src" / "gigawatt" / "data"
HEADER = ["id", "value", "low", "high", "unit", "year", "class", "source", "where", "note"]

EPOCH_PER_GW = {"h100": 719_000, "gb200-nvl72": 479_000}  # accelerators per GW of IT power, as published
FAMILY = {
    "v100-32g": "volta",
    "a100-40g": "ampere",
    "a100-80g": "ampere",
    "h100": "hopper",
    "h200": "hopper",
    "h800": "hopper",
    "h20": "hopper",
    "gh200": "hopper",
    "h200-nvl": "hopper",
    "b200": "blackwell",
    "gb200-nvl72": "blackwell",
    "b300": "blackwell",
    "gb300-nvl72": "blackwell",
    "rtx-pro-6000": "blackwell",
    "vr200-nvl72": "rubin",
    "mi300x": "cdna",
    "mi300a": "cdna",
    "mi325x": "cdna",
    "mi350x": "cdna",
    "mi355x": "cdna",
    "mi455x": "cdna",
    "tpu-v3": "tpu",
    "tpu-v4": "tpu",
    "tpu-v5e": "tpu",
    "tpu-v5p": "tpu",
    "tpu-v6e": "tpu",
    "tpu-v7": "tpu",
    "trn2": "trainium",
    "gaudi2": "gaudi",
    "gaudi3": "gaudi",
    "ascend-950dt": "ascend",
}
ALIASES = {
    "h100": "H100;NVIDIA H100;H100 SXM;Hopper",
    "h200": "H200;NVIDIA H200",
    "h800": "H800",
    "h20": "H20",
    "gh200": "GH200;Grace Hopper",
    "h200-nvl": "H200 NVL;H200-NVL",
    "a100-80g": "A100;NVIDIA A100;A100 80GB",
    "a100-40g": "A100-40GB;A100 40GB",
    "v100-32g": "V100",
    "b200": "B200;NVIDIA B200;HGX B200;DGX B200",
    "b300": "B300;NVIDIA B300;HGX B300;Blackwell Ultra B300",
    "gb200-nvl72": "GB200;GB200 NVL72;NVL72 GB200;Grace Blackwell;Blackwell",
    "gb300-nvl72": "GB300;GB300 NVL72;NVL72;Blackwell Ultra;Grace Blackwell Ultra",
    "vr200-nvl72": "VR200;VR200 NVL72;Vera Rubin;Rubin;VR NVL72;NVL144;VR200 NVL144",
    "rtx-pro-6000": "RTX PRO 6000",
    "mi300x": "MI300X",
    "mi300a": "MI300A",
    "mi325x": "MI325X",
    "mi350x": "MI350X",
    "mi355x": "MI355X",
    "mi455x": "MI455X;Helios;MI450",
    "tpu-v3": "TPU v3",
    "tpu-v4": "TPU v4",
    "tpu-v5e": "TPU v5e",
    "tpu-v5p": "TPU v5p",
    "tpu-v6e": "TPU v6e;Trillium;TPU v6e Trillium",
    "tpu-v7": "TPU v7;Ironwood;TPU7x;TPU v7 Ironwood",
    "trn2": "Trainium2;Trn2",
    "gaudi2": "Gaudi 2;Gaudi2",
    "gaudi3": "Gaudi 3;Gaudi3",
    "ascend-950dt": "Ascend 950DT",
}
MODEL_ALIASES = {
    "llama3-8b": "Llama 3.1 8B;llama-3-8b;llama-3.1-8b",
    "llama3-70b": "Llama 3.1 70B;llama-3-70b;llama-3.1-70b",
    "llama3.1-405b": "Llama 3.1 405B;llama-3.1-405b;llama-405b;Llama 405B",
    "deepseek-v3": "DeepSeek-V3;DeepSeek-R1;deepseek-r1;DeepSeek",
    "kimi-k2": "Kimi K2",
    "gpt3-175b": "GPT-3;gpt-3;gpt-3-175b",
    "mixtral-8x7b": "Mixtral 8x7B",
    "qwen3-235b-a22b": "Qwen3 235B",
    "gpt-oss-120b": "GPT-OSS 120B",
    "llama2-70b": "Llama 2 70B;llama-2-70b",
}
# Training tokens as the developers state them, in 1e12, with the paper.
TOKENS = {
    "llama3-8b": (15.0, "arXiv:2407.21783"),
    "llama3-70b": (15.0, "arXiv:2407.21783"),
    "llama3.1-405b": (15.6, "arXiv:2407.21783"),
    "llama2-70b": (2.0, "arXiv:2307.09288"),
    "llama2-7b": (2.0, "arXiv:2307.09288"),
    "llama1-65b": (1.4, "arXiv:2302.13971"),
    "deepseek-v3": (14.8, "arXiv:2412.19437"),
    "kimi-k2": (15.5, "arXiv:2507.20534"),
    "gpt3-175b": (0.3, "arXiv:2005.14165"),
    "nemotron4-15b": (8.0, "arXiv:2402.16819"),
    "nemotron4-340b": (9.0, "arXiv:2406.11704"),
    "palm-540b": (0.78, "arXiv:2204.02311"),
    "bloom-176b": (0.366, "arXiv:2211.05100"),
    "opt-175b": (0.18, "arXiv:2205.01068"),
    "turing-530b": (0.27, "arXiv:2201.11990"),
    "qwen3-235b-a22b": (36.0, "arXiv:2505.09388"),
    "qwen3-30b-a3b": (36.0, "arXiv:2505.09388"),
    "qwen3-32b": (36.0, "arXiv:2505.09388"),
}
LATENT_KV = 576  # multi-head latent attention: 512 latent + 64 rotary numbers per layer (model_note of models.csv)
LATENT_MODELS = ("deepseek-v3", "kimi-k2", "glm-5")
FULL_ATTENTION_LAYERS = {
    "qwen3.5-397b": 15,
    "nemotron-3-nano": 6,
    "nemotron-3-super": 8,
    "gpt-oss-120b": 18,
    "gemma3-12b": 8,
    "llama4-scout": 12,
    "llama4-maverick": 12,
}


def number(text: str, default: float = math.nan) -> float:
    return float(text) if text not in ("", None) else default


def show(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def fact(fact_id, value, low, high, unit, year, cls, source, where, note="") -> dict[str, str]:
    row = [fact_id, value, low, high, unit, str(year), cls, f"compute-{source}", where, note]
    return dict(zip(HEADER, map(show, row), strict=True))


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: list[dict[str, str]]) -> None:
    with open(DATA / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda r: r["id"]))


# --- accelerators: one block per column of the data sheet ---


def spec_source(text: str) -> str:
    for mark, key in (
        ("AWS Neuron", "aws-neuron"),
        ("Epoch", "epoch-training-cost"),
        ("aiconfigurator", "aiconfigurator"),
        ("stas00", "ml-engineering"),
        ("SemiAnalysis", "inferencex-app"),
        ("NVIDIA", "nvidia-data-sheets"),
        ("DeepSeek", "deepseek-v3-report"),
        ("4614", "google-tpu7x"),
    ):
        if mark in text:
            return key
    raise ValueError(f"no source for {text!r}")


# fact, column, unit, certain even when the rest is preliminary
SHEET = (
    ("peak_bf16", "bf16_dense_tflops", "TFLOP/s", False),
    ("peak_fp8", "fp8_dense_tflops", "TFLOP/s", False),
    ("peak_fp4", "fp4_dense_tflops", "TFLOP/s", False),
    ("memory", "mem_gb", "GB", True),
    ("memory_bandwidth", "mem_bw_tb_s", "TB/s", False),
    ("scale_up_domain", "scale_up_domain", "1", True),
    ("scale_up_bandwidth", "scale_up_bw_gb_s_unidir_per_acc", "GB/s", False),
    ("scale_out_bandwidth", "scale_out_gbit_s_per_acc", "Gbit/s", False),
    ("chip_power", "chip_power_w", "W", False),
    ("units_per_server", "accs_per_server", "1", True),
)


def accelerator_facts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    facts = []
    for r in rows:
        key, year = f"accelerator.{r['id']}", r["release"][:4]
        preliminary = "UNCERTAIN" in r["notes"] or "upcoming" in r["notes"]
        recalled = "recalled" in r["evidence"]
        cls = "C" if preliminary else "B"
        note = "preliminary; range: ours" if preliminary else ("recalled, verify before quoting" if recalled else "")
        where = f"row {r['name']}"
        source = spec_source(r["spec_source"])

        for name, column, unit, certain in SHEET:
            if r[column] == "":
                continue
            v = float(r[column])
            low, high = (0.85 * v, 1.1 * v) if preliminary and not certain else ("", "")
            facts.append(fact(f"{key}.{name}", v, low, high, unit, year, cls, source, where, note))
        for name, text in (
            ("name", r["name"]),
            ("release", r["release"]),
            ("family", FAMILY[r["id"]]),
            ("aliases", ALIASES[r["id"]]),
        ):
            facts.append(fact(f"{key}.{name}", text, "", "", "text", year, cls, source, where))
        facts += power_facts(key, r, year)
        if r["all_in_utility_kw_per_acc"] and r["id"] not in IT_IN_UTILITY_COLUMN:
            v = float(r["all_in_utility_kw_per_acc"])
            facts.append(
                fact(
                    f"{key}.all_in_utility_power",
                    v,
                    0.9 * v,
                    1.15 * v,
                    "kW",
                    2026,
                    "B",
                    "inferencex-app",
                    "gpu constants",
                    "utility power provisioned per accelerator, facility overhead included; "
                    "a cross-check, not an input; range: ours",
                )
            )
        if r["tco_usd_per_hour_hyperscaler"]:
            v = float(r["tco_usd_per_hour_hyperscaler"])
            facts.append(
                fact(
                    f"{key}.tco",
                    v,
                    0.8 * v,
                    1.25 * v,
                    "USD_2026/h",
                    2026,
                    "B",
                    "inferencex-app",
                    "gpu constants",
                    "total cost of ownership of a hyperscaler, per accelerator-hour; "
                    "an anchor, not an input; range: ours",
                )
            )
    return facts


IT_IN_UTILITY_COLUMN = ("tpu-v7",)  # its power note says IT power per chip: a 10 MW pod over 9,216 chips
SERVER_RANGE = {"gb200-nvl72": (120.0, 132.0), "gb300-nvl72": (132.0, 142.0), "vr200-nvl72": (190.0, 230.0)}


def power_facts(key: str, r: dict[str, str], year: str) -> list[dict[str, str]]:
    kw = number(r["server_max_kw"], number(r["server_kw_per_acc"]) * number(r["accs_per_server"]))
    if r["id"] in IT_IN_UTILITY_COLUMN:
        kw = number(r["all_in_utility_kw_per_acc"]) * number(r["accs_per_server"])
    if math.isnan(kw):
        return []
    low, high = SERVER_RANGE.get(r["id"], (0.92 * kw, 1.05 * kw))
    estimate = "estimate" in r["power_source"] or r["id"] in ("vr200-nvl72", "tpu-v7")
    recalled = "recalled" in r["power_source"]
    source = {"vr200-nvl72": "vr200-power", "tpu-v7": "google-tpu7x"}.get(r["id"], "vendor-server-power")
    note = "peak of the server or rack bought as one"
    note += "" if r["id"] in SERVER_RANGE else "; range: ours"
    note += "; recalled, verify before quoting" if recalled else ""
    cls = "C" if estimate else "B"
    return [fact(f"{key}.server_power", kw, low, high, "kW", year, cls, source, f"row {r['server_unit']}", note)]


# --- prices: always on the basis of the server or rack, per accelerator ---

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


def outside_power_facts(facts: list[dict[str, str]]) -> list[dict[str, str]]:
    """Power of network and storage outside the racks: what published accelerators per GW of IT leave beside servers."""
    known = {f["id"]: f["value"] for f in facts}
    shares = []
    for item, count in EPOCH_PER_GW.items():
        server, units = (float(known[f"accelerator.{item}.{part}"]) for part in ("server_power", "units_per_server"))
        each = server / units
        shares.append(1.0 - each * count / 1e6)
    return [
        fact(
            "it.outside_rack_power_share",
            sum(shares) / 2.0,
            0.06,
            0.13,
            "1",
            2026,
            "B",
            "epoch-frontier",
            "719,000 H100 and 479,000 GB200 per GW of IT power, with the power of their servers",
            "share of IT power drawn by network and storage outside the racks: mean of 8.3 % (H100) and 12.2 % "
            "(GB200); low and high: network and storage counted part by part beside GB200 at 400 Gbit/s, and beside "
            "the next generation at 1,600",
        )
    ]


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


# --- models ---


def model_id(name: str) -> str:
    return name.replace(".", "-")  # a dot would split the fact id


def kv_values(r: dict[str, str]) -> float:
    layers = FULL_ATTENTION_LAYERS.get(r["model"], number(r["layers"]))
    if r["model"] in LATENT_MODELS:
        return layers * LATENT_KV
    return 2.0 * layers * number(r["kv_heads"]) * head_dim(r)


def head_dim(r: dict[str, str]) -> float:
    return number(r.get("head_dim", ""), number(r["hidden"]) / number(r["heads"]))


def model_facts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    facts = []
    for r in rows:
        if not r["params_total_b"] or not r["layers"]:
            continue
        key = f"model.{model_id(r['model'])}"
        seen = r["evidence"].startswith("seen")
        source = "aiconfigurator" if seen else "model-cards"
        note = "" if seen and "recalled" not in r["evidence"] else "recalled, verify before quoting"
        where = f"model card or configuration of {r['model_note'].split(' (')[0]}"
        for field, value in model_fields(r).items():
            unit = "text" if isinstance(value, str) else "1"
            facts.append(fact(f"{key}.{field}", value, "", "", unit, 2025, "B", source, where, note))
        if r["model"] in TOKENS:
            tokens, paper = TOKENS[r["model"]]
            note = "recalled, verify before quoting"
            facts.append(fact(f"{key}.tokens", tokens * 1e12, "", "", "token", 2025, "B", "model-cards", paper, note))
    return facts + reference_runs()


def model_fields(r: dict[str, str]) -> dict[str, float | str]:
    aliases = dict.fromkeys([r["model"], *MODEL_ALIASES.get(r["model"], "").split(";")])
    fields: dict[str, float | str] = {
        "params": number(r["params_total_b"]) * 1e9,
        "active_params": number(r["params_active_b"]) * 1e9,
        **{name: number(r[name]) for name in ("layers", "hidden", "ffn_hidden", "heads", "kv_heads", "vocab")},
        "head_dim": head_dim(r),
        "experts": number(r["n_experts"], 0.0),
        "experts_per_token": number(r["top_k"], 0.0),
        "full_attention_layers": float(FULL_ATTENTION_LAYERS.get(r["model"], number(r["layers"]))),
        "kv_values_per_token": kv_values(r),
        "type": "moe" if r["arch"].startswith("moe") else "dense",
        "name": r["model_note"].split(" (")[0],
        "aliases": ";".join(a for a in aliases if a),
    }
    if r["n_experts"]:
        fields["expert_hidden"] = number(r["moe_ffn_hidden"])
        fields["shared_experts"] = number(r["shared_experts"], 0.0)
        fields["dense_layers"] = number(r["dense_layers_in_moe"], 0.0)
    return fields


def reference_runs() -> list[dict[str, str]]:
    facts = []
    for key, value, low, high, cls, where, note, aliases in (
        (
            "gpt-4-scale",
            2e25,
            1e25,
            4e25,
            "C",
            "GPT-4, 2.1e25 FLOP",
            "estimate, not published by its maker; range x/2: ours; recalled, verify before quoting",
            "GPT-4;gpt-4;GPT-4 scale;GPT-4 class",
        ),
        (
            "frontier-2025-scale",
            5e26,
            3e26,
            8e26,
            "C",
            "Grok 4, about 5e26 FLOP",
            "largest estimate of 2025; range: ours; recalled, verify before quoting",
            "Grok 4;grok-4;frontier 2025",
        ),
    ):
        facts.append(
            fact(f"model.{key}.training_flop", value, low, high, "FLOP", 2025, cls, "epoch-models", where, note)
        )
        facts.append(fact(f"model.{key}.aliases", aliases, "", "", "text", 2025, cls, "epoch-models", where))
        facts.append(fact(f"model.{key}.type", "moe", "", "", "text", 2025, cls, "epoch-models", where, "presumed"))
    facts.append(
        fact(
            "model.llama3-1-405b.training_flop",
            3.8e25,
            "",
            "",
            "FLOP",
            2024,
            "B",
            "llama3-herd",
            "section 3.2",
            "stated by the developers; 6ND of 405e9 and 15.6e12 gives the same",
        )
    )
    return facts


# --- goodput ---


def goodput_facts(anchors) -> list[dict[str, str]]:
    a = {r["id"]: r for r in anchors}
    hours = 54 * 24 * 16_384
    unexpected, total = float(a["G02"]["value"]) / hours, float(a["G01"]["value"]) / hours
    low = 2.34 / 1000 / 24 / 8  # RSC-2 node rate
    high = 6.5 / 1000 / 24 / 8  # RSC-1 node rate
    return [
        fact(
            "goodput.failure_rate",
            unexpected,
            low,
            high,
            "1/h",
            2024,
            "A",
            "llama3-herd",
            "table 5: 419 unexpected interruptions in 54 days on 16,384 H100",
            "per accelerator; low and high: node rates of two clusters, 2.34 and 6.5 per 1,000 node-days "
            "(Kokolis et al. 2025, recalled)",
        ),
        fact(
            "goodput.interruption_rate",
            total,
            low,
            high,
            "1/h",
            2024,
            "A",
            "llama3-herd",
            "466 interruptions, planned ones too",
            "per accelerator",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("reference", type=Path)
    args = parser.parse_args()
    rows = read(args.reference, "accelerators.csv")
    accelerators = {r["id"]: r for r in rows}
    model_rows = read(args.reference, "models.csv")
    prices = price_facts(accelerators, read(args.reference, "unit_costs.csv"), read(args.reference, "offtake.csv"))
    known = accelerator_facts(rows)
    write("accelerators.csv", known + outside_power_facts(known) + prices)
    write("models.csv", model_facts(model_rows))
    write("compute.csv", goodput_facts(read(args.reference, "goodput_network_anchors.csv")))


if __name__ == "__main__":
    main()
