"""Energy, emissions and cost of one training run."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them

W_PER_MW = 1e6
HOURS_PER_YEAR = 8_766.0  # 365.25 days, as in Cottier et al. 2024


def training_energy_mwh(*, accelerator_hours: Values, accelerator_w: Values) -> Values:
    """Energy of the accelerators alone in a run.

    Parameters
    ----------
    accelerator_hours : float or array
        Accelerator-hours. [h]
    accelerator_w : float or array
        Draw of one. [W]

    Returns
    -------
    float or array
        Energy. [MWh]

    Examples
    --------
    Llama 3.1 8B, 1.46 million hours of H100 at 700 W (Meta model card):

    >>> round(float(training_energy_mwh(accelerator_hours=1.46e6, accelerator_w=700)))
    1022
    """
    return np.asarray(accelerator_hours, float) * accelerator_w / W_PER_MW


def energy_to_emissions_t(*, energy_mwh: Values, emission_factor_t_per_mwh: Values, pue: Values = 1.0) -> Values:
    """Emissions of an amount of energy.

    Parameters
    ----------
    energy_mwh : float or array
        IT energy. [MWh]
    emission_factor_t_per_mwh : float or array
        CO2 per energy, average or marginal as the caller says. [t/MWh]
    pue : float or array
        Facility energy over IT energy; 1 when the energy is already at the meter. [-]

    Returns
    -------
    float or array
        CO2. [t]

    References
    ----------
    .. [1] Patterson et al. 2021, "Carbon Emissions and Large Neural Network Training", arXiv:2104.10350.

    Examples
    --------
    >>> round(float(energy_to_emissions_t(energy_mwh=1287, emission_factor_t_per_mwh=0.429)))
    552
    """
    return np.asarray(energy_mwh, float) * emission_factor_t_per_mwh * pue


def rented_training_cost_usd(*, accelerator_hours: Values, usd_per_accelerator_hour: Values) -> Values:
    """Cost of a run on rented accelerators.

    Parameters
    ----------
    accelerator_hours : float or array
        Accelerator-hours. [h]
    usd_per_accelerator_hour : float or array
        Rent. [USD/h]

    Returns
    -------
    float or array
        Cost. [USD]

    Examples
    --------
    DeepSeek-V3: 2.788 million H800 hours at 2 USD (arXiv:2412.19437, table 1).

    >>> float(rented_training_cost_usd(accelerator_hours=2.788e6, usd_per_accelerator_hour=2.0))
    5576000.0
    """
    return np.asarray(accelerator_hours, float) * usd_per_accelerator_hour


def hardware_acquisition_usd(
    *, chips: Values, server_usd_per_chip: Values, interconnect_share: Values, price_index_factor: Values
) -> Values:
    """Price of the cluster that a run was made on.

    Parameters
    ----------
    chips : float or array
        Accelerators. [-]
    server_usd_per_chip : float or array
        Price of a server per accelerator in it. [USD]
    interconnect_share : float or array
        Share of the cluster's price that is the network between servers, 0..1. [-]
    price_index_factor : float or array
        Price level wanted over that of the prices. [-]

    Returns
    -------
    float or array
        Price. [USD]

    References
    ----------
    .. [1] Cottier et al. 2024, "The rising costs of training frontier AI models", arXiv:2405.21015.

    Examples
    --------
    >>> x = hardware_acquisition_usd(chips=384, server_usd_per_chip=24875.0, interconnect_share=0.19,
    ...                              price_index_factor=1.0220161)
    >>> float(round(x / 12_052_220, 6))
    1.0
    """
    return (
        np.asarray(chips, float)
        * server_usd_per_chip
        / (1.0 - np.asarray(interconnect_share, float))
        * (price_index_factor)
    )


def value_at_start_usd(*, server_usd_per_chip: Values, decline_oom_per_year: Values, years_on_market: Values) -> Values:
    """What a server is still worth, per accelerator, when a run starts.

    Parameters
    ----------
    server_usd_per_chip : float or array
        Price when it came to market. [USD]
    decline_oom_per_year : float or array
        Orders of magnitude that its value falls in a year. [1/year]
    years_on_market : float or array
        Years since then, of 365.25 days. [year]

    Returns
    -------
    float or array
        Value. [USD]

    References
    ----------
    .. [1] Cottier et al. 2024, arXiv:2405.21015, appendix A.
    """
    return np.asarray(server_usd_per_chip, float) * 10.0 ** (-np.asarray(decline_oom_per_year, float) * years_on_market)


def amortised_training_cost_usd(
    *,
    chip_hours: Values,
    value_at_start_usd: Values,
    decline_oom_per_year: Values,
    interconnect_share: Values,
    chip_w: Values,
    server_power_per_chip_power: Values,
    mean_draw_of_server_max: Values,
    pue: Values,
    usd_per_kwh: Values,
    price_index_factor: Values,
) -> Values:
    """Value that the hardware lost in a run, and the energy.

    Parameters
    ----------
    chip_hours : float or array
        Accelerator-hours. [h]
    value_at_start_usd : float or array
        Value of a server per accelerator at the start, from `value_at_start_usd`. [USD]
    decline_oom_per_year : float or array
        Orders of magnitude that the value falls in a year. [1/year]
    interconnect_share : float or array
        Share of the cluster's price that is network, 0..1. [-]
    chip_w : float or array
        Rated power of the accelerator. [W]
    server_power_per_chip_power : float or array
        Rated power of the server over that of its accelerators. [-]
    mean_draw_of_server_max : float or array
        Mean over rated draw, 0..1. [-]
    pue : float or array
        Facility energy over IT energy. [-]
    usd_per_kwh : float or array
        Price of energy. [USD/kWh]
    price_index_factor : float or array
        Price level wanted over that of the prices. [-]

    Returns
    -------
    float or array
        Cost of the run. [USD]

    References
    ----------
    .. [1] Cottier et al. 2024, arXiv:2405.21015, section 2.
    """
    hours = np.asarray(chip_hours, float)
    loss_per_hour = np.asarray(value_at_start_usd, float) * decline_oom_per_year * np.log(10.0) / HOURS_PER_YEAR
    hardware = hours * loss_per_hour / (1.0 - np.asarray(interconnect_share, float))
    kwh = hours * np.asarray(chip_w, float) / 1e3 * server_power_per_chip_power * mean_draw_of_server_max * pue
    return (hardware + kwh * usd_per_kwh) * price_index_factor
