"""The verb `serve`: what a group of accelerators delivers of a model."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import click

from gigawatt import parse
from gigawatt.errors import ScenarioError
from gigawatt.units import in_percent

if TYPE_CHECKING:
    from gigawatt.inference import Served

SECONDS = {"": 1e-3, "ms": 1e-3, "s": 1.0}


@click.command()
@click.argument("model", metavar="MODEL")
@click.option("--on", metavar="COUNT", required=True, help="Accelerators: '8 B200', '72 GB200'.")
@click.option("--input", "input_tokens", type=float, default=1024, show_default=True, help="Tokens of a prompt.")
@click.option("--output", "output_tokens", type=float, default=1024, show_default=True, help="Tokens generated.")
@click.option("--tpot", metavar="TIME", help="Longest mean time per output token: 30ms.")
@click.option("--ttft", metavar="TIME", help="Longest mean time to the first token: 2s.")
@click.option("--precision", metavar="P", help="bf16, fp8, fp4 or int4 (weights only).")
@click.option("--engine", metavar="NAME", default="vllm", show_default=True, help="vllm, sglang or trtllm.")
@click.option("--mode", metavar="MODE", default="aggregated", show_default=True, help="aggregated or disaggregated.")
@click.option("--speculative", type=float, default=1.0, show_default=True, help="Tokens per step and sequence.")
@click.option("--prefix-cache", type=float, default=0.0, show_default=True, help="Share of prompts found in the cache.")
@click.option("--overlap", type=float, default=0.0, show_default=True, help="Share of exchanges hidden, 0 to 1.")
@click.option("--sent-bits", type=float, default=16.0, show_default=True, help="Bits of what is sent to experts.")
@click.option("--concurrency", type=float, help="Most requests in flight in all.")
@click.option("--software", metavar="DATE", help="Date of the software: 2025, 2025-06; else the newest measured.")
@click.option("--usd-per-hour", type=float, help="Cost of an accelerator-hour.")
@click.option("--tokens-per-user-day", type=float, help="Output tokens of a person and day.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def serve(
    model: str,
    on: str,
    tpot: str | None,
    ttft: str | None,
    speculative: float,
    prefix_cache: float,
    concurrency: float | None,
    software: str | None,
    as_json: bool,
    **question: Any,
) -> None:
    """What accelerators serve of a MODEL: tokens, times, people, energy and cost.

    MODEL is a model of the catalogue, or a TOML or JSON file with its layers, widths, heads and experts.

    \b
    gigawatt serve llama-3.1-70b --on "8 B200" --input 1024 --output 1024 --tpot 30ms
    gigawatt serve deepseek-v3 --on "72 GB200" --mode disaggregated --ttft 2s --precision fp4
    gigawatt serve my_model.toml --on "8 H200" --tpot 50ms
    """
    from gigawatt.inference import serve as answer

    served = answer(
        model,
        on,
        tpot_s=_seconds("--tpot", tpot),
        ttft_s=_seconds("--ttft", ttft),
        tokens_per_step=speculative,
        cached_share=prefix_cache,
        concurrency=math.inf if concurrency is None else concurrency,
        software=_year(software),
        **question,
    )
    click.echo(json.dumps(_finite(served.json()), ensure_ascii=False, indent=1) if as_json else _words(served))


def _seconds(option: str, text: str | None) -> float:
    if text is None:
        return math.inf
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|)\s*", text.lower())
    if match is None:
        raise ScenarioError(f"{option}: {text!r}; expected a time such as 30ms or 2s")
    return float(match[1]) * SECONDS[match[2]]


def _year(text: str | None) -> float | None:
    try:
        return None if text is None else parse.year(text)
    except ValueError as error:
        raise ScenarioError(f"--software: {error}") from None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _words(s: Served) -> str:
    """The page for the terminal."""

    def times(value: float, around: tuple[float, float]) -> str:
        return f"{_plain(value * 1e3)} ms  ({_plain(around[0] * 1e3)} to {_plain(around[1] * 1e3)})"

    low, high = s.tokens_per_s_per_accelerator_range
    lay = f"{s.groups} x {s.group_accelerators} accelerators, {s.sequences_per_group:,.0f} sequences each"
    if s.prefill_share is not None:
        lay = f"{in_percent(s.prefill_share)} prefill, the rest decode; decode groups of {s.group_accelerators}"
    rows = [
        ("groups", f"{lay}; limited by {s.limit}"),
        ("tokens/s per accelerator", f"{s.tokens_per_s_per_accelerator:,.0f}  ({low:,.0f} to {high:,.0f})"),
        ("tokens/s in all", f"{s.tokens_per_s:,.0f} out, {s.input_tokens_per_s:,.0f} in"),
        ("time per output token", times(s.tpot_s, s.tpot_s_range)),
        ("time to first token", times(s.ttft_s, s.ttft_s_range)),
        ("people served", f"{s.users:,.0f}"),
        *_power(s),
        ("per million tokens", _cost(s)),
    ]
    head = f"{s.model} in {s.precision} on {s.accelerators} {s.accelerator}, {s.engine}, {s.mode}"
    return "\n".join([head, *(f"  {name:<26}{text}" for name, text in rows), *(f"  ! {r}" for r in s.remarks)])


def _power(s: Served) -> list[tuple[str, str]]:
    if not math.isfinite(s.it_kw):
        return [("IT power under load", f"the power of a server of {s.accelerator} is not on record")]
    return [
        ("IT power under load", f"{s.it_kw:,.1f} kW  (name plate {s.nameplate_it_kw:,.1f})"),
        ("tokens per MWh", f"{_plain(s.tokens_per_mwh / 1e6)} M"),
    ]


def _cost(s: Served) -> str:
    if not math.isfinite(s.usd_per_accelerator_hour):
        return "cost of an accelerator-hour " + s.usd_per_hour_basis
    return (
        f"{s.usd_per_million_input_tokens:,.3g} USD in, {s.usd_per_million_output_tokens:,.3g} USD out"
        f"  ({s.usd_per_accelerator_hour:,.2f} USD per accelerator-hour, {s.usd_per_hour_basis})"
    )


def _plain(number: float) -> str:
    """Three significant digits, never a power of ten."""
    return f"{float(f'{number:.3g}'):,.10g}"
