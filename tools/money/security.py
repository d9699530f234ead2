"""Security levels and the thresholds of compute in law."""

from __future__ import annotations

import re

from fact_rows import RECALLED, Reference, Row, fact

MEASURES = {  # our own words, after the report's levels
    "sl1": "patched systems, strong sign-in, basic access control and logs: against amateurs",
    "sl2": "weights only on managed machines, encrypted at rest and in transit, monitored; vetted staff, outside "
    "tests: against skilled individuals",
    "sl3": "few copies of the weights behind narrow, rate-limited interfaces, insider programme, two-person rules, "
    "attested hosts, guarded halls: against crime groups and insiders",
    "sl4": "confidential computing, separate weight network with a hard cap on what can leave, checked supply chain, "
    "emanation-aware layout, strict vetting: against ordinary state operations",
    "sl5": "isolated enclaves on minimal trusted hardware, SCIF-grade sites everywhere, state help: against the most "
    "capable states at top priority",
}
THRESHOLDS = {  # (jurisdiction, start of the instrument's name, FLOP text) -> id, duty in our words
    ("EU", "AI Act", "1e25"): ("eu-systemic", "notify the Commission, evaluate and reduce risk, report incidents"),
    ("EU", "Commission guidelines", "1e23"): (
        "eu-gpai",
        "document the model, copyright policy, summary of training data",
    ),
    ("US", "Executive Order 14110, section 4.2(b)(i)", "1e26"): ("us-eo14110", "report to Commerce (rescinded)"),
    ("US-CA", "SB 53", "1e26"): ("us-ca-sb53", "publish a safety framework, report incidents"),
    ("US-NY", "RAISE", "1e26"): ("us-ny-raise", "safety framework, incidents within 72 hours"),
    ("KR", "AI Framework Act", "1e26"): ("kr-framework", "manage risk, report to the ministry"),
}
RAND = ("rand_rra2849", "chapter on security levels")


def security(ref: Reference) -> list[Row]:
    table, rows = ref.keyed("security_levels", "level"), []
    hard = table["hardening_private"]
    low, high = float(hard["capex_multiplier_low"]) - 1, float(hard["capex_multiplier_high"]) - 1
    dpr = "middle of the published 1-5 %: fence, gunfire-resistant finishes, deterrents; physical part only"
    penalty = re.search(r"-(\d+) to -(\d+) %", table["CC_training_blackwell"]["performance_penalty"])
    serving = re.search(r"(\d+) to (\d+) % throughput", table["CC_inference_hopper"]["performance_penalty"])
    assert penalty and serving
    for level, words in MEASURES.items():
        rows.append(
            fact(f"security.{level}.measures", words, "text", year=2024, cls="B", source=RAND[0], where=RAND[1])
        )
        rows.append(security_capex(level, low, high, dpr))
    programme = {
        "sl1": (0, 0, 1, "part of any project; range: ours"),
        "sl2": (0, 0, 3, "runs beside construction; range: ours"),
        "sl3": (12, 6, 24, f"about a year of work; {RECALLED}"),
        "sl4": (36, 24, 60, f"several years of work; {RECALLED}; range: ours"),
        "sl5": (
            float(table["SL5"]["delay_months_high"]),
            48,
            84,
            "the measures as a whole, not a delay of one building; range: ours",
        ),
    }
    for level, (months, lo, hi, note) in programme.items():
        rows.append(
            fact(
                f"security.{level}.programme_months",
                months,
                "month",
                year=2024,
                cls="C",
                source=RAND[0],
                where=RAND[1],
                note=note,
                low=lo,
                high=hi,
            )
        )
    for name, found, source, where in (
        ("training", penalty, "tinfoil_2026", "training throughput, Blackwell and multi-GPU Hopper"),
        ("inference", serving, "zhu_cc_2024", "throughput for most queries, Hopper"),
    ):
        a, b = (float(x) / 100 for x in found.groups())
        rows.append(
            fact(
                f"security.confidential_computing.{name}_penalty",
                (a + b) / 2,
                "1",
                year=source[-4:],
                cls="B",
                source=source,
                where=where,
                note="middle of the published range",
                low=a,
                high=b,
            )
        )
    rows.append(
        fact(
            "security.scif_months",
            float(table["SCIF_ICD705"]["delay_months_high"]),
            "month",
            year=2025,
            cls="B",
            source="irecruit_scif",
            where="programme including accreditation",
            note="up to; low: ours",
            low=18,
            high=float(table["SCIF_ICD705"]["delay_months_high"]),
        )
    )
    return rows + thresholds(ref)


def security_capex(level: str, low: float, high: float, dpr: str) -> Row:
    fid = f"security.{level}.capex_fraction"
    if level == "sl1":
        return fact(
            fid,
            0,
            "1",
            year=2024,
            cls="C",
            source="assumption",
            where="in the base cost",
            note="no published cost; part of any project",
            low=0,
            high=0.01,
        )
    if level in ("sl2", "sl3"):
        return fact(
            fid,
            (low + high) / 2,
            "1",
            year=2015,
            cls="C",
            source="dpr_2015",
            where="project budget",
            note=f"{dpr}; staff and information security not in it",
            low=low,
            high=high,
        )
    return fact(
        fid,
        "unknown",
        "text",
        year=2026,
        cls="C",
        source=RAND[0],
        where=RAND[1],
        note="nobody has published a cost; pass NaN and say so",
    )


def thresholds(ref: Reference) -> list[Row]:
    rows = []
    for r in ref.rows("ai_compute_thresholds"):
        for (code, start, flop), (name, duty) in THRESHOLDS.items():
            if r["jurisdiction"] == code and r["instrument"].startswith(start) and r["threshold"] == flop:
                seen = r["seen_or_recalled"] == "seen"
                common = {"year": (r["date_applies"] or "2025")[:4], "source": f"law_{name}", "where": r["instrument"]}
                note = r["status"] + ("" if seen else f"; {RECALLED}")
                stem = f"compute_threshold.{name}"
                rows += [
                    fact(f"{stem}.flop", float(r["threshold"]), "FLOP", cls="A" if seen else "B", note=note, **common),
                    fact(f"{stem}.jurisdiction", code, "text", cls="A", **common),
                    fact(f"{stem}.from", r["date_applies"], "date", cls="B", note=f"date {RECALLED}", **common),
                    fact(f"{stem}.until", r["date_ended"] or "open", "date", cls="B", note=r["status"], **common),
                    fact(f"{stem}.duty", duty, "text", cls="B", note="in our words", **common),
                ]
    return rows
