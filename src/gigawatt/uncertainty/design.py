"""Draws by design: which facts move in which row, so that one pass of the story tells what each of them does.

Two designs. *Ends*: everything at its central value but one group of facts, which is at its P10 or P90: a tornado.
*Pick and freeze*: two independent samples, and for each group the first with that group taken from the second.
Families of facts move together by factors (`sample`), which are inputs of their own: inputs are then independent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gigawatt.chapters import report_parts
from gigawatt.chapters.sizing import Ask
from gigawatt.facts import Facts
from gigawatt.plan import Decision, tell
from gigawatt.record import Z_P90, Draws, Steps, central
from gigawatt.scenario import Scenario
from gigawatt.uncertainty.sample import Families, Joint, Sampler

Array = NDArray[np.float64]
NEVER = 600.0  # months: what is later is as good as never, and counts as this
EDGES = (0.01, 0.99)  # beyond which draws count as the edge
SECOND = "second sample of "


class Moved(Draws):
    """Draws of which each row says where every fact stands: standard normals by a rule, families left aside."""

    def __init__(self, n: int, rule: Callable[[str], Array]) -> None:
        super().__init__(n, 0)
        self.rule = rule

    def normal(self, key: str) -> Array:
        """Standard normals of one fact, shape (n,)."""
        return self.rule(key)


class Mixed(Sampler):
    """Two independent samples of a question, and the first with each group in turn taken from the second."""

    def __init__(self, like: Sampler, groups: Mapping[str, int], count: int) -> None:
        self.like, self.groups, self.count = like, groups, count
        self.n, self.seed, self.families = like.n * (2 + count), like.seed, like.families

    def normal(self, key: str) -> Array:
        """Standard normals of one key, a fact or the factor of a family, shape (n,)."""
        first, second = self.like.normal(key), self.like.normal(SECOND + key)
        group = self.groups.get(key, self.count - 1)
        return np.concatenate([first, second, *(second if group == i else first for i in range(self.count))])


@dataclass(frozen=True)
class Bench:
    """A question whose chosen design is held, to be told on draws by design."""

    scenario: Scenario
    decision: Decision

    @property
    def facts(self) -> Facts:
        return self.decision.step.facts

    @property
    def ask(self) -> Ask:
        """The campus that was chosen, whatever sized it."""
        return Ask(accelerators=central(self.decision.outcome.size.accelerators))

    @cached_property
    def families(self) -> Families:
        """Which facts move together."""
        return Families(self.facts)

    def sampler(self, n: int) -> Sampler:
        """The plan's way of drawing, for a number of draws."""
        return Sampler(self.facts, n, self.scenario.seed)

    def draws(self, n: int) -> Joint:
        """That many draws of all facts."""
        return Joint(self.sampler(n), np.arange(n))

    def tell(self, draws: Draws, names: Sequence[str]) -> dict[str, Array]:
        """Some figures on these draws; months beyond ``NEVER`` count as that."""
        d = self.decision
        drawn = Steps(self.facts, self.scenario.price_year, draws)
        spread = tell(drawn, self.scenario, d.shared, self.ask, paid=d.outcome.paid)
        pairs = report_parts.figure_values(
            Steps(self.facts, self.scenario.price_year), d.shared.site, d.outcome, spread
        )
        return {name: row(pairs[name][1], draws.n) for name in names if pairs[name][1] is not None}


def row(values: object, n: int) -> Array:
    """One finite number per draw."""
    found = np.broadcast_to(np.asarray(values, float), (n,))
    return np.where(np.isfinite(found), found, NEVER)


def without_tails(values: Array) -> Array:
    """What lies beyond all but few of the draws counts as the edge: else a handful decides a variance.

    Examples
    --------
    >>> without_tails(np.array([0.0, *[1.0] * 200, 9.0])).max().item()
    1.0
    """
    return np.clip(values, *np.quantile(values, EDGES))


def ends(bench: Bench, groups: Sequence[Sequence[str]], names: Sequence[str]) -> dict[str, Array]:
    """Figures with one group of facts after the other at its P10 and its P90, everything else at its central value.

    Parameters
    ----------
    bench : Bench
        The question. [-]
    groups : sequence of sequence of str
        Ids of facts that move together; those that fall where others rise are moved against them. [-]
    names : sequence of str
        Figures. [-]

    Returns
    -------
    dict of str to array (1 + 2 x group,)
        By figure: central, then low and high end of each group. [unit of the figure]
    """
    n = 1 + 2 * len(groups)

    def rule(key: str) -> Array:
        z = np.zeros(n)
        for i, group in enumerate(groups):
            if key in group:
                family = bench.families.of(key)
                sign = family[1] if family and len(group) > 1 else 1.0
                z[1 + 2 * i], z[2 + 2 * i] = -sign * Z_P90, sign * Z_P90
        return z

    return bench.tell(Moved(n, rule), names)


def pick_and_freeze(
    bench: Bench, groups: Mapping[str, int], count: int, rows: int, names: Sequence[str]
) -> dict[str, Array]:
    """Figures on a pick-and-freeze design.

    Parameters
    ----------
    bench : Bench
        The question. [-]
    groups : mapping of str to int
        Number of the group of each key of a draw (a fact, ``family `` and its name); what is not named is in the
        last. [-]
    count : int
        Groups. [-]
    rows : int
        Rows of each sample. [draw]
    names : sequence of str
        Figures. [-]

    Returns
    -------
    dict of str to array (2 + group, row)
        By figure: first sample, second sample, then the first with one group of the second. [unit of the figure]
    """
    mixed = Mixed(bench.sampler(rows), groups, count)
    found = bench.tell(Joint(mixed, np.arange(mixed.n)), names)
    return {name: x.reshape(2 + count, rows) for name, x in found.items()}
