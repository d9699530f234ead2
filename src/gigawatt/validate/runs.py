"""Published energy, emissions and cost of training runs, and how much of their time was useful."""

from __future__ import annotations

from datetime import date

from gigawatt import compute, demand
from gigawatt.facts import load_facts

from .families import CannotPredict, Case, Family, Predicted

DAYS_PER_YEAR = 365.25  # as in the cost study
USD_PER_MUSD = 1e6
RECOVERIES = ("persistent_checkpoint", "in_memory_redundant", "fast_hot_spares")


def _energy(case: Case) -> Predicted:
    energy = compute.training_energy_mwh(
        accelerator_hours=case.number("gpu_hours"), accelerator_w=case.number("gpu_power_w")
    )
    factor = case.number("emission_factor_t_per_mwh")
    found = {
        "gpu_energy_mwh": float(energy),
        "emissions_t": float(compute.energy_to_emissions_t(energy_mwh=energy, emission_factor_t_per_mwh=factor)),
    }
    if case.has("pue"):
        with_pue = compute.energy_to_emissions_t(
            energy_mwh=energy, emission_factor_t_per_mwh=factor, pue=case.number("pue")
        )
        found["emissions_with_pue_t"] = float(with_pue)
    return found


def _emissions(case: Case) -> Predicted:
    emissions = compute.energy_to_emissions_t(
        energy_mwh=case.number("energy_mwh"), emission_factor_t_per_mwh=case.number("emission_factor_t_per_mwh")
    )
    return {"emissions_t": float(emissions)}


def _rented(case: Case) -> Predicted:
    """Either figure alone where only its inputs are given."""
    found = {}
    if case.has("gpu_hours") or case.has("usd_per_gpu_hour"):
        cost = compute.rented_training_cost_usd(
            accelerator_hours=case.number("gpu_hours"), usd_per_accelerator_hour=case.number("usd_per_gpu_hour")
        )
        found["cost_musd"] = float(cost) / USD_PER_MUSD
    if case.has("active_params") or case.has("tokens"):
        flop = demand.training_flop(active_params=case.number("active_params"), tokens=case.number("tokens"))
        found["flop_6nd"] = float(flop)
    return found or "neither gpu_hours and usd_per_gpu_hour nor active_params and tokens are given"


def _bought(case: Case) -> Predicted:
    share, index = case.number("interconnect_share"), case.number("price_index_factor")
    price, decline = case.number("server_price_usd_per_chip"), case.number("value_decline_oom_per_year")
    acquisition = compute.hardware_acquisition_usd(
        chips=case.number("chips"), server_usd_per_chip=price, interconnect_share=share, price_index_factor=index
    )
    age = (_day(case, "training_start") - _day(case, "available_from")).days / DAYS_PER_YEAR
    value = compute.value_at_start_usd(server_usd_per_chip=price, decline_oom_per_year=decline, years_on_market=age)
    cost = compute.amortised_training_cost_usd(
        chip_hours=case.number("chip_hours"),
        value_at_start_usd=value,
        decline_oom_per_year=decline,
        interconnect_share=share,
        chip_w=case.number("chip_tdp_w"),
        server_power_per_chip_power=case.number("server_power_per_chip_power"),
        mean_draw_of_server_max=case.number("mean_draw_of_server_max"),
        pue=case.number("pue"),
        usd_per_kwh=case.number("energy_usd_per_kwh"),
        price_index_factor=index,
    )
    return {
        "hardware_acquisition_usd": float(acquisition),
        "amortised_capex_plus_energy_usd": float(cost),
        "power_draw_mw": "the file states no formula for it",
    }


def _day(case: Case, name: str) -> date:
    try:
        return date.fromisoformat(case.text(name))
    except ValueError:
        raise CannotPredict(f"{name} is {case.text(name)!r}: expected a date such as 2024-07-31") from None


# --- Goodput ----------------------------------------------------------------------------------------------------------


def _mtbf(case: Case) -> Predicted:
    hours = compute.mtbf_from_count_h(days=case.number("days"), interruptions=case.number("interruptions"))
    return {"mtbf_h": float(hours)}


def _mttf(case: Case) -> Predicted:
    hours = compute.mttf_from_node_rate_h(
        failures_per_1000_node_days=case.number("failures_per_1000_node_days"),
        accelerators_per_node=case.number("accelerators_per_node"),
        accelerators=case.number("n_accelerators"),
    )
    return {"mttf_h": float(hours)}


def _effective(case: Case) -> Predicted:
    """The planner's goodput: the published count of interruptions where there is one, else our failure rate."""
    recovery = case.text("recovery")
    if recovery not in RECOVERIES:
        return f"recovery is {recovery!r}: expected one of {', '.join(RECOVERIES)}"
    between = compute.mtbf_h(
        accelerators=case.number("n_accelerators"), failures_per_accelerator_hour=_failures_per_hour(case)
    )
    share = compute.goodput(
        mtbf_h=between,
        checkpoint_h=_fact(f"goodput.{recovery}.checkpoint", "h"),
        restart_h=_fact(f"goodput.{recovery}.restart", "h"),
    )
    return {"effective_fraction": float(share)}


def _failures_per_hour(case: Case) -> float:
    """Interruptions per accelerator and hour, planned ones too: a job stops for both."""
    if not (case.has("unexpected_interruptions") and case.has("days")):
        return _fact("goodput.failure_rate", "1/h")
    planned = case.number("planned_interruptions") if case.has("planned_interruptions") else 0.0
    rate = compute.failure_rate_per_accelerator_hour(
        interruptions=case.number("unexpected_interruptions") + planned,
        days=case.number("days"),
        accelerators=case.number("n_accelerators"),
    )
    return float(rate)


def _fact(name: str, unit: str) -> float:
    facts = load_facts()
    return float(facts[name].value) * facts.factor(facts[name].unit, unit)


FAMILIES = (
    Family(
        stem="training_energy_cost",
        by=("kind", "figure"),
        kinds={
            "training_energy": _energy,
            "energy_to_emissions": _emissions,
            "training_flop_cost": _rented,
            "training_cost": _bought,
        },
        about="energy, emissions and cost of published training runs",
    ),
    Family(
        stem="goodput",
        by=("kind", "figure"),
        kinds={"mtbf_from_count": _mtbf, "mttf_from_node_rate": _mttf, "effective_training_time": _effective},
        about="time between failures, and the share of a training run's time that was useful",
        note="the recovery times behind effective_fraction are our assumptions, chosen with these cases in sight",
    ),
)
