"""Serving: a pass, a group at steady state, limits, pools, the verb, and the measured tables."""

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gigawatt.chapters.served import Setup, apart, batch, constants
from gigawatt.cli import main
from gigawatt.compute.forward import cache_bytes, elementwise_bytes, forward, share_touched, tokens_in_layers
from gigawatt.compute.latency import busy_share_within, concurrency_within, pools
from gigawatt.compute.steady import Request
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.inference import serve
from gigawatt.validate import validate
from gigawatt.validate.serving import asked, found, group_of

LLAMA = Setup("llama3-70b", "h200", "fp8", "vllm", 2026.0, 4.0, 4.0)
DEEPSEEK = Setup("deepseek-v3", "b200", "fp8", "sglang", 2026.0, 8.0, 8.0)
SHORT = Request(1024.0, 1024.0)


def test_a_single_decode_reads_every_weight_once():
    b = batch(load_facts(), [LLAMA])
    part = forward(b.shape, b.chip, b.layout, b.fmt, b.decode, sequences=1.0, tokens_each=1.0, seen=0.0, decode=True)
    read = (70.55e9 - 128256 * 8192) / 4.0
    assert float(part.weights_s[0]) == pytest.approx(read / (4.8e12 * float(b.decode.memory[0])), rel=1e-6)
    assert float(part.cache_s[0]) == 0.0
    assert float(part.total_s[0]) > float(part.weights_s[0])


def test_work_between_products_moves_what_is_counted_by_hand():
    on = batch(load_facts(), [LLAMA, replace(LLAMA, accelerators=1.0, tensor=1.0)])
    moved = elementwise_bytes(on.shape, on.layout, 12.0, tokens=10.0, here=10.0, answers=2.0)
    norms, cut = 14 * 8192, 2 * (8192 + 8192) + 4 * 28672
    assert moved[0] == pytest.approx(10 * 80 * 2 * (norms + cut / 4) + 2 * 12 * 128256 / 4)
    assert moved[1] == pytest.approx(10 * 80 * 2 * (norms + cut) + 2 * 12 * 128256)
    assert not elementwise_bytes(on.shape, on.layout, 12.0, tokens=0.0, here=0.0, answers=0.0).any()


def test_experts_dealt_out_sort_only_the_tokens_they_get():
    apart_on = replace(DEEPSEEK, tensor=1.0, experts_apart=8.0)
    on = batch(load_facts(), [DEEPSEEK, apart_on])
    none, some = (
        elementwise_bytes(on.shape, on.layout, widths, tokens=80.0, here=np.array([80.0, 10.0]), answers=0.0)
        for widths in (0.0, 12.0)
    )
    sorted_bytes = 2 * 58 * 80 * 8 * 12 * 7168
    assert some[0] - none[0] == pytest.approx(sorted_bytes) and some[1] - none[1] == pytest.approx(sorted_bytes / 8)


def test_experts_touched_grow_from_those_of_one_token_to_all():
    shape = batch(load_facts(), [DEEPSEEK]).shape
    assert float(share_touched(shape, 1.0)[0]) == pytest.approx(8 / 256)
    assert float(share_touched(shape, 1e4)[0]) == pytest.approx(1.0)
    dense = batch(load_facts(), [LLAMA]).shape
    assert float(share_touched(dense, 1.0)[0]) == 1.0


def test_a_latent_cache_is_kept_on_every_accelerator_and_heads_are_dealt_out():
    b = batch(
        load_facts(), [DEEPSEEK, replace(DEEPSEEK, tensor=1.0), LLAMA, replace(LLAMA, accelerators=1.0, tensor=1.0)]
    )
    held = np.asarray(cache_bytes(b.shape, b.layout, b.fmt, 1.0))
    assert held[0] == held[1] == 61 * 576
    assert held[2] * 4 == held[3] == 2 * 80 * 8 * 128


def test_layers_with_a_window_keep_and_see_what_lies_in_it():
    shape = batch(load_facts(), [replace(LLAMA, model="llama4-scout")]).shape
    assert float(tokens_in_layers(shape, 1000.0)[0]) == 48 * 1000.0
    assert float(tokens_in_layers(shape, 100_000.0)[0]) == 12 * 100_000.0 + 36 * 8192.0


def test_a_decode_pool_never_waits_for_a_prompt():
    b = batch(load_facts(), [LLAMA])
    alone = apart(b, constants(load_facts())).at(SHORT, 64.0)
    assert alone.tpot_s == pytest.approx(alone.decode_s)
    mixed = b.at(SHORT, 64.0)
    assert mixed.tpot_s[0] > mixed.decode_s[0]


def test_exchanges_run_beside_the_rest_and_cross_once_for_each_server():
    wide = replace(DEEPSEEK, tensor=1.0, experts_apart=8.0)

    def links(**how):
        b = batch(load_facts(), [replace(wide, **how)])
        once = replace(b, layout=replace(b.layout, crossings=1.0))
        on = ({"sequences": 512.0, "tokens_each": 1.0, "seen": 1024.0, "decode": True},) * 2
        return [
            float(forward(x.shape, x.chip, x.layout, x.fmt, x.decode, **k).links_s[0])
            for x, k in zip((b, once), on, strict=True)
        ]

    plain, fewer = links()
    assert fewer < plain
    assert links(overlap=1.0)[0] == 0.0 and links(overlap=0.5)[0] == pytest.approx(plain / 2.0)
    assert links(sent_bits=8.0)[0] < plain


def test_more_requests_mean_more_tokens_and_longer_times():
    loads = np.array([1.0, 4.0, 16.0, 64.0, 256.0])
    s = batch(load_facts(), [LLAMA]).at(SHORT, loads)
    assert np.all(np.diff(s.tokens_per_s_per_accelerator) > 0)
    assert np.all(np.diff(s.tpot_s) > 0) and np.all(np.diff(s.ttft_s) > 0)


def test_steady_state_keeps_littles_law():
    loads = np.array([2.0, 100.0, 5000.0])
    s = batch(load_facts(), [LLAMA]).at(SHORT, loads)
    in_flight = s.tokens_per_s_per_accelerator * 4.0 / 1024.0 * (s.ttft_s + s.tpot_s * 1023.0)
    assert in_flight == pytest.approx(loads, rel=1e-9)


def test_requests_beyond_the_memory_wait():
    b = batch(load_facts(), [replace(LLAMA, accelerators=1.0, tensor=1.0)])
    some, many = (b.at(Request(8192.0, 1024.0), c) for c in (20.0, 400.0))
    assert float(some.sequences[0]) == 20.0
    assert (
        float(many.sequences[0]) == pytest.approx(float(many.most_sequences[0]))
        and many.ttft_s[0] > 10 * some.ttft_s[0]
    )


def test_a_model_larger_than_the_memory_does_not_fit():
    s = batch(load_facts(), [replace(DEEPSEEK, accelerator="h100")]).at(SHORT, 1.0)
    assert not s.fits[0] and s.tokens_per_s_per_accelerator[0] == 0.0


def test_a_limit_is_met_exactly_where_it_binds():
    b = batch(load_facts(), [LLAMA])
    c = concurrency_within(lambda n: b.at(SHORT, n), tpot_s=0.02, ttft_s=np.inf, most=4096.0)
    assert float(b.at(SHORT, c).tpot_s[0]) == pytest.approx(0.02, rel=1e-6)
    none = concurrency_within(lambda n: b.at(SHORT, n), tpot_s=1e-4, ttft_s=np.inf, most=4096.0)
    assert none[0] == 0.0


def test_speculation_and_prefix_cache_shorten():
    b = batch(load_facts(), [LLAMA])
    plain, drafted, cached = (
        b.at(r, 16.0) for r in (SHORT, Request(1024.0, 1024.0, 0.0, 2.0), Request(1024.0, 1024.0, 0.9))
    )
    assert plain.tpot_s[0] / 2.0 < drafted.tpot_s[0] < plain.tpot_s[0]
    assert cached.ttft_s[0] < plain.ttft_s[0] and cached.tpot_s[0] < plain.tpot_s[0]


def test_balanced_pools_pass_on_what_they_take_in():
    p = pools(
        prefill_s=0.2,
        prompt_s=0.1,
        prefill_accelerators=8.0,
        decode_requests_per_s_per_accelerator=0.5,
        first_s=0.05,
        handover_s=0.01,
        ttft_limit_s=np.inf,
    )
    assert p.requests_per_s_per_accelerator == pytest.approx((1 - p.prefill_share) * 0.5)
    tight = busy_share_within(service_s=0.2, limit_s=0.4)
    assert 0.0 < tight < busy_share_within(service_s=0.2, limit_s=4.0) < 1.0
    assert busy_share_within(service_s=0.2, limit_s=0.1) == 0.0


def test_deepseeks_own_fleet_lies_between_no_exchange_hidden_and_all():
    """A day of the fleet: 608e9 tokens in, 56.3 % of them cached, 168e9 out, 226.75 servers of 8 H800, 20 to 22 tokens
    a second and person, 4,989 tokens in the cache behind each; pools, 8-bit exchanges, each token in 4 servers at most.

    DeepSeek-AI, "DeepSeek-V3/R1 Inference System Overview", 1 March 2025.
    """
    measured = 168e9 / 86_400.0 / (226.75 * 8)
    output = 4989.0 / (608 / 168 + 0.5)  # prompts and half the answer lie behind the average token
    asked = {
        **{"mode": "disaggregated", "engine": "sglang", "precision": "fp8", "tpot_s": 1 / 20, "cached_share": 0.563},
        **{"input_tokens": output * 608 / 168, "output_tokens": output, "sent_bits": 8.0},
    }
    none, all_of_it = (serve("deepseek-v3", "1814 H800", overlap=share, **asked) for share in (0.0, 1.0))
    assert none.tokens_per_s_per_accelerator < measured < all_of_it.tokens_per_s_per_accelerator
    prefill = none.tokens_per_s_per_accelerator * 608 / 168 / none.prefill_share
    assert prefill == pytest.approx(73.7e3 / 8, rel=0.25)
    decode = [s.tokens_per_s_per_accelerator / (1.0 - s.prefill_share) for s in (none, all_of_it)]
    assert decode[0] < 14.8e3 / 8 < decode[1]


def test_an_accelerator_of_today_serves_no_less_than_its_forerunner():
    for model in ("deepseek-v3", "llama-3.1-70b"):
        rates = {
            on: serve(model, f"8 {on}", tpot_s=0.05).tokens_per_s_per_accelerator
            for on in ("MI300X", "MI355X", "H200", "B200")
        }
        assert rates["MI300X"] < rates["MI355X"] < rates["B200"]
        assert rates["MI355X"] > 0.6 * rates["H200"]


def test_serve_adds_up():
    s = serve("llama-3.1-70b", "8 B200", tpot_s=0.03)
    assert s.tpot_s <= 0.03 * (1 + 1e-9) and s.groups * s.group_accelerators == 8
    assert s.tokens_per_s == pytest.approx(8 * s.tokens_per_s_per_accelerator)
    assert s.it_kw < s.nameplate_it_kw
    both = s.usd_per_million_input_tokens + s.usd_per_million_output_tokens
    hour = 8 * s.usd_per_accelerator_hour
    assert both == pytest.approx(hour / (s.tokens_per_s * 3600.0) * 1e6)
    assert s.tokens_per_mwh == pytest.approx(s.tokens_per_s * 3600.0 / (s.it_kw / 1e3))
    low, high = s.tokens_per_s_per_accelerator_range
    assert low < s.tokens_per_s_per_accelerator < high


def test_a_tighter_limit_never_gives_more():
    rates = [serve("deepseek-v3", "8 B200", tpot_s=t).tokens_per_s for t in (0.02, 0.03, 0.05)]
    assert rates == sorted(rates)


def test_pools_of_their_own_keep_the_limits():
    s = serve("deepseek-v3", "72 GB200", mode="disaggregated", tpot_s=0.03, ttft_s=2.0, precision="fp4")
    assert s.tpot_s <= 0.03 * (1 + 1e-9) and s.ttft_s < 2.0 and 0.0 < s.prefill_share < 1.0


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"model": "deepsek"}, "nearest: deepseek-v3"),
        ({"on": "8 X100"}, "nearest"),
        ({"on": "8 H999"}, "nearest: h20, h800, h200"),
        ({"software": 2021.5}, r"before b200 was sold \(2025-Q1\)"),
        ({"on": "8"}, "names no accelerator"),
        ({"on": "many B200"}, "--on"),
        ({"model": "deepseek-v3", "on": "8 H100"}, "use at least"),
        ({"tpot_s": 1e-3}, "the least is"),
        ({"ttft_s": 1e-3}, "the least is"),
        ({"output_tokens": 0}, "output: 0"),
        ({"input_tokens": 0}, "input: 0"),
        ({"input_tokens": float("nan")}, "input: nan"),
        ({"cached_share": 1.0}, "prefix cache"),
        ({"tokens_per_step": 0.5}, "speculative"),
        ({"precision": "fp6"}, "expected one of"),
        ({"engine": "vlm"}, "nearest: vllm"),
        ({"concurrency": 0}, "concurrency"),
        ({"input_tokens": 5e7}, "leaves no room"),
    ],
)
def test_bad_input_gives_one_clear_line(question, words):
    with pytest.raises(ScenarioError, match=words) as error:
        serve(**{"model": "llama3-70b", "on": "8 B200", **question})
    assert "\n" not in str(error.value)


def test_the_verb():
    asked = ["serve", "llama-3.1-70b", "--on", "8 B200", "--tpot", "30ms"]
    said = CliRunner().invoke(main, asked)
    assert said.exit_code == 0 and "tokens per MWh" in said.output and "USD out" in said.output
    data = json.loads(CliRunner().invoke(main, [*asked, "--json"]).output)
    assert data["tpot_s"] <= 0.03 * (1 + 1e-9) and data["accelerators"] == 8
    bad = CliRunner().invoke(main, [*asked[:-1], "soon"])
    assert bad.exit_code == 2 and "expected a time such as 30ms" in bad.output


ROW = {
    "model": "qwen3-235b-a22b", "precision": "FP4", "accelerator": "B200", "n_accelerators": "8", "tp": "8",
    "scenario": "offline max load", "input_len": "1000", "output_len": "2000", "concurrency": "max",
}  # fmt: skip


def test_a_makers_benchmark_is_set_up_as_its_method_says():
    run = asked(ROW)
    assert run.concurrency == 1500.0
    assert (run.setup.accelerators, run.setup.tensor, run.setup.experts_apart) == (8.0, 1.0, 8.0)
    assert asked({**ROW, "input_len": "77"}).concurrency == float("inf")
    assert asked({**ROW, "model": "llama3-70b"}).setup.tensor == 8.0


def test_a_benchmarks_row_is_of_the_machine_that_ran_it():
    def machine(**row):
        return asked({**ROW, "tp": "", "scenario": "Offline", **row}).setup.accelerator

    assert [machine(n_accelerators=n) for n in ("4", "8", "72")] == ["gb200-nvl72", "b200", "gb200-nvl72"]
    assert machine(accelerator="GH200", n_accelerators="1", precision="FP8") == "gh200-144g"
    assert asked({**ROW, "n_accelerators": "4", "tp": "4"}).setup.accelerator == "b200", "a part of a server"


def test_devices_of_a_chip_are_no_chips():
    run = asked({**ROW, "accelerator": "TPU v7", "precision": "FP8", "n_accelerators": "4", "scenario": "online"})
    assert (run.setup.accelerators, run.total) == (4.0, 4.0)


def test_software_younger_than_any_measured_is_no_faster():
    newest, far = (serve("llama3-70b", "8 B200", software=y).tokens_per_s for y in (2026.3, 2040.0))
    assert far == newest > serve("llama3-70b", "8 B200", software=2025.5).tokens_per_s


def test_a_limit_per_token_costs_throughput():
    given = {**ROW, "model": "llama2-70b", "tp": "", "scenario": "Server"}
    limits = ("", "TTFT<=2000 ms, TPOT<=200 ms", "TTFT<=2000 ms, TPOT<=20 ms", "TTFT<=20 ms, TPOT<=20 ms")
    runs = [asked({**given, "latency_limit": limit}) for limit in limits]
    assert [r.tpot for r in runs] == [float("inf"), 0.2, 0.02, 0.02] and runs[3].limit == 0.02
    rates = found(runs).rate.tolist()
    assert rates == sorted(rates, reverse=True) and rates[0] > 1.2 * rates[2]


def test_axes_listed_twice_are_counted_once():
    assert group_of(64, 64, 1, 8, 8) == (8, 8)
    assert group_of(64, 1, 64, 8, 8) == (8, 1)
    assert group_of(8, 8, 1, 1, 8) == (8, 8)
    assert group_of(16, 4, 4, 1, 16) == (4, 4)


def test_no_constant_belongs_to_a_model_or_an_accelerator():
    facts = load_facts()
    items = {i.split(".")[1] for i in facts if i.startswith(("model.", "accelerator."))}
    assert not [name for name in constants(facts) if items & set(name.split("."))]


# --- Measured tables --------------------------------------------------------------------------------------------------

TRUTHS = {
    "inference_measured": (
        *("output_tokens_per_s", "output_tokens_per_s_per_acc", "input_tokens_per_s_per_acc", "ttft_ms", "tpot_ms"),
        *("power_w", "median_of_submissions", "n_submissions"),
    ),
    "inference_latency_measured": ("ttft_ms", "tpot_ms", "derived_output_tokens_per_s_per_acc", "source_row"),
}


def _some(name, tmp_path, every):
    folder = os.environ.get("GIGAWATT_REFERENCE")
    if not folder:
        pytest.skip("GIGAWATT_REFERENCE is not set")
    with (Path(folder) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::every]
    blank = [{**r, **dict.fromkeys(TRUTHS[name], "")} for r in rows]
    paths = []
    for kind, written in (("asked", rows), ("blank", blank)):
        path = tmp_path / kind / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(written)
        paths.append(path)
    return paths


@pytest.mark.parametrize(("name", "every"), [("inference_measured", 1), ("inference_latency_measured", 5)])
def test_predictions_do_not_read_the_truth(name, every, tmp_path):
    known, blank = (validate([path]) for path in _some(name, tmp_path, every))
    said = [[(r.predicted, r.low_80, r.high_80) for r in report.rows] for report in (known, blank)]
    assert said[0] == said[1] and any(p for p, _, _ in said[0])


@pytest.mark.parametrize(
    ("name", "figure", "every", "most"),
    [
        ("inference_measured", "output_tokens_per_s_per_acc", 1, 0.10),
        ("inference_latency_measured", "tpot_ms", 5, 0.15),
        ("inference_latency_measured", "ttft_ms", 5, 0.35),
    ],
)
def test_measured_tables_are_met(name, figure, every, most, tmp_path):
    family = validate([_some(name, tmp_path, every)[0]]).json()["families"][name]
    s = family["by"]["figure"][figure] if "figure" in family["by"] else family
    assert s["median_abs_rel_error"] < most
    assert 0.70 <= s["coverage_80"] <= 0.90


def test_one_request_keeps_one_group_busy():
    one, eight = (serve("llama-3.1-70b", "8 B200", concurrency=n) for n in (1, 8))
    assert one.tokens_per_s == pytest.approx(1.0 / one.tpot_s, rel=0.1)  # a token every step, and the prompt before
    assert one.tokens_per_s < eight.tokens_per_s < 8 * one.tokens_per_s


@pytest.mark.parametrize(
    ("on", "more", "words"),
    [
        ("1 B200", {"mode": "disaggregated"}, "at least 2"),
        ("9 H800", {"model": "deepseek-v3"}, "use at least 16"),
        ("8 B200", {"usd_per_hour": -3.0}, "more than 0"),
    ],
)
def test_groups_that_cannot_be_are_said(on, more, words):
    asked = {"model": "llama-3.1-70b", "precision": "fp8", **more}
    with pytest.raises(ScenarioError, match=words):
        serve(asked.pop("model"), on, **asked)
