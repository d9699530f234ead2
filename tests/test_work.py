"""What a campus trains and serves: one calculation behind the plan, `train` and `serve`."""

import json
import re
import shlex
from datetime import date
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner

import gigawatt as gw
from gigawatt.chapters import recovering, runs
from gigawatt.chapters import training_job as jobs
from gigawatt.cli import main
from gigawatt.compute.optimal_run import sized_shape
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.record import Steps
from gigawatt.scenario import RECOVERIES

TODAY = date(2026, 11, 23)
FACTS = load_facts()


@cache
def _plan(**question):
    return gw.plan(gw.read_scenario({"draws": 50, **question}, today=TODAY))


def _value(plan, figure):
    return plan.figures[figure].value


# The doors


@pytest.mark.parametrize(
    "question",
    [
        {"place": "Ukraine", "accelerators": "100k GB300"},
        {"place": "France", "accelerators": "16384 H100", "train": "llama-3.1-405b", "precision": "bf16"},
        {"place": "Kenya", "accelerators": "1000 H200", "precision": "bf16", "software": "2025-06"},
        {"place": "Kenya", "accelerators": "20k GB300", "operator": "new", "cluster_age": 2, "spares": 0.02},
        {"place": "Kenya", "accelerators": "20k GB300", "spares": 0.01, "elastic": True, "recovery": RECOVERIES[0]},
    ],
    ids=["reference run", "named model", "older software", "new operator", "elastic"],
)
def test_plan_and_train_give_the_same(question):
    plan = _plan(**question)
    table = plan.tables["training"]
    on = f"{_value(plan, 'accelerators'):.0f} {question['accelerators'].split()[1]}"
    words = question.get("software")
    care = {k: question[k] for k in ("operator", "recovery", "spares", "elastic") if k in question}
    year = None if words is None else 2025 + 5.5 / 12
    run = gw.train(
        table["model"],
        on,
        precision=question.get("precision", "fp8"),
        software=year,
        age=question.get("cluster_age"),
        loss=question.get("loss"),
        **care,
    )
    assert _value(plan, "mfu") == pytest.approx(run.best.mfu, rel=1e-9)
    assert _value(plan, "goodput") == pytest.approx(run.goodput, rel=1e-9)
    assert table["tokens_per_s_per_accelerator"] == pytest.approx(run.best.tokens_per_s_per_accelerator, rel=1e-9)
    assert table["days"] == pytest.approx(run.days, rel=1e-9)
    assert table["accelerators"] == run.used


SOON = "before gb300-nvl72 was sold (2025-07); give a later one, or another accelerator"


def test_every_door_refuses_software_from_before_its_chip():
    with pytest.raises(ScenarioError, match=re.escape(SOON)):
        _plan(place="Kenya", power="100 MW", software="2020-01-01")
    with pytest.raises(ScenarioError, match=re.escape(SOON)):
        gw.train("llama-3-8b", "72 GB300", software=2020.0)
    with pytest.raises(ScenarioError, match=re.escape(SOON)):
        gw.serve("llama3-70b", "72 GB300", software=2020.0)
    for words in (
        ["plan", "Kenya", "--software", "2020-01-01"],
        ["compare", "Kenya --power '1 GW' --software 2020-01", "France"],
        ["screen", "--software", "2020-01"],
        ["screen", "--sites", "Kenya", "--software", "2020-01"],
    ):
        said = CliRunner().invoke(main, words)
        assert said.exit_code == 2 and said.stderr.strip().splitlines() == [
            f"gigawatt: software: a date of 2020.0 is {SOON}"
        ]


def test_chips_younger_than_the_software_are_not_told_beside():
    old = _plan(place="Kenya", accelerators="1000 H100", software="2023-06").tables["generations"]
    assert [row["accelerator"] for row in old] == ["H100"]
    assert len(_plan(place="Kenya", accelerators="1000 H100").tables["generations"]) > 3


def test_plan_and_serve_give_the_same():
    plan = _plan(place="Ukraine", accelerators="100k GB300")
    table = plan.tables["serving"]
    served = gw.serve(
        table["model"],
        "100k GB300",
        input_tokens=table["request"]["input_tokens"],
        output_tokens=table["request"]["output_tokens"],
        cached_share=table["request"]["cached_share"],
        tpot_s=0.05,
        mode=table["mode"],
        precision="fp8",
    )
    factor = float(FACTS["serving.fleet_factor"].value)
    assert _value(plan, "tokens_per_s") == pytest.approx(factor * served.tokens_per_s, rel=1e-9)
    assert _value(plan, "users_served") == pytest.approx(served.users, rel=1e-9)
    assert table["tokens_per_mwh"] == pytest.approx(served.tokens_per_mwh, rel=1e-9)
    assert table["tpot_s"] == pytest.approx(served.tpot_s, rel=1e-9)
    together = table["usd_per_million_output_tokens"] + table["usd_per_million_input_tokens"] * (
        table["request"]["input_tokens"] / table["request"]["output_tokens"]
    )
    assert together == pytest.approx(_value(plan, "usd_per_million_tokens"))


def test_the_command_beside_the_tables_can_be_asked():
    plan = _plan(place="Ukraine", accelerators="100k GB300")
    for name in ("training", "serving"):
        words = shlex.split(plan.tables[name]["asks"])[1:]
        found = CliRunner().invoke(main, [*words, "--json"])
        assert found.exit_code == 0, found.output
        answer = json.loads(found.output)
        mine = plan.tables[name]["tokens_per_s_per_accelerator"]
        theirs = answer.get("tokens_per_s_per_accelerator") or answer["best"]["tokens_per_s_per_accelerator"]
        assert mine == pytest.approx(theirs, rel=1e-4)


# The other direction


def test_accelerators_for_a_run_finish_it_in_time_and_one_server_less_does_not():
    plan = _plan(place="Kenya", train="llama-3.1-405b in 60 days")
    n = round(_value(plan, "accelerators"))
    assert n % 72 == 0
    assert gw.train("llama-3.1-405b", f"{n} GB300", precision="fp8").days <= 60.5
    assert gw.train("llama-3.1-405b", f"{n - 144} GB300", precision="fp8").days > 60.0


def test_accelerators_for_users_serve_them():
    plan = _plan(place="France", serve="10 M users")
    assert _value(plan, "users_served") >= 10e6
    fewer = _value(plan, "users_served") * (1 - 72 / _value(plan, "accelerators"))
    assert fewer < 10e6


def test_a_run_out_of_reach_is_said():
    plan = _plan(place="Kenya", train="1e30 FLOP in 30 days")
    assert plan.verdict["answer"] == "no"
    assert "trains 1e+30 FLOP in 30 days" in json.dumps(plan.json())


# Draws and the tree


def test_ranges_are_those_of_the_residuals():
    plan = _plan(place="Ukraine", accelerators="100k GB300")
    mfu, error = plan.figures["mfu"], FACTS["training.model_error.dense"]
    assert mfu.low == pytest.approx(mfu.value * error.low, rel=0.05)
    assert mfu.high == pytest.approx(mfu.value * error.high, rel=0.05)
    tokens = plan.figures["tokens_per_s"]
    assert tokens.low < tokens.value < tokens.high


def _names(node):
    yield node["name"]
    for child in node.get("inputs", []):
        yield from _names(child)


def test_explain_reaches_into_the_step_and_down_to_the_fitted_constants():
    plan = _plan(place="Ukraine", accelerators="100k GB300")
    behind = set(_names(plan.explain("mfu")["tree"]))
    parts = ("matmul", "attention", "tensor_parallel", "data_parallel", "bubble", "optimizer", "stragglers")
    assert {f"compute.step_time.step_time.{part}" for part in parts} <= behind
    facts = ("training.straggler", "accelerator.gb300-nvl72.memory_bandwidth", "training.model_error.dense")
    assert set(facts) <= behind
    served = set(_names(plan.explain("tokens_per_s")["tree"]))
    assert {"chapters.service_steps.decode_pass.weights_s", "serving.tpot_limit", "serve.layer.vllm"} <= served
    assert "serve.layer.sglang" not in served


# A job


def _job(run=None, item="h100", precision="bf16"):
    return jobs.job_of(FACTS, item, precision, run=run)


@pytest.mark.parametrize("n", [1, 7, 8, 100, 6144, 100_000, 350_064])
def test_bases_have_many_divisors(n):
    base = jobs.base_of(n)
    assert base <= n < 1.25 * base + 1
    while base > 7:
        assert base % 2 == 0
        base //= 2


def test_a_cluster_of_any_size_is_nearly_all_used():
    for n in (10_000, 99_999, 350_064):
        laid = jobs.lay(_job(), n)
        assert 0.98 * n < laid.used <= n
        plan = laid.plans[0]
        group = float(plan.tensor) * float(plan.pipeline) * float(plan.context)
        assert laid.used % group == 0
        per_replica = float(plan.batch) / float(plan.data)
        assert per_replica == pytest.approx(round(per_replica))


def test_a_stretched_plan_is_as_fast_as_a_searched_one():
    job = _job(runs.named(FACTS, "llama-3.1-405b"))
    around = [jobs.mfu(job, n) for n in (14_336, 15_500, 16_384)]
    assert max(around) / min(around) < 1.05


def test_the_reference_run_grows_with_its_cluster_and_keeps_its_mfu():
    job = _job()
    few, many = jobs.lay(job, 1024), jobs.lay(job, 65_536)
    ratio = float(many.run.shape.params) / float(few.run.shape.params)
    assert ratio == pytest.approx(8.0, rel=0.1)  # the root of 64
    assert 0.6 < jobs.mfu(job, 65_536) / jobs.mfu(job, 1024) < 1.1
    assert 0.0 <= jobs.loss_exponent(job, 16_384) < 0.2


@pytest.mark.parametrize(("model", "n"), [("", 100_000), ("llama-3.1-405b", 16_384), ("deepseek-v3", 10_000)])
def test_draws_follow_the_full_calculation_around_their_size(model, n):
    """Draws move MFU by its slope: against a search at every size, half to twice as many, 2 % in the middle."""
    job = _job(runs.named(FACTS, model) if model else None, item="gb300-nvl72", precision="fp8")
    slope, here = jobs.loss_exponent(job, n), jobs.mfu(job, n)
    times = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0])
    full = np.array([jobs.mfu(job, round(n * t)) for t in times])
    error = np.abs(here * times**-slope / full - 1.0)
    assert np.median(error) < 0.025
    assert np.max(error) < 0.12  # experts and replicas divide some sizes badly


def test_batches_grow_smoothly_with_the_cluster():
    job = _job(runs.named(FACTS, "llama-3.1-405b"))
    batches = [jobs.lay(job, n).batch for n in range(8_000, 33_000, 500)]
    assert max(batches) / min(batches) < 1.3


def test_labels_of_sizes_read_back():
    for params in (6.7e8, 1.5e10, 4.1e11, 7.2e12):
        assert runs.size_of(runs.label_of(params)) == pytest.approx(params)
    assert runs.size_of("llama-3.1-405b") is None


@pytest.mark.parametrize("params", [1e9, 7e10, 4.1e11, 3.5e12, 1e13])
def test_a_sized_model_has_its_parameters(params):
    shape = sized_shape(params=params, like=runs.like(FACTS))
    assert float(shape.params) == pytest.approx(params, rel=0.1)
    assert float(shape.full_layers) == float(shape.layers)
    assert float(shape.hidden) == float(shape.heads) * float(shape.head_dim)


def test_more_days_need_fewer_accelerators():
    job, recovery = _job(runs.named(FACTS, "llama-3.1-405b")), recovering.recovery_of(Steps(FACTS, 2025))
    found = [jobs.fewest(job, recovery, days, 8) for days in (20.0, 60.0, 200.0)]
    assert found[0] > found[1] > found[2] > 0
    assert jobs.fewest(job, recovery, 0.01, 8) is None


def test_an_overridden_fact_moves_the_plan():
    question = {"place": "Ukraine", "accelerators": "100k GB300", "draws": 50}
    slower = gw.plan(gw.read_scenario({**question, "facts": {"training.straggler": 0.02}}, today=TODAY))
    assert _value(slower, "mfu") < _value(_plan(place="Ukraine", accelerators="100k GB300"), "mfu")


def test_a_model_too_large_for_a_small_cluster_trains_nothing():
    plan = _plan(place="France", accelerators="8 H100", train="deepseek-v3 in 100000 days", precision="bf16")
    assert np.isfinite(_value(plan, "mfu"))
