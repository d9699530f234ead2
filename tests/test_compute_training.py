"""The training step: formulas by hand, the search against brute force, shapes against published parameter counts."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gigawatt.chapters.shapes import shape_of
from gigawatt.chapters.training import Setting, calibration, constants, kept_bytes, machine_of
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.pipeline import bubble_share, longest_stage_layers, micro_batches
from gigawatt.compute.plan_memory import plan_memory
from gigawatt.compute.plans import AXES, candidates, divisors, search, take
from gigawatt.compute.step_time import Plan, step_time
from gigawatt.facts import load_facts

FACTS = load_facts()
SMALL = ModelShape(layers=8, hidden=1024, heads=8, kv_heads=4, head_dim=128, ffn_hidden=4096, vocab=32000)
EXPERTS = replace(SMALL, experts=8.0, experts_per_token=2.0, expert_hidden=1024.0)


def _on(item="h100", precision="bf16", date=2025.0):
    family = str(FACTS[f"accelerator.{item}.family"].value)
    return machine_of(FACTS, item, precision), calibration(constants(FACTS), Setting(family, precision, date))


@pytest.mark.parametrize(
    "name", ["deepseek-v3", "llama3-1-405b", "qwen3-235b-a22b", "mixtral-8x22b", "glm-5", "gpt3-175b"]
)
def test_shapes_count_the_published_parameters(name):
    shape = shape_of(FACTS, name)
    counted = replace(shape, stated_params=0.0, stated_active_params=0.0)
    assert counted.params == pytest.approx(shape.params, rel=0.02)
    assert counted.active_params == pytest.approx(shape.active_params, rel=0.04)


def test_a_latent_cache_holds_its_rank_and_rotary_part():
    assert shape_of(FACTS, "deepseek-v3").kv_values_per_token == 576


def test_a_window_bounds_what_a_token_sees():
    full = SMALL.seen_tokens(4096)
    near = replace(SMALL, full_attention_layers=4.0, window=128.0).seen_tokens(4096)
    assert full == 8 * 2048
    assert near == pytest.approx(4 * 2048 + 4 * (128 - 128**2 / 8192))


def test_the_parts_of_a_step_add_up():
    hw, c = _on()
    plan = Plan(64.0, 64.0, 4096.0, tensor=2.0, pipeline=4.0, interleave=2.0, micro_batch=2.0)
    for model in (SMALL, EXPERTS):
        b = step_time(model, plan, hw, c)
        assert sum(float(v) for v in b.parts().values()) == pytest.approx(float(b.total), rel=1e-12)
        assert all(float(v) >= 0 for v in b.parts().values())


def test_model_flop_is_six_per_parameter_and_token_and_causal_attention():
    hw, c = _on()
    b = step_time(SMALL, Plan(8.0, 8.0, 2048.0), hw, c)
    tokens = 8 * 2048
    attention = 6.0 * 8 * 1024 * 2048 * tokens  # 6 L d s per token
    assert float(b.model_flop) == pytest.approx(6.0 * float(SMALL.active_params) * tokens + attention, rel=1e-12)
    full = step_time(SMALL, Plan(8.0, 8.0, 2048.0, recompute=2.0), hw, c)
    layers = 2.0 * float(SMALL.active_layer_params) * tokens + attention / 3.0
    assert float(full.hardware_flop - full.model_flop) == pytest.approx(layers, rel=1e-12)


def test_stages_micro_batches_and_bubble():
    assert float(longest_stage_layers(layers=126, pipeline=16, interleave=1)) == 8
    assert float(longest_stage_layers(layers=128, pipeline=64, interleave=3)) == 2
    assert float(micro_batches(batch=2048, data_parallel=64, micro_batch=2)) == 16
    assert float(bubble_share(pipeline=1, micro_batches=4, interleave=1)) == 0


def test_weights_and_state_of_an_unsharded_replica_are_eighteen_bytes_a_parameter_less_gradients_in_16_bit():
    m = plan_memory(SMALL, Plan(1.0, 1.0, 2048.0))
    assert float(m.weights + m.gradients + m.optimizer) == pytest.approx(16.0 * float(SMALL.params))
    sharded = plan_memory(SMALL, Plan(64.0, 64.0, 2048.0))
    assert float(sharded.optimizer) == pytest.approx(12.0 * float(SMALL.params) / 64)


def test_recomputation_saves_memory_and_costs_time():
    hw, c = _on()
    plans = [Plan(64.0, 64.0, 8192.0, recompute=r) for r in (0.0, 1.0, 2.0)]
    kept = [float(plan_memory(SMALL, p).activations) for p in plans]
    time = [float(step_time(SMALL, p, hw, c).total) for p in plans]
    assert kept[0] > kept[1] > kept[2]
    assert time[0] < time[1] < time[2]


def _brute(model, accelerators, batch, sequence, domain):
    """Every combination of whole numbers on the axes, one at a time."""
    layers, heads, experts = int(model.layers), int(model.heads), int(model.experts)
    for tp, pp, cp in product(range(1, domain + 1), range(1, layers + 1), range(1, max(1, sequence // 2048) + 1)):
        if heads % tp or accelerators % tp or accelerators % pp or accelerators % cp or accelerators % (tp * pp * cp):
            continue
        dp = accelerators // (tp * pp * cp)
        if batch % dp:
            continue
        stage = -(-layers // pp)
        for ep, vp, mb in product(range(1, max(experts, 1) + 1), range(1, layers + 1), range(1, batch + 1)):
            if max(experts, 1) % ep or (ep > 1 and (dp * tp * cp) % ep):
                continue
            if vp > 1 and (pp == 1 or stage % vp):
                continue
            if batch % mb or batch % (dp * mb):
                continue
            for recompute, zero in product((0, 1, 2), (0, 1, 2, 3)):
                if zero >= 2 and pp > 1:
                    continue
                yield tp, pp, cp, ep, vp, mb, recompute, zero


@pytest.mark.parametrize(("model", "count", "batch"), [(SMALL, 12, 24), (EXPERTS, 16, 16)])
def test_the_search_weighs_what_brute_force_does_and_finds_its_best(model, count, batch):
    hw, c = _on()
    brute = list(_brute(model, count, batch, 4096, 8))
    plans = candidates(model, accelerators=count, batch=batch, sequence=4096, domain=8, fixed={})
    listed = np.stack([np.asarray(getattr(plans, axis)) for axis in AXES], axis=1)
    assert sorted(map(tuple, listed.astype(int).tolist())) == sorted(brute)
    limit = float(np.median(np.asarray(plan_memory(model, plans).total)))
    found = search(model, plans, hw, c, memory_bytes=limit)
    best = np.inf
    for degrees in brute:
        one = Plan(float(count), float(batch), 4096.0, **dict(zip(AXES, map(float, degrees), strict=True)))
        if float(plan_memory(model, one).total) <= limit:
            best = min(best, float(step_time(model, one, hw, c).total))
    assert found.weighed == len(brute)
    assert 0 < found.fitting < found.weighed
    assert found.seconds[0] == pytest.approx(best, rel=1e-12)
    assert float(step_time(model, take(found.plans, 0), hw, c).total) == pytest.approx(best, rel=1e-12)


def test_divisors():
    for n in (1, 7, 36, 1000):
        assert divisors(n).tolist() == [k for k in range(1, n + 1) if n % k == 0]


def test_8_bit_is_faster_and_younger_software_no_slower():
    slow, fast = (step_time(SMALL, Plan(8.0, 64.0, 4096.0), *_on(precision=p)).total for p in ("bf16", "fp8"))
    old, new = (step_time(EXPERTS, Plan(8.0, 64.0, 4096.0), *_on(date=d)).total for d in (2024.0, 2026.0))
    assert fast < slow
    assert new < old
    assert kept_bytes(FACTS, "fp8") < kept_bytes(FACTS, "bf16")


def test_published_strong_scaling_is_met():
    """MLPerf GPT-3 175B at growing size: 512 to 8,192 H100 lose about 11 % (methods), ours within 10 points."""
    m, (hw, c) = shape_of(FACTS, "gpt3-175b"), _on(precision="fp8", date=2024.5)
    speed = []
    for n, batch in ((512, 2048), (8192, 4096)):
        plans = candidates(m, accelerators=n, batch=batch, sequence=2048, domain=8, fixed={})
        found = search(m, plans, hw, c, memory_bytes=0.93 * float(hw.memory_bytes), kept_bytes=1.4, keep=1)
        speed.append(batch * 2048 / found.seconds[0] / n)
    assert 0.79 < speed[1] / speed[0] < 1.0
