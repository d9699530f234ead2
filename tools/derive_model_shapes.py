"""Write what models.csv and accelerators.csv of the package lack of architectures and formats. A maintainer runs it.

    python tools/derive_model_shapes.py REFERENCE_DIR

Reads models.csv: gated or plain feed-forward blocks from its column, latent attention from its notes; windows of
sliding attention are stated here, as the developers publish them. Reads accelerators.csv: 8-bit integer peaks from its
notes. Writes src/gigawatt/data/{model_shapes,accelerator_formats}.csv.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from chips.accelerators import spec_source
from chips.cells import fact
from chips.models import model_id
from fact_cells import DATA, read, write

LATENT = {  # as in the model's configuration: ranks and widths of a head
    "deepseek-v3": {"q_rank": 1536, "kv_rank": 512, "rope_dim": 64, "nope_dim": 128, "v_dim": 128},
    "kimi-k2": {"q_rank": 1536, "kv_rank": 512, "rope_dim": 64, "nope_dim": 128, "v_dim": 128},
    "glm-5": {"q_rank": 2048, "kv_rank": 512, "rope_dim": 64, "nope_dim": 192, "v_dim": 256},
}
WINDOW = {"gpt-oss-120b": 128, "gemma3-12b": 1024, "llama4-scout": 8192, "llama4-maverick": 8192}
EXPERT_DOMAINS = {"deepseek-v3": 4}  # servers that the experts of one token lie in, at most, by its routing
RECALLED = "recalled, verify before quoting"


def shape_facts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    facts = []
    for r in rows:
        if not r["params_total_b"] or not r["layers"]:
            continue
        where = f"model card or configuration of {r['model_note'].split(' (')[0]}"
        parts: dict[str, float] = {"ffn_matrices": 3.0 if r["gated_mlp"] == "1" else 2.0}
        parts |= LATENT.get(r["model"], {})
        for name, value in re.findall(r"(q_lora|kv_lora|rope|nope) (\d+)", r["model_note"]):
            known = {"q_lora": "q_rank", "kv_lora": "kv_rank", "rope": "rope_dim", "nope": "nope_dim"}[name]
            if r["model"] in LATENT and parts[known] != float(value):
                raise ValueError(f"{r['model']}: {known} is {value} in models.csv and {parts[known]} here")
        if r["model"] in WINDOW:
            parts["window"] = WINDOW[r["model"]]
        if r["model"] in EXPERT_DOMAINS:
            parts["expert_domains"] = EXPERT_DOMAINS[r["model"]]
        source = "aiconfigurator" if r["evidence"].startswith("seen") else "model-cards"
        for name, value in parts.items():
            unit = "token" if name == "window" else "1"
            key = f"model.{model_id(r['model'])}.{name}"
            facts.append(fact(key, value, "", "", unit, 2025, "B", source, where, RECALLED))
    return facts


def format_facts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    facts = []
    for r in rows:
        for value in re.findall(r"INT8 (\d+)", r["notes"]):
            source, where = spec_source(r["spec_source"]), f"row {r['name']}"
            key = f"accelerator.{r['id']}.peak_int8"
            facts.append(fact(key, float(value), "", "", "TFLOP/s", r["release"][:4], "B", source, where, RECALLED))
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("reference", type=Path)
    folder = parser.parse_args().reference
    write(DATA / "model_shapes.csv", shape_facts(read(folder / "models.csv")))
    write(DATA / "accelerator_formats.csv", format_facts(read(folder / "accelerators.csv")))


if __name__ == "__main__":
    main()
