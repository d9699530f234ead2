"""Gate, letter, verdict, step; one row per gate, the answer of all together, and the letters to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

YES, YES_IF, NO = "yes", "yes_if", "no"
STATES = (YES, YES_IF, NO)  # from good to bad
ORDER = ("chips", "power", "payer", "money", "land", "water", "hazard", "war", "moratorium", "time")


@dataclass(frozen=True, slots=True)
class Letter:
    """What to ask whom, what the answer unlocks, and the task of the schedule that waits for it."""

    to: str
    ask: str
    unlocks: str
    task: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: state, class of worst fact, sentence, source, letter, value against limit, the condition in brief.

    ``weak``: a yes that only lacks a sourced fact, so of its kind it is told last.
    """

    gate: str
    state: str
    fact_class: str
    words: str
    source: str
    letter: Letter | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    brief: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """All gates in order, the answer they give together, and the ones that decide it."""

    answer: str
    binding: tuple[Gate, ...]
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A letter to write: to whom, what to ask, by which ISO date, and what it unlocks."""

    to: str
    ask: str
    by: str
    unlocks: str


def make_gate(
    gate: str,
    state: str,
    fact_class: str,
    words: str,
    source: str,
    letter: Letter,
    numbers: tuple[float | None, float | None, str] = (None, None, ""),
) -> Gate:
    """Build a gate; a yes on weak evidence becomes ``yes_if`` the letter is answered; a yes needs no letter.

    Parameters
    ----------
    gate : str
        One of ``ORDER``. [-]
    state : str
        One of ``STATES``. [-]
    fact_class, words, source : str
        Class of the worst fact, one sentence, source. [-]
    letter : Letter
        What would settle it. [-]
    numbers : (value, limit, unit)
        Value against limit, where there is one. [-]

    Returns
    -------
    Gate
    """
    weak = state == YES and (fact_class not in ("A", "B") or not source)
    if weak:
        state, words = YES_IF, f"{words}, on an analogy or assumption that {letter.to} must confirm"
    kept = None if state == YES else letter
    return Gate(gate, state, fact_class or "C", words, source or "no sourced fact", kept, *numbers, weak=weak)


def worst_class(*fact_classes: str) -> str:
    """The weakest class of evidence: C before B before A; nothing counts as C.

    Parameters
    ----------
    fact_classes : str
        Classes A, B, C. [-]

    Returns
    -------
    str
    """
    return max((c if c in ("A", "B", "C") else "C" for c in fact_classes), default="C")


def fold(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """One row per gate for the report: worst state, class and first letter, all sentences.

    Parameters
    ----------
    gates : iterable of Gate
        May hold several of one name. [-]

    Returns
    -------
    tuple of Gate
        In report order. [-]
    """
    rows = []
    ranked = in_order(gates)
    for name in dict.fromkeys(g.gate for g in ranked):
        parts = sorted((g for g in ranked if g.gate == name), key=lambda g: -STATES.index(g.state))
        sources = "; ".join(dict.fromkeys(g.source for g in parts))
        words = ". ".join(g.words for g in parts)
        rows.append(
            replace(parts[0], words=words, source=sources, fact_class=worst_class(*(g.fact_class for g in parts)))
        )
    return tuple(rows)


def in_order(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Gates in the order of the report; of one name the weak last, otherwise as given.

    Parameters
    ----------
    gates : iterable of Gate
        The gates that could be evaluated. [-]

    Returns
    -------
    tuple of Gate
    """
    given = tuple(gates)
    for g in given:
        if g.gate not in ORDER or g.state not in STATES:
            raise ValueError(f"gate {g.gate!r} is {g.state!r}; expected one of {', '.join(ORDER)}: {', '.join(STATES)}")
    return tuple(sorted(given, key=lambda g: (ORDER.index(g.gate), g.weak)))


def combine(gates: Iterable[Gate]) -> Verdict:
    """The answer all gates give together: the worst of them, and which ones those are.

    Parameters
    ----------
    gates : iterable of Gate
        The gates that could be evaluated. [-]

    Returns
    -------
    Verdict
        With no gate at all the answer is ``yes_if``: nothing has been checked.
    """
    ranked = in_order(gates)
    answer = max((g.state for g in ranked), key=STATES.index, default=YES_IF)
    binding = tuple(g for g in ranked if g.state == answer) if answer != YES else ()
    return Verdict(answer, binding, ranked)


def next_steps(gates: Iterable[Gate], *, as_of: str, by: Mapping[str, str]) -> tuple[Step, ...]:
    """The letters to write, in order: what stops the plan first, then by date, then in gate order.

    Parameters
    ----------
    gates : iterable of Gate
        The gates, not folded. [-]
    as_of : str
        ISO date of today. [-]
    by : mapping
        Task id to the ISO date by which its answer is needed; today where a task is not listed. [-]

    Returns
    -------
    tuple of Step
        One letter per addressee and task; further requests to the same addressee join the first.
    """
    waiting = sorted((g for g in in_order(gates) if g.letter is not None), key=lambda g: -STATES.index(g.state))
    steps: dict[tuple[str, str], tuple[int, Step]] = {}
    for g in waiting:
        letter = g.letter
        assert letter is not None
        key, date = (letter.to, letter.task), max(by.get(letter.task, as_of), as_of)
        if key in steps:
            rank, step = steps[key]
            steps[key] = rank, replace(step, ask=f"{step.ask}; {letter.ask}", by=min(step.by, date))
        else:
            steps[key] = -STATES.index(g.state), Step(letter.to, letter.ask, date, letter.unlocks)
    return tuple(step for _, step in sorted(steps.values(), key=lambda pair: (pair[0], pair[1].by)))
