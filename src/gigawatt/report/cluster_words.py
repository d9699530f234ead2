"""Training, serving, network, storage, swings and sites as rows of text: the same in terminal, Markdown and HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gigawatt.answer import Plan
from gigawatt.chapters.training_job import PARTS
from gigawatt.figures import show
from gigawatt.report.training_words import LEAST
from gigawatt.units import in_percent

MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True, slots=True)
class Part:
    """One table with the sentences above it."""

    title: str
    words: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def parts(plan: Plan) -> list[Part]:
    """The tables that the plan has."""
    makers = (
        *(("training", _training), ("serving", _serving)),
        *(("network", _network), ("storage", _storage), ("power_swing", _power_swing), ("sites", _sites)),
    )
    found = [make(plan.tables[key], f"USD_{plan.question['price_year']}") for key, make in makers if key in plan.tables]
    return [part for part in found if part.rows]


def _training(t: dict[str, Any], usd: str) -> Part:
    header = ("a step of training", "value")
    if not t["fits"]:
        return Part("Training", (), header, ())
    words = (
        f"{t['model']} on {t['tokens']:.3g} tokens ({t['flop']:.2g} FLOP) in {t['precision']}: {t['days']:,.0f} days "
        f"on {t['accelerators']:,} accelerators; the best of {t['plans_weighed']:,} plans. Largest useful cluster: "
        f"{t['largest_useful']:,} accelerators; {t['largest_useful_why']}.",
        f"The same alone: {t['asks']}",
        *(("The figures of this accelerator are preliminary: a projection.",) if t.get("projection") else ()),
    )
    plan = ", ".join(f"{axis.replace('_', ' ')} {degree:,.0f}" for axis, degree in t["plan"].items())
    parts = {k: v for k, v in t["breakdown_s"].items() if v >= LEAST * t["step_s"]}
    rows = (
        ("tokens per second and accelerator", _count(t["tokens_per_s_per_accelerator"])),
        ("MFU", in_percent(t["mfu"], 1)),
        ("goodput", in_percent(t["goodput"], 1)),
        ("step, s", f"{t['step_s']:.3g}"),
        *((f"  of it {PARTS[k]}", in_percent(v / t["step_s"], 1)) for k, v in parts.items()),
        ("plan", plan),
    )
    return Part("Training", words, header, rows)


def _serving(t: dict[str, Any], usd: str) -> Part:
    header = ("serving at full load", "value")
    if "group_accelerators" not in t:
        return Part("Serving", (t["words"],), header, ())
    asked = t["request"]
    words = (
        f"{t['model']} in {t['precision']}, {t['engine']}, {t['mode']}; a request has {asked['input_tokens']:,.0f} "
        f"tokens of prompt, {in_percent(asked['cached_share'])} of them cached, and "
        f"{asked['output_tokens']:,.0f} of answer.",
        *((t["words"],) if t["words"] else ()),
        f"The same alone: {t['asks']}",
    )
    rows = (
        ("tokens per second and accelerator, out", _count(t["tokens_per_s_per_accelerator"])),
        ("accelerators of a group", f"{t['group_accelerators']:,.0f}"),
        ("requests in flight on a group", f"{t['sequences_per_group']:,.0f}"),
        ("what binds", t["limit"]),
        ("time per output token, ms", f"{t['tpot_s'] * 1e3:.3g}"),
        ("time to the first token, ms", f"{t['ttft_s'] * 1e3:.3g}"),
        ("power of an accelerator under load, kW", f"{t['it_kw_per_accelerator']:.3g}"),
        ("tokens per MWh of IT", _count(t["tokens_per_mwh"])),
        ("USD per million tokens in", f"{t['usd_per_million_input_tokens']:.3g}"),
        ("USD per million tokens out", f"{t['usd_per_million_output_tokens']:.3g}"),
    )
    return Part("Serving", words, header, rows)


NETWORK_HEADER = (
    "◆ planned",
    "tiers",
    "switches",
    "optical modules",
    "cables",
    "MW",
    "USD",
    "USD each",
    "across the middle",
)
NETWORK_NOTE = (
    "Across the middle: bandwidth between two halves of the cluster over that of all accelerators of one half; nought "
    "where only scale-up domains join the rails."
)


def _network(t: dict[str, Any], usd: str) -> Part:
    if not t["rows"]:
        return Part("Network", (t["words"],), NETWORK_HEADER, ())
    words = (t["words"], t["reconciled"]["words"], NETWORK_NOTE)
    return Part("Network", words, NETWORK_HEADER, network_rows(t["rows"], usd))


def network_rows(rows: list[dict[str, Any]], usd: str) -> tuple[tuple[str, ...], ...]:
    """The bill of each topology as text."""
    return tuple(
        (
            ("◆ " if r["chosen"] else "") + r["label"],
            f"{r['tiers']:.0f}" if r["tiers"] else "–",
            _whole(r["switches"] or r["circuit_switches"]),
            _whole(r["transceivers"]),
            _whole(r["fibres"] + r["copper_cables"]),
            _ranged(r["mw"], "MW", False),
            _ranged(r["usd"], usd, False),
            _count(r["usd_per_accelerator"]),
            show(r["bisection_share"], None, None, "1"),
        )
        for r in rows
    )


def _storage(t: dict[str, Any], usd: str) -> Part:
    minutes = {k: v * MINUTES_PER_HOUR for k, v in t["interval_h"].items()}
    rows = (
        ("size of a checkpoint, GB", _ranged(t["checkpoint_gb"], "GB", False)),
        ("minutes from one to the next", _ranged(minutes, "", False)),
        ("writing beside the run, GB/s", _ranged(t["write_gb_per_s"], "GB/s", False)),
        ("writing while the run waits, GB/s", _ranged(t["write_waiting_gb_per_s"], "GB/s", False)),
        ("reading in a restart, GB/s", _ranged(t["read_gb_per_s"], "GB/s", False)),
        ("reading the training data, GB/s", _ranged(t["dataset_gb_per_s"], "GB/s", False)),
        ("flash, TB", _ranged(t["flash_tb"], "TB", False)),
        ("disk, TB", _ranged(t["disk_tb"], "TB", False)),
        ("draw, MW", _ranged(t["mw"], "MW", False)),
        ("cost, USD", _ranged(t["usd"], usd, False)),
    )
    return Part("Storage", (t["words"],), ("storage", "value (P10 to P90)"), rows)


def _power_swing(t: dict[str, Any], usd: str) -> Part:
    rows = tuple(
        (
            r["label"],
            _ranged(r["step_mw"], "MW", False),
            _count(r["mw_per_s"]["value"]),
            _ranged(r["buffer_mw"], "MW", False),
            show(r["buffer_mwh"]["value"], None, None, ""),
            _count(r["left_mw"]["value"]),
            _count(r["usd"]["value"]),
        )
        for r in t["rows"]
    )
    header = ("what happens", "step, MW", "MW/s", "store, MW", "store, MWh", "not in the plan, MW", "USD")
    words = (t["words"], *((t["warning"],) if t["warning"] else ()))
    return Part("Power swings", words, header, rows)


def _sites(t: dict[str, Any], usd: str) -> Part:
    rows = tuple(
        (
            ("◆ " if r["chosen"] else "") + r["label"],
            in_percent(r["slow_down"], 1),
            f"{r['exchange_s']:.2g}",
            _count(r["link_needed_gbit_per_s"]),
            _count(r["fibre_for_it_usd"]),
            f"{r['against_one_place']:.2f}",
        )
        for r in t["rows"]
    )
    header = (
        "how sites keep together",
        "slower by distance and method",
        "exchange, s",
        f"Gbit/s to lose {in_percent(t['loss_limit'])}",
        "fibre for that, USD",
        "training a day, one place in step = 1",
    )
    return Part(f"{t['sites']} sites instead of one", (t["words"],), header, rows)


def _whole(x: float) -> str:
    return show(x, None, None, "") if x >= 1e3 else f"{x:.0f}"


def _count(x: float) -> str:
    return show(x, None, None, "") if x else "0"


def _ranged(v: dict[str, float], unit: str, with_unit: bool) -> str:
    value = show(v["value"], v["low"], v["high"], unit, with_unit=with_unit)
    if v["low"] == v["high"]:
        return value
    low, high = (show(v[k], v["low"], v["high"], unit, with_unit=with_unit) for k in ("low", "high"))
    return f"{value} ({low} to {high})"
