"""How a cluster loses time: failures by age and operator, checkpoints, spares, runs that go on with fewer replicas."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gigawatt import compute
from gigawatt.compute import spares as room
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.record import Steps, central
from gigawatt.scenario import OPERATORS, RECOVERIES, Scenario

Call = Callable[..., Any]


def plainly(formula: Callable[..., Any], /, **inputs: Any) -> Any:
    """Calls a formula where nobody keeps a record."""
    return formula(**inputs)


@dataclass(frozen=True, slots=True)
class Care:
    """How a cluster is run and kept up.

    Parameters
    ----------
    recovery, operator : str
        How a run recovers, and how practised the operator is; '': as the facts have it. [-]
    age_months : float or None
        Time in service; None: that of the cluster whose failures were counted. [month]
    spares : float or None
        Share of the cluster that stands by; None: who repairs is not asked, and the run is always at full size. [-]
    elastic : bool
        A failure stops one replica; the others go on and lose no work. [-]
    """

    recovery: str = ""
    operator: str = ""
    age_months: float | None = None
    spares: float | None = None
    elastic: bool = False


def care_of(s: Scenario) -> Care:
    """How the cluster of a question is run."""
    return Care(s.recovery, s.operator, s.cluster_age, s.spares, s.elastic)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Failures and what each costs: central values, or draws.

    Parameters
    ----------
    failures_per_accelerator_hour : float or array
        Interruptions of a run. [1/h]
    checkpoint_h, restart_h : float or array
        Standstill for a checkpoint; from interruption to training again. [h]
    spares : float or None
        Share of the cluster that stands by; None: the run is always at full size. [-]
    repair_h, units_lost : float or array
        From failure to back in the pool; accelerators that a failure takes away. [h, -]
    elastic : bool
        A failure stops one replica; the others go on. [-]
    """

    failures_per_accelerator_hour: Any
    checkpoint_h: Any
    restart_h: Any
    spares: float | None = None
    repair_h: Any = 0.0
    units_lost: Any = 1.0
    elastic: bool = False

    @property
    def terms(self) -> dict[str, Any]:
        """Arguments of the formulas of goodput: a run that shrinks loses no work and waits for no checkpoint."""
        return {
            "failures_per_accelerator_hour": self.failures_per_accelerator_hour,
            "checkpoint_h": 0.0 if self.elastic else self.checkpoint_h,
            "restart_h": self.restart_h,
        }

    @property
    def _stops(self) -> dict[str, Any]:
        return {name: self.terms[name] for name in ("checkpoint_h", "restart_h")}

    def in_run(self, accelerators: Any, call: Call = plainly) -> Any:
        """Accelerators of a cluster that do not stand by."""
        if self.spares is None:
            return accelerators
        return call(room.without_spares, accelerators=accelerators, spares=self.spares)

    def goodput(self, accelerators: Any, replica: float = 1.0, call: Call = plainly) -> Any:
        """Share of wall time, or of replicas, that advances a run on so many accelerators, `replica` in each."""
        running = call(compute.goodput, mtbf_h=self._mtbf_h(accelerators, call), **self._stops)
        if self.spares is None:
            return running
        return call(room.kept_up, running=running, at_size=self.at_size(accelerators, replica, call))

    def first_order(self, accelerators: float) -> float:
        """The usual estimate, which breaks where failures come faster than restarts."""
        return float(compute.goodput_first_order(mtbf_h=self._mtbf_h(accelerators), **self._stops))

    def at_size(self, accelerators: Any, replica: float = 1.0, call: Call = plainly) -> Any:
        """Share of the time at full size, or of the replicas that run, with the spares there are."""
        if self.spares is None:
            return 1.0
        found = {
            "in_repair": self._broken(accelerators, call),
            "spare_units": call(
                room.spare_units, accelerators=accelerators, spares=self.spares, units_lost_per_failure=self.units_lost
            ),
        }
        if not self.elastic:
            return call(room.share_at_full_size, **found)
        sizes = {"units_lost_per_failure": self.units_lost, "replica": replica, "accelerators": accelerators}
        return call(room.share_of_replicas, **found, **sizes)

    def spares_for(self, accelerators: float, share: float) -> float:
        """Least share of the cluster that must stand by so that the run is at full size for a share of the time."""
        broken = float(self._broken(accelerators))
        low, high = -1.0, math.ceil(broken) + 1.0
        while room.share_at_full_size(in_repair=broken, spare_units=high) < share:
            high *= 2.0
        while high - low > 1.0:
            units = math.floor((low + high) / 2.0)
            enough = room.share_at_full_size(in_repair=broken, spare_units=units) >= share
            low, high = (low, units) if enough else (units, high)
        spare = high * float(self.units_lost)
        return spare / (accelerators + spare)

    def _mtbf_h(self, accelerators: Any, call: Call = plainly) -> Any:
        rate = self.failures_per_accelerator_hour
        return call(compute.mtbf_h, accelerators=accelerators, failures_per_accelerator_hour=rate)

    def _broken(self, accelerators: Any, call: Call = plainly) -> Any:
        return call(
            room.in_repair,
            accelerators=accelerators,
            failures_per_accelerator_hour=self.failures_per_accelerator_hour,
            repair_h=self.repair_h,
            units_lost_per_failure=self.units_lost,
        )


def recovery_of(step: Steps, care: Care = Care()) -> Recovery:
    """Failures, checkpoints and restarts by the way a cluster is run: central values, or draws.

    Raises
    ------
    ScenarioError
        When there is no such way or operator, or a number makes no sense.
    """
    kind, level = care.recovery or step.text("goodput.recovery"), operator_of(step.facts, care)
    if kind not in RECOVERIES:
        raise ScenarioError(f"recovery: {kind!r}; expected {', '.join(RECOVERIES[:-1])} or {RECOVERIES[-1]}")
    if care.spares is not None and not 0.0 <= care.spares < 1.0:
        raise ScenarioError(f"spares: {care.spares:g}; expected a share of the cluster from 0 to below 1, such as 0.02")
    restart = step.fact("goodput.elastic.restart" if care.elastic else f"goodput.{kind}.restart", unit="h")
    slower = step.fact(f"operator.{level}.restart", unit="1")
    repairs = {}
    if care.spares is not None:
        repairs = {
            "repair_h": step.fact("goodput.repair", unit="h"),
            "units_lost": step.fact("goodput.units_lost_per_failure", unit="1"),
        }
    return Recovery(
        failures_per_accelerator_hour=_failures(step, level, care.age_months),
        checkpoint_h=step.fact(f"goodput.{kind}.checkpoint", unit="h"),
        restart_h=step(room.of_operator, tuned=restart, factor=slower),
        spares=care.spares,
        elastic=care.elastic,
        **repairs,
    )


def middle(r: Recovery) -> Recovery:
    """The middle of draws."""
    numbers = ("failures_per_accelerator_hour", "checkpoint_h", "restart_h", "repair_h", "units_lost")
    return Recovery(**{name: central(getattr(r, name)) for name in numbers}, spares=r.spares, elastic=r.elastic)


def _failures(step: Steps, level: str, age_months: float | None) -> Any:
    """Interruptions per accelerator and hour."""
    rate = step(
        room.of_operator,
        tuned=step.fact("goodput.failure_rate", unit="1/h"),
        factor=step.fact(f"operator.{level}.failures", unit="1"),
    )
    if age_months is None:
        return rate
    if not 0.0 <= age_months < math.inf:
        raise ScenarioError(f"age: {age_months:g}; expected months of service, at least 0")
    return step(
        room.failure_rate_at_age,
        measured_per_hour=rate,
        measured_age_months=step.fact("goodput.early.measured_age", unit="month"),
        age_months=step.given("months in service", age_months, "month"),
        early=step.fact("goodput.early.extra", unit="1"),
        decay_months=step.fact("goodput.early.decay", unit="month"),
    )


def operator_of(facts: Facts, care: Care) -> str:
    """A level of practice, the measured one where none is given.

    Raises
    ------
    ScenarioError
        When there is no such level.
    """
    level = care.operator or str(facts["operator.level"].value)
    if level not in OPERATORS:
        raise ScenarioError(f"operator: {level!r}; expected {', '.join(OPERATORS[:-1])} or {OPERATORS[-1]}")
    return level
