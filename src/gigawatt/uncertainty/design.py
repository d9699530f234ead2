"""Draws by design: which facts move in which row, so that one pass of the story tells what each of them does.

Two designs. *Ends*: everything at its central value but one group of facts, which is at its P10 or P90: a tornado.
*Pick and freeze*: two independent samples, and for each group the first with that group taken from the second.
A group common to several facts (lead times slip together) is an input of its own: inputs are then independent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gigawatt.chapters import report_parts
from gigawatt.chapters.sizing import Ask
from gigawatt.facts import Facts
from gigawatt.plan import Decision, draws_of, tell
from gigawatt.record import Z_P90, Draws, Steps, central
from gigawatt.scenario import Scenario

Array = NDArray[np.float64]
NEVER = 600.0  # months: what is later is as good as never, and counts as this
SECOND = "second sample of "


class Designed(Draws):
    """Draws whose standard normals come from a rule instead of a stream."""

    def __init__(self, like: Draws, n: int, rule: Callable[[str], Array]) -> None:
        super().__init__(n, like.seed, like.groups, like.against)
        self.rule = rule

    def normal(self, key: str) -> Array:
        """Standard normals of one key, shape (n,)."""
        return self.rule(key)


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

    def draws(self, n: int) -> Draws:
        """The plan's way of drawing, for another number of draws."""
        found = draws_of(self.facts, self.scenario.model_copy(update={"draws": n})).draws
        assert found is not None
        return found

    def tell(self, draws: Draws, names: Sequence[str]) -> dict[str, Array]:
        """Some figures on these draws; months beyond ``NEVER`` count as that."""
        d = self.decision
        drawn = Steps(self.facts, self.scenario.price_year, draws)
        spread = tell(drawn, self.scenario, d.shared, self.ask)
        pairs = report_parts.figure_values(
            Steps(self.facts, self.scenario.price_year), d.shared.site, d.outcome, spread
        )
        return {name: row(pairs[name][1], draws.n) for name in names if pairs[name][1] is not None}


def row(values: object, n: int) -> Array:
    """One finite number per draw."""
    found = np.broadcast_to(np.asarray(values, float), (n,))
    return np.where(np.isfinite(found), found, NEVER)


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
    like = bench.draws(1 + 2 * len(groups))

    def rule(key: str) -> Array:
        z = np.zeros(like.n)
        for i, group in enumerate(groups):
            if key in group:
                sign = -1.0 if len(group) > 1 and key.startswith(like.against) else 1.0
                z[1 + 2 * i], z[2 + 2 * i] = -sign * Z_P90, sign * Z_P90
        return z

    alone = Designed(like, like.n, rule)
    alone.groups, alone.against = {}, ()  # a fact is at its own P10, not where its family would take it
    return bench.tell(alone, names)


def pick_and_freeze(
    bench: Bench, groups: Mapping[str, int], count: int, rows: int, names: Sequence[str]
) -> dict[str, Array]:
    """Figures on a pick-and-freeze design.

    Parameters
    ----------
    bench : Bench
        The question. [-]
    groups : mapping of str to int
        Number of the group of each key of a draw (fact or common factor); what is not named is in the last. [-]
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
    like = bench.draws(rows)

    def rule(key: str) -> Array:
        first, second = like.normal(key), like.normal(SECOND + key)
        mixed = [second if groups.get(key, count - 1) == i else first for i in range(count)]
        return np.concatenate([first, second, *mixed])

    found = bench.tell(Designed(like, rows * (2 + count), rule), names)
    return {name: x.reshape(2 + count, rows) for name, x in found.items()}
