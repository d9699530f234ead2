"""Announced campuses: was the promised power there by the promised date, and what did the plan of that day say.

The chance is the plan's own: its gates, and the share of draws of its schedule that keep the date. Nothing is fitted
to the outcomes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from gigawatt import buildout

from .families import Case, Family, Figure, Predicted, Prediction, Tolerance
from .promise_odds import QUANTILES, Odds, odds
from .scoring import Row, coverage_80, ranks

INPUTS = (
    *(
        "iso3",
        "place",
        "lat",
        "lon",
        "announced",
        "mw_claimed",
        "mw_basis",
        "accelerators_claimed",
        "money",
        "currency",
    ),
    *("money_scope", "milestone", "milestone_mw", "promised_date", "power_source", "build_type", "owner_type"),
    *("grid_agreement", "offtake", "chip_licence_needed"),
)
TRUTHS = (
    *("due_by_status_date", "status", "status_months", "mw_delivered_by_promised_date", "actual_date", "status_as_of"),
    *("deciding_factor", "what_happened", "source_title", "publisher", "source_date", "url", "basis", "confidence"),
)
IN_TIME, LATE = ("delivered_on_time",), ("delivered_late", "slipped", "stalled", "cancelled")
EVEN = 0.5  # a forecast is on the right side or on the wrong one
BINS = (0.0, 0.05, 0.2, 0.4, 0.6, 1.0)  # of probability, for the reliability diagram
NOTE = (
    "the chance is the product of two: that the gates of the plan let the project pass, and the share of draws of its "
    "schedule that keep the date, with what the announcement says is settled taken out of the network. Nothing is "
    "fitted to the outcomes; the chances of the gates are assumptions, and they and the reading of announcements were "
    "made with these cases in sight. Rules of a place that are younger than the announcement are left out; durations "
    "cannot be: most were published in 2024 to 2026. A campus behind a duration is left out of it where the value "
    "without it is on record; docs/record.md lists the rest, and what hangs on each assumption. Passing means that the "
    "forecast is on the right side of one half. Brier and log score (less is better) are over all scored cases, the "
    "base rate is the share of the other cases that were on time. months and MW are printed"
)


# --- Truth ------------------------------------------------------------------------------------------------------------


def delivered(row: Mapping[str, Any]) -> float | None:
    """1 where it was there in time, 0 where it was not, None where it is not known."""
    status = str(row.get("status") or "").strip()
    return 1.0 if status in IN_TIME else 0.0 if status in LATE else None


def due(row: Mapping[str, Any], figure: str) -> bool:
    """Whether the date has come."""
    return str(row.get("due_by_status_date") or "").strip() == "yes"


def months_taken(row: Mapping[str, Any]) -> float | None:
    """Months from the announcement to delivery, where it was delivered on a known day."""
    if not str(row.get("status") or "").strip().startswith("delivered"):
        return None
    try:
        days = [str(row.get(c) or "").strip() for c in ("announced", "actual_date")]
        return buildout.months_between(*(date.fromisoformat(d).isoformat() for d in days))
    except ValueError:
        return None


# --- Predictions ------------------------------------------------------------------------------------------------------


def predict(case: Case) -> Predicted:
    """Chance, months and power at the date, with P10 and P90."""
    found = forecast(tuple(sorted(case.given.items())))
    said: dict[str, Any] = {"delivered": found.probability, "months": "it never comes", "mw": "no power is promised"}
    low, middle, high = buildout.quantiles(found.months, QUANTILES)
    if math.isfinite(middle):
        said["months"] = Prediction(float(middle), float(low), float(high) if math.isfinite(high) else None)
    if found.mw is not None:
        low, middle, high = np.quantile(found.mw, QUANTILES)
        said["mw"] = Prediction(float(middle), float(low), float(high))
    return said


@lru_cache(maxsize=256)
def forecast(given: tuple[tuple[str, Any], ...]) -> Odds:
    """The odds of one announcement; kept, for the page asks for them again."""
    return odds(Case(given=dict(given)))


# --- Scores -----------------------------------------------------------------------------------------------------------


def brier(chances: Sequence[float], truths: Sequence[float]) -> float:
    """Mean squared distance of chances from what came: 0 is right and sure.

    Examples
    --------
    >>> brier([0.5, 1.0], [1.0, 1.0])
    0.125
    """
    return float(np.mean(np.square(np.subtract(chances, truths))))


def log_score(chances: Sequence[float], truths: Sequence[float]) -> float | None:
    """Mean surprise at what came, in nats; None where something came that was called impossible.

    Examples
    --------
    >>> round(log_score([0.5, 1.0], [1.0, 1.0]), 4), log_score([0.0], [1.0])
    (0.3466, None)
    """
    given = np.where(np.asarray(truths) > EVEN, chances, 1.0 - np.asarray(chances, float))
    return float(-np.mean(np.log(given))) if np.all(given > 0.0) else None


def base_rates(truths: Sequence[float]) -> list[float]:
    """For each case the share of the others that came true."""
    n = len(truths)
    return [(sum(truths) - t) / (n - 1) if n > 1 else math.nan for t in truths]


def auc(chances: Sequence[float], truths: Sequence[float]) -> float | None:
    """Chance that what came was thought likelier than what did not; one half is a toss.

    Examples
    --------
    >>> auc([0.9, 0.2, 0.4], [1.0, 0.0, 1.0]), auc([0.3], [1.0])
    (1.0, None)
    """
    hit = np.asarray(truths) > EVEN
    n, m = int(hit.sum()), int((~hit).sum())
    if not n or not m:
        return None
    return float((ranks(list(chances))[hit].sum() - n * (n + 1) / 2.0) / (n * m))


def reliability(chances: Sequence[float], truths: Sequence[float]) -> list[dict[str, Any]]:
    """Per bin of chances: how many, what was said on average, how many came."""
    p, t = np.asarray(chances, float), np.asarray(truths, float)
    where = np.clip(np.searchsorted(BINS, p, side="right") - 1, 0, len(BINS) - 2)
    return [
        {
            "from": BINS[b],
            "to": BINS[b + 1],
            "n": int(np.sum(where == b)),
            "mean_predicted": float(p[where == b].mean()),
            "share_delivered": float(t[where == b].mean()),
        }
        for b in range(len(BINS) - 1)
        if np.any(where == b)
    ]


def figures(rows: Sequence[Row]) -> Mapping[str, Any]:
    """Scores of the chances against the base rate and against "always late"; errors of the dates that are known."""
    scored = [r for r in rows if r.scored and r.figure == "delivered"]
    dates = [r for r in rows if r.figure == "months" and r.truth is not None and r.predicted is not None]
    found: dict[str, Any] = {
        "months": float(np.median([r.abs_error for r in dates])) if dates else None,
        "coverage_80": coverage_80(dates),
    }
    if not scored:
        return found
    p = [float(r.predicted) if r.predicted is not None else EVEN for r in scored]  # saying nothing is a toss
    t = [float(r.truth) for r in scored]
    base, known = base_rates(t), len(scored) > 1
    return found | {
        "brier": brier(p, t),
        "brier_base_rate": brier(base, t) if known else None,
        "brier_always_late": brier([0.0] * len(t), t),
        "log_score": log_score(p, t),
        "log_score_base_rate": log_score(base, t) if known else None,
        "log_score_always_late": log_score([0.0] * len(t), t),
        "auc": auc(p, t),
        "reliability": reliability(p, t),
    }


FAMILIES = (
    Family(
        stem="announcements",
        by=("figure",),
        figures=(
            Figure("delivered", "status", Tolerance(abs=EVEN), read=delivered),
            Figure("months", "actual_date", None, read=months_taken),
            Figure("mw", "mw_delivered_by_promised_date", None),
        ),
        inputs=INPUTS,
        truths=TRUTHS,
        predict=predict,
        scored=due,
        statistics=figures,
        about="announced campuses: was the promised power there in time",
        note=NOTE,
    ),
)
