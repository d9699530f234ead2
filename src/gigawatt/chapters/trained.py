"""What a campus trains: the step time of its run on so many accelerators, MFU, goodput, and how many a run needs.

The same calculation as `gigawatt train` (`training_job`). It is searched on central values; draws share the plan found,
differ by the residual of the model, and follow the slope of MFU around that size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gigawatt import compute, demand
from gigawatt.chapters import runs
from gigawatt.chapters import training_job as jobs
from gigawatt.chapters.machine import Machine, find
from gigawatt.chapters.recovering import Recovery, care_of, middle, operator_of, recovery_of
from gigawatt.chapters.runs import RUN_DAYS, Run
from gigawatt.chapters.shapes import shape_of
from gigawatt.chapters.training import Setting, accelerator, calibration, machine_of, product_fact
from gigawatt.chapters.training_job import DEGREES, Job, Laid
from gigawatt.compute import spares
from gigawatt.compute.loss_law import tokens_for_loss
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.optimal_run import optimal_params, sized_shape
from gigawatt.compute.step_time import Breakdown, Calibration, Plan, step_time
from gigawatt.errors import ScenarioError
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

SECONDS = ("us", "ms", "s")


@dataclass(frozen=True)
class Trained:
    """What the run does on the accelerators of a campus that help it."""

    accelerators: Any
    mfu: Any
    goodput: Any
    laid: Laid


def job(step: Steps, s: Scenario, m: Machine) -> Job:
    """The run asked for, or the reference run, on accelerators of the campus."""
    return _job(step, s, m.id, s.precision, _run(step, s))


def _job(step: Steps, s: Scenario, item: str, precision: str, run: Run | None) -> Job:
    capped = accelerator(step.facts, item)[1]
    speed = runs.plain(step.facts)(_speed_id(step, s))
    return jobs.job_of(step.facts, item, precision, run=run, software=s.software, capped=capped, speed=speed)


def _speed_id(step: Steps, s: Scenario) -> str:
    return f"operator.{operator_of(step.facts, care_of(s))}.speed"


def _run(step: Steps, s: Scenario) -> Run | None:
    """What is trained: the model or the compute asked for, the reference model, or what the cluster deserves (None)."""
    if s.train is None:
        return _reference(step)
    if s.train.flop:
        return runs.for_flop(step.facts, s.train.flop)
    if runs.has_shape(step.facts, s.train.model):
        run = runs.named(step.facts, s.train.model)
        return runs.to_loss(step.facts, run, s.train.loss) if s.train.loss else run
    return runs.for_flop(step.facts, central(training_flop(step.aside(), s)[0]))


def _reference(step: Steps) -> Run | None:
    reference = str(step.facts["training.reference_model"].value)
    return None if reference == runs.OPTIMAL else runs.named(step.facts, reference)


def recovery(step: Steps, s: Scenario) -> Recovery:
    """How the cluster of the question loses time."""
    return recovery_of(step, care_of(s))


def trained(step: Steps, s: Scenario, m: Machine, accelerators: Any) -> Trained:
    """MFU and goodput of one job on so many accelerators, or on those of them that still help."""
    j, back = step.once(job, s, m), step.once(recovery, s)
    busy = back.in_run(accelerators, step)
    size = min(max(round(central(busy)), 1), jobs.LARGEST_CLUSTER)
    slope = step.given("loss exponent of MFU around this size", jobs.loss_exponent(j, size), "1")
    useful = step(compute.largest_useful_job, loss_exponent=slope, **back.terms)
    most = step(within_one_job, accelerators=float(jobs.LARGEST_CLUSTER), largest_useful=useful)
    one_job = step(within_one_job, accelerators=busy, largest_useful=most)
    laid = jobs.lay(j, max(round(central(one_job)), 1))
    used = step(in_whole_replicas, accelerators=one_job, used_share=laid.used / laid.accelerators)
    mfu = step(
        compute.mfu_at_scale,
        mfu=_expected(step, s, j, laid),
        accelerators=used,
        reference_accelerators=float(laid.used),
        loss_exponent=slope,
    )
    good = back.goodput(used, laid.replica if laid.plans else 1.0, step)
    return Trained(used, mfu, good, laid)


def _expected(step: Steps, s: Scenario, j: Job, laid: Laid) -> Any:
    """MFU of the plan found, times what is left open: measured over predicted, and the operator's skill."""
    found = step(with_model_error, predicted=_mfu(step, s, j, laid), model_error=_error(step, laid.run))
    if step.draws is None:
        return found
    skill = _speed_id(step, s)
    found = found * step.fact(skill, unit="1") / runs.plain(step.facts)(skill)  # the middle is in the job
    product = product_fact(step.facts, str(step.facts[f"accelerator.{j.item}.family"].value), s.precision)
    if not product.is_assumption:
        return found  # the spread of fitted constants is within the model's error
    ratio = step.fact(product.id, unit="1") / float(product.value)
    return with_product_share(predicted=found, product_share=laid.product_share, ratio=ratio)


def mfu_of(step: Steps, s: Scenario, item: str) -> Any:
    """MFU of an accelerator of the catalogue on the reference run, at the size at which generations are compared."""
    facts = step.facts
    precision = s.precision if f"accelerator.{item}.peak_{s.precision}" in facts else "bf16"
    j = _job(step, s, item, precision, _reference(step))
    size = int(float(facts["training.compared_accelerators"].value))
    step.fact("training.compared_accelerators", unit="1")
    return step(with_model_error, predicted=jobs.mfu(j, size), model_error=_error(step, j.run_on(size)))


def terms(step: Steps, s: Scenario, m: Machine) -> dict[str, Any]:
    """Arguments of `compute.job_flop_per_day` around the size at which generations are compared."""
    j, size = step.once(job, s, m), int(float(step.facts["training.compared_accelerators"].value))
    return {
        "peak_flop_per_s": m.peak_flop_per_s,
        "mfu": jobs.mfu(j, size),
        "reference_accelerators": float(size),
        "loss_exponent": jobs.loss_exponent(j, size),
        **step.once(recovery, s).terms,
    }


def _error(step: Steps, run: Run) -> Any:
    return step.fact(f"training.model_error.{'moe' if run.shape.is_moe else 'dense'}", unit="1")


def _mfu(step: Steps, s: Scenario, j: Job, laid: Laid) -> Any:
    """MFU of the best plan: recorded part by part on the central pass, the plain number for draws."""
    if not laid.plans:
        return step.given("MFU: no plan fits the memory", 0.0, "1")
    if not step.explained:
        return jobs.mfu_of(j, laid)
    b, plan, peak = recorded_step(step, s, j, laid)
    return step(
        compute.mfu_of_step,
        step_s=step(compute.step_seconds, **b.parts()),
        model_flop=b.model_flop,
        accelerators=plan.accelerators,
        peak_flop_per_s=peak,
    )


def recorded_step(step: Steps, s: Scenario, j: Job, laid: Laid) -> tuple[Breakdown, Plan, Any]:
    """Step time of the plan found, computed on noted facts: model, accelerator, fitted constants; and the peak."""
    facts, item = step.facts, j.item
    hw = machine_of(facts, item, s.precision, step.fact)
    plan = Plan(**{axis: step.given(words, float(getattr(laid.plans[0], axis))) for axis, words in DEGREES.items()})
    shape = _shape(step, j, laid, hw.peak_flop_per_s)
    return step(step_time, m=shape, p=plan, hw=hw, c=step.once(_fitted, s, j)), plan, hw.peak_flop_per_s


def _shape(step: Steps, j: Job, laid: Laid, peak: Any) -> ModelShape:
    if runs.size_of(laid.run.label) is None:
        return shape_of(step.facts, laid.run.label, step.fact)
    if j.run is not None:
        params = step.given("parameters of the model", runs.size_of(laid.run.label), "1")
    else:
        params = step(
            optimal_params,
            accelerators=step.given("accelerators that size the run", float(jobs.base_of(laid.accelerators))),
            peak_flop_per_s=peak,
            utilisation=step.fact("training.presumed_utilisation", unit="1"),
            days=step.given("length of the reference run", RUN_DAYS, "day"),
            tokens_per_param=step.fact("training.tokens_per_param", unit="1"),
        )
    return step(sized_shape, params=params, like=runs.like(step.facts, step.fact))


def _fitted(step: Steps, s: Scenario, j: Job) -> Calibration:
    """The constants of a setting, with the facts that it takes."""
    capped = accelerator(step.facts, j.item)[1]
    setting = jobs.setting_of(step.facts, j.item, s.precision, s.software, capped)
    read: dict[str, Any] = {}

    def get(*names: str) -> float:
        name = next((n for n in names if f"training.{n}" in step.facts), names[0])
        unit = step.facts[f"training.{name}"].unit
        read[name] = step.fact(f"training.{name}", unit="s" if unit in SECONDS else unit)
        return float(read[name])

    calibration(get, setting)
    practice, speed = (step.fact(i, unit="1") for i in (jobs.practice_id(j.run), _speed_id(step, s)))
    return step(fitted, constants=read, setting=setting, practice=practice, speed=speed)


def fitted(*, constants: dict[str, Any], setting: Setting, practice: Any, speed: Any) -> Calibration:
    """Constants of a setting from those fitted on measured runs.

    Parameters
    ----------
    constants : dict
        Those that the setting takes, by name. [-]
    setting : Setting
        Hardware family, number format, date of the software. [-]
    practice : float or array
        What measured runs reach of the best plan that a search finds. [-]
    speed : float or array
        The operator's speed over that of the measured runs. [-]

    Returns
    -------
    Calibration
        What the step time takes. [-]
    """
    found = calibration(lambda *names: constants[next(n for n in names if n in constants)], setting)
    return replace(found, software=found.software / (practice * speed))


def with_model_error(*, predicted: Any, model_error: Any) -> Any:
    """A prediction times the ratio of measured to predicted, 1 in the middle.

    Parameters
    ----------
    predicted : float or array
        Prediction. [-]
    model_error : float or array
        Measured over predicted. [-]

    Returns
    -------
    float or array
        What is expected. [-]
    """
    return predicted * model_error


def with_product_share(*, predicted: Any, product_share: Any, ratio: Any) -> Any:
    """A speed where large matrix products reach another share of peak than was taken.

    Parameters
    ----------
    predicted : float or array
        Speed with the share that was taken. [-]
    product_share : float or array
        Share of the step in matrix products, 0..1. [-]
    ratio : float or array
        Share of peak that they reach over the one taken. [-]

    Returns
    -------
    float or array
        Speed. [-]
    """
    return predicted / (1.0 - product_share + product_share / ratio)


def within_one_job(*, accelerators: Any, largest_useful: Any) -> Any:
    """Accelerators that one training job uses: more than the largest useful number would slow it down.

    Parameters
    ----------
    accelerators : float or array
        Accelerators of the campus, or wanted for the job. [accelerator]
    largest_useful : float or array
        Size at which a job is fastest. [accelerator]

    Returns
    -------
    float or array
        Accelerators. [accelerator]
    """
    return np.minimum(accelerators, largest_useful)


def in_whole_replicas(*, accelerators: Any, used_share: Any) -> Any:
    """Accelerators in the run: what is left of the last replica of the model stays out.

    Parameters
    ----------
    accelerators : float or array
        Accelerators there are. [accelerator]
    used_share : float
        Share of them that makes whole replicas. [-]

    Returns
    -------
    float or array
        Accelerators. [accelerator]
    """
    return accelerators * used_share


# --- How many a run needs ---------------------------------------------------------------------------------------------


def accelerators_to_train(step: Steps, s: Scenario, m: Machine) -> tuple[Any, dict[str, Any]]:
    """Accelerators that finish the run asked for in its time (or the most that help), and what the run is."""
    assert s.train is not None
    flop, words = training_flop(step, s)
    allowed = s.train.days or RUN_DAYS
    run = {"run": words, "flop": flop, "days": allowed}
    j, usual = step.once(job, s, m), middle(step.once(recovery, s))
    by = int(float(step.facts[f"accelerator.{m.id}.units_per_server"].value))
    enough = jobs.fewest(j, usual, allowed, by)
    size = enough or jobs.fastest(j, usual, by)
    laid = jobs.lay(j, jobs.in_run(usual, size))
    if not laid.plans:
        run["out_of_reach"] = f"{words} does not fit the memory of any number of {m.name}"
        return step.given("accelerators: one server", float(by), "accelerator"), run
    if enough is None:
        run["out_of_reach"] = f"No number of {m.name} trains {words} in {allowed:g} days as one job"
        return step.given("accelerators that train it fastest", float(size), "accelerator"), run
    law = _by_law(step, s, m, laid)
    usual_law = law if step.draws is None else _by_law(step.aside(), s, m, laid)
    searched = step.given("accelerators searched for, spares included", float(size), "accelerator")
    return step(from_search, searched=searched, by_law=law, by_law_central=usual_law), run


def _by_law(step: Steps, s: Scenario, m: Machine, laid: Laid) -> Any:
    """Accelerators that finish the run in time by the slope of MFU around a size: how it moves with the facts."""
    assert s.train is not None
    j, back = _job(step, s, m.id, s.precision, laid.run), recovery(step, s)
    mfu = _expected(step, s, j, laid)
    if back.spares is not None:  # a run that waits, or goes on smaller, is slower
        mfu = step(spares.kept_up, running=mfu, at_size=back.at_size(float(laid.used), laid.replica, step))
    slope = step.given("loss exponent of MFU around this size", jobs.loss_exponent(j, laid.accelerators), "1")
    n = step(
        compute.accelerators_for_training,
        flop=step.given("model FLOP of the run, attention included", jobs.model_flop(laid), "FLOP"),
        days=step.given("training time", s.train.days or RUN_DAYS, "day"),
        peak_flop_per_s=m.peak_flop_per_s,
        mfu=mfu,
        reference_accelerators=float(laid.used),
        loss_exponent=slope,
        **back.terms,
    )
    most = step(compute.largest_useful_job, loss_exponent=slope, **back.terms)
    return step(within_one_job, accelerators=n, largest_useful=most)


def from_search(*, searched: float, by_law: Any, by_law_central: Any) -> Any:
    """Accelerators for a run: searched on central values, where replicas are whole; the law says how facts move them.

    Parameters
    ----------
    searched : float
        Fewest whole servers that finish in time, searched step by step. [accelerator]
    by_law : float or array
        By the slope of MFU around that size. [accelerator]
    by_law_central : float
        The same on central values. [accelerator]

    Returns
    -------
    float or array
        Accelerators. [accelerator]
    """
    return searched * (by_law / by_law_central)


def training_flop(step: Steps, s: Scenario) -> tuple[Any, str]:
    """Compute of the run asked for: given, or of a catalogue model."""
    assert s.train is not None
    if s.train.flop:
        return step.given("training compute", s.train.flop, "FLOP"), f"{s.train.flop:.2g} FLOP"
    if runs.size_of(s.train.model) is not None:
        run = runs.named(step.facts, s.train.model)
        run = runs.to_loss(step.facts, run, s.train.loss) if s.train.loss else run
        return step.given("training compute", run.flop, "FLOP"), f"a dense model of {run.label}{_to(s)}"
    model = find(step.facts, s.train.model, "model")
    name = step.text(f"model.{model}.name") if f"model.{model}.name" in step.facts else model
    known = f"model.{model}.training_flop"
    if s.train.loss:
        return _flop_for_loss(step, model, s.train.loss), f"{name}{_to(s)}"
    if known in step.facts:
        return step.fact(known, unit="FLOP"), name
    if f"model.{model}.tokens" not in step.facts:
        raise ScenarioError(
            f"train: {s.train.model!r}: its training tokens are not known; give FLOP, such as 2e25 FLOP, or a loss"
        )
    return (
        step(
            demand.training_flop,
            active_params=step.fact(f"model.{model}.active_params", unit="1"),
            tokens=step.fact(f"model.{model}.tokens", unit="token"),
        ),
        name,
    )


def _to(s: Scenario) -> str:
    return f" to a loss of {s.train.loss:g}" if s.train and s.train.loss else ""


def _flop_for_loss(step: Steps, model: str, loss: float) -> Any:
    """Compute after which a catalogue model reaches a loss; the law's errors are not drawn, as they go together."""
    if step.draws is not None:
        run = runs.to_loss(step.facts, runs.named(step.facts, model), loss)
        return step.given("training compute", run.flop, "FLOP")
    params = step.fact(f"model.{model}.active_params", unit="1")
    law = {name: step.fact(f"loss_law.{name}", unit="1") for name in runs.LAW}
    tokens = step(tokens_for_loss, params=params, loss=step.given("loss that is wanted", loss, "nat"), **law)
    return step(demand.training_flop, active_params=params, tokens=tokens)
