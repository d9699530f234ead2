"""Compute: FLOP and tokens per second <-> accelerators <-> IT load. Power, MFU, memory, goodput, training, inference.

Everything broadcasts: a leading axis of draws or sites is free. "Accelerator" is one GPU package or one TPU chip,
never a die, superchip or rack. Peak FLOP/s is dense, at a stated precision. MFU counts 6 x active parameters plus
causal attention per token, against the peak at the precision of the run.
"""

from gigawatt.compute.load import (
    accelerators_for_it_mw,
    cluster_peak_flop_per_s,
    h100_equivalents,
    it_kw_per_accelerator,
    it_peak_mw,
    mfu_at_scale,
    whole_servers,
)
from gigawatt.compute.reliability import (
    checkpoint_interval_h,
    failure_rate_per_accelerator_hour,
    goodput,
    goodput_first_order,
    mtbf_from_count_h,
    mtbf_h,
    mttf_from_node_rate_h,
    spare_share,
)
from gigawatt.compute.run_cost import (
    amortised_training_cost_usd,
    energy_to_emissions_t,
    hardware_acquisition_usd,
    rented_training_cost_usd,
    training_energy_mwh,
    value_at_start_usd,
)
from gigawatt.compute.serving import (
    accelerators_for_tokens_per_s,
    fleet_tokens_per_s,
    usd_per_million_tokens,
)
from gigawatt.compute.training import (
    accelerators_for_training,
    job_flop_per_day,
    largest_run_flop,
    largest_useful_job,
    mfu_of_step,
    step_seconds,
    training_days,
    training_flop_per_day,
)

__all__ = [
    "accelerators_for_it_mw",
    "accelerators_for_tokens_per_s",
    "accelerators_for_training",
    "amortised_training_cost_usd",
    "checkpoint_interval_h",
    "cluster_peak_flop_per_s",
    "energy_to_emissions_t",
    "failure_rate_per_accelerator_hour",
    "fleet_tokens_per_s",
    "goodput",
    "goodput_first_order",
    "h100_equivalents",
    "hardware_acquisition_usd",
    "it_kw_per_accelerator",
    "it_peak_mw",
    "job_flop_per_day",
    "largest_run_flop",
    "largest_useful_job",
    "mfu_at_scale",
    "mfu_of_step",
    "mtbf_from_count_h",
    "mtbf_h",
    "mttf_from_node_rate_h",
    "rented_training_cost_usd",
    "spare_share",
    "step_seconds",
    "training_days",
    "training_energy_mwh",
    "training_flop_per_day",
    "usd_per_million_tokens",
    "value_at_start_usd",
    "whole_servers",
]
