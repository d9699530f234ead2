"""One training run on one cluster: its best parallel plan, step time, memory, time to finish, energy and cost.

run = train("llama-3.1-405b", "16384 H100", tokens=15.6e12)
run.best.step_s, run.days, run.largest_useful
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from gigawatt import multi_site, run_power
from gigawatt.chapters import runs
from gigawatt.chapters.machine import check_software, contract_price
from gigawatt.chapters.recovering import Care, Recovery, operator_of, recovery_of
from gigawatt.chapters.runs import Run
from gigawatt.chapters.trained import with_product_share
from gigawatt.chapters.training import CLASSIC_UNTIL, accelerator, product_fact
from gigawatt.chapters.training_job import Job, Laid, chosen, in_run, job_of, largest_useful, lay, practice_id
from gigawatt.compute.communication import Level, levels
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.plan_memory import plan_memory
from gigawatt.compute.step_time import Plan, step_time
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts, load_facts
from gigawatt.model_file import check_model, is_file, read_model
from gigawatt.record import Steps
from gigawatt.units import in_percent

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
ZERO = (0.0, 1.0, 2.0, 3.0)
GB = 1e9
PRICE_YEAR = 2025  # of plans
MONEY = f"USD_{PRICE_YEAR}/h"
SECONDS_PER_DAY = 86_400.0
HOURS_PER_DAY = 24.0
LEAST_GOODPUT = 0.01  # below which a run does not advance
CONTRACT, OWNED = "at a long contract's price", "by the cost of owning, as no rent is on record"
AT_FULL_SIZE = 0.99  # of the hours, for which spares are counted


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
    hidden_s : dict
        Communication beside work, by kind; not part of the step. [s]
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
    hidden_s: dict[str, float]
    tokens_per_s_per_accelerator: float
    mfu: float
    hfu: float
    memory_gb: dict[str, float]


@dataclass(frozen=True)
class TrainingRun:
    """A run, its best plan and runners-up, and what it takes to finish. Ranges are 80 % intervals, (low, high).

    Of `accelerators` the run uses `used`: whole replicas, without the spares. `at_full_size` is the share of the time,
    or of the replicas of an elastic run, that spares keep up; `spares_needed` the share of the cluster that would have
    to stand by for full size in 99 hours of 100. `goodput_first_order` is the usual estimate, for comparison.
    """

    model: str
    accelerator: str
    accelerators: int
    used: int
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
    goodput_first_order: float
    spares: float | None
    at_full_size: float
    spares_needed: float
    operator: str
    days: float
    days_range: tuple[float, float]
    it_energy_mwh: float | None
    cost_usd: float | None
    cost_basis: str
    largest_useful: int
    largest_useful_why: str
    remarks: tuple[str, ...]
    levels: tuple[Level, ...] = ()
    power_swing: run_power.Swing | None = None
    over: multi_site.Sites | None = None  # the same over several sites, where the question names them

    def json(self) -> dict[str, Any]:
        """All of it as plain tables."""
        return asdict(self)


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
    loss: float | None = None,
    operator: str | None = None,
    age: float | None = None,
    spares: float | None = None,
    elastic: bool = False,
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
    loss : float, optional
        Loss per token to reach, instead of tokens or FLOP: the length follows from a published scaling law. [nat]
    operator : str, optional
        tuned (as the measured runs), practised or new: speed, failures and restarts. [-]
    age : float, optional
        Months that the cluster has been in service: young machines fail more often; without, the measured rate. [month]
    spares : float, optional
        Share of the accelerators that stand by; without, the run is taken to be at full size always. [-]
    elastic : bool
        A failure stops one replica; the others go on. [-]
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
    run = _run(facts, model, tokens, flop, loss)
    care = Care(recovery or "", operator or "", age, spares, elastic)
    failing, level = recovery_of(Steps(facts, PRICE_YEAR), care), operator_of(facts, care)
    item, capped = accelerator(facts, name)
    precision = precision.lower()
    newest = float(facts["training.latest_date"].value)
    date = newest if software is None else min(float(software), newest)
    if software is not None:
        check_software(facts, item, date)
    precision = "bf16" if precision == "fp16" and date >= CLASSIC_UNTIL else precision  # as fast, on software of now
    if batch is not None and batch < 1:
        raise ScenarioError(f"batch: {batch}; expected at least 1 sequence")
    job = job_of(
        facts,
        item,
        precision,
        run=run,
        software=date,
        capped=capped,
        sequence=sequence,
        batch=batch,
        fixed=_fixed(plan or {}, run.shape, count),
        speed=_number(facts, f"operator.{level}.speed"),
    )
    if split:
        job = _shared(job, split)
    found = lay(job, in_run(failing, count))
    _check(job, found, item)
    repairs = recovery_of(Steps(facts, PRICE_YEAR), replace(care, spares=spares or 0.0))
    needed = repairs.spares_for(found.used, AT_FULL_SIZE)
    answer = _answer(facts, job, found, count, item, precision, date, failing, needed, level, capped)
    if split is None:
        return answer
    alone = train(
        model,
        split.site,
        tokens=run.tokens,
        batch=found.batch // split.sites,
        sequence=job.sequence,
        precision=precision,
        software=software,
        plan=plan,
        recovery=recovery,
        operator=operator,
        age=age,
        spares=spares,
        elastic=elastic,
        facts=facts,
    )
    return replace(answer, over=multi_site.over(facts, split, answer, alone, params=float(run.shape.params)))


# --- The question -----------------------------------------------------------------------------------------------------


def cluster(text: str) -> tuple[int, str]:
    """Number and name of the accelerators of a cluster in words."""
    said = re.fullmatch(
        r"\s*([\d.,_ ]*\d)\s*([kKM]?)\s*(?:x?\s+|[x×](?=[^\W\d]))(\D.*?)\s*|\s*(\d[\d,_]*)([kKM]?)x?\s+(.+?)\s*", text
    )
    if not said:
        raise ScenarioError(f'on: {text!r}; expected a number and a type, such as "16384 H100" or "100k GB300"')
    digits, unit, name = (said[1], said[2], said[3]) if said[1] else (said[4], said[5], said[6])
    scale = {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000}[unit]
    count = float(re.sub(r"[,_ ]", "", digits)) * scale
    if count < 1 or count != int(count):
        raise ScenarioError(f"on: {text!r}: {count:g} accelerators; expected a whole number of at least 1")
    return int(count), name


def _run(facts: Facts, model: str | ModelShape, tokens: float | None, flop: float | None, loss: float | None) -> Run:
    """The model and the length of the run."""
    for name, value in (("tokens", tokens), ("flop", flop), ("loss", loss)):
        if value is not None and not 0 < value < math.inf:
            raise ScenarioError(f"{name}: {value:g}; expected more than 0")
    if loss and (tokens or flop):
        raise ScenarioError("loss: given with tokens or flop; give one of them")
    if isinstance(model, ModelShape):
        run = runs.of_shape(facts, model, "model given", tokens, flop)
    elif is_file(model):
        run = runs.of_shape(facts, read_model(Path(model)), Path(model).stem, tokens, flop)
    else:
        run = runs.named(facts, model, tokens, flop)
    check_model(run.shape, run.label)
    return runs.to_loss(facts, run, loss) if loss else run


def _shared(job: Job, split: multi_site.Asked) -> Job:
    """The job with a batch of whole sequences for each site."""
    if job.batch is not None and job.batch % split.sites:
        raise ScenarioError(f"batch: {job.batch} sequences do not divide over {split.sites} sites")
    each = (job.batch or lay(job, split.sites * split.each).batch) // split.sites
    return replace(job, batch=max(each, 1) * split.sites)


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
        if key == "zero" and degree not in ZERO:
            raise ScenarioError(
                f"plan: zero is {value!r}; expected 0, 1 (sharded: optimizer state), 2 (gradients too), 3 (weights too)"
            )
        if key not in ("recompute", "zero") and (degree < 1 or degree != int(degree)):
            raise ScenarioError(f"plan: {key} is {value!r}; expected a whole number of at least 1")
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
    stages, chunks = fixed.get("pipeline", 1.0), fixed.get("interleave", 1.0)
    each = math.ceil(float(m.layers) / stages)
    if stages > float(m.layers):
        problems.append(f"plan: pp {stages:g} is more than the model's {m.layers:g} layers")
    elif "pipeline" in fixed and each % chunks:
        problems.append(
            f"plan: vp {chunks:g} does not divide the {each} layers of a stage, {m.layers:g} over {stages:g}"
        )
    ranks, experts = count / stages, fixed.get("expert", 1.0)
    if experts > 1 and "pipeline" in fixed and ranks % experts:
        problems.append(f"plan: ep {experts:g} does not divide the {ranks:g} accelerators of a stage")
    used = math.prod(fixed.get(k, 1.0) for k in ("tensor", "pipeline", "context"))
    if count % used:
        problems.append(f"plan: tp x pp x cp = {used:g} does not divide {count:,} accelerators")
    if problems:
        raise ScenarioError(problems)


def _short(name: str) -> str:
    return next(k for k, v in DEGREES.items() if v == name)


# --- The answer -------------------------------------------------------------------------------------------------------


def _check(job: Job, found: Laid, item: str) -> None:
    if not found.weighed and job.fixed:
        said = ", ".join(f"{_short(name)} {degree:g}" for name, degree in job.fixed)
        raise ScenarioError(
            f"plan: with {said} nothing divides {found.accelerators:,} accelerators and a batch of {found.batch:,} "
            f"sequences of this model; give fewer degrees, or a --batch that is a multiple of mb and of the replicas"
        )
    if not found.weighed:
        raise ScenarioError(
            f"plan: no degrees divide {found.accelerators:,} accelerators, a batch of {found.batch:,} sequences "
            f"and the model; choose numbers with more common divisors, such as powers of two"
        )
    if not found.fitting:
        raise ScenarioError(
            f"memory: the smallest of {found.weighed:,} plans needs {found.smallest_bytes / GB:,.0f} GB on each of "
            f"{found.accelerators:,} {item}, which have {job.usable_bytes / GB:,.0f} GB to use; take more "
            f"accelerators, or ones with more memory"
        )


def _layout(job: Job, run: Run, plan: Plan) -> Layout:
    b = step_time(run.shape, plan, job.machine, job.constants)
    memory = plan_memory(run.shape, plan, unfused=job.constants.unfused, kept_bytes=job.kept_bytes)
    used = float(plan.accelerators)
    peak = float(b.total) * used * float(job.machine.peak_flop_per_s)
    names = {v: k for k, v in RECOMPUTE.items()}
    degrees: dict[str, Any] = {short: int(getattr(plan, axis)) for short, axis in DEGREES.items()}
    degrees["recompute"] = names[float(plan.recompute)]
    return Layout(
        degrees={**degrees, "dp": round(float(plan.data))},
        step_s=float(b.total),
        breakdown_s={name: float(value) for name, value in b.parts().items()},
        hidden_s={name: float(value) for name, value in b.hidden().items()},
        tokens_per_s_per_accelerator=float(plan.tokens / b.total / used),
        mfu=float(b.model_flop) / peak,
        hfu=float(b.hardware_flop) / peak,
        memory_gb={f.name: float(getattr(memory, f.name)) / GB for f in fields(memory)},
    )


def _answer(
    facts: Facts,
    job: Job,
    found: Laid,
    count: int,
    item: str,
    precision: str,
    date: float,
    failing: Recovery,
    spares_needed: float,
    level: str,
    capped: float,
) -> TrainingRun:
    run, used = found.run, found.used
    layouts = [_layout(job, run, plan) for plan in found.plans]
    low, high = _error_range(facts, item, precision, found)
    good = float(failing.goodput(used, found.replica))
    if good < LEAST_GOODPUT and failing.spares is not None:
        raise ScenarioError(
            f"spares: a run on {used:,} accelerators is hardly ever at full size with "
            f"{in_percent(failing.spares, 2)} of the "
            f"cluster standing by; it takes {in_percent(spares_needed, 2)}, or a run that is elastic"
        )
    speed = layouts[0].tokens_per_s_per_accelerator
    days = run.tokens / (speed * used * good) / SECONDS_PER_DAY
    hours = (count if failing.spares else used) * days * HOURS_PER_DAY
    energy, cost, basis = _bill(facts, item, hours, capped)
    useful, why = largest_useful(job, failing, found.accelerators, _number(facts, "training.useful_doubling"))
    return TrainingRun(
        model=run.label,
        accelerator=item,
        accelerators=count,
        used=used,
        precision=precision,
        software=date,
        batch=found.batch,
        sequence=job.sequence,
        tokens=run.tokens,
        flop=run.flop,
        best=layouts[0],
        runners_up=tuple(layouts[1:]),
        weighed=found.weighed,
        fitting=found.fitting,
        usable_memory_gb=job.usable_bytes / GB,
        tokens_per_s_range=(speed * low, speed * high),
        goodput=good,
        spares=failing.spares,
        goodput_first_order=failing.first_order(used),
        at_full_size=float(failing.at_size(used, found.replica)),
        spares_needed=spares_needed,
        operator=level,
        days=days,
        days_range=(days / high, days / low),
        it_energy_mwh=energy,
        cost_usd=cost,
        cost_basis=basis,
        largest_useful=useful,
        largest_useful_why=why,
        remarks=tuple(_remarks(facts, job, item, precision, found, capped)),
        levels=_levels(job, found.accelerators),
        power_swing=run_power.swing(facts, item, used, layouts[0].breakdown_s, layouts[0].step_s, capped),
    )


def _error_range(facts: Facts, item: str, precision: str, found: Laid) -> tuple[float, float]:
    """Measured over predicted, P10 and P90; wider where the share of peak in products is an assumption."""
    error = facts[f"training.model_error.{'moe' if found.run.shape.is_moe else 'dense'}"]
    product = product_fact(facts, str(facts[f"accelerator.{item}.family"].value), precision)
    ends = []
    for known, open_, sign in ((error.low, product.low, -1.0), (error.high, product.high, 1.0)):
        ratio = float(open_) / float(product.value) if product.is_assumption else 1.0
        of_product = with_product_share(predicted=1.0, product_share=found.product_share, ratio=ratio)
        ends.append(math.exp(sign * math.hypot(math.log(float(known)), math.log(of_product))))
    return ends[0], ends[1]


def _levels(job: Job, count: int) -> tuple[Level, ...]:
    """Levels of the cluster's network, as its collectives meet them."""
    m, c = job.machine, job.constants
    found = levels(
        accelerators=float(count),
        domain=m.domain,
        building=m.building,
        near_bytes_per_s=m.near_bytes_per_s,
        far_bytes_per_s=m.far_bytes_per_s,
        spine_share=m.spine_share,
        near=c.near,
        far=c.far,
    )
    return tuple(
        Level(x.name, float(x.accelerators), float(x.bytes_per_s), float(x.reached_bytes_per_s)) for x in found
    )


def _remarks(facts: Facts, job: Job, item: str, precision: str, found: Laid, capped: float) -> Iterator[str]:
    if capped != 1.0:
        yield (
            f"{item} at {in_percent(capped)} of its power: slower products, less energy; the price is that of "
            "the whole chip"
        )
    share = _number(facts, practice_id(job.run))
    if chosen(dict(job.fixed), job.run):
        yield f"the plan is taken as run; one that is searched counts with {share:.2f} of its speed"
    else:
        yield (
            f"speeds count {share:.2f} of what the plan would do: measured runs reach that of the best plan, as their "
            f"operators chose others; a plan given whole with --plan is taken as run"
        )
    if "preliminary" in facts[f"accelerator.{item}.peak_bf16"].note:
        yield f"{item}: preliminary figures, a projection"
    if product_fact(facts, str(facts[f"accelerator.{item}.family"].value), precision).is_assumption:
        yield f"no training run on this kind of accelerator at {precision} is among those fitted: class C, wider range"
    if f"accelerator.{item}.server_power" not in facts:
        by = "IT energy from the power of the chip" if f"accelerator.{item}.chip_power" in facts else "no IT energy"
        yield f"the power of a server of {item} is not on record: {by}"
    if not any(f"accelerator.{item}.{price}" in facts for price in ("rental_contract", "rental", "tco")):
        yield f"neither rent nor cost of an hour of {item} is on record: no cost"
    if found.used < found.accelerators:
        yield f"{found.accelerators - found.used:,} of {found.accelerators:,} stay out of the run: replicas are whole"


def _bill(facts: Facts, item: str, accelerator_hours: float, capped: float) -> tuple[float | None, float | None, str]:
    """IT energy at the mean draw of training; rent at the price of a long contract, or what owning costs; which."""
    kw = run_power.it_kw(facts, item, capped)
    energy = None if kw is None else kw * _number(facts, "training.load_share") * accelerator_hours / 1e3
    known = f"accelerator.{item}."
    if f"{known}rental_contract" in facts:
        price, basis = _number(facts, f"{known}rental_contract", MONEY), CONTRACT
    elif f"{known}rental" in facts:
        price, basis = _number(facts, f"{known}rental", MONEY), CONTRACT
        price = contract_price(on_demand_usd_per_hour=price, discount=_number(facts, "market.contract_discount"))
    elif f"{known}tco" in facts:
        price, basis = _number(facts, f"{known}tco", MONEY), OWNED
    else:
        return energy, None, ""
    return energy, price * accelerator_hours, basis


def _number(facts: Facts, fact_id: str, unit: str = "") -> float:
    fact = facts[fact_id]
    return float(fact.value) * (facts.factor(fact.unit, unit) if unit and unit != fact.unit else 1.0)
