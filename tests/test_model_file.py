"""Model files: what they hold, what they refuse, and the same answers as a catalogue model of that shape."""

import json
from dataclasses import asdict, replace

import pytest
from click.testing import CliRunner

from gigawatt.chapters.shapes import shape_of
from gigawatt.cli import main
from gigawatt.errors import ScenarioError
from gigawatt.facts import load_facts
from gigawatt.inference import serve
from gigawatt.model_file import OWN, read_model, with_model
from gigawatt.training_run import train

SMALL = {"layers": 16, "hidden": 2048, "heads": 16, "ffn_hidden": 8192, "vocab": 32000}


def _file(tmp_path, **more):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**SMALL, **more}))
    return str(path)


def _written(tmp_path, model):
    """A catalogue model as a TOML file, every field that is said."""
    path = tmp_path / "copy.toml"
    said = {k: v for k, v in asdict(shape_of(load_facts(), model)).items() if v != float("inf")}
    path.write_text("".join(f"{k} = {v}\n" for k, v in said.items()))
    return str(path)


@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3", "gpt-oss-120b", "qwen3-30b-a3b"])
@pytest.mark.parametrize("mode", ["aggregated", "disaggregated"])
def test_a_file_of_a_catalogue_model_serves_as_it_does(tmp_path, model, mode):
    asked = {"tpot_s": 0.03, "mode": mode}
    known, own = (serve(m, "16 B200", **asked) for m in (model, _written(tmp_path, model)))
    assert replace(own, model=known.model) == known and own.model == "copy"


def test_train_and_serve_read_the_same_file(tmp_path):
    path = _file(tmp_path)
    assert train(path, "8 H100", tokens=1e11).model == serve(path, "8 H100").model == "mine"
    assert serve(read_model(tmp_path / "mine.json"), "8 H100").tokens_per_s == serve(path, "8 H100").tokens_per_s


def test_two_files_are_two_models_though_both_are_called_own(tmp_path):
    few, many = (serve(_file(tmp_path, layers=n), "8 H100").tokens_per_s for n in (16, 32))
    assert few > 1.5 * many
    facts = with_model(load_facts(), read_model(tmp_path / "mine.json"), "mine")
    assert facts[f"model.{OWN}.layers"].value == 32.0 and f"model.{OWN}.layers" not in load_facts()


def test_windows_shrink_the_cache_of_a_file(tmp_path):
    asked = {"input_tokens": 30_000, "output_tokens": 1000}
    full = serve(_file(tmp_path), "1 H100", **asked)
    near = serve(_file(tmp_path, full_attention_layers=4, window=512), "1 H100", **asked)
    assert near.sequences_per_group > 2.0 * full.sequences_per_group
    none = serve(_file(tmp_path, full_attention_layers=0, window=512), "1 H100", **asked)
    assert none.tokens_per_s > near.tokens_per_s


@pytest.mark.parametrize("ask", [train, serve])
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"experts": 8}, "give both or none"),
        ({"experts": 8, "experts_per_token": 9, "expert_hidden": 64}, "expected at most as many"),
        ({"experts": 8, "experts_per_token": 2}, "without expert_hidden"),
        ({"dense_layers": 17}, "17 dense_layers of 16 layers"),
        ({"layer": 8}, "unknown layer; known are layers"),
        ({"heads": 0}, "heads missing"),
        ({"hidden": -1}, "hidden is -1"),
        ({"hidden": "wide"}, "hidden is 'wide'"),
        ({"hidden": True}, "hidden is True"),
        ({"stated_params": 1.2}, "layers and widths make"),
        ({"layers": 32.5}, "layers is 32.5; expected a whole number"),
        ({"heads": 32, "kv_heads": 5}, "kv_heads 5 does not divide the 32 heads"),
        ({"heads": 7, "kv_heads": 7}, "heads 7 does not divide hidden"),
    ],
)
def test_what_a_file_cannot_say_is_one_line_in_either_verb(tmp_path, ask, more, words):
    with pytest.raises(ScenarioError, match=words) as error:
        ask(_file(tmp_path, **more), "8 H100")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("name", "text"), [("a.json", "[1]"), ("a.json", "{"), ("a.toml", "x"), ("none.toml", None)])
def test_what_is_no_model_file_is_said_by_the_verb(tmp_path, name, text):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    said = CliRunner().invoke(main, ["serve", str(path), "--on", "8 H100"])
    assert said.exit_code == 2 and name in said.output and "Traceback" not in said.output


def test_the_verb_serves_a_file(tmp_path):
    said = CliRunner().invoke(main, ["serve", _file(tmp_path), "--on", "8 H100", "--tpot", "30ms"])
    assert said.exit_code == 0 and said.output.startswith("mine in fp8 on 8 h100")
