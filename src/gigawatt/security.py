"""Security levels after RAND SL1-SL5 and the legal training-compute thresholds that a run may cross.

Costs that nobody has published stay unknown (NaN): a plan that asks for SL4 or SL5 says so instead of inventing one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = float | NDArray[np.float64]

LEVELS = ("sl1", "sl2", "sl3", "sl4", "sl5")


@dataclass(frozen=True, slots=True)
class SecurityCost:
    """What a level adds: USD (NaN where unknown), months (NaN where unknown), throughput left, and words."""

    level: str
    capex_usd: Any
    delay_months: Any
    throughput_fraction: Any
    cost_known: bool
    words: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A legal training-compute threshold: FLOP, jurisdiction code, ISO dates (no end: ``open``), what it demands."""

    id: str
    jurisdiction: str
    flop: float
    applies_from: str
    applies_until: str
    duty: str


@dataclass(frozen=True, slots=True)
class ThresholdCheck:
    """One threshold against one site and one run; `days_to_cross` is NaN without a daily training rate."""

    id: str
    jurisdiction: str
    flop: float
    applies: bool
    crossed: bool
    days_to_cross: float
    words: str


def security_cost(
    *,
    level: str,
    shell_power_usd: Numbers,
    capex_fraction: Numbers,
    delay_months: Numbers,
    throughput_penalty: Numbers,
    measures: str,
) -> SecurityCost:
    """What a security level adds to cost, time and throughput.

    Parameters
    ----------
    level : str
        One of ``sl1`` to ``sl5``. [-]
    shell_power_usd : float or array
        Building, plant and connection, on which the adder is taken. [USD]
    capex_fraction : float or array
        Adder for the level; NaN where nobody has published one. [-]
    delay_months : float or array
        Added months; NaN where unknown. [month]
    throughput_penalty : float or array
        Throughput lost to confidential computing; 0 where it is not used. [-]
    measures : str
        The measures in words. [-]

    Returns
    -------
    SecurityCost

    References
    ----------
    .. [1] S. Nevo et al., "Securing AI Model Weights", RAND RR-A2849-1, 2024.
    """
    if level not in LEVELS:
        raise ValueError(f"security level is {level!r}; expected one of {', '.join(LEVELS)}")
    known = not np.any(np.isnan(np.asarray(capex_fraction, float)))
    words = measures if known else f"{measures}. Cost unknown: no published figure for {level.upper()}; not in the bill"
    return SecurityCost(
        level=level,
        capex_usd=np.asarray(shell_power_usd, float) * capex_fraction,
        delay_months=np.asarray(delay_months, float)[()],
        throughput_fraction=1.0 - np.asarray(throughput_penalty, float),
        cost_known=known,
        words=words,
    )


def secured_throughput(*, throughput: Numbers, throughput_penalty: Numbers) -> Any:
    """Throughput left under confidential computing.

    Parameters
    ----------
    throughput : float or array
        Without it, in any unit of work per time. [1/s]
    throughput_penalty : float or array
        Share lost. [-]

    Returns
    -------
    float or array
        With it. [1/s]

    Examples
    --------
    >>> float(secured_throughput(throughput=1000.0, throughput_penalty=0.25))
    750.0
    """
    return np.asarray(throughput, float) * (1.0 - np.asarray(throughput_penalty, float))


def throughput_needed(*, secured: Numbers, throughput_penalty: Numbers) -> Any:
    """Throughput to install for what shall be left; inverse of `secured_throughput`.

    Parameters
    ----------
    secured : float or array
        Wanted under confidential computing. [1/s]
    throughput_penalty : float or array
        Share lost. [-]

    Returns
    -------
    float or array
        Without it. [1/s]
    """
    return np.asarray(secured, float) / (1.0 - np.asarray(throughput_penalty, float))


def check_thresholds(
    *,
    thresholds: Sequence[Threshold],
    jurisdictions: Sequence[str],
    on_date: str,
    largest_run_flop: float,
    training_flop_per_day: float,
) -> tuple[ThresholdCheck, ...]:
    """Which legal thresholds hold at a place, and which the largest run crosses.

    These laws follow the developer and the market where a model is offered, not the building alone: a run elsewhere
    falls under them as soon as the model is placed there. All thresholds are therefore returned, those of the place
    marked.

    Parameters
    ----------
    thresholds : sequence of Threshold
        All known ones. [-]
    jurisdictions : sequence of str
        Codes that the place belongs to: ``EU``, ``US``, ``US-CA``, ``KR``. [-]
    on_date : str
        ISO date of the run. [-]
    largest_run_flop : float
        Training compute of the largest run planned. [FLOP]
    training_flop_per_day : float
        Compute that the campus delivers; 0 or NaN where unknown. [FLOP/day]

    Returns
    -------
    tuple of ThresholdCheck

    Examples
    --------
    >>> eu = Threshold("eu", "EU", 1e25, "2025-08-02", "open", "notify the Commission")
    >>> check, = check_thresholds(thresholds=[eu], jurisdictions=["EU"], on_date="2026-11-23",
    ...                           largest_run_flop=3.8e25, training_flop_per_day=5e24)
    >>> check.applies, check.crossed, check.days_to_cross
    (True, True, 2.0)
    """
    return tuple(_check(t, jurisdictions, on_date, largest_run_flop, training_flop_per_day) for t in thresholds)


def _check(t: Threshold, jurisdictions: Sequence[str], on_date: str, run: float, per_day: float) -> ThresholdCheck:
    in_force = t.applies_from <= on_date and (t.applies_until == "open" or on_date < t.applies_until)
    applies = in_force and t.jurisdiction in jurisdictions
    crossed = run > t.flop
    days = t.flop / per_day if per_day > 0.0 else math.nan
    elsewhere = f"only if the model is offered in {t.jurisdiction}" if in_force else "not in force"
    where = "here" if applies else elsewhere
    verb = "crossed" if crossed else "not crossed"
    return ThresholdCheck(t.id, t.jurisdiction, t.flop, applies, crossed, days, f"{verb}, {where}: {t.duty}")
