"""The controls of the play page: what can be moved, between which stops, and what is changed from the default.

Every control is a plain form field whose name is a key of the address, so a page without scripts asks the same
questions; a script adds the sliders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

import numpy as np

from gigawatt import parse, places
from gigawatt.chapters.contract import MODELS
from gigawatt.facts import Facts, load_facts
from gigawatt.scenario import OPERATING_MODELS, Scenario
from gigawatt.web.asking import query_of
from gigawatt.web.language import DEFAULT, Language
from gigawatt.web.texts import N_
from gigawatt.web.texts import OPERATING_MODELS as MODEL_NAMES

T = TypeVar("T")
SIZE_OF_DOLLARS = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD")
# fmt: off
BUDGETS = (
    0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250,
    300, 400, 500,
)  # billions
POWERS = (
    5, 10, 15, 20, 30, 40, 50, 70, 100, 125, 150, 200, 250, 300, 400, 500, 600, 700, 800, 1000, 1200, 1500, 2000, 2500,
    3000, 4000, 5000, 7000, 10000,
)  # MW
COUNTS = (
    1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 125, 150, 200, 250, 300, 400, 500, 700, 1000, 1500, 2000,
)  # thousands
# fmt: on
CLEAN = ("0.5", "0.6", "0.7", "0.8", "0.85", "0.9", "0.95", "0.98", "0.99", "1")
SOLD = tuple(f"{n / 100:g}" for n in range(30, 101, 5))
RATES = tuple(f"{n / 1000:g}" for n in range(30, 205, 5))
LIVES = {"life.it": range(3, 9), "life.shell": (10, 12, 14, 16, 18, 20, 25, 30)}
LOST = ("500", "1500", "3000", "5000", "10000", "20000", "35000")  # USD/MWh
USUAL_MW = "300"  # of a mix that is chosen before a size
OVER_ALL_HOURS = ("clean", "co2_cap_kg_per_mwh")  # limits under which a power optimum takes longest to find
OTHER_OPTIMUM = ("clean", "mix", "accelerator", "operating_model", "voll.default", "wacc.power")  # what moves it
YEARS_AHEAD = range(1, 15)
MIXES = {  # name to template of the power: {n} MW in all, {n*share} of it
    "": N_("whatever the place offers"),
    "{n} MW grid": N_("grid"),
    "{n} MW nuclear": N_("nuclear contract"),
    "{n} MW gas": N_("own gas plant, no grid"),
    "{n*0.5} MW grid + {n*0.5} MW gas": N_("half grid, half gas"),
    "{n*0.5} MW wind + {n*0.5} MW solar": N_("wind and solar, balanced by the grid"),
    "{n} MW hydro": N_("new hydro"),
    "{n} MW geothermal": N_("geothermal"),
    "{n} MW smr": N_("small reactors"),
}
BLOCKS = {
    "it": N_("Cost of capital: accelerators"),
    "shell": N_("Cost of capital: halls"),
    "power": N_("Cost of capital: power"),
}
LABELS = {
    "place": N_("Place"),
    "at": N_("Place"),
    "budget": N_("Budget"),
    "power": N_("Power"),
    "accelerators": N_("Accelerators"),
    "accelerator": N_("Type of accelerator"),
    "by": N_("Full power by"),
    "train": N_("Model to train"),
    "serve": N_("Users to serve"),
    "clean": N_("Carbon-free hours"),
    "operating_model": N_("Who owns and runs it"),
    "utilisation": N_("Hours sold"),
    "life.it": N_("Life of the accelerators"),
    "life.shell": N_("Life of the halls"),
    "voll.default": N_("Worth of an hour not served"),
    "goal": N_("Goal"),
    "cooling": N_("Cooling"),
    "build_type": N_("What is built on"),
    "existing_connection": N_("Connection that is live"),
    "co2_cap_kg_per_mwh": N_("Cap on CO2"),
    "security_level": N_("Security level"),
    "precision": N_("Precision"),
    "as_of": N_("As of"),
    "price_year": N_("Year of money"),
    "draws": N_("Draws"),
    "seed": N_("Seed"),
}


@dataclass(frozen=True)
class Stop:
    """One value a control can take: as in the address, and as shown."""

    value: str
    text: str


@dataclass(frozen=True)
class Control:
    """One control as the template draws it."""

    id: str
    name: str  # of the form field: a key of the address, or ``set``
    label: str
    value: str
    stops: tuple[Stop, ...]
    at: int = 0  # position of the slider among the stops
    slides: bool = True  # whether the stops have an order
    template: str = ""  # of the text a slider writes, with {n}; '' for one of the stops
    mixes: tuple[Stop, ...] = ()  # templates to choose from


def main(question: Mapping[str, Any], lang: Language, iso3: str, year: int) -> list[Control]:
    """The controls that are always seen."""
    asked = {k: str(v) for k, v in question.items() if k != "facts"}
    count, named = _counted(asked.get("accelerators", ""))
    budget, by = asked.get("budget", ""), asked.get("by", "")
    unit = f"{{n}} bn {_currency(budget, iso3)}"
    years = [year + n for n in YEARS_AHEAD]
    return [
        _text("budget", lang, budget, BUDGETS, unit, _read(lambda: parse.money(budget).amount / 1e9)),
        _power(lang, asked.get("power", "")),
        _text("accelerators", lang, count, COUNTS, "{n}k", _read(lambda: parse.count(count)[0] / 1e3)),
        _choice("accelerator", lang, _type(asked.get("accelerator") or named), types(), slides=False),
        _text("by", lang, by, years, "{n}", _read(lambda: float(by[:4]))),
        _choice(
            "clean", lang, asked.get("clean", ""), [Stop(x, lang.percent(float(x))) for x in CLEAN], N_("no limit")
        ),
        _choice("operating_model", lang, asked.get("operating_model", ""), _models(lang), slides=False),
        _choice("utilisation", lang, asked.get("utilisation", ""), [Stop(x, lang.percent(float(x))) for x in SOLD]),
    ]


def more(question: Mapping[str, Any], lang: Language, facts: Facts) -> list[Control]:
    """The controls behind "more": facts by which cost of capital, lives and reliability are set."""
    given = {k: str(v) for k, v in (question.get("facts") or {}).items()}
    model = MODELS[str(question.get("operating_model") or OPERATING_MODELS[0])]
    found = []
    for block, label in BLOCKS.items():
        fact = f"wacc.{block}.{facts[f'operating_model.{model}.{block}'].value}"
        stops = [Stop(f"{fact}={r}", lang.percent(float(r), places=1)) for r in RATES]
        usual = lang.percent(float(facts[fact].value), places=1)
        found.append(_fact(fact, lang.t(label), given, stops, lang.t("as usual, {value}", value=usual)))
    for fact, years in LIVES.items():
        stops = [Stop(f"{fact}={n}", lang.tn("{n} year", "{n} years", n)) for n in years]
        usual = lang.tn("{n} year", "{n} years", float(facts[fact].value))
        found.append(_fact(fact, lang.t(LABELS[fact]), given, stops, lang.t("as usual, {value}", value=usual)))
    fact = "voll.default"
    stops = [Stop(f"{fact}={x}", f"{lang.count(float(x))} {lang.unit('USD/MWh')}") for x in LOST]
    usual = f"{lang.count(float(facts[fact].value))} {lang.unit('USD/MWh')}"
    found.append(_fact(fact, lang.t(LABELS[fact]), given, stops, lang.t("as usual, {value}", value=usual)))
    return found


def hidden(question: Mapping[str, Any], shown: list[Control]) -> list[tuple[str, str]]:
    """What the question holds beside the controls, so that a form keeps it."""
    names = {c.name for c in shown} | {"place", "at", "facts"}
    mine = {c.id for c in shown if c.name == "set"}
    rest = [(k, str(v)) for k, v in question.items() if k not in names]
    return rest + [("set", f"{k}={v}") for k, v in (question.get("facts") or {}).items() if k not in mine]


@dataclass(frozen=True)
class Move:
    """One stop of one control: how far it is from where the control stands, and the address it leads to."""

    control: str
    position: int
    way: int  # stops from where the control stands
    pairs: tuple[tuple[str, str], ...]

    @property
    def distance(self) -> int:
        """How far it is."""
        return abs(self.way)

    @property
    def is_searched(self) -> bool:
        """Whether it has a power optimum of its own to search for, under a limit over all hours: the slowest."""
        control = "wacc.power" if self.control.startswith("wacc.power.") else self.control
        return control in OTHER_OPTIMUM and any(key in OVER_ALL_HOURS for key, _ in self.pairs)

    @property
    def query(self) -> str:
        """As in the address."""
        return urlencode(self.pairs)


def moves(question: Mapping[str, Any], lang: Language, scenario: Scenario) -> list[Move]:
    """The question itself, and every one that is a move of one control away, as the form of the page writes them."""
    first = main(question, lang, scenario.place.iso3, scenario.as_of.year)
    shown = [*first, *more(question, lang, load_facts())]
    place = ("at" if scenario.place.level == "point" else "place", scenario.place.asked)
    before = [*([] if lang.code == DEFAULT else [("lang", lang.code)]), *hidden(question, shown), place]

    def pairs(control: str, value: str) -> tuple[tuple[str, str], ...]:
        fields = [(c.name, value if c.id == control else c.value) for c in shown]
        return tuple(pair for pair in (*before, *fields) if pair[1] != "")

    found = [Move("", 0, 0, pairs("", ""))]
    for c in shown:
        for i, stop in enumerate(c.stops):
            if i != c.at:
                value = written(c.template, float(stop.value)) if c.template and stop.value else stop.value
                found.append(Move(c.id, i, i - c.at, pairs(c.id, value)))
        if c.mixes:
            mw = float(c.stops[c.at].value or USUAL_MW)
            options = [written(x.value, mw) for x in c.mixes]
            found += [Move("mix", i, 1 + i, pairs(c.id, x)) for i, x in enumerate(options) if x != c.value]
    return found


@dataclass(frozen=True)
class Chip:
    """One thing changed from the default, and the address without it."""

    key: str
    label: str
    value: str
    without: str


def chips(question: Mapping[str, Any], lang: Language) -> list[Chip]:
    """What the question gives beside the place."""
    out = []
    for key, value in question.items():
        if key in ("place", "at", "facts", "as_of") or value in (None, ""):
            continue
        rest = {k: v for k, v in question.items() if k != key}
        out.append(Chip(key, lang.t(LABELS.get(key, key)), _shown(key, str(value), lang), query_of(rest)))
    facts = question.get("facts") or {}
    for fact, value in facts.items():
        rest = {**question, "facts": {k: v for k, v in facts.items() if k != fact}}
        out.append(Chip(fact, _fact_label(fact, lang), str(value), query_of(rest)))
    return out


def _shown(key: str, value: str, lang: Language) -> str:
    if key in ("clean", "utilisation"):
        share = _read(lambda: float(value))
        return value if share is None else lang.percent(share)
    if key == "operating_model":
        return lang.t(MODEL_NAMES[value]) if value in MODEL_NAMES else value
    if key == "accelerator":
        return next((s.text for s in types() if s.value == _type(value)), value)
    return value


def _fact_label(fact: str, lang: Language) -> str:
    block = fact.split(".")[1] if fact.startswith("wacc.") else ""
    return lang.t(BLOCKS[block]) if block in BLOCKS else lang.t(LABELS[fact]) if fact in LABELS else fact


def _text(key: str, lang: Language, value: str, amounts: Any, template: str, amount: float | None) -> Control:
    stops = (Stop("", lang.t("not given")), *(Stop(f"{n:g}", f"{n:g}") for n in amounts))
    far = [np.inf if amount is None or not s.value else abs(np.log(float(s.value) / amount)) for s in stops]
    at = 0 if amount is None else int(np.argmin(far))
    return Control(key, key, lang.t(LABELS[key]), value, stops, at, template=template)


def _power(lang: Language, value: str) -> Control:
    mixes = [Stop(template or "{n} MW", lang.t(words)) for template, words in MIXES.items()]
    template, total = mixes[0].value, None
    found = _read(lambda: parse.power(value)) or ()
    if found:
        total = sum(p.mw for p in found)
        shares = [f"{{n*{p.mw / total:.4g}}} MW {p.source}".strip() for p in found]
        template = " + ".join(shares) if len(shares) > 1 else f"{{n}} MW {found[0].source}".strip()
        if template not in {m.value for m in mixes}:
            mixes.append(Stop(template, lang.t("as written")))
    return replace(_text("power", lang, value, POWERS, template, total), mixes=tuple(mixes))


def written(template: str, mw: float) -> str:
    """A mix of so many MW, as the script of the page writes it."""
    return re.sub(
        r"\{n(?:\*([\d.]+))?\}", lambda m: f"{float(f'{mw * float(m[1] or 1.0):.4g}'):g}", template or "{n} MW"
    )


def _choice(
    key: str, lang: Language, value: str, stops: Iterable[Stop], unset: str = N_("as usual"), slides: bool = True
) -> Control:
    found = (Stop("", lang.t(unset)), *stops)
    return _chosen(key, key, lang.t(LABELS[key]), value, _shown(key, value, lang), found, slides)


def _fact(fact: str, label: str, given: Mapping[str, str], stops: Iterable[Stop], unset: str) -> Control:
    value = f"{fact}={given[fact]}" if fact in given else ""
    return _chosen(fact, "set", label, value, given.get(fact, ""), (Stop("", unset), *stops))


def _chosen(
    key: str, name: str, label: str, value: str, text: str, stops: tuple[Stop, ...], slides: bool = True
) -> Control:
    """A control with one of the stops; a value between them is a stop of its own, the last."""
    values = [s.value for s in stops]
    if value not in values:
        stops, values = (*stops, Stop(value, text)), [*values, value]
    return Control(key, name, label, value, stops, values.index(value), slides)


def _models(lang: Language) -> list[Stop]:
    return [Stop(m, lang.t(MODEL_NAMES[m]) if m in MODEL_NAMES else m) for m in OPERATING_MODELS]


@cache
def types() -> tuple[Stop, ...]:
    """Accelerators that can be planned with: those with a price and a server's power."""
    facts = load_facts()
    ids = [i.split(".")[1] for i in facts if i.startswith("accelerator.") and i.endswith(".price")]
    known = [i for i in ids if f"accelerator.{i}.server_power" in facts and f"accelerator.{i}.peak_fp8" in facts]
    return tuple(Stop(i, re.sub(r" \(.*\)", "", str(facts[f"accelerator.{i}.name"].value))) for i in known)


def _type(name: str) -> str:
    """Id of an accelerator as people write it, where it is one of ours."""
    wanted = "".join(c for c in name.lower() if c.isalnum())
    return next((s.value for s in types() if wanted and s.value.replace("-", "").startswith(wanted)), name)


def _counted(text: str) -> tuple[str, str]:
    """``100k GB300`` as its count and its type."""
    n, what = _read(lambda: parse.count(text)) or (0.0, "")
    return (text if not what else f"{n / 1e3:g}k" if n >= 1e3 else f"{n:g}"), what


def _currency(budget: str, iso3: str) -> str:
    """That of the budget given, else the country's where amounts in it are of the size of dollars."""
    asked = _read(lambda: parse.money(budget))
    own = places.countries()[iso3].currency if iso3 in places.countries() else "USD"
    return asked.currency if asked else own if own in SIZE_OF_DOLLARS else "USD"


def _read(what: Callable[[], T]) -> T | None:
    """What a text says, or None where it says nothing that can be read: the answer says what is wrong with it."""
    try:
        return what()
    except ValueError:
        return None
