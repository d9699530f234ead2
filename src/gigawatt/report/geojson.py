"""The campus on a map: GeoJSON (RFC 7946) with the plan's figures as properties."""

from __future__ import annotations

import json
from typing import Any

from gigawatt.answer import Plan, plain


def geojson(plan: Plan) -> str:
    """A collection with the campus as a point.

    Parameters
    ----------
    plan : Plan
        The answer. [-]

    Returns
    -------
    str
        WGS 84, longitude before latitude; no feature where the place has no coordinates. [-]
    """
    place = plan.question["place"]
    at = (place.get("lon"), place.get("lat"))
    point = {"type": "Point", "coordinates": [round(float(x), 5) for x in at if x is not None]}
    features = [{"type": "Feature", "geometry": point, "properties": _properties(plan)}] if None not in at else []
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(plain(whole), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _properties(plan: Plan) -> dict[str, Any]:
    """Flat, as map programmes want it: a figure is its value, with ``_low`` and ``_high`` beside it."""
    place, made = plan.question["place"], plan.provenance
    out: dict[str, Any] = {
        "name": ", ".join(str(x) for x in (place.get("site"), place.get("name")) if x),
        "iso3": place.get("iso3"),
        "verdict": plan.answer,
        "headline": plan.verdict["headline"],
        "asked": "; ".join(f"{k}: {v}" for k, v in plan.question.get("words", {}).items()),
        "note": place.get("note") or "",
        "as_of": plan.question["as_of"],
        "price_year": plan.question["price_year"],
        "gigawatt": f"{made['version']}, facts {made['facts_hash']}, seed {made['seed']}",
    }
    for f in plan.figures.values():
        out |= {f.id: f.value, f"{f.id}_low": f.low, f"{f.id}_high": f.high}
    return out
