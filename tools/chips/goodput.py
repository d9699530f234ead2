"""How often accelerators fail."""

from __future__ import annotations

from .cells import fact


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
