"""How a cluster loses time: failures by age and operator, checkpoints, spares, runs that go on with fewer replicas."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gigawatt import compute
from gigawatt.chapters import runs
from gigawatt.compute.spares import failure_rate_at_age, in_repair, missing_units, share_at_full_size
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts

WAYS = ("persistent_checkpoint", "in_memory_redundant", "fast_hot_spares")
OPERATORS = ("tuned", "practised", "new")


@dataclass(frozen=True, slots=True)
class Recovery:
    """Failures and what each costs.

    Parameters
    ----------
    failures_per_accelerator_hour : float
        Interruptions of a run. [1/h]
    checkpoint_h, restart_h : float
        Standstill for a checkpoint; from interruption to training again. [h]
    spares : float or None
        Share of the cluster that stands by; None: who repairs is not asked, and the run is always at full size. [-]
    repair_h, units_lost : float
        From failure to back in the pool; accelerators that a failure takes away. [h, -]
    elastic : bool
        A failure stops one replica; the others go on and lose no work. [-]
    """

    failures_per_accelerator_hour: float
    checkpoint_h: float
    restart_h: float
    spares: float | None = None
    repair_h: float = 0.0
    units_lost: float = 1.0
    elastic: bool = False

    def goodput(self, accelerators: float, replica: float = 1.0) -> float:
        """Share of wall time, or of replicas, that advances a run on so many accelerators, `replica` in each."""
        between = compute.mtbf_h(
            accelerators=accelerators, failures_per_accelerator_hour=self.failures_per_accelerator_hour
        )
        checkpoint = 0.0 if self.elastic else self.checkpoint_h
        running = float(compute.goodput(mtbf_h=between, checkpoint_h=checkpoint, restart_h=self.restart_h))
        return running * self.at_size(accelerators, replica)

    def first_order(self, accelerators: float) -> float:
        """The usual estimate, which breaks where failures come faster than restarts."""
        between = compute.mtbf_h(
            accelerators=accelerators, failures_per_accelerator_hour=self.failures_per_accelerator_hour
        )
        checkpoint = 0.0 if self.elastic else self.checkpoint_h
        return float(compute.goodput_first_order(mtbf_h=between, checkpoint_h=checkpoint, restart_h=self.restart_h))

    def at_size(self, accelerators: float, replica: float = 1.0) -> float:
        """Share of the time at full size, or of the replicas that run, with the spares there are."""
        if self.spares is None:
            return 1.0
        broken, spare = self._broken(accelerators), self._spare_units(accelerators)
        if not self.elastic:
            return share_at_full_size(in_repair=broken, spare_units=spare)
        lost = missing_units(in_repair=broken, spare_units=spare) * max(replica, self.units_lost)
        return max(0.0, 1.0 - lost / accelerators)

    def spares_for(self, accelerators: float, share: float) -> float:
        """Least share of the cluster that must stand by so that the run is at full size for a share of the time."""
        broken, units = self._broken(accelerators), 0.0
        low, high = -1.0, math.ceil(broken) + 1.0
        while share_at_full_size(in_repair=broken, spare_units=high) < share:
            high *= 2.0
        while high - low > 1.0:
            units = math.floor((low + high) / 2.0)
            enough = share_at_full_size(in_repair=broken, spare_units=units) >= share
            low, high = (low, units) if enough else (units, high)
        spare = high * self.units_lost
        return spare / (accelerators + spare)

    def _broken(self, accelerators: float) -> float:
        return in_repair(
            accelerators=accelerators,
            failures_per_accelerator_hour=self.failures_per_accelerator_hour,
            repair_h=self.repair_h,
            units_lost_per_failure=self.units_lost,
        )

    def _spare_units(self, accelerators: float) -> float:
        share = self.spares or 0.0
        return accelerators * share / (1.0 - share) / self.units_lost


def recovery_of(
    facts: Facts,
    kind: str | None = None,
    *,
    operator: str | None = None,
    age_months: float | None = None,
    spares: float | None = None,
    elastic: bool = False,
) -> Recovery:
    """Failures, checkpoints and restarts by the way a cluster recovers, its age, its operator and its spares.

    Raises
    ------
    ScenarioError
        When there is no such way or operator, or a number makes no sense.
    """
    look, kind = runs.plain(facts), kind or str(facts["goodput.recovery"].value)
    if f"goodput.{kind}.checkpoint" not in facts:
        raise ScenarioError(f"recovery: {kind!r}; expected {', '.join(WAYS[:-1])} or {WAYS[-1]}")
    if spares is not None and not 0.0 <= spares < 1.0:
        raise ScenarioError(f"spares: {spares:g}; expected a share of the cluster from 0 to below 1, such as 0.02")
    if age_months is not None and not 0.0 <= age_months < math.inf:
        raise ScenarioError(f"age: {age_months:g}; expected months of service, at least 0")
    level = operator_of(facts, operator)
    rate = look("goodput.failure_rate", "1/h") * look(f"operator.{level}.failures")
    if age_months is not None:
        rate = float(
            failure_rate_at_age(
                measured_per_hour=rate,
                measured_age_months=look("goodput.early.measured_age", "month"),
                age_months=age_months,
                early=look("goodput.early.extra"),
                decay_months=look("goodput.early.decay", "month"),
            )
        )
    restart = look("goodput.elastic.restart" if elastic else f"goodput.{kind}.restart", "h")
    return Recovery(
        failures_per_accelerator_hour=rate,
        checkpoint_h=look(f"goodput.{kind}.checkpoint", "h"),
        restart_h=restart * look(f"operator.{level}.restart"),
        spares=spares,
        repair_h=look("goodput.repair", "h"),
        units_lost=look("goodput.units_lost_per_failure"),
        elastic=elastic,
    )


def operator_of(facts: Facts, operator: str | None) -> str:
    """A level of practice, the measured one where none is given.

    Raises
    ------
    ScenarioError
        When there is no such level.
    """
    level = operator or str(facts["operator.level"].value)
    if level not in OPERATORS:
        raise ScenarioError(f"operator: {operator!r}; expected {', '.join(OPERATORS[:-1])} or {OPERATORS[-1]}")
    return level
