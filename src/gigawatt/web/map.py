"""A world map as SVG: every country a link that says its name and answer, filled by its verdict or by a figure.

Colour is never alone: each verdict has a pattern as well, each step of a figure its lightness, and both a legend.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from gigawatt.outlines import load_outlines, thinned
from gigawatt.report.screen_map import SOUTH_DEG, WIDTH, equal_earth
from gigawatt.web.texts import N_

STEP_DEG = 0.35
SCALE = 2.0  # units of the drawing per pixel of the projection: whole numbers are enough then
NORTH_DEG = 84.0
DOT = 7
STEPS = 5


@dataclass(frozen=True)
class Metric:
    """What the map can be coloured by: a figure, and whether less of it is better."""

    id: str
    title: str
    figure: str = ""
    less_is_better: bool = True


METRICS = (
    Metric("verdict", N_("the answer")),
    Metric("size", N_("largest campus"), "facility_peak_mw", less_is_better=False),
    Metric("date", N_("date of 100 MW"), "full_power_date"),
    Metric("cost", N_("cost of an accelerator-hour"), "lcoc_at_utilisation_usd_per_accelerator_hour"),
    Metric("power", N_("cost of electricity"), "lcoe_usd_per_mwh"),
    Metric("carbon", N_("CO2 of the power"), "emissions_kg_per_mwh"),
)


def metric(name: str) -> Metric:
    """The metric of an address; the verdict where there is none of that name."""
    return next((m for m in METRICS if m.id == name), METRICS[0])


def value(row: Mapping[str, Any], m: Metric) -> Any:
    """What a row is coloured by; None where it has no such figure, as after a no."""
    found = row["figures"].get(m.figure)
    return None if found is None else found[0]


def classes(rows: tuple[dict[str, Any], ...], m: Metric) -> tuple[dict[str, str], list[Any]]:
    """CSS class of every country, and the limits between the steps of a figure."""
    if not m.figure:
        return {r["iso3"]: f"v-{r['verdict'] or 'none'}" for r in rows}, []
    known = sorted(v for r in rows if (v := value(r, m)) is not None)
    if not known:
        return {}, []
    limits = [known[min(len(known) * k // STEPS, len(known) - 1)] for k in range(1, STEPS)]
    found = {}
    for r in rows:
        v = value(r, m)
        step = sum(v >= limit for limit in limits) if v is not None else -1
        found[r["iso3"]] = "v-none" if v is None else f"q{step if m.less_is_better else STEPS - 1 - step}"
    return found, limits


def svg(
    rows: tuple[dict[str, Any], ...],
    m: Metric,
    *,
    words: str,
    name: Callable[[Mapping[str, Any]], str],
    link: Callable[[Mapping[str, Any]], str],
) -> Markup:
    """The map.

    Parameters
    ----------
    rows : tuple of dict
        Countries with their verdicts; places without a row are drawn as land. [-]
    m : Metric
        What colours them. [-]
    words : str
        What the map shows, for those who cannot see it. [-]
    name, link : callable
        Accessible name and address of a row. [-]

    Returns
    -------
    Markup
    """
    css, _ = classes(rows, m)
    by_code = {r["iso3"]: r for r in rows}
    parts = [f'<path class="land" d="{d}"/>' for iso3, d in shapes().items() if iso3 not in by_code]
    for row in sorted(rows, key=lambda r: str(r["name"])):
        iso3 = row["iso3"]
        shape, at = shapes().get(iso3), dots().get(iso3)
        if shape is None and at is None:
            continue
        inner = f'<path d="{shape}"/>' if shape else ""
        if at is not None and (shape is None or is_small(iso3)):
            inner += f'<circle cx="{at[0]}" cy="{at[1]}" r="{DOT}"/>'
        said = escape(name(row))
        parts.append(
            f'<a href="{escape(link(row))}" class="{css.get(iso3, "v-none")}" aria-label="{said}" data-iso="{iso3}">'
            f"<title>{said}</title>{inner}</a>"
        )
    top, bottom = _rows(NORTH_DEG), _rows(SOUTH_DEG)
    box = f"0 {top} {int(WIDTH * SCALE)} {bottom - top}"
    opening = f'<svg class="world" viewBox="{box}" role="group" aria-label="{escape(words)}">'
    return Markup(f"{opening}{_PATTERNS}{''.join(parts)}</svg>")


_PATTERNS = (
    '<defs><pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="if-ground" width="9" height="9"/><rect class="if-line" width="3" height="9"/></pattern>'
    '<pattern id="dots" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect class="no-ground" width="8" height="8"/><circle class="no-dot" cx="4" cy="4" r="1.5"/></pattern></defs>'
)


def _rows(latitude_deg: float) -> int:
    _, y = equal_earth(np.array([0.0]), np.array([latitude_deg]))
    return int(y[0] * SCALE)


@cache
def shapes() -> dict[str, str]:
    """Path of every country and territory with an outline that can be seen."""
    found = {iso3: _path(load_outlines().rings(iso3)) for iso3 in sorted(set(load_outlines().iso3.tolist()))}
    return {iso3: d for iso3, d in found.items() if d}


@cache
def dots() -> dict[str, tuple[int, int]]:
    """Where the dot of each country goes that is too small to be hit."""
    from gigawatt.places import countries

    known = [c for c in countries().values() if c.latitude == c.latitude]
    x, y = equal_earth(np.array([c.longitude for c in known]), np.array([c.latitude for c in known]))
    return {c.iso3: (round(a * SCALE), round(b * SCALE)) for c, a, b in zip(known, x, y, strict=True)}


@cache
def is_small(iso3: str) -> bool:
    """Whether a country is smaller than a dot."""
    rings = load_outlines().rings(iso3)
    if not rings:
        return True
    points = np.vstack(rings)
    x, y = equal_earth(points[:, 0], points[:, 1])
    return bool(max(np.ptp(x), np.ptp(y)) * SCALE < 2 * DOT)


def _path(rings: list[np.ndarray]) -> str:
    """SVG path of rings in whole units, each step relative to the last."""
    out = []
    for ring in rings:
        small = thinned(ring, STEP_DEG)
        if not len(small) or small[:, 1].max() <= SOUTH_DEG:
            continue
        x, y = equal_earth(small[:, 0], np.maximum(small[:, 1], SOUTH_DEG))
        points = np.round(np.column_stack([x, y]) * SCALE).astype(int)
        moves = np.diff(points, axis=0)
        moves = moves[(moves != 0).any(axis=1)]
        if len(moves) < 3:
            continue
        steps = "".join(f"{a}{b}" if b < 0 else f"{a} {b}" for a, b in _joined(moves))
        out.append(f"M{points[0][0]} {points[0][1]}l{steps}z")
    return "".join(out)


def _joined(moves: np.ndarray) -> list[tuple[str, int]]:
    """Steps with a space in front of those that do not begin with a minus."""
    return [(str(dx) if dx < 0 or k == 0 else f" {dx}", int(dy)) for k, (dx, dy) in enumerate(moves)]
