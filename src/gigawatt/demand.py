"""Demand: what is asked of the machines. A model to train -> FLOP; people to serve -> tokens per second."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them
SECONDS_PER_DAY = 86_400.0


def training_flop(*, active_params: Values, tokens: Values, attention_flop_per_token: Values = 0.0) -> Values:
    """FLOP of one training run: forward and backward pass, no recomputation.

    Parameters
    ----------
    active_params : float or array
        Parameters that work on one token: all of a dense model, the routed share of a mixture of experts. [-]
    tokens : float or array
        Training tokens. [-]
    attention_flop_per_token : float or array
        Score-and-value products of the attention, from `attention_flop_per_token`; 0 gives the plain 6ND. [FLOP]

    Returns
    -------
    float or array
        Model FLOP of the run. [FLOP]

    References
    ----------
    .. [1] Kaplan et al. 2020, "Scaling Laws for Neural Language Models", arXiv:2001.08361, section 2.1 (C = 6ND).

    Examples
    --------
    Llama 3.1 405B on 15.6e12 tokens: published 3.8e25 FLOP (arXiv:2407.21783).

    >>> float(round(training_flop(active_params=405e9, tokens=15.6e12) / 1e25, 1))
    3.8
    """
    return (6.0 * np.asarray(active_params, float) + attention_flop_per_token) * tokens


def attention_flop_per_token(*, layers: Values, attention_width: Values, sequence_tokens: Values) -> Values:
    """Training FLOP per token of causal attention beyond its weight matrices.

    Parameters
    ----------
    layers : float or array
        Layers with full attention. [-]
    attention_width : float or array
        Query heads times head size. [-]
    sequence_tokens : float or array
        Tokens of one training sequence. [-]

    Returns
    -------
    float or array
        FLOP per token, forward and backward; half of the 12 L d s of a full (not causal) mask. [FLOP]

    References
    ----------
    .. [1] Chowdhery et al. 2022, "PaLM", arXiv:2204.02311, appendix B (12 L H Q T, mask not counted).

    Examples
    --------
    >>> x = attention_flop_per_token(layers=126, attention_width=16384, sequence_tokens=8192)
    >>> float(round(x / (6 * 405e9), 3))
    0.042
    """
    return 6.0 * np.asarray(layers, float) * attention_width * sequence_tokens


def training_tokens(*, flop: Values, active_params: Values, attention_flop_per_token: Values = 0.0) -> Values:
    """Tokens that a training budget covers: the inverse of `training_flop`.

    Parameters
    ----------
    flop : float or array
        Training budget. [FLOP]
    active_params : float or array
        Parameters that work on one token. [-]
    attention_flop_per_token : float or array
        As in `training_flop`. [FLOP]

    Returns
    -------
    float or array
        Training tokens. [-]
    """
    return np.asarray(flop, float) / (6.0 * np.asarray(active_params, float) + attention_flop_per_token)


def compute_optimal_tokens(*, params: Values, tokens_per_parameter: Values) -> Values:
    """Tokens that suit a dense model of a given size when training compute is what is scarce.

    Parameters
    ----------
    params : float or array
        Parameters of a dense model. [-]
    tokens_per_parameter : float or array
        Ratio of tokens to parameters, about 20 in the source. [-]

    Returns
    -------
    float or array
        Training tokens. [-]

    References
    ----------
    .. [1] Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", arXiv:2203.15556.

    Examples
    --------
    Chinchilla itself: 70e9 parameters, 1.4e12 tokens.

    >>> float(compute_optimal_tokens(params=70e9, tokens_per_parameter=20.0))
    1400000000000.0
    """
    return np.asarray(params, float) * tokens_per_parameter


def compute_optimal_params(*, flop: Values, tokens_per_parameter: Values) -> Values:
    """Parameters of the dense model that a training budget suits: 6 P (r P) = C solved for P.

    Parameters
    ----------
    flop : float or array
        Training budget. [FLOP]
    tokens_per_parameter : float or array
        Ratio of tokens to parameters. [-]

    Returns
    -------
    float or array
        Parameters. [-]

    References
    ----------
    .. [1] Hoffmann et al. 2022, arXiv:2203.15556.

    Examples
    --------
    >>> float(compute_optimal_params(flop=6 * 70e9 * 1.4e12, tokens_per_parameter=20.0))
    70000000000.0
    """
    return np.sqrt(np.asarray(flop, float) / (6.0 * np.asarray(tokens_per_parameter, float)))


def tokens_per_s_for_users(*, users: Values, tokens_per_user_day: Values, peak_factor: Values) -> Values:
    """Output tokens per second that a service must deliver in its busiest hour.

    Parameters
    ----------
    users : float or array
        People who use the service on an average day. [-]
    tokens_per_user_day : float or array
        Output tokens per such person and day. [1/d]
    peak_factor : float or array
        Busiest hour over the mean of the day. [-]

    Returns
    -------
    float or array
        Output tokens per second at peak. [1/s]

    Examples
    --------
    >>> float(tokens_per_s_for_users(users=86_400, tokens_per_user_day=1_000, peak_factor=2.0))
    2000.0
    """
    return np.asarray(users, float) * tokens_per_user_day * peak_factor / SECONDS_PER_DAY


def users_for_tokens_per_s(*, tokens_per_s: Values, tokens_per_user_day: Values, peak_factor: Values) -> Values:
    """People a year-round capacity serves: the inverse of `tokens_per_s_for_users`.

    Parameters
    ----------
    tokens_per_s : float or array
        Output tokens per second that the fleet can deliver at peak. [1/s]
    tokens_per_user_day : float or array
        Output tokens per person and day. [1/d]
    peak_factor : float or array
        Busiest hour over the mean of the day. [-]

    Returns
    -------
    float or array
        People who can use the service on an average day. [-]
    """
    return np.asarray(tokens_per_s, float) * SECONDS_PER_DAY / (np.asarray(tokens_per_user_day, float) * peak_factor)


def uncached_input_per_output(*, input_per_output: Values, cached_share: Values) -> Values:
    """Input tokens that must really be computed per output token, after the prefix cache.

    Parameters
    ----------
    input_per_output : float or array
        Input tokens per output token as the user sees them. [-]
    cached_share : float or array
        Share of input tokens found in the prefix cache. [-]

    Returns
    -------
    float or array
        Input tokens to compute per output token. [-]

    Examples
    --------
    One day of DeepSeek-V3/R1: 608e9 input tokens, of which 342e9 cached, and 168e9 output tokens.

    >>> x = uncached_input_per_output(input_per_output=608 / 168, cached_share=342 / 608)
    >>> float(round(x, 2))
    1.58
    """
    return np.asarray(input_per_output, float) * (1.0 - np.asarray(cached_share, float))


def users_at_home(*, people: Values, online_share: Values, daily_share: Values) -> Values:
    """People of a country who use an AI service on an average day.

    Parameters
    ----------
    people : float or array
        Inhabitants. [-]
    online_share : float or array
        Share of them that uses the internet. [-]
    daily_share : float or array
        Share of those that uses an AI service on an average day. [-]

    Returns
    -------
    float or array
        Users. [-]
    """
    return np.asarray(people, float) * online_share * daily_share


def accelerators_of_economy(
    *, gdp_usd: Values, h100_equivalents_per_usd: Values, h100_equivalents_per_accelerator: Values
) -> Values:
    """Accelerators that an economy employs at a stated intensity of compute.

    Parameters
    ----------
    gdp_usd : float or array
        Gross domestic product. [USD]
    h100_equivalents_per_usd : float or array
        Compute per unit of product, in the 8-bit rate of an H100. [1/USD]
    h100_equivalents_per_accelerator : float or array
        The same rate of one of the accelerators here. [-]

    Returns
    -------
    float or array
        Accelerators of this kind. [-]
    """
    return np.asarray(gdp_usd, float) * h100_equivalents_per_usd / h100_equivalents_per_accelerator


def export_share(*, supplied: Values, used_at_home: Values) -> Values:
    """Share of the hours for sale that has to find customers abroad.

    Parameters
    ----------
    supplied : float or array
        Accelerators whose hours are for sale. [-]
    used_at_home : float or array
        Accelerators that customers at home employ. [-]

    Returns
    -------
    float or array
        Share, nil where the country needs more than there is. [-]

    Examples
    --------
    >>> float(export_share(supplied=100.0, used_at_home=20.0)), float(export_share(supplied=10.0, used_at_home=20.0))
    (0.8, 0.0)
    """
    return np.maximum(1.0 - np.asarray(used_at_home, float) / supplied, 0.0)


def years_until_used(*, supplied: Values, used_at_home: Values, growth_per_year: Values) -> Values:
    """Years of growth until customers at home employ all of it.

    Parameters
    ----------
    supplied, used_at_home : float or array
        Accelerators for sale, and employed at home today. [-]
    growth_per_year : float or array
        Growth of the use of compute, 1 doubles it every year. [1/year]

    Returns
    -------
    float or array
        Years; nil where they do today. [year]

    Examples
    --------
    >>> float(years_until_used(supplied=80.0, used_at_home=10.0, growth_per_year=1.0))
    3.0
    """
    ratio = np.asarray(supplied, float) / used_at_home
    return np.maximum(np.log(ratio) / np.log1p(np.asarray(growth_per_year, float)), 0.0)


def round_trip_ms(*, distance_km: Values, fibre_km_per_ms: Values, route_factor: Values) -> Values:
    """Round trip of a packet between two places by cable.

    Parameters
    ----------
    distance_km : float or array
        Great-circle distance. [km]
    fibre_km_per_ms : float or array
        Speed of light in glass. [km/ms]
    route_factor : float or array
        Measured time over that of a straight fibre: detours, equipment, queues. [-]

    Returns
    -------
    float or array
        Time. [ms]

    Examples
    --------
    >>> float(round_trip_ms(distance_km=1021.0, fibre_km_per_ms=204.2, route_factor=2.0))
    20.0
    """
    return 2.0 * np.asarray(distance_km, float) / fibre_km_per_ms * route_factor
