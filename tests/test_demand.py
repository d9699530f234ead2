"""demand.py: training FLOP, tokens, users."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigawatt import demand

positive = st.floats(1e-3, 1e12)


def test_doctests():
    assert doctest.testmod(demand).failed == 0


def test_published_runs():
    llama = demand.training_flop(active_params=405e9, tokens=15.6e12)
    assert llama == pytest.approx(3.8e25, rel=0.01)  # arXiv:2407.21783
    gpt3 = demand.training_flop(active_params=174.6e9, tokens=300e9)
    assert gpt3 == pytest.approx(3.14e23, rel=0.01)  # arXiv:2005.14165, table D.1


@given(positive, positive, st.floats(0, 1e12))
def test_tokens_and_flop_are_inverse(params, tokens, attention):
    flop = demand.training_flop(active_params=params, tokens=tokens, attention_flop_per_token=attention)
    back = demand.training_tokens(flop=flop, active_params=params, attention_flop_per_token=attention)
    assert back == pytest.approx(tokens)


@given(positive, st.floats(1, 200))
def test_compute_optimal_pair(params, ratio):
    tokens = demand.compute_optimal_tokens(params=params, tokens_per_parameter=ratio)
    flop = demand.training_flop(active_params=params, tokens=tokens)
    assert demand.compute_optimal_params(flop=flop, tokens_per_parameter=ratio) == pytest.approx(params)


@given(positive, positive, st.floats(1, 5))
def test_users_and_tokens_are_inverse(users, per_day, peak):
    rate = demand.tokens_per_s_for_users(users=users, tokens_per_user_day=per_day, peak_factor=peak)
    back = demand.users_for_tokens_per_s(tokens_per_s=rate, tokens_per_user_day=per_day, peak_factor=peak)
    assert back == pytest.approx(users)


def test_deepseek_day():
    """Prefill and decoding nodes as published add up to the nodes of that day: 0.58 is their decoding share."""
    prefill, decoding = 608e9 / 73_700 / 86_400, 168e9 / 14_800 / 86_400
    assert prefill + decoding == pytest.approx(226.75, rel=0.002)
    assert decoding / 226.75 == pytest.approx(0.58, abs=0.005)


def test_scalar_equals_vector_and_limits():
    users = np.array([0.0, 1e6, np.inf, np.nan])
    rates = demand.tokens_per_s_for_users(users=users, tokens_per_user_day=5e3, peak_factor=2.0)
    one = demand.tokens_per_s_for_users(users=1e6, tokens_per_user_day=5e3, peak_factor=2.0)
    assert rates[0] == 0 and rates[1] == one and np.isinf(rates[2]) and np.isnan(rates[3])
    assert np.ndim(one) == 0
