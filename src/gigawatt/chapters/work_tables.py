"""Training and serving in a plan's tables: plan, step, largest useful number; group, times, energy, cost of a token."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gigawatt import finance
from gigawatt.chapters import training_job as jobs
from gigawatt.chapters.recovering import Recovery
from gigawatt.chapters.trained import job, recovery
from gigawatt.compute.step_time import step_time
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

SECONDS_PER_HOUR, KW_PER_MW = 3600.0, 1e3


def tables(step: Steps, s: Scenario, o: Any) -> dict[str, Any]:
    """The two tables, each with the words that ask the verb for the same."""
    return {"training": _training(step, s, o), "serving": _serving(s, o)}


def _training(step: Steps, s: Scenario, o: Any) -> dict[str, Any]:
    j, laid, back = step.once(job, s, o.machine), o.work.training.laid, step.once(recovery, s)
    out: dict[str, Any] = {
        "model": laid.run.label,
        "parameters": float(laid.run.shape.params),
        "tokens": laid.run.tokens,
        "flop": laid.run.flop,
        "accelerators": laid.used,
        "precision": s.precision,
        "asks": _asked("train", laid.run.label, _with_spares(back, laid.accelerators), s, o) + _cared(s),
        "fits": bool(laid.plans),
        "projection": "preliminary" in step.facts[f"accelerator.{o.machine.id}.peak_bf16"].note,
    }
    if not laid.plans:
        return out
    enough = float(step.facts["training.useful_doubling"].value)
    useful, why = jobs.largest_useful(j, back, laid.accelerators, enough)
    b = step_time(laid.run.shape, laid.plans[0], j.machine, j.constants)
    return out | {
        "plan": {axis: float(getattr(laid.plans[0], axis)) for axis in jobs.DEGREES},
        "plans_weighed": laid.weighed,
        "step_s": laid.seconds[0],
        "breakdown_s": {name: float(np.asarray(value)) for name, value in b.parts().items()},
        "hidden_s": {name: float(np.asarray(value)) for name, value in b.hidden().items()},
        "tokens_per_s_per_accelerator": laid.tokens_per_s / laid.used,
        "mfu": central(o.work.mfu),
        "goodput": central(o.work.goodput),
        "at_full_size": float(back.at_size(laid.used, laid.replica)),
        "days": float(jobs.days(j, back, laid.accelerators)),
        "largest_useful": useful,
        "largest_useful_why": why,
    }


def _serving(s: Scenario, o: Any) -> dict[str, Any]:
    fleet, rate = o.work.service, central(o.work.service.tokens_per_s)
    q = fleet.question
    request = {name: float(getattr(q.request, name)) for name in ("input_tokens", "output_tokens", "cached_share")}
    out: dict[str, Any] = {
        "model": fleet.model,
        "precision": s.precision,
        "engine": q.engine,
        "mode": q.mode,
        "request": request,
        "words": fleet.words,
        "tokens_per_s_per_accelerator": rate,
        "it_kw_per_accelerator": central(fleet.it_kw),
        "asks": _asked("serve", fleet.model, central(o.size.accelerators), s, o),
    }
    found = fleet.found
    if found is None:
        return out
    limit = float(q.tpot_s)
    usd = finance.usd_per_million_tokens(
        usd_per_accelerator_hour=central(o.money.lcoc_sold),
        accelerators=central(o.size.accelerators),
        tokens_per_s=central(o.work.tokens_per_s),
    )
    prompts = found.prefill_time_share
    per_output = request["output_tokens"] / request["input_tokens"]
    return out | {
        "asks": f"{out['asks']} --input {request['input_tokens']:.6g} --output {request['output_tokens']:.6g}"
        f" --prefix-cache {request['cached_share']:.6g} --mode {q.mode} --engine {q.engine}"
        + (f" --tpot {limit * 1e3:.6g}ms" if math.isfinite(limit) else ""),
        "group_accelerators": found.setup.accelerators,
        "sequences_per_group": float(found.steady.sequences),
        "prefill_share": found.prefill_share,
        "limit": found.limit,
        "tpot_s": found.tpot_s,
        "ttft_s": found.ttft_s,
        "tokens_per_mwh": rate * SECONDS_PER_HOUR * KW_PER_MW / central(fleet.it_kw),
        "kwh_per_million_tokens": central(o.campus.pue) * central(fleet.it_kw) * 1e6 / (rate * SECONDS_PER_HOUR),
        "usd_per_million_input_tokens": float(usd) * prompts * per_output,
        "usd_per_million_output_tokens": float(usd) * (1.0 - prompts),
    }


def _asked(verb: str, model: str, accelerators: float, s: Scenario, o: Any) -> str:
    """The command that asks for the same."""
    software = f" --software {s.software:.6g}" if s.software is not None else ""
    return f'gigawatt {verb} {model} --on "{accelerators:.0f} {o.machine.id}" --precision {s.precision}{software}'


def _cared(s: Scenario) -> str:
    """How the cluster is run, and how far the model is trained, in the words of `train`."""
    said = {"operator": s.operator, "age": s.cluster_age, "recovery": s.recovery, "spares": s.spares}
    words = "".join(f" --{name} {value}" for name, value in said.items() if value not in (None, ""))
    loss = f" --loss {s.train.loss:.10g}" if s.train and s.train.loss else ""
    return words + (" --elastic" if s.elastic else "") + loss


def _with_spares(back: Recovery, in_run: int) -> float:
    """The smallest cluster of which so many run."""
    if back.spares is None:
        return in_run
    count = round(in_run / (1.0 - back.spares))
    return next(n for n in range(max(count - 2, 1), count + 3) if jobs.in_run(back, n) == in_run)
