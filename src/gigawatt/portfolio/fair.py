"""A fair share instead of the best place: accelerators in proportion to a weight of each member, as limits allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gigawatt.portfolio.milp import Curve, Limits

HALVINGS = 60


@dataclass(frozen=True)
class Share:
    """What each site gets by the rule; 0 where its member's share is below the smallest campus."""

    mw: np.ndarray
    accelerators: np.ndarray
    usd: np.ndarray


def fair_share(
    curves: Sequence[Curve],
    owners: Sequence[str],
    weights: Mapping[str, float],
    limits: Limits,
    *,
    target: float = 0.0,
) -> Share:
    """Accelerators in proportion to weights: as many as the shared limits allow, or as few as reach a target.

    A member fills its own sites, the cheapest first. What is left of its share and below the smallest campus is not
    built, nor what is above its largest; the others go on growing until a shared limit stops all.

    Parameters
    ----------
    curves : sequence of Curve
        The sites. [MW, accelerator, USD]
    owners : sequence of str
        Member of each site. [-]
    weights : mapping
        GDP, heads or one by member. [-]
    limits : Limits
        Shared limits. [-]
    target : float
        Accelerators wanted; 0: as many as the limits allow. [accelerator]

    Returns
    -------
    Share
    """
    positive = [weights[o] for o in dict.fromkeys(owners) if weights[o] > 0]
    most = sum(float(c.accelerators[-1]) for c in curves)
    low, high = 0.0, most / min(positive) if positive else 0.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        tried = _at(curves, owners, {o: w * middle for o, w in weights.items()}, limits)
        grows = float(np.sum(tried.accelerators)) < target if target else _within(tried, limits)
        low, high = (middle, high) if grows else (low, middle)
    return _at(curves, owners, {o: w * (high if target else low) for o, w in weights.items()}, limits)


def _at(curves: Sequence[Curve], owners: Sequence[str], wanted: Mapping[str, float], limits: Limits) -> Share:
    """Each member's accelerators on its own sites, cut to what they and their power system hold."""
    left, room = dict(wanted), dict(limits.group_mw)
    found = np.zeros((len(curves), 3))
    for i in sorted(range(len(curves)), key=lambda k: float(curves[k].usd[-1] / curves[k].accelerators[-1])):
        c = curves[i]
        largest = min(float(c.mw[-1]), c.cap_mw, room.get(c.group, np.inf))
        n = min(left[owners[i]], float(np.interp(largest, c.mw, c.accelerators)))
        if largest < c.mw[0] or n < c.accelerators[0]:
            continue
        mw = min(float(np.interp(n, c.accelerators, c.mw)), largest)
        found[i] = mw, float(np.interp(mw, c.mw, c.accelerators)), float(np.interp(mw, c.mw, c.usd))
        left[owners[i]] -= found[i, 1]
        if c.group in room:
            room[c.group] -= mw
    return Share(*found.T)


def _within(tried: Share, limits: Limits) -> bool:
    """Whether all limits that the members share hold."""
    return bool(
        np.sum(tried.usd) <= limits.budget_usd
        and np.sum(tried.mw) <= limits.power_mw
        and np.sum(tried.mw > 0) <= limits.most_sites
    )
