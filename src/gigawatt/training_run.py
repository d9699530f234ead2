"""One training run on one cluster: its best parallel plan, step time, memory, time to finish, energy and cost.

run = train("llama-3.1-405b", "16384 H100", tokens=15.6e12)
run.best.step_s, run.days, run.largest_useful
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from gigawatt import compute, multi_site
from gigawatt.chapters.machine import contract_price, find
from gigawatt.chapters.shapes import shape_of
from gigawatt.chapters.training import (
    WIDTH,
    Setting,
    accelerator,
    calibration,
    constants,
    kept_bytes,
    machine_of,
)
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.plan_memory import plan_memory
from gigawatt.compute.plans import Search, candidates, search, take
from gigawatt.compute.step_time import Calibration, Machine, Plan, step_time
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts, load_facts

DEGREES = {  # how a user writes a degree: its name in a plan
    "tp": "tensor",
    "pp": "pipeline",
    "cp": "context",
    "ep": "expert",
    "vp": "interleave",
    "mb": "micro_batch",
    "recompute": "recompute",
    "zero": "sharded",
}
RECOMPUTE = {"none": 0.0, "selective": 1.0, "full": 2.0}
ZERO = (1.0, 3.0)
GB = 1e9
MONEY = "USD_2025/h"  # price year of plans
SECONDS_PER_DAY = 86_400.0
HOURS_PER_DAY = 24.0
LARGEST_CLUSTER = 4_194_304  # accelerators beyond which no useful size is looked for
RUNNERS_UP = 4


@dataclass(frozen=True)
class Layout:
    """A parallel plan and what it does.

    Parameters
    ----------
    degrees : dict
        tp, pp, dp, cp, ep, vp, micro-batch, recompute, ZeRO stage. [-]
    step_s : float
        Time of a step. [s]
    breakdown_s : dict
        Parts that add up to it. [s]
    hidden_s : float
        Communication beside work, not part of it. [s]
    tokens_per_s_per_accelerator : float
        Speed. [token/s]
    mfu, hfu : float
        Model and hardware FLOP over the dense peak at the precision of the run. [-]
    memory_gb : dict
        Weights, gradients, optimizer, activations on the fullest accelerator. [GB]
    """

    degrees: dict[str, Any]
    step_s: float
    breakdown_s: dict[str, float]
    hidden_s: float
    tokens_per_s_per_accelerator: float
    mfu: float
    hfu: float
    memory_gb: dict[str, float]


@dataclass(frozen=True)
class TrainingRun:
    """A run, its best plan and runners-up, and what it takes to finish. Ranges are 80 % intervals, (low, high)."""

    model: str
    accelerator: str
    accelerators: int
    precision: str
    software: float
    batch: int
    sequence: int
    tokens: float
    flop: float
    best: Layout
    runners_up: tuple[Layout, ...]
    weighed: int
    fitting: int
    usable_memory_gb: float
    tokens_per_s_range: tuple[float, float]
    goodput: float
    days: float
    days_range: tuple[float, float]
    it_energy_mwh: float | None
    cost_usd: float | None
    largest_useful: int
    largest_useful_why: str
    remarks: tuple[str, ...]
    over: multi_site.Sites | None = None  # the same over several sites, where the question names them

    def json(self) -> dict[str, Any]:
        """All of it as plain tables."""
        return asdict(self)


@dataclass(frozen=True)
class _Job:
    """What the search needs, whatever the size of the cluster."""

    facts: Facts
    item: str
    model: ModelShape
    machine: Machine
    constants: Calibration
    precision: str
    batch: int
    sequence: int
    fixed: Mapping[str, float]
    usable_bytes: float

    def search(self, accelerators: int, keep: int = 1) -> Search:
        plans = candidates(
            self.model,
            accelerators=accelerators,
            batch=self.batch,
            sequence=self.sequence,
            domain=int(self.machine.domain),
            fixed=self.fixed,
        )
        return search(
            self.model,
            plans,
            self.machine,
            self.constants,
            memory_bytes=self.usable_bytes,
            kept_bytes=kept_bytes(self.facts, self.precision),
            keep=keep,
        )


def train(
    model: str | ModelShape,
    on: str,
    *,
    tokens: float | None = None,
    flop: float | None = None,
    batch: int | None = None,
    sequence: int | None = None,
    precision: str = "bf16",
    software: float | None = None,
    plan: Mapping[str, Any] | None = None,
    recovery: str | None = None,
    sites: int | None = None,
    wan: str | float | None = None,
    distance: str | float | None = None,
    within: str | float | None = None,
    facts: Facts | None = None,
) -> TrainingRun:
    """Best parallel plan of a run on a cluster, and what it takes to finish.

    Parameters
    ----------
    model : str or ModelShape
        Name in the catalogue, a TOML or JSON file with the fields of `ModelShape`, or a shape. [-]
    on : str
        Cluster, such as "16384 H100" or "100k GB300"; several sites, such as "5 x 100000 GB300". [-]
    tokens, flop : float, optional
        Length of the run, one of them; without both the model's published tokens, else 20 per parameter. [token, FLOP]
    batch, sequence : int, optional
        Sequences per step, tokens per sequence; without, a batch that grows with the root of the tokens. [-]
    precision : str
        Of the linear layers: bf16, fp8, mxfp8, nvfp4. [-]
    software : float, optional
        Date of the training software as a year, such as 2025.5; without, the newest measured. [-]
    plan : mapping, optional
        Degrees that are given: tp, pp, cp, ep, vp, mb, recompute, zero. [-]
    recovery : str, optional
        persistent_checkpoint, in_memory_redundant or fast_hot_spares. [-]
    sites : int, optional
        Sites over which the accelerators are shared out. [-]
    wan, distance, within : str or float, optional
        Bandwidth between neighbouring sites ("800 Gbps"), their distance ("300 km"), and the share of the time that may
        be lost between them ("5 %"); the facts where not given. [Gbit/s], [km], [-]
    facts : Facts, optional
        Other facts than those that ship. [-]

    Returns
    -------
    TrainingRun
        The answer; ``over`` says what several sites cost.

    Raises
    ------
    ScenarioError
        When the question cannot be read, a degree does not divide, or no plan fits the memory.
    """
    facts = facts or load_facts()
    split = multi_site.read(on, sites=sites, wan=wan, distance=distance, within=within)
    count, name = cluster(split.together if split else on)
    shape, label = _model(facts, model)
    item, capped = accelerator(facts, name)
    precision = precision.lower()
    if precision not in WIDTH:
        raise ScenarioError(f"precision: {precision!r}; expected one of {', '.join(WIDTH)}")
    family = str(facts[f"accelerator.{item}.family"].value)
    date = _number(facts, "training.latest_date") if software is None else float(software)
    setting = Setting(family=family, precision=precision, date=date, capped=capped)
    length, work = _length(facts, shape, label, tokens, flop)
    seq = int(sequence or _number(facts, "training.sequence"))
    machine = machine_of(facts, item, precision)
    job = _Job(
        facts=facts,
        item=item,
        model=shape,
        machine=machine,
        constants=calibration(constants(facts), setting),
        precision=precision,
        batch=_shared_batch(facts, split, batch, seq, length, count),
        sequence=seq,
        fixed=_fixed(plan or {}, shape, count),
        usable_bytes=_number(facts, "training.memory_share") * float(machine.memory_bytes),
    )
    found = job.search(count, keep=1 + RUNNERS_UP)
    _check(job, found, count, item)
    layouts = [_layout(job, take(found.plans, i), count) for i in range(len(found.seconds))]
    answer = _answer(job, label, count, length, work, date, found, layouts, recovery)
    if split is None:
        return answer
    alone = train(
        model,
        split.site,
        tokens=length,
        batch=job.batch // split.sites,
        sequence=seq,
        precision=precision,
        software=software,
        plan=plan,
        recovery=recovery,
        facts=facts,
    )
    return replace(answer, over=multi_site.over(facts, split, answer, alone, params=float(shape.params)))


# --- The question -----------------------------------------------------------------------------------------------------


def cluster(text: str) -> tuple[int, str]:
    """Number and name of the accelerators of a cluster in words."""
    said = re.fullmatch(r"\s*([\d.,_ ]*\d)\s*([kKM]?)\s*x?\s+(\D.*?)\s*|\s*(\d[\d,_]*)([kKM]?)x?\s+(.+?)\s*", text)
    if not said:
        raise ScenarioError(f'on: {text!r}; expected a number and a type, such as "16384 H100" or "100k GB300"')
    digits, unit, name = (said[1], said[2], said[3]) if said[1] else (said[4], said[5], said[6])
    scale = {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000}[unit]
    count = float(re.sub(r"[,_ ]", "", digits)) * scale
    if count < 1 or count != int(count):
        raise ScenarioError(f"on: {text!r}: {count:g} accelerators; expected a whole number of at least 1")
    return int(count), name


def _model(facts: Facts, model: str | ModelShape) -> tuple[ModelShape, str]:
    if isinstance(model, ModelShape):
        shape, label = model, "model given"
    elif model.endswith((".toml", ".json")):
        shape, label = _model_file(Path(model)), Path(model).stem
    else:
        shape, label = shape_of(facts, model), find(facts, model, "model")
    _check_model(shape, label)
    return shape, label


def _model_file(path: Path) -> ModelShape:
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ScenarioError(f"{path}: cannot be read ({error}); expected a TOML or JSON file of a model") from None
    known = {f.name: f for f in fields(ModelShape)}
    if not isinstance(table, dict) or any(k not in known for k in table):
        odd = sorted(set(table) - set(known)) if isinstance(table, dict) else [repr(table)]
        raise ScenarioError(f"{path}: unknown {', '.join(odd)}; known are {', '.join(known)}")
    wrong = [k for k, v in table.items() if isinstance(v, bool) or not isinstance(v, int | float) or not 0 <= v < 1e18]
    if wrong:
        raise ScenarioError(f"{path}: {wrong[0]} is {table[wrong[0]]!r}; expected a number of at least 0")
    needed = ("layers", "hidden", "heads", "ffn_hidden", "vocab")
    missing = [k for k in needed if not table.get(k)]
    if missing:
        raise ScenarioError(f"{path}: {', '.join(missing)} missing; a model needs {', '.join(needed)}")
    table.setdefault("kv_heads", table["heads"])
    table.setdefault("head_dim", table["hidden"] / table["heads"])
    return ModelShape(**{k: float(v) for k, v in table.items()})


def _check_model(m: ModelShape, label: str) -> None:
    experts, visited = float(m.experts), float(m.experts_per_token)
    if (experts > 0) != (visited > 0):
        raise ScenarioError(f"{label}: {experts:g} experts and {visited:g} experts_per_token; give both or none")
    if experts and visited > experts:
        raise ScenarioError(f"{label}: {visited:g} experts_per_token of {experts:g} experts; expected at most as many")
    if experts and not float(m.expert_hidden):
        raise ScenarioError(f"{label}: {experts:g} experts without expert_hidden; give their inner width")
    if float(m.dense_layers) > float(m.layers):
        raise ScenarioError(
            f"{label}: {m.dense_layers:g} dense_layers of {m.layers:g} layers; expected at most as many"
        )


def _length(facts: Facts, m: ModelShape, label: str, tokens: float | None, flop: float | None) -> tuple[float, float]:
    """Tokens of the run, and its FLOP at 6 per active parameter and token."""
    per_token = 6.0 * float(m.active_params)
    if tokens and flop:
        raise ScenarioError("tokens, flop: give one of them")
    for name, value in (("tokens", tokens), ("flop", flop)):
        if value is not None and not 0 < value < math.inf:
            raise ScenarioError(f"{name}: {value:g}; expected more than 0")
    if flop:
        return flop / per_token, flop
    known = f"model.{label}.tokens"
    if not tokens:
        tokens = (
            _number(facts, known)
            if known in facts
            else _number(facts, "training.tokens_per_param") * float(m.active_params)
        )
    return float(tokens), per_token * float(tokens)


def _batch(facts: Facts, batch: int | None, sequence: int, tokens: float, count: int) -> int:
    """Sequences per step: given, or one that grows with the root of the tokens and divides well over the cluster."""
    if batch is not None:
        if batch < 1:
            raise ScenarioError(f"batch: {batch}; expected at least 1 sequence")
        return int(batch)
    root = math.sqrt(tokens / _number(facts, "training.batch_reference_tokens"))
    wanted = _number(facts, "training.batch_at_reference") * root / sequence
    odd = count
    while odd % 2 == 0:
        odd //= 2
    odd = odd if odd <= wanted else 1
    return max(1, odd * 2 ** round(math.log2(max(wanted / odd, 1.0))))


def _shared_batch(
    facts: Facts, split: multi_site.Asked | None, batch: int | None, sequence: int, tokens: float, count: int
) -> int:
    """Sequences per step, whole ones for each site."""
    if split is None:
        return _batch(facts, batch, sequence, tokens, count)
    if batch is not None and batch % split.sites:
        raise ScenarioError(f"batch: {batch} sequences do not divide over {split.sites} sites")
    part = 1.0 / split.sites**2  # the batch grows with the root of the tokens: a site's share of it
    each = None if batch is None else batch // split.sites
    return split.sites * _batch(facts, each, sequence, tokens * part, split.each)


def _fixed(plan: Mapping[str, Any], m: ModelShape, count: int) -> dict[str, float]:
    fixed: dict[str, float] = {}
    for key, value in plan.items():
        if key not in DEGREES:
            raise ScenarioError(f"plan: {key!r} is no degree; known are {', '.join(DEGREES)}")
        number = RECOMPUTE.get(str(value).lower()) if key == "recompute" else value
        try:
            degree = float(number)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            words = "none, selective or full" if key == "recompute" else "a whole number"
            raise ScenarioError(f"plan: {key} is {value!r}; expected {words}") from None
        if key != "recompute" and (degree < 1 or degree != int(degree)):
            raise ScenarioError(f"plan: {key} is {value!r}; expected a whole number of at least 1")
        if key == "zero" and degree not in ZERO:
            raise ScenarioError(f"plan: zero is {value!r}; expected 1 (optimizer state sharded) or 3 (weights too)")
        fixed[DEGREES[key]] = degree
    _check_divides(fixed, m, count)
    return fixed


def _check_divides(fixed: Mapping[str, float], m: ModelShape, count: int) -> None:
    """Degrees that cannot be: each with what it should divide."""
    problems = []
    for key, whole, words in (
        ("tensor", float(m.heads), "heads"),
        ("expert", float(m.experts), "experts"),
    ):
        degree = fixed.get(key, 1.0)
        if degree > 1 and (whole % degree or not whole):
            problems.append(f"plan: {_short(key)} {degree:g} does not divide the model's {whole:g} {words}")
    if fixed.get("pipeline", 1.0) > float(m.layers):
        problems.append(f"plan: pp {fixed['pipeline']:g} is more than the model's {m.layers:g} layers")
    used = math.prod(fixed.get(k, 1.0) for k in ("tensor", "pipeline", "context"))
    if count % used:
        problems.append(f"plan: tp x pp x cp = {used:g} does not divide {count:,} accelerators")
    if problems:
        raise ScenarioError(problems)


def _short(name: str) -> str:
    return next(k for k, v in DEGREES.items() if v == name)


# --- The answer -------------------------------------------------------------------------------------------------------


def _check(job: _Job, found: Search, count: int, item: str) -> None:
    if not found.weighed:
        raise ScenarioError(
            f"plan: no degrees divide {count:,} accelerators, a batch of {job.batch:,} sequences and the model; "
            f"choose numbers with more common divisors, such as powers of two"
        )
    if not found.fitting:
        raise ScenarioError(
            f"memory: the smallest of {found.weighed:,} plans needs {found.smallest_bytes / GB:,.0f} GB on each of "
            f"{count:,} {item}, which have {job.usable_bytes / GB:,.0f} GB to use; take more accelerators, "
            f"or ones with more memory"
        )


def _layout(job: _Job, plan: Plan, count: int) -> Layout:
    b = step_time(job.model, plan, job.machine, job.constants)
    kept = kept_bytes(job.facts, job.precision)
    memory = plan_memory(job.model, plan, unfused=job.constants.unfused, kept_bytes=kept)
    peak = float(b.total) * count * float(job.machine.peak_flop_per_s)
    names = {v: k for k, v in RECOMPUTE.items()}
    degrees: dict[str, Any] = {short: int(getattr(plan, axis)) for short, axis in DEGREES.items()}
    degrees["recompute"] = names[float(plan.recompute)]
    return Layout(
        degrees={**degrees, "dp": round(float(plan.data))},
        step_s=float(b.total),
        breakdown_s={name: float(value) for name, value in b.parts().items()},
        hidden_s=float(b.hidden),
        tokens_per_s_per_accelerator=float(plan.tokens / b.total / count),
        mfu=float(b.model_flop) / peak,
        hfu=float(b.hardware_flop) / peak,
        memory_gb={f.name: float(getattr(memory, f.name)) / GB for f in fields(memory)},
    )


def _answer(
    job: _Job,
    label: str,
    count: int,
    tokens: float,
    flop: float,
    date: float,
    found: Search,
    layouts: list[Layout],
    recovery: str | None,
) -> TrainingRun:
    facts, best = job.facts, layouts[0]
    error = facts[f"training.model_error.{'moe' if job.model.is_moe else 'dense'}"]
    low, high = float(error.low), float(error.high)
    good = _goodput(facts, count, recovery)
    speed = best.tokens_per_s_per_accelerator
    days = tokens / (speed * count * good) / SECONDS_PER_DAY
    energy, cost = _bill(facts, job.item, count * days * HOURS_PER_DAY)
    useful, why = _largest_useful(job, count, recovery)
    remarks = []
    if "preliminary" in facts[f"accelerator.{job.item}.peak_bf16"].note:
        remarks.append(f"{job.item}: preliminary figures, a projection")
    fallback = f"training.product.{facts[f'accelerator.{job.item}.family'].value}.{WIDTH[job.precision]}"
    if fallback not in facts:
        remarks.append(f"no training run on this kind of accelerator at {job.precision} is among those fitted: class C")
    return TrainingRun(
        model=label,
        accelerator=job.item,
        accelerators=count,
        precision=job.precision,
        software=date,
        batch=job.batch,
        sequence=job.sequence,
        tokens=tokens,
        flop=flop,
        best=best,
        runners_up=tuple(layouts[1:]),
        weighed=found.weighed,
        fitting=found.fitting,
        usable_memory_gb=job.usable_bytes / GB,
        tokens_per_s_range=(speed * low, speed * high),
        goodput=good,
        days=days,
        days_range=(days / high, days / low),
        it_energy_mwh=energy,
        cost_usd=cost,
        largest_useful=useful,
        largest_useful_why=why,
        remarks=tuple(remarks),
    )


def _goodput(facts: Facts, count: int, recovery: str | None) -> float:
    kind = recovery or str(facts["goodput.recovery"].value)
    if f"goodput.{kind}.checkpoint" not in facts:
        raise ScenarioError(
            f"recovery: {kind!r}; expected persistent_checkpoint, in_memory_redundant or fast_hot_spares"
        )
    between = compute.mtbf_h(
        accelerators=count, failures_per_accelerator_hour=_number(facts, "goodput.failure_rate", "1/h")
    )
    share = compute.goodput(
        mtbf_h=between,
        checkpoint_h=_number(facts, f"goodput.{kind}.checkpoint", "h"),
        restart_h=_number(facts, f"goodput.{kind}.restart", "h"),
    )
    return float(share)


def _bill(facts: Facts, item: str, accelerator_hours: float) -> tuple[float | None, float | None]:
    """IT energy at the mean draw of training, and rent at the price of a long contract."""
    energy = cost = None
    if f"accelerator.{item}.server_power" in facts:
        peak = compute.it_kw_per_accelerator(
            server_kw=_number(facts, f"accelerator.{item}.server_power", "kW"),
            units_per_server=_number(facts, f"accelerator.{item}.units_per_server"),
            outside_rack_share=_number(facts, "it.outside_rack_power_share"),
        )
        energy = float(peak) * _number(facts, "training.load_share") * accelerator_hours / 1e3
    if f"accelerator.{item}.rental_contract" in facts:
        cost = _number(facts, f"accelerator.{item}.rental_contract", MONEY) * accelerator_hours
    elif f"accelerator.{item}.rental" in facts:
        price = contract_price(
            on_demand_usd_per_hour=_number(facts, f"accelerator.{item}.rental", MONEY),
            discount=_number(facts, "market.contract_discount"),
        )
        cost = price * accelerator_hours
    return energy, cost


def _largest_useful(job: _Job, count: int, recovery: str | None) -> tuple[int, str]:
    """Size of cluster from which twice as many accelerators no longer speed this run up enough."""
    free = replace(job, fixed={})
    enough = _number(job.facts, "training.useful_doubling")
    odd = count
    while odd % 2 == 0:
        odd //= 2
    size, last = count, None
    while size > odd and (smaller := free.search(size // 2)).fitting:
        here = free.search(size)
        if here.fitting and _gain(free, smaller, here, size, recovery) >= enough:
            break
        size //= 2
    last = free.search(size)
    while size * 2 <= LARGEST_CLUSTER:
        bigger = free.search(size * 2)
        if not bigger.fitting:
            return size, f"beyond it a batch of {job.batch:,} sequences cannot be divided further"
        gain = _gain(free, last, bigger, size * 2, recovery)
        if gain < enough:
            return size, f"twice as many are only {gain:.2f} times as fast: {_loss(free, last, bigger)}"
        size, last = size * 2, bigger
    return size, "the largest size looked at"


def _gain(job: _Job, before: Search, after: Search, size: int, recovery: str | None) -> float:
    steps = float(before.seconds[0] / after.seconds[0])
    return steps * _goodput(job.facts, size, recovery) / _goodput(job.facts, size // 2, recovery)


def _loss(job: _Job, before: Search, after: Search) -> str:
    """The part of a step that grows most in accelerator time."""
    one, two = (step_time(job.model, take(s.plans, 0), job.machine, job.constants).parts() for s in (before, after))
    growth = {name: 2.0 * float(np.asarray(two[name])) - float(np.asarray(one[name])) for name in one}
    name = max(growth, key=lambda n: growth[n])
    return f"{name.replace('_', ' ')} takes {growth[name] / 2.0 / float(after.seconds[0]):.0%} of the step more"


def _number(facts: Facts, fact_id: str, unit: str = "") -> float:
    fact = facts[fact_id]
    return float(fact.value) * (facts.factor(fact.unit, unit) if unit and unit != fact.unit else 1.0)
