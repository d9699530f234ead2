"""The recorder behind ``explain``: passes each call on and notes formula, inputs and result.

``plan.py`` looks facts up and calls formulas through ``Steps``. A value is recognised by its identity: the object that
one formula returned and another received is the link between them. Rooms know nothing of it. One pass runs on the
central values; a second pass runs the same story on draws (arrays with a leading axis), which gives low and high.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, TypeVar

import numpy as np

from gigawatt.facts import ASSUMPTION, USER, Fact, Facts

T = TypeVar("T")
Z_P90 = 1.2815515655446004  # standard normal quantile of 0.9
_PLAIN = frozenset((float, int, bool, str, np.float64, np.ndarray, type(None)))  # which hold no other value
WORST = "C"
FEW_DRAWS = 1000  # up to which draws are kept for the next plan


@dataclasses.dataclass(slots=True)
class Node:
    """One thing noted: a fact read, a value given by the user, or a formula called."""

    kind: str  # "fact" | "given" | "formula"
    name: str
    value: Any
    unit: str = ""
    inputs: dict[str, Any] = dataclasses.field(default_factory=dict)  # as received; ``Steps.inputs`` names their nodes
    fact: Fact | None = None
    formula: Callable[..., Any] | None = None


class Draws:
    """Samples of facts: two-piece log-normal (or normal) whose P10, P50, P90 are low, value, high.

    Each fact has its own stream keyed by (seed, id), so a draw does not depend on the order of look-ups. Facts of a
    group (by the starts of their ids) share a common factor: lead times slip together. Groups are applied in order, so
    that one may lie inside the next. Facts ``against`` their groups fall where the others rise: rates, beside times.
    """

    def __init__(
        self,
        n: int,
        seed: int,
        groups: Mapping[str | tuple[str, ...], float] | None = None,
        against: tuple[str, ...] = (),
    ) -> None:
        self.n, self.seed, self.groups, self.against = n, seed, dict(groups or {}), against
        self._like = _Like(n, seed, tuple(self.groups.items()), against)

    def normal(self, key: str) -> np.ndarray:
        """Standard normal draws of one key, shape (n,)."""
        digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
        bits = np.random.Philox(key=np.array([self.seed, int.from_bytes(digest, "little")], dtype=np.uint64))
        return np.random.Generator(bits).standard_normal(self.n)

    def of(self, fact: Fact) -> np.ndarray | float:
        """Draws of one fact in its own unit; exact facts stay scalar. A few draws are kept for the next plan."""
        if fact.low == fact.high:
            return float(fact.value)
        few = self.n <= FEW_DRAWS and type(self) is Draws  # others draw in their own way
        return _few_of(self._like, fact) if few else self.fresh(fact)

    def first(self, n: int) -> Draws:
        """The first of them."""
        return Draws(n, self.seed, self.groups, self.against)

    def of_itself(self, key: Any, make: Callable[[Draws], Any]) -> Any:
        """What depends on the draws alone, made by a function of them."""
        del key
        return make(self)

    def fresh(self, fact: Fact) -> np.ndarray:
        """Draws of a fact with a range, made now; read-only."""
        z = self.normal(fact.id)
        sign = -1.0 if fact.id.startswith(self.against) else 1.0
        for start, correlation in self.groups.items():
            if fact.id.startswith(start):
                z = sign * np.sqrt(correlation) * self.normal(f"group {start}") + np.sqrt(1.0 - correlation) * z
        drawn = self.shaped(fact, z)
        drawn.flags.writeable = False
        return drawn

    @staticmethod
    def shaped(fact: Fact, z: np.ndarray) -> np.ndarray:
        """A fact at standard normal draws; a fraction stops at 1."""
        bounds = float(fact.value), float(fact.low), float(fact.high)
        return split_normal(z, *bounds, at_most=1.0 if _is_fraction(fact) else np.inf)


def seed_of(seed: int, year: int) -> int:
    """Seed of what is drawn hour by hour in another year, outages and prices."""
    digest = hashlib.blake2b(f"{seed} {year}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little")


@dataclasses.dataclass(frozen=True)
class _Like:
    """What decides the draws of a fact beside the fact: equal for draws that are the same."""

    n: int
    seed: int
    groups: tuple[tuple[str | tuple[str, ...], float], ...]
    against: tuple[str, ...]


@lru_cache(maxsize=2048)  # making a stream costs more than drawing few numbers from it
def _few_of(like: _Like, fact: Fact) -> np.ndarray:
    return Draws(like.n, like.seed, dict(like.groups), like.against).fresh(fact)


def split_normal(z: np.ndarray, value: float, low: float, high: float, at_most: float = np.inf) -> np.ndarray:
    """Map standard normal draws to a distribution with the given P10, P50, P90.

    Two-piece log-normal where all three are positive, two-piece normal otherwise.
    """
    if low > 0:
        below, above = np.log(value / low) / Z_P90, np.log(high / value) / Z_P90
        x = value * np.exp(np.where(z < 0, z * below, z * above))
    else:
        x = value + np.where(z < 0, z * (value - low), z * (high - value)) / Z_P90
    return np.minimum(x, at_most)


def _is_fraction(fact: Fact) -> bool:
    return fact.unit == "1" and float(fact.low) >= 0.0 and float(fact.high) <= 1.0


class Steps:
    """Looks up facts and calls formulas, noting both.

    Parameters
    ----------
    facts : Facts
    price_year : int
        Year of the USD in which money is computed. [-]
    draws : Draws or None
        None for the central pass; else facts with a range become arrays of draws.
    explained : bool
        Whether anyone reads the record: where not, and on draws, only facts are noted, and chapters leave out what
        only explains. [-]
    """

    def __init__(self, facts: Facts, price_year: int, draws: Draws | None = None, explained: bool = True) -> None:
        self.facts, self.price_year, self.draws = facts, price_year, draws
        self.explained = explained and draws is None
        self.nodes: list[Node] = []
        self._by_identity: dict[int, int] = {}
        self._keep: list[Any] = []  # keeps objects alive so that identities stay unique
        self._inputs: dict[int, dict[str, int | str]] = {}
        self._classes: dict[int, str] = {}
        self._asked: dict[tuple[tuple[str, ...], str], Any] = {}  # by the ids in question
        self._looked_up: dict[tuple[str, str], Any] = {}  # by the id that was found
        self._collecting: list[list[Any]] = []
        self._told: dict[tuple[Any, ...], Any] = {}

    def aside(self) -> Steps:
        """A record of the same facts that nobody reads: for other sizes and machines. What is looked up is known."""
        other = Steps(self.facts, self.price_year, explained=False)
        if self.draws is None:
            other._asked, other._looked_up = dict(self._asked), dict(self._looked_up)
        return other

    def fact(self, *fact_ids: str, unit: str) -> Any:
        """The first of the facts that exists, in ``unit`` (``USD`` means USD of the plan's price year)."""
        asked = (fact_ids, unit)
        value = self._asked.get(asked)
        if value is None:
            value = self._asked[asked] = self._first(fact_ids, unit)
        for collected in self._collecting:
            collected.append(value)
        return value

    def _first(self, fact_ids: tuple[str, ...], unit: str) -> Any:
        fact = self.facts.first(*fact_ids)
        key = (fact.id, unit)
        if key not in self._looked_up:
            is_rate = fact.id.startswith("fx.")  # USD/EUR has no price year
            self._looked_up[key] = self._read(fact, unit if is_rate else self.in_price_year(unit))
        return self._looked_up[key]

    @contextmanager
    def collecting(self) -> Iterator[list[Any]]:
        """Collect the facts looked up inside, for a formula that takes too many to name."""
        collected: list[Any] = []
        self._collecting.append(collected)
        try:
            yield collected
        finally:
            self._collecting.remove(collected)

    def text(self, *fact_ids: str) -> str:
        """The text of the first of the facts that exists."""
        asked = (fact_ids, "text")
        if asked not in self._asked:
            fact = self.facts.first(*fact_ids)
            if (fact.id, "text") not in self._looked_up:
                self._looked_up[fact.id, "text"] = str(fact.value)
                self._note(Node("fact", fact.id, str(fact.value), "", {}, fact), None)
            self._asked[asked] = self._looked_up[fact.id, "text"]
        return str(self._asked[asked])

    def in_price_year(self, unit: str) -> str:
        """``USD/MWh`` -> ``USD_2025/MWh``."""
        return _in_price_year(unit, self.price_year)

    def given(self, name: str, value: T, unit: str = "") -> T:
        """Note a value given by the user (or by the plan's own choice of size), with its unit."""
        noted = _fresh(value)
        self._note(Node("given", name, noted, unit), noted)
        return noted

    def __call__(self, formula: Callable[..., T], /, **inputs: Any) -> T:
        """Call a formula and note it."""
        result = _fresh(formula(**inputs))
        if not self.explained:
            return result  # type: ignore[no-any-return]
        name, unit = _name(formula), _unit(formula)
        self._note(Node("formula", name, result, unit, inputs, None, formula), result)
        for field in _fields(type(result)):
            value = getattr(result, field)
            known = id(value) in self._by_identity  # an input handed through stays what it was
            if isinstance(value, (float, np.floating, np.ndarray)) and not known:
                self._note(Node("formula", f"{name}.{field}", value, "", {"of": result}, None, part), value)
        return result

    def once(self, chapter: Callable[..., T], *given: Any) -> T:
        """What a chapter tells on this record of the very same things: told, and noted, the first time only."""
        key = (chapter, *map(id, given))
        if key not in self._told:
            self._keep.extend(given)
            self._told[key] = chapter(self, *given)
        return self._told[key]  # type: ignore[no-any-return]

    def node_of(self, value: Any) -> int | None:
        """Number of the node that made this very object, if any."""
        return self._by_identity.get(id(value))

    def _read(self, fact: Fact, unit: str) -> Any:
        factor = self.facts.factor(fact.unit, unit)
        raw = float(fact.value) if self.draws is None else self.draws.of(fact)
        value = _fresh(raw * factor)
        self._note(Node("fact", fact.id, value, unit, {}, fact), value)
        return value

    def _note(self, node: Node, value: Any) -> int:
        self.nodes.append(node)
        number = len(self.nodes) - 1
        kind = type(value)
        if kind is np.float64 or kind is np.ndarray or isinstance(value, (float, np.floating)) or _fields(kind):
            self._by_identity[id(value)] = number
            self._keep.append(value)
        return number

    # --- reading the record -------------------------------------------------------------------------------------

    def inputs(self, number: int) -> dict[str, int | str]:
        """Inputs of a node: the nodes behind them, or a literal. Found when asked for: most are never read."""
        if number not in self._inputs:
            found: dict[str, int | str] = {}
            for name, value in self.nodes[number].inputs.items():
                links: dict[str, int | str] = dict(self._known(name, value, number))
                found |= links or {name: summary(value)}
            self._inputs[number] = found
        return self._inputs[number]

    def _known(self, name: str, value: Any, before: int) -> Iterator[tuple[str, int]]:
        """The nodes noted before this one behind an input: itself, or what a tuple, a dict or a dataclass holds."""
        number = self._by_identity.get(id(value))
        if number is not None and number < before:
            yield name, number
            return
        for key, part in _parts(value):
            yield from self._known(f"{name}{key}", part, before)

    def facts_behind(self, number: int) -> list[Fact]:
        """All facts below a node, in the order they were read."""
        seen: set[int] = set()
        stack, found = [number], []
        while stack:
            n = stack.pop()
            if n in seen:
                continue
            seen.add(n)
            node = self.nodes[n]
            if node.fact is not None:
                found.append(node.fact)
            stack.extend(i for i in self.inputs(n).values() if isinstance(i, int))
        return found

    def class_of(self, value: Any) -> str:
        """Quality class of a value: that of its worst fact; a value with no facts behind it is exact (A)."""
        number = self.node_of(value)
        return "C" if number is None else self._class(number)

    def _class(self, number: int) -> str:
        """The worst class below a node; what lies below a node never changes, so it is found once."""
        if number not in self._classes:
            node = self.nodes[number]
            worst = node.fact.fact_class if node.fact is not None and node.fact.source != USER else "A"
            for below in self._below(node.inputs, number):
                if worst == WORST:
                    break
                worst = max(worst, self._class(below))
            self._classes[number] = worst
        return self._classes[number]

    def _below(self, value: Any, before: int) -> Iterator[int]:
        """The nodes behind an input, as ``_known`` finds them, without their names."""
        number = self._by_identity.get(id(value))
        if number is not None and number < before:
            yield number
        elif type(value) in _PLAIN:
            return
        elif isinstance(value, Mapping):
            for part in value.values():
                yield from self._below(part, before)
        elif isinstance(value, (tuple, list)):
            for part in value:
                yield from self._below(part, before)
        else:
            for field in _fields(type(value)):
                yield from self._below(getattr(value, field), before)

    def facts_read(self) -> list[Fact]:
        """Every fact looked up, once each, in order."""
        return list({n.fact.id: n.fact for n in self.nodes if n.fact is not None}.values())

    def assumptions(self) -> list[Fact]:
        """The facts among them that are our assumptions."""
        return [f for f in self.facts_read() if f.source == ASSUMPTION]


@cache
def _in_price_year(unit: str, price_year: int) -> str:
    return "/".join(f"USD_{price_year}" if part == "USD" else part for part in unit.split("/"))


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Named parts of a container."""
    if isinstance(value, Mapping):
        return [(f".{k}", v) for k, v in value.items()]
    if isinstance(value, (tuple, list)):
        return [(f"[{i}]", v) for i, v in enumerate(value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(f".{f.name}", getattr(value, f.name)) for f in dataclasses.fields(value)]
    return []


def _fresh(value: Any) -> Any:
    """A new object of the same value, so that identity names exactly one step."""
    if isinstance(value, np.ndarray):
        return np.float64(value) if value.ndim == 0 else value.view()
    if isinstance(value, (float, np.floating, int, np.integer)) and not isinstance(value, bool):
        return np.float64(value)
    return value


def central(value: Any) -> float:
    """The number behind a value of either pass: itself, or the median of draws."""
    return _median(value) if np.ndim(value) else float(value)


def _median(value: Any) -> float:
    """``np.median`` of an even number of draws, without its preparations for anything else."""
    draws = np.asarray(value)
    if draws.ndim != 1 or draws.dtype != np.float64 or len(draws) % 2 or not len(draws):
        return float(np.median(draws))
    middle = len(draws) // 2
    found = np.partition(draws, (middle - 1, middle, -1))
    return float(np.nan if np.isnan(found[-1]) else (found[middle - 1] + found[middle]) / 2.0)


def summary(value: Any) -> str:
    """A short text for a value in a trace; arrays become mean and range."""
    if isinstance(value, np.ndarray):
        if value.size == 0:
            return "empty array"
        if value.dtype.kind not in "fiu":
            return f"array of {value.size}"
        return f"array {value.shape}: mean {np.mean(value):.4g}, {np.min(value):.4g} to {np.max(value):.4g}"
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    if dataclasses.is_dataclass(value):
        numbers = [
            f"{k} {v:.4g}" for k in _fields(type(value)) if isinstance(v := getattr(value, k), (float, np.floating))
        ]
        return f"{type(value).__name__}({', '.join(numbers)})" if numbers else type(value).__name__
    if isinstance(value, Mapping):
        return ", ".join(f"{k}={summary(v)}" for k, v in value.items())
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(summary(v) for v in value[:6]) + (", ..." if len(value) > 6 else "") + ")"
    return str(value)


def part(*, of: Any) -> Any:
    """One of the numbers that the step below returns together."""
    return of


def _names(kind: type) -> tuple[str, ...]:
    """Names of what a dataclass holds; none of anything else."""
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


_fields: Callable[[Any], tuple[str, ...]] = cache(_names)  # asked of every value


@cache
def _name(formula: Callable[..., Any]) -> str:
    return f"{formula.__module__.removeprefix('gigawatt.')}.{formula.__name__}"


@cache
def equation(formula: Callable[..., Any]) -> str:
    """The formula's own code without signature and docstring: what was computed, as it was computed."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(formula))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    return "\n".join(ast.unparse(line) for line in body)


def doc_sections(formula: Callable[..., Any]) -> tuple[str, str]:
    """First line and References section of a formula's docstring."""
    doc = inspect.getdoc(formula) or ""
    head = doc.split("\n", 1)[0]
    if "References\n" not in doc:
        return head, ""
    text = doc.split("References\n", 1)[1].split("\n", 1)[1]
    lines = []
    for line in text.split("\n"):
        if line in ("Examples", "Notes", "Raises", "See Also"):
            break
        lines.append(line.strip())
    return head, re.sub(r"\.\. \[(\d+)\] ", "", " ".join(" ".join(lines).split()))


@cache
def _unit(formula: Callable[..., Any]) -> str:
    """Unit of the result: the last square bracket of the Returns section."""
    doc = inspect.getdoc(formula) or ""
    if "Returns\n" not in doc:
        return ""
    text = doc.split("Returns\n", 1)[1].split("\n\n", 1)[0]
    start = text.rfind("[")
    return text[start + 1 : text.find("]", start)] if start >= 0 else ""
