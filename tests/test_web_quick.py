"""The quick answer: the very values of the plan, whatever was asked before."""

import os
from dataclasses import replace
from datetime import date
from importlib import import_module

import numpy as np
import pytest

from gigawatt import record
from gigawatt.answer import plain
from gigawatt.chapters import campus, supply
from gigawatt.chapters import place as places
from gigawatt.facts import load_facts
from gigawatt.plan import plan
from gigawatt.scenario import read
from gigawatt.web import quick

plans = import_module("gigawatt.plan")
TODAY = date(2026, 11, 23)
BASE = {"place": "France", "budget": "109 B€", "power": "1 GW nuclear"}
MOVES = (
    BASE,
    BASE | {"power": "700 MW nuclear"},
    BASE | {"power": "500 MW grid + 500 MW gas"},
    BASE | {"budget": "20 B€", "by": "2029", "utilisation": "0.5"},
    BASE | {"operating_model": "state", "accelerator": "b200"},
    BASE | {"facts": {"wacc.it.nonig": "0.12", "wacc.power.private": "0.12", "life.it": "4"}},
    BASE | {"facts": {"voll.default": "20000"}},
    {"place": "Kenya", "power": "100 MW", "clean": "0.9"},
    {"place": "France", "seed": 3, "power": "1 GW nuclear"},
    {"place": "Japan", "accelerators": "50k"},
    {"place": "Estonia"},
)


def asked(words):
    return read(words, today=TODAY)


SWEPT = 6  # questions drawn at random; more by GIGAWATT_SWEPT
PLACES = ("France", "Kenya", "Ukraine", "Estonia", "India", "Chile", "Japan", "Texas")
SIZED = (
    {"budget": ("300 M$", "2 B$", "30 B$", "109 B€")},
    {"power": ("20 MW", "300 MW nuclear", "150 MW wind + 150 MW solar", "1 GW gas", "80 MW grid", "500 MW geothermal")},
    {"accelerators": ("3k", "40k b200", "500k")},
    {"budget": ("5 B$", "50 B$"), "power": ("100 MW", "2 GW")},
    {},
)
MOVED = {
    "accelerator": ("h100", "b200", "mi355x"),
    "by": ("2028", "2030", "2035"),
    "clean": ("0.6", "0.9", "0.99"),
    "operating_model": ("state", "hyperscaler", "ppp", "merchant"),
    "utilisation": ("0.4", "0.7", "1"),
}
FACTS = {"life.it": ("3", "8"), "life.shell": ("12", "25"), "wacc.it.nonig": ("0.06", "0.15"), "voll.default": ("500",)}


def swept(n):
    """Questions with a size, or none, and some controls moved, drawn at random; the same ones each time."""
    rng = np.random.default_rng(9)
    for _ in range(n):
        words = {"place": str(rng.choice(PLACES))}
        words |= {k: str(rng.choice(v)) for k, v in SIZED[rng.integers(len(SIZED))].items()}
        words |= {k: str(rng.choice(v)) for k, v in MOVED.items() if rng.random() < 0.3}
        facts = {k: str(rng.choice(v)) for k, v in FACTS.items() if rng.random() < 0.2}
        if "b200" in words.get("accelerators", ""):
            words.pop("accelerator", None)
        yield words | ({"facts": facts} if facts else {})


QUESTIONS = (*MOVES, *swept(int(os.environ.get("GIGAWATT_SWEPT", SWEPT))))


@pytest.mark.parametrize("words", QUESTIONS, ids=lambda w: ", ".join(str(v) for v in w.values()))
def test_a_move_shows_the_values_of_the_plan(words):
    """Bit for bit: the same figures, answer, gates, what binds, ladder."""
    found, whole = quick.answer(asked(words)), plain(plan(asked(words)).json())
    shown = found.json()
    assert shown["figures"] == whole["figures"]
    for key in ("answer", "headline", "summary", "binding"):
        assert shown["verdict"][key] == whole["verdict"][key], key
    for mine, its in zip(shown["verdict"]["gates"], whole["verdict"]["gates"], strict=True):
        assert its["words"].startswith(mine["words"])
        assert {**mine, "words": ""} == {**its, "words": ""}
    assert shown["ladder"] == ([] if asked(words).has_size else whole["ladder"])
    for key, value in shown["question"].items():
        its = whole["question"][key]
        assert its == value if key not in ("place", "budget") else value is None or value.items() <= its.items(), key


def test_what_is_kept_between_plans_changes_nothing():
    words = (BASE, BASE | {"power": "500 MW grid + 500 MW gas"}, {"place": "Kenya", "power": "100 MW"})
    warm = [quick.answer(asked(w)).json() for w in (*words, *reversed(words))]
    assert warm[:3] == warm[:2:-1]
    for kept in (
        places._years,
        places._one_year,
        campus._air,
        campus._cooling_hours,
        supply._solved,
        record._few_of,
    ):
        kept.cache_clear()
    assert [quick.answer(asked(w)).json() for w in words] == warm[:3]


def test_problems_are_told_apart_by_every_number_in_them():
    problem = plans.prepare(record.Steps(plans.facts_for(asked(BASE)), 2025), asked(BASE)).optimum.problem
    again = replace(problem, load_mw=problem.load_mw.copy())
    assert supply._digest(again) == supply._digest(problem)
    changed = problem.load_mw.copy()
    changed[5000] *= 1.0 + 1e-12
    for other in (
        replace(problem, load_mw=changed),
        replace(problem, min_clean_share_hourly=0.5),
        replace(problem, min_clean_share_annual=0.5),
        replace(problem, sources=problem.sources[:-1]),
    ):
        assert supply._digest(other) != supply._digest(problem)


def test_a_place_without_facts_is_judged_on_its_chips():
    found = quick.answer(asked({"place": "Vatican City"}))
    assert found.verdict["answer"] in ("yes_if", "no")
    assert all(f.value is None for f in found.figures.values())


def test_a_goal_is_left_to_the_plan():
    assert quick.answer(asked({"place": "Norway", "power": "100 MW", "goal": "cost"})) is None


def test_facts_may_be_given():
    facts = load_facts().with_overrides({"life.it": 3})
    assert quick.answer(asked(BASE), facts=facts).json() != quick.answer(asked(BASE)).json()
