"""The verb and the door `train`: answers, and one clear line for what cannot be."""

import json

import pytest
from click.testing import CliRunner

from gigawatt import train
from gigawatt.cli import main
from gigawatt.errors import ScenarioError


def _run(*words):
    return CliRunner().invoke(main, ["train", *words])


def test_llama_3_on_its_own_cluster_is_as_fast_as_published():
    """16,384 H100, 38-43 % of peak published (Llama 3 herd, table 4): the best plan is no more than 20 % above it."""
    run = train("llama-3.1-405b", "16384 H100", software=2024.2)
    assert 0.38 < run.best.mfu < 0.43 * 1.2
    assert run.best.hfu >= run.best.mfu
    assert sum(run.best.breakdown_s.values()) == pytest.approx(run.best.step_s)
    assert sum(run.best.memory_gb.values()) <= run.usable_memory_gb
    assert run.days_range[0] < run.days < run.days_range[1]
    assert run.tokens_per_s_range[0] < run.best.tokens_per_s_per_accelerator < run.tokens_per_s_range[1]
    assert [r.step_s for r in run.runners_up] == sorted(r.step_s for r in run.runners_up)
    assert run.best.step_s <= run.runners_up[0].step_s
    assert run.largest_useful_why


def test_a_given_plan_is_kept():
    run = train("llama-3-8b", "64 H100", batch=128, plan={"tp": 2, "pp": 2, "mb": 1, "recompute": "full", "zero": 1})
    assert {k: run.best.degrees[k] for k in ("tp", "pp", "dp", "mb", "recompute")} == {
        "tp": 2, "pp": 2, "dp": 16, "mb": 1, "recompute": "full",
    }  # fmt: skip


def test_tokens_and_flop_say_the_same():
    a = train("llama-3-8b", "64 H100", tokens=1e12)
    b = train("llama-3-8b", "64 H100", flop=a.flop)
    assert a.days == pytest.approx(b.days)


def test_the_verb_prints_words_and_json():
    words = _run("llama-3-8b", "--on", "64 H100", "--tokens", "1e12")
    assert words.exit_code == 0, words.output
    assert "Best plan and runners-up" in words.output
    found = _run("llama-3-8b", "--on", "64 H100", "--tokens", "1e12", "--json")
    assert json.loads(found.output)["accelerators"] == 64


def test_a_model_file_is_read(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("layers = 16\nhidden = 2048\nheads = 16\nffn_hidden = 8192\nvocab = 32000\n")
    assert train(str(path), "8 H100", tokens=1e11).model == "mine"


@pytest.mark.parametrize(
    ("model", "on", "more", "words"),
    [
        ("llama-9", "8 H100", {}, "nearest"),
        ("llama-3-8b", "8 H1000", {}, "nearest"),
        ("llama-3-8b", "eight H100", {}, "expected a number and a type"),
        ("llama-3-8b", "0 H100", {}, "at least 1"),
        ("deepseek-v3", "8 H100", {}, "memory: the smallest of"),
        ("llama-3-8b", "8 A100", {"precision": "fp8"}, "has no fp8 peak"),
        ("llama-3-8b", "8 H100", {"precision": "int3"}, "expected one of"),
        ("llama-3-8b", "8 H100", {"plan": {"tp": 3}}, "does not divide"),
        ("llama-3-8b", "8 H100", {"plan": {"ep": 2}}, "does not divide"),
        ("llama-3-8b", "8 H100", {"plan": {"xp": 2}}, "no degree"),
        ("llama-3-8b", "8 H100", {"plan": {"zero": 2}}, "expected 1"),
        ("llama-3-8b", "8 H100", {"batch": 0}, "at least 1"),
        ("llama-3-8b", "37 H100", {"batch": 9}, "no degrees divide"),
        ("llama-3-8b", "8 H100", {"recovery": "prayer"}, "recovery"),
        ("llama-3-8b", "8 H100", {"tokens": 1e12, "flop": 1e24}, "one of them"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(model, on, more, words):
    with pytest.raises(ScenarioError) as error:
        train(model, on, **more)
    assert words in str(error.value)


def test_experts_without_top_k_are_refused(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text("layers = 16\nhidden = 2048\nheads = 16\nffn_hidden = 8192\nvocab = 32000\nexperts = 8\n")
    with pytest.raises(ScenarioError, match="experts_per_token"):
        train(str(path), "8 H100")


def test_the_verb_refuses_in_a_line_with_exit_code_2():
    for words in (("--software", "soon"), ("--plan", "tp"), ("--tokens", "many"), ("--sequence", "0")):
        found = _run("llama-3-8b", "--on", "8 H100", *words)
        assert found.exit_code == 2
        assert "Traceback" not in found.output
