"""The question: a frozen, validated Scenario from CLI flags, a TOML or JSON file, or Python.

The only place where user input is checked. All problems of a question are collected and reported together, each
with its place, its value, what was expected, and what to write instead.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gigawatt import parse, places
from gigawatt.errors import ScenarioError
from gigawatt.places import Place

OPERATING_MODELS = ("anchor_lease", "hyperscaler", "colocation", "ppp", "state", "merchant")
COOLING_WISHES = ("best", "liquid_dry", "liquid_tower", "water_side", "air_side", "air_chiller")
PRECISIONS = ("bf16", "fp8", "fp4")
RECOVERIES = ("persistent_checkpoint", "in_memory_redundant", "fast_hot_spares")
OPERATORS = ("tuned", "practised", "new")
GOALS = ("value", "compute", "date", "cost")
ANY = "any"  # accelerator: the goal chooses the generation too
BUILD_TYPES = ("greenfield", "fast_greenfield", "brownfield", "fit_out", "retrofit", "modular")
ON_A_FREE_SITE = ("", "greenfield", "fast_greenfield")  # build types without a connection from before
WORLD_GDP_USD = 1.2e14  # a sanity bound on typed amounts, about the world's yearly product; not used in any figure
MOST_MW = 1e7  # a sanity bound: about the world's generating capacity
MOST_ACCELERATORS = 1e10
MOST_USERS = 1e11
EARLIEST_PRICE_YEAR, LATEST_PRICE_YEAR = 2015, 2025


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class Budget(_Frozen):
    """Money that may be spent, all-in."""

    amount: float = Field(gt=0)
    """Amount in the currency, in money of the price year. [currency]"""
    currency: str
    """ISO 4217 code. [-]"""


class PowerSource(_Frozen):
    """Part of the campus's power, with its source."""

    mw: float = Field(gt=0)
    """Power at the meter at peak. [MW]"""
    source: str
    """grid, nuclear, restart (closed reactor), smr, gas, solar, wind, battery, hydro, geothermal, '' for any. [-]"""


class Training(_Frozen):
    """A model to train."""

    model: str = ""
    """Name of a catalogue model, or ''. [-]"""
    flop: float | None = Field(default=None, gt=0)
    """Training compute where no model is named. [FLOP]"""
    days: float | None = Field(default=None, gt=0)
    """Time the run may take; null: 100 days. [day]"""
    loss: float | None = Field(default=None, gt=0)
    """Loss per token to reach, which sets the length of the run; null: the model's published tokens. [nat]"""


class Scenario(_Frozen):
    """What is asked. Whatever is given binds; the rest is solved for."""

    place: Place
    """Country, region and site. [-]"""
    as_of: date
    """Today's date for this question. [-]"""
    budget: Budget | None = None
    """Money limit. [-]"""
    power: tuple[PowerSource, ...] = ()
    """The whole power the campus may draw at the meter at peak, by source. [-]"""
    accelerators: float | None = Field(default=None, gt=0)
    """Accelerators wanted, as packages. [-]"""
    accelerator: str = ""
    """Accelerator type; '' means the generation one can order today. [-]"""
    deadline: date | None = None
    """Full power wanted by. [-]"""
    train: Training | None = None
    """Model to train. [-]"""
    serve_users: float | None = Field(default=None, gt=0)
    """Users to serve. [user]"""
    clean: float | None = Field(default=None, ge=0, le=1)
    """Least share of carbon-free energy over the year. [1]"""
    co2_cap_kg_per_mwh: float | None = Field(default=None, ge=0)
    """Cap on the campus's direct and grid-average emissions. [kg/MWh]"""
    cooling: Literal["best", "liquid_dry", "liquid_tower", "water_side", "air_side", "air_chiller"] = "best"
    """Cooling system. [-]"""
    operating_model: Literal["anchor_lease", "hyperscaler", "colocation", "ppp", "state", "merchant"] = "anchor_lease"
    """Who owns, rents and answers for the loans; sets tenor, cover, cost of capital and hours sold. [-]"""
    build_type: Literal["", "greenfield", "fast_greenfield", "brownfield", "fit_out", "retrofit", "modular"] = ""
    """What is built on; '' means what is on record for the place. [-]"""
    existing_connection_mw: float | None = Field(default=None, gt=0)
    """Grid connection that is live at the site already. [MW]"""
    goal: Literal["", "value", "compute", "date", "cost"] = ""
    """What supply, bridge, way of building and size are chosen for: highest net present value, most compute by the
    date within the budget, earliest date or least cost for what is asked; '' leaves the plan as asked. [-]"""
    utilisation: float | None = Field(default=None, gt=0, le=1)
    """Share of accelerator-hours sold; null: the fact for the operating model. [1]"""
    security_level: int = Field(default=3, ge=1, le=5)
    """RAND security level SL1-SL5. [-]"""
    precision: Literal["bf16", "fp8", "fp4"] = "fp8"
    """Precision of training and serving. [-]"""
    software: float | None = Field(default=None, ge=2015, lt=2100)
    """Date of the software for training and serving, as a year; null: the newest measured. [year]"""
    operator: Literal["", "tuned", "practised", "new"] = ""
    """How practised those are who train: speed, failures, restarts; '': as the measured runs. [-]"""
    cluster_age: float | None = Field(default=None, ge=0)
    """Time that the cluster has been in service: young ones fail more often; null: the measured rate. [month]"""
    recovery: Literal["", "persistent_checkpoint", "in_memory_redundant", "fast_hot_spares"] = ""
    """How a training run recovers from a failure; '': the practice of now. [-]"""
    spares: float | None = Field(default=None, ge=0, lt=1)
    """Share of the accelerators that stand by; null: a run is taken to be at full size always. [1]"""
    elastic: bool = False
    """A failure stops one replica of a training run; the others go on. [-]"""
    weather_file: str = ""
    """Path of the user's own weather year (EPW, TMY3, PVGIS, NASA POWER, Open-Meteo, CSV). [-]"""
    price_file: str = ""
    """Path of the user's own hourly wholesale price (ENTSO-E, EIA, CSV). [-]"""
    facts: dict[str, Any] = {}
    """Facts overridden, by id. [-]"""
    price_year: int = Field(default=2025, ge=EARLIEST_PRICE_YEAR, le=LATEST_PRICE_YEAR)
    """Year of all money in question and answer. [-]"""
    draws: int = Field(default=400, ge=50, le=100_000)
    """Draws behind every low and high. [draw]"""
    seed: int = Field(default=0, ge=0, lt=2**32)
    """Seed of draws and weather. [-]"""

    @property
    def has_size(self) -> bool:
        """Whether anything sizes the campus; if not the answer is a ladder."""
        return bool(self.budget or self.power or self.accelerators or self.train or self.serve_users)

    @property
    def power_mw(self) -> float | None:
        """All power asked for, at the meter at peak. [MW]"""
        return sum(p.mw for p in self.power) or None

    def words(self) -> dict[str, Any]:
        """The question as plain values that ``read`` accepts again (the normalised echo)."""
        out: dict[str, Any] = {**self.place.echo, "as_of": self.as_of.isoformat()}
        if self.budget:
            out["budget"] = f"{self.budget.amount:.10g} {self.budget.currency}"
        if self.power:
            out["power"] = " + ".join(f"{p.mw:.10g} MW {p.source}".strip() for p in self.power)
        if self.accelerators:
            out["accelerators"] = f"{self.accelerators:.10g} {self.accelerator}".strip()
        elif self.accelerator:
            out["accelerator"] = self.accelerator
        if self.deadline:
            out["by"] = self.deadline.isoformat()
        if self.train:
            what = self.train.model or f"{self.train.flop:.6g} FLOP"
            what += f" to loss {self.train.loss:.10g}" if self.train.loss else ""
            out["train"] = f"{what} in {self.train.days:.10g} days" if self.train.days else what
        if self.serve_users:
            out["serve"] = f"{self.serve_users:.10g} users"
        if self.existing_connection_mw:
            out["existing_connection"] = f"{self.existing_connection_mw:.10g} MW"
        for name in _ECHOED:
            value = getattr(self, name)
            if value not in (None, "", {}) and value != type(self).model_fields[name].default:
                out[name] = value
        return out


_ECHOED = (
    "clean co2_cap_kg_per_mwh cooling operating_model build_type goal utilisation security_level precision software "
    "operator cluster_age recovery spares elastic weather_file price_file facts price_year draws seed"
).split()
QUESTION_KEYS = (
    "place at budget power accelerators accelerator by train serve clean co2_cap_kg_per_mwh cooling operating_model "
    "build_type existing_connection goal utilisation security_level precision software operator cluster_age recovery "
    "spares elastic weather_file price_file facts price_year draws seed as_of"
).split()


def read(question: Mapping[str, Any], *, origin: str = "", today: date | None = None) -> Scenario:
    """Build a Scenario from words.

    Parameters
    ----------
    question : mapping
        Keys of ``QUESTION_KEYS``; values as people write them (``budget="109 B€"``) or numbers in house units. [-]
    origin : str
        Where the words are from (a file name, or ''), for messages. [-]
    today : date, optional
        Used where ``as_of`` is not given. [-]

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    reader = _Reader(question, origin, today or date.today())
    fields = reader.fields()
    if reader.problems:
        raise ScenarioError(reader.problems)
    try:
        return Scenario(**fields)
    except ValidationError as error:
        raise ScenarioError(
            [
                f"{reader.label('.'.join(str(p) for p in e['loc']))} is {e['input']!r}: {e['msg']}"
                for e in error.errors()
            ]
        ) from None


def read_file(path: str | Path, *, extra: Mapping[str, Any] | None = None, today: date | None = None) -> Scenario:
    """Build a Scenario from a TOML or JSON file; ``extra`` (CLI flags) wins over the file.

    Raises
    ------
    ScenarioError
        Also for a file that cannot be opened or parsed, with the line.
    """
    return read({**question_of(path), **(extra or {})}, origin=Path(path).name, today=today)


def question_of(path: str | Path) -> dict[str, Any]:
    """The words of a question in a TOML or JSON file, or in a saved plan.

    Raises
    ------
    ScenarioError
        For a file that cannot be opened or parsed, with the line.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read ({error}); expected a TOML or JSON file") from None
    try:
        question = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path}: {error}; expected {'JSON' if path.suffix == '.json' else 'TOML'}") from None
    if not isinstance(question, dict):
        raise ScenarioError(f"{path}: holds a {type(question).__name__}; expected a table of question keys")
    if isinstance(question.get("question"), dict):  # a saved plan
        question = question["question"].get("words", question["question"])
    return dict(question)


class _Reader:
    """Reads each key once and collects problems."""

    def __init__(self, question: Mapping[str, Any], origin: str, today: date) -> None:
        self.question = {str(k).replace("-", "_"): v for k, v in question.items() if v is not None and v != ""}
        self.origin, self.today = origin, today
        self.problems: list[str] = []

    def label(self, key: str) -> str:
        return f"{self.origin}: {key}" if self.origin else key

    def value(self, key: str, convert: Callable[[Any], Any]) -> Any:
        """The converted value of a key, or None with the problem noted."""
        raw = self.question.get(key)
        if raw is None:
            return None
        try:
            return convert(raw)
        except (ValueError, TypeError, OverflowError) as error:
            text = str(error)
            self.problems.append(f"{self.label(key)}: {text if repr(raw)[1:-1] in text else f'{raw!r}: {text}'}")
            return None

    def fields(self) -> dict[str, Any]:
        unknown = [k for k in self.question if k not in QUESTION_KEYS]
        for key in unknown:
            self.problems.append(f"{self.label(key)}: unknown key; expected one of {', '.join(QUESTION_KEYS)}")
        as_of = self.value("as_of", lambda v: _date(v, self.today)) or self.today
        fields: dict[str, Any] = {
            "as_of": as_of,
            "place": self.place(),
            "budget": self.value("budget", _budget),
            "power": self.value("power", _power) or (),
            "deadline": self.value("by", lambda v: _deadline(v, as_of)),
            "train": self.value("train", _training),
            "serve_users": self.value("serve", _users),
            "clean": self.value("clean", lambda v: _fraction(v, "a share of carbon-free energy such as 0.9")),
            "existing_connection_mw": self.value("existing_connection", _connection),
            "utilisation": self.value("utilisation", lambda v: _fraction(v, "a share of hours sold such as 0.75")),
            "facts": self.value("facts", _facts) or {},
        }
        counted = self.value("accelerators", _accelerators)
        named = self.value("accelerator", _text)
        fields["accelerators"], fields["accelerator"] = counted or (None, named or "")
        if counted and named and counted[1] and counted[1].lower() != named.lower():
            self.problems.append(
                f"{self.label('accelerator')} is {named!r} but accelerators names {counted[1]!r}; expected one type"
            )
        if counted and not counted[1]:
            fields["accelerator"] = named or ""
        for key, convert in _PLAIN.items():
            if key in self.question:
                fields[key] = self.value(key, convert)
        if fields["existing_connection_mw"] and fields.get("build_type", "") in ON_A_FREE_SITE:
            built = ", ".join(t for t in BUILD_TYPES if t not in ON_A_FREE_SITE)
            self.problems.append(
                f"{self.label('existing_connection')}: {fields['existing_connection_mw']:.10g} MW on a "
                f"{fields.get('build_type') or 'new'} site; expected with build_type {built}"
            )
        self._goal(fields)
        return fields

    def _goal(self, fields: dict[str, Any]) -> None:
        """Note what a goal lacks."""
        goal = fields.get("goal") or ""
        lacks = []
        if goal == "compute":
            lacks = [] if fields["deadline"] else ["a date, --by 2030"]
        sized = bool(fields["power"] or fields["accelerators"] or fields["train"] or fields["serve_users"])
        if goal in ("date", "cost") and not sized:
            lacks = ["a target: accelerators, train, serve or power"]
        if fields["accelerator"].lower() == ANY:
            fields["accelerator"] = ANY
            if not goal or fields["accelerators"]:
                lack = "a goal, --goal value, compute, date or cost" if not goal else "a type for its count"
                self.problems.append(f"{self.label('accelerator')}: 'any' is chosen for a goal; it lacks {lack}")
        if lacks and not any("by" in p for p in self.problems):
            self.problems.append(f"{self.label('goal')}: {goal!r} lacks {' and '.join(lacks)}")

    def place(self) -> Place | None:
        name, coordinates = self.question.get("place"), self.question.get("at")
        if name is None and coordinates is None:
            self.problems.append(
                f"{self.label('place')}: missing; name a country, a city, or coordinates with --at LAT,LON"
            )
        if coordinates is not None:
            there = self.value("at", _at)
            named = self.value("place", lambda v: places.resolve(_text(v))) if name is not None else None
            if there and named:
                try:
                    return places.together(named, there)
                except ValueError as error:
                    self.problems.append(f"{self.label('at')}: {error}")
            return there
        return self.value("place", lambda v: places.resolve(_text(v))) if name is not None else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {value!r}")
    if not value.strip():
        raise ValueError("expected a name, got an empty text")
    return value.strip()


def _at(value: Any) -> Place:
    parts = value if isinstance(value, (list, tuple)) else str(value).split(",")
    try:
        latitude, longitude = (float(p) for p in parts)
    except (ValueError, TypeError):
        raise ValueError(f"{value!r}: expected LAT,LON in degrees such as 48.85,2.35") from None
    if latitude != latitude or longitude != longitude:
        raise ValueError(f"{value!r}: expected numbers such as 48.85,2.35")
    return places.at(latitude, longitude)


def _budget(value: Any) -> Budget:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} has no currency; write for example 109 B€ or EUR 109bn")
    money = parse.money(value)
    if money.amount > WORLD_GDP_USD * 1e4 or (money.currency in ("USD", "EUR") and money.amount > WORLD_GDP_USD):
        raise ValueError(f"{value!r} is more than the world's yearly product (about 110 trillion USD); check the zeros")
    return Budget(amount=money.amount, currency=money.currency)


def _power(value: Any) -> tuple[PowerSource, ...]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"{value} MW"
    parts = parse.power(_text(value))
    total = sum(p.mw for p in parts)
    if total > MOST_MW:
        raise ValueError(f"{value!r} is more than all power plants of the world (about 10 TW); check the unit")
    if parts and all(p.source == "battery" for p in parts):
        raise ValueError(f"{value!r}: a battery stores power and makes none; name a source too, as in 1 GW grid")
    return tuple(PowerSource(mw=p.mw, source=p.source) for p in parts)


def _connection(value: Any) -> float:
    parts = _power(value)
    if len(parts) != 1 or parts[0].source not in ("", "grid"):
        raise ValueError(f"{value!r}: expected the size of a live grid connection such as 150 MW")
    return parts[0].mw


def _accelerators(value: Any) -> tuple[float, str]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"{value:.12g}"
    n, what = parse.count(_text(value))
    what = what.removesuffix(" accelerators").removesuffix(" GPUs").removesuffix(" chips")
    if what.lower() in ("accelerators", "gpus", "gpu", "chips"):
        what = ""
    if n > MOST_ACCELERATORS:
        raise ValueError(f"{value!r}: more than ten billion accelerators; check the zeros")
    if n < 1:
        raise ValueError(f"{value!r}: expected at least one accelerator")
    return n, what


def _users(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"{value:.12g}"
    n, what = parse.count(_text(value))
    if what.lower() not in ("", "users", "user", "people", "utilisateurs"):
        raise ValueError(f"{value!r}: cannot read {what!r}; write for example 10 M users")
    if n > MOST_USERS:
        raise ValueError(f"{value!r}: more users than people; check the zeros")
    return n


def _training(value: Any) -> Training:
    return Training(**parse.training(_text(value))._asdict())


def _date(value: Any, today: date) -> date:
    return value if isinstance(value, date) else parse.day(str(value), today=today)


def _deadline(value: Any, as_of: date) -> date:
    deadline = _date(value, as_of)
    if deadline <= as_of:
        raise ValueError(f"{value!r} is not after {as_of.isoformat()}; give a date to come")
    if deadline.year > as_of.year + 100:
        raise ValueError(f"{value!r} is more than a century away; check the year")
    return deadline


def _fraction(value: Any, expected: str) -> float:
    text = str(value).strip()
    if text.endswith("%"):
        raise ValueError(f"{value!r}: expected {expected}, not per cent")
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{value!r}: expected {expected}") from None
    if not 0 <= number <= 1:
        raise ValueError(f"{value!r}: expected {expected}, between 0 and 1")
    return number


def _facts(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r}: expected a table of fact id = value")
    return dict(value)


def _choice(options: tuple[str, ...]) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        text = _text(value).lower().replace("-", "_").replace(" ", "_")
        if text not in options:
            raise ValueError(f"{value!r}: expected one of {', '.join(options)}")
        return text

    return convert


def _whole(value: Any) -> int:
    """A whole number, also as a text such as 10000, 10,000 or 1e4."""
    try:
        number = float(value.replace(",", "").replace("_", "")) if isinstance(value, str) else float(value)
        whole = not isinstance(value, bool) and number.is_integer()
    except (TypeError, ValueError):
        whole = False
    if not whole:
        raise ValueError(f"{value!r}: expected a whole number such as 10000")
    return int(number)


def _yes(value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in ("true", "yes", "1", "on", "false", "no", "0", "off"):
        raise ValueError(f"{value!r}: expected yes or no")
    return text in ("true", "yes", "1", "on")


def _months(value: Any) -> float:
    try:
        months = float(value)
    except ValueError:
        return parse.duration(str(value)) / parse.duration("1 month")
    if not 0 <= months < float("inf"):
        raise ValueError(f"{value!r}: expected months of service, at least 0")
    return months


def _level(value: Any) -> int:
    text = str(value).upper().removeprefix("SL")
    if text not in ("1", "2", "3", "4", "5"):
        raise ValueError(f"{value!r}: expected a security level SL1 to SL5")
    return int(text)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "co2_cap_kg_per_mwh": float,
    "cooling": _choice(COOLING_WISHES),
    "operating_model": _choice(OPERATING_MODELS),
    "build_type": _choice(BUILD_TYPES),
    "goal": _choice(GOALS),
    "security_level": _level,
    "precision": _choice(PRECISIONS),
    "software": parse.year,
    "operator": _choice(OPERATORS),
    "cluster_age": _months,
    "recovery": _choice(RECOVERIES),
    "spares": parse.share,
    "elastic": _yes,
    "weather_file": _text,
    "price_file": _text,
    "price_year": _whole,
    "draws": _whole,
    "seed": _whole,
}
