"""Architectures of models, and the runs that are known by name."""

from __future__ import annotations

from .cells import fact, number

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
