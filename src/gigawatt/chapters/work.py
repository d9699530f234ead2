"""What the campus computes: training and serving on its accelerators, and how many of them a service needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gigawatt import compute, demand
from gigawatt.chapters.machine import Machine
from gigawatt.chapters.runs import RUN_DAYS
from gigawatt.chapters.service import Service, service
from gigawatt.chapters.trained import Trained, trained
from gigawatt.record import Steps
from gigawatt.scenario import Scenario


@dataclass(frozen=True)
class Work:
    """What the campus computes."""

    peak_flop_per_s: Any
    mfu: Any
    goodput: Any
    training_flop_per_day: Any
    largest_run_100_days_flop: Any
    tokens_per_s: Any
    users: Any
    h100_equivalents: Any
    gpt4_days: Any
    training: Trained
    service: Service


def work(step: Steps, s: Scenario, m: Machine, accelerators: Any) -> Work:
    """What so many accelerators train and serve."""
    run, fleet = trained(step, s, m, accelerators), step.once(service, s, m)
    per_day = step(
        compute.training_flop_per_day,
        accelerators=run.accelerators,
        peak_flop_per_s=m.peak_flop_per_s,
        mfu=run.mfu,
        goodput=run.goodput,
    )
    tokens = step(
        compute.fleet_tokens_per_s,
        accelerators=accelerators,
        tokens_per_s_per_accelerator=fleet.tokens_per_s,
        fleet_factor=step.fact("serving.fleet_factor", unit="1"),
    )
    return Work(
        peak_flop_per_s=step(
            compute.cluster_peak_flop_per_s, accelerators=accelerators, peak_flop_per_s=m.peak_flop_per_s
        ),
        mfu=run.mfu,
        goodput=run.goodput,
        training_flop_per_day=per_day,
        largest_run_100_days_flop=step(compute.largest_run_flop, days=RUN_DAYS, flop_per_day=per_day),
        tokens_per_s=tokens,
        users=step(
            demand.users_for_tokens_per_s,
            tokens_per_s=tokens,
            tokens_per_user_day=step.fact("demand.tokens_per_user_day", unit="token/day"),
            peak_factor=step.fact("demand.peak_factor", unit="1"),
        ),
        gpt4_days=step(
            compute.training_days, flop=step.fact("model.gpt-4-scale.training_flop", unit="FLOP"), flop_per_day=per_day
        ),
        h100_equivalents=step(
            compute.h100_equivalents,
            accelerators=accelerators,
            peak_flop_per_s=m.peak_fp8_flop_per_s,
            h100_peak_flop_per_s=step.fact("accelerator.h100.peak_fp8", unit="FLOP/s"),
        ),
        training=run,
        service=fleet,
    )


def accelerators_to_serve(step: Steps, s: Scenario, m: Machine, users: float) -> Any:
    """Accelerators that serve so many users in their busiest hour."""
    tokens = step(
        demand.tokens_per_s_for_users,
        users=step.given("users", users, "user"),
        tokens_per_user_day=step.fact("demand.tokens_per_user_day", unit="token/day"),
        peak_factor=step.fact("demand.peak_factor", unit="1"),
    )
    return step(
        compute.accelerators_for_tokens_per_s,
        tokens_per_s=tokens,
        tokens_per_s_per_accelerator=step.once(service, s, m).tokens_per_s,
        fleet_factor=step.fact("serving.fleet_factor", unit="1"),
    )
