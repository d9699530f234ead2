"""Many runs at once against the full search of each, the loss law, and spares against sampled repairs."""

from dataclasses import fields, replace

import numpy as np
import pytest

from gigawatt.chapters.shapes import shape_of
from gigawatt.chapters.training import Setting, calibration, constants, machine_of
from gigawatt.compute.loss_law import loss, tokens_for_loss
from gigawatt.compute.plans import candidates, search
from gigawatt.compute.spares import failure_rate_at_age, in_repair, share_at_full_size, share_of_replicas
from gigawatt.compute.sweep import sweep
from gigawatt.facts import load_facts

FACTS = load_facts()
LAW = {
    "least": 1.8172,
    "params_factor": 482.01,
    "params_exponent": 0.3478,
    "tokens_factor": 2085.43,
    "tokens_exponent": 0.3658,
}
MODELS = ("llama3-70b", "llama3-1-405b", "deepseek-v3", "qwen3-235b-a22b")


def _stack(parts):
    return type(parts[0])(**{f.name: np.array([float(getattr(p, f.name)) for p in parts]) for f in fields(parts[0])})


def _runs():
    machines = [("h100", "hopper"), ("gb200-nvl72", "blackwell")]
    return [
        (shape_of(FACTS, m), machine_of(FACTS, a, "bf16"), calibration(constants(FACTS), Setting(f, "bf16", 2026.0)), n)
        for m in MODELS
        for a, f in machines
        for n in (512, 2048)
    ]


def test_many_runs_at_once_are_near_the_full_search_of_each_and_never_better():
    runs = _runs()
    model, machine, known = (_stack([r[k] for r in runs]) for k in range(3))
    n = np.array([r[3] for r in runs], float)
    swept = sweep(model, machine, known, accelerators=n, batch=2048, sequence=4096, memory_share=0.93)
    for i, (m, hw, c, size) in enumerate(runs):
        plans = candidates(m, accelerators=size, batch=2048, sequence=4096, domain=int(hw.domain), fixed={})
        best = search(m, plans, hw, c, memory_bytes=0.93 * float(hw.memory_bytes), keep=1)
        if best.fitting:
            assert 1.0 - 1e-9 <= swept.seconds[i] / best.seconds[0] < 1.7
        else:
            assert swept.seconds[i] == np.inf


def test_one_run_alone_is_as_among_others():
    runs = _runs()[:3]
    model, machine, known = (_stack([r[k] for r in runs]) for k in range(3))
    n = np.array([r[3] for r in runs], float)
    among = sweep(model, machine, known, accelerators=n, batch=2048, sequence=4096)
    m, hw, c, size = runs[1]
    alone = sweep(m, hw, c, accelerators=float(size), batch=2048, sequence=4096)
    assert alone.seconds[0] == pytest.approx(among.seconds[1], rel=1e-12)
    assert alone.tokens_per_s_per_accelerator[0] == pytest.approx(2048 * 4096 / alone.seconds[0] / size)


def test_a_model_too_large_has_no_plan():
    m, hw, c, _ = _runs()[0]
    tiny = replace(hw, memory_bytes=1e9)
    assert sweep(m, tiny, c, accelerators=512, batch=2048, sequence=4096).seconds[0] == np.inf


def test_tokens_for_a_loss_give_that_loss_and_none_do_below_what_size_allows():
    for size, wanted in ((7e9, 2.2), (70e9, 1.98), (405e9, 1.9)):
        tokens = tokens_for_loss(params=size, loss=wanted, **LAW)
        assert float(loss(params=size, tokens=tokens, **LAW)) == pytest.approx(wanted, rel=1e-12)
    assert tokens_for_loss(params=1e9, loss=1.9, **LAW) == np.inf


def test_spares_are_as_sampled_repairs_say():
    mean = in_repair(accelerators=100_000, failures_per_accelerator_hour=2e-5, repair_h=48, units_lost_per_failure=4)
    drawn = np.random.default_rng(0).poisson(mean, 200_000)
    for spares in (0, 80, 100, 130):
        assert share_at_full_size(in_repair=mean, spare_units=spares) == pytest.approx(
            (drawn <= spares).mean(), abs=0.005
        )
        stopped = np.ceil(np.maximum(drawn - spares, 0) * 4 / 512).mean() * 512  # whole replicas of 512
        sizes = {"units_lost_per_failure": 4, "replica": 512, "accelerators": 100_000}
        found = share_of_replicas(in_repair=mean, spare_units=spares, **sizes)
        assert found == pytest.approx(1.0 - stopped / 100_000, abs=1e-3)
    assert share_at_full_size(in_repair=0.0, spare_units=0.0) == 1.0


def test_failures_fall_with_age():
    known = {"measured_per_hour": 2e-5, "measured_age_months": 6.0, "early": 1.0, "decay_months": 6.0}
    rates = [float(failure_rate_at_age(age_months=a, **known)) for a in (0.0, 6.0, 24.0, 60.0)]
    assert rates[1] == pytest.approx(2e-5)
    assert rates == sorted(rates, reverse=True)
