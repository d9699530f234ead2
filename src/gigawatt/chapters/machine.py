"""The accelerator: which one, what it draws, costs and computes; what one of them trains and serves."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gigawatt import compute, demand
from gigawatt.errors import ScenarioError
from gigawatt.facts import Facts
from gigawatt.record import Steps
from gigawatt.scenario import Scenario

DEFAULT = "gb300-nvl72"  # the generation one can order today (design); shown beside the others in the report
RUN_DAYS = 100.0  # length of the reference run of the figure largest_run_100_days_flop
RACK_SCALE = 64  # accelerators per server from which the price is that of a rack with its inner network


@dataclass(frozen=True)
class Machine:
    """One accelerator type as the plan uses it. USD and MW per accelerator; rates per accelerator."""

    id: str
    name: str
    family: str
    it_mw: Any
    units_per_server: Any
    price_usd: Any
    network_usd: Any
    peak_flop_per_s: Any
    peak_fp8_flop_per_s: Any
    memory_gb_per_s: Any
    mfu_reference: Any
    market_usd_per_hour: Any
    tokens_per_s: Any
    serving_model: str
    precision: str


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


def find(facts: Facts, name: str, kind: str) -> str:
    """Id of an accelerator or model by any of its names.

    Raises
    ------
    ScenarioError
        When nothing of this name is known; offers the nearest.
    """
    wanted = _fold(name)
    names: dict[str, str] = {}
    for fact in facts.under(f"{kind}."):
        if fact.id.endswith((".aliases", ".name")):
            item = fact.id.split(".")[1]
            for alias in (item, *str(fact.value).split(";")):
                names.setdefault(_fold(alias), item)
    if wanted in names:
        return names[wanted]
    starts = sorted({v for k, v in names.items() if wanted and k.startswith(wanted)})
    if len(starts) == 1:
        return starts[0]
    close = difflib.get_close_matches(wanted, list(names), n=3, cutoff=0.4)
    near = ", ".join(dict.fromkeys(names[c] for c in close)) or ", ".join(sorted(set(names.values()))[:12])
    raise ScenarioError(f"{kind}: {name!r} is not in the catalogue; nearest: {near}")


@cache
def _fold(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def machine(step: Steps, s: Scenario) -> Machine:
    """Look up the accelerator asked for, or the default, and what one of them does."""
    facts = step.facts
    item = find(facts, s.accelerator, "accelerator") if s.accelerator else DEFAULT
    for key in ("price", "server_power", "units_per_server", f"peak_{s.precision}"):
        if f"accelerator.{item}.{key}" not in facts:
            have = sorted({i.split(".")[1] for i in facts if i.startswith("accelerator.") and i.endswith(f".{key}")})
            raise ScenarioError(
                f"accelerator: {s.accelerator!r} ({item}) has no {key.replace('_', ' ')} fact; "
                f"give one with --set, or choose one of {', '.join(have)}"
            )
    family = step.text(f"accelerator.{item}.family")
    kw = step(
        compute.it_kw_per_accelerator,
        server_kw=step.fact(f"accelerator.{item}.server_power", unit="kW"),
        units_per_server=step.fact(f"accelerator.{item}.units_per_server", unit="1"),
        outside_rack_share=step.fact("it.outside_rack_power_share", unit="1"),
    )
    price = step.fact(f"accelerator.{item}.price", unit="USD")
    rack = float(facts[f"accelerator.{item}.units_per_server"].value) >= RACK_SCALE
    markup = step.fact("it.outside_rack_share" if rack else "it.outside_server_share", unit="1")
    peak = step.fact(f"accelerator.{item}.peak_{s.precision}", unit="FLOP/s")
    reference = find(facts, s.train.model, "model") if s.train and s.train.model and _is_model(facts, s) else ""
    kind = step.text(f"model.{reference}.type") if reference else step.text("training.model_type")
    kind = "moe" if kind.startswith("moe") else "dense"
    return Machine(
        id=item,
        name=_short_name(facts, item),
        family=family,
        it_mw=step(compute.it_peak_mw, accelerators=1.0, kw_per_accelerator=kw),
        units_per_server=step.fact(f"accelerator.{item}.units_per_server", unit="1"),
        price_usd=price,
        network_usd=step(outside_rack_usd, price_usd=price, share=markup),
        peak_flop_per_s=peak,
        peak_fp8_flop_per_s=step.fact(f"accelerator.{item}.peak_fp8", f"accelerator.{item}.peak_bf16", unit="FLOP/s"),
        memory_gb_per_s=step.fact(f"accelerator.{item}.memory_bandwidth", unit="GB/s"),
        mfu_reference=step.fact(f"mfu.{family}.{s.precision}.{kind}", f"mfu.fallback.{s.precision}.{kind}", unit="1"),
        market_usd_per_hour=_market_price(step, item),
        tokens_per_s=_serving(step, s, item, family, peak),
        serving_model=step.text("serving.reference_model"),
        precision=s.precision,
    )


def outside_rack_usd(*, price_usd: Any, share: Any) -> Any:
    """Network, storage, hosts and installation outside the rack, per accelerator.

    Parameters
    ----------
    price_usd : float or array
        Rack or server price per accelerator. [USD]
    share : float or array
        Mark-up on it. [-]

    Returns
    -------
    float or array
        Cost. [USD]
    """
    return price_usd * share


def _short_name(facts: Facts, item: str) -> str:
    return str(facts[f"accelerator.{item}.aliases"].value).split(";")[0]


def _is_model(facts: Facts, s: Scenario) -> bool:
    return s.train is not None and f"model.{find(facts, s.train.model, 'model')}.type" in facts


def _market_price(step: Steps, item: str) -> Any:
    """Long-contract price: stated where one is, else the on-demand price less a reservation's discount; else None."""
    stated = f"accelerator.{item}.rental_contract"
    if stated in step.facts:
        return step.fact(stated, unit="USD/h")
    for fact_id in (f"accelerator.{item}.rental", f"market_price.{item}"):
        if fact_id in step.facts:
            return step(
                contract_price,
                on_demand_usd_per_hour=step.fact(fact_id, unit="USD/h"),
                discount=step.fact("market.contract_discount", unit="1"),
            )
    return None


def contract_price(*, on_demand_usd_per_hour: Any, discount: Any) -> Any:
    """Price under a long reservation, from the price on demand.

    Parameters
    ----------
    on_demand_usd_per_hour : float or array
        Price on demand. [USD/h]
    discount : float or array
        What a reservation saves. [-]

    Returns
    -------
    float or array
        Price. [USD/h]
    """
    return on_demand_usd_per_hour * (1.0 - discount)


def _serving(step: Steps, s: Scenario, item: str, family: str, peak: Any) -> Any:
    """Output tokens per second of one accelerator on the reference model."""
    model = step.text("serving.reference_model")
    p = s.precision

    def m(key: str, unit: str = "1") -> Any:
        return step.fact(f"model.{model}.{key}", unit=unit)

    kind = "moe" if step.text(f"model.{model}.type").startswith("moe") else "dense"
    new = step(
        demand.uncached_input_per_output,
        input_per_output=step.fact("demand.input_per_output", unit="1"),
        cached_share=step.fact("demand.cached_share", unit="1"),
    )
    output = step.fact("demand.output_tokens_per_request", unit="token")
    domain = f"accelerator.{item}.scale_up_domain"
    domain_size = int(float(step.facts[domain].value)) if domain in step.facts else 8
    beyond = f"accelerator.{item}.scale_out_bandwidth"
    group = step(
        best_group,
        largest_group=domain_size,
        beyond_group=int(float(step.facts["supply.group_beyond_domain"].value)),
        scale_out_gb_per_s=step.fact(beyond, unit="GB/s") if beyond in step.facts else 0.0,
        output_tokens=output,
        new_per_output=new,
        input_per_output=step.fact("demand.input_per_output", unit="1"),
        params=m("params"),
        active_params=m("active_params"),
        layers=m("layers"),
        hidden=m("hidden"),
        heads=m("heads"),
        head_dim=m("head_dim"),
        kv_values_per_token=m("kv_values_per_token"),
        experts=m("experts") if kind == "moe" else 1.0,
        experts_per_token=m("experts_per_token") if kind == "moe" else 1.0,
        vocab=m("vocab"),
        weight_bytes=step.fact(f"serving.weight_bytes.{p}", unit="1"),
        kv_bytes=step.fact(f"serving.kv_bytes.{p}", unit="1"),
        peak_flop_per_s=peak,
        memory_gb=step.fact(f"accelerator.{item}.memory", unit="GB"),
        memory_gb_per_s=step.fact(f"accelerator.{item}.memory_bandwidth", unit="GB/s"),
        scale_up_gb_per_s=step.fact(f"accelerator.{item}.scale_up_bandwidth", unit="GB/s"),
        usable_share=step.fact("memory.usable_share", unit="1"),
        compute_efficiency=step.fact(
            f"serving.compute_efficiency.{family}.{p}.{kind}",
            f"serving.compute_efficiency.fallback.{p}.{kind}",
            unit="1",
        ),
        memory_efficiency=step.fact(f"serving.memory_efficiency.{kind}", unit="1"),
        link_efficiency=step.fact("serving.link_efficiency", unit="1"),
        overhead_s_per_layer=step.fact("serving.overhead_per_layer", unit="s"),
        sequences_cap=step.fact("serving.sequences_cap", unit="1"),
    )
    return step(with_model_error, tokens_per_s=group, model_error=step.fact("serving.model_error", unit="1"))


def best_group(
    *,
    output_tokens: Any,
    new_per_output: Any,
    input_per_output: Any,
    vocab: Any,
    largest_group: int,
    beyond_group: int,
    scale_out_gb_per_s: Any,
    **serving: Any,
) -> Any:
    """Throughput of one accelerator in its best serving group, on requests of the reference shape.

    A model that does not fit one scale-up domain is spread over several, at the speed of the scale-out network.

    Parameters
    ----------
    output_tokens : float or array
        Output tokens of a request. [token]
    new_per_output, input_per_output : float or array
        Computed and all input tokens per output token. [-]
    vocab : float or array
        Vocabulary of the model. [-]
    largest_group, beyond_group : int
        Accelerators of the scale-up domain; of the largest group across domains. [-]
    scale_out_gb_per_s : float or array
        Scale-out bandwidth of one accelerator. [GB/s]
    serving : float or array
        As in `compute.best_serving_group`. [-]

    Returns
    -------
    float or array
        Output tokens per second and accelerator. [token/s]
    """
    heads, head_dim, hidden = serving.pop("heads"), serving.pop("head_dim"), serving["hidden"]
    shape = {
        "attention_width": heads * head_dim,
        "input_tokens": new_per_output * output_tokens,
        "cached_input_tokens": (input_per_output - new_per_output) * output_tokens,
        "output_tokens": output_tokens,
        "embedding_params": vocab * hidden,
        "concurrency": np.inf,
    }
    inside = compute.best_serving_group(largest_group=largest_group, **shape, **serving).tokens_per_s_per_accelerator
    if np.all(inside > 0):
        return np.asarray(inside)[()]
    serving["scale_up_gb_per_s"] = scale_out_gb_per_s
    across = compute.best_serving_group(largest_group=beyond_group, **shape, **serving).tokens_per_s_per_accelerator
    return np.maximum(inside, across)[()]


def with_model_error(*, tokens_per_s: Any, model_error: Any) -> Any:
    """Predicted throughput times the ratio of measured to predicted, 1 in the median.

    Parameters
    ----------
    tokens_per_s : float or array
        Prediction. [token/s]
    model_error : float or array
        Measured over predicted. [-]

    Returns
    -------
    float or array
        Throughput. [token/s]
    """
    return tokens_per_s * model_error


def job(step: Steps, m: Machine) -> dict[str, Any]:
    """Arguments of the training formulas for this machine."""
    recovery = step.text("goodput.recovery")
    return {
        "peak_flop_per_s": m.peak_flop_per_s,
        "mfu": m.mfu_reference,
        "reference_accelerators": step.fact("mfu.reference_accelerators", unit="1"),
        "loss_exponent": step.fact("mfu.loss_exponent", unit="1"),
        "failures_per_accelerator_hour": step.fact("goodput.failure_rate", unit="1/h"),
        "checkpoint_h": step.fact(f"goodput.{recovery}.checkpoint", unit="h"),
        "restart_h": step.fact(f"goodput.{recovery}.restart", unit="h"),
    }


def work(step: Steps, m: Machine, accelerators: Any) -> Work:
    """What so many accelerators train and serve."""
    j = job(step, m)
    peak = step(compute.cluster_peak_flop_per_s, accelerators=accelerators, peak_flop_per_s=m.peak_flop_per_s)
    one_job = step(within_one_job, accelerators=accelerators, largest_useful=_largest_job(step, j))
    mfu = step(
        compute.mfu_at_scale,
        mfu=m.mfu_reference,
        accelerators=one_job,
        reference_accelerators=j["reference_accelerators"],
        loss_exponent=j["loss_exponent"],
    )
    mtbf = step(
        compute.mtbf_h,
        accelerators=one_job,
        failures_per_accelerator_hour=j["failures_per_accelerator_hour"],
    )
    good = step(compute.goodput, mtbf_h=mtbf, checkpoint_h=j["checkpoint_h"], restart_h=j["restart_h"])
    per_day = step(
        compute.training_flop_per_day,
        accelerators=one_job,
        peak_flop_per_s=m.peak_flop_per_s,
        mfu=mfu,
        goodput=good,
    )
    tokens = step(
        compute.fleet_tokens_per_s,
        accelerators=accelerators,
        tokens_per_s_per_accelerator=m.tokens_per_s,
        fleet_factor=step.fact("serving.fleet_factor", unit="1"),
    )
    return Work(
        peak_flop_per_s=peak,
        mfu=mfu,
        goodput=good,
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
    )


def _largest_job(step: Steps, j: dict[str, Any]) -> Any:
    """Accelerators beyond which one training job only gets slower."""
    return step(
        compute.largest_useful_job,
        loss_exponent=j["loss_exponent"],
        failures_per_accelerator_hour=j["failures_per_accelerator_hour"],
        checkpoint_h=j["checkpoint_h"],
        restart_h=j["restart_h"],
    )


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


def accelerators_to_train(step: Steps, m: Machine, s: Scenario) -> tuple[Any, dict[str, Any]]:
    """Accelerators that finish the run asked for in its time (or the most that help), and what the run is."""
    assert s.train is not None
    flop, words = training_flop(step, s)
    days = s.train.days or RUN_DAYS
    n = step(
        compute.accelerators_for_training,
        flop=flop,
        days=step.given("training time", days, "day"),
        **job(step, m),
    )
    run = {"run": words, "flop": flop, "days": days}
    if not np.all(np.isfinite(n)):
        if not np.isfinite(np.median(n)):
            run["out_of_reach"] = f"No number of {m.name} trains {words} in {days:g} days as one job"
        n = step(within_one_job, accelerators=n, largest_useful=_largest_job(step, job(step, m)))
    return n, run


def training_flop(step: Steps, s: Scenario) -> tuple[Any, str]:
    """Compute of the run asked for: given, or of a catalogue model."""
    assert s.train is not None
    if s.train.flop:
        return step.given("training compute", s.train.flop, "FLOP"), f"{s.train.flop:.2g} FLOP"
    model = find(step.facts, s.train.model, "model")
    name = step.text(f"model.{model}.name") if f"model.{model}.name" in step.facts else model
    known = f"model.{model}.training_flop"
    if known in step.facts:
        return step.fact(known, unit="FLOP"), name
    if f"model.{model}.tokens" not in step.facts:
        raise ScenarioError(
            f"train: {s.train.model!r}: its training tokens are not known; give FLOP, such as 2e25 FLOP"
        )
    return (
        step(
            demand.training_flop,
            active_params=step.fact(f"model.{model}.active_params", unit="1"),
            tokens=step.fact(f"model.{model}.tokens", unit="token"),
        ),
        name,
    )


def accelerators_to_serve(step: Steps, m: Machine, users: float) -> Any:
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
        tokens_per_s_per_accelerator=m.tokens_per_s,
        fleet_factor=step.fact("serving.fleet_factor", unit="1"),
    )
