"""A map as plain SVG: outlines filled by verdict or sites coloured by cost; no JavaScript, no foreign address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gigawatt.outlines import load_outlines, thinned
from gigawatt.report.page.parts import safe
from gigawatt.report.screen_words import VERDICTS, cell

if TYPE_CHECKING:
    from gigawatt.screen import Screen

WIDTH = 900.0
WORLD_STEP_DEG, COUNTRY_STEP_DEG = 0.2, 0.02
SOUTH_DEG = -60.0  # Antarctica is nobody's site
FILL = {"yes": "#0b5394", "yes_if": "#d9a441", "no": "#7a1f2b", None: "#4a4a4a"}
WAITING, LAND = "#efe3c8", "#e3e7eb"
SIZES = (
    (1000.0, "#08306b", "1 GW and more"),
    (300.0, "#2f74b5", "300 MW and more"),
    (100.0, "#7fb2dc", "100 MW and more"),
    (0.0, "#c3dcf0", "less"),
)
CHEAP, DEAR = np.array([11, 83, 148]), np.array([214, 158, 46])
EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)


def world(found: Screen) -> str:
    """All countries filled by their verdict; a dot where a place has no outline."""
    rows = {row["iso3"]: row for row in reversed(found.rows)}
    sizes = by_size(found)
    paths, drawn = [], set()
    for iso3 in sorted(set(load_outlines().iso3.tolist())):
        shape = _path(load_outlines().rings(iso3), WORLD_STEP_DEG, equal_earth)
        if shape and (row := rows.get(iso3)):
            drawn.add(row["key"])
            paths.append(_titled(f'<path d="{shape}" fill="{_fill(row, sizes)}" fill-rule="evenodd">', "path", row))
        elif shape:
            paths.append(f'<path d="{shape}" fill="{LAND}" fill-rule="evenodd"/>')
    for row in found.rows:
        if row["key"] not in drawn and row["lat"] is not None:
            x, y = equal_earth(np.array([row["lon"]]), np.array([row["lat"]]))
            paths.append(_dot(x[0], y[0], 3.0, _fill(row, sizes), row))
    corners = equal_earth(np.array([0.0, 0.0]), np.array([84.0, SOUTH_DEG]))[1]
    return _svg(paths, corners[0], corners[1], "World map of the verdicts", 0.3)


def country(found: Screen) -> str:
    """The sites of one country: blue is cheap, yellow is dear, larger is better ranked."""
    rows = [row for row in found.rows if row["lat"] is not None]
    rings = load_outlines().rings(found.request["iso3"])
    points = np.vstack([*rings, *([[row["lon"], row["lat"]]] for row in rows)]) if rows or rings else np.zeros((1, 2))
    middle = np.cos(np.radians(np.median(points[:, 1])))
    west, east = float(points[:, 0].min()), float(points[:, 0].max())
    north = float(points[:, 1].max())
    scale = (WIDTH - 20.0) / max((east - west) * middle, 1e-6)
    if (north - points[:, 1].min()) * scale > WIDTH:  # a tall country: as high as it is wide
        scale = WIDTH / (north - float(points[:, 1].min()))

    def place(lon: Any, lat: Any) -> tuple[Any, Any]:
        return 10.0 + (lon - west) * middle * scale, 10.0 + (north - lat) * scale

    paths = [f'<path d="{_path(rings, COUNTRY_STEP_DEG, place)}" fill="{LAND}" fill-rule="evenodd"/>']
    for row in reversed(rows):  # the best on top
        x, y = place(row["lon"], row["lat"])
        share = (row["rank"] - 1) / max(len(rows) - 1, 1)
        radius = 6.0 if row["rank"] <= 10 else 3.5
        paths.append(_dot(x, y, radius, _shade(share), row))
    return _svg(paths, 0.0, place(west, points[:, 1].min())[1] + 10.0, "Map of the sites by cost", 0.8)


def _shade(share: float) -> str:
    r, g, b = (CHEAP + (DEAR - CHEAP) * share).astype(int)
    return f"#{r:02x}{g:02x}{b:02x}"


def legend(found: Screen) -> list[tuple[str, str]]:
    """Colours and what they mean."""
    if found.request["kind"] == "sites":
        return [(_shade(0.0), "best ranked"), (_shade(1.0), "last")]
    good = [(FILL["yes"], "yes"), (FILL["yes_if"], "yes, if")]
    if by_size(found):
        good = [(colour, f"{words} (yes, or yes, if)") for _, colour, words in SIZES]
    rest = [(WAITING, "only the chips judged"), (FILL["no"], "no"), (FILL[None], "failed"), (LAND, "not asked")]
    return good + rest


def by_size(found: Screen) -> bool:
    """Whether each place has a size of its own, which then says more than the verdict."""
    return not {"power", "accelerators", "train", "serve", "budget"} & set(found.request["question"])


def _fill(row: dict[str, Any], sizes: bool) -> str:
    mw = (row["figures"].get("facility_peak_mw") or {}).get("value")
    if row["binding"]["constraint"] == "facts":
        return WAITING
    if sizes and mw is not None and row["verdict"] in ("yes", "yes_if"):
        return next(colour for least, colour, _ in SIZES if mw >= least)
    return FILL[row["verdict"]]


def _dot(x: float, y: float, radius: float, colour: str, row: dict[str, Any]) -> str:
    at = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius}"'
    return _titled(f'<circle {at} fill="{colour}" stroke="#fff" stroke-width="0.6">', "circle", row)


def _titled(opening: str, tag: str, row: dict[str, Any]) -> str:
    size, cost = cell(row, "facility_peak_mw"), cell(row, "lcoc_usd_per_accelerator_hour")
    words = f"{row['site'] or row['name']}: {VERDICTS[row['verdict']]}, {size} MW, {cost} USD/h"
    return f"{opening}<title>{safe(words)}</title></{tag}>"


def _path(rings: list[np.ndarray], step_deg: float, place: Any) -> str:
    """SVG path of rings, thinned; empty where all are smaller than the grid."""
    out = []
    for ring in rings:
        small = thinned(ring, step_deg)
        if len(small) and small[:, 1].max() > SOUTH_DEG:
            x, y = place(small[:, 0], np.maximum(small[:, 1], SOUTH_DEG))
            out.append("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)) + "Z")
    return "".join(out)


def equal_earth(longitude_deg: Any, latitude_deg: Any) -> tuple[Any, Any]:
    """Equal Earth projection, to pixels (B. Savric, T. Patterson, B. Jenny, Int. J. Geogr. Inf. Sci. 33 (2019) 454)."""
    a1, a2, a3, a4 = EQUAL_EARTH
    t = np.arcsin(np.sqrt(3.0) / 2.0 * np.sin(np.radians(latitude_deg)))
    slope = a1 + 3 * a2 * t**2 + t**6 * (7 * a3 + 9 * a4 * t**2)
    x = 2.0 * np.sqrt(3.0) * np.radians(longitude_deg) * np.cos(t) / (3.0 * slope)
    y = t * (a1 + a2 * t**2 + t**6 * (a3 + a4 * t**2))
    scale = WIDTH / (2.0 * 2.7067)  # half the width of the world on a unit sphere
    return WIDTH / 2.0 + x * scale, 290.0 - y * scale


def _svg(paths: list[str], top: float, bottom: float, words: str, line: float) -> str:
    box = f"0 {top:.0f} {WIDTH:.0f} {bottom - top:.0f}"
    return (
        f'<svg class="map" viewBox="{box}" role="img" aria-label="{safe(words)}" stroke="#fff" stroke-width="{line}" '
        f'stroke-linejoin="round">{"".join(paths)}</svg>'
    )
