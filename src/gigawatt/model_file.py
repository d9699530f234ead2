"""A model from a file instead of the catalogue: its shape as TOML or JSON, checked, and as facts for those who read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from gigawatt.compute.model_shape import ModelShape
from gigawatt.errors import ScenarioError
from gigawatt.facts import USER, Fact, Facts

ENDINGS = (".toml", ".json")
NEEDED = ("layers", "hidden", "heads", "ffn_hidden", "vocab")  # what no decoder is without
MOST = 1e18  # of any number in a file
FAR = 3.0  # times, between a stated number of parameters and that counted, beyond which one of them is a slip
OWN = "own"  # the model's place among the facts
PARTS = (  # fields that facts have by the same name
    *("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn_hidden", "ffn_matrices", "vocab", "experts"),
    *("experts_per_token", "expert_hidden", "shared_experts", "dense_layers", "kv_rank", "rope_dim", "v_dim", "window"),
)


def is_file(model: str) -> bool:
    """Whether a model is named by its file.

    Parameters
    ----------
    model : str
        What was given. [text]
    """
    return model.endswith(ENDINGS)


def read_model(path: Path) -> ModelShape:
    """The shape in a TOML or JSON file whose keys are the fields of `ModelShape`.

    Parameters
    ----------
    path : Path
        The file. [-]

    Raises
    ------
    ScenarioError
        When it cannot be read, has unknown keys, lacks one that is needed, or holds what cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ScenarioError(f"{path}: cannot be read ({error}); expected a TOML or JSON file of a model") from None
    known = {f.name for f in fields(ModelShape)}
    if not isinstance(table, dict):
        raise ScenarioError(f"{path}: holds {table!r:.40}; expected a table of {', '.join(NEEDED)} and so on")
    if any(k not in known for k in table):
        names = ", ".join(f.name for f in fields(ModelShape))
        raise ScenarioError(f"{path}: unknown {', '.join(sorted(set(table) - known))}; known are {names}")
    wrong = [k for k, v in table.items() if isinstance(v, bool) or not isinstance(v, int | float) or not 0 <= v < MOST]
    if wrong:
        raise ScenarioError(f"{path}: {wrong[0]} is {table[wrong[0]]!r}; expected a number of at least 0")
    parted = [k for k, v in table.items() if v != int(v) and not k.startswith("stated")]
    if parted:
        raise ScenarioError(f"{path}: {parted[0]} is {table[parted[0]]!r}; expected a whole number")
    missing = [k for k in NEEDED if not table.get(k)]
    if missing:
        raise ScenarioError(f"{path}: {', '.join(missing)} missing; a model needs {', '.join(NEEDED)}")
    table.setdefault("kv_heads", table["heads"])
    if table["kv_heads"] and table["heads"] % table["kv_heads"]:
        raise ScenarioError(f"{path}: kv_heads {table['kv_heads']} does not divide the {table['heads']} heads")
    if "head_dim" not in table and table["hidden"] % table["heads"]:
        raise ScenarioError(f"{path}: heads {table['heads']} does not divide hidden {table['hidden']}; give head_dim")
    table.setdefault("head_dim", table["hidden"] / table["heads"])
    shape = ModelShape(**{k: float(v) for k, v in table.items()})
    for part in ("params", "active_params"):
        _check_stated(path, shape, part)
    return shape


def _check_stated(path: Path, m: ModelShape, part: str) -> None:
    """Refuse a stated number far from what the shape makes, such as 8 for 8 billion."""
    stated = float(getattr(m, f"stated_{part}"))
    counted = float(getattr(replace(m, **{f"stated_{part}": 0.0}), part))
    if stated and not counted / FAR <= stated <= counted * FAR:
        raise ScenarioError(
            f"{path}: stated_{part} is {stated:g}, but layers and widths make {counted:.3g}; give the whole number of "
            "parameters, or leave it out"
        )


def check_model(m: ModelShape, label: str) -> None:
    """Refuse experts of which none is chosen, and more of a part than there can be.

    Parameters
    ----------
    m : ModelShape
        One model. [-]
    label : str
        What messages call it. [text]

    Raises
    ------
    ScenarioError
        Naming the fields that do not go together.
    """
    experts, visited = float(m.experts), float(m.experts_per_token)
    if (experts > 0) != (visited > 0):
        raise ScenarioError(f"{label}: {experts:g} experts and {visited:g} experts_per_token; give both or none")
    if experts and visited > experts:
        raise ScenarioError(f"{label}: {visited:g} experts_per_token of {experts:g} experts; expected at most as many")
    if experts and not float(m.expert_hidden):
        raise ScenarioError(f"{label}: {experts:g} experts without expert_hidden; give their inner width")
    if float(m.dense_layers) > float(m.layers):
        raise ScenarioError(
            f"{label}: {m.dense_layers:g} dense_layers of {m.layers:g} layers; expected at most as many"
        )


def with_model(facts: Facts, m: ModelShape, label: str) -> Facts:
    """The facts, with the model among those of the catalogue as `OWN`.

    Parameters
    ----------
    facts : Facts
        The others. [-]
    m : ModelShape
        The model. [-]
    label : str
        What answers call it. [text]
    """
    return facts.with_facts(_told(m, label))


def _told(m: ModelShape, label: str) -> Iterator[Fact]:
    def fact(part: str, value: float | str, unit: str = "1") -> Fact:
        return Fact(f"model.{OWN}.{part}", value, value, value, unit, "", "A", USER, label, "")

    yield fact("name", label, "text")
    yield fact("type", "moe" if float(m.experts) else "dense", "text")
    for part in PARTS:
        yield fact(part, float(getattr(m, part)))
    if float(m.kv_rank):
        yield fact("nope_dim", float(m.head_dim))  # as the catalogue calls a head beside its rotary part
    yield fact("full_attention_layers", float(m.full_layers))
    yield fact("kv_values_per_token", float(m.kv_values_per_token) * float(m.full_layers))
    yield fact("params", float(m.params))
    yield fact("active_params", float(m.active_params))
