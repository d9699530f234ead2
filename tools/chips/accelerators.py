"""Data sheets of accelerators, and the power of their servers."""

from __future__ import annotations

import math
import re

from .cells import fact, number

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
    "gh200-144g": "hopper",
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
    "gh200-144g": "GH200-144GB;GH200 144GB",
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


VARIANT = re.compile(r"a (\d+) GB \S+ ([\d.]+) TB/s version exists")  # in the notes of a row


def variants(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Versions with another memory that a row only mentions."""
    found = ((r, VARIANT.search(r["notes"])) for r in rows)
    return [
        r
        | {"id": f"{r['id']}-{m[1]}g", "name": r["name"].replace(" (", f" {m[1]} GB (")}
        | {"mem_gb": m[1], "mem_bw_tb_s": m[2], "tco_usd_per_hour_hyperscaler": ""}
        for r, m in found
        if m
    ]


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
    for r in [*rows, *variants(rows)]:
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
            ("release", r["release"] if r in rows else ""),  # of a version: not said
            ("family", FAMILY[r["id"]]),
            ("aliases", ALIASES[r["id"]]),
        ):
            if text:
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
