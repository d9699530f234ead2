"""Loss of a language model from its size and its tokens, and back: how long a run must be for a loss."""

from __future__ import annotations

import numpy as np

Values = float | np.ndarray  # one number, or any shape of them


def loss(
    *,
    params: Values,
    tokens: Values,
    least: Values,
    params_factor: Values,
    params_exponent: Values,
    tokens_factor: Values,
    tokens_exponent: Values,
) -> Values:
    """Cross-entropy after training, by a published law: E + A / N^alpha + B / D^beta.

    Parameters
    ----------
    params, tokens : float or array
        Parameters N of the model, tokens D of the run. [-, token]
    least : float or array
        Loss E that no size and no run goes below. [nat]
    params_factor, params_exponent, tokens_factor, tokens_exponent : float or array
        A, alpha, B and beta. [-]

    Returns
    -------
    float or array
        Loss per token. [nat]

    References
    ----------
    .. [1] Hoffmann et al. 2022, arXiv:2203.15556, equation 2; fitted anew by Besiroglu et al. 2024, arXiv:2404.10102.
    """
    of_size = np.asarray(params_factor, float) / np.asarray(params, float) ** params_exponent
    return least + of_size + np.asarray(tokens_factor, float) / np.asarray(tokens, float) ** tokens_exponent


def tokens_for_loss(
    *,
    params: Values,
    loss: Values,
    least: Values,
    params_factor: Values,
    params_exponent: Values,
    tokens_factor: Values,
    tokens_exponent: Values,
) -> Values:
    """Tokens after which a model of given size reaches a loss.

    Parameters
    ----------
    params : float or array
        Parameters N. [-]
    loss : float or array
        Loss per token that is wanted. [nat]
    least : float or array
        Loss E that no size and no run goes below. [nat]
    params_factor, params_exponent, tokens_factor, tokens_exponent : float or array
        A, alpha, B and beta. [-]

    Returns
    -------
    float or array
        Tokens; infinite where the model is too small for it. [token]

    Examples
    --------
    >>> law = dict(least=1.8172, params_factor=482.01, params_exponent=0.3478, tokens_factor=2085.43)
    >>> chinchilla = tokens_for_loss(params=70e9, loss=1.9732, tokens_exponent=0.3658, **law)
    >>> float(round(chinchilla / 1e12, 1))
    1.4
    """
    room = (
        np.asarray(loss, float)
        - least
        - np.asarray(params_factor, float) / np.asarray(params, float) ** params_exponent
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        tokens = (np.asarray(tokens_factor, float) / np.maximum(room, 0.0)) ** (
            1.0 / np.asarray(tokens_exponent, float)
        )
    return np.where(room > 0.0, tokens, np.inf)[()]
