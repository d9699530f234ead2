"""Numbers as the sentences of the gates give them."""

from __future__ import annotations

import numpy as np

SCALES = ((1e9, 1e9, "bn "), (1e5, 1e6, "M "), (0.0, 1.0, ""))  # from so much on, in units of, called


def figure(number: float, digits: int = 2) -> str:
    """A number to some significant digits, with thousands marks.

    Parameters
    ----------
    number : float
        Number; unknown where it is not finite. [-]
    digits : int
        Significant digits. [-]

    Returns
    -------
    str

    Examples
    --------
    >>> figure(15830), figure(0.1234)
    ('16,000', '0.12')
    """
    if not np.isfinite(number):
        return "unknown"
    rounded = float(f"{number:.{digits}g}")
    return f"{rounded:,.{max(digits - 1 - _exponent(rounded), 0)}f}"


def price(usd_per_hour: float) -> str:
    """A price to the cent; finer below ten cents.

    Parameters
    ----------
    usd_per_hour : float
        Price. [USD/h]

    Returns
    -------
    str

    Examples
    --------
    >>> price(3.054), price(0.0412)
    ('3.05', '0.041')
    """
    return f"{usd_per_hour:,.2f}" if abs(usd_per_hour) >= 0.1 else figure(usd_per_hour)


def _exponent(x: float) -> int:
    return int(np.floor(np.log10(abs(x)))) if x else 0


def count(number: float) -> str:
    """A number of things to two significant digits, with thousands marks: no decimals.

    Parameters
    ----------
    number : float
        Number. [-]

    Returns
    -------
    str

    Examples
    --------
    >>> count(15830), count(8)
    ('16,000', '8')
    """
    return f"{float(f'{number:.2g}'):,.0f}"


def usd(amount: float, digits: int = 2) -> str:
    """A sum of money in a readable scale.

    Parameters
    ----------
    amount : float
        Sum. [USD]
    digits : int
        Significant digits. [-]

    Returns
    -------
    str

    Examples
    --------
    >>> usd(8.86e9), usd(11.2e6)
    ('8.9 bn USD', '11 M USD')
    """
    _, scale, unit = next(x for x in SCALES if abs(amount) >= x[0])
    return f"{figure(amount / scale, digits)} {unit}USD"


def percent(share: float) -> str:
    """A share in percent, two digits.

    Parameters
    ----------
    share : float
        Share. [-]

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.409), percent(1e-6)
    ('41 %', 'under 0.01 %')
    """
    if 0 < share < 1e-4:
        return "under 0.01 %"
    return f"{figure(100 * share)} %"


def known(number: float | None) -> bool:
    """Whether a number is there and finite.

    Parameters
    ----------
    number : float or None
        Number. [-]

    Returns
    -------
    bool
    """
    return number is not None and bool(np.isfinite(number))
